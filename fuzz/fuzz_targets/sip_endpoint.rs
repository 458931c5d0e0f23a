//! Any sequence of datagrams, waits and acts of the user: an endpoint says only what can be read, and everything ends.
#![no_main]

#[path = "../../crates/cpd-sip/tests/drive/mod.rs"]
#[allow(dead_code)]
mod drive;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|script: &[u8]| drive::drive(script));
