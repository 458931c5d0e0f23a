//! What scripts may do, and what hostile ones cannot.

use cpd_call::{AnswerAction, EarlyAction, Phase, Policy};
use cpd_detect::Class;

use super::*;
use crate::dialect::Overrides;

/// Time enough that a slow machine reaches the other limits first.
fn limits() -> Limits {
    Limits {
        deadline: Duration::from_secs(20),
        ..Limits::default()
    }
}

fn call() -> CallFacts {
    CallFacts {
        call_id: "c-1".to_owned(),
        trunk: "dialer".to_owned(),
        number: b"79161234567".to_vec(),
        caller: b"\xcf\xf0".to_vec(),
        campaign: Some(b"spring".to_vec()),
        headers: vec![
            ("X-Lead".to_owned(), b"7".to_vec()),
            ("x-lead".to_owned(), b"8".to_vec()),
        ],
        ..CallFacts::default()
    }
}

fn verdict(class: Class) -> VerdictFacts {
    VerdictFacts {
        class,
        confidence: 0.75,
        phase: Phase::Post,
        t_ms: 1_240,
        last: true,
        prompt: Some([
            "mf-off".to_owned(),
            "MegaFon".to_owned(),
            "switched_off".to_owned(),
        ]),
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(future)
}

fn invite_within(limits: Limits, text: &str) -> Result<Option<Change>, Fault> {
    let script = Arc::new(Script::load("policy.lua", text, &limits)?);
    let scripts = Scripts::start(limits, 1).unwrap();
    wait(scripts.on_invite(&script, call()))
}

fn invite(body: &str) -> Result<Option<Change>, Fault> {
    invite_within(limits(), &format!("function on_invite(call)\n{body}\nend"))
}

fn why(body: &str) -> Why {
    invite(body).unwrap_err().why
}

#[test]
fn a_script_changes_a_call() {
    let change = invite(
        r#"
        local from, to = call.number:find("9161")
        assert(from == 2 and to == 5 and not call.number:find("x") and call.number:find("7", 2) == 11)
        assert(call.number:ends_with("4567") and call.caller == "\xcf\xf0" and call.headers["x-lead"] == "7")
        return { carrier = "second", number = "8" .. call.number:sub(2), profile = "collections-ru",
                 pre = true, post = false, hold = 1800, reject = call.campaign == "autumn" and 603 or nil }"#,
    );
    assert_eq!(
        change.unwrap().unwrap(),
        Change {
            carrier: Some("second".to_owned()),
            number: Some("89161234567".to_owned()),
            overrides: Overrides {
                pre: Some(true),
                post: Some(false),
                profile: Some("collections-ru".to_owned()),
                hold: Some(Duration::from_millis(1_800)),
                ..Overrides::default()
            },
            reject: None,
        }
    );
    assert_eq!(invite("").unwrap(), None);
    assert_eq!(
        invite("return { reject = 603 }").unwrap().unwrap().reject,
        Some(603)
    );
}

#[test]
fn a_script_decides_on_a_verdict_and_never_against_a_person() {
    let text = r#"
        function on_verdict(call, verdict)
            if verdict.confidence < 0.5 then return end
            if verdict.prompt.operator == "MegaFon" and verdict.phase == "post" and verdict.final then return "cut" end
        end"#;
    let script = Arc::new(Script::load("policy.lua", text, &limits()).unwrap());
    let scripts = Scripts::start(limits(), 1).unwrap();
    let act = wait(scripts.on_verdict(&script, call(), verdict(Class::Machine))).unwrap();
    assert_eq!(act, Some(Act::Cut));
    let mut policy = Policy::default();
    assert!(Act::Cut.apply(Phase::Post, Class::Machine, &mut policy));
    assert_eq!(policy.answered(Class::Machine), AnswerAction::Cut);
    assert!(Act::Reject.apply(Phase::Pre, Class::Busy, &mut policy));
    assert_eq!(policy.early(Class::Busy), EarlyAction::Reject);
    assert!(!Act::Cut.apply(Phase::Post, Class::Human, &mut policy));
    assert_eq!(policy.answered(Class::Human), AnswerAction::Notify);
    // What a script has no function for, and emergency calls, are not its business.
    assert_eq!(wait(scripts.on_invite(&script, call())), Ok(None));
    let emergency = CallFacts {
        emergency: true,
        ..call()
    };
    assert_eq!(
        wait(scripts.on_verdict(&script, emergency, verdict(Class::Machine))),
        Ok(None)
    );
}

#[test]
fn the_guides_example_is_a_script() {
    let guide = include_str!("../../../../docs/scripts.md");
    let code = guide.lines().filter_map(|line| line.strip_prefix("    "));
    let text = code.collect::<Vec<_>>().join("\n");
    let script = Arc::new(Script::load("guide.lua", &text, &limits()).unwrap());
    let scripts = Scripts::start(limits(), 1).unwrap();
    let change = wait(scripts.on_invite(&script, call())).unwrap().unwrap();
    assert_eq!(change.carrier.as_deref(), Some("second"));
    let act = wait(scripts.on_verdict(&script, call(), verdict(Class::Machine)));
    assert_eq!(act, Ok(Some(Act::Cut)));
    let act = wait(scripts.on_verdict(&script, call(), verdict(Class::Ivr)));
    assert_eq!(act, Ok(Some(Act::Report)));
}

#[test]
fn answers_that_are_not_understood_are_faults() {
    for (body, wanted) in [
        ("return 5", "answers integer in place of a table"),
        ("return { nubmer = 1 }", "answers \"nubmer\", which is not known"),
        ("return { 1 }", "answers a table with keys that are no names"),
        (
            "return { number = '1 2' }",
            "answers string for number, which is not understood",
        ),
        (
            "return { number = '1@evil;x' }",
            "answers string for number, which is not understood",
        ),
        (
            "return { hold = -1 }",
            "answers integer for hold, which is not understood",
        ),
        (
            "return { reject = 200 }",
            "answers integer for reject, which is not understood",
        ),
        (
            "return { reject = 407 }",
            "answers integer for reject, which is not understood",
        ),
        (
            "return { pre = 'on' }",
            "answers string for pre, which is not understood",
        ),
    ] {
        assert_eq!(why(body), Why::Answer(wanted.to_owned()), "{body}");
    }
}

#[test]
fn a_fault_tells_script_line_and_function_and_no_number() {
    let failing = invite("\n\nerror('no route for ' .. call.number)").unwrap_err();
    assert_eq!(failing.to_string(), "policy.lua:4: on_invite: no route for …");
    let nil = invite("return call.nothing.x").unwrap_err();
    assert_eq!(nil.line, Some(2));
    let syntax = Script::load("policy.lua", "x = = 1", &limits()).unwrap_err();
    assert_eq!(syntax.to_string(), "policy.lua:1: unexpected symbol near '='");
    let empty = Script::load("policy.lua", "x = 1", &limits()).unwrap_err();
    assert_eq!(
        empty.to_string(),
        "policy.lua: has neither on_invite nor on_verdict"
    );
    assert!(matches!(why("error({ 1, 2 })"), Why::Failed(_)));
    assert!(matches!(why("error()"), Why::Failed(_)));
    let endless = invite("while true do\nend").unwrap_err();
    assert_eq!((endless.why, endless.line.is_some()), (Why::Instructions, true));
    assert!(!format!("{:?}", call()).contains("7916"));
}

#[test]
fn endless_work_ends() {
    for body in [
        "while true do end",
        "for i = 1, math.huge do end",
        "local function f() return f() end f()",
        "::again:: goto again",
        // Recursion that is no tail call fills the stack, which is memory.
        "local function f() return 1 + f() end f()",
    ] {
        let found = why(body);
        assert!(
            matches!(found, Why::Instructions | Why::Memory),
            "{body}: {found}"
        );
    }
    let text = "while true do end function on_invite() end";
    let fault = Script::load("policy.lua", text, &limits()).unwrap_err();
    assert_eq!(fault.why, Why::Instructions);
}

#[test]
fn memory_has_a_bound() {
    for body in [
        "local s = 'x' while true do s = s .. s end",
        "local t = {} while true do t[#t + 1] = {} end",
        "local t = {} for i = 1, 1e6 do t[i] = i end return table.concat(t)",
        "return table.unpack({}, 1, 1e6)",
    ] {
        let found = why(body);
        let memory =
            found == Why::Memory || matches!(&found, Why::Failed(what) if what.contains("too many results"));
        assert!(memory, "{body}: {found}");
    }
}

/// Each of these would run for hours inside one library function, where no limit is looked at.
#[test]
fn no_library_function_is_endless() {
    for (body, wanted) in [
        // Patterns that backtrack: here they are plain text.
        (
            "local s = string.rep('a', 4000) if not s:find(string.rep('a-', 30) .. 'b') then return { hold = 7 } end",
            None,
        ),
        (
            "return ('x'):match('x')",
            Some("attempt to call a nil value (method 'match')"),
        ),
        (
            "return ('x'):gsub('x', 'y')",
            Some("attempt to call a nil value (method 'gsub')"),
        ),
        (
            "return ('x'):gmatch('x')",
            Some("attempt to call a nil value (method 'gmatch')"),
        ),
        (
            "return string.rep('', 1 << 62)",
            Some("string.rep makes at most 4096 bytes"),
        ),
        (
            "return string.rep('x', 1e9)",
            Some("string.rep makes at most 4096 bytes"),
        ),
        (
            "table.move({}, 1, math.maxinteger - 1, 2)",
            Some("attempt to call a nil value (field 'move')"),
        ),
        (
            "table.sort({})",
            Some("attempt to call a nil value (field 'sort')"),
        ),
    ] {
        let found = invite(body);
        match wanted {
            None => assert_eq!(
                found.unwrap().unwrap().overrides.hold,
                Some(Duration::from_millis(7))
            ),
            Some(wanted) => {
                let fault = found.unwrap_err();
                assert!(
                    matches!(&fault.why, Why::Failed(what) if what.contains(wanted)),
                    "{body}: {fault}"
                );
                assert_eq!(fault.line, Some(2), "{body}");
            }
        }
    }
}

#[test]
fn nothing_leads_out_of_the_sandbox() {
    for name in [
        "os",
        "io",
        "debug",
        "package",
        "coroutine",
        "require",
        "load",
        "loadfile",
        "dofile",
        "print",
        "warn",
        "collectgarbage",
        "pcall",
        "xpcall",
        "setmetatable",
        "getmetatable",
        "string.dump",
        "string.pack",
        "string.gsub",
        "math.random",
    ] {
        let body = format!("if {name} == nil then return {{ hold = 1 }} end");
        assert!(invite(&body).unwrap().is_some(), "{name}");
    }
    // What is there is what is listed: a new release of Lua adds nothing by itself.
    let count = invite("local n = 0 for _ in pairs(_G) do n = n + 1 end return { hold = n }");
    let globals = count.unwrap().unwrap().overrides.hold.unwrap().as_millis();
    // 19 names of the list, and on_invite.
    assert_eq!(globals, 20);
}

#[test]
fn one_call_leaves_nothing_for_the_next() {
    let text = r#"
        seen = 0
        function on_invite(call)
            seen = seen + 1
            string.sub = nil
            _G.string.left = "something"
            return { hold = seen }
        end"#;
    let script = Arc::new(Script::load("policy.lua", text, &limits()).unwrap());
    let scripts = Scripts::start(limits(), 1).unwrap();
    for _ in 0..3 {
        let change = wait(scripts.on_invite(&script, call())).unwrap().unwrap();
        assert_eq!(change.overrides.hold, Some(Duration::from_millis(1)));
    }
}

#[test]
fn a_call_gets_its_answer_by_the_deadline_and_the_next_call_too() {
    let hurried = Limits {
        instructions: u64::MAX,
        deadline: Duration::from_millis(30),
        ..Limits::default()
    };
    let text = "function on_invite(call) while call.number ~= '1' do end end";
    let script = Arc::new(Script::load("policy.lua", text, &hurried).unwrap());
    let scripts = Scripts::start(hurried, 1).unwrap();
    let began = Instant::now();
    let fault = wait(scripts.on_invite(&script, call())).unwrap_err();
    assert_eq!(fault.why, Why::Late);
    // Generous for a busy machine; without the deadline it would be for ever.
    assert!(began.elapsed() < Duration::from_secs(10));
    let one = CallFacts {
        number: b"1".to_vec(),
        ..call()
    };
    // The thread is free again, or will be: it stops by itself.
    while let Err(fault) = wait(scripts.on_invite(&script, one.clone())) {
        assert!(matches!(fault.why, Why::Late | Why::Busy));
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

/// Between two looks at the clock a library function may go over all memory a hundred times.
#[test]
fn a_deadline_is_missed_by_little_even_among_long_strings() {
    let hurried = Limits {
        instructions: u64::MAX,
        deadline: Duration::from_millis(100),
        ..Limits::default()
    };
    let long = "local s = string.rep('a', 4000) while #s < 300000 do s = s .. s:sub(1, 50000) end";
    for work in [
        "s:upper()",
        "local _ = s .. 'b' < s .. 'c'",
        "s:find('b')",
        "string.format('%q', s:sub(1, 9000))",
    ] {
        let body = format!("{long} while true do {work} end");
        let text = format!("function on_invite(call) {body} end");
        let began = Instant::now();
        let until = began + hurried.deadline;
        let sandbox = Sandbox::open("policy.lua", &text, &hurried, until).unwrap();
        let fault = sandbox
            .call(ON_INVITE, |lua| call().table(lua), Change::read)
            .unwrap_err();
        let took = began.elapsed();
        println!("{work}: {took:?}");
        assert_eq!(fault.why, Why::Late, "{work}");
        // 120 ms were measured; the rest is for machines that are busy.
        assert!(took < Duration::from_secs(2), "{work}: {took:?}");
    }
}

#[test]
fn too_many_calls_are_not_kept_waiting() {
    let hurried = Limits {
        instructions: u64::MAX,
        deadline: Duration::from_secs(2),
        ..Limits::default()
    };
    let text = "function on_invite(call) while true do end end";
    let script = Arc::new(Script::load("policy.lua", text, &hurried).unwrap());
    let scripts = Scripts::start(hurried, 1).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let faults = runtime.block_on(async {
        let mut asked = Vec::new();
        for _ in 0..WAITING_MAX + 10 {
            let mut future = Box::pin(scripts.on_invite(&script, call()));
            // Polled once, it stands in the queue or is turned away.
            let polled =
                std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context))).await;
            match polled {
                std::task::Poll::Ready(answer) => asked.push(answer.unwrap_err().why),
                std::task::Poll::Pending => {}
            }
        }
        asked
    });
    assert!(
        faults.len() >= 9 && faults.iter().all(|why| *why == Why::Busy),
        "{faults:?}"
    );
}
