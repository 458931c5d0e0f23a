//! The end of dialogs: BYE, and what has to be settled before one can be forgotten.

use super::{DialogId, Ending, Endpoint, Fact, Owner, UserError, Why};
use crate::dialog::{Dialog, Role, Stage};
use crate::message::{Message, Method, Name};
use crate::slab::Key;
use std::time::Instant;

impl Endpoint {
    /// Hangs up. `draft` may be a BYE with headers to add (Reason). A call that came in and was just answered is hung up
    /// when its ACK has come (RFC 3261, 15); [`Fact::Ended`] tells when.
    pub fn bye(&mut self, now: Instant, dialog: DialogId, draft: Option<&Message>) -> Result<(), UserError> {
        let key = dialog.0;
        let entry = self
            .dialogs
            .get_mut(key)
            .filter(|dialog| dialog.stage != Stage::Over)
            .ok_or(UserError::Gone)?;
        if entry.stage == Stage::Early {
            return Err(UserError::WrongStage);
        }
        if entry.role == Role::Uas && entry.accept.is_some() && entry.held_bye.is_none() {
            entry.held_bye = Some(
                draft
                    .cloned()
                    .unwrap_or_else(|| Message::request(Method::Bye, b"")),
            );
            return Ok(());
        }
        if entry.held_bye.is_some() {
            return Ok(());
        }
        self.send_bye(now, key, draft);
        self.end_dialog(now, key, Ending::Local, None);
        Ok(())
    }

    pub(super) fn send_bye(&mut self, now: Instant, key: Key, draft: Option<&Message>) {
        self.send_ack(now, key, None);
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        dialog.local_cseq += 1;
        let mut request = dialog.request(Method::Bye, dialog.local_cseq);
        if let Some(product) = &self.config.product {
            request.push(Name::USER_AGENT, product.as_bytes());
        }
        if let Some(draft) = draft {
            let own = [
                Name::VIA,
                Name::MAX_FORWARDS,
                Name::ROUTE,
                Name::FROM,
                Name::TO,
                Name::CALL_ID,
                Name::CSEQ,
            ];
            request.append(draft, &own);
        }
        self.start_within(now, key, request, Why::Bye);
    }

    /// Tells the end of a dialog, and settles what is open in it.
    pub(super) fn end_dialog(&mut self, now: Instant, key: Key, ending: Ending, message: Option<Message>) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if dialog.stage == Stage::Over {
            return;
        }
        dialog.stage = Stage::Over;
        dialog.session = None;
        dialog.accept = None;
        dialog.progress = None;
        dialog.held_bye = None;
        dialog.reliable_out = None;
        let retry = dialog.retry.take();
        let invite_server = dialog.invite_server.take();
        let update_server = dialog.update_server.take();
        let invite_client = dialog.invite_client;
        let announced = dialog.announced;
        // The peer's 2xx gets its ACK even if the user never answered its offer.
        self.send_ack(now, key, None);
        for server in [invite_server, update_server].into_iter().flatten() {
            let Some(request) = self
                .servers
                .get_mut(server)
                .and_then(|entry| entry.request.take())
            else {
                continue;
            };
            let reply = self.reply_within(key, &request, &Message::response(487, ""));
            self.send_response(now, server, reply);
        }
        if let Some(client) = invite_client {
            // The peer answers it with 481 or 487, or is not waited for long.
            let silence = now + self.config.timers.silence();
            if let Some(entry) = self.clients.get_mut(client) {
                entry.limit = Some(entry.limit.map_or(silence, |limit| limit.min(silence)));
            }
            self.settle_client(now, client);
        }
        if let Some(id) = retry.and_then(|(_, retry)| retry.request) {
            self.facts.push_back(Fact::Response {
                request: super::RequestId(id),
                dialog: Some(DialogId(key)),
                response: Err(super::Failure::Cancelled),
                ack_wanted: false,
            });
        }
        if announced {
            self.facts.push_back(Fact::Ended {
                dialog: DialogId(key),
                ending,
                message,
            });
        }
        self.settle_dialog(now, key);
    }

    /// Keeps the timer of a dialog, or buries it.
    pub(super) fn settle_dialog(&mut self, _now: Instant, key: Key) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if !dialog.is_done() {
            let next = dialog.next();
            self.timers.want(Owner::Dialog(key), next, &mut dialog.queued);
            return;
        }
        if let Some(dialog) = self.dialogs.remove(key) {
            self.bury(key, &dialog);
        }
    }

    fn bury(&mut self, key: Key, dialog: &Dialog) {
        dialog.write_key(&mut self.dialog_key);
        if self.dialog_keys.get(self.dialog_key.as_slice()) == Some(&key) {
            self.dialog_keys.remove(self.dialog_key.as_slice());
        }
        if let Some(call) = dialog.call.and_then(|call| self.calls.get_mut(call)) {
            call.dialogs.retain(|&other| other != key);
        }
    }
}
