//! The task that owns the endpoint.

use super::User;
use super::config::{ConnectionError, TransportConfig, Tried};
use super::connection::{Connection, OPEN_LIMIT, QUEUE_MAX};
use super::listen::{self, Bound, Socket};
use super::tls::Tls;
use cpd_sip::admission::{self, Admission, Load, Treatment, Verdict};
use cpd_sip::message::Malformed;
use cpd_sip::transport::{Flow, Protocol, Transmit};
use cpd_sip::{Endpoint, Message};
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

/// Messages that were read and wait: 1024, a tenth of a second at 10 000 messages a second. More wait in the kernel.
const INPUTS_MAX: usize = 1024;

/// Inputs that are taken at once before the clock and commands have their turn.
const INPUTS_AT_ONCE: usize = 64;

/// What a call gets that comes while we shut down: the other nodes may take it, we need a restart.
const SHUTDOWN_RETRY_S: u32 = 30;

/// How long connections may take to write their rest when all else is over.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

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
}

type Work<U> = Box<dyn FnOnce(Instant, &mut Endpoint, &mut U) + Send>;

pub(super) enum Command<U> {
    Ask(Work<U>),
    Count(oneshot::Sender<Counters>),
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
    /// Messages that were not sent: no socket fits, the kernel's buffer is full, or a response's connection is gone.
    pub unsent: u64,
    /// What admission decided.
    pub admission: admission::Counters,
}

struct Open {
    queue: mpsc::Sender<Arc<[u8]>>,
    /// Tells a connection from a later one of the same flow.
    number: u64,
    inbound: bool,
}

