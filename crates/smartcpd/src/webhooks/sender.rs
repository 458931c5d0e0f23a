//! From the outbox to the customers' servers. The node that has the lease fans events out into deliveries, one for each webhook
//! that wants them, and tries what is due: each webhook by itself and in order, some at once. A server that does not answer keeps
//! nobody else waiting: what else is due there is put off.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use cpd_store::audit::{self, Actor};
use cpd_store::webhooks::{self, Delivery, Event, Webhook};
use cpd_store::{Error, Store, Uuid, Whose, leases};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::network::{Network, Reply};
use super::{address, signature, wants};
use crate::serve::log::time;

/// Delays after the tries that failed, ms, as Standard Webhooks advises them: an outage of a day is bridged.
const DELAYS_MS: [i64; 7] = [
    5_000,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    120 * MINUTE_MS,
    300 * MINUTE_MS,
    600 * MINUTE_MS,
    600 * MINUTE_MS,
];
const MINUTE_MS: i64 = 60_000;
/// Delays are up to a tenth longer or shorter, so that what failed together does not come back together.
const JITTER: f64 = 0.1;
/// The longest that a server may ask us to wait, ms.
const RETRY_AFTER_MAX_MS: i64 = 600 * MINUTE_MS;
/// What else is due at a server that does not answer waits so long, ms.
const PUT_OFF_MS: i64 = MINUTE_MS;
/// A webhook that has taken nothing for so long while deliveries were given up is turned off, ms: three days.
const OFF_MS: i64 = 3 * 86_400_000;
/// And so many in a row were.
const OFF_FAILURES: i32 = 3;
/// Events fanned out and deliveries tried in one step.
const EVENTS: u64 = 500;
const DUE: u64 = 200;
/// Webhooks that are sent to at once.
const AT_ONCE: usize = 16;
/// The largest body, bytes: events have some hundred.
const BODY_MAX: usize = 256 << 10;
/// How long one node sends without telling that it still does, ms: a step takes a few tries of 15 s at most.
const LEASE_MS: i64 = 2 * MINUTE_MS;
const LEASE: &str = "webhooks";
/// How often is looked for what is due.
const PAUSE: Duration = Duration::from_secs(1);
/// Deliveries to one webhook in one step: the lease outlives them.
const OF_ONE: usize = 50;

/// Counts of tries, for monitoring.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    pub(crate) taken: AtomicU64,
    pub(crate) failed: AtomicU64,
}

/// Sends what is due.
pub(crate) struct Sender {
    pub(crate) store: Store,
    /// This node.
    pub(crate) node: String,
    pub(crate) network: Network,
    /// Unix time, ms.
    pub(crate) clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    pub(crate) tries: Arc<Tries>,
}

