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
    use cpd_detect::{Library, Plans, Profile, SampleRate, Shared};

    /// The packets of 20 ms, by number, at which a stream has its turn, and those after which the tick gives it one.
    fn turns(rest_ms: u64, lost: &[u16]) -> (Vec<u16>, Vec<u16>) {
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
        let begin = Instant::now();
        let mut hearing = Hearing::new(&plan, &[Format::pcma()], None, begin);
        let (mut by_packet, mut by_tick) = (Vec::new(), Vec::new());
        for number in 0..10_u16 {
            let now = begin + Duration::from_millis(20) * u32::from(number);
            if !lost.contains(&number) {
                let packet = Packet {
                    marker: false,
                    payload_type: 8,
                    sequence: number,
                    timestamp: 160 * u32::from(number),
                    ssrc: 1,
                    extension: None,
                    payload: &[0xd5; 160],
                };
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
