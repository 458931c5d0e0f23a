//! Who gets in, and who does not.

use cpd_store::users::Role;
use serde_json::json;

use super::super::totp;
use super::house::{As, House, PASSWORD, on_both};

#[test]
fn a_first_run_makes_the_operator_once() {
    on_both(|house| async move {
        let first = |code: &str, password: &str| {
            json!({
                "code": code, "email": "olga@example.com", "name": "Olga", "password": password, "language": "ru",
                "tenant": { "slug": "acme", "name": "Acme" },
            })
        };
        let needed = house.ask(&As::Nobody, "GET /setup", None).await.is(200);
        assert_eq!(needed.body, json!({ "needed": true }));
        let wrong = house
            .ask(&As::Nobody, "POST /setup", Some(first("guess", PASSWORD)))
            .await
            .is(422);
        assert_eq!(wrong.body["errors"][0]["pointer"], "/code");
        let weak = house
            .ask(
                &As::Nobody,
                "POST /setup",
                Some(first("code-of-first-run", "short")),
            )
            .await
            .is(422);
        assert_eq!(weak.body["errors"][0]["pointer"], "/password");
        let done = house
            .ask(
                &As::Nobody,
                "POST /setup",
                Some(first("code-of-first-run", PASSWORD)),
            )
            .await
            .is(201);
        let me = house.ask(&done.cookie(), "GET /me", None).await.is(200).body;
        assert_eq!(
            (&me["role"], &me["of_service"], &me["language"]),
            (&json!("operator"), &json!(true), &json!("ru"))
        );
        house
            .ask(
                &As::Nobody,
                "POST /setup",
                Some(first("code-of-first-run", PASSWORD)),
            )
            .await
            .is(422);
        let needed = house.ask(&As::Nobody, "GET /setup", None).await;
        assert_eq!(needed.body, json!({ "needed": false }));
    });
}

#[test]
fn wrong_passwords_lock_for_a_while_and_look_like_unknown_people() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        house.person(acme, "a@example.com", Role::Admin).await;
        let try_in = |email: &str, password: &str| json!({ "email": email, "password": password });
        let unknown = house
            .ask(
                &As::Nobody,
                "POST /session",
                Some(try_in("x@example.com", "wrong password")),
            )
            .await;
        let known = house
            .ask(
                &As::Nobody,
                "POST /session",
                Some(try_in("a@example.com", "wrong password")),
            )
            .await;
        assert_eq!((unknown.status, unknown.problem()), (known.status, "login_wrong"));
        assert_eq!(unknown.body["detail"], known.body["detail"]);
        for _ in 0..4 {
            house
                .ask(
                    &As::Nobody,
                    "POST /session",
                    Some(try_in("a@example.com", "wrong password")),
                )
                .await
                .is(401);
        }
        let locked = house
            .ask(
                &As::Nobody,
                "POST /session",
                Some(try_in("a@example.com", PASSWORD)),
            )
            .await
            .is(429);
        assert_eq!(locked.problem(), "locked");
        house.later(31_000);
        house
            .ask(
                &As::Nobody,
                "POST /session",
                Some(try_in("A@example.com", PASSWORD)),
            )
            .await
            .is(200);
    });
}

#[test]
fn one_time_codes_are_asked_for_and_taken_once() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@example.com", Role::Admin).await;
        let proof = json!({ "password": PASSWORD });
        house
            .ask(
                &olga,
                "POST /me/totp",
                Some(json!({ "password": "not hers at all" })),
            )
            .await
            .is(422);
        let secret = house
            .ask(&olga, "POST /me/totp", Some(proof.clone()))
            .await
            .is(200)
            .body;
        let secret = unbase32(secret["secret"].as_str().unwrap());
        house
            .ask(&olga, "PUT /me/totp", Some(json!({ "code": "000000" })))
            .await
            .is(422);
        house
            .ask(
                &olga,
                "PUT /me/totp",
                Some(json!({ "code": code(&house, &secret) })),
            )
            .await
            .is(204);
        let login = json!({ "email": "olga@example.com", "password": PASSWORD });
        let half = house.ask(&As::Nobody, "POST /session", Some(login)).await.is(200);
        assert_eq!(half.body["state"], "code_wanted");
        let half = half.cookie();
        let refused = house.ask(&half, "GET /me", None).await.is(401);
        assert_eq!(refused.problem(), "code_wanted");
        let again = json!({ "code": code(&house, &secret) });
        house.ask(&half, "POST /session/code", Some(again)).await.is(401);
        house.later(60_000);
        let whole = house
            .ask(
                &half,
                "POST /session/code",
                Some(json!({ "code": code(&house, &secret) })),
            )
            .await
            .is(200);
        house.ask(&whole.cookie(), "GET /me", None).await.is(200);
        house.ask(&half, "GET /me", None).await.is(401);
    });
}

