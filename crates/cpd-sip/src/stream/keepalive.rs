//! When to ping, and when the peer is gone (RFC 5626, 4.4.1).

use std::time::{Duration, Instant};

/// How long a pong may take (RFC 5626, 4.4.1).
const PONG_WITHIN: Duration = Duration::from_secs(10);

/// What is due on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Send [`PING`](super::PING) and tell the [`Framer`](super::Framer) to expect a pong.
    Ping,
    /// The peer did not answer: the connection is dead, close it.
    Failed,
}

/// The pings of one connection that we opened.
#[derive(Clone, Debug)]
pub struct KeepAlive {
    interval: Duration,
    due: Instant,
    awaiting: bool,
}

impl KeepAlive {
    /// The default interval: the upper bound for a peer that told none (RFC 5626, 4.4.1).
    pub const INTERVAL: Duration = Duration::from_secs(120);

    /// Begins with a ping after one interval. Each is shortened by up to a fifth, so that connections that were opened
    /// together do not ping together: `draw` gives a random number from 0 to 2000.
    pub fn new(now: Instant, interval: Duration, draw: u32) -> Self {
        let mut keep_alive = KeepAlive {
            interval,
            due: now,
            awaiting: false,
        };
        keep_alive.schedule(now, draw);
        keep_alive
    }

    fn schedule(&mut self, now: Instant, draw: u32) {
        self.awaiting = false;
        self.due = now + self.interval * (10_000 - draw.min(2000)) / 10_000;
    }

    /// When to call [`handle_timeout`](KeepAlive::handle_timeout).
    pub fn deadline(&self) -> Instant {
        self.due
    }

    /// A pong came.
    pub fn on_pong(&mut self, now: Instant, draw: u32) {
        if self.awaiting {
            self.schedule(now, draw);
        }
    }

    /// What is due.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Beat> {
        if now < self.due {
            return None;
        }
        if self.awaiting {
            return Some(Beat::Failed);
        }
        self.awaiting = true;
        self.due = now + PONG_WITHIN;
        Some(Beat::Ping)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "any start will do")]
mod tests {
    use super::*;

    #[test]
    fn rfc5626_4_4_1_ping_pong_and_failure() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut alive = KeepAlive::new(start, KeepAlive::INTERVAL, 0);
        assert_eq!(alive.deadline(), at(120));
        assert_eq!(alive.handle_timeout(at(119)), None);
        assert_eq!(alive.handle_timeout(at(120)), Some(Beat::Ping));
        assert_eq!(alive.handle_timeout(at(121)), None);
        alive.on_pong(at(125), 2000);
        assert_eq!(alive.deadline(), at(125 + 96));
        alive.on_pong(at(126), 0);
        assert_eq!(alive.deadline(), at(125 + 96), "a pong that nobody asked for");
        assert_eq!(alive.handle_timeout(at(221)), Some(Beat::Ping));
        assert_eq!(alive.handle_timeout(at(230)), None);
        assert_eq!(alive.handle_timeout(at(231)), Some(Beat::Failed));
    }
}
