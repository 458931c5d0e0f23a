//! What a description says about its audio.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{CannotCarry, Crypto, Description, Medium, attribute, number, word, words};
use crate::codec::Codec;

/// The audio of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audio {
    /// Where RTP is wanted. `None`: the stream is refused, put on hold in the old way (`c=0.0.0.0`), or its address is
    /// none that could be sent to (a name, a group).
    pub rtp: Option<SocketAddr>,
    /// Where RTCP is wanted: as `a=rtcp` says, else one port higher, or the same with [`Audio::rtcp_mux`].
    pub rtcp: Option<SocketAddr>,
    /// RTP and RTCP share a port (RFC 5761).
    pub rtcp_mux: bool,
    /// Port 0: nobody wants this stream.
    pub refused: bool,
    /// `c=0.0.0.0` or `c=::`: hold as it was before RFC 3264, or an address that is not known yet.
    pub unspecified: bool,
    /// Who sends, as the describer sees it.
    pub direction: Direction,
    /// How it is transported.
    pub profile: Profile,
    /// The codecs, in the describer's order.
    pub formats: Vec<Format>,
    /// Milliseconds in a packet, where `a=ptime` says.
    pub ptime_ms: Option<u16>,
    /// The `a=crypto` lines of suites that we know, in their order.
    pub crypto: Vec<Crypto>,
    /// There is an `a=fingerprint`: the describer would rather agree keys by DTLS.
    pub fingerprint: bool,
}

/// Who sends (RFC 3264, 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both; what is meant where nothing is said.
    SendRecv,
    /// The describer: it has put the other on hold.
    SendOnly,
    /// The other.
    RecvOnly,
    /// Nobody.
    Inactive,
}

impl Direction {
    /// As an attribute's name.
    pub fn name(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// The same as the other side sees it.
    pub fn mirrored(self) -> Direction {
        match self {
            Direction::SendOnly => Direction::RecvOnly,
            Direction::RecvOnly => Direction::SendOnly,
            same @ (Direction::SendRecv | Direction::Inactive) => same,
        }
    }

    fn named(name: &[u8]) -> Option<Direction> {
        [
            Direction::SendRecv,
            Direction::SendOnly,
            Direction::RecvOnly,
            Direction::Inactive,
        ]
        .into_iter()
        .find(|direction| name.eq_ignore_ascii_case(direction.name().as_bytes()))
    }
}

/// How audio is transported: the third word of `m=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// RTP/AVP.
    Avp,
    /// RTP/AVPF: with feedback (RFC 4585).
    Avpf,
    /// RTP/SAVP: secured.
    Savp,
    /// RTP/SAVPF.
    Savpf,
    /// UDP/TLS/RTP/SAVP and its like: secured with keys agreed by DTLS.
    Dtls,
    /// Something else.
    Other(String),
}

impl Profile {
    pub(super) fn read(transport: &[u8]) -> Profile {
        let is = |name: &str| transport.eq_ignore_ascii_case(name.as_bytes());
        if is("RTP/AVP") {
            Profile::Avp
        } else if is("RTP/AVPF") {
            Profile::Avpf
        } else if is("RTP/SAVP") {
            Profile::Savp
        } else if is("RTP/SAVPF") {
            Profile::Savpf
        } else if is("UDP/TLS/RTP/SAVP") || is("UDP/TLS/RTP/SAVPF") {
            Profile::Dtls
        } else {
            Profile::Other(String::from_utf8_lossy(transport).into_owned())
        }
    }

    /// Whether RTP is secured.
    pub fn is_secure(&self) -> bool {
        match self {
            Profile::Savp | Profile::Savpf | Profile::Dtls => true,
            Profile::Avp | Profile::Avpf | Profile::Other(_) => false,
        }
    }
}

/// One codec of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// Its number in packets, 0 to 127.
    pub payload_type: u8,
    /// What it is to us.
    pub codec: Codec,
    /// Its name as it came; of a number known without `a=rtpmap`, the standard's; else empty.
    pub name: String,
    /// Clock of its timestamps, Hz; 0 where nothing says it.
    pub rate_hz: u32,
    /// Channels; 1 where nothing is said.
    pub channels: u8,
    /// Its parameters (`a=fmtp`), as they came.
    pub fmtp: Option<String>,
}

impl Format {
    /// A-law, payload type 8.
    pub fn pcma() -> Format {
        Format::of_static_type(8)
    }

    /// µ-law, payload type 0.
    pub fn pcmu() -> Format {
        Format::of_static_type(0)
    }

    /// G.722, payload type 9.
    pub fn g722() -> Format {
        Format::of_static_type(9)
    }

