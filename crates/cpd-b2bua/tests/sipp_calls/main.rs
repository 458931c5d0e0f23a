//! Whole calls over loopback: SIPp dials, a node carries and listens, SIPp is the carrier and plays real sound.
//!
//! Both ends are written as ladders in the tests; `script` says how they read. Cases of one test run at once, since what
//! takes time is sound. Without SIPp the tests say so and pass, unless `CI=true` or `CPD_SIPP_REQUIRED` is set.

#![allow(clippy::unwrap_used, reason = "tests")]

mod audio;
#[path = "../common/mod.rs"]
mod common;
mod deaths;
mod house;
mod script;
mod soak;
mod strangers;

use std::time::Duration;

use cpd_b2bua::switchboard::CallReport;
use cpd_b2bua::trunk::{Gateway, User};
use cpd_call::{AnswerAction, EarlyAction, Party};
use cpd_detect::Class;
use cpd_sip::dialog::SessionWish;
use cpd_sip::digest::{Client, Secret};
use cpd_sip::endpoint::{InviteOptions, Reliability};
use cpd_sip::transport::Protocol;

use common::{Phone, hanging_up, quick, transport_config};
use house::{House, Setup, run, sipp_is_here};

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

#[tokio::test]
async fn calls_go_through_however_they_ring() {
    if !sipp_is_here() {
        return;
    }
    let early = run("early-media", Setup::default(), CALLS, ANSWERS);
    let ringing = run(
        "180-without-sdp",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 180
         < 200 | body: m=audio
         > ACK
         > BYE
         < 200",
        "< INVITE
         > 180
         pause 100
         > 200 | +sdp
         < ACK
         < BYE
         > ok",
    );
    let several = run(
        "several-18x",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 180
         < 183 | body: m=audio
         < 180
         < 200 | body: m=audio
         > ACK
         > BYE
         < 200",
        "< INVITE
         > 180
         pause 50
         > 183 | +sdp
         pause 50
         > 180
         pause 50
         > 200 | +sdp
         < ACK
         < BYE
         > ok",
    );
    let direct = run(
        "direct-connect",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 200 | body: m=audio
         > ACK
         > BYE
         < 200",
        "< INVITE
         > 200 | +sdp
         < ACK
         < BYE
         > ok",
    );
    let late = run(
        "late-sdp",
        Setup::default(),
        "> INVITE
         <? 100
         < 180
         < 200 | body: m=audio
         > ACK | +sdp
         > BYE
         < 200",
        "< INVITE
         > 180
         > 200 | +sdp
         < ACK | body: m=audio [0-9]+ RTP/AVP
         < BYE
         > ok",
    );
    let carrier_ends = run(
        "carrier-hangs-up",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 183
         < 200
         > ACK
         < BYE | Reason: Q.850;cause=16
         > ok",
        "< INVITE
         > 183 | +sdp
         > 200 | +sdp
         < ACK
         pause 100
         > BYE | Reason: Q.850;cause=16;text=\"Normal call clearing\"
         < 200",
    );
    let (early, ringing, several, direct, late, carrier_ends) =
        tokio::join!(early, ringing, several, direct, late, carrier_ends);
    for reports in [early, ringing, several, direct, late] {
        ended_by(&reports, Party::Caller, None);
    }
    ended_by(&carrier_ends, Party::Callee, None);
}

/// Over TCP on either side, and on both.
#[tokio::test]
async fn calls_go_through_over_tcp() {
    if !sipp_is_here() {
        return;
    }
    let over = |dialer_over, carrier_over| Setup {
        dialer_over,
        carrier_over,
        ..Setup::default()
    };
    let (dialer, carrier, both) = tokio::join!(
        run("tcp-dialer", over(Protocol::Tcp, Protocol::Udp), CALLS, ANSWERS),
        run("tcp-carrier", over(Protocol::Udp, Protocol::Tcp), CALLS, ANSWERS),
        run("tcp-both", over(Protocol::Tcp, Protocol::Tcp), CALLS, ANSWERS),
    );
    for reports in [dialer, carrier, both] {
        ended_by(&reports, Party::Caller, None);
    }
}

const RELIABLE_DIALER: &str = "
    > INVITE | Supported: 100rel | +sdp
    <? 100
    < 183 | Require: 100rel | RSeq: [0-9]+ | body: m=audio
    > PRACK
    < 200
    < 200
    > ACK
    > BYE
    < 200";

