//! Where tenants want to hear of events, what is on its way there, and how it went.
//!
//! An event is written into the outbox in the transaction of what it tells of; a sender fans it out into deliveries, one
//! for each webhook that wants it, and tries those until they are delivered or given up.

use std::collections::HashSet;

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::Value;
use uuid::Uuid;

pub use crate::entity::deliveries::Model as Delivery;
pub use crate::entity::outbox::Model as Event;
pub use crate::entity::webhooks::Model as Webhook;
use crate::entity::{deliveries, outbox, webhooks};
use crate::error::Error;
use crate::page::{Cursor, Page};
use crate::store::Tx;

/// Rows of one INSERT.
const ROWS_MAX: usize = 1_000;

/// A new webhook.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// What for.
    pub name: String,
    /// Where.
    pub url: String,
    /// Which events, by their beginnings.
    pub events: Vec<String>,
    /// The secret that signs, in clear.
    pub secret: Vec<u8>,
}

fn purpose(id: Uuid) -> String {
    format!("webhook {id}")
}

fn of(tx: &Tx) -> Select<webhooks::Entity> {
    match tx.sees_all() {
        true => webhooks::Entity::find(),
        false => webhooks::Entity::find().filter(webhooks::Column::TenantId.eq(tx.tenant())),
    }
}

/// Adds a webhook to the transaction's tenant.
///
/// # Errors
///
/// The database's.
pub async fn add(tx: &Tx, new: NewWebhook, now_ms: i64) -> Result<Webhook, Error> {
    let id = Uuid::now_v7();
    let row = webhooks::ActiveModel {
        id: Set(id),
        tenant_id: Set(tx.tenant()),
        name: Set(new.name),
        url: Set(new.url),
        events: Set(serde_json::json!(new.events)),
        secret: Set(tx.sealer().seal(&purpose(id), &new.secret)?),
        active: Set(true),
        failures: Set(0),
        created_ms: Set(now_ms),
        version: Set(1),
    };
    Ok(row.insert(&tx.db).await?)
}

/// The secret that signs, in clear.
///
/// # Errors
///
/// It was sealed with another key.
pub fn secret(tx: &Tx, webhook: &Webhook) -> Result<Vec<u8>, Error> {
    tx.sealer().open(&purpose(webhook.id), &webhook.secret)
}

/// Webhooks by name.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx) -> Result<Vec<Webhook>, Error> {
    Ok(of(tx).order_by_asc(webhooks::Column::Name).all(&tx.db).await?)
}

/// One of them.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Webhook, Error> {
    let query = of(tx).filter(webhooks::Column::Id.eq(id));
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// One to be changed: who wants to change it at the same time waits for this transaction.
async fn locked(tx: &Tx, id: Uuid) -> Result<Webhook, Error> {
    let query = of(tx).filter(webhooks::Column::Id.eq(id)).lock_exclusive();
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// Changes one that was read at `version`; a new secret is given in clear.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`].
pub async fn change(
    tx: &Tx,
    id: Uuid,
    version: i32,
    secret: Option<&[u8]>,
    change: impl FnOnce(&mut Webhook),
) -> Result<Webhook, Error> {
    let mut webhook = locked(tx, id).await?;
    if webhook.version != version {
        return Err(Error::Stale(webhook.version));
    }
    change(&mut webhook);
    if let Some(secret) = secret {
        webhook.secret = tx.sealer().seal(&purpose(id), secret)?;
    }
    webhook.version += 1;
    Ok(webhook.into_active_model().reset_all().update(&tx.db).await?)
}

/// Notes how a delivery went in the end: failures in a row.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn note_failures(tx: &Tx, id: Uuid, count: impl FnOnce(i32) -> i32) -> Result<(), Error> {
    let webhook = locked(tx, id).await?;
    let row = webhooks::ActiveModel {
        id: Set(id),
        failures: Set(count(webhook.failures)),
        ..Default::default()
    };
    row.update(&tx.db).await?;
    Ok(())
}

/// Takes one away, with what was on its way.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn remove(tx: &Tx, id: Uuid) -> Result<Webhook, Error> {
    let webhook = find(tx, id).await?;
    deliveries::Entity::delete_many()
        .filter(deliveries::Column::WebhookId.eq(id))
        .exec(&tx.db)
        .await?;
    webhooks::Entity::delete_by_id(id).exec(&tx.db).await?;
    Ok(webhook)
}

