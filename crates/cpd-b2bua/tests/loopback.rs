//! Two of our endpoints over the loopback interface, and what strangers do to one.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::tls::{certificate, tls};
use common::*;
use cpd_b2bua::transport::{self, TransportConfig};
use cpd_sip::Fact;
use cpd_sip::admission::{AddressList, Admission, AdmissionConfig, Treatment};
use cpd_sip::endpoint::InviteOptions;
use cpd_sip::transport::Protocol;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

async fn calls(host: &str, protocol: Protocol) {
    let callee = Phone::new(
        transport_config(host, &[protocol]),
        quick(),
        answering(&[180, 200]),
    )
    .await;
    let caller = Phone::new(transport_config(host, &[protocol]), quick(), hanging_up()).await;
    let flow = caller.flow(protocol, callee.address(0));
    for _ in 0..10 {
        caller.call(flow, InviteOptions::default()).await;
    }
    caller.wait_told("ended Local", 10).await;
    callee.wait_told("ended Remote", 10).await;
    assert_eq!(caller.told("progress 180").await, 10);
    assert_eq!(callee.told("acknowledged").await, 10);
    if protocol != Protocol::Udp {
        let connections = caller.handle.counters().await.unwrap().connections;
        assert_eq!(connections, 1, "all calls to one address share one connection");
    }
    caller.finish().await;
    callee.finish().await;
}

#[tokio::test]
async fn calls_over_udp() {
    calls("127.0.0.1", Protocol::Udp).await;
}

#[tokio::test]
async fn calls_over_tcp() {
    calls("127.0.0.1", Protocol::Tcp).await;
}

#[tokio::test]
async fn calls_over_ipv6() {
    if UdpSocket::bind("[::1]:0").await.is_err() {
        eprintln!("no IPv6 here: left out");
        return;
    }
    calls("::1", Protocol::Udp).await;
    calls("::1", Protocol::Tcp).await;
}

#[tokio::test]
async fn nobody_listens_and_the_call_fails_at_once() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let caller = Phone::new(
        transport_config("127.0.0.1", &[Protocol::Tcp]),
        quick(),
        hanging_up(),
    )
    .await;
    caller
        .call(caller.flow(Protocol::Tcp, gone), InviteOptions::default())
        .await;
    caller.wait_told("failed Unreachable", 1).await;
    assert_eq!(caller.handle.counters().await.unwrap().connections_failed, 1);
    assert_eq!(
        caller.failures().await,
        [format!(
            "failed to open sip connection to {gone} (TCP): connection refused"
        )]
    );
    caller.finish().await;
}

#[tokio::test]
async fn a_ping_gets_its_pong_and_nonsense_its_end() {
    let phone = Phone::new(
        transport_config("127.0.0.1", &[Protocol::Tcp]),
        quick(),
        |_, _, _| {},
    )
    .await;
    let mut stream = TcpStream::connect(phone.address(0)).await.unwrap();
    stream.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    stream.read_exact(&mut pong).await.unwrap();
    assert_eq!(&pong, b"\r\n");
    stream
        .write_all(
            b"OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:b>;tag=1\r\n\
              To: <sip:a>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: none\r\n\r\n",
        )
        .await
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(
        answer.starts_with(b"SIP/2.0 400 "),
        "it is answered, then the connection closed"
    );
    phone.finish().await;
}

#[tokio::test]
async fn idle_and_surplus_connections_are_closed() {
    let config = TransportConfig {
        idle_limit: Duration::from_millis(300),
        connections_per_source_max: 1,
        ..transport_config("127.0.0.1", &[Protocol::Tcp])
    };
    let phone = Phone::new(config, quick(), |_, _, _| {}).await;
    let mut first = TcpStream::connect(phone.address(0)).await.unwrap();
    first.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    first.read_exact(&mut pong).await.unwrap();
    let mut second = TcpStream::connect(phone.address(0)).await.unwrap();
    assert!(
        matches!(second.read(&mut pong).await, Ok(0) | Err(_)),
        "one is enough"
    );
    assert_eq!(phone.handle.counters().await.unwrap().connections_refused, 1);
    assert_eq!(first.read(&mut pong).await.unwrap(), 0, "nothing came for 300 ms");
    phone.finish().await;
}

#[tokio::test]
async fn a_stranger_is_limited_before_the_endpoint_hears_it() {
    let limits = AdmissionConfig {
        calls_per_second: 1,
        burst: 2,
    };
    let config = TransportConfig {
        admission: Admission::new(limits, AddressList::new(Treatment::Limited)),
        ..transport_config("127.0.0.1", &[Protocol::Udp])
    };
    let callee = Phone::new(config, quick(), answering(&[200])).await;
    let caller = Phone::new(
        transport_config("127.0.0.1", &[Protocol::Udp]),
        quick(),
        hanging_up(),
    )
    .await;
    let flow = caller.flow(Protocol::Udp, callee.address(0));
    for _ in 0..3 {
        caller.call(flow, InviteOptions::default()).await;
    }
    caller.wait_told("failed Refused", 1).await;
    assert_eq!(callee.told("invited").await, 2);
    caller.finish().await;
    callee.finish().await;
}

