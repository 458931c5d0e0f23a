//! The carrier's side: our INVITE, and what comes back for it.

use std::sync::Arc;
use std::time::Instant;

use cpd_call::{Failure, Fork, Input, Leg, Refusal, Signal};
use cpd_sip::endpoint::{CallId, DialogId, InviteOptions, Reliability};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::{Endpoint, Uri, endpoint, locate, uri};

use super::bridge::Bridge;
use super::{Media, Switchboard, Whose, describe, gateways};
use crate::media::SessionId;

/// Headers of the dialer's INVITE that go on as they came, besides `X-` headers: what they say is meant for the other end.
const PASSED: [Name<'static>; 3] = [Name::SUBJECT, Name::ALLOW_EVENTS, Name::P_EARLY_MEDIA];
/// Headers that say who calls; a carrier that does not trust us gets none of them.
const IDENTITY: [Name<'static>; 5] = [
    Name::P_ASSERTED_IDENTITY,
    Name::P_PREFERRED_IDENTITY,
    Name::PRIVACY,
    Name::DIVERSION,
    Name::HISTORY_INFO,
];
/// Headers of the carrier's responses that go on to the dialer, besides `X-` headers.
const ANSWERED: [Name<'static>; 5] = [
    Name::REASON,
    Name::WARNING,
    Name::RETRY_AFTER,
    Name::P_EARLY_MEDIA,
    Name::P_ASSERTED_IDENTITY,
];

impl<M: Media> Switchboard<M> {
    /// Sends the call to one of its targets.
    pub(super) fn dial(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, target: usize) {
        if let Some(bridge) = self.bridges.get_mut(&id) {
            bridge.callee.target = target;
            describe::begin(&mut self.random, bridge);
        }
        let sent = self
            .take_ports(id)
            .then(|| self.invite(now, endpoint, id, target))
            .flatten();
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        match sent {
            Some(invite) => {
                bridge.callee.invite = Some(invite);
                bridge.callee.forks.clear();
                self.invites.insert(invite, id);
            }
            None => {
                let failed = Signal::Refuse(Refusal::Carrier(Failure::Unreachable));
                bridge.call.handle_input(now, Input::Signal(Leg::Callee, failed));
            }
        }
    }

    /// The callee's ports are of the IP version of the target. A call whose targets are of both has had those of the one
    /// before. Without any the target is as good as dead.
    fn take_ports(&mut self, id: u64) -> bool {
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return false;
        };
        let Some(target) = bridge.targets.get(bridge.callee.target) else {
            return false;
        };
        let Some(network) = self.media.network(target.flow.remote.is_ipv6()) else {
            return false;
        };
        if network == bridge.callee.network {
            return true;
        }
        match self.media.move_callee(SessionId(id), network) {
            Ok(ports) => {
                bridge.callee.network = network;
                bridge.media.callee = ports;
                true
            }
            Err(_) => false,
        }
    }

    fn invite(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, target: usize) -> Option<CallId> {
        let offer = self.offer(id);
        let bridge = self.bridges.get(&id)?;
        let place = bridge.targets.get(target)?;
        let draft = draft(bridge, target, offer.as_deref())?;
        let carrier = &place.carrier;
        let credentials = carrier.user.as_ref().map(|user| {
            let kept = self.credentials.entry(carrier.id.clone());
            *kept.or_insert_with(|| {
                let client = cpd_sip::digest::Client::new(user.name.clone(), user.secret.clone());
                endpoint.add_credentials(client)
            })
        });
        // An offer in a reliable 18x needs the caller's PRACK to answer it.
        let caller_pracks =
            bridge.invite.lists(Name::SUPPORTED, "100rel") || bridge.invite.lists(Name::REQUIRE, "100rel");
        let options = InviteOptions {
            reliability: if offer.is_none() && !caller_pracks {
                Reliability::Absent
            } else {
                carrier.reliability
            },
            session: carrier.session,
            credentials,
            ..InviteOptions::default()
        };
        endpoint.invite(now, place.flow, &draft, options).ok()
    }

    pub(super) fn on_progress(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        call: CallId,
        dialog: Option<DialogId>,
        response: Message,
        prack_wanted: bool,
    ) {
        let Some(&id) = self.invites.get(&call) else {
            // The call is over; a PRACK that was wanted for it is not any more.
            return;
        };
        self.note_alive(now, id, &response);
        let fork = self.fork(id, dialog);
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        if prack_wanted {
            bridge.caller.prack_for = dialog;
        }
        // Media has to know where a fork is before it hears that the caller is to get it.
        let described = describe::of(&response)
            .map(|sdp| describe::pass(&mut self.media, &mut self.random, bridge, Leg::Callee, fork, sdp));
        let media = matches!(described, Some(Ok(_)));
        bridge.heard = Some(response);
        let signal = Signal::Progress { fork, media };
        self.input(now, endpoint, id, Input::Signal(Leg::Callee, signal));
    }

    /// The fork of a dialog; a new one gets the next number. Responses without a To tag are of the first.
    fn fork(&mut self, id: u64, dialog: Option<DialogId>) -> Fork {
        let (Some(bridge), Some(dialog)) = (self.bridges.get_mut(&id), dialog) else {
            return Fork(0);
        };
        if let Some(fork) = bridge.fork_of(dialog) {
            return fork;
        }
        let highest = bridge.callee.forks.iter().map(|(_, fork)| fork.0 + 1).max();
        let fork = Fork(highest.unwrap_or(0));
        bridge.callee.forks.push((dialog, fork));
        self.dialogs.insert(dialog, (id, Whose::Callee(fork)));
        fork
    }

    pub(super) fn on_answered(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        call: CallId,
        dialog: DialogId,
        response: Message,
        ack_wanted: bool,
    ) {
        let Some(id) = self
            .invites
            .remove(&call)
            .filter(|id| self.bridges.contains_key(id))
        else {
            // Nobody is left to answer to.
            let _ = endpoint.bye(now, dialog, None);
            return;
        };
        self.note_alive(now, id, &response);
        let fork = self.fork(id, Some(dialog));
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        bridge.callee.answered = Some(dialog);
        bridge.callee.invite = None;
        if ack_wanted {
            bridge.caller.ack_for = Some(dialog);
        }
        bridge.heard = Some(response);
        self.input(
            now,
            endpoint,
            id,
            Input::Signal(Leg::Callee, Signal::Answer { fork }),
        );
    }

    pub(super) fn on_failed(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        call: CallId,
        failure: endpoint::Failure,
        response: Option<Message>,
    ) {
        let Some(id) = self.invites.remove(&call) else {
            return;
        };
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        let status = response.as_ref().map_or(0, Message::status);
        let failure = match failure {
            endpoint::Failure::Refused => Failure::Refused(status),
            endpoint::Failure::TimedOut => Failure::TimedOut,
            endpoint::Failure::Unreachable => Failure::Unreachable,
            endpoint::Failure::Cancelled => Failure::Cancelled,
        };
        bridge.callee.invite = None;
        let how = match (&response, failure) {
            (Some(response), _) => Some(gateways::answered(response)),
            (None, Failure::TimedOut) if bridge.callee.forks.is_empty() => Some(locate::Failure::Timeout),
            (None, Failure::Unreachable) => Some(locate::Failure::Unreachable),
            // It was given up before anything came, or rang for too long: it lives.
            (None, Failure::TimedOut | Failure::Refused(_) | Failure::Cancelled) => None,
        };
        bridge.heard = response;
        if let Some((target, how)) = bridge.targets.get(bridge.callee.target).zip(how) {
            let carrier = Arc::clone(&target.carrier);
            let (uri, flow) = (&carrier.gateways[target.gateway].uri, target.flow);
            self.note_place(now, &carrier.id, uri, flow, how);
        }
        let signal = Signal::Refuse(Refusal::Carrier(failure));
        self.input(now, endpoint, id, Input::Signal(Leg::Callee, signal));
    }
}

