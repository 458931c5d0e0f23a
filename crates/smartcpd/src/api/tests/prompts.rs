//! Prompts and the versions of their layers.

use cpd_sim::prompts::Prompt;
use cpd_store::users::Role;
use cpd_store::{SERVICE, Whose, calls};
use serde_json::{Value, json};

use super::house::{As, House, on_both};
use super::recordings::announced;
use super::walls;
use crate::audio;

/// Writes calls as they would have been written.
pub(super) async fn write(house: &House, some: &[calls::Call]) {
    // PostgreSQL wants the month's partition first.
    let mut partitions = cpd_store::partitions::Partitions::default();
    partitions
        .ensure(&house.app.store, some.iter().map(|call| call.began_ms))
        .await
        .unwrap();
    let tx = house.app.store.write(Whose::Service).await.unwrap();
    calls::write(&tx, some).await.unwrap();
    tx.commit().await.unwrap();
}

fn prompt(index: usize) -> Prompt {
    cpd_sim::prompts::prompt(3, index)
}

async fn add(house: &House, who: &As, name: &str, index: usize) -> Value {
    let fields = [("name", name), ("category", "busy"), ("operator", "A")];
    let file = audio::wav(&prompt(index).samples);
    house
        .send(who, "POST /prompts", &file, &fields)
        .await
        .is(201)
        .body
}

async fn publish(house: &House, who: &As) -> Value {
    let note = json!({ "note": "better" });
    house
        .ask(who, "POST /libraries/publication", Some(note))
        .await
        .is(200)
        .body
}

/// Names of a list.
async fn names(house: &House, who: &As, query: &str) -> Vec<String> {
    let list = house
        .ask(who, &format!("GET /prompts{query}"), None)
        .await
        .is(200);
    let items = list.body["items"].as_array().unwrap().clone();
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The prompt that a call is recognised by, and its class.
async fn recognised(house: &House, who: &As, index: usize) -> (Value, Value) {
    let file = audio::wav(&announced(&prompt(index)));
    let heard = house.send(who, "POST /analyses", &file, &[]).await.is(200).body;
    let found = &heard["matches"][0];
    (found["prompt"].clone(), found["class"].clone())
}

#[test]
fn a_prompt_is_added_to_the_draft_and_heard_when_it_is_published() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let added = add(&house, &olga, "busy-1", 0).await;
        assert_eq!(
            (&added["layer"], &added["class"]),
            (&json!("own"), &json!("announcement.busy"))
        );
        assert_eq!(names(&house, &olga, "?version=draft").await, ["busy-1"]);
        assert!(names(&house, &olga, "").await.is_empty());
        assert_eq!(recognised(&house, &olga, 0).await.0, Value::Null);
        let versions = house.ask(&olga, "GET /libraries", None).await.is(200).body;
        assert_eq!(versions["items"][0]["added"], json!(["busy-1"]));
        assert_eq!(publish(&house, &olga).await["number"], 1);
        assert_eq!(names(&house, &olga, "").await, ["busy-1"]);
        assert_eq!(names(&house, &olga, "?q=BUSY").await, ["busy-1"]);
        assert!(names(&house, &olga, "?q=nothing").await.is_empty());
        let (name, class) = recognised(&house, &olga, 0).await;
        assert_eq!((name, class), (json!("busy-1"), json!("announcement.busy")));
        let again = house
            .ask(&olga, "POST /libraries/publication", Some(json!({})))
            .await;
        assert_eq!(again.is(404).problem(), "not_found");

        let id = added["id"].as_str().unwrap();
        let sound = house
            .ask_with(
                &olga,
                &format!("GET /prompts/{id}/audio"),
                None,
                &[("range", "bytes=0-3")],
            )
            .await
            .is(206);
        assert_eq!(sound.bytes, b"RIFF");
        let peaks = format!("GET /prompts/{id}/peaks?bins=100");
        let peaks = house.ask(&olga, &peaks, None).await.is(200).body;
        assert_eq!(peaks["peaks"].as_array().unwrap().len(), 100);
        house
            .ask(&olga, &format!("GET /prompts/{id}/peaks?bins=5000"), None)
            .await
            .is(422);
        let log = house
            .ask(&olga, "GET /audit", None)
            .await
            .is(200)
            .body
            .to_string();
        assert!(
            log.contains("prompt.added") && log.contains("prompts.published"),
            "{log}"
        );
    });
}

