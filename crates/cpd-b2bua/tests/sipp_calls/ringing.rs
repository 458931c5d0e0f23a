//! Calls that go through, or do not: however they ring, over UDP and TCP, with reliable provisional responses or without.

use cpd_call::Party;
use cpd_sip::endpoint::Reliability;
use cpd_sip::transport::Protocol;

use crate::house::{Setup, run, sipp_is_here};
use crate::{ANSWERS, CALLS, ended_by};

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
