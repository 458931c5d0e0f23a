//! How well a stream arrives: loss and jitter, as RFC 3550 counts them (A.1, A.3, A.8).

use std::time::Instant;

use crate::rtp::Packet;

/// A number so far ahead, or so far behind, is a new beginning (RFC 3550, A.1).
const DROPOUT_MAX: u16 = 3_000;
const MISORDER_MAX: u16 = 100;

/// Statistics of one receiver.
#[derive(Clone, Debug, Default)]
pub struct Reception {
    stream: Option<Stream>,
    packets: u64,
    bytes: u64,
    /// Of the senders before this one.
    lost_before: u64,
    /// What the last report covered.
    reported: (u64, u64),
}

/// What is counted of one sender.
#[derive(Clone, Debug)]
struct Stream {
    ssrc: u32,
    first: u64,
    highest: u64,
    received: u64,
    /// Transit time of the last packet and jitter, both in ticks; jitter sixteen-fold (A.8).
    transit: Option<u32>,
    jitter_16: u32,
    clock_hz: u32,
    began: Instant,
}

/// What arrived until now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Packets that came.
    pub packets: u64,
    /// Bytes in them, without headers.
    pub bytes: u64,
    /// Packets that did not come; repeated ones are taken off.
    pub lost: u64,
    /// Jitter between arrivals, ms.
    pub jitter_ms: f32,
}

/// What a receiver reports (RFC 3550, 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceptionReport {
    /// Who sends.
    pub ssrc: u32,
    /// Lost of the packets since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Lost since the beginning; negative where packets came twice.
    pub lost: i32,
    /// Highest sequence number, rounds in the upper half.
    pub highest: u32,
    /// Jitter in ticks of the sender's clock.
    pub jitter: u32,
}

impl Reception {
    /// Nothing yet.
    pub fn new() -> Reception {
        Reception::default()
    }

    /// A packet came. `clock_hz` is its payload's clock; where the codec is not known, 0, and it says nothing of jitter.
    pub fn push(&mut self, now: Instant, packet: &Packet<'_>, clock_hz: u32) {
        self.packets += 1;
        self.bytes += packet.payload.len() as u64;
        match &mut self.stream {
            Some(stream) if stream.ssrc == packet.ssrc && stream.follows(packet.sequence) => {
                stream.push(now, packet, clock_hz);
            }
            _ => {
                self.lost_before += self.stream.as_ref().map_or(0, Stream::lost_or_none);
                self.reported = (0, 0);
                self.stream = Some(Stream::new(now, packet, clock_hz));
            }
        }
    }

    /// What arrived until now.
    pub fn summary(&self) -> Summary {
        let jitter_ms = self.stream.as_ref().map_or(0.0, |stream| {
            (stream.jitter_16 >> 4) as f32 * 1_000.0 / stream.clock_hz.max(1) as f32
        });
        Summary {
            packets: self.packets,
            bytes: self.bytes,
            lost: self.lost_before + self.stream.as_ref().map_or(0, Stream::lost_or_none),
            jitter_ms,
        }
    }

    /// A report on the present sender, and on the time since the last report.
    pub fn report(&mut self) -> Option<ReceptionReport> {
        let stream = self.stream.as_ref()?;
        let (expected, received) = (stream.expected(), stream.received);
        let since = (expected - self.reported.0, received - self.reported.1);
        self.reported = (expected, received);
        let lost_since = since.0.saturating_sub(since.1);
        Some(ReceptionReport {
            ssrc: stream.ssrc,
            // Below 256: no more can be lost than was expected, and all of it is no report but silence.
            fraction_lost: (lost_since * 256).checked_div(since.0).unwrap_or(0).min(255) as u8,
            // 24 bits on the wire (6.4.1).
            lost: stream.lost().clamp(-0x80_0000, 0x7f_ffff) as i32,
            highest: stream.highest as u32,
            jitter: stream.jitter_16 >> 4,
        })
    }
}

impl Stream {
    fn new(now: Instant, packet: &Packet<'_>, clock_hz: u32) -> Stream {
        let number = u64::from(packet.sequence);
        Stream {
            ssrc: packet.ssrc,
            first: number,
            highest: number,
            received: 1,
            transit: (clock_hz > 0).then(|| 0_u32.wrapping_sub(packet.timestamp)),
            jitter_16: 0,
            clock_hz,
            began: now,
        }
    }

