//! Views of the list of calls that people saved.

use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

pub use crate::entity::views::Model as View;
use crate::entity::views::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// Views that a person sees: their own and those that are shared.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, user: Uuid) -> Result<Vec<View>, Error> {
    let query = Entity::find()
        .filter(Column::TenantId.eq(tx.tenant()))
        .filter(Column::UserId.eq(user).or(Column::Shared.eq(true)));
    use sea_orm::sea_query::ExprTrait;
    Ok(query.order_by_asc(Column::Name).all(&tx.db).await?)
}

/// Saves one.
///
/// # Errors
///
/// The database's.
pub async fn add(
    tx: &Tx,
    user: Uuid,
    name: String,
    query: String,
    shared: bool,
    now_ms: i64,
) -> Result<View, Error> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tx.tenant()),
        user_id: Set(user),
        name: Set(name),
        query: Set(query),
        shared: Set(shared),
        created_ms: Set(now_ms),
    };
    Ok(row.insert(&tx.db).await?)
}

/// Takes one's own away.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn remove(tx: &Tx, user: Uuid, id: Uuid) -> Result<(), Error> {
    let done = Entity::delete_many()
        .filter(Column::TenantId.eq(tx.tenant()))
        .filter(Column::UserId.eq(user))
        .filter(Column::Id.eq(id))
        .exec(&tx.db)
        .await?;
    if done.rows_affected == 0 {
        return Err(Error::Missing);
    }
    Ok(())
}
