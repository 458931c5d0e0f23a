//! The library: an immutable snapshot of reference prompts, their fingerprints and the index over them.
//!
//! A prompt is fingerprinted once, when it comes in; snapshots share it. The index is a row of sealed segments of
//! falling size: a new prompt makes a segment of its own, and neighbours of like size are merged, so that an entry is
//! moved a number of times that grows with the logarithm of the library. A removed prompt leaves its entries behind until
//! a merge meets them.
//!
//! On its way in a prompt is played to an ear for the prompts that are there already. What that ear recognises is a
//! duplicate or a shared fragment; both prompts keep a note of it, and the ears of calls hold their judgement for as long
//! as two prompts sound alike.

use std::sync::Arc;

use super::ear::SEEK_HOPS;
use super::index::{self, Presence, Segment};
use super::print::{MEMORY_HOPS, Printer, Shape, Signature};
use super::trails::Trails;
use super::{PromptId, PromptInfo};
use crate::front::{Bench, FrontEnd, FrontPlan};
use crate::time::SampleRate;

/// Hops from one stored shape of a prompt to the next: 20 ms, less than the 32 ms that a shape is made of.
pub(crate) const STRIDE: u32 = 2;
/// A prompt's hops whose loudest band stayed this far below the prompt's own level for 170 ms are a pause.
const PAUSE_DB: f32 = 25.0;
/// The share of hops that are quieter than a prompt's own level.
const LEVEL_QUANTILE: f32 = 0.9;
/// Longest prompt, ms: what a network repeats is shorter; longer recordings are music or programmes.
pub const PROMPT_MS_MAX: u32 = 120_000;
/// Prompts with less than this to go by are refused: it takes about half a second of clean speech to tell one prompt
/// from all others.
const SOUNDING_MS_MIN: u32 = 400;
/// Evidence at which two prompts are said to share a fragment, bits: at 35 one pair in ten thousand of a library of
/// 10,000 would be reported wrongly.
const SHARED_BITS: f32 = 35.0;
/// Shortest fragment that is told, ms: shorter ones are words that one voice says alike in any two of its prompts.
const SHARED_MS_MIN: u32 = 600;
/// Correlation at which two prompts of one length, laid beside each other, are the same recording: copies through the
/// usual codecs have 0.9, another take by the same speaker half.
const TWIN_CORRELATION: f32 = 0.85;
/// Lengths of twins differ by no more, hops.
const TWIN_HOPS: u32 = 5;

/// Evidence of a match in a library of 100 prompts, bits: deciding ten times a second at any place of any of them, one
/// false match in 1,000 hours. Twice the audio to be mistaken for takes a bit more: 48 for 10,000 prompts.
const MATCH_BITS: f32 = 41.0;
/// Hops of those 100 prompts, of five seconds each. A smaller library is asked for no less: its few prompts share words.
const MATCH_HOPS: f32 = 50_000.0;

/// A prompt's fingerprint. It never changes.
#[derive(Debug)]
pub(crate) struct Prompt {
    pub(crate) info: PromptInfo,
    /// A shape each [`STRIDE`] hops.
    pub(crate) shapes: Box<[Shape]>,
    /// Length in hops.
    pub(crate) hops: u32,
    /// Independent evidence in a shape against that in usual speech, 0 to 1: less in music and in drawn-out sounds.
    pub(crate) independence: f32,
}

/// A stretch that two prompts share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    /// The other prompt.
    pub prompt: PromptId,
    /// The stretch in this prompt, ms from its start.
    pub from_ms: u32,
    /// Its end.
    pub to_ms: u32,
    /// Where it begins in the other prompt, ms from its start.
    pub other_from_ms: u32,
    /// Whether the stretch is nearly all of both prompts.
    pub duplicate: bool,
}

