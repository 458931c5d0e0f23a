//! Reference prompts: the service's common ones, and each customer's own. Changes are made in the draft of a layer; calls
//! hear them when it is published (`libraries`).

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use cpd_detect::front::FrontPlan;
use cpd_detect::prompts::{PROMPT_MS_MAX, PromptInfo, class_of_category};
use cpd_detect::{Class, Library};
use cpd_store::matches::{self, Matches};
use cpd_store::prompts::{self, NewPrompt, Prompt};
use cpd_store::{SERVICE, Tx, Uuid, calls};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::caller::Caller;
use super::extract::{Asked, At, Body, List};
use super::permission::Permission;
use super::problem::{Kind, Problem};
use super::schema::ClassName;
use super::upload::Upload;
use super::{recordings, sound, users};
use crate::audio::{self, Reading, Recording};
use crate::hearing::RATE;
use crate::library::manage::level;

/// The most prompts of a layer: all networks of a country have some hundreds, and a library of 10,000 was measured.
const PROMPTS_MAX: usize = 5_000;
/// The longest words of a prompt, characters: two minutes of speech have 2,000.
const WORDS_MAX: usize = 4_000;
/// A prompt of which such a share sounds like another is taken for a copy of it: with less, networks begin many texts alike.
const ALIKE: f32 = 0.8;
/// Bins of a waveform by itself and at most: as many as a screen has pixels.
const BINS: usize = 800;
const BINS_MAX: usize = 4_000;
/// The times that matches are counted in and the last one is looked for in, ms: a week and a month.
const WEEK_MS: i64 = 7 * 86_400_000;
const MONTH_MS: i64 = 30 * 86_400_000;

/// Whose prompts these are: the service's for all, or one's own.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum Layer {
    Common,
    Own,
}

/// A reference prompt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Prompt)]
pub(crate) struct Told {
    id: Uuid,
    /// Its name in matches.
    name: String,
    /// Whose network says it.
    operator: String,
    category: String,
    /// What a call that meets it is.
    #[schema(value_type = ClassName)]
    class: String,
    language: String,
    words: String,
    length_ms: i32,
    /// Where it came from.
    source: String,
    /// The first version that has it, and the first that has it no more.
    since: i32,
    until: Option<i32>,
    #[schema(value_type = Layer)]
    layer: &'static str,
    created_ms: i64,
    created_by: String,
    /// Calls of the last seven days that matched it, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    matches_7d: Option<i64>,
    /// When the last one of the last thirty days began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_match_ms: Option<i64>,
}

impl Told {
    fn of(prompt: Prompt, matched: Option<&HashMap<String, Matches>>) -> Told {
        let found = matched.map(|all| all.get(&prompt.name).copied().unwrap_or_default());
        Told {
            id: prompt.id,
            layer: if prompt.tenant_id == SERVICE {
                "common"
            } else {
                "own"
            },
            name: prompt.name,
            operator: prompt.operator,
            category: prompt.category,
            class: prompt.class,
            language: prompt.language,
            words: prompt.words,
            length_ms: prompt.length_ms,
            source: prompt.source,
            since: prompt.since,
            until: prompt.until,
            created_ms: prompt.created_ms,
            created_by: prompt.created_by,
            matches_7d: found.map(|matches| matches.calls),
            last_match_ms: found
                .map(|matches| matches.last_ms)
                .filter(|last_ms| *last_ms > 0),
        }
    }
}

/// Which prompts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// `published` by itself, `draft`, or the number of a version of one's own layer.
    version: Option<String>,
    /// Both by itself. Of the common ones customers see what is published.
    #[param(value_type = Option<Layer>, inline)]
    layer: Option<String>,
    /// Text in the name, the operator, the category, the class, the language or the words.
    q: Option<String>,
    /// Tells how often each matched of late.
    matches: Option<bool>,
}