pub(super) struct Core<U> {
    endpoint: Endpoint,
    user: U,
    admission: Admission,
    config: TransportConfig,
    bound: Vec<Bound>,
    connections: HashMap<Flow, Open>,
    by_source: HashMap<IpAddr, usize>,
    opened: u64,
    readers: JoinSet<()>,
    streams: JoinSet<()>,
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
        Core {
            endpoint,
            user,
            admission,
            config,
            bound,
            connections: HashMap::new(),
            by_source: HashMap::new(),
            opened: 0,
            readers: JoinSet::new(),
            streams: JoinSet::new(),
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
            while self.streams.try_join_next().is_some() {}
        }
        self.close().await;
        self.user
    }

    /// Waits for one thing to happen and does what follows from it.
    async fn turn(&mut self) {
        let wake = [self.endpoint.poll_timeout(), self.drain_end]
            .into_iter()
            .flatten()
            .min();
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
            () = sleep => {}
        }
        let now = Instant::now();
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
        self.connections.clear();
        let _ = timeout(CLOSE_LIMIT, async {
            while self.streams.join_next().await.is_some() {}
        })
        .await;
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
                self.forget(flow);
            }
            Input::Accepted { flow, stream } => self.on_accepted(flow, stream),
            Input::Closed { flow, number, ended } => {
                let current = self
                    .connections
                    .get(&flow)
                    .is_some_and(|open| open.number == number);
                if current {
                    self.forget(flow);
                }
                if let Err(error) = ended {
                    self.user.on_connection_failed(&error);
                    self.counters.connections_failed += 1;
                    // Nothing waits for a connection that never was; strangers shall not make us look.
                    if error.tried != Tried::Accept {
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

    fn on_accepted(&mut self, flow: Flow, stream: TcpStream) {
        let source = flow.remote.ip();
        let of_source = self.by_source.get(&source).copied().unwrap_or(0);
        if self.admission.treatment(source) == Treatment::Denied
            || self.drain_end.is_some()
            || self.connections.len() >= self.config.connections_max
            || of_source >= self.config.connections_per_source_max
        {
            self.counters.connections_refused += 1;
            return;
        }
        // Failing to say so only delays messages.
        let _ = stream.set_nodelay(true);
        *self.by_source.entry(source).or_default() += 1;
        match self.tls(flow) {
            Some(tls) => self.spawn(flow, true, tls.accept(stream)),
            None => self.spawn(flow, true, async move { Ok(stream) }),
        };
    }

    /// Serves a connection that is there, or will be.
    fn spawn<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
        &mut self,
        flow: Flow,
        inbound: bool,
        stream: impl Future<Output = io::Result<S>> + Send + 'static,
    ) -> mpsc::Sender<Arc<[u8]>> {
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        self.opened += 1;
        let number = self.opened;
        let open = Open {
            queue: sender.clone(),
            number,
            inbound,
        };
        self.connections.insert(flow, open);
        let inputs = self.inputs_sender.clone();
        let idle_limit = self.config.idle_limit;
        self.streams.spawn(async move {
            let tried = if inbound { Tried::Accept } else { Tried::Open };
            let failed = |tried| move |cause| ConnectionError { flow, tried, cause };
            let ended = match timeout(OPEN_LIMIT, stream).await {
                Ok(Ok(stream)) => {
                    let connection = Connection {
                        flow,
                        stream,
                        queue,
                        inputs: inputs.clone(),
                        idle_limit,
                    };
                    connection.run().await.map_err(failed(Tried::Serve))
                }
                Ok(Err(cause)) => Err(failed(tried)(cause)),
                Err(_) => Err(failed(tried)(io::ErrorKind::TimedOut.into())),
            };
            // The core may have ended.
            let _ = inputs.send(Input::Closed { flow, number, ended }).await;
        });
        sender
    }

    /// Takes a connection from the table; what waits in its queue is still written.
    fn forget(&mut self, flow: Flow) {
        let Some(open) = self.connections.remove(&flow) else {
            return;
        };
        if !open.inbound {
            return;
        }
        if let Some(count) = self.by_source.get_mut(&flow.remote.ip()) {
            *count -= 1;
            if *count == 0 {
                self.by_source.remove(&flow.remote.ip());
            }
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

    fn send(&mut self, now: Instant, Transmit { flow, bytes }: Transmit) {
        let sent = match flow.protocol {
            Protocol::Udp => self.send_datagram(flow, &bytes),
            Protocol::Tcp | Protocol::Tls => self.send_along(flow, bytes),
            Protocol::Ws | Protocol::Wss => Err(Unsent::Unreachable),
        };
        match sent {
            Ok(()) => {}
            Err(Unsent::Dropped) => self.counters.unsent += 1,
            Err(Unsent::Unreachable) => {
                self.counters.unsent += 1;
                self.endpoint.handle_transport_error(now, flow);
            }
        }
    }

    /// What a connection is wrapped in. There is no TLS listener without it.
    fn tls(&self, flow: Flow) -> Option<Tls> {
        self.config.tls.clone().filter(|_| flow.protocol == Protocol::Tls)
    }

    fn bound(&self, flow: Flow) -> Option<&Bound> {
        let fits = |bound: &&Bound| bound.protocol == flow.protocol && bound.local == flow.local;
        self.bound.iter().find(fits)
    }

    fn send_datagram(&self, flow: Flow, bytes: &[u8]) -> Result<(), Unsent> {
        let Some(Socket::Datagrams(socket)) = self.bound(flow).map(|bound| &bound.socket) else {
            return Err(Unsent::Unreachable);
        };
        match socket.try_send_to(bytes, flow.remote) {
            Ok(_) => Ok(()),
            // The kernel's buffer is full: as good as lost on the way, and repeated like it.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Err(Unsent::Dropped),
            Err(_) => Err(Unsent::Unreachable),
        }
    }

    fn send_along(&mut self, flow: Flow, bytes: Arc<[u8]>) -> Result<(), Unsent> {
        if let Some(open) = self.connections.get(&flow) {
            return match open.queue.try_send(bytes) {
                Ok(()) => Ok(()),
                Err(mpsc::error::TrySendError::Full(_)) => {
                    self.counters.connections_failed += 1;
                    self.forget(flow);
                    Err(Unsent::Unreachable)
                }
                // It has just ended; its Closed is on the way.
                Err(mpsc::error::TrySendError::Closed(_)) => Err(Unsent::Unreachable),
            };
        }
        if bytes.starts_with(b"SIP/2.0 ") {
            return Err(Unsent::Dropped);
        }
        let Some(bind) = self.bound(flow).map(|bound| bound.bind) else {
            return Err(Unsent::Unreachable);
        };
        if self.connections.len() >= self.config.connections_max {
            return Err(Unsent::Unreachable);
        }
        let stream = listen::connect(bind, flow.remote);
        let queue = match self.tls(flow) {
            Some(tls) => self.spawn(flow, false, async move {
                tls.connect(stream.await?, flow.remote).await
            }),
            None => self.spawn(flow, false, stream),
        };
        queue.try_send(bytes).map_err(|_| Unsent::Unreachable)
    }
}

enum Unsent {
    /// As if it were lost on the way.
    Dropped,
    /// The endpoint has to know.
    Unreachable,
}
