//! DTMF digits (ITU-T Q.23, Q.24).
//!
//! A digit is one line of the low and one of the high group and nothing else, for 40 ms or longer. It is told once it has
//! been seen in four hops; it ends when both lines have fallen by 6 dB for 30 ms, so that a concealed packet of 20 ms
//! does not cut it in two.

use crate::event::{Event, EventKind};
use crate::events::Events;
use crate::front::{Frame, nearest_bin};
use crate::peaks::{Peak, Peaks};

/// The low group, Hz.
pub(super) const ROW_HZ: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
/// The high group, Hz.
pub(super) const COLUMN_HZ: [f32; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
const DIGITS: [[char; 4]; 4] = [
    ['1', '2', '3', 'A'],
    ['4', '5', '6', 'B'],
    ['7', '8', '9', 'C'],
    ['*', '0', '#', 'D'],
];
/// Q.24: to ±1.5 % a digit, beyond ±3.5 % none. Between: half a bin of doubt in noise and low-rate codecs.
const TOLERANCE: f32 = 0.022;
/// Twist that is accepted, dB: 8 either way (telephones send ±4) and a codec's ripple.
const TWIST_DB: f32 = 9.5;
/// Share of the pair in the band's power, at least; 0.76 at 5 dB SNR.
const SHARE: f32 = 0.5;
/// Share of a pair that stands alone: 3 hops are enough.
const CLEAN_SHARE: f32 = 0.9;
/// Hops after which a digit is told.
const TOLD_HOPS: u32 = 4;
/// Both groups this far below their loudest: the digit has paused, dB.
const PAUSE_DB: f32 = 6.0;
/// Hops of pause that end a digit. Q.24 asks for pauses of 40 ms and more; a packet is 20 ms.
const PAUSE_HOPS: u32 = 3;
/// Quietest digit, dBm0 for the weaker frequency (Q.24: −25 and less; a mobile network takes more).
const QUIETEST_DBM0: f32 = -50.0;

#[derive(Clone, Copy, Debug)]
struct Digit {
    row: usize,
    column: usize,
    from: u64,
    seen: u32,
    clean: u32,
    loudest_dbm0: f32,
    missed: u32,
    is_told: bool,
}

/// Hears DTMF.
#[derive(Clone, Debug, Default)]
pub struct DtmfEar {
    digit: Option<Digit>,
}

impl DtmfEar {
    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, events: &mut Events) {
        if frame.lost > 0.0 {
            return;
        }
        let heard = pair(peaks.as_slice());
        let Some(mut digit) = self.digit else {
            self.digit = heard.map(|pair| Digit::begin(frame, &pair));
            return;
        };
        match heard {
            Some(pair) if (pair.row, pair.column) == (digit.row, digit.column) => {
                if pair.dbm0 < digit.loudest_dbm0 - PAUSE_DB {
                    digit.missed += 1;
                } else if digit.missed >= PAUSE_HOPS {
                    digit = Digit::begin(frame, &pair);
                } else {
                    digit.missed = 0;
                    digit.seen += 1;
                    digit.clean += u32::from(pair.share > CLEAN_SHARE);
                    digit.loudest_dbm0 = digit.loudest_dbm0.max(pair.dbm0);
                }
            }
            Some(pair) => {
                // Another digit, or the smear between two: the new one must be seen again to take over.
                digit.missed += 1;
                if digit.missed >= 2 || !digit.is_told {
                    digit = Digit::begin(frame, &pair);
                }
            }
            None => {
                // A peak can be hidden by noise for a hop; a pause is seen in the power itself.
                let paused = digit.level_dbm0(frame) < digit.loudest_dbm0 - PAUSE_DB;
                digit.missed += 1;
                if digit.missed >= PAUSE_HOPS && (paused || digit.missed > 2 * PAUSE_HOPS) {
                    self.digit = None;
                    return;
                }
            }
        }
        if !digit.is_told && (digit.seen >= TOLD_HOPS || digit.clean >= TOLD_HOPS - 1) {
            digit.is_told = true;
            events.push(Event {
                known: frame.end(),
                from: frame.rate.at_hop(digit.from),
                confidence: 0.8 + 0.05 * digit.clean.min(4) as f32,
                kind: EventKind::Dtmf(DIGITS[digit.row][digit.column]),
            });
        }
        self.digit = Some(digit);
    }
}

impl Digit {
    fn begin(frame: &Frame<'_>, pair: &Pair) -> Digit {
        Digit {
            row: pair.row,
            column: pair.column,
            from: frame.index,
            seen: 1,
            clean: u32::from(pair.share > CLEAN_SHARE),
            loudest_dbm0: pair.dbm0,
            missed: 0,
            is_told: false,
        }
    }

    /// Level at the digit's frequencies, whether or not they are peaks, dBm0.
    fn level_dbm0(&self, frame: &Frame<'_>) -> f32 {
        let at = |hz: f32| {
            let bin = nearest_bin(hz);
            (frame.power[bin - 1] + frame.power[bin] + frame.power[bin + 1]) / 1.5
        };
        crate::front::dbm0(at(ROW_HZ[self.row]).min(at(COLUMN_HZ[self.column])))
    }
}

