//! What was heard, and what a call does about it.
//!
//! A verdict on a tone is acted on at once. A match of an announcement first has to stand for the policy's `settle`, since
//! another announcement may share its beginning. After the answer somebody listens until a verdict is final or the time is
//! up, and for the end of the greeting and the beep if it is a machine. A machine known by its greeting alone may still
//! turn out to be a person: a call is ended for it when that, too, has stood for `settle`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_detect::event::{Activity, PromptHeard};
use cpd_detect::{Class, EventKind, Evidence, SampleRate, SampleTime, Verdict};

use super::{Call, State};
use crate::policy::{AnswerAction, EarlyAction, Policy};
use crate::record::Deaf;
use crate::signal::{Fork, Heard, MediaAction, Output};
use crate::telling::{NoVerdict, Phase, Telling, Told};
use crate::timers::Timer;

/// What one call tells at most beside its verdicts: a machine speaks and beeps a few times. A voice that never rests shall
/// not flood a dialer.
const TELLINGS_MAX: usize = 64;
/// And with them: a verdict is refined a few times, and has to find room behind all else.
const VERDICTS_MAX: usize = 128;

/// How long a verdict that may still change stands before a call is ended for it. A SIT without a kind is followed by the
/// announcement that names the reason within two seconds.
const OPEN_SETTLE: Duration = Duration::from_millis(3_000);

/// How long advice is waited for: a script has 50 ms, and a caller notices nothing below 100.
pub const CONSULT_LIMIT: Duration = Duration::from_millis(100);

const RATE: SampleRate = SampleRate::NARROWBAND;

/// A verdict that waits to be acted on.
#[derive(Clone, Debug)]
struct Standing {
    fork: Fork,
    verdict: Verdict,
    known: SampleTime,
}

/// What was heard.
pub(super) struct Hearing {
    pub(super) tellings: Vec<Telling>,
    pub(super) deaf: Option<Deaf>,
    pub(super) decided: Option<Instant>,
    listening: bool,
    answered: Option<Fork>,
    /// The detector's own mark of the answer.
    mark: Option<SampleTime>,
    waiting: Option<Standing>,
    /// A verdict that somebody is consulted about, and the number of the consultation.
    consulted: Option<Standing>,
    consultations: u32,
    /// What was last told of this phase: its class, its evidence, its finality.
    told: Option<(Phase, Class, Evidence, bool)>,
    /// The newest match of a prompt: which, and where in it.
    prompt: Option<PromptHeard>,
    speaking: bool,
    /// A person was told after the answer.
    person: bool,
}

impl Hearing {
    pub(super) fn new(deaf: Option<Deaf>) -> Hearing {
        Hearing {
            tellings: Vec::new(),
            listening: deaf.is_none(),
            deaf,
            decided: None,
            answered: None,
            mark: None,
            waiting: None,
            consulted: None,
            consultations: 0,
            told: None,
            prompt: None,
            speaking: false,
            person: false,
        }
    }

    pub(super) fn listens(&self) -> bool {
        self.listening
    }

    pub(super) fn on_answer(&mut self, fork: Fork) {
        self.answered = Some(fork);
        self.waiting = None;
        self.consulted = None;
    }

    pub(super) fn deafen(&mut self, why: Deaf) {
        if self.listening {
            self.listening = false;
            self.deaf = Some(why);
        }
    }

    /// The phase that an event of a fork belongs to; none if it is over.
    fn phase(&self, fork: Fork) -> Option<Phase> {
        match self.answered {
            None => Some(Phase::Pre),
            Some(answered) if answered == fork && self.mark.is_some() => Some(Phase::Post),
            Some(_) => None,
        }
    }

    /// A verdict as it is told.
    fn told_of(&self, standing: &Standing) -> Told {
        let verdict = &standing.verdict;
        let prompt = match verdict.evidence {
            Evidence::Prompt(prompt) => {
                let heard = self.prompt.filter(|heard| heard.prompt == prompt);
                Some((prompt, heard.map(|heard| heard.offset_ms)))
            }
            Evidence::Tone
            | Evidence::Sit(_)
            | Evidence::Melody
            | Evidence::Dtmf
            | Evidence::UnknownAnnouncement
            | Evidence::Greeting
            | Evidence::Beep
            | Evidence::Silence => None,
        };
        Told::Verdict {
            class: verdict.class,
            confidence: verdict.confidence,
            evidence: verdict.evidence,
            prompt,
        }
    }

    fn t_ms(&self, known: SampleTime) -> u64 {
        RATE.ms(known) - RATE.ms(self.mark.unwrap_or_default()).min(RATE.ms(known))
    }
}

