//! What all handlers share: the store, the clock, limits, and who this node is.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use cpd_b2bua::trunk::Dialer;
use cpd_sip::admission::Network as Addresses;
use cpd_store::{Store, Tx, Whose};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::{Semaphore, watch};

use super::live::Watchers;
use super::problem::{Kind, Problem};
use super::traffic::Traffic;
use super::workshop::Workshop;
use crate::doors::streams::Streams;
use crate::live::Hub;
use crate::serve::config::owned::Beside;
use crate::serve::hearing::Base;
use crate::stock::Stock;
use crate::test_calls::TestCalls;
use crate::webhooks::network::Network;

/// Hashes of passwords computed at once: one takes 19 MiB and some 30 ms.
const HASHES_MAX: usize = 2;

/// Tells Unix time, ms.
pub(crate) type Clock = Box<dyn Fn() -> i64 + Send + Sync>;

/// What all handlers share.
pub(crate) struct App {
    pub(crate) store: Store,
    /// This node's name.
    pub(crate) node: String,
    /// When this process began, ms.
    pub(crate) began_ms: i64,
    /// What customers' trunks are read beside.
    pub(crate) beside: Beside,
    /// What recordings are heard with, as calls are.
    pub(crate) base: watch::Receiver<Base>,
    /// Libraries of the database's prompts.
    pub(crate) stock: Arc<Stock>,
    /// Where audio is worked on.
    pub(crate) workshop: Workshop,
    /// Trunks of the service's own file.
    pub(crate) file_dialers: Vec<Arc<Dialer>>,
    /// Cookies are for HTTPS alone.
    pub(crate) secure: bool,
    /// Proxies that are believed about whom they had a request from.
    pub(crate) proxies: Vec<Addresses>,
    /// The code of the first run, while nobody is there.
    pub(crate) setup_code: Mutex<Option<String>>,
    pub(crate) hashing: Semaphore,
    pub(crate) limits: Limits,
    /// What happens now.
    pub(crate) live: Arc<Hub>,
    pub(crate) watchers: Watchers,
    pub(crate) traffic: Arc<Traffic>,
    /// The way to others' servers: where webhooks lead, and who vouches for people.
    pub(crate) network: Network,
    /// Where files of exports are.
    pub(crate) exports: PathBuf,
    /// Sound that dialers hand over.
    pub(crate) streams: Streams,
    pub(crate) test_calls: TestCalls,
    clock: Clock,
}

/// How much may come from one place.
pub(crate) struct Limits {
    /// Logins, by address.
    pub(crate) logins: DefaultKeyedRateLimiter<std::net::IpAddr>,
    /// Requests, by session or key.
    pub(crate) requests: DefaultKeyedRateLimiter<u128>,
    /// Requests of nobody, by address.
    pub(crate) strangers: DefaultKeyedRateLimiter<std::net::IpAddr>,
    /// Test calls, by customer.
    pub(crate) test_calls: DefaultKeyedRateLimiter<u128>,
}

/// An hour's logins from one address behind which a whole office may sit: one in 2 s, 20 at once.
const LOGINS_PER_MINUTE: u32 = 30;
const LOGINS_BURST: u32 = 20;
/// Requests of one session or key a second, and at once: a page of the console asks for ten things.
const REQUESTS_PER_SECOND: u32 = 50;
const REQUESTS_BURST: u32 = 200;
/// Requests of nobody from one address a second: the console's own files.
const STRANGERS_PER_SECOND: u32 = 50;
/// Test calls of one customer a minute, and at once: each lasts some ten seconds, and who looks tries all four.
const TEST_CALLS_PER_MINUTE: u32 = 6;

impl Default for Limits {
    fn default() -> Limits {
        let count = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Limits {
            logins: RateLimiter::keyed(
                Quota::per_minute(count(LOGINS_PER_MINUTE)).allow_burst(count(LOGINS_BURST)),
            ),
            requests: RateLimiter::keyed(
                Quota::per_second(count(REQUESTS_PER_SECOND)).allow_burst(count(REQUESTS_BURST)),
            ),
            strangers: RateLimiter::keyed(
                Quota::per_second(count(STRANGERS_PER_SECOND)).allow_burst(count(REQUESTS_BURST)),
            ),
            test_calls: RateLimiter::keyed(Quota::per_minute(count(TEST_CALLS_PER_MINUTE))),
        }
    }
}

impl Limits {
    /// Forgets who has not asked for a while.
    pub(crate) fn sweep(&self) {
        self.logins.retain_recent();
        self.requests.retain_recent();
        self.strangers.retain_recent();
        self.test_calls.retain_recent();
    }
}

/// How an [`App`] is begun.
pub(crate) struct Wanted {
    pub(crate) store: Store,
    pub(crate) node: String,
    pub(crate) beside: Beside,
    pub(crate) base: watch::Receiver<Base>,
    pub(crate) stock: Arc<Stock>,
    pub(crate) file_dialers: Vec<Arc<Dialer>>,
    pub(crate) secure: bool,
    pub(crate) proxies: Vec<Addresses>,
    pub(crate) setup_code: Option<String>,
    pub(crate) live: Arc<Hub>,
    pub(crate) network: Network,
    pub(crate) exports: PathBuf,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) test_calls: TestCalls,
    /// Unix time, ms.
    pub(crate) clock: Clock,
}

impl App {
    pub(crate) fn new(wanted: Wanted) -> Arc<App> {
        Arc::new(App {
            store: wanted.store,
            node: wanted.node,
            began_ms: (wanted.clock)(),
            beside: wanted.beside,
            base: wanted.base,
            stock: wanted.stock,
            workshop: Workshop::default(),
            file_dialers: wanted.file_dialers,
            secure: wanted.secure,
            proxies: wanted.proxies,
            setup_code: Mutex::new(wanted.setup_code),
            hashing: Semaphore::new(HASHES_MAX),
            limits: Limits::default(),
            live: wanted.live,
            watchers: Watchers::default(),
            network: wanted.network,
            exports: wanted.exports,
            traffic: wanted.traffic,
            streams: Streams::default(),
            test_calls: wanted.test_calls,
            clock: wanted.clock,
        })
    }

    /// Unix time, ms.
    pub(crate) fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Begins to read or write for the service itself.
    pub(crate) async fn service(&self, writes: bool) -> Result<Tx, Problem> {
        Ok(match writes {
            true => self.store.write(Whose::Service).await?,
            false => self.store.read(Whose::Service).await?,
        })
    }
}

/// Unix time by the system's clock, ms.
pub(crate) fn system_clock() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A problem for who asks too often.
pub(crate) fn too_many() -> Problem {
    Problem::new(
        Kind::TooMany,
        "too many requests; wait a moment and ask less often",
    )
}

/// The address that a request came from, as the server puts it beside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);
