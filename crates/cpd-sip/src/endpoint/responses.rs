//! Responses to our requests in dialogs and outside.

use super::compose::describes;
use super::{DialogId, Ending, Endpoint, Fact, Failure, Purpose, RequestId, Why};
use crate::dialog::{Retry, Role, Sequence, Stage};
use crate::message::{Message, Method, Name};
use crate::slab::Key;
use std::time::{Duration, Instant};

/// The wait behind a refresh that was refused: 5 s, a few tries before the shortest session ends.
const REFRESH_AGAIN: Duration = Duration::from_secs(5);

impl Endpoint {
    pub(super) fn on_free_response(
        &mut self,
        now: Instant,
        client: Key,
        request: RequestId,
        response: Message,
    ) {
        if response.status() >= 200 && !self.retry_free(now, client, &response) {
            self.facts.push_back(Fact::Response {
                request,
                dialog: None,
                response: Ok(response),
                ack_wanted: false,
            });
        }
    }

    pub(super) fn on_response_within(
        &mut self,
        now: Instant,
        key: Key,
        why: Why,
        client: Key,
        response: Message,
    ) {
        let Ok(cseq) = response.cseq() else { return };
        let status = response.status();
        if status < 200 {
            if cseq.method == Method::Invite {
                self.on_reinvite_progress(now, key, &response);
            }
            return;
        }
        if !self.finish_within(key, &cseq.method, client) {
            return;
        }
        if (200..300).contains(&status) {
            self.on_success_within(now, key, why, client, &cseq.method, response);
        } else {
            self.on_refusal_within(now, key, why, client, response);
        }
        self.settle_dialog(now, key);
    }

