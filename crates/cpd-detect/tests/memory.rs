//! The state of a call is small and is made once: nothing is allocated while a call is heard, but for the few events.

use std::alloc::System;
use std::sync::Arc;

use cpd_detect::{Detector, Library, Plans, Profile, SampleRate, Shared};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What one call may hold. Ten thousand calls then fit into a third of a gigabyte.
const STATE_BYTES_MAX: usize = 32 * 1_024;

/// Ringing, buzzing speech-like sound, noise and pauses, from a seed.
fn scene(seconds: usize) -> Vec<i16> {
    let mut noise = 0x9e37_79b9_u32;
    (0..seconds * 8_000)
        .map(|n| {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let t = n as f32 / 8_000.0;
            let hiss = f32::from((noise >> 16) as i16) / 400.0;
            let sound = match n / 8_000 % 6 {
                0 | 3 => 6_000.0 * (2_670.0 * t).sin(),
                1 | 4 => (1..10)
                    .map(|h| 900.0 * (h as f32 * (700.0 + 60.0 * (5.0 * t).sin()) * t).sin())
                    .sum(),
                _ => 0.0,
            };
            (sound + hiss) as i16
        })
        .collect()
}

// One test in this binary: the allocator counts for the whole process.
#[test]
fn a_call_holds_at_most_32_kib_and_allocates_only_when_it_begins() {
    let shared = Shared::new(
        SampleRate::NARROWBAND,
        Arc::new(Plans::built_in()),
        Arc::new(Library::empty()),
    );
    let samples = scene(30);
    // What is made once for the process (transform plans, for example) is not this call's.
    Detector::new(&shared, &Profile::default()).push(&samples);

    let region = Region::new(ALLOCATOR);
    let mut detector = Detector::new(&shared, &Profile::default());
    let made = region.change();
    let bytes = size_of_val(&detector) + made.bytes_allocated - made.bytes_deallocated;
    println!(
        "state of one call: {bytes} bytes in {} allocations",
        made.allocations
    );
    assert!(bytes <= STATE_BYTES_MAX, "{bytes} bytes");

    let region = Region::new(ALLOCATOR);
    let mut told = 0;
    for packet in samples.chunks(160) {
        detector.push(packet);
        while detector.poll().is_some() {
            told += 1;
        }
    }
    let while_hearing = region.change().allocations;
    println!("{told} events, {while_hearing} allocations");
    assert_eq!(while_hearing, 0, "hearing allocates");
}
