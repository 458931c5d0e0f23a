//! Login with an organisation, against a provider of the test's own.

use axum::http::header;
use cpd_store::users::Role;
use cpd_store::{SERVICE, Uuid, Whose, users};
use serde_json::{Value, json};

use super::super::totp;
use super::databases;
use super::house::{Answer, As, House, PASSWORD};
use super::identity::{CLIENT, ISSUER, Identity, Provider, SECRET, Signed, known};

const ORIGIN: (&str, &str) = ("origin", "https://cpd.example");
const NEW: [(&str, &str); 1] = [("if-none-match", "*")];
const MINUTE: i64 = 60_000;

/// A service with a provider beside it.
struct Stage {
    house: House,
    provider: Provider,
    acme: Uuid,
    operator: As,
}

/// A test on both databases, with the customer acme whose provider vouches for acme.example.
fn on_stage<F: Future<Output = ()>>(settings: Value, test: impl Fn(Stage) -> F) {
    databases::on_both(|store| {
        let provider = Provider::new(1_795_000_000_000);
        let house = House::beside(store, provider.network());
        let (settings, test) = (settings.clone(), &test);
        async move {
            let acme = house.tenant("acme").await;
            let operator = house.operator().await;
            let stage = Stage {
                house,
                provider,
                acme,
                operator,
            };
            stage.set(&stage.operator, settings, &NEW).await.is(201);
            test(stage).await;
        }
    });
}

/// What an administrator writes.
fn settings(change: Value) -> Value {
    let mut settings = json!({
        "issuer": ISSUER, "client_id": CLIENT, "client_secret": SECRET, "domains": ["acme.example"],
        "role": "analyst", "passwords": true, "second_factor": false,
    });
    let all = settings.as_object_mut().unwrap();
    all.extend(change.as_object().unwrap().clone());
    settings
}

/// A browser that was sent to the provider.
struct Sent {
    url: String,
    cookie: String,
}

/// What came of an arrival.
struct Arrived {
    /// Where the browser goes on.
    to: String,
    /// The session's cookie.
    session: Option<As>,
}

impl Arrived {
    #[track_caller]
    fn trouble(&self) -> &str {
        assert!(self.session.is_none(), "let in");
        let query = self.to.strip_prefix("/login?trouble=").expect(&self.to);
        query.split('&').next().unwrap()
    }

    #[track_caller]
    fn session(self) -> As {
        self.session.unwrap_or_else(|| panic!("not let in: {}", self.to))
    }
}

fn cookies(answer: &Answer) -> Vec<&str> {
    let all = answer.headers.get_all(header::SET_COOKIE).iter();
    all.map(|value| value.to_str().unwrap()).collect()
}

