//! What is true always, whatever comes in whatever order: acts of everybody on a few requests that are merged, undone,
//! solved, denied and tied to mass incidents, in simulated time.

use std::collections::BTreeMap;

use cpd_desk::{
    Act, Actor, Category, Door, Event, Kind, MassId, MessageId, PersonId, Priority, Reason, Request,
    RequestId, Route, Side, State, What, Why,
};
use proptest::prelude::*;
use uuid::Uuid;

const REQUESTS: u128 = 5;

/// A desk in memory, with as much as its rules need.
#[derive(Default)]
struct Desk {
    requests: BTreeMap<u128, (Request, Vec<Event>)>,
    messages: u128,
    heard: Vec<MessageId>,
    now_ms: i64,
}

impl Desk {
    fn new() -> Desk {
        let mut desk = Desk::default();
        for n in 0..REQUESTS {
            desk.register(n, None);
        }
        desk
    }

    fn register(&mut self, n: u128, follows: Option<RequestId>) {
        let what = What::Registered {
            door: Door::Email,
            kind: Kind::Incident,
            priority: Priority::Normal,
            contract: n.is_multiple_of(2),
            follows,
        };
        self.requests
            .insert(n, (Request::new(RequestId(Uuid::from_u128(n))), Vec::new()));
        self.note(n, Actor::Customer(None), what);
    }

    fn note(&mut self, n: u128, by: Actor, what: What) {
        let event = Event {
            at_ms: self.now_ms,
            by,
            what,
        };
        let (request, log) = self.requests.get_mut(&n).expect("it is registered");
        request.apply(&event);
        log.push(event);
    }

    fn message(&mut self) -> MessageId {
        self.messages += 1;
        MessageId(Uuid::from_u128(self.messages))
    }

    /// A customer's message, wherever it has to go. Tells where it went.
    fn hear(&mut self, n: u128, automated: bool) -> u128 {
        let message = self.message();
        self.heard.push(message);
        let mut at = n;
        for _ in 0..=self.requests.len() {
            match self.requests[&at].0.route() {
                Route::Here => break,
                Route::On(next) => at = next.0.as_u128(),
                Route::Anew => {
                    let new = self.requests.len() as u128;
                    let follows = Some(self.requests[&at].0.id);
                    self.register(new, follows);
                    at = new;
                }
            }
        }
        let done = self.act(at, Actor::Customer(None), &Act::Hear { message, automated });
        assert!(done, "a message was lost at {:?}", self.requests[&at].0);
        at
    }

    fn act(&mut self, n: u128, by: Actor, act: &Act) -> bool {
        if let Act::Merge(survivor) = act
            && self.requests[&survivor.0.as_u128()].0.takes_in().is_err()
        {
            return false;
        }
        let Ok(events) = self.requests[&n].0.decide(by, act) else {
            return false;
        };
        for what in events {
            self.note(n, by, what);
        }
        true
    }
}

#[derive(Clone, Debug)]
enum Input {
    Heard { at: u128, automated: bool },
    Done { at: u128, who: u8, act: u8, other: u128 },
    Time { minutes: i64 },
}

fn inputs() -> impl Strategy<Value = Vec<Input>> {
    let one = prop_oneof![
        2 => (0..REQUESTS, any::<bool>()).prop_map(|(at, automated)| Input::Heard { at, automated }),
        6 => (0..REQUESTS, 0_u8..4, 0_u8..18, 0..REQUESTS)
            .prop_map(|(at, who, act, other)| Input::Done { at, who, act, other }),
        1 => (1_i64..5_000).prop_map(|minutes| Input::Time { minutes }),
    ];
    proptest::collection::vec(one, 1..80)
}

fn act(desk: &mut Desk, number: u8, other: u128) -> Act {
    let message = desk.message();
    let person = PersonId(Uuid::from_u128(other));
    let mass = MassId(Uuid::from_u128(other % 2));
    match number {
        0 => Act::Say {
            message,
            side: Side::Public,
        },
        1 => Act::Say {
            message,
            side: Side::Internal,
        },
        2 => Act::Assign(Some(person)),
        3 => Act::Assign(None),
        4 => Act::Ask(message),
        5 => Act::Wait(Reason::Update),
        6 => Act::Resume,
        7 | 8 => Act::Solve(message),
        9 => Act::Confirm,
        10 => Act::Deny,
        11 => Act::Finish,
        12 => Act::Expire,
        13 => Act::Refuse(message),
        14 => Act::Merge(RequestId(Uuid::from_u128(other))),
        15 => Act::Unmerge,
        16 => Act::Attach(Some(mass)),
        _ => Act::Attach(None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_comes(inputs in inputs()) {
        let mut desk = Desk::new();
        for input in inputs {
            match input {
                Input::Heard { at, automated } => {
                    let before = desk.requests.clone();
                    let went = desk.hear(at, automated);
                    if automated && let Some((before, _)) = before.get(&went) {
                        prop_assert_eq!(before.state, desk.requests[&went].0.state, "a machine moved a request");
                    }
                }
                Input::Done { at, who, act: number, other } => {
                    let act = act(&mut desk, number, other);
                    let mass = MassId(Uuid::from_u128(other % 2));
                    let by = match who {
                        0 => Actor::Customer(Some(PersonId(Uuid::from_u128(9)))),
                        1 => Actor::Staff(PersonId(Uuid::from_u128(1))),
                        2 => Actor::Mass(mass),
                        _ => Actor::Desk,
                    };
                    let before = desk.requests[&at].0.clone();
                    let done = desk.act(at, by, &act);
                    let after = &desk.requests[&at].0;
                    prop_assert!(done || before == *after, "a refusal changed something");
                    if matches!(by, Actor::Mass(_)) {
                        prop_assert!(after.state == before.state || after.state.category() != Category::Final,
                            "a request ended because of what is above it");
                        prop_assert!(!done || matches!(act, Act::Attach(Some(_))) || before.mass == Some(mass));
                    }
                }
                Input::Time { minutes } => desk.now_ms += minutes * 60_000,
            }
        }
        let mut kept = Vec::new();
        for (n, (request, log)) in &desk.requests {
            prop_assert_eq!(&Request::replay(request.id, log), request, "a request is its log");
            prop_assert_eq!(request.id, RequestId(Uuid::from_u128(*n)));
            let mut state = State::Registered;
            let mut last = 0;
            for event in log {
                prop_assert!(event.at_ms >= last);
                last = event.at_ms;
                match &event.what {
                    What::Moved { from, to, why } => {
                        prop_assert_eq!(*from, state, "a row of the log is missing");
                        prop_assert!(from.leads_to().contains(to) || *why == Why::Unmerged, "{:?} to {:?}", from, to);
                        if let Why::Solved { comment } = why {
                            let said = |event: &Event| matches!(event.what, What::Message { message, side: Side::Public, .. } if message == *comment);
                            prop_assert!(log.iter().any(said), "a solution without its comment");
                        }
                        state = *to;
                    }
                    What::Message { message, .. } => kept.push(*message),
                    _ => (),
                }
            }
            // Wherever a message for it goes, it arrives: merges never go round in a circle.
            let mut at = request;
            for _ in 0..=desk.requests.len() {
                match at.route() {
                    Route::On(next) => at = &desk.requests[&next.0.as_u128()].0,
                    Route::Here | Route::Anew => break,
                }
            }
            prop_assert!(!matches!(at.route(), Route::On(_)), "merges go round");
        }
        for message in &desk.heard {
            prop_assert_eq!(kept.iter().filter(|one| *one == message).count(), 1, "each message once");
        }
    }
}
