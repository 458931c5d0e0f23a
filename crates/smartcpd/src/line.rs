//! One line of JSON per recording: the form that scorers and scripts read.

use cpd_detect::event::{Beep, PromptHeard, SitKind, ToneHeard};
use cpd_detect::prompts::PromptId;
use cpd_detect::{Event, EventKind, Evidence, Library, Verdict};
use serde::Serialize;
use serde_json::{Value, json};

use crate::hearing::{Heard, RATE};
use crate::words;

/// What is told of one recording. Times are ms from its start.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    /// As `--calls` names it, or the path.
    pub(crate) file: String,
    /// The label of the evaluation corpus; null: no decision.
    pub(crate) label: Option<&'static str>,
    /// The class of the verdict (docs/classes.md).
    pub(crate) class: &'static str,
    /// The reference prompt that was identified.
    pub(crate) ref_id: Option<String>,
    /// The kind of SIT, in Bellcore's codes.
    pub(crate) sit_kind: Option<&'static str>,
    /// When the verdict was decided.
    pub(crate) decided_at_ms: Option<u64>,
    /// Where the beep begins.
    pub(crate) beep_ms: Option<u64>,
    /// Where the greeting's last word ends.
    pub(crate) greeting_end_ms: Option<u64>,
    /// Probability that the class is right.
    pub(crate) confidence: Option<f64>,
    /// What the verdict rests on.
    pub(crate) evidence: Option<&'static str>,
    /// The next best class and its probability.
    pub(crate) runner_up: Option<(&'static str, f64)>,
    /// Digits that came as named events (RFC 4733), with their times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) named_digits: Vec<(u64, char)>,
    /// Everything that was heard.
    pub(crate) events: Vec<Value>,
}

impl Line {
    /// The line of a recording.
    pub(crate) fn new(file: String, heard: &Heard, digits: &[(u64, char)], library: &Library) -> Line {
        let verdict = heard.verdict.as_ref();
        let first = |found: fn(&EventKind) -> bool| heard.events.iter().find(|event| found(&event.kind));
        let last = |found: fn(&EventKind) -> bool| heard.events.iter().rfind(|event| found(&event.kind));
        Line {
            file,
            label: verdict.map(Verdict::label).filter(|label| !label.is_empty()),
            class: verdict.map_or("unknown", |verdict| verdict.class.as_str()),
            ref_id: identified(verdict, &heard.events)
                .and_then(|prompt| library.info(prompt))
                .map(|info| info.id.clone()),
            sit_kind: sit_kind(heard),
            decided_at_ms: verdict.map(|verdict| RATE.ms(verdict.decided)),
            beep_ms: first(|kind| matches!(kind, EventKind::Beep(_))).map(|event| RATE.ms(event.from)),
            greeting_end_ms: last(|kind| matches!(kind, EventKind::GreetingEnd))
                .map(|event| RATE.ms(event.from)),
            confidence: verdict.map(|verdict| rounded(verdict.confidence)),
            evidence: verdict.map(|verdict| words::evidence(verdict.evidence)),
            runner_up: verdict
                .and_then(|verdict| verdict.runner_up)
                .map(|(class, probability)| (class.as_str(), rounded(probability))),
            named_digits: digits.to_vec(),
            events: heard
                .events
                .iter()
                .map(|event| event_json(event, library))
                .collect(),
        }
    }
}

/// The kind that the verdict rests on, else the surest.
fn sit_kind(heard: &Heard) -> Option<&'static str> {
    let surest = || {
        heard
            .events
            .iter()
            .filter_map(|event| match event.kind {
                EventKind::Sit(kind) => Some((kind, event.confidence)),
                _ => None,
            })
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(kind, _)| kind)
    };
    match heard.verdict.as_ref().map(|verdict| verdict.evidence) {
        Some(Evidence::Sit(kind)) => Some(kind),
        _ => surest(),
    }
    .filter(|kind| *kind != SitKind::Unknown)
    .map(SitKind::as_str)
}

/// The prompt of the verdict, else the one with most evidence: a call may end on a tone after its announcement.
pub(crate) fn identified(verdict: Option<&Verdict>, events: &[Event]) -> Option<PromptId> {
    if let Some(Evidence::Prompt(prompt)) = verdict.map(|verdict| verdict.evidence) {
        return Some(prompt);
    }
    let mut standing: Vec<PromptHeard> = Vec::new();
    for event in events {
        match event.kind {
            EventKind::Prompt(heard) => standing.push(heard),
            EventKind::PromptRetracted(heard) => standing.retain(|other| other.prompt != heard.prompt),
            _ => {}
        }
    }
    standing
        .iter()
        .max_by(|a, b| a.bits.total_cmp(&b.bits))
        .map(|heard| heard.prompt)
}

