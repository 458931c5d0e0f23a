//! Weights of the measures, as `cargo run --release -p cpd-train` prints them (seed 20260201, 1500 calls).

use super::measures::MEASURES;

/// Log odds of a machine before anything is measured.
pub(super) const BIAS: f32 = -4.27;

/// Log odds of a machine that each measure adds when it is 1.
pub(super) const WEIGHTS: [f32; MEASURES] = [
    2.62, // talk up to 2 s
    1.74, // talk from 2 to 4 s
    0.63, // talk from 4 to 6 s
    2.15, // talk from 6 to 10 s
    1.54, // quiet behind the voice
];
