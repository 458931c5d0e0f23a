//! Steady spectral lines: peaks that keep their frequency from hop to hop.
//!
//! Fax, modem and beep all begin as the same thing, one or two lines that stand still. Each hop's peaks are joined to
//! the lines that sound; a peak that fits none begins a line, a line that was missed for too long ends. A line knows
//! since when it sounds, how still it stands, how loud it is and how much of the sound it makes up.

use crate::front::{BINS, Frame, nearest_bin};
use crate::peaks::{Peak, Peaks};
use crate::quick::{db, more};

/// Lines followed at once: a double beep and two companions (harmonics, echoes, a hum).
pub const LINES: usize = 4;

/// A line may be missed for this many hops: two 20 ms packets that were concealed with silence or noise.
const BRIDGE_HOPS: u64 = 4;
/// Lost audio excuses a line for so many hops more: eight packets, then another tone may have come.
const EXCUSED_HOPS: u64 = 16;
/// Hops until the 32 ms window is filled by the tone alone; before, the frequency is biased towards the bin.
const ONSET_HOPS: u32 = 3;
/// Half width of the catch around a line's frequency, Hz. GSM and AMR 4.75 shake a steady tone by up to ±6 Hz.
const CATCH_HZ: f32 = 11.0;
/// The same during the onset.
const ONSET_CATCH_HZ: f32 = 20.0;
/// Share of the band's power that begins a line. A tone 10 dB below the noise has less, but nothing here hears that.
const BIRTH_SHARE: f32 = 0.08;
/// Within this of its loudest a line counts as sounding and is measured, dB.
const LOUD_DB: f32 = 10.0;
/// A line that falls this far below its own loudest ends: what remains is its echo or its decay, dB.
const DECAY_DB: f32 = 24.0;

/// Tones of the corpus shake by 3.6 Hz at most (GSM, AMR 4.75, 5 dB SNR); half of the harmonics of speech by more.
const TONE_SHAKE_HZ: f32 = 3.9;
/// Tones of the corpus stand out by 10 dB at least; the harmonics of speech by 7 dB (median).
const TONE_PROMINENCE_DB: f32 = 9.5;

/// The two frequencies of one tone begin within this many hops of each other; noise hides the weaker one for longer.
pub const TOGETHER_HOPS: u64 = 8;
/// And differ by no more than this, dB: twist of DTMF is up to 8 dB, a codec adds some.
pub const TOGETHER_DB: f32 = 12.0;

/// One line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Line {
    /// Distinguishes the lines of a call; 0 is no line.
    pub id: u32,
    /// Hop in which it was first seen.
    pub from: u64,
    /// Hop in which it was last seen.
    pub last: u64,
    /// Hop in which it was last seen about as loud as it ever was; what comes after is decay or echo.
    pub until: u64,
    /// Hops in which it was seen.
    pub hops: u32,
    /// Hops in which it may have sounded, but audio was lost.
    pub excused: u32,
    /// The same since it was last seen.
    excused_now: u64,
    /// Frequency, Hz: mean over the last 16 sightings.
    pub hz: f32,
    /// Mean distance of the sightings from `hz`, Hz.
    pub shake_hz: f32,
    /// Level of the newest sighting, dBm0.
    pub dbm0: f32,
    /// Level of the loudest sighting, dBm0.
    pub loudest_dbm0: f32,
    /// Mean share of the band's power.
    pub share: f32,
    /// Height above the loudest bin 90 to 250 Hz to either side (other lines left out), dB, mean. A tone in noise has
    /// 10 dB and more at 5 dB SNR; a voice has its next harmonic there.
    pub prominence_db: f32,
}

impl Line {
    /// Whether the line was seen in this hop.
    pub fn sounds(&self, hop: u64) -> bool {
        self.id != 0 && self.last == hop
    }

    /// Length without the decay, hops. The window smears each end by about as much as it hides.
    pub fn length_hops(&self) -> u64 {
        self.until.saturating_sub(self.from)
    }

    /// Whether it was seen in most hops of its length.
    pub fn is_whole(&self) -> bool {
        (self.hops + self.excused) as f32 > 0.7 * (self.last - self.from + 1) as f32
    }

    /// Whether it is still about as loud as it ever was.
    pub fn is_loud(&self) -> bool {
        self.dbm0 > self.loudest_dbm0 - LOUD_DB
    }

    /// Whether the line stands as still and as clear as a tone does, though perhaps in noise and through a codec.
    pub fn is_tone(&self) -> bool {
        self.hops > 8 && self.stands_out()
    }

