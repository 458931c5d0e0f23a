//! Events on their way to customers' servers, on a clock and a network of the test.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use cpd_store::users::Role;
use cpd_store::{Uuid, Whose, webhooks};
use serde_json::{Value, json};

use super::house::{As, House, on_both};
use crate::webhooks::network::{Network, Parcel, Reply};
use crate::webhooks::sender::Sender;
use crate::webhooks::signature;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Customers' servers: what they answer next, and what came there.
#[derive(Clone, Default)]
struct Servers {
    answers: Arc<Mutex<VecDeque<Result<u16, &'static str>>>>,
    came: Arc<Mutex<Vec<Parcel>>>,
}

impl Servers {
    /// Answers so, one try after the other; then 204.
    fn answer(&self, answers: impl IntoIterator<Item = Result<u16, &'static str>>) {
        self.answers.lock().unwrap().extend(answers);
    }

    fn took(&self) -> Vec<Parcel> {
        std::mem::take(&mut self.came.lock().unwrap())
    }

    fn network(&self) -> Network {
        let servers = self.clone();
        Network {
            resolve: Arc::new(|_, port| Box::pin(async move { Ok(vec![([1, 1, 1, 1], port).into()]) })),
            post: Arc::new(move |parcel| {
                servers.came.lock().unwrap().push(parcel);
                let next = servers.answers.lock().unwrap().pop_front().unwrap_or(Ok(204));
                let reply = next.map(|status| Reply {
                    status,
                    retry_after_s: None,
                });
                Box::pin(async move { reply.map_err(str::to_owned) })
            }),
            fetch: Arc::new(|_| Box::pin(async { Err("nothing is asked here".to_owned()) })),
            private: false,
        }
    }
}

/// A sender on a clock of its own.
struct Post {
    sender: Sender,
    now: Arc<AtomicI64>,
    servers: Servers,
}

impl Post {
    fn of(house: &House) -> Post {
        let (now, servers) = (Arc::new(AtomicI64::new(house.app.now())), Servers::default());
        let clock = Arc::clone(&now);
        let sender = Sender {
            store: house.app.store.clone(),
            node: "n1".to_owned(),
            network: servers.network(),
            clock: Arc::new(move || clock.load(Ordering::Relaxed)),
            tries: Arc::default(),
        };
        Post { sender, now, servers }
    }

    fn later(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::Relaxed);
    }

    /// Steps until nothing is due; what came to the servers.
    async fn work(&self) -> Vec<Parcel> {
        while self.sender.step().await.unwrap() {}
        self.servers.took()
    }
}

async fn hook(house: &House, who: &As, events: &[&str]) -> Value {
    let new = json!({ "name": "crm", "url": "https://hooks.example.com/in", "events": events });
    house.ask(who, "POST /webhooks", Some(new)).await.is(201).body
}

async fn emit(house: &House, tenant: Uuid, kind: &str, n: u64) {
    let tx = house.app.store.write(Whose::Tenant(tenant)).await.unwrap();
    let event = webhooks::event(tenant, kind, json!({ "n": n }), house.app.now());
    webhooks::emit(&tx, &[event]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn log(house: &House, who: &As, hook: &Value) -> Value {
    let path = format!("GET /webhooks/{}/deliveries", hook["id"].as_str().unwrap());
    house.ask(who, &path, None).await.is(200).body["items"].clone()
}

fn header<'a>(parcel: &'a Parcel, name: &str) -> &'a str {
    let found = parcel.headers.iter().find(|(own, _)| *own == name);
    &found.unwrap().1
}

