//! RFC 3262: reliable provisional responses, each behaviour in simulated time.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use cpd_sip::Fact;
use cpd_sip::endpoint::{CallId, DialogId, Ending, InviteOptions, Reliability, UserError};
use cpd_sip::message::{Message, Method::Prack, Name};

fn options(reliability: Reliability) -> InviteOptions {
    InviteOptions {
        reliability,
        ..InviteOptions::default()
    }
}

fn ring(net: &mut Net, reliability: Reliability) -> (CallId, DialogId) {
    let call = net.invite(options(reliability));
    net.run(10);
    let b = net.invited();
    (call, b)
}

fn progress(net: &mut Net) -> (DialogId, Message, bool) {
    net.fact(A, |fact| match fact {
        Fact::Progress {
            dialog: Some(dialog),
            response,
            prack_wanted,
            ..
        } => Some((dialog, response, prack_wanted)),
        _ => None,
    })
}

fn hang_up(net: &mut Net) {
    net.run(100);
    let dialog = net.facts[A].drain(..).find_map(|fact| match fact {
        Fact::Answered { dialog, .. } => Some(dialog),
        _ => None,
    });
    net.ends[A]
        .bye(net.now, dialog.expect("an answer"), None)
        .unwrap();
    net.finish();
}

#[test]
fn rfc3262_3_a_183_is_repeated_until_its_prack_comes() {
    let mut net = Net::new();
    let mut pracks = 0;
    net.lose(move |_, message| {
        let prack = message.method() == Some(&Prack);
        pracks += u32::from(prack);
        prack && pracks < 3
    });
    let (_, b) = ring(&mut net, Reliability::Supported);
    net.ends[B]
        .answer(net.now, b, &reliable(183, Some(ANSWER)))
        .unwrap();
    net.run(5000);
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n10 b 183 INVITE\n20 a PRACK ✗\n510 b 183 INVITE\n520 a PRACK ✗\n\
         1510 b 183 INVITE\n1520 a PRACK\n1530 b 200 PRACK"
    );
    let (_, response, _) = progress(&mut net);
    assert!(
        response.rseq().is_some() && net.facts[A].is_empty(),
        "the repeats are not told"
    );
    net.answer(b, 200, None);
    hang_up(&mut net);
}

#[test]
fn rfc3262_3_without_prack_the_invite_is_refused() {
    let mut net = Net::new();
    net.lose(|_, message| message.method() == Some(&Prack));
    let (_, b) = ring(&mut net, Reliability::Supported);
    net.ends[B].answer(net.now, b, &reliable(180, None)).unwrap();
    net.run(32_500);
    let ladder = net.ladder();
    assert!(ladder.contains("\n32010 b 504 INVITE\n"), "{ladder}");
    // Doubled without the bound of 4 s: 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s after the first.
    assert_eq!(ladder.matches("180 INVITE").count(), 7);
    assert!(matches!(
        net.facts[B].pop_back(),
        Some(Fact::Ended {
            ending: Ending::NoPrack,
            ..
        })
    ));
    net.finish();
}

#[test]
fn rfc3262_3_only_one_response_is_unacknowledged_at_a_time() {
    let mut net = Net::new();
    let (_, b) = ring(&mut net, Reliability::Supported);
    for status in [180, 183] {
        net.ends[B].answer(net.now, b, &reliable(status, None)).unwrap();
    }
    net.answer(b, 200, Some(ANSWER));
    assert_eq!(
        net.ends[B].answer(net.now, b, &response(200, None)),
        Err(UserError::WrongStage)
    );
    net.run(200);
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n10 b 180 INVITE\n20 a PRACK\n30 b 200 PRACK\n30 b 183 INVITE\n40 a PRACK\n\
         50 b 200 PRACK\n50 b 200 INVITE\n60 a ACK"
    );
    let (first, second) = (progress(&mut net).1, progress(&mut net).1);
    assert_eq!(second.rseq().unwrap(), first.rseq().unwrap() + 1);
    hang_up(&mut net);
}

#[test]
fn rfc3262_3_a_2xx_waits_for_the_prack_of_a_description_but_a_refusal_does_not() {
    for (status, waits) in [(200, true), (486, false)] {
        let mut net = Net::new();
        let mut pracks = 0;
        net.lose(move |_, message| {
            let prack = message.method() == Some(&Prack);
            pracks += u32::from(prack);
            prack && pracks == 1
        });
        let (_, b) = ring(&mut net, Reliability::Supported);
        net.ends[B]
            .answer(net.now, b, &reliable(183, Some(ANSWER)))
            .unwrap();
        net.answer(b, status, None);
        net.run(400);
        assert_eq!(
            net.ladder().contains(&format!("{status} INVITE")),
            !waits,
            "{status}"
        );
        if waits {
            net.run(200);
            hang_up(&mut net);
        } else {
            net.finish();
        }
    }
}

