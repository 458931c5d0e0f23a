//! A journal on disk between the call path and the database: lines in numbered files, oldest first.
//!
//! What is handed over is appended with one `write` a batch, and stays until the database has it: a process that is killed
//! loses nothing that was appended. (A machine that loses its power does lose what its kernel had not written yet; a
//! `fsync` a batch would cost the disk more than that is worth.) A file goes when all of its lines are settled. The number
//! of the next file is one more than that of the last, so files read in the order of their names are the order of calls.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The most that is read at once, bytes: a batch of 1,000 records of some kB each. A longer line is read whole.
const READ_BYTES: u64 = 4 << 20;
/// The most that is kept of lines that were set aside, bytes a file: enough to see what is wrong with them; beyond it they
/// are only counted.
const ASIDE_BYTES_MAX: u64 = 64 << 20;

/// Lines that wait in files.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    segments: VecDeque<Segment>,
    /// The last of the segments, where it is still being written.
    open: Option<File>,
    /// How far the first of them is settled.
    settled: u64,
    bounds: Bounds,
    /// Holds the folder for this process; the lock goes with the file.
    _lock: File,
}

/// How large it may become.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// All files together, bytes.
    pub(crate) bytes: u64,
    /// One file, bytes; it may be exceeded by one batch.
    pub(crate) segment_bytes: u64,
}

#[derive(Debug)]
struct Segment {
    number: u64,
    /// What was written whole.
    bytes: u64,
    /// Lines that are not settled, as far as they were counted.
    lines: u64,
}

/// Lines read, which are settled together.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) lines: Vec<Vec<u8>>,
    /// The last line was cut off by a crash.
    pub(crate) half: bool,
    number: u64,
    until: u64,
}

