//! Takes typed values out of the configuration and gathers what is wrong with it.
//!
//! Which keys a section has is what was asked of it: what remains when it is closed is unknown, and told with the nearest
//! of those that were asked for. Nothing stops at the first fault.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::source::{Node, Place, Value};
use crate::words::nearest;

/// Everything that is wrong.
#[derive(Debug, Default)]
pub(crate) struct Wrongs {
    list: Vec<(Place, String)>,
    /// Keys that were asked for, by section.
    #[cfg(test)]
    pub(crate) asked: std::collections::BTreeMap<String, Vec<&'static str>>,
}

impl Wrongs {
    /// Notes a fault: where, which key, and why, with what to write instead.
    pub(crate) fn note(&mut self, place: &Place, key: &str, why: impl fmt::Display) {
        self.list.push((place.clone(), format!("{key}: {why}")));
    }

    /// All of them with their places, in the order of the file.
    pub(crate) fn into_places(mut self) -> Vec<(Place, String)> {
        self.list.sort_by_key(|(place, _)| match place {
            Place::Line(line) => *line,
            Place::Variable(_) | Place::Pointer(_) => usize::MAX,
        });
        self.list
    }

    /// All of them as lines.
    pub(crate) fn into_lines(self) -> Vec<String> {
        let lines = self.into_places().into_iter();
        lines.map(|(place, text)| format!("{place}: {text}")).collect()
    }
}

/// A table, while it is read.
pub(crate) struct Section {
    /// How it is called in faults: `sip`, `dialer vicidial`.
    pub(crate) name: String,
    pub(crate) place: Place,
    entries: Vec<(String, Node)>,
    asked: Vec<&'static str>,
}

impl Section {
    /// A table's section. What is no table is told, and reads as an empty one.
    pub(crate) fn new(name: impl Into<String>, node: Node, wrongs: &mut Wrongs) -> Section {
        let name = name.into();
        let Node { value, place } = node;
        let entries = match value {
            Value::Table(entries) => entries,
            other => {
                wrongs.note(
                    &place,
                    &name,
                    format_args!("is {}; write a table, [{name}]", other.kind()),
                );
                Vec::new()
            }
        };
        Section {
            name,
            place,
            entries,
            asked: Vec::new(),
        }
    }

    /// Tells the keys that nobody asked for.
    pub(crate) fn close(self, wrongs: &mut Wrongs) {
        #[cfg(test)]
        wrongs.asked.insert(self.name.clone(), self.asked.clone());
        for (key, node) in &self.entries {
            let near = nearest(key, self.asked.iter().copied(), "`");
            let whole = full(&self.name, key);
            wrongs.note(&node.place, &whole, format_args!("unknown key{near}"));
        }
    }

    /// Everything that is left, by name: for tables whose keys are names.
    pub(crate) fn rest(&mut self) -> Vec<(String, Node)> {
        std::mem::take(&mut self.entries)
    }

