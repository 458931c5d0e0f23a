//! Captures of a network: which RTP streams are in a pcap or pcapng file, and their audio.
//!
//! How it works: records are cut out of the file, link and network headers taken off until a UDP datagram is left.
//! Datagrams that read as RTP gather by sender, receiver and SSRC; a gathering is a stream when it is long enough, its
//! numbers follow each other and most of it is G.711. Its packets then pass a [`Stream`]. No signalling is needed, so a
//! capture of media alone will do.
//!
//! Link types: Ethernet with VLAN tags, Linux cooked (both versions), raw IP, BSD loopback. IPv4 and IPv6; fragments
//! are counted and left out, as no telephone sends audio in fragments. Files that end in the middle give what they hold
//! and say so.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::rtp::{Packet, TelephoneEvent};
use crate::stream::{Counts, Piece, Stream};

/// What a capture holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// The streams, in the order of their first packets.
    pub streams: Vec<CapturedStream>,
    /// Datagrams of UDP seen.
    pub datagrams: u64,
    /// Records that hold no UDP datagram this module can take out: other protocols, fragments, cut short.
    pub passed_over: u64,
    /// Where the file ended or stopped making sense, if it did before its end.
    pub damage: Option<CaptureError>,
}

/// One direction of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturedStream {
    /// Who sent.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// The sender's own mark.
    pub ssrc: u32,
    /// Arrival of the first packet, µs after the file's first record.
    pub begins_us: u64,
    /// The audio and its gaps.
    pub pieces: Vec<Piece>,
    /// What arrived.
    pub counts: Counts,
}

/// Why a capture cannot be read (further).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureError {
    /// Neither pcap nor pcapng.
    NotACapture,
    /// The file ends inside a record that begins at this byte.
    Truncated {
        /// Where the record begins.
        at: usize,
    },
    /// A record at this byte states a length that cannot be.
    BadLength {
        /// Where the record begins.
        at: usize,
    },
    /// No record's link type is known here; this is the first (see tcpdump.org/linktypes.html).
    UnknownLink(u32),
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CaptureError::NotACapture => write!(f, "neither a pcap nor a pcapng file"),
            CaptureError::Truncated { at } => {
                write!(f, "the file ends inside the record at byte {at}")
            }
            CaptureError::BadLength { at } => {
                write!(f, "the record at byte {at} states a length that cannot be")
            }
            CaptureError::UnknownLink(link) => write!(f, "captures of link type {link} are not read"),
        }
    }
}

impl std::error::Error for CaptureError {}

/// Fewest packets of a stream: 10 are 0.2 s at 20 ms; less than that says nothing about a call.
const FEWEST_PACKETS: usize = 10;
/// Largest record that is believed: libpcap's own bound (MAXIMUM_SNAPLEN).
const MAX_RECORD: usize = 262_144;

/// Reads a capture that is held in memory.
pub fn read(file: &[u8]) -> Result<Capture, CaptureError> {
    let mut gatherings = Gatherings::default();
    let mut capture = Capture::default();
    let mut unknown = None;
    let mut known = false;
    let walked = each_record(file, &mut |record| match datagram_of(record.link, record.bytes) {
        Ok(Some(datagram)) => {
            known = true;
            capture.datagrams += 1;
            gatherings.take(record.at_us, &datagram);
        }
        Ok(None) => {
            known = true;
            capture.passed_over += 1;
        }
        Err(link) => {
            unknown.get_or_insert(link);
            capture.passed_over += 1;
        }
    });
    match walked {
        Ok(()) => {}
        Err(CaptureError::NotACapture) => return Err(CaptureError::NotACapture),
        Err(damage) => capture.damage = Some(damage),
    }
    if let (false, Some(link)) = (known, unknown) {
        return Err(CaptureError::UnknownLink(link));
    }
    capture.streams = gatherings.into_streams();
    Ok(capture)
}

struct Record<'a> {
    link: u32,
    at_us: u64,
    bytes: &'a [u8],
}

