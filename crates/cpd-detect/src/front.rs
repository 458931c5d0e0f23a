//! The one spectral front end, computed once a hop and shared by all detectors.
//!
//! Every 10 ms a Hann window over the newest 32 ms goes through a real FFT: 129 bins of 31.25 Hz up to 4 kHz at any
//! sample rate. From it come the power spectrum and the energies of 24 mel bands. The newest 128 ms stay at hand for
//! detectors that want finer frequency resolution ([`Frame::history`]).
//!
//! A hop with lost samples is heard as zeros and says how much was lost, so that detectors add no evidence from it.

use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use crate::quick::{db, more};
use crate::time::{SampleRate, SampleTime};

/// Spectrum bins of a frame: 0 to 4 kHz in steps of 31.25 Hz.
pub const BINS: usize = 129;
/// Hz from one spectrum bin to the next.
pub const BIN_HZ: f32 = 31.25;
/// Mel bands of a frame.
pub const BANDS: usize = 24;
/// Level of the quietest thing that is told apart from nothing, dBm0; below the noise of G.711's smallest step.
pub const FLOOR_DBM0: f32 = -80.0;
/// dBm0 of a mean square of 1 (a full-scale square wave): a full-scale sine has mean square ½ and, in G.711, +3.14 dBm0
/// (ITU-T G.711, tables 5 and 6).
#[allow(
    clippy::approx_constant,
    reason = "3.14 dBm0 is G.711's overload point, not π"
)]
const DBM0_OF_UNIT_POWER: f32 = 3.14 + 3.0103;

/// One hop of audio, as all detectors see it.
pub struct Frame<'a> {
    /// Number of this hop; it spans the samples `index × hop .. (index + 1) × hop`.
    pub index: u64,
    /// The rate.
    pub rate: SampleRate,
    /// Lost samples within the window behind this frame, 0 (all heard) to 1 (nothing heard).
    pub lost: f32,
    /// Mean level of the hop's own 10 ms, dBm0, not below [`FLOOR_DBM0`].
    pub level_dbm0: f32,
    /// Complex spectrum of the window (32 ms, Hann), scaled so that `|x|²` is `power`.
    pub spectrum: &'a Spectrum,
    /// The same of the hop before; phase advance between the two gives frequencies to about 1 Hz.
    pub before: &'a Spectrum,
    /// Power by bin; a sine at a bin's centre shows its mean square (full scale: 0.5) in that bin.
    pub power: &'a [f32; BINS],
    /// Level by mel band, dBm0, not below [`FLOOR_DBM0`].
    pub bands: &'a [f32; BANDS],
    /// The newest 128 ms of samples, oldest first; lost samples are 0. [`UNIT`] makes their full scale ±1.
    pub history: &'a [i16],
    /// The answer, where it fell into this hop.
    pub answered: Option<SampleTime>,
}

impl Frame<'_> {
    /// Time at the end of this hop: what is heard now is known at this time.
    pub fn end(&self) -> SampleTime {
        self.rate.at_hop(self.index + 1)
    }
}

/// A complex spectrum, real and imaginary parts apart: what is done to every bin is then done to four at a time.
#[derive(Clone, Debug)]
pub struct Spectrum {
    re: [f32; BINS],
    im: [f32; BINS],
}

impl Spectrum {
    /// Nothing.
    pub const ZERO: Spectrum = Spectrum {
        re: [0.0; BINS],
        im: [0.0; BINS],
    };

    /// The value of a bin.
    pub fn at(&self, bin: usize) -> Complex32 {
        Complex32::new(self.re[bin], self.im[bin])
    }
}

/// One step of a sample where the full scale is ±1.
pub const UNIT: f32 = 1.0 / 32_768.0;

/// The bin nearest to a frequency.
pub(crate) fn nearest_bin(hz: f32) -> usize {
    // Never negative: adding a half and cutting off rounds.
    (hz * (1.0 / BIN_HZ) + 0.5) as usize
}

/// dBm0 of a mean square.
pub fn dbm0(mean_square: f32) -> f32 {
    more(db(more(mean_square, 1e-12)) + DBM0_OF_UNIT_POWER, FLOOR_DBM0)
}

