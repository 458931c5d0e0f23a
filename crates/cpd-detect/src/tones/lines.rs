//! Spectral lines of the call-progress band, fine enough to tell the two tones of a dual tone apart.
//!
//! The shared 32 ms spectrum shows 400+450 Hz as one restless peak. When a tone seems to sound, the newest 128 ms are
//! low-passed, thinned to 2 kHz and transformed with a Hann window: bins of 7.8 Hz, lines resolved from 16 Hz apart,
//! interpolated to about half a hertz. This is done a few times in a tone and not every hop (3 µs each).

use std::sync::{Arc, OnceLock};

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

use crate::front::UNIT;
use crate::quick::dot;
use crate::time::SampleRate;

/// At most this many lines are kept, strongest first: a carrier, its two sidebands, and one more to know of.
pub(crate) const LINES: usize = 4;
/// Samples after thinning: 128 ms at 2 kHz.
const LEN: usize = 256;
/// Samples of 128 ms at both rates.
const HISTORY_8K: usize = 1_024;
const HISTORY_16K: usize = 2_048;
/// Rate after thinning, Hz.
const THIN_HZ: u32 = 2_000;
/// Hz from bin to bin.
const LINE_BIN_HZ: f32 = THIN_HZ as f32 / LEN as f32;
/// The band looked at, in bins: 281 to 719 Hz. Call-progress tones lie between 350 and 640 Hz, their modulation in it.
const BAND: std::ops::RangeInclusive<usize> = 36..=92;
/// A line below this share of the strongest is a sidelobe, hum or a codec's ghost (−14 dB). The sidebands of a fully
/// modulated tone are 6 dB down.
const WEAKEST: f32 = 0.04;
/// Share of the band that the lines of a tone hold at least; in noise of 5 dB and after low-rate codecs it is seldom
/// below 0.7.
const PURITY: f32 = 0.6;
/// Share of the lines that the two strongest hold: a carrier and one of its sidebands 0.83, two tones all. The harmonics
/// of hum and of chords share more evenly.
const FEW: f32 = 0.75;
/// Taps of the low-pass at 8 kHz: flat to 700 Hz, 35 dB down from 1.3 kHz, where thinning would fold into the band.
const TAPS_8K: usize = 40;

/// One line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Line {
    /// Frequency, Hz.
    pub(crate) hz: f32,
    /// Share of the power of all lines, 0 to 1.
    pub(crate) share: f32,
}

/// The lines of the newest 128 ms.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lines {
    list: [Line; LINES],
    len: usize,
    /// Share of the band's power that the lines hold, 0 to 1: near 1 for tones, about 0.5 for a sung vowel.
    pub(crate) purity: f32,
}

impl Lines {
    /// The lines, strongest first.
    pub(crate) fn as_slice(&self) -> &[Line] {
        &self.list[..self.len]
    }

    /// Whether this may be a tone: few sharp lines hold the band.
    pub(crate) fn is_tone(&self) -> bool {
        let strongest_two: f32 = self.as_slice().iter().take(2).map(|l| l.share).sum();
        self.purity >= PURITY && strongest_two >= FEW
    }

    fn insert(&mut self, line: Line) {
        let at = self
            .as_slice()
            .iter()
            .position(|l| l.share < line.share)
            .unwrap_or(self.len);
        if at < LINES {
            self.len = (self.len + 1).min(LINES);
            self.list.copy_within(at..self.len - 1, at + 1);
            self.list[at] = line;
        }
    }
}

/// Finds lines; made once for all calls.
pub(crate) struct LineFinder {
    fft: Arc<dyn RealToComplex<f32>>,
    window: [f32; LEN],
    low_pass_8k: [f32; TAPS_8K],
    low_pass_16k: [f32; 2 * TAPS_8K],
}

impl LineFinder {
    /// The finder that all ears share.
    pub(crate) fn shared() -> &'static LineFinder {
        static FINDER: OnceLock<LineFinder> = OnceLock::new();
        FINDER.get_or_init(|| LineFinder {
            fft: RealFftPlanner::<f32>::new().plan_fft_forward(LEN),
            window: std::array::from_fn(|n| hann(n, LEN)),
            low_pass_8k: low_pass(1_000.0 / 8_000.0),
            low_pass_16k: low_pass(1_000.0 / 16_000.0),
        })
    }

    /// Scratch for [`LineFinder::find`].
    pub(crate) fn scratch(&self) -> Vec<Complex32> {
        self.fft.make_scratch_vec()
    }

    /// The lines of `history` (128 ms at `rate`).
    pub(crate) fn find(&self, history: &[i16], rate: SampleRate, scratch: &mut [Complex32]) -> Lines {
        let (mut thin, filled) = if rate == SampleRate::WIDEBAND {
            thinned::<HISTORY_16K, _>(history, &self.low_pass_16k)
        } else {
            thinned::<HISTORY_8K, _>(history, &self.low_pass_8k)
        };
        // Centre what was filled within the window.
        let shift = (LEN - filled) / 2;
        thin.copy_within(..filled, shift);
        thin[..shift].fill(0.0);
        for (x, w) in thin.iter_mut().zip(&self.window) {
            *x *= w;
        }
        let mut spectrum = [Complex32::default(); LEN / 2 + 1];
        if self
            .fft
            .process_with_scratch(&mut thin, &mut spectrum, scratch)
            .is_err()
        {
            return Lines::default();
        }
        let mut power = [0.0_f32; LEN / 2 + 1];
        for (p, x) in power.iter_mut().zip(&spectrum) {
            *p = x.re * x.re + x.im * x.im;
        }
        pick(&power)
    }
}