impl Sender {
    /// Sends for ever.
    pub(crate) async fn run(self) {
        loop {
            // A database that is away is asked again.
            let more = self.step().await.unwrap_or(false);
            if !more {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Does what is due now; `true`: there may be more.
    pub(crate) async fn step(&self) -> Result<bool, Error> {
        let now = (self.clock)();
        let tx = self.store.write(Whose::Service).await?;
        if !leases::hold(&tx, LEASE, &self.node, (now, now + LEASE_MS)).await? {
            return Ok(false);
        }
        let fresh = webhooks::unfanned(&tx, EVENTS).await?;
        let all = webhooks::list(&tx).await?;
        if !fresh.is_empty() {
            let ids: Vec<Uuid> = fresh.iter().map(|event| event.id).collect();
            webhooks::fan_out(&tx, &ids, &wanted(&all, &fresh), now).await?;
        }
        tx.commit().await?;
        let tx = self.store.read(Whose::Service).await?;
        let due = webhooks::due(&tx, now, DUE).await?;
        let mut lanes: BTreeMap<Uuid, Vec<(Delivery, Event)>> = BTreeMap::new();
        for (delivery, event) in due {
            lanes
                .entry(delivery.webhook_id)
                .or_default()
                .push((delivery, event));
        }
        let mut work = Vec::new();
        for webhook in all {
            if let Some(mut lane) = lanes.remove(&webhook.id) {
                lane.truncate(OF_ONE);
                let secret = webhooks::secret(&tx, &webhook)?;
                work.push((webhook, secret, lane));
            }
        }
        drop(tx);
        let more = !work.is_empty() || fresh.len() as u64 == EVENTS;
        let (room, mut running) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
        for (webhook, secret, lane) in work {
            let (lane, room) = (self.lane(webhook, secret, lane), Arc::clone(&room));
            running.spawn(async move {
                let _place = room.acquire_owned().await;
                lane.go().await
            });
        }
        while let Some(done) = running.join_next().await {
            // What a lane could not write down is tried again: servers know an event by its id.
            done.unwrap_or(Ok(()))?;
        }
        Ok(more)
    }

    fn lane(&self, webhook: Webhook, secret: Vec<u8>, due: Vec<(Delivery, Event)>) -> Lane {
        Lane {
            store: self.store.clone(),
            network: self.network.clone(),
            clock: Arc::clone(&self.clock),
            tries: Arc::clone(&self.tries),
            webhook,
            secret,
            due,
        }
    }
}

/// Which webhooks get which events.
fn wanted(all: &[Webhook], fresh: &[Event]) -> Vec<(Webhook, Event)> {
    let mut pairs = Vec::new();
    for event in fresh {
        for webhook in all {
            let of_it = webhook.active && webhook.tenant_id == event.tenant_id;
            let kinds = webhook.events.as_array().into_iter().flatten();
            let fits = || {
                kinds
                    .filter_map(|kind| kind.as_str())
                    .any(|kind| wants(kind, &event.kind))
            };
            if of_it && fits() {
                pairs.push((webhook.clone(), event.clone()));
            }
        }
    }
    pairs
}

/// What is due at one webhook.
struct Lane {
    store: Store,
    network: Network,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    tries: Arc<Tries>,
    webhook: Webhook,
    secret: Vec<u8>,
    due: Vec<(Delivery, Event)>,
}

/// What came of a try.
enum Outcome {
    Taken,
    /// The server is there, and did not take it.
    Refused(Option<u64>),
    /// It wants no more.
    Unwanted,
    /// It did not answer.
    Silent,
}

impl Lane {
    async fn go(mut self) -> Result<(), Error> {
        if !self.webhook.active {
            let now = (self.clock)();
            let tx = self.store.write(Whose::Service).await?;
            webhooks::give_up(&tx, self.webhook.id, "the webhook is off", now).await?;
            return tx.commit().await;
        }
        for (delivery, event) in std::mem::take(&mut self.due) {
            let (delivery, outcome) = self.attempt(delivery, &event).await;
            if !self.settle(delivery, &outcome).await? {
                break;
            }
        }
        Ok(())
    }

    async fn attempt(&self, mut delivery: Delivery, event: &Event) -> (Delivery, Outcome) {
        let began = (self.clock)();
        let answer = self.send(event, began).await;
        let now = (self.clock)();
        delivery.attempts += 1;
        delivery.took_ms = Some(i32::try_from(now - began).unwrap_or(i32::MAX));
        delivery.status = answer.as_ref().ok().map(|reply| i32::from(reply.status));
        let (outcome, error) = match answer {
            Ok(Reply {
                status: 200..=299, ..
            }) => (Outcome::Taken, None),
            Ok(Reply { status: 410, .. }) => (
                Outcome::Unwanted,
                Some("410: it wants no more, and was turned off".to_owned()),
            ),
            Ok(Reply {
                status: 300..=399, ..
            }) => (
                Outcome::Refused(None),
                Some("it leads elsewhere; redirects are not followed".to_owned()),
            ),
            Ok(Reply {
                status,
                retry_after_s,
            }) => (
                Outcome::Refused(retry_after_s),
                Some(format!("it answered {status}")),
            ),
            Err(why) => (Outcome::Silent, Some(why)),
        };
        delivery.error = error;
        match outcome {
            Outcome::Taken => &self.tries.taken,
            Outcome::Refused(_) | Outcome::Unwanted | Outcome::Silent => &self.tries.failed,
        }
        .fetch_add(1, Ordering::Relaxed);
        (decide(delivery, &outcome, now), outcome)
    }

    async fn send(&self, event: &Event, now_ms: i64) -> Result<Reply, String> {
        let url = address::read(&self.webhook.url, self.network.private)?;
        let body = body(event);
        if body.len() > BODY_MAX {
            return Err(format!("the event has more than {BODY_MAX} bytes"));
        }
        let (id, at_s) = (event.id.to_string(), now_ms.div_euclid(1_000));
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.clone()),
            ("webhook-timestamp", at_s.to_string()),
            (
                "webhook-signature",
                signature::sign(&self.secret, &id, at_s, &body),
            ),
        ];
        self.network.send(&url, headers, body).await
    }

    /// Writes down what came of it; `false`: the rest of the lane waits.
    async fn settle(&mut self, delivery: Delivery, outcome: &Outcome) -> Result<bool, Error> {
        let now = (self.clock)();
        let tx = self.store.write(Whose::Service).await?;
        let (id, given_up) = (self.webhook.id, delivery.state == "failed");
        match webhooks::settle(&tx, delivery).await {
            // Its webhook was taken away meanwhile.
            Err(Error::Missing) => return Ok(false),
            done => done?,
        }
        let go_on = match outcome {
            Outcome::Taken => {
                if self.webhook.failures > 0 {
                    webhooks::note_failures(&tx, id, |_| 0).await?;
                    self.webhook.failures = 0;
                }
                true
            }
            Outcome::Refused(_) => true,
            Outcome::Unwanted => {
                self.turn_off(&tx, "it answered 410", now).await?;
                false
            }
            Outcome::Silent => {
                webhooks::put_off(&tx, id, now, now + PUT_OFF_MS).await?;
                false
            }
        };
        if given_up && self.webhook.active {
            self.webhook.failures += 1;
            let failures = self.webhook.failures;
            webhooks::note_failures(&tx, id, |_| failures).await?;
            let last = webhooks::last_delivered_ms(&tx, id).await?;
            let since = last.unwrap_or(self.webhook.created_ms);
            if failures >= OFF_FAILURES && now - since >= OFF_MS {
                let why = format!("it took nothing for {} days", (now - since) / 86_400_000);
                self.turn_off(&tx, &why, now).await?;
            }
        }
        tx.commit().await?;
        Ok(go_on && self.webhook.active)
    }

    async fn turn_off(&mut self, tx: &cpd_store::Tx, why: &str, now: i64) -> Result<(), Error> {
        let webhook = webhooks::find(tx, self.webhook.id).await?;
        let off = |webhook: &mut Webhook| webhook.active = false;
        self.webhook = webhooks::change(tx, webhook.id, webhook.version, None, off).await?;
        webhooks::give_up(tx, webhook.id, "the webhook is off", now).await?;
        let (actor, change) = (
            Actor::service("webhooks"),
            json!({ "name": webhook.name, "why": why }),
        );
        let object = webhook.id.to_string();
        audit::note(
            tx,
            webhook.tenant_id,
            &actor,
            "webhook.turned_off",
            &object,
            change,
            now,
        )
        .await
    }
}

/// What is sent.
fn body(event: &Event) -> Vec<u8> {
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(event.created_ms).unwrap_or(0));
    let body = json!({ "type": event.kind, "timestamp": time(at), "data": event.payload });
    body.to_string().into_bytes()
}

