//! A whole node between rsipstack that dials and rsipstack that is the carrier: early media and answer, CANCEL, BYE of either
//! end, refusals, digest on both legs.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../crates/cpd-b2bua/tests/common/mod.rs"]
mod common;

use common::*;
use cpd_b2bua::media::{MediaConfig, Network};
use cpd_b2bua::node::{Node, NodeConfig};
use cpd_b2bua::switchboard::{CallReport, METHODS, Notice};
use cpd_b2bua::trunk::{Carrier, Dialer, Settings, User};
use cpd_bench_peers::{Manner, Peer};
use cpd_call::{Party, Termination};
use cpd_sip::digest::Secret;
use cpd_sip::transport::Protocol;
use rsipstack::dialog::authenticate::Credential;
use rsipstack::sip::Transport;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A node whose calls all go to one carrier.
struct House {
    node: Node,
    notices: mpsc::Receiver<Notice>,
    address: SocketAddr,
}

impl House {
    async fn open(carrier: SocketAddr, user: Option<User>) -> House {
        let carrier = Carrier {
            user: user.clone(),
            ..Carrier::at("carrier", format!("sip:{carrier}"))
        };
        let dialer = Dialer {
            user,
            ..Dialer::at("dialer", vec!["127.0.0.1/32".parse().unwrap()], carrier)
        };
        let mut endpoint = quick();
        endpoint.allow = METHODS.map(String::from).to_vec();
        let config = NodeConfig {
            transport: transport_config("127.0.0.1", &[Protocol::Udp]),
            endpoint,
            media: MediaConfig {
                networks: vec![Network::at([127, 0, 0, 1].into())],
                threads: 1,
                ..MediaConfig::default()
            },
            settings: Arc::new(Settings {
                version: 1,
                dialers: vec![Arc::new(dialer)],
                emergency: Vec::new(),
                // What is heard is not the matter here.
                hearing: None,
                calls_max: 100,
                listeners_max: 100,
            }),
            seed: [7; 32],
            scripts: None,
            epoch_s: 1_790_000_000,
            process: 4711,
        };
        let (sender, notices) = mpsc::channel(1_000);
        let (failures, _) = mpsc::channel(10);
        let node = Node::start(Instant::now(), config, sender, failures).await;
        let node = node.unwrap();
        let address = node.locals()[0].1;
        House {
            node,
            notices,
            address,
        }
    }

    /// What is recorded of the next call that ends.
    async fn ended(&mut self) -> CallReport {
        loop {
            let notice = tokio::time::timeout(PATIENCE, self.notices.recv()).await;
            if let Notice::Ended(report) = notice.expect("the call ends").unwrap() {
                return *report;
            }
        }
    }

    async fn ended_by(&mut self, by: Party, status: Option<u16>) {
        let report = self.ended().await;
        let Termination {
            by: own,
            status: with,
            ..
        } = report.record.termination;
        assert_eq!((own, with), (by, status));
    }

    /// Finds that nothing of any call is left.
    async fn close(self) {
        let end = Instant::now() + PATIENCE;
        loop {
            let status = self.node.status().await.unwrap();
            if status.calls.calls == 0 && status.media.sessions == 0 && status.sip == Default::default() {
                break;
            }
            assert!(Instant::now() < end, "left over: {status:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.node.stop(PATIENCE).await.unwrap();
    }
}

#[tokio::test]
async fn early_media_and_an_answer_go_through_and_the_dialer_hangs_up() {
    let mut carrier = Peer::new(Transport::Udp, None, Manner::Answer).await;
    let mut house = House::open(carrier.address, None).await;
    let mut dialer = Peer::new(Transport::Udp, None, Manner::Busy).await;
    for _ in 0..3 {
        assert_eq!(dialer.call(house.address, None).await, 200);
        dialer.wait("early 183 with SDP").await;
        carrier.wait("terminated UacBye").await;
        house.ended_by(Party::Caller, None).await;
    }
    house.close().await;
}

#[tokio::test]
async fn the_carrier_hangs_up() {
    let carrier = Peer::new(Transport::Udp, None, Manner::HangUp).await;
    let mut house = House::open(carrier.address, None).await;
    let mut dialer = Peer::new(Transport::Udp, None, Manner::Busy).await;
    assert_eq!(dialer.call_and_stay(house.address).await, 200);
    house.ended_by(Party::Callee, None).await;
    house.close().await;
}

#[tokio::test]
async fn the_dialer_gives_up_while_it_rings() {
    let mut carrier = Peer::new(Transport::Udp, None, Manner::Ring).await;
    let mut house = House::open(carrier.address, None).await;
    let mut dialer = Peer::new(Transport::Udp, None, Manner::Busy).await;
    dialer.call_and_give_up(house.address).await;
    carrier.wait("terminated UacCancel").await;
    assert_eq!(house.ended().await.record.termination.by, Party::Caller);
    house.close().await;
}

#[tokio::test]
async fn the_carrier_s_refusal_goes_through() {
    let carrier = Peer::new(Transport::Udp, None, Manner::Busy).await;
    let mut house = House::open(carrier.address, None).await;
    let dialer = Peer::new(Transport::Udp, None, Manner::Busy).await;
    assert_eq!(dialer.call(house.address, None).await, 486);
    house.ended_by(Party::Callee, Some(486)).await;
    house.close().await;
}

/// The dialer proves itself to the node, and the node to the carrier.
#[tokio::test]
async fn digest_on_both_legs() {
    let mut carrier = Peer::new(Transport::Udp, None, Manner::Doubt).await;
    let alice = User {
        name: b"alice".to_vec(),
        secret: Secret::password("s3cret"),
    };
    let mut house = House::open(carrier.address, Some(alice)).await;
    let dialer = Peer::new(Transport::Udp, None, Manner::Busy).await;
    let credential = |password: &str| Credential {
        username: "alice".into(),
        password: password.into(),
        ..Credential::default()
    };
    let status = dialer.call(house.address, Some(credential("s3cret"))).await;
    assert_eq!(status, 200);
    carrier.wait("terminated UacBye").await;
    house.ended_by(Party::Caller, None).await;
    let status = dialer.call(house.address, Some(credential("wrong"))).await;
    assert_eq!(status, 401);
    house.close().await;
}
