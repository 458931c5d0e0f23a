//! Bursts: when a tone of the call-progress band begins and ends, to a few milliseconds, and what it consists of.
//!
//! Every hop the power of a few bins around the tone is compared with the power of the whole telephone band. Ten
//! hops in which the tone holds most of it are worth a look at its fine spectrum ([`Lines`]); when that shows few
//! sharp lines, a burst has begun. Its edges are where its power passes half of what it is in its middle, between hops
//! interpolated: a window that slides over an edge holds half of the tone when the edge is at its centre.
//! Interruptions shorter than three lost packets are bridged.

use realfft::num_complex::Complex32;

use super::lines::{LineFinder, Lines};
use crate::front::Frame;
use crate::peaks::Peaks;
use crate::time::SampleTime;

/// The call-progress band in bins of the shared spectrum: 281 to 719 Hz.
const BAND_LOW: usize = 9;
const BAND_BINS: usize = 15;
/// Share of the whole band that makes a hop tonal. A tone 5 dB above white noise holds 0.76.
const TONAL_SHARE: f32 = 0.5;
/// Power (sum over bins) below which nothing is a tone: −50 dBm0, 10 dB below the quietest line.
const QUIETEST: f32 = 3.6e-6;
/// Tonal hops before the fine spectrum of a possible first burst is looked at.
const RUN_FIRST: u8 = 10;
/// The same for the next burst of a train, whose lines are known.
const RUN_NEXT: u8 = 8;
/// Hops after a burst in which its echo may be heard: the longest echo path of a satellite link.
const ECHO_HOPS: u64 = 50;
/// Hops in a row that need not be tonal within a run: tones that beat or are modulated by 25 Hz fade for 20 ms.
const FAINT_HOPS: u8 = 2;
/// Hops between two looks while nothing was found.
const RUN_AGAIN: u8 = 3;
/// A pause is one from here on, hops: three packets of 20 ms may be lost in a tone. The shortest pause of any plan is
/// 100 ms.
const BRIDGED_HOPS: u64 = 7;
/// Hops without a tonal one, in which the power stays: something else drowned the tone.
const DROWNED_HOPS: u8 = 8;
/// A power so many times that of the burst, for so many hops, is something else that began.
const LOUDER: f32 = 3.5;
const LOUDER_HOPS: u8 = 4;
/// Hops from one look at the fine spectrum of a burst to the next.
const LOOK_EVERY: u64 = 10;
/// Hops remembered to find where a burst began.
const TRAIL: usize = 24;
/// Most a line may move within a burst, relative.
const DRIFT: f32 = 0.02;

/// Something that happened to a burst.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edge {
    /// A burst was found; it began at `at`.
    Began {
        /// When.
        at: SampleTime,
        /// It was there when the audio began: its beginning is not known.
        cut: bool,
    },
    /// Its fine spectrum was looked at again.
    Looked,
    /// It ended at `at`.
    Ended {
        /// When.
        at: SampleTime,
        /// Its end is not known: it was drowned.
        cut: bool,
    },
    /// It was not a tone after all.
    Withdrawn,
}

/// Follows bursts.
pub(crate) struct BurstEar {
    scratch: Vec<Complex32>,
    /// Powers by bin of the newest hops; the one of hop `i` is at `i % TRAIL`.
    trail: [[f32; BAND_BINS]; TRAIL],
    /// Hops in the trail that follow each other.
    known: u64,
    /// First hop after the latest burst: no burst begins before it.
    free_from: u64,
    /// Bins that belong to the tone.
    mask: [bool; BAND_BINS],
    lines: Lines,
    state: State,
    /// Consecutive tonal hops.
    run: u8,
    /// Hops in the run since the last tonal one.
    faint: u8,
    /// Hop at which the run is worth a look.
    look_at_run: u8,
    /// Mean power of the present or latest burst, in the bins of `mask`; 0 before the first.
    on_power: f32,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Off,
    On {
        /// Hop of the next look.
        look: u64,
        /// Looks that disagreed, in a row.
        strange: u8,
        /// Hops in a row without a tonal one.
        drowned: u8,
        /// Hops in a row much louder than the burst.
        louder: u8,
        /// Hop and time at which the power fell below half.
        fell: Option<(u64, SampleTime)>,
        /// Where the run of strange hops began.
        last_tonal: SampleTime,
    },
}

impl BurstEar {
    /// An ear that has heard nothing.
    pub(crate) fn new() -> BurstEar {
        BurstEar {
            scratch: LineFinder::shared().scratch(),
            trail: [[0.0; BAND_BINS]; TRAIL],
            known: 0,
            free_from: 0,
            mask: [true; BAND_BINS],
            lines: Lines::default(),
            state: State::Off,
            run: 0,
            faint: 0,
            look_at_run: RUN_FIRST,
            on_power: 0.0,
        }
    }

