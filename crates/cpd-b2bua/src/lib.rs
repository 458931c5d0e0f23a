//! Carries calls between two networks. The sockets, the clock and the threads are here.
//!
//! - [`media`]: ports, relay, listening and recording, on threads of their own.
//! - [`transport`]: drives one [`cpd_sip::Endpoint`] over UDP, TCP and TLS.

#![forbid(unsafe_code)]

pub mod media;
pub mod transport;