#[test]
fn what_is_no_prompt_is_refused_with_the_reason() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        add(&house, &olga, "busy-1", 0).await;
        let file = audio::wav(&prompt(0).samples);
        let refused = async |file: &[u8], fields: &[(&str, &str)], status: u16, why: &str| {
            let answer = house.send(&olga, "POST /prompts", file, fields).await.is(status);
            let detail = answer.body["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(why), "{detail} is not {why}");
        };
        // The same at another level, as another network's copy has it.
        let quieter: Vec<i16> = prompt(0).samples.iter().map(|sample| sample / 4).collect();
        refused(
            &audio::wav(&quieter),
            &[("name", "copy")],
            409,
            "same recording as \"busy-1\"",
        )
        .await;
        let twice = [&prompt(0).samples[..], &[0; 8_000]].concat();
        refused(&audio::wav(&twice), &[("name", "copy")], 409, "\"busy-1\"").await;
        house
            .send(
                &olga,
                "POST /prompts",
                &file,
                &[("name", "copy"), ("alike", "true")],
            )
            .await
            .is(201);
        let other = audio::wav(&prompt(1).samples);
        refused(&other, &[("name", "busy-1")], 409, "of that name").await;
        refused(b"no audio at all", &[("name", "x")], 422, "not audio").await;
        refused(&audio::wav(&[0; 8_000]), &[("name", "x")], 422, "too little").await;
        refused(
            &audio::wav(&vec![0; 8_000 * 121]),
            &[("name", "x")],
            422,
            "longer than 120 s",
        )
        .await;
        refused(&other, &[("name", "")], 422, "1 to 100 characters").await;
        refused(
            &other,
            &[("name", "x"), ("class", "answer.hunam")],
            422,
            "no class",
        )
        .await;
        refused(
            &other,
            &[("name", "x"), ("categry", "busy")],
            422,
            "unknown field \"categry\"",
        )
        .await;
    });
}

#[test]
fn the_draft_is_tried_before_it_is_published() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        add(&house, &olga, "one", 0).await;
        publish(&house, &olga).await;
        add(&house, &olga, "two", 1).await;
        let file = audio::wav(&announced(&prompt(1)));
        let trial = house
            .send(&olga, "POST /libraries/draft/trials", &file, &[])
            .await;
        let trial = trial.is(200).body;
        assert_eq!(trial["published"]["matches"], json!([]));
        assert_eq!(trial["draft"]["verdict"]["prompt"], "two");
        let job = house
            .ask(&olga, "POST /libraries/draft/trials", Some(json!({ "days": 7 })))
            .await
            .is(202);
        assert!(job.body["job"].is_string());
        house
            .ask(
                &olga,
                "POST /libraries/draft/trials",
                Some(json!({ "days": 700 })),
            )
            .await
            .is(422);
    });
}

#[test]
fn a_version_can_be_gone_back_to_and_a_draft_thrown_away() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let one = add(&house, &olga, "one", 0).await;
        publish(&house, &olga).await;
        add(&house, &olga, "two", 1).await;
        let change = json!({ "name": "first", "category": "no_answer" });
        let path = format!("PATCH /prompts/{}", one["id"].as_str().unwrap());
        let changed = house.ask(&olga, &path, Some(change)).await.is(200).body;
        assert_eq!(changed["class"], "announcement.no_answer");
        assert_ne!(changed["id"], one["id"], "the published one stays as it is");
        publish(&house, &olga).await;
        assert_eq!(names(&house, &olga, "").await, ["first", "two"]);
        assert_eq!(recognised(&house, &olga, 0).await.0, "first");

        let back = "POST /libraries/1/restoration";
        let draft = house.ask(&olga, back, None).await.is(200).body;
        assert_eq!(draft["added"], json!(["one"]));
        assert_eq!(house.ask(&olga, back, None).await.is(409).problem(), "conflict");
        house.ask(&olga, "DELETE /libraries/draft", None).await.is(204);
        house.ask(&olga, "DELETE /libraries/draft", None).await.is(404);
        house.ask(&olga, back, None).await.is(200);
        publish(&house, &olga).await;
        assert_eq!(names(&house, &olga, "").await, ["one"]);
        assert_eq!(recognised(&house, &olga, 0).await.0, "one");
        assert_eq!(recognised(&house, &olga, 1).await.0, Value::Null);
        assert_eq!(names(&house, &olga, "?version=2").await, ["first", "two"]);

        let id = |list: Value| list["items"][0]["id"].as_str().unwrap().to_owned();
        let last = id(house.ask(&olga, "GET /prompts", None).await.is(200).body);
        house
            .ask(&olga, &format!("DELETE /prompts/{last}"), None)
            .await
            .is(204);
        let empty = house
            .ask(&olga, "POST /libraries/publication", Some(json!({})))
            .await
            .is(409);
        assert!(
            empty.body["detail"].as_str().unwrap().contains("`empty`"),
            "{}",
            empty.body
        );
        house
            .ask(
                &olga,
                "POST /libraries/publication",
                Some(json!({ "empty": true })),
            )
            .await
            .is(200);
        assert_eq!(recognised(&house, &olga, 0).await.0, Value::Null);
    });
}

