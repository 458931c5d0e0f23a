//! How a class ends a call: status, phrase and cause.

use cpd_detect::Class;

/// Why a call ends: a cause of Q.850 and words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// ITU-T Q.850, 1 to 127.
    pub q850: u8,
    /// Words for logs and for dialplans that read them.
    pub text: String,
}

impl Cause {
    /// A cause and its words.
    pub fn new(q850: u8, text: impl Into<String>) -> Cause {
        Cause {
            q850,
            text: text.into(),
        }
    }

    /// The final status of a call that ends for this before its caller was answered, where nothing was heard that has one
    /// of its own. A temporary failure (41) is ours and not the subscriber's: 503 (RFC 3398, 7.2.4.1), by which dialers
    /// and dispatchers try another node instead of writing the number off.
    pub fn status(&self) -> u16 {
        match self.q850 {
            41 => 503,
            _ => 480,
        }
    }
}

/// A refusal of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Final status, 400 to 699.
    pub status: u16,
    /// The class that it is for.
    pub class: Class,
    /// The cause beside it.
    pub q850: u8,
}

impl Rejection {
    /// How the class table ends a call of this class; `None` where the class is no reason to end one.
    ///
    /// 503, 408, 500, 502 and 504 are not used for a subscriber's state, since trunks read them as their own failure; 6xx
    /// only as 603 and 608 (RFC 8688).
    pub fn of(class: Class) -> Option<Rejection> {
        let (status, q850) = match class {
            Class::Busy | Class::AnnouncedBusy => (486, 17),
            Class::Congestion | Class::AnnouncedNetwork => (480, 42),
            Class::SitVacant | Class::AnnouncedInvalidNumber => (404, 1),
            Class::SitIntercept => (404, 1),
            Class::SitNoCircuit => (480, 34),
            Class::SitReorder => (480, 41),
            Class::SitUnknown => (480, 4),
            Class::AnnouncedNoAnswer => (480, 19),
            Class::AnnouncedUnreachable => (480, 20),
            Class::AnnouncedNumberChanged => (410, 22),
            Class::AnnouncedBlocked | Class::AnnouncedBarred => (403, 21),
            Class::AnnouncedRejected => (603, 21),
            Class::AnnouncedSpamBlocked => (608, 21),
            Class::Machine | Class::Assistant | Class::Ivr | Class::FalseAnswer => (480, 31),
            Class::Fax | Class::Modem => (488, 88),
            Class::Ringback
            | Class::HoldNotice
            | Class::Human
            | Class::HumanBusiness
            | Class::Screening
            | Class::Silence
            | Class::Unknown => return None,
        };
        Some(Rejection { status, class, q850 })
    }

    /// The class's short word, as reason phrases carry it: `voicemail`, `busy`, `unreachable`.
    pub fn word(class: Class) -> &'static str {
        match class {
            Class::Machine => "voicemail",
            Class::FalseAnswer => "false_answer",
            Class::SitVacant => "sit_vacant",
            Class::SitIntercept => "sit_intercept",
            Class::SitNoCircuit => "sit_no_circuit",
            Class::SitReorder => "sit_reorder",
            Class::SitUnknown => "sit_unknown",
            other => {
                let name = other.as_str();
                name.rsplit_once('.').map_or(name, |(_, word)| word)
            }
        }
    }

    /// The cause for a Reason header.
    pub fn cause(&self) -> Cause {
        Cause::new(self.q850, Rejection::word(self.class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_subscriber_state_reads_as_a_failure_of_the_trunk() {
        for &class in Class::ALL {
            let Some(rejection) = Rejection::of(class) else {
                continue;
            };
            assert!(
                ![408, 500, 502, 503, 504].contains(&rejection.status),
                "{class:?}"
            );
            assert!(rejection.status < 600 || matches!(rejection.status, 603 | 607 | 608));
            assert!((1..=127).contains(&rejection.q850));
        }
    }

    #[test]
    fn people_are_never_a_reason_to_end_a_call() {
        for class in [
            Class::Human,
            Class::HumanBusiness,
            Class::Unknown,
            Class::Silence,
            Class::Ringback,
        ] {
            assert_eq!(Rejection::of(class), None);
        }
    }

    #[test]
    fn words_tell_the_classes_apart() {
        let mut words: Vec<_> = Class::ALL.iter().map(|&class| Rejection::word(class)).collect();
        words.sort_unstable();
        let all = words.len();
        words.dedup();
        // Busy by tone and by announcement are one word.
        assert_eq!(words.len(), all - 1);
        assert_eq!(Rejection::word(Class::AnnouncedUnreachable), "unreachable");
    }
}
