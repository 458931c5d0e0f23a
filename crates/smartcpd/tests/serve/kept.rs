//! What is kept: records of calls in the database, and customers' trunks out of it.

use cpd_store::calls::{self, Call, Filter};
use cpd_store::objects::{self, Kind, Written};
use cpd_store::secrets::Sealer;
use cpd_store::tenants::NewTenant;
use cpd_store::{Store, Uuid, Whose, hours, tenants};
use serde_json::json;

use crate::common::Folder;
use crate::configuration;
use crate::databases::{cluster, runtime};
use crate::peers::{End, Peers};
use crate::service::Service;

/// A service with a database; `url` as the configuration has it.
pub(crate) fn start(folder: &Folder, peers: &Peers, url: &str) -> Service {
    let config = folder.path("smartcpd.toml");
    let data = folder.path("data").display().to_string();
    let text = configuration("0s")
        .replace("127.0.0.1:9", &peers.carrier.address().to_string())
        .replace(
            "url = \"off\"",
            &format!("folder = {data:?}\nurl = {url:?}\nnode = \"n1\"\n[console]\nlisten = \"127.0.0.1:0\""),
        );
    std::fs::write(&config, text).expect("written");
    Service::start(&config)
}

/// The service's database, from outside.
pub(crate) fn open(folder: &Folder, url: &str) -> Store {
    let key = std::fs::read_to_string(folder.path("data/secret.key")).expect("the key");
    let bytes: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&key[2 * at..2 * at + 2], 16).expect("hex"))
        .collect();
    let sealer = Sealer::new(&bytes.try_into().expect("32 bytes"));
    let url = match url {
        "" => format!("sqlite:{}", folder.path("data/smartcpd.db").display()),
        url => url.to_owned(),
    };
    runtime().block_on(Store::open(&url, sealer)).expect("opened")
}

/// A whole call: it rings, is answered, and the carrier hangs up.
pub(crate) fn call(service: &Service, peers: &mut Peers, number: &str) {
    let rings = peers.ring(service.sip, number);
    let talks = peers.answered(&rings);
    peers.carrier.hang_up(rings.at_carrier);
    peers.ended(End::Dialer, talks);
}

pub(crate) fn kept(store: &Store) -> Vec<Call> {
    runtime().block_on(async {
        let tx = store.read(Whose::Service).await.expect("read");
        calls::list(&tx, &Filter::default(), None, 100)
            .await
            .expect("listed")
            .rows
    })
}

/// A customer with a trunk of its own, whose addresses are narrower than those of the file's.
pub(crate) fn customer(store: &Store, carrier: &str) -> Uuid {
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
        for (kind, name, body) in [
            (
                Kind::Carrier,
                "main",
                json!({ "gateways": [carrier], "health": "off" }),
            ),
            (
                Kind::Dialer,
                "vici",
                json!({ "addresses": ["127.0.0.1"], "carriers": ["main"] }),
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
        tx.commit().await.expect("kept");
        id
    })
}

#[test]
fn each_call_leaves_a_record_with_its_customer() {
    let folder = Folder::new("serve-kept");
    let mut peers = Peers::new();
    let mut service = start(&folder, &peers, "");
    service.line("the database's schema is up to date");
    call(&service, &mut peers, "79160000001");
    let store = open(&folder, "");
    let acme = customer(&store, &format!("sip:{}", peers.carrier.address()));
    while service.line("customers' trunks taken: new calls go by them")["dialers"] != 2 {}
    call(&service, &mut peers, "79160000002");
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
    let mut kept = kept(&store);
    kept.sort_by(|a, b| a.callee.cmp(&b.callee));
    let seen: Vec<_> = kept
        .iter()
        .map(|call| {
            (
                call.callee.as_str(),
                call.tenant_id,
                call.dialer.as_str(),
                call.ended_by.as_str(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("79160000001", cpd_store::SERVICE, "vici", "callee"),
            ("79160000002", acme, "acme/vici", "callee"),
        ]
    );
    let words: Vec<_> = kept[1].detail["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| format!("{} {} {}", step["leg"], step["came"], step["word"]).replace('"', ""))
        .collect();
    assert!(words.contains(&"callee true answer".to_owned()), "{words:?}");
    assert!(words.contains(&"caller false hangup".to_owned()), "{words:?}");
    let counted = runtime().block_on(async {
        let tx = store.read(Whose::Tenant(acme)).await.expect("read");
        hours::between(&tx, 0, i64::MAX - hours::HOUR_MS)
            .await
            .expect("counted")
    });
    assert_eq!(counted.iter().map(|hour| hour.calls).sum::<i64>(), 1);
}

#[test]
fn a_node_that_starts_without_its_database_takes_customers_calls_and_keeps_their_records() {
    let folder = Folder::new("serve-away");
    let mut peers = Peers::new();
    let url = cluster().fresh();
    let mut service = start(&folder, &peers, &url);
    service.line("the database's schema is up to date");
    let acme = customer(&open(&folder, &url), &format!("sip:{}", peers.carrier.address()));
    while service.line("customers' trunks taken: new calls go by them")["dialers"] != 2 {}
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));

    cluster().down();
    let mut service = start(&folder, &peers, &url);
    // By what was written down.
    while service.line("customers' trunks taken: new calls go by them")["dialers"] != 2 {}
    call(&service, &mut peers, "79160000003");
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));

    cluster().up();
    let mut service = start(&folder, &peers, &url);
    while service.line("customers' trunks taken: new calls go by them")["dialers"] != 2 {}
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
    let kept = kept(&open(&folder, &url));
    let seen: Vec<_> = kept
        .iter()
        .map(|call| (call.callee.as_str(), call.tenant_id))
        .collect();
    assert_eq!(seen, [("79160000003", acme)]);
}
