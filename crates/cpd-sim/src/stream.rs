//! RTP as a telephone sends it, over a network that loses, delays and swaps packets. Time is an argument.
//!
//! ```
//! use std::time::{Duration, Instant};
//! use cpd_media::{Law, Packet};
//! use cpd_sim::stream::{Network, Sound, Stream};
//!
//! let now = Instant::now();
//! let mut stream = Stream::new(now, Sound::of(&[1_000; 320]), Law::A, 8, 7, Network::default());
//! let mut packet = Vec::new();
//! assert!(stream.poll(now, &mut packet));
//! assert_eq!(Packet::parse(&packet).unwrap().payload.len(), 160);
//! assert!(!stream.poll(now + Duration::from_millis(19), &mut packet));
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_media::{Law, Packet};

use crate::rng::Rng;

/// Samples in a packet: 20 ms, as nearly every carrier sends.
const SAMPLES: usize = 160;
/// Time in a packet.
const PACKET: Duration = Duration::from_millis(20);
/// How much later a packet comes that lets its follower pass: a packet and a half.
const OVERTAKEN: Duration = Duration::from_millis(30);
/// Packets on their way at once: jitter of 400 ms and the swapped ones. Later ones are lost.
const ON_THE_WAY: usize = 24;
/// A sender that was stopped for longer goes on with the present: nobody plays what is so late.
const LATE_MAX: Duration = Duration::from_secs(1);

/// What is played: samples in both laws of G.711, shared by all calls that play it.
#[derive(Clone, Debug)]
pub struct Sound {
    a: Arc<[u8]>,
    mu: Arc<[u8]>,
}

impl Sound {
    /// 8 kHz samples.
    pub fn of(samples: &[i16]) -> Sound {
        let encoded = |law: Law| samples.iter().map(|&sample| law.encode(sample)).collect();
        Sound {
            a: encoded(Law::A),
            mu: encoded(Law::Mu),
        }
    }

    /// Length, ms.
    pub fn ms(&self) -> u32 {
        (self.a.len() / 8) as u32
    }

    fn codes(&self, law: Law) -> &[u8] {
        match law {
            Law::A => &self.a,
            Law::Mu => &self.mu,
        }
    }
}

/// What happens to packets on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Network {
    /// Share of packets that are lost, 0 to 1.
    pub loss: f32,
    /// Each packet is late by something between nothing and this, ms; they may overtake each other by it.
    pub jitter_ms: f32,
    /// Share of packets that the next one overtakes, 0 to 1.
    pub reorder: f32,
}

/// One direction of one call.
#[derive(Debug)]
pub struct Stream {
    began: Instant,
    sound: Sound,
    law: Law,
    payload_type: u8,
    /// SSRC, and where numbers and timestamps begin.
    ssrc: u32,
    /// Packets that the sender has made.
    made: u64,
    network: Network,
    rng: Rng,
    /// Packets on their way: when each arrives at the socket, and its number.
    way: Vec<(Instant, u64)>,
}

impl Stream {
    /// Begins to play a sound; what comes after its end is silence. `seed` gives the SSRC and the network's chances.
    pub fn new(
        now: Instant,
        sound: Sound,
        law: Law,
        payload_type: u8,
        seed: u64,
        network: Network,
    ) -> Stream {
        let mut rng = Rng::new(seed);
        Stream {
            began: now,
            sound,
            law,
            payload_type,
            ssrc: rng.bits() as u32,
            made: 0,
            network,
            rng,
            way: Vec::with_capacity(ON_THE_WAY),
        }
    }

    /// Changes law and payload type, as a new description may; the sound goes on.
    pub fn set_codec(&mut self, law: Law, payload_type: u8) {
        self.law = law;
        self.payload_type = payload_type;
    }

    /// Writes the next datagram that is due, in the place of what is in `datagram`; false if none is.
    pub fn poll(&mut self, now: Instant, datagram: &mut Vec<u8>) -> bool {
        self.make(now);
        let due = self.way.iter().enumerate().filter(|(_, (at, _))| *at <= now);
        // Of those that are due at once, the earlier one first.
        let Some((place, _)) = due.min_by_key(|(_, (at, number))| (*at, *number)) else {
            return false;
        };
        let (_, number) = self.way.swap_remove(place);
        self.write(number, datagram);
        true
    }

