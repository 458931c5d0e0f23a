//! One line of a library's list.

use cpd_detect::Class;
use cpd_detect::prompts::class_of_category;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::words::nearest;

/// What the list says of a prompt.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The user's own identifier, unique in the library.
    pub(crate) id: String,
    /// Audio, relative to the list's folder or the one above.
    pub(crate) file: String,
    /// A title for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    /// The operator that plays it.
    #[serde(default)]
    pub(crate) operator: String,
    /// What it says, in a word: a category of docs/prompts.md, or the user's own together with `class`.
    #[serde(default)]
    pub(crate) category: String,
    /// The class of a call that meets it, where the category does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) class: String,
    /// Language, as `ru` or `ru+en`.
    #[serde(default)]
    pub(crate) lang: String,
    /// What it says, in full.
    #[serde(default)]
    pub(crate) text: String,
    /// Who speaks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) voice: String,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) source: String,
    /// Length, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dur_ms: Option<f64>,
}

/// The keys of a line.
const KEYS: [&str; 11] = [
    "id", "file", "name", "operator", "category", "class", "lang", "text", "voice", "source", "dur_ms",
];

impl Entry {
    /// Reads a line; the error says what is wrong with it.
    pub(crate) fn parse(line: &str) -> Result<Entry, String> {
        let value: Value = serde_json::from_str(line).map_err(|why| format!("not JSON: {why}"))?;
        let object = value.as_object().ok_or("not a JSON object")?;
        for key in object.keys() {
            if !KEYS.contains(&key.as_str()) {
                return Err(format!("unknown key `{key}`{}", nearest(key, KEYS, "`")));
            }
        }
        let entry: Entry = serde_json::from_value(value).map_err(|why| why.to_string())?;
        if entry.id.is_empty() {
            return Err("the id is empty".to_owned());
        }
        if entry.file.is_empty() {
            return Err(format!("prompt {} has no audio: its file is empty", entry.id));
        }
        Ok(entry)
    }

    /// The class of a call that meets this prompt.
    pub(crate) fn class(&self) -> Result<Class, String> {
        if self.class.is_empty() {
            // A category of the user's own is no fault: it names the prompt, and the call is let through.
            return Ok(class_of_category(&self.category).unwrap_or(Class::Unknown));
        }
        let names = Class::ALL.iter().map(|class| class.as_str());
        Class::ALL
            .iter()
            .copied()
            .find(|class| class.as_str() == self.class)
            .ok_or_else(|| format!("unknown class {}{}", self.class, nearest(&self.class, names, "")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_corpus_reads_as_it_stands() {
        let entry = Entry::parse(
            r#"{"id": "R1", "file": "refs/R1.wav", "operator": "A", "category": "switched_off", "lang": "ru",
                "text": "Абонент выключен.", "voice": "rhv:anna", "source": "synthetic", "dur_ms": 3510}"#,
        )
        .expect("an entry");
        assert_eq!(entry.class(), Ok(Class::AnnouncedUnreachable));
        let own = Entry::parse(r#"{"id": "x", "file": "x.wav", "category": "weather"}"#).expect("an entry");
        assert_eq!(own.class(), Ok(Class::Unknown));
    }
}
