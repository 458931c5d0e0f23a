//! The noise floor of each mel band.
//!
//! Minimum statistics: the least smoothed level of the newest second and a half is what the line gives when nobody
//! speaks, for even fast speech pauses in every band within that time. A step upwards of plain noise (the answering
//! side's room opens) is followed within 0.4 s, because what is both level and unvoiced for so long is no speech.
//! Digital silence and lost audio teach nothing: a codec that sends nothing has not made the room quieter.

use crate::front::{BANDS, FLOOR_DBM0};

/// Smoothing of a band's level, of 1 a hop: 40 ms.
const SMOOTHING: f32 = 0.25;
/// Hops of a sub-window: 0.2 s.
const SUB_HOPS: u8 = 20;
/// Sub-windows kept: with the present one 1.4 to 1.6 s, longer than a spoken phrase without any pause in a band.
const SUBS: usize = 7;
/// A minimum lies below the mean: 3 dB for 24 mel bands with this smoothing, measured on white and pink noise.
const BIAS_DB: f32 = 3.0;
/// No band's floor is thought to be lower, dBm0: the quantising noise of G.711 at idle, spread over the bands.
pub(super) const LEAST_DBM0: f32 = -68.0;
/// Before anything is known the floor is thought not to be above this, dBm0: a noisy line, spread over the bands.
const FIRST_GUESS_DBM0: f32 = -55.0;
/// Below this level a hop is digital silence, dBm0: G.711's smallest steps lie above it.
pub(super) const DIGITAL_SILENCE_DBM0: f32 = -76.0;
/// Range of the smoothed level within which 0.2 to 0.4 s count as steady, dB.
const STEADY_DB: f32 = 5.0;

/// Least and greatest of a stretch.
#[derive(Clone, Copy)]
struct Stretch {
    least_db: f32,
    most_db: f32,
    voiced_hops: u8,
}

const EMPTY: Stretch = Stretch {
    least_db: f32::MAX,
    most_db: f32::MIN,
    voiced_hops: 0,
};

/// Tracks the floor.
pub(super) struct NoiseFloor {
    smooth: [f32; BANDS],
    level: f32,
    /// Minima of the finished sub-windows, oldest first.
    past: [[f32; BANDS]; SUBS],
    now: [f32; BANDS],
    floor: [f32; BANDS],
    stretch: Stretch,
    stretch_before: Stretch,
    hops: u8,
    subs_filled: u8,
    started: bool,
}

impl NoiseFloor {
    pub(super) fn new() -> NoiseFloor {
        NoiseFloor {
            smooth: [FLOOR_DBM0; BANDS],
            level: FLOOR_DBM0,
            past: [[f32::MAX; BANDS]; SUBS],
            now: [f32::MAX; BANDS],
            floor: [LEAST_DBM0; BANDS],
            stretch: EMPTY,
            stretch_before: EMPTY,
            hops: 0,
            subs_filled: 0,
            started: false,
        }
    }

    /// The floor, dBm0.
    pub(super) fn bands(&self) -> &[f32; BANDS] {
        &self.floor
    }

    /// Whether the last 0.2 to 0.4 s held their level and had no voice: noise, however loud.
    pub(super) fn is_steady_noise(&self) -> bool {
        let least = self.stretch.least_db.min(self.stretch_before.least_db);
        let most = self.stretch.most_db.max(self.stretch_before.most_db);
        let voiced = self.stretch.voiced_hops + self.stretch_before.voiced_hops;
        self.subs_filled > 0 && most - least < STEADY_DB && voiced <= 2
    }

    /// Range of the smoothed level over the last 0.2 to 0.4 s, dB.
    pub(super) fn range_db(&self) -> f32 {
        let least = self.stretch.least_db.min(self.stretch_before.least_db);
        let most = self.stretch.most_db.max(self.stretch_before.most_db);
        (most - least).clamp(0.0, 40.0)
    }

    /// Hears a hop that was not lost. `held`: something sounds that is known not to be noise (a tone), so that a
    /// floor that rises now would rise into it.
    pub(super) fn hear(&mut self, bands: &[f32; BANDS], level_dbm0: f32, voiced: bool, held: bool) {
        if level_dbm0 < DIGITAL_SILENCE_DBM0 {
            // The smoothing follows, so that the next sound's onset is not compared with the last one's end.
            for smooth in &mut self.smooth {
                *smooth += SMOOTHING * (FLOOR_DBM0 - *smooth);
            }
            self.level += SMOOTHING * (FLOOR_DBM0 - self.level);
            return;
        }
        if self.started {
            for (smooth, &band) in self.smooth.iter_mut().zip(bands) {
                *smooth += SMOOTHING * (band - *smooth);
            }
            self.level += SMOOTHING * (level_dbm0 - self.level);
        } else {
            self.started = true;
            self.smooth = *bands;
            self.level = level_dbm0;
        }
        for (now, &smooth) in self.now.iter_mut().zip(&self.smooth) {
            *now = now.min(smooth);
        }
        if held {
            // Downwards only: time stands still.
            self.settle();
            return;
        }
        self.stretch.least_db = self.stretch.least_db.min(self.level);
        self.stretch.most_db = self.stretch.most_db.max(self.level);
        self.stretch.voiced_hops += u8::from(voiced);
        self.settle();
        self.hops += 1;
        if self.hops == SUB_HOPS {
            self.hops = 0;
            self.next_sub_window();
        }
    }

    fn next_sub_window(&mut self) {
        if self.is_steady_noise() {
            // What was quieter longer ago is over.
            let newest = self.past[SUBS - 1];
            for (band, now) in self.now.iter().enumerate() {
                let least = now.min(newest[band]);
                for past in &mut self.past {
                    past[band] = past[band].max(least);
                }
            }
        }
        self.past.copy_within(1.., 0);
        self.past[SUBS - 1] = self.now;
        self.now = self.smooth;
        self.stretch_before = self.stretch;
        self.stretch = Stretch {
            least_db: self.level,
            most_db: self.level,
            voiced_hops: 0,
        };
        self.subs_filled = (self.subs_filled + 1).min(SUBS as u8);
    }

    fn settle(&mut self) {
        let mut least = self.now;
        for past in &self.past {
            for (least, &past) in least.iter_mut().zip(past) {
                *least = least.min(past);
            }
        }
        // At the start a sound may have begun before anything was learned.
        let most = match self.subs_filled {
            0 => FIRST_GUESS_DBM0,
            1 => FIRST_GUESS_DBM0 + 10.0,
            _ => 0.0,
        };
        for (floor, least) in self.floor.iter_mut().zip(least) {
            let target = (least + BIAS_DB).clamp(LEAST_DBM0, most);
            // Down at once, up within some hops.
            *floor = if target < *floor {
                target
            } else {
                (*floor + 1.0).min(target)
            };
        }
    }
}
