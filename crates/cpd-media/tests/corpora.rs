//! The committed corpora of the fuzz targets, on the stable compiler: what once was found stays found.

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
