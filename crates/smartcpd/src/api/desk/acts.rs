//! What is done to a request. Each is a noun of its own: a solution is posted, a merger is put and taken back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use cpd_desk::{Act, PersonId, Reason};
use cpd_store::{SERVICE, Uuid, users};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::app::App;
use super::super::caller::Caller;
use super::super::extract::{At, Body};
use super::super::permission::Permission;
use super::super::problem::{Kind, Problem};
use super::messages::{Text, with_words};
use super::requests::{Told, told};
use super::seat::{self, Seat};
use crate::desk::work::{self, NoMerge};

type Answer = Result<Json<Told>, Problem>;

/// Does what its side may.
async fn done(app: &App, caller: &Caller, id: &str, act: impl FnOnce(&Seat) -> Act) -> Answer {
    let (tx, seat) = seat::take(app, caller, true).await?;
    let request = seat.find(&tx, id).await?;
    let act = act(&seat);
    let request = work::act(&tx, request.id, &seat.by(caller), &act, app.now()).await?;
    let told = told(app, &tx, &seat, &request).await?;
    tx.commit().await?;
    Ok(Json(told))
}

/// The same, for what only the desk does.
async fn by_desk(app: &App, caller: &Caller, id: &str, act: Act) -> Answer {
    caller.may(Permission::DeskWork)?;
    done(app, caller, id, |_| act).await
}

/// Who works on it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignee {
    /// A specialist; none: nobody; without it: who asks.
    #[serde(default = "me")]
    user: Option<Who>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = AssigneeName)]
pub(crate) enum Who {
    /// A specialist's id.
    Somebody(Uuid),
    /// `me`.
    Me(String),
}

#[allow(clippy::unnecessary_wraps, reason = "what is left out is who asks")]
fn me() -> Option<Who> {
    Some(Who::Me("me".to_owned()))
}

/// Takes a request, or gives it to somebody
#[utoipa::path(put, path = "/requests/{id}/assignee", operation_id = "request_assignee_set", tag = "desk", request_body = Assignee, params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn assign(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
    Body(assignee): Body<Assignee>,
) -> Answer {
    caller.may(Permission::DeskWork)?;
    let user = match assignee.user {
        None => None,
        Some(Who::Me(word)) if word == "me" => Some(caller.person()?),
        Some(Who::Me(_)) => return Err(Problem::wrong("/user", "write me, or a specialist's id")),
        Some(Who::Somebody(user)) => {
            let tx = app.service(false).await?;
            let specialist = users::find(&tx, user).await.ok();
            let fits = specialist.is_some_and(|user| user.tenant_id == SERVICE && !user.disabled);
            if !fits {
                return Err(Problem::wrong("/user", "this is nobody of the desk"));
            }
            Some(user)
        }
    };
    by_desk(&app, &caller, &id, Act::Assign(user.map(PersonId))).await
}

/// Asks the customer for more
#[utoipa::path(post, path = "/requests/{id}/questions", operation_id = "request_questions_add", tag = "desk", request_body = Text, params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
    Body(text): Body<Text>,
) -> Answer {
    with_words(&app, &caller, &id, text, Act::Ask).await
}

/// Provides the solution: its comment is what the customer reads, by the door that the request came through
#[utoipa::path(post, path = "/requests/{id}/solution", operation_id = "request_solution_add", tag = "desk", request_body = Text, params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn solve(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
    Body(text): Body<Text>,
) -> Answer {
    with_words(&app, &caller, &id, text, Act::Solve).await
}

/// Says that the desk does not take it, and why
#[utoipa::path(post, path = "/requests/{id}/rejection", operation_id = "request_rejection_add", tag = "desk", request_body = Text, params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn refuse(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
    Body(text): Body<Text>,
) -> Answer {
    with_words(&app, &caller, &id, text, Act::Refuse).await
}

/// Says that a solution is none
#[utoipa::path(post, path = "/requests/{id}/denial", operation_id = "request_denial_add", tag = "desk", params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn deny(State(app): State<Arc<App>>, caller: Caller, At(id): At<String>) -> Answer {
    done(&app, &caller, &id, |_| Act::Deny).await
}

