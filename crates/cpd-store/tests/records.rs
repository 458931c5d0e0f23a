//! Records reach the database once, whatever happens to it, to the process and to the files between.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use common::made::{NOW, Random, record};
use common::{folder, on_both, on_both_at, raw, runtime, until};
use cpd_store::calls::{self, Call};
use cpd_store::record::Record;
use cpd_store::writer::{Figures, IntoStore, Limits, Sink, Writer};
use cpd_store::{Error, Store, Uuid, Whose, hours, recordings, webhooks};
use tokio::time::Instant;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

fn start(store: &Store, folder: &Path) -> Writer {
    Writer::start(store.clone(), folder, "a", Limits::default(), || NOW).unwrap()
}

fn some(seed: u64, count: usize) -> Vec<Record> {
    let mut random = Random(seed);
    (0..count)
        .map(|_| {
            let began_ms = NOW - i64::try_from(random.below(40 * 86_400_000)).unwrap();
            record(&mut random, began_ms)
        })
        .collect()
}

/// Everything in the database is exactly this, and the hours' counts are those of the calls.
async fn check(store: &Store, wanted: &[Record]) {
    let tx = store.read(Whose::Service).await.unwrap();
    let mut found: Vec<Call> = Vec::new();
    let mut after = None;
    loop {
        let page = calls::list(&tx, &calls::Filter::default(), after, 1_000)
            .await
            .unwrap();
        found.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let by_id = |mut calls: Vec<Call>| {
        calls.sort_by_key(|call| call.id);
        calls
    };
    let wanted_calls = by_id(wanted.iter().map(|record| record.call.clone()).collect());
    let found = by_id(found);
    assert_eq!(found.len(), wanted_calls.len());
    for (found, wanted) in found.iter().zip(&wanted_calls) {
        assert_eq!(found, wanted);
    }
    for record in wanted {
        let found = recordings::of_call(&tx, record.call.id).await;
        assert_eq!(found.ok(), record.recording);
    }
    let mut events: Vec<_> = wanted.iter().flat_map(|record| record.events.clone()).collect();
    let mut outbox = webhooks::unfanned(&tx, 1_000_000).await.unwrap();
    events.sort_by_key(|event| event.id);
    outbox.sort_by_key(|event| event.id);
    assert_eq!(outbox, events);
    type Sums = BTreeMap<(Uuid, i64, String, Option<String>, bool), [i64; 4]>;
    let mut counted = Sums::new();
    for call in &found {
        let hour = call.began_ms - call.began_ms % hours::HOUR_MS;
        let key = (
            call.tenant_id,
            hour,
            call.dialer.clone(),
            call.class.clone(),
            call.answered_ms.is_some(),
        );
        let sums = counted.entry(key).or_default();
        sums[0] += 1;
        sums[1] += i64::from(call.status.is_some() && call.ended_by == "service");
        sums[2] += i64::from(call.class.is_some());
        sums[3] += call.connected_ms.map_or(0, |at| i64::from(call.length_ms - at));
    }
    let mut kept = Sums::new();
    for hour in hours::between(&tx, 0, i64::MAX).await.unwrap() {
        let class = (!hour.class.is_empty()).then_some(hour.class);
        let key = (hour.tenant_id, hour.hour_ms, hour.dialer, class, hour.answered);
        let sums = kept.entry(key).or_default();
        for (sum, more) in sums
            .iter_mut()
            .zip([hour.calls, hour.refused, hour.decided, hour.talk_ms])
        {
            *sum += more;
        }
    }
    assert_eq!(kept, counted);
}

#[test]
fn a_record_is_written_once_however_often_it_comes() {
    on_both(|store| async move {
        let records = some(1, 2_500);
        let folder = folder("spool");
        for _ in 0..2 {
            let writer = start(&store, &folder);
            for record in &records {
                writer.push(record.clone());
                writer.push(record.clone());
            }
            let figures = writer.finish(soon()).await;
            assert_eq!((figures.lost, figures.waiting), (0, 0), "{figures:?}");
            assert_eq!(figures.written, 5_000);
            check(&store, &records).await;
        }
        let left: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, ["lock"]);
    });
}

/// A database that nobody answers at.
struct Away;

impl Sink for Away {
    async fn write(&mut self, _: &[Record]) -> Result<(), Error> {
        Err(Error::Away("pulled out".to_owned()))
    }

    async fn probe(&mut self, _: i64) -> Result<(), Error> {
        Err(Error::Away("pulled out".to_owned()))
    }
}

fn away(folder: &Path, limits: Limits) -> Writer {
    Writer::start_into(Away, folder, "a", limits, || NOW).unwrap()
}

