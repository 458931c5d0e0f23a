//! A code-excited linear predictor, a stand-in for AMR and G.729. Not those codecs: their trained codebooks are not here.
//!
//! What it does: analysis by synthesis as in 3GPP TS 26.090 and ITU-T G.729. Ten line spectral frequencies a frame,
//! predicted from the frame before and rounded; a fractional pitch lag by closed-loop search; a few signed unit pulses
//! on interleaved tracks; both gains quantised, the second against a predicted energy; a formant postfilter with tilt
//! compensation and gain control. Numbers of pulses, tracks, bits of the gains, filters and frames are those of the
//! standards. Codebooks that the standards trained are replaced by uniform quantisers whose steps give about the
//! spectral distortion and the waveform error of the real codec.
//!
//! How it stays honest: encoder and decoder are apart and share only the frame's parameters, so an erased frame
//! leaves the decoder astray as it would in a call.

use super::Erasures;
use crate::rng::Rng;

/// Prediction order.
const ORDER: usize = 10;
/// Samples of a subframe: 5 ms.
const SUBFRAME: usize = 40;
/// Shortest and longest pitch lag, samples.
const MIN_LAG: usize = 20;
const MAX_LAG: usize = 143;
/// Samples of past excitation kept: the longest lag and half the interpolator.
const PAST: usize = 160;
/// Half the taps of the pitch interpolator.
const HALF_TAPS: usize = 10;
/// Most pulses of any rate.
const MAX_PULSES: usize = 10;
/// Frequencies closer than this make a whistle, Hz (G.729 keeps 0.04 rad).
const MIN_LSF_DISTANCE_HZ: f32 = 50.0;
/// Long-term mean of line spectral frequencies of telephone speech, Hz: about what TS 26.090 tables.
const MEAN_LSF_HZ: [f32; ORDER] = [
    350.0, 560.0, 900.0, 1_310.0, 1_630.0, 1_980.0, 2_330.0, 2_660.0, 2_980.0, 3_280.0,
];
/// Share of the frame before in the prediction of the next (TS 26.090 uses 0.65).
const LSF_PREDICTION: f32 = 0.65;
/// Moving-average prediction of the pulse gain, newest first (TS 26.090, G.729).
const GAIN_PREDICTION: [f32; 4] = [0.68, 0.58, 0.34, 0.19];

/// What tells one rate from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    /// Samples between two sets of coefficients: 80 or 160.
    pub(super) frame: usize,
    /// Step of the quantised line spectral frequencies, Hz.
    pub(super) lsf_step_hz: f32,
    /// A track for each pulse: residues modulo 5 of the positions it may take.
    pub(super) tracks: &'static [&'static [usize]],
    /// Steps of the pitch gain between 0 and 1.2.
    pub(super) pitch_gain_steps: f32,
    /// Step of the pulse gain, dB.
    pub(super) pulse_gain_step_db: f32,
    /// Corner of the high-pass in front, Hz.
    pub(super) high_pass_hz: f32,
    /// The postfilter's numerator and denominator.
    pub(super) postfilter: (f32, f32),
}

const TRACKS_4: &[&[usize]] = &[&[0], &[1], &[2], &[3, 4]];

/// AMR 12.2: ten pulses, two sets of coefficients a frame.
pub(super) const AMR_12_2: Rate = Rate {
    frame: 80,
    lsf_step_hz: 60.0,
    tracks: &[&[0], &[1], &[2], &[3], &[4], &[0], &[1], &[2], &[3], &[4]],
    pitch_gain_steps: 15.0,
    pulse_gain_step_db: 1.5,
    high_pass_hz: 80.0,
    postfilter: (0.7, 0.75),
};
/// AMR 7.95: four pulses.
pub(super) const AMR_7_95: Rate = Rate {
    frame: 160,
    lsf_step_hz: 80.0,
    tracks: TRACKS_4,
    pitch_gain_steps: 15.0,
    pulse_gain_step_db: 1.5,
    high_pass_hz: 80.0,
    postfilter: (0.55, 0.7),
};
/// AMR 5.9: two pulses in eleven bits.
pub(super) const AMR_5_9: Rate = Rate {
    frame: 160,
    lsf_step_hz: 160.0,
    tracks: &[&[1, 3], &[0, 1, 2, 4]],
    pitch_gain_steps: 8.0,
    pulse_gain_step_db: 2.5,
    high_pass_hz: 80.0,
    postfilter: (0.55, 0.7),
};
/// AMR 4.75: two pulses in nine bits.
pub(super) const AMR_4_75: Rate = Rate {
    frame: 160,
    lsf_step_hz: 260.0,
    tracks: &[&[0, 1], &[2]],
    pitch_gain_steps: 4.0,
    pulse_gain_step_db: 5.0,
    high_pass_hz: 80.0,
    postfilter: (0.55, 0.7),
};
/// G.729: frames of 10 ms, four pulses.
pub(super) const G729: Rate = Rate {
    frame: 80,
    lsf_step_hz: 80.0,
    tracks: TRACKS_4,
    pitch_gain_steps: 8.0,
    pulse_gain_step_db: 2.0,
    high_pass_hz: 140.0,
    postfilter: (0.55, 0.7),
};

