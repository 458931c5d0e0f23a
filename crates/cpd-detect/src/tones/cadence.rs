//! Which plan a train of bursts and pauses follows: every cadence of every country against "none of them".
//!
//! Lengths and lines were measured before; here each is given a likelihood. A length is near its nominal one within a
//! few percent, sometimes off by a lost or a repeated packet, seldom anything else. What still sounds has only a least
//! length; what was joined in its middle lasted for any part of its step. The alternative, a tone that is no call
//! progress (a beep, a held note), has any length from 60 ms to 8 s and any frequency. Countries that share a cadence
//! add up, so the sum over plans is what decides between ringback, busy and congestion.

use super::lines::Lines;
use crate::event::ProgressTone;
use crate::plan::{Pattern, Plans, Voice};

/// Lengths remembered of a train: five bursts and their pauses, enough for the longest cycle.
pub(crate) const SPANS: usize = 10;
/// Patterns whose tone fits worse than the best by this many nats are left out.
const HEARD_WORSE: f32 = 9.0;
/// Deviation of frequencies, relative: oscillators 0.5 %, measurement and codecs the rest.
const HZ_SIGMA: f32 = 0.008;
/// What a line that no plan has (or lacks) costs at most, nats a share of power.
const LINE_COST: f32 = 12.0;
/// Lines with at least this share of the power count when a tone is compared with one of any frequencies.
const CLEAR_LINE: f32 = 0.09;
/// Modulation slower than this is not resolved in 128 ms: the tone shows one line.
const AM_RESOLVED_HZ: f32 = 20.0;
/// Deviation of lengths: relative, and ms (the grain of hops, the slope of edges).
const LENGTH_SIGMA: f32 = 0.03;
const EDGE_SIGMA_MS: f32 = 9.0;
/// Deviation where a packet was lost or repeated at an edge, ms, and the logarithm of its Gaussian's height: one edge in
/// ten.
const PACKET_SIGMA_MS: f32 = 40.0;
const PACKET_HEIGHT_LN: f32 = -0.919 - 3.689 - 2.303;
/// How much less likely than for any tone a length is that fits a plan in no way (ln 0.02).
const MISFIT_LN: f32 = -3.9;
/// Lengths of tones that are no call progress, ms: log-uniform between these.
const ANY_MS: [f32; 2] = [60.0, 8_000.0];
/// Frequencies of tones that are no call progress: any within this many Hz.
const ANY_HZ: f32 = 350.0;

/// One measured length.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Span {
    /// How long, ms.
    pub(crate) ms: f32,
    /// Its beginning was not heard.
    pub(crate) cut: bool,
    /// It still lasts.
    pub(crate) lasts: bool,
}

/// What a train was taken for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Opinion {
    /// Probability of ringback, busy, congestion.
    pub(crate) kinds: [f32; 3],
    /// Index of the best pattern of each.
    pub(crate) best: [usize; 3],
    /// Logarithm of the likelihood of all plans together.
    pub(crate) plans_ln: f32,
    /// The same of "no call progress".
    pub(crate) none_ln: f32,
}

/// Place of a kind in [`Opinion::kinds`].
pub(crate) fn place(kind: ProgressTone) -> usize {
    match kind {
        ProgressTone::Ringback => 0,
        ProgressTone::Busy => 1,
        ProgressTone::Congestion => 2,
    }
}

/// How far the lines are from the plans' tones, averaged over the looks at a train.
#[derive(Clone, Debug)]
pub(crate) struct VoiceFit {
    cost: Vec<f32>,
    /// Mean number of lines.
    lines: f32,
    looks: f32,
}

impl VoiceFit {
    /// Nothing looked at.
    pub(crate) fn new(plans: &Plans) -> VoiceFit {
        VoiceFit {
            cost: vec![0.0; plans.voices().len()],
            lines: 0.0,
            looks: 0.0,
        }
    }

    /// Forgets the looks.
    pub(crate) fn clear(&mut self) {
        self.cost.fill(0.0);
        self.lines = 0.0;
        self.looks = 0.0;
    }

    /// Adds a look.
    pub(crate) fn add(&mut self, plans: &Plans, lines: &Lines) {
        self.looks += 1.0;
        // The first looks count alike, later ones as in a mean of ten.
        let weight = 1.0 / self.looks.min(10.0);
        let clear = lines.as_slice().iter().filter(|l| l.share > CLEAR_LINE).count();
        self.lines += weight * (clear as f32 - self.lines);
        for (cost, voice) in self.cost.iter_mut().zip(plans.voices()) {
            *cost += weight * (distance(lines, voice) - *cost);
        }
    }

