//! Trails: the prompts that a call may be playing, each at its place, followed from hop to hop.
//!
//! A trail begins where the index says that the newest quarter of a second sounds like a place in a prompt. It is traced
//! back over what is remembered, to where the agreement began, and then followed forward. Its evidence rests on one
//! number, the correlation `r` between what was heard and what the prompt holds: *n* independent numbers that have nothing
//! to do with each other correlate as well as `r` with a probability of about (1 − r²)^(n/2), so a trail has
//! −n/2·log2(1 − r²) bits. Noise and codecs lower `r`, and more audio makes up for it; no line model is needed.
//! Pauses of the prompt, held sounds and silence carry no evidence, for or against.
//!
//! Against the trail counts what is heard loud and clear and is not the prompt: a cumulative sum of log-likelihood ratios
//! between "agrees as well as so far" and "has nothing to do with it".

use super::PromptId;
use super::hits::Hits;
use super::library::{Library, Prompt, STRIDE, Shared};
use super::print::{MEMORY_HOPS, Printer, Shape};

/// Trails of a call at most; the weakest makes room.
pub(crate) const TRAILS: usize = 32;
/// Doubtful bits of a key that a look-up turns: eight look-ups.
const DOUBTFUL: usize = 3;
/// Evidence that a trail needs to begin, bits: a look-up in a library of 10,000 prompts meets chance resemblances of ten
/// bits all the time.
const BEGIN_BITS: f32 = 14.0;
/// Evidence at which a trail that was not told is given up, bits: chance gives as much to one place in a hundred.
const LEAST_BITS: f32 = 5.0;
/// Independent numbers in a shape: the nineteen are correlated with each other and with those 20 ms before. Measured on
/// unrelated pairs (see [`Sums::bits`]).
const INDEPENDENT: f32 = 10.0;
/// Tracing back ends where so much evidence was lost that the agreement had clearly begun later, bits.
const TRACE_LOSS_BITS: f32 = 12.0;
/// Tracing back ends where each of the newest sixteen shapes after the first four brings less than this, bits: what the
/// index found by chance. A correlation of 0.5 brings 0.8.
const TRACE_LEAST_BITS: f32 = 0.6;
/// Time constant of the comparison between neighbouring offsets, in compared shapes: 0.5 s.
const ANCHOR_SHAPES: f32 = 25.0;
/// A neighbouring offset (±10 ms) is taken when it explains the last half second better by this much, nats. Clocks drift
/// by 100 ppm, 1 ms in ten seconds, and concealment moves audio a few times a minute: where it is not sure, the old
/// place is right.
const ANCHOR_NATS: f32 = 3.0;
/// The call is this much quieter than the prompt would make it: the playing has ended or pauses, dB.
const ABSENT_DB: f32 = 12.0;
/// Longest agreement that may be words which another text has too, hops: openings of announcements by one voice agree for
/// 0.4 to 1.3 s before they part.
const WORDS_HOPS: u64 = 130;
/// Hops without agreement after which a trail is given up, though nothing speaks against it: 2.5 s.
const FADED_HOPS: u64 = 250;

/// One prompt at one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trail {
    pub(crate) prompt: u32,
    /// Hop in the prompt minus hop in the call.
    offset: i64,
    /// The same when it was found.
    offset_found: i64,
    /// First hop of the call that counts.
    pub(crate) began: u64,
    /// Last hop of the call that agreed.
    pub(crate) agreed: u64,
    sums: Sums,
    independence: f32,
    /// Agreement at one hop earlier, here, one later; decaying.
    around: [f32; 3],
    compared: u32,
    /// Level of the call against the prompt's, dB.
    gain_db: f32,
    /// Evidence, bits; kept beside the sums, for it is asked for more often than it changes.
    evidence: f32,
    /// The most that it has been, how well the trail agreed then, and when that was.
    peak: f32,
    usual: f32,
    peaked: u64,
    /// Log-likelihood ratio against the trail since it last agreed, nats.
    pub(crate) against: f32,
    /// The same of the audio before the trail began, where the prompt would have sounded: words outside the prompt.
    pub(crate) before: f32,
    /// Whether it was told as a match, and as a candidate.
    pub(crate) told: bool,
    pub(crate) hinted: bool,
    prompt_hops: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    xy: f32,
    xx: f32,
    yy: f32,
    weight: f32,
    /// The same three sums over the broad shape alone.
    broad: [f32; 3],
}