fn code(house: &House, secret: &[u8]) -> String {
    totp::code_at(secret, house.app.now() / 30_000)
}

pub(super) fn unbase32(text: &str) -> Vec<u8> {
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = if letter.is_ascii_digit() {
            letter - b'2' + 26
        } else {
            letter - b'A'
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    out
}

#[test]
fn a_change_with_a_cookie_comes_from_our_own_page() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@example.com", Role::Admin).await;
        let change = || Some(json!({ "language": "ru" }));
        for foreign in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[
                ("sec-fetch-site", ""),
                ("origin", "https://evil.example"),
                ("host", "localhost"),
            ],
            &[("sec-fetch-site", "")],
        ] {
            let refused = house
                .ask_with(&olga, "PATCH /me", change(), foreign)
                .await
                .is(403);
            assert_eq!(refused.problem(), "forbidden");
        }
        let older = [
            ("sec-fetch-site", ""),
            ("origin", "http://localhost"),
            ("host", "localhost"),
        ];
        house.ask_with(&olga, "PATCH /me", change(), &older).await.is(204);
        let login = json!({ "email": "olga@example.com", "password": PASSWORD });
        house
            .ask_with(
                &As::Nobody,
                "POST /session",
                Some(login),
                &[("sec-fetch-site", "cross-site")],
            )
            .await
            .is(403);
    });
}

#[test]
fn a_session_ends_by_logout_idleness_and_a_new_password() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let first = house.person(acme, "olga@example.com", Role::Admin).await;
        let second = house.log_in("olga@example.com").await;
        let new = json!({ "old": PASSWORD, "new": "another long password" });
        house.ask(&first, "PUT /me/password", Some(new)).await.is(204);
        house.ask(&second, "GET /me", None).await.is(401);
        house.ask(&first, "DELETE /session", None).await.is(204);
        house.ask(&first, "GET /me", None).await.is(401);
        let other = house.person(acme, "b@example.com", Role::Analyst).await;
        house.later(13 * 3_600_000);
        house.ask(&other, "GET /me", None).await.is(401);
    });
}

#[test]
fn a_key_does_what_its_scopes_say_and_no_more() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@example.com", Role::Admin).await;
        let unknown = json!({ "name": "x", "scopes": ["calls.everything"] });
        house.ask(&olga, "POST /keys", Some(unknown)).await.is(422);
        let beyond = json!({ "name": "x", "scopes": ["tenants.write"] });
        house.ask(&olga, "POST /keys", Some(beyond)).await.is(422);
        let new = json!({ "name": "dialer", "scopes": ["calls.read"] });
        let made = house.ask(&olga, "POST /keys", Some(new)).await.is(201).body;
        let key = As::Key(made["key"].as_str().unwrap().to_owned());
        house.ask(&key, "GET /calls", None).await.is(200);
        assert_eq!(
            house.ask(&key, "GET /users", None).await.is(403).problem(),
            "forbidden"
        );
        let listed = house.ask(&olga, "GET /keys", None).await.is(200).body;
        assert!(
            !listed.to_string().contains(made["key"].as_str().unwrap()),
            "told once"
        );
        house
            .ask(
                &olga,
                &format!("DELETE /keys/{}", made["id"].as_str().unwrap()),
                None,
            )
            .await
            .is(204);
        house.ask(&key, "GET /calls", None).await.is(401);
    });
}

#[test]
fn the_last_administrator_stays() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@example.com", Role::Admin).await;
        let people = house.ask(&olga, "GET /users", None).await.is(200).body;
        let id = people["items"][0]["id"].as_str().unwrap().to_owned();
        let removed = house
            .ask(&olga, &format!("DELETE /users/{id}"), None)
            .await
            .is(409);
        assert_eq!(removed.problem(), "conflict");
        let weaker = Some(json!({ "role": "analyst" }));
        let path = format!("PATCH /users/{id}");
        house.ask(&olga, &path, weaker.clone()).await.is(428);
        house
            .ask_with(&olga, &path, weaker.clone(), &[("if-match", "\"9\"")])
            .await
            .is(409);
        house.person(acme, "b@example.com", Role::Admin).await;
        house
            .ask_with(&olga, &path, weaker.clone(), &[("if-match", "\"9\"")])
            .await
            .is(412);
        house
            .ask_with(&olga, &path, weaker, &[("if-match", "\"1\"")])
            .await
            .is(200);
        let beyond = json!({ "email": "c@example.com", "name": "C", "role": "operator", "language": "en", "password": PASSWORD });
        let b = house.log_in("b@example.com").await;
        house.ask(&b, "POST /users", Some(beyond)).await.is(422);
    });
}
