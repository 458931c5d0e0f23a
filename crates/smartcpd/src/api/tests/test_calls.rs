//! Test calls by the API, with a node that refuses. Calls through a real one are in `tests/serve`.

use std::sync::Arc;

use cpd_b2bua::media::Network as MediaNetwork;
use cpd_sip::transport::Protocol;
use cpd_store::SERVICE;
use cpd_store::users::Role;
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::databases;
use super::house::{House, on_both};
use crate::live::{Hub, Node};
use crate::serve::config::owned::Trunks;
use crate::serve::guest::{Lending, Order};
use crate::test_calls::{Means, TestCalls};

const PERSON: &str = "person";

fn wish(plays: &str) -> Option<serde_json::Value> {
    Some(json!({ "plays": plays }))
}

/// A way to a node that listens here and knows one customer; its loop is the receiver.
fn node(protocol: Protocol, at: &str) -> (TestCalls, mpsc::Receiver<Order>) {
    let (orders, wishes) = mpsc::channel(1);
    let acme = Trunks {
        owner: "acme".to_owned(),
        ..Trunks::default()
    };
    let means = Means {
        lending: Lending {
            orders,
            locals: vec![(protocol, at.parse().unwrap())],
            media: vec![MediaNetwork::at([127, 0, 0, 1].into())],
        },
        customers: watch::Sender::new(vec![Arc::new(acme)]).subscribe(),
        live: Hub::new(0, Node::default()),
        recordings: None,
    };
    (TestCalls::new(Some(means)), wishes)
}

#[test]
fn who_may_not_change_trunks_makes_no_test_call_and_nobody_does_without_a_node() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let analyst = house.person(acme, "oleg@acme.example", Role::Analyst).await;
        house
            .ask(&analyst, "POST /test-calls", wish(PERSON))
            .await
            .is(403);
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        house.ask(&olga, "POST /test-calls", wish("ghost")).await.is(422);
        let refused = house.ask(&olga, "POST /test-calls", wish(PERSON)).await.is(409);
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains("`smartcpd serve`"), "{detail}");
        let operator = house
            .person(SERVICE, "operator@example.com", Role::Operator)
            .await;
        let refused = house
            .ask(&operator, "POST /test-calls", wish(PERSON))
            .await
            .is(409);
        assert_eq!(refused.body["detail"], "a test call is a customer's; choose one");
    });
}

#[test]
fn a_node_that_no_test_call_can_reach_says_what_is_missing() {
    databases::on_both(|store| async move {
        let house = House::with(store, node(Protocol::Tls, "10.0.0.5:5061").0);
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let refused = house.ask(&olga, "POST /test-calls", wish(PERSON)).await.is(409);
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(
            detail.contains("[sip] listens at tls:10.0.0.5:5061 alone"),
            "{detail}"
        );
    });
}

#[test]
fn a_node_that_lends_no_trunks_fails_the_call_in_words_and_the_log_has_who_wanted_it() {
    databases::on_both(|store| async move {
        let (calls, mut wishes) = node(Protocol::Udp, "127.0.0.1:5060");
        let house = House::with(store, calls);
        let (acme, other) = (house.tenant("acme").await, house.tenant("other").await);
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let pavel = house.person(other, "pavel@other.example", Role::Admin).await;
        let begun = house.ask(&olga, "POST /test-calls", wish(PERSON)).await.is(202);
        assert_eq!(
            (&begun.body["state"], &begun.body["at"]),
            (&json!("preparing"), &json!("udp:127.0.0.1:5060"))
        );
        let path = format!("GET /test-calls/{}", begun.body["id"].as_str().unwrap());
        // One at a time, whoever asks; and nobody sees another's.
        house.ask(&olga, "POST /test-calls", wish(PERSON)).await.is(409);
        house.ask(&pavel, "POST /test-calls", wish(PERSON)).await.is(409);
        house.ask(&pavel, &path, None).await.is(404);
        let order = wishes.recv().await.expect("a wish for trunks");
        assert_eq!(order.guest.trunks.owner, "acme");
        assert!(order.guest.from.is_loopback());
        assert!(
            order.guest.carrier.starts_with("sip:127.100."),
            "{}",
            order.guest.carrier
        );
        order
            .lent
            .send(Err("the node is shutting down and takes no new calls"))
            .unwrap();
        let failed = loop {
            let call = house.ask(&olga, &path, None).await.is(200).body;
            if call["state"] != "preparing" {
                break call;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(
            (&failed["state"], &failed["fault"], &failed["why"]),
            (
                &json!("failed"),
                &json!("not_lent"),
                &json!("the node is shutting down and takes no new calls")
            )
        );
        let log = house
            .ask(&olga, "GET /audit?action=test_call", None)
            .await
            .is(200);
        assert_eq!(log.body["items"][0]["change"], json!({ "plays": "person" }));
        assert_eq!(log.body["items"].as_array().unwrap().len(), 1);
        // Three were asked for already; the sixth is the last of this minute.
        let mut answers = Vec::new();
        for _ in 0..6 {
            let answer = house.ask(&olga, "POST /test-calls", wish("no_such_number")).await;
            answers.push(answer.status.as_u16());
        }
        assert!(answers.contains(&202) && answers.ends_with(&[429]), "{answers:?}");
    });
}
