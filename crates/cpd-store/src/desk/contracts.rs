//! Contracts of customers.

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::Value;
use uuid::Uuid;

pub use crate::entity::desk_contracts::Model as Contract;
use crate::entity::desk_contracts::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// What a contract says.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// What both sides call it.
    pub number: String,
    /// From when on it is in force.
    pub from_ms: i64,
    /// Until when.
    pub until_ms: Option<i64>,
    /// Calendar, promises, who sees what.
    pub terms: Value,
}

fn of(tx: &Tx) -> Select<Entity> {
    match tx.sees_all() {
        true => Entity::find(),
        false => Entity::find().filter(Column::TenantId.eq(tx.tenant())),
    }
}

/// Writes one down for the transaction's tenant.
///
/// # Errors
///
/// The database's.
pub async fn add(tx: &Tx, tenant: Uuid, said: Said, now_ms: i64) -> Result<Contract, Error> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tenant),
        number: Set(said.number),
        from_ms: Set(said.from_ms),
        until_ms: Set(said.until_ms),
        terms: Set(said.terms),
        version: Set(1),
        created_ms: Set(now_ms),
    };
    Ok(row.insert(&tx.db).await?)
}

/// A customer's contracts, the newest first.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, tenant: Uuid) -> Result<Vec<Contract>, Error> {
    let query = of(tx).filter(Column::TenantId.eq(tenant));
    Ok(query
        .order_by_desc(Column::FromMs)
        .order_by_desc(Column::Id)
        .all(&tx.db)
        .await?)
}

/// The one that counts at a time: the newest in force, or else the newest that began.
///
/// # Errors
///
/// The database's.
pub async fn at(tx: &Tx, tenant: Uuid, at_ms: i64) -> Result<Option<Contract>, Error> {
    let begun: Vec<Contract> = list(tx, tenant)
        .await?
        .into_iter()
        .filter(|contract| contract.from_ms <= at_ms)
        .collect();
    let in_force = begun
        .iter()
        .position(|contract| contract.until_ms.is_none_or(|until| at_ms < until));
    Ok(begun.into_iter().nth(in_force.unwrap_or(0)))
}

/// Changes one that was read at `version`.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`].
pub async fn change(tx: &Tx, id: Uuid, version: i32, said: Said) -> Result<Contract, Error> {
    let query = of(tx).filter(Column::Id.eq(id)).lock_exclusive();
    let mut contract = query.one(&tx.db).await?.ok_or(Error::Missing)?;
    if contract.version != version {
        return Err(Error::Stale(contract.version));
    }
    contract.number = said.number;
    contract.from_ms = said.from_ms;
    contract.until_ms = said.until_ms;
    contract.terms = said.terms;
    contract.version += 1;
    Ok(contract.into_active_model().reset_all().update(&tx.db).await?)
}
