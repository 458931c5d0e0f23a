//! What all sessions of a thread share while one of them works.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::outbox::Outbox;
use super::session::Due;

/// A place among the sessions of a thread, and which of those that had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SlotKey {
    pub(super) index: u32,
    pub(super) generation: u32,
}

/// What was counted since the start.
#[derive(Default)]
pub(super) struct Counts {
    /// Relayed.
    pub(super) packets: u64,
    /// To ports without a call.
    pub(super) discarded: u64,
    /// Of strangers, in sessions that are over.
    pub(super) refused: u64,
    /// Sessions that were no longer listened to because of overload.
    pub(super) deafened: u64,
    /// Recordings whose end is missing.
    pub(super) recordings_cut: u64,
}

/// Shared by the sessions of one thread; the thread itself fills in whose turn it is.
pub(super) struct Lane {
    /// When the turn began. Packets of one turn count as arrived then.
    pub(super) now: Instant,
    /// Whose turn it is.
    pub(super) slot: SlotKey,
    pub(super) out: Outbox,
    /// How long a stream rests after its turn to be heard; see `RESTING_FROM` in the worker.
    pub(super) rest: Duration,
    /// Streams that wait to be heard, the longest first; each is in it at most once.
    pub(super) due: VecDeque<Due>,
    pub(super) counts: Counts,
}
