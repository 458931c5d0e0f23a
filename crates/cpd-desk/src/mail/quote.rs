//! What a person wrote, apart from what is quoted below or between it.
//!
//! Three things are kept, and nothing is lost between them: what was said, the signature, and the quotes. A quote is lines that
//! begin with `>`, with the line above them that says whose words they are, or all that stands below a head of Outlook's or a line
//! that says so. Where the person's words stand between or below quotes, the end of each answered quote stays with the answer. Where
//! nothing stands above a quote without marks, nobody can tell where the answer is, and all is said. A forwarded mail is what the
//! sender wants to be read: it is no quote.

/// Lines of a quote that stay above an answer between quotes.
const ABOVE: usize = 6;
/// Lines that a signature has at most; what is longer is a text below two dashes.
const SIGNATURE_LINES: usize = 15;
/// Lines over which a programme breaks "On … wrote:".
const ATTRIBUTION_LINES: usize = 3;
/// Bytes of such a line: a name, an address and a date.
const ATTRIBUTION_MAX: usize = 400;
/// Lines of Outlook's head that are looked at: From, Sent, To, Cc, Subject, Importance, two of them broken.
const HEAD_LINES: usize = 8;

/// The parts of a text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Split {
    /// What the person wrote.
    pub said: String,
    /// What is quoted.
    pub quoted: String,
    /// The signature.
    pub signature: String,
}

/// The parts of a text; `forwarded`: its subject says that another mail was passed on.
#[must_use]
pub fn split(text: &str, forwarded: bool) -> Split {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut marks = marks(&lines, forwarded);
    // Nothing above a quote without marks: the answer, if there is one, is somewhere in it.
    let said_at =
        |marks: &[Mark]| (0..lines.len()).any(|at| marks[at] == Mark::Said && !lines[at].trim().is_empty());
    if !said_at(&marks) {
        for mark in marks.iter_mut().filter(|mark| **mark == Mark::Below) {
            *mark = Mark::Said;
        }
    }
    sign(&lines, &mut marks);
    Split {
        said: said(&lines, &marks),
        quoted: gather(&lines, &marks, |mark| matches!(mark, Mark::Quoted | Mark::Below)),
        signature: gather(&lines, &marks, |mark| mark == Mark::Signed),
    }
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mark {
    Said,
    /// Begins with `>`, or says whose the quote below is.
    Quoted,
    /// Below a head, where no line is marked.
    Below,
    Signed,
}

fn marks(lines: &[&str], forwarded: bool) -> Vec<Mark> {
    let mut marks = vec![Mark::Said; lines.len()];
    if forwarded {
        return marks;
    }
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim();
        if forwards(line.trim_start_matches(['>', ' '])) {
            return marks;
        }
        if is_quoted(line) {
            marks[at] = Mark::Quoted;
            at += 1;
            continue;
        }
        if begins_below(lines, at) {
            marks[at..].fill(Mark::Below);
            return marks;
        }
        if let Some((count, sure)) = attribution(lines, at) {
            let next = (at + count..lines.len()).find(|next| !lines[*next].trim().is_empty());
            if next.is_some_and(|next| is_quoted(lines[next].trim())) {
                marks[at..at + count].fill(Mark::Quoted);
                at += count;
                continue;
            }
            if sure {
                marks[at..].fill(Mark::Below);
                return marks;
            }
        }
        at += 1;
    }
    marks
}

fn is_quoted(line: &str) -> bool {
    line.starts_with('>')
}

/// Words between dashes that say what stands below.
fn between_dashes(line: &str) -> Option<String> {
    let dashes = |letter: char| "-—–_*=".contains(letter) || letter.is_whitespace();
    let inner = line.trim_matches(dashes);
    let dashed = line.starts_with("--") || line.starts_with("——") || line.starts_with("––");
    (dashed && line.len() <= ATTRIBUTION_MAX && line.ends_with(['-', '—', '–'])).then(|| inner.to_lowercase())
}

