//! Whether music plays: notes hold still and then change; voices glide, signalling tones stay the same.
//!
//! Every 80 ms the ear looks at the spectrum's lines between 250 Hz and 2.2 kHz. A line is still where its phase
//! advances by the same angle per hop as 80 and 160 ms before, to about 7 Hz; chance and vowels pass that for one line
//! in twenty, notes for one in two. A line that has been still for long (hum, a ringback tone) stops counting, so
//! what gathers evidence is notes that begin. Music is settled when enough has gathered, from several lines, struck at
//! several times: a car horn is one stroke, the three tones of SIT are three lines.

use crate::front::{BANDS, BINS, Frame, dbm0};
use crate::time::SampleTime;

use realfft::num_complex::Complex32;

/// Hops from one look to the next: 80 ms.
const LOOK_HOPS: u64 = 8;
/// First bin looked at: 250 Hz, the lower edge of what a telephone passes.
const LOW: usize = 8;
/// Bins looked at; the last is 2.2 kHz, above which a telephone leaves few lines of any instrument.
const LINES: usize = 64;
/// Cosine of the greatest difference between two phase advances of a still line: 26°, 7 Hz.
const STILL_COSINE: f32 = 0.9;
/// Least change of a still line's strength (power) in either direction, as a ratio over 80 ms.
const STILL_STRENGTH: f32 = 0.1;
/// Power of a line's bin against the mean of its surroundings.
const PROMINENCE: f32 = 5.0;
/// Power of a line against the strongest.
const WEAKEST: f32 = 1e-3;
/// A line stands this far above its band's noise floor, dB, beyond a band's own width.
const ABOVE_FLOOR_DB: f32 = 3.0;
/// Quietest sound looked at, dBm0.
const QUIETEST_DBM0: f32 = -60.0;
/// Age at which a line is no longer a note that begins; two a look while still, one less a look while not: 0.5 s.
const NOTE_AGE: u8 = 8;
/// Bound of the age: a ringback tone is forgotten after two seconds.
const AGE_MAX: u8 = 40;
/// Evidence of a look by the number of young still lines, none to four and more: half the log likelihood ratio of
/// music against speech, measured over recorded music and running speech, for looks resemble their neighbours.
const EVIDENCE: [f32; 5] = [-0.36, 0.95, 1.75, 2.2, 2.5];
/// Evidence of a look at one or two pure tones: there is such music, but most are signals.
const PURE_EVIDENCE: f32 = 0.3;
/// Evidence against music of a look at nothing: pauses are rarer in music than in speech.
const PAUSE_EVIDENCE: f32 = -0.1;
/// Share of the power in still lines from which they are the whole sound.
const PURE_SHARE: f32 = 0.9;
/// What evidence keeps from look to look: 4 s.
const KEEP: f32 = 0.98;
/// Least evidence: what was is soon outweighed by what is.
const SCORE_MIN: f32 = -2.0;
/// Most evidence, for the same reason.
const SCORE_MAX: f32 = 12.0;
/// Looks remembered one by one for the variety of lines: 3.2 s, in eight marks of five looks.
const MARKS: usize = 8;
/// Looks of one mark.
const LOOKS_PER_MARK: u8 = 5;
/// Evidence that settles music.
const SETTLED: f32 = 4.0;
/// Evidence below which settled music is over.
const OVER: f32 = 1.0;
/// Different lines that music has shown by then.
const VARIETY: u32 = 6;
/// Strokes (times at which lines began) by then.
const STROKES: u32 = 4;
/// Evidence that one stroke can give, whatever number of lines it begins: a car horn has ten.
const CREDIT: f32 = 2.5;
/// Looks within which lines that begin belong to one stroke: 160 ms.
const STROKE_LOOKS: u8 = 2;

/// Listens for music.
pub(super) struct MusicEar {
    /// Phase advance by line at the last look.
    advance: [Complex32; LINES],
    /// Lines whose phase advance was still between the last two looks.
    held: u64,
    /// Lines found still and young at the last look.
    young_before: u64,
    age: [u8; LINES],
    marks: [u64; MARKS],
    strokes: [u8; MARKS],
    looks_in_mark: u8,
    looks_since_stroke: u8,
    /// What the newest stroke may still add.
    credit: f32,
    score: f32,
    settled: bool,
    /// Where the evidence began to gather.
    from: SampleTime,
}

