//! What happens now, as the console and programs watch it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cpd_b2bua::node::Status;
use cpd_b2bua::switchboard::CallReport;
use cpd_store::users::Role;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::super::serve;
use super::house::{As, House, on_both};
use crate::serve::records::tests::report;

/// A server on a socket of its own, until the test ends.
pub(super) async fn open(house: &House) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, Arc::clone(&house.app), std::future::pending()));
    at
}

/// Connects; the status where it is refused.
pub(super) async fn connect(
    at: SocketAddr,
    who: &As,
    path: &str,
    headers: &[(&'static str, &str)],
) -> Result<WebSocketStream<TcpStream>, u16> {
    let mut request = format!("ws://{at}/api/v1{path}").into_client_request().unwrap();
    match who {
        As::Nobody => {}
        As::Cookie(cookie) => {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        As::Key(key) => {
            let value = format!("Bearer {key}").parse().unwrap();
            request.headers_mut().insert("authorization", value);
        }
    }
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let stream = TcpStream::connect(at).await.unwrap();
    match tokio_tungstenite::client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(why) => panic!("{why}"),
    }
}

/// The next message of a kind, passing over others.
async fn next(socket: &mut WebSocketStream<TcpStream>, kinds: &[&str]) -> Value {
    let found = async {
        loop {
            let message = std::future::poll_fn(|context| {
                futures_core::Stream::poll_next(std::pin::Pin::new(&mut *socket), context)
            });
            if let Some(Ok(Message::Text(text))) = message.await {
                let message: Value = serde_json::from_str(&text).unwrap();
                if kinds.contains(&message["kind"].as_str().unwrap()) {
                    return message;
                }
            }
        }
    };
    timeout(Duration::from_secs(20), found).await.expect("a message")
}

fn machine(call: &str, dialer: &str) -> CallReport {
    CallReport {
        call: call.into(),
        dialer: dialer.into(),
        ..report()
    }
}

const SAME: [(&str, &str); 1] = [("sec-fetch-site", "same-origin")];

#[test]
fn a_page_sees_its_customers_calls_as_they_happen_and_reads_on() {
    on_both(|house| async move {
        let (acme, other) = (house.tenant("acme").await, house.tenant("other").await);
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let viewer = house.person(acme, "viewer@acme.example", Role::ReadOnly).await;
        let pavel = house.key(other, Role::Admin).await;
        let at = open(&house).await;
        let (live, now) = (Arc::clone(&house.app.live), house.app.now());
        let mut first = connect(at, &olga, "/live", &SAME).await.unwrap();
        let mut masked = connect(at, &viewer, "/live", &SAME).await.unwrap();
        let mut theirs = connect(at, &pavel, "/live", &[]).await.unwrap();
        let all = ["call.began", "call.told", "call.ended", "gateway", "lost"];
        // Figures come at once, so that all of them watch before it begins.
        for socket in [&mut first, &mut masked, &mut theirs] {
            next(socket, &["metrics"]).await;
        }
        live.began(now, &"c1".into(), &"acme/vici".into());
        let began = next(&mut first, &all).await;
        assert_eq!(
            (&began["kind"], &began["data"]["name"]),
            (&json!("call.began"), &json!("c1"))
        );
        let report = machine("c1", "acme/vici");
        live.told(now, &"c1".into(), &report.record.tellings[0]);
        let told = next(&mut first, &all).await;
        assert_eq!(told["data"]["class"], "answer.machine");
        assert_eq!(
            (&told["data"]["confidence"], &told["data"]["t_ms"]),
            (&json!(0.97), &json!(1_240))
        );
        live.ended(now, &report, None);
        live.gateway(now, &"other/main".into(), "sip:a", false);
        let ended = next(&mut first, &all).await;
        assert_eq!(
            (&ended["kind"], &ended["data"]["callee"]),
            (&json!("call.ended"), &json!("+79161234567"))
        );
        let hidden = next(&mut masked, &["call.ended"]).await;
        assert!(
            hidden["data"]["callee"].as_str().unwrap().contains('*'),
            "{hidden}"
        );
        // The other customer sees its gateway, and that alone.
        assert_eq!(next(&mut theirs, &all).await["kind"], "gateway");
        live.tick(now, &Status::default(), &["acme/vici"]);
        let figures = house.ask(&olga, "GET /live/snapshot", None).await.is(200).body;
        assert_eq!(figures["verdicts"], json!({ "answer.machine": 1 }));
        assert_eq!(figures["trunks"][0]["name"], "acme/vici");
        let figures = house.ask(&pavel, "GET /live/snapshot", None).await.is(200).body;
        assert_eq!(
            (&figures["verdicts"], &figures["trunks"]),
            (&json!({}), &json!([]))
        );
        // Read on from the first event: the second and third come again, each once.
        let path = format!("/live?after={}", began["seq"]);
        let mut again = connect(at, &olga, &path, &SAME).await.unwrap();
        assert_eq!(next(&mut again, &all).await["seq"], told["seq"]);
        assert_eq!(next(&mut again, &all).await["seq"], ended["seq"]);
        let mut late = connect(at, &olga, "/live?after=1", &SAME).await.unwrap();
        assert_eq!(next(&mut late, &all).await["kind"], "lost");
        assert_eq!(next(&mut late, &all).await["seq"], began["seq"]);
    });
}

#[test]
fn only_our_own_page_watches_with_a_cookie() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let operator = house.operator().await;
        let at = open(&house).await;
        let refused = |headers: &'static [(&'static str, &'static str)]| {
            let olga = olga.clone();
            async move { connect(at, &olga, "/live", headers).await.err() }
        };
        assert_eq!(refused(&[]).await, Some(403));
        assert_eq!(refused(&[("sec-fetch-site", "cross-site")]).await, Some(403));
        assert_eq!(refused(&[("origin", "https://evil.example")]).await, Some(403));
        let host = format!("http://{at}");
        assert!(connect(at, &olga, "/live", &[("origin", &host)]).await.is_ok());
        assert_eq!(connect(at, &As::Nobody, "/live", &SAME).await.err(), Some(401));
        // Staff choose a customer in the address, as browsers send no headers with a WebSocket.
        let mut chosen = connect(at, &operator, "/live?tenant=acme", &SAME).await.unwrap();
        let figures = next(&mut chosen, &["metrics"]).await;
        assert_eq!(figures["data"]["heard"], Value::Null);
        assert_eq!(
            connect(at, &operator, "/live?tenant=nobody", &SAME).await.err(),
            Some(404)
        );
        assert_eq!(
            house.ask(&olga, "GET /live", None).await.is(422).problem(),
            "invalid"
        );
    });
}

#[test]
fn a_session_watches_on_some_pages_and_no_more() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let key = house.key(acme, Role::ReadOnly).await;
        let at = open(&house).await;
        let mut pages = Vec::new();
        for _ in 0..8 {
            pages.push(connect(at, &olga, "/live", &SAME).await.unwrap());
        }
        assert_eq!(connect(at, &olga, "/live", &SAME).await.err(), Some(429));
        assert!(connect(at, &key, "/live", &[]).await.is_ok());
        drop(pages);
        // The server notices at its own pace that they are gone.
        let freed = async {
            while connect(at, &olga, "/live", &SAME).await.is_err() {
                house.later(1_000);
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(20), freed)
            .await
            .expect("places are given back");
    });
}
