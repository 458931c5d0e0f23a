//! Reports of delivery: which message of ours did not arrive, at whom, for good or not yet, and in the server's own words.
//!
//! Most servers report as RFC 3464 says. Exim, qmail, old Exchange and the services built on them write a text for people; there the
//! addresses and codes are looked for, but only in a mail that is a server's by its author or its empty return path. Which message
//! it was is believed where an id or an address of ours with a right MAC comes back.

use crate::ids::{MessageId, RequestId};

use super::address::Address;
use super::ids::{MailKey, Reply};
use super::mime::Fields;
use super::read::{Mail, message_ids};

/// Recipients of a report that are kept: a mail of ours has one.
const FAILURES_MAX: usize = 20;
/// Letters of a server's words.
const WORDS_MAX: usize = 500;
/// Lines of a text that are looked at.
const LINES_MAX: usize = 400;

/// What became of a mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The message of ours.
    pub message: Option<MessageId>,
    /// The request that it belongs to, where its id came back.
    pub request: Option<RequestId>,
    /// The id of the mail that comes back, whoever's it is: a message's before an import.
    pub returned_id: Option<String>,
    /// Whom it did not reach.
    pub failures: Vec<Failure>,
}

/// Whom a mail did not reach, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Whom, where the report says.
    pub address: Option<Address>,
    /// For good; else it is tried again.
    pub permanent: bool,
    /// The status of RFC 3463 (`5.1.1`).
    pub status: Option<String>,
    /// The server's words.
    pub words: String,
}

/// The report in a mail; none: it is none. A report that all went well has no failures.
#[must_use]
pub fn bounce(mail: &Mail, keys: &[MailKey]) -> Option<Report> {
    let (failures, text_id) = match &mail.delivery_status {
        Some(status) => (reported(status), None),
        None => told(mail)?,
    };
    let returned = mail
        .returned
        .as_ref()
        .and_then(|fields| fields.first("message-id"))
        .map(message_ids);
    let returned_id = returned.and_then(|ids| ids.into_iter().next()).or(text_id);
    let by_id = |id: &String| keys.iter().find_map(|key| key.known_id(id));
    let named = returned_id.iter().chain(&mail.answers).find_map(by_id);
    let by_address = || {
        let addresses = [&mail.delivered_to, &mail.to].into_iter().flatten();
        addresses.map(|one| &one.address).find_map(|address| {
            keys.iter().find_map(|key| match key.known_address(address)? {
                Reply::Bounce(message) => Some(message),
                Reply::To(_) => None,
            })
        })
    };
    Some(Report {
        message: named.map(|(_, message)| message).or_else(by_address),
        request: named.map(|(request, _)| request),
        returned_id,
        failures,
    })
}

/// The failures of an RFC 3464 report: blocks of fields, a recipient each.
fn reported(status: &str) -> Vec<Failure> {
    let status = status.replace("\r\n", "\n");
    let mut failures = Vec::new();
    for block in status.split("\n\n") {
        let (fields, ..) = Fields::read(block.trim_start().as_bytes());
        let recipient = fields
            .first("final-recipient")
            .or_else(|| fields.first("original-recipient"));
        let action = fields.first("action").unwrap_or_default().to_ascii_lowercase();
        let code = fields.first("status").and_then(status_in);
        let permanent = match action.split_whitespace().next().unwrap_or_default() {
            "failed" => !code.as_deref().is_some_and(|code| code.starts_with('4')),
            "delayed" => false,
            "" if recipient.is_some() => code.as_deref().is_none_or(|code| code.starts_with('5')),
            _ => continue,
        };
        if failures.len() == FAILURES_MAX {
            break;
        }
        let words = fields.first("diagnostic-code").map_or("", after_type);
        failures.push(Failure {
            address: recipient.and_then(|value| Address::new(after_type(value))),
            permanent,
            status: code,
            words: super::one_line(words, WORDS_MAX),
        });
    }
    failures
}

/// `rfc822; anna@example.com` without its type.
fn after_type(value: &str) -> &str {
    value.split_once(';').map_or(value, |(_, value)| value).trim()
}

/// Words of servers before the address that they could not reach; the second: it is tried again.
const PHRASES: [(&str, bool); 16] = [
    ("could not be delivered to", true),
    ("could not be delivered", true),
    ("the following address(es) failed", true),
    ("delivery to the following recipient", true),
    ("delivery has failed to these recipients", true),
    ("did not reach some or all of the intended recipients", true),
    ("i wasn't able to deliver your message", true),
    ("i'm afraid i wasn't able", true),
    ("undeliverable", true),
    ("не удалось доставить", true),
    ("не может быть доставлено", true),
    ("не было доставлено", true),
    ("письмо не доставлено", true),
    ("has not been delivered to", false),
    ("delivery is delayed", false),
    ("задержка доставки", false),
];