impl MusicEar {
    pub(super) fn new() -> MusicEar {
        MusicEar {
            advance: [Complex32::default(); LINES],
            held: 0,
            young_before: 0,
            age: [0; LINES],
            marks: [0; MARKS],
            strokes: [0; MARKS],
            looks_in_mark: 0,
            looks_since_stroke: STROKE_LOOKS,
            credit: 0.0,
            score: 0.0,
            settled: false,
            from: SampleTime(0),
        }
    }

    /// Probability that music plays.
    pub(super) fn probability(&self) -> f32 {
        let varied = self.variety() as f32 / VARIETY as f32;
        let struck = self.strokes() as f32 / STROKES as f32;
        let ripe = varied.min(struck).min(1.0);
        // Even odds half way to settled.
        let odds = (1.5 * (ripe * self.score - 0.5 * SETTLED)).clamp(-6.0, 6.0).exp();
        odds / (1.0 + odds)
    }

    /// What the evidence comes from: score, lines, strokes.
    pub(super) fn evidence(&self) -> [f32; 3] {
        [self.score, self.variety() as f32, self.strokes() as f32]
    }

    /// Whether music is settled.
    pub(super) fn is_settled(&self) -> bool {
        self.settled
    }

    /// Where the music began.
    pub(super) fn from(&self) -> SampleTime {
        self.from
    }

    /// Hears one hop; true where this was a look.
    pub(super) fn hear(&mut self, frame: &Frame<'_>, floor: &[f32; BANDS]) -> bool {
        if !frame.index.is_multiple_of(LOOK_HOPS) {
            return false;
        }
        if frame.lost > 0.0 {
            self.held = 0;
            return false;
        }
        let lines = Lines::of(frame, floor);
        let mut held = 0_u64;
        for (line, before) in self.advance.iter_mut().enumerate() {
            let bin = LOW + line;
            let now = frame.spectrum.at(bin) * frame.before.at(bin).conj();
            let (strength, strength_before) = (now.norm_sqr(), before.norm_sqr());
            let along = now.re * before.re + now.im * before.im;
            let alike = along > 0.0
                && along * along > STILL_COSINE * STILL_COSINE * strength * strength_before
                && strength_before > STILL_STRENGTH * STILL_STRENGTH * strength
                && strength > 1e-20;
            held |= u64::from(alike) << line;
            *before = now;
        }
        let still = lines.peaks & held & self.held;
        self.held = held;
        self.weigh(frame, &lines, still);
        true
    }

    fn weigh(&mut self, frame: &Frame<'_>, lines: &Lines, still: u64) {
        let mut young = 0_u64;
        let mut still_power = 0.0;
        let ages = self.age;
        for line in 0..LINES {
            let around = ages[line.saturating_sub(1)..(line + 2).min(LINES)]
                .iter()
                .fold(0, |most, &age| age.max(most));
            if still >> line & 1 == 1 {
                let bin = LOW + line;
                still_power += frame.power[bin - 1] + frame.power[bin] + frame.power[bin + 1];
                young |= u64::from(around <= NOTE_AGE) << line;
                self.age[line] = (around + 2).min(AGE_MAX);
            } else if widen(still) >> line & 1 == 0 {
                self.age[line] = ages[line].saturating_sub(1);
            }
        }
        let count = still.count_ones() as usize;
        let pure = count <= 2 && still_power > PURE_SHARE * lines.power;
        self.looks_since_stroke = self.looks_since_stroke.saturating_add(1);
        let struck = young & !widen(self.young_before) != 0 && self.looks_since_stroke > STROKE_LOOKS;
        if struck {
            self.looks_since_stroke = 0;
            self.credit = CREDIT;
        }
        let evidence = match (count, young.count_ones() as usize) {
            _ if lines.peaks == 0 => PAUSE_EVIDENCE,
            (0, _) => EVIDENCE[0],
            (_, 0) => 0.0,
            _ if pure => PURE_EVIDENCE,
            (_, young) => EVIDENCE[young.min(4)],
        };
        let evidence = evidence.min(self.credit);
        self.credit -= evidence.max(0.0);
        if self.score <= 0.0 && evidence > 0.0 {
            self.from = SampleTime(
                frame
                    .end()
                    .0
                    .saturating_sub(2 * LOOK_HOPS * frame.rate.hop() as u64),
            );
        }
        self.score = (KEEP * self.score + evidence).clamp(SCORE_MIN, SCORE_MAX);
        self.young_before = young;
        self.mark(young, struck);
        self.settled = if self.settled {
            self.score > OVER
        } else {
            self.score > SETTLED && self.variety() >= VARIETY && self.strokes() >= STROKES
        };
    }

