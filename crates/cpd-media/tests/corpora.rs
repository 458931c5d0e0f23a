//! The committed corpora of the fuzz targets, on the stable compiler: what once was found stays found.

mod probe;

use std::fs;
use std::path::{Path, PathBuf};

use cpd_media::capture::{self, CaptureError};
use cpd_media::rtp::{NotRtp, Packet};

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target)
}

fn read(target: &str, name: &str) -> Vec<u8> {
    fs::read(corpus(target).join(name)).expect("the corpus is committed")
}

#[test]
fn datagrams_are_read_or_refused_by_name() {
    let payload_len = |name: &str| Packet::parse(&read("rtp", name)).map(|packet| packet.payload.len());
    assert_eq!(payload_len("plain"), Ok(20));
    assert_eq!(payload_len("extension"), Ok(8));
    assert_eq!(payload_len("padded"), Ok(4));
    assert_eq!(payload_len("csrc"), Ok(4));
    assert_eq!(payload_len("rtcp"), Err(NotRtp::Rtcp));
    assert_eq!(payload_len("short"), Err(NotRtp::Short));
    assert_eq!(payload_len("badpad"), Err(NotRtp::Padding));
}

#[test]
fn captures_are_read_as_far_as_they_go() {
    let read = |name: &str| capture::read(&read("capture", name)).expect("a capture");
    for name in ["ethernet.pcap", "raw.pcapng"] {
        let capture = read(name);
        assert_eq!((capture.streams.len(), capture.damage), (1, None), "{name}");
        assert_eq!(capture.streams[0].counts.packets, 12);
    }
    let cut = read("cut.pcap");
    assert!(matches!(cut.damage, Some(CaptureError::Truncated { .. })));
    assert_eq!(cut.streams[0].counts.packets, 11);
    assert!(matches!(
        read("length.pcap").damage,
        Some(CaptureError::BadLength { at: 24 })
    ));
    assert_eq!(read("vlan6.pcap").datagrams, 1);
}

/// Every file of a corpus, and each with every byte left out or changed in turn.
fn each_and_its_kin(target: &str, probe: fn(&[u8])) {
    let mut files = 0;
    for entry in fs::read_dir(corpus(target)).expect("the corpus is committed") {
        let bytes = fs::read(entry.expect("a file").path()).expect("a file");
        files += 1;
        probe(&bytes);
        for at in 0..bytes.len() {
            let mut kin = bytes.clone();
            kin.remove(at);
            probe(&kin);
            for byte in [b'\n', b' ', 0, 0xff, bytes[at] ^ 1] {
                kin.clone_from(&bytes);
                kin[at] = byte;
                probe(&kin);
            }
        }
    }
    assert!(files > 2, "{target}: {files} files");
}

#[test]
fn descriptions_go_on_as_descriptions() {
    each_and_its_kin("sdp", probe::sdp);
}

#[test]
fn reports_are_read_as_far_as_they_hold() {
    each_and_its_kin("rtcp", probe::rtcp);
}
