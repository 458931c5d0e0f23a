//! What a session is told.

use std::net::SocketAddr;
use std::path::PathBuf;

use cpd_detect::{Profile, Shared};
use cpd_media::latch::Mode;
use cpd_media::sdp::{Audio, Format};
use cpd_media::srtp::Key;

/// A session, named by whoever opens it; news carry the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u64);

/// One side of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The dialer, who called us.
    Caller,
    /// The carrier, whom we call; this is the side that is listened to.
    Callee,
}

impl Side {
    /// The other one.
    pub fn other(self) -> Side {
        match self {
            Side::Caller => Side::Callee,
            Side::Callee => Side::Caller,
        }
    }
}

/// One early dialog of a side. The caller has only 0; of the callee each To-tag is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ForkId(pub u16);

/// How to open a session.
pub struct OpenPlan {
    /// Index into [`super::MediaConfig::networks`] for the caller's ports.
    pub caller_network: usize,
    /// The same for the callee's.
    pub callee_network: usize,
    /// How to listen to the callee; `None` relays only.
    pub listen: Option<ListenPlan>,
}

/// How to listen.
#[derive(Clone)]
pub struct ListenPlan {
    /// Tone plans and prompts, as they were when the call began.
    pub shared: Shared,
    /// The profile of detection.
    pub profile: Profile,
    /// Why it is listened to: decides who goes without first when the machine is short of time.
    pub purpose: Purpose,
    /// Record what is analysed; `None` records nothing.
    pub record: Option<RecordPlan>,
}

/// What hangs on a verdict. In overload, calls of the first kind are the first that are not listened to any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Data collection: a verdict changes nothing.
    Collect,
    /// A verdict is acted on.
    Act,
}

/// How much to record. The file stays or goes as [`Close::keep`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPlan {
    /// The longest recording; what comes later is not written.
    pub ms_max: u32,
}

/// Where a side's media is, as its description says. Told again after every new description.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Where it wants its media; `None` on hold by address or with port 0: nothing is sent, nothing accepted.
    pub rtp: Option<SocketAddr>,
    /// Where it wants RTCP; `None` with `rtcp_mux` or where there is none.
    pub rtcp: Option<SocketAddr>,
    /// RTCP comes and goes on the RTP port (RFC 5761).
    pub rtcp_mux: bool,
    /// From where its media is believed to come: the described address only, or, once, from elsewhere (symmetric RTP
    /// behind NAT, RFC 4961).
    pub believe: Mode,
    /// What its payload types mean, the most wanted first.
    pub formats: Vec<Format>,
    /// RTP, or datagrams that are not looked into.
    pub transport: Transport,
    /// Its keys, where its media is secured.
    pub secure: Option<Box<Secure>>,
}

/// What travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// RTP and RTCP.
    Rtp,
    /// T.38 over UDPTL or anything else: passed as it comes.
    Opaque,
}

/// The keys of SRTP on one side (SDES, RFC 4568).
#[derive(Clone, Debug)]
pub struct Secure {
    /// What we send is protected with this: the key in the description that we sent there.
    pub ours: Key,
    /// What comes is protected with this: the key in its description.
    pub theirs: Key,
}

impl Remote {
    /// As a description says, plain.
    pub fn of(audio: &Audio, believe: Mode) -> Remote {
        Remote {
            rtp: audio.rtp,
            rtcp: audio.rtcp.filter(|_| !audio.rtcp_mux),
            rtcp_mux: audio.rtcp_mux,
            believe,
            formats: audio.formats.clone(),
            transport: Transport::Rtp,
            secure: None,
        }
    }

    /// A fax over UDPTL.
    pub fn fax(address: Option<SocketAddr>, believe: Mode) -> Remote {
        Remote {
            rtp: address,
            rtcp: None,
            rtcp_mux: false,
            believe,
            formats: Vec::new(),
            transport: Transport::Opaque,
            secure: None,
        }
    }
}

/// What a session is told to do.
pub enum MediaCommand {
    /// A description came: of the caller (fork 0) or of one fork of the callee. The first described fork is the one
    /// that is relayed until `Through` or `Answered` says otherwise.
    Describe {
        /// Whose.
        side: Side,
        /// Which early dialog.
        fork: ForkId,
        /// What it says.
        remote: Remote,
    },
    /// The caller hears this fork from now on; the others are listened to only.
    Through {
        /// Which.
        fork: ForkId,
    },
    /// This fork answered: its listener is told, the others are dropped. From now on [`super::News::Silent`] may come.
    Answered {
        /// Which.
        fork: ForkId,
    },
    /// Stop listening: the verdict is told, or nobody wants one.
    Deaf,
    /// A side is on hold, or no longer: while it is, its silence is not told.
    Hold {
        /// Which.
        side: Side,
        /// Whether.
        on: bool,
    },
    /// The call is over. The ports drain; [`super::News::Closed`] is the last news.
    Close(Close),
}

/// How a session ends.
#[derive(Clone, Debug, Default)]
pub struct Close {
    /// The recording becomes this file (its folder must be on the file system of
    /// [`super::MediaConfig::recordings`]); `None` deletes it.
    pub keep: Option<PathBuf>,
}
