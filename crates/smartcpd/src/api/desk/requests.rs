//! Requests.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_desk::{Clock, Clocks, Door, Kind, Priority, State as Stage};
use cpd_store::desk::requests::{self, Filter, Request};
use cpd_store::desk::{contacts, files, outgoing};
use cpd_store::{Tx, Uuid, calls, tenants, users};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::caller::Caller;
use super::super::extract::{Asked, At, Body, List, Paged, Part};
use super::super::permission::Permission;
use super::super::problem::Problem;
use super::seat::{self, Seat};
use crate::desk::intake::{self, FILES_MAX, Incoming, New, TEXT_MAX, TOPIC_MAX, To};
use crate::desk::{terms, work};

/// The longest name of a part of the service, characters.
const COMPONENT_MAX: usize = 60;
/// Colleagues that a request names at most.
const CHOSEN_MAX: usize = 50;
/// The longest words that are looked for, characters.
const WORDS_MAX: usize = 200;

/// A request, in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestSummary)]
pub(crate) struct Summary {
    id: Uuid,
    /// What people call it: digits and a check digit.
    number: String,
    topic: String,
    /// `incident`, `mass_incident`, `consultation`, `development`.
    kind: String,
    /// `critical`, `high`, `normal`, `low`.
    priority: String,
    /// `registered`, `in_progress`, `clarification_requested`, `waiting`, `solution_provided`, `closed`, `rejected`, `merged`.
    state: String,
    /// The door that it came by.
    door: String,
    component: String,
    /// A suggestion for the software.
    suggestion: bool,
    /// A contract was in force when it came.
    contract: bool,
    /// Whose it is; none: nobody's whom the desk knows. For the desk.
    customer: Option<Uuid>,
    customer_name: Option<String>,
    author: Uuid,
    author_name: String,
    /// Who works on it.
    assignee: Option<Uuid>,
    assignee_name: Option<String>,
    /// The last word is the customer's.
    unanswered: bool,
    /// The first end of its running clocks. For the desk.
    due_ms: Option<i64>,
    /// The mass incident above it. For the desk.
    mass: Option<Uuid>,
    created_ms: i64,
    changed_ms: i64,
}

/// Names that rows are told with.
struct Names {
    customers: HashMap<Uuid, String>,
    people: HashMap<Uuid, String>,
    authors: HashMap<Uuid, String>,
}

impl Names {
    async fn of(tx: &Tx, seat: &Seat, rows: &[Request]) -> Result<Names, Problem> {
        let authors: Vec<Uuid> = rows.iter().map(|row| row.contact_id).collect();
        let authors = contacts::among(tx, &authors).await?;
        let mut people = HashMap::new();
        let mut customers = HashMap::new();
        if seat.is_staff() {
            let staff = users::list(tx, cpd_store::SERVICE).await?;
            people.extend(staff.into_iter().map(|user| (user.id, user.name)));
            let all = tenants::list(tx).await?;
            customers.extend(all.into_iter().map(|tenant| (tenant.id, tenant.name)));
        }
        Ok(Names {
            customers,
            people,
            authors: authors.into_iter().map(|one| (one.id, one.name)).collect(),
        })
    }
}

fn summary(request: &Request, staff: bool, names: &Names) -> Summary {
    let known = (request.tenant_id != cpd_store::SERVICE).then_some(request.tenant_id);
    Summary {
        id: request.id,
        number: request.number.clone(),
        topic: request.topic.clone(),
        kind: request.kind.clone(),
        priority: request.priority.clone(),
        state: request.state.clone(),
        door: request.door.clone(),
        component: request.component.clone(),
        suggestion: request.suggestion,
        contract: request.contract,
        customer: known.filter(|_| staff),
        customer_name: known.and_then(|id| names.customers.get(&id).cloned()),
        author: request.contact_id,
        author_name: names
            .authors
            .get(&request.contact_id)
            .cloned()
            .unwrap_or_default(),
        assignee: request.assignee,
        assignee_name: request.assignee.and_then(|id| names.people.get(&id).cloned()),
        unanswered: request.unanswered,
        due_ms: request.due_ms.filter(|_| staff),
        mass: request.mass_id.filter(|_| staff),
        created_ms: request.created_ms,
        changed_ms: request.changed_ms,
    }
}

