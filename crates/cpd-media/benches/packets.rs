//! What a packet costs on the media thread, and a description on the set-up path.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock"
)]

use std::time::{Duration, Instant};

use cpd_media::playout::{ALLOWANCE, Piece, Playout};
use cpd_media::sdp::{Description, Format, Local, Order, Origin, Protection};
use cpd_media::srtp::{Key, Srtp, Suite};
use cpd_media::{Law, Packet};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

const OFFER: &[u8] = b"v=0\r\no=Sonus_UAC 905110 449301 IN IP4 203.0.113.9\r\ns=SIP Media Capabilities\r\n\
    c=IN IP4 203.0.113.10\r\nt=0 0\r\nm=audio 49152 RTP/AVP 18 8 0 101\r\na=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n\
    a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n\
    a=sendrecv\r\na=ptime:20\r\n";

/// An offer read and written again; the aim is 5 µs.
#[divan::bench]
fn description_parsed_and_relayed() -> Vec<u8> {
    let local = Local {
        rtp: "198.51.100.7:30000".parse().unwrap(),
        rtcp_port: 30_001,
        rtcp_mux: false,
        origin: Origin {
            session: 7,
            version: 1,
        },
        protection: Protection::Plain,
        order: Order::HeardFirst,
    };
    let description = Description::parse(black_box(OFFER)).unwrap();
    description.relayed(&local)
}

/// What else is asked of it: address, codecs, direction.
#[divan::bench]
fn description_read(bencher: Bencher<'_, '_>) {
    let description = Description::parse(OFFER).unwrap();
    bencher.bench_local(|| black_box(&description).audio());
}

/// 20 ms of A-law in turn: taken, decoded, taken out.
#[divan::bench]
fn playout_packet(bencher: Bencher<'_, '_>) {
    let mut playout = Playout::new(&[Format::pcma(), Format::telephone_event(101)], ALLOWANCE);
    let payload = [Law::A.encode(1_000); 160];
    let mut now = Instant::now();
    let mut index = 0_u32;
    bencher.bench_local(|| {
        now += Duration::from_millis(20);
        index += 1;
        let packet = Packet {
            marker: false,
            payload_type: 8,
            sequence: index as u16,
            timestamp: index.wrapping_mul(160),
            ssrc: 1,
            extension: None,
            payload: &payload,
        };
        playout.push(now, black_box(&packet));
        while let Some(piece) = playout.poll() {
            assert!(matches!(black_box(piece), Piece::Samples(_)));
        }
    });
}

/// A packet of 20 ms of G.711, protected.
#[divan::bench(args = [Suite::AesCm128Sha1_80, Suite::AesCm256Sha1_80])]
fn srtp_protect(bencher: Bencher<'_, '_>, suite: Suite) {
    let mut srtp = Srtp::new(&Key::from_random(suite, &[7; Key::SECRET_MAX]));
    let mut packet = [0x55; 172];
    packet[0] = 0x80;
    let mut sequence = 0_u16;
    let mut out = Vec::with_capacity(256);
    bencher.bench_local(|| {
        sequence = sequence.wrapping_add(1);
        packet[2..4].copy_from_slice(&sequence.to_be_bytes());
        out.clear();
        srtp.protect_rtp(black_box(&packet), &mut out).unwrap();
        out.len()
    });
}

/// The same taken, proven and decrypted; with the protection that it needs.
#[divan::bench]
fn srtp_protect_and_unprotect(bencher: Bencher<'_, '_>) {
    let key = Key::from_random(Suite::AesCm128Sha1_80, &[7; Key::SECRET_MAX]);
    let (mut ours, mut theirs) = (Srtp::new(&key), Srtp::new(&key));
    let mut packet = [0x55; 172];
    packet[0] = 0x80;
    let mut sequence = 0_u16;
    let (mut secret, mut out) = (Vec::with_capacity(256), Vec::with_capacity(256));
    bencher.bench_local(|| {
        sequence = sequence.wrapping_add(1);
        packet[2..4].copy_from_slice(&sequence.to_be_bytes());
        secret.clear();
        out.clear();
        ours.protect_rtp(&packet, &mut secret).unwrap();
        theirs.unprotect_rtp(black_box(&secret), &mut out).unwrap();
        out.len()
    });
}
