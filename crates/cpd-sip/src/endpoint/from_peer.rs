//! Messages from peers: which transaction they belong to, and what a new one is checked for.

use super::{Counters, Endpoint, Purpose};
use crate::fault::FaultKind;
use crate::message::{Malformed, Message, Method, Name};
use crate::slab::Key;
use crate::transaction::{ClientStep, merge_key, server_key};
use crate::transport::{Flow, Transmit};
use crate::uri::{Scheme, Uri};
use std::time::Instant;

/// The most tags that a 420 lists: an answer is not to be longer than its request.
const UNSUPPORTED_MAX: usize = 8;

impl Endpoint {
    /// A datagram came. `flow.local` is our side.
    pub fn handle_datagram(&mut self, now: Instant, flow: Flow, bytes: Vec<u8>) {
        self.handle_parsed(now, flow, Message::parse_datagram(bytes));
    }

    /// A message came that was cut out of a stream.
    pub fn handle_stream_message(&mut self, now: Instant, flow: Flow, bytes: Vec<u8>) {
        self.handle_parsed(now, flow, Message::parse_stream(bytes));
    }

    /// A message came that its reader parsed, to decide by it whether it is heard at all (see [`admission`](crate::admission)).
    pub fn handle_parsed(&mut self, now: Instant, flow: Flow, parsed: Result<Message, Malformed>) {
        let (mut message, fault) = match parsed {
            Ok(message) => {
                let fault = message.check().err();
                (message, fault)
            }
            Err(Malformed { fault, salvage }) => {
                // Line ends alone keep a binding alive and are no fault.
                if fault.kind == FaultKind::Empty {
                    return;
                }
                let Some(salvage) = salvage else {
                    self.counters.malformed += 1;
                    return;
                };
                (*salvage, Some(fault))
            }
        };
        if message.is_request() {
            message.stamp_via(flow.remote);
        }
        if let Some(fault) = fault {
            self.counters.malformed += 1;
            self.refuse_malformed(flow, &message, fault.status(), fault.what);
        } else if message.is_request() {
            self.handle_request(now, flow, message);
        } else {
            self.handle_response(now, message);
        }
    }

    /// A faulty request is answered if the answer can be addressed; a faulty response is dropped.
    fn refuse_malformed(&mut self, flow: Flow, request: &Message, status: u16, what: &str) {
        let addressed = request.top_via().is_ok()
            && request.from().is_ok()
            && request.to().is_ok()
            && request.call_id().is_ok()
            && request.header(Name::CSEQ).is_some();
        if request.method().is_none_or(|method| *method == Method::Ack) || !addressed {
            return;
        }
        let reason = if status == 400 {
            format!("Bad Request: {what}")
        } else {
            String::new()
        };
        let reply = self.plain_reply(request, status, &reason);
        self.answer_stateless(flow, request, reply);
    }

    fn handle_response(&mut self, now: Instant, response: Message) {
        let found = response
            .top_via()
            .ok()
            .and_then(|via| self.client_by_branch(via.branch()?));
        let (Some(key), Ok(cseq)) = (found, response.cseq()) else {
            self.counters.stray_responses += 1;
            return;
        };
        let timers = self.config.timers;
        let Some(entry) = self.clients.get_mut(key) else {
            return;
        };
        let status = response.status();
        if cseq.method == Method::Cancel {
            if let Some((cancel, _)) = &mut entry.cancel {
                cancel.on_response(now, &timers, status);
            }
            self.settle_client(now, key);
            return;
        }
        if entry.machine.is_invite() != (cseq.method == Method::Invite) {
            self.counters.stray_responses += 1;
            return;
        }
        let step = entry.machine.on_response(now, &timers, status);
        match step {
            ClientStep::Absorb => {}
            ClientStep::Ack => {
                let transmit = entry.refusal_ack.clone().map(|bytes| Transmit {
                    flow: entry.flow,
                    bytes,
                });
                self.transmits.extend(transmit);
            }
            ClientStep::AckAndPass => {
                self.acknowledge_refusal(key, &response);
                self.on_response(now, key, response);
            }
            ClientStep::Pass => {
                // A 2xx that was acknowledged already gets the same ACK again.
                let tag = response.to().ok().and_then(|to| to.tag()).unwrap_or_default();
                let again = entry.acks.iter().find(|(known, _)| **known == *tag);
                match again.filter(|_| (200..300).contains(&status)) {
                    Some((_, ack)) => self.transmits.push_back(ack.clone()),
                    None => self.on_response(now, key, response),
                }
            }
        }
        self.settle_client(now, key);
    }

    fn on_response(&mut self, now: Instant, key: Key, response: Message) {
        let Some(purpose) = self.clients.get(key).map(|entry| entry.purpose) else {
            return;
        };
        match purpose {
            Purpose::Call(call) => self.on_call_response(now, call, key, response),
            Purpose::Within { dialog, why } => self.on_response_within(now, dialog, why, key, response),
            Purpose::Free { request, .. } => self.on_free_response(now, key, request, response),
        }
    }

