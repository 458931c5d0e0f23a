//! Short headers: CSeq, RAck, Session-Expires, Retry-After, Reason.

use super::{Params, unquote};
use crate::fault::Fault;
use crate::message::Method;
use crate::scan::{self, Scanner};
use std::borrow::Cow;

/// `CSeq`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// The number, below 2³¹ (RFC 3261, 8.1.1.5).
    pub number: u32,
    /// The method.
    pub method: Method,
}

const CSEQ_MAX: u32 = (1 << 31) - 1;

fn cseq_number(digits: &[u8]) -> Option<u32> {
    scan::number(digits).filter(|&number| number <= CSEQ_MAX)
}

impl CSeq {
    /// Reads a value.
    pub fn parse(value: &[u8]) -> Result<CSeq, Fault> {
        let mut scanner = Scanner::new(value);
        scanner.skip_lws();
        let number =
            cseq_number(scanner.take_while(|b| b.is_ascii_digit())).ok_or(Fault::value("number", 0))?;
        let method = method(&mut scanner)?;
        Ok(CSeq { number, method })
    }
}

fn method(scanner: &mut Scanner<'_>) -> Result<Method, Fault> {
    let bad = Fault::value("method", scanner.at());
    scanner.skip_lws();
    let method = scanner.token().and_then(Method::parse).ok_or(bad)?;
    scanner.skip_lws();
    if scanner.done() { Ok(method) } else { Err(bad) }
}

/// `RAck`: which reliable provisional response a PRACK acknowledges (RFC 3262, 7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RAck {
    /// The response's `RSeq`.
    pub rseq: u32,
    /// The response's `CSeq`.
    pub cseq: CSeq,
}

impl RAck {
    /// Reads a value.
    pub fn parse(value: &[u8]) -> Result<RAck, Fault> {
        let mut scanner = Scanner::new(value);
        scanner.skip_lws();
        let digits = scanner.take_while(|b| b.is_ascii_digit());
        let rseq = scan::number(digits).ok_or(Fault::value("RSeq number", 0))?;
        scanner.skip_lws();
        let at = scanner.at();
        let digits = scanner.take_while(|b| b.is_ascii_digit());
        let number = cseq_number(digits).ok_or(Fault::value("CSeq number", at))?;
        Ok(RAck {
            rseq,
            cseq: CSeq {
                number,
                method: method(&mut scanner)?,
            },
        })
    }
}

/// Who refreshes a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// The client of the request that carries it.
    Uac,
    /// The server of the request that carries it.
    Uas,
}

/// `Session-Expires` (RFC 4028, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// The interval.
    pub seconds: u32,
    /// Who refreshes, where it is settled.
    pub refresher: Option<Refresher>,
}

impl SessionExpires {
    /// Reads a value.
    pub fn parse(value: &[u8]) -> Result<SessionExpires, Fault> {
        let (seconds, params) = delta(value)?;
        let refresher = match params.get("refresher") {
            Some(who) if who.eq_ignore_ascii_case(b"uac") => Some(Refresher::Uac),
            Some(who) if who.eq_ignore_ascii_case(b"uas") => Some(Refresher::Uas),
            Some(_) | None => None,
        };
        Ok(SessionExpires { seconds, refresher })
    }
}

/// Seconds and the parameters behind them.
pub(crate) fn delta(value: &[u8]) -> Result<(u32, Params<'_>), Fault> {
    let mut scanner = Scanner::new(value);
    scanner.skip_lws();
    let digits = scanner.take_while(|b| b.is_ascii_digit());
    let seconds = scan::number(digits).ok_or(Fault::value("seconds", 0))?;
    Ok((seconds, Params::new(scanner.rest()).check()?))
}

/// `Retry-After`; a comment in it is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter {
    /// How long to wait.
    pub seconds: u32,
}

impl RetryAfter {
    /// Reads a value.
    pub fn parse(value: &[u8]) -> Result<RetryAfter, Fault> {
        let value = scan::trim(value);
        let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
        let seconds = scan::number(&value[..digits]).ok_or(Fault::value("seconds", 0))?;
        Ok(RetryAfter { seconds })
    }
}

/// One value of `Reason` (RFC 3326).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason<'a> {
    /// `SIP`, `Q.850`, …
    pub protocol: &'a [u8],
    /// `cause` and `text`.
    pub params: Params<'a>,
}

impl<'a> Reason<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<Reason<'a>, Fault> {
        let mut scanner = Scanner::new(value);
        scanner.skip_lws();
        let protocol = scanner.token().ok_or(Fault::value("protocol", 0))?;
        Ok(Reason {
            protocol,
            params: Params::new(scanner.rest()).check()?,
        })
    }

    /// The cause: of `Q.850` an ISUP cause, of `SIP` a status code.
    pub fn cause(&self) -> Option<u16> {
        self.params.get("cause").and_then(scan::number)
    }

    /// The text, without quotes.
    pub fn text(&self) -> Option<Cow<'a, [u8]>> {
        self.params.get("text").map(unquote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cseq_and_rack() {
        assert_eq!(
            CSeq::parse(b"0009\r\n  INVITE"),
            Ok(CSeq {
                number: 9,
                method: Method::Invite
            })
        );
        let rack = RAck::parse(b"776656 1 INVITE").unwrap();
        assert_eq!((rack.rseq, rack.cseq.number), (776_656, 1));
        for text in [
            "",
            "1",
            "INVITE",
            "36893488147419103232 REGISTER",
            "2147483648 BYE",
            "-1 BYE",
            "1 BYE x",
        ] {
            assert!(CSeq::parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn intervals_and_reasons() {
        let interval = SessionExpires::parse(b"1800 ; refresher=UAS").unwrap();
        assert_eq!(
            interval,
            SessionExpires {
                seconds: 1800,
                refresher: Some(Refresher::Uas)
            }
        );
        assert_eq!(
            RetryAfter::parse(b"18 (in a meeting);duration=3")
                .unwrap()
                .seconds,
            18
        );
        let reason = Reason::parse(b"Q.850 ;cause=17 ;text=\"User busy\"").unwrap();
        assert_eq!((reason.protocol, reason.cause()), (&b"Q.850"[..], Some(17)));
        assert_eq!(reason.text().unwrap().as_ref(), b"User busy");
    }
}
