//! Who did what. Entries are written with what they tell of, and are never changed.

use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

pub use crate::entity::audit::Model as Entry;
use crate::entity::audit::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::page::{Cursor, Page};
use crate::store::Tx;

/// Who acts, and from where.
#[derive(Clone, Debug)]
pub struct Actor {
    /// `user:…`, `key:…` or `service`.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// Their address.
    pub address: String,
    /// The id of the request.
    pub request: String,
}

impl Actor {
    /// The service itself.
    #[must_use]
    pub fn service(what: &str) -> Actor {
        Actor {
            id: "service".to_owned(),
            name: what.to_owned(),
            address: String::new(),
            request: String::new(),
        }
    }
}

/// Writes an entry into a tenant's log.
///
/// # Errors
///
/// The database's.
pub async fn note(
    tx: &Tx,
    tenant: Uuid,
    actor: &Actor,
    action: &str,
    object: &str,
    change: Value,
    now_ms: i64,
) -> Result<(), Error> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tenant),
        at_ms: Set(now_ms),
        actor: Set(actor.id.clone()),
        actor_name: Set(actor.name.clone()),
        address: Set(actor.address.clone()),
        action: Set(action.to_owned()),
        object: Set(object.to_owned()),
        change: Set(change),
        request: Set(actor.request.clone()),
    };
    row.insert(&tx.db).await?;
    Ok(())
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Actions with this beginning.
    pub action: Option<String>,
    /// Of this actor.
    pub actor: Option<String>,
    /// About this object.
    pub object: Option<String>,
    /// From then on.
    pub from_ms: Option<i64>,
    /// Before then.
    pub until_ms: Option<i64>,
}

/// A tenant's entries, newest first.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, filter: &Filter, after: Option<Cursor>, limit: u64) -> Result<Page<Entry>, Error> {
    let mut query = Entity::find().filter(Column::TenantId.eq(tx.tenant()));
    if let Some(action) = &filter.action {
        query = query.filter(Column::Action.starts_with(action));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(Column::Actor.eq(actor));
    }
    if let Some(object) = &filter.object {
        query = query.filter(Column::Object.eq(object));
    }
    if let Some(from) = filter.from_ms {
        query = query.filter(Column::AtMs.gte(from));
    }
    if let Some(until) = filter.until_ms {
        query = query.filter(Column::AtMs.lt(until));
    }
    if let Some(after) = after {
        query = query.filter(after.before(Column::AtMs, Column::Id));
    }
    let rows = query
        .order_by_desc(Column::AtMs)
        .order_by_desc(Column::Id)
        .limit(limit + 1)
        .all(&tx.db)
        .await?;
    Ok(Page::of(rows, limit, |entry| Cursor {
        at_ms: entry.at_ms,
        id: entry.id,
    }))
}
