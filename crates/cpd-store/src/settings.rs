//! What the service keeps of itself, by name: the same for all nodes.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::Value;

use crate::entity::settings::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// One of them.
///
/// # Errors
///
/// The database's.
pub async fn get(tx: &Tx, name: &str) -> Result<Option<Value>, Error> {
    let found = Entity::find_by_id(name.to_owned()).one(&tx.db).await?;
    Ok(found.map(|row| row.value))
}

/// Sets one.
///
/// # Errors
///
/// The database's.
pub async fn set(tx: &Tx, name: &str, value: Value) -> Result<(), Error> {
    let row = ActiveModel {
        name: Set(name.to_owned()),
        value: Set(value),
    };
    let conflict = OnConflict::column(Column::Name)
        .update_column(Column::Value)
        .to_owned();
    Entity::insert(row)
        .on_conflict(conflict)
        .exec_without_returning(&tx.db)
        .await?;
    Ok(())
}