/// Prompts of a version, by name
#[utoipa::path(get, path = "/prompts", operation_id = "prompts_list", tag = "prompts", params(Which), responses((status = 200, body = List<Told>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Told>>, Problem> {
    caller.may(Permission::PromptsRead)?;
    let (own, common) = match which.layer.as_deref() {
        None => (true, true),
        Some("own") => (true, false),
        Some("common") => (false, true),
        Some(other) => {
            let detail = format!("{other:?} is no layer; write own or common");
            return Err(Problem::wrong("/layer", detail));
        }
    };
    let tx = caller.read_own(&app).await?;
    let mut found = Vec::new();
    if own || caller.tenant == SERVICE {
        let number = number(&tx, which.version.as_deref().unwrap_or("published")).await?;
        found.extend(prompts::list(&tx, caller.tenant, number).await?);
    }
    if common && caller.tenant != SERVICE {
        let number = prompts::published(&tx, SERVICE).await?;
        found.extend(prompts::list(&tx, SERVICE, number).await?);
    }
    drop(tx);
    if let Some(text) = &which.q {
        let text = text.to_lowercase();
        found.retain(|prompt| mentions(prompt, &text));
    }
    let matched = match which.matches {
        Some(true) => {
            let (tx, now) = (caller.read(&app).await?, app.now());
            Some(matches::by_prompt(&tx, now - WEEK_MS, now - MONTH_MS).await?)
        }
        _ => None,
    };
    let items = found.into_iter().map(|prompt| Told::of(prompt, matched.as_ref()));
    Ok(Json(List {
        items: items.collect(),
    }))
}

fn mentions(prompt: &Prompt, text: &str) -> bool {
    let fields = [
        &prompt.name,
        &prompt.operator,
        &prompt.category,
        &prompt.class,
        &prompt.language,
        &prompt.words,
    ];
    fields.iter().any(|field| field.to_lowercase().contains(text))
}

/// The number of a version of the transaction's layer; without a draft, the draft is what is published.
async fn number(tx: &Tx, version: &str) -> Result<i32, Problem> {
    let all = prompts::libraries(tx).await?;
    let of_state = |state: &str| all.iter().find(|library| library.state == state);
    let found = match version {
        "draft" => of_state("draft").or_else(|| of_state("published")),
        "published" => of_state("published"),
        number => {
            let number: i32 = number.parse().map_err(|_| {
                let detail = format!("{number:?} is no version; write draft, published or a number");
                Problem::wrong("/version", detail)
            })?;
            let known = all.iter().find(|library| library.number == number);
            return known.map(|library| library.number).ok_or_else(Problem::not_found);
        }
    };
    Ok(found.map_or(0, |library| library.number))
}

/// What is said of a new prompt.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = PromptWords)]
pub(crate) struct Words {
    /// Its name in matches.
    name: String,
    #[serde(default)]
    operator: String,
    /// What it says, in a word of docs/prompts.md, or one's own together with `class`.
    #[serde(default)]
    category: String,
    /// The class of a call that meets it, where the category does not say.
    #[serde(default)]
    class: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    words: String,
    /// It may be like another one.
    #[serde(default)]
    alike: bool,
}

/// A prompt cut out of a call's recording.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PromptCut)]
pub(crate) struct Cut {
    /// The call.
    call: Uuid,
    /// From where in its recording, ms.
    from_ms: u64,
    /// Up to where.
    to_ms: u64,
    #[serde(flatten)]
    words: Words,
}

/// A prompt as a file, in any form of audio that `smartcpd prompts add` reads.
#[derive(ToSchema)]
#[schema(as = PromptForm)]
#[allow(dead_code, reason = "the form is read field by field; this describes it")]
pub(crate) struct Form {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Which channel, from 1; all of them mixed by itself.
    channel: Option<usize>,
    name: String,
    operator: Option<String>,
    category: Option<String>,
    class: Option<String>,
    language: Option<String>,
    words: Option<String>,
    alike: Option<bool>,
}

/// A prompt that was added.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PromptAdded)]
pub(crate) struct Added {
    #[serde(flatten)]
    prompt: Told,
    /// Audio that a call can be recognised by, ms.
    sounding_ms: u32,
    /// Stretches that it shares with others: calls are told apart where these end.
    shared: Vec<Alike>,
}

/// A stretch that two prompts share.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PromptAlike)]
pub(crate) struct Alike {
    /// The other one's name.
    prompt: String,
    from_ms: u32,
    to_ms: u32,
    /// Where it begins in the other one.
    other_from_ms: u32,
}

