//! RFC 3261 and RFC 6026 behaviours of calls, each seen as a ladder in simulated time.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use cpd_sip::endpoint::{Ending, Failure, InviteOptions, Reliability};
use cpd_sip::message::{Method, Name};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Config, Fact, Message};

fn plain() -> InviteOptions {
    InviteOptions {
        reliability: Reliability::Absent,
        ..InviteOptions::default()
    }
}

fn ended(net: &mut Net, end: usize) -> Ending {
    net.fact(end, |fact| match fact {
        Fact::Ended { ending, .. } => Some(ending),
        _ => None,
    })
}

fn failed(net: &mut Net) -> (Failure, u16) {
    net.fact(A, |fact| match fact {
        Fact::Failed {
            failure, response, ..
        } => Some((failure, response.map_or(0, |response| response.status()))),
        _ => None,
    })
}

fn rings(net: &mut Net) {
    net.fact(A, |fact| matches!(fact, Fact::Progress { .. }).then_some(()));
}

#[test]
fn rfc3261_a_call_from_invite_to_bye() {
    let mut net = Net::new();
    net.invite(plain());
    net.run(100);
    let b = net.invited();
    net.answer(b, 180, None);
    net.run(900);
    net.fact(A, |fact| match fact {
        Fact::Progress { response, .. } if response.status() == 180 => Some(()),
        _ => None,
    });
    net.answer(b, 200, Some(ANSWER));
    net.run(1000);
    let a = net.answered();
    net.fact(B, |fact| match fact {
        Fact::Acknowledged { .. } => Some(()),
        _ => None,
    });
    net.ends[A].bye(net.now, a, None).unwrap();
    net.run(100);
    assert_eq!(
        (ended(&mut net, A), ended(&mut net, B)),
        (Ending::Local, Ending::Remote)
    );
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n100 b 180 INVITE\n1000 b 200 INVITE\n1010 a ACK\n2000 a BYE\n2010 b 200 BYE"
    );
    net.finish();
}

#[test]
fn rfc3261_13_3_1_4_a_2xx_is_repeated_until_its_ack_comes() {
    let mut net = Net::new();
    let mut acks = 0;
    net.lose(move |_, message| {
        acks += u32::from(message.method() == Some(&Method::Ack));
        message.method() == Some(&Method::Ack) && acks < 4
    });
    net.invite(plain());
    net.run(10);
    let b = net.invited();
    net.answer(b, 200, Some(ANSWER));
    net.run(10_000);
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n10 b 200 INVITE\n20 a ACK ✗\n510 b 200 INVITE\n520 a ACK ✗\n1510 b 200 INVITE\n\
         1520 a ACK ✗\n3510 b 200 INVITE\n3520 a ACK"
    );
    net.answered();
    net.ends[B].bye(net.now, b, None).unwrap();
    net.finish();
}

#[test]
fn rfc3261_13_3_1_4_without_ack_the_call_ends_with_bye() {
    let mut net = Net::new();
    net.lose(|_, message| message.method() == Some(&Method::Ack));
    net.invite(plain());
    net.run(10);
    let b = net.invited();
    net.answer(b, 200, Some(ANSWER));
    net.run(32_100);
    assert_eq!(ended(&mut net, B), Ending::NoAck);
    net.answered();
    assert_eq!(ended(&mut net, A), Ending::Remote);
    assert!(net.ladder().contains("\n32010 b BYE\n32020 a 200 BYE"));
    net.finish();
}

#[test]
fn rfc3261_15_the_callee_hangs_up_only_after_the_ack() {
    let mut net = Net::new();
    let mut first = true;
    net.lose(move |_, message| message.method() == Some(&Method::Ack) && std::mem::take(&mut first));
    net.invite(plain());
    net.run(10);
    let b = net.invited();
    net.answer(b, 200, Some(ANSWER));
    net.ends[B].bye(net.now, b, None).unwrap();
    net.run(1000);
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n10 b 200 INVITE\n20 a ACK ✗\n510 b 200 INVITE\n520 a ACK\n530 b BYE\n\
         540 a 200 BYE"
    );
    net.finish();
}

