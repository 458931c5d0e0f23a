//! Login with an organisation: a person writes their address, goes to the provider of its domain, and comes back vouched for.
//!
//! What a login is known again by (state, nonce, PKCE's verifier) lies sealed in a cookie of the browser that began it, for ten
//! minutes, and nowhere else: who comes with another browser's link has nothing, and strangers leave nothing behind here. The
//! cookie is `Lax`, since the way back begins on another site. That of the session is `Strict` as ever, and needs no page in
//! between: the console's page is the same for everybody, and what it then asks for comes from our own site.
//!
//! A person is found by what the provider calls them (`iss` and `sub`) and, once bound so, by nothing else. Only the first time
//! the address counts: it has to be verified, of a confirmed domain, and of this customer.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cpd_store::audit::{self, Actor};
use cpd_store::idempotency::{self, Known};
use cpd_store::providers::{self, Provider};
use cpd_store::users::{self, NewUser, Role, User};
use cpd_store::{Error, Tx, Uuid, Whose, secrets, sessions};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::app::{App, Peer, too_many};
use super::caller::{IDLE_MS, cookie_named, from_our_page, is_active};
use super::extract::{Asked, Body};
use super::problem::{Kind, Problem};
use super::provider::{CALLBACK, domain};
use super::request_id::RequestId;
use super::session::{CODE_MS, entered, origin, set_cookie};
use super::users::check_email;
use crate::oidc::{self, Back, Discovered, Refusal, Us, Vouched};

/// The cookie of a login that is under way.
const COOKIE: &str = "scpd_login";
/// What comes to callbacks alone.
const COOKIE_PATH: &str = "/api/v1/session/organisation";
/// How long the provider's own pages may take, ms: a password that has to be looked for, and a code.
const LASTS_MS: i64 = 10 * 60_000;
/// What an attempt is sealed for.
const PURPOSE: &str = "login by organisation";
/// Where browsers go that could not be let in.
const DOOR: &str = "/login";
/// The longest address of a page to go back to, bytes.
const PAGE_MAX: usize = 1_000;

/// Who wants to log in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByOrganisation {
    /// Its domain says where to.
    email: String,
    /// The page that was asked for: `/calls`.
    back: Option<String>,
}

/// Where the browser goes on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoOn {
    /// The provider, or a page of ours that says that there is none for this address.
    url: String,
}

/// What is kept of a login in the browser.
#[derive(Serialize, Deserialize)]
struct Attempt {
    tenant: Uuid,
    state: String,
    nonce: String,
    verifier: String,
    redirect: String,
    back: String,
    until_ms: i64,
}

/// Begins a login with an organisation
#[utoipa::path(post, path = "/session/organisation", operation_id = "organisation_login_begin", tag = "session", request_body = ByOrganisation,
    responses((status = 200, body = GoOn), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    Body(wanted): Body<ByOrganisation>,
) -> Result<Response, Problem> {
    from_our_page(&Method::POST, &headers)?;
    if app.limits.logins.check_key(&peer.ip()).is_err() {
        return Err(too_many());
    }
    check_email("/email", &wanted.email)?;
    let redirect = callback(&headers)?;
    let back = wanted.back.filter(|page| is_ours(page)).unwrap_or("/".to_owned());
    let tx = app.service(false).await?;
    // By the domain alone, so that nobody is told who is known here. That a domain is served cannot be hidden from who is sent on.
    let name = wanted.email.rsplit_once('@').and_then(|(_, name)| domain(name));
    let provider = match name {
        Some(name) => providers::of_domain(&tx, &name).await?,
        None => None,
    };
    let provider = match provider {
        Some(provider) if is_active(&tx, provider.tenant_id).await? => provider,
        Some(_) | None => {
            let url = door(&Trouble::Unknown, None);
            return Ok(Json(GoOn { url }).into_response());
        }
    };
    let fault = |why| Problem::new(Kind::Fault, why);
    let discovered = Discovered::of(&provider.discovered).map_err(fault)?;
    let begun = oidc::begin(&discovered, &provider.client_id, &redirect, &wanted.email).map_err(fault)?;
    let attempt = Attempt {
        tenant: provider.tenant_id,
        state: begun.state,
        nonce: begun.nonce,
        verifier: begun.verifier,
        redirect,
        back,
        until_ms: app.now() + LASTS_MS,
    };
    let plain = serde_json::to_vec(&attempt).unwrap_or_default();
    let sealed = URL_SAFE_NO_PAD.encode(tx.sealer().seal(PURPOSE, &plain)?);
    let cookie = attempt_cookie(&app, &sealed, LASTS_MS / 1_000);
    let mut response = Json(GoOn { url: begun.url }).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The address that the provider sends the browser back to: this server's, as the browser knows it. A program could name any
/// other; the provider sends nobody where it was not told to.
fn callback(headers: &HeaderMap) -> Result<String, Problem> {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    let fits = |text: &&str| {
        url::Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "https" | "http") && url.origin().ascii_serialization() == **text
        })
    };
    let origin = origin.filter(fits).ok_or_else(|| {
        let detail = "a browser names its page's address in Origin; log in from the console";
        Problem::new(Kind::Forbidden, detail)
    })?;
    Ok(format!("{origin}{CALLBACK}"))
}

