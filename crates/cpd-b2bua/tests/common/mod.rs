//! One of our endpoints behind real sockets, doing what a test tells it and counting what happened.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(unreachable_pub, clippy::unwrap_used, reason = "a module of tests")]

pub mod sipp;
pub mod tls;

use cpd_b2bua::transport::{self, ConnectionError, Handle, Listener, TransportConfig, User};
use cpd_sip::admission::{AddressList, Admission, AdmissionConfig, Treatment};
use cpd_sip::endpoint::InviteOptions;
use cpd_sip::message::Name;
use cpd_sip::transaction::BaseTimers;
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Config, Endpoint, Fact, Message, Method};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

pub const SDP: &[u8] =
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

/// The longest that anything may take here; a hang is a failure, and says what it waited for. Everything here takes a
/// few seconds, and ten times that on a machine that has ten times as much to do.
const PATIENCE: Duration = Duration::from_secs(60);

type Act = Box<dyn FnMut(Instant, &mut Endpoint, &Fact) + Send>;

pub struct Agent {
    act: Act,
    told: BTreeMap<String, usize>,
    failures: Vec<String>,
}

impl User for Agent {
    fn on_fact(&mut self, now: Instant, endpoint: &mut Endpoint, fact: Fact) {
        *self.told.entry(name(&fact)).or_default() += 1;
        (self.act)(now, endpoint, &fact);
    }

    fn on_connection_failed(&mut self, error: &ConnectionError) {
        self.failures.push(format!("failed to {error}"));
    }
}

fn name(fact: &Fact) -> String {
    match fact {
        Fact::Invited { .. } => "invited".into(),
        Fact::Progress { response, .. } => format!("progress {}", response.status()),
        Fact::Answered { .. } => "answered".into(),
        Fact::Failed { failure, .. } => format!("failed {failure:?}"),
        Fact::Acknowledged { .. } => "acknowledged".into(),
        Fact::Request { request, .. } => {
            let method = request.method().map(|method| format!("{method:?}"));
            format!("request {}", method.unwrap_or_default())
        }
        Fact::Pracked { .. } => "pracked".into(),
        Fact::Refreshed { .. } => "refreshed".into(),
        Fact::Response { response, .. } => match response {
            Ok(response) => format!("response {}", response.status()),
            Err(failure) => format!("no response: {failure:?}"),
        },
        Fact::Ended { ending, .. } => format!("ended {ending:?}"),
    }
}

pub struct Phone {
    pub handle: Handle<Agent>,
    task: JoinHandle<Agent>,
}

/// T1 is 50 ms: transactions linger for 3.2 s and not for 32 s. They also give up then, so it cannot be much shorter: on a
/// busy machine (load 10 on two cores) a SIPp was seen that did not run for 0.9 s.
pub const TIMERS: BaseTimers = BaseTimers {
    t1: Duration::from_millis(50),
    t2: Duration::from_millis(400),
    t4: Duration::from_millis(500),
};

pub fn quick() -> Config {
    Config {
        timers: TIMERS,
        ..Config::default()
    }
}

pub fn transport_config(host: &str, protocols: &[Protocol]) -> TransportConfig {
    let listener = |protocol: &Protocol| Listener {
        protocol: *protocol,
        bind: SocketAddr::new(host.parse().unwrap(), 0),
        public: None,
    };
    TransportConfig {
        listeners: protocols.iter().map(listener).collect(),
        admission: Admission::new(AdmissionConfig::default(), AddressList::new(Treatment::Trusted)),
        ..TransportConfig::default()
    }
}

impl Phone {
    pub async fn new(
        config: TransportConfig,
        endpoint: Config,
        act: impl FnMut(Instant, &mut Endpoint, &Fact) + Send + 'static,
    ) -> Phone {
        let agent = Agent {
            act: Box::new(act),
            told: BTreeMap::new(),
            failures: Vec::new(),
        };
        let endpoint = Endpoint::new(endpoint, [7; 32]);
        let (handle, task) = transport::start(config, endpoint, agent).await.unwrap();
        Phone { handle, task }
    }

