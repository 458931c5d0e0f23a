//! Session timers (RFC 4028): who refreshes, when, and when the session has died.

use crate::headers::{Refresher, SessionExpires};
use std::time::{Duration, Instant};

/// The shortest interval that RFC 4028, 4 allows: 90 s.
pub const MIN_SE_S: u32 = 90;

/// What we ask of session timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionWish {
    /// The interval we propose, in seconds. 1800 is what RFC 4028, 4.2 recommends.
    pub expires_s: u32,
    /// The shortest interval we accept, in seconds; at least [`MIN_SE_S`].
    pub min_se_s: u32,
    /// Who shall refresh, where it is ours to say: `Uac` is the sender of the request.
    pub refresher: Option<Refresher>,
}

impl Default for SessionWish {
    fn default() -> Self {
        SessionWish {
            expires_s: 1800,
            min_se_s: MIN_SE_S,
            refresher: None,
        }
    }
}

/// The timer of one dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    pub(crate) interval_s: u32,
    pub(crate) ours: bool,
    refresh_at: Option<Instant>,
    expire_at: Instant,
}

/// What the clock brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionTick {
    Nothing,
    /// Refresh now.
    Refresh,
    /// Nobody refreshed: say BYE.
    Expired,
}

impl SessionTimer {
    /// Begins anew with each successful refresh.
    pub(crate) fn new(now: Instant, interval_s: u32, ours: bool) -> Self {
        let interval = Duration::from_secs(u64::from(interval_s));
        // BYE before the end: a third of the interval, at most 32 s (RFC 4028, 10).
        let margin = Duration::from_secs(u64::from((interval_s / 3).min(32)));
        let refresh_at = ours.then_some(now + interval / 2);
        SessionTimer {
            interval_s,
            ours,
            refresh_at,
            expire_at: now + interval - margin,
        }
    }

    pub(crate) fn on_tick(&mut self, now: Instant) -> SessionTick {
        if self.expire_at <= now {
            return SessionTick::Expired;
        }
        match self.refresh_at {
            Some(at) if at <= now => {
                self.refresh_at = None;
                SessionTick::Refresh
            }
            Some(_) | None => SessionTick::Nothing,
        }
    }

    /// The refresh could not be sent now; try again after `wait`.
    pub(crate) fn postpone(&mut self, at: Instant) {
        self.refresh_at = Some(at);
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        Some(
            self.refresh_at
                .map_or(self.expire_at, |at| at.min(self.expire_at)),
        )
    }
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// `timer` is in the request's Supported or Require.
    pub(crate) supported: bool,
    pub(crate) expires: Option<SessionExpires>,
    pub(crate) min_se_s: Option<u32>,
}

/// What the server of a request makes of it (RFC 4028, 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Granted {
    /// No timer.
    None,
    /// 422 with this Min-SE.
    TooShort(u32),
    /// A timer of this length.
    Timer { seconds: u32, refresher: Refresher },
}

pub(crate) fn grant(asked: Asked, wish: Option<SessionWish>) -> Granted {
    let floor = wish.map_or(MIN_SE_S, |wish| wish.min_se_s.max(MIN_SE_S));
    if let Some(expires) = asked.expires {
        // A client that does not know 422 could not mend its request (RFC 4028, 9).
        if asked.supported && expires.seconds < floor {
            return Granted::TooShort(floor);
        }
    }
    let Some(wish) = wish else {
        // We have no wish of our own, but grant what a client asks.
        return match asked.expires {
            Some(expires) if asked.supported => Granted::Timer {
                seconds: expires.seconds,
                refresher: expires.refresher.unwrap_or(Refresher::Uac),
            },
            Some(_) | None => Granted::None,
        };
    };
    let lowest = asked.min_se_s.unwrap_or(MIN_SE_S).max(floor);
    let seconds = asked
        .expires
        .map_or(wish.expires_s, |expires| expires.seconds.min(wish.expires_s))
        .max(lowest);
    let refresher = match asked.expires.and_then(|expires| expires.refresher) {
        Some(chosen) if asked.supported => chosen,
        Some(_) | None if asked.supported => wish.refresher.unwrap_or(Refresher::Uac),
        Some(_) | None => Refresher::Uas,
    };
    Granted::Timer { seconds, refresher }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::tests::Clock;

    fn asked(seconds: u32, refresher: Option<Refresher>) -> Asked {
        Asked {
            supported: true,
            expires: Some(SessionExpires { seconds, refresher }),
            min_se_s: None,
        }
    }

    #[test]
    fn rfc4028_9_the_server_grants_shortens_or_refuses() {
        let wish = Some(SessionWish {
            expires_s: 600,
            min_se_s: 120,
            refresher: None,
        });
        assert_eq!(grant(asked(100, None), wish), Granted::TooShort(120));
        assert_eq!(
            grant(asked(1800, None), wish),
            Granted::Timer {
                seconds: 600,
                refresher: Refresher::Uac
            }
        );
        let uas = Some(Refresher::Uas);
        assert_eq!(
            grant(asked(300, uas), wish),
            Granted::Timer {
                seconds: 300,
                refresher: Refresher::Uas
            }
        );
        let least = Asked {
            min_se_s: Some(900),
            ..asked(1800, None)
        };
        assert_eq!(
            grant(least, wish),
            Granted::Timer {
                seconds: 900,
                refresher: Refresher::Uac
            }
        );
    }

    #[test]
    fn rfc4028_9_a_client_without_timers_is_refreshed_by_the_server_or_not_at_all() {
        let none = Asked {
            supported: false,
            expires: None,
            min_se_s: None,
        };
        assert_eq!(grant(none, None), Granted::None);
        let wish = Some(SessionWish::default());
        assert_eq!(
            grant(none, wish),
            Granted::Timer {
                seconds: 1800,
                refresher: Refresher::Uas
            }
        );
        let short = Asked {
            supported: false,
            ..asked(60, None)
        };
        assert_eq!(
            grant(short, wish),
            Granted::Timer {
                seconds: 90,
                refresher: Refresher::Uas
            }
        );
    }

    #[test]
    fn rfc4028_10_refresh_at_half_and_bye_before_the_end() {
        let clock = Clock::new();
        let mut ours = SessionTimer::new(clock.now, 1800, true);
        assert_eq!(ours.next(), Some(clock.at(900_000)));
        assert_eq!(ours.on_tick(clock.at(900_000)), SessionTick::Refresh);
        assert_eq!(ours.next(), Some(clock.at(1_768_000)));
        assert_eq!(ours.on_tick(clock.at(1_768_000)), SessionTick::Expired);
        let theirs = SessionTimer::new(clock.now, 90, false);
        assert_eq!(theirs.next(), Some(clock.at(60_000)), "90 s less a third");
    }
}
