//! What is done to a request: decided by the rules, and kept with what it causes.

use cpd_desk::{
    Act, Actor, Category, Clocks, Contract, MassId, MessageId, PersonId, Refusal, RequestId, Sees, Side,
    State, Viewer, What, may_see,
};
use cpd_store::desk::messages::{self, Message};
use cpd_store::desk::requests::{self, Event, Request};
use cpd_store::desk::{contacts, contracts, files, masses, outgoing};
use cpd_store::users::{self, Role};
use cpd_store::{SERVICE, Tx, Uuid, webhooks};
use serde_json::{Value, json};

use super::notices;
use super::terms::{self, Terms};

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The rules do not let it be.
    Refused(Refusal),
    /// The store's.
    Store(cpd_store::Error),
}

impl From<Refusal> for Fault {
    fn from(why: Refusal) -> Fault {
        Fault::Refused(why)
    }
}

impl From<cpd_store::Error> for Fault {
    fn from(why: cpd_store::Error) -> Fault {
        Fault::Store(why)
    }
}

/// Who acts: for the rules, and by name for who reads the log.
#[derive(Clone, Debug)]
pub(crate) struct By {
    pub(crate) actor: Actor,
    pub(crate) name: String,
}

impl By {
    /// The desk itself.
    pub(crate) fn desk() -> By {
        By {
            actor: Actor::Desk,
            name: String::new(),
        }
    }
}

/// The contract that counts for a customer, in force or not; nobody's and nobody's yet have none.
pub(crate) async fn contract(
    tx: &Tx,
    tenant: Uuid,
    now_ms: i64,
) -> Result<Option<Contract>, cpd_store::Error> {
    if tenant == SERVICE {
        return Ok(None);
    }
    let Some(row) = contracts::at(tx, tenant, now_ms).await? else {
        return Ok(None);
    };
    let terms: Option<Terms> = serde_json::from_value(row.terms).ok();
    Ok(terms.and_then(|terms| terms.contract(row.from_ms, row.until_ms).ok()))
}

/// Does something to a request. It is held until the transaction ends, so that what comes at once comes in turn.
pub(crate) async fn act(tx: &Tx, id: Uuid, by: &By, act: &Act, now_ms: i64) -> Result<Request, Fault> {
    let request = requests::hold(tx, id).await?;
    act_on(tx, request, by, act, now_ms).await
}

/// The same, for a request that is held already.
pub(crate) async fn act_on(
    tx: &Tx,
    request: Request,
    by: &By,
    act: &Act,
    now_ms: i64,
) -> Result<Request, Fault> {
    let log = log(tx, &request).await?;
    let made = cpd_desk::Request::replay(RequestId(request.id), &log).decide(by.actor, act)?;
    Ok(note(tx, request, log, by, made, now_ms).await?)
}

/// A request's log, as the rules take it.
pub(crate) async fn log(tx: &Tx, request: &Request) -> Result<Vec<cpd_desk::Event>, cpd_store::Error> {
    Ok(requests::log(tx, request)
        .await?
        .into_iter()
        .filter_map(|row| {
            Some(cpd_desk::Event {
                at_ms: row.at_ms,
                by: serde_json::from_value(row.by).ok()?,
                what: serde_json::from_value(row.what).ok()?,
            })
        })
        .collect())
}

/// Keeps events of a held request: its log, its row, its clocks, what its customer is told.
pub(crate) async fn note(
    tx: &Tx,
    mut request: Request,
    mut log: Vec<cpd_desk::Event>,
    by: &By,
    made: Vec<What>,
    now_ms: i64,
) -> Result<Request, cpd_store::Error> {
    // A clock that was set back does not put a row before another.
    let at_ms = log.last().map_or(now_ms, |last| now_ms.max(last.at_ms));
    let mut rows = Vec::with_capacity(made.len());
    for what in made {
        let seq = request.events + i32::try_from(rows.len()).unwrap_or(i32::MAX) + 1;
        rows.push(Event {
            request_id: request.id,
            seq,
            tenant_id: request.tenant_id,
            at_ms,
            by: json!(by.actor),
            by_name: by.name.clone(),
            what: json!(what),
        });
        log.push(cpd_desk::Event {
            at_ms,
            by: by.actor,
            what,
        });
    }
    if rows.is_empty() {
        return Ok(request);
    }
    let new = &log[log.len() - rows.len()..];
    let made = cpd_desk::Request::replay(RequestId(request.id), &log);
    let moved = made.state.as_str() != request.state;
    request.unanswered = unanswered(request.unanswered, made.state, new);
    made.state.as_str().clone_into(&mut request.state);
    made.kind.as_str().clone_into(&mut request.kind);
    made.priority.as_str().clone_into(&mut request.priority);
    request.contract = made.contract;
    request.assignee = made.assignee.map(|person| person.0);
    request.mass_id = made.mass.map(|mass| mass.0);
    request.survivor = made.merged.map(|(survivor, _)| survivor.0);
    request.changed_ms = at_ms;
    let contract = contract(tx, request.tenant_id, now_ms).await?;
    look_at_clocks(&mut request, &log, contract.as_ref(), now_ms);
    for notice in notices::of(&request, new) {
        if let Some(row) = notices::addressed(tx, &request, notice, now_ms).await? {
            outgoing::push(tx, row).await?;
        }
    }
    let registered = new
        .iter()
        .any(|event| matches!(event.what, What::Registered { .. }));
    let request = requests::append(tx, request, rows).await?;
    if request.tenant_id != SERVICE && (registered || moved) {
        let kind = if registered {
            "request.registered"
        } else {
            "request.moved"
        };
        webhooks::emit(tx, &[told(&request, kind, at_ms)]).await?;
    }
    Ok(request)
}

