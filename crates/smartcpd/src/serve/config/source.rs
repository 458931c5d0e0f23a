//! The configuration as it was written: values, and where each of them stands.
//!
//! A file gives most of it; variables of the environment take the place of single values. Nothing is known here of which
//! keys there are.

use std::fmt;

use toml::de::{DeTable, DeValue};

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A line of the file, from 1.
    Line(usize),
    /// A variable of the environment.
    Variable(String),
    /// A value that came by the API, as a JSON pointer (RFC 6901).
    Pointer(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Variable(name) | Place::Pointer(name) => f.write_str(name),
        }
    }
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Whole(i64),
    Number(f64),
    Flag(bool),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
}

impl Value {
    /// What it is, with an article.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Whole(_) => "a whole number",
            Value::Number(_) => "a number",
            Value::Flag(_) => "true or false",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// Variables of the environment that take the place of values: `SMARTCPD_SIP__LISTEN`. Those without the double
/// underscore are others' (Kubernetes sets `SMARTCPD_SERVICE_HOST` beside a service of this name).
const PREFIX: &str = "SMARTCPD_";
const BETWEEN: &str = "__";

/// The deepest nesting that is read: sections, names in them, tables in those.
const DEPTH_MAX: usize = 8;

/// Reads a text as one table, with the environment over it; the error says line and reason.
pub(crate) fn tree(
    text: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Node, String> {
    let lines = Lines(text);
    let table = DeTable::parse(text).map_err(|why| {
        let line = why.span().map_or(1, |span| lines.at(span.start));
        format!("line {line}: {}", why.message().replace('\n', ", "))
    })?;
    let mut root = Node {
        value: Value::Table(entries(table.get_ref(), &lines, DEPTH_MAX)),
        place: Place::Line(1),
    };
    let mut variables: Vec<_> = variables
        .into_iter()
        .filter(|(name, _)| name.starts_with(PREFIX) && name.contains(BETWEEN))
        .collect();
    variables.sort();
    for (name, value) in variables {
        let steps: Vec<String> = name[PREFIX.len()..]
            .split(BETWEEN)
            .map(str::to_ascii_lowercase)
            .collect();
        set(&mut root, &steps, &name, &value);
    }
    Ok(root)
}

/// Reads a value of JSON, as the API takes it; places are pointers that begin with `at`. `None`: it is nested too deep.
pub(crate) fn json(value: &serde_json::Value, at: &str) -> Option<Node> {
    json_node(value, at, DEPTH_MAX)
}

fn json_node(value: &serde_json::Value, at: &str, depth: usize) -> Option<Node> {
    use serde_json::Value as Json;
    let depth = depth.checked_sub(1)?;
    let value = match value {
        // As if it were not there: what a key is without a wish.
        Json::Null => Value::Table(Vec::new()),
        Json::Bool(flag) => Value::Flag(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Whole(whole),
            None => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => {
            let items = items.iter().enumerate();
            Value::List(
                items
                    .map(|(nth, item)| json_node(item, &format!("{at}/{nth}"), depth))
                    .collect::<Option<_>>()?,
            )
        }
        Json::Object(entries) => {
            let entries = entries.iter().filter(|(_, value)| !value.is_null());
            let read = |(key, value): (&String, &Json)| {
                let step = key.replace('~', "~0").replace('/', "~1");
                Some((key.clone(), json_node(value, &format!("{at}/{step}"), depth)?))
            };
            Value::Table(entries.map(read).collect::<Option<_>>()?)
        }
    };
    Some(Node {
        value,
        place: Place::Pointer(at.to_owned()),
    })
}

/// Finds lines of a text by offset.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn at(&self, offset: usize) -> usize {
        let before = &self.0.as_bytes()[..offset.min(self.0.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

fn entries(table: &DeTable<'_>, lines: &Lines<'_>, depth: usize) -> Vec<(String, Node)> {
    let mut entries: Vec<(usize, String, Node)> = table
        .iter()
        .map(|(key, value)| {
            let place = Place::Line(lines.at(key.span().start));
            let node = Node {
                value: read(value.get_ref(), lines, depth),
                place,
            };
            (key.span().start, key.get_ref().to_string(), node)
        })
        .collect();
    // In the order of the file, so that faults are told in it.
    entries.sort_by_key(|(start, ..)| *start);
    entries.into_iter().map(|(_, key, node)| (key, node)).collect()
}

fn read(value: &DeValue<'_>, lines: &Lines<'_>, depth: usize) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(whole) => Value::Whole(whole),
            Err(_) => Value::Number(f64::INFINITY),
        },
        DeValue::Float(number) => Value::Number(number.as_str().parse().unwrap_or(f64::NAN)),
        // Nothing here is a time of day; the reader says what it wants instead.
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) if depth == 0 => Value::Text("…".to_owned()),
        DeValue::Array(list) => Value::List(
            list.iter()
                .map(|item| Node {
                    value: read(item.get_ref(), lines, depth - 1),
                    place: Place::Line(lines.at(item.span().start)),
                })
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(entries(table, lines, depth - 1)),
    }
}

/// Sets what a variable names. A list of tables is entered by place (`DIALER__0__`) or by id (`DIALER__VICIDIAL__`).
fn set(node: &mut Node, steps: &[String], name: &str, text: &str) {
    let place = Place::Variable(name.to_owned());
    let Some((step, rest)) = steps.split_first() else {
        *node = Node {
            value: variable(text),
            place,
        };
        return;
    };
    match &mut node.value {
        Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Table(_))) => {
            let by_place = step.parse().ok().filter(|place: &usize| *place < items.len());
            let by_id = || {
                items
                    .iter()
                    .position(|item| id(item).is_some_and(|id| spelt(id) == *step))
            };
            if let Some(at) = by_place.or_else(by_id) {
                set(&mut items[at], rest, name, text);
            } else {
                // Told as an entry without what it needs.
                let mut fresh = Node {
                    value: Value::Table(vec![(
                        "id".to_owned(),
                        Node {
                            value: Value::Text(step.clone()),
                            place: place.clone(),
                        },
                    )]),
                    place,
                };
                set(&mut fresh, rest, name, text);
                items.push(fresh);
            }
        }
        Value::Table(entries) => {
            let found = entries.iter().position(|(key, _)| spelt(key) == *step);
            let at = found.unwrap_or_else(|| {
                let value = Value::Table(Vec::new());
                entries.push((step.clone(), Node { value, place }));
                entries.len() - 1
            });
            set(&mut entries[at].1, rest, name, text);
        }
        other => {
            // The reader says what was wanted here.
            *other = Value::Table(Vec::new());
            set(node, steps, name, text);
        }
    }
}

