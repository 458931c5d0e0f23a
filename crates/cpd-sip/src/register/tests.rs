//! A registrar in simulated time.

use super::*;
use crate::digest::{Algorithm, Secret, Server, ServerConfig};

struct Desk {
    start: Instant,
    now: Instant,
    registration: Registration,
}

const CONTACT: &str = "<sip:trunk@192.0.2.1:5060>;+sip.instance=\"<urn:uuid:1>\"";

fn desk() -> Desk {
    let start = Instant::now();
    let config = RegistrationConfig {
        registrar: "sip:carrier.example".into(),
        address: "sip:trunk@carrier.example".into(),
        contact: CONTACT.into(),
        expires_s: 3600,
    };
    let client = Client::new("trunk", Secret::password("s3cret"));
    Desk {
        start,
        now: start,
        registration: Registration::new(start, config, client, [3; 32]),
    }
}

impl Desk {
    fn output(&mut self) -> Output {
        self.registration.poll_output().expect("something to do")
    }

    fn request(&mut self) -> Message {
        match self.output() {
            Output::Send(request) => request,
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self, request: &Message, status: u16, lines: &[(&str, &str)]) {
        let mut answer = Message::reply(request, status, "");
        for (name, value) in lines {
            answer.push(*name, value.as_bytes());
        }
        self.registration.handle_response(self.now, &answer);
    }

    fn grant(&mut self, request: &Message, seconds: u32) {
        let contact = format!("<sip:trunk@192.0.2.1:5060>;expires={seconds}");
        self.answer(request, 200, &[("Contact", &contact)]);
        assert!(matches!(self.output(), Output::Registered { expires_s, .. } if expires_s == seconds));
    }

    /// Goes on to the next deadline; tells the seconds since the start.
    fn wait(&mut self) -> u64 {
        assert!(self.registration.poll_output().is_none(), "nothing is left to do");
        self.now = self.registration.deadline().expect("a deadline");
        self.registration.handle_timeout(self.now);
        (self.now - self.start).as_secs()
    }

    fn retry_s(&mut self, expected: Trouble) -> u64 {
        match self.output() {
            Output::Failed {
                trouble, retry_at, ..
            } => {
                assert_eq!(trouble, expected);
                (retry_at - self.now).as_secs()
            }
            other => panic!("{other:?}"),
        }
    }
}

fn expires(request: &Message) -> u32 {
    request.expires().unwrap()
}

#[test]
fn a_binding_is_refreshed_before_it_lapses() {
    let mut desk = desk();
    let first = desk.request();
    assert_eq!(
        (first.uri(), expires(&first)),
        (&b"sip:carrier.example"[..], 3600)
    );
    assert_eq!(first.header(Name::CONTACT), Some(CONTACT.as_bytes()));
    let others = "<sip:desk@192.0.2.8>;expires=7, <sip:trunk@192.0.2.1:5060>;expires=100";
    desk.answer(
        &first,
        200,
        &[("Contact", others), ("Service-Route", "<sip:a;lr>, <sip:b;lr>")],
    );
    match desk.output() {
        Output::Registered {
            expires_s,
            service_route,
        } => {
            assert_eq!(expires_s, 100);
            assert_eq!(service_route, [b"<sip:a;lr>", b"<sip:b;lr>"]);
        }
        other => panic!("{other:?}"),
    }
    assert!((75..=90).contains(&desk.wait()));
    let second = desk.request();
    assert_eq!(second.call_id(), first.call_id());
    assert_eq!(second.from().unwrap().tag(), first.from().unwrap().tag());
    assert_eq!(second.cseq().unwrap().number, first.cseq().unwrap().number + 1);
    assert!(desk.registration.is_registered());
}

#[test]
fn the_time_granted_is_found_wherever_it_stands() {
    for (lines, seconds) in [
        (
            &[("Contact", "<sip:trunk@192.0.2.1:5060>"), ("Expires", "120")][..],
            120,
        ),
        (&[("m", "\"T\" <sip:trunk@192.0.2.1:5060>;q=1")], 3600),
        (
            &[("Contact", "<sip:trunk@192.0.2.1:5060>;expires=4294967295")],
            86_400,
        ),
    ] {
        let mut desk = desk();
        let request = desk.request();
        desk.answer(&request, 200, lines);
        assert!(matches!(desk.output(), Output::Registered { expires_s, .. } if expires_s == seconds));
    }
}

#[test]
fn a_challenge_is_answered_and_the_nonce_used_again() {
    let mut desk = desk();
    let config = ServerConfig {
        algorithms: vec![Algorithm::SHA_256, Algorithm::MD5],
        ..ServerConfig::new("carrier.example")
    };
    let mut server = Server::new(config, [4; 32], desk.start);
    let lookup = |_: &[u8]| Some(Secret::password("s3cret"));
    let mut rounds = Vec::new();
    for _ in 0..3 {
        let mut tries = 0;
        loop {
            let request = desk.request();
            tries += 1;
            match server.check(desk.now, &request, lookup) {
                Ok(_) => break desk.grant(&request, 200),
                Err(refusal) => {
                    let answer = server.refuse(desk.now, &request, refusal);
                    desk.registration.handle_response(desk.now, &answer);
                }
            }
        }
        rounds.push(tries);
        desk.wait();
    }
    // The nonce lives 300 s: the refresh after some 165 s uses it, that after some 330 s is told stale.
    assert_eq!(rounds, [2, 1, 2]);
}

#[test]
fn a_wrong_password_is_not_tried_in_a_row() {
    let mut desk = desk();
    let challenge = [("WWW-Authenticate", "Digest realm=\"r\", nonce=\"1\"")];
    let request = desk.request();
    desk.answer(&request, 401, &challenge);
    let request = desk.request();
    assert!(request.header(Name::AUTHORIZATION).is_some());
    desk.answer(&request, 401, &challenge);
    assert!(desk.retry_s(Trouble::Credentials) >= 900);
    // Later it is tried again: somebody may have mended it.
    desk.wait();
    let request = desk.request();
    desk.answer(&request, 401, &challenge);
    let request = desk.request();
    desk.grant(&request, 60);
}

#[test]
fn too_brief_asks_for_longer() {
    let mut desk = desk();
    let request = desk.request();
    desk.answer(&request, 423, &[("Min-Expires", "7200")]);
    let request = desk.request();
    assert_eq!(expires(&request), 7200);
    desk.answer(&request, 423, &[("Min-Expires", "7200")]);
    desk.retry_s(Trouble::Refused { status: 423 });
    desk.wait();
    let request = desk.request();
    assert_eq!(expires(&request), 7200, "learnt for good");
    desk.answer(&request, 423, &[]);
    desk.retry_s(Trouble::Refused { status: 423 });
}

#[test]
fn rfc5626_4_5_waits_double_up_to_half_an_hour() {
    let mut desk = desk();
    for longest in [60, 120, 240, 480, 960, 1800, 1800, 1800] {
        desk.request();
        desk.registration.handle_failure(desk.now);
        let wait = desk.retry_s(Trouble::Unreachable);
        assert!((longest / 2..=longest).contains(&wait), "{wait} of {longest}");
        desk.wait();
    }
    let request = desk.request();
    desk.grant(&request, 3600);
    desk.wait();
    desk.request();
    desk.registration.handle_failure(desk.now);
    assert!(desk.retry_s(Trouble::Unreachable) <= 60, "success begins anew");
}

#[test]
fn retry_after_is_kept() {
    let mut desk = desk();
    let request = desk.request();
    desk.answer(&request, 503, &[("Retry-After", "120 (maintenance)")]);
    assert_eq!(desk.retry_s(Trouble::Refused { status: 503 }), 120);
}

#[test]
fn a_binding_that_runs_out_is_told() {
    let mut desk = desk();
    let request = desk.request();
    desk.grant(&request, 40);
    desk.wait();
    desk.request();
    desk.registration.handle_failure(desk.now);
    assert!(matches!(desk.output(), Output::Failed { registered: true, .. }));
    assert_eq!(desk.wait(), 40);
    assert!(matches!(desk.output(), Output::Lapsed));
    assert!(!desk.registration.is_registered());
    desk.wait();
    let request = desk.request();
    desk.grant(&request, 40);
}

#[test]
fn a_registrar_that_does_not_list_us_has_not_kept_us() {
    let mut desk = desk();
    let request = desk.request();
    desk.answer(
        &request,
        200,
        &[("Contact", "<sip:other@192.0.2.1>;expires=3600")],
    );
    desk.retry_s(Trouble::NotKept);
    assert!(!desk.registration.is_registered());
}

#[test]
fn strays_and_provisionals_are_passed_over() {
    let mut desk = desk();
    let request = desk.request();
    desk.answer(&request, 100, &[]);
    let mut old = request.clone();
    old.set(Name::CSEQ, b"9 REGISTER");
    desk.answer(&old, 403, &[]);
    assert!(desk.registration.poll_output().is_none());
    desk.grant(&request, 60);
    desk.answer(&request, 403, &[]);
    assert!(desk.registration.poll_output().is_none());
}

#[test]
fn stopping_removes_the_binding() {
    let mut desk = desk();
    let request = desk.request();
    desk.grant(&request, 60);
    desk.registration.stop();
    let request = desk.request();
    assert_eq!(expires(&request), 0);
    desk.answer(
        &request,
        401,
        &[("WWW-Authenticate", "Digest realm=\"r\", nonce=\"1\"")],
    );
    let request = desk.request();
    assert_eq!(expires(&request), 0);
    desk.answer(&request, 200, &[]);
    assert!(matches!(desk.output(), Output::Stopped));
    assert_eq!(desk.registration.deadline(), None);
    desk.registration.stop();
    desk.registration.refresh();
    assert!(desk.registration.poll_output().is_none());
}

#[test]
fn a_registrar_that_challenges_for_ever_is_left_alone() {
    let mut desk = desk();
    for round in 0.. {
        let request = match desk.output() {
            Output::Send(request) => request,
            Output::Failed { trouble, .. } => {
                assert_eq!(trouble, Trouble::Credentials);
                break;
            }
            other => panic!("{other:?}"),
        };
        assert!(round < 10, "no end");
        let nonce = format!("Digest realm=\"r{round}\", nonce=\"1\", stale=true");
        desk.answer(&request, 401, &[("WWW-Authenticate", &nonce)]);
    }
}