    pub fn address(&self, listener: usize) -> SocketAddr {
        self.handle.locals()[listener].1
    }

    pub fn flow(&self, protocol: Protocol, remote: SocketAddr) -> Flow {
        self.handle.flow(protocol, remote).unwrap()
    }

    pub async fn call(&self, flow: Flow, options: InviteOptions) {
        let draft = invite(flow);
        let called = self
            .handle
            .ask(move |now, endpoint, _| endpoint.invite(now, flow, &draft, options));
        called.await.unwrap().unwrap();
    }

    pub async fn told(&self, what: &str) -> usize {
        let what = what.to_string();
        let told = self.handle.ask(move |_, _, agent| agent.told.get(&what).copied());
        told.await.unwrap().unwrap_or(0)
    }

    /// Waits until a fact was told so often.
    pub async fn wait_told(&self, what: &str, times: usize) {
        let end = Instant::now() + PATIENCE;
        while self.told(what).await < times {
            if Instant::now() > end {
                let told = self.handle.ask(|_, _, agent| agent.told.clone()).await;
                panic!("waited for {times} × {what:?}; told: {told:?}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until no connection is left.
    pub async fn wait_alone(&self) {
        let end = Instant::now() + PATIENCE;
        while self.handle.counters().await.unwrap().connections > 0 {
            assert!(Instant::now() < end, "a connection stays");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub async fn failures(&self) -> Vec<String> {
        self.handle
            .ask(|_, _, agent| agent.failures.clone())
            .await
            .unwrap()
    }

    /// Waits until a connection failed so.
    pub async fn wait_failure(&self, what: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.failures().await.iter().any(|failure| failure == what) {
            assert!(Instant::now() < end, "failures: {:?}", self.failures().await);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until so many calls of ours ended, or failed to connect.
    pub async fn wait_over(&self, calls: usize) {
        let end = Instant::now() + PATIENCE;
        while self.told("ended Local").await + self.told("failed Unreachable").await < calls {
            assert!(
                Instant::now() < end,
                "calls hang; failures: {:?}",
                self.failures().await
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until nothing of any call is left, then shuts down.
    pub async fn finish(self) {
        let end = Instant::now() + PATIENCE;
        loop {
            let counts = self.handle.ask(|_, endpoint, _| endpoint.counts()).await.unwrap();
            if counts == Default::default() {
                break;
            }
            assert!(Instant::now() < end, "left over: {counts:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.handle.shutdown().await;
        self.ended().await;
    }

    /// Waits until a shutdown is over.
    pub async fn ended(self) {
        let ended = tokio::time::timeout(PATIENCE, self.task).await;
        ended.expect("it drains").unwrap();
    }
}

pub fn invite(flow: Flow) -> Message {
    let uri = format!("sip:callee@{}", flow.remote);
    let mut draft = Message::request(Method::Invite, uri.as_bytes());
    draft.push_fmt(Name::FROM, format_args!("<sip:caller@{}>", flow.local));
    draft.push_fmt(Name::TO, format_args!("<{uri}>"));
    draft.set_body("application/sdp", SDP);
    draft
}

pub fn response(status: u16) -> Message {
    let mut draft = Message::response(status, "");
    draft.set_body("application/sdp", SDP);
    draft
}

/// Answers every call with these.
pub fn answering(statuses: &'static [u16]) -> impl FnMut(Instant, &mut Endpoint, &Fact) + Send + 'static {
    move |now, endpoint, fact| {
        if let Fact::Invited { dialog, .. } = fact {
            for status in statuses {
                endpoint.answer(now, *dialog, &response(*status)).unwrap();
            }
        }
    }
}

/// Hangs up when the call is answered.
pub fn hanging_up() -> impl FnMut(Instant, &mut Endpoint, &Fact) + Send + 'static {
    |now, endpoint, fact| {
        if let Fact::Answered { dialog, .. } = fact {
            endpoint.bye(now, *dialog, None).unwrap();
        }
    }
}