const RELIABLE_CARRIER: &str = "
    < INVITE | {offered}
    > 183 | Require: 100rel | RSeq: 1 | +sdp
    < PRACK | RAck: 1 [0-9]+ INVITE
    > ok
    > 200 | +sdp
    < ACK
    < BYE
    > ok";

#[tokio::test]
async fn provisional_responses_are_reliable_on_either_leg() {
    if !sipp_is_here() {
        return;
    }
    let dialer = |reliability| Setup {
        dialer: Box::new(move |dialer| dialer.reliability = reliability),
        ..Setup::default()
    };
    let carrier = |reliability| Setup {
        carrier: Box::new(move |carrier| carrier.reliability = reliability),
        ..Setup::default()
    };
    let required = RELIABLE_DIALER.replace("Supported", "Require");
    let supports = RELIABLE_CARRIER.replace("{offered}", "Supported: 100rel");
    let requires = RELIABLE_CARRIER.replace("{offered}", "Require: 100rel");
    let both = Setup {
        dialer: Box::new(|dialer| dialer.reliability = Reliability::Supported),
        carrier: Box::new(|carrier| carrier.reliability = Reliability::Supported),
        ..Setup::default()
    };
    let runs = tokio::join!(
        run(
            "rel-dialer-supports",
            dialer(Reliability::Supported),
            RELIABLE_DIALER,
            ANSWERS
        ),
        run(
            "rel-dialer-requires",
            dialer(Reliability::Supported),
            required,
            ANSWERS
        ),
        run(
            "rel-carrier-supported",
            carrier(Reliability::Supported),
            CALLS,
            supports.clone()
        ),
        run(
            "rel-carrier-required",
            carrier(Reliability::Required),
            CALLS,
            requires
        ),
        run("rel-both", both, RELIABLE_DIALER, supports.clone()),
    );
    for reports in [runs.0, runs.1, runs.2, runs.3, runs.4] {
        ended_by(&reports, Party::Caller, None);
    }
}