#[test]
fn what_could_not_be_written_is_written_by_the_next_start() {
    on_both(|store| async move {
        let records = some(2, 1_200);
        let folder = folder("spool");
        let writer = away(&folder, Limits::default());
        for record in &records[..1_000] {
            writer.push(record.clone());
        }
        until("it tells that the database is away", || {
            writer.figures().away_since_ms == Some(NOW)
        })
        .await;
        let figures = writer.finish(Instant::now()).await;
        assert_eq!((figures.written, figures.waiting, figures.lost), (0, 1_000, 0));
        assert!(figures.spooled_bytes > 1_000_000, "{figures:?}");
        let words = figures.last_error.unwrap().1;
        assert_eq!(words, "failed to write records: the database is away: pulled out");

        let writer = start(&store, &folder);
        for record in &records[1_000..] {
            writer.push(record.clone());
        }
        assert_eq!(writer.finish(soon()).await.waiting, 0);
        check(&store, &records).await;
    });
}

#[test]
fn beyond_its_bound_the_oldest_stay_and_the_rest_is_counted() {
    on_both(|store| async move {
        let records = some(3, 2_000);
        let folder = folder("spool");
        let limits = Limits {
            spool_bytes: 300_000,
            file_bytes: 50_000,
            ..Limits::default()
        };
        let writer = away(&folder, limits);
        for part in records.chunks(100) {
            for record in part {
                writer.push(record.clone());
            }
            until("the journal keeps up", || writer.figures().queued == 0).await;
        }
        let figures = writer.finish(Instant::now()).await;
        assert!(figures.spooled_bytes <= 300_000, "{figures:?}");
        assert_eq!(figures.waiting + figures.lost, 2_000, "{figures:?}");
        assert!(figures.lost > 1_000 && figures.waiting > 100, "{figures:?}");
        let figures = start(&store, &folder).finish(soon()).await;
        let kept = usize::try_from(figures.written).unwrap();
        let tx = store.read(Whose::Service).await.unwrap();
        for record in &records[..100] {
            assert!(
                calls::find(&tx, record.call.id).await.is_ok(),
                "the first of {kept}"
            );
        }
    });
}

#[test]
fn a_full_queue_costs_records_and_no_time() {
    runtime().block_on(async {
        let limits = Limits {
            queue: 1,
            ..Limits::default()
        };
        let writer = away(&folder("spool"), limits);
        let records = some(4, 1);
        for _ in 0..10_000 {
            writer.push(records[0].clone());
        }
        let figures = writer.finish(Instant::now()).await;
        assert!(figures.lost > 0, "{figures:?}");
        assert_eq!(figures.waiting + figures.lost, 10_000, "{figures:?}");
    });
}

#[test]
fn lines_that_are_half_or_no_records_do_not_stop_the_others() {
    on_both(|store| async move {
        let records = some(5, 3);
        let folder = folder("spool");
        let line = |record: &Record| serde_json::to_string(record).unwrap();
        let texts = [
            format!("{}\nnot a record\n{}\n", line(&records[0]), line(&records[1])),
            line(&records[2])[..200].to_owned(),
        ];
        for (number, text) in texts.iter().enumerate() {
            let path = folder.join(format!("records-{:012}.jsonl", number + 7));
            std::fs::File::create(path)
                .unwrap()
                .write_all(text.as_bytes())
                .unwrap();
        }
        let figures = start(&store, &folder).finish(soon()).await;
        let counts = (figures.written, figures.unreadable, figures.half, figures.lost);
        assert_eq!(counts, (2, 1, 1, 0), "{figures:?}");
        let aside = std::fs::read_to_string(folder.join("unreadable.jsonl")).unwrap();
        assert_eq!(aside, "not a record\n");
        check(&store, &records[..2]).await;
    });
}

const REFUSES_SQLITE: &str = "CREATE TRIGGER no_bad BEFORE INSERT ON calls WHEN NEW.name = 'bad' \
     BEGIN SELECT RAISE(ABORT, 'a bad name'); END";
const REFUSES_POSTGRES: &str = "ALTER TABLE calls ADD CONSTRAINT no_bad CHECK (name <> 'bad')";

