//! Clocks of whole conversations, in the time of a desk in Moscow that works from nine to six.

#![allow(clippy::unwrap_used, reason = "a log that cannot be made fails the test")]

use cpd_desk::{
    Act, Actor, CLOSE_DAYS, Calendar, Clock, Clocks, Contract, Door, Event, Kind, MassId, MessageId,
    PersonId, Priority, Promise, Reason, Request, RequestId, Sees, Side, What,
};
use jiff::civil::DateTime;
use uuid::Uuid;

const HOUR: i64 = 3_600_000;
const MESSAGE: MessageId = MessageId(Uuid::nil());
const STAFF: Actor = Actor::Staff(PersonId(Uuid::nil()));
const CUSTOMER: Actor = Actor::Customer(None);

fn msk(text: &str) -> i64 {
    let civil: DateTime = format!("2026-11-{text}").parse().unwrap();
    civil.in_tz("Europe/Moscow").unwrap().timestamp().as_millisecond()
}

/// Two hours for the first answer, four for the next, sixteen for a solution.
fn contract() -> Contract {
    let day = || vec![(540, 1_080)];
    let none: [(&str, _); 0] = [];
    let week = [day(), day(), day(), day(), day(), vec![], vec![]];
    Contract {
        from_ms: 0,
        until_ms: None,
        calendar: Calendar::new("Europe/Moscow", week, none).unwrap(),
        promises: vec![
            Promise {
                priority: Some(Priority::Critical),
                first_ms: Some(HOUR / 2),
                ..Promise::default()
            },
            Promise {
                first_ms: Some(2 * HOUR),
                next_ms: Some(4 * HOUR),
                solution_ms: Some(16 * HOUR),
                ..Promise::default()
            },
        ],
        waiting_pauses: true,
        close_days: CLOSE_DAYS,
        sees: Sees::Nobody,
    }
}

fn log(begun: &str, acts: &[(&str, Actor, Act)]) -> Vec<Event> {
    let what = What::Registered {
        door: Door::Portal,
        kind: Kind::Incident,
        priority: Priority::Normal,
        contract: true,
        follows: None,
    };
    let first = Event {
        at_ms: msk(begun),
        by: CUSTOMER,
        what,
    };
    let mut log = vec![first];
    for (at, by, act) in acts {
        let request = Request::replay(RequestId(Uuid::nil()), &log);
        for what in request.decide(*by, act).unwrap() {
            log.push(Event {
                at_ms: msk(at),
                by: *by,
                what,
            });
        }
    }
    log
}

fn clocks(begun: &str, acts: &[(&str, Actor, Act)]) -> Clocks {
    Clocks::of(&log(begun, acts), &contract())
}

fn say() -> Act {
    Act::Say {
        message: MESSAGE,
        side: Side::Public,
    }
}

fn hear() -> Act {
    Act::Hear {
        message: MESSAGE,
        automated: false,
    }
}

fn running(warn: &str, due: &str) -> Clock {
    Clock::Running {
        warn_ms: msk(warn),
        due_ms: msk(due),
    }
}

#[test]
fn what_comes_at_night_is_answered_in_the_morning() {
    // A Friday.
    let clocks = clocks("27T21:00", &[]);
    assert_eq!(clocks.first, running("30T10:30", "30T11:00"));
    assert_eq!(clocks.next, Clock::Idle);
    assert_eq!(clocks.next_ms(msk("27T21:00")), Some(msk("30T10:30")));
    assert_eq!(clocks.next_ms(msk("30T10:30")), Some(msk("30T11:00")));
    assert_eq!(clocks.due_ms(), Some(msk("30T11:00")));
}

#[test]
fn an_internal_note_is_no_answer() {
    let note = Act::Say {
        message: MESSAGE,
        side: Side::Internal,
    };
    let clocks = clocks(
        "25T10:00",
        &[("25T10:05", STAFF, note), ("25T10:10", STAFF, Act::Assign(None))],
    );
    assert_eq!(clocks.first, running("25T11:30", "25T12:00"));
}

