//! Carries calls between two networks. The sockets and the clock are here, and what is said to a dialer.
//!
//! - [`cpa_stats`]: the statistics file that tools of NetBorder read; pure.
//! - [`dialect`]: wishes read from an INVITE and verdicts told, in the dialects of dialers; pure.
//! - [`script`]: policy scripts in Lua, in a sandbox, on threads of their own.
//! - [`transport`]: drives one [`cpd_sip::Endpoint`] over UDP, TCP and TLS.

#![forbid(unsafe_code)]

pub mod cpa_stats;
pub mod dialect;
pub mod script;
pub mod transport;
