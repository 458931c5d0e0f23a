//! What is kept of a call.

use std::fmt;
use std::time::Instant;

use crate::outcome::Cause;
use crate::step::Step;
use crate::telling::Telling;

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The dialer.
    Caller,
    /// The carrier, or whom it reached.
    Callee,
    /// The service.
    Service,
}

impl Party {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Party::Caller => "caller",
            Party::Callee => "callee",
            Party::Service => "service",
        }
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Termination {
    /// Who ended it.
    pub by: Party,
    /// The status that the caller got, where the call was refused.
    pub status: Option<u16>,
    /// Why.
    pub cause: Cause,
}

/// Why nobody listened (any more).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deaf {
    /// The policy wants it so.
    Policy,
    /// The number is in the plan of emergency numbers.
    Emergency,
    /// The machine was short of time.
    Overload,
    /// No codec that can be heard was agreed on.
    Codec,
    /// The audio is enciphered end to end, or its keys are not known.
    Cipher,
    /// The prompt library or another part of the detector is missing.
    Library,
}

impl fmt::Display for Deaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Deaf::Policy => "policy",
            Deaf::Emergency => "emergency number",
            Deaf::Overload => "overload",
            Deaf::Codec => "no codec that can be heard",
            Deaf::Cipher => "keys not known",
            Deaf::Library => "detector incomplete",
        })
    }
}

/// One call, when it is over. Times are the call's own clock; who writes it down turns them into the time of day.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The INVITE came.
    pub began: Instant,
    /// The target that it was (last) sent to.
    pub target: usize,
    /// First ringing or media.
    pub early: Option<Instant>,
    /// The carrier's answer.
    pub answered: Option<Instant>,
    /// The caller got the answer.
    pub connected: Option<Instant>,
    /// How long the answer was held, ms; 0 if it was not.
    pub held_ms: u64,
    /// The hold ended without a verdict.
    pub hold_expired: bool,
    /// When something was decided on that ended listening.
    pub decided: Option<Instant>,
    /// The end.
    pub ended: Instant,
    /// How.
    pub termination: Termination,
    /// Everything that was told or, in a mode that tells nothing, would have been.
    pub tellings: Vec<Telling>,
    /// Why nobody listened, where that is so.
    pub deaf: Option<Deaf>,
    /// What passed between the legs and the service, at most [`STEPS_MAX`](crate::STEPS_MAX).
    pub steps: Vec<Step>,
}

impl Record {
    /// The verdict that stands: the last of the later phase that has one.
    pub fn verdict(&self) -> Option<&Telling> {
        self.tellings
            .iter()
            .rev()
            .find(|telling| telling.told.class().is_some())
    }
}
