//! The 2100 Hz answer tone, and what tells a fax from a modem in it.
//!
//! Plain it is a fax's CED or a modem's ANS (V.25); with its phase turned every 450 ms it disables echo cancellers for
//! a modem; with 15 Hz of amplitude modulation (V.8) it is a modem of V.34 or later. So nothing is told before the first
//! turn could have shown; what shows later is told as well.

use std::f32::consts::{PI, TAU};

use realfft::num_complex::Complex32;

use crate::event::{Event, EventKind, FaxKind, ModemKind};
use crate::events::Events;
use crate::front::Frame;
use crate::tones::context::Context;
use crate::tones::line::Lines;

/// V.25: 2100 ± 15 Hz.
const ANSWER_HZ: f32 = 2_100.0;
const TOLERANCE_HZ: f32 = 16.0;
/// The bin nearest to it.
const BIN: usize = 67;
/// Phases are compared over 50 ms: the 32 ms windows then have nothing in common.
const APART: usize = 5;
/// Hops until something is told: the first turn comes at 450 ± 25 ms and is seen 50 ms later.
const TOLD_HOPS: u64 = 53;
/// The same after a voice: a beep of 2100 Hz lasts up to 1200 ms.
const AFTER_VOICE_HOPS: u64 = 130;
/// Voice before a beep, ms.
const VOICE_MS: u32 = 300;
/// Turns lie 450 ± 25 ms apart (V.25); seen to ±20 ms.
const TURN_HOPS: std::ops::RangeInclusive<u64> = 40..=50;
/// A longer tone whose phase never turned is no ANS with reversals.
const LATE_HOPS: u64 = 110;
/// A tone that paused for less than this goes on.
const FORGOTTEN_HOPS: u64 = 40;
/// Hops of one block of modulation: 3 periods of 15 Hz.
const BLOCK: usize = 20;
/// V.8: modulated by 20 ± 1 %; the 32 ms window leaves 17 %, GSM 10 %.
const MODULATED: f32 = 0.08;
/// The stronger neighbour (10 and 20 Hz) is weaker by this factor: GSM alone ripples at all of them.
const OVER_NEIGHBOURS: f32 = 2.7;

/// Hears the answer tone.
#[derive(Clone, Debug)]
pub struct AnswerToneEar {
    line: u32,
    from: u64,
    last: u64,
    /// Hops in which it sounded.
    seen: u64,
    /// The newest values of the bin; oldest first.
    values: [Complex32; APART + 1],
    filled: usize,
    /// The tone's frequency as the phase runs, Hz.
    hz: f32,
    turned_hops: u32,
    last_turn: Option<u64>,
    turns: u32,
    /// Turns that lie one period after the one before, or after the start.
    turns_in_time: u32,
    /// Amplitudes of the present block.
    amplitudes: [f32; BLOCK],
    amplitudes_len: usize,
    /// Sums of the blocks' amplitudes, relative to their mean, turned at 10, 15 and 20 Hz.
    modulation: [Complex32; 3],
    blocks: u32,
    told: Option<Kind>,
    is_sure: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Reversed,
    Modulated,
}

impl Default for AnswerToneEar {
    fn default() -> AnswerToneEar {
        AnswerToneEar {
            line: 0,
            from: 0,
            last: 0,
            seen: 0,
            values: [Complex32::default(); APART + 1],
            filled: 0,
            hz: ANSWER_HZ,
            turned_hops: 0,
            last_turn: None,
            turns: 0,
            turns_in_time: 0,
            amplitudes: [0.0; BLOCK],
            amplitudes_len: 0,
            modulation: [Complex32::default(); 3],
            blocks: 0,
            told: None,
            is_sure: false,
        }
    }
}

