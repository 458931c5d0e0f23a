//! Calls that are over: written in batches, listed newest first.

use std::collections::HashMap;

use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

pub use crate::entity::calls::Model as Call;
use crate::entity::calls::{Column, Entity};
use crate::error::Error;
use crate::page::{Cursor, Page};
use crate::store::Tx;

/// Rows of one INSERT: PostgreSQL takes 65,535 parameters, SQLite 32,766, and a call has 31.
const ROWS_MAX: usize = 500;
/// Ids of one question.
const IDS_MAX: usize = 5_000;

/// Which calls. Several values of one field: any of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// From then on.
    pub from_ms: Option<i64>,
    /// Before then.
    pub until_ms: Option<i64>,
    /// Classes; `none`: without a verdict.
    pub classes: Vec<String>,
    /// `early` or `answered`.
    pub phase: Option<String>,
    /// Trunks they came from.
    pub dialers: Vec<String>,
    /// Trunks they went to.
    pub carriers: Vec<String>,
    /// Campaigns.
    pub campaigns: Vec<String>,
    /// Operators whose prompt matched.
    pub operators: Vec<String>,
    /// The prompt that matched.
    pub prompt: Option<String>,
    /// Beginning of the number called, or its last digits after a `*`.
    pub callee: Option<String>,
    /// The number calling, the same.
    pub caller: Option<String>,
    /// The dialer's own word.
    pub reference: Option<String>,
    /// The call's name.
    pub name: Option<String>,
    /// The carrier answered.
    pub answered: Option<bool>,
    /// There is a recording.
    pub recorded: Option<bool>,
    /// Nobody listened.
    pub deaf: Option<bool>,
    /// The verdict's confidence is below this.
    pub confidence_below: Option<f32>,
}

fn of(tx: &Tx) -> Select<Entity> {
    match tx.sees_all() {
        true => Entity::find(),
        false => Entity::find().filter(Column::TenantId.eq(tx.tenant())),
    }
}

/// How far back calls of a number are looked for at first, ms: a month's partition and the one before it.
const LATELY_MS: i64 = 31 * 86_400_000;

/// The calls that fit, newest first.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, filter: &Filter, after: Option<Cursor>, limit: u64) -> Result<Page<Call>, Error> {
    // Calls of a number lie in its order and not in that of time: all that fit would be sorted for the newest hundred. Where
    // the last month has a whole page of them, nothing else is looked at.
    if (filter.callee.is_some() || filter.caller.is_some())
        && let Some(newest_ms) = newest(tx, filter, after).await?
    {
        let from_ms = filter.from_ms.unwrap_or(i64::MIN);
        let lately = Filter {
            from_ms: Some(Ord::max(from_ms, newest_ms - LATELY_MS)),
            ..filter.clone()
        };
        let found = page(tx, &lately, after, limit).await?;
        if found.next.is_some() {
            return Ok(found);
        }
    }
    page(tx, filter, after, limit).await
}

/// When the newest call began that a page may begin with.
async fn newest(tx: &Tx, filter: &Filter, after: Option<Cursor>) -> Result<Option<i64>, Error> {
    let known = [after.map(|after| after.at_ms), filter.until_ms];
    if let Some(known) = known.into_iter().flatten().min() {
        return Ok(Some(known));
    }
    let query = of(tx).select_only().column(Column::BeganMs);
    Ok(query
        .order_by_desc(Column::BeganMs)
        .limit(1)
        .into_tuple()
        .one(&tx.db)
        .await?)
}

async fn page(tx: &Tx, filter: &Filter, after: Option<Cursor>, limit: u64) -> Result<Page<Call>, Error> {
    let mut query = fitting(of(tx), filter);
    if let Some(after) = after {
        query = query.filter(after.before(Column::BeganMs, Column::Id));
    }
    let rows = query
        .order_by_desc(Column::BeganMs)
        .order_by_desc(Column::Id)
        .limit(limit + 1)
        .all(&tx.db)
        .await?;
    Ok(Page::of(rows, limit, |call| Cursor {
        at_ms: call.began_ms,
        id: call.id,
    }))
}

/// One call. Its id holds when it was written, so that one partition is looked at with its neighbours.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Call, Error> {
    let mut query = of(tx).filter(Column::Id.eq(id));
    if let Some((from, until)) = around(id) {
        query = query.filter(Column::BeganMs.between(from, until));
    }
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// The id of a call that began then; `random` tells those of one moment apart.
#[must_use]
pub fn id_at(began_ms: i64, random: &[u8; 10]) -> Uuid {
    let began = u64::try_from(began_ms).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(began, random).into_uuid()
}

