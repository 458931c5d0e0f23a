//! What carriers send that the RFC has no torture message for.

use super::{accept, wire};
use cpd_sip::message::Name;
use cpd_sip::{FaultKind, Message};

const INVITE: &str = "INVITE sip:+49151@192.0.2.1 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1
From: \"{name}\" <sip:+7495@192.0.2.2>;tag=1
To: <sip:+49151@192.0.2.1>
Call-ID: 1
CSeq: 1 INVITE
P-Asserted-Identity: \"{name}\" <sip:+7495@192.0.2.2>
Max-Forwards: 70
X-Last: kept
";

fn invite(rest: &str) -> Vec<u8> {
    wire(&format!("{INVITE}{rest}"))
}

/// A display name in CP1251 or Latin-1 passes, and so do the headers behind it.
#[test]
fn a_display_name_in_any_character_set_passes_unharmed() {
    let plain = invite("Content-Length: 0\n\n");
    for name in [
        &b"\xcf\xf0\xe8\xe2\xe5\xf2, \xcc\xe8\xf0"[..],
        b"M\xfcller",
        b"\x81\xff\xfe",
    ] {
        let mut bytes = Vec::new();
        let mut rest = &plain[..];
        while let Some(at) = rest.windows(6).position(|window| window == b"{name}") {
            bytes.extend_from_slice(&rest[..at]);
            bytes.extend_from_slice(name);
            rest = &rest[at + 6..];
        }
        bytes.extend_from_slice(rest);
        let mut message = accept(bytes.clone());
        assert_eq!(message.from().unwrap().display_text().as_ref(), name);
        let identity = message
            .addresses(Name::P_ASSERTED_IDENTITY)
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(identity.display_text().as_ref(), name);
        assert_eq!(message.header("X-Last"), Some(&b"kept"[..]));
        assert_eq!(message.to_bytes(), bytes);
        // An edit elsewhere leaves it alone.
        message.set(Name::MAX_FORWARDS, b"69");
        let edited = Message::parse_datagram(message.to_bytes()).unwrap();
        assert_eq!(edited.from().unwrap().display_text().as_ref(), name);
    }
}

/// Over UDP the datagram ends the body where Content-Length is absent (RFC 3261, 18.3).
#[test]
fn a_udp_body_without_content_length_is_kept() {
    let message = accept(invite("Content-Type: application/sdp\n\n{sdp}"));
    assert!(message.part("application/sdp").unwrap().ends_with(b"LPC\r\n"));
}

#[test]
fn a_content_length_beyond_the_datagram_is_refused_with_400() {
    let malformed = Message::parse_datagram(invite("l: 151\n\n{sdp}")).unwrap_err();
    assert_eq!(
        (malformed.fault.kind, malformed.fault.status()),
        (FaultKind::Length, 400)
    );
    assert_eq!(malformed.salvage.unwrap().cseq().unwrap().number, 1);
}

#[test]
fn two_content_lengths_that_differ_are_refused_and_two_that_agree_pass() {
    let length = |lines: &str| {
        Message::parse_datagram(invite(&format!("{lines}\n\nabcd"))).map(|message| message.body().len())
    };
    assert_eq!(
        length("l: 2\nContent-Length: 3").unwrap_err().fault.kind,
        FaultKind::Length
    );
    assert_eq!(length("l: 2\nContent-Length: 2").unwrap(), 2);
    assert_eq!(length("l: 2, 2").unwrap_err().fault.kind, FaultKind::Length);
}
