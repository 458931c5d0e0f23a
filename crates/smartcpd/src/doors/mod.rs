//! Other ways in to the same engine, for dialers that hand us sound instead of calls.
//!
//! - [`session`]: one stream that is heard: samples, gaps and the answer in, verdicts and events out; no socket, no clock.
//! - [`frames`] and [`order`]: media-stream messages as Twilio and Telnyx send them, and their chunks in order;
//!   [`media_stream`] is what is said with them.
//! - [`audiosocket`]: what Asterisk's AudioSocket says; [`listener`] is its socket.
//! - [`wishes`]: what a dialer asks of a stream. [`stream`]: a session with its customer, and who is told.
//! - [`streams`]: how many there are at once, and what became of the last ones.
//!
//! The readers of frames are pure functions without anything of this crate: the fuzz targets hold them too.

pub(crate) mod audiosocket;
pub(crate) mod frames;
pub(crate) mod listener;
pub(crate) mod media_stream;
pub(crate) mod order;
#[cfg(test)]
mod probe;
pub(crate) mod session;
pub(crate) mod stream;
pub(crate) mod streams;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod wishes;
