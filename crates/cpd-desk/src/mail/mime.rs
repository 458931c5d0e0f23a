//! The parts of a mail, in work bounded by its size.
//!
//! `mail-parser` reads the fields and undoes the encodings. The tree of parts is read here, for with many false boundaries its own
//! reader takes time by the square of a mail's length, and it decodes before anybody can ask which charset a wrong label hides. Each
//! level of nesting looks once at its own bytes.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::parsers::MessageStream;

use super::charset;

/// Bytes of a head that are read; the longest that real mail has, with a dozen servers' seals, are near 50 KiB.
pub(super) const HEAD_MAX: usize = 128 * 1024;
/// Bytes of one field's value.
pub(super) const FIELD_MAX: usize = 16 * 1024;
/// Fields of a head.
pub(super) const FIELDS_MAX: usize = 500;
/// Parts within parts; mail that people write has four.
pub(super) const NESTING_MAX: usize = 12;
/// Parts of a mail, leaves and branches.
pub(super) const PARTS_MAX: usize = 200;
/// RFC 2046 says 70; some programs write more.
const BOUNDARY_MAX: usize = 200;

/// The fields of a head, as they came: names small, values in one line and undecoded but for their charset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        let field = self.0.iter().find(|(of, _)| of == name);
        field.map(|(_, value)| value.as_str())
    }

    /// All values of a name, the topmost first.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(of, _)| of == name)
            .map(|(_, value)| value.as_str())
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Reads a head: its fields, how many bytes it has with the empty line after it, and whether something was left out.
    pub(super) fn read(bytes: &[u8]) -> (Fields, usize, bool) {
        let end = head_end(bytes);
        let mut cut = end.body > HEAD_MAX;
        let head = charset::guess(&bytes[..end.head.min(HEAD_MAX)]);
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in head.lines() {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            if fields.len() == FIELDS_MAX {
                cut = true;
                break;
            }
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        for (_, value) in &mut fields {
            if value.len() > FIELD_MAX {
                *value = super::cut(value, FIELD_MAX).to_owned();
                cut = true;
            }
        }
        (Fields(fields), end.body, cut)
    }
}

struct Head {
    /// Where the fields end.
    head: usize,
    /// Where the body begins.
    body: usize,
}

/// A head ends at an empty line, or before a line that is no field.
fn head_end(bytes: &[u8]) -> Head {
    let mut at = 0;
    for (n, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let bare = bare(line);
        if bare.is_empty() {
            return Head {
                head: at,
                body: at + line.len(),
            };
        }
        let folded = n > 0 && matches!(bare[0], b' ' | b'\t');
        // A mailbox's own mark is before the first field of some stores.
        let store = n == 0 && (bare.starts_with(b"From ") || bare.starts_with(b">From "));
        if !folded && !store && !is_field(bare) {
            return Head { head: at, body: at };
        }
        at += line.len();
    }
    Head { head: at, body: at }
}

fn is_field(line: &[u8]) -> bool {
    let name = line
        .iter()
        .take_while(|byte| (b'!'..=b'~').contains(*byte) && **byte != b':')
        .count();
    let after = line.get(name..).unwrap_or_default().trim_ascii_start();
    name > 0 && name <= 100 && after.first() == Some(&b':')
}

fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A type with its attributes (`text/plain; charset=koi8-r`), or a disposition.
#[derive(Clone, Debug, Default)]
pub(super) struct Kind {
    pub(super) kind: String,
    attributes: Vec<(String, String)>,
}

