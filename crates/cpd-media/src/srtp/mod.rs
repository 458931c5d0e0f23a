//! Secured RTP (RFC 3711) with keys from the description (SDES, RFC 4568).
//!
//! AES in counter mode hides the payload, HMAC-SHA1 proves that nobody changed the packet. A value protects, or
//! unprotects, what goes one way under one key; it keeps for each sender how far its numbers have come, so that no
//! packet is taken twice and no key stream is used twice. Nothing is allocated per packet.
//!
//! Written on the ciphers of RustCrypto; the ready crates for SRTP bring 80 to 100 others.

mod key;
mod senders;
#[cfg(test)]
mod tests;
mod transform;

use std::fmt;

pub use key::{Key, Mki, Suite};
use senders::Senders;
use transform::Transform;

/// Bytes of the proof on RTCP, whatever the suite (RFC 4568, 6.2.2).
const RTCP_TAG_LEN: usize = 10;
/// Bytes of the word that holds the RTCP packet's own number.
const INDEX_LEN: usize = 4;
/// In that word: the packet is encrypted.
const ENCRYPTED: u32 = 0x8000_0000;
/// Bytes of an RTCP packet that stay legible: its first header with the sender's SSRC.
const RTCP_CLEAR: usize = 8;
/// RTP packets under one key: 48 bits of them (RFC 3711, 9.2).
const RTP_INDEX_MAX: u64 = (1 << 48) - 1;
/// RTCP packets under one key: 31 bits.
const RTCP_INDEX_MAX: u32 = ENCRYPTED - 1;

/// Protection of one direction under one key.
pub struct Srtp {
    rtp: Transform,
    rtcp: Transform,
    rtp_tag_len: usize,
    mki: Option<Mki>,
    rtp_senders: Senders,
    rtcp_senders: Senders,
    /// Number of the RTCP packet that is protected next.
    rtcp_index: u32,
}

/// Why a packet does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SrtpError {
    /// Not RTP, or not RTCP, or shorter than what protection adds.
    Malformed,
    /// Marked as protected with another key.
    OtherKey,
    /// Changed on its way, or protected with another key.
    NotAuthentic,
    /// It passed before, or is too old to tell.
    Replayed,
    /// More senders under one key than a call has: 32.
    TooManySenders,
    /// The key has protected as much as it may.
    Exhausted,
}

impl fmt::Display for SrtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SrtpError::Malformed => "malformed packet",
            SrtpError::OtherKey => "packet of another key",
            SrtpError::NotAuthentic => "packet is not authentic",
            SrtpError::Replayed => "packet came before",
            SrtpError::TooManySenders => "too many senders under one key",
            SrtpError::Exhausted => "key is used up",
        })
    }
}

impl std::error::Error for SrtpError {}

impl Srtp {
    /// For what is protected with a key: by ourselves with ours, by the peer with its own.
    pub fn new(key: &Key) -> Srtp {
        Srtp {
            rtp: Transform::derive(key, transform::Labels::RTP),
            rtcp: Transform::derive(key, transform::Labels::RTCP),
            rtp_tag_len: key.suite().rtp_tag_len(),
            mki: key.mki(),
            rtp_senders: Senders::new(),
            rtcp_senders: Senders::new(),
            rtcp_index: 1,
        }
    }

    /// Appends the packet, protected.
    pub fn protect_rtp(&mut self, packet: &[u8], out: &mut Vec<u8>) -> Result<(), SrtpError> {
        let header = RtpHeader::read(packet)?;
        let place = self.rtp_senders.place(header.ssrc, header.sequence)?;
        if place.index > RTP_INDEX_MAX {
            return Err(SrtpError::Exhausted);
        }
        self.rtp_senders.took(place);
        let begin = out.len();
        out.extend_from_slice(packet);
        self.rtp
            .crypt(header.ssrc, place.index, &mut out[begin + header.len..]);
        let tag = self.rtp.tag(&[&out[begin..], &rollover(place.index)]);
        self.write_mki(out);
        out.extend_from_slice(&tag[..self.rtp_tag_len]);
        Ok(())
    }

    /// Appends what was protected.
    pub fn unprotect_rtp(&mut self, packet: &[u8], out: &mut Vec<u8>) -> Result<(), SrtpError> {
        let (body, tag) = self.split(packet, self.rtp_tag_len)?;
        let header = RtpHeader::read(body)?;
        let place = self.rtp_senders.place(header.ssrc, header.sequence)?;
        if !self.rtp.is_authentic(&[body, &rollover(place.index)], tag) {
            return Err(SrtpError::NotAuthentic);
        }
        self.rtp_senders.took(place);
        let begin = out.len();
        out.extend_from_slice(body);
        self.rtp
            .crypt(header.ssrc, place.index, &mut out[begin + header.len..]);
        Ok(())
    }

