//! One bridged call in simulated time: each scenario gives a ladder, compared with the text in `tests/ladders/`.
//!
//! The caller's side is left, the callee's right; `LADDERS=write cargo test -p cpd-call` writes what a change made of
//! them, for a person to read before it is committed.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests: helpers, and an instant to count from"
)]

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_call::*;
use cpd_detect::event::{Activity, Beep, PromptHeard};
use cpd_detect::prompts::PromptId;
use cpd_detect::{Class, Event, EventKind, Evidence, SampleTime, Verdict};

const F0: Fork = Fork(0);
const F1: Fork = Fork(1);
const PROMPT: Evidence = Evidence::Prompt(PromptId(7));

/// A call, its clock, and what was said so far.
struct Stage {
    call: Call,
    began: Instant,
    now: Instant,
    ladder: String,
}

impl Stage {
    fn new(plan: Plan) -> Stage {
        let began = Instant::now();
        let mut stage = Stage {
            call: Call::new(began, plan),
            began,
            now: began,
            ladder: String::new(),
        };
        stage.line("INVITE →", "");
        stage.drain();
        stage
    }

    fn with(change: impl FnOnce(&mut Policy)) -> Stage {
        let mut policy = Policy::default();
        for class in Class::ALL {
            policy.set_early(*class, EarlyAction::Reject);
            policy.set_answered(*class, AnswerAction::Cut);
        }
        change(&mut policy);
        Stage::new(Plan {
            policy: Arc::new(policy),
            targets: 1,
            ..Plan::default()
        })
    }

    /// Lets time pass, waking the call where it wants it.
    fn at(mut self, ms: u64) -> Stage {
        let until = self.began + Duration::from_millis(ms);
        while let Some(at) = self.call.poll_timeout().filter(|at| *at <= until) {
            self.now = at;
            self.call.handle_timeout(at);
            self.drain();
        }
        self.now = until;
        self
    }

    fn input(mut self, left: &str, right: &str, input: Input) -> Stage {
        self.line(left, right);
        self.call.handle_input(self.now, input);
        self.drain();
        self
    }

    fn caller(self, signal: Signal) -> Stage {
        let text = format!("{} →", words(&signal));
        self.input(&text, "", Input::Signal(Leg::Caller, signal))
    }

    fn callee(self, signal: Signal) -> Stage {
        let text = format!("← {}", words(&signal));
        self.input("", &text, Input::Signal(Leg::Callee, signal))
    }

    fn rings(self, fork: Fork, media: bool) -> Stage {
        self.callee(Signal::Progress { fork, media })
    }

    /// The callee answers and the detector has the mark.
    fn answers(self, fork: Fork) -> Stage {
        let known = self.samples();
        let answered = self.callee(Signal::Answer { fork });
        answered.heard(fork, known, EventKind::Answered)
    }

    fn samples(&self) -> SampleTime {
        SampleTime(self.now.duration_since(self.began).as_millis() as u64 * 8)
    }

    fn heard(self, fork: Fork, known: SampleTime, kind: EventKind) -> Stage {
        let text = match &kind {
            EventKind::Verdict(verdict) => format!(
                "({} {:.2}{})",
                verdict.class.as_str(),
                verdict.confidence,
                if verdict.last { "" } else { ", open" }
            ),
            EventKind::Answered => String::new(),
            other => format!("({})", format!("{other:?}").split(['(', ' ']).next().unwrap()),
        };
        let event = Event {
            known,
            from: known,
            confidence: 1.0,
            kind,
        };
        let input = Input::Heard(Heard { fork, event });
        if text.is_empty() {
            let mut stage = self;
            stage.call.handle_input(stage.now, input);
            stage.drain();
            return stage;
        }
        self.input("", &text, input)
    }

    fn hears(self, fork: Fork, kind: EventKind) -> Stage {
        let known = self.samples();
        self.heard(fork, known, kind)
    }

    fn verdict(self, class: Class, evidence: Evidence, confidence: f32, last: bool) -> Stage {
        let decided = self.samples();
        self.hears(
            F0,
            EventKind::Verdict(Verdict {
                class,
                confidence,
                decided,
                evidence,
                runner_up: None,
                last,
            }),
        )
    }

