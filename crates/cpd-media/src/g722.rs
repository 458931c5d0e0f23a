//! G.722 at 64 kbit/s, its lower half: what there is of 0 to 4 kHz, at 8 kHz.
//!
//! The encoder splits 16 kHz into two bands before it codes them (ITU-T G.722, 1.4), six bits of each octet for the lower.
//! Its samples are those that halving the rate of the whole would give, filtered by the encoder's own band filter, for
//! half the work; the upper band's two bits are left unread.
//!
//! The arithmetic is the standard's, block by block (figure 5 and section 6.2); block names stand at their code.

/// Logarithm of the step: how each code moves it (WL, table 13).
const STEP_MOVES: [i32; 8] = [-60, -30, 58, 172, 334, 538, 1_198, 3_042];
/// Which of the moves belongs to a code's upper four bits (RL4).
const MOVE_OF: [usize; 16] = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
/// Powers of two in 32 parts (ILB, table 14).
const POWERS: [i32; 32] = [
    2_048, 2_093, 2_139, 2_186, 2_233, 2_282, 2_332, 2_383, 2_435, 2_489, 2_543, 2_599, 2_656, 2_714, 2_774,
    2_834, 2_896, 2_960, 3_025, 3_091, 3_158, 3_228, 3_298, 3_371, 3_444, 3_520, 3_597, 3_676, 3_756, 3_838,
    3_922, 4_008,
];
/// The quantiser's outputs for four bits (QM4): what predictor and step follow.
const COARSE: [i32; 16] = [
    0, -20_456, -12_896, -8_968, -6_288, -4_240, -2_584, -1_200, 20_456, 12_896, 8_968, 6_288, 4_240, 2_584,
    1_200, 0,
];
/// The quantiser's outputs for all six bits (QM6): what is heard.
const FINE: [i32; 64] = [
    -136, -136, -136, -136, -24_808, -21_904, -19_008, -16_704, -14_984, -13_512, -12_280, -11_192, -10_232,
    -9_360, -8_576, -7_856, -7_192, -6_576, -6_000, -5_456, -4_944, -4_464, -4_008, -3_576, -3_168, -2_776,
    -2_400, -2_032, -1_688, -1_360, -1_040, -728, 24_808, 21_904, 19_008, 16_704, 14_984, 13_512, 12_280,
    11_192, 10_232, 9_360, 8_576, 7_856, 7_192, 6_576, 6_000, 5_456, 4_944, 4_464, 4_008, 3_576, 3_168,
    2_776, 2_400, 2_032, 1_688, 1_360, 1_040, 728, 432, 136, -432, -136,
];

/// The lower band's memory: step, predictor of two poles and six zeros.
#[derive(Clone, Debug)]
pub struct LowerBand {
    /// Logarithm of the step, and the step.
    log_step: i32,
    step: i32,
    /// What is predicted, and the zeros' part of it.
    predicted: i32,
    from_zeros: i32,
    poles: [i32; 2],
    zeros: [i32; 6],
    /// The last reconstructed samples, partly reconstructed ones, and differences, newest first.
    samples: [i32; 2],
    partial: [i32; 2],
    differences: [i32; 6],
}

impl Default for LowerBand {
    fn default() -> LowerBand {
        LowerBand {
            log_step: 0,
            // Blocks reset to the smallest step (table 11: DETL).
            step: 32,
            predicted: 0,
            from_zeros: 0,
            poles: [0; 2],
            zeros: [0; 6],
            samples: [0; 2],
            partial: [0; 2],
            differences: [0; 6],
        }
    }
}

impl LowerBand {
    /// One octet, one sample.
    pub fn decode(&mut self, octet: u8) -> i16 {
        let code = usize::from(octet & 0x3f);
        // INVQBL, RECONS, LIMIT: 15 bits.
        let heard = (self.predicted + ((self.step * FINE[code]) >> 15)).clamp(-0x4000, 0x3fff);
        // INVQAL.
        let difference = (self.step * COARSE[code >> 2]) >> 15;
        self.adapt_step(code >> 2);
        self.predict(difference);
        (heard << 1) as i16
    }

    /// LOGSCL, SCALEL.
    fn adapt_step(&mut self, code: usize) {
        let log = ((self.log_step * 127) >> 7) + STEP_MOVES[MOVE_OF[code]];
        self.log_step = log.clamp(0, 18_432);
        let power = POWERS[(self.log_step >> 6 & 31) as usize];
        let shift = 8 - (self.log_step >> 11);
        self.step = if shift < 0 {
            power << -shift
        } else {
            power >> shift
        } << 2;
    }

