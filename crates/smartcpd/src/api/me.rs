//! Oneself: who one is and may do, language, password, one-time codes, sessions.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_store::sessions::{self, Session};
use cpd_store::users::{self, User};
use cpd_store::{SERVICE, Uuid, tenants};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::app::App;
use super::caller::{Caller, Who};
use super::extract::{At, Body, List};
use super::password;
use super::permission;
use super::problem::{Kind, Problem};
use super::schema::{Language, PermissionName, RoleName};
use super::session::{Code, totp_purpose};
use super::totp;

/// Who one is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The person; none for a program.
    id: Option<Uuid>,
    email: Option<String>,
    name: String,
    #[schema(value_type = RoleName)]
    role: &'static str,
    #[schema(value_type = Language)]
    language: String,
    /// One-time codes are asked for at login.
    totp: bool,
    /// One has a password; without one, the organisation vouches.
    password: bool,
    /// The customer that one works for now; none: the service itself.
    tenant: Option<TenantName>,
    /// What one may do.
    #[schema(value_type = Vec<PermissionName>)]
    permissions: Vec<&'static str>,
    /// One is of the service and may choose a customer by the header `SmartCPD-Tenant`.
    of_service: bool,
    version: i32,
}

/// A customer in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TenantName {
    id: Uuid,
    slug: String,
    name: String,
}

/// Who one is and what one may do
#[utoipa::path(get, path = "/me", operation_id = "me_read", tag = "me", responses((status = 200, body = Me), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn me(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Me>, Problem> {
    let tx = app.service(false).await?;
    let user = match &caller.who {
        Who::Person { user, .. } => Some(users::find(&tx, *user).await?),
        Who::Program { .. } => None,
    };
    let tenant = match caller.tenant {
        SERVICE => None,
        id => Some(tenants::find(&tx, id).await?),
    };
    let permissions = permission::of(caller.role)
        .filter(|one| caller.is_allowed(*one))
        .map(permission::Permission::as_str)
        .collect();
    Ok(Json(Me {
        id: user.as_ref().map(|user| user.id),
        email: user.as_ref().map(|user| user.email.clone()),
        name: caller.name.clone(),
        role: caller.role.as_str(),
        language: user
            .as_ref()
            .map_or_else(|| "en".to_owned(), |user| user.language.clone()),
        totp: user.as_ref().is_some_and(|user| user.totp_confirmed),
        password: user.as_ref().is_some_and(|user| user.password_hash.is_some()),
        tenant: tenant.map(|tenant| TenantName {
            id: tenant.id,
            slug: tenant.slug,
            name: tenant.name,
        }),
        permissions,
        of_service: caller.role.is_of_service(),
        version: user.map_or(0, |user| user.version),
    }))
}

/// What one changes of oneself.
#[derive(Deserialize, ToSchema)]
#[schema(as = MeChanges)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    name: Option<String>,
    #[schema(value_type = Option<Language>)]
    language: Option<String>,
}

/// Changes name or language
#[utoipa::path(patch, path = "/me", operation_id = "me_change", tag = "me", request_body = Changes, responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(changes): Body<Changes>,
) -> Result<StatusCode, Problem> {
    let id = caller.person()?;
    if let Some(name) = &changes.name {
        super::users::check_name("/name", name)?;
    }
    if let Some(language) = &changes.language {
        super::users::check_language("/language", language)?;
    }
    let tx = app.service(true).await?;
    let change = |user: &mut User| {
        user.name = changes.name.unwrap_or(std::mem::take(&mut user.name));
        user.language = changes.language.unwrap_or(std::mem::take(&mut user.language));
        user.version += 1;
    };
    users::note(&tx, id, change).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The old and the new password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewPassword {
    #[schema(format = Password)]
    old: String,
    #[schema(format = Password)]
    new: String,
}

/// Changes the password; all other sessions end
#[utoipa::path(put, path = "/me/password", operation_id = "password_change", tag = "me", request_body = NewPassword, responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_password(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(NewPassword { old, new }): Body<NewPassword>,
) -> Result<StatusCode, Problem> {
    let id = caller.person()?;
    let user = proven(&app, id, &old, "/old").await?;
    password::check("/new", &new, &user.email)?;
    let hash = password::hash(&app, &new).await?;
    let tx = app.service(true).await?;
    let set = |user: &mut User| {
        user.password_hash = Some(hash);
        user.version += 1;
    };
    users::note(&tx, id, set).await?;
    if let Who::Person { session, .. } = caller.who {
        for other in sessions::of_user(&tx, id, app.now()).await? {
            if other.id != session {
                sessions::end(&tx, id, other.id).await?;
            }
        }
    }
    caller
        .note(&app, &tx, "user.password_changed", &id.to_string(), json!({}))
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The person, if the password is theirs.
async fn proven(app: &App, id: Uuid, password: &str, pointer: &str) -> Result<User, Problem> {
    let tx = app.service(false).await?;
    let user = users::find(&tx, id).await?;
    drop(tx);
    match password::verify(app, password, user.password_hash.as_deref()).await? {
        true => Ok(user),
        false => Err(Problem::wrong(pointer, "this is not your password")),
    }
}

/// The password, to prove that it is oneself.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Proof {
    #[schema(format = Password)]
    password: String,
}

