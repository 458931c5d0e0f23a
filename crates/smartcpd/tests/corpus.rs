//! The guard: a fixed part of the evaluation corpus, where it is found, must be heard as well as before.
//!
//! `CPD_CORPUS` names the corpus; without it, `../shared/corpus` beside the repository. Where there is none the test says
//! so and passes, unless `CPD_CORPUS_REQUIRED` is set, as in CI.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Every n-th call of each kind is heard.
const PART: &str = "4";

#[test]
fn the_corpus_is_heard_as_well_as_before() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus =
        std::env::var_os("CPD_CORPUS").map_or_else(|| repository.join("../shared/corpus"), PathBuf::from);
    let calls = corpus.join("calls.jsonl");
    if !calls.exists() {
        let required = std::env::var_os("CPD_CORPUS_REQUIRED").is_some_and(|value| value != "0");
        assert!(!required, "no evaluation corpus at {}", corpus.display());
        eprintln!(
            "no evaluation corpus at {}: the guard is left out",
            corpus.display()
        );
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_smartcpd"))
        .arg("evaluate")
        .args(["--part", PART])
        .arg("--calls")
        .arg(&calls)
        .arg("--prompts")
        .arg(corpus.join("refs"))
        .arg("--guard")
        .arg(repository.join("crates/smartcpd/guard.toml"))
        .output()
        .expect("the command runs");
    println!("{}", String::from_utf8_lossy(&output.stdout));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}
