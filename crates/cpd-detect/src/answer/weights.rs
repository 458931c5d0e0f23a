//! Weights of the measures, as `cargo run --release -p cpd-train` prints them (seed 20260201, 1500 calls).

use super::measures::MEASURES;

/// Log odds of a machine before anything is measured.
pub(super) const BIAS: f32 = -5.47;

/// Log odds of a machine that each measure adds when it is 1.
pub(super) const WEIGHTS: [f32; MEASURES] = [
    3.28, // talk up to 2 s
    2.24, // talk from 2 to 4 s
    0.65, // talk from 4 to 6 s
    2.13, // talk from 6 to 10 s
    1.66, // quiet behind the voice
];
