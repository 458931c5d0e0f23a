//! Peers that send nonsense, too much, or what was usual before RFC 3261.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use cpd_sip::endpoint::{InviteOptions, Reliability};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::{Config, Fact, transport::Protocol};
use proptest::prelude::*;

const INVITE: &str = "INVITE sip:+4930@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK7\r\n\
    From: <sip:+4940@192.0.2.1>;tag=1\r\nTo: <sip:+4930@192.0.2.2>\r\nCall-ID: 7\r\nCSeq: 1 INVITE\r\n\
    Contact: <sip:192.0.2.1:5060>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";

/// What `b` answers to these bytes: status and reason.
fn answer(net: &mut Net, bytes: &[u8]) -> Option<(u16, String)> {
    net.deliver(B, bytes.to_vec());
    let transmit = net.ends[B].poll_transmit()?;
    let message = Message::parse_datagram(transmit.bytes.to_vec()).unwrap();
    Some((
        message.status(),
        String::from_utf8_lossy(message.reason()).into_owned(),
    ))
}

#[test]
fn a_malformed_request_is_400_with_a_reason_or_dropped() {
    let mut net = Net::new();
    for (from, to, expected) in [
        ("CSeq: 1", "CSeq: x", Some((400, "Bad Request: number"))),
        (
            "Content-Length: 0",
            "Content-Length: 9",
            Some((400, "Bad Request: more than came")),
        ),
        (
            "SIP/2.0\r\nVia",
            "SIP/7.0\r\nVia",
            Some((505, "Version Not Supported")),
        ),
        (
            "Max-Forwards: 70",
            "Max-Forwards: 300",
            Some((400, "Bad Request: not 0 to 255")),
        ),
        (
            "Contact: <",
            "Contact: \"<",
            Some((400, "Bad Request: quotes that are not closed")),
        ),
        ("INVITE sip:+4930@192.0.2.2", "INVITE sip:+4930@192.0.2.2;", None),
        ("Via: ", "Vie: ", None),
        ("Call-ID: 7\r\n", "", None),
        ("INVITE sip", "ACK sip", None),
    ] {
        let text = INVITE.replace(from, to);
        if let Some((status, reason)) = expected {
            assert_eq!(
                answer(&mut net, text.as_bytes()),
                Some((status, reason.into())),
                "{to}"
            );
        } else if to.ends_with("192.0.2.2;") {
            // Odd, but understood: a call is not lost for it.
            assert_eq!(
                answer(&mut net, text.as_bytes()).map(|(status, _)| status),
                Some(100)
            );
        } else {
            assert_eq!(answer(&mut net, text.as_bytes()), None, "{to}");
        }
    }
    assert_eq!(net.ends[B].counters().malformed, 8);
    assert_eq!(answer(&mut net, b"\r\n\r\n"), None, "a keep-alive");
    assert_eq!(answer(&mut net, b"\x00\x01\x02 STUN?"), None);
    net.finish();
}

#[test]
fn rfc3261_8_2_2_2_a_merged_request_is_482() {
    let mut net = Net::new();
    assert_eq!(answer(&mut net, INVITE.as_bytes()).unwrap().0, 100);
    let other = INVITE.replace("z9hG4bK7", "z9hG4bK8");
    assert_eq!(
        answer(&mut net, other.as_bytes()).unwrap(),
        (482, "Loop Detected".into())
    );
    assert_eq!(
        answer(&mut net, INVITE.as_bytes()).unwrap().0,
        100,
        "the first again is a repeat"
    );
    assert_eq!(net.ends[B].counts().dialogs, 1);
    net.finish();
}

