//! GSM full rate, 13 kbit/s: RPE-LTP after 3GPP TS 46.010 (GSM 06.10).
//!
//! What it does: eight reflection coefficients a frame as log-area ratios, a one-tap long-term predictor per 5 ms, and
//! of what is left every third sample in three bits. Tables, quantisers and interpolation are the standard's; the
//! arithmetic is floating point, so samples come out alike and not bit exact.

use super::Erasures;

/// Samples of a frame: 20 ms.
const FRAME: usize = 160;
/// Samples of a subframe: 5 ms.
const SUBFRAME: usize = 40;
/// Longest lag of the long-term predictor.
const MAX_LAG: usize = 120;
const MIN_LAG: usize = 40;
const ORDER: usize = 8;

/// Quantisers of the log-area ratios: slope, offset, lowest and highest code (table 4.1).
const LAR: [(f32, f32, f32, f32); ORDER] = [
    (20.0, 0.0, -32.0, 31.0),
    (20.0, 0.0, -32.0, 31.0),
    (20.0, 4.0, -16.0, 15.0),
    (20.0, -5.0, -16.0, 15.0),
    (13.637, 0.184, -8.0, 7.0),
    (15.0, -3.5, -8.0, 7.0),
    (8.334, -0.666, -4.0, 3.0),
    (8.824, -2.235, -4.0, 3.0),
];
/// Decision levels and values of the long-term gain (tables 4.3a and 4.3b).
const GAIN_LIMITS: [f32; 3] = [0.2, 0.5, 0.8];
const GAINS: [f32; 4] = [0.10, 0.35, 0.65, 1.00];
/// The weighting filter of the pulse grid (table 4.4).
const WEIGHT: [f32; 11] = [
    -0.016_357, -0.045_654, 0.0, 0.250_732, 0.700_806, 1.0, 0.700_806, 0.250_732, 0.0, -0.045_654, -0.016_357,
];
/// Pulses of a subframe.
const PULSES: usize = 13;

/// What a frame carries, dequantised.
#[derive(Clone)]
struct Frame {
    lar: [f32; ORDER],
    subframes: [Subframe; 4],
}

#[derive(Clone, Copy, Default)]
struct Subframe {
    lag: usize,
    gain: f32,
    grid: usize,
    block_max: f32,
    /// Of the block's maximum: −1 to 1.
    pulses: [f32; PULSES],
}

impl Subframe {
    /// The subframe's residual, and the newest sample pushed into the past.
    fn excite(&self, past: &mut [f32; MAX_LAG]) -> [f32; SUBFRAME] {
        let mut residual: [f32; SUBFRAME] =
            std::array::from_fn(|n| self.gain * past[MAX_LAG - self.lag.max(SUBFRAME) + n]);
        for (i, pulse) in self.pulses.iter().enumerate() {
            residual[self.grid + 3 * i] += pulse * self.block_max;
        }
        past.copy_within(SUBFRAME.., 0);
        past[MAX_LAG - SUBFRAME..].copy_from_slice(&residual);
        residual
    }
}

/// Passes samples (full scale ±1) through encoder and decoder, frame by frame; a frame that is erased is replaced as in
/// TS 46.011: the last good one again, fainter each time.
pub(super) fn through(samples: &[f32], erased: Erasures<'_>) -> Vec<f32> {
    let mut encoder = Encoder::default();
    let mut decoder = Decoder::default();
    let mut out = Vec::with_capacity(samples.len() + FRAME);
    for (index, chunk) in samples.chunks(FRAME).enumerate() {
        let mut speech = [0.0; FRAME];
        for (to, from) in speech.iter_mut().zip(chunk) {
            // 13 bits, held four times as large (4.2.1).
            *to = (from * 4_096.0).floor() * 4.0;
        }
        let frame = encoder.encode(&speech);
        let erased = erased.frame(index, FRAME);
        let heard = decoder.decode((!erased).then_some(&frame));
        out.extend(
            heard
                .iter()
                .map(|s| ((s * 0.25).floor() * (1.0 / 4_096.0)).clamp(-1.0, 1.0)),
        );
    }
    out.truncate(samples.len());
    out
}

struct Encoder {
    offset: [f32; 2],
    emphasis: f32,
    lattice: [f32; ORDER],
    lar_before: [f32; ORDER],
    past: [f32; MAX_LAG],
}

impl Default for Encoder {
    fn default() -> Encoder {
        Encoder {
            offset: [0.0; 2],
            emphasis: 0.0,
            lattice: [0.0; ORDER],
            lar_before: [0.0; ORDER],
            past: [0.0; MAX_LAG],
        }
    }
}

