//! Cutting a byte stream into messages.

use crate::fault::{Fault, FaultKind};
use crate::message::{self, MESSAGE_BYTES_MAX};
use crate::scan;
use std::fmt;

/// What a client sends to ask whether the connection lives (RFC 5626, 3.5.1).
pub const PING: &[u8] = b"\r\n\r\n";

/// What a server answers.
pub const PONG: &[u8] = b"\r\n";

/// The most bytes that wait in a [`Framer`]: a message that is not complete and one more read of the same size.
pub const BUFFER_BYTES_MAX: usize = 2 * MESSAGE_BYTES_MAX;

/// What a stream holds. Its `Debug` tells a message's length only.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// The bytes of one message, for [`Message::parse_stream`](crate::Message::parse_stream).
    Message(Vec<u8>),
    /// A keep-alive: answer with [`PONG`].
    Ping,
    /// The answer to our [`PING`].
    Pong,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Frame::Message(bytes) => write!(f, "Message ({} bytes)", bytes.len()),
            Frame::Ping => f.write_str("Ping"),
            Frame::Pong => f.write_str("Pong"),
        }
    }
}

/// A stream in which no further message can be found. Nothing tells where the next would begin: close the connection.
#[derive(Clone, PartialEq, Eq)]
pub struct Broken {
    /// What is wrong.
    pub fault: Fault,
    /// The message's head if it is complete: a request can be answered before the connection is closed.
    pub head: Option<Vec<u8>>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "find the next message in the stream: {}", self.fault)
    }
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Broken {}

/// Cuts a byte stream into messages and keep-alives. Each byte is looked at once, however the stream is cut.
///
/// ```
/// use cpd_sip::stream::{Frame, Framer};
/// let mut framer = Framer::new();
/// framer.push(b"\r\n\r\nBYE sip:a SIP/2.0\r\nl: 2\r\n\r\nok");
/// assert_eq!(framer.poll(), Ok(Some(Frame::Ping)));
/// assert_eq!(framer.poll(), Ok(Some(Frame::Message(b"BYE sip:a SIP/2.0\r\nl: 2\r\n\r\nok".to_vec()))));
/// assert_eq!(framer.poll(), Ok(None));
/// ```
#[derive(Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// Where the next message begins in `buffer`.
    start: usize,
    /// Up to here no end of a head was found.
    searched: usize,
    /// Head and body of the message at `start`, once its head is complete.
    length: Option<usize>,
    /// True after an odd number of CRLFs since the last message.
    odd: bool,
    ping_seen: bool,
    pong_due: bool,
    broken: Option<Broken>,
}

impl Framer {
    /// A stream from its beginning.
    pub fn new() -> Self {
        Framer::default()
    }