impl Stage {
    async fn set(&self, who: &As, settings: Value, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("smartcpd-tenant", "acme")];
        all.extend_from_slice(headers);
        self.house
            .ask_with(who, "PUT /identity-provider", Some(settings), &all)
            .await
    }

    async fn ask_to_begin(&self, email: &str) -> Answer {
        self.house.elsewhere();
        let body = json!({ "email": email, "back": "/calls?period=week" });
        self.house
            .ask_with(&As::Nobody, "POST /session/organisation", Some(body), &[ORIGIN])
            .await
            .is(200)
    }

    async fn begin(&self, email: &str) -> Sent {
        let answer = self.ask_to_begin(email).await;
        let cookies = cookies(&answer);
        let [cookie] = cookies[..] else {
            panic!("{cookies:?}: {}", answer.body)
        };
        for part in [
            "scpd_login=",
            "HttpOnly",
            "SameSite=Lax",
            "Max-Age=600",
            "Path=/api/v1/session/organisation",
        ] {
            assert!(cookie.contains(part), "{cookie}");
        }
        Sent {
            url: answer.body["url"].as_str().unwrap().to_owned(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
        }
    }

    /// The browser comes back from another site: with the cookie that is lax, and no other.
    async fn arrive(&self, cookie: &str, query: &str) -> Arrived {
        let who = match cookie {
            "" => As::Nobody,
            cookie => As::Cookie(cookie.to_owned()),
        };
        let what = format!("GET /session/organisation/callback?{query}");
        let answer = self
            .house
            .ask_with(&who, &what, None, &[("sec-fetch-site", "cross-site")])
            .await
            .is(303);
        let mut session = None;
        let cookies = cookies(&answer);
        assert!(cookies[0].starts_with("scpd_login=; Max-Age=0;"), "{cookies:?}");
        for cookie in &cookies[1..] {
            assert!(
                cookie.starts_with("scpd_session=") && cookie.contains("SameSite=Strict"),
                "{cookie}"
            );
            session = Some(As::Cookie(cookie.split(';').next().unwrap().to_owned()));
        }
        let to = answer.headers[header::LOCATION].to_str().unwrap().to_owned();
        Arrived { to, session }
    }

    /// The whole way.
    async fn log_in(&self, email: &str, who: &Identity) -> Arrived {
        let sent = self.begin(email).await;
        let (code, state) = self.provider.visited(&sent.url, who);
        self.arrive(&sent.cookie, &format!("code={code}&state={state}"))
            .await
    }

    async fn me(&self, who: &As) -> Value {
        self.house.ask(who, "GET /me", None).await.is(200).body
    }

    /// What the customer's log says of an action, newest first.
    async fn log(&self, action: &str) -> Vec<Value> {
        let path = format!("GET /audit?action={action}");
        let headers = [("smartcpd-tenant", "acme")];
        let answer = self
            .house
            .ask_with(&self.operator, &path, None, &headers)
            .await
            .is(200);
        answer.body["items"].as_array().unwrap().clone()
    }

    /// One of the customer's people, known before.
    async fn person(&self, email: &str) -> As {
        self.house.person(self.acme, email, Role::Admin).await
    }

    async fn user(&self, email: &str) -> users::User {
        let tx = self.house.app.store.read(Whose::Service).await.unwrap();
        users::by_email(&tx, email).await.unwrap().unwrap()
    }
}

#[test]
fn who_comes_for_the_first_time_is_made_and_is_known_by_the_subject_from_then_on() {
    on_stage(settings(json!({})), async |stage| {
        let olga = known("olga-1", "Olga@Acme.example");
        let first = stage.log_in("olga@acme.example", &olga).await;
        assert_eq!(first.to, "/calls?period=week");
        let me = stage.me(&first.session()).await;
        assert_eq!(
            (&me["email"], &me["name"], &me["role"], &me["language"]),
            (
                &json!("olga@acme.example"),
                &json!("Ольга Петрова"),
                &json!("analyst"),
                &json!("ru")
            )
        );
        assert_eq!(me["tenant"]["slug"], "acme");
        let added = &stage.log("user.added").await[0]["change"];
        assert_eq!(
            (&added["role"], &added["by"]),
            (&json!("analyst"), &json!(ISSUER))
        );
        assert_eq!(stage.log("user.bound").await.len(), 1);
        // Married, she has another address at the provider, and is the same person.
        let again = stage
            .log_in(
                "o.ivanova@acme.example",
                &known("olga-1", "o.ivanova@acme.example"),
            )
            .await;
        let again = stage.me(&again.session()).await;
        assert_eq!(
            (&again["id"], &again["email"]),
            (&me["id"], &json!("olga@acme.example"))
        );
        assert_eq!(stage.log("user.added").await.len(), 1);
        assert_eq!(stage.log("login.done").await[0]["change"]["by"], ISSUER);
        // Her old address was given to somebody else there, who is not she.
        let other = stage
            .log_in("olga@acme.example", &known("olga-2", "olga@acme.example"))
            .await;
        assert_eq!(other.trouble(), "changed");
        // Until an administrator unbinds her.
        let user = stage.user("olga@acme.example").await;
        let path = format!("PATCH /users/{}", user.id);
        let headers = [("smartcpd-tenant", "acme"), ("if-match", "\"1\"")];
        let unbind = Some(json!({ "organisation": false }));
        let unbound = stage
            .house
            .ask_with(&stage.operator, &path, unbind, &headers)
            .await
            .is(200);
        assert_eq!(unbound.body["organisation"], false);
        let other = stage
            .log_in("olga@acme.example", &known("olga-2", "olga@acme.example"))
            .await;
        assert_eq!(stage.me(&other.session()).await["id"], json!(user.id));
    });
}