    /// The same of a line that was just begun.
    pub fn stands_out(&self) -> bool {
        self.shake_hz < TONE_SHAKE_HZ && self.prominence_db > TONE_PROMINENCE_DB
    }

    fn begin(id: u32, hop: u64, peak: &Peak) -> Line {
        Line {
            id,
            from: hop,
            last: hop,
            until: hop,
            hops: 1,
            excused: 0,
            excused_now: 0,
            hz: peak.hz,
            shake_hz: 0.0,
            dbm0: peak.dbm0,
            loudest_dbm0: peak.dbm0,
            share: peak.share,
            prominence_db: 0.0,
        }
    }

    fn catches(&self, peak: &Peak) -> bool {
        let catch = if self.hops <= ONSET_HOPS {
            ONSET_CATCH_HZ
        } else {
            CATCH_HZ
        };
        (peak.hz - self.hz).abs() < catch && peak.dbm0 > self.loudest_dbm0 - DECAY_DB
    }

    fn join(&mut self, hop: u64, peak: &Peak) {
        self.last = hop;
        self.hops += 1;
        self.excused += self.excused_now as u32;
        self.excused_now = 0;
        self.dbm0 = peak.dbm0;
        self.loudest_dbm0 = self.loudest_dbm0.max(peak.dbm0);
        if self.is_loud() {
            self.until = hop;
        }
        if self.hops <= ONSET_HOPS {
            self.hz = peak.hz;
            self.share = peak.share;
            return;
        }
        if !self.is_loud() {
            return;
        }
        let seen = (self.hops - ONSET_HOPS + 1).min(16) as f32;
        let off = peak.hz - self.hz;
        self.hz += off / seen;
        self.shake_hz += (off.abs() - self.shake_hz) / seen;
        self.share += (peak.share - self.share) / seen;
    }
}

/// The lines of a call.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    lines: [Line; LINES],
    ended: [Line; LINES],
    ended_len: usize,
    born: u32,
    next_hop: u64,
}

