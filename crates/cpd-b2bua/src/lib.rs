//! Carries calls between two networks. The sockets, the clock and the threads are here.
//!
//! - [`dialect`]: wishes read from an INVITE and verdicts told, in the dialects of dialers; pure.
//! - [`media`]: ports, relay, listening and recording, on threads of their own.
//! - [`transport`]: drives one [`cpd_sip::Endpoint`] over UDP, TCP and TLS.

#![forbid(unsafe_code)]

pub mod dialect;
pub mod media;
pub mod transport;
