//! `smartcpd prompts add|list|check|test`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cpd_detect::front::FrontPlan;
use cpd_detect::{Event, EventKind, Library, Plans, Profile, Shared};

use super::{Entry, Prompt, Shelf, build, likeness, load};
use crate::audio::{self, Reading};
use crate::cli::{AddPrompt, Format, PromptsCommand};
use crate::fault::{Fault, FaultClass, Faults};
use crate::files;
use crate::hearing::{Ear, RATE, TracePoint};

/// Level of a stored prompt while it speaks, dBm0: common for announcements, and far from clipping.
const LEVEL_DBM0: f64 = -14.0;
/// dBm0 of a mean square of 1, full scale ±1: ITU-T G.711 has a full-scale sine at +3.14 dBm0, and a sine's mean square is
/// 3.01 dB below its peak's.
const DBM0_OF_UNIT_POWER: f64 = 6.150_3;
/// Highest sample after levelling.
const PEAK_MAX: f64 = 0.97;
/// A stretch this far below the loudest is a pause, dB.
const PAUSE_DB: f64 = 30.0;
/// Step in which evidence is told, ms.
const STEP_MS: u64 = 200;
/// Less evidence is that of any speech, bits.
const LEAST_BITS: f32 = 8.0;
/// Evidence of one cell of a bar, bits.
const BITS_A_CELL: f32 = 4.0;
/// A stated length may differ from the audio's by this much, ms.
const LENGTH_MS_OFF: f64 = 100.0;

/// Runs one of the commands.
pub(crate) fn run(command: &PromptsCommand, faults: &mut Faults) {
    let done = match command {
        PromptsCommand::Add(command) => add(command, faults),
        PromptsCommand::List { prompts, format } => list(prompts, *format, faults),
        PromptsCommand::Check { prompts } => check(prompts, faults),
        PromptsCommand::Test { prompts, file, audio } => test(prompts, file, &audio.reading(), faults),
    };
    if let Err(fault) = done {
        faults.tell(&fault);
    }
}

/// Adds recordings to a library; one that cannot be added does not keep the others out.
fn add(command: &AddPrompt, faults: &mut Faults) -> Result<(), Fault> {
    let list = if command.prompts.extension().is_some_and(|name| name == "jsonl") {
        command.prompts.clone()
    } else {
        std::fs::create_dir_all(&command.prompts).map_err(|why| Fault::unwritable(&command.prompts, &why))?;
        let fresh = command.prompts.join("prompts.jsonl");
        Shelf::read(&command.prompts).map_or(fresh, |shelf| shelf.list)
    };
    if !list.exists() {
        files::write_whole(&list, b"").map_err(|why| Fault::unwritable(&list, &why))?;
    }
    for file in &command.files {
        match add_one(&list, file, command) {
            Ok(told) => say(&told)?,
            Err(fault) => faults.tell(&fault),
        }
    }
    Ok(())
}

fn add_one(list: &Path, file: &Path, command: &AddPrompt) -> Result<String, Fault> {
    let shelf = Shelf::read(list)?;
    let stem = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let id = command.id.clone().unwrap_or(stem);
    if shelf.entries.iter().any(|entry| entry.id == id) {
        let why = format_args!("add {}: the library has a prompt {id} already", file.display());
        return Err(Fault::new(FaultClass::Library, why));
    }
    let mut recording = audio::read(file, &command.audio.reading())?
        .into_iter()
        .next()
        .unwrap_or_default();
    level(&mut recording.samples);
    let name = format!("{}.wav", file_name(&id));
    let path = shelf.folder().join(&name);
    if path.exists() {
        let why = format_args!("add {}: {} exists already", file.display(), path.display());
        return Err(Fault::new(FaultClass::Output, why));
    }
    let entry = Entry {
        id: id.clone(),
        file: name,
        name: command.name.clone().unwrap_or_default(),
        operator: command.operator.clone().unwrap_or_default(),
        category: command.category.clone().unwrap_or_default(),
        class: command.class.clone().unwrap_or_default(),
        lang: command.lang.clone().unwrap_or_default(),
        text: command.text.clone().unwrap_or_default(),
        dur_ms: Some(recording.length_ms() as f64),
        ..Entry::default()
    };
    let class = entry
        .class()
        .map_err(|why| Fault::new(FaultClass::Library, format_args!("add {}: {why}", file.display())))?;
    let prompt = Prompt {
        entry,
        class,
        recording,
    };
    let others: Vec<Prompt> = shelf.prompts().into_iter().flatten().collect();
    let (mut library, _, _) = build(&shelf, &others);
    let added = library
        .add(
            prompt.info(),
            &prompt.recording.samples,
            &Arc::new(FrontPlan::new(RATE)),
        )
        .map_err(|why| Fault::new(FaultClass::Library, format_args!("add {}: {why}", file.display())))?;

    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |why: std::io::Error| Fault::unwritable(&path, &why)
    };
    audio::write_wav(&path, &prompt.recording.samples).map_err(unwritable(&path))?;
    let mut text = std::fs::read_to_string(list).map_err(|why| Fault::unreadable(list, &why))?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let line = serde_json::to_string(&prompt.entry).map_err(|why| Fault::new(FaultClass::Output, why))?;
    text.push_str(&line);
    text.push('\n');
    files::write_whole(list, text.as_bytes()).map_err(unwritable(list))?;

    let mut told = format!(
        "added {id}: {:.1} s, {}\n",
        prompt.recording.length_ms() as f64 / 1_000.0,
        prompt.class.as_str()
    );
    for shared in &added.shared {
        told.push_str(&format!("  {}\n", likeness(&library, shared)));
    }
    Ok(told)
}