/// What is the same for all calls at one rate: FFT plan, window, bands. Made once, shared.
pub struct FrontPlan {
    rate: SampleRate,
    /// Over half as many complex numbers as there are samples, even samples real and odd ones imaginary.
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// For each bin from the second on: the turn that puts the odd samples behind the even ones.
    turn_re: [f32; INNER],
    turn_im: [f32; INNER],
    /// The bins between two bands' centres, four at a time.
    mel: Vec<Piece>,
    /// How many pieces lie between a band's centre and the next one's.
    mel_runs: [u8; BANDS - 1],
}

/// Up to four bins between two bands' centres, and what of their power falls to either.
struct Piece {
    bin: usize,
    lower: [f32; 4],
    upper: [f32; 4],
}

/// Bins but the first and the last.
const INNER: usize = BINS - 2;
/// Complex numbers of a transform: half the samples of 32 ms, narrowband and wideband.
const NARROW: usize = 128;
const WIDE: usize = 256;
/// Bin 3 (94 Hz) is the first inside the telephone band's lower slope.
const FIRST_BIN: usize = 3;
/// Bin 122 (3.8 kHz) is the last inside its upper slope.
const LAST_BIN: usize = 122;

impl FrontPlan {
    /// The plan for a rate.
    pub fn new(rate: SampleRate) -> FrontPlan {
        let window_len = (rate.hz() / 8_000) as usize * 256;
        let fft = FftPlanner::<f32>::new().plan_fft_forward(window_len / 2);
        // Powers of two are transformed from one place to another without any; said here, not in a call.
        assert_eq!(fft.get_outofplace_scratch_len(), 0, "room for the transform");
        // Hann; a sine of amplitude a at a bin's centre gives |X| = a·N/4, and a²/2 is wanted of |x|². Half of that, for
        // even and odd samples are put together as sums of two.
        let scale = UNIT * 2.0 / (window_len as f32) * std::f32::consts::FRAC_1_SQRT_2;
        let window = (0..window_len)
            .map(|n| {
                let phase = std::f32::consts::TAU * (n as f32 + 0.5) / window_len as f32;
                scale * 0.5 * (1.0 - phase.cos())
            })
            .collect();
        let turn = |n: usize| {
            Complex32::from_polar(1.0, -std::f32::consts::TAU * (n + 1) as f32 / window_len as f32)
        };
        let mel_of = |hz: f32| 1127.0 * (1.0 + hz / 700.0).ln();
        let (low, high) = (
            mel_of(FIRST_BIN as f32 * BIN_HZ),
            mel_of((LAST_BIN + 1) as f32 * BIN_HZ),
        );
        let mut mel_runs = [0; BANDS - 1];
        let mut mel: Vec<Piece> = Vec::new();
        let mut last = (BANDS, 0);
        for bin in FIRST_BIN..=LAST_BIN {
            // Position among band centres: band b is centred at b, falling to zero at b ± 1.
            let at = (mel_of(bin as f32 * BIN_HZ) - low) / (high - low) * (BANDS as f32 - 1.0);
            let lower = (at.floor() as usize).min(BANDS - 2);
            let upper_share = (at - lower as f32).clamp(0.0, 1.0);
            last = match last {
                (band, place) if band == lower && place < 3 => (lower, place + 1),
                _ => {
                    mel_runs[lower] += 1;
                    mel.push(Piece {
                        bin,
                        lower: [0.0; 4],
                        upper: [0.0; 4],
                    });
                    (lower, 0)
                }
            };
            if let Some(piece) = mel.last_mut() {
                piece.lower[last.1] = 1.0 - upper_share;
                piece.upper[last.1] = upper_share;
            }
        }
        FrontPlan {
            rate,
            fft,
            window,
            turn_re: std::array::from_fn(|n| turn(n).re),
            turn_im: std::array::from_fn(|n| turn(n).im),
            mel,
            mel_runs,
        }
    }
}

impl FrontPlan {
    /// The rate it was made for.
    pub fn rate(&self) -> SampleRate {
        self.rate
    }
}

