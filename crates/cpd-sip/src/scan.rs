//! The letters of SIP's grammar, and small steps over bytes.
//!
//! Everything works on bytes: a display name in CP1251 is as good as one in UTF-8. Line folds count as white space, so
//! a typed parser never sees the difference between a folded value and one on a single line.

const TOKEN: u8 = 1;
const LWS: u8 = 2;
const HOST: u8 = 4;
const USER: u8 = 8;
const PARAM: u8 = 16;

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        let alnum = b.is_ascii_alphanumeric();
        if alnum
            || matches!(
                b,
                b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~'
            )
        {
            table[byte] |= TOKEN;
        }
        if matches!(b, b' ' | b'\t' | b'\r' | b'\n') {
            table[byte] |= LWS;
        }
        // '_' is no host letter by RFC 3261, but names of internal machines carry it.
        if alnum || matches!(b, b'-' | b'.' | b'_') {
            table[byte] |= HOST;
        }
        let unreserved = alnum || matches!(b, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')');
        // '#' stands unescaped in dialled numbers (`*21#`) of many dialers.
        if unreserved
            || matches!(
                b,
                b'&' | b'=' | b'+' | b'$' | b',' | b';' | b'?' | b'/' | b'%' | b'#'
            )
        {
            table[byte] |= USER;
        }
        if unreserved || matches!(b, b'[' | b']' | b'/' | b':' | b'&' | b'+' | b'$' | b'%') {
            table[byte] |= PARAM;
        }
        byte += 1;
    }
    table
}

static CLASS: [u8; 256] = classes();

fn is(byte: u8, class: u8) -> bool {
    CLASS[usize::from(byte)] & class != 0
}

/// A letter of `token` (RFC 3261, 25.1).
pub(crate) fn is_token(byte: u8) -> bool {
    is(byte, TOKEN)
}

/// A space, a tab, or a part of a line fold.
pub(crate) fn is_lws(byte: u8) -> bool {
    is(byte, LWS)
}

/// A letter of a host name.
pub(crate) fn is_host(byte: u8) -> bool {
    is(byte, HOST)
}

/// A letter of the user part or the password of a URI, escapes included.
pub(crate) fn is_user(byte: u8) -> bool {
    is(byte, USER)
}

/// A letter of a URI parameter, escapes included.
pub(crate) fn is_param(byte: u8) -> bool {
    is(byte, PARAM)
}

/// Bytes looked at, counted in tests: the proof that hostile headers cost no square. Otherwise nothing.
pub(crate) mod work {
    #[cfg(test)]
    std::thread_local! {
        static BYTES: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    #[cfg(test)]
    pub(crate) fn note(bytes: usize) {
        BYTES.set(BYTES.get() + bytes + 1);
    }

    #[cfg(not(test))]
    #[inline]
    pub(crate) fn note(_: usize) {}

    /// What `act` looks at.
    #[cfg(test)]
    pub(crate) fn of(act: impl FnOnce()) -> usize {
        let before = BYTES.get();
        act();
        BYTES.get() - before
    }
}

/// The place of the first `wanted`.
pub(crate) fn find(wanted: u8, bytes: &[u8]) -> Option<usize> {
    let place = memchr::memchr(wanted, bytes);
    work::note(place.unwrap_or(bytes.len()));
    place
}

/// Without white space at both ends.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|&b| !is_lws(b)).unwrap_or(bytes.len());
    let end = bytes
        .iter()
        .rposition(|&b| !is_lws(b))
        .map_or(start, |last| last + 1);
    work::note(bytes.len() - (end - start));
    &bytes[start..end]
}

/// A decimal number that fits, and nothing else.
pub(crate) fn number<T: TryFrom<u64>>(bytes: &[u8]) -> Option<T> {
    if bytes.is_empty() {
        return None;
    }
    let mut value: u64 = 0;
    for &b in bytes {
        if !b.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(b - b'0'))?;
    }
    T::try_from(value).ok()
}

/// The end of the quoted string that begins at `start`, behind its closing quote; `None` if it is never closed.
pub(crate) fn quoted_end(bytes: &[u8], start: usize) -> Option<usize> {
    debug_assert_eq!(bytes.get(start), Some(&b'"'));
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => {
                work::note(at - start);
                return Some(at + 1);
            }
            _ => at += 1,
        }
    }
    work::note(at - start);
    None
}

/// The place of the first `wanted` outside quoted strings and angle brackets; an unclosed one runs to the end.
pub(crate) fn find_outside(bytes: &[u8], wanted: u8) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        work::note(1);
        match bytes[at] {
            b if b == wanted => return Some(at),
            b'"' => at = quoted_end(bytes, at)?,
            b'<' => at += find(b'>', &bytes[at..])? + 1,
            _ => at += 1,
        }
    }
    None
}

/// Splits at the first `separator`; the separator is in neither part.
pub(crate) fn split_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = find(separator, bytes)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

/// Steps over a value from left to right.
#[derive(Clone, Copy)]
pub(crate) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Scanner { bytes, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(crate) fn skip_lws(&mut self) {
        self.take_while(is_lws);
    }

    /// The longest run of bytes that `wanted` accepts, maybe none.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let start = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        work::note(self.at - start);
        &self.bytes[start..self.at]
    }

    /// A token that is not empty.
    pub(crate) fn token(&mut self) -> Option<&'a [u8]> {
        let token = self.take_while(is_token);
        (!token.is_empty()).then_some(token)
    }

    /// True, and a step on, if `byte` is next.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        self.at += usize::from(next);
        next
    }

    /// `byte` with white space on both sides.
    pub(crate) fn eat_loose(&mut self, byte: u8) -> bool {
        self.skip_lws();
        let next = self.eat(byte);
        if next {
            self.skip_lws();
        }
        next
    }

    /// A quoted string that is next, with its quotes.
    pub(crate) fn quoted(&mut self) -> Option<&'a [u8]> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let end = quoted_end(self.bytes, self.at)?;
        let text = &self.bytes[self.at..end];
        self.at = end;
        Some(text)
    }

    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.bytes.len());
    }

    pub(crate) fn done(&self) -> bool {
        self.at >= self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal_and_fit() {
        assert_eq!(number::<u32>(b"0009"), Some(9));
        assert_eq!(number::<u32>(b"36893488147419103232"), None);
        assert_eq!(number::<u32>(b"-1"), None);
        assert_eq!(number::<u16>(b"65536"), None);
        assert_eq!(number::<u16>(b""), None);
    }

    #[test]
    fn quotes_and_brackets_hide_separators() {
        assert_eq!(find_outside(br#""a,b\",c" <sip:a,b@c>, d"#, b','), Some(21));
        assert_eq!(find_outside(br#""a,b"#, b','), None);
    }
}
