//! Calls between networks that differ: TLS, IPv6, secured media, and from one to the other. Both ends are endpoints of ours,
//! since SIPp as Debian ships it speaks no TLS.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};

use cpd_b2bua::transport::TransportConfig;
use cpd_b2bua::trunk::{Carrier, Gateway};
use cpd_call::{AnswerAction, Party};
use cpd_detect::Class;
use cpd_sip::Fact;
use cpd_sip::endpoint::{DialogId, InviteOptions};
use cpd_sip::message::Message;
use cpd_sip::transport::{Flow, Protocol};

use crate::common::tls::{certificate, tls};
use crate::common::{Phone, invite, quick, transport_config};
use crate::house::{House, Setup};
use crate::voice::Voice;
use crate::{ended_by, heard};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
/// A second of sound, packet after packet.
const A_SECOND: usize = 50;

/// One side of the node: how it is reached there, and whether its media is secured.
#[derive(Clone, Copy)]
struct Side {
    protocol: Protocol,
    host: IpAddr,
    secured: bool,
}

/// Who ends the call when the verdict was told.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Dialer,
    Carrier,
    Service,
}

/// An end: its endpoint, its sound, its dialog.
struct Station {
    phone: Phone,
    voice: Arc<Voice>,
    dialog: Arc<Mutex<Option<DialogId>>>,
}

impl Station {
    async fn invite(&self, flow: Flow) {
        let mut draft = invite(flow);
        draft.set_body("application/sdp", &self.voice.offer());
        let called = self
            .phone
            .handle
            .ask(move |now, endpoint, _| endpoint.invite(now, flow, &draft, InviteOptions::default()));
        called.await.unwrap().unwrap();
    }

    async fn hang_up(&self) {
        let dialog = self.dialog.lock().unwrap().unwrap();
        let bye = self
            .phone
            .handle
            .ask(move |now, endpoint, _| endpoint.bye(now, dialog, None));
        bye.await.unwrap().unwrap();
    }
}

fn sdp_of(message: &Message) -> Option<&[u8]> {
    message.part("application/sdp")
}

/// Answers at once, and plays a machine with its beep.
async fn carrier(side: Side, config: TransportConfig) -> Station {
    let voice = Voice::new(side.host, "beep", side.secured);
    let dialog = Arc::new(Mutex::new(None));
    let (said, own) = (Arc::clone(&voice), Arc::clone(&dialog));
    let phone = Phone::new(config, quick(), move |now, endpoint, fact| {
        if let Fact::Invited { dialog, request, .. } = fact {
            let answer = said.answer(sdp_of(request).unwrap());
            for status in [183, 200] {
                let mut draft = Message::response(status, "");
                draft.set_body("application/sdp", &answer);
                endpoint.answer(now, *dialog, &draft).unwrap();
            }
            *own.lock().unwrap() = Some(*dialog);
        }
    })
    .await;
    Station { phone, voice, dialog }
}

/// Plays a ringing tone to whoever answers.
async fn dialer(side: Side, config: TransportConfig) -> Station {
    let voice = Voice::new(side.host, "ringback", side.secured);
    let dialog = Arc::new(Mutex::new(None));
    let (said, own) = (Arc::clone(&voice), Arc::clone(&dialog));
    let phone = Phone::new(config, quick(), move |_, _, fact| match fact {
        Fact::Progress { response, .. } => {
            if let Some(sdp) = sdp_of(response) {
                said.learn(sdp);
            }
        }
        Fact::Answered { dialog, response, .. } => {
            said.learn(sdp_of(response).unwrap());
            *own.lock().unwrap() = Some(*dialog);
        }
        _ => {}
    })
    .await;
    Station { phone, voice, dialog }
}

/// A call through a node: the machine is told, the sound has gone both ways as it was sent, one side ends it.
async fn call(name: &'static str, from: Side, to: Side, ends: Ends) {
    call_after(name, from, to, ends, None).await;
}

/// The same after a server of the carrier that takes everything and says nothing, if there is one.
async fn call_after(name: &'static str, from: Side, to: Side, ends: Ends, dead: Option<IpAddr>) {
    let silent = dead.map(|host| UdpSocket::bind((host, 0)).unwrap());
    let silent_at = silent.as_ref().map(|socket| socket.local_addr().unwrap());
    let everybody = certificate(&["127.0.0.1", "::1"]);
    let party = || tls(&everybody, everybody.cert.der());
    let config = |side: Side| TransportConfig {
        tls: Some(party()),
        ..transport_config(&side.host.to_string(), &[side.protocol])
    };
    let callee = carrier(to, config(to)).await;
    let gateway = format!("sip:{}{}", callee.phone.address(0), to.protocol.uri_param());
    let mut setup = Setup {
        listeners: vec![(from.protocol, from.host), (to.protocol, to.host)],
        tls: Some(party()),
        carrier: Box::new(move |carrier| {
            carrier.gateways[0].uri.clone_from(&gateway);
            carrier.srtp = to.secured;
            carrier.gateways.extend(silent_at.map(|at| Gateway {
                uri: format!("sip:{at}"),
                priority: 1,
                weight: 1,
            }));
        }),
        ..Setup::default()
    };
    setup.listeners.extend(dead.map(|host| (Protocol::Udp, host)));
    if ends != Ends::Service {
        setup.policy.set_answered(Class::Machine, AnswerAction::Notify);
    }
    let mut house = House::open(name, setup).await;
    let caller = dialer(from, config(from)).await;
    let flow = caller.phone.flow(from.protocol, place(&house, from));
    caller.invite(flow).await;

    house.wait_told("heard Machine").await;
    match ends {
        Ends::Dialer => caller.hang_up().await,
        Ends::Carrier => callee.hang_up().await,
        Ends::Service => {}
    }
    house.wait_reports(1).await;
    for (station, own) in [(&caller, Ends::Dialer), (&callee, Ends::Carrier)] {
        let how = if own == ends {
            "ended Local"
        } else {
            "ended Remote"
        };
        station.phone.wait_told(how, 1).await;
    }
    caller.voice.hears(&callee.voice, A_SECOND);
    callee.voice.hears(&caller.voice, A_SECOND);
    caller.phone.finish().await;
    callee.phone.finish().await;
    let reports = house.close().await;
    assert_eq!(reports[0].record.target, usize::from(dead.is_some()));
    heard(&reports, Class::Machine);
    let by = match ends {
        Ends::Dialer => Party::Caller,
        Ends::Carrier => Party::Callee,
        Ends::Service => Party::Service,
    };
    ended_by(&reports, by, None);
}