    fn drain(&mut self) {
        while let Some(output) = self.call.poll_output() {
            match output {
                Output::Signal(Leg::Caller, signal) => {
                    self.line(&format!("← {}", words(&signal)), "");
                }
                Output::Signal(Leg::Callee, signal) => {
                    self.line("", &format!("{} →", words(&signal)));
                }
                Output::Media(action) => self.line("", &format!("[{action:?}]")),
                Output::Tell(telling) => {
                    let what = match &telling.told {
                        Told::Verdict { class, .. } => class.as_str().to_owned(),
                        Told::NoVerdict(why) => format!("no verdict: {why}"),
                        other => format!("{other:?}").split('(').next().unwrap().to_owned(),
                    };
                    let last = if telling.last { "" } else { ", open" };
                    let phase = telling.phase.as_str();
                    self.line(
                        &format!(
                            "← told #{}: {what} ({phase} {} ms{last})",
                            telling.seq, telling.t_ms
                        ),
                        "",
                    );
                }
                Output::Consult { ticket, telling } => {
                    let class = telling.told.class().unwrap();
                    self.line("", &format!("[consult #{ticket}: {}]", class.as_str()));
                }
                Output::Ended(record) => {
                    let Termination { by, status, cause } = &record.termination;
                    let status = status.map_or(String::new(), |status| format!(" {status}"));
                    let mut line = format!("over: by {}{status}, {} {}", by.as_str(), cause.q850, cause.text);
                    if record.held_ms > 0 {
                        let _ = write!(line, "; held {} ms", record.held_ms);
                    }
                    if record.hold_expired {
                        line += ", expired";
                    }
                    if let Some(deaf) = record.deaf {
                        let _ = write!(line, "; deaf: {deaf}");
                    }
                    if let Some(telling) = record.verdict() {
                        let class = telling.told.class().unwrap();
                        let _ = write!(line, "; {}", class.as_str());
                    }
                    let ms = self.now.duration_since(self.began).as_millis();
                    let _ = writeln!(self.ladder, "{ms:>7}  {line}");
                }
            }
        }
    }

    fn line(&mut self, left: &str, right: &str) {
        let ms = self.now.duration_since(self.began).as_millis();
        let line = format!("{ms:>7}  {left:<64}│ {right}");
        self.ladder += line.trim_end();
        self.ladder.push('\n');
    }

    fn check(self, name: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/ladders/{name}.txt"));
        if std::env::var_os("LADDERS").is_some_and(|value| value == "write") {
            std::fs::write(&path, &self.ladder).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            self.ladder == expected,
            "{name}: expected\n{expected}\nbut it went\n{}",
            self.ladder
        );
    }
}

fn words(signal: &Signal) -> String {
    let caused = |cause: &Option<Cause>| match cause {
        Some(cause) => format!(" ({} {})", cause.q850, cause.text),
        None => String::new(),
    };
    match signal {
        Signal::Dial { target } => format!("INVITE to target {target}"),
        Signal::Progress { fork, media: true } => format!("183 from {}", fork.0),
        Signal::Progress { fork, media: false } => format!("180 from {}", fork.0),
        Signal::Answer { fork } => format!("200 from {}", fork.0),
        Signal::Refuse(Refusal::Carrier(failure)) => format!("{failure:?}"),
        Signal::Refuse(Refusal::Own(own)) => format!("{} {}", own.status, Rejection::word(own.class)),
        Signal::Refuse(Refusal::Ended(cause)) => {
            format!("{} ({} {})", cause.status(), cause.q850, cause.text)
        }
        Signal::Cancel(cause) => format!("CANCEL{}", caused(cause)),
        Signal::Hangup(cause) => format!("BYE{}", caused(cause)),
        Signal::Ask => "OPTIONS".into(),
    }
}

fn failed(failure: Failure) -> Signal {
    Signal::Refuse(Refusal::Carrier(failure))
}

#[test]
fn a_person_answers_and_the_verdict_follows() {
    Stage::with(|_| {})
        .at(900)
        .rings(F0, true)
        .at(2_000)
        .verdict(Class::Ringback, Evidence::Tone, 0.99, false)
        .at(6_000)
        .answers(F0)
        .at(6_700)
        .hears(F0, EventKind::Activity(Activity::Speech))
        .at(7_800)
        .verdict(Class::Human, Evidence::Greeting, 0.95, true)
        .at(60_000)
        .caller(Signal::Hangup(None))
        .check("person");
}

