//! The index: from a signature to the places in prompts that sound like it.
//!
//! A sealed [`Segment`] is a hash table laid flat: a directory of buckets over one sorted array. Segments are never
//! changed, only merged into larger ones, so that snapshots of a library share them. A look-up tries the key with every
//! combination of its doubtful bits turned, and holds what it finds against the rest of the signature.
//!
//! Most keys that a call brings are in no prompt. [`Presence`] knows them all in two megabytes, which a processor keeps
//! near, so that a large library costs hardly more than a small one where no prompt plays.

use std::sync::Arc;

use super::print::{KEY_BITS, Signature};

/// Bits of a whole signature (57) that may differ from the prompt's. Of the 33 that no key covers, half differ between random
/// pieces of speech (eleven or fewer: one in twenty-five), a quarter between a prompt and its copy through the worst tenth
/// of lines; and what one look-up misses, the next finds.
const DIFFERING_BITS_MAX: u32 = 11;
/// Places that are looked at for one key in one segment: what is more common than this tells prompts apart badly, and
/// the next hop brings another key.
const PLACES_MAX: usize = 128;

/// Where in a segment: the hop within all of its prompts laid end to end.
#[derive(Clone, Copy, Debug)]
struct Entry {
    signature: Signature,
    place: u32,
}

/// A sealed part of the index.
#[derive(Debug)]
pub(crate) struct Segment {
    /// Buckets are chosen by this many bits.
    bits: u32,
    /// First entry of each bucket, and the end.
    directory: Box<[u32]>,
    signatures: Box<[Signature]>,
    places: Box<[u32]>,
    /// First place of each prompt, ascending, with the prompt's number.
    starts: Box<[(u32, u32)]>,
    /// Places in all.
    end: u32,
}

impl Segment {
    /// A segment of one prompt: the signatures of its hops.
    pub(crate) fn of(prompt: u32, hops: u32, signatures: impl Iterator<Item = (u32, Signature)>) -> Segment {
        let entries = signatures
            .map(|(place, signature)| Entry { signature, place })
            .collect();
        Segment::seal(entries, Box::new([(0, prompt)]), hops)
    }

    /// One segment of two, without the prompts that `keep` refuses.
    pub(crate) fn merge(&self, other: &Segment, keep: impl Fn(u32) -> bool) -> Segment {
        let mut starts = Vec::with_capacity(self.starts.len() + other.starts.len());
        let mut entries = Vec::with_capacity(self.places.len() + other.places.len());
        let mut end = 0;
        for segment in [self, other] {
            // Where each of the segment's prompts goes.
            let moved: Vec<Option<u32>> = segment
                .starts
                .iter()
                .enumerate()
                .map(|(n, &(start, prompt))| {
                    let next = segment.starts.get(n + 1).map_or(segment.end, |&(next, _)| next);
                    keep(prompt).then(|| {
                        let to = end;
                        starts.push((to, prompt));
                        end += next - start;
                        to
                    })
                })
                .collect();
            for (&signature, &place) in segment.signatures.iter().zip(&segment.places) {
                let n = segment.prompt_at(place);
                if let Some(to) = moved[n] {
                    let place = to + (place - segment.starts[n].0);
                    entries.push(Entry { signature, place });
                }
            }
        }
        Segment::seal(entries, starts.into_boxed_slice(), end)
    }

    fn seal(mut entries: Vec<Entry>, starts: Box<[(u32, u32)]>, end: u32) -> Segment {
        let bits = entries.len().next_power_of_two().trailing_zeros().clamp(1, 24);
        entries.sort_by_key(|entry| {
            (
                bucket(entry.signature.key(), bits),
                entry.signature.key(),
                entry.place,
            )
        });
        let mut directory = vec![0_u32; (1 << bits) + 1];
        for entry in &entries {
            directory[bucket(entry.signature.key(), bits) + 1] += 1;
        }
        for n in 1..directory.len() {
            directory[n] += directory[n - 1];
        }
        Segment {
            bits,
            directory: directory.into_boxed_slice(),
            signatures: entries.iter().map(|entry| entry.signature).collect(),
            places: entries.iter().map(|entry| entry.place).collect(),
            starts,
            end,
        }
    }

    /// Entries in it.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.directory)
            + size_of_val(&*self.signatures)
            + size_of_val(&*self.places)
            + size_of_val(&*self.starts)
    }

    /// Calls `found` with each place with this key that sounds like `signature`.
    fn search_key(&self, key: u32, signature: Signature, mut found: impl FnMut(u32)) {
        let bucket = bucket(key, self.bits);
        let (from, to) = (
            self.directory[bucket] as usize,
            self.directory[bucket + 1] as usize,
        );
        let to = to.min(from + PLACES_MAX);
        for (candidate, &place) in self.signatures[from..to].iter().zip(&self.places[from..to]) {
            let differing = (candidate.0 ^ signature.0).count_ones();
            if differing <= DIFFERING_BITS_MAX && candidate.key() == key {
                found(place);
            }
        }
    }

    /// The number of the prompt that a place lies in, and its hop there.
    pub(crate) fn locate(&self, place: u32) -> (u32, u32) {
        let (start, prompt) = self.starts[self.prompt_at(place)];
        (prompt, place - start)
    }

    /// Which of the segment's prompts a place lies in.
    fn prompt_at(&self, place: u32) -> usize {
        self.starts
            .partition_point(|&(start, _)| start <= place)
            .saturating_sub(1)
    }
}

/// Calls `found` with the segment's number and the place in it of each hop that sounds like `signature`.
pub(crate) fn search(
    segments: &[Arc<Segment>],
    presence: &Presence,
    signature: Signature,
    doubtful: &[u32],
    mut found: impl FnMut(usize, u32),
) {
    let mut key = signature.key();
    // Gray code: every combination of the doubtful bits, one turned at a time.
    for n in 0_u32..1 << doubtful.len() {
        if n > 0
            && let Some(&bit) = doubtful.get(n.trailing_zeros() as usize)
        {
            key ^= 1 << bit;
        }
        if presence.has(key) {
            for (n, segment) in segments.iter().enumerate() {
                segment.search_key(key, signature, |place| found(n, place));
            }
        }
    }
}

/// Which keys are in a library: a bit each.
#[derive(Clone)]
pub(crate) struct Presence(Box<[u64]>);

impl Presence {
    /// No key.
    pub(crate) fn none() -> Presence {
        Presence(Box::default())
    }

    /// Notes the keys of a segment. Keys of removed prompts stay: they cost a look-up in vain.
    pub(crate) fn add(&mut self, segment: &Segment) {
        if self.0.is_empty() {
            self.0 = vec![0; (1 << KEY_BITS) / 64].into_boxed_slice();
        }
        for signature in &segment.signatures {
            let key = signature.key();
            self.0[(key >> 6) as usize] |= 1 << (key & 63);
        }
    }

    /// Whether a prompt has this key.
    pub(crate) fn has(&self, key: u32) -> bool {
        self.0
            .get((key >> 6) as usize)
            .is_some_and(|word| word >> (key & 63) & 1 == 1)
    }

    /// Bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.0)
    }
}

/// The bucket of a key: keys cluster, so they are spread by a multiplication (2³² divided by the golden ratio).
fn bucket(key: u32, bits: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> (32 - bits)) as usize
}