impl AnswerToneEar {
    /// Hears one hop; `lines` and `context` have heard it already.
    pub fn hear(&mut self, frame: &Frame<'_>, lines: &Lines, context: &Context, events: &mut Events) {
        let line = lines
            .alive()
            .filter(|line| line.hops > 4 && (line.hz - ANSWER_HZ).abs() <= TOLERANCE_HZ)
            .max_by_key(|line| line.hops);
        let Some(line) = line else {
            if frame.index > self.last + FORGOTTEN_HOPS {
                *self = AnswerToneEar::default();
            }
            return;
        };
        // A turn of the phase splits the peak for some hops; the tone goes on in another line.
        if self.line == 0 || (line.id != self.line && frame.index > self.last + FORGOTTEN_HOPS) {
            *self = AnswerToneEar {
                from: line.from,
                hz: line.hz,
                ..AnswerToneEar::default()
            };
        }
        self.line = line.id;
        self.last = frame.index;
        self.seen += 1;
        if frame.lost > 0.0 {
            self.filled = 0;
            self.amplitudes_len = 0;
            return;
        }
        let age = frame.index.saturating_sub(self.from);
        self.follow_phase(frame, age);
        self.follow_amplitude(frame, line.dbm0 > line.loudest_dbm0 - 9.0);
        // Pieces of something else that pass 2100 Hz do not add up to a tone.
        let is_steady = 4 * self.seen > 3 * age;
        if is_steady && line.is_tone() && line.share > 0.25 {
            self.tell(frame, age, context, events);
        }
    }

    fn follow_phase(&mut self, frame: &Frame<'_>, age: u64) {
        self.values.copy_within(1.., 0);
        self.values[APART] = frame.spectrum.at(BIN);
        self.filled += 1;
        if self.filled <= APART {
            return;
        }
        let apart_s = APART as f32 * 0.01;
        let turns = self.hz * apart_s;
        let expected = (turns - turns.round()) * TAU;
        let mut off = (self.values[APART] * self.values[0].conj()).arg() - expected;
        off -= (off / TAU).round() * TAU;
        if off.abs() < 1.0 {
            self.hz += 0.1 * off / (TAU * apart_s);
            self.turned_hops = 0;
            return;
        }
        self.turned_hops = if off.abs() > 0.75 * PI {
            self.turned_hops + 1
        } else {
            0
        };
        if self.turned_hops != 2 {
            return;
        }
        // Between the two windows, thus 4 hops ago in the middle.
        let at = age.saturating_sub(3);
        let since = at - self.last_turn.unwrap_or(0).min(at);
        self.turns += 1;
        if TURN_HOPS.contains(&since) {
            self.turns_in_time += 1;
        }
        self.last_turn = Some(at);
    }

    fn follow_amplitude(&mut self, frame: &Frame<'_>, is_whole: bool) {
        let power = frame.power[BIN - 1] + frame.power[BIN] + frame.power[BIN + 1];
        if !is_whole {
            // A hole of the line would ring at all frequencies.
            self.amplitudes_len = 0;
            return;
        }
        self.amplitudes[self.amplitudes_len] = power.sqrt();
        self.amplitudes_len += 1;
        if self.amplitudes_len < BLOCK {
            return;
        }
        self.amplitudes_len = 0;
        let mean = self.amplitudes.iter().sum::<f32>() / BLOCK as f32;
        // Turns of the phase dip far deeper than the modulation does.
        for amplitude in &mut self.amplitudes {
            if *amplitude < 0.7 * mean {
                *amplitude = mean;
            }
        }
        if mean <= 0.0 {
            return;
        }
        // Cycles a block: 2, 3 and 4 are 10, 15 and 20 Hz. Whole cycles, so that blocks add up in phase however many
        // hops lie between them.
        let start = frame.index as usize % BLOCK;
        for (cycles, sum) in (2..).zip(&mut self.modulation) {
            for (n, amplitude) in self.amplitudes.iter().enumerate() {
                let turn = TAU * ((start + n) * cycles % BLOCK) as f32 / BLOCK as f32;
                *sum += Complex32::from_polar(amplitude / mean - 1.0, turn);
            }
        }
        self.blocks += 1;
    }

    fn is_modulated(&self) -> bool {
        let depth = self
            .modulation
            .map(|sum| 2.0 * sum.norm() / (BLOCK as f32 * self.blocks.max(1) as f32));
        self.blocks >= 2 && depth[1] > MODULATED && depth[1] > OVER_NEIGHBOURS * depth[0].max(depth[2])
    }

