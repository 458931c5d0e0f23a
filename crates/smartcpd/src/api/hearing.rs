//! Recordings, heard again by the detector that hears calls.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use cpd_detect::{Plan, Profile};
use cpd_store::calls::{self, Call};
use cpd_store::tenants::{self, Tenant};
use cpd_store::{Tx, Uuid, objects};
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::At;
use super::heard::{self, Hearing, With};
use super::permission::Permission;
use super::problem::{Kind, Problem};
use super::recordings;
use super::upload::Upload;
use crate::audio::{self, Reading};
use crate::hearing::Ear;
use crate::plans;
use crate::serve::config::owned::{self, OWNER_END, Trunks};
use crate::stock::Stocked;

/// What the detector hears in a call's recording
///
/// It is heard again, with the profile of its trunk and the prompts that are published now; `heard_with` names them.
#[utoipa::path(get, path = "/calls/{id}/hearing", operation_id = "call_hear", tag = "calls", params(("id" = Uuid, Path)), responses((status = 200, body = Hearing), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn of_call(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Response, Problem> {
    caller.may(Permission::AudioRead)?;
    let tx = caller.read(&app).await?;
    let call = calls::find(&tx, id).await?;
    let recording = cpd_store::recordings::of_call(&tx, id).await?;
    let path = recordings::locate(&app, &recording).await?;
    let stocked = of_dialer(&app, &tx, &call).await?;
    let profile = profile(&app, &tx, &call).await?;
    let plans = super::tone_plans::own(&tx, call.tenant_id).await?;
    drop(tx);
    let profile_of = profile.is_some().then(|| call.dialer.clone());
    let with = with(&app, stocked, &plans, profile.unwrap_or_default(), profile_of);
    let told = with.told();
    let question = format!("{id} {told:?} {:?} {plans:?}", with.ear.profile);
    let answered_ms = answered(&call, recording.length_ms);
    let result = match app.workshop.result(&question) {
        Some(result) => result,
        None => {
            let work = move || -> Result<Vec<u8>, String> {
                let read = audio::read(&path, &Reading::default()).map_err(|why| why.to_string())?;
                let mut recording = read.into_iter().next().unwrap_or_default();
                let cut = heard::shorten(&mut recording);
                let hearing = heard::hear(&recording, cut, answered_ms, &with);
                serde_json::to_vec(&hearing).map_err(|why| why.to_string())
            };
            let result = app.workshop.work(work).await?;
            let result = Bytes::from(result.map_err(|why| Problem::new(Kind::Fault, why))?);
            app.workshop.keep(question, result.clone());
            result
        }
    };
    recordings::note(&app, &caller, &call).await?;
    let mut response = Response::new(Body::from(result));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(response)
}

/// The prompts that calls of a trunk are heard with now; `None`: those of the file.
async fn of_dialer(app: &App, tx: &Tx, call: &Call) -> Result<Option<Stocked>, Problem> {
    match call.dialer.contains(OWNER_END) {
        true => Ok(app.stock.published(tx, call.tenant_id).await?),
        false => Ok(None),
    }
}

/// The profile of the trunk that the call came from, where that is still there.
async fn profile(app: &App, tx: &Tx, call: &Call) -> Result<Option<Profile>, Problem> {
    let of_file = app.file_dialers.iter().find(|dialer| dialer.id == call.dialer);
    if let Some(dialer) = of_file {
        return Ok(Some(dialer.profile.clone()));
    }
    let Ok(tenant) = tenants::find(tx, call.tenant_id).await else {
        return Ok(None);
    };
    let trunks = trunks(app, tx, &tenant).await?;
    let found = trunks.dialers.iter().find(|dialer| dialer.id == call.dialer);
    Ok(found.map(|dialer| dialer.profile.clone()))
}

/// A customer's trunks, as they are kept now.
pub(crate) async fn trunks(app: &App, tx: &Tx, tenant: &Tenant) -> Result<Trunks, Problem> {
    let mut written = Vec::new();
    for object in objects::all(tx).await? {
        if object.tenant_id == tenant.id {
            written.extend(super::objects::one(tx, &object).unwrap_or_default());
        }
    }
    Ok(owned::trunks(&tenant.slug, &written, &app.beside))
}

/// What recordings are heard with.
pub(crate) fn with(
    app: &App,
    stocked: Option<Stocked>,
    plans: &[Plan],
    profile: Profile,
    profile_of: Option<String>,
) -> With {
    let base = app.base.borrow().clone();
    let shared = match &stocked {
        Some(stocked) => base.bare.with_library(Arc::clone(&stocked.library)),
        // Where the file's prompts cannot be read, tones and voices are heard all the same.
        None => base.file.unwrap_or(base.bare),
    };
    let shared = plans::with(shared, plans);
    With {
        ear: Ear { shared, profile },
        stocked,
        profile_of,
    }
}

/// Where in the recording the call was answered: as the record says it, else reckoned from the end, for a recording ends
/// with its call.
pub(crate) fn answered(call: &Call, recorded_ms: i32) -> Option<u64> {
    if let Some(ms) = call.detail["recording"]["answered_ms"].as_u64() {
        return Some(ms);
    }
    let from_end = call.length_ms - call.answered_ms?;
    u64::try_from(recorded_ms - from_end).ok()
}

/// A recording to be analysed.
#[derive(ToSchema)]
#[schema(as = AnalysisForm)]
#[allow(dead_code, reason = "the form is read field by field; this describes it")]
pub(crate) struct Form {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Where it was answered, ms; without it, it was not.
    answered_ms: Option<u64>,
    /// Which channel, from 1; all of them mixed by itself.
    channel: Option<usize>,
    /// Which stream of a capture, from 1; the first by itself.
    stream: Option<usize>,
}

/// Hears a recording of up to three minutes
///
/// With the prompts and tone plans that the customer's calls are heard with, and the usual profile.
#[utoipa::path(post, path = "/analyses", operation_id = "recording_analyse", tag = "analyses", request_body(content = Form, content_type = "multipart/form-data"), responses((status = 200, body = Hearing), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn analyse(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<Json<Hearing>, Problem> {
    caller.may(Permission::CallsRead)?;
    let _room = app.workshop.sound()?;
    let mut upload = Upload::read(request).await?;
    let answered_ms = upload.number("answered_ms")?;
    let channel = upload.number("channel")?;
    let stream = upload.number("stream")?.unwrap_or(1_usize);
    upload.close(&["answered_ms", "channel", "stream"])?;
    let streams = upload.decode(&app, channel, heard::SECONDS_MAX).await?;
    let count = streams.len();
    let recording = streams.into_iter().nth(stream.saturating_sub(1)).ok_or_else(|| {
        Problem::wrong(
            "/stream",
            format!("there is no stream {stream}: the file has {count}"),
        )
    })?;
    let tx = caller.read_own(&app).await?;
    let stocked = app.stock.published(&tx, caller.tenant).await?;
    let plans = super::tone_plans::own(&tx, caller.tenant).await?;
    drop(tx);
    let with = with(&app, stocked, &plans, Profile::default(), None);
    let work = move || heard::hear(&recording, false, answered_ms, &with);
    Ok(Json(app.workshop.work(work).await?))
}
