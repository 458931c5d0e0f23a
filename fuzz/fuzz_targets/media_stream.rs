//! Any text as messages of a media stream: no panic; what is heard comes from what was sent, and holes are bounded.
#![no_main]

#[path = "../../crates/smartcpd/src/doors/audiosocket.rs"]
#[allow(dead_code)]
mod audiosocket;
#[path = "../../crates/smartcpd/src/doors/frames.rs"]
#[allow(dead_code)]
mod frames;
#[path = "../../crates/smartcpd/src/doors/order.rs"]
#[allow(dead_code)]
mod order;
#[path = "../../crates/smartcpd/src/doors/probe.rs"]
#[allow(dead_code)]
mod probe;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    probe::media_stream(text);
});
