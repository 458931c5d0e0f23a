//! Endpoints joined by a network in memory, in simulated time.
//!
//! `a` calls, `b` is called; with [`Net::fork`] an INVITE to `b` rings at `c` too. Every message that is sent goes into the ladder as `milliseconds sender message`, lost ones
//! with `✗`. Nothing sleeps: time jumps from one event to the next.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(unreachable_pub, clippy::unwrap_used, reason = "a module of tests")]

use cpd_sip::endpoint::{CallId, DialogId, InviteOptions};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Config, Endpoint, Fact};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub const A: usize = 0;
pub const B: usize = 1;
pub const C: usize = 2;
const NAMES: [&str; 3] = ["a", "b", "c"];

pub const OFFER: &str =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
pub const ANSWER: &str =
    "v=0\r\no=- 2 2 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 8\r\n";

/// Decides over a packet: how often and after how long it arrives. An empty list loses it.
pub type Fate = Box<dyn FnMut(usize, &Message) -> Vec<Duration>>;

pub struct Net {
    start: Instant,
    pub now: Instant,
    pub ends: Vec<Endpoint>,
    pub facts: Vec<VecDeque<Fact>>,
    pub ladder: Vec<String>,
    pub fate: Fate,
    protocol: Protocol,
    wire: BTreeMap<(Instant, u64), (usize, usize, Vec<u8>)>,
    sent: u64,
    forks: Option<Forks>,
    /// What the endpoints send is well formed, and to somebody. Not so where they answer nonsense.
    pub strict: bool,
}

pub fn address(end: usize) -> SocketAddr {
    ["192.0.2.1:5060", "192.0.2.2:5060", "192.0.2.3:5060"][end]
        .parse()
        .unwrap()
}

impl Net {
    pub fn new() -> Self {
        Net::with(Config::default(), Config::default(), Protocol::Udp, 1)
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "some first moment; no test depends on which"
    )]
    pub fn with(a: Config, b: Config, protocol: Protocol, seed: u64) -> Self {
        let start = Instant::now();
        let seeded = |end: u8| {
            let mut bytes = [end; 32];
            bytes[..8].copy_from_slice(&seed.to_le_bytes());
            bytes
        };
        Net {
            start,
            now: start,
            ends: vec![
                Endpoint::new(a, seeded(1)),
                Endpoint::new(b.clone(), seeded(2)),
                Endpoint::new(b, seeded(3)),
            ],
            facts: (0..3).map(|_| VecDeque::new()).collect(),
            ladder: Vec::new(),
            fate: Box::new(|_, _| vec![Duration::from_millis(10)]),
            protocol,
            wire: BTreeMap::new(),
            sent: 0,
            forks: None,
            strict: true,
        }
    }

    /// Has a proxy's work done to INVITEs: they ring at `b` and `c`.
    pub fn fork(&mut self) {
        self.forks = Some(Forks::default());
    }

    /// From `a` to `b`, or from `b` or `c` to `a`.
    pub fn flow(&self, end: usize) -> Flow {
        self.flow_to(end, if end == A { B } else { A })
    }

    fn flow_to(&self, end: usize, peer: usize) -> Flow {
        Flow {
            protocol: self.protocol,
            local: address(end),
            remote: address(peer),
        }
    }

    pub fn ms(&self) -> u64 {
        self.now.duration_since(self.start).as_millis() as u64
    }

    /// Loses the packets of which this is true: sender, message, how many of that sender's matched so far.
    pub fn lose(&mut self, mut lost: impl FnMut(usize, &Message) -> bool + 'static) {
        self.fate = Box::new(move |end, message| {
            if lost(end, message) {
                vec![]
            } else {
                vec![Duration::from_millis(10)]
            }
        });
    }

    /// Takes what the endpoints want to send and to tell.
    pub fn drain(&mut self) {
        for end in [A, B, C] {
            while let Some(transmit) = self.ends[end].poll_transmit() {
                let message =
                    Message::parse_datagram(transmit.bytes.to_vec()).expect("we send what can be read");
                let checked = message.check();
                assert!(!self.strict || checked.is_ok(), "{checked:?}");
                let peer = [A, B, C]
                    .into_iter()
                    .find(|&peer| address(peer) == transmit.flow.remote);
                let Some(peer) = peer else {
                    assert!(!self.strict, "sent to nobody");
                    continue;
                };
                let peers = match &mut self.forks {
                    Some(forks) => forks.route(end, peer, &message),
                    None => vec![peer],
                };
                for peer in peers {
                    self.send(end, peer, &message, &transmit.bytes);
                }
            }
            while let Some(fact) = self.ends[end].poll_fact() {
                self.facts[end].push_back(fact);
            }
        }
    }

    fn send(&mut self, end: usize, peer: usize, message: &Message, bytes: &[u8]) {
        let arrivals = (self.fate)(end, message);
        let lost = if arrivals.is_empty() { " ✗" } else { "" };
        self.ladder
            .push(format!("{} {} {}{lost}", self.ms(), NAMES[end], name(message)));
        for delay in arrivals {
            self.sent += 1;
            self.wire
                .insert((self.now + delay, self.sent), (peer, end, bytes.to_vec()));
        }
    }

    /// The next thing that happens, if it happens by `until`: false if nothing does.
    pub fn step(&mut self, until: Instant) -> bool {
        self.drain();
        let arrival = self.wire.first_key_value().map(|((at, _), _)| *at);
        let timeout = self.ends.iter().filter_map(Endpoint::poll_timeout).min();
        let Some(next) = arrival
            .into_iter()
            .chain(timeout)
            .min()
            .filter(|next| *next <= until)
        else {
            self.now = self.now.max(until);
            return false;
        };
        self.now = self.now.max(next);
        if arrival == Some(next) {
            if let Some((_, (end, from, bytes))) = self.wire.pop_first() {
                self.deliver_from(from, end, bytes);
            }
        } else {
            for end in &mut self.ends {
                end.handle_timeout(self.now);
            }
        }
        self.drain();
        true
    }

    pub fn deliver(&mut self, end: usize, bytes: Vec<u8>) {
        let from = if end == A { B } else { A };
        self.deliver_from(from, end, bytes);
    }

    fn deliver_from(&mut self, from: usize, end: usize, bytes: Vec<u8>) {
        let flow = self.flow_to(end, from);
        if self.protocol.is_reliable() {
            self.ends[end].handle_stream_message(self.now, flow, bytes);
        } else {
            self.ends[end].handle_datagram(self.now, flow, bytes);
        }
    }

    /// Lets time pass.
    pub fn run(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        while self.step(until) {}
    }

    /// The next fact, which must be of the kind that `wanted` takes.
    pub fn fact<T>(&mut self, end: usize, wanted: impl FnOnce(Fact) -> Option<T>) -> T {
        self.drain();
        let fact = self.facts[end].pop_front().expect("a fact");
        let shown = format!("{fact:?}");
        wanted(fact).unwrap_or_else(|| {
            panic!(
                "unexpected {shown}
{}",
                self.ladder.join(
                    "
"
                )
            )
        })
    }

    pub fn invite(&mut self, options: InviteOptions) -> CallId {
        let draft = invite(Some(OFFER));
        let flow = self.flow(A);
        self.ends[A].invite(self.now, flow, &draft, options).unwrap()
    }

    /// `b`'s dialog of the call that just came in.
    pub fn invited(&mut self) -> DialogId {
        self.fact(B, |fact| match fact {
            Fact::Invited { dialog, .. } => Some(dialog),
            _ => None,
        })
    }

    pub fn answered(&mut self) -> DialogId {
        self.fact(A, |fact| match fact {
            Fact::Answered { dialog, .. } => Some(dialog),
            _ => None,
        })
    }

    /// A call that stands: the dialogs of both sides.
    pub fn connect(&mut self, options: InviteOptions) -> [DialogId; 2] {
        self.invite(options);
        self.run(50);
        let b = self.invited();
        self.answer(b, 200, Some(ANSWER));
        self.run(50);
        let a = self.answered();
        self.fact(B, |fact| match fact {
            Fact::Acknowledged { .. } => Some(()),
            _ => None,
        });
        self.ladder.clear();
        [a, b]
    }

    pub fn answer(&mut self, dialog: DialogId, status: u16, sdp: Option<&str>) {
        self.ends[B]
            .answer(self.now, dialog, &response(status, sdp))
            .unwrap();
    }

    /// Runs until nothing is left to do, and checks that nothing is left over.
    pub fn finish(&mut self) {
        self.run(600_000);
        for (end, name) in self.ends.iter().zip(NAMES) {
            assert_eq!(
                end.counts(),
                Default::default(),
                "{name} keeps something\n{}",
                self.ladder.join("\n")
            );
        }
    }

    pub fn ladder(&mut self) -> String {
        self.drain();
        std::mem::take(&mut self.ladder).join("\n")
    }
}