type Lsf = [f32; ORDER];
/// 1, a₁ … a₁₀ of A(z).
type Poly = [f32; ORDER + 1];
type Block = [f32; SUBFRAME];

/// What a frame carries, dequantised. `residual` and `correction_db` are what the decoder's own memories predict from.
#[derive(Clone)]
struct Frame {
    lsf_residual: Lsf,
    subframes: Vec<Subframe>,
}

#[derive(Clone, Copy)]
struct Subframe {
    /// Lag in thirds of a sample.
    lag_thirds: usize,
    pitch_gain: f32,
    pulses: [(u8, f32); MAX_PULSES],
    pulse_gain_correction_db: f32,
}

/// Passes samples (full scale ±1) through encoder and decoder; an erased frame is concealed by the decoder.
pub(super) fn through(rate: &Rate, samples: &[f32], erased: Erasures<'_>) -> Vec<f32> {
    let mut speech: Vec<f32> = samples.iter().map(|s| s * 32_768.0).collect();
    crate::filter::Biquad::high_pass(rate.high_pass_hz, 0.72).run(&mut speech);
    // Digital silence would leave the predictor nothing to divide by; a real encoder's rounding does the same.
    let mut dither = Rng::new(0x5ca1ab1e);
    for s in &mut speech {
        *s += dither.within(-0.5, 0.5);
    }
    let frames = speech.len().div_ceil(rate.frame);
    speech.resize(frames * rate.frame + rate.frame, 0.0);
    let mut encoder = Encoder::new(rate);
    let mut decoder = Decoder::new(rate);
    let mut out = Vec::with_capacity(frames * rate.frame);
    for index in 0..frames {
        let frame = encoder.encode(&speech, index * rate.frame);
        let lost = erased.frame(index, rate.frame);
        decoder.decode((!lost).then_some(&frame), &mut out);
    }
    out.truncate(samples.len());
    for s in &mut out {
        *s = (*s * (1.0 / 32_768.0)).clamp(-1.0, 1.0);
    }
    out
}

/// What encoder and decoder both remember: the quantisers' predictions and the past excitation.
#[derive(Clone)]
struct Memory {
    lsf: Lsf,
    lsf_residual: Lsf,
    gain_db: [f32; 4],
    past: [f32; PAST],
    sharpening: f32,
}

impl Memory {
    fn new() -> Memory {
        Memory {
            lsf: MEAN_LSF_HZ,
            lsf_residual: [0.0; ORDER],
            gain_db: [-14.0; 4],
            past: [0.0; PAST],
            sharpening: 0.2,
        }
    }

    fn predicted_lsf(&self) -> Lsf {
        std::array::from_fn(|i| MEAN_LSF_HZ[i] + LSF_PREDICTION * self.lsf_residual[i])
    }

    fn take_lsf(&mut self, residual: &Lsf) -> Lsf {
        let predicted = self.predicted_lsf();
        let mut lsf: Lsf = std::array::from_fn(|i| predicted[i] + residual[i]);
        self.lsf_residual = *residual;
        keep_apart(&mut lsf);
        lsf
    }

    /// Gain of the pulses that is expected from the four subframes before, as amplitude.
    fn expected_gain(&self, code: &Block) -> f32 {
        let energy_db = 10.0 * (dot(code, code) / SUBFRAME as f32).max(1e-3).log10();
        let expected: f32 = GAIN_PREDICTION
            .iter()
            .zip(&self.gain_db)
            .map(|(b, r)| b * r)
            .sum();
        // 33 dB: mean energy of the pulses' part of the excitation (TS 26.090 has 33 to 36, G.729 30).
        10.0_f32.powf((expected + 33.0 - energy_db) / 20.0)
    }

    /// The pulses of a subframe with the pitch sharpened in (for lags below a subframe).
    fn code(&self, subframe: &Subframe) -> Block {
        let mut code = [0.0; SUBFRAME];
        for &(at, sign) in &subframe.pulses {
            code[usize::from(at)] += sign;
        }
        sharpen(&mut code, subframe.lag_thirds / 3, self.sharpening);
        code
    }

