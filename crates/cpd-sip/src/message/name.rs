//! Header names: the known as numbers, so that a look-up compares bytes only for the unknown.

use std::fmt;

/// The name of a header, compared without regard to case; the compact form is the same name.
///
/// ```
/// use cpd_sip::message::Name;
/// assert_eq!(Name::from("v"), Name::VIA);
/// assert_eq!(Name::from("x-account"), Name::from("X-Account"));
/// ```
#[derive(Clone, Copy)]
pub struct Name<'a> {
    known: u8,
    text: &'a [u8],
}

/// The number of a name that has none.
const OTHER: u8 = u8::MAX;

macro_rules! names {
    ($($constant:ident $text:literal $compact:literal,)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u8)]
        enum Number { $($constant),* }

        #[allow(missing_docs)]
        impl Name<'static> {
            $(pub const $constant: Name<'static> = Name { known: Number::$constant as u8, text: $text.as_bytes() };)*
        }

        /// Text and compact form (`' '`: none) by number, ordered by length.
        static NAMES: &[(&str, u8)] = &[$(($text, $compact)),*];
    };
}

names! {
    TO "To" b't',
    VIA "Via" b'v',
    FROM "From" b'f',
    CSEQ "CSeq" b' ',
    DATE "Date" b' ',
    PATH "Path" b' ',
    RACK "RAck" b' ',
    RSEQ "RSeq" b' ',
    ALLOW "Allow" b' ',
    EVENT "Event" b'o',
    ROUTE "Route" b' ',
    ACCEPT "Accept" b' ',
    MIN_SE "Min-SE" b' ',
    REASON "Reason" b' ',
    CALL_ID "Call-ID" b'i',
    CONTACT "Contact" b'm',
    EXPIRES "Expires" b' ',
    PRIVACY "Privacy" b' ',
    REQUIRE "Require" b' ',
    SUBJECT "Subject" b's',
    WARNING "Warning" b' ',
    REFER_TO "Refer-To" b'r',
    REPLACES "Replaces" b' ',
    DIVERSION "Diversion" b' ',
    RECV_INFO "Recv-Info" b' ',
    SUPPORTED "Supported" b'k',
    USER_AGENT "User-Agent" b' ',
    MIN_EXPIRES "Min-Expires" b' ',
    REFERRED_BY "Referred-By" b'b',
    RETRY_AFTER "Retry-After" b' ',
    UNSUPPORTED "Unsupported" b' ',
    CONTENT_TYPE "Content-Type" b'c',
    HISTORY_INFO "History-Info" b' ',
    INFO_PACKAGE "Info-Package" b' ',
    MAX_FORWARDS "Max-Forwards" b' ',
    RECORD_ROUTE "Record-Route" b' ',
    ALLOW_EVENTS "Allow-Events" b'u',
    AUTHORIZATION "Authorization" b' ',
    P_EARLY_MEDIA "P-Early-Media" b' ',
    PROXY_REQUIRE "Proxy-Require" b' ',
    SERVICE_ROUTE "Service-Route" b' ',
    CONTENT_LENGTH "Content-Length" b'l',
    SESSION_EXPIRES "Session-Expires" b'x',
    CONTENT_ENCODING "Content-Encoding" b'e',
    WWW_AUTHENTICATE "WWW-Authenticate" b' ',
    PROXY_AUTHENTICATE "Proxy-Authenticate" b' ',
    CONTENT_DISPOSITION "Content-Disposition" b' ',
    P_ASSERTED_IDENTITY "P-Asserted-Identity" b' ',
    PROXY_AUTHORIZATION "Proxy-Authorization" b' ',
    P_PREFERRED_IDENTITY "P-Preferred-Identity" b' ',
}

/// The first number of each length, and one more: names of length `n` are `START[n]..START[n + 1]`.
static START: [u8; 23] = starts();

const fn starts() -> [u8; 23] {
    let mut starts = [0; 23];
    let mut length = 0;
    let mut number = 0;
    while length < starts.len() {
        while number < NAMES.len() && NAMES[number].0.len() < length {
            number += 1;
        }
        starts[length] = number as u8;
        length += 1;
    }
    starts
}

impl<'a> Name<'a> {
    pub(crate) fn of(text: &'a [u8]) -> Self {
        let known = if let [letter] = text {
            let letter = letter.to_ascii_lowercase();
            if letter == b' ' {
                None
            } else {
                NAMES.iter().position(|name| name.1 == letter)
            }
        } else if text.len() + 1 < START.len() {
            let (start, end) = (usize::from(START[text.len()]), usize::from(START[text.len() + 1]));
            NAMES[start..end]
                .iter()
                .position(|name| name.0.as_bytes().eq_ignore_ascii_case(text))
                .map(|place| start + place)
        } else {
            None
        };
        Name {
            known: known.map_or(OTHER, |number| number as u8),
            text,
        }
    }

    /// From the number kept in a parsed line, and the text that stands there.
    pub(crate) fn numbered(known: u8, text: &'a [u8]) -> Self {
        Name { known, text }
    }

    pub(crate) fn number(self) -> u8 {
        self.known
    }

    /// The name as it came, maybe in its compact form.
    pub fn as_bytes(self) -> &'a [u8] {
        self.text
    }

    /// The full name of a known header; an unknown name as it came.
    pub fn full(self) -> &'a str {
        match NAMES.get(usize::from(self.known)) {
            Some(name) => name.0,
            None => std::str::from_utf8(self.text).unwrap_or_default(),
        }
    }

    /// The full name of a known header; `""` for an unknown one.
    pub(crate) fn known_text(self) -> &'static str {
        NAMES.get(usize::from(self.known)).map_or("", |name| name.0)
    }
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(text: &'a str) -> Self {
        Name::of(text.as_bytes())
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Name<'_>) -> bool {
        self.known == other.known && (self.known != OTHER || self.text.eq_ignore_ascii_case(other.text))
    }
}

impl Eq for Name<'_> {}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.full())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_by_text_and_by_letter() {
        assert!(
            NAMES.is_sorted_by_key(|name| name.0.len()),
            "the table must be ordered by length"
        );
        for (number, (text, compact)) in NAMES.iter().enumerate() {
            assert_eq!(Name::from(*text).known, number as u8, "{text}");
            assert_eq!(Name::from(text.to_uppercase().as_str()).full(), *text);
            if *compact != b' ' {
                assert_eq!(Name::of(&[*compact]).known, number as u8, "{text}");
            }
        }
    }

    #[test]
    fn unknown_names_are_kept() {
        assert_eq!(Name::from("X-Account").full(), "X-Account");
        assert_ne!(Name::from("X-Account"), Name::from("X-Other"));
        assert_ne!(Name::from("q"), Name::VIA);
        assert_eq!(Name::from(" ").known, OTHER);
    }
}
