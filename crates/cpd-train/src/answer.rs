//! What is said after the answer: drawn from what is known of how people and machines answer, never from recordings of
//! answers.
//!
//! Both classes speak with the same voices and go through the same lines. They differ only in the structure of what is
//! said (lengths, pauses, repetition), in when it begins, and in the place behind. The figures are stated below with
//! their source; those without one are our prior, and the README says so.

use cpd_sim::voice::{ClipKind, Phones, Speaker, clips_of, load};
use cpd_sim::{Line, NoiseKind, Rng, level, noise, tones};

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// A person, in a word or a few.
    ShortPerson,
    /// A person who goes on for some seconds.
    LongPerson,
    /// A machine.
    Machine,
}

impl Who {
    /// Whether it is a machine.
    pub(crate) fn is_machine(self) -> bool {
        self == Who::Machine
    }
}

/// Samples in a millisecond.
const PER_MS: f32 = 8.0;

/// An answer as it leaves the other end, and the line that carries it.
pub(crate) struct Answer {
    /// What is said, from the answer on.
    pub(crate) said: Vec<f32>,
    /// The line.
    pub(crate) line: Line,
}

impl Answer {
    /// Somebody's answer.
    pub(crate) fn draw(who: Who, rng: &mut Rng) -> Answer {
        let mut voice = Voice::draw(rng);
        let mut said = tones::silence(onset_ms(who, rng));
        let first = said.len();
        voice.greet(greeting_ms(who, rng), who, &mut said, rng);
        let last = said.len();
        // One in three says hello again when nobody speaks (prior).
        if who == Who::ShortPerson && rng.chance(0.33) {
            said.extend(tones::silence(rng.within(1_500.0, 3_000.0)));
            said.extend_from_within(first..last);
        }
        said.extend(tones::silence(rng.within(1_200.0, 4_000.0)));
        add_room(who, &mut said, first..last, rng);
        Answer {
            said,
            line: line(who, rng),
        }
    }
}

/// From the answer to the first word. One person in six first speaks later than 1.4 s after the answer; a network plays
/// its greeting as soon as the call has found its way there.
fn onset_ms(who: Who, rng: &mut Rng) -> f32 {
    match who {
        Who::ShortPerson | Who::LongPerson => 750.0 * (0.63 * rng.normal()).exp(),
        Who::Machine => 550.0 * (0.65 * rng.normal()).exp(),
    }
    .clamp(60.0, 3_500.0)
}

/// From the first word to the last.
fn greeting_ms(who: Who, rng: &mut Rng) -> f32 {
    match who {
        // Median 0.8 s, one in fifty above 3.7 s.
        Who::ShortPerson => (800.0 * (0.75 * rng.normal()).exp()).clamp(200.0, 3_700.0),
        // Median 5.2 s; few go on for more than 8 s before they let the caller speak.
        Who::LongPerson => (5_200.0 * (0.24 * rng.normal()).exp()).clamp(3_300.0, 11_000.0),
        // Median 6.8 s, one in twenty below 3.6 s: "Leave a message" to the opening hours.
        Who::Machine => (6_800.0 * (0.38 * rng.normal()).exp()).clamp(1_300.0, 14_000.0),
    }
}

/// The room where the words were spoken (shares are our prior). Two people in three have one, 20 to 40 dB below the voice,
/// that the telephone lets through from the answer on; two greetings in five were spoken in one, which is heard while the
/// greeting plays.
fn add_room(who: Who, said: &mut [f32], words: std::ops::Range<usize>, rng: &mut Rng) {
    let (share, below_db, heard) = if who.is_machine() {
        (0.4, rng.within(25.0, 50.0), words.clone())
    } else {
        (0.67, rng.within(20.0, 40.0), 0..said.len())
    };
    if !rng.chance(share) {
        return;
    }
    let voice_dbm0 = level::mean_level_dbm0(&said[words]);
    let mut room = NoiseKind::Pink.samples(heard.len(), rng);
    noise::scale_to(&mut room, voice_dbm0 - below_db);
    for (sample, room) in said[heard].iter_mut().zip(&room) {
        *sample += room;
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
                Voice::Recorded(theirs.map(|clip| levelled(trimmed(&load(clip)))).collect(), 0)
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
                (300.0, 800.0)
            } else {
                (280.0, 800.0)
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
                    said.extend_from_slice(clip);
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

/// A clip without the silence and the breath about it, which would make a pause longer than drawn: from the first to the
/// last sample above a twelfth of its peak.
fn trimmed(clip: &[f32]) -> &[f32] {
    let peak = clip.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    let loud = |s: &f32| s.abs() > peak / 12.0;
    let first = clip.iter().position(loud).unwrap_or(0);
    let last = clip.iter().rposition(loud).unwrap_or(0);
    &clip[first..=last.max(first).min(clip.len() - 1)]
}

/// A clip at the level of all others: nobody says one word of a sentence 15 dB below the next.
fn levelled(clip: &[f32]) -> Vec<f32> {
    let mut clip = clip.to_vec();
    level::set_active_level(&mut clip, -20.0);
    clip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_have_the_lengths_that_are_stated() {
        let rng = &mut Rng::new(5);
        let mut median = |draw: fn(Who, &mut Rng) -> f32, who| {
            let mut all: Vec<f32> = (0..401).map(|_| draw(who, rng)).collect();
            all.sort_by(f32::total_cmp);
            all[200]
        };
        assert!((720.0..880.0).contains(&median(greeting_ms, Who::ShortPerson)));
        assert!((4_900.0..5_500.0).contains(&median(greeting_ms, Who::LongPerson)));
        assert!((6_300.0..7_300.0).contains(&median(greeting_ms, Who::Machine)));
        assert!(median(onset_ms, Who::ShortPerson) > median(onset_ms, Who::Machine));
    }

    #[test]
    fn a_room_is_heard_behind_a_person_also_before_the_first_word() {
        let share = |who, rng: &mut Rng| {
            let rooms = (0..100).filter(|_| {
                let mut said = [vec![0.0; 400], vec![0.1; 800], vec![0.0; 400]].concat();
                add_room(who, &mut said, 400..1_200, rng);
                said[..400].iter().any(|s| *s != 0.0)
            });
            rooms.count()
        };
        let rng = &mut Rng::new(7);
        assert!((50..85).contains(&share(Who::ShortPerson, rng)));
        assert_eq!(share(Who::Machine, rng), 0);
    }

    #[test]
    fn one_seed_gives_one_answer() {
        let draw = || Answer::draw(Who::Machine, &mut Rng::new(11));
        assert_eq!(draw().said, draw().said);
        assert_eq!(draw().line, draw().line);
    }
}
