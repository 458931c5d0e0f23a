//! Requests, their logs and their names.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, extension::postgres::PgExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use serde_json::Value;
use uuid::Uuid;

pub use crate::entity::desk_events::Model as Event;
pub use crate::entity::desk_requests::Model as Request;
use crate::entity::desk_requests::{Column, Entity};
use crate::entity::{desk_events as events, desk_messages as messages, desk_names as names, settings};
use crate::error::Error;
use crate::page::{Cursor, Page};
use crate::store::Tx;

/// The setting that the last serial is kept in.
const SERIAL: &str = "desk.serial";

/// Rows of a log that are read at most: a request of years has hundreds.
const EVENTS_MAX: u64 = 10_000;

/// Which requests.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In one of these states; none: in any.
    pub states: Vec<String>,
    /// Of one of these kinds.
    pub kinds: Vec<String>,
    /// Of this hurry.
    pub priorities: Vec<String>,
    /// That this specialist works on.
    pub assignee: Option<Uuid>,
    /// That nobody works on.
    pub unassigned: bool,
    /// Of this customer.
    pub tenant: Option<Uuid>,
    /// Below this mass incident.
    pub mass: Option<Uuid>,
    /// Suggestions for the software, or all others.
    pub suggestion: Option<bool>,
    /// Whose last word is the customer's.
    pub unanswered: bool,
    /// A clock of which ends before then.
    pub due_before_ms: Option<i64>,
    /// With these words in topic or conversation, or of this number.
    pub words: Option<String>,
    /// Not the desk's own notes: who asks is of the customer.
    pub public: bool,
    /// Seen by one of the customer alone.
    pub sight: Sight,
}

/// What somebody of a customer sees of its requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Sight {
    /// All.
    #[default]
    All,
    /// Their own, and none other.
    Own(Uuid),
    /// Their own, and those that name them.
    Chosen(Uuid, Uuid),
}

fn of(tx: &Tx) -> Select<Entity> {
    match tx.sees_all() {
        true => Entity::find(),
        false => Entity::find().filter(Column::TenantId.eq(tx.tenant())),
    }
}

/// The next serial. Who registers at the same time waits for this transaction, so that none is given twice.
///
/// # Errors
///
/// The database's.
pub async fn next_serial(tx: &Tx, first: u64) -> Result<u64, Error> {
    let row = settings::ActiveModel {
        name: Set(SERIAL.to_owned()),
        value: Set(Value::from(first - 1)),
    };
    settings::Entity::insert(row)
        .on_conflict(OnConflict::column(settings::Column::Name).do_nothing().to_owned())
        .exec_without_returning(&tx.db)
        .await?;
    let query = settings::Entity::find_by_id(SERIAL.to_owned()).lock_exclusive();
    let mut row = query.one(&tx.db).await?.ok_or(Error::Missing)?;
    let last = row.value.as_u64().unwrap_or(first - 1);
    let serial = Ord::max(last, first - 1) + 1;
    row.value = Value::from(serial);
    row.into_active_model().reset_all().update(&tx.db).await?;
    Ok(serial)
}

/// Keeps a new request.
///
/// # Errors
///
/// The database's.
pub async fn add(tx: &Tx, request: Request) -> Result<Request, Error> {
    Ok(request.into_active_model().reset_all().insert(&tx.db).await?)
}

/// Calls a request by a name too; `false`: another is called so.
///
/// # Errors
///
/// The database's.
pub async fn name(tx: &Tx, request: &Request, name: &str) -> Result<bool, Error> {
    let row = names::ActiveModel {
        name: Set(name.to_owned()),
        tenant_id: Set(request.tenant_id),
        request_id: Set(request.id),
    };
    let written = names::Entity::insert(row)
        .on_conflict(OnConflict::column(names::Column::Name).do_nothing().to_owned())
        .exec_without_returning(&tx.db)
        .await?;
    Ok(written > 0)
}

/// The request of a name.
///
/// # Errors
///
/// The database's.
pub async fn named(tx: &Tx, name: &str) -> Result<Option<Request>, Error> {
    let mut query = names::Entity::find_by_id(name.to_owned());
    if !tx.sees_all() {
        query = query.filter(names::Column::TenantId.eq(tx.tenant()));
    }
    match query.one(&tx.db).await? {
        None => Ok(None),
        Some(found) => Ok(of(tx).filter(Column::Id.eq(found.request_id)).one(&tx.db).await?),
    }
}

/// One of them.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Request, Error> {
    let query = of(tx).filter(Column::Id.eq(id));
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// One to be changed: who wants to change it at the same time waits for this transaction.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn hold(tx: &Tx, id: Uuid) -> Result<Request, Error> {
    let query = of(tx).filter(Column::Id.eq(id)).lock_exclusive();
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// Its log, the first row first.
///
/// # Errors
///
/// The database's.
pub async fn log(tx: &Tx, request: &Request) -> Result<Vec<Event>, Error> {
    Ok(events::Entity::find()
        .filter(events::Column::RequestId.eq(request.id))
        .filter(events::Column::TenantId.eq(request.tenant_id))
        .order_by_asc(events::Column::Seq)
        .limit(EVENTS_MAX)
        .all(&tx.db)
        .await?)
}