/// Which requests.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// States, with commas between; `open` are all that are not over.
    state: Option<String>,
    /// Kinds, with commas between.
    kind: Option<String>,
    /// Priorities, with commas between.
    priority: Option<String>,
    /// `me`, `none`, or a specialist's id. For the desk.
    assignee: Option<String>,
    /// Of this customer. For the desk.
    customer: Option<Uuid>,
    /// Below this mass incident. For the desk.
    mass: Option<Uuid>,
    /// Suggestions alone, or none of them.
    suggestion: Option<bool>,
    /// Whose last word is the customer's.
    #[serde(default)]
    unanswered: bool,
    /// A clock of which ends before then. For the desk.
    due_before_ms: Option<i64>,
    /// Words of topic or conversation, or a piece of the number.
    q: Option<String>,
    /// 1 to 500; 100 by itself.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
    /// `next` of the part before.
    after: Option<String>,
}

/// Words with commas between, each of them known.
fn words(
    pointer: &str,
    text: Option<&str>,
    known: impl Fn(&str) -> Option<Vec<&'static str>>,
) -> Result<Vec<String>, Problem> {
    let mut out = Vec::new();
    for word in text
        .unwrap_or_default()
        .split(',')
        .filter(|word| !word.is_empty())
    {
        let found =
            known(word).ok_or_else(|| Problem::wrong(pointer, format!("{word:?} is not known here")))?;
        out.extend(found.into_iter().map(str::to_owned));
    }
    Ok(out)
}

fn stages(word: &str) -> Option<Vec<&'static str>> {
    match word {
        "open" => Some(
            Stage::ALL
                .into_iter()
                .filter(|state| !matches!(state, Stage::Closed | Stage::Rejected | Stage::Merged))
                .map(Stage::as_str)
                .collect(),
        ),
        word => Stage::named(word).map(|state| vec![state.as_str()]),
    }
}

/// Requests that one sees
#[utoipa::path(get, path = "/requests", operation_id = "requests_list", tag = "desk", params(Which), responses((status = 200, body = Paged<Summary>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Paged<Summary>>, Problem> {
    let part = Part {
        limit: which.limit,
        after: which.after.clone(),
    };
    let (limit, after) = part.read()?;
    let (tx, seat) = seat::take(&app, &caller, false).await?;
    let filter = filter(&which, &seat)?;
    let page = requests::list(&tx, &filter, after, limit).await?;
    let names = Names::of(&tx, &seat, &page.rows).await?;
    tx.commit().await?;
    let staff = seat.is_staff();
    Ok(Json(Paged::of(page, |request| summary(&request, staff, &names))))
}

fn filter(which: &Which, seat: &Seat) -> Result<Filter, Problem> {
    if which
        .q
        .as_ref()
        .is_some_and(|words| words.chars().count() > WORDS_MAX)
    {
        return Err(Problem::wrong(
            "/q",
            format!("at most {WORDS_MAX} characters are looked for"),
        ));
    }
    let mut filter = Filter {
        states: words("/state", which.state.as_deref(), stages)?,
        kinds: words("/kind", which.kind.as_deref(), |word| {
            Some(vec![Kind::named(word)?.as_str()])
        })?,
        priorities: words("/priority", which.priority.as_deref(), |word| {
            Some(vec![Priority::named(word)?.as_str()])
        })?,
        suggestion: which.suggestion,
        unanswered: which.unanswered,
        words: which.q.clone().filter(|words| !words.trim().is_empty()),
        public: !seat.is_staff(),
        sight: seat.sight(),
        ..Filter::default()
    };
    let Seat::Staff { person, customer } = seat else {
        let desks = [
            ("/assignee", which.assignee.is_some()),
            ("/customer", which.customer.is_some()),
            ("/mass", which.mass.is_some()),
            ("/due_before_ms", which.due_before_ms.is_some()),
        ];
        return match desks.into_iter().find(|(_, said)| *said) {
            Some((pointer, _)) => Err(Problem::wrong(pointer, "this is for the desk")),
            None => Ok(filter),
        };
    };
    filter.tenant = customer.or(which.customer);
    filter.mass = which.mass;
    filter.due_before_ms = which.due_before_ms;
    match which.assignee.as_deref() {
        None => (),
        Some("me") => filter.assignee = Some(*person),
        Some("none") => filter.unassigned = true,
        Some(id) => {
            let id = id
                .parse()
                .map_err(|_| Problem::wrong("/assignee", "write me, none, or a specialist's id"))?;
            filter.assignee = Some(id);
        }
    }
    Ok(filter)
}