#[tokio::test]
async fn a_shutdown_lets_calls_end_and_takes_no_more() {
    let callee = Phone::new(
        transport_config("127.0.0.1", &[Protocol::Udp]),
        quick(),
        answering(&[200]),
    )
    .await;
    let mut answered = Vec::new();
    let caller = Phone::new(
        transport_config("127.0.0.1", &[Protocol::Udp]),
        quick(),
        move |now, endpoint, fact| match fact {
            Fact::Answered { dialog, .. } => answered.push(*dialog),
            Fact::Failed { .. } => endpoint.bye(now, answered[0], None).unwrap(),
            _ => {}
        },
    );
    let caller = caller.await;
    let flow = caller.flow(Protocol::Udp, callee.address(0));
    caller.call(flow, InviteOptions::default()).await;
    callee.wait_told("acknowledged", 1).await;
    callee.handle.shutdown().await;
    caller.call(flow, InviteOptions::default()).await;
    caller.wait_told("failed Refused", 1).await;
    caller.wait_told("ended Local", 1).await;
    callee.ended().await;
    caller.finish().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let mut config = transport_config("127.0.0.1", &[Protocol::Udp]);
    config.listeners[0].bind = address;
    let endpoint = cpd_sip::Endpoint::new(quick(), [1; 32]);
    struct Deaf;
    impl transport::User for Deaf {
        fn on_fact(&mut self, _: std::time::Instant, _: &mut cpd_sip::Endpoint, _: cpd_sip::Fact) {}
    }
    let Err(error) = transport::start(config, endpoint, Deaf).await else {
        panic!("two sockets on one address");
    };
    assert_eq!(
        format!("failed to {error}"),
        format!("failed to bind sip socket {address} (UDP): address in use")
    );
}

/// A request over a connection that is closed before the call is answered; `Via` names `port`.
async fn invite_and_leave(callee: &Phone, port: u16) {
    let mut stream = TcpStream::connect(callee.address(0)).await.unwrap();
    let invite = format!(
        "INVITE sip:callee@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP callers.example.com:{port};branch=z9hG4bK1\r\n\
         From: <sip:b>;tag=1\r\nTo: <sip:a>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:b@127.0.0.1:{port};transport=tcp>\r\n\
         Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(invite.as_bytes()).await.unwrap();
    callee.wait_told("invited", 1).await;
    drop(stream);
    while callee.handle.counters().await.unwrap().connections > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn rfc3261_18_2_2_a_response_whose_connection_is_gone_goes_to_the_port_of_its_via() {
    let (dialogs, mut invited) = tokio::sync::mpsc::unbounded_channel();
    let act = move |_, _: &mut cpd_sip::Endpoint, fact: &Fact| {
        if let Fact::Invited { dialog, .. } = fact {
            dialogs.send(*dialog).unwrap();
        }
    };
    let callee = Phone::new(transport_config("127.0.0.1", &[Protocol::Tcp]), quick(), act).await;
    let caller = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    invite_and_leave(&callee, caller.local_addr().unwrap().port()).await;
    let dialog = invited.recv().await.unwrap();
    let refused = callee
        .handle
        .ask(move |now, endpoint, _| endpoint.answer(now, dialog, &response(486)));
    refused.await.unwrap().unwrap();
    let (mut stream, _) = caller.accept().await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"SIP/2.0 486 ");
    drop(stream);
    callee.finish().await;
}

#[tokio::test]
async fn a_response_that_nobody_takes_is_dropped() {
    let (dialogs, mut invited) = tokio::sync::mpsc::unbounded_channel();
    let act = move |_, _: &mut cpd_sip::Endpoint, fact: &Fact| {
        if let Fact::Invited { dialog, .. } = fact {
            dialogs.send(*dialog).unwrap();
        }
    };
    let callee = Phone::new(transport_config("127.0.0.1", &[Protocol::Tcp]), quick(), act).await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = gone.local_addr().unwrap().port();
    drop(gone);
    invite_and_leave(&callee, port).await;
    let dialog = invited.recv().await.unwrap();
    let refused = callee
        .handle
        .ask(move |now, endpoint, _| endpoint.answer(now, dialog, &response(486)));
    refused.await.unwrap().unwrap();
    let tried = format!("failed to open sip connection to 127.0.0.1:{port} (TCP): connection refused");
    callee.wait_failure(&tried).await;
    callee.finish().await;
}

#[tokio::test]
async fn a_connection_that_we_opened_is_kept_alive_and_none_that_came() {
    let config = || TransportConfig {
        keep_alive: Some(Duration::from_millis(50)),
        ..transport_config("127.0.0.1", &[Protocol::Tcp])
    };
    let caller = Phone::new(config(), quick(), hanging_up()).await;
    let peer = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let flow = caller.flow(Protocol::Tcp, peer.local_addr().unwrap());
    caller.call(flow, InviteOptions::default()).await;
    let (mut stream, _) = peer.accept().await.unwrap();
    let mut heard = Vec::new();
    while !heard.ends_with(b"RTP/AVP 8\r\n\r\n\r\n") {
        assert!(stream.read_buf(&mut heard).await.unwrap() > 0);
    }
    drop(stream);

    // One that came hears nothing of us until it is idle.
    let idle = TransportConfig {
        idle_limit: Duration::from_millis(300),
        ..config()
    };
    let callee = Phone::new(idle, quick(), |_, _, _| {}).await;
    let mut stream = TcpStream::connect(callee.address(0)).await.unwrap();
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).await.unwrap();
    assert!(heard.is_empty());
    callee.finish().await;
    caller.wait_told("failed TimedOut", 1).await;
    caller.finish().await;
}

