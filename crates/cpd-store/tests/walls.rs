//! PostgreSQL's own wall between tenants: statements that forget the tenant, past the store, see no more than theirs.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::Path;
use std::time::Duration;

use common::made::{self, NOW, Random, record, tenant};
use common::{cluster, folder, migrated, runtime};
use cpd_store::prompts::NewPrompt;
use cpd_store::record::Record;
use cpd_store::sessions::Origin;
use cpd_store::tenants::NewTenant;
use cpd_store::users::{NewUser, Role};
use cpd_store::webhooks::NewWebhook;
use cpd_store::writer::{Limits, Writer};
use cpd_store::{
    SERVICE, Store, Tx, Uuid, Whose, audit, desk, idempotency, jobs, keys, labels, objects, prompts,
    providers, retention, sessions, tenants, users, views, webhooks,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

/// A tenant with a row in every table that has tenants.
async fn furnish(store: &Store, tenant: Uuid, record: &Record) {
    let tx = store.write(Whose::Service).await.unwrap();
    let new = NewTenant {
        slug: tenant.to_string(),
        name: "T".to_owned(),
    };
    tenants::add(&tx, tenant, new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let tx = store.write(Whose::Tenant(tenant)).await.unwrap();
    let new = NewUser {
        email: format!("{tenant}@example.com"),
        name: "U".to_owned(),
        role: Role::Admin,
        password_hash: None,
        language: "en".to_owned(),
    };
    let user = users::add(&tx, tenant, new, NOW).await.unwrap();
    let origin = Origin {
        address: "192.0.2.1".to_owned(),
        agent: "test".to_owned(),
    };
    sessions::begin(&tx, &user, origin, false, (NOW, 1_000))
        .await
        .unwrap();
    let new = keys::NewKey {
        name: "k".to_owned(),
        role: Role::Analyst,
        scopes: Vec::new(),
        expires_ms: None,
        created_by: None,
    };
    keys::add(&tx, new, NOW).await.unwrap();
    let written = objects::Written {
        body: json!({}),
        secrets: None,
        by: "U".to_owned(),
        now_ms: NOW,
    };
    objects::add(&tx, objects::Kind::Policy, "p", written)
        .await
        .unwrap();
    prompts::add(&tx, new_prompt("a"), "U", NOW).await.unwrap();
    prompts::publish(&tx, "", "U", NOW).await.unwrap();
    let said = labels::Said::default();
    labels::set(&tx, &record.call, labels::Source::Person, said, NOW)
        .await
        .unwrap();
    views::add(&tx, user.id, "v".to_owned(), String::new(), true, NOW)
        .await
        .unwrap();
    retention::set(&tx, vec![("calls".to_owned(), String::new(), 30)])
        .await
        .unwrap();
    let new = NewWebhook {
        name: "w".to_owned(),
        url: "https://example.com".to_owned(),
        events: vec![String::new()],
        secret: vec![1],
    };
    let webhook = webhooks::add(&tx, new, NOW).await.unwrap();
    let wanted = [(webhook, record.events[0].clone())];
    webhooks::fan_out(&tx, &[record.events[0].id], &wanted, NOW)
        .await
        .unwrap();
    let actor = audit::Actor::service("test");
    audit::note(&tx, tenant, &actor, "a", "o", json!({}), NOW)
        .await
        .unwrap();
    idempotency::take(&tx, "a", "n", "r", NOW).await.unwrap();
    jobs::add(&tx, "export", json!({}), "U", NOW).await.unwrap();
    ask_the_desk(&tx, tenant).await;
    providers::set(&tx, None, new_provider(&format!("{tenant}.example")), NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// A row in each table of the desk.
async fn ask_the_desk(tx: &Tx, tenant: Uuid) {
    let new = desk::contacts::NewContact {
        tenant,
        name: "C".to_owned(),
        user: None,
        language: "ru".to_owned(),
    };
    let contact = desk::contacts::add(tx, new, NOW).await.unwrap();
    let address = format!("{tenant}@example.com");
    desk::contacts::bind(tx, &contact, "email", &address, true, NOW)
        .await
        .unwrap();
    let said = desk::contracts::Said {
        number: "1".to_owned(),
        from_ms: NOW,
        until_ms: None,
        terms: json!({}),
    };
    desk::contracts::add(tx, tenant, said, NOW).await.unwrap();
    let serial = desk::requests::next_serial(tx, 10_001).await.unwrap();
    let request = made::request(tenant, contact.id, serial);
    let request = desk::requests::add(tx, request).await.unwrap();
    desk::requests::name(tx, &request, &serial.to_string())
        .await
        .unwrap();
    let event = desk::requests::Event {
        request_id: request.id,
        seq: 1,
        tenant_id: tenant,
        at_ms: NOW,
        by: json!({}),
        by_name: String::new(),
        what: json!({}),
    };
    let request = desk::requests::append(tx, request, vec![event]).await.unwrap();
    let message = made::message(&request);
    let message_id = message.id;
    desk::messages::add(tx, message).await.unwrap();
    desk::files::add(tx, made::file(&request, message_id))
        .await
        .unwrap();
    desk::outgoing::push(tx, made::outgoing(&request)).await.unwrap();
    let [topic, component, text] = ["t", "calls", ""].map(str::to_owned);
    desk::masses::add(tx, topic, component, text, "S", NOW)
        .await
        .unwrap();
    let said = desk::texts::Said {
        language: "ru".to_owned(),
        title: "t".to_owned(),
        text: String::new(),
        published: true,
    };
    desk::texts::add(tx, "answer", said, NOW).await.unwrap();
}

fn new_provider(domain: &str) -> providers::Written {
    providers::Written {
        issuer: "https://id.example".to_owned(),
        client_id: "smartcpd".to_owned(),
        client_secret: Some("secret".to_owned()),
        discovered: Some(json!({})),
        role: None,
        passwords: true,
        second_factor: false,
        domains: vec![(domain.to_owned(), true)],
    }
}

fn new_prompt(name: &str) -> NewPrompt {
    NewPrompt {
        name: name.to_owned(),
        operator: "north".to_owned(),
        category: "off".to_owned(),
        class: "network.off".to_owned(),
        language: "ru".to_owned(),
        words: String::new(),
        source: "test".to_owned(),
        samples: vec![1; 800],
    }
}

async fn write(store: &Store, folder: &Path, records: &[Record]) {
    let writer = Writer::start(store.clone(), folder, "a", Limits::default(), || NOW).unwrap();
    for record in records {
        writer.push(record.clone());
    }
    let soon = tokio::time::Instant::now() + Duration::from_secs(60);
    assert_eq!(writer.finish(soon).await.written, records.len() as u64);
}

/// Names the tenant of what follows in this transaction; `None`: names none.
async fn name(tx: &mut PgConnection, tenant: Option<&str>) {
    if let Some(tenant) = tenant {
        sqlx::query("SELECT set_config('smartcpd.tenant', $1, true)")
            .bind(tenant)
            .execute(tx)
            .await
            .unwrap();
    }
}

async fn counts(
    db: &mut PgConnection,
    named: Option<&str>,
    table: &str,
    column: &str,
    of: Uuid,
) -> (i64, i64) {
    let mut tx = db.begin().await.unwrap();
    name(&mut tx, named).await;
    let statement = format!("SELECT count(*), count(*) FILTER (WHERE {column} = $1) FROM {table}");
    let row = sqlx::query(AssertSqlSafe(statement))
        .bind(of)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    (row.get(0), row.get(1))
}

/// All tables that have tenants, partitions too, and the column that says whose a row is.
async fn walled(db: &mut PgConnection) -> Vec<(String, String)> {
    let statement = "SELECT table_name::text, column_name::text FROM information_schema.columns \
         WHERE table_schema = 'public' AND (column_name = 'tenant_id' OR (table_name = 'tenants' AND column_name = 'id')) \
         ORDER BY 1";
    let rows = sqlx::query(statement).fetch_all(db).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[test]
fn whoever_forgets_the_tenant_sees_nothing_and_whoever_names_it_sees_theirs() {
    runtime().block_on(async {
        let url = cluster().fresh();
        let store = migrated(&url).await;
        let mut random = Random(1);
        let records: Vec<Record> = (0..200)
            .map(|number| record(&mut random, NOW - number * 20_000_000))
            .collect();
        write(&store, &folder("spool"), &records).await;
        let (one, two) = (tenant(0), tenant(1));
        for tenant in [one, two] {
            let its = |record: &&Record| record.call.tenant_id == tenant;
            furnish(&store, tenant, records.iter().find(its).unwrap()).await;
        }
        let mut db = PgConnection::connect(&url).await.unwrap();
        let tables = walled(&mut db).await;
        assert!(tables.len() > 20, "{tables:?}");
        assert!(tables.iter().any(|(table, _)| table.starts_with("calls_2026_")));
        let one_named = one.to_string();
        for (table, column) in &tables {
            let (all, ones) = counts(&mut db, Some("*"), table, column, one).await;
            // The newest partition is made ahead of its month.
            let empty = all == 0 && table.starts_with("calls_");
            assert!(
                all > ones && ones > 0 || empty,
                "{table}: {all} rows, {ones} of one"
            );
            for nobody in [None, Some(""), Some("00000000-0000-4000-8000-000000000009")] {
                assert_eq!(
                    counts(&mut db, nobody, table, column, one).await,
                    (0, 0),
                    "{table} for {nobody:?}"
                );
            }
            assert_eq!(
                counts(&mut db, Some(&one_named), table, column, one).await,
                (ones, ones),
                "{table}"
            );
        }
    });
}

#[test]
fn a_tenant_writes_and_removes_no_others_rows() {
    runtime().block_on(async {
        let url = cluster().fresh();
        let store = migrated(&url).await;
        let mut random = Random(2);
        let records: Vec<Record> = (0..50).map(|number| record(&mut random, NOW - number)).collect();
        write(&store, &folder("spool"), &records).await;
        let (one, two) = (tenant(0), tenant(1));
        for tenant in [one, two] {
            let its = |record: &&Record| record.call.tenant_id == tenant;
            furnish(&store, tenant, records.iter().find(its).unwrap()).await;
        }
        let mut db = PgConnection::connect(&url).await.unwrap();
        let one_named = one.to_string();
        for (table, column) in walled(&mut db).await {
            let (before, twos) = counts(&mut db, Some("*"), &table, &column, two).await;
            if before == 0 {
                continue;
            }
            // A row of one's own becomes another's: refused, as its insertion would be.
            let mut tx = db.begin().await.unwrap();
            name(&mut tx, Some(&one_named)).await;
            let statement = format!("UPDATE {table} SET {column} = $1");
            let why = sqlx::query(AssertSqlSafe(statement))
                .bind(two)
                .execute(&mut *tx)
                .await
                .unwrap_err();
            let words = why.to_string();
            assert!(words.contains("violates row-level security"), "{table}: {words}");
            tx.rollback().await.unwrap();
            // A copy of another's row cannot be made: it is not seen. An inserted one is refused.
            let mut tx = db.begin().await.unwrap();
            name(&mut tx, Some(&one_named)).await;
            let statement = format!("DELETE FROM {table}");
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut *tx)
                .await
                .unwrap();
            name(&mut tx, Some("*")).await;
            let statement = format!("SELECT count(*) FROM {table} WHERE {column} = $1");
            let left: i64 = sqlx::query(AssertSqlSafe(statement))
                .bind(two)
                .fetch_one(&mut *tx)
                .await
                .unwrap()
                .get(0);
            tx.rollback().await.unwrap();
            assert_eq!(left, twos, "{table}");
        }
        let mut tx = db.begin().await.unwrap();
        name(&mut tx, Some(&one_named)).await;
        let why = sqlx::query("INSERT INTO views VALUES (gen_random_uuid(), $1, $1, 'v', '', false, 1)")
            .bind(two)
            .execute(&mut *tx)
            .await
            .unwrap_err();
        assert!(why.to_string().contains("violates row-level security"), "{why}");
    });
}

#[test]
fn the_layer_of_all_is_read_by_all_and_written_by_none_of_them() {
    runtime().block_on(async {
        let url = cluster().fresh();
        let store = migrated(&url).await;
        let tx = store.write(Whose::Service).await.unwrap();
        prompts::add(&tx, new_prompt("a"), "S", NOW).await.unwrap();
        prompts::publish(&tx, "", "S", NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut db = PgConnection::connect(&url).await.unwrap();
        let one = tenant(0).to_string();
        for table in ["prompts", "sounds", "libraries"] {
            let seen = counts(&mut db, Some(&one), table, "tenant_id", SERVICE).await;
            assert_eq!(seen, (1, 1), "{table}");
            let mut tx = db.begin().await.unwrap();
            name(&mut tx, Some(&one)).await;
            for change in [
                format!("DELETE FROM {table}"),
                format!("UPDATE {table} SET tenant_id = tenant_id"),
            ] {
                let done = sqlx::query(AssertSqlSafe(change))
                    .execute(&mut *tx)
                    .await
                    .unwrap();
                assert_eq!(done.rows_affected(), 0, "{table}");
            }
        }
    });
}
