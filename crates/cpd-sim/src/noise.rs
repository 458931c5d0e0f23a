//! Noise of lines, rooms and streets.

use std::f32::consts::TAU;

use crate::RATE_HZ;
use crate::filter::{Biquad, low_pass};
use crate::level::{mean_level_dbm0, rms_of};
use crate::rng::Rng;
use crate::voice;

/// What makes the noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoiseKind {
    /// Thermal noise: equal power at all frequencies.
    White,
    /// Equal power in each octave: the nearest thing to an average room.
    Pink,
    /// Mains: 50, 100 and 150 Hz and some of their relatives up to 450 Hz.
    Hum,
    /// Many people speaking at once.
    Babble,
    /// Passing vehicles, now and then a horn (380–520 Hz, 0.2–0.6 s).
    Street,
    /// Keyboards, chairs, doors: a quiet floor with clicks and knocks.
    Office,
    /// Music from a radio.
    Music,
}

impl NoiseKind {
    /// All of them.
    pub const ALL: [NoiseKind; 7] = [
        NoiseKind::White,
        NoiseKind::Pink,
        NoiseKind::Hum,
        NoiseKind::Babble,
        NoiseKind::Street,
        NoiseKind::Office,
        NoiseKind::Music,
    ];

    /// Samples of it (full scale ±1) with a mean level of 0 dBm0; not limited, peaks may lie far above.
    pub fn samples(self, count: usize, rng: &mut Rng) -> Vec<f32> {
        let mut samples = match self {
            NoiseKind::White => (0..count).map(|_| rng.normal()).collect(),
            NoiseKind::Pink => pink(count, rng),
            NoiseKind::Hum => hum(count, rng),
            NoiseKind::Babble => babble(count, rng),
            NoiseKind::Street => street(count, rng),
            NoiseKind::Office => office(count, rng),
            NoiseKind::Music => crate::tones::music(count, rng),
        };
        scale_to(&mut samples, 0.0);
        samples
    }
}

/// Brings samples to a mean level, dBm0.
pub fn scale_to(samples: &mut [f32], level_dbm0: f32) {
    let now = mean_level_dbm0(samples);
    if now > -119.0 {
        let gain = rms_of(level_dbm0) / rms_of(now);
        for sample in samples {
            *sample *= gain;
        }
    }
}

/// White noise through four pairs of a pole and a zero an octave above it, the pairs two octaves apart: a staircase
/// within 1 dB of −3 dB an octave from 40 Hz on.
fn pink(count: usize, rng: &mut Rng) -> Vec<f32> {
    let at = |hz: f32| (-TAU * hz / RATE_HZ as f32).exp();
    let stairs = [40.0, 160.0, 640.0, 2_560.0].map(|hz| (at(hz), at(2.0 * hz)));
    let mut memory = [(0.0_f32, 0.0_f32); 4];
    (0..count)
        .map(|_| {
            let mut x = rng.normal();
            for ((pole, zero), (input, output)) in stairs.iter().zip(&mut memory) {
                let y = x - zero * *input + pole * *output;
                (*input, *output) = (x, y);
                x = y;
            }
            x
        })
        .collect()
}

fn hum(count: usize, rng: &mut Rng) -> Vec<f32> {
    let mains_hz = 50.0 + 0.1 * rng.normal();
    let partials: Vec<(f32, f32, f32)> = (1..=9)
        .map(|k| {
            let amplitude = match k {
                1..=3 => rng.within(0.4, 1.0),
                _ => rng.within(0.0, 0.2),
            };
            (k as f32 * mains_hz, amplitude, rng.within(0.0, TAU))
        })
        .collect();
    (0..count)
        .map(|n| {
            let t = n as f32 / RATE_HZ as f32;
            let sum: f32 = partials
                .iter()
                .map(|(hz, amplitude, phase)| amplitude * (TAU * (hz * t).fract() + phase).sin())
                .sum();
            sum + 0.01 * rng.normal()
        })
        .collect()
}

/// Talkers heard at once: from six on, no word can be followed.
const BABBLE_TALKERS: usize = 8;

fn babble(count: usize, rng: &mut Rng) -> Vec<f32> {
    let mut sum = vec![0.0; count];
    for _ in 0..BABBLE_TALKERS {
        let gain = rng.within(0.3, 1.0);
        let mut at = 0;
        while at < count {
            let mut words = voice::any_words(rng);
            scale_to(&mut words, 0.0);
            for (sum, word) in sum[at..].iter_mut().zip(&words) {
                *sum += gain * word;
            }
            at += words.len() + rng.below(4_000);
        }
    }
    // Heard across a room: the treble is lost on the way.
    low_pass(&mut sum, 2_500.0);
    sum
}

