//! Prompt libraries from the command line.

mod common;

use common::{Folder, busy_tone, json_lines, run, wav};

#[test]
fn a_prompt_is_added_listed_and_checked() {
    let folder = Folder::new("library");
    wav(&folder.path("in.wav"), 16_000, 1, &busy_tone(4.0));
    let (library, file) = (
        folder.path("library").display().to_string(),
        folder.path("in.wav").display().to_string(),
    );
    let added = run(&[
        "prompts",
        "add",
        "--prompts",
        &library,
        "--id",
        "busy-1",
        "--category",
        "busy",
        "--operator",
        "A",
        "--lang",
        "ru",
        &file,
    ]);
    assert_eq!(added.code, 0, "{}", added.err);
    assert!(
        added.out.contains("added busy-1: 2.0 s, announcement.busy"),
        "{}",
        added.out
    );

    let listed = run(&["prompts", "list", "--prompts", &library, "--format", "jsonl"]);
    let line = &json_lines(&listed.out)[0];
    assert_eq!((&line["id"], &line["operator"]), (&"busy-1".into(), &"A".into()));
    assert!(
        folder
            .path("library")
            .join(line["file"].as_str().expect("file"))
            .exists()
    );

    let again = run(&["prompts", "add", "--prompts", &library, "--id", "busy-1", &file]);
    assert_eq!(again.code, 6);
    assert!(again.err.contains("has a prompt busy-1 already"), "{}", again.err);
    let twin = run(&["prompts", "add", "--prompts", &library, "--id", "busy-2", &file]);
    assert!(twin.out.contains("the same as busy-1"), "{}", twin.out);

    let checked = run(&["prompts", "check", "--prompts", &library]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert!(checked.out.contains("2 prompts without fault"), "{}", checked.out);
    assert!(
        checked.out.contains("prompt busy-2: the same as busy-1"),
        "{}",
        checked.out
    );
}

#[test]
fn a_library_with_faults_is_told_and_used_as_far_as_it_goes() {
    let folder = Folder::new("faults");
    wav(&folder.path("call.wav"), 8_000, 1, &busy_tone(1.0));
    std::fs::write(
        folder.path("prompts.jsonl"),
        "{\"id\": \"a\", \"file\": \"a.wav\"}\n{\"id\": \"b\", \"file\": \"b.wav\", \"categry\": \"busy\"}\n",
    )
    .expect("list");
    let (library, call) = (
        folder.root().display().to_string(),
        folder.path("call.wav").display().to_string(),
    );
    let done = run(&["analyze", "--prompts", &library, &call]);
    assert_eq!(done.code, 6);
    let lines: Vec<&str> = done.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", done.err);
    assert!(
        lines[0].contains("line 2: unknown key `categry`, did you mean `category`?"),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains("prompt a has no audio"), "{}", lines[1]);
    assert!(
        done.out.contains("call.wav 1.0 s"),
        "the call is analysed all the same"
    );
}
