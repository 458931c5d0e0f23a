//! What holds for any input: frames may be cut anywhere, a gap moves time, nothing panics.

use std::sync::Arc;

use cpd_detect::{Detector, Event, Library, Plans, Profile, SampleRate, Shared};
use proptest::prelude::*;

fn shared(rate: SampleRate) -> Shared {
    Shared::new(rate, Arc::new(Plans::built_in()), Arc::new(Library::empty()))
}

fn drain(detector: &mut Detector) -> Vec<Event> {
    std::iter::from_fn(|| detector.poll()).collect()
}

/// A scene with something for each detector in turn: pauses, tones of one or two frequencies, buzzing and noise.
fn scene(parts: &[(u8, u16, u16, u16)], rate: u32) -> Vec<i16> {
    let mut samples = Vec::new();
    let mut noise = 0x2545_f491_u32;
    for &(kind, ms, hz, level) in parts {
        let level = f32::from(level % 12_000);
        for n in 0..(u32::from(ms % 1_500) * rate / 1_000) {
            let t = n as f32 / rate as f32;
            let wave = |hz: f32| (std::f32::consts::TAU * hz * t).sin();
            let hz = 200.0 + f32::from(hz % 2_400);
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            samples.push(match kind % 5 {
                0 => 0,
                1 => (level * wave(hz)) as i16,
                2 => (level * 0.5 * (wave(hz) + wave(hz + 40.0))) as i16,
                3 => (1..12)
                    .map(|h| level * 0.2 * wave(h as f32 * (hz * 0.1 + 60.0)))
                    .sum::<f32>() as i16,
                _ => ((noise >> 16) as i16) / 16,
            });
        }
    }
    samples
}

fn parts() -> impl Strategy<Value = Vec<(u8, u16, u16, u16)>> {
    prop::collection::vec((any::<u8>(), any::<u16>(), any::<u16>(), any::<u16>()), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_cut_of_the_same_samples_gives_the_same_events(
        parts in parts(),
        cuts in prop::collection::vec(1_usize..1_000, 1..50),
        answer in 0_usize..40_000,
        wide in any::<bool>(),
    ) {
        let rate = if wide { SampleRate::WIDEBAND } else { SampleRate::NARROWBAND };
        let samples = scene(&parts, rate.hz());
        let answer = answer.min(samples.len());
        let shared = shared(rate);

        let mut whole = Detector::new(&shared, &Profile::default());
        whole.push(&samples[..answer]);
        whole.answered();
        whole.push(&samples[answer..]);
        let expected = drain(&mut whole);

        let mut cut = Detector::new(&shared, &Profile::default());
        let mut at = 0;
        let mut told = Vec::new();
        for size in cuts.iter().cycle() {
            let end = (at + size).min(samples.len());
            let end = if at < answer { end.min(answer) } else { end };
            cut.push(&samples[at..end]);
            told.extend(drain(&mut cut));
            at = end;
            if at == answer {
                cut.answered();
            }
            if at == samples.len() {
                break;
            }
        }
        told.extend(drain(&mut cut));
        prop_assert_eq!(told, expected);
    }

    #[test]
    fn a_gap_moves_time_by_its_length(ops in prop::collection::vec((any::<bool>(), 0_u64..5_000), 0..40)) {
        let mut detector = Detector::new(&shared(SampleRate::NARROWBAND), &Profile::default());
        let mut expected = 0;
        for (lost, samples) in ops {
            if lost {
                detector.gap(samples);
            } else {
                detector.push(&vec![0; samples as usize]);
            }
            expected += samples;
            prop_assert_eq!(detector.now().0, expected);
        }
    }

    #[test]
    fn no_input_panics(ops in prop::collection::vec((0_u8..4, any::<u64>(), prop::collection::vec(any::<i16>(), 0..2_000)), 0..20)) {
        let mut detector = Detector::new(&shared(SampleRate::NARROWBAND), &Profile::default());
        for (what, number, samples) in ops {
            match what {
                0 => detector.gap(number),
                1 => detector.gap(number % 20_000),
                2 => detector.answered(),
                _ => detector.push(&samples),
            }
            for event in drain(&mut detector) {
                prop_assert!((0.0..=1.0).contains(&event.confidence), "{:?}", event);
                prop_assert!(event.from <= event.known, "{:?}", event);
            }
        }
        detector.ended();
    }
}

#[test]
fn a_gap_as_long_as_a_life_is_passed_over_at_once() {
    let mut detector = Detector::new(&shared(SampleRate::NARROWBAND), &Profile::default());
    detector.gap(u64::MAX / 2);
    detector.push(&[0; 800]);
    assert_eq!(detector.now().0, u64::MAX / 2 + 800);
}

#[test]
fn lost_audio_gives_no_evidence() {
    let mut detector = Detector::new(&shared(SampleRate::NARROWBAND), &Profile::default());
    detector.answered();
    for _ in 0..500 {
        detector.gap(160);
    }
    let verdicts: Vec<Event> = drain(&mut detector)
        .into_iter()
        .filter(|e| matches!(e.kind, cpd_detect::EventKind::Verdict(_)))
        .collect();
    assert_eq!(verdicts, []);
}
