//! Arithmetic of every hop: as exact as hearing needs, and so written that the compiler does four at a time.

use rustfft::num_complex::Complex32;

/// The greater of two numbers that are numbers: one instruction, where `f32::max` takes six to be right for what is none.
pub(crate) fn more(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The smaller, likewise.
pub(crate) fn less(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The greatest, or `least` where all are below; eight side by side, for one after the other each would wait for the one
/// before.
pub(crate) fn greatest(values: &[f32], least: f32) -> f32 {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut lanes = [least; 8];
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = more(value, *lane);
        }
    }
    let most = rest.iter().copied().fold(least, more);
    let [a, b, c, d, e, f, g, h] = lanes;
    more(
        most,
        more(more(more(a, e), more(b, f)), more(more(c, g), more(d, h))),
    )
}

/// Their sum, likewise.
pub(crate) fn sum(values: &[f32]) -> f32 {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut lanes = [0.0_f32; 8];
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    rest.iter().sum::<f32>() + halved(lanes)
}

/// Sum of products; those beyond the last eight are left out.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    halved(lanes)
}

/// The sum of eight by halves.
fn halved([a, b, c, d, e, f, g, h]: [f32; 8]) -> f32 {
    let [a, b, c, d] = [a + e, b + f, c + g, d + h];
    (a + c) + (b + d)
}

/// log2(m) ÷ (m − 1) on [1, 2], lowest power first: least squares, exact at m = 2 so that octaves meet.
const LOG2_POLY: [f32; 4] = [2.510_148, -1.549_69, 0.557_922_6, -0.080_307_3];

/// Base-2 logarithm of a normal positive number, to 0.0002 (0.0006 dB as a power): the exponent from the bits, the
/// mantissa by a polynomial through its range.
pub(crate) fn log2(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let m = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    let [a, b, c, d] = LOG2_POLY;
    exponent as f32 + (m - 1.0) * (a + m * (b + m * (c + m * d)))
}

/// 10·log10(2): dB of a doubled power.
pub(crate) const DB_PER_OCTAVE: f32 = 3.010_3;

/// dB of a ratio of powers.
pub(crate) fn db(ratio: f32) -> f32 {
    DB_PER_OCTAVE * log2(ratio)
}

/// Two to the power of −126 to 126, to 6 in 100,000 (0.0003 dB): Taylor's series of half an octave to either side.
pub(crate) fn exp2(x: f32) -> f32 {
    // Adding and taking away 1.5·2²³ leaves no room for a fraction.
    let whole = (x + 12_582_912.0) - 12_582_912.0;
    let y = (x - whole) * std::f32::consts::LN_2;
    let part = 1.0 + y * (1.0 + y * (0.5 + y * (1.0 / 6.0 + y * (1.0 / 24.0))));
    f32::from_bits(((whole as i32 + 127) << 23) as u32) * part
}

/// e to the power of −87 to 87, as well.
pub(crate) fn exp(x: f32) -> f32 {
    exp2(x * std::f32::consts::LOG2_E)
}

/// atan(a) ÷ a by powers of a², in turns, on [0, 1].
const ATAN_POLY: [f32; 6] = [
    0.159_151_3,
    -0.052_938_67,
    0.030_803_4,
    -0.018_530_87,
    0.008_380_036,
    -0.001_865_487,
];

/// The angle of a number in turns, −½ to ½, to 2 in a million: 0.0002 Hz where it is the advance in a hop.
pub(crate) fn turns(x: Complex32) -> f32 {
    let (re, im) = (x.re.abs(), x.im.abs());
    let a = less(re, im) / more(more(re, im), f32::MIN_POSITIVE);
    let s = a * a;
    let eighth = a * ATAN_POLY.iter().rev().fold(0.0, |sum, c| sum * s + c);
    let quarter = if im > re { 0.25 - eighth } else { eighth };
    let half = if x.re < 0.0 { 0.5 - quarter } else { quarter };
    if x.im < 0.0 { -half } else { half }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm_is_good_to_a_thousandth_of_a_db() {
        let mut x = 1e-12_f32;
        while x < 4.0 {
            let exact = 10.0 * x.log10();
            assert!((exact - db(x)).abs() < 0.001, "{x}: {exact} {}", db(x));
            x *= 1.003;
        }
    }

    #[test]
    fn powers_of_two_are_good_to_6_in_100_000() {
        let mut x = -60.0_f32;
        while x < 60.0 {
            let off = exp2(x) / x.exp2() - 1.0;
            assert!(off.abs() < 6e-5, "{x}: {off}");
            x += 0.037;
        }
    }

    #[test]
    fn angles_are_good_to_2_in_a_million_of_a_turn() {
        for n in 0..20_000 {
            let angle = (n as f32 / 10_000.0 - 1.0) * std::f32::consts::PI;
            let x = Complex32::from_polar(0.003, angle);
            let off = turns(x) - x.arg() / std::f32::consts::TAU;
            assert!(
                off.abs() < 3e-6 || (off.abs() - 1.0).abs() < 3e-6,
                "{angle}: {off}"
            );
        }
        assert_eq!(turns(Complex32::ZERO), 0.0);
    }

    #[test]
    fn sums_leave_nothing_out() {
        let values: Vec<f32> = (1..=29_u8).map(f32::from).collect();
        assert_eq!(sum(&values), 435.0);
        assert_eq!(greatest(&values, 0.0), 29.0);
        assert_eq!(greatest(&[-3.0], -2.0), -2.0);
        assert_eq!(dot(&values[..24], &[2.0; 24]), 600.0);
    }
}
