//! Logins that stand. The cookie's token is kept as its hash alone.

use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

pub use crate::entity::sessions::Model as Session;
use crate::entity::sessions::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::secrets::hash;
use crate::store::Tx;
use crate::users::User;

/// Where a login comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The address.
    pub address: String,
    /// The browser's own word for itself.
    pub agent: String,
}

/// Begins a session; the token is told once.
///
/// # Errors
///
/// The database's.
pub async fn begin(
    tx: &Tx,
    user: &User,
    origin: Origin,
    pending: bool,
    (now_ms, lasts_ms): (i64, i64),
) -> Result<(Session, String), Error> {
    let token = tx.sealer().token()?;
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(user.tenant_id),
        user_id: Set(user.id),
        token_hash: Set(hash(&token)),
        created_ms: Set(now_ms),
        seen_ms: Set(now_ms),
        expires_ms: Set(now_ms + lasts_ms),
        address: Set(origin.address),
        agent: Set(origin.agent),
        pending: Set(pending),
    };
    Ok((row.insert(&tx.db).await?, token))
}

/// The session of a token, if it stands.
///
/// # Errors
///
/// The database's.
pub async fn of_token(tx: &Tx, token: &str, now_ms: i64) -> Result<Option<Session>, Error> {
    let query = Entity::find()
        .filter(Column::TokenHash.eq(hash(token)))
        .filter(Column::ExpiresMs.gt(now_ms));
    Ok(query.one(&tx.db).await?)
}

/// Notes that it was used, or changes how long it lasts.
///
/// # Errors
///
/// The database's.
pub async fn touch(tx: &Tx, id: Uuid, (now_ms, expires_ms): (i64, i64)) -> Result<(), Error> {
    let row = ActiveModel {
        id: Set(id),
        seen_ms: Set(now_ms),
        expires_ms: Set(expires_ms),
        ..Default::default()
    };
    row.update(&tx.db).await?;
    Ok(())
}

/// A person's sessions, newest first.
///
/// # Errors
///
/// The database's.
pub async fn of_user(tx: &Tx, user: Uuid, now_ms: i64) -> Result<Vec<Session>, Error> {
    let query = Entity::find()
        .filter(Column::UserId.eq(user))
        .filter(Column::Pending.eq(false))
        .filter(Column::ExpiresMs.gt(now_ms));
    Ok(query.order_by_desc(Column::SeenMs).all(&tx.db).await?)
}

/// Ends one of a person's sessions.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn end(tx: &Tx, user: Uuid, id: Uuid) -> Result<(), Error> {
    let done = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::UserId.eq(user))
        .exec(&tx.db)
        .await?;
    if done.rows_affected == 0 {
        return Err(Error::Missing);
    }
    Ok(())
}

/// Ends all of a person's sessions.
///
/// # Errors
///
/// The database's.
pub async fn end_all(tx: &Tx, user: Uuid) -> Result<(), Error> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user))
        .exec(&tx.db)
        .await?;
    Ok(())
}

/// Takes away what has ended.
///
/// # Errors
///
/// The database's.
pub async fn sweep(tx: &Tx, now_ms: i64) -> Result<u64, Error> {
    let done = Entity::delete_many()
        .filter(Column::ExpiresMs.lte(now_ms))
        .exec(&tx.db)
        .await?;
    Ok(done.rows_affected)
}
