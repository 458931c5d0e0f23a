//! How many call records a second reach PostgreSQL, and how long the newest hundred of ten million calls take, filtered.
//!
//! A cluster of its own is made with the system's PostgreSQL, on disk, with `fsync` and the server's own settings but for
//! 512 MB of shared buffers. `CPD_BENCH_ROWS` are the calls in it; `CPD_BENCH_URL` is a database instead, which is filled
//! where it is empty. Rows come of a generator in SQL: five customers, a year, words as frequent as in a real list and some
//! as rare as one in fifty thousand.

#![allow(clippy::unwrap_used, reason = "a bench that cannot begin fails")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::{Duration, Instant};

use common::made::{NOW, Random, record, tenant};
use common::{Cluster, folder, migrated};
use cpd_store::calls::{self, Filter};
use cpd_store::partitions::Partitions;
use cpd_store::writer::{Limits, Writer};
use cpd_store::{Store, Whose};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};

const DAY: i64 = 86_400_000;
/// The year that ends a day before the records of the first part begin.
const YEAR_MS: i64 = 365 * DAY;
const RECORDS: usize = 40_000;
const REPETITIONS: usize = 40;

/// Makes one question of a kind.
type Asked = Box<dyn Fn(&mut Random) -> Filter>;

fn main() {
    let rows = std::env::var("CPD_BENCH_ROWS").map_or(10_000_000, |rows| rows.parse().unwrap());
    let url = std::env::var("CPD_BENCH_URL").unwrap_or_else(|_| {
        let cluster = Cluster::start_with(&folder("cluster"), "-c shared_buffers=512MB");
        cluster.fresh()
    });
    // One thread, as the service's loop.
    common::runtime().block_on(async {
        let store = migrated(&url).await;
        fill(&store, &url, rows).await;
        lists(&store).await;
        writes(&store).await;
    });
}

async fn writes(store: &Store) {
    let mut random = Random(u64::from(std::process::id()));
    let records: Vec<_> = (0..RECORDS)
        .map(|number| record(&mut random, NOW - DAY + i64::try_from(number).unwrap()))
        .collect();
    let bytes: usize = records[..100]
        .iter()
        .map(|record| serde_json::to_vec(record).unwrap().len())
        .sum();
    let writer = Writer::start(store.clone(), &folder("spool"), "a", Limits::default(), || NOW).unwrap();
    let (begun, cpu) = (Instant::now(), cpu());
    let mut journal = Duration::ZERO;
    for part in records.chunks(2_000) {
        let begun = Instant::now();
        for record in part {
            writer.push(record.clone());
        }
        while writer.figures().queued > 2_000 {
            tokio::task::yield_now().await;
        }
        journal += begun.elapsed();
    }
    let soon = tokio::time::Instant::now() + Duration::from_secs(300);
    let figures = writer.finish(soon).await;
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(
        (figures.written, figures.lost),
        (RECORDS as u64, 0),
        "{figures:?}"
    );
    let each = 1e6 / RECORDS as f64;
    println!(
        "\n{RECORDS} records of {} bytes with recordings and events, into the database above",
        bytes / 100
    );
    println!("  records a second      {:8.0}", RECORDS as f64 / took);
    println!(
        "  onto disk, a second   {:8.0}",
        RECORDS as f64 / journal.as_secs_f64()
    );
    println!("  our CPU a record      {:8.0} µs", (self::cpu() - cpu) * each);
}

/// CPU seconds of this process.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let words: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    // utime and stime, in hundredths (USER_HZ is 100 on Linux).
    (words[11].parse::<f64>().unwrap() + words[12].parse::<f64>().unwrap()) / 100.0
}