/// Computes a request's clocks anew.
pub(crate) fn look_at_clocks(
    request: &mut Request,
    log: &[cpd_desk::Event],
    contract: Option<&Contract>,
    now_ms: i64,
) {
    let none;
    let contract = match contract {
        Some(contract) => contract,
        None => {
            none = terms::none();
            &none
        }
    };
    let clocks = Clocks::of(log, contract);
    request.due_ms = clocks.due_ms();
    request.next_ms = clocks.next_ms(now_ms);
}

/// Whether the last public word is a customer's, who waits for an answer.
fn unanswered(before: bool, state: State, new: &[cpd_desk::Event]) -> bool {
    let mut waits = before;
    for event in new {
        match (&event.what, event.by) {
            (
                What::Message {
                    side: Side::Internal, ..
                }
                | What::Message { automated: true, .. },
                _,
            ) => (),
            (What::Message { .. }, Actor::Customer(_)) => waits = true,
            (What::Message { .. }, Actor::Staff(_) | Actor::Mass(_)) => waits = false,
            _ => (),
        }
    }
    let over = matches!(
        state,
        State::SolutionProvided | State::Closed | State::Rejected | State::Merged
    );
    waits && !over
}

/// A request's event, for webhooks.
fn told(request: &Request, kind: &str, at_ms: i64) -> webhooks::Event {
    webhooks::Event {
        id: Uuid::now_v7(),
        tenant_id: request.tenant_id,
        kind: kind.to_owned(),
        payload: body(request),
        created_ms: at_ms,
        fanned: false,
    }
}

fn body(request: &Request) -> Value {
    json!({
        "request": request.id,
        "number": request.number,
        "topic": request.topic,
        "kind": request.kind,
        "priority": request.priority,
        "state": request.state,
        "door": request.door,
        "created_ms": request.created_ms,
        "changed_ms": request.changed_ms,
    })
}

/// What somebody of the desk, or a mass incident, writes.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub(crate) text: String,
    pub(crate) side: Side,
    /// Files that were sent up before, and by whom.
    pub(crate) files: Vec<Uuid>,
    pub(crate) files_by: String,
}

impl Words {
    /// Words for everybody of the conversation, without files.
    pub(crate) fn public(text: String) -> Words {
        Words {
            text,
            side: Side::Public,
            files: Vec::new(),
            files_by: String::new(),
        }
    }
}

/// Writes into a request and does what the words are for: a question, a solution, a refusal, or to say them.
pub(crate) async fn write(
    tx: &Tx,
    id: Uuid,
    by: &By,
    words: Words,
    act: impl FnOnce(MessageId) -> Act,
    now_ms: i64,
) -> Result<Request, Fault> {
    let request = requests::hold(tx, id).await?;
    let from = match by.actor {
        Actor::Mass(_) => "mass",
        Actor::Staff(_) => "staff",
        Actor::Customer(_) | Actor::Desk => "desk",
    };
    let message = Message {
        id: Uuid::now_v7(),
        tenant_id: request.tenant_id,
        request_id: request.id,
        at_ms: now_ms,
        side: match words.side {
            Side::Public => "public",
            Side::Internal => "internal",
        }
        .to_owned(),
        from: from.to_owned(),
        person: match by.actor {
            Actor::Staff(person) => Some(person.0),
            Actor::Customer(_) | Actor::Mass(_) | Actor::Desk => None,
        },
        name: by.name.clone(),
        door: "portal".to_owned(),
        text: words.text,
        rest: String::new(),
        automated: false,
        unverified: false,
        origin: None,
        mail_id: None,
    };
    let written = message.id;
    messages::add(tx, message).await?;
    for file in words.files {
        if !files::put(tx, file, &words.files_by, &request, written).await? {
            return Err(Fault::Store(cpd_store::Error::Missing));
        }
    }
    act_on(tx, request, by, &act(MessageId(written)), now_ms).await
}

