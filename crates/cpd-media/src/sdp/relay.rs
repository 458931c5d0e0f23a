//! The same description with ourselves in it.

use std::net::{IpAddr, SocketAddr};

use super::audio::{Profile, RtpMap, payload_types};
use super::crypto::write_number;
use super::{Crypto, Description, Kind, Line, Medium, attribute, number, words};
use crate::codec::Codec;

/// What we put in.
#[derive(Clone, Copy, Debug)]
pub struct Local<'a> {
    /// Where we receive RTP.
    pub rtp: SocketAddr,
    /// Where we receive RTCP, at the same address.
    pub rtcp_port: u16,
    /// We say that RTP and RTCP may share the port.
    pub rtcp_mux: bool,
    /// Who describes: ourselves.
    pub origin: Origin,
    /// Whether this leg is secured, and with which keys of ours.
    pub protection: Protection<'a>,
    /// What becomes of the order of codecs.
    pub order: Order,
}

/// Our session towards one peer (RFC 8866, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The same during a call.
    pub session: u64,
    /// One more with each description that differs from the one before.
    pub version: u64,
}

/// Whether a leg is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection<'a> {
    /// As the other leg: profile and keys go through.
    AsItCame,
    /// RTP/AVP, no keys.
    Plain,
    /// RTP/SAVP with these keys.
    Sdes(&'a [Crypto]),
}

/// The order of codecs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As it came.
    AsItCame,
    /// Those that can be heard first, among themselves as they came. None is added or taken away.
    HeardFirst,
}

/// Bytes that our lines may add to those that came, without keys.
const ROOM: usize = 256;
/// Bytes of an `a=crypto` line with the longest key, mark and tag.
const CRYPTO_ROOM: usize = 144;

impl Description {
    /// The description as we pass it on: our address, port and origin, without other media (port 0), without ICE, DTLS
    /// and whatever else would lead around us; protection and the order of codecs as `local` says. Session lines come
    /// in the standard's order, and those that it demands are there. All else stays as it came, byte for byte.
    ///
    /// Ask [`Description::carried`] first; where that refuses, every medium goes out with port 0.
    pub fn relayed(&self, local: &Local<'_>) -> Vec<u8> {
        let keys = match local.protection {
            Protection::Sdes(keys) => keys.len(),
            Protection::AsItCame | Protection::Plain => 0,
        };
        let mut out = Vec::with_capacity(self.as_bytes().len() + ROOM + keys * CRYPTO_ROOM);
        let carried = self.carried_index().filter(|&index| {
            let medium = self.medium(index);
            medium.port != 0
                && (medium.kind == Kind::Fax
                    || !matches!(Profile::read(medium.transport), Profile::Dtls | Profile::Other(_)))
        });
        let unspecified = carried.is_some_and(|index| self.read_address(index).unspecified);
        self.relay_session(local, unspecified, &mut out);
        for index in 0..self.media.len() {
            if carried == Some(index) {
                self.relay_section(index, local, &mut out);
            } else {
                let medium = self.medium(index);
                write_medium(&mut out, medium.name, 0, medium.transport);
                if medium.formats.is_empty() {
                    out.extend_from_slice(b" 0");
                }
                words(medium.formats).for_each(|format| write_word(&mut out, format));
                out.extend_from_slice(b"\r\n");
            }
        }
        out
    }

    fn relay_session(&self, local: &Local<'_>, unspecified: bool, out: &mut Vec<u8>) {
        let lines = self.session();
        let find = |letter| lines.iter().find(|line| line.letter == letter);
        out.extend_from_slice(b"v=0\r\n");
        write_origin(out, local);
        match find(b's') {
            Some(&name) => self.copy(name, out),
            None => out.extend_from_slice(b"s=-\r\n"),
        }
        self.copy_all(lines, b"iuep", local, out);
        write_connection(out, local.rtp.ip(), unspecified);
        self.copy_all(lines, b"b", local, out);
        if find(b't').is_none() {
            out.extend_from_slice(b"t=0 0\r\n");
        }
        self.copy_all(lines, b"trz", local, out);
        self.copy_all(lines, b"ka", local, out);
    }

    fn relay_section(&self, index: usize, local: &Local<'_>, out: &mut Vec<u8>) {
        let medium = self.medium(index);
        let lines = self.section(index);
        let is_audio = medium.kind == Kind::Audio;
        let transport = if is_audio {
            protected(medium.transport, local.protection)
        } else {
            medium.transport
        };
        write_medium(out, medium.name, local.rtp.port(), transport);
        match local.order {
            Order::HeardFirst if is_audio => self.write_heard_first(index, medium, out),
            Order::AsItCame | Order::HeardFirst => {
                words(medium.formats).for_each(|format| write_word(out, format));
            }
        }
        out.extend_from_slice(b"\r\n");
        self.copy_all(lines, b"i", local, out);
        self.copy_all(lines, b"b", local, out);
        self.copy_all(lines, b"ka", local, out);
        if is_audio {
            write_ours(out, local);
        }
    }

    /// The formats, those that can be heard before the others.
    fn write_heard_first(&self, index: usize, medium: Medium<'_>, out: &mut Vec<u8>) {
        let mut heard = [false; 128];
        for payload_type in payload_types(medium.formats) {
            heard[usize::from(payload_type)] = Codec::of_static_type(payload_type).is_heard();
        }
        for line in self.session().iter().chain(self.section(index)) {
            if line.letter == b'a'
                && let (b"rtpmap", map) = attribute(self.value(*line))
                && let Some(map) = RtpMap::read(map)
            {
                heard[usize::from(map.payload_type)] = Codec::named(map.name, map.rate_hz).is_heard();
            }
        }
        let is_heard =
            |format: &&[u8]| number::<usize>(format).is_some_and(|number| heard.get(number) == Some(&true));
        words(medium.formats)
            .filter(is_heard)
            .for_each(|format| write_word(out, format));
        words(medium.formats)
            .filter(|format| !is_heard(format))
            .for_each(|format| write_word(out, format));
    }

