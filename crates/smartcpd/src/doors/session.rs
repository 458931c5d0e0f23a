//! One stream that is heard, without a socket or a clock: samples, gaps and the answer in; verdicts and events out, in the
//! form that calls have them in (`v`, `seq`, `phase`, `class`, …).

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use cpd_b2bua::media::{ListenPlan, Listener, Purpose};
use cpd_call::Phase;
use cpd_detect::event::PromptHeard;
use cpd_detect::prompts::PromptId;
use cpd_detect::{Class, Event, EventKind, Evidence, Library, Profile, SampleTime, Shared, Verdict};
use cpd_store::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

use crate::detail::TellingPhase;
use crate::hearing::RATE;
use crate::words;

/// The version of the form.
const VERSION: u8 = 1;
/// The longest that a stream is heard, ms: three minutes, by which nine calls in ten are over.
pub(crate) const HEARD_MS_MAX: u64 = 180_000;
/// How long an announcement, or a verdict that may still change, has to stand, ms: as a policy's `settle` by itself.
const SETTLE_MS: u64 = 350;
/// What a verdict needs at least to end a stream, as a policy's `confidence_min` by itself.
const CONFIDENCE_MIN: f32 = 0.6;
/// A gap that is taken at once, samples: longer ones are cut, so that one message does not keep a thread.
const GAP_MAX: u64 = HEARD_MS_MAX * 8;

/// A verdict, or that something happened.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = StreamTelling)]
pub(crate) struct Telling {
    /// The version of this form. A reader passes over keys that it does not know.
    v: u8,
    /// 1, 2, … within the stream.
    pub(crate) seq: u32,
    /// Before or after the answer.
    #[schema(value_type = TellingPhase)]
    phase: &'static str,
    /// What was met (docs/classes.md).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<crate::api::schema::ClassName>)]
    pub(crate) class: Option<&'static str>,
    /// What happened, where it is no verdict: `speech.start`, `machine.greeting_end`, `machine.beep`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) event: Option<&'static str>,
    /// Probability that the class is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    confidence: Option<f64>,
    /// What it rests on: `tone`, `prompt`, `greeting`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    evidence: Option<&'static str>,
    /// Since the beginning (pre) or since the answer (post).
    t_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    prompt: Option<PromptTold>,
    /// Later sound does not change it.
    #[serde(rename = "final")]
    last: bool,
}

/// A prompt of the library.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = StreamPrompt)]
struct PromptTold {
    /// The name in the library.
    id: String,
    /// Operator and category.
    name: String,
    /// Its row in the database, where the library is from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    prompt_id: Option<Uuid>,
    score: f64,
    /// How far into the prompt the match stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    offset_ms: Option<u32>,
}

/// What was heard so far, times in ms from the beginning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Summary {
    /// The last verdict; none: nothing was decided.
    pub(crate) verdict: Option<Telling>,
    answered_ms: Option<u64>,
    greeting_end_ms: Option<u64>,
    beep_ms: Option<u64>,
    heard_ms: u64,
    lost_ms: u64,
}

/// A verdict that waits, or stands.
#[derive(Clone, Debug)]
struct Standing {
    verdict: Verdict,
    known: SampleTime,
    offset_ms: Option<u32>,
    /// Since when there is one of this class and evidence, samples.
    since: u64,
}

/// What a session is heard with.
pub(crate) struct With {
    pub(crate) shared: Shared,
    pub(crate) profile: Profile,
    /// The rows of the prompts, by name.
    pub(crate) ids: Arc<HashMap<String, Uuid>>,
    /// Classes that end the stream.
    pub(crate) hangup_on: Vec<Class>,
}

/// One stream.
pub(crate) struct Session {
    listener: Listener,
    library: Arc<Library>,
    ids: Arc<HashMap<String, Uuid>>,
    hangup_on: Vec<Class>,
    /// Samples so far, heard or lost, and those that were lost.
    now: u64,
    lost: u64,
    answered: Option<u64>,
    seq: u32,
    /// An announcement that has to stand first.
    waiting: Option<Standing>,
    standing: Option<Standing>,
    /// Where in its prompt each match stood.
    offset: Option<(PromptId, u32)>,
    /// A person stood for long enough to be believed. A doubtful one that a beep contradicts at once is none.
    person: bool,
    summary: Summary,
    told: VecDeque<Telling>,
}

