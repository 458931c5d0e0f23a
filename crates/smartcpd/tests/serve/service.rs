//! A running service as an operator meets it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// Longer than anything takes on a busy machine; what hangs fails by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running service.
pub(crate) struct Service {
    child: Child,
    log: BufReader<ChildStderr>,
    pub(crate) sip: SocketAddr,
    pub(crate) http: SocketAddr,
    /// Where there is a database.
    pub(crate) console: Option<SocketAddr>,
}

impl Service {
    pub(crate) fn start(config: &std::path::Path) -> Service {
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
            console: None,
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
        let console = started["console"].as_str();
        service.console = console.map(|at| at.parse().expect("an address"));
        service
    }

    /// Reads the log up to a line with this message.
    pub(crate) fn line(&mut self, message: &str) -> Value {
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

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let done = Command::new("kill")
            .args([name, &pid])
            .status()
            .expect("kill runs");
        assert!(done.success());
    }

    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.http).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").expect("written");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("read");
        text
    }

    /// Asks the API, as `"POST /test-calls"`, with a key: the status and the body.
    pub(crate) fn api(&self, key: &str, what: &str, headers: &str, body: impl AsRef<[u8]>) -> (u16, Value) {
        let body = body.as_ref();
        let (method, path) = what.split_once(' ').expect("a method and a path");
        let console = self.console.expect("a console");
        let mut stream = TcpStream::connect(console).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        write!(
            stream,
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {console}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\
             {headers}Content-Length: {}\r\n\r\n",
            body.len()
        )
        .and_then(|()| stream.write_all(body))
        .expect("written");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("read");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (
            status.expect("a status"),
            serde_json::from_str(body).unwrap_or_default(),
        )
    }

    /// The first line of the answer to OPTIONS.
    pub(crate) fn options(&self, call: &str) -> String {
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
    pub(crate) fn end(mut self) -> Option<i32> {
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
