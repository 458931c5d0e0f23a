//! Who may use which port when.
//!
//! A pair is bound when it is first needed and stays bound: a call on ports that were bound before costs 33 µs of CPU in
//! all, one that has to bind them 68 µs. What comes back was silent before (see [`super::worker`]), and the pair
//! that rested longest goes out first. The order of first use is shuffled, so that nobody guesses the next port.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with, sockopt};

use super::config::Network;

/// Two bound sockets of one side.
pub(super) struct PortPair {
    /// Index of its network.
    pub(super) network: usize,
    /// Port of RTP, even.
    pub(super) port: u16,
    pub(super) rtp: OwnedFd,
    pub(super) rtcp: OwnedFd,
}

/// Why there is no pair.
#[derive(Debug)]
pub(super) enum NoPort {
    /// All are in use, draining or held by others.
    Exhausted {
        /// In use or draining.
        used: usize,
        /// Held by others.
        held: usize,
    },
    /// The machine refuses the socket.
    Socket(SocketAddr, io::Error),
}

/// How sockets are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct SocketPlan {
    pub(super) receive_buffer: usize,
    pub(super) dscp: u8,
}

/// Ports that others hold are tried again, so many at most for one pair: a program that left gives its ports back.
const HELD_TRIES: usize = 8;

/// Datagrams of an idle time that are thrown away: more than a receive buffer of the default size holds.
const STALE_MAX: usize = 256;

/// The ports of one network.
pub(super) struct Ports {
    index: usize,
    network: Network,
    plan: SocketPlan,
    /// Bound, silent, longest rested first.
    idle: VecDeque<PortPair>,
    /// Not bound yet.
    fresh: Vec<u16>,
    /// Somebody else had them.
    held: VecDeque<u16>,
    used: usize,
}

impl Ports {
    /// The even ports of a range whose successor is in it too; `None` where there is none.
    pub(super) fn new(
        index: usize,
        network: Network,
        range: &RangeInclusive<u16>,
        plan: SocketPlan,
    ) -> Option<Ports> {
        let mut fresh: Vec<u16> = range
            .clone()
            .filter(|port| port % 2 == 0 && *port != 0 && range.contains(&(port + 1)))
            .collect();
        if fresh.is_empty() {
            return None;
        }
        let hasher = RandomState::new();
        fresh.sort_by_cached_key(|port| hasher.hash_one(port));
        Some(Ports {
            index,
            network,
            plan,
            idle: VecDeque::new(),
            fresh,
            held: VecDeque::new(),
            used: 0,
        })
    }

    /// A pair that nobody uses.
    pub(super) fn take(&mut self) -> Result<PortPair, NoPort> {
        if let Some(pair) = self.idle.pop_front() {
            self.used += 1;
            empty(&pair.rtp);
            empty(&pair.rtcp);
            return Ok(pair);
        }
        while let Some(port) = self.fresh.pop() {
            match self.bind(port) {
                Ok(Some(pair)) => return Ok(pair),
                Ok(None) => self.held.push_back(port),
                Err(why) => {
                    self.fresh.push(port);
                    return Err(why);
                }
            }
        }
        for _ in 0..self.held.len().min(HELD_TRIES) {
            let Some(port) = self.held.pop_front() else { break };
            match self.bind(port) {
                Ok(Some(pair)) => return Ok(pair),
                Ok(None) => self.held.push_back(port),
                Err(why) => {
                    self.held.push_back(port);
                    return Err(why);
                }
            }
        }
        Err(NoPort::Exhausted {
            used: self.used,
            held: self.held.len(),
        })
    }

    /// Takes back a pair that has been silent, its sockets connected to nobody.
    pub(super) fn give_back(&mut self, pair: PortPair) {
        self.used = self.used.saturating_sub(1);
        self.idle.push_back(pair);
    }

    /// Takes back a pair that was never used.
    pub(super) fn undo(&mut self, pair: PortPair) {
        self.used = self.used.saturating_sub(1);
        self.idle.push_front(pair);
    }

    /// Bound and free.
    pub(super) fn idle(&self) -> usize {
        self.idle.len()
    }

