//! One bridged call, from INVITE to the end of both legs.
//!
//! ```text
//!   Ringing ── answer ──► Held ── decided, or too long ──► Talking ──► Over
//!      │                   └───────── machine ──────────────────────────▲
//!      └── refused by either side, verdict, CANCEL ─────────────────────┘
//! ```
//!
//! What was heard is kept in `hearing.rs`; here the legs are moved.

mod hearing;

pub use hearing::CONSULT_LIMIT;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_detect::Class;

use crate::outcome::{Cause, Rejection};
use crate::policy::{HOLD_MAX, Policy};
use crate::record::{Deaf, Party, Record, Termination};
use crate::signal::{Failure, Fork, Input, Leg, MediaAction, Output, Refusal, Signal};
use crate::step::{STEPS_MAX, Step, Word};
use crate::timers::{Timer, Timers};
use hearing::Hearing;

/// What a call is begun with.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What the trunk wants.
    pub policy: Arc<Policy>,
    /// Carriers that may be tried, in order. At least one.
    pub targets: usize,
    /// The number is in the plan of emergency numbers: nothing is heard, held or rejected.
    pub emergency: bool,
    /// The answer cannot be held: the caller has yet to describe its media.
    pub unholdable: bool,
    /// Somebody wants to be consulted before a verdict is acted on.
    pub consults: bool,
    /// Nobody listens, for this reason.
    pub deaf: Option<Deaf>,
}

/// Q.850 102, recovery on timer expiry: what the service ends by its own limits.
const CAUSE_TIMER: u8 = 102;
/// Q.850 16, normal call clearing.
const CAUSE_NORMAL: u8 = 16;
/// Q.850 19, no answer from user: it rang to the limit.
const CAUSE_NO_ANSWER: u8 = 19;

/// How often a leg that was silent once is asked whether it lives: one small message a minute.
const ASK_AGAIN: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The callee's side was dialled and has not answered.
    Ringing,
    /// The callee's side has answered, the caller does not know.
    Held { fork: Fork },
    /// Both are connected.
    Talking,
    /// Nothing follows.
    Over,
}

/// One bridged call.
pub struct Call {
    plan: Plan,
    state: State,
    timers: Timers,
    outputs: VecDeque<Output>,
    hearing: Hearing,
    began: Instant,
    target: usize,
    early: Option<Instant>,
    answered: Option<Instant>,
    connected: Option<Instant>,
    hold_expired: bool,
    /// Early dialogs that said something.
    forks: Vec<Fork>,
    /// Whose audio the caller gets.
    through: Option<Fork>,
    /// Legs without media: the caller's, the callee's.
    silent: [bool; 2],
    /// When the last input or deadline was.
    now: Instant,
    steps: Vec<Step>,
}

/// Forks that are told apart: as many as media listens to at once.
const FORKS_MAX: usize = 8;

impl Call {
    /// A caller's INVITE came. The first output dials the first target.
    pub fn new(now: Instant, plan: Plan) -> Call {
        let deaf = match plan.deaf {
            Some(deaf) => Some(deaf),
            None if plan.emergency => Some(Deaf::Emergency),
            None => (!plan.policy.listens()).then_some(Deaf::Policy),
        };
        let mut timers = Timers::default();
        timers.set(Timer::Ring, now + plan.policy.ring_limit);
        Call {
            hearing: Hearing::new(deaf),
            outputs: VecDeque::from([Output::Signal(Leg::Callee, Signal::Dial { target: 0 })]),
            plan,
            state: State::Ringing,
            timers,
            began: now,
            target: 0,
            early: None,
            answered: None,
            connected: None,
            hold_expired: false,
            forks: Vec::new(),
            through: None,
            silent: [false; 2],
            now,
            steps: vec![Step {
                at: now,
                leg: Leg::Callee,
                came: false,
                word: Word::Dial(0),
            }],
        }
    }

    /// Something happened.
    pub fn handle_input(&mut self, now: Instant, input: Input) {
        if self.state == State::Over {
            return;
        }
        self.now = now;
        if let Input::Signal(leg, signal) = &input {
            self.step(*leg, true, signal);
        }
        match input {
            Input::Signal(Leg::Caller, signal) => self.on_caller(now, signal),
            Input::Signal(Leg::Callee, signal) => self.on_callee(now, signal),
            Input::Heard(heard) => self.on_heard(now, heard),
            Input::Deaf(why) => self.on_deaf(now, why),
            Input::Silent(leg) => self.on_silent(now, leg),
            Input::Advice { ticket, policy } => self.on_advice(now, ticket, policy),
            Input::End(cause) => self.end_both(now, Party::Service, cause),
        }
    }