    /// Block 4: the predictor learns from the difference, and predicts the next sample.
    fn predict(&mut self, difference: i32) {
        // RECONS, PARREC.
        let sample = saturated(self.predicted + difference);
        let partial = saturated(self.from_zeros + difference);
        let same = |other: i32| (partial < 0) == (other < 0);
        // UPPOL2.
        let scaled = saturated(self.poles[0] << 2);
        let toward = if same(self.partial[0]) { -scaled } else { scaled }.min(0x7fff);
        let bias = if same(self.partial[1]) { 128 } else { -128 };
        let second = ((toward >> 7) + bias + ((self.poles[1] * 32_512) >> 15)).clamp(-12_288, 12_288);
        // UPPOL1.
        let bias = if same(self.partial[0]) { 192 } else { -192 };
        let limit = saturated(15_360 - second);
        let first = saturated(bias + ((self.poles[0] * 32_640) >> 15))
            .min(limit)
            .max(-limit);
        // UPZERO.
        let bias = if difference == 0 { 0 } else { 128 };
        for (zero, &before) in self.zeros.iter_mut().zip(&self.differences) {
            let toward = if (before < 0) == (difference < 0) {
                bias
            } else {
                -bias
            };
            *zero = saturated(toward + ((*zero * 32_640) >> 15));
        }
        // DELAYA.
        self.poles = [first, second];
        self.samples = [sample, self.samples[0]];
        self.partial = [partial, self.partial[0]];
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;
        // FILTEP, FILTEZ, PREDIC.
        let term = |weight: i32, value: i32| (weight * saturated(2 * value)) >> 15;
        let from_poles = saturated(term(first, self.samples[0]) + term(second, self.samples[1]));
        let weighed = self.zeros.iter().zip(&self.differences);
        self.from_zeros = saturated(weighed.map(|(&zero, &value)| term(zero, value)).sum());
        self.predicted = saturated(from_poles + self.from_zeros);
    }
}

fn saturated(value: i32) -> i32 {
    value.clamp(-0x8000, 0x7fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 200 octets of noise a hundred times: all steps and predictors, at their limits too. The sum is that of the samples
    /// which libg722's narrow-band mode makes of them, compared one by one.
    #[test]
    fn every_sample_is_the_standards() {
        let mut band = LowerBand::default();
        let mut random = 1_u32;
        let mut sum = 0xcbf2_9ce4_8422_2325_u64;
        for _ in 0..20_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let sample = band.decode((random >> 24) as u8);
            sum = (sum ^ u64::from(sample as u16)).wrapping_mul(0x0100_0000_01b3);
        }
        assert_eq!(sum, 0xc97b_4f2b_b700_0e11);
    }

    /// 20 ms of 1 kHz at 16 kHz, amplitude 10,000, as libg722 encodes it.
    const TONE: [u8; 160] = [
        160, 154, 47, 141, 35, 147, 160, 160, 32, 240, 202, 200, 206, 220, 237, 105, 236, 250, 210, 206, 209,
        223, 238, 235, 238, 252, 211, 143, 210, 223, 176, 236, 111, 253, 147, 208, 211, 190, 241, 237, 240,
        124, 213, 144, 212, 190, 241, 237, 241, 253, 214, 146, 214, 255, 242, 111, 243, 191, 214, 148, 214,
        253, 178, 239, 116, 252, 151, 212, 213, 191, 242, 111, 244, 253, 216, 146, 216, 255, 242, 239, 244,
        251, 214, 149, 215, 250, 179, 240, 242, 253, 215, 149, 215, 251, 245, 239, 244, 251, 214, 148, 215,
        187, 244, 239, 244, 251, 214, 149, 215, 251, 181, 111, 180, 250, 215, 149, 215, 252, 243, 114, 243,
        255, 153, 212, 150, 251, 244, 238, 242, 252, 219, 149, 214, 253, 243, 241, 240, 250, 216, 147, 219,
        255, 245, 111, 180, 182, 214, 150, 216, 157, 114, 241, 240, 249, 216, 148, 214, 251, 246, 111,
    ];

    #[test]
    fn a_tone_keeps_its_pitch_and_level() {
        let mut band = LowerBand::default();
        let samples: Vec<f32> = TONE.iter().map(|&octet| f32::from(band.decode(octet))).collect();
        // Eighty samples are ten periods; the step has found its size by then.
        let (mut along, mut across, mut all) = (0.0, 0.0, 0.0);
        for (n, sample) in samples[80..].iter().enumerate() {
            let angle = n as f32 * std::f32::consts::TAU / 8.0;
            along += sample * angle.cos();
            across += sample * angle.sin();
            all += sample * sample;
        }
        let tone = (along * along + across * across) / 40.0;
        let amplitude = (tone / 40.0).sqrt();
        assert!((amplitude - 10_000.0).abs() < 150.0, "{amplitude}");
        assert!(tone / all > 0.999, "{}", tone / all);
    }
}
