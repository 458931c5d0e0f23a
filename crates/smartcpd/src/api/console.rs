//! The console's files, built into the binary. What is no file is a page of the console, which shows it by itself.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use rust_embed::RustEmbed;

use super::app::App;
use super::problem::{Kind, Problem};

#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Files;

/// What stands in the page for the nonce of its styles.
const NONCE: &str = "__NONCE__";
/// Files whose names hold a hash of what is in them never change.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// A file of the console, or its page.
pub(crate) async fn serve(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return Problem::not_found().into_response();
    }
    match Files::get(path) {
        Some(file) if path != "index.html" && !path.is_empty() => {
            let kind = file.metadata.mimetype().to_owned();
            let cache = if path.starts_with("assets/") {
                FOREVER
            } else {
                "no-cache"
            };
            (
                [
                    (header::CONTENT_TYPE, kind),
                    (header::CACHE_CONTROL, cache.to_owned()),
                ],
                file.data,
            )
                .into_response()
        }
        // A file that is not there any more is no page.
        _ if path.starts_with("assets/") => StatusCode::NOT_FOUND.into_response(),
        _ => page(&app),
    }
}

fn page(app: &App) -> Response {
    let Some(file) = Files::get("index.html") else {
        let detail =
            "this binary was built without the console; `make run` builds both. The API is at /api/v1";
        return Problem::new(Kind::NotFound, detail).into_response();
    };
    let mut random = [0; 16];
    let rolled = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut random);
    if rolled.is_err() {
        return Problem::new(Kind::Fault, "read random numbers").into_response();
    }
    let nonce = base64::engine::general_purpose::STANDARD.encode(random);
    let text = String::from_utf8_lossy(&file.data).replace(NONCE, &nonce);
    let connect = if app.secure { "'self'" } else { "'self' ws:" };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:; connect-src {connect}; \
         manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, text).into_response()
}
