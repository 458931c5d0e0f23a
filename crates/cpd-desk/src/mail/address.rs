//! Addresses in the form that they are compared in.
//!
//! Letters are small, domains are in their ASCII form (`xn--…`) and without a dot at the end: two spellings of one address are
//! one. The part before the `@` is made small too; RFC 5321 lets servers tell `Anna@` from `anna@`, and none that people use does.

use std::fmt;

use mail_parser::parsers::MessageStream;
use serde::{Deserialize, Serialize};

/// RFC 5321, 4.5.3.1: bytes before the `@`.
const LOCAL_MAX: usize = 64;
/// RFC 5321, 4.5.3.1, and its erratum 1690: bytes of an address.
const ADDRESS_MAX: usize = 254;
/// Names that people have end long before; characters.
const NAME_MAX: usize = 200;
/// Addresses of one field that are read. More are on lists of people, to whom a desk does not answer.
pub(super) const MAILBOXES_MAX: usize = 100;

/// An address, as it is compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Address {
    text: String,
    at: usize,
}

impl Address {
    /// The address of a text; none where there is none, or more than one.
    #[must_use]
    pub fn new(text: &str) -> Option<Address> {
        let text = text.trim();
        let text = text
            .strip_prefix('<')
            .and_then(|text| text.strip_suffix('>'))
            .unwrap_or(text);
        let (local, domain) = text.rsplit_once('@')?;
        let local = local
            .strip_prefix('"')
            .and_then(|local| local.strip_suffix('"'))
            .unwrap_or(local);
        let local = local.to_lowercase();
        // Whatever has a meaning in a header or on a command line of SMTP is in nobody's address.
        let forbidden =
            |letter: char| letter.is_control() || letter.is_whitespace() || "<>()[]\\,;:@\"".contains(letter);
        if local.is_empty() || local.len() > LOCAL_MAX || local.contains(forbidden) {
            return None;
        }
        let domain = domain.trim_end_matches('.');
        if domain.is_empty() || domain.len() > ADDRESS_MAX {
            return None;
        }
        let domain = idna::domain_to_ascii_strict(domain).ok()?;
        let at = local.len();
        let text = format!("{local}@{domain}");
        (text.len() <= ADDRESS_MAX).then_some(Address { text, at })
    }

    /// Before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// After it, in ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// All of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.text
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Address, String> {
        Address::new(&text).ok_or_else(|| format!("read an address from {text:?}"))
    }
}

/// Somebody's name and address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mailbox {
    /// The name; may be empty.
    pub name: String,
    /// The address.
    pub address: Address,
}

/// The mailboxes of a field's value.
pub(super) fn mailboxes(value: &str) -> Vec<Mailbox> {
    let line = format!("{value}\n");
    let read = MessageStream::new(line.as_bytes()).parse_address();
    let Some(addresses) = read.as_address() else {
        return Vec::new();
    };
    addresses
        .iter()
        .filter_map(|one| {
            let address = Address::new(one.address()?)?;
            let name = one.name().map(line_of).unwrap_or_default();
            Some(Mailbox { name, address })
        })
        .take(MAILBOXES_MAX)
        .collect()
}

/// A name as one line: what turns it round or hides in it is left out.
fn line_of(name: &str) -> String {
    let plain = super::one_line(name, NAME_MAX);
    plain.trim_matches(['"', '\'']).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        let one = Address::new("anna@xn--e1afmkfd.xn--p1ai").unwrap();
        for other in [
            "Anna@пример.рф",
            " <ANNA@Пример.РФ.> ",
            "\"anna\"@xn--e1afmkfd.xn--p1ai..",
            "anna@ПРИМЕР.xn--p1ai",
        ] {
            assert_eq!(Address::new(other), Some(one.clone()), "{other}");
        }
        assert_eq!((one.local(), one.domain()), ("anna", "xn--e1afmkfd.xn--p1ai"));
    }

    #[test]
    fn what_is_none_is_none() {
        let long = format!("{}@example.com", "a".repeat(65));
        for wrong in [
            "",
            "anna",
            "@example.com",
            "anna@",
            "anna@.",
            "a b@example.com",
            "a@b@example.com",
            "a\r\nBcc: b@example.com",
            "a>@example.com",
            "a@exam ple.com",
            "a@example.com\r\nX: y",
            &long,
        ] {
            assert_eq!(Address::new(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn names_are_decoded() {
        let read = |value: &str| {
            mailboxes(value)
                .into_iter()
                .map(|one| format!("{}|{}", one.name, one.address))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            read(
                "=?koi8-r?B?4c7OwQ==?= <Anna@Example.com>, \"Petrov, Ivan\" <ivan@example.org>, <bare@example.net>"
            ),
            [
                "Анна|anna@example.com",
                "Petrov, Ivan|ivan@example.org",
                "|bare@example.net"
            ]
        );
        assert_eq!(read("undisclosed-recipients:;"), Vec::<String>::new());
        assert_eq!(
            read("Desk: a@example.com, b@example.com;"),
            ["|a@example.com", "|b@example.com"]
        );
        assert_eq!(read(&"a@example.com, ".repeat(10_000)).len(), MAILBOXES_MAX);
    }
}
