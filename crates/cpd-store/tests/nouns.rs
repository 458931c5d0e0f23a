//! What nodes and people change at the same time: objects, jobs, leases, keys of requests, webhooks.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::made::{NOW, tenant};
use common::on_both;
use cpd_store::idempotency::Known;
use cpd_store::jobs::Ending;
use cpd_store::objects::{Kind, Written};
use cpd_store::tenants::NewTenant;
use cpd_store::webhooks::{Event, NewWebhook, Webhook};
use cpd_store::{Error, Store, Tx, Uuid, Whose, idempotency, jobs, leases, objects, tenants, webhooks};
use serde_json::json;

async fn ours(store: &Store) -> Tx {
    store.write(Whose::Tenant(tenant(0))).await.unwrap()
}

fn written(number: i32, secrets: Option<&[u8]>) -> Written {
    Written {
        body: json!({ "number": number }),
        secrets: secrets.map(<[u8]>::to_vec),
        by: format!("user {number}"),
        now_ms: NOW + i64::from(number),
    }
}

#[test]
fn nodes_see_that_a_customer_came_or_was_paused() {
    on_both(|store| async move {
        let seen = async || {
            let tx = store.read(Whose::Service).await.unwrap();
            objects::revision(&tx, objects::REVISION).await.unwrap()
        };
        let before = seen().await;
        let tx = store.write(Whose::Service).await.unwrap();
        let new = NewTenant {
            slug: "fresh".to_owned(),
            name: "Fresh".to_owned(),
        };
        let id = Uuid::now_v7();
        tenants::add(&tx, id, new, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let added = seen().await;
        assert!(added > before);
        let tx = store.write(Whose::Service).await.unwrap();
        tenants::change(&tx, id, 1, |tenant| tenant.active = false)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(seen().await > added);
    });
}

#[test]
fn an_object_has_a_history_that_outlives_it() {
    on_both(|store| async move {
        let tx = ours(&store).await;
        let first = objects::add(&tx, Kind::Carrier, "main", written(1, Some(b"s")))
            .await
            .unwrap();
        let second = objects::change(&tx, Kind::Carrier, "main", 1, written(2, None))
            .await
            .unwrap();
        assert_eq!((second.version, second.secrets.as_deref()), (2, Some(&b"s"[..])));
        assert_eq!((second.created_ms, second.changed_ms), (NOW + 1, NOW + 2));
        let stale = objects::change(&tx, Kind::Carrier, "main", 1, written(3, None)).await;
        assert_eq!(stale.map(|_| ()), Err(Error::Stale(2)));
        let gone = (String::from("user 3"), NOW + 3);
        assert_eq!(
            objects::remove(&tx, Kind::Carrier, "main", 1, gone.clone()).await,
            Err(Error::Stale(2))
        );
        objects::remove(&tx, Kind::Carrier, "main", 2, gone)
            .await
            .unwrap();
        let missing = objects::find(&tx, Kind::Carrier, "main").await;
        assert_eq!(missing, Err(Error::Missing));
        let history: Vec<_> = objects::history(&tx, first.id)
            .await
            .unwrap()
            .into_iter()
            .map(|version| (version.version, version.body, version.changed_by))
            .collect();
        assert_eq!(
            history,
            [
                (3, None, "user 3".to_owned()),
                (2, Some(json!({ "number": 2 })), "user 2".to_owned()),
                (1, Some(json!({ "number": 1 })), "user 1".to_owned()),
            ]
        );
        assert_eq!(objects::revision(&tx, objects::REVISION).await.unwrap(), 3);
        // The name is free again, also for another kind at the same time.
        for kind in [Kind::Carrier, Kind::Dialer] {
            objects::add(&tx, kind, "main", written(4, None)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let tx = ours(&store).await;
        let taken = objects::add(&tx, Kind::Dialer, "main", written(5, None)).await;
        assert_eq!(taken.map(|_| ()), Err(Error::Taken));
        drop(tx);
        let other = store.write(Whose::Tenant(tenant(1))).await.unwrap();
        assert_eq!(objects::all(&other).await.unwrap(), []);
        assert_eq!(objects::history(&other, first.id).await.unwrap(), []);
        objects::add(&other, Kind::Dialer, "main", written(6, None))
            .await
            .unwrap();
        let missing = objects::change(&other, Kind::Carrier, "main", 1, written(7, None)).await;
        assert_eq!(missing.map(|_| ()), Err(Error::Missing));
    });
}

/// Commits a transaction while another waits for what it changed.
async fn later(tx: Tx) {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    tx.commit().await.unwrap();
}

#[test]
fn of_two_who_change_the_same_at_once_the_second_is_told() {
    on_both(|store| async move {
        let tx = store.write(Whose::Service).await.unwrap();
        let new = NewTenant {
            slug: "one".to_owned(),
            name: "One".to_owned(),
        };
        tenants::add(&tx, tenant(0), new, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let tx = ours(&store).await;
        objects::add(&tx, Kind::Policy, "p", written(1, None))
            .await
            .unwrap();
        let webhook = webhook(&tx).await;
        tx.commit().await.unwrap();

        let first = ours(&store).await;
        objects::change(&first, Kind::Policy, "p", 1, written(2, None))
            .await
            .unwrap();
        let renamed = |name: &'static str| move |tenant: &mut tenants::Tenant| tenant.name = name.to_owned();
        tenants::change(&first, tenant(0), 1, renamed("first"))
            .await
            .unwrap();
        webhooks::change(&first, webhook.id, 1, None, |webhook| webhook.active = false)
            .await
            .unwrap();
        webhooks::note_failures(&first, webhook.id, |failures| failures + 1)
            .await
            .unwrap();
        let second = async {
            let tx = ours(&store).await;
            let object = objects::change(&tx, Kind::Policy, "p", 1, written(3, None)).await;
            let tenant = tenants::change(&tx, tenant(0), 1, renamed("second")).await;
            let changed = webhooks::change(&tx, webhook.id, 1, None, |_| {}).await;
            webhooks::note_failures(&tx, webhook.id, |failures| failures + 1)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            (object.map(|_| ()), tenant.map(|_| ()), changed.map(|_| ()))
        };
        let (told, ()) = tokio::join!(second, later(first));
        assert_eq!(
            told,
            (Err(Error::Stale(2)), Err(Error::Stale(2)), Err(Error::Stale(2)))
        );
        let tx = ours(&store).await;
        assert_eq!(webhooks::find(&tx, webhook.id).await.unwrap().failures, 2);
    });
}

#[test]
fn two_nodes_take_two_jobs_and_a_dead_nodes_job_is_taken_again() {
    on_both(|store| async move {
        let tx = ours(&store).await;
        for number in 0..2 {
            jobs::add(&tx, "export", json!(number), "U", NOW + number)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let lease = (NOW + 10, NOW + 1_000);
        let first = store.write(Whose::Service).await.unwrap();
        let one = jobs::take(&first, "a", lease).await.unwrap().unwrap();
        assert_eq!(
            (one.parameters.clone(), one.state.as_str()),
            (json!(0), "running")
        );
        let second = async {
            let tx = store.write(Whose::Service).await.unwrap();
            let two = jobs::take(&tx, "b", lease).await.unwrap();
            tx.commit().await.unwrap();
            two.unwrap()
        };
        let (two, ()) = tokio::join!(second, later(first));
        assert_eq!(two.parameters, json!(1));
        let tx = store.write(Whose::Service).await.unwrap();
        assert_eq!(jobs::take(&tx, "c", lease).await.unwrap(), None);
        assert!(jobs::progress(&tx, one.id, "a", 0.5, NOW + 2_000).await.unwrap());
        assert!(!jobs::progress(&tx, one.id, "b", 0.5, NOW + 2_000).await.unwrap());
        // `b` died: its lease is over, that of `a` was kept.
        let again = jobs::take(&tx, "c", (NOW + 1_500, NOW + 9_000))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((again.id, again.node.as_str()), (two.id, "c"));
        assert!(!jobs::progress(&tx, two.id, "b", 0.9, NOW + 9_000).await.unwrap());
        let done = jobs::end(&tx, one.id, Ending::Done(json!(7), Some("f".to_owned())), NOW + 3)
            .await
            .unwrap();
        assert_eq!(
            (done.state.as_str(), done.progress, done.file.as_deref()),
            ("done", 1.0, Some("f"))
        );
        let late = jobs::end(&tx, one.id, Ending::Failed("late".to_owned()), NOW + 4)
            .await
            .unwrap();
        assert_eq!(late, done, "an ended job stays as it ended");
        jobs::end(&tx, two.id, Ending::Cancelled, NOW + 4).await.unwrap();
        assert!(!jobs::progress(&tx, two.id, "c", 0.9, NOW + 9_000).await.unwrap());
        assert_eq!(
            jobs::take(&tx, "c", (NOW + 99_999, NOW + 100_000)).await.unwrap(),
            None
        );
        tx.commit().await.unwrap();
        let other = store.read(Whose::Tenant(tenant(1))).await.unwrap();
        assert_eq!(jobs::list(&other, 9).await.unwrap(), []);
        assert_eq!(jobs::find(&other, one.id).await, Err(Error::Missing));
    });
}

#[test]
fn a_lease_is_one_nodes_until_it_ends() {
    on_both(|store| async move {
        let hold = async |node: &'static str, now: i64, until: i64| {
            let tx = store.write(Whose::Service).await.unwrap();
            let held = leases::hold(&tx, "sweep", node, (now, until)).await.unwrap();
            tx.commit().await.unwrap();
            held
        };
        assert!(hold("a", 0, 100).await);
        assert!(!hold("b", 50, 150).await);
        assert!(hold("a", 60, 200).await, "its holder keeps it");
        assert!(!hold("b", 150, 250).await);
        assert!(hold("b", 201, 300).await);
        assert!(!hold("a", 250, 350).await);
    });
}

#[test]
fn a_repeated_request_is_answered_as_the_first() {
    on_both(|store| async move {
        let tx = ours(&store).await;
        let take =
            async |tx: &Tx, request: &str| idempotency::take(tx, "key:1", "n", request, NOW).await.unwrap();
        assert_eq!(take(&tx, "POST /a").await, Known::New);
        assert_eq!(take(&tx, "POST /a").await, Known::UnderWay);
        idempotency::answered(&tx, "key:1", "n", 201, json!({ "id": 1 }))
            .await
            .unwrap();
        assert_eq!(
            take(&tx, "POST /a").await,
            Known::Answered(201, json!({ "id": 1 }))
        );
        assert_eq!(take(&tx, "POST /b").await, Known::Other);
        assert_eq!(
            idempotency::take(&tx, "key:2", "n", "POST /b", NOW)
                .await
                .unwrap(),
            Known::New
        );
        idempotency::give_back(&tx, "key:2", "n").await.unwrap();
        assert_eq!(
            idempotency::take(&tx, "key:2", "n", "POST /c", NOW)
                .await
                .unwrap(),
            Known::New
        );
        tx.commit().await.unwrap();
        let tx = store.write(Whose::Tenant(tenant(1))).await.unwrap();
        assert_eq!(take(&tx, "POST /c").await, Known::New);
        drop(tx);
        let tx = store.write(Whose::Service).await.unwrap();
        assert_eq!(idempotency::sweep(&tx, NOW).await.unwrap(), 0);
        assert_eq!(idempotency::sweep(&tx, NOW + 1).await.unwrap(), 2);
    });
}

async fn webhook(tx: &Tx) -> Webhook {
    let new = NewWebhook {
        name: "w".to_owned(),
        url: "https://example.com".to_owned(),
        events: vec!["call.".to_owned()],
        secret: b"secret".to_vec(),
    };
    webhooks::add(tx, new, NOW).await.unwrap()
}

async fn events(store: &Store, count: i64) -> Vec<Event> {
    let events: Vec<Event> = (0..count)
        .map(|number| webhooks::event(tenant(0), "call.ended", json!(number), NOW + number))
        .collect();
    let tx = ours(store).await;
    webhooks::emit(&tx, &events).await.unwrap();
    webhooks::emit(&tx, &events).await.unwrap();
    tx.commit().await.unwrap();
    events
}

#[test]
fn an_event_is_fanned_out_once_whoever_does_it() {
    on_both(|store| async move {
        let tx = ours(&store).await;
        let webhook = webhook(&tx).await;
        assert_ne!(webhook.secret, b"secret", "it is sealed");
        assert_eq!(webhooks::secret(&tx, &webhook).unwrap(), b"secret");
        tx.commit().await.unwrap();
        let events = events(&store, 5).await;
        let tx = store.read(Whose::Service).await.unwrap();
        assert_eq!(webhooks::unfanned(&tx, 3).await.unwrap(), events[..3]);
        assert_eq!(webhooks::unfanned(&tx, 9).await.unwrap(), events);
        drop(tx);
        let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
        let wanted: Vec<_> = events
            .iter()
            .map(|event| (webhook.clone(), event.clone()))
            .collect();
        let first = store.write(Whose::Service).await.unwrap();
        webhooks::fan_out(&first, &ids, &wanted, NOW).await.unwrap();
        let second = async {
            let tx = store.write(Whose::Service).await.unwrap();
            webhooks::fan_out(&tx, &ids, &wanted, NOW).await.unwrap();
            tx.commit().await.unwrap();
        };
        tokio::join!(second, later(first));
        let tx = store.read(Whose::Service).await.unwrap();
        assert_eq!(webhooks::unfanned(&tx, 9).await.unwrap(), []);
        let due = webhooks::due(&tx, NOW, 99).await.unwrap();
        let told: BTreeSet<Uuid> = due.iter().map(|(_, event)| event.id).collect();
        assert_eq!((due.len(), told), (5, ids.into_iter().collect()));
    });
}

#[test]
fn a_delivery_is_tried_until_it_is_settled_and_can_be_sent_again() {
    on_both(|store| async move {
        let tx = ours(&store).await;
        let webhook = webhook(&tx).await;
        tx.commit().await.unwrap();
        let mut event = events(&store, 1).await.remove(0);
        let tx = store.write(Whose::Service).await.unwrap();
        webhooks::fan_out(&tx, &[event.id], &[(webhook.clone(), event.clone())], NOW)
            .await
            .unwrap();
        event.fanned = true;
        let mut first = webhooks::due(&tx, NOW, 9).await.unwrap().remove(0).0;
        first.attempts = 1;
        first.next_ms = NOW + 60_000;
        first.status = Some(500);
        webhooks::settle(&tx, first.clone()).await.unwrap();
        assert_eq!(webhooks::due(&tx, NOW + 59_999, 9).await.unwrap(), []);
        assert_eq!(
            webhooks::due(&tx, NOW + 60_000, 9).await.unwrap(),
            [(first.clone(), event.clone())]
        );
        first.state = "delivered".to_owned();
        first.ended_ms = Some(NOW + 60_001);
        webhooks::settle(&tx, first.clone()).await.unwrap();
        assert_eq!(webhooks::due(&tx, NOW + 99_999, 9).await.unwrap(), []);
        tx.commit().await.unwrap();

        let other = store.write(Whose::Tenant(tenant(1))).await.unwrap();
        assert_eq!(
            webhooks::replay(&other, first.id, NOW).await.map(|_| ()),
            Err(Error::Missing)
        );
        assert_eq!(webhooks::find(&other, webhook.id).await, Err(Error::Missing));
        assert_eq!(
            webhooks::remove(&other, webhook.id).await.map(|_| ()),
            Err(Error::Missing)
        );
        drop(other);
        let tx = ours(&store).await;
        let again = webhooks::replay(&tx, first.id, NOW + 70_000).await.unwrap();
        assert_ne!(again.id, first.id);
        let page = webhooks::deliveries(&tx, webhook.id, None, 1).await.unwrap();
        assert_eq!(page.rows, std::slice::from_ref(&again));
        let page = webhooks::deliveries(&tx, webhook.id, page.next, 1).await.unwrap();
        assert_eq!((page.rows, page.next), (vec![first], None));
        assert_eq!(
            webhooks::due(&tx, NOW + 70_000, 9).await.unwrap(),
            [(again, event)]
        );
        webhooks::remove(&tx, webhook.id).await.unwrap();
        assert_eq!(webhooks::due(&tx, NOW + 70_000, 9).await.unwrap(), []);
    });
}
