//! Mails as they come, and what is read of them: each `.eml` beside this file, made up, and the text that it gives.

#![allow(clippy::unwrap_used, reason = "a mail that cannot be read fails the test")]

mod any;
mod loops;
mod sent;

use std::fmt::Write;
use std::path::Path;

use cpd_desk::mail::{self, Address, Mail, MailKey, Own, Reply, Seal, read};
use cpd_desk::{MessageId, RequestId};
use jiff::Timestamp;
use uuid::Uuid;

const REQUEST: RequestId = RequestId(Uuid::from_u128(42));
const MESSAGE: MessageId = MessageId(Uuid::from_u128(7));

fn key() -> MailKey {
    MailKey::new(b"a key of these tests")
}

fn desk() -> Address {
    Address::new("desk@example.com").unwrap()
}

/// A fixture's bytes, with an id and an address of ours where it has places for them.
fn bytes(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/mail")
        .join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("read {}: {error}", path.display()));
    let id = key().message_id(REQUEST, MESSAGE, "example.com");
    let bounce = key().address(&desk(), Reply::Bounce(MESSAGE)).unwrap();
    let bytes = replace(&bytes, b"%ID%", id.as_bytes());
    replace(&bytes, b"%BOUNCE%", bounce.as_str().as_bytes())
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

/// What is read of a fixture, with LF and with CRLF.
#[track_caller]
fn check(name: &str, expected: &str) {
    let bytes = bytes(name);
    let crlf = replace(&replace(&bytes, b"\r\n", b"\n"), b"\n", b"\r\n");
    let want: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    for bytes in [&bytes, &crlf] {
        let mail = read(bytes).unwrap();
        let text = describe(&mail);
        let got: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(got.join("\n"), want.join("\n"), "\n--- {name}\n{text}---");
    }
    assert_eq!(
        read(&bytes).unwrap().key,
        read(&crlf).unwrap().key,
        "line ends are a server's"
    );
}

fn describe(mail: &Mail) -> String {
    let mut out = String::new();
    let mut say = |what: &str, words: &str| {
        if !words.is_empty() {
            let words = words.replace('\n', "\n| ");
            let _ = writeln!(out, "{what}: {words}");
        }
    };
    let from = mail
        .from
        .as_ref()
        .map(|from| format!("{} <{}>", from.name, from.address));
    say("from", &from.unwrap_or_default());
    say("authors", if mail.one_author { "" } else { "not one" });
    say("subject", &mail.subject);
    let date = mail
        .date_ms
        .map(|ms| Timestamp::from_millisecond(ms).unwrap().to_string());
    say("date", &date.unwrap_or_default());
    say("id", if mail.id_made { "made here" } else { "" });
    say("said", &mail.body.said);
    say("signature", &mail.body.signature);
    say("quoted", &mail.body.quoted);
    for one in &mail.attachments {
        let place = if one.inline { ", in the text" } else { "" };
        say(
            "attached",
            &format!(
                "{} ({}, said {}, {} bytes{place})",
                one.name,
                one.kind,
                one.said,
                one.bytes.len()
            ),
        );
    }
    for one in &mail.calendars {
        say(
            "calendar",
            &format!("{} {} at {}", one.method, one.summary, one.starts),
        );
    }
    match mail.seal {
        Seal::Open => (),
        Seal::Signed => say("seal", "signed"),
        Seal::Encrypted => say("seal", "encrypted"),
    }
    let own = Own {
        addresses: vec![desk()],
        keys: vec![key()],
    };
    if let Some(machine) = mail::automated(mail, &own) {
        say("machine", &format!("{:?} ({})", machine.rule, machine.words));
    }
    if let Some(report) = mail::bounce(mail, &own.keys) {
        let ours = if report.message == Some(MESSAGE) {
            "our message"
        } else {
            "somebody's message"
        };
        for one in &report.failures {
            let whom = one.address.as_ref().map_or("nobody knows whom", Address::as_str);
            let how = if one.permanent { "for good" } else { "for now" };
            let status = one.status.as_deref().unwrap_or("no status");
            say(
                "report",
                &format!("{ours} did not reach {whom} {how}, {status}: {}", one.words),
            );
        }
    }
    let clues = mail::clues(mail, &own.keys);
    if clues.ours == Some(REQUEST) {
        say("answers", "our message");
    }
    say("tags", &clues.tags.join(" "));
    say("known", &clues.known.join(" "));
    if !mail.notes.is_empty() {
        say("left out", &format!("{:?}", mail.notes));
    }
    out
}

#[test]
fn r#apple_forward() {
    check("apple-forward.eml", "");
}

#[test]
fn r#autoreply() {
    check("autoreply.eml", "");
}

#[test]
fn r#bounce_exchange() {
    check("bounce-exchange.eml", "");
}

#[test]
fn r#bounce_exim() {
    check("bounce-exim.eml", "");
}

#[test]
fn r#bounce_mailru() {
    check("bounce-mailru.eml", "");
}

#[test]
fn r#bounce_permanent() {
    check("bounce-permanent.eml", "");
}

#[test]
fn r#bounce_qmail() {
    check("bounce-qmail.eml", "");
}

#[test]
fn r#bounce_temporary() {
    check("bounce-temporary.eml", "");
}

#[test]
fn r#calendar() {
    check("calendar.eml", "");
}

#[test]
fn r#eight_bit_head() {
    check("eight-bit-head.eml", "");
}

#[test]
fn r#empty() {
    check("empty.eml", "");
}

#[test]
fn r#gmail() {
    check("gmail.eml", "");
}

#[test]
fn r#html_only() {
    check("html-only.eml", "");
}

#[test]
fn r#koi8_r() {
    check("koi8-r.eml", "");
}

#[test]
fn r#mailru() {
    check("mailru.eml", "");
}

#[test]
fn r#names() {
    check("names.eml", "");
}

#[test]
fn r#no_id() {
    check("no-id.eml", "");
}

#[test]
fn r#outlook() {
    check("outlook.eml", "");
}

#[test]
fn r#smime_encrypted() {
    check("smime-encrypted.eml", "");
}

#[test]
fn r#smime_opaque() {
    check("smime-opaque.eml", "");
}

#[test]
fn r#smime_signed() {
    check("smime-signed.eml", "");
}

#[test]
fn r#two_authors() {
    check("two-authors.eml", "");
}

#[test]
fn r#windows_1251() {
    check("windows-1251.eml", "");
}

#[test]
fn r#wrong_label() {
    check("wrong-label.eml", "");
}

#[test]
fn r#yandex() {
    check("yandex.eml", "");
}
