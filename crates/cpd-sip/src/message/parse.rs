//! From bytes to spans.
//!
//! One pass finds the lines and the names; values are read when somebody asks. A fault does not end the pass: the rest
//! is still read, so that a bad request can be answered with 400 if its Via, From, To, Call-ID and CSeq are there.

use super::{HEADERS_MAX, Kind, Line, MESSAGE_BYTES_MAX, Message, Method, Name, Span, Start};
use crate::fault::{Fault, FaultKind};
use crate::scan;
use std::fmt;

/// A message that is no message, and what could be read of it.
#[derive(Clone, Debug)]
pub struct Malformed {
    /// The first fault.
    pub fault: Fault,
    /// The readable rest, to address an answer with; never processed further.
    pub salvage: Option<Box<Message>>,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for Malformed {}

/// How the end of the body is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carrier {
    /// The datagram ends it; `Content-Length` may end it sooner.
    Datagram,
    /// `Content-Length` ends it, or there is none (RFC 3261, 18.3 and 20.14).
    Stream,
}

impl Message {
    /// Reads one datagram. Bytes behind the body that `Content-Length` promises are left out; without
    /// `Content-Length` the body is all the rest.
    pub fn parse_datagram(bytes: Vec<u8>) -> Result<Message, Malformed> {
        parse(bytes, Carrier::Datagram)
    }

    /// Reads one message that was cut out of a stream; without `Content-Length` there is no body.
    pub fn parse_stream(bytes: Vec<u8>) -> Result<Message, Malformed> {
        parse(bytes, Carrier::Stream)
    }
}

fn parse(bytes: Vec<u8>, carrier: Carrier) -> Result<Message, Malformed> {
    let refuse = |kind, what, at| {
        Err(Malformed {
            fault: Fault::new(kind, what, at),
            salvage: None,
        })
    };
    if bytes.len() > MESSAGE_BYTES_MAX {
        return refuse(FaultKind::TooLarge, "message too large", MESSAGE_BYTES_MAX);
    }
    // Line ends before the first line are keep-alives (RFC 3261, 7.5).
    let Some(first) = bytes.iter().position(|&b| b != b'\r' && b != b'\n') else {
        return refuse(FaultKind::Empty, "no message", 0);
    };
    let Some(first_end) = line_end(&bytes, first) else {
        return refuse(FaultKind::Unfinished, "no line end", bytes.len());
    };

    let mut fault = None;
    let start = match start_line(&bytes, first, first_end) {
        Ok(start) => start,
        Err((kept, found)) => {
            fault = Some(found);
            match kept {
                Some(start) => start,
                None => {
                    return Err(Malformed {
                        fault: found,
                        salvage: None,
                    });
                }
            }
        }
    };

    let mut lines = Vec::with_capacity(24);
    let mut at = first_end;
    let body_start = loop {
        match header_line(&bytes, at) {
            Ok(Next::Line(line)) => {
                if lines.len() == HEADERS_MAX {
                    fault = Some(Fault::new(FaultKind::TooManyHeaders, "too many headers", at));
                    break bytes.len();
                }
                at = line.whole.end as usize;
                lines.push(line);
            }
            Ok(Next::End(end)) => break end,
            Err((found, end)) => {
                fault = fault.or(Some(found));
                at = end;
                if found.kind == FaultKind::Unfinished {
                    break end;
                }
            }
        }
    };

    let mut message = Message {
        text: bytes,
        start,
        lines,
        body: Span::default(),
    };
    match message.body_span(body_start, carrier) {
        Ok(body) => message.body = body,
        Err(found) => fault = fault.or(Some(found)),
    }
    match fault {
        None => Ok(message),
        Some(fault) => Err(Malformed {
            fault,
            salvage: Some(Box::new(message)),
        }),
    }
}

/// The end of the line that begins at `start`, behind its line feed.
fn line_end(bytes: &[u8], start: usize) -> Option<usize> {
    scan::find(b'\n', &bytes[start..]).map(|length| start + length + 1)
}

/// Where the text of a line ends, before its line end.
fn text_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut text_end = end - 1;
    if text_end > start && bytes[text_end - 1] == b'\r' {
        text_end -= 1;
    }
    text_end
}

type StartFault = (Option<Start>, Fault);

