//! Verdicts as the systems of dialers read them: whole calls, with the headers and bodies that they look at.

use std::time::Duration;

use cpd_b2bua::dialect::{Dialect, Dialects};
use cpd_call::AnswerAction;
use cpd_detect::event::Beep;
use cpd_detect::{Class, EventKind};
use cpd_sip::Fact;
use cpd_sip::endpoint::{InviteOptions, Reliability};
use cpd_sip::message::{Message, Method};

use crate::stage::*;

fn speaking(names: &[&str]) -> Setup {
    Setup {
        dialects: Dialects::new(names.iter().map(|name| Dialect::named(name).unwrap())).unwrap(),
        ..Setup::default()
    }
}

fn carrier_sdp() -> String {
    sdp("192.0.2.3", 5000)
}

/// Answers what the dialer was asked, as a dialer does.
fn consent(stage: &mut Stage) {
    stage.pass(10);
    while let Some(Fact::Request { server, .. }) =
        stage.take(DIALER, |fact| matches!(fact, Fact::Request { .. }))
    {
        stage.act(DIALER, |endpoint, now| {
            endpoint
                .respond(now, server, &Message::response(200, ""))
                .unwrap();
        });
    }
    stage.pass(10);
}

/// VICIdial: `;cpd=on` in the R-URI, the result in a header of the response.
#[test]
fn vicidial_reads_cpd_result_in_the_answer_and_in_a_refusal() {
    let shown = vec![
        "CPD-Result",
        "X-Netborder-Detailed-CPD-Result-v2-0",
        "X-Netborder-Cpa-Reference-ID",
    ];
    let mut setup = speaking(&["netborder"]);
    setup.policy.hold = Some(Duration::from_millis(1_800));
    setup.policy.set_answered(Class::Machine, AnswerAction::Notify);
    let mut stage = Stage::new(setup);
    stage.shown = shown.clone();
    stage.invite("79161234567", |invite| {
        invite.set_request_line(Method::Invite, b"sip:79161234567@192.0.2.2;cpd=on");
        invite.push("X-Netborder-Cpa-Reference-ID", b"lead-8841");
    });
    let (callee, invite) = stage.invited(CARRIER);
    assert_eq!(invite.uri(), b"sip:79161234567@192.0.2.3:5060");
    assert!(invite.header("X-Netborder-Cpa-Reference-ID").is_none());
    stage.says(CARRIER, callee, 183, Some(&carrier_sdp()));
    stage.pass(3_000);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(1_100);
    stage.verdict(Class::Machine, 0.95, true);
    stage.pass(50);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(50);
    stage.check("netborder_answer");

    let mut stage = Stage::new(speaking(&["netborder"]));
    stage.shown = shown;
    stage.invite("79161234567", |invite| {
        invite.set_request_line(Method::Invite, b"sip:79161234567@192.0.2.2;cpd=on");
    });
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 183, Some(&carrier_sdp()));
    stage.pass(1_200);
    stage.verdict(Class::Busy, 0.97, true);
    stage.pass(50);
    stage.check("netborder_refusal");
}

/// AudioCodes: asked by X-Detect, told by INFO; voicemail drop follows the greeting's end and the beep.
#[test]
fn audiocodes_is_told_by_info_through_a_voicemail_drop() {
    let mut setup = speaking(&["audiocodes"]);
    setup.policy.set_answered(Class::Machine, AnswerAction::Notify);
    let mut stage = Stage::new(setup);
    stage.shown = vec!["X-Detect"];
    stage.invite("79161234567", |invite| {
        invite.push("X-Detect", b"Request=AMD,CPT,PTT");
    });
    let (callee, invite) = stage.invited(CARRIER);
    assert!(invite.header("X-Detect").is_none());
    stage.says(CARRIER, callee, 183, Some(&carrier_sdp()));
    stage.pass(2_000);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(2_500);
    stage.verdict(Class::Machine, 0.95, true);
    consent(&mut stage);
    stage.hears(EventKind::Activity(cpd_detect::event::Activity::Speech));
    consent(&mut stage);
    stage.pass(3_000);
    stage.hears(EventKind::GreetingEnd);
    consent(&mut stage);
    stage.hears(EventKind::Beep(Beep {
        hz: [1_000.0, 0.0],
        ms: 250,
        count: 1,
    }));
    consent(&mut stage);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(50);
    stage.check("audiocodes");
}