/// A clock of a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestClock)]
pub(crate) struct ClockTold {
    /// `idle`, `running`, `paused`, `met`, `missed`.
    state: &'static str,
    /// When it ends.
    due_ms: Option<i64>,
    /// When three quarters of it are over.
    warn_ms: Option<i64>,
    /// What is left while it stands, or was needed when it was met, ms of work.
    work_ms: Option<i64>,
}

fn clock(clock: Clock) -> ClockTold {
    let told = |state, due_ms, warn_ms, work_ms| ClockTold {
        state,
        due_ms,
        warn_ms,
        work_ms,
    };
    match clock {
        Clock::Idle => told("idle", None, None, None),
        Clock::Running { warn_ms, due_ms } => told("running", Some(due_ms), Some(warn_ms), None),
        Clock::Paused { left_ms } => told("paused", None, None, Some(left_ms)),
        Clock::Met {
            after_ms,
            in_time: true,
        } => told("met", None, None, Some(after_ms)),
        Clock::Met {
            after_ms,
            in_time: false,
        } => told("missed", None, None, Some(after_ms)),
    }
}

/// The clocks of a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestClocks)]
pub(crate) struct ClocksTold {
    /// Until the first answer.
    first: ClockTold,
    /// Until the next one.
    next: ClockTold,
    /// Until the solution.
    solution: ClockTold,
}

/// A file of a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestFile)]
pub(crate) struct FileTold {
    pub(super) id: Uuid,
    pub(super) name: String,
    /// Its type, by its bytes.
    pub(super) kind: String,
    /// Bytes.
    pub(super) size: i32,
    /// Of a picture, pixels.
    pub(super) width: Option<i32>,
    pub(super) height: Option<i32>,
}

pub(super) fn file_told(file: files::About) -> FileTold {
    FileTold {
        id: file.id,
        name: file.name,
        kind: file.kind,
        size: file.size,
        width: file.width,
        height: file.height,
    }
}

/// A request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Request)]
pub(crate) struct Told {
    #[serde(flatten)]
    summary: Summary,
    /// Colleagues of the author that it names.
    chosen: Vec<Uuid>,
    /// The request before it, which was over.
    follows: Option<Uuid>,
    /// Where it goes on.
    survivor: Option<Uuid>,
    /// Requests that go on in this one. For the desk.
    merged: Vec<Uuid>,
    /// What it may belong to. For the desk.
    perhaps: Option<Uuid>,
    /// The call that it is about.
    call: Option<Uuid>,
    /// What was known of the call.
    evidence: Option<Value>,
    /// When it is over by itself, if nobody objects.
    closes_ms: Option<i64>,
    /// For the desk.
    clocks: Option<ClocksTold>,
    /// What may be done to it now, from one's own side: states that it may go to.
    leads_to: Vec<&'static str>,
}

pub(super) async fn told(app: &App, tx: &Tx, seat: &Seat, request: &Request) -> Result<Told, Problem> {
    let names = Names::of(tx, seat, std::slice::from_ref(request)).await?;
    let staff = seat.is_staff();
    let log = work::log(tx, request).await?;
    let contract = work::contract(tx, request.tenant_id, app.now()).await?;
    let clocks = Clocks::of(&log, &contract.unwrap_or_else(terms::none));
    let merged = match staff {
        true => requests::merged_into(tx, request)
            .await?
            .into_iter()
            .map(|one| one.id)
            .collect(),
        false => Vec::new(),
    };
    let survivor = match request.survivor {
        Some(id) => seat.find(tx, &id.to_string()).await.ok().map(|one| one.id),
        None => None,
    };
    let leads_to = Stage::named(&request.state).map_or(&[][..], Stage::leads_to);
    Ok(Told {
        summary: summary(request, staff, &names),
        chosen: work::chosen(request).into_iter().map(|person| person.0).collect(),
        follows: request.follows,
        survivor,
        merged,
        perhaps: request.perhaps.filter(|_| staff),
        call: request.call_id,
        evidence: request.evidence.clone(),
        closes_ms: clocks.closes_ms,
        clocks: staff.then(|| ClocksTold {
            first: clock(clocks.first),
            next: clock(clocks.next),
            solution: clock(clocks.solution),
        }),
        leads_to: leads_to.iter().map(|state| state.as_str()).collect(),
    })
}