fn each_record<'a>(file: &'a [u8], take: &mut dyn FnMut(Record<'a>)) -> Result<(), CaptureError> {
    let magic = file.first_chunk::<4>().ok_or(CaptureError::NotACapture)?;
    match magic {
        [0xd4, 0xc3, 0xb2, 0xa1] => classic(file, Order::Little, 1, take),
        [0xa1, 0xb2, 0xc3, 0xd4] => classic(file, Order::Big, 1, take),
        [0x4d, 0x3c, 0xb2, 0xa1] => classic(file, Order::Little, 1_000, take),
        [0xa1, 0xb2, 0x3c, 0x4d] => classic(file, Order::Big, 1_000, take),
        [0x0a, 0x0d, 0x0d, 0x0a] => next_generation(file, take),
        _ => Err(CaptureError::NotACapture),
    }
}

#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let bytes = *bytes.get(at..)?.first_chunk::<2>()?;
        Some(match self {
            Order::Little => u16::from_le_bytes(bytes),
            Order::Big => u16::from_be_bytes(bytes),
        })
    }

    fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let bytes = *bytes.get(at..)?.first_chunk::<4>()?;
        Some(match self {
            Order::Little => u32::from_le_bytes(bytes),
            Order::Big => u32::from_be_bytes(bytes),
        })
    }
}

/// The classic format: a header of 24 bytes, then records with headers of 16.
fn classic<'a>(
    file: &'a [u8],
    order: Order,
    nanos: u64,
    take: &mut dyn FnMut(Record<'a>),
) -> Result<(), CaptureError> {
    let truncated = |at| CaptureError::Truncated { at };
    // The upper bits of the field hold the length of a checksum.
    let link = order.u32(file, 20).ok_or(truncated(0))? & 0x0fff_ffff;
    let mut first_us = None;
    let mut at = 24;
    while at < file.len() {
        let seconds = order.u32(file, at).ok_or(truncated(at))?;
        let fraction = order.u32(file, at + 4).ok_or(truncated(at))?;
        let length = order.u32(file, at + 8).ok_or(truncated(at))? as usize;
        if length > MAX_RECORD {
            return Err(CaptureError::BadLength { at });
        }
        let bytes = file.get(at + 16..at + 16 + length).ok_or(truncated(at))?;
        let us = u64::from(seconds) * 1_000_000 + u64::from(fraction) / nanos;
        let begin = *first_us.get_or_insert(us);
        take(Record {
            link,
            at_us: us.saturating_sub(begin),
            bytes,
        });
        at += 16 + length;
    }
    Ok(())
}

/// An interface of a pcapng section: its link type and how many of its time units make a second.
struct Interface {
    link: u32,
    units_per_second: u64,
}

/// Blocks, each with its type, its length before and after (draft-ietf-opsawg-pcapng).
fn next_generation<'a>(file: &'a [u8], take: &mut dyn FnMut(Record<'a>)) -> Result<(), CaptureError> {
    let truncated = |at| CaptureError::Truncated { at };
    let mut order = Order::Little;
    let mut interfaces: Vec<Interface> = Vec::new();
    let mut first_us = None;
    let mut at = 0;
    while at < file.len() {
        let section = file.get(at..at + 4) == Some(&[0x0a, 0x0d, 0x0d, 0x0a]);
        if section {
            order = match file.get(at + 8..at + 12) {
                Some([0x4d, 0x3c, 0x2b, 0x1a]) => Order::Little,
                Some([0x1a, 0x2b, 0x3c, 0x4d]) => Order::Big,
                Some(_) => return Err(CaptureError::BadLength { at }),
                None => return Err(truncated(at)),
            };
            interfaces.clear();
        }
        let kind = order.u32(file, at).ok_or(truncated(at))?;
        let length = order.u32(file, at + 4).ok_or(truncated(at))? as usize;
        if length < 12 || !length.is_multiple_of(4) || !section && length > 2 * MAX_RECORD {
            return Err(CaptureError::BadLength { at });
        }
        let end = at.checked_add(length).ok_or(CaptureError::BadLength { at })?;
        let body = file.get(at + 8..end - 4).ok_or(truncated(at))?;
        match kind {
            1 => interfaces.push(Interface {
                link: u32::from(order.u16(body, 0).ok_or(truncated(at))?),
                units_per_second: units_per_second(order, body),
            }),
            6 => {
                let (number, high, low, captured) = (
                    order.u32(body, 0).ok_or(truncated(at))? as usize,
                    order.u32(body, 4).ok_or(truncated(at))?,
                    order.u32(body, 8).ok_or(truncated(at))?,
                    order.u32(body, 12).ok_or(truncated(at))? as usize,
                );
                let bytes = body.get(20..).and_then(|data| data.get(..captured));
                let bytes = bytes.ok_or(CaptureError::BadLength { at })?;
                if let Some(interface) = interfaces.get(number) {
                    let units = u128::from(high) << 32 | u128::from(low);
                    let us = (units * 1_000_000 / u128::from(interface.units_per_second)) as u64;
                    let begin = *first_us.get_or_insert(us);
                    take(Record {
                        link: interface.link,
                        at_us: us.saturating_sub(begin),
                        bytes,
                    });
                }
            }
            3 => {
                // A simple packet has no time of its own and may be padded; its true length comes first.
                let original = order.u32(body, 0).ok_or(truncated(at))? as usize;
                let data = body.get(4..).unwrap_or_default();
                if let Some(interface) = interfaces.first() {
                    take(Record {
                        link: interface.link,
                        at_us: 0,
                        bytes: &data[..original.min(data.len())],
                    });
                }
            }
            _ => {}
        }
        at = end;
    }
    Ok(())
}

