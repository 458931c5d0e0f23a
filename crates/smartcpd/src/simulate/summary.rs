//! What the dialer tells: a line a call, and a summary of all.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::dialer::Outcome;

/// A call as a line of text.
pub(super) fn line(outcome: &Outcome) -> String {
    let Outcome {
        number,
        status,
        phrase,
        ..
    } = outcome;
    let status = match status {
        0 => "---".to_owned(),
        status => status.to_string(),
    };
    let mut line = format!("{number:<14} {status} {phrase:<22}");
    let times = [
        ("rang", outcome.rang_ms),
        ("media", outcome.media_ms),
        ("answered", outcome.answered_ms),
        ("ended", Some(outcome.ended_ms)),
    ];
    for (what, ms) in times {
        if let Some(ms) = ms {
            let _ = write!(line, " {what} {:.2}", ms as f64 / 1_000.0);
        }
    }
    let _ = write!(line, " · rtp {} out {} in", outcome.sent, outcome.received);
    for told in &outcome.told {
        let _ = write!(
            line,
            " · {:.2} {} {}",
            told.at_ms as f64 / 1_000.0,
            told.by,
            told.words
        );
    }
    if let Some(why) = outcome.lost {
        let _ = write!(line, " · LOST: {why}");
    }
    line
}

/// A call as JSON.
pub(super) fn json(outcome: &Outcome) -> Value {
    let told: Vec<Value> = outcome
        .told
        .iter()
        .map(|told| json!({"at_ms": told.at_ms, "by": told.by, "words": told.words}))
        .collect();
    json!({
        "call": outcome.number_in_row,
        "number": outcome.number,
        "status": outcome.status,
        "phrase": outcome.phrase,
        "rang_ms": outcome.rang_ms,
        "media_ms": outcome.media_ms,
        "answered_ms": outcome.answered_ms,
        "ended_ms": outcome.ended_ms,
        "ended_by": outcome.ended_by,
        "told": told,
        "rtp_sent": outcome.sent,
        "rtp_received": outcome.received,
        "lost": outcome.lost,
    })
}

/// All calls of a run.
#[derive(Debug, Default)]
pub(super) struct Summary {
    calls: usize,
    statuses: BTreeMap<u16, usize>,
    lost: BTreeMap<String, usize>,
    rang: Vec<u64>,
    answered: Vec<u64>,
    told: usize,
    packets: (u64, u64),
}

impl Summary {
    /// Takes one more call.
    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.calls += 1;
        *self.statuses.entry(outcome.status).or_default() += 1;
        if let Some(why) = outcome.lost {
            let why = format!("{why} ({})", outcome.phrase);
            *self.lost.entry(why).or_default() += 1;
        }
        self.rang.extend(outcome.rang_ms);
        self.answered.extend(outcome.answered_ms);
        self.told += usize::from(!outcome.told.is_empty());
        self.packets.0 += outcome.sent;
        self.packets.1 += outcome.received;
    }

    /// Calls that were lost.
    pub(super) fn lost(&self) -> usize {
        self.lost.values().sum()
    }

    /// In some lines. `dialling`: from the first INVITE to the last.
    pub(super) fn text(&mut self, dialling: Duration) -> String {
        let mut text = String::new();
        let rate = self.calls.saturating_sub(1) as f64 / dialling.as_secs_f64().max(0.001);
        let _ = write!(text, "{} calls", self.calls);
        if self.calls > 1 {
            let _ = write!(text, ", {rate:.1} a second");
        }
        let statuses: Vec<String> = self
            .statuses
            .iter()
            .map(|(status, count)| format!("{status}: {count}"))
            .collect();
        let _ = writeln!(text, "; {}", statuses.join(", "));
        for (what, times) in [
            ("to the first 18x", &mut self.rang),
            ("to the answer", &mut self.answered),
        ] {
            times.sort_unstable();
            if let (Some(p50), Some(p95), Some(p99)) =
                (part(times, 0.5), part(times, 0.95), part(times, 0.99))
            {
                let count = times.len();
                let _ = writeln!(
                    text,
                    "{what}: p50 {p50} ms, p95 {p95} ms, p99 {p99} ms ({count} calls)"
                );
            }
        }
        let (sent, received) = self.packets;
        let _ = writeln!(
            text,
            "rtp: {sent} packets sent, {received} received; verdicts told in {} calls",
            self.told
        );
        for (why, count) in &self.lost {
            let _ = writeln!(text, "lost: {count} × {why}");
        }
        text
    }
}

/// The value that a share of a sorted list does not exceed.
pub(crate) fn part(sorted: &[u64], share: f64) -> Option<u64> {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_list() {
        let list: Vec<u64> = (1..=100).collect();
        assert_eq!(part(&list, 0.5), Some(50));
        assert_eq!(part(&list, 0.99), Some(99));
        assert_eq!(part(&list[..1], 0.99), Some(1));
        assert_eq!(part(&[], 0.5), None);
    }

    #[test]
    fn a_summary_counts_by_cause() {
        let mut summary = Summary::default();
        for (status, lost) in [(200, None), (486, None), (0, Some("unreachable"))] {
            summary.add(&Outcome {
                status,
                lost,
                phrase: "x".into(),
                answered_ms: (status == 200).then_some(70),
                ..Outcome::default()
            });
        }
        assert_eq!(summary.lost(), 1);
        let text = summary.text(Duration::from_secs(2));
        assert!(
            text.starts_with("3 calls, 1.0 a second; 0: 1, 200: 1, 486: 1\n"),
            "{text}"
        );
        assert!(text.contains("to the answer: p50 70 ms"), "{text}");
        assert!(text.contains("lost: 1 × unreachable (x)"), "{text}");
    }
}
