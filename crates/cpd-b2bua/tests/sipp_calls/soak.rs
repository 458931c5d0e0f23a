//! Thousands of calls with random ends, packets lost and doubled or connections that break, peers that vanish, strangers:
//! nothing may be left over.
//!
//! Both ends are endpoints of ours on threads of their own, since SIPp loses count of calls that end by chance.
//! `make soak` runs it; `SOAK_S`, `SOAK_RATE` and `SOAK_SEED` say how long, how many calls a second, and which;
//! `SOAK_OVER=tcp` or `tls` takes connections, `SOAK_RECORD=1` records every call.

use std::collections::{BinaryHeap, HashMap};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cpd_b2bua::switchboard::CallReport;
use cpd_b2bua::trunk::Recording;
use cpd_call::{AnswerAction, EarlyAction, Policy};
use cpd_detect::Class;
use cpd_sip::endpoint::{CallId, DialogId, InviteOptions};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Endpoint, Fact};

use crate::audio;
use crate::common::TIMERS;
use crate::common::tls::{certificate, tls};
use crate::house::{House, Setup};
use crate::strangers::{rtp, scan, torture};
use crate::wire::Wire;

/// Of a hundred datagrams so many are lost, and so many come twice, in either direction.
const LOST_PERCENT: u64 = 2;
const DOUBLED_PERCENT: u64 = 1;

/// A connection breaks about so often, at either end.
const BREAKS_EVERY: Duration = Duration::from_secs(5);

/// A BYE that was on a connection that broke is lost, and nobody tells this end: at the end it gives such calls up.
const GIVEN_UP: Duration = Duration::from_secs(10);

/// Nobody sends anything for a call that has been dead for so long; the lists of this test must not look like a leak.
const FORGOTTEN: Duration = Duration::from_secs(40);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// splitmix64 (Steele and others, 2014).
#[derive(Clone)]
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn within(&mut self, ms: u64) -> Duration {
        Duration::from_millis(self.below(ms.max(1)))
    }
}

/// What an end does later.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Dial,
    Break,
    Cancel(u64),
    Hangup(u64),
    Hold(u64),
    Vanish(u64),
    Say(u64, u16),
    Play(u64),
}

/// A call at one end.
struct Line {
    dialog: Option<DialogId>,
    call: Option<CallId>,
    id: Option<Vec<u8>>,
    /// Where the node takes our media.
    remote: Option<SocketAddr>,
    busy_at: Option<usize>,
    packets: u16,
}

/// One end: an endpoint behind a bad network.
struct Peer {
    endpoint: Endpoint,
    wire: Wire,
    media: UdpSocket,
    node: SocketAddr,
    random: Seeded,
    lines: HashMap<u64, Line>,
    by_dialog: HashMap<DialogId, u64>,
    by_call: HashMap<CallId, u64>,
    deeds: BinaryHeap<std::cmp::Reverse<(Instant, Deed)>>,
    /// Calls that this end knows nothing of any more: as after kill -9.
    dead: HashMap<Vec<u8>, Instant>,
    next: u64,
    rate: u64,
    busy: Vec<u8>,
}

impl Peer {
    fn new(seed: u64, node: SocketAddr, wire: Wire, rate: u64) -> Peer {
        let media = UdpSocket::bind("127.0.0.1:0").unwrap();
        media.set_nonblocking(true).unwrap();
        let config = cpd_sip::Config {
            timers: TIMERS,
            ..cpd_sip::Config::default()
        };
        Peer {
            endpoint: Endpoint::new(config, [seed as u8; 32]),
            wire,
            media,
            node,
            random: Seeded(seed),
            lines: HashMap::new(),
            by_dialog: HashMap::new(),
            by_call: HashMap::new(),
            deeds: BinaryHeap::new(),
            dead: HashMap::new(),
            next: 0,
            rate,
            busy: std::fs::read(audio::file("busy")).unwrap(),
        }
    }

    fn flow(&self) -> Flow {
        self.wire.flow(self.node)
    }

