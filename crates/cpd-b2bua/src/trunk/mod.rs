//! Trunks: who may call through us, and whom we call. Plain data, replaced whole; a call keeps what it began with.
//!
//! - [`Dialer`]: a trunk that calls come from. [`Carrier`]: one that they go to, with its [`Gateway`]s.
//! - [`number`]: telephone numbers and their rewriting. [`route`]: which gateways a call tries, in which order.

pub mod number;
pub mod route;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use cpd_call::Policy;
use cpd_detect::{Profile, Shared};
use cpd_sip::admission::Network;
use cpd_sip::dialog::SessionWish;
use cpd_sip::digest::{Algorithm, Secret};
use cpd_sip::endpoint::Reliability;
use cpd_sip::transport::Protocol;
use rustls::pki_types::ServerName;

use crate::dialect::Dialects;
use crate::script::Script;
use crate::switchboard::gateways::literal;
use number::Rewrite;

/// Everything that a new call is measured by.
pub struct Settings {
    /// Counts the versions of it.
    pub version: u64,
    /// Trunks that calls come from.
    pub dialers: Vec<Arc<Dialer>>,
    /// Beginnings of numbers that are never held, rejected or listened to: `112`, `101`.
    pub emergency: Vec<String>,
    /// Tone plans and prompts; `None`: they could not be loaded, and calls pass unheard.
    pub hearing: Option<Shared>,
    /// The most calls at once; beyond them 503 with Retry-After.
    pub calls_max: usize,
    /// The most calls that are listened to at once; beyond them calls pass unheard, and their records say so.
    pub listeners_max: usize,
}

/// A user and the secret that proves it.
#[derive(Clone)]
pub struct User {
    /// The name.
    pub name: Vec<u8>,
    /// Its secret.
    pub secret: Secret,
}

/// A trunk that calls come from.
#[derive(Clone)]
pub struct Dialer {
    /// Its name in records.
    pub id: String,
    /// Its addresses.
    pub networks: Vec<Network>,
    /// It has to prove this by digest.
    pub user: Option<User>,
    /// By these algorithms, the first of which is asked for first: MD5, then SHA-256. Many dialers read the first challenge
    /// alone and know nothing but MD5; RFC 8760 (2.3) wants the strongest first.
    pub digest: Vec<Algorithm>,
    /// Its media may come from another port of the host that it describes, or from the host of its signalling (NAT), and
    /// is sent back there; otherwise from the described address and port alone.
    pub symmetric: bool,
    /// How its provisional responses are sent.
    pub reliability: Reliability,
    /// What it wants done.
    pub policy: Arc<Policy>,
    /// How its calls are heard.
    pub profile: Profile,
    /// Profiles that it may ask for by name, call by call.
    pub profiles: Vec<(String, Profile)>,
    /// How it is told.
    pub dialects: Dialects,
    /// Rewrites of the number called.
    pub callee: Vec<Rewrite>,
    /// Rewrites of the number calling.
    pub caller: Vec<Rewrite>,
    /// What decides where its tables are not enough.
    pub script: Option<Arc<Script>>,
    /// Where its calls go.
    pub routes: Vec<Route>,
    /// The most of its calls at once.
    pub calls_max: usize,
    /// REFER goes on to the other side; otherwise it is refused.
    pub refer: bool,
    /// Offers go to the carrier with the codecs that can be heard first.
    pub heard_first: bool,
    /// Which calls are recorded, and how long.
    pub record: Recording,
    /// What its calls are heard with, in place of [`Settings::hearing`].
    pub hearing: Option<Hearing>,
}

/// What the calls of one trunk are heard with.
#[derive(Clone)]
pub struct Hearing {
    /// Tone plans and prompts.
    pub shared: Shared,
    /// The version of the prompts that all customers share; 0: none.
    pub common: i32,
    /// The version of the customer's own prompts; 0: none.
    pub own: i32,
}

/// Where calls to numbers of one beginning go.
#[derive(Clone)]
pub struct Route {
    /// The beginning, after rewriting; empty: any.
    pub prefix: String,
    /// Carriers in the order in which they are tried.
    pub carriers: Vec<Arc<Carrier>>,
}

/// What is recorded of the analysed part of a call.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The longest recording; zero: none.
    pub max: Duration,
    /// Where a call's file goes, on the file system of [`MediaConfig::recordings`](crate::media::MediaConfig::recordings).
    pub folder: std::path::PathBuf,
    /// Classes whose recordings are kept; empty: all.
    pub classes: Vec<cpd_detect::Class>,
}

