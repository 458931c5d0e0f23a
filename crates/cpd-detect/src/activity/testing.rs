//! Sounds made for the tests of this folder, and an ear that hears them.

use std::f32::consts::TAU;
use std::sync::Arc;

use super::{ActivityEar, Hearing};
use crate::event::{Event, EventKind};
use crate::events::Events;
use crate::front::{Bench, FrontEnd, FrontPlan};
use crate::peaks::Peaks;
use crate::time::SampleRate;

/// Samples a second of everything here.
pub(super) const HZ: f32 = 8_000.0;

/// A scene that is put together from its start.
pub(super) struct Scene {
    samples: Vec<f32>,
    seed: u32,
}

impl Scene {
    pub(super) fn new() -> Scene {
        Scene {
            samples: Vec::new(),
            seed: 0x2545_f491,
        }
    }

    /// Where the scene stands, ms.
    pub(super) fn ms(&self) -> usize {
        self.samples.len() / 8
    }

    /// Adds `ms` of a function of the seconds since its start.
    pub(super) fn add(mut self, ms: usize, wave: impl Fn(f32) -> f32) -> Scene {
        self.samples.extend((0..ms * 8).map(|n| wave(n as f32 / HZ)));
        self
    }

    pub(super) fn silence(self, ms: usize) -> Scene {
        self.add(ms, |_| 0.0)
    }

    /// Sines of one amplitude each.
    pub(super) fn tones(self, ms: usize, hz: &[f32], amplitude: f32) -> Scene {
        self.add(ms, |t| hz.iter().map(|hz| amplitude * (TAU * hz * t).sin()).sum())
    }

    /// A plucked note with six harmonics.
    pub(super) fn note(self, ms: usize, hz: f32, amplitude: f32) -> Scene {
        self.add(ms, |t| {
            let sum: f32 = (1..=6).map(|h| (TAU * hz * h as f32 * t).sin() / h as f32).sum();
            amplitude * (-1.5 * t).exp() * sum
        })
    }

    /// Syllables of a gliding voice: a buzz through moving resonances, with unvoiced beginnings and short pauses.
    pub(super) fn speech(mut self, ms: usize, amplitude: f32) -> Scene {
        let end = self.samples.len() + ms * 8;
        let mut syllable = 0_usize;
        while self.samples.len() < end {
            let len = 1_200 + 240 * (syllable * 7 % 5);
            let (base, glide) = (
                105.0 + 12.0 * (syllable % 4) as f32,
                25.0 - 14.0 * (syllable % 5) as f32,
            );
            let formant = [350.0, 650.0, 500.0, 750.0, 420.0][syllable % 5];
            let mut phase = 0.0_f32;
            for n in 0..len {
                let t = n as f32 / len as f32;
                let pitch = base + glide * t;
                phase += TAU * pitch / HZ;
                let resonance = formant * (1.0 + 0.3 * t);
                let buzz: f32 = (2..28)
                    .map(|h| {
                        let hz = pitch * h as f32;
                        let first = 1.0 / (1.0 + ((hz - resonance) / 120.0).powi(2));
                        let second = 0.4 / (1.0 + ((hz - 1_500.0 - 400.0 * t) / 180.0).powi(2));
                        (first + second) * (phase * h as f32).sin()
                    })
                    .sum();
                let shape = (std::f32::consts::PI * t).sin().sqrt();
                self.samples.push(amplitude * shape * buzz);
            }
            for _ in 0..320 {
                let hiss = self.random();
                self.samples.push(0.15 * amplitude * hiss);
            }
            let pause = 300 + 150 * (syllable % 3);
            self.samples.extend(std::iter::repeat_n(0.0, pause));
            syllable += 1;
        }
        self.samples.truncate(end);
        self
    }

    /// Impulses that ring for some milliseconds.
    pub(super) fn clicks(mut self, ms: usize, amplitude: f32) -> Scene {
        let from = self.samples.len();
        self.samples.resize(from + ms * 8, 0.0);
        let mut at = from + 900;
        while at + 80 < self.samples.len() {
            for n in 0..80 {
                self.samples[at + n] += amplitude * (-0.08 * n as f32).exp() * self.random();
            }
            at += 1_700 + (at * 7) % 2_300;
        }
        self
    }

    /// White noise under everything from `from_ms` on.
    pub(super) fn noise_from(mut self, from_ms: usize, amplitude: f32) -> Scene {
        for at in from_ms * 8..self.samples.len() {
            self.samples[at] += amplitude * self.random();
        }
        self
    }

    /// Uniform, −1 to 1.
    fn random(&mut self) -> f32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        self.seed as f32 / (u32::MAX as f32 / 2.0) - 1.0
    }

    /// What an ear hears of it, hop by hop, and the events.
    pub(super) fn heard(&self) -> Heard {
        let rate = SampleRate::NARROWBAND;
        let mut front = FrontEnd::new(Arc::new(FrontPlan::new(rate)));
        let mut bench = Bench::default();
        let mut ear = ActivityEar::new();
        let mut events = Events::new();
        let mut hops = Vec::new();
        for hop in self.samples.chunks_exact(rate.hop()) {
            let hop: Vec<i16> = hop
                .iter()
                .map(|s| (s.clamp(-1.0, 1.0) * 32_767.0).round() as i16)
                .collect();
            front.take(&hop);
            let frame = front.frame(&mut bench);
            let peaks = Peaks::of(&frame);
            hops.push(ear.hear(&frame, &peaks, &mut events).clone());
        }
        Heard {
            hops,
            events: std::iter::from_fn(|| events.pop()).collect(),
        }
    }
}

/// What was heard.
pub(super) struct Heard {
    pub(super) hops: Vec<Hearing>,
    pub(super) events: Vec<Event>,
}

impl Heard {
    /// Share of the hops between two times for which something holds.
    pub(super) fn share(&self, from_ms: usize, to_ms: usize, holds: impl Fn(&Hearing) -> bool) -> f32 {
        let hops = &self.hops[from_ms / 10..to_ms / 10];
        hops.iter().filter(|hop| holds(hop)).count() as f32 / hops.len() as f32
    }

    /// The activities: when each began and when it was known, ms.
    pub(super) fn activities(&self) -> Vec<(crate::event::Activity, u64, u64)> {
        let rate = SampleRate::NARROWBAND;
        self.events
            .iter()
            .filter_map(|event| match event.kind {
                EventKind::Activity(activity) => Some((activity, rate.ms(event.from), rate.ms(event.known))),
                _ => None,
            })
            .collect()
    }

    /// When a melody was known, ms.
    pub(super) fn melody_ms(&self) -> Option<u64> {
        self.events
            .iter()
            .find(|event| event.kind == EventKind::Melody)
            .map(|event| SampleRate::NARROWBAND.ms(event.known))
    }
}
