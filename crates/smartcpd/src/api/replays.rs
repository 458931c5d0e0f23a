//! Recordings of the last days, heard again: what another policy or profile would have done, and what the draft of the prompts
//! would recognise. Both are jobs; [`run`] does them, for the recordings that lie on its node.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_b2bua::trunk::Dialer;
use cpd_call::{Policy, Rejection};
use cpd_detect::{Class, Profile};
use cpd_store::calls::{self, Call};
use cpd_store::jobs::{self, Job};
use cpd_store::labels::{self, Label};
use cpd_store::{Tx, Uuid, Whose, recordings, tenants};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::Body;
use super::heard::{self, With};
use super::hearing;
use super::libraries::{Begun, DAYS_MAX};
use super::permission::Permission;
use super::problem::{Problem, Wrong};
use super::schema::ClassName;
use crate::audio::{self, Reading, Recording};
use crate::hearing::Ear;
use crate::replay::{self, Before, Change, Fate};
use crate::serve::config::keys::{PolicyKeys, ProfileKeys};
use crate::serve::config::owned::{self, Trunks};

/// The most recordings of one job, the newest: some minutes of work on two cores.
const RECORDINGS_MAX: u64 = 2_000;
/// Calls of each kind that are named in the result; all are counted.
const NAMED_MAX: usize = 100;
/// A day, ms.
const DAY_MS: i64 = 86_400_000;

/// What is to be tried on calls that are over.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replay {
    /// The policy's keys, as in `policies`; without it, that of the call's trunk.
    #[schema(value_type = Option<PolicyKeys>)]
    policy: Option<Value>,
    /// The profile's keys; without it, that of the call's trunk.
    #[schema(value_type = Option<ProfileKeys>)]
    profile: Option<Value>,
    /// The recordings of the last so many days, 1 to 31.
    #[schema(minimum = 1, maximum = 31)]
    days: u32,
    /// Only calls of this trunk.
    dialer: Option<String>,
}

/// Tries a policy or a profile on recordings of the last days: who would be lost, saved, caught, let through
#[utoipa::path(post, path = "/replays", operation_id = "replay_begin", tag = "config", request_body = Replay, responses((status = 202, body = Begun), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(wanted): Body<Replay>,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    caller.may(Permission::ConfigRead)?;
    caller.may(Permission::AudioRead)?;
    if !(1..=DAYS_MAX).contains(&wanted.days) {
        let detail = format!("{} is not 1 to {DAYS_MAX} days", wanted.days);
        return Err(Problem::wrong("/days", detail));
    }
    if wanted.policy.is_none() && wanted.profile.is_none() {
        return Err(Problem::wrong("/policy", "send a policy, a profile or both"));
    }
    owned::what_if(wanted.policy.as_ref(), wanted.profile.as_ref(), &app.beside).map_err(|faults| {
        let wrongs = faults.into_iter().map(|fault| Wrong {
            pointer: format!("/{}{}", fault.kind.as_str(), fault.pointer),
            detail: fault.detail,
        });
        Problem::invalid(wrongs.collect())
    })?;
    let tx = caller.write(&app).await?;
    super::jobs::room(&tx).await?;
    let job = jobs::add(&tx, "replay", json!(wanted), &caller.name, app.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Begun { job: job.id })))
}

/// What would be different for one call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayedCall)]
struct Differs {
    call: Uuid,
    began_ms: i64,
    /// What it was, as somebody said; none: nobody did.
    #[schema(value_type = Option<ClassName>)]
    truth: Option<&'static str>,
    /// The verdict of then.
    #[schema(value_type = Option<ClassName>)]
    before: Option<&'static str>,
    /// The verdict of the replay, and when the call would be ended, ms of the recording.
    #[schema(value_type = Option<ClassName>)]
    after: Option<&'static str>,
    ends_at_ms: Option<u64>,
}

/// Calls of one kind: how many, and the newest of them.
#[derive(Debug, Serialize, ToSchema)]
struct Named<T> {
    count: usize,
    calls: Vec<T>,
}

impl<T> Default for Named<T> {
    fn default() -> Named<T> {
        Named {
            count: 0,
            calls: Vec::new(),
        }
    }
}

impl<T> Named<T> {
    fn add(&mut self, one: T) {
        self.count += 1;
        if self.calls.len() < NAMED_MAX {
            self.calls.push(one);
        }
    }
}

/// What came of a replay.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Replayed {
    /// Whose recordings these are.
    node: String,
    calls: usize,
    /// Recordings that could not be heard: they are gone.
    missing: usize,
    lost: Named<Differs>,
    saved: Named<Differs>,
    caught: Named<Differs>,
    let_through: Named<Differs>,
}

