//! One side of a session: its two sockets, and who is believed at the other end.
//!
//! While a single peer is known for sure its RTP socket is connected to it: the kernel then keeps strangers away, and
//! sending needs no look-up of a route. Before that, and while several forks share the port, each datagram's source is
//! looked at.

use std::net::SocketAddr;
use std::time::Instant;

use cpd_media::quality::Reception;
use rustix::io::Errno;
use rustix::net::{
    RecvFlags, SendFlags, SocketAddrAny, connect, connect_unspec, recv, recvfrom, send, sendto,
};

use super::command::ForkId;
use super::fork::Fork;
use super::news::SideStats;
use super::ports::PortPair;

/// Forks that a side knows at once; a carrier that forks to more is not meant to be heard in full, and the oldest that
/// is not relayed makes room.
const FORKS_MAX: usize = 32;

/// The largest datagram that is carried. RTP and UDPTL keep below the 1,500 bytes of Ethernet, jumbo frames apart.
pub(super) const DATAGRAM_MAX: usize = 4_096;

/// What a thread reads into and writes from.
pub(super) struct Buffers {
    /// A datagram as it came.
    pub(super) datagram: Box<[u8; DATAGRAM_MAX]>,
    /// The same, opened, where it was secured.
    pub(super) plain: Vec<u8>,
    /// What goes out, secured.
    pub(super) sealed: Vec<u8>,
}

/// Where a datagram is read to and opened into.
pub(super) struct Incoming<'a> {
    pub(super) datagram: &'a mut [u8; DATAGRAM_MAX],
    pub(super) plain: &'a mut Vec<u8>,
}

impl Buffers {
    /// Apart: what comes in, and room for what goes out.
    pub(super) fn split(&mut self) -> (Incoming<'_>, &mut Vec<u8>) {
        let incoming = Incoming {
            datagram: &mut self.datagram,
            plain: &mut self.plain,
        };
        (incoming, &mut self.sealed)
    }

    pub(super) fn new() -> Buffers {
        Buffers {
            datagram: Box::new([0; DATAGRAM_MAX]),
            plain: Vec::with_capacity(DATAGRAM_MAX),
            sealed: Vec::with_capacity(DATAGRAM_MAX),
        }
    }
}

/// Which socket of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Port {
    Rtp,
    Rtcp,
}

/// One side.
pub(super) struct Half {
    pub(super) pair: PortPair,
    /// The caller has one, the callee one for each early dialog.
    pub(super) forks: Vec<Fork>,
    /// Whose media is relayed; an index into `forks`.
    pub(super) active: usize,
    pub(super) on_hold: bool,
    /// Somebody waits for its sockets.
    pub(super) attended: bool,
    /// When the relayed fork sent last, or was last given a reason to.
    pub(super) last_media: Instant,
    pub(super) silence_told: bool,
    pub(super) stats: SideStats,
    pub(super) reception: Reception,
    /// The RTP socket is connected to the one fork there is.
    connected: bool,
    /// It was connected just now: what came before may be from anybody.
    sifting: bool,
}

impl Half {
    pub(super) fn new(pair: PortPair, now: Instant) -> Half {
        Half {
            pair,
            forks: Vec::new(),
            active: 0,
            on_hold: false,
            attended: false,
            last_media: now,
            silence_told: false,
            stats: SideStats::default(),
            reception: Reception::new(),
            connected: false,
            sifting: false,
        }
    }

