//! RTP packets (RFC 3550) and telephone events in them (RFC 4733).
//!
//! A packet borrows the datagram it came in. Every length that a peer writes is checked against what arrived; what does
//! not fit is said by name, and nothing panics.

use std::fmt;

/// One RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The marker: in G.711 the first packet after a pause (RFC 3551, 4.1).
    pub marker: bool,
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Sequence number, one more each packet.
    pub sequence: u16,
    /// Timestamp of the first sample, in samples.
    pub timestamp: u32,
    /// Who sends.
    pub ssrc: u32,
    /// Header extension: its profile's mark and its bytes (RFC 3550, 5.3.1).
    pub extension: Option<(u16, &'a [u8])>,
    /// What is carried, padding taken off.
    pub payload: &'a [u8],
}

/// Why a datagram is no RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRtp {
    /// Shorter than the fixed header or than the lists it announces.
    Short,
    /// Another version than 2.
    Version(u8),
    /// An RTCP packet on the same port (RFC 5761, section 4).
    Rtcp,
    /// Padding longer than the payload, or of length 0.
    Padding,
}

impl fmt::Display for NotRtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotRtp::Short => write!(f, "datagram too short for its RTP header"),
            NotRtp::Version(version) => write!(f, "RTP version {version}, not 2"),
            NotRtp::Rtcp => write!(f, "RTCP, not RTP"),
            NotRtp::Padding => write!(f, "padding does not fit into the payload"),
        }
    }
}

impl std::error::Error for NotRtp {}

/// Bytes of the fixed header.
const HEADER: usize = 12;

impl<'a> Packet<'a> {
    /// Reads a datagram.
    pub fn parse(datagram: &'a [u8]) -> Result<Packet<'a>, NotRtp> {
        let (header, mut rest) = datagram.split_first_chunk::<HEADER>().ok_or(NotRtp::Short)?;
        let version = header[0] >> 6;
        if version != 2 {
            return Err(NotRtp::Version(version));
        }
        if (192..=223).contains(&header[1]) {
            return Err(NotRtp::Rtcp);
        }
        let contributors = usize::from(header[0] & 0x0f) * 4;
        rest = rest.get(contributors..).ok_or(NotRtp::Short)?;
        let mut extension = None;
        if header[0] & 0x10 != 0 {
            let (head, after) = rest.split_first_chunk::<4>().ok_or(NotRtp::Short)?;
            let length = 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
            let (data, after) = after.split_at_checked(length).ok_or(NotRtp::Short)?;
            extension = Some((u16::from_be_bytes([head[0], head[1]]), data));
            rest = after;
        }
        if header[0] & 0x20 != 0 {
            let padding = usize::from(*rest.last().ok_or(NotRtp::Padding)?);
            let payload = rest.len().checked_sub(padding).ok_or(NotRtp::Padding)?;
            if padding == 0 {
                return Err(NotRtp::Padding);
            }
            rest = &rest[..payload];
        }
        Ok(Packet {
            marker: header[1] & 0x80 != 0,
            payload_type: header[1] & 0x7f,
            sequence: u16::from_be_bytes([header[2], header[3]]),
            timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
            ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
            extension,
            payload: rest,
        })
    }

    /// Writes the packet, without contributors, extension and padding, at the end of a buffer.
    pub fn write(&self, buffer: &mut Vec<u8>) {
        buffer.push(0x80);
        buffer.push(self.payload_type & 0x7f | if self.marker { 0x80 } else { 0 });
        buffer.extend(self.sequence.to_be_bytes());
        buffer.extend(self.timestamp.to_be_bytes());
        buffer.extend(self.ssrc.to_be_bytes());
        buffer.extend(self.payload);
    }
}

/// A named event in RTP: a DTMF digit most of the time (RFC 4733, 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    /// Event code; 0 to 15 are DTMF.
    pub event: u8,
    /// The event is over.
    pub end: bool,
    /// Level without its sign: 10 is −10 dBm0.
    pub level_below_dbm0: u8,
    /// How long so far, in timestamp units.
    pub duration: u16,
}

