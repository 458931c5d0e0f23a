//! Any bytes as a TCP stream of SIP: the same messages however it is cut, and nothing between them.
#![no_main]

#[path = "../../crates/cpd-sip/tests/probe/mod.rs"]
#[allow(dead_code)]
mod probe;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| probe::stream(bytes));
