//! From the packets of one live sender to samples and gaps: what a listener hears, when it can be known.
//!
//! A packet that comes in turn is heard at once; nothing is held back to smooth what nobody listens to with ears. One
//! that is missing is waited for while later ones queue behind it, no longer than the jitter allowance; then it is a gap
//! of its length. How long a gap is, the timestamps say, as far as the clock bears them out: time that has not passed
//! here was not silence there. Where nothing comes at all (discontinuous transmission, a peer that stopped) the clock
//! goes on alone.
//!
//! The caller brings the time with each packet and, every few ten milliseconds, with [`Playout::tick`]; after each it
//! takes out with [`Playout::poll`] all there is. Nothing is allocated after [`Playout::new`].

mod waiting;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::{Duration, Instant};

use crate::codec::{Codec, Decoder};
use crate::rtp::{Packet, TelephoneEvent};
use crate::sdp::Format;
use waiting::{NotTaken, Place, Waiting};

/// How long a missing packet is waited for: three packets of 20 ms, what a trunk's reordering stays within.
pub const ALLOWANCE: Duration = Duration::from_millis(60);
/// Nothing has come for so long: the clock goes on alone. Radio networks stop for as long as this and then deliver all
/// that waited; the gap would then have been none.
const STALL: Duration = Duration::from_millis(200);
/// Timestamps may be ahead of our clock by so much: what a burst after a stall makes of them.
const SLACK_NS: i64 = 200_000_000;
/// More audio than time, by so much: a flood, and no more is heard until time has come after. The longest burst that is
/// still a call's own.
const FLOOD_NS: i64 = 2_000_000_000;
/// The sender's clock is followed over 1,024 packets, some 20 s: quick enough for 100 ppm, too slow for jitter.
const DRIFT_PACKETS: i64 = 1_024;
/// No clock is wrong by more than a hundredth; a flood shall not pass for drift.
const DRIFT_PARTS: i64 = 100;
/// Gaps by the clock are told in steps of 10 ms, the hop of the detector.
const STEP: u64 = 80;
/// A sample at 8 kHz.
const SAMPLE_NS: i64 = 125_000;
/// Bytes of the longest payload: what a datagram of 1,500 bytes holds. In G.711 that is as many samples, 182 ms; no other
/// codec makes more of it.
const PAYLOAD_MAX: usize = 1_460;
/// A number so far ahead is a new beginning (RFC 3550, A.1).
const DROPOUT_MAX: i64 = 3_000;
/// A number so far behind is a new beginning too (RFC 3550, A.1: MAX_MISORDER).
const MISORDER_MAX: i64 = 100;

/// What comes out, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Samples at 8 kHz.
    Samples(&'a [i16]),
    /// So many samples were lost or not sent.
    Gap(u64),
    /// A telephone event began here.
    Event(TelephoneEvent),
}

/// What was heard, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets taken.
    pub packets: u64,
    /// Packets that had come before.
    pub duplicates: u64,
    /// Packets that came after their time.
    pub late: u64,
    /// Sequence numbers that never came in time.
    pub missing: u64,
    /// Packets of a payload that cannot be heard.
    pub unheard: u64,
    /// Times that a new sender or a new numbering began.
    pub restarts: u64,
    /// Packets beyond what time allows, too long, or without room to wait.
    pub flooded: u64,
}

/// Puts the packets of one side in order and in time.
pub struct Playout {
    roles: [Role; 128],
    decoders: Vec<(Codec, Decoder)>,
    allowance: Duration,
    waiting: Waiting,
    now: Option<Instant>,
    ssrc: Option<u32>,
    /// The numbering that newly come packets belong to, and the highest number in it.
    newest: Place,
    /// The packet that is heard next.
    next: Option<Place>,
    /// Timestamp of the next sample, and ticks of the sender's clock to a sample.
    due: Option<(u32, u32)>,
    /// Which decoder was used last.
    decoder: Option<u8>,
    /// Heard is ahead of the clock by so much; behind where negative.
    lead_ns: i64,
    /// When the last packet of audio came.
    audio_at: Option<Instant>,
    event_at: Option<u32>,
    samples: Vec<i16>,
    counts: Counts,
}

/// What a payload type is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Audio of a decoder, and ticks of its clock to a sample at 8 kHz.
    Audio {
        decoder: u8,
        ticks: u8,
    },
    Event,
    /// Comfort noise: a gap that need not be told.
    Noise,
    Unheard,
}

