//! Contracts: when the desk works for a customer, what it promises, and who sees what.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use cpd_store::desk::contracts::{self, Contract, Said};
use cpd_store::{Uuid, tenants};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::super::app::App;
use super::super::caller::Caller;
use super::super::extract::{At, Body, List};
use super::super::permission::Permission;
use super::super::problem::{Kind, Problem};
use super::super::version::{IfMatch, etag};
use super::seat;
use crate::desk::terms::Terms;

/// A contract.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeskContract)]
pub(crate) struct ContractTold {
    id: Uuid,
    customer: Uuid,
    /// What both sides call it.
    number: String,
    from_ms: i64,
    until_ms: Option<i64>,
    /// It is in force now.
    in_force: bool,
    terms: Terms,
    version: i32,
}

fn told(contract: Contract, now_ms: i64) -> Result<ContractTold, Problem> {
    let terms = serde_json::from_value(contract.terms).map_err(|why| {
        Problem::new(
            Kind::Fault,
            format!("contract {} cannot be read: {why}", contract.id),
        )
    })?;
    Ok(ContractTold {
        id: contract.id,
        customer: contract.tenant_id,
        number: contract.number,
        in_force: contract.from_ms <= now_ms && contract.until_ms.is_none_or(|until| now_ms < until),
        from_ms: contract.from_ms,
        until_ms: contract.until_ms,
        terms,
        version: contract.version,
    })
}

/// A customer's contracts, the newest first
#[utoipa::path(get, path = "/tenants/{id}/contracts", operation_id = "contracts_list", tag = "desk", params(("id" = Uuid, Path)), responses((status = 200, body = List<ContractTold>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Json<List<ContractTold>>, Problem> {
    caller.may(Permission::RequestsRead)?;
    let tx = caller.read(&app).await?;
    tenants::find(&tx, id).await?;
    let rows = contracts::list(&tx, id).await?;
    let now = app.now();
    let items = rows
        .into_iter()
        .map(|row| told(row, now))
        .collect::<Result<_, _>>()?;
    Ok(Json(List { items }))
}

/// What a contract says.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DeskContractSaid)]
#[serde(deny_unknown_fields)]
pub(crate) struct Writes {
    number: String,
    from_ms: i64,
    #[serde(default)]
    until_ms: Option<i64>,
    terms: Terms,
}

fn said(writes: Writes) -> Result<Said, Problem> {
    super::super::users::check_name("/number", &writes.number)?;
    let checked = writes.terms.contract(writes.from_ms, writes.until_ms);
    checked.map_err(|(place, why)| Problem::wrong(&place, why))?;
    Ok(Said {
        number: writes.number.trim().to_owned(),
        from_ms: writes.from_ms,
        until_ms: writes.until_ms,
        terms: json!(writes.terms),
    })
}

/// Writes a contract of a customer down
#[utoipa::path(post, path = "/tenants/{id}/contracts", operation_id = "contracts_add", tag = "desk", request_body = Writes, params(("id" = Uuid, Path)), responses((status = 201, body = ContractTold), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    Body(writes): Body<Writes>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<ContractTold>), Problem> {
    caller.may(Permission::TenantsWrite)?;
    let said = said(writes)?;
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    let tenant = tenants::find(&tx, id).await?;
    let now = app.now();
    let contract = contracts::add(&tx, tenant.id, said, now).await?;
    let (actor, change) = (caller.actor(), json!({ "number": contract.number }));
    let object = format!("contract:{}", contract.id);
    cpd_store::audit::note(&tx, tenant.id, &actor, "contract.added", &object, change, now).await?;
    tx.commit().await?;
    Ok((
        StatusCode::CREATED,
        etag(contract.version),
        Json(told(contract, now)?),
    ))
}

/// Changes a contract
#[utoipa::path(put, path = "/contracts/{id}", operation_id = "contracts_change", tag = "desk", request_body = Writes, params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 200, body = ContractTold), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    IfMatch(version): IfMatch,
    At(id): At<Uuid>,
    Body(writes): Body<Writes>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<ContractTold>), Problem> {
    caller.may(Permission::TenantsWrite)?;
    let said = said(writes)?;
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    let contract = contracts::change(&tx, id, version, said).await?;
    let now = app.now();
    let (actor, change) = (
        caller.actor(),
        json!({ "number": contract.number, "terms": contract.terms }),
    );
    let object = format!("contract:{id}");
    cpd_store::audit::note(
        &tx,
        contract.tenant_id,
        &actor,
        "contract.changed",
        &object,
        change,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok((etag(contract.version), Json(told(contract, now)?)))
}
