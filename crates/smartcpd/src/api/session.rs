//! Logging in and out. A session is a cookie whose token the store knows by its hash alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use cpd_store::audit::{self, Actor};
use cpd_store::sessions::{self, Origin};
use cpd_store::users::{self, User};
use cpd_store::{Tx, Uuid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::app::{App, Peer, too_many};
use super::caller::{COOKIE, IDLE_MS, cookie, from_our_page};
use super::extract::Body;
use super::password;
use super::problem::{Kind, Problem};
use super::provider;
use super::request_id::RequestId;
use super::totp;

/// Wrong passwords before an account is locked for a while.
const FAILURES_MAX: i32 = 5;
/// The first lock, ms; each further wrong password doubles it.
const LOCK_MS: i64 = 30_000;
/// The longest, ms: a stranger cannot keep somebody out for longer.
const LOCK_MAX_MS: i64 = 15 * 60_000;
/// How long a one-time code is waited for, ms.
pub(super) const CODE_MS: i64 = 5 * 60_000;

/// Who logs in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Login {
    email: String,
    #[schema(format = Password)]
    password: String,
}

/// How far a login is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoggedIn {
    state: LoginState,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LoginState {
    /// One is logged in.
    Open,
    /// The one-time code is wanted: `POST /session/code`.
    CodeWanted,
}

type Answer = Result<([(HeaderName, HeaderValue); 1], Json<LoggedIn>), Problem>;

/// Logs in
#[utoipa::path(post, path = "/session", operation_id = "session_begin", tag = "session", request_body = Login,
    responses((status = 200, body = LoggedIn), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn log_in(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(login): Body<Login>,
) -> Answer {
    from_our_page(&Method::POST, &headers)?;
    if app.limits.logins.check_key(&peer.ip()).is_err() {
        return Err(too_many());
    }
    let now = app.now();
    let tx = app.service(false).await?;
    let user = users::by_email(&tx, &login.email).await?;
    drop(tx);
    let user = user.filter(|user| !user.disabled);
    if let Some(user) = &user {
        refuse_locked(user, now)?;
    }
    let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let right = password::verify(&app, &login.password, hash).await?;
    let origin = origin(peer, &headers);
    let actor = |user: &User| Actor {
        id: format!("user:{}", user.id),
        name: user.name.clone(),
        address: origin.address.clone(),
        request: request.0.clone(),
    };
    let wrong = || Problem::new(Kind::LoginWrong, "the address or the password is wrong");
    let Some(user) = user else {
        return Err(wrong());
    };
    let tx = app.service(true).await?;
    if !right {
        let user = count_failure(&tx, user.id, now).await?;
        let change = serde_json::json!({ "failures": user.failures });
        audit::note(
            &tx,
            user.tenant_id,
            &actor(&user),
            "login.failed",
            "session",
            change,
            now,
        )
        .await?;
        tx.commit().await?;
        return Err(wrong());
    }
    // Told to nobody but who knows the password.
    provider::refuse_password(&tx, &user).await?;
    let pending = user.totp_confirmed;
    let actor = actor(&user);
    let lasts = if pending { CODE_MS } else { IDLE_MS };
    let (_, token) = sessions::begin(&tx, &user, origin, pending, (now, lasts)).await?;
    if !pending {
        entered(&tx, &user, &actor, serde_json::json!({}), now).await?;
    }
    tx.commit().await?;
    let state = if pending {
        LoginState::CodeWanted
    } else {
        LoginState::Open
    };
    Ok((set_cookie(&app, &token), Json(LoggedIn { state })))
}

/// What an authenticator shows.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Code {
    /// Six digits.
    pub(crate) code: String,
}

