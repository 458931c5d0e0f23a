//! The judge: weighs what the detectors heard and gives the verdict.
//!
//! Facts are collected as events arrive ([`Facts`]); one pure function ([`Facts::weigh`]) says what they mean at this
//! moment. What a call *is* goes by the strength of the evidence and not by its order: a reference prompt outweighs the
//! busy tone that follows it, a fax tone outweighs the silence before it, and ringback gives way to whatever comes after
//! it. A verdict can change while the call goes on; its `last` says whether the judge still expects that.

use std::sync::Arc;

use crate::activity::Hearing;
use crate::answer::Opinion;
use crate::early_talk::EarlyTalk;
use crate::event::{Activity, Event, EventKind, FaxKind, ModemKind, ProgressTone, SitKind};
use crate::events::Events;
use crate::front::Frame;
use crate::keys::Keys;
use crate::profile::{OperatingPoint, Profile};
use crate::prompts::{Library, PromptId};
use crate::time::{SampleRate, SampleTime};
use crate::verdict::{Class, Evidence, Verdict};

/// Speech before the answer that makes an announcement: longer than a cough, a word bleeding over, a "hello" of a
/// signalling race.
const ANNOUNCEMENT_SPEECH_MS: u64 = 1_000;
/// Silence after the answer that makes a verdict of silence: one person in fifty first speaks later than 3 s.
const SILENT_ANSWER_MS: u64 = 4_000;
/// Silence before the answer that makes one: longer than any ringback's pause (Ireland, New Zealand: 4 s at most after a
/// ring) and than the usual second or two before the network plays anything.
const SILENT_LINE_MS: u64 = 6_000;
/// A beep tells a machine for this long after the last word: an answering machine that greets with "I'm out" beeps within
/// two seconds; later beeps are a person's keypad, microwave oven or recording warning.
const BEEP_AFTER_WORD_MS: u64 = 3_000;
/// … and for this long after the answer: the longest greetings last half a minute; after that an agent is on the line.
const BEEP_AFTER_ANSWER_MS: u64 = 40_000;

/// Weighs evidence over one call.
pub(crate) struct Judge {
    library: Arc<Library>,
    machine_threshold: f32,
    facts: Facts,
    verdict: Option<Verdict>,
}

/// What is known of the call so far.
#[derive(Clone, Debug, Default)]
struct Facts {
    rate_hz: u32,
    now: SampleTime,
    answered: Option<SampleTime>,
    /// What the line sounds like.
    activity: Option<Activity>,
    /// Talk before the answer.
    early_talk: EarlyTalk,
    /// Level of the newest hop, dBm0.
    level_dbm0: f32,
    /// Digits, and the talk beside them after the answer.
    keys: Keys,
    /// Hops heard since the answer, or since the last one that held anything but silence or noise. Lost audio counts
    /// for nothing: nobody knows whether it was silent.
    quiet_hops: u64,
    prompt: Option<(PromptId, Class, f32)>,
    sit: Option<(SitKind, f32)>,
    tone: Option<Tone>,
    melody: Option<f32>,
    fax: Option<f32>,
    modem: Option<f32>,
    /// The preamble of a fax was heard; a modem's carrier was.
    flags: bool,
    carrier: bool,
    beep: Option<f32>,
    opinion: Option<Opinion>,
    /// The last hop with speech after the answer.
    last_word: Option<SampleTime>,
    /// Whether a person was told and their turn is over: what is said from then on is talk with an agent.
    person: bool,
    /// The call is over.
    ended: bool,
}

#[derive(Clone, Copy, Debug)]
struct Tone {
    kind: ProgressTone,
    confidence: f32,
    runner_up: Option<(ProgressTone, f32)>,
    /// Speech was heard before it: the tone came after an announcement.
    after_speech: bool,
}

/// A verdict without its time.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Finding {
    class: Class,
    confidence: f32,
    evidence: Evidence,
    runner_up: Option<(Class, f32)>,
    last: bool,
}

impl Judge {
    /// A judge who has heard nothing.
    pub(crate) fn new(rate: SampleRate, profile: &Profile, library: Arc<Library>) -> Judge {
        Judge {
            library,
            machine_threshold: machine_threshold(profile),
            facts: Facts {
                rate_hz: rate.hz(),
                ..Facts::default()
            },
            verdict: None,
        }
    }

