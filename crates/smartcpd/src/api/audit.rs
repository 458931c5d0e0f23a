//! Who did what.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use cpd_store::Uuid;
use cpd_store::audit::{self, Entry, Filter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::caller::Caller;
use super::extract::{Asked, Paged, Part};
use super::permission::Permission;
use super::problem::Problem;

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct Done {
    id: Uuid,
    at_ms: i64,
    /// `user:…`, `key:…` or `service`.
    actor: String,
    actor_name: String,
    address: String,
    /// As `dialer.changed`.
    action: String,
    object: String,
    /// From what to what, without secrets; its keys depend on the action.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    change: serde_json::Value,
    request: String,
}

impl From<Entry> for Done {
    fn from(entry: Entry) -> Done {
        Done {
            id: entry.id,
            at_ms: entry.at_ms,
            actor: entry.actor,
            actor_name: entry.actor_name,
            address: entry.address,
            action: entry.action,
            object: entry.object,
            change: entry.change,
            request: entry.request,
        }
    }
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Actions that begin so.
    action: Option<String>,
    actor: Option<String>,
    object: Option<String>,
    from_ms: Option<i64>,
    until_ms: Option<i64>,
}

/// Who did what, newest first
#[utoipa::path(get, path = "/audit", operation_id = "audit_list", tag = "audit", params(Which, Part), responses((status = 200, body = Paged<Done>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<Which>,
    Asked(part): Asked<Part>,
) -> Result<Json<Paged<Done>>, Problem> {
    caller.may(Permission::AuditRead)?;
    let (limit, after) = part.read()?;
    let filter = Filter {
        action: which.action,
        actor: which.actor,
        object: which.object,
        from_ms: which.from_ms,
        until_ms: which.until_ms,
    };
    let tx = caller.read_own(&app).await?;
    let page = audit::list(&tx, &filter, after, limit).await?;
    Ok(Json(Paged::of(page, Done::from)))
}
