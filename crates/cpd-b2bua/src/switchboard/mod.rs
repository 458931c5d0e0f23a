//! All calls of this process: translates between SIP, the calls' own signals, and media.
//!
//! ```text
//!   Fact (cpd-sip) ─┐                         ┌─ requests and responses on an Endpoint
//!   News (media)   ─┼─► Input ► Call ► Output ┼─ MediaCommand
//!   deadlines      ─┘                         └─ Notice: records, tellings
//! ```
//!
//! It runs in the task that owns the endpoint and waits for nobody: no lock, no database, no look-up in the DNS. What it
//! decides by is [`Settings`], replaced whole; a call keeps those it began with.
//!
//! - `incoming`: whose call it is, whether it is taken. `outgoing`: the carrier's side. `within`: requests in the
//!   two dialogs. `perform`: what a call wants done. `tell`: verdicts in the dialer's dialects. `describe`: SDP.
//!   `consult`: scripts.
//! - `gateways`: which servers of carriers live, where they are. `report`: what others are told.

mod bridge;
mod consult;
mod describe;
pub(crate) mod gateways;
mod incoming;
mod outgoing;
mod perform;
mod random;
mod report;
mod tell;
mod within;

pub use consult::{Question, VerdictTicket};
pub use report::{CallReport, Notice};

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use cpd_call::{Cause, Deaf, Fork, Heard, Input, Leg};
use cpd_detect::Library;
use cpd_sip::digest;
use cpd_sip::endpoint::{CallId, CredentialsId, DialogId, RequestId};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Endpoint, Fact};
use tokio::sync::mpsc;

use crate::media::{
    DeafReason, LocalPorts, MediaCommand, MediaPool, News, OpenError, OpenPlan, Opened, SessionId, Side,
};
use crate::trunk::Settings;
use bridge::Bridge;
use consult::Pending;
use gateways::Gateways;
use random::Random;
use within::Relayed;

/// What carries the sound of calls.
pub trait Media: Send + 'static {
    /// Takes ports and begins a session.
    fn open(&mut self, session: SessionId, plan: OpenPlan) -> Result<Opened, OpenError>;
    /// Takes other ports for the callee's side of a session.
    fn move_callee(&mut self, session: SessionId, network: usize) -> Result<LocalPorts, OpenError>;
    /// Tells a session something.
    fn send(&mut self, session: SessionId, command: MediaCommand);
    /// The first network of a kind of address.
    fn network(&self, v6: bool) -> Option<usize>;
}

impl Media for Arc<MediaPool> {
    fn open(&mut self, session: SessionId, plan: OpenPlan) -> Result<Opened, OpenError> {
        MediaPool::open(self, session, plan)
    }
    fn move_callee(&mut self, session: SessionId, network: usize) -> Result<LocalPorts, OpenError> {
        MediaPool::move_callee(self, session, network)
    }
    fn send(&mut self, session: SessionId, command: MediaCommand) {
        MediaPool::send(self, session, command);
    }
    fn network(&self, v6: bool) -> Option<usize> {
        MediaPool::network(self, v6)
    }
}

/// What is counted, and what stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Calls that stand.
    pub calls: usize,
    /// Calls that are over and whose report waits for what media has to say.
    pub closing: usize,
    /// Calls that are listened to.
    pub listeners: usize,
    /// Calls that were begun.
    pub begun: u64,
    /// Calls that were turned away: capacity, draining, no route, no credentials.
    pub refused: u64,
    /// Notices that nobody took in time.
    pub notices_lost: u64,
    /// Tellings that could not be said in the dialer's dialect.
    pub unsaid: u64,
}

/// What a switchboard is begun with.
pub struct Start {
    /// What calls are measured by.
    pub settings: Arc<Settings>,
    /// Our own addresses, as peers reach them.
    pub locals: Vec<(Protocol, SocketAddr)>,
    /// 32 bytes that nobody can guess.
    pub seed: [u8; 32],
    /// Seconds since 1970 when the process began, and its number: parts of names of calls.
    pub epoch_s: u64,
    /// The process.
    pub process: u32,
}

