//! Any audio, gaps and answers: the detector never panics, its events come in order, and its clock is the samples.
#![no_main]

use std::sync::{Arc, LazyLock};

use cpd_detect::{Detector, Library, Plans, Profile, SampleRate, Shared};
use libfuzzer_sys::fuzz_target;

static SHARED: LazyLock<Shared> = LazyLock::new(|| {
    Shared::new(
        SampleRate::NARROWBAND,
        Arc::new(Plans::built_in()),
        Arc::new(Library::empty()),
    )
});

fuzz_target!(|bytes: &[u8]| {
    let mut detector = Detector::new(&SHARED, &Profile::default());
    let mut time = 0_u64;
    let mut rest = bytes;
    // One byte says what happens, the next how much of it.
    while let Some((&[what, size], after)) = rest.split_first_chunk::<2>() {
        rest = after;
        match what % 4 {
            0 => {
                let count = (usize::from(size) * 2).min(rest.len());
                let (audio, after) = rest.split_at(count - count % 2);
                let samples: Vec<i16> = audio
                    .chunks_exact(2)
                    .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
                    .collect();
                // Few bytes make much audio: hops matter here, not samples.
                for _ in 0..4 {
                    detector.push(&samples);
                    time += samples.len() as u64;
                }
                rest = after;
            }
            1 => {
                let gap = u64::from(size) * u64::from(size);
                detector.gap(gap);
                time += gap;
            }
            2 => detector.answered(),
            _ => {
                let step = usize::from(size % 64) + 1;
                let tone: Vec<i16> = (0..160 * step)
                    .map(|n| if n / step % 2 == 0 { 9_000 } else { -9_000 })
                    .collect();
                detector.push(&tone);
                time += tone.len() as u64;
            }
        }
        while let Some(event) = detector.poll() {
            assert!(event.from <= event.known);
            assert!(event.confidence.is_finite());
        }
    }
    assert_eq!(detector.now().0, time);
    let _ = detector.verdict();
});