    /// Total excitation of a subframe; also taken into the past.
    fn excite(&mut self, subframe: &Subframe) -> Block {
        let adaptive = adaptive(&self.past, subframe.lag_thirds);
        let code = self.code(subframe);
        let gain = self.expected_gain(&code) * 10.0_f32.powf(subframe.pulse_gain_correction_db / 20.0);
        let excitation: Block = std::array::from_fn(|n| subframe.pitch_gain * adaptive[n] + gain * code[n]);
        self.gain_db.copy_within(0..3, 1);
        self.gain_db[0] = subframe.pulse_gain_correction_db;
        self.sharpening = subframe.pitch_gain.clamp(0.2, 0.8);
        self.past.copy_within(SUBFRAME.., 0);
        self.past[PAST - SUBFRAME..].copy_from_slice(&excitation);
        excitation
    }
}

struct Encoder<'a> {
    rate: &'a Rate,
    memory: Memory,
    window: Vec<f32>,
    /// Unquantised frequencies of the frame before, for the weighting filter.
    lsf_before: Lsf,
    weighted: Vec<f32>,
    /// Newest outputs of the weighting filter's recursive part while searching, and of the coding error.
    weight_error: [f32; ORDER],
    synth: [f32; ORDER],
    error: [f32; ORDER],
    weight_memory: [f32; ORDER],
}

/// Weighting filter A(z/γ₁)/A(z/γ₂) (TS 26.090: 0.94 and 0.6).
const GAMMA_1: f32 = 0.94;
const GAMMA_2: f32 = 0.6;

