//! Mails of ours: as they go out, as they come back, and with whatever others wrote in them.

use cpd_desk::Number;
use cpd_desk::mail::{self, Address, MailKey, Mailbox, NoMail, Outgoing, Purpose, Reply, TEXT_MAX, read};
use proptest::prelude::*;

use crate::{MESSAGE, REQUEST, desk, key};

/// 12:03 in Moscow on 25 November 2026.
const NOON_MS: i64 = 1_795_597_380_000;

fn send(
    name: &str,
    to: &str,
    subject: &str,
    references: &[String],
    text: &str,
    purpose: Purpose,
) -> Result<Vec<u8>, NoMail> {
    let reply_to = key().address(&desk(), Reply::To(REQUEST)).unwrap();
    mail::write(&Outgoing {
        name,
        from: &desk(),
        reply_to: Some(&reply_to),
        to: &Mailbox {
            name: to.to_owned(),
            address: Address::new("anna@пример.рф").unwrap(),
        },
        subject,
        number: Number::new(10_042).unwrap(),
        message_id: &key().message_id(REQUEST, MESSAGE, "example.com"),
        in_reply_to: references.last().map(String::as_str),
        references,
        purpose,
        date_ms: NOON_MS,
        text,
    })
}

#[test]
fn goes_out_as_ascii_and_comes_back_as_written() {
    let text =
        "Здравствуйте, Анна!\n\nОбращение зарегистрировано.\n. точка\nFrom здесь\n\n-- \nСлужба поддержки\n";
    let before = ["first@example.ru".to_owned(), "second@example.ru".to_owned()];
    let number = Number::new(10_042).unwrap();
    let subject =
        format!("RE: Отв: [№{number}] Не слышит автоответчик и ещё много слов, чтобы строка стала длинной");
    let bytes = send(
        "Служба поддержки",
        "Белова, Анна",
        &subject,
        &before,
        text,
        Purpose::Acknowledgement,
    )
    .unwrap();
    assert!(bytes.is_ascii());
    let lines: Vec<&str> = std::str::from_utf8(&bytes).unwrap().split("\r\n").collect();
    assert!(
        lines
            .iter()
            .all(|line| line.len() <= 200 && !line.contains(['\r', '\n'])),
        "{lines:#?}"
    );
    let mail = read(&bytes).unwrap();
    let from = mail.from.clone().unwrap();
    assert_eq!((from.name.as_str(), from.address), ("Служба поддержки", desk()));
    assert_eq!(
        (mail.to[0].name.as_str(), mail.to[0].address.as_str()),
        ("Белова, Анна", "anna@xn--e1afmkfd.xn--p1ai")
    );
    assert_eq!(
        mail.subject,
        format!("Re: [№{number}] Не слышит автоответчик и ещё много слов, чтобы строка стала длинной")
    );
    assert_eq!(mail.date_ms, Some(NOON_MS));
    assert_eq!(
        mail.body.said,
        "Здравствуйте, Анна!\n\nОбращение зарегистрировано.\n. точка\nFrom здесь"
    );
    assert_eq!(key().known_id(&mail.id), Some((REQUEST, MESSAGE)));
    assert_eq!(
        key().known_address(&mail.reply_to[0].address),
        Some(Reply::To(REQUEST))
    );
    assert_eq!(
        (mail.answers.as_slice(), mail.references.as_slice()),
        (
            ["second@example.ru".to_owned(), "first@example.ru".to_owned()].as_slice(),
            before.as_slice()
        )
    );
    let field = |name: &str| mail.fields.first(name).unwrap_or_default();
    assert_eq!(
        (field("auto-submitted"), field("x-loop")),
        ("auto-replied", "desk@example.com")
    );
    assert!(mail.fields.iter().all(|(name, _)| !name.starts_with("list-")));
}

#[test]
fn a_person_of_the_desk_is_no_machine() {
    let bytes = send("Desk", "", "x", &[], "Hello", Purpose::Answer).unwrap();
    let mail = read(&bytes).unwrap();
    assert_eq!(mail.fields.first("auto-submitted"), None);
    assert_eq!(mail::automated(&mail, &mail::Own::default()), None);
    assert!(mail.subject.starts_with("[№10042-"), "{}", mail.subject);
}

