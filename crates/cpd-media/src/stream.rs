//! From the packets of one sender to samples and gaps, for recordings and captures.
//!
//! Packets wait in a small window until the one before them has come or can no longer be expected; then they leave in
//! order. The timestamp tells how much time lies between two of them: where sequence numbers are missing it was lost
//! ([`Piece::Lost`]), where none is, the sender had nothing to say ([`Piece::Unsent`]). No clock is read: what comes too
//! late is judged by the packets that came meanwhile.

use std::collections::{BTreeMap, VecDeque};

use crate::g711::Law;
use crate::rtp::{Packet, TelephoneEvent};

/// What comes out, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Samples that were sent and arrived.
    Heard(Vec<i16>),
    /// So many samples were sent and did not arrive, or cannot be decoded.
    Lost(u64),
    /// So many samples were not sent: discontinuous transmission, or an event instead of audio.
    Unsent {
        /// How many.
        samples: u64,
        /// Level of the comfort noise announced (RFC 3389), dB below full scale; `None` where none was.
        noise_below_dbov: Option<u8>,
    },
    /// A telephone event began here.
    Event(TelephoneEvent),
}

/// What arrived, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets taken.
    pub packets: u64,
    /// Packets that had come before.
    pub duplicates: u64,
    /// Packets that came after their time.
    pub late: u64,
    /// Sequence numbers that never came.
    pub missing: u64,
    /// Packets of a payload that is not decoded here.
    pub unknown: u64,
    /// Times that sequence numbers or timestamps began anew.
    pub restarts: u64,
}

/// Packets that wait for an earlier one: 50 are one second at 20 ms, longer than any jitter buffer waits.
const WINDOW: u64 = 50;
/// A sequence number further ahead than this is a new beginning (RFC 3550, A.1: MAX_DROPOUT).
const MAX_DROPOUT: i64 = 3_000;
/// A timestamp further ahead than this is a new beginning: 10 minutes at 8 kHz. No pause is that long.
const MAX_PAUSE: i64 = 10 * 60 * 8_000;

/// Puts the packets of one sender in order.
pub struct Stream {
    event_type: Option<u8>,
    waiting: BTreeMap<u64, Waiting>,
    /// Extended number that leaves next, once one has come.
    next: Option<u64>,
    highest: u64,
    /// Timestamp of the sample that leaves next.
    due: Option<u32>,
    noise_below_dbov: Option<u8>,
    event_at: Option<u32>,
    pieces: VecDeque<Piece>,
    counts: Counts,
}

struct Waiting {
    timestamp: u32,
    payload_type: u8,
    payload: Vec<u8>,
}

impl Stream {
    /// A stream whose telephone events have a payload type, where known.
    pub fn new(event_type: Option<u8>) -> Stream {
        Stream {
            event_type,
            waiting: BTreeMap::new(),
            next: None,
            highest: 0,
            due: None,
            noise_below_dbov: None,
            event_at: None,
            pieces: VecDeque::new(),
            counts: Counts::default(),
        }
    }

    /// Takes a packet. All must have one SSRC; that is the caller's care.
    pub fn push(&mut self, packet: &Packet<'_>) {
        self.counts.packets += 1;
        let mut number = self.extended(packet.sequence);
        if self.next.is_some() && (number as i64 - self.highest as i64).abs() > MAX_DROPOUT {
            self.flush();
            self.counts.restarts += 1;
            self.next = None;
            // Between two numberings nobody knows how much time passed.
            self.due = None;
            number = START + u64::from(packet.sequence);
        }
        let next = *self.next.get_or_insert_with(|| {
            self.highest = number;
            number
        });
        if number < next {
            // Before anything has left, an early packet that came second still finds its place.
            if self.due.is_none() && self.counts.packets <= WINDOW {
                self.next = Some(number);
            } else {
                self.counts.late += 1;
                return;
            }
        }
        if self.waiting.contains_key(&number) {
            self.counts.duplicates += 1;
            return;
        }
        self.highest = self.highest.max(number);
        self.waiting.insert(
            number,
            Waiting {
                timestamp: packet.timestamp,
                payload_type: packet.payload_type,
                payload: packet.payload.to_vec(),
            },
        );
        self.release(WINDOW);
    }

    /// No more packets will come: all that wait leave.
    pub fn finish(&mut self) {
        self.flush();
    }

    /// The next piece.
    pub fn poll(&mut self) -> Option<Piece> {
        self.pieces.pop_front()
    }

