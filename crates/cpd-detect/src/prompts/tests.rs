//! Prompts that never were, through lines as bad as calls have them: what is told, what is taken back, what stays untold.

use std::sync::Arc;

use cpd_sim::prompts::prompt;
use cpd_sim::voice::{Phones, Speaker};
use cpd_sim::{Codec, Conceal, Line, Loss, NoiseKind, Rng, Stretch};

use super::{Library, PromptId, PromptInfo};
use crate::front::FrontPlan;
use crate::{Class, Detector, EventKind, Plans, Profile, SampleRate, Shared};

const RATE: SampleRate = SampleRate::NARROWBAND;
/// Seed of all prompts here.
const SEED: u64 = 20;
/// Where a played prompt begins, samples: after a second of silence.
const BEGIN: usize = 8_000;

fn info(id: &str, class: Class) -> PromptInfo {
    PromptInfo {
        id: id.to_owned(),
        operator: "A".to_owned(),
        category: "busy".to_owned(),
        class,
        lang: "ru".to_owned(),
        text: String::new(),
        length_ms: 0,
    }
}

fn library_of(prompts: &[&[i16]]) -> Library {
    let plan = Arc::new(FrontPlan::new(RATE));
    let mut library = Library::empty();
    for (n, samples) in prompts.iter().enumerate() {
        library
            .add(info(&format!("P{n}"), Class::AnnouncedBusy), samples, &plan)
            .expect("a prompt");
    }
    library
}

fn twenty() -> Vec<Vec<i16>> {
    (0..20).map(|n| prompt(SEED, n).samples).collect()
}

fn slices(prompts: &[Vec<i16>]) -> Vec<&[i16]> {
    prompts.iter().map(Vec::as_slice).collect()
}

/// A prompt after a second of silence, and a second of silence.
fn played(samples: &[i16]) -> Vec<i16> {
    [&[0; BEGIN][..], samples, &[0; 8_000]].concat()
}

/// What was told of prompts in a call: when, ms; which; whether it was taken back then.
#[derive(Debug, Default)]
struct Story(Vec<(u64, PromptId, bool)>);

impl Story {
    fn of(library: &Library, samples: &[i16]) -> Story {
        Story::of_stretches(library, &[Stretch::Heard(samples.to_vec())])
    }

    fn of_stretches(library: &Library, stretches: &[Stretch]) -> Story {
        let shared = Shared::new(RATE, Arc::new(Plans::built_in()), Arc::new(library.clone()));
        let mut detector = Detector::new(&shared, &Profile::default());
        for stretch in stretches {
            match stretch {
                Stretch::Heard(samples) => detector.push(samples),
                Stretch::Lost(samples) => detector.gap(*samples as u64),
            }
        }
        let mut story = Story::default();
        while let Some(event) = detector.poll() {
            let known = RATE.ms(event.known);
            match event.kind {
                EventKind::Prompt(heard) => story.0.push((known, heard.prompt, false)),
                EventKind::PromptRetracted(heard) => story.0.push((known, heard.prompt, true)),
                _ => {}
            }
        }
        story
    }

    /// Prompts that were told and stand.
    fn standing(&self) -> Vec<PromptId> {
        let mut standing = Vec::new();
        for &(_, prompt, retracted) in &self.0 {
            if retracted {
                standing.retain(|&other| other != prompt);
            } else {
                standing.push(prompt);
            }
        }
        standing
    }

    /// How long after the start of the playing the first was told, ms.
    fn delay_ms(&self) -> Option<u64> {
        Some(self.0.first()?.0.saturating_sub(BEGIN as u64 / 8))
    }
}

#[test]
fn every_prompt_is_known_within_a_second_of_a_clean_line() {
    let prompts = twenty();
    let library = library_of(&slices(&prompts));
    for (n, samples) in prompts.iter().enumerate() {
        let story = Story::of(&library, &Line::clean().carry(&played(samples)));
        assert_eq!(story.standing(), [PromptId(n as u32)], "prompt {n}: {story:?}");
        assert!(story.delay_ms() <= Some(1_000), "prompt {n}: {story:?}");
    }
}

