//! The figures. Names and definitions are those of the corpus's `score.py`, so that the two can be compared number by
//! number; [`Rows`] adds what it does not have.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use super::truth::{Prediction, Truth};

/// The labels, in the order in which they are told.
pub(crate) const LABELS: [&str; 12] = [
    "ringback",
    "busy",
    "congestion",
    "sit",
    "announcement",
    "machine",
    "human",
    "fax",
    "modem",
    "music_ringback",
    "silence",
    "dtmf",
];

/// No decision.
pub(crate) const NONE: &str = "(none)";

/// Seconds after the onset within which prompts are counted.
const WITHIN_S: [&str; 5] = ["1.0", "1.5", "2.0", "3.0", "5.0"];

/// A beep is found when its start is told within this window around the true one, ms.
const BEEP_WINDOW_MS: std::ops::RangeInclusive<f64> = -150.0..=1_500.0;

/// Events this far from a tone of the truth still belong to it, ms: codecs ring on and fades begin softly.
const TONE_MARGIN_MS: f64 = 300.0;

/// A share; none where there is nothing to count.
pub(crate) type Share = Option<f64>;

/// Everything that is measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Scores {
    pub(crate) calls: usize,
    pub(crate) predictions: usize,
    pub(crate) undecided: usize,
    pub(crate) accuracy: Share,
    pub(crate) macro_f1: f64,
    pub(crate) confusion: BTreeMap<String, BTreeMap<String, usize>>,
    pub(crate) classes: BTreeMap<String, ClassScore>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sit_kind_accuracy: Share,
    pub(crate) ann: Announcements,
    pub(crate) false_match: FalseMatches,
    pub(crate) hm: HumanMachine,
    pub(crate) decision_after_onset_ms: BTreeMap<String, Spread>,
    pub(crate) beep: Beeps,
    pub(crate) rows: Rows,
}

/// One label.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ClassScore {
    pub(crate) n: usize,
    pub(crate) precision: Share,
    pub(crate) recall: Share,
    pub(crate) f1: Share,
}

/// Announcements that are in the library.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Announcements {
    pub(crate) n: usize,
    pub(crate) recall: Share,
    pub(crate) wrong_ref: Share,
    pub(crate) at: BTreeMap<String, Share>,
}

/// Prompts heard where none is played.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FalseMatches {
    pub(crate) n: usize,
    pub(crate) hours: f64,
    pub(crate) per_hour: Share,
}

/// People and machines.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct HumanMachine {
    pub(crate) human_recall: Share,
    pub(crate) machine_recall: Share,
    pub(crate) balanced: Share,
    pub(crate) human_to_machine: Share,
    pub(crate) machine_to_human: Share,
    pub(crate) human_undecided: Share,
    pub(crate) human_lost: Share,
    pub(crate) human_decision_ms: Spread,
    pub(crate) machine_decision_ms: Spread,
}

/// Median and 95th percentile.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: Option<f64>,
    pub(crate) p95: Option<f64>,
    pub(crate) n: usize,
}

/// Beeps.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Beeps {
    pub(crate) n: usize,
    pub(crate) recall: Share,
    pub(crate) reported_elsewhere: usize,
    pub(crate) bias_ms: Option<f64>,
    pub(crate) median_abs_ms: Option<f64>,
    pub(crate) p95_abs_ms: Option<f64>,
    #[serde(rename = "false")]
    pub(crate) false_ones: usize,
    pub(crate) false_on_machine: usize,
    pub(crate) no_beep_calls: usize,
}

/// What the table of docs/accuracy.md has beside.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Rows {
    /// Tone events where no tone is, on calls of other kinds: number, hours, per hour.
    pub(crate) false_tones: usize,
    pub(crate) false_tone_hours: f64,
    pub(crate) false_tones_per_hour: Share,
    /// The kinds of those events.
    pub(crate) false_tone_kinds: BTreeMap<String, usize>,
    /// Prompts that begin like one of the library and go on otherwise, taken for it.
    pub(crate) near_misses_matched: Share,
    pub(crate) near_misses: usize,
    /// Texts of the library in another voice, taken for it.
    pub(crate) other_voices_matched: Share,
    pub(crate) other_voices: usize,
    /// Verdicts on short human answers, after their first sound.
    pub(crate) short_human_decision_ms: Spread,
    /// From a beep's start to its event.
    pub(crate) beep_known_after_ms: Spread,
    /// Share of people's calls with a beep that is none.
    pub(crate) beep_false_on_people: Share,
}