fn event_json(event: &Event, library: &Library) -> Value {
    let mut value = match &event.kind {
        EventKind::Activity(activity) => json!({"type": "activity", "sound": words::activity(*activity)}),
        EventKind::Tone(tone) => tone_json(tone),
        EventKind::Melody => json!({"type": "melody"}),
        EventKind::Sit(kind) => json!({"type": "sit", "kind": kind.as_str()}),
        EventKind::Dtmf(digit) => json!({"type": "dtmf", "digit": digit}),
        EventKind::Fax(kind) => json!({"type": "fax", "signal": words::fax(*kind)}),
        EventKind::Modem(kind) => json!({"type": "modem", "signal": words::modem(*kind)}),
        EventKind::Beep(beep) => beep_json(beep),
        EventKind::PromptCandidate(heard) => prompt_json("prompt_candidate", heard, library),
        EventKind::Prompt(heard) => prompt_json("prompt", heard, library),
        EventKind::PromptRetracted(heard) => prompt_json("prompt_retracted", heard, library),
        EventKind::Answered => json!({"type": "answered"}),
        EventKind::GreetingEnd => json!({"type": "greeting_end"}),
        EventKind::Gap(samples) => {
            json!({"type": "gap", "ms": samples * 1_000 / u64::from(RATE.hz())})
        }
        EventKind::Verdict(verdict) => verdict_json(verdict, library),
    };
    value["at_ms"] = json!(RATE.ms(event.from));
    value["known_ms"] = json!(RATE.ms(event.known));
    value["confidence"] = json!(rounded(event.confidence));
    value
}

fn tone_json(tone: &ToneHeard) -> Value {
    json!({
        "type": "tone",
        "tone": words::tone(tone.kind),
        "hz": frequencies(tone.hz),
        "cadence_ms": tone.cadence_ms,
        "countries": &tone.countries[..],
        "runner_up": tone.runner_up.map(|(kind, probability)| json!([words::tone(kind), rounded(probability)])),
    })
}

fn beep_json(beep: &Beep) -> Value {
    json!({"type": "beep", "hz": frequencies(beep.hz), "ms": beep.ms, "count": beep.count})
}

fn prompt_json(kind: &str, heard: &PromptHeard, library: &Library) -> Value {
    let id = |prompt| library.info(prompt).map(|info| info.id.as_str());
    json!({
        "type": kind,
        "ref_id": id(heard.prompt),
        "offset_ms": heard.offset_ms,
        "bits": rounded(heard.bits),
        "runner_up": heard.runner_up.and_then(id),
    })
}

fn verdict_json(verdict: &Verdict, library: &Library) -> Value {
    let prompt = match verdict.evidence {
        Evidence::Prompt(prompt) => library.info(prompt).map(|info| info.id.as_str()),
        _ => None,
    };
    json!({
        "type": "verdict",
        "class": verdict.class.as_str(),
        "evidence": words::evidence(verdict.evidence),
        "ref_id": prompt,
        "runner_up": verdict.runner_up.map(|(class, probability)| json!([class.as_str(), rounded(probability)])),
        "last": verdict.last,
    })
}

/// One frequency or two, whole Hz.
fn frequencies(hz: [f32; 2]) -> Vec<u32> {
    hz.iter()
        .filter(|hz| **hz > 0.0)
        .map(|hz| hz.round() as u32)
        .collect()
}

/// Three decimals: what is behind them is noise.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use cpd_detect::{Class, SampleTime};

    use super::*;

    fn event(from_ms: u64, kind: EventKind) -> Event {
        Event {
            known: RATE.at_ms(from_ms + 300),
            from: RATE.at_ms(from_ms),
            confidence: 0.9,
            kind,
        }
    }

    #[test]
    fn a_line_has_the_keys_that_the_scorer_reads() {
        let heard = Heard {
            events: vec![
                event(1_000, EventKind::Sit(SitKind::Vacant)),
                event(
                    4_000,
                    EventKind::Beep(Beep {
                        hz: [1_000.4, 0.0],
                        ms: 240,
                        count: 1,
                    }),
                ),
            ],
            verdict: Some(Verdict {
                class: Class::SitVacant,
                confidence: 0.987_65,
                decided: SampleTime(16_000),
                evidence: Evidence::Sit(SitKind::Vacant),
                runner_up: None,
                last: false,
            }),
            trace: Vec::new(),
        };
        let line = Line::new("calls/1.flac".to_owned(), &heard, &[], &Library::empty());
        let value = serde_json::to_value(&line).expect("json");
        assert_eq!(value["file"], "calls/1.flac");
        assert_eq!(value["label"], "sit");
        assert_eq!(value["class"], "tone.sit.vacant");
        assert_eq!(value["sit_kind"], "VC");
        assert_eq!(value["decided_at_ms"], 2_000);
        assert_eq!(value["beep_ms"], 4_000);
        assert_eq!(value["confidence"], 0.988);
        assert_eq!(value["ref_id"], Value::Null);
        assert_eq!(value["events"][1]["hz"], json!([1_000]));
    }

    #[test]
    fn no_verdict_is_no_label() {
        let line = Line::new("a.wav".to_owned(), &Heard::default(), &[], &Library::empty());
        assert_eq!(
            (line.label, line.class, line.decided_at_ms),
            (None, "unknown", None)
        );
    }
}
