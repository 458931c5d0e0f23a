//! Whether a message that could be parsed can also be processed.

use super::{Message, Name};
use crate::fault::{Fault, FaultKind};
use crate::headers;
use crate::uri::Uri;

/// Headers that hold one value, besides those that [`Message::check`] reads anyway.
const SINGLE: [Name<'static>; 6] = [
    Name::FROM,
    Name::TO,
    Name::CALL_ID,
    Name::CSEQ,
    Name::MAX_FORWARDS,
    Name::CONTENT_TYPE,
];

impl Message {
    /// Checks what every element needs of a message: Via, From, To, Call-ID and CSeq are there once and well formed,
    /// `CSeq` names the request's method, and so on. A request that fails is answered with
    /// [`Fault::status`]; a response that fails is dropped.
    pub fn check(&self) -> Result<(), Fault> {
        self.top_via()?;
        let from = self.from()?;
        from.uri().map_err(|fault| fault.in_header("From"))?;
        let to = self.to()?;
        to.uri().map_err(|fault| fault.in_header("To"))?;
        self.call_id()?;
        let cseq = self.cseq()?;
        let mut seen = [false; SINGLE.len()];
        for line in &self.lines {
            for (name, seen) in SINGLE.iter().zip(&mut seen) {
                if line.known == name.number() && std::mem::replace(seen, true) {
                    let fault = Fault::new(FaultKind::Repeated, "given twice", line.whole.start as usize);
                    return Err(fault.in_header(name.known_text()));
                }
            }
        }
        if let Some(method) = self.method() {
            if *method != cseq.method {
                return Err(Fault::new(FaultKind::Mismatch, "another method", 0).in_header("CSeq"));
            }
            let uri = Uri::parse(self.uri())?;
            if !uri.headers.is_empty() {
                return Err(Fault::uri("headers in the Request-URI", 0));
            }
            if self.header(Name::MAX_FORWARDS).is_some() && self.max_forwards().is_none() {
                return Err(Fault::value("not 0 to 255", 0).in_header("Max-Forwards"));
            }
        }
        for contact in self.addresses(Name::CONTACT) {
            contact?;
        }
        Ok(())
    }

    /// What bends the grammar and is understood all the same: for a log, not for a refusal. A call is not lost because
    /// a display name lacks its quotes.
    pub fn oddity(&self) -> Option<Fault> {
        let address = |name: Name<'static>| {
            let odd = self
                .addresses(name)
                .any(|address| address.is_ok_and(|address| address.odd));
            odd.then(|| Fault::value("odd address", 0).in_header(name.known_text()))
        };
        // From and To hold one value, whose name may have a comma without quotes.
        let single = |address: Result<headers::Address<'_>, Fault>, name| {
            address
                .is_ok_and(|address| address.odd)
                .then(|| Fault::value("odd address", 0).in_header(name))
        };
        single(self.from(), "From")
            .or_else(|| single(self.to(), "To"))
            .or_else(|| address(Name::CONTACT))
            .or_else(|| {
                let date = self.header(Name::DATE)?;
                (!date.ends_with(b" GMT")).then(|| Fault::value("no time zone but GMT", 0).in_header("Date"))
            })
            .or_else(|| {
                let value = self.header(Name::EXPIRES)?;
                headers::delta(value)
                    .err()
                    .map(|fault| fault.in_header("Expires"))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &str) -> Result<(), Fault> {
        let text = format!("INVITE sip:a@b SIP/2.0\n{lines}\n").replace('\n', "\r\n");
        Message::parse_datagram(text.into_bytes()).unwrap().check()
    }

    const GOOD: &str = "Via: SIP/2.0/UDP h\nFrom: <sip:a@b>;tag=1\nTo: sip:c@d\nCall-ID: 1\nCSeq: 1 INVITE\n";

    #[test]
    fn what_every_message_needs() {
        assert_eq!(check(GOOD), Ok(()));
        for line in GOOD.lines() {
            let without = GOOD.replace(&format!("{line}\n"), "");
            assert_eq!(check(&without).unwrap_err().kind, FaultKind::Missing, "{line}");
        }
    }

    #[test]
    fn faults_name_their_header() {
        let fault = |lines: String| {
            let fault = check(&lines).unwrap_err();
            (fault.kind, fault.header)
        };
        assert_eq!(
            fault(GOOD.replace("1 INVITE", "1 BYE")),
            (FaultKind::Mismatch, "CSeq")
        );
        assert_eq!(
            fault(format!("{GOOD}f: sip:a@b\n")),
            (FaultKind::Repeated, "From")
        );
        assert_eq!(
            fault(format!("{GOOD}Max-Forwards: 300\n")),
            (FaultKind::Value, "Max-Forwards")
        );
        assert_eq!(
            fault(format!("{GOOD}m: \"Joe\" <sip:joe@h>;;;\n")),
            (FaultKind::Value, "Contact")
        );
        assert_eq!(
            fault(GOOD.replace("sip:c@d", "\"C <sip:c@d>")),
            (FaultKind::Value, "To")
        );
        assert_eq!(
            fault(GOOD.replace("sip:c@d", "<sip:c@d@e>")),
            (FaultKind::Uri, "To")
        );
    }
}
