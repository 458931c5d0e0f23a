//! A Lua state for one run of one script: what it may use, and how long it may run.
//!
//! A state is made for each run, so that nothing that one call left behind is seen by the next and a script's memory is
//! bounded by a number. The interpreter counts instructions and looks at the clock between them; it cannot be stopped inside
//! a library function. So no function is left whose work is not bounded by the memory limit: none with patterns (a
//! hostile one backtracks for ever), none that repeats nothing very often (`string.rep("", n)`, `table.move`), none that
//! compares long strings by the thousand (`table.sort`); without metatables no table can claim to be longer than it is, and
//! without `pcall` and coroutines nothing catches the limits.

use std::time::{Duration, Instant};

use mlua::{Error, HookTriggers, Lua, LuaOptions, LuaString, StdLib, Table, Value, VmState};

use super::fault::{Fault, Why};

/// What one run may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Memory of the interpreter and everything in it, bytes: 1 MiB. An empty one has 20 KiB, a policy's tables add a few.
    pub memory_bytes: usize,
    /// Instructions of the interpreter: a million, some 10 ms.
    pub instructions: u64,
    /// From asking to the end of the run, waiting for a thread included: 50 ms. A dialer notices nothing. A call that has no
    /// answer after twice as long goes on without.
    pub deadline: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            memory_bytes: 1 << 20,
            instructions: 1_000_000,
            deadline: Duration::from_millis(50),
        }
    }
}

/// How many instructions pass between two looks at the limits. Each may be a library function that goes over the whole
/// memory once, about a millisecond: a hundred is the most by which a deadline is missed.
const INSTRUCTIONS_A_LOOK: u32 = 100;

/// The longest string that `string.rep` makes: what a policy may want to pad.
const REP_BYTES_MAX: usize = 4_096;

/// The global names that a script has; tables of functions are below.
const GLOBALS: &[&str] = &[
    "_G", "_VERSION", "assert", "error", "ipairs", "next", "pairs", "rawequal", "rawget", "rawlen", "rawset",
    "select", "tonumber", "tostring", "type", "string", "table", "math", "utf8",
];

/// The functions of each library that a script has; `find`, `rep` and two more are put in place of theirs.
const LIBRARIES: &[(&str, &[&str])] = &[
    (
        "string",
        &[
            "byte", "char", "format", "len", "lower", "reverse", "sub", "upper",
        ],
    ),
    ("table", &["concat", "insert", "pack", "remove", "unpack"]),
    (
        "math",
        &[
            "abs",
            "ceil",
            "floor",
            "fmod",
            "huge",
            "max",
            "maxinteger",
            "min",
            "mininteger",
            "modf",
            "pi",
            "sqrt",
            "tointeger",
            "type",
            "ult",
        ],
    ),
    ("utf8", &["char", "codepoint", "codes", "len", "offset"]),
];

/// Why the interpreter was stopped, and where.
#[derive(Debug)]
struct Stop {
    why: Why,
    line: Option<u32>,
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.why.fmt(f)
    }
}

impl std::error::Error for Stop {}

/// A state in which a script's text has run: its functions are there to be called.
pub(super) struct Sandbox {
    lua: Lua,
    name: String,
}

impl Sandbox {
    /// Runs a script's text, up to `until` and within the limits.
    pub(super) fn open(name: &str, source: &str, limits: &Limits, until: Instant) -> Result<Sandbox, Fault> {
        let libraries = StdLib::STRING | StdLib::TABLE | StdLib::MATH | StdLib::UTF8;
        let made = Lua::new_with(libraries, LuaOptions::new()).and_then(|lua| {
            furnish(&lua)?;
            bound(&lua, limits, until)?;
            Ok(lua)
        });
        let lua = made.map_err(|error| fault(name, "", &error))?;
        // `=`: the name is told as it is.
        let ran = lua.load(source).set_name(format!("={name}")).exec();
        ran.map_err(|error| fault(name, "", &error))?;
        Ok(Sandbox {
            lua,
            name: name.to_owned(),
        })
    }

    /// Whether the script has this function.
    pub(super) fn has(&self, function: &str) -> bool {
        matches!(self.lua.globals().raw_get(function), Ok(Value::Function(_)))
    }

    /// Calls a function with what `arguments` makes of the state, and reads its answer. `None`: there is no such function.
    pub(super) fn call<A, T>(
        &self,
        function: &'static str,
        arguments: impl FnOnce(&Lua) -> mlua::Result<A>,
        read: impl FnOnce(Value) -> Result<Option<T>, String>,
    ) -> Result<Option<T>, Fault>
    where
        A: mlua::IntoLuaMulti,
    {
        let Ok(Value::Function(called)) = self.lua.globals().raw_get(function) else {
            return Ok(None);
        };
        let answer: Value = arguments(&self.lua)
            .and_then(|arguments| called.call(arguments))
            .map_err(|error| fault(&self.name, function, &error))?;
        read(answer).map_err(|what| Fault {
            script: self.name.clone(),
            function,
            line: None,
            why: Why::Answer(what),
        })
    }
}

