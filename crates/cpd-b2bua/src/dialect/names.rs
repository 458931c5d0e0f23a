//! What each dialect calls a class: the class table of the protocol reference, in one place.
//!
//! A class that a dialect has no word for is not told in it; a word that is nearly right would be acted on.

use cpd_call::{NoVerdict, Told};
use cpd_detect::Class;

/// The types of events that `X-Detect` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetectType {
    /// Who answered.
    Amd,
    /// Tones of call progress.
    Cpt,
    /// Fax and modem.
    Fax,
    /// Speech begins and ends.
    Ptt,
}

impl DetectType {
    /// Every type, in the order in which they are answered.
    pub const ALL: [DetectType; 4] = [DetectType::Amd, DetectType::Cpt, DetectType::Fax, DetectType::Ptt];

    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            DetectType::Amd => "AMD",
            DetectType::Cpt => "CPT",
            DetectType::Fax => "FAX",
            DetectType::Ptt => "PTT",
        }
    }
}

/// What a cisco dialer has to have asked for, to be told a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CiscoEvent {
    /// Fax or modem.
    Ft,
    /// Answering machine.
    Asm,
    /// The tone that ends a machine's greeting.
    AsmT,
    /// Special information tones.
    Sit,
    /// How the analysis ended where nothing special was met: told to everybody who asked for analysis.
    End,
}

