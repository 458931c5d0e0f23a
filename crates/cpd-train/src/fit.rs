//! Logistic regression with directions: a weight never turns against what its measure stands for.
//!
//! Maximum likelihood with a weak normal prior about zero, one weight after the other by Newton steps, weights of wrong
//! sign held at zero; the objective is convex, so where it starts does not matter.

use cpd_detect::answer::{DIRECTIONS, MEASURES};

/// One call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Measures when the verdict stays.
    pub(crate) measures: [f32; MEASURES],
    /// Whether a machine answered.
    pub(crate) machine: bool,
}

/// Weights as they are fitted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fit {
    /// Log odds before anything is measured.
    pub(crate) bias: f64,
    /// Log odds per measure.
    pub(crate) weights: [f64; MEASURES],
}

/// Strength of the prior: as much as one call in a thousand speaks against a weight of 1.
const RIDGE: f64 = 1e-3;
/// Rounds over all weights; they move by less than 1e-4 in the last.
const ROUNDS: usize = 300;

impl Fit {
    /// Fits.
    pub(crate) fn of(samples: &[Sample]) -> Fit {
        let mut fit = Fit {
            bias: 0.0,
            weights: [0.0; MEASURES],
        };
        let total = samples.len() as f64;
        // Log odds of each sample as the weights stand.
        let mut odds = vec![0.0_f64; samples.len()];
        for _ in 0..ROUNDS {
            fit.bias += step(samples, &mut odds, total, 0.0, 0.0, |_| 1.0, |_| true);
            for (at, (_, direction)) in DIRECTIONS.iter().enumerate() {
                let now = fit.weights[at];
                let right = |weight: f64| weight * f64::from(*direction) >= 0.0;
                let measure = |sample: &Sample| f64::from(sample.measures[at]);
                fit.weights[at] += step(samples, &mut odds, total, RIDGE, now, measure, right);
            }
        }
        fit
    }

    /// Probability of a machine.
    pub(crate) fn probability(&self, measures: &[f32; MEASURES]) -> f64 {
        let sum: f64 = measures
            .iter()
            .zip(&self.weights)
            .map(|(&m, w)| f64::from(m) * w)
            .sum();
        1.0 / (1.0 + (-self.bias - sum).exp())
    }
}

/// One Newton step along one weight, cut off at zero where it would turn its direction; moves the odds along.
fn step(
    samples: &[Sample],
    odds: &mut [f64],
    total: f64,
    ridge: f64,
    now: f64,
    measure: impl Fn(&Sample) -> f64,
    right: impl Fn(f64) -> bool,
) -> f64 {
    let (mut slope, mut curve) = (-ridge * now * total, ridge * total);
    for (sample, odds) in samples.iter().zip(&*odds) {
        let (p, x) = (1.0 / (1.0 + (-odds).exp()), measure(sample));
        slope += (f64::from(u8::from(sample.machine)) - p) * x;
        curve += p * (1.0 - p) * x * x;
    }
    // A measure that is always nought has no curve; a step of more than 1 may overshoot.
    let wanted = (slope / curve.max(1e-9)).clamp(-1.0, 1.0);
    let moved = if right(now + wanted) { wanted } else { -now };
    for (sample, odds) in samples.iter().zip(odds) {
        *odds += moved * measure(sample);
    }
    moved
}

#[cfg(test)]
mod tests {
    use cpd_sim::Rng;

    use super::*;

    #[test]
    fn finds_the_weights_that_made_the_samples_and_holds_their_signs() {
        let rng = &mut Rng::new(3);
        let samples: Vec<Sample> = (0..4_000)
            .map(|_| {
                let measures: [f32; MEASURES] = std::array::from_fn(|_| rng.unit());
                // The second is made to speak for a person, against its direction.
                let odds = -1.0 + 3.0 * measures[0] - 2.0 * measures[1] + 2.0 * measures[4];
                Sample {
                    measures,
                    machine: rng.unit() < 1.0 / (1.0 + (-odds).exp()),
                }
            })
            .collect();
        let fit = Fit::of(&samples);
        assert!((fit.weights[0] - 3.0).abs() < 0.6, "{fit:?}");
        assert!((fit.weights[4] - 2.0).abs() < 0.6, "{fit:?}");
        assert_eq!(fit.weights[1], 0.0);
    }
}
