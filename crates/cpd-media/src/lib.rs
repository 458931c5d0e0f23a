//! Reads and writes the wire: bytes in, samples out, and back.
//!
//! Nothing here opens a socket, reads a clock or panics on what a peer sends. Plain `&[i16]` and gap lengths pass from
//! here to `cpd-detect`; the two crates do not know each other.
//!
//! - [`g711`]: A-law and µ-law.

#![forbid(unsafe_code)]

pub mod g711;

pub use g711::Law;