/// A faulty request line is still kept if it has a method, so that the request can be answered.
fn start_line(bytes: &[u8], start: usize, end: usize) -> Result<Start, StartFault> {
    let text_end = text_end(bytes, start, end);
    let text = &bytes[start..text_end];
    let line = Span::new(start, end);
    let bad = |what, at: usize| Fault::new(FaultKind::StartLine, what, start + at);

    if text.len() >= 8 && text[..4].eq_ignore_ascii_case(b"SIP/") {
        if !text[4..].starts_with(b"2.0 ") {
            return Err((
                None,
                Fault::new(FaultKind::Version, "Version Not Supported", start + 4),
            ));
        }
        let digits = &text[8..text.len().min(11)];
        // The space behind the code is missing where the reason is and somebody trimmed the line.
        let status =
            scan::number::<u16>(digits).filter(|code| digits.len() == 3 && (100..700).contains(code));
        let Some(status) = status.filter(|_| text.len() == 11 || text[11] == b' ') else {
            return Err((None, bad("status code", 8)));
        };
        let reason = Span::new(start + text.len().min(12), text_end);
        return Ok(Start {
            line,
            kind: Kind::Response { status, reason },
        });
    }

    let Some(space) = scan::find(b' ', text) else {
        return Err((None, bad("no request line", 0)));
    };
    let Some(method) = Method::parse(&text[..space]) else {
        return Err((None, bad("method", 0)));
    };
    let last_space = memchr::memrchr(b' ', text).unwrap_or(space);
    let uri_end = last_space.max(space + 1);
    let kept = Start {
        line,
        kind: Kind::Request {
            method,
            uri: Span::new(start + space + 1, start + uri_end),
        },
    };
    let uri = &text[space + 1..uri_end];
    if last_space == space || uri.is_empty() {
        return Err((Some(kept), bad("Request-URI missing", space)));
    }
    if uri.iter().any(|&b| scan::is_lws(b)) || uri[0] == b'<' {
        return Err((
            Some(kept),
            bad("white space or brackets about the Request-URI", space + 1),
        ));
    }
    let version = &text[last_space + 1..];
    if version.eq_ignore_ascii_case(b"SIP/2.0") {
        return Ok(kept);
    }
    if version.len() > 4 && version[..4].eq_ignore_ascii_case(b"SIP/") {
        return Err((
            Some(kept),
            Fault::new(FaultKind::Version, "Version Not Supported", start + last_space),
        ));
    }
    Err((Some(kept), bad("version missing", last_space)))
}

enum Next {
    Line(Line),
    /// The empty line was read; the body begins here.
    End(usize),
}

/// Reads the header at `start` with its folds. A fault comes with the place to go on from.
fn header_line(bytes: &[u8], start: usize) -> Result<Next, (Fault, usize)> {
    let unfinished = || {
        (
            Fault::new(
                FaultKind::Unfinished,
                "no empty line behind the headers",
                bytes.len(),
            ),
            bytes.len(),
        )
    };
    let mut end = line_end(bytes, start).ok_or_else(unfinished)?;
    let mut value_end = text_end(bytes, start, end);
    if value_end == start {
        return Ok(Next::End(end));
    }
    while matches!(bytes.get(end), Some(b' ' | b'\t')) {
        let next = line_end(bytes, end).ok_or_else(unfinished)?;
        value_end = text_end(bytes, end, next);
        end = next;
    }

    let line = &bytes[start..value_end];
    let name_bytes = line
        .iter()
        .position(|&b| !scan::is_token(b))
        .unwrap_or(line.len());
    let gap = line[name_bytes..]
        .iter()
        .take_while(|&&b| b == b' ' || b == b'\t')
        .count();
    if name_bytes == 0 || line.get(name_bytes + gap) != Some(&b':') {
        return Err((Fault::new(FaultKind::HeaderLine, "header line", start), end));
    }
    let raw_start = start + name_bytes + gap + 1;
    let raw = &bytes[raw_start..value_end];
    let value = scan::trim(raw);
    // `trim` of blanks alone gives an empty slice at their end.
    let lead = value.as_ptr() as usize - raw.as_ptr() as usize;
    let value_start = raw_start + lead;
    Ok(Next::Line(Line {
        whole: Span::new(start, end),
        value: Span::new(value_start, value_start + value.len()),
        name_bytes: name_bytes as u16,
        known: Name::of(&line[..name_bytes]).number(),
    }))
}

impl Message {
    fn body_span(&self, start: usize, carrier: Carrier) -> Result<Span, Fault> {
        let there = self.text.len() - start;
        let fault = |fault: Fault| Fault { at: start, ..fault };
        let promised = promised_length(self.all(Name::CONTENT_LENGTH)).map_err(fault)?;
        match (promised, carrier) {
            (Some(length), _) if length > there => Err(fault(bad_length("more than came"))),
            (Some(length), _) => Ok(Span::new(start, start + length)),
            (None, Carrier::Datagram) => Ok(Span::new(start, self.text.len())),
            (None, Carrier::Stream) => Ok(Span::new(start, start)),
        }
    }
}

fn bad_length(what: &'static str) -> Fault {
    Fault::new(FaultKind::Length, what, 0).in_header("Content-Length")
}

fn promised_length<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Option<usize>, Fault> {
    let mut promised = None;
    for value in values {
        let length: usize = scan::number(value).ok_or(bad_length("no number"))?;
        if promised.is_some_and(|other| other != length) {
            return Err(bad_length("two that differ"));
        }
        promised = Some(length);
    }
    Ok(promised)
}