    fn sdp(&self) -> String {
        let port = self.media.local_addr().unwrap().port();
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n"
        )
    }

    fn plan(&mut self, after: Duration, deed: Deed) {
        self.deeds.push(std::cmp::Reverse((Instant::now() + after, deed)));
    }

    /// Works until it is told to end and nothing is left, on connections not for ever.
    fn run(mut self, ending: &AtomicBool) {
        if self.rate > 0 {
            self.plan(Duration::ZERO, Deed::Dial);
        }
        if !self.wire.is_datagrams() {
            self.plan(BREAKS_EVERY, Deed::Break);
        }
        let mut buffer = [0; 4_096];
        let mut ends = None;
        loop {
            if ending.load(Ordering::Relaxed) {
                let ends = ends.get_or_insert(Instant::now() + GIVEN_UP);
                let given_up = !self.wire.is_datagrams() && Instant::now() > *ends;
                if given_up || self.endpoint.counts() == Default::default() {
                    return;
                }
            }
            let (came, ended) = self.wire.look();
            let now = Instant::now();
            for (flow, message) in came {
                for _ in 0..self.copies(&message) {
                    if flow.protocol == Protocol::Udp {
                        self.endpoint.handle_datagram(now, flow, message.clone());
                    } else {
                        self.endpoint.handle_stream_message(now, flow, message.clone());
                    }
                }
            }
            for flow in ended {
                self.endpoint.handle_transport_error(now, flow);
            }
            if self.endpoint.poll_timeout().is_some_and(|at| at <= now) {
                self.endpoint.handle_timeout(now);
            }
            while let Some(fact) = self.endpoint.poll_fact() {
                self.on_fact(now, fact);
            }
            while self.deeds.peek().is_some_and(|next| next.0.0 <= now) {
                let std::cmp::Reverse((_, deed)) = self.deeds.pop().unwrap();
                self.perform(now, deed, ending);
            }
            while let Some(transmit) = self.endpoint.poll_transmit() {
                for _ in 0..self.copies(&transmit.bytes) {
                    if !self.wire.send(&transmit) {
                        self.endpoint.handle_transport_error(now, transmit.flow);
                    }
                }
            }
            while self.media.recv_from(&mut buffer).is_ok() {}
        }
    }

    /// How often a message arrives.
    fn copies(&mut self, bytes: &[u8]) -> usize {
        let dead = || {
            let message = Message::parse_datagram(bytes.to_vec()).ok()?;
            let id = message.header(Name::CALL_ID)?;
            Some(self.dead.contains_key(id))
        };
        if !self.dead.is_empty() && dead().unwrap_or(false) {
            return 0;
        }
        if !self.wire.is_datagrams() {
            return 1;
        }
        match self.random.below(100) {
            chance if chance < LOST_PERCENT => 0,
            chance if chance < LOST_PERCENT + DOUBLED_PERCENT => 2,
            _ => 1,
        }
    }

    fn line(&mut self) -> (u64, &mut Line) {
        self.next += 1;
        let line = Line {
            dialog: None,
            call: None,
            id: None,
            remote: None,
            busy_at: None,
            packets: 0,
        };
        (self.next, self.lines.entry(self.next).or_insert(line))
    }

    fn dial(&mut self, now: Instant) {
        let uri = format!("sip:7916{:07}@{}", self.random.below(10_000_000), self.node);
        let mut draft = Message::request(Method::Invite, uri.as_bytes());
        draft.push(Name::FROM, b"<sip:4950001@127.0.0.1>");
        draft.push(Name::TO, format!("<{uri}>").as_bytes());
        if self.random.below(10) > 0 {
            draft.set_body("application/sdp", self.sdp().as_bytes());
        }
        let flow = self.flow();
        let Ok(call) = self.endpoint.invite(now, flow, &draft, InviteOptions::default()) else {
            return;
        };
        let (key, line) = self.line();
        line.call = Some(call);
        self.by_call.insert(call, key);
        let after = self.random.within(2_500);
        match self.random.below(10) {
            0..=2 => self.plan(after / 2, Deed::Cancel(key)),
            3 => self.plan(after, Deed::Vanish(key)),
            _ => {}
        }
    }

    fn on_fact(&mut self, now: Instant, fact: Fact) {
        match fact {
            Fact::Invited { dialog, request, .. } => {
                let remote = media_of(&request);
                let id = request.header(Name::CALL_ID).map(<[u8]>::to_vec);
                let (key, line) = self.line();
                (line.dialog, line.remote, line.id) = (Some(dialog), remote, id);
                self.by_dialog.insert(dialog, key);
                self.on_invited(key);
            }
            Fact::Progress { call, response, .. } => {
                if let Some(line) = self.by_call.get(&call).and_then(|key| self.lines.get_mut(key)) {
                    line.id = response.header(Name::CALL_ID).map(<[u8]>::to_vec);
                    line.remote = media_of(&response).or(line.remote);
                }
            }
            Fact::Answered {
                call,
                dialog,
                response,
                ack_wanted,
            } => {
                if ack_wanted {
                    let sdp = self.sdp();
                    let _ = self.endpoint.ack(now, dialog, "application/sdp", sdp.as_bytes());
                }
                let Some(&key) = self.by_call.get(&call) else {
                    let _ = self.endpoint.bye(now, dialog, None);
                    return;
                };
                if let Some(line) = self.lines.get_mut(&key) {
                    line.dialog = Some(dialog);
                    line.id = response.header(Name::CALL_ID).map(<[u8]>::to_vec);
                    line.remote = media_of(&response).or(line.remote);
                }
                self.by_dialog.insert(dialog, key);
                self.plan(Duration::ZERO, Deed::Play(key));
                let after = self.random.within(2_000);
                match self.random.below(10) {
                    0 => self.plan(after, Deed::Vanish(key)),
                    1..=2 => {
                        self.plan(after / 2, Deed::Hold(key));
                        self.plan(after, Deed::Hangup(key));
                    }
                    _ => self.plan(after, Deed::Hangup(key)),
                }
            }
            Fact::Failed { call, .. } => {
                if let Some(key) = self.by_call.remove(&call) {
                    self.lines.remove(&key);
                }
            }
            Fact::Request { server, request, .. } => {
                let mut draft = Message::response(200, "");
                if request.part("application/sdp").is_some() {
                    draft.set_body("application/sdp", self.sdp().as_bytes());
                }
                let _ = self.endpoint.respond(now, server, &draft);
            }
            Fact::Ended { dialog, .. } => {
                if let Some(key) = self.by_dialog.remove(&dialog)
                    && let Some(line) = self.lines.remove(&key)
                    && let Some(call) = line.call
                {
                    self.by_call.remove(&call);
                }
            }
            Fact::Acknowledged { .. }
            | Fact::Pracked { .. }
            | Fact::Refreshed { .. }
            | Fact::Response { .. } => {}
        }
    }

    /// The carrier's side of a call.
    fn on_invited(&mut self, key: u64) {
        let (soon, later) = (self.random.within(300), self.random.within(1_500));
        match self.random.below(20) {
            0 => self.plan(soon, Deed::Say(key, 404)),
            1 => self.plan(soon, Deed::Say(key, 503)),
            2..=3 => {
                self.plan(soon, Deed::Say(key, 180));
                self.plan(soon + later, Deed::Say(key, 486));
            }
            // Nobody is there.
            4 => self.plan(Duration::ZERO, Deed::Vanish(key)),
            5 => {
                self.plan(soon, Deed::Say(key, 183));
                self.plan(soon + later, Deed::Vanish(key));
            }
            // A busy tone that goes on until we are given up.
            6..=7 => {
                if let Some(line) = self.lines.get_mut(&key) {
                    line.busy_at = Some(0);
                }
                self.plan(soon, Deed::Say(key, 183));
                self.plan(soon, Deed::Play(key));
            }
            kind => {
                self.plan(soon, Deed::Say(key, if kind % 2 == 0 { 180 } else { 183 }));
                self.plan(soon + later, Deed::Say(key, 200));
                self.plan(soon, Deed::Play(key));
                let talk = self.random.within(2_000);
                match self.random.below(10) {
                    0 => self.plan(soon + later + talk, Deed::Vanish(key)),
                    1..=3 => self.plan(soon + later + talk, Deed::Hangup(key)),
                    _ => {}
                }
            }
        }
    }

    fn perform(&mut self, now: Instant, deed: Deed, ending: &AtomicBool) {
        match deed {
            Deed::Dial => {
                if !ending.load(Ordering::Relaxed) {
                    self.dial(now);
                    let gap = 2_000_000 / self.rate;
                    let after = Duration::from_micros(self.random.below(gap));
                    self.plan(after, Deed::Dial);
                }
            }
            Deed::Break => {
                let chance = self.random.below(1_000);
                if let Some(flow) = self.wire.break_one(chance) {
                    self.endpoint.handle_transport_error(now, flow);
                }
                let after = BREAKS_EVERY / 2 + self.random.within(BREAKS_EVERY.as_millis() as u64);
                self.plan(after, Deed::Break);
            }
            Deed::Cancel(key) => {
                if let Some(call) = self.lines.get(&key).and_then(|line| line.call) {
                    let _ = self.endpoint.cancel(now, call, b"");
                }
            }
            Deed::Hangup(key) => {
                if let Some(dialog) = self.lines.get(&key).and_then(|line| line.dialog) {
                    let _ = self.endpoint.bye(now, dialog, None);
                }
            }
            Deed::Hold(key) => {
                let mut draft = Message::request(Method::Invite, b"");
                let sdp = self.sdp() + "a=sendonly\r\n";
                draft.set_body("application/sdp", sdp.as_bytes());
                if let Some(dialog) = self.lines.get(&key).and_then(|line| line.dialog) {
                    let _ = self.endpoint.request(now, dialog, &draft);
                }
            }
            Deed::Vanish(key) => {
                let Some(line) = self.lines.remove(&key) else {
                    return;
                };
                self.dead.retain(|_, since| now - *since < FORGOTTEN);
                self.dead.extend(line.id.map(|id| (id, now)));
                // This end's own memory of the call goes by the usual ways, unheard.
                if let Some(call) = line.call {
                    self.by_call.remove(&call);
                    let _ = self.endpoint.cancel(now, call, b"");
                }
                if let Some(dialog) = line.dialog {
                    self.by_dialog.remove(&dialog);
                    let gone = Message::response(480, "");
                    let _ = self.endpoint.answer(now, dialog, &gone);
                    let _ = self.endpoint.bye(now, dialog, None);
                }
            }
            Deed::Say(key, status) => {
                let mut draft = Message::response(status, "");
                if matches!(status, 183 | 200) {
                    draft.set_body("application/sdp", self.sdp().as_bytes());
                }
                if let Some(dialog) = self.lines.get(&key).and_then(|line| line.dialog) {
                    let _ = self.endpoint.answer(now, dialog, &draft);
                    // What an end refused itself it is not told of.
                    if status >= 300 {
                        self.lines.remove(&key);
                        self.by_dialog.remove(&dialog);
                    }
                }
            }
            Deed::Play(key) => self.play(key),
        }
    }

    /// One packet; a busy tone is whole, other calls send every fifth.
    fn play(&mut self, key: u64) {
        let Some(line) = self.lines.get_mut(&key) else {
            return;
        };
        let mut packet = rtp(line.packets);
        let mut step = 5;
        if let Some(at) = line.busy_at {
            packet.truncate(12);
            packet.extend(self.busy.iter().cycle().skip(at % self.busy.len()).take(160));
            line.busy_at = Some(at + 160);
            step = 1;
        }
        line.packets = line.packets.wrapping_add(step);
        if let Some(remote) = line.remote {
            let _ = self.media.send_to(&packet, remote);
        }
        self.plan(Duration::from_millis(20 * u64::from(step)), Deed::Play(key));
    }
}

