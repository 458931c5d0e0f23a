//! National tone plans: what ringback, busy and congestion sound like, country by country.
//!
//! A plan is data: one TOML file a country (`plans/README.md` describes it), parsed here from text that somebody else
//! read. All plans together are turned into the two lists that the tone ear works with: the distinct sets of
//! frequencies ([`Voice`]) and the distinct cadences ([`Pattern`]), each with the countries that use it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use toml::{Table, Value};

use crate::event::ProgressTone;
use crate::tones::Length;

/// The files of `plans/`, by name.
static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/plans.rs"));

/// A cadence has at most this many steps; the longest known (Spain's congestion) has six.
pub const STEPS_MAX: usize = 8;
/// Frequencies a tone may have, Hz: the filter of the tone ear passes these.
const HZ: std::ops::RangeInclusive<f32> = 300.0..=700.0;
/// Frequencies of amplitude modulation, Hz.
const AM_HZ: std::ops::RangeInclusive<f32> = 5.0..=150.0;
/// Lengths of a step, ms.
const STEP_MS: std::ops::RangeInclusive<f32> = 40.0..=60_000.0;

/// The plans in use.
#[derive(Clone, Debug, Default)]
pub struct Plans {
    countries: Vec<Plan>,
    voices: Vec<Voice>,
    patterns: Vec<Pattern>,
}

/// The plan of one country.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Code of the country, as `ru`.
    pub country: String,
    /// Its name.
    pub name: String,
    /// Where the figures come from.
    pub source: String,
    /// The cadences, one or more of each kind that the country has.
    pub cadences: Vec<(ProgressTone, Vec<Step>)>,
}

/// One step of a cadence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// What sounds; `None` is a pause.
    pub voice: Option<Voice>,
    /// For how long, ms.
    pub ms: f32,
}

/// What a tone consists of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Voice {
    /// Frequencies, Hz; the second is 0 for a single tone.
    pub hz: [f32; 2],
    /// Frequency of its amplitude modulation, Hz; 0 for none.
    pub am_hz: f32,
}

/// One distinct cadence of one kind, and who uses it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What it means.
    pub kind: ProgressTone,
    /// Index into [`Plans::voices`] of its first tone.
    pub voice: usize,
    /// Lengths of its steps, ms: tone, pause, tone, pause …
    pub steps_ms: Vec<f32>,
    /// The same with the deviation that is expected of each.
    pub(crate) lengths: Vec<Length>,
    /// Indices into [`Plans::countries`].
    pub countries: Vec<u16>,
    /// The same by code, ready to be told while a call is heard, where nothing is allocated.
    pub codes: Arc<[String]>,
}

/// A plan that could not be read: which file, which key, why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError {
    /// The name of the file, as given.
    pub file: String,
    /// The key, as `busy[1].ms`; empty where the whole file is meant.
    pub key: String,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read tone plan {}: ", self.file)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for PlanError {}

impl Plans {
    /// The plans that are built in: every file of `plans/`.
    pub fn built_in() -> Plans {
        static PLANS: OnceLock<Plans> = OnceLock::new();
        PLANS
            .get_or_init(|| {
                let plans = BUILT_IN.iter().map(|(name, text)| Plan::parse(name, text));
                debug_assert!(plans.clone().all(|p| p.is_ok()), "a test reads them all");
                Plans::of(plans.flatten())
            })
            .clone()
    }

