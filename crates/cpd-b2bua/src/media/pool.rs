//! The door: opens sessions, takes commands, brings news.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::mpsc;

use super::command::{MediaCommand, OpenPlan, SessionId};
use super::config::{MediaConfig, Network, StartError};
use super::news::{MediaStats, News};
use super::outbox::Outbox;
use super::ports::{NoPort, PortPair, Ports, SocketPlan};
use super::record;
use super::worker::{Gauges, Mailbox, Order, Parts, Worker, locked};

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

/// Orders that may wait for a thread when a session is opened: at 600 calls a second, seconds behind.
const ORDERS_MAX: usize = 4_096;

/// The media threads. Dropping it ends them.
pub struct MediaPool {
    networks: Vec<Network>,
    ports: Arc<[Mutex<Ports>]>,
    workers: Vec<Handle>,
}

struct Handle {
    mailbox: Arc<Mailbox>,
    gauges: Arc<Gauges>,
    thread: Option<JoinHandle<()>>,
}

impl MediaPool {
    /// Starts the threads. News come by the receiver, which must be read. The soft limit on open files is raised to
    /// the hard one: a call needs four.
    pub fn start(config: MediaConfig) -> Result<(MediaPool, mpsc::Receiver<(SessionId, News)>), StartError> {
        if config.networks.is_empty() {
            return Err(StartError::NoNetwork);
        }
        let plan = SocketPlan {
            receive_buffer: config.receive_buffer,
            dscp: config.dscp,
        };
        let ports: Option<Vec<_>> = config
            .networks
            .iter()
            .enumerate()
            .map(|(index, &network)| Ports::new(index, network, &config.ports, plan).map(Mutex::new))
            .collect();
        let ports: Arc<[Mutex<Ports>]> = ports
            .ok_or_else(|| StartError::NoPorts(config.ports.clone()))?
            .into();
        raise_open_files();
        let desk = match &config.recordings {
            Some(folder) => {
                Some(record::start(folder).map_err(|cause| StartError::Recordings(folder.clone(), cause))?)
            }
            None => None,
        };
        let (news, receiver) = mpsc::channel(config.news_max.max(1));
        let mut pool = MediaPool {
            networks: config.networks,
            ports,
            workers: Vec::new(),
        };
        for number in 0..config.threads.max(1) {
            let gauges = Arc::new(Gauges::default());
            let os = |cause: Errno| StartError::Os("make an epoll", cause.into());
            let mailbox = Arc::new(Mailbox::new().map_err(os)?);
            let worker = Worker::new(Parts {
                mailbox: Arc::clone(&mailbox),
                ports: Arc::clone(&pool.ports),
                gauges: Arc::clone(&gauges),
                desk: desk.clone(),
                rtp_timeout: config.rtp_timeout,
                out: Outbox::new(news.clone()),
            })
            .map_err(os)?;
            let thread = std::thread::Builder::new()
                .name(format!("cpd-media-{number}"))
                .spawn(move || worker.run())
                .map_err(|cause| StartError::Os("start a media thread", cause))?;
            pool.workers.push(Handle {
                mailbox,
                gauges,
                thread: Some(thread),
            });
        }
        Ok((pool, receiver))
    }

    /// Takes ports and begins a session. A name must not be used again before its [`News::Closed`]. Does not wait.
    pub fn open(&self, session: SessionId, plan: OpenPlan) -> Result<Opened, OpenError> {
        if self.worker(session).waiting() >= ORDERS_MAX {
            return Err(OpenError::Behind);
        }
        let caller = self.take(plan.caller_network)?;
        let callee = match self.take(plan.callee_network) {
            Ok(pair) => pair,
            Err(why) => {
                self.undo(caller);
                return Err(why);
            }
        };
        let opened = Opened {
            caller: self.local(&caller),
            callee: self.local(&callee),
        };
        self.worker(session).put(Order::Open {
            session,
            pairs: [caller, callee],
            listen: plan.listen,
        });
        Ok(opened)
    }

    /// Takes ports of a network for the callee's side of a session; those that it had drain as if the call were over.
    /// Who is called next gets them in its description. Does not wait.
    pub fn move_callee(&self, session: SessionId, network: usize) -> Result<LocalPorts, OpenError> {
        let pair = self.take(network)?;
        let ports = self.local(&pair);
        self.worker(session).put(Order::Move(session, pair));
        Ok(ports)
    }

    /// Tells a session something. What is told to a session that is not open is forgotten. Does not wait: orders are
    /// bounded by the sessions that [`MediaPool::open`] lets in.
    pub fn send(&self, session: SessionId, command: MediaCommand) {
        self.worker(session).put(Order::Tell(session, command));
    }

    /// The first network of a kind of address.
    pub fn network(&self, v6: bool) -> Option<usize> {
        self.networks
            .iter()
            .position(|network| network.bind.is_ipv6() == v6)
    }

    /// How the pool fares.
    pub fn stats(&self) -> MediaStats {
        let mut stats = MediaStats::default();
        for Handle { gauges, .. } in &self.workers {
            for (sum, gauge) in [
                (&mut stats.sessions, &gauges.sessions),
                (&mut stats.listening, &gauges.listening),
                (&mut stats.draining, &gauges.draining),
                (&mut stats.packets, &gauges.packets),
                (&mut stats.discarded, &gauges.discarded),
                (&mut stats.refused, &gauges.refused),
                (&mut stats.deafened, &gauges.deafened),
                (&mut stats.recordings_cut, &gauges.recordings_cut),
            ] {
                *sum += gauge.load(Ordering::Relaxed);
            }
            stats.hearing_lag_us = stats
                .hearing_lag_us
                .max(gauges.hearing_lag_us.load(Ordering::Relaxed));
            stats.turn_us_max = stats
                .turn_us_max
                .max(gauges.turn_us_max.swap(0, Ordering::Relaxed));
        }
        stats.idle = self.ports.iter().map(|ports| locked(ports).idle() as u64).sum();
        stats
    }

    fn take(&self, network: usize) -> Result<PortPair, OpenError> {
        let ports = self.ports.get(network).ok_or(OpenError::NoNetwork(network))?;
        locked(ports).take().map_err(|why| match why {
            NoPort::Exhausted { used, held } => OpenError::Exhausted { network, used, held },
            NoPort::Socket(address, cause) => OpenError::Socket(address, cause),
        })
    }

    fn undo(&self, pair: PortPair) {
        locked(&self.ports[pair.network]).undo(pair);
    }

    fn local(&self, pair: &PortPair) -> LocalPorts {
        let address = self.networks[pair.network].public;
        LocalPorts {
            rtp: SocketAddr::new(address, pair.port),
            rtcp: SocketAddr::new(address, pair.port + 1),
        }
    }

    /// Names that follow each other go round the threads.
    fn worker(&self, session: SessionId) -> &Mailbox {
        let index = session.0 % self.workers.len() as u64;
        &self.workers[index as usize].mailbox
    }
}

impl Drop for MediaPool {
    fn drop(&mut self) {
        for worker in &self.workers {
            worker.mailbox.stop();
        }
        for worker in &mut self.workers {
            if let Some(thread) = worker.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    // Refused, it stays as it is; then `open` says so when files run out.
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            ..limit
        },
    );
}
