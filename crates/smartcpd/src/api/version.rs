//! Versions of things that people change: told as ETag, wanted as If-Match (RFC 9110, 8.8.3 and 13.1.1).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};

use super::problem::{Kind, Problem};

/// The version that a change was made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IfMatch(pub(crate) i32);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IfMatch, Problem> {
        let wanted = || {
            let detail = "send If-Match with the ETag that it was read with, so that nobody's change is lost";
            Problem::new(Kind::VersionWanted, detail)
        };
        let value = parts.headers.get(header::IF_MATCH).ok_or_else(wanted)?;
        let version = value.to_str().ok().map(|text| text.trim_matches('"'));
        version
            .and_then(|text| text.parse().ok())
            .map(IfMatch)
            .ok_or_else(wanted)
    }
}

/// The ETag of a version.
pub(crate) fn etag(version: i32) -> [(HeaderName, HeaderValue); 1] {
    let value = HeaderValue::from_str(&format!("\"{version}\""));
    [(header::ETAG, value.unwrap_or(HeaderValue::from_static("\"0\"")))]
}
