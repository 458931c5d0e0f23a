//! Lists of calls: a number's are found by their time whatever is looked at first.

#![allow(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod common;

use std::time::Duration;

use common::made::{NOW, Random, record, tenant};
use common::{folder, on_both};
use cpd_store::calls::{self, Filter};
use cpd_store::record::Record;
use cpd_store::writer::{Limits, Writer};
use cpd_store::{Uuid, Whose};

const DAY: i64 = 86_400_000;

#[test]
fn a_numbers_calls_come_newest_first_over_a_year() {
    on_both(|store| async move {
        let mut random = Random(3);
        // Thirty in the last month, then one a fortnight: the first page is of the month, the second of both.
        let ages = (0..30)
            .map(|n| n * DAY)
            .chain((1..20).map(|n| (30 + 14 * n) * DAY));
        let records: Vec<Record> = ages
            .enumerate()
            .flat_map(|(n, age)| {
                let number = |random: &mut Random, callee: &str| {
                    let mut record = record(random, NOW - age - i64::try_from(n).unwrap());
                    record.call.tenant_id = tenant(0);
                    record.call.callee = callee.to_owned();
                    record.recording = None;
                    record.events.clear();
                    record
                };
                [
                    number(&mut random, "79161234567"),
                    number(&mut random, "74951234567"),
                ]
            })
            .collect();
        let writer = Writer::start(store.clone(), &folder("spool"), "a", Limits::default(), || NOW).unwrap();
        for record in &records {
            writer.push(record.clone());
        }
        let soon = tokio::time::Instant::now() + Duration::from_secs(60);
        assert_eq!(writer.finish(soon).await.written, records.len() as u64);
        let tx = store.read(Whose::Tenant(tenant(0))).await.unwrap();
        let walk = async |filter: Filter, limit: u64| {
            let mut found: Vec<Uuid> = Vec::new();
            let mut after = None;
            loop {
                let page = calls::list(&tx, &filter, after, limit).await.unwrap();
                assert!(page.rows.len() as u64 <= limit);
                found.extend(page.rows.iter().map(|call| call.id));
                match page.next {
                    Some(next) => after = Some(next),
                    None => return found,
                }
            }
        };
        let expected = |fits: &dyn Fn(&Record) -> bool| {
            let mut calls: Vec<_> = records.iter().filter(|record| fits(record)).collect();
            calls.sort_by_key(|record| std::cmp::Reverse((record.call.began_ms, record.call.id)));
            calls.into_iter().map(|record| record.call.id).collect::<Vec<_>>()
        };
        for (callee, begins) in [("7916", "7916"), ("*4567", "7"), ("79161234567", "7916")] {
            let all = expected(&|record| record.call.callee.starts_with(begins));
            for limit in [1, 7, 20, 60, 100] {
                let filter = Filter {
                    callee: Some(callee.to_owned()),
                    ..Filter::default()
                };
                assert_eq!(walk(filter, limit).await, all, "{callee}, {limit} a page");
            }
        }
        // A time that was asked for is kept.
        let (from_ms, until_ms) = (NOW - 200 * DAY, NOW - 10 * DAY);
        let filter = Filter {
            callee: Some("7916".to_owned()),
            from_ms: Some(from_ms),
            until_ms: Some(until_ms),
            ..Filter::default()
        };
        let within = |record: &Record| {
            (from_ms..until_ms).contains(&record.call.began_ms) && record.call.callee.starts_with("7916")
        };
        assert_eq!(walk(filter, 8).await, expected(&within));
    });
}