#[test]
fn only_known_people_get_in_where_nobody_is_made() {
    on_stage(settings(json!({ "role": null })), async |stage| {
        let new = stage
            .log_in("new@acme.example", &known("n", "new@acme.example"))
            .await;
        assert_eq!(new.trouble(), "stranger");
        let why = &stage.log("login.failed").await[0];
        assert_eq!(why["change"]["why"], "they are not known, and nobody is made");
        stage.person("olga@acme.example").await;
        let olga = stage
            .log_in("olga@acme.example", &known("o", "olga@acme.example"))
            .await;
        assert_eq!(stage.me(&olga.session()).await["role"], "admin");
        // The password is still hers.
        stage.house.log_in("olga@acme.example").await;
    });
}

#[test]
fn what_the_provider_says_is_believed_only_if_it_is_right() {
    on_stage(settings(json!({})), async |stage| {
        let now = stage.house.app.now() / 1_000;
        let olga = known("olga-1", "olga@acme.example");
        let cases = [
            (json!({ "nonce": "of another login" }), "untrusted"),
            (json!({ "nonce": null }), "untrusted"),
            (json!({ "aud": "another client" }), "untrusted"),
            (json!({ "aud": [CLIENT, "another client"] }), "untrusted"),
            (json!({ "azp": "another client" }), "untrusted"),
            (json!({ "iss": "https://id.other.example" }), "untrusted"),
            (json!({ "exp": now - 61 }), "untrusted"),
            (json!({ "iat": now + 61 }), "untrusted"),
            (json!({ "id_token": null }), "untrusted"),
            (json!({ "email_verified": false }), "unverified"),
            (json!({ "email_verified": null }), "unverified"),
            (json!({ "email": null }), "unverified"),
            (json!({ "email": "olga" }), "unverified"),
            // Its own word of a verified address does not help where the standard's says no.
            (json!({ "email_verified": false, "xms_edov": true }), "unverified"),
            // Not its own to vouch for.
            (json!({ "email": "olga@other.example" }), "stranger"),
            (json!({ "email": "olga@sub.acme.example" }), "stranger"),
        ];
        for (wrong, trouble) in cases {
            stage.provider.says(wrong.clone());
            let arrived = stage.log_in("olga@acme.example", &olga).await;
            assert_eq!(
                arrived.trouble(),
                trouble,
                "{wrong}: {:?}",
                stage.log("login.failed").await[0]
            );
        }
        stage.provider.says(json!({}));
        for signed in [Signed::Not, Signed::Hs256, Signed::Forged] {
            stage.provider.signs(signed);
            let arrived = stage.log_in("olga@acme.example", &olga).await;
            assert_eq!(arrived.trouble(), "untrusted", "{signed:?}");
        }
        let tx = stage.house.app.store.read(Whose::Service).await.unwrap();
        assert!(
            users::by_email(&tx, "olga@acme.example").await.unwrap().is_none(),
            "nobody was made"
        );
        drop(tx);
        // A clock that is a little off, both kinds of keys, one's own `azp`, and Entra's word are fine.
        stage.provider.signs(Signed::Es256);
        for right in [
            json!({}),
            json!({ "exp": now - 59 }),
            json!({ "iat": now + 59 }),
            json!({ "azp": CLIENT, "aud": [CLIENT] }),
            json!({ "email_verified": "true" }),
            json!({ "email_verified": null, "xms_edov": "1" }),
        ] {
            stage.provider.says(right.clone());
            let arrived = stage.log_in("olga@acme.example", &olga).await;
            assert!(arrived.session.is_some(), "{right}: {}", arrived.to);
        }
    });
}

