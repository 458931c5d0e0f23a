//! Session descriptions (SDP, RFC 8866) on their way through us.
//!
//! A description is the bytes that came and the places of their lines. It is read where we need to know something
//! ([`Description::audio`]) and written again with our addresses in it ([`Description::relayed`]); what we do not
//! understand, a name in Latin-1 as much as an attribute of a carrier's own, goes on as it came. Nothing that is merely
//! odd costs a call: lines may be missing or in another order, and end in whatever ends a line somewhere.
//!
//! One stream is carried, the first audio that is not refused, or a fax (T.38) where no audio is. What cannot be carried
//! says so in words ([`CannotCarry`]).

mod audio;
mod crypto;
mod relay;
mod write;

#[cfg(test)]
mod tests;

use std::fmt;
use std::net::SocketAddr;
use std::ops::Range;

pub use audio::{Audio, Direction, Format, Profile};
pub use crypto::Crypto;
pub use relay::{Local, Order, Origin, Protection};
pub use write::{answer, offer};

/// Longest description: browsers that offer all they have stay below a quarter of it.
pub const BYTES_MAX: usize = 32 * 1024;
/// Most lines, for the same reason.
pub const LINES_MAX: usize = 1_024;
/// Most media; a conference of that size does not go through a trunk.
pub const MEDIA_MAX: usize = 32;

/// A description that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Description {
    bytes: Box<[u8]>,
    lines: Vec<Line>,
    /// Where each medium's `m=` stands in `lines`.
    media: Vec<u16>,
}

/// A line: its letter, and where its value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    letter: u8,
    from: u16,
    to: u16,
}

/// Why bytes are no description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSdp {
    /// Longer than [`BYTES_MAX`].
    TooLong {
        /// Its bytes.
        bytes: usize,
    },
    /// More than [`LINES_MAX`] lines.
    TooManyLines,
    /// More than [`MEDIA_MAX`] media.
    TooManyMedia,
    /// The first line is not `v=0`.
    NoVersion,
    /// An `m=` line without medium, port and transport.
    MediaLine {
        /// Which line, from 1.
        line: usize,
    },
}

impl fmt::Display for BadSdp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadSdp::TooLong { bytes } => {
                write!(f, "session description of {bytes} bytes, limit {BYTES_MAX}")
            }
            BadSdp::TooManyLines => write!(f, "session description of more than {LINES_MAX} lines"),
            BadSdp::TooManyMedia => write!(f, "session description of more than {MEDIA_MAX} media"),
            BadSdp::NoVersion => write!(f, "session description does not begin with v=0"),
            BadSdp::MediaLine { line } => {
                write!(
                    f,
                    "session description, line {line}: no medium, port and transport"
                )
            }
        }
    }
}

impl std::error::Error for BadSdp {}

/// Why nothing of a description can be carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotCarry {
    /// Neither audio nor fax is described.
    NoAudio,
    /// The keys are agreed in the media path (DTLS-SRTP, RFC 5764), from end to end.
    Dtls,
    /// A transport that is not UDP with RTP, `TCP/RTP/AVP` for example.
    Transport(String),
    /// RTP is secured, and no `a=crypto` line that we know says with which key.
    NoKey,
    /// An answer was asked for, and no codec is in both lists.
    NoCodec,
}

impl fmt::Display for CannotCarry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CannotCarry::NoAudio => write!(f, "no audio is described"),
            CannotCarry::Dtls => write!(f, "DTLS-SRTP cannot be relayed; RTP and SRTP with a=crypto can"),
            CannotCarry::Transport(transport) => write!(f, "transport {transport} cannot be relayed"),
            CannotCarry::NoKey => write!(f, "SRTP without an a=crypto line of a known suite"),
            CannotCarry::NoCodec => write!(f, "no codec in common"),
        }
    }
}

impl std::error::Error for CannotCarry {}

/// The stream that is carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Speech.
    Audio(Audio),
    /// A fax, datagrams that nobody here looks into (T.38 over UDPTL). `None`: refused, or without an address.
    Fax(Option<SocketAddr>),
}

impl Description {
    /// Reads a description. Bytes that are no line of any description are left out.
    pub fn parse(bytes: &[u8]) -> Result<Description, BadSdp> {
        if bytes.len() > BYTES_MAX {
            return Err(BadSdp::TooLong { bytes: bytes.len() });
        }
        let mut description = Description {
            bytes: bytes.into(),
            // A usual line has more than sixteen bytes.
            lines: Vec::with_capacity((bytes.len() / 16 + 1).min(LINES_MAX)),
            media: Vec::new(),
        };
        let mut from = 0;
        let mut number = 0;
        while from < bytes.len() {
            // CR alone ends a line too: a value that held one would be two lines to whoever reads it next.
            let end = bytes[from..]
                .iter()
                .position(|&byte| byte == b'\r' || byte == b'\n')
                .map_or(bytes.len(), |length| from + length);
            let line = &bytes[from..end];
            number += 1;
            if let [letter, b'=', ..] = *line
                && letter.is_ascii_lowercase()
            {
                description.push(letter, from + 2..end, number)?;
            }
            from = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
        }
        match description.lines.first() {
            Some(first) if first.letter == b'v' && trim(description.value(*first)) == b"0" => Ok(description),
            _ => Err(BadSdp::NoVersion),
        }
    }

