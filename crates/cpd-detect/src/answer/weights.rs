//! Weights of the measures.

use super::measures::MEASURES;

/// Log odds of a machine before anything is measured.
pub(super) const BIAS: f32 = -2.4;

/// Log odds of a machine that each measure adds when it is 1.
pub(super) const WEIGHTS: [f32; MEASURES] = [0.2, 0.8, 2.0, 4.0, -2.5, -1.5, -0.8, 1.0, -0.5];
