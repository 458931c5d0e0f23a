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
    println!(
        "hostile: the worst datagram of 60 kB takes {:.0} µs",
        hostile_us()
    );

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

/// The time that the worst of several hostile datagrams of 60 kB takes.
fn hostile_us() -> f64 {
    let head = "INVITE sip:a@192.0.2.2 SIP/2.0\r\nCall-ID: 7\r\nCSeq: 1 INVITE\r\nFrom: <sip:b@192.0.2.1>;tag=1\r\n\
        To: <sip:a@192.0.2.2>\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK";
    let fill = |text: &str| text.repeat(60_000 / text.len());
    let bodies = [
        format!("{head}1\r\nVia: {}\r\n\r\n", fill("SIP/2.0/UDP h,")),
        format!(
            "{head}2{}\r\nContact: <sip:c@192.0.2.1>\r\n\r\n",
            fill(";a=\"b\"")
        ),
        format!("{head}3\r\nContact: <sip:a@b>{}\r\n\r\n", fill(",<sip:a@b>")),
        format!(
            "{head}4\r\nContact: <sip:c@192.0.2.1>\r\nRequire: {}\r\n\r\n",
            fill("x,")
        ),
        format!(
            "{head}5\r\nContact: <sip:c@192.0.2.1>\r\nRecord-Route: {}\r\n\r\n",
            fill("<sip:r;lr>,")
        ),
        format!("{head}6\r\nContact: \"{}\r\n\r\n", fill("\\\"<")),
        format!(
            "{head}7\r\n{}\r\n",
            "Contact: <sip:c@192.0.2.1>;a=\"<,\"\r\n".repeat(245)
        ),
        format!(
            "{head}8\r\nContact: <sip:c@192.0.2.1>\r\nContent-Type: multipart/mixed;boundary=-\r\n\r\n{}",
            fill("---\r\n")
        ),
        format!(
            "{head}9\r\nContact: <sip:c@192.0.2.1>\r\nX: {}\r\n\r\n",
            fill("a\r\n ")
        ),
    ];
    let flow = Flow {
        protocol: Protocol::Udp,
        local: "192.0.2.2:5060".parse().unwrap(),
        remote: "192.0.2.1:5060".parse().unwrap(),
    };
    let once = |body: &String| {
        let mut end = Endpoint::new(Config::default(), [3; 32]);
        let bytes = body.clone().into_bytes();
        let now = Instant::now();
        end.handle_datagram(now, flow, bytes);
        now.elapsed().as_secs_f64() * 1e6
    };
    // The best of five of each, the worst of all: what the message costs, not what the machine adds.
    let best = |body: &String| (0..5).map(|_| once(body)).fold(f64::MAX, f64::min);
    bodies.iter().map(best).fold(0.0, f64::max)
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