#[test]
fn rfc3261_9_1_cancel_waits_for_the_first_provisional() {
    let mut net = Net::new();
    let mut invites = 0;
    net.lose(move |_, message| {
        invites += u32::from(message.method() == Some(&Method::Invite));
        message.method() == Some(&Method::Invite) && invites < 3
    });
    let call = net.invite(plain());
    net.ends[A].cancel(net.now, call, b"SIP;cause=487").unwrap();
    net.ends[A].cancel(net.now, call, b"").unwrap();
    net.run(2000);
    assert_eq!(
        net.ladder(),
        "0 a INVITE ✗\n500 a INVITE ✗\n1500 a INVITE\n1510 b 100 INVITE\n1520 a CANCEL\n1530 b 200 CANCEL\n\
         1530 b 487 INVITE\n1540 a ACK"
    );
    assert_eq!(failed(&mut net), (Failure::Cancelled, 487));
    net.invited();
    let cause = net.fact(B, |fact| match fact {
        Fact::Ended {
            ending: Ending::Cancelled,
            message: Some(cancel),
            ..
        } => Some(cancel.reasons().next().and_then(|r| r.cause())),
        _ => None,
    });
    assert_eq!(cause, Some(487));
    net.finish();
}

#[test]
fn rfc3261_9_2_a_repeated_cancel_is_absorbed() {
    let mut net = Net::new();
    let mut oks = 0;
    net.lose(move |_, message| {
        let ok = name(message) == "200 CANCEL";
        oks += u32::from(ok);
        ok && oks < 3
    });
    let call = net.invite(plain());
    net.run(100);
    net.ends[A].cancel(net.now, call, b"").unwrap();
    net.run(5000);
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n100 a CANCEL\n110 b 200 CANCEL ✗\n110 b 487 INVITE\n120 a ACK\n600 a CANCEL\n\
         610 b 200 CANCEL ✗\n1600 a CANCEL\n1610 b 200 CANCEL"
    );
    net.invited();
    assert_eq!(ended(&mut net, B), Ending::Cancelled);
    assert!(net.facts[B].is_empty());
    net.finish();
}

#[test]
fn rfc3261_9_1_a_2xx_that_crosses_a_cancel_gets_ack_and_bye() {
    let mut net = Net::new();
    let call = net.invite(plain());
    net.run(100);
    let b = net.invited();
    net.answer(b, 200, Some(ANSWER));
    net.drain();
    net.ends[A].cancel(net.now, call, b"").unwrap();
    net.run(100);
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n100 b 200 INVITE\n100 a CANCEL\n110 a ACK\n110 a BYE\n110 b 200 CANCEL\n\
         120 b 200 BYE"
    );
    assert_eq!(failed(&mut net), (Failure::Cancelled, 0));
    assert!(net.facts[A].is_empty(), "the caller hears of no dialog");
    net.finish();
}

#[test]
fn rfc3261_8_1_3_1_silence_is_a_timeout() {
    let mut net = Net::new();
    net.lose(|_, _| true);
    net.invite(plain());
    net.run(40_000);
    assert_eq!(failed(&mut net), (Failure::TimedOut, 0));
    net.finish();
}

#[test]
fn a_call_that_only_rings_is_cancelled_in_the_end() {
    let mut net = Net::new();
    net.invite(plain());
    net.run(100);
    let b = net.invited();
    net.answer(b, 180, None);
    net.run(299_000);
    net.ladder.clear();
    net.run(2000);
    assert!(net.ladder().starts_with("300000 a CANCEL\n"));
    assert!(matches!(
        net.facts[A].pop_back(),
        Some(Fact::Failed {
            failure: Failure::TimedOut,
            ..
        })
    ));
    net.finish();
}

