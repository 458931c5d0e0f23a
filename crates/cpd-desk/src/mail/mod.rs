//! Mail as a value: what came, as a plain struct; what goes out, as bytes. Nothing here opens a connection, reads a clock or keeps a
//! file; keys, times and what is known come as arguments.
//!
//! ```text
//! bytes → read → Mail ─┬─ automated   is it a person's?
//!                      ├─ bounce      what became of a mail of ours
//!                      ├─ verified    is it from who it says?
//!                      ├─ clues       what it answers, for `thread`
//!                      └─ key         the same mail again?
//! storm                may this address have an acknowledgement?
//! Outgoing → write → bytes
//! ```
//!
//! - Reading never fails but for what is too large: whatever cannot be understood is kept as an attachment, and what was left out is
//!   said ([`Note`]). Its work is bounded by the size of the mail, whatever the mail is.
//! - Text is text: HTML is read for its words and never passed on as markup.
//! - What we send carries ids with a MAC ([`MailKey`]), so that an answer is known for one whoever sends it.
//!
//! ```
//! use cpd_desk::mail::{self, read};
//!
//! let mail = read(b"From: Anna <anna@example.com>\r\nSubject: =?utf-8?B?0KHQsdC+0Lk=?=\r\n\r\nHello\r\n\r\n> Hi\r\n")?;
//! assert_eq!(mail.subject, "Сбой");
//! assert_eq!(mail.body.said, "Hello");
//! assert_eq!(mail.body.quoted, "> Hi");
//! assert!(mail::automated(&mail, &mail::Own::default()).is_none());
//! # Ok::<(), cpd_desk::mail::TooLarge>(())
//! ```

mod address;
mod automated;
mod bounce;
mod charset;
mod html;
mod ids;
mod mime;
mod quote;
mod read;
mod smime;
mod sniff;
mod storm;
mod verified;
mod write;

pub use address::{Address, Mailbox};
pub use automated::{Automated, Own, Rule, automated};
pub use bounce::{Failure, Report, bounce};
pub use ids::{MailClues, MailKey, Reply, clues};
pub use mime::Fields;
pub use quote::{Split, split};
pub use read::{Attachment, Body, Calendar, Mail, Note, SIZE_MAX, Seal, TEXT_MAX, TooLarge, read};
pub use sniff::sniff;
pub use storm::{Silence, Storm, Writer};
pub use verified::{Verdict, Why, verified};
pub use write::{NoMail, Outgoing, Purpose, write};

/// The beginning of a text: at most so many bytes, whole letters.
fn cut(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A text as one line of at most so many letters, without what turns a line round or cannot be seen.
fn one_line(text: &str, letters_max: usize) -> String {
    let mut out = String::new();
    let mut letters = 0;
    for word in text.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
        let mut seen = word.chars().filter(|letter| !invisible(*letter)).peekable();
        if seen.peek().is_some() && !out.is_empty() {
            out.push(' ');
            letters += 1;
        }
        for letter in seen {
            if letters >= letters_max {
                return out.trim_end().to_owned();
            }
            out.push(letter);
            letters += 1;
        }
    }
    out
}

/// Marks of direction and letters without a width: names are forged with them.
fn invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{61c}')
}
