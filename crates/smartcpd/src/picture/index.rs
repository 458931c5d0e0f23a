//! The page that shows all pictures of a run.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::svg::escaped;
use crate::fault::Fault;
use crate::files;

/// Collects the pictures of a run in a folder.
pub(crate) struct Index {
    folder: PathBuf,
    names: HashSet<String>,
    entries: String,
    count: usize,
}

impl Index {
    /// An index in a folder, which is made where it is missing.
    pub(crate) fn new(folder: &Path) -> Result<Index, Fault> {
        std::fs::create_dir_all(folder).map_err(|why| Fault::unwritable(folder, &why))?;
        Ok(Index {
            folder: folder.to_owned(),
            names: HashSet::new(),
            entries: String::new(),
            count: 0,
        })
    }

    /// Writes the picture of a recording.
    pub(crate) fn add(&mut self, recording: &str, picture: &str) -> Result<(), Fault> {
        let name = self.unused_name(recording);
        let path = self.folder.join(&name);
        files::write_whole(&path, picture.as_bytes()).map_err(|why| Fault::unwritable(&path, &why))?;
        let alt = escaped(recording);
        self.entries.push_str(&format!(
            "<a href=\"{name}\"><img src=\"{name}\" alt=\"{alt}\" loading=\"lazy\"></a>\n"
        ));
        self.count += 1;
        Ok(())
    }

    /// Writes the page.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        let path = self.folder.join("index.html");
        let what = if self.count == 1 {
            "recording"
        } else {
            "recordings"
        };
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>SmartCPD: {count} {what}</title>\n\
             <style>body {{ background: #0b0e13; color: #e8edf5; font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; \
             max-width: 1280px; padding: 0 1rem }} img {{ width: 100%; height: auto; border-radius: 10px; \
             margin: 0 0 1.5rem; display: block }} h1 {{ font-weight: 600 }}</style>\n\
             <h1>{count} {what}</h1>\n{entries}</html>\n",
            count = self.count,
            entries = self.entries
        );
        files::write_whole(&path, page.as_bytes()).map_err(|why| Fault::unwritable(&path, &why))
    }

    /// A file name from a path: only letters that need no quoting anywhere, and a number where two would be the same.
    fn unused_name(&mut self, recording: &str) -> String {
        let plain: String = recording
            .trim_start_matches(['.', '/'])
            .chars()
            .map(|letter| match letter {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' => letter,
                _ => '_',
            })
            .collect();
        let mut name = format!("{plain}.svg");
        let mut number = 2;
        while !self.names.insert(name.to_lowercase()) {
            name = format!("{plain}-{number}.svg");
            number += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_have_names_of_their_own() {
        let folder = std::env::temp_dir().join(format!("smartcpd-index-{}", std::process::id()));
        let mut index = Index::new(&folder).expect("folder");
        for recording in ["calls/a.wav", "calls_a.wav", "./b c.wav#ssrc"] {
            index.add(recording, "<svg/>").expect("written");
        }
        index.finish().expect("written");
        let page = std::fs::read_to_string(folder.join("index.html")).expect("page");
        for name in ["calls_a.wav.svg", "calls_a.wav-2.svg", "b_c.wav_ssrc.svg"] {
            assert!(folder.join(name).exists(), "{name}");
            assert!(page.contains(name), "{name}");
        }
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
