//! The words that passed between the legs and the service: what a ladder of the call is drawn of.

use std::time::Instant;

use crate::outcome::Rejection;
use crate::signal::{Failure, Leg, Refusal, Signal};

/// The most steps that are kept of a call: a usual one has eight; forks that ring on and on are told by their first.
pub const STEPS_MAX: usize = 48;

/// One word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Instant,
    /// On which leg.
    pub leg: Leg,
    /// The leg said it; otherwise it was told.
    pub came: bool,
    /// What.
    pub word: Word,
}

/// What was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Call the target of the plan with this number.
    Dial(usize),
    /// It rings; with something to hear, or without.
    Progress {
        /// Which of the telephones that ring.
        fork: u16,
        /// There is something to hear.
        media: bool,
    },
    /// Answered.
    Answer,
    /// Refused, with this status where one was sent.
    Refuse(Option<u16>),
    /// Given up before the answer, for this cause (Q.850).
    Cancel(Option<u8>),
    /// Hung up, for this cause.
    Hangup(Option<u8>),
    /// Asked whether it lives.
    Ask,
}

impl Word {
    /// What a signal says.
    pub(crate) fn of(signal: &Signal) -> Word {
        match signal {
            Signal::Dial { target } => Word::Dial(*target),
            Signal::Progress { fork, media } => Word::Progress {
                fork: fork.0,
                media: *media,
            },
            Signal::Answer { .. } => Word::Answer,
            Signal::Refuse(refusal) => Word::Refuse(match refusal {
                Refusal::Carrier(Failure::Refused(status)) => Some(*status),
                Refusal::Own(Rejection { status, .. }) => Some(*status),
                Refusal::Carrier(Failure::TimedOut | Failure::Unreachable | Failure::Cancelled)
                | Refusal::Ended(_) => None,
            }),
            Signal::Cancel(cause) => Word::Cancel(cause.as_ref().map(|cause| cause.q850)),
            Signal::Hangup(cause) => Word::Hangup(cause.as_ref().map(|cause| cause.q850)),
            Signal::Ask => Word::Ask,
        }
    }
}
