//! What people and dialers say a call was: right or wrong, and what in truth.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::calls::Call;
pub use crate::entity::labels::Model as Label;
use crate::entity::labels::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A person, in the console.
    Person,
    /// The dialer's disposition.
    Dialer,
}

impl Source {
    /// In a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Person => "person",
            Source::Dialer => "dialer",
        }
    }
}

/// What is said.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The verdict was right; `None`: not said.
    pub right: Option<bool>,
    /// The class that it was.
    pub truth: Option<String>,
    /// The dialer's own word.
    pub code: Option<String>,
    /// Why.
    pub note: String,
    /// Who says so.
    pub by: String,
}

/// Labels a call; a source's earlier word is replaced.
///
/// # Errors
///
/// The database's.
pub async fn set(tx: &Tx, call: &Call, source: Source, said: Said, now_ms: i64) -> Result<(), Error> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(call.tenant_id),
        call_id: Set(call.id),
        began_ms: Set(call.began_ms),
        source: Set(source.as_str().to_owned()),
        right: Set(said.right),
        truth: Set(said.truth),
        code: Set(said.code),
        note: Set(said.note),
        by: Set(said.by),
        at_ms: Set(now_ms),
    };
    let columns = [
        Column::Right,
        Column::Truth,
        Column::Code,
        Column::Note,
        Column::By,
        Column::AtMs,
    ];
    let conflict = OnConflict::columns([Column::CallId, Column::Source])
        .update_columns(columns)
        .to_owned();
    Entity::insert(row)
        .on_conflict(conflict)
        .exec_without_returning(&tx.db)
        .await?;
    Ok(())
}

/// Takes a source's word back.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn remove(tx: &Tx, call: &Call, source: Source) -> Result<(), Error> {
    let done = Entity::delete_many()
        .filter(Column::TenantId.eq(call.tenant_id))
        .filter(Column::CallId.eq(call.id))
        .filter(Column::Source.eq(source.as_str()))
        .exec(&tx.db)
        .await?;
    if done.rows_affected == 0 {
        return Err(Error::Missing);
    }
    Ok(())
}

/// Labels of calls, by call.
///
/// # Errors
///
/// The database's.
pub async fn of_calls(tx: &Tx, calls: &[Uuid]) -> Result<HashMap<Uuid, Vec<Label>>, Error> {
    let mut query = Entity::find().filter(Column::CallId.is_in(calls.iter().copied()));
    if !tx.sees_all() {
        query = query.filter(Column::TenantId.eq(tx.tenant()));
    }
    let mut by_call: HashMap<Uuid, Vec<Label>> = HashMap::new();
    for label in query.all(&tx.db).await? {
        by_call.entry(label.call_id).or_default().push(label);
    }
    Ok(by_call)
}

/// The newest labels of calls of a time.
///
/// # Errors
///
/// The database's.
pub async fn between(tx: &Tx, from_ms: i64, until_ms: i64, limit: u64) -> Result<Vec<Label>, Error> {
    let query = Entity::find()
        .filter(Column::TenantId.eq(tx.tenant()))
        .filter(Column::BeganMs.gte(from_ms))
        .filter(Column::BeganMs.lt(until_ms));
    Ok(query
        .order_by_desc(Column::BeganMs)
        .limit(limit)
        .all(&tx.db)
        .await?)
}