/// A call's id is made when it begins (UUID version 7, RFC 9562): its first 48 bits are that time in ms. The record's own
/// time may differ by what the clock was set meanwhile, a day at most.
fn around(id: Uuid) -> Option<(i64, i64)> {
    const DAY_MS: i64 = 86_400_000;
    (id.get_version_num() == 7).then(|| {
        let at = i64::try_from(id.as_u128() >> 80).unwrap_or(i64::MAX);
        (at - DAY_MS, at + DAY_MS)
    })
}

/// Writes calls; those that are there already stay as they are. Tells the ids of those that were new.
///
/// # Errors
///
/// The database's; then none was written.
pub async fn write(tx: &Tx, calls: &[Call]) -> Result<Vec<Uuid>, Error> {
    let mut new = Vec::with_capacity(calls.len());
    for part in calls.chunks(ROWS_MAX) {
        let rows = part
            .iter()
            .cloned()
            .map(|call| call.into_active_model().reset_all());
        let written = Entity::insert_many(rows)
            .on_conflict_do_nothing_on([Column::Id, Column::BeganMs])
            .exec_with_returning_keys(&tx.db)
            .await?;
        if let sea_orm::TryInsertResult::Inserted(keys) = written {
            new.extend(keys.into_iter().map(|(id, _)| id));
        }
    }
    Ok(new)
}

fn fitting(mut query: Select<Entity>, filter: &Filter) -> Select<Entity> {
    if let Some(from) = filter.from_ms {
        query = query.filter(Column::BeganMs.gte(from));
    }
    if let Some(until) = filter.until_ms {
        query = query.filter(Column::BeganMs.lt(until));
    }
    if !filter.classes.is_empty() {
        query = query.filter(any_class(&filter.classes));
    }
    if let Some(phase) = &filter.phase {
        query = query.filter(Column::Phase.eq(phase));
    }
    for (column, values) in [
        (Column::Dialer, &filter.dialers),
        (Column::Carrier, &filter.carriers),
        (Column::Campaign, &filter.campaigns),
        (Column::Operator, &filter.operators),
    ] {
        if !values.is_empty() {
            query = query.filter(column.is_in(values));
        }
    }
    for (column, value) in [
        (Column::Prompt, &filter.prompt),
        (Column::Reference, &filter.reference),
        (Column::Name, &filter.name),
    ] {
        if let Some(value) = value {
            query = query.filter(column.eq(value));
        }
    }
    for (column, number) in [(Column::Callee, &filter.callee), (Column::Caller, &filter.caller)] {
        if let Some(number) = number {
            query = query.filter(digits(column, number));
        }
    }
    if let Some(answered) = filter.answered {
        query = query.filter(match answered {
            true => Column::AnsweredMs.is_not_null(),
            false => Column::AnsweredMs.is_null(),
        });
    }
    if let Some(recorded) = filter.recorded {
        query = query.filter(Column::Recorded.eq(recorded));
    }
    if let Some(deaf) = filter.deaf {
        query = query.filter(match deaf {
            true => Column::Deaf.is_not_null(),
            false => Column::Deaf.is_null(),
        });
    }
    if let Some(below) = filter.confidence_below {
        query = query.filter(Column::Confidence.lt(below));
    }
    query
}

fn any_class(classes: &[String]) -> Condition {
    classes
        .iter()
        .fold(Condition::any(), |any, class| match class.as_str() {
            "none" => any.add(Column::Class.is_null()),
            class => any.add(Column::Class.eq(class)),
        })
}

/// `7916` finds what begins so, `*4567` what ends so; what is no number is compared whole. A beginning is a range, which an
/// index serves: both databases compare these columns byte by byte, and `:` follows `9`.
fn digits(column: Column, wanted: &str) -> SimpleExpr {
    let (ending, number) = match wanted.strip_prefix('*') {
        Some(end) => (true, end),
        None => (false, wanted),
    };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+') {
        return column.eq(wanted);
    }
    match ending {
        true => column.like(format!("%{number}")),
        false => column.gte(number).and(column.lt(format!("{number}:"))),
    }
}

/// The classes of calls of a time, by call.
///
/// # Errors
///
/// The database's.
pub async fn classes_of(
    tx: &Tx,
    calls: &[Uuid],
    (from_ms, until_ms): (i64, i64),
) -> Result<HashMap<Uuid, Option<String>>, Error> {
    let mut classes = HashMap::new();
    for part in calls.chunks(IDS_MAX) {
        let rows: Vec<(Uuid, Option<String>)> = of(tx)
            .select_only()
            .columns([Column::Id, Column::Class])
            .filter(Column::BeganMs.between(from_ms, until_ms))
            .filter(Column::Id.is_in(part.iter().copied()))
            .into_tuple()
            .all(&tx.db)
            .await?;
        classes.extend(rows);
    }
    Ok(classes)
}