/// A trunk that calls go to.
pub struct Carrier {
    /// Its name in records.
    pub id: String,
    /// Its servers.
    pub gateways: Vec<Gateway>,
    /// Who we are there.
    pub user: Option<User>,
    /// We register there, for so long.
    pub register: Option<Duration>,
    /// The host in From; ours where it is not set. A gateway by address shows it in its certificate (RFC 5922, 4).
    pub domain: Option<String>,
    /// As [`Dialer::symmetric`].
    pub symmetric: bool,
    /// What our INVITEs say of reliable provisional responses.
    pub reliability: Reliability,
    /// A session timer to ask for.
    pub session: Option<SessionWish>,
    /// How often OPTIONS asks whether a gateway lives; `None`: never.
    pub health: Option<Duration>,
    /// Media is secured there with SDES keys (RFC 4568): our offers are RTP/SAVP. A dialer's own offer decides for its leg.
    pub srtp: bool,
    /// Identity of the caller (P-Asserted-Identity, P-Preferred-Identity, Privacy, Diversion, History-Info) goes on.
    pub identity: bool,
    /// Rewrites of the number called, after the dialer's own.
    pub callee: Vec<Rewrite>,
    /// Rewrites of the number calling.
    pub caller: Vec<Rewrite>,
}

/// One server of a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Its SIP URI, as `sip:gw1.example.net:5060;transport=tcp`.
    pub uri: String,
    /// Lower ones are tried first.
    pub priority: u16,
    /// The share among gateways of one priority; 0 is taken last.
    pub weight: u16,
}

impl Carrier {
    /// A carrier with one gateway and the usual manners: 100rel where it wants it, no digest, no registration, no OPTIONS.
    pub fn at(id: impl Into<String>, uri: impl Into<String>) -> Carrier {
        Carrier {
            id: id.into(),
            gateways: vec![Gateway {
                uri: uri.into(),
                priority: 1,
                weight: 1,
            }],
            user: None,
            register: None,
            domain: None,
            symmetric: false,
            reliability: Reliability::Supported,
            session: None,
            health: None,
            srtp: false,
            identity: true,
            callee: Vec::new(),
            caller: Vec::new(),
        }
    }
}

impl Dialer {
    /// A trunk known by its addresses, whose calls all go to one carrier: the default policy, no dialect, no limit.
    pub fn at(id: impl Into<String>, networks: Vec<Network>, carrier: Carrier) -> Dialer {
        Dialer {
            id: id.into(),
            networks,
            user: None,
            digest: vec![Algorithm::MD5, Algorithm::SHA_256],
            symmetric: false,
            reliability: Reliability::Absent,
            policy: Arc::new(Policy::default()),
            profile: Profile::default(),
            profiles: Vec::new(),
            dialects: Dialects::default(),
            callee: Vec::new(),
            caller: Vec::new(),
            script: None,
            routes: vec![Route {
                prefix: String::new(),
                carriers: vec![Arc::new(carrier)],
            }],
            calls_max: usize::MAX,
            refer: false,
            heard_first: true,
            record: Recording::default(),
            hearing: None,
        }
    }
}

impl Settings {
    /// What calls of a trunk are heard with; `None`: they pass unheard.
    pub fn hearing_of<'a>(&'a self, dialer: &'a Dialer) -> Option<&'a Shared> {
        let own = dialer.hearing.as_ref().map(|hearing| &hearing.shared);
        own.or(self.hearing.as_ref())
    }

    /// The dialers at an address: the one with the longest network first, of equal ones those without a password last.
    pub fn dialers_at(&self, address: IpAddr) -> impl Iterator<Item = &Arc<Dialer>> {
        let mut found: Vec<_> = self
            .dialers
            .iter()
            .filter_map(|dialer| {
                let longest = dialer.networks.iter().filter(|network| network.contains(address));
                let longest = longest.map(Network::prefix).max()?;
                Some((longest, dialer.user.is_some(), dialer))
            })
            .collect();
        found.sort_by_key(|(longest, proves, _)| std::cmp::Reverse((*longest, *proves)));
        found.into_iter().map(|(.., dialer)| dialer)
    }

    /// What the certificates of gateways by address have to show: their carrier's domain, and where it has none, the
    /// address. Of several carriers at one address the first one says it.
    pub(crate) fn certificate_names(&self) -> HashMap<SocketAddr, ServerName<'static>> {
        let mut names = HashMap::new();
        let routes = self.dialers.iter().flat_map(|dialer| &dialer.routes);
        for carrier in routes.flat_map(|route| &route.carriers) {
            let name = carrier.domain.clone().map(ServerName::try_from);
            let Some(Ok(name)) = name else { continue };
            let places = carrier
                .gateways
                .iter()
                .filter_map(|gateway| literal(&gateway.uri));
            for place in places.filter(|place| place.protocol == Protocol::Tls) {
                names.entry(place.address).or_insert_with(|| name.clone());
            }
        }
        names
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("User(…)")
    }
}
