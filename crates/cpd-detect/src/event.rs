//! What a detector tells: events on the sample clock, each with its span, its confidence and its evidence.

use std::sync::Arc;

use crate::prompts::PromptId;
use crate::time::SampleTime;
use crate::verdict::Verdict;

/// One thing heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it became known: the end of the hop that settled it.
    pub known: SampleTime,
    /// Where in the audio the thing began (at or before `known`).
    pub from: SampleTime,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// What.
    pub kind: EventKind,
}

/// The kinds of things that are heard.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// The general sound changed; one of these is in force at any time.
    Activity(Activity),
    /// A call-progress tone: told at the first edge that settles it, told again when refined.
    Tone(ToneHeard),
    /// A melody where a ringback tone would be.
    Melody,
    /// Special information tone, after its third tone.
    Sit(SitKind),
    /// A DTMF digit, once it has lasted long enough.
    Dtmf(char),
    /// A fax terminal.
    Fax(FaxKind),
    /// A modem.
    Modem(ModemKind),
    /// The beep of an answering machine, told when it is known to be one.
    Beep(Beep),
    /// A reference prompt is likely, but another that shares the audio so far is not excluded.
    PromptCandidate(PromptHeard),
    /// A reference prompt was identified.
    Prompt(PromptHeard),
    /// What was identified as this prompt went on otherwise: another text that begins alike.
    PromptRetracted(PromptHeard),
    /// The signalling said that the call was answered.
    Answered,
    /// The greeting (of a person or a machine) ended; `from` is the end of its last word.
    GreetingEnd,
    /// Audio was lost for this many samples.
    Gap(u64),
    /// The verdict, or a better founded one.
    Verdict(Verdict),
}

/// What the line sounds like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activity {
    /// Nothing above the idle line.
    Silence,
    /// Steady synthetic noise of a codec's discontinuous transmission.
    ComfortNoise,
    /// Noise of a room, a street, a hum.
    Noise,
    /// Somebody or something speaks.
    Speech,
    /// Music.
    Music,
    /// A signalling tone.
    Tone,
}

/// A tone of call progress.
#[derive(Clone, Debug, PartialEq)]
pub struct ToneHeard {
    /// Which.
    pub kind: ProgressTone,
    /// Frequencies measured, Hz; the second is 0 for a single tone.
    pub hz: [f32; 2],
    /// On and off times measured, ms: up to two pairs; 0 where not yet known.
    pub cadence_ms: [u16; 4],
    /// Where its newest burst began, and where it ended or how far it was heard.
    pub burst: [SampleTime; 2],
    /// Countries whose plan fits best (ISO 3166 codes), most likely first; empty where unknown.
    pub countries: Arc<[String]>,
    /// The runner-up among the kinds, with its probability, where the cadence is ambiguous.
    pub runner_up: Option<(ProgressTone, f32)>,
}

/// The kinds of call-progress tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProgressTone {
    /// The called telephone rings.
    Ringback,
    /// The subscriber is busy.
    Busy,
    /// The network is congested (reorder, fast busy).
    Congestion,
}

/// Kinds of special information tone (Telcordia GR-1162; ITU-T E.180).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SitKind {
    /// Intercept: number changed.
    Intercept,
    /// Vacant code.
    Vacant,
    /// Reorder, intra-LATA.
    Reorder1,
    /// Reorder, inter-LATA.
    Reorder2,
    /// No circuit, intra-LATA.
    NoCircuit1,
    /// No circuit, inter-LATA.
    NoCircuit2,
    /// Ineffective other.
    IneffectiveOther,
    /// The ITU-T form, 950/1400/1800 Hz, without a kind.
    Itu,
    /// Three rising tones that fit no coding.
    Unknown,
}

/// Fax tones (ITU-T T.30).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaxKind {
    /// Calling tone, 1100 Hz, 0.5 s every 3.5 s.
    Cng,
    /// Called terminal identification, 2100 Hz, 2.6 to 4 s.
    Ced,
    /// V.21 flags: the preamble of a fax's first frame.
    Flags,
}

/// Modem tones (ITU-T V.8, V.22, V.23, V.25; Bell 103).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModemKind {
    /// Answer tone with phase reversals every 450 ms (V.25).
    AnsPr,
    /// Answer tone with 15 Hz amplitude modulation (V.8).
    AnsAm,
    /// V.22 unscrambled binary ones or its 2250/2400 Hz relatives.
    V22,
    /// Bell 103 answer carrier, 2225 Hz mark.
    Bell103,
    /// V.23 carrier, 1300 or 2100 Hz.
    V23,
}

/// A beep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beep {
    /// Frequencies, Hz; the second is 0 for a single one.
    pub hz: [f32; 2],
    /// Length so far or in all, ms.
    pub ms: u16,
    /// 1, or 2 for a double beep.
    pub count: u8,
}

/// A match of a reference prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PromptHeard {
    /// Which prompt of the library.
    pub prompt: PromptId,
    /// Where in the prompt the match stands at `known`, ms from the prompt's start.
    pub offset_ms: u32,
    /// Evidence, bits (log2 likelihood ratio against any other audio).
    pub bits: f32,
    /// The strongest other prompt that the audio so far fits, where one is not excluded.
    pub runner_up: Option<PromptId>,
}

impl SitKind {
    /// The coding's short name, as in Telcordia GR-1162; `ITU` for the form without codings.
    pub fn as_str(self) -> &'static str {
        match self {
            SitKind::Intercept => "IC",
            SitKind::Vacant => "VC",
            SitKind::Reorder1 => "RO1",
            SitKind::Reorder2 => "RO2",
            SitKind::NoCircuit1 => "NC1",
            SitKind::NoCircuit2 => "NC2",
            SitKind::IneffectiveOther => "IO",
            SitKind::Itu => "ITU",
            SitKind::Unknown => "?",
        }
    }
}
