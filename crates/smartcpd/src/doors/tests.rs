//! The same sound by a door and as a recording: the same verdict, however it is cut, in whatever order it comes.

use std::sync::Arc;

use cpd_detect::front::FrontPlan;
use cpd_detect::{Class, Library, Plans, Profile, Shared};
use cpd_media::g711::Law;
use cpd_sim::call::Scene;
use cpd_sim::line::Line;
use cpd_sim::rng::Rng;
use cpd_sim::samples;
use serde_json::{Value, json};

use super::audiosocket::{self, Frames};
use super::frames::{self, Frame, Media};
use super::order::{Order, Piece};
use super::session::{HEARD_MS_MAX, Session, Telling, With};
use super::wishes::{Wishes, ending};
use crate::audio::Recording;
use crate::hearing::{Ear, RATE};

/// A call, as a far end makes it.
pub(crate) struct Made {
    pub(crate) name: &'static str,
    pub(crate) samples: Vec<i16>,
    pub(crate) answered_ms: Option<u64>,
}

/// Calls of the tree's own sounds, through µ-law as a door gets them: a voicemail with its beep, a person, a busy tone.
pub(crate) fn made() -> Vec<Made> {
    let wanted = ["answering-machine", "a-person-after-a-pause", "busy"];
    let all = samples::calls()
        .into_iter()
        .filter(|one| wanted.contains(&one.name));
    all.map(|sample| Made {
        name: sample.name,
        samples: through_mu(&sample.call.samples),
        answered_ms: sample.call.answer_at_ms.map(u64::from),
    })
    .collect()
}

/// A prompt of a library, played before the answer.
pub(crate) fn announced(prompt: &cpd_sim::prompts::Prompt) -> Made {
    let scene = Scene::new()
        .silence(1_000.0)
        .announcement(prompt)
        .silence(2_000.0);
    Made {
        name: "announcement",
        samples: through_mu(&scene.carried(&Line::clean()).samples),
        answered_ms: None,
    }
}

fn through_mu(samples: &[i16]) -> Vec<i16> {
    samples
        .iter()
        .map(|sample| Law::Mu.decode(Law::Mu.encode(*sample)))
        .collect()
}

/// With one prompt in the library, as a customer's published one would be.
fn shared(prompt: &cpd_sim::prompts::Prompt) -> Shared {
    let mut library = Library::empty();
    let info = cpd_detect::prompts::PromptInfo {
        id: prompt.id.clone(),
        operator: "A".to_owned(),
        category: "busy".to_owned(),
        class: Class::AnnouncedBusy,
        lang: "ru".to_owned(),
        text: String::new(),
        length_ms: prompt.ms(),
    };
    library
        .add(info, &prompt.samples, &Arc::new(FrontPlan::new(RATE)))
        .expect("a prompt");
    Shared::new(RATE, Arc::new(Plans::built_in()), Arc::new(library))
}

fn session(shared: &Shared, hangup_on: &[Class]) -> Session {
    Session::new(With {
        shared: shared.clone(),
        profile: Profile::default(),
        ids: Arc::default(),
        hangup_on: hangup_on.to_vec(),
    })
}

/// What is heard in a recording: class and evidence, and whether there was a beep.
fn as_recording(shared: &Shared, call: &Made, lost: Vec<(usize, usize)>) -> Value {
    let recording = Recording {
        samples: call.samples.clone(),
        lost,
        ..Recording::default()
    };
    let ear = Ear {
        shared: shared.clone(),
        profile: Profile::default(),
    };
    let heard = ear.hear(&recording, call.answered_ms, false);
    let verdict = heard.verdict.as_ref();
    let beep = |event: &&cpd_detect::Event| matches!(event.kind, cpd_detect::EventKind::Beep(_));
    json!([
        verdict.map(|verdict| verdict.class.as_str()),
        verdict.map(|verdict| crate::words::evidence(verdict.evidence)),
        heard.events.iter().find(beep).map(|event| RATE.ms(event.from)),
    ])
}

/// The same of a session, and all that it told.
fn told(session: &mut Session) -> (Value, Vec<Telling>) {
    session.end();
    let all = std::iter::from_fn(|| session.poll()).collect();
    let summary = json!(session.summary());
    let verdict = &summary["verdict"];
    (
        json!([verdict["class"], verdict["evidence"], summary["beep_ms"]]),
        all,
    )
}

