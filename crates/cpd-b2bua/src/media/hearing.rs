//! One stream that is listened to: packets wait until they are in order and in time, become samples, and are heard.

use std::time::{Duration, Instant};

use cpd_media::playout::{ALLOWANCE, Piece, Playout};
use cpd_media::rtp::Packet;
use cpd_media::sdp::Format;

use super::command::ListenPlan;
use super::listen::Listener;
use super::record::Recorder;

/// Without a packet for so long, time is looked after: two packets' time, so that a steady stream needs none of it.
const QUIET: Duration = Duration::from_millis(40);

/// Time from which a packet that waits for another is heard alone: packets of 20 ms have come by then unless one is lost.
const ALONE: Duration = Duration::from_millis(25);

/// A stream that is listened to.
pub(super) struct Hearing {
    pub(super) listener: Listener,
    /// When the newest packet came.
    pub(super) arrival: Instant,
    /// It waits among those that are to be heard.
    pub(super) is_due: bool,
    playout: Playout,
    formats: Vec<Format>,
    heard: Instant,
    /// When it was its turn last, by the packet that made it so.
    turn: Option<Instant>,
}

impl Hearing {
    pub(super) fn new(
        plan: &ListenPlan,
        formats: &[Format],
        recorder: Option<Recorder>,
        now: Instant,
    ) -> Hearing {
        Hearing {
            listener: Listener::new(plan, recorder),
            arrival: now,
            is_due: false,
            playout: Playout::new(formats, ALLOWANCE),
            formats: formats.to_vec(),
            heard: now,
            turn: None,
        }
    }

    /// A description came. Where it changes what payload types mean, what waits is heard as it was meant.
    pub(super) fn redescribe(&mut self, formats: Vec<Format>, now: Instant) {
        if formats != self.formats {
            self.hear(now);
            self.playout = Playout::new(&formats, ALLOWANCE);
            self.formats = formats;
        }
    }

    /// A packet came; it is heard at the next [`Hearing::hear`]. Says whether that is to be now, for a stream that has
    /// its turn no sooner than `rest` after the last one.
    pub(super) fn take(&mut self, packet: &Packet<'_>, now: Instant, rest: Duration) -> bool {
        self.arrival = now;
        self.playout.push(now, packet);
        let is_rested = self
            .turn
            .is_none_or(|turn| now.saturating_duration_since(turn) >= rest);
        if is_rested && !self.is_due {
            self.turn = Some(now);
            self.is_due = true;
            return true;
        }
        false
    }