impl<'a> Encoder<'a> {
    fn new(rate: &'a Rate) -> Encoder<'a> {
        // 30 ms, its weight late in the frame, its short end looking ahead 5 ms (TS 26.090, 5.2.1).
        let (rise, fall) = (200, 40);
        let window = (0..rise)
            .map(|n| 0.54 - 0.46 * (std::f32::consts::PI * n as f32 / (rise - 1) as f32).cos())
            .chain((0..fall).map(|n| (std::f32::consts::FRAC_PI_2 * n as f32 / (fall as f32 - 1.0)).cos()))
            .collect();
        Encoder {
            rate,
            memory: Memory::new(),
            window,
            lsf_before: MEAN_LSF_HZ,
            weighted: vec![0.0; MAX_LAG + 160],
            weight_error: [0.0; ORDER],
            synth: [0.0; ORDER],
            error: [0.0; ORDER],
            weight_memory: [0.0; ORDER],
        }
    }

    fn encode(&mut self, speech: &[f32], at: usize) -> Frame {
        let lsf = self.analyse(speech, at).unwrap_or(self.lsf_before);
        let predicted = self.memory.predicted_lsf();
        let step = self.rate.lsf_step_hz;
        let lsf_residual = std::array::from_fn(|i| ((lsf[i] - predicted[i]) / step).round() * step);
        let quantised_before = self.memory.lsf;
        let quantised = self.memory.take_lsf(&lsf_residual);
        self.memory.lsf = quantised;

        let count = self.rate.frame / SUBFRAME;
        let mut polys = Vec::with_capacity(count);
        for index in 0..count {
            let share = (index + 1) as f32 / count as f32;
            let plain = poly_of(&between(&self.lsf_before, &lsf, share));
            let coded = poly_of(&between(&quantised_before, &quantised, share));
            polys.push((plain, coded));
        }
        self.lsf_before = lsf;
        let open_lag = self.open_loop(speech, at, &polys);
        let mut subframes = Vec::with_capacity(count);
        for (index, (plain, coded)) in polys.iter().enumerate() {
            let start = at + index * SUBFRAME;
            let subframe = self.search(speech, start, plain, coded, open_lag);
            subframes.push(subframe);
        }
        Frame {
            lsf_residual,
            subframes,
        }
    }

    /// Line spectral frequencies of the frame, Hz.
    fn analyse(&self, speech: &[f32], at: usize) -> Option<Lsf> {
        let end = (at + self.rate.frame + 40).min(speech.len());
        let mut windowed = [0.0_f32; 240];
        for (n, out) in windowed.iter_mut().enumerate() {
            if let Some(index) = (end + n).checked_sub(240) {
                *out = speech[index] * self.window[n];
            }
        }
        let mut acf: Poly = std::array::from_fn(|lag| dot(&windowed[lag..], &windowed[..240 - lag]));
        // 60 Hz of bandwidth expansion and a floor of −40 dB (TS 26.090, 5.2.1).
        acf[0] = acf[0] * 1.0001 + 1e-3;
        for (lag, value) in acf.iter_mut().enumerate().skip(1) {
            let x = std::f32::consts::TAU * 60.0 * lag as f32 / 8_000.0;
            *value *= (-0.5 * x * x).exp();
        }
        lsf_of(&levinson(&acf)?)
    }

    /// The lag that repeats the weighted speech best, shorter ones preferred (TS 26.090, 5.3).
    fn open_loop(&mut self, speech: &[f32], at: usize, polys: &[(Poly, Poly)]) -> usize {
        let frame = self.rate.frame;
        self.weighted.copy_within(frame.., 0);
        let keep = self.weighted.len() - frame;
        for (index, (plain, _)) in polys.iter().enumerate() {
            let (numerator, denominator) = (widened(plain, GAMMA_1), widened(plain, GAMMA_2));
            for n in 0..SUBFRAME {
                let here = at + index * SUBFRAME + n;
                let mut x = fir(&numerator, speech, here);
                x -= dot(&denominator[1..], &self.weight_memory);
                self.weight_memory.copy_within(..ORDER - 1, 1);
                self.weight_memory[0] = x;
                self.weighted[keep + index * SUBFRAME + n] = x;
            }
        }
        let (w, start) = (&self.weighted, self.weighted.len() - frame);
        let (mut lag, mut best) = (MIN_LAG, 0.0);
        for (from, to) in [(MIN_LAG, 39), (40, 79), (80, MAX_LAG)] {
            let mut top = (from, f32::MIN);
            for candidate in from..=to {
                let product = dot(&w[start..], &w[start - candidate..w.len() - candidate]);
                if product > top.1 {
                    top = (candidate, product);
                }
            }
            let old = &w[start - top.0..w.len() - top.0];
            let score = top.1.max(0.0) / (dot(old, old) + 1.0).sqrt();
            if score * 0.85 > best {
                (lag, best) = (top.0, score);
            }
        }
        lag
    }

    /// Lag, pulses and gains of a subframe that make the least weighted error.
    fn search(
        &mut self,
        speech: &[f32],
        start: usize,
        plain: &Poly,
        coded: &Poly,
        open_lag: usize,
    ) -> Subframe {
        let numerator = widened(plain, GAMMA_1);
        let denominator = widened(plain, GAMMA_2);
        let h = impulse_response(coded, &numerator, &denominator);
        let target = self.target(speech, start, coded, &numerator, &denominator);

        // Pitch: whole lags about the open-loop one, then thirds where the standards have them (below 85).
        let mut best = (3 * open_lag, f32::MIN);
        let low = open_lag.saturating_sub(5).max(MIN_LAG);
        let high = (open_lag + 5).min(MAX_LAG);
        let mut consider = |past: &[f32; PAST], lag_thirds: usize| {
            let y = convolved(&adaptive(past, lag_thirds), &h);
            let score = dot(&target, &y) / (dot(&y, &y) + 1.0).sqrt();
            if score > best.1 {
                best = (lag_thirds, score);
            }
            best.0
        };
        let mut whole = 3 * open_lag;
        for lag in low..=high {
            whole = consider(&self.memory.past, 3 * lag);
        }
        if whole < 85 * 3 {
            for lag_thirds in [
                whole.saturating_sub(2),
                whole.saturating_sub(1),
                whole + 1,
                whole + 2,
            ] {
                if (3 * MIN_LAG..=3 * MAX_LAG).contains(&lag_thirds) {
                    consider(&self.memory.past, lag_thirds);
                }
            }
        }
        let lag_thirds = best.0;
        let y1 = convolved(&adaptive(&self.memory.past, lag_thirds), &h);
        let wanted = dot(&target, &y1) / (dot(&y1, &y1) + 1.0);
        let steps = self.rate.pitch_gain_steps;
        let pitch_gain = (wanted.clamp(0.0, 1.2) / 1.2 * steps).round() * 1.2 / steps;

        let rest: Block = std::array::from_fn(|n| target[n] - pitch_gain * y1[n]);
        let mut sharp = h;
        sharpen(&mut sharp, lag_thirds / 3, self.memory.sharpening);
        let mut subframe = Subframe {
            lag_thirds,
            pitch_gain,
            pulses: place_pulses(self.rate.tracks, &rest, &sharp),
            pulse_gain_correction_db: 0.0,
        };
        let code = self.memory.code(&subframe);
        let y2 = convolved(&code, &h);
        let gain = (dot(&rest, &y2) / (dot(&y2, &y2) + 1e-3)).max(0.0);
        let correction_db = 20.0 * (gain / self.memory.expected_gain(&code)).max(1e-3).log10();
        let step = self.rate.pulse_gain_step_db;
        subframe.pulse_gain_correction_db = (correction_db.clamp(-24.0, 18.0) / step).round() * step;

        self.remember(speech, start, coded, &numerator, &denominator, &subframe);
        subframe
    }

    /// What the excitation has to make: the weighted speech without the ringing of the past.
    fn target(
        &self,
        speech: &[f32],
        start: usize,
        coded: &Poly,
        numerator: &Poly,
        denominator: &Poly,
    ) -> Block {
        // Speech minus ringing of the synthesis filter is 1/Â driven by the residual on the error's memory.
        let residual: Block = std::array::from_fn(|n| fir(coded, speech, start + n));
        let error = recursive(coded, &self.error, &residual);
        weighted(numerator, denominator, &self.error, &self.weight_error, &error)
    }

    fn remember(
        &mut self,
        speech: &[f32],
        start: usize,
        coded: &Poly,
        numerator: &Poly,
        denominator: &Poly,
        subframe: &Subframe,
    ) {
        let excitation = self.memory.excite(subframe);
        let synth = recursive(coded, &self.synth, &excitation);
        let error: Block = std::array::from_fn(|n| speech[start + n] - synth[n]);
        let weighted = weighted(numerator, denominator, &self.error, &self.weight_error, &error);
        self.synth = newest(&synth);
        self.error = newest(&error);
        self.weight_error = newest(&weighted);
    }
}

struct Decoder<'a> {
    rate: &'a Rate,
    memory: Memory,
    synth: [f32; ORDER],
    post: Postfilter,
    last: Option<Frame>,
    erased_frames: i32,
    rng: Rng,
}

