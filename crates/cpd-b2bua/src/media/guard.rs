//! SRTP on one side: what comes is opened with the peer's key, what goes is sealed with ours.

use cpd_media::srtp::Srtp;

use super::command::Secure;
use super::fork::{is_rtcp, is_rtp};

/// Both directions of one peer.
pub(super) struct Guard {
    keys: Secure,
    inbound: Srtp,
    outbound: Srtp,
}

impl Guard {
    pub(super) fn new(keys: Secure) -> Guard {
        Guard {
            inbound: Srtp::new(&keys.theirs),
            outbound: Srtp::new(&keys.ours),
            keys,
        }
    }

    /// The keys of a new description. Those that stay go on where they are: their packets are numbered on.
    pub(super) fn rekey(&mut self, new: Guard) {
        if self.keys.theirs != new.keys.theirs {
            self.inbound = new.inbound;
        }
        if self.keys.ours != new.keys.ours {
            self.outbound = new.outbound;
        }
        self.keys = new.keys;
    }

    /// What was sealed, plain; false where the peer did not seal it.
    pub(super) fn open(&mut self, bytes: &[u8], plain: &mut Vec<u8>) -> bool {
        plain.clear();
        if is_rtcp(bytes) {
            self.inbound.unprotect_rtcp(bytes, plain).is_ok()
        } else {
            is_rtp(bytes) && self.inbound.unprotect_rtp(bytes, plain).is_ok()
        }
    }

    /// What is plain, sealed; false where it is nothing that can be.
    pub(super) fn seal(&mut self, bytes: &[u8], sealed: &mut Vec<u8>) -> bool {
        sealed.clear();
        if is_rtcp(bytes) {
            self.outbound.protect_rtcp(bytes, sealed).is_ok()
        } else {
            is_rtp(bytes) && self.outbound.protect_rtp(bytes, sealed).is_ok()
        }
    }
}
