//! The table of docs/accuracy.md.

use std::fmt::Write;

use super::score::{LABELS, NONE, Scores, Share};

/// One row: what, the figure, what it must reach.
struct Row {
    what: &'static str,
    figure: String,
    goal: &'static str,
}

/// Everything as text.
pub(crate) fn text(scores: &Scores) -> String {
    let mut out = String::new();
    confusion(&mut out, scores);
    let _ = writeln!(
        out,
        "\n{} calls, {} undecided, accuracy {}, macro F1 {:.3}\n",
        scores.calls,
        scores.undecided,
        share(scores.accuracy),
        scores.macro_f1
    );
    let _ = writeln!(out, "{:<52} {:>26}   goal", "", "measured");
    for row in rows(scores) {
        let _ = writeln!(out, "{:<52} {:>26}   {}", row.what, row.figure, row.goal);
    }
    let kinds = &scores.rows.false_tone_kinds;
    if !kinds.is_empty() {
        let list: Vec<String> = kinds.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
        let _ = writeln!(out, "\nfalse tone events: {}", list.join(", "));
    }
    out
}

fn rows(scores: &Scores) -> Vec<Row> {
    let recalls = |labels: [&str; 3]| labels.map(|label| share(scores.recall(label))).join(" / ");
    let within = |seconds: &str| share(scores.ann.at.get(seconds).copied().flatten());
    let spread =
        |spread: &super::score::Spread| format!("{} / {} s", seconds(spread.median), seconds(spread.p95));
    vec![
        Row {
            what: "ringback / busy / congestion recall",
            figure: recalls(["ringback", "busy", "congestion"]),
            goal: "0.97 / 0.97 / 0.95",
        },
        Row {
            what: "SIT recall, kind right",
            figure: format!(
                "{}, {}",
                share(scores.recall("sit")),
                share(scores.sit_kind_accuracy)
            ),
            goal: "0.98, 0.95",
        },
        Row {
            what: "fax / modem / DTMF recall",
            figure: recalls(["fax", "modem", "dtmf"]),
            goal: "0.97 / 0.90 / 0.97",
        },
        Row {
            what: "false tone events on other audio, an hour",
            figure: format!(
                "{:.1} ({} in {:.1} h)",
                scores.rows.false_tones_per_hour.unwrap_or(0.0),
                scores.rows.false_tones,
                scores.rows.false_tone_hours
            ),
            goal: "≤ 1",
        },
        Row {
            what: "prompt identified within 1.0 / 1.5 / 3 s",
            figure: [within("1.0"), within("1.5"), within("3.0")].join(" / "),
            goal: "0.93 / 0.97 / 0.99",
        },
        Row {
            what: "prompt identified at any time; a wrong one",
            figure: format!("{}; {}", share(scores.ann.recall), share(scores.ann.wrong_ref)),
            goal: "",
        },
        Row {
            what: "false matches; near misses; other voices matched",
            figure: format!(
                "{}; {}; {}",
                scores.false_match.n,
                share(scores.rows.near_misses_matched),
                share(scores.rows.other_voices_matched)
            ),
            goal: "0; ≤ 0.02; 0",
        },
        Row {
            what: "people taken for machines, at machines caught",
            figure: format!(
                "{}, {}",
                share(scores.hm.human_to_machine),
                share(scores.hm.machine_recall)
            ),
            goal: "≤ 0.03, ≥ 0.92",
        },
        Row {
            what: "people heard as people; machines taken for people",
            figure: format!(
                "{}; {}",
                share(scores.hm.human_recall),
                share(scores.hm.machine_to_human)
            ),
            goal: "",
        },
        Row {
            what: "decision on a short human answer, median / p95",
            figure: spread(&scores.rows.short_human_decision_ms),
            goal: "1.2 / 2.2 s",
        },
        Row {
            what: "beep found; known after its start, median; on people",
            figure: format!(
                "{}; {}; {}",
                share(scores.beep.recall),
                milliseconds(scores.rows.beep_known_after_ms.median),
                share(scores.rows.beep_false_on_people)
            ),
            goal: "0.93; 100 ms; ≤ 0.005",
        },
        Row {
            what: "beep start off by, median; false on any call",
            figure: format!(
                "{}; {} of {}",
                milliseconds(scores.beep.median_abs_ms),
                scores.beep.false_ones,
                scores.beep.no_beep_calls
            ),
            goal: "",
        },
    ]
}

fn confusion(out: &mut String, scores: &Scores) {
    let _ = write!(out, "{:<15}", "truth \\ heard");
    for label in LABELS.iter().chain([&NONE]) {
        let _ = write!(out, " {:>7}", label.chars().take(7).collect::<String>());
    }
    out.push('\n');
    for truth in LABELS {
        let _ = write!(out, "{truth:<15}");
        for heard in LABELS.iter().chain([&NONE]) {
            let n = scores.confusion.get(truth).and_then(|row| row.get(*heard));
            let _ = write!(out, " {:>7}", n.map_or(".".to_owned(), usize::to_string));
        }
        out.push('\n');
    }
}

fn share(value: Share) -> String {
    value.map_or("—".to_owned(), |value| format!("{value:.3}"))
}

fn seconds(ms: Option<f64>) -> String {
    ms.map_or("—".to_owned(), |ms| format!("{:.2}", ms / 1_000.0))
}

fn milliseconds(ms: Option<f64>) -> String {
    ms.map_or("—".to_owned(), |ms| format!("{ms:.0} ms"))
}
