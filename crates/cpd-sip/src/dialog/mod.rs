//! Dialogs (RFC 3261, 12): who talks to whom, by which way, and with which numbers.
//!
//! A dialog is data: it builds the requests that go out in it, and judges those that come in. What follows from them
//! is the endpoint's business. One INVITE that was forked has a dialog for each To tag.

mod accept;
mod offer;
mod reliable;
mod session;

pub(crate) use accept::{Accept, AcceptTick};
pub(crate) use offer::Offer;
pub(crate) use reliable::{ReliableIn, ReliableOut, ReliableTick, Sequence, WAITING_MAX};
pub(crate) use session::{Asked, Granted, SessionTick, SessionTimer, grant};
pub use session::{MIN_SE_S, SessionWish};

use crate::headers::Address;
use crate::message::{Message, Method, Name};
use crate::slab::Key;
use crate::transport::{Flow, Protocol, Transmit};
use crate::uri::{Host, Scheme, Uri};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// The longest route set that is kept. Calls pass two or three proxies.
const ROUTES_MAX: usize = 20;

/// Which side sent the INVITE that made the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Uac,
    Uas,
}

/// How far a dialog is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before the 2xx.
    Early,
    Confirmed,
    /// Its end was told; it waits for the transactions that still need it.
    Over,
}

/// One dialog.
pub(crate) struct Dialog {
    pub(crate) role: Role,
    pub(crate) stage: Stage,
    pub(crate) flow: Flow,
    /// Requests follow the flow, whatever the peer's Contact says.
    pub(crate) symmetric: bool,
    pub(crate) call_id: Box<[u8]>,
    /// Our name, address and tag, as they stand in From of our requests.
    pub(crate) local: Box<[u8]>,
    /// The peer's, as they stand in To of our requests.
    pub(crate) remote: Box<[u8]>,
    pub(crate) local_tag: Box<[u8]>,
    pub(crate) remote_tag: Box<[u8]>,
    /// Our Contact.
    pub(crate) contact: Box<[u8]>,
    target: Box<[u8]>,
    routes: Vec<Box<[u8]>>,
    pub(crate) local_cseq: u32,
    remote_cseq: Option<u32>,
    /// The peer's Allow lists UPDATE.
    pub(crate) peer_updates: bool,

    pub(crate) offer: Offer,
    pub(crate) session: Option<SessionTimer>,
    /// The wish that refreshes repeat.
    pub(crate) wish: Option<SessionWish>,
    /// The least interval that a 422 told us.
    pub(crate) min_se_s: Option<u32>,
    pub(crate) reliable_in: ReliableIn,
    pub(crate) reliable_out: Option<ReliableOut>,
    /// Our last unreliable provisional response, and when to repeat it.
    pub(crate) progress: Option<(Instant, Transmit)>,
    pub(crate) accept: Option<Accept>,
    /// Our last session description, which a refreshing re-INVITE repeats.
    pub(crate) described: Option<Box<[u8]>>,

    /// Who answers challenges to our requests.
    pub(crate) credentials: Option<Key>,
    /// The INVITE of ours that made it.
    pub(crate) call: Option<Key>,
    /// An INVITE of ours that has no final response yet.
    pub(crate) invite_client: Option<Key>,
    /// An INVITE of the peer's that has no final response yet.
    pub(crate) invite_server: Option<Key>,
    /// An UPDATE of ours, or of the peer's, under way.
    pub(crate) update_client: Option<Key>,
    pub(crate) update_server: Option<Key>,
    /// A reliable response whose PRACK waits for the user's answer: its RSeq and its INVITE's number.
    pub(crate) prack_wanted: Option<(u32, u32)>,
    /// A 2xx whose ACK waits for the user's answer: its INVITE's transaction, its CSeq number and the last moment.
    pub(crate) ack_wanted: Option<(Key, u32, Instant)>,
    /// A BYE that waits for the ACK to our 2xx (RFC 3261, 15).
    pub(crate) held_bye: Option<Message>,
    /// A request that met its like half-way and is sent again then.
    pub(crate) retry: Option<(Instant, Retry)>,
    /// Client transactions that still need the dialog.
    pub(crate) clients: u32,
    /// When the timer queue wakes this dialog.
    pub(crate) queued: Option<Instant>,
    /// A fact has told the user of it.
    pub(crate) announced: bool,
}

