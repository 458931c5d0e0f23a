//! What a call wants done, done.

use std::sync::Arc;
use std::time::Instant;

use cpd_call::{Cause, Failure, Fork, Leg, MediaAction, Output, Record, Refusal, Signal};
use cpd_sip::Endpoint;
use cpd_sip::message::{Message, Method, Name};

use super::bridge::Bridge;
use super::outgoing::pass_headers;
use super::{CallReport, Media, Switchboard, describe};
use crate::media::{Close, ForkId, MediaCommand, SessionId};

impl<M: Media> Switchboard<M> {
    /// Does everything that a call wants done, and notes when it wants to be woken.
    pub(super) fn perform(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64) {
        while let Some(output) = self
            .bridges
            .get_mut(&id)
            .and_then(|bridge| bridge.call.poll_output())
        {
            match output {
                Output::Signal(Leg::Callee, signal) => self.say_to_callee(now, endpoint, id, signal),
                Output::Signal(Leg::Caller, signal) => self.say_to_caller(now, endpoint, id, signal),
                Output::Media(action) => self.tell_media(now, endpoint, id, action),
                Output::Consult { ticket, telling } => {
                    self.consult(now, endpoint, id, ticket, &telling);
                }
                Output::Tell(telling) => self.tell(now, endpoint, id, telling),
                Output::Ended(record) => return self.finish(now, endpoint, id, *record),
            }
        }
        self.say_results(now, endpoint, id);
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        let next = bridge.call.poll_timeout();
        if next != bridge.queued {
            if let Some(at) = bridge.queued {
                self.timers.remove(&(at, id));
            }
            self.timers.extend(next.map(|at| (at, id)));
            bridge.queued = next;
        }
    }

    fn say_to_callee(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, signal: Signal) {
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        match signal {
            Signal::Dial { target } => self.dial(now, endpoint, id, target),
            Signal::Cancel(cause) => {
                if let Some(invite) = bridge.callee.invite {
                    let reason = cause.map(|cause| reason(&cause)).unwrap_or_default();
                    // One that has just ended needs no CANCEL.
                    let _ = endpoint.cancel(now, invite, reason.as_bytes());
                }
            }
            Signal::Hangup(cause) => {
                if let Some(dialog) = bridge.callee.answered {
                    let _ = endpoint.bye(now, dialog, Some(&plain_bye(cause.as_ref())));
                }
            }
            Signal::Ask => self.ask(now, endpoint, id, Leg::Callee),
            // What a callee's side is not told.
            Signal::Progress { .. } | Signal::Answer { .. } | Signal::Refuse(_) => {}
        }
    }

    fn say_to_caller(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, signal: Signal) {
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        match signal {
            Signal::Progress { fork, .. } => self.progress(now, endpoint, id, fork),
            Signal::Answer { fork } => self.answer(now, endpoint, id, fork),
            Signal::Refuse(refusal) => {
                let draft = refusal_draft(bridge, &refusal);
                // A caller that has given up meanwhile needs no refusal.
                let _ = endpoint.answer(now, bridge.caller.dialog, &draft);
            }
            Signal::Hangup(cause) => {
                let mut bye = Message::request(Method::Bye, b"");
                if let Some(cause) = &cause {
                    bridge.wishes.farewell(cause, &mut bye);
                }
                let _ = endpoint.bye(now, bridge.caller.dialog, Some(&bye));
            }
            Signal::Ask => self.ask(now, endpoint, id, Leg::Caller),
            // What a caller is not told.
            Signal::Dial { .. } | Signal::Cancel(_) => {}
        }
    }

    fn progress(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, fork: Fork) {
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        let Some(heard) = bridge.heard.take() else {
            return;
        };
        let phrase = String::from_utf8_lossy(heard.reason()).into_owned();
        let mut draft = Message::response(heard.status(), &phrase);
        pass_headers(&heard, &mut draft);
        let described = describe::of(&heard)
            .map(|sdp| describe::pass(&mut self.media, &mut self.random, bridge, Leg::Callee, fork, sdp));
        // An early description that cannot be carried is left out: the answer may bring a better one.
        if let Some(Ok(sdp)) = &described {
            draft.set_body(describe::SDP, sdp);
            bridge.caller.early_media = true;
        }
        self.send_progress(now, endpoint, id, draft);
    }

