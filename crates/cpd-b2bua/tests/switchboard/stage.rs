//! A dialer, the switchboard and a carrier in simulated time, joined by a network in memory; media is a list of commands.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cpd_b2bua::dialect::Dialects;
use cpd_b2bua::media::{
    ForkId, LocalPorts, MediaCommand, News, OpenError, OpenPlan, Opened, SessionId, Side, SideStats,
};
use cpd_b2bua::script::{Act, Change, Fault, VerdictFacts};
use cpd_b2bua::switchboard::{CallReport, Media, Notice, Question, Start, Switchboard, VerdictTicket};
use cpd_b2bua::trunk::{Carrier, Dialer, Settings};
use cpd_call::{AnswerAction, EarlyAction, Policy};
use cpd_detect::{
    Class, Event, EventKind, Evidence, Library, Plans, SampleRate, SampleTime, Shared, Verdict,
};
use cpd_sip::endpoint::{CallId, DialogId, InviteOptions, Reliability, ServerId};
use cpd_sip::locate::Target;
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Config, Endpoint, Fact};
use tokio::sync::mpsc;

pub(crate) const DIALER: usize = 0;
const US: usize = 1;
pub(crate) const CARRIER: usize = 2;
/// A second gateway of the carrier.
pub(crate) const SPARE: usize = 3;
/// The carrier's server in the other internet.
pub(crate) const SIX: usize = 4;
const NAMES: [&str; 5] = ["dialer", "smartcpd", "carrier", "spare", "six"];
/// From one to the other.
const DELAY: Duration = Duration::from_millis(5);

/// The usual tone plans, and prompts.
pub(crate) fn hearing(library: &Arc<Library>) -> Shared {
    let plans = Arc::new(Plans::built_in());
    Shared::new(SampleRate::NARROWBAND, plans, Arc::clone(library))
}

pub(crate) fn offer() -> String {
    sdp("192.0.2.1", 4000)
}

pub(crate) fn sdp(host: &str, port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n\
         a=rtpmap:101 telephone-event/8000\r\n"
    )
}

fn address(end: usize) -> SocketAddr {
    match end {
        SIX => "[2001:db8::5]:5060".parse().unwrap(),
        _ => format!("192.0.2.{}:5060", end + 1).parse().unwrap(),
    }
}

/// Where an end is, for somebody of this IP version. We alone are in both.
fn address_for(end: usize, peer: SocketAddr) -> SocketAddr {
    match end {
        US if peer.is_ipv6() => "[2001:db8::2]:5060".parse().unwrap(),
        _ => address(end),
    }
}

/// What media was told.
#[derive(Clone, Default)]
struct Tape {
    told: Arc<Mutex<VecDeque<(SessionId, String)>>>,
    /// There are ports of IPv6 too.
    v6: bool,
}

impl Media for Tape {
    fn open(&mut self, session: SessionId, plan: OpenPlan) -> Result<Opened, OpenError> {
        let listens = if plan.listen.is_some() {
            "listening"
        } else {
            "unheard"
        };
        let mut tape = self.told.lock().unwrap();
        tape.push_back((session, format!("open {listens}")));
        let port = 20_000 + session.0 as u16 * 4;
        Ok(Opened {
            caller: ports(plan.caller_network, port),
            callee: ports(plan.callee_network, port + 2),
        })
    }

    fn move_callee(&mut self, session: SessionId, network: usize) -> Result<LocalPorts, OpenError> {
        let ports = ports(network, 30_000 + session.0 as u16 * 2);
        let text = format!("callee moves to {}", ports.rtp);
        self.told.lock().unwrap().push_back((session, text));
        Ok(ports)
    }

    fn send(&mut self, session: SessionId, command: MediaCommand) {
        let text = match command {
            MediaCommand::Describe { side, fork, remote } => {
                let rtp = remote.rtp.map_or("nowhere".into(), |rtp| rtp.to_string());
                let secured = if remote.secure.is_some() { " secured" } else { "" };
                format!("{side:?} {} at {rtp}{secured}", fork.0)
            }
            MediaCommand::Through { fork } => format!("through {}", fork.0),
            MediaCommand::Answered { fork } => format!("answered {}", fork.0),
            MediaCommand::Deaf => "deaf".into(),
            MediaCommand::Hold { on: false, .. } => return,
            MediaCommand::Hold { side, on: true } => format!("{side:?} on hold"),
            MediaCommand::Close(close) => match close.keep {
                Some(path) => format!("close, keep in {}", path.parent().unwrap().display()),
                None => "close".into(),
            },
        };
        self.told.lock().unwrap().push_back((session, text));
    }

