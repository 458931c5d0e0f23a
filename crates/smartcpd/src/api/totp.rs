//! One-time codes of an authenticator: TOTP (RFC 6238) with SHA-1, six digits and 30 s, which is what the apps speak.

use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};

/// Seconds of a step.
const STEP_S: i64 = 30;
/// Steps that a clock may be off, each way.
const SKEW: i64 = 1;
/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, 4).
pub(crate) const SECRET_BYTES: usize = 20;

/// The step whose code this is, if it is one of now and none up to `last`, the step of the last code that was taken.
pub(crate) fn step_of(secret: &[u8], code: &str, now_ms: i64, last: i64) -> Option<i64> {
    let code = code.trim();
    let now = now_ms.div_euclid(1_000 * STEP_S);
    (now - SKEW..=now + SKEW).find(|step| *step > last && equal(&code_at(secret, *step), code))
}

/// The code of a step (RFC 4226, 5.3).
pub(super) fn code_at(secret: &[u8], step: i64) -> String {
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes[bytes.len() - 1] & 15);
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[offset..offset + 4]);
    format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
}

/// Compares in a time that does not depend on where they differ.
fn equal(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// A secret in base 32 (RFC 4648), as apps want it typed.
pub(crate) fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::new();
    for chunk in bytes.chunks(5) {
        let mut word = [0; 8];
        word[3..3 + chunk.len()].copy_from_slice(chunk);
        let word = u64::from_be_bytes(word);
        for at in 0..(chunk.len() * 8).div_ceil(5) {
            out.push(char::from(LETTERS[(word >> (35 - 5 * at)) as usize & 31]));
        }
    }
    out
}

/// What an app reads from a picture.
pub(crate) fn uri(secret: &[u8], email: &str) -> String {
    let account: String = email
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let secret = base32(secret);
    format!("otpauth://totp/SmartCPD:{account}?secret={secret}&issuer=SmartCPD")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = seconds / STEP_S;
            assert_eq!(step_of(secret, code, seconds * 1_000, 0), Some(step), "{seconds}");
            assert_eq!(
                step_of(secret, code, seconds * 1_000, step),
                None,
                "a code is taken once"
            );
            assert_eq!(step_of(secret, code, (seconds + 90) * 1_000, 0), None, "it ends");
        }
    }

    /// RFC 4648, 10.
    #[test]
    fn base_32_is_that_of_the_standard() {
        for (text, is) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(text.as_bytes()), is);
        }
    }
}
