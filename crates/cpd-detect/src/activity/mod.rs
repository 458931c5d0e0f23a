//! What the line sounds like at this moment: silence, noise, speech, music, a tone.
//!
//! A noise floor is tracked in each mel band; what stands above it, for how long and how harmonically, decides.

mod floor;
mod pitch;
mod speech;
mod speech_weights;
mod steady;

use crate::events::Events;
use crate::front::{BANDS, FLOOR_DBM0, Frame};
use crate::peaks::Peaks;

use floor::NoiseFloor;
use pitch::{Periodicity, PitchMeter};
use speech::{Measured, SpeechEar};
use steady::SteadyMeter;

pub use speech::SPEECH_FEATURES;

/// What is known of one hop, for the detectors that come after.
#[derive(Clone, Debug)]
pub struct Hearing {
    /// Probability that somebody speaks in this hop, 0 to 1.
    pub speech: f32,
    /// Probability that music plays, 0 to 1, over the last second or so.
    pub music: f32,
    /// Probability that a steady tone sounds in this hop, 0 to 1.
    pub tone: f32,
    /// Tracked noise floor by mel band, dBm0.
    pub floor: [f32; BANDS],
    /// Level of the hop above the noise floor, dB.
    pub above_floor_db: f32,
    /// How periodic the hop is, 0 to 1.
    pub voiced: f32,
    /// Pitch where `voiced` is high, Hz; 0 else.
    pub pitch_hz: f32,
    /// What `speech` was judged from.
    pub features: [f32; SPEECH_FEATURES],
}

/// Follows the noise floor and tells activities apart.
pub struct ActivityEar {
    hearing: Hearing,
    floor: NoiseFloor,
    pitch: Option<PitchMeter>,
    period: Periodicity,
    steady: SteadyMeter,
    bands_before: [[f32; BANDS]; 4],
    speech: SpeechEar,
}

impl Default for ActivityEar {
    fn default() -> Self {
        Self::new()
    }
}

impl ActivityEar {
    /// An ear that has heard nothing.
    pub fn new() -> ActivityEar {
        ActivityEar {
            hearing: Hearing {
                speech: 0.0,
                music: 0.0,
                tone: 0.0,
                floor: [FLOOR_DBM0; BANDS],
                above_floor_db: 0.0,
                voiced: 0.0,
                pitch_hz: 0.0,
                features: [0.0; SPEECH_FEATURES],
            },
            floor: NoiseFloor::new(),
            pitch: None,
            period: Periodicity::default(),
            steady: SteadyMeter::default(),
            bands_before: [[FLOOR_DBM0; BANDS]; 4],
            speech: SpeechEar::default(),
        }
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, events: &mut Events) -> &Hearing {
        let _ = (peaks, events);
        let pitch = self.pitch.get_or_insert_with(|| PitchMeter::new(frame.rate.hz()));
        pitch.take(frame.history);
        let floor = self.floor.bands();
        let bands = frame.bands;
        let mut above = [0.0_f32; BANDS];
        let mut over = 0.0;
        let mut sum = 0.0;
        for b in 0..BANDS {
            let a = (bands[b].max(-70.0) - floor[b]).clamp(-5.0, 40.0);
            above[b] = a;
            if (3..22).contains(&b) {
                sum += a;
                if a > 6.0 {
                    over += 1.0 / 19.0;
                }
            }
        }
        let total_floor: f32 = floor[3..22].iter().map(|&f| 10f32.powf(0.1 * (f - 6.15))).sum();
        let total: f32 = bands[3..22].iter().map(|&f| 10f32.powf(0.1 * (f - 6.15))).sum();
        let above_floor = 10.0 * (total / total_floor).max(1e-6).log10();
        let active = above_floor > 3.0 && frame.level_dbm0 > -70.0;
        if active {
            if frame.index.is_multiple_of(2) {
                self.period = pitch.measure();
            }
            self.steady.hear(frame.power, total_floor * 1.5);
        } else {
            self.period = Periodicity::default();
            self.steady.rest();
        }
        let h = &mut self.hearing;
        h.tone = self.steady.tone();
        h.above_floor_db = above_floor;
        h.voiced = self.period.voiced;
        h.pitch_hz = if h.voiced > 0.5 { self.period.hz } else { 0.0 };
        let before = &self.bands_before[(frame.index % 4) as usize];
        let mut flux = 0.0;
        let mut rise = 0.0;
        for b in 3..22 {
            let d = bands[b].max(-70.0) - before[b].max(-70.0);
            flux += d.abs() / 19.0;
            rise += d / 19.0;
        }
        let peaky = {
            let m = bands[3..22].iter().sum::<f32>() / 19.0;
            bands[3..22].iter().fold(-100.0f32, |a, &x| a.max(x)) - m
        };
        let s = self.steady.now();
        let measured = Measured {
            above_db: above_floor,
            bands_above_db: sum / 19.0,
            bands_over: over,
            voiced: h.voiced,
            change_db: flux,
            rise_db: rise,
            range_db: self.floor.range_db(),
            share: s.share,
            moved_hz: s.moved_hz,
            still_hops: s.still_hops,
            tone: h.tone,
            peaky_db: peaky,
        };
        h.features = self.speech.features(&measured);
        h.speech = if frame.lost > 0.5 {
            self.speech.rest()
        } else {
            self.speech.judge(&h.features)
        };
        self.bands_before[(frame.index % 4) as usize] = *bands;
        if frame.lost == 0.0 {
            self.floor
                .hear(bands, frame.level_dbm0, h.voiced > 0.6, h.tone > 0.6);
        }
        h.floor = *self.floor.bands();
        h
    }
}