impl Playout {
    /// For the codecs of a description. Without one (a peer that sends before it answers) the numbers that need no map
    /// still stand for themselves.
    pub fn new(formats: &[Format], allowance: Duration) -> Playout {
        let mut roles = [Role::Unheard; 128];
        let mut decoders: Vec<(Codec, Decoder)> = Vec::new();
        let mut role = |codec: Codec| match codec {
            Codec::TelephoneEvent => Role::Event,
            Codec::ComfortNoise => Role::Noise,
            Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::Opus | Codec::Other => {
                let known = decoders.iter().position(|(have, _)| *have == codec);
                let place = known.or_else(|| {
                    decoders.push((codec, Decoder::new(codec)?));
                    Some(decoders.len() - 1)
                });
                place.map_or(Role::Unheard, |place| Role::Audio {
                    // No more decoders than codecs.
                    decoder: place as u8,
                    ticks: ticks_per_sample(codec),
                })
            }
        };
        for payload_type in [0, 8, 13] {
            roles[usize::from(payload_type)] = role(Codec::of_static_type(payload_type));
        }
        for format in formats {
            if let Some(place) = roles.get_mut(usize::from(format.payload_type)) {
                *place = role(format.codec);
            }
        }
        Playout {
            roles,
            decoders,
            allowance,
            waiting: Waiting::new(),
            now: None,
            ssrc: None,
            newest: (0, 0),
            next: None,
            due: None,
            decoder: None,
            lead_ns: 0,
            audio_at: None,
            event_at: None,
            samples: Vec::with_capacity(PAYLOAD_MAX),
            counts: Counts::default(),
        }
    }

    /// Takes a packet that came now.
    pub fn push(&mut self, now: Instant, packet: &Packet<'_>) {
        self.pass_until(now);
        self.counts.packets += 1;
        if self.lead_ns > FLOOD_NS || packet.payload.len() > PAYLOAD_MAX {
            self.counts.flooded += 1;
            return;
        }
        let place = self.place(packet);
        if self.next.is_some_and(|next| place < next) {
            self.counts.late += 1;
            return;
        }
        match self.waiting.insert(place, now, packet) {
            Ok(()) => self.newest = self.newest.max(place),
            Err(NotTaken::Duplicate) => self.counts.duplicates += 1,
            Err(NotTaken::Full) => self.counts.flooded += 1,
        }
    }

    /// Time passes.
    pub fn tick(&mut self, now: Instant) {
        self.pass_until(now);
    }

