//! Any datagram as a SIP message: read by every typed method, written as it came, still a message after edits.
#![no_main]

#[path = "../../crates/cpd-sip/tests/probe/mod.rs"]
#[allow(dead_code)]
mod probe;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| probe::message(bytes));
