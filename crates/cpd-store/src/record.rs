//! What is kept of a call that is over, together: written whole or not at all.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::calls::{self, Call};
use crate::error::Error;
use crate::hours;
use crate::recordings::{self, Recording};
use crate::store::Tx;
use crate::webhooks::{self, Event};

/// The longest word of a call, bytes: five of them make a key of `call_hours`, and PostgreSQL's indexes take keys of 2,700.
const WORD_BYTES_MAX: usize = 256;
/// The longest path of a recording, bytes: Linux's own bound (`PATH_MAX`).
const PATH_BYTES_MAX: usize = 4_096;
/// The longest detail or payload, bytes of JSON: a call of an hour with all its tellings has some ten thousand.
const JSON_BYTES_MAX: usize = 256 << 10;
/// How deep a detail or payload may be nested: serde_json reads 128 levels, and the record's own are some of them.
const JSON_DEPTH_MAX: usize = 64;

/// A call that is over, where its recording is, and the events that tell of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The call.
    pub call: Call,
    /// Its recording.
    pub recording: Option<Recording>,
    /// What webhooks are told of it.
    pub events: Vec<Event>,
}

impl Record {
    /// As every database takes it: no NUL in texts, which PostgreSQL refuses, and nothing longer than its bound.
    pub(crate) fn mend(&mut self) {
        let call = &mut self.call;
        for word in [
            &mut call.node,
            &mut call.name,
            &mut call.dialer,
            &mut call.caller,
            &mut call.callee,
            &mut call.ended_by,
        ] {
            mend(word, WORD_BYTES_MAX);
        }
        for word in [
            &mut call.carrier,
            &mut call.reference,
            &mut call.campaign,
            &mut call.class,
            &mut call.phase,
            &mut call.prompt,
            &mut call.operator,
            &mut call.deaf,
        ]
        .into_iter()
        .flatten()
        {
            mend(word, WORD_BYTES_MAX);
        }
        call.confidence = call.confidence.filter(|confidence| confidence.is_finite());
        mend_json(&mut call.detail);
        if let Some(recording) = &mut self.recording {
            mend(&mut recording.node, WORD_BYTES_MAX);
            mend(&mut recording.path, PATH_BYTES_MAX);
        }
        for event in &mut self.events {
            mend(&mut event.kind, WORD_BYTES_MAX);
            mend_json(&mut event.payload);
        }
    }
}

fn mend(text: &mut String, most: usize) {
    if text.contains('\0') {
        *text = text.replace('\0', "\u{fffd}");
    }
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
    }
}

/// What is too long or too deep is left out as a whole: a part of it would be read as if it were all.
fn mend_json(value: &mut Value) {
    let fits = depth(value) <= JSON_DEPTH_MAX && value.to_string().len() <= JSON_BYTES_MAX;
    if fits {
        without_nul(value);
    } else {
        *value = serde_json::json!({ "left_out": "longer or deeper than is kept" });
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Value::Object(values) => 1 + values.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn without_nul(value: &mut Value) {
    match value {
        Value::String(text) => mend(text, JSON_BYTES_MAX),
        Value::Array(values) => values.iter_mut().for_each(without_nul),
        Value::Object(values) => {
            if values.keys().any(|key| key.contains('\0')) {
                let old = std::mem::take(values);
                values.extend(
                    old.into_iter()
                        .map(|(key, value)| (key.replace('\0', "\u{fffd}"), value)),
                );
            }
            values.values_mut().for_each(without_nul);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Writes records. Of a call that is there already nothing is written or counted again, so that a batch whose answer was
/// lost may be written once more.
///
/// # Errors
///
/// The database's.
pub async fn write(tx: &Tx, records: &[Record]) -> Result<(), Error> {
    let mut seen = HashSet::new();
    let calls: Vec<Call> = records
        .iter()
        .filter(|record| seen.insert(record.call.id))
        .map(|record| record.call.clone())
        .collect();
    let mut new: HashSet<_> = calls::write(tx, &calls).await?.into_iter().collect();
    // Each id once, also where a batch holds a call twice.
    let new: Vec<&Record> = records
        .iter()
        .filter(|record| new.remove(&record.call.id))
        .collect();
    hours::count(tx, new.iter().map(|record| &record.call)).await?;
    let recordings: Vec<Recording> = new.iter().filter_map(|record| record.recording.clone()).collect();
    recordings::write(tx, &recordings).await?;
    let events: Vec<Event> = new
        .iter()
        .flat_map(|record| record.events.iter().cloned())
        .collect();
    webhooks::emit(tx, &events).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_letters_and_lose_their_nul() {
        let mut text = "a\0b".to_owned();
        mend(&mut text, 9);
        assert_eq!(text, "a\u{fffd}b");
        let mut text = "привет".to_owned();
        mend(&mut text, 5);
        assert_eq!(text, "пр");
    }

    #[test]
    fn json_is_kept_whole_or_left_out() {
        let mut value = serde_json::json!({ "a\0": ["\0", 1, { "b": "c" }] });
        mend_json(&mut value);
        assert_eq!(
            value,
            serde_json::json!({ "a\u{fffd}": ["\u{fffd}", 1, { "b": "c" }] })
        );
        let mut deep = Value::Null;
        for _ in 0..=JSON_DEPTH_MAX {
            deep = Value::Array(vec![deep]);
        }
        let mut long = serde_json::json!("x".repeat(JSON_BYTES_MAX));
        for value in [&mut deep, &mut long] {
            mend_json(value);
            assert!(value.get("left_out").is_some(), "{value}");
        }
    }
}
