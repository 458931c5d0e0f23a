//! Prompt libraries on disk: a folder with audio and `prompts.jsonl`, a line of JSON per prompt.
//!
//! The reference list of an evaluation corpus (`refs.jsonl`) has the same form. A prompt with a fault is told and left
//! out; the others are loaded.

mod entry;
pub(crate) mod manage;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cpd_detect::front::FrontPlan;
use cpd_detect::prompts::{Added, PromptInfo, Shared};
use cpd_detect::{Class, Library};

use crate::analyze::in_order;
use crate::audio::{self, Reading, Recording};
use crate::fault::{Fault, FaultClass, Faults};
use crate::hearing::RATE;
pub(crate) use entry::Entry;

/// Names that the list of a library may have, in the order in which they are looked for.
const LISTS: [&str; 2] = ["prompts.jsonl", "refs.jsonl"];

/// A library's list.
pub(crate) struct Shelf {
    /// The list itself.
    pub(crate) list: PathBuf,
    /// Its entries that can be read.
    pub(crate) entries: Vec<Entry>,
    /// What is wrong with the others.
    pub(crate) faults: Vec<Fault>,
}

/// A prompt with its audio.
pub(crate) struct Prompt {
    pub(crate) entry: Entry,
    pub(crate) class: Class,
    pub(crate) recording: Recording,
}

impl Prompt {
    /// The same for the detectors.
    pub(crate) fn info(&self) -> PromptInfo {
        let entry = &self.entry;
        PromptInfo {
            id: entry.id.clone(),
            operator: entry.operator.clone(),
            category: entry.category.clone(),
            class: self.class,
            lang: entry.lang.clone(),
            text: entry.text.clone(),
            length_ms: self.recording.length_ms() as u32,
        }
    }
}

impl Shelf {
    /// Reads the list of a library: the folder that holds it, or the list itself.
    pub(crate) fn read(path: &Path) -> Result<Shelf, Fault> {
        let list = if path.is_dir() {
            LISTS
                .iter()
                .map(|name| path.join(name))
                .find(|list| list.is_file())
                .ok_or_else(|| Fault::reading(FaultClass::Library, path, "no prompts.jsonl in this folder"))?
        } else {
            path.to_owned()
        };
        let text = std::fs::read_to_string(&list).map_err(|why| Fault::unreadable(&list, &why))?;
        let mut shelf = Shelf {
            entries: Vec::new(),
            faults: Vec::new(),
            list,
        };
        let mut ids = HashSet::new();
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            match Entry::parse(line) {
                Ok(entry) if !ids.insert(entry.id.clone()) => {
                    shelf.fault(number, format!("id {} is given twice", entry.id));
                }
                Ok(entry) => shelf.entries.push(entry),
                Err(why) => shelf.fault(number, why),
            }
        }
        Ok(shelf)
    }

    fn fault(&mut self, number: usize, why: String) {
        let why = format!("line {}: {why}", number + 1);
        self.faults
            .push(Fault::reading(FaultClass::Library, &self.list, why));
    }

    /// The folder that holds the list.
    pub(crate) fn folder(&self) -> &Path {
        self.list.parent().unwrap_or(Path::new(""))
    }

    /// Where the audio of an entry is: named from the list's folder, or from the folder above it, as corpora do.
    pub(crate) fn audio(&self, entry: &Entry) -> PathBuf {
        let here = self.folder().join(&entry.file);
        let above = self
            .folder()
            .canonicalize()
            .ok()
            .and_then(|folder| Some(folder.parent()?.join(&entry.file)));
        match above {
            Some(above) if !here.exists() && above.exists() => above,
            _ => here,
        }
    }

    /// Loads the audio of all entries; a fault for each that has none.
    pub(crate) fn prompts(&self) -> Vec<Result<Prompt, Fault>> {
        let mut prompts = Vec::with_capacity(self.entries.len());
        let load = |entry: &Entry| self.prompt(entry);
        in_order(&self.entries, None, load, |prompt| {
            prompts.push(prompt);
            true
        });
        prompts
    }

    fn prompt(&self, entry: &Entry) -> Result<Prompt, Fault> {
        let path = self.audio(entry);
        let why = |why: &Fault| {
            let why = why.to_string();
            let why = why.strip_prefix("failed to ").unwrap_or(&why);
            Fault::reading(
                FaultClass::Library,
                &self.list,
                format_args!("prompt {}: {why}", entry.id),
            )
        };
        if !path.exists() {
            return Err(Fault::reading(
                FaultClass::Library,
                &self.list,
                format_args!("prompt {} has no audio: {} is missing", entry.id, path.display()),
            ));
        }
        let recording = audio::read(&path, &Reading::default())
            .map_err(|fault| why(&fault))?
            .into_iter()
            .next()
            .unwrap_or_default();
        let class = entry.class().map_err(|words| {
            Fault::reading(
                FaultClass::Library,
                &self.list,
                format_args!("prompt {}: {words}", entry.id),
            )
        })?;
        Ok(Prompt {
            entry: entry.clone(),
            class,
            recording,
        })
    }
}