#[test]
fn an_event_comes_signed_to_who_wants_it_and_to_nobody_else() {
    on_both(|house| async move {
        let (acme, other) = (house.tenant("acme").await, house.tenant("other").await);
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let pavel = house.person(other, "pavel@other.example", Role::Admin).await;
        let post = Post::of(&house);
        let calls = hook(&house, &olga, &["call."]).await;
        hook(&house, &olga, &["job.ended"]).await;
        hook(&house, &pavel, &["call.ended"]).await;
        emit(&house, acme, "call.ended", 1).await;
        let came = post.work().await;
        assert_eq!(came.len(), 1);
        let (parcel, now) = (&came[0], house.app.now());
        assert_eq!(parcel.url.as_str(), "https://hooks.example.com/in");
        let body: Value = serde_json::from_slice(&parcel.body).unwrap();
        assert_eq!(
            (&body["type"], &body["data"]),
            (&json!("call.ended"), &json!({ "n": 1 }))
        );
        assert_eq!(body["timestamp"], "2026-11-18T11:06:40.000Z");
        // As its owner would check it.
        let secret = calls["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap();
        let secret = base64::engine::general_purpose::STANDARD.decode(secret).unwrap();
        let (id, at_s) = (header(parcel, "webhook-id"), now / 1_000);
        assert_eq!(header(parcel, "webhook-timestamp"), at_s.to_string());
        assert_eq!(
            header(parcel, "webhook-signature"),
            signature::sign(&secret, id, at_s, &parcel.body)
        );
        assert!(post.work().await.is_empty());
        let done = log(&house, &olga, &calls).await;
        assert_eq!(
            (&done[0]["state"], &done[0]["status"], &done[0]["event_id"]),
            (&json!("delivered"), &json!(204), &json!(id))
        );
        // The secret is never told again.
        let path = format!("GET /webhooks/{}", calls["id"].as_str().unwrap());
        let told = house.ask(&olga, &path, None).await.is(200);
        assert_eq!(
            (told.body.get("secret"), &told.headers["etag"]),
            (None, &"\"1\"".parse().unwrap())
        );
        // Sent again, it is the same event for the server.
        let replay = format!("POST /deliveries/{}/replay", done[0]["id"].as_str().unwrap());
        house.ask(&olga, &replay, None).await.is(202);
        let again = post.work().await;
        assert_eq!(header(&again[0], "webhook-id"), id);
    });
}

#[test]
fn what_fails_is_tried_later_and_later_and_then_given_up() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let post = Post::of(&house);
        let own = hook(&house, &olga, &["call."]).await;
        emit(&house, acme, "call.ended", 1).await;
        post.servers.answer([
            Ok(500),
            Err("connection refused"),
            Ok(302),
            Ok(503),
            Ok(500),
            Ok(500),
            Ok(500),
            Ok(500),
        ]);
        let near = |wanted: i64, left: i64| (wanted * 9 / 10..=wanted * 11 / 10).contains(&left);
        for (n, delay) in [
            5_000,
            5 * MINUTE,
            30 * MINUTE,
            2 * HOUR,
            5 * HOUR,
            10 * HOUR,
            10 * HOUR,
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(post.work().await.len(), 1, "try {n}");
            let waits = &log(&house, &olga, &own).await[0];
            assert_eq!(
                (&waits["state"], &waits["attempts"]),
                (&json!("waiting"), &json!(n + 1))
            );
            let left = waits["next_ms"].as_i64().unwrap() - post.now.load(Ordering::Relaxed);
            // One that did not answer at all is not tried before a minute is over.
            assert!(near(delay, left), "try {n}: {left} ms");
            assert!(post.work().await.is_empty());
            post.later(left);
        }
        assert_eq!(post.work().await.len(), 1);
        let given_up = &log(&house, &olga, &own).await[0];
        assert_eq!(
            (&given_up["state"], &given_up["error"]),
            (&json!("failed"), &json!("it answered 500"))
        );
        post.later(30 * DAY);
        assert!(post.work().await.is_empty());
    });
}

