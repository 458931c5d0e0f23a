//! Mails as they come, and what is read of them: each `.eml` beside this file, made up, and the text that it gives.

#![allow(clippy::unwrap_used, reason = "a mail that cannot be read fails the test")]

mod any;
mod loops;
mod probe;
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
    let ours = key().message_id(REQUEST, MESSAGE, "example.com");
    let mut say = |what: &str, words: &str| {
        if !words.is_empty() {
            let words = words.replace(&ours, "%ID%").replace('\n', "\n| ");
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
        // A text's line ends are a server's.
        let text = one.kind.starts_with("text/");
        let bytes = one.bytes.iter().filter(|byte| !text || **byte != b'\r').count();
        let place = if one.inline { ", in the text" } else { "" };
        say(
            "attached",
            &format!(
                "{} ({}, said {}, {} bytes{place})",
                one.name, one.kind, one.said, bytes
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
fn the_same_mail_has_the_same_key_whichever_way_it_came() {
    let key = |mail: &str| read(mail.as_bytes()).unwrap().key;
    let mail = "From: Anna <anna@example.ru>\nDate: today\nMessage-ID: <1@example.ru>\nSubject: x\n\nHello\n\nWorld\n";
    let by_a_list = format!(
        "Received: from a by b\nDelivered-To: desk@example.com\n{}\r\n \r\n",
        mail.replace("Subject: x", "Subject: [EXT] x")
            .replace("Anna <anna@example.ru>", "ANNA@example.ru")
    );
    assert_eq!(key(mail), key(&by_a_list));
    for (from, to) in [
        ("Hello", "hello"),
        ("1@", "2@"),
        ("today", "now"),
        ("anna@", "ivan@"),
        ("\n\nWorld", "\nWorld"),
    ] {
        assert_ne!(key(mail), key(&mail.replace(from, to)), "{from}");
    }
    let nameless = mail.replace("Message-ID: <1@example.ru>\n", "");
    assert_eq!(
        read(nameless.as_bytes()).unwrap().id,
        read(nameless.as_bytes()).unwrap().id
    );
}

#[test]
fn a_file_beside_the_forms_of_a_text_is_kept() {
    let part = |head: &str, body: &str| format!("--b\nContent-Type: {head}\n\n{body}\n");
    let mail = format!(
        "From: anna@example.ru\nContent-Type: multipart/alternative; boundary=b\n\n{}{}{}{}--b--\n",
        part("text/plain; name=log.txt", "a log"),
        part("text/plain", " "),
        part("text/html", "<p>Hello"),
        part("application/octet-stream; name=smime.p7m", "x"),
    );
    let mail = read(mail.as_bytes()).unwrap();
    let names: Vec<&str> = mail.attachments.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        (mail.body.said.as_str(), names.as_slice()),
        ("Hello", ["log.txt", "smime.p7m"].as_slice())
    );
    assert_eq!(mail.seal, Seal::Encrypted);
}

#[test]
fn apple_forward() {
    check(
        "apple-forward.eml",
        r#"
        from: Ivan Petrov <ivan@mail.example>
        subject: Fwd: invoice
        date: 2026-11-25T09:03:00Z
        said: Please look at this.
        |
        | > Begin forwarded message:
        | >
        | > From: Olga <olga@mail.example>
        | > Date: 24 November 2026 at 10:00:00 MSK
        | > To: Ivan <ivan@mail.example>
        | >
        | > The bot hangs up on people.
        "#,
    );
}

#[test]
fn autoreply() {
    check(
        "autoreply.eml",
        r#"
        from: Anna <anna@example.ru>
        subject: Автоответ: [№10042-4] Записи
        date: 2026-11-25T09:03:00Z
        said: Нахожусь в отпуске до 1 декабря.
        machine: Subject (Автоответ: [№10042-4] Записи)
        answers: our message
        tags: 100424
        "#,
    );
}

#[test]
fn bounce_exchange() {
    check(
        "bounce-exchange.eml",
        r#"
        from:  <postmaster@corp.example>
        subject: Undeliverable: hello
        date: 2026-11-25T09:03:00Z
        said: Delivery has failed to these recipients or groups:
        |
        | anna@corp.example
        | The email address you entered couldn't be found. Status 5.1.10.
        machine: Report (Undeliverable: hello)
        report: our message did not reach anna@corp.example for good, 5.1.10: The email address you entered couldn't be found. Status 5.1.10.
        answers: our message
        "#,
    );
}

#[test]
fn bounce_exim() {
    check(
        "bounce-exim.eml",
        r#"
        from: Mail Delivery System <mailer-daemon@mx.example.com>
        subject: Mail delivery failed: returning message to sender
        date: 2026-11-25T09:03:00Z
        said: This message was created automatically by mail delivery software.
        |
        | A message that you sent could not be delivered to one or more of its
        | recipients. This is a permanent error. The following address(es) failed:
        |
        |   anna@example.ru
        |     SMTP error from remote mail server after RCPT TO:<anna@example.ru>:
        |     host mail.example.ru [192.0.2.7]: 550 Message was not accepted -- invalid mailbox.
        |
        | ------ This is a copy of the message, including all the headers. ------
        |
        | Return-path: <desk@example.com>
        | From: Desk <desk@example.com>
        | Message-ID: <%ID%>
        |
        | Hello
        machine: Report (Mail delivery failed: returning message to sender)
        report: our message did not reach anna@example.ru for good, 5.0.0: SMTP error from remote mail server after RCPT TO:<anna@example.ru>: host mail.example.ru [192.0.2.7]: 550 Message was not accepted -- invalid mailbox.
        "#,
    );
}

#[test]
fn bounce_mailru() {
    check(
        "bounce-mailru.eml",
        r#"
        from:  <mailer-daemon@mail.example>
        subject: Письмо не доставлено
        date: 2026-11-25T09:03:00Z
        said: Это письмо создано автоматически сервером.
        |
        | К сожалению, ваше письмо не может быть доставлено одному или нескольким получателям:
        |
        | **********************
        |
        | anna@mail.example
        | mailbox is full, 452 4.2.2 ящик переполнен
        |
        | **********************
        |
        | Message-ID: <%ID%>
        machine: Report (Письмо не доставлено)
        report: our message did not reach anna@mail.example for now, 4.2.2: mailbox is full, 452 4.2.2 ящик переполнен
        "#,
    );
}

#[test]
fn bounce_permanent() {
    check(
        "bounce-permanent.eml",
        r#"
        from: Mail Delivery System <mailer-daemon@mx.example.com>
        subject: Undelivered Mail Returned to Sender
        date: 2026-11-25T09:03:00Z
        said: This is the mail system at host mx.example.com.
        |
        | I'm sorry to have to inform you that your message could not
        | be delivered to one or more recipients.
        machine: Report (Undelivered Mail Returned to Sender)
        report: our message did not reach anna@example.ru for good, 5.1.1: 550 5.1.1 <anna@example.ru>: Recipient address rejected: User unknown
        "#,
    );
}

#[test]
fn bounce_qmail() {
    check(
        "bounce-qmail.eml",
        r#"
        from:  <mailer-daemon@qmail.example>
        subject: failure notice
        date: 2026-11-25T09:03:00Z
        id: made here
        said: Hi. This is the qmail-send program at qmail.example.
        | I'm afraid I wasn't able to deliver your message to the following addresses.
        | This is a permanent error; I've given up. Sorry it didn't work out.
        |
        | <anna@example.ru>:
        | 192.0.2.7 does not like recipient.
        | Remote host said: 552 5.2.2 Mailbox full
        | Giving up on 192.0.2.7.
        |
        | --- Below this line is a copy of the message.
        |
        | Return-Path: <desk@example.com>
        | Message-ID: <%ID%>
        | Subject: hello
        machine: Report (failure notice)
        report: our message did not reach anna@example.ru for good, 5.2.2: 192.0.2.7 does not like recipient. Remote host said: 552 5.2.2 Mailbox full Giving up on 192.0.2.7.
        "#,
    );
}

#[test]
fn bounce_temporary() {
    check(
        "bounce-temporary.eml",
        r#"
        from:  <mailer-daemon@yandex.example>
        subject: Delayed
        date: 2026-11-25T09:03:00Z
        said: Это сообщение создано автоматически. Доставка задерживается.
        machine: Report (Delayed)
        report: our message did not reach anna@example.ru for now, 4.4.1: connect to mail.example.ru[192.0.2.7]:25: Connection timed out
        "#,
    );
}

#[test]
fn calendar() {
    check(
        "calendar.eml",
        r#"
        from: Anna <anna@example.ru>
        subject: Разбор сбоя
        date: 2026-11-25T09:03:00Z
        said: Созвонимся завтра в полдень?
        attached: attachment-1.ics (text/calendar, said text/calendar, 264 bytes)
        calendar: REQUEST Разбор сбоя, второй раз at 20261126T120000
        "#,
    );
}

#[test]
fn eight_bit_head() {
    check(
        "eight-bit-head.eml",
        r#"
        from: Пётр Ильин <petr@example.ru>
        subject: Звонки обрываются на второй минуте
        date: 2026-11-25T09:03:00Z
        said: Без единого слова о кодировке.
        "#,
    );
}

#[test]
fn empty() {
    check(
        "empty.eml",
        r#"
        from:  <anna@example.ru>
        date: 2026-11-25T09:03:00Z
        id: made here
        "#,
    );
}

#[test]
fn gmail() {
    check(
        "gmail.eml",
        r#"
        from: Ivan Petrov <ivan@mail.example>
        subject: Re: Recordings
        date: 2026-11-25T09:03:00Z
        said: On Wed, Nov 25, 2026 at 11:40 AM Support of a service with a long name <desk@example.com>
        | wrote:
        | > Which version is it?
        | 2.4, from the menu.
        |
        | > And which browser?
        | > The newest one?
        | Firefox.
        quoted: On Wed, Nov 25, 2026 at 11:40 AM Support of a service with a long name <desk@example.com>
        | wrote:
        | > Which version is it?
        | > And which browser?
        | > The newest one?
        | > Regards
        "#,
    );
}

#[test]
fn html_only() {
    check(
        "html-only.eml",
        r#"
        from: Anna <anna@example.ru>
        subject: html
        date: 2026-11-25T09:03:00Z
        said: Не работает журнал (https://example.ru/log?id=7).
        |
        | [снимок]
        attached: attachment-1.png (image/png, said image/png, 24 bytes, in the text)
        "#,
    );
}

#[test]
fn koi8_r() {
    check(
        "koi8-r.eml",
        r#"
        from: Анна Белова <anna@example.ru>
        subject: Не слышит автоответчик
        date: 2026-11-25T09:03:00Z
        said: Добрый день!
        |
        | После обновления не слышит автоответчик.
        signature: Анна Белова
        | ООО "Пример"
        "#,
    );
}

#[test]
fn mailru() {
    check(
        "mailru.eml",
        r#"
        from: Анна <anna@mail.example>
        subject: Re: Записи
        date: 2026-11-25T09:03:00Z
        said: Видно не всё: за понедельник пусто.
        signature: Анна
        | Отправлено из мобильной Почты Mail
        quoted: >Среда, 25 ноября 2026, 11:40 +03:00 от Служба поддержки <desk@example.com>:
        | >
        | >Посмотрите, пожалуйста, сейчас.
        "#,
    );
}

#[test]
fn names() {
    check(
        "names.eml",
        r#"
        from: Anna <anna@example.ru>
        subject: names
        date: 2026-11-25T09:03:00Z
        said: Пять снимков.
        attached: Снимок экрана с ошибкой.png (image/png, said image/png, 24 bytes)
        attached: журнал.png (image/png, said image/png, 24 bytes)
        attached: отчёт.pdf (application/pdf, said application/octet-stream, 16 bytes)
        attached: attachment-4.png (image/png, said image/png, 24 bytes)
        attached: Windowsphoto_.jpg (text/html, said image/jpeg, 38 bytes)
        "#,
    );
}

#[test]
fn no_id() {
    check(
        "no-id.eml",
        r#"
        from: Anna <anna@example.ru>
        subject: no id
        id: made here
        said: Когда письмо без имени и времени.
        "#,
    );
}

#[test]
fn outlook() {
    check(
        "outlook.eml",
        r#"
        from: Анна Белова <anna@example.ru>
        subject: RE: [№10042-4] Записи
        date: 2026-11-25T09:03:00Z
        said: Спасибо, записи появились.
        |
        | С уважением,
        | Анна Белова
        quoted: ________________________________
        | От: Служба поддержки <desk@example.com>
        | Отправлено: 25 ноября 2026 г. 11:40
        | Кому: Анна Белова
        | Тема: [№10042-4] Записи
        |
        | Посмотрите, пожалуйста, сейчас.
        answers: our message
        tags: 100424
        known: first@example.ru
        "#,
    );
}

#[test]
fn smime_encrypted() {
    check(
        "smime-encrypted.eml",
        r#"
        from: Anna <anna@example.ru>
        subject: enveloped-data
        date: 2026-11-25T09:03:00Z
        attached: smime.p7m (application/octet-stream, said application/pkcs7-mime, 77 bytes)
        seal: encrypted
        "#,
    );
}

#[test]
fn smime_opaque() {
    check(
        "smime-opaque.eml",
        r#"
        from: Anna <anna@example.ru>
        subject: signed-data
        date: 2026-11-25T09:03:00Z
        said: Подписано внутри.
        seal: signed
        "#,
    );
}

#[test]
fn smime_signed() {
    check(
        "smime-signed.eml",
        r#"
        from: Anna <anna@example.ru>
        subject: signed
        date: 2026-11-25T09:03:00Z
        said: Подписано.
        seal: signed
        "#,
    );
}

#[test]
fn two_authors() {
    check(
        "two-authors.eml",
        r#"
        from: Anna <anna@example.ru>
        authors: not one
        subject: who
        said: Кто это?
        "#,
    );
}

#[test]
fn windows_1251() {
    check(
        "windows-1251.eml",
        r#"
        from: Пётр Ильин <petr@example.ru>
        subject: Записи за вчера
        date: 2026-11-25T09:03:00Z
        said: Где записи за вчера? Цена вопроса – 5 €.
        "#,
    );
}

#[test]
fn wrong_label() {
    check(
        "wrong-label.eml",
        r#"
        from: Petr <petr@example.ru>
        subject: x
        date: 2026-11-25T09:03:00Z
        said: Программа прислала отчёт, а кодировку назвала чужую.
        "#,
    );
}

#[test]
fn yandex() {
    check(
        "yandex.eml",
        r#"
        from: Анна <anna@yandex.example>
        subject: Re: Записи
        date: 2026-11-25T09:03:00Z
        said: Теперь видно.
        signature: Анна
        quoted: 25.11.2026, 11:40, "Служба поддержки" <desk@example.com>:
        | >
        | > Посмотрите, пожалуйста, сейчас.
        | > С уважением
        "#,
    );
}