    /// These plans; where two are of the same country the later one counts.
    ///
    /// ```
    /// use cpd_detect::{Plan, Plans};
    ///
    /// let text = r#"
    ///     country = "xx"
    ///     name = "The office exchange"
    ///     source = "measured"
    ///     busy = [ { hz = [430], ms = 320 }, { ms = 320 } ]
    /// "#;
    /// let mine = Plan::parse("office.toml", text)?;
    /// let plans = Plans::of(Plans::built_in().countries().iter().cloned().chain([mine]));
    /// assert!(plans.countries().iter().any(|plan| plan.country == "xx"));
    /// # Ok::<(), cpd_detect::PlanError>(())
    /// ```
    pub fn of(plans: impl IntoIterator<Item = Plan>) -> Plans {
        let mut countries: Vec<Plan> = Vec::new();
        for plan in plans {
            match countries.iter_mut().find(|p| p.country == plan.country) {
                Some(earlier) => *earlier = plan,
                None => countries.push(plan),
            }
        }
        let mut all = Plans {
            countries,
            ..Plans::default()
        };
        for at in 0..all.countries.len() {
            for (kind, steps) in all.countries[at].cadences.clone() {
                all.add_pattern(at, kind, &steps);
            }
        }
        for pattern in &mut all.patterns {
            let code = |&at: &u16| all.countries[usize::from(at)].country.clone();
            pattern.codes = pattern.countries.iter().map(code).collect();
        }
        all
    }

    /// The plans by country.
    pub fn countries(&self) -> &[Plan] {
        &self.countries
    }

    /// The distinct sets of frequencies.
    pub fn voices(&self) -> &[Voice] {
        &self.voices
    }

    /// The distinct cadences.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    fn add_pattern(&mut self, country: usize, kind: ProgressTone, steps: &[Step]) {
        let Some(first) = steps.first().and_then(|s| s.voice) else {
            return;
        };
        let voice = self.voices.iter().position(|v| *v == first).unwrap_or_else(|| {
            self.voices.push(first);
            self.voices.len() - 1
        });
        let steps_ms: Vec<f32> = steps.iter().map(|s| s.ms).collect();
        let same = |p: &&mut Pattern| p.kind == kind && p.voice == voice && p.steps_ms == steps_ms;
        if let Some(pattern) = self.patterns.iter_mut().find(same) {
            if !pattern.countries.contains(&(country as u16)) {
                pattern.countries.push(country as u16);
            }
        } else {
            self.patterns.push(Pattern {
                kind,
                voice,
                lengths: steps_ms.iter().map(|&ms| Length::of(ms)).collect(),
                steps_ms,
                countries: vec![country as u16],
                codes: Arc::default(),
            });
        }
    }
}

impl Plan {
    /// Reads the text of one plan file; `file` is its name for the error.
    pub fn parse(file: &str, text: &str) -> Result<Plan, PlanError> {
        let at = |key: String, reason: String| PlanError {
            file: file.to_owned(),
            key,
            reason,
        };
        let table: Table = text
            .parse()
            .map_err(|e: toml::de::Error| at(String::new(), e.to_string().trim_end().replace('\n', " ")))?;
        Plan::from_table(file, table)
    }

    /// The same of keys and values that somebody else read.
    pub fn from_table(file: &str, mut table: Table) -> Result<Plan, PlanError> {
        let at = |key: String, reason: String| PlanError {
            file: file.to_owned(),
            key,
            reason,
        };
        let country = take_text(&mut table, "country").map_err(|reason| at("country".into(), reason))?;
        let name = take_text(&mut table, "name").map_err(|reason| at("name".into(), reason))?;
        let source = take_text(&mut table, "source").map_err(|reason| at("source".into(), reason))?;
        let also = table.remove("also");
        let mut cadences = Vec::new();
        take_cadences(&mut table, "", &mut cadences).map_err(|(key, reason)| at(key, reason))?;
        match also {
            None => {}
            Some(Value::Array(forms)) => {
                for (n, form) in forms.into_iter().enumerate() {
                    let prefix = format!("also[{n}].");
                    let Value::Table(mut form) = form else {
                        return Err(at(format!("also[{n}]"), "is not a table".into()));
                    };
                    take_text(&mut form, "source").map_err(|reason| at(format!("{prefix}source"), reason))?;
                    take_cadences(&mut form, &prefix, &mut cadences)
                        .map_err(|(key, reason)| at(key, reason))?;
                }
            }
            Some(_) => return Err(at("also".into(), "is not an array of tables".into())),
        }
        if cadences.is_empty() {
            return Err(at(
                String::new(),
                "holds none of ringback, busy, congestion".into(),
            ));
        }
        Ok(Plan {
            country,
            name,
            source,
            cadences,
        })
    }
}