/// A file name from an id.
fn file_name(id: &str) -> String {
    id.chars()
        .map(|letter| {
            if letter.is_alphanumeric() || "-_.".contains(letter) {
                letter
            } else {
                '_'
            }
        })
        .collect::<String>()
        .trim_start_matches('.')
        .to_owned()
}

/// Brings speech to the usual level; a recording without any sound stays as it is.
pub(crate) fn level(samples: &mut [i16]) {
    let powers: Vec<f64> = samples
        .chunks(160)
        .map(|chunk| {
            let sum: f64 = chunk.iter().map(|&s| (f64::from(s) / 32_768.0).powi(2)).sum();
            sum / chunk.len() as f64
        })
        .collect();
    let loudest = powers.iter().copied().fold(0.0, f64::max);
    let speaking: Vec<f64> = powers
        .into_iter()
        .filter(|power| *power > loudest * 10_f64.powf(-PAUSE_DB / 10.0))
        .collect();
    let active = speaking.iter().sum::<f64>() / speaking.len().max(1) as f64;
    let peak = samples
        .iter()
        .map(|s| f64::from(s.unsigned_abs()))
        .fold(0.0, f64::max)
        / 32_768.0;
    if active <= 0.0 {
        return;
    }
    let wanted = 10_f64.powf((LEVEL_DBM0 - DBM0_OF_UNIT_POWER) / 10.0);
    let gain = (wanted / active).sqrt().min(PEAK_MAX / peak);
    for sample in samples {
        *sample = (f64::from(*sample) * gain).round() as i16;
    }
}

/// Tells what is in a library.
fn list(path: &Path, format: Format, faults: &mut Faults) -> Result<(), Fault> {
    let shelf = Shelf::read(path)?;
    for fault in &shelf.faults {
        faults.tell(fault);
    }
    let mut out = String::new();
    for entry in &shelf.entries {
        let class = entry.class().map_or("?", |class| class.as_str());
        match format {
            Format::Jsonl => out.push_str(&(serde_json::to_string(entry).unwrap_or_default() + "\n")),
            Format::Text => {
                let seconds = entry
                    .dur_ms
                    .map_or(String::new(), |ms| format!("{:.1} s", ms / 1_000.0));
                let operator = if entry.operator.is_empty() {
                    "-"
                } else {
                    &entry.operator
                };
                out.push_str(&format!(
                    "{:<12} {operator:<10} {class:<28} {:<6} {seconds:>7}  {}\n",
                    entry.id, entry.lang, entry.text
                ));
            }
        }
    }
    if format == Format::Text {
        out.push_str(&format!("{} prompts\n", shelf.entries.len()));
    }
    say(&out)
}

/// Tells everything that is wrong with a library, and what is worth knowing.
fn check(path: &Path, faults: &mut Faults) -> Result<(), Fault> {
    let shelf = Shelf::read(path)?;
    for fault in &shelf.faults {
        faults.tell(fault);
    }
    let mut notes = String::new();
    let mut prompts = Vec::new();
    for prompt in shelf.prompts() {
        match prompt {
            Ok(prompt) => {
                for note in remarks(&prompt) {
                    notes.push_str(&format!("note: prompt {}: {note}\n", prompt.entry.id));
                }
                prompts.push(prompt);
            }
            Err(fault) => faults.tell(&fault),
        }
    }
    let (library, added, refused) = build(&shelf, &prompts);
    for fault in &refused {
        faults.tell(fault);
    }
    for found in &added {
        let id = library.info(found.prompt).map_or("?", |info| info.id.as_str());
        for shared in &found.shared {
            notes.push_str(&format!("note: prompt {id}: {}\n", likeness(&library, shared)));
        }
    }
    say(&format!(
        "{notes}{} prompts without fault, {} KiB in memory\n",
        library.len(),
        library.memory_bytes() / 1_024
    ))
}