async fn fill(store: &Store, url: &str, rows: i64) {
    let mut db = PgConnection::connect(url).await.unwrap();
    db.execute("SELECT set_config('smartcpd.tenant', '*', false); SET maintenance_work_mem = '512MB'")
        .await
        .unwrap();
    let there = "SELECT EXISTS (SELECT 1 FROM calls)";
    if sqlx::query(there).fetch_one(&mut db).await.unwrap().get(0) {
        return;
    }
    let begun = Instant::now();
    let from_ms = NOW - YEAR_MS - 2 * DAY;
    let days = (0..368).map(|day| from_ms + day * DAY);
    Partitions::default().ensure(store, days).await.unwrap();
    let indexes = "SELECT indexname::text, indexdef::text FROM pg_indexes \
         WHERE tablename = 'calls' AND indexname NOT LIKE '%pkey'";
    let indexes: Vec<(String, String)> = sqlx::query(indexes)
        .fetch_all(&mut db)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    let mut run = async |statement: String| {
        db.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.unwrap();
    };
    for (name, _) in &indexes {
        run(format!("DROP INDEX {name}")).await;
    }
    const PART: i64 = 500_000;
    for part in 0..(rows + PART - 1) / PART {
        let (first, last) = (part * PART, ((part + 1) * PART).min(rows) - 1);
        run(MADE
            .replace("$FIRST", &first.to_string())
            .replace("$LAST", &last.to_string())
            .replace("$FROM", &from_ms.to_string())
            .replace("$STEP", &(YEAR_MS as f64 / rows as f64).to_string()))
        .await;
    }
    let loaded = begun.elapsed().as_secs();
    for (_, definition) in &indexes {
        run(definition.replace(" ON ONLY ", " ON ")).await;
    }
    run("VACUUM ANALYZE calls".to_owned()).await;
    println!(
        "made {rows} calls in {loaded} s and their indexes in {} s",
        begun.elapsed().as_secs() - loaded
    );
}

