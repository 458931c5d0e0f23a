//! When to ping, and when the peer is gone (RFC 5626, 4.4.1).

use std::time::{Duration, Instant};

/// How long a pong may take (RFC 5626, 4.4.1).
const PONG_WITHIN: Duration = Duration::from_secs(10);

/// What is due on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Send [`PING`](super::PING) and tell the [`Framer`](super::Framer) to expect a pong.
    Ping,
    /// The peer, which answered before, does not: the connection is dead, close it.
    Failed,
}

/// The pings of one connection that we opened.
///
/// Nothing in a call tells whether its peer knows pings; to one that does not, they are line ends between messages, which
/// it skips (RFC 3261, 7.5). So only a peer that answered before is held to it.
#[derive(Clone, Debug)]
pub struct KeepAlive {
    interval: Duration,
    due: Instant,
    awaiting: bool,
    answered: bool,
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
            answered: false,
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
        self.answered = true;
        if self.awaiting {
            self.schedule(now, draw);
        }
    }

    /// What is due.
    pub fn handle_timeout(&mut self, now: Instant, draw: u32) -> Option<Beat> {
        if now < self.due {
            return None;
        }
        if self.awaiting && self.answered {
            return Some(Beat::Failed);
        }
        if self.awaiting {
            self.schedule(now, draw);
            return None;
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
        assert_eq!(alive.handle_timeout(at(119), 0), None);
        assert_eq!(alive.handle_timeout(at(120), 0), Some(Beat::Ping));
        assert_eq!(alive.handle_timeout(at(121), 0), None);
        alive.on_pong(at(125), 2000);
        assert_eq!(alive.deadline(), at(125 + 96));
        alive.on_pong(at(126), 0);
        assert_eq!(alive.deadline(), at(125 + 96), "a pong that nobody asked for");
        assert_eq!(alive.handle_timeout(at(221), 0), Some(Beat::Ping));
        assert_eq!(alive.handle_timeout(at(230), 0), None);
        assert_eq!(alive.handle_timeout(at(231), 0), Some(Beat::Failed));
    }

    #[test]
    fn a_peer_that_never_answered_is_pinged_on() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut alive = KeepAlive::new(start, KeepAlive::INTERVAL, 0);
        assert_eq!(alive.handle_timeout(at(120), 0), Some(Beat::Ping));
        assert_eq!(alive.handle_timeout(at(130), 0), None);
        assert_eq!(alive.deadline(), at(250));
        assert_eq!(alive.handle_timeout(at(250), 0), Some(Beat::Ping));
    }
}
