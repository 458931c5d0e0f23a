//! Messages: parsed into spans, edited by the line, written as they came.
//!
//! A [`Message`] owns the bytes it was parsed from and one list of spans into them; nothing is copied per header. An
//! edit appends text to those bytes and moves a span; every line that was not edited is written byte for byte as it
//! came, folds, odd spacing and foreign character sets included.

mod body;
mod check;
mod edit;
#[cfg(test)]
mod hostile;
mod method;
mod name;
mod parse;
mod typed;

pub use body::{Part, parts};
pub use method::Method;
pub use name::Name;
pub use parse::Malformed;
pub(crate) use parse::content_length;

use std::fmt;

/// The longest message that is parsed: 64 KiB, as much as a UDP datagram can hold.
pub const MESSAGE_BYTES_MAX: usize = 65_536;

/// The most header lines of a parsed message. Real messages have 10 to 60; the bound keeps look-ups short.
pub const HEADERS_MAX: usize = 256;

/// A request or a response.
///
/// ```
/// use cpd_sip::message::{Message, Name};
/// let bytes = b"BYE sip:a@192.0.2.1 SIP/2.0\r\nv: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n\r\n";
/// let mut message = Message::parse_datagram(bytes.to_vec()).unwrap();
/// assert_eq!(message.header(Name::VIA), Some(&b"SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1"[..]));
/// message.push("X-Account", b"42");
/// assert!(message.to_bytes().ends_with(b"branch=z9hG4bK1\r\nX-Account: 42\r\n\r\n"));
/// ```
#[derive(Clone)]
pub struct Message {
    /// What was parsed, and behind it the text of every edit.
    text: Vec<u8>,
    start: Start,
    lines: Vec<Line>,
    body: Span,
}

/// A range of `Message::text`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn new(start: usize, end: usize) -> Self {
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    fn of(self, text: &[u8]) -> &[u8] {
        &text[self.start as usize..self.end as usize]
    }
}

/// The first line.
#[derive(Clone)]
struct Start {
    /// With its line end.
    line: Span,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Request { method: Method, uri: Span },
    Response { status: u16, reason: Span },
}

/// One header line, folds included.
#[derive(Clone, Copy)]
struct Line {
    /// With its line end.
    whole: Span,
    /// Without white space at its ends; folds stay in it.
    value: Span,
    name_bytes: u16,
    /// The number of a known name.
    known: u8,
}

impl Line {
    fn name(self, text: &[u8]) -> Name<'_> {
        let start = self.whole.start as usize;
        Name::numbered(self.known, &text[start..start + usize::from(self.name_bytes)])
    }
}

impl Message {
    /// True for a request.
    pub fn is_request(&self) -> bool {
        matches!(self.start.kind, Kind::Request { .. })
    }

    /// The method of a request.
    pub fn method(&self) -> Option<&Method> {
        match &self.start.kind {
            Kind::Request { method, .. } => Some(method),
            Kind::Response { .. } => None,
        }
    }

    /// The Request-URI as it stands; empty for a response.
    pub fn uri(&self) -> &[u8] {
        match &self.start.kind {
            Kind::Request { uri, .. } => uri.of(&self.text),
            Kind::Response { .. } => b"",
        }
    }

    /// The status code of a response, 100 to 699; 0 for a request.
    pub fn status(&self) -> u16 {
        match self.start.kind {
            Kind::Request { .. } => 0,
            Kind::Response { status, .. } => status,
        }
    }

    /// The reason phrase of a response, any bytes; empty for a request.
    pub fn reason(&self) -> &[u8] {
        match &self.start.kind {
            Kind::Request { .. } => b"",
            Kind::Response { reason, .. } => reason.of(&self.text),
        }
    }

    /// Every header line in order: its name and its value.
    pub fn headers(&self) -> impl Iterator<Item = (Name<'_>, &[u8])> {
        self.lines
            .iter()
            .map(|line| (line.name(&self.text), line.value.of(&self.text)))
    }

    /// The value of the first line with this name.
    pub fn header<'n>(&self, name: impl Into<Name<'n>>) -> Option<&[u8]> {
        self.find(name.into())
            .map(|place| self.lines[place].value.of(&self.text))
    }

    /// The values of all lines with this name; a line that holds several values is one item.
    pub fn all<'a, 'n: 'a>(&'a self, name: impl Into<Name<'n>>) -> impl Iterator<Item = &'a [u8]> {
        let name = name.into();
        self.lines
            .iter()
            .filter(move |line| self.is_named(line, name))
            .map(|line| line.value.of(&self.text))
    }

    /// Each value of a list header, in order, whether they share lines or not.
    ///
    /// Only for headers whose grammar is a comma-separated list: `Via`, `Contact`, `Route`, `Supported` and the like,
    /// not for `Authorization` or `Date`.
    pub fn values<'a, 'n: 'a>(&'a self, name: impl Into<Name<'n>>) -> impl Iterator<Item = &'a [u8]> {
        self.all(name).flat_map(crate::headers::split)
    }

    /// True if a list header holds this token, without regard to case.
    pub fn lists<'n>(&self, name: impl Into<Name<'n>>, token: &str) -> bool {
        self.values(name.into())
            .any(|value| value.eq_ignore_ascii_case(token.as_bytes()))
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        self.body.of(&self.text)
    }

    /// Appends the message as it goes on the wire.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        let mut pending = self.start.line;
        for line in &self.lines {
            // Lines that lie side by side, as in an unedited message, are copied in one piece.
            if line.whole.start == pending.end {
                pending.end = line.whole.end;
            } else {
                out.extend_from_slice(pending.of(&self.text));
                pending = line.whole;
            }
        }
        out.extend_from_slice(pending.of(&self.text));
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(self.body());
    }

    /// The message as it goes on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.text.len() + 2);
        self.write_to(&mut out);
        out
    }

    fn is_named(&self, line: &Line, name: Name<'_>) -> bool {
        line.known == name.number() && line.name(&self.text) == name
    }

    fn find(&self, name: Name<'_>) -> Option<usize> {
        self.lines.iter().position(|line| self.is_named(line, name))
    }
}

/// Tells the first line without its URI, and sizes: numbers and bodies stay out of logs.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.start.kind {
            Kind::Request { method, .. } => write!(f, "{method}")?,
            Kind::Response { status, .. } => write!(f, "{status}")?,
        }
        write!(
            f,
            " ({} headers, body of {} bytes)",
            self.lines.len(),
            self.body().len()
        )
    }
}
