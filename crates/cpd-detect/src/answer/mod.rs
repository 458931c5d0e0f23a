//! Who answered: a person or something recorded.
//!
//! Interactive against announced, without regard to words. `near` tells the voice at the telephone from what is behind
//! it, `talk` follows its turns and pauses, `place` what is heard when it pauses; `measures` turns them into five
//! numbers with a known direction each, and their weighted sum is the log odds of a machine. The weights are fitted by
//! `cpd-train`. Continuous talk beyond what people say to an unknown caller is the main evidence, and it only grows;
//! yielding the turn after a short answer is the main evidence against.

mod measures;
mod near;
mod place;
mod talk;
#[cfg(test)]
mod testing;
mod weights;

use crate::activity::Hearing;
use crate::event::{Event, EventKind};
use crate::events::Events;
use crate::front::Frame;
use crate::time::SampleTime;

pub use measures::{DIRECTIONS, MEASURES};
use near::NearVoice;
use place::Place;
use talk::{Talk, Turn};
use weights::{BIAS, WEIGHTS};

/// What the answer ear thinks at this moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opinion {
    /// Probability that the answering side is a machine, 0 to 1.
    pub machine: f32,
    /// Whether waiting longer is not expected to change it. Taken back when the same side goes on within a second and a
    /// half, before anybody can have answered it.
    pub settled: bool,
    /// Whether the greeting is a long one.
    pub long: bool,
    /// Whether the first turn is over: silence for longer than a pause inside a greeting.
    pub yielded: bool,
}

/// Waiting after one word that settles it, hops: 0.6 s. Machines too begin with "Hello." and a pause of up to 0.6 s.
const SETTLED_WORD: u16 = 60;
/// Waiting after a short answer that settles it, hops: 0.5 s. Pauses inside greetings have a median of 0.3 s.
const SETTLED_SHORT: u16 = 50;
/// Waiting after a company's greeting that settles it, hops: 0.6 s, for machines are as likely from here on.
const SETTLED_GREETING: u16 = 60;
/// Waiting after longer talk that settles it, hops: 1 s, the time in which most machines have beeped or gone on.
const SETTLED_LONG: u16 = 100;
/// Waiting after which an answer may have been given, hops: 1.5 s. What is said then belongs to a conversation and not to
/// the greeting, and the opinion stays.
const ANSWERED_HOPS: u16 = 150;
/// Talk up to here is one word or two, hops.
const WORD_TALK: u16 = 100;
/// Talk up to here is a short answer, hops: 2.5 s, a company's name and one's own.
const SHORT_TALK: u16 = 250;
/// Talk up to here is a company's greeting, hops: 3.6 s, beyond which one short answer in fifty lies.
const GREETING_TALK: u16 = 360;

/// Listens to the answering side.
pub struct AnswerEar {
    answered: Option<SampleTime>,
    near: NearVoice,
    talk: Talk,
    place: Place,
    /// Talk at the last greeting end that was told, hops.
    told_at: u16,
    measures: [f32; MEASURES],
    opinion: Option<Opinion>,
    /// A conversation has begun: the opinion stays.
    conversing: bool,
}

impl Default for AnswerEar {
    fn default() -> Self {
        AnswerEar::new()
    }
}

impl AnswerEar {
    /// An ear that has heard nothing.
    pub fn new() -> AnswerEar {
        AnswerEar {
            answered: None,
            near: NearVoice::new(),
            talk: Talk::default(),
            place: Place::default(),
            told_at: 0,
            measures: [0.0; MEASURES],
            opinion: None,
            conversing: false,
        }
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, hearing: &Hearing, events: &mut Events) {
        self.answered = self.answered.or(frame.answered);
        if self.answered.is_none() || self.conversing {
            return;
        }
        let ground = self.near.hear(frame, hearing);
        self.talk.hear(frame, ground);
        self.place.hear(frame, hearing, ground, self.talk.onset.is_some());
        if self.talk.onset.is_none() || !self.near.is_near() {
            self.opinion = None;
            return;
        }
        self.measures = measures::measures(&self.talk, &self.place);
        self.opinion = Some(Opinion {
            machine: probability(&self.measures),
            settled: self.talk.silence >= self.settling_hops(),
            long: self.talk.talked() > SHORT_TALK,
            yielded: self.talk.silence >= ANSWERED_HOPS,
        });
        self.tell_end(frame, events);
        self.conversing = self.talk.silence >= ANSWERED_HOPS && !self.talk.is_doubtful();
    }