fn forwards(line: &str) -> bool {
    const BETWEEN: [&str; 6] = [
        "forwarded message",
        "пересылаемое сообщение",
        "пересланное сообщение",
        "пересылаемое письмо",
        "перенаправленное сообщение",
        "переадресованное сообщение",
    ];
    const ALONE: [&str; 3] = [
        "begin forwarded message:",
        "начало переадресованного сообщения:",
        "начало пересылаемого сообщения:",
    ];
    if line.len() > ATTRIBUTION_MAX {
        return false;
    }
    ALONE.contains(&line.to_lowercase().as_str())
        || between_dashes(line).is_some_and(|inner| BETWEEN.iter().any(|words| inner.starts_with(words)))
}

/// Whether all below is a quote: a line that says so, or Outlook's head.
fn begins_below(lines: &[&str], at: usize) -> bool {
    const BETWEEN: [&str; 7] = [
        "original message",
        "исходное сообщение",
        "исходное письмо",
        "оригинальное сообщение",
        "ursprüngliche nachricht",
        "original-nachricht",
        "message d'origine",
    ];
    let line = lines[at].trim();
    if let Some(inner) = between_dashes(line)
        && BETWEEN.iter().any(|words| inner.starts_with(words))
    {
        return true;
    }
    if line.len() >= 10 && line.bytes().all(|byte| byte == b'_') {
        let next = (at + 1..lines.len()).find(|next| !lines[*next].trim().is_empty());
        return next.is_some_and(|next| is_head(lines, next));
    }
    is_head(lines, at)
}

/// Outlook's head: who, and at least two of when, to whom and about what.
fn is_head(lines: &[&str], at: usize) -> bool {
    const WHO: [&str; 5] = ["from", "от", "von", "від", "de"];
    const REST: [&str; 12] = [
        "sent",
        "date",
        "отправлено",
        "дата",
        "to",
        "кому",
        "subject",
        "тема",
        "gesendet",
        "an",
        "betreff",
        "надіслано",
    ];
    if !label(lines[at]).is_some_and(|label| WHO.contains(&label.as_str())) {
        return false;
    }
    let rest = lines[at + 1..]
        .iter()
        .take(HEAD_LINES)
        .filter_map(|line| label(line));
    rest.filter(|label| REST.contains(&label.as_str())).count() >= 2
}

/// The word before a line's colon; bold as `*From:*` too.
fn label(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches('*');
    let (label, _) = line.split_once(':')?;
    let label = label.trim().trim_end_matches('*');
    // "Отправлено" is the longest, 20 bytes.
    (label.len() <= 24).then(|| label.to_lowercase())
}

/// How many lines say whose a quote is ("On … wrote:"), and whether they say so whatever stands below.
fn attribution(lines: &[&str], at: usize) -> Option<(usize, bool)> {
    let count = lines[at..]
        .iter()
        .take(ATTRIBUTION_LINES)
        .take_while(|line| {
            !line.trim().is_empty() && !is_quoted(line.trim()) && line.len() <= ATTRIBUTION_MAX
        })
        .position(|line| line.trim().ends_with(':'))?
        + 1;
    let sure = |from: usize| {
        let joined = lines[from..at + count]
            .iter()
            .map(|line| line.trim())
            .collect::<Vec<_>>()
            .join(" ");
        says_whose(&joined)
    };
    let whole = sure(at)?;
    // What the lower lines say alone is theirs: the upper one is the person's, with no empty line below it.
    (at + 1..at + count)
        .all(|from| sure(from) != Some(whole))
        .then_some((count, whole))
}

