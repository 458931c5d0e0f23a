//! The desk as customers and specialists use it.

use cpd_store::users::Role;
use cpd_store::{SERVICE, Uuid};
use serde_json::{Value, json};

use super::house::{As, House, on_both};

/// Somebody new of a customer, or of the desk.
async fn login(house: &House, tenant: Uuid, role: Role) -> As {
    let email = format!("{}@example.com", Uuid::now_v7().simple());
    house.person(tenant, &email, role).await
}

fn asks() -> Value {
    json!({ "topic": "Человек принят за автоответчик", "text": "Звонок в 12:03, ответил человек.", "kind": "incident", "component": "hearing" })
}

async fn request(house: &House, who: &As) -> Value {
    house.ask(who, "POST /requests", Some(asks())).await.is(201).body
}

async fn contract(house: &House, operator: &As, tenant: Uuid, sees: &str) {
    let day = json!([["09:00", "18:00"]]);
    let body = json!({ "number": "12/26", "from_ms": 1, "terms": {
        "calendar": { "zone": "Europe/Moscow", "week": [day, day, day, day, day, [], []] },
        "promises": [{ "first_min": 60, "solution_min": 540 }], "sees": sees,
    } });
    house
        .ask(operator, &format!("POST /tenants/{tenant}/contracts"), Some(body))
        .await
        .is(201);
}

#[test]
fn a_request_is_made_answered_solved_and_closed() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let customer = login(&house, acme, Role::Admin).await;
        let support = login(&house, SERVICE, Role::Support).await;
        let operator = login(&house, SERVICE, Role::Operator).await;
        contract(&house, &operator, acme, "nobody").await;
        let hook = json!({ "name": "crm", "url": "https://crm.example.com/", "events": ["request."] });
        house.ask(&customer, "POST /webhooks", Some(hook)).await.is(201);
        let made = request(&house, &customer).await;
        let tx = house.app.service(false).await.unwrap();
        let told = cpd_store::webhooks::unfanned(&tx, 9).await.unwrap();
        assert_eq!(
            (told[0].kind.as_str(), &told[0].payload["number"]),
            ("request.registered", &made["number"])
        );
        drop(tx);
        assert_eq!(made["state"], "registered");
        assert_eq!((&made["contract"], &made["due_ms"]), (&json!(true), &Value::Null));
        let id = made["id"].as_str().unwrap();
        let number = made["number"].as_str().unwrap();
        // By its number too, as it is read aloud.
        let read = house
            .ask(&customer, &format!("GET /requests/{number}"), None)
            .await
            .is(200);
        assert_eq!(read.body["id"], id);
        let ask = async |who: &As, what: &str, body| house.ask(who, what, body).await;
        let taken = ask(&support, &format!("PUT /requests/{id}/assignee"), Some(json!({})))
            .await
            .is(200)
            .body;
        assert_eq!(taken["state"], "in_progress");
        assert_eq!(taken["clocks"]["first"]["state"], "running");
        let text = |text: &str| Some(json!({ "text": text }));
        let asked = ask(
            &support,
            &format!("POST /requests/{id}/questions"),
            text("Какой номер?"),
        )
        .await
        .is(200)
        .body;
        assert_eq!(
            (&asked["state"], &asked["clocks"]["solution"]["state"]),
            (&json!("clarification_requested"), &json!("paused"))
        );
        let note = Some(json!({ "text": "Похоже на прошлую неделю", "internal": true }));
        ask(&support, &format!("POST /requests/{id}/messages"), note)
            .await
            .is(201);
        let said = ask(
            &customer,
            &format!("POST /requests/{id}/messages"),
            text("+7 916…"),
        )
        .await
        .is(201)
        .body;
        assert_eq!(said["state"], "in_progress");
        // A solution is nothing without its comment.
        ask(&support, &format!("POST /requests/{id}/solution"), text("  "))
            .await
            .is(422);
        let solved = ask(
            &support,
            &format!("POST /requests/{id}/solution"),
            text("Порог исправлен"),
        )
        .await
        .is(200)
        .body;
        assert_eq!(solved["state"], "solution_provided");
        let denied = ask(&customer, &format!("POST /requests/{id}/denial"), None)
            .await
            .is(200)
            .body;
        assert_eq!(denied["state"], "in_progress");
        ask(&customer, &format!("POST /requests/{id}/closure"), None)
            .await
            .is(409);
        ask(
            &support,
            &format!("POST /requests/{id}/solution"),
            text("Теперь исправлен"),
        )
        .await
        .is(200);
        let closed = ask(&customer, &format!("POST /requests/{id}/closure"), None)
            .await
            .is(200)
            .body;
        assert_eq!(closed["state"], "closed");
        let messages = async |who: &As| {
            let said = ask(who, &format!("GET /requests/{id}/messages"), None)
                .await
                .is(200)
                .body;
            said["items"].as_array().unwrap().len()
        };
        assert_eq!((messages(&customer).await, messages(&support).await), (5, 6));
        let history = ask(&customer, &format!("GET /requests/{id}/history"), None)
            .await
            .is(200)
            .body;
        let text = history.to_string();
        assert!(
            text.contains("solved") && !text.contains("internal") && !text.contains("assigned"),
            "{text}"
        );
        // What is said after the end begins a request that follows.
        let later = ask(
            &customer,
            &format!("POST /requests/{id}/messages"),
            Some(json!({ "text": "Снова" })),
        )
        .await
        .is(201)
        .body;
        assert_eq!(
            (&later["follows"], &later["state"]),
            (&json!(id), &json!("registered"))
        );
        let report = ask(
            &support,
            "GET /desk/report?from_ms=0&until_ms=1800000000000",
            None,
        )
        .await;
        assert_eq!(report.is(422).body["errors"][0]["pointer"], "/until_ms");
        let now = house.app.now();
        let report = format!(
            "GET /desk/report?from_ms={}&until_ms={}",
            now - 1_000,
            now + 1_000
        );
        let report = ask(&support, &report, None).await.is(200).body;
        let row = &report["items"][0];
        assert_eq!(
            (&row["name"], &row["came"], &row["solved"], &row["reopened"]),
            (&json!("incident"), &json!(2), &json!(1), &json!(1))
        );
    });
}

