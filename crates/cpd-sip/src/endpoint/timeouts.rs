//! What the clock and the transport bring.

use super::incoming::PROGRESS_AGAIN;
use super::{Ending, UserError};
use super::{Endpoint, Failure, Owner, Purpose};
use crate::dialog::{AcceptTick, ReliableTick, SessionTick, Stage};
use crate::message::{Message, Method};
use crate::slab::Key;
use crate::transaction::{ClientTick, ServerTick};
use crate::transport::{Flow, Transmit};
use std::time::Instant;

impl Endpoint {
    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((at, owner)) = self.timers.pop(now) {
            match owner {
                Owner::Client(key) => self.on_client_tick(now, key, at),
                Owner::Server(key) => self.on_server_tick(now, key, at),
                Owner::Call(key) => self.on_call_tick(now, key),
                Owner::Dialog(key) => self.on_dialog_tick(now, key, at),
            }
        }
        let living = self.clients.len() + self.servers.len() + self.calls.len() + self.dialogs.len();
        let (clients, servers, calls, dialogs) = (&self.clients, &self.servers, &self.calls, &self.dialogs);
        self.timers.tidy(living, |owner| match owner {
            Owner::Client(key) => clients.get(key)?.queued,
            Owner::Server(key) => servers.get(key)?.queued,
            Owner::Call(key) => calls.get(key)?.queued,
            Owner::Dialog(key) => dialogs.get(key)?.queued,
        });
    }

    /// The transport cannot send along this flow: what waits for an answer there will have none (RFC 3261, 18.4).
    ///
    /// A connection that broke under a call does not end it. Requests of a dialog, and an INVITE that rings, are sent once
    /// more in the same transaction, where a peer that has had them already takes them for a repetition: to the dialog's
    /// next hop, or over a new connection to the same place.
    pub fn handle_transport_error(&mut self, now: Instant, flow: Flow) {
        for index in 0..self.clients.places() {
            let Some(key) = self.clients.at(index) else {
                continue;
            };
            let Some(entry) = self.clients.get_mut(key).filter(|entry| entry.flow == flow) else {
                continue;
            };
            if !entry.machine.is_pending() {
                continue;
            }
            let around = match entry.purpose {
                Purpose::Within { dialog, .. } => self
                    .dialogs
                    .get_mut(dialog)
                    .map(|dialog| dialog.way_around(flow).unwrap_or(flow)),
                // One that heard nothing goes to another server; that is its user's affair.
                Purpose::Call(_) => entry.machine.is_proceeding().then_some(flow),
                Purpose::Free { .. } => None,
            };
            let around =
                around.filter(|around| flow.protocol.is_reliable() && (!entry.again || *around != flow));
            if let Some(flow) = around {
                entry.flow = flow;
                entry.again = true;
                let cancel = entry.cancel.as_ref().map(|(_, packet)| packet);
                for packet in [Some(&entry.packet), cancel].into_iter().flatten() {
                    let bytes = packet.clone();
                    self.transmits.push_back(Transmit { flow, bytes });
                }
                continue;
            }
            entry.machine.terminate();
            if let Some((cancel, _)) = &mut entry.cancel {
                cancel.terminate();
            }
            let purpose = entry.purpose;
            self.on_silence(now, key, purpose, Failure::Unreachable);
            self.settle_client(now, key);
        }
    }

    fn on_client_tick(&mut self, now: Instant, key: Key, at: Instant) {
        let timers = self.config.timers;
        let Some(entry) = self.clients.get_mut(key) else {
            return;
        };
        if entry.queued == Some(at) {
            entry.queued = None;
        }
        if let Some((cancel, packet)) = &mut entry.cancel
            && cancel.on_tick(now, &timers) == ClientTick::Repeat
        {
            self.transmits.push_back(Transmit {
                flow: entry.flow,
                bytes: packet.clone(),
            });
        }
        let limited = entry.machine.is_pending() && entry.limit.is_some_and(|limit| limit <= now);
        let tick = if limited {
            entry.machine.terminate();
            ClientTick::TimedOut
        } else {
            entry.machine.on_tick(now, &timers)
        };
        match tick {
            ClientTick::Nothing => {}
            ClientTick::Repeat => {
                self.transmits.push_back(Transmit {
                    flow: entry.flow,
                    bytes: entry.packet.clone(),
                });
            }
            ClientTick::TimedOut => {
                let purpose = entry.purpose;
                self.on_silence(now, key, purpose, Failure::TimedOut);
            }
        }
        self.settle_client(now, key);
    }

    fn on_server_tick(&mut self, now: Instant, key: Key, at: Instant) {
        let Some(entry) = self.servers.get_mut(key) else {
            return;
        };
        if entry.queued == Some(at) {
            entry.queued = None;
        }
        if entry.machine.is_pending() && entry.machine.next().is_some_and(|next| next <= now) {
            self.answer_for_user(now, key);
        } else if entry.machine.on_tick(now, &self.config.timers) == ServerTick::Repeat {
            let transmit = entry.last.clone().map(|bytes| Transmit {
                flow: entry.flow,
                bytes,
            });
            self.transmits.extend(transmit);
        }
        self.settle_server(key);
    }

    /// The user never answered. Other requests than INVITE get 500: 408 would help nobody (RFC 4320).
    fn answer_for_user(&mut self, now: Instant, key: Key) {
        let Some(entry) = self.servers.get_mut(key) else {
            return;
        };
        let invite = entry.method == Method::Invite;
        let (dialog, request) = (entry.dialog, entry.request.clone());
        let answered: Result<(), UserError> = match (dialog, request) {
            (Some(dialog), Some(_)) if invite => {
                self.answer_invite(now, dialog, key, &Message::response(480, ""))
            }
            (_, Some(_)) => self.respond(now, super::ServerId(key), &Message::response(500, "")),
            (_, None) => Err(UserError::Gone),
        };
        if let Some(entry) = self.servers.get_mut(key).filter(|_| answered.is_err()) {
            entry.machine.terminate();
        }
    }

    fn on_call_tick(&mut self, now: Instant, key: Key) {
        let Some(call) = self.calls.get_mut(key) else {
            return;
        };
        call.queued = None;
        if call.told || call.cancelled || call.ring_end > now {
            return;
        }
        call.timed_out = true;
        // An INVITE that nobody heard ends by itself; one that rings is cancelled.
        let _ = self.cancel(now, super::CallId(key), b"");
    }

    fn on_dialog_tick(&mut self, now: Instant, key: Key, at: Instant) {
        let timers = self.config.timers;
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if dialog.queued == Some(at) {
            dialog.queued = None;
        }
        if let Some((at, transmit)) = dialog.progress.as_mut().filter(|(at, _)| *at <= now) {
            *at = now + PROGRESS_AGAIN;
            self.transmits.push_back(transmit.clone());
        }
        match dialog.accept.as_mut().map(|accept| accept.on_tick(now, &timers)) {
            Some(AcceptTick::Repeat(transmit)) => self.transmits.push_back(transmit),
            Some(AcceptTick::Unacknowledged) => {
                dialog.accept = None;
                let held = dialog.held_bye.take();
                let ending = if held.is_some() {
                    Ending::Local
                } else {
                    Ending::NoAck
                };
                self.send_bye(now, key, held.as_ref());
                self.end_dialog(now, key, ending, None);
                return;
            }
            Some(AcceptTick::Nothing) | None => {}
        }
        match dialog.reliable_out.as_mut().map(|out| out.on_tick(now)) {
            Some(ReliableTick::Repeat(transmit)) => self.transmits.push_back(transmit),
            Some(ReliableTick::Unacknowledged) => {
                self.refuse_unacknowledged(now, key);
                return;
            }
            Some(ReliableTick::Nothing) | None => {}
        }
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if dialog.ack_wanted.is_some_and(|(_, _, end)| end <= now) {
            // The user owes the answer to the peer's offer: the call cannot begin.
            self.send_bye(now, key, None);
            self.end_dialog(now, key, Ending::Local, None);
            return;
        }
        if dialog.retry.as_ref().is_some_and(|(at, _)| *at <= now) {
            self.retry(now, key);
        }
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        match dialog.session.as_mut().map(|session| session.on_tick(now)) {
            Some(SessionTick::Refresh) => self.refresh(now, key),
            Some(SessionTick::Expired) => {
                self.send_bye(now, key, None);
                self.end_dialog(now, key, Ending::SessionExpired, None);
                return;
            }
            Some(SessionTick::Nothing) | None => {}
        }
        self.settle_dialog(now, key);
    }

    /// No PRACK came in 64 × T1: the INVITE is refused (RFC 3262, 3).
    fn refuse_unacknowledged(&mut self, now: Instant, key: Key) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some(server) = dialog.invite_server else {
            self.settle_dialog(now, key);
            return;
        };
        let early = dialog.stage == Stage::Early;
        let request = self.servers.get(server).and_then(|entry| entry.request.clone());
        if let Some(request) = request {
            let reply = self.reply_within(key, &request, &Message::response(504, ""));
            self.send_response(now, server, reply);
        }
        if let Some(dialog) = self.dialogs.get_mut(key) {
            dialog.invite_server = None;
            dialog.reliable_out = None;
            dialog.offer.withdrawn();
        }
        if early {
            self.end_dialog(now, key, Ending::NoPrack, None);
        } else {
            self.settle_dialog(now, key);
        }
    }
}
