//! What the calls are, and what was said of them.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fault::{Fault, FaultClass};
use crate::line::Line;

/// A labelled call; the form is that of the evaluation corpus.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Truth {
    pub(crate) file: String,
    #[serde(default)]
    pub(crate) dur_ms: f64,
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) accept_labels: Vec<String>,
    #[serde(default)]
    pub(crate) answer_at_ms: Option<f64>,
    #[serde(default)]
    pub(crate) onset_ms: Option<f64>,
    #[serde(default)]
    pub(crate) ref_id: Option<String>,
    #[serde(default)]
    pub(crate) ref_ids_ok: Vec<String>,
    #[serde(default)]
    pub(crate) ref_ids_neutral: Vec<String>,
    #[serde(default)]
    pub(crate) beep_ms: Option<f64>,
    #[serde(default)]
    pub(crate) sit_kind: Option<String>,
    #[serde(default)]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) trick: Option<String>,
    #[serde(default)]
    pub(crate) segments: Vec<Segment>,
}

/// A stretch of a call.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Segment {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) start_ms: f64,
    pub(crate) end_ms: f64,
}

impl Truth {
    /// The answer, ms from the start.
    pub(crate) fn answered_at_ms(&self) -> Option<u64> {
        self.answer_at_ms.map(|ms| ms.max(0.0).round() as u64)
    }

    /// Labels that count as right.
    pub(crate) fn accepts(&self, label: &str) -> bool {
        if self.accept_labels.is_empty() {
            self.label == label
        } else {
            self.accept_labels.iter().any(|accepted| accepted == label)
        }
    }

    /// Whether a prompt is the one that was played.
    pub(crate) fn is_prompt(&self, id: &str) -> bool {
        if self.ref_ids_ok.is_empty() {
            self.ref_id.as_deref() == Some(id)
        } else {
            self.ref_ids_ok.iter().any(|ok| ok == id)
        }
    }

    /// Whether a prompt shares a fragment with what was played and is counted neither way.
    pub(crate) fn is_neutral(&self, id: &str) -> bool {
        self.ref_ids_neutral.iter().any(|neutral| neutral == id)
    }

    /// Whether any prompt of the library is played.
    pub(crate) fn has_prompt(&self) -> bool {
        self.ref_id.as_deref().is_some_and(|id| !id.is_empty()) || !self.ref_ids_ok.is_empty()
    }
}

/// What was said of a call.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Prediction {
    pub(crate) file: String,
    #[serde(default)]
    pub(crate) label: Option<String>,
    #[serde(default)]
    pub(crate) ref_id: Option<String>,
    #[serde(default)]
    pub(crate) sit_kind: Option<String>,
    #[serde(default)]
    pub(crate) decided_at_ms: Option<f64>,
    #[serde(default)]
    pub(crate) beep_ms: Option<f64>,
    #[serde(default)]
    pub(crate) events: Vec<Value>,
}

impl From<&Line> for Prediction {
    fn from(line: &Line) -> Prediction {
        Prediction {
            file: line.file.clone(),
            label: line.label.map(str::to_owned),
            ref_id: line.ref_id.clone(),
            sit_kind: line.sit_kind.map(str::to_owned),
            decided_at_ms: line.decided_at_ms.map(|ms| ms as f64),
            beep_ms: line.beep_ms.map(|ms| ms as f64),
            events: line.events.clone(),
        }
    }
}

/// Reads labelled calls.
pub(crate) fn read(path: &Path) -> Result<Vec<Truth>, Fault> {
    lines(path)
}

/// Reads what `analyze --format jsonl` said.
pub(crate) fn predictions(path: &Path) -> Result<Vec<Prediction>, Fault> {
    lines(path)
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Fault> {
    let text = std::fs::read_to_string(path).map_err(|why| Fault::unreadable(path, &why))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|why| {
                Fault::reading(
                    FaultClass::Calls,
                    path,
                    format_args!("line {}: {why}", number + 1),
                )
            })
        })
        .collect()
}

/// Every n-th call of each kind of call: a part that is the same at each run and has the proportions of the whole.
pub(crate) fn part(truths: Vec<Truth>, nth: Option<u16>) -> Vec<Truth> {
    let nth = nth.map_or(1, usize::from).max(1);
    let mut seen: HashMap<(String, Option<String>, Option<String>, bool), usize> = HashMap::new();
    truths
        .into_iter()
        .filter(|truth| {
            let stratum = (
                truth.label.clone(),
                truth.kind.clone(),
                truth.trick.clone(),
                truth.beep_ms.is_some(),
            );
            let count = seen.entry(stratum).or_default();
            *count += 1;
            (*count - 1).is_multiple_of(nth)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_some_of_every_kind() {
        let truths: Vec<_> = (0..40)
            .map(|n| Truth {
                file: n.to_string(),
                label: if n < 30 { "human" } else { "busy" }.to_owned(),
                ..Truth::default()
            })
            .collect();
        let files: Vec<_> = part(truths, Some(10))
            .into_iter()
            .map(|truth| truth.file)
            .collect();
        assert_eq!(files, ["0", "10", "20", "30"]);
    }
}