    fn copy(&self, line: Line, out: &mut Vec<u8>) {
        out.extend_from_slice(&[line.letter, b'=']);
        out.extend_from_slice(self.value(line));
        out.extend_from_slice(b"\r\n");
    }

    /// The lines with one of these letters, but for what leads around us.
    fn copy_all(&self, lines: &[Line], letters: &[u8], local: &Local<'_>, out: &mut Vec<u8>) {
        let own_keys = local.protection != Protection::AsItCame;
        for &line in lines {
            let stays = match line.letter {
                letter if !letters.contains(&letter) => false,
                b'a' => {
                    let (name, _) = attribute(self.value(line));
                    !(leads_around_us(name) || own_keys && is_keying(name))
                }
                b'k' => !own_keys,
                _ => true,
            };
            if stays {
                self.copy(line, out);
            }
        }
    }
}

/// Attributes that tell a peer other addresses, other media or another way to agree on keys than ours.
fn leads_around_us(name: &[u8]) -> bool {
    matches!(
        name,
        // ICE (RFC 8839) and what came before it; RFC 6947.
        b"candidate" | b"remote-candidates" | b"end-of-candidates" | b"ice-ufrag" | b"ice-pwd" | b"ice-options"
            | b"ice-lite" | b"ice-mismatch" | b"ice-pacing" | b"alt" | b"altc"
            // Written anew, as far as it is true of us.
            | b"rtcp" | b"rtcp-mux" | b"rtcp-mux-only"
            // Groups of media, of which we leave one.
            | b"group" | b"bundle-only"
            // DTLS (RFC 8842).
            | b"fingerprint" | b"setup" | b"connection" | b"tls-id" | b"identity"
            // Capability negotiation (RFC 5939): what is agreed in it would go unseen.
            | b"csup" | b"creq" | b"acap" | b"tcap" | b"ccap" | b"pcfg" | b"acfg" | b"sescap"
    )
}

/// Attributes about keys.
fn is_keying(name: &[u8]) -> bool {
    matches!(name, b"crypto" | b"key-mgmt" | b"zrtp-hash")
}

/// The transport with or without its S; as it came where that is right already.
fn protected<'a>(transport: &'a [u8], protection: Protection<'_>) -> &'a [u8] {
    match (protection, Profile::read(transport)) {
        (Protection::Plain, Profile::Savp) => b"RTP/AVP",
        (Protection::Plain, Profile::Savpf) => b"RTP/AVPF",
        (Protection::Sdes(_), Profile::Avp) => b"RTP/SAVP",
        (Protection::Sdes(_), Profile::Avpf) => b"RTP/SAVPF",
        (Protection::AsItCame | Protection::Plain | Protection::Sdes(_), _) => transport,
    }
}

pub(super) fn write_origin(out: &mut Vec<u8>, local: &Local<'_>) {
    out.extend_from_slice(b"o=- ");
    write_number(out, local.origin.session);
    out.push(b' ');
    write_number(out, local.origin.version);
    out.push(b' ');
    write_address(out, local.rtp.ip());
    out.extend_from_slice(b"\r\n");
}

/// Our address, or none: hold in the old way stays what it is.
pub(super) fn write_connection(out: &mut Vec<u8>, ip: IpAddr, unspecified: bool) {
    out.extend_from_slice(b"c=");
    match ip {
        _ if !unspecified => write_address(out, ip),
        IpAddr::V4(_) => out.extend_from_slice(b"IN IP4 0.0.0.0"),
        IpAddr::V6(_) => out.extend_from_slice(b"IN IP6 ::"),
    }
    out.extend_from_slice(b"\r\n");
}

pub(super) fn write_medium(out: &mut Vec<u8>, name: &[u8], port: u16, transport: &[u8]) {
    out.extend_from_slice(b"m=");
    out.extend_from_slice(name);
    out.push(b' ');
    write_number(out, u64::from(port));
    write_word(out, transport);
}

pub(super) fn write_word(out: &mut Vec<u8>, word: &[u8]) {
    out.push(b' ');
    out.extend_from_slice(word);
}

/// What is ours at the end of the audio: its RTCP, its keys.
pub(super) fn write_ours(out: &mut Vec<u8>, local: &Local<'_>) {
    if local.rtcp_mux {
        out.extend_from_slice(b"a=rtcp-mux\r\n");
    } else if local.rtp.port().checked_add(1) != Some(local.rtcp_port) {
        out.extend_from_slice(b"a=rtcp:");
        write_number(out, u64::from(local.rtcp_port));
        out.extend_from_slice(b"\r\n");
    }
    if let Protection::Sdes(keys) = local.protection {
        keys.iter().for_each(|key| key.write(out));
    }
}

fn write_address(out: &mut Vec<u8>, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => {
            out.extend_from_slice(b"IN IP4");
            for (place, octet) in ip.octets().into_iter().enumerate() {
                out.push(if place == 0 { b' ' } else { b'.' });
                write_number(out, u64::from(octet));
            }
        }
        IpAddr::V6(ip) => {
            out.extend_from_slice(b"IN IP6 ");
            out.extend_from_slice(ip.to_string().as_bytes());
        }
    }
}
