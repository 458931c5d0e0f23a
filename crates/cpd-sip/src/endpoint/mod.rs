//! One SIP element: requests of its user and messages of its peers in, messages and facts out.
//!
//! ```text
//!   handle_datagram ─┐                       ┌─ poll_transmit  bytes to send
//!   handle_timeout  ─┼─ transactions, dialogs┼─ poll_fact      what happened
//!   invite, respond ─┘                       └─ poll_timeout   when to call handle_timeout
//! ```
//!
//! After each call that goes in, drain the three that come out. Everything ends by itself: a peer that falls silent is
//! given up after 64 × T1, a call that only rings after [`Config::ring_limit`], a user who never answers after
//! [`Config::answer_limit`]. [`Endpoint::counts`] tells what is alive.

mod acks;
mod compose;
mod config;
mod credentials;
mod fact;
mod forks;
mod from_peer;
mod hang_up;
mod incoming;
mod outgoing;
mod requests;
mod responses;
mod send;
mod timeouts;
mod within;

pub use config::{Config, Forks, InviteOptions, Reliability};
pub use credentials::{Credentials, CredentialsId};
pub use fact::{CallId, DialogId, Ending, Fact, Failure, RequestId, ServerId, UserError};
pub use requests::DialogNames;

use crate::dialog::Dialog;
use crate::message::{Message, Method};
use crate::random::Random;
use crate::slab::{Key, Slab};
use crate::timers::Timers;
use crate::transaction::{Client, Server};
use crate::transport::{Flow, Transmit};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

/// The most early dialogs that one INVITE may make. A 2xx beyond them still gets its ACK and BYE.
const FORKS_MAX: usize = 16;

/// The most dialogs that one INVITE may make by being answered. Nobody rings at more telephones; a peer that invents To
/// tags without end is not followed further.
const ANSWERS_MAX: usize = 64;

/// One SIP element.
pub struct Endpoint {
    config: Config,
    random: Random,
    /// Keys the hashes that peers could otherwise aim at.
    secret: u64,
    clients: Slab<ClientEntry>,
    servers: Slab<ServerEntry>,
    server_keys: HashMap<Box<[u8]>, Key>,
    merged: HashMap<u64, Key>,
    calls: Slab<Call>,
    dialogs: Slab<Dialog>,
    dialog_keys: HashMap<Box<[u8]>, Key>,
    credentials: Slab<Box<dyn Credentials>>,
    timers: Timers<Owner>,
    transmits: VecDeque<Transmit>,
    facts: VecDeque<Fact>,
    /// The values of Allow and, without and with 100rel, of Supported.
    allow: String,
    supported: [String; 2],
    next_request: u64,
    counters: Counters,
    /// Scratch for packets and keys, so that neither allocates.
    packet: Vec<u8>,
    key: Vec<u8>,
    dialog_key: Vec<u8>,
}

/// What is alive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Client transactions.
    pub clients: usize,
    /// Server transactions.
    pub servers: usize,
    /// INVITEs of ours with their forks.
    pub calls: usize,
    /// Dialogs.
    pub dialogs: usize,
}

/// What was turned away since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages that could not be read, answered with 400 or dropped.
    pub malformed: u64,
    /// Responses that belong to no transaction.
    pub stray_responses: u64,
    /// ACKs and in-dialog requests that belong to nothing.
    pub stray_requests: u64,
    /// Requests answered with 503 because of [`Config::transactions_max`] or [`Config::dialogs_max`].
    pub overloaded: u64,
}

/// Whom a deadline wakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Client(Key),
    Server(Key),
    Call(Key),
    Dialog(Key),
}

struct ClientEntry {
    machine: Client,
    flow: Flow,
    packet: Arc<[u8]>,
    /// The random part of the branch; the rest is the key's index.
    branch: [u8; 16],
    purpose: Purpose,
    /// How often it was sent again before.
    tries: u8,
    /// Its connection broke, and it was sent once more over another.
    again: bool,
    /// An unanswered request in a dialog is given up then, even if a provisional response came.
    limit: Option<Instant>,
    /// The CANCEL of an INVITE. It shares the branch.
    cancel: Option<(Client, Arc<[u8]>)>,
    /// The ACK to a refusal.
    refusal_ack: Option<Arc<[u8]>>,
    /// The ACKs to 2xx by To tag: a repeated 2xx gets its ACK again, even if its dialog is gone.
    acks: Vec<(Box<[u8]>, Transmit)>,
    queued: Option<Instant>,
}

