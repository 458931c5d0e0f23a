//! One call each.

use std::sync::Arc;
use std::time::Duration;

use cpd_b2bua::trunk::{Hearing, User};
use cpd_call::{AnswerAction, Deaf};
use cpd_detect::{Class, EventKind, Library};
use cpd_sip::Fact;
use cpd_sip::dialog::SessionWish;
use cpd_sip::digest::{Algorithm, Client, Secret, Step};
use cpd_sip::endpoint::{Failure, InviteOptions, Reliability};
use cpd_sip::headers::Auth;
use cpd_sip::message::{Message, Method, Name};

use crate::stage::*;

const CARRIER_SDP: (&str, u16) = ("192.0.2.3", 5000);

fn carrier_sdp() -> String {
    sdp(CARRIER_SDP.0, CARRIER_SDP.1)
}

/// A call that rings with early media and is answered after two seconds; gives the two dialogs.
fn talking(stage: &mut Stage) -> (cpd_sip::endpoint::DialogId, cpd_sip::endpoint::DialogId) {
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 183, Some(&carrier_sdp()));
    stage.pass(2_000);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(100);
    (stage.answered(), callee)
}

#[test]
fn a_call_goes_through_and_either_side_hangs_up() {
    let mut stage = Stage::new(Setup::default());
    let (dialer, _) = talking(&mut stage);
    stage.verdict(Class::Human, 0.95, true);
    stage.pass(5_000);
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(100);
    stage.check("dialer_hangs_up");

    let mut stage = Stage::new(Setup::default());
    let (_, callee) = talking(&mut stage);
    stage.shown = vec!["Reason"];
    let mut bye = Message::request(Method::Bye, b"");
    bye.push(Name::REASON, b"Q.850;cause=16;text=\"Normal call clearing\"");
    stage.act(CARRIER, |endpoint, now| {
        endpoint.bye(now, callee, Some(&bye)).unwrap();
    });
    stage.pass(100);
    assert_eq!(stage.reports[0].record.termination.cause.q850, 16);
    stage.check("carrier_hangs_up");
}

#[test]
fn the_carrier_sees_neither_the_dialer_nor_what_is_ours() {
    let mut stage = Stage::new(Setup::default());
    stage.invite("79161234567;npdi;rn=+7495", |invite| {
        invite.push(Name::P_ASSERTED_IDENTITY, b"<sip:4950001@192.0.2.1>");
        invite.push(Name::DIVERSION, b"<sip:4950002@192.0.2.1>;reason=unconditional");
        invite.push("X-Account", b"\xcf\xf0\xe8\xe2\xe5\xf2");
    });
    let (_, invite) = stage.invited(CARRIER);
    let text = String::from_utf8_lossy(&invite.to_bytes()).into_owned();
    assert_eq!(invite.uri(), b"sip:79161234567;npdi;rn=+7495@192.0.2.3:5060");
    assert!(!text.contains("o=- 1 1 IN IP4 192.0.2.1"), "{text}");
    assert!(!text.contains("c=IN IP4 192.0.2.1"), "{text}");
    let from = invite.from().unwrap();
    assert_eq!(from.display, b"\"Call centre\"");
    assert_eq!(from.uri, b"sip:4950001@192.0.2.2");
    assert_eq!(invite.header("X-Account"), Some(&b"\xcf\xf0\xe8\xe2\xe5\xf2"[..]));
    assert!(invite.header(Name::P_ASSERTED_IDENTITY).is_some());
    assert!(invite.header(Name::DIVERSION).is_some());
    assert_eq!(invite.max_forwards(), Some(69));
    let body = String::from_utf8_lossy(invite.body()).into_owned();
    assert!(body.contains("m=audio 20006 RTP/AVP 8 101"), "{body}");
    let call = stage.call.unwrap();
    stage.act(DIALER, |endpoint, now| endpoint.cancel(now, call, b"").unwrap());
    assert_eq!(stage.leaks(), "");
}

