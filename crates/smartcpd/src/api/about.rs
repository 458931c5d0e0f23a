//! What runs here.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::problem::Problem;

/// What it is kept in.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum Database {
    Sqlite,
    Postgresql,
}

/// What runs here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct About {
    version: &'static str,
    node: String,
    #[schema(value_type = Database)]
    database: &'static str,
    /// When this process began.
    began_ms: i64,
    /// The server's time.
    now_ms: i64,
}

/// What runs here
#[utoipa::path(get, path = "/about", operation_id = "about_read", tag = "about", responses((status = 200, body = About), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn about(State(app): State<Arc<App>>, _caller: Caller) -> Json<About> {
    Json(About {
        version: env!("CARGO_PKG_VERSION"),
        node: app.node.clone(),
        database: if app.store.is_postgres() {
            "postgresql"
        } else {
            "sqlite"
        },
        began_ms: app.began_ms,
        now_ms: app.now(),
    })
}
