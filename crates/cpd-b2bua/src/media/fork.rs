//! The other end of a side: one early dialog, what it described, and where its media really comes from.

use std::net::{IpAddr, SocketAddr};

use cpd_media::codec::Codec;

use super::command::{ForkId, Remote, Transport};
use super::hearing::Hearing;
use super::record::Recorder;

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
    pub(super) formats: Vec<(u8, Codec)>,
    /// Timestamp of the telephone event that was told last.
    pub(super) event_at: Option<u32>,
    rtp: Option<SocketAddr>,
    rtcp: Option<SocketAddr>,
    symmetric: bool,
    transport: Transport,
    /// With symmetric RTP: where its first media came from, and therefore goes to.
    latched: Option<SocketAddr>,
    kinds: [Codec; 128],
}

impl Fork {
    pub(super) fn new(id: ForkId, remote: Remote) -> Fork {
        Fork {
            id,
            rtcp_mux: remote.rtcp_mux,
            rtcp_seen: None,
            hearing: None,
            recorder: None,
            kinds: kinds(&remote.formats, &[]),
            formats: remote.formats,
            event_at: None,
            rtp: remote.rtp,
            rtcp: remote.rtcp,
            symmetric: remote.symmetric,
            transport: remote.transport,
            latched: None,
        }
    }

    /// A new description of the same dialog. Where it names another address, the media may come from elsewhere too;
    /// one that repeats the address gives nobody a second chance to be believed.
    pub(super) fn redescribe(&mut self, new: Fork) {
        if self.rtp != new.rtp || self.symmetric != new.symmetric {
            self.latched = None;
            self.rtcp_seen = None;
        }
        self.rtp = new.rtp;
        self.rtcp = new.rtcp;
        self.rtcp_mux = new.rtcp_mux;
        self.symmetric = new.symmetric;
        self.transport = new.transport;
        self.formats = new.formats;
        self.kinds = new.kinds;
    }

    /// What the other side calls its payload types came: a sender uses the numbers of who receives (RFC 3264, 5.1).
    pub(super) fn heard_by(&mut self, receiver: &[(u8, Codec)]) {
        self.kinds = kinds(&self.formats, receiver);
    }

    /// What a payload type carries.
    pub(super) fn kind(&self, payload_type: u8) -> Codec {
        self.kinds[usize::from(payload_type & 0x7f)]
    }

    /// Datagrams that are not looked into.
    pub(super) fn is_opaque(&self) -> bool {
        self.transport == Transport::Opaque
    }

    /// Where its media goes.
    pub(super) fn rtp_target(&self) -> Option<SocketAddr> {
        self.rtp.map(|described| self.latched.unwrap_or(described))
    }

    /// Where its RTCP goes.
    pub(super) fn rtcp_target(&self) -> Option<SocketAddr> {
        self.rtcp_seen.or(self.rtcp).filter(|_| self.rtp.is_some())
    }

    /// Whether its media comes from there, as far as is known.
    pub(super) fn sends_from(&self, source: SocketAddr) -> bool {
        self.rtp_target().is_some_and(|target| same(target, source))
    }

    /// Whether its RTCP may come from there: the described address, or any port of the machine that sends its media.
    pub(super) fn owns_rtcp(&self, source: SocketAddr) -> bool {
        self.rtp.is_some()
            && (self.rtcp.is_some_and(|described| same(described, source))
                || self.rtp_target().is_some_and(|media| media.ip() == source.ip()))
    }

    /// The address of its description.
    pub(super) fn described_ip(&self) -> Option<IpAddr> {
        self.rtp.map(|described| described.ip())
    }

    /// Whether this datagram of an unknown source may be its first.
    pub(super) fn may_latch(&self, bytes: &[u8]) -> bool {
        self.symmetric && self.latched.is_none() && self.rtp.is_some() && self.is_media(bytes)
    }

    /// Its media was seen to come from there; true where that settles who is believed.
    pub(super) fn settle(&mut self, source: SocketAddr, bytes: &[u8]) -> bool {
        let settles = self.symmetric && self.latched.is_none() && self.is_media(bytes);
        if settles {
            self.latched = Some(source);
        }
        settles
    }

    /// The one address that is believed from now on, where that is settled.
    pub(super) fn settled_peer(&self) -> Option<SocketAddr> {
        if self.symmetric { self.latched } else { self.rtp }
    }

    /// RTP and nothing else, unless nothing is known of what travels.
    fn is_media(&self, bytes: &[u8]) -> bool {
        self.is_opaque() || is_rtp(bytes)
    }
}

/// Whether a datagram has the mark of RTP, and not that of RTCP (RFC 5761, section 4).
pub(super) fn is_rtp(bytes: &[u8]) -> bool {
    bytes.len() >= 12 && bytes[0] >> 6 == 2 && !is_rtcp(bytes)
}

/// Whether a datagram has the mark of RTCP.
pub(super) fn is_rtcp(bytes: &[u8]) -> bool {
    bytes.len() >= 8 && bytes[0] >> 6 == 2 && (192..=223).contains(&bytes[1])
}

/// Scope and flow label of an IPv6 address do not tell who sends.
fn same(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() == other.port() && one.ip() == other.ip()
}

fn kinds(sender: &[(u8, Codec)], receiver: &[(u8, Codec)]) -> [Codec; 128] {
    let mut kinds = std::array::from_fn(|number| Codec::of_static_type(number as u8));
    for &(payload_type, codec) in sender.iter().chain(receiver) {
        kinds[usize::from(payload_type & 0x7f)] = codec;
    }
    kinds
}
