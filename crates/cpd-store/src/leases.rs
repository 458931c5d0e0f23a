//! Who does what only one node may do.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::entity::leases::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// Takes or keeps a lease; `false`: another node has it.
///
/// # Errors
///
/// The database's.
pub async fn hold(tx: &Tx, name: &str, holder: &str, (now_ms, until_ms): (i64, i64)) -> Result<bool, Error> {
    let row = ActiveModel {
        name: Set(name.to_owned()),
        holder: Set(holder.to_owned()),
        until_ms: Set(until_ms),
    };
    let old = |column| Expr::col((Entity, column));
    let conflict = OnConflict::column(Column::Name)
        .update_columns([Column::Holder, Column::UntilMs])
        .action_and_where(old(Column::Holder).eq(holder).or(old(Column::UntilMs).lt(now_ms)))
        .to_owned();
    let written = Entity::insert(row)
        .on_conflict(conflict)
        .exec_without_returning(&tx.db)
        .await?;
    Ok(written > 0)
}
