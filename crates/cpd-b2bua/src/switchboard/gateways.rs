//! Which servers of carriers live, where they are, and whether we are registered there.
//!
//! A gateway is down when a call or an OPTIONS got no answer or 503, and up again with the next answer. A gateway by name
//! has the addresses that the DNS had last; who looks them up lives outside and is asked by [`Notice::Locate`].

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cpd_sip::endpoint::{Failure, RequestId};
use cpd_sip::locate::{Means, Search, Target};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::register::{Output, Registration, RegistrationConfig};
use cpd_sip::transport::Protocol;
use cpd_sip::uri::Host;
use cpd_sip::{Endpoint, Uri, digest};

use super::outgoing::host_of;
use super::{Media, Notice, Switchboard};

/// A gateway that failed is passed over for so long, unless OPTIONS finds it earlier.
const PAUSE: Duration = Duration::from_secs(30);
/// How often the addresses of a name are looked up again. Records of carriers live for minutes.
const LOCATE_EVERY: Duration = Duration::from_secs(60);

/// One server of one carrier.
struct State {
    down_until: Option<Instant>,
    /// OPTIONS are sent so often.
    every: Option<Duration>,
    next: Option<Instant>,
}

/// Every gateway of the settings.
#[derive(Default)]
pub(super) struct Gateways {
    /// By carrier and URI.
    states: BTreeMap<(String, String), State>,
    addresses: HashMap<String, Vec<(Protocol, SocketAddr)>>,
    /// Names that have to be looked up.
    names: HashSet<String>,
    locate_at: Option<Instant>,
    asked: HashMap<RequestId, Asked>,
    registrations: BTreeMap<String, Kept>,
    /// Registrations were begun, and their first requests wait.
    begun: Option<Instant>,
}

enum Asked {
    Options(String, String),
    Register(String),
}

struct Kept {
    registration: Registration,
    gateway: String,
    /// Where we said that we are.
    contact: String,
    registered: bool,
}

impl Gateways {
    pub(super) fn is_down(&self, carrier: &str, uri: &str) -> bool {
        let state = self.states.get(&(carrier.to_owned(), uri.to_owned()));
        state.is_some_and(|state| state.down_until.is_some())
    }

    pub(super) fn addresses(&self, uri: &str) -> Vec<(Protocol, SocketAddr)> {
        self.addresses.get(uri).cloned().unwrap_or_default()
    }

    pub(super) fn set_addresses(&mut self, uri: &str, targets: Vec<Target>) {
        // A DNS that fails does not take away what it said before.
        if !targets.is_empty() {
            let places = targets.iter().map(|target| (target.protocol, target.address));
            self.addresses.insert(uri.to_owned(), places.collect());
        }
    }

    pub(super) fn states(&self) -> Vec<(String, String, bool)> {
        let state = |((carrier, uri), state): (&(String, String), &State)| {
            (carrier.clone(), uri.clone(), state.down_until.is_none())
        };
        self.states.iter().map(state).collect()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let pings = self.states.values().filter_map(|state| state.next);
        let pauses = self.states.values().filter_map(|state| state.down_until);
        let registrations = self
            .registrations
            .values()
            .filter_map(|kept| kept.registration.deadline());
        pings
            .chain(pauses)
            .chain(registrations)
            .chain(self.locate_at)
            .chain(self.begun)
            .min()
    }
}

/// The address in a URI, if it is one.
fn literal(uri: &str) -> Option<(Protocol, SocketAddr)> {
    let uri = Uri::parse(uri.as_bytes()).ok()?;
    let Host::Address(_) = uri.host? else {
        return None;
    };
    let means = Means {
        protocols: vec![Protocol::Udp, Protocol::Tcp, Protocol::Tls],
        ipv4: true,
        ipv6: true,
    };
    // An address asks nothing of the DNS.
    let target = Search::new(&uri, means).ok()?.finish().into_iter().next()?;
    Some((target.protocol, target.address))
}