impl Sums {
    fn add(&mut self, heard: &Shape, held: &Shape) -> f32 {
        let xy = heard.dot(held) as f32 * (1.0 / (127.0 * 127.0));
        let (x, y) = (heard.length(), held.length());
        self.xy += xy;
        self.xx += x * x;
        self.yy += y * y;
        self.weight += x * y;
        xy
    }

    fn add_broad(&mut self, heard: &Shape, held: &Shape) {
        for (sum, product) in self.broad.iter_mut().zip(broad_products(heard, held)) {
            *sum += product as f32 * (1.0 / (127.0 * 127.0));
        }
    }

    /// Correlation of the broad shape, and of the fine detail.
    fn broad_and_fine(&self) -> (f32, f32) {
        let [xy, xx, yy] = self.broad;
        let correlation = |xy: f32, xx: f32, yy: f32| xy / (xx.max(0.0) * yy.max(0.0) + 1e-9).sqrt();
        (
            correlation(xy, xx, yy),
            correlation(self.xy - xy, self.xx - xx, self.yy - yy),
        )
    }

    fn correlation(&self) -> f32 {
        self.xy / (self.xx * self.yy + 1e-9).sqrt()
    }

    /// Evidence, bits.
    fn bits(&self, independence: f32) -> f32 {
        let r = self.correlation().clamp(-0.98, 0.98);
        let n = INDEPENDENT * independence * self.weight;
        -0.5 * n * (1.0 - r * r).log2() * r.signum()
    }
}

impl Trail {
    /// Evidence, bits.
    pub(crate) fn bits(&self) -> f32 {
        self.evidence
    }

    /// Evidence less what speaks against the trail, before it began and now, bits.
    pub(crate) fn net_bits(&self) -> f32 {
        self.evidence - (self.against + self.before) * std::f32::consts::LOG2_E
    }

    fn weigh(&mut self) {
        self.evidence = self.sums.bits(self.independence);
        if self.evidence > self.peak {
            self.peak = self.evidence;
            self.usual = usual(&self.sums);
            self.peaked = self.agreed;
        }
    }

    /// Whether it may be the same words by another voice. Noise and codecs blur the fine detail of a spectrum before its broad
    /// shape; another speaker of the same words in the same time has another broad shape, while onsets and closures, which
    /// are the detail, still agree.
    pub(crate) fn other_voice(&self) -> bool {
        let (broad, fine) = self.sums.broad_and_fine();
        broad < BROAD_MIN && broad < fine + BROAD_LEAD
    }

    /// Whether it runs faster or slower than the prompt by more than any line: the same words, spoken once more.
    fn out_of_time(&self) -> bool {
        let moved = (self.offset - self.offset_found).unsigned_abs();
        moved >= MOVED_HOPS_MIN && moved * MOVED_ONE_IN > self.agreed.saturating_sub(self.began)
    }

    /// Whether something speaks so strongly against the trail that it is none.
    pub(crate) fn refuted(&self) -> bool {
        self.against > REFUTED_NATS || self.out_of_time()
    }

    /// Where in the prompt a hop of the call lies.
    pub(crate) fn place(&self, hop: u64) -> i64 {
        hop as i64 + self.offset
    }

    /// Whether the prompt is over at a hop, or the trail has nothing to say any more. One that was told is kept for as long as
    /// what it explained is remembered, so that its last words are not taken for the prompt once more.
    pub(crate) fn over(&self, library: &Library, hop: u64) -> bool {
        library.prompt(self.prompt).is_none()
            || self.place(hop) >= i64::from(self.prompt_hops) + if self.told { MEMORY_HOPS as i64 } else { 0 }
            || hop > self.agreed + FADED_HOPS
            || (!self.told && (self.refuted() || self.net_bits() < LEAST_BITS))
    }

    /// Whether it is at the prompt's end.
    pub(crate) fn finished(&self, hop: u64) -> bool {
        self.place(hop) >= i64::from(self.prompt_hops) - 15
    }