#[tokio::test]
async fn calls_that_are_not_answered() {
    if !sipp_is_here() {
        return;
    }
    let cancelled = "
        < INVITE
        {ringing}
        < CANCEL
        > ok
        > 487
        < ACK";
    let ringing = run(
        "cancel-ringing",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 180
         pause 100
         > CANCEL
         < 200
         < 487
         > ACK refusal",
        cancelled.replace("{ringing}", "> 180"),
    );
    let at_once = run(
        "cancel-at-once",
        Setup::default(),
        "> INVITE | +sdp
         < 100
         > CANCEL
         < 200
         < 487
         > ACK refusal",
        cancelled.replace("{ringing}", "> 100"),
    );
    let refused = run(
        "refusal",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 180
         < 480 | first: 480 Subscriber absent | Reason: Q.850;cause=20 | X-Trace: a1
         > ACK refusal",
        "< INVITE
         > 180
         pause 50
         > 480 | phrase: Subscriber absent | Reason: Q.850;cause=20 | X-Trace: a1
         < ACK",
    );
    let (ringing, at_once, refused) = tokio::join!(ringing, at_once, refused);
    for reports in [ringing, at_once] {
        ended_by(&reports, Party::Caller, Some(487));
    }
    ended_by(&refused, Party::Callee, Some(480));
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

#[tokio::test]
async fn what_is_heard_ends_calls() {
    if !sipp_is_here() {
        return;
    }
    let early = run(
        "busy-rejected",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 183
         < 486 | Reason: Q.850;cause=17
         > ACK refusal",
        plays_early("busy"),
    );
    let cut = run(
        "machine-cut",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 180
         < 200
         > ACK
         < BYE | Reason: Q.850;cause=31
         > ok",
        answers_and_plays("machine"),
    );
    let person = run(
        "person-held",
        holding(Setup::default(), 4_000),
        "> INVITE | +sdp
         <? 100
         < 180
         < 183 | body: m=audio
         < 200 | body: m=audio
         > ACK
         pause 100
         > BYE
         < 200",
        answers_and_plays("person"),
    );
    let machine = run(
        "machine-held",
        holding(Setup::default(), 5_000),
        "> INVITE | +sdp
         <? 100
         < 180
         < 183 | body: m=audio
         < 480 | Reason: Q.850;cause=31
         > ACK refusal",
        answers_and_plays("beep"),
    );
    let (early, cut, person, machine) = tokio::join!(early, cut, person, machine);
    ended_by(&early, Party::Service, Some(486));
    heard(&early, Class::Busy);
    ended_by(&cut, Party::Service, None);
    heard(&cut, Class::Machine);
    ended_by(&person, Party::Caller, None);
    heard(&person, Class::Human);
    for report in &person {
        assert!(
            report.record.held_ms > 500 && !report.record.hold_expired,
            "{report:#?}"
        );
    }
    ended_by(&machine, Party::Service, Some(480));
    heard(&machine, Class::Machine);
}

/// VICIdial: `;cpd=on` in the Request-URI, the result in a header of a response.
#[tokio::test]
async fn vicidial_reads_cpd_result() {
    if !sipp_is_here() {
        return;
    }
    let refused = run(
        "vicidial-busy",
        Setup::speaking(&["netborder"]),
        "> INVITE | &;cpd=on | X-Netborder-Cpa-Reference-ID: lead-8841 | +sdp
         <? 100
         < 183
         < 486 | CPD-Result: Busy | X-Netborder-Cpa-Reference-ID: lead-8841
         > ACK refusal",
        plays_early("busy"),
    );
    let mut setup = holding(Setup::speaking(&["netborder"]), 5_000);
    setup.policy.set_answered(Class::Machine, AnswerAction::Notify);
    let answered = run(
        "vicidial-machine",
        setup,
        "> INVITE | &;cpd=on | +sdp
         <? 100
         < 180
         < 183
         < 200 | CPD-Result: Answering-Machine
         > ACK
         > BYE
         < 200",
        answers_and_plays("beep"),
    );
    let (refused, answered) = tokio::join!(refused, answered);
    heard(&refused, Class::Busy);
    assert_eq!(refused[0].reference.as_deref(), Some("lead-8841"));
    heard(&answered, Class::Machine);
}

/// AudioCodes: asked by X-Detect, told by INFO through a voicemail drop.
#[tokio::test]
async fn audiocodes_is_told_by_info() {
    if !sipp_is_here() {
        return;
    }
    let mut setup = Setup::speaking(&["audiocodes"]);
    setup.policy.set_answered(Class::Machine, AnswerAction::Notify);
    let reports = run(
        "audiocodes",
        setup,
        "> INVITE | X-Detect: Request=AMD,CPT,PTT | +sdp
         <? 100
         < 180 | X-Detect: Response=AMD,CPT,PTT
         < 200 | X-Detect: Response=AMD,CPT,PTT
         > ACK
         < INFO | Content-Type: application/x-detect | body: AUTOMATA
         > ok
         < INFO | Content-Type: application/x-detect | body: SPEECH-START
         > ok
         < INFO | body: SPEECH-END
         > ok
         < INFO | body: BEEP
         > ok
         > BYE
         < 200",
        answers_and_plays("machine"),
    )
    .await;
    heard(&reports, Class::Machine);
}

/// Cisco: asked by a part of the INVITE, told by UPDATE in the early dialog.
#[tokio::test]
async fn cisco_is_told_by_update() {
    if !sipp_is_here() {
        return;
    }
    let mut setup = Setup::speaking(&["cisco"]);
    setup.dialer = Box::new(|dialer| dialer.reliability = Reliability::Supported);
    setup.policy.set_early(Class::SitVacant, EarlyAction::Report);
    let reports = run(
        "cisco",
        setup,
        "> INVITE | Supported: 100rel | Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE | +cisco
         <? 100
         < 183 | RSeq: [0-9]+ | body: event=enabled
         > PRACK
         < 200
         < UPDATE | Content-Type: application/x-cisco-cpa | body: status=SitVC
         > ok
         < 404
         > ACK refusal",
        "< INVITE | Content-Type: application/sdp
         > 183 | +sdp
         play sit
         pause 4500
         > 404
         < ACK",
    )
    .await;
    ended_by(&reports, Party::Callee, Some(404));
    heard(&reports, Class::SitVacant);
}

/// The reason phrase, as an unpatched Asterisk reads it through HANGUPCAUSE, and the Reason of a BYE.
#[tokio::test]
async fn asterisk_reads_the_reason_phrase() {
    if !sipp_is_here() {
        return;
    }
    let held = run(
        "asterisk-voicemail",
        holding(Setup::speaking(&["reason"]), 5_000),
        "> INVITE | X-IQANTIBOT-Info: lead-77 | +sdp
         <? 100
         < 180
         < 183
         < 480 | first: 480 SMARTCPD voicemail
         > ACK refusal",
        answers_and_plays("beep"),
    );
    let busy = run(
        "asterisk-busy",
        Setup::speaking(&["reason"]),
        "> INVITE | +sdp
         <? 100
         < 183
         < 486 | first: 486 SMARTCPD busy
         > ACK refusal",
        plays_early("busy"),
    );
    let cut = run(
        "asterisk-bye",
        Setup::speaking(&["reason"]),
        "> INVITE | +sdp
         <? 100
         < 180
         < 200
         > ACK
         < BYE | Reason: Q.850;cause=31;text=\"SMARTCPD voicemail\"
         > ok",
        answers_and_plays("machine"),
    );
    let (held, busy, cut) = tokio::join!(held, busy, cut);
    heard(&held, Class::Machine);
    assert_eq!(held[0].info.as_deref(), Some("lead-77"));
    heard(&busy, Class::Busy);
    heard(&cut, Class::Machine);
}

#[tokio::test]
async fn our_own_package_tells_everything() {
    if !sipp_is_here() {
        return;
    }
    let mut setup = Setup::speaking(&["smartcpd"]);
    setup.policy.set_answered(Class::Machine, AnswerAction::Notify);
    let reports = run(
        "own-info",
        setup,
        "> INVITE | Recv-Info: smartcpd | X-SmartCPD: post=on; hold=0; notify=info,header | +sdp
         <? 100
         < 180
         < 200
         > ACK
         < INFO | Info-Package: smartcpd | body: speech.start
         > ok
         < INFO | Info-Package: smartcpd | Content-Type: application/vnd.smartcpd.json | body: answer.machine
         > ok
         > BYE
         < 200",
        answers_and_plays("machine"),
    )
    .await;
    heard(&reports, Class::Machine);
}

#[tokio::test]
async fn sessions_change_and_are_refreshed() {
    if !sipp_is_here() {
        return;
    }
    let hold = run(
        "hold-and-resume",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 183
         < 200
         > ACK
         > INVITE | +hold
         <? 100
         < 200 | body: m=audio
         > ACK
         > INVITE | +sdp
         <? 100
         < 200 | body: m=audio
         > ACK
         > BYE
         < 200",
        "< INVITE
         > 183 | +sdp
         > 200 | +sdp
         < ACK
         < INVITE again | body: a=sendonly
         > ok | +sdp
         < ACK
         < INVITE again | body: m=audio
         > ok | +sdp
         < ACK
         < BYE
         > ok",
    );
    let dialer_timer = run(
        "session-timer-dialer",
        Setup::default(),
        "> INVITE | Supported: timer | Session-Expires: 90;refresher=uac | +sdp
         <? 100
         < 183
         < 200 | Session-Expires: 90.*refresher=uac
         > ACK
         > UPDATE | Supported: timer | Session-Expires: 90;refresher=uac
         < 200 | Session-Expires: 90
         > BYE
         < 200",
        ANSWERS,
    );
    let timed = Setup {
        carrier: Box::new(|carrier| {
            carrier.session = Some(SessionWish {
                expires_s: 90,
                ..SessionWish::default()
            });
        }),
        ..Setup::default()
    };
    let carrier_timer = run(
        "session-timer-carrier",
        timed,
        CALLS,
        "< INVITE | Session-Expires: 90 | Supported: timer
         > 183 | +sdp
         > 200 | Require: timer | Session-Expires: 90;refresher=uas | +sdp
         < ACK
         > UPDATE | Supported: timer | Session-Expires: 90;refresher=uac
         < 200 | Session-Expires: 90
         < BYE
         > ok",
    );
    let runs = tokio::join!(hold, dialer_timer, carrier_timer);
    for reports in [runs.0, runs.1, runs.2] {
        ended_by(&reports, Party::Caller, None);
    }
}

fn alice() -> User {
    User {
        name: b"alice".to_vec(),
        secret: Secret::password("s3cret"),
    }
}

const CHALLENGE: &str =
    "WWW-Authenticate: Digest realm=\"sipp\", nonce=\"[call_number]c0ffee\", algorithm=MD5, qop=\"auth\"";

#[tokio::test]
async fn a_carrier_s_challenge_is_answered() {
    if !sipp_is_here() {
        return;
    }
    let proves = Setup {
        carrier: Box::new(|carrier| carrier.user = Some(alice())),
        ..Setup::default()
    };
    let proves = run(
        "digest-out",
        proves,
        CALLS,
        format!(
            "< INVITE
             > 401 | {CHALLENGE}
             < ACK
             < INVITE | proved
             > 183 | +sdp
             > 200 | +sdp
             < ACK
             < BYE
             > ok"
        ),
    );
    ended_by(&proves.await, Party::Caller, None);
}

/// SIPp proves itself by MD5 alone and reads the first challenge, which is SHA-256 (RFC 8760): an endpoint of ours dials.
#[tokio::test]
async fn a_dialer_has_to_prove_itself() {
    if !sipp_is_here() {
        return;
    }
    let setup = Setup {
        calls: 1,
        dialer: Box::new(|dialer| dialer.user = Some(alice())),
        ..Setup::default()
    };
    let mut house = House::open("digest-in", setup).await;
    let carrier = house.carrier(ANSWERS).await;
    let stranger = house.dialer("> INVITE | +sdp\n <? 100\n < 401\n > ACK refusal");
    stranger.succeeds().await;
    let phone = Phone::new(
        transport_config("127.0.0.1", &[Protocol::Udp]),
        quick(),
        hanging_up(),
    )
    .await;
    let client = Client::new("alice", Secret::password("s3cret"));
    let added = phone
        .handle
        .ask(|_, endpoint, _| endpoint.add_credentials(client));
    let options = InviteOptions {
        credentials: Some(added.await.unwrap()),
        ..InviteOptions::default()
    };
    phone
        .call(phone.flow(Protocol::Udp, house.address(Protocol::Udp)), options)
        .await;
    phone.wait_told("ended Local", 1).await;
    phone.finish().await;
    carrier.succeeds().await;
    house.wait_reports(1).await;
    ended_by(&house.close().await, Party::Caller, None);
}

#[tokio::test]
async fn a_trunk_is_registered() {
    if !sipp_is_here() {
        return;
    }
    let setup = Setup {
        carrier: Box::new(|carrier| {
            carrier.user = Some(alice());
            carrier.register = Some(Duration::from_secs(600));
        }),
        // SIPp is not there yet when the first REGISTER goes out over UDP; it is sent again.
        ..Setup::default()
    };
    let mut house = House::open("register", setup).await;
    let script = format!(
        "< REGISTER
         > reply 401 | {CHALLENGE} | bare
         < REGISTER | proved | Contact: sip:alice
         > ok | [last_Contact:];expires=600 | bare"
    );
    let registrar = house.carrier_at(&script, house.carrier_port, 1).await;
    house.wait_told("registered true").await;
    registrar.succeeds().await;
    house.close().await;
}

/// A gateway that refuses with 503, one that is not there (UDP, TCP): the next one gets the call.
#[tokio::test]
async fn other_gateways_are_tried() {
    if !sipp_is_here() {
        return;
    }
    let first = |port: u16, over: &'static str| Setup {
        calls: 1,
        carrier: Box::new(move |carrier| {
            carrier.gateways.push(Gateway {
                uri: format!("sip:127.0.0.1:{port}{over}"),
                priority: 1,
                weight: 1,
            });
        }),
        ..Setup::default()
    };
    let refuses = async {
        let port = house::free_port();
        let mut house = House::open("failover-503", first(port, "")).await;
        let refusing = house.carrier_at("< INVITE\n > 503\n < ACK", port, 1).await;
        let carrier = house.carrier(ANSWERS).await;
        house.dialer(CALLS).succeeds().await;
        refusing.succeeds().await;
        carrier.succeeds().await;
        house.wait_told("gateway up false").await;
        house.wait_reports(1).await;
        house.close().await
    };
    let (refuses, absent, refused) = tokio::join!(
        refuses,
        run("failover-udp", first(house::free_port(), ""), CALLS, ANSWERS),
        run(
            "failover-tcp",
            first(house::free_port(), ";transport=tcp"),
            CALLS,
            ANSWERS
        ),
    );
    for reports in [refuses, absent, refused] {
        ended_by(&reports, Party::Caller, None);
        assert_eq!(reports[0].record.target, 1);
    }
}

/// OPTIONS says whether calls are taken.
#[tokio::test]
async fn a_node_that_drains_says_so() {
    if !sipp_is_here() {
        return;
    }
    let mut house = House::open("options", Setup::default()).await;
    house
        .dialer("> OPTIONS\n < 200 | Accept: application/sdp")
        .succeeds()
        .await;
    house.node().set_draining(true).await.unwrap();
    house
        .dialer("> OPTIONS\n < 503 | Retry-After: [0-9]+")
        .succeeds()
        .await;
    house
        .dialer("> INVITE | +sdp\n <? 100\n < 503 | Retry-After: [0-9]+\n > ACK refusal")
        .succeeds()
        .await;
    house.wait_told("refused 503 draining").await;
    assert_eq!(house.close().await.len(), 0);
}
