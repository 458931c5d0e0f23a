//! Digest between two endpoints: the first call is challenged, later ones use the nonce, a wrong password is told.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use cpd_sip::digest::{Client, Refusal, Secret, Server, ServerConfig};
use cpd_sip::endpoint::{Failure, InviteOptions, Reliability};
use cpd_sip::message::{Message, Name};
use cpd_sip::{Fact, endpoint::CredentialsId};

fn options(credentials: CredentialsId) -> InviteOptions {
    InviteOptions {
        reliability: Reliability::Absent,
        credentials: Some(credentials),
        ..InviteOptions::default()
    }
}

/// Lets `b` answer every INVITE as the server's check has it; tells the refusals.
fn serve(net: &mut Net, server: &mut Server) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for _ in 0..10 {
        net.run(50);
        while let Some(fact) = net.facts[B].pop_front() {
            let Fact::Invited { dialog, request, .. } = fact else {
                continue;
            };
            let lookup = |user: &[u8]| (user == b"alice").then(|| Secret::password("s3cret"));
            let draft = match server.check(net.now, &request, lookup) {
                Ok(accepted) => {
                    assert_eq!(accepted.username, b"alice");
                    response(200, Some(ANSWER))
                }
                Err(refusal) => {
                    refusals.push(refusal);
                    let mut draft: Message = response(401, None);
                    for line in server.challenge(net.now, refusal.is_stale()) {
                        draft.push(Name::WWW_AUTHENTICATE, &line);
                    }
                    draft
                }
            };
            net.ends[B].answer(net.now, dialog, &draft).unwrap();
        }
    }
    refusals
}

#[test]
fn calls_that_begin_together_share_one_nonce() {
    let mut net = Net::new();
    let mut server = Server::new(ServerConfig::new("carrier"), [1; 32], net.now);
    let id = net.ends[A].add_credentials(Client::new("alice", Secret::password("s3cret")));
    for _ in 0..3 {
        net.invite(options(id));
    }
    assert_eq!(serve(&mut net, &mut server), [Refusal::Missing; 3]);
    net.invite(options(id));
    assert_eq!(serve(&mut net, &mut server), []);
    let answered = std::iter::from_fn(|| net.facts[A].pop_front());
    assert_eq!(
        answered
            .filter(|fact| matches!(fact, Fact::Answered { .. }))
            .count(),
        4
    );
}

#[test]
fn a_wrong_password_is_tried_once() {
    let mut net = Net::new();
    let mut server = Server::new(ServerConfig::new("carrier"), [1; 32], net.now);
    let id = net.ends[A].add_credentials(Client::new("alice", Secret::password("guess")));
    net.invite(options(id));
    assert_eq!(serve(&mut net, &mut server), [Refusal::Missing, Refusal::Wrong]);
    let failed = std::iter::from_fn(|| net.facts[A].pop_front()).any(|fact| {
        matches!(fact, Fact::Failed { failure: Failure::Refused, response: Some(response), .. } if response.status() == 401)
    });
    assert!(failed);
}
