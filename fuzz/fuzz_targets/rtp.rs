//! Any datagram: parsed or refused by name; what was parsed is written and parsed again as the same.
#![no_main]

use cpd_media::rtp::{Packet, TelephoneEvent};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(packet) = Packet::parse(bytes) else { return };
    let _ = TelephoneEvent::parse(packet.payload).map(|event| event.digit());
    let mut written = Vec::new();
    packet.write(&mut written);
    let plain = Packet {
        extension: None,
        ..packet
    };
    // An RTCP type cannot come out of the parser, so writing keeps it RTP.
    assert_eq!(Packet::parse(&written), Ok(plain));
});
