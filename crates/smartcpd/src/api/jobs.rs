//! Work that takes longer than a request: what is under way, what came of it, and files of calls.

use std::sync::Arc;

use axum::Json;
use axum::body::Body as Content;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cpd_b2bua::cpa_stats;
use cpd_b2bua::trunk::number::Number;
use cpd_store::jobs::{self, Ending};
use cpd_store::{Tx, Uuid, calls};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::caller::Caller;
use super::calls::Which;
use super::extract::{Asked, At, Body, List};
use super::libraries::Days;
use super::permission::Permission;
use super::problem::{Kind, Problem};
use super::replays::{Replay, Replayed, Tried};
use super::schema::any_of;
use crate::jobs::export::{self, Exported, Format, Wanted};
use crate::jobs::remove as remove_file;

/// The newest jobs that are told: what is older has no file any more.
const LIST: u64 = 100;
/// The most jobs of one customer that are not over.
const OPEN_MAX: usize = 20;

/// What kind of work a job is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum JobKind {
    Export,
    Replay,
    Trial,
}

/// How far a job is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum JobState {
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

any_of! {
    /// What is wanted, as the kind of the job has it: of an export, a replay, a trial.
    JobWish { export: Wanted, replay: Replay, trial: Days }
}

any_of! {
    /// What came of it, as the kind of the job has it.
    JobResult { export: Exported, replay: Replayed, trial: Tried }
}

/// A job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    id: Uuid,
    #[schema(value_type = JobKind)]
    kind: String,
    #[schema(value_type = JobState)]
    state: String,
    /// How far, 0 to 1; 0 where nobody knows.
    progress: f32,
    #[schema(value_type = JobWish)]
    parameters: Value,
    #[schema(value_type = Option<JobResult>)]
    result: Option<Value>,
    /// There is a file: `GET /jobs/{id}/file`, for a day.
    file: bool,
    /// Why it failed.
    error: Option<String>,
    created_by: String,
    created_ms: i64,
    ended_ms: Option<i64>,
}

impl From<jobs::Job> for Job {
    fn from(job: jobs::Job) -> Job {
        Job {
            id: job.id,
            kind: job.kind,
            state: job.state,
            progress: job.progress,
            parameters: job.parameters,
            result: job.result,
            file: job.file.is_some(),
            error: job.error,
            created_by: job.created_by,
            created_ms: job.created_ms,
            ended_ms: job.ended_ms,
        }
    }
}

/// Refuses more jobs than one customer may have waiting.
pub(super) async fn room(tx: &Tx) -> Result<(), Problem> {
    let all = jobs::list(tx, LIST).await?;
    if all.iter().filter(|job| job.ended_ms.is_none()).count() < OPEN_MAX {
        return Ok(());
    }
    let detail = format!("{OPEN_MAX} jobs wait already; take some back or wait");
    Err(Problem::new(Kind::TooMany, detail))
}

/// Jobs, newest first
#[utoipa::path(get, path = "/jobs", operation_id = "jobs_list", tag = "jobs", responses((status = 200, body = List<Job>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<List<Job>>, Problem> {
    caller.may(Permission::CallsExport)?;
    let tx = caller.read_own(&app).await?;
    let items = jobs::list(&tx, LIST).await?.into_iter().map(Job::from);
    Ok(Json(List {
        items: items.collect(),
    }))
}

/// One job
#[utoipa::path(get, path = "/jobs/{id}", operation_id = "job_find", tag = "jobs", params(("id" = Uuid, Path)), responses((status = 200, body = Job), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Json<Job>, Problem> {
    caller.may(Permission::CallsExport)?;
    let tx = caller.read_own(&app).await?;
    Ok(Json(jobs::find(&tx, id).await?.into()))
}

/// Takes a job back; one that is over goes, with its file
#[utoipa::path(delete, path = "/jobs/{id}", operation_id = "job_cancel", tag = "jobs", params(("id" = Uuid, Path)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::CallsExport)?;
    let tx = caller.write(&app).await?;
    let job = jobs::find(&tx, id).await?;
    if job.ended_ms.is_none() {
        jobs::end(&tx, id, Ending::Cancelled, app.now()).await?;
    } else {
        jobs::remove(&tx, id).await?;
    }
    tx.commit().await?;
    // On another node it goes when that one looks for files that nobody knows.
    if let Some(file) = job.file.filter(|_| job.ended_ms.is_some()) {
        remove_file(&app.exports.join(file));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A file of calls that is wanted.
#[derive(Deserialize, ToSchema)]
#[schema(as = ExportNew)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    format: Format,
    /// Which calls, as in the query of their list; `limit` and `after` mean nothing here.
    #[serde(default)]
    filter: Which,
}

