//! What happened to a request: rows of its log, which only grows. State, history, clocks and reports are made of it.

use serde::{Deserialize, Serialize};

use crate::ids::{MassId, MessageId, PersonId, RequestId};
use crate::state::{Door, Kind, Priority, State};

/// A row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, ms since 1970.
    pub at_ms: i64,
    /// Who did it.
    pub by: Actor,
    /// What.
    pub what: What,
}

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "who", content = "id")]
pub enum Actor {
    /// Somebody of the customer; none: nobody whom we know.
    Customer(Option<PersonId>),
    /// Somebody of the desk.
    Staff(PersonId),
    /// The mass incident above.
    Mass(MassId),
    /// The desk itself: time passed, or a rule.
    Desk,
}

/// Which side a message is for. It never changes after the message was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Everybody of the conversation.
    Public,
    /// The desk alone.
    Internal,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// It came.
    Registered {
        /// By which door.
        door: Door,
        /// What it is about.
        kind: Kind,
        /// How much hurry.
        priority: Priority,
        /// A contract of its customer is in force.
        contract: bool,
        /// The earlier request, over by then, that its first message answered.
        follows: Option<RequestId>,
    },
    /// Somebody wrote.
    Message {
        /// Which.
        message: MessageId,
        /// For whom.
        side: Side,
        /// A machine wrote it: an answer of absence, a report of delivery.
        automated: bool,
    },
    /// Its state changed.
    Moved {
        /// From.
        from: State,
        /// To.
        to: State,
        /// Why.
        why: Why,
    },
    /// It has another specialist, or none.
    Assigned {
        /// Who.
        to: Option<PersonId>,
    },
    /// It is of another kind.
    Retyped {
        /// Which.
        kind: Kind,
    },
    /// There is more hurry, or less.
    Hurried {
        /// How much.
        priority: Priority,
    },
    /// A mass incident is above it, or none any more.
    Attached {
        /// Which.
        mass: Option<MassId>,
    },
}

/// Why a state changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Why {
    /// Somebody of the desk took it.
    Taken,
    /// The desk asks for more.
    Asked {
        /// In this message.
        message: MessageId,
    },
    /// The customer answered.
    Answered {
        /// In this message.
        message: MessageId,
    },
    /// Somebody else has to do something first.
    Waits {
        /// Who.
        reason: Reason,
    },
    /// There is nothing to wait for any more.
    Resumed,
    /// It is solved.
    Solved {
        /// With this comment.
        comment: MessageId,
    },
    /// The customer says that it is none.
    NotSolved,
    /// The customer says that it is one.
    Confirmed,
    /// The customer said nothing for so long.
    Expired,
    /// The desk closed it.
    Finished,
    /// The desk does not take it.
    Refused {
        /// And says why.
        message: MessageId,
    },
    /// It goes on elsewhere.
    MergedInto {
        /// There.
        survivor: RequestId,
    },
    /// It does not.
    Unmerged,
}

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A version of the software.
    Update,
    /// Somebody who supplies us.
    Supplier,
    /// The mass incident above it.
    Mass,
}