impl<M: Media> Switchboard<M> {
    /// Takes up the gateways of new settings; what was known of those that stay is kept.
    pub(super) fn follow_settings(&mut self, now: Instant) {
        let mut states = BTreeMap::new();
        let mut registrations = BTreeMap::new();
        let gateways = &mut self.gateways;
        gateways.names.clear();
        for dialer in &self.settings.dialers {
            for carrier in dialer.routes.iter().flat_map(|route| &route.carriers) {
                for gateway in &carrier.gateways {
                    let key = (carrier.id.clone(), gateway.uri.clone());
                    let known = gateways.states.remove(&key);
                    let down_until = known.and_then(|state| state.down_until);
                    states.entry(key).or_insert(State {
                        down_until,
                        every: carrier.health,
                        next: carrier.health.map(|_| now),
                    });
                    match literal(&gateway.uri) {
                        Some(place) => {
                            gateways.addresses.insert(gateway.uri.clone(), vec![place]);
                        }
                        None => {
                            gateways.names.insert(gateway.uri.clone());
                        }
                    }
                }
                let (Some(expires), Some(user), Some(gateway)) =
                    (carrier.register, &carrier.user, carrier.gateways.first())
                else {
                    continue;
                };
                if registrations.contains_key(&carrier.id) {
                    continue;
                }
                let name = String::from_utf8_lossy(&user.name).into_owned();
                let own = literal(&gateway.uri).and_then(|(protocol, remote)| {
                    let fits = |(own, local): &&(Protocol, SocketAddr)| {
                        *own == protocol && local.is_ipv4() == remote.is_ipv4()
                    };
                    self.locals.iter().find(fits)
                });
                // Without an address of our own there is nothing to register yet.
                let Some((protocol, local)) = own.or(self.locals.first()) else {
                    continue;
                };
                let transport = protocol.uri_param();
                let contact = format!("<sip:{name}@{local}{transport}>");
                let kept = gateways.registrations.remove(&carrier.id);
                let kept = kept
                    .filter(|kept| kept.gateway == gateway.uri && kept.contact == contact)
                    .unwrap_or_else(|| {
                        let domain = carrier.domain.clone().or_else(|| {
                            let uri = Uri::parse(gateway.uri.as_bytes()).ok()?;
                            Some(match uri.host? {
                                Host::Address(address) => host_of(SocketAddr::new(address, 0)),
                                Host::Name(name) => name.to_owned(),
                            })
                        });
                        let domain = domain.unwrap_or_default();
                        let config = RegistrationConfig {
                            registrar: format!("sip:{domain}"),
                            address: format!("sip:{name}@{domain}"),
                            contact: contact.clone(),
                            expires_s: u32::try_from(expires.as_secs()).unwrap_or(u32::MAX),
                        };
                        let client = digest::Client::new(user.name.clone(), user.secret.clone());
                        gateways.begun = Some(now);
                        Kept {
                            registration: Registration::new(now, config, client, self.random.bytes()),
                            gateway: gateway.uri.clone(),
                            contact,
                            registered: false,
                        }
                    });
                registrations.insert(carrier.id.clone(), kept);
            }
        }
        gateways.states = states;
        // Registrations of carriers that are gone lapse by themselves.
        gateways.registrations = registrations;
        let looks_up = !gateways.names.is_empty();
        gateways.locate_at = looks_up.then_some(now);
    }

    /// Sends what is due: OPTIONS, REGISTER, look-ups.
    pub(super) fn mind_gateways(&mut self, now: Instant, endpoint: &mut Endpoint) {
        if self.gateways.poll_timeout().is_none_or(|at| at > now) {
            return;
        }
        if self.gateways.locate_at.is_some_and(|at| at <= now) {
            self.gateways.locate_at = Some(now + LOCATE_EVERY);
            let names: Vec<String> = self.gateways.names.iter().cloned().collect();
            for uri in names {
                self.notify(Notice::Locate { uri });
            }
        }
        let mut due = Vec::new();
        for (key, state) in &mut self.gateways.states {
            if state.down_until.is_some_and(|until| until <= now) {
                // The next call finds out; OPTIONS, where it is sent, has the last word.
                state.down_until = state.every.map(|_| now + PAUSE);
            }
            if let Some(every) = state.every.filter(|_| state.next.is_some_and(|at| at <= now)) {
                state.next = Some(now + every);
                due.push(key.clone());
            }
        }
        for (carrier, uri) in due {
            self.send_options(now, endpoint, carrier, uri);
        }
        self.mind_registrations(now, endpoint);
    }

