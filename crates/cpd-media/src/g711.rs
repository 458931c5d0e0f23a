//! G.711: 14-bit speech in eight bits, the code nearly every call ends in.
//!
//! Both laws are made of eight segments a sign, each twice as coarse as the one before (ITU-T G.711, tables 1a to 2b).
//! Decoding is one look-up among 256 values. Encoding takes the magnitude without the bits that no segment keeps, so
//! that a table of 2,048 bytes (A-law) or 4,096 bytes (µ-law) holds every answer; both stay in the first-level cache.
//! The tables are computed by the compiler from the standard's rule.

/// Which of the two laws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Law {
    /// A-law: Europe and most of the world; RTP payload type 8 (RFC 3551).
    A,
    /// µ-law: North America and Japan; RTP payload type 0 (RFC 3551).
    Mu,
}

impl Law {
    /// The code of silence.
    pub const fn silence(self) -> u8 {
        match self {
            Law::A => 0xd5,
            Law::Mu => 0xff,
        }
    }

    /// One code as a sample.
    #[inline]
    pub fn decode(self, code: u8) -> i16 {
        match self {
            Law::A => A_DECODE[usize::from(code)],
            Law::Mu => MU_DECODE[usize::from(code)],
        }
    }

    /// One sample as a code.
    #[inline]
    pub fn encode(self, sample: i16) -> u8 {
        match self {
            Law::A => a_encode(sample),
            Law::Mu => mu_encode(sample),
        }
    }

    /// Decodes as many codes as both slices hold.
    pub fn decode_slice(self, codes: &[u8], samples: &mut [i16]) {
        let table = match self {
            Law::A => &A_DECODE,
            Law::Mu => &MU_DECODE,
        };
        for (sample, &code) in samples.iter_mut().zip(codes) {
            *sample = table[usize::from(code)];
        }
    }

    /// Encodes as many samples as both slices hold.
    pub fn encode_slice(self, samples: &[i16], codes: &mut [u8]) {
        match self {
            Law::A => {
                for (code, &sample) in codes.iter_mut().zip(samples) {
                    *code = a_encode(sample);
                }
            }
            Law::Mu => {
                for (code, &sample) in codes.iter_mut().zip(samples) {
                    *code = mu_encode(sample);
                }
            }
        }
    }
}

static A_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = a_decode(code as u8);
        code += 1;
    }
    table
};

static MU_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = mu_decode(code as u8);
        code += 1;
    }
    table
};

/// Even bits are inverted on the wire (G.711, note to table 1a).
const A_TOGGLE: u8 = 0x55;

const fn a_decode(code: u8) -> i16 {
    let code = code ^ A_TOGGLE;
    let segment = (code & 0x70) >> 4;
    let step = ((code & 0x0f) as i16) << 4;
    // The middle of the interval; the two lowest segments share a step size.
    let magnitude = match segment {
        0 => step + 8,
        _ => (step + 0x108) << (segment - 1),
    };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}

/// Segment and step of a magnitude in units of 16, the smallest step of A-law at 16 bits.
static A_ENCODE: [u8; 2_048] = {
    let mut table = [0; 2_048];
    let mut magnitude = 0_usize;
    while magnitude < 2_048 {
        table[magnitude] = if magnitude < 32 {
            magnitude as u8
        } else {
            let segment = magnitude.ilog2() - 3;
            ((segment as u8) << 4) | ((magnitude >> (segment - 1)) & 0x0f) as u8
        };
        magnitude += 1;
    }
    table
};

#[inline]
fn a_encode(sample: i16) -> u8 {
    // All ones for a negative sample; xor with it folds −1 onto 0, so that the two halves mirror each other.
    let sign = sample >> 15;
    let magnitude = (sample ^ sign) as u16 >> 4;
    let positive = !(sign as u8) & 0x80;
    (A_ENCODE[usize::from(magnitude & 0x7ff)] | positive) ^ A_TOGGLE
}

/// Added to a magnitude so that segments begin at powers of two (33 at 14 bits).
const MU_BIAS: i32 = 132;
/// The largest magnitude that µ-law tells apart (8,158 at 14 bits).
const MU_CLIP: i32 = 32_635;

const fn mu_decode(code: u8) -> i16 {
    let code = !code;
    let segment = (code & 0x70) >> 4;
    let magnitude = (((((code & 0x0f) as i32) << 3) + MU_BIAS) << segment) - MU_BIAS;
    if code & 0x80 == 0 {
        magnitude as i16
    } else {
        -magnitude as i16
    }
}

