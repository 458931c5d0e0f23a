//! Fits the weights of who answered and prints them as the Rust source that the detector carries.
//!
//!     cargo run --release -p cpd-train > crates/cpd-detect/src/answer/weights.rs
//!
//! What it trains on, and what of it is a stated prior: see the crate's README.

#![forbid(unsafe_code)]

mod answer;
mod fit;
mod hear;

use answer::{Answer, Who};
use cpd_detect::answer::DIRECTIONS;
use cpd_sim::Rng;
use fit::{Fit, Sample};

/// Everything is drawn from it.
const SEED: u64 = 20_260_201;
/// Calls for the fit, and as many again with other seeds to say how good it is.
const CALLS: usize = 1_500;
/// Of ten answers that are no short ones: machines. Short answers are as many as all others.
const MACHINES_IN_TEN: usize = 7;
/// What a person who is lost costs, in machines that pass.
const COST_OF_A_PERSON: f64 = 4.0;

fn main() {
    let rng = &mut Rng::new(SEED);
    let samples = draw(rng);
    let fit = Fit::of(&samples);
    let apart = draw(rng);
    eprintln!("seed {SEED}: {} moments of {CALLS} calls", samples.len());
    for threshold in [0.3, 0.5, 0.8] {
        let share = |machine: bool| {
            let of: Vec<&Sample> = apart.iter().filter(|s| s.machine == machine).collect();
            let all: f64 = of.iter().map(|s| s.weight).sum();
            let taken = of.iter().filter(|s| fit.probability(&s.measures) >= threshold);
            taken.map(|s| s.weight).sum::<f64>() / all
        };
        let (machines, people) = (share(true), share(false));
        eprintln!("at {threshold}, moments of calls kept apart: machine {machines:.3}, person {people:.3}");
    }
    print!("{}", source(&fit));
}

fn draw(rng: &mut Rng) -> Vec<Sample> {
    (0..CALLS)
        .flat_map(|call| {
            let who = match call % 20 {
                n if n < 10 => Who::ShortPerson,
                n if n < 10 + MACHINES_IN_TEN => Who::Machine,
                _ => Who::LongPerson,
            };
            let answer = Answer::draw(who, rng);
            let cost = if who.is_machine() { 1.0 } else { COST_OF_A_PERSON };
            let moments = hear::moments(&answer);
            let weight = cost / moments.len().max(1) as f64;
            moments.into_iter().map(move |measures| Sample {
                measures,
                machine: who.is_machine(),
                weight,
            })
        })
        .collect()
}

/// The source file that the detector carries.
fn source(fit: &Fit) -> String {
    let mut text = format!(
        "//! Weights of the measures, as `cargo run --release -p cpd-train` prints them (seed {SEED}, {CALLS} calls).\n\n\
         use super::measures::MEASURES;\n\n\
         /// Log odds of a machine before anything is measured.\n\
         pub(super) const BIAS: f32 = {:.2};\n\n\
         /// Log odds of a machine that each measure adds when it is 1.\n\
         pub(super) const WEIGHTS: [f32; MEASURES] = [\n",
        fit.bias
    );
    for (weight, (name, _)) in fit.weights.iter().zip(&DIRECTIONS) {
        // No "-0.00".
        let weight = if weight.abs() < 0.005 { 0.0 } else { *weight };
        text.push_str(&format!("    {weight:.2}, // {name}\n"));
    }
    text.push_str("];\n");
    text
}