/// Adds a prompt to the draft: a file, or a part of a call's recording
#[utoipa::path(post, path = "/prompts", operation_id = "prompt_add", tag = "prompts", request_body(content((Cut = "application/json"), (Form = "multipart/form-data"))), responses((status = 201, body = Added), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<(StatusCode, Json<Added>), Problem> {
    caller.may(Permission::PromptsWrite)?;
    let _room = app.workshop.sound()?;
    let (words, source, samples) = match is_form(request.headers()) {
        true => sent(&app, Upload::read(request).await?).await?,
        false => {
            let Body(cut) = Body::from_request(request, &()).await?;
            cut_out(&app, &caller, cut).await?
        }
    };
    let alike = words.alike;
    let mut new = checked(words)?;
    new.source = source;
    let stocked = app.stock.draft(&caller.read_own(&app).await?).await?;
    if stocked.library.len() >= PROMPTS_MAX {
        let detail = format!("a library has at most {PROMPTS_MAX} prompts; remove some first");
        return Err(Problem::new(Kind::Conflict, detail));
    }
    let library = Arc::clone(&stocked.library);
    let tried = app.workshop.work(move || tried(new, samples, &library)).await?;
    let (new, sounding_ms, shared) = tried.map_err(|why| Problem::wrong("/file", why))?;
    if let Some(other) = shared.iter().find(|one| one.too_alike).filter(|_| !alike) {
        let Alike {
            prompt,
            from_ms,
            to_ms,
            ..
        } = &other.told;
        let detail = match other.duplicate {
            true => format!("it is the same recording as {prompt:?}; send `alike` where it is meant so"),
            false => format!(
                "nearly all of it, {from_ms} to {to_ms} ms, sounds like {prompt:?}; send `alike` where it is meant so"
            ),
        };
        return Err(Problem::new(Kind::Conflict, detail));
    }
    let tx = caller.write(&app).await?;
    let prompt = prompts::add(&tx, new, &caller.name, app.now()).await?;
    let change = json!({ "name": prompt.name, "class": prompt.class, "source": prompt.source });
    caller
        .note(&app, &tx, "prompt.added", &prompt.id.to_string(), change)
        .await?;
    tx.commit().await?;
    let added = Added {
        prompt: Told::of(prompt, None),
        sounding_ms,
        shared: shared.into_iter().map(|one| one.told).collect(),
    };
    Ok((StatusCode::CREATED, Json(added)))
}

pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

async fn sent(app: &Arc<App>, mut upload: Upload) -> Result<(Words, String, Vec<i16>), Problem> {
    let mut text = |name: &str| upload.take(name).unwrap_or_default();
    let words = Words {
        name: text("name"),
        operator: text("operator"),
        category: text("category"),
        class: text("class"),
        language: text("language"),
        words: text("words"),
        alike: text("alike") == "true",
    };
    let channel = upload.number("channel")?;
    upload.close(&[
        "channel", "name", "operator", "category", "class", "language", "words", "alike",
    ])?;
    let source = format!("file {}", short(upload.file_name().unwrap_or_default()));
    let seconds_max = (PROMPT_MS_MAX / 1_000) as usize;
    let decoded = upload.decode(app, channel, seconds_max).await?;
    let samples = decoded.into_iter().next().unwrap_or_default().samples;
    Ok((words, source, samples))
}

/// A file's name without what nobody needs of it.
fn short(name: &str) -> String {
    name.chars()
        .filter(|letter| !letter.is_control())
        .take(100)
        .collect()
}

async fn cut_out(app: &Arc<App>, caller: &Caller, cut: Cut) -> Result<(Words, String, Vec<i16>), Problem> {
    caller.may(Permission::AudioRead)?;
    let tx = caller.read(app).await?;
    let call = calls::find(&tx, cut.call).await?;
    let path = recordings::of_call(app, &tx, &call).await?;
    drop(tx);
    if cut.to_ms <= cut.from_ms || cut.to_ms - cut.from_ms > u64::from(PROMPT_MS_MAX) {
        let detail = format!("write an end after the beginning, and at most {PROMPT_MS_MAX} ms after it");
        return Err(Problem::wrong("/to_ms", detail));
    }
    let read = move || audio::read(&path, &Reading::default());
    let read = app.workshop.work(read).await?;
    let recording = read
        .map_err(|why| Problem::new(Kind::Fault, why.to_string()))?
        .into_iter()
        .next()
        .unwrap_or_default();
    let length_ms = recording.length_ms();
    if cut.to_ms > length_ms {
        let detail = format!("the recording has {length_ms} ms");
        return Err(Problem::wrong("/to_ms", detail));
    }
    let at = |ms: u64| RATE.at_ms(ms).0 as usize;
    let samples = recording.samples[at(cut.from_ms)..at(cut.to_ms).min(recording.samples.len())].to_vec();
    let source = format!("call {} {}–{} ms", call.name, cut.from_ms, cut.to_ms);
    Ok((cut.words, source, samples))
}

/// A prompt that may come in, without its sound.
fn checked(words: Words) -> Result<NewPrompt, Problem> {
    users::check_name("/name", &words.name)?;
    check_fields(&words.operator, &words.category, &words.language, &words.words)?;
    Ok(NewPrompt {
        class: class_of("/class", &words.class, &words.category)?
            .as_str()
            .to_owned(),
        name: words.name.trim().to_owned(),
        operator: words.operator,
        category: words.category,
        language: words.language,
        words: words.words,
        source: String::new(),
        samples: Vec::new(),
    })
}

