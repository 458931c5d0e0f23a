//! What is written beforehand: answers of the desk, articles for customers.

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

pub use crate::entity::desk_texts::Model as Text;
use crate::entity::desk_texts::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::{SERVICE, Tx};

/// Texts told at once.
const LIST_MAX: u64 = 1_000;

/// What a text says.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// `ru` or `en`.
    pub language: String,
    /// What it is called.
    pub title: String,
    /// Itself.
    pub text: String,
    /// Customers see it.
    pub published: bool,
}

fn of(tx: &Tx) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(match tx.sees_all() {
        true => SERVICE,
        false => tx.tenant(),
    }))
}

/// Adds one.
///
/// # Errors
///
/// The database's.
pub async fn add(tx: &Tx, kind: &str, said: Said, now_ms: i64) -> Result<Text, Error> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tx.tenant()),
        kind: Set(kind.to_owned()),
        language: Set(said.language),
        title: Set(said.title),
        text: Set(said.text),
        published: Set(said.published),
        version: Set(1),
        changed_ms: Set(now_ms),
    };
    Ok(row.insert(&tx.db).await?)
}

/// All of a kind, by title.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, kind: &str, published: bool) -> Result<Vec<Text>, Error> {
    let mut query = of(tx).filter(Column::Kind.eq(kind));
    if published {
        query = query.filter(Column::Published.eq(true));
    }
    Ok(query
        .order_by_asc(Column::Title)
        .limit(LIST_MAX)
        .all(&tx.db)
        .await?)
}

/// One of them.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Text, Error> {
    let query = of(tx).filter(Column::Id.eq(id));
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// Changes one that was read at `version`.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`].
pub async fn change(tx: &Tx, id: Uuid, version: i32, said: Said, now_ms: i64) -> Result<Text, Error> {
    let query = of(tx).filter(Column::Id.eq(id)).lock_exclusive();
    let mut text = query.one(&tx.db).await?.ok_or(Error::Missing)?;
    if text.version != version {
        return Err(Error::Stale(text.version));
    }
    text.language = said.language;
    text.title = said.title;
    text.text = said.text;
    text.published = said.published;
    text.version += 1;
    text.changed_ms = now_ms;
    Ok(text.into_active_model().reset_all().update(&tx.db).await?)
}

/// Takes one away.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn remove(tx: &Tx, id: Uuid) -> Result<Text, Error> {
    let text = find(tx, id).await?;
    Entity::delete_by_id(id).exec(&tx.db).await?;
    Ok(text)
}