    /// The stretch it has covered as a shared fragment of the prompt that was heard, where the evidence suffices.
    pub(crate) fn fragment(&self, bits: f32) -> Option<Shared> {
        (self.peak >= bits && self.peaked > self.began).then(|| Shared {
            prompt: PromptId(self.prompt),
            from_ms: self.began as u32 * 10,
            to_ms: self.peaked as u32 * 10,
            other_from_ms: self.place(self.began).max(0) as u32 * 10,
            duplicate: false,
        })
    }

    /// Follows one hop of the call: the one before the newest, so that its neighbours are both known.
    fn follow(&mut self, prompt: &Prompt, printer: &Printer, hop: u64) {
        let place = self.place(hop);
        if place < 0 || place % i64::from(STRIDE) != 0 {
            return;
        }
        let Some(held) = prompt.shapes.get((place / i64::from(STRIDE)) as usize) else {
            return;
        };
        if held.size == 0 {
            return;
        }
        let Some(heard) = printer.shape(hop) else {
            return;
        };
        let expected = f32::from(held.level_dbm0) + self.gain_db;
        if self.told && f32::from(heard.level_dbm0) < expected - ABSENT_DB {
            // Where some words agreed and silence follows, they were words; a prompt that has played longer was cut off.
            if self.peaked < self.began + WORDS_HOPS {
                let weight = held.length() * held.length();
                self.against += nats_against(self.usual, 0.0, weight);
            }
            return;
        }
        let xy = self.sums.add(heard, held);
        self.sums.add_broad(heard, held);
        let weight = heard.length() * held.length();
        let agreement = xy / (weight + 1e-6);
        let usual = self.usual;
        self.against = (self.against + nats_against(usual, agreement, weight)).max(0.0);
        if agreement > 0.5 * usual && weight > 0.1 {
            self.agreed = hop;
            self.gain_db += 0.1 * (f32::from(heard.level_dbm0) - f32::from(held.level_dbm0) - self.gain_db);
        }
        self.weigh();
        self.anchor(printer, held, hop, xy);
    }

    /// Moves by a hop where that agrees better: a clock that drifts, a packet that was left out or played twice.
    fn anchor(&mut self, printer: &Printer, held: &Shape, hop: u64, here: f32) {
        let dot = |hop| {
            printer
                .shape(hop)
                .map_or(0.0, |shape| shape.dot(held) as f32 * (1.0 / (127.0 * 127.0)))
        };
        let now = [dot(hop.saturating_sub(1)), here, dot(hop + 1)];
        for (sum, now) in self.around.iter_mut().zip(now) {
            *sum += now - *sum * (1.0 / ANCHOR_SHAPES);
        }
        self.compared += 1;
        if self.compared < 8 {
            return;
        }
        let [early, here, late] = self.around;
        let nats = INDEPENDENT * self.usual;
        let (early, late) = (nats * (early - here), nats * (late - here));
        if early > late && early > ANCHOR_NATS {
            // The prompt's shape was heard a hop earlier: the call is ahead.
            self.offset += 1;
            self.around = [0.0; 3];
            self.compared = 0;
        } else if late > ANCHOR_NATS {
            self.offset -= 1;
            self.around = [0.0; 3];
            self.compared = 0;
        }
    }
}

/// Log-likelihood ratio at which a trail is refuted, nats: e⁻²⁰ times as likely as other words. A third of a second of clear
/// speech says so, a second in noise.
const REFUTED_NATS: f32 = 20.0;

/// A trail that moved by this many hops and by more than one in so many is out of time. Clocks differ by 100 ppm and a packet
/// left out or played twice moves audio by two hops; two speakers differ by several per cent.
const MOVED_HOPS_MIN: u64 = 5;
const MOVED_ONE_IN: u64 = 100;

/// Correlation of the broad shape under which another voice is suspected: prompts have a median of 0.94. It rests on a dozen
/// calls of other voices, the best of which had 0.71; higher, it holds back prompts in noise.
const BROAD_MIN: f32 = 0.70;
/// What the broad shape is ahead of the detail by, where noise is what spoils both: 0.2 to 0.4 at 5 dB.
const BROAD_LEAD: f32 = 0.05;
/// Cosine coefficients that make the broad shape.
const BROAD_DIMS: usize = 4;