#[test]
fn a_record_that_is_refused_is_set_aside_and_the_others_are_written() {
    on_both_at(|store, url| async move {
        let refuses = match store.is_postgres() {
            true => REFUSES_POSTGRES,
            false => REFUSES_SQLITE,
        };
        raw(&url, refuses).await;
        let mut records = some(6, 500);
        for bad in [0, 77, 499] {
            records[bad].call.name = "bad".to_owned();
        }
        let folder = folder("spool");
        let writer = start(&store, &folder);
        for record in &records {
            writer.push(record.clone());
        }
        let figures = writer.finish(soon()).await;
        assert_eq!((figures.written, figures.refused), (497, 3), "{figures:?}");
        assert!(figures.last_error.unwrap().1.contains("refused.jsonl"));
        let aside = std::fs::read_to_string(folder.join("refused.jsonl")).unwrap();
        let lines: Vec<serde_json::Value> = aside
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let set_aside: Vec<Record> = lines
            .iter()
            .map(|line| serde_json::from_value(line["record"].clone()).unwrap())
            .collect();
        let (bad, good): (Vec<Record>, Vec<Record>) =
            records.into_iter().partition(|record| record.call.name == "bad");
        let ids = |records: &[Record]| {
            let mut ids: Vec<Uuid> = records.iter().map(|record| record.call.id).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids(&set_aside), ids(&bad));
        assert_eq!(
            (&lines[0]["node"], &lines[0]["at_ms"]),
            (&"a".into(), &NOW.into())
        );
        check(&store, &good).await;
    });
}

#[test]
fn a_database_that_refuses_everybody_is_waited_for() {
    on_both_at(|store, url| async move {
        raw(
            &url,
            "ALTER TABLE labels RENAME TO gone; ALTER TABLE calls RENAME TO hidden",
        )
        .await;
        let records = some(7, 20);
        let folder = folder("spool");
        let writer = start(&store, &folder);
        for record in &records {
            writer.push(record.clone());
        }
        until("it tells", || writer.figures().away_since_ms.is_some()).await;
        assert_eq!(writer.figures().refused, 0);
        raw(
            &url,
            "ALTER TABLE gone RENAME TO labels; ALTER TABLE hidden RENAME TO calls",
        )
        .await;
        let figures = writer.finish(soon()).await;
        assert_eq!(
            (figures.written, figures.away_since_ms),
            (20, None),
            "{figures:?}"
        );
        check(&store, &records).await;
    });
}

#[test]
fn what_no_database_takes_is_mended() {
    on_both(|store| async move {
        let mut records = some(8, 1);
        let call = &mut records[0].call;
        call.callee = "7\0".to_owned();
        call.reference = Some("é".repeat(1_000));
        call.confidence = Some(f32::NAN);
        call.detail = serde_json::json!({ "a\0": "\0" });
        let writer = start(&store, &folder("spool"));
        writer.push(records[0].clone());
        let figures = writer.finish(soon()).await;
        assert_eq!((figures.written, figures.refused), (1, 0), "{figures:?}");
        let tx = store.read(Whose::Service).await.unwrap();
        let found = calls::find(&tx, records[0].call.id).await.unwrap();
        assert_eq!(found.callee, "7\u{fffd}");
        assert_eq!(found.reference, Some("é".repeat(128)));
        assert_eq!(found.confidence, None);
        assert_eq!(found.detail, serde_json::json!({ "a\u{fffd}": "\u{fffd}" }));
    });
}

/// Fails as a seed says: before anything was written, or with the answer lost after it was.
struct Faulty {
    store: IntoStore,
    random: Random,
    /// How often, in 8.
    often: u64,
}

impl Sink for Faulty {
    async fn write(&mut self, records: &[Record]) -> Result<(), Error> {
        if self.random.below(8) < self.often {
            let lost = self.random.below(3) == 0;
            if lost {
                self.store.write(records).await?;
            }
            return Err(Error::Away(format!("by the seed, answer lost: {lost}")));
        }
        self.store.write(records).await
    }

    async fn probe(&mut self, began_ms: i64) -> Result<(), Error> {
        self.store.probe(began_ms).await
    }
}

#[test]
fn whatever_fails_in_the_end_there_is_what_was_pushed() {
    let seed = std::env::var("CPD_SEED").map_or(0, |seed| seed.parse().unwrap());
    for seed in if seed > 0 { seed..seed + 1 } else { 1..7 } {
        println!("CPD_SEED={seed}");
        on_both(|store| async move {
            let mut random = Random(seed);
            let records = some(random.next(), 600);
            let folder = folder("spool");
            let limits = Limits {
                file_bytes: 1 + random.below(40_000),
                ..Limits::default()
            };
            let mut pushed = 0;
            while pushed < records.len() {
                let sink = Faulty {
                    store: IntoStore::new(store.clone()),
                    random: Random(random.next()),
                    often: random.below(9),
                };
                let writer = begin(sink, &folder, limits).await;
                for _ in 0..=random.below(4) {
                    let more = usize::try_from(random.below(120)).unwrap();
                    for _ in 0..more {
                        let Some(record) = records.get(pushed) else { break };
                        writer.push(record.clone());
                        pushed += 1;
                        if random.below(10) == 0 {
                            let again = usize::try_from(random.below(pushed as u64)).unwrap();
                            writer.push(records[again].clone());
                        }
                    }
                    for _ in 0..random.below(20) {
                        tokio::task::yield_now().await;
                    }
                }
                match random.below(3) {
                    // Dropped, as with a panic of the service's loop: what was handed over is in the files.
                    0 => drop(writer),
                    1 => assert_eq!(writer.finish(Instant::now()).await.lost, 0),
                    _ => {
                        let soon = Instant::now() + Duration::from_millis(random.below(80));
                        assert_eq!(writer.finish(soon).await.lost, 0);
                    }
                }
            }
            let writer = begin(IntoStore::new(store.clone()), &folder, limits).await;
            let figures = writer.finish(soon()).await;
            assert_eq!((figures.waiting, figures.lost, figures.half), (0, 0, 0));
            check(&store, &records).await;
        });
    }
}

