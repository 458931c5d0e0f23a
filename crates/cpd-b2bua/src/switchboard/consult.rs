//! Scripts: what is asked of them, and what becomes of their answers.
//!
//! The switchboard waits for nobody: a question goes out by [`Switchboard::poll_question`], its answer comes back later,
//! and without one the tables of the policy decide. Emergency calls are not asked about.

use std::sync::Arc;
use std::time::Instant;

use cpd_call::{Input, Telling};
use cpd_sip::Endpoint;
use cpd_sip::endpoint::DialogId;
use cpd_sip::message::Message;
use cpd_sip::transport::Flow;

use super::bridge::Numbers;
use super::{Media, Notice, Switchboard};
use crate::dialect::Wishes;
use crate::script::{Act, CallFacts, Change, Fault, Script, VerdictFacts};
use crate::trunk::Dialer;

/// Something that a script is asked.
pub enum Question {
    /// What it changes of a call that came.
    Invite {
        /// To be given back.
        ticket: u64,
        /// The script.
        script: Arc<Script>,
        /// What it is told.
        call: CallFacts,
    },
    /// What it wants done about a verdict.
    Verdict {
        /// To be given back.
        ticket: VerdictTicket,
        /// The script.
        script: Arc<Script>,
        /// What it is told.
        call: CallFacts,
        /// And of the verdict.
        verdict: VerdictFacts,
    },
}

/// Which verdict of which call a script is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerdictTicket {
    pub(super) id: u64,
    pub(super) ticket: u32,
}

/// A call that waits for its script.
pub(super) struct Pending {
    dialog: DialogId,
    request: Message,
    flow: Flow,
    dialer: Arc<Dialer>,
}

/// The most calls that wait for their scripts; beyond them the tables decide. A script has 50 ms.
const PENDING_MAX: usize = 256;

impl<M: Media> Switchboard<M> {
    /// The next question for a script. Each wants an answer.
    pub fn poll_question(&mut self) -> Option<Question> {
        self.questions.pop_front()
    }

    /// Asks a call's script first; false if there is none, or no room.
    pub(super) fn ask_script(
        &mut self,
        dialog: DialogId,
        request: &Message,
        flow: Flow,
        dialer: &Arc<Dialer>,
    ) -> bool {
        let Some(script) = dialer.script.as_ref().filter(|script| script.hears_invites()) else {
            return false;
        };
        let Ok(numbers) = Numbers::of(request, dialer) else {
            return false;
        };
        if self.pending.len() >= PENDING_MAX || self.is_emergency(&numbers) {
            return false;
        }
        let wishes = dialer.dialects.read(request);
        let call = facts(String::new(), dialer, &numbers, &wishes, request);
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.pending.insert(
            ticket,
            Pending {
                dialog,
                request: request.clone(),
                flow,
                dialer: Arc::clone(dialer),
            },
        );
        self.questions.push_back(Question::Invite {
            ticket,
            script: Arc::clone(script),
            call,
        });
        true
    }

    /// A script's answer to [`Question::Invite`].
    pub fn on_invite_answer(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        ticket: u64,
        answer: Result<Option<Change>, Fault>,
    ) {
        let Some(pending) = self.pending.remove(&ticket) else {
            return;
        };
        let change = self.heed(answer);
        // A caller that gave up meanwhile is not there any more.
        if endpoint.names(pending.dialog).is_some() {
            let Pending {
                dialog,
                request,
                flow,
                dialer,
            } = pending;
            self.take_or_refuse(now, endpoint, dialog, request, flow, &dialer, change.as_ref());
        }
    }

    /// A call wants advice about a verdict.
    pub(super) fn consult(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        id: u64,
        ticket: u32,
        telling: &Telling,
    ) {
        let Some(bridge) = self.bridges.get(&id) else {
            return;
        };
        let hearing = bridge.hearing();
        let library = hearing.map_or(&self.no_prompts, |shared| shared.library());
        let verdict = VerdictFacts::of(telling, library);
        let (Some(script), Some(verdict)) = (&bridge.dialer.script, verdict) else {
            return self.input(now, endpoint, id, Input::Advice { ticket, policy: None });
        };
        let call = facts(
            bridge.name.to_string(),
            &bridge.dialer,
            &bridge.numbers,
            &bridge.wishes,
            &bridge.invite,
        );
        self.questions.push_back(Question::Verdict {
            ticket: VerdictTicket { id, ticket },
            script: Arc::clone(script),
            call,
            verdict,
        });
    }

    /// A script's answer to [`Question::Verdict`], with the verdict that it was asked about.
    pub fn on_verdict_answer(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        ticket: VerdictTicket,
        verdict: &VerdictFacts,
        answer: Result<Option<Act>, Fault>,
    ) {
        let act = self.heed(answer);
        let VerdictTicket { id, ticket } = ticket;
        let policy = act.and_then(|act| {
            let mut policy = (**self.bridges.get(&id)?.call.policy()).clone();
            // What the class table ends no call for is not ended by a script either.
            act.apply(verdict.phase, verdict.class, &mut policy)
                .then(|| Arc::new(policy))
        });
        self.input(now, endpoint, id, Input::Advice { ticket, policy });
    }

    /// A script that failed is told of, and the tables decide.
    fn heed<T>(&mut self, answer: Result<Option<T>, Fault>) -> Option<T> {
        match answer {
            Ok(answer) => answer,
            Err(fault) => {
                self.notify(Notice::ScriptFailed(fault));
                None
            }
        }
    }

    pub(super) fn is_emergency(&self, numbers: &Numbers) -> bool {
        let begins = |prefix: &String| numbers.dialled.begins(prefix) || numbers.callee.begins(prefix);
        self.settings.emergency.iter().any(begins)
    }
}

fn facts(
    call_id: String,
    dialer: &Dialer,
    numbers: &Numbers,
    wishes: &Wishes,
    invite: &Message,
) -> CallFacts {
    let headers = invite.headers().map(|(name, value)| {
        let name = String::from_utf8_lossy(name.as_bytes()).into_owned();
        (name, value.to_vec())
    });
    CallFacts {
        call_id,
        trunk: dialer.id.clone(),
        number: numbers.dialled.as_bytes().to_vec(),
        caller: numbers.caller.as_bytes().to_vec(),
        campaign: wishes.campaign().map(<[u8]>::to_vec),
        reference: wishes.reference().map(<[u8]>::to_vec),
        info: wishes.info().map(<[u8]>::to_vec),
        emergency: false,
        headers: headers.collect(),
    }
}