#[test]
fn an_announcement_is_rejected_and_the_carrier_cancelled() {
    let mut stage = Stage::new(Setup::default());
    stage.shown = vec!["Reason"];
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 183, Some(&carrier_sdp()));
    stage.pass(1_200);
    stage.verdict(Class::Busy, 0.97, true);
    stage.pass(200);
    let failed = stage.take(DIALER, |fact| matches!(fact, Fact::Failed { .. }));
    assert!(matches!(
        failed,
        Some(Fact::Failed { failure: Failure::Refused, response: Some(response), .. }) if response.status() == 486
    ));
    stage.check("rejected_early");
}

#[test]
fn a_refusal_of_the_carrier_is_passed_on() {
    let mut stage = Stage::new(Setup::default());
    stage.shown = vec!["Reason", "X-Trace"];
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 180, None);
    stage.pass(1_000);
    let mut draft = Message::response(480, "Subscriber absent");
    draft.push(Name::REASON, b"Q.850;cause=20");
    draft.push("X-Trace", b"a1");
    stage.act(CARRIER, |endpoint, now| {
        endpoint.answer(now, callee, &draft).unwrap();
    });
    stage.pass(200);
    stage.check("refused_by_carrier");
}

#[test]
fn an_answer_is_held_with_early_media_until_it_is_decided() {
    let held = || {
        let mut setup = Setup::default();
        setup.policy.hold = Some(Duration::from_millis(1_800));
        Stage::new(setup)
    };
    // Direct connect: nothing rang before.
    let mut stage = held();
    stage.shown = vec!["Reason"];
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(1_200);
    stage.verdict(Class::Machine, 0.95, true);
    stage.pass(200);
    assert_eq!(stage.reports[0].record.held_ms, 1_205);
    stage.check("held_machine");

    let mut stage = held();
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 180, None);
    stage.pass(3_000);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(900);
    stage.verdict(Class::Human, 0.9, true);
    stage.pass(200);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(200);
    stage.check("held_person");

    let mut stage = held();
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(700);
    let call = stage.call.unwrap();
    stage.act(DIALER, |endpoint, now| endpoint.cancel(now, call, b"").unwrap());
    stage.pass(200);
    stage.check("held_cancelled");
}

#[test]
fn a_machine_is_cut_both_ways() {
    let mut stage = Stage::new(Setup::default());
    stage.shown = vec!["Reason"];
    talking(&mut stage);
    stage.pass(3_000);
    stage.verdict(Class::Machine, 0.95, true);
    stage.pass(200);
    stage.check("cut");
}

#[test]
fn a_call_without_an_offer_is_offered_by_the_carrier() {
    let mut setup = Setup::default();
    setup.policy.hold = Some(Duration::from_millis(1_800));
    let mut stage = Stage::new(setup);
    stage.invite("79161234567", |invite| invite.set_body("", b""));
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(50);
    match stage.take(DIALER, |fact| matches!(fact, Fact::Answered { .. })) {
        Some(Fact::Answered {
            dialog,
            response,
            ack_wanted: true,
            ..
        }) => {
            let body = String::from_utf8_lossy(response.body()).into_owned();
            assert!(body.contains("m=audio 20004 "), "{body}");
            let answer = offer();
            stage.act(DIALER, |endpoint, now| {
                endpoint
                    .ack(now, dialog, "application/sdp", answer.as_bytes())
                    .unwrap();
            });
            stage.pass(50);
            let acknowledged = stage.take(CARRIER, |fact| matches!(fact, Fact::Acknowledged { .. }));
            let Some(Fact::Acknowledged { request, .. }) = acknowledged else {
                panic!("no ACK at the carrier:\n{}", stage.ladder);
            };
            let body = String::from_utf8_lossy(request.body()).into_owned();
            assert!(body.contains("m=audio 20006 "), "{body}");
            stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialog, None).unwrap());
        }
        other => panic!("{other:?}\n{}", stage.ladder),
    }
    stage.pass(100);
    stage.check("late_offer");
}