#[test]
fn too_much_is_503_without_state() {
    let config = Config {
        transactions_max: 2,
        dialogs_max: 1,
        ..Config::default()
    };
    let mut net = Net::with(Config::default(), config, Protocol::Udp, 1);
    let call = |number: u32| {
        let text = INVITE.replace("z9hG4bK7", &format!("z9hG4bK{number}"));
        text.replace("Call-ID: 7", &format!("Call-ID: {number}"))
    };
    assert_eq!(answer(&mut net, call(1).as_bytes()).unwrap().0, 100);
    let before = net.ends[B].counts();
    net.deliver(B, call(2).into_bytes());
    let refusal = Message::parse_datagram(net.ends[B].poll_transmit().unwrap().bytes.to_vec()).unwrap();
    assert_eq!((refusal.status(), net.ends[B].counts()), (503, before));
    assert!((5..=15).contains(&refusal.retry_after().unwrap().seconds));
    // A repeat of the refused request has the same tag, though nothing was kept.
    net.deliver(B, call(2).into_bytes());
    let again = Message::parse_datagram(net.ends[B].poll_transmit().unwrap().bytes.to_vec()).unwrap();
    assert_eq!(again.to().unwrap().tag(), refusal.to().unwrap().tag());
    assert_eq!(net.ends[B].counters().overloaded, 2);
    net.finish();
}

#[test]
fn rfc3261_17_2_3_a_peer_without_magic_cookie() {
    let mut net = Net::new();
    let old = INVITE.replace("branch=z9hG4bK7", "branch=1");
    assert_eq!(answer(&mut net, old.as_bytes()).unwrap().0, 100);
    let dialog = net.invited();
    net.answer(dialog, 486, None);
    let refusal = Message::parse_datagram(net.ends[B].poll_transmit().unwrap().bytes.to_vec()).unwrap();
    assert_eq!(
        answer(&mut net, old.as_bytes()).unwrap().0,
        486,
        "the repeat gets the last response"
    );
    let to = format!(
        "To: {}",
        String::from_utf8_lossy(refusal.header(Name::TO).unwrap())
    );
    let ack = old
        .replace("INVITE", "ACK")
        .replace("To: <sip:+4930@192.0.2.2>", &to);
    assert_eq!(answer(&mut net, ack.as_bytes()), None);
    net.run(400_000);
    assert!(
        !net.ladder().contains("486"),
        "nothing is repeated behind the ACK"
    );
    net.finish();
}

#[test]
fn the_answer_goes_where_the_via_says() {
    let mut net = Net::new();
    let from = |text: &str, net: &mut Net| {
        let mut flow = net.flow(B);
        flow.remote = "198.51.100.9:4000".parse().unwrap();
        net.ends[B].handle_datagram(net.now, flow, text.as_bytes().to_vec());
        net.ends[B].poll_transmit().unwrap().flow.remote.to_string()
    };
    assert_eq!(
        from(INVITE, &mut net),
        "198.51.100.9:5060",
        "RFC 3261, 18.2.2: the source, at the Via's port"
    );
    let third = INVITE.replace("branch=z9hG4bK7", "branch=z9hG4bK9;received=203.0.113.1");
    let third = third.replace("Call-ID: 7", "Call-ID: 9");
    assert_eq!(
        from(&third, &mut net),
        "198.51.100.9:5060",
        "never to a third party"
    );
    let rport = INVITE
        .replace("branch=z9hG4bK7", "rport;branch=z9hG4bK8")
        .replace("Call-ID: 7", "Call-ID: 8");
    assert_eq!(from(&rport, &mut net), "198.51.100.9:4000", "RFC 3581");
}

#[test]
fn a_name_in_any_character_set_comes_through_and_back() {
    let mut net = Net::new();
    let mut bytes = INVITE.as_bytes().to_vec();
    let at = bytes.windows(6).position(|window| window == b"From: ").unwrap() + 6;
    bytes.splice(at..at, b"\"\xcf\xf0\xe8\xe2\xe5\xf2\" ".iter().copied());
    net.deliver(B, bytes);
    let reply = Message::parse_datagram(net.ends[B].poll_transmit().unwrap().bytes.to_vec()).unwrap();
    assert_eq!(reply.from().unwrap().display, b"\"\xcf\xf0\xe8\xe2\xe5\xf2\"");
}

