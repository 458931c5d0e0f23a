//! What sounded before a tone: was there a voice, has it stopped, how loud is the line's own noise.
//!
//! A floor is followed under the power of the whole band; what stands above it and is no steady tone counts as voice.
//! It need not tell speech from music or a slamming door: a beep asks for a greeting's worth of it, a fax for little.

use crate::front::{FLOOR_DBM0, Frame};
use crate::peaks::Peaks;
use crate::tones::line::Lines;

/// Hops of one block of the floor's minimum.
const BLOCK_HOPS: u64 = 25;
/// Blocks that make the floor: two seconds. A greeting pauses that often.
const BLOCKS: usize = 8;
/// What is quiet is so for this long; a packet that was concealed with silence is not the floor.
const LASTS_HOPS: usize = 8;
/// Voice stands at least this far above the floor, dB.
const VOICE_OVER_FLOOR_DB: f32 = 6.0;
/// And above this level, dBm0: the floor of a muted line says nothing about voices.
const VOICE_AT_LEAST_DBM0: f32 = -58.0;
/// And it moves: within a quarter of a second by this much, dB. Noise that begins is loud and does not.
const MOVES_DB: f32 = 7.0;
/// A tone is a line within this many hops of its first sound.
const ONSET_HOPS: u64 = 4;
/// Shorter runs are clicks, or a tone that has not shown yet that it stands still.
const RUN_HOPS: u32 = 12;
/// Hops of band level kept: a quarter of a second.
const PAST: usize = 25;

/// The sound around the tones of one call.
#[derive(Clone, Debug)]
pub struct Context {
    /// Levels here are of the whole band, dBm0.
    block: f32,
    blocks: [f32; BLOCKS],
    floor: f32,
    past: [f32; PAST],
    run: u32,
    loud_from: Option<u64>,
    loud_end: Option<u64>,
    voice_hops: u32,
    voice_hops_answered: u32,
    voice_dbm0: f32,
    is_answered: bool,
    last_voice: Option<u64>,
}

/// Louder than a call can be, dBm0.
const UNKNOWN_DBM0: f32 = 20.0;

/// Before anything was heard.
impl Default for Context {
    fn default() -> Context {
        Context {
            block: UNKNOWN_DBM0,
            blocks: [UNKNOWN_DBM0; BLOCKS],
            floor: FLOOR_DBM0,
            past: [FLOOR_DBM0; PAST],
            run: 0,
            loud_from: None,
            loud_end: None,
            voice_hops: 0,
            voice_hops_answered: 0,
            voice_dbm0: FLOOR_DBM0,
            is_answered: false,
            last_voice: None,
        }
    }
}

impl Context {
    /// Hears one hop. `lines` have heard it already.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, lines: &Lines) {
        self.is_answered |= frame.answered.is_some();
        if frame.lost > 0.0 {
            self.run = 0;
            return;
        }
        let level = peaks.band_dbm0;
        self.past.copy_within(1.., 0);
        self.past[PAST - 1] = level;
        let lasting = self.past[PAST - LASTS_HOPS..]
            .iter()
            .fold(FLOOR_DBM0, |a, &l| a.max(l));
        self.block = self.block.min(lasting);
        if frame.index % BLOCK_HOPS == BLOCK_HOPS - 1 {
            self.blocks.copy_within(1.., 0);
            self.blocks[BLOCKS - 1] = self.block;
            self.block = UNKNOWN_DBM0;
        }
        self.floor = self.blocks.iter().fold(self.block, |low, &b| low.min(b));

