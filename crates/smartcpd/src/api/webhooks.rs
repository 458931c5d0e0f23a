//! Where a customer's server wants to be told of events, and how that went.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use cpd_store::webhooks::{self, NewWebhook, Webhook};
use cpd_store::{SERVICE, Uuid};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::{Asked, At, Body, List, Paged, Part};
use super::permission::Permission;
use super::problem::{Kind, Problem};
use super::version::{IfMatch, etag};
use crate::webhooks::{KINDS, TRIAL, address, signature, wants};

/// The most webhooks of one customer.
const WEBHOOKS_MAX: usize = 50;

/// Where events go.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(crate) struct Hook {
    id: Uuid,
    name: String,
    url: String,
    /// Which: `call.ended`, `job.ended`, or a beginning that ends with a dot.
    events: Vec<String>,
    /// It is on. One that took nothing for days, or answered 410, is turned off.
    active: bool,
    /// Deliveries in a row that were given up.
    failures: i32,
    created_ms: i64,
    version: i32,
}

impl From<Webhook> for Hook {
    fn from(webhook: Webhook) -> Hook {
        Hook {
            id: webhook.id,
            name: webhook.name,
            url: webhook.url,
            events: serde_json::from_value(webhook.events).unwrap_or_default(),
            active: webhook.active,
            failures: webhook.failures,
            created_ms: webhook.created_ms,
            version: webhook.version,
        }
    }
}

/// A webhook with the secret that signs, which is told once.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookTold)]
pub(crate) struct Told {
    #[serde(flatten)]
    about: Hook,
    /// `whsec_…`, when it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<String>,
}

type Tag = [(HeaderName, HeaderValue); 1];

/// Webhooks
#[utoipa::path(get, path = "/webhooks", operation_id = "webhooks_list", tag = "webhooks", responses((status = 200, body = List<Hook>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<List<Hook>>, Problem> {
    caller.may(Permission::WebhooksWrite)?;
    let tx = caller.read_own(&app).await?;
    let items = webhooks::list(&tx).await?.into_iter().map(Hook::from);
    Ok(Json(List {
        items: items.collect(),
    }))
}

/// A new webhook.
#[derive(Deserialize, ToSchema)]
#[schema(as = WebhookNew)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    /// `https://…`
    url: String,
    events: Vec<String>,
}

/// Makes a webhook; its secret is told this once
#[utoipa::path(post, path = "/webhooks", operation_id = "webhook_add", tag = "webhooks", request_body = New, responses((status = 201, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, Tag, Json<Told>), Problem> {
    caller.may(Permission::WebhooksWrite)?;
    if caller.tenant == SERVICE {
        let detail = "the service itself has no calls to tell of; choose a customer";
        return Err(Problem::new(Kind::Conflict, detail));
    }
    check(&app, Some(&new.name), Some(&new.url), Some(&new.events))?;
    let tx = caller.write(&app).await?;
    if webhooks::list(&tx).await?.len() >= WEBHOOKS_MAX {
        let detail = format!("there are {WEBHOOKS_MAX} already; remove some first");
        return Err(Problem::new(Kind::Conflict, detail));
    }
    let change = json!({ "name": new.name, "url": new.url, "events": new.events });
    let mut secret = [0; signature::SECRET_BYTES];
    tx.sealer().fill(&mut secret)?;
    let new = NewWebhook {
        name: new.name,
        url: new.url,
        events: new.events,
        secret: secret.to_vec(),
    };
    let webhook = webhooks::add(&tx, new, app.now()).await?;
    let object = webhook.id.to_string();
    caller.note(&app, &tx, "webhook.added", &object, change).await?;
    tx.commit().await?;
    let told = Told {
        secret: Some(signature::secret_text(&secret)),
        about: webhook.into(),
    };
    Ok((StatusCode::CREATED, etag(told.about.version), Json(told)))
}

fn check(
    app: &App,
    name: Option<&str>,
    url: Option<&str>,
    events: Option<&Vec<String>>,
) -> Result<(), Problem> {
    if let Some(name) = name {
        super::users::check_name("/name", name)?;
    }
    if let Some(url) = url {
        address::read(url, app.network.private).map_err(|why| Problem::wrong("/url", why))?;
    }
    let Some(events) = events else {
        return Ok(());
    };
    if events.is_empty() || events.len() > KINDS.len() * 2 {
        return Err(Problem::wrong("/events", "name the events that it wants"));
    }
    for (at, event) in events.iter().enumerate() {
        if !KINDS.iter().any(|kind| wants(event, kind)) {
            let detail = format!("{event:?} is no event; write one of {}", KINDS.join(", "));
            return Err(Problem::wrong(&format!("/events/{at}"), detail));
        }
    }
    Ok(())
}

/// One webhook
#[utoipa::path(get, path = "/webhooks/{id}", operation_id = "webhook_find", tag = "webhooks", params(("id" = Uuid, Path)), responses((status = 200, body = Hook), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<(Tag, Json<Hook>), Problem> {
    caller.may(Permission::WebhooksWrite)?;
    let tx = caller.read_own(&app).await?;
    let webhook = webhooks::find(&tx, id).await?;
    Ok((etag(webhook.version), Json(webhook.into())))
}

/// What changes of a webhook.
#[derive(Deserialize, ToSchema)]
#[schema(as = WebhookChanges)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    name: Option<String>,
    url: Option<String>,
    events: Option<Vec<String>>,
    active: Option<bool>,
    /// `true` makes a new secret, which is told in the answer; the old one signs no more.
    #[serde(default)]
    new_secret: bool,
}

