//! What the dialer is told, before it is put into a dialect.

use std::fmt;

use cpd_detect::event::Beep;
use cpd_detect::prompts::PromptId;
use cpd_detect::{Class, Evidence};

/// Before or after the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before.
    Pre,
    /// After.
    Post,
}

impl Phase {
    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Pre => "pre",
            Phase::Post => "post",
        }
    }
}

/// One thing told.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// 1, 2, … within the call.
    pub seq: u32,
    /// Before or after the answer.
    pub phase: Phase,
    /// Since the first early media (pre) or since the answer (post), ms.
    pub t_ms: u64,
    /// What.
    pub told: Told,
    /// Nothing of this phase will be told that changes it.
    pub last: bool,
}

/// What is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// What the call met.
    Verdict {
        /// What.
        class: Class,
        /// Probability that it is right, 0 to 1.
        confidence: f32,
        /// On what.
        evidence: Evidence,
        /// The reference prompt, and where in it the match stood, ms.
        prompt: Option<(PromptId, Option<u32>)>,
    },
    /// There will be no verdict.
    NoVerdict(NoVerdict),
    /// The answering side began to speak.
    SpeechStart,
    /// The greeting ended.
    GreetingEnd,
    /// An answering machine beeped: it records from now on.
    Beep(Beep),
}

impl Told {
    /// The class, where it is a verdict.
    pub fn class(&self) -> Option<Class> {
        match self {
            Told::Verdict { class, .. } => Some(*class),
            Told::NoVerdict(_) => Some(Class::Unknown),
            Told::SpeechStart | Told::GreetingEnd | Told::Beep(_) => None,
        }
    }
}

/// Why there is no verdict. The call went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoVerdict {
    /// Nothing was settled in time.
    Deadline,
    /// Nobody listened.
    Deaf,
}

impl fmt::Display for NoVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoVerdict::Deadline => "nothing was settled in time",
            NoVerdict::Deaf => "nobody listened",
        })
    }
}
