//! Reads and writes the wire: bytes in, samples out, and back.
//!
//! Nothing here opens a socket, reads a clock or panics on what a peer sends. Plain `&[i16]` and gap lengths pass from
//! here to `cpd-detect`; the two crates do not know each other.
//!
//! - [`sdp`]: descriptions, read and passed on with our address. [`srtp`]: secured RTP, with keys from there.
//! - [`codec`]: what a payload is made of, and its samples. [`g711`]: A-law and µ-law; [`g722`]: its
//!   lower half.
//! - [`rtp`]: packets and telephone events. [`playout`]: the packets of a live sender in order and in time; [`stream`]:
//!   those of a recording.
//! - [`latch`]: whose packets are taken. [`quality`]: how well they arrive. [`rtcp`]: what the other side says of that.
//! - [`capture`]: the streams in a pcap or pcapng file.

#![forbid(unsafe_code)]

pub mod capture;
pub mod codec;
pub mod g711;
pub mod g722;
pub mod latch;
pub mod playout;
pub mod quality;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod srtp;
pub mod stream;

pub use codec::{Codec, Decoder};
pub use g711::Law;
pub use playout::Playout;
pub use rtp::Packet;
pub use stream::{Piece, Stream};