fn media_of(message: &Message) -> Option<SocketAddr> {
    let body = message.part("application/sdp")?;
    cpd_media::sdp::Description::parse(body).ok()?.audio()?.rtp
}

/// Scanners, torture messages with bytes changed, and packets to media ports.
fn haunt(mut random: Seeded, node: SocketAddr, media: std::ops::RangeInclusive<u16>, ending: &AtomicBool) {
    let socket = UdpSocket::bind("127.0.0.2:0").unwrap();
    let own = socket.local_addr().unwrap();
    let torture = torture();
    let methods = [
        "OPTIONS", "INVITE", "REGISTER", "BYE", "CANCEL", "ACK", "PRACK", "UPDATE", "INFO",
    ];
    let ports = u64::from(media.end() - media.start());
    while !ending.load(Ordering::Relaxed) {
        let mut stray = torture[random.below(torture.len() as u64) as usize].clone();
        if !stray.is_empty() {
            let place = random.below(stray.len() as u64) as usize;
            stray[place] = random.below(256) as u8;
        }
        let _ = socket.send_to(&stray, node);
        let method = methods[random.below(methods.len() as u64) as usize];
        let _ = socket.send_to(scan(method, node, own).as_bytes(), node);
        for _ in 0..8 {
            let port = media.start() + random.below(ports) as u16;
            let _ = socket.send_to(&rtp(random.below(65_536) as u16), (node.ip(), port));
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Recordings that were kept. They are deleted as they are told: an hour of calls would fill the disk.
#[derive(Default)]
struct Recorded {
    kept: usize,
    ms: u64,
    cut: usize,
}

impl Recorded {
    /// Takes reports, and counts them.
    fn take(&mut self, reports: &mut Vec<CallReport>) -> u64 {
        let count = reports.len();
        for recording in reports.drain(..).filter_map(|report| report.recording) {
            self.kept += 1;
            self.ms += recording.ms;
            self.cut += usize::from(recording.cut);
            std::fs::remove_file(&recording.path).unwrap();
        }
        count as u64
    }
}

/// What the process holds: resident memory (kB), open files, threads.
fn held() -> (u64, usize, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let field = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let files = std::fs::read_dir("/proc/self/fd").unwrap().count();
    (field("VmRSS"), files, field("Threads"))
}

#[tokio::test]
#[ignore = "minutes: make soak"]
async fn nothing_is_left_over() {
    let (seconds, rate, seed) = (
        number("SOAK_S", 60),
        number("SOAK_RATE", 40),
        number("SOAK_SEED", 1),
    );
    let over = match std::env::var("SOAK_OVER").as_deref() {
        Ok("tcp") => Protocol::Tcp,
        Ok("tls") => Protocol::Tls,
        _ => Protocol::Udp,
    };
    let records = number("SOAK_RECORD", 0) == 1;
    println!(
        "{seconds} s, {rate} calls a second, seed {seed}, over {}, records {records}",
        over.via()
    );
    let mut policy = Policy::default();
    policy.ring_limit = Duration::from_secs(4);
    policy.talk_limit = Duration::from_secs(10);
    policy.hold = (seed % 2 == 0).then_some(Duration::from_millis(800));
    policy.set_early(Class::Busy, EarlyAction::Reject);
    policy.set_answered(Class::Machine, AnswerAction::Cut);
    let everybody = certificate(&["127.0.0.1"]);
    let party = || (over == Protocol::Tls).then(|| tls(&everybody, everybody.cert.der()));
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("soak-{}", std::process::id()));
    std::fs::create_dir_all(&kept).unwrap();
    let folder = kept.clone();
    let mut setup = Setup {
        policy,
        carrier_over: over,
        tls: party(),
        dialer: Box::new(move |dialer| {
            if records {
                dialer.record = Recording {
                    max: Duration::from_secs(30),
                    folder: folder.clone(),
                    classes: Vec::new(),
                };
            }
        }),
        recordings: records.then(|| kept.clone()),
        rtp_timeout: Duration::from_secs(2),
        media_ports: 2_000,
        calls_max: 400,
        ..Setup::default()
    };
    if over == Protocol::Tls {
        setup.listeners.push((over, [127, 0, 0, 1].into()));
    }
    let mut house = House::open("soak", setup).await;
    let node = house.address(over);
    // Scanners come by UDP.
    let scanned = house.address(Protocol::Udp);
    let ending = Arc::new(AtomicBool::new(false));
    let carrier = Wire::bind(over, house.carrier_port, party());
    let dialer = Wire::bind(over, 0, party());
    let mut threads = Vec::new();
    for (wire, rate, seed) in [(dialer, rate, seed * 3), (carrier, 0, seed * 3 + 1)] {
        let ending = Arc::clone(&ending);
        let peer = Peer::new(seed, node, wire, rate);
        threads.push(std::thread::spawn(move || peer.run(&ending)));
    }
    let (media, ghosts) = (house.media.clone(), Arc::clone(&ending));
    threads.push(std::thread::spawn(move || {
        haunt(Seeded(seed * 3 + 2), scanned, media, &ghosts);
    }));

    println!("     s   calls  ended   now    RSS kB  files threads  draining idle  refused");
    let began = Instant::now();
    let row = Duration::from_secs((seconds / 20).max(5));
    let mut rows = Vec::new();
    let mut ended = 0;
    let mut recorded = Recorded::default();
    while began.elapsed() < Duration::from_secs(seconds) {
        house.read_for(row).await;
        ended += recorded.take(&mut house.reports);
        let status = house.status().await;
        let (rss, files, tasks) = held();
        println!(
            "{:>6} {:>7} {ended:>6} {:>5} {rss:>9} {files:>6} {tasks:>7} {:>9} {:>4} {:>8}",
            began.elapsed().as_secs(),
            status.calls.begun,
            status.calls.calls,
            status.media.draining,
            status.media.idle,
            status.media.refused + status.media.discarded,
        );
        rows.push((rss, files, tasks));
    }
    ending.store(true, Ordering::Relaxed);
    let end = Instant::now() + Duration::from_secs(60);
    let status = loop {
        house.read_for(Duration::from_millis(500)).await;
        ended += recorded.take(&mut house.reports);
        let status = house.status().await;
        let left = status.calls.calls + status.calls.listeners;
        let media = status.media.sessions + status.media.draining + status.media.listening;
        if left == 0 && media == 0 && status.sip == Default::default() && ended == status.calls.begun {
            break status;
        }
        assert!(Instant::now() < end, "left over, {ended} ended: {status:#?}");
    };
    // The node works on meanwhile.
    let joined = move || threads.into_iter().for_each(|thread| thread.join().unwrap());
    tokio::task::spawn_blocking(joined).await.unwrap();
    let (rss, files, tasks) = held();
    println!("at rest: {rss} kB, {files} files, {tasks} threads; {status:#?}");
    println!("{:?}", house.told_often);
    println!(
        "recordings kept: {}, {} s, cut short: {}",
        recorded.kept,
        recorded.ms / 1_000,
        recorded.cut
    );
    assert_eq!(records, recorded.kept > 0);
    // What was told was deleted here, and nothing else may lie there.
    std::fs::remove_dir(&kept).unwrap();
    assert!(status.calls.begun > seconds * rate / 4, "{status:?}");
    assert_eq!(status.calls.notices_lost, 0);
    // Ports that were used stay bound for the next call: two sockets each, and nothing else is open for a call.
    let (_, most_files, most_tasks) = rows.iter().fold((0, 0, 0), |most, row| {
        (most.0.max(row.0), most.1.max(row.1), most.2.max(row.2))
    });
    assert!(files <= most_files && tasks <= most_tasks, "{rows:?}");
    // After a third of the time all there is to fill is filled: what grows from there on is a leak.
    let third = rows[rows.len() / 3].0;
    let last = rows.iter().rev().take(3).map(|row| row.0).min().unwrap();
    assert!(last <= third + third / 10 + 4_096, "memory grows: {rows:?}");
    house.close().await;
}