    /// A deadline may have passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        while self.state != State::Over {
            let Some(timer) = self.timers.take_due(now) else {
                return;
            };
            match timer {
                Timer::Settle => self.on_settled(now),
                Timer::Hold => self.on_hold_expired(now),
                Timer::Answer => self.on_answer_limit(now),
                Timer::Beep => self.stop_listening(now),
                Timer::Ask => self.ask(now),
                Timer::Consult => self.on_unadvised(now),
                Timer::Ring => self.on_ring_limit(now),
                Timer::Talk => self.end_both(
                    now,
                    Party::Service,
                    Cause::new(CAUSE_TIMER, "call lasted too long"),
                ),
            }
        }
    }

    /// The next thing to be done.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Call::handle_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Whether the call is over.
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Whether both sides are connected.
    pub fn is_talking(&self) -> bool {
        self.state == State::Talking
    }

    /// What the call keeps to.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.plan.policy
    }

    /// The fork whose audio the caller gets.
    pub fn through(&self) -> Option<Fork> {
        self.through
    }

    fn on_caller(&mut self, now: Instant, signal: Signal) {
        match (signal, self.state) {
            (Signal::Cancel(cause) | Signal::Hangup(cause), State::Ringing) => {
                self.say(Leg::Callee, Signal::Cancel(cause.clone()));
                self.over(now, Party::Caller, Some(487), cause.unwrap_or_else(normal));
            }
            (Signal::Cancel(cause) | Signal::Hangup(cause), State::Held { .. } | State::Talking) => {
                let status = (self.state != State::Talking).then_some(487);
                self.say(Leg::Callee, Signal::Hangup(cause.clone()));
                self.over(now, Party::Caller, status, cause.unwrap_or_else(normal));
            }
            // What a caller does not say.
            (
                Signal::Dial { .. }
                | Signal::Progress { .. }
                | Signal::Answer { .. }
                | Signal::Refuse(_)
                | Signal::Ask,
                _,
            )
            | (_, State::Over) => {}
        }
    }

    fn on_callee(&mut self, now: Instant, signal: Signal) {
        match (signal, self.state) {
            (Signal::Progress { fork, media }, State::Ringing) => self.on_progress(now, fork, media),
            (Signal::Answer { fork }, State::Ringing) => self.on_answer(now, fork),
            (Signal::Refuse(Refusal::Carrier(failure)), State::Ringing) => self.on_failure(now, failure),
            (Signal::Hangup(cause), State::Held { .. }) => {
                let cause = cause.unwrap_or_else(normal);
                self.say(
                    Leg::Caller,
                    Signal::Refuse(Refusal::Carrier(Failure::Refused(480))),
                );
                self.over(now, Party::Callee, Some(480), cause);
            }
            (Signal::Hangup(cause), State::Talking) => {
                self.say(Leg::Caller, Signal::Hangup(cause.clone()));
                self.over(now, Party::Callee, None, cause.unwrap_or_else(normal));
            }
            // What a callee does not say at this stage; a late 18x after an answer of another fork among it.
            (
                Signal::Dial { .. }
                | Signal::Progress { .. }
                | Signal::Answer { .. }
                | Signal::Refuse(_)
                | Signal::Cancel(_)
                | Signal::Hangup(_)
                | Signal::Ask,
                _,
            ) => {}
        }
    }

    fn on_progress(&mut self, now: Instant, fork: Fork, media: bool) {
        self.early.get_or_insert(now);
        self.know(fork);
        // The newest telephone that has something to say is heard, as user agents do it (RFC 3960, 3.1).
        if media && self.through != Some(fork) {
            self.through = Some(fork);
            self.outputs.push_back(Output::Media(MediaAction::Through(fork)));
        }
        self.say(Leg::Caller, Signal::Progress { fork, media });
    }

    fn know(&mut self, fork: Fork) {
        if !self.forks.contains(&fork) && self.forks.len() < FORKS_MAX {
            self.forks.push(fork);
        }
    }

    fn on_answer(&mut self, now: Instant, fork: Fork) {
        self.know(fork);
        self.answered = Some(now);
        self.timers.stop(Timer::Ring);
        for timer in [Timer::Settle, Timer::Consult] {
            self.timers.stop(timer);
        }
        self.through = Some(fork);
        self.outputs.push_back(Output::Media(MediaAction::Answered(fork)));
        self.hearing.on_answer(fork);
        let policy = Arc::clone(&self.plan.policy);
        if !policy.hear_answer {
            self.hearing.deafen(Deaf::Policy);
            self.outputs.push_back(Output::Media(MediaAction::Deaf));
        }
        let listens = self.hearing.listens();
        if listens {
            self.timers.set(Timer::Answer, now + policy.answer_limit);
        }
        match policy.hold {
            Some(hold) if listens && policy.acts() && !self.plan.unholdable => {
                self.state = State::Held { fork };
                self.timers.set(Timer::Hold, now + hold.min(HOLD_MAX));
            }
            Some(_) | None => self.connect(now, fork),
        }
    }

    /// The caller gets the answer.
    fn connect(&mut self, now: Instant, fork: Fork) {
        self.state = State::Talking;
        self.connected = Some(now);
        self.timers.stop(Timer::Hold);
        self.timers.set(Timer::Talk, now + self.plan.policy.talk_limit);
        self.say(Leg::Caller, Signal::Answer { fork });
        // A leg that fell silent while the answer was held is told of only once.
        if self.silent.contains(&true) {
            self.ask(now);
        }
    }

    fn on_hold_expired(&mut self, now: Instant) {
        // What was not advised on, or has stood for less than it should, is better than nothing.
        self.on_unadvised(now);
        self.on_settled(now);
        if let State::Held { fork } = self.state {
            self.hold_expired = true;
            self.connect(now, fork);
        }
    }

    fn on_failure(&mut self, now: Instant, failure: Failure) {
        let another = self.target + 1;
        if failure.is_of_carrier() && self.early.is_none() && another < self.plan.targets {
            self.target = another;
            self.say(Leg::Callee, Signal::Dial { target: another });
            return;
        }
        self.say(Leg::Caller, Signal::Refuse(Refusal::Carrier(failure)));
        let (status, text) = match failure {
            Failure::Refused(status) => (status, "refused by the carrier"),
            Failure::TimedOut => (408, "the carrier is silent"),
            Failure::Unreachable => (503, "the carrier cannot be reached"),
            Failure::Cancelled => (487, "cancelled"),
        };
        self.over(now, Party::Callee, Some(status), Cause::new(CAUSE_NORMAL, text));
    }

    fn on_ring_limit(&mut self, now: Instant) {
        let cause = Cause::new(CAUSE_NO_ANSWER, "no answer");
        self.end_both(now, Party::Service, cause);
    }

    /// A leg without media may be a dialer that has nothing to say yet, and is no reason to end a call. A peer that died
    /// says nothing either, so it is asked.
    fn on_silent(&mut self, now: Instant, leg: Leg) {
        self.silent[leg as usize] = true;
        // Before the answer a network may well be silent: the ring limit ends that.
        if self.state == State::Talking {
            self.ask(now);
        }
    }

    fn ask(&mut self, now: Instant) {
        self.timers.set(Timer::Ask, now + ASK_AGAIN);
        for leg in [Leg::Caller, Leg::Callee] {
            if self.silent[leg as usize] {
                self.say(leg, Signal::Ask);
            }
        }
    }

    /// Refuses a call that the caller has no answer to, for what was heard.
    fn reject(&mut self, now: Instant, rejection: Rejection) {
        let cause = rejection.cause();
        self.say(Leg::Caller, Signal::Refuse(Refusal::Own(rejection.clone())));
        self.leave_callee(&cause);
        self.over(now, Party::Service, Some(rejection.status), cause);
    }

    /// Hangs up both ways, for what was heard.
    fn cut(&mut self, now: Instant, class: Class) {
        let Some(rejection) = self.plan.policy.rejection(class) else {
            return;
        };
        match self.state {
            State::Ringing | State::Held { .. } => self.reject(now, rejection),
            State::Talking => self.end_both(now, Party::Service, rejection.cause()),
            State::Over => {}
        }
    }

    fn end_both(&mut self, now: Instant, by: Party, cause: Cause) {
        let status = match self.state {
            State::Ringing | State::Held { .. } => {
                self.say(Leg::Caller, Signal::Refuse(Refusal::Ended(cause.clone())));
                Some(cause.status())
            }
            State::Talking => {
                self.say(Leg::Caller, Signal::Hangup(Some(cause.clone())));
                None
            }
            State::Over => return,
        };
        self.leave_callee(&cause);
        self.over(now, by, status, cause);
    }

    fn leave_callee(&mut self, cause: &Cause) {
        let cause = Some(cause.clone());
        match self.state {
            State::Ringing => self.say(Leg::Callee, Signal::Cancel(cause)),
            State::Held { .. } | State::Talking => self.say(Leg::Callee, Signal::Hangup(cause)),
            State::Over => {}
        }
    }

    fn over(&mut self, now: Instant, by: Party, status: Option<u16>, cause: Cause) {
        self.state = State::Over;
        self.timers.stop_all();
        let held_ms = match (self.answered, self.connected) {
            _ if self.plan.policy.hold.is_none() => 0,
            (Some(answered), connected) => millis(answered, connected.unwrap_or(now)),
            (None, _) => 0,
        };
        self.outputs.push_back(Output::Ended(Box::new(Record {
            began: self.began,
            target: self.target,
            early: self.early,
            answered: self.answered,
            connected: self.connected,
            held_ms,
            hold_expired: self.hold_expired,
            decided: self.hearing.decided,
            ended: now,
            termination: Termination { by, status, cause },
            tellings: std::mem::take(&mut self.hearing.tellings),
            deaf: self.hearing.deaf,
            steps: std::mem::take(&mut self.steps),
        })));
    }

    fn step(&mut self, leg: Leg, came: bool, signal: &Signal) {
        if self.steps.len() < STEPS_MAX {
            self.steps.push(Step {
                at: self.now,
                leg,
                came,
                word: Word::of(signal),
            });
        }
    }

    fn say(&mut self, leg: Leg, signal: Signal) {
        self.step(leg, false, &signal);
        self.outputs.push_back(Output::Signal(leg, signal));
    }
}

fn normal() -> Cause {
    Cause::new(CAUSE_NORMAL, "normal call clearing")
}

fn millis(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.saturating_duration_since(from).as_millis()).unwrap_or(u64::MAX)
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("state", &self.state)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}
