//! The support desk at work: what comes by any door becomes a request or goes into one, and what is done to one is kept with
//! what it causes, all in one transaction.
//!
//! - [`intake`]: a message by any door: a number, a log, a receipt; each message once.
//! - [`work`]: acts on a request, decided by `cpd-desk`, kept in the store.
//! - [`terms`]: contracts as people write them. [`notices`]: what customers are told of it.
//! - [`timer`]: what happens because time passed: warnings, breaches, closings.

pub(crate) mod intake;
pub(crate) mod notices;
pub(crate) mod terms;
#[cfg(test)]
mod tests;
pub(crate) mod timer;
pub(crate) mod work;
