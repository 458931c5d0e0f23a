//! Who asks: a person by the cookie of their session, or a program by its key. Handlers take a [`Caller`] and ask it for a
//! permission; the tenant that it works for is part of every question to the store.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use cpd_store::audit::Actor;
use cpd_store::users::Role;
use cpd_store::{SERVICE, Tx, Uuid, Whose, keys, sessions, tenants, users};
use serde_json::Value;

use super::app::{App, Peer, too_many};
use super::permission::{self, Permission};
use super::problem::{Kind, Problem};
use super::request_id::RequestId;

/// The cookie of a session.
pub(crate) const COOKIE: &str = "scpd_session";
/// The header by which the service's staff choose a customer.
pub(crate) const TENANT_HEADER: &str = "smartcpd-tenant";

/// A session that is not used for so long ends, ms: twelve hours, a long shift.
pub(crate) const IDLE_MS: i64 = 12 * 3_600_000;
/// How long a session lasts at most, ms: a week.
pub(crate) const SESSION_MAX_MS: i64 = 7 * 86_400_000;
/// How often use is written down, ms.
const TOUCH_MS: i64 = 60_000;

/// Who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// A person in a session.
    Person { user: Uuid, session: Uuid },
    /// A program with a key.
    Program { key: Uuid, scopes: Vec<String> },
}

/// Who asks, for whom.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) who: Who,
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Whose they are.
    pub(crate) home: Uuid,
    /// Whom they work for now: the service's staff may choose.
    pub(crate) tenant: Uuid,
    address: String,
    request: String,
}

impl Caller {
    /// Refuses what one may not do.
    pub(crate) fn may(&self, permission: Permission) -> Result<(), Problem> {
        if self.is_allowed(permission) {
            return Ok(());
        }
        let what = permission.as_str();
        Err(Problem::new(
            Kind::Forbidden,
            format!("this wants the permission {what}; ask an administrator of yours"),
        ))
    }

    pub(crate) fn is_allowed(&self, permission: Permission) -> bool {
        let scoped = match &self.who {
            Who::Person { .. } => true,
            Who::Program { scopes, .. } => scopes.iter().any(|scope| scope == permission.as_str()),
        };
        scoped && permission::may(self.role, permission)
    }

    /// Who acts, for the log.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            id: self.id(),
            name: self.name.clone(),
            address: self.address.clone(),
            request: self.request.clone(),
        }
    }

    /// `user:…` or `key:…`.
    pub(crate) fn id(&self) -> String {
        match &self.who {
            Who::Person { user, .. } => format!("user:{user}"),
            Who::Program { key, .. } => format!("key:{key}"),
        }
    }

    /// The person, where it is one.
    pub(crate) fn person(&self) -> Result<Uuid, Problem> {
        match &self.who {
            Who::Person { user, .. } => Ok(*user),
            Who::Program { .. } => Err(Problem::new(
                Kind::Forbidden,
                "this is for people; keys of programs have no password, language or views",
            )),
        }
    }

    /// Reads what is their tenant's; all tenants' for the service's staff while they have chosen none.
    pub(crate) async fn read(&self, app: &App) -> Result<Tx, Problem> {
        let whose = match self.home == SERVICE && self.tenant == SERVICE && self.role.is_of_service() {
            true => Whose::Service,
            false => Whose::Tenant(self.tenant),
        };
        Ok(app.store.read(whose).await?)
    }

    /// Reads what is the chosen tenant's alone.
    pub(crate) async fn read_own(&self, app: &App) -> Result<Tx, Problem> {
        Ok(app.store.read(Whose::Tenant(self.tenant)).await?)
    }

    /// Changes what is the chosen tenant's.
    pub(crate) async fn write(&self, app: &App) -> Result<Tx, Problem> {
        Ok(app.store.write(Whose::Tenant(self.tenant)).await?)
    }

    /// Writes into the log of the tenant that was worked for.
    pub(crate) async fn note(
        &self,
        app: &App,
        tx: &Tx,
        action: &str,
        object: &str,
        change: Value,
    ) -> Result<(), Problem> {
        let (actor, now) = (self.actor(), app.now());
        Ok(cpd_store::audit::note(tx, self.tenant, &actor, action, object, change, now).await?)
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Caller, Problem> {
        let peer = parts.extensions.get::<Peer>().copied();
        let address = peer.map_or_else(String::new, |Peer(peer)| peer.ip().to_string());
        let request = parts
            .extensions
            .get::<RequestId>()
            .map_or_else(String::new, |RequestId(id)| id.clone());
        let found = match bearer(&parts.headers) {
            Some(key) => by_key(app, key).await?,
            None => by_cookie(app, &parts.method, &parts.headers).await?,
        };
        let Some((who, name, role, home)) = found else {
            if peer.is_some_and(|Peer(peer)| app.limits.strangers.check_key(&peer.ip()).is_err()) {
                return Err(too_many());
            }
            let detail = "log in, or send a key as `Authorization: Bearer scpd_…`; it may have ended or been taken back";
            return Err(Problem::new(Kind::LoginWanted, detail));
        };
        let limited = match &who {
            Who::Person { session, .. } => session.as_u128(),
            Who::Program { key, .. } => key.as_u128(),
        };
        if app.limits.requests.check_key(&limited).is_err() {
            return Err(too_many());
        }
        let tenant = chosen(app, &parts.headers, role, home).await?;
        Ok(Caller {
            who,
            name,
            role,
            home,
            tenant,
            address,
            request,
        })
    }
}