/// Products of the broad shapes: with each other, and of each with itself.
fn broad_products(heard: &Shape, held: &Shape) -> [i32; 3] {
    let mut products = [0; 3];
    for (&x, &y) in heard.at.iter().zip(&held.at).take(BROAD_DIMS) {
        let (x, y) = (i32::from(x), i32::from(y));
        products[0] += x * y;
        products[1] += x * x;
        products[2] += y * y;
    }
    products
}

/// How well a trail agrees, for what is held against it: neither noise nor a few good shapes move it beyond these.
fn usual(sums: &Sums) -> f32 {
    sums.correlation().clamp(0.35, 0.8)
}

/// Log-likelihood ratio of one shape between "has nothing to do with the prompt" and "agrees as usual", nats: both normal
/// with the variance of unrelated shapes.
fn nats_against(usual: f32, agreement: f32, weight: f32) -> f32 {
    INDEPENDENT * usual * (0.5 * usual - agreement) * weight
}

/// Places of a look-up that are traced though the index names them for the first time: all there are in a small library,
/// and few of the chance resemblances in a large one.
const TRACED_AT_ONCE: u32 = 3;

/// The trails of one call.
pub(crate) struct Trails {
    list: [Trail; TRAILS],
    len: usize,
    hits: Hits,
}

impl Trails {
    pub(crate) fn new() -> Trails {
        Trails {
            list: [Trail::NONE; TRAILS],
            len: 0,
            hits: Hits::new(),
        }
    }

    pub(crate) fn as_slice(&self) -> &[Trail] {
        &self.list[..self.len]
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [Trail] {
        &mut self.list[..self.len]
    }

    /// Keeps the trails that `keep` says.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&Trail) -> bool) {
        let mut kept = 0;
        for n in 0..self.len {
            let trail = self.list[n];
            if keep(&trail) {
                self.list[kept] = trail;
                kept += 1;
            }
        }
        self.len = kept;
    }

    /// Follows all trails over the newest hop.
    pub(crate) fn follow(&mut self, library: &Library, printer: &Printer, hop: u64) {
        let Some(hop) = hop.checked_sub(1) else {
            return;
        };
        for trail in &mut self.list[..self.len] {
            if let Some(prompt) = library.prompt(trail.prompt) {
                trail.follow(prompt, printer, hop);
            }
        }
    }

    /// Looks the newest signature up and begins the trails that it leads to.
    pub(crate) fn seek(&mut self, library: &Library, printer: &Printer, hop: u64) {
        let Some((signature, doubtful)) = printer.signature::<DOUBTFUL>() else {
            return;
        };
        let mut at_once = TRACED_AT_ONCE;
        library.search(signature, &doubtful, |segment, place| {
            let again = self.hits.again(segment, place, hop);
            if again || at_once > 0 {
                at_once -= u32::from(!again);
                let (prompt, place) = library.place(segment, place);
                self.consider(library, printer, hop, prompt, i64::from(place) - hop as i64);
            }
        });
    }

    /// Begins a trail at an offset, unless there is one or the evidence is poor.
    pub(crate) fn consider(
        &mut self,
        library: &Library,
        printer: &Printer,
        hop: u64,
        prompt: u32,
        offset: i64,
    ) {
        if self
            .as_slice()
            .iter()
            .any(|trail| trail.prompt == prompt && (trail.offset - offset).abs() <= 3)
        {
            return;
        }
        let Some(reference) = library.prompt(prompt) else {
            return;
        };
        let Some(trail) = trace_back(reference, printer, hop, prompt, offset) else {
            return;
        };
        let for_or_against = library.shared(PromptId(prompt));
        self.insert(trail);
        // Prompts that share this place are followed from the start, whether the index meets them or not.
        let place_ms = (trail.place(hop).max(0) as u32) * 10;
        for shared in for_or_against {
            if (shared.from_ms..shared.to_ms).contains(&place_ms) {
                let moved = (i64::from(shared.other_from_ms) - i64::from(shared.from_ms)) / 10;
                let (other, offset) = (shared.prompt.0, trail.offset + moved);
                let there = self
                    .as_slice()
                    .iter()
                    .any(|trail| trail.prompt == other && (trail.offset - offset).abs() <= 3);
                if !there
                    && let Some(reference) = library.prompt(other)
                    && let Some(trail) = trace_back(reference, printer, hop, other, offset)
                {
                    self.insert(trail);
                }
            }
        }
    }