/// The `Content-Length` of a head that ends with its empty line, found just as parsing the message finds it.
pub(crate) fn content_length(head: &[u8]) -> Result<Option<usize>, Fault> {
    let mut at = line_end(head, 0).unwrap_or(head.len());
    let lengths = std::iter::from_fn(|| {
        loop {
            match header_line(head, at) {
                Ok(Next::Line(line)) => {
                    at = line.whole.end as usize;
                    if line.known == Name::CONTENT_LENGTH.number() {
                        return Some(line.value.of(head));
                    }
                }
                Ok(Next::End(_)) => return None,
                Err((fault, _)) if fault.kind == FaultKind::Unfinished => return None,
                Err((_, end)) => at = end,
            }
        }
    });
    promised_length(lengths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Message, Fault> {
        Message::parse_datagram(text.replace('\n', "\r\n").into_bytes()).map_err(|bad| bad.fault)
    }

    fn fault(text: &str) -> (FaultKind, usize) {
        let fault = parse(text).unwrap_err();
        (fault.kind, fault.at)
    }

    #[test]
    fn folds_and_compact_names_are_read_and_kept() {
        let text =
            "INVITE sip:a@b SIP/2.0\nv:  SIP / 2.0 / UDP\n  host ;\n branch = z9hG4bK1\nX-Odd :\nl: 0\n\n";
        let message = parse(text).unwrap();
        assert_eq!(
            message.header(Name::VIA).unwrap(),
            b"SIP / 2.0 / UDP\r\n  host ;\r\n branch = z9hG4bK1"
        );
        assert_eq!(message.header("x-odd"), Some(&b""[..]));
        assert_eq!(message.to_bytes(), text.replace('\n', "\r\n").as_bytes());
    }

    #[test]
    fn any_bytes_pass_through_a_value() {
        let mut bytes = b"OPTIONS sip:a@b SIP/2.0\r\nFrom: \"".to_vec();
        bytes.extend(128u8..=255);
        bytes.extend(b"\" <sip:c@d>;tag=1\r\n\r\nbody");
        let message = Message::parse_datagram(bytes.clone()).unwrap();
        assert_eq!(message.to_bytes(), bytes);
        assert_eq!(message.body(), b"body");
    }

    #[test]
    fn the_body_ends_where_its_carrier_says() {
        let text = b"BYE sip:a SIP/2.0\r\nContent-Length: 2\r\n\r\nabcd".to_vec();
        assert_eq!(Message::parse_datagram(text).unwrap().body(), b"ab");
        let text = b"BYE sip:a SIP/2.0\r\n\r\nabcd".to_vec();
        assert_eq!(Message::parse_datagram(text.clone()).unwrap().body(), b"abcd");
        assert_eq!(Message::parse_stream(text).unwrap().body(), b"");
        assert_eq!(fault("BYE sip:a SIP/2.0\nl: 9\n\nabcd").0, FaultKind::Length);
        assert_eq!(
            fault("BYE sip:a SIP/2.0\nl: 2\nContent-Length: 3\n\nabcd").0,
            FaultKind::Length
        );
        assert_eq!(fault("BYE sip:a SIP/2.0\nl: -2\n\nabcd").0, FaultKind::Length);
    }

    #[test]
    fn faults_say_where() {
        assert_eq!(fault("\n\n"), (FaultKind::Empty, 0));
        assert_eq!(fault("INVITE  sip:a SIP/2.0\n\n"), (FaultKind::StartLine, 7));
        assert_eq!(fault("INVITE sip:a SIP/2.0 \n\n").0, FaultKind::StartLine);
        assert_eq!(fault("INVITE <sip:a> SIP/2.0\n\n").0, FaultKind::StartLine);
        assert_eq!(fault("INVITE sip:a SIP/7.0\n\n").0, FaultKind::Version);
        assert_eq!(fault("SIP/2.0 4294967301 Big\n\n"), (FaultKind::StartLine, 8));
        assert_eq!(
            fault("BYE sip:a SIP/2.0\nbroken line\n\n"),
            (FaultKind::HeaderLine, 19)
        );
        assert_eq!(fault("BYE sip:a SIP/2.0\nl: 0\n").0, FaultKind::Unfinished);
        assert_eq!(fault("BYE sip:a SIP/2.0").0, FaultKind::Unfinished);
        let many = format!("BYE sip:a SIP/2.0\n{}\n", "X: 1\n".repeat(257));
        assert_eq!(fault(&many).0, FaultKind::TooManyHeaders);
        assert_eq!(fault(&"a".repeat(70_000)).0, FaultKind::TooLarge);
    }

    #[test]
    fn a_faulty_request_can_still_be_addressed() {
        let text = "INVITE sip:a SIP/7.0\r\nnonsense\r\nVia: SIP/2.0/UDP h\r\n\r\n";
        let malformed = Message::parse_datagram(text.as_bytes().to_vec()).unwrap_err();
        assert_eq!(malformed.fault.kind, FaultKind::Version);
        assert_eq!(
            malformed.salvage.unwrap().header(Name::VIA),
            Some(&b"SIP/2.0/UDP h"[..])
        );
    }

    #[test]
    fn a_status_line_keeps_its_reason_as_it_came() {
        assert_eq!(parse("SIP/2.0 100 \n\n").unwrap().reason(), b"");
        assert_eq!(parse("SIP/2.0 100\n\n").unwrap().status(), 100);
        let text = "SIP/2.0 200 = 2**3 * 5**2 но сто\n\n";
        assert_eq!(parse(text).unwrap().reason(), "= 2**3 * 5**2 но сто".as_bytes());
    }
}
