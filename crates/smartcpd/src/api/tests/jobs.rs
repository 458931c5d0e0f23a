//! Files of calls, as jobs make them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::RowAccessor;
use cpd_store::users::Role;
use cpd_store::{Uuid, Whose, calls};
use serde_json::{Value, json};

use super::house::{As, House, on_both};
use super::walls::call;
use crate::jobs::Runner;

const DAY: i64 = 86_400_000;

/// Calls of a customer, each a second after the other; the last with a campaign that is a formula.
async fn keep(house: &House, tenant: Uuid, count: i64) {
    let mut rows: Vec<calls::Call> = (0..count)
        .map(|n| call(tenant, house.app.now() - (count - n) * 1_000))
        .collect();
    rows.last_mut().unwrap().campaign = Some("=1+1".to_owned());
    let mut partitions = cpd_store::partitions::Partitions::default();
    let times = rows.iter().map(|call| call.began_ms);
    partitions.ensure(&house.app.store, times).await.unwrap();
    let tx = house.app.store.write(Whose::Tenant(tenant)).await.unwrap();
    calls::write(&tx, &rows).await.unwrap();
    tx.commit().await.unwrap();
}

pub(super) fn runner(house: &House) -> (Runner, Arc<AtomicI64>) {
    let now = Arc::new(AtomicI64::new(house.app.now()));
    let clock = Arc::clone(&now);
    let runner = Runner {
        store: house.app.store.clone(),
        app: Arc::clone(&house.app),
        node: house.app.node.clone(),
        folder: house.app.exports.clone(),
        clock: Arc::new(move || clock.load(Ordering::Relaxed)),
    };
    (runner, now)
}

async fn export(house: &House, who: &As, format: &str, filter: Value) -> String {
    let new = json!({ "format": format, "filter": filter });
    let job = house.ask(who, "POST /exports", Some(new)).await.is(202).body;
    assert_eq!(job["state"], "waiting");
    job["id"].as_str().unwrap().to_owned()
}

fn files(house: &House) -> Vec<PathBuf> {
    let all = std::fs::read_dir(&house.app.exports).into_iter().flatten();
    all.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn calls_come_as_csv_with_their_numbers_for_who_may_see_them() {
    on_both(|house| async move {
        let (acme, other) = (house.tenant("acme").await, house.tenant("other").await);
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        keep(&house, acme, 1_203).await;
        keep(&house, other, 5).await;
        let (runner, _) = runner(&house);
        let id = export(&house, &olga, "csv", json!({ "class": "answer." })).await;
        assert!(runner.step().await.unwrap());
        assert!(!runner.step().await.unwrap());
        let done = house
            .ask(&olga, &format!("GET /jobs/{id}"), None)
            .await
            .is(200)
            .body;
        assert_eq!(
            (&done["state"], &done["progress"], &done["result"]),
            (&json!("done"), &json!(1.0), &json!({ "calls": 1_203 }))
        );
        let file = house
            .ask(&olga, &format!("GET /jobs/{id}/file"), None)
            .await
            .is(200);
        assert_eq!(
            file.headers["content-disposition"],
            "attachment; filename=\"calls-2026-11-18.csv\""
        );
        let text = file.body.as_str().unwrap();
        let lines: Vec<_> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 1_204);
        assert!(
            lines[0].starts_with("id,name,began,node,dialer,carrier,caller,callee,campaign,"),
            "{}",
            lines[0]
        );
        // Newest first, with the formula made harmless.
        assert!(lines[1].contains(",call-1,2026-11-18T11:06:39.000Z,n1,acme/vici,acme/main,74950000000,79161234567,'=1+1,ref-1,answer.machine,answered,0.9,"), "{}", lines[1]);
        let said = house
            .ask(&olga, "GET /audit?action=calls.exported", None)
            .await
            .is(200)
            .body;
        assert_eq!(said["items"][0]["object"], json!(id));
        // A key that may not see numbers gets them masked, and may not have the file that has them.
        let key = house
            .ask(
                &olga,
                "POST /keys",
                Some(json!({ "name": "bi", "scopes": ["calls.read", "calls.export"] })),
            )
            .await
            .is(201);
        let key = As::Key(key.body["key"].as_str().unwrap().to_owned());
        house
            .ask(&key, &format!("GET /jobs/{id}/file"), None)
            .await
            .is(403);
        house
            .ask(
                &key,
                "POST /exports",
                Some(json!({ "format": "csv", "filter": { "callee": "7916" } })),
            )
            .await
            .is(403);
        let masked = export(&house, &key, "csv", json!({})).await;
        assert!(runner.step().await.unwrap());
        let file = house
            .ask(&key, &format!("GET /jobs/{masked}/file"), None)
            .await
            .is(200);
        assert!(!file.body.as_str().unwrap().contains("79161234567"));
        assert!(file.body.as_str().unwrap().contains(",79*******67,"));
        let viewer = house.person(acme, "viewer@acme.example", Role::ReadOnly).await;
        house.ask(&viewer, "GET /jobs", None).await.is(403);
    });
}