#[derive(Clone, Copy, Debug)]
struct Pair {
    row: usize,
    column: usize,
    /// Level of the weaker of the two, dBm0.
    dbm0: f32,
    share: f32,
}

/// Whether the peaks of a hop are a digit's.
pub(crate) fn is_digit(peaks: &Peaks) -> bool {
    pair(peaks.as_slice()).is_some()
}

/// The digit that the peaks of a hop are, if any.
fn pair(peaks: &[Peak]) -> Option<Pair> {
    let of_group = |group: &[f32; 4]| {
        peaks.iter().find_map(|peak| {
            let at = group
                .iter()
                .position(|&hz| (peak.hz - hz).abs() <= TOLERANCE * hz)?;
            Some((at, peak))
        })
    };
    let (row, low) = of_group(&ROW_HZ)?;
    let (column, high) = of_group(&COLUMN_HZ)?;
    let weaker = low.dbm0.min(high.dbm0);
    let share = low.share + high.share;
    let is_digit = share > SHARE
        && (low.dbm0 - high.dbm0).abs() <= TWIST_DB
        && weaker > QUIETEST_DBM0
        // Nothing else of their height: voices and music have more lines.
        && peaks
            .iter()
            .all(|other| other.hz == low.hz || other.hz == high.hz || other.dbm0 < weaker - 3.0);
    is_digit.then_some(Pair {
        row,
        column,
        dbm0: weaker,
        share,
    })
}

#[cfg(test)]
mod tests {
    use super::{COLUMN_HZ, DIGITS, ROW_HZ};
    use crate::tones::test_audio::{Audio, heard};

    fn dial(mut audio: Audio, digits: &str, twist_db: f32, on_ms: usize, off_ms: usize) -> Audio {
        for digit in digits.chars() {
            let at = |row: usize| DIGITS[row].iter().position(|&d| d == digit);
            let (row, column) = (0..4)
                .find_map(|row| Some((row, at(row)?)))
                .expect("a DTMF digit");
            audio = audio
                .tones(&[ROW_HZ[row], COLUMN_HZ[column]], &[twist_db, 0.0], on_ms, -15.0)
                .silence(off_ms);
        }
        audio
    }

    fn digits(audio: &Audio) -> String {
        heard(audio).names().concat()
    }

    const ALL: &str = "123A456B789C*0#D";

    #[test]
    fn all_sixteen_digits_also_short_ones_and_the_same_again() {
        for (on_ms, off_ms) in [(50, 50), (60, 45), (170, 130)] {
            let audio = dial(Audio::new().silence(300), ALL, 0.0, on_ms, off_ms);
            assert_eq!(digits(&audio), ALL, "{on_ms} ms on, {off_ms} off");
            let again = dial(Audio::new().silence(300), "1100##9", 0.0, on_ms, off_ms);
            assert_eq!(digits(&again), "1100##9", "{on_ms} ms on, {off_ms} off");
        }
    }

    #[test]
    fn twist_of_8_db_and_noise_5_db_below() {
        for twist_db in [-8.0, 0.0, 8.0] {
            let audio = dial(Audio::new().silence(500), ALL, twist_db, 80, 80).silence(300);
            assert_eq!(digits(&audio), ALL, "twist {twist_db}");
        }
        let noisy = dial(Audio::new().silence(500), ALL, 0.0, 90, 90)
            .silence(300)
            .noise(-20.0);
        assert_eq!(digits(&noisy), ALL);
    }

    #[test]
    fn the_start_is_that_of_the_digit_and_it_is_told_in_time() {
        let audio = dial(Audio::new().silence(400), "5", 0.0, 100, 200);
        let heard = heard(&audio);
        assert_eq!(heard.names(), ["5"]);
        assert!(heard[0].from_ms.abs_diff(400) <= 20, "{heard:?}");
        assert!(heard[0].known_ms <= 460, "{heard:?}");
    }

    #[test]
    fn a_muted_packet_cuts_no_digit_in_two() {
        let audio = dial(Audio::new().silence(400), "7", 0.0, 200, 200).mute_packet(500);
        assert_eq!(digits(&audio), "7");
    }

    #[test]
    fn lost_audio_adds_no_digit() {
        let audio = dial(Audio::new().silence(400), "7", 0.0, 60, 300).lose(400, 60);
        assert_eq!(digits(&audio), "");
    }

    #[test]
    fn frequencies_beside_the_digits_are_none() {
        let audio = Audio::new()
            .silence(300)
            .tone(&[697.0 * 1.04, 1_209.0], 200, -15.0)
            .silence(200);
        assert_eq!(digits(&audio), "");
        let single = Audio::new()
            .silence(300)
            .tone(&[1_209.0], 200, -15.0)
            .silence(200);
        assert_eq!(digits(&single), "");
        let three = Audio::new()
            .silence(300)
            .tone(&[697.0, 1_209.0, 1_800.0], 200, -15.0)
            .silence(200);
        assert_eq!(digits(&three), "");
    }

    #[test]
    fn a_voice_dials_nothing() {
        let mut audio = Audio::new();
        for pitch in 80..320 {
            audio = audio.vowel(pitch as f32, 0.1, 160, -14.0).silence(30);
        }
        assert_eq!(digits(&audio), "");
    }
}
