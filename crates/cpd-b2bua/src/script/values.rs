//! What a script is given, and what it answers.

use std::fmt;
use std::time::Duration;

use cpd_call::{AnswerAction, EarlyAction, Phase, Policy, Telling, Told};
use cpd_detect::{Class, Library};
use mlua::{Lua, LuaString, Table, Value};

use crate::dialect::Overrides;

/// What a script knows of a call. Bytes are given as they came.
#[derive(Clone, Default)]
pub struct CallFacts {
    /// Our identifier of the call.
    pub call_id: String,
    /// The trunk that it came by.
    pub trunk: String,
    /// The number that was dialled.
    pub number: Vec<u8>,
    /// The number that calls.
    pub caller: Vec<u8>,
    /// The dialer's campaign.
    pub campaign: Option<Vec<u8>>,
    /// The dialer's reference.
    pub reference: Option<Vec<u8>>,
    /// The dialer's tag for the call log.
    pub info: Option<Vec<u8>>,
    /// The number is in the plan of emergency numbers: no script is asked.
    pub emergency: bool,
    /// Headers of the INVITE. A script finds them by their names in lower case; of several lines it has the first.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl CallFacts {
    pub(super) fn table(&self, lua: &Lua) -> mlua::Result<Table> {
        let table = lua.create_table()?;
        table.raw_set("id", self.call_id.as_str())?;
        table.raw_set("trunk", self.trunk.as_str())?;
        table.raw_set("number", lua.create_string(&self.number)?)?;
        table.raw_set("caller", lua.create_string(&self.caller)?)?;
        for (name, value) in [
            ("campaign", &self.campaign),
            ("reference", &self.reference),
            ("info", &self.info),
        ] {
            if let Some(value) = value {
                table.raw_set(name, lua.create_string(value)?)?;
            }
        }
        let headers = lua.create_table()?;
        for (name, value) in self.headers.iter().rev() {
            headers.raw_set(name.to_ascii_lowercase(), lua.create_string(value)?)?;
        }
        table.raw_set("headers", headers)?;
        Ok(table)
    }
}

/// Hides numbers.
impl fmt::Debug for CallFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFacts")
            .field("call_id", &self.call_id)
            .field("trunk", &self.trunk)
            .finish_non_exhaustive()
    }
}

/// What a script knows of a verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct VerdictFacts {
    /// What was met.
    pub class: Class,
    /// Probability that it is right.
    pub confidence: f32,
    /// Before or after the answer.
    pub phase: Phase,
    /// Since early media or answer, ms.
    pub t_ms: u64,
    /// It will not change.
    pub last: bool,
    /// The prompt's identifier, operator and category.
    pub prompt: Option<[String; 3]>,
}

impl VerdictFacts {
    /// Of a telling; `None` if it is no verdict.
    pub fn of(telling: &Telling, library: &Library) -> Option<VerdictFacts> {
        let Told::Verdict {
            class,
            confidence,
            prompt,
            ..
        } = &telling.told
        else {
            return None;
        };
        let info = prompt.and_then(|(prompt, _)| library.info(prompt));
        Some(VerdictFacts {
            class: *class,
            confidence: *confidence,
            phase: telling.phase,
            t_ms: telling.t_ms,
            last: telling.last,
            prompt: info.map(|info| [info.id.clone(), info.operator.clone(), info.category.clone()]),
        })
    }

    pub(super) fn table(&self, lua: &Lua) -> mlua::Result<Table> {
        let table = lua.create_table()?;
        table.raw_set("class", self.class.as_str())?;
        table.raw_set("confidence", self.confidence)?;
        table.raw_set("phase", self.phase.as_str())?;
        table.raw_set("t_ms", self.t_ms)?;
        table.raw_set("final", self.last)?;
        if let Some([id, operator, category]) = &self.prompt {
            let prompt = lua.create_table()?;
            prompt.raw_set("id", id.as_str())?;
            prompt.raw_set("operator", operator.as_str())?;
            prompt.raw_set("category", category.as_str())?;
            table.raw_set("prompt", prompt)?;
        }
        Ok(table)
    }
}

/// What a script changes of a call that came. The trunk decides which carriers and profiles there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The carrier to be tried first, by name.
    pub carrier: Option<String>,
    /// The number to be called.
    pub number: Option<String>,
    /// What of the policy.
    pub overrides: Overrides,
    /// Refuse the call with this status.
    pub reject: Option<u16>,
}

