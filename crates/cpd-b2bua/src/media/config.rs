//! Where media may come in, and what the threads bear.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// A network that media comes from and goes to: an address of this machine and how peers reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// Where to bind.
    pub bind: IpAddr,
    /// What descriptions say; the same as `bind` where no NAT lies between.
    pub public: IpAddr,
}

impl Network {
    /// A network that is reached where it is bound.
    pub fn at(bind: IpAddr) -> Network {
        Network { bind, public: bind }
    }
}

/// How media is carried.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// One or more; IPv4 and IPv6 each want one of their own.
    pub networks: Vec<Network>,
    /// Ports for RTP (even) and RTCP (the odd one after it), the same in every network: 16384 to 32767, below the
    /// ports that Linux gives to clients (32768 and above).
    pub ports: RangeInclusive<u16>,
    /// Worker threads: one a core, less one for signalling where there is more than one.
    pub threads: usize,
    /// A side that sends no RTP for so long after the answer is told as silent: 30 s. 0 tells nothing.
    pub rtp_timeout: Duration,
    /// `SO_RCVBUF` of an RTP socket, bytes: 64 KiB hold a quarter of a second of a packet every millisecond.
    pub receive_buffer: usize,
    /// Differentiated services code point of what is sent: 46, expedited forwarding (RFC 4594). 0 leaves it.
    pub dscp: u8,
    /// Where recordings are written; `None` records nothing.
    pub recordings: Option<PathBuf>,
    /// News that wait for whoever reads them: 16,384. What does not fit waits in its session.
    pub news_max: usize,
}

impl Default for MediaConfig {
    fn default() -> MediaConfig {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        MediaConfig {
            networks: Vec::new(),
            ports: 16_384..=32_767,
            threads: cores.saturating_sub(1).max(1),
            rtp_timeout: Duration::from_secs(30),
            receive_buffer: 65_536,
            dscp: 46,
            recordings: None,
            news_max: 16_384,
        }
    }
}

/// Why media cannot be carried. Reads on from "failed to".
#[derive(Debug)]
pub enum StartError {
    /// No network is given.
    NoNetwork,
    /// The range holds no even port with its successor.
    NoPorts(RangeInclusive<u16>),
    /// The machine refuses something.
    Os(&'static str, io::Error),
    /// The folder for recordings cannot be used.
    Recordings(PathBuf, io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::NoNetwork => write!(f, "start media: no network is configured"),
            StartError::NoPorts(range) => write!(
                f,
                "start media: ports {} to {} hold no even port with its successor",
                range.start(),
                range.end()
            ),
            StartError::Os(what, cause) => write!(f, "{what}: {cause}"),
            StartError::Recordings(path, cause) => {
                write!(f, "use the recordings folder {}: {cause}", path.display())
            }
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StartError::NoNetwork | StartError::NoPorts(_) => None,
            StartError::Os(_, cause) | StartError::Recordings(_, cause) => Some(cause),
        }
    }
}