/// Takes away what is not on the lists, and puts bounded functions in place of those that are not.
fn furnish(lua: &Lua) -> mlua::Result<()> {
    let globals = lua.globals();
    keep(&globals, GLOBALS)?;
    for (library, functions) in LIBRARIES {
        keep(&globals.raw_get::<Table>(*library)?, functions)?;
    }
    let string: Table = globals.raw_get("string")?;
    string.raw_set("find", lua.create_function(find)?)?;
    string.raw_set("rep", lua.create_function(rep)?)?;
    string.raw_set(
        "starts_with",
        lua.create_function(|_, (text, with): (LuaString, LuaString)| {
            Ok(text.as_bytes().starts_with(&with.as_bytes()))
        })?,
    )?;
    string.raw_set(
        "ends_with",
        lua.create_function(|_, (text, with): (LuaString, LuaString)| {
            Ok(text.as_bytes().ends_with(&with.as_bytes()))
        })?,
    )
}

fn keep(table: &Table, names: &[&str]) -> mlua::Result<()> {
    let mut others = Vec::new();
    for pair in table.pairs::<LuaString, Value>() {
        let (name, _) = pair?;
        if !names.iter().any(|kept| name.as_bytes() == kept.as_bytes()) {
            others.push(name);
        }
    }
    others
        .into_iter()
        .try_for_each(|name| table.raw_set(name, Value::Nil))
}

/// `string.find(text, part, from)` without patterns: where the part begins and ends.
fn find(
    _: &Lua,
    (text, part, from): (LuaString, LuaString, Option<i64>),
) -> mlua::Result<(Option<usize>, Option<usize>)> {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let from = usize::try_from(from.unwrap_or(1).max(1) - 1).unwrap_or(usize::MAX);
    let found = text
        .get(from..)
        .and_then(|rest| memchr::memmem::find(rest, &part))
        .map(|at| from + at);
    Ok((found.map(|at| at + 1), found.map(|at| at + part.len())))
}

/// `string.rep(text, n)`, as far as it is short.
fn rep(_: &Lua, (text, times): (LuaString, i64)) -> mlua::Result<mlua::BString> {
    let text = text.as_bytes();
    let times = usize::try_from(times).unwrap_or(0);
    let length = text.len().max(1).saturating_mul(times);
    if length > REP_BYTES_MAX {
        return Err(Error::runtime(format!(
            "string.rep makes at most {REP_BYTES_MAX} bytes"
        )));
    }
    Ok(text.repeat(times).into())
}

fn bound(lua: &Lua, limits: &Limits, until: Instant) -> mlua::Result<()> {
    lua.set_memory_limit(limits.memory_bytes)?;
    let looks = std::cell::Cell::new(limits.instructions / u64::from(INSTRUCTIONS_A_LOOK));
    let look = HookTriggers::new().every_nth_instruction(INSTRUCTIONS_A_LOOK);
    lua.set_hook(look, move |_, debug| {
        let why = if looks.get() == 0 {
            Why::Instructions
        } else if Instant::now() >= until {
            Why::Late
        } else {
            looks.set(looks.get() - 1);
            return Ok(VmState::Continue);
        };
        let line = debug.current_line().and_then(|line| u32::try_from(line).ok());
        Err(Error::external(Stop { why, line }))
    })
}

/// What Lua says, as a fault with its line.
fn fault(name: &str, function: &'static str, error: &Error) -> Fault {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return Fault {
            script: name.to_owned(),
            function,
            line: stop.line,
            why: stop.why.clone(),
        };
    }
    let text = error.to_string();
    let why = match error {
        Error::SyntaxError { .. } => Why::Syntax(message(name, &text)),
        Error::MemoryError(_) => Why::Memory,
        _ if text.contains("not enough memory") => Why::Memory,
        _ => Why::Failed(message(name, &text)),
    };
    Fault {
        script: name.to_owned(),
        function,
        line: line(name, &text),
        why,
    }
}

/// The line in the first `name:12:` of a text.
fn line(name: &str, text: &str) -> Option<u32> {
    text.match_indices(&format!("{name}:")).find_map(|(at, found)| {
        let rest = &text[at + found.len()..];
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        rest[..digits].parse().ok()
    })
}

/// The longest message that is passed on.
const MESSAGE_LETTERS_MAX: usize = 200;

/// The first line of a message without its place, and without what may be a telephone number.
fn message(name: &str, text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let place = format!("{name}:");
    let first = match first.find(&place) {
        Some(at) => first[at + place.len()..].trim_start_matches(|c: char| c.is_ascii_digit() || c == ':'),
        None => first,
    };
    hide_numbers(first.trim())
        .chars()
        .take(MESSAGE_LETTERS_MAX)
        .collect()
}

/// Five digits in a row may be a telephone number, and messages go into logs.
pub(super) fn hide_numbers(text: &str) -> String {
    const DIGITS_SHOWN_MAX: usize = 4;
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        out.push_str(if digits.len() > DIGITS_SHOWN_MAX {
            "…"
        } else {
            &digits
        });
        digits.clear();
        out.push(letter);
    }
    out.pop();
    out
}
