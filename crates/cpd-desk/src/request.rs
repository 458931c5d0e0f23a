//! A request: what may be done in each of its states, and what then happened.
//!
//! [`Request::decide`] looks at an act and tells the events that it causes, or why it cannot be; [`Request::apply`] takes an
//! event. A request is nothing but its log: replayed, the same log gives the same request.

use std::fmt;

use crate::event::{Actor, Event, Reason, Side, What, Why};
use crate::ids::{MassId, MessageId, PersonId, RequestId};
use crate::state::{Category, Kind, Priority, State};

/// What somebody does to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// The customer wrote, by any door.
    Hear {
        /// The message.
        message: MessageId,
        /// A machine wrote it: it is kept, and moves nothing.
        automated: bool,
    },
    /// The desk wrote.
    Say {
        /// The message.
        message: MessageId,
        /// For whom.
        side: Side,
    },
    /// Somebody takes it, or gives it to somebody; none: to nobody.
    Assign(Option<PersonId>),
    /// The desk asks for more.
    Ask(MessageId),
    /// It waits for others.
    Wait(Reason),
    /// There is nothing to wait for any more.
    Resume,
    /// It is solved; the comment is not left out.
    Solve(MessageId),
    /// The customer says that it is solved.
    Confirm,
    /// The customer says that it is not.
    Deny,
    /// The desk closes it.
    Finish,
    /// The customer said nothing for as long as the contract says.
    Expire,
    /// The desk does not take it, and says why.
    Refuse(MessageId),
    /// It goes on in another.
    Merge(RequestId),
    /// It does not.
    Unmerge,
    /// It is of another kind.
    Retype(Kind),
    /// There is more hurry, or less.
    Hurry(Priority),
    /// It belongs to a mass incident, or to none.
    Attach(Option<MassId>),
}

/// Why an act cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not in this state.
    NotFrom(State),
    /// A request cannot go on in itself.
    Itself,
    /// It is not for this side to do.
    NotTheirs,
    /// There is no such mass incident above it.
    NotAttached,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NotFrom(state) => write!(f, "the request is in the state \"{}\"", state.words().0),
            Refusal::Itself => f.write_str("a request cannot be merged into itself"),
            Refusal::NotTheirs => f.write_str("this is not for this side of the conversation to do"),
            Refusal::NotAttached => f.write_str("the request does not belong to this mass incident"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Where what comes for a request goes: no message is lost because its request is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Here.
    Here,
    /// To the request that this one was merged into.
    On(RequestId),
    /// Into a new one, which follows this one.
    Anew,
}

/// A request, as its log has made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// Where it is.
    pub state: State,
    /// What it is about.
    pub kind: Kind,
    /// How much hurry.
    pub priority: Priority,
    /// A contract was in force when it came.
    pub contract: bool,
    /// Who works on it.
    pub assignee: Option<PersonId>,
    /// The mass incident above it.
    pub mass: Option<MassId>,
    /// Where it goes on, and where it was before.
    pub merged: Option<(RequestId, State)>,
    /// What it waits for.
    pub waits_for: Option<Reason>,
}

impl Request {
    /// A request before its first event.
    #[must_use]
    pub fn new(id: RequestId) -> Request {
        Request {
            id,
            state: State::Registered,
            kind: Kind::Incident,
            priority: Priority::Normal,
            contract: false,
            assignee: None,
            mass: None,
            merged: None,
            waits_for: None,
        }
    }