/// What is sent again after a wait.
pub(crate) struct Retry {
    pub(crate) draft: Message,
    pub(crate) request: Option<u64>,
}

/// What a dialog is made of.
pub(crate) struct Parts<'a> {
    pub(crate) role: Role,
    pub(crate) flow: Flow,
    pub(crate) call_id: &'a [u8],
    pub(crate) local: &'a [u8],
    pub(crate) remote: &'a [u8],
    pub(crate) local_tag: &'a [u8],
    pub(crate) remote_tag: &'a [u8],
    pub(crate) contact: &'a [u8],
    /// The peer, until a Contact tells better.
    pub(crate) target: &'a [u8],
    pub(crate) local_cseq: u32,
    pub(crate) remote_cseq: Option<u32>,
}

/// Whether a request comes in its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    InTurn,
    /// Its number is not above the last one: 500 (RFC 3261, 12.2.2).
    Late,
}

impl Dialog {
    pub(crate) fn new(parts: Parts<'_>) -> Self {
        Dialog {
            role: parts.role,
            stage: Stage::Early,
            flow: parts.flow,
            symmetric: false,
            call_id: parts.call_id.into(),
            local: parts.local.into(),
            remote: parts.remote.into(),
            local_tag: parts.local_tag.into(),
            remote_tag: parts.remote_tag.into(),
            contact: parts.contact.into(),
            target: parts.target.into(),
            routes: Vec::new(),
            local_cseq: parts.local_cseq,
            remote_cseq: parts.remote_cseq,
            peer_updates: false,
            offer: Offer::default(),
            session: None,
            wish: None,
            min_se_s: None,
            reliable_in: ReliableIn::default(),
            reliable_out: None,
            progress: None,
            accept: None,
            described: None,
            credentials: None,
            call: None,
            invite_client: None,
            invite_server: None,
            update_client: None,
            update_server: None,
            prack_wanted: None,
            ack_wanted: None,
            held_bye: None,
            retry: None,
            clients: 0,
            queued: None,
            announced: false,
        }
    }

    /// Learns from a message of the peer that may move its target: INVITE, UPDATE and their 1xx and 2xx.
    pub(crate) fn learn(&mut self, message: &Message) {
        let contact = message.contact().filter(|contact| contact.uri().is_ok());
        if let Some(contact) = contact.filter(|contact| *contact.uri != *self.target) {
            self.target = contact.uri.into();
        }
        if message.header(Name::ALLOW).is_some() {
            self.peer_updates = message.values(Name::ALLOW).any(|method| method == b"UPDATE");
        }
    }

    /// Takes the route set from the message that makes the dialog, or from the 2xx that confirms it. A request's routes
    /// are in our order, a response's are not (RFC 3261, 12.1).
    pub(crate) fn learn_routes(&mut self, message: &Message) {
        let routes = message.values(Name::RECORD_ROUTE).take(ROUTES_MAX).map(Box::from);
        self.routes = routes.collect();
        if !message.is_request() {
            self.routes.reverse();
        }
    }

    /// Judges the number of a request that comes in, and takes it over.
    pub(crate) fn order(&mut self, number: u32) -> Order {
        if self.remote_cseq.is_some_and(|last| number <= last) {
            return Order::Late;
        }
        self.remote_cseq = Some(number);
        Order::InTurn
    }

    /// A request in this dialog, with everything but Via and Contact (RFC 3261, 12.2.1.1).
    pub(crate) fn request(&self, method: Method, cseq: u32) -> Message {
        let strict = self.routes.first().filter(|route| !is_loose(route));
        let target = match strict.map(|route| Address::parse(route)) {
            Some(Ok(route)) => route.uri,
            Some(Err(_)) | None => &self.target,
        };
        let mut request = Message::request(method.clone(), target);
        request.push(Name::MAX_FORWARDS, b"70");
        let first = usize::from(strict.is_some());
        for route in &self.routes[first..] {
            request.push(Name::ROUTE, route);
        }
        if strict.is_some() {
            request.push(Name::ROUTE, &[b"<", &*self.target, b">"].concat());
        }
        request.push(Name::FROM, &self.local);
        request.push(Name::TO, &self.remote);
        request.push(Name::CALL_ID, &self.call_id);
        request.push_fmt(Name::CSEQ, format_args!("{cseq} {method}"));
        request
    }

