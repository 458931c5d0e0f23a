//! The first run: whoever reads the one-time code that the server prints becomes its operator.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use cpd_store::audit::{self, Actor};
use cpd_store::tenants::NewTenant;
use cpd_store::users::{self, NewUser, Role};
use cpd_store::{SERVICE, Uuid, sessions, tenants};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::app::{App, Peer, too_many};
use super::caller::{IDLE_MS, from_our_page};
use super::extract::Body;
use super::problem::{Kind, Problem};
use super::request_id::RequestId;
use super::session::{origin, set_cookie};
use super::{password, tenants as customers, users as people};

/// Whether the first run is still to come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Needed {
    needed: bool,
}

/// Whether nobody is there yet
#[utoipa::path(get, path = "/setup", operation_id = "setup_read", tag = "setup", responses((status = 200, body = Needed), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn needed(State(app): State<Arc<App>>) -> Result<Json<Needed>, Problem> {
    let tx = app.service(false).await?;
    let needed = !users::any(&tx).await?;
    Ok(Json(Needed { needed }))
}

/// The first person, and the first customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct First {
    /// What the server printed at its start.
    code: String,
    email: String,
    name: String,
    #[schema(format = Password)]
    password: String,
    #[schema(value_type = super::schema::Language)]
    language: String,
    tenant: customers::New,
}

/// Makes the operator and the first customer, and logs in
#[utoipa::path(post, path = "/setup", operation_id = "setup_complete", tag = "setup", request_body = First, responses((status = 201), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_up(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(first): Body<First>,
) -> Result<(axum::http::StatusCode, [(HeaderName, HeaderValue); 1]), Problem> {
    from_our_page(&Method::POST, &headers)?;
    if app.limits.logins.check_key(&peer.ip()).is_err() {
        return Err(too_many());
    }
    let right = app
        .setup_code
        .lock()
        .is_ok_and(|code| code.as_deref() == Some(first.code.trim()));
    if !right {
        return Err(Problem::wrong(
            "/code",
            "this is not the code that the server printed at its start",
        ));
    }
    people::check_email("/email", &first.email)?;
    people::check_name("/name", &first.name)?;
    people::check_language("/language", &first.language)?;
    password::check("/password", &first.password, &first.email)?;
    first.tenant.check("/tenant")?;
    let hash = password::hash(&app, &first.password).await?;
    let now = app.now();
    let tx = app.service(true).await?;
    if users::any(&tx).await? {
        return Err(Problem::new(Kind::Conflict, "the first run is over; log in"));
    }
    let new = NewUser {
        email: first.email,
        name: first.name,
        role: Role::Operator,
        password_hash: Some(hash),
        language: first.language,
    };
    let user = users::add(&tx, SERVICE, new, now).await?;
    let new = NewTenant {
        slug: first.tenant.slug,
        name: first.tenant.name,
    };
    let tenant = tenants::add(&tx, Uuid::now_v7(), new, now).await?;
    let actor = Actor {
        id: format!("user:{}", user.id),
        name: user.name.clone(),
        address: peer.ip().to_string(),
        request: request.0,
    };
    let change = json!({ "operator": user.email, "tenant": tenant.slug });
    audit::note(&tx, SERVICE, &actor, "service.set_up", "service", change, now).await?;
    let (_, token) = sessions::begin(&tx, &user, origin(peer, &headers), false, (now, IDLE_MS)).await?;
    tx.commit().await?;
    if let Ok(mut code) = app.setup_code.lock() {
        *code = None;
    }
    Ok((axum::http::StatusCode::CREATED, set_cookie(&app, &token)))
}
