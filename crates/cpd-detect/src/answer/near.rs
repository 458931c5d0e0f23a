//! Who speaks into the telephone, and what is behind: the near voice against everything else.
//!
//! Other people, a radio or a street are speech or as loud as speech at times, but further from the microphone. The
//! near voice's level is followed as a slowly forgetting peak, the background's as a mean of what is not near; the gate
//! between lies closer to the voice, the more the background comes up.

use crate::activity::Hearing;
use crate::front::{FLOOR_DBM0, Frame};

/// Probability of speech from which a hop counts as speech.
const SPEAKS: f32 = 0.5;
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
        // A steady tone may look like a vowel for a moment; it says nothing about who talks.
        if hearing.speech < SPEAKS || hearing.tone > 0.8 {
            self.weak = self.weak.saturating_add(1);
            self.learn_behind(level);
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
            self.learn_behind(level);
            Ground::Behind
        }
    }

    /// How far the voice stands above the background, dB.
    #[cfg(test)]
    pub(super) fn distance_db(&self) -> f32 {
        self.voice.unwrap_or(FLOOR_DBM0) - self.behind.unwrap_or(FLOOR_DBM0)
    }

    fn reach_db(&self, voice: f32) -> f32 {
        let behind = self.behind.unwrap_or(FLOOR_DBM0);
        (NEAR_SHARE * (voice - behind)).clamp(NEAR_DB.0, NEAR_DB.1)
    }

    /// Down within 0.1 s, for a dip shows what lies below; up within half a second.
    fn learn_behind(&mut self, level: f32) {
        let behind = self.behind.get_or_insert(level);
        let share = if level < *behind { 0.1 } else { 0.02 };
        *behind += share * (level - *behind);
    }
}
