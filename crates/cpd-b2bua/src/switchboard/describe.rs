//! Session descriptions on their way from one leg to the other: our ports in them, and the media threads told.

use cpd_call::{Fork, Leg};
use cpd_media::latch::Mode;
use cpd_media::sdp::{self, Carried, Crypto, Description, Local, Order, Protection};
use cpd_media::srtp::{Key, Suite};
use cpd_sip::message::Message;

use super::Media;
use super::bridge::{Bridge, Described, Newest};
use super::random::Random;
use crate::media::{ForkId, MediaCommand, Remote, Secure, SessionId, Side};

/// The type of session descriptions.
pub(super) const SDP: &str = "application/sdp";

/// A target is about to be called: what it is told is written anew, with a key if its carrier wants secured media.
pub(super) fn begin(random: &mut Random, bridge: &mut Bridge) {
    let secured = bridge.carrier().is_some_and(|carrier| carrier.srtp);
    // And what it says is new, though it be what the one before it said.
    bridge.caller.side.newest = None;
    let side = &mut bridge.callee.side;
    side.newest = None;
    side.ours = secured.then(|| new_key(random, Suite::AesCm128Sha1_80, 1));
}

/// Reads a description of a leg, tells the media threads, and gives what the other leg is told.
///
/// What cannot be carried gives the reason in words.
pub(super) fn pass(
    media: &mut impl Media,
    random: &mut Random,
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
    let (symmetric, signalling) = match from {
        Leg::Caller => (bridge.dialer.symmetric, Some(bridge.caller.host)),
        Leg::Callee => {
            let target = bridge.targets.get(bridge.callee.target);
            let symmetric = target.is_some_and(|target| target.carrier.symmetric);
            (symmetric, target.map(|target| target.flow.remote.ip()))
        }
    };
    let latch = match signalling.filter(|_| symmetric) {
        Some(host) => Mode::Host(host),
        None => Mode::Negotiated,
    };
    let own = match from {
        Leg::Caller => &mut bridge.caller.side,
        Leg::Callee => &mut bridge.callee.side,
    };
    let secure = secure(random, own, &carried);
    let (mut remote, hold) = remote(&carried, latch);
    remote.secure = secure.map(Box::new);
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
    let keys = described.ours.clone();
    let went = described.sent(|version| {
        description.relayed(&Local {
            rtp: ports.rtp,
            rtcp_port: ports.rtcp.port(),
            rtcp_mux: false,
            origin: sdp::Origin { session: id, version },
            protection: match &keys {
                Some(key) => Protection::Sdes(std::slice::from_ref(key)),
                None => Protection::Plain,
            },
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

/// The keys of the leg that describes itself; ours are made when its own are first seen.
fn secure(random: &mut Random, own: &mut Described, carried: &Carried) -> Option<Secure> {
    let theirs = match carried {
        Carried::Audio(audio) if audio.profile.is_secure() => audio.crypto.first(),
        Carried::Audio(_) | Carried::Fax(_) => None,
    };
    let Some(theirs) = theirs else {
        own.ours = None;
        return None;
    };
    let fits = |ours: &&Crypto| ours.key.suite() == theirs.key.suite();
    let ours = match own.ours.as_ref().filter(fits) {
        // An answer of ours repeats the number that it takes; theirs repeats ours (RFC 4568, 5.1.2).
        Some(ours) => Crypto {
            tag: theirs.tag,
            key: ours.key.clone(),
        },
        None => new_key(random, theirs.key.suite(), theirs.tag),
    };
    own.ours = Some(ours.clone());
    Some(Secure {
        ours: ours.key,
        theirs: theirs.key.clone(),
    })
}

fn new_key(random: &mut Random, suite: Suite, tag: u32) -> Crypto {
    let mut secret = [0; Key::SECRET_MAX];
    random.fill(&mut secret);
    Crypto {
        tag,
        key: Key::from_random(suite, &secret),
    }
}

/// What the media threads have to know, and whether the side is on hold.
fn remote(carried: &Carried, latch: Mode) -> (Remote, bool) {
    match carried {
        Carried::Audio(audio) => (Remote::of(audio, latch), audio.is_hold()),
        Carried::Fax(rtp) => (Remote::fax(*rtp, latch), rtp.is_none()),
    }
}

fn side(leg: Leg) -> Side {
    match leg {
        Leg::Caller => Side::Caller,
        Leg::Callee => Side::Callee,
    }
}

/// The description in a message.
pub(super) fn of(message: &Message) -> Option<&[u8]> {
    message.part(SDP).filter(|body| !body.is_empty())
}
