//! What another policy or profile would have done with calls that are over: each recording is heard again, and the call's own
//! state machine decides in simulated time.
//!
//! A recording begins with the first sound, so times are those of the recording. What the dialer would have done otherwise
//! nobody knows: it is taken to wait as long as it did.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_call::{Call, Fork, Heard, Input, Leg, Output, Party, Plan, Policy, Record, Signal};
use cpd_detect::{Class, Event};
use serde::Serialize;
use utoipa::ToSchema;

use crate::audio::Recording;
use crate::hearing::{Ear, RATE};

/// What the service does with a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fate {
    /// It lets it through.
    Through {
        /// What it heard.
        class: Option<Class>,
    },
    /// It ends it.
    Ended {
        /// For this; none: for its length.
        class: Option<Class>,
        /// When, ms of the recording.
        at_ms: u64,
        /// The caller was refused with it; none: it was hung up.
        status: Option<u16>,
    },
}

/// What becomes of a recorded call under a policy. `answered_ms`: where in the recording it was answered.
pub(crate) fn fate(
    recording: &Recording,
    answered_ms: Option<u64>,
    ear: &Ear,
    policy: &Arc<Policy>,
    began: Instant,
) -> Fate {
    let events = ear.hear(recording, answered_ms, false).events;
    let plan = Plan {
        policy: Arc::clone(policy),
        targets: 1,
        ..Plan::default()
    };
    let mut play = Play {
        call: Call::new(began, plan),
        began,
        record: None,
    };
    let rings = Signal::Progress {
        fork: Fork(0),
        media: true,
    };
    play.input(0, Input::Signal(Leg::Callee, rings));
    let mut answer = answered_ms;
    for event in events {
        let at_ms = RATE.ms(event.known);
        if let Some(answered_ms) = answer.take_if(|answered_ms| *answered_ms <= at_ms) {
            play.answer(answered_ms);
        }
        play.hear(at_ms, event);
    }
    if let Some(answered_ms) = answer {
        play.answer(answered_ms);
    }
    // What was decided before the end is still acted on.
    let settled = recording.length_ms() + u64::try_from(policy.settle.as_millis()).unwrap_or(0) + 1;
    play.pass(settled);
    play.fate()
}

/// A call in simulated time.
struct Play {
    call: Call,
    began: Instant,
    record: Option<Box<Record>>,
}

impl Play {
    fn at(&self, ms: u64) -> Instant {
        self.began + Duration::from_millis(ms)
    }

    /// Lets time pass.
    fn pass(&mut self, ms: u64) {
        let until = self.at(ms);
        while let Some(due) = self.call.poll_timeout().filter(|due| *due <= until) {
            self.call.handle_timeout(due);
            self.follow();
        }
    }

    fn input(&mut self, at_ms: u64, input: Input) {
        self.pass(at_ms);
        self.call.handle_input(self.at(at_ms), input);
        self.follow();
    }

    fn answer(&mut self, at_ms: u64) {
        self.input(
            at_ms,
            Input::Signal(Leg::Callee, Signal::Answer { fork: Fork(0) }),
        );
    }

    fn hear(&mut self, at_ms: u64, event: Event) {
        let heard = Heard { fork: Fork(0), event };
        self.input(at_ms, Input::Heard(heard));
    }

    fn follow(&mut self) {
        while let Some(output) = self.call.poll_output() {
            if let Output::Ended(record) = output {
                self.record = Some(record);
            }
        }
    }

    fn fate(mut self) -> Fate {
        if let Some(record) = self
            .record
            .take()
            .filter(|one| one.termination.by == Party::Service)
        {
            let class = record.verdict().and_then(|telling| telling.told.class());
            return Fate::Ended {
                class: class.filter(|class| self.call.policy().rejection(*class).is_some()),
                at_ms: u64::try_from(record.ended.duration_since(record.began).as_millis()).unwrap_or(0),
                status: record.termination.status,
            };
        }
        // What was told stands in the record of the call, which ends now.
        let end = self.call.poll_timeout().unwrap_or(self.began);
        let gone = Input::Signal(Leg::Caller, Signal::Hangup(None));
        self.call.handle_input(end, gone);
        self.follow();
        let verdict = self.record.as_ref().and_then(|record| record.verdict());
        Fate::Through {
            class: verdict.and_then(|telling| telling.told.class()),
        }
    }
}

/// What became of a call when it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Before {
    /// The verdict.
    pub(crate) class: Option<Class>,
    /// The service ended it for what it heard.
    pub(crate) ended: bool,
    /// What it was in truth, where somebody said so.
    pub(crate) truth: Option<Class>,
}

impl Before {
    /// Whether a person had answered: as somebody said, else as it was heard.
    fn is_person(&self) -> bool {
        let known = self.truth.or(self.class);
        matches!(known, Some(Class::Human | Class::HumanBusiness))
    }
}