    /// What arrived so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn extended(&self, sequence: u16) -> u64 {
        if self.next.is_none() {
            return START + u64::from(sequence);
        }
        let step = sequence.wrapping_sub(self.highest as u16) as i16;
        self.highest.saturating_add_signed(i64::from(step))
    }

    fn flush(&mut self) {
        self.release(0);
    }

    /// Lets packets go until the newest is no more than `window` ahead of the next one that is missing.
    fn release(&mut self, window: u64) {
        while let (Some(next), Some((&first, _))) = (self.next, self.waiting.first_key_value()) {
            // The very first packets wait a little for an earlier one.
            let begun = self.due.is_some() || window == 0;
            let ready = begun && first == next;
            if !ready && self.highest - first < window {
                return;
            }
            if let Some(packet) = self.waiting.remove(&first) {
                let missing = first - next;
                self.counts.missing += missing;
                self.next = Some(first + 1);
                self.play(packet, missing > 0);
            }
        }
    }

    fn play(&mut self, packet: Waiting, lost_before: bool) {
        let law = match packet.payload_type {
            0 => Some(Law::Mu),
            8 => Some(Law::A),
            _ => None,
        };
        let mut skip = 0;
        if let Some(due) = self.due {
            let ahead = i64::from(packet.timestamp.wrapping_sub(due) as i32);
            if ahead.abs() > MAX_PAUSE {
                self.counts.restarts += 1;
                self.due = Some(packet.timestamp);
            } else if ahead > 0 && Some(packet.payload_type) != self.event_type {
                let samples = ahead as u64;
                self.pieces.push_back(if lost_before {
                    Piece::Lost(samples)
                } else {
                    Piece::Unsent {
                        samples,
                        noise_below_dbov: self.noise_below_dbov,
                    }
                });
                self.due = Some(packet.timestamp);
            } else if ahead < 0 {
                // What was played already is not played twice.
                skip = ahead.unsigned_abs() as usize;
            }
        } else {
            self.due = Some(packet.timestamp);
        }
        match law {
            Some(law) => {
                self.noise_below_dbov = None;
                let codes = packet.payload.get(skip..).unwrap_or_default();
                self.heard(law, codes);
            }
            None if packet.payload_type == COMFORT_NOISE => {
                self.noise_below_dbov = packet.payload.first().map(|level| level & 0x7f);
            }
            None if Some(packet.payload_type) == self.event_type => {
                if self.event_at != Some(packet.timestamp)
                    && let Some(event) = TelephoneEvent::parse(&packet.payload)
                {
                    self.event_at = Some(packet.timestamp);
                    self.pieces.push_back(Piece::Event(event));
                }
            }
            None => self.counts.unknown += 1,
        }
    }

    fn heard(&mut self, law: Law, codes: &[u8]) {
        if codes.is_empty() {
            return;
        }
        let mut samples = vec![0; codes.len()];
        law.decode_slice(codes, &mut samples);
        self.due = self.due.map(|due| due.wrapping_add(codes.len() as u32));
        match self.pieces.back_mut() {
            Some(Piece::Heard(before)) => before.extend(samples),
            _ => self.pieces.push_back(Piece::Heard(samples)),
        }
    }
}