impl Spool {
    /// Opens a folder, with the files that an earlier process left; it is made where it is missing.
    ///
    /// # Errors
    ///
    /// The file system's; another process has the folder.
    pub(crate) fn open(folder: &Path, bounds: Bounds) -> io::Result<Spool> {
        std::fs::create_dir_all(folder)?;
        let lock = File::create(folder.join("lock"))?;
        lock.try_lock().map_err(|why| {
            io::Error::new(ErrorKind::ResourceBusy, format!("another process has it: {why}"))
        })?;
        let mut segments = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if let Some(number) = number(&path) {
                let (bytes, lines) = measure(&path)?;
                segments.push(Segment { number, bytes, lines });
            }
        }
        segments.sort_by_key(|segment| segment.number);
        Ok(Spool {
            folder: folder.to_owned(),
            segments: segments.into(),
            open: None,
            settled: 0,
            bounds,
            _lock: lock,
        })
    }

    /// Bytes of all files.
    pub(crate) fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    /// Lines that are not settled.
    pub(crate) fn lines(&self) -> u64 {
        self.segments.iter().map(|segment| segment.lines).sum()
    }

    /// Appends lines that end with line feeds; tells how many of them there was room for, the first ones.
    ///
    /// # Errors
    ///
    /// The file system's; then none was appended.
    pub(crate) fn append(&mut self, text: &[u8]) -> io::Result<u64> {
        let room = self.bounds.bytes.saturating_sub(self.bytes());
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(text.len());
        let Some(end) = text[..room].iter().rposition(|byte| *byte == b'\n') else {
            return Ok(0);
        };
        let text = &text[..=end];
        if self
            .segments
            .back()
            .is_some_and(|last| last.bytes >= self.bounds.segment_bytes)
        {
            self.open = None;
        }
        let mut file = match self.open.take() {
            Some(file) => file,
            None => self.begin()?,
        };
        let Some(last) = self.segments.back_mut() else {
            return Ok(0);
        };
        if let Err(why) = file.write_all(text) {
            // What was written of it would be taken for a line: it goes, or the file is not written to any more.
            if file.set_len(last.bytes).is_ok() && file.seek(SeekFrom::Start(last.bytes)).is_ok() {
                self.open = Some(file);
            }
            return Err(why);
        }
        let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64;
        last.bytes += text.len() as u64;
        last.lines += lines;
        self.open = Some(file);
        Ok(lines)
    }

    fn begin(&mut self) -> io::Result<File> {
        let number = self.segments.back().map_or(1, |last| last.number + 1);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(self.path(number))?;
        self.segments.push_back(Segment {
            number,
            bytes: 0,
            lines: 0,
        });
        Ok(file)
    }

    /// Reads the oldest lines, at most so many; `None`: all are settled. The same ones come again until they are settled.
    ///
    /// # Errors
    ///
    /// The file system's.
    pub(crate) fn read(&mut self, most: usize) -> io::Result<Option<Lines>> {
        while let Some(first) = self.segments.front() {
            if self.settled < first.bytes {
                return self.read_first(most).map(Some);
            }
            // Nothing was written to it, or its end was lost with a crash.
            let (number, until) = (first.number, first.bytes);
            self.settle(&Lines {
                number,
                until,
                ..Lines::default()
            })?;
        }
        Ok(None)
    }

    fn read_first(&mut self, most: usize) -> io::Result<Lines> {
        let Some(first) = self.segments.front() else {
            return Ok(Lines::default());
        };
        let mut file = File::open(self.path(first.number))?;
        file.seek(SeekFrom::Start(self.settled))?;
        let left = first.bytes - self.settled;
        let mut text = Vec::new();
        let mut wanted = READ_BYTES.min(left);
        loop {
            let missing = wanted - text.len() as u64;
            let read = (&mut file).take(missing).read_to_end(&mut text)?;
            let ends = text.len() as u64 >= left || (read as u64) < missing;
            if ends || text.contains(&b'\n') {
                break;
            }
            wanted = (wanted * 2).min(left);
        }
        let mut found = Lines {
            number: first.number,
            until: self.settled,
            ..Lines::default()
        };
        let mut rest = text.as_slice();
        while found.lines.len() < most {
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                break;
            };
            found.lines.push(rest[..end].to_vec());
            found.until += end as u64 + 1;
            rest = &rest[end + 1..];
        }
        if found.lines.is_empty() {
            found.half = true;
            found.until = first.bytes;
        }
        Ok(found)
    }

    /// Lines that were read are settled; a file all of whose lines are goes.
    ///
    /// # Errors
    ///
    /// The file system's: the file stays, and would be read again by the next process.
    pub(crate) fn settle(&mut self, lines: &Lines) -> io::Result<()> {
        let Some(first) = self
            .segments
            .front_mut()
            .filter(|first| first.number == lines.number)
        else {
            return Ok(());
        };
        self.settled = lines.until;
        first.lines = first
            .lines
            .saturating_sub(lines.lines.len() as u64 + u64::from(lines.half));
        if self.settled < first.bytes {
            return Ok(());
        }
        if self.segments.len() == 1 {
            self.open = None;
        }
        self.settled = 0;
        self.segments.pop_front();
        std::fs::remove_file(self.path(lines.number))
    }

    /// Gives the oldest file up, which cannot be read; tells how many lines that loses.
    pub(crate) fn give_up(&mut self) -> u64 {
        self.settled = 0;
        if self.segments.len() == 1 {
            self.open = None;
        }
        self.segments.pop_front().map_or(0, |first| first.lines)
    }

    /// Keeps a line apart, for a person to look at; `false`: its file is full.
    ///
    /// # Errors
    ///
    /// The file system's.
    pub(crate) fn set_aside(&self, name: &str, line: &[u8]) -> io::Result<bool> {
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.folder.join(name))?;
        if file.metadata()?.len() + line.len() as u64 > ASIDE_BYTES_MAX {
            return Ok(false);
        }
        let mut text = line.to_vec();
        text.push(b'\n');
        file.write_all(&text)?;
        Ok(true)
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("records-{number:012}.jsonl"))
    }
}

fn number(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    let number = name.strip_prefix("records-")?.strip_suffix(".jsonl")?;
    number.parse().ok()
}