fn take_text(table: &mut Table, key: &str) -> Result<String, String> {
    match table.remove(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
        Some(Value::String(_)) => Err("is empty".into()),
        Some(_) => Err("is not text".into()),
        None => Err("is missing".into()),
    }
}

type KeyAndReason = (String, String);

fn take_cadences(
    table: &mut Table,
    prefix: &str,
    cadences: &mut Vec<(ProgressTone, Vec<Step>)>,
) -> Result<(), KeyAndReason> {
    for (name, kind) in [
        ("ringback", ProgressTone::Ringback),
        ("busy", ProgressTone::Busy),
        ("congestion", ProgressTone::Congestion),
    ] {
        if let Some(value) = table.remove(name) {
            cadences.push((kind, cadence(&format!("{prefix}{name}"), value)?));
        }
    }
    match table.keys().next() {
        Some(key) => Err((format!("{prefix}{key}"), "is not a key of a tone plan".into())),
        None => Ok(()),
    }
}

fn cadence(key: &str, value: Value) -> Result<Vec<Step>, KeyAndReason> {
    let Value::Array(values) = value else {
        return Err((key.into(), "is not an array of steps".into()));
    };
    let mut steps = Vec::new();
    for (n, value) in values.into_iter().enumerate() {
        let key = format!("{key}[{n}]");
        let Value::Table(table) = value else {
            return Err((key, "is not a step, as { hz = [425], ms = 1000 }".into()));
        };
        let step = step(&key, table)?;
        if step.voice.is_some() != (n % 2 == 0) {
            let reason = "tones and pauses take turns, beginning with a tone";
            return Err((key, reason.into()));
        }
        steps.push(step);
    }
    if steps.len() < 2 || steps.len() % 2 != 0 || steps.len() > STEPS_MAX {
        let reason = format!(
            "has {} steps: 2 to {STEPS_MAX} are wanted, a pause at the end",
            steps.len()
        );
        return Err((key.into(), reason));
    }
    Ok(steps)
}

fn step(key: &str, mut table: Table) -> Result<Step, KeyAndReason> {
    let ms = match table.remove("ms") {
        Some(value) => number(&format!("{key}.ms"), &value, &STEP_MS)?,
        None => return Err((format!("{key}.ms"), "is missing".into())),
    };
    let mut hz = [0.0; 2];
    let mut tones = 0;
    match table.remove("hz") {
        None => {}
        Some(Value::Array(list)) if (1..=2).contains(&list.len()) => {
            for (slot, value) in hz.iter_mut().zip(&list) {
                *slot = number(&format!("{key}.hz"), value, &HZ)?;
            }
            tones = list.len();
        }
        Some(_) => {
            return Err((
                format!("{key}.hz"),
                "is not an array of one or two frequencies".into(),
            ));
        }
    }
    let am_hz = match table.remove("am_hz") {
        None => 0.0,
        Some(value) if tones == 1 => number(&format!("{key}.am_hz"), &value, &AM_HZ)?,
        Some(_) => return Err((format!("{key}.am_hz"), "goes with exactly one hz".into())),
    };
    if let Some(unknown) = table.keys().next() {
        return Err((format!("{key}.{unknown}"), "is not a key of a step".into()));
    }
    if tones == 2 && hz[1] < hz[0] {
        hz.swap(0, 1);
    }
    let voice = (tones > 0).then_some(Voice { hz, am_hz });
    Ok(Step { voice, ms })
}

