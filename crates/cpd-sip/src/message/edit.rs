//! Making and changing messages.

use super::{Kind, Line, Message, Method, Name, Span, Start};
use std::io::Write;

impl Message {
    /// A request without headers. Add them with [`push`](Message::push).
    pub fn request(method: Method, uri: &[u8]) -> Message {
        let mut message = Message {
            text: Vec::with_capacity(1024),
            start: Start {
                line: Span::default(),
                kind: Kind::Request {
                    method: method.clone(),
                    uri: Span::default(),
                },
            },
            lines: Vec::with_capacity(24),
            body: Span::default(),
        };
        message.set_request_line(method, uri);
        message
    }

    /// A response without headers.
    pub fn response(status: u16, reason: &str) -> Message {
        let mut message = Message::request(Method::Ack, b"");
        message.set_status_line(status, reason);
        message
    }

    /// A response to `request`: its Via, From, To, Call-ID and CSeq, and an empty body (RFC 3261, 8.2.6.2).
    ///
    /// An empty `reason` becomes the [usual one](crate::reason_phrase).
    pub fn reply(request: &Message, status: u16, reason: &str) -> Message {
        let mut reply = Message {
            text: Vec::with_capacity(request.text.len().min(1024)),
            start: Start {
                line: Span::default(),
                kind: Kind::Response {
                    status,
                    reason: Span::default(),
                },
            },
            lines: Vec::with_capacity(16),
            body: Span::default(),
        };
        reply.set_status_line(status, reason);
        for line in &request.lines {
            let name = line.name(&request.text);
            let [via, from, to] = [Name::VIA, Name::FROM, Name::TO];
            if [via, from, to, Name::CALL_ID, Name::CSEQ].contains(&name) {
                reply.copy_line(request, *line);
            }
        }
        reply.push(Name::CONTENT_LENGTH, b"0");
        reply
    }