/// Room in which a frame is computed. It holds nothing from hop to hop: with a room of its own each call would fetch and
/// write back 5 kB a packet that are in nobody's cache when there are a thousand calls.
pub struct Bench {
    before: Spectrum,
    power: [f32; BINS],
    bands: [f32; BANDS],
}

impl Default for Bench {
    fn default() -> Bench {
        Bench {
            before: Spectrum::ZERO,
            power: [0.0; BINS],
            bands: [FLOOR_DBM0; BANDS],
        }
    }
}

/// The front end of one call: 128 ms of samples and the newest spectrum.
pub struct FrontEnd {
    plan: Arc<FrontPlan>,
    /// The newest samples, up to `end`; the last `begun` are those of a hop that is not yet full. They move to the front
    /// when there is no room for another hop, once in `SLACK_HOPS`.
    samples: Box<[i16]>,
    end: usize,
    begun: usize,
    /// Per hop of the window, newest last: samples of it that were lost.
    lost: [u16; LOST_HOPS],
    hop_lost: u16,
    spectrum: Spectrum,
    index: u64,
    answered: Option<SampleTime>,
}

/// Hops that a window touches: 32 ms is 3.2 hops.
const LOST_HOPS: usize = 4;
/// Windows of samples that are kept: 128 ms.
const KEPT_WINDOWS: usize = 4;
/// Hops of room behind the kept samples: moving them costs little more than a tenth of what it would every second hop,
/// for 3.2 kB.
const SLACK_HOPS: usize = 20;

impl FrontEnd {
    /// A front end that has heard nothing.
    pub fn new(plan: Arc<FrontPlan>) -> FrontEnd {
        let kept = KEPT_WINDOWS * plan.window.len();
        FrontEnd {
            samples: vec![0; kept + SLACK_HOPS * plan.rate.hop()].into_boxed_slice(),
            end: kept,
            begun: 0,
            lost: [0; LOST_HOPS],
            hop_lost: 0,
            spectrum: Spectrum::ZERO,
            index: 0,
            answered: None,
            plan,
        }
    }

    /// The rate.
    pub fn rate(&self) -> SampleRate {
        self.plan.rate
    }

    /// Samples heard or lost so far.
    pub fn now(&self) -> SampleTime {
        self.plan.rate.at_hop(self.index) + self.begun as u64
    }

    /// Marks the answer at the current sample.
    pub fn answered(&mut self) {
        self.answered = Some(self.now());
    }

    /// Takes samples up to the end of the hop; gives back how many, and whether the hop is full.
    pub fn take(&mut self, samples: &[i16]) -> (usize, bool) {
        let room = self.room();
        let taken = room.len().min(samples.len());
        room[..taken].copy_from_slice(&samples[..taken]);
        (taken, self.took(taken))
    }

    /// The same for lost samples.
    pub fn take_lost(&mut self, samples: u64) -> (u64, bool) {
        let room = self.room();
        let taken = samples.min(room.len() as u64) as usize;
        room[..taken].fill(0);
        self.hop_lost += taken as u16;
        (taken as u64, self.took(taken))
    }

    /// Passes over whole hops of lost audio without a frame for each. The current hop must be empty.
    pub fn skip_hops(&mut self, hops: u64) {
        debug_assert_eq!(self.begun, 0);
        self.index += hops;
    }

    /// Turns the full hop into a frame.
    pub fn frame<'a>(&'a mut self, bench: &'a mut Bench) -> Frame<'a> {
        let plan = &*self.plan;
        let hop = plan.rate.hop();
        debug_assert_eq!(self.begun, hop);
        self.lost.copy_within(1.., 0);
        self.lost[LOST_HOPS - 1] = self.hop_lost;
        let lost: u32 = self.lost.iter().map(|&n| u32::from(n)).sum();

        let history = &self.samples[self.end - KEPT_WINDOWS * plan.window.len()..self.end];
        bench.before.clone_from(&self.spectrum);
        if plan.window.len() == 2 * WIDE {
            plan.transform::<WIDE>(history, &mut self.spectrum);
        } else {
            plan.transform::<NARROW>(history, &mut self.spectrum);
        }
        let Spectrum { re, im } = &self.spectrum;
        for (power, (re, im)) in bench.power.iter_mut().zip(re.iter().zip(im)) {
            *power = re * re + im * im;
        }
        plan.sum_bands(&bench.power, &mut bench.bands);

        let index = self.index;
        self.begun = 0;
        self.hop_lost = 0;
        self.index += 1;
        Frame {
            index,
            rate: plan.rate,
            lost: lost as f32 / (LOST_HOPS * hop) as f32,
            level_dbm0: dbm0(energy(&history[history.len() - hop..]) / hop as f32),
            spectrum: &self.spectrum,
            before: &bench.before,
            power: &bench.power,
            bands: &bench.bands,
            history,
            answered: self.answered.take(),
        }
    }

