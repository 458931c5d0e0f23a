//! Sessions that change after the answer: hold, and timers.

use cpd_call::Party;
use cpd_sip::dialog::SessionWish;

use crate::house::{Setup, run, sipp_is_here};
use crate::{ANSWERS, CALLS, ended_by};

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
