//! Calls that are over: the list, one of them, what people say of it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_b2bua::trunk::number::Number;
use cpd_store::calls::{self, Call, Filter};
use cpd_store::labels::{self, Said, Source};
use cpd_store::{Tx, Uuid};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::caller::Caller;
use super::classes;
use super::extract::{Asked, At, Body, Paged, Part};
use super::permission::Permission;
use super::problem::{Kind, Problem};
use super::schema::ClassName;
use crate::detail::Detail;

/// A call in the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Call)]
pub(crate) struct Row {
    id: Uuid,
    /// Its name in logs and headers.
    name: String,
    began_ms: i64,
    node: String,
    dialer: String,
    carrier: Option<String>,
    /// Masked for who may not see numbers.
    caller: String,
    callee: String,
    campaign: Option<String>,
    reference: Option<String>,
    /// What stood in the end; none: no verdict.
    #[schema(value_type = Option<ClassName>)]
    class: Option<String>,
    #[schema(value_type = Option<Phase>)]
    phase: Option<String>,
    confidence: Option<f32>,
    prompt: Option<String>,
    operator: Option<String>,
    /// The status that it was refused with.
    status: Option<i32>,
    #[schema(value_type = EndedBy)]
    ended_by: String,
    q850: i32,
    /// From the beginning, ms.
    decided_ms: Option<i32>,
    answered_ms: Option<i32>,
    connected_ms: Option<i32>,
    held_ms: i32,
    length_ms: i32,
    /// Why nobody listened.
    deaf: Option<String>,
    recorded: bool,
    /// What people and dialers say of it.
    labels: Vec<Label>,
}

/// Before or after the answer.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum Phase {
    Early,
    Answered,
}

/// Who ended a call.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum EndedBy {
    Caller,
    Callee,
    Service,
}

/// Who says what a call was.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum LabelSource {
    Person,
    Dialer,
}

/// What somebody says a call was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Label {
    #[schema(value_type = LabelSource)]
    source: String,
    /// The verdict was right.
    right: Option<bool>,
    /// The class that it was in truth.
    #[schema(value_type = Option<ClassName>)]
    truth: Option<String>,
    /// The dialer's own word for what it was.
    code: Option<String>,
    note: String,
    by: String,
    at_ms: i64,
}

/// One call, whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallWhole)]
pub(crate) struct Whole {
    #[serde(flatten)]
    row: Row,
    /// The version of the common prompts that it was heard with.
    library: i32,
    /// The version of its customer's own.
    own_library: i32,
    detail: Detail,
}

impl Row {
    fn of(call: Call, labels: Vec<labels::Label>, caller: &Caller) -> Row {
        let full = caller.is_allowed(Permission::NumbersRead);
        let number = |number: String| match full {
            true => number,
            false => Number::new(number).to_string(),
        };
        Row {
            id: call.id,
            name: call.name,
            began_ms: call.began_ms,
            node: call.node,
            dialer: call.dialer,
            carrier: call.carrier,
            caller: number(call.caller),
            callee: number(call.callee),
            campaign: call.campaign,
            reference: call.reference,
            class: call.class,
            phase: call.phase,
            confidence: call.confidence,
            prompt: call.prompt,
            operator: call.operator,
            status: call.status,
            ended_by: call.ended_by,
            q850: call.q850,
            decided_ms: call.decided_ms,
            answered_ms: call.answered_ms,
            connected_ms: call.connected_ms,
            held_ms: call.held_ms,
            length_ms: call.length_ms,
            deaf: call.deaf,
            recorded: call.recorded,
            labels: labels.into_iter().map(Label::from).collect(),
        }
    }
}

impl From<labels::Label> for Label {
    fn from(label: labels::Label) -> Label {
        Label {
            source: label.source,
            right: label.right,
            truth: label.truth,
            code: label.code,
            note: label.note,
            by: label.by,
            at_ms: label.at_ms,
        }
    }
}

/// Which calls. Several values of one field are separated by commas: any of them.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[schema(as = CallsFilter)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    from_ms: Option<i64>,
    until_ms: Option<i64>,
    /// Classes, or beginnings that end with a dot (`answer.`); `none`: without a verdict.
    class: Option<String>,
    #[param(value_type = Option<Phase>, inline)]
    #[schema(value_type = Option<Phase>)]
    phase: Option<String>,
    dialer: Option<String>,
    carrier: Option<String>,
    campaign: Option<String>,
    operator: Option<String>,
    prompt: Option<String>,
    /// The beginning of the number, or `*` and its last digits.
    callee: Option<String>,
    caller: Option<String>,
    reference: Option<String>,
    name: Option<String>,
    answered: Option<bool>,
    recorded: Option<bool>,
    deaf: Option<bool>,
    confidence_below: Option<f32>,
    limit: Option<u64>,
    after: Option<String>,
}