    fn tell(&mut self, frame: &Frame<'_>, age: u64, context: &Context, events: &mut Events) {
        let wait = if context.voice_ms() >= VOICE_MS {
            AFTER_VOICE_HOPS
        } else {
            TOLD_HOPS
        };
        if age < wait {
            return;
        }
        let kind = if self.is_modulated() {
            Kind::Modulated
        } else if self.turns_in_time >= 2 || (self.turns_in_time == 1 && self.turns <= 2 && age < LATE_HOPS) {
            Kind::Reversed
        } else {
            Kind::Plain
        };
        let is_sure = match kind {
            Kind::Plain => age > LATE_HOPS,
            Kind::Reversed => self.turns_in_time >= 2,
            Kind::Modulated => self.blocks >= 5,
        };
        // Modulation is known after all; a reversal that never came again was a concealed packet.
        let is_news = self.told != Some(kind) || (is_sure && !self.is_sure);
        if !is_news || (self.told == Some(Kind::Modulated) && kind != Kind::Modulated) {
            return;
        }
        self.told = Some(kind);
        self.is_sure = is_sure;
        events.push(Event {
            known: frame.end(),
            from: frame.rate.at_hop(self.from),
            confidence: if is_sure { 0.95 } else { 0.8 },
            kind: match kind {
                Kind::Plain => EventKind::Fax(FaxKind::Ced),
                Kind::Reversed => EventKind::Modem(ModemKind::AnsPr),
                Kind::Modulated => EventKind::Modem(ModemKind::AnsAm),
            },
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::tones::test_audio::{Audio, heard};

    #[test]
    fn a_plain_tone_is_a_fax_told_after_the_first_turn_could_have_come() {
        let audio = Audio::new()
            .silence(700)
            .tone(&[2_100.0], 3_000, -18.0)
            .silence(500);
        let heard = heard(&audio);
        assert_eq!(heard.names(), ["fax ced", "fax ced"]);
        assert!(heard[0].from_ms.abs_diff(700) <= 20, "{heard:?}");
        assert!((1_180..=1_300).contains(&heard[0].known_ms), "{heard:?}");
        assert!(heard[1].confidence > heard[0].confidence);
    }

    #[test]
    fn a_tone_that_turns_its_phase_is_a_modem() {
        let audio = Audio::new()
            .silence(300)
            .answer_tone(3_300, true, 0.0)
            .silence(500);
        let names = heard(&audio).names();
        assert_eq!(names, ["modem AnsPr", "modem AnsPr"]);
    }

    #[test]
    fn a_modulated_tone_is_a_modem_with_or_without_turns() {
        for turns in [false, true] {
            let audio = Audio::new()
                .silence(300)
                .answer_tone(3_000, turns, 0.2)
                .silence(500);
            let names = heard(&audio).names();
            assert_eq!(names.last().map(String::as_str), Some("modem AnsAm"), "{names:?}");
            assert!(!names.iter().any(|name| name.starts_with("fax")), "{names:?}");
        }
    }

    #[test]
    fn noise_and_a_frequency_offset_change_nothing() {
        for hz in [2_087.0, 2_113.0] {
            let audio = Audio::new()
                .silence(300)
                .tone(&[hz], 3_000, -18.0)
                .silence(500)
                .noise(-24.0);
            assert_eq!(heard(&audio).names().first().map(String::as_str), Some("fax ced"));
        }
        let off = Audio::new()
            .silence(300)
            .tone(&[2_140.0], 3_000, -18.0)
            .silence(500);
        assert!(heard(&off).names().is_empty());
    }

    #[test]
    fn concealed_packets_turn_no_fax_into_a_modem() {
        let mut audio = Audio::new()
            .silence(300)
            .tone(&[2_100.0], 3_200, -18.0)
            .silence(500);
        // Each a packet of another phase, at no period.
        for at_ms in [620, 940, 1_510, 1_600, 2_300, 2_950] {
            audio = audio.repeat_packet(at_ms);
        }
        assert_eq!(heard(&audio).names().last().map(String::as_str), Some("fax ced"));
    }
}