/// A call with what was said of it.
struct Scored<'a> {
    truth: &'a Truth,
    said: &'a Prediction,
    /// The label said.
    label: &'a str,
    /// The same, an accepted alternative counted as the true label.
    effective: &'a str,
}

impl Scored<'_> {
    fn right(&self) -> bool {
        self.effective == self.truth.label
    }

    fn names_the_prompt(&self) -> bool {
        self.said
            .ref_id
            .as_deref()
            .is_some_and(|id| self.truth.is_prompt(id))
    }

    /// Whether a prompt was named that is not neutral.
    fn names_any_prompt(&self) -> bool {
        self.said
            .ref_id
            .as_deref()
            .is_some_and(|id| !id.is_empty() && !self.truth.is_neutral(id))
    }

    fn after_onset(&self) -> Option<f64> {
        Some(self.said.decided_at_ms? - self.truth.onset_ms?)
    }

    fn beep_error(&self) -> Option<f64> {
        Some(self.said.beep_ms? - self.truth.beep_ms?)
    }
}

impl Scores {
    /// The figures of what was said of some calls.
    pub(crate) fn of(truths: &[Truth], said: &HashMap<&str, &Prediction>) -> Scores {
        let nothing = Prediction::default();
        let calls: Vec<Scored> = truths
            .iter()
            .map(|truth| {
                let said = said.get(truth.file.as_str()).copied().unwrap_or(&nothing);
                let label = match said.label.as_deref() {
                    None | Some("" | "unknown" | "none" | "undecided") => NONE,
                    Some(label) => label,
                };
                let effective = if truth.accepts(label) { &truth.label } else { label };
                Scored {
                    truth,
                    said,
                    label,
                    effective,
                }
            })
            .collect();
        let confusion = confusion(&calls);
        let (classes, macro_f1) = classes(&confusion);
        let right = calls.iter().filter(|call| call.right()).count();
        Scores {
            calls: calls.len(),
            predictions: said.len(),
            undecided: calls.iter().filter(|call| call.label == NONE).count(),
            accuracy: share(right, calls.len()),
            macro_f1,
            confusion,
            classes,
            sit_kind_accuracy: sit_kinds(&calls),
            ann: announcements(&calls),
            false_match: false_matches(&calls),
            hm: people_and_machines(&calls),
            decision_after_onset_ms: decisions(&calls),
            beep: beeps(&calls),
            rows: rows(&calls),
        }
    }

    /// Recall of a label.
    pub(crate) fn recall(&self, label: &str) -> Share {
        self.classes.get(label).and_then(|class| class.recall)
    }
}

fn confusion(calls: &[Scored]) -> BTreeMap<String, BTreeMap<String, usize>> {
    let mut table: BTreeMap<String, BTreeMap<String, usize>> = LABELS
        .iter()
        .map(|&label| (label.to_owned(), BTreeMap::new()))
        .collect();
    for call in calls {
        let column = if LABELS.contains(&call.effective) {
            call.effective
        } else {
            NONE
        };
        *table
            .entry(call.truth.label.clone())
            .or_default()
            .entry(column.to_owned())
            .or_default() += 1;
    }
    table
}

fn classes(confusion: &BTreeMap<String, BTreeMap<String, usize>>) -> (BTreeMap<String, ClassScore>, f64) {
    let cell = |row: &str, column: &str| {
        let row = confusion.get(row);
        row.and_then(|row| row.get(column)).copied().unwrap_or(0)
    };
    let mut classes = BTreeMap::new();
    let mut sum = 0.0;
    let mut count = 0_usize;
    for label in LABELS {
        let n: usize = confusion.get(label).map_or(0, |row| row.values().sum());
        let predicted: usize = LABELS.iter().map(|row| cell(row, label)).sum();
        let precision = share(cell(label, label), predicted);
        let recall = share(cell(label, label), n);
        let f1 = match (precision, recall) {
            (Some(p), Some(r)) if p > 0.0 && r > 0.0 => Some(2.0 * p * r / (p + r)),
            _ if n > 0 => Some(0.0),
            _ => None,
        };
        if n > 0 {
            sum += f1.unwrap_or(0.0);
            count += 1;
        }
        let score = ClassScore {
            n,
            precision,
            recall,
            f1,
        };
        classes.insert(label.to_owned(), score);
    }
    (classes, sum / count.max(1) as f64)
}

fn sit_kinds(calls: &[Scored]) -> Share {
    let told: Vec<bool> = calls
        .iter()
        .filter(|call| call.truth.label == "sit" && call.said.sit_kind.is_some())
        .map(|call| call.said.sit_kind == call.truth.sit_kind)
        .collect();
    share_of(&told)
}