    /// The lines of the present or latest burst.
    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Forgets the tone that was followed; the next burst may be any.
    pub(crate) fn forget(&mut self) {
        self.state = State::Off;
        self.run = 0;
        self.look_at_run = RUN_FIRST;
        self.on_power = 0.0;
    }

    /// The audio is interrupted: what comes is not a continuation.
    pub(crate) fn interrupt(&mut self) {
        self.forget();
        self.known = 0;
    }

    /// Hears one hop.
    pub(crate) fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks) -> Option<Edge> {
        let bins: &[f32; BAND_BINS] = frame.power[BAND_LOW..].first_chunk()?;
        self.trail[(frame.index % TRAIL as u64) as usize] = *bins;
        self.known += 1;
        let tonal = is_tonal(bins, peaks.band_sum);
        match self.state {
            State::Off => self.listen(frame, tonal),
            State::On { .. } => self.follow(frame, tonal),
        }
    }

    fn listen(&mut self, frame: &Frame<'_>, tonal: bool) -> Option<Edge> {
        // The echo of a burst is no burst; after half a second it is gone, and another tone may be fainter.
        let echo = frame.index - self.free_from < ECHO_HOPS
            && band_of(&self.trail, frame.index) < 0.25 * self.on_power;
        if tonal && !echo {
            self.faint = 0;
        } else {
            self.faint += 1;
        }
        if self.faint > FAINT_HOPS || (self.faint > 0 && self.run == 0) {
            self.faint = 0;
            self.run = 0;
            self.look_at_run = if self.on_power > 0.0 { RUN_NEXT } else { RUN_FIRST };
            return None;
        }
        self.run = self.run.saturating_add(1);
        if self.run < self.look_at_run || self.faint > 0 {
            return None;
        }
        self.look_at_run = self.run.saturating_add(RUN_AGAIN);
        let lines = self.look(frame);
        if !lines.is_tone() {
            return None;
        }
        self.lines = lines;
        self.mask = mask_of(&lines);
        // The newest four hops are whole.
        self.on_power = (0..4).map(|back| self.masked(frame.index - back)).sum::<f32>() / 4.0;
        let (at, cut) = self.find_beginning(frame);
        self.state = State::On {
            look: frame.index + LOOK_EVERY,
            strange: 0,
            drowned: 0,
            louder: 0,
            fell: None,
            last_tonal: centre(frame, frame.index),
        };
        Some(Edge::Began { at, cut })
    }

    fn follow(&mut self, frame: &Frame<'_>, tonal: bool) -> Option<Edge> {
        let State::On {
            mut look,
            mut strange,
            mut drowned,
            mut louder,
            mut fell,
            mut last_tonal,
        } = self.state
        else {
            return None;
        };
        let power = self.masked(frame.index);
        let half = 0.5 * self.on_power;
        if power < half {
            let before = self.masked(frame.index.wrapping_sub(1));
            let (since, at) =
                *fell.get_or_insert_with(|| (frame.index, crossing(frame, before, power, half)));
            if frame.index - since >= BRIDGED_HOPS {
                self.free_from = since;
                self.off();
                return Some(Edge::Ended { at, cut: false });
            }
        } else if band_of(&self.trail, frame.index) > LOUDER * self.on_power {
            fell = None;
            louder += 1;
            if louder >= LOUDER_HOPS {
                // What was taken for a tone (hum, a horn) lies under what begins now.
                self.forget();
                return Some(Edge::Withdrawn);
            }
        } else {
            fell = None;
            louder = 0;
            // Follows slow changes of level; a beat or a warble passes by.
            self.on_power += 0.08 * (power.min(4.0 * self.on_power) - self.on_power);
            if tonal {
                drowned = 0;
                last_tonal = centre(frame, frame.index);
            } else {
                drowned += 1;
                if drowned >= DROWNED_HOPS {
                    self.off();
                    return Some(Edge::Ended {
                        at: last_tonal,
                        cut: true,
                    });
                }
            }
        }
        let mut edge = None;
        if frame.index >= look && fell.is_none() {
            look = frame.index + LOOK_EVERY;
            let lines = self.look(frame);
            if lines.is_tone() && same_tone(&lines, &self.lines) {
                strange = 0;
                self.lines = lines;
                edge = Some(Edge::Looked);
            } else {
                strange += 1;
                if strange >= 3 {
                    self.forget();
                    return Some(Edge::Withdrawn);
                }
            }
        }
        self.state = State::On {
            look,
            strange,
            drowned,
            louder,
            fell,
            last_tonal,
        };
        edge
    }

    fn off(&mut self) {
        self.state = State::Off;
        self.run = 0;
        self.look_at_run = RUN_NEXT;
    }

    fn look(&mut self, frame: &Frame<'_>) -> Lines {
        LineFinder::shared().find(frame.history, frame.rate, &mut self.scratch)
    }

    /// Power of hop `index` in the tone's bins.
    fn masked(&self, index: u64) -> f32 {
        let bins = &self.trail[(index % TRAIL as u64) as usize];
        bins.iter()
            .zip(&self.mask)
            .map(|(p, &m)| if m { *p } else { 0.0 })
            .sum()
    }

    /// Walks back through the trail to where the power passed half of what it is now.
    fn find_beginning(&self, frame: &Frame<'_>) -> (SampleTime, bool) {
        let half = 0.5 * self.on_power;
        let last = frame
            .index
            .saturating_sub((TRAIL as u64 - 1).min(self.known.saturating_sub(1)));
        let mut began = None;
        let mut low = 0;
        let mut index = frame.index;
        while index > last {
            index -= 1;
            let power = self.masked(index);
            if power < half {
                if low == 0 {
                    let after = self.masked(index + 1);
                    began = Some(rise(frame, index, power, after, half));
                }
                low += 1;
                if low > 5 {
                    break;
                }
            } else {
                low = 0;
            }
        }
        if low == 0 {
            // It sounded as far back as is known.
            return (centre(frame, last), true);
        }
        let at = began.unwrap_or_else(|| centre(frame, last));
        // A window that begins with the audio itself shows an edge where there need not be one.
        let cut = low <= 5 && index == last && self.known < TRAIL as u64;
        (at, cut)
    }
}

