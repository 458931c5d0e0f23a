//! Customers.

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

pub use crate::entity::tenants::Model as Tenant;
use crate::entity::tenants::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::objects::{REVISION, count_up};
use crate::store::Tx;

/// A new customer.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// Lower-case letters, digits, `-`; unique.
    pub slug: String,
    /// What it is called.
    pub name: String,
}

/// Adds a customer, which nodes see at their next look.
///
/// # Errors
///
/// [`Error::Taken`]: another has the slug.
pub async fn add(tx: &Tx, id: Uuid, new: NewTenant, now_ms: i64) -> Result<Tenant, Error> {
    let row = ActiveModel {
        id: Set(id),
        slug: Set(new.slug),
        name: Set(new.name),
        active: Set(true),
        settings: Set(serde_json::json!({})),
        created_ms: Set(now_ms),
        version: Set(1),
    };
    let tenant = row.insert(&tx.db).await?;
    count_up(tx, REVISION).await?;
    Ok(tenant)
}

/// All that the transaction may see: one's own, or everybody's.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx) -> Result<Vec<Tenant>, Error> {
    let mut query = Entity::find().order_by_asc(Column::Slug);
    if !tx.sees_all() {
        query = query.filter(Column::Id.eq(tx.tenant()));
    }
    Ok(query.all(&tx.db).await?)
}

/// One of them.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Tenant, Error> {
    if !tx.sees_all() && id != tx.tenant() {
        return Err(Error::Missing);
    }
    Entity::find_by_id(id).one(&tx.db).await?.ok_or(Error::Missing)
}

/// Changes one that was read at `version`. Nodes see it at their next look: calls of one that is paused are taken no more.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`].
pub async fn change(
    tx: &Tx,
    id: Uuid,
    version: i32,
    change: impl FnOnce(&mut Tenant),
) -> Result<Tenant, Error> {
    find(tx, id).await?;
    // Locked: who changes it at the same time waits, and is then told that it was changed.
    let tenant = Entity::find_by_id(id).lock_exclusive().one(&tx.db).await?;
    let mut tenant = tenant.ok_or(Error::Missing)?;
    if tenant.version != version {
        return Err(Error::Stale(tenant.version));
    }
    change(&mut tenant);
    tenant.version += 1;
    let tenant = tenant.into_active_model().reset_all().update(&tx.db).await?;
    count_up(tx, REVISION).await?;
    Ok(tenant)
}