/// Option 9 (if_tsresol) of an interface: a power of ten, or of two with the highest bit set; 10⁻⁶ without it.
fn units_per_second(order: Order, body: &[u8]) -> u64 {
    let mut at = 8;
    while let (Some(code), Some(length)) = (order.u16(body, at), order.u16(body, at + 2)) {
        if code == 0 {
            break;
        }
        if code == 9
            && let Some(&resolution) = body.get(at + 4)
        {
            let power = u32::from(resolution & 0x7f);
            let base: u64 = if resolution & 0x80 == 0 { 10 } else { 2 };
            return base.checked_pow(power).unwrap_or(1_000_000);
        }
        at += 4 + usize::from(length).next_multiple_of(4);
    }
    1_000_000
}

struct Datagram<'a> {
    from: SocketAddr,
    to: SocketAddr,
    payload: &'a [u8],
}

/// The UDP datagram of a record; `Ok(None)` where there is none, `Err` where the link type is not known.
fn datagram_of(link: u32, bytes: &[u8]) -> Result<Option<Datagram<'_>>, u32> {
    let big = Order::Big;
    Ok(match link {
        // BSD loopback: the protocol family in the capturing machine's order, or in network order.
        0 | 108 => bytes.get(4..).and_then(ip),
        1 => {
            let mut at = 12;
            // Tags of provider and customer; four are more than any network nests.
            for _ in 0..4 {
                match big.u16(bytes, at) {
                    Some(0x8100 | 0x88a8 | 0x9100) => at += 4,
                    _ => break,
                }
            }
            match big.u16(bytes, at) {
                Some(0x0800 | 0x86dd) => ip(&bytes[at + 2..]),
                _ => None,
            }
        }
        // Raw IP, under its three numbers, and by version.
        12 | 14 | 101 | 228 | 229 => ip(bytes),
        // Linux cooked: the protocol is at byte 14, or first in version 2.
        113 => bytes.get(16..).and_then(ip),
        276 => bytes.get(20..).and_then(ip),
        other => return Err(other),
    })
}

const UDP: u8 = 17;