    /// Time has to pass though nothing comes, or the last packet waits for one that does not.
    pub(super) fn is_quiet(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.heard) >= QUIET
            && now.saturating_duration_since(self.arrival) >= ALONE
    }

    /// Hears what can be known now.
    pub(super) fn hear(&mut self, now: Instant) {
        self.heard = now;
        self.playout.tick(now);
        while let Some(piece) = self.playout.poll() {
            match piece {
                Piece::Samples(samples) => self.listener.push(samples),
                Piece::Gap(samples) => self.listener.gap(samples),
                // Digits of both sides are told when their packet comes.
                Piece::Event(_) => {}
            }
        }
    }

    /// The stream is over.
    pub(super) fn end(&mut self, now: Instant) {
        self.hear(now);
        self.listener.ended();
    }

    pub(super) fn into_recorder(self) -> Option<Recorder> {
        self.listener.into_recorder()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::command::Purpose;
    use cpd_detect::{Event, Library, Plans, Profile, SampleRate, Shared};
    use cpd_media::Law;
    use cpd_sim::call::Scene;
    use cpd_sim::tones::Beep;
    use cpd_sim::{Line, voice};

    fn hearing(begin: Instant) -> Hearing {
        let plan = ListenPlan {
            shared: Shared::new(
                SampleRate::NARROWBAND,
                Arc::new(Plans::built_in()),
                Arc::new(Library::empty()),
            ),
            profile: Profile::default(),
            purpose: Purpose::Act,
            record: None,
        };
        Hearing::new(&plan, &[Format::pcma()], None, begin)
    }

    /// What is heard in a call that rings, is answered by a machine and beeps, and at which millisecond it is told: every
    /// packet of 20 ms comes when it was said, but for those that are lost; time is looked after at `tick_ms` past a packet.
    fn told(rest_ms: u64, tick_ms: u64, is_lost: fn(u16) -> bool) -> Vec<(Event, u64)> {
        let greeting = voice::load(voice::clip("guestbook").unwrap());
        let scene = Scene::new().ringback(6_000.0).silence(300.0).greeting(&greeting);
        let scene = scene.silence(500.0).beep(&Beep::plain()).silence(2_000.0);
        let samples = scene.carried(&Line::clean()).samples;
        let begin = Instant::now();
        let mut hearing = hearing(begin);
        let mut told = Vec::new();
        for (number, samples) in (0_u16..).zip(samples.chunks_exact(160)) {
            for ms in u64::from(number) * 20..u64::from(number + 1) * 20 {
                let now = begin + Duration::from_millis(ms);
                if ms % 20 == 0 && !is_lost(number) {
                    let mut payload = [0; 160];
                    Law::A.encode_slice(samples, &mut payload);
                    let packet = packet(number, &payload);
                    if hearing.take(&packet, now, Duration::from_millis(rest_ms)) {
                        hearing.is_due = false;
                        hearing.hear(now);
                    }
                }
                if ms % 20 == tick_ms && hearing.is_quiet(now) {
                    hearing.hear(now);
                }
                while let Some(event) = hearing.listener.poll() {
                    told.push((event, ms));
                }
            }
        }
        told
    }

    /// The same is told with rests, later by so many milliseconds at least and at most.
    #[track_caller]
    fn later(is_lost: fn(u16) -> bool) -> (u64, u64) {
        let mut delays = Vec::new();
        for tick_ms in [0, 5, 10, 15] {
            let (steady, resting) = (told(0, tick_ms, is_lost), told(30, tick_ms, is_lost));
            let events = |told: &[(Event, u64)]| -> Vec<String> {
                told.iter().map(|(event, _)| format!("{event:?}")).collect()
            };
            assert!(steady.len() > 8, "{steady:?}");
            assert_eq!(events(&resting), events(&steady));
            delays.extend(steady.iter().zip(&resting).map(|(one, other)| other.1 - one.1));
        }
        (*delays.iter().min().unwrap(), *delays.iter().max().unwrap())
    }

    #[test]
    fn what_a_stream_that_rests_tells_comes_a_packet_later_at_most() {
        assert_eq!(later(|_| false), (0, 20));
    }

    /// What was said last before a lost packet waits until it is [`ALONE`], and then for a tick: 45 ms at most, 40 by these
    /// ticks.
    #[test]
    fn beside_lost_packets_it_waits_for_the_tick() {
        let (least, most) = later(|number| number % 7 == 3);
        assert_eq!((least, most), (0, 40));
    }

    fn packet(number: u16, payload: &[u8]) -> Packet<'_> {
        Packet {
            marker: false,
            payload_type: 8,
            sequence: number,
            timestamp: 160 * u32::from(number),
            ssrc: 1,
            extension: None,
            payload,
        }
    }

    /// The packets of 20 ms, by number, at which a stream has its turn, and those after which the tick gives it one.
    fn turns(rest_ms: u64, lost: &[u16]) -> (Vec<u16>, Vec<u16>) {
        let begin = Instant::now();
        let mut hearing = hearing(begin);
        let (mut by_packet, mut by_tick) = (Vec::new(), Vec::new());
        for number in 0..10_u16 {
            let now = begin + Duration::from_millis(20) * u32::from(number);
            if !lost.contains(&number) {
                let packet = packet(number, &[0xd5; 160]);
                if hearing.take(&packet, now, Duration::from_millis(rest_ms)) {
                    by_packet.push(number);
                }
            }
            let later = now + Duration::from_millis(19);
            if hearing.is_due {
                hearing.is_due = false;
                hearing.hear(now);
            } else if hearing.is_quiet(later) {
                by_tick.push(number);
                hearing.hear(later);
            }
        }
        (by_packet, by_tick)
    }

    #[test]
    fn a_stream_that_rests_is_heard_two_packets_at_a_time() {
        assert_eq!(turns(0, &[]).0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(turns(30, &[]), (vec![0, 2, 4, 6, 8], vec![]));
    }

    #[test]
    fn a_packet_that_waits_for_a_lost_one_is_heard_alone() {
        let (by_packet, by_tick) = turns(30, &[4, 5]);
        assert_eq!(by_packet, [0, 2, 6, 8]);
        assert_eq!(by_tick, [4], "39 ms after the third packet");
    }
}
