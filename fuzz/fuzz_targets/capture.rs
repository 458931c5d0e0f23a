//! Any file as a capture: streams, damage or an error, no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = cpd_media::capture::read(bytes) {
        assert!(!error.to_string().is_empty());
    }
});