    /// The present opinion; none before the answer or before anybody spoke.
    pub fn opinion(&self) -> Option<Opinion> {
        self.opinion
    }

    /// What the opinion rests on, in the order of [`DIRECTIONS`].
    pub fn measures(&self) -> &[f32; MEASURES] {
        &self.measures
    }

    fn settling_hops(&self) -> u16 {
        match self.talk.talked() {
            _ if self.talk.is_doubtful() => ANSWERED_HOPS,
            0..WORD_TALK => SETTLED_WORD,
            WORD_TALK..SHORT_TALK => SETTLED_SHORT,
            SHORT_TALK..GREETING_TALK => SETTLED_GREETING,
            _ => SETTLED_LONG,
        }
    }

    /// The greeting's end is told when the turn is yielded, and again when the same side went on for as long as a
    /// machine does: the first end was then a pause. A beep ends a greeting at once.
    fn tell_end(&mut self, frame: &Frame<'_>, events: &mut Events) {
        let beep = events
            .fresh()
            .any(|event| matches!(event.kind, EventKind::Beep(_)));
        let talked = self.talk.talked();
        let went_on = self.told_at > 0 && talked > self.told_at && talked > SHORT_TALK;
        let ended = self.talk.turn() == Turn::Yielded || beep;
        if ended && (self.told_at == 0 || went_on) {
            self.told_at = talked.max(1);
            events.push(Event {
                known: frame.end(),
                from: self.talk.last_word,
                confidence: 0.9,
                kind: EventKind::GreetingEnd,
            });
        }
    }
}

/// Probability of a machine.
fn probability(measures: &[f32; MEASURES]) -> f32 {
    let log_odds: f32 = BIAS + measures.iter().zip(&WEIGHTS).map(|(m, w)| m * w).sum::<f32>();
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::testing::{Stretch, chatter, pause, play, talk};
    use super::*;

    /// When the opinion is first settled, ms, and the last opinion.
    fn opinion(course: &[Vec<Stretch>]) -> (Option<u64>, Option<Opinion>) {
        let (mut ear, mut events) = (AnswerEar::new(), Events::new());
        let mut settled = None;
        play(course, |frame, hearing| {
            ear.hear(frame, hearing, &mut events);
            if settled.is_none() && ear.opinion().is_some_and(|opinion| opinion.settled) {
                settled = Some(frame.rate.ms(frame.end()));
            }
        });
        (settled, ear.opinion())
    }

    #[test]
    fn a_word_and_waiting_is_a_person_within_a_second() {
        let (settled, opinion) = opinion(&[pause(900, -45.0), talk(500, -20.0), pause(2_000, -45.0)]);
        assert!(
            settled.is_some_and(|ms| (1_900..2_200).contains(&ms)),
            "{settled:?}"
        );
        assert!(opinion.is_some_and(|o| o.machine < 0.1), "{opinion:?}");
    }

    #[test]
    fn long_talk_out_of_a_studio_is_a_machine() {
        let phrase = |_| [talk(2_000, -20.0), pause(350, -66.0)];
        let mut course = vec![pause(400, -66.0)];
        course.extend((0..4).flat_map(phrase));
        course.push(pause(2_000, -66.0));
        let (_, opinion) = opinion(&course);
        assert!(opinion.is_some_and(|o| o.machine > 0.8 && o.long), "{opinion:?}");
    }

    #[test]
    fn people_in_the_room_are_no_answer() {
        let (settled, opinion) = opinion(&[pause(300, -42.0), chatter(3_000, -40.0)]);
        assert_eq!((settled, opinion), (None, None));
    }

    #[test]
    fn talk_with_an_agent_does_not_change_the_opinion() {
        let hello = [pause(700, -45.0), talk(500, -20.0), pause(1_800, -45.0)];
        let (_, before) = opinion(&hello);
        let (_, after) = opinion(&[&hello[..], &[talk(12_000, -20.0)]].concat());
        assert_eq!(before.map(|o| o.machine), after.map(|o| o.machine));
    }
}