/// What was found when a prompt came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// Its number.
    pub prompt: PromptId,
    /// Stretches that it shares with prompts of the library; the longest first.
    pub shared: Vec<Shared>,
    /// Audio that a call can be recognised by, ms.
    pub sounding_ms: u32,
}

/// Why a prompt was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too little speech in it: this many ms.
    TooLittleSpeech(u32),
    /// Longer than [`PROMPT_MS_MAX`]: this many ms.
    TooLong(u32),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::TooLittleSpeech(ms) => {
                write!(
                    f,
                    "{ms} ms of speech are too little to recognise a prompt by ({SOUNDING_MS_MIN} are needed)"
                )
            }
            Refused::TooLong(ms) => write!(f, "{ms} ms are too long for a prompt ({PROMPT_MS_MAX} at most)"),
        }
    }
}

impl std::error::Error for Refused {}

#[derive(Clone)]
struct Slot {
    prompt: Arc<Prompt>,
    shared: Arc<[Shared]>,
}

/// An immutable snapshot of reference prompts. Adding gives a new snapshot that shares what was there.
#[derive(Clone)]
pub struct Library {
    /// By number; none where a prompt was removed. Numbers are not given twice.
    slots: Vec<Option<Slot>>,
    segments: Vec<Arc<Segment>>,
    presence: Arc<Presence>,
    /// Hops of all prompts together.
    hops: u64,
}

impl Default for Library {
    fn default() -> Library {
        Library {
            slots: Vec::new(),
            segments: Vec::new(),
            presence: Arc::new(Presence::none()),
            hops: 0,
        }
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Library({} prompts)", self.len())
    }
}

impl Library {
    /// A library without prompts.
    pub fn empty() -> Library {
        Library::default()
    }

    /// Prompts in it.
    pub fn len(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.slots.iter().all(Option::is_none)
    }

    /// What is known of a prompt of this library.
    pub fn info(&self, prompt: PromptId) -> Option<&PromptInfo> {
        self.slot(prompt.0).map(|slot| &slot.prompt.info)
    }

    /// The number of the prompt with the user's identifier.
    pub fn find(&self, id: &str) -> Option<PromptId> {
        self.prompts()
            .find(|(_, info)| info.id == id)
            .map(|(prompt, _)| prompt)
    }

    /// All prompts, by number.
    pub fn prompts(&self) -> impl Iterator<Item = (PromptId, &PromptInfo)> {
        self.slots
            .iter()
            .enumerate()
            .filter_map(|(n, slot)| Some((PromptId(n as u32), &slot.as_ref()?.prompt.info)))
    }

    /// The stretches that a prompt shares with others.
    pub fn shared(&self, prompt: PromptId) -> &[Shared] {
        self.slot(prompt.0).map_or(&[], |slot| &slot.shared)
    }

    /// This library with one prompt more. `samples` are 8 kHz; `info.length_ms` is set from them. `plan` is the front
    /// end's at 8 kHz.
    ///
    /// # Errors
    ///
    /// Gives back why the audio makes no prompt.
    pub fn with(
        &self,
        info: PromptInfo,
        samples: &[i16],
        plan: &Arc<FrontPlan>,
    ) -> Result<(Library, Added), Refused> {
        let mut library = self.clone();
        let added = library.add(info, samples, plan)?;
        Ok((library, added))
    }

