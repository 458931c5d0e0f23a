//! What is seen of calls as they happen: by the API's WebSocket, and by monitoring.

use std::pin::Pin;

use cpd_store::keys::NewKey;
use cpd_store::users::Role;
use cpd_store::{Whose, keys};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::common::Folder;
use crate::databases::runtime;
use crate::kept::{call, customer, kept, open, start};
use crate::peers::Peers;
use crate::service::PATIENCE;

/// The next message that is of one of these kinds.
async fn next(socket: &mut WebSocketStream<TcpStream>, kinds: &[&str]) -> Value {
    let found = async {
        loop {
            let message = std::future::poll_fn(|context| {
                futures_core::Stream::poll_next(Pin::new(&mut *socket), context)
            });
            if let Some(Ok(Message::Text(text))) = message.await {
                let message: Value = serde_json::from_str(&text).expect("JSON");
                if kinds.contains(&message["kind"].as_str().expect("a kind")) {
                    return message;
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("a message")
}

#[test]
fn a_call_is_seen_as_it_happens_and_found_by_what_was_seen() {
    let folder = Folder::new("serve-seen");
    let mut peers = Peers::new();
    let mut service = start(&folder, &peers, "");
    service.line("the database's schema is up to date");
    let store = open(&folder, "");
    let acme = customer(&store, &format!("sip:{}", peers.carrier.address()));
    while service.line("customers' trunks taken: new calls go by them")["dialers"] != 2 {}
    let runtime = runtime();
    let mut socket = runtime.block_on(async {
        let tx = store.write(Whose::Tenant(acme)).await.expect("write");
        let new = NewKey {
            name: "wall".to_owned(),
            role: Role::Analyst,
            scopes: ["calls.read", "numbers.read"].map(str::to_owned).to_vec(),
            expires_ms: None,
            created_by: None,
        };
        let (_, key) = keys::add(&tx, new, 1).await.expect("added");
        tx.commit().await.expect("kept");
        let console = service.console.expect("a console");
        let mut request = format!("ws://{console}/api/v1/live")
            .into_client_request()
            .expect("a request");
        let value = format!("Bearer {key}").parse().expect("a value");
        request.headers_mut().insert("authorization", value);
        let stream = TcpStream::connect(console).await.expect("connected");
        let (mut socket, _) = tokio_tungstenite::client_async(request, stream)
            .await
            .expect("a WebSocket");
        next(&mut socket, &["metrics"]).await;
        socket
    });
    call(&service, &mut peers, "79160000004");
    let calls = ["call.began", "call.ended"];
    let (began, ended) =
        runtime.block_on(async { (next(&mut socket, &calls).await, next(&mut socket, &calls).await) });
    assert_eq!(
        (&began["kind"], &began["data"]["dialer"]),
        (&"call.began".into(), &"acme/vici".into())
    );
    let data = &ended["data"];
    assert_eq!(
        (&data["name"], &data["callee"], &data["ended_by"]),
        (&began["data"]["name"], &"79160000004".into(), &"callee".into())
    );
    let figures = runtime.block_on(async {
        loop {
            let figures = next(&mut socket, &["metrics"]).await;
            if !figures["data"]["verdicts"]
                .as_object()
                .expect("verdicts")
                .is_empty()
            {
                return figures;
            }
        }
    });
    assert_eq!(figures["data"]["calls_now"], 0);
    let page = service.get("/metrics");
    assert!(page.contains("\nsmartcpd_live_connections 1\n"), "{page}");
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
    let kept = kept(&store);
    assert_eq!(kept.len(), 1);
    assert_eq!(data["id"], kept[0].id.to_string());
}
