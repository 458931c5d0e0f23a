//! What is wrong with a message, and where.

use std::fmt;

/// The kind of a [`Fault`]; decides the answer that a request deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Nothing but line ends.
    Empty,
    /// More than [`MESSAGE_BYTES_MAX`](crate::message::MESSAGE_BYTES_MAX) bytes.
    TooLarge,
    /// More than [`HEADERS_MAX`](crate::message::HEADERS_MAX) header lines.
    TooManyHeaders,
    /// The first line is neither a request line nor a status line.
    StartLine,
    /// A version other than `SIP/2.0`.
    Version,
    /// No empty line ends the headers.
    Unfinished,
    /// A line without a colon, or with a name that is no token.
    HeaderLine,
    /// `Content-Length` is no number, differs from a second one, or promises more bytes than came.
    Length,
    /// A header that every message needs is absent.
    Missing,
    /// A header that may stand once stands twice, or holds several values.
    Repeated,
    /// A header's value does not follow its grammar.
    Value,
    /// A URI does not follow its grammar.
    Uri,
    /// `CSeq` names another method than the request line.
    Mismatch,
}

/// What is wrong, in which header, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind.
    pub kind: FaultKind,
    /// The header, or `""` when no header is to blame.
    pub header: &'static str,
    /// What is wrong, in a few words fit for a reason phrase.
    pub what: &'static str,
    /// The byte, counted from the start of what was parsed: the message, or the header's value.
    pub at: usize,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, what: &'static str, at: usize) -> Self {
        Fault {
            kind,
            header: "",
            what,
            at,
        }
    }

    pub(crate) fn value(what: &'static str, at: usize) -> Self {
        Fault::new(FaultKind::Value, what, at)
    }

    pub(crate) fn uri(what: &'static str, at: usize) -> Self {
        Fault::new(FaultKind::Uri, what, at)
    }

    pub(crate) fn in_header(self, header: &'static str) -> Self {
        Fault { header, ..self }
    }

    /// The status code to answer a request with.
    pub fn status(&self) -> u16 {
        match self.kind {
            FaultKind::Version => 505,
            FaultKind::TooLarge | FaultKind::TooManyHeaders => 513,
            FaultKind::Empty
            | FaultKind::StartLine
            | FaultKind::Unfinished
            | FaultKind::HeaderLine
            | FaultKind::Length
            | FaultKind::Missing
            | FaultKind::Repeated
            | FaultKind::Value
            | FaultKind::Uri
            | FaultKind::Mismatch => 400,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.header {
            "" => write!(f, "{} at byte {}", self.what, self.at),
            header => write!(f, "{header}: {} at byte {}", self.what, self.at),
        }
    }
}

impl std::error::Error for Fault {}
