//! Versions of a layer of prompts: a draft is changed and tried, publishing freezes it, going back makes a new draft.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cpd_detect::Profile;
use cpd_store::prompts::{self, Library, Prompt};
use cpd_store::{SERVICE, Tx, Uuid, jobs};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::caller::Caller;
use super::extract::{Asked, At, Body};
use super::heard::{self, Match};
use super::hearing;
use super::permission::Permission;
use super::problem::{Kind, Problem};
use super::prompts::is_form;
use super::upload::Upload;

/// The longest note, characters.
const NOTE_MAX: usize = 1_000;
/// The most days whose recordings are tried.
pub(crate) const DAYS_MAX: u32 = 31;

/// What a version is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum LibraryState {
    Draft,
    Published,
    Retired,
}

/// A version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Library)]
pub(crate) struct Version {
    number: i32,
    #[schema(value_type = LibraryState)]
    state: String,
    note: String,
    prompts: i32,
    created_ms: i64,
    published_ms: Option<i64>,
    published_by: Option<String>,
    /// Of a draft: prompts that the published version has not, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    added: Option<Vec<String>>,
    /// Of a draft: prompts of the published version that it has no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    removed: Option<Vec<String>>,
}

impl From<Library> for Version {
    fn from(library: Library) -> Version {
        Version {
            number: library.number,
            state: library.state,
            note: library.note,
            prompts: library.prompts,
            created_ms: library.created_ms,
            published_ms: library.published_ms,
            published_by: library.published_by,
            added: None,
            removed: None,
        }
    }
}

/// The versions of one's layer, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Libraries)]
pub(crate) struct Versions {
    items: Vec<Version>,
    /// The version of the common prompts that one's calls are heard with beside one's own; 0: none.
    common: i32,
}

/// Versions of one's layer, newest first
#[utoipa::path(get, path = "/libraries", operation_id = "libraries_list", tag = "prompts", responses((status = 200, body = Versions), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Versions>, Problem> {
    caller.may(Permission::PromptsRead)?;
    let tx = caller.read_own(&app).await?;
    let mut items = Vec::new();
    for library in prompts::libraries(&tx).await? {
        items.push(match library.state.as_str() {
            "draft" => drafted(&tx, library).await?.0,
            _ => library.into(),
        });
    }
    let common = prompts::published(&tx, SERVICE).await?;
    Ok(Json(Versions { items, common }))
}

/// A draft with what is new in it, and its prompts.
async fn drafted(tx: &Tx, draft: Library) -> Result<(Version, Vec<Prompt>), Problem> {
    let now = prompts::list(tx, tx.tenant(), draft.number).await?;
    let published = prompts::published(tx, tx.tenant()).await?;
    let before = prompts::list(tx, tx.tenant(), published).await?;
    let missing = |these: &[Prompt], those: &[Prompt]| -> Vec<String> {
        let those: std::collections::HashSet<Uuid> = those.iter().map(|prompt| prompt.id).collect();
        let alone = these.iter().filter(|prompt| !those.contains(&prompt.id));
        alone.map(|prompt| prompt.name.clone()).collect()
    };
    let version = Version {
        prompts: i32::try_from(now.len()).unwrap_or(i32::MAX),
        added: Some(missing(&now, &before)),
        removed: Some(missing(&before, &now)),
        ..Version::from(draft)
    };
    Ok((version, now))
}

/// The draft.
async fn draft(tx: &Tx) -> Result<Library, Problem> {
    let newest = prompts::libraries(tx).await?.into_iter().next();
    let draft = newest.filter(|library| library.state == "draft");
    draft.ok_or_else(|| Problem::new(Kind::NotFound, "there is no draft: nothing was changed"))
}

/// What is published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publication {
    /// What changed, in words.
    #[serde(default)]
    note: String,
    /// The draft has no prompts at all, and that is meant so.
    #[serde(default)]
    empty: bool,
}

/// Publishes the draft: new calls are heard with it within seconds
#[utoipa::path(post, path = "/libraries/publication", operation_id = "draft_publish", tag = "prompts", request_body = Publication, responses((status = 200, body = Version), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn publish(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(wanted): Body<Publication>,
) -> Result<Json<Version>, Problem> {
    caller.may(Permission::PromptsWrite)?;
    if wanted.note.chars().count() > NOTE_MAX {
        let detail = format!("a note has at most {NOTE_MAX} characters");
        return Err(Problem::wrong("/note", detail));
    }
    let conflict = |detail: &str| Problem::new(Kind::Conflict, detail);
    let tx = caller.read_own(&app).await?;
    let (version, now) = drafted(&tx, draft(&tx).await?).await?;
    let lists = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let (added, removed) = (lists(&version.added), lists(&version.removed));
    if added.is_empty() && removed.is_empty() {
        return Err(conflict(
            "the draft is as the published version is; throw it away",
        ));
    }
    if now.is_empty() && !wanted.empty {
        return Err(conflict(
            "the draft has no prompts at all; send `empty` where calls are to be heard without them",
        ));
    }
    // Nothing is published that no call could be recognised by.
    let stocked = app.stock.draft(&tx).await?;
    if let Some(why) = stocked.refused.first() {
        return Err(conflict(&format!(
            "a prompt of the draft cannot be recognised: {why}"
        )));
    }
    drop(tx);
    let tx = caller.write(&app).await?;
    let library = prompts::publish(&tx, &wanted.note, &caller.name, app.now()).await?;
    let change = json!({ "note": wanted.note, "added": added, "removed": removed });
    caller
        .note(
            &app,
            &tx,
            "prompts.published",
            &library.number.to_string(),
            change,
        )
        .await?;
    tx.commit().await?;
    Ok(Json(library.into()))
}