    /// The same, in place: to fill a library before it is shared.
    ///
    /// # Errors
    ///
    /// Gives back why the audio makes no prompt; the library is as before.
    pub fn add(
        &mut self,
        mut info: PromptInfo,
        samples: &[i16],
        plan: &Arc<FrontPlan>,
    ) -> Result<Added, Refused> {
        debug_assert_eq!(plan.rate(), SampleRate::NARROWBAND);
        info.length_ms = (samples.len() / 8) as u32;
        if info.length_ms > PROMPT_MS_MAX {
            return Err(Refused::TooLong(info.length_ms));
        }
        let number = self.slots.len() as u32;
        let print = self.print(number, samples, plan);
        let sounding_ms = print.sounding_hops * 10;
        if sounding_ms < SOUNDING_MS_MIN {
            return Err(Refused::TooLittleSpeech(sounding_ms));
        }
        for shared in &print.shared {
            self.note_on_other(PromptId(number), info.length_ms, shared);
        }
        self.hops += u64::from(print.hops);
        self.slots.push(Some(Slot {
            prompt: Arc::new(Prompt {
                info,
                shapes: print.shapes,
                hops: print.hops,
                independence: print.independence,
            }),
            shared: print.shared.clone().into(),
        }));
        Arc::make_mut(&mut self.presence).add(&print.segment);
        self.segments.push(Arc::new(print.segment));
        self.merge();
        Ok(Added {
            prompt: PromptId(number),
            shared: print.shared,
            sounding_ms,
        })
    }

    /// This library without a prompt.
    pub fn without(&self, prompt: PromptId) -> Library {
        let mut library = self.clone();
        if let Some(slot) = library.slots.get_mut(prompt.0 as usize)
            && let Some(removed) = slot.take()
        {
            library.hops -= u64::from(removed.prompt.hops);
        }
        for slot in library.slots.iter_mut().flatten() {
            if slot.shared.iter().any(|shared| shared.prompt == prompt) {
                slot.shared = slot
                    .shared
                    .iter()
                    .copied()
                    .filter(|shared| shared.prompt != prompt)
                    .collect();
            }
        }
        library
    }

    /// Bytes of memory that the fingerprints, the index and the descriptions take.
    pub fn memory_bytes(&self) -> usize {
        let prompts: usize = self
            .slots
            .iter()
            .flatten()
            .map(|slot| {
                let info = &slot.prompt.info;
                let text = info.id.len()
                    + info.operator.len()
                    + info.category.len()
                    + info.lang.len()
                    + info.text.len();
                size_of::<Prompt>() + size_of_val(&*slot.prompt.shapes) + size_of_val(&*slot.shared) + text
            })
            .sum();
        let index: usize = self.segments.iter().map(|segment| segment.bytes()).sum();
        prompts + index + self.presence.bytes() + self.slots.capacity() * size_of::<Option<Slot>>()
    }

    /// Evidence at which a prompt of this library is told, bits.
    pub(crate) fn match_bits(&self) -> f32 {
        MATCH_BITS + (self.hops as f32 / MATCH_HOPS).max(1.0).log2()
    }

    pub(crate) fn prompt(&self, number: u32) -> Option<&Prompt> {
        self.slot(number).map(|slot| &*slot.prompt)
    }

    /// Calls `found` with the segment and the place in it of each hop that sounds like `signature`.
    pub(crate) fn search(&self, signature: Signature, doubtful: &[u32], found: impl FnMut(usize, u32)) {
        index::search(&self.segments, &self.presence, signature, doubtful, found);
    }

    /// The number of the prompt that a place of a segment lies in, and its hop there.
    pub(crate) fn place(&self, segment: usize, place: u32) -> (u32, u32) {
        self.segments
            .get(segment)
            .map_or((u32::MAX, 0), |segment| segment.locate(place))
    }

    fn slot(&self, number: u32) -> Option<&Slot> {
        self.slots.get(number as usize)?.as_ref()
    }

    /// Keeps each segment at least twice as long as the one after it.
    fn merge(&mut self) {
        while let [.., older, newest] = &self.segments[..] {
            if older.len() >= 2 * newest.len() {
                break;
            }
            let merged = older.merge(newest, |prompt| {
                // The newest prompt's own slot is there already.
                self.slot(prompt).is_some()
            });
            self.segments.truncate(self.segments.len() - 2);
            self.segments.push(Arc::new(merged));
        }
    }

