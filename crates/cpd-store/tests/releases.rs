//! The schema from nothing, and from what every earlier release left behind.
//!
//! `releases/` holds a database of each release as SQL, for both databases. When a release is made, one is added with
//!
//!     cargo test -p cpd-store --test releases -- --ignored keep_this_release
//!
//! and committed; from then on it is migrated forward by the tests here. Nothing in that folder is ever changed.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::made::{NOW, Random, record, tenant};
use common::{cluster, folder, on_both, raw, runtime, sealer, sqlite};
use cpd_store::calls::Filter;
use cpd_store::prompts::NewPrompt;
use cpd_store::record::Record;
use cpd_store::tenants::NewTenant;
use cpd_store::users::{NewUser, Role};
use cpd_store::webhooks::NewWebhook;
use cpd_store::writer::{Limits, Writer};
use cpd_store::{Store, Whose, calls, hours, objects, prompts, tenants, users, webhooks};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

fn releases(database: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = std::fs::read_dir(kept())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(&format!(".{database}.sql")))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap()))
        .collect();
    found.sort();
    found
}

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/releases")
}

/// A column: may it be left out by who inserts a row?
type Columns = BTreeMap<(String, String), (String, bool)>;

async fn columns(url: &str) -> Columns {
    let rows: Vec<(String, String, String, bool)> = if url.starts_with("sqlite:") {
        let statement = "SELECT m.name, p.name, p.type, p.\"notnull\" = 0 OR p.dflt_value IS NOT NULL \
             FROM sqlite_master AS m, pragma_table_info(m.name) AS p WHERE m.type = 'table'";
        let mut db = SqliteConnection::connect(url).await.unwrap();
        let rows = sqlx::query(statement).fetch_all(&mut db).await.unwrap();
        rows.iter()
            .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
            .collect()
    } else {
        let statement = "SELECT table_name::text, column_name::text, data_type || coalesce(collation_name, ''), \
             is_nullable = 'YES' OR column_default IS NOT NULL \
             FROM information_schema.columns WHERE table_schema = 'public'";
        let mut db = PgConnection::connect(url).await.unwrap();
        let rows = sqlx::query(statement).fetch_all(&mut db).await.unwrap();
        rows.iter()
            .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
            .collect()
    };
    rows.into_iter()
        .map(|(table, column, is, left_out)| ((table, column), (is, left_out)))
        .collect()
}

/// Indexes, and on PostgreSQL the walls, as text.
async fn rest(url: &str) -> Vec<String> {
    let mut found: Vec<String> = if url.starts_with("sqlite:") {
        let statement = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
        let mut db = SqliteConnection::connect(url).await.unwrap();
        let rows = sqlx::query(statement).fetch_all(&mut db).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    } else {
        let statement = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
             UNION ALL SELECT tablename || ' ' || policyname || ' ' || cmd || coalesce(qual, '') || coalesce(with_check, '') \
             FROM pg_policies \
             UNION ALL SELECT relname || ' walled ' || relrowsecurity || relforcerowsecurity FROM pg_class \
             WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')";
        let mut db = PgConnection::connect(url).await.unwrap();
        let rows = sqlx::query(statement).fetch_all(&mut db).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    };
    found.sort();
    found
}

/// The database of a release, as it left it.
async fn restored(postgres: bool, sql: &str) -> String {
    let url = if postgres { cluster().fresh() } else { sqlite() };
    if !postgres {
        Store::open(&url, sealer()).await.unwrap().close().await.unwrap();
    }
    raw(&url, sql).await;
    url
}

