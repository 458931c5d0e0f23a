//! HEP version 3: copies of messages as Homer takes them.
//!
//! A packet is the word `HEP3`, its length, and chunks: vendor (0: the common ones), type, length with these six bytes,
//! value; numbers in network order. ("The Hep/EEP protocol, version 3", sipcapture.org.)

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cpd_sip::transport::Protocol;

/// One SIP message on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Captured<'a> {
    pub(crate) at: SystemTime,
    pub(crate) protocol: Protocol,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    /// The whole message.
    pub(crate) bytes: &'a [u8],
}

/// The largest message that is copied: what fits a datagram, with the chunks beside it.
const MESSAGE_BYTES_MAX: usize = 64_000;

/// The packet for a message.
pub(crate) fn packet(captured: &Captured<'_>, capture_id: u32, password: Option<&str>) -> Vec<u8> {
    let mut out = b"HEP3\0\0".to_vec();
    // Of one version: an IPv4 peer of an IPv6 socket has a mapped address.
    match (captured.from.ip().to_canonical(), captured.to.ip().to_canonical()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            chunk(&mut out, 1, &[2]); // AF_INET
            chunk(&mut out, 3, &from.octets());
            chunk(&mut out, 4, &to.octets());
        }
        (from, to) => {
            let octets = |address| match address {
                IpAddr::V4(address) => std::net::Ipv4Addr::to_ipv6_mapped(&address).octets(),
                IpAddr::V6(address) => std::net::Ipv6Addr::octets(&address),
            };
            chunk(&mut out, 1, &[10]); // AF_INET6 of Linux
            chunk(&mut out, 5, &octets(from));
            chunk(&mut out, 6, &octets(to));
        }
    }
    let ip = match captured.protocol {
        Protocol::Udp => 17,
        Protocol::Tcp | Protocol::Tls | Protocol::Ws | Protocol::Wss => 6,
    };
    chunk(&mut out, 2, &[ip]);
    chunk(&mut out, 7, &captured.from.port().to_be_bytes());
    chunk(&mut out, 8, &captured.to.port().to_be_bytes());
    let at = captured.at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    chunk(&mut out, 9, &(at.as_secs() as u32).to_be_bytes());
    chunk(&mut out, 10, &at.subsec_micros().to_be_bytes());
    chunk(&mut out, 11, &[1]); // SIP
    chunk(&mut out, 12, &capture_id.to_be_bytes());
    if let Some(password) = password {
        chunk(&mut out, 14, password.as_bytes());
    }
    chunk(
        &mut out,
        15,
        &captured.bytes[..captured.bytes.len().min(MESSAGE_BYTES_MAX)],
    );
    let length = (out.len() as u16).to_be_bytes();
    out[4..6].copy_from_slice(&length);
    out
}

fn chunk(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let value = &value[..value.len().min(MESSAGE_BYTES_MAX)];
    out.extend(0_u16.to_be_bytes());
    out.extend(kind.to_be_bytes());
    out.extend((value.len() as u16 + 6).to_be_bytes());
    out.extend(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(packet: &[u8]) -> Vec<(u16, Vec<u8>)> {
        assert_eq!(&packet[..4], b"HEP3");
        let word = |at: usize| usize::from(u16::from_be_bytes([packet[at], packet[at + 1]]));
        assert_eq!(word(4), packet.len());
        let mut at = 6;
        let mut chunks = Vec::new();
        while at < packet.len() {
            assert_eq!(word(at), 0, "vendor");
            let length = word(at + 4);
            chunks.push((word(at + 2) as u16, packet[at + 6..at + length].to_vec()));
            at += length;
        }
        assert_eq!(at, packet.len());
        chunks
    }

    #[test]
    fn an_ipv4_message_has_the_layout_of_the_standard() {
        let captured = Captured {
            at: UNIX_EPOCH + Duration::from_micros(1_766_000_000_000_007),
            protocol: Protocol::Udp,
            from: "192.0.2.1:5060".parse().expect("address"),
            to: "[::ffff:192.0.2.2]:5062".parse().expect("address"),
            bytes: b"OPTIONS sip:a SIP/2.0\r\n\r\n",
        };
        let expected: Vec<(u16, Vec<u8>)> = vec![
            (1, vec![2]),
            (3, vec![192, 0, 2, 1]),
            (4, vec![192, 0, 2, 2]),
            (2, vec![17]),
            (7, vec![0x13, 0xc4]),
            (8, vec![0x13, 0xc6]),
            (9, 1_766_000_000_u32.to_be_bytes().to_vec()),
            (10, vec![0, 0, 0, 7]),
            (11, vec![1]),
            (12, vec![0, 0, 7, 0xd1]),
            (14, b"secret".to_vec()),
            (15, captured.bytes.to_vec()),
        ];
        assert_eq!(chunks(&packet(&captured, 2_001, Some("secret"))), expected);
    }

    #[test]
    fn an_ipv6_message_over_tls_is_tcp() {
        let captured = Captured {
            at: UNIX_EPOCH,
            protocol: Protocol::Tls,
            from: "[2001:db8::1]:5061".parse().expect("address"),
            to: "[2001:db8::2]:5061".parse().expect("address"),
            bytes: &[0; 70_000],
        };
        let chunks = chunks(&packet(&captured, 1, None));
        let find = |kind| {
            chunks
                .iter()
                .find(|(own, _)| *own == kind)
                .map(|(_, value)| value.as_slice())
        };
        assert_eq!(find(1), Some(&[10][..]));
        assert_eq!(find(2), Some(&[6][..]));
        assert_eq!(find(5).map(<[u8]>::len), Some(16));
        assert_eq!(find(14), None);
        assert_eq!(find(15).map(<[u8]>::len), Some(MESSAGE_BYTES_MAX));
    }
}
