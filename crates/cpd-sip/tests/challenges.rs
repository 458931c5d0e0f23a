//! Challenges (RFC 3261, 22): which requests are sent again, and how often. What a digest is made of is not asked here.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use cpd_sip::Fact;
use cpd_sip::endpoint::{Credentials, Failure, InviteOptions, Reliability};
use cpd_sip::message::{Message, Method, Name};

/// Gives the nonce back as it came.
#[derive(Default)]
struct Echo {
    nonce: Option<Vec<u8>>,
}

impl Credentials for Echo {
    fn challenged(&mut self, response: &Message, cnonce: &str) -> bool {
        assert_eq!(cnonce.len(), 16);
        self.nonce = response.header(Name::WWW_AUTHENTICATE).map(<[u8]>::to_vec);
        self.nonce.is_some()
    }

    fn authorize(&mut self, request: &mut Message) {
        if let Some(nonce) = &self.nonce {
            request.push(Name::AUTHORIZATION, nonce);
        }
    }

    fn accepted(&mut self) {}
}

fn options(net: &mut Net) -> InviteOptions {
    let credentials = Some(net.ends[A].add_credentials(Echo::default()));
    InviteOptions {
        reliability: Reliability::Absent,
        credentials,
        ..InviteOptions::default()
    }
}

fn challenge(nonce: &str) -> Message {
    let mut draft = response(401, None);
    draft.push(Name::WWW_AUTHENTICATE, nonce.as_bytes());
    draft
}

/// Numbers and credentials of what `a` sends.
fn spy(net: &mut Net) -> std::sync::mpsc::Receiver<String> {
    let (sender, receiver) = std::sync::mpsc::channel();
    net.lose(move |end, message| {
        if end == A && message.is_request() {
            let nonce =
                String::from_utf8_lossy(message.header(Name::AUTHORIZATION).unwrap_or(b"-")).into_owned();
            let cseq = message.cseq().unwrap();
            let _ = sender.send(format!("{} {} {nonce}", cseq.number, cseq.method));
        }
        false
    });
    receiver
}

#[test]
fn rfc3261_22_an_invite_is_sent_again_and_the_call_keeps_its_credentials() {
    let mut net = Net::new();
    let sent = spy(&mut net);
    let options = options(&mut net);
    net.invite(options);
    net.run(20);
    let b = net.invited();
    net.ends[B].answer(net.now, b, &challenge("one")).unwrap();
    net.run(50);
    net.facts[B].pop_front();
    let b = net.invited();
    net.answer(b, 200, Some(ANSWER));
    net.run(50);
    let a = net.answered();
    net.ends[A]
        .request(net.now, a, &request(Method::Info, None))
        .unwrap();
    net.run(50);
    net.facts[B].pop_front();
    let server = net.fact(B, |fact| match fact {
        Fact::Request { server, .. } => Some(server),
        _ => None,
    });
    net.ends[B].respond(net.now, server, &challenge("two")).unwrap();
    net.run(50);
    let server = net.fact(B, |fact| match fact {
        Fact::Request { server, .. } => Some(server),
        _ => None,
    });
    net.ends[B]
        .respond(net.now, server, &response(200, None))
        .unwrap();
    net.run(50);
    assert!(
        matches!(net.facts[A].pop_front(), Some(Fact::Response { response: Ok(ok), .. }) if ok.status() == 200)
    );
    net.ends[A].bye(net.now, a, None).unwrap();
    net.run(50);
    let sent: Vec<_> = sent.try_iter().collect();
    assert_eq!(
        sent,
        [
            "1 INVITE -",
            "1 ACK -",
            "2 INVITE one",
            "2 ACK one",
            "3 INFO one",
            "4 INFO two",
            "5 BYE two"
        ]
    );
    net.finish();
}

#[test]
fn rfc3261_22_a_server_that_only_challenges_is_given_up() {
    let mut net = Net::new();
    let options = options(&mut net);
    net.invite(options);
    for _ in 0..10 {
        net.run(50);
        while let Some(fact) = net.facts[B].pop_front() {
            if let Fact::Invited { dialog, .. } = fact {
                net.ends[B].answer(net.now, dialog, &challenge("more")).unwrap();
            }
        }
    }
    assert_eq!(net.ladder().matches("a INVITE").count(), 5, "four tries more");
    let status = net.fact(A, |fact| match fact {
        Fact::Failed {
            failure: Failure::Refused,
            response,
            ..
        } => response.map(|response| response.status()),
        _ => None,
    });
    assert_eq!(status, 401);
    net.finish();
}

#[test]
fn rfc3261_22_without_credentials_a_challenge_is_a_refusal() {
    let mut net = Net::new();
    let options = options(&mut net);
    net.ends[A].remove_credentials(options.credentials.unwrap());
    net.invite(options);
    net.run(20);
    let b = net.invited();
    net.ends[B].answer(net.now, b, &challenge("one")).unwrap();
    net.run(50);
    assert!(matches!(net.facts[A].pop_front(), Some(Fact::Failed { .. })));
    net.finish();
}

#[test]
fn rfc3261_22_a_request_outside_of_dialogs_is_sent_again() {
    let mut net = Net::new();
    let options = options(&mut net);
    let flow = net.flow(A);
    let mut probe = invite(None);
    probe.set_request_line(Method::Options, b"sip:192.0.2.2");
    net.ends[A]
        .send(net.now, flow, &probe, options.credentials)
        .unwrap();
    for draft in [challenge("one"), response(200, None)] {
        net.run(50);
        let server = net.fact(B, |fact| match fact {
            Fact::Request { server, .. } => Some(server),
            _ => None,
        });
        net.ends[B].respond(net.now, server, &draft).unwrap();
    }
    net.run(50);
    assert!(
        matches!(net.facts[A].pop_front(), Some(Fact::Response { response: Ok(ok), .. }) if ok.status() == 200)
    );
    net.finish();
}
