//! Any packets of one sender, in any order: no panic, and what comes out is bounded by what went in.
#![no_main]

use cpd_media::rtp::Packet;
use cpd_media::stream::{Piece, Stream};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut stream = Stream::new(Some(101));
    let mut sent = 0;
    let mut rest = bytes;
    // Sequence, timestamp, payload type, length of the payload, payload.
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let length = usize::from(head[7]).min(after.len());
        let (payload, after) = after.split_at(length);
        sent += payload.len();
        stream.push(&Packet {
            marker: head[6] & 0x80 != 0,
            payload_type: match head[6] & 3 {
                0 => 8,
                1 => 0,
                2 => 13,
                _ => 101,
            },
            sequence: u16::from_be_bytes([head[0], head[1]]),
            timestamp: u32::from_be_bytes([head[2], head[3], head[4], head[5]]),
            ssrc: 1,
            extension: None,
            payload,
        });
        rest = after;
    }
    stream.finish();
    let mut heard = 0;
    while let Some(piece) = stream.poll() {
        match piece {
            Piece::Heard(samples) => heard += samples.len(),
            Piece::Lost(samples) | Piece::Unsent { samples, .. } => assert!(samples > 0),
            Piece::Event(_) => {}
        }
    }
    assert!(heard <= sent);
});
