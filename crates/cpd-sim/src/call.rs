//! Whole calls, put together one scene after the other, with the truth about them.
//!
//! A [`Scene`] is what happens at the far end; [`Scene::carried`] takes it over a [`Line`] and gives a [`Call`]: samples
//! and what is in them, at the times they are heard.
//!
//! ```
//! use cpd_sim::{Line, call::Scene, tones::Beep, voice};
//!
//! let greeting = voice::clip("guestbook").map(voice::load).unwrap_or_default();
//! let call = Scene::new()
//!     .ringback(7_200.0)
//!     .answer()
//!     .silence(600.0)
//!     .greeting(&greeting)
//!     .silence(400.0)
//!     .beep(&Beep::plain())
//!     .carried(&Line::clean());
//! assert_eq!(call.answer_at_ms, Some(7_200));
//! assert!(call.beep_ms > call.greeting_end_ms);
//! ```

use serde_json::{Value, json};

use crate::RATE_HZ;
use crate::codec::Codec;
use crate::level::{mean_level_dbm0, set_active_level, to_float, to_pcm};
use crate::line::Line;
use crate::prompts::Prompt;
use crate::rng::Rng;
use crate::tones::{self, Beep, Sit, Terminal, Timbre};

/// A stretch of a call and what is heard in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// What: `ringback`, `speech`, `greeting`, `announcement`, `beep`, `busy`, `sit`, …
    pub kind: &'static str,
    /// Which, where that can be said: the id of a prompt, a SIT's form, digits.
    pub detail: Option<String>,
    /// Where it begins, ms.
    pub start_ms: u32,
    /// Where it ends, ms.
    pub end_ms: u32,
}

/// A call as heard, and the truth about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is heard, 8 kHz; lost packets concealed as the line says.
    pub samples: Vec<i16>,
    /// What is in it.
    pub segments: Vec<Segment>,
    /// When it was answered, ms; `None` if it never was.
    pub answer_at_ms: Option<u32>,
    /// When the first beep begins, ms.
    pub beep_ms: Option<u32>,
    /// When the last word of the first speech after the answer ends, ms.
    pub greeting_end_ms: Option<u32>,
    /// The line it came over.
    pub line: Line,
}

impl Call {
    /// The first prompt that is played.
    pub fn ref_id(&self) -> Option<&str> {
        let prompt = self
            .segments
            .iter()
            .find(|segment| segment.kind == "announcement")?;
        prompt.detail.as_deref()
    }

    /// Its line in `calls.jsonl`: fields as scorers of call progress read them.
    pub fn line(&self, file: &str, label: &str) -> Value {
        let segments: Vec<Value> = self
            .segments
            .iter()
            .map(|segment| {
                json!({
                    "type": segment.kind,
                    "detail": segment.detail,
                    "start_ms": segment.start_ms,
                    "end_ms": segment.end_ms,
                })
            })
            .collect();
        let detail = |kind: &str| {
            let found = self.segments.iter().find(|segment| segment.kind == kind);
            found.and_then(|segment| segment.detail.clone())
        };
        let prompts: Vec<&str> = self
            .segments
            .iter()
            .filter(|segment| segment.kind == "announcement")
            .filter_map(|segment| segment.detail.as_deref())
            .collect();
        let accept: Vec<&str> = match label {
            "sit" if !prompts.is_empty() => vec!["sit", "announcement"],
            "machine" if !prompts.is_empty() => vec!["machine", "announcement"],
            other => vec![other],
        };
        // What happens first that is not on the way to it.
        let onset = self
            .segments
            .iter()
            .find(|segment| label == "ringback" || segment.kind != "ringback")
            .or(self.segments.first());
        json!({
            "file": file,
            "label": label,
            "accept_labels": accept,
            "ref_id": self.ref_id(),
            "ref_ids_ok": prompts,
            "sit_kind": detail("sit"),
            "digits": detail("dtmf"),
            "answer_at_ms": self.answer_at_ms,
            "onset_ms": onset.map(|segment| segment.start_ms),
            "beep_ms": self.beep_ms,
            "greeting_end_ms": self.greeting_end_ms,
            "dur_ms": self.samples.len() * 1_000 / RATE_HZ as usize,
            "segments": segments,
            "channel": channel(&self.line),
        })
    }
}