    /// A reliable provisional response to a re-INVITE is acknowledged; the user hears of the final one.
    fn on_reinvite_progress(&mut self, now: Instant, key: Key, response: &Message) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some(rseq) = response
            .rseq()
            .filter(|_| response.lists(Name::REQUIRE, "100rel"))
        else {
            return;
        };
        let Ok(cseq) = response.cseq() else { return };
        if dialog.reliable_in.on_response(rseq) == Sequence::Next {
            dialog.offer.response_received(describes(response));
            dialog.prack_wanted = Some((rseq, cseq.number));
            self.send_prack(now, key, None);
        }
    }

    /// The dialog waits for one request less; false if this was told already (a repeated 2xx).
    fn finish_within(&mut self, key: Key, method: &Method, client: Key) -> bool {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return false;
        };
        if dialog.ack_wanted.is_some_and(|(waiting, ..)| waiting == client) {
            return false;
        }
        dialog.clients = dialog.clients.saturating_sub(1);
        match method {
            Method::Invite => dialog.invite_client = None,
            Method::Update => dialog.update_client = None,
            _ => {}
        }
        true
    }

    fn on_success_within(
        &mut self,
        now: Instant,
        key: Key,
        why: Why,
        client: Key,
        method: &Method,
        response: Message,
    ) {
        self.note_accepted(client);
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let mut ack_wanted = false;
        match method {
            Method::Invite => {
                dialog.learn(&response);
                ack_wanted =
                    dialog.offer.response_received(describes(&response)) && dialog.stage != Stage::Over;
                let number = response.cseq().map_or(0, |cseq| cseq.number);
                dialog.ack_wanted = Some((client, number, now + self.config.timers.silence()));
                self.session_from_response(now, key, &response);
                if !ack_wanted {
                    self.send_ack(now, key, None);
                }
            }
            Method::Update => {
                dialog.learn(&response);
                dialog.offer.response_received(describes(&response));
                if dialog.stage == Stage::Confirmed {
                    self.session_from_response(now, key, &response);
                }
            }
            Method::Prack => {
                dialog.offer.response_received(describes(&response));
            }
            _ => {}
        }
        match why {
            Why::User(request) => {
                let dialog = Some(DialogId(key));
                self.facts.push_back(Fact::Response {
                    request,
                    dialog,
                    response: Ok(response),
                    ack_wanted,
                });
            }
            Why::Refresh if ack_wanted => self.send_ack(now, key, None),
            Why::Refresh => self.facts.push_back(Fact::Refreshed {
                dialog: DialogId(key),
                message: response,
            }),
            Why::Prack | Why::Bye => {}
        }
    }

    fn on_refusal_within(&mut self, now: Instant, key: Key, why: Why, client: Key, response: Message) {
        if self.retry_within(now, key, why, client, &response) {
            return;
        }
        let Some(sent) = self.sent(client) else { return };
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if describes(&sent) && why != Why::Prack {
            dialog.offer.withdrawn();
        }
        let over = dialog.stage == Stage::Over;
        let negotiates = matches!(sent.method(), Some(Method::Invite | Method::Update));
        // One waits at most; a second is the user's to repeat.
        if negotiates && !over && dialog.retry.is_none() {
            let again = match response.status() {
                // RFC 3261, 14.1: who owns the Call-ID waits longer, so that the two do not meet again.
                491 if dialog.role == Role::Uac => Some(self.random.wait(2100, 4000)),
                491 => Some(self.random.wait(0, 2000)),
                422 => response.min_se().map(|min_se_s| {
                    dialog.min_se_s = Some(min_se_s.max(dialog.min_se_s.unwrap_or(0)));
                    Duration::ZERO
                }),
                _ => None,
            };
            if let (Some(wait), Some(draft)) = (again, redraft(&sent)) {
                let request = match why {
                    Why::User(RequestId(id)) => Some(id),
                    Why::Refresh | Why::Prack | Why::Bye => None,
                };
                dialog.retry = Some((now + wait, Retry { draft, request }));
                return;
            }
        }
        let status = response.status();
        if let Why::User(request) = why {
            let dialog = Some(DialogId(key));
            self.facts.push_back(Fact::Response {
                request,
                dialog,
                response: Ok(response),
                ack_wanted: false,
            });
        }
        let dialog = self.dialogs.get_mut(key).filter(|_| why == Why::Refresh);
        if let Some(dialog) = dialog {
            // Another try may succeed; the session's end is still far.
            dialog.peer_updates &= !matches!(status, 405 | 501);
            if let Some(session) = &mut dialog.session {
                session.postpone(now + REFRESH_AGAIN);
            }
        }
        // 481 says that the peer has no such dialog; 408 that it cannot be reached (RFC 3261, 12.2.1.2 and 14.1).
        let lost = (status == 481 && why != Why::Prack) || (status == 408 && negotiates);
        if lost && !over {
            if status == 408 {
                self.send_bye(now, key, None);
            }
            self.end_dialog(now, key, Ending::Lost, None);
        }
    }

    /// A request of ours will have no response.
    pub(super) fn on_silence(&mut self, now: Instant, client: Key, purpose: Purpose, failure: Failure) {
        match purpose {
            Purpose::Call(call) => {
                let cancelled = self.calls.get(call).is_some_and(|entry| entry.cancelled);
                let failure = if cancelled {
                    self.cancel_failure(call)
                } else {
                    failure
                };
                self.fail_call(now, call, failure, None);
            }
            Purpose::Free { request, .. } => {
                self.facts.push_back(Fact::Response {
                    request,
                    dialog: None,
                    response: Err(failure),
                    ack_wanted: false,
                });
            }
            Purpose::Within { dialog: key, why } => {
                let sent = self
                    .clients
                    .get(client)
                    .map(|entry| Message::parse_datagram(entry.packet.to_vec()));
                let method = sent.and_then(Result::ok).and_then(|sent| sent.method().cloned());
                let Some(method) = method else { return };
                if !self.finish_within(key, &method, client) {
                    return;
                }
                if let Why::User(request) = why {
                    let dialog = Some(DialogId(key));
                    self.facts.push_back(Fact::Response {
                        request,
                        dialog,
                        response: Err(failure),
                        ack_wanted: false,
                    });
                }
                let over = self
                    .dialogs
                    .get(key)
                    .is_none_or(|dialog| dialog.stage == Stage::Over);
                if matches!(method, Method::Invite | Method::Update) && !over {
                    self.send_bye(now, key, None);
                    self.end_dialog(now, key, Ending::Lost, None);
                }
                self.settle_dialog(now, key);
            }
        }
    }
}

/// What was sent, as the user's draft: without the headers that are written anew each time.
fn redraft(sent: &Message) -> Option<Message> {
    let mut draft = Message::request(sent.method()?.clone(), b"");
    let written = [
        Name::VIA,
        Name::MAX_FORWARDS,
        Name::ROUTE,
        Name::FROM,
        Name::TO,
        Name::CALL_ID,
        Name::CSEQ,
        Name::USER_AGENT,
        Name::CONTACT,
        Name::ALLOW,
        Name::SUPPORTED,
        Name::SESSION_EXPIRES,
        Name::MIN_SE,
    ];
    draft.append(sent, &written);
    Some(draft)
}
