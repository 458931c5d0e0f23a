//! How periodic the sound is, and its period: the voice.
//!
//! Normalised cross-correlation of the newest 40 ms with what came 2.5 to 15 ms earlier, on the signal below 1 kHz
//! at 4 kHz. A telephone takes the fundamental away; its harmonics between 300 Hz and 1 kHz keep the period.

use crate::front::UNIT;
use crate::quick::{dot, greatest, more};

/// Rate of the reduced signal, Hz.
const RATE_HZ: usize = 4_000;
/// Reduced samples of one hop.
const HOP: usize = RATE_HZ / 100;
/// Half the samples of the 40 ms window (every second one is summed).
const HALF_WINDOW: usize = 80;
/// Shortest period, reduced samples: 400 Hz, the highest voice of a woman at ease.
const LAG_MIN: usize = 10;
/// Longest period, reduced samples: 67 Hz, the deepest of a man.
const LAG_MAX: usize = 60;
/// Lags that are looked at: one more at each end, for a peak has neighbours.
const LAGS: usize = LAG_MAX - LAG_MIN + 3;
/// Samples kept in each of the two phases: the window and the longest lag.
const KEPT: usize = HALF_WINDOW + LAG_MAX / 2 + 2;
/// Hops of half a window.
const HALF_HOPS: usize = HALF_WINDOW / HOP;
/// Hops that the kept samples reach back: older ones need not be reduced any more.
const KEPT_HOPS: usize = (2 * KEPT).div_ceil(HOP);
/// Taps of the low-pass before the reduction, per factor of reduction.
const TAPS_PER_STEP: usize = 8;
/// Samples of a hop and its filter's run-up that meet the same tap, for every second output.
const ROW: usize = (HOP + TAPS_PER_STEP) / 2;

/// Periodicity of a hop.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Periodicity {
    /// Greatest normalised correlation, 0 to 1.
    pub voiced: f32,
    /// Its frequency, Hz; 0 where nothing was measured.
    pub hz: f32,
}

/// Measures the period of the newest sound.
pub(super) struct PitchMeter {
    /// They make ±1 of the samples' full scale.
    taps: [f32; 4 * TAPS_PER_STEP],
    taps_len: usize,
    /// Even and odd samples apart: every second product is summed, and runs through memory in order.
    even: [f32; KEPT],
    odd: [f32; KEPT],
    /// Products of the newer half of the window at the last measurement, which is the older half at the next.
    half: [f32; LAGS],
    has_half: bool,
    /// Hops that were not reduced yet: where nothing is measured, nothing is filtered.
    behind: usize,
}

impl PitchMeter {
    /// A meter for audio at `rate_hz` (a multiple of 4 kHz, up to 16 kHz).
    pub(super) fn new(rate_hz: u32) -> PitchMeter {
        let step = (rate_hz as usize / RATE_HZ).clamp(1, 4);
        let taps_len = step * TAPS_PER_STEP;
        let mut taps = [0.0; 4 * TAPS_PER_STEP];
        let middle = (taps_len as f32 - 1.0) / 2.0;
        let cut = 950.0 / rate_hz as f32;
        let mut sum = 0.0;
        for (n, tap) in taps[..taps_len].iter_mut().enumerate() {
            let t = n as f32 - middle;
            let x = std::f32::consts::TAU * cut * t;
            let sinc = if x.abs() < 1e-6 { 1.0 } else { x.sin() / x };
            let window = 0.5 - 0.5 * (std::f32::consts::TAU * (n as f32 + 0.5) / taps_len as f32).cos();
            *tap = sinc * window;
            sum += *tap;
        }
        for tap in &mut taps {
            *tap = *tap / sum * UNIT;
        }
        PitchMeter {
            taps,
            taps_len,
            even: [0.0; KEPT],
            odd: [0.0; KEPT],
            half: [0.0; LAGS],
            has_half: false,
            behind: 0,
        }
    }

    /// Another hop has passed.
    pub(super) fn pass(&mut self) {
        self.behind = (self.behind + 1).min(KEPT_HOPS);
    }

    /// Measures at the end of `history`, which holds 128 ms.
    pub(super) fn measure(&mut self, history: &[i16]) -> Periodicity {
        let hop = HOP * self.taps_len / TAPS_PER_STEP;
        for hops_later in (0..self.behind).rev() {
            self.take(&history[..history.len() - hops_later * hop]);
        }
        self.has_half &= self.behind == HALF_HOPS;
        self.behind = 0;
        self.best_period()
    }

    /// Takes the newest hop from the end of `history`.
    fn take(&mut self, history: &[i16]) {
        let step = self.taps_len / TAPS_PER_STEP;
        let width = 2 * step;
        let first = history.len() - (HOP - 1) * step - self.taps_len;
        // Samples that the same tap meets lie side by side: a tap then serves all even (or odd) outputs at once.
        let mut rows = [[0.0_f32; ROW]; 8];
        for (place, samples) in history[first..].chunks(width).take(ROW).enumerate() {
            for (row, &sample) in rows.iter_mut().zip(samples) {
                row[place] = f32::from(sample);
            }
        }
        let taps = &self.taps[..self.taps_len];
        for (kept, start) in [(&mut self.even, 0), (&mut self.odd, step)] {
            kept.copy_within(HOP / 2.., 0);
            let mut out = [0.0_f32; HOP / 2];
            let (mut row, mut shift) = (start, 0);
            for &tap in taps {
                for (out, sample) in out.iter_mut().zip(&rows[row][shift..shift + HOP / 2]) {
                    *out += tap * sample;
                }
                row += 1;
                if row == width {
                    (row, shift) = (0, shift + 1);
                }
            }
            kept[KEPT - HOP / 2..].copy_from_slice(&out);
        }
    }