#[test]
fn reliable_provisional_responses_on_either_leg() {
    // The carrier's are reliable, the dialer's not.
    let mut stage = Stage::new(Setup::default());
    let without = InviteOptions {
        reliability: Reliability::Absent,
        ..InviteOptions::default()
    };
    stage.invite_with("79161234567", without, |_| {});
    let (callee, _) = stage.invited(CARRIER);
    let mut draft = Message::response(183, "");
    draft.push(Name::REQUIRE, b"100rel");
    draft.set_body("application/sdp", carrier_sdp().as_bytes());
    stage.act(CARRIER, |endpoint, now| {
        endpoint.answer(now, callee, &draft).unwrap();
    });
    stage.pass(1_000);
    // Its answer needs no description after that.
    stage.says(CARRIER, callee, 200, None);
    stage.pass(100);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(100);
    stage.check("reliable_carrier");

    // The dialer demands them, the carrier knows nothing of it.
    let mut stage = Stage::new(Setup {
        carrier: Box::new(|carrier| carrier.reliability = Reliability::Absent),
        ..Setup::default()
    });
    let required = InviteOptions {
        reliability: Reliability::Required,
        ..InviteOptions::default()
    };
    stage.invite_with("79161234567", required, |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 183, Some(&carrier_sdp()));
    stage.pass(1_000);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(100);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(100);
    stage.check("reliable_dialer");
}

#[test]
fn hold_and_resume_go_through() {
    let mut stage = Stage::new(Setup::default());
    let (dialer, _) = talking(&mut stage);
    let hold = offer() + "a=sendonly\r\n";
    let mut draft = Message::request(Method::Invite, b"");
    draft.set_body("application/sdp", hold.as_bytes());
    stage.act(DIALER, |endpoint, now| {
        endpoint.request(now, dialer, &draft).unwrap();
    });
    stage.pass(20);
    let (server, request) = stage.requested(CARRIER, &Method::Invite);
    assert!(String::from_utf8_lossy(request.body()).contains("a=sendonly"));
    let mut answer = Message::response(200, "");
    answer.set_body("application/sdp", (carrier_sdp() + "a=recvonly\r\n").as_bytes());
    stage.act(CARRIER, |endpoint, now| {
        endpoint.respond(now, server, &answer).unwrap();
    });
    stage.pass(50);
    let response = stage.take(DIALER, |fact| matches!(fact, Fact::Response { .. }));
    let Some(Fact::Response {
        response: Ok(response),
        ..
    }) = response
    else {
        panic!("{}", stage.ladder);
    };
    assert_eq!(response.status(), 200);
    assert!(String::from_utf8_lossy(response.body()).contains("a=recvonly"));
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(100);
    stage.check("hold");
}

#[test]
fn an_offer_of_the_carrier_s_side_is_answered_by_the_dialer() {
    let mut stage = Stage::new(Setup::default());
    let (dialer, callee) = talking(&mut stage);
    // A re-INVITE without an offer: the dialer offers in its 200, the carrier answers in the ACK.
    let draft = Message::request(Method::Invite, b"");
    stage.act(CARRIER, |endpoint, now| {
        endpoint.request(now, callee, &draft).unwrap();
    });
    stage.pass(20);
    let (server, _) = stage.requested(DIALER, &Method::Invite);
    let mut answer = Message::response(200, "");
    answer.set_body("application/sdp", offer().as_bytes());
    stage.act(DIALER, |endpoint, now| {
        endpoint.respond(now, server, &answer).unwrap();
    });
    stage.pass(20);
    let response = stage.take(CARRIER, |fact| matches!(fact, Fact::Response { .. }));
    let Some(Fact::Response { ack_wanted: true, .. }) = response else {
        panic!("{response:?}\n{}", stage.ladder);
    };
    let body = carrier_sdp();
    stage.act(CARRIER, |endpoint, now| {
        endpoint
            .ack(now, callee, "application/sdp", body.as_bytes())
            .unwrap();
    });
    stage.pass(20);
    let acknowledged = stage.facts[DIALER]
        .iter()
        .any(|fact| matches!(fact, Fact::Acknowledged { request, .. } if !request.body().is_empty()));
    assert!(acknowledged, "{}", stage.ladder);
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(100);
    stage.check("offer_by_carrier");
}