#[test]
fn only_the_desk_does_what_is_the_desks() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let customer = login(&house, acme, Role::Admin).await;
        let id = request(&house, &customer).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let text = Some(json!({ "text": "x" }));
        for (what, body) in [
            (format!("POST /requests/{id}/solution"), text.clone()),
            (format!("POST /requests/{id}/questions"), text.clone()),
            (format!("POST /requests/{id}/rejection"), text.clone()),
            (
                format!("POST /requests/{id}/messages"),
                Some(json!({ "text": "x", "internal": true })),
            ),
            (format!("PUT /requests/{id}/assignee"), Some(json!({}))),
            (
                format!("PUT /requests/{id}/wait"),
                Some(json!({ "reason": "update" })),
            ),
            (format!("DELETE /requests/{id}/wait"), None),
            (format!("PUT /requests/{id}/merger"), Some(json!({ "into": id }))),
            (
                format!("PATCH /requests/{id}"),
                Some(json!({ "kind": "consultation" })),
            ),
            (format!("GET /requests/{id}/deliveries"), None),
            ("GET /desk/contacts?q=a".to_owned(), None),
            ("GET /mass-incidents".to_owned(), None),
            ("GET /desk/report?from_ms=0&until_ms=1".to_owned(), None),
        ] {
            house.ask(&customer, &what, body).await.is(403);
        }
        house
            .ask(&customer, "GET /desk/texts?kind=answer", None)
            .await
            .is(404);
        let asked = house
            .ask(&customer, "GET /requests?assignee=me", None)
            .await
            .is(422);
        assert_eq!(asked.body["errors"][0]["pointer"], "/assignee");
    });
}

