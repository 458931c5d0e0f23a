//! The published schema, which each answer of these tests is held against: its status is described, its type is the one, and
//! its body has what is described and nothing else.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::http::header;
use serde_json::Value;

use super::house::Answer;

fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| serde_json::from_str(&super::super::openapi()).unwrap())
}

/// Checks an answer; `path`: without the API's beginning.
pub(super) fn check(method: &str, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap();
    let status = answer.status.as_u16();
    let Some((template, item)) = route(path) else {
        assert_eq!(status, 404, "{method} {path} is not described");
        return;
    };
    let place = format!("{method} {template} {status}");
    let Some(operation) = item.get(method.to_lowercase()) else {
        assert_eq!(status, 405, "{place} is not described");
        return;
    };
    let responses = &operation["responses"];
    let response = match responses.get(status.to_string()) {
        Some(response) => response,
        None => {
            assert!(status >= 400, "{place} is not described");
            responses
                .get("default")
                .unwrap_or_else(|| panic!("{place} is not described"))
        }
    };
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        assert_eq!(
            answer.body,
            Value::String(String::new()),
            "{place} is described without a body"
        );
        return;
    };
    let kind = answer
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap();
    if content.contains_key("application/octet-stream") {
        return;
    }
    let described = content
        .get(kind)
        .unwrap_or_else(|| panic!("{place} is not described as {kind:?}"));
    if kind.ends_with("json") {
        let mut wrong = Vec::new();
        hold(&described["schema"], &answer.body, "", &mut wrong);
        assert!(wrong.is_empty(), "{place}: {wrong:#?}\n{}", answer.body);
    }
}

/// The path of the schema that fits best: names before parameters.
fn route(path: &str) -> Option<(&'static str, &'static Value)> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let own: Vec<&str> = template.split('/').collect();
        let alike = own.len() == parts.len()
            && own
                .iter()
                .zip(&parts)
                .all(|(own, part)| own == part || own.starts_with('{'));
        alike.then(|| own.iter().filter(|own| !own.starts_with('{')).count())
    };
    let all = schema()["paths"].as_object().unwrap().iter();
    all.filter_map(|(template, item)| Some((fits(template)?, (template.as_str(), item))))
        .max_by_key(|(named, _)| *named)
        .map(|(_, found)| found)
}

fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(at) => resolved(self::schema().pointer(at.trim_start_matches('#')).expect(at)),
        None => schema,
    }
}

/// Holds a value against a schema: the keywords that ours uses.
fn hold(schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let schema = resolved(schema);
    for any in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[any].as_array() {
            let fits = choices.iter().any(|choice| {
                let mut wrong = Vec::new();
                hold(choice, value, at, &mut wrong);
                wrong.is_empty()
            });
            if !fits {
                wrong.push(format!("{at}: {value} is none of {any}"));
            }
        }
    }
    if let Some(kinds) = kinds(schema)
        && !kinds.iter().any(|kind| is(value, kind))
    {
        wrong.push(format!("{at}: {value} is no {kinds:?}"));
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        wrong.push(format!("{at}: {value} is none of {values:?}"));
    }
    if schema["format"] == "uuid"
        && value
            .as_str()
            .is_some_and(|text| cpd_store::Uuid::try_parse(text).is_err())
    {
        wrong.push(format!("{at}: {value} is no UUID"));
    }
    match value {
        Value::Array(values) if schema.get("items").is_some() => {
            for (n, value) in values.iter().enumerate() {
                hold(&schema["items"], value, &format!("{at}/{n}"), wrong);
            }
        }
        Value::Object(values) => object(schema, values, at, wrong),
        _ => {}
    }
}

fn object(schema: &Value, values: &serde_json::Map<String, Value>, at: &str, wrong: &mut Vec<String>) {
    let (mut properties, mut required) = (BTreeMap::new(), Vec::new());
    gather(schema, &mut properties, &mut required);
    for name in required {
        if !values.contains_key(name) {
            wrong.push(format!("{at}: {name} is missing"));
        }
    }
    for (name, value) in values {
        let at = format!("{at}/{name}");
        match (properties.get(name.as_str()), schema.get("additionalProperties")) {
            (Some(property), _) => hold(property, value, &at, wrong),
            (None, Some(rest)) if rest.is_object() => hold(rest, value, &at, wrong),
            (None, Some(rest)) if rest == true => {}
            // A schema without properties takes any.
            (None, None) if properties.is_empty() => {}
            (None, _) => wrong.push(format!("{at} is not described")),
        }
    }
}

/// Properties of a schema and of all that it is made of.
fn gather<'a>(schema: &'a Value, properties: &mut BTreeMap<&'a str, &'a Value>, required: &mut Vec<&'a str>) {
    let schema = resolved(schema);
    if let Some(own) = schema["properties"].as_object() {
        properties.extend(own.iter().map(|(name, property)| (name.as_str(), property)));
    }
    let own = schema["required"].as_array().into_iter().flatten();
    required.extend(own.filter_map(Value::as_str));
    for part in schema["allOf"].as_array().into_iter().flatten() {
        gather(part, properties, required);
    }
}

