//! The fingerprint of speech: how the shape of the spectrum moves.
//!
//! Twenty mel bands between 300 and 3200 Hz, each at most 20 dB below the loudest band of the last 170 ms, go through a
//! cosine transform without its first row: nineteen numbers that know neither level nor noise far below the voice. Their
//! change over 80 ms knows no line filter either. Scaled to what speech usually does and bounded, that is a *shape*.
//! Nothing in it reaches back further than 300 ms, so that a prompt joined in its middle looks as it does from its start.
//!
//! The signs of three successive, slightly smoothed shapes make a *signature*, by which an index finds prompts.

use crate::front::{FLOOR_DBM0, Frame};
use crate::quick::{greatest, less, more, sum};

/// Numbers in a shape that carry something.
pub(crate) const DIMS: usize = 19;
/// Places of a stored shape: the last is zero, and four divides the sum over them.
pub(crate) const WIDTH: usize = 20;
/// Mel bands used, counted from the front end's third (centre 296 Hz) to its 22nd (3204 Hz): inside what every
/// telephone line and codec passes.
const BANDS: usize = 20;
const FIRST_BAND: usize = 3;
/// Bands further below the loudest than this count as this far below: what lies deeper is the line's noise as often as
/// the voice. 15, 20, 25, 30 and 35 dB were compared: below 20 dB the worst tenth of calls (noise, tandems) suffers.
const DEPTH_DB: f32 = 20.0;
/// Hops over which the loudest band is sought: 170 ms, longer than a stop consonant's closure.
const LOUDEST_HOPS: usize = 17;
/// Hops over which change is taken. 50 to 120 ms were compared; the middle keeps most bits.
pub(crate) const LAG: usize = 8;
/// Half of the size that the usual change of speech has: smaller changes weigh less, larger ones hardly more.
const SOFTNESS: f32 = 0.5;
/// Level of the loudest band under which a line counts as silent, dBm0: speech at −35 dBm0 stands 10 dB above it.
const SILENT_DBM0: f32 = -60.0;
/// Standard deviation of the change of each cosine coefficient in speech, dB (1,443 seconds of freely licensed speech
/// of 61 people, English, Russian and German; studio prompts differ by a tenth).
const USUAL_DB: [f32; DIMS] = [
    11.5, 8.5, 7.7, 6.4, 5.9, 5.2, 4.5, 4.2, 3.8, 3.6, 3.2, 3.0, 2.8, 2.6, 2.5, 2.3, 2.3, 2.4, 1.9,
];

/// Coefficients of a signature that the index is searched by, in each of its three parts.
pub(crate) const KEY_DIMS: usize = 8;
/// Parts of a signature.
pub(crate) const PARTS: usize = 3;
/// Hops over which a signature's shapes are averaged.
const SMOOTH_HOPS: usize = 4;
/// Mean size of a part's key coefficients, in usual changes, under which the part is a pause or a held sound: its signs
/// would be noise, and the same noise in every prompt.
const ALIVE: f32 = 0.25;
/// Hops that are remembered: a prompt found late is traced back 1.2 s.
pub(crate) const MEMORY_HOPS: usize = 128;

/// How the spectrum moves in one hop.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shape {
    /// The nineteen numbers, full scale 127; the last place is 0.
    pub(crate) at: [i8; WIDTH],
    /// Length of the vector, full scale 255; 0 where there is no evidence.
    pub(crate) size: u8,
    /// Level of the loudest band of the last 170 ms, dBm0.
    pub(crate) level_dbm0: i8,
}

impl Shape {
    /// Scalar product, full scale 127².
    pub(crate) fn dot(&self, other: &Shape) -> i32 {
        self.at
            .iter()
            .zip(&other.at)
            .map(|(&a, &b)| i32::from(a) * i32::from(b))
            .sum()
    }

    /// Length, 0 to 1.
    pub(crate) fn length(&self) -> f32 {
        f32::from(self.size) * (1.0 / 255.0)
    }
}

/// What an index is searched by: 24 bits of key and 33 more to check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signature(pub(crate) u64);