impl Call {
    pub(super) fn on_heard(&mut self, now: Instant, Heard { fork, event }: Heard) {
        if !self.hearing.listening {
            return;
        }
        let known = event.known;
        match event.kind {
            EventKind::Answered => {
                if self.hearing.answered == Some(fork) {
                    self.hearing.mark = Some(event.from);
                    self.hearing.prompt = None;
                }
            }
            EventKind::Verdict(verdict) => {
                if self.hearing.phase(fork).is_some() {
                    self.on_verdict(now, Standing { fork, verdict, known });
                }
            }
            EventKind::Prompt(heard) => self.hearing.prompt = Some(heard),
            EventKind::PromptRetracted(heard) => self.on_retracted(fork, heard),
            EventKind::Activity(activity) if self.hearing.phase(fork) == Some(Phase::Post) => {
                if activity == Activity::Speech && !self.hearing.speaking {
                    self.hearing.speaking = true;
                    self.tell(known, Told::SpeechStart, false);
                }
            }
            EventKind::GreetingEnd if self.hearing.phase(fork) == Some(Phase::Post) => {
                self.hearing.speaking = false;
                self.tell(known, Told::GreetingEnd, false);
            }
            EventKind::Beep(beep) if self.hearing.phase(fork) == Some(Phase::Post) => {
                self.tell(known, Told::Beep(beep), false);
            }
            EventKind::Activity(_)
            | EventKind::GreetingEnd
            | EventKind::Beep(_)
            | EventKind::Tone(_)
            | EventKind::Melody
            | EventKind::Sit(_)
            | EventKind::Dtmf(_)
            | EventKind::Fax(_)
            | EventKind::Modem(_)
            | EventKind::PromptCandidate(_)
            | EventKind::Gap(_) => {}
        }
    }

    fn on_verdict(&mut self, now: Instant, standing: Standing) {
        let of_prompt = matches!(standing.verdict.evidence, Evidence::Prompt(_));
        let same = self.hearing.waiting.as_ref().is_some_and(|waiting| {
            waiting.fork == standing.fork
                && waiting.verdict.class == standing.verdict.class
                && waiting.verdict.evidence == standing.verdict.evidence
        });
        let known = self.hearing.told.is_some_and(|(_, class, evidence, _)| {
            class == standing.verdict.class && evidence == standing.verdict.evidence
        });
        if of_prompt && !known {
            if !same {
                self.timers.set(Timer::Settle, now + self.plan.policy.settle);
            }
            self.hearing.waiting = Some(standing);
            return;
        }
        self.timers.stop(Timer::Settle);
        self.hearing.waiting = None;
        self.act(now, &standing);
    }

    fn on_retracted(&mut self, fork: Fork, heard: PromptHeard) {
        let waits = |standing: &Standing| {
            standing.fork == fork && standing.verdict.evidence == Evidence::Prompt(heard.prompt)
        };
        if self.hearing.consulted.as_ref().is_some_and(waits) {
            self.hearing.consulted = None;
            self.timers.stop(Timer::Consult);
        }
        if self.hearing.waiting.as_ref().is_some_and(waits) {
            self.hearing.waiting = None;
            self.timers.stop(Timer::Settle);
        }
    }

    pub(super) fn on_settled(&mut self, now: Instant) {
        if let Some(standing) = self.hearing.waiting.take() {
            self.act(now, &standing);
        }
    }

    /// A verdict stands: tells it and does what the policy says, after advice where it is wanted.
    fn act(&mut self, now: Instant, standing: &Standing) {
        let consults = self.plan.consults && self.plan.policy.acts();
        let told = self.hearing.told;
        let known = |phase| told == Some(now_told(phase, standing, standing.verdict.last));
        match self.hearing.phase(standing.fork) {
            Some(phase) if consults && !known(phase) => {
                self.hearing.consultations += 1;
                let ticket = self.hearing.consultations;
                self.outputs.push_back(Output::Consult {
                    ticket,
                    telling: Telling {
                        seq: self.hearing.tellings.len() as u32 + 1,
                        phase,
                        t_ms: self.hearing.t_ms(standing.known),
                        told: self.hearing.told_of(standing),
                        last: standing.verdict.last,
                    },
                });
                self.timers.set(Timer::Consult, now + CONSULT_LIMIT);
                self.hearing.consulted = Some(standing.clone());
            }
            Some(_) | None => self.carry_out(now, standing),
        }
    }