/// Whether a hop's power is mostly that of one or two narrow clusters in the call-progress band.
fn is_tonal(bins: &[f32; BAND_BINS], whole: f32) -> bool {
    let band: f32 = bins.iter().sum();
    if band < QUIETEST {
        return false;
    }
    if band < TONAL_SHARE * whole {
        return false;
    }
    let peak = strongest(bins, |_| true);
    let first: f32 = bins[peak.saturating_sub(2)..(peak + 3).min(BAND_BINS)]
        .iter()
        .sum();
    let other = strongest(bins, |bin| bin.abs_diff(peak) > 3);
    let second: f32 = if other.abs_diff(peak) > 3 && bins[other] > 0.1 * bins[peak] {
        bins[other.saturating_sub(1)..(other + 2).min(BAND_BINS)]
            .iter()
            .sum()
    } else {
        0.0
    };
    first + second > TONAL_SHARE * whole
}

fn band_of(trail: &[[f32; BAND_BINS]; TRAIL], index: u64) -> f32 {
    trail[(index % TRAIL as u64) as usize].iter().sum()
}

fn strongest(bins: &[f32; BAND_BINS], allowed: impl Fn(usize) -> bool) -> usize {
    let mut best = 0;
    let mut most = -1.0;
    for (bin, &power) in bins.iter().enumerate() {
        if power > most && allowed(bin) {
            (best, most) = (bin, power);
        }
    }
    best
}

/// The bins within 47 Hz of a line.
fn mask_of(lines: &Lines) -> [bool; BAND_BINS] {
    std::array::from_fn(|bin| {
        let hz = (BAND_LOW + bin) as f32 * crate::front::BIN_HZ;
        lines.as_slice().iter().any(|l| (l.hz - hz).abs() < 47.0)
    })
}

/// Whether two looks show the same tone: the strongest line of either is among the lines of the other.
pub(crate) fn same_tone(a: &Lines, b: &Lines) -> bool {
    let among = |a: &Lines, b: &Lines| {
        a.as_slice().first().is_some_and(|first| {
            b.as_slice()
                .iter()
                .any(|l| (l.hz - first.hz).abs() < DRIFT * first.hz)
        })
    };
    among(a, b) && among(b, a)
}

/// Time at the centre of the 32 ms window of hop `index`.
fn centre(frame: &Frame<'_>, index: u64) -> SampleTime {
    SampleTime(frame.rate.at_hop(index + 1) - SampleTime(frame.rate.at_ms(16).0))
}

/// When the power fell through `half`, from the hop before to this one.
fn crossing(frame: &Frame<'_>, before: f32, now: f32, half: f32) -> SampleTime {
    let part = ((before - half) / (before - now).max(1e-12)).clamp(0.0, 1.0);
    let hop = frame.rate.hop() as f32;
    SampleTime(
        centre(frame, frame.index)
            .0
            .saturating_sub(((1.0 - part) * hop) as u64),
    )
}

/// When the power rose through `half`, from hop `index` to the next.
fn rise(frame: &Frame<'_>, index: u64, power: f32, after: f32, half: f32) -> SampleTime {
    let part = ((half - power) / (after - power).max(1e-12)).clamp(0.0, 1.0);
    centre(frame, index) + (part * frame.rate.hop() as f32) as u64
}