/// All calls of this process.
pub struct Switchboard<M> {
    settings: Arc<Settings>,
    media: M,
    locals: Vec<(Protocol, SocketAddr)>,
    bridges: HashMap<u64, Box<Bridge>>,
    dialogs: HashMap<DialogId, (u64, Whose)>,
    invites: HashMap<CallId, u64>,
    relays: HashMap<RequestId, Relayed>,
    /// Legs that were asked whether they live.
    asks: HashMap<RequestId, (u64, Leg)>,
    timers: BTreeSet<(Instant, u64)>,
    /// Calls that stand, by trunk.
    by_dialer: HashMap<String, usize>,
    /// Calls that are over and wait for what media has to say of them.
    closing: HashMap<u64, Box<CallReport>>,
    /// Calls that wait for their scripts.
    pending: HashMap<u64, Pending>,
    questions: VecDeque<Question>,
    next_ticket: u64,
    digest: digest::Server,
    credentials: HashMap<String, CredentialsId>,
    gateways: Gateways,
    draining: bool,
    random: Random,
    next: u64,
    epoch_s: u64,
    process: u32,
    figures: Figures,
    notices: mpsc::Sender<Notice>,
    /// Where no library was loaded.
    no_prompts: Library,
}

/// Whose dialog it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Caller,
    Callee(Fork),
}

/// The methods that an endpoint with a switchboard understands, for `Allow`.
pub const METHODS: [&str; 11] = [
    "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "PRACK", "UPDATE", "INFO", "REFER", "NOTIFY", "MESSAGE",
];

/// The realm that dialers are asked in.
const REALM: &str = "smartcpd";

impl<M: Media> Switchboard<M> {
    /// A switchboard without calls. `notices` should have room for some thousands.
    pub fn new(now: Instant, start: Start, media: M, notices: mpsc::Sender<Notice>) -> Switchboard<M> {
        let mut random = Random::new(start.seed);
        let mut challenge = digest::ServerConfig::new(REALM);
        // What is offered, and accepted, is the dialer's.
        challenge.algorithms = vec![
            digest::Algorithm::MD5,
            digest::Algorithm::SHA_256,
            digest::Algorithm::SHA_512_256,
        ];
        let digest = digest::Server::new(challenge, random.bytes(), now);
        let mut switchboard = Switchboard {
            gateways: Gateways::default(),
            settings: start.settings,
            media,
            locals: start.locals,
            bridges: HashMap::new(),
            dialogs: HashMap::new(),
            invites: HashMap::new(),
            relays: HashMap::new(),
            asks: HashMap::new(),
            timers: BTreeSet::new(),
            by_dialer: HashMap::new(),
            closing: HashMap::new(),
            pending: HashMap::new(),
            questions: VecDeque::new(),
            next_ticket: 1,
            digest,
            credentials: HashMap::new(),
            draining: false,
            random,
            next: 1,
            epoch_s: start.epoch_s,
            process: start.process,
            figures: Figures::default(),
            notices,
            no_prompts: Library::empty(),
        };
        switchboard.follow_settings(now);
        switchboard
    }

    /// Replaces what new calls are measured by.
    pub fn set_settings(&mut self, now: Instant, endpoint: &mut Endpoint, settings: Arc<Settings>) {
        self.settings = settings;
        // Passwords may have changed.
        for (_, id) in self.credentials.drain() {
            endpoint.remove_credentials(id);
        }
        self.follow_settings(now);
    }

    /// Our own addresses, as peers reach them.
    pub fn set_locals(&mut self, now: Instant, locals: Vec<(Protocol, SocketAddr)>) {
        self.locals = locals;
        self.follow_settings(now);
    }

    /// Takes no new calls from now on, or does again.
    pub fn set_draining(&mut self, draining: bool) {
        self.draining = draining;
    }

    /// Ends every call.
    pub fn end_all(&mut self, now: Instant, endpoint: &mut Endpoint, cause: &Cause) {
        let ids: Vec<u64> = self.bridges.keys().copied().collect();
        for id in ids {
            self.input(now, endpoint, id, Input::End(cause.clone()));
        }
    }

    /// What is counted, and what stands.
    pub fn figures(&self) -> Figures {
        Figures {
            calls: self.bridges.len(),
            closing: self.closing.len(),
            ..self.figures
        }
    }

    /// How carriers' servers are: carrier, URI, whether it answers.
    pub fn gateway_states(&self) -> Vec<(String, String, bool)> {
        self.gateways.states()
    }

    /// The addresses that a gateway's URI leads to, as the DNS has them now.
    pub fn set_addresses(&mut self, uri: &str, targets: Vec<cpd_sip::locate::Target>) {
        self.gateways.set_addresses(uri, targets);
    }

