//! What happens now: figures at once, events as they come over a WebSocket.
//!
//! A connection reads from the hub at its own pace: events are gathered for a twentieth of a second, figures come each second.
//! Who does not take what it is sent for ten seconds is cut off, and comes back by the number of the last event. Sessions and
//! keys that ended are noticed within a minute.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::response::Response;
use cpd_store::{SERVICE, tenants};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::caller::{Caller, TENANT_HEADER, Who, from_our_page};
use super::extract::Asked;
use super::permission::Permission;
use super::problem::{Kind, Problem};
use crate::live::{Event, Figures};

/// Connections of one session or key: the pages that one person has open.
const CONNECTIONS_MAX: usize = 8;
/// Connections of all.
const ALL_MAX: usize = 512;
/// Events that are sent at once.
const BATCH: usize = 256;
/// How long events are gathered: nobody sees a twentieth of a second.
const GATHER: Duration = Duration::from_millis(50);
/// How long a message may take to go out.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the other side is asked whether it is there, which also keeps proxies from closing (nginx: 60 s).
const PING: Duration = Duration::from_secs(20);
/// How often the session or key is looked at again.
const LOOK: Duration = Duration::from_secs(60);
/// How often figures are sent.
const SECOND: Duration = Duration::from_secs(1);
/// The largest message that is taken: a client has nothing to say.
const INBOUND_MAX: usize = 1_024;

/// Connections by session or key.
#[derive(Default)]
pub(crate) struct Watchers(Arc<Mutex<HashMap<u128, usize>>>);

/// One connection's place; it is given back when it is dropped.
struct Place {
    all: Arc<Mutex<HashMap<u128, usize>>>,
    own: u128,
}

impl Watchers {
    fn take(&self, own: u128) -> Option<Place> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.values().sum::<usize>() >= ALL_MAX || all.get(&own).is_some_and(|n| *n >= CONNECTIONS_MAX) {
            return None;
        }
        *all.entry(own).or_default() += 1;
        let all = Arc::clone(&self.0);
        Some(Place { all, own })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.own) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.own);
            }
        }
    }
}

/// Figures of the last second
#[utoipa::path(get, path = "/live/snapshot", operation_id = "live_read", tag = "live", responses((status = 200, body = Figures), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn snapshot(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Figures>, Problem> {
    caller.may(Permission::CallsRead)?;
    let sees = sees(&app, &caller).await?;
    Ok(Json(Figures::clone(&app.live.figures(sees.slug()))))
}

/// Whose events one sees.
enum Sees {
    All,
    Of(String),
}

impl Sees {
    fn slug(&self) -> Option<&str> {
        match self {
            Sees::All => None,
            Sees::Of(slug) => Some(slug),
        }
    }
}

async fn sees(app: &App, caller: &Caller) -> Result<Sees, Problem> {
    if caller.tenant == SERVICE && caller.home == SERVICE && caller.role.is_of_service() {
        return Ok(Sees::All);
    }
    let tx = caller.read_own(app).await?;
    Ok(Sees::Of(tenants::find(&tx, caller.tenant).await?.slug))
}

/// An event, as the WebSocket tells it.
#[derive(ToSchema)]
#[schema(as = LiveEvent)]
#[allow(dead_code, reason = "describes what `words` and `metrics` write")]
pub(crate) struct Told {
    /// What `after` is to read on from here.
    seq: u64,
    at_ms: i64,
    kind: LiveKind,
    /// As the kind has it: of `metrics` the figures of `GET /live/snapshot`, of calls what is known of them (docs/api.md).
    data: BTreeMap<String, serde_json::Value>,
}

/// What an event is.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the words of `kind`")]
enum LiveKind {
    #[schema(rename = "call.began")]
    CallBegan,
    #[schema(rename = "call.told")]
    CallTold,
    #[schema(rename = "call.ended")]
    CallEnded,
    #[schema(rename = "call.refused")]
    CallRefused,
    #[schema(rename = "gateway")]
    Gateway,
    #[schema(rename = "registration")]
    Registration,
    #[schema(rename = "stream.began")]
    StreamBegan,
    #[schema(rename = "stream.told")]
    StreamTold,
    #[schema(rename = "stream.ended")]
    StreamEnded,
    #[schema(rename = "metrics")]
    Metrics,
    #[schema(rename = "lost")]
    Lost,
}

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct From {
    /// The number of the last event that one has; without it, only what is new comes.
    after: Option<u64>,
    /// The customer, as the header `SmartCPD-Tenant` has it: browsers send no headers with a WebSocket.
    tenant: Option<String>,
}

