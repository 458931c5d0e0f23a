//! `smartcpd.toml`: what an operator writes, as what the node takes.
//!
//! [`source`] reads values with their places, [`reader`] takes typed ones out and gathers faults, [`trunks`] and
//! [`policies`] know the trunks' part. The template, `default.toml`, is what a start without a file goes by; a test holds
//! it to the defaults here.

mod dialects;
pub(crate) mod keys;
pub(crate) mod owned;
mod policies;
pub(crate) mod reader;
pub(crate) mod source;
mod trunks;

pub(crate) use policies::classes;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cpd_b2bua::media::{MediaConfig, Network as MediaNetwork};
use cpd_b2bua::transport::Listener;
use cpd_b2bua::trunk::{Carrier, Dialer, Settings};
use cpd_detect::Shared;
use cpd_sip::Uri;
use cpd_sip::admission::{AddressList, AdmissionConfig, Network, Treatment};
use cpd_sip::dialog::SessionWish;
use cpd_sip::transport::Protocol;
use cpd_sip::uri::Host;

use crate::doors::listener::Doors;
use crate::doors::wishes;
use crate::fault::{Fault, FaultClass};
use crate::serve::hearing::Base;
use crate::serve::log::Level;
use reader::{Section, Wrongs};

/// The template: valid as it stands, with a comment for every key.
pub(crate) const TEMPLATE: &str = include_str!("default.toml");

/// How the template is called in faults.
pub(crate) const TEMPLATE_NAME: &str = "the built-in configuration";

/// Where a configuration is looked for without `--config`.
pub(crate) const PLACES: [&str; 2] = ["smartcpd.toml", "/etc/smartcpd/smartcpd.toml"];

/// Everything that was configured.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) sip: Sip,
    pub(crate) media: MediaConfig,
    pub(crate) hearing: HearingPlan,
    pub(crate) limits: Limits,
    pub(crate) emergency: Vec<String>,
    pub(crate) dialers: Vec<Arc<Dialer>>,
    /// By id; also those that no dialer uses.
    pub(crate) carriers: Vec<Arc<Carrier>>,
    /// Where metrics and health are asked for.
    pub(crate) http: Option<SocketAddr>,
    pub(crate) store: Option<StorePlan>,
    /// Where console and API are, and whether HTTPS leads there.
    pub(crate) console: Option<SocketAddr>,
    pub(crate) https: bool,
    /// Proxies that are believed about whom they had a request from.
    pub(crate) proxies: Vec<Network>,
    /// Webhooks may lead into one's own network, and by HTTP.
    pub(crate) webhooks_private: bool,
    pub(crate) doors: Doors,
    pub(crate) records: Records,
    pub(crate) homer: Option<Homer>,
    pub(crate) log: Level,
}

/// `[store]`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StorePlan {
    pub(crate) folder: PathBuf,
    /// `None`: SQLite in the folder.
    pub(crate) url: Option<String>,
    /// `None`: the machine's name.
    pub(crate) node: Option<String>,
    /// `None`: in the folder.
    pub(crate) key_file: Option<PathBuf>,
}

/// `[sip]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sip {
    pub(crate) listeners: Vec<Listener>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) calls_per_second: u32,
    pub(crate) burst: u32,
    pub(crate) deny: Vec<Network>,
    pub(crate) session: Option<SessionWish>,
    pub(crate) keep_alive: Option<Duration>,
    pub(crate) idle_limit: Duration,
    pub(crate) connections_max: usize,
    pub(crate) connections_per_source_max: usize,
    /// Name servers; empty: those of the machine.
    pub(crate) dns: Vec<SocketAddr>,
}

/// `[sip.tls]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) roots: PathBuf,
}

/// `[hearing]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HearingPlan {
    pub(crate) prompts: Option<PathBuf>,
    pub(crate) plans: Option<PathBuf>,
    pub(crate) countries: Vec<String>,
    pub(crate) listeners_max: usize,
}

/// `[limits]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) calls_max: usize,
    pub(crate) drain: Duration,
    /// How long OPTIONS are at least answered with 503 before the end.
    pub(crate) notice: Duration,
}

/// `[records]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Records {
    /// `-`: standard output.
    pub(crate) file: Option<PathBuf>,
    pub(crate) cpa_stats: Option<PathBuf>,
}

