//! Where to listen, what to bear, and why it could not be done.

use super::tls::Tls;
use cpd_sip::admission::{AddressList, Admission, AdmissionConfig, Treatment};
use cpd_sip::stream::KeepAlive;
use cpd_sip::transport::{Flow, Protocol};
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// One socket to be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// UDP, TCP or TLS.
    pub protocol: Protocol,
    /// Where to bind; port 0 takes a free one. Each IP version wants a listener of its own.
    pub bind: SocketAddr,
    /// How peers reach it, for Via and Contact; needed where `bind` is 0.0.0.0 or `[::]`.
    pub public: Option<IpAddr>,
}

/// How a transport listens and what it bears.
pub struct TransportConfig {
    /// The sockets.
    pub listeners: Vec<Listener>,
    /// For TLS listeners; they are not bound without it.
    pub tls: Option<Tls>,
    /// Who is heard.
    pub admission: Admission,
    /// The most connections at once: 4096. Each takes a file and, while a message is incomplete, up to 128 kB; carriers
    /// and dialers of one node are hundreds.
    pub connections_max: usize,
    /// The most connections that one address may open: 64. A peer needs one; some open one a call.
    pub connections_per_source_max: usize,
    /// A connection on which nothing comes and no message goes is closed: 10 min, twice the longest that a call may ring.
    pub idle_limit: Duration,
    /// How often connections that we opened are pinged (RFC 5626, 4.4.1): 120 s, the most that NATs of carriers bear;
    /// `None` for never. A peer that has answered a ping and does not answer the next has its connection closed; one that
    /// never answered any is taken not to know pings.
    pub keep_alive: Option<Duration>,
    /// Who gets a copy of every message, for traces. What finds no room is not copied.
    pub tap: Option<mpsc::Sender<Tapped>>,
    /// How long a shutdown waits for calls to end: 30 s.
    pub drain_limit: Duration,
}

impl Default for TransportConfig {
    fn default() -> Self {
        TransportConfig {
            listeners: Vec::new(),
            tls: None,
            admission: Admission::new(AdmissionConfig::default(), AddressList::new(Treatment::Limited)),
            connections_max: 4096,
            connections_per_source_max: 64,
            idle_limit: Duration::from_secs(600),
            keep_alive: Some(KeepAlive::INTERVAL),
            tap: None,
            drain_limit: Duration::from_secs(30),
        }
    }
}

/// A message on its way. It holds telephone numbers and may hold credentials' hashes; `Debug` shows neither.
pub struct Tapped {
    /// The way that it took.
    pub flow: Flow,
    /// It came; otherwise it goes.
    pub inbound: bool,
    /// The message.
    pub bytes: Arc<[u8]>,
}

impl fmt::Debug for Tapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = if self.inbound { "from" } else { "to" };
        write!(f, "{} bytes {way} {}", self.bytes.len(), self.flow.remote)
    }
}

/// Why a listener is not there. Reads on from "failed to".
#[derive(Debug)]
pub struct BindError {
    /// What was to be bound.
    pub listener: Listener,
    /// Why it is not.
    pub cause: io::Error,
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Listener { protocol, bind, .. } = self.listener;
        write!(
            f,
            "bind sip socket {bind} ({}): {}",
            protocol.via(),
            reason(&self.cause)
        )
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// Why a listener takes nothing. It is tried again, ever more seldom. Reads on from "failed to".
#[derive(Debug)]
pub struct ListenError {
    /// What it speaks.
    pub protocol: Protocol,
    /// Its public address.
    pub local: SocketAddr,
    /// Why it takes nothing.
    pub cause: io::Error,
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (local, protocol) = (self.local, self.protocol.via());
        write!(
            f,
            "listen on sip socket {local} ({protocol}): {}",
            reason(&self.cause)
        )
    }
}

impl std::error::Error for ListenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// Why a connection failed. Reads on from "failed to".
#[derive(Debug)]
pub struct ConnectionError {
    /// The connection.
    pub flow: Flow,
    /// What was tried on it.
    pub tried: Tried,
    /// Why it failed.
    pub cause: io::Error,
}

/// What is tried on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// To open it, with its handshake.
    Open,
    /// To take one that came, with its handshake.
    Accept,
    /// To read and write.
    Serve,
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tried = match self.tried {
            Tried::Open => "open sip connection to",
            Tried::Accept => "accept sip connection from",
            Tried::Serve => "keep sip connection with",
        };
        let Flow { protocol, remote, .. } = self.flow;
        write!(
            f,
            "{tried} {remote} ({}): {}",
            protocol.via(),
            reason(&self.cause)
        )
    }
}

impl std::error::Error for ConnectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// The kind where the system names one ("address in use"), without its number.
fn reason(cause: &io::Error) -> String {
    match cause.raw_os_error() {
        Some(_) => cause.kind().to_string(),
        None => cause.to_string(),
    }
}