    fn best_period(&mut self) -> Periodicity {
        let window = &self.even[KEPT - HALF_WINDOW..];
        let energy = dot(window, window);
        if energy < 1e-9 {
            self.has_half = false;
            return Periodicity::default();
        }
        // The window moves by half of itself from one measurement to the next: half of the products are known.
        let newer = self.products(HALF_WINDOW / 2);
        let older = if self.has_half {
            self.half
        } else {
            self.products(0)
        };
        let others = self.energies();
        let mut correlation = [0.0_f32; LAGS];
        for (n, r) in correlation.iter_mut().enumerate() {
            // What is lost to rounding where loud is followed by very quiet must not divide.
            *r = (newer[n] + older[n]) / (energy * more(others[n], 1e-3 * energy)).sqrt();
        }
        self.half = newer;
        self.has_half = true;
        let best = greatest(&correlation[1..LAGS - 1], 0.0);
        // The first of nearly equal peaks: later ones are its multiples.
        let top = |near: &[f32]| near[1] >= 0.92 * best && near[1] >= near[0] && near[1] >= near[2];
        let Some(at) = correlation.windows(3).position(top) else {
            return Periodicity::default();
        };
        if best <= 0.0 {
            return Periodicity::default();
        }
        let (left, peak, right) = (correlation[at], correlation[at + 1], correlation[at + 2]);
        let bend = left - 2.0 * peak + right;
        let shift = if bend < -1e-6 {
            (0.5 * (left - right) / bend).clamp(-0.5, 0.5)
        } else {
            0.0
        };
        let top = peak - 0.25 * (left - right) * shift;
        Periodicity {
            voiced: top.clamp(0.0, 1.0),
            hz: RATE_HZ as f32 / ((LAG_MIN + at) as f32 + shift),
        }
    }

    /// Products of half the window, from its sample `from` on, with what came each lag earlier.
    fn products(&self, from: usize) -> [f32; LAGS] {
        let begin = KEPT - HALF_WINDOW + from;
        let half = &self.even[begin..begin + HALF_WINDOW / 2];
        let mut products = [0.0; LAGS];
        for (lag, product) in (LAG_MIN - 1..).zip(&mut products) {
            // An even sample's neighbour at an odd distance is an odd one.
            let earlier = if lag % 2 == 0 { &self.even } else { &self.odd };
            let from = begin - lag.div_ceil(2);
            *product = dot(half, &earlier[from..from + HALF_WINDOW / 2]);
        }
        products
    }

    /// Energy of the window each lag earlier.
    fn energies(&self) -> [f32; LAGS] {
        let mut energies = [0.0; LAGS];
        for (parity, kept) in [&self.even, &self.odd].into_iter().enumerate() {
            let first = LAG_MIN - 1 + (LAG_MIN - 1 + parity) % 2;
            let mut from = KEPT - HALF_WINDOW - first.div_ceil(2);
            let window = &kept[from..from + HALF_WINDOW];
            let mut energy = dot(window, window);
            for place in (first + 1 - LAG_MIN..LAGS).step_by(2) {
                energies[place] = energy;
                // The next is a sample earlier.
                from = from.saturating_sub(1);
                let (comes, goes) = (kept[from], kept[from + HALF_WINDOW]);
                energy += comes * comes - goes * goes;
            }
        }
        energies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Periodicity of a wave at a rate, after 160 ms.
    fn measured(rate_hz: u32, wave: impl Fn(f32) -> f32) -> Periodicity {
        let mut meter = PitchMeter::new(rate_hz);
        let hop = rate_hz as usize / 100;
        let samples: Vec<i16> = (0..hop * 16)
            .map(|n| (wave(n as f32 / rate_hz as f32) / UNIT) as i16)
            .collect();
        let mut history = vec![0; rate_hz as usize * 128 / 1_000];
        for new in samples.chunks(hop) {
            history.drain(..hop);
            history.extend_from_slice(new);
            meter.pass();
        }
        meter.measure(&history)
    }

    #[test]
    fn the_pitch_of_a_voice_without_its_fundamental_is_found_at_both_rates() {
        for rate_hz in [8_000, 16_000] {
            for pitch in [85.0, 120.0, 180.0, 240.0, 310.0] {
                let found = measured(rate_hz, |t| {
                    (1..12)
                        .map(|h| pitch * h as f32)
                        .filter(|&hz| hz > 300.0)
                        .map(|hz| 0.05 * (std::f32::consts::TAU * hz * t).sin())
                        .sum()
                });
                assert!(found.voiced > 0.85, "{pitch} at {rate_hz}: {found:?}");
                assert!(
                    (found.hz / pitch - 1.0).abs() < 0.03,
                    "{pitch} at {rate_hz}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn nothing_has_no_period() {
        assert_eq!(measured(8_000, |_| 0.0).voiced, 0.0);
    }
}