    fn network(&self, v6: bool) -> Option<usize> {
        (!v6 || self.v6).then_some(usize::from(v6))
    }
}

/// Network 0 is of IPv4, network 1 of IPv6.
fn ports(network: usize, port: u16) -> LocalPorts {
    let host: IpAddr = ["192.0.2.2", "2001:db8::2"][network].parse().unwrap();
    LocalPorts {
        rtp: SocketAddr::new(host, port),
        rtcp: SocketAddr::new(host, port + 1),
    }
}

/// A trunk, a carrier with one gateway, everything rejected or cut that may be.
pub(crate) struct Setup {
    pub(crate) policy: Policy,
    pub(crate) dialects: Dialects,
    pub(crate) dialer: Box<dyn Fn(&mut Dialer)>,
    pub(crate) carrier: Box<dyn Fn(&mut Carrier)>,
    pub(crate) settings: Box<dyn Fn(&mut Settings)>,
    /// Media has ports of IPv6 too.
    pub(crate) media_v6: bool,
}

impl Default for Setup {
    fn default() -> Setup {
        let mut policy = Policy::default();
        for class in Class::ALL {
            policy.set_early(*class, EarlyAction::Reject);
            policy.set_answered(*class, AnswerAction::Cut);
        }
        Setup {
            policy,
            dialects: Dialects::default(),
            dialer: Box::new(|_| {}),
            carrier: Box::new(|_| {}),
            settings: Box::new(|_| {}),
            media_v6: true,
        }
    }
}

pub(crate) struct Stage {
    began: Instant,
    pub(crate) now: Instant,
    pub(crate) ends: Vec<Endpoint>,
    switchboard: Switchboard<Tape>,
    tape: Tape,
    notices: mpsc::Receiver<Notice>,
    wire: BTreeMap<(Instant, u64), (usize, usize, Vec<u8>)>,
    sent: u64,
    pub(crate) facts: Vec<VecDeque<Fact>>,
    pub(crate) ladder: String,
    pub(crate) reports: Vec<CallReport>,
    /// The newest INVITE that the dialer made.
    pub(crate) call: Option<CallId>,
    /// Headers that stand in the ladder beside the first line.
    pub(crate) shown: Vec<&'static str>,
    /// An INVITE to the carrier rings at the spare one too.
    forks: bool,
    dead: Vec<usize>,
}

impl Stage {
    pub(crate) fn new(setup: Setup) -> Stage {
        #[allow(clippy::disallowed_methods, reason = "some first moment")]
        let began = Instant::now();
        let mut carrier = Carrier::at("carrier", "sip:192.0.2.3:5060");
        (setup.carrier)(&mut carrier);
        let mut dialer = Dialer {
            policy: Arc::new(setup.policy),
            dialects: setup.dialects,
            ..Dialer::at("dialer", vec!["192.0.2.1/32".parse().unwrap()], carrier)
        };
        (setup.dialer)(&mut dialer);
        let shared = hearing(&Arc::new(Library::empty()));
        let mut settings = Settings {
            version: 1,
            dialers: vec![Arc::new(dialer)],
            emergency: vec!["112".into()],
            hearing: Some(shared),
            calls_max: 100,
            listeners_max: 100,
        };
        (setup.settings)(&mut settings);
        let tape = Tape {
            v6: setup.media_v6,
            ..Tape::default()
        };
        let (sender, notices) = mpsc::channel(10_000);
        let start = Start {
            settings: Arc::new(settings),
            locals: [DIALER, SIX]
                .map(|peer| (Protocol::Udp, address_for(US, address(peer))))
                .to_vec(),
            seed: [7; 32],
            epoch_s: 1_790_000_000,
            process: 4711,
        };
        let config = Config {
            info_packages: vec!["smartcpd".into()],
            allow: cpd_b2bua::switchboard::METHODS.map(String::from).to_vec(),
            ..Config::default()
        };
        Stage {
            began,
            now: began,
            ends: (1..6)
                .map(|seed| Endpoint::new(config.clone(), [seed; 32]))
                .collect(),
            switchboard: Switchboard::new(began, start, tape.clone(), sender),
            tape,
            notices,
            wire: BTreeMap::new(),
            sent: 0,
            facts: (0..5).map(|_| VecDeque::new()).collect(),
            ladder: String::new(),
            reports: Vec::new(),
            call: None,
            shown: Vec::new(),
            forks: false,
            dead: Vec::new(),
        }
    }

