//! Requests of the peer in a dialog, and the user's answers to requests.

use super::compose::describes;
use super::{DialogId, Ending, Endpoint, Fact, ServerId, UserError};
use crate::dialog::{Granted, Order, Stage, grant};
use crate::message::{Message, Method, Name};
use crate::slab::Key;
use crate::transport::Flow;
use std::time::Instant;

impl Endpoint {
    pub(super) fn on_request_within(&mut self, now: Instant, flow: Flow, request: Message) {
        let found = self.dialog_of(&request);
        let Some(method) = request.method().cloned() else {
            return;
        };
        let alive = found.filter(|&key| {
            self.dialogs
                .get(key)
                .is_some_and(|dialog| dialog.stage != Stage::Over)
        });
        let Some(key) = alive else {
            self.count(|counters| &mut counters.stray_requests);
            let reply = self.plain_reply(&request, 481, "");
            self.answer_stateless(flow, &request, reply);
            return;
        };
        let server = self.start_server(now, flow, &request);
        let Ok(cseq) = request.cseq() else { return };
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if dialog.order(cseq.number) == Order::Late {
            let reply = self.plain_reply(&request, 500, "CSeq Out Of Order");
            self.send_response(now, server, reply);
            return;
        }
        if let Some(reply) = self.refuse_unknown(&request, &method) {
            self.send_response(now, server, reply);
            return;
        }
        let announced = self.dialogs.get(key).is_some_and(|dialog| dialog.announced);
        match method {
            Method::Bye => {
                self.answer_plainly(now, server, &request, 200);
                self.end_dialog(now, key, Ending::Remote, Some(request));
            }
            // The user does not know this fork: the call is being cancelled, or another one was answered.
            _ if !announced => self.refuse_for_now(now, server, &request),
            Method::Invite => self.on_reinvite(now, flow, server, key, request),
            Method::Update => self.on_update(now, flow, server, key, request),
            Method::Prack => self.on_prack(now, flow, server, key, request),
            Method::Info if !self.knows_package(&request) => {
                let mut reply = self.plain_reply(&request, 469, "");
                reply.push(Name::RECV_INFO, self.config.info_packages.join(", ").as_bytes());
                self.send_response(now, server, reply);
            }
            _ => self.tell_request(server, Some(key), request, flow),
        }
    }

    /// INFO without a package is the old kind, which the user may know what to do with (RFC 6086, 2).
    fn knows_package(&self, request: &Message) -> bool {
        let Some(package) = request.header(Name::INFO_PACKAGE) else {
            return true;
        };
        let name = package
            .split(|&b| b == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        self.config
            .info_packages
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
    }

    fn on_reinvite(&mut self, now: Instant, flow: Flow, server: Key, key: Key, request: Message) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if dialog.invite_server.is_some() || dialog.stage == Stage::Early || dialog.offer.is_remote() {
            self.refuse_for_now(now, server, &request);
            return;
        }
        if dialog.invite_client.is_some() || dialog.offer.is_local() {
            self.answer_plainly(now, server, &request, 491);
            return;
        }
        if let Granted::TooShort(min_se_s) = grant(Self::asked(&request), self.wish_of(Some(key))) {
            let reply = self.too_short(&request, min_se_s);
            self.send_response(now, server, reply);
            return;
        }
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        // A peer that goes on has had our 2xx, though its ACK may be lost.
        dialog.accept = None;
        dialog.reliable_out = None;
        dialog.offer.invite_received(describes(&request));
        dialog.invite_server = Some(server);
        let trying = Message::reply(&request, 100, "");
        self.send_response(now, server, trying);
        self.tell_request(server, Some(key), request, flow);
        self.settle_dialog(now, key);
    }

    /// 500 with a short Retry-After: something of the peer's own is still unanswered (RFC 3261, 14.2; RFC 3311, 5.2).
    fn refuse_for_now(&mut self, now: Instant, server: Key, request: &Message) {
        let mut reply = self.plain_reply(request, 500, "");
        let wait = self.random.below(11);
        reply.push_fmt(Name::RETRY_AFTER, format_args!("{wait}"));
        self.send_response(now, server, reply);
    }

