//! Mass incidents.

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

pub use crate::entity::desk_masses::Model as Mass;
use crate::entity::desk_masses::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::{SERVICE, Tx};

/// Mass incidents told at once.
const LIST_MAX: u64 = 500;

fn of(tx: &Tx) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(match tx.sees_all() {
        true => SERVICE,
        false => tx.tenant(),
    }))
}

/// Opens one.
///
/// # Errors
///
/// The database's.
pub async fn add(
    tx: &Tx,
    topic: String,
    component: String,
    text: String,
    by: &str,
    now_ms: i64,
) -> Result<Mass, Error> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tx.tenant()),
        topic: Set(topic),
        component: Set(component),
        text: Set(text),
        state: Set("open".to_owned()),
        solution: Set(String::new()),
        by: Set(by.to_owned()),
        version: Set(1),
        created_ms: Set(now_ms),
        ended_ms: Set(None),
    };
    Ok(row.insert(&tx.db).await?)
}

/// The newest.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx) -> Result<Vec<Mass>, Error> {
    let query = of(tx).order_by_desc(Column::CreatedMs).limit(LIST_MAX);
    Ok(query.all(&tx.db).await?)
}

/// One of them.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Mass, Error> {
    let query = of(tx).filter(Column::Id.eq(id));
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// One to be changed: who wants to change it at the same time waits for this transaction.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn hold(tx: &Tx, id: Uuid) -> Result<Mass, Error> {
    let query = of(tx).filter(Column::Id.eq(id)).lock_exclusive();
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// Keeps a changed one.
///
/// # Errors
///
/// The database's.
pub async fn keep(tx: &Tx, mut mass: Mass) -> Result<Mass, Error> {
    mass.version += 1;
    Ok(mass.into_active_model().reset_all().update(&tx.db).await?)
}
