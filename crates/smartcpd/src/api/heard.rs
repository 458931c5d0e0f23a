//! What the detector hears in a recording, as the console draws it: one time axis for waveform, spectrogram, moments,
//! probability and matches. Times are ms of the recording.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cpd_detect::prompts::PromptId;
use cpd_detect::{EventKind, Library, Verdict};
use cpd_store::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

use super::prompts::extremes;
use super::schema::ClassName;
use crate::audio::{RATE_HZ, Recording};
use crate::hearing::{Ear, Heard, RATE, TracePoint};
use crate::line::identified;
use crate::picture::spectrogram;
use crate::stock::Stocked;
use crate::story::{self, Moment, What};
use crate::timeline::ground;
use crate::words;

/// The longest that is heard at once, s: nine calls in ten are over by then, and it takes a core a second.
pub(crate) const SECONDS_MAX: usize = 180;
/// Ms of a bin of the waveform.
const PEAK_MS: usize = 10;
/// Ms of a column of the spectrogram, and the most columns: wider than any screen.
const COLUMN_MS: usize = 20;
const COLUMNS_MAX: usize = 4_000;
/// A probability that moved by less is the same point of the curve.
const PROBABILITY_STEP: f32 = 0.01;

/// A recording, heard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Hearing {
    /// Samples a second.
    rate: u32,
    length_ms: u64,
    /// The recording goes on: this is its beginning.
    cut: bool,
    /// Where it was answered.
    answered_ms: Option<u64>,
    /// What it was heard with.
    heard_with: HeardWith,
    verdict: Option<Told>,
    /// The lowest and the highest sample of each 10 ms.
    #[schema(value_type = Vec<Vec<i32>>)]
    peaks: Vec<[i16; 2]>,
    spectrogram: Spectrogram,
    events: Vec<Event>,
    /// Probability that a machine answered, where it changed.
    probability: Vec<Probability>,
    matches: Vec<Match>,
}

/// Prompts and profile that a recording was heard with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HeardWith {
    /// The versions of the common prompts and of one's own; 0: none.
    common: i32,
    own: i32,
    /// The prompts are those of the service's file.
    file: bool,
    prompts: usize,
    /// The trunk whose profile it was; none: the usual one.
    profile_of: Option<String>,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Verdict)]
pub(crate) struct Told {
    #[schema(value_type = ClassName)]
    class: &'static str,
    confidence: f32,
    decided_ms: u64,
    /// What it rests on: `tone`, `prompt`, `greeting`, …
    evidence: &'static str,
    /// The same in words.
    ground: String,
    /// The prompt that was identified.
    prompt: Option<String>,
    runner_up: Option<RunnerUp>,
}

/// The next best class.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct RunnerUp {
    #[schema(value_type = ClassName)]
    class: &'static str,
    probability: f32,
}

/// What the detector's front end sees, 0 Hz below.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Spectrogram {
    /// A PNG in base64.
    png: String,
    columns: usize,
    /// The frequency at the top, Hz.
    f_max: u32,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HeardEvent)]
pub(crate) struct Event {
    t_ms: u64,
    end_ms: u64,
    #[schema(value_type = HeardWhat)]
    what: &'static str,
    words: String,
    confidence: Option<f32>,
    /// The prompt's name.
    prompt: Option<String>,
}

/// What is heard.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the words of `what`")]
enum HeardWhat {
    Silence,
    #[schema(rename = "comfort noise")]
    ComfortNoise,
    Noise,
    Speech,
    Music,
    Tone,
    Progress,
    Melody,
    Sit,
    Digits,
    Data,
    Beep,
    Prompt,
    Candidate,
    Answered,
    GreetingEnd,
    Gap,
}

/// How sure it is that a prompt was recognised.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the words of `state`")]
enum MatchState {
    /// Another is not excluded.
    Candidate,
    Match,
    /// It went on otherwise.
    TakenBack,
}

/// A point of the curve.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Probability {
    t_ms: u64,
    machine: f32,
}

/// A prompt that was recognised. Laid beside the recording, the prompt begins at `from_ms`, which lies before the recording's
/// own beginning where its first words are missing.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Match {
    /// The prompt's name.
    prompt: String,
    /// Its id, where the database has it.
    prompt_id: Option<Uuid>,
    operator: String,
    #[schema(value_type = ClassName)]
    class: &'static str,
    #[schema(value_type = MatchState)]
    state: &'static str,
    from_ms: i64,
    to_ms: i64,
    /// When it was recognised.
    known_ms: u64,
    /// How far into the prompt that was.
    offset_ms: u32,
    /// Evidence, bits.
    score: f32,
}

/// What a recording is heard with.
pub(crate) struct With {
    pub(crate) ear: Ear,
    /// `None`: the file's prompts.
    pub(crate) stocked: Option<Stocked>,
    pub(crate) profile_of: Option<String>,
}

impl With {
    /// What a recording is heard with, for people.
    pub(crate) fn told(&self) -> HeardWith {
        let (common, own) = self.stocked.as_ref().map_or((0, 0), Stocked::versions);
        HeardWith {
            common,
            own,
            file: self.stocked.is_none(),
            prompts: self.ear.shared.library().len(),
            profile_of: self.profile_of.clone(),
        }
    }

