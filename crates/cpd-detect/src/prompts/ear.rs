//! The ear for prompts: what is told, and when.
//!
//! A prompt is told as soon as the evidence for it suffices and no other prompt of the library fits as well; until then
//! it is a candidate. Telling is not the end: the prompt is followed to its own end, and where the call goes on otherwise
//! (an announcement outside the library that begins with the same words) it is taken back.

use std::sync::Arc;

use super::library::Library;
use super::print::Printer;
use super::trails::{Trail, Trails};
use super::{PromptHeard, PromptId};
use crate::activity::Hearing;
use crate::event::{Event, EventKind};
use crate::events::Events;
use crate::front::Frame;

/// Evidence of a candidate worth telling, bits.
const CANDIDATE_BITS: f32 = 32.0;
/// A prompt that fits less well than the best by this many bits is no rival any more.
const RIVAL_BITS: f32 = 16.0;
/// Two prompts that could not be told apart for this long are not held any longer: they are told apart by nothing that a
/// caller would hear. Hops: 3 s.
const HOLD_HOPS_MAX: u64 = 300;
/// Audio that a match must rest on, hops: prompts of one voice share openings ("The number you have dialled …"), and
/// shorter agreement is an opening rather than a prompt.
const SPAN_HOPS_MIN: u64 = 62;
/// The same where another prompt fits as well and means the same to the call, hops: time for one of them to fall behind.
const ALIKE_HOPS_MIN: u64 = 72;
/// A match is held back while this much speaks against what was heard last, nats: a tenth of a second of other words.
const DOUBT_NATS: f32 = 4.0;
/// What a prompt joined in its middle must outweigh, bits: five calls in six begin at the start, and a middle has a hundred
/// places.
const MIDDLE_BITS: f32 = 6.0;
/// A prompt that begins within so many hops of the trail is played from its start.
const START_HOPS: i64 = 20;
/// The index is looked up every third hop, 30 ms: a signature changes little in less, and a trail is traced back anyway.
pub(crate) const SEEK_HOPS: u64 = 3;

/// Recognises the prompts of a library in one call.
pub struct PromptEar {
    library: Arc<Library>,
    printer: Printer,
    trails: Trails,
    /// Prompts that were taken back and where: not told again at the same place.
    retracted: Option<Trail>,
    empty: bool,
}

impl PromptEar {
    /// An ear for the prompts of a library.
    pub fn new(library: Arc<Library>) -> PromptEar {
        PromptEar {
            empty: library.is_empty(),
            library,
            printer: Printer::new(),
            trails: Trails::new(),
            retracted: None,
        }
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, hearing: &Hearing, events: &mut Events) {
        let _ = hearing;
        if self.empty {
            return;
        }
        let hop = frame.index;
        self.printer.hear(frame);
        self.trails.follow(&self.library, &self.printer, hop);
        // A prompt that is being followed and agrees needs no second opinion.
        let content = self.trails.as_slice().iter().any(|trail| {
            trail.told && trail.against < 1.0 && hop < trail.agreed + 30 && !trail.finished(hop)
        });
        if hop.is_multiple_of(SEEK_HOPS) && !content {
            self.trails.seek(&self.library, &self.printer, hop);
        }
        self.retract(frame, events);
        self.tell(frame, events);
        let library = &self.library;
        self.trails.retain(|trail| !trail.over(library, hop));
    }