/// Adds rows to the log of a request that is held, and keeps what they made of it.
///
/// # Errors
///
/// The database's.
pub async fn append(tx: &Tx, mut request: Request, new: Vec<Event>) -> Result<Request, Error> {
    if !new.is_empty() {
        request.events += i32::try_from(new.len()).unwrap_or(i32::MAX);
        let rows = new.into_iter().map(|event| event.into_active_model().reset_all());
        events::Entity::insert_many(rows)
            .exec_without_returning(&tx.db)
            .await?;
    }
    Ok(request.into_active_model().reset_all().update(&tx.db).await?)
}

/// Requests, what changed last first.
///
/// # Errors
///
/// The database's.
pub async fn list(
    tx: &Tx,
    filter: &Filter,
    after: Option<Cursor>,
    limit: u64,
) -> Result<Page<Request>, Error> {
    let mut query = fitting(tx, filter);
    if let Some(after) = after {
        query = query.filter(after.before(Column::ChangedMs, Column::Id));
    }
    let rows = query
        .order_by_desc(Column::ChangedMs)
        .order_by_desc(Column::Id)
        .limit(limit + 1)
        .all(&tx.db)
        .await?;
    Ok(Page::of(rows, limit, |request| Cursor {
        at_ms: request.changed_ms,
        id: request.id,
    }))
}

/// How many there are.
///
/// # Errors
///
/// The database's.
pub async fn count(tx: &Tx, filter: &Filter) -> Result<u64, Error> {
    Ok(fitting(tx, filter).count(&tx.db).await?)
}

/// Requests that came in a time, for reports.
///
/// # Errors
///
/// The database's.
pub async fn between(tx: &Tx, from_ms: i64, until_ms: i64, limit: u64) -> Result<Vec<Request>, Error> {
    let query = of(tx).filter(Column::CreatedMs.between(from_ms, until_ms));
    Ok(query
        .order_by_asc(Column::CreatedMs)
        .limit(limit)
        .all(&tx.db)
        .await?)
}

/// Requests whose clocks are to be looked at.
///
/// # Errors
///
/// The database's.
pub async fn due(tx: &Tx, now_ms: i64, limit: u64) -> Result<Vec<Request>, Error> {
    let query = of(tx).filter(Column::NextMs.lte(now_ms));
    Ok(query
        .order_by_asc(Column::NextMs)
        .limit(limit)
        .all(&tx.db)
        .await?)
}

/// Requests of a customer that were merged into one.
///
/// # Errors
///
/// The database's.
pub async fn merged_into(tx: &Tx, survivor: &Request) -> Result<Vec<Request>, Error> {
    let query = of(tx).filter(Column::Survivor.eq(survivor.id));
    Ok(query.order_by_asc(Column::CreatedMs).all(&tx.db).await?)
}

fn fitting(tx: &Tx, filter: &Filter) -> Select<Entity> {
    let mut query = of(tx);
    for (column, words) in [
        (Column::State, &filter.states),
        (Column::Kind, &filter.kinds),
        (Column::Priority, &filter.priorities),
    ] {
        if !words.is_empty() {
            query = query.filter(column.is_in(words.iter().map(String::as_str)));
        }
    }
    if let Some(assignee) = filter.assignee {
        query = query.filter(Column::Assignee.eq(assignee));
    }
    if filter.unassigned {
        query = query.filter(Column::Assignee.is_null());
    }
    if let Some(tenant) = filter.tenant {
        query = query.filter(Column::TenantId.eq(tenant));
    }
    if let Some(mass) = filter.mass {
        query = query.filter(Column::MassId.eq(mass));
    }
    if let Some(suggestion) = filter.suggestion {
        query = query.filter(Column::Suggestion.eq(suggestion));
    }
    if filter.unanswered {
        query = query.filter(Column::Unanswered.eq(true));
    }
    if let Some(before) = filter.due_before_ms {
        query = query.filter(Column::DueMs.lt(before));
    }
    query = match &filter.sight {
        Sight::All => query,
        Sight::Own(contact) => query.filter(Column::ContactId.eq(*contact)),
        Sight::Chosen(contact, user) => {
            // A list of ids as JSON: an id stands in it or it does not, on both databases.
            let text = Expr::col((Entity, Column::Chosen)).cast_as("text");
            let named = text.like(format!("%{user}%"));
            query.filter(Condition::any().add(Column::ContactId.eq(*contact)).add(named))
        }
    };
    if let Some(words) = &filter.words {
        query = query.filter(about(tx, words, filter.public));
    }
    query
}

/// With these words in the topic or in a message, or of this number.
fn about(tx: &Tx, words: &str, public: bool) -> Condition {
    let like = format!("%{}%", words.replace(['%', '_', '\\'], ""));
    let holds = |column: Expr| match tx.is_postgres() {
        true => column.ilike(like.clone()),
        false => column.like(like.clone()),
    };
    let mut said = messages::Entity::find()
        .select_only()
        .column(messages::Column::RequestId)
        .filter(holds(Expr::col((messages::Entity, messages::Column::Text))));
    if public {
        said = said.filter(messages::Column::Side.eq("public"));
    }
    if !tx.sees_all() {
        said = said.filter(messages::Column::TenantId.eq(tx.tenant()));
    }
    Condition::any()
        .add(holds(Expr::col((Entity, Column::Topic))))
        .add(Column::Number.like(like.clone()))
        .add(Column::Id.in_subquery(said.into_query()))
}