/// Starts when the writer before has let go of the folder.
async fn begin(sink: impl Sink, folder: &Path, limits: Limits) -> Writer {
    let lock = std::fs::File::create(folder.join("lock")).unwrap();
    until("the folder is free", || lock.try_lock().is_ok()).await;
    drop(lock);
    Writer::start_into(sink, folder, "a", limits, || NOW).unwrap()
}

/// A minute as it is, a thousand records a second: `cargo test -p cpd-store --test records -- --ignored minute`.
#[test]
#[ignore = "takes a minute and a half"]
fn postgres_is_away_for_a_minute_under_load() {
    runtime().block_on(async {
        let cluster = common::Cluster::start(&folder("cluster"));
        let store = common::migrated(&cluster.fresh()).await;
        let records = some(11, 80_000);
        let writer = start(&store, &folder("spool"));
        let mut beat = tokio::time::interval(Duration::from_millis(50));
        let mut waited = 0;
        for (number, part) in records.chunks(50).enumerate() {
            beat.tick().await;
            match number {
                100 => cluster.down(),
                1_300 => cluster.up(),
                _ => {}
            }
            for record in part {
                writer.push(record.clone());
            }
            waited = waited.max(writer.figures().waiting);
        }
        let figures = writer.finish(soon()).await;
        println!("{waited} records waited at most; {figures:?}");
        assert_eq!((figures.lost, figures.waiting, figures.refused), (0, 0, 0));
        check(&store, &records).await;
    });
}

#[test]
fn postgres_stops_under_load_and_nothing_is_lost_or_doubled() {
    runtime().block_on(async {
        let cluster = common::Cluster::start(&folder("cluster"));
        let store = common::migrated(&cluster.fresh()).await;
        let records = some(9, 24_000);
        let writer = start(&store, &folder("spool"));
        for (number, part) in records.chunks(500).enumerate() {
            match number {
                12 => {
                    cluster.down();
                    until("it tells", || writer.figures().away_since_ms.is_some()).await;
                }
                36 => cluster.up(),
                _ => {}
            }
            for record in part {
                writer.push(record.clone());
            }
            until("the journal keeps up", || writer.figures().queued == 0).await;
        }
        let figures = writer.finish(soon()).await;
        assert_eq!(
            (figures.lost, figures.waiting, figures.refused),
            (0, 0, 0),
            "{figures:?}"
        );
        assert!(figures.last_error.is_some(), "it was away");
        check(&store, &records).await;
    });
}

const CRASHES_IN: &str = "CPD_CRASHES_IN";

/// The other half of the next test: a process of its own, which ends without any order.
#[test]
#[ignore = "run by a_killed_process_loses_nothing_that_was_on_disk"]
fn crashing_process() {
    let Ok(folder) = std::env::var(CRASHES_IN) else {
        return;
    };
    runtime().block_on(async {
        let writer = away(Path::new(&folder), Limits::default());
        for record in some(10, 3_000) {
            writer.push(record);
        }
        until("none is in memory", || writer.figures().queued == 0).await;
        assert_eq!(on_disk(Path::new(&folder)), 3_000);
        std::process::abort();
    });
}

fn on_disk(folder: &Path) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .map(|text| text.iter().filter(|byte| **byte == b'\n').count())
        .sum()
}

#[test]
fn a_killed_process_loses_nothing_that_was_on_disk() {
    on_both(|store| async move {
        let folder = folder("spool");
        let killed = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crashing_process", "--ignored"])
            .env(CRASHES_IN, &folder)
            .output()
            .unwrap();
        assert!(!killed.status.success(), "{killed:?}");
        let figures: Figures = start(&store, &folder).finish(soon()).await;
        assert_eq!((figures.written, figures.half), (3_000, 0), "{figures:?}");
        check(&store, &some(10, 3_000)).await;
    });
}
