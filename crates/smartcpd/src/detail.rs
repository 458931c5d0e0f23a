//! What a call's record tells beside its row: what was said to whom and when, how well sound arrived. One form, for lines of
//! records, the database and the API. What an older record lacks is told as nothing.

use std::time::Instant;

use cpd_b2bua::media::SideStats;
use cpd_b2bua::switchboard::CallReport;
use cpd_call::{Leg, Phase, Told, Word};
use cpd_detect::Library;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words;

/// What was told, steps, media, faults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CallDetail)]
#[serde(default)]
pub(crate) struct Detail {
    /// When something was heard before the answer, from the beginning of the call.
    #[schema(required)]
    early_ms: Option<i32>,
    /// The verdict did not come while the answer was held back.
    #[schema(required)]
    hold_expired: bool,
    /// Why it ended, in words.
    #[schema(required)]
    cause: String,
    /// What the dialer wanted to be told again.
    #[schema(required)]
    info: Option<String>,
    /// The version of the settings that it was carried with.
    #[schema(required)]
    settings: u64,
    #[schema(required)]
    tellings: Vec<Telling>,
    /// What came from the legs and went to them, in its order; the first 48.
    #[schema(required)]
    steps: Vec<Step>,
    /// What was wrong in the dialer's wishes.
    #[schema(required)]
    faults: Vec<String>,
    #[schema(required)]
    media: Option<Media>,
    /// None: nothing was recorded.
    #[schema(required)]
    recording: Option<Recorded>,
}

/// Something that the dialer was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CallTelling)]
pub(crate) struct Telling {
    /// 1, 2, … within the call.
    seq: u32,
    phase: TellingPhase,
    /// Since the first early media (pre) or since the answer (post).
    t_ms: u64,
    /// Nothing of this phase will be told that changes it.
    last: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<crate::api::schema::ClassName>)]
    class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    confidence: Option<f64>,
    /// What the verdict rests on: `tone`, `prompt`, `greeting`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    evidence: Option<String>,
    /// The prompt's name, where the library of then is still known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    prompt: Option<String>,
    /// How far into the prompt the match stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    prompt_at_ms: Option<u32>,
    /// Why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    no_verdict: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<TellingEvent>)]
    event: Option<String>,
}

/// Before or after the answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TellingPhase {
    Pre,
    Post,
}

/// What happened, where it is no verdict.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the words of `event`")]
enum TellingEvent {
    SpeechStart,
    GreetingEnd,
    Beep,
}

/// A rung of the call's ladder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CallStep)]
struct Step {
    /// From the beginning of the call.
    t_ms: i32,
    leg: StepLeg,
    /// The leg said it; otherwise it was told.
    came: bool,
    /// As text, for a later release may know more.
    #[schema(value_type = StepWord)]
    word: String,
    /// Of `dial`: which number of the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<usize>,
    /// Of `progress`: there is something to hear.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    media: Option<bool>,
    /// Of `refuse`, where one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status: Option<u16>,
    /// Of `cancel` and `hangup`, where a cause was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    q850: Option<u8>,
}

/// The dialer's side, or the carrier's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StepLeg {
    Caller,
    Callee,
}

/// What was said.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the words of `word`")]
enum StepWord {
    Dial,
    Progress,
    Answer,
    Refuse,
    Cancel,
    Hangup,
    Ask,
}

/// How well sound arrived from both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CallMedia)]
pub(crate) struct Media {
    caller: Side,
    callee: Side,
}

/// How well it arrived from one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CallMediaSide)]
struct Side {
    packets: u64,
    bytes: u64,
    lost: u64,
    jitter_ms: f32,
    /// Datagrams of strangers.
    refused: u64,
    /// What the side itself told of what it receives: the share that was lost, and its jitter.
    #[schema(required)]
    reported_loss: Option<f32>,
    #[schema(required)]
    reported_jitter_ms: Option<f32>,
}

/// A recording that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CallRecorded)]
struct Recorded {
    /// Its length.
    ms: u64,
    /// Where in it the call was answered.
    #[schema(required)]
    answered_ms: Option<u64>,
    /// The end is missing: the disk could not follow.
    cut: bool,
}

impl Detail {
    pub(crate) fn of(report: &CallReport, library: Option<&Library>) -> Detail {
        let record = &report.record;
        Detail {
            early_ms: record.early.map(|at| ms(record.began, at)),
            hold_expired: record.hold_expired,
            cause: record.termination.cause.text.clone(),
            info: report.info.clone(),
            settings: report.settings,
            tellings: record
                .tellings
                .iter()
                .map(|one| Telling::of(one, library))
                .collect(),
            steps: record
                .steps
                .iter()
                .map(|one| Step::of(one, record.began))
                .collect(),
            faults: report.faults.clone(),
            media: Media::of(report),
            // Where it lies is in its own row, and nothing for who reads calls.
            recording: report.recording.as_ref().map(|kept| Recorded {
                ms: kept.ms,
                answered_ms: kept.answered_ms,
                cut: kept.cut,
            }),
        }
    }
}

