//! Walls between customers: every resource, asked as a stranger.

use std::collections::BTreeMap;

use cpd_store::labels::{self, Said, Source};
use cpd_store::users::Role;
use cpd_store::{Uuid, Whose, calls, providers};
use serde_json::{Value, json};

use super::house::{As, House, on_both};
use crate::test_calls::Plays;

/// A call of a customer, as it would have been written.
pub(super) fn call(tenant: Uuid, began_ms: i64) -> calls::Call {
    calls::Call {
        id: calls::id_at(began_ms, Uuid::new_v4().as_bytes()[..10].try_into().unwrap()),
        began_ms,
        tenant_id: tenant,
        node: "n1".to_owned(),
        name: "call-1".to_owned(),
        dialer: "acme/vici".to_owned(),
        carrier: Some("acme/main".to_owned()),
        caller: "74950000000".to_owned(),
        callee: "79161234567".to_owned(),
        reference: Some("ref-1".to_owned()),
        campaign: Some("spring".to_owned()),
        class: Some("answer.machine".to_owned()),
        phase: Some("answered".to_owned()),
        confidence: Some(0.9),
        prompt: None,
        operator: None,
        status: None,
        ended_by: "caller".to_owned(),
        q850: 16,
        decided_ms: Some(9_000),
        answered_ms: Some(6_000),
        connected_ms: Some(6_000),
        held_ms: 0,
        length_ms: 12_000,
        deaf: None,
        recorded: false,
        library: 1,
        own_library: 0,
        detail: json!({ "tellings": [] }),
    }
}

/// All that a customer can have, by the names of parameters in paths.
async fn fill(house: &House, tenant: Uuid, admin: &As) -> BTreeMap<&'static str, String> {
    let new = [("if-none-match", "*")];
    let body = json!({ "body": { "gateways": ["sip:192.0.2.9"] } });
    house
        .ask_with(admin, "PUT /config/carriers/main", Some(body), &new)
        .await
        .is(201);
    let view = house
        .ask(
            admin,
            "POST /views",
            Some(json!({ "name": "v", "query": "class=none", "shared": true })),
        )
        .await;
    let key = house
        .ask(
            admin,
            "POST /keys",
            Some(json!({ "name": "k", "scopes": ["calls.read"] })),
        )
        .await
        .is(201);
    let hook = json!({ "name": "crm", "url": "https://hooks.example.com/acme", "events": ["call."] });
    let hook = house.ask(admin, "POST /webhooks", Some(hook)).await.is(201);
    let hook_id = hook.body["id"].as_str().unwrap();
    let trial = house
        .ask(admin, &format!("POST /webhooks/{hook_id}/trials"), None)
        .await
        .is(202);
    let export = json!({ "format": "csv" });
    let job = house.ask(admin, "POST /exports", Some(export)).await.is(202);
    let people = house.ask(admin, "GET /users", None).await.is(200);
    let sessions = house.ask(admin, "GET /me/sessions", None).await.is(200);
    let call = call(tenant, house.app.now());
    // PostgreSQL wants the month's partition first.
    let mut partitions = cpd_store::partitions::Partitions::default();
    partitions
        .ensure(&house.app.store, [call.began_ms].into_iter())
        .await
        .unwrap();
    let tx = house.app.store.write(Whose::Tenant(tenant)).await.unwrap();
    calls::write(&tx, std::slice::from_ref(&call)).await.unwrap();
    let said = Said {
        right: Some(true),
        ..Said::default()
    };
    labels::set(&tx, &call, Source::Person, said, house.app.now())
        .await
        .unwrap();
    let vouches = providers::Written {
        issuer: "https://id.acme.example".to_owned(),
        client_id: "acme".to_owned(),
        client_secret: Some("secret of acme".to_owned()),
        discovered: Some(json!({})),
        role: None,
        passwords: true,
        second_factor: false,
        domains: vec![("acme.example".to_owned(), true)],
    };
    providers::set(&tx, None, vouches, house.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let announced = cpd_sim::prompts::prompt(11, 0).samples;
    super::recordings::keep(house, &call, &announced).await;
    let prompt = house
        .send(
            admin,
            "POST /prompts",
            &crate::audio::wav(&announced),
            &[("name", "p")],
        )
        .await
        .is(201);
    let stream = super::streams::begin(house, tenant).await;
    let asks = json!({ "topic": "t", "text": "x", "kind": "incident" });
    let request = house.ask(admin, "POST /requests", Some(asks)).await.is(201);
    let request = request.body["id"].as_str().unwrap();
    let file = house
        .raw(admin, "POST /desk/files?name=a.txt", b"x".to_vec())
        .await
        .is(201);
    let test_call = house
        .app
        .test_calls
        .note(tenant, Plays::Person, house.app.now(), String::new())
        .unwrap();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    BTreeMap::from([
        ("/views/{id}", id(&view.is(201).body["id"])),
        ("/keys/{id}", id(&key.body["id"])),
        ("/webhooks/{id}", hook_id.to_owned()),
        ("/webhooks/{id}/trials", hook_id.to_owned()),
        ("/webhooks/{id}/deliveries", hook_id.to_owned()),
        ("/deliveries/{id}/replay", id(&trial.body["id"])),
        ("/jobs/{id}", id(&job.body["id"])),
        ("/jobs/{id}/file", id(&job.body["id"])),
        ("/users/{id}", id(&people.body["items"][0]["id"])),
        ("/me/sessions/{id}", id(&sessions.body["items"][0]["id"])),
        ("/calls/{id}", call.id.to_string()),
        ("/calls/{id}/label", call.id.to_string()),
        ("/calls/{id}/recording", call.id.to_string()),
        ("/calls/{id}/hearing", call.id.to_string()),
        ("/prompts/{id}", id(&prompt.body["id"])),
        ("/prompts/{id}/audio", id(&prompt.body["id"])),
        ("/prompts/{id}/peaks", id(&prompt.body["id"])),
        ("/libraries/{number}/restoration", "1".to_owned()),
        ("/streams/{id}", stream.id().to_string()),
        ("/requests/{id}", request.to_owned()),
        ("/requests/{id}/history", request.to_owned()),
        ("/requests/{id}/deliveries", request.to_owned()),
        ("/requests/{id}/messages", request.to_owned()),
        ("/requests/{id}/assignee", request.to_owned()),
        ("/requests/{id}/questions", request.to_owned()),
        ("/requests/{id}/solution", request.to_owned()),
        ("/requests/{id}/rejection", request.to_owned()),
        ("/requests/{id}/denial", request.to_owned()),
        ("/requests/{id}/closure", request.to_owned()),
        ("/requests/{id}/wait", request.to_owned()),
        ("/requests/{id}/merger", request.to_owned()),
        ("/requests/{id}/mass", request.to_owned()),
        ("/desk/files/{id}", id(&file.body["id"])),
        ("/tenants/{id}/contracts", tenant.to_string()),
        ("/contracts/{id}", request.to_owned()),
        ("/desk/contacts/{id}/erasure", request.to_owned()),
        ("/desk/texts/{id}", request.to_owned()),
        ("/mass-incidents/{id}", request.to_owned()),
        ("/mass-incidents/{id}/messages", request.to_owned()),
        ("/mass-incidents/{id}/solution", request.to_owned()),
        ("/test-calls/{id}", test_call.id.to_string()),
        ("/tenants/{id}", tenant.to_string()),
        ("/config/{kind}/{name}", "main".to_owned()),
        ("/config/{kind}/{name}/check", "main".to_owned()),
        ("/config/{kind}/{name}/history", "main".to_owned()),
    ])
}

