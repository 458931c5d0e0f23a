//! What is true of a call whatever happens to it.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests: helpers, and an instant to count from"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_call::*;
use cpd_detect::{Class, Event, EventKind, Evidence, SampleTime, Verdict};
use proptest::prelude::*;

fn verdict(fork: u16, class: usize, confidence: f32, last: bool) -> Input {
    let class = Class::ALL[class % Class::ALL.len()];
    let kind = EventKind::Verdict(Verdict {
        class,
        confidence,
        decided: SampleTime(800),
        evidence: Evidence::Tone,
        runner_up: None,
        last,
    });
    heard(fork, kind)
}

fn heard(fork: u16, kind: EventKind) -> Input {
    let event = Event {
        known: SampleTime(800),
        from: SampleTime(800),
        confidence: 1.0,
        kind,
    };
    let fork = Fork(fork);
    Input::Heard(Heard { fork, event })
}

fn inputs() -> impl Strategy<Value = Input> {
    let fork = 0u16..3;
    prop_oneof![
        fork.clone().prop_map(|fork| Input::Signal(
            Leg::Callee,
            Signal::Progress {
                fork: Fork(fork),
                media: fork > 0
            }
        )),
        fork.clone()
            .prop_map(|fork| Input::Signal(Leg::Callee, Signal::Answer { fork: Fork(fork) })),
        fork.clone().prop_map(|fork| heard(fork, EventKind::Answered)),
        (fork, 0usize..64, 0.0f32..1.0, any::<bool>())
            .prop_map(|(fork, class, confidence, last)| verdict(fork, class, confidence, last)),
        (480u16..600).prop_map(|status| Input::Signal(
            Leg::Callee,
            Signal::Refuse(Refusal::Carrier(Failure::Refused(status)))
        )),
        Just(Input::Signal(Leg::Callee, Signal::Hangup(None))),
        Just(Input::Signal(Leg::Caller, Signal::Cancel(None))),
        Just(Input::Signal(Leg::Caller, Signal::Hangup(None))),
        Just(Input::Deaf(Deaf::Overload)),
        Just(Input::Silent(Leg::Caller)),
    ]
}

fn policy(reject: bool, hold_ms: u64) -> Policy {
    let mut policy = Policy::default();
    policy.hold = (hold_ms > 0).then(|| Duration::from_millis(hold_ms));
    if reject {
        for class in Class::ALL {
            policy.set_early(*class, EarlyAction::Reject);
            policy.set_answered(*class, AnswerAction::Cut);
        }
    }
    policy
}

/// What each side was told, in order.
#[derive(Default)]
struct Told {
    answers: usize,
    refusals: usize,
    byes: usize,
    callee_ends: usize,
    ended: usize,
    after_end: usize,
}

fn play(policy: Policy, script: Vec<(u64, Input)>) -> (Told, Option<Box<Record>>) {
    let mut now = Instant::now();
    let mut call = Call::new(
        now,
        Plan {
            policy: Arc::new(policy),
            targets: 2,
            ..Plan::default()
        },
    );
    let mut told = Told::default();
    let mut record = None;
    // At the end a day passes: every limit has struck.
    let script = script.into_iter().map(|(ms, input)| (ms, Some(input)));
    for (ms, input) in script.chain([(24 * 3_600_000, None)]) {
        let until = now + Duration::from_millis(ms);
        while let Some(at) = call.poll_timeout().filter(|at| *at <= until) {
            call.handle_timeout(at);
        }
        now = until;
        if let Some(input) = input {
            call.handle_input(now, input);
        }
        while let Some(output) = call.poll_output() {
            told.after_end += told.ended;
            match output {
                Output::Signal(Leg::Caller, Signal::Answer { .. }) => told.answers += 1,
                Output::Signal(Leg::Caller, Signal::Refuse(_)) => told.refusals += 1,
                Output::Signal(Leg::Caller, Signal::Hangup(_)) => told.byes += 1,
                Output::Signal(Leg::Callee, Signal::Cancel(_) | Signal::Hangup(_)) => told.callee_ends += 1,
                Output::Ended(ended) => {
                    told.ended += 1;
                    record = Some(ended);
                }
                Output::Signal(..) | Output::Media(_) | Output::Tell(_) | Output::Consult { .. } => {}
            }
        }
    }
    (told, record)
}

proptest! {
    #[test]
    fn every_call_ends_once_and_nothing_follows(
        reject: bool,
        hold in 0u64..3_000,
        script in prop::collection::vec((0u64..4_000, inputs()), 0..24),
    ) {
        let (told, record) = play(policy(reject, hold), script);
        prop_assert_eq!((told.ended, told.after_end), (1, 0));
        prop_assert!(told.answers <= 1 && told.refusals <= 1 && told.byes <= 1);
        prop_assert!(told.answers + told.refusals <= 1, "answered and refused");
        prop_assert!(told.byes <= told.answers, "a BYE to who was not answered");
        prop_assert!(told.callee_ends <= 1);
        let record = record.unwrap();
        prop_assert_eq!(record.connected.is_some(), told.answers == 1);
        prop_assert!(record.held_ms <= 5_000);
    }

    /// The verdict may be anything: with a table that only reports, no call is refused, cut or held up by it.
    #[test]
    fn a_verdict_that_is_only_reported_never_ends_a_call(
        script in prop::collection::vec((0u64..500, (0u16..2, 0usize..64, 0.0f32..1.0, any::<bool>())), 0..16),
    ) {
        let script = script
            .into_iter()
            .map(|(ms, (fork, class, confidence, last))| (ms, verdict(fork, class, confidence, last)))
            .chain([(1, Input::Signal(Leg::Callee, Signal::Answer { fork: Fork(0) }))])
            .collect();
        let (told, record) = play(policy(false, 0), script);
        prop_assert_eq!((told.answers, told.refusals), (1, 0));
        prop_assert_eq!(record.unwrap().termination.cause.q850, 102);
    }

    /// A doubtful verdict ends no call either, whatever the table says.
    #[test]
    fn a_doubtful_verdict_never_ends_a_call(
        hold in 0u64..3_000,
        script in prop::collection::vec((0u64..500, (0usize..64, 0.0f32..0.59, any::<bool>())), 0..16),
    ) {
        let script = script
            .into_iter()
            .map(|(ms, (class, confidence, last))| (ms, verdict(0, class, confidence, last)))
            .chain([(1, Input::Signal(Leg::Callee, Signal::Answer { fork: Fork(0) }))])
            .chain([(1, heard(0, EventKind::Answered)), (1_000, verdict(0, 21, 0.59, true))])
            .collect();
        let (told, _) = play(policy(true, hold), script);
        prop_assert_eq!((told.answers, told.refusals), (1, 0));
    }
}
