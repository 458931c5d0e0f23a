//! What a session tells.

use std::path::PathBuf;
use std::time::Instant;

use cpd_detect::Event;

use super::command::{ForkId, Side};

/// What happened in a session.
#[derive(Debug)]
pub enum News {
    /// Something was heard on a fork.
    Heard {
        /// Which.
        fork: ForkId,
        /// What, on the detector's own sample clock.
        event: Event,
        /// When the packet that settled it came.
        at: Instant,
    },
    /// No RTP came from a side for [`super::MediaConfig::rtp_timeout`]. Told once a silence.
    Silent {
        /// Which.
        side: Side,
    },
    /// Listening stopped by itself, for all forks or, with a codec, for one.
    Deafened {
        /// Why.
        reason: DeafReason,
    },
    /// A digit was pressed (telephone-event).
    Digit {
        /// By whom.
        side: Side,
        /// 0 to 9, `*`, `#`, A to D.
        digit: char,
    },
    /// The last news: what was carried, and the recording where one was kept.
    Closed {
        /// From the caller.
        caller: SideStats,
        /// From the callee.
        callee: SideStats,
        /// The recording that [`super::Close::keep`] asked for; its file is complete soon after.
        recording: Option<Recorded>,
    },
}

/// Why listening stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeafReason {
    /// The machine was short of time, and relaying goes first.
    Overload,
    /// The description of this fork has no codec that can be heard.
    Codec(ForkId),
    /// More forks than are listened to at once (8).
    Forks(ForkId),
}

/// What came from one side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SideStats {
    /// Media packets that were believed.
    pub packets: u64,
    /// Their bytes, without UDP and IP.
    pub bytes: u64,
    /// Sequence numbers that never came.
    pub lost: u64,
    /// Interarrival jitter, ms (RFC 3550, A.8).
    pub jitter_ms: f32,
    /// Datagrams of strangers that were not believed. Those that the kernel kept away are not among them.
    pub refused: u64,
    /// What the side itself reported of what it receives (RTCP): fraction lost at last, 0 to 1.
    pub reported_loss: Option<f32>,
    /// And its jitter, ms.
    pub reported_jitter_ms: Option<f32>,
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub ms: u64,
    /// Where in it the call was answered; `None`: it was not, or not while it was recorded.
    pub answered_ms: Option<u64>,
    /// The writer could not follow, and the end is missing.
    pub cut: bool,
}

/// How the pool fares; a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaStats {
    /// Sessions that are open.
    pub sessions: u64,
    /// Streams that are listened to.
    pub listening: u64,
    /// Port pairs that drain.
    pub draining: u64,
    /// Port pairs that are bound and free.
    pub idle: u64,
    /// Packets relayed since the start.
    pub packets: u64,
    /// Datagrams that came to a port without a call.
    pub discarded: u64,
    /// Datagrams of strangers that were refused.
    pub refused: u64,
    /// Sessions that were no longer listened to because of overload.
    pub deafened: u64,
    /// Frames of audio that could not be recorded because the writer was behind.
    pub recordings_cut: u64,
    /// Time that heard packets waited for the detector at last, longest of the workers, µs.
    pub hearing_lag_us: u64,
    /// Longest turn of a worker's loop since the last snapshot, µs.
    pub turn_us_max: u64,
}
