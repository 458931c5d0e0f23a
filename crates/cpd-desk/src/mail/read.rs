//! Bytes of a mail as a plain struct.

use std::fmt;

use jiff::Timestamp;
use mail_parser::parsers::MessageStream;
use ring::digest::{Context, SHA256};

use super::address::{Mailbox, mailboxes};
use super::mime::{Budget, Fields, Kind, Part, words};
use super::{cut, html, ids, one_line, quote, smime, sniff};

/// Bytes of a mail. Large providers take 25 MiB before base64, which makes 34 of it.
pub const SIZE_MAX: usize = 40 * 1024 * 1024;
/// Bytes of a mail's text: a hundred pages. What is longer is a log, which belongs into an attachment; the raw mail has it all.
pub const TEXT_MAX: usize = 256 * 1024;
/// Attachments of a mail.
const ATTACHMENTS_MAX: usize = 50;
/// Ids of `References` that are kept: the first and the last ones, as RFC 5537, 3.4.4, advises who cuts them.
const REFERENCES_MAX: usize = 50;
/// Bytes of an id; ours have 72 before the `@`.
const ID_MAX: usize = 250;
/// Letters of a subject.
const SUBJECT_MAX: usize = 500;
/// Letters of an attachment's name; file systems take 255 bytes.
const NAME_MAX: usize = 100;
/// Signed texts within signed texts.
const SEALS_MAX: usize = 3;
/// Years that a mail's date may have; others are a clock that was never set.
const YEARS: std::ops::RangeInclusive<u16> = 1990..=2200;

/// A mail is larger than [`SIZE_MAX`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLarge {
    /// Its bytes.
    pub bytes: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read a mail of {} bytes: {SIZE_MAX} are the most", self.bytes)
    }
}

impl std::error::Error for TooLarge {}

/// A mail that came.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its Message-ID without brackets; where it has none, one made of its content, the same each time it comes.
    pub id: String,
    /// The id was made here.
    pub id_made: bool,
    /// What tells it from every other mail, for who looks whether it came before: a hash of its Message-ID, its author, its date as
    /// written and its body. Servers that a mail passes change other fields (`Received`, `Delivered-To`, a `[EXT]` in the subject); and
    /// an id alone is not enough, for some programs give all their mails the same.
    pub key: String,
    /// Ids that it answers, the nearest first.
    pub answers: Vec<String>,
    /// Ids of its conversation, oldest first.
    pub references: Vec<String>,
    /// Who it says wrote it.
    pub from: Option<Mailbox>,
    /// The same as it was written, decoded, for where there is no address in it.
    pub from_said: String,
    /// It names one author, in one field.
    pub one_author: bool,
    /// Where its author wants answers.
    pub reply_to: Vec<Mailbox>,
    /// To whom.
    pub to: Vec<Mailbox>,
    /// And to whom else.
    pub cc: Vec<Mailbox>,
    /// To which address it was delivered, as servers note it.
    pub delivered_to: Vec<Mailbox>,
    /// The subject; may be empty.
    pub subject: String,
    /// When it says it was written, ms since 1970; none: it does not, or nonsense.
    pub date_ms: Option<i64>,
    /// What it says.
    pub body: Body,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// Invitations, also among the attachments.
    pub calendars: Vec<Calendar>,
    /// Whether it is signed or encrypted.
    pub seal: Seal,
    /// A machine's account of a delivery (`message/delivery-status`).
    pub delivery_status: Option<String>,
    /// The head of the mail that comes back with it.
    pub returned: Option<Fields>,
    /// It says that a mail was shown to somebody, or deleted (`message/disposition-notification`).
    pub receipt: bool,
    /// Its head.
    pub fields: Fields,
    /// What was left out.
    pub notes: Vec<Note>,
}

/// What a mail says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Body {
    /// What its author wrote.
    pub said: String,
    /// What is quoted.
    pub quoted: String,
    /// The signature.
    pub signature: String,
    /// It was made of HTML.
    pub from_html: bool,
}

/// Something attached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attachment {
    /// A name without a path, never empty.
    pub name: String,
    /// Its type as the mail says.
    pub said: String,
    /// Its type as its bytes say.
    pub kind: &'static str,
    /// It stands in the text.
    pub inline: bool,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An invitation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// What is wanted: `REQUEST`, `CANCEL`, `REPLY`.
    pub method: String,
    /// What it is about.
    pub summary: String,
    /// When it begins, as it says.
    pub starts: String,
}

/// Whether a mail is signed or encrypted. A signature is noted and not judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Seal {
    /// Neither.
    #[default]
    Open,
    /// Signed, and read.
    Signed,
    /// Encrypted: it is kept, and nobody here can read it.
    Encrypted,
}

