//! Speaks SIP without touching a socket or a clock.
//!
//! Bytes, transport addresses and `Instant`s go in; bytes to send, facts and the next deadline come out. Nothing here
//! reads a clock, opens a socket or spawns anything, so an hour of ringing is one line of test.
//!
//! - [`message`]: parses into spans over the bytes that came, keeps what it does not know, rewrites only what it was
//!   asked to. [`headers`] and [`uri`] read single values, borrowed.
//! - [`fault`]: what is wrong with a message, and where.
//!
//! ```
//! use cpd_sip::{Message, message::Name};
//!
//! let bytes = b"OPTIONS sip:trunk@192.0.2.1 SIP/2.0\r\n\
//!     Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK7;rport\r\n\
//!     From: \"Probe\" <sip:probe@192.0.2.2>;tag=1\r\nTo: <sip:trunk@192.0.2.1>\r\n\
//!     Call-ID: 5\r\nCSeq: 1 OPTIONS\r\n\r\n";
//! let mut request = Message::parse_datagram(bytes.to_vec()).unwrap();
//! request.check().unwrap();
//! assert_eq!(request.from().unwrap().tag(), Some(&b"1"[..]));
//!
//! request.stamp_via("192.0.2.2:1024".parse().unwrap());
//! let mut answer = Message::reply(&request, 200, "");
//! answer.push(Name::ALLOW, b"INVITE, ACK, BYE, CANCEL, OPTIONS");
//! assert!(answer.to_bytes().starts_with(b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK7;rec"));
//! ```

#![forbid(unsafe_code)]

pub mod admission;
pub mod digest;
pub mod fault;
pub mod headers;
pub mod locate;
pub mod message;
mod random;
mod reasons;
pub mod register;
mod scan;
pub mod stream;
pub mod transport;
pub mod uri;

pub use fault::{Fault, FaultKind};
pub use message::{Malformed, Message, Method, Name};
pub use reasons::reason_phrase;
pub use uri::Uri;
