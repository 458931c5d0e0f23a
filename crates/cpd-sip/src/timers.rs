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

    /// Throws out the entries that wake nobody once they outnumber the living four to one. `queued` tells an owner's note.
    pub(crate) fn tidy(&mut self, living: usize, queued: impl Fn(K) -> Option<Instant>) {
        // 256: below this the memory is not worth the walk.
        if self.heap.len() > 256 + 4 * living {
            self.heap
                .retain(|Reverse((at, owner))| queued(*owner) == Some(*at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::tests::Clock;

    #[test]
    fn the_queue_stays_as_small_as_its_owners_are_few() {
        let clock = Clock::new();
        let mut timers = Timers::new();
        let mut queued = None;
        for ms in 0..10_000 {
            // A near deadline before a far one, as each answer in a long call brings.
            timers.want(1, Some(clock.at(ms + 1)), &mut queued);
            assert_eq!(timers.pop(clock.at(ms + 1)), Some((clock.at(ms + 1), 1)));
            queued = None;
            timers.want(1, Some(clock.at(1_000_000 + ms)), &mut queued);
            timers.tidy(1, |_| queued);
            assert!(timers.heap.len() <= 262, "{}", timers.heap.len());
        }
    }
}
