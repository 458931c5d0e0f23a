//! Requests that are sent again.

use cpd_store::users::Role;
use serde_json::json;

use super::house::{PASSWORD, on_both};

#[test]
fn a_repeated_request_is_done_once_and_answered_alike() {
    on_both(|house| async move {
        let (acme, other) = (house.tenant("acme").await, house.tenant("other").await);
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let pavel = house.person(other, "pavel@other.example", Role::Admin).await;
        let key = || Some(json!({ "name": "dialer", "scopes": ["calls.read"] }));
        let header = [("idempotency-key", "0f8fad5b-d9cb-469f-a165-70867728950e")];
        let first = house.ask_with(&olga, "POST /keys", key(), &header).await.is(201);
        let again = house.ask_with(&olga, "POST /keys", key(), &header).await.is(201);
        assert_eq!(first.body, again.body);
        assert!(again.body["key"].as_str().unwrap().starts_with("scpd_"));
        let made = house.ask(&olga, "GET /keys", None).await.is(200);
        assert_eq!(made.body["items"].as_array().unwrap().len(), 1);
        // Another request with the same key is a mistake of the program.
        let differs = Some(json!({ "name": "other", "scopes": ["calls.read"] }));
        house
            .ask_with(&olga, "POST /keys", differs, &header)
            .await
            .is(422);
        // The same key of somebody else is a key of its own.
        let theirs = house.ask_with(&pavel, "POST /keys", key(), &header).await.is(201);
        assert_ne!(theirs.body["key"], first.body["key"]);
        house
            .ask_with(
                &olga,
                "POST /keys",
                key(),
                &[("idempotency-key", &"x".repeat(129))],
            )
            .await
            .is(422);
    });
}

#[test]
fn what_failed_may_be_tried_again_with_the_same_key() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let header = [("idempotency-key", "k1")];
        let user = || {
            Some(json!({
                "email": "new@acme.example", "name": "New", "role": "analyst", "language": "en", "password": PASSWORD,
            }))
        };
        let wrong = Some(json!({ "name": "k", "scopes": ["no such"] }));
        house.ask_with(&olga, "POST /keys", wrong, &header).await.is(422);
        let right = Some(json!({ "name": "k", "scopes": ["calls.read"] }));
        house.ask_with(&olga, "POST /keys", right, &header).await.is(201);
        let header = [("idempotency-key", "k2")];
        let first = house
            .ask_with(&olga, "POST /users", user(), &header)
            .await
            .is(201);
        let again = house
            .ask_with(&olga, "POST /users", user(), &header)
            .await
            .is(201);
        assert_eq!(first.body, again.body);
        assert_eq!(first.headers["etag"], again.headers["etag"]);
        // Without a key it would be done twice: the address is taken.
        house.ask(&olga, "POST /users", user()).await.is(409);
    });
}

#[test]
fn an_upload_has_a_key_like_any_other_request() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let header = [("idempotency-key", "upload-1")];
        let log = vec![b'x'; 3 << 20];
        let up = async || {
            let what = "POST /desk/files?name=day.log";
            house
                .raw_with(&olga, what, log.clone(), &header)
                .await
                .is(201)
                .body
        };
        assert_eq!(up().await["id"], up().await["id"]);
    });
}
