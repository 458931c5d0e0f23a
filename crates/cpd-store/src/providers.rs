//! Identity providers: who vouches for a tenant's people, and for addresses of which domains.
//!
//! A tenant has one. Several may name a domain; it counts for the one for whom the service's staff confirmed it.

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;

pub use crate::entity::identity_domains::Model as Domain;
pub use crate::entity::identity_providers::Model as Provider;
use crate::entity::{identity_domains, identity_providers};
use crate::error::Error;
use crate::store::Tx;
use crate::users::Role;

/// What is set of a provider.
#[derive(Clone, Debug)]
pub struct Written {
    /// What it calls itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What we prove it with, in clear; none: as before.
    pub client_secret: Option<String>,
    /// What its discovery document said; none: it was not read again.
    pub discovered: Option<Value>,
    /// What somebody may do who comes for the first time.
    pub role: Option<Role>,
    /// Passwords will do, too.
    pub passwords: bool,
    /// It asks for a second factor itself.
    pub second_factor: bool,
    /// Domains, and whether each is confirmed.
    pub domains: Vec<(String, bool)>,
}

fn purpose(tenant: Uuid) -> String {
    format!("identity provider {tenant}")
}

fn refuse_others(tx: &Tx, tenant: Uuid) -> Result<(), Error> {
    match tx.sees_all() || tenant == tx.tenant() {
        true => Ok(()),
        false => Err(Error::Missing),
    }
}

/// A tenant's.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, tenant: Uuid) -> Result<Provider, Error> {
    refuse_others(tx, tenant)?;
    let found = identity_providers::Entity::find_by_id(tenant);
    found.one(&tx.db).await?.ok_or(Error::Missing)
}

/// The one that vouches for a domain; login asks for the service, as it does not know the tenant yet.
///
/// # Errors
///
/// The database's.
pub async fn of_domain(tx: &Tx, domain: &str) -> Result<Option<Provider>, Error> {
    use identity_domains::{Column, Entity};
    let mut query = Entity::find().filter(Column::Confirmed.eq(domain));
    if !tx.sees_all() {
        query = query.filter(Column::TenantId.eq(tx.tenant()));
    }
    let Some(domain) = query.one(&tx.db).await? else {
        return Ok(None);
    };
    let found = identity_providers::Entity::find_by_id(domain.tenant_id);
    Ok(found.one(&tx.db).await?)
}

/// A tenant's domains by name.
///
/// # Errors
///
/// The database's.
pub async fn domains(tx: &Tx, tenant: Uuid) -> Result<Vec<Domain>, Error> {
    use identity_domains::{Column, Entity};
    refuse_others(tx, tenant)?;
    let query = Entity::find().filter(Column::TenantId.eq(tenant));
    Ok(query.order_by_asc(Column::Name).all(&tx.db).await?)
}

/// What we prove ourselves with, in clear.
///
/// # Errors
///
/// It was sealed with another key.
pub fn secret(tx: &Tx, provider: &Provider) -> Result<String, Error> {
    let plain = tx
        .sealer()
        .open(&purpose(provider.tenant_id), &provider.client_secret)?;
    String::from_utf8(plain).map_err(|_| Error::Failed("read a client secret: it is no text".to_owned()))
}

/// Sets the tenant's provider: a new one, or one that was read at `version`.
///
/// # Errors
///
/// [`Error::Taken`]: there is one already, or a domain is confirmed for another tenant. [`Error::Stale`], [`Error::Missing`].
pub async fn set(tx: &Tx, version: Option<i32>, new: Written, now_ms: i64) -> Result<Provider, Error> {
    let tenant = tx.tenant();
    let sealed = match &new.client_secret {
        Some(secret) => Some(tx.sealer().seal(&purpose(tenant), secret.as_bytes())?),
        None => None,
    };
    let role = new.role.map(|role| role.as_str().to_owned());
    let provider = match version {
        None => {
            let row = identity_providers::ActiveModel {
                tenant_id: Set(tenant),
                issuer: Set(new.issuer),
                client_id: Set(new.client_id),
                client_secret: Set(sealed.unwrap_or_default()),
                discovered: Set(new.discovered.unwrap_or_default()),
                role: Set(role),
                passwords: Set(new.passwords),
                second_factor: Set(new.second_factor),
                checked_ms: Set(now_ms),
                created_ms: Set(now_ms),
                version: Set(1),
            };
            row.insert(&tx.db).await?
        }
        Some(version) => {
            let mut row = locked(tx, tenant, version).await?;
            row.issuer = new.issuer;
            row.client_id = new.client_id;
            row.client_secret = sealed.unwrap_or(row.client_secret);
            if let Some(discovered) = new.discovered {
                row.discovered = discovered;
                row.checked_ms = now_ms;
            }
            row.role = role;
            row.passwords = new.passwords;
            row.second_factor = new.second_factor;
            row.version += 1;
            row.into_active_model().reset_all().update(&tx.db).await?
        }
    };
    forget_domains(tx, tenant).await?;
    for (name, confirmed) in new.domains {
        let row = identity_domains::ActiveModel {
            tenant_id: Set(tenant),
            confirmed: Set(confirmed.then(|| name.clone())),
            name: Set(name),
        };
        row.insert(&tx.db).await?;
    }
    Ok(provider)
}

/// Takes the tenant's provider away, with its domains.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`].
pub async fn remove(tx: &Tx, version: i32) -> Result<Provider, Error> {
    let provider = locked(tx, tx.tenant(), version).await?;
    forget_domains(tx, provider.tenant_id).await?;
    identity_providers::Entity::delete_by_id(provider.tenant_id)
        .exec(&tx.db)
        .await?;
    Ok(provider)
}

/// One to be changed: who wants to change it at the same time waits for this transaction.
async fn locked(tx: &Tx, tenant: Uuid, version: i32) -> Result<Provider, Error> {
    let query = identity_providers::Entity::find_by_id(tenant).lock_exclusive();
    let provider = query.one(&tx.db).await?.ok_or(Error::Missing)?;
    match provider.version == version {
        true => Ok(provider),
        false => Err(Error::Stale(provider.version)),
    }
}

async fn forget_domains(tx: &Tx, tenant: Uuid) -> Result<(), Error> {
    identity_domains::Entity::delete_many()
        .filter(identity_domains::Column::TenantId.eq(tenant))
        .exec(&tx.db)
        .await?;
    Ok(())
}
