//! Sample calls with their prompts: what a newcomer hears first, and a small test of everything together.
//!
//! People are recordings of people (`voices/`), so are one machine's greeting and half of the prompts; the other prompts
//! are synthesised. Every call goes over a line with faults of its own.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use crate::call::{Call, Scene};
use crate::codec::Codec;
use crate::level::{set_active_level, to_pcm};
use crate::line::{Echo, Line};
use crate::loss::{Conceal, Loss};
use crate::noise::NoiseKind;
use crate::prompts::{self, PROMPT_DBM0, Prompt};
use crate::rng::Rng;
use crate::tones::{self, Beep, Chord, Sit, Terminal, Timbre};
use crate::voice::{self, Phones, Speaker};
use crate::{RATE_HZ, level};

/// A sample call.
pub struct Sample {
    /// File name without its ending: what happens.
    pub name: &'static str,
    /// What a detector should say (the corpus's words).
    pub label: &'static str,
    /// The call.
    pub call: Call,
}

/// The library of the sample calls: six recorded prompts and ten synthesised ones.
pub fn library() -> Vec<Prompt> {
    let recorded = [
        ("R01", "tinkoff-1", "unavailable", "A"),
        ("R02", "tinkoff-2", "busy", "A"),
        ("R03", "tinkoff-3", "voicemail_intro", "B"),
        ("R04", "libri-1320", "unavailable", "A"),
        ("R05", "libri-3575", "invalid_number", "B"),
        ("R06", "libri-8230", "no_answer", "C"),
    ];
    let mut library: Vec<Prompt> = recorded
        .into_iter()
        .filter_map(|(id, name, category, operator)| {
            let clip = voice::clip(name)?;
            let mut samples = voice::load(clip);
            set_active_level(&mut samples, PROMPT_DBM0);
            Some(Prompt {
                id: id.to_owned(),
                operator: operator.to_owned(),
                category,
                lang: clip.lang.to_owned(),
                text: format!("[a reading, {name}, in the place of an announcement]"),
                voice: clip.speaker.to_owned(),
                real: true,
                samples: to_pcm(&samples),
            })
        })
        .collect();
    library.extend(prompts::prompts(SEED, 10));
    library
}

const SEED: u64 = 2;

