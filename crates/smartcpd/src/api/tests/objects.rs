//! Trunks, policies and profiles by the API.

use cpd_store::users::Role;
use serde_json::json;

use super::house::{As, House, on_both};

const NEW: &[(&str, &str)] = &[("if-none-match", "*")];

async fn admin(house: &House, slug: &str) -> As {
    let tenant = house.tenant(slug).await;
    house
        .person(tenant, &format!("admin@{slug}.example"), Role::Admin)
        .await
}

async fn carrier(house: &House, who: &As) {
    let body = json!({ "body": { "gateways": ["sip:192.0.2.9"] } });
    house
        .ask_with(who, "PUT /config/carriers/main", Some(body), NEW)
        .await
        .is(201);
}

#[test]
fn a_trunk_is_made_changed_and_taken_away_with_its_history() {
    on_both(|house| async move {
        let olga = admin(&house, "acme").await;
        carrier(&house, &olga).await;
        let body = json!({
            "body": { "addresses": ["198.51.100.7"], "user": "vici", "carriers": ["main"] },
            "secrets": { "password": "s3cret-of-the-trunk" },
        });
        let made = house
            .ask_with(&olga, "PUT /config/dialers/vici", Some(body.clone()), NEW)
            .await
            .is(201);
        assert_eq!(made.headers["etag"], "\"1\"");
        assert_eq!(made.body["secrets"], json!(["password"]));
        house
            .ask_with(&olga, "PUT /config/dialers/vici", Some(body.clone()), NEW)
            .await
            .is(409);
        // The secret that is not named stays.
        let changed =
            json!({ "body": { "addresses": ["198.51.100.8"], "user": "vici", "carriers": ["main"] } });
        house
            .ask(&olga, "PUT /config/dialers/vici", Some(changed.clone()))
            .await
            .is(428);
        let at = |version| [("if-match", version)];
        house
            .ask_with(
                &olga,
                "PUT /config/dialers/vici",
                Some(changed.clone()),
                &at("\"7\""),
            )
            .await
            .is(412);
        house
            .ask_with(&olga, "PUT /config/dialers/vici", Some(changed), &at("\"1\""))
            .await
            .is(200);
        // What it leads to cannot go.
        let refused = house
            .ask_with(&olga, "DELETE /config/carriers/main", None, &at("\"1\""))
            .await
            .is(409);
        assert!(
            refused.body["detail"]
                .as_str()
                .unwrap()
                .starts_with("dialer vici: "),
            "{}",
            refused.body
        );
        let history = house
            .ask(&olga, "GET /config/dialers/vici/history", None)
            .await
            .is(200)
            .body;
        assert_eq!(history["items"][0]["body"]["addresses"], json!(["198.51.100.8"]));
        assert_eq!(history["items"][1]["body"]["addresses"], json!(["198.51.100.7"]));
        house
            .ask_with(&olga, "DELETE /config/dialers/vici", None, &at("\"2\""))
            .await
            .is(204);
        house.ask(&olga, "GET /config/dialers/vici", None).await.is(404);
        let log = house
            .ask(&olga, "GET /audit?action=dialer.", None)
            .await
            .is(200)
            .body;
        let actions: Vec<_> = log["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["action"].as_str().unwrap())
            .collect();
        assert_eq!(actions, ["dialer.removed", "dialer.changed", "dialer.added"]);
        assert!(!log.to_string().contains("s3cret"), "no secret in the log");
    });
}

#[test]
fn what_cannot_carry_calls_is_not_kept_and_says_where() {
    on_both(|house| async move {
        let olga = admin(&house, "acme").await;
        carrier(&house, &olga).await;
        for (body, pointer) in [
            (json!({ "carriers": ["main"] }), "/body"),
            (
                json!({ "addresses": ["198.51.100.7"], "carriers": ["mian"] }),
                "/body/carriers/0",
            ),
            (
                json!({ "addresses": ["0.0.0.0/0"], "carriers": ["main"] }),
                "/body",
            ),
            (
                json!({ "addresses": ["198.51.100.7"], "carriers": ["main"], "holt": 1 }),
                "/body/holt",
            ),
            (
                json!({ "addresses": ["198.51.100.7"], "carriers": ["main"], "password": "x" }),
                "/body/password",
            ),
            (
                json!({ "addresses": ["198.51.100.7"], "carriers": ["main"], "script": "not lua (" }),
                "/body/script",
            ),
        ] {
            for what in ["PUT /config/dialers/one", "POST /config/dialers/one/check"] {
                let refused = house
                    .ask_with(&olga, what, Some(json!({ "body": body })), NEW)
                    .await
                    .is(422);
                assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{}", refused.body);
            }
        }
        let people = json!({ "body": { "answered": { "answer.human": "cut" } } });
        house
            .ask_with(&olga, "PUT /config/policies/cruel", Some(people), NEW)
            .await
            .is(422);
        let good = json!({ "body": { "answered": { "answer.machine": "cut" } } });
        house
            .ask_with(
                &olga,
                "POST /config/policies/strict/check",
                Some(good.clone()),
                NEW,
            )
            .await
            .is(200);
        assert_eq!(
            house.ask(&olga, "GET /config/policies", None).await.is(200).body["items"],
            json!([])
        );
        house.ask(&olga, "GET /config/nothing", None).await.is(404);
    });
}

#[test]
fn nobody_takes_the_calls_of_anothers_addresses() {
    on_both(|house| async move {
        let (olga, pavel) = (admin(&house, "acme").await, admin(&house, "other").await);
        carrier(&house, &olga).await;
        carrier(&house, &pavel).await;
        let dialer = |network: &str| json!({ "body": { "addresses": [network], "carriers": ["main"] } });
        house
            .ask_with(
                &olga,
                "PUT /config/dialers/one",
                Some(dialer("198.51.100.0/24")),
                NEW,
            )
            .await
            .is(201);
        let refused = house
            .ask_with(
                &pavel,
                "PUT /config/dialers/one",
                Some(dialer("198.51.100.7")),
                NEW,
            )
            .await
            .is(422);
        assert_eq!(refused.body["errors"][0]["pointer"], "/body/addresses");
        assert!(
            !refused.body.to_string().contains("acme"),
            "whose they are is not told"
        );
        house
            .ask_with(
                &pavel,
                "PUT /config/dialers/one",
                Some(dialer("203.0.113.7")),
                NEW,
            )
            .await
            .is(201);
    });
}