/// A body that each change takes, so that only the wall refuses it.
fn fitting(path: &str) -> Option<Value> {
    match path {
        "/webhooks/{id}" => Some(json!({ "active": false })),
        "/users/{id}" => Some(json!({ "name": "x" })),
        "/calls/{id}/label" => Some(json!({ "right": false })),
        "/tenants/{id}" | "/prompts/{id}" => Some(json!({ "name": "x" })),
        "/config/{kind}/{name}" => Some(json!({ "body": { "gateways": ["sip:192.0.2.66"] } })),
        "/requests/{id}" => Some(json!({ "topic": "x" })),
        "/requests/{id}/assignee" => Some(json!({})),
        "/requests/{id}/wait" => Some(json!({ "reason": "update" })),
        "/requests/{id}/merger" => Some(json!({ "into": "10001-4" })),
        "/requests/{id}/mass" => Some(json!({ "mass": Uuid::nil() })),
        "/desk/contacts/{id}/erasure" => Some(json!({ "reason": "x" })),
        "/desk/texts/{id}" => Some(json!({ "kind": "answer", "language": "ru", "title": "x", "text": "x" })),
        "/contracts/{id}" | "/tenants/{id}/contracts" => {
            let calendar = json!({ "zone": "UTC", "week": [[], [], [], [], [], [], []] });
            Some(json!({ "number": "1", "from_ms": 1, "terms": { "calendar": calendar } }))
        }
        path if path.starts_with("/requests/") || path.starts_with("/mass-incidents/") => {
            Some(json!({ "text": "x" }))
        }
        _ => None,
    }
}

/// What the desk alone does, and refuses to every customer before it looks for anything.
fn is_the_desks(method: &str, path: &str) -> bool {
    let acts = [
        "questions",
        "solution",
        "rejection",
        "assignee",
        "wait",
        "merger",
        "mass",
        "deliveries",
    ];
    let act = path.rsplit('/').next().unwrap();
    (path.starts_with("/requests/") && acts.contains(&act))
        || path.starts_with("/mass-incidents/")
        || path.starts_with("/desk/contacts")
        || path.starts_with("/desk/texts/")
        || path == "/contracts/{id}"
        || (method, path) == ("PATCH", "/requests/{id}")
        || (method, path) == ("POST", "/tenants/{id}/contracts")
}

