//! The detector of one call: samples in, events and a verdict out.

use std::sync::Arc;

use crate::activity::ActivityEar;
use crate::answer::AnswerEar;
use crate::event::{Event, EventKind};
use crate::events::Events;
use crate::front::{Bench, FrontEnd, FrontPlan};
use crate::judge::Judge;
use crate::peaks::Peaks;
use crate::plan::Plans;
use crate::profile::Profile;
use crate::prompts::{Library, PromptEar, PromptId};
use crate::time::{SampleRate, SampleTime};
use crate::tones::ToneEar;
use crate::verdict::Verdict;

/// What all calls share: transforms, tone plans, the prompt library. Replaced whole when one of them changes.
#[derive(Clone)]
pub struct Shared {
    front: Arc<FrontPlan>,
    plans: Arc<Plans>,
    library: Arc<Library>,
}

impl Shared {
    /// Shared parts for a rate.
    pub fn new(rate: SampleRate, plans: Arc<Plans>, library: Arc<Library>) -> Shared {
        Shared {
            front: Arc::new(FrontPlan::new(rate)),
            plans,
            library,
        }
    }

    /// The same with other prompts.
    #[must_use]
    pub fn with_library(&self, library: Arc<Library>) -> Shared {
        Shared {
            library,
            ..self.clone()
        }
    }

    /// The same with other tone plans.
    #[must_use]
    pub fn with_plans(&self, plans: Arc<Plans>) -> Shared {
        Shared {
            plans,
            ..self.clone()
        }
    }

    /// The tone plans.
    pub fn plans(&self) -> &Arc<Plans> {
        &self.plans
    }

    /// The prompt library.
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }
}

/// Lost hops that detectors are led through one by one; a longer gap is passed over, for after three seconds of
/// nothing no filter remembers anything.
const LOST_HOPS_HEARD: u64 = 300;

/// Hears one direction of one call.
pub struct Detector {
    front: FrontEnd,
    activity: ActivityEar,
    tones: ToneEar,
    prompts: PromptEar,
    answer: AnswerEar,
    judge: Judge,
    events: Events,
}

impl Detector {
    /// A detector that has heard nothing.
    pub fn new(shared: &Shared, profile: &Profile) -> Detector {
        Detector {
            front: FrontEnd::new(Arc::clone(&shared.front)),
            activity: ActivityEar::new(),
            tones: ToneEar::new(Arc::clone(&shared.plans), &profile.countries),
            prompts: PromptEar::new(Arc::clone(&shared.library)),
            answer: AnswerEar::new(),
            judge: Judge::new(shared.front.rate(), profile, Arc::clone(&shared.library)),
            events: Events::new(),
        }
    }

    /// Hears samples.
    pub fn push(&mut self, mut samples: &[i16]) {
        let mut bench = Bench::default();
        loop {
            let (taken, full) = self.front.take(samples);
            samples = &samples[taken..];
            if !full {
                return;
            }
            self.hear_hop(&mut bench);
        }
    }

    /// `samples` were lost: time passes, evidence does not.
    pub fn gap(&mut self, samples: u64) {
        let from = self.front.now();
        self.events.push(Event {
            known: from,
            from,
            confidence: 1.0,
            kind: EventKind::Gap(samples),
        });
        let hop = self.front.rate().hop() as u64;
        let mut rest = samples;
        let mut heard = 0;
        let mut bench = Bench::default();
        loop {
            let (taken, full) = self.front.take_lost(rest);
            rest -= taken;
            if !full {
                return;
            }
            self.hear_hop(&mut bench);
            heard += 1;
            if heard == LOST_HOPS_HEARD && rest / hop > LOST_HOPS_HEARD {
                let skipped = rest / hop - LOST_HOPS_HEARD;
                self.front.skip_hops(skipped);
                rest -= skipped * hop;
            }
        }
    }

    /// The call was answered at this sample.
    pub fn answered(&mut self) {
        self.front.answered();
    }

    /// The call is over: what is still open is settled as it stands, and nothing is heard after it.
    pub fn ended(&mut self) {
        self.judge.ended(&mut self.events);
    }

    /// Probability that a machine answered, as far as the answering side's speech tells; none before it speaks.
    pub fn machine_probability(&self) -> Option<f32> {
        self.answer.opinion().map(|opinion| opinion.machine)
    }

    /// The prompt with most evidence at this moment, and how much, bits; none where nothing is like a prompt.
    pub fn strongest_prompt(&self) -> Option<(PromptId, f32)> {
        self.prompts.strongest()
    }

    /// The next event, oldest first.
    pub fn poll(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// The verdict as it stands.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.judge.verdict()
    }

    /// Samples heard or lost so far.
    pub fn now(&self) -> SampleTime {
        self.front.now()
    }

    fn hear_hop(&mut self, bench: &mut Bench) {
        self.events.begin_hop();
        let frame = self.front.frame(bench);
        if let Some(from) = frame.answered {
            self.events.push(Event {
                known: frame.end(),
                from,
                confidence: 1.0,
                kind: EventKind::Answered,
            });
        }
        let peaks = Peaks::of(&frame);
        let hearing = self.activity.hear(&frame, &peaks, &mut self.events);
        self.tones.hear(&frame, &peaks, hearing, &mut self.events);
        self.prompts.hear(&frame, hearing, &mut self.events);
        self.answer.hear(&frame, hearing, &mut self.events);
        self.judge
            .weigh(&frame, hearing, self.answer.opinion(), &mut self.events);
    }
}