fn announcements(calls: &[Scored]) -> Announcements {
    let calls: Vec<&Scored> = calls
        .iter()
        .filter(|call| call.truth.label == "announcement" && call.truth.ref_id.is_some())
        .collect();
    let count = |is: &dyn Fn(&Scored) -> bool| calls.iter().filter(|call| is(call)).count();
    let at = WITHIN_S
        .iter()
        .map(|&seconds| {
            let limit_ms = seconds.parse::<f64>().unwrap_or(0.0) * 1_000.0;
            let within = |call: &Scored| {
                call.names_the_prompt() && call.after_onset().is_some_and(|ms| ms <= limit_ms)
            };
            (seconds.to_owned(), share(count(&within), calls.len()))
        })
        .collect();
    Announcements {
        n: calls.len(),
        recall: share(count(&|call| call.names_the_prompt()), calls.len()),
        wrong_ref: share(
            count(&|call| call.names_any_prompt() && !call.names_the_prompt()),
            calls.len(),
        ),
        at,
    }
}

fn false_matches(calls: &[Scored]) -> FalseMatches {
    let others: Vec<&Scored> = calls.iter().filter(|call| !call.truth.has_prompt()).collect();
    let hours = others.iter().map(|call| call.truth.dur_ms).sum::<f64>() / 3.6e6;
    let n = others.iter().filter(|call| call.names_any_prompt()).count();
    FalseMatches {
        n,
        hours,
        per_hour: (hours > 0.0).then(|| n as f64 / hours),
    }
}

fn people_and_machines(calls: &[Scored]) -> HumanMachine {
    let of =
        |label: &str| -> Vec<&Scored> { calls.iter().filter(|call| call.truth.label == label).collect() };
    let (people, machines) = (of("human"), of("machine"));
    let count = |calls: &[&Scored], is: &dyn Fn(&Scored) -> bool| {
        share(calls.iter().filter(|call| is(call)).count(), calls.len())
    };
    let human_recall = count(&people, &|call| call.effective == "human");
    let machine_recall = count(&machines, &|call| call.effective == "machine");
    let decision = |calls: &[&Scored]| {
        spread(
            calls
                .iter()
                .filter(|call| call.right())
                .filter_map(|call| Some(call.said.decided_at_ms? - call.truth.answer_at_ms?))
                .collect(),
        )
    };
    HumanMachine {
        human_recall,
        machine_recall,
        balanced: human_recall.zip(machine_recall).map(|(h, m)| (h + m) / 2.0),
        human_to_machine: count(&people, &|call| call.label == "machine"),
        machine_to_human: count(&machines, &|call| call.label == "human"),
        human_undecided: count(&people, &|call| call.label == NONE),
        human_lost: count(&people, &|call| call.effective != "human"),
        human_decision_ms: decision(&people),
        machine_decision_ms: decision(&machines),
    }
}

fn decisions(calls: &[Scored]) -> BTreeMap<String, Spread> {
    const TOLD: [&str; 9] = [
        "ringback",
        "busy",
        "congestion",
        "sit",
        "fax",
        "modem",
        "music_ringback",
        "dtmf",
        "announcement",
    ];
    TOLD.iter()
        .map(|&label| {
            let times = calls
                .iter()
                .filter(|call| call.truth.label == label && call.right())
                .filter_map(Scored::after_onset)
                .collect();
            (label.to_owned(), spread(times))
        })
        .collect()
}

fn beeps(calls: &[Scored]) -> Beeps {
    let (with, without): (Vec<&Scored>, Vec<&Scored>) =
        calls.iter().partition(|call| call.truth.beep_ms.is_some());
    let told: Vec<f64> = with.iter().filter_map(|call| call.beep_error()).collect();
    let hits: Vec<f64> = told
        .iter()
        .copied()
        .filter(|error| BEEP_WINDOW_MS.contains(error))
        .collect();
    let errors = spread(hits.iter().map(|error| error.abs()).collect());
    let false_ones: Vec<&&Scored> = without
        .iter()
        .filter(|call| call.said.beep_ms.is_some())
        .collect();
    Beeps {
        n: with.len(),
        recall: share(hits.len(), with.len()),
        reported_elsewhere: told.len() - hits.len(),
        bias_ms: (!hits.is_empty()).then(|| hits.iter().sum::<f64>() / hits.len() as f64),
        median_abs_ms: errors.median,
        p95_abs_ms: errors.p95,
        false_ones: false_ones.len(),
        false_on_machine: false_ones
            .iter()
            .filter(|call| call.truth.label == "machine")
            .count(),
        no_beep_calls: without.len(),
    }
}

