//! Calls that we make: INVITE, its forks, CANCEL, and the races between them.

use super::compose::{SDP, push_session};
use super::credentials::TRIES_MAX;
use super::send::{push_address, with_tag};
use super::{Call, CallId, Ending, Endpoint, Fact, Failure, InviteOptions};
use super::{Owner, Purpose, Reliability, UserError};
use crate::dialog::Stage;
use crate::message::{Message, Method, Name};
use crate::slab::Key;
use crate::transaction::Client;
use crate::transport::{Flow, Transmit};
use std::sync::Arc;
use std::time::Instant;

/// Headers of a draft that the endpoint writes itself.
const OWN: [Name<'static>; 8] = [
    Name::VIA,
    Name::MAX_FORWARDS,
    Name::FROM,
    Name::TO,
    Name::CALL_ID,
    Name::CSEQ,
    Name::CONTACT,
    Name::USER_AGENT,
];

impl Endpoint {
    /// Makes a call. The draft is an INVITE with From and To (without tags), maybe Contact, Call-ID, Max-Forwards, any
    /// other header, and a body; everything else is added here.
    pub fn invite(
        &mut self,
        now: Instant,
        flow: Flow,
        draft: &Message,
        options: InviteOptions,
    ) -> Result<CallId, UserError> {
        if draft.method() != Some(&Method::Invite) {
            return Err(UserError::Draft("no INVITE"));
        }
        if self.is_full(&Method::Invite) {
            return Err(UserError::Full);
        }
        let local_tag = self.random.token();
        let mut request = self.outside_request(draft, flow, 1, &local_tag)?;
        request.push(Name::ALLOW, self.allow.as_bytes());
        self.push_extensions(&mut request, &options);
        request.append(draft, &OWN);
        let described = request.part(SDP).map(Box::from);

        let ring_end = now + self.config.ring_limit;
        let call = self.calls.insert(Call {
            client: Key {
                index: u32::MAX,
                generation: 0,
            },
            dialogs: Vec::new(),
            local_tag,
            described,
            options,
            held_cancel: None,
            cancelled: false,
            timed_out: false,
            told: false,
            answered: false,
            ring_end,
            queued: None,
        });
        let client = self.start_client(now, flow, request, Purpose::Call(call));
        if let Some(entry) = self.calls.get_mut(call) {
            entry.client = client;
            self.timers
                .want(Owner::Call(call), Some(ring_end), &mut entry.queued);
        }
        Ok(CallId(call))
    }

    /// A request outside of dialogs, up to Contact: what [`OWN`] lists but Via.
    pub(super) fn outside_request(
        &mut self,
        draft: &Message,
        flow: Flow,
        cseq: u32,
        local_tag: &[u8],
    ) -> Result<Message, UserError> {
        let method = draft.method().cloned().ok_or(UserError::Draft("no request"))?;
        let from = draft.from().map_err(|_| UserError::Draft("From"))?;
        let to = draft.to().map_err(|_| UserError::Draft("To"))?;
        if from.tag().is_some() || to.tag().is_some() {
            return Err(UserError::Draft("tag in From or To"));
        }
        let mut request = Message::request(method.clone(), draft.uri());
        request.push(
            Name::MAX_FORWARDS,
            draft.header(Name::MAX_FORWARDS).unwrap_or(b"70"),
        );
        let from = with_tag(draft.header(Name::FROM).unwrap_or_default(), local_tag);
        request.push(Name::FROM, &from);
        request.push(Name::TO, draft.header(Name::TO).unwrap_or_default());
        match draft.header(Name::CALL_ID) {
            Some(call_id) => request.push(Name::CALL_ID, call_id),
            None => {
                let call_id = [self.random.token(), self.random.token()].concat();
                request.push(Name::CALL_ID, &call_id);
            }
        }
        request.push_fmt(Name::CSEQ, format_args!("{cseq} {method}"));
        match draft.header(Name::CONTACT) {
            Some(contact) => request.push(Name::CONTACT, contact),
            None => request.push(Name::CONTACT, &own_contact(flow)),
        }
        if let Some(product) = &self.config.product {
            request.push(Name::USER_AGENT, product.as_bytes());
        }
        Ok(request)
    }

    fn push_extensions(&self, request: &mut Message, options: &InviteOptions) {
        if options.reliability == Reliability::Required {
            request.push(Name::REQUIRE, b"100rel");
        }
        request.push(
            Name::SUPPORTED,
            self.supported[usize::from(options.reliability != Reliability::Absent)].as_bytes(),
        );
        if let Some(wish) = options.session {
            push_session(request, wish.expires_s, wish.refresher, Some(wish.min_se_s));
        }
    }

    /// Gives up a call that is not answered yet. CANCEL goes out once a provisional response has come; `reason` is the
    /// value of its Reason header, or empty. The outcome still comes as a fact: `Failed`, never `Answered`.
    pub fn cancel(&mut self, now: Instant, call: CallId, reason: &[u8]) -> Result<(), UserError> {
        let Some(entry) = self.calls.get_mut(call.0) else {
            return Err(UserError::Gone);
        };
        if entry.told {
            return Err(UserError::Gone);
        }
        if entry.cancelled {
            return Ok(());
        }
        entry.cancelled = true;
        entry.held_cancel = Some(reason.to_vec());
        self.release_cancel(now, call.0);
        Ok(())
    }