/// The most values of one field.
const VALUES_MAX: usize = 50;

impl Which {
    /// Who may not see numbers must not find them out by asking.
    pub(crate) fn refuse_numbers(&self, caller: &Caller) -> Result<(), Problem> {
        match self.callee.is_some() || self.caller.is_some() {
            true => caller.may(Permission::NumbersRead),
            false => Ok(()),
        }
    }

    pub(crate) fn part(&self) -> Part {
        Part {
            limit: self.limit,
            after: self.after.clone(),
        }
    }

    pub(crate) fn filter(&self) -> Result<Filter, Problem> {
        let mut found = Vec::new();
        for word in list("/class", self.class.as_ref())? {
            found.extend(classes::expand(&word).ok_or_else(|| {
                Problem::wrong(
                    "/class",
                    format!("{word:?} is no class; GET /classes tells them, `answer.` is all of a group"),
                )
            })?);
        }
        if let Some(phase) = self
            .phase
            .as_deref()
            .filter(|phase| !["early", "answered"].contains(phase))
        {
            return Err(Problem::wrong(
                "/phase",
                format!("{phase:?} is no phase; write early or answered"),
            ));
        }
        for (pointer, number) in [("/callee", &self.callee), ("/caller", &self.caller)] {
            let digits = number
                .as_deref()
                .map(|number| number.strip_prefix('*').unwrap_or(number));
            if digits.is_some_and(|digits| digits.is_empty() || digits.len() > 64) {
                return Err(Problem::wrong(
                    pointer,
                    "write the beginning of a number, or * and its last digits",
                ));
            }
        }
        Ok(Filter {
            from_ms: self.from_ms,
            until_ms: self.until_ms,
            classes: found,
            phase: self.phase.clone(),
            dialers: list("/dialer", self.dialer.as_ref())?,
            carriers: list("/carrier", self.carrier.as_ref())?,
            campaigns: list("/campaign", self.campaign.as_ref())?,
            operators: list("/operator", self.operator.as_ref())?,
            prompt: self.prompt.clone(),
            callee: self.callee.clone(),
            caller: self.caller.clone(),
            reference: self.reference.clone(),
            name: self.name.clone(),
            answered: self.answered,
            recorded: self.recorded,
            deaf: self.deaf,
            confidence_below: self.confidence_below,
        })
    }
}

fn list(pointer: &str, text: Option<&String>) -> Result<Vec<String>, Problem> {
    let all: Vec<String> = text
        .into_iter()
        .flat_map(|text| text.split(','))
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    match all.len() > VALUES_MAX {
        true => Err(Problem::wrong(pointer, format!("at most {VALUES_MAX} values"))),
        false => Ok(all),
    }
}

/// Calls, newest first
#[utoipa::path(get, path = "/calls", operation_id = "calls_list", tag = "calls", params(Which), responses((status = 200, body = Paged<Row>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn index(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Paged<Row>>, Problem> {
    caller.may(Permission::CallsRead)?;
    which.refuse_numbers(&caller)?;
    let (limit, after) = which.part().read()?;
    let tx = caller.read(&app).await?;
    let page = calls::list(&tx, &which.filter()?, after, limit).await?;
    let ids: Vec<Uuid> = page.rows.iter().map(|call| call.id).collect();
    let mut said: HashMap<Uuid, Vec<labels::Label>> = labels::of_calls(&tx, &ids).await?;
    Ok(Json(Paged::of(page, |call| {
        let labels = said.remove(&call.id).unwrap_or_default();
        Row::of(call, labels, &caller)
    })))
}

/// One call, whole
#[utoipa::path(get, path = "/calls/{id}", operation_id = "call_find", tag = "calls", params(("id" = Uuid, Path)), responses((status = 200, body = Whole), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Json<Whole>, Problem> {
    caller.may(Permission::CallsRead)?;
    let tx = caller.read(&app).await?;
    let call = calls::find(&tx, id).await?;
    let labels = labels::of_calls(&tx, &[id])
        .await?
        .remove(&id)
        .unwrap_or_default();
    Ok(Json(Whole {
        library: call.library,
        own_library: call.own_library,
        detail: serde_json::from_value(call.detail.clone())
            .map_err(|why| Problem::new(Kind::Fault, format!("read the record of call {id}: {why}")))?,
        row: Row::of(call, labels, &caller),
    }))
}

/// What one says of a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Judgement {
    /// The verdict was right.
    right: Option<bool>,
    /// The class that it was in truth.
    #[schema(value_type = Option<ClassName>)]
    truth: Option<String>,
    #[serde(default)]
    note: String,
}

/// The longest note, characters.
const NOTE_MAX: usize = 1_000;