    /// Prompts that are the same recording as one of these shapes and this length.
    fn twins(&self, shapes: &[Shape], hops: u32) -> Vec<PromptId> {
        self.slots
            .iter()
            .enumerate()
            .filter_map(|(n, slot)| Some((n, &slot.as_ref()?.prompt)))
            .filter(|(_, other)| other.hops.abs_diff(hops) <= TWIN_HOPS)
            .filter(|(_, other)| correlation(shapes, &other.shapes) >= TWIN_CORRELATION)
            .map(|(n, _)| PromptId(n as u32))
            .collect()
    }

    fn note_on_other(&mut self, new: PromptId, new_ms: u32, shared: &Shared) {
        if let Some(Some(other)) = self.slots.get_mut(shared.prompt.0 as usize) {
            let length = shared.to_ms - shared.from_ms;
            let note = Shared {
                prompt: new,
                from_ms: shared.other_from_ms,
                to_ms: (shared.other_from_ms + length).min(other.prompt.info.length_ms),
                other_from_ms: shared.from_ms.min(new_ms),
                duplicate: shared.duplicate,
            };
            other.shared = other.shared.iter().copied().chain([note]).collect();
        }
    }

    /// Fingerprints a prompt and holds it against those that are there.
    fn print(&self, number: u32, samples: &[i16], plan: &Arc<FrontPlan>) -> Print {
        let mut front = FrontEnd::new(Arc::clone(plan));
        let mut bench = Bench::default();
        let mut printer = Printer::new();
        let mut trails = Trails::new();
        let mut shapes = Vec::with_capacity(samples.len() / 80 + 1);
        let mut levels = Vec::with_capacity(samples.len() / 80 + 1);
        let mut signatures = Vec::new();
        let mut shared = Vec::new();
        let mut rest = samples;
        while let (taken, true) = front.take(rest) {
            rest = &rest[taken..];
            let frame = front.frame(&mut bench);
            let hop = frame.index;
            printer.hear(&frame);
            let shape = printer.shape(hop).copied().unwrap_or_default();
            levels.push(f32::from(shape.level_dbm0));
            shapes.push(shape);
            let signature = printer.signature::<3>();
            signatures.push(signature.map(|(signature, _)| signature));
            trails.follow(self, &printer, hop);
            if hop.is_multiple_of(SEEK_HOPS) {
                trails.seek(self, &printer, hop);
            }
            trails.retain(|trail| {
                let over = trail.over(self, hop);
                if over {
                    shared.extend(trail.fragment(SHARED_BITS));
                }
                !over
            });
        }
        let hops = shapes.len() as u32;
        trails.retain(|trail| {
            shared.extend(trail.fragment(SHARED_BITS));
            false
        });
        let length_ms = (samples.len() / 8) as u32;
        let mut shared = tidy(shared, length_ms, |prompt| {
            self.info(prompt).map_or(0, |info| info.length_ms)
        });

        let level = quantile(&mut levels, LEVEL_QUANTILE);
        for shape in &mut shapes {
            if f32::from(shape.level_dbm0) < level - PAUSE_DB {
                shape.size = 0;
            }
        }
        let entries = signatures
            .iter()
            .zip(&shapes)
            .enumerate()
            .filter(|(_, (_, shape))| shape.size > 0)
            .filter_map(|(hop, (signature, _))| Some((hop as u32, (*signature)?)));
        let segment = Segment::of(number, hops, entries);
        let sounding_hops = shapes.iter().filter(|shape| shape.size > 64).count() as u32;
        let independence = independence(&shapes);
        let shapes: Box<[Shape]> = shapes.into_iter().step_by(STRIDE as usize).collect();
        // Held sounds are not in the index; the same recording is recognised all the same.
        for twin in self.twins(&shapes, hops) {
            if !shared.iter().any(|s| s.prompt == twin && s.duplicate) {
                shared.retain(|s| s.prompt != twin);
                shared.insert(
                    0,
                    Shared {
                        prompt: twin,
                        from_ms: 0,
                        to_ms: length_ms,
                        other_from_ms: 0,
                        duplicate: true,
                    },
                );
            }
        }
        Print {
            shapes,
            hops,
            segment,
            sounding_hops,
            independence,
            shared,
        }
    }
}

