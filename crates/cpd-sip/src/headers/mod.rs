//! Header values, typed and borrowed.
//!
//! Each type reads one value with `parse` and keeps the bytes it was read from. [`Message`](crate::Message) has a
//! method for each header that an endpoint needs (`top_via`, `from`, `session_expires`, …); values of other headers
//! are read with these types too.

mod address;
mod auth;
mod numbers;
mod params;
mod via;

pub use address::Address;
pub use auth::{Auth, AuthParams};
pub(crate) use numbers::delta;
pub use numbers::{CSeq, RAck, Reason, Refresher, RetryAfter, SessionExpires};
pub use params::{Params, ParamsIter};
pub use via::{BRANCH_COOKIE, Via};

use crate::fault::Fault;
use crate::scan::{self, Scanner};
use std::borrow::Cow;

/// The values of a list header's line, split at the commas outside quotes and brackets; empty ones are left out.
pub fn split(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        loop {
            let text = rest?;
            let value = match scan::find_outside(text, b',') {
                Some(at) => {
                    rest = Some(&text[at + 1..]);
                    &text[..at]
                }
                None => {
                    rest = None;
                    text
                }
            };
            let value = scan::trim(value);
            if !value.is_empty() {
                return Some(value);
            }
        }
    })
}

/// A quoted string without its quotes and backslashes; anything else as it is.
pub fn unquote(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""))
    else {
        return Cow::Borrowed(value);
    };
    if scan::find(b'\\', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(&b) = bytes.next() {
        out.push(if b == b'\\' {
            bytes.next().copied().unwrap_or(b)
        } else {
            b
        });
    }
    Cow::Owned(out)
}

/// Without the line ends of its folds.
pub fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    if scan::find(b'\n', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    for line in value.split(|&b| b == b'\n') {
        if !out.is_empty() {
            out.push(b' ');
        }
        out.extend_from_slice(scan::trim(line));
    }
    Cow::Owned(out)
}

/// `Content-Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentType<'a> {
    /// `application`, `multipart`, …
    pub kind: &'a [u8],
    /// `sdp`, `mixed`, …
    pub subtype: &'a [u8],
    /// `boundary`, `charset`, …
    pub params: Params<'a>,
}

impl<'a> ContentType<'a> {
    /// Reads a value.
    pub fn parse(value: &'a [u8]) -> Result<ContentType<'a>, Fault> {
        let mut scanner = Scanner::new(value);
        scanner.skip_lws();
        let kind = scanner.token().ok_or(Fault::value("type", 0))?;
        if !scanner.eat_loose(b'/') {
            return Err(Fault::value("no subtype", scanner.at()));
        }
        let subtype = scanner.token().ok_or(Fault::value("subtype", scanner.at()))?;
        let params = Params::new(scanner.rest()).check()?;
        Ok(ContentType {
            kind,
            subtype,
            params,
        })
    }

    /// True for `application/sdp`, whatever the case.
    pub fn is(&self, content_type: &str) -> bool {
        content_type.split_once('/').is_some_and(|(kind, subtype)| {
            self.kind.eq_ignore_ascii_case(kind.as_bytes())
                && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_split_at_their_own_commas_only() {
        let line = br#" "A, B" <sip:a,b@c;x=1>;q=1,, sip:d ,<sip:e>"#;
        let values: Vec<_> = split(line).collect();
        assert_eq!(
            values,
            [&br#""A, B" <sip:a,b@c;x=1>;q=1"#[..], b"sip:d", b"<sip:e>"]
        );
        assert_eq!(split(b" , ").count(), 0);
    }

    #[test]
    fn folds_and_quotes_are_resolved() {
        assert_eq!(unfold(b"a\r\n  b\r\n\tc").as_ref(), b"a b c");
        assert_eq!(unquote(br#""a\"b\\""#).as_ref(), br#"a"b\"#);
        assert_eq!(unquote(b"token").as_ref(), b"token");
    }
}
