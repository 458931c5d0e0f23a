//! Who speaks into the telephone, and what is behind: the near voice against everything else.
//!
//! Other people, a radio or a street are speech or as loud as speech at times, but further from the microphone. The
//! near voice's level is followed as a slowly forgetting peak, the background's as a mean of what is not near; the gate
//! between lies closer to the voice, the more the background comes up.
//!
//! Where the room opens with the answer, the floors are not yet known when the first word comes, and the probability of
//! speech rises late or not at all. A voiced sound that stands out from what was heard before it is taken for the voice
//! as well: the word that is missed is the one that says most.

use crate::activity::Hearing;
use crate::front::{FLOOR_DBM0, Frame};

/// Probability of speech from which a hop counts as speech.
const SPEAKS: f32 = 0.5;
/// A hop of this periodicity may be a voice that is not yet known as speech: vowels reach 0.6 to 1 down to 5 dB SNR, noise
/// 0.3…
const VOICED: f32 = 0.6;
/// … if it is louder than the background by this much, dB: no steady sound rises so far above its own mean.
const STANDS_OUT_DB: f32 = 6.0;
/// Smoothing of the level, of 1 a hop: 40 ms, about half a syllable.
const SMOOTHING: f32 = 0.25;
/// The voice's peak follows upwards within three hops, so that a click does not set it.
const RISE: f32 = 0.4;
/// The voice's peak forgets this much a hop of speech, dB: 1.5 dB a second, faster than a sentence's loudness declines.
const FORGET_DB: f32 = 0.015;
/// How fast the voice is taken for granted, of 1 a hop: 0.2 s, a syllable.
const SETTLE: f32 = 0.05;
/// Share of the distance between voice and background that a hop may lie below the voice and still be near.
const NEAR_SHARE: f32 = 0.6;
/// Bounds of that distance, dB: weak syllables lie 12 to 20 dB below the strongest; with less than 6 dB half of the
/// voice itself would be lost.
const NEAR_DB: (f32, f32) = (6.0, 20.0);
/// Somebody who talks comes back to within this share of the near distance below the peak…
const STRONG_SHARE: f32 = 0.75;
/// … this often, hops: 0.3 s, for syllables come four to seven a second and one in two is weak.
const STRONG_EVERY: u8 = 30;
/// A voice that comes up by this much, dB, shows that what was taken for the voice was behind it.
const CAME_UP_DB: f32 = 7.0;
/// How fast the background is followed downwards, of 1 a hop: 0.1 s, for a dip shows what lies below…
const LEARN_DOWN: f32 = 0.1;
/// … upwards: half a second…
const LEARN_UP: f32 = 0.02;
/// … and where somebody speaks: 2 s, for what is too weak to be near is mostly the voice's own weak syllables.
const LEARN_UP_SPEAKING: f32 = 0.005;

/// What one hop holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// Nothing can be said: the hop was lost.
    Lost,
    /// The background alone.
    Behind,
    /// The near voice.
    Near,
    /// The near voice, and it has come up: what counted as near before was background, unless that was a word's attack.
    CameUp,
}

/// Follows the two levels.
#[derive(Clone, Debug)]
pub(super) struct NearVoice {
    level: Option<f32>,
    voice: Option<f32>,
    /// Where the voice stood a syllable ago.
    settled: f32,
    /// Hops since the level was strong.
    weak: u8,
    behind: Option<f32>,
}

impl NearVoice {
    pub(super) fn new() -> NearVoice {
        NearVoice {
            level: None,
            voice: None,
            settled: FLOOR_DBM0,
            weak: 0,
            behind: None,
        }
    }

