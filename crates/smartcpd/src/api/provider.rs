//! Who vouches for a customer's people, or for the service's own: one identity provider (OpenID Connect) each.
//!
//! A domain counts once the service's staff have confirmed it: otherwise a customer could have another company's people sent
//! to a provider of its own. What staff set themselves is confirmed by that.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use cpd_store::providers::{self, Domain, Provider, Written};
use cpd_store::users::{self, Role};
use cpd_store::{Error, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::Body;
use super::objects::wish;
use super::permission::Permission;
use super::problem::{Kind, Problem};
use super::schema::RoleName;
use super::version::{IfMatch, etag};
use crate::oidc::{self, Discovered};
use crate::webhooks::address;

/// The most domains of one customer.
const DOMAINS_MAX: usize = 50;
/// The longest client id or secret, bytes.
const CLIENT_MAX: usize = 1_000;
/// The path that browsers come back to; the provider has to know it.
pub(crate) const CALLBACK: &str = "/api/v1/session/organisation/callback";

/// An identity provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdentityProvider {
    /// What it calls itself: an address.
    issuer: String,
    /// What it calls us. The secret is told to nobody.
    client_id: String,
    /// Whose addresses it vouches for.
    domains: Vec<IdentityDomain>,
    /// The role of who comes for the first time; none: only known people get in.
    #[schema(value_type = Option<RoleName>)]
    role: Option<String>,
    /// Passwords will do, too.
    passwords: bool,
    /// It asks for a second factor itself: who it says that of (`amr` has `mfa`) is not asked for our code.
    second_factor: bool,
    /// What the provider said of itself when it was set.
    found: Found,
    checked_ms: i64,
    created_ms: i64,
    version: i32,
}

/// A domain of e-mail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdentityDomain {
    name: String,
    /// The service's staff said that it is this customer's; until then it counts for nothing.
    confirmed: bool,
}

/// What a provider says of itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderFound)]
pub(crate) struct Found {
    /// Where people are sent.
    authorization_endpoint: String,
    /// How it signs, of what we believe.
    algorithms: Vec<&'static str>,
    /// The path on this server that it has to send people back to.
    callback: &'static str,
}

impl From<&Discovered> for Found {
    fn from(discovered: &Discovered) -> Found {
        Found {
            authorization_endpoint: discovered.authorization(),
            algorithms: discovered.algorithms(),
            callback: CALLBACK,
        }
    }
}

fn told(provider: Provider, domains: Vec<Domain>) -> Result<IdentityProvider, Problem> {
    let fault = |why| Problem::new(Kind::Fault, why);
    let discovered = Discovered::of(&provider.discovered).map_err(fault)?;
    let domains = domains.into_iter().map(|domain| IdentityDomain {
        confirmed: domain.confirmed.is_some(),
        name: domain.name,
    });
    Ok(IdentityProvider {
        found: Found::from(&discovered),
        issuer: provider.issuer,
        client_id: provider.client_id,
        domains: domains.collect(),
        role: provider.role,
        passwords: provider.passwords,
        second_factor: provider.second_factor,
        checked_ms: provider.checked_ms,
        created_ms: provider.created_ms,
        version: provider.version,
    })
}

type Tag = [(HeaderName, HeaderValue); 1];

/// The identity provider
#[utoipa::path(get, path = "/identity-provider", operation_id = "identity_provider_find", tag = "identity-provider", responses((status = 200, body = IdentityProvider), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<(Tag, Json<IdentityProvider>), Problem> {
    caller.may(Permission::UsersRead)?;
    let tx = caller.read_own(&app).await?;
    let provider = providers::find(&tx, caller.tenant).await?;
    let domains = providers::domains(&tx, caller.tenant).await?;
    Ok((etag(provider.version), Json(told(provider, domains)?)))
}

/// Where a provider is.
#[derive(Deserialize, ToSchema)]
#[schema(as = IdentityProviderWhere)]
#[serde(deny_unknown_fields)]
pub(crate) struct Where {
    /// `https://…`, as its discovery document has it.
    issuer: String,
}

