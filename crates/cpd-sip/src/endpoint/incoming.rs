//! Calls that come in: INVITE, its provisional and final answers, CANCEL, ACK and PRACK.

use super::compose::{SDP, describes};
use super::outgoing::own_contact;
use super::send::with_tag;
use super::{DialogId, Ending, Endpoint, Fact, UserError};
use crate::dialog::{
    Accept, Dialog, Granted, Parts, ReliableOut, Role, Stage, WAITING_MAX, grant, write_key,
};
use crate::message::{Message, Method, Name};
use crate::slab::Key;
use crate::transaction::server_key;
use crate::transport::Flow;
use std::time::{Duration, Instant};

/// Proxies give up an INVITE that is silent for three minutes; this shows every minute that it still rings (RFC 3261,
/// 13.3.1.1).
pub(super) const PROGRESS_AGAIN: Duration = Duration::from_secs(60);

impl Endpoint {
    pub(super) fn on_invite(&mut self, now: Instant, flow: Flow, server: Key, request: Message) {
        if let Granted::TooShort(min_se_s) = grant(Self::asked(&request), self.config.session) {
            let reply = self.too_short(&request, min_se_s);
            self.send_response(now, server, reply);
            return;
        }
        if request.contact().is_none() {
            self.answer_plainly(now, server, &request, 400);
            return;
        }
        let local_tag = self.random.token();
        let (Ok(call_id), Ok(from), Ok(cseq)) = (request.call_id(), request.from(), request.cseq()) else {
            return;
        };
        let local = with_tag(request.header(Name::TO).unwrap_or_default(), &local_tag);
        let mut dialog = Dialog::new(Parts {
            role: Role::Uas,
            flow,
            call_id,
            local: &local,
            remote: request.header(Name::FROM).unwrap_or_default(),
            local_tag: &local_tag,
            remote_tag: from.tag().unwrap_or_default(),
            contact: &own_contact(flow),
            target: from.uri,
            local_cseq: 0,
            remote_cseq: Some(cseq.number),
        });
        dialog.learn(&request);
        dialog.learn_routes(&request);
        dialog.offer.invite_received(describes(&request));
        dialog.wish = self.config.session;
        dialog.invite_server = Some(server);
        dialog.announced = true;
        let key = self.insert_dialog(dialog);
        let trying = Message::reply(&request, 100, "");
        self.send_response(now, server, trying);
        if let Some(entry) = self.servers.get_mut(server) {
            entry.request = Some(request.clone());
            entry.dialog = Some(key);
        }
        self.facts.push_back(Fact::Invited {
            dialog: DialogId(key),
            request,
            flow,
        });
    }

    /// Answers the INVITE of a call that came in, provisionally or for good.
    ///
    /// The draft is a response with whatever headers and body the user wants; the rest is added here. A draft with
    /// `Require: 100rel` is sent reliably if the caller can do that (RFC 3262); so is every provisional response if the
    /// caller demands it. While a reliable response waits for its PRACK, later ones wait behind it.
    pub fn answer(&mut self, now: Instant, dialog: DialogId, draft: &Message) -> Result<(), UserError> {
        let key = dialog.0;
        let entry = self
            .dialogs
            .get(key)
            .filter(|dialog| dialog.stage != Stage::Over)
            .ok_or(UserError::Gone)?;
        if entry
            .reliable_out
            .as_ref()
            .is_some_and(|out| out.held_answer.is_some())
            && draft.status() < 300
        {
            return Err(UserError::WrongStage);
        }
        let server = entry
            .invite_server
            .filter(|_| entry.stage == Stage::Early)
            .ok_or(UserError::WrongStage)?;
        self.answer_invite(now, key, server, draft)
    }

    /// Answers an INVITE, the first of a dialog or a later one.
    pub(super) fn answer_invite(
        &mut self,
        now: Instant,
        key: Key,
        server: Key,
        draft: &Message,
    ) -> Result<(), UserError> {
        let request = self
            .servers
            .get(server)
            .and_then(|entry| entry.request.clone())
            .ok_or(UserError::Gone)?;
        match draft.status() {
            101..200 => self.answer_progress(now, key, server, &request, draft),
            200..300 => self.answer_accept(now, key, server, &request, draft),
            300.. => {
                self.answer_refuse(now, key, server, &request, draft);
                Ok(())
            }
            _ => Err(UserError::Draft("no response above 100")),
        }
    }