#[test]
fn common_prompts_are_everybodys_and_an_own_one_of_the_name_comes_first() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        house.tenant("other").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let operator = house.operator().await;
        let common = add(&house, &operator, "shared", 0).await;
        assert_eq!(common["layer"], "common");
        let path = format!("GET /prompts/{}", common["id"].as_str().unwrap());
        house.ask(&olga, &path, None).await.is(404);
        assert_eq!(recognised(&house, &olga, 0).await.0, Value::Null);
        publish(&house, &operator).await;
        house.ask(&olga, &path, None).await.is(200);
        assert_eq!(names(&house, &olga, "?layer=common").await, ["shared"]);
        assert!(names(&house, &olga, "?layer=own").await.is_empty());
        assert_eq!(recognised(&house, &olga, 0).await.0, "shared");
        for what in ["PATCH", "DELETE"] {
            let path = path.replace("GET", what);
            house
                .ask(&olga, &path, Some(json!({ "words": "x" })))
                .await
                .is(404);
        }
        // The same announcement means something else to this customer.
        let fields = [("name", "shared"), ("class", "answer.machine"), ("alike", "true")];
        let file = audio::wav(&prompt(0).samples);
        house.send(&olga, "POST /prompts", &file, &fields).await.is(201);
        publish(&house, &olga).await;
        let (name, class) = recognised(&house, &olga, 0).await;
        assert_eq!((name, class), (json!("shared"), json!("answer.machine")));
        // Staff who work for another customer hear what that one's calls are heard with.
        let file = audio::wav(&announced(&prompt(0)));
        let tx = house.app.store.read(Whose::Service).await.unwrap();
        let stocked = house.app.stock.published(&tx, acme).await.unwrap().unwrap();
        assert_eq!((stocked.versions(), stocked.library.len()), ((1, 1), 1));
        let service = house.app.stock.published(&tx, SERVICE).await.unwrap().unwrap();
        assert_eq!(service.versions(), (1, 0));
        drop(tx);
        let heard = house
            .send(&operator, "POST /analyses", &file, &[])
            .await
            .is(200)
            .body;
        assert_eq!(heard["matches"][0]["class"], "announcement.busy");
    });
}

#[test]
fn prompts_that_stopped_matching_are_told() {
    on_both(|house| async move {
        const DAY_MS: i64 = 86_400_000;
        let acme = house.tenant("acme").await;
        let other = house.tenant("other").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        for (name, index) in [("alive", 0), ("dead", 1), ("old", 2)] {
            add(&house, &olga, name, index).await;
        }
        publish(&house, &olga).await;
        let now = house.app.now();
        let call = |tenant, days: i64, prompt: &str| calls::Call {
            prompt: Some(prompt.to_owned()),
            ..walls::call(tenant, now - days * DAY_MS)
        };
        write(
            &house,
            &[
                call(acme, 1, "alive"),
                call(acme, 2, "alive"),
                call(acme, 8, "alive"),
                call(acme, 9, "dead"),
                call(acme, 40, "old"),
                call(other, 1, "dead"),
            ],
        )
        .await;
        let list = house
            .ask(&olga, "GET /prompts?matches=true", None)
            .await
            .is(200)
            .body;
        let told: Vec<_> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (item["matches_7d"].as_i64(), item["last_match_ms"].as_i64()))
            .collect();
        assert_eq!(
            told,
            [
                (Some(2), Some(now - DAY_MS)),
                (Some(0), Some(now - 9 * DAY_MS)),
                (Some(0), None)
            ]
        );
    });
}

#[test]
fn who_only_looks_neither_listens_nor_changes() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let viewer = house.person(acme, "viewer@acme.example", Role::ReadOnly).await;
        let added = add(&house, &olga, "one", 0).await;
        let id = added["id"].as_str().unwrap();
        assert_eq!(names(&house, &viewer, "?version=draft").await, ["one"]);
        for what in [
            format!("GET /prompts/{id}/audio"),
            format!("DELETE /prompts/{id}"),
            "DELETE /libraries/draft".to_owned(),
        ] {
            house.ask(&viewer, &what, None).await.is(403);
        }
        let file = audio::wav(&prompt(1).samples);
        house
            .send(&viewer, "POST /prompts", &file, &[("name", "x")])
            .await
            .is(403);
    });
}