/// Messages of a media stream, 20 ms each, with the answer between them.
fn messages(call: &Made) -> Vec<Media> {
    let chunks = call.samples.chunks(160).enumerate();
    chunks
        .map(|(n, samples)| {
            let payload: Vec<u8> = samples.iter().map(|sample| Law::Mu.encode(*sample)).collect();
            let payload = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, payload);
            let media = json!({ "track": "inbound", "chunk": (n + 1).to_string(), "timestamp": (n * 20).to_string(), "payload": payload });
            let text = json!({ "event": "media", "sequenceNumber": n.to_string(), "media": media }).to_string();
            match frames::read(&text) {
                Ok(Frame::Media(media)) => media,
                other => panic!("{other:?}"),
            }
        })
        .collect()
}

/// Hears messages in the order in which they come.
fn hear(session: &mut Session, call: &Made, messages: impl IntoIterator<Item = Media>) {
    let (mut order, mut at) = (Order::default(), 0);
    let answer = call.answered_ms.map(|ms| ms as usize * 8);
    let mut take = |session: &mut Session, piece: Piece| {
        if answer.is_some_and(|answer| answer <= at) {
            session.answered();
        }
        match piece {
            Piece::Heard(bytes) => {
                let samples: Vec<i16> = bytes.iter().map(|code| Law::Mu.decode(*code)).collect();
                at += samples.len();
                session.push(&samples);
            }
            Piece::Lost(samples) => {
                at += samples as usize;
                session.gap(samples);
            }
        }
    };
    let mut pieces = Vec::new();
    for media in messages {
        order.push(media, &mut pieces);
        pieces.drain(..).for_each(|piece| take(session, piece));
    }
    order.finish(&mut pieces);
    pieces.drain(..).for_each(|piece| take(session, piece));
}

/// Where the answer falls between two messages, a door hears it at the next: the recording is told the same.
fn at_a_message(mut call: Made) -> Made {
    call.answered_ms = call.answered_ms.map(|ms| ms.div_ceil(20) * 20);
    call
}

fn all() -> (Shared, Vec<Made>) {
    let prompt = cpd_sim::prompts::prompt(3, 0);
    let mut calls = made();
    calls.push(announced(&prompt));
    (shared(&prompt), calls.into_iter().map(at_a_message).collect())
}

#[test]
fn a_media_stream_is_heard_as_its_recording_is() {
    let (shared, calls) = all();
    assert_eq!(calls.len(), 4);
    for call in &calls {
        let expected = as_recording(&shared, call, Vec::new());
        assert!(!expected[0].is_null(), "{}: nothing was heard", call.name);
        assert_eq!(
            expected[2].is_null(),
            call.name != "answering-machine",
            "{expected}"
        );
        let mut plain = session(&shared, &[]);
        hear(&mut plain, call, messages(call));
        let (plain, tellings) = told(&mut plain);
        assert_eq!(plain, expected, "{}", call.name);
        assert!(tellings.iter().zip(1..).all(|(telling, n)| telling.seq == n));
        // As Telnyx sends them: in any order within a few messages.
        let (mut mixed, mut rng) = (messages(call), Rng::new(7));
        for n in 0..mixed.len() {
            let other = (n + rng.below(4)).min(mixed.len() - 1);
            mixed.swap(n, other);
        }
        let mut session = session(&shared, &[]);
        hear(&mut session, call, mixed);
        assert_eq!(told(&mut session).0, expected, "{} out of order", call.name);
    }
}

#[test]
fn lost_messages_are_gaps() {
    let (shared, calls) = all();
    for call in &calls {
        // Every fiftieth is lost, and once three in a row.
        let gone = |n: usize| n % 50 == 49 || (120..123).contains(&n);
        let last = call.samples.len() / 160;
        let lost: Vec<(usize, usize)> = (0..last).filter(|n| gone(*n)).map(|n| (n * 160, 160)).collect();
        let expected = as_recording(&shared, call, lost.clone());
        let mut session = session(&shared, &[]);
        let kept = messages(call).into_iter().enumerate();
        hear(
            &mut session,
            call,
            kept.filter(|(n, _)| *n >= last || !gone(*n))
                .map(|(_, media)| media),
        );
        assert_eq!(told(&mut session).0, expected, "{}", call.name);
        assert_eq!(
            json!(session.summary())["lost_ms"],
            json!(lost.len() * 20),
            "{}",
            call.name
        );
    }
}