fn id(node: &Node) -> Option<&str> {
    let Value::Table(entries) = &node.value else {
        return None;
    };
    entries.iter().find_map(|(key, node)| match &node.value {
        Value::Text(text) if key == "id" => Some(text.as_str()),
        _ => None,
    })
}

/// A key as variables can spell it.
fn spelt(key: &str) -> String {
    key.chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect()
}

/// A variable's text: a list or a table where it has the form of one, else as it stands. What a number or a flag is, the
/// reader knows; passwords may look like either.
fn variable(text: &str) -> Value {
    let composed = text.starts_with(['[', '{']);
    match DeValue::parse(text) {
        Ok(value) if composed => read(value.get_ref(), &Lines(text), DEPTH_MAX),
        _ => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, variables: &[(&str, &str)], path: &[&str]) -> Option<(Value, Place)> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let root = tree(text, variables).expect("reads");
        let mut node = &root;
        for step in path {
            node = match &node.value {
                Value::Table(entries) => &entries.iter().find(|(key, _)| key == step)?.1,
                Value::List(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some((node.value.clone(), node.place.clone()))
    }

    #[test]
    fn values_know_their_lines() {
        let text = "[sip]\n\nlisten = [\n  \"udp:1\",\n  \"tcp:2\"]\n";
        assert_eq!(
            value(text, &[], &["sip", "listen", "1"]),
            Some((Value::Text("tcp:2".into()), Place::Line(5)))
        );
        assert_eq!(
            value(text, &[], &["sip", "listen"]).map(|(_, place)| place),
            Some(Place::Line(3))
        );
    }

    #[test]
    fn variables_take_the_place_of_values() {
        let text = "[[dialer]]\nid = \"vici-1\"\npassword = \"a\"\n";
        let check = |name: &str, given: &str, path: &[&str], expected: Value| {
            let found = value(text, &[(name, given)], path);
            assert_eq!(found, Some((expected, Place::Variable(name.to_owned()))));
        };
        check(
            "SMARTCPD_DIALER__VICI_1__PASSWORD",
            "b",
            &["dialer", "0", "password"],
            Value::Text("b".into()),
        );
        check(
            "SMARTCPD_DIALER__0__CALLS_MAX",
            "7",
            &["dialer", "0", "calls_max"],
            Value::Text("7".into()),
        );
        check(
            "SMARTCPD_MEDIA__PORTS",
            "16384-17000",
            &["media", "ports"],
            Value::Text("16384-17000".into()),
        );
        check(
            "SMARTCPD_LIMITS__DRAIN",
            "5m",
            &["limits", "drain"],
            Value::Text("5m".into()),
        );
        // What Kubernetes sets is not ours.
        assert_eq!(
            value(text, &[("SMARTCPD_SERVICE_HOST", "x")], &["service_host"]),
            None
        );
    }

    #[test]
    fn a_text_that_is_no_toml_is_told_with_its_line() {
        let read = tree("[sip]\nlisten = [\n", None);
        assert!(read.is_err_and(|why| why.starts_with("line 3: ") || why.starts_with("line 2: ")));
    }
}