#[test]
fn rfc3262_3_support_on_either_side_is_independent() {
    for (reliability, draft, expected) in [
        (Reliability::Absent, reliable(180, None), false),
        (Reliability::Supported, response(180, None), false),
        (Reliability::Supported, reliable(180, None), true),
        (Reliability::Required, response(180, None), true),
    ] {
        let mut net = Net::new();
        let (_, b) = ring(&mut net, reliability);
        net.ends[B].answer(net.now, b, &draft).unwrap();
        net.run(100);
        let (_, response, _) = progress(&mut net);
        assert_eq!(response.rseq().is_some(), expected, "{reliability:?}");
        assert_eq!(response.lists(Name::REQUIRE, "100rel"), expected);
        assert_eq!(net.ladder().contains("PRACK"), expected);
        net.answer(b, 200, Some(ANSWER));
        hang_up(&mut net);
    }
}

#[test]
fn rfc3262_5_an_offer_in_the_183_is_answered_in_the_prack() {
    let mut net = Net::new();
    let flow = net.flow(A);
    net.ends[A]
        .invite(net.now, flow, &invite(None), options(Reliability::Supported))
        .unwrap();
    net.run(10);
    let b = net.invited();
    net.ends[B]
        .answer(net.now, b, &reliable(183, Some(OFFER)))
        .unwrap();
    net.run(100);
    let (a, _, prack_wanted) = progress(&mut net);
    assert!(prack_wanted);
    net.ends[A]
        .prack(net.now, a, "application/sdp", ANSWER.as_bytes())
        .unwrap();
    assert_eq!(
        net.ends[A].prack(net.now, a, "application/sdp", b""),
        Err(UserError::WrongStage)
    );
    net.run(100);
    let body = net.fact(B, |fact| match fact {
        Fact::Pracked { request, .. } => Some(request.body().to_vec()),
        _ => None,
    });
    assert_eq!(body, ANSWER.as_bytes());
    net.answer(b, 200, Some(OFFER));
    net.run(50);
    assert!(
        net.ladder().ends_with("a ACK"),
        "the copy in the 200 needs no answer"
    );
    hang_up(&mut net);
}

#[test]
fn rfc3262_5_a_prack_may_carry_a_new_offer() {
    let mut net = Net::new();
    let (_, b) = ring(&mut net, Reliability::Supported);
    net.ends[B]
        .answer(net.now, b, &reliable(183, Some(ANSWER)))
        .unwrap();
    net.drain();
    // A PRACK with an offer, as another stack might send it in place of ours.
    let mut first = true;
    let (sender, receiver) = std::sync::mpsc::channel();
    net.lose(move |_, message| {
        let prack = message.method() == Some(&Prack) && std::mem::take(&mut first);
        if prack {
            let mut message = message.clone();
            message.set_body("application/sdp", OFFER.as_bytes());
            let _ = sender.send(message.to_bytes());
        }
        prack
    });
    net.run(20);
    net.deliver(B, receiver.try_recv().unwrap());
    let server = net.fact(B, |fact| match fact {
        Fact::Request { server, request, .. } if request.method() == Some(&Prack) => Some(server),
        _ => None,
    });
    net.ends[B]
        .respond(net.now, server, &response(200, Some(ANSWER)))
        .unwrap();
    net.answer(b, 200, None);
    net.run(20);
    assert!(net.ladder().contains("b 200 PRACK\n30 b 200 INVITE"));
    hang_up(&mut net);
}

#[test]
fn rfc3262_3_a_prack_that_matches_nothing_is_481() {
    let mut net = Net::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    net.lose(move |_, message| {
        if message.method() == Some(&Prack) {
            let _ = sender.send(message.clone());
        }
        false
    });
    let (_, b) = ring(&mut net, Reliability::Supported);
    net.ends[B]
        .answer(net.now, b, &reliable(183, Some(ANSWER)))
        .unwrap();
    net.run(100);
    let mut prack = receiver.try_recv().unwrap();
    prack.set(Name::VIA, b"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKagain;rport");
    prack.set(Name::CSEQ, b"9 PRACK");
    net.deliver(B, prack.to_bytes());
    assert!(net.ladder().ends_with("b 481 PRACK"));
    net.answer(b, 200, None);
    net.run(50);
    net.ends[B].bye(net.now, b, None).unwrap();
    net.finish();
}

#[test]
fn rfc3262_prack_against_200_ends_in_a_call() {
    // The 2xx without a description need not wait: it overtakes the PRACK.
    let mut net = Net::new();
    let (_, b) = ring(&mut net, Reliability::Supported);
    net.ends[B].answer(net.now, b, &reliable(180, None)).unwrap();
    net.answer(b, 200, Some(ANSWER));
    net.run(100);
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 100 INVITE\n10 b 180 INVITE\n10 b 200 INVITE\n20 a PRACK\n20 a ACK\n30 b 200 PRACK"
    );
    hang_up(&mut net);
}

#[test]
fn rfc3262_a_call_cancelled_while_a_183_is_open_leaves_nothing() {
    let mut net = Net::new();
    net.lose(|_, message| message.method() == Some(&Prack));
    let (call, b) = ring(&mut net, Reliability::Required);
    net.ends[B]
        .answer(net.now, b, &reliable(183, Some(ANSWER)))
        .unwrap();
    net.run(700);
    net.ends[A].cancel(net.now, call, b"").unwrap();
    net.run(100);
    assert!(net.ladder().contains("487 INVITE"));
    assert_eq!(
        net.ends[B].answer(net.now, b, &response(200, None)),
        Err(UserError::Gone)
    );
    net.finish();
}
