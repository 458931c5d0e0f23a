//! Development harness: prints every event of WAV files (8 kHz mono 16-bit), one JSON line a file.
//!
//!     cargo run --release --example corpus -- DIR_OF_WAVS [calls.jsonl]

use std::sync::Arc;

use cpd_detect::{Detector, Library, Plans, Profile, SampleRate, Shared};

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = args.next().expect("a directory of WAV files");
    let answers: std::collections::HashMap<String, u64> = args
        .next()
        .map(|path| {
            std::fs::read_to_string(path)
                .expect("calls.jsonl")
                .lines()
                .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
                .filter_map(|call| {
                    let file = call["file"].as_str()?;
                    let name = std::path::Path::new(file).file_stem()?.to_str()?.to_owned();
                    Some((name, call["answer_at_ms"].as_u64()?))
                })
                .collect()
        })
        .unwrap_or_default();
    let rate = SampleRate::NARROWBAND;
    let shared = Shared::new(rate, Arc::new(Plans::built_in()), Arc::new(Library::empty()));
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .expect("directory")
        .map(|e| e.expect("entry").path())
        .collect();
    files.sort();
    for path in files {
        let samples: Vec<i16> = hound::WavReader::open(&path)
            .expect("wav")
            .samples::<i16>()
            .map(|s| s.expect("sample"))
            .collect();
        let name = path
            .file_stem()
            .and_then(|s| s.to_str())
            .unwrap_or_default()
            .to_owned();
        let answer = answers
            .get(&name)
            .map(|ms| (rate.at_ms(*ms).0 as usize).min(samples.len()));
        let mut detector = Detector::new(&shared, &Profile::default());
        if let Some(at) = answer {
            detector.push(&samples[..at]);
            detector.answered();
            detector.push(&samples[at..]);
        } else {
            detector.push(&samples);
        }
        let mut events = Vec::new();
        while let Some(event) = detector.poll() {
            events.push(serde_json::json!([
                rate.ms(event.from),
                rate.ms(event.known),
                event.confidence,
                format!("{:?}", event.kind)
            ]));
        }
        println!(
            "{}",
            serde_json::json!({"file": format!("calls/{name}.flac"), "events": events})
        );
    }
}
