//! Levels in dBm0, and the active level of speech.
//!
//! Speech has pauses, so its mean over time says little about how loud it is. ITU-T P.56 (method B) takes the mean only
//! over the time in which a smoothed envelope lies above a threshold, and the threshold to be 15.9 dB below the
//! result. Here as there, but from floating-point samples and with thresholds 6 dB apart down to −90 dB.

use crate::RATE_HZ;

/// dBm0 of a mean square of 1: a full-scale sine (mean square ½) is +3.14 dBm0 in A-law (ITU-T G.711, table 5).
pub const DBM0_OF_UNIT_POWER: f32 = 6.150_3;

/// dBm0 of a mean square (full scale ±1); −120 of nothing.
pub fn dbm0(mean_square: f32) -> f32 {
    if mean_square < 1e-12 {
        -120.0
    } else {
        10.0 * mean_square.log10() + DBM0_OF_UNIT_POWER
    }
}

/// Root mean square (full scale ±1) of a level in dBm0.
pub fn rms_of(dbm0: f32) -> f32 {
    ratio(dbm0 - DBM0_OF_UNIT_POWER)
}

/// Amplitude ratio of decibels.
pub fn ratio(db: f32) -> f32 {
    10.0_f32.powf(db / 20.0)
}

/// Mean level of samples, dBm0.
pub fn mean_level_dbm0(samples: &[f32]) -> f32 {
    let sum: f64 = samples.iter().map(|&s| f64::from(s) * f64::from(s)).sum();
    dbm0((sum / samples.len().max(1) as f64) as f32)
}

/// Time constant of the envelope, s (P.56).
const ENVELOPE_S: f64 = 0.03;
/// A pause shorter than this belongs to the speech around it, s (P.56).
const HANGOVER_S: f64 = 0.2;
/// Distance of the threshold below the active level, dB (P.56).
const MARGIN_DB: f64 = 15.9;
/// Thresholds: 2⁻¹⁵ to ½ of full scale.
const THRESHOLDS: usize = 15;

/// Active level of speech (or of any signal with pauses), dBm0; −120 of nothing.
pub fn active_level_dbm0(samples: &[f32]) -> f32 {
    let keep = (-1.0 / (f64::from(RATE_HZ) * ENVELOPE_S)).exp();
    let hangover = (HANGOVER_S * f64::from(RATE_HZ)) as usize;
    let (mut once, mut twice, mut sum) = (0.0, 0.0, 0.0);
    let mut active = [0_usize; THRESHOLDS];
    let mut since = [hangover; THRESHOLDS];
    for &sample in samples {
        let sample = f64::from(sample);
        sum += sample * sample;
        once = keep * once + (1.0 - keep) * sample.abs();
        twice = keep * twice + (1.0 - keep) * once;
        for (index, (active, since)) in active.iter_mut().zip(&mut since).enumerate() {
            if twice >= threshold(index) {
                *since = 0;
                *active += 1;
            } else if *since < hangover {
                *since += 1;
                *active += 1;
            }
        }
    }
    let mut before: Option<(f64, f64)> = None;
    for (index, &active) in active.iter().enumerate() {
        if active == 0 || sum <= 0.0 {
            break;
        }
        let level_db = 10.0 * (sum / active as f64).log10();
        let above_db = level_db - 20.0 * threshold(index).log10();
        if above_db <= MARGIN_DB {
            // The level wanted lies between this threshold and the one before; both grow evenly in dB.
            let level_db = match before {
                Some((level_before, above_before)) => {
                    let share = (above_before - MARGIN_DB) / (above_before - above_db);
                    level_before + share * (level_db - level_before)
                }
                None => level_db,
            };
            return level_db as f32 + DBM0_OF_UNIT_POWER;
        }
        before = Some((level_db, above_db));
    }
    // Shorter than the envelope needs to rise: the mean is all there is.
    mean_level_dbm0(samples)
}

fn threshold(index: usize) -> f64 {
    f64::powi(2.0, index as i32 - THRESHOLDS as i32)
}

/// Samples as full scale ±1.
pub fn to_float(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|&s| f32::from(s) * (1.0 / 32_768.0)).collect()
}

/// Samples as 16 bits, limited.
pub fn to_pcm(samples: &[f32]) -> Vec<i16> {
    // `as` saturates, and turns a NaN into silence.
    samples.iter().map(|&s| (s * 32_768.0).round() as i16).collect()
}

/// Brings samples to an active level, dBm0.
pub fn set_active_level(samples: &mut [f32], level_dbm0: f32) {
    let now = active_level_dbm0(samples);
    if now > -119.0 {
        let gain = ratio(level_dbm0 - now);
        for sample in samples {
            *sample *= gain;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn tone(ms: usize, amplitude: f32) -> Vec<f32> {
        (0..ms * 8)
            .map(|n| amplitude * (n as f32 * 0.785).sin())
            .collect()
    }

    #[test]
    fn a_full_scale_sine_is_3_14_dbm0() {
        assert!((mean_level_dbm0(&tone(1_000, 0.5)) + 2.88).abs() < 0.01);
        assert!((active_level_dbm0(&tone(1_000, 0.5)) + 2.88).abs() < 0.3);
    }

    #[test]
    fn pauses_do_not_count() {
        let mut rng = Rng::new(3);
        for level in [-6.0, -20.0, -35.0] {
            let mut call = vec![0.0; 16_000];
            for _ in 0..3 {
                call.extend((0..8_000).map(|_| rms_of(level) * rng.normal()));
                call.extend(vec![0.0; 8_000]);
            }
            let heard = active_level_dbm0(&call);
            // Each second of sound takes its 0.2 s of hangover along: 0.8 dB.
            assert!((heard - level + 0.8).abs() < 0.5, "{level}: {heard}");
            set_active_level(&mut call, -15.0);
            assert!((active_level_dbm0(&call) + 15.0).abs() < 0.1);
        }
    }

    #[test]
    fn nothing_has_no_level() {
        assert_eq!(active_level_dbm0(&[]), -120.0);
        assert_eq!(active_level_dbm0(&[0.0; 800]), -120.0);
        let mut nothing = [0.0; 10];
        set_active_level(&mut nothing, -10.0);
        assert_eq!(nothing, [0.0; 10]);
    }
}
