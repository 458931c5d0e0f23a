//! Where a request goes: RFC 3263 as data. The resolver is outside.
//!
//! A [`Search`] begins with a URI and says what to look up; given the answers it may ask for more, and ends with
//! [`Target`]s in the order to try them. [`Outages`] remembers which of them failed lately.
//!
//! ```
//! use cpd_sip::locate::{Answer, Means, Query, Search, Srv};
//! use cpd_sip::{Uri, transport::Protocol};
//! let means = Means { protocols: vec![Protocol::Udp], ipv4: true, ipv6: false };
//! let uri = Uri::parse(b"sip:+49151@carrier.example;transport=udp").unwrap();
//! let mut search = Search::new(&uri, means).unwrap();
//! assert_eq!(search.queries(), [Query::Srv("_sip._udp.carrier.example".into())]);
//! let srv = Srv { priority: 1, weight: 0, port: 5070, target: "sbc1.carrier.example.".into() };
//! search.answer(0, Answer::Srv(vec![srv]), &mut |_| 0);
//! assert_eq!(search.queries(), [Query::Addresses("sbc1.carrier.example".into())]);
//! search.answer(0, Answer::Addresses(vec!["192.0.2.5".parse().unwrap()]), &mut |_| 0);
//! let targets = search.finish();
//! assert_eq!(targets[0].address, "192.0.2.5:5070".parse().unwrap());
//! ```

mod naptr;
mod outages;
mod srv;

pub use naptr::Naptr;
pub use outages::{Failure, Outages};
pub use srv::Srv;

use crate::transport::Protocol;
use crate::uri::{Host, Scheme, Uri};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The most targets of one search. A request that has failed at so many places fails.
const TARGETS_MAX: usize = 32;

/// The most names of one answer that are looked up further: a carrier has two to eight.
const NAMES_MAX: usize = 16;

/// What this element can use.
#[derive(Clone, Debug)]
pub struct Means {
    /// The transports, the most wanted first.
    pub protocols: Vec<Protocol>,
    /// True if there is an IPv4 socket.
    pub ipv4: bool,
    /// True if there is an IPv6 socket.
    pub ipv6: bool,
}

/// A look-up in the DNS. Names have no dot at their end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// NAPTR records of a domain.
    Naptr(String),
    /// SRV records of a service.
    Srv(String),
    /// A and AAAA records of a host, those that [`Means`] has a socket for, in the resolver's order.
    Addresses(String),
}

/// What was found; empty if nothing was, or if the look-up failed.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Answer {
    Naptr(Vec<Naptr>),
    Srv(Vec<Srv>),
    Addresses(Vec<IpAddr>),
}

/// A place to send a request to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The protocol.
    pub protocol: Protocol,
    /// The address.
    pub address: SocketAddr,
    /// What a certificate has to name: the URI's own host, not what the DNS made of it (RFC 5922, 4).
    pub name: String,
}

/// Why a URI leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlocatable {
    /// `tel` or an unknown scheme: only a route can tell where such a request goes.
    Scheme,
    /// A transport that we do not have, or none that is secure for `sips`.
    Transport,
}

impl fmt::Display for Unlocatable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unlocatable::Scheme => "locate a server: a URI of this scheme names none",
            Unlocatable::Transport => "locate a server: none of our transports fits the URI",
        })
    }
}

impl std::error::Error for Unlocatable {}

/// Finds the places that a URI leads to.
#[derive(Clone, Debug)]
pub struct Search {
    means: Means,
    secure: bool,
    /// The URI's host.
    name: String,
    /// Whose services are asked for: the host, or what `maddr` has in its stead.
    domain: String,
    /// What is spoken where no record tells.
    fallback: Protocol,
    step: Step,
    queries: Vec<Query>,
    /// Of each query in turn: true once it was answered.
    answered: Vec<bool>,
    targets: Vec<Target>,
}