#[test]
fn a_login_is_the_browsers_that_began_it_and_is_done_once() {
    on_stage(settings(json!({})), async |stage| {
        let olga = known("olga-1", "olga@acme.example");
        // A provider that takes a code twice: it is ours to mind.
        stage.provider.is_careless();
        let (mine, others) = (
            stage.begin("olga@acme.example").await,
            stage.begin("eve@acme.example").await,
        );
        let (code, state) = stage.provider.visited(&mine.url, &olga);
        let query = format!("code={code}&state={state}");
        stage.provider.asked();
        // A link that somebody was sent: another browser, or one that began another login.
        for cookie in ["", &others.cookie, "scpd_login=", "scpd_login=AAAA"] {
            assert_eq!(stage.arrive(cookie, &query).await.trouble(), "late", "{cookie:?}");
        }
        // A letter that was changed.
        let mut changed = mine.cookie.clone();
        let last = changed.pop().unwrap();
        changed.push(if last == 'A' { 'B' } else { 'A' });
        changed.replace_range(20..21, if &changed[20..21] == "A" { "B" } else { "A" });
        assert_eq!(stage.arrive(&changed, &query).await.trouble(), "late");
        for query in [
            format!("code={code}"),
            format!("code={code}&state="),
            format!("code={code}&state={state}x"),
        ] {
            assert_eq!(
                stage.arrive(&mine.cookie, &query).await.trouble(),
                "late",
                "{query}"
            );
        }
        assert!(
            stage.provider.asked().is_empty(),
            "nobody is asked for what is not ours"
        );
        let wrong = format!("{query}&iss=https://id.other.example");
        assert_eq!(stage.arrive(&mine.cookie, &wrong).await.trouble(), "untrusted");
        let right = format!("{query}&iss={ISSUER}");
        assert!(stage.arrive(&mine.cookie, &right).await.session.is_some());
        assert_eq!(
            stage.arrive(&mine.cookie, &query).await.trouble(),
            "late",
            "a second time"
        );
        // The code of another login does not fit the verifier of this one.
        let (first, second) = (
            stage.begin("olga@acme.example").await,
            stage.begin("olga@acme.example").await,
        );
        let (code, _) = stage.provider.visited(&first.url, &olga);
        let (_, state) = stage.provider.visited(&second.url, &olga);
        let mixed = stage
            .arrive(&second.cookie, &format!("code={code}&state={state}"))
            .await;
        assert_eq!(mixed.trouble(), "refused");
        // Ten minutes later it is over.
        let late = stage.begin("olga@acme.example").await;
        let (code, state) = stage.provider.visited(&late.url, &olga);
        stage.house.later(10 * MINUTE);
        let late = stage
            .arrive(&late.cookie, &format!("code={code}&state={state}"))
            .await;
        assert_eq!(late.trouble(), "late");
    });
}

#[test]
fn a_provider_that_says_no_or_nothing_is_told_of_in_the_log() {
    on_stage(settings(json!({})), async |stage| {
        let olga = known("olga-1", "olga@acme.example");
        let sent = stage.begin("olga@acme.example").await;
        let (_, state) = stage.provider.visited(&sent.url, &olga);
        let refused = stage
            .arrive(&sent.cookie, &format!("error=access_denied&state={state}"))
            .await;
        assert_eq!(refused.trouble(), "refused");
        assert!(refused.to.contains("&request="), "{}", refused.to);
        let why = stage.log("login.failed").await[0]["change"]["why"].clone();
        assert_eq!(why, "it sent the browser back with \"access_denied\"");
        let sent = stage.begin("olga@acme.example").await;
        let (code, state) = stage.provider.visited(&sent.url, &olga);
        stage.provider.is_away(true);
        let away = stage
            .arrive(&sent.cookie, &format!("code={code}&state={state}"))
            .await;
        assert_eq!(away.trouble(), "away");
        stage.provider.is_away(false);
        // Keys that it took back are believed no more, new ones at once.
        stage.provider.signs(Signed::Es256);
        assert!(stage.log_in("olga@acme.example", &olga).await.session.is_some());
        stage.provider.rotates(false);
        assert!(stage.log_in("olga@acme.example", &olga).await.session.is_some());
        stage.provider.rotates(true);
        assert_eq!(
            stage.log_in("olga@acme.example", &olga).await.trouble(),
            "untrusted"
        );
        stage.provider.rotates(false);
        // It wants the secret in the body now.
        stage.provider.wants_secret_in_body();
        assert!(stage.log_in("olga@acme.example", &olga).await.session.is_some());
        // The secret is another.
        let changed = settings(json!({ "client_secret": "old" }));
        stage
            .set(&stage.operator, changed, &[("if-match", "\"1\"")])
            .await
            .is(200);
        assert_eq!(
            stage.log_in("olga@acme.example", &olga).await.trouble(),
            "refused"
        );
        let why = stage.log("login.failed").await[0]["change"]["why"].clone();
        assert_eq!(why, "it answered the code with \"invalid_client\"");
    });
}

