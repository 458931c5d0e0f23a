//! The clocks of a request: computed from its log each time, so that a wrong one is mended by computing it again. Only the next
//! deadline is kept elsewhere, for who looks for the requests that are due.

use crate::contract::{Contract, Promise};
use crate::event::{Actor, Event, Reason, Side, What, Why};
use crate::state::State;

/// How much of a promise is used up when the desk is warned, of a hundred.
pub const WARN_PERCENT: i64 = 75;

/// One clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Nothing is promised, or nothing is waited for.
    Idle,
    /// It runs.
    Running {
        /// When three quarters of it are over, ms since 1970.
        warn_ms: i64,
        /// When it is over.
        due_ms: i64,
    },
    /// It stands.
    Paused {
        /// What is left, ms of work; below zero: it is broken already.
        left_ms: i64,
    },
    /// What it waited for came.
    Met {
        /// After so much work, ms.
        after_ms: i64,
        /// In time.
        in_time: bool,
    },
}

/// The clocks of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// Until the first answer.
    pub first: Clock,
    /// Until the next one.
    pub next: Clock,
    /// Until the solution.
    pub solution: Clock,
    /// When what is solved is over by itself.
    pub closes_ms: Option<i64>,
}

impl Clocks {
    /// The clocks of a log; what is promised is that of the kind and priority that the request has now.
    #[must_use]
    pub fn of(log: &[Event], contract: &Contract) -> Clocks {
        let mut reading = Reading::default();
        for event in log {
            reading.read(event);
        }
        let promise = contract.promise(reading.kind(), reading.priority());
        reading.clocks(contract, promise)
    }

    /// When somebody has to look next: a warning, an end, or a closing. Those that are over by `now_ms` are not told again.
    #[must_use]
    pub fn next_ms(&self, now_ms: i64) -> Option<i64> {
        [self.first, self.next, self.solution]
            .into_iter()
            .flat_map(|clock| match clock {
                Clock::Running { warn_ms, due_ms } => [Some(warn_ms), Some(due_ms)],
                Clock::Idle | Clock::Paused { .. } | Clock::Met { .. } => [None, None],
            })
            .chain([self.closes_ms])
            .flatten()
            .filter(|at| *at > now_ms)
            .min()
    }

    /// The first end of those that run, over or not.
    #[must_use]
    pub fn due_ms(&self) -> Option<i64> {
        [self.first, self.next, self.solution]
            .into_iter()
            .filter_map(|clock| match clock {
                Clock::Running { due_ms, .. } => Some(due_ms),
                Clock::Idle | Clock::Paused { .. } | Clock::Met { .. } => None,
            })
            .min()
    }
}

/// A time in which a request was somewhere.
#[derive(Clone, Copy, Debug)]
struct Stay {
    from_ms: i64,
    state: State,
    reason: Option<Reason>,
}

/// What a log says of time.
#[derive(Default)]
struct Reading {
    began_ms: Option<i64>,
    kind: Option<crate::state::Kind>,
    priority: crate::state::Priority,
    stays: Vec<Stay>,
    first_ms: Option<i64>,
    /// The oldest message that was not answered, after the first answer.
    unanswered_ms: Option<i64>,
    solved_ms: Option<i64>,
}

impl Reading {
    fn kind(&self) -> crate::state::Kind {
        self.kind.unwrap_or(crate::state::Kind::Incident)
    }

    fn priority(&self) -> crate::state::Priority {
        self.priority
    }

    fn read(&mut self, event: &Event) {
        let at_ms = event.at_ms;
        match &event.what {
            What::Registered { kind, priority, .. } => {
                self.began_ms = Some(at_ms);
                self.kind = Some(*kind);
                self.priority = *priority;
                self.stay(at_ms, State::Registered, None);
            }
            What::Message { side, automated, .. } => match (event.by, side) {
                (_, Side::Internal) => (),
                // A mass incident's message is a person's, written once for all.
                (Actor::Staff(_) | Actor::Mass(_), Side::Public) => {
                    self.first_ms.get_or_insert(at_ms);
                    self.unanswered_ms = None;
                }
                (Actor::Customer(_) | Actor::Desk, Side::Public) => {
                    if self.first_ms.is_some() && !automated {
                        self.unanswered_ms.get_or_insert(at_ms);
                    }
                }
            },
            What::Moved { to, why, .. } => {
                let reason = match why {
                    Why::Waits { reason } => Some(*reason),
                    _ => None,
                };
                self.stay(at_ms, *to, reason);
                match to {
                    State::SolutionProvided => {
                        self.solved_ms = Some(at_ms);
                        self.unanswered_ms = None;
                    }
                    State::Closed | State::Rejected | State::Merged => self.unanswered_ms = None,
                    State::Registered
                    | State::InProgress
                    | State::ClarificationRequested
                    | State::Waiting => self.solved_ms = None,
                }
            }
            What::Retyped { kind } => self.kind = Some(*kind),
            What::Hurried { priority } => self.priority = *priority,
            What::Assigned { .. } | What::Attached { .. } => (),
        }
    }