impl Telling {
    pub(crate) fn of(one: &cpd_call::Telling, library: Option<&Library>) -> Telling {
        let mut telling = Telling {
            seq: one.seq,
            phase: match one.phase {
                Phase::Pre => TellingPhase::Pre,
                Phase::Post => TellingPhase::Post,
            },
            t_ms: one.t_ms,
            last: one.last,
            class: None,
            confidence: None,
            evidence: None,
            prompt: None,
            prompt_at_ms: None,
            no_verdict: None,
            event: None,
        };
        match &one.told {
            Told::Verdict {
                class,
                confidence,
                evidence,
                prompt,
            } => {
                telling.class = Some(class.as_str().to_owned());
                telling.confidence = Some((f64::from(*confidence) * 1_000.0).round() / 1_000.0);
                telling.evidence = Some(words::evidence(*evidence).to_owned());
                if let Some((prompt, offset_ms)) = prompt {
                    let info = library.and_then(|library| library.info(*prompt));
                    telling.prompt = info.map(|info| info.id.clone());
                    telling.prompt_at_ms = *offset_ms;
                }
            }
            Told::NoVerdict(why) => telling.no_verdict = Some(why.to_string()),
            Told::SpeechStart => telling.event = Some("speech_start".to_owned()),
            Told::GreetingEnd => telling.event = Some("greeting_end".to_owned()),
            Told::Beep(_) => telling.event = Some("beep".to_owned()),
        }
        telling
    }
}

impl Step {
    fn of(step: &cpd_call::Step, began: Instant) -> Step {
        let mut told = Step {
            t_ms: ms(began, step.at),
            leg: match step.leg {
                Leg::Caller => StepLeg::Caller,
                Leg::Callee => StepLeg::Callee,
            },
            came: step.came,
            word: String::new(),
            target: None,
            media: None,
            status: None,
            q850: None,
        };
        let word = match step.word {
            Word::Dial(target) => {
                told.target = Some(target);
                "dial"
            }
            Word::Progress { media, .. } => {
                told.media = Some(media);
                "progress"
            }
            Word::Answer => "answer",
            Word::Refuse(status) => {
                told.status = status;
                "refuse"
            }
            Word::Cancel(q850) => {
                told.q850 = q850;
                "cancel"
            }
            Word::Hangup(q850) => {
                told.q850 = q850;
                "hangup"
            }
            Word::Ask => "ask",
        };
        told.word = word.to_owned();
        told
    }
}

impl Media {
    pub(crate) fn of(report: &CallReport) -> Option<Media> {
        let (caller, callee) = report.media.as_ref()?;
        Some(Media {
            caller: Side::of(caller),
            callee: Side::of(callee),
        })
    }
}

impl Side {
    fn of(stats: &SideStats) -> Side {
        Side {
            packets: stats.packets,
            bytes: stats.bytes,
            lost: stats.lost,
            jitter_ms: stats.jitter_ms,
            refused: stats.refused,
            reported_loss: stats.reported_loss,
            reported_jitter_ms: stats.reported_jitter_ms,
        }
    }
}

fn ms(from: Instant, to: Instant) -> i32 {
    i32::try_from(to.saturating_duration_since(from).as_millis()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::records::tests::report;

    #[test]
    fn what_is_written_is_read_again_and_an_older_record_too() {
        let detail = Detail::of(&report(), None);
        let text = serde_json::to_string(&detail).expect("written");
        assert!(
            text.contains(r#""tellings":[{"seq":1,"phase":"post","t_ms":1240,"last":true,"class":"answer.machine","confidence":0.97,"evidence":"greeting"}]"#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Detail>(&text).expect("read"), detail);
        let older = r#"{"early_ms":900,"media":null,"tellings":[{"seq":1,"phase":"pre","t_ms":5,"last":false,"prompt":null,"event":"beep"}],
            "steps":[{"t_ms":0,"leg":"callee","came":false,"word":"cancel","q850":null}],"of_tomorrow":1}"#;
        let older: Detail = serde_json::from_str(older).expect("read");
        assert_eq!(
            (older.early_ms, older.tellings.len(), older.steps.len()),
            (Some(900), 1, 1)
        );
        assert_eq!((older.cause.as_str(), older.recording), ("", None));
    }
}
