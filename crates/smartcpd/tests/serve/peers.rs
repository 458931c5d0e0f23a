//! A dialer and a carrier around the service: endpoints of ours on sockets of their own, in the test's own thread.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use cpd_sip::endpoint::{CallId, DialogId, InviteOptions};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Config, Endpoint, Fact};

use crate::service::PATIENCE;

/// One end. Nothing is heard of its media: what is tested here ends before anybody asks for it.
pub(crate) struct Peer {
    endpoint: Endpoint,
    socket: UdpSocket,
    flow: Flow,
    /// What happened and was not asked for yet.
    facts: Vec<Fact>,
}

impl Peer {
    fn new(seed: u8) -> Peer {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("bound");
        socket
            .set_read_timeout(Some(Duration::from_millis(2)))
            .expect("set");
        let local = socket.local_addr().expect("address");
        Peer {
            endpoint: Endpoint::new(Config::default(), [seed; 32]),
            socket,
            flow: Flow {
                protocol: Protocol::Udp,
                local,
                remote: local,
            },
            facts: Vec::new(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.flow.local
    }

    fn sdp(&self) -> Vec<u8> {
        let port = self.address().port();
        let text = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";
        format!("{text}m=audio {port} RTP/AVP 8\r\n").into_bytes()
    }

    /// Reads and sends what there is; requests within a call are answered.
    fn turn(&mut self) {
        let mut buffer = [0; 8_192];
        let received = self.socket.recv_from(&mut buffer);
        let now = Instant::now();
        if let Ok((length, remote)) = received {
            let flow = Flow { remote, ..self.flow };
            self.endpoint
                .handle_datagram(now, flow, buffer[..length].to_vec());
        }
        if self.endpoint.poll_timeout().is_some_and(|at| at <= now) {
            self.endpoint.handle_timeout(now);
        }
        while let Some(fact) = self.endpoint.poll_fact() {
            if let Fact::Request { server, .. } = &fact {
                let ok = Message::response(200, "");
                self.endpoint.respond(now, *server, &ok).expect("answered");
            }
            self.facts.push(fact);
        }
        self.send();
    }

    fn send(&mut self) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            // A service that has ended refuses.
            let _ = self.socket.send_to(&transmit.bytes, transmit.flow.remote);
        }
    }

    pub(crate) fn invite(&mut self, service: SocketAddr, number: &str) -> CallId {
        let uri = format!("sip:{number}@{service}");
        let mut draft = Message::request(Method::Invite, uri.as_bytes());
        draft.push(Name::FROM, b"<sip:4950001@127.0.0.1>");
        draft.push(Name::TO, format!("<{uri}>").as_bytes());
        draft.set_body("application/sdp", &self.sdp());
        let flow = Flow {
            remote: service,
            ..self.flow
        };
        let options = InviteOptions::default();
        let call = self.endpoint.invite(Instant::now(), flow, &draft, options);
        self.send();
        call.expect("invited")
    }

    pub(crate) fn answer(&mut self, dialog: DialogId, status: u16) {
        let mut draft = Message::response(status, "");
        if status != 180 {
            draft.set_body("application/sdp", &self.sdp());
        }
        self.endpoint
            .answer(Instant::now(), dialog, &draft)
            .expect("answered");
        self.send();
    }

    pub(crate) fn refuse(&mut self, dialog: DialogId, status: u16) {
        let draft = Message::response(status, "");
        self.endpoint
            .answer(Instant::now(), dialog, &draft)
            .expect("refused");
        self.send();
    }

    /// No further call came.
    pub(crate) fn is_left_alone(&self) -> bool {
        !self.facts.iter().any(|fact| matches!(fact, Fact::Invited { .. }))
    }

    pub(crate) fn hang_up(&mut self, dialog: DialogId) {
        self.endpoint.bye(Instant::now(), dialog, None).expect("hung up");
        self.send();
    }
}

