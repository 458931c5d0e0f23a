//! Any bytes are a mail, and cost what they are.

use std::time::{Duration, Instant};

use cpd_desk::mail::{Note, SIZE_MAX, Seal, TEXT_MAX, read};
use proptest::prelude::*;

use crate::probe::probe;

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        2 => proptest::sample::select(PIECES.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
        1 => "\\PC{0,12}".prop_map(String::into_bytes),
    ]
}

const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    "\n\n",
    "--b\n",
    "--b--\n",
    "--",
    "; ",
    " ",
    "\n ",
    "=?utf-8?B?",
    "=?koi8-r?Q?=C1?=",
    "?=",
    "<",
    ">",
    "> ",
    "@",
    "\"",
    "(",
    "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: multipart/alternative; boundary=b\n",
    "Content-Type: multipart/report; boundary=b\n",
    "Content-Type: multipart/signed; boundary=b\n",
    "Content-Type: text/html\n",
    "Content-Type: text/plain; charset=utf-7\n",
    "Content-Type: text/calendar\n",
    "BEGIN:VCALENDAR\nSUMMARY:x\n",
    "Content-Type: message/rfc822\n",
    "Content-Type: message/delivery-status\n",
    "Content-Type: application/pkcs7-mime\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "Content-Disposition: attachment; filename*0*=utf-8''%D0",
    "filename=\"../x\u{202e}gnp.exe\"",
    "From: a@b.example\n",
    "From: mailer-daemon@b.example\n",
    "Return-Path: <>\n",
    "Subject: Re: [№10042-7]\n",
    "Date: Wed, 25 Nov 2026 12:03:00 +0300\n",
    "Message-ID: <a@b>\n",
    "References: <a@b> <c@d>\n",
    "In-Reply-To: <%ID%>\n",
    "Final-Recipient: rfc822; a@b.example\nAction: failed\n",
    "Authentication-Results: mx.example.com; dmarc=pass (",
    "could not be delivered",
    "<a@b.example>:\n550 5.1.1 x\n",
    "On 25.11.2026 12:03, x <a@b.example> wrote:\n",
    "From: x\nSent: y\nTo: z\n",
    "-- \n",
    "<blockquote>",
    "<p a='",
    "&#1078;",
    "<!--",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_a_mail(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        probe(&bytes);
    }

    #[test]
    fn any_pieces_are_a_mail(pieces in proptest::collection::vec(piece(), 0..40)) {
        probe(&pieces.concat());
    }
}

/// A thousand times slower would still be a test that ends; the square of a mail's length would not.
#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "what it measures is the machine's own time"
)]
fn hostile_mails_cost_what_they_are() {
    let many = |piece: &str| piece.repeat(4_000_000 / piece.len());
    let head = "Content-Type: multipart/mixed; boundary=b\n\n";
    let cases = [
        (
            "false boundaries",
            format!(
                "{head}{}",
                many("--b\nContent-Type: multipart/mixed; boundary=none\n\nx\n")
            ),
        ),
        ("boundaries", format!("{head}{}", many("--b\n"))),
        (
            "nesting",
            (0..10_000)
                .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
                .collect(),
        ),
        ("mails in mails", many("Content-Type: message/rfc822\n\n")),
        ("fields", many("X-A: b\n")),
        ("a field", format!("Subject: {}", many("=?utf-8?Q?x?= "))),
        ("authors", format!("From: {}", many("a@b.example, "))),
        ("ids", format!("References: {}", many("<a@b> "))),
        (
            "attributes",
            format!("Content-Type: text/plain; {}", many("a*0*=x; ")),
        ),
        ("comments", format!("From: {}", many("("))),
        ("dashes", format!("Subject: x\n\n{}", many("-- \n"))),
        ("quotes", format!("Subject: x\n\n{}", many("> x\ny\n"))),
        (
            "who wrote",
            format!("Subject: x\n\n{}", many("On 25.11.2026 12:03 wrote:\n")),
        ),
        ("heads", format!("Subject: x\n\n{}", many("From: x\nFrom: y\n"))),
        ("a line", format!("Subject: x\n\n{}", many("x:"))),
        (
            "markup",
            format!("Content-Type: text/html\n\n{}", many("<a x='\">")),
        ),
        (
            "links",
            format!(
                "Content-Type: text/html\n\n{}",
                many("<a href=https://example.com>x<blockquote>")
            ),
        ),
        (
            "a report",
            format!(
                "From: mailer-daemon@b.example\nReturn-Path: <>\n\nundeliverable\n{}",
                many("<a@b.example>:\n")
            ),
        ),
    ];
    for (name, mail) in cases {
        let begun = Instant::now();
        probe(mail.as_bytes());
        println!("{name}: {:?}", begun.elapsed());
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{name}: {:?}",
            begun.elapsed()
        );
    }
}

#[test]
fn what_is_left_out_is_said() {
    assert_eq!(read(&vec![b'x'; SIZE_MAX + 1]).unwrap_err().bytes, SIZE_MAX + 1);
    let long = read(format!("Subject: x\n\n{}", "слово ".repeat(TEXT_MAX / 8)).as_bytes()).unwrap();
    assert_eq!(long.notes, [Note::Text]);
    let deep: String = (0..40)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
        .collect();
    let deep = read(format!("{deep}\n\nbottom").as_bytes()).unwrap();
    assert_eq!(
        (deep.notes.as_slice(), deep.attachments.len()),
        ([Note::Structure].as_slice(), 1),
        "the deep part is kept whole"
    );
    let head = "Content-Type: multipart/mixed; boundary=b\n\n";
    let parts =
        read(format!("{head}{}", "--b\nContent-Type: image/png\n\nx\n".repeat(1_000)).as_bytes()).unwrap();
    assert_eq!(
        (parts.notes.as_slice(), parts.attachments.len()),
        ([Note::Structure, Note::Attachments].as_slice(), 50)
    );
    assert_eq!(read(b"").unwrap().seal, Seal::Open);
}