    /// The next datagram on the RTP port from somebody who is believed, opened, and from which fork.
    pub(super) fn receive_rtp<'a>(&mut self, buffers: Incoming<'a>) -> Option<(&'a [u8], usize)> {
        let Incoming {
            datagram: buffer,
            plain,
        } = buffers;
        if self.connected && !self.sifting {
            let (length, _) = recv(&self.pair.rtp, &mut buffer[..], RecvFlags::empty()).ok()?;
            let bytes = &buffer[..length];
            let fork = self.forks.first_mut().filter(|_| fits(length))?;
            if !fork.is_secure() {
                return Some((bytes, 0));
            }
            if fork.open(bytes, plain) {
                return Some((plain, 0));
            }
            self.stats.refused += 1;
            return None;
        }
        // One datagram an event, as when connected; but strangers shall not spend the turn of a peer.
        for _ in 0..SIFTED_MAX {
            let (length, source) = match received_from(&self.pair.rtp, buffer) {
                Ok(datagram) => datagram,
                Err(Errno::AGAIN) => {
                    self.sifting = false;
                    return None;
                }
                // A peer's machine refused what we sent (ICMP): it may not listen yet.
                Err(_) => continue,
            };
            if !fits(length) {
                continue;
            }
            let believed = source.and_then(|source| self.believe(source, &buffer[..length], plain));
            if let Some(index) = believed {
                let secure = self.forks[index].is_secure();
                return Some((if secure { plain } else { &buffer[..length] }, index));
            }
            self.stats.refused += 1;
        }
        None
    }

    /// The next datagram on the RTCP port, opened, and from which fork.
    pub(super) fn receive_rtcp<'a>(&mut self, buffers: Incoming<'a>) -> Option<(&'a [u8], usize)> {
        let Incoming {
            datagram: buffer,
            plain,
        } = buffers;
        let (length, source) = received_from(&self.pair.rtcp, buffer).ok()?;
        let source = source.filter(|_| fits(length))?;
        let bytes = &buffer[..length];
        let believed = self
            .forks
            .iter_mut()
            .position(|fork| fork.owns_rtcp(source) && fork.open(bytes, plain));
        let Some(index) = believed else {
            self.stats.refused += 1;
            return None;
        };
        let fork = &mut self.forks[index];
        fork.rtcp_seen = Some(source);
        Some((if fork.is_secure() { plain } else { bytes }, index))
    }

    /// Sends media to the relayed fork.
    pub(super) fn send_rtp(&mut self, bytes: &[u8], sealed: &mut Vec<u8>) {
        let Some(fork) = self.forks.get_mut(self.active) else {
            return;
        };
        let Some(bytes) = fork.seal(bytes, sealed) else {
            return;
        };
        if self.connected {
            // The first attempt may only bring the news that an earlier datagram was refused (ICMP).
            if let Err(Errno::CONNREFUSED) = send(&self.pair.rtp, bytes, SendFlags::empty()) {
                let _ = send(&self.pair.rtp, bytes, SendFlags::empty());
            }
        } else if let Some(to) = fork.rtp_target() {
            let _ = sendto(&self.pair.rtp, bytes, SendFlags::empty(), &to);
        }
    }

    /// Sends RTCP to the relayed fork, on the port where it wants it.
    pub(super) fn send_rtcp(&mut self, bytes: &[u8], sealed: &mut Vec<u8>) {
        let Some(fork) = self.forks.get_mut(self.active) else {
            return;
        };
        if fork.rtcp_mux {
            self.send_rtp(bytes, sealed);
        } else if let Some(to) = fork.rtcp_target()
            && let Some(bytes) = fork.seal(bytes, sealed)
        {
            let _ = sendto(&self.pair.rtcp, bytes, SendFlags::empty(), &to);
        }
    }

    /// Whether what waits on the RTP port may still come from anybody, though it is connected.
    pub(super) fn is_sifting(&self) -> bool {
        self.sifting
    }

    /// A description came.
    pub(super) fn described(&mut self, fork: Fork) {
        match self.forks.iter().position(|known| known.id == fork.id) {
            Some(index) => {
                let known = &mut self.forks[index];
                known.redescribe(fork);
            }
            None => {
                if self.forks.len() == FORKS_MAX {
                    let oldest = usize::from(self.active == 0);
                    self.forks.remove(oldest);
                    self.active -= usize::from(self.active > oldest);
                }
                self.forks.push(fork);
            }
        }
        self.settle();
    }

    /// The other side learns what payload types mean here. A side with several forks tells nothing that holds for all.
    pub(super) fn share_formats(&self, other: &mut Half, now: Instant) {
        let receiver = match &self.forks[..] {
            [fork] => &fork.formats[..],
            _ => &[],
        };
        for fork in &mut other.forks {
            let formats = fork.heard_by(receiver);
            if let Some(hearing) = &mut fork.hearing {
                hearing.redescribe(formats, now);
            }
        }
    }

    /// That fork is relayed from now on.
    pub(super) fn choose(&mut self, id: ForkId) {
        if let Some(index) = self.forks.iter().position(|fork| fork.id == id) {
            self.active = index;
        }
    }

    /// Forks other than that one are gone; they are handed over.
    pub(super) fn keep_only(&mut self, id: ForkId) -> Vec<Fork> {
        let (kept, gone) = std::mem::take(&mut self.forks)
            .into_iter()
            .partition(|fork| fork.id == id);
        self.forks = kept;
        self.active = 0;
        self.settle();
        gone
    }

    /// Clock of the media that the relayed fork sends, as its description has it; telephony's where it does not say.
    pub(super) fn clock_hz(&self) -> u32 {
        let first = self.forks.get(self.active).and_then(|fork| fork.formats.first());
        first.map_or(0, |format| format.rate_hz).max(8_000)
    }

    /// What came from this side.
    pub(super) fn summary(&self) -> SideStats {
        let received = self.reception.summary();
        SideStats {
            lost: received.lost,
            jitter_ms: received.jitter_ms,
            ..self.stats
        }
    }

    /// Gives the sockets back, connected to nobody.
    pub(super) fn into_pair(mut self) -> PortPair {
        self.disconnect();
        self.pair
    }

    /// Goes on with other sockets and gives back those that there were, connected to nobody. What was heard goes on, and
    /// what is described next is heard on the new ones.
    pub(super) fn move_to(&mut self, pair: PortPair) -> PortPair {
        self.disconnect();
        self.sifting = false;
        self.attended = false;
        std::mem::replace(&mut self.pair, pair)
    }

    fn disconnect(&mut self) {
        if self.connected {
            let _ = connect_unspec(&self.pair.rtp);
            self.connected = false;
        }
    }

    /// Connects the socket where there is one peer and it is known for sure; else not.
    fn settle(&mut self) {
        let peer = match &self.forks[..] {
            [fork] => fork.settled_peer(),
            _ => None,
        };
        match peer {
            Some(peer) => {
                self.connected = connect(&self.pair.rtp, &peer).is_ok();
                self.sifting = self.connected;
            }
            None => self.disconnect(),
        }
    }

    /// Which fork sent this, if it is one that is believed: one that sends from there, else one at that machine, else
    /// any that may move.
    fn believe(&mut self, source: SocketAddr, bytes: &[u8], plain: &mut Vec<u8>) -> Option<usize> {
        let fits: [fn(&Fork, SocketAddr) -> bool; 3] = [
            Fork::sends_from,
            |fork, source| fork.is_at(source.ip()),
            |_, _| true,
        ];
        let index = fits.into_iter().find_map(|fits| {
            self.forks
                .iter_mut()
                .position(|fork| fits(fork, source) && fork.accepts(source, bytes, plain))
        })?;
        if !self.connected && self.forks.len() == 1 {
            self.settle();
        }
        Some(index)
    }
}

/// Datagrams that are looked at in one turn of a socket that is not connected.
const SIFTED_MAX: usize = 16;

/// A datagram that fills the buffer may have been longer.
fn fits(length: usize) -> bool {
    length > 0 && length < DATAGRAM_MAX
}

fn received_from(
    socket: &impl std::os::fd::AsFd,
    buffer: &mut [u8; DATAGRAM_MAX],
) -> Result<(usize, Option<SocketAddr>), Errno> {
    let (length, _, source) = recvfrom(socket, &mut buffer[..], RecvFlags::empty())?;
    Ok((
        length,
        source.and_then(|source: SocketAddrAny| SocketAddr::try_from(source).ok()),
    ))
}
