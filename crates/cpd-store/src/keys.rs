//! Keys of programs: shown once, kept as their hash, with scopes.

use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

pub use crate::entity::api_keys::Model as ApiKey;
use crate::entity::api_keys::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::secrets::hash;
use crate::store::Tx;
use crate::users::Role;

/// What every key begins with, so that scanners of leaked secrets know it.
pub const MARK: &str = "scpd_";
/// Characters of a key that are kept to know it by.
const SHOWN: usize = 12;

/// A new key.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// What it may do at most.
    pub role: Role,
    /// What it may do: scopes.
    pub scopes: Vec<String>,
    /// When it ends.
    pub expires_ms: Option<i64>,
    /// Who made it.
    pub created_by: Option<Uuid>,
}

/// Adds a key to the transaction's tenant; the key itself is told once.
///
/// # Errors
///
/// The database's.
pub async fn add(tx: &Tx, new: NewKey, now_ms: i64) -> Result<(ApiKey, String), Error> {
    let key = format!("{MARK}{}", tx.sealer().token()?);
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tx.tenant()),
        name: Set(new.name),
        prefix: Set(key[..SHOWN].to_owned()),
        token_hash: Set(hash(&key)),
        role: Set(new.role.as_str().to_owned()),
        scopes: Set(serde_json::json!(new.scopes)),
        created_by: Set(new.created_by),
        created_ms: Set(now_ms),
        expires_ms: Set(new.expires_ms),
        seen_ms: Set(None),
        revoked_ms: Set(None),
    };
    Ok((row.insert(&tx.db).await?, key))
}

/// Keys of the transaction's tenant, newest first.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx) -> Result<Vec<ApiKey>, Error> {
    let query = Entity::find().filter(Column::TenantId.eq(tx.tenant()));
    Ok(query.order_by_desc(Column::CreatedMs).all(&tx.db).await?)
}

/// The key that a program shows, if it stands. Asked for the service: the tenant is not known before.
///
/// # Errors
///
/// The database's.
pub async fn of_token(tx: &Tx, key: &str, now_ms: i64) -> Result<Option<ApiKey>, Error> {
    let found = Entity::find()
        .filter(Column::TokenHash.eq(hash(key)))
        .filter(Column::RevokedMs.is_null())
        .one(&tx.db)
        .await?;
    Ok(found.filter(|key| key.expires_ms.is_none_or(|at| at > now_ms)))
}

/// Notes that it was used.
///
/// # Errors
///
/// The database's.
pub async fn touch(tx: &Tx, id: Uuid, now_ms: i64) -> Result<(), Error> {
    let row = ActiveModel {
        id: Set(id),
        seen_ms: Set(Some(now_ms)),
        ..Default::default()
    };
    row.update(&tx.db).await?;
    Ok(())
}

/// Takes a key back.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn revoke(tx: &Tx, id: Uuid, now_ms: i64) -> Result<ApiKey, Error> {
    let key = Entity::find_by_id(id)
        .filter(Column::TenantId.eq(tx.tenant()))
        .one(&tx.db)
        .await?
        .ok_or(Error::Missing)?;
    let row = ActiveModel {
        id: Set(key.id),
        revoked_ms: Set(Some(key.revoked_ms.unwrap_or(now_ms))),
        ..Default::default()
    };
    Ok(row.update(&tx.db).await?)
}