impl Kind {
    pub(super) fn read(value: &str) -> Kind {
        let line = format!("{value}\n");
        let read = MessageStream::new(line.as_bytes()).parse_content_type();
        let Some(read) = read.as_content_type() else {
            return Kind::default();
        };
        let kind = match read.subtype() {
            Some(sub) => format!("{}/{sub}", read.ctype()),
            None => read.ctype().to_owned(),
        };
        let attributes = read.attributes().unwrap_or_default();
        Kind {
            kind: kind.to_ascii_lowercase(),
            attributes: attributes
                .iter()
                .map(|one| (one.name.to_ascii_lowercase(), one.value.to_string()))
                .collect(),
        }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(of, _)| of == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A part.
pub(super) struct Part<'a> {
    pub(super) fields: Fields,
    pub(super) kind: Kind,
    pub(super) disposition: Kind,
    /// As it came, encoded.
    pub(super) raw: &'a [u8],
    pub(super) parts: Vec<Part<'a>>,
}

/// What is left of what a mail may have.
pub(super) struct Budget {
    parts: usize,
    /// Something was left out.
    pub(super) over: bool,
}

impl Budget {
    pub(super) fn new() -> Budget {
        Budget {
            parts: PARTS_MAX,
            over: false,
        }
    }
}

impl<'a> Part<'a> {
    /// Reads a part, with what is in it. `or`: its type where it says none.
    pub(super) fn read(bytes: &'a [u8], or: &str, depth: usize, budget: &mut Budget) -> Part<'a> {
        let (fields, body, cut) = Fields::read(bytes);
        budget.over |= cut;
        budget.parts = budget.parts.saturating_sub(1);
        let kind = match fields.first("content-type") {
            Some(value) => Kind::read(value),
            None => Kind::default(),
        };
        let kind = if kind.kind.contains('/') {
            kind
        } else {
            Kind {
                kind: or.to_owned(),
                ..kind
            }
        };
        let disposition = fields
            .first("content-disposition")
            .map(Kind::read)
            .unwrap_or_default();
        let mut part = Part {
            kind,
            disposition,
            raw: &bytes[body..],
            parts: Vec::new(),
            fields,
        };
        if part.kind.kind.starts_with("multipart/") {
            part.branch(depth, budget);
        }
        part
    }

    fn branch(&mut self, depth: usize, budget: &mut Budget) {
        let boundary = self.kind.attribute("boundary").unwrap_or_default().trim_end();
        let pieces = match boundary {
            "" => Vec::new(),
            boundary if boundary.len() > BOUNDARY_MAX => Vec::new(),
            boundary => pieces(self.raw, boundary.as_bytes(), budget.parts),
        };
        if pieces.is_empty() {
            // A branch without parts is a text, or there would be nothing to read.
            self.kind = Kind {
                kind: "text/plain".to_owned(),
                ..self.kind.clone()
            };
            return;
        }
        if depth >= NESTING_MAX {
            budget.over = true;
            self.kind = Kind {
                kind: "application/octet-stream".to_owned(),
                ..self.kind.clone()
            };
            return;
        }
        let or = if self.kind.kind == "multipart/digest" {
            "message/rfc822"
        } else {
            "text/plain"
        };
        for piece in pieces {
            if budget.parts == 0 {
                budget.over = true;
                return;
            }
            self.parts.push(Part::read(piece, or, depth + 1, budget));
        }
    }

    /// Its bytes, decoded. What is not encoded as it says is left as it is.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let encoding = self.fields.first("content-transfer-encoding").unwrap_or_default();
        let encoding = encoding.split(';').next().unwrap_or_default().trim();
        let decoded = if encoding.eq_ignore_ascii_case("base64") {
            base64_decode(self.raw)
        } else if encoding.eq_ignore_ascii_case("quoted-printable") {
            quoted_printable_decode(self.raw)
        } else {
            None
        };
        decoded.unwrap_or_else(|| self.raw.to_vec())
    }

    /// Its text.
    pub(super) fn text(&self) -> String {
        charset::decode(&self.bytes(), self.kind.attribute("charset"))
    }
}

/// The pieces between lines of a boundary; `max`, and one more that shows that there are more.
fn pieces<'a>(bytes: &'a [u8], boundary: &[u8], max: usize) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut begin = None;
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let after = line
            .strip_prefix(b"--")
            .and_then(|line| line.strip_prefix(boundary));
        let after = after.map(<[u8]>::trim_ascii);
        if let Some(b"" | b"--") = after {
            if let Some(begin) = begin {
                pieces.push(without_end(&bytes[begin..at]));
            }
            begin = (after == Some(b"")).then_some(at + line.len());
            if begin.is_none() || pieces.len() > max {
                return pieces;
            }
        }
        at += line.len();
    }
    // The last boundary is missing where a mail was cut on its way.
    if let Some(begin) = begin {
        pieces.push(&bytes[begin..]);
    }
    pieces
}

/// The line end before a boundary belongs to the boundary.
fn without_end(piece: &[u8]) -> &[u8] {
    let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
    piece.strip_suffix(b"\r").unwrap_or(piece)
}

/// A text field (`Subject`) with its words decoded.
pub(super) fn words(value: &str) -> String {
    let line = format!("{value}\n");
    let read = MessageStream::new(line.as_bytes()).parse_unstructured();
    read.into_text()
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default()
}
