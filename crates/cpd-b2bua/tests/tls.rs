//! Two of our endpoints over TLS.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::tls::{certificate, tls};
use common::*;
use cpd_b2bua::transport::{self, Tls, TransportConfig};
use cpd_sip::Endpoint;
use cpd_sip::endpoint::InviteOptions;
use cpd_sip::transport::Protocol;
use rustls::pki_types::ServerName;
use std::collections::HashMap;
use std::net::SocketAddr;

fn config(tls: Tls) -> TransportConfig {
    TransportConfig {
        tls: Some(tls),
        ..transport_config("127.0.0.1", &[Protocol::Tls])
    }
}

/// Ten calls to somebody who shows a certificate with this name; `name` is what the caller knows the callee by.
async fn calls(
    shown: &str,
    name: impl FnOnce(SocketAddr) -> HashMap<SocketAddr, ServerName<'static>>,
) -> Phone {
    let own = certificate(&[shown]);
    let callee = Phone::new(config(tls(&own, own.cert.der())), quick(), answering(&[180, 200])).await;
    let mut caller_tls = tls(&certificate(&["caller.example.com"]), own.cert.der());
    caller_tls.names = name(callee.address(0));
    let caller = Phone::new(config(caller_tls), quick(), hanging_up()).await;
    let flow = caller.flow(Protocol::Tls, callee.address(0));
    for _ in 0..10 {
        caller.call(flow, InviteOptions::default()).await;
    }
    caller.wait_over(10).await;
    callee.finish().await;
    caller
}

#[tokio::test]
async fn calls_over_tls_by_address_and_by_name() {
    let by_address = calls("127.0.0.1", |_| HashMap::new()).await;
    assert_eq!(by_address.told("ended Local").await, 10);
    by_address.finish().await;
    let domain = || ServerName::try_from("sip.example.com").unwrap();
    let by_name = calls("sip.example.com", |callee| HashMap::from([(callee, domain())])).await;
    assert_eq!(by_name.told("ended Local").await, 10);
    by_name.finish().await;
}

#[tokio::test]
async fn another_name_is_not_believed() {
    let domain = || ServerName::try_from("sip.example.com").unwrap();
    let caller = calls("sip.example.net", |callee| HashMap::from([(callee, domain())])).await;
    assert_eq!(caller.told("failed Unreachable").await, 10);
    let errors = caller.failures().await;
    assert!(
        errors[0].starts_with("failed to open sip connection to 127.0.0.1:"),
        "{errors:?}"
    );
    assert!(errors[0].contains("certificate"), "{errors:?}");
    caller.finish().await;
}

#[tokio::test]
async fn a_tls_listener_needs_a_certificate() {
    let config = transport_config("127.0.0.1", &[Protocol::Tls]);
    struct Deaf;
    impl transport::User for Deaf {
        fn on_fact(&mut self, _: std::time::Instant, _: &mut Endpoint, _: cpd_sip::Fact) {}
    }
    let Err(error) = transport::start(config, Endpoint::new(quick(), [1; 32]), Deaf).await else {
        panic!("it has no certificate");
    };
    let expected = "failed to bind sip socket 127.0.0.1:0 (TLS): there is no certificate for it";
    assert_eq!(format!("failed to {error}"), expected);
}