#[test]
fn an_announcement_that_stands_is_a_reason_to_reject() {
    Stage::with(|_| {})
        .at(500)
        .rings(F0, true)
        .at(1_400)
        .hears(
            F0,
            EventKind::Prompt(PromptHeard {
                prompt: PromptId(7),
                offset_ms: 880,
                bits: 51.0,
                runner_up: None,
            }),
        )
        .verdict(Class::AnnouncedUnreachable, PROMPT, 0.97, true)
        .at(3_000)
        .check("announcement");
}

#[test]
fn a_match_that_is_taken_back_does_nothing() {
    let heard = PromptHeard {
        prompt: PromptId(7),
        offset_ms: 880,
        bits: 51.0,
        runner_up: None,
    };
    Stage::with(|_| {})
        .at(500)
        .rings(F0, true)
        .at(1_400)
        .hears(F0, EventKind::Prompt(heard))
        .verdict(Class::AnnouncedUnreachable, PROMPT, 0.97, true)
        .at(1_600)
        .hears(F0, EventKind::PromptRetracted(heard))
        .at(9_000)
        .answers(F0)
        .at(30_000)
        .callee(Signal::Hangup(None))
        .check("retracted");
}

#[test]
fn busy_tone_rejects_at_once_and_a_doubtful_one_only_tells() {
    Stage::with(|_| {})
        .at(500)
        .rings(F0, true)
        .at(1_500)
        .verdict(Class::Busy, Evidence::Tone, 0.5, true)
        .at(2_500)
        .verdict(Class::Busy, Evidence::Tone, 0.95, true)
        .at(4_000)
        .callee(failed(Failure::Refused(486)))
        .check("busy_doubtful");
    Stage::with(|_| {})
        .at(500)
        .rings(F0, true)
        .at(1_500)
        .verdict(Class::Busy, Evidence::Tone, 0.95, true)
        .check("busy");
}

#[test]
fn a_sit_without_kind_waits_for_what_is_announced() {
    Stage::with(|_| {})
        .at(500)
        .rings(F0, true)
        .at(1_500)
        .verdict(
            Class::SitUnknown,
            Evidence::Sit(cpd_detect::event::SitKind::Itu),
            0.95,
            false,
        )
        .at(2_900)
        .verdict(Class::AnnouncedInvalidNumber, PROMPT, 0.97, true)
        .at(4_000)
        .check("sit_announced");
    Stage::with(|_| {})
        .at(500)
        .rings(F0, true)
        .at(1_500)
        .verdict(
            Class::SitUnknown,
            Evidence::Sit(cpd_detect::event::SitKind::Itu),
            0.95,
            false,
        )
        .at(9_000)
        .check("sit_alone");
}

#[test]
fn an_answer_is_held_until_it_is_known_who_it_is() {
    let held = |policy: &mut Policy| policy.hold = Some(Duration::from_millis(1_800));
    Stage::with(held)
        .at(500)
        .rings(F0, true)
        .at(5_000)
        .answers(F0)
        .at(6_300)
        .verdict(Class::Human, Evidence::Greeting, 0.9, true)
        .at(9_000)
        .caller(Signal::Hangup(None))
        .check("held_person");
    Stage::with(held)
        .at(5_000)
        .answers(F0)
        .at(6_500)
        .verdict(Class::Machine, Evidence::Greeting, 0.93, true)
        .check("held_machine");
    Stage::with(held)
        .at(5_000)
        .answers(F0)
        .at(8_200)
        .verdict(Class::Machine, Evidence::Greeting, 0.93, true)
        .check("held_too_long");
    Stage::with(held)
        .at(5_000)
        .answers(F0)
        .at(5_400)
        .caller(Signal::Cancel(None))
        .check("held_cancelled");
    Stage::with(held)
        .at(5_000)
        .answers(F0)
        .at(5_400)
        .callee(Signal::Hangup(None))
        .check("held_hung_up");
    Stage::with(held)
        .at(5_000)
        .answers(F0)
        .at(5_400)
        .input("", "(silent)", Input::Silent(Leg::Callee))
        .at(8_000)
        .caller(Signal::Hangup(None))
        .check("held_silent");
    Stage::with(held)
        .at(5_000)
        .answers(F0)
        .at(5_400)
        .input("", "(overload)", Input::Deaf(Deaf::Overload))
        .at(9_000)
        .caller(Signal::Hangup(None))
        .check("held_deaf");
}