#[test]
fn nobody_of_another_customer_and_nobody_who_is_turned_off_gets_in() {
    on_stage(settings(json!({})), async |stage| {
        // Somebody of another customer has an address of this one's domain.
        let other = stage.house.tenant("other").await;
        stage.house.person(other, "pavel@acme.example", Role::Admin).await;
        let pavel = stage
            .log_in("pavel@acme.example", &known("p", "pavel@acme.example"))
            .await;
        assert_eq!(pavel.trouble(), "stranger");
        assert!(stage.user("pavel@acme.example").await.oidc_subject.is_none());
        // Turned off, before the first time and after.
        stage.person("olga@acme.example").await;
        let turn = async |disabled| {
            let user = stage.user("olga@acme.example").await;
            let tx = stage.house.app.store.write(Whose::Service).await.unwrap();
            users::note(&tx, user.id, |user| user.disabled = disabled)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        };
        let olga = known("o", "olga@acme.example");
        turn(true).await;
        assert_eq!(
            stage.log_in("olga@acme.example", &olga).await.trouble(),
            "stranger"
        );
        turn(false).await;
        assert!(stage.log_in("olga@acme.example", &olga).await.session.is_some());
        turn(true).await;
        assert_eq!(
            stage.log_in("olga@acme.example", &olga).await.trouble(),
            "stranger"
        );
        turn(false).await;
        // The customer is suspended: while she is at the provider, and before.
        let sent = stage.begin("olga@acme.example").await;
        let path = format!("PATCH /tenants/{}", stage.acme);
        let off = Some(json!({ "active": false }));
        stage
            .house
            .ask_with(&stage.operator, &path, off, &[("if-match", "\"1\"")])
            .await
            .is(200);
        let (code, state) = stage.provider.visited(&sent.url, &olga);
        let arrived = stage
            .arrive(&sent.cookie, &format!("code={code}&state={state}"))
            .await;
        assert_eq!(arrived.trouble(), "unknown");
        assert_eq!(
            stage.ask_to_begin("olga@acme.example").await.body["url"],
            "/login?trouble=unknown"
        );
    });
}

#[test]
fn our_own_code_is_asked_for_unless_the_provider_says_that_it_asked_for_one() {
    on_stage(settings(json!({ "second_factor": true })), async |stage| {
        let olga = stage.person("olga@acme.example").await;
        let proof = Some(json!({ "password": PASSWORD }));
        let secret = stage.house.ask(&olga, "POST /me/totp", proof).await.is(200).body;
        let secret = super::logins::unbase32(secret["secret"].as_str().unwrap());
        let code = |now: i64| json!({ "code": totp::code_at(&secret, now / 30_000) });
        stage
            .house
            .ask(&olga, "PUT /me/totp", Some(code(stage.house.app.now())))
            .await
            .is(204);
        let mut who = known("o", "olga@acme.example");
        // A password alone, or nothing said: ours is asked for.
        for methods in [json!(["pwd"]), Value::Null] {
            who.claims["amr"] = methods;
            if who.claims["amr"].is_null() {
                who.claims.as_object_mut().unwrap().remove("amr");
            }
            let half = stage.log_in("olga@acme.example", &who).await.session();
            let wanted = stage.house.ask(&half, "GET /me", None).await.is(401);
            assert_eq!(wanted.problem(), "code_wanted");
            stage.house.later(MINUTE);
            let done = stage
                .house
                .ask(&half, "POST /session/code", Some(code(stage.house.app.now())))
                .await
                .is(200);
            assert_eq!(stage.me(&done.cookie()).await["email"], "olga@acme.example");
        }
        who.claims["amr"] = json!(["pwd", "mfa"]);
        let trusted = stage.log_in("olga@acme.example", &who).await.session();
        assert_eq!(stage.me(&trusted).await["email"], "olga@acme.example");
        // A provider that is not trusted with it may say what it likes.
        let ours = settings(json!({ "second_factor": false }));
        stage
            .set(&stage.operator, ours, &[("if-match", "\"1\"")])
            .await
            .is(200);
        let half = stage.log_in("olga@acme.example", &who).await.session();
        stage.house.ask(&half, "GET /me", None).await.is(401);
    });
}