    /// Appends the compound packet, protected.
    pub fn protect_rtcp(&mut self, packet: &[u8], out: &mut Vec<u8>) -> Result<(), SrtpError> {
        let ssrc = rtcp_sender(packet)?;
        let index = self.rtcp_index;
        if index > RTCP_INDEX_MAX {
            return Err(SrtpError::Exhausted);
        }
        self.rtcp_index += 1;
        let begin = out.len();
        out.extend_from_slice(packet);
        self.rtcp
            .crypt(ssrc, u64::from(index), &mut out[begin + RTCP_CLEAR..]);
        out.extend_from_slice(&(ENCRYPTED | index).to_be_bytes());
        let tag = self.rtcp.tag(&[&out[begin..]]);
        self.write_mki(out);
        out.extend_from_slice(&tag[..RTCP_TAG_LEN]);
        Ok(())
    }

    /// Appends what was protected.
    pub fn unprotect_rtcp(&mut self, packet: &[u8], out: &mut Vec<u8>) -> Result<(), SrtpError> {
        let (proven, tag) = self.split(packet, RTCP_TAG_LEN)?;
        let (body, word) = proven
            .split_last_chunk::<INDEX_LEN>()
            .ok_or(SrtpError::Malformed)?;
        let ssrc = rtcp_sender(body)?;
        let word = u32::from_be_bytes(*word);
        let place = self.rtcp_senders.place_at(ssrc, u64::from(word & !ENCRYPTED))?;
        if !self.rtcp.is_authentic(&[proven], tag) {
            return Err(SrtpError::NotAuthentic);
        }
        self.rtcp_senders.took(place);
        let begin = out.len();
        out.extend_from_slice(body);
        if word & ENCRYPTED != 0 {
            self.rtcp.crypt(ssrc, place.index, &mut out[begin + RTCP_CLEAR..]);
        }
        Ok(())
    }

    /// What is proven, and the proof; the mark of the key stands between.
    fn split<'p>(&self, packet: &'p [u8], tag_len: usize) -> Result<(&'p [u8], &'p [u8]), SrtpError> {
        let cut = |bytes: &'p [u8], len: usize| {
            let at = bytes.len().checked_sub(len).ok_or(SrtpError::Malformed)?;
            Ok(bytes.split_at(at))
        };
        let (body, tag) = cut(packet, tag_len)?;
        let Some(mki) = self.mki else {
            return Ok((body, tag));
        };
        let (body, mark) = cut(body, mki_len(mki))?;
        if mark != mki_bytes(mki, &mut [0; 4]) {
            return Err(SrtpError::OtherKey);
        }
        Ok((body, tag))
    }

    fn write_mki(&self, out: &mut Vec<u8>) {
        if let Some(mki) = self.mki {
            out.extend_from_slice(mki_bytes(mki, &mut [0; 4]));
        }
    }
}

impl fmt::Debug for Srtp {
    /// No keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Srtp").finish_non_exhaustive()
    }
}

fn mki_len(mki: Mki) -> usize {
    usize::from(mki.len).min(4)
}

fn mki_bytes(mki: Mki, bytes: &mut [u8; 4]) -> &[u8] {
    *bytes = mki.value.to_be_bytes();
    &bytes[4 - mki_len(mki)..]
}

/// The rounds that sequence numbers have made: proven with the packet, though they do not travel.
fn rollover(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}

/// What protection has to know of an RTP header.
struct RtpHeader {
    sequence: u16,
    ssrc: u32,
    /// Bytes that stay legible: header, contributors, extension.
    len: usize,
}

impl RtpHeader {
    fn read(packet: &[u8]) -> Result<RtpHeader, SrtpError> {
        let fixed = packet.first_chunk::<12>().ok_or(SrtpError::Malformed)?;
        if fixed[0] >> 6 != 2 {
            return Err(SrtpError::Malformed);
        }
        let mut len = 12 + 4 * usize::from(fixed[0] & 0x0f);
        if fixed[0] & 0x10 != 0 {
            let words = packet.get(len + 2..len + 4).ok_or(SrtpError::Malformed)?;
            len += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
        }
        if len > packet.len() {
            return Err(SrtpError::Malformed);
        }
        Ok(RtpHeader {
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            len,
        })
    }
}

fn rtcp_sender(packet: &[u8]) -> Result<u32, SrtpError> {
    match packet.first_chunk::<RTCP_CLEAR>() {
        Some(head) if head[0] >> 6 == 2 => Ok(u32::from_be_bytes([head[4], head[5], head[6], head[7]])),
        _ => Err(SrtpError::Malformed),
    }
}
