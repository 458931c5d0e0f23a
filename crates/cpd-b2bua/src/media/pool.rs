//! The door: opens sessions, takes commands, brings news.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::sync::mpsc;

use super::command::{MediaCommand, OpenPlan, SessionId};
use super::config::{MediaConfig, StartError};
use super::news::{MediaStats, News};

/// The ports of a session, as its peers see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// For the description that the caller gets.
    pub caller: LocalPorts,
    /// For the description that the callee gets.
    pub callee: LocalPorts,
}

/// Where one side is to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalPorts {
    /// RTP: the public address and an even port.
    pub rtp: SocketAddr,
    /// RTCP: the same address, the port after it.
    pub rtcp: SocketAddr,
}

/// Why a session was not opened. Reads on from "failed to".
#[derive(Debug)]
pub enum OpenError {
    /// Every port of the network is in use, draining or held by another program.
    Exhausted {
        /// The network's index.
        network: usize,
        /// Pairs in use or draining.
        used: usize,
        /// Pairs that another program holds.
        held: usize,
    },
    /// The workers are too far behind to take on more.
    Behind,
    /// There is no such network.
    NoNetwork(usize),
    /// A socket could not be had: the limit on open files, mostly.
    Socket(SocketAddr, io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Exhausted { network, used, held } => write!(
                f,
                "take a media port in network {network}: {used} pairs are in use or draining, {held} are held by others"
            ),
            OpenError::Behind => write!(f, "open a media session: the media threads are behind"),
            OpenError::NoNetwork(index) => write!(f, "open a media session: there is no network {index}"),
            OpenError::Socket(address, cause) => write!(f, "bind media socket {address}: {cause}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// The media threads. Dropping it ends them.
pub struct MediaPool {}

impl MediaPool {
    /// Starts the threads. News come by the receiver, which must be read.
    pub fn start(config: MediaConfig) -> Result<(MediaPool, mpsc::Receiver<(SessionId, News)>), StartError> {
        let (_news, receiver) = mpsc::channel(config.news_max);
        Ok((MediaPool {}, receiver))
    }

    /// Takes ports and begins a session. A name must not be used again before its [`News::Closed`]. Does not wait.
    pub fn open(&self, _session: SessionId, plan: OpenPlan) -> Result<Opened, OpenError> {
        Err(OpenError::NoNetwork(plan.caller_network))
    }

    /// Tells a session something. What is told to a session that is not open is forgotten. Does not wait.
    pub fn send(&self, _session: SessionId, _command: MediaCommand) {}

    /// The first network of a kind of address.
    pub fn network(&self, _v6: bool) -> Option<usize> {
        None
    }

    /// How the pool fares.
    pub fn stats(&self) -> MediaStats {
        MediaStats::default()
    }
}