fn rows(calls: &[Scored]) -> Rows {
    let (mut kinds, mut hours) = (BTreeMap::new(), 0.0);
    for call in calls {
        let other = matches!(
            call.truth.label.as_str(),
            "announcement" | "machine" | "human" | "music_ringback" | "silence"
        );
        if other {
            hours += call.truth.dur_ms / 3.6e6;
            for kind in false_tones(call) {
                *kinds.entry(kind).or_default() += 1;
            }
        }
    }
    let false_tones = kinds.values().sum::<usize>();
    let tricked = |trick: &str| -> Vec<bool> {
        calls
            .iter()
            .filter(|call| call.truth.trick.as_deref() == Some(trick) && !call.truth.has_prompt())
            .map(Scored::names_any_prompt)
            .collect()
    };
    let (near, voices) = (tricked("near_miss"), tricked("same_text_other_voice"));
    let short = calls
        .iter()
        .filter(|call| call.truth.label == "human" && call.truth.kind.as_deref() == Some("short"))
        .filter(|call| call.right())
        .filter_map(Scored::after_onset)
        .collect();
    let people: Vec<bool> = calls
        .iter()
        .filter(|call| call.truth.label == "human" && call.truth.beep_ms.is_none())
        .map(|call| call.said.beep_ms.is_some())
        .collect();
    Rows {
        false_tones,
        false_tone_hours: hours,
        false_tones_per_hour: (hours > 0.0).then(|| false_tones as f64 / hours),
        false_tone_kinds: kinds,
        near_misses_matched: share_of(&near),
        near_misses: near.len(),
        other_voices_matched: share_of(&voices),
        other_voices: voices.len(),
        short_human_decision_ms: spread(short),
        beep_known_after_ms: spread(calls.iter().filter_map(beep_delay).collect()),
        beep_false_on_people: share_of(&people),
    }
}

/// Kinds of tone events that no tone of the truth explains; a tone that is told again counts once.
fn false_tones(call: &Scored) -> Vec<String> {
    const TONES: [&str; 5] = ["tone", "sit", "dtmf", "fax", "modem"];
    const TRUE_TONES: [&str; 9] = [
        "ringback",
        "busy",
        "congestion",
        "sit",
        "dtmf",
        "ced",
        "cng",
        "v21_flags",
        "modem",
    ];
    let mut told: Vec<(f64, String)> = Vec::new();
    for event in &call.said.events {
        let text = |key: &str| event.get(key).and_then(Value::as_str);
        let Some(kind) = text("type").filter(|kind| TONES.contains(kind)) else {
            continue;
        };
        let (Some(from), Some(known)) = (number(event, "at_ms"), number(event, "known_ms")) else {
            continue;
        };
        let explained = call.truth.segments.iter().any(|segment| {
            TRUE_TONES.contains(&segment.kind.as_str())
                && from <= segment.end_ms + TONE_MARGIN_MS
                && known >= segment.start_ms - TONE_MARGIN_MS
        });
        let name = text("tone").or(text("signal")).unwrap_or(kind).to_owned();
        let again = told
            .iter()
            .any(|(at, other)| *other == name && (at - from).abs() < 1.0);
        if !explained && !again {
            told.push((from, name));
        }
    }
    told.into_iter().map(|(_, name)| name).collect()
}

/// From the true start of a found beep to the event that told it.
fn beep_delay(call: &Scored) -> Option<f64> {
    if !BEEP_WINDOW_MS.contains(&call.beep_error()?) {
        return None;
    }
    let event = call
        .said
        .events
        .iter()
        .find(|event| event.get("type").and_then(Value::as_str) == Some("beep"))?;
    Some(number(event, "known_ms")? - call.truth.beep_ms?)
}

fn number(event: &Value, key: &str) -> Option<f64> {
    event.get(key).and_then(Value::as_f64)
}

fn share(part: usize, whole: usize) -> Share {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn share_of(told: &[bool]) -> Share {
    share(told.iter().filter(|told| **told).count(), told.len())
}

fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    Spread {
        median: percentile(&values, 0.5),
        p95: percentile(&values, 0.95),
        n: values.len(),
    }
}

/// Linear between the neighbours, of sorted values.
fn percentile(sorted: &[f64], quantile: f64) -> Option<f64> {
    let at = sorted.len().checked_sub(1)? as f64 * quantile;
    let (lower, upper) = (at.floor() as usize, at.ceil() as usize);
    let (a, b) = (*sorted.get(lower)?, *sorted.get(upper)?);
    Some(a + (b - a) * (at - lower as f64))
}

#[cfg(test)]
mod tests {
    use super::super::truth::Segment;
    use super::*;