impl TelephoneEvent {
    /// Reads a payload; further blocks after the first are repetitions (RFC 2198 apart) and not needed.
    pub fn parse(payload: &[u8]) -> Option<TelephoneEvent> {
        let block = payload.first_chunk::<4>()?;
        Some(TelephoneEvent {
            event: block[0],
            end: block[1] & 0x80 != 0,
            level_below_dbm0: block[1] & 0x3f,
            duration: u16::from_be_bytes([block[2], block[3]]),
        })
    }

    /// The digit, where it is DTMF.
    pub fn digit(&self) -> Option<char> {
        let digits = b"0123456789*#ABCD";
        digits.get(usize::from(self.event)).map(|&d| char::from(d))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: [u8; 16] = [
        0x80, 0x88, 0x12, 0x34, 0, 0, 1, 0, 0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4,
    ];

    #[test]
    fn a_plain_packet_is_read_and_written() {
        let packet = Packet::parse(&PLAIN).unwrap();
        assert!(packet.marker);
        assert_eq!(packet.payload_type, 8);
        assert_eq!(packet.sequence, 0x1234);
        assert_eq!(packet.timestamp, 256);
        assert_eq!(packet.ssrc, 0xdead_beef);
        assert_eq!(packet.payload, [1, 2, 3, 4]);
        let mut written = Vec::new();
        packet.write(&mut written);
        assert_eq!(written, PLAIN);
    }

    #[test]
    fn contributors_extension_and_padding_are_taken_off() {
        let mut bytes = PLAIN[..12].to_vec();
        bytes[0] = 0x80 | 0x20 | 0x10 | 2;
        bytes.extend([9; 8]);
        bytes.extend([0xbe, 0xde, 0, 1, 7, 7, 7, 7]);
        bytes.extend([1, 2, 3, 0, 0, 3]);
        let packet = Packet::parse(&bytes).unwrap();
        assert_eq!(packet.extension, Some((0xbede, &[7; 4][..])));
        assert_eq!(packet.payload, [1, 2, 3]);
    }

    #[test]
    fn what_is_no_rtp_is_said_by_name() {
        let check = |change: &dyn Fn(&mut Vec<u8>), why| {
            let mut bytes = PLAIN.to_vec();
            change(&mut bytes);
            assert_eq!(Packet::parse(&bytes), Err(why));
        };
        check(&|b| b.truncate(11), NotRtp::Short);
        check(&|b| b[0] = 0x40, NotRtp::Version(1));
        check(&|b| b[1] = 200, NotRtp::Rtcp);
        check(&|b| b[0] = 0x82, NotRtp::Short);
        check(&|b| b[0] = 0x90, NotRtp::Short);
        check(&|b| (b[0], b[15]) = (0xa0, 5), NotRtp::Padding);
        check(&|b| (b[0], b[15]) = (0xa0, 0), NotRtp::Padding);
    }

    #[test]
    fn events_have_digits() {
        let event = TelephoneEvent::parse(&[11, 0x8a, 0x03, 0x20]).unwrap();
        assert_eq!(event.digit(), Some('#'));
        assert!(event.end);
        assert_eq!((event.level_below_dbm0, event.duration), (10, 800));
        assert_eq!(TelephoneEvent::parse(&[1, 2, 3]), None);
        assert_eq!(TelephoneEvent::parse(&[16, 0, 0, 0]).unwrap().digit(), None);
    }

    proptest! {
        #[test]
        fn no_datagram_panics(bytes: Vec<u8>) {
            if let Ok(packet) = Packet::parse(&bytes) {
                prop_assert!(packet.payload.len() + HEADER <= bytes.len());
                let _ = TelephoneEvent::parse(packet.payload);
            }
        }
    }
}
