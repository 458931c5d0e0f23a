//! Keys pressed after the answer, and the talk beside them: whether the digits are what the call is about.
//!
//! A person who talks and presses a key is a person; a device that dials into the call is not, whoever chats in the room
//! behind the handset. So talk counts by its level against the keys'. It is kept as a histogram of levels, for the
//! talk may come before the first key.

/// Talk that leaves a digit the decisive thing, ms for each digit and beside: the digit itself may pass for a syllable.
const TALK_A_DIGIT_MS: u64 = 250;
const TALK_BESIDE_DIGITS_MS: u64 = 400;
/// Talk this far below the keys is behind the telephone, dB. A telephone sends the two tones of a key at −9 and −11 dBV
/// (ETSI ES 201 235-2), −5 dBm together; a voice into it has 10 to 15 dB less on average, and more in its syllables.
const BEHIND_KEYS_DB: f32 = 20.0;
/// Steps of the histogram, dB.
const STEP_DB: f32 = 4.0;
/// Steps, from 0 dBm0 downwards: to −80 dBm0.
const STEPS: usize = 20;
/// Milliseconds of a hop.
const HOP_MS: u64 = 10;

/// Digits and talk since the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    digits: u32,
    /// Level of the loudest key, dBm0.
    loudest_dbm0: f32,
    /// Hops of talk by level, loudest first.
    talk: [u32; STEPS],
}

impl Keys {
    /// A digit was heard; the line stands at this level.
    pub(crate) fn press(&mut self, level_dbm0: f32) {
        self.loudest_dbm0 = if self.digits == 0 {
            level_dbm0
        } else {
            self.loudest_dbm0.max(level_dbm0)
        };
        self.digits += 1;
    }

    /// Somebody talked at this level, for so many hops.
    pub(crate) fn hear_talk(&mut self, level_dbm0: f32, hops: u32) {
        self.talk[step_of(level_dbm0)] += hops;
    }

    /// Whether a digit was heard.
    pub(crate) fn any(&self) -> bool {
        self.digits > 0
    }

    /// Whether there are digits, and not more talk beside them than digits alone may look like.
    pub(crate) fn decide(&self) -> bool {
        let near = step_of(self.loudest_dbm0 - BEHIND_KEYS_DB);
        let talk_ms = HOP_MS
            * self.talk[..=near]
                .iter()
                .map(|&hops| u64::from(hops))
                .sum::<u64>();
        self.any() && talk_ms < TALK_BESIDE_DIGITS_MS + u64::from(self.digits) * TALK_A_DIGIT_MS
    }
}

fn step_of(level_dbm0: f32) -> usize {
    ((-level_dbm0 / STEP_DB).max(0.0) as usize).min(STEPS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether digits at −10 dBm0 are what the call is about, beside so many seconds of talk before them.
    fn decide(digits: usize, talk_s: f32, talk_dbm0: f32) -> bool {
        let mut keys = Keys::default();
        keys.hear_talk(talk_dbm0, (talk_s * 100.0) as u32);
        for _ in 0..digits {
            keys.press(-10.0);
        }
        keys.decide()
    }

    #[test]
    fn a_voice_into_the_telephone_outweighs_a_key() {
        assert!(decide(1, 0.3, -20.0));
        assert!(!decide(1, 1.0, -20.0));
        assert!(!decide(1, 1.0, -26.0));
        assert!(!decide(4, 2.0, -20.0));
    }

    #[test]
    fn a_room_behind_the_keys_does_not() {
        assert!(decide(1, 3.0, -36.0));
        assert!(decide(4, 10.0, -45.0));
    }

    #[test]
    fn talk_without_keys_decides_nothing_here() {
        assert!(!decide(0, 0.0, -20.0));
    }
}