    pub(super) fn on_advice(&mut self, now: Instant, ticket: u32, policy: Option<Arc<Policy>>) {
        // Advice that comes too late, or for a verdict that another one took the place of, is none.
        if ticket == self.hearing.consultations && self.hearing.consulted.is_some() {
            if let Some(policy) = policy {
                self.plan.policy = policy;
            }
            self.on_unadvised(now);
        }
    }

    pub(super) fn on_unadvised(&mut self, now: Instant) {
        self.timers.stop(Timer::Consult);
        if let Some(standing) = self.hearing.consulted.take() {
            self.carry_out(now, &standing);
        }
    }

    fn carry_out(&mut self, now: Instant, standing: &Standing) {
        match self.hearing.phase(standing.fork) {
            Some(Phase::Pre) => self.act_early(now, standing),
            Some(Phase::Post) => self.act_answered(now, standing),
            None => {}
        }
    }

    fn act_early(&mut self, now: Instant, standing: &Standing) {
        let verdict = &standing.verdict;
        let action = self.plan.policy.early(verdict.class);
        let ends = action == EarlyAction::Reject && self.may_end(verdict) && self.forks.len() <= 1;
        if ends && !verdict.last && !self.stood_open(now, standing, Phase::Pre, OPEN_SETTLE) {
            self.tell_verdict(standing, false, true);
            return;
        }
        self.tell_verdict(standing, verdict.last, action != EarlyAction::Pass);
        if verdict.last {
            self.hearing.decided.get_or_insert(now);
        }
        if ends && let Some(rejection) = self.plan.policy.rejection(verdict.class) {
            self.hearing.decided.get_or_insert(now);
            self.reject(now, rejection);
        }
    }

    /// Whether a verdict that may still change has stood for long enough; if not, it is looked at again then.
    fn stood_open(&mut self, now: Instant, standing: &Standing, phase: Phase, settle: Duration) -> bool {
        let told = self.hearing.told;
        let stood = told.is_some_and(|(told, class, ..)| {
            told == phase && class == standing.verdict.class && self.hearing.waiting.is_none()
        });
        if !stood {
            self.timers.set(Timer::Settle, now + settle);
            self.hearing.waiting = Some(standing.clone());
        }
        stood
    }

    /// Whether the policy may end a call by this verdict.
    fn may_end(&self, verdict: &Verdict) -> bool {
        self.plan.policy.acts()
            && verdict.confidence >= self.plan.policy.confidence_min
            && self.plan.policy.rejection(verdict.class).is_some()
    }

    fn act_answered(&mut self, now: Instant, standing: &Standing) {
        let verdict = &standing.verdict;
        let action = self.plan.policy.answered(verdict.class);
        // Whoever was told as a person may be talking to an agent by now: whatever is heard later ends no call.
        let ends = self.may_end(verdict)
            && !self.hearing.person
            && matches!(
                (self.state, action),
                (State::Held { .. }, AnswerAction::Reject | AnswerAction::Cut)
                    | (State::Talking, AnswerAction::Cut)
            );
        let settle = self.plan.policy.settle;
        if ends && !verdict.last && !self.stood_open(now, standing, Phase::Post, settle) {
            self.tell_verdict(standing, false, true);
            return;
        }
        self.tell_verdict(standing, verdict.last, action != AnswerAction::Pass);
        self.hearing.person |= is_person(verdict.class);
        if verdict.last {
            self.hearing.decided.get_or_insert(now);
        }
        if ends {
            self.hearing.decided.get_or_insert(now);
            self.cut(now, verdict.class);
            return;
        }
        match (self.state, action) {
            // A person is let through at once, even where the verdict may still be refined.
            (State::Held { fork }, _) if verdict.last || is_person(verdict.class) => {
                self.connect(now, fork);
            }
            (State::Ringing | State::Held { .. } | State::Talking | State::Over, _) => {}
        }
        if verdict.last {
            self.timers.stop(Timer::Answer);
            self.after_verdict(now, verdict.class, verdict.evidence);
        }
    }

    /// Somebody listens on for a machine's beep; else nobody does.
    fn after_verdict(&mut self, now: Instant, class: Class, evidence: Evidence) {
        let limit = self.plan.policy.beep_limit;
        let beeps = matches!(
            class,
            Class::Machine | Class::Assistant | Class::Screening | Class::Ivr
        );
        if beeps && evidence != Evidence::Beep && !limit.is_zero() {
            let from = self.answered.unwrap_or(now);
            self.timers.set(Timer::Beep, from + limit);
        } else {
            self.stop_listening(now);
        }
    }

