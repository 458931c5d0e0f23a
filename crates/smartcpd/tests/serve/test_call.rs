//! A test call through the real node: a customer without a trunk, and a trunk of the file's in the way.

use cpd_store::keys::NewKey;
use cpd_store::tenants::NewTenant;
use cpd_store::users::Role;
use cpd_store::{Store, Uuid, Whose, keys, recordings, tenants};
use serde_json::{Value, json};

use crate::common::Folder;
use crate::configuration;
use crate::databases::runtime;
use crate::kept::{call, kept, open};
use crate::peers::Peers;
use crate::service::Service;

const JSON: &str = "Content-Type: application/json\r\n";

/// A customer that has nothing, and a key of it.
fn customer(store: &Store) -> (Uuid, String) {
    runtime().block_on(async {
        let tx = store.write(Whose::Service).await.expect("write");
        let id = Uuid::now_v7();
        let new = NewTenant {
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
        };
        tenants::add(&tx, id, new, 1).await.expect("added");
        tx.commit().await.expect("kept");
        let tx = store.write(Whose::Tenant(id)).await.expect("write");
        let new = NewKey {
            name: "first steps".to_owned(),
            role: Role::Admin,
            scopes: ["config.write", "calls.read"].map(str::to_owned).to_vec(),
            expires_ms: None,
            created_by: None,
        };
        let (_, key) = keys::add(&tx, new, 1).await.expect("added");
        tx.commit().await.expect("kept");
        (id, key)
    })
}

/// Begins a test call; gives its address.
fn begin(service: &mut Service, key: &str, plays: &str) -> String {
    let wish = json!({ "plays": plays }).to_string();
    let (status, begun) = service.api(key, "POST /test-calls", JSON, wish);
    assert_eq!(status, 202, "{begun}");
    service.line("a test call begins");
    format!("GET /test-calls/{}", begun["id"].as_str().expect("an id"))
}

/// What became of it, when its trunks are gone.
fn over(service: &mut Service, key: &str, path: &str) -> Value {
    service.line("the trunks of a test call are gone");
    let (status, call) = service.api(key, path, "", "");
    assert_eq!((status, &call["state"]), (200, &json!("over")), "{call}");
    call
}

#[test]
fn a_customer_without_a_trunk_hears_a_test_call_go_through_the_node() {
    let folder = Folder::new("serve-test-call");
    let mut peers = Peers::new();
    let config = folder.path("smartcpd.toml");
    let recorded = folder.path("recordings");
    std::fs::create_dir(&recorded).expect("made");
    let store = format!(
        "folder = {:?}\n[console]\nlisten = \"127.0.0.1:0\"\n[media]\nrecordings = {recorded:?}",
        folder.path("data")
    );
    // The file's trunk takes all of loopback; a call of its own goes on beside the test call.
    let text = configuration("0s")
        .replace("127.0.0.1:9", &peers.carrier.address().to_string())
        .replace("url = \"off\"", &store);
    std::fs::write(&config, text).expect("written");
    let mut service = Service::start(&config);
    service.line("the database's schema is up to date");
    let store = open(&folder, "");
    let (acme, key) = customer(&store);

    let path = begin(&mut service, &key, "person");
    call(&service, &mut peers, "79160000009");
    let person = over(&mut service, &key, &path);
    assert_eq!(person["at"], format!("udp:{}", service.sip));
    let class = &person["class"];
    assert!(
        person["expected"].as_array().expect("a list").contains(class),
        "{person}"
    );
    assert_eq!(
        (&person["phase"], &person["ends"]["status"]),
        (&json!("answered"), &json!(200))
    );
    let told = person["told"].as_array().expect("a list");
    assert!(told.iter().any(|told| told["class"] == *class), "{person}");
    // Some five seconds of ringing and a word, at fifty packets a second.
    assert!(person["ends"]["rtp_received"].as_u64() > Some(200), "{person}");

    let path = begin(&mut service, &key, "no_such_number");
    let missing = over(&mut service, &key, &path);
    assert!(
        missing["expected"]
            .as_array()
            .expect("a list")
            .contains(&missing["class"]),
        "{missing}"
    );
    assert_eq!(
        (&missing["phase"], &missing["ends"]["status"]),
        (&json!("early"), &json!(404))
    );

    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
    let mut kept = kept(&store);
    kept.sort_by_key(|call| call.began_ms);
    // Which of the first two began first is their own affair.
    let (beside, kept): (Vec<_>, Vec<_>) = kept.into_iter().partition(|call| call.dialer == "vici");
    assert_eq!((beside.len(), beside[0].tenant_id), (1, cpd_store::SERVICE));
    assert_eq!(
        (beside[0].ended_by.as_str(), beside[0].recorded),
        ("callee", false)
    );
    let seen: Vec<_> = kept
        .iter()
        .map(|call| (call.tenant_id, call.dialer.as_str(), call.recorded))
        .collect();
    assert_eq!(
        seen,
        [(acme, "acme/test call", true), (acme, "acme/test call", true),]
    );
    assert_eq!(
        (&person["call"], &missing["call"]),
        (&json!(kept[0].id), &json!(kept[1].id))
    );
    assert_eq!(
        (&person["name"], class),
        (&json!(kept[0].name), &json!(kept[0].class))
    );
    let file = runtime().block_on(async {
        let tx = store.read(Whose::Tenant(acme)).await.expect("read");
        recordings::of_call(&tx, kept[0].id).await.expect("found").path
    });
    assert!(
        std::path::Path::new(&file).starts_with(recorded.join("acme")),
        "{file}"
    );
    assert!(std::fs::metadata(&file).expect("the recording").len() > 10_000);
}