    /// Opus, in stereo by name as RFC 7587 wants it.
    pub fn opus(payload_type: u8) -> Format {
        Format {
            payload_type,
            codec: Codec::Opus,
            name: "opus".into(),
            rate_hz: 48_000,
            channels: 2,
            fmtp: None,
        }
    }

    /// Telephone events, all of DTMF.
    pub fn telephone_event(payload_type: u8) -> Format {
        Format {
            payload_type,
            codec: Codec::TelephoneEvent,
            name: "telephone-event".into(),
            rate_hz: 8_000,
            channels: 1,
            fmtp: Some("0-15".into()),
        }
    }

    fn of_static_type(payload_type: u8) -> Format {
        // RFC 3551, section 6: those that telephones have.
        let (name, rate_hz) = match payload_type {
            0 => ("PCMU", 8_000),
            3 => ("GSM", 8_000),
            4 => ("G723", 8_000),
            8 => ("PCMA", 8_000),
            9 => ("G722", 8_000),
            13 => ("CN", 8_000),
            15 => ("G728", 8_000),
            18 => ("G729", 8_000),
            _ => ("", 0),
        };
        Format {
            payload_type,
            codec: Codec::of_static_type(payload_type),
            name: name.into(),
            rate_hz,
            channels: 1,
            fmtp: None,
        }
    }
}

impl Audio {
    /// The describer does not want to hear: sendonly, inactive, or the old way.
    pub fn is_hold(&self) -> bool {
        self.unspecified || matches!(self.direction, Direction::SendOnly | Direction::Inactive)
    }

    /// What is behind a payload type; what nobody announced is not known.
    pub fn format(&self, payload_type: u8) -> Option<&Format> {
        self.formats
            .iter()
            .find(|format| format.payload_type == payload_type)
    }

    pub(super) fn refused_because(&self) -> Result<(), CannotCarry> {
        match &self.profile {
            Profile::Avp | Profile::Avpf => Ok(()),
            _ if self.refused => Ok(()),
            Profile::Savp | Profile::Savpf if !self.crypto.is_empty() => Ok(()),
            Profile::Savp | Profile::Savpf if self.fingerprint => Err(CannotCarry::Dtls),
            Profile::Savp | Profile::Savpf => Err(CannotCarry::NoKey),
            Profile::Dtls => Err(CannotCarry::Dtls),
            Profile::Other(transport) => Err(CannotCarry::Transport(transport.clone())),
        }
    }
}

/// Where a stream is wanted.
pub(super) struct Wanted {
    pub(super) rtp: Option<SocketAddr>,
    pub(super) ip: Option<IpAddr>,
    pub(super) unspecified: bool,
}

/// Most `a=crypto` lines that are looked at: a browser offers four.
const CRYPTO_MAX: usize = 16;

impl Description {
    /// The address of a medium: its own `c=`, else the session's.
    pub(super) fn read_address(&self, index: usize) -> Wanted {
        let section = self.section(index);
        let connection = section
            .iter()
            .chain(self.session())
            .find(|line| line.letter == b'c');
        let ip = connection.and_then(|&line| read_connection(self.value(line)));
        let unspecified = ip.is_some_and(|ip| ip.is_unspecified());
        let ip = ip.filter(|ip| !ip.is_unspecified() && !is_group(*ip));
        let port = self.medium(index).port;
        Wanted {
            rtp: ip.filter(|_| port != 0).map(|ip| SocketAddr::new(ip, port)),
            ip,
            unspecified,
        }
    }

    pub(super) fn read_audio(&self, index: usize) -> Audio {
        let medium = self.medium(index);
        let wanted = self.read_address(index);
        let mut audio = Audio {
            rtp: wanted.rtp,
            rtcp: None,
            rtcp_mux: false,
            refused: medium.port == 0,
            unspecified: wanted.unspecified,
            direction: Direction::SendRecv,
            profile: Profile::read(medium.transport),
            formats: Vec::new(),
            ptime_ms: None,
            crypto: Vec::new(),
            fingerprint: false,
        };
        let listed = Listed::read(medium, &mut audio.formats);
        // The session's attributes hold for its media, until those say otherwise (RFC 8866, 6.7).
        for line in self.session().iter().chain(self.section(index)) {
            if line.letter == b'a' {
                self.read_attribute(self.value(*line), &listed, wanted.ip, &mut audio);
            }
        }
        if audio.rtcp_mux {
            audio.rtcp = audio.rtp;
        } else if audio.rtcp.is_none() {
            audio.rtcp = audio.rtp.and_then(|rtp| {
                let port = rtp.port().checked_add(1)?;
                Some(SocketAddr::new(rtp.ip(), port))
            });
        }
        if audio.rtp.is_none() {
            audio.rtcp = None;
        }
        audio
    }