/// Whether a line that ends in a colon says whose a quote is: it has a time, and an address or a word for writing. With a date, and
/// an address in angle brackets at its end, it is sure.
fn says_whose(line: &str) -> Option<bool> {
    const WROTE: [&str; 14] = [
        "wrote",
        "writes",
        "написал(а)",
        "написал",
        "написала",
        "пишет",
        "писал(а)",
        "писал",
        "писала",
        "пишете",
        "schrieb",
        "a écrit",
        "написав",
        "пише",
    ];
    let line = line.trim_end_matches(':').trim_end().to_lowercase();
    let before = WROTE.iter().find_map(|word| line.strip_suffix(word));
    let bare = before.unwrap_or(&line).trim_end();
    let address = bare.ends_with('>') && bare.contains('@');
    let (time, date) = (has_time(bare), has_date(bare));
    let bare_address = bare
        .split_whitespace()
        .next_back()
        .is_some_and(|word| word.contains('@'));
    let whose = before.is_some() || address || bare_address;
    (whose && (time || date)).then_some(address && time && date)
}

/// A time of day: `12:03`.
fn has_time(line: &str) -> bool {
    line.as_bytes().windows(4).any(|bytes| {
        bytes[0].is_ascii_digit()
            && bytes[1] == b':'
            && bytes[2].is_ascii_digit()
            && bytes[3].is_ascii_digit()
    })
}

/// A year of this century or the last, with others around it.
fn has_date(line: &str) -> bool {
    let digits = |word: &str| word.len() == 4 && (word.starts_with("20") || word.starts_with("19"));
    line.split(|letter: char| !letter.is_ascii_digit()).any(digits)
}

/// Marks signatures: two dashes and few lines below them, before a quote or the end; and the line of a telephone.
fn sign(lines: &[&str], marks: &mut [Mark]) {
    let mut end = lines.len();
    while end > 0 {
        let begin = (0..end)
            .rev()
            .find(|at| marks[*at] != Mark::Said)
            .map_or(0, |at| at + 1);
        let dashes = (begin..end).rev().find(|at| lines[*at] == "--");
        match dashes {
            Some(at) if end - at <= SIGNATURE_LINES + 1 => marks[at..end].fill(Mark::Signed),
            _ => {
                let last = (begin..end).rev().find(|at| !lines[*at].trim().is_empty());
                if let Some(last) = last.filter(|last| is_telephones(lines[*last])) {
                    marks[last] = Mark::Signed;
                }
            }
        }
        end = (0..begin)
            .rev()
            .find(|at| marks[*at] == Mark::Said)
            .map_or(0, |at| at + 1);
    }
}

/// What telephones and mail programs write below everything.
fn is_telephones(line: &str) -> bool {
    const BEGINS: [&str; 7] = [
        "sent from my ",
        "sent from mail for ",
        "отправлено с iphone",
        "отправлено с ipad",
        "отправлено из мобильн",
        "отправлено из почты",
        "get outlook for ",
    ];
    let line = super::cut(line.trim(), 120).to_lowercase();
    BEGINS.iter().any(|words| line.starts_with(words))
}

/// What was said, with the end of each quote that is answered below it.
fn said(lines: &[&str], marks: &[Mark]) -> String {
    let words = |at: usize| marks[at] == Mark::Said && !lines[at].trim().is_empty();
    let Some(last) = (0..lines.len()).rev().find(|at| words(*at)) else {
        return String::new();
    };
    let mut out: Vec<&str> = Vec::new();
    let mut quote: Vec<&str> = Vec::new();
    for at in 0..=last {
        match marks[at] {
            Mark::Said if words(at) => {
                out.extend(&quote[quote.len().saturating_sub(ABOVE)..]);
                quote.clear();
                out.push(lines[at]);
            }
            Mark::Said if quote.is_empty() => out.push(""),
            Mark::Said | Mark::Signed => (),
            Mark::Quoted | Mark::Below => quote.push(lines[at]),
        }
    }
    trimmed(&out)
}

fn gather(lines: &[&str], marks: &[Mark], wanted: impl Fn(Mark) -> bool) -> String {
    let list: Vec<&str> = lines
        .iter()
        .zip(marks)
        .filter(|(line, mark)| wanted(**mark) && **line != "--")
        .map(|(line, _)| *line)
        .collect();
    trimmed(&list)
}