/// Writes events into the outbox.
///
/// # Errors
///
/// The database's.
pub async fn emit(tx: &Tx, events: &[Event]) -> Result<(), Error> {
    for part in events.chunks(ROWS_MAX) {
        let rows = part
            .iter()
            .cloned()
            .map(|event| event.into_active_model().reset_all());
        outbox::Entity::insert_many(rows)
            .on_conflict_do_nothing_on([outbox::Column::Id])
            .exec_without_returning(&tx.db)
            .await?;
    }
    Ok(())
}

/// Events whose deliveries are not made yet, oldest first.
///
/// # Errors
///
/// The database's.
pub async fn unfanned(tx: &Tx, limit: u64) -> Result<Vec<Event>, Error> {
    let query = outbox::Entity::find().filter(outbox::Column::Fanned.eq(false));
    Ok(query
        .order_by_asc(outbox::Column::CreatedMs)
        .limit(limit)
        .all(&tx.db)
        .await?)
}

/// Makes deliveries of events and marks the events; both or neither. Events that another node fanned out meanwhile are left
/// out.
///
/// # Errors
///
/// The database's.
pub async fn fan_out(
    tx: &Tx,
    events: &[Uuid],
    wanted: &[(Webhook, Event)],
    now_ms: i64,
) -> Result<(), Error> {
    let mut marked = HashSet::new();
    for part in events.chunks(ROWS_MAX) {
        let rows = outbox::Entity::update_many()
            .col_expr(outbox::Column::Fanned, sea_orm::sea_query::Expr::value(true))
            .filter(outbox::Column::Id.is_in(part.iter().copied()))
            .filter(outbox::Column::Fanned.eq(false))
            .exec_with_returning(&tx.db)
            .await?;
        marked.extend(rows.into_iter().map(|event| event.id));
    }
    let rows: Vec<_> = wanted
        .iter()
        .filter(|(_, event)| marked.contains(&event.id))
        .map(|(webhook, event)| delivery(webhook, event, now_ms))
        .collect();
    for part in rows.chunks(ROWS_MAX) {
        deliveries::Entity::insert_many(part.to_vec())
            .exec_without_returning(&tx.db)
            .await?;
    }
    Ok(())
}

fn delivery(webhook: &Webhook, event: &Event, now_ms: i64) -> deliveries::ActiveModel {
    deliveries::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(webhook.tenant_id),
        webhook_id: Set(webhook.id),
        event_id: Set(event.id),
        kind: Set(event.kind.clone()),
        state: Set("waiting".to_owned()),
        attempts: Set(0),
        next_ms: Set(now_ms),
        status: Set(None),
        error: Set(None),
        took_ms: Set(None),
        created_ms: Set(now_ms),
        ended_ms: Set(None),
    }
}

/// Deliveries that are due, with their event, oldest first.
///
/// # Errors
///
/// The database's.
pub async fn due(tx: &Tx, now_ms: i64, limit: u64) -> Result<Vec<(Delivery, Event)>, Error> {
    let rows = deliveries::Entity::find()
        .filter(deliveries::Column::State.eq("waiting"))
        .filter(deliveries::Column::NextMs.lte(now_ms))
        .order_by_asc(deliveries::Column::NextMs)
        .limit(limit)
        .all(&tx.db)
        .await?;
    let events = outbox::Entity::find()
        .filter(outbox::Column::Id.is_in(rows.iter().map(|row| row.event_id)))
        .all(&tx.db)
        .await?;
    let event = |id| events.iter().find(|event| event.id == id).cloned();
    Ok(rows
        .into_iter()
        .filter_map(|row| event(row.event_id).map(|event| (row, event)))
        .collect())
}

/// Notes what became of a delivery.
///
/// # Errors
///
/// [`Error::Missing`]: its webhook is gone.
pub async fn settle(tx: &Tx, delivery: Delivery) -> Result<(), Error> {
    delivery.into_active_model().reset_all().update(&tx.db).await?;
    Ok(())
}

