//! A session with its customer: what it is heard with, and who is told of it: the live view, webhooks, who asks.

use std::sync::Arc;
use std::time::Duration;

use cpd_detect::Profile;
use cpd_store::objects::{self, Kind};
use cpd_store::{Tx, Uuid, Whose, tenants, webhooks};
use serde_json::{Value, json};

use super::session::{Session, With};
use super::streams::{Door, Ending, Place, Stream};
use super::wishes::Wishes;
use crate::api::app::App;
use crate::api::problem::{Kind as ProblemKind, Problem};
use crate::api::written;
use crate::serve::config::owned;

/// How often a webhook's event is tried to be written while the database is away, and how far apart.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_secs(10);

/// Who and what a stream is.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) tenant: Uuid,
    pub(crate) id: Uuid,
    pub(crate) door: Door,
    pub(crate) stream_sid: Option<String>,
    pub(crate) call_sid: Option<String>,
}

/// A stream that is heard.
pub(crate) struct Open {
    app: Arc<App>,
    tenant: Uuid,
    /// The customer's short name.
    owner: Option<Arc<str>>,
    stream: Stream,
    session: Session,
    /// The class that webhooks were told of.
    emitted: Option<&'static str>,
    _place: Place,
}

impl Open {
    /// Begins to listen for a customer.
    ///
    /// # Errors
    ///
    /// There is no room, no such profile, or the database is away.
    pub(crate) async fn begin(app: &Arc<App>, about: About, wishes: &Wishes) -> Result<Open, Problem> {
        let (heard, most) = app.live.room();
        let place = app.streams.take(heard, most).ok_or_else(|| {
            let detail = format!(
                "{most} calls and streams are listened to already (hearing.listeners_max); try again later"
            );
            Problem::new(ProblemKind::TooMany, detail)
        })?;
        let tx = app.store.read(Whose::Tenant(about.tenant)).await?;
        let stocked = app.stock.published(&tx, about.tenant).await?;
        let profile = match &wishes.profile {
            None => Profile {
                countries: app.beside.countries.clone(),
                ..Profile::default()
            },
            Some(name) => profile(app, &tx, name).await?,
        };
        let plans = crate::api::own_tone_plans(&tx, about.tenant).await?;
        let owner = match about.tenant {
            cpd_store::SERVICE => None,
            tenant => Some(Arc::from(tenants::find(&tx, tenant).await?.slug)),
        };
        drop(tx);
        let base = app.base.borrow().clone();
        let (shared, ids) = match stocked {
            Some(stocked) => (base.bare.with_library(stocked.library), stocked.ids),
            None => (base.file.unwrap_or(base.bare), Arc::default()),
        };
        let mut session = Session::new(With {
            shared: crate::plans::with(shared, &plans),
            profile,
            ids,
            hangup_on: wishes.hangup_on.clone(),
        });
        if wishes.answered {
            session.answered();
        }
        let stream = Stream {
            v: 1,
            id: about.id,
            door: about.door,
            began_ms: app.now(),
            stream_sid: about.stream_sid,
            call_sid: about.call_sid,
            reference: wishes.reference.clone(),
            campaign: wishes.campaign.clone(),
            digits: String::new(),
            heard: session.summary(),
            ended_by: None,
        };
        let open = Open {
            app: Arc::clone(app),
            tenant: about.tenant,
            owner,
            stream,
            session,
            emitted: None,
            _place: place,
        };
        open.keep();
        open.show("stream.began", open.data(&json!({})));
        Ok(open)
    }

    /// By which it is asked for.
    pub(crate) fn id(&self) -> Uuid {
        self.stream.id
    }

    /// What hears.
    pub(crate) fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// A digit came as a message.
    pub(crate) fn digit(&mut self, digit: char) {
        // As many as a number and its extension have.
        if self.stream.digits.len() < 64 {
            self.stream.digits.push(digit);
        }
    }