    fn insert(&mut self, trail: Trail) {
        if self.len < TRAILS {
            self.list[self.len] = trail;
            self.len += 1;
            return;
        }
        let bits = trail.bits();
        if let Some(weakest) = self
            .list
            .iter_mut()
            .filter(|t| !t.told)
            .min_by(|a, b| a.bits().total_cmp(&b.bits()))
            && weakest.bits() < bits
        {
            *weakest = trail;
        }
    }
}

/// Goes back over what is remembered to where the agreement began.
fn trace_back(reference: &Prompt, printer: &Printer, newest: u64, prompt: u32, offset: i64) -> Option<Trail> {
    let stride = i64::from(STRIDE);
    let independence = reference.independence;
    let mut sums = Sums::default();
    let mut best = (0.0, Sums::default(), newest);
    let mut gain = (0.0, 0.0);
    let mut best_gain_db = 0.0;
    // The newest hop is followed next time, when its neighbours are known.
    let mut place = newest as i64 - 1 + offset;
    place -= place.rem_euclid(stride);
    let mut compared = 0;
    let pair = |place: i64| {
        let held = reference.shapes.get((place / stride) as usize)?;
        let hop = u64::try_from(place - offset).ok()?;
        (held.size > 0).then_some((printer.shape(hop)?, held, hop))
    };
    let oldest = (newest + 1).saturating_sub(MEMORY_HOPS as u64) as i64 + offset;
    let first = oldest.max(offset).max(0);
    while place >= first {
        if let Some((heard, held, hop)) = pair(place) {
            sums.add(heard, held);
            gain.0 += f32::from(heard.level_dbm0) - f32::from(held.level_dbm0);
            gain.1 += 1.0;
            compared += 1;
            // Logarithms only now and then: every 80 ms.
            if compared % 4 == 0 {
                let bits = sums.bits(independence);
                if bits > best.0 {
                    best = (bits, sums, hop);
                    best_gain_db = gain.0 / gain.1;
                }
                let hopeless = bits < TRACE_LEAST_BITS * (compared.min(16) as f32 - 4.0);
                if bits < best.0 - TRACE_LOSS_BITS || hopeless {
                    break;
                }
            }
        }
        place -= stride;
    }
    let (evidence, mut sums, began) = best;
    if evidence < BEGIN_BITS {
        return None;
    }
    let mut place = began as i64 + offset;
    while place < newest as i64 + offset {
        if let Some((heard, held, _)) = pair(place) {
            sums.add_broad(heard, held);
        }
        place += stride;
    }
    // What was heard before, and loud enough to be this speaker.
    let usual = usual(&sums);
    let mut before = 0.0;
    let mut place = began as i64 + offset - stride;
    while place >= first {
        if let Some((heard, held, _)) = pair(place)
            && f32::from(heard.level_dbm0) > f32::from(held.level_dbm0) + best_gain_db - ABSENT_DB
        {
            let weight = heard.length() * held.length();
            let agreement = heard.dot(held) as f32 * (1.0 / (127.0 * 127.0)) / (weight + 1e-6);
            before = f32::max(before + nats_against(usual, agreement, weight), 0.0);
        }
        place -= stride;
    }
    Some(Trail {
        prompt,
        offset,
        offset_found: offset,
        began,
        agreed: newest,
        sums,
        independence,
        around: [0.0; 3],
        compared: 0,
        gain_db: best_gain_db,
        evidence,
        peak: evidence,
        usual,
        peaked: newest,
        against: 0.0,
        before,
        told: false,
        hinted: false,
        prompt_hops: reference.hops,
    })
}

impl Trail {
    const NONE: Trail = Trail {
        prompt: 0,
        offset: 0,
        offset_found: 0,
        began: 0,
        agreed: 0,
        sums: Sums {
            xy: 0.0,
            xx: 0.0,
            yy: 0.0,
            weight: 0.0,
            broad: [0.0; 3],
        },
        independence: 0.0,
        around: [0.0; 3],
        compared: 0,
        gain_db: 0.0,
        evidence: 0.0,
        peak: 0.0,
        usual: 0.0,
        peaked: 0,
        against: 0.0,
        before: 0.0,
        told: false,
        hinted: false,
        prompt_hops: 0,
    };
}
