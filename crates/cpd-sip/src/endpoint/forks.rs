//! Responses that make and confirm the dialogs of an INVITE: one for each To tag.

use super::compose::describes;
use super::{ANSWERS_MAX, CallId, DialogId, Ending, Endpoint, FORKS_MAX, Fact, Forks};
use crate::dialog::{Dialog, Parts, Role, Sequence, Stage, write_key};
use crate::message::{Message, Name};
use crate::slab::Key;
use std::time::Instant;

impl Endpoint {
    pub(super) fn on_call_progress(&mut self, now: Instant, call: Key, client: Key, response: Message) {
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

    pub(super) fn on_call_answer(&mut self, now: Instant, call: Key, client: Key, response: Message) {
        self.note_accepted(client);
        let Some(key) = self.fork(call, client, &response, ANSWERS_MAX) else {
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
}
