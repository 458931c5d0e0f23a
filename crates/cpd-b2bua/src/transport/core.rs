//! The task that owns the endpoint.

use super::User;
use super::config::{ConnectionError, ListenError, Tapped, TransportConfig};
use super::connections::{Connections, Unsent};
use super::listen::{self, Bound, Socket};
use cpd_sip::admission::{self, AddressList, Admission, Load, Treatment, Verdict};
use cpd_sip::message::Malformed;
use cpd_sip::transport::{Flow, Protocol, Transmit};
use cpd_sip::{Endpoint, Message};
use rustls::pki_types::ServerName;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

/// Messages that were read and wait: 1024, a tenth of a second at 10 000 messages a second. More wait in the kernel.
const INPUTS_MAX: usize = 1024;

/// Inputs that are taken at once before the clock and commands have their turn.
const INPUTS_AT_ONCE: usize = 64;

/// What passes every path whole, with what is added on the way (RFC 3261, 18.1.1): larger datagrams come in fragments,
/// which some firewalls drop. The RFC has larger requests go over TCP; they go over UDP here and are counted, since the
/// carriers of our markets take fragments and few of them take TCP. A call to another sort of peer gets a TCP flow.
pub const DATAGRAM_BYTES_SAFE: usize = 1300;

/// What a call gets that comes while we shut down: the other nodes may take it, we need a restart.
const SHUTDOWN_RETRY_S: u32 = 30;

pub(super) enum Input {
    Datagram {
        flow: Flow,
        bytes: Vec<u8>,
    },
    Message {
        flow: Flow,
        bytes: Vec<u8>,
    },
    /// No further message can be found in this stream.
    Broken {
        flow: Flow,
        head: Option<Vec<u8>>,
    },
    Accepted {
        flow: Flow,
        stream: TcpStream,
    },
    Closed {
        flow: Flow,
        number: u64,
        ended: Result<(), ConnectionError>,
    },
    /// A listener fails, and is tried again.
    Deaf(ListenError),
}

type Work<U> = Box<dyn FnOnce(Instant, &mut Endpoint, &mut U) + Send>;

