//! Work that takes longer than a request: exports, analyses, replays. One node does each; a node that dies loses its lease,
//! and another begins anew.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

pub use crate::entity::jobs::Model as Job;
use crate::entity::jobs::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// What came of a job.
#[derive(Clone, Debug)]
pub enum Ending {
    /// It is done: the result, and the file where there is one.
    Done(Value, Option<String>),
    /// It failed: why.
    Failed(String),
    /// Somebody took it back.
    Cancelled,
}

/// Wants something done.
///
/// # Errors
///
/// The database's.
pub async fn add(
    tx: &Tx,
    kind: &str,
    parameters: Value,
    created_by: &str,
    now_ms: i64,
) -> Result<Job, Error> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tx.tenant()),
        kind: Set(kind.to_owned()),
        state: Set("waiting".to_owned()),
        parameters: Set(parameters),
        progress: Set(0.0),
        result: Set(None),
        file: Set(None),
        error: Set(None),
        node: Set(String::new()),
        lease_ms: Set(0),
        created_by: Set(created_by.to_owned()),
        created_ms: Set(now_ms),
        ended_ms: Set(None),
    };
    Ok(row.insert(&tx.db).await?)
}

/// The newest jobs of the transaction's tenant.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, limit: u64) -> Result<Vec<Job>, Error> {
    let query = Entity::find().filter(Column::TenantId.eq(tx.tenant()));
    Ok(query
        .order_by_desc(Column::CreatedMs)
        .limit(limit)
        .all(&tx.db)
        .await?)
}

/// One of them.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Job, Error> {
    let mut query = Entity::find_by_id(id);
    if !tx.sees_all() {
        query = query.filter(Column::TenantId.eq(tx.tenant()));
    }
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// Takes the oldest job that nobody does, for a node and until its lease ends.
///
/// # Errors
///
/// The database's.
pub async fn take(tx: &Tx, node: &str, (now_ms, lease_ms): (i64, i64)) -> Result<Option<Job>, Error> {
    let free = Column::State
        .eq("waiting")
        .or(Column::State.eq("running").and(Column::LeaseMs.lt(now_ms)));
    use sea_orm::sea_query::ExprTrait;
    let found = Entity::find()
        .filter(free.clone())
        .order_by_asc(Column::CreatedMs)
        // A job that another node is about to take is passed over.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(&tx.db)
        .await?;
    let Some(job) = found else {
        return Ok(None);
    };
    // Another node may have taken it since: then the condition does not hold any more.
    let taken = Entity::update_many()
        .col_expr(Column::State, Expr::value("running"))
        .col_expr(Column::Node, Expr::value(node))
        .col_expr(Column::LeaseMs, Expr::value(lease_ms))
        .filter(Column::Id.eq(job.id))
        .filter(free)
        .exec(&tx.db)
        .await?;
    match taken.rows_affected {
        0 => Ok(None),
        _ => Ok(Some(
            Entity::find_by_id(job.id)
                .one(&tx.db)
                .await?
                .ok_or(Error::Missing)?,
        )),
    }
}

/// Notes how far it is; `false`: it is not this node's any more, or was taken back.
///
/// # Errors
///
/// The database's.
pub async fn progress(tx: &Tx, id: Uuid, node: &str, progress: f32, lease_ms: i64) -> Result<bool, Error> {
    let done = Entity::update_many()
        .col_expr(Column::Progress, Expr::value(progress))
        .col_expr(Column::LeaseMs, Expr::value(lease_ms))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq("running"))
        .filter(Column::Node.eq(node))
        .exec(&tx.db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Ends a job.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn end(tx: &Tx, id: Uuid, ending: Ending, now_ms: i64) -> Result<Job, Error> {
    let job = find(tx, id).await?;
    if job.ended_ms.is_some() {
        return Ok(job);
    }
    let mut row = ActiveModel {
        id: Set(id),
        ended_ms: Set(Some(now_ms)),
        ..Default::default()
    };
    match ending {
        Ending::Done(result, file) => {
            row.state = Set("done".to_owned());
            row.progress = Set(1.0);
            row.result = Set(Some(result));
            row.file = Set(file);
        }
        Ending::Failed(why) => {
            row.state = Set("failed".to_owned());
            row.error = Set(Some(why));
        }
        Ending::Cancelled => row.state = Set("cancelled".to_owned()),
    }
    Ok(row.update(&tx.db).await?)
}

/// Forgets a job.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn remove(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let job = find(tx, id).await?;
    Entity::delete_by_id(job.id).exec(&tx.db).await?;
    Ok(())
}

/// Jobs of a node that have a file and ended before then.
///
/// # Errors
///
/// The database's.
pub async fn with_old_files(tx: &Tx, node: &str, before_ms: i64) -> Result<Vec<Job>, Error> {
    let query = Entity::find()
        .filter(Column::Node.eq(node))
        .filter(Column::File.is_not_null())
        .filter(Column::EndedMs.lt(before_ms));
    Ok(query.all(&tx.db).await?)
}

/// Notes that a job's file is gone.
///
/// # Errors
///
/// The database's.
pub async fn forget_file(tx: &Tx, id: Uuid) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::File, Expr::value(None::<String>))
        .filter(Column::Id.eq(id))
        .exec(&tx.db)
        .await?;
    Ok(())
}
