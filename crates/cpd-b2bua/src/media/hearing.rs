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

    /// A packet came; it is heard at the next [`Hearing::hear`].
    pub(super) fn take(&mut self, packet: &Packet<'_>, now: Instant) {
        self.arrival = now;
        self.playout.push(now, packet);
    }

    /// Time has to pass though nothing comes.
    pub(super) fn is_quiet(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.heard) >= QUIET
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