    fn follows(&self, sequence: u16) -> bool {
        let ahead = sequence.wrapping_sub(self.highest as u16);
        ahead <= DROPOUT_MAX || ahead >= 0_u16.wrapping_sub(MISORDER_MAX)
    }

    fn push(&mut self, now: Instant, packet: &Packet<'_>, clock_hz: u32) {
        self.received += 1;
        let ahead = packet.sequence.wrapping_sub(self.highest as u16);
        if ahead <= DROPOUT_MAX {
            self.highest += u64::from(ahead);
        }
        if clock_hz == 0 {
            return;
        }
        if clock_hz != self.clock_hz {
            self.clock_hz = clock_hz;
            self.transit = None;
        }
        let elapsed = now.saturating_duration_since(self.began).as_micros();
        // Ticks go round as timestamps do.
        let arrival = (elapsed * u128::from(clock_hz) / 1_000_000) as u32;
        let transit = arrival.wrapping_sub(packet.timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = (transit.wrapping_sub(before) as i32).unsigned_abs();
            // A pause's new timestamps are no jitter: a second is more than any network holds back.
            if difference < clock_hz {
                self.jitter_16 += difference;
                self.jitter_16 -= (self.jitter_16 - difference + 8) >> 4;
            }
        }
    }

    fn expected(&self) -> u64 {
        self.highest - self.first + 1
    }

    fn lost(&self) -> i64 {
        self.expected() as i64 - self.received as i64
    }

    fn lost_or_none(&self) -> u64 {
        self.lost().max(0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn packet(sequence: u16, timestamp: u32) -> Packet<'static> {
        Packet {
            marker: false,
            payload_type: 8,
            sequence,
            timestamp,
            ssrc: 1,
            extension: None,
            payload: &[0; 160],
        }
    }

    #[allow(clippy::disallowed_methods, reason = "there is no other way to an instant")]
    fn start() -> Instant {
        Instant::now()
    }

    /// Packets `(ms, index)` of a steady sender.
    fn received(first: u16, packets: &[(u64, u16)]) -> Reception {
        let start = start();
        let mut reception = Reception::new();
        for &(ms, index) in packets {
            let packet = packet(first.wrapping_add(index), u32::from(index) * 160);
            reception.push(start + Duration::from_millis(ms), &packet, 8_000);
        }
        reception
    }

    #[test]
    fn loss_is_counted_round_the_numbers() {
        let mut reception = received(65_534, &[(0, 0), (20, 1), (80, 4), (100, 5), (101, 3)]);
        let summary = reception.summary();
        assert_eq!((summary.packets, summary.bytes, summary.lost), (5, 800, 1));
        let report = reception.report().unwrap();
        assert_eq!((report.fraction_lost, report.lost), (42, 1));
        assert_eq!(report.highest, 65_536 + 3);
        assert_eq!(reception.report().unwrap().fraction_lost, 0);
    }

    #[test]
    fn what_comes_twice_makes_up_for_nothing_below_none() {
        let mut reception = received(7, &[(0, 0), (20, 1), (21, 1)]);
        assert_eq!(reception.summary().lost, 0);
        assert_eq!(reception.report().unwrap().lost, -1);
    }

    #[test]
    fn jitter_is_none_when_steady_and_settles_where_arrivals_differ() {
        let steady: Vec<_> = (0..200).map(|n| (u64::from(n) * 20, n)).collect();
        assert_eq!(received(7, &steady).summary().jitter_ms, 0.0);
        // Each other packet is 10 ms late: every difference of transit times is 10 ms.
        let uneven: Vec<_> = (0..200)
            .map(|n| (u64::from(n) * 20 + u64::from(n % 2) * 10, n))
            .collect();
        let jitter = received(7, &uneven).summary().jitter_ms;
        assert!((jitter - 10.0).abs() < 0.3, "{jitter}");
    }

    #[test]
    fn a_new_sender_is_no_loss() {
        let mut reception = received(7, &[(0, 0), (20, 2)]);
        let other = Packet {
            ssrc: 2,
            ..packet(30_000, 5)
        };
        let now = start() + Duration::from_millis(60);
        reception.push(now, &other, 8_000);
        // The same sender, a jump.
        reception.push(
            now,
            &Packet {
                sequence: 100,
                ..other
            },
            0,
        );
        let summary = reception.summary();
        assert_eq!((summary.packets, summary.lost), (4, 1));
        assert_eq!(reception.report().unwrap().highest, 100);
    }
}