/// `[homer]`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Homer {
    pub(crate) address: SocketAddr,
    pub(crate) capture_id: u32,
    pub(crate) password: Option<String>,
}

/// The file that is used: the one that is named, else the first of [`PLACES`] that exists, else none.
pub(crate) fn find(named: Option<&Path>) -> Option<PathBuf> {
    match named {
        Some(path) => Some(path.to_owned()),
        None => PLACES.iter().map(PathBuf::from).find(|path| path.exists()),
    }
}

/// Reads a file, or the template, with the environment over it.
pub(crate) fn load(file: Option<&Path>) -> Result<Config, Vec<Fault>> {
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        Some((name, value.into_string().ok()?))
    });
    match file {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|why| vec![Fault::unreadable(path, &why)])?;
            parse(path, &text, variables)
        }
        None => parse(Path::new(TEMPLATE_NAME), TEMPLATE, variables),
    }
}

/// Reads a text; all that is wrong with it is told at once.
pub(crate) fn parse(
    path: &Path,
    text: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, Vec<Fault>> {
    let fault = |why: String| Fault::reading(FaultClass::Configuration, path, why);
    let root = source::tree(text, variables).map_err(|why| vec![fault(why)])?;
    let mut wrongs = Wrongs::default();
    let config = config(root, &mut wrongs);
    let lines = wrongs.into_lines();
    if lines.is_empty() {
        Ok(config)
    } else {
        Err(lines.into_iter().map(fault).collect())
    }
}

fn config(root: source::Node, wrongs: &mut Wrongs) -> Config {
    let mut root = Section::new("", root, wrongs);
    let sip = sip(root.table("sip", wrongs), wrongs);
    let media = media(root.table("media", wrongs), &sip, wrongs);
    let hearing = hearing(root.table("hearing", wrongs), wrongs);
    let limits = limits(root.table("limits", wrongs), wrongs);
    let mut section = root.table("emergency", wrongs);
    let emergency = section.list("numbers", wrongs, beginning).unwrap_or_default();
    section.close(wrongs);
    let carriers = trunks::carriers(root.tables("carrier", wrongs), "", wrongs);
    let policies = policies::policies(root.table("policy", wrongs), wrongs);
    let profiles = policies::profiles(
        root.table("profile", wrongs),
        &hearing.countries,
        &country,
        wrongs,
    );
    let known = (&carriers, &policies, &profiles);
    let dialers = trunks::dialers(
        root.tables("dialer", wrongs),
        "",
        known,
        media.recordings.as_deref(),
        wrongs,
    );
    let mut section = root.table("http", wrongs);
    let http = section
        .parsed("listen", wrongs, address_or_off)
        .unwrap_or(Some(HTTP));
    section.close(wrongs);
    let store = store(root.table("store", wrongs), wrongs);
    let mut section = root.table("console", wrongs);
    let console = section
        .parsed("listen", wrongs, address_or_off)
        .unwrap_or(Some(CONSOLE));
    let https = section.flag("https", wrongs).unwrap_or(false);
    let proxies = section.list("proxies", wrongs, network).unwrap_or_default();
    section.close(wrongs);
    let mut section = root.table("webhooks", wrongs);
    let webhooks_private = section.flag("private", wrongs).unwrap_or(false);
    section.close(wrongs);
    let doors = doors(root.table("doors", wrongs), store.is_some(), wrongs);
    let mut section = root.table("records", wrongs);
    let records = Records {
        file: section.path("file", wrongs),
        cpa_stats: section.path("cpa_stats", wrongs),
    };
    section.close(wrongs);
    let homer = homer(root.table("homer", wrongs), wrongs);
    let mut section = root.table("log", wrongs);
    let log = section
        .choice("level", &Level::NAMES, wrongs)
        .unwrap_or(Level::Info);
    section.close(wrongs);
    root.close(wrongs);
    Config {
        sip,
        media,
        hearing,
        limits,
        emergency,
        dialers,
        carriers: carriers.into_values().collect(),
        http,
        store,
        console,
        https,
        proxies,
        webhooks_private,
        doors,
        records,
        homer,
        log,
    }
}

/// Console and API, for this machine only until somebody wants it otherwise.
const CONSOLE: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8060);
/// Where things are kept without a wish.
const FOLDER: &str = "smartcpd-data";