fn ip(bytes: &[u8]) -> Option<Datagram<'_>> {
    let big = Order::Big;
    match bytes.first()? >> 4 {
        4 => {
            let header = usize::from(bytes[0] & 0x0f) * 4;
            let total = usize::from(big.u16(bytes, 2)?);
            // More fragments follow, or this is not the first.
            let fragmented = big.u16(bytes, 6)? & 0x3fff != 0;
            if header < 20 || fragmented || *bytes.get(9)? != UDP {
                return None;
            }
            let from = Ipv4Addr::from(*bytes.get(12..)?.first_chunk::<4>()?);
            let to = Ipv4Addr::from(*bytes.get(16..)?.first_chunk::<4>()?);
            // Segmentation offload leaves 0; then all that was captured counts.
            let end = if total == 0 {
                bytes.len()
            } else {
                total.min(bytes.len())
            };
            udp(from.into(), to.into(), bytes.get(header..end)?)
        }
        6 => {
            let from = Ipv6Addr::from(*bytes.get(8..)?.first_chunk::<16>()?);
            let to = Ipv6Addr::from(*bytes.get(24..)?.first_chunk::<16>()?);
            let end = (40 + usize::from(big.u16(bytes, 4)?)).min(bytes.len());
            let mut next = *bytes.get(6)?;
            let mut at = 40;
            // Hop-by-hop, routing and destination options; eight are more than any packet has.
            for _ in 0..8 {
                match next {
                    UDP => return udp(from.into(), to.into(), bytes.get(at..end)?),
                    0 | 43 | 60 => {
                        next = *bytes.get(at)?;
                        at += 8 + 8 * usize::from(*bytes.get(at + 1)?);
                    }
                    _ => return None,
                }
            }
            None
        }
        _ => None,
    }
}

fn udp(from: IpAddr, to: IpAddr, bytes: &[u8]) -> Option<Datagram<'_>> {
    let big = Order::Big;
    let length = usize::from(big.u16(bytes, 4)?);
    // A capture cut short (snaplen) leaves less than the datagram had: no use for audio.
    let payload = bytes.get(8..length)?;
    Some(Datagram {
        from: SocketAddr::new(from, big.u16(bytes, 0)?),
        to: SocketAddr::new(to, big.u16(bytes, 2)?),
        payload,
    })
}

type Key = (SocketAddr, SocketAddr, u32);

#[derive(Default)]
struct Gatherings<'a> {
    by_key: HashMap<Key, usize>,
    all: Vec<Gathering<'a>>,
}

struct Gathering<'a> {
    key: Key,
    begins_us: u64,
    packets: Vec<Packet<'a>>,
}

/// Most senders that are followed: what passes for RTP by chance in a busy capture must not fill the memory.
const MOST_GATHERINGS: usize = 65_536;

impl<'a> Gatherings<'a> {
    fn take(&mut self, at_us: u64, datagram: &Datagram<'a>) {
        let Ok(packet) = Packet::parse(datagram.payload) else {
            return;
        };
        let key = (datagram.from, datagram.to, packet.ssrc);
        let index = match self.by_key.get(&key) {
            Some(&index) => index,
            None if self.all.len() < MOST_GATHERINGS => {
                self.all.push(Gathering {
                    key,
                    begins_us: at_us,
                    packets: Vec::new(),
                });
                self.by_key.insert(key, self.all.len() - 1);
                self.all.len() - 1
            }
            None => return,
        };
        self.all[index].packets.push(packet);
    }

    fn into_streams(self) -> Vec<CapturedStream> {
        self.all.iter().filter_map(Gathering::stream).collect()
    }
}