#[test]
fn digits_in_info_go_through_and_refer_is_refused() {
    let mut stage = Stage::new(Setup::default());
    let (dialer, _) = talking(&mut stage);
    let mut info = Message::request(Method::Info, b"");
    info.set_body("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n");
    stage.act(DIALER, |endpoint, now| {
        endpoint.request(now, dialer, &info).unwrap();
    });
    stage.pass(20);
    let (server, request) = stage.requested(CARRIER, &Method::Info);
    assert_eq!(request.body(), b"Signal=5\r\nDuration=160\r\n");
    stage.act(CARRIER, |endpoint, now| {
        endpoint
            .respond(now, server, &Message::response(200, ""))
            .unwrap();
    });
    stage.pass(20);
    let mut refer = Message::request(Method::Refer, b"");
    refer.push(Name::REFER_TO, b"<sip:100@192.0.2.9>");
    stage.act(DIALER, |endpoint, now| {
        endpoint.request(now, dialer, &refer).unwrap();
    });
    stage.pass(50);
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(100);
    stage.check("info_and_refer");
}

#[test]
fn another_gateway_is_tried_when_the_first_fails() {
    let mut stage = Stage::new(Setup {
        carrier: Box::new(|carrier| {
            let mut spare = carrier.gateways[0].clone();
            spare.uri = "sip:192.0.2.4:5060".into();
            spare.priority = 2;
            carrier.gateways.push(spare);
        }),
        ..Setup::default()
    });
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 503, None);
    let (callee, _) = stage.invited(SPARE);
    stage.says(SPARE, callee, 486, None);
    stage.pass(100);
    // The one that failed is passed over for a while.
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(SPARE);
    stage.says(SPARE, callee, 486, None);
    stage.pass(100);
    stage.check("failover");
}

/// One name with two servers (SRV): a dead one costs the first call its time, and not the next.
#[test]
fn another_place_of_a_gateway_is_tried_when_the_first_is_silent() {
    let uri = "sip:carrier.example";
    let health = Duration::from_secs(60);
    let mut stage = Stage::new(Setup {
        carrier: Box::new(move |carrier| {
            carrier.gateways[0].uri = uri.into();
            carrier.health = Some(health);
        }),
        ..Setup::default()
    });
    stage.locate(uri, &[CARRIER, SPARE]);
    stage.kill(CARRIER);
    let refuses = |stage: &mut Stage, waits_ms: u64| {
        stage.invite("79161234567", |_| {});
        stage.pass(waits_ms);
        let (callee, _) = stage.invited(SPARE);
        stage.says(SPARE, callee, 486, None);
        stage.pass(100);
        assert!(stage.gateway_is_up());
    };
    // 64 T1.
    refuses(&mut stage, 32_000);
    refuses(&mut stage, 0);
    // OPTIONS finds it as silent as before: it is tried last for as long as that lasts.
    let minutes = |stage: &mut Stage, answers: usize, count: u64| {
        for _ in 0..count * 60 {
            stage.pass(1_000);
            while let Some(Fact::Request { server, .. }) =
                stage.take(answers, |fact| matches!(fact, Fact::Request { .. }))
            {
                let ok = Message::response(200, "");
                stage.act(answers, |endpoint, now| {
                    endpoint.respond(now, server, &ok).unwrap();
                });
            }
        }
    };
    minutes(&mut stage, SPARE, 4);
    refuses(&mut stage, 0);
    stage.kill(SPARE);
    minutes(&mut stage, SPARE, 3);
    assert!(!stage.gateway_is_up());
    stage.revive(CARRIER);
    minutes(&mut stage, CARRIER, 2);
    assert!(stage.gateway_is_up());
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 486, None);
    stage.pass(100);
}

