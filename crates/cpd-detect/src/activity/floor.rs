//! The noise floor of each mel band.
//!
//! Minimum statistics: the least smoothed level of the newest second and a half is what the line gives when nobody
//! speaks, for even fast speech pauses in every band within that time. A step upwards of plain noise (the answering
//! side's room opens) is followed within 0.7 s, because what is both level and unvoiced for 0.4 s is no speech.
//! Digital silence and lost audio teach nothing: a codec that sends nothing has not made the room quieter.

use crate::front::{BANDS, FLOOR_DBM0};
use crate::quick::{exp2, less, more};

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
const DIGITAL_SILENCE_DBM0: f32 = -76.0;
/// Hops after digital silence whose 32 ms window still touches it.
const TOUCHED_HOPS: u8 = 4;
/// Range of the smoothed level within which 0.2 to 0.4 s count as steady, dB.
const STEADY_DB: f32 = 5.0;
/// Steps of a kept minimum, per dB.
const STEPS_PER_DB: f32 = 2.0;

/// Least and greatest of a stretch.
#[derive(Clone, Copy)]
struct Stretch {
    least_db: f32,
    most_db: f32,
    voiced_hops: u8,
}

impl Stretch {
    const EMPTY: Stretch = Stretch {
        least_db: 100.0,
        most_db: -100.0,
        voiced_hops: 0,
    };
}

/// Tracks the floor.
pub(super) struct NoiseFloor {
    smooth: [f32; BANDS],
    level: f32,
    /// Minima of the finished sub-windows, oldest first, in half dB above [`FLOOR_DBM0`].
    past: [[u8; BANDS]; SUBS],
    /// The least of `past`, dBm0.
    past_least: [f32; BANDS],
    /// Minima of the present sub-window.
    now: [f32; BANDS],
    floor: [f32; BANDS],
    stretch: Stretch,
    stretch_before: Stretch,
    hops: u8,
    subs_filled: u8,
    touched: u8,
    started: bool,
}

impl NoiseFloor {
    pub(super) fn new() -> NoiseFloor {
        NoiseFloor {
            smooth: [FLOOR_DBM0; BANDS],
            level: FLOOR_DBM0,
            past: [[u8::MAX; BANDS]; SUBS],
            past_least: [f32::MAX; BANDS],
            now: [f32::MAX; BANDS],
            floor: [LEAST_DBM0; BANDS],
            stretch: Stretch::EMPTY,
            stretch_before: Stretch::EMPTY,
            hops: 0,
            subs_filled: 0,
            touched: 0,
            started: false,
        }
    }

    /// The floor, dBm0.
    pub(super) fn bands(&self) -> &[f32; BANDS] {
        &self.floor
    }

    /// Power of the floor in a range of bands, as the sum of mean squares over spectrum bins.
    pub(super) fn power(&self, bands: std::ops::Range<usize>) -> f32 {
        // dBm0 to a mean square, and 1.5 for the window's noise bandwidth, as in the bands' own scale.
        self.floor[bands]
            .iter()
            .map(|&dbm0| 1.5 * mean_square(dbm0))
            .sum()
    }

    /// Whether the last 0.2 to 0.4 s held their level and had no voice: noise, however loud.
    pub(super) fn is_steady_noise(&self) -> bool {
        let voiced = self.stretch.voiced_hops + self.stretch_before.voiced_hops;
        self.subs_filled > 0 && self.range_db() < STEADY_DB && voiced <= 2
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
            self.touched = TOUCHED_HOPS;
            return;
        }
        if self.touched > 0 {
            self.touched -= 1;
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
            *now = less(*now, smooth);
        }
        self.settle();
        if held {
            // Downwards only: for the floor, time stands still.
            return;
        }
        self.stretch.least_db = self.stretch.least_db.min(self.level);
        self.stretch.most_db = self.stretch.most_db.max(self.level);
        self.stretch.voiced_hops += u8::from(voiced);
        self.hops += 1;
        if self.hops == SUB_HOPS {
            self.hops = 0;
            self.next_sub_window();
        }
    }

    fn next_sub_window(&mut self) {
        let steady = self.is_steady_noise();
        let newest = self.now.map(steps_of);
        if steady {
            // What was quieter longer ago is over.
            let before = self.past[SUBS - 1];
            for (band, &now) in newest.iter().enumerate() {
                let least = now.min(before[band]);
                for past in &mut self.past {
                    past[band] = past[band].max(least);
                }
            }
        }
        self.past.copy_within(1.., 0);
        self.past[SUBS - 1] = newest;
        let mut least = [u8::MAX; BANDS];
        for past in &self.past {
            for (least, &past) in least.iter_mut().zip(past) {
                *least = (*least).min(past);
            }
        }
        self.past_least = least.map(|steps| FLOOR_DBM0 + f32::from(steps) / STEPS_PER_DB);
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
        // At the start a sound may have begun before anything was learned.
        let most = match self.subs_filled {
            0 => FIRST_GUESS_DBM0,
            1 => FIRST_GUESS_DBM0 + 10.0,
            _ => 0.0,
        };
        for ((floor, &now), &past) in self.floor.iter_mut().zip(&self.now).zip(&self.past_least) {
            let target = less(more(less(now, past) + BIAS_DB, LEAST_DBM0), most);
            // Down at once, up within some hops.
            *floor = less(target, *floor + 3.0);
        }
    }
}

