//! What stands in a mail that Outlook signed "opaquely": the text is inside the signature (RFC 5652, `SignedData`). It is taken out to
//! be read; the signature is not judged here.

/// Elements within elements: a signed text is at the seventh.
const DEPTH_MAX: usize = 16;
/// Pieces of a text: OpenSSL cuts at 4 KiB, so that is a mail of 160 MB.
const PIECES_MAX: usize = 40_000;

const SIGNED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

/// The text of a signed envelope; none: it is another, or not understood.
pub(super) fn signed_text(bytes: &[u8]) -> Option<Vec<u8>> {
    let (info, _) = tagged(bytes, 0x30)?;
    let (kind, info) = tagged(info, 0x06)?;
    if kind != SIGNED {
        return None;
    }
    let (explicit, _) = tagged(info, 0xa0)?;
    let (signed, _) = tagged(explicit, 0x30)?;
    let (_version, signed) = tagged(signed, 0x02)?;
    let (_digests, signed) = tagged(signed, 0x31)?;
    let (content, _) = tagged(signed, 0x30)?;
    let (kind, content) = tagged(content, 0x06)?;
    if kind != DATA {
        return None;
    }
    let (explicit, _) = tagged(content, 0xa0)?;
    let element = element(explicit, 0)?;
    match element.tag {
        0x04 => Some(element.content.to_vec()),
        0x24 => pieces(element.content),
        _ => None,
    }
}

fn pieces(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for _ in 0..PIECES_MAX {
        if bytes.is_empty() {
            return Some(out);
        }
        let (piece, rest) = tagged(bytes, 0x04)?;
        out.extend_from_slice(piece);
        bytes = rest;
    }
    None
}

fn tagged(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let element = element(bytes, 0)?;
    (element.tag == tag).then_some((element.content, element.rest))
}

struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

/// The first element of bytes, by BER: with a length, or up to its mark of the end.
fn element(bytes: &[u8], depth: usize) -> Option<Element<'_>> {
    let [tag, length, rest @ ..] = bytes else {
        return None;
    };
    let tag = *tag;
    // Tags of several bytes are not in what is read here.
    if tag & 0x1f == 0x1f || depth > DEPTH_MAX {
        return None;
    }
    if *length == 0x80 {
        let mut inner = rest;
        while !inner.starts_with(&[0, 0]) {
            inner = element(inner, depth + 1)?.rest;
        }
        let content = &rest[..rest.len() - inner.len()];
        return Some(Element {
            tag,
            content,
            rest: &inner[2..],
        });
    }
    let (length, rest) = match *length {
        short @ 0..0x80 => (usize::from(short), rest),
        long => {
            let count = usize::from(long & 0x7f);
            if count > 4 || rest.len() < count {
                return None;
            }
            let (digits, rest) = rest.split_at(count);
            (
                digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)),
                rest,
            )
        }
    };
    let content = rest.get(..length)?;
    Some(Element {
        tag,
        content,
        rest: &rest[length..],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wrap(tag: u8, inner: &[u8], endless: bool) -> Vec<u8> {
        let mut out = vec![tag];
        if endless {
            out.push(0x80);
            out.extend_from_slice(inner);
            out.extend_from_slice(&[0, 0]);
        } else {
            out.push(0x82);
            out.extend_from_slice(&(inner.len() as u16).to_be_bytes());
            out.extend_from_slice(inner);
        }
        out
    }

    /// An envelope as a mail program makes it, without certificates.
    fn envelope(octets: &[u8], endless: bool) -> Vec<u8> {
        let content = wrap(0xa0, octets, endless);
        let data = wrap(0x30, &[wrap(0x06, DATA, false), content].concat(), endless);
        let signed = [
            wrap(0x02, &[1], false),
            wrap(0x31, &[], false),
            data,
            wrap(0x31, &[], false),
        ]
        .concat();
        let explicit = wrap(0xa0, &wrap(0x30, &signed, endless), endless);
        wrap(0x30, &[wrap(0x06, SIGNED, false), explicit].concat(), endless)
    }

    #[test]
    fn a_signed_text_is_taken_out() {
        let text = b"Content-Type: text/plain\r\n\r\nHello".as_slice();
        assert_eq!(
            signed_text(&envelope(&wrap(0x04, text, false), false)).as_deref(),
            Some(text)
        );
        let cut = [wrap(0x04, &text[..10], false), wrap(0x04, &text[10..], false)].concat();
        assert_eq!(
            signed_text(&envelope(&wrap(0x24, &cut, true), true)).as_deref(),
            Some(text)
        );
        assert_eq!(signed_text(b"not an envelope"), None);
        assert_eq!(signed_text(&[0x30, 0x80].repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..100, to in any::<u8>()) {
            let _ = signed_text(&bytes);
            let mut near = envelope(&wrap(0x04, b"Hello", false), true);
            let at = at % near.len();
            near[at] = to;
            let _ = signed_text(&near);
        }
    }
}
