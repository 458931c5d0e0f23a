//! `%` escapes.

use crate::scan;
use std::borrow::Cow;

/// Resolves `%41`; what is no escape stays as it is.
pub fn unescape(bytes: &[u8]) -> Cow<'_, [u8]> {
    if scan::find(b'%', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match escaped(&bytes[at..]) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// The byte of an escape that `bytes` begins with.
pub(super) fn escaped(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else { return None };
    let digit = |b: &u8| (*b as char).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

/// Escapes what may not stand in a user part as it is.
pub fn escape_user(text: &[u8]) -> Cow<'_, [u8]> {
    let plain = |b: u8| scan::is_user(b) && b != b'%' && b != b'#';
    if text.iter().all(|&b| plain(b)) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len() + 8);
    for &b in text {
        if plain(b) {
            out.push(b);
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            out.extend([b'%', DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_resolve_and_return() {
        assert_eq!(unescape(b"sip%3Auser%zz%4").as_ref(), b"sip:user%zz%4");
        assert_eq!(unescape(b"null-%00-null").as_ref(), b"null-\0-null");
        assert_eq!(escape_user(b"a b@c%").as_ref(), b"a%20b%40c%25");
        assert_eq!(unescape(&escape_user(b"\xFF#1")).as_ref(), b"\xFF#1");
        assert!(matches!(escape_user(b"+49;npdi"), Cow::Borrowed(_)));
    }
}