/// Wants a file of calls; numbers are masked in it for who may not see them
#[utoipa::path(post, path = "/exports", operation_id = "calls_export", tag = "jobs", request_body = New, responses((status = 202, body = Job), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Job>), Problem> {
    caller.may(Permission::CallsExport)?;
    new.filter.refuse_numbers(&caller)?;
    new.filter.filter()?;
    let wanted = Wanted {
        format: new.format,
        filter: new.filter,
        numbers: caller.is_allowed(Permission::NumbersRead),
    };
    let tx = caller.write(&app).await?;
    room(&tx).await?;
    let parameters = serde_json::to_value(&wanted)
        .map_err(|why| Problem::new(Kind::Fault, format!("write down what is wanted: {why}")))?;
    let job = jobs::add(&tx, export::KIND, parameters.clone(), &caller.name, app.now()).await?;
    caller
        .note(&app, &tx, "calls.exported", &job.id.to_string(), parameters)
        .await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

/// The file of a job
#[utoipa::path(get, path = "/jobs/{id}/file", operation_id = "job_fetch", tag = "jobs", params(("id" = Uuid, Path)), responses((status = 200, description = "the file", content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/vnd.apache.parquet"))), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Response, Problem> {
    caller.may(Permission::CallsExport)?;
    let tx = caller.read_own(&app).await?;
    let job = jobs::find(&tx, id).await?;
    drop(tx);
    let name = job.file.clone().ok_or_else(|| {
        let detail = "there is no file: the job is not done, or its file was kept for a day and is gone";
        Problem::new(Kind::Conflict, detail)
    })?;
    let wanted = Wanted::of(&job.parameters).map_err(|why| Problem::new(Kind::Fault, why))?;
    if wanted.numbers {
        caller.may(Permission::NumbersRead)?;
    }
    if job.node != app.node {
        let detail = format!("the file is on the node {}; ask there", job.node);
        return Err(Problem::new(Kind::Away, detail));
    }
    let open = tokio::fs::File::open(app.exports.join(&name)).await;
    let file = open.map_err(|_| Problem::new(Kind::NotFound, "the file is gone; export again"))?;
    let length = file.metadata().await.map_or(0, |data| data.len());
    let stem = match wanted.format {
        Format::CpaStats => "cpa-stats",
        Format::Csv | Format::Xlsx | Format::Parquet => "calls",
    };
    let day = crate::jobs::export::day(job.created_ms);
    let disposition = format!("attachment; filename=\"{stem}-{day}.{}\"", wanted.format.ending());
    let headers = [
        (header::CONTENT_TYPE, wanted.format.media_type().to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, Content::from_stream(ReaderStream::new(file))).into_response())
}

/// Of which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Time {
    from_ms: i64,
    until_ms: i64,
}

/// The most calls of one answer: some ten megabytes. An export has no such bound.
const STATS_MAX: usize = 50_000;
/// Calls that are read at once.
const PAGE: u64 = 1_000;

/// Calls in the form of NetBorder's statistics file
#[utoipa::path(get, path = "/cpa-stats.csv", operation_id = "cpa_stats_fetch", tag = "jobs", params(Time), responses((status = 200, description = "the lines", body = String, content_type = "text/csv"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn statistics(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(time): Asked<Time>,
) -> Result<([(HeaderName, &'static str); 2], String), Problem> {
    caller.may(Permission::CallsExport)?;
    let numbers = caller.is_allowed(Permission::NumbersRead);
    let filter = calls::Filter {
        from_ms: Some(time.from_ms),
        until_ms: Some(time.until_ms),
        ..calls::Filter::default()
    };
    let mut lines = cpa_stats::HEAD.as_bytes().to_vec();
    let (mut after, mut count) = (None, 0);
    let tx = caller.read_own(&app).await?;
    loop {
        let page = calls::list(&tx, &filter, after, PAGE).await?;
        count += page.rows.len();
        if count > STATS_MAX {
            let detail = format!(
                "there are more than {STATS_MAX} calls; narrow the time, or POST /exports with format cpa_stats"
            );
            return Err(Problem::wrong("/from_ms", detail));
        }
        for mut call in page.rows {
            if !numbers {
                call.callee = Number::new(call.callee).to_string();
            }
            export::stats_row(&call, &mut lines);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let tx = caller.write(&app).await?;
    let change =
        json!({ "format": "cpa_stats", "from_ms": time.from_ms, "until_ms": time.until_ms, "calls": count });
    caller
        .note(&app, &tx, "calls.exported", "cpa-stats.csv", change)
        .await?;
    tx.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"cpa-stats.csv\"",
        ),
    ];
    Ok((headers, String::from_utf8_lossy(&lines).into_owned()))
}
