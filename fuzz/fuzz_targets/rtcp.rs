//! Any datagram as RTCP: read as far as it holds; a report that was read is written as the same.
#![no_main]

#[path = "../../crates/cpd-media/tests/probe/mod.rs"]
#[allow(dead_code)]
mod probe;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| probe::rtcp(bytes));