/// The words for one class; `None` where a dialect has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// Value of `CPD-Result`.
    pub cpd_result: Option<&'static str>,
    /// Type and subtype of an `application/x-detect` body.
    pub detect: Option<(DetectType, &'static str)>,
    /// Status of an `application/x-cisco-cpa` body, and what it belongs to.
    pub cisco: Option<(CiscoEvent, &'static str)>,
}

/// The word in our own dialect for a call that nobody could listen to.
pub const ERROR: &str = "error";
/// What NetBorder says for one.
const CPD_ERROR: &str = "???";

impl Names {
    const NONE: Names = Names {
        cpd_result: None,
        detect: None,
        cisco: None,
    };

    /// The words for a class.
    pub fn of(class: Class) -> Names {
        use CiscoEvent::{Asm, End, Ft, Sit};
        use DetectType::{Amd, Cpt, Fax};
        let names = |cpd, detect, cisco| Names {
            cpd_result: Some(cpd),
            detect,
            cisco,
        };
        match class {
            Class::Ringback => Names {
                detect: Some((Cpt, "RINGTONE")),
                ..Names::NONE
            },
            Class::HoldNotice => Names::NONE,
            Class::Busy | Class::AnnouncedBusy => names("Busy", Some((Cpt, "BUSY")), None),
            Class::Congestion => names("All-Trunks-Busy", Some((Cpt, "REORDER")), Some((Sit, "SitRO"))),
            Class::SitVacant => names("Sit-Vacant", Some((Cpt, "SIT-VC")), Some((Sit, "SitVC"))),
            Class::SitIntercept => names("Sit-Intercept", Some((Cpt, "SIT-IC")), Some((Sit, "SitIC"))),
            Class::SitNoCircuit => names("Sit-No-Circuit", Some((Cpt, "SIT-NC")), Some((Sit, "SitNC"))),
            Class::SitReorder => names("Sit-Reorder", Some((Cpt, "SIT-RO")), Some((Sit, "SitRO"))),
            Class::SitUnknown => names("Sit-Unknown", Some((Cpt, "SIT")), Some((Sit, "SitMT"))),
            Class::AnnouncedNoAnswer | Class::AnnouncedUnreachable => names("No-Answer", None, None),
            Class::AnnouncedInvalidNumber => {
                names("Invalid-Number", Some((Cpt, "SIT-VC")), Some((Sit, "SitVC")))
            }
            Class::AnnouncedNumberChanged => {
                names("Invalid-Number", Some((Cpt, "SIT-IC")), Some((Sit, "SitIC")))
            }
            Class::AnnouncedBlocked => names("Service-Unavailable", None, None),
            Class::AnnouncedBarred | Class::AnnouncedRejected | Class::AnnouncedSpamBlocked => {
                names("Reject", None, None)
            }
            Class::AnnouncedNetwork => names("Service-Unavailable", Some((Cpt, "REORDER")), None),
            Class::Human | Class::HumanBusiness => names("Human", Some((Amd, "VOICE")), Some((End, "LS"))),
            Class::Machine | Class::Assistant | Class::Ivr => {
                names("Answering-Machine", Some((Amd, "AUTOMATA")), Some((Asm, "Asm")))
            }
            Class::Screening => names("Answering-Machine", Some((Amd, "UNKNOWN")), Some((Asm, "Asm"))),
            Class::Fax => names("Fax", Some((Fax, "CED")), Some((Ft, "FT"))),
            Class::Modem => names("Modem", Some((Fax, "modem")), Some((Ft, "FT"))),
            Class::Silence => names("Unknown", Some((Amd, "SILENT")), Some((End, "LV"))),
            Class::FalseAnswer => names("Unknown", Some((Cpt, "RINGTONE")), Some((End, "LV"))),
            Class::Unknown => names("Unknown", Some((Amd, "UNKNOWN")), None),
        }
    }

    /// The words for what is told; `None` for what is no verdict.
    ///
    /// A cisco dialer hears `CpaS`, analysis stopped, where there will be no verdict: it has no word for an unknown one.
    pub fn told(told: &Told) -> Option<Names> {
        let unknown = Names {
            cisco: Some((CiscoEvent::End, "CpaS")),
            ..Names::of(Class::Unknown)
        };
        match told {
            Told::Verdict { class, .. } => Some(Names::of(*class)),
            Told::NoVerdict(NoVerdict::Deadline) => Some(unknown),
            Told::NoVerdict(NoVerdict::Deaf) => Some(Names {
                cpd_result: Some(CPD_ERROR),
                ..unknown
            }),
            Told::SpeechStart | Told::GreetingEnd | Told::Beep(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results() -> Vec<&'static str> {
        let mut results: Vec<_> = Class::ALL
            .iter()
            .filter_map(|&class| Names::of(class).cpd_result)
            .chain([CPD_ERROR])
            .collect();
        results.sort_unstable();
        results.dedup();
        results
    }

    /// Consumers look for a value inside the header without regard to case. Two pairs of NetBorder's own values hold one
    /// another: who reads those has always had to ask for the longer one first. There must be no third.
    #[test]
    fn no_result_holds_another_by_accident() {
        let results = results();
        let mut pairs = Vec::new();
        for long in &results {
            for short in &results {
                if long != short && long.to_lowercase().contains(&short.to_lowercase()) {
                    pairs.push((*long, *short));
                }
            }
        }
        assert_eq!(pairs, [("All-Trunks-Busy", "Busy"), ("Sit-Unknown", "Unknown")]);
    }

    #[test]
    fn only_results_that_netborder_knows_are_told() {
        let known = [
            "Human",
            "Answering-Machine",
            "Fax",
            "Modem",
            "Busy",
            "No-Answer",
            "Reject",
            "Invalid-Number",
            "Service-Unavailable",
            "All-Trunks-Busy",
            "Sit-Intercept",
            "Sit-No-Circuit",
            "Sit-Reorder",
            "Sit-Vacant",
            "Sit-Unknown",
            "Unknown",
            "???",
        ];
        for result in results() {
            assert!(known.contains(&result), "{result}");
        }
    }

    #[test]
    fn every_class_has_its_row() {
        let rows: Vec<String> = Class::ALL
            .iter()
            .map(|&class| {
                let names = Names::of(class);
                format!(
                    "{} | {} | {} | {}",
                    class.as_str(),
                    names.cpd_result.unwrap_or("-"),
                    names
                        .detect
                        .map_or("-".to_owned(), |(kind, sub)| format!("{} {sub}", kind.as_str())),
                    names.cisco.map_or("-", |(_, status)| status),
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                "progress.ringback | - | CPT RINGTONE | -",
                "progress.hold_notice | - | - | -",
                "tone.busy | Busy | CPT BUSY | -",
                "tone.congestion | All-Trunks-Busy | CPT REORDER | SitRO",
                "tone.sit.vacant | Sit-Vacant | CPT SIT-VC | SitVC",
                "tone.sit.intercept | Sit-Intercept | CPT SIT-IC | SitIC",
                "tone.sit.no_circuit | Sit-No-Circuit | CPT SIT-NC | SitNC",
                "tone.sit.reorder | Sit-Reorder | CPT SIT-RO | SitRO",
                "tone.sit.unknown | Sit-Unknown | CPT SIT | SitMT",
                "announcement.busy | Busy | CPT BUSY | -",
                "announcement.no_answer | No-Answer | - | -",
                "announcement.unreachable | No-Answer | - | -",
                "announcement.invalid_number | Invalid-Number | CPT SIT-VC | SitVC",
                "announcement.number_changed | Invalid-Number | CPT SIT-IC | SitIC",
                "announcement.blocked | Service-Unavailable | - | -",
                "announcement.barred | Reject | - | -",
                "announcement.rejected | Reject | - | -",
                "announcement.spam_blocked | Reject | - | -",
                "announcement.network | Service-Unavailable | CPT REORDER | -",
                "answer.human | Human | AMD VOICE | LS",
                "answer.human_business | Human | AMD VOICE | LS",
                "answer.machine | Answering-Machine | AMD AUTOMATA | Asm",
                "answer.assistant | Answering-Machine | AMD AUTOMATA | Asm",
                "answer.screening | Answering-Machine | AMD UNKNOWN | Asm",
                "answer.ivr | Answering-Machine | AMD AUTOMATA | Asm",
                "answer.fax | Fax | FAX CED | FT",
                "answer.modem | Modem | FAX modem | FT",
                "answer.silence | Unknown | AMD SILENT | LV",
                "answer.false | Unknown | CPT RINGTONE | LV",
                "unknown | Unknown | AMD UNKNOWN | -",
            ]
        );
    }
}