#[tokio::test]
async fn rfc3261_18_1_1_a_large_request_goes_over_udp_and_is_counted() {
    let udp = transport_config("127.0.0.1", &[Protocol::Udp]);
    let callee = Phone::new(udp, quick(), answering(&[200])).await;
    let udp = transport_config("127.0.0.1", &[Protocol::Udp]);
    let caller = Phone::new(udp, quick(), hanging_up()).await;
    let flow = caller.flow(Protocol::Udp, callee.address(0));
    let mut draft = invite(flow);
    draft.push("X-Long", &[b'a'; 20_000]);
    let called = caller
        .handle
        .ask(move |now, endpoint, _| endpoint.invite(now, flow, &draft, InviteOptions::default()));
    called.await.unwrap().unwrap();
    caller.wait_told("ended Local", 1).await;
    assert_eq!(caller.handle.counters().await.unwrap().datagrams_large, 1);
    caller.finish().await;
    callee.finish().await;
}

#[tokio::test]
async fn every_message_of_a_call_is_copied_for_a_trace() {
    let (tap, mut tapped) = tokio::sync::mpsc::channel(100);
    let config = TransportConfig {
        tap: Some(tap),
        ..transport_config("127.0.0.1", &[Protocol::Udp])
    };
    let callee = Phone::new(config, quick(), answering(&[180, 200])).await;
    let caller = Phone::new(
        transport_config("127.0.0.1", &[Protocol::Udp]),
        quick(),
        hanging_up(),
    )
    .await;
    let flow = caller.flow(Protocol::Udp, callee.address(0));
    caller.call(flow, InviteOptions::default()).await;
    callee.wait_told("ended Remote", 1).await;
    caller.finish().await;
    callee.finish().await;
    let mut seen = Vec::new();
    while let Ok(copy) = tapped.try_recv() {
        let text = String::from_utf8_lossy(&copy.bytes).into_owned();
        let first = text.split(' ').take(2).collect::<Vec<_>>();
        let word = if first[0] == "SIP/2.0" { first[1] } else { first[0] };
        seen.push(format!("{}{word}", if copy.inbound { "<" } else { ">" }));
    }
    assert_eq!(
        seen,
        ["<INVITE", ">100", ">180", ">200", "<ACK", "<BYE", ">200"].map(String::from)
    );
}

/// The connection that a call came over was closed meanwhile, as idle ones are: either end is still hung up on, over a
/// connection to where its Contact says.
#[tokio::test]
async fn a_call_outlives_its_connection() {
    for protocol in [Protocol::Tcp, Protocol::Tls] {
        for callee_ends in [true, false] {
            let everybody = certificate(&["127.0.0.1"]);
            let config = || TransportConfig {
                idle_limit: Duration::from_millis(200),
                tls: Some(tls(&everybody, everybody.cert.der())),
                ..transport_config("127.0.0.1", &[protocol])
            };
            let dialogs = [Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None))];
            let [called, calls] = dialogs.clone();
            let callee = Phone::new(config(), quick(), move |now, endpoint, fact| {
                if let Fact::Invited { dialog, .. } = fact {
                    endpoint.answer(now, *dialog, &response(200)).unwrap();
                    *called.lock().unwrap() = Some(*dialog);
                }
            });
            let callee = callee.await;
            let caller = Phone::new(config(), quick(), move |_, _, fact| {
                if let Fact::Answered { dialog, .. } = fact {
                    *calls.lock().unwrap() = Some(*dialog);
                }
            });
            let caller = caller.await;
            let flow = caller.flow(protocol, callee.address(0));
            caller.call(flow, InviteOptions::default()).await;
            callee.wait_told("acknowledged", 1).await;
            for phone in [&callee, &caller] {
                phone.wait_alone().await;
            }
            let (ends, stays, dialog) = match callee_ends {
                true => (&callee, &caller, &dialogs[0]),
                false => (&caller, &callee, &dialogs[1]),
            };
            let dialog = dialog.lock().unwrap().unwrap();
            let bye = ends
                .handle
                .ask(move |now, endpoint, _| endpoint.bye(now, dialog, None));
            bye.await.unwrap().unwrap();
            stays.wait_told("ended Remote", 1).await;
            callee.finish().await;
            caller.finish().await;
        }
    }
}