fn store(mut section: Section, wrongs: &mut Wrongs) -> Option<StorePlan> {
    let place = section.place.clone();
    let folder = section.path("folder", wrongs).unwrap_or_else(|| FOLDER.into());
    let url = section.secret("url", "url_file", wrongs).unwrap_or_default();
    let known = ["", "off"].contains(&url.as_str())
        || ["postgres://", "postgresql://", "sqlite:"]
            .iter()
            .any(|form| url.starts_with(form));
    if !known {
        // Not told as it is: it may hold a password.
        let why = "is no database; write postgres://user:password@host/name, \"\" for SQLite or \"off\"";
        section.wrong(wrongs, &place, "url", why);
    }
    let node = section.parsed("node", wrongs, node_name).flatten();
    let key_file = section
        .path("key_file", wrongs)
        .filter(|path| !path.as_os_str().is_empty());
    section.close(wrongs);
    (url != "off").then(|| StorePlan {
        folder,
        url: (!url.is_empty()).then_some(url),
        node,
        key_file,
    })
}

fn doors(mut section: Section, stored: bool, wrongs: &mut Wrongs) -> Doors {
    let place = section.place.clone();
    let doors = Doors {
        audiosocket: section.parsed("audiosocket", wrongs, address_or_off).flatten(),
        networks: section
            .list("networks", wrongs, owned_network)
            .unwrap_or_default(),
        answered: section.flag("answered", wrongs).unwrap_or(true),
        profile: section
            .text("profile", wrongs)
            .map(|(name, _)| name)
            .filter(|name| !name.is_empty()),
        hangup_on: section
            .list("hangup_on", wrongs, wishes::ending)
            .unwrap_or_default()
            .concat(),
    };
    if doors.audiosocket.is_some() && doors.networks.is_empty() {
        let why = "AudioSocket has no password: say whose each network is, as [\"10.0.0.5 of acme\"]";
        section.wrong(wrongs, &place, "networks", why);
    }
    if doors.audiosocket.is_some() && !stored {
        let why = "wants the database, which has the customers; write \"off\", or a [store] that is not off";
        section.wrong(wrongs, &place, "audiosocket", why);
    }
    section.close(wrongs);
    doors
}

/// `10.0.0.0/24 of acme`.
fn owned_network(text: &str) -> Result<(Network, String), String> {
    let bad = || format!("{text:?} is no network of a customer; write 10.0.0.0/24 of acme");
    let (of, owner) = text.split_once(" of ").ok_or_else(bad)?;
    let owner = owner.trim();
    match owner.is_empty() || owner.contains(char::is_whitespace) {
        true => Err(bad()),
        false => Ok((network(of.trim())?, owner.to_owned())),
    }
}

/// A node's name; empty: none.
fn node_name(text: &str) -> Result<Option<String>, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    match text {
        "" => Ok(None),
        text if text.len() <= 64 && text.bytes().all(fits) => Ok(Some(text.to_owned())),
        text => Err(format!(
            "{text:?} is no name; write at most 64 letters, digits and -_."
        )),
    }
}

/// Metrics and health, for this machine only: they have no password.
const HTTP: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9060);