/// Segment and step, inverted as on the wire, of a biased magnitude in units of 8, the smallest step at 16 bits.
static MU_ENCODE: [u8; 4_096] = {
    let mut table = [0; 4_096];
    let mut biased = 16_usize;
    while biased < 4_096 {
        let segment = biased.ilog2() - 4;
        table[biased] = !(((segment as u8) << 4) | ((biased >> segment) & 0x0f) as u8) & 0x7f;
        biased += 1;
    }
    table
};

#[inline]
fn mu_encode(sample: i16) -> u8 {
    let biased = (i32::from(sample).abs().min(MU_CLIP) + MU_BIAS) as usize >> 3;
    let positive = (!(sample >> 15) as u8) & 0x80;
    MU_ENCODE[biased & 0xfff] | positive
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decision and decoder values at the segments' ends: ITU-T G.711, tables 1a and 2a, scaled to 16 bits
    /// (A-law counts to 4,096, µ-law to 8,159).
    #[test]
    fn decodes_the_standards_values() {
        // Table 1a: code as transmitted (even bits inverted), decoder output y × 8 at 16 bits.
        for (code, value) in [
            (0b1111_1111_u8, 4_032),
            (0b1111_0000, 2_112),
            (0b1110_0000, 1_056),
            (0b1101_0000, 528),
            (0b1100_0000, 264),
            (0b1011_0000, 132),
            (0b1010_0000, 66),
            (0b1000_0000, 1),
        ] {
            assert_eq!(i32::from(Law::A.decode(code ^ A_TOGGLE)), value * 8, "{code:08b}");
        }
        // Table 2a: decoder output y × 4 at 16 bits.
        for (code, value) in [
            (0b1000_0000_u8, 8_031),
            (0b1000_1111, 4_191),
            (0b1001_1111, 2_079),
            (0b1010_1111, 1_023),
            (0b1011_1111, 495),
            (0b1100_1111, 231),
            (0b1101_1111, 99),
            (0b1110_1111, 33),
            (0b1111_1110, 2),
            (0b1111_1111, 0),
        ] {
            assert_eq!(i32::from(Law::Mu.decode(code)), value * 4, "{code:08b}");
            assert_eq!(i32::from(Law::Mu.decode(code & 0x7f)), -value * 4);
        }
    }

    /// Sixteen steps a segment: half a step is between 1/64 and 1/32 of the (biased) magnitude, and never below the
    /// half of the smallest step.
    #[test]
    fn no_sample_moves_by_more_than_half_a_step() {
        for (law, bias, least) in [(Law::A, 0, 8), (Law::Mu, MU_BIAS, 4)] {
            for sample in i16::MIN..=i16::MAX {
                let heard = i32::from(law.decode(law.encode(sample)));
                let sample = i32::from(sample);
                let most = ((sample.abs() + bias) / 32).max(least);
                assert!((heard - sample).abs() <= most, "{law:?} {sample} {heard}");
            }
        }
    }

    #[test]
    fn every_code_survives_a_round() {
        for law in [Law::A, Law::Mu] {
            for code in 0..=255 {
                let again = law.encode(law.decode(code));
                // µ-law has two zeros.
                assert!(
                    again == code || law == Law::Mu && code == 0x7f && again == 0xff,
                    "{law:?} {code}"
                );
            }
        }
    }

    #[test]
    fn silence_is_quiet() {
        assert_eq!(Law::A.decode(Law::A.silence()), 8);
        assert_eq!(Law::Mu.decode(Law::Mu.silence()), 0);
    }

    /// The digital milliwatt (G.711, tables 5 and 6): eight codes that make 1 kHz at 0 dBm0.
    #[test]
    fn the_digital_milliwatt_is_0_dbm0() {
        // A full-scale sine is 3.14 dBm0 in A-law, 3.17 in µ-law: hundredths of a decibel here.
        let tables = [
            (Law::A, 314, [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4]),
            (Law::Mu, 317, [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e]),
        ];
        for (law, overload, codes) in tables {
            let mut samples = [0; 8];
            law.decode_slice(&codes, &mut samples);
            let mean_square = samples.iter().map(|&s| f64::from(s) * f64::from(s)).sum::<f64>() / 8.0;
            let dbm0 =
                10.0 * (mean_square / f64::from(1_u32 << 30)).log10() + 3.0103 + f64::from(overload) / 100.0;
            assert!(dbm0.abs() < 0.05, "{law:?}: {dbm0}");
        }
    }
}
