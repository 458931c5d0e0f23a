//! Recordings of calls: given out by the node that has them, heard again, cut into prompts.

use cpd_store::recordings::{self, Recording};
use cpd_store::users::Role;
use cpd_store::{Whose, calls};
use serde_json::json;

use super::house::{self, As, House, on_both};
use super::walls;
use crate::audio;

/// Keeps a call's recording, as its node does.
pub(super) async fn keep(house: &House, call: &calls::Call, samples: &[i16]) {
    let path = house::recordings().join(format!("{}.wav", call.id));
    audio::write_wav(&path, samples).unwrap();
    let recording = Recording {
        call_id: call.id,
        tenant_id: call.tenant_id,
        began_ms: call.began_ms,
        node: call.node.clone(),
        path: path.to_str().unwrap().to_owned(),
        length_ms: i32::try_from(samples.len() / 8).unwrap(),
        cut: false,
        expires_ms: None,
    };
    let tx = house
        .app
        .store
        .write(Whose::Tenant(call.tenant_id))
        .await
        .unwrap();
    recordings::write(&tx, &[recording]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Keeps a call that was recorded.
async fn recorded(house: &House, call: &calls::Call, samples: &[i16]) {
    super::prompts::write(house, std::slice::from_ref(call)).await;
    keep(house, call, samples).await;
}

/// A second of silence, a prompt, two of silence.
pub(super) fn announced(prompt: &cpd_sim::prompts::Prompt) -> Vec<i16> {
    [&[0; 8_000][..], &prompt.samples, &[0; 16_000]].concat()
}

#[test]
fn a_recording_is_listened_to_in_parts_and_noted_once() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let viewer = house.person(acme, "viewer@acme.example", Role::ReadOnly).await;
        let call = walls::call(acme, house.app.now());
        let samples = announced(&cpd_sim::prompts::prompt(3, 0));
        recorded(&house, &call, &samples).await;
        let path = format!("GET /calls/{}/recording", call.id);
        house.ask(&viewer, &path, None).await.is(403);
        let whole = house.ask(&olga, &path, None).await.is(200);
        assert_eq!(whole.bytes, audio::wav(&samples));
        assert_eq!(whole.headers["content-type"], "audio/wav");
        let part = house
            .ask_with(&olga, &path, None, &[("range", "bytes=44-47")])
            .await
            .is(206);
        assert_eq!(part.bytes, [0; 4]);
        let place = format!("bytes 44-47/{}", whole.bytes.len());
        assert_eq!(part.headers["content-range"], place.as_str());
        house
            .ask_with(&olga, &path, None, &[("range", "bytes=99999999-")])
            .await
            .is(416);
        let heard = "GET /audit?action=recording.heard";
        let noted = house.ask(&olga, heard, None).await.is(200).body;
        assert_eq!(noted["items"].as_array().unwrap().len(), 1, "{noted}");
        house.later(86_400_000 / 24);
        house.ask(&olga, &path, None).await.is(200);
        let noted = house.ask(&olga, heard, None).await.is(200).body;
        assert_eq!(noted["items"].as_array().unwrap().len(), 2, "{noted}");
    });
}

#[test]
fn another_nodes_recording_is_away_and_nothing_outside_of_the_folder_is_given_out() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let mut call = walls::call(acme, house.app.now());
        call.node = "n7".to_owned();
        recorded(&house, &call, &[0; 800]).await;
        for what in ["recording", "hearing"] {
            let path = format!("GET /calls/{}/{what}", call.id);
            let away = house.ask(&olga, &path, None).await.is(503);
            assert_eq!(away.problem(), "away");
            assert!(
                away.body["detail"].as_str().unwrap().contains("\"n7\""),
                "{}",
                away.body
            );
        }
        let mut call = walls::call(acme, house.app.now());
        call.name = "call-2".to_owned();
        super::prompts::write(&house, std::slice::from_ref(&call)).await;
        let elsewhere = Recording {
            call_id: call.id,
            tenant_id: acme,
            began_ms: call.began_ms,
            node: "n1".to_owned(),
            path: "/etc/passwd".to_owned(),
            length_ms: 1_000,
            cut: false,
            expires_ms: None,
        };
        let tx = house.app.store.write(Whose::Tenant(acme)).await.unwrap();
        recordings::write(&tx, &[elsewhere]).await.unwrap();
        tx.commit().await.unwrap();
        let path = format!("GET /calls/{}/recording", call.id);
        house.ask(&olga, &path, None).await.is(404);
    });
}