/// Why two requests cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoMerge {
    /// They are two customers'.
    OtherCustomer,
    /// Who wrote the one may not see the other.
    NotSeen,
}

/// Lets a request go on in another of the same customer, if who wrote it may see that one.
pub(crate) async fn merge(
    tx: &Tx,
    id: Uuid,
    into: Uuid,
    by: &By,
    now_ms: i64,
) -> Result<Result<Request, NoMerge>, Fault> {
    // In one order, so that two merges at once do not wait for each other.
    let (first, second) = (id.min(into), id.max(into));
    let held = [
        requests::hold(tx, first).await?,
        requests::hold(tx, second).await?,
    ];
    let [request, survivor] = match held {
        [one, other] if one.id == id => [one, other],
        [one, other] => [other, one],
    };
    if request.tenant_id != survivor.tenant_id {
        return Ok(Err(NoMerge::OtherCustomer));
    }
    if !seen_by_author(tx, &survivor, request.contact_id, now_ms).await? {
        return Ok(Err(NoMerge::NotSeen));
    }
    let survivor_log = log(tx, &survivor).await?;
    cpd_desk::Request::replay(RequestId(survivor.id), &survivor_log).takes_in()?;
    let act = Act::Merge(RequestId(into));
    Ok(Ok(act_on(tx, request, by, &act, now_ms).await?))
}

async fn seen_by_author(tx: &Tx, request: &Request, contact: Uuid, now_ms: i64) -> Result<bool, Fault> {
    if request.contact_id == contact {
        return Ok(true);
    }
    let author = contacts::find(tx, contact).await?;
    let sees = contract(tx, request.tenant_id, now_ms)
        .await?
        .map_or(Sees::Nobody, |contract| contract.sees);
    let (administrator, person) = match author.user_id {
        None => (false, contact),
        Some(user) => {
            let user = users::find(tx, user).await?;
            (user.role == Role::Admin.as_str(), user.id)
        }
    };
    let viewer = Viewer::Colleague {
        person: PersonId(person),
        administrator,
    };
    Ok(may_see(
        viewer,
        &sees,
        Some(PersonId(request.contact_id)),
        &chosen(request),
    ))
}

/// Colleagues whom a request names.
pub(crate) fn chosen(request: &Request) -> Vec<PersonId> {
    let ids = request.chosen.as_array().into_iter().flatten();
    ids.filter_map(|id| id.as_str()?.parse().ok().map(PersonId))
        .collect()
}

/// Puts a request below a mass incident.
pub(crate) async fn attach(tx: &Tx, id: Uuid, mass: Uuid, now_ms: i64) -> Result<Request, Fault> {
    let mass = masses::hold(tx, mass).await?;
    if mass.state != "open" {
        return Err(Fault::Store(cpd_store::Error::Stale(mass.version)));
    }
    let by = above(mass.id);
    act(tx, id, &by, &Act::Attach(Some(MassId(mass.id))), now_ms).await
}

/// Says something in each request below a mass incident; `solves`: and with that they are solved, those that are not over.
/// Tells to how many it was said.
pub(crate) async fn fan_out(
    tx: &Tx,
    mass: Uuid,
    text: &str,
    solves: bool,
    now_ms: i64,
) -> Result<usize, Fault> {
    let mut said = 0;
    let by = above(mass);
    let filter = requests::Filter {
        mass: Some(mass),
        ..requests::Filter::default()
    };
    let mut after = None;
    loop {
        let page = requests::list(tx, &filter, after, FAN_OUT).await?;
        for child in page.rows {
            let over = State::named(&child.state)
                .is_none_or(|state| matches!(state.category(), Category::Final | Category::Resolved));
            if over {
                continue;
            }
            let words = Words::public(text.to_owned());
            let act = |message| match solves {
                true => Act::Solve(message),
                false => Act::Say {
                    message,
                    side: Side::Public,
                },
            };
            write(tx, child.id, &by, words, act, now_ms).await?;
            said += 1;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(said),
        }
    }
}

/// Children that are read at once.
const FAN_OUT: u64 = 200;

fn above(mass: Uuid) -> By {
    By {
        actor: Actor::Mass(MassId(mass)),
        name: String::new(),
    }
}