struct Print {
    shapes: Box<[Shape]>,
    hops: u32,
    segment: Segment,
    sounding_hops: u32,
    independence: f32,
    shared: Vec<Shared>,
}

/// Twice the sum of squared autocorrelations of shapes 20 to 160 ms apart, in usual speech: the mean of freely licensed
/// clips; studio prompts have 1.4 to 2.1.
const USUAL_REDUNDANCY: f32 = 1.63;

/// How much independent evidence a shape of this prompt carries against one of usual speech. The sum of products of two
/// unrelated sequences varies with 1 + 2·Σ a(l)·b(l), where a and b are their autocorrelations; what it is beyond that of
/// speech is taken off.
fn independence(shapes: &[Shape]) -> f32 {
    let mut redundancy = 0.0;
    for lag in (2..=16).step_by(2) {
        let (mut products, mut squares) = (0_i64, 1_i64);
        for (a, b) in shapes.iter().zip(shapes.iter().skip(lag)) {
            if a.size > 0 && b.size > 0 {
                products += i64::from(a.dot(b));
                squares += i64::from(a.dot(a) + b.dot(b)) / 2;
            }
        }
        let correlation = products as f32 / squares as f32;
        redundancy += 2.0 * correlation * correlation;
    }
    ((1.0 + USUAL_REDUNDANCY) / (1.0 + redundancy)).min(1.0)
}

/// Correlation of two rows of shapes, place by place.
fn correlation(a: &[Shape], b: &[Shape]) -> f32 {
    let sum = |a: &[Shape], b: &[Shape]| -> f32 { a.iter().zip(b).map(|(a, b)| a.dot(b) as f32).sum() };
    sum(a, b) / (sum(a, a) * sum(b, b)).sqrt().max(1.0)
}

fn quantile(values: &mut [f32], share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let at = ((values.len() - 1) as f32 * share) as usize;
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

/// Joins pieces of one fragment, marks duplicates, sorts by length.
fn tidy(mut shared: Vec<Shared>, length_ms: u32, other_length_ms: impl Fn(PromptId) -> u32) -> Vec<Shared> {
    shared.sort_by_key(|s| {
        (
            s.prompt,
            i64::from(s.other_from_ms) - i64::from(s.from_ms),
            s.from_ms,
        )
    });
    let mut tidy: Vec<Shared> = Vec::new();
    for piece in shared {
        let shift = |s: &Shared| i64::from(s.other_from_ms) - i64::from(s.from_ms);
        match tidy.iter_mut().find(|whole| {
            whole.prompt == piece.prompt
                && (shift(whole) - shift(&piece)).abs() <= 60
                && piece.from_ms <= whole.to_ms + 500
                && whole.from_ms <= piece.to_ms + 500
        }) {
            Some(whole) => {
                let shift = shift(whole);
                whole.from_ms = whole.from_ms.min(piece.from_ms);
                whole.other_from_ms = (i64::from(whole.from_ms) + shift).max(0) as u32;
                whole.to_ms = whole.to_ms.max(piece.to_ms);
            }
            None => tidy.push(piece),
        }
    }
    tidy.retain(|s| s.to_ms - s.from_ms >= SHARED_MS_MIN);
    for s in &mut tidy {
        let longer = length_ms.max(other_length_ms(s.prompt));
        s.duplicate = (s.to_ms - s.from_ms) + 800 >= longer;
    }
    tidy.sort_by_key(|s| (std::cmp::Reverse(s.to_ms - s.from_ms), s.prompt));
    tidy
}

const _: () = assert!(MEMORY_HOPS as u32 > 4 * STRIDE);
