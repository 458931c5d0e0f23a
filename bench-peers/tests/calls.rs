//! rsipstack calls ours and is called: UDP, TCP and TLS; answers, early media, CANCEL, refusals, digest.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../crates/cpd-b2bua/tests/common/mod.rs"]
mod common;

use common::*;
use cpd_b2bua::transport::{Tls, TransportConfig};
use cpd_bench_peers::{Manner, Peer};
use cpd_sip::digest::{Algorithm, Client, Secret, Server, ServerConfig};
use cpd_sip::endpoint::InviteOptions;
use cpd_sip::message::Name;
use cpd_sip::transport::Protocol;
use cpd_sip::{Endpoint, Fact, Message};
use rsipstack::dialog::authenticate::Credential;
use rsipstack::sip::Transport;
use rsipstack::transport::tls::TlsConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::collections::HashMap;
use std::sync::Arc;

/// What both sides of a call over this protocol listen with.
fn sides(protocol: Protocol) -> (TransportConfig, Transport, Option<TlsConfig>) {
    let ours = transport_config("127.0.0.1", &[protocol]);
    match protocol {
        Protocol::Udp => (ours, Transport::Udp, None),
        Protocol::Tcp => (ours, Transport::Tcp, None),
        _ => {
            let (tls, peer) = certificates();
            let ours = TransportConfig {
                tls: Some(tls),
                ..ours
            };
            (ours, Transport::Tls, Some(peer))
        }
    }
}

/// One certificate for 127.0.0.1, which both show and believe.
fn certificates() -> (Tls, TlsConfig) {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    // rsipstack goes by the provider of the process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_string()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
    let server = rustls::ServerConfig::builder_with_provider(ring.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.into())
        .unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let client = rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let ours = Tls {
        server: Arc::new(server),
        client: Arc::new(client),
        names: HashMap::new(),
    };
    let theirs = TlsConfig {
        cert: Some(own.cert.pem().into_bytes()),
        key: Some(own.signing_key.serialize_pem().into_bytes()),
        ca_certs: Some(own.cert.pem().into_bytes()),
        ..TlsConfig::default()
    };
    (ours, theirs)
}

async fn we_call_and_hang_up(protocol: Protocol) {
    let (config, transport, tls) = sides(protocol);
    let mut callee = Peer::new(transport, tls, Manner::Answer).await;
    let caller = Phone::new(config, quick(), hanging_up()).await;
    let flow = caller.flow(protocol, callee.address);
    for _ in 0..3 {
        caller.call(flow, InviteOptions::default()).await;
        callee.wait("confirmed").await;
        callee.wait("terminated UacBye").await;
    }
    assert_eq!(caller.failures().await, Vec::<String>::new());
    assert_eq!(caller.told("progress 180").await, 3);
    assert_eq!(caller.told("progress 183").await, 3);
    assert_eq!(caller.told("ended Local").await, 3);
    caller.finish().await;
}

async fn they_call_and_hang_up(protocol: Protocol) {
    let (config, transport, tls) = sides(protocol);
    let callee = Phone::new(config, quick(), answering(&[180, 183, 200])).await;
    let mut caller = Peer::new(transport, tls, Manner::Busy).await;
    for _ in 0..3 {
        assert_eq!(caller.call(callee.address(0), None).await, 200);
        caller.wait("early 180 with SDP").await;
    }
    callee.wait_told("ended Remote", 3).await;
    assert_eq!(callee.told("acknowledged").await, 3);
    callee.finish().await;
}

async fn we_call_and_are_hung_up_on_with_a_refusal(protocol: Protocol) {
    let (config, transport, tls) = sides(protocol);
    let callee = Peer::new(transport, tls, Manner::Busy).await;
    let caller = Phone::new(config, quick(), hanging_up()).await;
    caller
        .call(caller.flow(protocol, callee.address), InviteOptions::default())
        .await;
    caller.wait_told("failed Refused", 1).await;
    caller.finish().await;
}

async fn they_call_and_we_refuse(protocol: Protocol) {
    let (config, transport, tls) = sides(protocol);
    let callee = Phone::new(config, quick(), answering(&[486])).await;
    let caller = Peer::new(transport, tls, Manner::Busy).await;
    assert_eq!(caller.call(callee.address(0), None).await, 486);
    callee.finish().await;
}

