//! Counts of calls by hour, kept as calls are written, so that a year's statistics read thousands of rows and not millions.

use std::collections::BTreeMap;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::calls::Call;
pub use crate::entity::call_hours::Model as Hour;
use crate::entity::call_hours::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// An hour, ms.
pub const HOUR_MS: i64 = 3_600_000;
/// Rows of one INSERT.
const ROWS_MAX: usize = 500;

/// What an hour's row is counted by.
type Key = (Uuid, i64, String, String, String, String, String, bool);

/// Adds calls that were written for the first time.
///
/// # Errors
///
/// The database's.
pub async fn count<'a>(tx: &Tx, calls: impl Iterator<Item = &'a Call>) -> Result<(), Error> {
    // In the order of keys, so that nodes that write at once take rows in one order and never wait in a circle.
    let mut sums: BTreeMap<Key, Sums> = BTreeMap::new();
    for call in calls {
        sums.entry(key(call)).or_default().add(call);
    }
    let rows: Vec<ActiveModel> = sums.into_iter().map(|(key, sums)| row(key, &sums)).collect();
    let plus = |column: Column| {
        Expr::col((Entity, column)).add(Expr::col((sea_orm::sea_query::Alias::new("excluded"), column)))
    };
    let conflict = OnConflict::columns([
        Column::TenantId,
        Column::HourMs,
        Column::Dialer,
        Column::Campaign,
        Column::Operator,
        Column::Class,
        Column::Phase,
        Column::Answered,
    ])
    .values([
        (Column::Calls, plus(Column::Calls)),
        (Column::Refused, plus(Column::Refused)),
        (Column::Decided, plus(Column::Decided)),
        (Column::DecidedMs, plus(Column::DecidedMs)),
        (Column::TalkMs, plus(Column::TalkMs)),
    ])
    .to_owned();
    for part in rows.chunks(ROWS_MAX) {
        Entity::insert_many(part.to_vec())
            .on_conflict(conflict.clone())
            .exec_without_returning(&tx.db)
            .await?;
    }
    Ok(())
}

#[derive(Default)]
struct Sums {
    calls: i64,
    refused: i64,
    decided: i64,
    decided_ms: i64,
    talk_ms: i64,
}

impl Sums {
    fn add(&mut self, call: &Call) {
        self.calls += 1;
        self.refused += i64::from(call.status.is_some() && call.ended_by == "service");
        if let (Some(decided), Some(_)) = (call.decided_ms, &call.class) {
            self.decided += 1;
            let since = match call.phase.as_deref() {
                Some("answered") => call.answered_ms.unwrap_or(0),
                _ => 0,
            };
            self.decided_ms += i64::from(Ord::max(decided - since, 0));
        }
        self.talk_ms += call
            .connected_ms
            .map_or(0, |at| i64::from(Ord::max(call.length_ms - at, 0)));
    }
}

fn key(call: &Call) -> Key {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    (
        call.tenant_id,
        call.began_ms - call.began_ms.rem_euclid(HOUR_MS),
        call.dialer.clone(),
        text(&call.campaign),
        text(&call.operator),
        text(&call.class),
        text(&call.phase),
        call.answered_ms.is_some(),
    )
}

fn row((tenant, hour, dialer, campaign, operator, class, phase, answered): Key, sums: &Sums) -> ActiveModel {
    ActiveModel {
        tenant_id: Set(tenant),
        hour_ms: Set(hour),
        dialer: Set(dialer),
        campaign: Set(campaign),
        operator: Set(operator),
        class: Set(class),
        phase: Set(phase),
        answered: Set(answered),
        calls: Set(sums.calls),
        refused: Set(sums.refused),
        decided: Set(sums.decided),
        decided_ms: Set(sums.decided_ms),
        talk_ms: Set(sums.talk_ms),
    }
}

/// The rows of a time, oldest first.
///
/// # Errors
///
/// The database's.
pub async fn between(tx: &Tx, from_ms: i64, until_ms: i64) -> Result<Vec<Hour>, Error> {
    let mut query = Entity::find()
        .filter(Column::HourMs.gte(from_ms - from_ms.rem_euclid(HOUR_MS)))
        .filter(Column::HourMs.lt(until_ms));
    if !tx.sees_all() {
        query = query.filter(Column::TenantId.eq(tx.tenant()));
    }
    Ok(query.order_by_asc(Column::HourMs).all(&tx.db).await?)
}