/// Messages of a call, as `a` and `b` see them, recorded once.
fn recorded() -> Vec<(usize, Vec<u8>)> {
    let mut net = Net::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    net.fate = Box::new(move |end, message| {
        let _ = sender.send((1 - end, message.to_bytes()));
        vec![std::time::Duration::from_millis(10)]
    });
    net.invite(InviteOptions {
        reliability: Reliability::Required,
        ..InviteOptions::default()
    });
    net.run(20);
    let b = net.invited();
    net.ends[B]
        .answer(net.now, b, &reliable(183, Some(ANSWER)))
        .unwrap();
    net.run(100);
    net.answer(b, 200, None);
    net.run(100);
    net.ends[B]
        .request(net.now, b, &request(Method::Update, Some(OFFER)))
        .unwrap();
    net.run(100);
    net.ends[B].bye(net.now, b, None).unwrap();
    net.run(100);
    receiver.try_iter().collect()
}

#[derive(Clone, Debug)]
enum Blow {
    /// Message number, place, new byte.
    Byte(usize, usize, u8),
    /// Message number, place, length: cut out.
    Cut(usize, usize, usize),
    /// Message number as it was, at the wrong time.
    Whole(usize),
    /// Time passes.
    Wait(u64),
    /// The user answers what is there with this.
    Answer(u16),
}

fn blow() -> impl Strategy<Value = Blow> {
    prop_oneof![
        3 => (any::<usize>(), any::<usize>(), any::<u8>()).prop_map(|(m, at, byte)| Blow::Byte(m, at, byte)),
        2 => (any::<usize>(), any::<usize>(), 1usize..40).prop_map(|(m, at, length)| Blow::Cut(m, at, length)),
        4 => any::<usize>().prop_map(Blow::Whole),
        2 => (0u64..40_000).prop_map(Blow::Wait),
        2 => (100u16..700).prop_map(Blow::Answer),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Broken, repeated and misplaced messages of a call with the same seeds, so that tags and branches fit: nothing
    /// panics, and in the end nothing is left.
    #[test]
    fn no_sequence_of_messages_breaks_an_endpoint(blows in prop::collection::vec(blow(), 1..60)) {
        let recorded = recorded();
        let mut net = Net::new();
        net.strict = false;
        net.fate = Box::new(|_, _| vec![]);
        net.invite(InviteOptions { reliability: Reliability::Required, ..InviteOptions::default() });
        for blow in blows {
            let message = match blow {
                Blow::Byte(message, ..) | Blow::Cut(message, ..) | Blow::Whole(message) => message,
                Blow::Wait(ms) => {
                    net.run(ms);
                    continue;
                }
                Blow::Answer(status) => {
                    react(&mut net, status);
                    continue;
                }
            };
            let (end, bytes) = &recorded[message % recorded.len()];
            let mut bytes = bytes.clone();
            match blow {
                Blow::Byte(_, at, byte) => {
                    let at = at % bytes.len();
                    bytes[at] = byte;
                }
                Blow::Cut(_, at, length) => {
                    let at = at % bytes.len();
                    bytes.drain(at..(at + length).min(bytes.len()));
                }
                Blow::Whole(_) | Blow::Wait(_) | Blow::Answer(_) => {}
            }
            net.deliver(*end, bytes);
            net.drain();
        }
        react(&mut net, 486);
        net.run(400_000);
        for end in [A, B] {
            for fact in net.facts[end].drain(..) {
                if let Fact::Answered { dialog, .. } | Fact::Acknowledged { dialog, .. } = fact {
                    let _ = net.ends[end].bye(net.now, dialog, None);
                }
            }
        }
        // Confirmed dialogs last until somebody hangs up; all the rest has ended by itself.
        net.run(100_000);
        for end in [A, B] {
            let counts = net.ends[end].counts();
            prop_assert_eq!((counts.clients, counts.servers, counts.calls), (0, 0, 0));
        }
    }
}

fn react(net: &mut Net, status: u16) {
    for end in [A, B] {
        let facts: Vec<_> = net.facts[end].drain(..).collect();
        for fact in facts {
            let draft = response(status, (status == 200).then_some(ANSWER));
            // Most of these come too late or too early: that they are refused is the point.
            let _ = match fact {
                Fact::Invited { dialog, .. } => net.ends[end].answer(net.now, dialog, &draft),
                Fact::Request { server, .. } => net.ends[end].respond(net.now, server, &draft),
                Fact::Answered { dialog, .. } => net.ends[end].bye(net.now, dialog, None),
                _ => Ok(()),
            };
        }
    }
    net.drain();
}
