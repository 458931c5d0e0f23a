//! Packets in simulated time, and what is heard when.

use proptest::prelude::*;

use super::*;
use crate::g711::Law;

/// Some instant; only differences count.
#[allow(clippy::disallowed_methods, reason = "there is no other way to an instant")]
pub(super) fn start() -> Instant {
    Instant::now()
}

/// A sender, the clock, and a playout between them. Packets are 20 ms of A-law, each of its own code.
struct Scene {
    playout: Playout,
    start: Instant,
    told: Vec<String>,
    /// Samples out.
    heard: u64,
}

impl Scene {
    fn new() -> Scene {
        let formats = [Format::pcma(), Format::telephone_event(101)];
        Scene {
            playout: Playout::new(&formats, ALLOWANCE),
            start: start(),
            told: Vec::new(),
            heard: 0,
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    fn packet(&mut self, ms: u64, packet: &Packet<'_>) {
        self.playout.push(self.at(ms), packet);
        self.take(ms);
    }

    /// Packet `index` of a steady sender comes.
    fn comes(&mut self, ms: u64, index: u16) {
        let code = [Law::A.encode(1_000 + 200 * (index % 100) as i16); 160];
        let packet = audio(index, u32::from(index) * 160, &code);
        self.packet(ms, &packet);
    }

    fn tick(&mut self, ms: u64) {
        self.playout.tick(self.at(ms));
        self.take(ms);
    }

    fn take(&mut self, ms: u64) {
        while let Some(piece) = self.playout.poll() {
            match piece {
                Piece::Samples(samples) => {
                    self.heard += samples.len() as u64;
                    let first = (samples[0] - 1_000 + 100) / 200;
                    self.told.push(format!("{ms}: {first}"));
                }
                Piece::Gap(samples) => {
                    self.heard += samples;
                    self.told.push(format!("{ms}: gap {samples}"));
                }
                Piece::Event(event) => self.told.push(format!("{ms}: event {:?}", event.digit())),
            }
        }
    }

    fn told(&mut self) -> String {
        std::mem::take(&mut self.told).join(", ")
    }
}

fn audio(sequence: u16, timestamp: u32, payload: &[u8]) -> Packet<'_> {
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

#[test]
fn in_turn_is_heard_at_once() {
    let mut scene = Scene::new();
    for index in 0..3 {
        scene.comes(u64::from(index) * 20, index);
    }
    assert_eq!(scene.told(), "0: 0, 20: 1, 40: 2");
}

#[test]
fn out_of_turn_waits_for_its_turn() {
    let mut scene = Scene::new();
    scene.comes(0, 0);
    scene.comes(40, 2);
    scene.comes(41, 2);
    scene.comes(45, 1);
    scene.comes(60, 3);
    assert_eq!(scene.told(), "0: 0, 45: 1, 45: 2, 60: 3");
    assert_eq!(scene.playout.counts().duplicates, 1);
}

#[test]
fn what_is_missing_becomes_a_gap_by_later_packets() {
    let mut scene = Scene::new();
    for index in (0..7).filter(|&index| index != 1 && index != 2) {
        scene.comes(u64::from(index) * 20, index);
    }
    assert_eq!(scene.told(), "0: 0, 120: gap 320, 120: 3, 120: 4, 120: 5, 120: 6");
    scene.comes(125, 2);
    assert_eq!(scene.told(), "");
    let counts = scene.playout.counts();
    assert_eq!((counts.missing, counts.late), (2, 1));
}

#[test]
fn what_is_missing_becomes_a_gap_by_the_clock() {
    let mut scene = Scene::new();
    scene.comes(0, 0);
    scene.comes(40, 2);
    for ms in [50, 60, 80, 99, 100, 110] {
        scene.tick(ms);
    }
    assert_eq!(scene.told(), "0: 0, 100: gap 160, 100: 2");
}

#[test]
fn a_pause_is_as_long_as_its_timestamps_say() {
    let mut scene = Scene::new();
    let code = [Law::A.encode(1_000); 160];
    scene.comes(0, 0);
    // Comfort noise, then nothing for 100 ms.
    let noise = Packet {
        payload_type: 13,
        ..audio(1, 160, &[60])
    };
    scene.packet(20, &noise);
    scene.tick(60);
    scene.packet(120, &audio(2, 960, &code));
    assert_eq!(scene.told(), "0: 0, 120: gap 800, 120: 0");
}

#[test]
fn where_nothing_comes_time_passes() {
    let mut scene = Scene::new();
    scene.comes(0, 0);
    for ms in (20..=300).step_by(20) {
        scene.tick(ms);
    }
    // 200 ms without a packet; then as far as 60 ms behind the clock, in whole hops.
    assert_eq!(
        scene.told(),
        "0: 0, 200: gap 960, 220: gap 160, 240: gap 160, 260: gap 160, 280: gap 160, 300: gap 160"
    );
    // The sender's own pause ends where the timestamps say.
    let code = [Law::A.encode(1_000); 160];
    scene.packet(320, &audio(1, 2_560, &code));
    assert_eq!(scene.told(), "320: gap 640, 320: 0");
    assert_eq!(scene.heard, 160 + 2_400 + 160);
}

#[test]
fn a_stall_and_its_burst_lose_nothing() {
    let mut scene = Scene::new();
    scene.comes(0, 0);
    for ms in (20..=400).step_by(20) {
        scene.tick(ms);
    }
    scene.told();
    for index in 1..=20 {
        scene.comes(401, index);
    }
    let told = scene.told();
    assert_eq!(told.matches("gap").count(), 0, "{told}");
    assert_eq!(told.matches("401: ").count(), 20);
    // It is ahead of the clock now: the next silence is told later, not twice.
    let heard = scene.heard;
    for ms in (402..=600).step_by(6) {
        scene.tick(ms);
    }
    assert_eq!(scene.heard, heard);
}

#[test]
fn timestamps_that_outrun_the_clock_are_not_believed() {
    let mut scene = Scene::new();
    let code = [Law::A.encode(1_000); 160];
    // G.722 is often sent with a clock of 16 kHz; here A-law is.
    for index in 0..1_000_u16 {
        let packet = audio(index, u32::from(index) * 320, &code);
        scene.packet(u64::from(index) * 20, &packet);
    }
    let surplus = scene.heard - 1_000 * 160;
    assert!(surplus < 8_000, "{surplus}");
    assert_eq!(scene.playout.counts().flooded, 0);
    // An hour's jump is none.
    let before = scene.heard;
    scene.packet(20_000, &audio(1_000, 3_600 * 8_000 + 320_000, &code));
    assert_eq!(scene.heard - before, 160);
}

#[test]
fn a_new_sender_begins_where_the_clock_stands() {
    let mut scene = Scene::new();
    scene.comes(0, 0);
    scene.comes(40, 2);
    let code = [Law::A.encode(1_000 + 200 * 50); 160];
    let other = Packet {
        ssrc: 2,
        ..audio(60_000, 77, &code)
    };
    scene.packet(60, &other);
    // What waited is not kept waiting by another sender's packets.
    assert_eq!(scene.told(), "0: 0, 60: gap 160, 60: 2, 60: 50");
    let later = Packet {
        ssrc: 3,
        ..audio(9, 0, &code)
    };
    scene.packet(240, &later);
    assert_eq!(scene.told(), "240: gap 1279, 240: 50");
    assert_eq!(scene.playout.counts().restarts, 2);
}

#[test]
fn a_digit_is_told_once() {
    let mut scene = Scene::new();
    scene.comes(0, 0);
    for (sequence, end) in [(1, 0), (2, 0), (3, 0x80), (4, 0x80)] {
        let payload = [5, 0x0a | end, 0, 160];
        let event = Packet {
            payload_type: 101,
            ..audio(sequence, 160, &payload)
        };
        scene.packet(u64::from(sequence) * 20, &event);
    }
    scene.comes(100, 5);
    assert_eq!(scene.told(), "0: 0, 20: event Some('5'), 100: gap 640, 100: 5");
}

#[test]
fn a_flood_is_heard_no_faster_than_time() {
    let mut scene = Scene::new();
    for index in 0..10_000_u16 {
        scene.comes(u64::from(index / 50), index);
    }
    // 200 ms passed, 200 s were sent; beyond two seconds only what waited for its turn is heard.
    assert!(
        scene.heard <= 8_000 * 22 / 10 * 101 / 100 + 17 * 160,
        "{}",
        scene.heard
    );
    assert!(scene.playout.counts().flooded > 9_000);
}

#[test]
fn unknown_and_overlong_payloads_are_counted() {
    let mut scene = Scene::new();
    let payload = [0; 4_000];
    scene.packet(
        0,
        &Packet {
            payload_type: 18,
            ..audio(0, 0, &payload[..20])
        },
    );
    scene.packet(20, &audio(1, 160, &payload));
    assert_eq!(scene.told(), "");
    let counts = scene.playout.counts();
    assert_eq!((counts.unheard, counts.flooded), (1, 1));
}

proptest! {
    /// Within the allowance, neither order nor repetition changes what is heard.
    #[test]
    fn order_does_not_matter(lates in prop::collection::vec((0_u64..55, any::<bool>()), 2..80), first: u16) {
        let mut order: Vec<(u64, u16)> = Vec::new();
        for (index, &(late, twice)) in lates.iter().enumerate() {
            // The first is in time: who comes before it is not waited for.
            let late = if index == 0 { 0 } else { late };
            order.push((index as u64 * 20 + late, index as u16));
            if twice {
                order.push((index as u64 * 20 + late + 1, index as u16));
            }
        }
        order.sort_unstable();
        let mut playout = Playout::new(&[Format::pcma()], ALLOWANCE);
        let start = start();
        let mut heard = Vec::new();
        for (ms, index) in order {
            let code = [index as u8; 160];
            let packet = audio(first.wrapping_add(index), u32::from(index) * 160, &code);
            playout.push(start + Duration::from_millis(ms), &packet);
            while let Some(piece) = playout.poll() {
                match piece {
                    Piece::Samples(samples) => heard.extend_from_slice(samples),
                    other => prop_assert!(false, "{other:?}"),
                }
            }
        }
        let mut wanted = Vec::new();
        for index in 0..lates.len() {
            wanted.extend([Law::A.decode(index as u8); 160]);
        }
        prop_assert_eq!(heard, wanted);
    }

    /// Whatever comes, nothing panics, and no more is heard than time and the allowances hold.
    #[test]
    fn heard_is_bounded_by_time(
        steps in prop::collection::vec((0_u64..3_000, any::<u16>(), any::<u32>(), 0_u8..20, 0_u32..2, 0_usize..1_500, any::<bool>()), 1..200)
    ) {
        let mut playout = Playout::new(&[Format::pcma(), Format::telephone_event(11)], ALLOWANCE);
        let start = start();
        let payload = [0x55; 1_500];
        let (mut ms, mut heard) = (0, 0);
        for (step, sequence, timestamp, payload_type, ssrc, length, only_tick) in steps {
            ms += step / 10 * u64::from(step % 10 == 0);
            let now = start + Duration::from_millis(ms);
            if only_tick {
                playout.tick(now);
            } else {
                playout.push(now, &Packet { payload_type, ssrc, ..audio(sequence % 200, timestamp % 9_000, &payload[..length]) });
            }
            while let Some(piece) = playout.poll() {
                heard += match piece {
                    Piece::Samples(samples) => samples.len() as u64,
                    Piece::Gap(samples) => samples,
                    Piece::Event(_) => 0,
                };
            }
            // Time, a flood, the packets that waited, and what following a drift gives.
            prop_assert!(heard <= (ms + 2_000 + 200) * 8 * 102 / 100 + 17 * 1_460, "{heard} in {ms} ms");
        }
    }
}

#[test]
fn opus_counts_time_at_48_khz() {
    let mut playout = Playout::new(&[Format::opus(96)], ALLOWANCE);
    let start = start();
    // A packet of silence, 20 ms (RFC 6716, table 2: CELT, narrowband, mono).
    let mut push = |index: u16| {
        let packet = Packet {
            payload_type: 96,
            ..audio(index, u32::from(index) * 960, &[0x98])
        };
        playout.push(start + Duration::from_millis(u64::from(index) * 20), &packet);
        let mut told = Vec::new();
        while let Some(piece) = playout.poll() {
            told.push(match piece {
                Piece::Samples(samples) => samples.len() as i64,
                Piece::Gap(samples) => -(samples as i64),
                Piece::Event(_) => 0,
            });
        }
        told
    };
    assert_eq!(push(0), [160]);
    assert_eq!(push(1), [160]);
    assert_eq!(push(3), [0; 0]);
    assert_eq!(push(6), [-160, 160]);
    assert_eq!(push(9), [-320, 160]);
}

/// It is made where calls are decided and used where packets come.
#[test]
fn it_may_move_between_threads() {
    fn moves<T: Send>() {}
    moves::<Playout>();
}