/// A webhook's deliveries, newest first.
///
/// # Errors
///
/// The database's.
pub async fn deliveries(
    tx: &Tx,
    webhook: Uuid,
    after: Option<Cursor>,
    limit: u64,
) -> Result<Page<Delivery>, Error> {
    let mut query = deliveries::Entity::find()
        .filter(deliveries::Column::TenantId.eq(tx.tenant()))
        .filter(deliveries::Column::WebhookId.eq(webhook));
    if let Some(after) = after {
        query = query.filter(after.before(deliveries::Column::CreatedMs, deliveries::Column::Id));
    }
    let rows = query
        .order_by_desc(deliveries::Column::CreatedMs)
        .order_by_desc(deliveries::Column::Id)
        .limit(limit + 1)
        .all(&tx.db)
        .await?;
    Ok(Page::of(rows, limit, |row| Cursor {
        at_ms: row.created_ms,
        id: row.id,
    }))
}

/// Sends a delivery's event once more, as a delivery of its own.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn replay(tx: &Tx, id: Uuid, now_ms: i64) -> Result<Delivery, Error> {
    let old = deliveries::Entity::find_by_id(id)
        .filter(deliveries::Column::TenantId.eq(tx.tenant()))
        .one(&tx.db)
        .await?
        .ok_or(Error::Missing)?;
    let webhook = find(tx, old.webhook_id).await?;
    let event = outbox::Entity::find_by_id(old.event_id)
        .one(&tx.db)
        .await?
        .ok_or(Error::Missing)?;
    Ok(delivery(&webhook, &event, now_ms).insert(&tx.db).await?)
}

/// Body and kind of an event, as a sender needs them.
#[must_use]
pub fn event(tenant: Uuid, kind: &str, payload: Value, now_ms: i64) -> Event {
    Event {
        id: Uuid::now_v7(),
        tenant_id: tenant,
        kind: kind.to_owned(),
        payload,
        created_ms: now_ms,
        fanned: false,
    }
}

/// Sends an event to one webhook alone: a trial.
///
/// # Errors
///
/// The database's.
pub async fn send_to(tx: &Tx, webhook: &Webhook, mut event: Event, now_ms: i64) -> Result<Delivery, Error> {
    event.fanned = true;
    emit(tx, std::slice::from_ref(&event)).await?;
    Ok(delivery(webhook, &event, now_ms).insert(&tx.db).await?)
}

/// When a webhook last took something.
///
/// # Errors
///
/// The database's.
pub async fn last_delivered_ms(tx: &Tx, webhook: Uuid) -> Result<Option<i64>, Error> {
    let newest = deliveries::Entity::find()
        .filter(deliveries::Column::WebhookId.eq(webhook))
        .filter(deliveries::Column::State.eq("delivered"))
        .order_by_desc(deliveries::Column::EndedMs)
        .one(&tx.db)
        .await?;
    Ok(newest.and_then(|delivery| delivery.ended_ms))
}

/// Puts off what is due at a webhook that does not answer.
///
/// # Errors
///
/// The database's.
pub async fn put_off(tx: &Tx, webhook: Uuid, now_ms: i64, until_ms: i64) -> Result<(), Error> {
    deliveries::Entity::update_many()
        .col_expr(
            deliveries::Column::NextMs,
            sea_orm::sea_query::Expr::value(until_ms),
        )
        .filter(deliveries::Column::WebhookId.eq(webhook))
        .filter(deliveries::Column::State.eq("waiting"))
        .filter(deliveries::Column::NextMs.lte(now_ms))
        .exec(&tx.db)
        .await?;
    Ok(())
}

/// Gives up what is on its way to a webhook that is off.
///
/// # Errors
///
/// The database's.
pub async fn give_up(tx: &Tx, webhook: Uuid, why: &str, now_ms: i64) -> Result<(), Error> {
    use sea_orm::sea_query::Expr;
    deliveries::Entity::update_many()
        .col_expr(deliveries::Column::State, Expr::value("failed"))
        .col_expr(deliveries::Column::Error, Expr::value(why))
        .col_expr(deliveries::Column::EndedMs, Expr::value(now_ms))
        .filter(deliveries::Column::WebhookId.eq(webhook))
        .filter(deliveries::Column::State.eq("waiting"))
        .exec(&tx.db)
        .await?;
    Ok(())
}
