//! What must hold for any bytes at all: shared by the fuzz targets and by the test that runs their corpora.

use std::net::SocketAddr;

use cpd_sip::digest::Challenge;
use cpd_sip::headers::{Auth, ContentType, Via, unfold};
use cpd_sip::message::{Malformed, Name, parts};
use cpd_sip::stream::{Broken, Frame, Framer};
use cpd_sip::{Message, Uri};

/// Any datagram: parsed or refused with a fault; whatever was parsed is read by every typed method, written as it came,
/// and still a message after edits.
pub(crate) fn message(bytes: &[u8]) {
    for parse in [Message::parse_datagram, Message::parse_stream] {
        match parse(bytes.to_vec()) {
            Ok(message) => {
                read(&message);
                written_as_it_came(&message, bytes);
                edits_keep_it_a_message(message);
            }
            Err(Malformed { fault, salvage }) => {
                assert!(!fault.to_string().is_empty());
                assert!(matches!(fault.status(), 400 | 505 | 513));
                if let Some(salvage) = salvage {
                    read(&salvage);
                    if salvage.is_request() {
                        let answer = Message::reply(&salvage, fault.status(), fault.what);
                        Message::parse_datagram(answer.to_bytes()).expect("an answer is a message");
                    }
                }
            }
        }
    }
}

/// Every typed method on every header, whatever its name.
fn read(message: &Message) {
    let faults = [message.check().err(), message.oddity()];
    for fault in faults.into_iter().flatten() {
        assert!(!fault.to_string().is_empty());
    }
    let _ = (
        message.top_via(),
        message.call_id(),
        message.cseq(),
        message.rack(),
        message.rseq(),
    );
    let _ = (
        message.session_expires(),
        message.min_se(),
        message.expires(),
        message.retry_after(),
    );
    let _ = (
        message.max_forwards(),
        message.contact(),
        message.lists("Supported", "timer"),
    );
    for reason in message.reasons() {
        let _ = (reason.cause(), reason.text());
    }
    for address in [message.from(), message.to()].into_iter().flatten() {
        uri(address.uri);
        let _ = (address.tag(), address.display_text());
    }
    uri(message.uri());
    const ADDRESSES: [Name<'static>; 6] = [
        Name::CONTACT,
        Name::ROUTE,
        Name::RECORD_ROUTE,
        Name::P_ASSERTED_IDENTITY,
        Name::DIVERSION,
        Name::REFER_TO,
    ];
    for name in ADDRESSES {
        for address in message.addresses(name).flatten() {
            uri(address.uri);
            assert!(address.params.into_iter().all(|(name, _)| !name.is_empty()));
        }
    }
    for (name, value) in message.headers() {
        assert_eq!(Name::from(name.full()), name);
        assert!(!unfold(value).contains(&b'\n'));
        for via in message.values(name).flat_map(Via::parse) {
            let _ = (via.branch(), via.received(), via.rport(), via.has_cookie());
        }
        if let Ok(auth) = Auth::parse(value) {
            let _ = (auth.params.get("realm"), auth.params.iter().count());
        }
        let _ = (Challenge::parse(value, false), ContentType::parse(value));
    }
    let _ = message.part("application/sdp");
    if let Some(content_type) = message.header(Name::CONTENT_TYPE) {
        let whole: usize = parts(content_type, message.body())
            .map(|part| part.content.len())
            .sum();
        assert!(whole <= message.body().len());
    }
    assert!(!format!("{message:?}").is_empty());
}

fn uri(text: &[u8]) {
    let Ok(uri) = Uri::parse(text) else { return };
    assert_eq!(uri.raw, text);
    let _ = (
        uri.number(),
        uri.user_text(),
        uri.transport(),
        uri.is_loose_router(),
        uri.equals(&uri),
    );
    let _ = uri.user_params().into_iter().count();
}

fn written_as_it_came(message: &Message, bytes: &[u8]) {
    let written = message.to_bytes();
    let first = bytes
        .iter()
        .position(|byte| !b"\r\n".contains(byte))
        .expect("not empty");
    let lines = written.len() - message.body().len() - 2;
    assert!(
        bytes[first..].starts_with(&written[..lines]),
        "lines were rewritten"
    );
    assert!(
        bytes.ends_with(message.body())
            || message.header(Name::CONTENT_LENGTH).is_some()
            || message.body().is_empty()
    );
    let again = Message::parse_datagram(written.clone()).expect("what is written can be read");
    assert_eq!(again.to_bytes(), written);
    assert_eq!(again.body(), message.body());
    assert!(again.headers().eq(message.headers()));
}

fn edits_keep_it_a_message(mut message: Message) {
    let source: SocketAddr = "[2001:db8::7]:4321".parse().expect("an address");
    let via_was_good = message.top_via().is_ok();
    message.stamp_via(source);
    message.prepend(Name::VIA, b"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKown");
    message.set("X-Probe", b"a\r\nb");
    message.insert(Name::ROUTE, b"<sip:r;lr>");
    message.set_body("application/sdp", b"v=0\r\n");
    let edited = Message::parse_stream(message.to_bytes()).expect("edited, it is still a message");
    assert_eq!(edited.header("x-probe"), Some(&b"a  b"[..]));
    assert_eq!(edited.body(), b"v=0\r\n");
    let mut vias = edited.values(Name::VIA).map(Via::parse);
    assert_eq!(
        vias.next().and_then(Result::ok).expect("our own Via").branch(),
        Some(&b"z9hG4bKown"[..])
    );
    if via_was_good {
        let stamped = vias
            .next()
            .and_then(Result::ok)
            .expect("the Via that was stamped");
        let from = Some(cpd_sip::uri::Host::Address(source.ip()));
        assert!(stamped.received() == from || (Some(stamped.host) == from && stamped.rport().is_none()));
    }
    if edited.is_request() {
        let reply = Message::reply(&edited, 200, "");
        Message::parse_stream(reply.to_bytes()).expect("a reply is a message");
    }
}

/// Any stream: however it is cut, the same frames come out, and a frame that is a message is that message to its last
/// byte, so that nothing can hide between two of them. The first byte says how it is cut.
pub(crate) fn stream(bytes: &[u8]) {
    let Some((&step, stream)) = bytes.split_first() else {
        return;
    };
    let pieces = frames(stream, usize::from(step) + 1);
    assert_eq!(pieces, frames(stream, 1));
    assert_eq!(pieces, frames(stream, 8192));
    for frame in &pieces.0 {
        let Frame::Message(bytes) = frame else { continue };
        let Ok(message) = Message::parse_stream(bytes.clone()) else {
            continue;
        };
        // The empty line may have come without its CR.
        let bare = usize::from(!bytes[..bytes.len() - message.body().len()].ends_with(b"\r\n"));
        assert_eq!(message.to_bytes().len(), bytes.len() + bare);
    }
}

fn frames(stream: &[u8], step: usize) -> (Vec<Frame>, Option<Broken>) {
    let mut framer = Framer::new();
    let mut frames = Vec::new();
    for piece in stream.chunks(step) {
        framer.push(piece);
        loop {
            match framer.poll() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(broken) => return (frames, Some(broken)),
            }
        }
        assert!(framer.held_bytes() <= cpd_sip::message::MESSAGE_BYTES_MAX);
    }
    (frames, None)
}