impl Session {
    /// A session that has heard nothing.
    pub(crate) fn new(with: With) -> Session {
        let library = Arc::clone(with.shared.library());
        let plan = ListenPlan {
            shared: with.shared,
            profile: with.profile,
            purpose: Purpose::Act,
            record: None,
        };
        Session {
            listener: Listener::new(&plan, None),
            library,
            ids: with.ids,
            hangup_on: with.hangup_on,
            now: 0,
            lost: 0,
            answered: None,
            seq: 0,
            waiting: None,
            standing: None,
            offset: None,
            person: false,
            summary: Summary::default(),
            told: VecDeque::new(),
        }
    }

    /// Samples that came.
    pub(crate) fn push(&mut self, samples: &[i16]) {
        // A packet at a time: the detector's own queue of events has an end.
        for packet in samples.chunks(160) {
            self.listener.push(packet);
            self.now += packet.len() as u64;
            self.collect();
        }
    }

    /// So many samples were lost.
    pub(crate) fn gap(&mut self, samples: u64) {
        let samples = samples.min(GAP_MAX);
        self.listener.gap(samples);
        self.now += samples;
        self.lost += samples;
        self.collect();
    }

    /// The call is answered at this sample. Only the first answer counts.
    pub(crate) fn answered(&mut self) {
        if self.answered.is_none() {
            self.answered = Some(self.now);
            self.listener.answered();
            self.collect();
        }
    }

    /// Nothing comes any more: what is open is settled as it stands.
    pub(crate) fn end(&mut self) {
        self.listener.ended();
        self.collect();
        if let Some(waiting) = self.waiting.take() {
            self.stands(waiting);
        }
    }

    /// It was heard for as long as a stream may be.
    pub(crate) fn is_full(&self) -> bool {
        ms(self.now) >= HEARD_MS_MAX
    }

    /// What is told next.
    pub(crate) fn poll(&mut self) -> Option<Telling> {
        self.told.pop_front()
    }

    /// Whether a verdict stands that nobody has to wait for any longer.
    pub(crate) fn is_settled(&self) -> bool {
        self.standing.as_ref().is_some_and(|standing| {
            may_end(standing.verdict.class)
                && (standing.verdict.last || self.now - standing.since >= SETTLE_MS * RATE_PER_MS)
        })
    }

    /// Whether the stream is to be ended by its verdict. Who was told as a person does not become anything else by what is
    /// heard later.
    pub(crate) fn hangs_up(&self) -> bool {
        let ends = |verdict: &Verdict| {
            verdict.confidence >= CONFIDENCE_MIN
                && self.hangup_on.contains(&verdict.class)
                && (!self.person || is_person(verdict.class))
        };
        self.is_settled()
            && self
                .standing
                .as_ref()
                .is_some_and(|standing| ends(&standing.verdict))
    }

    /// What was heard so far.
    pub(crate) fn summary(&self) -> Summary {
        Summary {
            answered_ms: self.answered.map(ms),
            heard_ms: ms(self.now),
            lost_ms: ms(self.lost),
            ..self.summary.clone()
        }
    }

    fn collect(&mut self) {
        while let Some(event) = self.listener.poll() {
            self.on_event(event);
        }
        let due = |waiting: &mut Standing| self.now - waiting.since >= SETTLE_MS * RATE_PER_MS;
        if let Some(waiting) = self.waiting.take_if(due) {
            self.stands(waiting);
        }
        let stands = |standing: &Standing| is_person(standing.verdict.class);
        self.person |= self.is_settled() && self.standing.as_ref().is_some_and(stands);
    }

    fn on_event(&mut self, event: Event) {
        match event.kind {
            EventKind::Verdict(verdict) => self.on_verdict(event.known, verdict),
            EventKind::Prompt(heard) => self.offset = Some((heard.prompt, heard.offset_ms)),
            EventKind::PromptRetracted(heard) => self.on_retracted(heard),
            EventKind::GreetingEnd => {
                self.summary.greeting_end_ms = Some(RATE.ms(event.from));
                self.happened("machine.greeting_end", event.known);
            }
            EventKind::Beep(_) => {
                self.summary.beep_ms.get_or_insert(RATE.ms(event.from));
                self.happened("machine.beep", event.known);
            }
            EventKind::Activity(_)
            | EventKind::Tone(_)
            | EventKind::Melody
            | EventKind::Sit(_)
            | EventKind::Dtmf(_)
            | EventKind::Fax(_)
            | EventKind::Modem(_)
            | EventKind::PromptCandidate(_)
            | EventKind::Answered
            | EventKind::Gap(_) => {}
        }
    }

