//! What an HTML mail says, as text: no markup comes out, and nothing is fetched.
//!
//! Quotes become lines that begin with `> `, as in plain mail, so that one place knows quotes. Links show where they lead, images
//! only their alternative text.

use mail_parser::decoders::html::add_html_token;

/// Bytes that are read: a mail of half a megabyte of markup says less than its limit of text in all that people write.
pub(super) const HTML_MAX: usize = 512 * 1024;
/// Bytes within which a `>` in an attribute's quotes is known for one. What is longer ends at its first `>`. With `HTML_MAX` it
/// bounds the work of hostile markup.
const TAG_MAX: usize = 2_048;
/// Quotes within quotes that are shown.
const DEPTH_MAX: usize = 8;
/// Bytes of a link that is shown.
const LINK_MAX: usize = 500;

/// The text of a mail in HTML.
#[must_use]
pub(super) fn text(html: &str) -> String {
    let html = super::cut(html, HTML_MAX);
    let last = html.rfind('>').unwrap_or(0);
    let mut out = Out::default();
    let mut link: Option<(String, usize)> = None;
    let mut at = 0;
    while let Some(rest) = html.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(open) = rest.find('<') else {
            out.words(rest);
            break;
        };
        out.words(&rest[..open]);
        let rest = &rest[open..];
        at += open;
        let begins =
            rest[1..].starts_with(|letter: char| letter.is_ascii_alphabetic() || "/!?".contains(letter));
        if !begins || at > last {
            out.words("<");
            at += 1;
            continue;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            at += comment.find("-->").map_or(rest.len(), |end| end + 7);
            continue;
        }
        let end = end_of(rest);
        let tag = &rest[1..end];
        at += end + 1;
        let (closes, name) = name_of(tag);
        match name.as_str() {
            "script" | "style" | "template" | "title" | "svg" | "math" | "iframe" | "object" | "noframes"
                if !closes =>
            {
                at += past(html.get(at..).unwrap_or_default(), &name);
            }
            "br" => out.new_line(),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => out.paragraph(),
            "div" | "tr" | "table" | "ul" | "ol" | "dl" | "dt" | "dd" | "section" | "article" | "header"
            | "footer" | "hr" | "body" | "form" | "center" => out.block(),
            "li" => {
                out.block();
                if !closes {
                    out.words("- ");
                }
            }
            "td" | "th" => out.words(" "),
            "pre" => {
                out.block();
                out.pre = !closes;
            }
            "blockquote" => {
                out.block();
                out.depth = if closes {
                    out.depth.saturating_sub(1)
                } else {
                    (out.depth + 1).min(DEPTH_MAX)
                };
            }
            "img" => {
                if let Some(alt) = attribute(tag, "alt").filter(|alt| !alt.trim().is_empty()) {
                    out.words(&format!("[{}]", super::one_line(&alt, 100)));
                }
            }
            "a" => {
                if let Some((href, from)) = link.take() {
                    out.link(&href, from);
                }
                if !closes {
                    link = attribute(tag, "href").map(|href| (href, out.text.len()));
                }
            }
            _ => (),
        }
    }
    out.text
}

/// Where a tag ends: at a `>` outside of quotes.
fn end_of(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate().take(TAG_MAX) {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => (),
        }
    }
    tag.find('>').unwrap_or(tag.len())
}

fn name_of(tag: &str) -> (bool, String) {
    let (closes, tag) = match tag.strip_prefix('/') {
        Some(tag) => (true, tag),
        None => (false, tag),
    };
    let name = tag
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    (closes, super::cut(name, 16).to_ascii_lowercase())
}

/// How far an element's end is.
fn past(rest: &str, name: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(found) = rest.get(at..).and_then(|rest| rest.find("</")) {
        let begin = at + found + 2;
        if bytes
            .get(begin..begin + name.len())
            .is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()))
        {
            return rest[begin..].find('>').map_or(rest.len(), |end| begin + end + 1);
        }
        at = begin;
    }
    rest.len()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower.get(at..).and_then(|rest| rest.find(name)) {
        let begin = at + found;
        at = begin + name.len();
        let alone =
            lower[..begin].ends_with(|letter: char| letter.is_ascii_whitespace() || "\"'".contains(letter));
        let Some(value) = tag[at..].trim_start().strip_prefix('=').filter(|_| alone) else {
            continue;
        };
        let value = value.trim_start();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
            _ => value.split(|letter: char| letter.is_ascii_whitespace()).next(),
        };
        return value.map(entities);
    }
    None
}

