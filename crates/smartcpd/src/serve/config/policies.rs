//! Policies and profiles: what a trunk wants done, and how it hears.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cpd_call::{AnswerAction, EarlyAction, HOLD_MAX, Mode, Policy};
use cpd_detect::{Class, OperatingPoint, Profile};

use super::reader::{Section, Wrongs, choice};
use super::source::{Node, Place, Value};
use crate::words::nearest;

/// Policies by name.
pub(super) type Policies = BTreeMap<String, Arc<Policy>>;
/// Profiles by name.
pub(super) type Profiles = BTreeMap<String, Profile>;

/// The name that stands for a policy or profile where none is named.
pub(super) const DEFAULT: &str = "default";

const MODES: [(&str, Mode); 3] = [
    ("initial", Mode::Initial),
    ("data_collection", Mode::DataCollection),
    ("production", Mode::Production),
];
const EARLY: [(&str, EarlyAction); 3] = [
    ("report", EarlyAction::Report),
    ("pass", EarlyAction::Pass),
    ("reject", EarlyAction::Reject),
];
const ANSWERED: [(&str, AnswerAction); 4] = [
    ("notify", AnswerAction::Notify),
    ("pass", AnswerAction::Pass),
    ("reject", AnswerAction::Reject),
    ("cut", AnswerAction::Cut),
];
const POINTS: [(&str, OperatingPoint); 3] = [
    ("balanced", OperatingPoint::Balanced),
    ("keep_people", OperatingPoint::KeepPeople),
    ("catch_machines", OperatingPoint::CatchMachines),
];

/// Reads `[policy.NAME]`.
pub(super) fn policies(mut all: Section, wrongs: &mut Wrongs) -> Policies {
    let mut policies = Policies::from([(DEFAULT.to_owned(), Arc::default())]);
    for (name, node) in all.rest() {
        let section = Section::new(format!("policy.{name}"), node, wrongs);
        policies.insert(name, Arc::new(policy(section, wrongs)));
    }
    policies
}

fn policy(mut section: Section, wrongs: &mut Wrongs) -> Policy {
    let second = Duration::from_secs;
    let zero = Duration::ZERO;
    let d = Policy::default();
    let mode = section.choice("mode", &MODES, wrongs);
    let hold = section.time_or_off("hold", Duration::from_millis(100)..=HOLD_MAX, wrongs);
    let mut policy = d;
    policy.mode = mode.unwrap_or(policy.mode);
    policy.hold = hold.unwrap_or(policy.hold);
    let flag =
        |section: &mut Section, key, usual, wrongs: &mut Wrongs| section.flag(key, wrongs).unwrap_or(usual);
    policy.hear_early = flag(&mut section, "hear_early", policy.hear_early, wrongs);
    policy.hear_answer = flag(&mut section, "hear_answer", policy.hear_answer, wrongs);
    policy.confidence_min = section
        .share("confidence_min", wrongs)
        .unwrap_or(policy.confidence_min);
    for (key, bounds, time) in [
        ("settle", zero..=second(5), &mut policy.settle),
        ("answer_limit", second(1)..=second(60), &mut policy.answer_limit),
        ("beep_limit", zero..=second(300), &mut policy.beep_limit),
        ("ring_limit", second(5)..=second(600), &mut policy.ring_limit),
        ("talk_limit", second(60)..=second(86_400), &mut policy.talk_limit),
    ] {
        *time = section.time(key, bounds, wrongs).unwrap_or(*time);
    }
    for Row {
        key, classes, node, ..
    } in rows(&mut section, "early", wrongs)
    {
        if let Some(action) = word(&section, "early", &key, &node, &EARLY, wrongs) {
            let set = |policy: &mut Policy, class| policy.set_early(class, action);
            apply(
                &mut policy,
                &section,
                ("early", &key),
                &classes,
                &node.place,
                set,
                wrongs,
            );
        }
    }
    for Row {
        key, classes, node, ..
    } in rows(&mut section, "answered", wrongs)
    {
        if let Some(action) = word(&section, "answered", &key, &node, &ANSWERED, wrongs) {
            let set = |policy: &mut Policy, class| policy.set_answered(class, action);
            apply(
                &mut policy,
                &section,
                ("answered", &key),
                &classes,
                &node.place,
                set,
                wrongs,
            );
        }
    }
    for Row {
        key, classes, node, ..
    } in rows(&mut section, "status", wrongs)
    {
        let status = match node.value {
            Value::Whole(status @ 400..=699) => status as u16,
            _ => {
                section.wrong(
                    wrongs,
                    &node.place,
                    &format!("status.{key}"),
                    "write a final status, 400 to 699",
                );
                continue;
            }
        };
        let set = |policy: &mut Policy, class| policy.set_status(class, status);
        apply(
            &mut policy,
            &section,
            ("status", &key),
            &classes,
            &node.place,
            set,
            wrongs,
        );
    }
    section.close(wrongs);
    policy
}

