//! A node between a SIPp that dials and a SIPp that is the carrier.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cpd_b2bua::dialect::{Dialect, Dialects};
use cpd_b2bua::media::{MediaConfig, Network};
use cpd_b2bua::node::{Node, NodeConfig, Status};
use cpd_b2bua::switchboard::{CallReport, METHODS, Notice};
use cpd_b2bua::transport::{Listener, Tls, TransportConfig};
use cpd_b2bua::trunk::{Carrier, Dialer, Settings};
use cpd_call::{AnswerAction, EarlyAction, Policy};
use cpd_detect::{Class, Library, Plans, SampleRate, Shared};
use cpd_sip::admission::{AddressList, Admission, AdmissionConfig, Treatment};
use cpd_sip::endpoint::Reliability;
use cpd_sip::transport::Protocol;
use tokio::sync::mpsc;

use crate::audio;
use crate::common::TIMERS;
use crate::common::sipp::Trace;
use crate::script::{End, compose};

/// Two at once meet each other; each lasts as long as what is played.
const CALLS: usize = 2;
/// The longest call here takes 6 s, and ten times that on a machine that has ten times as much to do; beyond this it
/// hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Everything that may be rejected is; SIP on UDP, on IPv4.
pub(crate) struct Setup {
    pub(crate) listeners: Vec<(Protocol, IpAddr)>,
    pub(crate) tls: Option<Tls>,
    pub(crate) policy: Policy,
    pub(crate) dialects: Vec<&'static str>,
    pub(crate) dialer: Box<dyn Fn(&mut Dialer)>,
    pub(crate) carrier: Box<dyn Fn(&mut Carrier)>,
    pub(crate) dialer_over: Protocol,
    pub(crate) carrier_over: Protocol,
    pub(crate) calls: usize,
    /// More arguments for the SIPp that dials.
    pub(crate) arguments: Vec<&'static str>,
    pub(crate) recordings: Option<PathBuf>,
    pub(crate) rtp_timeout: Duration,
    pub(crate) media_ports: u16,
    pub(crate) calls_max: usize,
}

impl Default for Setup {
    fn default() -> Setup {
        let mut policy = Policy::default();
        // SIPp's sound stutters on a busy machine.
        policy.answer_limit = Duration::from_secs(12);
        for class in Class::ALL {
            policy.set_early(*class, EarlyAction::Reject);
            policy.set_answered(*class, AnswerAction::Cut);
        }
        let here = IpAddr::from(Ipv4Addr::LOCALHOST);
        Setup {
            listeners: vec![(Protocol::Udp, here), (Protocol::Tcp, here)],
            tls: None,
            policy,
            dialects: Vec::new(),
            dialer: Box::new(|_| {}),
            carrier: Box::new(|_| {}),
            dialer_over: Protocol::Udp,
            carrier_over: Protocol::Udp,
            calls: CALLS,
            arguments: Vec::new(),
            recordings: None,
            rtp_timeout: Duration::from_secs(30),
            media_ports: 64,
            calls_max: 100,
        }
    }
}

impl Setup {
    pub(crate) fn speaking(dialects: &[&'static str]) -> Setup {
        Setup {
            dialects: dialects.to_vec(),
            ..Setup::default()
        }
    }
}

/// A node, and what it told.
pub(crate) struct House {
    pub(crate) name: &'static str,
    node: Node,
    notices: mpsc::Receiver<Notice>,
    pub(crate) reports: Vec<CallReport>,
    /// Notices other than of calls, in a word each.
    pub(crate) told: Vec<String>,
    /// How often, of those that were read by the way.
    pub(crate) told_often: BTreeMap<String, usize>,
    pub(crate) carrier_port: u16,
    pub(crate) media: std::ops::RangeInclusive<u16>,
    setup: Setup,
    traces: Traces,
}

/// What all SIPps of a house wrote down: when one fails, the other one's side is wanted too.
#[derive(Clone, Default)]
struct Traces(Arc<Mutex<Vec<Trace>>>);

impl Traces {
    fn begin(&self, name: &str) -> Trace {
        let trace = Trace::new(&scratch(), name);
        self.0.lock().unwrap().push(trace.clone());
        trace
    }

