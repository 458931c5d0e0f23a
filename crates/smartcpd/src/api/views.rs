//! Views of the list of calls that people saved.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_store::{Uuid, views};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::{At, Body, List};
use super::permission::Permission;
use super::problem::Problem;

/// The longest query of a view, bytes: an address of that length works in every browser.
const QUERY_MAX: usize = 2_000;

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct View {
    id: Uuid,
    name: String,
    /// The query of the list's address.
    query: String,
    /// All of the customer's people see it.
    shared: bool,
    /// It is one's own.
    own: bool,
}

/// Views that one sees
#[utoipa::path(get, path = "/views", operation_id = "views_list", tag = "views", responses((status = 200, body = List<View>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<List<View>>, Problem> {
    caller.may(Permission::CallsRead)?;
    let user = caller.person()?;
    let tx = caller.read_own(&app).await?;
    let items = views::list(&tx, user)
        .await?
        .into_iter()
        .map(|view| told(view, user))
        .collect();
    Ok(Json(List { items }))
}

fn told(view: views::View, user: Uuid) -> View {
    View {
        own: view.user_id == user,
        id: view.id,
        name: view.name,
        query: view.query,
        shared: view.shared,
    }
}

/// A view to save.
#[derive(Deserialize, ToSchema)]
#[schema(as = ViewNew)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    query: String,
    #[serde(default)]
    shared: bool,
}

/// Saves a view
#[utoipa::path(post, path = "/views", operation_id = "view_save", tag = "views", request_body = New, responses((status = 201, body = View), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<View>), Problem> {
    caller.may(Permission::CallsRead)?;
    let user = caller.person()?;
    super::users::check_name("/name", &new.name)?;
    if new.query.len() > QUERY_MAX {
        return Err(Problem::wrong(
            "/query",
            format!("a query has at most {QUERY_MAX} bytes"),
        ));
    }
    let tx = caller.write(&app).await?;
    let view = views::add(&tx, user, new.name, new.query, new.shared, app.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(told(view, user))))
}

/// Takes one of one's own views away
#[utoipa::path(delete, path = "/views/{id}", operation_id = "view_remove", tag = "views", params(("id" = Uuid, Path)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<StatusCode, Problem> {
    let user = caller.person()?;
    let tx = caller.write(&app).await?;
    views::remove(&tx, user, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