    fn on_update(&mut self, now: Instant, flow: Flow, server: Key, key: Key, request: Message) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let offers = describes(&request);
        if dialog.update_server.is_some() || (offers && dialog.offer.is_remote()) {
            self.refuse_for_now(now, server, &request);
            return;
        }
        if offers && (dialog.offer.is_local() || dialog.update_client.is_some()) {
            self.answer_plainly(now, server, &request, 491);
            return;
        }
        if let Granted::TooShort(min_se_s) = grant(Self::asked(&request), self.wish_of(Some(key))) {
            let reply = self.too_short(&request, min_se_s);
            self.send_response(now, server, reply);
            return;
        }
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if offers {
            dialog.offer.request_received(true);
            dialog.update_server = Some(server);
            self.tell_request(server, Some(key), request, flow);
            return;
        }
        dialog.learn(&request);
        let mut reply = self.reply_within(key, &request, &Message::response(200, ""));
        self.grant_refresh(now, key, &request, &mut reply);
        self.send_response(now, server, reply);
        self.facts.push_back(Fact::Refreshed {
            dialog: DialogId(key),
            message: request,
        });
        self.settle_dialog(now, key);
    }

    /// Before the answer an UPDATE says nothing about the session's timer.
    fn grant_refresh(&mut self, now: Instant, key: Key, request: &Message, reply: &mut Message) {
        if self
            .dialogs
            .get(key)
            .is_some_and(|dialog| dialog.stage == Stage::Confirmed)
        {
            self.grant_session(now, key, request, reply);
        }
    }

    /// Hands a request to the user, who answers with [`Endpoint::respond`].
    pub(super) fn tell_request(&mut self, server: Key, dialog: Option<Key>, request: Message, flow: Flow) {
        if let Some(entry) = self.servers.get_mut(server) {
            entry.request = Some(request.clone());
            entry.dialog = dialog;
        }
        let dialog = dialog.map(DialogId);
        self.facts.push_back(Fact::Request {
            server: ServerId(server),
            dialog,
            request,
            flow,
        });
    }

    /// Answers a request that [`Fact::Request`] told of. The draft is a response with whatever headers and body the
    /// user wants; the rest is added here.
    pub fn respond(&mut self, now: Instant, server: ServerId, draft: &Message) -> Result<(), UserError> {
        let entry = self.servers.get(server.0).ok_or(UserError::Gone)?;
        let request = entry.request.clone().ok_or(UserError::Gone)?;
        let status = draft.status();
        if status < 100 {
            return Err(UserError::Draft("no response"));
        }
        let Some(key) = entry.dialog else {
            let reason = String::from_utf8_lossy(draft.reason());
            let mut reply = self.plain_reply(&request, status, &reason);
            reply.append(
                draft,
                &[Name::VIA, Name::FROM, Name::TO, Name::CALL_ID, Name::CSEQ],
            );
            self.send_response(now, server.0, reply);
            return Ok(());
        };
        if entry.method == Method::Invite {
            return self.answer_invite(now, key, server.0, draft);
        }
        let update = entry.method == Method::Update;
        let mut reply = self.reply_within(key, &request, draft);
        if let Some(dialog) = self.dialogs.get_mut(key).filter(|_| status >= 200) {
            if status < 300 {
                // A target moves when the request that moves it is accepted (RFC 3261, 12.2.2).
                if update {
                    dialog.learn(&request);
                }
                dialog.offer.response_sent(describes(&reply));
            } else if describes(&request) {
                dialog.offer.withdrawn();
            }
            if update {
                dialog.update_server = None;
            }
        }
        if (200..300).contains(&status) {
            self.note_description(key, &reply);
            if update {
                self.grant_refresh(now, key, &request, &mut reply);
            }
        }
        self.send_response(now, server.0, reply);
        self.settle_dialog(now, key);
        Ok(())
    }
}
