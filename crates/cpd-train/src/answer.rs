//! What is said after the answer: drawn from what is known of how people and machines answer, never from recordings of
//! answers.
//!
//! Both classes speak with the same voices and go through the same lines. They differ only in the structure of what is
//! said (lengths, pauses, repetition), in when it begins, and in the place behind. The figures are stated below with
//! their source; those without one are our prior, and the README says so.

use cpd_sim::voice::{ClipKind, Phones, Speaker, clips_of, load};
use cpd_sim::{Line, NoiseKind, Rng, tones};

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person, in a word or a few.
    ShortPerson,
    /// A person who goes on for some seconds.
    LongPerson,
    /// A machine.
    Machine,
}

impl Who {
    /// Whether it is a machine.
    pub fn is_machine(self) -> bool {
        self == Who::Machine
    }
}

/// Samples in a millisecond.
const PER_MS: f32 = 8.0;

/// An answer as it leaves the other end, and the line that carries it.
pub struct Answer {
    /// Who.
    pub who: Who,
    /// What is said, from the answer on.
    pub said: Vec<f32>,
    /// Where the first word begins, ms after the answer.
    pub onset_ms: f32,
    /// Where the last word of the greeting ends, ms after the answer.
    pub end_ms: f32,
    /// The line.
    pub line: Line,
}

impl Answer {
    /// Somebody's answer.
    pub fn draw(who: Who, rng: &mut Rng) -> Answer {
        // One person in six first speaks later than 1.4 s after the answer; a network plays its greeting at once.
        let onset_ms = match who {
            Who::ShortPerson | Who::LongPerson => 750.0 * (0.63 * rng.normal()).exp(),
            Who::Machine => 600.0 * (0.5 * rng.normal()).exp(),
        }
        .clamp(60.0, 3_500.0);
        let greeting_ms = match who {
            // Median 0.8 s, one in fifty above 3.7 s.
            Who::ShortPerson => (800.0 * (0.75 * rng.normal()).exp()).clamp(200.0, 3_700.0),
            // 3.5 to 8 s.
            Who::LongPerson => (5_200.0 + 1_200.0 * rng.normal()).clamp(3_300.0, 9_000.0),
            // Median 5.7 s, one in twenty below 3.5 s.
            Who::Machine => (5_700.0 * (0.3 * rng.normal()).exp()).clamp(1_300.0, 14_000.0),
        };
        let mut voice = Voice::draw(rng);
        let mut said = tones::silence(onset_ms);
        let first = said.len();
        voice.greet(greeting_ms, who, &mut said, rng);
        let end_ms = said.len() as f32 / PER_MS;
        // One in three says hello again when nobody speaks (prior).
        if who == Who::ShortPerson && rng.chance(0.33) {
            said.extend(tones::silence(rng.within(1_500.0, 3_000.0)));
            let again = said[first..first + ((end_ms - onset_ms) * PER_MS) as usize].to_vec();
            said.extend(again);
        }
        said.extend(tones::silence(rng.within(1_200.0, 4_000.0)));
        Answer {
            who,
            said,
            onset_ms,
            end_ms,
            line: line(who, rng),
        }
    }
}

/// The line: the same faults for both, another place behind. Shares are our prior: half of the people stand where
/// something is going on, and so do some of those who record a greeting; a network's greeting has no place. Steady noise
/// comes from the line and tells nothing.
fn line(who: Who, rng: &mut Rng) -> Line {
    let lively = [
        NoiseKind::Babble,
        NoiseKind::Street,
        NoiseKind::Office,
        NoiseKind::Music,
    ];
    let steady = [NoiseKind::White, NoiseKind::Pink, NoiseKind::Hum];
    let (in_place, on_line) = if who.is_machine() {
        (0.27, 0.35)
    } else {
        (0.5, 0.33)
    };
    let draw = rng.unit();
    let kinds: &[NoiseKind] = if draw < in_place {
        &lively
    } else if draw < in_place + on_line {
        &steady
    } else {
        &[]
    };
    Line {
        noise: rng.one_of(kinds).map(|&kind| (kind, rng.within(6.0, 30.0))),
        ..Line::draw(rng.bits())
    }
}