    /// Takes one hop.
    pub(super) fn hear(&mut self, frame: &Frame<'_>, hearing: &Hearing) -> Ground {
        if frame.lost > 0.3 {
            return Ground::Lost;
        }
        let level = self.level.get_or_insert(frame.level_dbm0);
        *level += SMOOTHING * (frame.level_dbm0 - *level);
        let level = *level;
        let speaks = hearing.speech >= SPEAKS || self.stands_out(level, hearing);
        // A steady tone may look like a vowel for a moment; it says nothing about who talks.
        if !speaks || hearing.tone > 0.8 {
            self.weak = self.weak.saturating_add(1);
            self.learn_behind(level, LEARN_UP);
            return Ground::Behind;
        }
        if self.voice.is_none() {
            self.settled = level;
        }
        let voice = self.voice.get_or_insert(level);
        *voice += if level > *voice {
            RISE * (level - *voice)
        } else {
            -FORGET_DB
        };
        let voice = *voice;
        if voice > self.settled + CAME_UP_DB {
            let before = self.settled;
            self.settled = voice;
            self.weak = 0;
            self.behind = Some(self.behind.unwrap_or(before).max(before - CAME_UP_DB));
            return Ground::CameUp;
        }
        self.settled += SETTLE * (voice - self.settled);
        let reach = self.reach_db(voice);
        self.weak = if level >= voice - STRONG_SHARE * reach {
            0
        } else {
            self.weak.saturating_add(1)
        };
        if self.weak <= STRONG_EVERY && level >= voice - reach {
            Ground::Near
        } else {
            self.learn_behind(level, LEARN_UP_SPEAKING);
            Ground::Behind
        }
    }

    fn stands_out(&self, level: f32, hearing: &Hearing) -> bool {
        hearing.voiced >= VOICED && self.behind.is_some_and(|behind| level > behind + STANDS_OUT_DB)
    }

    /// Whether somebody is near at all: a voice that does not stand out is people or a radio in the room.
    pub(super) fn is_near(&self) -> bool {
        let behind = self.behind.unwrap_or(FLOOR_DBM0);
        self.voice.is_some_and(|voice| voice >= behind + STANDS_OUT_DB)
    }

    fn reach_db(&self, voice: f32) -> f32 {
        let behind = self.behind.unwrap_or(FLOOR_DBM0);
        (NEAR_SHARE * (voice - behind)).clamp(NEAR_DB.0, NEAR_DB.1)
    }

    fn learn_behind(&mut self, level: f32, up: f32) {
        let behind = self.behind.get_or_insert(level);
        let share = if level < *behind { LEARN_DOWN } else { up };
        *behind += share * (level - *behind);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Stretch, chatter, missed_word, pause, play, talk};
    use super::*;

    /// Hops that were near, of all.
    fn near(course: &[Vec<Stretch>]) -> (usize, NearVoice) {
        let mut ear = NearVoice::new();
        let mut near = 0;
        play(course, |frame, hearing| {
            let ground = ear.hear(frame, hearing);
            near += usize::from(matches!(ground, Ground::Near | Ground::CameUp));
        });
        (near, ear)
    }

    #[test]
    fn a_voice_is_near_and_people_in_the_room_are_not() {
        let (hops, ear) = near(&[pause(500, -60.0), talk(2_000, -20.0), pause(500, -60.0)]);
        assert!((190..=210).contains(&hops), "{hops}");
        assert!(ear.is_near());
        let behind = [pause(500, -38.0), talk(1_000, -20.0), chatter(2_000, -36.0)];
        let (hops, _) = near(&behind);
        assert!((90..=115).contains(&hops), "{hops}");
    }

    #[test]
    fn weak_syllables_do_not_pass_for_the_room() {
        // Every other phrase is 12 dB weaker; the pauses show how quiet the room is.
        let phrases = |_| {
            [
                talk(400, -18.0),
                pause(150, -50.0),
                talk(400, -30.0),
                pause(150, -50.0),
            ]
        };
        let course: Vec<_> = (0..4).flat_map(phrases).collect();
        let (hops, _) = near(&course);
        assert!(hops > 240, "{hops} of 320");
    }

    #[test]
    fn a_word_that_stands_out_is_near_though_it_was_not_known_as_speech() {
        let (hops, _) = near(&[pause(600, -33.0), missed_word(400, -21.0), pause(400, -33.0)]);
        assert!(hops > 25, "{hops}");
    }

    #[test]
    fn chatter_alone_is_nobody_near() {
        let (_, ear) = near(&[pause(300, -42.0), chatter(3_000, -40.0)]);
        assert!(!ear.is_near());
    }
}