    /// Weighs one hop.
    pub(crate) fn weigh(
        &mut self,
        frame: &Frame<'_>,
        hearing: &Hearing,
        opinion: Option<Opinion>,
        events: &mut Events,
    ) {
        let facts = &mut self.facts;
        facts.now = frame.end();
        facts.level_dbm0 = frame.level_dbm0;
        facts.follow_talk(frame);
        if hearing.speech > 0.5 || hearing.music > 0.5 || hearing.tone > 0.5 {
            facts.quiet_hops = 0;
        } else if frame.lost == 0.0 {
            facts.quiet_hops += 1;
        }
        if facts.answered.is_some() && hearing.speech > 0.5 {
            facts.last_word = Some(frame.end());
        }
        for event in events.fresh() {
            facts.note(event, &self.library);
        }
        facts.opinion = opinion;
        self.conclude(events);
    }

    /// The call is over: what is still open is settled as it stands.
    pub(crate) fn ended(&mut self, events: &mut Events) {
        self.facts.ended = true;
        self.conclude(events);
    }

    /// The present verdict, if any.
    pub(crate) fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    fn conclude(&mut self, events: &mut Events) {
        let Some(finding) = self.facts.weigh(self.machine_threshold) else {
            return;
        };
        if is_person(finding.class) {
            self.facts.person |= self.facts.opinion.is_some_and(|opinion| opinion.yielded);
        }
        let now = self.facts.now;
        let told = match &self.verdict {
            Some(v) if v.class == finding.class && v.evidence == finding.evidence => {
                // The same verdict, perhaps surer: told again only when that matters to somebody.
                let surer = finding.confidence > v.confidence + 0.1 || (finding.last && !v.last);
                if !surer {
                    return;
                }
                v.decided
            }
            // Another prompt of the same class is another finding: the first was taken back.
            Some(Verdict {
                evidence: Evidence::Prompt(before),
                ..
            }) if matches!(finding.evidence, Evidence::Prompt(after) if after != *before) => now,
            // Greeting and beep are two views of the same machine; the class was decided by the first.
            Some(v) if v.class == finding.class => v.decided,
            // A person who goes on is still the person who was told, be it a business.
            Some(v) if is_person(v.class) && is_person(finding.class) => v.decided,
            Some(_) | None => now,
        };
        let verdict = Verdict {
            class: finding.class,
            confidence: finding.confidence,
            decided: told,
            evidence: finding.evidence,
            runner_up: finding.runner_up,
            last: finding.last || self.facts.ended,
        };
        self.verdict = Some(verdict.clone());
        let kind = EventKind::Verdict(verdict);
        events.push(Event {
            known: now,
            from: told,
            confidence: finding.confidence,
            kind,
        });
    }
}

fn is_person(class: Class) -> bool {
    matches!(class, Class::Human | Class::HumanBusiness)
}

/// The probability of "machine" that a verdict of machine needs.
fn machine_threshold(profile: &Profile) -> f32 {
    profile
        .machine_threshold
        .unwrap_or(match profile.operating_point {
            // Where people taken for machines stay below three in a hundred on labelled calls (docs/accuracy.md): a person
            // lost costs more than a machine passed on.
            OperatingPoint::Balanced => 0.8,
            OperatingPoint::KeepPeople => 0.9,
            OperatingPoint::CatchMachines => 0.6,
        })
}

impl Facts {
    fn ms(&self, samples: u64) -> u64 {
        samples.saturating_mul(1_000) / u64::from(self.rate_hz.max(1))
    }

    fn quiet_ms(&self) -> u64 {
        self.quiet_hops * 10
    }

    /// Counts talk, and learns the level of the ringing that talk before the answer is compared with.
    fn follow_talk(&mut self, frame: &Frame<'_>) {
        match self.activity {
            Some(Activity::Speech) if self.answered.is_some() => self.keys.hear_talk(frame.level_dbm0, 1),
            Some(activity) if self.answered.is_none() => {
                let rings = self.tone.is_some_and(|tone| tone.kind == ProgressTone::Ringback);
                let at = frame.rate.at_hop(frame.index);
                self.early_talk.hear(activity, at, frame.level_dbm0, rings);
            }
            Some(_) | None => {}
        }
    }

    fn on_activity(&mut self, activity: Activity, event: &Event) {
        self.activity = Some(activity);
        // The stretch began before it was known.
        let from = event.from.max(self.answered.unwrap_or_default());
        let hops = self.ms(event.known - from) / 10;
        match (self.answered, activity) {
            (Some(_), Activity::Speech) => self.keys.hear_talk(self.level_dbm0, hops as u32),
            (Some(_), _) => {}
            (None, activity) => self.early_talk.begin(activity, from, hops as u32),
        }
    }

