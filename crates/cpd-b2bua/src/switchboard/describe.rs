//! Session descriptions on their way from one leg to the other: our ports in them, and the media threads told.

use cpd_call::{Fork, Leg};
use cpd_media::sdp::{self, Carried, Description, Local, Order, Protection};
use cpd_sip::message::Message;

use super::Media;
use super::bridge::{Bridge, Newest};
use crate::media::{ForkId, MediaCommand, Remote, SessionId, Side};

/// The type of session descriptions.
pub(super) const SDP: &str = "application/sdp";

/// Reads a description of a leg, tells the media threads, and gives what the other leg is told.
///
/// What cannot be carried gives the reason in words.
pub(super) fn pass(
    media: &mut impl Media,
    bridge: &mut Bridge,
    from: Leg,
    fork: Fork,
    bytes: &[u8],
) -> Result<Vec<u8>, String> {
    let known = match from {
        Leg::Caller => &bridge.callee.side.newest,
        Leg::Callee => &bridge.caller.side.newest,
    };
    // An answer mostly repeats what was said early: neither read again nor told again.
    if let Some(newest) = known
        .as_ref()
        .filter(|newest| newest.fork == fork && *newest.came == *bytes)
    {
        return Ok(newest.went.clone());
    }
    let description = Description::parse(bytes).map_err(|bad| bad.to_string())?;
    let carried = description.carried().map_err(|cannot| cannot.to_string())?;
    let symmetric = match from {
        Leg::Caller => bridge.dialer.symmetric,
        Leg::Callee => bridge.carrier().is_some_and(|carrier| carrier.symmetric),
    };
    let (remote, hold) = remote(&carried, symmetric);
    let side = side(from);
    let session = SessionId(bridge.id);
    media.send(
        session,
        MediaCommand::Describe {
            side,
            fork: ForkId(fork.0),
            remote,
        },
    );
    media.send(session, MediaCommand::Hold { side, on: hold });
    let ports = bridge.ports(from.other());
    let heard_first = bridge.dialer.heard_first && from == Leg::Caller;
    let id = bridge.id;
    let described = match from {
        Leg::Caller => &mut bridge.callee.side,
        Leg::Callee => &mut bridge.caller.side,
    };
    let went = described.sent(|version| {
        description.relayed(&Local {
            rtp: ports.rtp,
            rtcp_port: ports.rtcp.port(),
            rtcp_mux: false,
            origin: sdp::Origin { session: id, version },
            protection: Protection::AsItCame,
            order: if heard_first {
                Order::HeardFirst
            } else {
                Order::AsItCame
            },
        })
    });
    described.newest = Some(Newest {
        fork,
        came: bytes.into(),
        went: went.clone(),
    });
    Ok(went)
}

/// What the media threads have to know, and whether the side is on hold.
fn remote(carried: &Carried, symmetric: bool) -> (Remote, bool) {
    match carried {
        Carried::Audio(audio) => (Remote::of(audio, symmetric), audio.is_hold()),
        Carried::Fax(rtp) => (Remote::fax(*rtp, symmetric), rtp.is_none()),
    }
}

pub(super) fn side(leg: Leg) -> Side {
    match leg {
        Leg::Caller => Side::Caller,
        Leg::Callee => Side::Callee,
    }
}

/// The description in a message.
pub(super) fn of(message: &Message) -> Option<&[u8]> {
    message.part(SDP).filter(|body| !body.is_empty())
}