#[test]
fn a_workbook_and_columns_hold_the_same_calls() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        keep(&house, acme, 1_001).await;
        let (runner, _) = runner(&house);
        let book = export(&house, &olga, "xlsx", json!({})).await;
        let columns = export(&house, &olga, "parquet", json!({})).await;
        while runner.step().await.unwrap() {}
        let path = |id: &str, end: &str| house.app.exports.join(format!("{id}.{end}"));
        // A workbook is an archive; a sheet holds its texts as texts and has no formulas.
        let bytes = std::fs::read(path(&book, "xlsx")).unwrap();
        assert!(bytes.starts_with(b"PK"));
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut sheet = String::new();
        std::io::Read::read_to_string(
            &mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(),
            &mut sheet,
        )
        .unwrap();
        assert_eq!(sheet.matches("<row ").count(), 1_002);
        assert!(sheet.contains(">=1+1<") && !sheet.contains("<f>"));
        let file = std::fs::File::open(path(&columns, "parquet")).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        assert_eq!(reader.metadata().file_metadata().num_rows(), 1_001);
        let first = reader.get_row_iter(None).unwrap().next().unwrap().unwrap();
        assert_eq!(first.get_string(1).unwrap(), "call-1");
        assert_eq!(first.get_timestamp_millis(2).unwrap(), house.app.now() - 1_000);
        assert_eq!(first.get_string(8).unwrap(), "=1+1");
        assert_eq!(first.get_long(18).unwrap(), 9_000);
        assert!(!first.get_bool(24).unwrap());
        // Whole or not at all: nothing half-written is left.
        assert_eq!(files(&house).len(), 2);
    });
}

#[test]
fn a_job_is_taken_back_and_a_file_is_gone_after_a_day() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        keep(&house, acme, 3).await;
        let (runner, now) = runner(&house);
        let id = export(&house, &olga, "csv", json!({})).await;
        house
            .ask(&olga, &format!("DELETE /jobs/{id}"), None)
            .await
            .is(204);
        assert!(!runner.step().await.unwrap());
        let gone = house
            .ask(&olga, &format!("GET /jobs/{id}"), None)
            .await
            .is(200)
            .body;
        assert_eq!(gone["state"], "cancelled");
        house
            .ask(&olga, &format!("GET /jobs/{id}/file"), None)
            .await
            .is(409);
        house
            .ask(&olga, &format!("DELETE /jobs/{id}"), None)
            .await
            .is(204);
        house.ask(&olga, &format!("GET /jobs/{id}"), None).await.is(404);
        let id = export(&house, &olga, "csv", json!({})).await;
        assert!(runner.step().await.unwrap());
        std::fs::write(house.app.exports.join("stray.csv"), "x").unwrap();
        runner.sweep().await.unwrap();
        assert_eq!(files(&house), [house.app.exports.join(format!("{id}.csv"))]);
        now.fetch_add(DAY + 1, Ordering::Relaxed);
        runner.sweep().await.unwrap();
        assert!(files(&house).is_empty());
        let done = house
            .ask(&olga, &format!("GET /jobs/{id}"), None)
            .await
            .is(200)
            .body;
        assert_eq!((&done["state"], &done["file"]), (&json!("done"), &json!(false)));
    });
}

#[test]
fn a_job_of_a_node_that_is_gone_is_begun_anew_by_another() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        keep(&house, acme, 3).await;
        let (second, now) = runner(&house);
        let id = export(&house, &olga, "csv", json!({})).await;
        let tx = house.app.store.write(Whose::Service).await.unwrap();
        let until = house.app.now() + 60_000;
        let taken = cpd_store::jobs::take(&tx, "gone", (house.app.now(), until))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(taken.unwrap().id.to_string(), id);
        assert!(!second.step().await.unwrap());
        now.fetch_add(60_001, Ordering::Relaxed);
        assert!(second.step().await.unwrap());
        let done = house
            .ask(&olga, &format!("GET /jobs/{id}"), None)
            .await
            .is(200)
            .body;
        assert_eq!(done["state"], "done");
    });
}

#[test]
fn statistics_come_in_netborders_form() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        keep(&house, acme, 2).await;
        let now = house.app.now();
        let path = format!("GET /cpa-stats.csv?from_ms={}&until_ms={now}", now - 10_000);
        let answer = house.ask(&olga, &path, None).await.is(200);
        let text = answer.body.as_str().unwrap();
        assert!(text.starts_with(cpd_b2bua::cpa_stats::HEAD));
        assert_eq!(text.split_terminator("\r\n").count(), 4);
        assert!(text.contains("call-1,2026-11-18 11:06:38.000,ref-1,spring,79161234567,Answering-Machine,11:06:38.000,11:06:44.000,11:06:47.000,,11:06:44.000,answer.machine\r\n"), "{text}");
        let id = export(&house, &olga, "cpa_stats", json!({})).await;
        assert!(runner(&house).0.step().await.unwrap());
        let file = house
            .ask(&olga, &format!("GET /jobs/{id}/file"), None)
            .await
            .is(200);
        assert_eq!(file.body.as_str().unwrap(), text);
        house.ask(&olga, "GET /cpa-stats.csv", None).await.is(422);
    });
}
