//! What went wrong with a script. The table of the policy decides then.

use std::fmt;

/// A script that gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its name.
    pub script: String,
    /// The function that was called; empty: its text was run.
    pub function: &'static str,
    /// The line, where one is known.
    pub line: Option<u32>,
    /// What happened.
    pub why: Why,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The text is no Lua.
    Syntax(String),
    /// Lua failed.
    Failed(String),
    /// The answer is none that is understood.
    Answer(String),
    /// It wanted more memory than it may have.
    Memory,
    /// It ran for more instructions than it may.
    Instructions,
    /// It had no answer in time.
    Late,
    /// No thread was free and too many calls waited for one.
    Busy,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Syntax(what) | Why::Failed(what) | Why::Answer(what) => f.write_str(what),
            Why::Memory => f.write_str("more memory than a script may have"),
            Why::Instructions => f.write_str("more instructions than a script may take"),
            Why::Late => f.write_str("no answer in time"),
            Why::Busy => f.write_str("too many calls wait for scripts"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.script)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.function.is_empty() {
            write!(f, ": {}", self.function)?;
        }
        write!(f, ": {}", self.why)
    }
}

impl std::error::Error for Fault {}
