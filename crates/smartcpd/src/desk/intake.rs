//! What comes by any door: a new request, or a message of one that is there. One function for all doors.

use cpd_desk::{
    Act, Actor, Door, Kind, MessageId, Number, PersonId, Priority, RequestId, SERIAL_FIRST, Side, What,
};
use cpd_store::desk::contacts::{self, Contact};
use cpd_store::desk::files;
use cpd_store::desk::messages::{self, Message};
use cpd_store::desk::requests::{self, Request};
use cpd_store::{Tx, Uuid};
use serde_json::{Value, json};

use super::work::{self, By, Fault};

/// The longest topic, characters: a line.
pub(crate) const TOPIC_MAX: usize = 200;
/// The longest text, bytes: what a person writes, with a log in it.
pub(crate) const TEXT_MAX: usize = 100_000;
/// Files of a message at most.
pub(crate) const FILES_MAX: usize = 20;
/// Merges that are followed to where a message belongs; each is a request of the same customer.
const MERGES_MAX: usize = 100;

/// Something that came.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) door: Door,
    /// Who writes.
    pub(crate) contact: Contact,
    /// Where it goes.
    pub(crate) to: To,
    pub(crate) text: String,
    /// What it quotes.
    pub(crate) rest: String,
    /// A machine wrote it.
    pub(crate) automated: bool,
    /// Nobody vouches for who wrote it.
    pub(crate) unverified: bool,
    /// Files that were sent up before, and by whom.
    pub(crate) files: Vec<Uuid>,
    pub(crate) files_by: String,
    /// What its door calls it: the same is taken once.
    pub(crate) origin: Option<String>,
    /// Its Message-ID.
    pub(crate) mail_id: Option<String>,
    /// Who wrote it down, where it was not the customer.
    pub(crate) staff: Option<By>,
}

/// Where something goes.
#[derive(Clone, Debug)]
pub(crate) enum To {
    /// Into a new request.
    New(Box<New>),
    /// Into this one; or where it goes on; or into a new one after it.
    Request(Uuid),
}

