//! Carries calls between two networks. So far: the sockets and the clock around [`cpd_sip`].
//!
//! - [`transport`]: drives one [`cpd_sip::Endpoint`] over UDP, TCP and TLS.

#![forbid(unsafe_code)]

pub mod transport;
