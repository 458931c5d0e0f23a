//! Name and address: From, To, Contact, Route, P-Asserted-Identity, Diversion, …

use super::Params;
use crate::fault::Fault;
use crate::scan::{self, Scanner};
use crate::uri::Uri;
use std::borrow::Cow;
use std::fmt;

/// One value of a header that holds an address.
#[derive(Clone, Copy)]
pub struct Address<'a> {
    /// The display name as it stands, with its quotes; empty if there is none.
    pub display: &'a [u8],
    /// The URI as it stands, without brackets.
    pub uri: &'a [u8],
    /// The parameters of the header, not of the URI.
    pub params: Params<'a>,
    /// True if the value bends the grammar in a way that can be understood: a display name without the quotes it
    /// needs, white space inside the brackets, a `?` without brackets (RFC 4475: baddn, badaspec, regbadct), a `;` at
    /// the end.
    pub odd: bool,
}

impl<'a> Address<'a> {
    /// Reads one value. The URI itself is not looked into: see [`Address::uri`].
    pub fn parse(value: &'a [u8]) -> Result<Address<'a>, Fault> {
        let mut scanner = Scanner::new(value);
        scanner.skip_lws();
        let start = scanner.at();
        if scanner.peek() == Some(b'"') {
            let display = scanner
                .quoted()
                .ok_or(Fault::value("quotes that are not closed", start))?;
            scanner.skip_lws();
            return Self::bracketed(scanner, display, false);
        }
        let open = scan::find(b'<', scanner.rest());
        if let Some(open) = open {
            let display = scan::trim(&scanner.rest()[..open]);
            if scan::find(b'"', display).is_some() {
                return Err(Fault::value("quotes in a bare name", start));
            }
            scanner.advance(open);
            // UTF-8 without quotes is against the grammar too, but nobody is surprised by it.
            let odd = !display
                .iter()
                .all(|&b| scan::is_token(b) || scan::is_lws(b) || b >= 0x80);
            return Self::bracketed(scanner, display, odd);
        }
        // An addr-spec: parameters behind it are the header's (RFC 3261, 20).
        let text = scanner.rest();
        let end = scan::find(b';', text).unwrap_or(text.len());
        let uri = scan::trim(&text[..end]);
        if uri.is_empty() || uri.iter().any(|&b| scan::is_lws(b)) {
            return Err(Fault::value("address", start));
        }
        let odd = memchr::memchr2(b'?', b',', uri).is_some();
        let params = Params::new(&text[end..]).check().map_err(|f| Fault {
            at: f.at + start + end,
            ..f
        })?;
        Ok(Address {
            display: b"",
            uri,
            params,
            odd: odd || params.ends_odd(),
        })
    }

    fn bracketed(mut scanner: Scanner<'a>, display: &'a [u8], odd: bool) -> Result<Address<'a>, Fault> {
        if !scanner.eat(b'<') {
            return Err(Fault::value("no address behind the name", scanner.at()));
        }
        let inner = scanner.rest();
        let end = scan::find(b'>', inner).ok_or(Fault::value("bracket that is not closed", scanner.at()))?;
        let uri = scan::trim(&inner[..end]);
        if uri.is_empty() {
            return Err(Fault::value("empty address", scanner.at()));
        }
        scanner.advance(end + 1);
        let params = Params::new(scanner.rest());
        let params = params.check().map_err(|f| Fault {
            at: f.at + scanner.at(),
            ..f
        })?;
        Ok(Address {
            display,
            uri,
            params,
            odd: odd || uri.len() != end || params.ends_odd(),
        })
    }

    /// The URI, parsed.
    pub fn uri(&self) -> Result<Uri<'a>, Fault> {
        Uri::parse(self.uri)
    }

    /// The `tag` parameter.
    pub fn tag(&self) -> Option<&'a [u8]> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// The display name without quotes and backslashes, in whatever character set it came.
    pub fn display_text(&self) -> Cow<'a, [u8]> {
        super::unquote(self.display)
    }
}

/// Hides name and number.
impl fmt::Debug for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.uri() {
            Ok(uri) => write!(f, "<{uri:?}>"),
            Err(_) => f.write_str("<…>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address<'_> {
        Address::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn names_in_every_dress() {
        let fancy =
            address("\"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8");
        assert_eq!(fancy.display_text().as_ref(), br#"J Rosenberg \""#);
        assert_eq!(fancy.tag(), Some(&b"98asjd8"[..]));
        assert_eq!(
            address("caller<sip:caller@example.com>;tag=323").display,
            b"caller"
        );
        assert_eq!(address("<sip:a@b;lr>").uri, b"sip:a@b;lr");
        assert_eq!(address("\r\n sip:v@e ;   tag    = 1918").uri, b"sip:v@e");
        assert_eq!(address("sip:v@e;tag=1;x").params.raw(), b";tag=1;x");
    }

    #[test]
    fn a_name_in_any_character_set_is_kept() {
        let address = Address::parse(b"\"\xcf\xf0\xe8\xe2\xe5\xf2\" <sip:a@b>").unwrap();
        assert_eq!(address.display_text().as_ref(), b"\xcf\xf0\xe8\xe2\xe5\xf2");
        assert!(!address.odd);
    }

    #[test]
    fn bent_grammar_is_understood_and_told() {
        assert!(address("Bell, Alexander <sip:a.g.bell@example.com>;tag=43").odd);
        assert!(address("\"Watson, Thomas\" < sip:t.watson@example.org >").odd);
        assert_eq!(
            address("\"Watson, Thomas\" < sip:t.watson@example.org >").uri,
            b"sip:t.watson@example.org"
        );
        assert!(address("sip:user@example.com?Route=%3Csip:sip.example.com%3E").odd);
        assert!(!address("<sip:user@example.com?Route=%3Csip:sip.example.com%3E>").odd);
        assert!(address("<sip:a@b>;tag=1;").odd && address("sip:a@b;tag=1; ").odd);
        assert_eq!(address("<sip:a@b>;tag=1;").tag(), Some(&b"1"[..]));
    }

    #[test]
    fn faults_are_found() {
        for text in [
            "",
            "\"Mr. J. User <sip:j.user@example.com>",
            "\"Joe\" <sip:joe@example.org>;;;;",
            "\"a\"",
            "<>",
            "<sip:a",
            "\"a\" sip:a@b",
            "a \"b\" <sip:c>",
            "Joe sip:a@b",
        ] {
            assert!(Address::parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn debug_hides_who_it_is() {
        assert_eq!(
            format!("{:?}", address("\"Eve\" <sip:+4915@192.0.2.1>")),
            "<Sip:…@192.0.2.1>"
        );
    }
}