/// The secret for an authenticator.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpSecret {
    /// To be typed, in base 32.
    secret: String,
    /// To be shown as a QR code.
    uri: String,
}

/// Begins one-time codes: they are asked for once a code was given with `PUT /me/totp`
#[utoipa::path(post, path = "/me/totp", operation_id = "totp_begin", tag = "me", request_body = Proof, responses((status = 200, body = TotpSecret), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn begin_totp(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(proof): Body<Proof>,
) -> Result<Json<TotpSecret>, Problem> {
    let id = caller.person()?;
    let user = proven(&app, id, &proof.password, "/password").await?;
    if user.totp_confirmed {
        return Err(Problem::new(
            Kind::Conflict,
            "one-time codes are on; turn them off first",
        ));
    }
    let tx = app.service(true).await?;
    let mut secret = [0; totp::SECRET_BYTES];
    tx.sealer().fill(&mut secret)?;
    let sealed = tx.sealer().seal(&totp_purpose(id), &secret)?;
    users::note(&tx, id, |user| user.totp_secret = Some(sealed)).await?;
    tx.commit().await?;
    Ok(Json(TotpSecret {
        secret: totp::base32(&secret),
        uri: totp::uri(&secret, &user.email),
    }))
}

/// Turns one-time codes on, by a first one
#[utoipa::path(put, path = "/me/totp", operation_id = "totp_confirm", tag = "me", request_body = Code, responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn confirm_totp(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(given): Body<Code>,
) -> Result<StatusCode, Problem> {
    let id = caller.person()?;
    let tx = app.service(true).await?;
    let user = users::find(&tx, id).await?;
    let sealed = user
        .totp_secret
        .ok_or_else(|| Problem::new(Kind::Conflict, "begin with POST /me/totp"))?;
    let secret = tx.sealer().open(&totp_purpose(id), &sealed)?;
    let step = totp::step_of(&secret, &given.code, app.now(), user.totp_step)
        .ok_or_else(|| Problem::wrong("/code", "the code is wrong; is the clock of the phone right?"))?;
    let confirm = |user: &mut User| {
        user.totp_confirmed = true;
        user.totp_step = step;
        user.version += 1;
    };
    users::note(&tx, id, confirm).await?;
    caller
        .note(&app, &tx, "user.totp_on", &id.to_string(), json!({}))
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Turns one-time codes off
#[utoipa::path(delete, path = "/me/totp", operation_id = "totp_end", tag = "me", request_body = Proof, responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn end_totp(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(proof): Body<Proof>,
) -> Result<StatusCode, Problem> {
    let id = caller.person()?;
    proven(&app, id, &proof.password, "/password").await?;
    let tx = app.service(true).await?;
    let end = |user: &mut User| {
        user.totp_secret = None;
        user.totp_confirmed = false;
        user.version += 1;
    };
    users::note(&tx, id, end).await?;
    caller
        .note(&app, &tx, "user.totp_off", &id.to_string(), json!({}))
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A login of one's own that stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnSession {
    id: Uuid,
    address: String,
    agent: String,
    created_ms: i64,
    seen_ms: i64,
    /// It is the one that asks.
    this: bool,
}

/// One's own sessions
#[utoipa::path(get, path = "/me/sessions", operation_id = "own_sessions_list", tag = "me", responses((status = 200, body = List<OwnSession>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn own_sessions(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<List<OwnSession>>, Problem> {
    let id = caller.person()?;
    let tx = app.service(false).await?;
    let all = sessions::of_user(&tx, id, app.now()).await?;
    let this =
        |session: &Session| matches!(&caller.who, Who::Person { session: own, .. } if *own == session.id);
    let items = all
        .into_iter()
        .map(|session| OwnSession {
            this: this(&session),
            id: session.id,
            address: session.address,
            agent: session.agent,
            created_ms: session.created_ms,
            seen_ms: session.seen_ms,
        })
        .collect();
    Ok(Json(List { items }))
}

/// Ends one of one's own sessions
#[utoipa::path(delete, path = "/me/sessions/{id}", operation_id = "own_session_end", tag = "me", params(("id" = Uuid, Path)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn end_session(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<StatusCode, Problem> {
    let user = caller.person()?;
    let tx = app.service(true).await?;
    sessions::end(&tx, user, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
