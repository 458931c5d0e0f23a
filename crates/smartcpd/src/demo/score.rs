//! A finished call beside the truth, and all of them together.

use std::collections::BTreeMap;
use std::fmt::Write;

use cpd_b2bua::switchboard::CallReport;
use cpd_call::{Phase, Telling, Told};

use super::programme::Expected;
use crate::simulate::dialer::Outcome;
use crate::simulate::summary::part;

/// A call that is over.
#[derive(Debug)]
pub(super) struct Finished {
    /// What the carrier played.
    pub(super) title: String,
    /// What would be right; empty: no verdict.
    pub(super) truth: Vec<&'static str>,
    /// By how much the verdict came later than the file alone gives it, ms.
    pub(super) later_ms: Option<i64>,
    /// The verdict.
    pub(super) verdict: Option<Verdict>,
    /// Whether it is right.
    pub(super) right: bool,
    /// How long after the decision the dialer had it, ms: packets on their way, playout, signalling.
    pub(super) delivery_ms: Option<i64>,
    /// What the dialer saw.
    pub(super) outcome: Outcome,
}

/// What the service said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) class: &'static str,
    pub(super) confidence: Option<f32>,
    pub(super) phase: Phase,
    /// Since the first early media, or since the answer.
    pub(super) t_ms: u64,
    /// Why there is none, where that is so.
    pub(super) why: Option<String>,
}

impl Finished {
    /// Joins what both sides know. Without a report, the call never reached the service's records: it is lost.
    pub(super) fn of(expected: Expected, mut outcome: Outcome, report: Option<&CallReport>) -> Finished {
        // A verdict may be told again when it is surer: what counts is since when it stood.
        let telling = report.and_then(|report| {
            let record = &report.record;
            let last = record.verdict()?;
            let alike = |telling: &&Telling| {
                let class = telling.told.class();
                class.is_none() || (class == last.told.class() && telling.phase == last.phase)
            };
            let standing = record.tellings.iter().rev().take_while(alike);
            standing.filter(|telling| telling.told.class().is_some()).last()
        });
        let verdict = telling.and_then(|telling| {
            Some(Verdict {
                class: telling.told.class()?.as_str(),
                confidence: match telling.told {
                    Told::Verdict { confidence, .. } => Some(confidence),
                    _ => None,
                },
                phase: telling.phase,
                t_ms: telling.t_ms,
                why: match telling.told {
                    Told::NoVerdict(why) => {
                        let deaf = report.and_then(|report| report.record.deaf);
                        Some(deaf.map_or_else(|| why.to_string(), |deaf| deaf.to_string()))
                    }
                    _ => None,
                },
            })
        });
        if report.is_none() {
            outcome.lost.get_or_insert("the service has no record of it");
        }
        let said = verdict.as_ref().map(|verdict| verdict.class);
        let truth = expected.classes;
        let right = match said {
            // Where nothing is to be heard, no verdict is as good as one that says so.
            None | Some("unknown") if truth.is_empty() => true,
            None => false,
            Some(class) => truth.contains(&class),
        };
        let later_ms = expected.file_ms.zip(verdict.as_ref().filter(|_| right));
        let later_ms = later_ms.map(|(file_ms, verdict)| verdict.t_ms as i64 - file_ms as i64);
        let delivery_ms = verdict
            .as_ref()
            .and_then(|verdict| delivery_ms(&outcome, verdict));
        Finished {
            title: expected.title,
            truth,
            later_ms,
            delivery_ms,
            verdict,
            right,
            outcome,
        }
    }
}

/// When the dialer first read this class, against when it was decided.
fn delivery_ms(outcome: &Outcome, verdict: &Verdict) -> Option<i64> {
    let phase = verdict.phase.as_str();
    let told = outcome.told.iter().find(|told| {
        told.words.contains(verdict.class)
            && (!told.words.starts_with('{') || told.words.contains(&format!("\"phase\":\"{phase}\"")))
    })?;
    let from_ms = match verdict.phase {
        Phase::Pre => outcome.media_ms?,
        Phase::Post => outcome.answered_ms?,
    };
    let after_ms = told.at_ms.checked_sub(from_ms)?;
    Some(after_ms as i64 - verdict.t_ms as i64)
}

/// All calls.
#[derive(Debug, Default)]
pub(super) struct Score {
    calls: usize,
    lost: Vec<String>,
    wrong: Vec<String>,
    classes: BTreeMap<&'static str, Class>,
    later_ms: Vec<i64>,
    delivery_ms: Vec<i64>,
}

#[derive(Debug, Default)]
struct Class {
    calls: usize,
    right: usize,
    times_ms: Vec<u64>,
}

