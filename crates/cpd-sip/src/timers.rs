//! One queue for all deadlines.
//!
//! The owner of a deadline keeps it; the queue only wakes the owner, who then looks for himself. A deadline that moves
//! later costs nothing until its old time comes; one that moves earlier is queued once more.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

pub(crate) struct Timers<K> {
    heap: BinaryHeap<Reverse<(Instant, K)>>,
}

impl<K: Ord + Copy> Timers<K> {
    pub(crate) fn new() -> Self {
        Timers {
            heap: BinaryHeap::new(),
        }
    }

    /// Wakes `owner` at `deadline` unless it is already queued for then or sooner. `queued` is the owner's note of when.
    pub(crate) fn want(&mut self, owner: K, deadline: Option<Instant>, queued: &mut Option<Instant>) {
        let Some(deadline) = deadline else { return };
        if queued.is_none_or(|queued| deadline < queued) {
            self.heap.push(Reverse((deadline, owner)));
            *queued = Some(deadline);
        }
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    /// Whose time has come, and which.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<(Instant, K)> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| entry)
    }

    /// Throws out the entries of owners that are gone once they outnumber the living four to one.
    pub(crate) fn tidy(&mut self, living: usize, lives: impl Fn(K) -> bool) {
        // 256: below this the memory is not worth the walk.
        if self.heap.len() > 256 + 4 * living {
            self.heap.retain(|Reverse((_, owner))| lives(*owner));
        }
    }
}