#[derive(Clone, Debug)]
enum Step {
    Naptr,
    /// One service for each query, and what was found for it.
    Services(Vec<(Protocol, Vec<Srv>)>),
    /// One host for each query, and what was found for it.
    Hosts(Vec<(Protocol, u16, Vec<IpAddr>)>),
    Done,
}

impl Search {
    /// Begins with the URI that a request goes to: its first Route, or its Request-URI.
    pub fn new(uri: &Uri<'_>, means: Means) -> Result<Search, Unlocatable> {
        let host = match (uri.scheme, uri.host) {
            (Scheme::Sip | Scheme::Sips, Some(host)) => host,
            _ => return Err(Unlocatable::Scheme),
        };
        let secure = uri.scheme == Scheme::Sips;
        let asked = match uri.transport() {
            None => None,
            Some(text) => Some(protocol(text, secure).ok_or(Unlocatable::Transport)?),
        };
        let usable = |protocol: &Protocol| {
            let plain = matches!(protocol, Protocol::Udp | Protocol::Tcp | Protocol::Tls);
            plain && (!secure || *protocol == Protocol::Tls) && asked.is_none_or(|asked| asked == *protocol)
        };
        let protocols: Vec<_> = means.protocols.iter().copied().filter(usable).collect();
        let first = *protocols.first().ok_or(Unlocatable::Transport)?;
        // Without NAPTR and SRV the transport is UDP, for `sips` TLS (RFC 3263, 4.1).
        let udp = protocols.contains(&Protocol::Udp);
        let name = match host {
            Host::Address(address) => address.to_string(),
            Host::Name(name) => bare(name),
        };
        // maddr overrides the host (RFC 3263, 4: TARGET).
        let maddr = uri.params.get("maddr").and_then(crate::uri::host);
        let host = maddr.map_or(host, |(host, _)| host);
        let mut search = Search {
            secure,
            name,
            domain: match host {
                Host::Address(_) => String::new(),
                Host::Name(name) => bare(name),
            },
            fallback: if udp { Protocol::Udp } else { first },
            step: Step::Done,
            queries: Vec::new(),
            answered: Vec::new(),
            targets: Vec::new(),
            means: Means { protocols, ..means },
        };
        let fallback = search.fallback;
        match (host, uri.port) {
            (Host::Address(address), port) => {
                let port = port.unwrap_or(fallback.default_port());
                search.add(fallback, port, &[address]);
            }
            (Host::Name(_), Some(port)) => search.look_for_hosts([(fallback, port, search.domain.clone())]),
            (Host::Name(_), None) if asked.is_some() => search.look_for_services(),
            (Host::Name(_), None) => search.ask(Step::Naptr, vec![Query::Naptr(search.domain.clone())]),
        }
        Ok(search)
    }

    /// What to look up, all at once if one likes; empty when the search is over.
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// Takes the answer to one of the [`queries`](Search::queries) by its place among them. When all are answered the
    /// next ones stand there. `draw` gives a random number below its argument, for the weights of SRV records.
    pub fn answer(&mut self, place: usize, answer: Answer, draw: &mut dyn FnMut(u32) -> u32) {
        match self.answered.get_mut(place) {
            Some(answered) => *answered = true,
            None => return,
        }
        match (&mut self.step, answer) {
            (Step::Naptr, Answer::Naptr(records)) => return self.on_naptr(records),
            (Step::Services(services), Answer::Srv(records)) => services[place].1 = records,
            (Step::Hosts(hosts), Answer::Addresses(addresses)) => hosts[place].2 = addresses,
            // An answer to another question is none.
            (Step::Naptr, _) => return self.on_naptr(Vec::new()),
            (Step::Services(_) | Step::Hosts(_) | Step::Done, _) => {}
        }
        if !self.answered.iter().all(|&answered| answered) {
            return;
        }
        match std::mem::replace(&mut self.step, Step::Done) {
            Step::Services(services) => self.on_services(services, draw),
            Step::Hosts(hosts) => self.on_hosts(hosts),
            Step::Naptr | Step::Done => {}
        }
    }

    /// The targets in the order to try them; unanswered queries have found nothing.
    pub fn finish(self) -> Vec<Target> {
        self.targets
    }

