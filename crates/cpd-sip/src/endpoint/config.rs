//! What an endpoint and a call are told at their beginning.

use super::CredentialsId;
use crate::dialog::SessionWish;
use crate::transaction::BaseTimers;
use std::time::Duration;

/// How an endpoint behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// T1, T2 and T4.
    pub timers: BaseTimers,
    /// The methods that are understood, as they stand in Allow. Others get 405.
    pub allow: Vec<String>,
    /// Option tags that the user understands, besides `100rel` and `timer`.
    pub extensions: Vec<String>,
    /// The Info-Packages that the user understands (RFC 6086); INFO with others gets 469.
    pub info_packages: Vec<String>,
    /// User-Agent of our requests, Server of our responses.
    pub product: Option<String>,
    /// Requests in a dialog follow the flow it was made on, whatever the peer's Contact says: for peers behind NAT.
    /// [`Endpoint::set_symmetric`](super::Endpoint::set_symmetric) says so of a single dialog.
    pub symmetric: bool,
    /// The session timer of calls that come in, and what re-INVITEs and UPDATEs there are measured by; `None`: only if
    /// the peer asks.
    pub session: Option<SessionWish>,
    /// How long an INVITE of ours may ring before it is cancelled: 5 min. Carriers give up after 2 to 4.
    pub ring_limit: Duration,
    /// How long the user may take to answer a request for good; then 480 or 500 is sent: 5 min.
    pub answer_limit: Duration,
    /// The most transactions; beyond them requests outside dialogs get 503. One takes about 1.6 kB for the 32 s that it
    /// lingers: 100 000 take 160 MB and carry some 1500 calls a second.
    pub transactions_max: usize,
    /// The most dialogs; beyond them INVITEs get 503.
    pub dialogs_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        let allow = [
            "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "PRACK", "UPDATE", "INFO",
        ];
        Config {
            timers: BaseTimers::default(),
            allow: allow.map(String::from).to_vec(),
            extensions: Vec::new(),
            info_packages: Vec::new(),
            product: None,
            symmetric: false,
            session: None,
            ring_limit: Duration::from_secs(300),
            answer_limit: Duration::from_secs(300),
            transactions_max: 100_000,
            dialogs_max: 50_000,
        }
    }
}

/// Whether an INVITE of ours speaks of reliable provisional responses (RFC 3262).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reliability {
    /// Not at all.
    Absent,
    /// `Supported: 100rel`: the peer decides.
    #[default]
    Supported,
    /// `Require: 100rel`.
    Required,
}

/// What becomes of a second 2xx to an INVITE that was forked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forks {
    /// The first answer wins; the others get ACK and BYE without being told.
    #[default]
    First,
    /// Each answer is told.
    All,
}

/// How an INVITE is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InviteOptions {
    /// Reliable provisional responses.
    pub reliability: Reliability,
    /// A session timer to ask for.
    pub session: Option<SessionWish>,
    /// Several answers.
    pub forks: Forks,
    /// Who answers challenges, to the INVITE and to later requests in its dialogs.
    pub credentials: Option<CredentialsId>,
}