/// One row of a table of classes.
struct Row {
    key: String,
    classes: Vec<Class>,
    node: Node,
}

/// The rows of a table of classes, wide ones first: what names a class more exactly has the last word.
fn rows(section: &mut Section, key: &'static str, wrongs: &mut Wrongs) -> Vec<Row> {
    let mut rows = Vec::new();
    for (class, node) in section.table(key, wrongs).rest() {
        match classes(&class) {
            Ok(classes) => rows.push(Row {
                key: class,
                classes,
                node,
            }),
            Err(why) => section.wrong(wrongs, &node.place, key, why),
        }
    }
    rows.sort_by_key(|row| (!row.key.ends_with('*'), row.key.len()));
    rows
}

fn word<T: Copy>(
    section: &Section,
    table: &str,
    key: &str,
    node: &Node,
    choices: &[(&'static str, T)],
    wrongs: &mut Wrongs,
) -> Option<T> {
    let why = match &node.value {
        Value::Text(text) => match choice(text, choices) {
            Ok(action) => return Some(action),
            Err(why) => why,
        },
        other => {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            format!("is {}; write one of {}", other.kind(), words.join(", "))
        }
    };
    section.wrong(wrongs, &node.place, &format!("{table}.\"{key}\""), why);
    None
}

fn apply(
    policy: &mut Policy,
    section: &Section,
    (table, key): (&str, &str),
    classes: &[Class],
    place: &Place,
    set: impl Fn(&mut Policy, Class) -> bool,
    wrongs: &mut Wrongs,
) {
    let kept: Vec<_> = classes
        .iter()
        .filter(|class| !set(policy, **class))
        .map(|class| class.as_str())
        .collect();
    if !kept.is_empty() {
        let why = format_args!(
            "{} cannot be refused: people, and calls that still go on, are never rejected; name the other classes",
            kept.join(", ")
        );
        section.wrong(wrongs, place, &format!("{table}.\"{key}\""), why);
    }
}

/// A class by its name, or those of a beginning: `announcement.*`, `*`.
pub(crate) fn classes(text: &str) -> Result<Vec<Class>, String> {
    let classes: Vec<Class> = match text.strip_suffix('*') {
        Some(beginning) => Class::ALL
            .iter()
            .copied()
            .filter(|class| class.as_str().starts_with(beginning))
            .collect(),
        None => Class::ALL
            .iter()
            .copied()
            .filter(|class| class.as_str() == text)
            .collect(),
    };
    if classes.is_empty() {
        let near = nearest(text, Class::ALL.iter().map(|class| class.as_str()), "\"");
        return Err(format!(
            "unknown class {text:?}{near}; docs/classes.md names them all"
        ));
    }
    Ok(classes)
}

/// Reads `[profile.NAME]`; `country`: which tone plan a word stands for, or why for none.
pub(super) fn profiles(
    mut all: Section,
    countries: &[String],
    country: &dyn Fn(&str) -> Result<String, String>,
    wrongs: &mut Wrongs,
) -> Profiles {
    let usual = Profile {
        countries: countries.to_vec(),
        ..Profile::default()
    };
    let mut profiles = Profiles::from([(DEFAULT.to_owned(), usual.clone())]);
    for (name, node) in all.rest() {
        let mut section = Section::new(format!("profile.{name}"), node, wrongs);
        let profile = Profile {
            operating_point: section
                .choice("operating_point", &POINTS, wrongs)
                .unwrap_or(usual.operating_point),
            machine_threshold: section.share("machine_threshold", wrongs),
            countries: section
                .list("countries", wrongs, country)
                .unwrap_or_else(|| usual.countries.clone()),
        };
        section.close(wrongs);
        profiles.insert(name, profile);
    }
    profiles
}