/// What would be different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// A person who was let through would be lost.
    Lost,
    /// A person who was lost would be let through.
    Saved,
    /// What was let through and is no person would be caught.
    Caught,
    /// What was ended and is no person would be let through.
    LetThrough,
}

/// What would be different for a call; `None`: nothing.
pub(crate) fn change(before: &Before, after: &Fate) -> Option<Change> {
    let ends = matches!(after, Fate::Ended { .. });
    match (before.ended, ends, before.is_person()) {
        (false, true, true) => Some(Change::Lost),
        (true, false, true) => Some(Change::Saved),
        (false, true, false) => Some(Change::Caught),
        (true, false, false) => Some(Change::LetThrough),
        (false, false, _) | (true, true, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use cpd_call::{AnswerAction, EarlyAction};
    use cpd_detect::front::FrontPlan;
    use cpd_detect::prompts::PromptInfo;
    use cpd_detect::{Library, Plans, Profile, Shared};

    use super::*;

    fn ear(prompt: Option<&cpd_sim::prompts::Prompt>) -> Ear {
        let mut library = Library::empty();
        if let Some(prompt) = prompt {
            let info = PromptInfo {
                id: "busy".to_owned(),
                operator: String::new(),
                category: "busy".to_owned(),
                class: Class::AnnouncedBusy,
                lang: String::new(),
                text: String::new(),
                length_ms: prompt.ms(),
            };
            let plan = Arc::new(FrontPlan::new(RATE));
            library.add(info, &prompt.samples, &plan).expect("a prompt");
        }
        Ear {
            shared: Shared::new(RATE, Arc::new(Plans::built_in()), Arc::new(library)),
            profile: Profile::default(),
        }
    }

    fn rejecting(class: Class) -> Arc<Policy> {
        let mut policy = Policy::default();
        assert!(policy.set_early(class, EarlyAction::Reject));
        assert!(policy.set_answered(class, AnswerAction::Cut));
        Arc::new(policy)
    }

    #[test]
    fn a_call_is_ended_as_the_policy_has_it() {
        let prompt = cpd_sim::prompts::prompt(3, 0);
        let recording = Recording {
            samples: [&[0; 8_000][..], &prompt.samples, &[0; 8_000]].concat(),
            ..Recording::default()
        };
        let (ear, now) = (ear(Some(&prompt)), Instant::now());
        let usual = fate(&recording, None, &ear, &Arc::default(), now);
        let class = Some(Class::AnnouncedBusy);
        assert_eq!(usual, Fate::Through { class });
        let strict = fate(&recording, None, &ear, &rejecting(Class::AnnouncedBusy), now);
        let Fate::Ended {
            class: ended_for,
            at_ms,
            status,
        } = strict
        else {
            panic!("{strict:?}");
        };
        assert_eq!((ended_for, status), (class, Some(486)));
        assert!(
            (1_000..recording.length_ms()).contains(&at_ms),
            "within the announcement: {at_ms}"
        );
        let other = fate(&recording, None, &ear, &rejecting(Class::Busy), now);
        assert_eq!(other, Fate::Through { class });
    }

    #[test]
    fn a_shorter_limit_of_ringing_ends_calls_that_were_answered_later() {
        let recording = Recording {
            samples: vec![0; 8_000 * 12],
            ..Recording::default()
        };
        let with = |ring_limit| {
            let mut policy = Policy::default();
            policy.ring_limit = Duration::from_secs(ring_limit);
            fate(
                &recording,
                Some(8_000),
                &ear(None),
                &Arc::new(policy),
                Instant::now(),
            )
        };
        assert!(matches!(with(20), Fate::Through { .. }), "{:?}", with(20));
        let short = with(5);
        assert!(
            matches!(
                short,
                Fate::Ended {
                    class: None,
                    at_ms: 5_000,
                    ..
                }
            ),
            "{short:?}"
        );
    }

    #[test]
    fn people_are_lost_and_saved_machines_caught_and_let_through() {
        let call = |class, ended, truth| Before { class, ended, truth };
        let (person, machine) = (Some(Class::Human), Some(Class::Machine));
        let ends = Fate::Ended {
            class: machine,
            at_ms: 1,
            status: None,
        };
        let passes = Fate::Through { class: person };
        for (before, after, expected) in [
            (call(person, false, None), &ends, Some(Change::Lost)),
            (call(machine, false, person), &ends, Some(Change::Lost)),
            (call(machine, true, person), &passes, Some(Change::Saved)),
            (call(machine, false, None), &ends, Some(Change::Caught)),
            (call(person, false, machine), &ends, Some(Change::Caught)),
            (call(machine, true, None), &passes, Some(Change::LetThrough)),
            (call(person, false, None), &passes, None),
            (call(machine, true, None), &ends, None),
        ] {
            assert_eq!(change(&before, after), expected, "{before:?} {after:?}");
        }
    }
}
