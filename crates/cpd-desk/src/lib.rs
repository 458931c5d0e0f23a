//! Keeps the support contract: what a request is called, where it may go, until when it is to be answered, who sees it, and
//! which conversation a message belongs to. Pure rules: time is an argument, nothing is stored or sent here.
//!
//! ```
//! use cpd_desk::{Act, Actor, Event, MessageId, PersonId, Request, RequestId, State};
//! # let (request, specialist, comment) = (RequestId(uuid::Uuid::nil()), PersonId(uuid::Uuid::nil()), MessageId(uuid::Uuid::nil()));
//!
//! let mut request = Request::new(request);
//! let by = Actor::Staff(specialist);
//! for what in request.decide(by, &Act::Solve(comment))? {
//!     request.apply(&Event { at_ms: 0, by, what });
//! }
//! assert_eq!(request.state, State::SolutionProvided);
//! assert_eq!(request.state.words().1, "Решение предоставлено");
//! # Ok::<(), cpd_desk::Refusal>(())
//! ```

#![forbid(unsafe_code)]

mod calendar;
mod clock;
mod contract;
mod event;
mod ids;
pub mod mail;
mod mass;
mod number;
mod request;
mod state;
mod thread;

pub use calendar::{Calendar, Hours, NoCalendar};
pub use clock::{Clock, Clocks, WARN_PERCENT};
pub use contract::{CLOSE_DAYS, Contract, Promise, Sees, Viewer, may_see};
pub use event::{Actor, Event, Reason, Side, What, Why};
pub use ids::{CustomerId, MassId, MessageId, PersonId, RequestId};
pub use mass::{Reports, Suggestion};
pub use number::{NoNumber, Number, SERIAL_FIRST, SERIAL_LAST};
pub use request::{Act, Refusal, Request, Route};
pub use state::{Category, Door, Kind, Priority, State};
pub use thread::{Clues, Sender, Thread, tag, tags, thread};
