//! RFC 4028 session timers, RFC 3311 UPDATE, RFC 6086 INFO: requests in a dialog, in simulated time.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use cpd_sip::dialog::SessionWish;
use cpd_sip::endpoint::{DialogId, Ending, InviteOptions, Reliability, ServerId};
use cpd_sip::headers::Refresher;
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::Protocol;
use cpd_sip::{Config, Fact};

fn wish(expires_s: u32, min_se_s: u32, refresher: Option<Refresher>) -> Option<SessionWish> {
    Some(SessionWish {
        expires_s,
        min_se_s,
        refresher,
    })
}

fn options(session: Option<SessionWish>) -> InviteOptions {
    InviteOptions {
        reliability: Reliability::Absent,
        session,
        ..InviteOptions::default()
    }
}

fn net(b: Config) -> Net {
    Net::with(Config::default(), b, Protocol::Udp, 1)
}

fn without_update() -> Config {
    let mut config = Config::default();
    config.allow.retain(|method| method != "UPDATE");
    config
}

fn request_fact(net: &mut Net, end: usize) -> (ServerId, Message) {
    net.fact(end, |fact| match fact {
        Fact::Request { server, request, .. } => Some((server, request)),
        _ => None,
    })
}

fn ended(net: &mut Net, end: usize) -> Option<Ending> {
    net.facts[end].drain(..).find_map(|fact| match fact {
        Fact::Ended { ending, .. } => Some(ending),
        _ => None,
    })
}

fn hang_up(net: &mut Net, dialogs: [DialogId; 2]) {
    net.ends[A].bye(net.now, dialogs[A], None).unwrap();
    net.finish();
}

#[test]
fn rfc4028_7_the_caller_refreshes_by_update_at_half_time() {
    let mut net = net(Config::default());
    let dialogs = net.connect(options(wish(600, 90, Some(Refresher::Uac))));
    net.run(600_000);
    assert_eq!(
        net.ladder(),
        "300060 a UPDATE\n300070 b 200 UPDATE\n600080 a UPDATE\n600090 b 200 UPDATE"
    );
    assert!(matches!(net.facts[B].pop_front(), Some(Fact::Refreshed { .. })));
    hang_up(&mut net, dialogs);
}

#[test]
fn rfc4028_7_a_peer_without_update_is_refreshed_by_reinvite() {
    let mut net = net(without_update());
    let dialogs = net.connect(options(wish(600, 90, None)));
    net.run(300_000);
    let (server, request) = request_fact(&mut net, B);
    assert_eq!(
        request.part("application/sdp"),
        Some(OFFER.as_bytes()),
        "the last description, unchanged"
    );
    assert_eq!(request.session_expires().unwrap().refresher, Some(Refresher::Uac));
    net.ends[B]
        .respond(net.now, server, &response(200, Some(ANSWER)))
        .unwrap();
    net.run(100);
    assert!(net.ladder().ends_with("b 200 INVITE\n300110 a ACK"));
    assert!(matches!(net.facts[A].pop_front(), Some(Fact::Refreshed { .. })));
    hang_up(&mut net, dialogs);
}

#[test]
fn rfc4028_9_the_callee_refreshes_if_told_so() {
    let mut net = net(Config::default());
    let dialogs = net.connect(options(wish(600, 90, Some(Refresher::Uas))));
    net.run(310_000);
    assert_eq!(net.ladder(), "300050 b UPDATE\n300060 a 200 UPDATE");
    hang_up(&mut net, dialogs);
}

#[test]
fn rfc4028_9_the_callee_asks_for_a_timer_where_the_caller_has_no_wish() {
    let config = Config {
        session: wish(400, 90, Some(Refresher::Uas)),
        ..Config::default()
    };
    let mut net = net(config);
    let dialogs = net.connect(options(None));
    net.run(210_000);
    assert_eq!(net.ladder(), "200050 b UPDATE\n200060 a 200 UPDATE");
    hang_up(&mut net, dialogs);
}

