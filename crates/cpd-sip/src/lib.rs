//! Speaks SIP without touching a socket or a clock.
//!
//! Bytes, transport addresses and `Instant`s go in; bytes to send, facts and the next deadline come out. Nothing here
//! reads a clock, opens a socket or spawns anything, so an hour of ringing is one line of test.
//!
//! - [`message`]: parses into spans over the bytes that came, keeps what it does not know, rewrites only what it was
//!   asked to. [`headers`] and [`uri`] read single values, borrowed.
//! - [`fault`]: what is wrong with a message, and where.
//! - [`transaction`]: the four state machines of RFC 3261 with RFC 6026. [`dialog`]: route sets, numbers, offers, reliable
//!   provisional responses, session timers.
//! - [`endpoint`]: one value that joins them. Its user makes and takes calls; it keeps every rule about who has to repeat,
//!   acknowledge, refuse or give up what, and when.
//!
//! - [`admission`]: whether a stranger is heard at all. [`digest`]: who somebody is, in both roles. [`register`]: keeps a
//!   registration. [`stream`]: cuts TCP into messages. [`locate`]: RFC 3263 as questions and answers.
//!
//! A call between two endpoints, the network being two lines of code:
//!
//! ```
//! use cpd_sip::{Config, Endpoint, Fact, Message, Method, message::Name};
//! use cpd_sip::{endpoint::InviteOptions, transport::{Flow, Protocol}};
//!
//! let now = std::time::Instant::now();
//! let (alice, bob) = ("192.0.2.1:5060".parse().unwrap(), "192.0.2.2:5060".parse().unwrap());
//! let flows = [(alice, bob), (bob, alice)].map(|(local, remote)| Flow { protocol: Protocol::Udp, local, remote });
//! let mut ends = [1, 2].map(|seed| Endpoint::new(Config::default(), [seed; 32]));
//!
//! let mut draft = Message::request(Method::Invite, b"sip:bob@192.0.2.2");
//! draft.push(Name::FROM, b"<sip:alice@192.0.2.1>");
//! draft.push(Name::TO, b"<sip:bob@192.0.2.2>");
//! ends[0].invite(now, flows[0], &draft, InviteOptions::default()).unwrap();
//!
//! let mut said = Vec::new();
//! for _ in 0..4 {
//!     for end in 0..2 {
//!         while let Some(transmit) = ends[end].poll_transmit() {
//!             ends[1 - end].handle_datagram(now, flows[1 - end], transmit.bytes.to_vec());
//!         }
//!         match ends[end].poll_fact() {
//!             Some(Fact::Invited { dialog, .. }) => {
//!                 ends[end].answer(now, dialog, &Message::response(200, "")).unwrap();
//!                 said.push("invited");
//!             }
//!             Some(Fact::Answered { .. }) => said.push("answered"),
//!             Some(Fact::Acknowledged { .. }) => said.push("acknowledged"),
//!             Some(other) => panic!("{other:?}"),
//!             None => {}
//!         }
//!     }
//! }
//! assert_eq!(said, ["invited", "answered", "acknowledged"]);
//! assert!(ends[0].poll_timeout().is_some(), "when to call handle_timeout");
//! ```
//!
//! Messages by themselves:
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
pub mod dialog;
pub mod digest;
pub mod endpoint;
pub mod fault;
pub mod headers;
pub mod locate;
pub mod message;
mod random;
mod reasons;
pub mod register;
mod scan;
mod slab;
pub mod stream;
mod timers;
pub mod transaction;
pub mod transport;
pub mod uri;

pub use endpoint::{Config, Endpoint, Fact};
pub use fault::{Fault, FaultKind};
pub use message::{Malformed, Message, Method, Name};
pub use reasons::reason_phrase;
pub use uri::Uri;
