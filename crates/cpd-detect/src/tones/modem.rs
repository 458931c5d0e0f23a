//! Modems beside their answer tone: V.22, Bell 103 and V.23.
//!
//! V.22 answers with unscrambled ones, 2250 Hz with a guard tone of 1800 Hz; Bell 103 with its mark, 2225 Hz. V.23 sends
//! its mark of 1300 Hz, or data: 1200 bit/s between 1300 and 2100 Hz, a noise of even loudness between 1 and 2.4 kHz.

use crate::event::{Event, EventKind, ModemKind};
use crate::events::Events;
use crate::front::Frame;
use crate::tones::context::Context;
use crate::tones::line::{Line, Lines, TOGETHER_HOPS};

/// V.22: the carrier of 2400 Hz less a quarter of 600 Bd.
const V22_HZ: f32 = 2_250.0;
/// Its guard tone, sent with the high channel.
const GUARD_HZ: f32 = 1_800.0;
/// Bell 103: mark of the answering side.
const BELL103_HZ: f32 = 2_225.0;
/// V.23: mark of the forward channel.
const V23_HZ: f32 = 1_300.0;
/// Carriers keep to ±7 Hz on a line with a frequency offset (V.22); measured to ±3 Hz.
const TOLERANCE_HZ: f32 = 9.0;
/// A pair of carrier and guard tone is no chance.
const PAIR_HOPS: u64 = 25;
/// A single carrier must outlast the tones of SIT (460 ms) and, where a voice was heard, beeps (1200 ms).
const SINGLE_HOPS: u64 = 70;
const AFTER_VOICE_HOPS: u64 = 135;
/// Voice before a beep, ms.
const VOICE_MS: u32 = 300;

/// Hears modems.
#[derive(Clone, Debug, Default)]
pub struct ModemEar {
    /// The line told last.
    told_line: u32,
}

impl ModemEar {
    /// Hears one hop; `lines` and `context` have heard it already.
    pub fn hear(&mut self, frame: &Frame<'_>, lines: &Lines, context: &Context, events: &mut Events) {
        let wait = if context.voice_ms() >= VOICE_MS {
            AFTER_VOICE_HOPS
        } else {
            SINGLE_HOPS
        };
        for line in lines.alive() {
            let age = line.last - line.from;
            if age < PAIR_HOPS || line.id == self.told_line || !line.sounds(frame.index) || !line.is_tone() {
                continue;
            }
            let has_guard = || {
                lines.alive().any(|guard| {
                    (guard.hz - GUARD_HZ).abs() < TOLERANCE_HZ
                        && guard.is_tone()
                        && guard.from.abs_diff(line.from) <= 2 * TOGETHER_HOPS
                })
            };
            let kind = if is_at(line, V22_HZ) && (has_guard() || age >= wait) {
                Some(ModemKind::V22)
            } else if is_at(line, BELL103_HZ) && age >= wait {
                Some(ModemKind::Bell103)
            } else if is_at(line, V23_HZ) && age >= wait {
                Some(ModemKind::V23)
            } else {
                None
            };
            if let Some(kind) = kind {
                self.told_line = line.id;
                events.push(Event {
                    known: frame.end(),
                    from: frame.rate.at_hop(line.from),
                    confidence: 0.92,
                    kind: EventKind::Modem(kind),
                });
            }
        }
    }
}

fn is_at(line: &Line, hz: f32) -> bool {
    (line.hz - hz).abs() <= TOLERANCE_HZ && line.share > 0.25
}

#[cfg(test)]
mod tests {
    use crate::tones::test_audio::{Audio, heard};

    #[test]
    fn v22_is_told_by_its_guard_tone_after_an_answer_tone() {
        let audio = Audio::new()
            .silence(300)
            .tone(&[2_100.0], 1_600, -18.0)
            .silence(75)
            .tones(&[2_250.0, 1_800.0], &[0.0, -6.0], 1_500, -18.0)
            .silence(300);
        assert_eq!(heard(&audio).names(), ["fax ced", "fax ced", "modem V22"]);
    }

    #[test]
    fn single_carriers_are_told_after_700_ms_and_are_told_apart() {
        for (hz, name) in [
            (2_225.0, "modem Bell103"),
            (2_250.0, "modem V22"),
            (1_300.0, "modem V23"),
        ] {
            let audio = Audio::new().silence(500).tone(&[hz], 2_000, -20.0).silence(300);
            let heard = heard(&audio);
            assert_eq!(heard.names(), [name]);
            assert!((1_200..1_350).contains(&heard[0].known_ms), "{heard:?}");
        }
        let other = Audio::new()
            .silence(500)
            .tone(&[2_300.0], 2_000, -20.0)
            .silence(300);
        assert!(heard(&other).names().is_empty());
    }

    #[test]
    fn after_a_greeting_a_long_beep_is_not_yet_a_modem() {
        let audio = Audio::new()
            .answered()
            .voice(2_000)
            .silence(400)
            .tone(&[1_300.0], 1_100, -20.0)
            .silence(1_000);
        assert_eq!(heard(&audio).names(), ["beep 1300 x1"]);
    }
}
