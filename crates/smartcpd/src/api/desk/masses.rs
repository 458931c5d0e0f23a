//! Mass incidents: what stands above the requests of several customers, and is seen by none of them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_desk::{CustomerId, Reports, RequestId};
use cpd_store::desk::masses::{self, Mass};
use cpd_store::desk::requests::{self, Filter};
use cpd_store::{SERVICE, Tx, Uuid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::caller::Caller;
use super::super::extract::{At, Body, List};
use super::super::problem::{Kind, Problem};
use super::requests::{check_component, check_text, check_topic};
use super::seat;
use crate::desk::work;

/// How far back reports are looked at for a suggestion, ms: an hour.
const LATELY_MS: i64 = 60 * 60_000;
/// Requests that are looked at for it.
const REPORTS_MAX: u64 = 2_000;

/// A mass incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MassIncident)]
pub(crate) struct MassTold {
    id: Uuid,
    topic: String,
    component: String,
    text: String,
    /// `open`, `solved`.
    state: String,
    solution: String,
    by: String,
    /// Requests below it.
    requests: u64,
    created_ms: i64,
    ended_ms: Option<i64>,
}

async fn told(tx: &Tx, mass: Mass) -> Result<MassTold, Problem> {
    let below = Filter {
        mass: Some(mass.id),
        ..Filter::default()
    };
    Ok(MassTold {
        requests: requests::count(tx, &below).await?,
        id: mass.id,
        topic: mass.topic,
        component: mass.component,
        text: mass.text,
        state: mass.state,
        solution: mass.solution,
        by: mass.by,
        created_ms: mass.created_ms,
        ended_ms: mass.ended_ms,
    })
}

/// Mass incidents, the newest first
#[utoipa::path(get, path = "/mass-incidents", operation_id = "masses_list", tag = "desk", responses((status = 200, body = List<MassTold>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<List<MassTold>>, Problem> {
    let (tx, _) = seat::staff(&app, &caller, false).await?;
    let mut items = Vec::new();
    for mass in masses::list(&tx).await? {
        items.push(told(&tx, mass).await?);
    }
    Ok(Json(List { items }))
}

/// One of them
#[utoipa::path(get, path = "/mass-incidents/{id}", operation_id = "masses_find", tag = "desk", params(("id" = Uuid, Path)), responses((status = 200, body = MassTold), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Json<MassTold>, Problem> {
    let (tx, _) = seat::staff(&app, &caller, false).await?;
    let mass = masses::find(&tx, id).await?;
    Ok(Json(told(&tx, mass).await?))
}

/// What is said of a new one.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewMassIncident)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    topic: String,
    #[serde(default)]
    component: String,
    /// What is known, for the desk.
    text: String,
    /// Requests that belong to it.
    #[serde(default)]
    requests: Vec<Uuid>,
}

/// Opens a mass incident
#[utoipa::path(post, path = "/mass-incidents", operation_id = "masses_add", tag = "desk", request_body = New, responses((status = 201, body = MassTold), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<MassTold>), Problem> {
    check_topic("/topic", &new.topic)?;
    check_text("/text", &new.text)?;
    check_component("/component", &new.component)?;
    if new.requests.len() > 1_000 {
        return Err(Problem::wrong(
            "/requests",
            "at most 1000 are put below it at once",
        ));
    }
    let (tx, by) = seat::staff(&app, &caller, true).await?;
    let now = app.now();
    let mass = masses::add(
        &tx,
        new.topic.trim().to_owned(),
        new.component,
        new.text,
        &by.name,
        now,
    )
    .await?;
    for request in new.requests {
        work::attach(&tx, request, mass.id, now).await?;
    }
    let told = told(&tx, mass).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(told)))
}

/// What is said to all below.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MassIncidentWords)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    text: String,
}

/// To how many it was said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Fanned {
    requests: usize,
}

/// Says something in each request below it that is not over
#[utoipa::path(post, path = "/mass-incidents/{id}/messages", operation_id = "masses_say", tag = "desk", request_body = Words, params(("id" = Uuid, Path)), responses((status = 200, body = Fanned), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn say(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    Body(words): Body<Words>,
) -> Result<Json<Fanned>, Problem> {
    check_text("/text", &words.text)?;
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    let mass = masses::hold(&tx, id).await?;
    let requests = work::fan_out(&tx, mass.id, &words.text, false, app.now()).await?;
    tx.commit().await?;
    Ok(Json(Fanned { requests }))
}

/// Solves it: the solution is given in each request below it; each is closed by its own customer, or its own time
#[utoipa::path(post, path = "/mass-incidents/{id}/solution", operation_id = "masses_solve", tag = "desk", request_body = Words, params(("id" = Uuid, Path)), responses((status = 200, body = MassTold), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn solve(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    Body(words): Body<Words>,
) -> Result<Json<MassTold>, Problem> {
    check_text("/text", &words.text)?;
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    let mut mass = masses::hold(&tx, id).await?;
    if mass.state != "open" {
        return Err(Problem::new(Kind::Conflict, "it is solved already"));
    }
    let now = app.now();
    work::fan_out(&tx, mass.id, &words.text, true, now).await?;
    "solved".clone_into(&mut mass.state);
    mass.solution = words.text;
    mass.ended_ms = Some(now);
    let mass = masses::keep(&tx, mass).await?;
    let told = told(&tx, mass).await?;
    tx.commit().await?;
    Ok(Json(told))
}

/// Several customers report one part of the service: a mass incident, perhaps.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MassIncidentSuggestion)]
pub(crate) struct Suggested {
    component: String,
    requests: Vec<Uuid>,
}

/// Mass incidents that may be: what several customers reported within minutes of the last hour
#[utoipa::path(get, path = "/mass-incidents/suggestions", operation_id = "masses_suggestions", tag = "desk", responses((status = 200, body = List<Suggested>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn suggestions(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<List<Suggested>>, Problem> {
    let (tx, _) = seat::staff(&app, &caller, false).await?;
    let now = app.now();
    let lately = requests::between(&tx, now - LATELY_MS, now, REPORTS_MAX).await?;
    let mut reports = Reports::default();
    let mut found: HashMap<String, Vec<Uuid>> = HashMap::new();
    for request in lately {
        let said = !request.component.is_empty() && request.tenant_id != SERVICE;
        // What is below one already is not suggested again.
        if !said || request.mass_id.is_some() {
            continue;
        }
        let customer = CustomerId(request.tenant_id);
        let report = reports.report(
            request.created_ms,
            &request.component,
            customer,
            RequestId(request.id),
        );
        match (report, found.get_mut(&request.component)) {
            (Some(suggestion), _) => {
                let ids = suggestion.requests.into_iter().map(|id| id.0).collect();
                found.insert(suggestion.component, ids);
            }
            (None, Some(ids)) => ids.push(request.id),
            (None, None) => (),
        }
    }
    let mut items: Vec<Suggested> = found
        .into_iter()
        .map(|(component, requests)| Suggested { component, requests })
        .collect();
    items.sort_by(|one, other| one.component.cmp(&other.component));
    Ok(Json(List { items }))
}