type Found = Option<(Who, String, Role, Uuid)>;

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn by_key(app: &App, token: &str) -> Result<Found, Problem> {
    let now = app.now();
    let tx = app.service(false).await?;
    let Some(key) = keys::of_token(&tx, token, now).await? else {
        return Ok(None);
    };
    if !is_active(&tx, key.tenant_id).await? {
        return Ok(None);
    }
    drop(tx);
    if key.seen_ms.is_none_or(|seen| seen + TOUCH_MS < now) {
        let tx = app.service(true).await?;
        keys::touch(&tx, key.id, now).await?;
        tx.commit().await?;
    }
    let scopes = serde_json::from_value(key.scopes).unwrap_or_default();
    let role = Role::named(&key.role).unwrap_or(Role::ReadOnly);
    let who = Who::Program { key: key.id, scopes };
    Ok(Some((who, key.name, role, key.tenant_id)))
}

/// The cookie's value.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    cookie_named(headers, COOKIE)
}

/// The value of any cookie.
pub(super) fn cookie_named<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

async fn by_cookie(app: &App, method: &Method, headers: &HeaderMap) -> Result<Found, Problem> {
    let Some(token) = cookie(headers) else {
        return Ok(None);
    };
    from_our_page(method, headers)?;
    let now = app.now();
    let tx = app.service(false).await?;
    let Some(session) = sessions::of_token(&tx, token, now).await? else {
        return Ok(None);
    };
    if session.pending {
        return Err(Problem::new(Kind::CodeWanted, "give the one-time code first"));
    }
    let user = users::find(&tx, session.user_id).await?;
    if user.disabled || !is_active(&tx, user.tenant_id).await? {
        return Ok(None);
    }
    drop(tx);
    if session.seen_ms + TOUCH_MS < now {
        let end = (now + IDLE_MS).min(session.created_ms + SESSION_MAX_MS);
        let tx = app.service(true).await?;
        sessions::touch(&tx, session.id, (now, end)).await?;
        tx.commit().await?;
    }
    let role = Role::named(&user.role).unwrap_or(Role::ReadOnly);
    let who = Who::Person {
        user: user.id,
        session: session.id,
    };
    Ok(Some((who, user.name, role, user.tenant_id)))
}

/// Whether a customer is served; the service itself always is.
pub(super) async fn is_active(tx: &Tx, tenant: Uuid) -> Result<bool, Problem> {
    if tenant == SERVICE {
        return Ok(true);
    }
    Ok(tenants::find(tx, tenant).await?.active)
}

/// A change with a cookie must come from a page of ours: browsers say so by `Sec-Fetch-Site`, older ones by `Origin`.
pub(crate) fn from_our_page(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    let ours = match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) => site == "same-origin",
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, at)| at == host),
        _ => false,
    };
    if ours {
        return Ok(());
    }
    let detail = "a change with a cookie must come from the console's own page; programs use a key";
    Err(Problem::new(Kind::Forbidden, detail))
}

/// The tenant that staff of the service have chosen; one's own for everybody else.
async fn chosen(app: &App, headers: &HeaderMap, role: Role, home: Uuid) -> Result<Uuid, Problem> {
    let wanted = headers.get(TENANT_HEADER).and_then(|value| value.to_str().ok());
    let Some(slug) = wanted.filter(|slug| !slug.is_empty() && home == SERVICE && role.is_of_service()) else {
        return Ok(home);
    };
    let tx = app.service(false).await?;
    let all = tenants::list(&tx).await?;
    all.into_iter()
        .find(|tenant| tenant.slug == slug)
        .map(|tenant| tenant.id)
        .ok_or_else(|| Problem::new(Kind::NotFound, format!("there is no customer {slug:?}")))
}
