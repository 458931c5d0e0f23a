//! Reason phrases and Reason headers for dialplans that read nothing else: `SMARTCPD voicemail`.

use cpd_sip::headers::unquote;
use cpd_sip::{Message, Name};

use super::values::{Faults, Private};

/// The longest tag: what a reader still sees in a log line beside the word.
const TAG_BYTES_MAX: usize = 32;

/// Headers that carry the dialer's tag for the call log; the second is what callers of an older service send.
const INFO: [&str; 2] = ["X-SmartCPD-Info", "X-IQANTIBOT-Info"];

/// What stands before the class's word, so that a dialplan knows whose word it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// A tag of up to 32 letters, digits, `-`, `_` and `.`: a dialplan cuts the phrase at its first space.
    pub fn new(text: &str) -> Option<Tag> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        let good = !text.is_empty() && text.len() <= TAG_BYTES_MAX && text.bytes().all(fits);
        good.then(|| Tag(text.to_owned()))
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Tag {
    fn default() -> Tag {
        Tag("SMARTCPD".to_owned())
    }
}

/// The words of a cause, with the tag where there is one.
pub(super) fn text(tag: Option<&Tag>, words: &str) -> String {
    match tag {
        Some(tag) => format!("{} {words}", tag.0),
        None => words.to_owned(),
    }
}

/// Writes the Reason header: RFC 3326 in requests, RFC 6432 in responses.
pub(super) fn set(draft: &mut Message, q850: u8, text: &str) {
    let mut value = format!("Q.850;cause={q850}");
    if !text.is_empty() {
        value.push_str(";text=\"");
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            if matches!(letter, '"' | '\\') {
                value.push('\\');
            }
            value.push(letter);
        }
        value.push('"');
    }
    draft.set(Name::REASON, value.as_bytes());
}

/// The dialer's tag for the call log.
pub(super) fn info(invite: &Message, faults: &mut Faults) -> Option<Private> {
    let (name, value) = INFO
        .into_iter()
        .find_map(|name| Some((name, invite.header(name)?)))?;
    faults.or_note(
        Private::of(&unquote(value)),
        name,
        "empty or longer than 256 bytes",
    )
}

pub(super) fn strip(invite: &mut Message) {
    for name in INFO {
        invite.remove(name);
    }
}