fn kinds(schema: &Value) -> Option<Vec<&str>> {
    match &schema["type"] {
        Value::String(kind) => Some(vec![kind]),
        Value::Array(kinds) => Some(kinds.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[test]
fn what_is_not_as_described_is_found() {
    let user = serde_json::json!({ "$ref": "#/components/schemas/Problem" });
    let held = |value: Value| {
        let mut wrong = Vec::new();
        hold(&user, &value, "", &mut wrong);
        wrong
    };
    let good = serde_json::json!({ "type": "/problems/stale", "title": "t", "status": 412, "detail": "d" });
    assert_eq!(held(good.clone()), Vec::<String>::new());
    let with = |name: &str, value: Value| {
        let mut changed = good.clone();
        changed[name] = value;
        held(changed)
    };
    assert_eq!(with("status", "412".into()).len(), 1);
    assert_eq!(with("status", Value::Null).len(), 1);
    assert_eq!(with("more", 1.into()), ["/more is not described"]);
    assert_eq!(
        with("errors", serde_json::json!([{ "pointer": "/a" }])),
        ["/errors/0: detail is missing"]
    );
    let mut less = good.clone();
    less.as_object_mut().unwrap().remove("title");
    assert_eq!(held(less), [": title is missing"]);
    assert_eq!(route("/live/snapshot").unwrap().0, "/live/snapshot");
    assert_eq!(
        route("/config/dialers/a/check").unwrap().0,
        "/config/{kind}/{name}/check"
    );
}

/// All objects within a schema, with their places.
fn objects<'a>(schema: &'a Value, at: &str, found: &mut Vec<(String, &'a Value)>) {
    match schema {
        Value::Object(parts) => {
            if parts
                .get("type")
                .is_some_and(|kind| kind == "object" || is_among(kind, "object"))
            {
                found.push((at.to_owned(), schema));
            }
            for (name, part) in parts {
                objects(part, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| objects(part, at, found)),
        _ => {}
    }
}

fn is_among(kinds: &Value, kind: &str) -> bool {
    kinds
        .as_array()
        .is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

fn references<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
    match schema {
        Value::Object(parts) => {
            found.extend(parts.get("$ref").and_then(Value::as_str));
            parts.values().for_each(|part| references(part, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| references(part, found)),
        _ => {}
    }
}

#[test]
fn each_operation_has_a_name_of_its_own() {
    let paths = schema()["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let mut names: Vec<&str> = operations
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let count = names.len();
    for name in &names {
        let letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(
            letters && name.split('_').count() >= 2,
            "{name:?}: write operation_id = \"noun_verb\""
        );
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "an operation_id stands twice");
}

#[test]
fn what_is_referred_to_is_there() {
    let mut found = Vec::new();
    references(schema(), &mut found);
    assert!(found.len() > 100);
    for at in found {
        let pointer = at.trim_start_matches('#');
        assert!(schema().pointer(pointer).is_some(), "{at} is not described");
    }
}

#[test]
fn an_answer_tells_what_is_null_and_what_may_be_sent_may_be_missing() {
    let required = |name: &str| schema()["components"]["schemas"][name]["required"].clone();
    let has = |name: &str, field: &str| is_among(&required(name), field);
    assert!(has("Call", "class") && has("Job", "result") && has("Hearing", "verdict") && has("Me", "tenant"));
    // It is left out where there is none, and is never null.
    assert!(!has("Problem", "request_id") && !has("CallTelling", "class"));
    let secret = &schema()["components"]["schemas"]["WebhookTold"]["allOf"][1]["properties"]["secret"];
    assert_eq!(secret["type"], "string");
    assert!(has("KeyNew", "name") && !has("KeyNew", "expires_ms") && !has("CallsFilter", "class"));
}

#[test]
fn a_part_of_something_else_does_not_forbid_the_rest() {
    let all = schema()["components"]["schemas"].as_object().unwrap();
    let parts = all.values().filter_map(|schema| schema["allOf"].as_array());
    let mut count = 0;
    for part in parts.flatten() {
        count += 1;
        assert_ne!(resolved(part)["additionalProperties"], false, "{part}");
    }
    assert!(count > 4);
}

/// Objects whose keys nobody can name beforehand; each says why.
#[test]
fn an_object_without_described_keys_says_so() {
    let mut found = Vec::new();
    for (name, schema) in schema()["components"]["schemas"].as_object().unwrap() {
        objects(schema, name, &mut found);
    }
    let free = found.iter().filter(|(_, schema)| {
        schema["properties"]
            .as_object()
            .is_none_or(serde_json::Map::is_empty)
            && schema["additionalProperties"]
                .as_object()
                .is_none_or(serde_json::Map::is_empty)
    });
    let free: Vec<&str> = free.map(|(at, _)| at.as_str()).collect();
    assert_eq!(
        free,
        ["AuditEntry/properties/change", "LiveEvent/properties/data"],
        "describe what is in it"
    );
}