    fn on_verdict(&mut self, known: SampleTime, verdict: Verdict) {
        let same = |other: &Standing| {
            other.verdict.class == verdict.class && other.verdict.evidence == verdict.evidence
        };
        let (stood, waited) = (
            self.standing.as_ref().filter(|other| same(other)),
            self.waiting.as_ref().filter(|other| same(other)),
        );
        let since = stood.or(waited).map_or(self.now, |other| other.since);
        let offset_ms = match verdict.evidence {
            Evidence::Prompt(prompt) => self.offset.filter(|(own, _)| *own == prompt).map(|(_, ms)| ms),
            _ => None,
        };
        let waits = matches!(verdict.evidence, Evidence::Prompt(_)) && stood.is_none();
        let standing = Standing {
            verdict,
            known,
            offset_ms,
            since,
        };
        match waits {
            true => self.waiting = Some(standing),
            false => {
                self.waiting = None;
                self.stands(standing);
            }
        }
    }

    fn on_retracted(&mut self, heard: PromptHeard) {
        let rests = |standing: &mut Standing| standing.verdict.evidence == Evidence::Prompt(heard.prompt);
        let _ = self.waiting.take_if(rests);
        // What was told stays told until a better verdict comes, but nothing is done by it.
        if let Some(standing) = self.standing.as_mut().filter(|standing| {
            !standing.verdict.last && standing.verdict.evidence == Evidence::Prompt(heard.prompt)
        }) {
            standing.since = self.now;
        }
    }

    fn stands(&mut self, standing: Standing) {
        let verdict = &standing.verdict;
        let phase = self.phase(standing.known);
        let known = self.summary.verdict.as_ref().is_some_and(|told| {
            told.class == Some(verdict.class.as_str())
                && told.evidence == Some(words::evidence(verdict.evidence))
                && told.phase == phase.as_str()
                && told.last == verdict.last
        });
        if !known {
            let mut told = self.telling(standing.known);
            told.class = Some(verdict.class.as_str());
            told.confidence = Some(rounded(verdict.confidence));
            told.evidence = Some(words::evidence(verdict.evidence));
            told.prompt = self.prompt(&standing);
            told.last = verdict.last;
            self.summary.verdict = Some(told.clone());
            self.told.push_back(told);
        }
        self.standing = Some(standing);
    }

    fn prompt(&self, standing: &Standing) -> Option<PromptTold> {
        let Evidence::Prompt(prompt) = standing.verdict.evidence else {
            return None;
        };
        let info = self.library.info(prompt)?;
        Some(PromptTold {
            id: info.id.clone(),
            name: format!("{} {}", info.operator, info.category).trim().to_owned(),
            prompt_id: self.ids.get(&info.id).copied(),
            score: rounded(standing.verdict.confidence),
            offset_ms: standing.offset_ms,
        })
    }

    fn happened(&mut self, what: &'static str, known: SampleTime) {
        let mut told = self.telling(known);
        told.event = Some(what);
        self.told.push_back(told);
    }

    /// The next telling, which says nothing yet.
    fn telling(&mut self, known: SampleTime) -> Telling {
        self.seq += 1;
        let began = self.answered.filter(|at| *at <= known.0).unwrap_or(0);
        Telling {
            v: VERSION,
            seq: self.seq,
            phase: self.phase(known).as_str(),
            class: None,
            event: None,
            confidence: None,
            evidence: None,
            t_ms: ms(known.0.saturating_sub(began)),
            prompt: None,
            last: false,
        }
    }

    fn phase(&self, known: SampleTime) -> Phase {
        match self.answered {
            Some(at) if at <= known.0 => Phase::Post,
            Some(_) | None => Phase::Pre,
        }
    }
}

/// Whether a stream may be ended by a class at all: not while something is still to come.
pub(crate) fn may_end(class: Class) -> bool {
    !matches!(class, Class::Ringback | Class::HoldNotice | Class::Unknown)
}

fn is_person(class: Class) -> bool {
    matches!(class, Class::Human | Class::HumanBusiness)
}

/// Samples in a ms.
const RATE_PER_MS: u64 = 8;

fn ms(samples: u64) -> u64 {
    samples / RATE_PER_MS
}

fn rounded(share: f32) -> f64 {
    (f64::from(share) * 1_000.0).round() / 1_000.0
}