fn street(count: usize, rng: &mut Rng) -> Vec<f32> {
    let mut rumble = Biquad::low_pass(rng.within(250.0, 600.0), 0.7);
    let mut hiss = Biquad::band_pass(rng.within(900.0, 1_600.0), 0.5);
    // Each vehicle swells and fades over some seconds.
    let vehicles: Vec<(f32, f32, f32)> = (0..1 + count / 20_000)
        .map(|_| {
            (
                rng.below(count.max(1)) as f32,
                rng.within(6_000.0, 16_000.0),
                rng.within(0.5, 2.0),
            )
        })
        .collect();
    let mut samples: Vec<f32> = (0..count)
        .map(|n| {
            let near: f32 = vehicles
                .iter()
                .map(|(at, width, gain)| gain * (-((n as f32 - at) / width).powi(2)).exp())
                .sum();
            let white = rng.normal();
            (0.3 + near) * (2.0 * rumble.step(white) + 0.6 * hiss.step(white))
        })
        .collect();
    let loud = rms_of(mean_level_dbm0(&samples));
    for _ in 0..count / 8_000 {
        if rng.chance(0.06) {
            let horn = crate::tones::car_horn(rng);
            let at = rng.below(count);
            let gain = loud * rng.within(1.0, 2.5);
            for (sample, horn) in samples[at..].iter_mut().zip(&horn) {
                *sample += gain * horn;
            }
        }
    }
    samples
}

fn office(count: usize, rng: &mut Rng) -> Vec<f32> {
    let mut samples = pink(count, rng);
    let floor = rms_of(mean_level_dbm0(&samples));
    let mut at = 0;
    loop {
        // A key stroke each 80–250 ms while somebody types, a knock or a pause between.
        let typing = rng.chance(0.7);
        at += if typing {
            640 + rng.below(1_400)
        } else {
            2_000 + rng.below(12_000)
        };
        if at >= count {
            return samples;
        }
        let (hz, decay_ms, gain) = if typing {
            (
                rng.within(1_200.0, 3_200.0),
                rng.within(2.0, 8.0),
                rng.within(3.0, 12.0),
            )
        } else {
            (
                rng.within(150.0, 700.0),
                rng.within(15.0, 60.0),
                rng.within(3.0, 10.0),
            )
        };
        let mut ring = Biquad::band_pass(hz, 1.5);
        let decay = (-1.0 / (decay_ms * 8.0)).exp();
        let mut envelope = gain * floor;
        for sample in samples[at..].iter_mut().take((decay_ms * 60.0) as usize) {
            *sample += 2.0 * ring.step(envelope * rng.normal());
            envelope *= decay;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_noise_has_the_level_and_follows_the_seed() {
        for kind in NoiseKind::ALL {
            let noise = kind.samples(24_000, &mut Rng::new(5));
            assert!(mean_level_dbm0(&noise).abs() < 0.5, "{kind:?}");
            assert_eq!(noise, kind.samples(24_000, &mut Rng::new(5)), "{kind:?}");
            assert_ne!(noise, kind.samples(24_000, &mut Rng::new(6)), "{kind:?}");
            assert!(kind.samples(0, &mut Rng::new(5)).is_empty());
        }
    }

    #[test]
    fn pink_noise_falls_by_three_decibels_an_octave() {
        let noise = NoiseKind::Pink.samples(160_000, &mut Rng::new(2));
        let level = |hz: f32| {
            let mut band = noise.clone();
            Biquad::band_pass(hz, 1.4).run(&mut band);
            mean_level_dbm0(&band)
        };
        // Bands of constant quality hold equal power of pink noise.
        // Above 1 kHz the filter's own band shrinks towards half the rate.
        let at = [125.0, 250.0, 500.0, 1_000.0].map(level);
        for pair in at.windows(2) {
            assert!((pair[0] - pair[1]).abs() < 1.0, "{at:?}");
        }
    }

    #[test]
    fn clicks_stand_out_of_the_office() {
        let noise = NoiseKind::Office.samples(80_000, &mut Rng::new(4));
        let peak = noise.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
        assert!(peak > 6.0 * rms_of(0.0), "{peak}");
    }
}
