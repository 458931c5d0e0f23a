//! Files that appear whole or not at all.

use std::io::{self, Write};
use std::path::Path;

/// Writes a file under a neighbouring name, then renames it: a reader sees the old content or the new, never half.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no file name"))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(beside);
    let done = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    });
    if done.is_err() {
        // Nothing more can be done if the leftover cannot be removed either; the first error is the one to tell.
        let _ = std::fs::remove_file(&beside);
    }
    done
}
