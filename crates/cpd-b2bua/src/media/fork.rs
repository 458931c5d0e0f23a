//! The other end of a side: one early dialog, what it described, and where its media really comes from.

use std::net::{IpAddr, SocketAddr};

use cpd_media::codec::Codec;
use cpd_media::latch::{Latch, Mode, Word};
use cpd_media::sdp::Format;

use super::command::{ForkId, Remote, Transport};
use super::guard::Guard;
use super::hearing::Hearing;
use super::record::Recorder;

/// Packets of an address that only its first packet spoke for, until nobody else is looked for: a second. Who has the
/// negotiated address may still come and is believed before it.
const LEARNED: u32 = 50;

/// One early dialog, or the one dialog that was answered.
pub(super) struct Fork {
    pub(super) id: ForkId,
    pub(super) rtcp_mux: bool,
    /// Where its RTCP came from.
    pub(super) rtcp_seen: Option<SocketAddr>,
    /// What it is heard with; `None` is relayed only.
    pub(super) hearing: Option<Box<Hearing>>,
    /// The recording of what was heard, once nothing is heard any more.
    pub(super) recorder: Option<Recorder>,
    /// What its description calls its payload types.
    pub(super) formats: Vec<Format>,
    /// Timestamp of the telephone event that was told last.
    pub(super) event_at: Option<u32>,
    rtp: Option<SocketAddr>,
    rtcp: Option<SocketAddr>,
    believe: Mode,
    transport: Transport,
    latch: Latch,
    /// SRTP, where its description has keys.
    guard: Option<Box<Guard>>,
    /// Packets that were taken from the address that is believed.
    taken: u32,
    kinds: Box<[Kind; 128]>,
    /// What the newest packet carried: the next one does too, and the table is not fetched for it.
    usual: Option<(u8, Kind)>,
}

/// What a payload type carries.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) codec: Codec,
    /// Clock of its timestamps; 0 where nobody said.
    pub(super) clock_hz: u32,
}

impl Fork {
    pub(super) fn new(id: ForkId, remote: Remote) -> Fork {
        Fork {
            id,
            rtcp_mux: remote.rtcp_mux,
            rtcp_seen: None,
            hearing: None,
            recorder: None,
            kinds: Box::new(kinds(&remote.formats)),
            usual: None,
            formats: remote.formats,
            event_at: None,
            rtp: remote.rtp,
            rtcp: remote.rtcp,
            believe: remote.believe,
            transport: remote.transport,
            latch: Latch::new(remote.rtp, remote.believe),
            guard: remote.secure.map(|keys| Box::new(Guard::new(*keys))),
            taken: 0,
        }
    }

    /// A new description of the same dialog. Where it names another address, the media may come from elsewhere too;
    /// one that repeats the address gives nobody a second chance to be believed.
    pub(super) fn redescribe(&mut self, new: Fork) {
        if self.rtp != new.rtp {
            self.latch.renegotiate(new.rtp);
            self.rtcp_seen = None;
            self.taken = 0;
        }
        if self.believe != new.believe {
            self.latch = new.latch;
            self.taken = 0;
        }
        self.rtp = new.rtp;
        self.rtcp = new.rtcp;
        self.rtcp_mux = new.rtcp_mux;
        self.believe = new.believe;
        self.transport = new.transport;
        self.formats = new.formats;
        self.kinds = new.kinds;
        self.usual = None;
        match (&mut self.guard, new.guard) {
            (Some(guard), Some(new)) => guard.rekey(*new),
            (guard, new) => *guard = new,
        }
    }

    /// Whether its media is secured.
    pub(super) fn is_secure(&self) -> bool {
        self.guard.is_some()
    }

    /// Opens what is secured into `plain`, and leaves the rest as it is; false where it was not its own.
    pub(super) fn open(&mut self, bytes: &[u8], plain: &mut Vec<u8>) -> bool {
        self.guard.as_mut().is_none_or(|guard| guard.open(bytes, plain))
    }