    fn note(&mut self, event: &Event, library: &Library) {
        match &event.kind {
            EventKind::Answered => {
                self.answered = Some(event.from);
                // What the network played while it rang says nothing about who answered.
                self.tone = None;
                self.melody = None;
                self.early_talk.clear();
                self.quiet_hops = 0;
            }
            EventKind::Tone(tone) => {
                self.early_talk.on_tone(tone, event.from);
                self.tone = Some(Tone {
                    kind: tone.kind,
                    confidence: event.confidence,
                    runner_up: tone.runner_up,
                    after_speech: self.early_talk.ms() >= ANNOUNCEMENT_SPEECH_MS || self.opinion.is_some(),
                });
            }
            EventKind::Melody => self.melody = Some(event.confidence),
            EventKind::Sit(kind) => {
                // A tone is repeated; the surest coding of the three tones counts.
                if self
                    .sit
                    .is_none_or(|(_, confidence)| event.confidence > confidence)
                {
                    self.sit = Some((*kind, event.confidence));
                }
            }
            EventKind::Dtmf(_) => self.keys.press(self.level_dbm0),
            EventKind::Fax(kind) => {
                self.flags |= *kind == FaxKind::Flags;
                self.fax = Some(self.fax.unwrap_or(0.0).max(event.confidence));
            }
            EventKind::Modem(kind) => {
                self.carrier |= matches!(kind, ModemKind::V22 | ModemKind::Bell103 | ModemKind::V23);
                self.modem = Some(self.modem.unwrap_or(0.0).max(event.confidence));
            }
            EventKind::Beep(_) => {
                let after = |since: Option<SampleTime>| since.map_or(0, |since| self.ms(event.from - since));
                let in_time =
                    after(self.answered) < BEEP_AFTER_ANSWER_MS && after(self.last_word) < BEEP_AFTER_WORD_MS;
                if self.answered.is_some() && in_time {
                    self.beep = Some(event.confidence);
                }
            }
            EventKind::Prompt(heard) => {
                let class = library
                    .info(heard.prompt)
                    .map_or(Class::Unknown, |info| info.class);
                // The first prompt is the operator's word on the call; a second language repeats it.
                if self.prompt.is_none() {
                    self.prompt = Some((heard.prompt, class, event.confidence));
                }
            }
            EventKind::PromptRetracted(heard) => {
                if self.prompt.is_some_and(|(prompt, ..)| prompt == heard.prompt) {
                    self.prompt = None;
                }
            }
            EventKind::Activity(activity) => self.on_activity(*activity, event),
            EventKind::PromptCandidate(_)
            | EventKind::GreetingEnd
            | EventKind::Gap(_)
            | EventKind::Verdict(_) => {}
        }
    }

    /// What the facts mean now; none where they mean nothing yet.
    fn weigh(&self, machine_threshold: f32) -> Option<Finding> {
        self.named().or_else(|| match self.answered {
            Some(_) => self.after_answer(machine_threshold),
            None => self.before_answer(),
        })
    }

    /// Evidence that means the same before and after the answer: it names what is heard.
    fn named(&self) -> Option<Finding> {
        if let Some((prompt, class, confidence)) = self.prompt {
            return Some(Finding::of(class, confidence, Evidence::Prompt(prompt)).last());
        }
        if let Some((kind, confidence)) = self.sit {
            // The announcement that follows may say more: not the last word.
            return Some(Finding::of(sit_class(kind), confidence, Evidence::Sit(kind)));
        }
        match (self.modem, self.fax) {
            (Some(modem), Some(fax)) if modem > fax => Some(
                Finding::of(Class::Modem, modem, Evidence::Tone)
                    .or(Class::Fax, fax * (1.0 - modem))
                    .last(),
            ),
            // A modem that answers with the plain tone of V.25 sends its carrier after it; a fax sends V.21.
            (Some(modem), Some(fax)) if self.carrier && !self.flags => Some(
                Finding::of(Class::Modem, modem, Evidence::Tone)
                    .or(Class::Fax, fax * (1.0 - modem))
                    .last(),
            ),
            (Some(modem), None) => Some(Finding::of(Class::Modem, modem, Evidence::Tone).last()),
            (modem, Some(fax)) => {
                let other = modem.unwrap_or(0.0) * (1.0 - fax);
                Some(
                    Finding::of(Class::Fax, fax, Evidence::Tone)
                        .or(Class::Modem, other)
                        .last(),
                )
            }
            (None, None) => None,
        }
    }

