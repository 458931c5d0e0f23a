//! Test calls: a customer without a trunk sees a call go through the node.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_store::{SERVICE, Uuid, tenants};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::app::{App, too_many};
use super::caller::Caller;
use super::extract::{At, Body};
use super::permission::Permission;
use super::problem::{Kind, Problem};
use crate::test_calls::{Plays, Refusal, TestCall};

/// Which call.
#[derive(Deserialize, ToSchema)]
#[schema(as = TestCallNew)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    /// Who answers.
    plays: Plays,
}

/// Makes a test call
///
/// A pretended dialer on the node's machine calls the node itself, and a pretended carrier answers: real SIP and sound, through trunks
/// that stand for this call alone. It becomes a call of the customer's, by a trunk called `test call`. One at a time on a node.
#[utoipa::path(post, path = "/test-calls", operation_id = "test_call_begin", tag = "setup", request_body = New, responses((status = 202, body = TestCall), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<TestCall>), Problem> {
    caller.may(Permission::ConfigWrite)?;
    if caller.tenant == SERVICE {
        let detail = "a test call is a customer's; choose one";
        return Err(Problem::new(Kind::Conflict, detail));
    }
    let tx = caller.write(&app).await?;
    let tenant = tenants::find(&tx, caller.tenant).await?;
    if app.limits.test_calls.check_key(&tenant.id.as_u128()).is_err() {
        return Err(too_many());
    }
    let begun = app
        .test_calls
        .begin(&tenant.slug, tenant.id, new.plays, app.now());
    let call = begun.map_err(|refusal| match refusal {
        Refusal::Busy => Problem::new(
            Kind::Conflict,
            "a test call is under way on this node; wait until it is over",
        ),
        Refusal::Impossible(why) => Problem::new(Kind::Conflict, why),
    })?;
    let change = json!({ "plays": new.plays.as_str() });
    caller
        .note(&app, &tx, "test_call.begun", &call.id.to_string(), change)
        .await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(call)))
}

/// How a test call goes
///
/// A node remembers its last ones, in memory.
#[utoipa::path(get, path = "/test-calls/{id}", operation_id = "test_call_find", tag = "setup", params(("id" = Uuid, Path)), responses((status = 200, body = TestCall), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Json<TestCall>, Problem> {
    caller.may(Permission::CallsRead)?;
    let found = app.test_calls.find(caller.tenant, id);
    found.map(Json).ok_or_else(Problem::not_found)
}