#[test]
fn without_passwords_the_organisation_is_the_only_way_and_the_operator_mends_it() {
    on_stage(settings(json!({})), async |stage| {
        stage.person("olga@acme.example").await;
        let password = |email: &str, password: &str| Some(json!({ "email": email, "password": password }));
        let off = settings(json!({ "passwords": false }));
        stage
            .set(&stage.operator, off, &[("if-match", "\"1\"")])
            .await
            .is(200);
        let ask = async |email, word| {
            stage.house.elsewhere();
            stage
                .house
                .ask(&As::Nobody, "POST /session", password(email, word))
                .await
        };
        assert_eq!(
            ask("olga@acme.example", PASSWORD).await.is(403).problem(),
            "organisation_wanted"
        );
        // Who does not know the password learns nothing of that.
        assert_eq!(
            ask("olga@acme.example", "a wrong password")
                .await
                .is(401)
                .problem(),
            "login_wrong"
        );
        assert_eq!(
            ask("nobody@acme.example", PASSWORD).await.is(401).problem(),
            "login_wrong"
        );
        let olga = stage
            .log_in("olga@acme.example", &known("o", "olga@acme.example"))
            .await
            .session();
        stage.me(&olga).await;
        // The provider is gone: passwords are let in again, by the customer or by the service.
        stage.provider.is_away(true);
        stage
            .set(&olga, settings(json!({})), &[("if-match", "\"2\"")])
            .await
            .is(200);
        ask("olga@acme.example", PASSWORD).await.is(200);
        // People without a password can be added now.
        let new = json!({ "email": "new@acme.example", "name": "N", "role": "analyst", "language": "en" });
        let added = stage.house.ask(&olga, "POST /users", Some(new)).await.is(201);
        assert_eq!(added.body["organisation"], false);
        stage.provider.is_away(false);
        let new = stage
            .log_in("new@acme.example", &known("n", "new@acme.example"))
            .await
            .session();
        assert_eq!(stage.me(&new).await["password"], false);
        // Operators of the service keep theirs, whatever their own provider's settings are.
        let own = json!({ "domains": ["service.example"], "role": null, "passwords": false });
        let own = settings(own);
        stage
            .house
            .ask_with(&stage.operator, "PUT /identity-provider", Some(own), &NEW)
            .await
            .is(201);
        ask("operator@example.com", PASSWORD).await.is(200);
        stage
            .house
            .person(SERVICE, "support@service.example", Role::Operator)
            .await;
        let support = stage
            .log_in("support@service.example", &known("s", "support@service.example"))
            .await
            .session();
        assert_eq!(stage.me(&support).await["of_service"], true);
    });
}