/// The beep itself decides: a dialer that waits for AUTOMATA first hears of the beep behind it.
#[test]
fn audiocodes_is_told_of_the_machine_before_its_beep() {
    let mut setup = speaking(&["audiocodes"]);
    setup.policy.set_answered(Class::Machine, AnswerAction::Notify);
    let mut stage = Stage::new(setup);
    stage.shown = vec!["X-Detect"];
    stage.invite("79161234567", |invite| {
        invite.push("X-Detect", b"Request=AMD,CPT,PTT");
    });
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(500);
    stage.hears(EventKind::Activity(cpd_detect::event::Activity::Speech));
    stage.pass(900);
    stage.hears(EventKind::GreetingEnd);
    stage.pass(600);
    stage.hears(EventKind::Beep(Beep {
        hz: [1_000.0, 0.0],
        ms: 250,
        count: 1,
    }));
    stage.verdict(Class::Machine, 0.95, true);
    consent(&mut stage);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(50);
    stage.check("audiocodes_beep");
}

/// Cisco: asked by a part of the INVITE, told by UPDATE, in the early dialog too.
#[test]
fn cisco_is_told_by_update() {
    let mut setup = speaking(&["cisco"]);
    setup.dialer = Box::new(|dialer| dialer.reliability = Reliability::Supported);
    setup
        .policy
        .set_early(Class::SitVacant, cpd_call::EarlyAction::Report);
    let mut stage = Stage::new(setup);
    stage.shown = vec!["X-None"];
    stage.invite_with(
        "79161234567",
        InviteOptions {
            reliability: Reliability::Supported,
            ..InviteOptions::default()
        },
        |invite| {
            let body = format!(
                "--b\r\nContent-Type: application/sdp\r\n\r\n{}\r\n--b\r\nContent-Type: application/x-cisco-cpa\r\n\
                 Content-Disposition: signal;handling=optional\r\n\r\nEvents=FT,Asm,AsmT,Sit\r\nCPAMaxTimeAnalysis=3000\r\n\
                 \r\n--b--\r\n",
                offer()
            );
            invite.set_body("multipart/mixed;boundary=b", body.as_bytes());
        },
    );
    let (callee, invite) = stage.invited(CARRIER);
    assert!(!String::from_utf8_lossy(&invite.to_bytes()).contains("cisco"));
    assert!(invite.part("application/sdp").is_some());
    stage.says(CARRIER, callee, 183, Some(&carrier_sdp()));
    stage.pass(1_000);
    stage.verdict(Class::SitVacant, 0.95, true);
    consent(&mut stage);
    stage.says(CARRIER, callee, 404, None);
    stage.pass(50);
    stage.check("cisco");
}

/// The reason phrase, as an unpatched Asterisk reads it through HANGUPCAUSE.
#[test]
fn asterisk_reads_the_reason_phrase_and_the_bye() {
    let mut setup = speaking(&["reason"]);
    setup.policy.hold = Some(Duration::from_millis(1_800));
    let mut stage = Stage::new(setup);
    stage.shown = vec!["Reason"];
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(1_000);
    stage.verdict(Class::Machine, 0.95, true);
    stage.pass(50);
    stage.check("reason_refusal");

    let mut stage = Stage::new(speaking(&["reason"]));
    stage.shown = vec!["Reason"];
    stage.invite("79161234567", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(4_000);
    stage.verdict(Class::Machine, 0.95, true);
    stage.pass(50);
    stage.check("reason_bye");
}

/// Our own dialect: headers and an INFO package.
#[test]
fn our_own_dialect_tells_everything() {
    let mut setup = speaking(&["smartcpd", "netborder"]);
    setup.policy.set_answered(Class::Machine, AnswerAction::Notify);
    let mut stage = Stage::new(setup);
    stage.shown = vec![
        "CPD-Result",
        "X-SmartCPD-Result",
        "X-SmartCPD-Confidence",
        "X-SmartCPD-Phase",
        "Info-Package",
    ];
    stage.invite("79161234567", |invite| {
        invite.set_request_line(Method::Invite, b"sip:79161234567@192.0.2.2;cpd=on");
        invite.push("X-SmartCPD", b"post=on; hold=0; notify=info,header");
        invite.push("Recv-Info", b"smartcpd");
    });
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 200, Some(&carrier_sdp()));
    stage.pass(10);
    stage.hears(EventKind::Answered);
    stage.pass(2_000);
    stage.verdict(Class::Machine, 0.95, true);
    consent(&mut stage);
    let dialer = stage.answered();
    stage.act(DIALER, |endpoint, now| endpoint.bye(now, dialer, None).unwrap());
    stage.pass(50);
    stage.check("own");
}