    fn read_attribute(&self, value: &[u8], listed: &Listed, ip: Option<IpAddr>, audio: &mut Audio) {
        let (name, value) = attribute(value);
        match name {
            b"rtpmap" => {
                if let Some(map) = RtpMap::read(value)
                    && let Some(format) = listed.format(map.payload_type, &mut audio.formats)
                {
                    format.codec = Codec::named(map.name, map.rate_hz);
                    format.name = String::from_utf8_lossy(map.name).into_owned();
                    format.rate_hz = map.rate_hz;
                    format.channels = map.channels;
                }
            }
            b"fmtp" => {
                let (payload_type, parameters) = word(value);
                if let Some(payload_type) = number(payload_type)
                    && let Some(format) = listed.format(payload_type, &mut audio.formats)
                {
                    let parameters = String::from_utf8_lossy(parameters.trim_ascii()).into_owned();
                    format.fmtp.get_or_insert(parameters);
                }
            }
            b"crypto" if audio.crypto.len() < CRYPTO_MAX => audio.crypto.extend(Crypto::parse(value)),
            b"ptime" => {
                // `20.0` was seen.
                let whole = value.split(|&byte| byte == b'.').next().and_then(number);
                audio.ptime_ms = whole.filter(|&ms| ms > 0).or(audio.ptime_ms);
            }
            b"rtcp" => {
                let (port, address) = word(value);
                let ip = if address.trim_ascii().is_empty() {
                    ip
                } else {
                    read_connection(address).filter(|ip| !ip.is_unspecified() && !is_group(*ip))
                };
                if let (Some(port), Some(ip)) = (number(port).filter(|&port: &u16| port != 0), ip) {
                    audio.rtcp = Some(SocketAddr::new(ip, port));
                }
            }
            b"rtcp-mux" => audio.rtcp_mux = true,
            b"fingerprint" => audio.fingerprint = true,
            _ => {
                if let Some(direction) = Direction::named(name) {
                    audio.direction = direction;
                }
            }
        }
    }
}

/// Where each payload type stands in the list of formats.
struct Listed([u8; 128]);

/// No place in the list.
const NOWHERE: u8 = u8::MAX;

impl Listed {
    fn read(medium: Medium<'_>, formats: &mut Vec<Format>) -> Listed {
        let mut places = [NOWHERE; 128];
        for payload_type in payload_types(medium.formats) {
            let place = &mut places[usize::from(payload_type)];
            if *place == NOWHERE {
                // At most 128 of them.
                *place = formats.len() as u8;
                formats.push(Format::of_static_type(payload_type));
            }
        }
        Listed(places)
    }

    fn format<'f>(&self, payload_type: u8, formats: &'f mut [Format]) -> Option<&'f mut Format> {
        let place = *self.0.get(usize::from(payload_type))?;
        formats.get_mut(usize::from(place))
    }
}

/// The payload types of an `m=` line; what is none is left out.
pub(super) fn payload_types(formats: &[u8]) -> impl Iterator<Item = u8> {
    words(formats).filter_map(number).filter(|&number| number < 128)
}

/// `8 PCMA/8000/1`.
pub(super) struct RtpMap<'a> {
    pub(super) payload_type: u8,
    pub(super) name: &'a [u8],
    pub(super) rate_hz: u32,
    pub(super) channels: u8,
}

impl RtpMap<'_> {
    pub(super) fn read(value: &[u8]) -> Option<RtpMap<'_>> {
        let (payload_type, rest) = word(value);
        let (encoding, _) = word(rest);
        let mut parts = encoding.split(|&byte| byte == b'/');
        Some(RtpMap {
            payload_type: number(payload_type).filter(|&number| number < 128)?,
            name: parts.next()?,
            rate_hz: parts.next().and_then(number)?,
            channels: parts.next().and_then(number).unwrap_or(1),
        })
    }
}

/// `IN IP4 192.0.2.1`, perhaps with the reach of a group after it.
fn read_connection(value: &[u8]) -> Option<IpAddr> {
    let mut words = words(value);
    let net = words.next()?;
    let family = words.next()?;
    let address = words.next()?.split(|&byte| byte == b'/').next()?;
    let address = std::str::from_utf8(address).ok()?;
    if !net.eq_ignore_ascii_case(b"IN") {
        return None;
    }
    if family.eq_ignore_ascii_case(b"IP4") {
        address.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
    } else if family.eq_ignore_ascii_case(b"IP6") {
        let address = address.trim_start_matches('[').trim_end_matches(']');
        // The socket that sends to a mapped address is one of IPv4.
        address
            .parse::<Ipv6Addr>()
            .ok()
            .map(|ip| IpAddr::V6(ip).to_canonical())
    } else {
        None
    }
}

/// One packet to a group becomes many: not ours to send.
fn is_group(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_multicast() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_multicast(),
    }
}
