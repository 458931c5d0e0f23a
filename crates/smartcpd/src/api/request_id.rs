//! The id of a request: in its answer's header, in problems, in the log and in the audit log.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cpd_store::Uuid;

use super::problem::Problem;

/// The header.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// Gives each request an id; one that a proxy of ours gave is not believed, since a stranger could have written it.
pub(crate) async fn identify(mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().simple().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        if problem.status().is_server_error() {
            let line = serde_json::json!({
                "level": "error", "what": "request failed", "path": path, "request": id, "why": problem.detail(),
            });
            eprintln!("{line}");
        }
        if problem.status() == StatusCode::INTERNAL_SERVER_ERROR {
            // What went wrong inside is for the log.
            problem.hide();
        }
        problem.request_id = Some(id.clone());
        response = problem.into_response();
        response.extensions_mut().remove::<Problem>();
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
