//! Any bytes as a mail: no panic, nothing beyond its limits, and nobody's id taken for one of ours.
#![no_main]

#[path = "../../crates/cpd-desk/tests/mail/probe.rs"]
mod probe;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    probe::probe(bytes);
});
