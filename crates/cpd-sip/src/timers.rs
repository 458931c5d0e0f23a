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

    /// Throws out the entries that wake nobody once they are more than half of all. `queued` tells an owner's note, of which
    /// it has one: what is left after a walk is as many as the living, so as many have to come before the next one. Each
    /// entry pays for two looks.
    pub(crate) fn tidy(&mut self, living: usize, queued: impl Fn(K) -> Option<Instant>) {
        // 256: below this the memory is not worth the walk.
        if self.heap.len() > 256 + 2 * living {
            self.heap
                .retain(|Reverse((at, owner))| queued(*owner) == Some(*at));
            // A burst of calls is not kept room for.
            self.heap.shrink_to(2 * (256 + 2 * living));
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
            assert!(timers.heap.len() <= 260, "{}", timers.heap.len());
        }
    }

    /// Calls that last for a second, each with a deadline of five minutes: as Timer C, which nobody waits for any more.
    #[test]
    fn deadlines_of_calls_that_are_over_cost_no_memory_and_little_time() {
        const CALLS: u64 = 100_000;
        let clock = Clock::new();
        let mut timers = Timers::new();
        let mut notes = std::collections::HashMap::new();
        let looks = std::cell::Cell::new(0_u64);
        let mut most = 0;
        for call in 0..CALLS {
            // A thousand calls a second.
            let mut queued = None;
            timers.want(call, Some(clock.at(call + 300_000)), &mut queued);
            notes.insert(call, queued);
            notes.remove(&call.wrapping_sub(1_000));
            timers.tidy(notes.len(), |call| {
                looks.set(looks.get() + 1);
                notes.get(&call).copied().flatten()
            });
            most = most.max(timers.heap.len());
        }
        // A thousand stand. Without this all of the last five minutes would.
        assert!(most <= 256 + 2 * 1_000, "{most} deadlines");
        assert!(looks.get() <= 2 * CALLS, "{} looks", looks.get());
        assert!(timers.heap.capacity() <= 8_192, "{}", timers.heap.capacity());
    }
}
