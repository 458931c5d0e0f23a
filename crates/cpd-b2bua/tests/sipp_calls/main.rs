//! Whole calls over loopback: SIPp dials, a node carries and listens, SIPp is the carrier and plays real sound.
//!
//! Both ends are written as ladders in the tests; `script` says how they read. Cases of one test run at once, since what
//! takes time is sound. Without SIPp the tests say so and pass, unless `CI=true` or `CPD_SIPP_REQUIRED` is set.

#![allow(clippy::unwrap_used, reason = "tests")]

mod actions;
mod audio;
#[path = "../common/mod.rs"]
mod common;
mod crossings;
mod deaths;
mod dialects;
mod house;
mod ringing;
mod script;
mod sessions;
mod soak;
mod strangers;
mod trunks;
mod voice;
mod wire;

use std::time::Duration;

use cpd_b2bua::switchboard::CallReport;
use cpd_call::Party;
use cpd_detect::Class;

use house::Setup;

/// A carrier that plays nothing and is hung up on.
const ANSWERS: &str = "
    < INVITE
    > 183 | +sdp
    pause 100
    > 200 | +sdp
    < ACK
    < BYE
    > ok";

/// A dialer that hears early media, talks and hangs up.
const CALLS: &str = "
    > INVITE | +sdp
    <? 100
    < 183 | body: m=audio [0-9]+ RTP/AVP
    < 200 | body: m=audio [0-9]+ RTP/AVP
    > ACK
    pause 100
    > BYE
    < 200";

#[track_caller]
fn ended_by(reports: &[CallReport], by: Party, status: Option<u16>) {
    for report in reports {
        let termination = &report.record.termination;
        assert_eq!((termination.by, termination.status), (by, status), "{report:#?}");
    }
}

#[track_caller]
fn heard(reports: &[CallReport], class: Class) {
    for report in reports {
        let told = report.record.verdict().and_then(|telling| telling.told.class());
        assert_eq!(told, Some(class), "{report:#?}");
    }
}

fn holding(mut setup: Setup, ms: u64) -> Setup {
    setup.policy.hold = Some(Duration::from_millis(ms));
    setup
}

/// What is answered at once and then plays something.
fn answers_and_plays(sound: &str) -> String {
    format!(
        "< INVITE
         > 180
         > 200 | +sdp
         < ACK
         play {sound}
         < BYE
         > ok"
    )
}

/// What plays before the answer until it is given up.
fn plays_early(sound: &str) -> String {
    format!(
        "< INVITE
         > 183 | +sdp
         play {sound}
         < CANCEL
         > ok
         > 487
         < ACK"
    )
}
