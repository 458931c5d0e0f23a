//! Sound that dialers hand over: the WebSocket of media streams, and what became of a stream, by whichever door it came.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use cpd_store::Uuid;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, timeout, timeout_at};
use utoipa::IntoParams;

use super::app::App;
use super::caller::{Caller, Who};
use super::extract::{Asked, At};
use super::permission::Permission;
use super::problem::{Kind, Problem};
use crate::doors::frames::MESSAGE_BYTES_MAX;
use crate::doors::media_stream::{Failed, Step, Talk};
use crate::doors::streams::{Ending, Stream};
use crate::doors::wishes::Wishes;

/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(15);
/// How long a socket may stand without `start`.
const BEGINNING: Duration = Duration::from_secs(10);
/// How long a message may take to go out.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of a stream
///
/// While it is heard and for a while after it: a node remembers its last 4,096 streams, in memory.
#[utoipa::path(get, path = "/streams/{id}", operation_id = "stream_find", tag = "streams", params(("id" = Uuid, Path, description = "with AudioSocket the dialplan's own")), responses((status = 200, body = Stream), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Json<Stream>, Problem> {
    caller.may(Permission::CallsRead)?;
    let found = app.streams.find(caller.tenant, id);
    found.map(Json).ok_or_else(Problem::not_found)
}

/// How a stream is heard; the same names are taken as parameters of the stream, which have the last word.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The API key, where the sender cannot set headers.
    key: Option<String>,
    /// The dialer's own name of the call.
    reference: Option<String>,
    campaign: Option<String>,
    /// The customer's profile of detection.
    profile: Option<String>,
    /// `false`: a mark of the name `answered` says when it was answered.
    answered: Option<String>,
    /// Classes that end the stream: `answer.machine,announcement.*`.
    hangup_on: Option<String>,
    /// `inbound` (by itself) or `outbound`: the called side.
    track: Option<String>,
    /// `false`: nothing is told on this socket.
    answers: Option<String>,
    /// `true`: marks are sent back.
    marks: Option<String>,
}

/// Listens to a media stream
///
/// A WebSocket in Twilio's form (`connected`, `start`, `media`, `dtmf`, `mark`, `stop`), or in Telnyx's. On the same socket come
/// `listening`, `verdict`, `event`, `result` and `error`.
#[utoipa::path(get, path = "/media-streams", operation_id = "stream_send", tag = "streams", params(Wanted), responses((status = 101, description = "the WebSocket"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn media(
    State(app): State<Arc<App>>,
    Asked(wanted): Asked<Wanted>,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    mut parts: Parts,
) -> Result<Response, Problem> {
    if let Some(key) = &wanted.key {
        let value = HeaderValue::from_str(&format!("Bearer {key}"))
            .map_err(|_| Problem::wrong("/key", "this is no key"))?;
        parts.headers.insert(header::AUTHORIZATION, value);
    }
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    caller.may(Permission::StreamsWrite)?;
    if let Who::Person { .. } = caller.who {
        // Cookies come with a WebSocket from any page.
        let detail = "streams are for programs; make a key with the permission streams.write";
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    let mut wishes = Wishes::default();
    for (name, value) in [
        ("reference", wanted.reference),
        ("campaign", wanted.campaign),
        ("profile", wanted.profile),
        ("answered", wanted.answered),
        ("hangup_on", wanted.hangup_on),
        ("track", wanted.track),
        ("answers", wanted.answers),
        ("marks", wanted.marks),
    ] {
        if let Some(value) = value {
            wishes
                .take(name, &value)
                .map_err(|why| Problem::wrong(&format!("/{name}"), why))?;
        }
    }
    let socket = socket.map_err(|why| {
        let detail = format!("this is a WebSocket: {}", why.body_text());
        Problem::wrong("", detail)
    })?;
    let talk = Talk::new(app, caller.tenant, wishes);
    // A message that is too long for a stream is told as a fault; one that is longer still ends the socket.
    let most = 4 * MESSAGE_BYTES_MAX;
    let socket = socket.max_message_size(most).max_frame_size(most);
    Ok(socket.on_upgrade(|socket| run(socket, talk)))
}

async fn run(mut socket: WebSocket, mut talk: Talk) {
    let (code, reason) = match listen(&mut socket, &mut talk).await {
        Ok(()) => (close_code::NORMAL, String::new()),
        Err(failed) => {
            // What was heard before it is told too.
            if let Step::End(told) = talk.end(Ending::Fault) {
                let _ = send(&mut socket, &told).await;
            }
            let _ = send(&mut socket, &[failed.frame()]).await;
            (failed.code, failed.detail)
        }
    };
    // A reason has at most 123 bytes (RFC 6455, 5.5).
    let reason: String = reason.chars().filter(char::is_ascii).take(120).collect();
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    // It may have left.
    let _ = timeout(PATIENCE, socket.send(Message::Close(Some(frame)))).await;
}

/// Listens until the stream ends.
async fn listen(socket: &mut WebSocket, talk: &mut Talk) -> Result<(), Failed> {
    let begins_by = Instant::now() + BEGINNING;
    loop {
        let until = match talk.has_begun() {
            true => Instant::now() + SILENCE,
            false => begins_by,
        };
        let step = match timeout_at(until, next(socket)).await {
            Ok(Some(text)) => talk.on_text(&text).await?,
            Ok(None) => talk.end(Ending::Gone),
            Err(_) => talk.end(Ending::Silence),
        };
        match step {
            Step::On(told) if send(socket, &told).await => {}
            Step::On(_) => {
                talk.end(Ending::Gone);
                return Ok(());
            }
            Step::End(told) => {
                send(socket, &told).await;
                return Ok(());
            }
        }
    }
}

/// The next message of text; none: the other side left.
async fn next(socket: &mut WebSocket) -> Option<axum::extract::ws::Utf8Bytes> {
    loop {
        match socket.recv().await? {
            Ok(Message::Text(text)) => return Some(text),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_)) => {}
        }
    }
}

/// Sends messages; false: they are not taken.
async fn send(socket: &mut WebSocket, told: &[Value]) -> bool {
    for one in told {
        let sent = timeout(PATIENCE, socket.send(Message::text(one.to_string()))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return false;
        }
    }
    true
}
