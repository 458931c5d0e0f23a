//! Figures of what happens now: calls, their rate, verdicts and decision times of the last hour.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use utoipa::ToSchema;

/// Seconds over which the rate of calls is taken: shorter jumps, longer lags.
const RATE_S: usize = 5;
/// Minutes that verdicts and decision times are kept.
const HOUR_MIN: usize = 60;
const MINUTE_MS: i64 = 60_000;
/// The first bound of decision times, ms; each next one is a fourth of an octave further, up to a minute.
const FIRST_MS: f64 = 50.0;
const BINS: usize = 42;

/// Calls of one customer, or of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Figures {
    /// When this was counted.
    pub(crate) at_ms: i64,
    /// The last event before it.
    pub(crate) seq: u64,
    /// Calls that stand.
    pub(crate) calls_now: u64,
    /// Calls that began, a second, over the last five.
    pub(crate) calls_per_s: f64,
    /// Calls that ended in the last hour, by class; `none`: without a verdict.
    pub(crate) verdicts: BTreeMap<String, u64>,
    /// How long decisions took in the last hour: from the first early media or the answer to the verdict.
    pub(crate) decided_ms: Decided,
    /// Gateways and registrations of carriers, calls of dialers.
    pub(crate) trunks: Vec<Trunk>,
    /// Calls that are listened to; of the whole node, for the service's staff alone.
    pub(crate) heard: Option<u64>,
    /// The most that are.
    pub(crate) listeners_max: Option<u64>,
    /// The nodes that this was counted on.
    pub(crate) nodes: Vec<String>,
}

/// Decision times; none: nothing was decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Decided {
    pub(crate) p50: Option<u64>,
    pub(crate) p95: Option<u64>,
}

/// Which end of calls a trunk is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the words of `kind`")]
enum TrunkKind {
    Dialer,
    Carrier,
}

/// A trunk now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Trunk {
    pub(crate) name: String,
    #[schema(value_type = TrunkKind)]
    pub(crate) kind: &'static str,
    /// A carrier of which a gateway answers and whose registration, where it has one, stands.
    pub(crate) up: bool,
    /// Calls that stand; of dialers.
    pub(crate) calls: Option<u64>,
    /// Whether a registration stands; of carriers where we register.
    pub(crate) registered: Option<bool>,
    /// Of carriers.
    pub(crate) gateways: Vec<Gateway>,
}

/// A carrier's server.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Gateway {
    pub(crate) uri: String,
    pub(crate) up: bool,
}

/// Counts that figures are made of.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Calls that stand.
    pub(super) now: u64,
    /// Begun in this second, and in those before.
    begun: u64,
    seconds: VecDeque<u64>,
    minutes: VecDeque<Minute>,
}

#[derive(Debug)]
struct Minute {
    number: i64,
    verdicts: BTreeMap<&'static str, u64>,
    decided: [u32; BINS],
}

impl Counts {
    pub(super) fn began(&mut self) {
        self.now += 1;
        self.begun += 1;
    }

    pub(super) fn ended(&mut self, at_ms: i64, class: Option<&'static str>, decided_ms: Option<u64>) {
        self.now = self.now.saturating_sub(1);
        let minute = self.minute(at_ms);
        *minute.verdicts.entry(class.unwrap_or("none")).or_default() += 1;
        if let Some(ms) = decided_ms {
            minute.decided[bin(ms)] += 1;
        }
    }

    /// A second is over.
    pub(super) fn tick(&mut self, at_ms: i64) {
        self.seconds.push_back(std::mem::take(&mut self.begun));
        if self.seconds.len() > RATE_S {
            self.seconds.pop_front();
        }
        self.forget(at_ms);
    }

    /// Whether nothing is left to be told.
    pub(super) fn is_quiet(&self) -> bool {
        self.now == 0 && self.begun == 0 && self.minutes.is_empty() && self.seconds.iter().all(|n| *n == 0)
    }

    pub(super) fn tell(&self, figures: &mut Figures) {
        figures.calls_now = self.now;
        let seconds = self.seconds.len().max(1) as f64;
        figures.calls_per_s = self.seconds.iter().sum::<u64>() as f64 / seconds;
        let mut decided = [0_u64; BINS];
        for minute in &self.minutes {
            for (class, count) in &minute.verdicts {
                *figures.verdicts.entry((*class).to_owned()).or_default() += count;
            }
            for (sum, count) in decided.iter_mut().zip(minute.decided) {
                *sum += u64::from(count);
            }
        }
        figures.decided_ms = Decided {
            p50: quantile(&decided, 0.5),
            p95: quantile(&decided, 0.95),
        };
    }