/// The mean square of a level in dBm0.
fn mean_square(level_dbm0: f32) -> f32 {
    // 6.15 dBm0 is the mean square 1 (see `dbm0`); 3.0103 dB double it.
    exp2((level_dbm0 - 6.15) * (1.0 / 3.0103))
}

/// A level in steps, to the nearest.
fn steps_of(dbm0: f32) -> u8 {
    ((dbm0 - FLOOR_DBM0) * STEPS_PER_DB + 0.5).clamp(0.0, 254.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bands at a level with a ripple of a few dB, as noise has.
    fn noise(level: f32, hop: usize) -> [f32; BANDS] {
        std::array::from_fn(|band| level + ((hop * 7 + band * 5) % 9) as f32 - 4.0)
    }

    fn hear(floor: &mut NoiseFloor, hops: usize, level: f32) {
        for hop in 0..hops {
            floor.hear(&noise(level, hop), level + 12.0, false, false);
        }
    }

    fn mean(floor: &NoiseFloor) -> f32 {
        floor.bands().iter().sum::<f32>() / BANDS as f32
    }

    #[test]
    fn the_floor_of_steady_noise_is_its_level() {
        let mut floor = NoiseFloor::new();
        hear(&mut floor, 100, -50.0);
        assert!((mean(&floor) + 50.0).abs() < 3.0, "{}", mean(&floor));
    }

    #[test]
    fn a_step_of_noise_is_followed_within_seven_tenths_of_a_second_both_ways() {
        let mut floor = NoiseFloor::new();
        hear(&mut floor, 200, -60.0);
        hear(&mut floor, 70, -40.0);
        assert!((mean(&floor) + 40.0).abs() < 3.0, "{}", mean(&floor));
        hear(&mut floor, 20, -60.0);
        assert!((mean(&floor) + 60.0).abs() < 4.0, "{}", mean(&floor));
    }

    #[test]
    fn speech_with_its_pauses_does_not_raise_it() {
        let mut floor = NoiseFloor::new();
        hear(&mut floor, 100, -60.0);
        for hop in 0..600 {
            let speaks = hop % 25 < 16;
            let level = if speaks { -30.0 } else { -60.0 };
            floor.hear(&noise(level, hop), level + 12.0, speaks, false);
        }
        assert!((mean(&floor) + 60.0).abs() < 6.0, "{}", mean(&floor));
    }

    #[test]
    fn digital_silence_teaches_nothing() {
        let mut floor = NoiseFloor::new();
        hear(&mut floor, 200, -45.0);
        let before = *floor.bands();
        for _ in 0..300 {
            floor.hear(&[FLOOR_DBM0; BANDS], FLOOR_DBM0, false, false);
        }
        assert_eq!(floor.bands(), &before);
    }

    #[test]
    fn a_held_tone_does_not_raise_it() {
        let mut floor = NoiseFloor::new();
        hear(&mut floor, 100, -60.0);
        for hop in 0..400 {
            floor.hear(&noise(-20.0, hop), -10.0, true, true);
        }
        assert!((mean(&floor) + 60.0).abs() < 4.0, "{}", mean(&floor));
    }
}