/// A name with a server in each internet: the one that is tried first is dead, and the other one is told ports that it can
/// send to. A call that its first server takes has had its ports from the beginning.
#[test]
fn the_callee_s_ports_are_of_the_target_s_ip_version() {
    let uri = "sip:carrier.example";
    let named = |media_v6| {
        let mut stage = Stage::new(Setup {
            carrier: Box::new(move |carrier| carrier.gateways[0].uri = uri.into()),
            media_v6,
            ..Setup::default()
        });
        stage.locate(uri, &[SIX, SPARE]);
        stage
    };
    let connection = |invite: &Message| {
        let sdp = String::from_utf8_lossy(invite.body()).into_owned();
        sdp.lines()
            .find(|line| line.starts_with("c="))
            .unwrap()
            .to_owned()
    };
    let mut stage = named(true);
    stage.invite("79161234567", |_| {});
    let (six, invite) = stage.invited(SIX);
    assert_eq!(connection(&invite), "c=IN IP6 2001:db8::2");
    stage.says(SIX, six, 503, None);
    let (callee, invite) = stage.invited(SPARE);
    assert_eq!(connection(&invite), "c=IN IP4 192.0.2.2");
    stage.says(SPARE, callee, 183, Some(&sdp("192.0.2.4", 6000)));
    stage.pass(100);
    stage.says(SPARE, callee, 200, Some(&sdp("192.0.2.4", 6000)));
    stage.pass(100);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| {
        endpoint.bye(now, dialer, None).unwrap();
    });
    stage.pass(100);
    // Six is passed over for a while: ports of the right version are taken at once, and kept.
    stage.invite("79161234567", |_| {});
    let (callee, invite) = stage.invited(SPARE);
    assert_eq!(connection(&invite), "c=IN IP4 192.0.2.2");
    stage.says(SPARE, callee, 486, None);
    stage.pass(100);
    stage.check("failover_to_the_other_ip_version");

    // Where media has none of this version, it is not called at all.
    let mut stage = named(false);
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(SPARE);
    stage.says(SPARE, callee, 486, None);
    stage.pass(100);
    assert_eq!(stage.leaks(), "");
}

/// What a dialer is asked by, and whether it is let in with a proof by the first or by the one that it can.
#[test]
fn challenges_come_in_the_order_of_the_trunk() {
    let (md5, sha) = (Algorithm::MD5, Algorithm::SHA_256);
    for (order, can, status) in [
        (vec![md5, sha], md5, 486),
        (vec![sha, md5], sha, 486),
        // It was asked for that too, if second.
        (vec![sha, md5], md5, 486),
        (vec![sha], sha, 486),
        // A proof that it was not asked for is none.
        (vec![sha], md5, 401),
    ] {
        let wanted = order.clone();
        let mut stage = Stage::new(Setup {
            dialer: Box::new(move |dialer| {
                dialer.digest.clone_from(&wanted);
                dialer.user = Some(User {
                    name: b"alice".to_vec(),
                    secret: Secret::password("s3cret"),
                });
            }),
            ..Setup::default()
        });
        let mut client = Client::new("alice", Secret::password("s3cret"));
        stage.invite("79161234567", |_| {});
        let mut refusal = refused(&mut stage);
        let asked = |line: &[u8]| {
            let auth = Auth::parse(line).unwrap();
            Algorithm::parse(&auth.params.get("algorithm").unwrap()).unwrap()
        };
        let lines: Vec<Vec<u8>> = refusal.all(Name::WWW_AUTHENTICATE).map(<[u8]>::to_vec).collect();
        let offered: Vec<Algorithm> = lines.iter().map(|line| asked(line)).collect();
        assert_eq!(offered, order);
        if can == order[0] {
            refusal.set(Name::WWW_AUTHENTICATE, &lines[0]);
        } else {
            // It answers as though it had been asked by the one that it can.
            let line = String::from_utf8(lines[0].clone()).unwrap();
            refusal.set(
                Name::WWW_AUTHENTICATE,
                line.replace(order[0].as_str(), can.as_str()).as_bytes(),
            );
        }
        assert_eq!(refusal.all(Name::WWW_AUTHENTICATE).count(), 1);
        assert_eq!(client.on_challenge(&refusal, "c0ffee"), Step::Retry);
        stage.invite("79161234567", |invite| {
            client.authorize(invite);
        });
        if status == 486 {
            let (callee, _) = stage.invited(CARRIER);
            stage.says(CARRIER, callee, 486, None);
        }
        assert_eq!(refused(&mut stage).status(), status, "{order:?} {can:?}");
    }
}

