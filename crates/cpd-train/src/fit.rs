//! Logistic regression with directions: a weight never turns against what its measure stands for.
//!
//! Maximum likelihood with a weak normal prior about zero, by gradient steps with the weights of wrong sign set to zero
//! after each (projected gradient); the objective is convex, so where it starts does not matter.

use cpd_detect::answer::{DIRECTIONS, MEASURES};

/// One moment of one call.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Measures at that moment.
    pub measures: [f32; MEASURES],
    /// Whether a machine answered.
    pub machine: bool,
    /// How much the moment counts.
    pub weight: f64,
}

/// Weights as they are fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Log odds before anything is measured.
    pub bias: f64,
    /// Log odds per measure.
    pub weights: [f64; MEASURES],
}

/// Strength of the prior: as much as one moment in a thousand speaks against a weight of 1.
const RIDGE: f64 = 1e-3;
/// Steps; the objective moves by less than 1e-6 over the last thousand.
const STEPS: usize = 6_000;

impl Fit {
    /// Fits.
    pub fn of(samples: &[Sample]) -> Fit {
        let mut fit = Fit {
            bias: 0.0,
            weights: [0.0; MEASURES],
        };
        let total: f64 = samples.iter().map(|sample| sample.weight).sum();
        // A measure is at most 1, so the curvature is at most a quarter of their number and the bias.
        let step = 4.0 / (MEASURES as f64 + 1.0);
        for _ in 0..STEPS {
            let mut slope = [0.0; MEASURES];
            let mut bias_slope = 0.0;
            for sample in samples {
                let miss =
                    sample.weight * (f64::from(u8::from(sample.machine)) - fit.probability(&sample.measures));
                bias_slope += miss;
                for (slope, &measure) in slope.iter_mut().zip(&sample.measures) {
                    *slope += miss * f64::from(measure);
                }
            }
            fit.bias += step * bias_slope / total;
            for ((weight, slope), (_, direction)) in fit.weights.iter_mut().zip(&slope).zip(&DIRECTIONS) {
                *weight += step * (slope / total - RIDGE * *weight);
                if *weight * f64::from(*direction) < 0.0 {
                    *weight = 0.0;
                }
            }
        }
        fit
    }

    /// Probability of a machine.
    pub fn probability(&self, measures: &[f32; MEASURES]) -> f64 {
        let sum: f64 = measures
            .iter()
            .zip(&self.weights)
            .map(|(&m, w)| f64::from(m) * w)
            .sum();
        1.0 / (1.0 + (-self.bias - sum).exp())
    }
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
                let odds = -1.0 + 3.0 * measures[0] - 2.0 * measures[1] - 2.0 * measures[4];
                Sample {
                    measures,
                    machine: rng.unit() < 1.0 / (1.0 + (-odds).exp()),
                    weight: 1.0,
                }
            })
            .collect();
        let fit = Fit::of(&samples);
        assert!((fit.weights[0] - 3.0).abs() < 0.6, "{fit:?}");
        assert!((fit.weights[4] + 2.0).abs() < 0.6, "{fit:?}");
        assert_eq!(fit.weights[1], 0.0);
    }
}