    /// Cost of the best voice.
    pub(crate) fn least(&self) -> f32 {
        self.cost.iter().fold(f32::MAX, |a, &b| a.min(b))
    }
}

/// Lines of a tone.
fn lines_of(voice: &Voice) -> f32 {
    if voice.hz[1] > 0.0 {
        2.0
    } else if voice.am_hz >= AM_RESOLVED_HZ {
        3.0
    } else {
        1.0
    }
}

/// How far measured lines are from those of a tone, nats.
fn distance(lines: &Lines, voice: &Voice) -> f32 {
    let mut expected = [(voice.hz[0], 1.0), (0.0, 0.0), (0.0, 0.0)];
    if voice.hz[1] > 0.0 {
        expected[0].1 = 0.5;
        expected[1] = (voice.hz[1], 0.5);
    } else if voice.am_hz >= AM_RESOLVED_HZ {
        // Full modulation: each sideband has a quarter of the carrier's power.
        expected = [
            (voice.hz[0], 0.667),
            (voice.hz[0] - voice.am_hz, 0.167),
            (voice.hz[0] + voice.am_hz, 0.167),
        ];
    }
    let mut met = [false; 3];
    let mut cost = 0.0;
    for line in lines.as_slice() {
        let mut least = f32::MAX;
        for ((hz, share), met) in expected.iter().zip(&mut met) {
            if *share > 0.0 {
                let z = (line.hz - hz) / (HZ_SIGMA * hz);
                *met |= z.abs() < 3.0;
                least = least.min(0.5 * z * z);
            }
        }
        cost += line.share * least.min(LINE_COST);
    }
    for ((_, share), met) in expected.iter().zip(met) {
        cost += if met { 0.0 } else { share * LINE_COST };
    }
    cost
}

/// Weighs the plans against each other.
pub(crate) struct Cadences {
    /// For each pattern: logarithm of its prior probability.
    prior_ln: Vec<f32>,
}

/// Share of the prior that countries which the caller did not name keep: calls are forwarded abroad.
const OTHER_COUNTRIES: f32 = 0.03;

impl Cadences {
    /// Weighs the plans, those of `countries` above the others (all alike, where empty).
    pub(crate) fn new(plans: &Plans, countries: &[String]) -> Cadences {
        let named = |at: usize| {
            countries
                .iter()
                .any(|c| c.eq_ignore_ascii_case(&plans.countries()[at].country))
        };
        let all = plans.countries().len().max(1);
        let names = (0..all.min(plans.countries().len()))
            .filter(|&at| named(at))
            .count();
        let weight = |at: usize| -> f32 {
            if names == 0 {
                1.0 / all as f32
            } else if named(at) {
                (1.0 - OTHER_COUNTRIES) / names as f32
            } else {
                OTHER_COUNTRIES / all as f32
            }
        };
        let forms = |at: usize, kind: ProgressTone| {
            let cadences = &plans.countries()[at].cadences;
            cadences.iter().filter(|(k, _)| *k == kind).count().max(1) as f32
        };
        let prior_ln = plans
            .patterns()
            .iter()
            .map(|p| {
                let sum: f32 = p
                    .countries
                    .iter()
                    .map(|&at| weight(usize::from(at)) / forms(usize::from(at), p.kind))
                    .sum();
                (sum / 3.0).ln()
            })
            .collect();
        Cadences { prior_ln }
    }

    /// Logarithm of the likelihood of a length that follows no plan.
    pub(crate) fn any_ln(span: &Span) -> f32 {
        any_length_ln(span)
    }

