//! Development harness: recognises reference prompts in WAV files (8 kHz mono 16-bit) and prints predictions in the form
//! of the corpus's `score.py`, with all prompt events.
//!
//!     cargo run --release --example prompts -- REFS_JSONL DIR_OF_WAVS > predictions.jsonl

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cpd_detect::front::{FrontEnd, FrontPlan};
use cpd_detect::prompts::{PromptEar, PromptInfo, class_of_category};
use cpd_detect::{Class, Detector, EventKind, Library, Plans, Profile, SampleRate, Shared};

fn main() {
    let mut args = std::env::args().skip(1);
    let refs = PathBuf::from(args.next().expect("refs.jsonl"));
    let dir = args.next().expect("a directory of WAV files");
    let rate = SampleRate::NARROWBAND;
    let plan = Arc::new(FrontPlan::new(rate));
    let library = Arc::new(load(&refs, &plan));
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .expect("directory")
        .map(|e| e.expect("entry").path())
        .collect();
    files.sort();
    let _ = (PromptEar::new(Arc::clone(&library)), FrontEnd::new(plan));
    let shared = Shared::new(rate, Arc::new(Plans::built_in()), Arc::clone(&library));
    let mut spent = std::time::Duration::ZERO;
    let mut heard_ms = 0;
    for path in files {
        let samples = read(&path);
        let name = path
            .file_stem()
            .and_then(|s| s.to_str())
            .unwrap_or_default()
            .to_owned();
        let begun = std::time::Instant::now();
        let mut detector = Detector::new(&shared, &Profile::default());
        detector.push(&samples);
        spent += begun.elapsed();
        heard_ms += samples.len() / 8;
        let mut events = Vec::new();
        // The prompt as it stands after the whole call, and when it was first told.
        let mut told: Option<(u32, u64)> = None;
        let mut early = Vec::new();
        while let Some(event) = detector.poll() {
            let (what, heard) = match event.kind {
                EventKind::Prompt(heard) => ("prompt", heard),
                EventKind::PromptCandidate(heard) => ("candidate", heard),
                EventKind::PromptRetracted(heard) => ("retracted", heard),
                _ => continue,
            };
            let id = &library.info(heard.prompt).expect("a prompt of the library").id;
            let known = rate.ms(event.known);
            match what {
                "prompt" => {
                    told.get_or_insert((heard.prompt.0, known));
                    early.push(id.clone());
                }
                "retracted" if told.is_some_and(|(prompt, _)| prompt == heard.prompt.0) => told = None,
                _ => {}
            }
            let rival = heard.runner_up.and_then(|p| library.info(p)).map(|info| &info.id);
            events.push(serde_json::json!([
                rate.ms(event.from),
                known,
                what,
                id,
                heard.bits,
                heard.offset_ms,
                rival
            ]));
        }
        let id = told.and_then(|(prompt, _)| library.info(cpd_detect::prompts::PromptId(prompt)));
        println!(
            "{}",
            serde_json::json!({
                "file": format!("calls/{name}.flac"),
                "label": told.map(|_| "announcement"),
                "ref_id": id.map(|info| &info.id),
                "decided_at_ms": told.map(|(_, known)| known),
                "early": early,
                "events": events,
            })
        );
    }
    eprintln!(
        "all detectors: {:.4} ms per second of audio",
        spent.as_secs_f64() * 1e6 / heard_ms as f64
    );
}

fn load(refs: &Path, plan: &Arc<FrontPlan>) -> Library {
    let mut library = Library::empty();
    let text = std::fs::read_to_string(refs).expect("refs.jsonl");
    for line in text.lines() {
        let prompt: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        let field = |name: &str| prompt[name].as_str().unwrap_or_default().to_owned();
        let base = refs.parent().and_then(Path::parent).unwrap_or(Path::new("."));
        let info = PromptInfo {
            id: field("id"),
            operator: field("operator"),
            category: field("category"),
            class: class_of_category(&field("category")).unwrap_or(Class::Unknown),
            lang: field("lang"),
            text: field("text"),
            length_ms: 0,
        };
        let id = info.id.clone();
        match library.add(info, &read(&base.join(field("file"))), plan) {
            Ok(added) => {
                for shared in added.shared {
                    let other = library.info(shared.prompt).map(|info| info.id.clone());
                    eprintln!(
                        "{id} shares {}..{} ms with {other:?} from {} ms, duplicate {}",
                        shared.from_ms, shared.to_ms, shared.other_from_ms, shared.duplicate
                    );
                }
            }
            Err(refused) => eprintln!("{id}: {refused}"),
        }
    }
    eprintln!("{} prompts, {} bytes", library.len(), library.memory_bytes());
    library
}

fn read(path: &Path) -> Vec<i16> {
    hound::WavReader::open(path)
        .expect("wav")
        .samples::<i16>()
        .map(|s| s.expect("sample"))
        .collect()
}