    pub(super) fn on_answer_limit(&mut self, now: Instant) {
        // No time is left for advice.
        self.on_unadvised(now);
        if let Some(standing) = self.hearing.waiting.take() {
            self.carry_out(now, &standing);
        }
        if self.state == State::Over || !self.hearing.listening {
            return;
        }
        match self.hearing.told {
            Some((Phase::Post, _, _, true)) => return,
            Some((Phase::Post, class, evidence, false)) => {
                // What stands is what there is.
                let again = self.hearing.tellings.iter().rev();
                let again = again
                    .filter(|telling| telling.told.class() == Some(class))
                    .map(|telling| telling.told.clone())
                    .next();
                if let Some(told) = again {
                    let t_ms = self.limit_ms();
                    self.push_telling(Phase::Post, t_ms, told, true, true);
                }
                self.release(now);
                self.after_verdict(now, class, evidence);
                return;
            }
            Some((Phase::Pre, ..)) | None => {}
        }
        let t_ms = self.limit_ms();
        self.push_telling(
            Phase::Post,
            t_ms,
            Told::NoVerdict(NoVerdict::Deadline),
            true,
            true,
        );
        self.release(now);
        self.stop_listening(now);
    }

    fn limit_ms(&self) -> u64 {
        u64::try_from(self.plan.policy.answer_limit.as_millis()).unwrap_or(u64::MAX)
    }

    /// Nobody listens any more, against our will: the call goes through.
    pub(super) fn on_deaf(&mut self, now: Instant, why: Deaf) {
        if !self.hearing.listening {
            return;
        }
        self.hearing.deafen(why);
        self.hearing.waiting = None;
        self.hearing.consulted = None;
        for timer in [Timer::Settle, Timer::Consult, Timer::Answer, Timer::Beep] {
            self.timers.stop(timer);
        }
        let phase = match self.state {
            State::Ringing => Phase::Pre,
            State::Held { .. } | State::Talking | State::Over => Phase::Post,
        };
        let decided = matches!(self.hearing.told, Some((told, _, _, true)) if told == phase);
        if !decided {
            let t_ms = self.answered.map_or(0, |at| super::millis(at, now));
            self.push_telling(phase, t_ms, Told::NoVerdict(NoVerdict::Deaf), true, true);
        }
        self.release(now);
    }

    /// An answer that is held goes on.
    fn release(&mut self, now: Instant) {
        if let State::Held { fork } = self.state {
            self.connect(now, fork);
        }
    }

    pub(super) fn stop_listening(&mut self, now: Instant) {
        if self.hearing.listening {
            self.hearing.listening = false;
            for timer in [Timer::Settle, Timer::Consult, Timer::Answer, Timer::Beep] {
                self.timers.stop(timer);
            }
            self.hearing.decided.get_or_insert(now);
            self.outputs.push_back(Output::Media(MediaAction::Deaf));
        }
    }

    fn tell_verdict(&mut self, standing: &Standing, last: bool, aloud: bool) {
        let Some(phase) = self.hearing.phase(standing.fork) else {
            return;
        };
        let now_told = now_told(phase, standing, last);
        if self.hearing.told == Some(now_told) {
            return;
        }
        self.hearing.told = Some(now_told);
        let told = self.hearing.told_of(standing);
        let t_ms = self.hearing.t_ms(standing.known);
        self.push_telling(phase, t_ms, told, last, aloud);
    }

    fn tell(&mut self, known: SampleTime, told: Told, last: bool) {
        let t_ms = self.hearing.t_ms(known);
        self.push_telling(Phase::Post, t_ms, told, last, true);
    }

    fn push_telling(&mut self, phase: Phase, t_ms: u64, told: Told, last: bool, aloud: bool) {
        let seq = self.hearing.tellings.len() as u32 + 1;
        let most = match told.class() {
            Some(_) => VERDICTS_MAX,
            None => TELLINGS_MAX,
        };
        if self.hearing.tellings.len() >= most {
            return;
        }
        let telling = Telling {
            seq,
            phase,
            t_ms,
            told,
            last,
        };
        if aloud && self.plan.policy.acts() {
            self.outputs.push_back(Output::Tell(telling.clone()));
        }
        self.hearing.tellings.push(telling);
    }
}

fn now_told(phase: Phase, standing: &Standing, last: bool) -> (Phase, Class, Evidence, bool) {
    (phase, standing.verdict.class, standing.verdict.evidence, last)
}

fn is_person(class: Class) -> bool {
    matches!(class, Class::Human | Class::HumanBusiness)
}
