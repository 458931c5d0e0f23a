//! The torture messages of RFC 4475, each by the RFC's own name for it.
//!
//! `valid` has section 3.1.1, `invalid` 3.1.2, `meaning` 3.2 to 3.4 as far as a message alone can show it, and `wire`
//! what real carriers add: foreign character sets, bodies whose length is not told or told wrongly.

mod invalid;
mod meaning;
mod valid;
mod wire;

use cpd_sip::headers::Via;
use cpd_sip::message::Name;
use cpd_sip::{Fault, Malformed, Message, Uri};

/// The session that most of the RFC's messages carry.
const SDP: &str = "v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
";

/// As it goes on the wire; `{sdp}` stands for [`SDP`] and `{length}` for its length.
fn wire(text: &str) -> Vec<u8> {
    let sdp = SDP.replace('\n', "\r\n");
    text.replace('\n', "\r\n")
        .replace("{sdp}", &sdp)
        .replace("{length}", &sdp.len().to_string())
        .into_bytes()
}

fn parse(text: &str) -> Result<Message, Malformed> {
    Message::parse_datagram(wire(text))
}

/// A message that must be accepted: parsed, found processable and not even odd, and written back as it came.
fn accept(bytes: Vec<u8>) -> Message {
    let message = Message::parse_datagram(bytes.clone()).expect("parsed");
    assert_eq!(message.check(), Ok(()));
    assert_eq!(message.oddity(), None);
    let written = message.to_bytes();
    assert!(bytes.starts_with(&written), "rewritten");
    message
}

/// What is wrong with a message, wherever it is noticed.
fn notice(text: &str) -> Fault {
    match parse(text) {
        Err(malformed) => malformed.fault,
        Ok(message) => match message.check() {
            Err(fault) => fault,
            Ok(()) => message.oddity().expect("something wrong"),
        },
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

fn vias(message: &Message) -> Vec<Via<'_>> {
    message
        .values(Name::VIA)
        .map(|value| Via::parse(value).expect("a Via"))
        .collect()
}

fn request_uri(message: &Message) -> Uri<'_> {
    Uri::parse(message.uri()).expect("a Request-URI")
}
