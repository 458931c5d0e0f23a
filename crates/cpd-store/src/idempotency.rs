//! Answers that repeated requests get again (draft-ietf-httpapi-idempotency-key-header).

use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use crate::entity::idempotency::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// Nothing: the request is new, and the key is taken for it.
    New,
    /// The same request was answered so.
    Answered(u16, Value),
    /// The same request is under way.
    UnderWay,
    /// Another request had the key.
    Other,
}

/// Looks a key up, and takes it where it is new.
///
/// # Errors
///
/// The database's; [`Error::Taken`] where another took it in the same moment.
pub async fn take(tx: &Tx, actor: &str, name: &str, request: &str, now_ms: i64) -> Result<Known, Error> {
    let key = (tx.tenant(), actor.to_owned(), name.to_owned());
    if let Some(found) = Entity::find_by_id(key).one(&tx.db).await? {
        return Ok(match found.status {
            _ if found.request != request => Known::Other,
            0 => Known::UnderWay,
            status => Known::Answered(u16::try_from(status).unwrap_or(500), found.body),
        });
    }
    let row = ActiveModel {
        tenant_id: Set(tx.tenant()),
        actor: Set(actor.to_owned()),
        name: Set(name.to_owned()),
        request: Set(request.to_owned()),
        status: Set(0),
        body: Set(Value::Null),
        created_ms: Set(now_ms),
    };
    Entity::insert(row).exec_without_returning(&tx.db).await?;
    Ok(Known::New)
}

/// Keeps the answer of a key that was taken.
///
/// # Errors
///
/// The database's.
pub async fn answered(tx: &Tx, actor: &str, name: &str, status: u16, body: Value) -> Result<(), Error> {
    let row = ActiveModel {
        tenant_id: Set(tx.tenant()),
        actor: Set(actor.to_owned()),
        name: Set(name.to_owned()),
        status: Set(i32::from(status)),
        body: Set(body),
        ..Default::default()
    };
    row.update(&tx.db).await?;
    Ok(())
}

/// Gives a key back whose request failed in a way that may be tried again.
///
/// # Errors
///
/// The database's.
pub async fn give_back(tx: &Tx, actor: &str, name: &str) -> Result<(), Error> {
    Entity::delete_by_id((tx.tenant(), actor.to_owned(), name.to_owned()))
        .exec(&tx.db)
        .await?;
    Ok(())
}

/// Forgets what is older.
///
/// # Errors
///
/// The database's.
pub async fn sweep(tx: &Tx, before_ms: i64) -> Result<u64, Error> {
    let done = Entity::delete_many()
        .filter(Column::CreatedMs.lt(before_ms))
        .exec(&tx.db)
        .await?;
    Ok(done.rows_affected)
}