impl Lines {
    /// Follows the peaks of one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks) {
        let hop = frame.index;
        self.ended_len = 0;
        if hop != self.next_hop {
            for at in 0..LINES {
                self.end(at);
            }
        }
        self.next_hop = hop + 1;
        if frame.lost > 0.0 {
            // Time passes and nothing is known: lines wait.
            for line in &mut self.lines {
                line.excused_now = (line.excused_now + 1).min(EXCUSED_HOPS);
            }
            self.end_missed(hop);
            return;
        }
        let mut taken = [false; LINES];
        for peak in peaks.as_slice() {
            let near = (0..LINES)
                .filter(|&at| !taken[at] && self.lines[at].id != 0 && self.lines[at].catches(peak))
                .min_by(|&a, &b| {
                    let off = |at: usize| (self.lines[at].hz - peak.hz).abs();
                    off(a).total_cmp(&off(b))
                });
            if let Some(at) = near {
                self.lines[at].join(hop, peak);
                taken[at] = true;
            } else if peak.share >= BIRTH_SHARE
                && let Some(at) = self.room(&taken)
            {
                self.end(at);
                self.born = self.born.wrapping_add(1).max(1);
                self.lines[at] = Line::begin(self.born, hop, peak);
                taken[at] = true;
            }
        }
        self.measure_prominence(frame);
        self.end_missed(hop);
    }

    /// The lines that sound or may sound again.
    pub fn alive(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.id != 0)
    }

    /// The lines that ended with this hop.
    pub fn ended(&self) -> &[Line] {
        &self.ended[..self.ended_len]
    }

    /// The strongest line that sounds in this hop within `hz ± off_hz`.
    pub fn near(&self, hop: u64, hz: f32, off_hz: f32) -> Option<&Line> {
        self.lines
            .iter()
            .filter(|line| line.sounds(hop) && (line.hz - hz).abs() <= off_hz)
            .max_by(|a, b| a.dbm0.total_cmp(&b.dbm0))
    }

    fn measure_prominence(&mut self, frame: &Frame<'_>) {
        let bins = self.lines.map(|line| nearest_bin(line.hz));
        for at in 0..LINES {
            let line = &self.lines[at];
            if line.last != frame.index || line.hops <= ONSET_HOPS || !line.is_loud() {
                continue;
            }
            let bin = bins[at];
            // A tone has one other frequency at most; a vowel has many, and they stand beside it.
            let mut others = (0..LINES).filter(|&other| other != at && self.is_companion(at, other));
            let other_bin = match (others.next(), others.next()) {
                (Some(other), None) => Some(bins[other]),
                _ => None,
            };
            let mut beside = 1e-12_f32;
            for away in 3..=8 {
                for other in [bin.saturating_sub(away).max(4), (bin + away).min(BINS - 2)] {
                    if other_bin.is_none_or(|bin| bin.abs_diff(other) > 2) {
                        beside = beside.max(frame.power[other]);
                    }
                }
            }
            let db = db(more(frame.power[bin.min(BINS - 1)] / beside, 1e-9));
            let line = &mut self.lines[at];
            let seen = (line.hops - ONSET_HOPS).min(16) as f32;
            line.prominence_db += (db - line.prominence_db) / seen;
        }
    }

    /// Whether two lines sound together as the two frequencies of one tone do: begun together, about equally loud.
    fn is_companion(&self, at: usize, other: usize) -> bool {
        let (line, other) = (&self.lines[at], &self.lines[other]);
        other.sounds(line.last)
            && other.hops > ONSET_HOPS
            && other.from.abs_diff(line.from) <= TOGETHER_HOPS
            && (other.dbm0 - line.dbm0).abs() < TOGETHER_DB
    }

    /// A place for a new line: a free one, else that of the shortest line which is missing.
    fn room(&self, taken: &[bool; LINES]) -> Option<usize> {
        (0..LINES)
            .filter(|&at| !taken[at])
            .min_by_key(|&at| self.lines[at].hops)
    }

    fn end_missed(&mut self, hop: u64) {
        for at in 0..LINES {
            let line = &self.lines[at];
            if line.id != 0 && hop - line.last > BRIDGE_HOPS + line.excused_now {
                self.end(at);
            }
        }
    }

    fn end(&mut self, at: usize) {
        let line = std::mem::take(&mut self.lines[at]);
        // A place that is given away and one that is missed for too long can fall together; four fit in any case,
        // since a place ends at most once before it is filled again, and a fresh line does not end in its first hop.
        if line.id != 0 && self.ended_len < LINES {
            self.ended[self.ended_len] = line;
            self.ended_len += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Line, Lines};
    use crate::front::{Bench, FrontEnd, FrontPlan};
    use crate::peaks::Peaks;
    use crate::time::SampleRate;
    use crate::tones::test_audio::Audio;

    /// The lines of some audio that lasted 100 ms or longer.
    fn lines(audio: &Audio) -> Vec<Line> {
        let mut front = FrontEnd::new(Arc::new(FrontPlan::new(SampleRate::NARROWBAND)));
        let mut bench = Bench::default();
        let mut lines = Lines::default();
        let mut all = Vec::new();
        for hop in audio.pcm().chunks_exact(80) {
            front.take(hop);
            let frame = front.frame(&mut bench);
            lines.hear(&frame, &Peaks::of(&frame));
            all.extend(
                lines
                    .ended()
                    .iter()
                    .filter(|line| line.last - line.from >= 10)
                    .copied(),
            );
        }
        all
    }

    #[test]
    fn a_tone_is_one_line_also_in_noise_and_with_a_muted_packet() {
        let audio = Audio::new()
            .silence(300)
            .tone(&[1_234.0], 400, -18.0)
            .silence(300);
        for audio in [audio.clone(), audio.clone().noise(-24.0), audio.mute_packet(500)] {
            let lines = lines(&audio);
            assert_eq!(lines.len(), 1, "{lines:?}");
            let line = &lines[0];
            assert!((line.hz - 1_234.0).abs() < 3.0, "{line:?}");
            assert!(
                line.from.abs_diff(30) <= 2 && line.length_hops().abs_diff(40) <= 2,
                "{line:?}"
            );
            assert!(line.is_tone() && line.is_whole(), "{line:?}");
        }
    }

    #[test]
    fn two_frequencies_are_two_lines() {
        let lines = lines(
            &Audio::new()
                .silence(300)
                .tone(&[850.0, 1_180.0], 400, -18.0)
                .silence(300),
        );
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(Line::is_tone), "{lines:?}");
    }

    #[test]
    fn an_echo_does_not_lengthen_a_line() {
        let audio = Audio::new()
            .silence(300)
            .tone(&[1_100.0], 400, -18.0)
            .tone(&[1_100.0], 200, -34.0)
            .silence(300);
        let lines = lines(&audio);
        assert!(lines[0].length_hops().abs_diff(40) <= 2, "{lines:?}");
    }
}
