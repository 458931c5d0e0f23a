//! The connections that are open, and how a message finds one.
//!
//! A connection is known by its [`Flow`]. One that we opened is used for every message to the same address. One that a
//! peer opened reaches whoever sent on it and nobody else: RFC 5923's aliases, by which it would carry calls to the
//! port that its Via claims, ask for mutual TLS, so they are not spoken.

use super::config::{ConnectionError, TransportConfig, Tried};
use super::connection::{Connection, OPEN_LIMIT, QUEUE_MAX};
use super::core::Input;
use super::listen::{self, Bound};
use super::tls::Tls;
use cpd_sip::Message;
use cpd_sip::transport::{Flow, Protocol};
use rustls::pki_types::ServerName;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long connections may take to write their rest when all else is over.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// Why a message was not sent.
pub(super) enum Unsent {
    /// As if it were lost on the way.
    Dropped,
    /// The endpoint has to know.
    Unreachable,
    /// Its peer does not read; the connection is closed.
    Stuck,
}

struct Open {
    queue: mpsc::Sender<Arc<[u8]>>,
    /// Tells a connection from a later one of the same flow.
    number: u64,
    /// A stranger made us have it: it counts against [`TransportConfig::connections_per_source_max`].
    by_peer: bool,
    /// A request of ours went over it: somebody may wait for the answer.
    asked: bool,
}

/// All connections and the tasks that serve them.
pub(super) struct Connections {
    open: HashMap<Flow, Open>,
    by_source: HashMap<IpAddr, usize>,
    opened: u64,
    tasks: JoinSet<()>,
    inputs: mpsc::Sender<Input>,
    tls: Option<Tls>,
    /// Names of peers that were looked up by them; those of [`Tls::names`] stand before them.
    looked_up: HashMap<SocketAddr, ServerName<'static>>,
    most: usize,
    of_source_most: usize,
    idle_limit: Duration,
    keep_alive: Option<Duration>,
}

impl Connections {
    /// Certificates of these peers have to show these names, from the next connection on; those of earlier settings are
    /// forgotten.
    pub(super) fn set_names(&mut self, names: HashMap<SocketAddr, ServerName<'static>>) {
        if let Some(tls) = &mut self.tls {
            tls.names = names;
        }
    }