    /// What the current hop still lacks.
    fn room(&mut self) -> &mut [i16] {
        let hop = self.plan.rate.hop();
        if self.begun == 0 && self.end + hop > self.samples.len() {
            let kept = KEPT_WINDOWS * self.plan.window.len();
            self.samples.copy_within(self.end - kept..self.end, 0);
            self.end = kept;
        }
        &mut self.samples[self.end..self.end + hop - self.begun]
    }

    /// Counts what was written into the room; true where the hop is full.
    fn took(&mut self, samples: usize) -> bool {
        self.end += samples;
        self.begun += samples;
        self.begun == self.plan.rate.hop()
    }
}

impl FrontPlan {
    /// A real transform by a complex one of half the length: even samples as real, odd ones as imaginary parts, whose two
    /// spectra are then taken apart by their symmetry and put together.
    fn transform<const N: usize>(&self, history: &[i16], spectrum: &mut Spectrum) {
        let newest = &history[history.len().saturating_sub(2 * N)..];
        let (Some(samples), Some(weights)) = (
            newest.as_chunks::<2>().0.first_chunk::<N>(),
            self.window.as_chunks::<2>().0.first_chunk::<N>(),
        ) else {
            return;
        };
        let mut packed: [Complex32; N] = std::array::from_fn(|n| {
            let ([even, odd], weights) = (samples[n], weights[n]);
            Complex32::new(f32::from(even) * weights[0], f32::from(odd) * weights[1])
        });
        let mut x = [Complex32::ZERO; N];
        self.fft
            .process_outofplace_with_scratch(&mut packed, &mut x, &mut []);
        // Each bin and its mirror image, real and imaginary parts apart.
        let (mut a_re, mut a_im) = ([0.0_f32; INNER], [0.0_f32; INNER]);
        let (mut b_re, mut b_im) = ([0.0_f32; INNER], [0.0_f32; INNER]);
        for n in 0..INNER {
            (a_re[n], a_im[n]) = (x[n + 1].re, x[n + 1].im);
        }
        for n in 0..INNER {
            (b_re[n], b_im[n]) = (x[N - 1 - n].re, x[N - 1 - n].im);
        }
        let Spectrum { re, im } = spectrum;
        for n in 0..INNER {
            let (even_re, even_im) = (a_re[n] + b_re[n], a_im[n] - b_im[n]);
            let (odd_re, odd_im) = (a_im[n] + b_im[n], b_re[n] - a_re[n]);
            re[n + 1] = even_re + self.turn_re[n] * odd_re - self.turn_im[n] * odd_im;
            im[n + 1] = even_im + self.turn_re[n] * odd_im + self.turn_im[n] * odd_re;
        }
        let first = x[0];
        (re[0], im[0]) = (2.0 * (first.re + first.im), 0.0);
        // 4 kHz is the first one's mirror image, and at twice the rate its own.
        (re[BINS - 1], im[BINS - 1]) = match x.get(BINS - 1) {
            Some(x) => (2.0 * x.re, -2.0 * x.im),
            None => (2.0 * (first.re - first.im), 0.0),
        };
    }

