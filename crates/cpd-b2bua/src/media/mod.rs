//! Carries the sound of calls: ports, relay, listening, recording.
//!
//! A call is a *session*: two sides, each with a pair of UDP ports (RTP and RTCP). Sessions live in worker threads, each
//! with one epoll and no lock on the way of a packet: it is received, sent on through the other side, and only then
//! listened to. What comes in goes by [`MediaCommand`], what is heard comes back as [`News`].
//!
//! - [`pool`]: the door, [`MediaPool`]. [`config`], [`command`], [`news`]: what passes through it.
//! - `ports`: who may use which port when. `worker`: the loop of a thread. `session`: one call in it.
//! - [`listen`]: samples and gaps to a detector and a recording, for any door. `record`: the thread that writes.

pub mod command;
pub mod config;
mod fork;
mod guard;
mod half;
mod hearing;
mod lane;
pub mod listen;
pub mod news;
mod outbox;
pub mod pool;
mod ports;
pub mod record;
mod session;
mod worker;

pub use command::{
    Close, ForkId, ListenPlan, MediaCommand, OpenPlan, Purpose, RecordPlan, Remote, Secure, SessionId, Side,
    Transport,
};
pub use config::{MediaConfig, Network, StartError};
pub use listen::Listener;
pub use news::{DeafReason, MediaStats, News, Recorded, SideStats};
pub use pool::{LocalPorts, MediaPool, OpenError, Opened};