fn sip(mut section: Section, wrongs: &mut Wrongs) -> Sip {
    let second = Duration::from_secs;
    let home = |protocol| Listener {
        protocol,
        bind: SocketAddr::from(([127, 0, 0, 1], 5060)),
        public: None,
    };
    let listeners = section
        .list("listen", wrongs, listener)
        .unwrap_or_else(|| vec![home(Protocol::Udp), home(Protocol::Tcp)]);
    if listeners.is_empty() {
        let why = "names no socket; write [\"udp:10.0.0.5:5060\"]";
        section.wrong(wrongs, &section.place, "listen", why);
    }
    let mut tls = section.table("tls", wrongs);
    let files = (tls.path("certificate", wrongs), tls.path("key", wrongs));
    let roots = tls.path("roots", wrongs);
    let place = tls.place.clone();
    tls.close(wrongs);
    let wanted = listeners
        .iter()
        .any(|listener| listener.protocol == Protocol::Tls);
    let tls = match files {
        (Some(certificate), Some(key)) => Some(TlsFiles {
            certificate,
            key,
            roots: roots.unwrap_or_else(|| "/etc/ssl/certs/ca-certificates.crt".into()),
        }),
        (None, None) if !wanted => None,
        _ => {
            let why = "certificate and key are wanted together; write certificate = \"/etc/smartcpd/tls.pem\", key = \"…\"";
            section.wrong(wrongs, &place, "tls", why);
            None
        }
    };
    let admission = AdmissionConfig::default();
    let session = section
        .time_or_off("session", second(90)..=second(7_200), wrongs)
        .unwrap_or(Some(second(1_800)));
    let sip = Sip {
        listeners,
        tls,
        calls_per_second: section
            .whole("calls_per_second", 1..=10_000, wrongs)
            .map_or(admission.calls_per_second, |n| n as u32),
        burst: section
            .whole("burst", 1..=100_000, wrongs)
            .map_or(admission.burst, |n| n as u32),
        deny: section.list("deny", wrongs, network).unwrap_or_default(),
        session: session.map(trunks::wish),
        keep_alive: section
            .time_or_off("keep_alive", second(10)..=second(600), wrongs)
            .unwrap_or(Some(second(120))),
        idle_limit: section
            .time("idle_limit", second(60)..=second(86_400), wrongs)
            .unwrap_or(second(600)),
        connections_max: section
            .whole("connections_max", 1..=100_000, wrongs)
            .unwrap_or(4_096) as usize,
        connections_per_source_max: section
            .whole("connections_per_source_max", 1..=100_000, wrongs)
            .unwrap_or(64) as usize,
        dns: section.list("dns", wrongs, name_server).unwrap_or_default(),
    };
    section.close(wrongs);
    sip
}

fn media(mut section: Section, sip: &Sip, wrongs: &mut Wrongs) -> MediaConfig {
    let d = MediaConfig::default();
    let networks = section
        .list("networks", wrongs, media_network)
        .unwrap_or_else(|| {
            // Where SIP is, sound can be too.
            let mut networks: Vec<MediaNetwork> = Vec::new();
            for listener in &sip.listeners {
                let bind = listener.bind.ip();
                let network = MediaNetwork {
                    bind,
                    public: listener.public.unwrap_or(bind),
                };
                if !networks.contains(&network) {
                    networks.push(network);
                }
            }
            networks
        });
    let media = MediaConfig {
        networks,
        ports: section.parsed("ports", wrongs, ports).unwrap_or(d.ports),
        threads: section
            .whole("threads", 0..=256, wrongs)
            .map_or(0, |n| n as usize),
        rtp_timeout: section
            .time_or_off(
                "rtp_timeout",
                Duration::from_secs(5)..=Duration::from_secs(3_600),
                wrongs,
            )
            .map_or(d.rtp_timeout, Option::unwrap_or_default),
        receive_buffer: section
            .whole("receive_buffer", 4_096..=16_777_216, wrongs)
            .map_or(d.receive_buffer, |n| n as usize),
        dscp: section.whole("dscp", 0..=63, wrongs).map_or(d.dscp, |n| n as u8),
        recordings: section.path("recordings", wrongs),
        news_max: d.news_max,
    };
    section.close(wrongs);
    // 0 stands for what the machine has.
    let threads = if media.threads == 0 {
        d.threads
    } else {
        media.threads
    };
    MediaConfig { threads, ..media }
}

fn hearing(mut section: Section, wrongs: &mut Wrongs) -> HearingPlan {
    let hearing = HearingPlan {
        prompts: section.path("prompts", wrongs),
        plans: section.path("plans", wrongs),
        countries: section.list("countries", wrongs, country).unwrap_or_default(),
        listeners_max: section
            .whole("listeners_max", 0..=100_000, wrongs)
            .unwrap_or(2_000) as usize,
    };
    section.close(wrongs);
    hearing
}