    fn stay(&mut self, from_ms: i64, state: State, reason: Option<Reason>) {
        self.stays.push(Stay {
            from_ms,
            state,
            reason,
        });
    }

    fn clocks(&self, contract: &Contract, promise: Promise) -> Clocks {
        let Some(began) = self.began_ms else {
            return Clocks {
                first: Clock::Idle,
                next: Clock::Idle,
                solution: Clock::Idle,
                closes_ms: None,
            };
        };
        let over = self.stays.last().is_some_and(|stay| {
            matches!(
                stay.state,
                State::SolutionProvided | State::Closed | State::Rejected | State::Merged
            )
        });
        let ended = over.then(|| self.stays.last().map_or(began, |stay| stay.from_ms));
        let clock = |promised: Option<i64>, from_ms: i64, met_ms: Option<i64>| match promised {
            Some(promised) => self.clock(contract, promised, from_ms, met_ms),
            None => Clock::Idle,
        };
        let solved_state = self.stays.last().map(|stay| stay.state);
        Clocks {
            first: match (self.first_ms, ended) {
                // Merged, or closed without a word: there is nobody to answer any more.
                (None, Some(_)) => Clock::Idle,
                (first, _) => clock(promise.first_ms, began, first),
            },
            next: match self.unanswered_ms {
                Some(from) => clock(promise.next_ms, from, None),
                None => Clock::Idle,
            },
            solution: match solved_state {
                Some(State::Rejected | State::Merged) => Clock::Idle,
                _ => clock(promise.solution_ms, began, self.solved_ms.or(ended)),
            },
            closes_ms: match solved_state {
                Some(State::SolutionProvided) => self
                    .solved_ms
                    .and_then(|at| contract.calendar.days_later_ms(at, contract.close_days)),
                _ => None,
            },
        }
    }

    /// A clock from a time on, until it was met.
    fn clock(&self, contract: &Contract, promised_ms: i64, from_ms: i64, met_ms: Option<i64>) -> Clock {
        let calendar = &contract.calendar;
        let mut used = 0;
        let mut running_since = None;
        for (at, stay) in self.stays.iter().enumerate() {
            let until = self.stays.get(at + 1).map(|next| next.from_ms);
            let until = match (until, met_ms) {
                (Some(until), Some(met)) => Some(until.min(met)),
                (until, met) => until.or(met),
            };
            let from = stay.from_ms.max(from_ms);
            let runs = runs(*stay, contract);
            running_since = runs.then_some(from);
            if let Some(until) = until
                && runs
            {
                used += calendar.worked_ms(from, until);
            }
        }
        let left = promised_ms - used;
        match (met_ms, running_since) {
            (Some(_), _) => Clock::Met {
                after_ms: used,
                in_time: left >= 0,
            },
            (None, Some(since)) => {
                let end = |work_ms: i64| match work_ms {
                    0.. => calendar.after_ms(since, work_ms).unwrap_or(i64::MAX),
                    // Already over when it began to run again.
                    _ => since,
                };
                Clock::Running {
                    warn_ms: end(promised_ms * WARN_PERCENT / 100 - used),
                    due_ms: end(left),
                }
            }
            (None, None) => Clock::Paused { left_ms: left },
        }
    }
}

/// Whether clocks run in a state.
fn runs(stay: Stay, contract: &Contract) -> bool {
    match stay.state {
        State::Registered | State::InProgress => true,
        // What a mass incident waits for is ours to mend.
        State::Waiting => stay.reason == Some(Reason::Mass) || !contract.waiting_pauses,
        State::ClarificationRequested
        | State::SolutionProvided
        | State::Closed
        | State::Rejected
        | State::Merged => false,
    }
}
