//! Decides what becomes of one bridged call. Facts and the time go in, actions come out.
//!
//! The crate knows no message of any protocol, opens no socket and reads no clock: the caller's and the callee's side
//! are [`Leg`]s that say [`Signal`]s, what was heard comes as [`Heard`], and [`Call::poll_timeout`] says when the call
//! wants to be woken. Above all, no call is lost for want of a verdict: whatever fails here lets the call through.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Instant;
//! use cpd_call::{Call, Input, Leg, Output, Plan, Policy, Signal};
//!
//! let now = Instant::now();
//! let mut call = Call::new(now, Plan { policy: Arc::new(Policy::default()), targets: 1, ..Plan::default() });
//! assert_eq!(call.poll_output(), Some(Output::Signal(Leg::Callee, Signal::Dial { target: 0 })));
//! call.handle_input(now, Input::Signal(Leg::Caller, Signal::Cancel(None)));
//! assert!(matches!(call.poll_output(), Some(Output::Signal(Leg::Callee, Signal::Cancel(_)))));
//! ```

#![forbid(unsafe_code)]

mod call;
mod outcome;
mod policy;
mod record;
mod signal;
mod step;
mod telling;
mod timers;

pub use call::{CONSULT_LIMIT, Call, Plan};
pub use outcome::{Cause, Rejection};
pub use policy::{AnswerAction, EarlyAction, HOLD_MAX, Mode, Policy};
pub use record::{Deaf, Party, Record, Termination};
pub use signal::{Failure, Fork, Heard, Input, Leg, MediaAction, Output, Refusal, Signal};
pub use step::{STEPS_MAX, Step, Word};
pub use telling::{NoVerdict, Phase, Telling, Told};