/// The final response that the dialer gets.
fn refused(stage: &mut Stage) -> Message {
    stage.pass(100);
    match stage.take(DIALER, |fact| matches!(fact, Fact::Failed { .. })) {
        Some(Fact::Failed { response, .. }) => response.unwrap(),
        _ => panic!("not refused:\n{}", stage.ladder),
    }
}

#[test]
fn strangers_and_a_full_house_are_refused() {
    let mut stage = Stage::new(Setup {
        dialer: Box::new(|dialer| dialer.networks = vec!["198.51.100.0/24".parse().unwrap()]),
        ..Setup::default()
    });
    stage.invite("79161234567", |_| {});
    stage.pass(50);
    stage.check("stranger");
    let mut stage = Stage::new(Setup {
        settings: Box::new(|settings| settings.calls_max = 0),
        ..Setup::default()
    });
    stage.shown = vec!["Retry-After"];
    stage.invite("79161234567", |_| {});
    stage.pass(50);
    stage.check("full");
}

#[test]
fn an_emergency_call_is_not_listened_to() {
    let mut setup = Setup::default();
    setup.policy.hold = Some(Duration::from_millis(1_800));
    let mut stage = Stage::new(setup);
    stage.invite("112", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(100);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(100);
    stage.check("emergency");
}

#[test]
fn what_is_only_told_ends_no_call() {
    let mut setup = Setup::default();
    setup.policy.set_answered(Class::Machine, AnswerAction::Notify);
    let mut stage = Stage::new(setup);
    let (dialer, _) = talking(&mut stage);
    stage.verdict(Class::Machine, 0.97, true);
    stage.pass(3_000);
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(100);
    let verdict = stage.reports[0].record.verdict().unwrap();
    assert_eq!(verdict.told.class(), Some(Class::Machine));
    assert_eq!(stage.leaks(), "");
}

#[test]
fn each_leg_is_secured_by_itself() {
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let secured = offer().replace("RTP/AVP", "RTP/SAVP")
        + &format!("a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n");
    // The dialer secures its media, the carrier does not.
    let mut stage = Stage::new(Setup::default());
    stage.invite("79161234567", |invite| {
        invite.set_body("application/sdp", secured.as_bytes());
    });
    let (callee, invite) = stage.invited(CARRIER);
    let body = String::from_utf8_lossy(invite.body()).into_owned();
    assert!(body.contains("RTP/AVP") && !body.contains("crypto"), "{body}");
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(50);
    let answered = stage.take(DIALER, |fact| matches!(fact, Fact::Answered { .. }));
    let Some(Fact::Answered { dialog, response, .. }) = answered else {
        panic!("{}", stage.ladder);
    };
    let body = String::from_utf8_lossy(response.body()).into_owned();
    assert!(
        body.contains("RTP/SAVP") && body.contains("a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:"),
        "{body}"
    );
    assert!(!body.contains(key), "the key is ours: {body}");
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialog, None).unwrap());
    stage.pass(50);
    assert!(
        stage
            .ladder
            .contains("[media Caller 0 at 192.0.2.1:4000 secured]"),
        "{}",
        stage.ladder
    );
    assert_eq!(stage.leaks(), "");

    // The carrier wants it, the dialer does not know it.
    let mut stage = Stage::new(Setup {
        carrier: Box::new(|carrier| carrier.srtp = true),
        ..Setup::default()
    });
    stage.invite("79161234567", |_| {});
    let (callee, invite) = stage.invited(CARRIER);
    let body = String::from_utf8_lossy(invite.body()).into_owned();
    assert!(
        body.contains("RTP/SAVP") && body.contains("a=crypto:1 "),
        "{body}"
    );
    let answer = carrier_sdp().replace("RTP/AVP", "RTP/SAVP")
        + &format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n");
    stage.says(CARRIER, callee, 200, Some(&answer));
    stage.pass(50);
    let answered = stage.take(DIALER, |fact| matches!(fact, Fact::Answered { .. }));
    let Some(Fact::Answered { dialog, response, .. }) = answered else {
        panic!("{}", stage.ladder);
    };
    let body = String::from_utf8_lossy(response.body()).into_owned();
    assert!(body.contains("RTP/AVP") && !body.contains("crypto"), "{body}");
    assert!(
        stage
            .ladder
            .contains("[media Callee 0 at 192.0.2.3:5000 secured]"),
        "{}",
        stage.ladder
    );
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialog, None).unwrap());
    assert_eq!(stage.leaks(), "");
}

