//! What changes while the service runs: its configuration, its announcements.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::common::{self, Folder};
use crate::configuration;
use crate::service::Service;

#[test]
fn a_bad_reload_keeps_the_running_configuration() {
    let folder = Folder::new("serve-reload");
    let config = folder.path("smartcpd.toml");
    std::fs::write(&config, configuration("0s")).expect("written");
    let mut service = Service::start(&config);
    std::fs::write(&config, configuration("0s").replace("notice", "notise")).expect("written");
    service.signal("-HUP");
    let fault = service.line("failed to read");
    let text = fault["message"].as_str().expect("text");
    assert!(
        text.ends_with("line 8: limits.notise: unknown key, did you mean `notice`?"),
        "{text}"
    );
    let kept = service.line("not reloaded");
    assert_eq!(kept["settings"], 1);
    assert_eq!(service.options("still"), "SIP/2.0 200 OK");

    // A good one is taken when the file has changed, without a signal.
    let better = configuration("0s") + "[emergency]\nnumbers = [\"112\"]\n[media]\ndscp = 0\n";
    std::fs::write(&config, better).expect("written");
    assert_eq!(service.line("reloaded")["settings"], 2);
    assert_eq!(
        service.line("some sections")["sections"],
        serde_json::json!(["media"])
    );
    let metrics = service.get("/metrics");
    assert!(
        !metrics.contains("smartcpd_reloads_total{result=\"kept_old\"} 0\n"),
        "{metrics}"
    );
    assert!(
        metrics.contains("smartcpd_reloads_total{result=\"taken\"} 1\n"),
        "{metrics}"
    );
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
}

/// A simulated carrier that plays the recordings of a list.
struct Carrier {
    child: Child,
    address: String,
}

impl Carrier {
    fn start(calls: &Path) -> Carrier {
        let mut child = Command::new(env!("CARGO_BIN_EXE_smartcpd"))
            .args(["simulate", "carrier", "--listen", "udp:127.0.0.1:0", "--calls"])
            .arg(calls)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let mut said = String::new();
        let errors = child.stderr.take().expect("standard error");
        BufReader::new(errors).read_line(&mut said).expect("a line");
        let at = said.split("udp:").nth(1).expect("its address");
        let address = at.split(' ').next().expect("its address").to_owned();
        Carrier { child, address }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The final response that a dialer gets: status and phrase.
fn call(service: &Service) -> (u64, String) {
    let target = format!("udp:{}", service.sip);
    let done = common::run(&[
        "simulate",
        "dialer",
        "--target",
        &target,
        "--calls",
        "1",
        "--numbers",
        "79160000000",
        "--format",
        "jsonl",
    ]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let outcome = &common::json_lines(&done.out)[0];
    let status = outcome["status"].as_u64().expect("a status");
    (status, outcome["phrase"].as_str().expect("a phrase").to_owned())
}

/// Adds an announcement to a library, as an operator does.
fn add(library: &Path, folder: &Folder, id: &str, category: &str, samples: &[i16]) {
    let file = folder.path(&format!("{id}.wav"));
    common::wav(&file, 8_000, 1, samples);
    let (library, file) = (library.display().to_string(), file.display().to_string());
    let added = common::run(&[
        "prompts",
        "add",
        "--prompts",
        &library,
        "--id",
        id,
        "--category",
        category,
        &file,
    ]);
    assert_eq!(added.code, 0, "{}", added.err);
}

#[test]
fn announcements_that_change_are_taken_for_new_calls_and_broken_ones_are_not() {
    let folder = Folder::new("serve-prompts");
    let library = folder.path("library");
    let all = cpd_sim::samples::library();
    let announcement = |id: &str| {
        let found = all.iter().find(|prompt| prompt.id == id);
        &found.expect("an announcement").samples
    };
    // What the carrier plays until it refuses by itself.
    let played = [&vec![0; 4_000][..], announcement("R01"), &vec![0; 8_000]].concat();
    common::wav(&folder.path("call.wav"), 8_000, 1, &played);
    let calls = folder.path("calls.jsonl");
    std::fs::write(&calls, "{\"file\":\"call.wav\",\"answer_at_ms\":null}\n").expect("written");
    let carrier = Carrier::start(&calls);
    add(&library, &folder, "other", "invalid_number", announcement("R05"));
    let config = folder.path("smartcpd.toml");
    let text = format!(
        "{}dialects = [\"reason\"]\n[hearing]\nprompts = {:?}\n[policy.default.early]\n\"announcement.*\" = \"reject\"\n",
        configuration("0s").replace("127.0.0.1:9", &carrier.address),
        library.display().to_string(),
    );
    std::fs::write(&config, text).expect("written");
    let mut service = Service::start(&config);
    assert_eq!(call(&service), (480, "Temporarily Unavailable".to_owned()));

    add(&library, &folder, "wanted", "unavailable", announcement("R01"));
    assert_eq!(service.line("reloaded")["prompts"], 2);
    assert_eq!(call(&service), (480, "SMARTCPD unreachable".to_owned()));

    // The list is gone: the calls are heard with what was there.
    let list = library.join("prompts.jsonl");
    let kept = std::fs::read(&list).expect("the list");
    std::fs::remove_file(&list).expect("removed");
    assert_eq!(service.line("not reloaded")["settings"], 2);
    assert_eq!(call(&service), (480, "SMARTCPD unreachable".to_owned()));
    // None of its lines can be read: the same.
    std::fs::write(&list, "nonsense\n").expect("written");
    assert_eq!(service.line("not reloaded")["settings"], 2);
    let metrics = service.get("/metrics");
    assert!(metrics.contains("\nsmartcpd_prompts 2\n"), "{metrics}");

    std::fs::write(&list, kept).expect("written");
    let again: Value = service.line("reloaded");
    assert_eq!((&again["settings"], &again["prompts"]), (&3.into(), &2.into()));
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
}
