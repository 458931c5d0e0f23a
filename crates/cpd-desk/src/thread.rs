//! Which conversation a mail belongs to.
//!
//! What we wrote ourselves, with a MAC, cannot be guessed: a reply to it came from somebody who has our mail. Everything
//! else (a number in a subject, the id of somebody's message) can be written by anybody, and only leads on for who may
//! see that request anyway. Others begin a request of their own, beside which the desk is shown what it may belong to.

use crate::ids::RequestId;

/// What a mail says about where it belongs; each is looked up before it comes here.
#[derive(Clone, Debug, Default)]
pub struct Clues {
    /// By an id of ours with a right MAC, in `In-Reply-To` or `References`, the nearest first.
    pub ours: Option<RequestId>,
    /// By the address that it was sent to, with a right MAC (`desk+…@`).
    pub plus: Option<RequestId>,
    /// By what stands in its subject ([`tags`]).
    pub tag: Option<RequestId>,
    /// By the id of any message that we know.
    pub known: Option<RequestId>,
}

/// Who sent it, as far as we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Somebody who may see the request that the clue leads to, and the mail is verified to be theirs.
    MaySee,
    /// Somebody verified, who may not.
    MayNot,
    /// Nobody verified: the mail says who wrote it, and nobody vouches for that.
    Unverified,
}

/// Where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thread {
    /// Here.
    Here(RequestId),
    /// To nothing that its sender may add to.
    New {
        /// What the desk is shown beside it.
        perhaps: Option<RequestId>,
    },
}

/// Where a mail belongs. `sender` is asked about the request that a clue leads to.
pub fn thread(clues: &Clues, sender: impl Fn(RequestId) -> Sender) -> Thread {
    if let Some(request) = clues.ours.or(clues.plus) {
        return Thread::Here(request);
    }
    let mut perhaps = None;
    for request in [clues.tag, clues.known].into_iter().flatten() {
        match sender(request) {
            Sender::MaySee => return Thread::Here(request),
            Sender::MayNot | Sender::Unverified => perhaps = perhaps.or(Some(request)),
        }
    }
    Thread::New { perhaps }
}

/// Words of a subject that are looked up.
const TAGS_MAX: usize = 16;
/// Their longest, bytes.
const TAG_MAX: usize = 64;

/// What in a subject may be a request's name, in the form that names are kept in: digits and letters, small. Whatever an
/// imported desk wrote (`Ticket#2026112410000012`) is found as it is, for nothing here knows a format.
#[must_use]
pub fn tags(subject: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let pieces = subject.split(|letter: char| letter.is_whitespace() || "[](){}<>,;".contains(letter));
    for piece in pieces {
        let after = piece.rsplit(['#', '№', ':']).next().unwrap_or_default();
        for word in [piece, after] {
            let tag = tag(word);
            let wanted = tag.len() <= TAG_MAX && tag.bytes().filter(u8::is_ascii_digit).count() >= 4;
            if wanted && !found.contains(&tag) && found.len() < TAGS_MAX {
                found.push(tag);
            }
        }
    }
    found
}

/// The form that a request's names are kept and looked up in.
#[must_use]
pub fn tag(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> RequestId {
        RequestId(Uuid::from_u128(n))
    }

    #[test]
    fn a_number_and_a_sender_open_nothing_by_themselves() {
        let guessed = Clues {
            tag: Some(id(1)),
            known: Some(id(2)),
            ..Clues::default()
        };
        let all = |sender| move |_| sender;
        let perhaps = Some(id(1));
        assert_eq!(thread(&guessed, all(Sender::Unverified)), Thread::New { perhaps });
        assert_eq!(thread(&guessed, all(Sender::MayNot)), Thread::New { perhaps });
        assert_eq!(thread(&guessed, all(Sender::MaySee)), Thread::Here(id(1)));
        let second = |request| match request == id(2) {
            true => Sender::MaySee,
            false => Sender::MayNot,
        };
        assert_eq!(thread(&guessed, second), Thread::Here(id(2)));
    }

    #[test]
    fn what_we_signed_leads_on_for_who_has_it() {
        let signed = Clues {
            ours: Some(id(1)),
            tag: Some(id(2)),
            ..Clues::default()
        };
        assert_eq!(thread(&signed, |_| Sender::Unverified), Thread::Here(id(1)));
        let plus = Clues {
            plus: Some(id(3)),
            known: Some(id(2)),
            ..Clues::default()
        };
        assert_eq!(thread(&plus, |_| Sender::Unverified), Thread::Here(id(3)));
        assert_eq!(
            thread(&Clues::default(), |_| Sender::MaySee),
            Thread::New { perhaps: None }
        );
    }

    #[test]
    fn names_are_found_in_subjects() {
        assert_eq!(tags("Re: [№10042-7] Не слышит автоответчик"), ["100427"]);
        assert_eq!(
            tags("AW: [Ticket#2026112410000012] Störung"),
            ["ticket2026112410000012", "2026112410000012"]
        );
        assert_eq!(tags("Отв: заявка 10042-7, срочно"), ["100427"]);
        assert_eq!(tags("Hello 123"), Vec::<String>::new());
        assert!(tags(&"12345 ".repeat(1_000)).len() == 1);
        assert!(tags(&(0..100).map(|n| format!("{} ", 10_000 + n)).collect::<String>()).len() <= TAGS_MAX);
    }
}