#[test]
fn rfc4028_7_3_a_422_is_answered_with_a_longer_interval() {
    let config = Config {
        session: wish(1800, 900, None),
        ..Config::default()
    };
    let mut net = net(config);
    net.invite(options(wish(120, 90, None)));
    net.run(100);
    net.invited();
    assert_eq!(
        net.ladder(),
        "0 a INVITE\n10 b 422 INVITE\n20 a ACK\n20 a INVITE\n30 b 100 INVITE"
    );
    let (dialog, request) = {
        net.invite(options(wish(120, 90, None)));
        net.run(100);
        net.fact(B, |fact| match fact {
            Fact::Invited { dialog, request, .. } => Some((dialog, request)),
            _ => None,
        })
    };
    assert_eq!(
        (request.session_expires().unwrap().seconds, request.min_se()),
        (900, Some(900))
    );
    assert_eq!(request.cseq().unwrap().number, 2);
    net.answer(dialog, 486, None);
    net.finish();
}

#[test]
fn rfc4028_10_a_session_that_nobody_refreshes_ends_with_bye() {
    let mut net = net(Config::default());
    net.connect(options(wish(600, 90, Some(Refresher::Uas))));
    net.lose(|end, message| end == B && message.method().is_some());
    net.run(600_000);
    assert_eq!(
        ended(&mut net, B),
        Some(Ending::Lost),
        "the refresh was never answered"
    );
    assert_eq!(ended(&mut net, A), Some(Ending::SessionExpired));
    let ladder = net.ladder();
    assert!(ladder.contains("568060 a BYE"), "32 s before the end: {ladder}");
    net.finish();
}