impl Gathering<'_> {
    /// The stream, if this is one.
    fn stream(&self) -> Option<CapturedStream> {
        let audio = |packet: &&Packet<'_>| matches!(packet.payload_type, 0 | 8);
        let count = self.packets.len();
        let of_audio = self.packets.iter().filter(audio).count();
        let steady = self
            .packets
            .windows(2)
            .filter(|pair| {
                let step = pair[1].sequence.wrapping_sub(pair[0].sequence);
                // A duplicate, the next, or one after a few lost.
                step <= 10 || step >= u16::MAX - 10
            })
            .count();
        if count < FEWEST_PACKETS || of_audio * 2 < count || (count - 1 - steady) * 5 > count {
            return None;
        }
        let mut stream = Stream::new(self.event_type());
        for packet in &self.packets {
            stream.push(packet);
        }
        stream.finish();
        let (from, to, ssrc) = self.key;
        Some(CapturedStream {
            from,
            to,
            ssrc,
            begins_us: self.begins_us,
            pieces: std::iter::from_fn(|| stream.poll()).collect(),
            counts: stream.counts(),
        })
    }

    /// The dynamic payload type whose packets all read as telephone events.
    fn event_type(&self) -> Option<u8> {
        let dynamic = |packet: &&Packet<'_>| (96..=127).contains(&packet.payload_type);
        let candidate = self.packets.iter().find(dynamic)?.payload_type;
        self.packets
            .iter()
            .filter(|packet| packet.payload_type == candidate)
            .all(|packet| {
                packet.payload.len() == 4
                    && TelephoneEvent::parse(packet.payload).is_some_and(|event| event.event <= 16)
            })
            .then_some(candidate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::g711::Law;
    use proptest::prelude::*;

    const FROM: [u8; 4] = [192, 0, 2, 1];
    const TO: [u8; 4] = [192, 0, 2, 9];

    fn rtp(sequence: u16, ssrc: u32) -> Vec<u8> {
        let payload = [Law::A.encode(i16::from(sequence as u8) * 50); 160];
        let mut bytes = Vec::new();
        Packet {
            marker: false,
            payload_type: 8,
            sequence,
            timestamp: u32::from(sequence) * 160,
            ssrc,
            extension: None,
            payload: &payload,
        }
        .write(&mut bytes);
        bytes
    }

    fn udp_packet(payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(40_000_u16.to_be_bytes());
        bytes.extend(40_002_u16.to_be_bytes());
        bytes.extend((payload.len() as u16 + 8).to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(payload);
        bytes
    }

    fn ipv4(payload: &[u8]) -> Vec<u8> {
        let udp = udp_packet(payload);
        let mut bytes = vec![0x45, 0];
        bytes.extend((udp.len() as u16 + 20).to_be_bytes());
        bytes.extend([0, 0, 0x40, 0, 64, UDP, 0, 0]);
        bytes.extend(FROM);
        bytes.extend(TO);
        bytes.extend(udp);
        bytes
    }

    fn ipv6(payload: &[u8]) -> Vec<u8> {
        let udp = udp_packet(payload);
        // With a hop-by-hop option between.
        let mut bytes = vec![0x60, 0, 0, 0];
        bytes.extend((udp.len() as u16 + 8).to_be_bytes());
        bytes.extend([0, 64]);
        bytes.extend([0xfd; 16]);
        bytes.extend([0xfe; 16]);
        bytes.extend([UDP, 0, 1, 4, 0, 0, 0, 0]);
        bytes.extend(udp);
        bytes
    }

    fn linked(link: u32, ip: &[u8]) -> Vec<u8> {
        let ether_type = if ip[0] >> 4 == 4 {
            [0x08, 0x00]
        } else {
            [0x86, 0xdd]
        };
        let mut bytes = match link {
            1 => [&[2; 12][..], &[0x81, 0, 0, 7], &ether_type].concat(),
            101 => Vec::new(),
            113 => [&[0; 14][..], &ether_type].concat(),
            276 => [&ether_type[..], &[0; 18]].concat(),
            _ => vec![2, 0, 0, 0],
        };
        bytes.extend(ip);
        bytes
    }

    fn pcap(link: u32, records: &[Vec<u8>]) -> Vec<u8> {
        let mut file = vec![
            0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0,
        ];
        file.extend(link.to_le_bytes());
        for (index, record) in records.iter().enumerate() {
            file.extend(5_u32.to_le_bytes());
            file.extend((index as u32 * 20_000).to_le_bytes());
            file.extend((record.len() as u32).to_le_bytes());
            file.extend((record.len() as u32).to_le_bytes());
            file.extend(record);
        }
        file
    }

    fn pcapng(link: u16, records: &[Vec<u8>]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut block = |kind: u32, body: &[u8]| {
            let padded = body.len().next_multiple_of(4);
            let length = (padded + 12) as u32;
            file.extend(kind.to_be_bytes());
            file.extend(length.to_be_bytes());
            file.extend(body);
            file.extend(vec![0; padded - body.len()]);
            file.extend(length.to_be_bytes());
        };
        block(
            0x0a0d_0d0a,
            &[
                0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
            ],
        );
        let interface = [&link.to_be_bytes()[..], &[0, 0, 0, 0, 255, 255]].concat();
        // Time in nanoseconds.
        block(
            1,
            &[&interface[..], &[0, 9, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0]].concat(),
        );
        for (index, record) in records.iter().enumerate() {
            let time = (3_000_000_000 + index as u64 * 20_000_000).to_be_bytes();
            let length = (record.len() as u32).to_be_bytes();
            let head = [&[0; 4][..], &time, &length, &length].concat();
            block(6, &[&head[..], record].concat());
        }
        file
    }

    fn calls(link: u32, ip: fn(&[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
        // Two directions take turns; one loses its 6th packet.
        (0..40_u16)
            .filter(|n| n / 2 != 5 || n % 2 == 1)
            .map(|n| linked(link, &ip(&rtp(n / 2, 7 + u32::from(n % 2)))))
            .collect()
    }

    #[test]
    fn streams_are_found_behind_every_link() {
        for link in [0, 1, 101, 113, 276] {
            for ip in [ipv4, ipv6] {
                for file in [
                    pcap(link, &calls(link, ip)),
                    pcapng(link as u16, &calls(link, ip)),
                ] {
                    let capture = read(&file).unwrap();
                    assert_eq!(capture.damage, None);
                    assert_eq!(capture.streams.len(), 2, "link {link}");
                    let [one, two] = &capture.streams[..] else {
                        unreachable!()
                    };
                    assert_eq!((one.ssrc, two.ssrc), (7, 8));
                    assert_eq!(one.from.port(), 40_000);
                    assert_eq!((one.begins_us, two.begins_us), (0, 20_000));
                    assert!(matches!(
                        &one.pieces[..],
                        [Piece::Heard(a), Piece::Lost(160), Piece::Heard(b)] if a.len() == 800 && b.len() == 14 * 160
                    ));
                    assert!(matches!(&two.pieces[..], [Piece::Heard(a)] if a.len() == 3_200));
                }
            }
        }
    }

    #[test]
    fn a_file_cut_short_gives_what_it_holds() {
        let mut file = pcap(1, &calls(1, ipv4));
        file.truncate(file.len() - 5);
        let capture = read(&file).unwrap();
        assert_eq!(capture.streams.len(), 2);
        assert!(matches!(capture.damage, Some(CaptureError::Truncated { .. })));
        file[24 + 8..24 + 12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(
            read(&file).unwrap().damage,
            Some(CaptureError::BadLength { at: 24 })
        );
    }

    #[test]
    fn other_files_and_other_traffic_are_told_apart() {
        assert_eq!(read(b"RIFF1234WAVE"), Err(CaptureError::NotACapture));
        assert_eq!(read(b""), Err(CaptureError::NotACapture));
        assert_eq!(
            read(&pcap(127, &[vec![1, 2, 3]])),
            Err(CaptureError::UnknownLink(127))
        );
        // What reads as RTP by chance has no order.
        let chance: Vec<Vec<u8>> = (0..60_u16)
            .map(|n| linked(1, &ipv4(&rtp(n.wrapping_mul(25_717), 3))))
            .collect();
        let capture = read(&pcap(1, &chance)).unwrap();
        assert_eq!((capture.streams.len(), capture.datagrams), (0, 60));
    }

    proptest! {
        #[test]
        fn no_file_panics(bytes: Vec<u8>, kind in 0_usize..3) {
            let magic: [&[u8]; 3] = [
                &[0xd4, 0xc3, 0xb2, 0xa1],
                &[0x0a, 0x0d, 0x0d, 0x0a, 16, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a],
                &[],
            ];
            let _ = read(&[magic[kind], &bytes].concat());
        }

        #[test]
        fn no_change_of_a_good_file_panics(at in 0_usize..4_000, to: u8, cut in 0_usize..4_000) {
            for mut file in [pcap(1, &calls(1, ipv4)[..20]), pcapng(1, &calls(1, ipv6)[..20])] {
                let at = at % file.len();
                file[at] = to;
                file.truncate(file.len() - cut % file.len());
                let _ = read(&file);
            }
        }
    }
}
