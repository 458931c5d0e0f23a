//! How trunks know each other: digest, registration, gateways that fail, a node that drains.

use std::time::Duration;

use cpd_b2bua::trunk::{Gateway, User};
use cpd_call::Party;
use cpd_sip::digest::{Algorithm, Client, Secret};
use cpd_sip::endpoint::InviteOptions;
use cpd_sip::transport::Protocol;

use crate::common::{Phone, hanging_up, quick, transport_config};
use crate::house::{self, House, Setup, run, sipp_is_here};
use crate::{ANSWERS, CALLS, ended_by};

fn alice() -> User {
    User {
        name: b"alice".to_vec(),
        secret: Secret::password("s3cret"),
    }
}

const CHALLENGE: &str =
    "WWW-Authenticate: Digest realm=\"sipp\", nonce=\"[call_number]c0ffee\", algorithm=MD5, qop=\"auth\"";

#[tokio::test]
async fn a_carrier_s_challenge_is_answered() {
    if !sipp_is_here() {
        return;
    }
    let proves = Setup {
        carrier: Box::new(|carrier| carrier.user = Some(alice())),
        ..Setup::default()
    };
    let proves = run(
        "digest-out",
        proves,
        CALLS,
        format!(
            "< INVITE
             > 401 | {CHALLENGE}
             < ACK
             < INVITE | proved
             > 183 | +sdp
             > 200 | +sdp
             < ACK
             < BYE
             > ok"
        ),
    );
    ended_by(&proves.await, Party::Caller, None);
}

/// SIPp reads the first challenge alone and can nothing but MD5, as many dialers; an endpoint of ours can what it is asked for.
#[tokio::test]
async fn a_dialer_has_to_prove_itself() {
    if !sipp_is_here() {
        return;
    }
    let setup = Setup {
        calls: 1,
        dialer: Box::new(|dialer| {
            dialer.user = Some(alice());
            dialer.digest = vec![Algorithm::SHA_256];
        }),
        ..Setup::default()
    };
    let sipp = Setup {
        dialer: Box::new(|dialer| dialer.user = Some(alice())),
        ..Setup::default()
    };
    let proves = run(
        "digest-in-md5",
        sipp,
        "> INVITE | +sdp
         <? 100
         < 401 | auth
         > ACK refusal
         > INVITE again | [authentication username=alice password=s3cret] | +sdp
         <? 100
         < 183
         < 200
         > ACK
         > BYE
         < 200",
        ANSWERS,
    );
    ended_by(&proves.await, Party::Caller, None);
    let mut house = House::open("digest-in", setup).await;
    let carrier = house.carrier(ANSWERS).await;
    let stranger = house.dialer("> INVITE | +sdp\n <? 100\n < 401\n > ACK refusal");
    stranger.succeeds().await;
    let phone = Phone::new(
        transport_config("127.0.0.1", &[Protocol::Udp]),
        quick(),
        hanging_up(),
    )
    .await;
    let client = Client::new("alice", Secret::password("s3cret"));
    let added = phone
        .handle
        .ask(|_, endpoint, _| endpoint.add_credentials(client));
    let options = InviteOptions {
        credentials: Some(added.await.unwrap()),
        ..InviteOptions::default()
    };
    phone
        .call(phone.flow(Protocol::Udp, house.address(Protocol::Udp)), options)
        .await;
    phone.wait_told("ended Local", 1).await;
    phone.finish().await;
    carrier.succeeds().await;
    house.wait_reports(1).await;
    ended_by(&house.close().await, Party::Caller, None);
}

#[tokio::test]
async fn a_trunk_is_registered() {
    if !sipp_is_here() {
        return;
    }
    let setup = Setup {
        carrier: Box::new(|carrier| {
            carrier.user = Some(alice());
            carrier.register = Some(Duration::from_secs(600));
        }),
        // SIPp is not there yet when the first REGISTER goes out over UDP; it is sent again.
        ..Setup::default()
    };
    let mut house = House::open("register", setup).await;
    let script = format!(
        "< REGISTER
         > reply 401 | {CHALLENGE} | bare
         < REGISTER | proved | Contact: sip:alice
         > ok | [last_Contact:];expires=600 | bare"
    );
    let registrar = house.carrier_at(&script, house.carrier_port, 1).await;
    house.wait_told("registered true").await;
    registrar.succeeds().await;
    house.close().await;
}

/// A gateway that refuses with 503, one that is not there (UDP, TCP): the next one gets the call.
#[tokio::test]
async fn other_gateways_are_tried() {
    if !sipp_is_here() {
        return;
    }
    let first = |port: u16, over: &'static str| Setup {
        calls: 1,
        carrier: Box::new(move |carrier| {
            carrier.gateways.push(Gateway {
                uri: format!("sip:127.0.0.1:{port}{over}"),
                priority: 1,
                weight: 1,
            });
        }),
        ..Setup::default()
    };
    let refuses = async {
        let port = house::free_port();
        let mut house = House::open("failover-503", first(port, "")).await;
        let refusing = house.carrier_at("< INVITE\n > 503\n < ACK", port, 1).await;
        let carrier = house.carrier(ANSWERS).await;
        house.dialer(CALLS).succeeds().await;
        refusing.succeeds().await;
        carrier.succeeds().await;
        house.wait_told("gateway up false").await;
        house.wait_reports(1).await;
        house.close().await
    };
    let (refuses, absent, refused) = tokio::join!(
        refuses,
        run("failover-udp", first(house::free_port(), ""), CALLS, ANSWERS),
        run(
            "failover-tcp",
            first(house::free_port(), ";transport=tcp"),
            CALLS,
            ANSWERS
        ),
    );
    for reports in [refuses, absent, refused] {
        ended_by(&reports, Party::Caller, None);
        assert_eq!(reports[0].record.target, 1);
    }
}

/// OPTIONS says whether calls are taken.
#[tokio::test]
async fn a_node_that_drains_says_so() {
    if !sipp_is_here() {
        return;
    }
    let mut house = House::open("options", Setup::default()).await;
    house
        .dialer("> OPTIONS\n < 200 | Accept: application/sdp")
        .succeeds()
        .await;
    house.node().set_draining(true).await.unwrap();
    house
        .dialer("> OPTIONS\n < 503 | Retry-After: [0-9]+")
        .succeeds()
        .await;
    house
        .dialer("> INVITE | +sdp\n <? 100\n < 503 | Retry-After: [0-9]+\n > ACK refusal")
        .succeeds()
        .await;
    house.wait_told("refused 503 draining").await;
    assert_eq!(house.close().await.len(), 0);
}
