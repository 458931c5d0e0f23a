//! Forked INVITEs: a dialog for each To tag (RFC 3261, 12 and 13.2.2.4).

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use cpd_sip::endpoint::{CallId, DialogId, Ending, Forks, InviteOptions, Reliability};
use cpd_sip::{Config, Fact, transport::Protocol};

fn forked(forks: Forks) -> (Net, CallId, DialogId, DialogId) {
    let mut net = Net::with(Config::default(), Config::default(), Protocol::Udp, 1);
    net.fork();
    let options = InviteOptions {
        forks,
        reliability: Reliability::Absent,
        ..InviteOptions::default()
    };
    let call = net.invite(options);
    net.run(20);
    let b = net.invited();
    let c = net.fact(C, |fact| match fact {
        Fact::Invited { dialog, .. } => Some(dialog),
        _ => None,
    });
    net.ladder.clear();
    (net, call, b, c)
}

fn ring(net: &mut Net, b: DialogId, c: DialogId) -> [DialogId; 2] {
    for (end, dialog) in [(B, b), (C, c)] {
        net.ends[end]
            .answer(net.now, dialog, &response(183, Some(ANSWER)))
            .unwrap();
    }
    net.run(20);
    [(); 2].map(|()| {
        net.fact(A, |fact| match fact {
            Fact::Progress { dialog, .. } => dialog,
            _ => None,
        })
    })
}

fn answer_both(net: &mut Net, b: DialogId, c: DialogId) {
    for (end, dialog) in [(B, b), (C, c)] {
        net.ends[end]
            .answer(net.now, dialog, &response(200, Some(ANSWER)))
            .unwrap();
    }
    net.run(100);
}

#[test]
fn rfc3261_13_2_2_4_the_second_answer_gets_ack_and_bye() {
    let (mut net, _, b, c) = forked(Forks::First);
    let early = ring(&mut net, b, c);
    assert_ne!(early[0], early[1]);
    answer_both(&mut net, b, c);
    assert_eq!(net.answered(), early[0]);
    let lost = net.fact(A, |fact| match fact {
        Fact::Ended {
            dialog,
            ending: Ending::OtherFork,
            ..
        } => Some(dialog),
        _ => None,
    });
    assert_eq!(lost, early[1]);
    let ladder = net.ladder();
    assert!(
        ladder.ends_with("a ACK\n50 a ACK\n50 a BYE\n60 c 200 BYE"),
        "{ladder}"
    );
    net.ends[A].bye(net.now, early[0], None).unwrap();
    net.finish();
}

#[test]
fn rfc3261_13_2_2_4_or_each_answer_is_a_call() {
    let (mut net, _, b, c) = forked(Forks::All);
    answer_both(&mut net, b, c);
    let calls = [net.answered(), net.answered()];
    assert!(!net.ladder().contains("BYE"));
    for dialog in calls {
        net.ends[A].bye(net.now, dialog, None).unwrap();
    }
    net.finish();
}

#[test]
fn rfc3261_13_2_2_4_a_fork_that_never_answers_ends_with_the_transaction() {
    let (mut net, _, b, c) = forked(Forks::First);
    let early = ring(&mut net, b, c);
    net.answer(b, 200, Some(ANSWER));
    net.run(31_000);
    assert_eq!(net.answered(), early[0]);
    assert!(net.facts[A].is_empty());
    net.run(2000);
    assert!(matches!(
        net.facts[A].pop_front(),
        Some(Fact::Ended { dialog, ending: Ending::OtherFork, .. }) if dialog == early[1]
    ));
    net.ends[A].bye(net.now, early[0], None).unwrap();
    net.finish();
}

#[test]
fn rfc3261_9_1_a_cancel_ends_all_forks() {
    let (mut net, call, b, c) = forked(Forks::First);
    ring(&mut net, b, c);
    net.ends[A].cancel(net.now, call, b"").unwrap();
    net.run(100);
    for end in [B, C] {
        assert!(matches!(
            net.facts[end].pop_front(),
            Some(Fact::Ended {
                ending: Ending::Cancelled,
                ..
            })
        ));
    }
    let facts: Vec<_> = net.facts[A].drain(..).collect();
    assert!(
        matches!(
            facts[..],
            [Fact::Ended { .. }, Fact::Ended { .. }, Fact::Failed { .. }]
        ),
        "{facts:?}"
    );
    net.finish();
}
