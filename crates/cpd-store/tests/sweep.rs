//! What is older than its tenant's rules goes, and nothing else, on both databases.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::made::{NOW, Random, record, tenant};
use common::{folder, on_both};
use cpd_store::record::Record;
use cpd_store::tenants::NewTenant;
use cpd_store::webhooks::NewWebhook;
use cpd_store::writer::{Limits, Writer};
use cpd_store::{
    Store, Uuid, Whose, audit, calls, jobs, labels, partitions, recordings, retention, sweep, tenants,
    webhooks,
};
use serde_json::json;

const DAY: i64 = 86_400_000;
const CLASSES: [&str; 5] = [
    "human",
    "machine.greeting",
    "machine.operator.mailbox",
    "network.number.unassigned",
    "signal.busy",
];

async fn write(store: &Store, records: &[Record]) {
    let writer = Writer::start(store.clone(), &folder("spool"), "a", Limits::default(), || NOW).unwrap();
    for record in records {
        writer.push(record.clone());
    }
    let soon = tokio::time::Instant::now() + Duration::from_secs(60);
    assert_eq!(writer.finish(soon).await.written, records.len() as u64);
}

async fn tenants(store: &Store) {
    let tx = store.write(Whose::Service).await.unwrap();
    for number in 0..4 {
        let new = NewTenant {
            slug: number.to_string(),
            name: number.to_string(),
        };
        tenants::add(&tx, tenant(number), new, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn rules(store: &Store, tenant: Uuid, rules: &[(&str, &str, i32)]) {
    let tx = store.write(Whose::Tenant(tenant)).await.unwrap();
    let rules = rules
        .iter()
        .map(|(what, class, days)| ((*what).to_owned(), (*class).to_owned(), *days));
    retention::set(&tx, rules.collect()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ids(store: &Store) -> BTreeSet<Uuid> {
    let tx = store.read(Whose::Service).await.unwrap();
    let page = calls::list(&tx, &calls::Filter::default(), None, 100_000)
        .await
        .unwrap();
    page.rows.iter().map(|call| call.id).collect()
}

#[test]
fn calls_go_by_the_rules_of_their_tenant_and_class() {
    on_both(|store| async move {
        tenants(&store).await;
        rules(
            &store,
            tenant(0),
            &[
                ("calls", "", 100),
                ("calls", "machine.", 10),
                ("calls", "none", 400),
            ],
        )
        .await;
        rules(&store, tenant(1), &[("calls", "", 0)]).await;
        let mut random = Random(1);
        let mut records: Vec<Record> = (0..3_000)
            .map(|_| {
                let ago = i64::try_from(random.below(450)).unwrap() * DAY + 1;
                record(&mut random, NOW - ago)
            })
            .collect();
        records[0].call.class = Some("class.of.the.future".to_owned());
        write(&store, &records).await;
        let tx = store.write(Whose::Service).await.unwrap();
        for record in &records[..500] {
            let said = labels::Said::default();
            labels::set(&tx, &record.call, labels::Source::Dialer, said, NOW)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let days = |record: &Record| match (record.call.tenant_id, record.call.class.as_deref()) {
            (its, None) if its == tenant(0) => 400,
            (its, Some(class)) if its == tenant(0) && class.starts_with("machine.") => 10,
            (its, _) if its == tenant(0) => 100,
            (its, _) if its == tenant(1) => 0,
            _ => 365,
        };
        let wanted: BTreeSet<Uuid> = records
            .iter()
            .filter(|record| record.call.began_ms >= NOW - days(record) * DAY)
            .map(|record| record.call.id)
            .collect();
        let swept = sweep::run(&store, &CLASSES, NOW).await.unwrap();
        assert_eq!(ids(&store).await, wanted);
        assert!(wanted.len() > 1_000, "{}", wanted.len());
        if store.is_postgres() {
            // The oldest are 450 days old, and the longest rule is 400.
            assert!(swept.months >= 1, "{swept:?}");
            let oldest = partitions::list(&store).await.unwrap()[0];
            assert!(oldest.next().begins_ms() > NOW - 400 * DAY);
        } else {
            assert_eq!(swept.calls, (records.len() - wanted.len()) as u64);
        }
        let tx = store.read(Whose::Service).await.unwrap();
        let all: Vec<Uuid> = records.iter().map(|record| record.call.id).collect();
        let labelled: BTreeSet<Uuid> = labels::of_calls(&tx, &all).await.unwrap().into_keys().collect();
        let first = records[..500].iter().map(|record| record.call.id);
        assert_eq!(labelled, first.filter(|id| wanted.contains(id)).collect());
        for record in records.iter().filter(|record| record.recording.is_some()) {
            let ends = recordings::of_call(&tx, record.call.id).await.unwrap().expires_ms;
            let kept = record.call.began_ms + 90 * DAY;
            let expected = if wanted.contains(&record.call.id) {
                kept
            } else {
                kept.min(NOW)
            };
            let ends = ends.unwrap();
            let gone_before_set = !wanted.contains(&record.call.id) && ends == NOW;
            assert!(ends == expected || gone_before_set, "{ends} {expected}");
        }
        drop(tx);
        let again = sweep::run(&store, &CLASSES, NOW).await.unwrap();
        assert_eq!(again, sweep::Swept::default());
        // A month that was dropped is made again for a call that comes late.
        let late = record(&mut random, NOW - 440 * DAY);
        write(&store, std::slice::from_ref(&late)).await;
        assert!(ids(&store).await.contains(&late.call.id));
    });
}

#[test]
fn recordings_get_their_end_and_a_new_one_when_rules_change() {
    on_both(|store| async move {
        tenants(&store).await;
        let mut random = Random(2);
        let mut records: Vec<Record> = (0..1_400)
            .map(|number| record(&mut random, NOW - number * DAY / 20))
            .collect();
        records.retain(|record| record.recording.is_some());
        write(&store, &records).await;
        let check = async |days: &dyn Fn(&Record) -> i64| {
            let tx = store.read(Whose::Service).await.unwrap();
            for record in &records {
                let ends = recordings::of_call(&tx, record.call.id).await.unwrap().expires_ms;
                assert_eq!(ends, Some(record.call.began_ms + days(record) * DAY));
            }
        };
        sweep::run(&store, &CLASSES, NOW).await.unwrap();
        check(&|_| 90).await;
        rules(
            &store,
            tenant(2),
            &[("recordings", "", 30), ("recordings", "human", 300)],
        )
        .await;
        let swept = sweep::run(&store, &CLASSES, NOW).await.unwrap();
        let its = |record: &&Record| record.call.tenant_id == tenant(2);
        assert_eq!(swept.recordings, records.iter().filter(its).count() as u64);
        check(
            &|record| match (record.call.tenant_id, record.call.class.as_deref()) {
                (its, Some("human")) if its == tenant(2) => 300,
                (its, _) if its == tenant(2) => 30,
                _ => 90,
            },
        )
        .await;
        assert_eq!(sweep::run(&store, &CLASSES, NOW).await.unwrap().recordings, 0);
        let tx = store.read(Whose::Service).await.unwrap();
        let due = recordings::expired(&tx, "a", NOW, 10_000).await.unwrap();
        let old = |record: &&Record| its(record) && record.call.class.as_deref() != Some("human");
        let old = records
            .iter()
            .filter(old)
            .filter(|record| record.call.began_ms <= NOW - 30 * DAY);
        assert_eq!(due.len(), old.count());
    });
}

#[test]
fn jobs_go_a_season_after_their_end() {
    on_both(|store| async move {
        tenants(&store).await;
        let tx = store.write(Whose::Tenant(tenant(0))).await.unwrap();
        let mut made = Vec::new();
        for days in [1, 89, 91, 400] {
            let begun_ms = NOW - days * DAY;
            let job = jobs::add(&tx, "export", json!({}), "U", begun_ms).await.unwrap();
            made.push(job.id);
            // The oldest was never ended: it is under way, or nobody does it.
            if days < 400 {
                jobs::end(&tx, job.id, jobs::Ending::Cancelled, begun_ms)
                    .await
                    .unwrap();
            }
        }
        tx.commit().await.unwrap();
        assert_eq!(sweep::run(&store, &CLASSES, NOW).await.unwrap().jobs, 1);
        let tx = store.read(Whose::Tenant(tenant(0))).await.unwrap();
        let left: Vec<_> = jobs::list(&tx, 9)
            .await
            .unwrap()
            .iter()
            .map(|job| job.id)
            .collect();
        assert_eq!(left.len(), 3);
        assert!(!left.contains(&made[2]));
    });
}

#[test]
fn the_audit_log_deliveries_and_events_go_but_what_is_on_its_way_stays() {
    on_both(|store| async move {
        tenants(&store).await;
        let one = tenant(0);
        rules(&store, one, &[("audit", "", 1_000)]).await;
        let tx = store.write(Whose::Tenant(one)).await.unwrap();
        let new = NewWebhook {
            name: "w".to_owned(),
            url: "https://example.com".to_owned(),
            events: vec![String::new()],
            secret: vec![1],
        };
        let webhook = webhooks::add(&tx, new, 0).await.unwrap();
        for days in [10, 40, 50] {
            let at_ms = NOW - days * DAY;
            let event = webhooks::event(one, "call.ended", json!({ "days": days }), at_ms);
            webhooks::emit(&tx, std::slice::from_ref(&event)).await.unwrap();
            webhooks::fan_out(&tx, &[event.id], &[(webhook.clone(), event.clone())], at_ms)
                .await
                .unwrap();
        }
        let due = webhooks::due(&tx, NOW, 9).await.unwrap();
        for (mut delivery, event) in due {
            if event.payload["days"] != 50 {
                delivery.state = "delivered".to_owned();
                webhooks::settle(&tx, delivery).await.unwrap();
            }
        }
        let unfanned = webhooks::event(one, "call.ended", json!({}), NOW - 60 * DAY);
        webhooks::emit(&tx, std::slice::from_ref(&unfanned))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let tx = store.write(Whose::Service).await.unwrap();
        let actor = audit::Actor::service("test");
        for whose in [one, tenant(1)] {
            for days in [700, 800, 1_100] {
                let at_ms = NOW - days * DAY;
                audit::note(&tx, whose, &actor, "a", "o", json!({}), at_ms)
                    .await
                    .unwrap();
            }
        }
        tx.commit().await.unwrap();
        let swept = sweep::run(&store, &CLASSES, NOW).await.unwrap();
        assert_eq!(
            (swept.audit, swept.deliveries, swept.events),
            (3, 1, 1),
            "{swept:?}"
        );
        for (whose, left) in [(one, 2), (tenant(1), 1)] {
            let tx = store.read(Whose::Tenant(whose)).await.unwrap();
            let page = audit::list(&tx, &audit::Filter::default(), None, 9)
                .await
                .unwrap();
            assert_eq!(page.rows.len(), left);
        }
        let tx = store.read(Whose::Service).await.unwrap();
        assert_eq!(webhooks::unfanned(&tx, 9).await.unwrap(), [unfanned]);
        let due = webhooks::due(&tx, NOW, 9).await.unwrap();
        assert_eq!(
            due.iter()
                .map(|(_, event)| &event.payload["days"])
                .collect::<Vec<_>>(),
            [50]
        );
    });
}
