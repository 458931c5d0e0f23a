//! Verdicts as each dialer reads them.

use cpd_call::{AnswerAction, EarlyAction, Party};
use cpd_detect::Class;
use cpd_sip::endpoint::Reliability;

use crate::house::{Setup, run, sipp_is_here};
use crate::{answers_and_plays, ended_by, heard, holding, plays_early};

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