/// Our INVITE: whom the dialer calls, without its topology and without what is ours alone.
fn draft(bridge: &Bridge, target: usize, offer: Option<&[u8]>) -> Option<Message> {
    let place = bridge.targets.get(target)?;
    let carrier = &place.carrier;
    let gateway = Uri::parse(carrier.gateways[place.gateway].uri.as_bytes()).ok()?;
    let callee = bridge.numbers.callee.rewritten(&carrier.callee);
    let caller = bridge.numbers.caller.rewritten(&carrier.caller);
    let from = bridge.invite.from().ok()?;

    // What stands behind the number says how it was ported (RFC 4694) and is the carrier's to read.
    let dialled = Uri::parse(bridge.invite.uri()).ok()?;
    let number = uri::escape_user(callee.as_bytes());
    let params = dialled.user_params().raw();
    let host = &gateway.raw[gateway
        .raw
        .iter()
        .position(|&byte| byte == b':')
        .map_or(0, |at| at + 1)..];
    let host = host
        .iter()
        .position(|&byte| byte == b'@')
        .map_or(host, |at| &host[at + 1..]);
    let scheme: &[u8] = if gateway.raw.starts_with(b"sips:") {
        b"sips:"
    } else {
        b"sip:"
    };
    let request_uri = [scheme, number.as_ref(), params, b"@", host].concat();

    let mut invite = Message::request(Method::Invite, &request_uri);
    let hops = bridge.invite.max_forwards().unwrap_or(70).saturating_sub(1);
    invite.push_fmt(Name::MAX_FORWARDS, format_args!("{hops}"));
    let domain = match &carrier.domain {
        Some(domain) => domain.clone(),
        None => host_of(place.flow.local),
    };
    let mut value = Vec::new();
    if !from.display.is_empty() {
        value.extend_from_slice(from.display);
        value.push(b' ');
    }
    value.extend_from_slice(b"<sip:");
    value.extend_from_slice(uri::escape_user(caller.as_bytes()).as_ref());
    value.extend_from_slice(b"@");
    value.extend_from_slice(domain.as_bytes());
    value.push(b'>');
    invite.push(Name::FROM, &value);
    invite.push(Name::TO, &[b"<", &request_uri[..], b">"].concat());

    for (name, value) in bridge.invite.headers() {
        let passes =
            PASSED.contains(&name) || carrier.identity && IDENTITY.contains(&name) || is_extension(name);
        if passes {
            invite.push(name, value);
        }
    }
    bridge.wishes.strip(&mut invite);
    if let Some(offer) = offer {
        invite.set_body(describe::SDP, offer);
    }
    Some(invite)
}

/// `X-` headers, and User-to-User (RFC 7433).
pub(super) fn is_extension(name: Name<'_>) -> bool {
    let text = name.as_bytes();
    text.len() > 2 && text[..2].eq_ignore_ascii_case(b"x-") || text.eq_ignore_ascii_case(b"user-to-user")
}

/// What a response of the callee's side says besides its status and its description.
pub(super) fn pass_headers(from: &Message, to: &mut Message) {
    for (name, value) in from.headers() {
        if ANSWERED.contains(&name) || is_extension(name) {
            to.push(name, value);
        }
    }
}

/// An address as a host: an IPv6 one in brackets, no port.
pub(super) fn host_of(address: std::net::SocketAddr) -> String {
    match address.ip() {
        std::net::IpAddr::V4(v4) => v4.to_string(),
        std::net::IpAddr::V6(v6) => format!("[{v6}]"),
    }
}