fn number(key: &str, value: &Value, range: &std::ops::RangeInclusive<f32>) -> Result<f32, KeyAndReason> {
    let number = match value {
        Value::Integer(n) => *n as f32,
        Value::Float(x) => *x as f32,
        _ => return Err((key.into(), "is not a number".into())),
    };
    if range.contains(&number) {
        Ok(number)
    } else {
        let reason = format!("{number} is not within {} to {}", range.start(), range.end());
        Err((key.into(), reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_plan_is_read_and_cites_its_source() {
        let mut codes = Vec::new();
        for (name, text) in BUILT_IN {
            let plan = Plan::parse(name, text).unwrap_or_else(|e| panic!("{e}"));
            assert!(plan.source.len() > 5, "{name}");
            let stem = name.trim_end_matches(".toml");
            assert_eq!(if stem == "generic" { "??" } else { stem }, plan.country);
            codes.push(plan.country);
        }
        assert!(codes.len() >= 147, "{}", codes.len());
        assert_eq!(Plans::built_in().countries().len(), codes.len());
    }

    #[test]
    fn russia_follows_gost() {
        let plans = Plans::built_in();
        let ru = plans.countries().iter().find(|p| p.country == "ru").expect("ru");
        let lengths: Vec<_> = ru.cadences.iter().map(|(k, s)| (*k, s[0].ms, s[1].ms)).collect();
        assert_eq!(
            lengths,
            [
                (ProgressTone::Ringback, 1000.0, 4000.0),
                (ProgressTone::Busy, 350.0, 350.0),
                (ProgressTone::Congestion, 175.0, 175.0)
            ]
        );
    }

    #[test]
    fn countries_with_the_same_tone_share_a_pattern() {
        let plans = Plans::built_in();
        assert!(plans.patterns().len() < 250, "{}", plans.patterns().len());
        let shared = plans.patterns().iter().map(|p| p.countries.len()).max();
        assert!(shared > Some(20), "{shared:?}");
    }

    #[test]
    fn a_later_plan_takes_the_place_of_an_earlier_one() {
        let mine = "country='ru'\nname='x'\nsource='x'\nbusy=[{hz=[430],ms=300},{ms=300}]";
        let mine = Plan::parse("ru.toml", mine).expect("plan");
        let plans = Plans::of(
            Plans::built_in()
                .countries()
                .iter()
                .cloned()
                .chain([mine.clone()]),
        );
        assert_eq!(plans.countries().len(), Plans::built_in().countries().len());
        assert_eq!(plans.countries().iter().find(|p| p.country == "ru"), Some(&mine));
    }

    #[track_caller]
    fn check(text: &str, want: &str) {
        let head = "country='xx'\nname='X'\nsource='s'\n";
        let error = Plan::parse("my.toml", &format!("{head}{text}")).expect_err(text);
        assert_eq!(error.to_string(), format!("read tone plan my.toml: {want}"));
    }

    #[test]
    fn a_bad_plan_is_refused_with_file_key_and_reason() {
        check("", "holds none of ringback, busy, congestion");
        check("buzy=1", "buzy: is not a key of a tone plan");
        check("busy=1", "busy: is not an array of steps");
        check(
            "busy=[{hz=[425],ms=1}, {ms=300}]",
            "busy[0].ms: 1 is not within 40 to 60000",
        );
        check("busy=[{hz=[425]}, {ms=300}]", "busy[0].ms: is missing");
        check("busy=[{hz=[425],ms=300},{ms='x'}]", "busy[1].ms: is not a number");
        check(
            "busy=[{hz=[4250],ms=300},{ms=300}]",
            "busy[0].hz: 4250 is not within 300 to 700",
        );
        check(
            "busy=[{hz=425,ms=300},{ms=300}]",
            "busy[0].hz: is not an array of one or two frequencies",
        );
        check(
            "busy=[{ms=300},{ms=300}]",
            "busy[0]: tones and pauses take turns, beginning with a tone",
        );
        check(
            "busy=[{hz=[425],ms=300}]",
            "busy: has 1 steps: 2 to 8 are wanted, a pause at the end",
        );
        check(
            "busy=[{hz=[425],ms=300,on=1},{ms=300}]",
            "busy[0].on: is not a key of a step",
        );
        check(
            "busy=[{hz=[400,450],am_hz=20,ms=300},{ms=300}]",
            "busy[0].am_hz: goes with exactly one hz",
        );
        check(
            "[[also]]\nbusy=[{hz=[425],ms=300},{ms=300}]",
            "also[0].source: is missing",
        );
        let error = Plan::parse("my.toml", "country='xx'").expect_err("no name");
        assert_eq!(error.to_string(), "read tone plan my.toml: name: is missing");
        assert!(Plan::parse("my.toml", "a = [").is_err());
    }
}