/// Loads a library, telling each fault; prompts without fault are loaded all the same.
pub(crate) fn load(path: Option<&Path>, faults: &mut Faults) -> Arc<Library> {
    let (library, found) = match path.map(snapshot) {
        None => (Library::empty(), Vec::new()),
        Some(Ok(loaded)) => loaded,
        Some(Err(fault)) => (Library::empty(), vec![fault]),
    };
    for fault in &found {
        faults.tell(fault);
    }
    Arc::new(library)
}

/// Loads a library without its faulty prompts, and the faults of those.
///
/// # Errors
///
/// Its list cannot be read at all.
pub(crate) fn snapshot(path: &Path) -> Result<(Library, Vec<Fault>), Fault> {
    let mut shelf = Shelf::read(path)?;
    let mut faults = std::mem::take(&mut shelf.faults);
    let mut prompts = Vec::new();
    for prompt in shelf.prompts() {
        match prompt {
            Ok(prompt) => prompts.push(prompt),
            Err(fault) => faults.push(fault),
        }
    }
    let (library, _, refused) = build(&shelf, &prompts);
    faults.extend(refused);
    Ok((library, faults))
}

/// The detectors' snapshot of prompts, what was found when each came in, and the faults of those that did not.
pub(crate) fn build(shelf: &Shelf, prompts: &[Prompt]) -> (Library, Vec<Added>, Vec<Fault>) {
    let plan = Arc::new(FrontPlan::new(RATE));
    let mut library = Library::empty();
    let (mut added, mut refused) = (Vec::new(), Vec::new());
    for prompt in prompts {
        match library.add(prompt.info(), &prompt.recording.samples, &plan) {
            Ok(found) => added.push(found),
            Err(why) => refused.push(Fault::reading(
                FaultClass::Library,
                &shelf.list,
                format_args!("prompt {}: {why}", prompt.entry.id),
            )),
        }
    }
    (library, added, refused)
}

/// A stretch that a prompt shares with another, in words.
pub(crate) fn likeness(library: &Library, shared: &Shared) -> String {
    let other = library.info(shared.prompt).map_or("?", |info| info.id.as_str());
    let seconds = |ms: u32| f64::from(ms) / 1_000.0;
    if shared.duplicate {
        format!("the same as {other}")
    } else {
        format!(
            "{:.2} to {:.2} s sound like {other} from {:.2} s on",
            seconds(shared.from_ms),
            seconds(shared.to_ms),
            seconds(shared.other_from_ms)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(name: &str, lines: &str) -> (PathBuf, Shelf) {
        let folder = std::env::temp_dir().join(format!("smartcpd-shelf-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("folder");
        std::fs::write(folder.join("prompts.jsonl"), lines).expect("list");
        let shelf = Shelf::read(&folder).expect("shelf");
        (folder, shelf)
    }

    #[test]
    fn a_faulty_prompt_does_not_spoil_the_others() {
        let (folder, shelf) = shelf(
            "faulty",
            r#"{"id": "a", "file": "a.wav", "category": "busy"}
{"id": "b", "file": "b.wav", "operater": "A"}
{"id": "a", "file": "c.wav"}
not json
{"id": "d", "file": "d.wav", "class": "announcement.bsy"}"#,
        );
        audio::write_wav(&folder.join("a.wav"), &[100; 8_000]).expect("audio");
        audio::write_wav(&folder.join("d.wav"), &[100; 8_000]).expect("audio");
        let faults: Vec<_> = shelf.faults.iter().map(Fault::to_string).collect();
        assert_eq!(faults.len(), 3);
        assert!(
            faults[0].contains("line 2: unknown key `operater`, did you mean `operator`?"),
            "{}",
            faults[0]
        );
        assert!(faults[1].contains("line 3: id a is given twice"), "{}", faults[1]);
        assert!(faults[2].contains("line 4: not JSON"), "{}", faults[2]);
        let prompts = shelf.prompts();
        let first = prompts[0].as_ref().expect("a is whole");
        assert_eq!(
            (first.class, first.info().length_ms),
            (Class::AnnouncedBusy, 1_000)
        );
        let fault = prompts[1]
            .as_ref()
            .err()
            .expect("d has an unknown class")
            .to_string();
        assert!(
            fault.contains("unknown class announcement.bsy, did you mean announcement.busy?"),
            "{fault}"
        );
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn audio_may_be_named_from_the_folder_above() {
        let (folder, shelf) = shelf("above", r#"{"id": "a", "file": "x/a.wav"}"#);
        let name = folder.file_name().expect("name").to_owned();
        let entry = Entry {
            file: format!("{}/a.wav", name.to_string_lossy()),
            ..shelf.entries[0].clone()
        };
        audio::write_wav(&folder.join("a.wav"), &[1; 80]).expect("audio");
        assert!(shelf.audio(&entry).exists());
        assert!(!shelf.audio(&shelf.entries[0]).exists());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
