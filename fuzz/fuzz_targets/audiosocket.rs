//! Any bytes as an AudioSocket, cut anywhere: no panic, and the same frames however they are cut.
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

fuzz_target!(|bytes: &[u8]| {
    probe::audiosocket(bytes);
});
