//! Any bytes as a description: refused by name, or passed on as a description with our address in it.
#![no_main]

#[path = "../../crates/cpd-media/tests/probe/mod.rs"]
#[allow(dead_code)]
mod probe;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| probe::sdp(bytes));
