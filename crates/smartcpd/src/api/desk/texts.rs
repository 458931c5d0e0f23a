//! What is written beforehand: answers that the desk gives often, and articles that customers read themselves.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use cpd_store::desk::texts::{self, Said};
use cpd_store::{SERVICE, Uuid};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::caller::Caller;
use super::super::extract::{Asked, At, Body, List};
use super::super::permission::Permission;
use super::super::problem::Problem;
use super::super::users::check_language;
use super::super::version::{IfMatch, etag};
use super::requests::{check_text, check_topic};
use super::seat;

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TextKind {
    /// The desk gives it as an answer.
    Answer,
    /// Customers read it.
    Article,
}

impl TextKind {
    fn as_str(self) -> &'static str {
        match self {
            TextKind::Answer => "answer",
            TextKind::Article => "article",
        }
    }
}

/// A text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeskText)]
pub(crate) struct TextTold {
    id: Uuid,
    kind: String,
    language: String,
    title: String,
    text: String,
    /// Customers see it.
    published: bool,
    changed_ms: i64,
    version: i32,
}

fn told(text: texts::Text) -> TextTold {
    TextTold {
        id: text.id,
        kind: text.kind,
        language: text.language,
        title: text.title,
        text: text.text,
        published: text.published,
        changed_ms: text.changed_ms,
        version: text.version,
    }
}

/// Which texts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    kind: TextKind,
}

/// Texts, by title: articles that are published, for all; everything, for the desk
#[utoipa::path(get, path = "/desk/texts", operation_id = "desk_texts_list", tag = "desk", params(Which), responses((status = 200, body = List<TextTold>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<List<TextTold>>, Problem> {
    caller.may(Permission::RequestsRead)?;
    let staff = caller.home == SERVICE;
    if !staff && which.kind == TextKind::Answer {
        return Err(Problem::not_found());
    }
    let tx = app.service(false).await?;
    let rows = texts::list(&tx, which.kind.as_str(), !staff).await?;
    let items = rows.into_iter().map(told).collect();
    Ok(Json(List { items }))
}

/// What a text says.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DeskTextSaid)]
#[serde(deny_unknown_fields)]
pub(crate) struct Writes {
    kind: TextKind,
    language: String,
    title: String,
    text: String,
    #[serde(default)]
    published: bool,
}

fn said(writes: Writes) -> Result<(TextKind, Said), Problem> {
    check_topic("/title", &writes.title)?;
    check_text("/text", &writes.text)?;
    check_language("/language", &writes.language)?;
    if writes.published && writes.kind == TextKind::Answer {
        return Err(Problem::wrong(
            "/published",
            "answers are the desk's own; publish an article",
        ));
    }
    let said = Said {
        language: writes.language,
        title: writes.title.trim().to_owned(),
        text: writes.text,
        published: writes.published,
    };
    Ok((writes.kind, said))
}

/// Writes a text
#[utoipa::path(post, path = "/desk/texts", operation_id = "desk_texts_add", tag = "desk", request_body = Writes, responses((status = 201, body = TextTold), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(writes): Body<Writes>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<TextTold>), Problem> {
    let (kind, said) = said(writes)?;
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    let text = texts::add(&tx, kind.as_str(), said, app.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, etag(text.version), Json(told(text))))
}

/// Changes a text
#[utoipa::path(put, path = "/desk/texts/{id}", operation_id = "desk_texts_change", tag = "desk", request_body = Writes, params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 200, body = TextTold), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    IfMatch(version): IfMatch,
    At(id): At<Uuid>,
    Body(writes): Body<Writes>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<TextTold>), Problem> {
    let (kind, said) = said(writes)?;
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    if texts::find(&tx, id).await?.kind != kind.as_str() {
        return Err(Problem::wrong("/kind", "a text stays of its kind; write another"));
    }
    let text = texts::change(&tx, id, version, said, app.now()).await?;
    tx.commit().await?;
    Ok((etag(text.version), Json(told(text))))
}

/// Takes a text away
#[utoipa::path(delete, path = "/desk/texts/{id}", operation_id = "desk_texts_remove", tag = "desk", params(("id" = Uuid, Path)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::DeskWork)?;
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    texts::remove(&tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