/// Names of letters (`&nbsp;`, `&#1078;`) as letters.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // The longest names that mail has (`&thetasym;`, `&#x1F600;`) are shorter than twelve.
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end {
            Some(end) => {
                add_html_token(&mut out, &rest.as_bytes()[..=end], false);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[derive(Default)]
struct Out {
    text: String,
    depth: usize,
    pre: bool,
    /// Line ends that are written before the next word.
    lines: usize,
    /// A space is.
    space: bool,
    /// The line has a hard space and nothing else: programs write empty lines so.
    hard: bool,
}

impl Out {
    fn words(&mut self, raw: &str) {
        let words = entities(raw);
        for letter in words.chars() {
            match letter {
                '\n' if self.pre => self.new_line(),
                ' ' if self.pre => self.letter(' '),
                '\u{a0}' => {
                    self.space = true;
                    self.hard |= self.lines > 0;
                }
                ' ' | '\t' | '\r' | '\n' => self.space = true,
                '\u{200b}' | '\u{ad}' | '\u{feff}' => (),
                letter if letter.is_control() => (),
                letter => self.letter(letter),
            }
        }
    }

    fn letter(&mut self, letter: char) {
        let begins = self.text.is_empty() || self.lines > 0;
        if begins {
            let lines = if self.text.is_empty() {
                0
            } else {
                self.lines.min(3)
            };
            for n in 0..lines {
                if n > 0 {
                    self.text.push_str(&">".repeat(self.depth));
                }
                self.text.push('\n');
            }
            self.lines = 0;
            if self.depth > 0 {
                self.text.push_str(&">".repeat(self.depth));
                self.text.push(' ');
            }
        } else if self.space {
            self.text.push(' ');
        }
        (self.space, self.hard) = (false, false);
        self.text.push(letter);
    }

    fn new_line(&mut self) {
        self.lines += 1;
        self.space = false;
    }

    fn block(&mut self) {
        self.lines = self.lines.max(if self.hard { 2 } else { 1 });
        (self.space, self.hard) = (false, false);
    }

    fn paragraph(&mut self) {
        self.lines = self.lines.max(2);
        self.space = false;
    }

    /// Where a link leads, behind its words, unless they say so themselves.
    fn link(&mut self, href: &str, from: usize) {
        let href = super::one_line(href, LINK_MAX);
        let web = ["https://", "http://"]
            .iter()
            .any(|start| href.starts_with(start));
        let words = self
            .text
            .get(from..)
            .unwrap_or_default()
            .trim_start_matches(['>', '\n', ' ']);
        let bare = href
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .trim_end_matches('/');
        if web && !words.is_empty() && !words.contains(bare) {
            self.words(&format!(" ({href})"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_said() {
        let html = "<html><head><title>x</title><style>p{color:red}</style></head><body><p>Добрый&nbsp;день!</p>\
            <div>Не работает <b>вход</b>.<br>Ошибка: a &lt; b &amp;&amp; c</div><ul><li>раз<li>два</ul>\
            <a href=\"https://example.com/log\">журнал</a>, <a href='https://example.com'>example.com</a> \
            <img src=\"https://evil.example/pixel.gif\" alt=\"снимок\"><script>alert('<p>нет</p>')</script></body></html>";
        assert_eq!(
            text(html),
            "Добрый день!\n\nНе работает вход.\nОшибка: a < b && c\n- раз\n- два\n\
             журнал (https://example.com/log), example.com [снимок]"
        );
    }

    #[test]
    fn quotes_are_marked() {
        assert_eq!(text("а<div>&nbsp;</div><div>б&nbsp;</div>в"), "а\n\nб\nв");
        assert_eq!(
            text("да<blockquote>раз<blockquote>два</blockquote>три</blockquote>нет"),
            "да\n> раз\n>> два\n> три\nнет"
        );
    }

    #[test]
    fn hostile_markup_is_read_in_bounded_time() {
        for piece in [
            "<a x='\">",
            "<a ",
            "<!--",
            "&",
            "<style></",
            "<blockquote>",
            "<a href=\"https://example.com\">x",
            "<",
            "</",
            "é<p>",
        ] {
            let _ = text(&piece.repeat(HTML_MAX / piece.len() + 1));
        }
        assert_eq!(text("a < b <3 c<"), "a < b <3 c<");
        assert_eq!(text("x<!-- never closed <p>hidden</p>"), "x");
        assert_eq!(text("<p title=\"a > b\">x</p>"), "x");
        assert_eq!(
            text("<img alt='&#0;&#x41;&nosuch;'>&#x41;&nosuch;"),
            "[A&nosuch;]A&nosuch;"
        );
    }
}
