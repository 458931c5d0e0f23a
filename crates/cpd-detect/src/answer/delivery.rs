//! How the voice delivers: how far the pitch moves and how steady the level is.

use crate::activity::Hearing;
use crate::front::Frame;

/// Sums over the voiced hops of the talk.
#[derive(Clone, Debug, Default)]
pub(super) struct Delivery {
    hops: u16,
    pitch: f32,
    pitch_squared: f32,
    level: f32,
    level_squared: f32,
}

impl Delivery {
    /// Takes one hop.
    pub(super) fn hear(&mut self, frame: &Frame<'_>, hearing: &Hearing) {
        if frame.lost > 0.0 || hearing.speech < 0.8 || hearing.pitch_hz <= 0.0 || self.hops == u16::MAX {
            return;
        }
        let semitones = 12.0 * (hearing.pitch_hz * (1.0 / 120.0)).max(0.25).log2();
        self.hops += 1;
        self.pitch += semitones;
        self.pitch_squared += semitones * semitones;
        self.level += frame.level_dbm0;
        self.level_squared += frame.level_dbm0 * frame.level_dbm0;
    }

    /// Standard deviation of the pitch, semitones.
    pub(super) fn pitch_range(&self) -> f32 {
        spread(self.hops, self.pitch, self.pitch_squared)
    }

    /// Standard deviation of the level of voiced hops, dB.
    pub(super) fn level_range(&self) -> f32 {
        spread(self.hops, self.level, self.level_squared)
    }

    /// Voiced hops.
    pub(super) fn hops(&self) -> u16 {
        self.hops
    }
}

fn spread(hops: u16, sum: f32, squared: f32) -> f32 {
    if hops < 2 {
        return 0.0;
    }
    let n = f32::from(hops);
    let mean = sum / n;
    (squared / n - mean * mean).max(0.0).sqrt()
}
