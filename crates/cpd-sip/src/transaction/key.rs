//! Which transaction a request belongs to (RFC 3261, 17.2.3 and 8.2.2.2).

use crate::fault::Fault;
use crate::message::{Message, Name};
use std::hash::{DefaultHasher, Hasher};

/// Writes the key of the server transaction that a request with `method` in its stead would belong to: an ACK and a
/// CANCEL name the `INVITE` they are about.
pub(crate) fn server_key(request: &Message, method: &str, key: &mut Vec<u8>) -> Result<(), Fault> {
    let via = request.top_via()?;
    key.clear();
    let mut part = |bytes: &[u8]| {
        key.extend_from_slice(bytes);
        // No part can hold a line end, so parts cannot run into each other.
        key.push(b'\n');
    };
    part(method.as_bytes());
    match via.branch() {
        Some(branch) if via.has_cookie() => {
            part(branch);
            part(&via.sent_by.to_ascii_lowercase());
        }
        // RFC 2543: the Via as it stands and what names the call. The ACK to a refusal has a tag in To that the INVITE
        // lacks, so To is left out.
        Some(_) | None => {
            part(request.uri());
            part(request.from()?.tag().unwrap_or_default());
            part(request.call_id()?);
            part(&request.cseq()?.number.to_be_bytes());
            part(request.header(Name::VIA).unwrap_or_default());
        }
    }
    Ok(())
}

/// The same request by another way has the same From tag, Call-ID and CSeq, and no tag in To. `None` if it has one.
///
/// 64 keyed bits stand for them: two requests that differ collide less often than memory fails.
pub(crate) fn merge_key(request: &Message, secret: u64) -> Option<u64> {
    if request.to().ok()?.tag().is_some() {
        return None;
    }
    let cseq = request.cseq().ok()?;
    let mut hash = DefaultHasher::new();
    hash.write_u64(secret);
    for part in [
        request.from().ok()?.tag()?,
        request.call_id().ok()?,
        cseq.method.as_str().as_bytes(),
    ] {
        hash.write(part);
        hash.write_u8(b'\n');
    }
    hash.write_u32(cseq.number);
    Some(hash.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Method;

    fn request(via: &str) -> Message {
        let mut request = Message::request(Method::Invite, b"sip:a@b");
        request.push(Name::VIA, via.as_bytes());
        request.push(Name::FROM, b"<sip:c@d>;tag=1");
        request.push(Name::TO, b"<sip:a@b>");
        request.push(Name::CALL_ID, b"7");
        request.push(Name::CSEQ, b"1 INVITE");
        request
    }

    fn key(request: &Message, method: &str) -> Vec<u8> {
        let mut key = Vec::new();
        server_key(request, method, &mut key).unwrap();
        key
    }

    #[test]
    fn rfc3261_17_2_3_branch_sent_by_and_method_decide() {
        let one = request("SIP/2.0/UDP h:1;branch=z9hG4bKa");
        assert_eq!(
            key(&one, "INVITE"),
            key(&request("SIP/2.0/UDP H:1;x;branch=z9hG4bKa"), "INVITE")
        );
        assert_ne!(key(&one, "INVITE"), key(&one, "CANCEL"));
        assert_ne!(
            key(&one, "INVITE"),
            key(&request("SIP/2.0/UDP h:2;branch=z9hG4bKa"), "INVITE")
        );
    }

    #[test]
    fn rfc3261_17_2_3_without_a_cookie_the_call_decides() {
        let one = request("SIP/2.0/UDP h:1;branch=1");
        let mut ack = request("SIP/2.0/UDP h:1;branch=1");
        ack.set(Name::TO, b"<sip:a@b>;tag=2");
        assert_eq!(key(&one, "INVITE"), key(&ack, "INVITE"));
        ack.set(Name::CALL_ID, b"8");
        assert_ne!(key(&one, "INVITE"), key(&ack, "INVITE"));
    }

    #[test]
    fn rfc3261_8_2_2_2_merged_requests_have_one_key() {
        let one = merge_key(&request("SIP/2.0/UDP h:1;branch=z9hG4bKa"), 1);
        assert!(one.is_some());
        let mut other = request("SIP/2.0/UDP h:1;branch=z9hG4bKb");
        assert_eq!(one, merge_key(&other, 1));
        other.set(Name::TO, b"<sip:a@b>;tag=2");
        assert_eq!(merge_key(&other, 1), None);
    }
}
