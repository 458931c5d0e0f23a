//! Filters of the line: the telephone band, and a clock that runs a little fast or slow.

use std::f32::consts::{FRAC_1_SQRT_2, PI};

use crate::RATE_HZ;

/// A second-order section (R. Bristow-Johnson's cookbook forms), transposed direct form II.
#[derive(Clone, Copy, Debug, Default)]
pub struct Biquad {
    b: [f32; 3],
    a: [f32; 2],
    memory: [f32; 2],
}

impl Biquad {
    /// High-pass with a corner in Hz and a quality.
    pub fn high_pass(hz: f32, q: f32) -> Biquad {
        let (cos, alpha) = Biquad::angle(hz, q);
        let b = (1.0 + cos) / 2.0;
        Biquad::scaled([b, -2.0 * b, b], 1.0 + alpha, [-2.0 * cos, 1.0 - alpha])
    }

    /// Low-pass with a corner in Hz and a quality.
    pub fn low_pass(hz: f32, q: f32) -> Biquad {
        let (cos, alpha) = Biquad::angle(hz, q);
        let b = (1.0 - cos) / 2.0;
        Biquad::scaled([b, 2.0 * b, b], 1.0 + alpha, [-2.0 * cos, 1.0 - alpha])
    }

    /// Band-pass, 0 dB at its centre in Hz.
    pub fn band_pass(hz: f32, q: f32) -> Biquad {
        let (cos, alpha) = Biquad::angle(hz, q);
        Biquad::scaled([alpha, 0.0, -alpha], 1.0 + alpha, [-2.0 * cos, 1.0 - alpha])
    }

    fn angle(hz: f32, q: f32) -> (f32, f32) {
        let w = 2.0 * PI * hz / RATE_HZ as f32;
        (w.cos(), w.sin() / (2.0 * q))
    }

    fn scaled(b: [f32; 3], a0: f32, a: [f32; 2]) -> Biquad {
        Biquad {
            b: b.map(|b| b / a0),
            a: a.map(|a| a / a0),
            memory: [0.0; 2],
        }
    }

    /// One sample in, one out.
    pub fn step(&mut self, x: f32) -> f32 {
        let y = self.b[0] * x + self.memory[0];
        self.memory[0] = self.b[1] * x - self.a[0] * y + self.memory[1];
        self.memory[1] = self.b[2] * x - self.a[1] * y;
        y
    }

    /// Filters in place.
    pub fn run(&mut self, samples: &mut [f32]) {
        for sample in samples {
            *sample = self.step(*sample);
        }
    }
}

/// Qualities of the two sections of a fourth-order Butterworth filter.
const BUTTERWORTH_4: [f32; 2] = [0.541_2, 1.306_6];

/// Keeps a telephone band: fourth-order Butterworth slopes at both corners, Hz. A lower corner at or below 0 and an
/// upper one of 3.9 kHz or more leave that side open.
pub fn keep_band(samples: &mut [f32], (low_hz, high_hz): (f32, f32)) {
    for q in BUTTERWORTH_4 {
        if low_hz > 0.0 {
            Biquad::high_pass(low_hz, q).run(samples);
        }
        if high_hz < 3_900.0 {
            Biquad::low_pass(high_hz, q).run(samples);
        }
    }
}

/// A soft low-pass of second order.
pub fn low_pass(samples: &mut [f32], hz: f32) {
    Biquad::low_pass(hz, FRAC_1_SQRT_2).run(samples);
}

/// Half the taps of the interpolator: 16 to each side keep the band up to 3.6 kHz flat.
const HALF_TAPS: usize = 16;
/// Steps between two samples at which the interpolator is tabled; between them it is linear (error below −80 dB).
const PHASES: usize = 256;

/// Plays samples at `1 + ppm / 1e6` of their speed: a far-end clock that is off by that much. Also good for large
/// ratios (a voice moved by a semitone).
pub fn resample(samples: &[f32], speed: f64) -> Vec<f32> {
    let table = interpolator();
    let count = (samples.len() as f64 / speed) as usize;
    (0..count)
        .map(|n| {
            let at = n as f64 * speed;
            let whole = at as usize;
            let phase = (at - whole as f64) * PHASES as f64;
            let row = phase as usize;
            let part = (phase - row as f64) as f32;
            let (one, two) = (&table[row], &table[row + 1]);
            let mut sum = 0.0;
            for tap in 0..2 * HALF_TAPS {
                let index = (whole + tap + 1).checked_sub(HALF_TAPS);
                if let Some(&sample) = index.and_then(|index| samples.get(index)) {
                    sum += sample * (one[tap] + part * (two[tap] - one[tap]));
                }
            }
            sum
        })
        .collect()
}

fn interpolator() -> Vec<[f32; 2 * HALF_TAPS]> {
    (0..=PHASES)
        .map(|phase| {
            std::array::from_fn(|tap| {
                let x = (tap as f32 + 1.0 - HALF_TAPS as f32) - phase as f32 / PHASES as f32;
                let window = 0.5 + 0.5 * (PI * x / HALF_TAPS as f32).cos();
                if x.abs() < 1e-6 {
                    1.0
                } else if x.abs() >= HALF_TAPS as f32 {
                    0.0
                } else {
                    (PI * x).sin() / (PI * x) * window
                }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::mean_level_dbm0;

    fn tone(hz: f32, samples: usize) -> Vec<f32> {
        (0..samples)
            .map(|n| 0.5 * (2.0 * PI * hz * n as f32 / 8_000.0).sin())
            .collect()
    }

    #[test]
    fn the_band_keeps_and_cuts() {
        for (hz, least_db, most_db) in [
            (100.0, -60.0, -35.0),
            (300.0, -4.0, -2.0),
            (1_000.0, -0.2, 0.1),
            (3_400.0, -4.0, -2.0),
            (3_900.0, -80.0, -30.0),
        ] {
            let mut samples = tone(hz, 8_000);
            let before = mean_level_dbm0(&samples[2_000..]);
            keep_band(&mut samples, (300.0, 3_400.0));
            let change = mean_level_dbm0(&samples[2_000..]) - before;
            assert!((least_db..most_db).contains(&change), "{hz} Hz: {change} dB");
        }
    }

    #[test]
    fn a_fast_clock_raises_every_frequency() {
        let samples = tone(3_000.0, 8_000);
        let fast = resample(&samples, 1.0001);
        assert_eq!(fast.len(), 7_999);
        // After 0.5 s at +100 ppm, the tone is 0.15 of a period ahead.
        let wanted: Vec<f32> = (0..8_000)
            .map(|n| 0.5 * (2.0 * PI * 3_000.3 * n as f32 / 8_000.0).sin())
            .collect();
        for n in 100..7_000 {
            assert!((fast[n] - wanted[n]).abs() < 0.01, "{n}");
        }
    }
}