fn remarks(prompt: &Prompt) -> Vec<String> {
    let mut remarks = Vec::new();
    let length_ms = prompt.recording.length_ms();
    if prompt.class == cpd_detect::Class::Unknown {
        remarks.push(format!(
            "category \"{}\" has no class: a call that meets it is let through",
            prompt.entry.category
        ));
    }
    if let Some(stated) = prompt.entry.dur_ms
        && (stated - length_ms as f64).abs() > LENGTH_MS_OFF
    {
        remarks.push(format!(
            "the list says {stated:.0} ms, the audio has {length_ms} ms"
        ));
    }
    remarks
}

/// Tells which prompt a recording matches, and how the evidence grows.
fn test(prompts: &Path, file: &Path, reading: &Reading, faults: &mut Faults) -> Result<(), Fault> {
    let library = load(Some(prompts), faults);
    let ear = Ear {
        shared: Shared::new(RATE, Arc::new(Plans::built_in()), Arc::clone(&library)),
        profile: Profile::default(),
    };
    for recording in audio::read(file, reading)? {
        let heard = ear.hear(&recording, None, true);
        let mut lines = growth(&heard.trace, &library);
        lines.extend(heard.events.iter().filter_map(|event| told(event, &library)));
        lines.sort_by_key(|line| line.0);
        let mut out = format!(
            "{} {:.1} s\n",
            file.display(),
            recording.length_ms() as f64 / 1_000.0
        );
        if lines.is_empty() {
            out.push_str("  no prompt of the library is like it\n");
        }
        for (ms, line) in lines {
            out.push_str(&format!("  {:6.2} s  {line}\n", ms as f64 / 1_000.0));
        }
        say(&out)?;
    }
    Ok(())
}

/// The strongest prompt from step to step, with a bar of its evidence.
fn growth(trace: &[TracePoint], library: &Library) -> Vec<(u64, String)> {
    trace
        .iter()
        .filter(|point| point.at_ms.is_multiple_of(STEP_MS))
        .filter_map(|point| {
            let (prompt, bits) = point.prompt.filter(|(_, bits)| *bits >= LEAST_BITS)?;
            let id = &library.info(prompt)?.id;
            let bar = "▇".repeat((bits / BITS_A_CELL) as usize);
            Some((point.at_ms, format!("{id:<12} {bits:6.1} bits {bar}")))
        })
        .collect()
}

fn told(event: &Event, library: &Library) -> Option<(u64, String)> {
    let (word, heard) = match &event.kind {
        EventKind::PromptCandidate(heard) => ("perhaps", heard),
        EventKind::Prompt(heard) => ("match:", heard),
        EventKind::PromptRetracted(heard) => ("taken back:", heard),
        _ => return None,
    };
    let or = heard
        .runner_up
        .and_then(|other| library.info(other))
        .map_or(String::new(), |other| format!(", or {}", other.id));
    let line = format!(
        "{word} {}{or}, {:.1} bits, {:.2} s into it",
        library.info(heard.prompt)?.id,
        heard.bits,
        f64::from(heard.offset_ms) / 1_000.0,
    );
    Some((RATE.ms(event.known), line))
}

/// Writes to standard output.
fn say(text: &str) -> Result<(), Fault> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Fault::unwritable(&PathBuf::from("standard output"), &why))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_is_brought_to_the_usual_level_whatever_its_pauses() {
        let tone = |n: usize| (300.0 * (n as f64 * 0.7).sin()) as i16;
        let mut samples: Vec<i16> = (0..8_000).map(tone).collect();
        samples.extend([0; 8_000]);
        level(&mut samples);
        let power = samples[..8_000]
            .iter()
            .map(|&s| (f64::from(s) / 32_768.0).powi(2))
            .sum::<f64>()
            / 8_000.0;
        let level = 10.0 * power.log10() + DBM0_OF_UNIT_POWER;
        assert!((level - LEVEL_DBM0).abs() < 0.1, "{level} dBm0");
    }

    #[test]
    fn an_id_cannot_leave_the_folder() {
        assert_eq!(file_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(file_name("занято 1"), "занято_1");
    }
}
