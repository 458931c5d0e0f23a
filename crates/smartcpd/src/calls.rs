//! The list of calls: when each was answered, and what it is called in results.
//!
//! A recording is looked up by its path, then by its file name, then by the name without extension, so that a list
//! made for FLAC files serves for the same calls unpacked to WAV.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::fault::{Fault, FaultClass};

/// One call of the list. Other keys are truth for `evaluate` and none of this reader's business.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Call {
    /// Relative to the list's folder.
    pub(crate) file: String,
    /// Ms from the start of the recording; absent or null: never answered.
    #[serde(default)]
    pub(crate) answer_at_ms: Option<f64>,
}

impl Call {
    /// The answer, ms from the start.
    pub(crate) fn answered_at_ms(&self) -> Option<u64> {
        self.answer_at_ms.map(|ms| ms.max(0.0).round() as u64)
    }
}

/// A list of calls.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    folder: PathBuf,
    calls: Vec<Call>,
    by_path: HashMap<PathBuf, usize>,
    by_name: HashMap<String, Option<usize>>,
    by_stem: HashMap<String, Option<usize>>,
}

impl Calls {
    /// Reads a list.
    pub(crate) fn read(path: &Path) -> Result<Calls, Fault> {
        let text = std::fs::read_to_string(path).map_err(|why| Fault::unreadable(path, &why))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut calls = Calls {
            folder,
            ..Calls::default()
        };
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let call: Call = serde_json::from_str(line).map_err(|why| {
                Fault::reading(
                    FaultClass::Calls,
                    path,
                    format_args!("line {}: {why}", number + 1),
                )
            })?;
            calls.add(call);
        }
        Ok(calls)
    }

    fn add(&mut self, call: Call) {
        let at = self.calls.len();
        let path = self.folder.join(&call.file);
        // A name that two calls share tells neither.
        let note = |map: &mut HashMap<String, Option<usize>>, key: Option<String>| {
            if let Some(key) = key {
                map.entry(key).and_modify(|at| *at = None).or_insert(Some(at));
            }
        };
        note(&mut self.by_name, text(path.file_name()));
        note(&mut self.by_stem, text(path.file_stem()));
        self.by_path.insert(plain(&path), at);
        self.calls.push(call);
    }

    /// The call that a file holds.
    pub(crate) fn find(&self, path: &Path) -> Option<&Call> {
        let by = |map: &HashMap<String, Option<usize>>, key: Option<String>| {
            key.and_then(|key| map.get(&key).copied().flatten())
        };
        let at = self
            .by_path
            .get(&plain(path))
            .copied()
            .or_else(|| by(&self.by_name, text(path.file_name())))
            .or_else(|| by(&self.by_stem, text(path.file_stem())))?;
        self.calls.get(at)
    }

    /// The files of all calls, in the order of the list.
    pub(crate) fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.calls.iter().map(|call| self.folder.join(&call.file))
    }
}

/// The path without links and detours, where it exists.
fn plain(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn text(name: Option<&std::ffi::OsStr>) -> Option<String> {
    name.and_then(|name| name.to_str()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(lines: &str) -> Calls {
        let mut calls = Calls::default();
        for line in lines.lines() {
            calls.add(serde_json::from_str(line).expect("a call"));
        }
        calls
    }

    #[test]
    fn a_call_is_found_by_path_name_or_stem() {
        let calls = list(
            r#"{"file": "calls/1.flac", "answer_at_ms": 120, "label": "human"}
{"file": "calls/2.flac", "answer_at_ms": null}
{"file": "other/2.flac"}"#,
        );
        let answered = |path: &str| calls.find(Path::new(path)).map(Call::answered_at_ms);
        assert_eq!(answered("calls/1.flac"), Some(Some(120)));
        assert_eq!(answered("/elsewhere/1.wav"), Some(Some(120)));
        assert_eq!(answered("calls/2.flac"), Some(None));
        assert_eq!(answered("/elsewhere/2.flac"), None, "two calls have this name");
        assert_eq!(answered("3.wav"), None);
    }
}
