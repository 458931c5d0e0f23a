//! Equality of URIs (RFC 3261, 19.1.4; RFC 3966, 4).

use super::escape::escaped;
use super::{Host, Scheme, Uri};
use crate::headers::Params;

/// Parameters that two equal URIs either both have or both lack.
const DECISIVE: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

impl Uri<'_> {
    /// True if both point to the same resource by the rules of RFC 3261, 19.1.4.
    pub fn equals(&self, other: &Uri<'_>) -> bool {
        if self.scheme != other.scheme {
            return false;
        }
        match self.scheme {
            Scheme::Other => self.raw == other.raw,
            Scheme::Tel => same_number(self.number(), other.number()) && self.same_params(other),
            Scheme::Sip | Scheme::Sips => {
                same_option(self.user, other.user)
                    && same_option(self.password, other.password)
                    && same_host(self.host, other.host)
                    && self.port == other.port
                    && self.same_params(other)
                    && same_headers(self.headers, other.headers)
            }
        }
    }

    fn same_params(&self, other: &Uri<'_>) -> bool {
        let agree = |mine: Params<'_>, theirs: Params<'_>| {
            mine.into_iter()
                .all(|(name, value)| match theirs.get_bytes(name) {
                    Some(other) => same_escaped(value, other, true),
                    None => !DECISIVE
                        .iter()
                        .any(|decisive| name.eq_ignore_ascii_case(decisive.as_bytes())),
                })
        };
        // Real URIs have a few; the bound keeps hostile ones from costing a square.
        const COMPARED_MAX: usize = 32;
        let many = |uri: &Uri<'_>| uri.params.into_iter().nth(COMPARED_MAX).is_some();
        if many(self) || many(other) {
            return self.params == other.params;
        }
        // Every lone parameter of a tel URI counts (RFC 3966, 4).
        let count = |uri: &Uri<'_>| {
            if uri.scheme == Scheme::Tel {
                uri.params.into_iter().count()
            } else {
                0
            }
        };
        count(self) == count(other) && agree(self.params, other.params) && agree(other.params, self.params)
    }
}

fn same_option(a: Option<&[u8]>, b: Option<&[u8]>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same_escaped(a, b, false),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn same_host(a: Option<Host<'_>>, b: Option<Host<'_>>) -> bool {
    match (a, b) {
        (Some(Host::Name(a)), Some(Host::Name(b))) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    }
}

/// Headers count in any order, and each counts.
fn same_headers(a: &[u8], b: &[u8]) -> bool {
    // Real URIs have none or one; the bound keeps hostile ones from costing a square.
    const COMPARED_MAX: usize = 16;
    if a.is_empty() && b.is_empty() {
        return true;
    }
    let split = |text| <[u8]>::split(text, |&b| b == b'&');
    let (count_a, count_b) = (split(a).count(), split(b).count());
    count_a == count_b
        && count_a <= COMPARED_MAX
        && split(a).all(|one| split(b).any(|other| same_escaped(one, other, true)))
}

/// Numbers are the same whatever visual separators they are written with (RFC 3966, 5.1.1).
fn same_number(a: &[u8], b: &[u8]) -> bool {
    fn significant(number: &[u8]) -> impl Iterator<Item = u8> {
        let visual = |b: &u8| matches!(b, b'-' | b'.' | b'(' | b')');
        number
            .iter()
            .copied()
            .filter(move |b| !visual(b))
            .map(|b| b.to_ascii_lowercase())
    }
    significant(a).eq(significant(b))
}

/// Equal when escapes are resolved; an escaped reserved letter differs from the letter itself.
fn same_escaped(a: &[u8], b: &[u8], ignore_case: bool) -> bool {
    fn letters(mut bytes: &[u8], ignore_case: bool) -> impl Iterator<Item = (bool, u8)> {
        std::iter::from_fn(move || {
            let (&first, rest) = bytes.split_first()?;
            let (escape, byte) = match escaped(bytes) {
                Some(byte) => {
                    bytes = &bytes[3..];
                    (b";/?:@&=+$,".contains(&byte), byte)
                }
                None => {
                    bytes = rest;
                    (false, first)
                }
            };
            Some((
                escape,
                if ignore_case {
                    byte.to_ascii_lowercase()
                } else {
                    byte
                },
            ))
        })
    }
    letters(a, ignore_case).eq(letters(b, ignore_case))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let (a, b) = (
            Uri::parse(a.as_bytes()).unwrap(),
            Uri::parse(b.as_bytes()).unwrap(),
        );
        assert_eq!(a.equals(&b), b.equals(&a));
        a.equals(&b)
    }

    #[test]
    fn rfc3261_19_1_4_equal_uris() {
        for (a, b) in [
            (
                "sip:%61lice@atlanta.com;transport=TCP",
                "sip:alice@AtLanTa.CoM;Transport=tcp",
            ),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
            ),
            ("tel:+49-151(1)", "tel:+491511"),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn rfc3261_19_1_4_different_uris() {
        for (a, b) in [
            (
                "SIP:ALICE@AtLanTa.CoM;Transport=udp",
                "sip:alice@AtLanTa.CoM;Transport=UDP",
            ),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
            (
                "sip:carol@chicago.com",
                "sip:carol@chicago.com?Subject=next%20meeting",
            ),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            (
                "sip:carol@chicago.com;security=on",
                "sip:carol@chicago.com;security=off",
            ),
            ("sip:a%40b@c", "sip:a%3Ab@c"),
            ("sip:a@c", "sips:a@c"),
            ("tel:+49", "tel:+49;ext=1"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }
}