    fn ladders(&self) -> String {
        let traces = self.0.lock().unwrap();
        traces
            .iter()
            .map(|trace| format!("\n{}", trace.ladder()))
            .collect()
    }
}

/// Runs a dialer's and a carrier's script against a node, and gives what is recorded of the calls.
pub(crate) async fn run(
    name: &'static str,
    setup: Setup,
    dialer: impl AsRef<str>,
    carrier: impl AsRef<str>,
) -> Vec<CallReport> {
    let calls = setup.calls;
    let mut house = House::open(name, setup).await;
    let carrier = house.carrier(carrier.as_ref()).await;
    let dialer = house.dialer(dialer.as_ref());
    dialer.succeeds().await;
    carrier.succeeds().await;
    house.wait_reports(calls).await;
    house.close().await
}

impl House {
    pub(crate) async fn open(name: &'static str, setup: Setup) -> House {
        let carrier_port = free_port();
        let listener = |&(protocol, host): &(Protocol, IpAddr)| Listener {
            protocol,
            bind: SocketAddr::new(host, 0),
            public: None,
        };
        let mut hosts: Vec<IpAddr> = setup.listeners.iter().map(|(_, host)| *host).collect();
        hosts.dedup();
        let first = range(setup.media_ports);
        let media = first..=first + setup.media_ports - 1;
        let config = NodeConfig {
            transport: TransportConfig {
                listeners: setup.listeners.iter().map(listener).collect(),
                tls: setup.tls.clone(),
                admission: Admission::new(AdmissionConfig::default(), AddressList::new(Treatment::Trusted)),
                drain_limit: Duration::from_secs(5),
                ..TransportConfig::default()
            },
            endpoint: cpd_sip::Config {
                timers: TIMERS,
                allow: METHODS.map(String::from).to_vec(),
                info_packages: vec!["smartcpd".into()],
                ..cpd_sip::Config::default()
            },
            media: MediaConfig {
                networks: hosts.into_iter().map(Network::at).collect(),
                ports: media.clone(),
                threads: 1,
                rtp_timeout: setup.rtp_timeout,
                recordings: setup.recordings.clone(),
                ..MediaConfig::default()
            },
            settings: Arc::new(settings(&setup, carrier_port)),
            seed: [7; 32],
            scripts: None,
            epoch_s: 1_790_000_000,
            process: 4711,
        };
        let (sender, notices) = mpsc::channel(10_000);
        let (failures, _) = mpsc::channel(10);
        let node = Node::start(Instant::now(), config, sender, failures)
            .await
            .unwrap();
        House {
            name,
            node,
            notices,
            reports: Vec::new(),
            told: Vec::new(),
            told_often: BTreeMap::new(),
            carrier_port,
            media,
            setup,
            traces: Traces::default(),
        }
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    /// The carrier is another one for new calls, as after a reload.
    pub(crate) async fn set_carrier(&mut self, carrier: Box<dyn Fn(&mut Carrier)>) {
        self.setup.carrier = carrier;
        let settings = settings(&self.setup, self.carrier_port);
        self.node.set_settings(Arc::new(settings)).await.unwrap();
    }

    /// Where the node takes calls.
    pub(crate) fn address(&self, protocol: Protocol) -> SocketAddr {
        let mut locals = self.node.locals().iter();
        locals.find(|(own, _)| *own == protocol).unwrap().1
    }

    /// Starts the carrier, and waits until it has its socket.
    pub(crate) async fn carrier(&self, script: &str) -> Sipp {
        self.carrier_at(script, self.carrier_port, self.setup.calls).await
    }

    pub(crate) async fn carrier_at(&self, script: &str, port: u16, calls: usize) -> Sipp {
        let protocol = self.setup.carrier_over;
        let rtp = range(20).to_string();
        let sipp = Sipp::start(
            &self.traces,
            format!("{}-carrier-{port}", self.name),
            compose(End::Carrier, script, audio::file),
            protocol,
            port,
            calls,
            &["-mp", &rtp],
        );
        wait_bound(protocol, port).await;
        sipp
    }

    /// Starts the dialer.
    pub(crate) fn dialer(&self, script: &str) -> Sipp {
        let protocol = self.setup.dialer_over;
        let target = self.address(protocol).to_string();
        let rtp = range(20).to_string();
        let mut arguments = vec!["-mp", &rtp];
        arguments.extend(&self.setup.arguments);
        arguments.push(&target);
        Sipp::start(
            &self.traces,
            format!("{}-dialer", self.name),
            compose(End::Dialer, script, audio::file),
            protocol,
            free_port(),
            self.setup.calls,
            &arguments,
        )
    }

    pub(crate) async fn wait_reports(&mut self, calls: usize) {
        let end = Instant::now() + LIMIT;
        while self.reports.len() < calls {
            let left = end.saturating_duration_since(Instant::now());
            match tokio::time::timeout(left, self.notices.recv()).await {
                Ok(Some(notice)) => self.note(notice),
                _ => panic!(
                    "{}: {} of {calls} calls ended{}",
                    self.name,
                    self.reports.len(),
                    self.traces.ladders()
                ),
            }
        }
    }

    /// Reads what is told for so long.
    pub(crate) async fn read_for(&mut self, time: Duration) {
        let end = tokio::time::Instant::now() + time;
        while let Ok(Some(notice)) = tokio::time::timeout_at(end, self.notices.recv()).await {
            self.note(notice);
        }
        for told in self.told.drain(..) {
            *self.told_often.entry(told).or_default() += 1;
        }
    }

    /// Waits until something was told.
    pub(crate) async fn wait_told(&mut self, what: &str) {
        let end = Instant::now() + LIMIT;
        while !self.told.iter().any(|told| told == what) {
            let left = end.saturating_duration_since(Instant::now());
            match tokio::time::timeout(left, self.notices.recv()).await {
                Ok(Some(notice)) => self.note(notice),
                _ => panic!(
                    "{}: not told {what}, but {:?}{}",
                    self.name,
                    self.told,
                    self.traces.ladders()
                ),
            }
        }
    }

    fn note(&mut self, notice: Notice) {
        match notice {
            Notice::Ended(report) => self.reports.push(*report),
            Notice::Refused { status, why, .. } => self.told.push(format!("refused {status} {why}")),
            Notice::Gateway { up, .. } => self.told.push(format!("gateway up {up}")),
            Notice::Registration { registered, .. } => self.told.push(format!("registered {registered}")),
            Notice::ScriptFailed(fault) => self.told.push(format!("script failed: {fault:?}")),
            Notice::Told { telling, .. } => {
                let class = telling.told.class();
                self.told.extend(class.map(|class| format!("heard {class:?}")));
            }
            Notice::Began { .. } | Notice::Locate { .. } => {}
        }
    }

    /// Waits until the node is so.
    pub(crate) async fn wait(&self, what: &str, is: impl Fn(&Status) -> bool) {
        let end = Instant::now() + LIMIT;
        loop {
            let status = self.status().await;
            if is(&status) {
                return;
            }
            assert!(
                Instant::now() < end,
                "{}: not {what}: {status:?}{}",
                self.name,
                self.traces.ladders()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn status(&self) -> Status {
        self.node.status().await.unwrap()
    }

    /// Finds that nothing of any call is left, and ends.
    pub(crate) async fn close(mut self) -> Vec<CallReport> {
        let end = Instant::now() + LIMIT;
        loop {
            let status = self.status().await;
            let left = (status.calls.calls, status.calls.listeners, status.media.sessions);
            if left == (0, 0, 0) && status.sip == Default::default() {
                break;
            }
            assert!(
                Instant::now() < end,
                "{}: left over: {status:?}{}",
                self.name,
                self.traces.ladders()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.node.stop(Duration::from_secs(10)).await.unwrap();
        while let Ok(notice) = self.notices.try_recv() {
            if let Notice::Ended(report) = notice {
                self.reports.push(*report);
            }
        }
        self.reports
    }
}

fn settings(setup: &Setup, carrier_port: u16) -> Settings {
    let over = setup.carrier_over.uri_param();
    let mut carrier = Carrier {
        reliability: Reliability::Absent,
        ..Carrier::at("carrier", format!("sip:127.0.0.1:{carrier_port}{over}"))
    };
    carrier.gateways[0].priority = 2;
    (setup.carrier)(&mut carrier);
    let dialects = setup.dialects.iter().map(|name| Dialect::named(name).unwrap());
    let mut dialer = Dialer {
        policy: Arc::new(setup.policy.clone()),
        dialects: Dialects::new(dialects).unwrap(),
        calls_max: setup.calls_max,
        ..Dialer::at(
            "dialer",
            ["127.0.0.1/32", "::1/128"]
                .map(|network| network.parse().unwrap())
                .to_vec(),
            carrier,
        )
    };
    (setup.dialer)(&mut dialer);
    Settings {
        version: 1,
        dialers: vec![Arc::new(dialer)],
        emergency: vec!["112".into()],
        hearing: Some(hearing()),
        calls_max: setup.calls_max,
        listeners_max: setup.calls_max,
    }
}

fn hearing() -> Shared {
    Shared::new(
        SampleRate::NARROWBAND,
        Arc::new(Plans::built_in()),
        Arc::new(Library::empty()),
    )
}

/// Ports for one end of one test, below those that the kernel gives away, and not those of others on this machine.
fn range(count: u16) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = 12_000 + (std::process::id() % 8) as u16 * 2_400;
    loop {
        let first = begin + NEXT.fetch_add(count, Ordering::Relaxed);
        let free = |port| std::net::UdpSocket::bind(("127.0.0.1", port)).is_ok();
        if (first..first + count).all(free) {
            return first;
        }
    }
}

pub(crate) fn free_port() -> u16 {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

/// True if SIPp is here; panics where it has to be.
pub(crate) fn sipp_is_here() -> bool {
    let mut version = std::process::Command::new("sipp");
    version.arg("-v").stdout(Stdio::null()).stderr(Stdio::null());
    if version.status().is_ok() {
        return true;
    }
    let required =
        std::env::var("CI").is_ok_and(|ci| ci == "true") || std::env::var_os("CPD_SIPP_REQUIRED").is_some();
    assert!(!required, "failed to run sipp: it is not installed (make tools)");
    eprintln!("sipp is not installed (make tools): this test is left out");
    false
}

/// SIPp at work; it ends with its owner.
pub(crate) struct Sipp {
    child: std::process::Child,
    trace: Trace,
    traces: Traces,
    name: String,
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // One that has ended is not killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sipp {
    fn start(
        traces: &Traces,
        name: String,
        scenario: String,
        protocol: Protocol,
        port: u16,
        calls: usize,
        arguments: &[&str],
    ) -> Sipp {
        let file = scratch().join(format!("{name}.xml"));
        std::fs::write(&file, scenario).unwrap();
        let trace = traces.begin(&name);
        let transport = if protocol == Protocol::Udp { "u1" } else { "t1" };
        let child = std::process::Command::new("sipp")
            .arg("-sf")
            .arg(&file)
            .args(["-i", "127.0.0.1", "-mi", "127.0.0.1", "-t", transport, "-nostdin"])
            .args(["-p", &port.to_string(), "-m", &calls.to_string(), "-r", "10"])
            .args(["-recv_timeout", "30000"])
            .args(trace.arguments())
            .args(arguments)
            .current_dir(scratch())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Sipp {
            child,
            trace,
            traces: traces.clone(),
            name,
        }
    }

    pub(crate) async fn succeeds(mut self) {
        let end = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "{} hangs: {}", self.name, self.told());
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        assert!(status.success(), "{}: {status}: {}", self.name, self.told());
        let strange = self.trace.strange();
        assert!(
            strange.is_none(),
            "{}: {strange:?} was unexpected: {}",
            self.name,
            self.told()
        );
    }

    /// kill -9.
    pub(crate) fn dies(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn told(&self) -> String {
        format!("{}{}", self.trace.errors(), self.traces.ladders())
    }
}

/// Where scenarios and what SIPp wrote down lie, for reading when a test fails.
fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// Waits until SIPp has its socket, by the kernel's table: a packet to try it would be taken for a call.
async fn wait_bound(protocol: Protocol, port: u16) {
    let table = if protocol == Protocol::Udp {
        "/proc/net/udp"
    } else {
        "/proc/net/tcp"
    };
    let address = format!("0100007F:{port:04X} 00000000:0000");
    let end = Instant::now() + LIMIT;
    while !std::fs::read_to_string(table).unwrap().contains(&address) {
        assert!(Instant::now() < end, "sipp does not listen on port {port}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
