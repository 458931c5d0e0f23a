//! The operating curve: people taken for machines against machines caught, as the knob is turned.

use std::collections::HashMap;
use std::fmt::Write;

use super::score::{Scores, Share};
use super::truth::Truth;
use crate::cli::Evaluate;
use crate::fault::Faults;
use crate::hearing::Ear;

/// Settings of the knob: the probability of "machine" that a verdict of machine needs.
const THRESHOLDS: [f32; 17] = [
    0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99,
];

/// One setting.
pub(super) struct Point {
    threshold: f32,
    scores: Scores,
}

/// Hears people and machines again at every setting.
pub(super) fn sweep(command: &Evaluate, truths: &[Truth], ear: &Ear, faults: &mut Faults) -> Vec<Point> {
    let answered: Vec<Truth> = truths
        .iter()
        .filter(|truth| matches!(truth.label.as_str(), "human" | "machine"))
        .cloned()
        .collect();
    THRESHOLDS
        .iter()
        .map(|&threshold| {
            let mut ear = ear.clone();
            ear.profile.machine_threshold = Some(threshold);
            let predictions = super::hear(command, &answered, &ear, faults);
            let by_file: HashMap<_, _> = predictions
                .iter()
                .map(|said| (said.file.as_str(), said))
                .collect();
            Point {
                threshold,
                scores: Scores::of(&answered, &by_file),
            }
        })
        .collect()
}

/// Width of the bars.
const BAR: f64 = 30.0;

/// The curve as a table with bars.
pub(super) fn text(points: &[Point]) -> String {
    let mut out = String::from(
        "machine   people taken   machines   people      machine decided after\n\
         from      for machines   caught     undecided   the answer, median\n",
    );
    for point in points {
        let hm = &point.scores.hm;
        let bar = "▇".repeat((BAR * hm.machine_recall.unwrap_or(0.0)).round() as usize);
        let _ = writeln!(
            out,
            "{:<9.2} {:<14} {:<10} {:<11} {:<8} {bar}",
            point.threshold,
            share(hm.human_to_machine),
            share(hm.machine_recall),
            share(hm.human_undecided),
            hm.machine_decision_ms
                .median
                .map_or("—".to_owned(), |ms| format!("{:.1} s", ms / 1_000.0)),
        );
    }
    out.push('\n');
    out
}

fn share(value: Share) -> String {
    value.map_or("—".to_owned(), |value| format!("{value:.3}"))
}
