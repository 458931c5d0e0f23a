//! Requests of the user, in a dialog and outside.

use super::compose::{SDP, describes};
use super::{CredentialsId, DialogId, Endpoint, Purpose, RequestId, UserError, Why};
use crate::dialog::{Retry, Stage};
use crate::message::{Message, Method, Name};
use crate::slab::Key;
use crate::transport::Flow;
use crate::uri::Uri;
use std::time::Instant;

/// Headers of a draft that the dialog writes itself.
const OWN: [Name<'static>; 8] = [
    Name::VIA,
    Name::MAX_FORWARDS,
    Name::ROUTE,
    Name::FROM,
    Name::TO,
    Name::CALL_ID,
    Name::CSEQ,
    Name::USER_AGENT,
];

/// The three names of a dialog (RFC 3261, 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DialogNames<'a> {
    /// Call-ID.
    pub call_id: &'a [u8],
    /// Our tag.
    pub local_tag: &'a [u8],
    /// The peer's tag.
    pub remote_tag: &'a [u8],
}

impl Endpoint {
    /// Sends a request in a dialog: re-INVITE, UPDATE, INFO, OPTIONS or any other but ACK, CANCEL, PRACK and BYE.
    ///
    /// Of the draft's first line only the method counts. The final response comes as
    /// [`Fact::Response`](super::Fact::Response); a re-INVITE or UPDATE that met its like half-way (491) is sent again
    /// by itself after the wait of RFC 3261, 14.1.
    pub fn request(
        &mut self,
        now: Instant,
        dialog: DialogId,
        draft: &Message,
    ) -> Result<RequestId, UserError> {
        let entry = self
            .dialogs
            .get(dialog.0)
            .filter(|dialog| dialog.stage != Stage::Over)
            .ok_or(UserError::Gone)?;
        let method = draft.method().ok_or(UserError::Draft("no request"))?;
        if matches!(method, Method::Ack | Method::Cancel | Method::Prack | Method::Bye) {
            return Err(UserError::Draft("a method that has its own call"));
        }
        if entry.clients >= CLIENTS_MAX || entry.retry.is_some() {
            return Err(UserError::Pending);
        }
        match method {
            Method::Invite if entry.stage != Stage::Confirmed => return Err(UserError::WrongStage),
            Method::Invite if !entry.may_invite() => return Err(UserError::Pending),
            Method::Update if !entry.may_update(describes(draft)) => return Err(UserError::Pending),
            _ => {}
        }
        let id = self.request_id();
        self.send_draft(now, dialog.0, draft, Why::User(id));
        Ok(id)
    }

    /// Sends a request outside of any dialog: OPTIONS, REGISTER, MESSAGE, … The draft has From and To without tags, maybe
    /// Contact, Call-ID and CSeq; the rest is added here. `credentials` answer challenges.
    pub fn send(
        &mut self,
        now: Instant,
        flow: Flow,
        draft: &Message,
        credentials: Option<CredentialsId>,
    ) -> Result<RequestId, UserError> {
        if matches!(
            draft.method(),
            Some(Method::Invite | Method::Ack | Method::Cancel)
        ) {
            return Err(UserError::Draft("a method that has its own call"));
        }
        if self.is_full(&Method::Options) {
            return Err(UserError::Full);
        }
        let tag = self.random.token();
        let cseq = draft.cseq().map_or(1, |cseq| cseq.number);
        let mut request = self.outside_request(draft, flow, cseq, &tag)?;
        request.append(draft, &[&OWN[..], &[Name::CONTACT]].concat());
        let id = self.request_id();
        self.start_client(
            now,
            flow,
            request,
            Purpose::Free {
                request: id,
                credentials,
            },
        );
        Ok(id)
    }

    /// Sends a request that is finished but for its Via, tags and numbers included: a registration's, which keeps its
    /// own sequence and answers its own challenges.
    pub fn send_finished(
        &mut self,
        now: Instant,
        flow: Flow,
        request: Message,
    ) -> Result<RequestId, UserError> {
        if matches!(
            request.method(),
            None | Some(Method::Invite | Method::Ack | Method::Cancel)
        ) {
            return Err(UserError::Draft("a method that has its own call"));
        }
        if self.is_full(&Method::Options) {
            return Err(UserError::Full);
        }
        let id = self.request_id();
        self.start_client(
            now,
            flow,
            request,
            Purpose::Free {
                request: id,
                credentials: None,
            },
        );
        Ok(id)
    }