/// Closes a request that is solved: the customer by agreeing, or the desk
#[utoipa::path(post, path = "/requests/{id}/closure", operation_id = "request_closure_add", tag = "desk", params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn close(State(app): State<Arc<App>>, caller: Caller, At(id): At<String>) -> Answer {
    let act = |seat: &Seat| match seat {
        Seat::Staff { .. } => Act::Finish,
        Seat::Customer { .. } => Act::Confirm,
    };
    done(&app, &caller, &id, act).await
}

/// What a request waits for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiting {
    reason: WaitingFor,
}

/// What a request waits for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WaitingFor {
    /// A version of the software.
    Update,
    /// Somebody who supplies us.
    Supplier,
}

/// Lets a request wait for an update or a supplier
#[utoipa::path(put, path = "/requests/{id}/wait", operation_id = "request_wait_set", tag = "desk", request_body = Waiting, params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn wait(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
    Body(waiting): Body<Waiting>,
) -> Answer {
    let reason = match waiting.reason {
        WaitingFor::Update => Reason::Update,
        WaitingFor::Supplier => Reason::Supplier,
    };
    by_desk(&app, &caller, &id, Act::Wait(reason)).await
}

/// Goes on with a request that waited, or whose question needs no answer any more
#[utoipa::path(delete, path = "/requests/{id}/wait", operation_id = "request_wait_remove", tag = "desk", params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn resume(State(app): State<Arc<App>>, caller: Caller, At(id): At<String>) -> Answer {
    by_desk(&app, &caller, &id, Act::Resume).await
}

/// Where a request goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merger {
    /// The id or the number of another request of the same customer.
    into: String,
}

/// Lets a request go on in another of the same customer
#[utoipa::path(put, path = "/requests/{id}/merger", operation_id = "request_merger_set", tag = "desk", request_body = Merger, params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn merge(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
    Body(merger): Body<Merger>,
) -> Answer {
    caller.may(Permission::DeskWork)?;
    let (tx, seat) = seat::take(&app, &caller, true).await?;
    let request = seat.find(&tx, &id).await?;
    let into = seat.find(&tx, &merger.into).await?;
    let merged = work::merge(&tx, request.id, into.id, &seat.by(&caller), app.now()).await?;
    let request = merged.map_err(|why| {
        Problem::new(
            Kind::Conflict,
            match why {
                NoMerge::OtherCustomer => "the two are of two customers",
                NoMerge::NotSeen => {
                    "who wrote this one may not see the other: the contract keeps colleagues' requests apart"
                }
            },
        )
    })?;
    let told = told(&app, &tx, &seat, &request).await?;
    tx.commit().await?;
    Ok(Json(told))
}

/// Takes a merger back
#[utoipa::path(delete, path = "/requests/{id}/merger", operation_id = "request_merger_remove", tag = "desk", params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn unmerge(State(app): State<Arc<App>>, caller: Caller, At(id): At<String>) -> Answer {
    by_desk(&app, &caller, &id, Act::Unmerge).await
}

/// The mass incident above a request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Above {
    mass: Uuid,
}

/// Puts a request below a mass incident
#[utoipa::path(put, path = "/requests/{id}/mass", operation_id = "request_mass_set", tag = "desk", request_body = Above, params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn attach(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
    Body(above): Body<Above>,
) -> Answer {
    caller.may(Permission::DeskWork)?;
    let (tx, seat) = seat::take(&app, &caller, true).await?;
    let request = seat.find(&tx, &id).await?;
    let request = work::attach(&tx, request.id, above.mass, app.now()).await?;
    let told = told(&app, &tx, &seat, &request).await?;
    tx.commit().await?;
    Ok(Json(told))
}

/// Takes a request out of a mass incident
#[utoipa::path(delete, path = "/requests/{id}/mass", operation_id = "request_mass_remove", tag = "desk", params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn detach(State(app): State<Arc<App>>, caller: Caller, At(id): At<String>) -> Answer {
    by_desk(&app, &caller, &id, Act::Attach(None)).await
}
