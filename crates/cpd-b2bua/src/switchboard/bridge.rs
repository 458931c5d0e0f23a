//! One call on its way through: its state machine, its legs in SIP, its media.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use cpd_call::{Call, Fork};
use cpd_detect::Shared;
use cpd_media::sdp::Crypto;
use cpd_sip::Message;
use cpd_sip::endpoint::{CallId, DialogId};
use cpd_sip::transport::Flow;

use crate::dialect::{Hears, Saying, Wishes};
use crate::media::{LocalPorts, Opened};
use crate::trunk::number::Number;
use crate::trunk::{Carrier, Dialer, Settings};

/// A call that stands.
pub(super) struct Bridge {
    pub(super) id: u64,
    /// As dialers, records and logs name it.
    pub(super) name: Arc<str>,
    pub(super) call: Call,
    pub(super) settings: Arc<Settings>,
    pub(super) dialer: Arc<Dialer>,
    pub(super) wishes: Wishes,
    /// When somebody listens, as the dialer is told.
    pub(super) hears: Hears,
    /// The caller's INVITE.
    pub(super) invite: Message,
    pub(super) numbers: Numbers,
    pub(super) targets: Vec<Target>,
    pub(super) caller: CallerLeg,
    pub(super) callee: CalleeLeg,
    pub(super) media: Opened,
    /// Somebody listens.
    pub(super) listened: bool,
    /// What the last message of the callee's side was: what a signal to the caller is made of.
    pub(super) heard: Option<Message>,
    /// The deadline that stands in the switchboard's list.
    pub(super) queued: Option<Instant>,
}

/// Who calls whom, as it is told to the carrier.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    pub(super) caller: Number,
    pub(super) callee: Number,
    /// As the dialer wrote it.
    pub(super) dialled: Number,
}

/// A place that the call may be sent to.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) carrier: Arc<Carrier>,
    pub(super) gateway: usize,
    pub(super) flow: Flow,
}

pub(super) struct CallerLeg {
    pub(super) dialog: DialogId,
    /// Where its signalling comes from.
    pub(super) host: IpAddr,
    pub(super) side: Described,
    /// A provisional response above 100 went out.
    pub(super) rings: bool,
    /// One of them told where to hear early media.
    pub(super) early_media: bool,
    pub(super) connected: bool,
    /// The newest verdict stands in headers that no message has carried.
    pub(super) results_wait: bool,
    /// What could not be said in the dialog yet.
    pub(super) unsaid: VecDeque<Saying>,
    /// The callee's dialog that waits for the answer in this leg's ACK.
    pub(super) ack_for: Option<DialogId>,
    /// The callee's early dialog that waits for the answer in this leg's PRACK.
    pub(super) prack_for: Option<DialogId>,
}

#[derive(Default)]
pub(super) struct CalleeLeg {
    /// The INVITE that stands.
    pub(super) invite: Option<CallId>,
    pub(super) target: usize,
    /// The media network that its ports are of.
    pub(super) network: usize,
    /// Early dialogs, by fork.
    pub(super) forks: Vec<(DialogId, Fork)>,
    pub(super) answered: Option<DialogId>,
    pub(super) side: Described,
    /// The caller's dialog that waits for the answer in this leg's ACK, after a re-INVITE without an offer.
    pub(super) ack_for: Option<DialogId>,
}

/// What one side was told of our media.
#[derive(Default)]
pub(super) struct Described {
    /// The version of our description, one more with each that differs.
    pub(super) version: u64,
    pub(super) last: Vec<u8>,
    /// The other side's description that it was made of last.
    pub(super) newest: Option<Newest>,
    /// Our key on this leg, where its media is secured.
    pub(super) ours: Option<Crypto>,
}

/// A description, as it came and as it went on.
pub(super) struct Newest {
    pub(super) fork: Fork,
    pub(super) came: Box<[u8]>,
    pub(super) went: Vec<u8>,
}

impl Described {
    /// Notes what is sent. Equal descriptions keep their version (RFC 3264, 8).
    pub(super) fn sent(&mut self, written: impl Fn(u64) -> Vec<u8>) -> Vec<u8> {
        if self.version > 0 {
            let again = written(self.version);
            if again == self.last {
                return again;
            }
        }
        self.version += 1;
        self.last = written(self.version);
        self.last.clone()
    }
}

impl Bridge {
    /// What it is heard with.
    pub(super) fn hearing(&self) -> Option<&Shared> {
        self.settings.hearing_of(&self.dialer)
    }

    pub(super) fn carrier(&self) -> Option<&Arc<Carrier>> {
        Some(&self.targets.get(self.callee.target)?.carrier)
    }

    /// The dialog of the callee's side that messages of the caller go to.
    pub(super) fn callee_dialog(&self) -> Option<DialogId> {
        let through = self.call.through();
        let early = || {
            let fits = |(_, fork): &&(DialogId, Fork)| Some(*fork) == through;
            let found = self.callee.forks.iter().find(fits).or(self.callee.forks.last());
            found.map(|(dialog, _)| *dialog)
        };
        self.callee.answered.or_else(early)
    }

    pub(super) fn fork_of(&self, dialog: DialogId) -> Option<Fork> {
        let found = self.callee.forks.iter().find(|(own, _)| *own == dialog);
        found.map(|(_, fork)| *fork)
    }

    pub(super) fn ports(&self, leg: cpd_call::Leg) -> LocalPorts {
        match leg {
            cpd_call::Leg::Caller => self.media.caller,
            cpd_call::Leg::Callee => self.media.callee,
        }
    }
}
