//! The service as an operator meets it: a process, its log, its sockets and its signals.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use common::Folder;
use serde_json::Value;

/// Longer than anything takes on a busy machine; what hangs fails by it.
const PATIENCE: Duration = Duration::from_secs(30);

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

/// A running service.
struct Service {
    child: Child,
    log: BufReader<ChildStderr>,
    sip: SocketAddr,
    http: SocketAddr,
}

impl Service {
    fn start(config: &std::path::Path) -> Service {
        let mut child = Command::new(env!("CARGO_BIN_EXE_smartcpd"))
            .args(["serve", "--config"])
            .arg(config)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let log = BufReader::new(child.stderr.take().expect("standard error"));
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut service = Service {
            child,
            log,
            sip: nowhere,
            http: nowhere,
        };
        let started = service.line("started");
        let sip = started["sip"][0].as_str().expect("a socket");
        service.sip = sip
            .strip_prefix("udp:")
            .expect("UDP")
            .parse()
            .expect("an address");
        service.http = started["http"]
            .as_str()
            .expect("text")
            .parse()
            .expect("an address");
        service
    }

    /// Reads the log up to a line with this message.
    fn line(&mut self, message: &str) -> Value {
        let mut before = String::new();
        loop {
            let mut line = String::new();
            let length = self.log.read_line(&mut line).expect("the log");
            assert!(length > 0, "the log ends without {message:?}:\n{before}");
            let value: Value = serde_json::from_str(&line).expect("a line of JSON");
            if value["message"]
                .as_str()
                .is_some_and(|own| own.starts_with(message))
            {
                return value;
            }
            before.push_str(&line);
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let done = Command::new("kill")
            .args([name, &pid])
            .status()
            .expect("kill runs");
        assert!(done.success());
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.http).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").expect("written");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("read");
        text
    }

    /// The first line of the answer to OPTIONS.
    fn options(&self, call: &str) -> String {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("bound");
        socket.set_read_timeout(Some(PATIENCE)).expect("set");
        let (own, sip) = (socket.local_addr().expect("address"), self.sip);
        let message = format!(
            "OPTIONS sip:{sip} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{call};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:a@{own}>;tag={call}\r\nTo: <sip:{sip}>\r\nCall-ID: {call}\r\nCSeq: 1 OPTIONS\r\n\
             Content-Length: 0\r\n\r\n"
        );
        socket.send_to(message.as_bytes(), sip).expect("sent");
        let mut buffer = [0; 4_096];
        let length = socket.recv(&mut buffer).expect("an answer");
        let answer = String::from_utf8_lossy(&buffer[..length]);
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// The exit code.
    fn end(mut self) -> Option<i32> {
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).expect("the log");
        self.child.wait().expect("it ends").code()
    }
}

/// A test that fails leaves no process behind.
impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
        text.ends_with("line 6: limits.notise: unknown key, did you mean `notice`?"),
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