#[test]
fn colleagues_see_each_others_requests_as_the_contract_says() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let operator = login(&house, SERVICE, Role::Operator).await;
        let author = login(&house, acme, Role::Analyst).await;
        let colleague = login(&house, acme, Role::ReadOnly).await;
        let boss = login(&house, acme, Role::Admin).await;
        let me = house.ask(&colleague, "GET /me", None).await.is(200).body;
        let mut asks = asks();
        asks["chosen"] = json!([me["id"]]);
        let made = house
            .ask(&author, "POST /requests", Some(asks))
            .await
            .is(201)
            .body;
        let id = made["id"].as_str().unwrap().to_owned();
        let seen = async || {
            let mut seen = Vec::new();
            for who in [&author, &colleague, &boss] {
                let one = house.ask(who, &format!("GET /requests/{id}"), None).await.status == 200;
                let list = house.ask(who, "GET /requests", None).await.is(200).body;
                assert_eq!(
                    list["items"].as_array().unwrap().len(),
                    usize::from(one),
                    "lists tell what is seen"
                );
                seen.push(one);
            }
            seen
        };
        assert_eq!(seen().await, [true, false, false]);
        for (sees, expected) in [
            ("administrators", [true, false, true]),
            ("chosen", [true, true, false]),
            ("everyone", [true, true, true]),
            ("nobody", [true, false, false]),
        ] {
            contract(&house, &operator, acme, sees).await;
            assert_eq!(seen().await, expected, "{sees}");
        }
    });
}

#[test]
fn who_telephones_is_found_and_registered_in_one_go() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let support = login(&house, SERVICE, Role::Support).await;
        let new = json!({ "name": "Ольга Смирнова", "customer": acme, "telephone": "+7 916 123-45-67" });
        house
            .ask(&support, "POST /desk/contacts", Some(new.clone()))
            .await
            .is(201);
        // The same number is somebody's already.
        assert_eq!(
            house
                .ask(&support, "POST /desk/contacts", Some(new))
                .await
                .is(422)
                .body["errors"][0]["pointer"],
            "/telephone"
        );
        for words in ["916%20123", "Смирнова", "123-45"] {
            let found = house
                .ask(
                    &support,
                    &format!(
                        "GET /desk/contacts?q={}",
                        words
                            .replace('С', "%D0%A1")
                            .replace("мирнова", "%D0%BC%D0%B8%D1%80%D0%BD%D0%BE%D0%B2%D0%B0")
                    ),
                    None,
                )
                .await
                .is(200)
                .body;
            assert_eq!(found["items"][0]["customer"], json!(acme), "{words}");
        }
        let found = house
            .ask(&support, "GET /desk/contacts?q=4567", None)
            .await
            .is(200)
            .body;
        let mut asks = asks();
        asks["contact"] = found["items"][0]["id"].clone();
        let made = house
            .ask(&support, "POST /requests", Some(asks))
            .await
            .is(201)
            .body;
        assert_eq!(
            (&made["door"], &made["author_name"]),
            (&json!("telephone"), &json!("Ольга Смирнова"))
        );
        let id = made["id"].as_str().unwrap();
        // Forgotten: the name and the words are gone, the request stands.
        let contact = found["items"][0]["id"].as_str().unwrap();
        let erase = format!("POST /desk/contacts/{contact}/erasure");
        let why = Some(json!({ "reason": "Заявление от 25.11.2026" }));
        house.ask(&support, &erase, why.clone()).await.is(403);
        let operator = login(&house, SERVICE, Role::Operator).await;
        let act = house.ask(&operator, &erase, why).await.is(200).body;
        assert_eq!(act["messages"], 1);
        for what in [
            format!("GET /requests/{id}"),
            format!("GET /requests/{id}/messages"),
            format!("GET /requests/{id}/history"),
        ] {
            let left = house.ask(&support, &what, None).await.is(200).body.to_string();
            assert!(
                !left.contains("Смирнова") && !left.contains("12:03") && !left.contains("автоответчик"),
                "{left}"
            );
        }
    });
}

