//! The verdict on a call and the classes it is given in (docs: the class table of the protocol reference).

use crate::event::SitKind;
use crate::prompts::PromptId;
use crate::time::SampleTime;

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $label:literal;)*) => {
        /// What a call met.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Class { $($(#[$doc])* $name,)* }

        impl Class {
            /// Every class.
            pub const ALL: &'static [Class] = &[$(Class::$name,)*];

            /// The name on the wire and in configuration, as `answer.human`.
            pub fn as_str(self) -> &'static str {
                match self { $(Class::$name => $text,)* }
            }

            /// The coarse label used in evaluation (`human`, `busy`, …); empty for no decision.
            pub fn label(self) -> &'static str {
                match self { $(Class::$name => $label,)* }
            }
        }
    };
}

classes! {
    /// Ringing, by tone or by melody.
    Ringback = "progress.ringback", "ringback";
    /// "Your call is on hold", "is being forwarded": wait.
    HoldNotice = "progress.hold_notice", "announcement";
    /// Subscriber busy tone.
    Busy = "tone.busy", "busy";
    /// Network congestion tone.
    Congestion = "tone.congestion", "congestion";
    /// SIT, vacant code.
    SitVacant = "tone.sit.vacant", "sit";
    /// SIT, intercept.
    SitIntercept = "tone.sit.intercept", "sit";
    /// SIT, no circuit.
    SitNoCircuit = "tone.sit.no_circuit", "sit";
    /// SIT, reorder.
    SitReorder = "tone.sit.reorder", "sit";
    /// SIT without a kind: the ITU form, or one that fits no coding.
    SitUnknown = "tone.sit.unknown", "sit";
    /// Announcement: subscriber busy.
    AnnouncedBusy = "announcement.busy", "announcement";
    /// Announcement: no answer.
    AnnouncedNoAnswer = "announcement.no_answer", "announcement";
    /// Announcement: switched off or out of coverage.
    AnnouncedUnreachable = "announcement.unreachable", "announcement";
    /// Announcement: no such number.
    AnnouncedInvalidNumber = "announcement.invalid_number", "announcement";
    /// Announcement: number changed.
    AnnouncedNumberChanged = "announcement.number_changed", "announcement";
    /// Announcement: service suspended.
    AnnouncedBlocked = "announcement.blocked", "announcement";
    /// Announcement: incoming calls not allowed.
    AnnouncedBarred = "announcement.barred", "announcement";
    /// Announcement: subscriber declined.
    AnnouncedRejected = "announcement.rejected", "announcement";
    /// Announcement: blocked as spam.
    AnnouncedSpamBlocked = "announcement.spam_blocked", "announcement";
    /// Announcement: network overload or fault.
    AnnouncedNetwork = "announcement.network", "announcement";
    /// A person.
    Human = "answer.human", "human";
    /// A person with a long greeting.
    HumanBusiness = "answer.human_business", "human";
    /// Answering machine or voicemail.
    Machine = "answer.machine", "machine";
    /// An operator's or a bank's voice assistant.
    Assistant = "answer.assistant", "machine";
    /// A telephone's own call screening.
    Screening = "answer.screening", "machine";
    /// An interactive menu.
    Ivr = "answer.ivr", "machine";
    /// Fax.
    Fax = "answer.fax", "fax";
    /// Modem.
    Modem = "answer.modem", "modem";
    /// Nobody spoke.
    Silence = "answer.silence", "silence";
    /// Ringing or a melody after the answer.
    FalseAnswer = "answer.false", "ringback";
    /// Nothing was settled: let the call through.
    Unknown = "unknown", "";
}

/// What the verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Evidence {
    /// A tone's frequencies and cadence.
    Tone,
    /// A special information tone.
    Sit(SitKind),
    /// A melody instead of the ringback tone.
    Melody,
    /// DTMF digits.
    Dtmf,
    /// A reference prompt.
    Prompt(PromptId),
    /// Speech before the answer that matches no reference prompt.
    UnknownAnnouncement,
    /// How the answering side spoke.
    Greeting,
    /// A beep after the greeting.
    Beep,
    /// Nothing was heard.
    Silence,
}

/// One verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What the call met; `Class::Unknown` is an honest verdict.
    pub class: Class,
    /// Probability that the class is right, 0 to 1.
    pub confidence: f32,
    /// When it was decided.
    pub decided: SampleTime,
    /// On what.
    pub evidence: Evidence,
    /// The next best class and its probability.
    pub runner_up: Option<(Class, f32)>,
    /// Whether later audio can still change it.
    pub last: bool,
}

impl Verdict {
    /// The coarse label used in evaluation: the class's own, or what the evidence adds to it where the class table has no
    /// word (`music_ringback`, `dtmf`, an announcement that no reference prompt matches, silence before the answer).
    pub fn label(&self) -> &'static str {
        match self.evidence {
            Evidence::Melody => "music_ringback",
            Evidence::Dtmf => "dtmf",
            Evidence::UnknownAnnouncement => "announcement",
            Evidence::Silence => "silence",
            Evidence::Tone | Evidence::Sit(_) | Evidence::Prompt(_) | Evidence::Greeting | Evidence::Beep => {
                self.class.label()
            }
        }
    }
}
