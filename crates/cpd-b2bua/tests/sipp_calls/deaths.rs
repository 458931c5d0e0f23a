//! One end dies (kill -9): the call ends by the RTP timeout, and an OPTIONS that nobody answers, or by the limit on ringing.
//! The session timer cannot be shorter than 90 s (RFC 4028, 4.2): its test is in simulated time (`tests/switchboard`).

use std::time::{Duration, Instant};

use cpd_b2bua::node::Status;
use cpd_call::Policy;

use crate::common::TIMERS;
use crate::house::{House, Setup, sipp_is_here};

const RTP_TIMEOUT: Duration = Duration::from_secs(1);
const RING_LIMIT: Duration = Duration::from_secs(2);
/// A silent peer is asked; it is gone when nothing came for 64 T1.
const NO_ANSWER: Duration = TIMERS.t1.saturating_mul(64);
const HOLD: Duration = Duration::from_secs(3);
/// What a busy machine may take besides: its processes were seen to stand still for 0.9 s, and several are asked in turn.
const SLACK: Duration = Duration::from_secs(5);

enum Dies {
    Dialer,
    Carrier,
}

/// One call; when the node is so, one end is killed, and what stays has to see its call ended within the bound.
async fn death(
    name: &'static str,
    hold: Option<Duration>,
    (dialer, carrier): (&str, &str),
    so: impl Fn(&Status) -> bool,
    dies: Dies,
    bound: Duration,
) {
    let mut policy = Policy::default();
    policy.ring_limit = RING_LIMIT;
    policy.hold = hold;
    let setup = Setup {
        policy,
        calls: 1,
        rtp_timeout: RTP_TIMEOUT,
        ..Setup::default()
    };
    let mut house = House::open(name, setup).await;
    let carrier = house.carrier(carrier).await;
    let dialer = house.dialer(dialer);
    house.wait("as it should be", so).await;
    let survivor = match dies {
        Dies::Dialer => {
            dialer.dies();
            carrier
        }
        Dies::Carrier => {
            carrier.dies();
            dialer
        }
    };
    let died = Instant::now();
    house.wait_reports(1).await;
    assert!(died.elapsed() < bound + SLACK, "{name}: {:?}", died.elapsed());
    survivor.succeeds().await;
    house.close().await;
}

fn rings(status: &Status) -> bool {
    status.sip.dialogs == 2
}

/// Both ends have been heard for a while.
fn talks(status: &Status) -> bool {
    status.media.packets > 60
}

#[tokio::test]
async fn a_call_ends_when_either_end_dies() {
    if !sipp_is_here() {
        return;
    }
    tokio::join!(
        death(
            "dialer-dies-ringing",
            None,
            (
                "> INVITE | +sdp
                 <? 100
                 < 180
                 pause 60000",
                "< INVITE
                 > 180
                 < CANCEL
                 > ok
                 > 487
                 < ACK",
            ),
            rings,
            Dies::Dialer,
            RING_LIMIT,
        ),
        death(
            "carrier-dies-ringing",
            None,
            (
                "> INVITE | +sdp
                 <? 100
                 < 180
                 < 480
                 > ACK refusal",
                "< INVITE
                 > 180
                 pause 60000",
            ),
            rings,
            Dies::Carrier,
            RING_LIMIT,
        ),
        death(
            "dialer-dies-talking",
            None,
            (
                "> INVITE | +sdp
                 <? 100
                 < 200
                 > ACK
                 play ringback
                 pause 60000",
                "< INVITE
                 > 200 | +sdp
                 < ACK
                 play ringback
                 < BYE
                 > ok",
            ),
            talks,
            Dies::Dialer,
            RTP_TIMEOUT + NO_ANSWER,
        ),
        death(
            "carrier-dies-talking",
            None,
            (
                "> INVITE | +sdp
                 <? 100
                 < 200
                 > ACK
                 play ringback
                 < BYE
                 > ok",
                "< INVITE
                 > 200 | +sdp
                 < ACK
                 play ringback
                 pause 60000",
            ),
            talks,
            Dies::Carrier,
            RTP_TIMEOUT + NO_ANSWER,
        ),
        death(
            "carrier-dies-held",
            Some(HOLD),
            (
                "> INVITE | +sdp
                 <? 100
                 < 180
                 < 183
                 < 200
                 > ACK
                 < OPTIONS
                 > ok
                 < BYE
                 > ok",
                "< INVITE
                 > 180
                 > 200 | +sdp
                 < ACK
                 play quiet
                 pause 60000",
            ),
            |status| status.media.packets > 20,
            Dies::Carrier,
            HOLD + NO_ANSWER,
        ),
    );
}