    /// Takes bytes as they were read. [`poll`](Framer::poll) until `None` before the next.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.broken.is_some() {
            return;
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.searched = self.searched.saturating_sub(self.start);
            self.start = 0;
        }
        if self.buffer.len() + bytes.len() > BUFFER_BYTES_MAX {
            self.fail(FaultKind::TooLarge, "more than is taken at once", None);
            return;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Notes that a [`PING`] was sent, so that a single CRLF is its answer.
    pub fn expect_pong(&mut self) {
        self.pong_due = true;
        // The answer to an earlier one must not make a ping of this one's.
        self.odd = false;
    }

    /// Bytes of a message that is not complete. A peer that leaves them for long should be dropped.
    pub fn held_bytes(&self) -> usize {
        self.buffer.len() - self.start
    }

    /// The next message or keep-alive, `None` until more bytes come.
    pub fn poll(&mut self) -> Result<Option<Frame>, Broken> {
        if let Some(frame) = self.line_ends() {
            return Ok(Some(frame));
        }
        if self.length.is_none() {
            self.find_length();
        }
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        match self.length {
            Some(length) if self.held_bytes() >= length => {
                let message = self.buffer[self.start..self.start + length].to_vec();
                self.start += length;
                self.searched = self.start;
                self.length = None;
                self.odd = false;
                Ok(Some(Frame::Message(message)))
            }
            Some(_) | None => Ok(None),
        }
    }

    /// Passes over line ends before a message and tells keep-alives among them.
    ///
    /// Every second CRLF ends a ping; one that comes while a pong is awaited is that pong, and may be half a ping too,
    /// where both peers ping at once. So a pong may be sent that nobody asked for, which harms nobody; a ping without
    /// an answer or a pong that is not recognised would cost the connection.
    fn line_ends(&mut self) -> Option<Frame> {
        while self.length.is_none() && self.broken.is_none() {
            if std::mem::take(&mut self.ping_seen) {
                return Some(Frame::Ping);
            }
            match self.buffer[self.start..] {
                [b'\r', b'\n', ..] => {
                    self.start += 2;
                    self.ping_seen = self.odd;
                    self.odd = !self.odd;
                    if std::mem::take(&mut self.pong_due) {
                        return Some(Frame::Pong);
                    }
                }
                [b'\r'] => return None,
                [b'\r' | b'\n', ..] => self.start += 1,
                _ => return None,
            }
        }
        None
    }

    fn find_length(&mut self) {
        let Some(end) = self.head_end() else {
            if self.held_bytes() > MESSAGE_BYTES_MAX {
                self.fail(FaultKind::TooLarge, "head too large", None);
            }
            return;
        };
        let head = &self.buffer[self.start..end];
        let head_bytes = head.len();
        let answerable = (head_bytes <= MESSAGE_BYTES_MAX).then(|| head.to_vec());
        match message::content_length(head) {
            Ok(Some(body)) if head_bytes.saturating_add(body) <= MESSAGE_BYTES_MAX => {
                self.length = Some(head_bytes + body);
            }
            Ok(Some(_)) => self.fail(FaultKind::TooLarge, "message too large", answerable),
            Ok(None) => self.fail(FaultKind::Length, "no Content-Length", answerable),
            Err(fault) => self.fail(fault.kind, fault.what, answerable),
        }
    }

    /// The end of the head at `start`, behind its empty line; the search goes on where it stopped.
    fn head_end(&mut self) -> Option<usize> {
        let mut at = self.searched.max(self.start);
        while let Some(line_feed) = scan::find(b'\n', &self.buffer[at..]) {
            let line_start = at + line_feed + 1;
            match self.buffer[line_start..] {
                [b'\n', ..] => return Some(line_start + 1),
                [b'\r', b'\n', ..] => return Some(line_start + 2),
                [] | [b'\r'] => {
                    self.searched = line_start - 1;
                    return None;
                }
                _ => at = line_start,
            }
        }
        self.searched = self.buffer.len();
        None
    }

    fn fail(&mut self, kind: FaultKind, what: &'static str, head: Option<Vec<u8>>) {
        self.broken = Some(Broken {
            fault: Fault::new(kind, what, 0),
            head,
        });
        self.buffer = Vec::new();
        (self.start, self.searched, self.length) = (0, 0, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Message;

    const ONE: &[u8] =
        b"INVITE sip:a SIP/2.0\r\nX: \r\n\t\r\n Content-Length: 9\r\nContent-Length : 4\r\n\r\n\r\n\r\n";
    const TWO: &[u8] = b"SIP/2.0 200 OK\nl:\n 0\n\n";

    fn drain(framer: &mut Framer) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = framer.poll().unwrap() {
            frames.push(frame);
        }
        frames
    }

    fn all(stream: &[u8], step: usize) -> Vec<Frame> {
        let mut framer = Framer::new();
        let mut frames = Vec::new();
        for piece in stream.chunks(step) {
            framer.push(piece);
            frames.extend(drain(&mut framer));
        }
        assert_eq!(framer.held_bytes(), 0);
        frames
    }

    #[test]
    fn messages_are_found_however_the_stream_is_cut() {
        let stream = [ONE, TWO, b"\r\n\r\n", ONE, b"\r\n", TWO, b"\n\r\n\r\n"].concat();
        let message = |bytes: &[u8]| Frame::Message(bytes.to_vec());
        let expected = [
            message(ONE),
            message(TWO),
            Frame::Ping,
            message(ONE),
            message(TWO),
            Frame::Ping,
        ];
        for step in 1..=stream.len() {
            assert_eq!(all(&stream, step), expected, "{step}");
        }
        for bytes in [ONE, TWO] {
            assert_eq!(
                Message::parse_stream(bytes.to_vec()).unwrap().to_bytes().len(),
                match bytes {
                    ONE => ONE.len(),
                    _ => TWO.len() + 1, // the empty line is written with CR
                }
            );
        }
    }

    #[test]
    fn pings_and_pongs_are_told_apart() {
        for step in 1..=4 {
            let mut framer = Framer::new();
            let feed = |framer: &mut Framer, bytes: &[u8]| {
                let mut frames = Vec::new();
                for piece in bytes.chunks(step) {
                    framer.push(piece);
                    frames.extend(drain(framer));
                }
                frames
            };
            assert_eq!(feed(&mut framer, PING), [Frame::Ping]);
            for _ in 0..3 {
                framer.expect_pong();
                assert_eq!(feed(&mut framer, PONG)[0], Frame::Pong);
                // Whatever the cut and whatever came before, each ping that follows has one answer.
                for _ in 0..3 {
                    assert_eq!(feed(&mut framer, PING), [Frame::Ping], "{step}");
                }
            }
        }
        let mut framer = Framer::new();
        framer.push(PONG);
        assert_eq!(drain(&mut framer), [], "nobody asked");
    }

    #[test]
    fn many_pongs_are_no_pings() {
        let mut framer = Framer::new();
        for _ in 0..5 {
            framer.expect_pong();
            framer.push(PONG);
            assert_eq!(framer.poll(), Ok(Some(Frame::Pong)));
            assert_eq!(framer.poll(), Ok(None));
        }
        framer.push(PING);
        assert_eq!(framer.poll(), Ok(Some(Frame::Ping)));
        assert_eq!(framer.poll(), Ok(None));
    }

    #[test]
    fn a_ping_that_crosses_ours_is_answered() {
        for step in [1, 2, 4] {
            let mut framer = Framer::new();
            framer.expect_pong();
            let mut frames = Vec::new();
            for piece in PING.chunks(step) {
                framer.push(piece);
                frames.extend(drain(&mut framer));
            }
            assert_eq!(frames, [Frame::Pong, Frame::Ping], "{step}");
        }
    }

    fn broken(stream: &[u8]) -> Broken {
        let mut framer = Framer::new();
        framer.push(stream);
        let broken = framer.poll().unwrap_err();
        framer.push(ONE);
        assert_eq!(framer.poll(), Err(broken.clone()), "it stays broken");
        assert_eq!(framer.held_bytes(), 0);
        broken
    }

    #[test]
    fn without_a_trustworthy_length_the_stream_ends() {
        let length = |lines: &str| {
            let broken = broken(format!("OPTIONS sip:a SIP/2.0\r\n{lines}\r\n").as_bytes());
            let head = Message::parse_datagram(broken.head.unwrap());
            let readable = head.map_or_else(|bad| bad.salvage.is_some(), |_| true);
            assert!(readable, "it can be answered");
            broken.fault.kind
        };
        assert_eq!(length("X: 1\r\n"), FaultKind::Length);
        assert_eq!(length("l: 1\r\nContent-Length: 2\r\n"), FaultKind::Length);
        assert_eq!(length("l: -1\r\n"), FaultKind::Length);
        assert_eq!(length("l: 1, 1\r\n"), FaultKind::Length);
        assert_eq!(length("l: 65536\r\n"), FaultKind::TooLarge);
        assert_eq!(length("l: 18446744073709551615\r\n"), FaultKind::TooLarge);
    }

    #[test]
    fn what_is_held_is_bounded() {
        let mut framer = Framer::new();
        let junk = [b'a'; 1000];
        let mut pushed = 0;
        let fault = loop {
            framer.push(&junk);
            pushed += junk.len();
            match framer.poll() {
                Ok(None) => assert!(framer.held_bytes() <= MESSAGE_BYTES_MAX),
                Ok(Some(_)) => panic!("no message"),
                Err(broken) => break broken.fault,
            }
        };
        assert_eq!((fault.kind, pushed), (FaultKind::TooLarge, 66_000));
        assert_eq!(
            broken(&vec![b'\n'; BUFFER_BYTES_MAX + 1]).fault.kind,
            FaultKind::TooLarge
        );
    }

    #[test]
    fn the_largest_message_passes() {
        let head = "INFO sip:a SIP/2.0\r\nContent-Length: 65494\r\n\r\n";
        let mut message = head.as_bytes().to_vec();
        message.resize(MESSAGE_BYTES_MAX, b'x');
        assert_eq!(head.len() + 65_494, MESSAGE_BYTES_MAX + 3);
        let message = String::from_utf8(message)
            .unwrap()
            .replace("65494", "65491")
            .into_bytes();
        assert_eq!(all(&message, 1000), [Frame::Message(message.clone())]);
    }
}
