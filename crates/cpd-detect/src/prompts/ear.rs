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

/// Evidence of a match, bits: one of 10,000 prompts, deciding ten times a second, at one false match in 1,000 hours.
const MATCH_BITS: f32 = 48.0;
/// Evidence of a candidate worth telling, bits.
const CANDIDATE_BITS: f32 = 32.0;
/// A prompt that fits less well than the best by this many bits is no rival any more.
const RIVAL_BITS: f32 = 16.0;
/// Two prompts that could not be told apart for this long are not held any longer: they are told apart by nothing that a
/// caller would hear. Hops: 3 s.
const HOLD_HOPS_MAX: u64 = 300;
/// Audio that a match must rest on, hops: prompts of one voice share openings ("The number you have dialled …"), and
/// shorter agreement is an opening rather than a prompt.
const SPAN_HOPS_MIN: u64 = 60;
/// Log-likelihood ratio at which a match is taken back, nats.
const RETRACT_NATS: f32 = 30.0;
/// Looks the index up every second hop: 20 ms.
const SEEK_HOPS: u64 = 2;

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

    fn retract(&mut self, frame: &Frame<'_>, events: &mut Events) {
        let mut retracted = self.retracted;
        self.trails.retain(|trail| {
            if !trail.told || trail.against < RETRACT_NATS {
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
        let Some((best, bits)) = trails
            .iter()
            .enumerate()
            .filter(|(_, trail)| !trail.told && trail.against < 3.0)
            .map(|(n, trail)| (n, trail.bits()))
            .max_by(|a, b| a.1.total_cmp(&b.1))
        else {
            return;
        };
        let trail = &trails[best];
        if bits < CANDIDATE_BITS || self.refused(trail) {
            return;
        }
        // One prompt plays at a time: while one is followed, another must come after it.
        if trails
            .iter()
            .any(|other| other.told && other.agreed + 10 > trail.began && other.against < 3.0)
        {
            return;
        }
        let rival = trails
            .iter()
            .enumerate()
            .filter(|(n, other)| *n != best && other.prompt != trail.prompt && other.against < 3.0)
            .map(|(_, other)| (PromptId(other.prompt), other.bits()))
            .filter(|(_, other)| *other > bits - RIVAL_BITS)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(prompt, _)| prompt);
        let span = trail.agreed - trail.began.min(trail.agreed);
        let waited = trail.finished(hop) || span >= HOLD_HOPS_MAX;
        let known = bits >= MATCH_BITS && span >= SPAN_HOPS_MIN && (rival.is_none() || waited);
        if known {
            events.push(event(frame, trail, rival, EventKind::Prompt));
            self.trails.as_mut_slice()[best].told = true;
        } else if !trail.hinted {
            events.push(event(frame, trail, rival, EventKind::PromptCandidate));
            self.trails.as_mut_slice()[best].hinted = true;
        }
    }

    fn refused(&self, trail: &Trail) -> bool {
        self.retracted
            .is_some_and(|old| old.prompt == trail.prompt && (old.place(0) - trail.place(0)).abs() <= 4)
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