/// Says whether the verdict was right
#[utoipa::path(put, path = "/calls/{id}/label", operation_id = "call_label", tag = "calls", params(("id" = Uuid, Path)), request_body = Judgement, responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn judge(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    Body(judgement): Body<Judgement>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::CallsLabel)?;
    check_truth("/truth", judgement.truth.as_deref())?;
    if judgement.right.is_none() && judgement.truth.is_none() {
        return Err(Problem::wrong(
            "/right",
            "say whether it was right, or what it was",
        ));
    }
    if judgement.note.chars().count() > NOTE_MAX {
        return Err(Problem::wrong(
            "/note",
            format!("a note has at most {NOTE_MAX} characters"),
        ));
    }
    let tx = caller.write(&app).await?;
    let call = calls::find(&tx, id).await?;
    let change = json!({ "right": judgement.right, "truth": judgement.truth, "verdict": call.class });
    let said = Said {
        right: judgement.right,
        truth: judgement.truth,
        code: None,
        note: judgement.note,
        by: caller.name.clone(),
    };
    labels::set(&tx, &call, Source::Person, said, app.now()).await?;
    caller
        .note(&app, &tx, "call.labelled", &id.to_string(), change)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_truth(pointer: &str, truth: Option<&str>) -> Result<(), Problem> {
    let known = |word: &str| cpd_detect::Class::ALL.iter().any(|class| class.as_str() == word);
    match truth {
        Some(word) if !known(word) => Err(Problem::wrong(
            pointer,
            format!("{word:?} is no class; GET /classes tells them"),
        )),
        _ => Ok(()),
    }
}

/// Takes back what one said
#[utoipa::path(delete, path = "/calls/{id}/label", operation_id = "call_unlabel", tag = "calls", params(("id" = Uuid, Path)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn unjudge(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::CallsLabel)?;
    let tx = caller.write(&app).await?;
    let call = calls::find(&tx, id).await?;
    labels::remove(&tx, &call, Source::Person).await?;
    caller
        .note(&app, &tx, "call.unlabelled", &id.to_string(), json!({}))
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the dialer found in the end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Disposition {
    /// The call, by its id or name; or by `reference`.
    call: Option<String>,
    /// The dialer's own word for the call: the newest of that reference is meant.
    reference: Option<String>,
    /// The dialer's own word for what it was.
    code: String,
    /// The class that it was in truth.
    #[schema(value_type = Option<ClassName>)]
    truth: Option<String>,
}

/// Dispositions of one request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dispositions {
    /// 1 to 500.
    items: Vec<Disposition>,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Taken {
    /// How many calls were labelled.
    taken: usize,
    /// Those whose call was not found, by their place in the request.
    missing: Vec<usize>,
}

/// Takes what the dialer found out about calls
#[utoipa::path(post, path = "/dispositions", operation_id = "dispositions_add", tag = "calls", request_body = Dispositions, responses((status = 200, body = Taken), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn dispose(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(Dispositions { items }): Body<Dispositions>,
) -> Result<Json<Taken>, Problem> {
    caller.may(Permission::CallsLabel)?;
    if !(1..=500).contains(&items.len()) {
        return Err(Problem::wrong("/items", "send 1 to 500 dispositions"));
    }
    let tx = caller.write(&app).await?;
    let (mut taken, mut missing) = (0, Vec::new());
    for (at, item) in items.into_iter().enumerate() {
        check_truth(&format!("/items/{at}/truth"), item.truth.as_deref())?;
        if item.code.chars().count() > 100 {
            return Err(Problem::wrong(
                &format!("/items/{at}/code"),
                "a code has at most 100 characters",
            ));
        }
        let Some(call) = meant(&tx, &item).await? else {
            missing.push(at);
            continue;
        };
        let said = Said {
            right: item
                .truth
                .as_ref()
                .map(|truth| call.class.as_ref() == Some(truth)),
            truth: item.truth,
            code: Some(item.code),
            note: String::new(),
            by: caller.name.clone(),
        };
        labels::set(&tx, &call, Source::Dialer, said, app.now()).await?;
        taken += 1;
    }
    tx.commit().await?;
    Ok(Json(Taken { taken, missing }))
}

async fn meant(tx: &Tx, item: &Disposition) -> Result<Option<Call>, Problem> {
    let filter = match (&item.call, &item.reference) {
        (Some(call), _) => match Uuid::try_parse(call) {
            Ok(id) => {
                return match calls::find(tx, id).await {
                    Ok(call) => Ok(Some(call)),
                    Err(cpd_store::Error::Missing) => Ok(None),
                    Err(why) => Err(why.into()),
                };
            }
            Err(_) => Filter {
                name: Some(call.clone()),
                ..Filter::default()
            },
        },
        (None, Some(reference)) => Filter {
            reference: Some(reference.clone()),
            ..Filter::default()
        },
        (None, None) => return Ok(None),
    };
    Ok(calls::list(tx, &filter, None, 1).await?.rows.pop())
}