/// Hides the number.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("carrier", &self.carrier)
            .field("number", &self.number.as_ref().map(|_| "…"))
            .field("overrides", &self.overrides)
            .field("reject", &self.reject)
            .finish()
    }
}

/// The longest name and number that are taken from a script.
const NAME_BYTES_MAX: usize = 64;

impl Change {
    pub(super) fn read(answer: Value) -> Result<Option<Change>, String> {
        let table = match answer {
            Value::Nil => return Ok(None),
            Value::Table(table) => table,
            other => return Err(format!("answers {} in place of a table", other.type_name())),
        };
        let mut change = Change::default();
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair.map_err(|error| error.to_string())?;
            let Value::String(key) = key else {
                return Err("answers a table with keys that are no names".to_owned());
            };
            let key = key.to_string_lossy();
            change.set(&key, value)?;
        }
        Ok(Some(change))
    }

    fn set(&mut self, key: &str, value: Value) -> Result<(), String> {
        let overrides = &mut self.overrides;
        let read = match key {
            "carrier" => name(&value).map(|name| self.carrier = Some(name)),
            "profile" => name(&value).map(|name| overrides.profile = Some(name)),
            "number" => number(&value).map(|number| self.number = Some(number)),
            "pre" => value.as_boolean().map(|pre| overrides.pre = Some(pre)),
            "post" => value.as_boolean().map(|post| overrides.post = Some(post)),
            "hold" => value
                .as_integer()
                .and_then(|ms| u64::try_from(ms).ok())
                .map(|ms| overrides.hold = Some(Duration::from_millis(ms))),
            "reject" => value
                .as_integer()
                .and_then(|status| u16::try_from(status).ok())
                // Challenges are not for scripts.
                .filter(|status| (400..700).contains(status) && !matches!(status, 401 | 407))
                .map(|status| self.reject = Some(status)),
            _ => return Err(format!("answers {:?}, which is not known", short(key))),
        };
        read.ok_or_else(|| format!("answers {} for {key}, which is not understood", value.type_name()))
    }
}

fn short(key: &str) -> String {
    super::sandbox::hide_numbers(key)
        .chars()
        .take(NAME_BYTES_MAX)
        .collect()
}

fn bounded(value: &Value, fits: impl Fn(u8) -> bool) -> Option<String> {
    let bytes = value.as_string().map(LuaString::as_bytes)?;
    let good = (1..=NAME_BYTES_MAX).contains(&bytes.len()) && bytes.iter().all(|&b| fits(b));
    good.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

fn name(value: &Value) -> Option<String> {
    bounded(value, |b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// What is dialled: it becomes the user part of a URI.
fn number(value: &Value) -> Option<String> {
    bounded(value, |b| b.is_ascii_alphanumeric() || b"+*#-._".contains(&b))
}

/// What a script wants done about a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Refuse the call.
    Reject,
    /// Tell nothing, go on.
    Pass,
    /// Tell, go on.
    Report,
    /// End the call, also after its answer.
    Cut,
}

impl Act {
    pub(super) fn read(answer: Value) -> Result<Option<Act>, String> {
        let word = match answer {
            Value::Nil => return Ok(None),
            Value::String(word) => word.to_string_lossy(),
            other => return Err(format!("answers {} in place of a word", other.type_name())),
        };
        match word.as_str() {
            "reject" => Ok(Some(Act::Reject)),
            "pass" => Ok(Some(Act::Pass)),
            "report" | "notify" => Ok(Some(Act::Report)),
            "cut" => Ok(Some(Act::Cut)),
            other => Err(format!("answers {:?}, which is not known", short(other))),
        }
    }

    /// Sets the action for a class in a call's own policy. False, and nothing is set, where the class is no reason to end a
    /// call: no script rejects a person.
    pub fn apply(self, phase: Phase, class: Class, policy: &mut Policy) -> bool {
        match phase {
            Phase::Pre => {
                let action = match self {
                    Act::Reject | Act::Cut => EarlyAction::Reject,
                    Act::Pass => EarlyAction::Pass,
                    Act::Report => EarlyAction::Report,
                };
                policy.set_early(class, action)
            }
            Phase::Post => {
                let action = match self {
                    Act::Reject => AnswerAction::Reject,
                    Act::Cut => AnswerAction::Cut,
                    Act::Pass => AnswerAction::Pass,
                    Act::Report => AnswerAction::Notify,
                };
                policy.set_answered(class, action)
            }
        }
    }
}
