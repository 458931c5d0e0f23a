//! What SIPp wrote down of a run: its complaints, and every message with its time.
//!
//! SIPp knows a repeated message only if it sent exactly one since. After 180 and 200 a second INVITE, as a machine without
//! time brings it (a SIPp that does not run for half a second finds several), ends the call. So unexpected messages end
//! nothing here ([`Trace::arguments`]), and afterwards there may be no more of them than were repeated, byte for byte
//! ([`Trace::strange`]).

use std::collections::{HashMap, HashSet};
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

impl Seen {
    /// Of which call, and its method or status.
    fn kind(&self) -> (&str, &str) {
        let first = match self.text.strip_prefix("SIP/2.0 ") {
            Some(status) => status,
            None => &self.text,
        };
        (
            self.header("Call-ID:"),
            first.split(' ').next().unwrap_or_default(),
        )
    }

    fn header(&self, name: &str) -> &str {
        let value = self.text.lines().find_map(|line| line.strip_prefix(name));
        value.unwrap_or_default().trim()
    }
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

    /// What was unexpected more often in a call than it was repeated there, if anything was.
    ///
    /// It is counted by method and by status: a repeated ACK may have been taken for the next one, and then it is that one
    /// which is unexpected.
    pub fn strange(&self) -> Option<String> {
        let seen = self.seen();
        let mut repeats: HashMap<(&str, &str), usize> = HashMap::new();
        let mut known = HashSet::new();
        for seen in seen.iter().filter(|seen| seen.way == Way::Came) {
            let repeated = !known.insert(&seen.text);
            *repeats.entry(seen.kind()).or_default() += usize::from(repeated);
        }
        let mut unexpected: HashMap<(&str, &str), usize> = HashMap::new();
        for seen in seen.iter().filter(|seen| seen.way == Way::Unexpected) {
            *unexpected.entry(seen.kind()).or_default() += 1;
        }
        // Of CANCEL and BYE it tells the call alone.
        let errors = std::fs::read_to_string(&self.errors).unwrap_or_default();
        for (call, kind) in repeats
            .keys()
            .filter(|(_, kind)| matches!(*kind, "BYE" | "CANCEL"))
        {
            let told = errors
                .matches(&format!("unexpected {kind} for call: {call}"))
                .count();
            *unexpected.entry((*call, *kind)).or_default() += told;
        }
        let mut strange = unexpected.into_iter().filter(|(which, times)| {
            let repeated = repeats.get(which).copied().unwrap_or(0);
            *times > repeated
        });
        strange
            .next()
            .map(|((call, kind), times)| format!("{kind}, {times} times, in {call}"))
    }

    /// What went and came, a line each.
    pub fn ladder(&self) -> String {
        let mut ladder = format!("{}\n", self.name);
        let mut calls = HashMap::new();
        for seen in self.seen() {
            let mark = match seen.way {
                Way::Sent => ">",
                Way::Came => "<",
                Way::Unexpected => "<!",
            };
            let count = calls.len() + 1;
            let call = *calls.entry(seen.header("Call-ID:").to_owned()).or_insert(count);
            let first = seen.text.lines().next().unwrap_or_default();
            let (at, order) = (&seen.at, seen.header("CSeq:"));
            let _ = writeln!(ladder, "  {at} call {call} {mark:<2} {first} ({order})");
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
            } else if what.contains("message received") {
                Way::Came
            } else if what.contains("sent") {
                Way::Sent
            } else {
                // Of a call that is over it is told once more.
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
