//! The place behind the voice: what is heard when nobody speaks.
//!
//! A person holds a telephone in a room, a car, a street; what is announced by a network comes from a file, without any
//! place behind it. Two things are measured: how far the pauses inside the talk lie below the voice (a studio or a
//! room), and how quiet the line is outside it.
//!
//! A word is known some hops after it began and fades some hops after it ended; both are kept out.

use super::near::Ground;
use crate::activity::Hearing;
use crate::front::Frame;

/// Hops after speech that still hold its decay in a room, for the background outside talk: 0.2 s.
const DECAY_HOPS: u8 = 20;
/// The same for pauses inside talk, which have a median of 0.3 s: 80 ms, by when a voice has fallen by 20 dB in most rooms.
const PAUSE_DECAY_HOPS: u8 = 8;
/// A pause inside talk is not longer, hops: 0.6 s (Campione and Véronis 2002).
const PAUSE_MOST_HOPS: u8 = 60;
/// A pause of fewer hops says nothing.
const PAUSE_LEAST_HOPS: u16 = 4;
/// Hops until a word is known to have begun, and hops that the answer's switching takes: 60 ms.
const UNSURE_HOPS: u8 = 6;
/// What is known of the background.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Hops since the voice was heard.
    since_voice: u8,
    /// The newest levels of the background, until they are known to hold no word.
    unsure: [f32; UNSURE_HOPS as usize],
    unsure_hops: u8,
    /// The background outside talk.
    outside: Mean,
    /// The present pause, and all that lay between words.
    pause: Mean,
    pauses: Mean,
    voice: Mean,
}

/// A mean as it grows.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f32,
    count: u16,
}

impl Mean {
    fn add(&mut self, value: f32) {
        if self.count < u16::MAX {
            self.sum += value;
            self.count += 1;
        }
    }

    fn get(self) -> Option<f32> {
        (self.count > 0).then(|| self.sum / f32::from(self.count))
    }
}

impl Default for Place {
    fn default() -> Self {
        Place {
            since_voice: DECAY_HOPS - UNSURE_HOPS,
            unsure: [0.0; UNSURE_HOPS as usize],
            unsure_hops: 0,
            outside: Mean::default(),
            pause: Mean::default(),
            pauses: Mean::default(),
            voice: Mean::default(),
        }
    }
}

impl Place {
    /// Takes one hop. `talked`: somebody has talked before.
    pub(super) fn hear(&mut self, frame: &Frame<'_>, hearing: &Hearing, ground: Ground, talked: bool) {
        match ground {
            Ground::Lost => self.interrupt(),
            Ground::Near | Ground::CameUp => self.on_voice(frame.level_dbm0, hearing.voiced > 0.5),
            Ground::Behind => self.on_background(frame.level_dbm0, hearing.tone > 0.5, talked),
        }
    }

    /// Level of the background outside talk, dBm0; none before it was heard.
    pub(super) fn level_dbm0(&self) -> Option<f32> {
        self.outside.get()
    }

    /// How far pauses inside the talk lie below the voice, dB; none before there was a pause.
    pub(super) fn pauses_below_voice_db(&self) -> Option<f32> {
        Some(self.voice.get()? - self.pauses.get()?)
    }

    fn on_voice(&mut self, level_dbm0: f32, voiced: bool) {
        if self.pause.count >= PAUSE_LEAST_HOPS {
            self.pauses.sum += self.pause.sum;
            self.pauses.count = self.pauses.count.saturating_add(self.pause.count);
        }
        self.pause = Mean::default();
        self.since_voice = 0;
        self.interrupt();
        if voiced {
            self.voice.add(level_dbm0);
        }
    }

    fn on_background(&mut self, level_dbm0: f32, tone: bool, talked: bool) {
        self.since_voice = self.since_voice.saturating_add(1);
        if talked {
            match self.since_voice {
                0..=PAUSE_DECAY_HOPS => {}
                PAUSE_MOST_HOPS.. => self.pause = Mean::default(),
                _ => self.pause.add(level_dbm0),
            }
        }
        if self.since_voice <= DECAY_HOPS || tone {
            self.interrupt();
            return;
        }
        let slot = usize::from(self.unsure_hops % UNSURE_HOPS);
        let sure = self.unsure[slot];
        self.unsure[slot] = level_dbm0;
        if self.unsure_hops < UNSURE_HOPS {
            self.unsure_hops += 1;
            return;
        }
        // Kept between the ring's length and twice that, so that it fits and the slot goes on.
        self.unsure_hops = UNSURE_HOPS + (slot as u8 + 1) % UNSURE_HOPS;
        self.outside.add(sure);
    }

    /// What was not yet sure may have been a word.
    fn interrupt(&mut self) {
        self.unsure_hops = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::near::NearVoice;
    use super::super::testing::{Stretch, lost, pause, play, talk};
    use super::*;

    fn place(course: &[Vec<Stretch>]) -> Place {
        let (mut near, mut place, mut talked) = (NearVoice::new(), Place::default(), false);
        play(course, |frame, hearing| {
            let ground = near.hear(frame, hearing);
            talked |= ground == Ground::Near;
            place.hear(frame, hearing, ground, talked);
        });
        place
    }

    #[test]
    fn pauses_inside_talk_are_told_from_the_line_before_and_after_it() {
        let heard = place(&[
            pause(800, -66.0),
            talk(1_000, -20.0),
            pause(300, -45.0),
            talk(1_000, -20.0),
            pause(1_000, -66.0),
        ]);
        assert!(
            (heard.pauses_below_voice_db().unwrap() - 25.0).abs() < 3.0,
            "{heard:?}"
        );
        assert!((heard.level_dbm0().unwrap() + 66.0).abs() < 1.5, "{heard:?}");
    }

    #[test]
    fn lost_audio_is_no_quiet_place() {
        let heard = place(&[talk(500, -20.0), lost(2_000)]);
        assert_eq!(heard.level_dbm0(), None);
        assert_eq!(heard.pauses_below_voice_db(), None);
    }
}