/// What was left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Note {
    /// Fields, or parts that are too many or too deep.
    Structure,
    /// The end of the text.
    Text,
    /// Attachments.
    Attachments,
}

/// Reads a mail.
///
/// # Errors
///
/// [`TooLarge`]; nothing else.
pub fn read(bytes: &[u8]) -> Result<Mail, TooLarge> {
    if bytes.len() > SIZE_MAX {
        return Err(TooLarge { bytes: bytes.len() });
    }
    let mut budget = Budget::new();
    let part = Part::read(bytes, "text/plain", 0, &mut budget);
    let mut reader = Reader {
        budget,
        ..Reader::new()
    };
    reader.take(&part);
    Ok(reader.mail(&part))
}

struct Reader {
    budget: Budget,
    text: String,
    html: bool,
    /// The text was already read in another form.
    muted: bool,
    seals: usize,
    attachments: Vec<Attachment>,
    calendars: Vec<Calendar>,
    seal: Seal,
    delivery_status: Option<String>,
    returned: Option<Fields>,
    receipt: bool,
    report: bool,
    notes: Vec<Note>,
}

impl Reader {
    fn new() -> Reader {
        Reader {
            budget: Budget::new(),
            text: String::new(),
            html: false,
            muted: false,
            seals: 0,
            attachments: Vec::new(),
            calendars: Vec::new(),
            seal: Seal::Open,
            delivery_status: None,
            returned: None,
            receipt: false,
            report: false,
            notes: Vec::new(),
        }
    }

    fn take(&mut self, part: &Part<'_>) {
        match part.kind.kind.as_str() {
            "multipart/alternative" => self.alternative(part),
            "multipart/encrypted" => {
                self.seal = Seal::Encrypted;
                for part in &part.parts {
                    self.attach(part);
                }
            }
            "multipart/report" => {
                let before = std::mem::replace(&mut self.report, true);
                part.parts.iter().for_each(|part| self.take(part));
                self.report = before;
            }
            kind if kind.starts_with("multipart/") => part.parts.iter().for_each(|part| self.take(part)),
            _ => self.leaf(part),
        }
    }