fn channel(line: &Line) -> Value {
    let law = Codec::G711(line.law).name();
    json!({
        "level_dbm0": line.level_dbm0,
        "codec": match line.codecs.as_slice() {
            [] => law,
            [codec] => codec.name(),
            _ => "tandem",
        },
        "law": law,
        "band": [line.band_hz.0, line.band_hz.1],
        "noise": line.noise.map(|(kind, _)| format!("{kind:?}").to_lowercase()),
        "snr_db": line.noise.map(|(_, snr_db)| snr_db),
        "loss": line.loss.map(|loss| loss.share),
        "drift_ppm": line.drift_ppm,
        "dtx": line.dtx_dbm0.is_some(),
    })
}

/// Active level at which speech is put into a scene, dBm0; a line may change it.
const SPEECH_DBM0: f32 = -16.0;
/// The same of tones.
const TONE_DBM0: f32 = -15.0;

/// What happens at the far end.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    samples: Vec<f32>,
    parts: Vec<Part>,
    answer_at: Option<usize>,
}

#[derive(Clone, Debug)]
struct Part {
    kind: &'static str,
    detail: Option<String>,
    start: usize,
    end: usize,
}

impl Scene {
    /// Nothing yet.
    pub fn new() -> Scene {
        Scene::default()
    }

    /// Nothing for some ms.
    pub fn silence(mut self, ms: f32) -> Scene {
        self.samples.extend(tones::silence(ms));
        self
    }

    /// Samples of one's own (full scale ±1), as they are.
    pub fn sound(mut self, kind: &'static str, detail: Option<String>, samples: &[f32]) -> Scene {
        let start = self.samples.len();
        self.samples.extend_from_slice(samples);
        self.parts.push(Part {
            kind,
            detail,
            start,
            end: self.samples.len(),
        });
        self
    }

    /// The call is answered here.
    pub fn answer(mut self) -> Scene {
        self.answer_at = Some(self.samples.len());
        self
    }

    /// A Russian ringback tone; other countries by [`Scene::sound`] and [`tones::cadence`].
    pub fn ringback(self, ms: f32) -> Scene {
        self.sound("ringback", None, &tones::ringback(ms, TONE_DBM0))
    }

    /// A Russian busy tone.
    pub fn busy(self, ms: f32) -> Scene {
        self.sound("busy", None, &tones::busy(ms, TONE_DBM0))
    }

    /// A special information tone.
    pub fn sit(self, form: Sit) -> Scene {
        let name = format!("{form:?}").to_uppercase();
        self.sound("sit", Some(name), &tones::sit(form, TONE_DBM0))
    }

    /// DTMF digits.
    pub fn dtmf(self, digits: &str) -> Scene {
        let samples = tones::dtmf(digits, 90.0, 90.0, TONE_DBM0);
        self.sound("dtmf", Some(digits.to_owned()), &samples)
    }

    /// A fax or modem.
    pub fn terminal(self, kind: Terminal, ms: f32, rng: &mut Rng) -> Scene {
        let samples = tones::terminal(kind, ms, TONE_DBM0, rng);
        self.sound("terminal", Some(format!("{kind:?}")), &samples)
    }

    /// A melody.
    pub fn melody(self, ms: f32, timbre: Timbre, rng: &mut Rng) -> Scene {
        let mut samples = tones::melody((ms * 8.0) as usize, timbre, rng);
        set_active_level(&mut samples, SPEECH_DBM0);
        self.sound("music", None, &samples)
    }

    /// Somebody speaks.
    pub fn speech(self, samples: &[f32]) -> Scene {
        self.spoken("speech", None, samples)
    }

    /// A machine's greeting.
    pub fn greeting(self, samples: &[f32]) -> Scene {
        self.spoken("greeting", None, samples)
    }

    /// A prompt of a library, whole.
    pub fn announcement(self, prompt: &Prompt) -> Scene {
        self.announcement_from(prompt, 0)
    }

    /// A prompt from some ms on.
    pub fn announcement_from(self, prompt: &Prompt, from_ms: u32) -> Scene {
        let all = to_float(&prompt.samples);
        let from = (from_ms as usize * 8).min(all.len());
        self.sound("announcement", Some(prompt.id.clone()), &all[from..])
    }

    /// The beep of a machine.
    pub fn beep(self, beep: &Beep) -> Scene {
        self.sound("beep", None, &beep.samples(TONE_DBM0))
    }

    fn spoken(self, kind: &'static str, detail: Option<String>, samples: &[f32]) -> Scene {
        let mut samples = samples.to_vec();
        set_active_level(&mut samples, SPEECH_DBM0);
        let (first, last) = audible(&samples);
        let mut scene = self.sound(kind, detail, &samples);
        if let Some(part) = scene.parts.last_mut() {
            part.end = part.start + last;
            part.start += first;
        }
        scene
    }

