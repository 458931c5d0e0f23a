//! RTCP (RFC 3550, section 6): what receivers and senders say of a stream.
//!
//! A datagram holds several packets. They are read one after the other as far as their lengths hold; what is not known is
//! passed over, and a broken one ends the reading without losing those before it.

use std::time::{Duration, Instant};

use crate::quality::ReceptionReport;

/// Packet types (RFC 3550, 12.1).
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
/// Bytes of a report block, and of a sender's own part before the blocks.
const BLOCK_LEN: usize = 24;
const SENDER_LEN: usize = 20;
/// Most report blocks in a packet: five bits count them.
const BLOCKS_MAX: usize = 31;

/// One packet of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A sender tells what it has sent, and what it receives.
    SenderReport(Sender, Blocks<'a>),
    /// A receiver tells what it receives.
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// Of whom.
        blocks: Blocks<'a>,
    },
    /// Senders leave.
    Bye(Sources<'a>),
    /// Another kind of packet, by its type.
    Other(u8),
}

/// What a sender tells of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Who reports.
    pub ssrc: u32,
    /// Its time of day, NTP: seconds since 1900 in the upper half.
    pub ntp: u64,
    /// The same moment on its RTP clock.
    pub timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Bytes sent, without headers.
    pub bytes: u32,
}

/// What is told of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Loss and jitter.
    pub reception: ReceptionReport,
    /// Middle of the NTP time in the last report of the sender; 0: none came.
    pub last_report: u32,
    /// How long ago that came, in 65,536ths of a second.
    pub since_last_report: u32,
}

impl Block {
    /// Lost since the report before, 0 to 1.
    pub fn loss(&self) -> f32 {
        f32::from(self.reception.fraction_lost) / 256.0
    }

    fn read(bytes: &[u8; BLOCK_LEN]) -> Block {
        let word = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Block {
            reception: ReceptionReport {
                ssrc: word(0),
                fraction_lost: bytes[4],
                // 24 bits with a sign.
                lost: (word(4) << 8) as i32 >> 8,
                highest: word(8),
                jitter: word(12),
            },
            last_report: word(16),
            since_last_report: word(20),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let reception = &self.reception;
        out.extend_from_slice(&reception.ssrc.to_be_bytes());
        let lost = reception.lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        out.extend_from_slice(&(u32::from(reception.fraction_lost) << 24 | lost).to_be_bytes());
        for word in [
            reception.highest,
            reception.jitter,
            self.last_report,
            self.since_last_report,
        ] {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}

/// Report blocks of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks<'a>(&'a [[u8; BLOCK_LEN]]);

impl<'a> Blocks<'a> {
    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Block> + use<'a> {
        self.0.iter().map(Block::read)
    }
}

/// Those who leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sources<'a>(&'a [[u8; 4]]);

impl<'a> Sources<'a> {
    /// Their SSRCs.
    pub fn iter(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.0.iter().map(|bytes| u32::from_be_bytes(*bytes))
    }
}

/// The packets of a datagram.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a>(&'a [u8]);

/// Reads a datagram. What is no RTCP gives nothing.
pub fn parts(datagram: &[u8]) -> Parts<'_> {
    Parts(datagram)
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let part = self.read();
        if part.is_none() {
            self.0 = &[];
        }
        part
    }
}