#[test]
fn a_prompt_is_known_through_bad_lines() {
    let prompts = twenty();
    let library = library_of(&slices(&prompts));
    let clean = Line::clean();
    let coded = |codecs: &[Codec]| Line {
        codecs: codecs.to_vec(),
        ..clean.clone()
    };
    let lost = |conceal| Line {
        loss: Some(Loss {
            share: 0.08,
            burst: 1.5,
            conceal,
        }),
        ..clean.clone()
    };
    let at = |level_dbm0| Line {
        level_dbm0: Some(level_dbm0),
        ..clean.clone()
    };
    let drifting = |drift_ppm| Line {
        drift_ppm,
        ..clean.clone()
    };
    let noisy = |kind| Line {
        noise: Some((kind, 5.0)),
        ..clean.clone()
    };
    let lines = [
        ("gsm", coded(&[Codec::Gsm])),
        ("amr 4.75", coded(&[Codec::Amr475])),
        ("g.729", coded(&[Codec::G729])),
        ("opus", coded(&[Codec::Opus(12_000)])),
        ("tandem", coded(&[Codec::Amr122, Codec::Gsm])),
        ("zeros", lost(Conceal::Zero)),
        ("repeats", lost(Conceal::Repeat)),
        ("plc", lost(Conceal::Plc)),
        ("quiet", at(-35.0)),
        ("loud", at(-6.0)),
        ("fast", drifting(100.0)),
        ("slow", drifting(-100.0)),
        ("pink", noisy(NoiseKind::Pink)),
        ("street", noisy(NoiseKind::Street)),
    ];
    for (index, (name, line)) in lines.iter().enumerate() {
        let n = index + 3;
        let line = Line {
            seed: n as u64,
            ..line.clone()
        };
        let story = Story::of(&library, &line.carry(&played(&prompts[n])));
        assert_eq!(story.standing(), [PromptId(n as u32)], "{name}: {story:?}");
        assert!(story.delay_ms() <= Some(2_000), "{name}: {story:?}");
    }
}

#[test]
fn lost_packets_speak_neither_for_nor_against() {
    let prompts = twenty();
    let library = library_of(&slices(&prompts));
    let line = Line {
        loss: Some(Loss {
            share: 0.08,
            burst: 3.0,
            conceal: Conceal::Gap,
        }),
        seed: 5,
        ..Line::clean()
    };
    for (n, samples) in prompts.iter().enumerate().take(6) {
        let story = Story::of_stretches(&library, &line.carry_with_gaps(&played(samples)));
        assert_eq!(story.standing(), [PromptId(n as u32)], "prompt {n}: {story:?}");
    }
}

#[test]
fn a_prompt_is_joined_in_its_middle() {
    let prompts = twenty();
    let library = library_of(&slices(&prompts));
    for (n, samples) in prompts.iter().enumerate().take(6) {
        let rest = &samples[samples.len() * 2 / 5..];
        let story = Story::of(&library, &Line::clean().carry(&played(rest)));
        assert_eq!(story.standing(), [PromptId(n as u32)], "prompt {n}: {story:?}");
    }
}

#[test]
fn a_loop_and_a_second_language_take_nothing_back() {
    let prompts = twenty();
    let library = library_of(&slices(&prompts));
    let pause = [0; 6_000];
    let looped = [&prompts[0][..], &pause, &prompts[0], &pause, &prompts[0]].concat();
    let story = Story::of(&library, &played(&looped));
    assert_eq!(story.standing(), [PromptId(0); 3], "{story:?}");
    let both = [&prompts[1][..], &pause, &prompts[2]].concat();
    let story = Story::of(&library, &played(&both));
    assert_eq!(story.standing(), [PromptId(1), PromptId(2)], "{story:?}");
}

#[test]
fn a_near_miss_is_held_or_taken_back() {
    let prompts = twenty();
    // The endings are not in the library; some are by the same voice.
    let library = library_of(&slices(&prompts[..10]));
    for (n, shared_ms) in [400, 600, 800, 1_000, 1_200].into_iter().enumerate() {
        let ending = &prompts[10 + n];
        let near = [&prompts[n][..shared_ms * 8], &ending[ending.len() / 4..]].concat();
        for line in [
            Line::clean(),
            Line {
                codecs: vec![Codec::Amr59],
                noise: Some((NoiseKind::Pink, 15.0)),
                ..Line::clean()
            },
        ] {
            let story = Story::of(&library, &line.carry(&played(&near)));
            assert!(story.standing().is_empty(), "{shared_ms} ms shared: {story:?}");
            if shared_ms <= 600 {
                assert!(story.0.is_empty(), "{shared_ms} ms shared: {story:?}");
            }
        }
    }
}