/// What a forking proxy does: requests outside dialogs go to both, refusals come back when both refused.
#[derive(Default)]
struct Forks {
    /// By branch: who refused.
    refused: BTreeMap<Vec<u8>, Vec<usize>>,
}

impl Forks {
    fn route(&mut self, end: usize, peer: usize, message: &Message) -> Vec<usize> {
        let outside = message.to().unwrap().tag().is_none();
        let cseq = message.cseq().unwrap();
        if message.is_request() {
            return if end == A && outside {
                vec![B, C]
            } else {
                vec![peer]
            };
        }
        if cseq.method != Method::Invite || message.status() < 300 || end == A {
            return vec![peer];
        }
        let branch = message.top_via().unwrap().branch().unwrap().to_vec();
        let refused = self.refused.entry(branch).or_default();
        if !refused.contains(&end) {
            refused.push(end);
        }
        if refused.len() == 2 { vec![peer] } else { vec![] }
    }
}

/// `183 INVITE` or `BYE`: what a ladder says of a message.
pub fn name(message: &Message) -> String {
    match message.method() {
        Some(method) => method.to_string(),
        None => {
            let method = message
                .cseq()
                .map_or_else(|_| "?".into(), |cseq| cseq.method.to_string());
            format!("{} {method}", message.status())
        }
    }
}

pub fn invite(sdp: Option<&str>) -> Message {
    let mut draft = Message::request(Method::Invite, b"sip:+4930123@192.0.2.2");
    draft.push(Name::FROM, b"\"Caller\" <sip:+4940456@192.0.2.1>");
    draft.push(Name::TO, b"<sip:+4930123@192.0.2.2>");
    if let Some(sdp) = sdp {
        draft.set_body("application/sdp", sdp.as_bytes());
    }
    draft
}

pub fn response(status: u16, sdp: Option<&str>) -> Message {
    let mut draft = Message::response(status, "");
    if let Some(sdp) = sdp {
        draft.set_body("application/sdp", sdp.as_bytes());
    }
    draft
}

pub fn request(method: Method, sdp: Option<&str>) -> Message {
    let mut draft = Message::request(method, b"");
    if let Some(sdp) = sdp {
        draft.set_body("application/sdp", sdp.as_bytes());
    }
    draft
}

/// A response that the stack sends reliably if it may.
pub fn reliable(status: u16, sdp: Option<&str>) -> Message {
    let mut draft = response(status, sdp);
    draft.push(Name::REQUIRE, b"100rel");
    draft
}