#[test]
fn a_peer_that_died_is_noticed_by_its_silence() {
    let mut stage = Stage::new(Setup::default());
    talking(&mut stage);
    stage.pass(30_000);
    stage.kill(CARRIER);
    stage.silent(cpd_b2bua::media::Side::Callee);
    stage.pass(40_000);
    assert_eq!(stage.reports.len(), 1, "{}", stage.ladder);
    assert_eq!(stage.reports[0].record.termination.cause.q850, 41);
    stage.check("carrier_died");
}

#[test]
fn both_telephones_of_a_fork_are_followed_and_the_one_that_answers_wins() {
    let mut stage = Stage::new(Setup::default());
    stage.fork();
    stage.invite("79161234567", |_| {});
    let (first, _) = stage.invited(CARRIER);
    let (second, _) = stage.invited(SPARE);
    stage.says(CARRIER, first, 183, Some(&carrier_sdp()));
    stage.pass(100);
    stage.says(SPARE, second, 183, Some(&sdp("192.0.2.4", 7000)));
    stage.pass(1_000);
    // One of them is busy: no reason to reject while the other rings.
    stage.verdict(Class::Busy, 0.97, true);
    stage.pass(1_000);
    stage.says(SPARE, second, 200, Some(&sdp("192.0.2.4", 7000)));
    stage.pass(100);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(100);
    stage.check("forked");
}

/// Nothing else has to happen first.
#[test]
fn a_trunk_is_registered_as_soon_as_it_is_there() {
    let mut stage = Stage::new(Setup {
        carrier: Box::new(|carrier| {
            carrier.user = Some(User {
                name: b"alice".to_vec(),
                secret: Secret::password("s3cret"),
            });
            carrier.register = Some(Duration::from_secs(600));
        }),
        ..Setup::default()
    });
    stage.shown = vec!["Contact"];
    stage.pass(3);
    let register = "     0  smartcpd → carrier   REGISTER sip:.3 | Contact: <sip:alice@192.0.2.2:5060>";
    assert!(stage.ladder.starts_with(register), "{}", stage.ladder);
}

