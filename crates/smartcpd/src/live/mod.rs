//! What happens now, for whoever watches: calls, verdicts, gateways, and figures each second.
//!
//! The service's loop hands its notices to a [`Hub`] and goes on; the API's connections read from it at their own pace. Events
//! are kept in a ring and have numbers, so that reading on after a pause and reading what is new are one thing; who is slower
//! than the ring is told what was lost. Each event has an owner: a customer sees its own, the service's staff see all.

mod figures;
mod hub;

pub(crate) use figures::Figures;
pub(crate) use hub::{Event, Hub, Node, What};
