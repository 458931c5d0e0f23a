//! Which targets failed lately.

use super::Target;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long a target that did not answer is tried last. Long enough that not every call waits for it in vain, short
/// enough that a restarted server soon has its share. 10 s to 10 min.
const PAUSE: Duration = Duration::from_secs(30);

/// The longest pause that a server may ask for with Retry-After.
const PAUSE_MAX: Duration = Duration::from_secs(600);

/// Targets that are remembered; carriers have tens. When it is full, the pause that ends first gives way: it would have
/// been forgotten first anyway.
const OUTAGES_MAX: usize = 256;

/// How a request failed at a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer in time.
    Timeout,
    /// The transport could not deliver it.
    Unreachable,
    /// A final response, with the seconds of its Retry-After if it has one.
    Response {
        /// Its status.
        status: u16,
        /// Its Retry-After.
        retry_after_s: Option<u32>,
    },
}

impl Failure {
    /// True if the next target is to be tried, in a new transaction: after no answer, no transport, or 503
    /// (RFC 3263, 4.3). Any other response is an answer.
    pub fn calls_for_next(self) -> bool {
        match self {
            Failure::Timeout | Failure::Unreachable => true,
            Failure::Response { status, .. } => status == 503,
        }
    }

    fn pause(self) -> Duration {
        match self {
            Failure::Response {
                retry_after_s: Some(seconds),
                ..
            } => Duration::from_secs(seconds.into()).min(PAUSE_MAX),
            Failure::Timeout | Failure::Unreachable | Failure::Response { .. } => PAUSE,
        }
    }
}

/// Remembers which targets failed, so that the next call does not wait for them too.
#[derive(Clone, Debug, Default)]
pub struct Outages {
    until: HashMap<Target, Instant>,
}

impl Outages {
    /// None.
    pub fn new() -> Self {
        Outages::default()
    }

    /// Notes how a request failed; true if the next target is to be tried.
    pub fn on_failure(&mut self, now: Instant, target: &Target, failure: Failure) -> bool {
        if !failure.calls_for_next() {
            self.on_answer(target);
            return false;
        }
        self.put_out(now, target, failure.pause());
        true
    }

    /// Leaves a target alone for so long, if it does not answer earlier. For who asks by OPTIONS and knows when the next
    /// word comes.
    pub fn put_out(&mut self, now: Instant, target: &Target, pause: Duration) {
        self.until.retain(|_, until| *until > now);
        if self.until.len() >= OUTAGES_MAX
            && let Some(first) = self
                .until
                .iter()
                .min_by_key(|(_, until)| **until)
                .map(|(target, _)| target.clone())
        {
            self.until.remove(&first);
        }
        self.until.insert(target.clone(), now + pause);
    }

    /// Notes that a target answered.
    pub fn on_answer(&mut self, target: &Target) {
        self.until.remove(target);
    }

    /// True if all answered that are remembered.
    pub fn is_empty(&self) -> bool {
        self.until.is_empty()
    }

    /// True while a target is better left alone.
    pub fn is_out(&self, now: Instant, target: &Target) -> bool {
        self.until.get(target).is_some_and(|until| *until > now)
    }

    /// Moves the targets that failed lately behind the others. They stay: if all have failed, one may be back.
    pub fn sort(&self, now: Instant, targets: &mut [Target]) {
        targets.sort_by_key(|target| self.is_out(now, target));
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "any start will do")]
mod tests {
    use super::*;
    use crate::transport::Protocol;

    fn target(number: u16) -> Target {
        Target {
            protocol: Protocol::Udp,
            address: ([192, 0, 2, 1], number).into(),
            name: "h".into(),
        }
    }

    #[test]
    fn rfc3263_4_3_failover_on_timeout_and_503_only() {
        let response = |status| Failure::Response {
            status,
            retry_after_s: None,
        };
        assert!(Failure::Timeout.calls_for_next() && Failure::Unreachable.calls_for_next());
        assert!(response(503).calls_for_next());
        for status in [200, 404, 486, 500, 504, 603] {
            assert!(!response(status).calls_for_next(), "{status}");
        }
    }

    #[test]
    fn who_failed_is_tried_last_for_a_while() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut outages = Outages::new();
        let order = |outages: &Outages, seconds| {
            let mut targets = vec![target(1), target(2), target(3)];
            outages.sort(at(seconds), &mut targets);
            targets
                .iter()
                .map(|target| target.address.port())
                .collect::<Vec<_>>()
        };
        assert!(outages.on_failure(at(0), &target(1), Failure::Timeout));
        let busy = Failure::Response {
            status: 503,
            retry_after_s: Some(90),
        };
        assert!(outages.on_failure(at(0), &target(2), busy));
        assert_eq!(order(&outages, 0), [3, 1, 2]);
        assert_eq!(order(&outages, 30), [1, 3, 2]);
        assert_eq!(order(&outages, 90), [1, 2, 3]);
        let answer = Failure::Response {
            status: 486,
            retry_after_s: None,
        };
        assert!(!outages.on_failure(at(1), &target(1), answer));
        assert_eq!(order(&outages, 1), [1, 3, 2]);
    }

    #[test]
    fn the_table_is_bounded() {
        let start = Instant::now();
        let mut outages = Outages::new();
        for number in 0..1000_u16 {
            outages.on_failure(
                start + Duration::from_millis(number.into()),
                &target(number),
                Failure::Timeout,
            );
        }
        assert_eq!(outages.until.len(), OUTAGES_MAX);
        let now = start + Duration::from_secs(1);
        assert!(outages.is_out(now, &target(999)) && !outages.is_out(now, &target(0)));
    }
}