/// Where the node takes calls on this side.
fn place(house: &House, side: Side) -> SocketAddr {
    let mut locals = house.node().locals().iter();
    let fits = |local: &&(Protocol, SocketAddr)| local.0 == side.protocol && local.1.ip() == side.host;
    locals.find(fits).unwrap().1
}

fn side(protocol: Protocol, host: IpAddr, secured: bool) -> Side {
    Side {
        protocol,
        host,
        secured,
    }
}

#[tokio::test]
async fn calls_go_over_tls_with_secured_media() {
    let (plain, secured) = (side(Protocol::Tls, V4, false), side(Protocol::Tls, V4, true));
    tokio::join!(
        call("tls-secured", secured, secured, Ends::Service),
        call("tls-dialer-secured", secured, plain, Ends::Carrier),
        call("tls-carrier-secured", plain, secured, Ends::Dialer),
    );
}

#[tokio::test]
async fn calls_go_over_ipv6() {
    tokio::join!(
        call(
            "ipv6-udp",
            side(Protocol::Udp, V6, false),
            side(Protocol::Udp, V6, false),
            Ends::Dialer
        ),
        call(
            "ipv6-tcp-secured",
            side(Protocol::Tcp, V6, true),
            side(Protocol::Tcp, V6, true),
            Ends::Carrier
        ),
    );
}

#[tokio::test]
async fn calls_cross_from_one_network_to_another() {
    tokio::join!(
        call(
            "ipv4-udp-to-ipv6-tls",
            side(Protocol::Udp, V4, false),
            side(Protocol::Tls, V6, true),
            Ends::Service
        ),
        call(
            "ipv6-tls-to-ipv4-udp",
            side(Protocol::Tls, V6, true),
            side(Protocol::Udp, V4, false),
            Ends::Carrier
        ),
        call(
            "ipv4-udp-to-ipv6-tls-carrier-ends",
            side(Protocol::Udp, V4, false),
            side(Protocol::Tls, V6, false),
            Ends::Carrier
        ),
    );
}

/// A carrier's server of one IP version is dead and that of the other answers: the call has its sound and its verdict.
#[tokio::test]
async fn the_server_of_the_other_ip_version_has_sound_too() {
    let at = |host| side(Protocol::Udp, host, false);
    tokio::join!(
        call_after("dead-ipv6", at(V4), at(V4), Ends::Dialer, Some(V6)),
        call_after("dead-ipv4", at(V4), at(V6), Ends::Service, Some(V4)),
    );
}

/// A carrier by address whose certificate shows its domain: as soon as the settings have the domain, calls go there.
#[tokio::test]
async fn new_settings_bring_the_names_of_certificates() {
    let (ours, theirs) = (certificate(&["127.0.0.1"]), certificate(&["sip.example.com"]));
    let (udp, tls_side) = (side(Protocol::Udp, V4, false), side(Protocol::Tls, V4, false));
    let config = |side: Side| transport_config("127.0.0.1", &[side.protocol]);
    let callee = carrier(
        tls_side,
        TransportConfig {
            tls: Some(tls(&theirs, ours.cert.der())),
            ..config(tls_side)
        },
    )
    .await;
    let gateway = format!("sip:{};transport=tls", callee.phone.address(0));
    let known_by = |domain: Option<&str>| -> Box<dyn Fn(&mut Carrier)> {
        let (gateway, domain) = (gateway.clone(), domain.map(String::from));
        Box::new(move |carrier| {
            carrier.gateways[0].uri.clone_from(&gateway);
            carrier.domain.clone_from(&domain);
        })
    };
    let setup = Setup {
        listeners: vec![(Protocol::Udp, V4), (Protocol::Tls, V4)],
        tls: Some(tls(&ours, theirs.cert.der())),
        carrier: known_by(None),
        ..Setup::default()
    };
    let mut house = House::open("new-names", setup).await;
    let caller = dialer(udp, config(udp)).await;
    let flow = caller.phone.flow(Protocol::Udp, place(&house, udp));
    for (times, domain) in [None, Some("sip.example.net")].into_iter().enumerate() {
        house.set_carrier(known_by(domain)).await;
        caller.invite(flow).await;
        caller.phone.wait_told("failed Refused", times + 1).await;
    }
    house.set_carrier(known_by(Some("sip.example.com"))).await;
    caller.invite(flow).await;
    house.wait_told("heard Machine").await;
    house.wait_reports(3).await;
    caller.phone.wait_told("ended Remote", 1).await;
    caller.phone.finish().await;
    callee.phone.finish().await;
    heard(&house.close().await[2..], Class::Machine);
}