    /// The bytes that came.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The stream that is carried, or why there is none.
    pub fn carried(&self) -> Result<Carried, CannotCarry> {
        let index = self.carried_index().ok_or(CannotCarry::NoAudio)?;
        match self.medium(index).kind {
            Kind::Audio => {
                let audio = self.read_audio(index);
                audio.refused_because()?;
                Ok(Carried::Audio(audio))
            }
            Kind::Fax => Ok(Carried::Fax(self.read_address(index).rtp)),
            Kind::Else => Err(CannotCarry::NoAudio),
        }
    }

    /// The audio, where that is what is carried.
    pub fn audio(&self) -> Option<Audio> {
        let index = self.carried_index()?;
        (self.medium(index).kind == Kind::Audio).then(|| self.read_audio(index))
    }

    fn push(&mut self, letter: u8, value: Range<usize>, number: usize) -> Result<(), BadSdp> {
        if self.lines.len() == LINES_MAX {
            return Err(BadSdp::TooManyLines);
        }
        if letter == b'm' {
            if self.media.len() == MEDIA_MAX {
                return Err(BadSdp::TooManyMedia);
            }
            if words(&self.bytes[value.clone()]).nth(2).is_none() {
                return Err(BadSdp::MediaLine { line: number });
            }
            self.media.push(self.lines.len() as u16);
        }
        self.lines.push(Line {
            letter,
            // `BYTES_MAX` fits into sixteen bits.
            from: value.start as u16,
            to: value.end as u16,
        });
        Ok(())
    }

    fn value(&self, line: Line) -> &[u8] {
        &self.bytes[usize::from(line.from)..usize::from(line.to)]
    }

    /// The lines before the first medium.
    fn session(&self) -> &[Line] {
        let end = self.media.first().map_or(self.lines.len(), |&m| usize::from(m));
        &self.lines[..end]
    }

    /// The lines of a medium, `m=` first.
    fn section(&self, index: usize) -> &[Line] {
        let from = usize::from(self.media[index]);
        let to = self
            .media
            .get(index + 1)
            .map_or(self.lines.len(), |&m| usize::from(m));
        &self.lines[from..to]
    }

    /// Its `m=` line taken apart.
    fn medium(&self, index: usize) -> Medium<'_> {
        Medium::read(self.value(self.lines[usize::from(self.media[index])]))
    }

    /// Which medium is carried: the first audio that is offered, else the first fax that is, else a refused one.
    fn carried_index(&self) -> Option<usize> {
        let find = |kind: Kind, offered: bool| {
            (0..self.media.len()).find(|&index| {
                let medium = self.medium(index);
                medium.kind == kind && (!offered || medium.port != 0)
            })
        };
        find(Kind::Audio, true)
            .or_else(|| find(Kind::Fax, true))
            .or_else(|| find(Kind::Audio, false))
            .or_else(|| find(Kind::Fax, false))
    }
}

impl fmt::Debug for Description {
    /// Lines and media only: a description holds keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Description")
            .field("lines", &self.lines.len())
            .field("media", &self.media.len())
            .finish_non_exhaustive()
    }
}

/// What a medium is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Audio,
    /// `m=image … udptl t38`.
    Fax,
    Else,
}

/// An `m=` line.
#[derive(Clone, Copy, Debug)]
struct Medium<'a> {
    kind: Kind,
    name: &'a [u8],
    /// 0: refused. One that is no number cannot be sent to either.
    port: u16,
    transport: &'a [u8],
    /// The formats, as they stand.
    formats: &'a [u8],
}

impl<'a> Medium<'a> {
    fn read(value: &'a [u8]) -> Medium<'a> {
        let (name, rest) = word(value);
        let (port, rest) = word(rest);
        let (transport, formats) = word(rest);
        // `4000/2` offers two ports; the first is enough.
        let port = port.split(|&byte| byte == b'/').next().and_then(number);
        let kind = if name.eq_ignore_ascii_case(b"audio") {
            Kind::Audio
        } else if name.eq_ignore_ascii_case(b"image") && transport.eq_ignore_ascii_case(b"udptl") {
            Kind::Fax
        } else {
            Kind::Else
        };
        Medium {
            kind,
            name,
            port: port.unwrap_or(0),
            transport,
            formats: trim(formats),
        }
    }
}

/// The first word, and what follows it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    let end = text
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(text.len());
    text.split_at(end)
}

/// All words. Several spaces stand where one should.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
}

fn trim(text: &[u8]) -> &[u8] {
    text.trim_ascii()
}

/// A number of decimal digits that fits.
fn number<T: std::str::FromStr>(digits: &[u8]) -> Option<T> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Name and value of an attribute, `rtpmap:8 PCMA/8000`.
fn attribute(value: &[u8]) -> (&[u8], &[u8]) {
    match value.iter().position(|&byte| byte == b':') {
        Some(colon) => (trim(&value[..colon]), trim(&value[colon + 1..])),
        None => (trim(value), b""),
    }
}
