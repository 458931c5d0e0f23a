//! What the switchboard tells the rest of the service.

use std::sync::Arc;

use cpd_call::{Record, Telling};
use cpd_detect::Library;

use crate::media::{Recorded, SideStats};
use crate::script::Fault;
use crate::trunk::number::Number;

/// Something that others want to know.
#[derive(Debug)]
pub enum Notice {
    /// A call began.
    Began {
        /// Its name.
        call: Arc<str>,
        /// The trunk it came from.
        dialer: Arc<str>,
    },
    /// Something was told, or would have been in a mode that tells nothing.
    Told {
        /// The call.
        call: Arc<str>,
        /// What.
        telling: Telling,
    },
    /// A call is over.
    Ended(Box<CallReport>),
    /// A call was turned away before it began.
    Refused {
        /// The trunk, where it is known.
        dialer: Option<Arc<str>>,
        /// The final status.
        status: u16,
        /// Why, in a word.
        why: &'static str,
        /// And in full, where there is more to say.
        detail: Option<String>,
    },
    /// A gateway went down or came back.
    Gateway {
        /// Its carrier.
        carrier: Arc<str>,
        /// Its URI.
        uri: String,
        /// Whether it answers.
        up: bool,
    },
    /// A registration changed.
    Registration {
        /// The carrier.
        carrier: Arc<str>,
        /// Whether it stands.
        registered: bool,
    },
    /// A script failed; the tables decided.
    ScriptFailed(Fault),
    /// A URI's host has to be looked up.
    Locate {
        /// The URI.
        uri: String,
    },
}

/// One call, whole.
#[derive(Debug)]
pub struct CallReport {
    /// Its name.
    pub call: Arc<str>,
    /// The same in NetBorder's form, as its headers and its statistics file have it.
    pub netborder_call_id: String,
    /// The trunk it came from.
    pub dialer: Arc<str>,
    /// The carrier that it went to last.
    pub carrier: Option<Arc<str>>,
    /// Who called.
    pub caller: Number,
    /// Whom, as the dialer wrote it.
    pub callee: Number,
    /// The dialer's own word for the call, where it sent one.
    pub reference: Option<String>,
    /// The dialer's campaign, where it sent one.
    pub campaign: Option<String>,
    /// The dialer's tag for the call log.
    pub info: Option<String>,
    /// The settings that it was measured by.
    pub settings: u64,
    /// The prompts that it was heard with; `None`: nothing could hear it.
    pub library: Option<Arc<Library>>,
    /// Their versions, as [`Hearing`](crate::trunk::Hearing) has them: the common ones', the customer's own. 0: none, as on
    /// trunks that have no hearing of their own.
    pub versions: (i32, i32),
    /// How it went.
    pub record: Record,
    /// Values of the INVITE that could not be read.
    pub faults: Vec<String>,
    /// Media from the caller and from the callee.
    pub media: Option<(SideStats, SideStats)>,
    /// The recording that is kept.
    pub recording: Option<Recorded>,
}