    /// Something happened in SIP.
    pub fn on_fact(&mut self, now: Instant, endpoint: &mut Endpoint, fact: Fact) {
        match fact {
            Fact::Invited {
                dialog,
                request,
                flow,
            } => self.on_invited(now, endpoint, dialog, request, flow),
            Fact::Progress {
                call,
                dialog,
                response,
                prack_wanted,
            } => self.on_progress(now, endpoint, call, dialog, response, prack_wanted),
            Fact::Answered {
                call,
                dialog,
                response,
                ack_wanted,
            } => self.on_answered(now, endpoint, call, dialog, response, ack_wanted),
            Fact::Failed {
                call,
                failure,
                response,
            } => self.on_failed(now, endpoint, call, failure, response),
            Fact::Acknowledged { dialog, request } => {
                self.on_acknowledged(now, endpoint, dialog, &request);
            }
            Fact::Pracked { dialog, request } => self.on_pracked(now, endpoint, dialog, &request),
            Fact::Request {
                server,
                dialog,
                request,
                flow: _,
            } => self.on_request(now, endpoint, server, dialog, request),
            Fact::Response {
                request,
                dialog: _,
                response,
                ack_wanted,
            } => self.on_response(now, endpoint, request, response, ack_wanted),
            // Each leg keeps its own session timer.
            Fact::Refreshed { .. } => {}
            Fact::Ended {
                dialog,
                ending,
                message,
            } => self.on_ended(now, endpoint, dialog, ending, message.as_ref()),
        }
    }

    /// Something happened in media.
    pub fn on_news(&mut self, now: Instant, endpoint: &mut Endpoint, session: SessionId, news: News) {
        let id = session.0;
        let input = match news {
            News::Heard { fork, event, at: _ } => Input::Heard(Heard {
                fork: Fork(fork.0),
                event,
            }),
            News::Silent { side } => Input::Silent(match side {
                Side::Caller => Leg::Caller,
                Side::Callee => Leg::Callee,
            }),
            News::Deafened { reason } => {
                let why = match reason {
                    DeafReason::Overload => Deaf::Overload,
                    DeafReason::Codec(_) => Deaf::Codec,
                    // The others are heard.
                    DeafReason::Forks(_) => return,
                };
                self.unlisten(id);
                Input::Deaf(why)
            }
            News::Digit { .. } => return,
            News::Closed {
                caller,
                callee,
                recording,
            } => {
                if let Some(mut report) = self.closing.remove(&id) {
                    report.media = Some((caller, callee));
                    report.recording = recording;
                    self.notify(Notice::Ended(report));
                }
                return;
            }
        };
        self.input(now, endpoint, id, input);
    }

    /// When to call [`Switchboard::on_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        let calls = self.timers.first().map(|(at, _)| *at);
        [calls, self.gateways.poll_timeout()].into_iter().flatten().min()
    }

    /// Deadlines may have passed.
    pub fn on_timeout(&mut self, now: Instant, endpoint: &mut Endpoint) {
        while let Some(&(at, id)) = self.timers.first().filter(|(at, _)| *at <= now) {
            self.timers.remove(&(at, id));
            if let Some(bridge) = self.bridges.get_mut(&id) {
                bridge.queued = None;
                bridge.call.handle_timeout(now);
            }
            self.perform(now, endpoint, id);
        }
        self.mind_gateways(now, endpoint);
    }

    /// Gives a call something and does what it wants done.
    fn input(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, input: Input) {
        if let Some(bridge) = self.bridges.get_mut(&id) {
            bridge.call.handle_input(now, input);
            self.perform(now, endpoint, id);
        }
    }

    /// Nobody listens to a call any more.
    fn unlisten(&mut self, id: u64) {
        if let Some(bridge) = self.bridges.get_mut(&id).filter(|bridge| bridge.listened) {
            bridge.listened = false;
            self.figures.listeners -= 1;
        }
    }

    fn local(&self, protocol: Protocol, remote: SocketAddr) -> Option<Flow> {
        let fits =
            |(own, local): &&(Protocol, SocketAddr)| *own == protocol && local.is_ipv4() == remote.is_ipv4();
        let (_, local) = self.locals.iter().find(fits)?;
        Some(Flow {
            protocol,
            local: *local,
            remote,
        })
    }

    /// Others may be slow or gone; calls are not.
    fn notify(&mut self, notice: Notice) {
        if self.notices.try_send(notice).is_err() {
            self.figures.notices_lost += 1;
        }
    }
}
