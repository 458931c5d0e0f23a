//! What an endpoint tells its user.

use crate::message::Message;
use crate::slab::Key;
use crate::transport::Flow;
use std::fmt;

/// An INVITE of ours, until its outcome is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub(super) Key);

/// A dialog, until [`Fact::Ended`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialogId(pub(super) Key);

/// A request of a peer that the user has to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerId(pub(super) Key);

/// A request of ours, other than the INVITE of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub(super) u64);

/// Why a request of ours got no answer that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The peer refused; the response says how.
    Refused,
    /// The peer was silent for 64 × T1, or only rang for [`Config::ring_limit`](super::Config::ring_limit).
    TimedOut,
    /// The transport could not send it.
    Unreachable,
    /// The user cancelled.
    Cancelled,
}

/// Why a dialog ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// We said BYE.
    Local,
    /// The peer said BYE.
    Remote,
    /// Its INVITE was refused, by us or by the peer, or never answered.
    NotAnswered,
    /// The peer's CANCEL ended it before it was answered.
    Cancelled,
    /// Another fork was answered.
    OtherFork,
    /// The ACK to our 2xx never came.
    NoAck,
    /// The PRACK to our provisional response never came.
    NoPrack,
    /// Nobody refreshed the session.
    SessionExpired,
    /// The peer does not know the dialog (481), or does not answer in it.
    Lost,
}

/// Something that happened.
#[derive(Debug)]
pub enum Fact {
    /// A call comes in. Answer with [`answer`](super::Endpoint::answer).
    Invited {
        /// Its dialog.
        dialog: DialogId,
        /// The INVITE.
        request: Message,
        /// Where it came from.
        flow: Flow,
    },
    /// A provisional response to an INVITE of ours, other than 100; each reliable one once.
    Progress {
        /// The INVITE.
        call: CallId,
        /// The early dialog, if the response makes one.
        dialog: Option<DialogId>,
        /// The response.
        response: Message,
        /// It brings an offer: answer it with [`prack`](super::Endpoint::prack).
        prack_wanted: bool,
    },
    /// An INVITE of ours was answered.
    Answered {
        /// The INVITE.
        call: CallId,
        /// The dialog.
        dialog: DialogId,
        /// The 2xx.
        response: Message,
        /// It brings an offer: answer it with [`ack`](super::Endpoint::ack).
        ack_wanted: bool,
    },
    /// An INVITE of ours was not answered. The call is over.
    Failed {
        /// The INVITE.
        call: CallId,
        /// Why.
        failure: Failure,
        /// The response, if one came.
        response: Option<Message>,
    },
    /// The ACK to our 2xx came.
    Acknowledged {
        /// The dialog.
        dialog: DialogId,
        /// The ACK, maybe with the answer to our offer.
        request: Message,
    },
    /// A request that the user has to answer with [`respond`](super::Endpoint::respond): re-INVITE, UPDATE or PRACK
    /// with an offer, INFO, OPTIONS and all others.
    Request {
        /// The handle to answer it by.
        server: ServerId,
        /// Its dialog; `None` outside of any.
        dialog: Option<DialogId>,
        /// The request.
        request: Message,
        /// Where it came from.
        flow: Flow,
    },
    /// A provisional response of ours was acknowledged, by a PRACK that needs no answer of the user.
    Pracked {
        /// The dialog.
        dialog: DialogId,
        /// The PRACK, maybe with the answer to our offer.
        request: Message,
    },
    /// The peer refreshed the session or its target without an offer, or answered our refresh.
    Refreshed {
        /// The dialog.
        dialog: DialogId,
        /// The UPDATE, or the 2xx to ours.
        message: Message,
    },
    /// A request of ours has its final response, or will never have one.
    Response {
        /// The request.
        request: RequestId,
        /// Its dialog; `None` outside of any.
        dialog: Option<DialogId>,
        /// The response, or why there is none.
        response: Result<Message, Failure>,
        /// It brings an offer: answer it with [`ack`](super::Endpoint::ack).
        ack_wanted: bool,
    },
    /// A dialog is over; its handle is worth nothing from here on.
    Ended {
        /// The dialog.
        dialog: DialogId,
        /// Why.
        ending: Ending,
        /// The BYE, the CANCEL or the refusal that ended it.
        message: Option<Message>,
    },
}

/// Why the endpoint cannot do what its user asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserError {
    /// The call, dialog or request is over.
    Gone,
    /// It cannot be done at this stage: BYE before the answer, a second final response, an ACK that nobody waits for.
    WrongStage,
    /// An INVITE, UPDATE or offer is under way in this dialog; wait for its end.
    Pending,
    /// The draft lacks a header, or has no fitting first line.
    Draft(&'static str),
    /// [`Config::transactions_max`](super::Config::transactions_max) or
    /// [`Config::dialogs_max`](super::Config::dialogs_max) is reached.
    Full,
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UserError::Gone => f.write_str("it is over"),
            UserError::WrongStage => f.write_str("wrong stage of the dialog"),
            UserError::Pending => f.write_str("another request is under way"),
            UserError::Draft(what) => write!(f, "draft: {what}"),
            UserError::Full => f.write_str("too many transactions or dialogs"),
        }
    }
}

impl std::error::Error for UserError {}