/// Why a request was sent.
#[derive(Clone, Copy)]
enum Purpose {
    /// The INVITE of a call.
    Call(Key),
    /// In a dialog.
    Within { dialog: Key, why: Why },
    /// Outside of any dialog.
    Free {
        request: RequestId,
        credentials: Option<CredentialsId>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    User(RequestId),
    Refresh,
    Prack,
    Bye,
}

struct ServerEntry {
    machine: Server,
    key: Box<[u8]>,
    merge: Option<u64>,
    /// Where responses go.
    flow: Flow,
    method: Method,
    /// Kept until the final response is built from it.
    request: Option<Message>,
    last: Option<Arc<[u8]>>,
    dialog: Option<Key>,
    queued: Option<Instant>,
}

/// An INVITE of ours, with all its forks and retries.
struct Call {
    client: Key,
    dialogs: Vec<Key>,
    local_tag: [u8; 16],
    described: Option<Box<[u8]>>,
    options: InviteOptions,
    /// The user asked to cancel, with this Reason; `Some` until CANCEL is sent.
    held_cancel: Option<Vec<u8>>,
    cancelled: bool,
    timed_out: bool,
    /// The outcome was told.
    told: bool,
    answered: bool,
    ring_end: Instant,
    queued: Option<Instant>,
}

impl Endpoint {
    /// `seed`: 32 bytes that nobody can guess; equal seeds and equal inputs give equal outputs.
    pub fn new(config: Config, seed: [u8; 32]) -> Self {
        let mut random = Random::new(seed);
        let secret = random.next();
        let supported = |reliable: bool| {
            let tags = ["100rel", "timer"].into_iter().skip(usize::from(!reliable));
            tags.chain(config.extensions.iter().map(String::as_str))
                .collect::<Vec<_>>()
                .join(", ")
        };
        Endpoint {
            allow: config.allow.join(", "),
            supported: [supported(false), supported(true)],
            config,
            random,
            secret,
            clients: Slab::new(),
            servers: Slab::new(),
            server_keys: HashMap::new(),
            merged: HashMap::new(),
            calls: Slab::new(),
            dialogs: Slab::new(),
            dialog_keys: HashMap::new(),
            credentials: Slab::new(),
            timers: Timers::new(),
            transmits: VecDeque::new(),
            facts: VecDeque::new(),
            next_request: 1,
            counters: Counters::default(),
            packet: Vec::with_capacity(2048),
            key: Vec::with_capacity(128),
            dialog_key: Vec::with_capacity(128),
        }
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_fact(&mut self) -> Option<Fact> {
        self.facts.pop_front()
    }

    /// When to call [`handle_timeout`](Endpoint::handle_timeout) at the latest. It may find that nothing is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// What is alive.
    pub fn counts(&self) -> Counts {
        Counts {
            clients: self.clients.len(),
            servers: self.servers.len(),
            calls: self.calls.len(),
            dialogs: self.dialogs.len(),
        }
    }

    /// What was turned away since the start.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn request_id(&mut self) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        id
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_takes_is_bounded_and_stated() {
        // Besides these: the packets that may have to be repeated, about a kilobyte a transaction, and the request that
        // waits for the user's answer. `cargo bench --bench calls` tells what all of it takes.
        let sizes = [
            size_of::<ClientEntry>(),
            size_of::<ServerEntry>(),
            size_of::<Call>(),
            size_of::<Dialog>(),
        ];
        assert!(
            sizes
                .iter()
                .zip([384, 384, 192, 1280])
                .all(|(size, most)| *size <= most),
            "{sizes:?}"
        );
    }

    #[test]
    fn an_endpoint_may_move_to_another_thread() {
        fn moves<T: Send>(_: &T) {}
        moves(&Endpoint::new(Config::default(), [0; 32]));
    }
}