    /// Tells all who want to know what was heard since; the same for the socket.
    pub(crate) fn tell(&mut self) -> Vec<Value> {
        let mut told = Vec::new();
        while let Some(telling) = self.session.poll() {
            let event = if telling.class.is_some() {
                "verdict"
            } else {
                "event"
            };
            let data = self.data(&json!(telling));
            self.show("stream.told", data.clone());
            told.push(framed(event, self.stream.stream_sid.as_deref(), data));
        }
        if !told.is_empty() {
            self.keep();
        }
        self.emit_verdict();
        told
    }

    /// A verdict that stands is told to webhooks, once a class.
    fn emit_verdict(&mut self) {
        let summary = self.session.summary();
        let class = summary.verdict.as_ref().and_then(|verdict| verdict.class);
        if self.session.is_settled() && class.is_some() && class != self.emitted {
            self.emitted = class;
            let data = self.data(&json!(summary.verdict));
            self.emit("stream.verdict", data);
        }
    }

    /// Whether it has to end, and why.
    pub(crate) fn ends(&self) -> Option<Ending> {
        if self.session.hangs_up() {
            return Some(Ending::Verdict);
        }
        self.session.is_full().then_some(Ending::Length)
    }

    /// It is over. Gives back what is left to be told on the socket, the result last.
    pub(crate) fn end(mut self, by: Ending) -> Vec<Value> {
        self.session.end();
        self.stream.ended_by = Some(by);
        let mut told = self.tell();
        self.keep();
        let data = json!(self.stream_now());
        self.show("stream.ended", data.clone());
        self.emit("stream.ended", data.clone());
        told.push(framed("result", self.stream.stream_sid.as_deref(), data));
        told
    }

    fn stream_now(&self) -> Stream {
        Stream {
            heard: self.session.summary(),
            ..self.stream.clone()
        }
    }

    fn keep(&self) {
        self.app.streams.keep(self.tenant, self.stream_now());
    }

    /// What is told, with the names of what it is told of.
    fn data(&self, told: &Value) -> Value {
        let mut data = json!({
            "stream_id": self.stream.id,
            "reference": self.stream.reference,
            "campaign": self.stream.campaign,
        });
        if let (Some(data), Some(told)) = (data.as_object_mut(), told.as_object()) {
            data.extend(told.clone());
        }
        data
    }

    fn show(&self, kind: &'static str, data: Value) {
        self.app
            .live
            .stream(self.app.now(), self.owner.clone(), kind, data);
    }

    /// Writes an event for webhooks, beside what is heard.
    fn emit(&self, kind: &'static str, data: Value) {
        // The service itself has nobody to tell.
        if self.owner.is_none() {
            return;
        }
        let event = webhooks::event(self.tenant, kind, data, self.app.now());
        tokio::spawn(write(Arc::clone(&self.app), self.tenant, event));
    }
}

/// A message of the socket.
fn framed(event: &str, sid: Option<&str>, data: Value) -> Value {
    let mut frame = json!({ "event": event });
    if let Some(sid) = sid {
        frame["streamSid"] = json!(sid);
    }
    // `event` is taken by the kind of the message.
    frame[if event == "event" { "happened" } else { event }] = data;
    frame
}

async fn write(app: Arc<App>, tenant: Uuid, event: webhooks::Event) {
    for _ in 0..TRIES {
        let written = async {
            let tx = app.store.write(Whose::Tenant(tenant)).await?;
            webhooks::emit(&tx, std::slice::from_ref(&event)).await?;
            tx.commit().await
        };
        // The event has its id: written twice, it is still one.
        if written.await.is_ok() {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let line = json!({ "level": "error", "what": "an event for webhooks was not written", "kind": event.kind, "id": event.id });
    eprintln!("{line}");
}

/// A profile of the customer, by its name.
async fn profile(app: &App, tx: &Tx, name: &str) -> Result<Profile, Problem> {
    let found = match objects::find(tx, Kind::Profile, name).await {
        Ok(object) => {
            written(tx, &object)?.and_then(|written| owned::profile(&written, &app.beside.countries))
        }
        Err(cpd_store::Error::Missing) => None,
        Err(why) => return Err(why.into()),
    };
    found.ok_or_else(|| Problem::wrong("/profile", format!("there is no profile {name:?}")))
}
