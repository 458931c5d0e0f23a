//! Reliable provisional responses (RFC 3262): numbers, repeats and their acknowledgement.

use crate::message::Message;
use crate::transaction::BaseTimers;
use crate::transport::Transmit;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Responses that wait for an earlier one's PRACK. Ringing and progress change a few times a call.
pub(crate) const WAITING_MAX: usize = 8;

/// The sending side: one response at a time until it is acknowledged.
pub(crate) struct ReliableOut {
    next_rseq: u32,
    sent: Option<Sent>,
    /// Built, but without number, because an earlier one is not acknowledged.
    pub(crate) waiting: VecDeque<Message>,
    /// A 2xx that must wait until the description before it is acknowledged (RFC 3262, 3).
    pub(crate) held_answer: Option<Message>,
}

struct Sent {
    rseq: u32,
    described: bool,
    transmit: Transmit,
    repeat_at: Instant,
    wait: Duration,
    end: Instant,
}

/// What the clock brings.
pub(crate) enum ReliableTick {
    Nothing,
    Repeat(Transmit),
    /// No PRACK in 64 × T1: the INVITE is to be refused.
    Unacknowledged,
}

impl ReliableOut {
    /// `first`: a random number; the rest follow by one (RFC 3262, 3).
    pub(crate) fn new(first: u32) -> Self {
        ReliableOut {
            next_rseq: first,
            sent: None,
            waiting: VecDeque::new(),
            held_answer: None,
        }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.sent.is_none()
    }

    /// True if a 2xx has to wait.
    pub(crate) fn holds_answer(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.described) || !self.waiting.is_empty()
    }

    pub(crate) fn take_rseq(&mut self) -> u32 {
        let rseq = self.next_rseq;
        self.next_rseq = self.next_rseq.wrapping_add(1);
        rseq
    }

    pub(crate) fn on_sent(
        &mut self,
        now: Instant,
        timers: &BaseTimers,
        rseq: u32,
        described: bool,
        transmit: Transmit,
    ) {
        let (repeat_at, end) = (now + timers.t1, now + timers.silence());
        self.sent = Some(Sent {
            rseq,
            described,
            transmit,
            repeat_at,
            wait: timers.t1,
            end,
        });
    }

    /// True if this PRACK acknowledges what was sent.
    pub(crate) fn on_prack(&mut self, rseq: u32) -> bool {
        let matches = self.sent.as_ref().is_some_and(|sent| sent.rseq == rseq);
        if matches {
            self.sent = None;
        }
        matches
    }

    /// The final response is sent: provisional ones are no longer repeated, but a PRACK may still come.
    pub(crate) fn stop(&mut self) {
        self.waiting.clear();
        self.held_answer = None;
        if let Some(sent) = &mut self.sent {
            sent.repeat_at = sent.end;
        }
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.sent.as_ref().map(|sent| sent.repeat_at.min(sent.end))
    }

    pub(crate) fn on_tick(&mut self, now: Instant) -> ReliableTick {
        let Some(sent) = &mut self.sent else {
            return ReliableTick::Nothing;
        };
        if sent.end <= now {
            self.sent = None;
            return ReliableTick::Unacknowledged;
        }
        if sent.repeat_at > now {
            return ReliableTick::Nothing;
        }
        // Doubled without the bound T2 (RFC 3262, 3).
        sent.wait *= 2;
        sent.repeat_at = now + sent.wait;
        ReliableTick::Repeat(sent.transmit.clone())
    }
}

/// The receiving side of one dialog.
#[derive(Default)]
pub(crate) struct ReliableIn {
    last: Option<u32>,
}

/// How a number follows what came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sequence {
    /// The next: acknowledge it and hand it up.
    Next,
    /// A repeat: its PRACK repeats itself.
    Repeat,
    /// One before it is missing: it will come again (RFC 3262, 4).
    Gap,
}

impl ReliableIn {
    pub(crate) fn on_response(&mut self, rseq: u32) -> Sequence {
        match self.last {
            Some(last) if rseq <= last => return Sequence::Repeat,
            Some(last) if rseq > last.saturating_add(1) => return Sequence::Gap,
            Some(_) | None => {}
        }
        self.last = Some(rseq);
        Sequence::Next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3262_4_numbers_must_follow_each_other() {
        let mut seen = ReliableIn::default();
        assert_eq!(seen.on_response(700), Sequence::Next);
        assert_eq!(seen.on_response(700), Sequence::Repeat);
        assert_eq!(seen.on_response(702), Sequence::Gap);
        assert_eq!(seen.on_response(701), Sequence::Next);
        assert_eq!(seen.on_response(702), Sequence::Next);
        assert_eq!(seen.on_response(699), Sequence::Repeat);
    }
}