    fn before_answer(&self) -> Option<Finding> {
        let speech = self.early_talk.ms();
        if let Some(tone) = self.tone
            && tone.kind != ProgressTone::Ringback
            && !tone.after_speech
        {
            return Some(Finding::of_tone(tone));
        }
        if let Some(confidence) = self.melody {
            return Some(Finding::of(Class::Ringback, confidence, Evidence::Melody));
        }
        if self.keys.any() {
            return Some(Finding::of(Class::Unknown, 0.9, Evidence::Dtmf));
        }
        if speech >= ANNOUNCEMENT_SPEECH_MS {
            let confidence = (0.5 + speech as f32 / 8_000.0).min(0.95);
            return Some(Finding::of(
                Class::Unknown,
                confidence,
                Evidence::UnknownAnnouncement,
            ));
        }
        if let Some(tone) = self.tone {
            return Some(Finding::of_tone(tone));
        }
        (self.quiet_ms() >= SILENT_LINE_MS || self.ended)
            .then(|| Finding::of(Class::Unknown, 0.8, Evidence::Silence))
    }

    fn after_answer(&self, machine_threshold: f32) -> Option<Finding> {
        if let Some(confidence) = self.beep {
            return Some(Finding::of(Class::Machine, confidence, Evidence::Beep).last());
        }
        if self.keys.decide() && !self.person {
            return Some(Finding::of(Class::Unknown, 0.9, Evidence::Dtmf));
        }
        if let Some(opinion) = self.opinion {
            return self.of_opinion(opinion, machine_threshold);
        }
        if let Some(tone) = self.tone {
            return Some(match tone.kind {
                ProgressTone::Ringback => Finding::of(Class::FalseAnswer, tone.confidence, Evidence::Tone),
                ProgressTone::Busy | ProgressTone::Congestion => Finding::of_tone(tone),
            });
        }
        if let Some(confidence) = self.melody {
            return Some(Finding::of(Class::FalseAnswer, confidence, Evidence::Melody));
        }
        (self.quiet_ms() >= SILENT_ANSWER_MS || self.ended)
            .then(|| Finding::of(Class::Silence, 0.8, Evidence::Silence))
    }

    fn of_opinion(&self, opinion: Opinion, machine_threshold: f32) -> Option<Finding> {
        let person = if opinion.long {
            Class::HumanBusiness
        } else {
            Class::Human
        };
        if self.person {
            // Once a person has been told, the agent speaks with them: long talk is then no sign of a machine.
            return Some(Finding::of(person, 1.0 - opinion.machine.min(0.5), Evidence::Greeting).last());
        }
        if opinion.machine >= machine_threshold {
            let finding = Finding::of(Class::Machine, opinion.machine, Evidence::Greeting);
            return Some(finding.or(person, 1.0 - opinion.machine));
        }
        if opinion.settled || (self.ended && opinion.machine < 0.5) {
            let finding = Finding::of(person, 1.0 - opinion.machine, Evidence::Greeting);
            return Some(finding.or(Class::Machine, opinion.machine));
        }
        self.ended
            .then(|| Finding::of(Class::Unknown, 0.5, Evidence::Greeting).or(Class::Machine, opinion.machine))
    }
}

fn sit_class(kind: SitKind) -> Class {
    match kind {
        SitKind::Intercept => Class::SitIntercept,
        SitKind::Vacant => Class::SitVacant,
        SitKind::Reorder1 | SitKind::Reorder2 => Class::SitReorder,
        SitKind::NoCircuit1 | SitKind::NoCircuit2 => Class::SitNoCircuit,
        SitKind::IneffectiveOther | SitKind::Itu | SitKind::Unknown => Class::SitUnknown,
    }
}

fn tone_class(kind: ProgressTone) -> Class {
    match kind {
        ProgressTone::Ringback => Class::Ringback,
        ProgressTone::Busy => Class::Busy,
        ProgressTone::Congestion => Class::Congestion,
    }
}

impl Finding {
    fn of(class: Class, confidence: f32, evidence: Evidence) -> Finding {
        Finding {
            class,
            confidence: confidence.clamp(0.0, 1.0),
            evidence,
            runner_up: None,
            last: false,
        }
    }