    /// The next piece, as far as it can be known now. `None`: all is taken out until the next packet or tick.
    pub fn poll(&mut self) -> Option<Piece<'_>> {
        loop {
            let Some(slot) = self.waiting.first() else {
                return self.silence().map(Piece::Gap);
            };
            let next = *self.next.get_or_insert(slot.place);
            if slot.place != next {
                if !self.is_given_up(next) {
                    return None;
                }
                self.skip(next, slot.place);
                if next.0 != slot.place.0
                    && let Some(samples) = self.restart()
                {
                    return Some(Piece::Gap(samples));
                }
            }
            match self.roles[usize::from(slot.payload_type & 0x7f)] {
                Role::Audio { decoder, ticks } => {
                    if let Some(samples) = self.gap_before(slot.timestamp, u32::from(ticks)) {
                        return Some(Piece::Gap(samples));
                    }
                    if self.hear(decoder, u32::from(ticks)) {
                        return Some(Piece::Samples(&self.samples));
                    }
                }
                Role::Event => {
                    let event = TelephoneEvent::parse(self.waiting.payload(slot));
                    self.leave();
                    // An event is repeated in every packet that it lasts.
                    if let Some(event) = event
                        && self.event_at.replace(slot.timestamp) != Some(slot.timestamp)
                    {
                        return Some(Piece::Event(event));
                    }
                }
                Role::Noise => self.leave(),
                Role::Unheard => {
                    self.counts.unheard += 1;
                    self.leave();
                }
            }
        }
    }

    /// What was heard so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The clock moves on; it never goes back.
    fn pass_until(&mut self, now: Instant) {
        let before = *self.now.get_or_insert(now);
        let passed = now.saturating_duration_since(before);
        self.now = Some(before.max(now));
        // Before the first audio there is no time to be behind of.
        if self.audio_at.is_some() {
            self.lead_ns = self
                .lead_ns
                .saturating_sub(i64::try_from(passed.as_nanos()).unwrap_or(i64::MAX));
        }
    }

    /// The packet's place among all; a new sender or a jump begins a new numbering.
    fn place(&mut self, packet: &Packet<'_>) -> Place {
        let (epoch, highest) = self.newest;
        let step = i64::from(packet.sequence.wrapping_sub(highest as u16) as i16);
        let begins = match self.ssrc {
            None => true,
            Some(ssrc) => ssrc != packet.ssrc || !(-MISORDER_MAX..=DROPOUT_MAX).contains(&step),
        };
        if !begins {
            return (epoch, highest.saturating_add_signed(step));
        }
        if self.ssrc.replace(packet.ssrc).is_some() {
            self.counts.restarts += 1;
        }
        // Room below for packets that were sent earlier and come later.
        self.newest = (epoch.saturating_add(1), (1 << 32) + u64::from(packet.sequence));
        self.newest
    }

    /// Whether what is missing is waited for no longer.
    fn is_given_up(&self, next: Place) -> bool {
        let waited = self.now.zip(self.waiting.since());
        self.newest.0 != next.0
            || self.waiting.is_full()
            || waited.is_some_and(|(now, since)| now.saturating_duration_since(since) >= self.allowance)
    }

    /// What was waited for will not be heard.
    fn skip(&mut self, next: Place, place: Place) {
        if next.0 == place.0 {
            self.counts.missing += place.1 - next.1;
        }
        self.next = Some(place);
    }

    /// Another numbering begins: only the clock knows how much lies between.
    fn restart(&mut self) -> Option<u64> {
        self.due = None;
        self.decoder = None;
        for (_, decoder) in &mut self.decoders {
            decoder.forget();
        }
        let behind = -self.lead_ns;
        (behind > self.allowance.as_nanos() as i64).then(|| self.pass_gap((behind / SAMPLE_NS) as u64))
    }

    /// Where nothing comes, time passes all the same, as far behind the clock as a packet may be late.
    fn silence(&mut self) -> Option<u64> {
        let (now, audio_at) = self.now.zip(self.audio_at)?;
        if now.saturating_duration_since(audio_at) < STALL.max(self.allowance) {
            return None;
        }
        let behind = -self.lead_ns - self.allowance.as_nanos() as i64;
        let samples = u64::try_from(behind / SAMPLE_NS).ok()? / STEP * STEP;
        (samples > 0).then(|| self.pass_gap(samples))
    }

    /// The gap that the timestamps tell, where the clock bears it out.
    fn gap_before(&mut self, timestamp: u32, ticks: u32) -> Option<u64> {
        let (due, before) = self.due?;
        let ahead = i64::from(timestamp.wrapping_sub(due) as i32) / i64::from(ticks);
        if before != ticks || ahead <= 0 {
            return None;
        }
        (ahead * SAMPLE_NS <= SLACK_NS.saturating_sub(self.lead_ns)).then(|| self.pass_gap(ahead as u64))
    }

    fn pass_gap(&mut self, samples: u64) -> u64 {
        self.lead_ns = self
            .lead_ns
            .saturating_add((samples as i64).saturating_mul(SAMPLE_NS));
        if let Some((due, ticks)) = &mut self.due {
            *due = due.wrapping_add((samples as u32).wrapping_mul(*ticks));
        }
        if let Some(place) = self.decoder
            && let Some((_, decoder)) = self.decoders.get_mut(usize::from(place))
        {
            decoder.lose(samples);
        }
        samples
    }

    /// Decodes the first packet that waits; whether it held any samples.
    fn hear(&mut self, decoder: u8, ticks: u32) -> bool {
        let Some(slot) = self.waiting.first() else {
            return false;
        };
        self.samples.clear();
        if let Some((_, codec)) = self.decoders.get_mut(usize::from(decoder)) {
            codec.decode(self.waiting.payload(slot), &mut self.samples);
        }
        self.leave();
        self.decoder = Some(decoder);
        let samples = self.samples.len() as u32;
        self.due = Some((slot.timestamp.wrapping_add(samples.wrapping_mul(ticks)), ticks));
        if self.audio_at.is_none() {
            // Time begins with the first packet.
            self.lead_ns = 0;
        }
        let length = i64::from(samples) * SAMPLE_NS;
        self.lead_ns += length;
        // A packet is its length ahead of the clock when it comes; what is more or less is jitter, or drift.
        let drift = (self.lead_ns - length) / DRIFT_PACKETS;
        self.lead_ns -= drift.clamp(-length / DRIFT_PARTS, length / DRIFT_PARTS);
        self.audio_at = self.audio_at.max(Some(slot.arrived));
        samples > 0
    }

    /// The first packet that waits has had its turn.
    fn leave(&mut self) {
        self.waiting.remove_first();
        if let Some((_, number)) = &mut self.next {
            *number += 1;
        }
    }
}

impl fmt::Debug for Playout {
    /// No audio.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Playout")
            .field("lead_ns", &self.lead_ns)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

/// Ticks of the RTP clock to a sample at 8 kHz.
fn ticks_per_sample(codec: Codec) -> u8 {
    match codec {
        Codec::Opus => 6,
        Codec::Pcmu
        | Codec::Pcma
        | Codec::G722
        | Codec::ComfortNoise
        | Codec::TelephoneEvent
        | Codec::Other => 1,
    }
}