    /// What the train is: its lengths, burst first, and how its lines fit. `none_ln` is the logarithm of the prior odds
    /// of "no call progress".
    pub(crate) fn weigh(&self, plans: &Plans, fit: &VoiceFit, spans: &[Span], none_prior_ln: f32) -> Opinion {
        let least = fit.least();
        let mut opinion = Opinion::default();
        let mut best_ln = [f32::MIN; 3];
        let mut sums = [0.0_f32; 3];
        let mut none_ln = none_prior_ln - fit.lines.clamp(1.0, 3.0) * ANY_HZ.ln();
        let mut any_ln = [0.0_f32; SPANS + 1];
        for (any, span) in any_ln.iter_mut().zip(spans) {
            *any = any_length_ln(span);
            none_ln += *any;
        }
        for (at, (pattern, prior_ln)) in plans.patterns().iter().zip(&self.prior_ln).enumerate() {
            let cost = fit.cost[pattern.voice];
            if cost > least + HEARD_WORSE {
                continue;
            }
            let voice = &plans.voices()[pattern.voice];
            // Density of a Gaussian of this deviation, in Hz, for each line.
            let lines = lines_of(voice);
            let other_lines = (fit.lines.min(3.0) - lines).max(0.0);
            let heard_ln =
                -cost - lines * (0.919 + (HZ_SIGMA * voice.hz[0]).ln()) - other_lines * ANY_HZ.ln();
            let ln = prior_ln + heard_ln + pattern_ln(pattern, spans, &any_ln);
            let kind = place(pattern.kind);
            // Relative to "none", so that nothing overflows.
            sums[kind] += (ln - none_ln).clamp(-60.0, 60.0).exp();
            if ln > best_ln[kind] {
                best_ln[kind] = ln;
                opinion.best[kind] = at;
            }
        }
        let plans_sum: f32 = sums.iter().sum();
        for (kind, sum) in opinion.kinds.iter_mut().zip(sums) {
            *kind = sum / (1.0 + plans_sum);
        }
        opinion.none_ln = none_ln;
        opinion.plans_ln = none_ln + plans_sum.max(1e-30).ln();
        opinion
    }
}

/// Logarithm of the likelihood of lengths under a pattern, over the bursts at which the train may have begun.
fn pattern_ln(pattern: &Pattern, spans: &[Span], any_ln: &[f32]) -> f32 {
    let steps = pattern.lengths.len();
    let mut best = f32::MIN;
    for begin in (0..steps).step_by(2) {
        let ln = spans
            .iter()
            .zip(any_ln)
            .enumerate()
            .map(|(n, (span, any_ln))| pattern.lengths[(begin + n) % steps].fit_ln(span, *any_ln))
            .sum::<f32>();
        best = best.max(ln);
    }
    best - (steps as f32 / 2.0).ln()
}

/// A nominal length with the deviation that is expected of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Length {
    ms: f32,
    /// Deviation, ms.
    sigma_ms: f32,
    /// Logarithm of the Gaussian's height.
    height_ln: f32,
    /// Logarithm of the density of a part of it that was joined in its middle.
    part_ln: f32,
}

impl Length {
    /// The length of a step of a plan.
    pub(crate) fn of(ms: f32) -> Length {
        let sigma_ms = LENGTH_SIGMA * ms + EDGE_SIGMA_MS;
        Length {
            ms,
            sigma_ms,
            height_ln: -0.919 - sigma_ms.ln(),
            part_ln: -ms.ln(),
        }
    }

    /// Logarithm of the likelihood (per ms, where it has ended) of a length; `any_ln` is that of any tone or pause.
    fn fit_ln(&self, span: &Span, any_ln: f32) -> f32 {
        let over = (span.ms - self.ms) / self.sigma_ms;
        match (span.cut, span.lasts) {
            (false, false) => {
                let packet = (span.ms - self.ms) * (1.0 / PACKET_SIGMA_MS);
                let near = -0.5 * over * over + self.height_ln;
                let off = -0.5 * packet * packet + PACKET_HEIGHT_LN;
                near.max(off).max(any_ln + MISFIT_LN)
            }
            (false, true) => outlasted_ln(over),
            (true, false) if over < 2.0 => self.part_ln,
            (true, false) => any_ln + MISFIT_LN,
            (true, true) => (1.0 - span.ms / (self.ms + self.sigma_ms)).max(0.002).ln(),
        }
    }
}

/// Logarithm of the probability that a step lasts longer than so many deviations over its nominal length.
fn outlasted_ln(over: f32) -> f32 {
    if over < -1.0 {
        0.0
    } else {
        (-0.5 * (over + 1.0) * (over + 1.0)).max(-6.0)
    }
}

/// The same of a tone or a pause that follows no plan.
fn any_length_ln(span: &Span) -> f32 {
    let [shortest, longest] = ANY_MS;
    let ms = span.ms.clamp(shortest, longest * 0.95);
    let range = (longest / shortest).ln();
    if span.lasts {
        ((longest / ms).ln() / range).ln()
    } else {
        -(ms * range).ln()
    }
}