/// A greeting never gives a verdict that is final: only the beep does.
#[test]
fn a_machine_known_by_its_greeting_ends_the_call_once_that_has_stood() {
    let held = |policy: &mut Policy| policy.hold = Some(Duration::from_millis(5_000));
    Stage::with(held)
        .at(5_000)
        .answers(F0)
        .at(9_300)
        .verdict(Class::Machine, Evidence::Greeting, 0.95, false)
        .at(12_000)
        .check("held_greeting");
    Stage::with(held)
        .at(5_000)
        .answers(F0)
        .at(9_800)
        .verdict(Class::Machine, Evidence::Greeting, 0.95, false)
        .at(12_000)
        .check("held_greeting_late");
    Stage::with(held)
        .at(5_000)
        .answers(F0)
        .at(8_000)
        .verdict(Class::Machine, Evidence::Greeting, 0.95, false)
        .at(8_200)
        .verdict(Class::Human, Evidence::Greeting, 0.9, false)
        .at(9_000)
        .caller(Signal::Hangup(None))
        .check("held_greeting_of_a_person");
    Stage::with(|_| {})
        .at(5_000)
        .answers(F0)
        .at(9_300)
        .verdict(Class::Machine, Evidence::Greeting, 0.95, false)
        .at(12_000)
        .check("cut_greeting");
}

#[test]
fn voicemail_drop_hears_the_greeting_end_and_the_beep() {
    Stage::with(|policy| {
        policy.set_answered(Class::Machine, AnswerAction::Notify);
    })
    .at(4_000)
    .answers(F0)
    .at(4_300)
    .hears(F0, EventKind::Activity(Activity::Speech))
    .at(7_000)
    .verdict(Class::Machine, Evidence::Greeting, 0.9, true)
    .at(9_800)
    .hears(F0, EventKind::GreetingEnd)
    .at(10_200)
    .hears(
        F0,
        EventKind::Beep(Beep {
            hz: [1_000.0, 0.0],
            ms: 250,
            count: 1,
        }),
    )
    .verdict(Class::Machine, Evidence::Beep, 0.99, true)
    .at(30_000)
    .caller(Signal::Hangup(None))
    .check("voicemail_drop");
}

#[test]
fn nobody_speaks_and_the_call_goes_on_undecided() {
    Stage::with(|_| {})
        .at(4_000)
        .answers(F0)
        .at(20_000)
        .caller(Signal::Hangup(None))
        .check("undecided");
}

#[test]
fn forks_are_not_rejected_for_what_one_of_them_says() {
    Stage::with(|_| {})
        .at(500)
        .rings(F0, true)
        .at(700)
        .rings(F1, true)
        .at(1_500)
        .verdict(Class::Busy, Evidence::Tone, 0.95, true)
        .at(3_000)
        .answers(F1)
        .at(4_500)
        .callee(Signal::Hangup(None))
        .check("forks");
}

#[test]
fn a_carrier_that_fails_before_it_rings_gives_way_to_the_next() {
    let plan = || Plan {
        targets: 3,
        ..Plan::default()
    };
    Stage::new(plan())
        .at(20)
        .callee(failed(Failure::Refused(503)))
        .at(60)
        .callee(failed(Failure::Unreachable))
        .at(900)
        .callee(failed(Failure::Refused(486)))
        .check("failover");
    Stage::new(plan())
        .at(500)
        .rings(F0, false)
        .at(900)
        .callee(failed(Failure::Refused(503)))
        .check("failover_too_late");
}

#[test]
fn a_caller_may_give_up_at_any_point() {
    Stage::with(|_| {})
        .at(10)
        .caller(Signal::Cancel(None))
        .check("cancel_at_once");
    Stage::with(|_| {})
        .at(500)
        .rings(F0, true)
        .at(600)
        .caller(Signal::Cancel(Some(Cause::new(16, "agent left"))))
        .check("cancel_early");
}

#[test]
fn data_collection_changes_and_tells_nothing() {
    Stage::with(|policy| {
        policy.mode = Mode::DataCollection;
        policy.hold = Some(Duration::from_millis(1_800));
    })
    .at(500)
    .rings(F0, true)
    .at(1_500)
    .verdict(Class::Busy, Evidence::Tone, 0.95, true)
    .at(4_000)
    .answers(F0)
    .at(6_500)
    .verdict(Class::Machine, Evidence::Greeting, 0.93, true)
    .at(9_000)
    .callee(Signal::Hangup(None))
    .check("data_collection");
}

