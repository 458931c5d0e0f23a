//! Bodies of several parts (RFC 5621, RFC 2046 5.1).

use super::{Message, Name};
use crate::headers::ContentType;
use crate::scan;

/// One part of a body.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The part's `Content-Type`; `text/plain` if it has none.
    pub content_type: &'a [u8],
    /// The part's other headers too, as they stand.
    pub head: &'a [u8],
    /// The part's content.
    pub content: &'a [u8],
}

/// The most parts that are looked at. SDP with ISUP or location has two or three.
const PARTS_MAX: usize = 16;

impl Message {
    /// The content of the first part of this type, be the body of one part or of several: `application/sdp`.
    pub fn part(&self, content_type: &str) -> Option<&[u8]> {
        let body = self.body();
        if body.is_empty() {
            return None;
        }
        let whole = self.header(Name::CONTENT_TYPE)?;
        let parsed = ContentType::parse(whole).ok()?;
        if parsed.is(content_type) {
            return Some(body);
        }
        if !parsed.kind.eq_ignore_ascii_case(b"multipart") {
            return None;
        }
        let matches =
            |part: &Part<'_>| ContentType::parse(part.content_type).is_ok_and(|t| t.is(content_type));
        parts(whole, body).find(matches).map(|part| part.content)
    }
}

/// The parts of a `multipart/…` body, given its `Content-Type`; none if there is no boundary.
pub fn parts<'a>(content_type: &'a [u8], body: &'a [u8]) -> impl Iterator<Item = Part<'a>> {
    let boundary = ContentType::parse(content_type)
        .ok()
        .and_then(|parsed| parsed.params.get("boundary"));
    let boundary = boundary
        .map(unquote)
        .filter(|boundary| !boundary.is_empty() && boundary.len() <= 70);
    let mut rest = boundary
        .and_then(|boundary| delimiter(body, boundary))
        .map(|(_, rest)| rest);
    std::iter::from_fn(move || {
        let (text, next) = delimiter(rest?, boundary?)?;
        rest = Some(next);
        Some(part(text))
    })
    .take(PARTS_MAX)
}

fn unquote(value: &[u8]) -> &[u8] {
    value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""))
        .unwrap_or(value)
}

/// What stands before the next delimiter line, and what behind it. Behind the last one stands nothing of interest: no
/// delimiter follows there, so the iteration ends.
fn delimiter<'a>(body: &'a [u8], boundary: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut from = 0;
    loop {
        let at = from + memchr::memmem::find(&body[from..], b"--")?;
        let line_start = at == 0 || body[at - 1] == b'\n';
        if line_start && body[at + 2..].starts_with(boundary) {
            let mut before = &body[..at];
            before = before.strip_suffix(b"\n").unwrap_or(before);
            before = before.strip_suffix(b"\r").unwrap_or(before);
            let behind = &body[at + 2 + boundary.len()..];
            let line = scan::find(b'\n', behind).map_or(behind.len(), |end| end + 1);
            let ends = behind.starts_with(b"--");
            // A boundary may be the beginning of a longer one: then this is no delimiter.
            if ends || behind[..line].iter().all(|&b| scan::is_lws(b)) {
                return Some((before, if ends { b"" } else { &behind[line..] }));
            }
        }
        from = at + 2;
    }
}

fn part(text: &[u8]) -> Part<'_> {
    let (head, content) = if let Some(content) = text.strip_prefix(b"\r\n").or(text.strip_prefix(b"\n")) {
        (&b""[..], content)
    } else if let Some(at) = memchr::memmem::find(text, b"\r\n\r\n") {
        (&text[..at], &text[at + 4..])
    } else if let Some(at) = memchr::memmem::find(text, b"\n\n") {
        (&text[..at], &text[at + 2..])
    } else {
        (text, &b""[..])
    };
    let content_type = head.split(|&b| b == b'\n').find_map(|line| {
        let (name, value) = scan::split_once(line, b':')?;
        (Name::of(scan::trim(name)) == Name::CONTENT_TYPE).then(|| scan::trim(value))
    });
    Part {
        content_type: content_type.unwrap_or(b"text/plain"),
        head,
        content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Method;

    #[test]
    fn the_session_is_found_among_the_parts() {
        let mut message = Message::request(Method::Invite, b"sip:a");
        let body = b"preamble\r\n--x\r\nContent-Type: application/isup\r\n\r\n\x01--xy\r\n\x02\r\n--x\r\n\
            c: application/sdp;a=b\r\n\r\nv=0\r\n\r\n--x--\r\nrest\r\n--x\r\n\r\nno";
        message.set_body("multipart/mixed ; boundary=\"x\"", body);
        assert_eq!(message.part("application/sdp"), Some(&b"v=0\r\n"[..]));
        assert_eq!(message.part("application/isup"), Some(&b"\x01--xy\r\n\x02"[..]));
        assert_eq!(message.part("text/plain"), None);
        assert_eq!(parts(message.header("c").unwrap(), message.body()).count(), 2);
    }

    #[test]
    fn a_body_of_one_part_is_its_own_part() {
        let mut message = Message::request(Method::Invite, b"sip:a");
        assert_eq!(message.part("application/sdp"), None);
        message.set_body("Application/SDP;charset=utf-8", b"v=0");
        assert_eq!(message.part("application/sdp"), Some(&b"v=0"[..]));
    }
}
