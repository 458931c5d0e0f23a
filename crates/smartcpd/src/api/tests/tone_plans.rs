//! Customers' own tone plans, and those of countries.

use cpd_store::users::Role;
use serde_json::{Value, json};

use super::house::{As, House, on_both};
use crate::audio;

const NEW: &[(&str, &str)] = &[("if-none-match", "*")];

/// What a private exchange plays when it is busy: as no country has it.
fn office() -> Value {
    json!({ "body": { "name": "The office exchange", "source": "measured",
        "busy": [{ "hz": [610], "ms": 700 }, { "ms": 400 }] } })
}

/// Six seconds of it.
fn busy() -> Vec<u8> {
    let tone = |n: u32| {
        let wave = (std::f32::consts::TAU * 610.0 * n as f32 / 8_000.0).sin();
        let on = n % 8_800 < 5_600;
        if on { (5_000.0 * wave) as i16 } else { 0 }
    };
    audio::wav(&(0..48_000).map(tone).collect::<Vec<_>>())
}

async fn admin(house: &House, slug: &str) -> As {
    let tenant = house.tenant(slug).await;
    house
        .person(tenant, &format!("admin@{slug}.example"), Role::Admin)
        .await
}

async fn heard(house: &House, who: &As) -> Value {
    let told = house.send(who, "POST /analyses", &busy(), &[]).await.is(200).body;
    told["verdict"]["class"].clone()
}

#[test]
fn a_busy_tone_of_ones_own_is_heard_by_ones_own_plan_alone() {
    on_both(|house| async move {
        let (olga, pavel) = (admin(&house, "acme").await, admin(&house, "other").await);
        assert_ne!(heard(&house, &olga).await, "tone.busy");
        let put = "PUT /config/tone-plans/office";
        house.ask_with(&olga, put, Some(office()), NEW).await.is(201);
        assert_eq!(heard(&house, &olga).await, "tone.busy");
        assert_ne!(heard(&house, &pavel).await, "tone.busy");
        house
            .ask(&pavel, "GET /config/tone-plans/office", None)
            .await
            .is(404);
        let at = [("if-match", "\"1\"")];
        house
            .ask_with(&olga, "DELETE /config/tone-plans/office", None, &at)
            .await
            .is(204);
        assert_ne!(heard(&house, &olga).await, "tone.busy");
    });
}

#[test]
fn a_plan_is_checked_at_its_keys_kept_with_its_history_and_stays_while_a_profile_names_it() {
    on_both(|house| async move {
        let olga = admin(&house, "acme").await;
        let put = "PUT /config/tone-plans/office";
        let mut wrong = office();
        wrong["body"]["busy"][1]["ms"] = json!(70_000);
        let refused = house.ask_with(&olga, put, Some(wrong), NEW).await.is(422).body;
        assert_eq!(
            refused["errors"][0],
            json!({ "pointer": "/body/busy/1/ms", "detail": "70000 is not within 40 to 60000" })
        );
        let profile = json!({ "body": { "countries": ["office", "ru"] } });
        let put_profile = "PUT /config/profiles/mine";
        let refused = house
            .ask_with(&olga, put_profile, Some(profile.clone()), NEW)
            .await
            .is(422)
            .body;
        assert_eq!(refused["errors"][0]["pointer"], "/body/countries/0");
        let made = house.ask_with(&olga, put, Some(office()), NEW).await.is(201);
        assert_eq!(made.headers["etag"], "\"1\"");
        house
            .ask_with(&olga, put_profile, Some(profile), NEW)
            .await
            .is(201);

        let at = |version| [("if-match", version)];
        let mut faster = office();
        faster["body"]["busy"][0]["ms"] = json!(650);
        house
            .ask_with(&olga, put, Some(faster.clone()), &at("\"9\""))
            .await
            .is(412);
        house
            .ask_with(&olga, put, Some(faster), &at("\"1\""))
            .await
            .is(200);
        let history = house
            .ask(&olga, "GET /config/tone-plans/office/history", None)
            .await
            .is(200)
            .body;
        let lengths: Vec<_> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|was| was["body"]["busy"][0]["ms"].clone())
            .collect();
        assert_eq!(lengths, [json!(650), json!(700)]);

        let delete = "DELETE /config/tone-plans/office";
        let refused = house
            .ask_with(&olga, delete, None, &at("\"2\""))
            .await
            .is(409)
            .body;
        let detail = refused["detail"].as_str().unwrap();
        assert!(
            detail.starts_with("profile mine: ") && detail.contains("there is no tone plan \"office\""),
            "{detail}"
        );
        let profile = json!({ "body": { "countries": ["ru"] } });
        house
            .ask_with(&olga, put_profile, Some(profile), &at("\"1\""))
            .await
            .is(200);
        house.ask_with(&olga, delete, None, &at("\"2\"")).await.is(204);
        let log = house
            .ask(&olga, "GET /audit?action=tone_plan", None)
            .await
            .is(200)
            .body;
        let actions: Vec<_> = log["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|done| &done["action"])
            .collect();
        assert_eq!(
            actions,
            ["tone_plan.removed", "tone_plan.changed", "tone_plan.added"]
        );
    });
}

#[test]
fn each_countrys_plan_can_be_ones_own() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let viewer = house.person(acme, "viewer@acme.example", Role::ReadOnly).await;
        let list = house.ask(&viewer, "GET /tone-plans", None).await.is(200).body;
        let countries = list["items"].as_array().unwrap();
        assert!(countries.len() > 140, "{}", countries.len());
        // The longest among them, and two whose tones are two frequencies or modulated.
        for code in ["ru", "uk", "us", "es", "??"] {
            let plan = countries.iter().find(|plan| plan["code"] == code);
            let body = json!({ "body": plan.expect(code)["body"] });
            let path = "POST /config/tone-plans/copy/check";
            house.ask(&olga, path, Some(body)).await.is(200);
        }
        house
            .ask_with(&viewer, "PUT /config/tone-plans/office", Some(office()), NEW)
            .await
            .is(403);
    });
}