    /// What a log has made.
    #[must_use]
    pub fn replay<'a>(id: RequestId, log: impl IntoIterator<Item = &'a Event>) -> Request {
        let mut request = Request::new(id);
        for event in log {
            request.apply(event);
        }
        request
    }

    /// Where a message for it goes.
    #[must_use]
    pub fn route(&self) -> Route {
        match (self.merged, self.state.category()) {
            (Some((survivor, _)), _) => Route::On(survivor),
            (None, Category::Final) => Route::Anew,
            (None, Category::Open | Category::Waiting | Category::Resolved) => Route::Here,
        }
    }

    /// Whether another may go on in this one: then no request ever goes on in itself, by however many others.
    ///
    /// # Errors
    ///
    /// It is over itself.
    pub fn takes_in(&self) -> Result<(), Refusal> {
        self.not_over()
    }

    /// What an act causes.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: nothing happens. A message is never refused but by a request that is over: ask [`Request::route`] first.
    pub fn decide(&self, by: Actor, act: &Act) -> Result<Vec<What>, Refusal> {
        self.theirs(by, act)?;
        let mut made = Made {
            state: self.state,
            events: Vec::with_capacity(3),
        };
        match *act {
            Act::Hear { message, automated } => self.hear(&mut made, message, automated)?,
            Act::Say { message, side } => {
                // What the desk notes for itself is kept even when it is over.
                if side == Side::Public {
                    self.not_over()?;
                }
                made.says(message, side);
            }
            Act::Assign(to) => {
                self.not_over()?;
                if self.state == State::Registered && to.is_some() {
                    made.moves(State::InProgress, Why::Taken)?;
                }
                if self.assignee != to {
                    made.events.push(What::Assigned { to });
                }
            }
            Act::Ask(message) => {
                made.moves(State::ClarificationRequested, Why::Asked { message })?;
                made.says(message, Side::Public);
            }
            Act::Wait(reason) => {
                made.taken()?;
                made.moves(State::Waiting, Why::Waits { reason })?;
            }
            Act::Resume => match self.state {
                State::ClarificationRequested | State::Waiting => {
                    made.moves(State::InProgress, Why::Resumed)?;
                }
                state => return Err(Refusal::NotFrom(state)),
            },
            Act::Solve(comment) => {
                self.unasked(&mut made)?;
                made.taken()?;
                made.moves(State::SolutionProvided, Why::Solved { comment })?;
                made.says(comment, Side::Public);
            }
            Act::Confirm => made.moves(State::Closed, Why::Confirmed)?,
            Act::Deny => match self.state {
                State::SolutionProvided => made.moves(State::InProgress, Why::NotSolved)?,
                state => return Err(Refusal::NotFrom(state)),
            },
            Act::Finish => made.moves(State::Closed, Why::Finished)?,
            Act::Expire => made.moves(State::Closed, Why::Expired)?,
            Act::Refuse(message) => {
                made.moves(State::Rejected, Why::Refused { message })?;
                made.says(message, Side::Public);
            }
            Act::Merge(survivor) if survivor == self.id => return Err(Refusal::Itself),
            Act::Merge(survivor) => made.moves(State::Merged, Why::MergedInto { survivor })?,
            Act::Unmerge => {
                let (_, before) = self.merged.ok_or(Refusal::NotFrom(self.state))?;
                // The one edge that the table does not have: it takes an edge of it back.
                made.goes(before, Why::Unmerged);
            }
            Act::Retype(kind) => {
                self.not_over()?;
                if kind != self.kind {
                    made.events.push(What::Retyped { kind });
                }
            }
            Act::Hurry(priority) => {
                self.not_over()?;
                if priority != self.priority {
                    made.events.push(What::Hurried { priority });
                }
            }
            Act::Attach(mass) => self.attach(&mut made, mass)?,
        }
        Ok(made.events)
    }

    /// Takes an event of its log.
    pub fn apply(&mut self, event: &Event) {
        match &event.what {
            What::Registered {
                kind,
                priority,
                contract,
                ..
            } => {
                self.kind = *kind;
                self.priority = *priority;
                self.contract = *contract;
            }
            What::Message { .. } => (),
            What::Moved { from, to, why } => {
                self.state = *to;
                self.waits_for = None;
                match why {
                    Why::MergedInto { survivor } => self.merged = Some((*survivor, *from)),
                    Why::Unmerged => self.merged = None,
                    Why::Waits { reason } => self.waits_for = Some(*reason),
                    Why::Taken
                    | Why::Asked { .. }
                    | Why::Answered { .. }
                    | Why::Resumed
                    | Why::Solved { .. }
                    | Why::NotSolved
                    | Why::Confirmed
                    | Why::Expired
                    | Why::Finished
                    | Why::Refused { .. } => (),
                }
            }
            What::Assigned { to } => self.assignee = *to,
            What::Retyped { kind } => self.kind = *kind,
            What::Hurried { priority } => self.priority = *priority,
            What::Attached { mass } => self.mass = *mass,
        }
    }

    /// A message moves what waits for one. After a solution a person's message says that it is none, for the answer that
    /// says it is has a button of its own, and a reply that nobody reads is worse than one click of a specialist.
    fn hear(&self, made: &mut Made, message: MessageId, automated: bool) -> Result<(), Refusal> {
        self.not_over()?;
        made.heard(message, automated);
        if automated {
            return Ok(());
        }
        match self.state {
            State::ClarificationRequested => made.moves(State::InProgress, Why::Answered { message }),
            State::SolutionProvided => made.moves(State::InProgress, Why::NotSolved),
            State::Registered
            | State::InProgress
            | State::Waiting
            | State::Closed
            | State::Rejected
            | State::Merged => Ok(()),
        }
    }

    /// A mass incident takes what it is told of, except from who is asked for more: that answer is waited for.
    fn attach(&self, made: &mut Made, mass: Option<MassId>) -> Result<(), Refusal> {
        self.not_over()?;
        if self.mass == mass {
            return Ok(());
        }
        made.events.push(What::Attached { mass });
        match (mass, self.state) {
            (Some(_), State::Registered | State::InProgress) => {
                made.taken()?;
                made.moves(State::Waiting, Why::Waits { reason: Reason::Mass })
            }
            (None, State::Waiting) if self.waits_for == Some(Reason::Mass) => {
                made.moves(State::InProgress, Why::Resumed)
            }
            _ => Ok(()),
        }
    }

    /// Whether this is for them to do.
    fn theirs(&self, by: Actor, act: &Act) -> Result<(), Refusal> {
        let theirs = match by {
            Actor::Customer(_) => matches!(act, Act::Hear { .. } | Act::Confirm | Act::Deny),
            Actor::Staff(_) => !matches!(act, Act::Expire),
            Actor::Desk => matches!(
                act,
                Act::Hear { .. } | Act::Expire | Act::Assign(_) | Act::Hurry(_)
            ),
            Actor::Mass(mass) => match act {
                Act::Attach(Some(to)) => *to == mass,
                Act::Say { .. } | Act::Solve(_) | Act::Attach(None) if self.mass != Some(mass) => {
                    return Err(Refusal::NotAttached);
                }
                _ => matches!(act, Act::Say { .. } | Act::Solve(_) | Act::Attach(None)),
            },
        };
        if theirs { Ok(()) } else { Err(Refusal::NotTheirs) }
    }

    fn not_over(&self) -> Result<(), Refusal> {
        match self.state.category() {
            Category::Final => Err(Refusal::NotFrom(self.state)),
            Category::Open | Category::Waiting | Category::Resolved => Ok(()),
        }
    }

    /// A question that nobody answers does not stand in the way of a solution.
    fn unasked(&self, made: &mut Made) -> Result<(), Refusal> {
        match self.state {
            State::ClarificationRequested => made.moves(State::InProgress, Why::Resumed),
            _ => Ok(()),
        }
    }
}

/// Events being made, and the state that they lead to.
struct Made {
    state: State,
    events: Vec<What>,
}

impl Made {
    fn moves(&mut self, to: State, why: Why) -> Result<(), Refusal> {
        if !self.state.leads_to().contains(&to) {
            return Err(Refusal::NotFrom(self.state));
        }
        self.goes(to, why);
        Ok(())
    }

    fn goes(&mut self, to: State, why: Why) {
        let from = self.state;
        self.events.push(What::Moved { from, to, why });
        self.state = to;
    }

    /// What nobody took is taken by who works on it.
    fn taken(&mut self) -> Result<(), Refusal> {
        match self.state {
            State::Registered => self.moves(State::InProgress, Why::Taken),
            _ => Ok(()),
        }
    }

    fn says(&mut self, message: MessageId, side: Side) {
        self.events.push(What::Message {
            message,
            side,
            automated: false,
        });
    }

    fn heard(&mut self, message: MessageId, automated: bool) {
        self.events.push(What::Message {
            message,
            side: Side::Public,
            automated,
        });
    }
}