/// Asks a provider what it says of itself, without keeping it
#[utoipa::path(post, path = "/identity-provider/check", operation_id = "identity_provider_check", tag = "identity-provider", request_body = Where, responses((status = 200, body = Found), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(Where { issuer }): Body<Where>,
) -> Result<Json<Found>, Problem> {
    caller.may(Permission::UsersWrite)?;
    let discovered = discover(&app, &issuer).await?;
    Ok(Json(Found::from(&discovered)))
}

async fn discover(app: &App, issuer: &str) -> Result<Discovered, Problem> {
    let found = oidc::discover(&app.network, issuer).await;
    found.map_err(|why| Problem::wrong("/issuer", format!("the provider cannot be used: {why}")))
}

/// What is set.
#[derive(Deserialize, ToSchema)]
#[schema(as = IdentityProviderNew)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    /// `https://…`, as its discovery document has it.
    issuer: String,
    client_id: String,
    /// Left out where it stays as it is.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// `acme.example`
    domains: Vec<String>,
    #[schema(value_type = Option<RoleName>)]
    role: Option<String>,
    passwords: bool,
    second_factor: bool,
}

/// Sets the identity provider, once it answered
#[utoipa::path(put, path = "/identity-provider", operation_id = "identity_provider_set", tag = "identity-provider",
    params(("If-Match" = Option<String>, Header, description = "the version it was read at"), ("If-None-Match" = Option<String>, Header, description = "* to make a new one")),
    request_body = New, responses((status = 200, body = IdentityProvider), (status = 201, body = IdentityProvider), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Body(new): Body<New>,
) -> Result<(StatusCode, Tag, Json<IdentityProvider>), Problem> {
    caller.may(Permission::UsersWrite)?;
    let version = wish(&headers)?;
    let role = match &new.role {
        Some(word) => Some(super::users::role("/role", word, &caller)?),
        None => None,
    };
    let names = new.check(&app, version.is_none())?;
    let tx = caller.read_own(&app).await?;
    let (old, had) = kept(&tx, &caller).await?;
    drop(tx);
    if version.is_none() && old.is_some() {
        let detail = "there is one already; read it, and change it with If-Match";
        return Err(Problem::new(Kind::Conflict, detail));
    }
    let moved = old.as_ref().is_some_and(|old| old.issuer != new.issuer);
    let discovered = match (discover(&app, &new.issuer).await, old) {
        (Ok(discovered), _) => Some(discovered.keep()),
        // A provider that is away must not keep anybody from letting passwords in again.
        (Err(_), Some(_)) if !moved && version.is_some() => None,
        (Err(why), _) => return Err(why),
    };
    let staff = caller.is_allowed(Permission::TenantsWrite);
    let confirmed = |name: &str| staff || had.iter().any(|own| own.confirmed.as_deref() == Some(name));
    let domains: Vec<_> = names
        .into_iter()
        .map(|name| {
            let confirmed = confirmed(&name);
            (name, confirmed)
        })
        .collect();
    if !new.passwords && !domains.iter().any(|(_, confirmed)| *confirmed) {
        let detail =
            "nobody could log in: let passwords in until the service's staff have confirmed a domain";
        return Err(Problem::wrong("/passwords", detail));
    }
    let change = json!({
        "issuer": new.issuer, "client_id": new.client_id, "client_secret": new.client_secret.as_ref().map(|_| "changed"),
        "domains": domains.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "confirmed": domains.iter().filter(|(_, confirmed)| *confirmed).map(|(name, _)| name).collect::<Vec<_>>(),
        "role": new.role, "passwords": new.passwords, "second_factor": new.second_factor,
    });
    let written = Written {
        issuer: new.issuer,
        client_id: new.client_id,
        client_secret: new.client_secret,
        discovered,
        role,
        passwords: new.passwords,
        second_factor: new.second_factor,
        domains,
    };
    let tx = caller.write(&app).await?;
    let provider = providers::set(&tx, version, written, app.now()).await;
    let provider = provider.map_err(|why| match why {
        Error::Taken => {
            let detail = "one of the domains is confirmed for another customer; take it away there first";
            Problem::wrong("/domains", detail)
        }
        why => why.into(),
    })?;
    if moved {
        // Another provider calls people by other names: they are found by their addresses once more.
        users::unbind_all(&tx, caller.tenant).await?;
    }
    caller
        .note(&app, &tx, "identity_provider.set", &provider.issuer, change)
        .await?;
    let domains = providers::domains(&tx, caller.tenant).await?;
    tx.commit().await?;
    let status = match version {
        None => StatusCode::CREATED,
        Some(_) => StatusCode::OK,
    };
    Ok((status, etag(provider.version), Json(told(provider, domains)?)))
}