    /// What names a dialog in messages and logs.
    pub fn names(&self, dialog: DialogId) -> Option<DialogNames<'_>> {
        let dialog = self.dialogs.get(dialog.0)?;
        Some(DialogNames {
            call_id: &dialog.call_id,
            local_tag: &dialog.local_tag,
            remote_tag: &dialog.remote_tag,
        })
    }

    /// Sends later requests of a dialog along another flow, as RFC 3263 finds it for [`Endpoint::next_hop`].
    pub fn set_flow(&mut self, dialog: DialogId, flow: Flow) -> Result<(), UserError> {
        self.dialogs.get_mut(dialog.0).ok_or(UserError::Gone)?.flow = flow;
        Ok(())
    }

    /// Has requests of a dialog follow its flow, whatever the peer's Contact says, or not: for a peer behind NAT.
    pub fn set_symmetric(&mut self, dialog: DialogId, symmetric: bool) -> Result<(), UserError> {
        self.dialogs.get_mut(dialog.0).ok_or(UserError::Gone)?.symmetric = symmetric;
        Ok(())
    }

    /// The URI that the next request of a dialog goes to. If its host is a name, or it asks for another transport, the
    /// dialog keeps to its flow until [`Endpoint::set_flow`] says otherwise.
    pub fn next_hop(&self, dialog: DialogId) -> Option<Uri<'_>> {
        self.dialogs.get(dialog.0)?.next_hop()
    }

    pub(super) fn send_draft(&mut self, now: Instant, key: Key, draft: &Message, why: Why) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some(method) = draft.method().cloned() else {
            return;
        };
        dialog.local_cseq += 1;
        let mut request = dialog.request(method.clone(), dialog.local_cseq);
        let refreshes = matches!(method, Method::Invite | Method::Update);
        if refreshes {
            if draft.header(Name::CONTACT).is_none() {
                request.push(Name::CONTACT, &dialog.contact);
            }
            request.push(Name::ALLOW, self.allow.as_bytes());
            request.push(Name::SUPPORTED, self.supported[1].as_bytes());
            self.push_session_within(&mut request, key);
        }
        if let Some(product) = &self.config.product {
            request.push(Name::USER_AGENT, product.as_bytes());
        }
        request.append(draft, &OWN);
        let described = describes(&request);
        self.note_offer(key, &method, described);
        let client = self.start_within(now, key, request, why);
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        match method {
            Method::Invite => dialog.invite_client = client,
            Method::Update => dialog.update_client = client,
            _ => {}
        }
    }

    fn note_offer(&mut self, key: Key, method: &Method, described: bool) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        match method {
            Method::Invite => {
                dialog.offer.invite_sent(described);
                dialog.reliable_in = crate::dialog::ReliableIn::default();
            }
            Method::Update => dialog.offer.request_sent(described),
            _ => {}
        }
    }

    /// Sends a request that is built, in a transaction that the dialog waits for.
    pub(super) fn start_within(&mut self, now: Instant, key: Key, request: Message, why: Why) -> Option<Key> {
        let dialog = self.dialogs.get_mut(key)?;
        dialog.clients += 1;
        let flow = dialog.next_flow();
        if let Some(sdp) = request.part(SDP) {
            dialog.described = Some(sdp.into());
        }
        Some(self.start_client(now, flow, request, Purpose::Within { dialog: key, why }))
    }

    /// Refreshes the session: by UPDATE if the peer allows it, else by a re-INVITE with our last description.
    pub(super) fn refresh(&mut self, now: Instant, key: Key) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        if !dialog.may_invite() || dialog.retry.is_some() {
            let wait = self.random.wait(2100, 4000);
            if let Some(session) = &mut dialog.session {
                session.postpone(now + wait);
            }
            return;
        }
        let described = dialog.described.clone();
        let draft = match described.filter(|_| !dialog.peer_updates) {
            Some(described) => {
                let mut invite = Message::request(Method::Invite, b"");
                invite.set_body(SDP, &described);
                invite
            }
            None => Message::request(Method::Update, b""),
        };
        self.send_draft(now, key, &draft, Why::Refresh);
    }

    /// Sends again what met its like half-way, if the way is free now.
    pub(super) fn retry(&mut self, now: Instant, key: Key) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some((_, retry)) = dialog.retry.take() else {
            return;
        };
        if !dialog.may_invite() {
            let wait = self.random.wait(0, 2000);
            dialog.retry = Some((now + wait, retry));
            self.settle_dialog(now, key);
            return;
        }
        let Retry { draft, request } = retry;
        let why = request.map_or(Why::Refresh, |id| Why::User(RequestId(id)));
        self.send_draft(now, key, &draft, why);
    }
}

/// The most requests under way in one dialog: a burst of INFOs fits.
const CLIENTS_MAX: u32 = 16;