/// The timer of RFC 4028 bounds a call whose peer died without a word, on either leg.
#[test]
fn a_session_that_nobody_refreshes_ends() {
    let wish = SessionWish {
        expires_s: 90,
        ..SessionWish::default()
    };
    for dies in [DIALER, CARRIER] {
        let mut stage = Stage::new(Setup {
            carrier: Box::new(move |carrier| carrier.session = Some(wish)),
            ..Setup::default()
        });
        let options = InviteOptions {
            session: Some(wish),
            ..InviteOptions::default()
        };
        stage.invite_with("79161234567", options, |_| {});
        let (callee, _) = stage.invited(CARRIER);
        stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
        stage.pass(1_000);
        stage.kill(dies);
        stage.pass(91_000);
        let report = stage
            .reports
            .first()
            .unwrap_or_else(|| panic!("{}", stage.ladder));
        assert_eq!(report.record.termination.cause.q850, 102, "{}", stage.ladder);
        let (survivor, arrow) = if dies == DIALER {
            ("carrier", "smartcpd →")
        } else {
            ("dialer", "← smartcpd")
        };
        let told = |line: &str| line.contains(survivor) && line.contains(arrow) && line.contains("BYE");
        assert!(stage.ladder.lines().any(told), "{}", stage.ladder);
        assert_eq!(stage.leaks(), "");
    }
}

#[test]
fn a_trunk_with_a_hearing_of_its_own_is_heard_with_it() {
    let own = Arc::new(Library::empty());
    let hearing = Hearing {
        shared: hearing(&own),
        common: 3,
        own: 5,
    };
    let heard = |hearing: Option<Hearing>| {
        let mut stage = Stage::new(Setup {
            dialer: Box::new(move |dialer| dialer.hearing.clone_from(&hearing)),
            // What all others are heard with could not be loaded.
            settings: Box::new(|settings| settings.hearing = None),
            ..Setup::default()
        });
        let (dialer, _) = talking(&mut stage);
        stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
        stage.pass(500);
        let report = stage.reports.pop().unwrap();
        (report.record.deaf, report.versions, report.library)
    };
    let (deaf, versions, library) = heard(Some(hearing));
    assert_eq!((deaf, versions), (None, (3, 5)));
    assert!(library.is_some_and(|library| Arc::ptr_eq(&library, &own)));
    let (deaf, versions, library) = heard(None);
    assert_eq!((deaf, versions), (Some(Deaf::Library), (0, 0)));
    assert!(library.is_none());
}

#[test]
fn the_recordings_that_the_trunk_wants_are_kept() {
    let recorded = |class: Class| {
        let mut stage = Stage::new(Setup {
            dialer: Box::new(|dialer| {
                dialer.record = cpd_b2bua::trunk::Recording {
                    max: Duration::from_secs(30),
                    folder: "/recordings".into(),
                    classes: vec![Class::Machine],
                };
            }),
            ..Setup::default()
        });
        let (dialer, _) = talking(&mut stage);
        stage.verdict(class, 0.95, true);
        stage.pass(500);
        // A machine was cut by then.
        stage.act(DIALER, |endpoint, now| {
            let _ = endpoint.bye(now, dialer, None);
        });
        stage.pass(500);
        stage.ladder.contains("[media close, keep in /recordings]")
    };
    assert!(recorded(Class::Machine));
    assert!(!recorded(Class::Human));
}

#[test]
fn each_carrier_is_offered_what_it_wants_when_the_one_before_fails() {
    for (first, second) in [(true, false), (false, true)] {
        let mut stage = Stage::new(Setup {
            carrier: Box::new(move |carrier| carrier.srtp = first),
            dialer: Box::new(move |dialer| {
                let mut spare = cpd_b2bua::trunk::Carrier::at("spare", "sip:192.0.2.4:5060");
                spare.srtp = second;
                dialer.routes[0].carriers.push(std::sync::Arc::new(spare));
            }),
            ..Setup::default()
        });
        stage.invite("79161234567", |_| {});
        let (callee, invite) = stage.invited(CARRIER);
        assert_eq!(String::from_utf8_lossy(invite.body()).contains("RTP/SAVP"), first);
        stage.says(CARRIER, callee, 503, None);
        let (callee, invite) = stage.invited(SPARE);
        assert_eq!(
            String::from_utf8_lossy(invite.body()).contains("RTP/SAVP"),
            second
        );
        assert_eq!(
            String::from_utf8_lossy(invite.body()).contains("a=crypto"),
            second
        );
        stage.says(SPARE, callee, 486, None);
        stage.pass(100);
        assert_eq!(stage.leaks(), "");
    }
}