impl Score {
    /// One more.
    pub(super) fn add(&mut self, finished: &Finished) {
        self.calls += 1;
        self.later_ms.extend(finished.later_ms);
        self.delivery_ms.extend(finished.delivery_ms);
        let outcome = &finished.outcome;
        if let Some(why) = outcome.lost {
            self.lost
                .push(format!("{} ({}): {why}", outcome.number, finished.title));
        }
        let expected = finished.truth.first().copied().unwrap_or("no verdict");
        let class = self.classes.entry(expected).or_default();
        class.calls += 1;
        class.right += usize::from(finished.right);
        if finished.right {
            class
                .times_ms
                .extend(finished.verdict.as_ref().map(|verdict| verdict.t_ms));
        } else {
            let said = finished
                .verdict
                .as_ref()
                .map_or("no verdict", |verdict| verdict.class);
            self.wrong.push(format!(
                "{} ({}): {said} and not {expected}",
                outcome.number, finished.title
            ));
        }
    }

    /// How many.
    pub(super) fn calls(&self) -> usize {
        self.calls
    }

    /// How many were lost.
    pub(super) fn lost(&self) -> usize {
        self.lost.len()
    }

    /// A table by class, and what went wrong.
    pub(super) fn text(&mut self) -> String {
        let mut text = format!(
            "{:<28} calls  right  decided after (median, longest)\n",
            "what was played"
        );
        let (mut right, mut all) = (0, Vec::new());
        for (expected, class) in &mut self.classes {
            right += class.right;
            class.times_ms.sort_unstable();
            all.extend_from_slice(&class.times_ms);
            let times = times(&class.times_ms);
            let _ = writeln!(
                text,
                "{expected:<28} {:>5}  {:>5}  {times}",
                class.calls, class.right
            );
        }
        all.sort_unstable();
        let _ = writeln!(
            text,
            "{:<28} {:>5}  {right:>5}  {}",
            "all",
            self.calls,
            times(&all)
        );
        if let Some(span) = span(&mut self.later_ms) {
            let _ = writeln!(text, "against the file alone: decided {span}");
        }
        if let Some(span) = span(&mut self.delivery_ms) {
            let _ = writeln!(
                text,
                "told to the dialer {span} after the sound that decided it was sent"
            );
        }
        for wrong in &self.wrong {
            let _ = writeln!(text, "wrong: {wrong}");
        }
        for lost in &self.lost {
            let _ = writeln!(text, "lost: {lost}");
        }
        if self.lost.is_empty() {
            text += "No call was lost.\n";
        }
        text
    }
}

fn span(times_ms: &mut [i64]) -> Option<String> {
    times_ms.sort_unstable();
    let (first, last) = (times_ms.first()?, times_ms.last()?);
    let median = times_ms[times_ms.len() / 2];
    Some(format!("{median:+} ms (median), {first:+} to {last:+} ms"))
}

fn times(sorted: &[u64]) -> String {
    let seconds = |ms: u64| ms as f64 / 1_000.0;
    match (part(sorted, 0.5), sorted.last()) {
        (Some(median), Some(longest)) => format!("{:.2} s, {:.2} s", seconds(median), seconds(*longest)),
        _ => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(truth: &[&'static str], class: Option<&'static str>, right: bool) -> Finished {
        Finished {
            title: "busy tone".into(),
            truth: truth.to_vec(),
            later_ms: right.then_some(-20),
            delivery_ms: right.then_some(31),
            verdict: class.map(|class| Verdict {
                class,
                confidence: Some(0.9),
                phase: Phase::Pre,
                t_ms: 1_500,
                why: None,
            }),
            right,
            outcome: Outcome {
                number: "7900".into(),
                lost: (!right).then_some("unreachable"),
                ..Outcome::default()
            },
        }
    }

    #[test]
    fn right_wrong_and_lost_are_counted() {
        let mut score = Score::default();
        score.add(&finished(&["tone.busy"], Some("tone.busy"), true));
        score.add(&finished(&["tone.busy"], None, false));
        assert_eq!((score.calls(), score.lost()), (2, 1));
        let text = score.text();
        assert!(
            text.contains("tone.busy                        2      1  1.50 s, 1.50 s\n"),
            "{text}"
        );
        assert!(
            text.contains("wrong: 7900 (busy tone): no verdict and not tone.busy\n"),
            "{text}"
        );
        assert!(text.contains("decided -20 ms (median), -20 to -20 ms"), "{text}");
        assert!(text.contains("lost: 7900 (busy tone): unreachable\n"), "{text}");
    }
}