    /// The same of peers that were looked up by these names.
    pub(super) fn know(&mut self, names: Vec<(SocketAddr, ServerName<'static>)>) {
        self.looked_up.extend(names);
    }

    pub(super) fn new(config: &TransportConfig, inputs: mpsc::Sender<Input>) -> Self {
        Connections {
            open: HashMap::new(),
            by_source: HashMap::new(),
            opened: 0,
            tasks: JoinSet::new(),
            inputs,
            tls: config.tls.clone(),
            looked_up: HashMap::new(),
            most: config.connections_max,
            of_source_most: config.connections_per_source_max,
            idle_limit: config.idle_limit,
            keep_alive: config.keep_alive,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Takes a connection that came; false if there are too many.
    pub(super) fn accept(&mut self, flow: Flow, stream: TcpStream) -> bool {
        if !self.has_room_for(flow.remote.ip()) {
            return false;
        }
        // Failing to say so only delays messages.
        let _ = stream.set_nodelay(true);
        match self.tls(flow) {
            Some(tls) => self.spawn(flow, Tried::Accept, true, tls.accept(stream)),
            None => self.spawn(flow, Tried::Accept, true, async move { Ok(stream) }),
        };
        true
    }

    /// Sends a request along the connection to its peer, which is opened from `bound` if there is none.
    pub(super) fn send_request(
        &mut self,
        bound: Option<&Bound>,
        flow: Flow,
        bytes: Arc<[u8]>,
    ) -> Result<(), Unsent> {
        let enqueued = self.enqueue(flow, &bytes);
        if let Some(open) = self.open.get_mut(&flow) {
            open.asked = true;
        }
        match enqueued {
            // It has just ended; its Closed is on the way.
            Enqueued::Ended => Err(Unsent::Unreachable),
            Enqueued::Yes => Ok(()),
            Enqueued::Full => Err(Unsent::Stuck),
            Enqueued::Absent if self.open.len() >= self.most => Err(Unsent::Unreachable),
            Enqueued::Absent => self.open(bound, flow, false, bytes),
        }
    }

    /// Sends a response along the connection of its request. Where that is gone, along one to the port that the topmost
    /// Via names, at the address that the request came from; it is opened if need be (RFC 3261, 18.2.2).
    pub(super) fn send_response(
        &mut self,
        bound: Option<&Bound>,
        flow: Flow,
        bytes: Arc<[u8]>,
    ) -> Result<(), Unsent> {
        for flow in [Some(flow), way_back(flow, &bytes)].into_iter().flatten() {
            match self.enqueue(flow, &bytes) {
                Enqueued::Yes => return Ok(()),
                Enqueued::Full => return Err(Unsent::Stuck),
                Enqueued::Absent | Enqueued::Ended => {}
            }
        }
        match way_back(flow, &bytes) {
            Some(back) if !self.open.contains_key(&back) && self.has_room_for(back.remote.ip()) => {
                self.open(bound, back, true, bytes)
            }
            Some(_) | None => Err(Unsent::Dropped),
        }
    }

    /// Takes a connection from the table; what waits in its queue is still written.
    pub(super) fn forget(&mut self, flow: Flow) {
        let Some(open) = self.open.remove(&flow) else {
            return;
        };
        if !open.by_peer {
            return;
        }
        if let Some(count) = self.by_source.get_mut(&flow.remote.ip()) {
            *count -= 1;
            if *count == 0 {
                self.by_source.remove(&flow.remote.ip());
            }
        }
    }

    /// A task has ended. True if requests of ours went over its connection: who waits for their answers has to know. Not so
    /// if a later connection of the same flow has taken its place, and what waits on it.
    pub(super) fn on_closed(&mut self, flow: Flow, number: u64) -> bool {
        while self.tasks.try_join_next().is_some() {}
        let Some(open) = self.open.get(&flow).filter(|open| open.number == number) else {
            return false;
        };
        let asked = open.asked;
        self.forget(flow);
        asked
    }

    /// Lets every connection write its rest, and closes it.
    pub(super) async fn close(&mut self) {
        self.open.clear();
        let _ = timeout(CLOSE_LIMIT, async {
            while self.tasks.join_next().await.is_some() {}
        })
        .await;
    }

    fn has_room_for(&self, source: IpAddr) -> bool {
        let of_source = self.by_source.get(&source).copied().unwrap_or(0);
        self.open.len() < self.most && of_source < self.of_source_most
    }

    fn enqueue(&mut self, flow: Flow, bytes: &Arc<[u8]>) -> Enqueued {
        let Some(open) = self.open.get(&flow) else {
            return Enqueued::Absent;
        };
        match open.queue.try_send(bytes.clone()) {
            Ok(()) => Enqueued::Yes,
            Err(mpsc::error::TrySendError::Closed(_)) => Enqueued::Ended,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.forget(flow);
                Enqueued::Full
            }
        }
    }

    fn open(
        &mut self,
        bound: Option<&Bound>,
        flow: Flow,
        by_peer: bool,
        first: Arc<[u8]>,
    ) -> Result<(), Unsent> {
        let bind = bound.ok_or(Unsent::Unreachable)?.bind;
        let stream = listen::connect(bind, flow.remote);
        let queue = match self.tls(flow) {
            Some(tls) => {
                let name = tls.names.get(&flow.remote).or(self.looked_up.get(&flow.remote));
                let name = name.cloned();
                let name = name.unwrap_or_else(|| ServerName::IpAddress(flow.remote.ip().into()));
                self.spawn(flow, Tried::Open, by_peer, async move {
                    tls.connect(stream.await?, name).await
                })
            }
            None => self.spawn(flow, Tried::Open, by_peer, stream),
        };
        if let Some(open) = self.open.get_mut(&flow) {
            open.asked = !by_peer;
        }
        queue.try_send(first).map_err(|_| Unsent::Unreachable)
    }

    /// What a connection is wrapped in. There is no TLS listener without it.
    fn tls(&self, flow: Flow) -> Option<Tls> {
        self.tls.clone().filter(|_| flow.protocol == Protocol::Tls)
    }

    /// Serves a connection that is there, or will be.
    fn spawn<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
        &mut self,
        flow: Flow,
        tried: Tried,
        by_peer: bool,
        stream: impl Future<Output = io::Result<S>> + Send + 'static,
    ) -> mpsc::Sender<Arc<[u8]>> {
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        self.opened += 1;
        let number = self.opened;
        // The port of one that has just ended may come again before its Closed does.
        self.forget(flow);
        if by_peer {
            *self.by_source.entry(flow.remote.ip()).or_default() += 1;
        }
        let open = Open {
            queue: sender.clone(),
            number,
            by_peer,
            asked: false,
        };
        self.open.insert(flow, open);
        let inputs = self.inputs.clone();
        let idle_limit = self.idle_limit;
        // Who opens a connection keeps it alive (RFC 5626, 4.4).
        let keep_alive = self.keep_alive.filter(|_| tried != Tried::Accept);
        self.tasks.spawn(async move {
            let failed = |tried| move |cause| ConnectionError { flow, tried, cause };
            let ended = match timeout(OPEN_LIMIT, stream).await {
                Ok(Ok(stream)) => {
                    let connection = Connection {
                        flow,
                        stream,
                        queue,
                        inputs: inputs.clone(),
                        idle_limit,
                        keep_alive,
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
}

enum Enqueued {
    Yes,
    Absent,
    /// The connection has just ended.
    Ended,
    Full,
}

/// Where a response goes whose connection is gone. The address is the one that the request came from and not what its
/// Via says: `received` tells the same, and a host that we would be sent to is never asked.
fn way_back(flow: Flow, response: &[u8]) -> Option<Flow> {
    let response = Message::parse_stream(response.to_vec()).ok()?;
    let port = response.top_via().ok()?.port;
    let port = port.unwrap_or(flow.protocol.default_port());
    Some(Flow {
        remote: SocketAddr::new(flow.remote.ip(), port),
        ..flow
    })
}
