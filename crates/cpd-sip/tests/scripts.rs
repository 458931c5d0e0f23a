//! The endpoint's fuzz corpus on the stable compiler: what once was found stays found, and so does what lies near it.

mod common;
#[allow(dead_code, reason = "the fuzz target uses the rest")]
mod drive;

use common::*;
use cpd_sip::endpoint::InviteOptions;
use cpd_sip::message::Method;
use std::path::{Path, PathBuf};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/sip_endpoint")
}

#[test]
fn no_script_of_the_corpus_nor_its_neighbours_leaves_anything() {
    let mut scripts = 0;
    for file in std::fs::read_dir(corpus()).expect("the corpus is committed") {
        let path = file.expect("a file").path();
        let script = std::fs::read(&path).expect("readable");
        scripts += 1;
        let mut tried = vec![script.clone()];
        // Every eleventh byte in turn, so that the test stays short; the fuzzer tries the others.
        for place in (0..script.len()).step_by(11) {
            for byte in [0, b' ', b';', b'9', 170, 210, 240] {
                let mut changed = script.clone();
                changed[place] = byte;
                tried.push(changed);
            }
            tried.push(script[..place].to_vec());
        }
        for script in tried {
            if let Err(panic) = std::panic::catch_unwind(|| drive::drive(&script)) {
                eprintln!("{}: {:?}", path.display(), String::from_utf8_lossy(&script));
                std::panic::resume_unwind(panic);
            }
        }
    }
    assert!(scripts >= 4, "the corpus is there");
}

/// A step of a script.
fn step(script: &mut Vec<u8>, what: u8, much: u16) {
    script.push(what);
    script.extend(much.to_le_bytes());
}

fn datagram(script: &mut Vec<u8>, bytes: &[u8]) {
    step(script, 0, bytes.len() as u16);
    script.extend_from_slice(bytes);
}

/// What `to` hears in a call between `a` and `b`.
fn heard(to: usize, hang_up: usize) -> Vec<Vec<u8>> {
    let mut net = Net::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    net.fate = Box::new(move |end, message| {
        if end != to {
            let _ = sender.send(message.to_bytes());
        }
        vec![std::time::Duration::from_millis(10)]
    });
    net.invite(InviteOptions::default());
    net.run(20);
    let b = net.invited();
    net.ends[B]
        .answer(net.now, b, &reliable(183, Some(ANSWER)))
        .expect("early");
    net.run(100);
    net.answer(b, 200, None);
    net.run(100);
    let a = net.facts[A].iter().find_map(|fact| match fact {
        cpd_sip::Fact::Answered { dialog, .. } => Some(*dialog),
        _ => None,
    });
    let dialogs = [a.expect("an answer"), b];
    for method in [Method::Update, Method::Info] {
        let draft = request(method, Some(OFFER));
        net.ends[1 - to]
            .request(net.now, dialogs[1 - to], &draft)
            .expect("confirmed");
        net.run(100);
    }
    net.ends[hang_up]
        .bye(net.now, dialogs[hang_up], None)
        .expect("confirmed");
    net.run(100);
    receiver.try_iter().collect()
}

/// Recorded requests with the To tag and the RSeq that the driven endpoint will have given.
fn fitted(recorded: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut driven = drive::Driven::new();
    while driven.end.poll_transmit().is_some() {}
    driven
        .end
        .handle_datagram(driven.now, drive::flow(), recorded[0].clone());
    let Some(cpd_sip::Fact::Invited { dialog, .. }) = driven.end.poll_fact() else {
        panic!("no call")
    };
    driven
        .end
        .answer(driven.now, dialog, &reliable(183, Some(ANSWER)))
        .expect("early");
    let sent: Vec<_> = std::iter::from_fn(|| driven.end.poll_transmit()).collect();
    let progress = sent.last().expect("a 183").bytes.to_vec();
    let progress = cpd_sip::Message::parse_datagram(progress).expect("readable");
    let (to, rseq) = (progress.header("To").expect("To"), progress.rseq().expect("RSeq"));
    let fit = |bytes: Vec<u8>| {
        let mut message = cpd_sip::Message::parse_datagram(bytes).expect("readable");
        if message.to().is_ok_and(|to| to.tag().is_some()) {
            message.set("To", to);
        }
        if message.rack().is_some() {
            message.set("RAck", format!("{rseq} 1 INVITE").as_bytes());
        }
        message.to_bytes()
    };
    recorded.into_iter().map(fit).collect()
}

#[test]
#[ignore = "writes the corpus anew, after a change to what the endpoint says"]
fn write_the_corpus() {
    let called = fitted(heard(B, A));
    let mut answered = Vec::new();
    for (place, bytes) in called.iter().enumerate() {
        datagram(&mut answered, bytes);
        step(&mut answered, 210, if place == 0 { 83 } else { 100 });
        step(&mut answered, 170, 100);
    }
    let mut refused = Vec::new();
    datagram(&mut refused, &called[0]);
    datagram(&mut refused, &called[0]);
    step(&mut refused, 210, 386);
    step(&mut refused, 170, 5000);
    let mut silent = Vec::new();
    for bytes in &called {
        datagram(&mut silent, bytes);
    }
    step(&mut silent, 170, 60_000);

    // Answers to the driven endpoint's own INVITE: recorded ones with its Via, From and Call-ID.
    let mut end = drive::Driven::new();
    let invite = end.end.poll_transmit().expect("an INVITE");
    let invite = cpd_sip::Message::parse_datagram(invite.bytes.to_vec()).expect("readable");
    let mut caller = Vec::new();
    for (status, tag) in [
        (100, ""),
        (183, "x"),
        (180, "y"),
        (200, "x"),
        (200, "y"),
        (200, "x"),
    ] {
        let mut reply = cpd_sip::Message::reply(&invite, status, "");
        if !tag.is_empty() {
            reply.set("To", format!("<sip:b@192.0.2.2>;tag={tag}").as_bytes());
            reply.push("Contact", b"<sip:b@192.0.2.2>");
        }
        if status == 183 {
            reply.push("Require", b"100rel");
            reply.push("RSeq", b"7");
        }
        reply.set_body("application/sdp", drive::SDP);
        datagram(&mut caller, &reply.to_bytes());
        step(&mut caller, 170, 700);
        step(&mut caller, 240, 8);
    }
    std::fs::create_dir_all(corpus()).expect("writable");
    for (name, script) in [
        ("answered", answered),
        ("refused", refused),
        ("silent", silent),
        ("caller", caller),
    ] {
        std::fs::write(corpus().join(name), script).expect("writable");
    }
}

#[test]
fn the_corpus_fits_the_endpoint_that_it_drives() {
    let script = std::fs::read(corpus().join("answered")).expect("the corpus is committed");
    let mut driven = drive::Driven::new();
    driven.play(&script);
    assert_eq!(
        driven.end.counters().stray_requests,
        0,
        "its requests find their dialog"
    );
    let script = std::fs::read(corpus().join("caller")).expect("the corpus is committed");
    let mut driven = drive::Driven::new();
    driven.play(&script);
    assert_eq!(
        driven.end.counters().stray_responses,
        0,
        "its responses find their INVITE"
    );
}