    /// Copies all lines with this name from another message, byte for byte, behind the last header.
    pub fn copy<'n>(&mut self, from: &Message, name: impl Into<Name<'n>>) {
        let name = name.into();
        for line in from.lines.iter().filter(|line| from.is_named(line, name)) {
            self.copy_line(from, *line);
        }
    }

    /// Takes over a draft: all its headers but the `except`ed ones and those about the body, and its body.
    pub fn append(&mut self, draft: &Message, except: &[Name<'static>]) {
        for line in &draft.lines {
            let name = line.name(&draft.text);
            if name != Name::CONTENT_LENGTH && !except.contains(&name) {
                self.copy_line(draft, *line);
            }
        }
        let start = self.text.len();
        self.text.extend_from_slice(draft.body());
        self.body = Span::new(start, self.text.len());
        self.set_content_length();
    }

    fn copy_line(&mut self, from: &Message, line: Line) {
        let shift = self.text.len() as u32;
        self.text.extend_from_slice(line.whole.of(&from.text));
        let moved = |span: Span| Span {
            start: span.start - line.whole.start + shift,
            end: span.end - line.whole.start + shift,
        };
        self.lines.push(Line {
            whole: moved(line.whole),
            value: moved(line.value),
            ..line
        });
    }

    /// Replaces the request line.
    pub fn set_request_line(&mut self, method: Method, uri: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(method.as_str().as_bytes());
        self.text.push(b' ');
        let uri_start = self.text.len();
        self.extend_clean(uri);
        let uri = Span::new(uri_start, self.text.len());
        self.text.extend_from_slice(b" SIP/2.0\r\n");
        self.start = Start {
            line: Span::new(start, self.text.len()),
            kind: Kind::Request { method, uri },
        };
    }

    /// Replaces the status line. An empty `reason` becomes the [usual one](crate::reason_phrase).
    pub fn set_status_line(&mut self, status: u16, reason: &str) {
        let status = status.clamp(100, 699);
        let reason = if reason.is_empty() {
            crate::reason_phrase(status)
        } else {
            reason
        };
        let start = self.text.len();
        // Writing to a Vec cannot fail.
        let _ = write!(self.text, "SIP/2.0 {status} ");
        let reason_start = self.text.len();
        self.extend_clean(reason.as_bytes());
        let reason = Span::new(reason_start, self.text.len());
        self.text.extend_from_slice(b"\r\n");
        self.start = Start {
            line: Span::new(start, self.text.len()),
            kind: Kind::Response { status, reason },
        };
    }

    /// Adds a header behind all others.
    pub fn push<'n>(&mut self, name: impl Into<Name<'n>>, value: &[u8]) {
        let line = self.line(name.into(), value);
        self.lines.push(line);
    }

    /// Adds a header behind all others, its value written by `format!`'s arguments.
    pub fn push_fmt<'n>(&mut self, name: impl Into<Name<'n>>, value: std::fmt::Arguments<'_>) {
        match value.as_str() {
            Some(text) => self.push(name, text.as_bytes()),
            None => self.push(name, value.to_string().as_bytes()),
        }
    }

    /// Adds a header before the first of its name, or before all others if there is none: as Via and Route stack.
    pub fn prepend<'n>(&mut self, name: impl Into<Name<'n>>, value: &[u8]) {
        let name = name.into();
        let place = self.find(name).unwrap_or(0);
        let line = self.line(name, value);
        self.lines.insert(place, line);
    }

    /// Adds a header behind the last of its name, or behind all others if there is none.
    pub fn insert<'n>(&mut self, name: impl Into<Name<'n>>, value: &[u8]) {
        let name = name.into();
        let last = self.lines.iter().rposition(|line| self.is_named(line, name));
        let line = self.line(name, value);
        self.lines
            .insert(last.map_or(self.lines.len(), |place| place + 1), line);
    }

    /// Makes this the only header of its name, where the first of them stood.
    pub fn set<'n>(&mut self, name: impl Into<Name<'n>>, value: &[u8]) {
        let name = name.into();
        let Some(place) = self.find(name) else {
            self.push(name, value);
            return;
        };
        let line = self.line(name, value);
        self.lines[place] = line;
        let text = &self.text;
        let mut index = 0;
        self.lines.retain(|line| {
            index += 1;
            index - 1 <= place || line.known != name.number() || line.name(text) != name
        });
    }

    /// Removes all headers of this name; tells how many lines there were.
    pub fn remove<'n>(&mut self, name: impl Into<Name<'n>>) -> usize {
        let name = name.into();
        let before = self.lines.len();
        let text = &self.text;
        self.lines
            .retain(|line| line.known != name.number() || line.name(text) != name);
        before - self.lines.len()
    }

    /// Replaces the body, its `Content-Type` and its `Content-Length`. An empty body has no type.
    pub fn set_body(&mut self, content_type: &str, body: &[u8]) {
        if body.is_empty() {
            self.remove(Name::CONTENT_TYPE);
        } else {
            self.set(Name::CONTENT_TYPE, content_type.as_bytes());
        }
        let start = self.text.len();
        self.text.extend_from_slice(body);
        self.body = Span::new(start, self.text.len());
        self.set_content_length();
    }

    /// Writes the body's true length into `Content-Length`, as a stream needs it.
    pub fn set_content_length(&mut self) {
        let length = self.body().len().to_string();
        if self.header(Name::CONTENT_LENGTH) != Some(length.as_bytes()) {
            self.set(Name::CONTENT_LENGTH, length.as_bytes());
        }
    }

    /// Replaces the first `old` span of a line's value.
    pub(super) fn replace_value(&mut self, place: usize, value: &[u8]) {
        let old = self.lines[place];
        let name = old.name(&self.text).as_bytes().to_vec();
        self.lines[place] = self.line(Name::of(&name), value);
    }

    fn line(&mut self, name: Name<'_>, value: &[u8]) -> Line {
        let start = self.text.len();
        self.text.extend_from_slice(name.as_bytes());
        self.text.extend_from_slice(b": ");
        let value_start = self.text.len();
        self.extend_clean(value);
        let value = Span::new(value_start, self.text.len());
        self.text.extend_from_slice(b"\r\n");
        Line {
            whole: Span::new(start, self.text.len()),
            value,
            name_bytes: name.as_bytes().len() as u16,
            known: name.number(),
        }
    }

    /// Appends a value; a line end in it becomes a space, so that no value can smuggle a header in.
    fn extend_clean(&mut self, value: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(value);
        if memchr::memchr2(b'\r', b'\n', value).is_some() {
            for byte in &mut self.text[start..] {
                if matches!(byte, b'\r' | b'\n') {
                    *byte = b' ';
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(message: &Message) -> String {
        String::from_utf8(message.to_bytes())
            .unwrap()
            .replace("\r\n", "\n")
    }

    #[test]
    fn edits_leave_other_lines_as_they_came() {
        let raw = "INVITE sip:a@b SIP/2.0\r\nv:  x\r\nX-A:1\r\nvia: y\r\nx-a: 2\r\n\r\nold";
        let mut message = Message::parse_datagram(raw.as_bytes().to_vec()).unwrap();
        message.prepend(Name::VIA, b"new");
        message.set("X-A", b"3");
        message.insert(Name::VIA, b"last");
        message.push_fmt("Max-Forwards", format_args!("{}", 70));
        assert_eq!(
            text(&message),
            "INVITE sip:a@b SIP/2.0\nVia: new\nv:  x\nX-A: 3\nvia: y\nVia: last\nMax-Forwards: 70\n\nold"
        );
        assert_eq!(message.remove(Name::VIA), 4);
        message.set_request_line(Method::Bye, b"sip:c");
        message.set_body("application/sdp", b"v=0");
        assert_eq!(
            text(&message),
            "BYE sip:c SIP/2.0\nX-A: 3\nMax-Forwards: 70\nContent-Type: application/sdp\nContent-Length: 3\n\nv=0"
        );
        assert_eq!(message.uri(), b"sip:c");
    }

    #[test]
    fn a_value_cannot_smuggle_a_header_in() {
        let mut message = Message::request(Method::Info, b"sip:a\r\nb");
        message.push("X-Name", b"a\r\nEvil: 1");
        assert_eq!(text(&message), "INFO sip:a  b SIP/2.0\nX-Name: a  Evil: 1\n\n");
    }

    #[test]
    fn a_reply_takes_over_what_it_must() {
        let raw =
            "BYE sip:a SIP/2.0\r\nVia: 1\r\nv: 2\r\nX: y\r\nf: c\r\nTo: b\r\ni: 7\r\nCSeq: 1 BYE\r\n\r\n";
        let request = Message::parse_datagram(raw.as_bytes().to_vec()).unwrap();
        let reply = Message::reply(&request, 481, "");
        assert_eq!(
            text(&reply),
            "SIP/2.0 481 Call/Transaction Does Not Exist\nVia: 1\nv: 2\nf: c\nTo: b\ni: 7\nCSeq: 1 BYE\n\
             Content-Length: 0\n\n"
        );
    }
}