async fn we_give_up(protocol: Protocol) {
    let (config, transport, tls) = sides(protocol);
    let mut callee = Peer::new(transport, tls, Manner::Ring).await;
    let cancelling = |now, endpoint: &mut Endpoint, fact: &Fact| {
        if let Fact::Progress { call, .. } = fact {
            endpoint.cancel(now, *call, b"SIP;cause=200").unwrap();
        }
    };
    let caller = Phone::new(config, quick(), cancelling).await;
    caller
        .call(caller.flow(protocol, callee.address), InviteOptions::default())
        .await;
    callee.wait("terminated UacCancel").await;
    caller.wait_told("failed Cancelled", 1).await;
    caller.finish().await;
}

async fn they_give_up(protocol: Protocol) {
    let (config, transport, tls) = sides(protocol);
    let ringing = |now, endpoint: &mut Endpoint, fact: &Fact| {
        if let Fact::Invited { dialog, .. } = fact {
            let ringing = Message::response(180, "");
            endpoint.answer(now, *dialog, &ringing).unwrap();
        }
    };
    let callee = Phone::new(config, quick(), ringing).await;
    let mut caller = Peer::new(transport, tls, Manner::Busy).await;
    caller.call_and_give_up(callee.address(0)).await;
    callee.wait_told("ended Cancelled", 1).await;
    callee.finish().await;
}

/// One test for each scenario and protocol, so that a failure names both.
macro_rules! over {
    ($protocol:ident, $module:ident) => {
        mod $module {
            use super::Protocol::$protocol;

            #[tokio::test]
            async fn we_call_and_hang_up() {
                super::we_call_and_hang_up($protocol).await;
            }

            #[tokio::test]
            async fn they_call_and_hang_up() {
                super::they_call_and_hang_up($protocol).await;
            }

            #[tokio::test]
            async fn we_call_and_are_hung_up_on_with_a_refusal() {
                super::we_call_and_are_hung_up_on_with_a_refusal($protocol).await;
            }

            #[tokio::test]
            async fn they_call_and_we_refuse() {
                super::they_call_and_we_refuse($protocol).await;
            }

            #[tokio::test]
            async fn we_give_up() {
                super::we_give_up($protocol).await;
            }

            #[tokio::test]
            async fn they_give_up() {
                super::they_give_up($protocol).await;
            }
        }
    };
}

over!(Udp, udp);
over!(Tcp, tcp);
over!(Tls, tls);

/// MD5 only: of the names in RFC 7616 rsipstack reads no other.
#[tokio::test]
async fn they_prove_who_they_are() {
    let config = ServerConfig {
        algorithms: vec![Algorithm::MD5],
        ..ServerConfig::new("cpd")
    };
    let mut guard: Option<Server> = None;
    let act = move |now, endpoint: &mut Endpoint, fact: &Fact| {
        let Fact::Invited { dialog, request, .. } = fact else {
            return;
        };
        let guard = guard.get_or_insert_with(|| Server::new(config.clone(), [9; 32], now));
        let known = |user: &[u8]| (user == b"alice").then(|| Secret::password("s3cret"));
        let Err(refusal) = guard.check(now, request, known) else {
            endpoint.answer(now, *dialog, &response(200)).unwrap();
            return;
        };
        let mut challenge = Message::response(401, "");
        for line in guard.challenge(now, refusal.is_stale()) {
            challenge.push(Name::WWW_AUTHENTICATE, &line);
        }
        endpoint.answer(now, *dialog, &challenge).unwrap();
    };
    let callee = Phone::new(transport_config("127.0.0.1", &[Protocol::Udp]), quick(), act).await;
    let caller = Peer::new(Transport::Udp, None, Manner::Busy).await;
    let alice = Credential {
        username: "alice".into(),
        password: "s3cret".into(),
        ..Credential::default()
    };
    assert_eq!(caller.call(callee.address(0), Some(alice)).await, 200,);
    callee.wait_told("invited", 2).await;
    callee.wait_told("ended Remote", 1).await;
    callee.finish().await;
}

#[tokio::test]
async fn we_prove_who_we_are() {
    let callee = Peer::new(Transport::Udp, None, Manner::Doubt).await;
    for (password, outcome) in [("s3cret", "ended Local"), ("wrong", "failed Refused")] {
        let caller = Phone::new(
            transport_config("127.0.0.1", &[Protocol::Udp]),
            quick(),
            hanging_up(),
        )
        .await;
        let client = Client::new("alice", Secret::password(password));
        let added = caller
            .handle
            .ask(|_, endpoint, _| endpoint.add_credentials(client))
            .await;
        let options = InviteOptions {
            credentials: Some(added.unwrap()),
            ..InviteOptions::default()
        };
        caller
            .call(caller.flow(Protocol::Udp, callee.address), options)
            .await;
        caller.wait_told(outcome, 1).await;
        caller.finish().await;
    }
}
