//! Tones for tests, and a way to let an ear hear them.

use std::sync::Arc;

use super::ToneEar;
use crate::activity::Hearing;
use crate::event::Event;
use crate::events::Events;
use crate::front::{BANDS, Bench, FLOOR_DBM0, FrontEnd, FrontPlan};
use crate::peaks::Peaks;
use crate::plan::{Plans, Voice};
use crate::time::SampleRate;

/// Samples at 8 kHz that grow piece by piece.
pub(crate) struct Line {
    pub(crate) samples: Vec<i16>,
    noise: u32,
    /// Amplitude of the white noise beneath everything.
    pub(crate) hiss: f32,
}

impl Line {
    /// A line with a little noise, from a seed.
    pub(crate) fn new(seed: u32) -> Line {
        Line {
            samples: Vec::new(),
            noise: seed.wrapping_mul(0x9e37_79b9) | 1,
            hiss: 6.0,
        }
    }

    /// A number from −1 to 1.
    pub(crate) fn random(&mut self) -> f32 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        f32::from((self.noise >> 16) as u16) / 32_768.0 - 1.0
    }

    /// `ms` of the sum of sines (Hz, amplitude).
    pub(crate) fn sines(&mut self, sines: &[(f32, f32)], ms: f32) -> &mut Line {
        let count = (ms * 8.0).round() as usize;
        for n in 0..count {
            let t = n as f32 / 8_000.0;
            let sound: f32 = sines
                .iter()
                .map(|(hz, amplitude)| amplitude * (std::f32::consts::TAU * hz * t).sin())
                .sum();
            // Three uniform numbers are near enough to a Gaussian.
            let hiss = (self.random() + self.random() + self.random()) * self.hiss;
            self.samples
                .push((sound + hiss).clamp(-32_768.0, 32_767.0) as i16);
        }
        self
    }

    /// `ms` of nothing but the noise.
    pub(crate) fn pause(&mut self, ms: f32) -> &mut Line {
        self.sines(&[], ms)
    }

    /// `ms` of a plan's tone at about −15 dBm0, frequencies off by the factor `detuned`.
    pub(crate) fn voice(&mut self, voice: &Voice, detuned: f32, ms: f32) -> &mut Line {
        let a = 4_000.0;
        let hz = voice.hz.map(|hz| hz * detuned);
        if hz[1] > 0.0 {
            self.sines(&[(hz[0], 0.7 * a), (hz[1], 0.7 * a)], ms)
        } else if voice.am_hz > 0.0 {
            let side = [hz[0] - voice.am_hz, hz[0] + voice.am_hz];
            self.sines(&[(hz[0], 0.8 * a), (side[0], 0.4 * a), (side[1], 0.4 * a)], ms)
        } else {
            self.sines(&[(hz[0], a)], ms)
        }
    }
}

/// What the tone ears tell of samples at 8 kHz, from a call that is not answered.
pub(crate) fn hear(plans: &Arc<Plans>, countries: &[&str], samples: &[i16]) -> Vec<Event> {
    let countries: Vec<String> = countries.iter().map(|&c| c.into()).collect();
    let mut front = FrontEnd::new(Arc::new(FrontPlan::new(SampleRate::NARROWBAND)));
    let mut bench = Bench::default();
    let mut ear = ToneEar::new(Arc::clone(plans), &countries);
    // The tone ears must do without: on a real line speech makes them more careful.
    let hearing = Hearing {
        speech: 0.0,
        music: 0.0,
        tone: 0.0,
        floor: [FLOOR_DBM0; BANDS],
        above_floor_db: 0.0,
        voiced: 0.0,
        pitch_hz: 0.0,
    };
    let mut events = Events::new();
    let mut told = Vec::new();
    let mut rest = samples;
    loop {
        let (taken, full) = front.take(rest);
        rest = &rest[taken..];
        if !full {
            return told;
        }
        let frame = front.frame(&mut bench);
        let peaks = Peaks::of(&frame);
        ear.hear(&frame, &peaks, &hearing, &mut events);
        while let Some(event) = events.pop() {
            told.push(event);
        }
    }
}
