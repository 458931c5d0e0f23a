//! Parts of messages that several stages of a call write or read alike.

use super::Endpoint;
use super::send::with_tag;
use crate::dialog::{Asked, SessionTimer, SessionWish};
use crate::headers::Refresher;
use crate::message::{Message, Method, Name};
use crate::slab::Key;
use std::time::Instant;

/// The type of a session description.
pub(super) const SDP: &str = "application/sdp";

/// True if the message carries a session description.
pub(super) fn describes(message: &Message) -> bool {
    message.part(SDP).is_some()
}

impl Endpoint {
    /// The session headers of a re-INVITE or UPDATE of ours; who refreshes stays as it was (RFC 4028, 7.4).
    pub(super) fn push_session_within(&self, request: &mut Message, key: Key) {
        let Some(dialog) = self.dialogs.get(key) else {
            return;
        };
        let wish = dialog.wish.unwrap_or_default();
        let Some(seconds) = dialog
            .session
            .map(|session| session.interval_s)
            .or(dialog.wish.map(|w| w.expires_s))
        else {
            return;
        };
        let refresher = match dialog.session {
            Some(session) if session.ours => Some(Refresher::Uac),
            Some(_) => Some(Refresher::Uas),
            None => wish.refresher,
        };
        let min_se_s = dialog.min_se_s.unwrap_or(wish.min_se_s);
        push_session(request, seconds.max(min_se_s), refresher, Some(min_se_s));
    }

    /// Takes the session timer from a 2xx to an INVITE or UPDATE of ours (RFC 4028, 7.2).
    pub(super) fn session_from_response(&mut self, now: Instant, key: Key, response: &Message) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        dialog.session = response.session_expires().map(|expires| {
            let ours = expires.refresher != Some(Refresher::Uas);
            // Less than the least interval would have us refresh without end.
            SessionTimer::new(now, expires.seconds.max(crate::dialog::MIN_SE_S), ours)
        });
    }

    /// What a request asks of session timers.
    pub(super) fn asked(request: &Message) -> Asked {
        Asked {
            supported: request.lists(Name::SUPPORTED, "timer") || request.lists(Name::REQUIRE, "timer"),
            expires: request.session_expires(),
            min_se_s: request.min_se(),
        }
    }

    /// The wish that requests in a dialog are measured by.
    pub(super) fn wish_of(&self, key: Option<Key>) -> Option<SessionWish> {
        let own = key
            .and_then(|key| self.dialogs.get(key))
            .and_then(|dialog| dialog.wish);
        own.or(self.config.session)
    }

    /// 422 with our Min-SE.
    pub(super) fn too_short(&self, request: &Message, min_se_s: u32) -> Message {
        let mut reply = self.plain_reply(request, 422, "");
        reply.push_fmt(Name::MIN_SE, format_args!("{min_se_s}"));
        reply
    }

    /// A response in a dialog: what the request dictates, what the dialog adds, and the user's draft.
    pub(super) fn reply_within(&self, key: Key, request: &Message, draft: &Message) -> Message {
        let status = draft.status();
        let mut reply = Message::reply(request, status, &String::from_utf8_lossy(draft.reason()));
        let Some(dialog) = self.dialogs.get(key) else {
            return reply;
        };
        if request.to().is_ok_and(|to| to.tag().is_none()) {
            let to = with_tag(request.header(Name::TO).unwrap_or_default(), &dialog.local_tag);
            reply.set(Name::TO, &to);
        }
        if status < 300 {
            reply.copy(request, Name::RECORD_ROUTE);
            let refreshes = matches!(request.method(), Some(Method::Invite | Method::Update));
            if refreshes && draft.header(Name::CONTACT).is_none() {
                reply.push(Name::CONTACT, &dialog.contact);
            }
            if request.method() == Some(&Method::Invite) {
                reply.push(Name::ALLOW, self.allow.as_bytes());
                reply.push(Name::SUPPORTED, self.supported[1].as_bytes());
            }
        }
        if let Some(product) = &self.config.product {
            reply.push("Server", product.as_bytes());
        }
        let own = [
            Name::VIA,
            Name::FROM,
            Name::TO,
            Name::CALL_ID,
            Name::CSEQ,
            Name::RECORD_ROUTE,
        ];
        reply.append(draft, &own);
        reply
    }

    /// Session-Expires of a 2xx, and the timer that follows from it (RFC 4028, 9).
    pub(super) fn grant_session(&mut self, now: Instant, key: Key, request: &Message, reply: &mut Message) {
        let asked = Self::asked(request);
        let granted = crate::dialog::grant(asked, self.wish_of(Some(key)));
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let crate::dialog::Granted::Timer { seconds, refresher } = granted else {
            dialog.session = None;
            return;
        };
        if refresher == Refresher::Uac {
            reply.push(Name::REQUIRE, b"timer");
        }
        reply.push_fmt(
            Name::SESSION_EXPIRES,
            format_args!("{seconds}{}", refresher_param(refresher)),
        );
        dialog.session = Some(SessionTimer::new(now, seconds, refresher == Refresher::Uas));
    }
}

/// Session-Expires and Min-SE of a request.
pub(super) fn push_session(
    request: &mut Message,
    seconds: u32,
    refresher: Option<Refresher>,
    min_se_s: Option<u32>,
) {
    let refresher = refresher.map_or("", refresher_param);
    request.push_fmt(Name::SESSION_EXPIRES, format_args!("{seconds}{refresher}"));
    if let Some(min_se_s) = min_se_s {
        request.push_fmt(Name::MIN_SE, format_args!("{min_se_s}"));
    }
}

fn refresher_param(refresher: Refresher) -> &'static str {
    match refresher {
        Refresher::Uac => ";refresher=uac",
        Refresher::Uas => ";refresher=uas",
    }
}