    fn flow(&self, from: usize, to: usize) -> Flow {
        Flow {
            protocol: Protocol::Udp,
            local: address_for(from, address(to)),
            remote: address_for(to, address(from)),
        }
    }

    /// The dialer calls `number`; `change` may add to its INVITE.
    pub(crate) fn invite(&mut self, number: &str, change: impl FnOnce(&mut Message)) {
        let options = InviteOptions {
            reliability: Reliability::Supported,
            ..InviteOptions::default()
        };
        self.invite_with(number, options, change);
    }

    pub(crate) fn invite_with(
        &mut self,
        number: &str,
        options: InviteOptions,
        change: impl FnOnce(&mut Message),
    ) {
        let uri = format!("sip:{number}@192.0.2.2");
        let mut draft = Message::request(Method::Invite, uri.as_bytes());
        draft.push(Name::FROM, b"\"Call centre\" <sip:4950001@192.0.2.1>");
        draft.push(Name::TO, format!("<{uri}>").as_bytes());
        draft.set_body("application/sdp", offer().as_bytes());
        change(&mut draft);
        let flow = self.flow(DIALER, US);
        let call = self.ends[DIALER].invite(self.now, flow, &draft, options).unwrap();
        self.call = Some(call);
        self.settle();
    }

    /// Has an end do something, and lets follow what follows.
    pub(crate) fn act<R>(&mut self, end: usize, work: impl FnOnce(&mut Endpoint, Instant) -> R) -> R {
        let done = work(&mut self.ends[end], self.now);
        self.settle();
        done
    }

    /// The INVITE that the carrier has; 50 ms are enough for it to come.
    pub(crate) fn invited(&mut self, end: usize) -> (DialogId, Message) {
        self.pass(50);
        let fact = self.take(end, |fact| matches!(fact, Fact::Invited { .. }));
        match fact {
            Some(Fact::Invited { dialog, request, .. }) => (dialog, request),
            _ => panic!("{} was not invited:\n{}", NAMES[end], self.ladder),
        }
    }

    /// The dialer's dialog, once it is answered.
    pub(crate) fn answered(&mut self) -> DialogId {
        match self.take(DIALER, |fact| matches!(fact, Fact::Answered { .. })) {
            Some(Fact::Answered { dialog, .. }) => dialog,
            _ => panic!("the dialer has no answer:\n{}", self.ladder),
        }
    }

    pub(crate) fn requested(&mut self, end: usize, method: &Method) -> (ServerId, Message) {
        let wanted =
            |fact: &Fact| matches!(fact, Fact::Request { request, .. } if request.method() == Some(method));
        match self.take(end, wanted) {
            Some(Fact::Request { server, request, .. }) => (server, request),
            _ => panic!("{} has no {method}:\n{}", NAMES[end], self.ladder),
        }
    }

    pub(crate) fn take(&mut self, end: usize, wanted: impl Fn(&Fact) -> bool) -> Option<Fact> {
        let place = self.facts[end].iter().position(wanted)?;
        self.facts[end].remove(place)
    }

    /// The carrier says something for its INVITE.
    pub(crate) fn says(&mut self, end: usize, dialog: DialogId, status: u16, sdp: Option<&str>) {
        let mut draft = Message::response(status, "");
        if let Some(sdp) = sdp {
            draft.set_body("application/sdp", sdp.as_bytes());
        }
        self.act(end, |endpoint, now| endpoint.answer(now, dialog, &draft).unwrap());
    }

    /// A detector says something of fork 0 of the only call, at a sample time that is the call's age.
    pub(crate) fn hears(&mut self, kind: EventKind) {
        let known = SampleTime(self.now.duration_since(self.began).as_millis() as u64 * 8);
        let event = Event {
            known,
            from: known,
            confidence: 1.0,
            kind,
        };
        let news = News::Heard {
            fork: ForkId(0),
            event,
            at: self.now,
        };
        self.switchboard
            .on_news(self.now, &mut self.ends[US], SessionId(1), news);
        self.settle();
    }