    fn minute(&mut self, at_ms: i64) -> &mut Minute {
        self.forget(at_ms);
        // A clock that was set back counts into the newest minute.
        let number = at_ms.div_euclid(MINUTE_MS);
        if self.minutes.back().is_none_or(|newest| newest.number < number) {
            self.minutes.push_back(Minute {
                number,
                verdicts: BTreeMap::new(),
                decided: [0; BINS],
            });
        }
        let newest = self.minutes.len() - 1;
        &mut self.minutes[newest]
    }

    fn forget(&mut self, at_ms: i64) {
        let first = at_ms.div_euclid(MINUTE_MS) - HOUR_MIN as i64 + 1;
        while self
            .minutes
            .front()
            .is_some_and(|oldest| oldest.number < first || self.minutes.len() > HOUR_MIN)
        {
            self.minutes.pop_front();
        }
    }
}

/// The upper bound of a bin, ms.
fn bound(bin: usize) -> f64 {
    FIRST_MS * 2_f64.powf(bin as f64 / 4.0)
}

fn bin(ms: u64) -> usize {
    let ms = ms as f64;
    (0..BINS - 1).find(|at| ms <= bound(*at)).unwrap_or(BINS - 1)
}

/// A quantile, taken to lie evenly between the bounds of its bin: at most a tenth off.
fn quantile(bins: &[u64; BINS], share: f64) -> Option<u64> {
    let all: u64 = bins.iter().sum();
    if all == 0 {
        return None;
    }
    let wanted = share * all as f64;
    let mut sum = 0.0;
    for (at, count) in bins.iter().enumerate() {
        let count = *count as f64;
        if sum + count >= wanted && count > 0.0 {
            let low = if at == 0 { 0.0 } else { bound(at - 1) };
            let part = ((wanted - sum) / count).clamp(0.0, 1.0);
            return Some((low + part * (bound(at) - low)).round() as u64);
        }
        sum += count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;

    fn told(counts: &Counts) -> Figures {
        let mut figures = Figures::default();
        counts.tell(&mut figures);
        figures
    }

    #[test]
    fn verdicts_are_of_the_last_hour() {
        let mut counts = Counts::default();
        for minute in 0..90 {
            counts.began();
            counts.ended(NOW + minute * MINUTE_MS, Some("answer.human"), Some(900));
        }
        counts.began();
        counts.ended(NOW + 89 * MINUTE_MS, None, None);
        let figures = told(&counts);
        assert_eq!(figures.verdicts["answer.human"], 60);
        assert_eq!(figures.verdicts["none"], 1);
        assert_eq!(figures.calls_now, 0);
        counts.tick(NOW + 150 * MINUTE_MS);
        assert_eq!(told(&counts).verdicts, BTreeMap::new());
        assert_eq!(told(&counts).decided_ms, Decided::default());
    }

    #[test]
    fn quantiles_are_a_tenth_off_at_most() {
        let mut counts = Counts::default();
        for ms in 1..=2_000 {
            counts.ended(NOW, Some("answer.human"), Some(ms));
        }
        let decided = told(&counts).decided_ms;
        for (found, true_ms) in [(decided.p50, 1_000.0), (decided.p95, 1_900.0)] {
            let off = found.unwrap() as f64 / true_ms;
            assert!((0.9..=1.1).contains(&off), "{decided:?}");
        }
        counts.ended(NOW, None, Some(u64::MAX));
    }

    #[test]
    fn the_rate_is_of_the_last_five_seconds() {
        let mut counts = Counts::default();
        for second in 0..20 {
            for _ in 0..10 {
                counts.began();
            }
            counts.tick(NOW + second * 1_000);
        }
        assert_eq!(told(&counts).calls_per_s, 10.0);
        assert_eq!(told(&counts).calls_now, 200);
        for second in 20..25 {
            counts.tick(NOW + second * 1_000);
        }
        assert_eq!(told(&counts).calls_per_s, 0.0);
    }
}
