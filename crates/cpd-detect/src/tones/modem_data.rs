//! Data of a V.23 modem: 1200 bit/s, shifted between 1300 and 2100 Hz.
//!
//! In the spectrum it is a noise between 1 and 2.3 kHz without peaks, with as much power in its lower as in its upper
//! half, and of an evenness that no noise of that width has: frequency shift keying keeps its amplitude.

use crate::event::{Event, EventKind, ModemKind};
use crate::events::Events;
use crate::front::Frame;
use crate::peaks::Peaks;
use crate::quick::{db, more, sum};

/// Bins of the signal's lower half (1060 to 1670 Hz).
const LOWER: std::ops::Range<usize> = 34..54;
/// Bins of its upper half (1690 to 2310 Hz).
const UPPER: std::ops::Range<usize> = 54..75;
/// Both halves' share of the band's power in a hop that counts, and in the mean. 5 dB of white noise leave 0.84.
const HOP_SHARE: f32 = 0.65;
const MEAN_SHARE: f32 = 0.78;
/// Hops that are looked at together.
const HOPS: u32 = 60;
/// Hops until the window is filled by the signal.
const ONSET_HOPS: u32 = 3;
/// Hops that may be something else, a concealed packet, until it starts again.
const MISSES: u32 = 12;
/// Spread of the level, dB: 0.1 through G.711, 0.8 through AMR and GSM in tandem; noise of this width has 1.3 and more.
const SPREAD_DB: f32 = 1.2;
/// The halves differ by less than this on average, dB.
const BALANCE_DB: f32 = 4.0;
/// Mean share of the strongest bin's lobe; a tone in it has more.
const PEAK_SHARE: f32 = 0.3;
/// A hop that is quieter than the others by this much holds a concealed packet, dB.
const HOLE_DB: f32 = 2.0;
/// Quietest data, dBm0.
const QUIETEST_DBM0: f32 = -48.0;

/// Hears V.23 data.
#[derive(Clone, Debug, Default)]
pub(super) struct ModemDataEar {
    from: u64,
    onset: u32,
    hops: u32,
    misses: u32,
    share: f32,
    level: f32,
    level_squared: f32,
    balance_db: f32,
    peak_share: f32,
    is_told: bool,
}

impl ModemDataEar {
    /// Hears one hop.
    pub(super) fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, events: &mut Events) {
        if frame.lost > 0.0 {
            return;
        }
        let (lower, upper) = (sum(&frame.power[LOWER]), sum(&frame.power[UPPER]));
        let share = (lower + upper) / more(peaks.band_sum, 1e-12);
        let is_hole = self.hops > 4 && peaks.band_dbm0 < self.level / self.hops as f32 - HOLE_DB;
        if share < HOP_SHARE || peaks.band_dbm0 < QUIETEST_DBM0 || is_hole {
            self.misses += 1;
            if self.misses > MISSES {
                *self = ModemDataEar::default();
            }
            return;
        }
        if self.hops == 0 && self.onset == 0 {
            *self = ModemDataEar {
                from: frame.index,
                is_told: self.is_told,
                ..ModemDataEar::default()
            };
        }
        if self.onset < ONSET_HOPS {
            self.onset += 1;
            return;
        }
        self.hops += 1;
        self.share += share;
        self.level += peaks.band_dbm0;
        self.level_squared += peaks.band_dbm0 * peaks.band_dbm0;
        self.balance_db += db(more(lower, 1e-12) / more(upper, 1e-12));
        self.peak_share += peaks.as_slice().first().map_or(0.0, |peak| peak.share);
        if self.hops < HOPS {
            return;
        }
        let mean = |sum: f32| sum / HOPS as f32;
        let level = mean(self.level);
        let spread = (mean(self.level_squared) - level * level).max(0.0).sqrt();
        let is_data = mean(self.share) > MEAN_SHARE
            && spread < SPREAD_DB
            && mean(self.balance_db).abs() < BALANCE_DB
            && mean(self.peak_share) < PEAK_SHARE;
        self.hops = 0;
        self.onset = 0;
        if is_data && !self.is_told {
            self.is_told = true;
            events.push(Event {
                known: frame.end(),
                from: frame.rate.at_hop(self.from),
                confidence: 0.9,
                kind: EventKind::Modem(ModemKind::V23),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tones::test_audio::{Audio, heard};

    fn data() -> Audio {
        // A shift register of 7 bits: 127 bits without a pattern.
        let mut register = 1_u8;
        let bits: Vec<bool> = (0..127)
            .map(|_| {
                let bit = (register ^ (register >> 1)) & 1;
                register = (register >> 1) | (bit << 6);
                bit == 1
            })
            .collect();
        Audio::new()
            .silence(400)
            .keyed(&bits, 1_200.0, [1_300.0, 2_100.0], 2_000)
            .silence(300)
    }

    #[test]
    fn data_are_told_once_within_700_ms_clean_and_in_noise() {
        for audio in [data(), data().noise(-26.0), data().mute_packet(800)] {
            let heard = heard(&audio);
            assert_eq!(heard.names(), ["modem V23"]);
            assert!(heard[0].known_ms <= 1_150, "{heard:?}");
        }
    }

    #[test]
    fn noise_and_voices_are_no_data() {
        let noise = Audio::new().silence(3_000).noise(-20.0);
        assert!(heard(&noise).names().is_empty());
        assert!(heard(&Audio::new().voice(4_000)).names().is_empty());
    }
}