    pub(crate) fn verdict(&mut self, class: Class, confidence: f32, last: bool) {
        let text = class.as_str();
        self.line(format!("           (heard: {text} {confidence:.2})"));
        let decided = SampleTime(self.now.duration_since(self.began).as_millis() as u64 * 8);
        self.hears(EventKind::Verdict(Verdict {
            class,
            confidence,
            decided,
            evidence: Evidence::Greeting,
            runner_up: None,
            last,
        }));
    }

    /// Has a proxy's work done: what the carrier is invited to rings at the spare one too.
    pub(crate) fn fork(&mut self) {
        self.forks = true;
    }

    /// A gateway by name is at these ends, as the DNS has it.
    pub(crate) fn locate(&mut self, uri: &str, ends: &[usize]) {
        let target = |&end: &usize| Target {
            protocol: Protocol::Udp,
            address: address(end),
            name: "carrier.example".into(),
        };
        let targets = ends.iter().map(target).collect();
        self.switchboard.set_addresses(uri, targets);
    }

    /// Whether the carrier's only gateway is said to live.
    pub(crate) fn gateway_is_up(&self) -> bool {
        self.switchboard.gateway_states().iter().all(|(.., up)| *up)
    }

    /// An end is gone without a word.
    pub(crate) fn kill(&mut self, end: usize) {
        self.dead.push(end);
        self.line(format!("           ({} dies)", NAMES[end]));
    }

    /// It is back.
    pub(crate) fn revive(&mut self, end: usize) {
        self.dead.retain(|dead| *dead != end);
    }

    /// No media came from a side of the only call.
    pub(crate) fn silent(&mut self, side: Side) {
        self.line(format!("           ({side:?} silent)"));
        let news = News::Silent { side };
        self.switchboard
            .on_news(self.now, &mut self.ends[US], SessionId(1), news);
        self.settle();
    }

    /// What the switchboard wants to ask a script.
    pub(crate) fn question(&mut self) -> Option<Question> {
        self.switchboard.poll_question()
    }

    pub(crate) fn answer_invite(&mut self, ticket: u64, answer: Result<Option<Change>, Fault>) {
        self.switchboard
            .on_invite_answer(self.now, &mut self.ends[US], ticket, answer);
        self.settle();
    }

    pub(crate) fn answer_verdict(
        &mut self,
        ticket: VerdictTicket,
        verdict: &VerdictFacts,
        answer: Result<Option<Act>, Fault>,
    ) {
        self.switchboard
            .on_verdict_answer(self.now, &mut self.ends[US], ticket, verdict, answer);
        self.settle();
    }

    /// Lets so many milliseconds pass.
    pub(crate) fn pass(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        loop {
            let timers = self.ends.iter().filter_map(Endpoint::poll_timeout);
            let own = self.switchboard.poll_timeout();
            let wire = self.wire.keys().next().map(|(at, _)| *at);
            let next = timers.chain(own).chain(wire).min();
            let Some(at) = next.filter(|at| *at <= until) else {
                break;
            };
            self.now = self.now.max(at);
            while let Some(((at, number), _)) = self.wire.first_key_value()
                && *at <= self.now
            {
                let key = (*at, *number);
                let (from, to, bytes) = self.wire.remove(&key).unwrap();
                if self.dead.contains(&to) || self.dead.contains(&from) {
                    continue;
                }
                let flow = self.flow(to, from);
                self.ends[to].handle_datagram(self.now, flow, bytes);
                self.settle();
            }
            for end in &mut self.ends {
                if end.poll_timeout().is_some_and(|at| at <= self.now) {
                    end.handle_timeout(self.now);
                }
            }
            self.switchboard.on_timeout(self.now, &mut self.ends[US]);
            self.settle();
        }
        self.now = until;
    }

