//! How long things are kept.

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

pub use crate::entity::retention::Model as Rule;
use crate::entity::retention::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// What is kept for a time.
pub const KINDS: [&str; 4] = ["calls", "recordings", "audit", "deliveries"];

/// A tenant's rules; for the service, everybody's.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx) -> Result<Vec<Rule>, Error> {
    let mut query = Entity::find();
    if !tx.sees_all() {
        query = query.filter(Column::TenantId.eq(tx.tenant()));
    }
    Ok(query
        .order_by_asc(Column::What)
        .order_by_asc(Column::Class)
        .all(&tx.db)
        .await?)
}

/// Puts these rules in the place of the tenant's: what, class, days.
///
/// # Errors
///
/// [`Error::Taken`]: two are for the same.
pub async fn set(tx: &Tx, rules: Vec<(String, String, i32)>) -> Result<Vec<Rule>, Error> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(tx.tenant()))
        .exec(&tx.db)
        .await?;
    let rows: Vec<_> = rules
        .into_iter()
        .map(|(what, class, days)| ActiveModel {
            id: Set(Uuid::now_v7()),
            tenant_id: Set(tx.tenant()),
            what: Set(what),
            class: Set(class),
            days: Set(days),
        })
        .collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(&tx.db).await?;
    }
    list(tx).await
}