impl<'a> Parts<'a> {
    fn read(&mut self) -> Option<Part<'a>> {
        let (head, rest) = self.0.split_first_chunk::<4>()?;
        // The types that RTP leaves to RTCP on a shared port (RFC 5761, section 4).
        if head[0] >> 6 != 2 || !(192..=223).contains(&head[1]) {
            return None;
        }
        let length = 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
        let (mut body, after) = rest.split_at_checked(length)?;
        if head[0] & 0x20 != 0 {
            // Padding counts itself, and stands in the last packet only.
            let padding = usize::from(*body.last()?);
            let kept = body.len().checked_sub(padding).filter(|_| padding > 0)?;
            body = &body[..kept];
        }
        self.0 = after;
        let count = usize::from(head[0] & 0x1f);
        match head[1] {
            SENDER_REPORT => {
                let (ssrc, body) = ssrc(body)?;
                let (own, body) = body.split_first_chunk::<SENDER_LEN>()?;
                let word = |at: usize| u32::from_be_bytes([own[at], own[at + 1], own[at + 2], own[at + 3]]);
                let sender = Sender {
                    ssrc,
                    ntp: u64::from(word(0)) << 32 | u64::from(word(4)),
                    timestamp: word(8),
                    packets: word(12),
                    bytes: word(16),
                };
                Some(Part::SenderReport(sender, blocks(body, count)?))
            }
            RECEIVER_REPORT => {
                let (ssrc, body) = ssrc(body)?;
                Some(Part::ReceiverReport {
                    ssrc,
                    blocks: blocks(body, count)?,
                })
            }
            GOODBYE => Some(Part::Bye(Sources(body.as_chunks::<4>().0.get(..count)?))),
            other => Some(Part::Other(other)),
        }
    }
}

fn ssrc(body: &[u8]) -> Option<(u32, &[u8])> {
    let (bytes, rest) = body.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*bytes), rest))
}

fn blocks(body: &[u8], count: usize) -> Option<Blocks<'_>> {
    Some(Blocks(body.as_chunks::<BLOCK_LEN>().0.get(..count)?))
}

/// Appends a report of our own: a sender's where we send, else a receiver's; at most 31 blocks; and who we are, without
/// which no report may go (RFC 3550, 6.1).
pub fn write_report(out: &mut Vec<u8>, ssrc: u32, sender: Option<&Sender>, blocks: &[Block], name: &str) {
    let blocks = &blocks[..blocks.len().min(BLOCKS_MAX)];
    let kind = if sender.is_some() {
        SENDER_REPORT
    } else {
        RECEIVER_REPORT
    };
    write_packet(out, blocks.len() as u8, kind, |out| {
        out.extend_from_slice(&ssrc.to_be_bytes());
        if let Some(sender) = sender {
            out.extend_from_slice(&sender.ntp.to_be_bytes());
            for word in [sender.timestamp, sender.packets, sender.bytes] {
                out.extend_from_slice(&word.to_be_bytes());
            }
        }
        blocks.iter().for_each(|block| block.write(out));
    });
    write_packet(out, 1, DESCRIPTION, |out| {
        out.extend_from_slice(&ssrc.to_be_bytes());
        // CNAME, its length, its text, and zeros up to the word's end, one at least (6.5).
        let name = &name.as_bytes()[..name.len().min(255)];
        out.extend_from_slice(&[1, name.len() as u8]);
        out.extend_from_slice(name);
        out.push(0);
    });
}

/// Appends a goodbye.
pub fn write_bye(out: &mut Vec<u8>, ssrc: u32) {
    write_packet(out, 1, GOODBYE, |out| out.extend_from_slice(&ssrc.to_be_bytes()));
}

/// A packet with its header, filled up to whole words.
fn write_packet(out: &mut Vec<u8>, count: u8, kind: u8, body: impl FnOnce(&mut Vec<u8>)) {
    let begin = out.len();
    out.extend_from_slice(&[0x80 | count, kind, 0, 0]);
    body(out);
    while !(out.len() - begin).is_multiple_of(4) {
        out.push(0);
    }
    // 31 blocks are 200 words.
    let words = ((out.len() - begin) / 4 - 1) as u16;
    out[begin + 2..begin + 4].copy_from_slice(&words.to_be_bytes());
}

/// Time from here to a receiver and back, from the reports that pass: a sender's on its way there, and the receiver's
/// that answers it (RFC 3550, 6.4.1).
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundTrip {
    passed: Option<(u32, Instant)>,
}

impl RoundTrip {
    /// A sender's report goes on to the receiver.
    pub fn sent(&mut self, now: Instant, report: &Sender) {
        self.passed = Some(((report.ntp >> 16) as u32, now));
    }