/// A request, by its id or its number
#[utoipa::path(get, path = "/requests/{id}", operation_id = "requests_find", tag = "desk", params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<Told>, Problem> {
    let (tx, seat) = seat::take(&app, &caller, false).await?;
    let request = seat.find(&tx, &id).await?;
    let told = told(&app, &tx, &seat, &request).await?;
    tx.commit().await?;
    Ok(Json(told))
}

/// What is said of a new request.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asks {
    /// What it is about, in a line.
    topic: String,
    /// What happened, what was expected.
    text: String,
    kind: String,
    #[serde(default)]
    priority: Option<String>,
    /// The part of the service.
    #[serde(default)]
    component: String,
    /// Files that were sent up before.
    #[serde(default)]
    files: Vec<Uuid>,
    /// Colleagues that may see it, where the contract says so.
    #[serde(default)]
    chosen: Vec<Uuid>,
    /// The call that it is about: what is known of it goes along.
    #[serde(default)]
    call: Option<Uuid>,
    /// Who telephoned, by their contact's id. For the desk.
    #[serde(default)]
    contact: Option<Uuid>,
}

/// Refuses what is no line, and what is no text.
pub(super) fn check_text(pointer: &str, text: &str) -> Result<(), Problem> {
    match (text.trim().is_empty(), text.len() > TEXT_MAX) {
        (true, _) => Err(Problem::wrong(pointer, "write something")),
        (_, true) => Err(Problem::wrong(
            pointer,
            format!("a message has at most {TEXT_MAX} bytes; send the rest as a file"),
        )),
        (false, false) => Ok(()),
    }
}

pub(super) fn check_topic(pointer: &str, topic: &str) -> Result<(), Problem> {
    let length = topic.trim().chars().count();
    match (1..=TOPIC_MAX).contains(&length) && !topic.chars().any(char::is_control) {
        true => Ok(()),
        false => Err(Problem::wrong(
            pointer,
            format!("a topic is a line of 1 to {TOPIC_MAX} characters"),
        )),
    }
}

pub(super) fn check_component(pointer: &str, component: &str) -> Result<(), Problem> {
    match component.chars().count() <= COMPONENT_MAX && !component.chars().any(char::is_control) {
        true => Ok(()),
        false => Err(Problem::wrong(
            pointer,
            format!("a part's name has at most {COMPONENT_MAX} characters"),
        )),
    }
}

pub(super) fn check_files(pointer: &str, files: &[Uuid]) -> Result<(), Problem> {
    match files.len() <= FILES_MAX {
        true => Ok(()),
        false => Err(Problem::wrong(
            pointer,
            format!("a message has at most {FILES_MAX} files"),
        )),
    }
}

pub(super) fn kind(pointer: &str, word: &str) -> Result<Kind, Problem> {
    let words = Kind::ALL.map(Kind::as_str).join(", ");
    Kind::named(word)
        .ok_or_else(|| Problem::wrong(pointer, format!("{word:?} is no kind; write one of {words}")))
}

pub(super) fn priority(pointer: &str, word: &str) -> Result<Priority, Problem> {
    let words = Priority::ALL.map(Priority::as_str).join(", ");
    Priority::named(word)
        .ok_or_else(|| Problem::wrong(pointer, format!("{word:?} is no priority; write one of {words}")))
}