#[test]
fn a_few_words_and_then_silence_are_no_prompt() {
    let prompts = twenty();
    let library = library_of(&slices(&prompts));
    for (n, samples) in prompts.iter().enumerate().take(6) {
        let mut words = samples[..7_200].to_vec();
        words.resize(24_000, 0);
        let story = Story::of(&library, &played(&words));
        assert!(story.standing().is_empty(), "prompt {n}: {story:?}");
    }
}

#[test]
fn another_voice_and_speech_backwards_are_no_prompts() {
    let say = |seed: u64| {
        let speaker = Speaker::draw(&mut Rng::new(seed));
        let mut phones = Phones::draw(1, &mut Rng::new(77));
        while phones.ms() < 4_000 {
            phones = phones.then(&Phones::draw(1, &mut Rng::new(u64::from(phones.ms()))));
        }
        let mut samples = speaker.say(&phones, &mut Rng::new(5));
        cpd_sim::level::set_active_level(&mut samples, -14.0);
        cpd_sim::level::to_pcm(&samples)
    };
    let mut prompts = twenty();
    prompts.push(say(1));
    let library = library_of(&slices(&prompts));
    assert_eq!(Story::of(&library, &played(&say(1))).standing(), [PromptId(20)]);
    for voice in 2..8 {
        let story = Story::of(&library, &played(&say(voice)));
        assert!(story.standing().is_empty(), "voice {voice}: {story:?}");
    }
    for samples in &prompts {
        let backwards: Vec<i16> = samples.iter().rev().copied().collect();
        assert!(Story::of(&library, &played(&backwards)).0.is_empty());
    }
}

#[test]
fn prompts_that_mean_the_same_are_told_before_they_part() {
    let prompts = twenty();
    let opening = &prompts[0][..14_400];
    let (one, two) = ([opening, &prompts[1]].concat(), [opening, &prompts[2]].concat());
    let plan = Arc::new(FrontPlan::new(RATE));
    for (class, early) in [(Class::AnnouncedBusy, true), (Class::AnnouncedBarred, false)] {
        let mut library = Library::empty();
        library
            .add(info("one", Class::AnnouncedBusy), &one, &plan)
            .expect("a prompt");
        library.add(info("two", class), &two, &plan).expect("a prompt");
        for (n, samples) in [&one, &two].into_iter().enumerate() {
            let story = Story::of(&library, &played(samples));
            assert_eq!(story.standing(), [PromptId(n as u32)], "{story:?}");
            assert_eq!(story.delay_ms() < Some(1_800), early, "{story:?}");
        }
    }
}

#[test]
fn a_prompt_that_was_removed_is_not_told() {
    let prompts = twenty();
    let library = library_of(&slices(&prompts));
    let without = library.without(PromptId(4));
    assert_eq!(
        Story::of(&library, &played(&prompts[4])).standing(),
        [PromptId(4)]
    );
    assert!(Story::of(&without, &played(&prompts[4])).0.is_empty());
    assert_eq!(
        Story::of(&without, &played(&prompts[5])).standing(),
        [PromptId(5)]
    );
}

#[test]
fn copies_and_shared_fragments_are_reported() {
    let prompts = twenty();
    let plan = Arc::new(FrontPlan::new(RATE));
    let library = library_of(&slices(&prompts[..4]));
    let copy = Line {
        codecs: vec![Codec::Gsm],
        ..Line::clean()
    }
    .carry(&prompts[2]);
    let (_, added) = library
        .with(info("copy", Class::AnnouncedBusy), &copy, &plan)
        .expect("a prompt");
    assert_eq!(
        added
            .shared
            .iter()
            .filter(|shared| shared.duplicate)
            .map(|s| s.prompt)
            .collect::<Vec<_>>(),
        [PromptId(2)]
    );

    let joint = [&prompts[10][..16_000], &prompts[1][8_000..16_000]].concat();
    let (both, added) = library
        .with(info("joint", Class::AnnouncedBusy), &joint, &plan)
        .expect("a prompt");
    let shared = added.shared.first().expect("a fragment");
    assert_eq!((shared.prompt, shared.duplicate), (PromptId(1), false));
    assert!(shared.from_ms.abs_diff(2_000) <= 200, "{shared:?}");
    assert!(shared.other_from_ms.abs_diff(1_000) <= 200, "{shared:?}");
    assert_eq!(both.shared(PromptId(1))[0].prompt, added.prompt);
    assert!(
        library.shared(PromptId(1)).is_empty(),
        "the older snapshot is as it was"
    );
}
