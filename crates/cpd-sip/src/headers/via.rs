//! Via: who sent it, and where the answer goes.

use super::Params;
use crate::fault::Fault;
use crate::scan::{self, Scanner};
use crate::uri::{self, Host};

/// One value of `Via`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    /// `UDP`, `TCP`, `TLS` or any other token.
    pub transport: &'a [u8],
    /// The sender's host.
    pub host: Host<'a>,
    /// The sender's port, where one is written.
    pub port: Option<u16>,
    /// Host and port as they stand.
    pub sent_by: &'a [u8],
    /// The parameters.
    pub params: Params<'a>,
}

/// What a branch begins with that is unique over all requests (RFC 3261, 8.1.1.7).
pub const BRANCH_COOKIE: &[u8] = b"z9hG4bK";

impl<'a> Via<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<Via<'a>, Fault> {
        let mut scanner = Scanner::new(value);
        let bad = |scanner: &Scanner<'_>, what| Fault::value(what, scanner.at());
        scanner.skip_lws();
        scanner.token().ok_or(bad(&scanner, "protocol"))?;
        if !scanner.eat_loose(b'/') || scanner.token().is_none() || !scanner.eat_loose(b'/') {
            return Err(bad(&scanner, "version"));
        }
        let transport = scanner.token().ok_or(bad(&scanner, "transport"))?;
        if !scanner.peek().is_some_and(scan::is_lws) {
            return Err(bad(&scanner, "no space before the host"));
        }
        scanner.skip_lws();
        let start = scanner.at();
        let (host, length) = uri::host(scanner.rest()).ok_or(bad(&scanner, "host"))?;
        scanner.advance(length);
        let mut end = scanner.at();
        let mut port = None;
        if scanner.eat_loose(b':') {
            let digits = scanner.take_while(|b| b.is_ascii_digit());
            port = Some(scan::number(digits).ok_or(bad(&scanner, "port"))?);
            end = scanner.at();
        }
        let params = Params::new(scanner.rest()).check().map_err(|f| Fault {
            at: f.at + scanner.at(),
            ..f
        })?;
        Ok(Via {
            transport,
            host,
            port,
            sent_by: &value[start..end],
            params,
        })
    }

    /// The branch, with or without the magic cookie.
    pub fn branch(&self) -> Option<&'a [u8]> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }

    /// True if the branch identifies the transaction by itself.
    pub fn has_cookie(&self) -> bool {
        self.branch().is_some_and(|branch| {
            branch.len() > BRANCH_COOKIE.len()
                && branch[..BRANCH_COOKIE.len()].eq_ignore_ascii_case(BRANCH_COOKIE)
        })
    }

    /// The address that the request was seen to come from.
    pub fn received(&self) -> Option<Host<'a>> {
        let value = self.params.get("received")?;
        if let Some((host, _)) = uri::host(value).filter(|(_, length)| *length == value.len()) {
            return Some(host);
        }
        // Bare IPv6 addresses are common here (RFC 3261's grammar has them so).
        std::str::from_utf8(value).ok()?.parse().ok().map(Host::Address)
    }

    /// `rport`: `Some(None)` asks for it, `Some(Some(port))` tells it (RFC 3581).
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params.get("rport").map(scan::number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_white_space_anywhere() {
        let via = Via::parse(
            b"SIP  / 2.0\r\n /UDP\r\n    192.168.255.111 : 5070  ; branch=\r\n z9hG4bK30239;rport",
        )
        .unwrap();
        assert_eq!(via.transport, b"UDP");
        assert_eq!(via.host.to_string(), "192.168.255.111");
        assert_eq!(via.port, Some(5070));
        assert_eq!(via.branch(), Some(&b"z9hG4bK30239"[..]));
        assert!(via.has_cookie());
        assert_eq!(via.rport(), Some(None));
    }

    #[test]
    fn received_may_be_bare_or_in_brackets() {
        for text in [
            "SIP/2.0/UDP [2001:db8::1];received=2001:db8::9",
            "SIP/2.0/UDP h;received=[2001:db8::9]",
        ] {
            let via = Via::parse(text.as_bytes()).unwrap();
            assert_eq!(
                via.received(),
                Some(Host::Address("2001:db8::9".parse().unwrap()))
            );
        }
        assert_eq!(
            Via::parse(b"SIP/2.0/TLS h;rport=9").unwrap().rport(),
            Some(Some(9))
        );
    }

    #[test]
    fn faults_are_found() {
        for text in [
            "",
            "SIP/2.0 h",
            "SIP/2.0/UDP",
            "SIP/2.0/UDP ;x",
            "SIP/2.0/UDP h;;,;,,",
            "SIP/2.0/UDP h:x",
            "SIP/2.0/UDPh",
        ] {
            assert!(Via::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
