//! How many calls one core carries: INVITE, 183 with SDP, 200, ACK, BYE between two endpoints in memory, every message
//! written, read and checked by both. Simulated time; what is measured is CPU.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads the clock"
)]

use cpd_sip::endpoint::InviteOptions;
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Config, Endpoint, Fact};
use std::time::{Duration, Instant};

const SDP: &[u8] = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
    a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

struct Pair {
    now: Instant,
    ends: [Endpoint; 2],
    flows: [Flow; 2],
}

impl Pair {
    /// Carries messages until both are silent; both users react.
    fn settle(&mut self, hang_up: bool) {
        loop {
            let mut busy = false;
            for end in 0..2 {
                while let Some(transmit) = self.ends[end].poll_transmit() {
                    busy = true;
                    self.ends[1 - end].handle_datagram(
                        self.now,
                        self.flows[1 - end],
                        transmit.bytes.to_vec(),
                    );
                }
                while let Some(fact) = self.ends[end].poll_fact() {
                    busy = true;
                    match fact {
                        Fact::Invited { dialog, .. } => {
                            for status in [183, 200] {
                                let mut draft = Message::response(status, "");
                                draft.set_body("application/sdp", SDP);
                                self.ends[end].answer(self.now, dialog, &draft).unwrap();
                            }
                        }
                        Fact::Answered { dialog, .. } if hang_up => {
                            self.ends[end].bye(self.now, dialog, None).unwrap();
                        }
                        _ => {}
                    }
                }
            }
            if !busy {
                return;
            }
        }
    }
}

fn main() {
    let local = [
        "192.0.2.1:5060".parse().unwrap(),
        "192.0.2.2:5060".parse().unwrap(),
    ];
    let flow = |end: usize| Flow {
        protocol: Protocol::Udp,
        local: local[end],
        remote: local[1 - end],
    };
    let mut pair = Pair {
        now: Instant::now(),
        ends: [1, 2].map(|seed| Endpoint::new(Config::default(), [seed; 32])),
        flows: [flow(0), flow(1)],
    };
    let mut draft = Message::request(Method::Invite, b"sip:+4930123456@192.0.2.2");
    draft.push(Name::FROM, b"\"Caller\" <sip:+4940123456@192.0.2.1>");
    draft.push(Name::TO, b"<sip:+4930123456@192.0.2.2>");
    draft.push("P-Asserted-Identity", b"<sip:+4940123456@192.0.2.1>");
    draft.set_body("application/sdp", SDP);

    const CALLS: u32 = 50_000;
    let before_kb = resident_kb();
    let mut best_us = f64::MAX;
    for _ in 0..3 {
        let start_ns = cpu_ns();
        for _ in 0..CALLS {
            let flow = pair.flows[0];
            pair.ends[0]
                .invite(pair.now, flow, &draft, InviteOptions::default())
                .unwrap();
            pair.settle(true);
            // 500 calls a second: what lingers is as much as on a busy machine.
            pair.now += Duration::from_millis(2);
            for end in &mut pair.ends {
                end.handle_timeout(pair.now);
            }
        }
        best_us = best_us.min((cpu_ns() - start_ns) as f64 / f64::from(CALLS) / 1e3);
    }
    println!(
        "calls: {best_us:.1} µs of CPU for both ends of a call, {:.0} calls/s a core",
        1e6 / best_us
    );
    let alive = pair.ends.each_ref().map(Endpoint::counts);
    let transactions = alive
        .iter()
        .map(|counts| counts.clients + counts.servers)
        .sum::<usize>() as u64;
    let kb = resident_kb() - before_kb;
    println!(
        "alive at 500 calls/s: {alive:?}, {} bytes a transaction",
        kb * 1024 / transactions
    );
}

/// CPU time of this process, which other load on the machine does not stretch as it stretches wall time.
fn cpu_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").expect("Linux tells a process its CPU time");
    stat.split(' ').next().unwrap().parse().unwrap()
}

/// Memory that this process has.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells a process its memory");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
