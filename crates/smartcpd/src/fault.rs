//! What can go wrong, told in one line: what was tried, on what, and why it failed.
//!
//! A fault never ends the run: the other files are still done, and the exit code is that of the first fault in the
//! order of the arguments.

use std::fmt;
use std::path::Path;

/// Classes of faults; the number is the exit code (2 is clap's own, for wrong usage).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultClass {
    /// Missing, not permitted, or an error of the disk.
    Unreadable = 3,
    /// Not audio, or audio in an encoding that is not known here.
    NotAudio = 4,
    /// Audio, but empty, truncated or damaged.
    Damaged = 5,
    /// The prompt library: unknown keys, a prompt without audio, an id given twice.
    Library = 6,
    /// The list of calls.
    Calls = 7,
    /// A result could not be written.
    Output = 8,
    /// `evaluate` found a figure below the guard.
    BelowGuard = 9,
    /// A tone plan, or a country without one.
    Plans = 10,
    /// A socket, an address, a certificate, a thread: what calls need.
    Network = 11,
    /// `simulate dialer` and `demo`: a call was lost.
    CallsLost = 12,
    /// The configuration: unknown keys, wrong values.
    Configuration = 13,
    /// `doctor` found something that has to be mended.
    Unfit = 14,
    /// Calls were cut off: the deadline of a shutdown passed, or it was hurried by a second signal.
    CutOff = 15,
}

/// The text of `--help` on exit codes.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  everything was done
  2  wrong usage
  3  a file is missing or cannot be read
  4  a file is not audio, or its encoding is not known
  5  a file is empty, truncated or damaged
  6  the prompt library has a fault (unknown key, prompt without audio, id given twice)
  7  the list of calls has a fault
  8  a result could not be written
  9  evaluate: a figure lies below the guard
  10 a tone plan has a fault, or a country has none
  11 a socket, an address or a certificate that calls need cannot be had
  12 simulate dialer, demo: a call was lost
  13 the configuration has a fault (unknown key, wrong value)
  14 doctor: something has to be mended
  15 serve: calls were cut off by the deadline of the shutdown or by a second signal
A fault is told in one line on standard error; the other files are still done, and the code is that of the first fault.";

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) class: FaultClass,
    message: String,
}

impl Fault {
    /// A fault from words that follow "failed to".
    pub(crate) fn new(class: FaultClass, message: impl fmt::Display) -> Fault {
        Fault {
            class,
            message: message.to_string(),
        }
    }

    /// A file that could not be read.
    pub(crate) fn unreadable(path: &Path, why: &std::io::Error) -> Fault {
        Fault::reading(FaultClass::Unreadable, path, system_words(why))
    }

    /// A file that was read and is not what it should be.
    pub(crate) fn reading(class: FaultClass, path: &Path, why: impl fmt::Display) -> Fault {
        Fault::new(class, format_args!("read {}: {why}", path.display()))
    }

    /// A file that could not be written.
    pub(crate) fn unwritable(path: &Path, why: &std::io::Error) -> Fault {
        let what = format_args!("write {}: {}", path.display(), system_words(why)).to_string();
        Fault::new(FaultClass::Output, what)
    }
}

/// The system's reason without its error number: a person reads it.
pub(crate) fn system_words(why: &std::io::Error) -> String {
    let words = why.to_string();
    let words = words.split(" (os error").next().unwrap_or_default();
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "failed to {}", self.message)
    }
}

/// Collects faults: tells each at once, keeps the class of the first.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    first: Option<FaultClass>,
}

impl Faults {
    /// Tells a fault on standard error.
    pub(crate) fn tell(&mut self, fault: &Fault) {
        eprintln!("smartcpd: {fault}");
        self.first.get_or_insert(fault.class);
    }

    /// Counts a fault that was told elsewhere.
    pub(crate) fn count(&mut self, class: FaultClass) {
        self.first.get_or_insert(class);
    }

    /// The exit code of the run.
    pub(crate) fn exit_code(&self) -> u8 {
        self.first.map_or(0, |class| class as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_one_line_with_path_and_reason() {
        let why = std::fs::read("no/such/file.wav").expect_err("no such file");
        let fault = Fault::unreadable(Path::new("no/such/file.wav"), &why);
        assert_eq!(
            fault.to_string(),
            "failed to read no/such/file.wav: no such file or directory"
        );
    }

    #[test]
    fn the_first_fault_gives_the_exit_code() {
        let mut faults = Faults::default();
        assert_eq!(faults.exit_code(), 0);
        faults.tell(&Fault::new(FaultClass::Damaged, "read a: empty"));
        faults.tell(&Fault::new(FaultClass::NotAudio, "read b: not audio"));
        assert_eq!(faults.exit_code(), 5);
    }
}