    /// The receiver's report comes. `None`: it answers another report than the last.
    pub fn reported(&self, now: Instant, block: &Block) -> Option<Duration> {
        let (middle, sent) = self.passed?;
        if block.last_report != middle || middle == 0 {
            return None;
        }
        let held = Duration::from_nanos(u64::from(block.since_last_report) * 1_000_000_000 / 65_536);
        now.checked_duration_since(sent)?.checked_sub(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BLOCK: Block = Block {
        reception: ReceptionReport {
            ssrc: 9,
            fraction_lost: 64,
            lost: -3,
            highest: 0x0001_0203,
            jitter: 77,
        },
        last_report: 0x1234_5678,
        since_last_report: 32_768,
    };
    const SENDER: Sender = Sender {
        ssrc: 7,
        ntp: 0xabcd_1234_5678_0000,
        timestamp: 160,
        packets: 10,
        bytes: 1_600,
    };

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        write_report(&mut bytes, 7, Some(&SENDER), &[BLOCK, BLOCK], "a@b");
        write_report(&mut bytes, 8, None, &[BLOCK], "");
        write_bye(&mut bytes, 7);
        let mut told = parts(&bytes);
        let Some(Part::SenderReport(sender, blocks)) = told.next() else {
            panic!("a sender's report");
        };
        assert_eq!(sender, SENDER);
        assert_eq!(blocks.iter().collect::<Vec<_>>(), [BLOCK, BLOCK]);
        assert_eq!(BLOCK.loss(), 0.25);
        assert_eq!(told.next(), Some(Part::Other(202)));
        let Some(Part::ReceiverReport { ssrc: 8, blocks }) = told.next() else {
            panic!("a receiver's report");
        };
        assert_eq!(blocks.iter().collect::<Vec<_>>(), [BLOCK]);
        assert_eq!(told.next(), Some(Part::Other(202)));
        let Some(Part::Bye(sources)) = told.next() else {
            panic!("a goodbye");
        };
        assert_eq!(sources.iter().collect::<Vec<_>>(), [7]);
        assert_eq!(told.next(), None);
    }

    #[test]
    fn what_is_broken_ends_the_reading() {
        let mut good = Vec::new();
        write_bye(&mut good, 7);
        let check = |broken: &[u8], before: usize| {
            let bytes = [&good, broken].concat();
            assert_eq!(parts(&bytes).count(), before, "{broken:02x?}");
        };
        check(&[], 1);
        // Cut; longer than it is; another version; no RTCP; more blocks than fit; padding of 0, or too long.
        check(&[0x80, 201, 0], 1);
        check(&[0x80, 201, 0, 2, 0, 0, 0, 1], 1);
        check(&[0x40, 201, 0, 1, 0, 0, 0, 1], 1);
        check(&[0x80, 8, 0, 1, 0, 0, 0, 1], 1);
        check(&[0x81, 201, 0, 1, 0, 0, 0, 1], 1);
        check(&[0xa0, 203, 0, 1, 0, 0, 0, 0], 1);
        check(&[0xa0, 203, 0, 1, 0, 0, 0, 5], 1);
        check(&[0xa0, 203, 0, 1, 0, 0, 0, 4], 2);
        // Feedback and extended reports are passed over.
        check(&[0x81, 205, 0, 1, 0, 0, 0, 1, 0x80, 207, 0, 0], 3);
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "there is no other way to an instant")]
    fn the_way_there_and_back() {
        let start = Instant::now();
        let mut trip = RoundTrip::default();
        let later = start + Duration::from_millis(580);
        assert_eq!(trip.reported(later, &BLOCK), None);
        trip.sent(start, &SENDER);
        // Half a second of it the receiver held the report.
        assert_eq!(trip.reported(later, &BLOCK), Some(Duration::from_millis(80)));
        let other = Block {
            last_report: 1,
            ..BLOCK
        };
        assert_eq!(trip.reported(later, &other), None);
        assert_eq!(trip.reported(start, &BLOCK), None);
    }

    proptest! {
        #[test]
        fn no_datagram_panics(bytes: Vec<u8>) {
            prop_assert!(parts(&bytes).count() <= bytes.len() / 4);
        }
    }
}