impl Encoder {
    fn encode(&mut self, speech: &[f32; FRAME]) -> Frame {
        let mut s = [0.0; FRAME];
        for (out, &x) in s.iter_mut().zip(speech) {
            // Offset compensation and pre-emphasis (4.2.2, 4.2.3).
            let y = x - self.offset[0] + 0.999 * self.offset[1];
            self.offset = [x, y];
            // Whole numbers as in the standard: a tail too faint for them would be predicted into a hum.
            *out = (y - 0.86 * self.emphasis).round();
            self.emphasis = y;
        }
        let lar = quantised_lar(&reflections(&s));
        let mut residual = [0.0; FRAME];
        for (from, to, r) in stretches(&self.lar_before, &lar) {
            for n in from..to {
                residual[n] = analyse(&mut self.lattice, &r, s[n]);
            }
        }
        self.lar_before = lar;
        let mut subframes = [Subframe::default(); 4];
        for (subframe, d) in subframes.iter_mut().zip(residual.chunks(SUBFRAME)) {
            *subframe = self.encode_subframe(d);
            subframe.excite(&mut self.past);
        }
        Frame { lar, subframes }
    }

    fn encode_subframe(&self, d: &[f32]) -> Subframe {
        let (mut lag, mut best) = (MIN_LAG, f32::MIN);
        for candidate in MIN_LAG..=MAX_LAG {
            let old = &self.past[MAX_LAG - candidate..][..SUBFRAME];
            let product = dot(d, old);
            if product > best {
                (lag, best) = (candidate, product);
            }
        }
        let old = &self.past[MAX_LAG - lag..][..SUBFRAME];
        let energy = dot(old, old);
        let wanted = if energy > 0.0 { best / energy } else { 0.0 };
        let gain = GAINS[GAIN_LIMITS.iter().filter(|&&limit| wanted > limit).count()];

        let mut rest = [0.0; SUBFRAME];
        for (n, rest) in rest.iter_mut().enumerate() {
            *rest = d[n] - gain * old[n];
        }
        let weighted: [f32; SUBFRAME] = std::array::from_fn(|n| {
            WEIGHT
                .iter()
                .enumerate()
                .filter_map(|(i, w)| Some(w * rest.get((n + 5).checked_sub(i)?)?))
                .sum()
        });
        let pick = |grid: usize| -> [f32; PULSES] { std::array::from_fn(|i| weighted[grid + 3 * i]) };
        let grid = (0..4)
            .max_by(|&a, &b| energy_of(&pick(a)).total_cmp(&energy_of(&pick(b))))
            .unwrap_or(0);
        let picked = pick(grid);
        let block_max = quantised_max(picked.iter().fold(0.0, |max, x| f32::max(max, x.abs())));
        Subframe {
            lag,
            gain,
            grid,
            block_max,
            // Eight levels, a quarter apart (table 4.6).
            pulses: picked.map(|x| ((x / block_max * 4.0).floor().clamp(-4.0, 3.0) + 0.5) * 0.25),
        }
    }
}

#[derive(Default)]
struct Decoder {
    lattice: [f32; ORDER],
    lar_before: [f32; ORDER],
    past: Past,
    emphasis: f32,
    last: Option<Frame>,
    erased_frames: u32,
    grid_turn: usize,
}

struct Past([f32; MAX_LAG]);

impl Default for Past {
    fn default() -> Past {
        Past([0.0; MAX_LAG])
    }
}

impl Decoder {
    fn decode(&mut self, frame: Option<&Frame>) -> [f32; FRAME] {
        let frame = match frame {
            Some(frame) => {
                self.erased_frames = 0;
                self.last = Some(frame.clone());
                frame.clone()
            }
            None => self.guess(),
        };
        let mut residual = [0.0; FRAME];
        for (subframe, out) in frame.subframes.iter().zip(residual.chunks_mut(SUBFRAME)) {
            out.copy_from_slice(&subframe.excite(&mut self.past.0));
        }
        let mut speech = [0.0; FRAME];
        for (from, to, r) in stretches(&self.lar_before, &frame.lar) {
            for n in from..to {
                let s = synthesise(&mut self.lattice, &r, residual[n]);
                self.emphasis = s + 0.86 * self.emphasis;
                speech[n] = self.emphasis;
            }
        }
        self.lar_before = frame.lar;
        speech
    }

    /// The last good frame, 4 steps of the block maximum fainter for each lost one after the first, its grid moved so that
    /// no buzz of 20 ms arises (TS 46.011, example solution).
    fn guess(&mut self) -> Frame {
        self.erased_frames += 1;
        let mut frame = self.last.clone().unwrap_or(Frame {
            lar: [0.0; ORDER],
            subframes: [Subframe {
                lag: MIN_LAG,
                ..Subframe::default()
            }; 4],
        });
        let fade = match self.erased_frames {
            1 => 1.0,
            n @ 2..=16 => 0.7_f32.powi(n as i32),
            _ => 0.0,
        };
        for subframe in &mut frame.subframes {
            self.grid_turn = (self.grid_turn + 1) % 4;
            subframe.grid = self.grid_turn;
            subframe.block_max *= fade;
            subframe.gain *= fade;
        }
        frame
    }
}

