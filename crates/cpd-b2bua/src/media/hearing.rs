//! One stream that is listened to: packets wait until they are in order, become samples, and are heard.

use std::time::Instant;

use cpd_media::codec::{Codec, Decoder};
use cpd_media::rtp::Packet;

use super::command::ListenPlan;
use super::listen::Listener;
use super::record::Recorder;

pub(super) struct Hearing {
    pub(super) listener: Listener,
    /// When the newest packet came.
    pub(super) arrival: Instant,
    /// It waits among those that are to be heard.
    pub(super) is_due: bool,
    samples: Vec<i16>,
}

impl Hearing {
    pub(super) fn new(plan: &ListenPlan, recorder: Option<Recorder>, now: Instant) -> Hearing {
        Hearing {
            listener: Listener::new(plan, recorder),
            arrival: now,
            is_due: false,
            samples: Vec::with_capacity(4_000),
        }
    }

    pub(super) fn take(&mut self, packet: &Packet<'_>, kind: Codec, now: Instant) {
        self.arrival = now;
        if let Some(mut decoder) = Decoder::new(kind) {
            decoder.decode(packet.payload, &mut self.samples);
        }
    }

    pub(super) fn is_waiting(&self, _now: Instant) -> bool {
        false
    }

    pub(super) fn hear(&mut self, _now: Instant) {
        self.listener.push(&self.samples);
        self.samples.clear();
    }

    pub(super) fn end(&mut self, now: Instant) {
        self.hear(now);
        self.listener.ended();
    }

    pub(super) fn into_recorder(self) -> Option<Recorder> {
        self.listener.into_recorder()
    }
}
