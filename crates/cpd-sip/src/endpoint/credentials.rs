//! Answering challenges: how often, for which requests. How a challenge is answered is the [`Credentials`]' own affair.

use super::{ClientEntry, Endpoint, Purpose, Why};
use crate::message::{Message, Method, Name};
use crate::slab::Key;
use std::time::Instant;

/// How often one request is sent again because of 401, 407 or 422: a proxy and a server that challenge one after the
/// other, and one stale nonce of each.
pub(super) const TRIES_MAX: u8 = 4;

/// Somebody who can answer a 401 or 407: a user name, a secret, and the nonces in use.
pub trait Credentials: Send {
    /// Takes the challenges of a 401 or 407. `cnonce` is a fresh random token. True if the request may be sent again.
    fn challenged(&mut self, response: &Message, cnonce: &str) -> bool;

    /// Writes Authorization and Proxy-Authorization, as far as a challenge is known, into a request that is otherwise
    /// finished but for its Via.
    fn authorize(&mut self, request: &mut Message);

    /// A request had any final response but a challenge.
    fn accepted(&mut self);
}

/// Credentials that an endpoint keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CredentialsId(pub(super) Key);

impl Endpoint {
    /// Keeps credentials, for one trunk or account. Calls and requests that are begun with them share their nonces.
    pub fn add_credentials(&mut self, credentials: impl Credentials + 'static) -> CredentialsId {
        CredentialsId(self.credentials.insert(Box::new(credentials)))
    }

    /// Forgets credentials. What is under way goes on without them.
    pub fn remove_credentials(&mut self, id: CredentialsId) {
        self.credentials.remove(id.0);
    }

    fn credentials_of(&self, purpose: Purpose) -> Option<Key> {
        let id = match purpose {
            Purpose::Call(call) => self.calls.get(call)?.options.credentials,
            Purpose::Within { dialog, .. } => self.dialogs.get(dialog)?.credentials.map(CredentialsId),
            Purpose::Free { credentials, .. } => credentials,
        };
        id.map(|id| id.0)
    }

    /// Writes what is known of a challenge into a request before it is first asked for.
    pub(super) fn authorize(&mut self, purpose: Purpose, request: &mut Message) {
        let Some(key) = self.credentials_of(purpose) else {
            return;
        };
        if let Some(credentials) = self.credentials.get_mut(key) {
            request.remove(Name::AUTHORIZATION);
            request.remove(Name::PROXY_AUTHORIZATION);
            credentials.authorize(request);
        }
    }

    /// True if a final response is a challenge that can be answered.
    pub(super) fn answers_challenge(&mut self, client: Key, response: &Message) -> bool {
        if !matches!(response.status(), 401 | 407) {
            self.note_accepted(client);
            return false;
        }
        let Some(&ClientEntry { purpose, tries, .. }) = self.clients.get(client) else {
            return false;
        };
        let Some(key) = self.credentials_of(purpose).filter(|_| tries < TRIES_MAX) else {
            return false;
        };
        let cnonce = self.random.token();
        let cnonce = std::str::from_utf8(&cnonce).unwrap_or_default();
        self.credentials
            .get_mut(key)
            .is_some_and(|credentials| credentials.challenged(response, cnonce))
    }

    /// Tells the credentials that a request had any final response but a challenge.
    pub(super) fn note_accepted(&mut self, client: Key) {
        let Some(purpose) = self.clients.get(client).map(|entry| entry.purpose) else {
            return;
        };
        let Some(key) = self.credentials_of(purpose) else {
            return;
        };
        if let Some(credentials) = self.credentials.get_mut(key) {
            credentials.accepted();
        }
    }

    /// Sends a request again under the next number of its sequence, with what `authorize` finds now.
    pub(super) fn send_again(
        &mut self,
        now: Instant,
        client: Key,
        number: u32,
        mut request: Message,
    ) -> Option<Key> {
        let &ClientEntry {
            purpose, flow, tries, ..
        } = self.clients.get(client)?;
        let method = request.method()?.clone();
        request.remove(Name::VIA);
        request.set(Name::CSEQ, format!("{number} {method}").as_bytes());
        let again = self.start_client(now, flow, request, purpose);
        self.clients.get_mut(again)?.tries = tries + 1;
        Some(again)
    }

    /// Answers a challenge to a request outside of dialogs.
    pub(super) fn retry_free(&mut self, now: Instant, client: Key, response: &Message) -> bool {
        if !self.answers_challenge(client, response) {
            return false;
        }
        let Some(request) = self.sent(client) else {
            return false;
        };
        let Ok(cseq) = request.cseq() else { return false };
        self.send_again(now, client, cseq.number + 1, request).is_some()
    }

    /// Answers a challenge to a request in a dialog, be it over or not: a BYE may be challenged too.
    pub(super) fn retry_within(
        &mut self,
        now: Instant,
        key: Key,
        why: Why,
        client: Key,
        response: &Message,
    ) -> bool {
        if !self.answers_challenge(client, response) {
            return false;
        }
        let Some(request) = self.sent(client) else {
            return false;
        };
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return false;
        };
        dialog.local_cseq += 1;
        dialog.clients += 1;
        let number = dialog.local_cseq;
        let method = request.method().cloned();
        let again = self.send_again(now, client, number, request);
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return false;
        };
        match method {
            Some(Method::Invite) => dialog.invite_client = again,
            Some(Method::Update) => dialog.update_client = again,
            _ => debug_assert!(why != Why::Refresh),
        }
        true
    }

    /// The request of a transaction, as it was sent.
    pub(super) fn sent(&self, client: Key) -> Option<Message> {
        Message::parse_datagram(self.clients.get(client)?.packet.to_vec()).ok()
    }
}