/// Bytes and lines of a file; what stands behind the last line feed counts as a line.
fn measure(path: &Path) -> io::Result<(u64, u64)> {
    let mut file = BufReader::new(File::open(path)?);
    let (mut bytes, mut lines, mut whole) = (0, 0, true);
    loop {
        let part = file.fill_buf()?;
        let Some(last) = part.last() else {
            return Ok((bytes, lines + u64::from(!whole)));
        };
        whole = *last == b'\n';
        lines += part.iter().filter(|byte| **byte == b'\n').count() as u64;
        bytes += part.len() as u64;
        let read = part.len();
        file.consume(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        bytes: 1_000,
        segment_bytes: 20,
    };

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path = std::env::temp_dir().join(format!("cpd-spool-{}-{name}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Folder(path)
        }

        fn files(&self) -> Vec<String> {
            let names = std::fs::read_dir(&self.0)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.filter(|name| name != "lock").collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn texts(lines: &Lines) -> Vec<&str> {
        lines
            .lines
            .iter()
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect()
    }

    #[test]
    fn lines_come_in_their_order_until_they_are_settled() {
        let folder = Folder::new("order");
        let mut spool = Spool::open(&folder.0, BOUNDS).unwrap();
        assert!(spool.read(9).unwrap().is_none());
        spool.append(b"one\ntwo\nthree\n").unwrap();
        let lines = spool.read(2).unwrap().unwrap();
        assert_eq!(texts(&lines), ["one", "two"]);
        assert_eq!(texts(&spool.read(2).unwrap().unwrap()), ["one", "two"]);
        spool.settle(&lines).unwrap();
        spool.append(b"four\n").unwrap();
        let lines = spool.read(9).unwrap().unwrap();
        assert_eq!((texts(&lines), spool.lines()), (vec!["three", "four"], 2));
        spool.settle(&lines).unwrap();
        assert!(folder.files().is_empty(), "{:?}", folder.files());
        spool.append(b"five\n").unwrap();
        assert_eq!(texts(&spool.read(9).unwrap().unwrap()), ["five"]);
    }

    #[test]
    fn files_of_an_earlier_process_come_first() {
        let folder = Folder::new("earlier");
        let mut spool = Spool::open(&folder.0, BOUNDS).unwrap();
        spool.append(b"one is quite a long line\n").unwrap();
        spool.append(b"two\n").unwrap();
        assert_eq!(folder.files().len(), 2);
        let last = folder.0.join(&folder.files()[1]);
        let mut last = OpenOptions::new().append(true).open(last).unwrap();
        last.write_all(b"thr").unwrap();
        assert!(
            Spool::open(&folder.0, BOUNDS).is_err(),
            "one process at a time has the folder"
        );
        drop(spool);
        let mut spool = Spool::open(&folder.0, BOUNDS).unwrap();
        assert_eq!(spool.lines(), 3);
        spool.append(b"four\n").unwrap();
        let mut all = Vec::new();
        while let Some(lines) = spool.read(9).unwrap() {
            all.extend(texts(&lines).into_iter().map(str::to_owned));
            if lines.half {
                all.push("(half)".to_owned());
            }
            spool.settle(&lines).unwrap();
        }
        assert_eq!(all, ["one is quite a long line", "two", "(half)", "four"]);
        assert_eq!((spool.lines(), spool.bytes()), (0, 0));
    }

    #[test]
    fn beyond_its_bound_it_takes_no_more() {
        let folder = Folder::new("bound");
        let mut spool = Spool::open(&folder.0, BOUNDS).unwrap();
        let line = [b"x".repeat(99), b"\n".to_vec()].concat();
        let kept = spool.append(&line.repeat(20)).unwrap();
        assert_eq!((kept, spool.bytes()), (10, 1_000));
        assert_eq!(spool.append(&line).unwrap(), 0);
        let lines = spool.read(99).unwrap().unwrap();
        spool.settle(&lines).unwrap();
        assert_eq!(spool.append(&line).unwrap(), 1);
    }

    #[test]
    fn a_line_longer_than_a_read_is_read_whole() {
        let folder = Folder::new("long");
        let bounds = Bounds {
            bytes: 64 << 20,
            segment_bytes: 64 << 20,
        };
        let mut spool = Spool::open(&folder.0, bounds).unwrap();
        let length = usize::try_from(READ_BYTES).unwrap() * 3;
        spool
            .append(&[b"x".repeat(length), b"\nshort\n".to_vec()].concat())
            .unwrap();
        let lines = spool.read(1).unwrap().unwrap();
        assert_eq!(lines.lines[0].len(), length);
        spool.settle(&lines).unwrap();
        assert_eq!(texts(&spool.read(9).unwrap().unwrap()), ["short"]);
    }
}
