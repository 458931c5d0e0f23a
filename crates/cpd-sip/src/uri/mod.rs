//! URIs: `sip`, `sips` and `tel`, borrowed from the bytes they stand in.
//!
//! Nothing is unescaped or lower-cased while parsing; [`Uri::raw`] is what came. Two URIs are compared by
//! [`Uri::equals`] (RFC 3261, 19.1.4).

mod compare;
mod escape;

pub use escape::{escape_user, unescape};

use crate::fault::Fault;
use crate::headers::Params;
use crate::scan::{self, is_host, is_param, is_user};
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The scheme of a URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Any other; its text is [`Uri::raw`] up to the colon.
    Other,
}

/// Where a URI or a Via points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host<'a> {
    /// An address, an IPv6 one without its brackets.
    Address(IpAddr),
    /// A name.
    Name(&'a str),
}

/// A parsed URI.
///
/// ```
/// use cpd_sip::uri::Uri;
/// let uri = Uri::parse(b"sip:+4915112345;npdi;rn=+49@[2001:db8::1]:5070;transport=tcp").unwrap();
/// assert_eq!(uri.number(), b"+4915112345");
/// assert_eq!(uri.user_params().get("rn"), Some(&b"+49"[..]));
/// assert_eq!(uri.port, Some(5070));
/// ```
#[derive(Clone, Copy)]
pub struct Uri<'a> {
    /// The whole URI.
    pub raw: &'a [u8],
    /// The scheme.
    pub scheme: Scheme,
    /// The user part with its parameters, escaped as it came; of a `tel` URI the number.
    pub user: Option<&'a [u8]>,
    /// The password.
    pub password: Option<&'a [u8]>,
    /// The host; `None` for `tel` and unknown schemes.
    pub host: Option<Host<'a>>,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// The parameters behind the host, of a `tel` URI those behind the number.
    pub params: Params<'a>,
    /// The headers behind `?`, as they stand.
    pub headers: &'a [u8],
}

impl<'a> Uri<'a> {
    /// Reads a URI. One of an unknown scheme is kept whole.
    pub fn parse(raw: &'a [u8]) -> Result<Uri<'a>, Fault> {
        let (scheme_text, rest) = scan::split_once(raw, b':').ok_or(Fault::uri("no scheme", 0))?;
        let at = scheme_text.len() + 1;
        let letters = scheme_text
            .iter()
            .all(|&b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        if !letters || !scheme_text.first().is_some_and(u8::is_ascii_alphabetic) {
            return Err(Fault::uri("scheme", 0));
        }
        let mut uri = Uri {
            raw,
            scheme: Scheme::Other,
            user: None,
            password: None,
            host: None,
            port: None,
            params: Params::default(),
            headers: b"",
        };
        if scheme_text.eq_ignore_ascii_case(b"sip") {
            uri.scheme = Scheme::Sip;
            uri.parse_sip(rest, at)?;
        } else if scheme_text.eq_ignore_ascii_case(b"sips") {
            uri.scheme = Scheme::Sips;
            uri.parse_sip(rest, at)?;
        } else if scheme_text.eq_ignore_ascii_case(b"tel") {
            uri.scheme = Scheme::Tel;
            uri.parse_tel(rest, at)?;
        } else if let Some(bad) = raw
            .iter()
            .position(|&b| b <= b' ' || b == b'<' || b == b'>' || b == b'"')
        {
            return Err(Fault::uri("letter", bad));
        }
        Ok(uri)
    }

    fn parse_sip(&mut self, rest: &'a [u8], at: usize) -> Result<(), Fault> {
        let (userinfo, tail) = match scan::find(b'@', rest) {
            Some(end) => (Some(&rest[..end]), &rest[end + 1..]),
            None => (None, rest),
        };
        let host_at = at + rest.len() - tail.len();
        if let Some(userinfo) = userinfo {
            let (user, password) = match scan::split_once(userinfo, b':') {
                Some((user, password)) => (user, Some(password)),
                None => (userinfo, None),
            };
            if user.is_empty() {
                return Err(Fault::uri("empty user", at));
            }
            let fits = |text: &[u8]| text.iter().all(|&b| is_user(b) || b >= 0x80);
            if !fits(user) || !password.is_none_or(fits) {
                return Err(Fault::uri("letter in the user part", at));
            }
            (self.user, self.password) = (Some(user), password);
        }

        let (host, length) = host(tail).ok_or(Fault::uri("host", host_at))?;
        self.host = Some(host);
        let mut tail = &tail[length..];
        if let [b':', behind @ ..] = tail {
            let digits = behind.iter().take_while(|b| b.is_ascii_digit()).count();
            self.port = Some(scan::number(&behind[..digits]).ok_or(Fault::uri("port", host_at + length))?);
            tail = &behind[digits..];
        }
        let params_at = at + rest.len() - tail.len();
        let (params, headers) = match scan::find(b'?', tail) {
            Some(end) => (&tail[..end], &tail[end + 1..]),
            None => (tail, &b""[..]),
        };
        if !params.is_empty() && params[0] != b';' {
            return Err(Fault::uri("letter behind the host", params_at));
        }
        let fits = |b: u8| is_param(b) || b == b';' || b == b'=' || b >= 0x80;
        if !params.iter().all(|&b| fits(b)) {
            return Err(Fault::uri("letter in a parameter", params_at));
        }
        if !headers.iter().all(|&b| fits(b) || b == b'?' || b == b',') {
            return Err(Fault::uri("letter in a header", params_at));
        }
        self.params = Params::new(params);
        self.headers = headers;
        Ok(())
    }

    fn parse_tel(&mut self, rest: &'a [u8], at: usize) -> Result<(), Fault> {
        let end = scan::find(b';', rest).unwrap_or(rest.len());
        let (number, params) = rest.split_at(end);
        let digit = |b: u8| {
            b.is_ascii_hexdigit() || matches!(b, b'+' | b'-' | b'.' | b'(' | b')' | b'*' | b'#' | b'%')
        };
        if number.is_empty() || !number.iter().all(|&b| digit(b)) {
            return Err(Fault::uri("number", at));
        }
        if !params.iter().all(|&b| is_param(b) || b == b';' || b == b'=') {
            return Err(Fault::uri("letter in a parameter", at + end));
        }
        self.user = Some(number);
        self.params = Params::new(params);
        Ok(())
    }

    /// The user part without its parameters: the number that was dialled. Empty if there is no user.
    pub fn number(&self) -> &'a [u8] {
        let user = self.user.unwrap_or_default();
        &user[..scan::find(b';', user).unwrap_or(user.len())]
    }

    /// The parameters of the number (`npdi`, `rn`, `cpd`): those in the user part, of a `tel` URI its own.
    pub fn user_params(&self) -> Params<'a> {
        match self.scheme {
            Scheme::Tel => self.params,
            Scheme::Sip | Scheme::Sips | Scheme::Other => {
                let user = self.user.unwrap_or_default();
                Params::new(&user[self.number().len()..])
            }
        }
    }