#[test]
fn a_domain_counts_when_the_service_has_confirmed_it_and_strangers_learn_little() {
    on_stage(settings(json!({})), async |stage| {
        let other = stage.house.tenant("other").await;
        let pavel = stage
            .house
            .person(other, "pavel@other.example", Role::Admin)
            .await;
        // The service's staff find out at once that a domain is somebody's already.
        let taken = settings(json!({ "domains": ["acme.example"] }));
        let headers = [("if-none-match", "*"), ("smartcpd-tenant", "other")];
        let taken = stage
            .house
            .ask_with(&stage.operator, "PUT /identity-provider", Some(taken), &headers)
            .await
            .is(422);
        assert_eq!(taken.body["errors"][0]["pointer"], "/domains");
        // A customer names its own domain, and another's.
        let named = settings(json!({ "domains": ["Other.example", "acme.example", "@почта.рф"] }));
        let made = stage
            .house
            .ask_with(&pavel, "PUT /identity-provider", Some(named.clone()), &NEW)
            .await
            .is(201);
        assert_eq!(
            made.body["domains"],
            json!([
                { "name": "acme.example", "confirmed": false },
                { "name": "other.example", "confirmed": false },
                { "name": "xn--80a1acny.xn--p1ai", "confirmed": false },
            ])
        );
        let unknown = stage.ask_to_begin("nobody@nowhere.example").await;
        for email in ["pavel@other.example", "nobody@other.example"] {
            let answer = stage.ask_to_begin(email).await;
            assert_eq!(
                (&answer.body, cookies(&answer).len()),
                (&unknown.body, 0),
                "{email}"
            );
        }
        // Those of acme.example still go to acme's, whoever they are: known and unknown ones alike.
        stage.person("olga@acme.example").await;
        for email in ["olga@acme.example", "nobody@acme.example"] {
            let sent = stage.begin(email).await;
            assert!(
                sent.url.starts_with(&format!("{ISSUER}/authorize?")),
                "{}",
                sent.url
            );
        }
        let off = settings(json!({ "domains": ["other.example"], "passwords": false }));
        let put = async |who: &As, settings: &Value, version: &str, tenant: &str| {
            let headers = [("if-match", version), ("smartcpd-tenant", tenant)];
            stage
                .house
                .ask_with(who, "PUT /identity-provider", Some(settings.clone()), &headers)
                .await
        };
        let refused = put(&pavel, &off, "\"1\"", "other").await.is(422);
        assert_eq!(refused.body["errors"][0]["pointer"], "/passwords");
        // The service's staff know whose a domain is: one customer's.
        let taken = put(&stage.operator, &named, "\"1\"", "other").await.is(422);
        assert_eq!(taken.body["errors"][0]["pointer"], "/domains");
        let own = settings(json!({ "domains": ["other.example"] }));
        let confirmed = put(&stage.operator, &own, "\"1\"", "other").await.is(200);
        assert_eq!(
            confirmed.body["domains"],
            json!([{ "name": "other.example", "confirmed": true }])
        );
        // It stays so when the customer changes something else.
        let kept = put(&pavel, &off, "\"2\"", "other").await.is(200);
        assert_eq!(
            kept.body["domains"],
            json!([{ "name": "other.example", "confirmed": true }])
        );
        stage.begin("anybody@other.example").await;
    });
}