    fn answer_progress(
        &mut self,
        now: Instant,
        key: Key,
        server: Key,
        request: &Message,
        draft: &Message,
    ) -> Result<(), UserError> {
        let required = request.lists(Name::REQUIRE, "100rel");
        let wanted = draft.lists(Name::REQUIRE, "100rel") && request.lists(Name::SUPPORTED, "100rel");
        let mut draft = draft.clone();
        draft.remove(Name::REQUIRE);
        let mut reply = self.reply_within(key, request, &draft);
        self.note_description(key, &reply);
        if !(required || wanted) {
            let sent = self.send_response(now, server, reply);
            if let Some(dialog) = self.dialogs.get_mut(key) {
                dialog.progress = sent.map(|sent| (now + PROGRESS_AGAIN, sent));
            }
            self.settle_dialog(now, key);
            return Ok(());
        }
        reply.push(Name::REQUIRE, b"100rel");
        // Below 2³¹, so that the numbers of a call never wrap (RFC 3262, 3).
        let first = 1 + self.random.below(1 << 30);
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return Err(UserError::Gone);
        };
        let out = dialog.reliable_out.get_or_insert_with(|| ReliableOut::new(first));
        if !out.is_free() {
            if out.waiting.len() >= WAITING_MAX {
                return Err(UserError::Pending);
            }
            out.waiting.push_back(reply);
            return Ok(());
        }
        self.send_reliable(now, key, server, reply);
        Ok(())
    }

    fn send_reliable(&mut self, now: Instant, key: Key, server: Key, mut reply: Message) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some(out) = &mut dialog.reliable_out else {
            return;
        };
        let rseq = out.take_rseq();
        reply.push_fmt(Name::RSEQ, format_args!("{rseq}"));
        let described = describes(&reply);
        dialog.offer.response_sent(described);
        let Some(transmit) = self.send_response(now, server, reply) else {
            return;
        };
        if let Some(out) = self
            .dialogs
            .get_mut(key)
            .and_then(|dialog| dialog.reliable_out.as_mut())
        {
            out.on_sent(now, &self.config.timers, rseq, described, transmit);
        }
        self.settle_dialog(now, key);
    }

    fn answer_accept(
        &mut self,
        now: Instant,
        key: Key,
        server: Key,
        request: &Message,
        draft: &Message,
    ) -> Result<(), UserError> {
        let mut reply = self.reply_within(key, request, draft);
        let dialog = self.dialogs.get_mut(key).ok_or(UserError::Gone)?;
        if let Some(out) = dialog.reliable_out.as_mut().filter(|out| out.holds_answer()) {
            out.held_answer = Some(draft.clone());
            return Ok(());
        }
        dialog.offer.response_sent(describes(&reply));
        if let Some(out) = &mut dialog.reliable_out {
            out.stop();
        }
        self.note_description(key, &reply);
        self.grant_session(now, key, request, &mut reply);
        let cseq = request.cseq().map_or(0, |cseq| cseq.number);
        let transmit = self.send_response(now, server, reply).ok_or(UserError::Gone)?;
        let dialog = self.dialogs.get_mut(key).ok_or(UserError::Gone)?;
        dialog.learn(request);
        dialog.stage = Stage::Confirmed;
        dialog.invite_server = None;
        dialog.progress = None;
        dialog.accept = Some(Accept::new(now, &self.config.timers, cseq, transmit));
        self.settle_dialog(now, key);
        Ok(())
    }

    fn answer_refuse(&mut self, now: Instant, key: Key, server: Key, request: &Message, draft: &Message) {
        let reply = self.reply_within(key, request, draft);
        self.send_response(now, server, reply);
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        dialog.invite_server = None;
        dialog.progress = None;
        dialog.offer.withdrawn();
        if let Some(out) = &mut dialog.reliable_out {
            out.stop();
        }
        if dialog.stage == Stage::Early {
            self.end_dialog(now, key, Ending::NotAnswered, None);
        } else {
            self.settle_dialog(now, key);
        }
    }

    /// Keeps our session description for a later refresh.
    pub(super) fn note_description(&mut self, key: Key, message: &Message) {
        if let (Some(sdp), Some(dialog)) = (message.part(SDP), self.dialogs.get_mut(key)) {
            dialog.described = Some(sdp.into());
        }
    }

    pub(super) fn on_cancel(&mut self, now: Instant, flow: Flow, cancel: Message) {
        let server = self.start_server(now, flow, &cancel);
        let found = server_key(&cancel, "INVITE", &mut self.key).ok();
        let invite = found.and_then(|()| self.server_keys.get(self.key.as_slice()).copied());
        let Some(invite) = invite else {
            self.answer_plainly(now, server, &cancel, 481);
            return;
        };
        self.answer_plainly(now, server, &cancel, 200);
        let Some(entry) = self
            .servers
            .get(invite)
            .filter(|entry| entry.machine.is_pending())
        else {
            return;
        };
        let (Some(key), Some(request)) = (entry.dialog, entry.request.clone()) else {
            return;
        };
        let terminated = Message::response(487, "");
        let early = self
            .dialogs
            .get(key)
            .is_some_and(|dialog| dialog.stage == Stage::Early);
        if early {
            // Told before the refusal ends the dialog for another reason.
            let reply = self.reply_within(key, &request, &terminated);
            self.send_response(now, invite, reply);
            self.end_dialog(now, key, Ending::Cancelled, Some(cancel));
        } else {
            self.answer_refuse(now, key, invite, &request, &terminated);
        }
    }

    pub(super) fn on_ack(&mut self, now: Instant, ack: Message) {
        let Some(key) = self.dialog_of(&ack) else {
            self.count(|counters| &mut counters.stray_requests);
            return;
        };
        let Ok(cseq) = ack.cseq() else { return };
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if dialog
            .accept
            .as_ref()
            .is_none_or(|accept| accept.cseq != cseq.number)
        {
            return;
        }
        dialog.accept = None;
        dialog.offer.request_received(describes(&ack));
        let held = dialog.held_bye.take();
        if dialog.stage != Stage::Over {
            self.facts.push_back(Fact::Acknowledged {
                dialog: DialogId(key),
                request: ack,
            });
        }
        if let Some(bye) = held {
            self.send_bye(now, key, Some(&bye));
            self.end_dialog(now, key, Ending::Local, None);
        }
        self.settle_dialog(now, key);
    }

    pub(super) fn on_prack(&mut self, now: Instant, flow: Flow, server: Key, key: Key, request: Message) {
        let rack = request.rack();
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let matches = rack.is_some_and(|rack| {
            let invite = rack.cseq.method == Method::Invite;
            invite
                && dialog
                    .reliable_out
                    .as_mut()
                    .is_some_and(|out| out.on_prack(rack.rseq))
        });
        if !matches {
            self.answer_plainly(now, server, &request, 481);
            return;
        }
        let was_answering = dialog.offer.is_local();
        dialog.offer.request_received(describes(&request));
        if describes(&request) && !was_answering {
            self.tell_request(server, Some(key), request, flow);
        } else {
            self.answer_plainly(now, server, &request, 200);
            self.facts.push_back(Fact::Pracked {
                dialog: DialogId(key),
                request,
            });
        }
        self.send_waiting(now, key);
        self.settle_dialog(now, key);
    }

    /// Sends what waited for a PRACK: the next provisional response, or the answer.
    fn send_waiting(&mut self, now: Instant, key: Key) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some(server) = dialog.invite_server else {
            return;
        };
        let Some(out) = &mut dialog.reliable_out else {
            return;
        };
        if let Some(next) = out.waiting.pop_front() {
            self.send_reliable(now, key, server, next);
        } else if let Some(draft) = out.held_answer.take() {
            // Only a call that ended meanwhile can refuse it, and then nobody waits for the answer.
            let _ = self.answer_invite(now, key, server, &draft);
        }
    }

    pub(super) fn insert_dialog(&mut self, mut dialog: Dialog) -> Key {
        dialog.symmetric = self.config.symmetric;
        dialog.write_key(&mut self.dialog_key);
        let key = self.dialogs.insert(dialog);
        self.dialog_keys.insert(self.dialog_key.as_slice().into(), key);
        key
    }

    /// The dialog that a request of the peer names.
    pub(super) fn dialog_of(&mut self, request: &Message) -> Option<Key> {
        let local_tag = request.to().ok()?.tag()?;
        let remote_tag = request.from().ok()?.tag().unwrap_or_default();
        write_key(
            &mut self.dialog_key,
            request.call_id().ok()?,
            local_tag,
            remote_tag,
        );
        self.dialog_keys.get(self.dialog_key.as_slice()).copied()
    }
}