/// Lines without the empty ones at both ends, and never three of those together.
fn trimmed(lines: &[&str]) -> String {
    let mut out = String::new();
    let mut empty = 0;
    for line in lines {
        if line.trim().is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Said, quoted and signed of a text, the first two lines of a quote.
    #[track_caller]
    fn check(text: &str, said: &str, quoted: &str) {
        let split = split(text, false);
        assert_eq!((split.said.as_str(), split.quoted.as_str()), (said, quoted));
    }

    #[test]
    fn whose_words_are_quoted_is_known_in_many_programs() {
        for line in [
            "On Wed, Nov 25, 2026 at 12:03 PM Desk <desk@example.com> wrote:",
            "On Wed, Nov 25, 2026 at 12:03 PM Somebody With A Long Name\n<desk@example.com> wrote:",
            "ср, 25 нояб. 2026 г. в 12:03, Служба поддержки <desk@example.com>:",
            "25.11.2026, 12:03, \"Служба поддержки\" <desk@example.com>:",
            "Среда, 25 ноября 2026, 12:03 +03:00 от Служба поддержки <desk@example.com>:",
            "Среда, 25 ноября 2026, 12:03 +03:00 от desk@example.com:",
            "25 ноября 2026 г., 12:03 пользователь Служба поддержки <desk@example.com> написал:",
            "25.11.2026 12:03, Служба поддержки пишет:",
            "25.11.2026 12:03, Служба поддержки написал:",
            "On 11/25/26 12:03, Desk wrote:",
            "25 нояб. 2026 г., в 12:03, Служба поддержки <desk@example.com> написал(а):",
            "> 25 нояб. 2026 г., в 12:03, Служба поддержки <desk@example.com> написал(а):",
            "On Nov 25, 2026, at 12:03, Desk <desk@example.com> wrote:",
        ] {
            let quoted = format!("{line}\n> Здравствуйте!");
            check(&format!("Да, помогло.\n{quoted}\n"), "Да, помогло.", &quoted);
            check(&format!("Да, помогло.\n\n{quoted}\n"), "Да, помогло.", &quoted);
        }
    }

    #[test]
    fn a_sure_line_needs_no_marks_below_it_and_others_do() {
        check(
            "Да.\n\nOn Wed, Nov 25, 2026 at 12:03 PM Desk <desk@example.com> wrote:\n\nHello\nWorld",
            "Да.",
            "On Wed, Nov 25, 2026 at 12:03 PM Desk <desk@example.com> wrote:\n\nHello\nWorld",
        );
        let log = "Смотрите:\n\n25.11.2026 12:03 сервер написал:\nERROR 42";
        check(log, log, "");
        let text = "Сегодня в 12:03:\nвсё упало";
        check(text, text, "");
    }

    #[test]
    fn outlook_puts_a_head_above() {
        for head in [
            "From: Desk <desk@example.com>\nSent: Wednesday, November 25, 2026 12:03 PM\nTo: Anna\nSubject: Re: x",
            "От: Служба <desk@example.com>\nОтправлено: 25 ноября 2026 г. 12:03\nКому: Анна\nТема: x",
            "*From:* Desk\n*Date:* Wednesday\n*To:* Anna\n*Subject:* x",
            "-----Original Message-----\nFrom: Desk",
            "-------- Исходное сообщение --------\nОт: Служба",
            "________________________________\nОт: Служба\nДата: среда\nКому: Анна\nТема: x",
        ] {
            let quote = format!("{head}\n\nЗдравствуйте!");
            check(
                &format!("Спасибо, работает.\n\n{quote}"),
                "Спасибо, работает.",
                &quote,
            );
        }
        let report = "От: сервера пришло\nсообщение об ошибке";
        check(report, report, "");
    }

    #[test]
    fn answers_between_and_below_quotes_stay() {
        check(
            "On 25.11.2026 12:03, Desk wrote:\n> Какая версия?\n2.4\n> Какой браузер?\n\nFirefox\n> С уважением",
            "On 25.11.2026 12:03, Desk wrote:\n> Какая версия?\n2.4\n> Какой браузер?\nFirefox",
            "On 25.11.2026 12:03, Desk wrote:\n> Какая версия?\n> Какой браузер?\n> С уважением",
        );
        let long: String = (0..50).map(|n| format!("> {n}\n")).collect();
        check(
            &format!("{long}\nОтвет ниже."),
            "> 44\n> 45\n> 46\n> 47\n> 48\n> 49\nОтвет ниже.",
            long.trim_end(),
        );
        // No marks, nothing above: all is shown.
        let below = "From: Desk\nSent: today\nTo: Anna\nSubject: x\n\nКакая версия?\n2.4";
        check(below, below, "");
    }

    #[test]
    fn what_is_passed_on_is_to_be_read() {
        for text in [
            "Посмотрите.\n\n-------- Пересылаемое сообщение --------\nОт: Иван\nДата: среда\nКому: Анна\n\nНе работает.",
            "Посмотрите.\n\n> Begin forwarded message:\n>\n> From: a\n>\n> d",
            "Begin forwarded message:\n\nFrom: a\nTo: b\nSubject: c\n\nd",
        ] {
            check(text, text, "");
        }
        let text = "Посмотрите.\n\nFrom: Ivan\nSent: today\nTo: Anna\nSubject: x\n\nНе работает.";
        assert_eq!(split(text, true).said, text);
    }

    #[test]
    fn signatures_are_kept_apart() {
        let signed = split("Да.\n-- \nАнна\n+7 000\n\n> Вопрос", false);
        assert_eq!(
            (
                signed.said.as_str(),
                signed.signature.as_str(),
                signed.quoted.as_str()
            ),
            ("Да.", "Анна\n+7 000", "> Вопрос")
        );
        let phone = split("Да.\n\nОтправлено из мобильной Почты Mail.ru", false);
        assert_eq!(
            (phone.said.as_str(), phone.signature.as_str()),
            ("Да.", "Отправлено из мобильной Почты Mail.ru")
        );
        let long = format!("Да.\n--\n{}", "строка\n".repeat(30));
        assert_eq!(split(&long, false).signature, "");
    }

    proptest! {
        /// Each line comes out somewhere, whatever stands around it.
        #[test]
        fn nothing_is_lost(picks in proptest::collection::vec(0_usize..14, 0..30), forwarded in any::<bool>()) {
            const LINES: [&str; 14] = [
                "", "слова", "> слова", ">> слова", "--", "От: Служба", "Отправлено: вчера", "Кому: Анна",
                "On 25.11.2026 12:03, Desk <desk@example.com> wrote:", "25.11.2026 12:03, Иван", "пишет:",
                "-----Original Message-----", "---------- Forwarded message ---------", "Отправлено с iPhone",
            ];
            // Numbered where they can be, to be told apart.
            let text: Vec<String> = picks.iter().enumerate().map(|(n, pick)| match *pick {
                1..=3 => format!("{} {n}", LINES[*pick]),
                pick => LINES[pick].to_owned(),
            }).collect();
            let split = split(&text.join("\n"), forwarded);
            let out = [&split.said, &split.quoted, &split.signature].map(|part| part.lines().collect::<Vec<_>>()).concat();
            for line in text.iter().filter(|line| !line.is_empty() && *line != "--") {
                prop_assert!(out.contains(&line.as_str()), "{line:?} of {text:#?}");
            }
            if !text.iter().any(|line| line.starts_with('>') || line.starts_with("On ") || line.starts_with("--") || line.starts_with("От")) {
                prop_assert_eq!(split.quoted, "");
            }
        }
    }

    #[test]
    fn only_a_quote_is_only_a_quote() {
        check("> Да\n> нет\n", "", "> Да\n> нет");
        check("", "", "");
    }
}
