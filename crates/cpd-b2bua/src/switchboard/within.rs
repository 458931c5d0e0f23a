//! Requests in the two dialogs of a call, and the ends of dialogs.
//!
//! A re-INVITE, an UPDATE, an INFO of one side goes on to the other and its answer comes back; descriptions get our ports
//! in them. What belongs to one leg alone (session timers, PRACK without an offer, OPTIONS) stays there.

use std::time::Instant;

use cpd_call::{Cause, Fork, Input, Leg, Signal};
use cpd_sip::Endpoint;
use cpd_sip::endpoint::{DialogId, Ending, Failure, RequestId, ServerId, UserError};
use cpd_sip::message::{Message, Method, Name};

use super::bridge::Bridge;
use super::outgoing::is_extension;
use super::{Media, Switchboard, Whose, describe};

/// Q.850 41, temporary failure.
const CAUSE_TEMPORARY: u8 = 41;

/// A request that went on to the other leg.
pub(super) struct Relayed {
    id: u64,
    /// Who is to be answered.
    server: ServerId,
    from: Leg,
    /// Whose dialog of the callee's side took part.
    fork: Fork,
}

/// Headers of a request in a dialog that mean something to the other end.
const PASSED: [Name<'static>; 7] = [
    Name::INFO_PACKAGE,
    Name::CONTENT_DISPOSITION,
    Name::REFER_TO,
    Name::REFERRED_BY,
    Name::EVENT,
    Name::P_ASSERTED_IDENTITY,
    Name::ACCEPT,
];

impl<M: Media> Switchboard<M> {
    pub(super) fn on_request(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        server: ServerId,
        dialog: Option<DialogId>,
        request: Message,
    ) {
        let Some(method) = request.method().cloned() else {
            return;
        };
        let found = dialog.and_then(|dialog| self.dialogs.get(&dialog).copied());
        let Some((id, whose)) = found else {
            let draft = self.answer_outside(&method, dialog.is_some());
            let _ = endpoint.respond(now, server, &draft);
            return;
        };
        let status = match method {
            // Each leg answers for itself.
            Method::Options => 200,
            Method::Refer if !self.passes_refer(id) => 603,
            _ => match self.relay(now, endpoint, id, whose, server, &request) {
                Ok(()) => return,
                Err(status) => status,
            },
        };
        let _ = endpoint.respond(now, server, &Message::response(status, ""));
    }

    fn passes_refer(&self, id: u64) -> bool {
        self.bridges.get(&id).is_some_and(|bridge| bridge.dialer.refer)
    }

    /// OPTIONS asks whether we take calls; nothing else is for us outside of a call.
    fn answer_outside(&self, method: &Method, in_dialog: bool) -> Message {
        match method {
            Method::Options if self.draining => {
                let mut draft = Message::response(503, "");
                draft.push(Name::RETRY_AFTER, b"30");
                draft
            }
            Method::Options => {
                let mut draft = Message::response(200, "");
                draft.push(Name::ACCEPT, describe::SDP.as_bytes());
                draft
            }
            _ if in_dialog => Message::response(481, ""),
            _ => Message::response(405, ""),
        }
    }

    /// Sends a request of one leg on to the other; the status to refuse it with if that cannot be done.
    fn relay(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        id: u64,
        whose: Whose,
        server: ServerId,
        request: &Message,
    ) -> Result<(), u16> {
        let bridge = self.bridges.get_mut(&id).ok_or(481u16)?;
        let method = request.method().cloned().ok_or(400u16)?;
        let (from, fork, to) = match whose {
            Whose::Caller => {
                let dialog = bridge.callee_dialog().ok_or(491u16)?;
                let fork = bridge.fork_of(dialog).unwrap_or_default();
                (Leg::Caller, fork, dialog)
            }
            Whose::Callee(fork) => (Leg::Callee, fork, bridge.caller.dialog),
        };
        // Towards a caller that has no answer yet a re-INVITE is not possible; an UPDATE may be.
        let waits = from == Leg::Callee && !bridge.caller.connected;
        let sent_as = match method {
            Method::Invite if waits => Method::Update,
            ref other => other.clone(),
        };
        let mut draft = Message::request(sent_as, b"");
        for (name, value) in request.headers() {
            if PASSED.contains(&name) || is_extension(name) {
                draft.push(name, value);
            }
        }
        match describe::of(request) {
            Some(sdp) => {
                let of_fork = if from == Leg::Caller { Fork(0) } else { fork };
                let sdp = describe::pass(&mut self.media, &mut self.random, bridge, from, of_fork, sdp)
                    .map_err(|_| 488u16)?;
                draft.set_body(describe::SDP, &sdp);
            }
            None if waits && method == Method::Invite => return Err(491),
            None => pass_body(request, &mut draft),
        }
        match endpoint.request(now, to, &draft) {
            Ok(sent) => {
                let relayed = Relayed {
                    id,
                    server,
                    from,
                    fork,
                };
                self.relays.insert(sent, relayed);
                Ok(())
            }
            Err(UserError::Pending | UserError::WrongStage) => Err(491),
            Err(UserError::Gone) => Err(481),
            Err(UserError::Full) => Err(503),
            Err(UserError::Draft(_)) => Err(400),
        }
    }