        let tone: f32 = lines
            .alive()
            .filter(|line| line.sounds(frame.index) && line.is_tone())
            .map(|line| line.share)
            .sum();
        let is_loud = level > VOICE_AT_LEAST_DBM0.max(self.floor + VOICE_OVER_FLOOR_DB) && tone < 0.5;
        if !is_loud {
            self.run = 0;
            if self.loud_from.take().is_some() {
                self.loud_end = Some(frame.index);
            }
            return;
        }
        self.loud_from.get_or_insert(frame.index);
        let (low, high) = self
            .past
            .iter()
            .fold((f32::MAX, f32::MIN), |(low, high), &l| (low.min(l), high.max(l)));
        if high - low < MOVES_DB {
            self.run = 0;
            return;
        }
        self.run += 1;
        let new = match self.run.cmp(&RUN_HOPS) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => RUN_HOPS,
            std::cmp::Ordering::Greater => 1,
        };
        self.voice_hops += new;
        if self.is_answered {
            self.voice_hops_answered += new;
        }
        self.voice_dbm0 += 0.05 * (level - self.voice_dbm0);
        if new > 0 {
            self.last_voice = Some(frame.index);
        }
    }

    /// Whether the call was answered.
    pub fn is_answered(&self) -> bool {
        self.is_answered
    }

    /// Voice since the answer, or since the beginning where nobody answered yet, ms.
    pub fn voice_ms(&self) -> u32 {
        let hops = if self.is_answered {
            self.voice_hops_answered
        } else {
            self.voice_hops
        };
        hops.saturating_mul(10)
    }

    /// How loud the voice was lately, dBm0.
    pub fn voice_dbm0(&self) -> f32 {
        self.voice_dbm0
    }

    /// The last hop of voice.
    pub fn last_voice(&self) -> Option<u64> {
        self.last_voice
    }

    /// Hops of quiet before an onset at `from`: since something loud ended that is not the onset itself.
    pub fn quiet_hops_before(&self, from: u64) -> u64 {
        match (self.loud_from, self.loud_end) {
            // Loud for longer than an onset takes to become a line.
            (Some(loud), _) if loud + ONSET_HOPS < from => 0,
            (_, Some(end)) => from.saturating_sub(end),
            _ => from,
        }
    }

    /// Level of the band before an onset that is noticed now: mean of the hops 70 to 40 ms ago, dBm0.
    pub fn before_dbm0(&self) -> f32 {
        self.past[PAST - 8..PAST - 4].iter().sum::<f32>() / 4.0
    }

    /// The floor of the band's level over the last two seconds, dBm0.
    pub fn floor_dbm0(&self) -> f32 {
        self.floor
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Context;
    use crate::front::{Bench, FrontEnd, FrontPlan};
    use crate::peaks::Peaks;
    use crate::time::SampleRate;
    use crate::tones::line::Lines;
    use crate::tones::test_audio::Audio;

    /// The context at the end of some audio.
    fn after(audio: &Audio) -> Context {
        let mut front = FrontEnd::new(Arc::new(FrontPlan::new(SampleRate::NARROWBAND)));
        let mut bench = Bench::default();
        let (mut lines, mut context) = (Lines::default(), Context::default());
        for hop in audio.pcm().chunks_exact(80) {
            front.take(hop);
            let frame = front.frame(&mut bench);
            let peaks = Peaks::of(&frame);
            lines.hear(&frame, &peaks);
            context.hear(&frame, &peaks, &lines);
        }
        context
    }

    #[test]
    fn a_voice_counts_and_noise_that_begins_does_not() {
        let voice = after(&Audio::new().silence(500).voice(3_000).silence(200).noise(-45.0));
        assert!(voice.voice_ms() > 1_000, "{} ms", voice.voice_ms());
        let noise = after(&Audio::new().silence(3_000).noise(-25.0));
        assert!(noise.voice_ms() < 300, "{} ms", noise.voice_ms());
    }

    #[test]
    fn tones_are_no_voice() {
        let mut busy = Audio::new().silence(500);
        for _ in 0..10 {
            busy = busy.tone(&[425.0], 350, -18.0).silence(350);
        }
        assert!(after(&busy).voice_ms() < 300);
    }

    #[test]
    fn the_floor_ignores_muted_packets() {
        let audio = Audio::new()
            .silence(3_000)
            .noise(-40.0)
            .mute_packet(1_500)
            .mute_packet(2_000);
        let floor = after(&audio).floor_dbm0();
        assert!((-43.0..-36.0).contains(&floor), "{floor} dBm0");
    }
}