/// What becomes of a delivery after a try.
fn decide(mut delivery: Delivery, outcome: &Outcome, now_ms: i64) -> Delivery {
    let tried = usize::try_from(delivery.attempts).unwrap_or(usize::MAX);
    let (state, next) = match outcome {
        Outcome::Taken => ("delivered", None),
        Outcome::Unwanted => ("failed", None),
        Outcome::Refused(_) | Outcome::Silent => match DELAYS_MS.get(tried.saturating_sub(1)) {
            None => ("failed", None),
            Some(delay) => {
                let asked = match outcome {
                    Outcome::Refused(Some(seconds)) => {
                        i64::try_from(*seconds).unwrap_or(i64::MAX).saturating_mul(1_000)
                    }
                    _ => 0,
                };
                let delay = spread(*delay, delivery.id, tried).max(asked.min(RETRY_AFTER_MAX_MS));
                ("waiting", Some(now_ms + delay))
            }
        },
    };
    delivery.state = state.to_owned();
    match next {
        Some(next) => delivery.next_ms = next,
        None => delivery.ended_ms = Some(now_ms),
    }
    delivery
}

/// A delay, spread by what a delivery's id ends with, which is random.
fn spread(delay_ms: i64, id: Uuid, tried: usize) -> i64 {
    let random = (id.as_u128() as u64).wrapping_mul(tried as u64 * 2 + 1) >> 11;
    let share = random as f64 / (1_u64 << 53) as f64;
    (delay_ms as f64 * (1.0 - JITTER + 2.0 * JITTER * share)) as i64
}