fn limits(mut section: Section, wrongs: &mut Wrongs) -> Limits {
    let limits = Limits {
        calls_max: section.whole("calls_max", 1..=100_000, wrongs).unwrap_or(2_000) as usize,
        drain: section
            .time("drain", Duration::ZERO..=Duration::from_secs(86_400), wrongs)
            .unwrap_or(Duration::from_secs(1_800)),
        notice: section
            .time("notice", Duration::ZERO..=Duration::from_secs(600), wrongs)
            .unwrap_or(Duration::from_secs(2)),
    };
    section.close(wrongs);
    limits
}

fn homer(mut section: Section, wrongs: &mut Wrongs) -> Option<Homer> {
    let address = section.parsed("address", wrongs, address_or_off).flatten();
    let capture_id = section
        .whole("capture_id", 0..=i64::from(u32::MAX), wrongs)
        .unwrap_or(2_001) as u32;
    let password = section.secret("password", "password_file", wrongs);
    section.close(wrongs);
    address.map(|address| Homer {
        address,
        capture_id,
        password,
    })
}

/// `udp:10.0.0.5:5060`, `tls:10.0.0.5:5061 as 203.0.113.5`.
fn listener(text: &str) -> Result<Listener, String> {
    let bad = || {
        let form = "write udp, tcp or tls with address and port, as udp:10.0.0.5:5060";
        format!(
            "{text:?} is no listener; {form}, behind NAT followed by the outside address: … as 203.0.113.5"
        )
    };
    let (protocol, rest) = text.split_once(':').ok_or_else(bad)?;
    let protocol = match protocol.trim() {
        "udp" => Protocol::Udp,
        "tcp" => Protocol::Tcp,
        "tls" => Protocol::Tls,
        _ => return Err(bad()),
    };
    let (bind, public) = aliased(rest);
    let bind: SocketAddr = bind.parse().map_err(|_| bad())?;
    let public = public.map(str::parse).transpose().map_err(|_| bad())?;
    reached(text, bind.ip(), public)?;
    Ok(Listener {
        protocol,
        bind,
        public,
    })
}

/// `10.0.0.5`, `10.0.0.5 as 203.0.113.5`.
fn media_network(text: &str) -> Result<MediaNetwork, String> {
    let bad = || format!("{text:?} is no address; write 10.0.0.5, behind NAT 10.0.0.5 as 203.0.113.5");
    let (bind, public) = aliased(text);
    let bind: IpAddr = bind.parse().map_err(|_| bad())?;
    let public: Option<IpAddr> = public.map(str::parse).transpose().map_err(|_| bad())?;
    reached(text, bind, public)?;
    Ok(MediaNetwork {
        bind,
        public: public.unwrap_or(bind),
    })
}

fn aliased(text: &str) -> (&str, Option<&str>) {
    match text.split_once(" as ") {
        Some((bind, public)) => (bind.trim(), Some(public.trim())),
        None => (text.trim(), None),
    }
}

/// Messages name an address, and peers answer to it.
fn reached(text: &str, bind: IpAddr, public: Option<IpAddr>) -> Result<(), String> {
    match public {
        None if bind.is_unspecified() => Err(format!(
            "nobody is reached at {bind}; write the address of this machine, or {text:?} followed by \" as \" and that address"
        )),
        Some(public) if public.is_unspecified() || public.is_ipv4() != bind.is_ipv4() => Err(format!(
            "{public} cannot stand for {bind}; write an address of the same IP version"
        )),
        Some(_) | None => Ok(()),
    }
}

fn network(text: &str) -> Result<Network, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no network; write an address, or address/prefix as 10.0.0.0/8"))
}

fn ports(text: &str) -> Result<std::ops::RangeInclusive<u16>, String> {
    let bad = || format!("{text:?} is no range of ports; write first-last, as 16384-32767");
    let (first, last) = text.split_once('-').ok_or_else(bad)?;
    let first: u16 = first.trim().parse().map_err(|_| bad())?;
    let last: u16 = last.trim().parse().map_err(|_| bad())?;
    // RTP is even, RTCP the odd port after it.
    match first >= 1_024 && last > first && last - first >= 1 {
        true => Ok(first..=last),
        false => Err(format!(
            "{text:?} holds no pair of ports above 1023; write first-last, as 16384-32767"
        )),
    }
}