/// Registers a request
#[utoipa::path(post, path = "/requests", operation_id = "requests_add", tag = "desk", request_body = Asks, responses((status = 201, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(asks): Body<Asks>,
) -> Result<(StatusCode, Json<Told>), Problem> {
    check_topic("/topic", &asks.topic)?;
    check_text("/text", &asks.text)?;
    check_component("/component", &asks.component)?;
    check_files("/files", &asks.files)?;
    if asks.chosen.len() > CHOSEN_MAX {
        return Err(Problem::wrong(
            "/chosen",
            format!("a request names at most {CHOSEN_MAX} colleagues"),
        ));
    }
    let kind = kind("/kind", &asks.kind)?;
    let hurry = asks
        .priority
        .as_deref()
        .map(|word| priority("/priority", word))
        .transpose()?;
    let (tx, seat) = seat::take(&app, &caller, true).await?;
    let (contact, door, staff) = match (&seat, asks.contact) {
        (Seat::Customer { .. }, Some(_)) => return Err(Problem::wrong("/contact", "this is for the desk")),
        (Seat::Customer { contact, user, .. }, None) => {
            let door = if user.is_some() { Door::Portal } else { Door::Api };
            (contact.clone(), door, None)
        }
        (Seat::Staff { .. }, None) => {
            return Err(Problem::wrong(
                "/contact",
                "say who telephoned: GET /desk/contacts finds them",
            ));
        }
        (Seat::Staff { .. }, Some(id)) => {
            let contact = contacts::find(&tx, id).await?;
            (contact, Door::Telephone, Some(seat.by(&caller)))
        }
    };
    for colleague in &asks.chosen {
        let known = users::find(&tx, *colleague).await?;
        if known.tenant_id != contact.tenant_id {
            return Err(Problem::not_found());
        }
    }
    let call = match asks.call {
        None => None,
        Some(id) => {
            let call = calls::find(&tx, id).await?;
            if call.tenant_id != contact.tenant_id {
                return Err(Problem::not_found());
            }
            Some((id, evidence(&call)))
        }
    };
    let new = New {
        topic: asks.topic.trim().to_owned(),
        kind: Some(kind),
        priority: hurry.unwrap_or_default(),
        component: asks.component,
        chosen: asks.chosen,
        call,
        ..New::default()
    };
    let incoming = Incoming {
        door,
        contact,
        to: To::New(Box::new(new)),
        text: asks.text,
        rest: String::new(),
        automated: false,
        unverified: false,
        files: asks.files,
        files_by: caller.id(),
        origin: None,
        mail_id: None,
        staff,
    };
    let taken = intake::take(&tx, incoming, app.now()).await?;
    let told = told(&app, &tx, &seat, &taken.request).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(told)))
}

/// What is known of a call, without its numbers and its audio: those are asked for by who may.
fn evidence(call: &calls::Call) -> Value {
    json!({
        "call": call.name,
        "began_ms": call.began_ms,
        "dialer": call.dialer,
        "carrier": call.carrier,
        "campaign": call.campaign,
        "class": call.class,
        "phase": call.phase,
        "confidence": call.confidence,
        "prompt": call.prompt,
        "operator": call.operator,
        "status": call.status,
        "q850": call.q850,
        "ended_by": call.ended_by,
        "decided_ms": call.decided_ms,
        "answered_ms": call.answered_ms,
        "length_ms": call.length_ms,
        "deaf": call.deaf,
        "node": call.node,
        "versions": { "software": env!("CARGO_PKG_VERSION"), "library": call.library, "own_library": call.own_library },
        "timeline": call.detail,
    })
}

/// What the desk changes of a request.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = RequestChange)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    topic: Option<String>,
    kind: Option<String>,
    priority: Option<String>,
    component: Option<String>,
    suggestion: Option<bool>,
}