    /// The scene over a line.
    pub fn carried(&self, line: &Line) -> Call {
        let samples = line.carry(&to_pcm(&self.samples));
        let ms = |at: usize| (line.heard_at(at) * 1_000 / RATE_HZ as usize) as u32;
        let segments = self
            .parts
            .iter()
            .map(|part| Segment {
                kind: part.kind,
                detail: part.detail.clone(),
                start_ms: ms(part.start),
                end_ms: ms(part.end),
            })
            .collect();
        let beep = self.parts.iter().find(|part| part.kind == "beep");
        let greeting = self.answer_at.and_then(|answer| {
            self.parts.iter().find(|part| {
                part.start >= answer && matches!(part.kind, "speech" | "greeting" | "announcement")
            })
        });
        Call {
            samples,
            segments,
            answer_at_ms: self.answer_at.map(ms),
            beep_ms: beep.map(|part| ms(part.start)),
            greeting_end_ms: greeting.map(|part| ms(part.end)),
            line: line.clone(),
        }
    }
}

/// Speech is audible where 10 ms of it are no more than this below the loudest 10 ms, dB.
const AUDIBLE_DB: f32 = 22.0;

/// Where a recording's speech begins and ends: clips carry the room before and after the words.
fn audible(samples: &[f32]) -> (usize, usize) {
    const FRAME: usize = 80;
    let levels: Vec<f32> = samples.chunks(FRAME).map(mean_level_dbm0).collect();
    let loudest = levels.iter().copied().fold(f32::MIN, f32::max);
    let heard = |level: &f32| *level > loudest - AUDIBLE_DB;
    let first = levels.iter().position(heard).unwrap_or(0);
    let last = levels.iter().rposition(heard).unwrap_or(0);
    (first * FRAME, ((last + 1) * FRAME).min(samples.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompts;

    #[test]
    fn the_truth_is_where_the_sound_is() {
        let prompt = prompts::prompt(1, 0);
        let scene = Scene::new()
            .silence(300.0)
            .ringback(5_200.0)
            .answer()
            .silence(500.0)
            .announcement_from(&prompt, 700)
            .silence(500.0)
            .beep(&Beep::plain());
        for line in [
            Line::clean(),
            Line {
                codecs: vec![Codec::Amr59],
                drift_ppm: 100.0,
                ..Line::clean()
            },
        ] {
            let call = scene.carried(&line);
            assert_eq!(call.ref_id(), Some("P00000"));
            let samples = to_float(&call.samples);
            let level = |from_ms: u32, to_ms: u32| {
                mean_level_dbm0(&samples[from_ms as usize * 8..(to_ms as usize * 8).min(samples.len())])
            };
            let beep = call.beep_ms.unwrap();
            assert!((level(beep + 20, beep + 380) + 15.0).abs() < 1.5);
            assert!(level(beep - 300, beep - 20) < -45.0);
            assert!((level(320, 1_280) + 15.0).abs() < 1.0);
            let answer = call.answer_at_ms.unwrap();
            assert!(answer.abs_diff(5_500) <= 1);
            assert!((call.greeting_end_ms.unwrap()).abs_diff(answer + 500 + prompt.ms() - 700) <= 2);
        }
    }

    #[test]
    fn its_line_reads_as_a_corpus_line() {
        let words = [
            vec![0.0; 800],
            tones::cadence(&[tones::Chord::of(&[300.0], 400.0)], 400.0, -20.0),
        ]
        .concat();
        let call = Scene::new()
            .ringback(1_500.0)
            .answer()
            .silence(400.0)
            .speech(&words)
            .carried(&Line::clean());
        let line = call.line("calls/1.wav", "human");
        assert_eq!(line["answer_at_ms"], 1_500);
        // 100 ms of the recording are silent.
        assert_eq!(line["onset_ms"], 2_000);
        assert_eq!(line["greeting_end_ms"], 2_400);
        assert_eq!(line["channel"]["codec"], "alaw");
        assert_eq!(line["accept_labels"], json!(["human"]));
        assert_eq!(line["ref_id"], Value::Null);
        assert_eq!(line["segments"][1]["type"], "speech");
        let sit = Scene::new().sit(Sit::Vc).announcement(&prompts::prompt(1, 1));
        let line = sit.carried(&Line::clean()).line("calls/2.wav", "sit");
        assert_eq!(line["sit_kind"], "VC");
        assert_eq!(line["accept_labels"], json!(["sit", "announcement"]));
    }
}