#[test]
fn a_stranger_finds_nothing_of_anothers() {
    on_both(|house| async move {
        let (acme, other) = (house.tenant("acme").await, house.tenant("other").await);
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let pavel = house.person(other, "pavel@other.example", Role::Admin).await;
        let key = house.key(other, Role::Admin).await;
        let own = fill(&house, acme, &olga).await;
        let schema: Value = serde_json::from_str(&super::super::openapi()).unwrap();
        let mut walked = 0;
        for (path, methods) in schema["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                let method = method.to_uppercase();
                if path == "/session" || path == "/setup" {
                    continue;
                }
                if !path.contains('{') {
                    let answer = house.ask(&pavel, &format!("{method} {path}"), None).await;
                    let text = answer.body.to_string();
                    for id in own.values().filter(|id| id.len() > 30) {
                        assert!(!text.contains(id.as_str()), "{method} {path} shows {id}");
                    }
                    assert!(!text.contains("acme"), "{method} {path}: {text}");
                    assert!(answer.status.as_u16() < 500, "{method} {path}: {text}");
                    continue;
                }
                if path == "/config/{kind}" || path.ends_with("/check") {
                    continue;
                }
                let id = own
                    .get(path.as_str())
                    .unwrap_or_else(|| panic!("fill() makes nothing for {path}"));
                let place = path
                    .replace("{kind}", "carriers")
                    .replace("{name}", id)
                    .replace("{number}", id)
                    .replace("{id}", id);
                for who in [&pavel, &key] {
                    let headers = [("if-match", "\"1\"")];
                    let answer = house
                        .ask_with(who, &format!("{method} {place}"), fitting(path), &headers)
                        .await;
                    // A key is no person: it has no sessions and views at all.
                    let personal =
                        matches!(who, As::Key(_)) && (path.starts_with("/me/") || path.starts_with("/views"));
                    let expected = if personal || is_the_desks(&method, path) {
                        403
                    } else {
                        404
                    };
                    assert_eq!(
                        answer.status.as_u16(),
                        expected,
                        "{method} {place}: {}",
                        answer.body
                    );
                    walked += 1;
                }
                let nobody = house
                    .ask_with(
                        &As::Nobody,
                        &format!("{method} {place}"),
                        fitting(path),
                        &[("if-match", "\"1\"")],
                    )
                    .await;
                assert_eq!(
                    nobody.status.as_u16(),
                    401,
                    "{method} {place} as nobody: {}",
                    nobody.body
                );
            }
        }
        assert!(walked >= 20, "only {walked} ways were tried");
        // All of it is still there and as it was.
        house
            .ask(&olga, &format!("GET /calls/{}", own["/calls/{id}"]), None)
            .await
            .is(200);
        let kept = house.ask(&olga, "GET /config/carriers/main", None).await.is(200);
        assert_eq!(kept.body["version"], 1);
        let tx = house.app.store.read(Whose::Tenant(acme)).await.unwrap();
        assert_eq!(providers::find(&tx, acme).await.unwrap().version, 1);
    });
}

#[test]
fn staff_see_the_customer_that_they_choose() {
    on_both(|house| async move {
        let (acme, other) = (house.tenant("acme").await, house.tenant("other").await);
        let operator = house.operator().await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let own = fill(&house, acme, &olga).await;
        let path = format!("GET /calls/{}", own["/calls/{id}"]);
        house.ask(&operator, &path, None).await.is(200);
        house
            .ask_with(&operator, &path, None, &[("smartcpd-tenant", "acme")])
            .await
            .is(200);
        house
            .ask_with(&operator, &path, None, &[("smartcpd-tenant", "other")])
            .await
            .is(404);
        house
            .ask_with(&operator, &path, None, &[("smartcpd-tenant", "nobody")])
            .await
            .is(404);
        // For a customer's people the header means nothing.
        let pavel = house.person(other, "pavel@other.example", Role::Admin).await;
        house
            .ask_with(&pavel, &path, None, &[("smartcpd-tenant", "acme")])
            .await
            .is(404);
        house.ask(&pavel, "GET /tenants", None).await.is(403);
        let support = house
            .person(cpd_store::SERVICE, "support@example.com", Role::Support)
            .await;
        house.ask(&support, "GET /tenants", None).await.is(200);
        house
            .ask(
                &support,
                "POST /tenants",
                Some(json!({ "slug": "new", "name": "New" })),
            )
            .await
            .is(403);
    });
}

#[test]
fn numbers_are_masked_for_who_may_not_see_them() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        fill(&house, acme, &olga).await;
        let viewer = house.person(acme, "viewer@acme.example", Role::ReadOnly).await;
        let full = house.ask(&olga, "GET /calls", None).await.is(200).body;
        assert_eq!(full["items"][0]["callee"], "79161234567");
        let masked = house.ask(&viewer, "GET /calls", None).await.is(200).body;
        let shown = masked["items"][0]["callee"].as_str().unwrap();
        assert!(
            shown.contains('*') && !masked.to_string().contains("79161234567"),
            "{shown}"
        );
    });
}
