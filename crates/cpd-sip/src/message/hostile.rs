//! Headers made to cost time: the work grows with their length and not with its square.

use super::{Message, Name, parts};
use crate::digest::Challenge;
use crate::headers::{Auth, ContentType, Via, unfold};
use crate::scan::work;
use crate::uri::Uri;

/// Everything that is ever read of a message.
fn read(message: &Message) {
    let _ = (
        message.check(),
        message.oddity(),
        message.top_via(),
        message.contact(),
    );
    let _ = (
        message.session_expires(),
        message.retry_after(),
        message.rack(),
        message.cseq(),
    );
    let _ = (message.reasons().count(), message.lists(Name::SUPPORTED, "timer"));
    for address in [message.from(), message.to()].into_iter().flatten() {
        let _ = (address.tag(), address.display_text().len(), address.uri());
    }
    if let Ok(uri) = Uri::parse(message.uri()) {
        let _ = (uri.equals(&uri), uri.user_params().get("x"), uri.transport());
    }
    for name in [Name::CONTACT, Name::ROUTE, Name::RECORD_ROUTE, Name::DIVERSION] {
        for address in message.addresses(name).flatten() {
            let _ = (address.tag(), address.uri().map(|uri| uri.equals(&uri)));
        }
    }
    let _ = message
        .values(Name::VIA)
        .map(Via::parse)
        .filter(Result::is_ok)
        .count();
    if let Some(value) = message.header(Name::AUTHORIZATION) {
        let _ = (
            Challenge::parse(value, false),
            Auth::parse(value).map(|auth| auth.params.iter().count()),
        );
    }
    if let Some(value) = message.header(Name::CONTENT_TYPE) {
        let _ = (ContentType::parse(value), parts(value, message.body()).count());
    }
    for (_, value) in message.headers().take(4) {
        let _ = unfold(value);
    }
    let mut stamped = message.clone();
    stamped.stamp_via(([192, 0, 2, 1], 5060).into());
    let _ = stamped.to_bytes();
}

/// The work of a message with `start`, then `unit` as often as fits, then `end`; `#` in a unit counts.
fn cost(start: &str, unit: &str, end: &str, bytes: usize) -> usize {
    let mut text = String::new();
    if !start.starts_with("INVITE ") {
        text.push_str("INVITE sip:a SIP/2.0\r\n");
    }
    text.push_str(start);
    for count in 10_000.. {
        if text.len() + unit.len() + 4 + end.len() > bytes {
            break;
        }
        text.push_str(&unit.replace('#', &count.to_string()));
    }
    text.push_str(end);
    work::of(|| match Message::parse_datagram(text.into_bytes()) {
        Ok(message) => read(&message),
        Err(malformed) => {
            if let Some(salvage) = malformed.salvage {
                read(&salvage);
            }
        }
    })
}

#[test]
fn hostile_headers_cost_no_square() {
    const END: &str = "\r\n\r\n";
    let patterns = [
        ("INVITE sip:", "a;", "@b SIP/2.0\r\n\r\n"),
        ("INVITE sip:a@b", ";a=b", " SIP/2.0\r\n\r\n"),
        ("INVITE sip:a@b", ";#", " SIP/2.0\r\n\r\n"),
        ("INVITE tel:1", ";#=1", " SIP/2.0\r\n\r\n"),
        ("INVITE sip:a@b?", "&#=1", " SIP/2.0\r\n\r\n"),
        ("INVITE sip:a@b?", "&a=b", " SIP/2.0\r\n\r\n"),
        ("INVITE tel:1", ";%41", " SIP/2.0\r\n\r\n"),
        ("", "a:\r\n", "\r\n"),
        ("", "junk\r\n", "\r\n"),
        ("", "l:0\r\n", "\r\n"),
        ("X: a", "\r\n\t", "x\r\n\r\n"),
        ("X", "x", ": 1\r\n\r\n"),
        ("X:", " ", END),
        ("Via: SIP/2.0/UDP h", ",", END),
        ("Via: ", "SIP/2.0/UDP h,", END),
        ("Via: SIP/2.0/UDP h", ";rport", END),
        ("Via: SIP/2.0/UDP h;a=\"", "\\\"", END),
        ("Contact: ", "<", END),
        ("Contact: ", "<>,", END),
        ("Contact: ", "\"", END),
        ("Contact: ", "\"\",", END),
        ("Contact: ", "<sip:a>;a,", END),
        ("Contact: <sip:a>", ";a=\"b\"", END),
        ("Contact: <sip:a", ";a=b", ">\r\n\r\n"),
        ("Contact: <sip:a", ";#=b", ">\r\n\r\n"),
        ("Via: SIP/2.0/UDP h", ";#", END),
        ("Authorization: Digest ", "a#=\"b\",", END),
        ("Contact: <sip:a?", "a=b&", ">\r\n\r\n"),
        ("From: ", "a ", "<sip:a>\r\n\r\n"),
        ("From: \"", "\\\\", "\" <sip:a>\r\n\r\n"),
        ("From: <sip:a>", " ;  a  =  b", END),
        ("From: <sip:a>", ";", END),
        ("Route: ", "<sip:a;lr>,", END),
        ("Reason: ", "SIP;cause=1;text=\"a,b\",", END),
        ("Supported: ", "a,", END),
        ("Authorization: Digest ", "a=\"b\",", END),
        ("Authorization: Digest ", "=,", END),
        ("Authorization: Digest qop=\"", "x,", "\"\r\n\r\n"),
        ("CSeq: ", "0", " INVITE\r\n\r\n"),
        ("Session-Expires: 1", ";a", END),
        ("Retry-After: ", "9", END),
        ("RAck: ", "1 ", END),
        (
            "Content-Type: multipart/mixed;boundary=x\r\n\r\n--x",
            "\r\n--x",
            "",
        ),
        (
            "Content-Type: multipart/mixed;boundary=x\r\n\r\n",
            "--x\r\nc:\r\n",
            "",
        ),
        (
            "Content-Type: multipart/mixed;boundary=x\r\n\r\n--x\r\n",
            "-- ",
            "",
        ),
        ("Content-Type: a/b", ";boundary=x", END),
    ];
    for (start, unit, end) in patterns {
        let (small, large) = (cost(start, unit, end, 15_000), cost(start, unit, end, 60_000));
        assert!(
            large <= small * 9 / 2 + 1000,
            "{start}{unit}: {small} at 15 kB, {large} at 60 kB"
        );
        // Some forty readings of the same header, most of them stopping early.
        assert!(large <= 60_000 * 60, "{start}{unit}: {large}");
    }
}
