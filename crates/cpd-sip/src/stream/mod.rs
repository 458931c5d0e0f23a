//! Messages over TCP and TLS: where one ends, whether the peer still lives, which connection leads to whom.
//!
//! [`Framer`] cuts a byte stream into messages, [`KeepAlive`] tells when to ping (RFC 5626), [`Connections`] which
//! connection a request may use again (RFC 5923).

mod connections;
mod framer;
mod keepalive;

pub use connections::Connections;
pub use framer::{BUFFER_BYTES_MAX, Broken, Frame, Framer, PING, PONG};
pub use keepalive::{Beat, KeepAlive};
