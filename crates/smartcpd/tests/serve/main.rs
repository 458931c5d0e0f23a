//! The service as an operator meets it: a process, its log, its sockets and its signals.

#[path = "../common/mod.rs"]
mod common;
/// Fresh databases, as the store's own tests make them.
#[path = "../../../cpd-store/tests/common/mod.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod databases;
mod homer;
mod kept;
mod library;
mod naming;
mod peers;
mod reload;
mod seen;
mod service;
mod standing;
mod test_call;

use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::process::{Command, Stdio};

use common::Folder;
use service::Service;

/// Exit codes: a faulty configuration, something that `doctor` wants mended.
const CONFIGURATION: i32 = 13;
const UNFIT: i32 = 14;

const TRUNKS: &str = r#"
[[carrier]]
id = "main"
gateways = ["sip:127.0.0.1:9"]
health = "off"
[[dialer]]
id = "vici"
addresses = ["127.0.0.0/8"]
carriers = ["main"]
"#;

fn configuration(notice: &str) -> String {
    format!(
        "[sip]\nlisten = [\"udp:127.0.0.1:0\"]\n[http]\nlisten = \"127.0.0.1:0\"\n[store]\nurl = \"off\"\n[limits]\nnotice = \"{notice}\"\n{TRUNKS}"
    )
}

#[test]
fn a_drained_node_says_so_and_ends_well() {
    let folder = Folder::new("serve-drain");
    let config = folder.path("smartcpd.toml");
    // Ends by the second signal at the latest: nothing here waits for the notice to pass.
    std::fs::write(&config, configuration("10m")).expect("written");
    let mut service = Service::start(&config);
    assert!(service.get("/healthz").starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(service.get("/readyz").contains("\r\n\r\nready\n"));
    assert_eq!(service.options("before"), "SIP/2.0 200 OK");
    let metrics = service.get("/metrics");
    assert!(
        metrics.contains("\nsmartcpd_gateway_up{carrier=\"main\",gateway=\"sip:127.0.0.1:9\"} "),
        "{metrics}"
    );

    service.signal("-TERM");
    service.line("draining");
    assert!(service.get("/readyz").starts_with("HTTP/1.1 503 "));
    assert!(service.get("/healthz").starts_with("HTTP/1.1 200 "));
    assert_eq!(service.options("after"), "SIP/2.0 503 Service Unavailable");
    assert!(service.get("/metrics").contains("\nsmartcpd_draining 1\n"));
    service.signal("-TERM");
    service.line("ending at once");
    assert_eq!(service.end(), Some(0));
}

#[test]
fn one_signal_is_enough_without_calls() {
    let folder = Folder::new("serve-end");
    let config = folder.path("smartcpd.toml");
    std::fs::write(&config, configuration("0s")).expect("written");
    let service = Service::start(&config);
    service.signal("-INT");
    assert_eq!(service.end(), Some(0));
}

#[test]
fn a_folder_of_announcements_that_is_missing_stops_nothing_and_is_told_loudly() {
    let folder = Folder::new("serve-unheard");
    let config = folder.path("smartcpd.toml");
    let text = configuration("0s") + "[hearing]\nprompts = \"/nonexistent/prompts\"\n";
    std::fs::write(&config, text).expect("written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_smartcpd"))
        .args(["serve", "--config"])
        .arg(&config)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    let log = BufReader::new(child.stderr.take().expect("standard error"));
    let mut told = Vec::new();
    for line in log.lines() {
        let line = line.expect("the log");
        let started = line.contains("\"message\":\"started\"");
        told.push(line);
        if started {
            break;
        }
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert!(
        told.iter().any(|line| line.contains("CALLS PASS UNHEARD")),
        "{told:#?}"
    );
    assert!(
        told.iter().any(|line| line.contains("/nonexistent/prompts")),
        "{told:#?}"
    );
}

#[test]
fn a_faulty_configuration_stops_the_start_with_all_its_faults() {
    let folder = Folder::new("serve-faults");
    let config = folder.path("smartcpd.toml");
    std::fs::write(&config, format!("{TRUNKS}[limits]\ncalls_max = -1\n[sipp]\n")).expect("written");
    let name = config.to_str().expect("a path");
    for command in [
        &["serve", "--config", name][..],
        &["serve", "--check", "--config", name],
    ] {
        let done = common::run(command);
        assert_eq!(done.code, CONFIGURATION);
        let expected = format!(
            "smartcpd: failed to read {name}: line 11: limits.calls_max: -1 is out of range; write 1 to 100000\n\
             smartcpd: failed to read {name}: line 12: sipp: unknown key, did you mean `sip`?\n"
        );
        assert_eq!(done.err, expected);
    }
    let doctor = common::run(&["doctor", "--config", name]);
    assert_eq!(doctor.code, CONFIGURATION);
    assert_eq!(
        doctor
            .out
            .lines()
            .filter(|line| line.starts_with("fail "))
            .count(),
        2,
        "{}",
        doctor.out
    );
}

#[test]
fn the_template_is_printed_and_valid() {
    let folder = Folder::new("serve-template");
    let config = folder.path("smartcpd.toml");
    let printed = common::run(&["serve", "--print-config"]);
    assert_eq!(printed.code, 0);
    std::fs::write(&config, &printed.out).expect("written");
    let name = config.to_str().expect("a path");
    let checked = common::run(&["serve", "--check", "--config", name]);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""));
    assert_eq!(
        checked.out,
        format!("{name} is valid: 1 dialers, 1 carriers, 2 sip sockets, up to 2000 calls\n")
    );
}

#[test]
fn doctor_finds_what_is_broken_and_says_what_mends_it() {
    let taken = UdpSocket::bind("127.0.0.1:0").expect("bound");
    let at = taken.local_addr().expect("address");
    let folder = Folder::new("doctor");
    let config = folder.path("smartcpd.toml");
    std::fs::write(
        &config,
        format!(
            "[sip]\nlisten = [\"udp:{at}\", \"tls:127.0.0.1:0\"]\n[sip.tls]\ncertificate = \"/nonexistent/tls.pem\"\n\
             key = \"/nonexistent/tls.key\"\n[http]\nlisten = \"off\"\n[media]\nports = \"20000-20099\"\n\
             recordings = \"/nonexistent/recordings\"\n[hearing]\nprompts = \"/nonexistent/prompts\"\n\
             [[carrier]]\nid = \"main\"\ngateways = [\"sip:127.0.0.1:9\"]\n"
        ),
    )
    .expect("written");
    let done = common::run(&["doctor", "--config", config.to_str().expect("a path")]);
    assert_eq!(done.code, UNFIT, "{}{}", done.out, done.err);
    for wanted in [
        format!(
            "fail sip socket udp:{at}: address already in use; `ss -lnp 'sport = :{}'`",
            at.port()
        ),
        "fail failed to read /nonexistent/tls.pem: no such file or directory".to_owned(),
        "fail recordings: /nonexistent/recordings".to_owned(),
        "fail announcements: calls would pass unheard".to_owned(),
        "warn media ports 20000-20099 at 127.0.0.1: ".to_owned(),
        "fail gateway sip:127.0.0.1:9 of main at udp:127.0.0.1:9: ".to_owned(),
    ] {
        assert!(
            done.out.lines().any(|line| line.starts_with(&wanted)),
            "{wanted} is missing in\n{}",
            done.out
        );
    }
}