    /// The prompt with most evidence at this moment, and how much, bits: for those who look on.
    pub fn strongest(&self) -> Option<(PromptId, f32)> {
        self.trails
            .as_slice()
            .iter()
            .map(|trail| (PromptId(trail.prompt), trail.bits()))
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Takes back what was told and is refuted by what follows. A prompt that began alike is then free to be told.
    fn retract(&mut self, frame: &Frame<'_>, events: &mut Events) {
        let mut retracted = self.retracted;
        self.trails.retain(|trail| {
            if !trail.told || !trail.refuted() {
                return true;
            }
            events.push(event(frame, trail, None, EventKind::PromptRetracted));
            retracted = Some(*trail);
            false
        });
        self.retracted = retracted;
    }

    fn tell(&mut self, frame: &Frame<'_>, events: &mut Events) {
        let hop = frame.index;
        let trails = self.trails.as_slice();
        let Some((best, rank)) = trails
            .iter()
            .enumerate()
            .filter(|(_, trail)| !trail.told && !self.refused(trail))
            .map(|(n, trail)| (n, rank(trail)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
        else {
            return;
        };
        let trail = &trails[best];
        let bits = trail.net_bits();
        if bits < CANDIDATE_BITS {
            return;
        }
        // One prompt plays at a time: while one is followed, another must come after it.
        if trails
            .iter()
            .any(|other| other.told && other.agreed + 10 > trail.began)
        {
            return;
        }
        let rival = trails
            .iter()
            .filter(|other| other.prompt != trail.prompt)
            .map(|other| (other, self::rank(other)))
            .filter(|(_, other)| *other > rank - RIVAL_BITS)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(other, _)| PromptId(other.prompt));
        let span = hop - trail.began;
        // Prompts that mean the same to the call are told apart while it goes on.
        let alike = |rival| span >= ALIKE_HOPS_MIN && self.mean_the_same(PromptId(trail.prompt), rival);
        let settled = rival.is_none_or(alike) || trail.finished(hop) || span >= HOLD_HOPS_MAX;
        // Another voice does not keep time for as long as twice the evidence takes.
        let known = bits >= self.library.match_bits() + middle_bits(trail)
            && span >= SPAN_HOPS_MIN
            && trail.against < DOUBT_NATS
            && (!trail.other_voice() || bits >= 2.0 * self.library.match_bits())
            && settled;
        if known {
            events.push(event(frame, trail, rival, EventKind::Prompt));
            self.trails.as_mut_slice()[best].told = true;
        } else if !trail.hinted {
            events.push(event(frame, trail, rival, EventKind::PromptCandidate));
            self.trails.as_mut_slice()[best].hinted = true;
        }
    }

    /// Whether two prompts give a call the same class.
    fn mean_the_same(&self, a: PromptId, b: PromptId) -> bool {
        match (self.library.info(a), self.library.info(b)) {
            (Some(a), Some(b)) => a.class == b.class,
            (None, _) | (_, None) => false,
        }
    }

    fn refused(&self, trail: &Trail) -> bool {
        self.retracted
            .is_some_and(|old| old.prompt == trail.prompt && (old.place(0) - trail.place(0)).abs() <= 4)
    }
}

/// Evidence less what a prompt joined in its middle must outweigh, bits.
fn rank(trail: &Trail) -> f32 {
    trail.net_bits() - middle_bits(trail)
}

fn middle_bits(trail: &Trail) -> f32 {
    if trail.place(trail.began) < START_HOPS {
        0.0
    } else {
        MIDDLE_BITS
    }
}

fn event(
    frame: &Frame<'_>,
    trail: &Trail,
    runner_up: Option<PromptId>,
    kind: impl FnOnce(PromptHeard) -> EventKind,
) -> Event {
    let bits = trail.bits();
    Event {
        known: frame.end(),
        from: frame.rate.at_hop(trail.began),
        confidence: confidence(bits),
        kind: kind(PromptHeard {
            prompt: PromptId(trail.prompt),
            offset_ms: (trail.place(frame.index + 1).max(0) as u32) * 10,
            bits,
            runner_up,
        }),
    }
}

/// 41 bits are what it takes to outweigh all other audio in one thousand hours; what is beyond is certainty.
fn confidence(bits: f32) -> f32 {
    let odds = (bits - 41.0).clamp(-20.0, 20.0).exp2();
    (odds / (1.0 + odds)).min(0.999)
}