/// What a call is recognised by now and with the draft.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TriedCall)]
struct Otherwise {
    call: Uuid,
    began_ms: i64,
    published: Option<String>,
    draft: Option<String>,
}

/// What came of a trial.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Tried {
    /// Whose recordings these are.
    node: String,
    calls: usize,
    missing: usize,
    /// Recognised with the draft alone.
    now: Named<Otherwise>,
    /// Recognised without the draft alone.
    no_more: Named<Otherwise>,
    /// Recognised as another prompt.
    otherwise: Named<Otherwise>,
}

/// Does a job of the kinds `replay` and `trial`; `progress` is told how far it is, 0 to 1. Whoever takes the job back drops it.
///
/// # Errors
///
/// Why it failed, in words.
pub(crate) async fn run(app: &Arc<App>, job: &Job, progress: &watch::Sender<f32>) -> Result<Value, String> {
    let words = |why: Problem| why.detail().to_owned();
    match job.kind.as_str() {
        "replay" => replay(app, job, progress).await.map_err(words),
        "trial" => trial(app, job, progress).await.map_err(words),
        other => Err(format!("{other:?} is no such work")),
    }
}

/// Recordings of a tenant's last days that lie here, with their calls and what was said of them.
struct Found {
    calls: Vec<(Call, PathBuf)>,
    missing: usize,
    labels: HashMap<Uuid, Vec<Label>>,
    trunks: Trunks,
}

async fn found(app: &App, tx: &Tx, days: u32, dialer: Option<&str>) -> Result<Found, Problem> {
    let now = app.now();
    let time = (now - i64::from(days) * DAY_MS, now);
    let rows = recordings::between(tx, &app.node, time, RECORDINGS_MAX).await?;
    let ids: Vec<Uuid> = rows.iter().map(|recording| recording.call_id).collect();
    let mut found = Found {
        calls: Vec::new(),
        missing: 0,
        labels: labels::of_calls(tx, &ids).await?,
        trunks: Trunks::default(),
    };
    for recording in rows {
        let Ok(call) = calls::find(tx, recording.call_id).await else {
            found.missing += 1;
            continue;
        };
        if dialer.is_some_and(|dialer| call.dialer != dialer) {
            continue;
        }
        match super::recordings::locate(app, &recording).await {
            Ok(path) => found.calls.push((call, path)),
            Err(_) => found.missing += 1,
        }
    }
    if let Ok(tenant) = tenants::find(tx, tx.tenant()).await {
        found.trunks = hearing::trunks(app, tx, &tenant).await?;
    }
    Ok(found)
}

impl Found {
    fn dialer<'a>(&'a self, app: &'a App, call: &Call) -> Option<&'a Arc<Dialer>> {
        let mut all = self.trunks.dialers.iter().chain(&app.file_dialers);
        all.find(|dialer| dialer.id == call.dialer)
    }

    /// What people say of a call, else what its dialer says.
    fn truth(&self, call: &Call) -> Option<Class> {
        let said = self.labels.get(&call.id)?;
        let of = |source: &str| {
            said.iter()
                .filter(|label| label.source == source)
                .find_map(|label| match (&label.truth, label.right) {
                    (Some(truth), _) => Some(truth.clone()),
                    (None, Some(true)) => call.class.clone(),
                    (None, _) => None,
                })
        };
        class(of("person").or_else(|| of("dialer")).as_deref())
    }
}

fn class(word: Option<&str>) -> Option<Class> {
    let all = Class::ALL.iter().copied();
    all.into_iter().find(|class| Some(class.as_str()) == word)
}

fn read(path: &std::path::Path) -> Option<Recording> {
    let read = audio::read(path, &Reading::default()).ok()?;
    let mut recording = read.into_iter().next()?;
    heard::shorten(&mut recording);
    Some(recording)
}

