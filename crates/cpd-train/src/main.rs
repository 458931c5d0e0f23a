//! Fits the weights of who answered and prints them as the Rust source that the detector carries.
//!
//!     cargo run --release -p cpd-train > crates/cpd-detect/src/answer/weights.rs
//!
//! What it trains on, and what of it is a stated prior: see the crate's README.

#![forbid(unsafe_code)]

mod answer;
mod fit;
mod hear;

use std::num::NonZero;

use answer::{Answer, Who};
use cpd_detect::answer::DIRECTIONS;
use cpd_sim::Rng;
use fit::{Fit, Sample};

/// Everything is drawn from it.
const SEED: u64 = 20_260_201;
/// Calls for the fit, and as many again with other seeds to say how good it is.
const CALLS: usize = 1_500;
/// Of ten answers that are no short ones: machines. Short answers are as many as all others.
const MACHINES_IN_TEN: usize = 8;

fn main() {
    let samples = draw(SEED);
    let fit = Fit::of(&samples);
    let apart = draw(SEED + 1);
    eprintln!("seed {SEED}: {} of {CALLS} calls heard", samples.len());
    for threshold in [0.2, 0.3, 0.5, 0.7, 0.8] {
        let share = |machine: bool| {
            let of: Vec<&Sample> = apart.iter().filter(|s| s.machine == machine).collect();
            let taken = of.iter().filter(|s| fit.probability(&s.measures) >= threshold);
            taken.count() as f64 / of.len().max(1) as f64
        };
        let (machines, people) = (share(true), share(false));
        eprintln!("at {threshold}, calls kept apart: machines caught {machines:.3}, people lost {people:.3}");
    }
    print!("{}", source(&fit));
}

/// Calls of one seed, on all cores; each call has its own chance, so that their number does not matter.
fn draw(seed: u64) -> Vec<Sample> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        let shares: Vec<_> = (0..cores)
            .map(|core| scope.spawn(move || (core..CALLS).step_by(cores).map(|n| call(seed, n)).collect()))
            .collect();
        let mut shares: Vec<Vec<Option<Sample>>> = shares
            .into_iter()
            .map(|share| share.join().unwrap_or_default())
            .collect();
        let order = (0..CALLS).filter_map(|n| shares[n % cores].get_mut(n / cores).and_then(Option::take));
        order.collect()
    })
}

/// One call as it is heard; none where nobody was.
fn call(seed: u64, number: usize) -> Option<Sample> {
    let who = match number % 20 {
        n if n < 10 => Who::ShortPerson,
        n if n < 10 + MACHINES_IN_TEN => Who::Machine,
        _ => Who::LongPerson,
    };
    let rng = &mut Rng::new(seed.wrapping_mul(1_000_003) + number as u64);
    hear::measures(&Answer::draw(who, rng)).map(|measures| Sample {
        measures,
        machine: who.is_machine(),
    })
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