#[test]
fn a_server_that_is_silent_keeps_nobody_waiting_and_is_turned_off_after_days() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let post = Post::of(&house);
        let own = hook(&house, &olga, &["call."]).await;
        for n in 0..20 {
            emit(&house, acme, "call.ended", n).await;
        }
        post.servers.answer([Err("no answer in 15 s")]);
        // One try told enough for now.
        assert_eq!(post.work().await.len(), 1);
        let mut tries = 0;
        for turn in 0..5 * 24 * 12 {
            // Calls go on.
            if turn % 72 == 0 {
                emit(&house, acme, "call.ended", 100 + turn).await;
            }
            post.servers
                .answer(std::iter::repeat_n(Err("no answer in 15 s"), 30));
            post.later(5 * MINUTE);
            tries += post.work().await.len();
        }
        let path = format!("GET /webhooks/{}", own["id"].as_str().unwrap());
        let off = house.ask(&olga, &path, None).await.is(200).body;
        assert_eq!(off["active"], false, "after {tries} tries: {off}");
        for delivery in log(&house, &olga, &own).await.as_array().unwrap() {
            assert_eq!(delivery["state"], "failed");
        }
        let said = house
            .ask(&olga, "GET /audit?action=webhook.turned_off", None)
            .await
            .is(200)
            .body;
        let why = said["items"][0]["change"]["why"].as_str().unwrap();
        assert!(
            why.contains("nothing for 3 days") || why.contains("nothing for 4 days"),
            "{why}"
        );
        // Turned on again, it gets what is new.
        post.servers.answers.lock().unwrap().clear();
        let tag = format!("\"{}\"", off["version"]);
        let on = json!({ "active": true, "new_secret": true });
        let path = format!("PATCH /webhooks/{}", own["id"].as_str().unwrap());
        let on = house
            .ask_with(&olga, &path, Some(on), &[("if-match", &tag)])
            .await
            .is(200)
            .body;
        assert_eq!((&on["active"], &on["failures"]), (&json!(true), &json!(0)));
        assert_ne!(on["secret"], own["secret"]);
        emit(&house, acme, "call.ended", 99).await;
        assert_eq!(post.work().await.len(), 1);
    });
}

#[test]
fn a_server_that_says_gone_is_left_alone() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let post = Post::of(&house);
        let own = hook(&house, &olga, &["call."]).await;
        emit(&house, acme, "call.ended", 1).await;
        emit(&house, acme, "call.ended", 2).await;
        post.servers.answer([Ok(410)]);
        assert_eq!(post.work().await.len(), 1);
        let path =
            |method: &str, end: &str| format!("{method} /webhooks/{}{end}", own["id"].as_str().unwrap());
        let off = house.ask(&olga, &path("GET", ""), None).await.is(200).body;
        assert_eq!(off["active"], false);
        house.ask(&olga, &path("POST", "/trials"), None).await.is(409);
        house
            .ask_with(&olga, &path("DELETE", ""), None, &[("if-match", "\"1\"")])
            .await
            .is(412);
        house
            .ask_with(&olga, &path("DELETE", ""), None, &[("if-match", "\"2\"")])
            .await
            .is(204);
        house.ask(&olga, &path("GET", ""), None).await.is(404);
    });
}

#[test]
fn only_one_node_sends_and_another_goes_on_when_it_is_gone() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let (first, mut second) = (Post::of(&house), Post::of(&house));
        second.sender.node = "n2".to_owned();
        let own = hook(&house, &olga, &["call."]).await;
        assert!(first.work().await.is_empty());
        let trial = format!("POST /webhooks/{}/trials", own["id"].as_str().unwrap());
        house.ask(&olga, &trial, None).await.is(202);
        assert!(second.work().await.is_empty());
        second.later(3 * MINUTE);
        let came = second.work().await;
        let body: Value = serde_json::from_slice(&came[0].body).unwrap();
        assert_eq!(body["type"], "webhook.trial");
    });
}

#[test]
fn a_webhook_that_cannot_be_is_refused_with_its_place() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        for (url, events, pointer) in [
            ("http://hooks.example.com/", json!(["call."]), "/url"),
            (
                "https://169.254.169.254/latest/meta-data",
                json!(["call."]),
                "/url",
            ),
            ("https://hooks.example.com/", json!([]), "/events"),
            (
                "https://hooks.example.com/",
                json!(["call.ended", "no.such"]),
                "/events/1",
            ),
        ] {
            let new = json!({ "name": "crm", "url": url, "events": events });
            let refused = house.ask(&olga, "POST /webhooks", Some(new)).await.is(422);
            assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{}", refused.body);
        }
        let viewer = house.person(acme, "viewer@acme.example", Role::Analyst).await;
        house.ask(&viewer, "GET /webhooks", None).await.is(403);
    });
}
