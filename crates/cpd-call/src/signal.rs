//! What goes into a call and what comes out.

use std::sync::Arc;

use cpd_detect::Event;

use crate::outcome::{Cause, Rejection};
use crate::policy::Policy;
use crate::record::{Deaf, Record};
use crate::telling::Telling;

/// The two sides of a bridged call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Leg {
    /// The dialer.
    Caller,
    /// The carrier, and whom it reaches.
    Callee,
}

impl Leg {
    /// The side across.
    pub fn other(self) -> Leg {
        match self {
            Leg::Caller => Leg::Callee,
            Leg::Callee => Leg::Caller,
        }
    }
}

/// One of the telephones that a carrier rings at once: an early dialog of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fork(pub u16);

/// What a leg says, or is told to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// To the callee: call this target of the plan.
    Dial {
        /// Which.
        target: usize,
    },
    /// It rings, or the network says something.
    Progress {
        /// Who.
        fork: Fork,
        /// There is something to hear from now on.
        media: bool,
    },
    /// Answered.
    Answer {
        /// By whom.
        fork: Fork,
    },
    /// The call is refused.
    Refuse(Refusal),
    /// The call is given up before it is answered.
    Cancel(Option<Cause>),
    /// The call is hung up.
    Hangup(Option<Cause>),
    /// To a leg: say that you live. One that does not answer is gone, and its leg says so by [`Signal::Hangup`].
    Ask,
}

/// Who refuses, and how.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The callee's side did; to the caller: what it said is passed on.
    Carrier(Failure),
    /// We do, for what was heard.
    Own(Rejection),
    /// We do, for another reason.
    Ended(Cause),
}

/// Why a callee's side failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It refused with this status.
    Refused(u16),
    /// It was silent, or rang for too long.
    TimedOut,
    /// It could not be reached.
    Unreachable,
    /// It was cancelled, as it was told to be.
    Cancelled,
}

impl Failure {
    /// The carrier failed, not the subscriber: another carrier may do better.
    pub(crate) fn is_of_carrier(self) -> bool {
        match self {
            // What says something of the trunk and never of a subscriber; 408 is a proxy's word for its own silence.
            Failure::Refused(status) => matches!(status, 408 | 500 | 502 | 503 | 504),
            Failure::TimedOut | Failure::Unreachable => true,
            Failure::Cancelled => false,
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A leg said something.
    Signal(Leg, Signal),
    /// A detector said something.
    Heard(Heard),
    /// Nobody listens any more.
    Deaf(Deaf),
    /// No media came from this leg for a while. It may be a dialer that waits, or a peer that died.
    Silent(Leg),
    /// What somebody advises for the verdict of [`Output::Consult`]: the policy that the call keeps to from here on, or
    /// none: the one it has.
    Advice {
        /// The consultation's.
        ticket: u32,
        /// The policy.
        policy: Option<Arc<Policy>>,
    },
    /// The service ends, or a person ended the call: hang up with this cause.
    End(Cause),
}

/// An event of a detector.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// Whose audio.
    pub fork: Fork,
    /// What.
    pub event: Event,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// A leg has to say this.
    Signal(Leg, Signal),
    /// Audio.
    Media(MediaAction),
    /// The dialer is to be told this, in its dialect.
    Tell(Telling),
    /// Before a verdict is acted on, somebody may advise by [`Input::Advice`]. Without an answer within
    /// [`CONSULT_LIMIT`](crate::CONSULT_LIMIT) the policy decides.
    Consult {
        /// To be given back.
        ticket: u32,
        /// The verdict, as it would be told.
        telling: Telling,
    },
    /// The call is over; nothing follows.
    Ended(Box<Record>),
}

/// What becomes of the audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaAction {
    /// The caller hears this fork from now on.
    Through(Fork),
    /// This fork was answered: its listener has the mark, the others end.
    Answered(Fork),
    /// Listening ends.
    Deaf,
}