#[test]
fn rfc3311_5_2_offers_that_cross_are_491_and_come_through() {
    let mut net = net(Config::default());
    let dialogs = net.connect(options(None));
    for end in [A, B] {
        net.ends[end]
            .request(net.now, dialogs[end], &request(Method::Update, Some(OFFER)))
            .unwrap();
    }
    let mut answered = 0;
    for _ in 0..40 {
        net.run(250);
        for end in [A, B] {
            for fact in std::mem::take(&mut net.facts[end]) {
                match fact {
                    Fact::Request { server, .. } => {
                        net.ends[end]
                            .respond(net.now, server, &response(200, Some(ANSWER)))
                            .unwrap();
                    }
                    Fact::Response { response, .. } => {
                        assert_eq!(response.unwrap().status(), 200);
                        answered += 1;
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    assert_eq!((answered, net.ladder().matches("491 UPDATE").count()), (2, 2));
    hang_up(&mut net, dialogs);
}

#[test]
fn rfc3311_5_1_an_early_dialog_may_be_updated() {
    let mut net = net(Config::default());
    net.invite(InviteOptions::default());
    net.run(20);
    let b = net.invited();
    net.ends[B]
        .answer(net.now, b, &reliable(183, Some(ANSWER)))
        .unwrap();
    net.run(50);
    let a = net.fact(A, |fact| match fact {
        Fact::Progress { dialog, .. } => dialog,
        _ => None,
    });
    net.ends[A]
        .request(net.now, a, &request(Method::Update, Some(OFFER)))
        .unwrap();
    net.run(20);
    net.facts[B].pop_front();
    let (server, _) = request_fact(&mut net, B);
    net.ends[B]
        .respond(net.now, server, &response(200, Some(ANSWER)))
        .unwrap();
    net.answer(b, 200, None);
    net.run(50);
    assert!(net.ladder().ends_with("b 200 UPDATE\n90 b 200 INVITE\n100 a ACK"));
    net.ends[A].bye(net.now, a, None).unwrap();
    net.finish();
}

#[test]
fn rfc6086_info_packages_are_known_or_469() {
    let config = Config {
        info_packages: vec!["dtmf".into()],
        ..Config::default()
    };
    let mut net = net(config);
    let dialogs = net.connect(options(None));
    for (package, known) in [(Some("dtmf;x=1"), true), (Some("other"), false), (None, true)] {
        let mut info = Message::request(Method::Info, b"");
        if let Some(package) = package {
            info.push(Name::INFO_PACKAGE, package.as_bytes());
        }
        net.ends[A].request(net.now, dialogs[A], &info).unwrap();
        net.run(20);
        if known {
            let (server, _) = request_fact(&mut net, B);
            net.ends[B]
                .respond(net.now, server, &response(200, None))
                .unwrap();
            net.run(20);
        }
        let answer = net.fact(A, |fact| match fact {
            Fact::Response { response, .. } => response.ok(),
            _ => None,
        });
        assert_eq!(answer.status(), if known { 200 } else { 469 }, "{package:?}");
        assert_eq!(answer.lists(Name::RECV_INFO, "dtmf"), !known);
    }
    hang_up(&mut net, dialogs);
}

#[test]
fn rfc3261_11_options_outside_of_dialogs() {
    let mut net = net(Config::default());
    let mut options = invite(None);
    options.set_request_line(Method::Options, b"sip:192.0.2.2");
    let flow = net.flow(A);
    net.ends[A].send(net.now, flow, &options, None).unwrap();
    net.run(10);
    let (server, _) = request_fact(&mut net, B);
    net.ends[B]
        .respond(net.now, server, &response(200, None))
        .unwrap();
    net.run(10);
    let answer = net.fact(A, |fact| match fact {
        Fact::Response {
            dialog: None,
            response,
            ..
        } => response.ok(),
        _ => None,
    });
    assert!(answer.to().unwrap().tag().is_some());
    net.finish();
}

#[test]
fn rfc3261_8_2_what_is_not_understood_is_refused() {
    let mut net = net(Config::default());
    let flow = net.flow(A);
    for (method, uri, header, status) in [
        (Method::Register, "sip:192.0.2.2", None, 405),
        (Method::Other("FETCH".into()), "sip:192.0.2.2", None, 501),
        (Method::Options, "urn:service:sos", None, 416),
        (Method::Options, "sip:192.0.2.2", Some("foo, 100rel, bar"), 420),
    ] {
        let mut draft = invite(None);
        draft.set_request_line(method, uri.as_bytes());
        if let Some(required) = header {
            draft.push(Name::REQUIRE, required.as_bytes());
        }
        net.ends[A].send(net.now, flow, &draft, None).unwrap();
        net.run(50);
        let answer = net.fact(A, |fact| match fact {
            Fact::Response { response, .. } => response.ok(),
            _ => None,
        });
        assert_eq!(answer.status(), status);
        if status == 420 {
            let unsupported: Vec<_> = answer.values(Name::UNSUPPORTED).collect();
            assert_eq!(unsupported, [&b"foo"[..], b"bar"]);
        }
    }
    net.finish();
}

#[test]
fn rfc4028_10_a_refresh_that_is_refused_is_tried_again() {
    let mut net = net(without_update());
    let dialogs = net.connect(options(wish(600, 90, None)));
    for (wait_ms, status) in [(300_000, 503), (5100, 200)] {
        net.run(wait_ms);
        let (server, request) = request_fact(&mut net, B);
        assert_eq!(request.method(), Some(&Method::Invite));
        net.ends[B]
            .respond(net.now, server, &response(status, Some(ANSWER)))
            .unwrap();
    }
    net.run(100);
    assert!(matches!(net.facts[A].pop_front(), Some(Fact::Refreshed { .. })));
    net.run(250_000);
    assert!(net.facts[A].is_empty(), "the call goes on");
    hang_up(&mut net, dialogs);
}

#[test]
fn a_peer_behind_nat_is_reached_along_its_flow() {
    for symmetric in [false, true] {
        let mut net = net(Config::default());
        let mut draft = invite(Some(OFFER));
        draft.push(Name::CONTACT, b"<sip:a@192.0.2.3>");
        let flow = net.flow(A);
        net.ends[A].invite(net.now, flow, &draft, options(None)).unwrap();
        net.run(50);
        let b = net.invited();
        net.ends[B].set_symmetric(b, symmetric).unwrap();
        net.answer(b, 200, Some(ANSWER));
        net.run(50);
        net.ends[B].bye(net.now, b, None).unwrap();
        let bye = net.ends[B].poll_transmit().unwrap();
        assert_eq!(bye.flow.remote, address(if symmetric { A } else { C }));
    }
}
