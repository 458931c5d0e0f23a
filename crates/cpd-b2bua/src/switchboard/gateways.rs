//! Which servers of carriers live, where they are, and whether we are registered there.
//!
//! A place of a gateway is out when a call or an OPTIONS got no answer there or 503, and back with the next answer; calls try
//! the other places first (RFC 3263, 4.3). A gateway all of whose places are out is down, and calls try the other gateways
//! first. A gateway by name has the places that the DNS had last; who looks them up lives outside and is asked by
//! [`Notice::Locate`].

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_sip::endpoint::{Failure, RequestId};
use cpd_sip::locate::{self, Means, Outages, Search, Target};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::register::{Output, Registration, RegistrationConfig};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::uri::Host;
use cpd_sip::{Endpoint, Uri, digest};

use super::outgoing::host_of;
use super::{Media, Notice, Switchboard};

/// A gateway that failed is passed over for so long, unless OPTIONS finds it earlier.
const PAUSE: Duration = Duration::from_secs(30);
/// How much longer than from OPTIONS to OPTIONS a place stays out: the next one may wait for its answer in vain, 64 T1.
const ANSWER_LATE: Duration = Duration::from_secs(40);
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
    places: HashMap<String, Vec<Target>>,
    outages: Outages,
    /// Names that have to be looked up.
    names: HashSet<String>,
    locate_at: Option<Instant>,
    asked: HashMap<RequestId, Asked>,
    registrations: BTreeMap<String, Kept>,
    /// Registrations were begun, and their first requests wait.
    begun: Option<Instant>,
}

enum Asked {
    Options(String, String, Flow),
    Register(String, Flow),
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

    /// Where a gateway is; places that failed lately come last.
    pub(super) fn places(&self, now: Instant, uri: &str) -> Vec<(Protocol, SocketAddr)> {
        let mut places = self.places.get(uri).cloned().unwrap_or_default();
        self.outages.sort(now, &mut places);
        let place = |place: Target| (place.protocol, place.address);
        places.into_iter().map(place).collect()
    }

    pub(super) fn set_addresses(&mut self, uri: &str, targets: Vec<Target>) {
        // A DNS that fails does not take away what it said before.
        if !targets.is_empty() {
            self.places.insert(uri.to_owned(), targets);
        }
    }

    /// Notes how a place answered, or did not; gives whether one is left that is not out. `None`: the gateway is not there
    /// any more.
    fn note(
        &mut self,
        now: Instant,
        uri: &str,
        flow: Flow,
        how: locate::Failure,
        every: Option<Duration>,
    ) -> Option<bool> {
        let places = self.places.get(uri)?;
        let fits = |place: &&Target| place.protocol == flow.protocol && place.address == flow.remote;
        let place = places.iter().find(fits)?;
        if self.outages.on_failure(now, place, how)
            && let Some(every) = every
        {
            // Where OPTIONS is sent it has the last word.
            self.outages.put_out(now, place, every + ANSWER_LATE);
        }
        Some(places.iter().any(|place| !self.outages.is_out(now, place)))
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
pub(crate) fn literal(uri: &str) -> Option<Target> {
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
    Search::new(&uri, means).ok()?.finish().into_iter().next()
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
                            gateways.places.insert(gateway.uri.clone(), vec![place]);
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
                let own = literal(&gateway.uri).and_then(|place| {
                    let fits = |(own, local): &&(Protocol, SocketAddr)| {
                        *own == place.protocol && local.is_ipv4() == place.address.is_ipv4()
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

    /// Asks every place of a gateway.
    fn send_options(&mut self, now: Instant, endpoint: &mut Endpoint, carrier: String, uri: String) {
        for (protocol, remote) in self.gateways.places(now, &uri) {
            let Some(flow) = self.local(protocol, remote) else {
                continue;
            };
            let mut options = Message::request(Method::Options, uri.as_bytes());
            let own = format!("<sip:smartcpd@{}>", host_of(flow.local));
            options.push(Name::FROM, own.as_bytes());
            options.push(Name::TO, format!("<{uri}>").as_bytes());
            match endpoint.send(now, flow, &options, None) {
                Ok(request) => {
                    let asked = Asked::Options(carrier.clone(), uri.clone(), flow);
                    self.gateways.asked.insert(request, asked);
                }
                Err(_) => self.note_place(now, &carrier, &uri, flow, locate::Failure::Unreachable),
            }
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
                    let place = self.gateways.places(now, &gateway).first().copied();
                    let flow = place.and_then(|(protocol, remote)| self.local(protocol, remote));
                    let sent =
                        flow.and_then(|flow| Some((endpoint.send_finished(now, flow, request).ok()?, flow)));
                    match sent {
                        Some((sent, flow)) => {
                            let asked = Asked::Register(carrier.to_owned(), flow);
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
            Some(Asked::Options(carrier, uri, flow)) => {
                // Whatever it says, it lives; but for 503, which says that it wants no calls (RFC 3261, 21.5.4).
                self.note_place(now, &carrier, &uri, flow, outcome(&response));
            }
            Some(Asked::Register(carrier, flow)) => {
                let gateway = self
                    .gateways
                    .registrations
                    .get(&carrier)
                    .map(|kept| kept.gateway.clone());
                if let Some(gateway) = gateway {
                    // Sent again, it goes to another place where there is one.
                    self.note_place(now, &carrier, &gateway, flow, outcome(&response));
                }
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

    /// A place of a gateway answered, or did not.
    pub(super) fn note_place(
        &mut self,
        now: Instant,
        carrier: &str,
        uri: &str,
        flow: Flow,
        how: locate::Failure,
    ) {
        let key = (carrier.to_owned(), uri.to_owned());
        let every = self.gateways.states.get(&key).and_then(|state| state.every);
        if let Some(up) = self.gateways.note(now, uri, flow, how, every) {
            self.note_gateway(now, carrier, uri, up);
        }
    }

    /// A call's carrier answers in any way.
    pub(super) fn note_alive(&mut self, now: Instant, id: u64, response: &Message) {
        if self.gateways.outages.is_empty() {
            return;
        }
        let Some(bridge) = self.bridges.get(&id) else {
            return;
        };
        if let Some(target) = bridge.targets.get(bridge.callee.target) {
            let carrier = Arc::clone(&target.carrier);
            let (uri, flow) = (&carrier.gateways[target.gateway].uri, target.flow);
            self.note_place(now, &carrier.id, uri, flow, answered(response));
        }
    }

    /// A gateway answered, or did not.
    fn note_gateway(&mut self, now: Instant, carrier: &str, uri: &str, up: bool) {
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

/// What a response says about the place that it comes from.
pub(super) fn answered(response: &Message) -> locate::Failure {
    locate::Failure::Response {
        status: response.status(),
        retry_after_s: response.retry_after().map(|retry| retry.seconds),
    }
}

/// The same of a request that may have had none.
pub(super) fn outcome(response: &Result<Message, Failure>) -> locate::Failure {
    match response {
        Ok(response) => answered(response),
        Err(Failure::TimedOut) => locate::Failure::Timeout,
        Err(_) => locate::Failure::Unreachable,
    }
}
