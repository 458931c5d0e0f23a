//! What the desk sends: written in the transaction that causes it, sent later, with a state that is seen.

use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

pub use crate::entity::desk_outgoing::Model as Outgoing;
use crate::entity::desk_outgoing::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

fn of(tx: &Tx) -> Select<Entity> {
    match tx.sees_all() {
        true => Entity::find(),
        false => Entity::find().filter(Column::TenantId.eq(tx.tenant())),
    }
}

/// Wants something sent.
///
/// # Errors
///
/// The database's.
pub async fn push(tx: &Tx, outgoing: Outgoing) -> Result<(), Error> {
    Entity::insert(outgoing.into_active_model().reset_all())
        .exec_without_returning(&tx.db)
        .await?;
    Ok(())
}

/// Takes what is to be sent by a door now, and lets nobody else take it until `until_ms`.
///
/// # Errors
///
/// The database's.
pub async fn take(
    tx: &Tx,
    door: &str,
    (now_ms, until_ms): (i64, i64),
    limit: u64,
) -> Result<Vec<Outgoing>, Error> {
    let mut query = of(tx)
        .filter(Column::Door.eq(door))
        .filter(Column::State.eq("waiting"))
        .filter(Column::NextMs.lte(now_ms))
        .order_by_asc(Column::NextMs)
        .limit(limit);
    if tx.is_postgres() {
        query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let mut taken = query.all(&tx.db).await?;
    for one in &mut taken {
        one.next_ms = until_ms;
        one.attempts += 1;
        let row = ActiveModel {
            id: sea_orm::ActiveValue::Set(one.id),
            next_ms: sea_orm::ActiveValue::Set(one.next_ms),
            attempts: sea_orm::ActiveValue::Set(one.attempts),
            ..Default::default()
        };
        row.update(&tx.db).await?;
    }
    Ok(taken)
}

/// Notes how it went.
///
/// # Errors
///
/// The database's.
pub async fn settle(tx: &Tx, outgoing: Outgoing) -> Result<(), Error> {
    outgoing.into_active_model().reset_all().update(&tx.db).await?;
    Ok(())
}

/// What went out for a request, the first first.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, request: Uuid) -> Result<Vec<Outgoing>, Error> {
    let query = of(tx).filter(Column::RequestId.eq(request));
    Ok(query.order_by_asc(Column::CreatedMs).all(&tx.db).await?)
}

/// What carried a message.
///
/// # Errors
///
/// The database's.
pub async fn of_message(tx: &Tx, message: Uuid) -> Result<Vec<Outgoing>, Error> {
    Ok(of(tx).filter(Column::MessageId.eq(message)).all(&tx.db).await?)
}
