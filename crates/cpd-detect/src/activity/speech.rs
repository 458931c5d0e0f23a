//! Whether somebody speaks: twenty measurements of the hop and of the last second, a very small network, and a
//! two-state filter over time.
//!
//! The network (one hidden layer) is fitted by `training/speech`; what it is fed does not depend on level, language
//! or the line's equaliser: distances from the tracked floor, periodicity, change over time, concentration of power.

use crate::quick::exp;

use super::speech_weights::{HIDDEN, HIDDEN_BIAS, HIDDEN_WEIGHTS, OUT_BIAS, OUT_WEIGHTS};

/// Measurements that the network is fed.
pub const SPEECH_FEATURES: usize = 20;

/// What is measured of one hop before its context is added.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measured {
    /// Level above the floor, dB.
    pub above_db: f32,
    /// Mean of the bands above their floors, dB.
    pub bands_above_db: f32,
    /// Share of the bands that stand 6 dB above their floors.
    pub bands_over: f32,
    /// Periodicity, 0 to 1.
    pub voiced: f32,
    /// Mean change of the bands within 40 ms, dB, without sign.
    pub change_db: f32,
    /// The same with sign.
    pub rise_db: f32,
    /// Range of the smoothed level over 0.2 to 0.4 s, dB.
    pub range_db: f32,
    /// Share of the two strongest regions.
    pub share: f32,
    /// Movement of the strongest region, Hz.
    pub moved_hz: f32,
    /// Hops for which it stood still.
    pub still_hops: u16,
    /// Probability of a tone.
    pub tone: f32,
    /// Strongest band above the mean band, dB.
    pub peaky_db: f32,
}

/// Weight of one hop's log odds: hops overlap and resemble each other, so four count about as two.
const HOP_WEIGHT: f32 = 0.6;
/// Added to each hop's log odds. The network is fitted on lines noisier and emptier than most calls; with this an even
/// probability keeps 95 % of clear speech and lets through 2 % of hum, 5 % of white noise.
const LEAN: f32 = 0.7;
/// Chance that speech begins, or ends, within a hop: phrases and pauses of half a second.
const TURN: f32 = 0.02;
/// Bound of a hop's log odds: no single hop decides.
const MOST_LOG_ODDS: f32 = 4.0;

/// Follows who speaks.
#[derive(Default)]
pub(super) struct SpeechEar {
    voiced_100ms: f32,
    voiced_500ms: f32,
    change_100ms: f32,
    change_500ms: f32,
    moved_100ms: f32,
    tone_200ms: f32,
    above_200ms: f32,
    above_500ms: f32,
    swing_200ms: f32,
    probability: f32,
}

impl SpeechEar {
    /// Measures with their context, as the network is fed them.
    pub(super) fn features(&mut self, m: &Measured) -> [f32; SPEECH_FEATURES] {
        let active = m.above_db > 3.0;
        let voiced = if active { m.voiced } else { 0.0 };
        // Logarithm of the movement by its square root: cheap, and as good an order.
        let moved = if active {
            (m.moved_hz.min(256.0) * (1.0 / 256.0)).sqrt()
        } else {
            0.0
        };
        let change = 0.1 * m.change_db;
        let above = 0.1 * m.above_db.clamp(-5.0, 30.0);
        follow(&mut self.voiced_100ms, voiced, 0.1);
        follow(&mut self.voiced_500ms, voiced, 0.02);
        follow(&mut self.change_100ms, change, 0.1);
        follow(&mut self.change_500ms, change, 0.02);
        follow(&mut self.moved_100ms, moved, 0.1);
        follow(&mut self.tone_200ms, m.tone, 0.05);
        follow(&mut self.above_200ms, above, 0.05);
        follow(&mut self.above_500ms, above, 0.02);
        let swing = (above - self.above_200ms).abs();
        follow(&mut self.swing_200ms, swing, 0.05);
        [
            above,
            0.1 * m.bands_above_db,
            m.bands_over,
            voiced,
            self.voiced_100ms,
            self.voiced_500ms,
            change,
            self.change_100ms,
            self.change_500ms,
            (0.1 * m.rise_db).clamp(-1.0, 1.0),
            0.1 * m.range_db,
            m.share,
            self.moved_100ms,
            f32::from(m.still_hops.min(20)) * 0.05,
            m.tone,
            self.tone_200ms,
            0.1 * m.peaky_db,
            self.swing_200ms,
            self.above_500ms,
            above - self.above_500ms,
        ]
    }

    /// Probability that somebody speaks, after this hop.
    pub(super) fn judge(&mut self, features: &[f32; SPEECH_FEATURES]) -> f32 {
        let odds = HOP_WEIGHT * (log_odds(features) + LEAN);
        let odds = exp(odds.clamp(-MOST_LOG_ODDS, MOST_LOG_ODDS));
        let before = self.probability * (1.0 - TURN) + (1.0 - self.probability) * TURN;
        let speech = before * odds;
        self.probability = speech / (speech + 1.0 - before);
        self.probability
    }

    /// A hop with nothing in it, or lost: no evidence, but what was said fades.
    pub(super) fn rest(&mut self) -> f32 {
        self.probability *= 0.9;
        self.probability
    }
}

/// Moves a running mean.
fn follow(mean: &mut f32, value: f32, share: f32) {
    *mean += share * (value - *mean);
}

/// The network's log odds of speech.
fn log_odds(features: &[f32; SPEECH_FEATURES]) -> f32 {
    let mut hidden = HIDDEN_BIAS;
    for (feature, weights) in features.iter().zip(&HIDDEN_WEIGHTS) {
        for (sum, weight) in hidden.iter_mut().zip(weights) {
            *sum += feature * weight;
        }
    }
    let mut out = OUT_BIAS;
    for at in 0..HIDDEN {
        out += hidden[at].max(0.0) * OUT_WEIGHTS[at];
    }
    out
}
