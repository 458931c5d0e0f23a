//! The four transactions of RFC 3261, 17, with the corrections of RFC 6026.
//!
//! Each machine is told what happened and when, and says what to do. It keeps the one packet that it may have to
//! repeat; who a message belongs to, and what it means, is decided elsewhere.

mod client;
mod key;
mod server;

pub(crate) use client::{Client, ClientStep, ClientTick};
pub(crate) use key::{merge_key, server_key};
pub(crate) use server::{Server, ServerTick};

use std::time::Duration;

/// The base timers of RFC 3261, 17.1.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaseTimers {
    /// The round trip that is reckoned with: 500 ms. Every other timer follows from it.
    pub t1: Duration,
    /// The longest wait between repeats: 4 s.
    pub t2: Duration,
    /// How long a message may linger in the network: 5 s.
    pub t4: Duration,
}

impl BaseTimers {
    /// 64 × T1, when the peer counts as silent: 32 s.
    pub fn silence(&self) -> Duration {
        self.t1 * 64
    }
}

impl Default for BaseTimers {
    fn default() -> Self {
        BaseTimers {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::BaseTimers;
    use std::time::{Duration, Instant};

    pub(crate) const T: BaseTimers = BaseTimers {
        t1: Duration::from_millis(500),
        t2: Duration::from_secs(4),
        t4: Duration::from_secs(5),
    };

    /// Simulated time. Its beginning is the one place where tests read a clock, and no test depends on what it says.
    pub(crate) struct Clock {
        start: Instant,
        pub(crate) now: Instant,
    }

    impl Clock {
        #[allow(clippy::disallowed_methods)]
        pub(crate) fn new() -> Self {
            let start = Instant::now();
            Clock { start, now: start }
        }

        pub(crate) fn ms(&self) -> u64 {
            self.now.duration_since(self.start).as_millis() as u64
        }

        pub(crate) fn at(&self, ms: u64) -> Instant {
            self.start + Duration::from_millis(ms)
        }
    }
}