fn check_fields(operator: &str, category: &str, language: &str, words: &str) -> Result<(), Problem> {
    for (pointer, text, most) in [
        ("/operator", operator, 100),
        ("/category", category, 100),
        ("/language", language, 35),
        ("/words", words, WORDS_MAX),
    ] {
        if text.chars().count() > most {
            return Err(Problem::wrong(pointer, format!("at most {most} characters")));
        }
    }
    Ok(())
}

/// The class that is named, else the category's; a category of one's own lets a call through.
fn class_of(pointer: &str, class: &str, category: &str) -> Result<Class, Problem> {
    if class.is_empty() {
        return Ok(class_of_category(category).unwrap_or(Class::Unknown));
    }
    let named = Class::ALL.iter().find(|own| own.as_str() == class);
    named.copied().ok_or_else(|| {
        let detail = format!("{class:?} is no class; GET /classes tells them");
        Problem::wrong(pointer, detail)
    })
}

/// A stretch that a new prompt shares with another.
struct Like {
    told: Alike,
    duplicate: bool,
    too_alike: bool,
}

/// Brings a prompt to the level of the library and holds it against what is there; why it makes none.
fn tried(
    mut new: NewPrompt,
    mut samples: Vec<i16>,
    library: &Library,
) -> Result<(NewPrompt, u32, Vec<Like>), String> {
    level(&mut samples);
    let length_ms = Recording {
        samples: samples.clone(),
        ..Recording::default()
    }
    .length_ms();
    let info = PromptInfo {
        id: new.name.clone(),
        operator: new.operator.clone(),
        category: new.category.clone(),
        class: class_of_category(&new.class).unwrap_or(Class::Unknown),
        lang: new.language.clone(),
        text: new.words.clone(),
        length_ms: u32::try_from(length_ms).unwrap_or(u32::MAX),
    };
    let (library, added) = library
        .with(info, &samples, &Arc::new(FrontPlan::new(RATE)))
        .map_err(|why| why.to_string())?;
    let shared = added.shared.iter().map(|shared| {
        let share = (shared.to_ms - shared.from_ms) as f32 / length_ms.max(1) as f32;
        Like {
            duplicate: shared.duplicate,
            too_alike: shared.duplicate || share >= ALIKE,
            told: Alike {
                prompt: library
                    .info(shared.prompt)
                    .map_or_else(String::new, |info| info.id.clone()),
                from_ms: shared.from_ms,
                to_ms: shared.to_ms,
                other_from_ms: shared.other_from_ms,
            },
        }
    });
    let shared = shared.collect();
    new.samples = samples;
    Ok((new, added.sounding_ms, shared))
}

/// A prompt that one may see: one's own, and of the common ones what was published.
async fn seen(tx: &Tx, caller: &Caller, id: Uuid) -> Result<Prompt, Problem> {
    let prompt = prompts::find(tx, id).await?;
    let others = prompt.tenant_id == SERVICE && caller.tenant != SERVICE;
    if others && prompt.since > prompts::published(tx, SERVICE).await? {
        return Err(Problem::not_found());
    }
    Ok(prompt)
}

/// One prompt
#[utoipa::path(get, path = "/prompts/{id}", operation_id = "prompt_find", tag = "prompts", params(("id" = Uuid, Path)), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Json<Told>, Problem> {
    caller.may(Permission::PromptsRead)?;
    let tx = caller.read_own(&app).await?;
    let prompt = seen(&tx, &caller, id).await?;
    drop(tx);
    let (tx, now) = (caller.read(&app).await?, app.now());
    let matched = matches::by_prompt(&tx, now - WEEK_MS, now - MONTH_MS).await?;
    Ok(Json(Told::of(prompt, Some(&matched))))
}

/// What is to be different.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = PromptChanges)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    name: Option<String>,
    operator: Option<String>,
    category: Option<String>,
    /// Without it, a new category decides.
    class: Option<String>,
    language: Option<String>,
    words: Option<String>,
}

