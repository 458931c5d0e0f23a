//! Values that come from a dialer: kept as bytes, bounded, without control characters, hidden from logs.

use std::fmt;

use cpd_sip::headers::unfold;

/// The longest identifier that is copied: 256 bytes. Longer ones are left out whole, since half an identifier is another.
const VALUE_BYTES_MAX: usize = 256;

/// Faults that are noted of one INVITE: enough to mend a dialer by, and no more than a line of log.
const FAULTS_MAX: usize = 16;

/// A dialer's own text: its identifiers may hold numbers and names, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Private(Vec<u8>);

impl Private {
    /// Unfolded and without control characters, in whatever character set it came; `None` if it is empty or too long.
    pub(super) fn of(value: &[u8]) -> Option<Private> {
        let mut bytes = unfold(value).into_owned();
        if bytes.is_empty() || bytes.len() > VALUE_BYTES_MAX {
            return None;
        }
        for byte in &mut bytes {
            if byte.is_ascii_control() {
                *byte = b' ';
            }
        }
        Some(Private(bytes))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} bytes)", self.0.len())
    }
}

/// One wish that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadWish {
    /// Where it stood.
    pub place: &'static str,
    /// What is wrong with it.
    pub what: &'static str,
}

impl fmt::Display for BadWish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// The faults of one INVITE.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults(Vec<BadWish>);

impl Faults {
    pub(super) fn note(&mut self, place: &'static str, what: &'static str) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(BadWish { place, what });
        }
    }

    pub(super) fn list(&self) -> &[BadWish] {
        &self.0
    }

    /// The value, or a note that there is none.
    pub(super) fn or_note<T>(
        &mut self,
        value: Option<T>,
        place: &'static str,
        what: &'static str,
    ) -> Option<T> {
        if value.is_none() {
            self.note(place, what);
        }
        value
    }
}

/// `on` and `off`.
pub(super) fn switch(value: &[u8]) -> Option<bool> {
    if value.eq_ignore_ascii_case(b"on") {
        Some(true)
    } else if value.eq_ignore_ascii_case(b"off") {
        Some(false)
    } else {
        None
    }
}

/// A decimal number of at most nine digits.
pub(super) fn number(value: &[u8]) -> Option<u32> {
    let digits = (1..=9).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    digits.then(|| {
        value
            .iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_bytes_survive_and_controls_do_not() {
        let value = Private::of(b"\xcf\xf0\x00 a\r\n b\x07").unwrap();
        assert_eq!(value.as_bytes(), b"\xcf\xf0  a b ");
        assert_eq!(format!("{value:?}"), "(8 bytes)");
        assert!(Private::of(&[b'x'; 257]).is_none() && Private::of(b"").is_none());
    }

    #[test]
    fn numbers_are_plain() {
        assert_eq!(number(b"1800"), Some(1_800));
        for bad in ["", "-1", "1.5", "1800ms", "1234567890"] {
            assert_eq!(number(bad.as_bytes()), None, "{bad}");
        }
    }
}