    fn sum_bands(&self, power: &[f32; BINS], bands: &mut [f32; BANDS]) {
        let mut sums = [[0.0_f32; 4]; BANDS];
        let mut pieces = self.mel.iter();
        let mut upper = [0.0_f32; 4];
        for (sum, &count) in sums.iter_mut().zip(&self.mel_runs) {
            let mut lower = upper;
            upper = [0.0; 4];
            for piece in pieces.by_ref().take(usize::from(count)) {
                let Some(power) = power.get(piece.bin..).and_then(|power| power.first_chunk::<4>()) else {
                    continue;
                };
                for lane in 0..4 {
                    lower[lane] += piece.lower[lane] * power[lane];
                    upper[lane] += piece.upper[lane] * power[lane];
                }
            }
            *sum = lower;
        }
        sums[BANDS - 1] = upper;
        // A Hann window's noise bandwidth is 1.5 bins: the sum over bins counts each power 1.5 times.
        for (level, [a, b, c, d]) in bands.iter_mut().zip(sums) {
            *level = dbm0(((a + c) + (b + d)) * (1.0 / 1.5));
        }
    }
}

/// Sum of squares, full scale 1; eight side by side, for one after the other each would wait for the one before.
fn energy(samples: &[i16]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for chunk in samples.as_chunks::<8>().0 {
        for (sum, &sample) in sums.iter_mut().zip(chunk) {
            let sample = f32::from(sample);
            *sum += sample * sample;
        }
    }
    sums.iter().sum::<f32>() * (UNIT * UNIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quick::DB_PER_OCTAVE;

    /// Feeds `hops` hops of a function of the sample number and gives the last frame to `check`.
    fn with_last_frame(rate: SampleRate, hops: usize, wave: impl Fn(f32) -> f32, check: impl Fn(&Frame<'_>)) {
        let mut front = FrontEnd::new(Arc::new(FrontPlan::new(rate)));
        let mut bench = Bench::default();
        let hz = rate.hz() as f32;
        let samples: Vec<i16> = (0..hops * rate.hop())
            .map(|n| (wave(n as f32 / hz) * 32_767.0).round() as i16)
            .collect();
        for (number, hop) in samples.chunks(rate.hop()).enumerate() {
            assert_eq!(front.take(hop), (rate.hop(), true));
            let frame = front.frame(&mut bench);
            if number + 1 == hops {
                check(&frame);
            }
        }
    }

    fn sine(hz: f32, amplitude: f32) -> impl Fn(f32) -> f32 {
        move |t| amplitude * (std::f32::consts::TAU * hz * t).sin()
    }

    #[test]
    fn a_full_scale_sine_reads_3_14_dbm0_at_both_rates() {
        let full = DBM0_OF_UNIT_POWER - DB_PER_OCTAVE;
        for rate in [SampleRate::NARROWBAND, SampleRate::WIDEBAND] {
            with_last_frame(rate, 20, sine(1_000.0, 1.0), |frame| {
                assert!((frame.level_dbm0 - full).abs() < 0.05, "{}", frame.level_dbm0);
                let peak = dbm0(frame.power[32]);
                assert!((peak - full).abs() < 0.05, "{peak}");
                let bands: f32 = frame.bands.iter().map(|&db| 10.0_f32.powf(db / 10.0)).sum();
                let total = 10.0 * bands.log10();
                assert!((total - full).abs() < 0.1, "the bands together: {total}");
            });
        }
    }

    #[test]
    fn silence_is_the_floor_and_never_less() {
        with_last_frame(
            SampleRate::NARROWBAND,
            5,
            |_| 0.0,
            |frame| {
                assert_eq!(frame.level_dbm0, FLOOR_DBM0);
                assert!(frame.bands.iter().all(|&db| db == FLOOR_DBM0));
            },
        );
    }

    #[test]
    fn lost_samples_are_told_as_long_as_the_window_holds_them() {
        let mut front = FrontEnd::new(Arc::new(FrontPlan::new(SampleRate::NARROWBAND)));
        let mut bench = Bench::default();
        front.take_lost(80);
        let mut shares = vec![front.frame(&mut bench).lost];
        for _ in 0..4 {
            front.take(&[100; 80]);
            shares.push(front.frame(&mut bench).lost);
        }
        assert_eq!(shares, [0.25, 0.25, 0.25, 0.25, 0.0]);
    }
}