/// Bits of a key.
pub(crate) const KEY_BITS: usize = KEY_DIMS * PARTS;

impl Signature {
    /// The bits that the index is sorted by.
    pub(crate) fn key(self) -> u32 {
        (self.0 & ((1 << KEY_BITS) - 1)) as u32
    }
}

/// Signs of one smoothed shape.
#[derive(Clone, Copy, Default)]
struct Part {
    signs: u32,
    /// Sizes of the key coefficients, full scale 255 at four usual changes.
    sizes: [u8; KEY_DIMS],
    alive: bool,
}

/// A hop that is remembered.
#[derive(Clone, Copy, Default)]
struct Heard {
    shape: Shape,
    /// Whether audio was heard throughout.
    whole: bool,
}

/// Turns frames into shapes and signatures, and remembers the last of them.
pub(crate) struct Printer {
    /// Number of the next hop; what is remembered of older hops lies at their number modulo the ring's length.
    next: u64,
    /// Hops heard without a loss, up to [`MEMORY_HOPS`].
    unbroken: u32,
    loudest: [f32; LOUDEST_HOPS],
    cosines: [[f32; WIDTH]; LAG],
    /// Newest changes, for smoothing.
    changes: [[f32; WIDTH]; SMOOTH_HOPS],
    smooth: [f32; WIDTH],
    parts: [Part; 2 * LAG + 1],
    memory: [Heard; MEMORY_HOPS],
}

/// Rows of the cosine transform, each divided by its usual change; indexed by band first, so that the sum over bands
/// runs over whole rows.
static TRANSFORM: std::sync::LazyLock<[[f32; WIDTH]; BANDS]> = std::sync::LazyLock::new(|| {
    let mut rows = [[0.0; WIDTH]; BANDS];
    let scale = (2.0 / BANDS as f32).sqrt();
    for (band, row) in rows.iter_mut().enumerate() {
        for (k, (out, usual)) in row.iter_mut().zip(USUAL_DB).enumerate() {
            let phase = std::f32::consts::PI * (k + 1) as f32 * (band as f32 + 0.5) / BANDS as f32;
            *out = scale * phase.cos() / usual;
        }
    }
    rows
});

impl Printer {
    pub(crate) fn new() -> Printer {
        Printer {
            next: 0,
            unbroken: 0,
            loudest: [FLOOR_DBM0; LOUDEST_HOPS],
            cosines: [[0.0; WIDTH]; LAG],
            changes: [[0.0; WIDTH]; SMOOTH_HOPS],
            smooth: [0.0; WIDTH],
            parts: [Part::default(); 2 * LAG + 1],
            memory: [Heard::default(); MEMORY_HOPS],
        }
    }

    /// Hears one hop.
    pub(crate) fn hear(&mut self, frame: &Frame<'_>) {
        if frame.index != self.next {
            // Hops were passed over: what came before them is forgotten.
            *self = Printer::new();
        }
        self.next = frame.index + 1;
        self.unbroken = if frame.lost > 0.0 {
            0
        } else {
            (self.unbroken + 1).min(MEMORY_HOPS as u32)
        };
        let bands: &[f32; BANDS] = frame.bands[FIRST_BAND..FIRST_BAND + BANDS]
            .try_into()
            .unwrap_or(&[FLOOR_DBM0; BANDS]);
        let level = greatest(bands, FLOOR_DBM0);
        self.loudest[(frame.index % LOUDEST_HOPS as u64) as usize] = level;
        let loudest = greatest(&self.loudest, FLOOR_DBM0);

        let cosine = if loudest > SILENT_DBM0 {
            transform(bands, loudest - DEPTH_DB)
        } else {
            [0.0; WIDTH]
        };
        let mut change = cosine;
        let before = &mut self.cosines[(frame.index % LAG as u64) as usize];
        for (new, old) in change.iter_mut().zip(before.iter()) {
            *new -= old;
        }
        *before = cosine;

        let mut shape = shape_of(&change);
        shape.level_dbm0 = loudest as i8;
        self.memory[(frame.index % MEMORY_HOPS as u64) as usize] = Heard {
            shape,
            whole: self.unbroken as usize > LAG,
        };

        let oldest = &mut self.changes[(frame.index % SMOOTH_HOPS as u64) as usize];
        *oldest = change;
        self.smooth = [0.0; WIDTH];
        for change in &self.changes {
            for (sum, new) in self.smooth.iter_mut().zip(change) {
                *sum += new;
            }
        }
        self.parts[(frame.index % self.parts.len() as u64) as usize] = part_of(&self.smooth);
    }

