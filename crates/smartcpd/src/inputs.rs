//! PATHs of the command line become files, in the order given, folders in the order of names.

use std::path::{Path, PathBuf};

use crate::fault::{Fault, FaultClass};

/// Names of audio files that a folder is searched for; a file named on the command line may be called anything.
const AUDIO: [&str; 9] = [
    "wav", "wave", "flac", "mp3", "ogg", "oga", "opus", "pcap", "pcapng",
];
/// Names of headerless audio files.
const RAW: [&str; 9] = ["raw", "pcm", "al", "alaw", "ul", "ulaw", "sln", "sw", "g711"];

/// The files that `path` stands for.
pub(crate) fn expand(path: &Path, raw: bool) -> Result<Vec<PathBuf>, Fault> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let names: &[&str] = if raw { &RAW } else { &AUDIO };
    let mut files = Vec::new();
    search(path, names, &mut files)?;
    if files.is_empty() {
        return Err(Fault::reading(
            FaultClass::NotAudio,
            path,
            format_args!("no audio files in this folder ({})", names.join(", ")),
        ));
    }
    Ok(files)
}

fn search(folder: &Path, names: &[&str], files: &mut Vec<PathBuf>) -> Result<(), Fault> {
    let unreadable = |why| Fault::unreadable(folder, &why);
    let mut entries = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A link to a folder is not followed: it may lead back up.
        let kind = entry.file_type().map_err(unreadable)?;
        let named = path
            .extension()
            .and_then(|name| name.to_str())
            .is_some_and(|name| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
        if hidden {
            continue;
        } else if kind.is_dir() {
            search(&path, names, files)?;
        } else if named {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_audio_files_by_name() {
        let folder = std::env::temp_dir().join(format!("smartcpd-inputs-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("b")).expect("folder");
        for name in ["c.wav", "a.FLAC", "b/d.mp3", "notes.txt", ".hidden.wav"] {
            std::fs::write(folder.join(name), "x").expect("file");
        }
        let files = expand(&folder, false).expect("files");
        let names: Vec<_> = files
            .iter()
            .map(|file| file.strip_prefix(&folder).expect("inside").to_string_lossy())
            .collect();
        assert_eq!(names, ["a.FLAC", "b/d.mp3", "c.wav"]);
        let fault = expand(&folder.join("b"), true).expect_err("no raw files");
        assert_eq!(fault.class, FaultClass::NotAudio);
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