    /// The user part with its escapes resolved.
    pub fn user_text(&self) -> Cow<'a, [u8]> {
        unescape(self.user.unwrap_or_default())
    }

    /// The `transport` parameter.
    pub fn transport(&self) -> Option<&'a [u8]> {
        self.params.get("transport")
    }

    /// True if the `lr` parameter marks a loose router.
    pub fn is_loose_router(&self) -> bool {
        self.params.has("lr")
    }
}

/// Reads the host that `bytes` begins with, and tells its length.
pub(crate) fn host(bytes: &[u8]) -> Option<(Host<'_>, usize)> {
    if let [b'[', inner @ ..] = bytes {
        let end = scan::find(b']', inner)?;
        let address: Ipv6Addr = std::str::from_utf8(&inner[..end]).ok()?.parse().ok()?;
        return Some((Host::Address(IpAddr::V6(address)), end + 2));
    }
    let length = bytes.iter().take_while(|&&b| is_host(b)).count();
    // A name has at most 255 letters (RFC 1035).
    if length == 0 || length > 255 {
        return None;
    }
    let text = std::str::from_utf8(&bytes[..length]).ok()?;
    let numeric = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let host = if numeric {
        Host::Address(IpAddr::V4(text.parse::<Ipv4Addr>().ok()?))
    } else {
        Host::Name(text)
    };
    Some((host, length))
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Address(IpAddr::V4(address)) => address.fmt(f),
            Host::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Host::Name(name) => f.write_str(name),
        }
    }
}

/// Hides the user: it is a telephone number or a name.
impl fmt::Debug for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}:", self.scheme)?;
        if self.user.is_some() {
            f.write_str("…@")?;
        }
        match self.host {
            Some(host) => fmt::Display::fmt(&host, f),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri<'_> {
        Uri::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn parts_are_found() {
        let parsed =
            uri("sips:alice;day=tuesday:secret@Example.com:5061;lr;method=INVITE?subject=a&to=b%20c");
        assert_eq!(parsed.scheme, Scheme::Sips);
        assert_eq!(parsed.user, Some(&b"alice;day=tuesday"[..]));
        assert_eq!(parsed.password, Some(&b"secret"[..]));
        assert_eq!(parsed.host, Some(Host::Name("Example.com")));
        assert_eq!(parsed.port, Some(5061));
        assert!(parsed.is_loose_router());
        assert_eq!(parsed.headers, b"subject=a&to=b%20c");
    }

    #[test]
    fn unusual_users_are_users() {
        let text = "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com";
        assert_eq!(uri(text).host, Some(Host::Name("example.com")));
        assert_eq!(
            uri("sip:user;par=u%40example.net@example.com")
                .user_params()
                .get("par"),
            Some(&b"u%40example.net"[..])
        );
        assert_eq!(
            uri("sip:user;par=u%40example.net@example.com")
                .user_text()
                .as_ref(),
            b"user;par=u@example.net"
        );
    }

    #[test]
    fn numbers_carry_their_parameters_in_either_scheme() {
        for text in [
            "sip:+49-151;npdi;rn=+4912;cpd=on@192.0.2.1",
            "tel:+49-151;npdi;rn=+4912;cpd=on",
        ] {
            assert_eq!(uri(text).number(), b"+49-151");
            assert!(uri(text).user_params().has("npdi"));
            assert_eq!(uri(text).user_params().get("RN"), Some(&b"+4912"[..]));
            assert_eq!(uri(text).user_params().get("cpd"), Some(&b"on"[..]));
        }
    }

    #[test]
    fn hosts_are_addresses_or_names() {
        assert_eq!(
            uri("sip:[2001:db8::9:1]").host,
            Some(Host::Address("2001:db8::9:1".parse().unwrap()))
        );
        assert_eq!(
            uri("sip:192.0.2.1:5060").host,
            Some(Host::Address("192.0.2.1".parse().unwrap()))
        );
        assert_eq!(uri("sip:pc_7.example").host.unwrap().to_string(), "pc_7.example");
        assert_eq!(uri("urn:service:sos").scheme, Scheme::Other);
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        for text in [
            "",
            "sip",
            "sip:",
            "sip:@h",
            "sip:a@",
            "sip:a@b:99999",
            "sip:a@b c",
            "sip:[::1",
            "sip:1.2.3",
            "tel:",
            "tel:abc def",
            "1a:b",
            "sip:a@b@c",
            "sip:a b@c",
            "<sip:a@b>",
            "urn:a b",
        ] {
            assert!(Uri::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
