//! What passed between the legs is kept in the record.

#![allow(clippy::disallowed_methods, reason = "tests: an instant to count from")]

use std::time::{Duration, Instant};

use cpd_call::{
    Call, Cause, Failure, Fork, Input, Leg, Output, Plan, Record, Refusal, STEPS_MAX, Signal, Word,
};

fn plan() -> Plan {
    Plan {
        targets: 1,
        ..Plan::default()
    }
}

fn record(call: &mut Call) -> Option<Box<Record>> {
    std::iter::from_fn(|| call.poll_output()).find_map(|output| match output {
        Output::Ended(record) => Some(record),
        _ => None,
    })
}

#[test]
fn a_ladder_is_told_word_by_word() {
    let began = Instant::now();
    let at = |ms| began + Duration::from_millis(ms);
    let mut call = Call::new(began, plan());
    let media = Signal::Progress {
        fork: Fork(0),
        media: true,
    };
    call.handle_input(at(500), Input::Signal(Leg::Callee, media));
    let refused = Signal::Refuse(Refusal::Carrier(Failure::Refused(486)));
    call.handle_input(at(4_000), Input::Signal(Leg::Callee, refused));
    let record = record(&mut call).expect("over");
    let told: Vec<_> = record
        .steps
        .iter()
        .map(|step| ((step.at - began).as_millis(), step.leg, step.came, step.word))
        .collect();
    let progress = Word::Progress { fork: 0, media: true };
    assert_eq!(
        told,
        [
            (0, Leg::Callee, false, Word::Dial(0)),
            (500, Leg::Callee, true, progress),
            (500, Leg::Caller, false, progress),
            (4_000, Leg::Callee, true, Word::Refuse(Some(486))),
            (4_000, Leg::Caller, false, Word::Refuse(Some(486))),
        ]
    );
}

#[test]
fn endless_ringing_does_not_grow_the_record() {
    let began = Instant::now();
    let mut call = Call::new(began, plan());
    for n in 0..1_000_u16 {
        let ringing = Signal::Progress {
            fork: Fork(n % 8),
            media: false,
        };
        call.handle_input(
            began + Duration::from_millis(n.into()),
            Input::Signal(Leg::Callee, ringing),
        );
    }
    call.handle_input(began + Duration::from_secs(2), Input::End(Cause::new(16, "over")));
    assert_eq!(record(&mut call).expect("over").steps.len(), STEPS_MAX);
}