    /// The ACK to a refusal repeats the INVITE's own Via, Request-URI and Route (RFC 3261, 17.1.1.3).
    fn acknowledge_refusal(&mut self, key: Key, response: &Message) {
        let Some(entry) = self.clients.get_mut(key) else {
            return;
        };
        let Ok(invite) = Message::parse_datagram(entry.packet.to_vec()) else {
            return;
        };
        let Ok(cseq) = invite.cseq() else { return };
        let mut ack = Message::request(Method::Ack, invite.uri());
        for name in [Name::VIA, Name::MAX_FORWARDS, Name::ROUTE, Name::FROM] {
            ack.copy(&invite, name);
        }
        ack.copy(response, Name::TO);
        ack.copy(&invite, Name::CALL_ID);
        ack.push_fmt(Name::CSEQ, format_args!("{} ACK", cseq.number));
        ack.push(Name::CONTENT_LENGTH, b"0");
        let bytes: std::sync::Arc<[u8]> = ack.to_bytes().into();
        entry.refusal_ack = Some(bytes.clone());
        self.transmits.push_back(Transmit {
            flow: entry.flow,
            bytes,
        });
    }

    fn handle_request(&mut self, now: Instant, flow: Flow, request: Message) {
        let Some(method) = request.method().cloned() else {
            return;
        };
        let keyed = if method == Method::Ack {
            "INVITE"
        } else {
            method.as_str()
        };
        if server_key(&request, keyed, &mut self.key).is_err() {
            return;
        }
        if let Some(&server) = self.server_keys.get(self.key.as_slice()) {
            if method != Method::Ack {
                self.repeat_response(server);
                return;
            }
            let entry = self.servers.get_mut(server);
            let absorbed = entry.is_some_and(|entry| entry.machine.on_ack(now, &self.config.timers));
            self.settle_server(server);
            if absorbed {
                return;
            }
        }
        if method == Method::Ack {
            self.on_ack(now, request);
            return;
        }
        if method == Method::Cancel {
            self.on_cancel(now, flow, request);
            return;
        }
        let tagged = request.to().is_ok_and(|to| to.tag().is_some());
        if tagged {
            self.on_request_within(now, flow, request);
            return;
        }
        if merge_key(&request, self.secret).is_some_and(|key| self.merged.contains_key(&key)) {
            let reply = self.plain_reply(&request, 482, "");
            self.answer_stateless(flow, &request, reply);
            return;
        }
        if self.is_full(&method) {
            self.counters.overloaded += 1;
            let mut reply = self.plain_reply(&request, 503, "");
            // 5 to 15 s: long enough to matter, spread so that the refused do not return together.
            reply.push_fmt(Name::RETRY_AFTER, format_args!("{}", 5 + self.random.below(11)));
            self.answer_stateless(flow, &request, reply);
            return;
        }
        if let Some(reply) = self.refuse_unknown(&request, &method) {
            let server = self.start_server(now, flow, &request);
            self.send_response(now, server, reply);
            return;
        }
        let server = self.start_server(now, flow, &request);
        if method == Method::Invite {
            self.on_invite(now, flow, server, request);
        } else {
            self.tell_request(server, None, request, flow);
        }
    }

    pub(super) fn is_full(&self, method: &Method) -> bool {
        let transactions = self.clients.len() + self.servers.len();
        transactions >= self.config.transactions_max
            || (*method == Method::Invite && self.dialogs.len() >= self.config.dialogs_max)
    }

    fn repeat_response(&mut self, server: Key) {
        let Some(entry) = self.servers.get(server) else {
            return;
        };
        if entry.machine.on_request_again() {
            let transmit = entry.last.clone().map(|bytes| Transmit {
                flow: entry.flow,
                bytes,
            });
            self.transmits.extend(transmit);
        }
    }

    /// 405 for methods, 416 for schemes and 420 for extensions that are not understood (RFC 3261, 8.2.1 and 8.2.2).
    pub(super) fn refuse_unknown(&self, request: &Message, method: &Method) -> Option<Message> {
        if !self.config.allow.iter().any(|allowed| allowed == method.as_str()) {
            let status = if matches!(method, Method::Other(_)) {
                501
            } else {
                405
            };
            let mut reply = self.plain_reply(request, status, "");
            reply.push(Name::ALLOW, self.allow.as_bytes());
            return Some(reply);
        }
        if Uri::parse(request.uri()).is_ok_and(|uri| uri.scheme == Scheme::Other) {
            return Some(self.plain_reply(request, 416, ""));
        }
        let known = |tag: &[u8]| {
            tag.eq_ignore_ascii_case(b"100rel")
                || tag.eq_ignore_ascii_case(b"timer")
                || self
                    .config
                    .extensions
                    .iter()
                    .any(|known| tag.eq_ignore_ascii_case(known.as_bytes()))
        };
        let mut unknown = request.values(Name::REQUIRE).filter(|tag| !known(tag)).peekable();
        unknown.peek()?;
        let mut reply = self.plain_reply(request, 420, "");
        for tag in unknown.take(UNSUPPORTED_MAX) {
            reply.push(Name::UNSUPPORTED, tag);
        }
        Some(reply)
    }

    pub(super) fn count(&mut self, what: impl FnOnce(&mut Counters) -> &mut u64) {
        *what(&mut self.counters) += 1;
    }
}