    /// Sends a provisional response with what the dialects have to say.
    pub(super) fn send_progress(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        id: u64,
        mut draft: Message,
    ) {
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        if bridge.dialer.reliability != cpd_sip::endpoint::Reliability::Absent {
            draft.push(Name::REQUIRE, b"100rel");
        }
        bridge.wishes.announce(bridge.hears, &mut draft);
        push_results(bridge, &mut draft);
        if endpoint.answer(now, bridge.caller.dialog, &draft).is_ok() {
            bridge.caller.rings = true;
        }
        self.say_rest(now, endpoint, id);
    }

    fn answer(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, fork: Fork) {
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        let Some(heard) = bridge.heard.take() else {
            return;
        };
        let phrase = String::from_utf8_lossy(heard.reason()).into_owned();
        let mut draft = Message::response(heard.status(), &phrase);
        pass_headers(&heard, &mut draft);
        if let Some(sdp) = describe::of(&heard) {
            match describe::pass(&mut self.media, &mut self.random, bridge, Leg::Callee, fork, sdp) {
                Ok(sdp) => draft.set_body(describe::SDP, &sdp),
                Err(_) if !bridge.caller.side.last.is_empty() => {
                    draft.set_body(describe::SDP, &bridge.caller.side.last);
                }
                Err(_) => {}
            }
        } else if !bridge.caller.side.last.is_empty() && !bridge.invite_answered_reliably() {
            // What was described early and not reliably has to stand in the answer as well (RFC 3261, 13.2.1).
            draft.set_body(describe::SDP, &bridge.caller.side.last);
        }
        bridge.wishes.announce(bridge.hears, &mut draft);
        push_results(bridge, &mut draft);
        if endpoint.answer(now, bridge.caller.dialog, &draft).is_ok() {
            bridge.caller.connected = true;
            bridge.caller.rings = true;
        }
        self.say_rest(now, endpoint, id);
    }

    fn tell_media(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, action: MediaAction) {
        let session = SessionId(id);
        match action {
            MediaAction::Through(fork) => {
                let fork = ForkId(fork.0);
                self.media.send(session, MediaCommand::Through { fork });
            }
            MediaAction::Answered(fork) => {
                let described = self.describe_answer(id, fork);
                let fork = ForkId(fork.0);
                self.media.send(session, MediaCommand::Answered { fork });
                if let Some(sdp) = described {
                    self.hold_answer(now, endpoint, id, &sdp);
                }
            }
            MediaAction::Deaf => {
                self.unlisten(id);
                self.media.send(session, MediaCommand::Deaf);
            }
        }
    }

    /// The answer's description goes to the media threads before they hear of the answer, held or not.
    fn describe_answer(&mut self, id: u64, fork: Fork) -> Option<Vec<u8>> {
        let bridge = self.bridges.get_mut(&id)?;
        let heard = bridge.heard.take()?;
        let described = describe::of(&heard)
            .map(|sdp| describe::pass(&mut self.media, &mut self.random, bridge, Leg::Callee, fork, sdp));
        bridge.heard = Some(heard);
        described?.ok()
    }

    /// While an answer is held the caller hears what comes as early media; one that rang without any is told where.
    fn hold_answer(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, sdp: &[u8]) {
        let held = |bridge: &&mut Box<Bridge>| !bridge.call.is_talking() && !bridge.call.is_over();
        let Some(bridge) = self.bridges.get_mut(&id).filter(held) else {
            return;
        };
        if bridge.caller.early_media {
            return;
        }
        bridge.caller.early_media = true;
        let mut draft = Message::response(183, "");
        draft.set_body(describe::SDP, sdp);
        self.send_progress(now, endpoint, id, draft);
    }