/// How to go back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Back {
    /// The draft that is there is thrown away for it.
    discard: Option<bool>,
}

/// Makes a draft of what an older version held
#[utoipa::path(post, path = "/libraries/{number}/restoration", operation_id = "library_restore", tag = "prompts", params(("number" = i32, Path), Back), responses((status = 200, body = Version), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn restore(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(number): At<i32>,
    Asked(back): Asked<Back>,
) -> Result<Json<Version>, Problem> {
    caller.may(Permission::PromptsWrite)?;
    let tx = caller.write(&app).await?;
    let all = prompts::libraries(&tx).await?;
    if !all.iter().any(|one| one.number == number && one.state != "draft") {
        return Err(Problem::not_found());
    }
    if all.iter().any(|one| one.state == "draft") && back.discard != Some(true) {
        return Err(Problem::new(
            Kind::Conflict,
            "there is a draft with changes; publish it, throw it away, or send discard=true",
        ));
    }
    let library = prompts::restore(&tx, number, &caller.name, app.now()).await?;
    let (version, _) = drafted(&tx, library).await?;
    let change = json!({ "from": number, "added": version.added, "removed": version.removed });
    caller
        .note(&app, &tx, "prompts.restored", &version.number.to_string(), change)
        .await?;
    tx.commit().await?;
    Ok(Json(version))
}

/// Throws the draft away
#[utoipa::path(delete, path = "/libraries/draft", operation_id = "draft_discard", tag = "prompts", responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn discard(State(app): State<Arc<App>>, caller: Caller) -> Result<StatusCode, Problem> {
    caller.may(Permission::PromptsWrite)?;
    let tx = caller.write(&app).await?;
    let number = draft(&tx).await?.number;
    prompts::discard(&tx).await?;
    caller
        .note(&app, &tx, "prompts.discarded", &number.to_string(), json!({}))
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A recording that the draft is tried on.
#[derive(ToSchema)]
#[schema(as = DraftTrialForm)]
#[allow(dead_code, reason = "the form is read field by field; this describes it")]
pub(crate) struct Form {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Where it was answered, ms; without it, it was not.
    answered_ms: Option<u64>,
    /// Which channel, from 1; all of them mixed by itself.
    channel: Option<usize>,
}

/// Calls that the draft is tried on.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = DraftTrialDays)]
#[serde(deny_unknown_fields)]
pub(crate) struct Days {
    /// The recordings of the last so many days, 1 to 31.
    #[schema(minimum = 1, maximum = 31)]
    days: u32,
}

/// A recording, heard with both versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftTrial)]
pub(crate) struct Trial {
    length_ms: u64,
    published: Side,
    draft: Side,
}

/// A recording, heard with one of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftTrialSide)]
pub(crate) struct Side {
    verdict: Option<heard::Told>,
    matches: Vec<Match>,
}

/// Work that was begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Begun {
    /// The job; it is asked for at `/jobs`.
    pub(crate) job: Uuid,
}

/// Tries the draft: on a recording at once, or on the recordings of the last days as a job
#[utoipa::path(post, path = "/libraries/draft/trials", operation_id = "draft_try", tag = "prompts", request_body(content((Form = "multipart/form-data"), (Days = "application/json"))), responses((status = 200, body = Trial), (status = 202, body = Begun), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn test(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    caller.may(Permission::PromptsRead)?;
    match is_form(request.headers()) {
        true => Ok(Json(on_file(&app, &caller, request).await?).into_response()),
        false => {
            let Body(days) = Body::from_request(request, &()).await?;
            Ok((StatusCode::ACCEPTED, Json(on_days(&app, &caller, days).await?)).into_response())
        }
    }
}

async fn on_file(app: &Arc<App>, caller: &Caller, request: Request) -> Result<Trial, Problem> {
    let _room = app.workshop.sound()?;
    let mut upload = Upload::read(request).await?;
    let (answered_ms, channel) = (upload.number("answered_ms")?, upload.number("channel")?);
    upload.close(&["answered_ms", "channel"])?;
    let decoded = upload.decode(app, channel, heard::SECONDS_MAX).await?;
    let recording = decoded.into_iter().next().unwrap_or_default();
    let tx = caller.read_own(app).await?;
    let published = app.stock.published(&tx, caller.tenant).await?;
    let draft = app.stock.draft(&tx).await?;
    let plans = super::tone_plans::own(&tx, caller.tenant).await?;
    drop(tx);
    let [published, draft] =
        [published, Some(draft)].map(|stocked| hearing::with(app, stocked, &plans, Profile::default(), None));
    let work = move || {
        let [published, draft] = [published, draft].map(|with| {
            let heard = with.ear.hear(&recording, answered_ms, false);
            Side {
                verdict: heard::verdict(&heard, with.ear.shared.library()),
                matches: heard::matches(&heard, &with),
            }
        });
        Trial {
            length_ms: recording.length_ms(),
            published,
            draft,
        }
    };
    app.workshop.work(work).await
}

async fn on_days(app: &App, caller: &Caller, wanted: Days) -> Result<Begun, Problem> {
    if !(1..=DAYS_MAX).contains(&wanted.days) {
        let detail = format!("{} is not 1 to {DAYS_MAX} days", wanted.days);
        return Err(Problem::wrong("/days", detail));
    }
    caller.may(Permission::AudioRead)?;
    let tx = caller.write(app).await?;
    draft(&tx).await?;
    super::jobs::room(&tx).await?;
    let job = jobs::add(&tx, "trial", json!(wanted), &caller.name, app.now()).await?;
    tx.commit().await?;
    Ok(Begun { job: job.id })
}
