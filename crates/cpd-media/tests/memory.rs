//! A packet allocates nothing, whatever the network does to it.

use std::alloc::System;
use std::time::{Duration, Instant};

use cpd_media::playout::{ALLOWANCE, Playout};
use cpd_media::sdp::{Description, Format, Local, Order, Origin, Protection};
use cpd_media::srtp::{Key, Srtp, Suite};
use cpd_media::{Packet, quality::Reception};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A playout with one codec of G.711, beside the detector's state.
const PLAYOUT_BYTES_MAX: usize = 12 * 1_024;

fn allocated<T>(what: impl FnOnce() -> T) -> (T, usize, usize) {
    let region = Region::new(ALLOCATOR);
    let result = what();
    let change = region.change();
    (
        result,
        change.allocations + change.reallocations,
        change.bytes_allocated,
    )
}

// Without the test harness, whose other thread allocates too: the allocator counts for the whole process.
#[allow(clippy::disallowed_methods, reason = "there is no other way to an instant")]
fn main() {
    let formats = [Format::pcma(), Format::g722(), Format::telephone_event(101)];
    let (mut playout, _, bytes) = allocated(|| Playout::new(&formats, ALLOWANCE));
    let bytes = bytes + size_of::<Playout>();
    assert!(bytes <= PLAYOUT_BYTES_MAX, "{bytes}");

    let mut reception = Reception::new();
    let mut srtp = Srtp::new(&Key::from_random(Suite::AesCm128Sha1_80, &[7; Key::SECRET_MAX]));
    let (mut plain, mut secret) = (Vec::with_capacity(1_500), Vec::with_capacity(1_500));
    let mut now = Instant::now();
    let mut random = 0x9e37_79b9_u32;
    let payload = [0x55; 1_460];
    let ((), allocations, _) = allocated(|| {
        for index in 0..20_000_u32 {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            now += Duration::from_millis(u64::from(random >> 8 & 31));
            let place = index.saturating_sub(random >> 3 & 3);
            let packet = Packet {
                marker: false,
                payload_type: [8, 8, 8, 9, 13, 101, 18, 8][random as usize >> 13 & 7],
                sequence: place as u16,
                timestamp: place.wrapping_mul(160),
                ssrc: index / 5_000,
                extension: None,
                payload: &payload[..if random & 0xff000 == 0 { 1_460 } else { 160 }],
            };
            if random & 0xf00000 != 0 {
                playout.push(now, &packet);
                reception.push(now, &packet, 8_000);
                plain.clear();
                secret.clear();
                packet.write(&mut plain);
                // What comes twice is refused.
                let _ = srtp.protect_rtp(&plain, &mut secret);
            }
            playout.tick(now);
            while playout.poll().is_some() {}
        }
    });
    assert_eq!(allocations, 0);
    let counts = playout.counts();
    assert!(
        counts.late > 0 && counts.missing > 0 && counts.unheard > 0 && counts.restarts > 0,
        "{counts:?}"
    );

    let offer = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18 8 101\r\n\
        a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";
    let local = Local {
        rtp: "198.51.100.7:30000".parse().expect("an address"),
        rtcp_port: 30_001,
        rtcp_mux: false,
        origin: Origin {
            session: 1,
            version: 1,
        },
        protection: Protection::Plain,
        order: Order::HeardFirst,
    };
    let description = Description::parse(offer).expect("an offer");
    let (_, allocations, _) = allocated(|| description.relayed(&local));
    assert_eq!(allocations, 1);
}