#[test]
fn a_recording_is_heard_again_with_what_is_published() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let prompt = cpd_sim::prompts::prompt(3, 0);
        let mut call = walls::call(acme, house.app.now());
        call.detail = json!({ "recording": { "answered_ms": 250 } });
        recorded(&house, &call, &announced(&prompt)).await;
        let path = format!("GET /calls/{}/hearing", call.id);
        let before = house.ask(&olga, &path, None).await.is(200).body;
        assert_eq!(before["heard_with"]["file"], true);
        assert_eq!(before["matches"], json!([]));
        assert_eq!(before["answered_ms"], 250);
        let length_ms = before["length_ms"].as_u64().unwrap();
        assert_eq!(
            before["peaks"].as_array().unwrap().len() as u64,
            length_ms / 10,
            "a pair each 10 ms"
        );
        assert!(
            before["spectrogram"]["png"]
                .as_str()
                .unwrap()
                .starts_with("iVBOR")
        );

        let fields = [
            ("name", "switched-off"),
            ("category", "switched_off"),
            ("operator", "A"),
        ];
        let added = house
            .send(&olga, "POST /prompts", &audio::wav(&prompt.samples), &fields)
            .await
            .is(201);
        house
            .ask(
                &olga,
                "POST /libraries/publication",
                Some(json!({ "note": "first" })),
            )
            .await
            .is(200);
        let after = house.ask(&olga, &path, None).await.is(200).body;
        assert_eq!(after["heard_with"]["own"], 1);
        let found = &after["matches"][0];
        assert_eq!(found["prompt"], "switched-off");
        assert_eq!(found["prompt_id"], added.body["id"]);
        assert_eq!(found["state"], "match");
        let from_ms = found["from_ms"].as_i64().unwrap();
        assert!(
            (950..=1_050).contains(&from_ms),
            "the prompt begins at 1 s: {found}"
        );
        assert_eq!(after["verdict"]["prompt"], "switched-off");
        // The same question has the same answer, from memory too.
        assert_eq!(house.ask(&olga, &path, None).await.is(200).body, after);
    });
}

#[test]
fn a_prompt_is_cut_out_of_a_call() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let prompt = cpd_sim::prompts::prompt(3, 0);
        let call = walls::call(acme, house.app.now());
        recorded(&house, &call, &announced(&prompt)).await;
        let cut = |from_ms: u64, to_ms: u64| json!({ "call": call.id, "from_ms": from_ms, "to_ms": to_ms, "name": "cut", "category": "busy" });
        let to_ms = 1_000 + u64::from(prompt.ms());
        let added = house
            .ask(&olga, "POST /prompts", Some(cut(1_000, to_ms)))
            .await
            .is(201)
            .body;
        assert_eq!(added["length_ms"], prompt.ms());
        assert_eq!(added["class"], "announcement.busy");
        assert_eq!(added["source"], format!("call call-1 1000–{to_ms} ms"));
        house
            .ask(&olga, "POST /prompts", Some(cut(2_000, 1_000)))
            .await
            .is(422);
        house
            .ask(&olga, "POST /prompts", Some(cut(1_000, 100_000)))
            .await
            .is(422);
        let silent = house.ask(&olga, "POST /prompts", Some(cut(0, 900))).await.is(422);
        assert!(
            silent.body["detail"].as_str().unwrap().contains("too little"),
            "{}",
            silent.body
        );
    });
}

/// Does a job that was begun, as a node does.
async fn done(house: &House, who: &As, begun: &serde_json::Value) -> serde_json::Value {
    let (runner, _) = super::jobs::runner(house);
    assert!(runner.step().await.unwrap());
    let path = format!("GET /jobs/{}", begun["job"].as_str().unwrap());
    let mut job = house.ask(who, &path, None).await.is(200).body;
    assert_eq!(job["state"], "done", "{job}");
    job["result"].take()
}

