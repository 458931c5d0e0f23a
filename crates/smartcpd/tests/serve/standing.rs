//! A shutdown while calls stand.

use std::path::Path;

use serde_json::Value;

use crate::common::{self, Folder};
use crate::configuration;
use crate::peers::{End, Peers};
use crate::service::Service;

/// Calls were cut off.
const CUT_OFF: i32 = 15;

/// A service between the two, with a deadline for its shutdown and a file of records.
fn start(folder: &Folder, peers: &Peers, drain: &str) -> Service {
    let config = folder.path("smartcpd.toml");
    let records = folder.path("calls.jsonl").display().to_string();
    let text = configuration("0s")
        .replace("127.0.0.1:9", &peers.carrier.address().to_string())
        .replace("[limits]\n", &format!("[limits]\ndrain = \"{drain}\"\n"));
    std::fs::write(&config, format!("{text}[records]\nfile = {records:?}\n")).expect("written");
    Service::start(&config)
}

/// Who ended each call, as the records have it.
fn ended_by(records: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(records).expect("records");
    let lines = common::json_lines(&text);
    lines.iter().map(|line| line["ended_by"].clone()).collect()
}

#[test]
fn calls_that_stand_finish_and_new_ones_are_refused() {
    let folder = Folder::new("serve-standing");
    let mut peers = Peers::new();
    let mut service = start(&folder, &peers, "10m");
    let talks = peers.ring(service.sip, "79160000001");
    let talking = peers.answered(&talks);
    let rings = peers.ring(service.sip, "79160000002");

    service.signal("-TERM");
    let draining = service.line("draining");
    assert_eq!(
        (&draining["calls"], &draining["deadline_s"]),
        (&2.into(), &600.into())
    );
    assert_eq!(service.options("after"), "SIP/2.0 503 Service Unavailable");
    let late = peers.dialer.invite(service.sip, "79160000003");
    let (status, retry, _) = peers.failed(late);
    assert_eq!((status, retry.as_deref()), (503, Some("30")));

    // What rings may still be answered, and each end may hang up.
    let answered = peers.answered(&rings);
    peers.dialer.hang_up(talking);
    peers.ended(End::Carrier, talks.at_carrier);
    assert!(service.get("/metrics").contains("\nsmartcpd_calls 1\n"));
    peers.carrier.hang_up(rings.at_carrier);
    peers.ended(End::Dialer, answered);
    assert_eq!(service.end(), Some(0));
    assert_eq!(ended_by(&folder.path("calls.jsonl")), ["caller", "callee"]);
}

/// One call talks and one rings when the service is told to end; then both are ended.
fn cut_off(name: &str, drain: &str, so: impl FnOnce(&mut Service)) {
    let folder = Folder::new(name);
    let mut peers = Peers::new();
    let mut service = start(&folder, &peers, drain);
    let talks = peers.ring(service.sip, "79160000001");
    let talking = peers.answered(&talks);
    let rings = peers.ring(service.sip, "79160000002");
    service.signal("-TERM");
    assert_eq!(service.line("draining")["calls"], 2);
    so(&mut service);
    // A temporary failure of ours: dialers call again elsewhere.
    let reason = "Q.850;cause=41;text=\"the service shuts down\"";
    assert_eq!(peers.ended(End::Dialer, talking), reason);
    assert_eq!(peers.ended(End::Carrier, talks.at_carrier), reason);
    let (status, _, why) = peers.failed(rings.invite);
    assert_eq!((status, &*why), (503, reason));
    assert_eq!(peers.ended(End::Carrier, rings.at_carrier), reason);
    assert_eq!(service.end(), Some(CUT_OFF));
    assert_eq!(ended_by(&folder.path("calls.jsonl")), ["service", "service"]);
}

#[test]
fn the_deadline_ends_what_still_stands() {
    cut_off("serve-deadline", "1s", |service| {
        assert_eq!(service.line("the deadline of the shutdown passed")["calls"], 2);
    });
}

#[test]
fn a_second_signal_ends_what_still_stands_at_once() {
    cut_off("serve-twice", "10m", |service| {
        service.signal("-TERM");
        assert_eq!(service.line("ending at once")["calls"], 2);
    });
}