/// Gives the one-time code
#[utoipa::path(post, path = "/session/code", operation_id = "session_confirm", tag = "session", request_body = Code,
    responses((status = 200, body = LoggedIn), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn give_code(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(given): Body<Code>,
) -> Answer {
    from_our_page(&Method::POST, &headers)?;
    if app.limits.logins.check_key(&peer.ip()).is_err() {
        return Err(too_many());
    }
    let now = app.now();
    let token = cookie(&headers).unwrap_or_default();
    let tx = app.service(true).await?;
    let session = sessions::of_token(&tx, token, now).await?;
    let session = session
        .filter(|session| session.pending)
        .ok_or_else(|| Problem::new(Kind::LoginWanted, "the code came too late; log in again"))?;
    let user = users::find(&tx, session.user_id).await?;
    refuse_locked(&user, now)?;
    let sealed = user.totp_secret.clone().unwrap_or_default();
    let secret = tx.sealer().open(&totp_purpose(user.id), &sealed)?;
    let Some(step) = totp::step_of(&secret, &given.code, now, user.totp_step) else {
        count_failure(&tx, user.id, now).await?;
        tx.commit().await?;
        let detail = "the code is wrong or was used; is the clock of the phone right?";
        return Err(Problem::new(Kind::CodeWanted, detail));
    };
    // The half-open session ends, and the token with it: who saw it before the code has nothing.
    sessions::end(&tx, user.id, session.id).await?;
    let user = users::note(&tx, user.id, |user| user.totp_step = step).await?;
    let actor = Actor {
        id: format!("user:{}", user.id),
        name: user.name.clone(),
        address: peer.ip().to_string(),
        request: request.0,
    };
    let (_, token) = sessions::begin(&tx, &user, origin(peer, &headers), false, (now, IDLE_MS)).await?;
    entered(&tx, &user, &actor, serde_json::json!({}), now).await?;
    tx.commit().await?;
    let state = LoginState::Open;
    Ok((set_cookie(&app, &token), Json(LoggedIn { state })))
}

/// Logs out
#[utoipa::path(delete, path = "/session", operation_id = "session_end", tag = "session", responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn log_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<(axum::http::StatusCode, [(HeaderName, HeaderValue); 1]), Problem> {
    from_our_page(&Method::DELETE, &headers)?;
    if let Some(token) = cookie(&headers) {
        let tx = app.service(true).await?;
        if let Some(session) = sessions::of_token(&tx, token, app.now()).await? {
            sessions::end(&tx, session.user_id, session.id).await?;
        }
        tx.commit().await?;
    }
    Ok((axum::http::StatusCode::NO_CONTENT, no_cookie(&app)))
}

/// What a secret of one-time codes is sealed for.
pub(crate) fn totp_purpose(user: Uuid) -> String {
    format!("totp {user}")
}

pub(crate) fn origin(peer: std::net::SocketAddr, headers: &HeaderMap) -> Origin {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Origin {
        address: peer.ip().to_string(),
        agent: agent.unwrap_or_default().chars().take(200).collect(),
    }
}

fn refuse_locked(user: &User, now_ms: i64) -> Result<(), Problem> {
    if user.locked_until_ms <= now_ms {
        return Ok(());
    }
    let seconds = (user.locked_until_ms - now_ms).div_euclid(1_000) + 1;
    let detail = format!("too many wrong passwords; try again in {seconds} s");
    Err(Problem::new(Kind::Locked, detail))
}

async fn count_failure(tx: &Tx, user: Uuid, now_ms: i64) -> Result<User, Problem> {
    let count = |user: &mut User| {
        user.failures += 1;
        let over = user.failures - FAILURES_MAX;
        if over >= 0 {
            let lock = LOCK_MS << over.min(10);
            user.locked_until_ms = now_ms + lock.min(LOCK_MAX_MS);
        }
    };
    Ok(users::note(tx, user, count).await?)
}

/// Notes that somebody is in; `how` is for the log.
pub(super) async fn entered(
    tx: &Tx,
    user: &User,
    actor: &Actor,
    how: serde_json::Value,
    now_ms: i64,
) -> Result<(), Problem> {
    let note = |user: &mut User| {
        user.failures = 0;
        user.locked_until_ms = 0;
        user.seen_ms = Some(now_ms);
    };
    users::note(tx, user.id, note).await?;
    audit::note(tx, user.tenant_id, actor, "login.done", "session", how, now_ms).await?;
    Ok(())
}

pub(crate) fn set_cookie(app: &App, token: &str) -> [(HeaderName, HeaderValue); 1] {
    let seconds = super::caller::SESSION_MAX_MS / 1_000;
    cookie_header(app, &format!("{COOKIE}={token}; Max-Age={seconds}"))
}

fn no_cookie(app: &App) -> [(HeaderName, HeaderValue); 1] {
    cookie_header(app, &format!("{COOKIE}=; Max-Age=0"))
}

fn cookie_header(app: &App, value: &str) -> [(HeaderName, HeaderValue); 1] {
    let secure = if app.secure { "; Secure" } else { "" };
    let text = format!("{value}; Path=/; HttpOnly; SameSite=Strict{secure}");
    [(
        header::SET_COOKIE,
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("")),
    )]
}