#[test]
fn an_answer_to_it_is_known_for_one() {
    let ours = read(&send("Desk", "", "x", &[], "Hello", Purpose::Answer).unwrap()).unwrap();
    let answer = |head: &str| read(format!("From: x@other.example\n{head}\n\nHello").as_bytes()).unwrap();
    let keys = [MailKey::new(b"the next one"), key()];
    let id = ours.id.to_uppercase();
    let by_id = mail::clues(
        &answer(&format!("References: <{id}>\n <other@example.ru>")),
        &keys,
    );
    assert_eq!(
        (by_id.ours, by_id.known),
        (Some(REQUEST), vec!["other@example.ru".to_owned()])
    );
    let by_address = mail::clues(
        &answer(&format!(
            "To: Desk <{}>",
            ours.reply_to[0].address.as_str().to_uppercase()
        )),
        &keys,
    );
    assert_eq!((by_address.ours, by_address.plus), (None, Some(REQUEST)));
    let by_subject = mail::clues(&answer(&format!("Subject: {}", ours.subject)), &keys);
    assert_eq!(
        (by_subject.ours, by_subject.plus, by_subject.tags.len()),
        (None, None, 1)
    );
}

#[test]
fn conversations_are_cut_in_the_middle() {
    let before: Vec<String> = (0..500).map(|n| format!("{n}@example.ru")).collect();
    let mail = read(&send("Desk", "", "x", &before, "Hello", Purpose::Answer).unwrap()).unwrap();
    assert_eq!(
        (
            mail.references.len(),
            mail.references[0].as_str(),
            mail.references[1].as_str()
        ),
        (20, "0@example.ru", "481@example.ru")
    );
}

#[test]
fn what_the_desk_gets_wrong_is_said() {
    assert_eq!(
        send("", "", "", &[], &"x".repeat(TEXT_MAX + 1), Purpose::Answer),
        Err(NoMail::Text)
    );
}

/// The fields that a mail of ours has, and no others, whatever its words are.
fn only_ours(bytes: &[u8]) {
    const OURS: [&str; 14] = [
        "date",
        "message-id",
        "from",
        "to",
        "subject",
        "x-loop",
        "reply-to",
        "in-reply-to",
        "references",
        "auto-submitted",
        "x-auto-response-suppress",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
    ];
    assert!(bytes.is_ascii());
    let mail = read(bytes).unwrap();
    let mut names: Vec<&str> = mail.fields.iter().map(|(name, _)| name).collect();
    assert!(names.iter().all(|name| OURS.contains(name)), "{names:?}");
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(count, names.len(), "a field came twice");
    assert!(mail.one_author && mail.to.len() == 1 && mail.cc.is_empty() && mail.attachments.is_empty());
    assert_eq!(mail.from.unwrap().address, desk());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nobodys_words_become_a_field(
        name in words(), to in words(), subject in words(), text in words(),
        references in proptest::collection::vec(words(), 0..4),
    ) {
        for purpose in [Purpose::Acknowledgement, Purpose::Notice, Purpose::Answer] {
            let bytes = send(&name, &to, &subject, &references, &text, purpose).unwrap();
            only_ours(&bytes);
        }
    }
}

fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(vec![
            "\r\n", "\n", "\r", "\r\n\r\n", "Bcc: x@evil.example", "\r\nBcc: x@evil.example\r\n", "<x@evil.example>", ", x@evil.example", "\"", "\\",
            "=?utf-8?Q?=0D=0ABcc:_x@evil.example?=", "=?utf-8?B?DQpCY2M6IHg=?=", "\u{0}", "\u{85}", "\u{2028}", "\u{b}", "@", "<", ">", ";", ":", "(", "--b",
            "Content-Type: text/html", "a@b",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

#[test]
fn ids_of_others_are_passed_on_only_if_they_are_ids() {
    let bad = [
        "x>\r\nBcc: y@evil.example".to_owned(),
        "ok@example.ru".to_owned(),
        "no at".to_owned(),
        "ещё@example.ru".to_owned(),
    ];
    let mail = read(&send("Desk", "", "x", &bad, "Hello", Purpose::Answer).unwrap()).unwrap();
    assert_eq!(mail.references, ["ok@example.ru"]);
    let write = |message_id: &str, to: &str| {
        mail::write(&Outgoing {
            name: "",
            from: &desk(),
            reply_to: None,
            to: &Mailbox {
                name: String::new(),
                address: Address::new(to).unwrap(),
            },
            subject: "",
            number: Number::new(10_042).unwrap(),
            message_id,
            in_reply_to: None,
            references: &[],
            purpose: Purpose::Answer,
            date_ms: 0,
            text: "",
        })
    };
    assert_eq!(write("a@b>\r\nBcc: x", "anna@example.ru"), Err(NoMail::Id));
    assert_eq!(write("a@b", "анна@example.ru"), Err(NoMail::Address));
    assert!(write("a@b", "anna@example.ru").is_ok());
}
