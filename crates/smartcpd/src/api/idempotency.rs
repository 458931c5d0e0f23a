//! `Idempotency-Key`: a POST that is sent again because its answer was lost is not done twice; the answer is given again
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! A key belongs to whoever sent it. What was done is kept for a day, sealed, since some answers hold secrets; what failed may
//! be tried again with the same key.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cpd_store::idempotency::{self, Known};
use cpd_store::{Tx, secrets};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::app::App;
use super::caller::Caller;
use super::problem::{Kind, Problem};
use super::upload;

/// The header.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key.
const KEY_MAX: usize = 128;
/// The largest answer that is kept, bytes: what POSTs make is told in some hundred.
const ANSWER_MAX: usize = 256 << 10;
/// What an answer says beside its body.
const KEPT: [HeaderName; 2] = [header::ETAG, header::LOCATION];

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Answer {
    headers: Vec<(String, String)>,
    body: String,
}

/// Does a POST with a key once.
pub(crate) async fn once(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let key = match (request.method() == Method::POST, request.headers().get(HEADER)) {
        (true, Some(key)) => key.clone(),
        _ => return next.run(request).await,
    };
    match keyed(&app, &key, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn keyed(app: &Arc<App>, key: &HeaderValue, request: Request, next: Next) -> Result<Response, Problem> {
    let fits = |key: &&str| (1..=KEY_MAX).contains(&key.len());
    let key = key.to_str().ok().filter(fits).ok_or_else(|| {
        let detail = format!("Idempotency-Key has 1 to {KEY_MAX} letters, a UUID for example");
        Problem::wrong("", detail)
    })?;
    let (mut parts, body) = request.into_parts();
    // Logins and the first run have no caller yet, and nothing that a key could belong to.
    let Ok(caller) = Caller::from_request_parts(&mut parts, app).await else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    // As much as the longest upload; each address has its own bound behind this one.
    let body = to_bytes(body, upload::BODY_MAX).await.map_err(|_| {
        let detail = format!("a request has at most {} bytes", upload::BODY_MAX);
        Problem::new(Kind::TooLarge, detail)
    })?;
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let print = print(target, &body);
    let actor = caller.id();
    let tx = caller.write(app).await?;
    let known = match idempotency::take(&tx, &actor, key, &print, app.now()).await {
        // Another request with this key came in the same moment.
        Err(cpd_store::Error::Taken) => Known::UnderWay,
        known => known?,
    };
    match known {
        Known::New => tx.commit().await?,
        Known::Answered(status, kept) => return again(&tx, &purpose(&actor, key), status, &kept),
        Known::UnderWay => {
            let detail = "the first request with this Idempotency-Key is under way, or was cut off; look whether it was done";
            return Err(Problem::new(Kind::Conflict, detail));
        }
        Known::Other => {
            let detail = "another request had this Idempotency-Key; each request wants one of its own";
            return Err(Problem::wrong("", detail));
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let tx = caller.write(app).await?;
    if !response.status().is_success() {
        idempotency::give_back(&tx, &actor, key).await?;
        tx.commit().await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_MAX)
        .await
        .map_err(|why| Problem::new(Kind::Fault, format!("keep an answer: {why}")))?;
    let kept = seal(&tx, &purpose(&actor, key), &parts.headers, &body)?;
    idempotency::answered(&tx, &actor, key, parts.status.as_u16(), kept).await?;
    tx.commit().await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// What a request is known again by. Passwords are left out: a hash of one without salt would be kept.
fn print(target: &str, body: &Bytes) -> String {
    let shown = match serde_json::from_slice(body) {
        Ok(Value::Object(mut map)) => {
            map.retain(|key, _| !["password", "old", "new", "code", "secrets"].contains(&key.as_str()));
            Value::Object(map).to_string()
        }
        Ok(_) | Err(_) => secrets::hex(body),
    };
    secrets::hash(&format!("{target}\n{shown}"))
}

fn purpose(actor: &str, key: &str) -> String {
    format!("answer {actor} {key}")
}

fn seal(tx: &Tx, purpose: &str, headers: &HeaderMap, body: &Bytes) -> Result<Value, Problem> {
    let answer = Answer {
        headers: KEPT
            .iter()
            .filter_map(|name| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned())))
            .collect(),
        body: String::from_utf8_lossy(body).into_owned(),
    };
    let plain = serde_json::to_vec(&answer).unwrap_or_default();
    let sealed = tx.sealer().seal(purpose, &plain)?;
    Ok(json!({ "sealed": STANDARD.encode(sealed) }))
}

fn again(tx: &Tx, purpose: &str, status: u16, kept: &Value) -> Result<Response, Problem> {
    let fault = || Problem::new(Kind::Fault, "read a kept answer");
    let sealed = kept["sealed"]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok())
        .ok_or_else(fault)?;
    let plain = tx.sealer().open(purpose, &sealed)?;
    let answer: Answer = serde_json::from_slice(&plain).map_err(|_| fault())?;
    let status = StatusCode::from_u16(status).map_err(|_| fault())?;
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut response = (status, [json], answer.body).into_response();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}