/// A voice with enough to say: carried recordings of one speaker, or one that never was. Class plays no part.
enum Voice {
    Recorded(Vec<Vec<f32>>, usize),
    Made(Speaker),
}

impl Voice {
    fn draw(rng: &mut Rng) -> Voice {
        let kind = if rng.chance(0.5) {
            ClipKind::Speech
        } else {
            ClipKind::Word
        };
        let clips = clips_of(kind);
        match rng.one_of(&clips) {
            Some(one) if rng.chance(0.5) => {
                let theirs = clips.iter().filter(|clip| clip.speaker == one.speaker);
                Voice::Recorded(theirs.map(|clip| load(clip)).collect(), 0)
            }
            _ => Voice::Made(Speaker::draw(rng)),
        }
    }

    /// Speaks phrases and pauses until the greeting is as long as it is to be.
    fn greet(&mut self, greeting_ms: f32, who: Who, said: &mut Vec<f32>, rng: &mut Rng) {
        let until = said.len() + (greeting_ms * PER_MS) as usize;
        let mut first = true;
        loop {
            // "Hello." stands alone in every other greeting; other phrases are breath groups of 1 to 3 s.
            let phrase_ms = if first && rng.chance(0.5) {
                rng.within(350.0, 900.0)
            } else {
                rng.within(900.0, 3_000.0)
            };
            first = false;
            let room = until.saturating_sub(said.len());
            self.phrase(((phrase_ms * PER_MS) as usize).min(room), said, rng);
            if said.len() + (400.0 * PER_MS) as usize > until {
                return;
            }
            // Median pauses of 0.3 s, read sentences a little more (Campione and Véronis 2002).
            let (median, most) = if who.is_machine() {
                (340.0, 1_000.0)
            } else {
                (280.0, 900.0)
            };
            let pause = (median * (0.45 * rng.normal()).exp()).clamp(120.0, most);
            said.extend(tones::silence(pause));
        }
    }

    /// One phrase of so many samples, faded at its end.
    fn phrase(&mut self, count: usize, said: &mut Vec<f32>, rng: &mut Rng) {
        let from = said.len();
        while said.len() < from + count {
            match self {
                Voice::Recorded(clips, at) => {
                    let Some(clip) = clips.get(*at % clips.len().max(1)) else {
                        return;
                    };
                    *at += 1;
                    said.extend(trimmed(clip));
                }
                Voice::Made(speaker) => {
                    let words = 1 + rng.below(6);
                    said.extend(speaker.say(&Phones::draw(words, rng), rng));
                }
            }
        }
        said.truncate(from + count);
        let fade = (40.0 * PER_MS) as usize;
        let start = said.len().saturating_sub(fade).max(from);
        for (n, sample) in said[start..].iter_mut().enumerate() {
            *sample *= 1.0 - n as f32 / fade as f32;
        }
    }
}

/// A clip without the silence about it: from the first to the last sample above a fiftieth of its peak.
fn trimmed(clip: &[f32]) -> &[f32] {
    let peak = clip.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    let loud = |s: &f32| s.abs() > peak / 50.0;
    let first = clip.iter().position(loud).unwrap_or(0);
    let last = clip.iter().rposition(loud).unwrap_or(0);
    &clip[first..=last.max(first).min(clip.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_have_the_lengths_that_are_stated() {
        let rng = &mut Rng::new(5);
        let mut lengths = |who| {
            let mut all: Vec<f32> = (0..41)
                .map(|_| Answer::draw(who, rng))
                .map(|answer| answer.end_ms - answer.onset_ms)
                .collect();
            all.sort_by(f32::total_cmp);
            all[20]
        };
        assert!((500.0..1_200.0).contains(&lengths(Who::ShortPerson)));
        assert!((4_500.0..6_000.0).contains(&lengths(Who::LongPerson)));
        assert!((5_000.0..6_600.0).contains(&lengths(Who::Machine)));
    }

    #[test]
    fn one_seed_gives_one_answer() {
        let draw = || Answer::draw(Who::Machine, &mut Rng::new(11));
        assert_eq!(draw().said, draw().said);
        assert_eq!(draw().line, draw().line);
    }
}
