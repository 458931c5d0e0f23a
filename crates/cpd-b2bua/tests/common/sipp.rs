//! What SIPp wrote down of a run: its complaints, and every message with its time.
//!
//! SIPp knows a repeated message only if it sent exactly one since. After 180 and 200 a second INVITE, as a machine without
//! time brings it (a SIPp that does not run for half a second finds several), ends the call. So unexpected messages end
//! nothing here ([`Trace::arguments`]), and afterwards each has to be one that had come before, byte for byte
//! ([`Trace::strange`]).

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The files of one SIPp.
#[derive(Clone)]
pub struct Trace {
    name: String,
    errors: PathBuf,
    messages: PathBuf,
}

/// A message that SIPp sent or got.
struct Seen {
    at: String,
    way: Way,
    text: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Sent,
    Came,
    /// It is told once more, after [`Way::Came`].
    Unexpected,
}

/// What stands between two messages.
const BETWEEN: &str = "-----------------------------------------------";

impl Trace {
    /// Of a SIPp that is not begun yet: what an earlier one of this name wrote is gone.
    pub fn new(folder: &Path, name: &str) -> Trace {
        let trace = Trace {
            name: name.to_owned(),
            errors: folder.join(format!("{name}.errors")),
            messages: folder.join(format!("{name}.messages")),
        };
        for file in [&trace.errors, &trace.messages] {
            // It may never have been there.
            let _ = std::fs::remove_file(file);
        }
        trace
    }

    /// Has SIPp write, and go on when a message is unexpected.
    pub fn arguments(&self) -> [&std::ffi::OsStr; 8] {
        [
            "-default_behaviors".as_ref(),
            "all,-abortunexp".as_ref(),
            "-trace_err".as_ref(),
            "-error_file".as_ref(),
            self.errors.as_os_str(),
            "-trace_msg".as_ref(),
            "-message_file".as_ref(),
            self.messages.as_os_str(),
        ]
    }

    /// Its first complaints.
    pub fn errors(&self) -> String {
        let text = std::fs::read_to_string(&self.errors).unwrap_or_default();
        text.chars().take(3_000).collect()
    }

    /// A message that was unexpected and had not come before.
    pub fn strange(&self) -> Option<String> {
        let seen = self.seen();
        let came = |text: &str| {
            let same = |seen: &&Seen| seen.way == Way::Came && seen.text == text;
            seen.iter().filter(same).count()
        };
        let unexpected = seen.iter().filter(|seen| seen.way == Way::Unexpected);
        // Of CANCEL and BYE it tells the call alone.
        let errors = std::fs::read_to_string(&self.errors).unwrap_or_default();
        let ending = seen.iter().filter(|seen| {
            let method = seen.text.split(' ').next().unwrap_or_default();
            let call = seen.text.lines().find_map(|line| line.strip_prefix("Call-ID: "));
            let told = |call: &str| errors.contains(&format!("unexpected {method} for call: {call}"));
            seen.way == Way::Came && matches!(method, "BYE" | "CANCEL") && call.is_some_and(told)
        });
        let mut strange = unexpected.chain(ending).filter(|seen| came(&seen.text) < 2);
        strange.next().map(|seen| seen.text.clone())
    }

    /// What went and came, a line each.
    pub fn ladder(&self) -> String {
        let mut ladder = format!("{}\n", self.name);
        let mut calls = HashMap::new();
        for Seen { at, way, text } in self.seen() {
            let mark = match way {
                Way::Sent => ">",
                Way::Came => "<",
                Way::Unexpected => "<!",
            };
            let header = |name: &str| {
                let value = text.lines().find_map(|line| line.strip_prefix(name));
                value.unwrap_or_default().trim().to_owned()
            };
            let count = calls.len() + 1;
            let call = *calls.entry(header("Call-ID:")).or_insert(count);
            let first = text.lines().next().unwrap_or_default();
            let _ = writeln!(
                ladder,
                "  {at} call {call} {mark:<2} {first} ({})",
                header("CSeq:")
            );
        }
        ladder
    }

    fn seen(&self) -> Vec<Seen> {
        let file = std::fs::read(&self.messages).unwrap_or_default();
        let file = String::from_utf8_lossy(&file);
        let parts = file.split(BETWEEN).filter_map(|part| {
            let (head, text) = part.split_once("\n\n")?;
            let (at, what) = head.split_once('\n')?;
            let way = if what.starts_with("Unexpected") {
                Way::Unexpected
            } else if what.contains("received") {
                Way::Came
            } else if what.contains("sent") {
                Way::Sent
            } else {
                return None;
            };
            Some(Seen {
                at: at.trim().to_owned(),
                way,
                text: text.trim_end().to_owned(),
            })
        });
        parts.collect()
    }
}