    fn finish(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, record: Record) {
        self.unlisten(id);
        let Some(bridge) = self.bridges.remove(&id) else {
            return;
        };
        if let Some(at) = bridge.queued {
            self.timers.remove(&(at, id));
        }
        if let Some(count) = self.by_dialer.get_mut(&bridge.dialer.id) {
            *count -= 1;
            if *count == 0 {
                self.by_dialer.remove(&bridge.dialer.id);
            }
        }
        self.forget_relays(now, endpoint, &bridge);
        self.dialogs.remove(&bridge.caller.dialog);
        for (dialog, _) in &bridge.callee.forks {
            self.dialogs.remove(dialog);
        }
        let class = record.verdict().and_then(|telling| telling.told.class());
        let recording = &bridge.dialer.record;
        let keeps =
            recording.classes.is_empty() || class.is_some_and(|class| recording.classes.contains(&class));
        let keep = (!recording.max.is_zero() && keeps)
            .then(|| recording.folder.join(format!("{}.wav", bridge.name)));
        let session = SessionId(id);
        self.media.send(session, MediaCommand::Close(Close { keep }));
        let report = CallReport {
            call: bridge.name.clone(),
            netborder_call_id: self.netborder_call_id(&bridge),
            dialer: bridge.dialer.id.as_str().into(),
            carrier: bridge.carrier().map(|carrier| carrier.id.as_str().into()),
            caller: bridge.numbers.caller.clone(),
            callee: bridge.numbers.dialled.clone(),
            reference: bridge.wishes.reference().map(text),
            campaign: bridge.wishes.campaign().map(text),
            info: bridge.wishes.info().map(text),
            settings: bridge.settings.version,
            library: bridge.hearing().map(|shared| Arc::clone(shared.library())),
            versions: bridge
                .dialer
                .hearing
                .as_ref()
                .map_or((0, 0), |hearing| (hearing.common, hearing.own)),
            faults: bridge.wishes.faults().iter().map(ToString::to_string).collect(),
            record,
            media: None,
            recording: None,
        };
        self.closing.insert(id, Box::new(report));
    }
}

impl Bridge {
    /// The caller has had a description in a response that it acknowledged.
    fn invite_answered_reliably(&self) -> bool {
        self.dialer.reliability != cpd_sip::endpoint::Reliability::Absent
            && (self.invite.lists(Name::SUPPORTED, "100rel") || self.invite.lists(Name::REQUIRE, "100rel"))
    }
}

/// The final response that refuses a call.
fn refusal_draft(bridge: &mut Bridge, refusal: &Refusal) -> Message {
    let mut draft = match refusal {
        Refusal::Own(rejection) => {
            let mut draft = Message::response(rejection.status, "");
            bridge.wishes.refuse(rejection, &mut draft);
            draft
        }
        Refusal::Ended(cause) => {
            let mut draft = Message::response(cause.status(), "");
            bridge.wishes.farewell(cause, &mut draft);
            draft
        }
        Refusal::Carrier(failure) => {
            let status = match *failure {
                // Its challenges and redirections are between the carrier and us.
                Failure::Refused(300..=399) => 480,
                Failure::Refused(401 | 407) => 500,
                Failure::Refused(status) => status,
                Failure::TimedOut => 408,
                Failure::Unreachable => 503,
                Failure::Cancelled => 487,
            };
            let heard = bridge.heard.take().filter(|heard| heard.status() == status);
            let phrase = heard.as_ref().map(Message::reason).unwrap_or_default();
            let mut draft = Message::response(status, &String::from_utf8_lossy(phrase));
            if let Some(heard) = &heard {
                pass_headers(heard, &mut draft);
            }
            draft
        }
    };
    push_results(bridge, &mut draft);
    draft
}

/// The newest verdict stands in later messages of the caller's dialog.
fn push_results(bridge: &mut Bridge, draft: &mut Message) {
    bridge.caller.results_wait = false;
    bridge.wishes.dress(draft);
}

/// The value of a Reason header (RFC 3326).
pub(super) fn reason(cause: &Cause) -> String {
    let text = cause.text.replace(['"', '\\', '\r', '\n'], "'");
    format!("Q.850;cause={};text=\"{text}\"", cause.q850)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn plain_bye(cause: Option<&Cause>) -> Message {
    let mut bye = Message::request(Method::Bye, b"");
    if let Some(cause) = cause {
        bye.push(Name::REASON, reason(cause).as_bytes());
    }
    bye
}