    fn send_options(&mut self, now: Instant, endpoint: &mut Endpoint, carrier: String, uri: String) {
        let place = self.gateways.addresses(&uri).first().copied();
        let Some(flow) = place.and_then(|(protocol, remote)| self.local(protocol, remote)) else {
            return;
        };
        let mut options = Message::request(Method::Options, uri.as_bytes());
        let own = format!("<sip:smartcpd@{}>", host_of(flow.local));
        options.push(Name::FROM, own.as_bytes());
        options.push(Name::TO, format!("<{uri}>").as_bytes());
        match endpoint.send(now, flow, &options, None) {
            Ok(request) => {
                self.gateways.asked.insert(request, Asked::Options(carrier, uri));
            }
            Err(_) => self.note_gateway(now, &carrier, &uri, false),
        }
    }

    fn mind_registrations(&mut self, now: Instant, endpoint: &mut Endpoint) {
        self.gateways.begun = None;
        let carriers: Vec<String> = self.gateways.registrations.keys().cloned().collect();
        for carrier in carriers {
            let Some(kept) = self.gateways.registrations.get_mut(&carrier) else {
                continue;
            };
            if kept.registration.deadline().is_some_and(|at| at <= now) {
                kept.registration.handle_timeout(now);
            }
            self.drain_registration(now, endpoint, &carrier);
        }
    }

    fn drain_registration(&mut self, now: Instant, endpoint: &mut Endpoint, carrier: &str) {
        loop {
            let Some(kept) = self.gateways.registrations.get_mut(carrier) else {
                return;
            };
            let Some(output) = kept.registration.poll_output() else {
                return;
            };
            let before = kept.registered;
            match output {
                Output::Send(request) => {
                    let gateway = kept.gateway.clone();
                    let place = self.gateways.addresses(&gateway).first().copied();
                    let flow = place.and_then(|(protocol, remote)| self.local(protocol, remote));
                    let sent = flow.and_then(|flow| endpoint.send_finished(now, flow, request).ok());
                    match sent {
                        Some(sent) => {
                            let asked = Asked::Register(carrier.to_owned());
                            self.gateways.asked.insert(sent, asked);
                        }
                        None => {
                            if let Some(kept) = self.gateways.registrations.get_mut(carrier) {
                                kept.registration.handle_failure(now);
                            }
                        }
                    }
                    continue;
                }
                Output::Registered { .. } => kept.registered = true,
                Output::Failed { registered, .. } => kept.registered = registered,
                Output::Lapsed | Output::Stopped => kept.registered = false,
            }
            let registered = kept.registered;
            if registered != before {
                self.notify(Notice::Registration {
                    carrier: carrier.into(),
                    registered,
                });
            }
        }
    }

    /// An answer to a request of the switchboard's own.
    pub(super) fn on_own_response(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        request: RequestId,
        response: Result<Message, Failure>,
    ) {
        match self.gateways.asked.remove(&request) {
            Some(Asked::Options(carrier, uri)) => {
                // Whatever it says, it lives; but for 503, which says that it wants no calls (RFC 3261, 21.5.4).
                let up = response.is_ok_and(|response| response.status() != 503);
                self.note_gateway(now, &carrier, &uri, up);
            }
            Some(Asked::Register(carrier)) => {
                if let Some(kept) = self.gateways.registrations.get_mut(&carrier) {
                    match response {
                        Ok(response) => kept.registration.handle_response(now, &response),
                        Err(_) => kept.registration.handle_failure(now),
                    }
                }
                self.drain_registration(now, endpoint, &carrier);
            }
            None => {}
        }
    }

    /// A gateway answered, or did not.
    pub(super) fn note_gateway(&mut self, now: Instant, carrier: &str, uri: &str, up: bool) {
        let key = (carrier.to_owned(), uri.to_owned());
        let Some(state) = self.gateways.states.get_mut(&key) else {
            return;
        };
        let was_up = state.down_until.is_none();
        state.down_until = (!up).then_some(now + PAUSE);
        if was_up != up {
            self.notify(Notice::Gateway {
                carrier: carrier.into(),
                uri: uri.to_owned(),
                up,
            });
        }
    }
}
