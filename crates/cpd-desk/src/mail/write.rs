//! A mail of ours as bytes.
//!
//! Nobody's words become a field: names and subjects are made one line before they are encoded, addresses and ids are of types and
//! forms that hold no line's end, and the text is behind the head.

use std::fmt;

use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address as Named;
use mail_builder::headers::raw::Raw;

use super::address::{Address, Mailbox};
use super::one_line;
use super::read::TEXT_MAX;
use crate::number::Number;

/// Ids of `References` that go out: the first and the last, as RFC 5537, 3.4.4, advises. Twenty are below 2 KiB.
const REFERENCES_MAX: usize = 20;
/// Bytes of an id that is passed on; RFC 5322 has lines of at most 998.
const ID_MAX: usize = 250;
/// Letters of a name and of a subject.
const NAME_MAX: usize = 80;
const SUBJECT_MAX: usize = 200;

/// A mail to be written. Its return path (SMTP's `MAIL FROM`) is its sender's to set: the desk's address for reports
/// ([`super::Reply::Bounce`]), and an empty one for acknowledgements where nobody counts their deliveries.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// The desk's name.
    pub name: &'a str,
    /// The desk's address.
    pub from: &'a Address,
    /// Where answers go ([`super::MailKey::address`]).
    pub reply_to: Option<&'a Address>,
    /// To whom.
    pub to: &'a Mailbox,
    /// What it is about; the request's number is put before it.
    pub subject: &'a str,
    /// The request's number.
    pub number: Number,
    /// Its id ([`super::MailKey::message_id`]).
    pub message_id: &'a str,
    /// The id of the mail that it answers, if it answers one.
    pub in_reply_to: Option<&'a str>,
    /// Ids of the conversation before it, oldest first.
    pub references: &'a [String],
    /// What it is for.
    pub purpose: Purpose,
    /// When it is written, ms since 1970.
    pub date_ms: i64,
    /// What it says.
    pub text: &'a str,
}

/// What a mail of ours is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The desk says by itself that a mail came.
    Acknowledgement,
    /// The desk says something by itself: a state changed.
    Notice,
    /// A person of the desk wrote it.
    Answer,
}

/// Why a mail cannot be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoMail {
    /// Its own id is none.
    Id,
    /// An address is not of ASCII: only some servers take those (RFC 6531), and those that do not lose the mail.
    Address,
    /// Its text is longer than [`TEXT_MAX`].
    Text,
    /// Its time is none.
    Date,
}

impl fmt::Display for NoMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoMail::Id => f.write_str("write a mail: its id has letters that an id cannot have"),
            NoMail::Address => {
                f.write_str("write a mail: the part of an address before its @ is not of ASCII")
            }
            NoMail::Text => write!(f, "write a mail: its text is longer than {TEXT_MAX} bytes"),
            NoMail::Date => f.write_str("write a mail: its time is outside of the calendar"),
        }
    }
}

impl std::error::Error for NoMail {}

/// A mail as bytes, with CRLF.
///
/// # Errors
///
/// [`NoMail`]: what the desk itself gave is wrong. What others wrote (names, subjects, ids) is made to fit or left out.
pub fn write(mail: &Outgoing<'_>) -> Result<Vec<u8>, NoMail> {
    if !is_id(mail.message_id) {
        return Err(NoMail::Id);
    }
    let mut addresses = [mail.from, &mail.to.address].into_iter().chain(mail.reply_to);
    if !addresses.all(|address| address.as_str().is_ascii()) {
        return Err(NoMail::Address);
    }
    if mail.text.len() > TEXT_MAX {
        return Err(NoMail::Text);
    }
    let date = Timestamp::from_millisecond(mail.date_ms).map_err(|_| NoMail::Date)?;
    let mut out = MessageBuilder::new()
        .date(date.as_second())
        .message_id(mail.message_id)
        .from(named(mail.name, mail.from))
        .to(named(&mail.to.name, &mail.to.address))
        .subject(subject(mail))
        .header("X-Loop", field(mail.from.as_str()))
        .text_body(text(mail.text));
    if let Some(reply_to) = mail.reply_to {
        out = out.reply_to(named(mail.name, reply_to));
    }
    let answered = mail.in_reply_to.filter(|id| is_id(id));
    if let Some(answered) = answered {
        out = out.in_reply_to(answered);
    }
    let references = references(mail.references, answered);
    if !references.is_empty() {
        out = out.references(references);
    }
    out = match mail.purpose {
        Purpose::Answer => out,
        Purpose::Acknowledgement => out.header("Auto-Submitted", field("auto-replied")),
        Purpose::Notice => out.header("Auto-Submitted", field("auto-generated")),
    };
    if mail.purpose != Purpose::Answer {
        // Exchange answers of absence do not look at Auto-Submitted.
        out = out.header("X-Auto-Response-Suppress", field("All"));
    }
    let mut bytes = Vec::new();
    out.serialize(&mut bytes);
    Ok(bytes)
}

fn field(value: &str) -> HeaderType<'_> {
    HeaderType::Raw(Raw::new(value))
}

fn named(name: &str, address: &Address) -> Named<'static> {
    let name = one_line(name, NAME_MAX);
    Named::new_address((!name.is_empty()).then_some(name), address.as_str().to_owned())
}

/// `Re: [№10042-7] …`, with its number once and one `Re:`, however often it went to and fro.
fn subject(mail: &Outgoing<'_>) -> String {
    let tag = format!("[№{}]", mail.number);
    let plain = one_line(mail.subject, SUBJECT_MAX).replace(&tag, " ");
    let mut words = plain.trim();
    while let Some(rest) = answer_mark(words) {
        words = rest.trim_start();
    }
    let answer = if mail.in_reply_to.is_some() { "Re: " } else { "" };
    one_line(&format!("{answer}{tag} {words}"), SUBJECT_MAX + 24)
}

/// A subject behind `Re:`, `Отв:`, `AW:`.
fn answer_mark(subject: &str) -> Option<&str> {
    let (mark, rest) = subject.split_once(':')?;
    ["re", "отв", "ответ", "на", "aw", "sv", "ha"]
        .contains(&mark.trim().to_lowercase().as_str())
        .then_some(rest)
}

/// An id as it may stand in a head: of visible ASCII, with something on both sides of its `@`.
fn is_id(id: &str) -> bool {
    let visible = id
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"<>(),;:\"\\[]".contains(&byte));
    let sides = id
        .split_once('@')
        .is_some_and(|(left, right)| !left.is_empty() && !right.is_empty());
    visible && sides && id.len() <= ID_MAX
}

fn references(before: &[String], answered: Option<&str>) -> Vec<String> {
    let mut ids: Vec<String> = before
        .iter()
        .filter(|id| is_id(id) && Some(id.as_str()) != answered)
        .cloned()
        .collect();
    ids.extend(answered.map(str::to_owned));
    if ids.len() > REFERENCES_MAX {
        let last = ids.split_off(ids.len() - (REFERENCES_MAX - 1));
        ids.truncate(1);
        ids.extend(last);
    }
    ids
}

/// A text with the line ends of mail and without what is no text.
fn text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let plain: String = text
        .chars()
        .filter(|letter| matches!(letter, '\n' | '\t') || !letter.is_control())
        .collect();
    plain.replace('\n', "\r\n")
}