    fn truth(file: &str, label: &str) -> Truth {
        Truth {
            file: file.to_owned(),
            label: label.to_owned(),
            dur_ms: 36_000.0,
            onset_ms: Some(1_000.0),
            answer_at_ms: Some(500.0),
            ..Truth::default()
        }
    }

    fn said(file: &str, label: &str, decided_at_ms: f64) -> Prediction {
        Prediction {
            file: file.to_owned(),
            label: Some(label.to_owned()),
            decided_at_ms: Some(decided_at_ms),
            ..Prediction::default()
        }
    }

    fn scores(truths: &[Truth], said: &[Prediction]) -> Scores {
        let said = said.iter().map(|said| (said.file.as_str(), said)).collect();
        Scores::of(truths, &said)
    }

    #[test]
    fn people_and_machines_are_counted_apart() {
        let truths = ["1", "2", "3", "4"].map(|file| truth(file, "human"));
        let all = [
            said("1", "human", 2_000.0),
            said("2", "machine", 2_000.0),
            said("3", "unknown", 2_000.0),
        ];
        let scores = scores(&truths, &all);
        assert_eq!(scores.hm.human_recall, Some(0.25));
        assert_eq!(scores.hm.human_to_machine, Some(0.25));
        assert_eq!(scores.hm.human_undecided, Some(0.5), "unknown and missing");
        assert_eq!(scores.hm.machine_recall, None);
        assert_eq!(scores.hm.human_decision_ms.median, Some(1_500.0));
        assert_eq!(scores.undecided, 2);
    }

    #[test]
    fn an_accepted_label_is_right() {
        let mut busy = truth("1", "busy");
        busy.accept_labels = vec!["busy".to_owned(), "congestion".to_owned()];
        let scores = scores(&[busy], &[said("1", "congestion", 0.0)]);
        assert_eq!(scores.accuracy, Some(1.0));
        assert_eq!(scores.recall("busy"), Some(1.0));
    }

    #[test]
    fn a_prompt_counts_when_it_is_the_right_one_in_time() {
        let mut in_library = truth("1", "announcement");
        in_library.ref_id = Some("A".to_owned());
        in_library.ref_ids_ok = vec!["A".to_owned(), "B".to_owned()];
        let mut near = truth("2", "announcement");
        near.trick = Some("near_miss".to_owned());
        near.ref_ids_neutral = vec!["N".to_owned()];
        let name = |file: &str, id: &str| Prediction {
            ref_id: Some(id.to_owned()),
            ..said(file, "announcement", 2_200.0)
        };
        let truths = [in_library, near];
        let found = scores(&truths, &[name("1", "B"), name("2", "N")]);
        assert_eq!(found.ann.recall, Some(1.0));
        assert_eq!((found.ann.at["1.0"], found.ann.at["1.5"]), (Some(0.0), Some(1.0)));
        assert_eq!(found.false_match.n, 0, "neutral is counted neither way");
        let wrong = scores(&truths, &[name("1", "C"), name("2", "A")]);
        assert_eq!(wrong.ann.wrong_ref, Some(1.0));
        assert_eq!(wrong.false_match.n, 1);
        assert!((wrong.false_match.per_hour.expect("hours") - 100.0).abs() < 1e-9);
        assert_eq!(wrong.rows.near_misses_matched, Some(1.0));
    }

    #[test]
    fn tones_are_false_where_no_tone_is() {
        let mut human = truth("1", "human");
        human.segments = vec![Segment {
            kind: "ringback".to_owned(),
            start_ms: 0.0,
            end_ms: 3_000.0,
        }];
        let event = |tone: &str, at_ms: u32| serde_json::json!({"type": "tone", "tone": tone, "at_ms": at_ms, "known_ms": at_ms + 400});
        let heard = Prediction {
            events: vec![
                event("ringback", 100),
                event("busy", 8_000),
                event("busy", 8_000),
                serde_json::json!({"type": "dtmf", "digit": "5", "at_ms": 9_000, "known_ms": 9_060}),
            ],
            ..said("1", "human", 0.0)
        };
        let rows = scores(&[human], &[heard]).rows;
        assert_eq!(rows.false_tones, 2);
        assert_eq!(rows.false_tone_kinds["busy"], 1);
        assert_eq!(rows.false_tone_kinds["dtmf"], 1);
    }

    #[test]
    fn percentiles_lie_between_neighbours() {
        let values = spread(vec![40.0, 10.0, 20.0, 30.0]);
        assert_eq!(values.median, Some(25.0));
        assert!((values.p95.expect("values") - 38.5).abs() < 1e-9);
        assert_eq!(spread(Vec::new()).median, None);
    }
}
