//! Bodies of several parts: a part added beside the session, a part taken out.

use cpd_sip::headers::ContentType;
use cpd_sip::message::parts;
use cpd_sip::{Message, Name};

/// One part: its headers as they go on the wire, without the empty line, and its content.
struct Part {
    content_type: Vec<u8>,
    head: Vec<u8>,
    content: Vec<u8>,
}

/// Parts that are looked at; as many as a message's parser goes over. A body that has so many is left alone.
const PARTS_MAX: usize = 16;

/// Adds a part behind what the body has.
pub(super) fn add_part(message: &mut Message, content_type: &'static str, content: &[u8]) {
    if message.body().is_empty() {
        message.set_body(content_type, content);
        return;
    }
    let Some(mut list) = read(message) else { return };
    list.push(Part {
        content_type: content_type.into(),
        head: format!("Content-Type: {content_type}\r\nContent-Disposition: signal;handling=optional").into(),
        content: content.to_vec(),
    });
    write(message, &list);
}

/// Takes out all parts of a type. One part that is left becomes a plain body again.
pub(super) fn remove_part(message: &mut Message, content_type: &str) {
    if message.part(content_type).is_none() {
        return;
    }
    let Some(mut list) = read(message) else { return };
    list.retain(|part| !is(&part.content_type, content_type));
    match list.as_slice() {
        [] => message.set_body("", b""),
        [only] => {
            message.set_body("application/octet-stream", &only.content);
            message.set(Name::CONTENT_TYPE, &only.content_type);
        }
        several => write(message, several),
    }
}

/// Removes all headers that begin so.
pub(super) fn remove_prefixed(message: &mut Message, prefix: &[u8]) {
    let begins =
        |name: &[u8]| name.len() >= prefix.len() && name[..prefix.len()].eq_ignore_ascii_case(prefix);
    let names: Vec<Vec<u8>> = message
        .headers()
        .map(|(name, _)| name.as_bytes())
        .filter(|name| begins(name))
        .map(<[u8]>::to_vec)
        .collect();
    for name in names {
        if let Ok(name) = std::str::from_utf8(&name) {
            message.remove(name);
        }
    }
}

fn is(value: &[u8], content_type: &str) -> bool {
    ContentType::parse(value).is_ok_and(|parsed| parsed.is(content_type))
}

/// The parts of a body, be it of one or of several; `None` if it cannot be taken apart.
fn read(message: &Message) -> Option<Vec<Part>> {
    let content_type = message.header(Name::CONTENT_TYPE)?;
    let parsed = ContentType::parse(content_type).ok()?;
    if !parsed.kind.eq_ignore_ascii_case(b"multipart") {
        let mut head = b"Content-Type: ".to_vec();
        head.extend_from_slice(content_type);
        return Some(vec![Part {
            content_type: content_type.to_vec(),
            head,
            content: message.body().to_vec(),
        }]);
    }
    let list: Vec<Part> = parts(content_type, message.body())
        .map(|part| Part {
            content_type: part.content_type.to_vec(),
            head: part.head.to_vec(),
            content: part.content.to_vec(),
        })
        .collect();
    (1..PARTS_MAX).contains(&list.len()).then_some(list)
}

fn write(message: &mut Message, list: &[Part]) {
    let boundary = boundary(list);
    let mut body = Vec::new();
    for part in list {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        if !part.head.is_empty() {
            body.extend_from_slice(&part.head);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(&part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    message.set_body(&format!("multipart/mixed;boundary={boundary}"), &body);
}

/// A boundary that no part holds. There is one among as many as there are parts, lines and one more; a body of 64 KiB
/// has fewer lines than the numbers that are tried.
fn boundary(list: &[Part]) -> String {
    let holds = |text: &[u8], wanted: &str| {
        text.windows(wanted.len())
            .any(|window| window == wanted.as_bytes())
    };
    (0..u32::MAX)
        .map(|number| format!("smartcpd-part-{number}"))
        .find(|boundary| {
            !list
                .iter()
                .any(|part| holds(&part.content, boundary) || holds(&part.head, boundary))
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CPA: &str = "application/x-cisco-cpa";

    fn message(content_type: &str, body: &str) -> Message {
        let mut message = Message::response(183, "");
        message.set_body(content_type, body.as_bytes());
        message
    }

    #[test]
    fn a_part_comes_beside_the_session_and_leaves_it_again() {
        let mut message = message("application/sdp", "v=0\r\nsmartcpd-part-0\r\n");
        add_part(&mut message, CPA, b"event=enabled\r\n");
        assert_eq!(
            message.part("application/sdp"),
            Some(&b"v=0\r\nsmartcpd-part-0\r\n"[..])
        );
        assert_eq!(message.part(CPA), Some(&b"event=enabled\r\n"[..]));
        assert_eq!(
            message.header(Name::CONTENT_TYPE),
            Some(&b"multipart/mixed;boundary=smartcpd-part-1"[..])
        );
        remove_part(&mut message, CPA);
        assert_eq!(message.header(Name::CONTENT_TYPE), Some(&b"application/sdp"[..]));
        assert_eq!(message.body(), b"v=0\r\nsmartcpd-part-0\r\n");
    }

    #[test]
    fn other_parts_stay_with_their_headers() {
        let body = "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b\r\nContent-Type: application/isup;version=x\r\n\
            Content-Disposition: signal\r\n\r\n\x01\x02\r\n--b\r\nContent-Type: application/x-cisco-cpa\r\n\r\nEvents=FT\r\n--b--\r\n";
        let mut message = message("multipart/mixed;boundary=b", body);
        remove_part(&mut message, CPA);
        assert_eq!(message.part(CPA), None);
        assert_eq!(message.part("application/isup"), Some(&b"\x01\x02"[..]));
        assert!(String::from_utf8_lossy(message.body()).contains("Content-Disposition: signal\r\n\r\n\x01"));
    }

    #[test]
    fn a_body_that_is_all_ours_leaves_none() {
        let mut message = message(CPA, "Events=FT\r\n");
        remove_part(&mut message, CPA);
        assert!(message.body().is_empty() && message.header(Name::CONTENT_TYPE).is_none());
    }
}
