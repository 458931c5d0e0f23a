//! Asterisk's AudioSocket: frames of a kind, a length and a payload over TCP; the first names the call by a UUID.

/// Bytes before a payload: the kind, and the length in network order.
const HEAD: usize = 3;
/// The longest payload that is taken, bytes: Asterisk sends 320 (20 ms); this is half a second.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 8_000;

/// Ends a call at the other side: Asterisk goes on in its dialplan.
pub(crate) const HANG_UP: [u8; HEAD] = [0x00, 0, 0];

/// What the other side says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    HangUp,
    Uuid([u8; 16]),
    Digit(char),
    Sound(Vec<i16>),
    /// The other side has a fault, by its own number.
    Fault(u8),
}

/// Why a stream of bytes cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    TooLong(u16),
    Unknown(u8),
    Wrong(u8),
    /// Sound at another rate than 8 kHz.
    Rate(u8),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::TooLong(length) => {
                write!(
                    f,
                    "a frame of {length} bytes; at most {PAYLOAD_BYTES_MAX} are taken"
                )
            }
            Unreadable::Unknown(kind) => write!(f, "a frame of the unknown kind {kind:#04x}"),
            Unreadable::Wrong(kind) => write!(f, "a frame of kind {kind:#04x} with a wrong payload"),
            Unreadable::Rate(kind) => {
                write!(
                    f,
                    "sound of kind {kind:#04x}; 8 kHz (0x10) is heard, and no other rate"
                )
            }
        }
    }
}

/// Reads frames out of bytes, however they are cut.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    bytes: Vec<u8>,
}

impl Frames {
    /// Bytes came.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame, where all of it is there. After an error nothing more can be read.
    pub(crate) fn poll(&mut self) -> Result<Option<Frame>, Unreadable> {
        let Some(&[kind, high, low]) = self.bytes.first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let length = u16::from_be_bytes([high, low]);
        if usize::from(length) > PAYLOAD_BYTES_MAX {
            return Err(Unreadable::TooLong(length));
        }
        let whole = HEAD + usize::from(length);
        let Some(payload) = self.bytes.get(HEAD..whole) else {
            return Ok(None);
        };
        let frame = frame(kind, payload)?;
        self.bytes.drain(..whole);
        Ok(Some(frame))
    }
}

fn frame(kind: u8, payload: &[u8]) -> Result<Frame, Unreadable> {
    match kind {
        0x00 => Ok(Frame::HangUp),
        0x01 => <[u8; 16]>::try_from(payload)
            .map(Frame::Uuid)
            .map_err(|_| Unreadable::Wrong(kind)),
        0x03 => match payload {
            [digit] if digit.is_ascii_digit() || b"*#ABCD".contains(digit) => {
                Ok(Frame::Digit(char::from(*digit)))
            }
            _ => Err(Unreadable::Wrong(kind)),
        },
        0x10 if payload.len().is_multiple_of(2) => {
            let samples = payload
                .chunks_exact(2)
                .map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
            Ok(Frame::Sound(samples.collect()))
        }
        0x10 => Err(Unreadable::Wrong(kind)),
        0x11..=0x18 => Err(Unreadable::Rate(kind)),
        0xff => Ok(Frame::Fault(payload.first().copied().unwrap_or(0))),
        _ => Err(Unreadable::Unknown(kind)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All frames of bytes that come in pieces of a size.
    fn read(bytes: &[u8], size: usize) -> Result<Vec<Frame>, Unreadable> {
        let (mut frames, mut all) = (Frames::default(), Vec::new());
        for piece in bytes.chunks(size) {
            frames.push(piece);
            while let Some(frame) = frames.poll()? {
                all.push(frame);
            }
        }
        Ok(all)
    }

    #[test]
    fn frames_are_the_same_however_they_are_cut() {
        let mut bytes = vec![0x01, 0, 16];
        bytes.extend(0..16);
        bytes.extend([
            0x10, 0, 4, 1, 0, 0xff, 0xff, 0x03, 0, 1, b'5', 0xff, 0, 1, 4, 0x00, 0, 0,
        ]);
        let uuid = Frame::Uuid(std::array::from_fn(|n| n as u8));
        let expected = [
            uuid,
            Frame::Sound(vec![1, -1]),
            Frame::Digit('5'),
            Frame::Fault(4),
            Frame::HangUp,
        ];
        for size in 1..bytes.len() {
            assert_eq!(read(&bytes, size).as_deref(), Ok(&expected[..]), "{size}");
        }
    }

    #[test]
    fn what_is_no_frame_ends_it() {
        assert_eq!(read(&[0x10, 0xff, 0xff], 3), Err(Unreadable::TooLong(65_535)));
        assert_eq!(read(&[0x10, 0, 1, 0], 4), Err(Unreadable::Wrong(0x10)));
        assert_eq!(read(&[0x01, 0, 1, 0], 4), Err(Unreadable::Wrong(0x01)));
        assert_eq!(read(&[0x12, 0, 0], 3), Err(Unreadable::Rate(0x12)));
        assert_eq!(read(b"GET / HTTP/1.1\r\n", 8), Err(Unreadable::TooLong(0x4554)));
        assert_eq!(read(&[0x77, 0, 0], 3), Err(Unreadable::Unknown(0x77)));
    }
}