/// Events as they come
///
/// A WebSocket. Each message is `{seq, at_ms, kind, data}`; kinds are `call.began`, `call.told`, `call.ended`, `call.refused`,
/// `gateway`, `registration`, `stream.began`, `stream.told`, `stream.ended`, `metrics` (figures, each second) and `lost`: events after the number that one gave are gone.
#[utoipa::path(get, path = "/live", operation_id = "live_watch", tag = "live", params(From), responses((status = 101, description = "the WebSocket"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn watch(
    State(app): State<Arc<App>>,
    Asked(from): Asked<From>,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    mut parts: Parts,
) -> Result<Response, Problem> {
    if let Some(tenant) = &from.tenant {
        let value = HeaderValue::from_str(tenant)
            .map_err(|_| Problem::wrong("/tenant", "this is no customer's short name"))?;
        parts.headers.insert(TENANT_HEADER, value);
    }
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    caller.may(Permission::CallsRead)?;
    if let Who::Person { .. } = caller.who {
        // Cookies come with a WebSocket from any page, and its answers can be read there: it is guarded as a change is.
        from_our_page(&Method::POST, &parts.headers)?;
    }
    let socket = socket.map_err(|why| {
        let detail = format!("this is a WebSocket: {}", why.body_text());
        Problem::wrong("", detail)
    })?;
    let sees = sees(&app, &caller).await?;
    let own = match caller.who {
        Who::Person { session, .. } => session.as_u128(),
        Who::Program { key, .. } => key.as_u128(),
    };
    let place = app.watchers.take(own).ok_or_else(|| {
        let detail = format!("{CONNECTIONS_MAX} pages or programs of yours watch already; close one");
        Problem::new(Kind::TooMany, detail)
    })?;
    let after = from.after.unwrap_or_else(|| app.live.last());
    let watcher = Watcher {
        numbers: caller.is_allowed(Permission::NumbersRead),
        app,
        parts,
        sees,
        after,
        _place: place,
    };
    let socket = socket.max_message_size(INBOUND_MAX).max_frame_size(INBOUND_MAX);
    Ok(socket.on_upgrade(|socket| watcher.run(socket)))
}

/// One connection.
struct Watcher {
    app: Arc<App>,
    /// The request that began it, to look at the session or key again.
    parts: Parts,
    sees: Sees,
    numbers: bool,
    /// The last event that was sent.
    after: u64,
    _place: Place,
}

/// Why a connection ends.
enum Ending {
    /// The other side left, or does not take what it is sent.
    Gone,
    /// It may not watch any more.
    Forbidden,
}

impl Watcher {
    async fn run(mut self, mut socket: WebSocket) {
        self.app.traffic.watching.fetch_add(1, Ordering::Relaxed);
        let ending = self.tell(&mut socket).await;
        self.app.traffic.watching.fetch_sub(1, Ordering::Relaxed);
        if let Ending::Forbidden = ending {
            let frame = CloseFrame {
                code: close_code::POLICY,
                reason: "log in again".into(),
            };
            // It may have left.
            let _ = timeout(PATIENCE, socket.send(Message::Close(Some(frame)))).await;
        }
    }

    async fn tell(&mut self, socket: &mut WebSocket) -> Ending {
        let mut news = self.app.live.news();
        let (mut ping, mut look, mut second) = (interval(PING), interval(LOOK), interval(SECOND));
        for tick in [&mut ping, &mut look, &mut second] {
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        look.tick().await;
        // What one missed comes first.
        news.mark_changed();
        loop {
            let done = tokio::select! {
                changed = news.changed() => match changed {
                    Ok(()) => self.events(socket).await,
                    Err(_) => Err(Ending::Gone),
                },
                _ = second.tick() => self.metrics(socket).await,
                _ = ping.tick() => send(socket, Message::Ping(Default::default())).await,
                _ = look.tick() => self.look_again().await,
                said = socket.recv() => match said {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Ending::Gone),
                    // Pongs, and words that nobody listens to.
                    Some(Ok(_)) => Ok(()),
                },
            };
            if let Err(ending) = done {
                return ending;
            }
        }
    }

    async fn events(&mut self, socket: &mut WebSocket) -> Result<(), Ending> {
        loop {
            let batch = self.app.live.after(self.after, self.sees.slug(), BATCH);
            if batch.lost {
                let lost = json!({ "seq": self.after, "at_ms": self.app.now(), "kind": "lost", "data": {} });
                send(socket, Message::text(lost.to_string())).await?;
            }
            for event in &batch.events {
                send(socket, Message::text(self.words(event))).await?;
            }
            let more = batch.next != self.after && batch.next < self.app.live.last();
            self.after = batch.next;
            if !more {
                break;
            }
        }
        sleep(GATHER).await;
        Ok(())
    }

    fn words(&self, event: &Event) -> String {
        let (kind, data) = (event.what.kind(), event.what.data(self.numbers));
        json!({ "seq": event.seq, "at_ms": event.at_ms, "kind": kind, "data": data }).to_string()
    }

    async fn metrics(&mut self, socket: &mut WebSocket) -> Result<(), Ending> {
        let figures = self.app.live.figures(self.sees.slug());
        // The number is that of the last event which was sent: one reads on from there.
        let words =
            json!({ "seq": self.after, "at_ms": figures.at_ms, "kind": "metrics", "data": &*figures });
        send(socket, Message::text(words.to_string())).await
    }

    /// Whether one may still watch; what one may see can have changed too.
    async fn look_again(&mut self) -> Result<(), Ending> {
        let again = async {
            let caller = Caller::from_request_parts(&mut self.parts.clone(), &self.app).await?;
            caller.may(Permission::CallsRead)?;
            let sees = sees(&self.app, &caller).await?;
            Ok::<_, Problem>((caller.is_allowed(Permission::NumbersRead), sees))
        };
        match again.await {
            Ok((numbers, sees)) => {
                (self.numbers, self.sees) = (numbers, sees);
                Ok(())
            }
            // A database that is away is no reason to go blind.
            Err(problem) if problem.status().is_server_error() || problem.status() == 429 => Ok(()),
            Err(_) => Err(Ending::Forbidden),
        }
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Ending> {
    match timeout(PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Ending::Gone),
    }
}
