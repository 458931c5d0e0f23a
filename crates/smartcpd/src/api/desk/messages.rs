//! What is said in a request.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_desk::{Act, Door, Side};
use cpd_store::Uuid;
use cpd_store::desk::files;
use cpd_store::desk::messages::{self, Message};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::caller::Caller;
use super::super::extract::{At, Body, List};
use super::super::problem::{Kind, Problem};
use super::requests::{FileTold, Told, check_files, check_text, file_told, told};
use super::seat::{self, Seat};
use crate::desk::intake::{self, Incoming, To};
use crate::desk::work::{self, Words};

/// A message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestMessage)]
pub(crate) struct MessageTold {
    id: Uuid,
    at_ms: i64,
    /// A note of the desk, which the customer does not see.
    internal: bool,
    /// `customer`, `staff`, `desk`.
    from: String,
    name: String,
    /// The door that it came by.
    door: String,
    text: String,
    /// What it quotes.
    quoted: String,
    /// A machine wrote it.
    automated: bool,
    /// Nobody vouches for who wrote it.
    unverified: bool,
    files: Vec<FileTold>,
}

/// What is said in a request, the first message first
#[utoipa::path(get, path = "/requests/{id}/messages", operation_id = "request_messages_list", tag = "desk", params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = List<MessageTold>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<List<MessageTold>>, Problem> {
    let (tx, seat) = seat::take(&app, &caller, false).await?;
    let request = seat.find(&tx, &id).await?;
    let said = messages::list(&tx, request.id, seat.is_staff()).await?;
    let mut by_message: HashMap<Uuid, Vec<FileTold>> = HashMap::new();
    for file in files::list(&tx, request.id).await? {
        if let Some(message) = file.message_id {
            by_message.entry(message).or_default().push(file_told(file));
        }
    }
    tx.commit().await?;
    let items = said
        .into_iter()
        .map(|message| {
            let files = by_message.remove(&message.id).unwrap_or_default();
            one(message, files, seat.is_staff())
        })
        .collect();
    Ok(Json(List { items }))
}

fn one(message: Message, files: Vec<FileTold>, staff: bool) -> MessageTold {
    // What is above a request is the desk's own.
    let from = match message.from.as_str() {
        "mass" if !staff => "staff".to_owned(),
        _ => message.from,
    };
    MessageTold {
        id: message.id,
        at_ms: message.at_ms,
        internal: message.side == "internal",
        from,
        name: message.name,
        door: message.door,
        text: message.text,
        quoted: message.rest,
        automated: message.automated,
        unverified: message.unverified,
        files,
    }
}

/// What somebody writes.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewRequestMessage)]
#[serde(deny_unknown_fields)]
pub(crate) struct Says {
    text: String,
    /// A note of the desk, which the customer does not see. A message never changes sides.
    #[serde(default)]
    internal: bool,
    /// The customer said it on the telephone; the desk writes it down.
    #[serde(default)]
    telephone: bool,
    /// Files that were sent up before.
    #[serde(default)]
    files: Vec<Uuid>,
}

/// Says something in a request; in one that is over, it begins a new one that follows it
#[utoipa::path(post, path = "/requests/{id}/messages", operation_id = "request_messages_add", tag = "desk", request_body = Says, params(("id" = String, Path, description = "its id or its number")), responses((status = 201, body = Told, description = "the request that it stands in"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
    Body(says): Body<Says>,
) -> Result<(StatusCode, Json<Told>), Problem> {
    check_text("/text", &says.text)?;
    check_files("/files", &says.files)?;
    let (tx, seat) = seat::take(&app, &caller, true).await?;
    let side = seat.side(says.internal)?;
    let request = seat.find(&tx, &id).await?;
    let now = app.now();
    let request = match &seat {
        Seat::Customer { .. } if says.telephone => {
            return Err(Problem::wrong("/telephone", "this is for the desk"));
        }
        Seat::Staff { .. } if says.telephone && says.internal => {
            let detail = "what a customer said is not a note of the desk";
            return Err(Problem::wrong("/internal", detail));
        }
        Seat::Staff { .. } if says.telephone => {
            let contact = cpd_store::desk::contacts::find(&tx, request.contact_id).await?;
            let heard = heard(&caller, Door::Telephone, contact, request.id, says);
            intake::take(&tx, heard, now).await?.request
        }
        Seat::Staff { .. } => {
            let words = Words {
                text: says.text,
                side,
                files: says.files,
                files_by: caller.id(),
            };
            let say = |message| Act::Say { message, side };
            work::write(&tx, request.id, &seat.by(&caller), words, say, now).await?
        }
        Seat::Customer { contact, user, .. } => {
            let door = if user.is_some() { Door::Portal } else { Door::Api };
            let heard = heard(&caller, door, contact.clone(), request.id, says);
            intake::take(&tx, heard, now).await?.request
        }
    };
    let told = told(&app, &tx, &seat, &request).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(told)))
}

fn heard(
    caller: &Caller,
    door: Door,
    contact: cpd_store::desk::contacts::Contact,
    request: Uuid,
    says: Says,
) -> Incoming {
    Incoming {
        door,
        contact,
        to: To::Request(request),
        text: says.text,
        rest: String::new(),
        automated: false,
        unverified: false,
        files: says.files,
        files_by: caller.id(),
        origin: None,
        mail_id: None,
        staff: None,
    }
}

/// Words that go with what is done.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RequestWords)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    text: String,
    /// Files that were sent up before.
    #[serde(default)]
    files: Vec<Uuid>,
}

/// Writes what an act of the desk is nothing without: a question, a solution, a refusal.
pub(super) async fn with_words(
    app: &App,
    caller: &Caller,
    id: &str,
    text: Text,
    act: impl FnOnce(cpd_desk::MessageId) -> Act,
) -> Result<Json<Told>, Problem> {
    check_text("/text", &text.text)?;
    check_files("/files", &text.files)?;
    let (tx, seat) = seat::take(app, caller, true).await?;
    if !seat.is_staff() {
        return Err(Problem::new(Kind::Forbidden, "this is for the desk to do"));
    }
    let request = seat.find(&tx, id).await?;
    let words = Words {
        text: text.text,
        side: Side::Public,
        files: text.files,
        files_by: caller.id(),
    };
    let request = work::write(&tx, request.id, &seat.by(caller), words, act, app.now()).await?;
    let told = told(app, &tx, &seat, &request).await?;
    tx.commit().await?;
    Ok(Json(told))
}
