//! The committed corpora of the fuzz targets, on the stable compiler: what once was found stays found.

mod probe;

use std::fs;
use std::path::{Path, PathBuf};

use cpd_sip::message::Name;
use cpd_sip::stream::{Frame, Framer};
use cpd_sip::{FaultKind, Message};

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target)
}

fn all(target: &str) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(corpus(target)).expect("the corpus is committed");
    let read = |file: std::io::Result<fs::DirEntry>| {
        let file = file.expect("a file");
        let name = file.file_name().to_string_lossy().into_owned();
        (name, fs::read(file.path()).expect("readable"))
    };
    files.map(read).collect()
}

/// Runs a probe over a corpus, every prefix of it and every byte of it replaced; names the input that fails.
fn run(target: &str, probe: fn(&[u8])) {
    let files = all(target);
    assert!(files.len() >= 7, "{target}: the corpus is there");
    for (name, bytes) in files {
        let mut inputs = vec![bytes.clone()];
        inputs.extend((0..bytes.len()).map(|end| bytes[..end].to_vec()));
        for place in 0..bytes.len() {
            for byte in [0, b'\r', b'\n', b' ', b'"', b'<', b';', b',', b':', b'\\', 0xff] {
                let mut changed = bytes.clone();
                changed[place] = byte;
                inputs.push(changed);
            }
        }
        for input in inputs {
            if let Err(panic) = std::panic::catch_unwind(|| probe(&input)) {
                eprintln!("{target}/{name}: {:?}", String::from_utf8_lossy(&input));
                std::panic::resume_unwind(panic);
            }
        }
    }
}

#[test]
fn messages_are_read_or_refused_by_name() {
    run("sip_message", probe::message);
    let parse = |name: &str| {
        let bytes = fs::read(corpus("sip_message").join(name)).expect("committed");
        Message::parse_datagram(bytes).map_err(|malformed| malformed.fault.kind)
    };
    assert!(parse("invite").unwrap().part("application/sdp").is_some());
    assert_eq!(parse("compact").unwrap().check(), Ok(()));
    assert_eq!(parse("cp1251").unwrap().body(), b"body\0\xff");
    assert_eq!(
        parse("multipart").unwrap().part("application/sdp"),
        Some(&b"v=0"[..])
    );
    assert_eq!(parse("separators").unwrap().all(Name::VIA).count(), 1);
    assert_eq!(parse("lengths").unwrap_err(), FaultKind::HeaderLine);
    assert_eq!(parse("version").unwrap_err(), FaultKind::Version);
}

#[test]
fn streams_are_cut_the_same_however_they_come() {
    run("sip_stream", probe::stream);
    let count = |name: &str| {
        let bytes = fs::read(corpus("sip_stream").join(name)).expect("committed");
        let mut framer = Framer::new();
        framer.push(&bytes[1..]);
        let mut messages = 0;
        loop {
            match framer.poll() {
                Ok(Some(Frame::Message(_))) => messages += 1,
                Ok(Some(Frame::Ping | Frame::Pong)) => {}
                Ok(None) => return Ok(messages),
                Err(broken) => return Err(broken.fault.kind),
            }
        }
    };
    assert_eq!(count("two"), Ok(2));
    assert_eq!(count("bytewise"), Ok(2));
    assert_eq!(count("folded"), Ok(2));
    assert_eq!(count("pings"), Ok(1));
    assert_eq!(count("nolength"), Err(FaultKind::Length));
    assert_eq!(count("differ"), Err(FaultKind::Length));
    assert_eq!(count("huge"), Err(FaultKind::TooLarge));
}