    /// Sends a CANCEL that was held, once the INVITE has had a provisional response (RFC 3261, 9.1).
    pub(super) fn release_cancel(&mut self, now: Instant, call: Key) {
        let Some(entry) = self.calls.get_mut(call) else {
            return;
        };
        let client_key = entry.client;
        let Some(client) = self
            .clients
            .get_mut(client_key)
            .filter(|client| client.machine.is_proceeding())
        else {
            return;
        };
        let Some(reason) = entry.held_cancel.take() else {
            return;
        };
        let Ok(invite) = Message::parse_datagram(client.packet.to_vec()) else {
            return;
        };
        let Ok(cseq) = invite.cseq() else { return };
        let mut cancel = Message::request(Method::Cancel, invite.uri());
        for name in [
            Name::VIA,
            Name::MAX_FORWARDS,
            Name::ROUTE,
            Name::FROM,
            Name::TO,
            Name::CALL_ID,
        ] {
            cancel.copy(&invite, name);
        }
        cancel.push_fmt(Name::CSEQ, format_args!("{} CANCEL", cseq.number));
        if !reason.is_empty() {
            cancel.push(Name::REASON, &reason);
        }
        cancel.push(Name::CONTENT_LENGTH, b"0");
        let bytes: Arc<[u8]> = cancel.to_bytes().into();
        let timers = &self.config.timers;
        let machine = Client::new(now, timers, false, client.flow.protocol.is_reliable());
        client.cancel = Some((machine, bytes.clone()));
        client.machine.give_up_at(now + timers.silence());
        self.transmits.push_back(Transmit {
            flow: client.flow,
            bytes,
        });
        self.settle_client(now, client_key);
    }

    pub(super) fn on_call_response(&mut self, now: Instant, call: Key, client: Key, response: Message) {
        match response.status() {
            ..200 => self.on_call_progress(now, call, client, response),
            200..300 => self.on_call_answer(now, call, client, response),
            _ => self.on_call_refusal(now, call, client, response),
        }
    }

    fn on_call_refusal(&mut self, now: Instant, call: Key, client: Key, response: Message) {
        if self.retry_call(now, call, client, &response) {
            return;
        }
        let failure = match self.calls.get(call) {
            Some(entry) if entry.cancelled => self.cancel_failure(call),
            Some(_) | None => Failure::Refused,
        };
        self.fail_call(now, call, failure, Some(response));
    }

    /// Why a cancelled call failed: the user wanted it, or it rang for too long.
    pub(super) fn cancel_failure(&self, call: Key) -> Failure {
        match self.calls.get(call) {
            Some(entry) if entry.timed_out => Failure::TimedOut,
            Some(_) | None => Failure::Cancelled,
        }
    }

    /// Sends the INVITE again if the refusal says how it would be accepted: 401, 407, 422 (RFC 4028, 7.3).
    fn retry_call(&mut self, now: Instant, call: Key, client: Key, response: &Message) -> bool {
        let challenge = self.answers_challenge(client, response);
        let tries = self.clients.get(client).map_or(TRIES_MAX, |entry| entry.tries);
        let Some(mut request) = self.sent(client) else {
            return false;
        };
        let Some(entry) = self.calls.get_mut(call).filter(|entry| !entry.cancelled) else {
            return false;
        };
        match (response.status(), response.min_se(), &mut entry.options.session) {
            (401 | 407, ..) if challenge => {}
            (422, Some(min_se_s), Some(wish)) if tries < TRIES_MAX => {
                wish.min_se_s = wish.min_se_s.max(min_se_s);
                wish.expires_s = wish.expires_s.max(min_se_s);
                let wish = *wish;
                request.remove(Name::SESSION_EXPIRES);
                request.remove(Name::MIN_SE);
                push_session(&mut request, wish.expires_s, wish.refresher, Some(wish.min_se_s));
            }
            _ => return false,
        }
        let dialogs = std::mem::take(&mut entry.dialogs);
        for dialog in dialogs {
            self.end_dialog(now, dialog, Ending::NotAnswered, None);
        }
        let Ok(cseq) = request.cseq() else { return false };
        let Some(again) = self.send_again(now, client, cseq.number + 1, request) else {
            return false;
        };
        if let Some(entry) = self.calls.get_mut(call) {
            entry.client = again;
        }
        true
    }

    /// Tells that a call failed, once, and ends what it began.
    pub(super) fn fail_call(&mut self, now: Instant, call: Key, failure: Failure, response: Option<Message>) {
        let Some(entry) = self.calls.get_mut(call) else {
            return;
        };
        entry.held_cancel = None;
        let early: Vec<Key> = entry.dialogs.clone();
        let told = std::mem::replace(&mut entry.told, true);
        for key in early {
            if self
                .dialogs
                .get(key)
                .is_some_and(|dialog| dialog.stage == Stage::Early)
            {
                self.end_dialog(now, key, Ending::NotAnswered, None);
            }
        }
        if !told {
            self.facts.push_back(Fact::Failed {
                call: CallId(call),
                failure,
                response,
            });
        }
    }

    /// The INVITE's transaction is over: so is the call, unless it was sent again.
    pub(super) fn on_call_transaction_gone(&mut self, now: Instant, call: Key, client: Key) {
        let Some(entry) = self.calls.get(call).filter(|entry| entry.client == client) else {
            return;
        };
        let answered = entry.answered;
        if let Some(entry) = self.calls.remove(call) {
            let ending = if answered {
                Ending::OtherFork
            } else {
                Ending::NotAnswered
            };
            for key in entry.dialogs {
                if self
                    .dialogs
                    .get(key)
                    .is_some_and(|dialog| dialog.stage == Stage::Early)
                {
                    self.end_dialog(now, key, ending, None);
                }
            }
        }
    }
}

/// Our Contact where the user gives none: the address that the peer reaches us at.
pub(super) fn own_contact(flow: Flow) -> Vec<u8> {
    let mut contact = b"<sip:".to_vec();
    push_address(&mut contact, flow.local);
    contact.extend_from_slice(flow.protocol.uri_param().as_bytes());
    contact.push(b'>');
    contact
}
