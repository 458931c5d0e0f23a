//! Keys of programs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_store::Uuid;
use cpd_store::keys::{self, ApiKey, NewKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::app::App;
use super::caller::{Caller, Who};
use super::extract::{At, Body, List};
use super::permission::Permission;
use super::problem::Problem;
use super::schema::PermissionName;

/// A key, without itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Key {
    id: Uuid,
    name: String,
    /// Its beginning, to know it by.
    prefix: String,
    /// What it may do.
    #[schema(value_type = Vec<PermissionName>)]
    scopes: Vec<String>,
    created_ms: i64,
    expires_ms: Option<i64>,
    seen_ms: Option<i64>,
    revoked_ms: Option<i64>,
}

impl From<ApiKey> for Key {
    fn from(key: ApiKey) -> Key {
        Key {
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            scopes: serde_json::from_value(key.scopes).unwrap_or_default(),
            created_ms: key.created_ms,
            expires_ms: key.expires_ms,
            seen_ms: key.seen_ms,
            revoked_ms: key.revoked_ms,
        }
    }
}

/// Keys
#[utoipa::path(get, path = "/keys", operation_id = "keys_list", tag = "keys", responses((status = 200, body = List<Key>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<List<Key>>, Problem> {
    caller.may(Permission::KeysWrite)?;
    let tx = caller.read_own(&app).await?;
    let items = keys::list(&tx).await?.into_iter().map(Key::from).collect();
    Ok(Json(List { items }))
}

/// A new key.
#[derive(Deserialize, ToSchema)]
#[schema(as = KeyNew)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    /// What it may do: permissions, as in `GET /me`.
    #[schema(value_type = Vec<PermissionName>)]
    scopes: Vec<String>,
    /// When it ends; none: never.
    expires_ms: Option<i64>,
}

/// A key that was made. It is told this once.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyMade)]
pub(crate) struct Made {
    /// The key: `scpd_…`.
    key: String,
    #[serde(flatten)]
    about: Key,
}

/// Makes a key; it is told this once
#[utoipa::path(post, path = "/keys", operation_id = "key_make", tag = "keys", request_body = New, responses((status = 201, body = Made), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    caller.may(Permission::KeysWrite)?;
    super::users::check_name("/name", &new.name)?;
    if new.scopes.is_empty() {
        return Err(Problem::wrong(
            "/scopes",
            "a key that may do nothing is of no use; name what it may do",
        ));
    }
    for (at, scope) in new.scopes.iter().enumerate() {
        let pointer = format!("/scopes/{at}");
        let known = Permission::named(scope).ok_or_else(|| {
            let words: Vec<_> = Permission::words().collect();
            Problem::wrong(
                &pointer,
                format!("{scope:?} is no permission; write one of {}", words.join(", ")),
            )
        })?;
        if !caller.is_allowed(known) {
            return Err(Problem::wrong(
                &pointer,
                format!("you may not do {scope}, and cannot give it away"),
            ));
        }
    }
    let now = app.now();
    if new.expires_ms.is_some_and(|at| at <= now) {
        return Err(Problem::wrong("/expires_ms", "this is in the past"));
    }
    let tx = caller.write(&app).await?;
    let new = NewKey {
        name: new.name,
        role: caller.role,
        scopes: new.scopes,
        expires_ms: new.expires_ms,
        created_by: match &caller.who {
            Who::Person { user, .. } => Some(*user),
            Who::Program { .. } => None,
        },
    };
    let (made, key) = keys::add(&tx, new, now).await?;
    let change = json!({ "name": made.name, "prefix": made.prefix, "scopes": made.scopes });
    caller
        .note(&app, &tx, "key.made", &made.id.to_string(), change)
        .await?;
    tx.commit().await?;
    let about = Key::from(made);
    Ok((StatusCode::CREATED, Json(Made { key, about })))
}

/// Takes a key back
#[utoipa::path(delete, path = "/keys/{id}", operation_id = "key_revoke", tag = "keys", params(("id" = Uuid, Path)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::KeysWrite)?;
    let tx = caller.write(&app).await?;
    let key = keys::revoke(&tx, id, app.now()).await?;
    let change = json!({ "name": key.name, "prefix": key.prefix });
    caller
        .note(&app, &tx, "key.revoked", &id.to_string(), change)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