/// Where extended numbers begin: room below for packets that were sent earlier and came later.
const START: u64 = 1 << 32;
/// Payload type of comfort noise (RFC 3389).
const COMFORT_NOISE: u8 = 13;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(sequence: u16, timestamp: u32, payload: &[u8]) -> Packet<'_> {
        Packet {
            marker: false,
            payload_type: 8,
            sequence,
            timestamp,
            ssrc: 1,
            extension: None,
            payload,
        }
    }

    /// Packets of 160 samples, each of one code, at the places given; what comes out, samples as runs.
    fn check(order: &[u16], first_sequence: u16, first_timestamp: u32, wanted: &str) {
        let mut stream = Stream::new(Some(101));
        for &index in order {
            let code = Law::A.encode(1_000 + 200 * index as i16);
            let timestamp = first_timestamp.wrapping_add(u32::from(index) * 160);
            stream.push(&packet(
                first_sequence.wrapping_add(index),
                timestamp,
                &[code; 160],
            ));
        }
        stream.finish();
        assert_eq!(told(&mut stream), wanted);
    }

    fn told(stream: &mut Stream) -> String {
        let mut told = Vec::new();
        while let Some(piece) = stream.poll() {
            told.push(match piece {
                Piece::Heard(samples) => {
                    let first: Vec<String> = samples
                        .chunks(160)
                        .map(|c| ((c[0] - 1_000 + 100) / 200).to_string())
                        .collect();
                    format!("heard {}", first.join(" "))
                }
                Piece::Lost(samples) => format!("lost {samples}"),
                Piece::Unsent {
                    samples,
                    noise_below_dbov,
                } => format!("unsent {samples} {noise_below_dbov:?}"),
                Piece::Event(event) => format!("event {:?}", event.digit()),
            });
        }
        told.join(", ")
    }

    #[test]
    fn packets_leave_in_order() {
        check(&[0, 1, 2, 3], 7, 0, "heard 0 1 2 3");
        check(&[0, 2, 1, 3], 7, 0, "heard 0 1 2 3");
        check(&[1, 0, 2, 3], 7, 0, "heard 0 1 2 3");
        check(&[0, 1, 1, 2, 0, 3], 7, 0, "heard 0 1 2 3");
        check(&[0, 1, 4, 5], 7, 0, "heard 0 1, lost 320, heard 4 5");
    }

    #[test]
    fn numbers_and_times_go_round() {
        check(&[0, 1, 3, 2, 4], 65_534, u32::MAX - 200, "heard 0 1 2 3 4");
        check(&[0, 1, 4], 65_534, u32::MAX - 200, "heard 0 1, lost 320, heard 4");
    }

    #[test]
    fn silence_that_was_not_sent_is_not_lost() {
        let code = [Law::A.encode(1_000); 160];
        let mut stream = Stream::new(Some(101));
        stream.push(&packet(1, 0, &code));
        stream.push(&Packet {
            payload_type: 13,
            ..packet(2, 160, &[60])
        });
        stream.push(&packet(3, 8_160, &code));
        let event = [5, 0x0a, 0, 160];
        for (sequence, end) in [(4, 0), (5, 0), (6, 0x80)] {
            let event = [event[0], event[1] | end, 0, 160];
            stream.push(&Packet {
                payload_type: 101,
                ..packet(sequence, 8_320, &event)
            });
        }
        stream.push(&packet(7, 9_120, &code));
        stream.finish();
        assert_eq!(
            told(&mut stream),
            "heard 0, unsent 8000 Some(60), heard 0, event Some('5'), unsent 800 None, heard 0"
        );
    }

    #[test]
    fn a_new_beginning_is_no_hour_of_loss() {
        let code = [Law::A.encode(1_000); 160];
        let mut stream = Stream::new(None);
        stream.push(&packet(1, 0, &code));
        stream.push(&packet(30_000, 4_000_000_000, &code));
        stream.push(&packet(30_001, 4_000_000_160, &code));
        stream.push(&packet(30_002, 160, &code));
        stream.finish();
        assert_eq!(told(&mut stream), "heard 0 0 0 0");
        assert_eq!(stream.counts().restarts, 2);
    }

    #[test]
    fn a_late_packet_is_dropped_once_its_place_is_past() {
        let mut order: Vec<u16> = (0..120).filter(|&n| n != 5).collect();
        order.push(5);
        let mut stream = Stream::new(None);
        for index in order {
            stream.push(&packet(index, u32::from(index) * 160, &[0xd5; 160]));
        }
        stream.finish();
        assert_eq!(stream.counts().late, 1);
        assert_eq!(stream.counts().missing, 1);
        let lost: u64 = std::iter::from_fn(|| stream.poll())
            .map(|piece| match piece {
                Piece::Lost(samples) => samples,
                _ => 0,
            })
            .sum();
        assert_eq!(lost, 160);
    }

    proptest! {
        /// Whatever the network does to the order within the window, what comes out is what was sent.
        #[test]
        fn order_does_not_matter(keys in prop::collection::vec(0_u16..20, 1..80), first: u16, time: u32) {
            let mut order: Vec<(u16, u16)> = keys
                .iter()
                .enumerate()
                .map(|(index, late)| (index as u16 + late, index as u16))
                .collect();
            order.sort_by_key(|&(arrival, _)| arrival);
            let mut stream = Stream::new(None);
            for (_, index) in order {
                let code = [index as u8; 160];
                stream.push(&packet(first.wrapping_add(index), time.wrapping_add(u32::from(index) * 160), &code));
            }
            stream.finish();
            let mut wanted = Vec::new();
            for index in 0..keys.len() {
                wanted.extend([Law::A.decode(index as u8); 160]);
            }
            prop_assert_eq!(stream.poll(), Some(Piece::Heard(wanted)));
            prop_assert_eq!(stream.poll(), None);
        }

        #[test]
        fn no_packets_panic(packets: Vec<(u16, u32, u8, Vec<u8>)>) {
            let mut stream = Stream::new(Some(101));
            for (sequence, timestamp, payload_type, payload) in &packets {
                stream.push(&Packet { payload_type: *payload_type, ..packet(*sequence, *timestamp, payload) });
            }
            stream.finish();
            while stream.poll().is_some() {}
            prop_assert_eq!(stream.counts().packets, packets.len() as u64);
        }
    }
}