#[test]
fn settings_are_checked_before_they_are_kept_and_the_secret_is_told_to_nobody() {
    on_stage(settings(json!({})), async |stage| {
        let olga = stage.person("olga@acme.example").await;
        let viewer = stage
            .house
            .person(stage.acme, "viewer@acme.example", Role::Analyst)
            .await;
        let house = &stage.house;
        let told = house.ask(&olga, "GET /identity-provider", None).await.is(200);
        assert_eq!(told.headers["etag"], "\"1\"");
        assert_eq!(
            told.body["found"],
            json!({
                "authorization_endpoint": format!("{ISSUER}/authorize"), "algorithms": ["RS256", "ES256"],
                "callback": "/api/v1/session/organisation/callback",
            })
        );
        for text in [&told.body, &json!(stage.log("identity_provider.set").await)] {
            assert!(!text.to_string().contains(SECRET), "{text}");
        }
        let check = async |issuer: &str| {
            let body = Some(json!({ "issuer": issuer }));
            house.ask(&olga, "POST /identity-provider/check", body).await
        };
        assert_eq!(check(ISSUER).await.is(200).body, told.body["found"]);
        for (issuer, why) in [
            ("http://id.acme.example", "http is not secure"),
            ("https://10.0.0.1", "not of the internet"),
            ("https://id.inside", "not of the internet"),
            ("https://id.other.example", "the name has no address"),
            ("https://id.acme.example/realm", "404"),
            // It calls itself otherwise.
            ("https://id.acme.example/", "issuer"),
            ("id.acme.example", "no address of the web"),
        ] {
            let refused = check(issuer).await.is(422);
            assert_eq!(refused.body["errors"][0]["pointer"], "/issuer");
            assert!(
                refused.body["detail"].as_str().unwrap().contains(why),
                "{issuer}: {}",
                refused.body
            );
        }
        let put = async |who: &As, change: Value, headers: &[(&str, &str)]| {
            house
                .ask_with(who, "PUT /identity-provider", Some(settings(change)), headers)
                .await
        };
        let first = [("if-match", "\"1\"")];
        for (change, pointer) in [
            (json!({ "issuer": "https://id.other.example" }), "/issuer"),
            (json!({ "client_id": " " }), "/client_id"),
            (json!({ "client_secret": "" }), "/client_secret"),
            (json!({ "domains": [] }), "/domains"),
            (json!({ "domains": ["acme.example", "acme"] }), "/domains/1"),
            (json!({ "domains": ["10.0.0.1"] }), "/domains/0"),
            (json!({ "role": "operator" }), "/role"),
            (json!({ "role": "king" }), "/role"),
        ] {
            let refused = put(&olga, change, &first).await.is(422);
            assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{}", refused.body);
        }
        put(&olga, json!({}), &[]).await.is(428);
        put(&olga, json!({}), &[("if-match", "\"9\"")]).await.is(412);
        put(&olga, json!({}), &NEW).await.is(409);
        put(&viewer, json!({}), &first).await.is(403);
        house.ask(&viewer, "GET /identity-provider", None).await.is(403);
        // A secret that is left out stays.
        let mut kept = settings(json!({ "role": "read_only" }));
        kept.as_object_mut().unwrap().remove("client_secret");
        house
            .ask_with(&olga, "PUT /identity-provider", Some(kept), &first)
            .await
            .is(200);
        let new = stage
            .log_in("new@acme.example", &known("n", "new@acme.example"))
            .await
            .session();
        assert_eq!(stage.me(&new).await["role"], "read_only");
        // Taken away, it vouches for nobody, and those whom it vouched for are bound no more.
        house.ask(&olga, "DELETE /identity-provider", None).await.is(428);
        house
            .ask_with(&olga, "DELETE /identity-provider", None, &[("if-match", "\"1\"")])
            .await
            .is(412);
        house
            .ask_with(&olga, "DELETE /identity-provider", None, &[("if-match", "\"2\"")])
            .await
            .is(204);
        house.ask(&olga, "GET /identity-provider", None).await.is(404);
        assert!(stage.user("new@acme.example").await.oidc_subject.is_none());
        assert_eq!(
            stage.ask_to_begin("new@acme.example").await.body["url"],
            "/login?trouble=unknown"
        );
        assert_eq!(stage.log("identity_provider.removed").await.len(), 1);
    });
}

#[test]
fn a_login_begins_on_a_page_of_ours_and_not_too_often() {
    on_stage(settings(json!({})), async |stage| {
        let body = |email: &str| Some(json!({ "email": email, "back": "//evil.example" }));
        let begin = async |email: &str, headers: &[(&str, &str)]| {
            stage
                .house
                .ask_with(&As::Nobody, "POST /session/organisation", body(email), headers)
                .await
        };
        begin("olga@acme.example", &[ORIGIN, ("sec-fetch-site", "cross-site")])
            .await
            .is(403);
        begin("olga@acme.example", &[]).await.is(403);
        begin("olga", &[ORIGIN]).await.is(422);
        let sent = begin("olga@acme.example", &[ORIGIN]).await.is(200);
        let cookie = cookies(&sent)[0].split(';').next().unwrap().to_owned();
        let who = known("o", "olga@acme.example");
        let (code, state) = stage.provider.visited(sent.body["url"].as_str().unwrap(), &who);
        let arrived = stage.arrive(&cookie, &format!("code={code}&state={state}")).await;
        assert_eq!(arrived.to, "/", "another site is not gone back to");
        stage.house.elsewhere();
        let mut last = 200;
        for _ in 0..25 {
            last = begin("olga@acme.example", &[ORIGIN]).await.status.as_u16();
        }
        assert_eq!(last, 429);
        assert_eq!(
            stage.arrive(&cookie, "code=a&state=b").await.trouble(),
            "too_many"
        );
    });
}
