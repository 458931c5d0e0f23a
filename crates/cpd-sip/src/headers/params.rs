//! Parameters: `;name=value;flag`.

use crate::fault::Fault;
use crate::scan::{self, Scanner};

/// The parameters of a header value or a URI; names are compared without regard to case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params<'a>(&'a [u8]);

impl<'a> Params<'a> {
    /// From the text that begins with the first `;`, or is empty.
    pub fn new(text: &'a [u8]) -> Self {
        Params(text)
    }

    /// As they stand, from the first `;` on.
    pub fn raw(self) -> &'a [u8] {
        self.0
    }

    /// The value of a parameter, with quotes if it has them; empty for a flag.
    pub fn get(self, name: &str) -> Option<&'a [u8]> {
        self.get_bytes(name.as_bytes())
    }

    /// True if nothing stands behind the last `;`.
    pub(super) fn ends_odd(self) -> bool {
        scan::trim(self.0).ends_with(b";")
    }

    pub(crate) fn get_bytes(self, name: &[u8]) -> Option<&'a [u8]> {
        self.into_iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// True if the parameter is there, with or without a value.
    pub fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Checks the grammar of header parameters: each a token, its value a token, a host or a quoted string. One `;` with
    /// nothing behind it is passed over: it is a slip of many devices, and no call is lost for it.
    pub(crate) fn check(self) -> Result<Self, Fault> {
        let mut scanner = Scanner::new(self.0);
        let bad = |scanner: &Scanner<'_>, what| Err(Fault::value(what, scanner.at()));
        loop {
            scanner.skip_lws();
            if scanner.done() {
                return Ok(self);
            }
            if !scanner.eat_loose(b';') {
                return bad(&scanner, "parameter");
            }
            if scanner.done() {
                return Ok(self);
            }
            if scanner.token().is_none() {
                return bad(&scanner, "parameter name");
            }
            if scanner.eat_loose(b'=') {
                let quoted = scanner.peek() == Some(b'"');
                let value = if quoted {
                    scanner.quoted().is_some()
                } else {
                    // More than the grammar has, so that URIs and lists without quotes pass.
                    let wanted = |b: u8| !scan::is_lws(b) && !matches!(b, b';' | b',' | b'"' | b'<' | b'>');
                    !scanner.take_while(wanted).is_empty()
                };
                // Some write `rport=` and `tag=`; an empty value is read as a flag.
                if !value && quoted {
                    return bad(&scanner, "quotes that are not closed");
                }
            }
        }
    }
}

impl<'a> IntoIterator for Params<'a> {
    type Item = (&'a [u8], &'a [u8]);
    type IntoIter = ParamsIter<'a>;

    fn into_iter(self) -> ParamsIter<'a> {
        ParamsIter(self.0)
    }
}

/// Goes over [`Params`]: name and value of each.
#[derive(Clone, Debug)]
pub struct ParamsIter<'a>(&'a [u8]);

impl<'a> Iterator for ParamsIter<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = scan::find(b';', self.0)?;
            let text = &self.0[start + 1..];
            let end = end_of_param(text);
            self.0 = &text[end..];
            let param = &text[..end];
            let (name, value) = match scan::split_once(param, b'=') {
                Some((name, value)) => (scan::trim(name), scan::trim(value)),
                None => (scan::trim(param), &b""[..]),
            };
            if !name.is_empty() {
                return Some((name, value));
            }
        }
    }
}

/// The place of the next `;` outside quotes.
fn end_of_param(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        scan::work::note(1);
        match text[at] {
            b';' => return at,
            b'"' => match scan::quoted_end(text, at) {
                Some(end) => at = end,
                None => return text.len(),
            },
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_values_quotes_and_folds() {
        let params = Params::new(b";a ;B = 2\r\n ;c=\"x;\\\"y\";;d=");
        let found: Vec<_> = params.into_iter().collect();
        assert_eq!(
            found,
            [
                (&b"a"[..], &b""[..]),
                (b"B", b"2"),
                (b"c", b"\"x;\\\"y\""),
                (b"d", b"")
            ]
        );
        assert_eq!(params.get("b"), Some(&b"2"[..]));
        assert!(params.has("A") && !params.has("e"));
    }

    #[test]
    fn faults_are_found() {
        for text in [" ; a ; b = \"c\" ;d=[::1]:5", ";a;", ";a ;\r\n "] {
            assert!(Params::new(text.as_bytes()).check().is_ok(), "{text}");
        }
        for text in ["a", ";;", ";;a", ";a;;", ";a=\"b", ";a b", ";a=b c", ";=b"] {
            assert!(Params::new(text.as_bytes()).check().is_err(), "{text}");
        }
    }
}