/// Changes what a prompt of the draft is called and means
///
/// One that is published already is replaced by a changed one, with an id of its own.
#[utoipa::path(patch, path = "/prompts/{id}", operation_id = "prompt_change", tag = "prompts", params(("id" = Uuid, Path)), request_body = Changes, responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    Body(changes): Body<Changes>,
) -> Result<Json<Told>, Problem> {
    caller.may(Permission::PromptsWrite)?;
    if let Some(name) = &changes.name {
        users::check_name("/name", name)?;
    }
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let (operator, category, language, words) = (
        text(&changes.operator),
        text(&changes.category),
        text(&changes.language),
        text(&changes.words),
    );
    check_fields(&operator, &category, &language, &words)?;
    let class = match (&changes.class, &changes.category) {
        (None, None) => None,
        (class, _) => Some(class_of("/class", &text(class), &category)?),
    };
    let tx = caller.write(&app).await?;
    let change = |prompt: &mut Prompt| {
        let set = |field: &mut String, new: Option<String>| {
            if let Some(new) = new {
                *field = new;
            }
        };
        set(&mut prompt.name, changes.name.map(|name| name.trim().to_owned()));
        set(&mut prompt.operator, changes.operator);
        set(&mut prompt.category, changes.category);
        set(&mut prompt.class, class.map(|class| class.as_str().to_owned()));
        set(&mut prompt.language, changes.language);
        set(&mut prompt.words, changes.words);
    };
    let prompt = prompts::change(&tx, id, &caller.name, app.now(), change).await?;
    let change =
        json!({ "name": prompt.name, "class": prompt.class, "category": prompt.category, "instead_of": id });
    caller
        .note(&app, &tx, "prompt.changed", &prompt.id.to_string(), change)
        .await?;
    tx.commit().await?;
    Ok(Json(Told::of(prompt, None)))
}

/// Takes a prompt out of the draft
#[utoipa::path(delete, path = "/prompts/{id}", operation_id = "prompt_remove", tag = "prompts", params(("id" = Uuid, Path)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::PromptsWrite)?;
    let tx = caller.write(&app).await?;
    let prompt = prompts::remove(&tx, id, app.now()).await?;
    caller
        .note(
            &app,
            &tx,
            "prompt.removed",
            &id.to_string(),
            json!({ "name": prompt.name }),
        )
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A prompt, to be listened to
#[utoipa::path(get, path = "/prompts/{id}/audio", operation_id = "prompt_listen", tag = "prompts", params(("id" = Uuid, Path)), responses((status = 200, description = "8 kHz mono", content_type = "audio/wav"), (status = 206, description = "A part of it", content_type = "audio/wav"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn audio(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Permission::AudioRead)?;
    let samples = samples(&app, &caller, id).await?;
    Ok(sound::answer(&headers, &audio::wav(&samples)))
}

async fn samples(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<i16>, Problem> {
    let tx = caller.read_own(app).await?;
    let prompt = seen(&tx, caller, id).await?;
    Ok(prompts::samples(&tx, &prompt).await?)
}

/// How fine a waveform is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bins {
    /// 1 to 4000; 800 by itself.
    #[param(minimum = 1, maximum = 4000)]
    bins: Option<usize>,
}

/// A waveform: the lowest and the highest sample of each bin.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Peaks {
    length_ms: u64,
    #[schema(value_type = Vec<Vec<i32>>)]
    peaks: Vec<[i16; 2]>,
}

/// A prompt's waveform
#[utoipa::path(get, path = "/prompts/{id}/peaks", operation_id = "prompt_draw", tag = "prompts", params(("id" = Uuid, Path), Bins), responses((status = 200, body = Peaks), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn peaks(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    Asked(Bins { bins }): Asked<Bins>,
) -> Result<Json<Peaks>, Problem> {
    caller.may(Permission::PromptsRead)?;
    let bins = bins.unwrap_or(BINS);
    if !(1..=BINS_MAX).contains(&bins) {
        return Err(Problem::wrong("/bins", format!("{bins} is not 1 to {BINS_MAX}")));
    }
    let samples = samples(&app, &caller, id).await?;
    Ok(Json(Peaks {
        length_ms: samples.len() as u64 * 1_000 / u64::from(RATE.hz()),
        peaks: extremes(&samples, bins),
    }))
}

/// The lowest and the highest sample of each of so many equal parts; fewer where there are fewer samples.
pub(crate) fn extremes(samples: &[i16], bins: usize) -> Vec<[i16; 2]> {
    let bins = bins.min(samples.len());
    let bin = |n: usize| {
        let part = &samples[n * samples.len() / bins..(n + 1) * samples.len() / bins];
        let (low, high) = (part.iter().min(), part.iter().max());
        [low.copied().unwrap_or(0), high.copied().unwrap_or(0)]
    };
    (0..bins).map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waveform_has_the_extremes_of_each_bin() {
        let samples = [1, -5, 3, 4, 0, 9];
        assert_eq!(extremes(&samples, 2), [[-5, 3], [0, 9]]);
        assert_eq!(extremes(&samples, 100).len(), 6);
        assert_eq!(extremes(&[], 5), Vec::<[i16; 2]>::new());
    }
}