    /// One text in several forms: the plain one, where it says anything. What else is in the other forms is kept.
    fn alternative(&mut self, part: &Part<'_>) {
        let says = |part: &&Part<'_>| {
            part.kind.kind == "text/plain" && !is_named(part) && !part.text().trim().is_empty()
        };
        let plain = part.parts.iter().find(says);
        if let Some(plain) = plain {
            self.take(plain);
        }
        let muted = self.muted;
        self.muted |= plain.is_some();
        let others = part
            .parts
            .iter()
            .filter(|part| !plain.is_some_and(|plain| std::ptr::eq(*part, plain)));
        others.for_each(|part| self.take(part));
        self.muted = muted;
    }

    fn leaf(&mut self, part: &Part<'_>) {
        match part.kind.kind.as_str() {
            "text/plain" | "text/html" if !is_named(part) => self.words(part),
            "text/calendar" => {
                self.calendars.extend(calendar(&part.text()));
                self.attach(part);
            }
            "message/delivery-status" | "message/global-delivery-status" => {
                self.delivery_status = Some(cut(&part.text(), TEXT_MAX).to_owned());
            }
            "message/disposition-notification" => self.receipt = true,
            "message/rfc822" | "text/rfc822-headers" | "message/global" if self.report => {
                self.returned = Some(Fields::read(&part.bytes()).0);
            }
            "application/pkcs7-signature" | "application/x-pkcs7-signature" | "application/pgp-signature" => {
                self.seal = Seal::Signed;
            }
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => self.sealed(part),
            // Gateways that do not know the type leave the name.
            "application/octet-stream" if name_said(part).is_some_and(|name| name == "smime.p7m") => {
                self.sealed(part);
            }
            _ => self.attach(part),
        }
    }

    fn sealed(&mut self, part: &Part<'_>) {
        self.seals += 1;
        match smime::signed_text(&part.bytes()) {
            Some(inner) if self.seals <= SEALS_MAX => {
                self.seal = Seal::Signed;
                let inner = Part::read(&inner, "text/plain", 1, &mut self.budget);
                self.take(&inner);
            }
            _ => {
                self.seal = Seal::Encrypted;
                self.attach(part);
            }
        }
    }

    fn words(&mut self, part: &Part<'_>) {
        if self.muted {
            return;
        }
        let text = part.text();
        let text = if part.kind.kind == "text/html" {
            self.html = true;
            self.note_if(text.len() > html::HTML_MAX, Note::Text);
            html::text(&text)
        } else {
            plain(&text)
        };
        let text = text.trim_end();
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        let room = TEXT_MAX.saturating_sub(self.text.len());
        self.note_if(text.len() > room, Note::Text);
        self.text.push_str(cut(text, room));
    }

    fn attach(&mut self, part: &Part<'_>) {
        if self.attachments.len() == ATTACHMENTS_MAX {
            self.note_if(true, Note::Attachments);
            return;
        }
        let bytes = part.bytes();
        let kind = sniff(&bytes);
        let name = name_said(part).or_else(|| {
            let (fields, ..) = Fields::read(&bytes);
            let mail = part.kind.kind == "message/rfc822";
            mail.then(|| {
                file_name(&format!(
                    "{}.eml",
                    words(fields.first("subject").unwrap_or_default())
                ))
            })?
        });
        self.attachments.push(Attachment {
            name: name
                .unwrap_or_else(|| format!("attachment-{}{}", self.attachments.len() + 1, ending(kind))),
            said: one_line(&part.kind.kind, NAME_MAX),
            kind,
            inline: part.disposition.kind == "inline" || part.fields.first("content-id").is_some(),
            bytes,
        });
    }

    fn note_if(&mut self, left_out: bool, note: Note) {
        if left_out && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn mail(mut self, part: &Part<'_>) -> Mail {
        self.note_if(self.budget.over, Note::Structure);
        self.notes.sort_unstable();
        let fields = &part.fields;
        let subject = one_line(&words(fields.first("subject").unwrap_or_default()), SUBJECT_MAX);
        let split = quote::split(&self.text, passes_on(&subject));
        let boxes = |name: &str| {
            fields
                .all(name)
                .flat_map(mailboxes)
                .take(super::address::MAILBOXES_MAX)
                .collect::<Vec<_>>()
        };
        let from = boxes("from");
        let one_author = from.len() == 1 && fields.all("from").count() == 1;
        let from = from.into_iter().next();
        let key = key(fields, from.as_ref(), part.raw);
        let id = fields.all("message-id").flat_map(message_ids).next();
        let references = references(fields);
        let mut answers: Vec<String> = fields
            .all("in-reply-to")
            .flat_map(message_ids)
            .take(REFERENCES_MAX)
            .collect();
        for id in references.iter().rev() {
            if !answers.contains(id) {
                answers.push(id.clone());
            }
        }
        Mail {
            id_made: id.is_none(),
            id: id.unwrap_or_else(|| format!("{key}@content.invalid")),
            key,
            answers,
            references,
            from,
            from_said: one_line(&words(fields.first("from").unwrap_or_default()), SUBJECT_MAX),
            one_author,
            reply_to: boxes("reply-to"),
            to: boxes("to"),
            cc: boxes("cc"),
            delivered_to: [
                boxes("delivered-to"),
                boxes("x-original-to"),
                boxes("envelope-to"),
            ]
            .concat(),
            subject,
            date_ms: fields.first("date").and_then(date_ms),
            body: Body {
                said: split.said,
                quoted: split.quoted,
                signature: split.signature,
                from_html: self.html,
            },
            attachments: self.attachments,
            calendars: self.calendars,
            seal: self.seal,
            delivery_status: self.delivery_status,
            returned: self.returned,
            receipt: self.receipt,
            fields: fields.clone(),
            notes: self.notes,
        }
    }
}

/// A plain text without what is no text.
fn plain(text: &str) -> String {
    let text = text
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let mut out = String::with_capacity(text.len());
    out.extend(text.chars().filter_map(|letter| match letter {
        '\n' | '\t' => Some(letter),
        '\u{a0}' => Some(' '),
        letter if letter.is_control() => None,
        letter => Some(letter),
    }));
    out
}

/// Whether a subject says that another mail is passed on.
fn passes_on(subject: &str) -> bool {
    let subject = cut(subject, 32).to_lowercase();
    ["fwd:", "fw:", "пересл:", "переслано:", "wg:"]
        .iter()
        .any(|begin| subject.starts_with(begin))
}

/// The ids of a field: what stands in brackets, or words with an `@` where nothing does.
pub(super) fn message_ids(value: &str) -> Vec<String> {
    let clean = |id: &str| -> Option<String> {
        let id: String = id.chars().filter(|letter| !letter.is_whitespace()).collect();
        let fits = !id.is_empty()
            && id.len() <= ID_MAX
            && id
                .chars()
                .all(|letter| !letter.is_control() && !"<>".contains(letter));
        fits.then_some(id)
    };
    let bracketed: Vec<String> = value
        .split('<')
        .skip(1)
        .filter_map(|piece| clean(piece.split_once('>')?.0))
        .collect();
    if !bracketed.is_empty() {
        return bracketed;
    }
    value
        .split_whitespace()
        .filter(|word| word.contains('@'))
        .filter_map(clean)
        .collect()
}