    fn of_tone(tone: Tone) -> Finding {
        Finding {
            runner_up: tone.runner_up.map(|(kind, p)| (tone_class(kind), p)),
            last: tone.kind != ProgressTone::Ringback,
            ..Finding::of(tone_class(tone.kind), tone.confidence, Evidence::Tone)
        }
    }

    fn or(self, class: Class, probability: f32) -> Finding {
        Finding {
            runner_up: Some((class, probability.clamp(0.0, 1.0))),
            ..self
        }
    }

    fn last(self) -> Finding {
        Finding { last: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Beep, PromptHeard, ToneHeard};
    use crate::prompts::PromptId;

    /// Events at given milliseconds, then the finding that stands `at_ms`.
    fn check(at_ms: u64, answered_ms: Option<u64>, events: &[(u64, EventKind)], expected: &str) {
        let mut facts = Facts {
            rate_hz: 8_000,
            ..Facts::default()
        };
        let library = Library::empty();
        let mut last_ms = 0;
        let mut all: Vec<(u64, EventKind)> = events.to_vec();
        all.extend(answered_ms.map(|ms| (ms, EventKind::Answered)));
        all.sort_by_key(|(ms, _)| *ms);
        for (ms, kind) in all {
            let at = SampleTime(ms * 8);
            facts.note(
                &Event {
                    known: at,
                    from: at,
                    confidence: 0.9,
                    kind,
                },
                &library,
            );
            last_ms = ms;
        }
        facts.quiet_hops = (at_ms - last_ms) / 10;
        facts.now = SampleTime(at_ms * 8);
        let told = facts.weigh(0.5).map_or("nothing".to_owned(), |f| {
            format!("{} {:?}", f.class.as_str(), f.evidence)
        });
        assert_eq!(told, expected, "{events:?}, answered {answered_ms:?}");
    }

    fn tone(kind: ProgressTone) -> EventKind {
        EventKind::Tone(ToneHeard {
            kind,
            hz: [425.0, 0.0],
            cadence_ms: [0; 4],
            burst: [SampleTime(0); 2],
            countries: Arc::default(),
            runner_up: None,
        })
    }

    fn prompt() -> EventKind {
        EventKind::Prompt(PromptHeard {
            prompt: PromptId(3),
            offset_ms: 900,
            bits: 60.0,
            runner_up: None,
        })
    }

    #[test]
    fn ringback_gives_way_to_what_comes_after_it() {
        use ProgressTone::{Busy, Ringback};
        check(2_000, None, &[(900, tone(Ringback))], "progress.ringback Tone");
        check(
            9_000,
            None,
            &[(900, tone(Ringback)), (5_000, tone(Busy))],
            "tone.busy Tone",
        );
        check(
            9_000,
            None,
            &[(900, tone(Ringback)), (5_000, EventKind::Sit(SitKind::Vacant))],
            "tone.sit.vacant Sit(Vacant)",
        );
    }

    #[test]
    fn a_prompt_outweighs_the_busy_tone_and_the_sit_around_it() {
        let busy = tone(ProgressTone::Busy);
        let sit = EventKind::Sit(SitKind::Itu);
        check(
            9_000,
            None,
            &[(500, sit), (2_000, prompt()), (5_000, busy)],
            "unknown Prompt(PromptId(3))",
        );
    }

    #[test]
    fn a_retracted_prompt_is_forgotten() {
        let heard = PromptHeard {
            prompt: PromptId(3),
            offset_ms: 1_500,
            bits: 0.0,
            runner_up: None,
        };
        let events = [
            (800, prompt()),
            (1_500, EventKind::PromptRetracted(heard)),
            (4_000, tone(ProgressTone::Busy)),
        ];
        check(9_000, None, &events, "tone.busy Tone");
    }

    #[test]
    fn ringback_before_the_answer_says_nothing_about_who_answered() {
        check(
            3_000,
            Some(2_500),
            &[(900, tone(ProgressTone::Ringback))],
            "nothing",
        );
        check(
            9_000,
            Some(2_500),
            &[(900, tone(ProgressTone::Ringback))],
            "answer.silence Silence",
        );
        check(
            6_000,
            Some(2_500),
            &[(4_500, tone(ProgressTone::Ringback))],
            "answer.false Tone",
        );
    }

    #[test]
    fn fax_and_beep_speak_for_themselves() {
        check(
            3_000,
            Some(0),
            &[(2_000, EventKind::Fax(FaxKind::Ced))],
            "answer.fax Tone",
        );
        // V.22 answers with the same plain tone; a fax that sends data sounds like a carrier at times.
        let (ced, flags) = (EventKind::Fax(FaxKind::Ced), EventKind::Fax(FaxKind::Flags));
        let carrier = EventKind::Modem(ModemKind::V22);
        check(
            6_000,
            Some(0),
            &[(2_000, ced.clone()), (4_500, carrier.clone())],
            "answer.modem Tone",
        );
        check(
            6_000,
            Some(0),
            &[(2_000, ced), (4_500, flags), (6_000, carrier)],
            "answer.fax Tone",
        );
        let beep = EventKind::Beep(Beep {
            hz: [1_000.0, 0.0],
            ms: 300,
            count: 1,
        });
        check(3_000, Some(0), &[(2_000, beep.clone())], "answer.machine Beep");
        check(3_000, None, &[(2_000, beep)], "nothing");
    }

    #[test]
    fn a_person_who_was_told_stays_a_person_however_long_they_talk() {
        let mut facts = Facts {
            rate_hz: 8_000,
            answered: Some(SampleTime(0)),
            ..Facts::default()
        };
        facts.opinion = Some(Opinion {
            machine: 0.1,
            settled: true,
            long: false,
            yielded: true,
        });
        assert_eq!(facts.weigh(0.5).map(|f| f.class), Some(Class::Human));
        facts.person = true;
        facts.opinion = Some(Opinion {
            machine: 0.99,
            settled: true,
            long: true,
            yielded: true,
        });
        assert_eq!(facts.weigh(0.5).map(|f| f.class), Some(Class::HumanBusiness));
    }

    #[test]
    fn a_person_who_goes_on_was_decided_when_first_told() {
        let library = Arc::new(Library::empty());
        let mut judge = Judge::new(SampleRate::NARROWBAND, &Profile::default(), library);
        let mut events = Events::new();
        judge.facts.answered = Some(SampleTime(0));
        let mut told = |at_ms: u64, long: bool, settled: bool, judge: &mut Judge| {
            judge.facts.now = SampleTime(at_ms * 8);
            judge.facts.opinion = Some(Opinion {
                machine: 0.2,
                settled,
                long,
                yielded: false,
            });
            judge.conclude(&mut events);
            judge.verdict().map(|v| (v.class, v.decided.0 / 8))
        };
        assert_eq!(told(1_500, false, true, &mut judge), Some((Class::Human, 1_500)));
        told(2_000, true, false, &mut judge);
        assert_eq!(
            told(4_800, true, true, &mut judge),
            Some((Class::HumanBusiness, 1_500))
        );
    }

    #[test]
    fn the_operating_point_moves_the_threshold() {
        let of = |operating_point| {
            machine_threshold(&Profile {
                operating_point,
                ..Profile::default()
            })
        };
        assert!(of(OperatingPoint::CatchMachines) < of(OperatingPoint::Balanced));
        assert!(of(OperatingPoint::Balanced) < of(OperatingPoint::KeepPeople));
        let mut facts = Facts {
            rate_hz: 8_000,
            answered: Some(SampleTime(0)),
            ..Facts::default()
        };
        facts.opinion = Some(Opinion {
            machine: 0.85,
            settled: false,
            long: true,
            yielded: false,
        });
        assert_eq!(
            facts.weigh(of(OperatingPoint::Balanced)).map(|f| f.class),
            Some(Class::Machine)
        );
        assert_eq!(facts.weigh(of(OperatingPoint::KeepPeople)).map(|f| f.class), None);
    }

    #[test]
    fn the_end_of_the_call_settles_what_is_open_in_favour_of_people() {
        let mut facts = Facts {
            rate_hz: 8_000,
            answered: Some(SampleTime(0)),
            ended: true,
            ..Facts::default()
        };
        facts.opinion = Some(Opinion {
            machine: 0.6,
            settled: false,
            long: false,
            yielded: false,
        });
        assert_eq!(facts.weigh(0.8).map(|f| f.class), Some(Class::Unknown));
        facts.opinion = Some(Opinion {
            machine: 0.4,
            settled: false,
            long: false,
            yielded: false,
        });
        assert_eq!(facts.weigh(0.8).map(|f| f.class), Some(Class::Human));
    }
}
