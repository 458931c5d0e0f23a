//! Calls whose trunk has a script: asked before a call is taken and before a verdict is acted on, and never waited for.

use std::sync::Arc;

use cpd_b2bua::dialect::Overrides;
use cpd_b2bua::script::{Act, Change, Limits, Script};
use cpd_b2bua::switchboard::Question;
use cpd_detect::Class;
use cpd_sip::message::{Message, Name};

use crate::stage::*;

fn scripted() -> Stage {
    let source = "function on_invite(call) end\nfunction on_verdict(call, verdict) end";
    let script = Arc::new(Script::load("test", source, &Limits::default()).unwrap());
    Stage::new(Setup {
        dialer: Box::new(move |dialer| dialer.script = Some(Arc::clone(&script))),
        ..Setup::default()
    })
}

fn invite_ticket(stage: &mut Stage) -> u64 {
    stage.pass(10);
    match stage.question() {
        Some(Question::Invite { ticket, call, .. }) => {
            assert_eq!(call.number, b"79161234567");
            ticket
        }
        _ => panic!("no question:\n{}", stage.ladder),
    }
}

#[test]
fn a_script_changes_the_number_and_what_is_done_about_a_verdict() {
    let mut stage = scripted();
    stage.invite("79161234567", |_| {});
    let ticket = invite_ticket(&mut stage);
    let change = Change {
        number: Some("88005553535".into()),
        overrides: Overrides {
            post: Some(false),
            ..Overrides::default()
        },
        ..Change::default()
    };
    stage.answer_invite(ticket, Ok(Some(change)));
    let (callee, invite) = stage.invited(CARRIER);
    assert_eq!(invite.uri(), b"sip:88005553535@192.0.2.3:5060");
    stage.says(CARRIER, callee, 183, Some(&sdp("192.0.2.3", 5000)));
    stage.pass(1_000);
    stage.verdict(Class::Busy, 0.97, true);
    let Some(Question::Verdict { ticket, verdict, .. }) = stage.question() else {
        panic!("no question:\n{}", stage.ladder);
    };
    assert_eq!(verdict.class, Class::Busy);
    stage.answer_verdict(ticket, &verdict, Ok(Some(Act::Report)));
    // The table would have rejected the call.
    stage.pass(500);
    assert!(stage.reports.is_empty(), "{}", stage.ladder);
    stage.says(CARRIER, callee, 486, None);
    stage.pass(100);
    assert_eq!(stage.reports.len(), 1);
    assert_eq!(stage.leaks(), "");
}

#[test]
fn a_script_may_refuse_and_one_that_is_silent_is_not_waited_for() {
    let mut stage = scripted();
    stage.invite("79161234567", |_| {});
    let ticket = invite_ticket(&mut stage);
    let change = Change {
        reject: Some(603),
        ..Change::default()
    };
    stage.answer_invite(ticket, Ok(Some(change)));
    stage.pass(50);
    assert!(stage.ladder.contains("603 Decline (INVITE)"), "{}", stage.ladder);
    assert_eq!(stage.leaks(), "");

    let mut stage = scripted();
    stage.invite("79161234567", |_| {});
    let ticket = invite_ticket(&mut stage);
    stage.answer_invite(ticket, Ok(None));
    let (callee, _) = stage.invited(CARRIER);
    stage.says(CARRIER, callee, 183, Some(&sdp("192.0.2.3", 5000)));
    stage.pass(1_000);
    stage.verdict(Class::Busy, 0.97, true);
    // Nobody answers; after a tenth of a second the table does.
    stage.pass(150);
    assert!(
        stage.ladder.contains("486 Busy Here (INVITE)"),
        "{}",
        stage.ladder
    );
    assert_eq!(stage.leaks(), "");
}

#[test]
fn a_caller_that_gives_up_while_its_script_runs_is_forgotten() {
    let mut stage = scripted();
    stage.invite("79161234567", |_| {});
    let ticket = invite_ticket(&mut stage);
    let call = stage.call.unwrap();
    stage.act(DIALER, |endpoint, now| endpoint.cancel(now, call, b"").unwrap());
    stage.pass(100);
    stage.answer_invite(ticket, Ok(None));
    stage.pass(100);
    assert!(!stage.ladder.contains("smartcpd → carrier"), "{}", stage.ladder);
    assert_eq!(stage.leaks(), "");
}

#[test]
fn an_emergency_call_is_shown_to_no_script() {
    let mut stage = scripted();
    stage.invite("112", |_| {});
    let (callee, _) = stage.invited(CARRIER);
    assert!(stage.question().is_none());
    let mut busy = Message::response(486, "");
    busy.push(Name::REASON, b"Q.850;cause=17");
    stage.act(CARRIER, |endpoint, now| {
        endpoint.answer(now, callee, &busy).unwrap();
    });
    stage.pass(100);
    assert_eq!(stage.leaks(), "");
}
