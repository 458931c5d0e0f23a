//! `make samples`: the sample calls with their library, heard as a newcomer hears them.

mod common;

use common::{Folder, json_lines, run};

#[test]
fn the_sample_calls_are_heard_for_what_they_are() {
    let folder = Folder::new("samples");
    cpd_sim::samples::write(&folder.path("")).expect("samples are written");
    let calls = folder.path("calls.jsonl");
    let told = run(&[
        "analyze",
        "--format",
        "jsonl",
        "--prompts",
        &folder.path("prompts").to_string_lossy(),
        "--calls",
        &calls.to_string_lossy(),
    ]);
    assert_eq!(told.code, 0, "{}", told.err);
    let truths = json_lines(&std::fs::read_to_string(&calls).expect("calls.jsonl"));
    let lines = json_lines(&told.out);
    assert_eq!(lines.len(), truths.len());
    let wrong: Vec<String> = lines
        .iter()
        .zip(&truths)
        .filter(|(line, truth)| {
            let is_accepted = truth["accept_labels"]
                .as_array()
                .is_some_and(|accepted| accepted.contains(&line["label"]));
            let is_its_prompt = truth["ref_ids_ok"]
                .as_array()
                .is_some_and(|prompts| match &line["ref_id"] {
                    serde_json::Value::Null => prompts.is_empty(),
                    prompt => prompts.contains(prompt),
                });
            !is_accepted || !is_its_prompt
        })
        .map(|(line, truth)| {
            format!(
                "{}: {} {} instead of {} {}",
                truth["file"], line["label"], line["ref_id"], truth["label"], truth["ref_ids_ok"]
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
