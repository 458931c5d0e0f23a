//! Calls that we make: INVITE, its forks, CANCEL, and the races between them.

use super::compose::{SDP, describes, push_session};
use super::credentials::TRIES_MAX;
use super::send::{push_address, with_tag};
use super::{Call, CallId, DialogId, Ending, Endpoint, FORKS_MAX, Fact, Failure, Forks, InviteOptions};
use super::{Owner, Purpose, Reliability, UserError};
use crate::dialog::{Dialog, Parts, Role, Sequence, Stage, write_key};
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
        request.push(Name::ALLOW, self.config.allow.join(", ").as_bytes());
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
            self.supported(options.reliability != Reliability::Absent)
                .as_bytes(),
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
    fn release_cancel(&mut self, now: Instant, call: Key) {
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

    fn on_call_progress(&mut self, now: Instant, call: Key, client: Key, response: Message) {
        self.release_cancel(now, call);
        let Some(entry) = self.calls.get(call) else { return };
        if response.status() == 100 || entry.answered {
            return;
        }
        let tagged = response.to().is_ok_and(|to| to.tag().is_some());
        let dialog = if tagged {
            self.fork(call, client, &response, FORKS_MAX)
        } else {
            None
        };
        let mut prack_wanted = false;
        if let Some(key) = dialog {
            let Some(dialog) = self.dialogs.get_mut(key) else {
                return;
            };
            if dialog.stage == Stage::Over {
                return;
            }
            dialog.learn(&response);
            if let Some(rseq) = response
                .rseq()
                .filter(|_| response.lists(Name::REQUIRE, "100rel"))
            {
                if dialog.reliable_in.on_response(rseq) != Sequence::Next {
                    return;
                }
                let Ok(cseq) = response.cseq() else { return };
                prack_wanted = dialog.offer.response_received(describes(&response));
                dialog.prack_wanted = Some((rseq, cseq.number));
                if !prack_wanted {
                    self.send_prack(now, key, None);
                }
            }
        }
        let Some(entry) = self.calls.get(call) else { return };
        if entry.told || entry.cancelled {
            // A PRACK that a user would answer is sent without: the call is given up anyway.
            if let Some(key) = dialog.filter(|_| prack_wanted) {
                self.send_prack(now, key, None);
            }
            return;
        }
        if let Some(dialog) = dialog.and_then(|key| self.dialogs.get_mut(key)) {
            dialog.announced = true;
        }
        let dialog = dialog.map(DialogId);
        self.facts.push_back(Fact::Progress {
            call: CallId(call),
            dialog,
            response,
            prack_wanted,
        });
    }

    fn on_call_answer(&mut self, now: Instant, call: Key, client: Key, response: Message) {
        self.note_accepted(client);
        let Some(key) = self.fork(call, client, &response, usize::MAX) else {
            return;
        };
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if dialog.stage != Stage::Early {
            // Repeated while the user still owes the answer that goes into its ACK.
            return;
        }
        dialog.stage = Stage::Confirmed;
        dialog.learn(&response);
        dialog.learn_routes(&response);
        let ack_wanted = dialog.offer.response_received(describes(&response));
        let Ok(cseq) = response.cseq() else { return };
        let end = now + self.config.timers.silence();
        dialog.ack_wanted = Some((client, cseq.number, end));
        self.session_from_response(now, key, &response);

        let Some(entry) = self.calls.get_mut(call) else {
            return;
        };
        let late = entry.cancelled || (entry.answered && entry.options.forks == Forks::First);
        if !ack_wanted || late {
            self.send_ack(now, key, None);
        }
        let Some(entry) = self.calls.get_mut(call) else {
            return;
        };
        if late {
            let ending = if entry.cancelled {
                Ending::NotAnswered
            } else {
                Ending::OtherFork
            };
            self.send_bye(now, key, None);
            self.end_dialog(now, key, ending, None);
            if self.calls.get(call).is_some_and(|entry| entry.cancelled) {
                self.fail_call(now, call, self.cancel_failure(call), None);
            }
            return;
        }
        entry.answered = true;
        entry.told = true;
        if let Some(dialog) = self.dialogs.get_mut(key) {
            dialog.announced = true;
        }
        self.facts.push_back(Fact::Answered {
            call: CallId(call),
            dialog: DialogId(key),
            response,
            ack_wanted,
        });
        self.settle_dialog(now, key);
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

    /// The dialog of this response's To tag, made if it is the first.
    fn fork(&mut self, call: Key, client: Key, response: &Message, forks_max: usize) -> Option<Key> {
        let entry = self.calls.get(call)?;
        let call_id = response.call_id().ok()?;
        let remote_tag = response.to().ok()?.tag().unwrap_or_default();
        write_key(&mut self.dialog_key, call_id, &entry.local_tag, remote_tag);
        if let Some(&key) = self.dialog_keys.get(self.dialog_key.as_slice()) {
            return Some(key);
        }
        if entry.dialogs.len() >= forks_max {
            return None;
        }
        let client = self.clients.get(client)?;
        let invite = Message::parse_datagram(client.packet.to_vec()).ok()?;
        let mut dialog = Dialog::new(Parts {
            role: Role::Uac,
            flow: client.flow,
            call_id,
            local: invite.header(Name::FROM)?,
            remote: response.header(Name::TO)?,
            local_tag: &entry.local_tag,
            remote_tag,
            contact: invite.header(Name::CONTACT).unwrap_or_default(),
            target: invite.uri(),
            local_cseq: invite.cseq().ok()?.number,
            remote_cseq: None,
        });
        dialog.learn(response);
        dialog.learn_routes(response);
        dialog.offer.invite_sent(describes(&invite));
        dialog.described = entry.described.clone();
        dialog.wish = entry.options.session;
        dialog.credentials = entry.options.credentials.map(|id| id.0);
        dialog.call = Some(call);
        let key = self.insert_dialog(dialog);
        self.calls.get_mut(call)?.dialogs.push(key);
        Some(key)
    }

    /// Answers the offer of a reliable provisional response.
    pub fn prack(
        &mut self,
        now: Instant,
        dialog: DialogId,
        content_type: &str,
        body: &[u8],
    ) -> Result<(), UserError> {
        let entry = self.dialogs.get(dialog.0).ok_or(UserError::Gone)?;
        if entry.prack_wanted.is_none() {
            return Err(UserError::WrongStage);
        }
        self.send_prack(now, dialog.0, Some((content_type, body)));
        Ok(())
    }

    pub(super) fn send_prack(&mut self, now: Instant, key: Key, body: Option<(&str, &[u8])>) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some((rseq, invite_cseq)) = dialog.prack_wanted.take() else {
            return;
        };
        dialog.local_cseq += 1;
        let mut request = dialog.request(Method::Prack, dialog.local_cseq);
        request.push_fmt(Name::RACK, format_args!("{rseq} {invite_cseq} INVITE"));
        if let Some((content_type, body)) = body {
            request.set_body(content_type, body);
        }
        dialog.offer.request_sent(describes(&request));
        if let Some(sdp) = request.part(SDP) {
            dialog.described = Some(sdp.into());
        }
        self.start_within(now, key, request, super::Why::Prack);
    }

    /// Answers the offer of a 2xx: with it the dialog can begin.
    pub fn ack(
        &mut self,
        now: Instant,
        dialog: DialogId,
        content_type: &str,
        body: &[u8],
    ) -> Result<(), UserError> {
        let entry = self.dialogs.get(dialog.0).ok_or(UserError::Gone)?;
        if entry.ack_wanted.is_none() {
            return Err(UserError::WrongStage);
        }
        self.send_ack(now, dialog.0, Some((content_type, body)));
        Ok(())
    }

    pub(super) fn send_ack(&mut self, now: Instant, key: Key, body: Option<(&str, &[u8])>) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some((client, cseq, _)) = dialog.ack_wanted.take() else {
            return;
        };
        let mut ack = dialog.request(Method::Ack, cseq);
        if let Some((content_type, body)) = body {
            ack.set_body(content_type, body);
        }
        if let Some(sdp) = ack.part(SDP) {
            dialog.described = Some(sdp.into());
        }
        dialog.offer.request_sent(describes(&ack));
        let flow = dialog.next_flow(self.config.symmetric);
        let tag = dialog.remote_tag.clone();
        if dialog.credentials.is_some()
            && let Some(invite) = self.sent(client)
        {
            // The INVITE's own: an ACK cannot be challenged (RFC 3261, 22.1).
            ack.copy(&invite, Name::AUTHORIZATION);
            ack.copy(&invite, Name::PROXY_AUTHORIZATION);
        }
        let transmit = self.ack_packet(flow, ack);
        self.transmits.push_back(transmit.clone());
        if let Some(entry) = self.clients.get_mut(client) {
            entry.acks.push((tag, transmit));
        }
        self.settle_dialog(now, key);
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