#[test]
fn calls_of_the_last_days_are_replayed_under_another_policy() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let prompt = cpd_sim::prompts::prompt(3, 0);
        let fields = [("name", "busy-1"), ("category", "busy")];
        house
            .send(&olga, "POST /prompts", &audio::wav(&prompt.samples), &fields)
            .await
            .is(201);
        let published = json!({ "note": "first" });
        house
            .ask(&olga, "POST /libraries/publication", Some(published))
            .await
            .is(200);
        let call = |name: &str, days: i64, class: &str| calls::Call {
            name: name.to_owned(),
            class: Some(class.to_owned()),
            answered_ms: None,
            ..walls::call(acme, house.app.now() - days * 86_400_000)
        };
        let busy = call("busy", 1, "announcement.busy");
        // Somebody said that this one was a person: the announcement was taken for one.
        let person = call("person", 2, "announcement.busy");
        let old = call("old", 9, "announcement.busy");
        for one in [&busy, &person, &old] {
            recorded(&house, one, &announced(&prompt)).await;
        }
        let said = json!({ "truth": "answer.human", "right": false });
        house
            .ask(&olga, &format!("PUT /calls/{}/label", person.id), Some(said))
            .await
            .is(204);
        let wanted = json!({ "policy": { "early": { "announcement.*": "reject" } }, "days": 7 });
        let job = house.ask(&olga, "POST /replays", Some(wanted)).await.is(202).body;
        let result = done(&house, &olga, &job).await;
        assert_eq!(result["calls"], 2, "{result}");
        assert_eq!(result["caught"]["calls"][0]["call"], json!(busy.id));
        assert_eq!(result["caught"]["count"], 1);
        assert_eq!(result["lost"]["calls"][0]["call"], json!(person.id));
        assert_eq!(result["lost"]["calls"][0]["truth"], "answer.human");
        assert_eq!(result["saved"]["count"], 0);

        for (wrong, pointer) in [
            (
                json!({ "policy": { "early": { "answer.human": "reject" } }, "days": 7 }),
                "/policy/early",
            ),
            (
                json!({ "profile": { "machine_threshold": 7 }, "days": 7 }),
                "/profile/machine_threshold",
            ),
            (json!({ "days": 7 }), "/policy"),
            (json!({ "policy": {}, "days": 0 }), "/days"),
        ] {
            let refused = house.ask(&olga, "POST /replays", Some(wrong)).await.is(422);
            let told = refused.body["errors"][0]["pointer"].as_str().unwrap().to_owned();
            assert!(told.starts_with(pointer), "{told} is not {pointer}");
        }
    });
}

#[test]
fn a_draft_is_tried_on_the_recordings_of_the_last_days() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let [one, two] = [0, 1].map(|index| cpd_sim::prompts::prompt(3, index));
        let add = async |prompt: &cpd_sim::prompts::Prompt, name: &str| {
            let file = audio::wav(&prompt.samples);
            let added = house.send(&olga, "POST /prompts", &file, &[("name", name)]).await;
            added.is(201).body["id"].as_str().unwrap().to_owned()
        };
        let first = add(&one, "one").await;
        house
            .ask(&olga, "POST /libraries/publication", Some(json!({})))
            .await
            .is(200);
        house
            .ask(&olga, &format!("DELETE /prompts/{first}"), None)
            .await
            .is(204);
        add(&two, "two").await;
        let call = |name: &str| calls::Call {
            name: name.to_owned(),
            ..walls::call(acme, house.app.now() - 1_000)
        };
        let (with_one, with_two) = (call("1"), call("2"));
        recorded(&house, &with_one, &announced(&one)).await;
        recorded(&house, &with_two, &announced(&two)).await;
        let days = json!({ "days": 7 });
        let job = house.ask(&olga, "POST /libraries/draft/trials", Some(days)).await;
        let result = done(&house, &olga, &job.is(202).body).await;
        assert_eq!(result["calls"], 2, "{result}");
        assert_eq!(result["now"]["calls"][0]["draft"], "two");
        assert_eq!(result["now"]["calls"][0]["call"], json!(with_two.id));
        assert_eq!(result["no_more"]["calls"][0]["published"], "one");
        assert_eq!(result["otherwise"]["count"], 0);
    });
}