/// The sample calls.
pub fn calls() -> Vec<Sample> {
    let library = library();
    let prompt = |id: &str| library.iter().find(|p| p.id == id).unwrap_or(&library[0]);
    let mut rng = Rng::new(SEED);
    let rng = &mut rng;
    let said = |name: &str| voice::clip(name).map(voice::load).unwrap_or_default();

    let mut samples = Vec::new();
    let mut add = |name, label, scene: Scene, line: Line| {
        let call = scene.silence(600.0).carried(&line);
        samples.push(Sample { name, label, call });
    };

    let asks_again = Scene::new()
        .ringback(9_000.0)
        .answer()
        .silence(600.0)
        .speech(&said("gsc-97f4c236-no"))
        .silence(1_600.0)
        .speech(&said("gsc-97f4c236-go"))
        .silence(1_500.0);
    add("ringback-then-a-person", "human", asks_again, mobile(1));
    let us = [Chord::of(&[440.0, 480.0], 2_000.0), Chord::pause(4_000.0)];
    let abroad = Scene::new()
        .sound("ringback", None, &tones::cadence(&us, 7_500.0, -17.0))
        .answer()
        .silence(450.0)
        .speech(&said("azure-weather"))
        .silence(2_500.0);
    add("american-ringback-then-a-person", "human", abroad, street(2));
    let quick = Scene::new()
        .answer()
        .silence(350.0)
        .speech(&said("gsc-a8ee11c7-marvin"))
        .silence(2_500.0);
    add("a-person-at-once", "human", quick, fixed(3));
    let late = Scene::new()
        .answer()
        .silence(1_900.0)
        .speech(&said("gsc-37e8db82-happy"))
        .silence(3_000.0);
    add("a-person-after-a-pause", "human", late, office(4));

    let machine = Scene::new()
        .ringback(8_000.0)
        .answer()
        .silence(800.0)
        .greeting(&said("guestbook"))
        .silence(500.0)
        .beep(&Beep::plain())
        .silence(3_000.0);
    add("answering-machine", "machine", machine, fixed(5));
    let double = Beep {
        hz: vec![740.0],
        ms: 200.0,
        count: 2,
        ..Beep::plain()
    };
    let network = Scene::new()
        .ringback(5_500.0)
        .answer()
        .silence(500.0)
        .announcement(prompt("R03"))
        .silence(300.0)
        .beep(&double)
        .silence(3_000.0);
    add("network-voicemail-two-beeps", "machine", network, mobile(6));

    let two = Scene::new()
        .silence(400.0)
        .sit(Sit::Vc)
        .silence(300.0)
        .announcement(prompt("R01"))
        .silence(400.0)
        .announcement(prompt("R04"));
    add("sit-then-announcement-in-two-languages", "sit", two, gsm(7));
    let unreachable = Scene::new()
        .ringback(2_200.0)
        .silence(700.0)
        .announcement(prompt("P00001"))
        .silence(900.0)
        .announcement(prompt("P00001"));
    add("announcement-twice", "announcement", unreachable, slow_mobile(8));
    let middle = Scene::new()
        .announcement_from(prompt("R05"), 1_200)
        .silence(400.0);
    let middle = middle.busy(2_500.0);
    add(
        "announcement-joined-in-its-middle",
        "announcement",
        middle,
        voip(9),
    );
    let near = Scene::new()
        .silence(500.0)
        .sound("speech", None, &near_miss(prompt("R06")));
    add("near-miss-of-a-prompt", "announcement", near, fixed(10));

    add("busy", "busy", Scene::new().busy(5_000.0), mobile(11));
    let fast = [Chord::of(&[425.0], 175.0), Chord::pause(175.0)];
    let congestion = Scene::new().sound("congestion", None, &tones::cadence(&fast, 5_000.0, -15.0));
    add("congestion", "congestion", congestion, fixed(12));
    let uk = [
        Chord::of(&[400.0, 450.0], 400.0),
        Chord::pause(200.0),
        Chord::of(&[400.0, 450.0], 400.0),
        Chord::pause(2_000.0),
    ];
    let rings = Scene::new().sound("ringback", None, &tones::cadence(&uk, 9_000.0, -16.0));
    add("british-ringback", "ringback", rings, voip(13));
    let tune = Scene::new().melody(9_000.0, Timbre::Plucked, rng);
    add("melody-instead-of-ringback", "music_ringback", tune, mobile(14));
    let fake = Scene::new().ringback(5_000.0).answer().ringback(10_000.0);
    add("false-answer", "ringback", fake, mobile(15));

    let fax = Scene::new().ringback(3_000.0).answer().silence(900.0);
    let fax = fax.terminal(Terminal::Ced, 5_000.0, rng);
    add("fax-that-answers", "fax", fax, fixed(16));
    let calling = Scene::new()
        .answer()
        .silence(600.0)
        .terminal(Terminal::Cng, 7_500.0, rng);
    add("fax-that-calls", "fax", calling, fixed(17));
    let modem = Scene::new().answer().silence(1_200.0);
    let modem = modem.terminal(Terminal::AnsAm, 3_500.0, rng);
    add("modem", "modem", modem, fixed(18));
    let digits = Scene::new()
        .answer()
        .silence(900.0)
        .dtmf("4711#")
        .silence(1_500.0);
    add("digits", "dtmf", digits, mobile(19));
    let nobody = Scene::new().answer().silence(6_000.0);
    let quiet = Line {
        dtx_dbm0: Some(-58.0),
        ..fixed(20)
    };
    add("answered-and-nobody-speaks", "silence", nobody, quiet);
    samples
}

/// The first 1.4 s of a prompt, then something else.
fn near_miss(prompt: &Prompt) -> Vec<f32> {
    let mut samples = level::to_float(&prompt.samples[..11_200.min(prompt.samples.len())]);
    let speaker = Speaker {
        pitch_hz: 200.0,
        melody_semitones: 2.0,
        formant_scale: 1.1,
        rate: 1.0,
        breath: 0.1,
        jitter: 0.006,
    };
    let mut ending = speaker.say(
        &Phones::read("t'opare nul'is, kamo d'el vosi ten'o"),
        &mut Rng::new(SEED),
    );
    set_active_level(&mut ending, PROMPT_DBM0);
    samples.extend(ending);
    samples
}

fn fixed(seed: u64) -> Line {
    Line {
        level_dbm0: Some(-17.0),
        band_hz: (280.0, 3_450.0),
        noise: Some((NoiseKind::Pink, 35.0)),
        seed,
        ..Line::clean()
    }
}

