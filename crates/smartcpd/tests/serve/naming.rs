//! A gateway by name, looked up at a name server that speaks the DNS.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};

use crate::common::Folder;
use crate::configuration;
use crate::peers::{End, Peers};
use crate::service::Service;

/// Types of records.
const A: u16 = 1;
const NAPTR: u16 = 35;
const SRV: u16 = 33;

/// A record: its name, its type, its data.
type Record = (&'static str, u16, Vec<u8>);

/// The smallest name server: it answers what it has, on a thread of its own until the test ends.
struct Server {
    at: SocketAddr,
    /// What was asked for.
    asked: Arc<Mutex<Vec<(String, u16)>>>,
}

impl Server {
    fn start(zone: Vec<Record>) -> Server {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("bound");
        let at = socket.local_addr().expect("address");
        let asked: Arc<Mutex<Vec<(String, u16)>>> = Arc::default();
        let noted = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let (name, kind, answer) = answer(&zone, &buffer[..length]);
                noted.lock().expect("no panic").push((name, kind));
                socket.send_to(&answer, from).expect("sent");
            }
        });
        Server { at, asked }
    }

    fn was_asked(&self, name: &str, kind: u16) -> bool {
        let asked = self.asked.lock().expect("no panic");
        asked.iter().any(|(own, of)| own == name && *of == kind)
    }
}

/// The answer to a query (RFC 1035, 4.1): its question again, and the records that fit.
fn answer(zone: &[Record], query: &[u8]) -> (String, u16, Vec<u8>) {
    let mut labels = Vec::new();
    let mut at = 12;
    while query[at] > 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..end]).to_ascii_lowercase());
        at = end;
    }
    let (name, kind) = (
        labels.join("."),
        u16::from_be_bytes([query[at + 1], query[at + 2]]),
    );
    let question = &query[12..at + 5];
    let found: Vec<&Record> = zone
        .iter()
        .filter(|(own, of, _)| *own == name && *of == kind)
        .collect();
    // An authoritative answer without an error; no record of this type: an empty one.
    let mut out = [
        &query[..2],
        &[0x84, 0, 0, 1, 0, found.len() as u8, 0, 0, 0, 0],
        question,
    ]
    .concat();
    for (_, kind, data) in found {
        // The name is that of the question, at byte 12; class IN; it lives for a minute.
        out.extend([0xc0, 12]);
        out.extend(kind.to_be_bytes());
        out.extend([0, 1, 0, 0, 0, 60]);
        out.extend((data.len() as u16).to_be_bytes());
        out.extend(data);
    }
    (name, kind, out)
}

fn domain(name: &str) -> Vec<u8> {
    let labels = name
        .split('.')
        .flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat());
    labels.chain([0]).collect()
}

/// RFC 2915, 2.
fn naptr(order: u8, service: &str, replacement: &str) -> Vec<u8> {
    let mut data = vec![0, order, 0, 10, 1, b's', service.len() as u8];
    data.extend(service.as_bytes());
    data.push(0);
    data.extend(domain(replacement));
    data
}

/// RFC 2782.
fn srv(priority: u8, port: u16, target: &str) -> Vec<u8> {
    let mut data = vec![0, priority, 0, 10];
    data.extend(port.to_be_bytes());
    data.extend(domain(target));
    data
}

#[test]
fn a_gateway_by_name_is_found_and_its_servers_are_tried_in_turn() {
    let folder = Folder::new("serve-naming");
    let mut peers = Peers::new();
    // Nobody listens there any more.
    let gone = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let gone = gone.expect("address").port();
    let [first, second] = [&peers.carrier, &peers.second].map(|peer| peer.address().port());
    let here = vec![127, 0, 0, 1];
    let server = Server::start(vec![
        (
            "carrier.example",
            NAPTR,
            naptr(20, "SIP+D2U", "_sip._udp.carrier.example"),
        ),
        (
            "carrier.example",
            NAPTR,
            naptr(10, "SIP+D2T", "_sip._tcp.carrier.example"),
        ),
        (
            "_sip._tcp.carrier.example",
            SRV,
            srv(1, gone, "a.carrier.example"),
        ),
        (
            "_sip._udp.carrier.example",
            SRV,
            srv(2, second, "b.carrier.example"),
        ),
        (
            "_sip._udp.carrier.example",
            SRV,
            srv(1, first, "a.carrier.example"),
        ),
        ("a.carrier.example", A, here.clone()),
        ("b.carrier.example", A, here),
    ]);
    let config = folder.path("smartcpd.toml");
    let text = configuration("0s")
        .replace("sip:127.0.0.1:9", "sip:carrier.example")
        .replace(
            "\"udp:127.0.0.1:0\"]",
            &format!(
                "\"udp:127.0.0.1:0\", \"tcp:127.0.0.1:0\"]\ndns = [\"{}\"]",
                server.at
            ),
        );
    std::fs::write(&config, text).expect("written");
    let mut service = Service::start(&config);
    let located = service.line("located");
    let place = |port: u16| format!("127.0.0.1:{port}");
    assert_eq!(
        located["addresses"],
        serde_json::json!([place(gone), place(first), place(second)])
    );
    assert!(server.was_asked("carrier.example", NAPTR) && server.was_asked("_sip._udp.carrier.example", SRV));

    // TCP, which is wanted most, is dead; of UDP's servers the one of the lower priority comes first.
    let call = peers.ring(service.sip, "79160000001");
    let talking = peers.answered(&call);
    peers.dialer.hang_up(talking);
    peers.ended(End::Carrier, call.at_carrier);

    // It wants no calls any more: the second one gets this call, and the next one at once.
    for number in ["79160000002", "79160000003"] {
        peers.dialer.invite(service.sip, number);
        if number.ends_with('2') {
            let refused = peers.invited(End::Carrier);
            peers.carrier.refuse(refused, 503);
        }
        let taken = peers.invited(End::Second);
        peers.second.refuse(taken, 486);
        peers.wait(End::Dialer, "486", |fact| match fact {
            cpd_sip::Fact::Failed { response, .. } => {
                assert_eq!(response.as_ref()?.status(), 486);
                Some(())
            }
            _ => None,
        });
    }
    assert!(peers.carrier.is_left_alone());
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
}
