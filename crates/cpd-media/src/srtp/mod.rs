//! Secure RTP (RFC 3711) with keys from the description (SDES, RFC 4568).

mod key;

pub use key::{Key, Mki, Suite};
