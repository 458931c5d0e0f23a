//! A radio behind a person is no answering machine, though its notes are tones that stand still in a pause.

use std::sync::Arc;

use cpd_detect::{Class, Detector, Library, Plans, Profile, SampleRate, Shared};
use cpd_sim::voice::{ClipKind, clips_of, load};
use cpd_sim::{NoiseKind, Rng, level, noise};

const CALLS: usize = 60;
const SEED: u64 = 5;

/// A word after 0.7 s, and music behind it from the answer on, 12 to 24 dB below.
fn call(number: usize) -> Vec<i16> {
    let rng = &mut Rng::new(SEED + number as u64);
    let mut said = NoiseKind::Music.samples(8 * 6_000, rng);
    noise::scale_to(&mut said, -20.0 - rng.within(12.0, 24.0));
    let words = clips_of(ClipKind::Word);
    let mut word = load(words[number % words.len()]);
    level::set_active_level(&mut word, -20.0);
    for (sample, word) in said[8 * 700..].iter_mut().zip(&word) {
        *sample += word;
    }
    level::to_pcm(&said)
}

#[test]
fn music_behind_a_person_is_seldom_a_beep() {
    let shared = Shared::new(
        SampleRate::NARROWBAND,
        Arc::new(Plans::built_in()),
        Arc::new(Library::empty()),
    );
    let machines = (0..CALLS)
        .filter(|&number| {
            let mut detector = Detector::new(&shared, &Profile::default());
            detector.answered();
            detector.push(&call(number));
            detector.ended();
            detector.verdict().is_some_and(|v| v.class == Class::Machine)
        })
        .count();
    println!("seed {SEED}: {machines} of {CALLS} people with a radio were taken for machines");
    assert!(machines * 10 <= CALLS, "{machines} of {CALLS}");
}