    /// Where the next request goes: to the address that the first route or the target names, or along the known flow
    /// if that is a name to resolve, another transport, or a connection to reuse.
    pub(crate) fn next_flow(&self) -> Flow {
        let mut flow = self.flow;
        if self.symmetric || flow.protocol != Protocol::Udp {
            return flow;
        }
        if let Some(remote) = self.next_hop().and_then(|uri| address(uri, Protocol::Udp)) {
            flow.remote = remote;
        }
        flow
    }

    /// The connection of this flow is gone: later requests go over one to the address that the peer gives, if it gives
    /// one of the same kind (RFC 3261, 18.1.1). `None`: there is no other way.
    pub(crate) fn way_around(&mut self, gone: Flow) -> Option<Flow> {
        if self.symmetric || !gone.protocol.is_reliable() {
            return None;
        }
        let around = Flow {
            remote: self.next_hop().and_then(|uri| address(uri, gone.protocol))?,
            ..gone
        };
        if around == gone || around.remote.is_ipv4() != gone.remote.is_ipv4() {
            return None;
        }
        if self.flow == gone {
            self.flow = around;
        }
        Some(around)
    }

    /// The URI that the next request is sent to.
    pub(crate) fn next_hop(&self) -> Option<Uri<'_>> {
        match self.routes.first() {
            Some(route) => Address::parse(route).ok().and_then(|route| route.uri().ok()),
            None => Uri::parse(&self.target).ok(),
        }
    }

    /// No INVITE, UPDATE or offer is under way (RFC 3261, 14.1; RFC 3311, 5.1).
    pub(crate) fn may_invite(&self) -> bool {
        self.invite_client.is_none()
            && self.invite_server.is_none()
            && self.ack_wanted.is_none()
            && self.may_update(true)
    }

    pub(crate) fn may_update(&self, offers: bool) -> bool {
        self.update_client.is_none()
            && self.update_server.is_none()
            && !(offers && (self.offer.is_local() || self.offer.is_remote()))
    }

    /// The next deadline of all that waits in this dialog.
    pub(crate) fn next(&self) -> Option<Instant> {
        let over = self.stage == Stage::Over;
        [
            self.session
                .as_ref()
                .filter(|_| !over)
                .and_then(SessionTimer::next),
            self.reliable_out.as_ref().and_then(ReliableOut::next),
            self.progress.as_ref().map(|(at, _)| *at),
            self.accept.as_ref().map(Accept::next),
            self.ack_wanted.map(|(_, _, end)| end),
            self.retry.as_ref().filter(|_| !over).map(|(at, _)| *at),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// True when nothing needs the dialog any more.
    pub(crate) fn is_done(&self) -> bool {
        self.stage == Stage::Over
            && self.clients == 0
            && self.accept.is_none()
            && self.held_bye.is_none()
            && self.ack_wanted.is_none()
    }

    /// Appends what identifies the dialog among all.
    pub(crate) fn write_key(&self, key: &mut Vec<u8>) {
        write_key(key, &self.call_id, &self.local_tag, &self.remote_tag);
    }
}

/// The key of a dialog (RFC 3261, 12).
pub(crate) fn write_key(key: &mut Vec<u8>, call_id: &[u8], local_tag: &[u8], remote_tag: &[u8]) {
    key.clear();
    for part in [local_tag, remote_tag, call_id] {
        key.extend_from_slice(part);
        key.push(b'\n');
    }
}

fn is_loose(route: &[u8]) -> bool {
    Address::parse(route)
        .ok()
        .and_then(|route| route.uri().ok())
        .is_some_and(|uri| uri.is_loose_router())
}

/// The address that a URI names by number, if it is reached there by this protocol.
fn address(uri: Uri<'_>, protocol: Protocol) -> Option<SocketAddr> {
    let secure = uri.scheme == Scheme::Sips;
    let named = match uri.transport() {
        None if secure => Protocol::Tls,
        None => Protocol::Udp,
        Some(name) if name.eq_ignore_ascii_case(b"udp") => Protocol::Udp,
        Some(name) if name.eq_ignore_ascii_case(b"tcp") && !secure => Protocol::Tcp,
        Some(name) if name.eq_ignore_ascii_case(b"tcp") || name.eq_ignore_ascii_case(b"tls") => Protocol::Tls,
        Some(_) => return None,
    };
    match uri.host {
        Some(Host::Address(ip)) if named == protocol && !is_nowhere(ip) => {
            Some(SocketAddr::new(ip, uri.port.unwrap_or(protocol.default_port())))
        }
        Some(Host::Address(_) | Host::Name(_)) | None => None,
    }
}

/// Nobody is there, or everybody: a Contact that says so must not be followed.
fn is_nowhere(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_unspecified() || ip.is_broadcast() || ip.is_multicast(),
        IpAddr::V6(ip) => ip.is_unspecified() || ip.is_multicast(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialog(lines: &str) -> Dialog {
        let response = format!("SIP/2.0 200 OK\n{lines}\n").replace('\n', "\r\n");
        let response = Message::parse_datagram(response.into_bytes()).unwrap();
        let flow = Flow {
            protocol: Protocol::Udp,
            local: "192.0.2.1:5060".parse().unwrap(),
            remote: "192.0.2.2:5060".parse().unwrap(),
        };
        let mut dialog = Dialog::new(Parts {
            role: Role::Uac,
            flow,
            call_id: b"7",
            local: b"<sip:a@b>;tag=1",
            remote: b"<sip:c@d>;tag=2",
            local_tag: b"1",
            remote_tag: b"2",
            contact: b"<sip:192.0.2.1>",
            target: b"sip:c@d",
            local_cseq: 1,
            remote_cseq: None,
        });
        dialog.learn(&response);
        dialog.learn_routes(&response);
        dialog
    }

    fn routes(message: &Message) -> Vec<String> {
        message
            .all(Name::ROUTE)
            .map(|route| String::from_utf8_lossy(route).into_owned())
            .collect()
    }

    #[test]
    fn rfc3261_12_2_1_1_loose_routes_lead_to_the_target() {
        let mut dialog = dialog("m: <sip:c@192.0.2.9>\nRecord-Route: <sip:p2;lr>, <sip:192.0.2.7:5080;lr>\n");
        let bye = dialog.request(Method::Bye, 2);
        assert_eq!(bye.uri(), b"sip:c@192.0.2.9");
        assert_eq!(routes(&bye), ["<sip:192.0.2.7:5080;lr>", "<sip:p2;lr>"]);
        assert_eq!(dialog.next_flow().remote, "192.0.2.7:5080".parse().unwrap());
        dialog.symmetric = true;
        assert_eq!(dialog.next_flow().remote, "192.0.2.2:5060".parse().unwrap());
    }

    #[test]
    fn rfc3261_12_2_1_1_a_strict_router_is_the_request_uri() {
        let dialog = dialog("m: <sip:c@192.0.2.9>\nRecord-Route: <sip:p2;lr>\nRecord-Route: <sip:p1>\n");
        let bye = dialog.request(Method::Bye, 2);
        assert_eq!(bye.uri(), b"sip:p1");
        assert_eq!(routes(&bye), ["<sip:p2;lr>", "<sip:c@192.0.2.9>"]);
    }

    #[test]
    fn a_name_or_another_transport_keeps_the_flow() {
        for contact in [
            "<sip:c@carrier.example>",
            "<sip:c@192.0.2.9;transport=tcp>",
            "<sip:0.0.0.0>",
        ] {
            let dialog = dialog(&format!("m: {contact}\n"));
            assert_eq!(
                dialog.next_flow().remote,
                "192.0.2.2:5060".parse().unwrap(),
                "{contact}"
            );
        }
    }

    #[test]
    fn rfc3261_12_2_2_numbers_rise() {
        let mut dialog = dialog("m: <sip:c@192.0.2.9>\n");
        assert_eq!(dialog.order(7), Order::InTurn);
        assert_eq!(dialog.order(7), Order::Late);
        assert_eq!(dialog.order(6), Order::Late);
        assert_eq!(dialog.order(100), Order::InTurn, "gaps are allowed");
    }
}