    /// The shape of a hop, where it is remembered and was heard whole.
    pub(crate) fn shape(&self, hop: u64) -> Option<&Shape> {
        if hop >= self.next || hop + (MEMORY_HOPS as u64) < self.next {
            return None;
        }
        let heard = &self.memory[(hop % MEMORY_HOPS as u64) as usize];
        heard.whole.then_some(&heard.shape)
    }

    /// The newest signature and, least sure first, the key bits that noise turns most easily; none in a pause, in a
    /// held sound and where audio was lost.
    pub(crate) fn signature<const DOUBTFUL: usize>(&self) -> Option<(Signature, [u32; DOUBTFUL])> {
        if (self.unbroken as usize) < 3 * LAG + SMOOTH_HOPS {
            return None;
        }
        let mut bits = 0;
        let mut doubts = [(u8::MAX, 0_u32); DOUBTFUL];
        for part_index in 0..PARTS {
            let hop = self.next - 1 - (part_index * LAG) as u64;
            let part = &self.parts[(hop % self.parts.len() as u64) as usize];
            if !part.alive {
                return None;
            }
            bits |= u64::from(part.signs & 0xff) << (part_index * KEY_DIMS);
            let rest = u64::from(part.signs >> KEY_DIMS);
            bits |= rest << (KEY_BITS + part_index * (DIMS - KEY_DIMS));
            for (k, &size) in part.sizes.iter().enumerate() {
                let mut doubt = (size, (part_index * KEY_DIMS + k) as u32);
                for slot in &mut doubts {
                    if doubt.0 < slot.0 {
                        std::mem::swap(slot, &mut doubt);
                    }
                }
            }
        }
        Some((Signature(bits), doubts.map(|(_, bit)| bit)))
    }
}

fn transform(bands: &[f32; BANDS], floor: f32) -> [f32; WIDTH] {
    let mut sum = [0.0_f32; WIDTH];
    for (&level, row) in bands.iter().zip(TRANSFORM.iter()) {
        let above = more(level - floor, 0.0);
        for (sum, &weight) in sum.iter_mut().zip(row) {
            *sum += above * weight;
        }
    }
    sum
}

fn shape_of(change: &[f32; WIDTH]) -> Shape {
    let square = sum(&change.map(|v| v * v));
    let length = square.sqrt();
    let scale = 1.0 / (length + SOFTNESS * (DIMS as f32).sqrt());
    let mut at = [0; WIDTH];
    for (out, v) in at.iter_mut().zip(change) {
        // Below 127 by what `scale` is; through 32 bits, which the compiler does four at a time.
        *out = (v * scale * 127.0) as i32 as i8;
    }
    Shape {
        at,
        size: (length * scale * 255.0) as u8,
        level_dbm0: 0,
    }
}

fn part_of(smooth: &[f32; WIDTH]) -> Part {
    let mut part = Part::default();
    for (k, &v) in smooth.iter().take(DIMS).enumerate() {
        part.signs |= u32::from(v > 0.0) << k;
    }
    let mut sum = 0.0;
    for (size, &v) in part.sizes.iter_mut().zip(smooth) {
        let v = v.abs();
        sum += v;
        *size = less(v * (255.0 / (4.0 * SMOOTH_HOPS as f32)), 255.0) as i32 as u8;
    }
    part.alive = sum > ALIVE * (KEY_DIMS * SMOOTH_HOPS) as f32;
    part
}
