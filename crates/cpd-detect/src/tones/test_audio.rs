//! Audio for the tests of these ears, and what they heard in it, as short words.

use std::f32::consts::TAU;
use std::sync::Arc;

use crate::activity::ActivityEar;
use crate::event::{EventKind, FaxKind};
use crate::events::Events;
use crate::front::{Bench, FrontEnd, FrontPlan};
use crate::peaks::Peaks;
use crate::time::SampleRate;
use crate::tones::signals::SignalEar;

const RATE: SampleRate = SampleRate::NARROWBAND;

/// A piece of audio at 8 kHz under construction; full scale ±1.
#[derive(Clone)]
pub(super) struct Audio {
    samples: Vec<f32>,
    lost: Vec<std::ops::Range<usize>>,
    answered: Option<usize>,
    seed: u32,
}

impl Audio {
    pub(super) fn new() -> Audio {
        Audio {
            samples: Vec::new(),
            lost: Vec::new(),
            answered: None,
            seed: 0x2545_f491,
        }
    }

    /// The call is answered here.
    pub(super) fn answered(mut self) -> Audio {
        self.answered = Some(self.samples.len());
        self
    }

    pub(super) fn silence(mut self, ms: usize) -> Audio {
        self.samples.resize(self.samples.len() + ms * 8, 0.0);
        self
    }

    /// Frequencies of equal level that add up to `dbm0`.
    pub(super) fn tone(self, hz: &[f32], ms: usize, dbm0: f32) -> Audio {
        let levels = vec![0.0; hz.len()];
        self.tones(hz, &levels, ms, dbm0)
    }

    /// Frequencies with a level each, dB, relative to each other.
    pub(super) fn tones(self, hz: &[f32], db: &[f32], ms: usize, dbm0: f32) -> Audio {
        let parts: Vec<(f32, f32)> = hz
            .iter()
            .zip(db)
            .map(|(&hz, &db)| (hz, 10_f32.powf(db / 20.0)))
            .collect();
        let power: f32 = parts.iter().map(|(_, a)| a * a / 2.0).sum();
        let gain = (mean_square(dbm0) / power).sqrt();
        self.sound(ms, |t| {
            gain * parts.iter().map(|(hz, a)| a * (TAU * hz * t).sin()).sum::<f32>()
        })
    }

    /// A tone that swells and dies away.
    pub(super) fn faded_tone(self, hz: f32, ms: usize, fade_ms: usize, dbm0: f32) -> Audio {
        let gain = (2.0 * mean_square(dbm0)).sqrt();
        let (length_s, fade_s) = (ms as f32 / 1_000.0, fade_ms as f32 / 1_000.0);
        self.sound(ms, |t| {
            let envelope = (t / fade_s).min((length_s - t) / fade_s).clamp(0.0, 1.0);
            gain * envelope * (TAU * hz * t).sin()
        })
    }

    /// 2100 Hz at −18 dBm0, with phase turns every 450 ms or amplitude modulation of 15 Hz.
    pub(super) fn answer_tone(self, ms: usize, turns: bool, modulation: f32) -> Audio {
        let gain = (2.0 * mean_square(-18.0)).sqrt();
        self.sound(ms, |t| {
            let turn = if turns && (t / 0.45) as u32 % 2 == 1 {
                -1.0
            } else {
                1.0
            };
            gain * turn * (1.0 + modulation * (TAU * 15.0 * t).sin()) * (TAU * 2_100.0 * t).sin()
        })
    }

    /// Bits by frequency shift keying at −18 dBm0, mark and space in Hz, repeated as long as needed.
    pub(super) fn keyed(self, bits: &[bool], baud: f32, [mark, space]: [f32; 2], ms: usize) -> Audio {
        let gain = (2.0 * mean_square(-18.0)).sqrt();
        let mut phase = 0.0_f32;
        let bits = bits.to_vec();
        self.sound(ms, move |t| {
            let hz = if bits[(t * baud) as usize % bits.len()] {
                mark
            } else {
                space
            };
            phase = (phase + TAU * hz / 8_000.0) % TAU;
            gain * phase.sin()
        })
    }

    /// Somebody speaks: syllables of 180 ms with a gliding pitch and three formants, 70 ms apart, at about −16 dBm0.
    pub(super) fn voice(mut self, ms: usize) -> Audio {
        let mut left = ms;
        let mut syllable = 0;
        while left > 0 {
            let length = left.min(180);
            let pitch = 105.0 + 13.0 * (syllable % 5) as f32;
            self = self
                .vowel(pitch, 0.25, length, -16.0)
                .silence(left.min(250) - length);
            left -= left.min(250);
            syllable += 1;
        }
        self
    }

    /// A voice's harmonics under three formants; `glide` is the pitch's relative change over the length.
    pub(super) fn vowel(self, pitch_hz: f32, glide: f32, ms: usize, dbm0: f32) -> Audio {
        let formant = |hz: f32| {
            [(600.0, 90.0, 1.0), (1_100.0, 110.0, 0.5), (2_500.0, 160.0, 0.2)]
                .iter()
                .map(|(at, width, height): &(f32, f32, f32)| height / (1.0 + ((hz - at) / width).powi(2)))
                .sum::<f32>()
        };
        let heights: Vec<f32> = (1..=24).map(|h| formant(h as f32 * pitch_hz)).collect();
        let power: f32 = heights.iter().map(|a| a * a / 2.0).sum();
        let gain = (mean_square(dbm0) / power).sqrt();
        let length_s = ms as f32 / 1_000.0;
        self.sound(ms, |t| {
            let cycles = pitch_hz * t * (1.0 + 0.5 * glide * t / length_s);
            let envelope = (t / 0.02).min((length_s - t) / 0.02).clamp(0.0, 1.0);
            (1..)
                .zip(&heights)
                .map(|(h, a)| a * (TAU * h as f32 * cycles).sin())
                .sum::<f32>()
                * gain
                * envelope
        })
    }