    fn settle(&mut self) {
        loop {
            let mut idle = true;
            for end in 0..self.ends.len() {
                while let Some(transmit) = self.ends[end].poll_transmit() {
                    idle = false;
                    self.send(end, transmit.flow.remote, &transmit.bytes);
                }
                while let Some(fact) = self.ends[end].poll_fact() {
                    idle = false;
                    if end == US {
                        self.switchboard.on_fact(self.now, &mut self.ends[US], fact);
                    } else {
                        self.facts[end].push_back(fact);
                    }
                }
            }
            let told = self.tape.told.lock().unwrap().pop_front();
            if let Some((session, text)) = told {
                idle = false;
                self.line(format!("           [media {text}]"));
                if text.starts_with("close") {
                    let closed = News::Closed {
                        caller: SideStats::default(),
                        callee: SideStats::default(),
                        recording: None,
                    };
                    self.switchboard
                        .on_news(self.now, &mut self.ends[US], session, closed);
                }
            }
            while let Ok(notice) = self.notices.try_recv() {
                if let Notice::Ended(report) = notice {
                    self.reports.push(*report);
                }
            }
            if idle {
                return;
            }
        }
    }

    fn send(&mut self, from: usize, to: SocketAddr, bytes: &[u8]) {
        let message = Message::parse_datagram(bytes.to_vec()).expect("we send what can be read");
        let to = (0..self.ends.len())
            .find(|&end| address_for(end, to) == to)
            .expect("sent to nobody");
        if message.status() != 100 {
            let line = self.describe(from, to, &message);
            self.line(line);
        }
        let forked = self.forks && from == US && to == CARRIER && message.method() == Some(&Method::Invite);
        for to in std::iter::once(to).chain(forked.then_some(SPARE)) {
            self.sent += 1;
            let packet = (from, to, bytes.to_vec());
            self.wire.insert((self.now + DELAY, self.sent), packet);
        }
    }

    fn describe(&self, from: usize, to: usize, message: &Message) -> String {
        let mut text = match message.method() {
            Some(method) => format!("{method} {}", String::from_utf8_lossy(message.uri())),
            None => {
                let cseq = message.cseq().unwrap().method;
                let reason = String::from_utf8_lossy(message.reason());
                format!("{} {reason} ({cseq})", message.status())
            }
        };
        // Contacts of ours and of peers are all alike; numbers count.
        text = text.replace("sip:192.0.2.", "sip:.");
        if let Some(content) = message.header(Name::CONTENT_TYPE) {
            let _ = write!(
                text,
                " [{}]",
                String::from_utf8_lossy(content).split(';').next().unwrap()
            );
        }
        for name in &self.shown {
            for value in message.all(*name) {
                let _ = write!(text, " | {name}: {}", String::from_utf8_lossy(value));
            }
        }
        if !self.shown.is_empty() && message.part("application/sdp").is_none() && !message.body().is_empty() {
            let body = String::from_utf8_lossy(message.body())
                .trim_end()
                .replace("\r\n", " ");
            let _ = write!(text, " | {body}");
        }
        let arrow = if from < to { "→" } else { "←" };
        let (left, right) = (from.min(to), from.max(to));
        format!("{:<8} {arrow} {:<8}  {text}", NAMES[left], NAMES[right])
    }

    fn line(&mut self, text: String) {
        let ms = self.now.duration_since(self.began).as_millis();
        let _ = writeln!(self.ladder, "{ms:>6}  {text}");
    }

    /// What the ends still hold, after all timers have run out.
    pub(crate) fn leaks(&mut self) -> String {
        self.pass(5 * 3_600_000);
        let mut left = String::new();
        for (end, endpoint) in self.ends.iter().enumerate() {
            let counts = endpoint.counts();
            if counts != Default::default() && !self.dead.contains(&end) {
                let _ = write!(left, "{} {counts:?} ", NAMES[end]);
            }
        }
        let figures = self.switchboard.figures();
        if figures.calls + figures.listeners > 0 {
            let _ = write!(left, "switchboard {figures:?}");
        }
        left
    }

    /// Compares the ladder with the text of this name, and finds that nothing is left over.
    pub(crate) fn check(mut self, name: &str) {
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/switchboard/ladders/{name}.txt"));
        let ladder = std::mem::take(&mut self.ladder);
        assert_eq!(self.leaks(), "", "left over after\n{ladder}");
        if std::env::var_os("LADDERS").is_some_and(|value| value == "write") {
            std::fs::write(&path, &ladder).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            ladder == expected,
            "{name}: expected\n{expected}\nbut it went\n{ladder}"
        );
    }
}