    fn make(&mut self, now: Instant) {
        let since = now.saturating_duration_since(self.began);
        let wanted = (since.as_millis() / PACKET.as_millis()) as u64 + 1;
        let late_max = (LATE_MAX.as_millis() / PACKET.as_millis()) as u64;
        self.made = self.made.max(wanted.saturating_sub(late_max));
        while self.made < wanted && self.way.len() < ON_THE_WAY {
            let number = self.made;
            self.made += 1;
            if self.rng.chance(self.network.loss) {
                continue;
            }
            let mut at = self.began + PACKET * number as u32;
            if self.network.jitter_ms > 0.0 {
                at += Duration::from_secs_f32(self.rng.within(0.0, self.network.jitter_ms) / 1_000.0);
            }
            if self.rng.chance(self.network.reorder) {
                at += OVERTAKEN;
            }
            self.way.push((at, number));
        }
    }

    fn write(&self, number: u64, datagram: &mut Vec<u8>) {
        let codes = self.sound.codes(self.law);
        let from = (number as usize).saturating_mul(SAMPLES).min(codes.len());
        let to = (from + SAMPLES).min(codes.len());
        let mut payload = [self.law.encode(0); SAMPLES];
        payload[..to - from].copy_from_slice(&codes[from..to]);
        datagram.clear();
        Packet {
            marker: number == 0,
            payload_type: self.payload_type,
            sequence: (self.ssrc as u16).wrapping_add(number as u16),
            timestamp: self
                .ssrc
                .rotate_left(7)
                .wrapping_add(number as u32 * SAMPLES as u32),
            ssrc: self.ssrc,
            extension: None,
            payload: &payload,
        }
        .write(datagram);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the packets in the order in which they come, and when, ms; the clock goes in steps of 5 ms.
    fn carried(network: Network, ms: u64) -> Vec<(u64, u16)> {
        let began = Instant::now();
        let mut stream = Stream::new(began, Sound::of(&[500; 800]), Law::Mu, 0, 3, network);
        let first = stream.ssrc as u16;
        let mut datagram = Vec::new();
        let mut carried = Vec::new();
        for at in (0..ms).step_by(5) {
            while stream.poll(began + Duration::from_millis(at), &mut datagram) {
                let packet = Packet::parse(&datagram).unwrap();
                carried.push((at, packet.sequence.wrapping_sub(first)));
            }
        }
        carried
    }

    #[test]
    fn a_clean_network_brings_a_packet_each_twenty_milliseconds() {
        let carried = carried(Network::default(), 100);
        assert_eq!(carried, [(0, 0), (20, 1), (40, 2), (60, 3), (80, 4)]);
    }

    #[test]
    fn the_sound_ends_in_silence() {
        let began = Instant::now();
        let mut stream = Stream::new(began, Sound::of(&[9_000; 240]), Law::A, 8, 1, Network::default());
        let mut datagram = Vec::new();
        let mut heard = Vec::new();
        while stream.poll(began + Duration::from_millis(40), &mut datagram) {
            let packet = Packet::parse(&datagram).unwrap();
            assert_eq!(
                packet.timestamp.wrapping_sub(stream.ssrc.rotate_left(7)) as usize,
                heard.len()
            );
            heard.extend(packet.payload.iter().map(|&code| Law::A.decode(code) > 8_000));
        }
        assert_eq!(heard.len(), 480);
        assert_eq!(heard.iter().filter(|loud| **loud).count(), 240);
    }

    #[test]
    fn loss_jitter_and_swapping_come_from_the_seed() {
        let rough = Network {
            loss: 0.1,
            jitter_ms: 15.0,
            reorder: 0.05,
        };
        let once = carried(rough, 20_000);
        assert_eq!(once, carried(rough, 20_000), "equal seeds give equal networks");
        assert!((860..940).contains(&once.len()), "{} of 1000 came", once.len());
        let swapped = once.windows(2).filter(|pair| pair[1].1 < pair[0].1).count();
        assert!((20..80).contains(&swapped), "{swapped} were overtaken");
        let late = once.iter().map(|(at, number)| at - u64::from(*number) * 20).max();
        assert!(late.is_some_and(|late| (30..=50).contains(&late)), "{late:?}");
    }

    #[test]
    fn a_sender_that_was_stopped_goes_on_with_the_present() {
        let began = Instant::now();
        let mut stream = Stream::new(began, Sound::of(&[]), Law::A, 8, 1, Network::default());
        let mut datagram = Vec::new();
        let late = began + Duration::from_secs(60);
        let mut count = 0;
        while stream.poll(late, &mut datagram) {
            count += 1;
        }
        assert_eq!(count, 50);
    }
}