#[test]
fn rfc3261_14_1_glare_is_491_and_both_come_through() {
    let mut net = Net::new();
    let dialogs = net.connect(plain());
    for end in [A, B] {
        net.ends[end]
            .request(net.now, dialogs[end], &request(Method::Invite, Some(OFFER)))
            .unwrap();
    }
    for _ in 0..40 {
        net.run(250);
        for end in [A, B] {
            for fact in std::mem::take(&mut net.facts[end]) {
                match fact {
                    Fact::Request { server, .. } => net.ends[end]
                        .respond(net.now, server, &response(200, Some(ANSWER)))
                        .unwrap(),
                    Fact::Response { response, .. } => assert_eq!(response.unwrap().status(), 200),
                    Fact::Acknowledged { .. } => {}
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    let ladder = net.ladder();
    let at = |line: &str| {
        let (ms, _) = ladder
            .lines()
            .filter(|l| l.ends_with(line))
            .nth(1)
            .unwrap()
            .split_once(' ')
            .unwrap();
        ms.parse::<u64>().unwrap()
    };
    let begin: u64 = ladder.split(' ').next().unwrap().parse().unwrap();
    assert_eq!(ladder.matches("491 INVITE").count(), 2);
    // From the 491, 20 ms after the INVITE: the owner of the Call-ID 2.1 to 4 s, the other up to 2 s.
    assert!(
        (2100..=4000).contains(&(at(" a INVITE") - begin - 20)),
        "{ladder}"
    );
    assert!((0..=2000).contains(&(at(" b INVITE") - begin - 20)), "{ladder}");
    net.ends[A].bye(net.now, dialogs[A], None).unwrap();
    net.finish();
}

#[test]
fn rfc3261_14_2_a_second_reinvite_before_the_first_is_answered_is_500() {
    let mut net = Net::new();
    let dialogs = net.connect(plain());
    net.ends[A]
        .request(net.now, dialogs[A], &request(Method::Invite, Some(OFFER)))
        .unwrap();
    net.drain();
    // The peer's stack would not send it: the first is copied with the next number.
    let mut copy = Vec::new();
    net.lose(|_, _| false);
    net.fate = Box::new({
        let (sender, receiver) = std::sync::mpsc::channel();
        copy.push(receiver);
        move |_, message| {
            let _ = sender.send(message.to_bytes());
            vec![std::time::Duration::from_millis(10)]
        }
    });
    net.run(50);
    let trying = copy[0].try_iter().next().unwrap();
    let trying = Message::parse_datagram(trying).unwrap();
    let mut second = Message::request(Method::Invite, b"sip:192.0.2.2:5060");
    second.push(
        Name::VIA,
        b"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKsecond;rport",
    );
    for name in [Name::FROM, Name::TO, Name::CALL_ID] {
        second.copy(&trying, name);
    }
    second.push(Name::CONTACT, b"<sip:192.0.2.1:5060>");
    let number = trying.cseq().unwrap().number;
    second.push(Name::CSEQ, format!("{} INVITE", number + 1).as_bytes());
    net.deliver(B, second.to_bytes());
    net.drain();
    let refusal = Message::parse_datagram(copy[0].try_iter().next().unwrap()).unwrap();
    assert_eq!(refusal.status(), 500);
    assert!(refusal.retry_after().unwrap().seconds <= 10);
    // A lower number is refused too (RFC 3261, 12.2.2).
    second.set(Name::CSEQ, format!("{number} INFO").as_bytes());
    second.set_request_line(Method::Info, b"sip:192.0.2.2:5060");
    second.set(Name::VIA, b"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKthird;rport");
    net.deliver(B, second.to_bytes());
    net.drain();
    let refusals: Vec<_> = copy[0]
        .try_iter()
        .map(|bytes| Message::parse_datagram(bytes).unwrap())
        .collect();
    let refusal = refusals
        .iter()
        .find(|message| message.cseq().unwrap().method == Method::Info)
        .unwrap();
    assert_eq!(
        (refusal.status(), refusal.reason()),
        (500, &b"CSeq Out Of Order"[..])
    );
    net.ends[B].bye(net.now, dialogs[B], None).unwrap();
    net.finish();
}

#[test]
fn rfc3261_15_bye_against_reinvite_ends_both() {
    let mut net = Net::new();
    let dialogs = net.connect(plain());
    net.ends[A]
        .request(net.now, dialogs[A], &request(Method::Invite, Some(OFFER)))
        .unwrap();
    net.ends[B].bye(net.now, dialogs[B], None).unwrap();
    net.run(1000);
    let ladder = net.ladder();
    assert!(ladder.contains("481 INVITE"), "{ladder}");
    assert!(ladder.contains("200 BYE"), "{ladder}");
    net.finish();
}

#[test]
fn rfc3261_13_2_1_an_offer_in_the_2xx_is_answered_in_the_ack() {
    let mut net = Net::new();
    let flow = net.flow(A);
    net.ends[A].invite(net.now, flow, &invite(None), plain()).unwrap();
    net.run(50);
    let b = net.invited();
    net.answer(b, 200, Some(OFFER));
    net.run(1000);
    let a = net.fact(A, |fact| match fact {
        Fact::Answered {
            dialog,
            ack_wanted: true,
            ..
        } => Some(dialog),
        _ => None,
    });
    assert!(!net.ladder().contains("ACK"));
    net.ends[A]
        .ack(net.now, a, "application/sdp", ANSWER.as_bytes())
        .unwrap();
    net.run(100);
    let body = net.fact(B, |fact| match fact {
        Fact::Acknowledged { request, .. } => Some(request.body().to_vec()),
        _ => None,
    });
    assert_eq!(body, ANSWER.as_bytes());
    net.ends[A].bye(net.now, a, None).unwrap();
    net.finish();
}

#[test]
fn rfc3261_14_1_a_dialog_that_the_peer_forgot_is_over() {
    let mut net = Net::new();
    let dialogs = net.connect(plain());
    net.ends[B] = cpd_sip::Endpoint::new(Config::default(), [9; 32]);
    net.ends[A]
        .request(net.now, dialogs[A], &request(Method::Options, None))
        .unwrap();
    net.run(100);
    assert_eq!(net.ladder(), "100 a OPTIONS\n110 b 481 OPTIONS");
    net.facts[A].pop_front();
    assert_eq!(ended(&mut net, A), Ending::Lost);
    net.finish();
}

#[test]
fn over_tcp_nothing_is_repeated_but_the_2xx() {
    let mut net = Net::with(Config::default(), Config::default(), Protocol::Tcp, 1);
    net.lose(|_, message| message.method() == Some(&Method::Ack));
    net.invite(plain());
    net.run(10);
    let b = net.invited();
    net.run(3000);
    net.answer(b, 200, Some(ANSWER));
    net.run(600);
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n3010 b 200 INVITE\n3020 a ACK ✗\n3510 b 200 INVITE\n3520 a ACK ✗"
    );
    net.finish();
}

#[test]
fn rfc3261_13_3_1_1_ringing_is_told_again_every_minute() {
    let mut net = Net::new();
    net.invite(plain());
    net.run(100);
    let b = net.invited();
    net.answer(b, 180, None);
    net.run(130_000);
    net.answer(b, 486, None);
    net.run(200_000);
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n100 b 180 INVITE\n60100 b 180 INVITE\n120100 b 180 INVITE\n130100 b 486 INVITE\n\
         130110 a ACK"
    );
    net.finish();
}

#[test]
fn rfc3261_9_1_a_cancelled_invite_without_487_is_given_up() {
    let mut net = Net::new();
    net.lose(|_, message| message.status() >= 300);
    let call = net.invite(plain());
    net.run(100);
    net.ends[A].cancel(net.now, call, b"").unwrap();
    net.run(31_900);
    assert!(net.facts[A].is_empty());
    net.run(200);
    assert_eq!(failed(&mut net), (Failure::Cancelled, 0));
    net.finish();
}

#[test]
fn rfc3261_9_1_an_answer_to_a_call_that_was_given_up_gets_ack_and_bye() {
    let mut net = Net::new();
    net.lose(|_, message| message.method() == Some(&Method::Cancel));
    let call = net.invite(plain());
    net.run(100);
    net.ends[A].cancel(net.now, call, b"").unwrap();
    net.run(40_000);
    assert_eq!(failed(&mut net), (Failure::Cancelled, 0));
    net.ladder();
    let b = net.invited();
    net.answer(b, 200, Some(ANSWER));
    net.run(100);
    assert_eq!(
        net.ladder(),
        "40100 b 200 INVITE\n40110 a ACK\n40110 a BYE\n40120 b 200 BYE"
    );
    assert!(net.facts[A].is_empty(), "the caller hears of no dialog");
    net.finish();
}

#[test]
fn rfc3261_18_4_a_transport_that_fails_fails_what_waits_on_it() {
    let mut net = Net::with(Config::default(), Config::default(), Protocol::Tcp, 1);
    net.lose(|_, _| true);
    net.invite(plain());
    let dialog_less = net.flow(A);
    net.drain();
    net.ends[A].handle_transport_error(net.now, dialog_less);
    assert_eq!(failed(&mut net), (Failure::Unreachable, 0));
    net.finish();
}

/// A connection that breaks under a ringing call: the INVITE goes out once more, and the callee takes it for a repetition.
#[test]
fn a_call_that_rings_outlives_its_connection() {
    let mut net = Net::with(Config::default(), Config::default(), Protocol::Tcp, 1);
    net.invite(plain());
    net.run(100);
    let b = net.invited();
    net.answer(b, 180, None);
    net.run(100);
    let flow = net.flow(A);
    net.ends[A].handle_transport_error(net.now, flow);
    net.run(100);
    for _ in 0..2 {
        rings(&mut net);
    }
    net.answer(b, 200, Some(ANSWER));
    net.run(100);
    let a = net.answered();
    net.fact(B, |fact| matches!(fact, Fact::Acknowledged { .. }).then_some(()));
    // It breaks again with a BYE under way: what was lost of it is said again.
    net.lose(|end, message| end == A && message.method() == Some(&Method::Bye));
    net.ends[A].bye(net.now, a, None).unwrap();
    net.run(100);
    net.lose(|_, _| false);
    net.ends[A].handle_transport_error(net.now, flow);
    net.run(100);
    assert_eq!(
        (ended(&mut net, A), ended(&mut net, B)),
        (Ending::Local, Ending::Remote)
    );
    net.finish();
    // A way that does not come back is given up.
    let mut net = Net::with(Config::default(), Config::default(), Protocol::Tcp, 1);
    net.invite(plain());
    net.run(100);
    let b = net.invited();
    net.answer(b, 180, None);
    net.run(100);
    rings(&mut net);
    for _ in 0..2 {
        net.ends[A].handle_transport_error(net.now, flow);
    }
    assert_eq!(ended(&mut net, A), Ending::NotAnswered);
    assert_eq!(failed(&mut net), (Failure::Unreachable, 0));
}

#[test]
fn rfc3261_12_2_2_a_refused_reinvite_does_not_move_the_target() {
    for (status, moved) in [(488, false), (200, true)] {
        let mut net = Net::new();
        let dialogs = net.connect(plain());
        let mut draft = request(Method::Invite, Some(OFFER));
        draft.push(Name::CONTACT, b"<sip:192.0.2.3:5060>");
        net.ends[A].request(net.now, dialogs[A], &draft).unwrap();
        net.run(20);
        let server = net.fact(B, |fact| match fact {
            Fact::Request { server, .. } => Some(server),
            _ => None,
        });
        net.ends[B]
            .respond(net.now, server, &response(status, None))
            .unwrap();
        let target = net.ends[B].next_hop(dialogs[B]).unwrap().raw.to_vec();
        assert_eq!(target == b"sip:192.0.2.3:5060", moved, "{status}");
        net.run(50);
        let names = net.ends[A].names(dialogs[A]).unwrap();
        assert_eq!(
            Some(names.local_tag),
            net.ends[B].names(dialogs[B]).map(|names| names.remote_tag)
        );
        net.ends[A].bye(net.now, dialogs[A], None).unwrap();
        net.finish();
    }
}

#[test]
fn a_call_over_ipv6() {
    let now = Net::new().now;
    let side = |address: &str| address.parse::<std::net::SocketAddr>().unwrap();
    let sides = [side("[2001:db8::1]:5060"), side("[2001:db8::2]:5070")];
    let flow = |end: usize| Flow {
        protocol: Protocol::Udp,
        local: sides[end],
        remote: sides[1 - end],
    };
    let mut ends = [1, 2].map(|seed| cpd_sip::Endpoint::new(Config::default(), [seed; 32]));
    let mut draft = invite(None);
    draft.set_request_line(Method::Invite, b"sip:b@[2001:db8::2]:5070");
    ends[A].invite(now, flow(A), &draft, plain()).unwrap();
    let mut told = Vec::new();
    for _ in 0..6 {
        for end in [A, B] {
            while let Some(transmit) = ends[end].poll_transmit() {
                assert_eq!(transmit.flow, flow(end));
                ends[1 - end].handle_datagram(now, flow(1 - end), transmit.bytes.to_vec());
            }
            while let Some(fact) = ends[end].poll_fact() {
                match fact {
                    Fact::Invited { dialog, request, .. } => {
                        assert_eq!(request.contact().unwrap().uri, b"sip:[2001:db8::1]:5060");
                        ends[end].answer(now, dialog, &response(200, None)).unwrap();
                    }
                    Fact::Answered { dialog, .. } => ends[end].bye(now, dialog, None).unwrap(),
                    Fact::Ended { ending, .. } => told.push(ending),
                    _ => {}
                }
            }
        }
    }
    assert_eq!(told, [Ending::Local, Ending::Remote]);
}

#[test]
fn rfc3261_13_2_2_4_an_offer_that_the_user_never_answers_still_gets_its_ack() {
    let mut net = Net::new();
    let flow = net.flow(A);
    net.ends[A].invite(net.now, flow, &invite(None), plain()).unwrap();
    net.run(50);
    let b = net.invited();
    net.answer(b, 200, Some(OFFER));
    net.run(33_000);
    let ladder = net.ladder();
    assert!(
        ladder.ends_with("32050 b BYE\n32060 a 200 BYE\n32060 a ACK"),
        "{ladder}"
    );
    net.finish();
}