#[test]
fn every_release_before_comes_forward_with_its_rows() {
    runtime().block_on(async {
        for (database, postgres) in [("sqlite", false), ("postgres", true)] {
            let all = releases(database);
            assert!(
                !all.is_empty(),
                "no release of {database} in {}",
                kept().display()
            );
            let fresh = if postgres { cluster().fresh() } else { sqlite() };
            let store = Store::open(&fresh, sealer()).await.unwrap();
            store.migrate().await.unwrap();
            write(&store, &folder("spool"), &sample()).await;
            let (wanted, wanted_rest) = (columns(&fresh).await, rest(&fresh).await);
            for (name, sql) in all {
                println!("{name}");
                let url = restored(postgres, &sql).await;
                let before = columns(&url).await;
                let store = Store::open(&url, sealer()).await.unwrap();
                store.migrate().await.unwrap();
                assert_eq!(store.pending().await.unwrap(), 0);
                let now = columns(&url).await;
                assert_eq!(now, wanted, "{name}");
                assert_eq!(rest(&url).await, wanted_rest, "{name}");
                // The release before runs on today's schema: what it knows is there, what it does not know may be left out.
                for (column, (is, _)) in &before {
                    assert_eq!(now.get(column).map(|(is, _)| is), Some(is), "{name}: {column:?}");
                }
                let tables: Vec<&String> = before.keys().map(|(table, _)| table).collect();
                for (column, (_, left_out)) in now.iter().filter(|(column, _)| !before.contains_key(*column))
                {
                    assert!(
                        *left_out || !tables.contains(&&column.0),
                        "{name}: {column:?} is needed"
                    );
                }
                look(&store).await;
            }
        }
    });
}

#[test]
fn a_second_migration_has_nothing_to_do() {
    on_both(|store| async move {
        assert_eq!(store.pending().await.unwrap(), 0);
        assert_eq!(store.migrate().await.unwrap(), 0);
    });
}

#[test]
fn nodes_that_start_at_once_migrate_once() {
    runtime().block_on(async {
        let url = cluster().fresh();
        let (one, two) = (
            Store::open(&url, sealer()).await.unwrap(),
            Store::open(&url, sealer()).await.unwrap(),
        );
        let (one, two) = tokio::join!(one.migrate(), two.migrate());
        let (one, two) = (one.unwrap(), two.unwrap());
        assert!(one == 0 && two > 0 || one > 0 && two == 0, "{one} {two}");
    });
}

fn sample() -> Vec<Record> {
    let mut random = Random(1);
    (0..20)
        .map(|number| {
            let mut record = record(&mut random, NOW + number);
            record.call.tenant_id = tenant(0);
            record.call.library = 1;
            record
        })
        .collect()
}

async fn write(store: &Store, folder: &Path, records: &[Record]) {
    let writer = Writer::start(store.clone(), folder, "a", Limits::default(), || NOW).unwrap();
    for record in records {
        writer.push(record.clone());
    }
    let soon = tokio::time::Instant::now() + Duration::from_secs(60);
    assert_eq!(writer.finish(soon).await.written, records.len() as u64);
}

