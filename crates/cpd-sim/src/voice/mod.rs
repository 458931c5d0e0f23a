//! Voices: recordings of people that the tree carries, and a synthesiser that can say anything.

mod clips;
mod formant;

use cpd_media::Law;

use crate::level::to_float;
use crate::rng::Rng;

pub use formant::{Phones, Speaker};

/// A recording.
#[derive(Debug, PartialEq, Eq)]
pub struct Clip {
    /// File name without its ending.
    pub name: &'static str,
    /// Who speaks; clips of one speaker have the same.
    pub speaker: &'static str,
    /// Language (ISO 639-1).
    pub lang: &'static str,
    /// How much is said.
    pub kind: ClipKind,
    /// What is said, where it is one word; empty otherwise.
    pub words: &'static str,
    wav: &'static [u8],
}

/// How much is said in a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClipKind {
    /// One word, below a second.
    Word,
    /// Running speech.
    Speech,
    /// A machine's greeting.
    Greeting,
}

/// All recordings.
pub fn clips() -> &'static [Clip] {
    clips::CLIPS
}

/// Those of a kind.
pub fn clips_of(kind: ClipKind) -> Vec<&'static Clip> {
    clips().iter().filter(|clip| clip.kind == kind).collect()
}

/// The recording of a name.
pub fn clip(name: &str) -> Option<&'static Clip> {
    clips().iter().find(|clip| clip.name == name)
}

/// A recording's samples (full scale ±1), 8 kHz.
pub fn load(clip: &Clip) -> Vec<f32> {
    let codes = codes_of(clip.wav);
    let mut samples = vec![0; codes.len()];
    Law::Mu.decode_slice(codes, &mut samples);
    to_float(&samples)
}

/// The µ-law codes of a WAV file: what its `data` chunk holds.
fn codes_of(wav: &[u8]) -> &[u8] {
    let mut at = 12;
    while let Some(header) = wav.get(at..at + 8) {
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        if &header[..4] == b"data" {
            return wav.get(at + 8..at + 8 + length).unwrap_or_default();
        }
        at += 8 + length.next_multiple_of(2);
    }
    &[]
}

/// A few words by somebody, for where it does not matter who: a carried recording, or a voice that never was.
pub fn any_words(rng: &mut Rng) -> Vec<f32> {
    if rng.chance(0.6)
        && let Some(clip) = rng.one_of(clips())
    {
        return load(clip);
    }
    let speaker = Speaker::draw(rng);
    let words = 2 + rng.below(4);
    speaker.say(&Phones::draw(words, rng), rng)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::level::active_level_dbm0;

    #[test]
    fn every_clip_can_be_heard() {
        let mut names = HashSet::new();
        for clip in clips() {
            let samples = load(clip);
            let seconds = samples.len() as f32 / 8_000.0;
            match clip.kind {
                ClipKind::Word => assert!((0.3..1.1).contains(&seconds), "{clip:?}"),
                ClipKind::Speech | ClipKind::Greeting => assert!((1.0..7.0).contains(&seconds), "{clip:?}"),
            }
            assert!(active_level_dbm0(&samples) > -50.0, "{clip:?}");
            assert!(names.insert(clip.name));
        }
        let speakers: HashSet<_> = clips().iter().map(|clip| clip.speaker).collect();
        assert!(speakers.len() >= 50, "{}", speakers.len());
    }

    #[test]
    fn every_clip_names_its_licence() {
        let licences = include_str!("../../voices/LICENCES.md");
        for clip in clips() {
            assert!(licences.contains(&format!("| {} | ", clip.name)), "{}", clip.name);
        }
    }

    #[test]
    fn a_wav_without_data_is_silent() {
        assert!(codes_of(b"RIFF").is_empty());
        assert!(codes_of(b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff123").is_empty());
    }
}