#[test]
fn a_mass_incident_is_suggested_opened_and_solved_below() {
    on_both(|house| async move {
        let support = login(&house, SERVICE, Role::Support).await;
        let mut customers = Vec::new();
        for name in ["a", "b", "c"] {
            let tenant = house.tenant(name).await;
            let customer = login(&house, tenant, Role::Admin).await;
            let id = request(&house, &customer).await["id"]
                .as_str()
                .unwrap()
                .to_owned();
            customers.push((customer, id));
        }
        let found = house
            .ask(&support, "GET /mass-incidents/suggestions", None)
            .await
            .is(200)
            .body;
        assert_eq!(found["items"][0]["component"], "hearing");
        assert_eq!(found["items"][0]["requests"].as_array().unwrap().len(), 3);
        let new = json!({ "topic": "Сбой слуха", "component": "hearing", "text": "Смотрим", "requests": found["items"][0]["requests"] });
        let mass = house
            .ask(&support, "POST /mass-incidents", Some(new))
            .await
            .is(201)
            .body;
        assert_eq!(mass["requests"], 3);
        let mass = mass["id"].as_str().unwrap();
        let said = house
            .ask(
                &support,
                &format!("POST /mass-incidents/{mass}/messages"),
                Some(json!({ "text": "Работаем" })),
            )
            .await
            .is(200)
            .body;
        assert_eq!(said["requests"], 3);
        let suggested = house
            .ask(&support, "GET /mass-incidents/suggestions", None)
            .await
            .is(200)
            .body;
        assert_eq!(suggested["items"], json!([]));
        house
            .ask(
                &support,
                &format!("POST /mass-incidents/{mass}/solution"),
                Some(json!({ "text": "Исправлено" })),
            )
            .await
            .is(200);
        house
            .ask(
                &support,
                &format!("POST /mass-incidents/{mass}/solution"),
                Some(json!({ "text": "Исправлено" })),
            )
            .await
            .is(409);
        for (customer, id) in &customers {
            let mine = house
                .ask(customer, &format!("GET /requests/{id}"), None)
                .await
                .is(200)
                .body;
            assert_eq!(
                (&mine["state"], &mine["mass"]),
                (&json!("solution_provided"), &Value::Null)
            );
            let history = house
                .ask(customer, &format!("GET /requests/{id}/history"), None)
                .await
                .is(200)
                .body
                .to_string();
            assert!(!history.contains("mass"), "nobody sees what is above: {history}");
            let said = house
                .ask(customer, &format!("GET /requests/{id}/messages"), None)
                .await
                .is(200)
                .body
                .to_string();
            assert!(said.contains("Исправлено") && !said.contains("mass"), "{said}");
            for other in customers.iter().filter(|(_, other)| other != id) {
                house
                    .ask(customer, &format!("GET /requests/{}", other.1), None)
                    .await
                    .is(404);
            }
        }
    });
}

#[test]
fn a_screenshot_goes_with_a_message_and_is_seen_by_who_sees_it() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let customer = login(&house, acme, Role::Admin).await;
        let colleague = login(&house, acme, Role::Analyst).await;
        let support = login(&house, SERVICE, Role::Support).await;
        let mut png = Vec::new();
        image::DynamicImage::ImageRgb8(image::RgbImage::new(4, 3))
            .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
            .unwrap();
        let up = house
            .raw(&customer, "POST /desk/files?name=screen.png", png)
            .await
            .is(201)
            .body;
        assert_eq!((&up["kind"], &up["width"]), (&json!("image/png"), &json!(4)));
        let file = up["id"].as_str().unwrap();
        let mut asks = asks();
        asks["files"] = json!([file]);
        // A colleague puts nobody else's file into a message.
        house
            .ask(&colleague, "POST /requests", Some(asks.clone()))
            .await
            .is(404);
        let made = house
            .ask(&customer, "POST /requests", Some(asks))
            .await
            .is(201)
            .body;
        let id = made["id"].as_str().unwrap();
        let said = house
            .ask(&support, &format!("GET /requests/{id}/messages"), None)
            .await
            .is(200)
            .body;
        assert_eq!(said["items"][0]["files"][0]["id"], file);
        for (who, status) in [(&customer, 200), (&support, 200), (&colleague, 404)] {
            let seen = house
                .ask(who, &format!("GET /desk/files/{file}"), None)
                .await
                .is(status);
            if status == 200 {
                let policy = seen.headers["content-security-policy"].to_str().unwrap();
                assert!(policy.contains("sandbox"), "{policy}");
            }
        }
        let page = b"<html><script>alert(1)</script>".to_vec();
        let up = house
            .raw(&customer, "POST /desk/files?name=a.html", page)
            .await
            .is(201)
            .body;
        let file = up["id"].as_str().unwrap();
        let seen = house
            .ask(&customer, &format!("GET /desk/files/{file}"), None)
            .await
            .is(200);
        assert_eq!(seen.headers["content-type"], "application/octet-stream");
        assert!(
            seen.headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );
    });
}
