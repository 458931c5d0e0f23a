//! SIPp calls us and is called by us, over loopback: another implementation's idea of SIP. Its scenarios are in `sipp/`.
//!
//! Without SIPp the tests say so and pass, unless `CI=true` or `CPD_SIPP_REQUIRED` is set. `make tools` installs it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::sipp::Trace;
use common::*;
use cpd_sip::digest::{Algorithm, Client, Secret, Server, ServerConfig};
use cpd_sip::endpoint::{InviteOptions, Reliability};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::Protocol;
use cpd_sip::{Endpoint, Fact};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Enough that calls overlap, few enough that a test takes a second.
const CALLS: usize = 20;
const CALLS_PER_SECOND: usize = 50;

/// A run takes 0.4 s and what the calls last, or ten times that on a machine that has ten times as much to do; beyond this
/// it hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// SIPp at work; it ends with its owner.
struct Sipp {
    child: std::process::Child,
    trace: Trace,
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // One that has ended is not killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// True if SIPp is here; panics where it has to be.
fn sipp_is_here() -> bool {
    let mut version = std::process::Command::new("sipp");
    version.arg("-v").stdout(Stdio::null()).stderr(Stdio::null());
    if version.status().is_ok() {
        return true;
    }
    let required =
        std::env::var("CI").is_ok_and(|ci| ci == "true") || std::env::var_os("CPD_SIPP_REQUIRED").is_some();
    assert!(!required, "failed to run sipp: it is not installed (make tools)");
    eprintln!("sipp is not installed (make tools): this test is left out");
    false
}

fn free_port() -> u16 {
    std::net::UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

impl Sipp {
    fn start(scenario: &'static str, protocol: Protocol, port: u16, arguments: &[&str]) -> Sipp {
        let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let trace = Trace::new(&scratch, &format!("{scenario}-{}", protocol.via()));
        let file = format!("{}/tests/sipp/{scenario}.xml", env!("CARGO_MANIFEST_DIR"));
        let transport = if protocol == Protocol::Udp { "u1" } else { "t1" };
        let child = std::process::Command::new("sipp")
            .args(["-sf", &file, "-i", "127.0.0.1", "-t", transport, "-nostdin"])
            .args(["-p", &port.to_string(), "-m", &CALLS.to_string()])
            .args(["-r", &CALLS_PER_SECOND.to_string(), "-recv_timeout", "20000"])
            .args(trace.arguments())
            .args(arguments)
            .current_dir(scratch)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Sipp { child, trace }
    }

    async fn succeeds(mut self) {
        let end = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "it hangs: {}", self.told());
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        assert!(status.success(), "{status}: {}", self.told());
        let strange = self.trace.strange();
        assert!(strange.is_none(), "{strange:?} was unexpected: {}", self.told());
    }

    fn told(&self) -> String {
        format!("{}\n{}", self.trace.errors(), self.trace.ladder())
    }
}

/// SIPp calls us; afterwards `told` was told of each call, and nothing is left.
async fn called(
    scenario: &'static str,
    protocol: Protocol,
    told: &str,
    act: impl FnMut(Instant, &mut Endpoint, &Fact) + Send + 'static,
) {
    if !sipp_is_here() {
        return;
    }
    let phone = Phone::new(transport_config("127.0.0.1", &[protocol]), quick(), act).await;
    let target = phone.address(0).to_string();
    Sipp::start(scenario, protocol, free_port(), &[&target])
        .succeeds()
        .await;
    phone.wait_told(told, CALLS).await;
    phone.finish().await;
}

/// We call SIPp; afterwards `told` was told of each call, and nothing is left.
async fn calling(
    scenario: &'static str,
    protocol: Protocol,
    told: &str,
    options: InviteOptions,
    phone: Phone,
) {
    let port = free_port();
    let sipp = Sipp::start(scenario, protocol, port, &[]);
    wait_bound(protocol, port).await;
    let flow = phone.flow(protocol, SocketAddr::new("127.0.0.1".parse().unwrap(), port));
    let mut pace = tokio::time::interval(Duration::from_secs(1) / CALLS_PER_SECOND as u32);
    for _ in 0..CALLS {
        pace.tick().await;
        phone.call(flow, options.clone()).await;
    }
    phone.wait_told(told, CALLS).await;
    sipp.succeeds().await;
    phone.finish().await;
}

/// Waits until SIPp has its socket, by the kernel's table: a packet to try it would be taken for a call.
async fn wait_bound(protocol: Protocol, port: u16) {
    let table = if protocol == Protocol::Udp {
        "/proc/net/udp"
    } else {
        "/proc/net/tcp"
    };
    let address = format!("0100007F:{port:04X} 00000000:0000");
    let end = Instant::now() + LIMIT;
    while !std::fs::read_to_string(table).unwrap().contains(&address) {
        assert!(Instant::now() < end, "sipp does not listen on port {port}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// In SIPp's own words: what was repeated may have been unexpected, and nothing else.
#[test]
fn only_what_was_repeated_may_have_been_unexpected() {
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let line = "-----------------------------------------------";
    let message = |number: u32| {
        format!(
            "ACK sip:sipp@127.0.0.1 SIP/2.0\r\nCall-ID: a\r\nCSeq: {number} ACK\r\nContent-Length: 0\r\n\r\n"
        )
    };
    let came = |number| {
        let message = message(number);
        format!("{line} 2026-11-25 00:19:15.855\nUDP message received [96] bytes :\n\n{message}\n")
    };
    let unexpected = |number| {
        format!(
            "{line}\nUnexpected UDP message received:\n\n{}\n",
            message(number)
        )
    };
    let over = format!("{line}\nDead call a received a UDP message:\n\n{}\n", message(2));
    for (name, messages, strange) in [
        ("expected", vec![came(1), came(2)], false),
        ("repeated", vec![came(1), came(1), unexpected(1)], false),
        // The first one, repeated, was taken for the second.
        ("taken", vec![came(1), came(1), came(2), unexpected(2)], false),
        ("new", vec![came(1), came(2), unexpected(2)], true),
        ("late", vec![came(1), came(2), unexpected(2), over], true),
    ] {
        let trace = Trace::new(&scratch, &format!("trace-{name}"));
        std::fs::write(scratch.join(format!("trace-{name}.messages")), messages.concat()).unwrap();
        assert_eq!(
            trace.strange().is_some(),
            strange,
            "{name}: {:?}",
            trace.strange()
        );
    }
}

async fn phone(protocol: Protocol, act: impl FnMut(Instant, &mut Endpoint, &Fact) + Send + 'static) -> Phone {
    Phone::new(transport_config("127.0.0.1", &[protocol]), quick(), act).await
}

#[tokio::test]
async fn sipp_calls_us() {
    called("uac-basic", Protocol::Udp, "ended Remote", answering(&[180, 200])).await;
}

#[tokio::test]
async fn sipp_calls_us_over_tcp() {
    called("uac-basic", Protocol::Tcp, "ended Remote", answering(&[180, 200])).await;
}

#[tokio::test]
async fn sipp_hears_our_early_media() {
    called("uac-early", Protocol::Udp, "ended Remote", answering(&[183, 200])).await;
}

#[tokio::test]
async fn sipp_gives_up() {
    called("uac-cancel", Protocol::Udp, "ended Cancelled", answering(&[180])).await;
}

#[tokio::test]
async fn we_call_sipp() {
    if sipp_is_here() {
        let phone = phone(Protocol::Udp, hanging_up()).await;
        calling(
            "uas-basic",
            Protocol::Udp,
            "ended Local",
            InviteOptions::default(),
            phone,
        )
        .await;
    }
}

#[tokio::test]
async fn we_call_sipp_over_tcp() {
    if sipp_is_here() {
        let phone = phone(Protocol::Tcp, hanging_up()).await;
        calling(
            "uas-basic",
            Protocol::Tcp,
            "ended Local",
            InviteOptions::default(),
            phone,
        )
        .await;
    }
}

#[tokio::test]
async fn we_hear_the_early_media_of_sipp() {
    if sipp_is_here() {
        let mut then = hanging_up();
        let phone = phone(Protocol::Udp, move |now, endpoint, fact| {
            if let Fact::Progress { response, .. } = fact {
                assert!(response.part("application/sdp").is_some());
            }
            then(now, endpoint, fact);
        });
        let phone = phone.await;
        calling(
            "uas-early",
            Protocol::Udp,
            "progress 183",
            InviteOptions::default(),
            phone,
        )
        .await;
    }
}

#[tokio::test]
async fn we_give_up() {
    if sipp_is_here() {
        let phone = phone(Protocol::Udp, |now, endpoint, fact| {
            if let Fact::Progress { call, .. } = fact {
                endpoint.cancel(now, *call, b"").unwrap();
            }
        });
        let phone = phone.await;
        calling(
            "uas-cancel",
            Protocol::Udp,
            "failed Cancelled",
            InviteOptions::default(),
            phone,
        )
        .await;
    }
}

/// Sends a 183 that wants PRACK, and answers once it came.
fn answering_when_pracked() -> impl FnMut(Instant, &mut Endpoint, &Fact) + Send + 'static {
    |now, endpoint, fact| match fact {
        Fact::Invited { dialog, .. } => {
            let mut early = response(183);
            early.push(Name::REQUIRE, b"100rel");
            endpoint.answer(now, *dialog, &early).unwrap();
        }
        Fact::Pracked { dialog, .. } => {
            endpoint
                .answer(now, *dialog, &Message::response(200, ""))
                .unwrap();
        }
        _ => {}
    }
}

#[tokio::test]
async fn sipp_acknowledges_our_reliable_183() {
    called("uac-prack", Protocol::Udp, "pracked", answering_when_pracked()).await;
}

#[tokio::test]
async fn we_acknowledge_the_reliable_183_of_sipp() {
    if sipp_is_here() {
        let phone = phone(Protocol::Udp, hanging_up()).await;
        let options = InviteOptions {
            reliability: Reliability::Required,
            ..InviteOptions::default()
        };
        calling("uas-prack", Protocol::Udp, "ended Local", options, phone).await;
    }
}

#[tokio::test]
async fn sipp_changes_the_session() {
    let mut then = answering(&[180, 200]);
    let act = move |now, endpoint: &mut Endpoint, fact: &Fact| {
        if let Fact::Request { server, .. } = fact {
            endpoint.respond(now, *server, &response(200)).unwrap();
        }
        then(now, endpoint, fact);
    };
    called("uac-reinvite", Protocol::Udp, "request Invite", act).await;
}

#[tokio::test]
async fn we_change_the_session() {
    if sipp_is_here() {
        let phone = phone(Protocol::Udp, |now, endpoint, fact| match fact {
            Fact::Answered { dialog, .. } => {
                let mut draft = Message::request(Method::Invite, b"sip:in-dialog.invalid");
                draft.set_body("application/sdp", SDP);
                endpoint.request(now, *dialog, &draft).unwrap();
            }
            Fact::Response {
                dialog: Some(dialog),
                response: Ok(response),
                ..
            } => {
                assert_eq!(response.status(), 200);
                endpoint.bye(now, *dialog, None).unwrap();
            }
            _ => {}
        });
        let phone = phone.await;
        calling(
            "uas-reinvite",
            Protocol::Udp,
            "response 200",
            InviteOptions::default(),
            phone,
        )
        .await;
    }
}

#[tokio::test]
async fn sipp_refreshes_the_session() {
    called("uac-session", Protocol::Udp, "refreshed", answering(&[180, 200])).await;
}

#[tokio::test]
async fn sipp_proves_who_it_is() {
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
        match guard.check(now, request, known) {
            Ok(_) => {
                for status in [180, 200] {
                    endpoint.answer(now, *dialog, &response(status)).unwrap();
                }
            }
            Err(refusal) => {
                let mut challenge = Message::response(401, "");
                for line in guard.challenge(now, refusal.is_stale()) {
                    challenge.push(Name::WWW_AUTHENTICATE, &line);
                }
                endpoint.answer(now, *dialog, &challenge).unwrap();
            }
        }
    };
    called("uac-digest", Protocol::Udp, "ended Remote", act).await;
}

#[tokio::test]
async fn we_prove_who_we_are() {
    if sipp_is_here() {
        let phone = phone(Protocol::Udp, hanging_up()).await;
        let client = Client::new("alice", Secret::password("s3cret"));
        let added = phone
            .handle
            .ask(|_, endpoint, _| endpoint.add_credentials(client))
            .await;
        let options = InviteOptions {
            credentials: Some(added.unwrap()),
            ..InviteOptions::default()
        };
        calling("uas-digest", Protocol::Udp, "ended Local", options, phone).await;
    }
}