#[test]
fn a_late_answer_is_late() {
    let clocks = clocks("25T10:00", &[("25T12:30", STAFF, say())]);
    assert_eq!(
        clocks.first,
        Clock::Met {
            after_ms: 5 * HOUR / 2,
            in_time: false
        }
    );
}

#[test]
fn each_question_of_the_customer_is_answered() {
    let talk = [
        ("25T10:30", STAFF, say()),
        ("25T11:00", CUSTOMER, hear()),
        ("25T12:00", CUSTOMER, hear()),
    ];
    assert_eq!(clocks("25T10:00", &talk).next, running("25T14:00", "25T15:00"));
    let answered = [talk.as_slice(), &[("25T13:00", STAFF, say())]].concat();
    assert_eq!(clocks("25T10:00", &answered).next, Clock::Idle);
    let machine = Act::Hear {
        message: MESSAGE,
        automated: true,
    };
    let absent = [answered.as_slice(), &[("25T14:00", CUSTOMER, machine)]].concat();
    assert_eq!(clocks("25T10:00", &absent).next, Clock::Idle);
}

#[test]
fn a_question_of_ours_stops_the_clock_until_it_is_answered() {
    let asked = [("25T10:00", STAFF, Act::Ask(MESSAGE))];
    assert_eq!(
        clocks("25T09:00", &asked).solution,
        Clock::Paused { left_ms: 15 * HOUR }
    );
    let answered = [asked.as_slice(), &[("26T12:00", CUSTOMER, hear())]].concat();
    // Fifteen hours from Thursday noon: six, and nine of Friday.
    assert_eq!(
        clocks("25T09:00", &answered).solution,
        running("27T14:00", "27T18:00")
    );
}

#[test]
fn what_waits_for_a_supplier_stands_and_for_a_mass_incident_runs() {
    let waits = [("25T10:00", STAFF, Act::Wait(Reason::Supplier))];
    assert_eq!(
        clocks("25T09:00", &waits).solution,
        Clock::Paused { left_ms: 15 * HOUR }
    );
    let mass = MassId(Uuid::nil());
    let below = [("25T10:00", Actor::Mass(mass), Act::Attach(Some(mass)))];
    assert_eq!(
        clocks("25T09:00", &below).solution,
        running("26T12:00", "26T16:00")
    );
}

#[test]
fn a_solution_that_is_none_lets_the_clock_go_on() {
    let solved = [("25T12:00", STAFF, Act::Solve(MESSAGE))];
    let met = clocks("25T09:00", &solved);
    assert_eq!(
        met.solution,
        Clock::Met {
            after_ms: 3 * HOUR,
            in_time: true
        }
    );
    // Three working days, to the end of the day.
    assert_eq!(met.closes_ms, Some(msk("30T18:00")));
    assert_eq!(met.next_ms(msk("25T12:00")), Some(msk("30T18:00")));
    let denied = [solved.as_slice(), &[("26T09:00", CUSTOMER, Act::Deny)]].concat();
    let clocks = clocks("25T09:00", &denied);
    assert_eq!(clocks.solution, running("26T18:00", "27T13:00"));
    assert_eq!(clocks.closes_ms, None);
}

#[test]
fn more_hurry_is_counted_from_the_beginning() {
    let hurried = [("25T10:15", STAFF, Act::Hurry(Priority::Critical))];
    assert_eq!(
        clocks("25T10:00", &hurried).first,
        running("25T10:22:30", "25T10:30")
    );
}

#[test]
fn nobody_waits_for_what_was_merged_or_refused() {
    let other = RequestId(Uuid::from_u128(2));
    for act in [Act::Merge(other), Act::Refuse(MESSAGE)] {
        let clocks = clocks("25T10:00", &[("25T10:30", STAFF, act)]);
        assert_eq!((clocks.due_ms(), clocks.next_ms(0)), (None, None));
    }
}