impl<'a> Decoder<'a> {
    fn new(rate: &'a Rate) -> Decoder<'a> {
        Decoder {
            rate,
            memory: Memory::new(),
            synth: [0.0; ORDER],
            post: Postfilter::default(),
            last: None,
            erased_frames: 0,
            rng: Rng::new(0xdec0de),
        }
    }

    fn decode(&mut self, frame: Option<&Frame>, out: &mut Vec<f32>) {
        let before = self.memory.lsf;
        let (lsf, subframes) = match frame {
            Some(frame) => {
                self.erased_frames = 0;
                self.last = Some(frame.clone());
                (self.memory.take_lsf(&frame.lsf_residual), frame.subframes.clone())
            }
            None => self.guess(),
        };
        self.memory.lsf = lsf;
        let count = subframes.len();
        for (index, subframe) in subframes.iter().enumerate() {
            let poly = poly_of(&between(&before, &lsf, (index + 1) as f32 / count as f32));
            let excitation = self.memory.excite(subframe);
            let mut synth = recursive(&poly, &self.synth, &excitation);
            // An excitation astray after a loss must not blow up the filter's memory.
            for s in &mut synth {
                *s = s.clamp(-65_536.0, 65_536.0);
            }
            let heard = self.post.run(self.rate.postfilter, &poly, &self.synth, &synth);
            self.synth = newest(&synth);
            out.extend(heard);
        }
    }

    /// Frequencies drift to their mean, the lag stays, gains fade, pulses are random (TS 26.091, example solution).
    fn guess(&mut self) -> (Lsf, Vec<Subframe>) {
        self.erased_frames += 1;
        let lsf = std::array::from_fn(|i| 0.95 * self.memory.lsf[i] + 0.05 * MEAN_LSF_HZ[i]);
        self.memory.lsf_residual =
            std::array::from_fn(|i| (lsf[i] - MEAN_LSF_HZ[i]) * (1.0 - LSF_PREDICTION));
        let last = self.last.as_ref().and_then(|frame| frame.subframes.last());
        let (lag_thirds, pitch_gain) = last.map_or((3 * 40, 0.0), |s| (s.lag_thirds, s.pitch_gain));
        let fade = 0.9_f32.powi(self.erased_frames) * if self.erased_frames > 3 { 0.6 } else { 1.0 };
        let mean_gain_db = self.memory.gain_db.iter().sum::<f32>() / 4.0;
        let count = self.rate.frame / SUBFRAME;
        let subframes = (0..count)
            .map(|_| Subframe {
                lag_thirds,
                pitch_gain: pitch_gain.min(0.95) * fade,
                pulses: std::array::from_fn(|i| {
                    let sign = if i >= self.rate.tracks.len() {
                        0.0
                    } else if self.rng.chance(0.5) {
                        1.0
                    } else {
                        -1.0
                    };
                    (self.rng.below(SUBFRAME) as u8, sign)
                }),
                pulse_gain_correction_db: mean_gain_db.min(0.0) - 3.0 * self.erased_frames as f32,
            })
            .collect();
        (lsf, subframes)
    }
}

/// Deepens the valleys between formants, gives the tilt back, holds the level (TS 26.090, 6.2).
struct Postfilter {
    recursive: [f32; ORDER],
    tilt: f32,
    gain: f32,
}

impl Default for Postfilter {
    fn default() -> Postfilter {
        Postfilter {
            recursive: [0.0; ORDER],
            tilt: 0.0,
            gain: 1.0,
        }
    }
}

impl Postfilter {
    fn run(&mut self, (gn, gd): (f32, f32), poly: &Poly, before: &[f32; ORDER], synth: &Block) -> Block {
        let (numerator, denominator) = (widened(poly, gn), widened(poly, gd));
        let mut extended = [0.0; ORDER + SUBFRAME];
        for (n, &s) in before.iter().rev().enumerate() {
            extended[n] = s;
        }
        extended[ORDER..].copy_from_slice(synth);
        let residual: Block = std::array::from_fn(|n| fir(&numerator, &extended, ORDER + n));
        let mut y = recursive(&denominator, &self.recursive, &residual);
        self.recursive = newest(&y);

        let mut impulse = [0.0; SUBFRAME];
        impulse[..=ORDER].copy_from_slice(&numerator);
        let h = recursive(&denominator, &[0.0; ORDER], &impulse);
        let slope = dot(&h[1..22], &h[..21]) / dot(&h[..22], &h[..22]).max(1e-6);
        let mu = 0.8 * slope.max(0.0);
        for y in &mut y {
            let now = *y;
            *y = now - mu * self.tilt;
            self.tilt = now;
        }
        let wanted = (dot(synth, synth) / dot(&y, &y).max(1e-3)).sqrt().min(4.0);
        for y in &mut y {
            self.gain += 0.1 * (wanted - self.gain);
            *y *= self.gain;
        }
        y
    }
}

/// Excitation a lag ago, between samples where the lag says so; lags below a subframe repeat themselves.
fn adaptive(past: &[f32; PAST], lag_thirds: usize) -> Block {
    let (whole, third) = (lag_thirds / 3, lag_thirds % 3);
    let mut line = [0.0; PAST + SUBFRAME];
    line[..PAST].copy_from_slice(past);
    for n in 0..SUBFRAME {
        let at = PAST + n - whole;
        line[PAST + n] = if third == 0 {
            line[at]
        } else {
            // The value `third / 3` before `line[at]`. The shortest lag is longer than half the taps, so all are made.
            dot(&line[at - HALF_TAPS..at + HALF_TAPS], &THIRDS[third - 1])
        };
    }
    std::array::from_fn(|n| line[PAST + n])
}

/// Windowed sine at one and two thirds: tap t weighs the sample `t − HALF_TAPS` from the whole lag.
static THIRDS: std::sync::LazyLock<[[f32; 2 * HALF_TAPS]; 2]> = std::sync::LazyLock::new(|| {
    std::array::from_fn(|row| {
        std::array::from_fn(|tap| {
            let x = tap as f32 - HALF_TAPS as f32 + (row as f32 + 1.0) / 3.0;
            let window = 0.5 + 0.5 * (std::f32::consts::PI * x / (HALF_TAPS as f32 + 0.5)).cos();
            (std::f32::consts::PI * x).sin() / (std::f32::consts::PI * x) * window
        })
    })
});

fn sharpen(block: &mut Block, lag: usize, gain: f32) {
    for n in lag..SUBFRAME {
        block[n] += gain * block[n - lag];
    }
}

/// Pulses one by one where they help most, then each again in turn while the others stay.
fn place_pulses(tracks: &[&[usize]], target: &Block, h: &Block) -> [(u8, f32); MAX_PULSES] {
    // Correlation of the target with a pulse at n, and of two pulses with each other.
    let d: Block = std::array::from_fn(|n| dot(&target[n..], &h[..SUBFRAME - n]));
    let mut phi = [[0.0_f32; SUBFRAME]; SUBFRAME];
    for distance in 0..SUBFRAME {
        let mut sum = 0.0;
        for k in 0..SUBFRAME - distance {
            sum += h[k] * h[k + distance];
            let j = SUBFRAME - 1 - k;
            phi[j][j - distance] = sum;
            phi[j - distance][j] = sum;
        }
    }
    let mut pulses = [(0_u8, 0.0_f32); MAX_PULSES];
    let (mut product, mut energy) = (0.0_f32, 0.0_f32);
    for round in 0..3 {
        for (index, residues) in tracks.iter().enumerate() {
            if round > 0 {
                let (at, sign) = pulses[index];
                pulses[index].1 = 0.0;
                let at = usize::from(at);
                let cross: f32 = pulses
                    .iter()
                    .map(|&(other, s)| s * phi[at][usize::from(other)])
                    .sum();
                product -= sign * d[at];
                energy -= phi[at][at] + 2.0 * sign * cross;
            }
            let mut best = (f32::MIN, 0, 0.0, 0.0, 0.0);
            for &residue in *residues {
                for at in (residue..SUBFRAME).step_by(5) {
                    let cross: f32 = pulses
                        .iter()
                        .map(|&(other, s)| s * phi[at][usize::from(other)])
                        .sum();
                    let sign = if d[at] >= 0.0 { 1.0 } else { -1.0 };
                    let p = product + sign * d[at];
                    let e = energy + phi[at][at] + 2.0 * sign * cross;
                    let score = p * p.abs() / e.max(1e-6);
                    if score > best.0 {
                        best = (score, at, sign, p, e);
                    }
                }
            }
            pulses[index] = (best.1 as u8, best.2);
            (product, energy) = (best.3, best.4);
        }
    }
    pulses
}

/// Response of 1/Â(z) · A(z/γ₁)/A(z/γ₂) to a unit pulse.
fn impulse_response(coded: &Poly, numerator: &Poly, denominator: &Poly) -> Block {
    let mut pulse = [0.0; SUBFRAME];
    pulse[..=ORDER].copy_from_slice(numerator);
    let half = recursive(coded, &[0.0; ORDER], &pulse);
    recursive(denominator, &[0.0; ORDER], &half)
}

/// `x` through A(z/γ₁)/A(z/γ₂); memories hold past inputs and outputs, newest first.
fn weighted(
    numerator: &Poly,
    denominator: &Poly,
    inputs: &[f32; ORDER],
    outputs: &[f32; ORDER],
    x: &Block,
) -> Block {
    let mut extended = [0.0; ORDER + SUBFRAME];
    for (n, &s) in inputs.iter().rev().enumerate() {
        extended[n] = s;
    }
    extended[ORDER..].copy_from_slice(x);
    let half: Block = std::array::from_fn(|n| fir(numerator, &extended, ORDER + n));
    recursive(denominator, outputs, &half)
}

/// All-pole filter 1/A(z); the memory holds past outputs, newest first.
fn recursive(poly: &Poly, memory: &[f32; ORDER], x: &Block) -> Block {
    let mut line = [0.0; ORDER + SUBFRAME];
    for (n, &s) in memory.iter().rev().enumerate() {
        line[n] = s;
    }
    for n in 0..SUBFRAME {
        let mut y = x[n];
        for k in 1..=ORDER {
            y -= poly[k] * line[ORDER + n - k];
        }
        line[ORDER + n] = y;
    }
    std::array::from_fn(|n| line[ORDER + n])
}

fn newest(block: &Block) -> [f32; ORDER] {
    std::array::from_fn(|k| block[SUBFRAME - 1 - k])
}

/// A(z) over samples at one place; before the first sample there is silence.
fn fir(poly: &Poly, samples: &[f32], at: usize) -> f32 {
    poly.iter()
        .enumerate()
        .filter_map(|(k, a)| Some(a * samples[at.checked_sub(k)?]))
        .sum()
}

fn convolved(x: &Block, h: &Block) -> Block {
    std::array::from_fn(|n| (0..=n).map(|k| x[k] * h[n - k]).sum())
}

fn widened(poly: &Poly, gamma: f32) -> Poly {
    let mut power = 1.0;
    poly.map(|a| {
        let wide = a * power;
        power *= gamma;
        wide
    })
}

fn between(a: &Lsf, b: &Lsf, share: f32) -> Lsf {
    std::array::from_fn(|i| a[i] + share * (b[i] - a[i]))
}

fn keep_apart(lsf: &mut Lsf) {
    lsf.sort_unstable_by(f32::total_cmp);
    let mut floor = MIN_LSF_DISTANCE_HZ;
    for f in lsf.iter_mut() {
        *f = f.max(floor);
        floor = *f + MIN_LSF_DISTANCE_HZ;
    }
    let mut ceiling = 3_950.0;
    for f in lsf.iter_mut().rev() {
        *f = f.min(ceiling);
        ceiling = *f - MIN_LSF_DISTANCE_HZ;
    }
}

/// Levinson's and Durbin's recursion; `None` where the signal is no prediction's business.
fn levinson(acf: &Poly) -> Option<Poly> {
    let mut a: Poly = [0.0; ORDER + 1];
    a[0] = 1.0;
    let mut error = acf[0];
    for order in 1..=ORDER {
        let sum: f32 = (0..order).map(|k| a[k] * acf[order - k]).sum();
        let reflection = -sum / error;
        if !reflection.is_finite() || reflection.abs() >= 0.9999 {
            return None;
        }
        let old = a;
        for k in 1..=order {
            a[k] = old[k] + reflection * old[order - k];
        }
        error *= 1.0 - reflection * reflection;
    }
    Some(a)
}

/// Line spectral frequencies, Hz: zeros of the sum and the difference polynomial on the unit circle, found by the sign
/// on a grid and by bisection. `None` where not all ten are found.
fn lsf_of(a: &Poly) -> Option<Lsf> {
    let half = ORDER / 2;
    let mut sum = [0.0_f64; ORDER / 2 + 1];
    let mut difference = [0.0_f64; ORDER / 2 + 1];
    sum[0] = 1.0;
    difference[0] = 1.0;
    for k in 1..=half {
        let (low, high) = (f64::from(a[k]), f64::from(a[ORDER + 1 - k]));
        sum[k] = low + high - sum[k - 1];
        difference[k] = low - high + difference[k - 1];
    }
    // Both are symmetric: on the circle they are a cosine series.
    let value = |c: &[f64; ORDER / 2 + 1], w: f64| {
        (0..half)
            .map(|k| c[k] * ((half - k) as f64 * w).cos())
            .sum::<f64>()
            + c[half] / 2.0
    };
    let mut lsf = [0.0; ORDER];
    let mut found = 0;
    let step = std::f64::consts::PI / 200.0;
    let mut at = 0.0;
    while found < ORDER && at < std::f64::consts::PI {
        let poly = if found % 2 == 0 { &sum } else { &difference };
        let (mut low, mut high) = (at, (at + step).min(std::f64::consts::PI));
        let sign = value(poly, low) > 0.0;
        if sign == (value(poly, high) > 0.0) {
            at += step;
            continue;
        }
        for _ in 0..16 {
            let middle = 0.5 * (low + high);
            if (value(poly, middle) > 0.0) == sign {
                low = middle;
            } else {
                high = middle;
            }
        }
        // The next zero is of the other polynomial and may lie in the same step.
        at = 0.5 * (low + high);
        lsf[found] = (at / std::f64::consts::PI * 4_000.0) as f32;
        found += 1;
    }
    (found == ORDER).then_some(lsf)
}

fn poly_of(lsf: &Lsf) -> Poly {
    let product = |first: usize| {
        let mut f = [0.0_f64; ORDER / 2 + 1];
        f[0] = 1.0;
        for (count, i) in (first..ORDER).step_by(2).enumerate() {
            let b = -2.0 * (std::f64::consts::PI * f64::from(lsf[i]) / 4_000.0).cos();
            let top = count + 1;
            // The polynomial is symmetric: only its first half is kept, the middle counts both neighbours.
            let mut next = f;
            for k in 1..=top {
                let two_before = if k >= 2 { f[k - 2] } else { 0.0 };
                next[k] = f[k] + b * f[k - 1] + two_before;
            }
            next[top] = b * f[top - 1] + if top >= 2 { 2.0 * f[top - 2] } else { 0.0 };
            f = next;
        }
        f
    };
    let (f1, f2) = (product(0), product(1));
    let mut a: Poly = [0.0; ORDER + 1];
    a[0] = 1.0;
    for k in 1..=ORDER / 2 {
        let (p, q) = (f1[k] + f1[k - 1], f2[k] - f2[k - 1]);
        a[k] = (0.5 * (p + q)) as f32;
        a[ORDER + 1 - k] = (0.5 * (p - q)) as f32;
    }
    a
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_and_coefficients_are_one_thing() {
        let acf: Poly = std::array::from_fn(|lag| {
            0.9_f32.powi(lag as i32) * (lag as f32 * 0.7).cos() + if lag == 0 { 0.2 } else { 0.0 }
        });
        let a = levinson(&acf).unwrap();
        let lsf = lsf_of(&a).unwrap();
        assert!(lsf.windows(2).all(|pair| pair[0] < pair[1]), "{lsf:?}");
        for (one, two) in a.iter().zip(poly_of(&lsf)) {
            assert!((one - two).abs() < 2e-3, "{a:?}");
        }
    }

    #[test]
    fn whole_and_fractional_lags_agree() {
        let past: [f32; PAST] = std::array::from_fn(|n| (n as f32 * 0.3).sin());
        for lag_thirds in [30 * 3, 60 * 3 + 1, 60 * 3 + 2, 100 * 3] {
            let heard = adaptive(&past, lag_thirds);
            for (n, &x) in heard.iter().enumerate().take(20) {
                let wanted = ((PAST + n) as f32 * 0.3 - lag_thirds as f32 / 3.0 * 0.3).sin();
                assert!((x - wanted).abs() < 0.02, "{lag_thirds} {n}: {x} {wanted}");
            }
        }
    }

    #[test]
    fn pulses_are_placed_where_they_were() {
        let h: Block = std::array::from_fn(|n| 0.7_f32.powi(n as i32));
        let mut code = [0.0; SUBFRAME];
        for (at, sign) in [(5, 1.0), (21, -1.0), (12, 1.0), (34, -1.0)] {
            code[at] = sign * 100.0;
        }
        let mut found = place_pulses(TRACKS_4, &convolved(&code, &h), &h)[..4].to_vec();
        found.sort_by_key(|p| p.0);
        assert_eq!(found, [(5, 1.0), (12, 1.0), (21, -1.0), (34, -1.0)]);
    }
}