    /// A note with its harmonics and a vibrato of so many Hz.
    pub(super) fn note(self, hz: f32, vibrato_hz: f32, ms: usize) -> Audio {
        let gain = (2.0 * mean_square(-16.0)).sqrt();
        self.sound(ms, |t| {
            let cycles = hz * t - vibrato_hz / (TAU * 5.5) * (TAU * 5.5 * t).cos();
            let decay = (-2.5 * t).exp();
            gain * decay * ((TAU * cycles).sin() + 0.25 * (2.0 * TAU * cycles).sin())
        })
    }

    /// The horn of a car: a square wave's harmonics.
    pub(super) fn horn(self, hz: f32, ms: usize) -> Audio {
        self.tones(&[hz, 3.0 * hz, 5.0 * hz], &[0.0, -9.5, -14.0], ms, -16.0)
    }

    /// Noise from here on back over everything so far, dBm0.
    pub(super) fn noise(mut self, dbm0: f32) -> Audio {
        // Uniform on ±1 has mean square 1/3.
        let gain = (3.0 * mean_square(dbm0)).sqrt();
        for sample in &mut self.samples {
            self.seed ^= self.seed << 13;
            self.seed ^= self.seed >> 17;
            self.seed ^= self.seed << 5;
            *sample += gain * (self.seed as f32 / 2_147_483_648.0 - 1.0);
        }
        self
    }

    /// The 20 ms at `at_ms` are replaced by the 20 ms before, as some jitter buffers conceal.
    pub(super) fn repeat_packet(mut self, at_ms: usize) -> Audio {
        let at = at_ms * 8;
        self.samples.copy_within(at - 160..at, at);
        self
    }

    /// The 20 ms at `at_ms` are replaced by silence, unknown to the listener.
    pub(super) fn mute_packet(mut self, at_ms: usize) -> Audio {
        self.samples[at_ms * 8..at_ms * 8 + 160].fill(0.0);
        self
    }

    /// So many ms at `at_ms` are lost, and known to be.
    pub(super) fn lose(mut self, at_ms: usize, ms: usize) -> Audio {
        self.lost.push(at_ms * 8..(at_ms + ms) * 8);
        self
    }

    /// 16-bit samples.
    pub(super) fn pcm(&self) -> Vec<i16> {
        self.samples.iter().map(|s| (s * 32_767.0) as i16).collect()
    }

    fn sound(mut self, ms: usize, mut at: impl FnMut(f32) -> f32) -> Audio {
        self.samples.extend((0..ms * 8).map(|n| at(n as f32 / 8_000.0)));
        self
    }
}

fn mean_square(dbm0: f32) -> f32 {
    // A full-scale sine, of mean square one half, has 3.14 dBm0; the square wave 3.01 dB more.
    10_f32.powf((dbm0 - 6.150_3) / 10.0)
}

/// One event.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) name: String,
    pub(super) from_ms: u64,
    pub(super) known_ms: u64,
    pub(super) confidence: f32,
}

/// All events.
#[derive(Debug)]
pub(super) struct HeardAll(Vec<Heard>);

impl HeardAll {
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|heard| heard.name.clone()).collect()
    }
}

impl std::ops::Deref for HeardAll {
    type Target = [Heard];
    fn deref(&self) -> &[Heard] {
        &self.0
    }
}

/// What the ears hear in it.
pub(super) fn heard(audio: &Audio) -> HeardAll {
    let mut front = FrontEnd::new(Arc::new(FrontPlan::new(RATE)));
    let mut bench = Bench::default();
    let (mut activity, mut ear) = (ActivityEar::new(), SignalEar::default());
    // What the activity ear tells is not looked at here.
    let (mut unread, mut events) = (Events::new(), Events::new());
    let mut heard = Vec::new();
    for (hop, samples) in audio.pcm().chunks_exact(RATE.hop()).enumerate() {
        if audio.answered.is_some_and(|at| at / RATE.hop() == hop) {
            front.answered();
        }
        let at = hop * RATE.hop();
        if audio.lost.iter().any(|lost| lost.contains(&at)) {
            front.take_lost(samples.len() as u64);
        } else {
            front.take(samples);
        }
        let frame = front.frame(&mut bench);
        let peaks = Peaks::of(&frame);
        unread.begin_hop();
        events.begin_hop();
        let music = activity.hear(&frame, &peaks, &mut unread).music;
        ear.hear(&frame, &peaks, music, &mut events);
        while let Some(event) = events.pop() {
            let name = match event.kind {
                EventKind::Dtmf(digit) => digit.to_string(),
                EventKind::Fax(FaxKind::Cng) => "fax cng".to_owned(),
                EventKind::Fax(FaxKind::Ced) => "fax ced".to_owned(),
                EventKind::Fax(FaxKind::Flags) => "fax flags".to_owned(),
                EventKind::Modem(kind) => format!("modem {kind:?}"),
                EventKind::Beep(beep) => {
                    let round = |hz: f32| (hz / 10.0).round() as u32 * 10;
                    let (low, high) = (beep.hz[0].min(beep.hz[1]), beep.hz[0].max(beep.hz[1]));
                    let hz = if low > 0.0 {
                        format!("{}+{}", round(low), round(high))
                    } else {
                        round(high).to_string()
                    };
                    format!("beep {hz} x{}", beep.count)
                }
                other => panic!("these ears do not tell {other:?}"),
            };
            heard.push(Heard {
                name,
                from_ms: RATE.ms(event.from),
                known_ms: RATE.ms(event.known),
                confidence: event.confidence,
            });
        }
    }
    HeardAll(heard)
}
