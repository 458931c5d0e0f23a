//! Sockets and a clock around one [`Endpoint`].
//!
//! ```text
//!   UDP sockets ──┐                    ┌── facts → User::on_fact
//!   connections ──┼─ inputs ─► core ───┼── transmits → sockets, queues of connections
//!   Handle::ask ──┘  (bounded)         └── sleeps until poll_timeout
//! ```
//!
//! One task owns the endpoint and its user, so that nothing is locked. Sockets are read by small tasks that wait when
//! the core cannot follow; the core itself waits for nobody: what cannot be sent is dropped, or its connection closed.
//! A connection is known by its [`Flow`], whose `local` is the listener's public address. Requests to one
//! address share the connection that we opened to it. Responses go along the connection of their request; where that is
//! gone, one is opened to the port that the peer's Via names (RFC 3261, 18.2.2).
//! A request goes over the protocol of its flow however large it is; [`DATAGRAM_BYTES_SAFE`] says why.

mod config;
mod connection;
mod connections;
mod core;
mod listen;
mod tls;

pub use self::core::{Counters, DATAGRAM_BYTES_SAFE};
pub use config::{BindError, ConnectionError, ListenError, Listener, Tapped, TransportConfig, Tried};
pub use tls::Tls;

use self::core::{Command, Core};
use cpd_sip::admission::AddressList;
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Endpoint, Fact};
use rustls::pki_types::ServerName;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Commands that wait: the askers of one node are few; more wait in `ask`.
const COMMANDS_MAX: usize = 64;

/// Who decides about calls. Runs in the task that owns the endpoint: no waiting here.
pub trait User: Send + 'static {
    /// Something happened.
    fn on_fact(&mut self, now: Instant, endpoint: &mut Endpoint, fact: Fact);

    /// When [`User::on_timeout`] is wanted.
    fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    /// A deadline of the user's own may have passed.
    fn on_timeout(&mut self, _now: Instant, _endpoint: &mut Endpoint) {}

    /// Whether something of the user's own waits: news of its threads. Wakes the task later if not.
    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    /// Takes what waits, a bounded part of it at once; called when [`User::poll_ready`] says so.
    fn on_ready(&mut self, _now: Instant, _endpoint: &mut Endpoint) {}

    /// A connection failed; what waited for it is told as facts. For logs.
    fn on_connection_failed(&mut self, _error: &ConnectionError) {}

    /// A listener began to fail; it is tried again. For logs.
    fn on_listener_failed(&mut self, _error: &ListenError) {}
}

/// A way to a running transport.
pub struct Handle<U> {
    commands: mpsc::Sender<Command<U>>,
    locals: Vec<(Protocol, SocketAddr)>,
}

/// The transport has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ask the sip transport: it has ended")
    }
}

impl std::error::Error for Gone {}

/// Binds the listeners and starts to serve. The transport ends after [`Handle::shutdown`], or when no handle is left.
pub async fn start<U: User>(
    config: TransportConfig,
    endpoint: Endpoint,
    user: U,
) -> Result<(Handle<U>, JoinHandle<U>), BindError> {
    let mut bound = Vec::with_capacity(config.listeners.len());
    for listener in &config.listeners {
        if listener.protocol == Protocol::Tls && config.tls.is_none() {
            let why = "there is no certificate for it";
            let cause = io::Error::new(io::ErrorKind::InvalidInput, why);
            return Err(BindError {
                listener: *listener,
                cause,
            });
        }
        bound.push(listen::bind(*listener).await?);
    }
    let locals = bound.iter().map(|bound| (bound.protocol, bound.local)).collect();
    let (commands, receiver) = mpsc::channel(COMMANDS_MAX);
    let core = Core::new(config, bound, endpoint, user, receiver);
    Ok((Handle { commands, locals }, tokio::spawn(core.run())))
}

impl<U: User> Handle<U> {
    /// Has something done with the endpoint and its user, and waits for what comes of it.
    pub async fn ask<R: Send + 'static>(
        &self,
        work: impl FnOnce(Instant, &mut Endpoint, &mut U) -> R + Send + 'static,
    ) -> Result<R, Gone> {
        let (answer, answered) = oneshot::channel();
        let work: Command<U> = Command::Ask(Box::new(move |now, endpoint, user| {
            // Who asked may have left.
            let _ = answer.send(work(now, endpoint, user));
        }));
        self.commands.send(work).await.map_err(|_| Gone)?;
        answered.await.map_err(|_| Gone)
    }

    /// What was turned away.
    pub async fn counters(&self) -> Result<Counters, Gone> {
        let (answer, answered) = oneshot::channel();
        self.commands
            .send(Command::Count(answer))
            .await
            .map_err(|_| Gone)?;
        answered.await.map_err(|_| Gone)
    }

    /// Replaces [`Tls::names`], from the next connection on.
    pub async fn set_names(&self, names: HashMap<SocketAddr, ServerName<'static>>) -> Result<(), Gone> {
        self.commands.send(Command::Names(names)).await.map_err(|_| Gone)
    }

    /// The names by which peers at these addresses were looked up: their certificates have to show them, from the next
    /// connection on.
    pub async fn set_looked_up(&self, names: Vec<(SocketAddr, ServerName<'static>)>) -> Result<(), Gone> {
        let command = Command::LookedUp(names);
        self.commands.send(command).await.map_err(|_| Gone)
    }

    /// Replaces the list of addresses that are trusted, limited or denied.
    pub async fn set_addresses(&self, list: AddressList) -> Result<(), Gone> {
        self.commands
            .send(Command::Addresses(list))
            .await
            .map_err(|_| Gone)
    }

    /// Refuses new calls and ends when those that stand are over, or after [`TransportConfig::drain_limit`].
    pub async fn shutdown(&self) {
        // One that has ended need not be told.
        let _ = self.commands.send(Command::Shutdown).await;
    }

    /// The public address of the first listener for this protocol and, by `remote`, of this IP version.
    pub fn flow(&self, protocol: Protocol, remote: SocketAddr) -> Option<Flow> {
        let fits =
            |(own, local): &&(Protocol, SocketAddr)| *own == protocol && local.is_ipv4() == remote.is_ipv4();
        let (_, local) = self.locals.iter().find(fits)?;
        Some(Flow {
            protocol,
            local: *local,
            remote,
        })
    }

    /// The public addresses, in the order of the listeners.
    pub fn locals(&self) -> &[(Protocol, SocketAddr)] {
        &self.locals
    }
}
