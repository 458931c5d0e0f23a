//! Reference prompts without number: operators' announcements that never were, for libraries of any size.
//!
//! Prompt n of a seed is made by itself, so that ten thousand can be made one at a time, in any order, by several
//! threads. Voices repeat as in life (an operator has a few), words do not. About 0.5 ms of one core make a second.

use serde_json::{Value, json};

use crate::RATE_HZ;
use crate::level::{set_active_level, to_pcm};
use crate::rng::Rng;
use crate::voice::{Phones, Speaker};

/// A reference prompt with its line in `prompts.jsonl`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prompt {
    /// Name, unique in its set.
    pub id: String,
    /// Operator, `A` to `F`.
    pub operator: String,
    /// What it says: one of [`CATEGORIES`].
    pub category: &'static str,
    /// Language (ISO 639-1).
    pub lang: String,
    /// The words, or how they came about.
    pub text: String,
    /// Whose voice.
    pub voice: String,
    /// Whether a person spoke it.
    pub real: bool,
    /// The audio, 8 kHz.
    pub samples: Vec<i16>,
}

/// Categories of prompts.
pub const CATEGORIES: [&str; 12] = [
    "unavailable",
    "switched_off",
    "busy",
    "no_answer",
    "out_of_service",
    "invalid_number",
    "barred",
    "no_funds",
    "network_congestion",
    "call_forwarding",
    "voicemail_intro",
    "assistant",
];

/// Active level of reference prompts, dBm0.
pub const PROMPT_DBM0: f32 = -14.0;
/// Voices of one operator.
const VOICES: u64 = 4;
const OPERATORS: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

/// Prompt `index` of a seed: 2 to 8 s by one of its operator's voices.
pub fn prompt(seed: u64, index: usize) -> Prompt {
    let mut rng = Rng::new(seed ^ (index as u64 + 1).wrapping_mul(0xd134_2543_de82_ef95));
    let operator = rng.below(OPERATORS.len());
    let voice = operator as u64 * VOICES + rng.below(VOICES as usize) as u64;
    let speaker = speaker(seed, voice);
    // 2.3 s to 7.4 s when spoken, so that pauses at the ends leave it within 2 to 8 s.
    let wanted_ms = rng.within(2_300.0, 7_400.0) * speaker.rate;
    let mut phones = Phones::draw(1, &mut rng);
    while (phones.ms() as f32) < wanted_ms {
        phones = phones.then(&Phones::draw(1, &mut rng));
    }
    let mut samples = speaker.say(&phones, &mut rng);
    set_active_level(&mut samples, PROMPT_DBM0);
    Prompt {
        id: format!("P{index:05}"),
        operator: OPERATORS[operator].to_owned(),
        category: CATEGORIES[rng.below(CATEGORIES.len())],
        lang: if rng.chance(0.6) { "ru" } else { "en" }.to_owned(),
        text: format!("[phones {index} of seed {seed}]"),
        voice: format!("formant:{voice}"),
        real: false,
        samples: to_pcm(&samples),
    }
}

/// The first `count` prompts of a seed.
pub fn prompts(seed: u64, count: usize) -> impl Iterator<Item = Prompt> {
    (0..count).map(move |index| prompt(seed, index))
}

fn speaker(seed: u64, voice: u64) -> Speaker {
    let mut speaker = Speaker::draw(&mut Rng::new(
        seed.wrapping_add(voice).wrapping_mul(0x2545_f491_4f6c_dd1d),
    ));
    // Announcers speak clearly and evenly.
    speaker.breath *= 0.5;
    speaker.jitter *= 0.5;
    speaker
}

impl Prompt {
    /// Length, ms.
    pub fn ms(&self) -> u32 {
        (self.samples.len() * 1_000 / RATE_HZ as usize) as u32
    }

    /// Its line in `prompts.jsonl`, its audio beside it in `ID.wav`.
    pub fn line(&self) -> Value {
        json!({
            "id": self.id,
            "file": format!("{}.wav", self.id),
            "operator": self.operator,
            "category": self.category,
            "lang": self.lang,
            "text": self.text,
            "voice": self.voice,
            "source": if self.real { "real" } else { "synthetic" },
            "dur_ms": self.ms(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::level::{active_level_dbm0, to_float};

    #[test]
    fn prompts_are_distinct_and_of_a_prompts_length() {
        let all: Vec<Prompt> = prompts(1, 60).collect();
        let ids: HashSet<&str> = all.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids.len(), 60);
        for prompt in &all {
            assert!(
                (2_000..=8_500).contains(&prompt.ms()),
                "{}: {} ms",
                prompt.id,
                prompt.ms()
            );
            let level = active_level_dbm0(&to_float(&prompt.samples));
            assert!((level - PROMPT_DBM0).abs() < 0.5, "{}: {level}", prompt.id);
        }
        let audio: HashSet<&[i16]> = all.iter().map(|p| &p.samples[..8_000]).collect();
        assert_eq!(audio.len(), 60);
        let voices: HashSet<&str> = all.iter().map(|p| p.voice.as_str()).collect();
        assert!((12..=24).contains(&voices.len()));
    }

    #[test]
    fn a_prompt_does_not_depend_on_the_others() {
        let third = prompts(7, 5).nth(3);
        assert_eq!(third, Some(prompt(7, 3)));
        assert_ne!(third.map(|p| p.samples), Some(prompt(8, 3).samples));
    }

    #[test]
    fn its_line_has_what_a_library_wants() {
        let line = prompt(1, 2).line();
        for key in [
            "id", "file", "operator", "category", "lang", "text", "voice", "source", "dur_ms",
        ] {
            assert!(line.get(key).is_some(), "{key}");
        }
        assert_eq!(line["file"], "P00002.wav");
    }
}
