//! Copies of live calls for Homer, as they arrive there.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

use crate::common::Folder;
use crate::configuration;
use crate::peers::{End, Peers};
use crate::service::{PATIENCE, Service};

/// One SIP message as HEP version 3 tells of it.
struct Copy {
    from: SocketAddr,
    to: SocketAddr,
    protocol: u8,
    capture_id: u32,
    password: Vec<u8>,
    message: String,
}

/// Reads a packet: the word, its length, chunks of vendor, type, length, value.
fn read(packet: &[u8]) -> Copy {
    assert_eq!(&packet[..4], b"HEP3");
    let word = |at: usize| u16::from_be_bytes([packet[at], packet[at + 1]]);
    assert_eq!(usize::from(word(4)), packet.len());
    let mut at = 6;
    let mut chunks = Vec::new();
    while at < packet.len() {
        let length = usize::from(word(at + 4));
        assert_eq!(word(at), 0, "vendor");
        chunks.push((word(at + 2), &packet[at + 6..at + length]));
        at += length;
    }
    let chunk = |kind: u16| {
        let found = chunks.iter().find(|(own, _)| *own == kind);
        found.map(|(_, value)| *value).expect("a chunk")
    };
    let host = |kind| Ipv4Addr::from(<[u8; 4]>::try_from(chunk(kind)).expect("an address"));
    let port = |kind| u16::from_be_bytes(chunk(kind).try_into().expect("a port"));
    assert_eq!((chunk(1), chunk(11)), (&[2][..], &[1][..]), "IPv4, SIP");
    let seconds = u32::from_be_bytes(chunk(9).try_into().expect("seconds"));
    let since = std::time::UNIX_EPOCH.elapsed().expect("a clock").as_secs();
    assert!(since.abs_diff(seconds.into()) < 600, "{seconds}");
    Copy {
        from: (host(3), port(7)).into(),
        to: (host(4), port(8)).into(),
        protocol: chunk(2)[0],
        capture_id: u32::from_be_bytes(chunk(12).try_into().expect("a number")),
        password: chunk(14).to_vec(),
        message: String::from_utf8_lossy(chunk(15)).into_owned(),
    }
}

#[test]
fn every_message_of_both_legs_reaches_homer() {
    let folder = Folder::new("serve-homer");
    let homer = UdpSocket::bind("127.0.0.1:0").expect("bound");
    homer.set_read_timeout(Some(PATIENCE)).expect("set");
    let at = homer.local_addr().expect("address");
    let mut peers = Peers::new();
    let config = folder.path("smartcpd.toml");
    let text = configuration("0s").replace("127.0.0.1:9", &peers.carrier.address().to_string());
    let section = format!("[homer]\naddress = \"{at}\"\ncapture_id = 77\npassword = \"s3cret\"\n");
    std::fs::write(&config, text + &section).expect("written");
    let service = Service::start(&config);
    let call = peers.ring(service.sip, "79160000001");
    let talking = peers.answered(&call);
    peers.dialer.hang_up(talking);
    peers.ended(End::Carrier, call.at_carrier);

    // Who said what to whom, whole messages, until the call's last one has come.
    let (dialer, carrier) = (peers.dialer.address(), peers.carrier.address());
    let mut wanted: BTreeSet<(SocketAddr, SocketAddr, &str)> = BTreeSet::new();
    for (caller, callee) in [(dialer, service.sip), (service.sip, carrier)] {
        for request in ["INVITE", "ACK", "BYE"] {
            wanted.insert((caller, callee, request));
        }
        for response in ["100 INVITE", "180 INVITE", "200 INVITE", "200 BYE"] {
            wanted.insert((callee, caller, response));
        }
    }
    let mut buffer = [0; 65_535];
    while !wanted.is_empty() {
        let received = homer.recv(&mut buffer);
        let length = received.unwrap_or_else(|why| panic!("{why}; still wanted: {wanted:?}"));
        let copy = read(&buffer[..length]);
        assert_eq!((copy.protocol, copy.capture_id), (17, 77));
        assert_eq!(copy.password, b"s3cret");
        let (head, body) = copy.message.split_once("\r\n\r\n").expect("a whole message");
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name))
                .expect("a header")
        };
        let length: usize = header("Content-Length: ").parse().expect("a length");
        assert_eq!(body.len(), length, "{head}");
        let method = header("CSeq: ").split(' ').nth(1).expect("a method");
        let said = match head.strip_prefix("SIP/2.0 ") {
            Some(response) => format!("{} {method}", &response[..3]),
            None => method.to_owned(),
        };
        wanted.retain(|(from, to, what)| (*from, *to, *what) != (copy.from, copy.to, &*said));
    }
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
}