/// Reflection coefficients by Schur's recursion; the sign is the standard's (negative for correlated samples).
fn reflections(s: &[f32; FRAME]) -> [f32; ORDER] {
    let mut r = [0.0; ORDER];
    let acf: [f32; ORDER + 1] = std::array::from_fn(|lag| dot(&s[lag..], &s[..FRAME - lag]));
    if acf[0] <= 0.0 {
        return r;
    }
    let mut p = acf;
    let mut k = acf;
    for (i, r) in r.iter_mut().enumerate() {
        if p[1].abs() > p[0] {
            break;
        }
        *r = -p[1] / p[0];
        p[0] += p[1] * *r;
        for m in 1..ORDER - i {
            let next = p[m + 1] + k[m] * *r;
            k[m] += p[m + 1] * *r;
            p[m] = next;
        }
    }
    r
}

fn quantised_lar(r: &[f32; ORDER]) -> [f32; ORDER] {
    std::array::from_fn(|i| {
        let size = r[i].abs();
        let lar = match size {
            _ if size < 0.675 => size,
            _ if size < 0.950 => 2.0 * size - 0.675,
            _ => 8.0 * size - 6.375,
        };
        let (slope, offset, low, high) = LAR[i];
        let code = (slope * lar.copysign(r[i]) + offset).round().clamp(low, high);
        (code - offset) / slope
    })
}

/// The four stretches of a frame with their interpolated coefficients (table 3.2).
fn stretches(before: &[f32; ORDER], now: &[f32; ORDER]) -> [(usize, usize, [f32; ORDER]); 4] {
    [(0, 13, 0.25), (13, 27, 0.5), (27, 40, 0.75), (40, FRAME, 1.0)].map(|(from, to, share)| {
        let r = std::array::from_fn(|i| {
            let lar: f32 = before[i] + share * (now[i] - before[i]);
            let size = lar.abs();
            let r = match size {
                _ if size < 0.675 => size,
                _ if size < 1.225 => 0.5 * size + 0.3375,
                _ => (0.125 * size + 0.796_875).min(0.999),
            };
            r.copysign(lar)
        });
        (from, to, r)
    })
}

fn analyse(u: &mut [f32; ORDER], r: &[f32; ORDER], sample: f32) -> f32 {
    let (mut d, mut carry) = (sample, sample);
    for (u, &r) in u.iter_mut().zip(r) {
        let old = *u;
        *u = carry;
        carry = old + r * d;
        d += r * old;
    }
    d
}

fn synthesise(v: &mut [f32; ORDER], r: &[f32; ORDER], residual: f32) -> f32 {
    let mut s = residual;
    for i in (0..ORDER).rev() {
        s -= r[i] * v[i];
        if i + 1 < ORDER {
            v[i + 1] = v[i] + r[i] * s;
        }
    }
    v[0] = s;
    s
}

/// The block maximum in six logarithmic bits: 16 steps of 32, then eight an octave; the value is the step's upper end
/// (table 4.5).
fn quantised_max(max: f32) -> f32 {
    let max = max.clamp(0.0, 32_767.0);
    let exponent = if max < 512.0 {
        0
    } else {
        (max / 512.0).log2().floor() as i32 + 1
    };
    let step = 32.0 * f32::powi(2.0, exponent);
    ((max / step).floor() + 1.0) * step - 1.0
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn energy_of(pulses: &[f32; PULSES]) -> f32 {
    pulses.iter().map(|x| x * x).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_maxima_are_the_standards() {
        // Table 4.5: first and last values of the linear part, then of the octaves.
        for (max, value) in [
            (0.0, 31.0),
            (511.0, 511.0),
            (512.0, 575.0),
            (1_023.0, 1_023.0),
            (1_024.0, 1_151.0),
            (32_767.0, 32_767.0),
        ] {
            assert_eq!(quantised_max(max), value, "{max}");
        }
    }

    #[test]
    fn lattices_undo_each_other() {
        let r = [-0.8, 0.5, -0.2, 0.1, 0.3, -0.1, 0.05, 0.2];
        let (mut u, mut v) = ([0.0; ORDER], [0.0; ORDER]);
        for n in 0..200 {
            let s = (n as f32 * 0.3).sin();
            let d = analyse(&mut u, &r, s);
            assert!((synthesise(&mut v, &r, d) - s).abs() < 1e-4, "{n}");
        }
    }
}