#[test]
fn an_audiosocket_is_heard_as_its_recording_is_however_it_is_cut() {
    let (shared, mut calls) = all();
    for call in &mut calls {
        // The door says at the beginning whether the call is answered.
        call.answered_ms = call.answered_ms.map(|_| 0);
        let expected = as_recording(&shared, call, Vec::new());
        let mut bytes = Vec::new();
        for samples in call.samples.chunks(160) {
            bytes.extend([0x10]);
            bytes.extend((samples.len() as u16 * 2).to_be_bytes());
            bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        }
        let (mut session, mut frames, mut rng) = (session(&shared, &[]), Frames::default(), Rng::new(3));
        if call.answered_ms.is_some() {
            session.answered();
        }
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((1 + rng.below(700)).min(rest.len()));
            frames.push(piece);
            while let Ok(Some(audiosocket::Frame::Sound(samples))) = frames.poll() {
                session.push(&samples);
            }
            rest = after;
        }
        assert_eq!(told(&mut session).0, expected, "{}", call.name);
    }
}

#[test]
fn a_stream_is_ended_by_the_verdicts_that_were_named_and_who_was_a_person_stays_one() {
    let (shared, calls) = all();
    let every = ending("*").expect("classes");
    let people = ending("answer.human*").expect("classes");
    let others: Vec<_> = every
        .iter()
        .copied()
        .filter(|class| !people.contains(class))
        .collect();
    for call in &calls {
        let ended_ms = |named: &[Class]| {
            let mut session = session(&shared, named);
            if call.answered_ms.is_some() {
                session.answered();
            }
            let from = call.answered_ms.unwrap_or(0) as usize * 8;
            call.samples[from..].chunks(160).find_map(|samples| {
                session.push(samples);
                session
                    .hangs_up()
                    .then(|| json!(session.summary())["heard_ms"].clone())
            })
        };
        assert!(ended_ms(&every).is_some(), "{}", call.name);
        let person = call.name == "a-person-after-a-pause";
        assert_eq!(ended_ms(&others).is_none(), person, "{}", call.name);
        let mut unasked = super::tests::session(&shared, &[]);
        unasked.push(&call.samples);
        assert!(!unasked.hangs_up());
    }
    assert!(ending("progress.*").is_err());
    assert!(ending("answer.robot").is_err());
}

#[test]
fn a_stream_is_heard_for_three_minutes() {
    let (shared, _) = all();
    let mut session = session(&shared, &[]);
    session.gap(u64::MAX);
    assert!(session.is_full());
    assert_eq!(json!(session.summary())["heard_ms"], json!(HEARD_MS_MAX));
}

#[test]
fn wishes_say_what_is_wrong_with_them() {
    let mut wishes = Wishes::default();
    for (key, value) in [
        ("answered", "false"),
        ("hangup_on", "answer.machine, tone.*"),
        ("campaign", "spring"),
        ("own", "anything"),
    ] {
        wishes.take(key, value).expect(key);
    }
    assert!(!wishes.answered && wishes.hangup_on.contains(&Class::Busy));
    assert_eq!(wishes.campaign.as_deref(), Some("spring"));
    for (key, value) in [
        ("answered", "perhaps"),
        ("track", "left"),
        ("hangup_on", "progress.ringback"),
    ] {
        let why = wishes.take(key, value).expect_err(key);
        assert!(why.starts_with(key), "{why}");
    }
    assert!(wishes.take("reference", &"x".repeat(300)).is_err());
}

#[test]
fn the_corpora_of_the_fuzz_targets_hold() {
    let files = |name: &str| {
        let folder = format!("{}/../../fuzz/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(folder).expect("a corpus");
        files
            .map(|file| std::fs::read(file.expect("a file").path()).expect("its bytes"))
            .collect::<Vec<_>>()
    };
    let heard: usize = files("media_stream")
        .iter()
        .map(|bytes| super::probe::media_stream(&String::from_utf8_lossy(bytes)))
        .sum();
    let frames: usize = files("audiosocket")
        .iter()
        .map(|bytes| super::probe::audiosocket(bytes))
        .sum();
    assert!(heard > 0 && frames >= 5, "{heard} samples, {frames} frames");
}