    /// A value as it stands.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Node> {
        self.asked.push(key);
        let at = self.entries.iter().position(|(own, _)| own == key)?;
        Some(self.entries.remove(at).1)
    }

    /// A value that is a number or a flag, also as a variable has it.
    fn scalar(&mut self, key: &'static str) -> Option<Node> {
        let Node { value, place } = self.take(key)?;
        let value = match value {
            Value::Text(text) if matches!(place, Place::Variable(_)) => {
                let whole = text.parse().map(Value::Whole).ok();
                let number = || text.parse().map(Value::Number).ok();
                let flag = || text.parse().map(Value::Flag).ok();
                whole.or_else(number).or_else(flag).unwrap_or(Value::Text(text))
            }
            other => other,
        };
        Some(Node { value, place })
    }

    /// Notes a fault of a key.
    pub(crate) fn wrong(&self, wrongs: &mut Wrongs, place: &Place, key: &str, why: impl fmt::Display) {
        wrongs.note(place, &full(&self.name, key), why);
    }

    /// A sub-table, also where it is missing.
    pub(crate) fn table(&mut self, key: &'static str, wrongs: &mut Wrongs) -> Section {
        let empty = Node {
            value: Value::Table(Vec::new()),
            place: self.place.clone(),
        };
        let name = full(&self.name, key);
        Section::new(name, self.take(key).unwrap_or(empty), wrongs)
    }

    /// A list of tables, `[[key]]`.
    pub(crate) fn tables(&mut self, key: &'static str, wrongs: &mut Wrongs) -> Vec<Section> {
        let Some(node) = self.take(key) else {
            return Vec::new();
        };
        match node.value {
            Value::List(items) => items
                .into_iter()
                .map(|item| Section::new(key, item, wrongs))
                .collect(),
            other => {
                let why = format_args!("is {}; write a list of tables, [[{key}]]", other.kind());
                self.wrong(wrongs, &node.place, key, why);
                Vec::new()
            }
        }
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &'static str, wrongs: &mut Wrongs) -> Option<(String, Place)> {
        let Node { value, place } = self.take(key)?;
        match value {
            Value::Text(text) => Some((text, place)),
            other => {
                self.wrong(
                    wrongs,
                    &place,
                    key,
                    format_args!("is {}; write a text, in quotes", other.kind()),
                );
                None
            }
        }
    }

    /// A text that stands for something else.
    pub(crate) fn parsed<T>(
        &mut self,
        key: &'static str,
        wrongs: &mut Wrongs,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (text, place) = self.text(key, wrongs)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.wrong(wrongs, &place, key, why);
                None
            }
        }
    }

    /// One of some words.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&'static str, T)],
        wrongs: &mut Wrongs,
    ) -> Option<T> {
        self.parsed(key, wrongs, |text| choice(text, choices))
    }

    /// Texts; one alone is a list of one, and a variable may separate them by commas.
    pub(crate) fn texts(&mut self, key: &'static str, wrongs: &mut Wrongs) -> Option<Vec<(String, Place)>> {
        let Node { value, place } = self.take(key)?;
        let items = match value {
            Value::List(items) => items,
            Value::Text(text) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                return Some(parts.map(|part| (part.to_owned(), place.clone())).collect());
            }
            other => {
                let why = format_args!("is {}; write a list of texts, [\"…\", \"…\"]", other.kind());
                self.wrong(wrongs, &place, key, why);
                return None;
            }
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match item.value {
                Value::Text(text) => texts.push((text, item.place)),
                other => {
                    let why = format_args!("holds {}; write texts, in quotes", other.kind());
                    self.wrong(wrongs, &item.place, key, why);
                }
            }
        }
        Some(texts)
    }

    /// Texts that stand for something else.
    pub(crate) fn list<T>(
        &mut self,
        key: &'static str,
        wrongs: &mut Wrongs,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let texts = self.texts(key, wrongs)?;
        let mut list = Vec::with_capacity(texts.len());
        for (text, place) in texts {
            match parse(&text) {
                Ok(value) => list.push(value),
                Err(why) => self.wrong(wrongs, &place, key, why),
            }
        }
        Some(list)
    }

    /// A whole number within bounds.
    pub(crate) fn whole(
        &mut self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
        wrongs: &mut Wrongs,
    ) -> Option<i64> {
        let Node { value, place } = self.scalar(key)?;
        let (least, most) = (*bounds.start(), *bounds.end());
        match value {
            Value::Whole(number) if bounds.contains(&number) => Some(number),
            Value::Whole(number) => {
                let why = format_args!("{number} is out of range; write {least} to {most}");
                self.wrong(wrongs, &place, key, why);
                None
            }
            other => {
                let why = format_args!("is {}; write a whole number, {least} to {most}", other.kind());
                self.wrong(wrongs, &place, key, why);
                None
            }
        }
    }

    /// A share of one.
    pub(crate) fn share(&mut self, key: &'static str, wrongs: &mut Wrongs) -> Option<f32> {
        let Node { value, place } = self.scalar(key)?;
        let number = match value {
            Value::Number(number) => number,
            Value::Whole(number) => number as f64,
            other => {
                let why = format_args!("is {}; write a number, 0 to 1", other.kind());
                self.wrong(wrongs, &place, key, why);
                return None;
            }
        };
        if (0.0..=1.0).contains(&number) {
            return Some(number as f32);
        }
        self.wrong(
            wrongs,
            &place,
            key,
            format_args!("{number} is out of range; write 0 to 1"),
        );
        None
    }

    /// True or false.
    pub(crate) fn flag(&mut self, key: &'static str, wrongs: &mut Wrongs) -> Option<bool> {
        let Node { value, place } = self.scalar(key)?;
        match value {
            Value::Flag(flag) => Some(flag),
            other => {
                self.wrong(
                    wrongs,
                    &place,
                    key,
                    format_args!("is {}; write true or false", other.kind()),
                );
                None
            }
        }
    }

    /// A time with its unit, within bounds.
    pub(crate) fn time(
        &mut self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<Duration>,
        wrongs: &mut Wrongs,
    ) -> Option<Duration> {
        let Node { value, place } = self.take(key)?;
        let (least, most) = (written(*bounds.start()), written(*bounds.end()));
        let why = match value {
            Value::Text(text) => match duration(&text) {
                Some(time) if bounds.contains(&time) => return Some(time),
                Some(_) => format!("{text} is out of range; write {least} to {most}"),
                None => format!("{text:?} is no time; write a number with its unit: 350ms, 30s, 5m, 4h"),
            },
            Value::Whole(number) => format!("has no unit; write \"{number}s\" or \"{number}ms\""),
            other => format!("is {}; write a time with its unit, as \"30s\"", other.kind()),
        };
        self.wrong(wrongs, &place, key, why);
        None
    }

    /// A time, or `"off"`: `Some(None)`.
    pub(crate) fn time_or_off(
        &mut self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<Duration>,
        wrongs: &mut Wrongs,
    ) -> Option<Option<Duration>> {
        let off =
            |node: &Node| node.value == Value::Text("off".to_owned()) || node.value == Value::Flag(false);
        let found = self.entries.iter().find(|(own, _)| own == key);
        if found.is_some_and(|(_, node)| off(node)) {
            self.take(key);
            return Some(None);
        }
        self.time(key, bounds, wrongs).map(Some)
    }

    /// A path.
    pub(crate) fn path(&mut self, key: &'static str, wrongs: &mut Wrongs) -> Option<PathBuf> {
        self.text(key, wrongs)
            .map(|(text, _)| PathBuf::from(text))
            .filter(|path| !path.as_os_str().is_empty())
    }

    /// A secret, as it stands or from the file that `key_file` names.
    pub(crate) fn secret(
        &mut self,
        key: &'static str,
        key_file: &'static str,
        wrongs: &mut Wrongs,
    ) -> Option<String> {
        let plain = self.text(key, wrongs);
        let Some((path, place)) = self.text(key_file, wrongs) else {
            return plain.map(|(secret, _)| secret);
        };
        if matches!(place, Place::Pointer(_)) {
            // Who may write trunks may not read the server's files.
            self.wrong(
                wrongs,
                &place,
                key_file,
                format_args!("files of the server cannot be named here; send {key}"),
            );
            return None;
        }
        if plain.is_some() {
            let why = format_args!("stands beside {key}; write one of them");
            self.wrong(wrongs, &place, key_file, why);
            return None;
        }
        match std::fs::read_to_string(&path) {
            // Editors end a file with a line break.
            Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
            Err(why) => {
                let why = format!("{path}: {}", crate::fault::system_words(&why));
                self.wrong(wrongs, &place, key_file, why);
                None
            }
        }
    }
}

