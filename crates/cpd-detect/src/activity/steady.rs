//! Steadiness of the strongest one or two spectral regions: a signalling tone, against a voice that never holds still.
//!
//! A region is the peak's bin and two to each side (156 Hz), its frequency the centre of power: amplitude modulation
//! and pairs like 400 + 450 Hz, which beat within the window, leave both where they are.

use crate::front::{BIN_HZ, BINS};

/// First bin looked at: 219 Hz.
const LOW: usize = 7;
/// Last bin looked at: 3.6 kHz.
const HIGH: usize = 115;
/// Bins to each side of a peak that belong to it.
const REACH: usize = 2;
/// Share of the band's power above the floor that the two strongest regions of a tone hold.
const TONE_SHARE: f32 = 0.85;
/// Movement of a region's centre within a hop that a steady tone stays below, Hz; noise at 10 dB moves it by 4.
const STILL_HZ: f32 = 9.0;
/// Hops after which stillness makes a tone likely: 60 ms; a vowel's harmonics move within that time.
const LIKELY_HOPS: f32 = 6.0;

/// What the strongest regions do.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Steadiness {
    /// Share of the power above the floor in the two strongest regions, 0 to 1.
    pub share: f32,
    /// Centre of the strongest region, Hz.
    pub hz: f32,
    /// Movement of that centre since the hop before, Hz; large where the peak jumped.
    pub moved_hz: f32,
    /// Hops for which the strongest regions have stood still.
    pub still_hops: u16,
}

/// Follows the strongest regions.
#[derive(Default)]
pub(super) struct SteadyMeter {
    now: Steadiness,
    slow_hz: f32,
    tone: f32,
}

impl SteadyMeter {
    /// Probability of a steady tone, 0 to 1.
    pub(super) fn tone(&self) -> f32 {
        self.tone
    }

    /// The newest measurement.
    pub(super) fn now(&self) -> Steadiness {
        self.now
    }

    /// Hears one hop's power spectrum, where it stands above the floor.
    pub(super) fn hear(&mut self, power: &[f32; BINS], floor_power: f32) {
        let band = &power[LOW..=HIGH];
        let (total, most) = sum_and_most(band);
        let best = place_of(band, most);
        let first = region(power, LOW + best);
        let below = &band[..best.saturating_sub(2 * REACH)];
        let above = &band[(best + 2 * REACH + 1).min(band.len())..];
        let (most_below, most_above) = (sum_and_most(below).1, sum_and_most(above).1);
        let second = if most_below >= most_above {
            LOW + place_of(below, most_below)
        } else {
            HIGH + 1 - above.len() + place_of(above, most_above)
        };
        let other = if most_below.max(most_above) > 0.0 {
            region(power, second).0
        } else {
            0.0
        };
        let total = (total - floor_power).max(first.0).max(1e-12);
        let share = ((first.0 + other) / total).min(1.0);
        let moved = (first.1 - self.now.hz).abs();
        // A pair of nearly equal tones changes places: back to where the slow centre was is still.
        let still = moved < STILL_HZ || (first.1 - self.slow_hz).abs() < STILL_HZ;
        let still_hops = if still && share > 0.5 {
            self.now.still_hops.saturating_add(1)
        } else {
            self.slow_hz = first.1;
            0
        };
        self.slow_hz += 0.1 * (first.1 - self.slow_hz);
        self.now = Steadiness {
            share,
            hz: first.1,
            moved_hz: moved.min(500.0),
            still_hops,
        };
        let pure = ((share - (TONE_SHARE - 0.15)) / 0.25).clamp(0.0, 1.0);
        let target = pure * (f32::from(still_hops) / LIKELY_HOPS).min(1.0);
        self.tone += 0.35 * (target - self.tone);
    }

    /// Hears a hop in which nothing stands above the floor.
    pub(super) fn rest(&mut self) {
        self.now = Steadiness::default();
        self.tone *= 0.5;
    }
}

/// Sum and greatest of powers; eight side by side, for one after the other each would wait for the one before.
fn sum_and_most(powers: &[f32]) -> (f32, f32) {
    let (mut sums, mut mosts) = ([0.0_f32; 8], [0.0_f32; 8]);
    let chunks = powers.chunks_exact(8);
    let (mut sum, mut most) = (0.0, 0.0_f32);
    for &power in chunks.remainder() {
        sum += power;
        most = most.max(power);
    }
    for chunk in chunks {
        for lane in 0..8 {
            sums[lane] += chunk[lane];
            mosts[lane] = if chunk[lane] > mosts[lane] {
                chunk[lane]
            } else {
                mosts[lane]
            };
        }
    }
    for lane in 0..8 {
        sum += sums[lane];
        most = most.max(mosts[lane]);
    }
    (sum, most)
}

/// Place of the first that reaches the greatest; 0 where there is none.
fn place_of(powers: &[f32], most: f32) -> usize {
    powers.iter().position(|&power| power >= most).unwrap_or(0)
}

/// Power around a bin and its centre, Hz.
fn region(power: &[f32; BINS], bin: usize) -> (f32, f32) {
    let mut sum = 0.0;
    let mut moment = 0.0;
    for offset in 0..=2 * REACH {
        let at = bin + offset - REACH;
        sum += power[at];
        moment += power[at] * at as f32;
    }
    (sum, moment / sum.max(1e-20) * BIN_HZ)
}