/// What a release of today leaves behind.
async fn furnish(store: &Store) {
    let tx = store.write(Whose::Service).await.unwrap();
    let new = NewTenant {
        slug: "acme".to_owned(),
        name: "ACME".to_owned(),
    };
    tenants::add(&tx, tenant(0), new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let tx = store.write(Whose::Tenant(tenant(0))).await.unwrap();
    let new = NewUser {
        email: "a@example.com".to_owned(),
        name: "A".to_owned(),
        role: Role::Admin,
        password_hash: None,
        language: "ru".to_owned(),
    };
    users::add(&tx, tenant(0), new, NOW).await.unwrap();
    let written = objects::Written {
        body: json!({ "gateways": ["sip:192.0.2.1"] }),
        secrets: None,
        by: "A".to_owned(),
        now_ms: NOW,
    };
    objects::add(&tx, objects::Kind::Carrier, "main", written)
        .await
        .unwrap();
    let new = NewPrompt {
        name: "off".to_owned(),
        operator: "north".to_owned(),
        category: "off".to_owned(),
        class: "network.off".to_owned(),
        language: "ru".to_owned(),
        words: "it's off".to_owned(),
        source: "test".to_owned(),
        samples: vec![-1; 16],
    };
    prompts::add(&tx, new, "A", NOW).await.unwrap();
    prompts::publish(&tx, "first", "A", NOW).await.unwrap();
    let new = NewWebhook {
        name: "crm".to_owned(),
        url: "https://example.com".to_owned(),
        events: vec!["call.".to_owned()],
        secret: b"secret".to_vec(),
    };
    webhooks::add(&tx, new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    write(store, &folder("spool"), &sample()).await;
}

/// All of it is there.
async fn look(store: &Store) {
    let tx = store.read(Whose::Tenant(tenant(0))).await.unwrap();
    assert_eq!(tenants::find(&tx, tenant(0)).await.unwrap().slug, "acme");
    let user = users::by_email(&tx, "a@example.com").await.unwrap().unwrap();
    assert_eq!(user.role, "admin");
    let carrier = objects::find(&tx, objects::Kind::Carrier, "main").await.unwrap();
    assert_eq!(carrier.body, json!({ "gateways": ["sip:192.0.2.1"] }));
    let prompt = prompts::list(&tx, tenant(0), 1).await.unwrap().remove(0);
    assert_eq!(prompt.words, "it's off");
    assert_eq!(prompts::samples(&tx, &prompt).await.unwrap(), [-1; 16]);
    let webhook = webhooks::list(&tx).await.unwrap().remove(0);
    assert_eq!(webhooks::secret(&tx, &webhook).unwrap(), b"secret");
    let page = calls::list(&tx, &Filter::default(), None, 100).await.unwrap();
    let mut wanted: Vec<_> = sample().into_iter().map(|record| record.call).collect();
    wanted.reverse();
    assert_eq!(page.rows, wanted);
    let hours = hours::between(&tx, 0, i64::MAX).await.unwrap();
    assert_eq!(hours.iter().map(|hour| hour.calls).sum::<i64>(), 20);
    // And it goes on from there.
    drop(tx);
    let mut more = sample();
    for record in &mut more {
        record.call.id = cpd_store::Uuid::from_u128(record.call.id.as_u128() ^ 1 << 20);
        (record.recording, record.events) = (None, Vec::new());
    }
    write(store, &folder("spool"), &more).await;
}

#[test]
#[ignore = "writes into the tree: only when a release is made"]
fn keep_this_release() {
    let version = env!("CARGO_PKG_VERSION");
    runtime().block_on(async {
        let url = sqlite();
        let store = Store::open(&url, sealer()).await.unwrap();
        store.migrate().await.unwrap();
        furnish(&store).await;
        store.close().await.unwrap();
        keep(&format!("{version}.sqlite.sql"), &dump_sqlite(&url).await);
        let url = cluster().fresh();
        let store = Store::open(&url, sealer()).await.unwrap();
        store.migrate().await.unwrap();
        furnish(&store).await;
        store.close().await.unwrap();
        keep(&format!("{version}.postgres.sql"), &dump_postgres(&url));
    });
}

fn keep(name: &str, sql: &str) {
    let path = kept().join(name);
    assert!(!path.exists(), "{} is kept already", path.display());
    std::fs::write(path, sql).unwrap();
}

async fn dump_sqlite(url: &str) -> String {
    let mut db = SqliteConnection::connect(url).await.unwrap();
    let statement =
        "SELECT name, sql, type FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, rowid";
    let mut text = String::new();
    for row in sqlx::query(statement).fetch_all(&mut db).await.unwrap() {
        let (name, sql, is): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        text += &format!("{sql};\n");
        if is != "table" {
            continue;
        }
        let columns = format!(
            "SELECT group_concat('quote(\"' || name || '\")', ' || '','' || ') FROM pragma_table_info('{name}')"
        );
        let columns: String = sqlx::query(AssertSqlSafe(columns))
            .fetch_one(&mut db)
            .await
            .unwrap()
            .get(0);
        let rows = format!("SELECT 'INSERT INTO \"{name}\" VALUES(' || {columns} || ');' FROM \"{name}\"");
        for row in sqlx::query(AssertSqlSafe(rows)).fetch_all(&mut db).await.unwrap() {
            text += &(row.get::<String, _>(0) + "\n");
        }
    }
    text
}

fn dump_postgres(url: &str) -> String {
    let address = url.split('?').next().unwrap();
    let name = address.rsplit('/').next().unwrap();
    let dumped = cluster().output(
        "pg_dump",
        &["--inserts", "--no-owner", "--no-privileges", "-U", "owner", name],
    );
    // Orders to psql are no SQL.
    let lines: Vec<&str> = dumped.lines().filter(|line| !line.starts_with('\\')).collect();
    lines.join("\n") + "\n"
}