    fn ask(&mut self, step: Step, queries: Vec<Query>) {
        self.step = step;
        self.answered = vec![false; queries.len()];
        self.queries = queries;
    }

    fn on_naptr(&mut self, records: Vec<Naptr>) {
        let services = naptr::services(records, &self.means.protocols, self.secure);
        let Some(&(best, _)) = services.first() else {
            return self.look_for_services();
        };
        self.fallback = best;
        let queries = services.iter().map(|(_, name)| Query::Srv(bare(name))).collect();
        let services = services.into_iter().map(|(protocol, _)| (protocol, Vec::new()));
        self.ask(Step::Services(services.collect()), queries);
    }

    /// SRV of each transport we have, in our own order.
    fn look_for_services(&mut self) {
        let domain = &self.domain;
        let service = |protocol: &Protocol| match protocol {
            Protocol::Tls | Protocol::Wss => format!("_sips._tcp.{domain}"),
            Protocol::Tcp | Protocol::Ws => format!("_sip._tcp.{domain}"),
            Protocol::Udp => format!("_sip._udp.{domain}"),
        };
        let protocols = &self.means.protocols;
        let queries = protocols
            .iter()
            .map(|protocol| Query::Srv(service(protocol)))
            .collect();
        let services = protocols.iter().map(|&protocol| (protocol, Vec::new())).collect();
        self.ask(Step::Services(services), queries);
    }

    fn on_services(&mut self, services: Vec<(Protocol, Vec<Srv>)>, draw: &mut dyn FnMut(u32) -> u32) {
        let mut hosts = Vec::new();
        for (protocol, mut records) in services {
            // A target of "." says: no such service here (RFC 2782).
            records.retain(|record| !bare(&record.target).is_empty());
            for record in srv::ordered(records, draw) {
                hosts.push((protocol, record.port, bare(&record.target)));
            }
        }
        if hosts.is_empty() {
            // No SRV: the domain itself, at the usual port (RFC 3263, 4.2).
            hosts.push((self.fallback, self.fallback.default_port(), self.domain.clone()));
        }
        hosts.truncate(NAMES_MAX);
        self.look_for_hosts(hosts);
    }

    fn look_for_hosts(&mut self, hosts: impl IntoIterator<Item = (Protocol, u16, String)>) {
        let mut queries = Vec::new();
        let mut asked = Vec::new();
        for (protocol, port, name) in hosts {
            asked.push((protocol, port, Vec::new()));
            queries.push(Query::Addresses(name));
        }
        self.ask(Step::Hosts(asked), queries);
    }

    fn on_hosts(&mut self, hosts: Vec<(Protocol, u16, Vec<IpAddr>)>) {
        for (protocol, port, addresses) in hosts {
            self.add(protocol, port, &addresses);
        }
        self.ask(Step::Done, Vec::new());
    }

    fn add(&mut self, protocol: Protocol, port: u16, addresses: &[IpAddr]) {
        for &address in addresses {
            let reachable = match address {
                IpAddr::V4(_) => self.means.ipv4,
                IpAddr::V6(_) => self.means.ipv6,
            };
            let target = Target {
                protocol,
                address: SocketAddr::new(address, port),
                name: self.name.clone(),
            };
            if reachable && self.targets.len() < TARGETS_MAX && !self.targets.contains(&target) {
                self.targets.push(target);
            }
        }
    }
}

/// The protocol of a `transport` parameter. `tls` is deprecated and in use everywhere.
fn protocol(text: &[u8], secure: bool) -> Option<Protocol> {
    let is = |name: &str| text.eq_ignore_ascii_case(name.as_bytes());
    if is("udp") && !secure {
        Some(Protocol::Udp)
    } else if is("tls") || (is("tcp") && secure) {
        Some(Protocol::Tls)
    } else if is("tcp") {
        Some(Protocol::Tcp)
    } else {
        None
    }
}

/// In small letters and without the dot at its end.
fn bare(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