    /// `None` where somebody else has one of the two ports.
    fn bind(&mut self, port: u16) -> Result<Option<PortPair>, NoPort> {
        let mut sockets = [port, port + 1].map(|port| {
            let address = SocketAddr::new(self.network.bind, port);
            match bound(address, self.plan) {
                Ok(socket) => Ok(Some(socket)),
                Err(Errno::ADDRINUSE | Errno::ACCESS) => Ok(None),
                Err(cause) => Err(NoPort::Socket(address, cause.into())),
            }
        });
        let [rtp, rtcp] = &mut sockets;
        let (rtp, rtcp) = (
            std::mem::replace(rtp, Ok(None))?,
            std::mem::replace(rtcp, Ok(None))?,
        );
        Ok(rtp.zip(rtcp).map(|(rtp, rtcp)| {
            self.used += 1;
            PortPair {
                network: self.index,
                port,
                rtp,
                rtcp,
            }
        }))
    }
}

/// What came while nobody had the port is nobody's.
fn empty(socket: &OwnedFd) {
    let mut bytes = [0; 1];
    for _ in 0..STALE_MAX {
        if recv(socket, &mut bytes[..], RecvFlags::empty()) == Err(Errno::AGAIN) {
            return;
        }
    }
}

fn bound(address: SocketAddr, plan: SocketPlan) -> Result<OwnedFd, Errno> {
    let family = match address.ip() {
        IpAddr::V4(_) => AddressFamily::INET,
        IpAddr::V6(_) => AddressFamily::INET6,
    };
    let socket = socket_with(
        family,
        SocketType::DGRAM,
        SocketFlags::NONBLOCK | SocketFlags::CLOEXEC,
        None,
    )?;
    sockopt::set_socket_recv_buffer_size(&socket, plan.receive_buffer)?;
    if plan.dscp != 0 {
        // The code point is the upper six bits of the octet.
        let octet = plan.dscp << 2;
        // A network that marks by itself, or a container that may not, is no reason to have no call.
        let _ = match address.ip() {
            IpAddr::V4(_) => sockopt::set_ip_tos(&socket, octet),
            IpAddr::V6(_) => sockopt::set_ipv6_tclass(&socket, u32::from(octet)),
        };
    }
    if address.is_ipv6() {
        // `[::]` beside 0.0.0.0 on the same port.
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    bind(&socket, &address)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::net::{Ipv4Addr, UdpSocket};

    const PLAN: SocketPlan = SocketPlan {
        receive_buffer: 65_536,
        dscp: 46,
    };

    /// A loopback address of this process alone: others may use any port of 127.0.0.1 meanwhile.
    fn own_address() -> Ipv4Addr {
        let [_, a, b, c] = std::process::id().to_be_bytes();
        Ipv4Addr::new(127, 64 | a & 63, b, c)
    }

    fn ports(range: RangeInclusive<u16>) -> Option<Ports> {
        Ports::new(0, Network::at(own_address().into()), &range, PLAN)
    }

    #[test]
    fn a_range_counts_its_whole_pairs() {
        assert!(ports(20_001..=20_002).is_none());
        assert_eq!(ports(20_001..=20_003).unwrap().fresh, [20_002]);
        assert_eq!(ports(20_000..=20_007).unwrap().fresh.len(), 4);
        assert_eq!(ports(65_534..=65_535).unwrap().fresh, [65_534]);
        assert!(ports(0..=1).is_none());
    }

    #[test]
    fn ports_that_others_hold_are_passed_over_and_tried_again() {
        let mut ports = ports(21_300..=21_307).unwrap();
        let stranger = UdpSocket::bind((own_address(), 21_303)).unwrap();
        let taken: Vec<_> = (0..3).map(|_| ports.take().unwrap()).collect();
        let numbers: HashSet<u16> = taken.iter().map(|pair| pair.port).collect();
        assert_eq!(numbers, HashSet::from([21_300, 21_304, 21_306]));
        match ports.take() {
            Err(NoPort::Exhausted { used: 3, held: 1 }) => {}
            other => panic!("{:?}", other.err()),
        }
        drop(stranger);
        assert_eq!(ports.take().unwrap().port, 21_302);
    }

    #[test]
    fn the_pair_that_rested_longest_goes_out_first() {
        let mut ports = ports(21_310..=21_315).unwrap();
        let [a, b, c] = std::array::from_fn(|_| ports.take().unwrap());
        let order = [b.port, a.port, c.port];
        for pair in [b, a, c] {
            ports.give_back(pair);
        }
        assert_eq!(ports.idle(), 3);
        assert_eq!(std::array::from_fn(|_| ports.take().unwrap().port), order);
    }
}