/// Whether an address is a page of ours, and no other site's.
fn is_ours(page: &str) -> bool {
    let mut letters = page.chars();
    let rooted = letters.next() == Some('/') && !matches!(letters.next(), Some('/' | '\\'));
    rooted && page.len() <= PAGE_MAX && page.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a provider sends a browser back with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Arrival {
    code: Option<String>,
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// Who sends it (RFC 9207).
    iss: Option<String>,
}

/// Why somebody is not let in, in the word that the page knows it by.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    /// No provider vouches for the domain.
    Unknown,
    /// The browser did not begin this login, or too long ago, or it was done already.
    Late,
    /// Too many tries from there.
    TooMany,
    /// The provider cannot be reached, or the database.
    Away(String),
    /// The provider refused: the person, or us.
    Refused(String),
    /// What the provider said is not believed.
    Untrusted(String),
    /// The provider does not know that the address is the person's.
    Unverified,
    /// Nobody of this customer, and nobody is made.
    Stranger(&'static str),
    /// The address is somebody's whom the provider knows by another name.
    Changed,
    /// A fault of ours.
    Fault(String),
}

impl Trouble {
    fn word(&self) -> &'static str {
        match self {
            Trouble::Unknown => "unknown",
            Trouble::Late => "late",
            Trouble::TooMany => "too_many",
            Trouble::Away(_) => "away",
            Trouble::Refused(_) => "refused",
            Trouble::Untrusted(_) => "untrusted",
            Trouble::Unverified => "unverified",
            Trouble::Stranger(_) => "stranger",
            Trouble::Changed => "changed",
            Trouble::Fault(_) => "fault",
        }
    }

    /// For the customer's log.
    fn why(&self) -> String {
        match self {
            Trouble::Away(why) | Trouble::Refused(why) | Trouble::Untrusted(why) | Trouble::Fault(why) => {
                why.chars().take(500).collect()
            }
            Trouble::Stranger(why) => (*why).to_owned(),
            Trouble::Unverified => "the provider does not say that the address is verified".to_owned(),
            Trouble::Changed => "the address is of somebody whom the provider calls otherwise".to_owned(),
            Trouble::Unknown | Trouble::Late | Trouble::TooMany => self.word().to_owned(),
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(why: Refusal) -> Trouble {
        match why {
            Refusal::Away(why) => Trouble::Away(why),
            Refusal::Refused(why) => Trouble::Refused(why),
            Refusal::Untrusted(why) => Trouble::Untrusted(why),
        }
    }
}

impl From<Error> for Trouble {
    fn from(why: Error) -> Trouble {
        match why {
            Error::Away(why) => Trouble::Away(why),
            other => Trouble::Fault(other.to_string()),
        }
    }
}

impl From<Problem> for Trouble {
    fn from(why: Problem) -> Trouble {
        Trouble::Fault(why.detail().to_owned())
    }
}

/// Where a person reads why they are not let in.
fn door(trouble: &Trouble, request: Option<&str>) -> String {
    let request = request.map_or_else(String::new, |id| format!("&request={id}"));
    format!("{DOOR}?trouble={}{request}", trouble.word())
}

/// Who arrives, from where, by which request.
struct Visitor {
    headers: HeaderMap,
    peer: std::net::SocketAddr,
    request: String,
}

/// Where the provider sends the browser back to
#[utoipa::path(get, path = "/session/organisation/callback", operation_id = "organisation_login_end", tag = "session", params(Arrival),
    responses((status = 303, description = "To the page that was asked for, or to the login, which says what is wrong"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn arrive(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(RequestId(request)): Extension<RequestId>,
    headers: HeaderMap,
    Asked(arrival): Asked<Arrival>,
) -> Response {
    let visitor = Visitor {
        headers,
        peer,
        request,
    };
    // The attempt is over, however it ended.
    let mut cookies = vec![attempt_cookie(&app, "", 0)];
    let to = match let_in(&app, &visitor, arrival).await {
        Ok((token, back)) => {
            let [(_, cookie)] = set_cookie(&app, &token);
            cookies.push(cookie);
            back
        }
        Err(trouble) => door(&trouble, Some(&visitor.request)),
    };
    let to = HeaderValue::from_str(&to).unwrap_or(HeaderValue::from_static(DOOR));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The token of the new session, and the page to show.
async fn let_in(app: &App, visitor: &Visitor, arrival: Arrival) -> Result<(String, String), Trouble> {
    if app.limits.logins.check_key(&visitor.peer.ip()).is_err() {
        return Err(Trouble::TooMany);
    }
    let now = app.now();
    let tx = app.store.read(Whose::Service).await?;
    let sealed = cookie_named(&visitor.headers, COOKIE).unwrap_or_default();
    let attempt = open(&tx, sealed, now).ok_or(Trouble::Late)?;
    let state = arrival.state.as_deref().unwrap_or_default();
    // Compared by their hashes: how long that takes tells nothing of them.
    if secrets::hash(state) != secrets::hash(&attempt.state) {
        return Err(Trouble::Late);
    }
    let provider = match providers::find(&tx, attempt.tenant).await {
        Ok(provider) if is_active(&tx, attempt.tenant).await? => provider,
        Ok(_) | Err(Error::Missing) => return Err(Trouble::Unknown),
        Err(why) => return Err(why.into()),
    };
    let secret = providers::secret(&tx, &provider)?;
    // Nothing is held while the provider is asked.
    drop(tx);
    match vouched(app, &provider, &secret, &attempt, &arrival).await {
        Ok(vouched) => match enter(app, visitor, &provider, &attempt, vouched).await {
            Ok(token) => Ok((token, attempt.back)),
            Err(trouble) => Err(refused(app, visitor, &provider, trouble).await),
        },
        Err(trouble) => Err(refused(app, visitor, &provider, trouble).await),
    }
}

/// What was sealed for a browser, while it lasts.
fn open(tx: &Tx, sealed: &str, now_ms: i64) -> Option<Attempt> {
    let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let plain = tx.sealer().open(PURPOSE, &sealed).ok()?;
    let attempt: Attempt = serde_json::from_slice(&plain).ok()?;
    (now_ms < attempt.until_ms).then_some(attempt)
}

async fn vouched(
    app: &App,
    provider: &Provider,
    secret: &str,
    attempt: &Attempt,
    arrival: &Arrival,
) -> Result<Vouched, Trouble> {
    if arrival.iss.as_ref().is_some_and(|iss| *iss != provider.issuer) {
        return Err(Trouble::Untrusted(
            "another provider sent the browser back".to_owned(),
        ));
    }
    let Some(code) = &arrival.code else {
        let word = arrival.error.as_deref().unwrap_or("no code");
        return Err(Trouble::Refused(format!(
            "it sent the browser back with {word:?}"
        )));
    };
    let us = Us {
        issuer: &provider.issuer,
        client_id: &provider.client_id,
        secret,
    };
    let back = Back {
        code,
        redirect: &attempt.redirect,
        nonce: &attempt.nonce,
        verifier: &attempt.verifier,
    };
    Ok(oidc::finish(&app.network, us, back, app.now()).await?)
}

/// Begins the session of who was vouched for; its token.
async fn enter(
    app: &App,
    visitor: &Visitor,
    provider: &Provider,
    attempt: &Attempt,
    vouched: Vouched,
) -> Result<String, Trouble> {
    let email = vouched.email.as_deref().map(users::normal_email);
    let email = email.filter(|email| vouched.verified && check_email("", email).is_ok());
    let email = email.ok_or(Trouble::Unverified)?;
    let now = app.now();
    // The customer's own transaction: nobody else's people are seen in it.
    let tx = app.store.write(Whose::Tenant(provider.tenant_id)).await?;
    let once = secrets::hash(&attempt.state);
    match idempotency::take(&tx, PURPOSE, &once, "", now).await {
        Ok(Known::New) => {}
        Ok(Known::UnderWay | Known::Answered(..) | Known::Other) | Err(Error::Taken) => {
            return Err(Trouble::Late);
        }
        Err(why) => return Err(why.into()),
    }
    let user = person(&tx, visitor, provider, &vouched, &email, now).await?;
    if user.disabled {
        return Err(Trouble::Stranger("they are turned off"));
    }
    let trusted = provider.second_factor && vouched.second_factor;
    let pending = user.totp_confirmed && !trusted;
    let lasts = if pending { CODE_MS } else { IDLE_MS };
    let from = origin(visitor.peer, &visitor.headers);
    let (_, token) = sessions::begin(&tx, &user, from, pending, (now, lasts)).await?;
    if !pending {
        let how = json!({ "by": provider.issuer });
        entered(&tx, &user, &actor(visitor, Some(&user)), how, now).await?;
    }
    tx.commit().await?;
    Ok(token)
}

/// The person whom the provider means: bound, found by their address, or made.
async fn person(
    tx: &Tx,
    visitor: &Visitor,
    provider: &Provider,
    vouched: &Vouched,
    email: &str,
    now_ms: i64,
) -> Result<User, Trouble> {
    let subject = format!("{} {}", provider.issuer, vouched.subject);
    if let Some(user) = users::by_subject(tx, &subject).await? {
        return Ok(user);
    }
    // It vouches for its own addresses and for no others.
    let name = email.rsplit_once('@').and_then(|(_, name)| domain(name));
    let own = providers::domains(tx, provider.tenant_id).await?;
    if !own
        .iter()
        .any(|own| own.confirmed.is_some() && own.confirmed == name)
    {
        return Err(Trouble::Stranger("their address is of no confirmed domain"));
    }
    let user = match users::by_email(tx, email).await? {
        Some(user) if user.oidc_subject.is_some() => return Err(Trouble::Changed),
        Some(user) if user.disabled => return Ok(user),
        Some(user) => user,
        None => made(tx, visitor, provider, vouched, email, now_ms).await?,
    };
    let bound = users::note(tx, user.id, |user| user.oidc_subject = Some(subject.clone())).await?;
    let change = json!({ "email": email, "subject": subject });
    let object = bound.id.to_string();
    let actor = actor(visitor, Some(&bound));
    audit::note(
        tx,
        provider.tenant_id,
        &actor,
        "user.bound",
        &object,
        change,
        now_ms,
    )
    .await?;
    Ok(bound)
}

async fn made(
    tx: &Tx,
    visitor: &Visitor,
    provider: &Provider,
    vouched: &Vouched,
    email: &str,
    now_ms: i64,
) -> Result<User, Trouble> {
    let role = provider.role.as_deref().and_then(Role::named);
    let role = role.ok_or(Trouble::Stranger("they are not known, and nobody is made"))?;
    let name = vouched.name.as_deref().unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|letter| !letter.is_control())
        .take(100)
        .collect();
    let fallback = email.split('@').next().unwrap_or(email);
    let new = NewUser {
        email: email.to_owned(),
        name: match name.trim() {
            "" => fallback.chars().take(100).collect(),
            name => name.to_owned(),
        },
        role,
        password_hash: None,
        language: language(vouched, &visitor.headers).to_owned(),
    };
    let user = users::add(tx, provider.tenant_id, new, now_ms).await;
    let user = user.map_err(|why| match why {
        // Of another customer, whose people are not this provider's to vouch for.
        Error::Taken => Trouble::Stranger("the address is taken"),
        why => why.into(),
    })?;
    let change = json!({ "email": user.email, "role": user.role, "by": provider.issuer });
    let object = user.id.to_string();
    let actor = actor(visitor, Some(&user));
    audit::note(
        tx,
        provider.tenant_id,
        &actor,
        "user.added",
        &object,
        change,
        now_ms,
    )
    .await?;
    Ok(user)
}

/// What they speak: the provider knows, or the browser.
fn language(vouched: &Vouched, headers: &HeaderMap) -> &'static str {
    let asked = headers.get(header::ACCEPT_LANGUAGE);
    let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let words = vouched.locale.as_deref().unwrap_or(asked).to_lowercase();
    if words.starts_with("ru") { "ru" } else { "en" }
}

fn actor(visitor: &Visitor, user: Option<&User>) -> Actor {
    Actor {
        id: user.map_or_else(|| "organisation".to_owned(), |user| format!("user:{}", user.id)),
        name: user.map_or_else(String::new, |user| user.name.clone()),
        address: visitor.peer.ip().to_string(),
        request: visitor.request.clone(),
    }
}

/// Writes a refusal into the customer's log: whoever set the provider up reads there what is wrong with it.
async fn refused(app: &App, visitor: &Visitor, provider: &Provider, trouble: Trouble) -> Trouble {
    let change: Value = json!({ "by": provider.issuer, "trouble": trouble.word(), "why": trouble.why() });
    let noted = async {
        let tx = app.store.write(Whose::Tenant(provider.tenant_id)).await?;
        let actor = actor(visitor, None);
        audit::note(
            &tx,
            provider.tenant_id,
            &actor,
            "login.failed",
            "session",
            change,
            app.now(),
        )
        .await?;
        tx.commit().await
    };
    // The person is told all the same.
    match noted.await {
        Ok(()) => trouble,
        Err(why) => match trouble {
            Trouble::Away(_) => trouble,
            _ => why.into(),
        },
    }
}

fn attempt_cookie(app: &App, value: &str, seconds: i64) -> HeaderValue {
    let secure = if app.secure { "; Secure" } else { "" };
    let text =
        format!("{COOKIE}={value}; Max-Age={seconds}; Path={COOKIE_PATH}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_is_gone_back_to() {
        for ours in ["/", "/calls?period=week", "/calls/c0#t=3"] {
            assert!(is_ours(ours), "{ours}");
        }
        let long = format!("/{}", "a".repeat(PAGE_MAX));
        for other in [
            "",
            "calls",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/ё",
            long.as_str(),
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn the_way_back_is_the_browsers_own_origin() {
        let of = |origin: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            callback(&headers).ok()
        };
        let wanted = format!("https://cpd.example:8443{CALLBACK}");
        assert_eq!(of("https://cpd.example:8443"), Some(wanted));
        for wrong in [
            "null",
            "cpd.example",
            "https://cpd.example/x",
            "file://",
            "https://a@cpd.example",
            "",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
        assert_eq!(callback(&HeaderMap::new()).ok(), None);
    }
}