/// What is said of a new request.
#[derive(Clone, Debug, Default)]
pub(crate) struct New {
    pub(crate) topic: String,
    pub(crate) kind: Option<Kind>,
    pub(crate) priority: Priority,
    pub(crate) component: String,
    /// It is a suggestion for the software.
    pub(crate) suggestion: bool,
    /// Colleagues that may see it.
    pub(crate) chosen: Vec<Uuid>,
    /// What it may belong to, for the desk.
    pub(crate) perhaps: Option<Uuid>,
    /// The call that it is about, and what is known of it.
    pub(crate) call: Option<(Uuid, Value)>,
    /// The earlier request that it comes after.
    pub(crate) follows: Option<Uuid>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taken {
    pub(crate) request: Request,
    pub(crate) message: Uuid,
    /// It began a request.
    pub(crate) new: bool,
    /// It was there already.
    pub(crate) again: bool,
}

/// Takes what came. Whatever interleaves with it, a conversation is one request and each message is in it once: who writes is
/// held first, then the request.
pub(crate) async fn take(tx: &Tx, incoming: Incoming, now_ms: i64) -> Result<Taken, Fault> {
    contacts::hold(tx, incoming.contact.id).await?;
    if let Some(origin) = &incoming.origin
        && let Some(there) = messages::by_origin(tx, origin).await?
    {
        let request = requests::find(tx, there.request_id).await?;
        return Ok(Taken {
            request,
            message: there.id,
            new: false,
            again: true,
        });
    }
    match &incoming.to {
        To::New(new) => register(tx, &incoming, (**new).clone(), now_ms).await,
        To::Request(id) => {
            let (request, log) = reached(tx, *id).await?;
            let state = cpd_desk::Request::replay(RequestId(request.id), &log);
            if state.route() == cpd_desk::Route::Here {
                return said(tx, request, &incoming, now_ms).await;
            }
            let new = New {
                topic: request.topic.clone(),
                kind: Some(state.kind),
                follows: Some(request.id),
                ..New::default()
            };
            register(tx, &incoming, new, now_ms).await
        }
    }
}

/// The request in which a conversation goes on, held.
async fn reached(tx: &Tx, id: Uuid) -> Result<(Request, Vec<cpd_desk::Event>), Fault> {
    let mut at = id;
    for _ in 0..MERGES_MAX {
        let request = requests::hold(tx, at).await?;
        let log = work::log(tx, &request).await?;
        match cpd_desk::Request::replay(RequestId(request.id), &log).route() {
            cpd_desk::Route::On(next) => at = next.0,
            cpd_desk::Route::Here | cpd_desk::Route::Anew => return Ok((request, log)),
        }
    }
    Err(Fault::Store(cpd_store::Error::Failed(format!(
        "request {id} was merged more than {MERGES_MAX} times"
    ))))
}

async fn register(tx: &Tx, incoming: &Incoming, new: New, now_ms: i64) -> Result<Taken, Fault> {
    let contact = &incoming.contact;
    let serial = requests::next_serial(tx, SERIAL_FIRST).await?;
    let number = Number::new(serial)
        .ok_or_else(|| cpd_store::Error::Failed(format!("no number is left after {serial}")))?;
    let contract = work::contract(tx, contact.tenant_id, now_ms)
        .await?
        .is_some_and(|contract| contract.in_force(now_ms));
    let kind = match new.suggestion {
        true => Kind::Development,
        false => new.kind.unwrap_or(Kind::Incident),
    };
    let (call_id, evidence) = new.call.unzip();
    let row = Request {
        id: Uuid::now_v7(),
        tenant_id: contact.tenant_id,
        serial: i64::try_from(serial).unwrap_or(i64::MAX),
        number: number.to_string(),
        topic: topic(&new.topic, &incoming.text),
        kind: kind.as_str().to_owned(),
        priority: new.priority.as_str().to_owned(),
        state: cpd_desk::State::Registered.as_str().to_owned(),
        door: incoming.door.as_str().to_owned(),
        component: new.component,
        suggestion: new.suggestion,
        contract,
        contact_id: contact.id,
        chosen: json!(new.chosen),
        assignee: None,
        mass_id: None,
        survivor: None,
        follows: new.follows,
        perhaps: new.perhaps,
        call_id,
        evidence,
        unanswered: false,
        due_ms: None,
        next_ms: None,
        events: 0,
        created_ms: now_ms,
        changed_ms: now_ms,
    };
    let request = requests::add(tx, row).await?;
    requests::name(tx, &request, &cpd_desk::tag(&request.number)).await?;
    let message = keep(tx, &request, incoming, now_ms).await?;
    let made = vec![
        What::Registered {
            door: incoming.door,
            kind,
            priority: new.priority,
            contract,
            follows: new.follows.map(RequestId),
        },
        What::Message {
            message: MessageId(message),
            side: Side::Public,
            automated: incoming.automated,
        },
    ];
    let request = work::note(tx, request, Vec::new(), &by(incoming), made, now_ms).await?;
    Ok(Taken {
        request,
        message,
        new: true,
        again: false,
    })
}

async fn said(tx: &Tx, request: Request, incoming: &Incoming, now_ms: i64) -> Result<Taken, Fault> {
    let message = keep(tx, &request, incoming, now_ms).await?;
    let act = Act::Hear {
        message: MessageId(message),
        automated: incoming.automated,
    };
    let by = By {
        actor: Actor::Customer(Some(PersonId(incoming.contact.id))),
        name: incoming.contact.name.clone(),
    };
    let request = work::act_on(tx, request, &by, &act, now_ms).await?;
    Ok(Taken {
        request,
        message,
        new: false,
        again: false,
    })
}

/// Keeps the message and its files.
async fn keep(tx: &Tx, request: &Request, incoming: &Incoming, now_ms: i64) -> Result<Uuid, Fault> {
    let row = Message {
        id: Uuid::now_v7(),
        tenant_id: request.tenant_id,
        request_id: request.id,
        at_ms: now_ms,
        side: "public".to_owned(),
        from: "customer".to_owned(),
        person: Some(incoming.contact.id),
        name: incoming.contact.name.clone(),
        door: incoming.door.as_str().to_owned(),
        text: incoming.text.clone(),
        rest: incoming.rest.clone(),
        automated: incoming.automated,
        unverified: incoming.unverified,
        origin: incoming.origin.clone(),
        mail_id: incoming.mail_id.clone(),
    };
    let id = row.id;
    if !messages::add(tx, row).await? {
        // Held by who writes, this cannot be; two people with one origin could only be a forged one.
        return Err(Fault::Store(cpd_store::Error::Taken));
    }
    for file in &incoming.files {
        if !files::put(tx, *file, &incoming.files_by, request, id).await? {
            return Err(Fault::Store(cpd_store::Error::Missing));
        }
    }
    Ok(id)
}

fn by(incoming: &Incoming) -> By {
    incoming.staff.clone().unwrap_or_else(|| By {
        actor: Actor::Customer(Some(PersonId(incoming.contact.id))),
        name: incoming.contact.name.clone(),
    })
}

/// A topic: what was said, or the first line of the text.
fn topic(said: &str, text: &str) -> String {
    let line = |text: &str| -> String {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .unwrap_or_default();
        line.chars()
            .filter(|letter| !letter.is_control())
            .take(TOPIC_MAX)
            .collect()
    };
    match line(said) {
        said if !said.is_empty() => said,
        _ => match line(text) {
            text if !text.is_empty() => text,
            _ => "—".to_owned(),
        },
    }
}