    fn id(&self, name: &str) -> Option<Uuid> {
        self.stocked.as_ref()?.ids.get(name).copied()
    }
}

/// Takes away what is too long to be heard at once; tells whether that was anything.
pub(crate) fn shorten(recording: &mut Recording) -> bool {
    let most = SECONDS_MAX * RATE_HZ as usize;
    let long = recording.samples.len() > most;
    recording.samples.truncate(most);
    recording.lost.retain(|(from, length)| from + length <= most);
    long
}

/// Hears a recording.
pub(crate) fn hear(recording: &Recording, cut: bool, answered_ms: Option<u64>, with: &With) -> Hearing {
    let heard = with.ear.hear(recording, answered_ms, true);
    let library = with.ear.shared.library();
    let length_ms = recording.length_ms();
    let columns = (length_ms as usize / COLUMN_MS).clamp(1, COLUMNS_MAX);
    let name = |prompt: PromptId| library.info(prompt).map(|info| info.id.clone());
    let event = |moment: Moment| Event {
        t_ms: moment.at_ms,
        end_ms: moment.end_ms,
        what: what(moment.what),
        words: moment.words,
        confidence: moment.confidence,
        prompt: moment.prompt.and_then(name),
    };
    Hearing {
        rate: RATE_HZ,
        length_ms,
        cut,
        answered_ms,
        heard_with: with.told(),
        verdict: verdict(&heard, library),
        peaks: extremes(&recording.samples, length_ms as usize / PEAK_MS),
        spectrogram: Spectrogram {
            png: STANDARD.encode(spectrogram::png(&recording.samples, columns)),
            columns,
            f_max: RATE_HZ / 2,
        },
        events: story::tell(&heard, recording, library)
            .into_iter()
            .map(event)
            .collect(),
        probability: probability(&heard.trace),
        matches: matches(&heard, with),
    }
}

/// The verdict of a recording that was heard.
pub(crate) fn verdict(heard: &Heard, library: &Library) -> Option<Told> {
    let verdict: &Verdict = heard.verdict.as_ref()?;
    let prompt = identified(Some(verdict), &heard.events);
    Some(Told {
        class: verdict.class.as_str(),
        confidence: verdict.confidence,
        decided_ms: RATE.ms(verdict.decided),
        evidence: words::evidence(verdict.evidence),
        ground: ground(verdict.evidence, library),
        prompt: prompt
            .and_then(|prompt| library.info(prompt))
            .map(|info| info.id.clone()),
        runner_up: verdict.runner_up.map(|(class, probability)| RunnerUp {
            class: class.as_str(),
            probability,
        }),
    })
}

fn what(what: What) -> &'static str {
    match what {
        What::Sound(activity) => words::activity(activity),
        What::Progress => "progress",
        What::Melody => "melody",
        What::Sit => "sit",
        What::Digits => "digits",
        What::Data => "data",
        What::Beep => "beep",
        What::Prompt => "prompt",
        What::Candidate => "candidate",
        What::Answered => "answered",
        What::GreetingEnd => "greeting_end",
        What::Gap => "gap",
    }
}

fn probability(trace: &[TracePoint]) -> Vec<Probability> {
    let mut points: Vec<Probability> = Vec::new();
    for point in trace {
        let Some(machine) = point.machine else {
            continue;
        };
        let moved = points
            .last()
            .is_none_or(|last| (last.machine - machine).abs() >= PROBABILITY_STEP);
        if moved {
            points.push(Probability {
                t_ms: point.at_ms,
                machine,
            });
        }
    }
    points
}

/// Prompts that were recognised, each once, in its last state.
pub(crate) fn matches(heard: &Heard, with: &With) -> Vec<Match> {
    let library = with.ear.shared.library();
    let mut found: Vec<Match> = Vec::new();
    for event in &heard.events {
        let (state, prompt) = match event.kind {
            EventKind::PromptCandidate(prompt) => ("candidate", prompt),
            EventKind::Prompt(prompt) => ("match", prompt),
            EventKind::PromptRetracted(prompt) => ("taken_back", prompt),
            _ => continue,
        };
        let Some(info) = library.info(prompt.prompt) else {
            continue;
        };
        let known_ms = RATE.ms(event.known);
        let from_ms = i64::try_from(known_ms).unwrap_or(i64::MAX) - i64::from(prompt.offset_ms);
        let told = Match {
            prompt: info.id.clone(),
            prompt_id: with.id(&info.id),
            operator: info.operator.clone(),
            class: info.class.as_str(),
            state,
            from_ms,
            to_ms: from_ms + i64::from(info.length_ms),
            known_ms,
            offset_ms: prompt.offset_ms,
            score: prompt.bits,
        };
        match found.iter_mut().find(|one| one.prompt == told.prompt) {
            // Where it was recognised stays; only that it went on otherwise is new.
            Some(one) if state == "taken_back" => one.state = state,
            Some(one) => *one = told,
            None => found.push(told),
        }
    }
    found
}