    fn mark(&mut self, young: u64, struck: bool) {
        if self.looks_in_mark == LOOKS_PER_MARK {
            self.looks_in_mark = 0;
            self.marks.copy_within(1.., 0);
            self.strokes.copy_within(1.., 0);
            self.marks[MARKS - 1] = 0;
            self.strokes[MARKS - 1] = 0;
        }
        self.looks_in_mark += 1;
        self.marks[MARKS - 1] |= young;
        self.strokes[MARKS - 1] += u8::from(struck);
    }

    /// Different lines lately; neighbours are one.
    fn variety(&self) -> u32 {
        let all = self.marks.iter().fold(0, |all, &mark| all | mark);
        (all & !(all << 1)).count_ones()
    }

    fn strokes(&self) -> u32 {
        self.strokes.iter().map(|&n| u32::from(n)).sum()
    }
}

/// Each line with its neighbours.
fn widen(lines: u64) -> u64 {
    lines | lines << 1 | lines >> 1
}

/// The spectral lines of one look.
struct Lines {
    peaks: u64,
    power: f32,
}

impl Lines {
    fn of(frame: &Frame<'_>, floor: &[f32; BANDS]) -> Lines {
        let p: &[f32; BINS] = frame.power;
        let looked = &p[LOW..LOW + LINES];
        let power: f32 = looked.iter().sum();
        let strongest = looked.iter().fold(0.0_f32, |most, &p| most.max(p));
        let mut peaks = 0_u64;
        if dbm0(power / 1.5) < QUIETEST_DBM0 {
            return Lines { peaks, power };
        }
        for line in 0..LINES {
            let bin = LOW + line;
            let here = p[bin];
            if here > p[bin - 1]
                && here >= p[bin + 1]
                && here > strongest * WEAKEST
                && here > PROMINENCE * 0.25 * (p[bin - 4] + p[bin - 3] + p[bin + 3] + p[bin + 4])
                && dbm0(here) > floor[band_of(bin)] + ABOVE_FLOOR_DB
            {
                peaks |= 1 << line;
            }
        }
        Lines { peaks, power }
    }
}

/// First bin nearest to each mel band's centre.
const BAND_EDGES: [u8; BANDS] = [
    3, 4, 7, 9, 11, 14, 17, 20, 23, 27, 30, 34, 39, 44, 49, 54, 60, 67, 74, 81, 90, 98, 108, 118,
];

/// The mel band nearest to a bin.
fn band_of(bin: usize) -> usize {
    BAND_EDGES
        .iter()
        .take_while(|&&edge| usize::from(edge) <= bin)
        .count()
        .saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use crate::activity::testing::Scene;

    /// A tune on a scale, as a network plays it instead of ringing.
    fn tune(scene: Scene, notes: usize, ms: usize) -> Scene {
        let steps = [0, 4, 7, 12, 9, 5, 2, 7, 11, 4];
        (0..notes).fold(scene, |scene, at| {
            let hz = 330.0 * 2.0_f32.powf(steps[at % steps.len()] as f32 / 12.0);
            scene.note(ms, hz, 0.12)
        })
    }

    #[test]
    fn a_tune_is_a_melody_within_three_seconds() {
        for noise in [0.001, 0.01] {
            let scene = tune(Scene::new().silence(500), 12, 400).noise_from(0, noise);
            let known = scene.heard().melody_ms();
            assert!(known.is_some_and(|ms| ms < 3_500), "noise {noise}: {known:?}");
        }
    }

    #[test]
    fn signals_and_speech_are_none() {
        let sit = |scene: Scene| {
            scene
                .tones(330, &[950.0], 0.2)
                .tones(330, &[1_400.0], 0.2)
                .tones(330, &[1_800.0], 0.2)
                .silence(1_000)
        };
        let horn = [400.0, 800.0, 1_200.0, 1_600.0, 2_000.0];
        let scenes = [
            ("speech", Scene::new().speech(10_000, 0.12)),
            (
                "ringback",
                (0..3).fold(Scene::new(), |scene, _| {
                    scene.tones(1_000, &[425.0], 0.2).silence(4_000)
                }),
            ),
            (
                "busy",
                (0..10).fold(Scene::new(), |scene, _| {
                    scene.tones(350, &[400.0, 450.0], 0.1).silence(350)
                }),
            ),
            ("SIT", sit(sit(sit(Scene::new())))),
            (
                "a horn",
                Scene::new().silence(1_000).tones(600, &horn, 0.1).silence(1_500),
            ),
        ];
        for (name, scene) in scenes {
            let known = scene.noise_from(0, 0.003).heard().melody_ms();
            assert_eq!(known, None, "{name}");
        }
    }
}
