//! Sound by both doors, over real sockets, and who may ask what became of it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::close_code;
use cpd_detect::Class;
use cpd_media::g711::Law;
use cpd_store::users::Role;
use cpd_store::{Uuid, Whose, webhooks};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::house::{As, House, LISTENERS_MAX, on_both};
use super::live::{connect, open};
use crate::audio;
use crate::doors::listener::{self, Doors};
use crate::doors::stream::{About, Open};
use crate::doors::streams::Door;
use crate::doors::tests::{Made, announced, made};
use crate::doors::wishes::Wishes;

/// A test that waits longer than this waits for nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A stream of a customer, as a door begins it.
pub(super) async fn begin(house: &House, tenant: Uuid) -> Open {
    let about = About {
        tenant,
        id: Uuid::now_v7(),
        door: Door::AudioSocket,
        stream_sid: None,
        call_sid: None,
    };
    let opened = Open::begin(&house.app, about, &Wishes::default()).await;
    opened.unwrap_or_else(|problem| panic!("{problem:?}"))
}

type Socket = WebSocketStream<TcpStream>;

/// A frame of text as a client sends it, with a mask of zeros.
async fn say(socket: &mut Socket, message: &Value) {
    let text = message.to_string();
    let length = u16::try_from(text.len()).unwrap();
    let mut frame = vec![0x81];
    match length {
        0..126 => frame.push(0x80 | length as u8),
        _ => {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    // It may have been closed already: then what it said shows why.
    let _ = socket.get_mut().write_all(&frame).await;
}

/// All that comes until the socket is closed, and the code of the closing.
async fn hear_out(socket: &mut Socket) -> (Vec<Value>, Option<u16>) {
    let all = async {
        let mut told = Vec::new();
        loop {
            let message = std::future::poll_fn(|context| {
                futures_core::Stream::poll_next(std::pin::Pin::new(&mut *socket), context)
            });
            match message.await {
                Some(Ok(Message::Text(text))) => told.push(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => {
                    return (told, frame.map(|frame| u16::from(frame.code)));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return (told, None),
            }
        }
    };
    timeout(PATIENCE, all).await.expect("an end")
}

fn started(parameters: &Value) -> Value {
    json!({ "event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
        "callSid": "CA1", "tracks": ["inbound"], "customParameters": parameters,
        "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 8_000, "channels": 1 },
    }})
}

fn media(n: usize, samples: &[i16]) -> Value {
    let codes: Vec<u8> = samples.iter().map(|sample| Law::Mu.encode(*sample)).collect();
    let payload = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, codes);
    json!({ "event": "media", "streamSid": "MZ1", "media": {
        "track": "inbound", "chunk": (n + 1).to_string(), "timestamp": (n * 20).to_string(), "payload": payload,
    }})
}

/// The verdict of the same samples as a recording.
async fn as_recording(house: &House, who: &As, call: &Made) -> (Value, Value) {
    let answered = call.answered_ms.map(|ms| ms.to_string()).unwrap_or_default();
    let fields = [("answered_ms", answered.as_str())];
    let fields = if answered.is_empty() {
        &fields[..0]
    } else {
        &fields[..]
    };
    let heard = house
        .send(who, "POST /analyses", &audio::wav(&call.samples), fields)
        .await
        .is(200);
    let verdict = &heard.body["verdict"];
    (verdict["class"].clone(), verdict["prompt"].clone())
}

/// Kinds and payloads of what is on its way to webhooks.
async fn emitted(house: &House, tenant: Uuid, count: usize) -> Vec<(String, Value)> {
    let wait = async {
        loop {
            let tx = house.app.store.read(Whose::Tenant(tenant)).await.unwrap();
            let events = webhooks::unfanned(&tx, 100).await.unwrap();
            if events.len() >= count {
                return events
                    .into_iter()
                    .map(|event| (event.kind, event.payload))
                    .collect();
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, wait).await.expect("events for webhooks")
}

#[test]
fn a_media_stream_over_a_socket_gives_the_verdict_of_its_recording() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let key = house.key(acme, Role::Admin).await;
        let prompt = cpd_sim::prompts::prompt(3, 0);
        let fields = [("name", "busy-1"), ("category", "busy"), ("operator", "A")];
        let file = audio::wav(&prompt.samples);
        house.send(&key, "POST /prompts", &file, &fields).await.is(201);
        let note = json!({ "note": "first" });
        house
            .ask(&key, "POST /libraries/publication", Some(note))
            .await
            .is(200);
        let at = open(&house).await;
        let mut calls = made();
        calls.push(announced(&prompt));
        for mut call in calls {
            call.answered_ms = call.answered_ms.map(|ms| ms.div_ceil(20) * 20);
            let (class, matched) = as_recording(&house, &key, &call).await;
            let mut socket = connect(at, &key, "/media-streams?answered=false&campaign=spring", &[])
                .await
                .unwrap();
            say(&mut socket, &json!({ "event": "connected", "protocol": "Call" })).await;
            say(&mut socket, &started(&json!({ "reference": call.name }))).await;
            for (n, samples) in call.samples.chunks(160).enumerate() {
                if call.answered_ms == Some(n as u64 * 20) {
                    say(
                        &mut socket,
                        &json!({ "event": "mark", "mark": { "name": "answered" } }),
                    )
                    .await;
                }
                say(&mut socket, &media(n, samples)).await;
            }
            say(&mut socket, &json!({ "event": "stop" })).await;
            let (told, code) = hear_out(&mut socket).await;
            assert_eq!(code, Some(close_code::NORMAL), "{told:?}");
            assert_eq!(told[0]["event"], "listening");
            let result = &told.last().unwrap()["result"];
            assert_eq!(result["verdict"]["class"], class, "{}", call.name);
            assert_eq!(
                result["verdict"]["prompt"]["id"], matched,
                "{}: {result}",
                call.name
            );
            let beep = |one: &Value| one["event"] == "event" && one["happened"]["event"] == "machine.beep";
            assert_eq!(
                told.iter().any(beep),
                call.name == "answering-machine",
                "{told:?}"
            );
            assert!(told.iter().any(|one| one["verdict"]["class"] == class));
            // The same is found by its id, with the names that were given.
            let id = told[0]["listening"]["stream_id"].as_str().unwrap();
            let kept = house.ask(&key, &format!("GET /streams/{id}"), None).await.is(200);
            assert_eq!(kept.body, *result);
            assert_eq!(
                [&result["reference"], &result["campaign"], &result["ended_by"]],
                [call.name, "spring", "stopped"]
            );
        }
        let events = emitted(&house, acme, 8).await;
        let count = |kind: &str| events.iter().filter(|(own, _)| own == kind).count();
        assert_eq!(count("stream.ended"), 4);
        assert!(count("stream.verdict") >= 4, "{events:?}");
    });
}

#[test]
fn who_may_not_send_is_not_heard_and_what_cannot_be_read_is_told() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let (key, viewer) = (
            house.key(acme, Role::Admin).await,
            house.key(acme, Role::ReadOnly).await,
        );
        let olga = house.person(acme, "olga@acme.example", Role::Admin).await;
        let at = open(&house).await;
        let refused = async |who: &As, path: &str| connect(at, who, path, &[]).await.err();
        assert_eq!(refused(&As::Nobody, "/media-streams").await, Some(401));
        assert_eq!(refused(&As::Nobody, "/media-streams?key=scpd_x").await, Some(401));
        assert_eq!(refused(&viewer, "/media-streams").await, Some(403));
        assert_eq!(refused(&olga, "/media-streams").await, Some(403));
        assert_eq!(refused(&key, "/media-streams?track=left").await, Some(422));
        assert_eq!(
            house.ask(&key, "GET /media-streams", None).await.status.as_u16(),
            422
        );
        // Where headers cannot be set, the key stands in the address.
        let As::Key(token) = &key else { panic!("{key:?}") };
        let path = format!("/media-streams?key={token}");
        let check = async |messages: &[Value], code: u16, detail: &str| {
            let mut socket = connect(at, &As::Nobody, &path, &[]).await.unwrap();
            for message in messages {
                say(&mut socket, message).await;
            }
            let (told, closed) = hear_out(&mut socket).await;
            let error = &told.last().expect("an error")["error"];
            assert_eq!((closed, &error["code"]), (Some(code), &json!(code)), "{told:?}");
            let told = error["detail"].as_str().unwrap();
            assert!(told.contains(detail), "{told}");
        };
        let start = started(&json!({}));
        check(&[json!("hello")], close_code::INVALID, "object of JSON").await;
        check(&[media(0, &[0; 160])], close_code::PROTOCOL, "send start first").await;
        check(
            &[start.clone(), start.clone()],
            close_code::PROTOCOL,
            "second start",
        )
        .await;
        check(
            &[
                start.clone(),
                json!({ "event": "media", "media": { "payload": "?" } }),
            ],
            close_code::INVALID,
            "media.payload",
        )
        .await;
        let long = json!({ "event": "other", "text": "x".repeat(20_000) });
        check(&[start, long], close_code::SIZE, "at most").await;
        let nobodys = started(&json!({ "profile": "nobodys" }));
        check(&[nobodys], close_code::POLICY, "no profile").await;
        let ringing = started(&json!({ "hangup_on": "progress.ringback" }));
        check(&[ringing], close_code::POLICY, "still to come").await;
    });
}

