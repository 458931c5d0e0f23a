//! Messages over TCP and TLS: where one ends, whether the peer still lives.
//!
//! [`Framer`] cuts a byte stream into messages, [`KeepAlive`] tells when to ping (RFC 5626). Which
//! connection leads to whom is a matter of who holds them.

mod framer;
mod keepalive;

pub use framer::{BUFFER_BYTES_MAX, Broken, Frame, Framer, PING, PONG};
pub use keepalive::{Beat, KeepAlive};