/// One of some words.
pub(crate) fn choice<T: Copy>(text: &str, choices: &[(&'static str, T)]) -> Result<T, String> {
    let found = choices.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let near = nearest(text, words.iter().copied(), "\"");
        format!("{text:?} is unknown{near}; write one of {}", words.join(", "))
    })
}

fn full(section: &str, key: &str) -> String {
    if section.is_empty() {
        key.to_owned()
    } else {
        format!("{section}.{key}")
    }
}

/// `1800ms`, `30s`, `5m`, `4h`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let unit_ms: u64 = match &text[digits..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(unit_ms).map(Duration::from_millis)
}

/// A time as it is written.
pub(crate) fn written(time: Duration) -> String {
    let ms = time.as_millis();
    match ms {
        0 => "0s".to_owned(),
        _ if ms.is_multiple_of(3_600_000) => format!("{}h", ms / 3_600_000),
        _ if ms.is_multiple_of(60_000) => format!("{}m", ms / 60_000),
        _ if ms.is_multiple_of(1_000) => format!("{}s", ms / 1_000),
        _ => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_carry_units() {
        let ms = |text: &str| duration(text).map(|time| time.as_millis());
        assert_eq!(ms("1800ms"), Some(1_800));
        assert_eq!(ms("30s"), Some(30_000));
        assert_eq!(ms("5m"), Some(300_000));
        assert_eq!(ms("4h"), Some(14_400_000));
        for bad in [
            "",
            "30",
            "s",
            "-1s",
            "1.5s",
            "30 s",
            "99999999999999999999s",
            "9999999999999999h",
        ] {
            assert_eq!(ms(bad), None, "{bad}");
        }
        for text in ["0s", "350ms", "90s", "5m", "4h"] {
            assert_eq!(duration(text).map(written).as_deref(), Some(text));
        }
    }
}