/// A report for people; and the id of the mail that it shows.
fn told(mail: &Mail) -> Option<(Vec<Failure>, Option<String>)> {
    let server = mail.from.as_ref().is_some_and(|from| {
        ["mailer-daemon", "postmaster", "mail-daemon", "microsoftexchange"]
            .iter()
            .any(|name| from.address.local().starts_with(name))
    });
    let null = mail
        .fields
        .first("return-path")
        .is_some_and(|path| path.replace(' ', "") == "<>");
    if !server && !null {
        return None;
    }
    let text = format!(
        "{}\n{}\n{}",
        mail.body.said, mail.body.quoted, mail.body.signature
    );
    let lower = format!("{}\n{}", mail.subject, text).to_lowercase();
    let delayed = PHRASES
        .iter()
        .any(|(phrase, permanent)| !permanent && lower.contains(phrase));
    if !delayed && !PHRASES.iter().any(|(phrase, _)| lower.contains(phrase)) {
        return None;
    }
    let lines: Vec<&str> = text.lines().take(LINES_MAX).collect();
    // Below such a line stands our own mail, whose addresses are not the report's.
    let copy = lines.iter().position(|line| is_copy(line)).unwrap_or(lines.len());
    let id = lines[copy..]
        .iter()
        .chain(&lines[..copy])
        .find_map(|line| id_in(line));
    let named = mail
        .fields
        .all("x-failed-recipients")
        .flat_map(|list| list.split(','))
        .filter_map(Address::new);
    let mut addresses: Vec<Address> = named.take(FAILURES_MAX).collect();
    if addresses.is_empty() {
        addresses.extend(lines[..copy].iter().find_map(|line| address_of(line)));
    }
    let failure = |address: Option<Address>| {
        let words = words_below(&lines[..copy], address.as_ref());
        let status = status_in(&words);
        let temporary = delayed || status.as_deref().is_some_and(|status| status.starts_with('4'));
        Failure {
            address,
            permanent: !temporary,
            status,
            words: super::one_line(&words, WORDS_MAX),
        }
    };
    let failures = match addresses.is_empty() {
        true => vec![failure(None)],
        false => addresses
            .into_iter()
            .map(|address| failure(Some(address)))
            .collect(),
    };
    Some((failures, id))
}

fn is_copy(line: &str) -> bool {
    let line = super::cut(line, 200).to_lowercase();
    [
        "below this line is a copy",
        "this is a copy of",
        "копия письма",
        "original message headers",
        "diagnostic information for",
    ]
    .iter()
    .any(|words| line.contains(words))
}

fn id_in(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches(['>', ' ']);
    let (name, value) = line.split_once(':')?;
    name.eq_ignore_ascii_case("message-id")
        .then(|| message_ids(value).into_iter().next())?
}

/// A line that is an address alone, as servers set it apart: `<anna@example.com>:`.
fn address_of(line: &str) -> Option<Address> {
    Address::new(line.trim().trim_matches([':', '*', ' ', '\'', '"', '(', ')']))
}

/// What stands at and below an address, to the next empty line but one.
fn words_below(lines: &[&str], address: Option<&Address>) -> String {
    let at = address.and_then(|address| {
        lines
            .iter()
            .position(|line| super::cut(line, 1_000).to_lowercase().contains(address.as_str()))
    });
    let Some(at) = at else {
        return lines
            .iter()
            .find(|line| status_in(line).is_some())
            .copied()
            .unwrap_or_default()
            .to_owned();
    };
    let mut words = String::new();
    for line in lines[at..]
        .iter()
        .skip(1)
        .skip_while(|line| line.trim().is_empty())
        .take(8)
    {
        if line.trim().is_empty() {
            break;
        }
        words.push_str(line.trim());
        words.push(' ');
    }
    if words.is_empty() {
        words.push_str(lines[at]);
    }
    words
}

/// A status of RFC 3463 in a text, or a reply of SMTP (`550`) as one.
fn status_in(text: &str) -> Option<String> {
    let words = || super::cut(text, 4_096).split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let status = |word: &&str| {
        let pieces: Vec<&str> = word.trim_matches('.').split('.').collect();
        let fits = |piece: &str, max: usize| (1..=max).contains(&piece.len());
        matches!(pieces[..], [class @ ("2" | "4" | "5"), subject, detail] if fits(class, 1) && fits(subject, 3) && fits(detail, 3))
    };
    if let Some(found) = words().find(status) {
        return Some(found.trim_matches('.').to_owned());
    }
    let reply = words().find(|word| {
        word.len() == 3 && matches!(word.as_bytes()[0], b'4' | b'5') && word.as_bytes()[1] <= b'5'
    });
    reply.map(|reply| format!("{}.0.0", &reply[..1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_found() {
        for (text, want) in [
            ("550 5.1.1 <anna@example.com>: User unknown", Some("5.1.1")),
            ("4.4.7 (delivery time expired)", Some("4.4.7")),
            ("SMTP error: 550 No such user", Some("5.0.0")),
            ("host mx.example.com [192.0.2.1]: 451 try again", Some("4.0.0")),
            ("in 2026 there were 812", None),
            ("", None),
        ] {
            assert_eq!(status_in(text).as_deref(), want, "{text}");
        }
    }
}
