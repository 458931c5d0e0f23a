//! Where recordings of calls are. The audio itself lies on the disk of the node that carried the call.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

pub use crate::entity::recordings::Model as Recording;
use crate::entity::recordings::{Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// Rows of one INSERT.
const ROWS_MAX: usize = 1_000;

/// Writes where recordings are; what is there already stays.
///
/// # Errors
///
/// The database's.
pub async fn write(tx: &Tx, recordings: &[Recording]) -> Result<(), Error> {
    for part in recordings.chunks(ROWS_MAX) {
        let rows = part
            .iter()
            .cloned()
            .map(|one| one.into_active_model().reset_all());
        Entity::insert_many(rows)
            .on_conflict_do_nothing_on([Column::CallId])
            .exec_without_returning(&tx.db)
            .await?;
    }
    Ok(())
}

/// A call's recording.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn of_call(tx: &Tx, call: Uuid) -> Result<Recording, Error> {
    let mut query = Entity::find_by_id(call);
    if !tx.sees_all() {
        query = query.filter(Column::TenantId.eq(tx.tenant()));
    }
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// The newest recordings of a time on one node.
///
/// # Errors
///
/// The database's.
pub async fn between(
    tx: &Tx,
    node: &str,
    (from_ms, until_ms): (i64, i64),
    limit: u64,
) -> Result<Vec<Recording>, Error> {
    let query = Entity::find()
        .filter(Column::TenantId.eq(tx.tenant()))
        .filter(Column::Node.eq(node))
        .filter(Column::BeganMs.gte(from_ms))
        .filter(Column::BeganMs.lt(until_ms));
    Ok(query
        .order_by_desc(Column::BeganMs)
        .limit(limit)
        .all(&tx.db)
        .await?)
}

/// Recordings of a node that are to go, oldest first.
///
/// # Errors
///
/// The database's.
pub async fn expired(tx: &Tx, node: &str, now_ms: i64, limit: u64) -> Result<Vec<Recording>, Error> {
    let query = Entity::find()
        .filter(Column::Node.eq(node))
        .filter(Column::ExpiresMs.lte(now_ms));
    Ok(query
        .order_by_asc(Column::ExpiresMs)
        .limit(limit)
        .all(&tx.db)
        .await?)
}

/// Forgets a recording whose file is gone.
///
/// # Errors
///
/// The database's.
pub async fn forget(tx: &Tx, call: Uuid) -> Result<(), Error> {
    Entity::delete_by_id(call).exec(&tx.db).await?;
    Ok(())
}