/// Changes what the desk says of a request
#[utoipa::path(patch, path = "/requests/{id}", operation_id = "requests_change", tag = "desk", request_body = Change, params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = Told), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
    Body(change): Body<Change>,
) -> Result<Json<Told>, Problem> {
    if let Some(topic) = &change.topic {
        check_topic("/topic", topic)?;
    }
    if let Some(component) = &change.component {
        check_component("/component", component)?;
    }
    let kind = change
        .kind
        .as_deref()
        .map(|word| kind("/kind", word))
        .transpose()?;
    let priority = change
        .priority
        .as_deref()
        .map(|word| priority("/priority", word))
        .transpose()?;
    caller.may(Permission::DeskWork)?;
    let (tx, seat) = seat::take(&app, &caller, true).await?;
    let by = seat.by(&caller);
    let found = seat.find(&tx, &id).await?;
    let mut request = requests::hold(&tx, found.id).await?;
    if let Some(topic) = change.topic {
        request.topic = topic.trim().to_owned();
    }
    if let Some(component) = change.component {
        request.component = component;
    }
    if let Some(suggestion) = change.suggestion {
        request.suggestion = suggestion;
    }
    let mut request = requests::append(&tx, request, Vec::new()).await?;
    if let Some(kind) = kind {
        request = work::act_on(&tx, request, &by, &cpd_desk::Act::Retype(kind), app.now()).await?;
    }
    if let Some(priority) = priority {
        request = work::act_on(&tx, request, &by, &cpd_desk::Act::Hurry(priority), app.now()).await?;
    }
    let told = told(&app, &tx, &seat, &request).await?;
    tx.commit().await?;
    Ok(Json(told))
}

/// A row of a request's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestEvent)]
pub(crate) struct HistoryRow {
    at_ms: i64,
    /// `customer`, `staff`, `mass`, `desk`.
    who: String,
    name: String,
    /// What happened, as the desk's log has it.
    what: Value,
}

/// What happened to a request
#[utoipa::path(get, path = "/requests/{id}/history", operation_id = "requests_history", tag = "desk", params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = List<HistoryRow>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn history(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<List<HistoryRow>>, Problem> {
    let (tx, seat) = seat::take(&app, &caller, false).await?;
    let request = seat.find(&tx, &id).await?;
    let rows = requests::log(&tx, &request).await?;
    tx.commit().await?;
    let staff = seat.is_staff();
    let items = rows
        .into_iter()
        .filter(|row| staff || is_public(&row.what))
        .map(|row| {
            let who = row.by["who"].as_str().unwrap_or_default();
            // A customer is not told that there is something above its request.
            let who = if !staff && who == "mass" { "staff" } else { who };
            HistoryRow {
                at_ms: row.at_ms,
                who: who.to_owned(),
                name: row.by_name,
                what: if staff { row.what } else { public(row.what) },
            }
        })
        .collect();
    Ok(Json(List { items }))
}

fn is_public(what: &Value) -> bool {
    match what["what"].as_str() {
        Some("registered" | "moved") => true,
        Some("message") => what["side"] == "public",
        _ => false,
    }
}

/// A row without what is the desk's own: what it waits for, and where it goes on.
fn public(mut what: Value) -> Value {
    if let Some(why) = what.get_mut("why").and_then(Value::as_object_mut) {
        why.remove("survivor");
        if why.get("reason").is_some_and(|reason| reason == "mass") {
            why.remove("reason");
        }
    }
    what
}

/// Something that was sent, or is to be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestDelivery)]
pub(crate) struct Delivery {
    id: Uuid,
    /// `receipt`, `message`, `question`, `solution`, `refusal`.
    kind: String,
    door: String,
    address: String,
    /// `waiting`, `sent`, `failed`.
    state: String,
    attempts: i32,
    next_ms: i64,
    error: Option<String>,
    created_ms: i64,
    ended_ms: Option<i64>,
}

/// What went out for a request, for the desk
#[utoipa::path(get, path = "/requests/{id}/deliveries", operation_id = "requests_deliveries", tag = "desk", params(("id" = String, Path, description = "its id or its number")), responses((status = 200, body = List<Delivery>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn deliveries(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<List<Delivery>>, Problem> {
    caller.may(Permission::DeskWork)?;
    let (tx, seat) = seat::take(&app, &caller, false).await?;
    let request = seat.find(&tx, &id).await?;
    let rows = outgoing::list(&tx, request.id).await?;
    let items = rows.into_iter().map(|row| Delivery {
        id: row.id,
        kind: row.kind,
        door: row.door,
        address: row.address,
        state: row.state,
        attempts: row.attempts,
        next_ms: row.next_ms,
        error: row.error,
        created_ms: row.created_ms,
        ended_ms: row.ended_ms,
    });
    Ok(Json(List {
        items: items.collect(),
    }))
}