    pub(super) fn on_response(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        request: RequestId,
        response: Result<Message, Failure>,
        ack_wanted: bool,
    ) {
        if let Some((id, leg)) = self.asks.remove(&request) {
            return self.on_asked(now, endpoint, id, leg, response);
        }
        let Some(relayed) = self.relays.remove(&request) else {
            self.on_own_response(now, endpoint, request, response);
            return;
        };
        let Some(bridge) = self.bridges.get_mut(&relayed.id) else {
            return;
        };
        let draft = match response {
            Ok(response) => {
                let status = match response.status() {
                    // Redirections and challenges are between that peer and us.
                    300..=399 | 401 | 407 => 488,
                    status => status,
                };
                let mut draft = Message::response(status, "");
                for (name, value) in response.headers() {
                    if name == Name::WARNING || name == Name::RETRY_AFTER || is_extension(name) {
                        draft.push(name, value);
                    }
                }
                let to = relayed.from.other();
                let fork = if to == Leg::Caller { Fork(0) } else { relayed.fork };
                match describe::of(&response) {
                    Some(sdp) => {
                        match describe::pass(&mut self.media, &mut self.random, bridge, to, fork, sdp) {
                            Ok(sdp) => draft.set_body(describe::SDP, &sdp),
                            Err(_) => draft = Message::response(488, ""),
                        }
                    }
                    None => pass_body(&response, &mut draft),
                }
                if ack_wanted {
                    bridge.wait_for_ack(relayed.from, relayed.fork);
                }
                draft
            }
            Err(Failure::TimedOut) => Message::response(408, ""),
            Err(Failure::Refused | Failure::Unreachable | Failure::Cancelled) => Message::response(500, ""),
        };
        let _ = endpoint.respond(now, relayed.server, &draft);
    }

    /// Asks a leg whether it lives. A dialog that has just ended, or is busy, has said enough.
    pub(super) fn ask(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, leg: Leg) {
        let Some(dialog) = self.bridges.get(&id).and_then(|bridge| bridge.dialog(leg)) else {
            return;
        };
        if let Ok(asked) = endpoint.request(now, dialog, &Message::request(Method::Options, b"")) {
            self.asks.insert(asked, (id, leg));
        }
    }

    /// Any answer will do but one that says that nobody is there; a leg without one is gone (RFC 5057, 5.1).
    fn on_asked(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        id: u64,
        leg: Leg,
        response: Result<Message, Failure>,
    ) {
        if response.is_ok_and(|response| !matches!(response.status(), 408 | 481)) {
            return;
        }
        let Some(dialog) = self.bridges.get(&id).and_then(|bridge| bridge.dialog(leg)) else {
            return;
        };
        // It may hear it yet.
        let _ = endpoint.bye(now, dialog, None);
        let cause = Cause::new(CAUSE_TEMPORARY, "the peer does not answer any more");
        self.input(now, endpoint, id, Input::Signal(leg, Signal::Hangup(Some(cause))));
    }

    /// The ACK of one leg may bring the answer that the other waits for.
    pub(super) fn on_acknowledged(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        dialog: DialogId,
        request: &Message,
    ) {
        let Some(&(id, whose)) = self.dialogs.get(&dialog) else {
            return;
        };
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        let (from, waiting, fork) = match whose {
            Whose::Caller => (Leg::Caller, bridge.caller.ack_for.take(), Fork(0)),
            Whose::Callee(fork) => (Leg::Callee, bridge.callee.ack_for.take(), fork),
        };
        let Some(waiting) = waiting else {
            return;
        };
        let answer = describe::of(request)
            .and_then(|sdp| describe::pass(&mut self.media, &mut self.random, bridge, from, fork, sdp).ok());
        let body = answer.as_deref().unwrap_or_default();
        let content_type = if body.is_empty() { "" } else { describe::SDP };
        // A dialog that ended meanwhile needs no ACK of ours.
        let _ = endpoint.ack(now, waiting, content_type, body);
    }

