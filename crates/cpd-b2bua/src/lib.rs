//! Carries calls between two networks. The sockets, the clock and the threads are here.
//!
//! - [`node`]: all of it, started and ended together.
//! - [`switchboard`]: all calls, between SIP, `cpd-call` and media. [`trunk`]: who calls and who is called.
//! - [`dialect`]: wishes read from an INVITE and verdicts told, in the dialects of dialers; pure. [`cpa_stats`]: the
//!   statistics file of one of them.
//! - [`script`]: what a trunk decides in Lua where tables are not enough.
//! - [`media`]: ports, relay, listening and recording, on threads of their own.
//! - [`transport`]: drives one [`cpd_sip::Endpoint`] over UDP, TCP and TLS.

#![forbid(unsafe_code)]

pub mod cpa_stats;
pub mod dialect;
pub mod media;
pub mod node;
pub mod script;
pub mod switchboard;
pub mod transport;
pub mod trunk;
