//! Keys in a description: `a=crypto` (RFC 4568).

use super::{number, word, words};
use crate::srtp::{Key, Mki, Suite};

/// An `a=crypto` line: the key that its sender will protect with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crypto {
    /// Its number; an answer repeats the one it takes.
    pub tag: u32,
    /// Suite and key.
    pub key: Key,
}

impl Crypto {
    /// Reads the value of the attribute. `None`: a suite or a parameter that we cannot keep to, or no key.
    pub(super) fn parse(value: &[u8]) -> Option<Crypto> {
        let (tag, rest) = word(value);
        let (suite, rest) = word(rest);
        let (keys, parameters) = word(rest);
        let suite = Suite::named(suite)?;
        // Parameters change how packets look; whoever does not know one may not take the line (RFC 4568, 6.3). A window
        // hint does not, no more does a key that is never derived again.
        if !words(parameters).all(|parameter| {
            parameter.starts_with(b"WSH=") || parameter == b"KDR=0" || parameter.starts_with(b"-")
        }) {
            return None;
        }
        // Several keys are told apart by their marks; nobody was seen to send them.
        let keys = keys
            .strip_prefix(b"inline:")
            .filter(|keys| !keys.contains(&b';'))?;
        let mut parts = keys.split(|&byte| byte == b'|');
        let mut secret = [0; Key::SECRET_MAX];
        let length = decode(parts.next()?, &mut secret)?;
        let mut key = Key::new(suite, &secret[..length])?;
        for part in parts {
            // What holds no colon is a lifetime: a call ends long before 2^31 packets.
            if let Some(colon) = part.iter().position(|&byte| byte == b':') {
                let mki = Mki {
                    value: number(&part[..colon])?,
                    len: number(&part[colon + 1..]).filter(|&len| (1..=4).contains(&len))?,
                };
                key = key.with_mki(mki);
            }
        }
        Some(Crypto {
            tag: number(tag)?,
            key,
        })
    }

    /// Writes the attribute with its line end.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"a=crypto:");
        write_number(out, u64::from(self.tag));
        out.push(b' ');
        out.extend_from_slice(self.key.suite().name().as_bytes());
        out.extend_from_slice(b" inline:");
        encode(self.key.secret(), out);
        if let Some(mki) = self.key.mki() {
            out.push(b'|');
            write_number(out, u64::from(mki.value));
            out.push(b':');
            write_number(out, u64::from(mki.len));
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// Decimal digits, without an allocation.
pub(super) fn write_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// The letters of base64 (RFC 4648, section 4).
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for place in 0..4 {
            out.push(if place <= chunk.len() {
                LETTERS[(bits >> (18 - 6 * place)) as usize & 0x3f]
            } else {
                b'='
            });
        }
    }
}

/// Bytes written; `None` where a letter is none, or more come than fit. The `=` at the end may be missing.
fn decode(text: &[u8], bytes: &mut [u8]) -> Option<usize> {
    let end = text
        .iter()
        .rposition(|&byte| byte != b'=')
        .map_or(0, |last| last + 1);
    let mut length = 0;
    let (mut bits, mut held) = (0_u32, 0);
    for &letter in &text[..end] {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            *bytes.get_mut(length)? = (bits >> held) as u8;
            length += 1;
        }
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_that_we_can_keep_to_are_taken() {
        let parse = |line: &str| Crypto::parse(line.as_bytes());
        // RFC 4568, 6.1.
        let key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
        let plain = parse(&format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^20|1:4")).unwrap();
        assert_eq!(plain.tag, 1);
        assert_eq!(plain.key.mki(), Some(Mki { value: 1, len: 4 }));
        assert_eq!(&plain.key.secret()[..6], b"YS___s");
        for taken in ["", "|2^31", " WSH=64", " KDR=0", " -x"] {
            assert!(
                parse(&format!("2 AES_CM_128_HMAC_SHA1_32 inline:{key}{taken}")).is_some(),
                "{taken}"
            );
        }
        for refused in [
            " UNENCRYPTED_SRTCP",
            " KDR=3",
            "|1:5",
            "|x:4",
            ";inline:AAAA",
            "AA",
            " FEC_ORDER=FEC_SRTP",
        ] {
            assert_eq!(
                parse(&format!("2 AES_CM_128_HMAC_SHA1_80 inline:{key}{refused}")),
                None,
                "{refused}"
            );
        }
        assert_eq!(parse(&format!("3 F8_128_HMAC_SHA1_80 inline:{key}")), None);
        assert_eq!(parse(&format!("x AES_CM_128_HMAC_SHA1_80 inline:{key}")), None);
        assert_eq!(parse("4 AES_CM_128_HMAC_SHA1_80"), None);
    }

    #[test]
    fn the_longer_key_is_read_with_and_without_its_ending() {
        let key = Key::new(Suite::AesCm256Sha1_80, &[0x5a; 46]).unwrap();
        let crypto = Crypto { tag: 12, key };
        let mut line = Vec::new();
        crypto.write(&mut line);
        let line = String::from_utf8(line).unwrap();
        let value = line.trim_end().strip_prefix("a=crypto:").unwrap();
        assert!(value.ends_with("=="));
        for value in [value, value.trim_end_matches('=')] {
            assert_eq!(Crypto::parse(value.as_bytes()), Some(crypto.clone()));
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(bytes in prop::collection::vec(any::<u8>(), 0..46)) {
            let mut text = Vec::new();
            encode(&bytes, &mut text);
            let mut back = [0; 46];
            let length = decode(&text, &mut back);
            prop_assert_eq!(length, Some(bytes.len()));
            prop_assert_eq!(&back[..bytes.len()], &bytes[..]);
        }
    }
}