fn references(fields: &Fields) -> Vec<String> {
    let mut all: Vec<String> = fields.all("references").flat_map(message_ids).collect();
    if all.len() > REFERENCES_MAX {
        let last = all.split_off(all.len() - (REFERENCES_MAX - 1));
        all.truncate(1);
        all.extend(last);
    }
    all
}

fn date_ms(value: &str) -> Option<i64> {
    let line = format!("{value}\n");
    let date = MessageStream::new(line.as_bytes()).parse_date().into_datetime()?;
    if !date.is_valid() || !YEARS.contains(&date.year) {
        return None;
    }
    Timestamp::from_second(date.to_timestamp())
        .ok()
        .map(Timestamp::as_millisecond)
}

/// See [`Mail::key`]. Line ends and spaces at them are a server's, not the author's.
fn key(fields: &Fields, from: Option<&Mailbox>, raw: &[u8]) -> String {
    let mut hash = Context::new(&SHA256);
    let id = fields
        .all("message-id")
        .flat_map(message_ids)
        .next()
        .unwrap_or_default();
    let from = from.map_or("", |from| from.address.as_str());
    for field in [id.as_str(), from, fields.first("date").unwrap_or_default().trim()] {
        hash.update(field.as_bytes());
        hash.update(b"\0");
    }
    // Empty lines are taken in with the next line that has something, and so never at the end.
    let mut empty = 0;
    for line in raw.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end) {
        empty += 1;
        if !line.is_empty() {
            (0..std::mem::take(&mut empty)).for_each(|_| hash.update(b"\n"));
            hash.update(line);
        }
    }
    ids::base32(hash.finish().as_ref())
}

/// Whether a part is a file, and no words to be shown.
fn is_named(part: &Part<'_>) -> bool {
    part.disposition.kind == "attachment" || name_said(part).is_some()
}

/// A name that the mail gives to a part.
fn name_said(part: &Part<'_>) -> Option<String> {
    let of = |kind: &Kind, name: &str| kind.attribute(name).map(str::to_owned);
    let said = of(&part.disposition, "filename").or_else(|| of(&part.kind, "name"))?;
    file_name(&words(&said))
}

/// A name of a file, without its path and what file systems and pages give a meaning to.
fn file_name(said: &str) -> Option<String> {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .map(|letter| {
            if "<>:\"|?*%;".contains(letter) {
                '_'
            } else {
                letter
            }
        })
        .collect();
    let (name, ending) = match plain.rsplit_once('.') {
        Some((name, ending)) if ending.chars().count() <= 12 => (name, format!(".{}", one_line(ending, 12))),
        _ => (plain.as_str(), String::new()),
    };
    let name = one_line(name, NAME_MAX - 13);
    let name = name.trim_start_matches(['.', ' ']);
    let whole = format!("{name}{ending}");
    (!name.is_empty()).then_some(whole)
}

fn ending(kind: &str) -> &'static str {
    match kind {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "application/pdf" => ".pdf",
        "application/zip" => ".zip",
        "audio/wav" => ".wav",
        "audio/ogg" => ".ogg",
        "audio/mpeg" => ".mp3",
        "text/plain" => ".txt",
        "text/calendar" => ".ics",
        _ => ".bin",
    }
}

fn calendar(text: &str) -> Option<Calendar> {
    let text = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let value = |name: &str| {
        let line = text.lines().find(|line| {
            line.get(..name.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(name))
                && line[name.len()..].starts_with([':', ';'])
        });
        let value = line
            .and_then(|line| line.split_once(':'))
            .map_or("", |(_, value)| value);
        let plain = value.replace("\\n", " ").replace("\\,", ",").replace("\\;", ";");
        one_line(&plain, SUBJECT_MAX)
    };
    text.trim_start()
        .to_ascii_uppercase()
        .starts_with("BEGIN:VCALENDAR")
        .then(|| Calendar {
            method: value("METHOD"),
            summary: value("SUMMARY"),
            starts: event_start(&text, &value),
        })
}

/// The beginning of the event, and not of a time zone's summer, which stands before it.
fn event_start(text: &str, value: &impl Fn(&str) -> String) -> String {
    let event = text.split_once("BEGIN:VEVENT").map(|(_, event)| event);
    let line = event.and_then(|event| event.lines().find(|line| line.starts_with("DTSTART")));
    match line.and_then(|line| line.split_once(':')) {
        Some((_, at)) => one_line(at, 32),
        None => value("DTSTART"),
    }
}
