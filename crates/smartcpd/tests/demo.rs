//! `smartcpd demo`: real calls over real sockets, from the dialer's INVITE through the service to the carrier and back.
//!
//! The calls last as long as calls do, so each test takes half a minute of the clock and little of the machine. They run
//! at once with whatever else is tested, so what is asserted leaves room for packets that come late.

mod common;

use common::{Folder, run};

/// The marks of the lines of finished calls.
fn marks(out: &str) -> Vec<char> {
    let mark = |line: &str| line.chars().find(|c| matches!(c, '✔' | '✘' | '!'));
    out.lines().filter_map(mark).collect()
}

fn wrong(out: &str) -> Vec<&str> {
    out.lines().filter(|line| line.starts_with("wrong: ")).collect()
}

fn unsure(line: &&str) -> bool {
    line.contains(": unknown and not ") || line.contains(": no verdict and not ")
}

#[test]
fn every_kind_of_call_goes_through_and_is_heard_for_what_it_is() {
    // As many calls as there are plays: each comes once.
    let told = run(&["demo", "--calls", "24", "--rate", "6", "--seed", "7"]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    assert_eq!(marks(&told.out).len(), 24, "{}", told.out);
    assert!(told.out.contains("No call was lost."), "{}", told.out);
    // What honestly differs: a machine that is short of time stops listening before it stops relaying, and the call's
    // record says so; packets that come in heaps may leave a call unsure. Nothing may be taken for something else.
    let wrong = wrong(&told.out);
    assert!(wrong.iter().all(unsure) && wrong.len() <= 8, "{wrong:#?}");
    let unforced = wrong.iter().filter(|line| !line.ends_with("(overload)")).count();
    assert!(unforced <= 1, "{wrong:#?}");
    // What the dialer gets: refusals in our words before the answer, the carrier's own where there is nothing to hear.
    for phrase in [
        "486 SMARTCPD busy",
        "404 SMARTCPD",
        "480 SMARTCPD unreachable",
        "486 Busy Here",
        "200, then INFO",
    ] {
        assert!(told.out.contains(phrase), "{phrase}: {}", told.out);
    }
}

#[test]
fn a_call_with_loss_and_jitter_gets_the_verdict_of_its_recording() {
    let folder = Folder::new("demo-recordings");
    cpd_sim::samples::write(&folder.path("")).expect("samples are written");
    let (calls, prompts) = (folder.path("calls.jsonl"), folder.path("prompts"));
    let told = run(&[
        "demo",
        "--recordings",
        &calls.to_string_lossy(),
        "--prompts",
        &prompts.to_string_lossy(),
        "--rate",
        "6",
        "--seed",
        "5",
        "--loss",
        "1",
        "--jitter",
        "30",
        "--reorder",
        "1",
    ]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    let marks = marks(&told.out);
    assert_eq!(marks.len(), 20, "{}", told.out);
    // What honestly differs, besides a machine that is short of time: an announcement is judged by what is known when
    // its second is over, and packets lost there may leave it unknown where the whole recording is matched.
    let wrong = wrong(&told.out);
    assert!(wrong.iter().all(unsure), "{wrong:#?}");
    let unforced = wrong.iter().filter(|line| !line.ends_with("(overload)")).count();
    assert!(wrong.len() <= 6 && unforced <= 2, "{wrong:#?}");
    let against = told
        .out
        .lines()
        .find(|line| line.starts_with("against the file alone: "));
    println!("{}", against.expect("decision times are compared"));
}
