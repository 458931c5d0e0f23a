//! What a customer is told of a request, by the door that it came through.
//!
//! On the portal everything stands anyway; a mail or a chat message says it to who is elsewhere. What goes out is a row,
//! written with what it tells of.

use cpd_desk::{Door, Side, What, Why};
use cpd_store::desk::contacts;
use cpd_store::desk::messages;
use cpd_store::desk::outgoing::Outgoing;
use cpd_store::desk::requests::Request;
use cpd_store::{Tx, Uuid};
use serde_json::json;

/// Something to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// It is registered.
    Receipt,
    /// The desk wrote.
    Message(Uuid),
    /// The desk asks for more.
    Question(Uuid),
    /// It is solved.
    Solution(Uuid),
    /// The desk does not take it.
    Refusal(Uuid),
}

impl Notice {
    fn word(self) -> &'static str {
        match self {
            Notice::Receipt => "receipt",
            Notice::Message(_) => "message",
            Notice::Question(_) => "question",
            Notice::Solution(_) => "solution",
            Notice::Refusal(_) => "refusal",
        }
    }

    fn message(self) -> Option<Uuid> {
        match self {
            Notice::Receipt => None,
            Notice::Message(id) | Notice::Question(id) | Notice::Solution(id) | Notice::Refusal(id) => {
                Some(id)
            }
        }
    }
}

/// What new events of a request tell its customer. A machine's mail begins a request and is never answered.
pub(crate) fn of(request: &Request, new: &[cpd_desk::Event]) -> Vec<Notice> {
    let mut notices = Vec::new();
    let mut told = Vec::new();
    for event in new {
        match &event.what {
            What::Registered { .. } => {
                let machine =
                    |event: &cpd_desk::Event| matches!(event.what, What::Message { automated: true, .. });
                if !new.iter().any(machine) && request.door != Door::Telephone.as_str() {
                    notices.push(Notice::Receipt);
                }
            }
            What::Moved { why, .. } => match why {
                Why::Asked { message } => {
                    told.push(*message);
                    notices.push(Notice::Question(message.0));
                }
                Why::Solved { comment } => {
                    told.push(*comment);
                    notices.push(Notice::Solution(comment.0));
                }
                Why::Refused { message } => {
                    told.push(*message);
                    notices.push(Notice::Refusal(message.0));
                }
                Why::Taken
                | Why::Answered { .. }
                | Why::Waits { .. }
                | Why::Resumed
                | Why::NotSolved
                | Why::Confirmed
                | Why::Expired
                | Why::Finished
                | Why::MergedInto { .. }
                | Why::Unmerged => (),
            },
            What::Message {
                message,
                side: Side::Public,
                ..
            } if !told.contains(message) && !matches!(event.by, cpd_desk::Actor::Customer(_)) => {
                notices.push(Notice::Message(message.0));
            }
            What::Message { .. }
            | What::Assigned { .. }
            | What::Retyped { .. }
            | What::Hurried { .. }
            | What::Attached { .. } => (),
        }
    }
    notices
}

/// A notice on its way: by the request's door, or by mail where the door cannot reach anybody who is not there (portal, API,
/// telephone). None: nobody can be reached.
pub(crate) async fn addressed(
    tx: &Tx,
    request: &Request,
    notice: Notice,
    now_ms: i64,
) -> Result<Option<Outgoing>, cpd_store::Error> {
    let door = match Door::named(&request.door) {
        Some(door @ (Door::Email | Door::Telegram | Door::Whatsapp | Door::Chat)) => door,
        Some(Door::Portal | Door::Telephone | Door::Api) | None => Door::Email,
    };
    // Written down by the desk, or on the portal: who is there sees it, and needs no receipt by mail.
    if notice == Notice::Receipt && door.as_str() != request.door {
        return Ok(None);
    }
    let known = contacts::addresses(tx, request.contact_id).await?;
    let Some(address) = known.into_iter().find(|address| address.door == door.as_str()) else {
        return Ok(None);
    };
    let contact = contacts::find(tx, request.contact_id).await?;
    let text = match notice.message() {
        Some(id) => messages::find(tx, id).await?.text,
        None => String::new(),
    };
    Ok(Some(Outgoing {
        id: Uuid::now_v7(),
        tenant_id: request.tenant_id,
        request_id: request.id,
        message_id: notice.message(),
        kind: notice.word().to_owned(),
        door: door.as_str().to_owned(),
        address: address.address,
        payload: json!({
            "number": request.number,
            "topic": request.topic,
            "language": contact.language,
            "text": text,
        }),
        // The doors out are not built yet; what they would have carried is seen, and why it did not go.
        state: "failed".to_owned(),
        attempts: 0,
        next_ms: now_ms,
        error: Some(format!("no door out is set up for {}", door.as_str())),
        origin: None,
        created_ms: now_ms,
        ended_ms: Some(now_ms),
    }))
}