#[test]
fn an_emergency_call_is_neither_heard_nor_held() {
    let mut policy = Policy::default();
    policy.hold = Some(Duration::from_millis(1_800));
    policy.set_early(Class::Busy, EarlyAction::Reject);
    Stage::new(Plan {
        policy: Arc::new(policy),
        targets: 1,
        emergency: true,
        ..Plan::default()
    })
    .at(500)
    .rings(F0, true)
    .at(1_500)
    .verdict(Class::Busy, Evidence::Tone, 0.95, true)
    .at(4_000)
    .answers(F0)
    .at(9_000)
    .callee(Signal::Hangup(None))
    .check("emergency");
}

#[test]
fn limits_end_what_both_ends_forgot() {
    Stage::with(|_| {})
        .at(500)
        .rings(F0, false)
        .at(200_000)
        .check("ring_limit");
    Stage::with(|_| {})
        .at(500)
        .answers(F0)
        .at(5 * 3_600_000)
        .check("talk_limit");
    Stage::with(|_| {})
        .at(500)
        .answers(F0)
        .at(40_000)
        .input("", "(silent)", Input::Silent(Leg::Callee))
        .at(120_000)
        .callee(Signal::Hangup(Some(Cause::new(41, "does not answer"))))
        .check("media_silent");
    Stage::with(|_| {})
        .at(500)
        .rings(F0, true)
        .at(700)
        .input("", "(service ends)", Input::End(Cause::new(41, "shutdown")))
        .check("service_ends");
}

#[test]
fn a_cut_hangs_up_both_ways() {
    Stage::with(|_| {})
        .at(500)
        .answers(F0)
        .at(4_000)
        .verdict(Class::Machine, Evidence::Greeting, 0.93, true)
        .check("cut");
}

#[test]
fn advice_comes_before_the_policy_and_is_not_waited_for() {
    let consulted = || {
        let mut policy = Policy::default();
        policy.set_early(Class::Busy, EarlyAction::Reject);
        Stage::new(Plan {
            policy: Arc::new(policy),
            targets: 1,
            consults: true,
            ..Plan::default()
        })
        .at(500)
        .rings(F0, true)
        .at(1_500)
        .verdict(Class::Busy, Evidence::Tone, 0.95, true)
    };
    let advice = Input::Advice {
        ticket: 1,
        policy: Some(Arc::new(Policy::default())),
    };
    consulted()
        .at(1_520)
        .input("", "(advice: only report)", advice)
        .at(4_000)
        .callee(failed(Failure::Refused(486)))
        .check("advised");
    consulted().at(4_000).check("unadvised");
}

#[test]
fn who_was_told_as_a_person_is_not_cut_for_what_is_heard_later() {
    Stage::with(|_| {})
        .at(500)
        .answers(F0)
        .at(2_500)
        .verdict(Class::Human, Evidence::Greeting, 0.9, false)
        .at(7_500)
        .verdict(Class::Machine, Evidence::Greeting, 0.8, false)
        .at(9_000)
        .verdict(Class::Machine, Evidence::Beep, 0.99, true)
        .at(30_000)
        .caller(Signal::Hangup(None))
        .check("person_kept");
}

#[test]
fn a_match_that_is_taken_back_while_advice_is_awaited_does_nothing() {
    let heard = PromptHeard {
        prompt: PromptId(7),
        offset_ms: 880,
        bits: 51.0,
        runner_up: None,
    };
    let mut policy = Policy::default();
    policy.set_early(Class::AnnouncedUnreachable, EarlyAction::Reject);
    Stage::new(Plan {
        policy: Arc::new(policy),
        targets: 1,
        consults: true,
        ..Plan::default()
    })
    .at(500)
    .rings(F0, true)
    .at(1_400)
    .hears(F0, EventKind::Prompt(heard))
    .verdict(Class::AnnouncedUnreachable, PROMPT, 0.97, true)
    .at(1_780)
    .hears(F0, EventKind::PromptRetracted(heard))
    .at(4_000)
    .callee(failed(Failure::Refused(480)))
    .check("retracted_in_advice");
}

#[test]
fn a_voice_that_never_rests_does_not_crowd_out_the_verdict() {
    let mut stage = Stage::with(|_| {}).at(500).answers(F0);
    for turn in 0..100 {
        stage = stage
            .at(600 + turn * 90)
            .hears(F0, EventKind::Activity(Activity::Speech))
            .hears(F0, EventKind::GreetingEnd);
    }
    let stage = stage.verdict(Class::Human, Evidence::Greeting, 0.9, true);
    assert!(stage.ladder.contains("#65: answer.human"), "{}", stage.ladder);
}