async fn kept(tx: &Tx, caller: &Caller) -> Result<(Option<Provider>, Vec<Domain>), Problem> {
    match providers::find(tx, caller.tenant).await {
        Ok(provider) => Ok((Some(provider), providers::domains(tx, caller.tenant).await?)),
        Err(Error::Missing) => Ok((None, Vec::new())),
        Err(why) => Err(why.into()),
    }
}

impl New {
    /// Refuses what cannot be; the domains as they are kept.
    fn check(&self, app: &App, fresh: bool) -> Result<Vec<String>, Problem> {
        address::read(&self.issuer, app.network.private).map_err(|why| Problem::wrong("/issuer", why))?;
        let wanted =
            |pointer: &str, text: &str, what: &str| match text.trim().is_empty() || text.len() > CLIENT_MAX {
                true => Err(Problem::wrong(pointer, what)),
                false => Ok(()),
            };
        wanted(
            "/client_id",
            &self.client_id,
            "write what the provider calls this service",
        )?;
        match &self.client_secret {
            Some(secret) => wanted(
                "/client_secret",
                secret,
                "write the secret that the provider gave out",
            )?,
            None if fresh => wanted(
                "/client_secret",
                "",
                "write the secret that the provider gave out",
            )?,
            None => {}
        }
        let mut names = Vec::new();
        for (at, text) in self.domains.iter().enumerate() {
            let name = domain(text).ok_or_else(|| {
                let detail = format!("{text:?} is no domain of e-mail; write acme.example");
                Problem::wrong(&format!("/domains/{at}"), detail)
            })?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        match names.len() {
            0 => Err(Problem::wrong(
                "/domains",
                "write whose addresses it vouches for: acme.example",
            )),
            1..=DOMAINS_MAX => Ok(names),
            _ => Err(Problem::wrong(
                "/domains",
                format!("there are at most {DOMAINS_MAX}"),
            )),
        }
    }
}

/// A domain as it is compared: in lower case, and as DNS has it (`xn--…`).
pub(crate) fn domain(text: &str) -> Option<String> {
    match url::Host::parse(text.trim().trim_start_matches('@')) {
        Ok(url::Host::Domain(name)) if name.contains('.') && !name.ends_with('.') => Some(name),
        Ok(_) | Err(_) => None,
    }
}

/// Takes the identity provider away: passwords are what is left
#[utoipa::path(delete, path = "/identity-provider", operation_id = "identity_provider_remove", tag = "identity-provider", params(("If-Match" = String, Header)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::UsersWrite)?;
    let tx = caller.write(&app).await?;
    let provider = providers::remove(&tx, version).await?;
    users::unbind_all(&tx, caller.tenant).await?;
    let change = json!({ "issuer": provider.issuer });
    caller
        .note(&app, &tx, "identity_provider.removed", &provider.issuer, change)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses a password where a customer's people log in with their organisation. The service's operators may always use theirs:
/// somebody has to mend what is wrong with a provider.
pub(crate) async fn refuse_password(tx: &Tx, user: &users::User) -> Result<(), Problem> {
    if Role::named(&user.role) == Some(Role::Operator) {
        return Ok(());
    }
    match providers::find(tx, user.tenant_id).await {
        Ok(provider) if !provider.passwords => {
            let detail = "passwords are turned off here; sign in with your organisation";
            Err(Problem::new(Kind::OrganisationWanted, detail))
        }
        Ok(_) | Err(Error::Missing) => Ok(()),
        Err(why) => Err(why.into()),
    }
}