/// Changes a webhook
#[utoipa::path(patch, path = "/webhooks/{id}", operation_id = "webhook_change", tag = "webhooks", params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = Changes, responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    IfMatch(version): IfMatch,
    Body(changes): Body<Changes>,
) -> Result<(Tag, Json<Told>), Problem> {
    caller.may(Permission::WebhooksWrite)?;
    let (name, url) = (changes.name.as_deref(), changes.url.as_deref());
    check(&app, name, url, changes.events.as_ref())?;
    let tx = caller.write(&app).await?;
    let note = json!({
        "name": changes.name, "url": changes.url, "events": changes.events, "active": changes.active,
        "new_secret": changes.new_secret,
    });
    let mut secret = [0; signature::SECRET_BYTES];
    let fresh = match changes.new_secret {
        true => {
            tx.sealer().fill(&mut secret)?;
            Some(&secret[..])
        }
        false => None,
    };
    let set = |webhook: &mut Webhook| {
        webhook.name = changes.name.unwrap_or(std::mem::take(&mut webhook.name));
        webhook.url = changes.url.unwrap_or(std::mem::take(&mut webhook.url));
        if let Some(events) = changes.events {
            webhook.events = json!(events);
        }
        if let Some(active) = changes.active {
            // Turned on again, it has another chance.
            webhook.failures = if active && !webhook.active {
                0
            } else {
                webhook.failures
            };
            webhook.active = active;
        }
    };
    let webhook = webhooks::change(&tx, id, version, fresh, set).await?;
    caller
        .note(&app, &tx, "webhook.changed", &id.to_string(), note)
        .await?;
    tx.commit().await?;
    let told = Told {
        secret: fresh.map(signature::secret_text),
        about: webhook.into(),
    };
    Ok((etag(told.about.version), Json(told)))
}

/// Takes a webhook away, with what was on its way
#[utoipa::path(delete, path = "/webhooks/{id}", operation_id = "webhook_remove", tag = "webhooks", params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::WebhooksWrite)?;
    let tx = caller.write(&app).await?;
    let webhook = webhooks::find(&tx, id).await?;
    if webhook.version != version {
        return Err(cpd_store::Error::Stale(webhook.version).into());
    }
    webhooks::remove(&tx, id).await?;
    let note = json!({ "name": webhook.name, "url": webhook.url });
    caller
        .note(&app, &tx, "webhook.removed", &id.to_string(), note)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How far a delivery is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum DeliveryState {
    Waiting,
    Delivered,
    Failed,
}

/// An event on its way to a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delivery {
    id: Uuid,
    webhook_id: Uuid,
    /// What the server knows the event by: `webhook-id`.
    event_id: Uuid,
    kind: String,
    #[schema(value_type = DeliveryState)]
    state: String,
    attempts: i32,
    /// When it is tried next.
    next_ms: Option<i64>,
    /// What the last answer was.
    status: Option<i32>,
    /// Why the last try failed.
    error: Option<String>,
    /// How long the last try took.
    took_ms: Option<i32>,
    created_ms: i64,
    ended_ms: Option<i64>,
}

impl From<webhooks::Delivery> for Delivery {
    fn from(delivery: webhooks::Delivery) -> Delivery {
        Delivery {
            id: delivery.id,
            webhook_id: delivery.webhook_id,
            event_id: delivery.event_id,
            kind: delivery.kind,
            next_ms: (delivery.state == "waiting").then_some(delivery.next_ms),
            state: delivery.state,
            attempts: delivery.attempts,
            status: delivery.status,
            error: delivery.error,
            took_ms: delivery.took_ms,
            created_ms: delivery.created_ms,
            ended_ms: delivery.ended_ms,
        }
    }
}

/// Sends a trial; how it went is in the deliveries a moment later
#[utoipa::path(post, path = "/webhooks/{id}/trials", operation_id = "webhook_try", tag = "webhooks", params(("id" = Uuid, Path)), responses((status = 202, body = Delivery), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn try_out(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    caller.may(Permission::WebhooksWrite)?;
    let tx = caller.write(&app).await?;
    let webhook = webhooks::find(&tx, id).await?;
    if !webhook.active {
        return Err(Problem::new(
            Kind::Conflict,
            "the webhook is off; turn it on first",
        ));
    }
    let payload = json!({ "webhook": webhook.id, "name": webhook.name });
    let event = webhooks::event(webhook.tenant_id, TRIAL, payload, app.now());
    let delivery = webhooks::send_to(&tx, &webhook, event, app.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(delivery.into())))
}

/// Deliveries to a webhook, newest first
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", operation_id = "deliveries_list", tag = "webhooks", params(("id" = Uuid, Path), Part), responses((status = 200, body = Paged<Delivery>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn deliveries(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    Asked(part): Asked<Part>,
) -> Result<Json<Paged<Delivery>>, Problem> {
    caller.may(Permission::WebhooksWrite)?;
    let (limit, after) = part.read()?;
    let tx = caller.read_own(&app).await?;
    webhooks::find(&tx, id).await?;
    let page = webhooks::deliveries(&tx, id, after, limit).await?;
    Ok(Json(Paged::of(page, Delivery::from)))
}

/// Sends an event again
#[utoipa::path(post, path = "/deliveries/{id}/replay", operation_id = "delivery_replay", tag = "webhooks", params(("id" = Uuid, Path)), responses((status = 202, body = Delivery), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn replay(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    caller.may(Permission::WebhooksWrite)?;
    let tx = caller.write(&app).await?;
    let delivery = webhooks::replay(&tx, id, app.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(delivery.into())))
}