/// A name server: an address, with a port where it is not 53.
fn name_server(text: &str) -> Result<SocketAddr, String> {
    let bare = text.parse().map(|address: IpAddr| SocketAddr::new(address, 53));
    bare.or_else(|_| text.parse())
        .map_err(|_| format!("{text:?} is no address; write \"10.0.0.2\", or \"10.0.0.2:5353\""))
}

fn address_or_off(text: &str) -> Result<Option<SocketAddr>, String> {
    match text {
        "off" | "" => Ok(None),
        _ => text
            .parse()
            .map(Some)
            .map_err(|_| format!("{text:?} is no address with port; write 127.0.0.1:9060, or \"off\"")),
    }
}

/// A country's code as tone plans have it, in lower case.
fn country(text: &str) -> Result<String, String> {
    match text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err(format!(
            "{text:?} is no country; write its code of ISO 3166, as \"ru\""
        )),
    }
}

/// The beginning of a telephone number.
fn beginning(text: &str) -> Result<String, String> {
    match !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+*#".contains(&byte))
    {
        true => Ok(text.to_owned()),
        false => Err(format!("{text:?} is no number; write digits, as \"112\"")),
    }
}

impl Config {
    /// What new calls are measured by.
    pub(crate) fn settings(&self, version: u64, hearing: Option<Shared>) -> Settings {
        Settings {
            version,
            dialers: self.dialers.clone(),
            emergency: self.emergency.clone(),
            hearing,
            calls_max: self.limits.calls_max,
            listeners_max: self.hearing.listeners_max,
        }
    }

    /// The same with these trunks of customers in the place of those that it has; `base`: what their prompts
    /// and tone plans are put into.
    pub(crate) fn with(mut self, owned: &[Arc<owned::Trunks>], base: &Base) -> Config {
        self.dialers
            .retain(|dialer| !dialer.id.contains(owned::OWNER_END));
        self.carriers
            .retain(|carrier| !carrier.id.contains(owned::OWNER_END));
        for trunks in owned {
            self.dialers.extend(trunks.heard_dialers(base));
            self.carriers.extend(trunks.carriers.iter().cloned());
        }
        self
    }

    /// What customers' trunks are read beside.
    pub(crate) fn beside(&self) -> owned::Beside {
        owned::Beside {
            countries: self.hearing.countries.clone(),
            recordings: self.media.recordings.clone(),
        }
    }

    /// Who is heard: trunks that are known by their address alone are limited by their own capacity, everybody else by
    /// a bucket. `located`: where gateways by name are.
    pub(crate) fn addresses(&self, located: impl IntoIterator<Item = IpAddr>) -> AddressList {
        let mut list = AddressList::new(Treatment::Limited);
        for dialer in self.dialers.iter().filter(|dialer| dialer.user.is_none()) {
            for network in &dialer.networks {
                list.set(*network, Treatment::Trusted);
            }
        }
        for address in self.gateway_addresses().chain(located) {
            if let Some(network) = Network::new(address, if address.is_ipv4() { 32 } else { 128 }) {
                list.set(network, Treatment::Trusted);
            }
        }
        for network in &self.sip.deny {
            list.set(*network, Treatment::Denied);
        }
        list
    }

    /// Sections that differ and are only read at a start.
    pub(crate) fn wants_restart(&self, new: &Config) -> Vec<&'static str> {
        let media = |config: &Config| format!("{:?}", config.media);
        let differ = [
            ("sip", self.sip != new.sip),
            ("media", media(self) != media(new)),
            ("http", self.http != new.http),
            ("store", self.store != new.store),
            (
                "console",
                (self.console, self.https, &self.proxies) != (new.console, new.https, &new.proxies),
            ),
            ("webhooks", self.webhooks_private != new.webhooks_private),
            ("doors", self.doors != new.doors),
            ("records", self.records != new.records),
            ("homer", self.homer != new.homer),
        ];
        differ
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(section, _)| section)
            .collect()
    }

    fn gateway_addresses(&self) -> impl Iterator<Item = IpAddr> {
        let gateways = self.carriers.iter().flat_map(|carrier| &carrier.gateways);
        gateways.filter_map(|gateway| match Uri::parse(gateway.uri.as_bytes()).ok()?.host? {
            Host::Address(address) => Some(address),
            Host::Name(_) => None,
        })
    }
}

#[cfg(test)]
mod tests;
