//! The desk on fresh databases, both of them: what comes by any door, in any order, once or twice or at the same time.

#![allow(clippy::unwrap_used, reason = "a test that cannot begin fails")]

use cpd_desk::{Act, Actor, Door, Kind, PersonId, Reason, Side, State};
use cpd_store::desk::contacts::{self, Contact, NewContact};
use cpd_store::desk::contracts::{self, Said};
use cpd_store::desk::{masses, messages, outgoing, requests};
use cpd_store::tenants::NewTenant;
use cpd_store::{Store, Uuid, Whose, tenants};
use serde_json::json;

use super::intake::{self, Incoming, New, Taken, To};
use super::timer;
use super::work::{self, By, Fault, NoMerge, Words};
use crate::api::tests::databases::on_both;

/// A Wednesday, 12:00 in Moscow.
const NOW: i64 = 1_795_597_200_000;
const MINUTE: i64 = 60_000;

async fn tenant(store: &Store, slug: &str) -> Uuid {
    let tx = store.write(Whose::Service).await.unwrap();
    let new = NewTenant {
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
    };
    let tenant = tenants::add(&tx, Uuid::now_v7(), new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    tenant.id
}

async fn contract(store: &Store, tenant: Uuid, sees: &str) {
    let day = json!([["09:00", "18:00"]]);
    let said = Said {
        number: "1".to_owned(),
        from_ms: NOW - 1,
        until_ms: None,
        terms: json!({
            "calendar": { "zone": "Europe/Moscow", "week": [day, day, day, day, day, [], []] },
            "promises": [{ "first_min": 60, "solution_min": 540 }],
            "sees": sees,
        }),
    };
    let tx = store.write(Whose::Service).await.unwrap();
    contracts::add(&tx, tenant, said, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

async fn contact(store: &Store, tenant: Uuid, email: &str) -> Contact {
    let tx = store.write(Whose::Service).await.unwrap();
    let new = NewContact {
        tenant,
        name: email.to_owned(),
        user: None,
        language: "ru".to_owned(),
    };
    let contact = contacts::add(&tx, new, NOW).await.unwrap();
    contacts::bind(&tx, &contact, "email", email, true, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    contact
}

fn mail(contact: &Contact, to: To, origin: &str) -> Incoming {
    Incoming {
        door: Door::Email,
        contact: contact.clone(),
        to,
        text: format!("Не слышит автоответчик\n{origin}"),
        rest: String::new(),
        automated: false,
        unverified: false,
        files: Vec::new(),
        files_by: String::new(),
        origin: Some(origin.to_owned()),
        mail_id: None,
        staff: None,
    }
}

async fn take(store: &Store, incoming: Incoming, now_ms: i64) -> Taken {
    let tx = store.write(Whose::Service).await.unwrap();
    let taken = intake::take(&tx, incoming, now_ms).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

async fn act(store: &Store, id: Uuid, act: Act, now_ms: i64) -> Result<State, Fault> {
    let tx = store.write(Whose::Service).await.unwrap();
    let request = work::act(&tx, id, &staff(), &act, now_ms).await?;
    tx.commit().await.unwrap();
    Ok(State::named(&request.state).unwrap())
}

async fn solve(store: &Store, id: Uuid, text: &str, now_ms: i64) {
    let tx = store.write(Whose::Service).await.unwrap();
    let words = Words::public(text.to_owned());
    work::write(&tx, id, &staff(), words, Act::Solve, now_ms)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

fn staff() -> By {
    By {
        actor: Actor::Staff(PersonId(Uuid::from_u128(7))),
        name: "Специалист".to_owned(),
    }
}

fn new() -> To {
    To::New(Box::default())
}

/// What went out for a request.
async fn sent(store: &Store, id: Uuid) -> Vec<(String, String)> {
    let tx = store.read(Whose::Service).await.unwrap();
    let rows = outgoing::list(&tx, id).await.unwrap();
    rows.into_iter().map(|row| (row.kind, row.address)).collect()
}

#[test]
fn what_comes_is_registered_with_its_clocks_and_answered_by_its_door() {
    on_both(|store| async move {
        let acme = tenant(&store, "acme").await;
        contract(&store, acme, "nobody").await;
        let anna = contact(&store, acme, "anna@acme.example").await;
        let taken = take(&store, mail(&anna, new(), "m1"), NOW).await;
        let request = &taken.request;
        assert_eq!((taken.new, request.number.as_str()), (true, "10001-4"));
        assert_eq!(request.topic, "Не слышит автоответчик");
        assert_eq!(
            (request.state.as_str(), request.contract, request.unanswered),
            ("registered", true, true)
        );
        // An hour of work, and three quarters of it.
        assert_eq!(request.due_ms, Some(NOW + 60 * MINUTE));
        assert_eq!(request.next_ms, Some(NOW + 45 * MINUTE));
        let to = "anna@acme.example".to_owned();
        assert_eq!(
            sent(&store, request.id).await,
            [("receipt".to_owned(), to.clone())]
        );
        solve(&store, request.id, "Обновили модель", NOW + MINUTE).await;
        let tx = store.read(Whose::Service).await.unwrap();
        let solved = requests::find(&tx, request.id).await.unwrap();
        assert_eq!(
            (solved.state.as_str(), solved.unanswered, solved.due_ms),
            ("solution_provided", false, None)
        );
        drop(tx);
        assert_eq!(sent(&store, request.id).await[1..], [("solution".to_owned(), to)]);
        let tx = store.read(Whose::Service).await.unwrap();
        let out = outgoing::list(&tx, request.id).await.unwrap();
        assert_eq!(out[1].payload["text"], "Обновили модель");
    });
}

#[test]
fn who_has_no_contract_is_registered_too() {
    on_both(|store| async move {
        let acme = tenant(&store, "acme").await;
        let anna = contact(&store, acme, "anna@acme.example").await;
        let taken = take(&store, mail(&anna, new(), "m1"), NOW).await;
        assert!(!taken.request.contract);
        let nobody = contact(&store, cpd_store::SERVICE, "x@nowhere.example").await;
        let taken = take(&store, mail(&nobody, new(), "m2"), NOW).await;
        assert!(taken.new && !taken.request.contract);
    });
}

#[test]
fn after_the_end_a_message_begins_a_request_that_follows() {
    on_both(|store| async move {
        let acme = tenant(&store, "acme").await;
        let anna = contact(&store, acme, "anna@acme.example").await;
        let first = take(&store, mail(&anna, new(), "m1"), NOW).await.request;
        solve(&store, first.id, "Готово", NOW).await;
        // Three days without a word, and it is over.
        assert_eq!(timer::look(&store, NOW).await.unwrap(), 0);
        assert_eq!(timer::look(&store, NOW + 5 * 1_440 * MINUTE).await.unwrap(), 1);
        let later = take(
            &store,
            mail(&anna, To::Request(first.id), "m2"),
            NOW + 6 * 1_440 * MINUTE,
        )
        .await;
        assert!(later.new);
        assert_eq!(
            (later.request.follows, later.request.topic),
            (Some(first.id), first.topic)
        );
        // A word before the end says that it was no solution.
        let second = take(&store, mail(&anna, new(), "m3"), NOW).await.request;
        solve(&store, second.id, "Готово", NOW).await;
        let again = take(&store, mail(&anna, To::Request(second.id), "m4"), NOW + MINUTE).await;
        assert_eq!((again.new, again.request.state.as_str()), (false, "in_progress"));
    });
}

#[test]
fn a_merge_takes_messages_along_and_is_undone() {
    on_both(|store| async move {
        let (acme, other) = (tenant(&store, "acme").await, tenant(&store, "other").await);
        let anna = contact(&store, acme, "anna@acme.example").await;
        let boris = contact(&store, acme, "boris@acme.example").await;
        let eve = contact(&store, other, "eve@other.example").await;
        let one = take(&store, mail(&anna, new(), "m1"), NOW).await.request;
        let two = take(&store, mail(&anna, new(), "m2"), NOW).await.request;
        let his = take(&store, mail(&boris, new(), "m3"), NOW).await.request;
        let hers = take(&store, mail(&eve, new(), "m4"), NOW).await.request;
        let merge = async |id, into| {
            let tx = store.write(Whose::Service).await.unwrap();
            let done = work::merge(&tx, id, into, &staff(), NOW).await;
            tx.commit().await.unwrap();
            done
        };
        // Nobody reads another customer's words by a merge, nor a colleague's that the contract does not show.
        assert_eq!(merge(one.id, hers.id).await, Ok(Err(NoMerge::OtherCustomer)));
        assert_eq!(merge(one.id, his.id).await, Ok(Err(NoMerge::NotSeen)));
        assert_eq!(merge(one.id, two.id).await.unwrap().unwrap().state, "merged");
        let refused = Fault::Refused(cpd_desk::Refusal::NotFrom(State::Merged));
        assert_eq!(merge(two.id, one.id).await, Err(refused));
        let said = take(&store, mail(&anna, To::Request(one.id), "m5"), NOW).await;
        assert_eq!((said.new, said.request.id), (false, two.id));
        assert_eq!(
            act(&store, one.id, Act::Unmerge, NOW).await,
            Ok(State::Registered)
        );
        let said = take(&store, mail(&anna, To::Request(one.id), "m6"), NOW).await;
        assert_eq!((said.new, said.request.id), (false, one.id));
        contract(&store, acme, "everyone").await;
        assert!(merge(one.id, his.id).await.unwrap().is_ok());
    });
}

#[test]
fn a_mass_incident_solves_each_request_below_and_closes_none() {
    on_both(|store| async move {
        let tx = store.write(Whose::Service).await.unwrap();
        let words = ["Не проходят звонки", "calls", "Смотрим"].map(str::to_owned);
        let [topic, component, text] = words;
        let mass = masses::add(&tx, topic, component, text, "S", NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut below = Vec::new();
        for name in ["a", "b", "c"] {
            let tenant = tenant(&store, name).await;
            let who = contact(&store, tenant, &format!("x@{name}.example")).await;
            let request = take(&store, mail(&who, new(), name), NOW).await.request;
            let tx = store.write(Whose::Service).await.unwrap();
            let request = work::attach(&tx, request.id, mass.id, NOW).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(
                (request.state.as_str(), request.mass_id),
                ("waiting", Some(mass.id))
            );
            below.push(request.id);
        }
        // One of them is over before.
        solve(&store, below[0], "Само прошло", NOW).await;
        let tx = store.write(Whose::Service).await.unwrap();
        assert_eq!(
            work::fan_out(&tx, mass.id, "Починили", true, NOW + 1)
                .await
                .unwrap(),
            2
        );
        tx.commit().await.unwrap();
        let tx = store.read(Whose::Service).await.unwrap();
        for (n, id) in below.into_iter().enumerate() {
            let request = requests::find(&tx, id).await.unwrap();
            assert_eq!(request.state, "solution_provided", "not closed with it");
            let said = messages::list(&tx, id, false).await.unwrap();
            let solutions = said.iter().filter(|message| message.text == "Починили").count();
            assert_eq!(solutions, usize::from(n > 0));
        }
    });
}

#[test]
fn a_machine_moves_nothing_and_is_not_answered() {
    on_both(|store| async move {
        let acme = tenant(&store, "acme").await;
        let anna = contact(&store, acme, "anna@acme.example").await;
        let first = take(&store, mail(&anna, new(), "m1"), NOW).await.request;
        solve(&store, first.id, "Готово", NOW).await;
        let away = Incoming {
            automated: true,
            ..mail(&anna, To::Request(first.id), "m2")
        };
        let taken = take(&store, away, NOW + MINUTE).await;
        assert_eq!(
            (taken.new, taken.request.state.as_str()),
            (false, "solution_provided")
        );
        assert_eq!(sent(&store, first.id).await.len(), 2, "a receipt and a solution");
        let away = Incoming {
            automated: true,
            ..mail(&anna, new(), "m3")
        };
        let taken = take(&store, away, NOW).await;
        assert!(taken.new, "it is registered all the same");
        assert_eq!(sent(&store, taken.request.id).await, []);
    });
}

#[test]
fn clocks_warn_and_break_once() {
    on_both(|store| async move {
        let acme = tenant(&store, "acme").await;
        contract(&store, acme, "nobody").await;
        let anna = contact(&store, acme, "anna@acme.example").await;
        let request = take(&store, mail(&anna, new(), "m1"), NOW).await.request;
        let told = async || {
            let tx = store.read(Whose::Service).await.unwrap();
            let events = cpd_store::webhooks::unfanned(&tx, 100).await.unwrap();
            let kinds = events.into_iter().map(|event| event.kind);
            kinds
                .filter(|kind| kind != "request.registered")
                .collect::<Vec<_>>()
        };
        for (at, looked) in [(44, 0), (45, 1), (46, 0), (60, 1), (61, 0)] {
            assert_eq!(
                timer::look(&store, NOW + at * MINUTE).await.unwrap(),
                looked,
                "{at}"
            );
        }
        assert_eq!(told().await, ["request.warned", "request.breached"]);
        let tx = store.read(Whose::Service).await.unwrap();
        assert!(
            requests::find(&tx, request.id).await.unwrap().next_ms.is_some(),
            "the solution's clock runs"
        );
    });
}

/// A generator (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }
}

/// Doors give what they have more than once, out of order, and at the same time; transactions break off. Each conversation
/// is one request, each message is in it once, and no number is given twice.
#[test]
fn any_order_any_repetition_and_any_break_give_each_message_once() {
    let seed = std::env::var("CPD_SEED").map_or_else(
        |_| u64::from(std::process::id()) + 1,
        |seed| seed.parse().unwrap(),
    );
    println!("CPD_SEED={seed}");
    on_both(|store| async move {
        const CONVERSATIONS: usize = 6;
        const MESSAGES: usize = 5;
        let mut random = Random(seed);
        let mut who = Vec::new();
        for n in 0..CONVERSATIONS {
            let tenant = tenant(&store, &format!("t{n}")).await;
            who.push(contact(&store, tenant, &format!("x@t{n}.example")).await);
        }
        // Each conversation's first message comes first, as its door keeps it; then the rest, each up to three times.
        let mut begun = Vec::new();
        for (n, contact) in who.iter().enumerate() {
            let first = mail(contact, new(), &format!("{n}-0"));
            let (one, two) = tokio::join!(take(&store, first.clone(), NOW), take(&store, first, NOW));
            assert_eq!(one.request.id, two.request.id, "one request for one message");
            assert!(one.again != two.again);
            begun.push(one.request.id);
        }
        let mut rest: Vec<Incoming> = Vec::new();
        for (n, contact) in who.iter().enumerate() {
            for m in 1..MESSAGES {
                for _ in 0..=random.below(3) {
                    rest.push(mail(contact, To::Request(begun[n]), &format!("{n}-{m}")));
                }
            }
        }
        for at in (1..rest.len()).rev() {
            rest.swap(at, random.below(at + 1));
        }
        for part in rest.chunks(2) {
            let broken = random.below(4) == 0;
            if broken {
                let tx = store.write(Whose::Service).await.unwrap();
                intake::take(&tx, part[0].clone(), NOW).await.unwrap();
                drop(tx);
            }
            match part {
                [one, two] => {
                    tokio::join!(take(&store, one.clone(), NOW), take(&store, two.clone(), NOW));
                }
                part => {
                    take(&store, part[0].clone(), NOW).await;
                }
            }
            if random.below(3) == 0 {
                let _ = act(
                    &store,
                    begun[random.below(CONVERSATIONS)],
                    Act::Wait(Reason::Update),
                    NOW,
                )
                .await;
            }
        }
        let tx = store.read(Whose::Service).await.unwrap();
        let all = requests::list(&tx, &requests::Filter::default(), None, 100)
            .await
            .unwrap()
            .rows;
        assert_eq!(all.len(), CONVERSATIONS);
        let mut numbers: Vec<_> = all.iter().map(|request| request.serial).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), CONVERSATIONS);
        for (n, id) in begun.into_iter().enumerate() {
            let mut said: Vec<_> = messages::list(&tx, id, true)
                .await
                .unwrap()
                .into_iter()
                .map(|message| message.origin.unwrap())
                .collect();
            said.sort();
            assert_eq!(
                said,
                (0..MESSAGES).map(|m| format!("{n}-{m}")).collect::<Vec<_>>()
            );
            let request = requests::find(&tx, id).await.unwrap();
            let log = work::log(&tx, &request).await.unwrap();
            assert_eq!(log.len(), usize::try_from(request.events).unwrap());
            let made = cpd_desk::Request::replay(cpd_desk::RequestId(id), &log);
            assert_eq!(made.state.as_str(), request.state, "the row is what the log says");
        }
    });
}

#[test]
fn the_desks_own_notes_are_for_the_desk() {
    on_both(|store| async move {
        let acme = tenant(&store, "acme").await;
        let anna = contact(&store, acme, "anna@acme.example").await;
        let to = To::New(Box::new(New {
            kind: Some(Kind::Consultation),
            ..New::default()
        }));
        let request = take(&store, mail(&anna, to, "m1"), NOW).await.request;
        let tx = store.write(Whose::Service).await.unwrap();
        let words = Words {
            side: Side::Internal,
            ..Words::public("Похоже на прошлую среду".to_owned())
        };
        let say = |message| Act::Say {
            message,
            side: Side::Internal,
        };
        work::write(&tx, request.id, &staff(), words, say, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let tx = store.read(Whose::Tenant(acme)).await.unwrap();
        let count = async |internal| messages::list(&tx, request.id, internal).await.unwrap().len();
        assert_eq!((count(false).await, count(true).await), (1, 2));
        let found = async |words: &str, public| {
            let filter = requests::Filter {
                words: Some(words.to_owned()),
                public,
                ..requests::Filter::default()
            };
            requests::count(&tx, &filter).await.unwrap()
        };
        assert_eq!(
            (found("прошлую", false).await, found("прошлую", true).await),
            (1, 0)
        );
        assert_eq!(found(&request.number, true).await, 1);
        assert_eq!(sent(&store, request.id).await.len(), 1, "a receipt alone");
    });
}