#[test]
fn an_asterisk_is_told_by_the_end_of_its_socket_and_by_its_own_id() {
    on_both(|house| async move {
        let (acme, other) = (house.tenant("acme").await, house.tenant("other").await);
        let (key, stranger) = (
            house.key(acme, Role::ReadOnly).await,
            house.key(other, Role::Admin).await,
        );
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = socket.local_addr().unwrap();
        let doors = Doors {
            audiosocket: Some(at),
            networks: vec![
                ("127.0.0.0/8".parse().unwrap(), "other".to_owned()),
                ("127.0.0.1".parse().unwrap(), "acme".to_owned()),
            ],
            answered: false,
            profile: None,
            hangup_on: vec![Class::Busy],
        };
        tokio::spawn(listener::serve(socket, Arc::clone(&house.app), doors));
        let busy = made().into_iter().find(|call| call.name == "busy").unwrap();
        let from = busy.answered_ms.unwrap_or(0) as usize * 8;
        let id = Uuid::new_v4();
        let mut bytes = vec![0x01, 0, 16];
        bytes.extend(id.as_bytes());
        for samples in busy.samples[from..].chunks(160) {
            bytes.push(0x10);
            bytes.extend((samples.len() as u16 * 2).to_be_bytes());
            bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        }
        let mut asterisk = TcpStream::connect(at).await.unwrap();
        // At odd sizes; what comes after the verdict is not taken any more.
        for piece in bytes.chunks(333) {
            if asterisk.write_all(piece).await.is_err() {
                break;
            }
        }
        let mut head = [0xaa; 3];
        let heard = timeout(PATIENCE, asterisk.read_exact(&mut head)).await.unwrap();
        // A socket that is closed before all was taken may be reset instead.
        assert!(heard.is_err() || head == [0, 0, 0], "{head:?}");
        let events = emitted(&house, acme, 2).await;
        let path = format!("GET /streams/{id}");
        let kept = house.ask(&key, &path, None).await.is(200).body;
        assert_eq!(
            (&kept["verdict"]["class"], &kept["ended_by"], &kept["door"]),
            (&json!("tone.busy"), &json!("verdict"), &json!("audio_socket"))
        );
        house.ask(&stranger, &path, None).await.is(404);
        let ended = events.iter().find(|(kind, _)| kind == "stream.ended").unwrap();
        assert_eq!(ended.1["id"], json!(id));
        assert!(events.iter().any(|(kind, told)| {
            kind == "stream.verdict" && told["class"] == "tone.busy" && told["stream_id"] == json!(id)
        }));
        // The live view shows it to its customer alone.
        let live = |of| {
            let batch = house.app.live.after(house.app.live.last() - 20, of, 100);
            batch
                .events
                .iter()
                .filter(|event| event.what.kind() == "stream.ended")
                .count()
        };
        assert_eq!((live(Some("acme")), live(Some("other"))), (1, 0));
    });
}

#[test]
fn there_is_room_for_so_many_and_no_more() {
    on_both(|house| async move {
        let acme = house.tenant("acme").await;
        let mut streams = Vec::new();
        for _ in 0..LISTENERS_MAX {
            streams.push(begin(&house, acme).await);
        }
        let one_more = || {
            let about = About {
                tenant: acme,
                id: Uuid::now_v7(),
                door: Door::MediaStream,
                stream_sid: None,
                call_sid: None,
            };
            async { Open::begin(&house.app, about, &Wishes::default()).await }
        };
        let full = one_more().await.err().expect("no room");
        assert_eq!(full.status(), 429);
        streams.pop();
        assert!(one_more().await.is_ok());
    });
}
