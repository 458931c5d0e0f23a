//! An endpoint driven by a script of bytes, for the fuzz target and its corpus.
//!
//! Each step is one byte for what happens, and two for how much, little-endian: a datagram of so many bytes comes in,
//! which follow (0 to 159); so many milliseconds pass (160 to 199); the user answers what he was asked with this status
//! (200 to 229), or does something in every dialog that stands (230 to 255). The endpoint begins with a call of its own,
//! and its seed is fixed, so that recorded answers fit.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a module of tests")]

use cpd_sip::endpoint::{Counts, DialogId, InviteOptions, ServerId};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Config, Endpoint, Fact};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

pub const SDP: &[u8] =
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

pub struct Driven {
    pub end: Endpoint,
    pub now: Instant,
    asked: Vec<Asked>,
    dialogs: BTreeSet<DialogId>,
}

enum Asked {
    Invite(DialogId),
    Request(ServerId),
}

pub fn flow() -> Flow {
    Flow {
        protocol: Protocol::Udp,
        local: "192.0.2.1:5060".parse().unwrap(),
        remote: "192.0.2.2:5060".parse().unwrap(),
    }
}

/// Plays a script, hangs up what stands in the end, and sees that nothing is left.
pub fn drive(script: &[u8]) {
    let mut driven = Driven::new();
    driven.play(script);
    driven.finish();
}

impl Driven {
    #[allow(
        clippy::disallowed_methods,
        reason = "some first moment; nothing depends on which"
    )]
    pub fn new() -> Self {
        let mut end = Endpoint::new(Config::default(), [7; 32]);
        let now = Instant::now();
        let mut draft = Message::request(Method::Invite, b"sip:b@192.0.2.2");
        draft.push(Name::FROM, b"<sip:a@192.0.2.1>");
        draft.push(Name::TO, b"<sip:b@192.0.2.2>");
        draft.set_body("application/sdp", SDP);
        end.invite(now, flow(), &draft, InviteOptions::default()).unwrap();
        Driven {
            end,
            now,
            asked: Vec::new(),
            dialogs: BTreeSet::new(),
        }
    }

    pub fn play(&mut self, mut script: &[u8]) {
        while let [what, low, high, rest @ ..] = script {
            let much = u16::from_le_bytes([*low, *high]);
            script = rest;
            match what {
                0..160 => {
                    let (datagram, rest) = script.split_at(usize::from(much).min(script.len()));
                    script = rest;
                    self.end.handle_datagram(self.now, flow(), datagram.to_vec());
                }
                160..200 => self.pass(Duration::from_millis(u64::from(much))),
                200..230 => self.answer(100 + much % 600),
                230.. => self.act(much),
            }
            self.listen();
        }
    }

    /// Lets time pass, deadline by deadline.
    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(next) = self.end.poll_timeout().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.end.handle_timeout(self.now);
            self.listen();
        }
        self.now = until;
    }

    fn listen(&mut self) {
        while let Some(transmit) = self.end.poll_transmit() {
            let sent = Message::parse_datagram(transmit.bytes.to_vec());
            // Refusals repeat what was wrong; all else that we say can be read.
            assert!(
                sent.is_ok_and(|sent| sent.status() >= 300 || sent.check().is_ok()),
                "we send nonsense"
            );
        }
        while let Some(fact) = self.end.poll_fact() {
            match fact {
                Fact::Invited { dialog, .. } => {
                    self.dialogs.insert(dialog);
                    self.asked.push(Asked::Invite(dialog));
                }
                Fact::Request { server, .. } => self.asked.push(Asked::Request(server)),
                Fact::Progress { dialog, .. } => self.dialogs.extend(dialog),
                Fact::Answered { dialog, .. } => {
                    self.dialogs.insert(dialog);
                }
                Fact::Ended { dialog, .. } => {
                    assert!(self.dialogs.remove(&dialog), "the end of an unknown dialog");
                }
                Fact::Failed { .. }
                | Fact::Acknowledged { .. }
                | Fact::Pracked { .. }
                | Fact::Refreshed { .. }
                | Fact::Response { .. } => {}
            }
        }
    }

    /// Answers all that was asked; a provisional answer leaves the question open. What comes too late is refused, and
    /// that is all that is asked here.
    fn answer(&mut self, status: u16) {
        let mut draft = Message::response(status, "");
        if status < 300 {
            draft.set_body("application/sdp", SDP);
            draft.push(Name::REQUIRE, b"100rel");
        }
        for asked in &self.asked {
            let _ = match asked {
                Asked::Invite(dialog) => self.end.answer(self.now, *dialog, &draft),
                Asked::Request(server) => self.end.respond(self.now, *server, &draft),
            };
        }
        if status >= 200 {
            self.asked.clear();
        }
    }

    fn act(&mut self, much: u16) {
        for dialog in self.dialogs.clone() {
            let mut draft = Message::request(Method::Invite, b"");
            if much & 8 != 0 {
                draft.set_body("application/sdp", SDP);
            }
            // What does not fit the stage is refused.
            let _ = match much % 6 {
                0 => self.end.request(self.now, dialog, &draft).map(|_| ()),
                1 => {
                    draft.set_request_line(Method::Update, b"");
                    self.end.request(self.now, dialog, &draft).map(|_| ())
                }
                2 => self.end.ack(self.now, dialog, "application/sdp", SDP),
                3 => self.end.prack(self.now, dialog, "application/sdp", SDP),
                _ => self.end.bye(self.now, dialog, None),
            };
        }
    }

    /// A callee's BYE may wait for an ACK, and the rest has deadlines: 20 minutes are more than all of them.
    fn finish(&mut self) {
        self.answer(486);
        self.pass(Duration::from_secs(400));
        self.act(4);
        self.pass(Duration::from_secs(400));
        self.act(4);
        self.pass(Duration::from_secs(400));
        assert_eq!(self.end.counts(), Counts::default(), "something is left");
        assert!(self.dialogs.is_empty(), "a dialog never ended");
    }
}
