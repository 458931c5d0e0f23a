//! From the library to the next live call: what a customer publishes by the API is what its calls are recognised by, and
//! nobody else's.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cpd_sim::prompts::prompt;
use cpd_store::keys::NewKey;
use cpd_store::objects::{self, Kind, Written};
use cpd_store::tenants::NewTenant;
use cpd_store::users::Role;
use cpd_store::{Store, Uuid, Whose, keys, tenants};
use serde_json::{Value, json};

use crate::common::{self, Folder};
use crate::configuration;
use crate::databases::runtime;
use crate::kept::{kept, open};
use crate::service::Service;

const JSON: &str = "Content-Type: application/json\r\n";
/// Where the two customers call from.
const FROM: [&str; 2] = ["127.0.0.2", "127.0.0.3"];
const FORM: &str = "Content-Type: multipart/form-data; boundary=border\r\n";

/// A carrier that plays one recording to every call, in a process of its own.
struct Carrier {
    process: Child,
    uri: String,
}

impl Carrier {
    fn start(calls: &Path) -> Carrier {
        let mut process = Command::new(env!("CARGO_BIN_EXE_smartcpd"))
            .args([
                "simulate",
                "carrier",
                "--quiet",
                "--listen",
                "udp:127.0.0.1:0",
                "--calls",
            ])
            .arg(calls)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let mut told = String::new();
        let mut words = BufReader::new(process.stderr.take().expect("standard error"));
        words.read_line(&mut told).expect("a line");
        let at = told.split("udp:").nth(1).and_then(|rest| rest.split(' ').next());
        let uri = format!("sip:{}", at.expect("an address"));
        Carrier { process, uri }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A customer whose dialer calls from an address of its own, and a key of it.
fn customer(store: &Store, slug: &str, address: &str, carrier: &str) -> (Uuid, String) {
    runtime().block_on(async {
        let tx = store.write(Whose::Service).await.expect("write");
        let id = Uuid::now_v7();
        let new = NewTenant {
            slug: slug.to_owned(),
            name: slug.to_owned(),
        };
        tenants::add(&tx, id, new, 1).await.expect("added");
        tx.commit().await.expect("kept");
        let tx = store.write(Whose::Tenant(id)).await.expect("write");
        for (kind, name, body) in [
            (
                Kind::Carrier,
                "main",
                json!({ "gateways": [carrier], "health": "off" }),
            ),
            (
                Kind::Dialer,
                "vici",
                json!({ "addresses": [address], "carriers": ["main"] }),
            ),
        ] {
            let written = Written {
                body,
                secrets: None,
                by: "test".to_owned(),
                now_ms: 1,
            };
            objects::add(&tx, kind, name, written).await.expect("added");
        }
        let new = NewKey {
            name: "library".to_owned(),
            role: Role::Admin,
            scopes: ["prompts.read", "prompts.write", "config.write"]
                .map(str::to_owned)
                .to_vec(),
            expires_ms: None,
            created_by: None,
        };
        let (_, key) = keys::add(&tx, new, 1).await.expect("added");
        tx.commit().await.expect("kept");
        (id, key)
    })
}

/// A carrier that plays this to every call.
fn plays(folder: &Folder, sound: &[i16]) -> Carrier {
    common::wav(&folder.path("announced.wav"), 8_000, 1, sound);
    let calls = folder.path("calls.jsonl");
    std::fs::write(&calls, "{\"file\": \"announced.wav\", \"answer_at_ms\": null}\n").expect("written");
    Carrier::start(&calls)
}

/// A service with a console and a database.
fn start(folder: &Folder) -> Service {
    let config = folder.path("smartcpd.toml");
    let data = format!(
        "folder = {:?}\n[console]\nlisten = \"127.0.0.1:0\"",
        folder.path("data")
    );
    std::fs::write(&config, configuration("0s").replace("url = \"off\"", &data)).expect("written");
    let mut service = Service::start(&config);
    service.line("the database's schema is up to date");
    service
}

/// One call of each of them, at the same time, to its end.
fn call(service: &Service, number: &str) {
    let dialers = FROM.map(|address| {
        Command::new(env!("CARGO_BIN_EXE_smartcpd"))
            .args([
                "simulate",
                "dialer",
                "--quiet",
                "--calls",
                "1",
                "--numbers",
                number,
            ])
            .args(["--target", &format!("udp:{}", service.sip)])
            .args(["--from", &format!("{address}:0")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command runs")
    });
    for mut dialer in dialers {
        // 12: the call was lost.
        assert_eq!(dialer.wait().expect("it ends").code(), Some(0));
    }
}

fn post(service: &Service, key: &str, what: &str, body: &Value) -> Value {
    let (status, answer) = service.api(key, &format!("POST {what}"), JSON, body.to_string());
    assert_eq!(status, 200, "{what}: {answer}");
    answer
}

/// Publishes the draft and waits until new calls go by it.
fn publish(service: &mut Service, key: &str, empty: bool) -> i64 {
    let library = post(
        service,
        key,
        "/libraries/publication",
        &json!({ "note": "", "empty": empty }),
    );
    let taken = service.line("prompts taken: new calls are heard with them");
    assert_eq!(
        (&taken["customer"], &taken["own"]),
        (&json!("acme"), &library["number"])
    );
    service.line("customers' trunks taken: new calls go by them");
    library["number"].as_i64().expect("a number")
}

#[test]
fn what_is_published_is_what_the_next_call_is_recognised_by_until_it_is_taken_back() {
    let folder = Folder::new("serve-library");
    let announced = prompt(3, 0).samples;
    let pause = vec![0; 5_600];
    let sound = [&pause[..], &announced, &pause].concat();
    let carrier = plays(&folder, &sound);
    let mut service = start(&folder);
    let store = open(&folder, "");
    let (acme, key) = customer(&store, "acme", FROM[0], &carrier.uri);
    let (other, _) = customer(&store, "other", FROM[1], &carrier.uri);
    while service.line("customers' trunks taken: new calls go by them")["dialers"] != 3 {}

    call(&service, "79160000001");

    // The operator's announcement comes into the library: the next call has it.
    let file = folder.path("reference.wav");
    common::wav(&file, 8_000, 1, &announced);
    let mut form = Vec::new();
    for (name, value) in [("name", "busy-1"), ("category", "busy"), ("operator", "Alpha")] {
        let part = format!("--border\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        form.extend(part.into_bytes());
    }
    form.extend(b"--border\r\ncontent-disposition: form-data; name=\"file\"; filename=\"busy.wav\"\r\n\r\n");
    form.extend(std::fs::read(&file).expect("the file"));
    form.extend(b"\r\n--border--\r\n");
    let (status, added) = service.api(&key, "POST /prompts", FORM, form);
    assert_eq!(status, 201, "{added}");
    let first = publish(&mut service, &key, false);
    call(&service, "79160000002");

    // Taken back, it is gone from the next call.
    let id = added["id"].as_str().expect("an id");
    let (status, gone) = service.api(&key, &format!("DELETE /prompts/{id}"), "", "");
    assert_eq!(status, 204, "{gone}");
    let second = publish(&mut service, &key, true);
    call(&service, "79160000003");

    // And the earlier version comes again.
    post(
        &service,
        &key,
        &format!("/libraries/{first}/restoration"),
        &json!({}),
    );
    let third = publish(&mut service, &key, false);
    call(&service, "79160000004");

    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
    let mut kept = kept(&store);
    kept.sort_by(|a, b| a.callee.cmp(&b.callee));
    let of = |tenant: Uuid| -> Vec<_> {
        let own = kept.iter().filter(|call| call.tenant_id == tenant);
        own.map(|call| {
            (
                call.prompt.as_deref(),
                i64::from(call.own_library),
                call.deaf.as_deref(),
            )
        })
        .collect()
    };
    assert_eq!(
        of(acme),
        [
            (None, 0, None),
            (Some("busy-1"), first, None),
            (None, second, None),
            (Some("busy-1"), third, None),
        ]
    );
    assert_eq!(of(other), [(None, 0, None); 4]);
    let classes: Vec<_> = kept
        .iter()
        .filter(|call| call.prompt.is_some())
        .map(|call| call.class.as_deref())
        .collect();
    assert_eq!(classes, [Some("announcement.busy"); 2]);
    assert!(first < second && second < third, "{first} {second} {third}");
}

#[test]
fn a_busy_tone_of_ones_own_is_heard_in_ones_next_call_and_in_nobody_elses() {
    let folder = Folder::new("serve-tone-plan");
    // As no country has it: 610 Hz, 700 ms on and 400 off.
    let tone = |n: u32| {
        let wave = (std::f32::consts::TAU * 610.0 * n as f32 / 8_000.0).sin();
        if n % 8_800 < 5_600 {
            (5_000.0 * wave) as i16
        } else {
            0
        }
    };
    let carrier = plays(&folder, &(0..56_000).map(tone).collect::<Vec<_>>());
    let mut service = start(&folder);
    let store = open(&folder, "");
    let (acme, key) = customer(&store, "acme", FROM[0], &carrier.uri);
    let (other, _) = customer(&store, "other", FROM[1], &carrier.uri);
    while service.line("customers' trunks taken: new calls go by them")["dialers"] != 3 {}
    let plan = json!({ "body": { "name": "The office exchange", "source": "measured",
        "busy": [{ "hz": [610], "ms": 700 }, { "ms": 400 }] } });
    let new = format!("{JSON}If-None-Match: *\r\n");
    let (status, made) = service.api(&key, "PUT /config/tone-plans/office", &new, plan.to_string());
    assert_eq!(status, 201, "{made}");
    service.line("customers' trunks taken: new calls go by them");
    call(&service, "79160000001");
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
    let kept = kept(&store);
    let class = |tenant: Uuid| {
        let call = kept.iter().find(|call| call.tenant_id == tenant).expect("a call");
        assert_eq!(call.deaf, None);
        call.class.clone()
    };
    assert_eq!(class(acme).as_deref(), Some("tone.busy"));
    assert_ne!(class(other).as_deref(), Some("tone.busy"));
}