async fn replay(app: &Arc<App>, job: &Job, progress: &watch::Sender<f32>) -> Result<Value, Problem> {
    let wanted: Replay =
        serde_json::from_value(job.parameters.clone()).map_err(|why| Problem::wrong("", why.to_string()))?;
    let (policy, profile) = owned::what_if(wanted.policy.as_ref(), wanted.profile.as_ref(), &app.beside)
        .map_err(|_| Problem::wrong("/policy", "policy or profile are not valid any more"))?;
    let tx = app.store.read(Whose::Tenant(job.tenant_id)).await?;
    let found = found(app, &tx, wanted.days, wanted.dialer.as_deref()).await?;
    let stocked = app.stock.published(&tx, job.tenant_id).await?;
    let plans = super::tone_plans::own(&tx, job.tenant_id).await?;
    drop(tx);
    let usual = hearing::with(app, stocked, &plans, Profile::default(), None);
    let mut result = Replayed {
        node: app.node.clone(),
        missing: found.missing,
        ..Replayed::default()
    };
    for (n, (call, path)) in found.calls.iter().enumerate() {
        progress.send_replace(n as f32 / found.calls.len() as f32);
        let dialer = found.dialer(app, call);
        let policy: Arc<Policy> = match (&policy, dialer) {
            (Some(policy), _) => Arc::clone(policy),
            (None, Some(dialer)) => Arc::clone(&dialer.policy),
            (None, None) => Arc::default(),
        };
        let own = dialer.map(|dialer| dialer.profile.clone());
        let ear = Ear {
            shared: usual.ear.shared.clone(),
            profile: profile.clone().or(own).unwrap_or_default(),
        };
        let (path, answered_of) = (path.clone(), call.clone());
        let work = move || {
            let recording = read(&path)?;
            let length_ms = i32::try_from(recording.length_ms()).unwrap_or(i32::MAX);
            let answered_ms = hearing::answered(&answered_of, length_ms);
            Some(replay::fate(
                &recording,
                answered_ms,
                &ear,
                &policy,
                Instant::now(),
            ))
        };
        let Some(after) = app.workshop.work(work).await? else {
            result.missing += 1;
            continue;
        };
        result.calls += 1;
        result.note(call, found.truth(call), &after);
    }
    Ok(json!(result))
}

impl Replayed {
    fn note(&mut self, call: &Call, truth: Option<Class>, after: &Fate) {
        let class = class(call.class.as_deref());
        let before = Before {
            class,
            ended: call.ended_by == "service" && class.is_some_and(|class| Rejection::of(class).is_some()),
            truth,
        };
        let (class, ends_at_ms) = match after {
            Fate::Through { class } => (*class, None),
            Fate::Ended { class, at_ms, .. } => (*class, Some(*at_ms)),
        };
        let kind = match replay::change(&before, after) {
            None => return,
            Some(Change::Lost) => &mut self.lost,
            Some(Change::Saved) => &mut self.saved,
            Some(Change::Caught) => &mut self.caught,
            Some(Change::LetThrough) => &mut self.let_through,
        };
        kind.add(Differs {
            call: call.id,
            began_ms: call.began_ms,
            truth: truth.map(Class::as_str),
            before: before.class.map(Class::as_str),
            after: class.map(Class::as_str),
            ends_at_ms,
        });
    }
}

async fn trial(app: &Arc<App>, job: &Job, progress: &watch::Sender<f32>) -> Result<Value, Problem> {
    let days = job.parameters["days"].as_u64().unwrap_or(1);
    let days = u32::try_from(days).unwrap_or(DAYS_MAX).clamp(1, DAYS_MAX);
    let tx = app.store.read(Whose::Tenant(job.tenant_id)).await?;
    let found = found(app, &tx, days, None).await?;
    let published = app.stock.published(&tx, job.tenant_id).await?;
    let draft = app.stock.draft(&tx).await?;
    let plans = super::tone_plans::own(&tx, job.tenant_id).await?;
    drop(tx);
    let [published, draft] = [published, Some(draft)]
        .map(|stocked| Arc::new(hearing::with(app, stocked, &plans, Profile::default(), None)));
    let mut result = Tried {
        node: app.node.clone(),
        missing: found.missing,
        ..Tried::default()
    };
    for (n, (call, path)) in found.calls.iter().enumerate() {
        progress.send_replace(n as f32 / found.calls.len() as f32);
        let (path, call_then) = (path.clone(), call.clone());
        let withs = [Arc::clone(&published), Arc::clone(&draft)];
        let work = move || {
            let recording = read(&path)?;
            let length_ms = i32::try_from(recording.length_ms()).unwrap_or(i32::MAX);
            let answered_ms = hearing::answered(&call_then, length_ms);
            Some(withs.map(|with| recognised(&recording, answered_ms, &with)))
        };
        let Some([published, draft]) = app.workshop.work(work).await? else {
            result.missing += 1;
            continue;
        };
        result.calls += 1;
        let kind = match (&published, &draft) {
            (None, Some(_)) => &mut result.now,
            (Some(_), None) => &mut result.no_more,
            (Some(one), Some(other)) if one != other => &mut result.otherwise,
            (Some(_), Some(_)) | (None, None) => continue,
        };
        kind.add(Otherwise {
            call: call.id,
            began_ms: call.began_ms,
            published,
            draft,
        });
    }
    Ok(json!(result))
}

/// The prompt that a recording is recognised by.
fn recognised(recording: &Recording, answered_ms: Option<u64>, with: &With) -> Option<String> {
    let heard = with.ear.hear(recording, answered_ms, false);
    let library = with.ear.shared.library();
    let prompt = crate::line::identified(heard.verdict.as_ref(), &heard.events)?;
    library.info(prompt).map(|info| info.id.clone())
}