/// Which end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Dialer,
    Carrier,
    Second,
}

/// A dialer, a carrier, and a second server of it.
pub(crate) struct Peers {
    pub(crate) dialer: Peer,
    pub(crate) carrier: Peer,
    pub(crate) second: Peer,
}

/// A call, by its names at both ends.
pub(crate) struct Call {
    pub(crate) invite: CallId,
    pub(crate) at_carrier: DialogId,
}

impl Peers {
    pub(crate) fn new() -> Peers {
        Peers {
            dialer: Peer::new(1),
            carrier: Peer::new(2),
            second: Peer::new(3),
        }
    }

    /// Lets all work until one of them is told what `pick` takes.
    pub(crate) fn wait<T>(&mut self, end: End, what: &str, pick: impl Fn(&Fact) -> Option<T>) -> T {
        let limit = Instant::now() + PATIENCE;
        loop {
            let peer = match end {
                End::Dialer => &mut self.dialer,
                End::Carrier => &mut self.carrier,
                End::Second => &mut self.second,
            };
            let found = peer.facts.iter().enumerate();
            if let Some((place, picked)) = found
                .filter_map(|(place, fact)| Some((place, pick(fact)?)))
                .next()
            {
                peer.facts.remove(place);
                return picked;
            }
            assert!(Instant::now() < limit, "{end:?}: no {what}: {:?}", peer.facts);
            self.dialer.turn();
            self.carrier.turn();
            self.second.turn();
        }
    }

    /// The INVITE that one of the carrier's servers gets.
    pub(crate) fn invited(&mut self, end: End) -> DialogId {
        self.wait(end, "INVITE", |fact| match fact {
            Fact::Invited { dialog, .. } => Some(*dialog),
            _ => None,
        })
    }

    /// A call that rings.
    pub(crate) fn ring(&mut self, service: SocketAddr, number: &str) -> Call {
        let invite = self.dialer.invite(service, number);
        let at_carrier = self.invited(End::Carrier);
        self.carrier.answer(at_carrier, 180);
        self.wait(End::Dialer, "180", |fact| match fact {
            Fact::Progress { call, response, .. } => {
                (*call == invite && response.status() == 180).then_some(())
            }
            _ => None,
        });
        Call { invite, at_carrier }
    }

    /// The carrier answers; gives the dialer's dialog.
    pub(crate) fn answered(&mut self, call: &Call) -> DialogId {
        self.carrier.answer(call.at_carrier, 200);
        let dialog = self.wait(End::Dialer, "200", |fact| match fact {
            Fact::Answered {
                call: invite, dialog, ..
            } => (*invite == call.invite).then_some(*dialog),
            _ => None,
        });
        self.wait(End::Carrier, "ACK", |fact| match fact {
            Fact::Acknowledged { dialog, .. } => (*dialog == call.at_carrier).then_some(()),
            _ => None,
        });
        dialog
    }

    /// The Reason of the message that ends a dialog at one end.
    pub(crate) fn ended(&mut self, end: End, own: DialogId) -> String {
        self.wait(end, "end of the call", |fact| match fact {
            Fact::Ended { dialog, message, .. } if *dialog == own => Some(reason(message.as_ref())),
            _ => None,
        })
    }

    /// The final response to an INVITE: its status, Retry-After and Reason.
    pub(crate) fn failed(&mut self, invite: CallId) -> (u16, Option<String>, String) {
        self.wait(End::Dialer, "refusal", |fact| match fact {
            Fact::Failed { call, response, .. } if *call == invite => {
                let response = response.as_ref()?;
                let retry = response.header(Name::RETRY_AFTER).map(text);
                Some((response.status(), retry, reason(Some(response))))
            }
            _ => None,
        })
    }
}

fn reason(message: Option<&Message>) -> String {
    let value = message.and_then(|message| message.header(Name::REASON));
    value.map(text).unwrap_or_default()
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}
