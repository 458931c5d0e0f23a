//! A 2xx to an INVITE, repeated until its ACK comes (RFC 3261, 13.3.1.4).

use crate::transaction::BaseTimers;
use crate::transport::Transmit;
use std::time::{Duration, Instant};

pub(crate) struct Accept {
    /// The INVITE's number, which the ACK repeats.
    pub(crate) cseq: u32,
    transmit: Transmit,
    repeat_at: Instant,
    wait: Duration,
    end: Instant,
}

/// What the clock brings.
pub(crate) enum AcceptTick {
    Nothing,
    Repeat(Transmit),
    /// No ACK in 64 × T1: say BYE.
    Unacknowledged,
}

impl Accept {
    pub(crate) fn new(now: Instant, timers: &BaseTimers, cseq: u32, transmit: Transmit) -> Self {
        Accept {
            cseq,
            transmit,
            repeat_at: now + timers.t1,
            wait: timers.t1,
            end: now + timers.silence(),
        }
    }

    pub(crate) fn on_tick(&mut self, now: Instant, timers: &BaseTimers) -> AcceptTick {
        if self.end <= now {
            return AcceptTick::Unacknowledged;
        }
        if self.repeat_at > now {
            return AcceptTick::Nothing;
        }
        self.wait = (self.wait * 2).min(timers.t2);
        self.repeat_at = now + self.wait;
        AcceptTick::Repeat(self.transmit.clone())
    }

    pub(crate) fn next(&self) -> Instant {
        self.repeat_at.min(self.end)
    }
}