    /// The PRACK of the caller may bring the answer to a reliable offer of the callee's.
    pub(super) fn on_pracked(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        dialog: DialogId,
        request: &Message,
    ) {
        let Some(&(id, Whose::Caller)) = self.dialogs.get(&dialog) else {
            return;
        };
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        let Some(waiting) = bridge.caller.prack_for.take() else {
            return;
        };
        let answer = describe::of(request).and_then(|sdp| {
            describe::pass(
                &mut self.media,
                &mut self.random,
                bridge,
                Leg::Caller,
                Fork(0),
                sdp,
            )
            .ok()
        });
        match answer {
            Some(sdp) => {
                let _ = endpoint.prack(now, waiting, describe::SDP, &sdp);
            }
            None => bridge.caller.prack_for = Some(waiting),
        }
    }

    pub(super) fn on_ended(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        dialog: DialogId,
        ending: Ending,
        message: Option<&Message>,
    ) {
        let Some((id, whose)) = self.dialogs.remove(&dialog) else {
            return;
        };
        let cause = match ending {
            Ending::Remote | Ending::Cancelled => message.and_then(cause_of),
            Ending::NoAck => Some(Cause::new(102, "the 200 was never acknowledged")),
            Ending::NoPrack => Some(Cause::new(102, "a provisional response was never acknowledged")),
            Ending::SessionExpired => Some(Cause::new(102, "the session was not refreshed")),
            Ending::Lost => Some(Cause::new(
                CAUSE_TEMPORARY,
                "the peer does not know the call any more",
            )),
            Ending::Local | Ending::NotAnswered | Ending::OtherFork => None,
        };
        let input = match (whose, ending) {
            (_, Ending::Local | Ending::OtherFork) | (Whose::Callee(_), Ending::NotAnswered) => {
                return self.drop_fork(id, dialog);
            }
            // The endpoint refused the caller by itself: nothing was answered for too long.
            (Whose::Caller, Ending::NotAnswered | Ending::Cancelled | Ending::NoPrack) => {
                Input::Signal(Leg::Caller, Signal::Cancel(cause))
            }
            (Whose::Caller, _) => Input::Signal(Leg::Caller, Signal::Hangup(cause)),
            (Whose::Callee(_), _) => {
                let answered = self
                    .bridges
                    .get(&id)
                    .is_some_and(|bridge| bridge.callee.answered == Some(dialog));
                if !answered {
                    return self.drop_fork(id, dialog);
                }
                Input::Signal(Leg::Callee, Signal::Hangup(cause))
            }
        };
        self.input(now, endpoint, id, input);
    }

    fn drop_fork(&mut self, id: u64, dialog: DialogId) {
        if let Some(bridge) = self.bridges.get_mut(&id) {
            bridge.callee.forks.retain(|(own, _)| *own != dialog);
        }
    }

    /// Requests that wait for a leg that is gone are answered.
    pub(super) fn forget_relays(&mut self, now: Instant, endpoint: &mut Endpoint, bridge: &Bridge) {
        if self.relays.values().all(|relayed| relayed.id != bridge.id) {
            return;
        }
        self.relays.retain(|_, relayed| {
            let stays = relayed.id != bridge.id;
            if !stays {
                let _ = endpoint.respond(now, relayed.server, &Message::response(487, ""));
            }
            stays
        });
    }
}

impl Bridge {
    /// The dialog that a leg talks in.
    fn dialog(&self, leg: Leg) -> Option<DialogId> {
        match leg {
            Leg::Caller => Some(self.caller.dialog),
            Leg::Callee => self.callee.answered,
        }
    }

    fn wait_for_ack(&mut self, from: Leg, fork: Fork) {
        match from {
            Leg::Caller => {
                let found = self.callee.forks.iter().find(|(_, own)| *own == fork);
                self.caller.ack_for = found.map(|(dialog, _)| *dialog);
            }
            Leg::Callee => self.callee.ack_for = Some(self.caller.dialog),
        }
    }
}

fn pass_body(from: &Message, to: &mut Message) {
    if let Some(content_type) = from.header(Name::CONTENT_TYPE)
        && !from.body().is_empty()
    {
        to.set_body(&String::from_utf8_lossy(content_type), from.body());
    }
}

/// The cause that a BYE or CANCEL gives.
fn cause_of(message: &Message) -> Option<Cause> {
    message.reasons().find_map(|reason| {
        let q850 = u8::try_from(reason.cause()?).ok()?;
        reason.protocol.eq_ignore_ascii_case(b"Q.850").then_some(())?;
        let text = reason.text().unwrap_or_default();
        Some(Cause::new(q850, String::from_utf8_lossy(&text)))
    })
}
