//! Bytes of a text, its label, and what it says.
//!
//! Labels are often wrong in Russian mail: text is called `us-ascii` or `iso-8859-1`, or nothing. UTF-8 shows itself, for text of
//! another charset is hardly ever right UTF-8 by chance; koi8-r and windows-1251 are told apart by which letters come out, for each
//! reads the other's small letters as rare or as capital ones.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

/// Letters by how many of a thousand of a Russian text they are, the ten commonest (S. A. Sharoff's list from the Russian
/// National Corpus); together more than six of ten.
const COMMON: &str = "оеаинтсрвл";
/// Bytes that a guess looks at: more tells nothing new.
const GUESS_MAX: usize = 8_192;

/// A text of bytes with a label; none: they have none.
pub(super) fn decode(bytes: &[u8], label: Option<&str>) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        // UTF-7, UTF-16 and ISO-2022 look like ASCII; all others that look like UTF-8 are.
        return match label {
            Some(label) if hides_in_ascii(label) => labelled(bytes, label),
            _ => text.to_owned(),
        };
    }
    match label.map(str::trim) {
        Some(label) if !says_nothing(label, bytes) => labelled(bytes, label),
        _ => guess(bytes).into_owned(),
    }
}

/// A text of bytes without a label.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    // A cut or broken UTF-8 is still that, where most of its high bytes fit.
    let lossy = String::from_utf8_lossy(bytes);
    let high = lossy.chars().filter(|letter| !letter.is_ascii()).count();
    let broken = lossy
        .chars()
        .filter(|letter| *letter == char::REPLACEMENT_CHARACTER)
        .count();
    if broken * 10 < high {
        return Cow::Owned(lossy.into_owned());
    }
    let sample = &bytes[..bytes.len().min(GUESS_MAX)];
    let charset = match cyrillic(bytes) {
        true => ["windows-1251", "koi8-r"]
            .into_iter()
            .max_by_key(|charset| likeness(&labelled(sample, charset)))
            .unwrap_or("windows-1251"),
        false => "windows-1252",
    };
    Cow::Owned(labelled(bytes, charset))
}

fn labelled(bytes: &[u8], label: &str) -> String {
    match charset_decoder(label.trim().as_bytes()) {
        Some(decode) => decode(bytes),
        None => guess(bytes).into_owned(),
    }
}

fn hides_in_ascii(label: &str) -> bool {
    let label = label.trim().to_ascii_lowercase();
    ["utf-7", "utf7", "utf-16", "utf16", "iso-2022", "hz-gb"]
        .iter()
        .any(|start| label.starts_with(start))
}

/// A label that bytes above 127 prove wrong, or that programs write when they do not know.
fn says_nothing(label: &str, bytes: &[u8]) -> bool {
    let label = label.to_ascii_lowercase();
    match label.as_str() {
        "" | "us-ascii" | "ascii" | "utf-8" | "utf8" | "unknown" | "unknown-8bit" | "8bit" | "default" => {
            true
        }
        "iso-8859-1" | "latin1" | "windows-1252" | "cp1252" => cyrillic(bytes),
        label => charset_decoder(label.as_bytes()).is_none(),
    }
}

/// Whether letters above 127 stand in words of their own, as in Cyrillic, and not between others, as umlauts do.
fn cyrillic(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(GUESS_MAX)];
    let (mut beside, mut alone) = (0_usize, 0_usize);
    for pair in sample.windows(2) {
        match (pair[0] >= 0x80, pair[1] >= 0x80) {
            (true, true) => beside += 1,
            (true, false) | (false, true) => alone += 1,
            (false, false) => (),
        }
    }
    beside > alone / 2
}

/// How much it looks like Russian.
fn likeness(text: &str) -> i64 {
    let mut sum = 0;
    let mut before = ' ';
    for letter in text.chars() {
        let cyrillic = ('\u{400}'..'\u{460}').contains(&letter);
        if cyrillic {
            let small = letter.to_lowercase().next().unwrap_or(letter);
            sum += if COMMON.contains(small) { 2 } else { 0 };
            // A capital letter after a small one is in no word.
            sum -= if before.is_lowercase() && letter.is_uppercase() {
                4
            } else {
                0
            };
        } else if !letter.is_ascii() {
            sum -= 2;
        }
        before = letter;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of a Russian text, by the two tables' order of letters.
    pub(crate) fn koi8(text: &str) -> Vec<u8> {
        const ORDER: &str = "юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ";
        encode(text, |letter| {
            ORDER.chars().position(|one| one == letter).map(|at| 0xC0 + at)
        })
    }

    pub(crate) fn cp1251(text: &str) -> Vec<u8> {
        encode(text, |letter| {
            (0x410..0x450)
                .contains(&(letter as usize))
                .then(|| letter as usize - 0x410 + 0xC0)
        })
    }

    fn encode(text: &str, high: impl Fn(char) -> Option<usize>) -> Vec<u8> {
        text.chars()
            .map(|letter| high(letter).unwrap_or(letter as usize) as u8)
            .collect()
    }

    const TEXTS: [&str; 4] = [
        "Добрый день! После обновления не видим записи разговоров за вчера.",
        "не работает",
        "СРОЧНО! НЕ РАБОТАЕТ ОПРЕДЕЛЕНИЕ АВТООТВЕТЧИКА",
        "Error 42: Запись не найдена (record.wav)",
    ];

    #[test]
    fn russian_is_read_without_a_label_and_with_a_wrong_one() {
        for text in TEXTS {
            for bytes in [koi8(text), cp1251(text), text.as_bytes().to_vec()] {
                for label in [
                    None,
                    Some("us-ascii"),
                    Some("iso-8859-1"),
                    Some("utf-8"),
                    Some("x-no-such"),
                    Some(""),
                ] {
                    assert_eq!(decode(&bytes, label), text, "{label:?}");
                }
            }
            assert_eq!(decode(&koi8(text), Some("KOI8-R")), text);
            assert_eq!(decode(&cp1251(text), Some("windows-1251")), text);
            assert_eq!(
                decode(text.as_bytes(), Some("koi8-r")),
                text,
                "UTF-8 shows itself"
            );
        }
    }

    #[test]
    fn others_keep_their_letters() {
        let german = b"Gr\xfc\xdfe aus K\xf6ln";
        assert_eq!(decode(german, Some("iso-8859-1")), "Grüße aus Köln");
        assert_eq!(decode(german, None), "Grüße aus Köln");
        assert_eq!(
            decode("тест 🙂 обрезан".as_bytes().split_at(25).0, None)
                .chars()
                .next(),
            Some('т')
        );
        assert_eq!(decode(b"\x1b$B8!:w\x1b(B", Some("iso-2022-jp")), "検索");
    }
}