fn mobile(seed: u64) -> Line {
    Line {
        level_dbm0: Some(-20.0),
        codecs: vec![Codec::Amr122],
        loss: Some(Loss {
            share: 0.01,
            burst: 1.5,
            conceal: Conceal::Native,
        }),
        drift_ppm: 20.0,
        ..fixed(seed)
    }
}

fn slow_mobile(seed: u64) -> Line {
    Line {
        codecs: vec![Codec::Amr475],
        ..mobile(seed)
    }
}

fn gsm(seed: u64) -> Line {
    Line {
        codecs: vec![Codec::Gsm],
        echo: Some(Echo {
            delay_ms: 120.0,
            gain_db: -28.0,
        }),
        ..mobile(seed)
    }
}

fn voip(seed: u64) -> Line {
    Line {
        codecs: vec![Codec::G729],
        loss: Some(Loss {
            share: 0.03,
            burst: 2.0,
            conceal: Conceal::Plc,
        }),
        ..fixed(seed)
    }
}

fn street(seed: u64) -> Line {
    Line {
        noise: Some((NoiseKind::Street, 15.0)),
        ..mobile(seed)
    }
}

fn office(seed: u64) -> Line {
    Line {
        noise: Some((NoiseKind::Office, 20.0)),
        ..fixed(seed)
    }
}

/// Writes all sample calls and the library below a folder: `calls.jsonl`, `calls/*.wav`, `prompts/prompts.jsonl`,
/// `prompts/*.wav`. Gives back how many calls and prompts there are.
pub fn write(folder: &Path) -> io::Result<(usize, usize)> {
    for name in ["calls", "prompts"] {
        fs::create_dir_all(folder.join(name))?;
    }
    let (calls, library) = (calls(), library());
    let mut lines = Vec::new();
    for sample in &calls {
        let file = format!("calls/{}.wav", sample.name);
        write_wav(&folder.join(&file), &sample.call.samples)?;
        lines.push(sample.call.line(&file, sample.label));
    }
    fs::write(folder.join("calls.jsonl"), text_of(&lines))?;
    let mut lines = Vec::new();
    for prompt in &library {
        let line = prompt.line();
        write_wav(
            &folder.join(format!("prompts/{}.wav", prompt.id)),
            &prompt.samples,
        )?;
        lines.push(line);
    }
    fs::write(folder.join("prompts/prompts.jsonl"), text_of(&lines))?;
    Ok((calls.len(), library.len()))
}

fn text_of(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Writes samples as WAV, 8 kHz mono, 16 bits.
pub fn write_wav(path: &Path, samples: &[i16]) -> io::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).map_err(io::Error::other)?;
    let mut all = writer.get_i16_writer(samples.len() as u32);
    for &sample in samples {
        all.write_sample(sample);
    }
    all.flush().map_err(io::Error::other)?;
    writer.finalize().map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_call_is_whole_and_its_prompts_exist() {
        let library = library();
        assert_eq!(library.len(), 16);
        let calls = calls();
        assert!(calls.len() >= 20);
        for sample in &calls {
            let (name, call) = (sample.name, &sample.call);
            let seconds = call.samples.len() as f32 / RATE_HZ as f32;
            assert!((3.0..25.0).contains(&seconds), "{name}: {seconds} s");
            for segment in call.segments.iter().filter(|s| s.kind == "announcement") {
                assert!(
                    library.iter().any(|p| Some(&p.id) == segment.detail.as_ref()),
                    "{name}"
                );
            }
            if sample.label == "human" {
                let spoken = call.segments.iter().find(|s| s.kind == "speech").unwrap();
                assert!(spoken.end_ms - spoken.start_ms > 250, "{name}");
                assert!(call.answer_at_ms.is_some(), "{name}");
            }
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let folder = std::env::temp_dir().join(format!("cpd-sim-samples-{}", std::process::id()));
        let (calls, prompts) = write(&folder).unwrap();
        for (name, count) in [("calls.jsonl", calls), ("prompts/prompts.jsonl", prompts)] {
            let list = folder.join(name);
            let text = fs::read_to_string(&list).unwrap();
            assert_eq!(text.lines().count(), count);
            for line in text.lines() {
                let line: Value = serde_json::from_str(line).unwrap();
                let path = list.with_file_name(line["file"].as_str().unwrap());
                let reader = hound::WavReader::open(&path).unwrap();
                let ms = reader.duration() / 8;
                assert_eq!(line["dur_ms"], ms, "{path:?}");
            }
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