pub(super) enum Command<U> {
    Ask(Work<U>),
    Count(oneshot::Sender<Counters>),
    Addresses(AddressList),
    Names(HashMap<SocketAddr, ServerName<'static>>),
    LookedUp(Vec<(SocketAddr, ServerName<'static>)>),
    Shutdown,
}

/// What the transport did not carry since its start, and what it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Connections that are open or being opened.
    pub connections: usize,
    /// Connections that came and were closed at once: too many in all, too many of one source, or a denied source.
    pub connections_refused: u64,
    /// Connections that could not be opened or written to, or whose peer did not read.
    pub connections_failed: u64,
    /// Messages that were not sent: no socket fits, the kernel's buffer is full, or a response's connection is
    /// gone and none can be opened.
    pub unsent: u64,
    /// How often a listener began to fail, as it does where files or memory have run out.
    pub listeners_failed: u64,
    /// Requests that were sent over UDP though they are larger than [`DATAGRAM_BYTES_SAFE`].
    pub datagrams_large: u64,
    /// Copies for a trace that nobody took in time.
    pub untapped: u64,
    /// What admission decided.
    pub admission: admission::Counters,
}

pub(super) struct Core<U> {
    endpoint: Endpoint,
    user: U,
    admission: Admission,
    config: TransportConfig,
    bound: Vec<Bound>,
    connections: Connections,
    readers: JoinSet<()>,
    inputs: mpsc::Receiver<Input>,
    inputs_sender: mpsc::Sender<Input>,
    commands: mpsc::Receiver<Command<U>>,
    drain_end: Option<Instant>,
    counters: Counters,
}

impl<U: User> Core<U> {
    pub(super) fn new(
        mut config: TransportConfig,
        bound: Vec<Bound>,
        endpoint: Endpoint,
        user: U,
        commands: mpsc::Receiver<Command<U>>,
    ) -> Self {
        let (inputs_sender, inputs) = mpsc::channel(INPUTS_MAX);
        let admission = std::mem::replace(&mut config.admission, TransportConfig::default().admission);
        let connections = Connections::new(&config, inputs_sender.clone());
        Core {
            endpoint,
            user,
            admission,
            config,
            bound,
            connections,
            readers: JoinSet::new(),
            inputs,
            inputs_sender,
            commands,
            drain_end: None,
            counters: Counters::default(),
        }
    }

    pub(super) async fn run(mut self) -> U {
        for bound in &self.bound {
            let inputs = self.inputs_sender.clone();
            match &bound.socket {
                Socket::Datagrams(socket) => {
                    self.readers
                        .spawn(listen::read_datagrams(socket.clone(), bound.local, inputs))
                }
                Socket::Streams(listener) => self.readers.spawn(listen::accept(
                    listener.clone(),
                    bound.protocol,
                    bound.local,
                    inputs,
                )),
            };
        }
        while !self.is_drained(Instant::now()) {
            self.turn().await;
        }
        self.close().await;
        self.user
    }

    /// Waits for one thing to happen and does what follows from it.
    async fn turn(&mut self) {
        let wake = [
            self.endpoint.poll_timeout(),
            self.user.poll_timeout(),
            self.drain_end,
        ];
        let wake = wake.into_iter().flatten().min();
        let user = &mut self.user;
        let ready = std::future::poll_fn(|cx| user.poll_ready(cx));
        let sleep = async {
            match wake {
                Some(at) => sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(input) = self.inputs.recv() => {
                let now = Instant::now();
                self.on_input(now, input);
                self.settle(now);
                for _ in 1..INPUTS_AT_ONCE {
                    let Ok(input) = self.inputs.try_recv() else { break };
                    self.on_input(now, input);
                    self.settle(now);
                }
            }
            command = self.commands.recv(), if self.drain_end.is_none() || !self.commands.is_closed() => {
                self.on_command(Instant::now(), command.unwrap_or(Command::Shutdown));
            }
            () = ready => self.user.on_ready(Instant::now(), &mut self.endpoint),
            () = sleep => {}
        }
        let now = Instant::now();
        if self.user.poll_timeout().is_some_and(|at| at <= now) {
            self.user.on_timeout(now, &mut self.endpoint);
        }
        if self.endpoint.poll_timeout().is_some_and(|at| at <= now) {
            self.endpoint.handle_timeout(now);
        }
        self.settle(now);
    }

    fn is_drained(&self, now: Instant) -> bool {
        let counts = self.endpoint.counts();
        self.drain_end
            .is_some_and(|end| end <= now || counts.calls + counts.dialogs == 0)
    }

    async fn close(&mut self) {
        self.readers.shutdown().await;
        self.inputs.close();
        self.connections.close().await;
    }

    fn on_command(&mut self, now: Instant, command: Command<U>) {
        match command {
            Command::Ask(work) => work(now, &mut self.endpoint, &mut self.user),
            Command::Count(answer) => {
                let counters = Counters {
                    connections: self.connections.len(),
                    admission: self.admission.counters(),
                    ..self.counters
                };
                // Who asked may have left.
                let _ = answer.send(counters);
            }
            Command::Names(names) => self.connections.set_names(names),
            Command::LookedUp(names) => self.connections.know(names),
            Command::Addresses(list) => self.admission.set_list(list),
            Command::Shutdown => {
                self.drain_end.get_or_insert(now + self.config.drain_limit);
            }
        }
    }

    fn on_input(&mut self, now: Instant, input: Input) {
        match input {
            Input::Datagram { flow, bytes } => self.on_message(now, flow, bytes, Message::parse_datagram),
            Input::Message { flow, bytes } => self.on_message(now, flow, bytes, Message::parse_stream),
            Input::Broken { flow, head } => {
                if let Some(head) = head {
                    self.on_message(now, flow, head, Message::parse_stream);
                    self.settle(now);
                }
                self.connections.forget(flow);
            }
            Input::Accepted { flow, stream } => {
                let denied = self.admission.treatment(flow.remote.ip()) == Treatment::Denied;
                if denied || self.drain_end.is_some() || !self.connections.accept(flow, stream) {
                    self.counters.connections_refused += 1;
                }
            }
            Input::Deaf(error) => {
                self.user.on_listener_failed(&error);
                self.counters.listeners_failed += 1;
            }
            Input::Closed { flow, number, ended } => {
                let asked = self.connections.on_closed(flow, number);
                if let Err(error) = ended {
                    self.user.on_connection_failed(&error);
                    self.counters.connections_failed += 1;
                    // Strangers shall not make us look: no request of ours goes to them. A peer that closes its connection
                    // properly may still answer over another.
                    if asked {
                        self.endpoint.handle_transport_error(now, flow);
                    }
                }
            }
        }
    }

    fn on_message(
        &mut self,
        now: Instant,
        flow: Flow,
        bytes: Vec<u8>,
        parse: impl FnOnce(Vec<u8>) -> Result<Message, Malformed>,
    ) {
        let source = flow.remote.ip();
        if self.admission.treatment(source) == Treatment::Denied {
            // Only counts it.
            self.admission.admit(now, source, Load::Other);
            return;
        }
        self.tap(flow, true, || bytes.as_slice().into());
        let parsed = parse(bytes);
        let load = parsed.as_ref().map_or(Load::Other, Load::of);
        let verdict = match self.admission.admit(now, source, load) {
            Verdict::Accept if load == Load::Call && self.drain_end.is_some() => Verdict::Reject {
                retry_after_s: SHUTDOWN_RETRY_S,
            },
            verdict => verdict,
        };
        match (verdict, parsed) {
            (Verdict::Accept, parsed) => self.endpoint.handle_parsed(now, flow, parsed),
            (Verdict::Reject { retry_after_s }, Ok(mut request)) if request.is_request() => {
                request.stamp_via(flow.remote);
                self.endpoint
                    .refuse(flow, &request, admission::reject(&request, retry_after_s));
            }
            (Verdict::Reject { .. } | Verdict::Drop, _) => {}
        }
    }

    /// Tells what happened and sends what is to be sent, until neither is left.
    fn settle(&mut self, now: Instant) {
        loop {
            if let Some(transmit) = self.endpoint.poll_transmit() {
                self.send(now, transmit);
            } else if let Some(fact) = self.endpoint.poll_fact() {
                self.user.on_fact(now, &mut self.endpoint, fact);
            } else {
                return;
            }
        }
    }

    /// Copies a message for a trace, if somebody wants it. A trace that cannot follow has gaps.
    fn tap(&mut self, flow: Flow, inbound: bool, bytes: impl FnOnce() -> Arc<[u8]>) {
        let Some(tap) = &self.config.tap else {
            return;
        };
        let tapped = Tapped {
            flow,
            inbound,
            bytes: bytes(),
        };
        self.counters.untapped += u64::from(tap.try_send(tapped).is_err());
    }

    fn send(&mut self, now: Instant, Transmit { flow, bytes }: Transmit) {
        self.tap(flow, false, || Arc::clone(&bytes));
        let sent = match flow.protocol {
            Protocol::Udp => self.send_datagram(flow, &bytes),
            Protocol::Tcp | Protocol::Tls => {
                let bound = bound(&self.bound, flow);
                if is_response(&bytes) {
                    self.connections.send_response(bound, flow, bytes)
                } else {
                    self.connections.send_request(bound, flow, bytes)
                }
            }
            Protocol::Ws | Protocol::Wss => Err(Unsent::Unreachable),
        };
        if let Err(Unsent::Stuck) = sent {
            self.counters.connections_failed += 1;
        }
        match sent {
            Ok(()) => {}
            Err(Unsent::Dropped) => self.counters.unsent += 1,
            Err(Unsent::Unreachable | Unsent::Stuck) => {
                self.counters.unsent += 1;
                self.endpoint.handle_transport_error(now, flow);
            }
        }
    }

    fn send_datagram(&mut self, flow: Flow, bytes: &[u8]) -> Result<(), Unsent> {
        let Some(Socket::Datagrams(socket)) = bound(&self.bound, flow).map(|bound| &bound.socket) else {
            return Err(Unsent::Unreachable);
        };
        match socket.try_send_to(bytes, flow.remote) {
            Ok(_) => {
                if bytes.len() > DATAGRAM_BYTES_SAFE && !is_response(bytes) {
                    self.counters.datagrams_large += 1;
                }
                Ok(())
            }
            // The kernel's buffer is full: as good as lost on the way, and repeated like it.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Err(Unsent::Dropped),
            Err(_) => Err(Unsent::Unreachable),
        }
    }
}

/// The socket that a flow goes out from.
fn bound(bound: &[Bound], flow: Flow) -> Option<&Bound> {
    let fits = |bound: &&Bound| bound.protocol == flow.protocol && bound.local == flow.local;
    bound.iter().find(fits)
}

fn is_response(bytes: &[u8]) -> bool {
    bytes.starts_with(b"SIP/2.0 ")
}
