//! WWW-Authenticate, Proxy-Authenticate, Authorization, Proxy-Authorization: a scheme and a list of parameters.

use super::unquote;
use crate::fault::Fault;
use crate::scan::{self, Scanner};
use std::borrow::Cow;

/// A challenge or credentials.
#[derive(Clone, Copy)]
pub struct Auth<'a> {
    /// `Digest`, or any other.
    pub scheme: &'a [u8],
    /// What follows it.
    pub params: AuthParams<'a>,
}

impl<'a> Auth<'a> {
    /// Reads the value of one header line: challenges do not share lines (RFC 3261, 7.3.1).
    pub fn parse(value: &'a [u8]) -> Result<Auth<'a>, Fault> {
        let mut scanner = Scanner::new(value);
        scanner.skip_lws();
        let scheme = scanner.token().ok_or(Fault::value("scheme", 0))?;
        Ok(Auth {
            scheme,
            params: AuthParams(scanner.rest()),
        })
    }

    /// True for `Digest`.
    pub fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_ascii_case(b"Digest")
    }
}

/// Comma-separated `name=value`.
#[derive(Clone, Copy)]
pub struct AuthParams<'a>(&'a [u8]);

impl<'a> AuthParams<'a> {
    /// The value of a parameter, without quotes and backslashes.
    pub fn get(self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| unquote(value))
    }

    /// Name and value of each, the value as it stands.
    pub fn iter(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        super::split(self.0).filter_map(|param| {
            let (name, value) = scan::split_once(param, b'=')?;
            Some((scan::trim(name), scan::trim(value)))
        })
    }
}

/// Credentials stay out of logs.
impl std::fmt::Debug for Auth<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} …", String::from_utf8_lossy(self.scheme))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found() {
        let auth =
            Auth::parse(b"Digest realm=\"a, \\\"b\\\"\", qop=\"auth,auth-int\",\r\n stale = TRUE").unwrap();
        assert!(auth.is_digest());
        assert_eq!(auth.params.get("Realm").unwrap().as_ref(), br#"a, "b""#);
        assert_eq!(auth.params.get("qop").unwrap().as_ref(), b"auth,auth-int");
        assert_eq!(auth.params.get("stale").unwrap().as_ref(), b"TRUE");
        assert!(auth.params.get("nonce").is_none());
        assert_eq!(format!("{auth:?}"), "Digest …");
    }
}