    /// What goes on the wire for it; `None` where that cannot be.
    pub(super) fn seal<'a>(&mut self, bytes: &'a [u8], sealed: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        match &mut self.guard {
            None => Some(bytes),
            Some(guard) => guard.seal(bytes, sealed).then_some(&sealed[..]),
        }
    }

    /// What the other side calls its payload types came: a sender uses the numbers of who receives (RFC 3264, 5.1).
    /// What it describes itself stands where the receiver says nothing.
    pub(super) fn heard_by(&mut self, receiver: &[Format]) -> Vec<Format> {
        let formats = [&self.formats[..], receiver].concat();
        *self.kinds = kinds(&formats);
        self.usual = None;
        formats
    }

    /// What a payload type carries.
    pub(super) fn kind(&mut self, payload_type: u8) -> Kind {
        match self.usual {
            Some((usual, kind)) if usual == payload_type => kind,
            _ => {
                let kind = self.kinds[usize::from(payload_type & 0x7f)];
                self.usual = Some((payload_type, kind));
                kind
            }
        }
    }

    /// Datagrams that are not looked into.
    pub(super) fn is_opaque(&self) -> bool {
        self.transport == Transport::Opaque
    }

    /// Where its media goes.
    pub(super) fn rtp_target(&self) -> Option<SocketAddr> {
        self.rtp.and_then(|_| self.latch.remote())
    }

    /// Where its RTCP goes.
    pub(super) fn rtcp_target(&self) -> Option<SocketAddr> {
        self.rtcp_seen.or(self.rtcp).filter(|_| self.rtp.is_some())
    }

    /// Whether that is where its media comes from or should come from.
    pub(super) fn sends_from(&self, source: SocketAddr) -> bool {
        self.rtp == Some(source) || self.rtp_target() == Some(source)
    }

    /// Whether its RTCP may come from there: the described address, or any port of the machine that sends its media.
    pub(super) fn owns_rtcp(&self, source: SocketAddr) -> bool {
        self.rtp.is_some()
            && (self.rtcp == Some(source) || self.rtp_target().is_some_and(|media| media.ip() == source.ip()))
    }

    /// The machine of its description.
    pub(super) fn is_at(&self, ip: IpAddr) -> bool {
        self.rtp.is_some_and(|described| described.ip() == ip)
    }

    /// Whether this datagram is believed to be its own. A secured one is opened into `plain` on the way, so that nobody
    /// without the key moves it.
    pub(super) fn accepts(&mut self, source: SocketAddr, bytes: &[u8], plain: &mut Vec<u8>) -> bool {
        if !self.open(bytes, plain) {
            return false;
        }
        let word = match (self.transport, sender(bytes)) {
            (_, _) if self.rtp.is_none() => return false,
            (Transport::Opaque, _) => self.latch.accept_opaque(source),
            (Transport::Rtp, Some(ssrc)) => self.latch.accept(source, ssrc),
            // RTCP on the port of RTP, STUN: from where the media comes, but nobody is believed for it.
            (Transport::Rtp, None) => return self.rtp_target() == Some(source),
        };
        match word {
            Word::Accept => self.taken = self.taken.saturating_add(1),
            Word::Move => self.taken = 1,
            Word::Refuse => return false,
        }
        true
    }

    /// The one address that is believed from now on, where that is settled.
    pub(super) fn settled_peer(&self) -> Option<SocketAddr> {
        let described = self.rtp?;
        let peer = self.latch.remote()?;
        let settled = match self.believe {
            Mode::Negotiated => true,
            Mode::Host(_) | Mode::Anywhere if peer == described => self.taken > 0,
            Mode::Host(_) | Mode::Anywhere => self.taken >= LEARNED,
        };
        settled.then_some(peer)
    }
}

/// The sender of an RTP packet.
fn sender(bytes: &[u8]) -> Option<u32> {
    let header = bytes.first_chunk::<12>().filter(|_| is_rtp(bytes))?;
    Some(u32::from_be_bytes([header[8], header[9], header[10], header[11]]))
}

/// Whether a datagram has the mark of RTP, and not that of RTCP (RFC 5761, section 4).
pub(super) fn is_rtp(bytes: &[u8]) -> bool {
    bytes.len() >= 12 && bytes[0] >> 6 == 2 && !is_rtcp(bytes)
}

/// Whether a datagram has the mark of RTCP.
pub(super) fn is_rtcp(bytes: &[u8]) -> bool {
    bytes.len() >= 8 && bytes[0] >> 6 == 2 && (192..=223).contains(&bytes[1])
}

/// What is said last of a payload type holds.
fn kinds(formats: &[Format]) -> [Kind; 128] {
    let mut kinds = std::array::from_fn(|number| Kind {
        codec: Codec::of_static_type(number as u8),
        clock_hz: 0,
    });
    for clock in [0, 8, 9, 13] {
        kinds[clock].clock_hz = 8_000;
    }
    for format in formats {
        kinds[usize::from(format.payload_type & 0x7f)] = Kind {
            codec: format.codec,
            clock_hz: format.rate_hz,
        };
    }
    kinds
}