/// The newest samples at the low rate, and how many.
fn thinned<const HISTORY: usize, const TAPS: usize>(
    history: &[i16],
    taps: &[f32; TAPS],
) -> ([f32; LEN], usize) {
    let mut thin = [0.0_f32; LEN];
    let Some(history) = history.last_chunk::<HISTORY>() else {
        return (thin, 0);
    };
    let sound: [f32; HISTORY] = std::array::from_fn(|n| f32::from(history[n]) * UNIT);
    let step = HISTORY / LEN;
    // The window is near zero where the filter would need samples from outside.
    let filled = ((HISTORY - TAPS) / step + 1).min(LEN);
    for (n, out) in thin[..filled].iter_mut().enumerate() {
        *out = sound[n * step..]
            .first_chunk::<TAPS>()
            .map_or(0.0, |piece| dot(piece, taps));
    }
    (thin, filled)
}

fn pick(power: &[f32; LEN / 2 + 1]) -> Lines {
    let mut lines = Lines::default();
    let band: f32 = power[BAND].iter().sum();
    let strongest = power[BAND].iter().fold(0.0_f32, |a, &b| a.max(b));
    if strongest < 1e-9 {
        return lines;
    }
    for bin in BAND {
        let (before, here, after) = (power[bin - 1], power[bin], power[bin + 1]);
        if here > WEAKEST * strongest && here > before && here >= after {
            // Two neighbouring bins of a Hann window tell the place between them.
            let (neighbour, sign) = if after > before {
                (after, 1.0)
            } else {
                (before, -1.0)
            };
            let ratio = (neighbour / here).sqrt();
            let place = sign * (2.0 * ratio - 1.0) / (ratio + 1.0);
            lines.insert(Line {
                hz: (bin as f32 + place.clamp(-0.5, 0.5)) * LINE_BIN_HZ,
                share: before + here + after,
            });
        }
    }
    let held: f32 = lines.as_slice().iter().map(|l| l.share).sum();
    for line in &mut lines.list {
        line.share /= held;
    }
    lines.purity = (held / band).min(1.0);
    lines
}

fn hann(n: usize, len: usize) -> f32 {
    0.5 - 0.5 * (std::f32::consts::TAU * (n as f32 + 0.5) / len as f32).cos()
}

/// A windowed sinc; `cut` in cycles a sample.
fn low_pass<const TAPS: usize>(cut: f32) -> [f32; TAPS] {
    let middle = (TAPS as f32 - 1.0) / 2.0;
    std::array::from_fn(|n| {
        let x = std::f32::consts::TAU * cut * (n as f32 - middle);
        let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
        2.0 * cut * sinc * hann(n, TAPS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(hz: &[f32], rate: SampleRate) -> Lines {
        let len = rate.hz() as usize * 128 / 1_000;
        let history: Vec<i16> = (0..len)
            .map(|n| {
                let t = n as f32 / rate.hz() as f32;
                let sound: f32 = hz
                    .iter()
                    .map(|f| 0.1 * (std::f32::consts::TAU * f * t + f).sin())
                    .sum();
                (sound / UNIT) as i16
            })
            .collect();
        let finder = LineFinder::shared();
        finder.find(&history, rate, &mut finder.scratch())
    }

    #[test]
    fn a_single_tone_is_one_line_to_half_a_hertz() {
        for rate in [SampleRate::NARROWBAND, SampleRate::WIDEBAND] {
            for hz in [350.0, 400.0, 411.3, 425.0, 440.7, 620.0] {
                let lines = lines_of(&[hz], rate);
                assert_eq!(lines.as_slice().len(), 1, "{hz}: {lines:?}");
                assert!((lines.as_slice()[0].hz - hz).abs() < 0.5, "{hz}: {lines:?}");
                assert!(lines.purity > 0.95, "{hz}: {lines:?}");
            }
        }
    }

    #[test]
    fn dual_tones_are_two_lines() {
        for pair in [[413.0, 438.0], [400.0, 450.0], [440.0, 480.0], [480.0, 620.0]] {
            let lines = lines_of(&pair, SampleRate::NARROWBAND);
            let mut found: Vec<f32> = lines.as_slice().iter().map(|l| l.hz).collect();
            found.sort_by(f32::total_cmp);
            assert_eq!(found.len(), 2, "{pair:?}: {lines:?}");
            assert!(
                (found[0] - pair[0]).abs() < 2.0 && (found[1] - pair[1]).abs() < 2.0,
                "{lines:?}"
            );
        }
    }

    #[test]
    fn what_lies_outside_the_band_does_not_fold_into_it() {
        let lines = lines_of(&[425.0, 1_500.0, 2_450.0, 3_600.0], SampleRate::NARROWBAND);
        assert_eq!(lines.as_slice().len(), 1, "{lines:?}");
        assert!(lines.purity > 0.95, "{lines:?}");
    }

    #[test]
    fn silence_has_no_lines() {
        assert!(lines_of(&[], SampleRate::NARROWBAND).as_slice().is_empty());
    }
}
