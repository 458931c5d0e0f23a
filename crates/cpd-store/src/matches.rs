//! How often prompts match, of late: one that matches no more was recorded anew by its network, or is used no more.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select};

use crate::entity::calls::{Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// A prompt's matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// Calls of the newer time.
    pub calls: i64,
    /// When the last of them, or of the longer time, began.
    pub last_ms: i64,
}

/// Matches by the prompts' names: counted from `newer_ms` on, the last one looked for from `older_ms` on. Both bound what is
/// read.
///
/// # Errors
///
/// The database's.
pub async fn by_prompt(tx: &Tx, newer_ms: i64, older_ms: i64) -> Result<HashMap<String, Matches>, Error> {
    let lasts: Vec<(String, i64)> = matched(tx, older_ms.min(newer_ms))
        .column_as(Column::BeganMs.max(), "last_ms")
        .into_tuple()
        .all(&tx.db)
        .await?;
    let mut matches: HashMap<String, Matches> = lasts
        .into_iter()
        .map(|(prompt, last_ms)| (prompt, Matches { calls: 0, last_ms }))
        .collect();
    let counts: Vec<(String, i64)> = matched(tx, newer_ms)
        .column_as(Column::Id.count(), "calls")
        .into_tuple()
        .all(&tx.db)
        .await?;
    for (prompt, calls) in counts {
        matches.entry(prompt).or_default().calls = calls;
    }
    Ok(matches)
}

/// Calls that matched, by prompt.
fn matched(tx: &Tx, since_ms: i64) -> Select<Entity> {
    let query = Entity::find()
        .select_only()
        .column(Column::Prompt)
        .filter(Column::BeganMs.gte(since_ms))
        .filter(Column::Prompt.is_not_null())
        .group_by(Column::Prompt);
    match tx.sees_all() {
        true => query,
        false => query.filter(Column::TenantId.eq(tx.tenant())),
    }
}