/// Numbers of a row are of its hash, so that all columns are independent.
const MADE: &str = "INSERT INTO calls
    SELECT (lpad(to_hex(b), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid, b,
        ('7e4a0000-0000-4000-8000-00000000000' || CASE WHEN r[1] < 50 THEN 0 ELSE r[1] % 4 + 1 END)::uuid,
        'a', h,
        CASE WHEN n % 20011 = 7 THEN 'seldom' ELSE (ARRAY['vici', 'east', 'west'])[r[2] % 3 + 1] END,
        (ARRAY['main', 'spare'])[r[3] % 2 + 1],
        '7495' || lpad((r[4] * 1000 + r[5])::text, 7, '0'),
        '79' || lpad((r[6] * 10000000 + n * 7919 % 10000000)::text, 9, '0'),
        substr(h, 1, 12),
        CASE WHEN r[7] < 80 THEN 'campaign-' || r[7] % 20 END,
        c, CASE WHEN c IS NOT NULL THEN CASE WHEN r[9] < 60 THEN 'answered' ELSE 'early' END END,
        CASE WHEN c IS NOT NULL THEN 0.9 END,
        CASE WHEN n % 50021 = 9 THEN 'seldom' WHEN r[10] < 20 THEN 'prompt-' || n * 31 % 500 END,
        CASE WHEN r[10] < 20 THEN (ARRAY['north', 'south', 'east'])[n % 3 + 1] END,
        CASE WHEN r[11] < 20 THEN 486 END, 'callee', 16, CASE WHEN c IS NOT NULL THEN 2800 END,
        CASE WHEN r[9] < 60 THEN 2000 END, CASE WHEN r[9] < 30 THEN 2900 END, 900, 30000 + r[4] * 100,
        NULL, r[3] < 50, 3, 1,
        '{\"tellings\": [{\"at_ms\": 400, \"what\": \"ringback\"}, {\"at_ms\": 2000, \"what\": \"answer\"}], \"media\": {\"codec\": \"PCMA\"}}'
    FROM (
        SELECT n, ($FROM + n * $STEP)::bigint AS b, md5(n::text) AS h,
            ARRAY(SELECT abs(hashint8extended(n, k) % 100) FROM generate_series(1, 11) AS k) AS r
        FROM generate_series($FIRST::bigint, $LAST) AS n
    ) AS made,
    LATERAL (SELECT CASE
        WHEN n % 30011 = 5 THEN 'machine.fax'
        WHEN r[8] < 30 THEN 'human'
        WHEN r[8] < 50 THEN 'machine.greeting'
        WHEN r[8] < 60 THEN 'machine.operator.mailbox'
        WHEN r[8] < 70 THEN 'network.number.unassigned'
        WHEN r[8] < 80 THEN 'signal.busy'
    END AS c) AS classes";

async fn lists(store: &Store) {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let none = Filter::default;
    let filters: Vec<(&str, Asked)> = vec![
        ("no filter", Box::new(move |_| none())),
        (
            "a class",
            Box::new(move |_| Filter {
                classes: words(&["machine.greeting"]),
                ..none()
            }),
        ),
        (
            "a class of a campaign",
            Box::new(move |random| Filter {
                classes: words(&["signal.busy"]),
                campaigns: vec![format!("campaign-{}", random.below(20))],
                ..none()
            }),
        ),
        (
            "beginning of the callee, 4 digits",
            Box::new(move |random| Filter {
                callee: Some(format!("79{:02}", random.below(100))),
                ..none()
            }),
        ),
        (
            "beginning of the callee, 8 digits",
            Box::new(move |random| Filter {
                callee: Some(format!("79{:06}", random.below(1_000_000))),
                ..none()
            }),
        ),
        (
            "a dialer, answered",
            Box::new(move |_| Filter {
                dialers: words(&["west"]),
                answered: Some(true),
                ..none()
            }),
        ),
        (
            "a seldom dialer, answered",
            Box::new(move |_| Filter {
                dialers: words(&["seldom"]),
                answered: Some(true),
                ..none()
            }),
        ),
        (
            "a rare class",
            Box::new(move |_| Filter {
                classes: words(&["machine.fax"]),
                ..none()
            }),
        ),
        (
            "without a verdict",
            Box::new(move |_| Filter {
                classes: words(&["none"]),
                ..none()
            }),
        ),
        (
            "a prompt",
            Box::new(move |random| Filter {
                prompt: Some(format!("prompt-{}", random.below(500))),
                ..none()
            }),
        ),
        (
            "a rare prompt",
            Box::new(move |_| Filter {
                prompt: Some("seldom".to_owned()),
                ..none()
            }),
        ),
        (
            "two classes of a month ago",
            Box::new(move |random| Filter {
                classes: words(&["human", "machine.greeting"]),
                until_ms: Some(NOW - i64::try_from(random.below(300)).unwrap() * DAY),
                ..none()
            }),
        ),
        (
            "the dialer's own word",
            Box::new(move |random| Filter {
                reference: Some(format!("{:012x}", random.next() >> 16)),
                ..none()
            }),
        ),
    ];
    println!("\nthe newest 100 of a customer's calls, ms       p50     p95     max   rows");
    let mut random = Random(1);
    for (name, filter) in filters {
        let mut took = Vec::new();
        let mut rows = 0;
        for _ in 0..REPETITIONS {
            let filter = filter(&mut random);
            // Half of the calls are the first customer's.
            let whose = Whose::Tenant(tenant(random.below(5)));
            let begun = Instant::now();
            let tx = store.read(whose).await.unwrap();
            let page = calls::list(&tx, &filter, None, 100).await.unwrap();
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            rows += page.rows.len();
        }
        took.sort_by(f64::total_cmp);
        let at = |part: f64| took[((took.len() as f64 * part).ceil() as usize).max(1) - 1];
        println!(
            "  {name:40} {:7.1} {:7.1} {:7.1} {:6}",
            at(0.5),
            at(0.95),
            at(1.0),
            rows / REPETITIONS
        );
    }
}
