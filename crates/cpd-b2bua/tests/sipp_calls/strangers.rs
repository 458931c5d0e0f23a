//! Others on the same network, while calls go on: RTP bleed probes, SIP scanners, torture messages.

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use cpd_call::Party;
use cpd_detect::Class;
use cpd_sip::transport::Protocol;

use crate::house::{House, Setup, sipp_is_here};
use crate::{ended_by, heard, plays_early};

/// What scanners ask, with a Call-ID that is none of ours.
pub(crate) fn scan(method: &str, target: SocketAddr, own: SocketAddr) -> String {
    format!(
        "{method} sip:100@{target} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK-{method};rport\r\n\
         From: \"sipvicious\"<sip:100@1.1.1.1>;tag=3132\r\nTo: <sip:100@{target}>;tag=77\r\nCall-ID: {method}-8812\r\n\
         CSeq: 7 {method}\r\nMax-Forwards: 70\r\nContact: <sip:100@{own}>\r\nUser-Agent: friendly-scanner\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// The torture messages and what the fuzzers found.
pub(crate) fn torture() -> Vec<Vec<u8>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut all = Vec::new();
    for folder in ["sip_message", "sip_endpoint", "sdp", "rtp"] {
        for file in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            all.push(bytes[..bytes.len() / 2].to_vec());
            all.push(bytes);
        }
    }
    all
}

/// 20 ms of a loud tone in A-law, with a number of its own.
pub(crate) fn rtp(number: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend_from_slice(&number.to_be_bytes());
    packet.extend_from_slice(&(u32::from(number) * 160).to_be_bytes());
    packet.extend_from_slice(&0xdead_beef_u32.to_be_bytes());
    packet.extend((0..160).map(|n| if n % 8 < 4 { 0xaa } else { 0x2a }));
    packet
}

#[tokio::test]
async fn strangers_change_nothing() {
    if !sipp_is_here() {
        return;
    }
    let setup = Setup {
        calls: 4,
        ..Setup::default()
    };
    let mut house = House::open("strangers", setup).await;
    let target = house.address(Protocol::Udp);
    // Another address of this machine, and the dialer's own with another port.
    let elsewhere = UdpSocket::bind("127.0.0.2:0").unwrap();
    let beside = UdpSocket::bind("127.0.0.1:0").unwrap();
    let scanner = UdpSocket::bind("127.0.0.2:0").unwrap();
    for socket in [&elsewhere, &beside, &scanner] {
        socket.set_nonblocking(true).unwrap();
    }
    let carrier = house.carrier(&plays_early("busy")).await;
    let dialer = house.dialer(
        "> INVITE | +sdp
         <? 100
         < 183
         < 486
         > ACK refusal",
    );
    let torture = torture();
    let attack = async {
        let own = scanner.local_addr().unwrap();
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        let mut buffer = [0; 2_000];
        for number in 0_u16.. {
            pace.tick().await;
            let packet = rtp(number);
            for port in house.media.clone() {
                let place = SocketAddr::new(target.ip(), port);
                // Whether it could be sent is the kernel's business: a closed port refuses.
                let _ = elsewhere.send_to(&packet, place);
                let _ = beside.send_to(&packet, place);
            }
            for stray in torture.iter().cycle().skip(usize::from(number) * 5).take(5) {
                let _ = scanner.send_to(stray, target);
            }
            for method in [
                "OPTIONS", "INVITE", "REGISTER", "BYE", "CANCEL", "ACK", "PRACK", "UPDATE",
            ] {
                let _ = scanner.send_to(scan(method, target, own).as_bytes(), target);
            }
            while scanner.recv_from(&mut buffer).is_ok() {}
            for probe in [&elsewhere, &beside] {
                let bled = probe.recv_from(&mut buffer);
                assert!(
                    !matches!(bled, Ok((length, _)) if length > 0),
                    "a stranger was sent a call's media"
                );
            }
        }
    };
    tokio::select! {
        () = attack => {}
        () = async {
            dialer.succeeds().await;
            carrier.succeeds().await;
        } => {}
    }
    let status = house.status().await;
    assert!(status.turned_away.malformed > 50, "{status:?}");
    house.wait_reports(4).await;
    let reports = house.close().await;
    ended_by(&reports, Party::Service, Some(486));
    heard(&reports, Class::Busy);
}
