//! Headers by their meaning.

use super::{Message, Name};
use crate::fault::{Fault, FaultKind};
use crate::headers::{self, Address, CSeq, RAck, Reason, RetryAfter, SessionExpires, Via};
use crate::scan;
use crate::uri::Host;
use std::net::SocketAddr;

impl Message {
    fn required(&self, name: Name<'static>) -> Result<&[u8], Fault> {
        let missing = Fault::new(FaultKind::Missing, "missing", 0).in_header(name.known_text());
        self.header(name).filter(|value| !value.is_empty()).ok_or(missing)
    }

    /// The topmost Via: who sent this.
    pub fn top_via(&self) -> Result<Via<'_>, Fault> {
        let line = self.required(Name::VIA)?;
        let value = headers::split(line).next().unwrap_or_default();
        Via::parse(value).map_err(|fault| fault.in_header("Via"))
    }

    /// From.
    pub fn from(&self) -> Result<Address<'_>, Fault> {
        Address::parse(self.required(Name::FROM)?).map_err(|fault| fault.in_header("From"))
    }

    /// To.
    pub fn to(&self) -> Result<Address<'_>, Fault> {
        Address::parse(self.required(Name::TO)?).map_err(|fault| fault.in_header("To"))
    }

    /// Call-ID.
    pub fn call_id(&self) -> Result<&[u8], Fault> {
        self.required(Name::CALL_ID)
    }

    /// CSeq.
    pub fn cseq(&self) -> Result<CSeq, Fault> {
        CSeq::parse(self.required(Name::CSEQ)?).map_err(|fault| fault.in_header("CSeq"))
    }

    /// Each value of a header that holds addresses: Contact, Route, Record-Route, P-Asserted-Identity, Diversion.
    pub fn addresses(&self, name: Name<'static>) -> impl Iterator<Item = Result<Address<'_>, Fault>> {
        let parse = move |value| Address::parse(value).map_err(|fault| fault.in_header(name.known_text()));
        self.values(name).map(parse)
    }

    /// The first Contact that can be read.
    pub fn contact(&self) -> Option<Address<'_>> {
        self.addresses(Name::CONTACT).find_map(Result::ok)
    }

    /// Each Reason that can be read.
    pub fn reasons(&self) -> impl Iterator<Item = Reason<'_>> {
        self.values(Name::REASON)
            .filter_map(|value| Reason::parse(value).ok())
    }

    /// Session-Expires.
    pub fn session_expires(&self) -> Option<SessionExpires> {
        SessionExpires::parse(self.header(Name::SESSION_EXPIRES)?).ok()
    }

    /// Min-SE, in seconds.
    pub fn min_se(&self) -> Option<u32> {
        Some(headers::delta(self.header(Name::MIN_SE)?).ok()?.0)
    }

    /// Expires, in seconds.
    pub fn expires(&self) -> Option<u32> {
        Some(headers::delta(self.header(Name::EXPIRES)?).ok()?.0)
    }

    /// Retry-After.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        RetryAfter::parse(self.header(Name::RETRY_AFTER)?).ok()
    }

    /// RSeq.
    pub fn rseq(&self) -> Option<u32> {
        scan::number(self.header(Name::RSEQ)?)
    }

    /// RAck.
    pub fn rack(&self) -> Option<RAck> {
        RAck::parse(self.header(Name::RACK)?).ok()
    }

    /// Max-Forwards; `None` if it is absent or no number up to 255.
    pub fn max_forwards(&self) -> Option<u8> {
        scan::number(self.header(Name::MAX_FORWARDS)?)
    }

    /// Writes into the topmost Via where the request was seen to come from (RFC 3261, 18.2.1; RFC 3581, 4).
    pub fn stamp_via(&mut self, source: SocketAddr) {
        let Some(place) = self.find(Name::VIA) else { return };
        let line = self.lines[place].value.of(&self.text);
        let Some(value) = headers::split(line).next() else {
            return;
        };
        let Ok(via) = Via::parse(value) else { return };
        let rport = via.rport().is_some();
        let claims = via.params.has("received");
        if !rport && !claims && via.host == Host::Address(source.ip()) {
            return;
        }
        let end = value.as_ptr() as usize - line.as_ptr() as usize + value.len();
        let mut stamped = Vec::with_capacity(line.len() + 48);
        stamped.extend_from_slice(&line[..end - via.params.raw().len()]);
        for (name, value) in via.params {
            if !name.eq_ignore_ascii_case(b"rport") && !name.eq_ignore_ascii_case(b"received") {
                stamped.push(b';');
                stamped.extend_from_slice(name);
                if !value.is_empty() {
                    stamped.push(b'=');
                    stamped.extend_from_slice(value);
                }
            }
        }
        stamped.extend_from_slice(format!(";received={}", source.ip()).as_bytes());
        if rport {
            stamped.extend_from_slice(format!(";rport={}", source.port()).as_bytes());
        }
        stamped.extend_from_slice(&line[end..]);
        self.replace_value(place, &stamped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Method;

    #[test]
    fn the_source_is_stamped_into_the_top_via() {
        let stamp = |via: &str, source: &str| {
            let mut message = Message::request(Method::Options, b"sip:a");
            message.push(Name::VIA, via.as_bytes());
            message.stamp_via(source.parse().unwrap());
            String::from_utf8(message.header(Name::VIA).unwrap().to_vec()).unwrap()
        };
        assert_eq!(
            stamp(
                "SIP/2.0/UDP 10.0.0.1:5070 ;rport;branch=z9hG4bK1 , SIP/2.0/UDP h",
                "192.0.2.1:4000"
            ),
            "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bK1;received=192.0.2.1;rport=4000 , SIP/2.0/UDP h"
        );
        assert_eq!(
            stamp("SIP/2.0/UDP 192.0.2.1", "192.0.2.1:4000"),
            "SIP/2.0/UDP 192.0.2.1"
        );
        assert_eq!(
            stamp("SIP/2.0/UDP h;received=9", "[::1]:1"),
            "SIP/2.0/UDP h;received=::1"
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let message = Message::request(Method::Options, b"sip:a");
        assert_eq!(
            message.call_id().unwrap_err().to_string(),
            "Call-ID: missing at byte 0"
        );
        assert_eq!(message.top_via().unwrap_err().header, "Via");
    }
}
