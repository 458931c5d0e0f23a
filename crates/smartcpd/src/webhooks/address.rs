//! Where nothing is sent: addresses of the machine, of its network and of the cloud around it. A customer names the server, and
//! could otherwise let us ask what it cannot reach itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// The longest address of a webhook, bytes.
const URL_MAX: usize = 2_000;

/// IPv4 that is nobody's server on the internet (IANA's registry of special addresses, RFC 6890), as network and bits.
const CLOSED_4: [([u8; 4], u32); 17] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // Carriers' own (RFC 6598); clouds have metadata in it.
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Link-local, with the metadata of most clouds.
    ([169, 254, 0, 0], 16),
    // A cloud's own server inside a public network.
    ([168, 63, 129, 16], 32),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast, reserved, broadcast.
    ([224, 0, 0, 0], 3),
];

/// IPv6 inside 2000::/3 that is none either: tunnels whose other end is an IPv4 address, documentation, special use.
const CLOSED_6: [(u128, u32); 4] = [
    // 2001::/23: Teredo, ORCHID and others of IETF.
    (0x2001_0000_0000_0000_0000_0000_0000_0000, 23),
    (0x2001_0db8_0000_0000_0000_0000_0000_0000, 32),
    // 6to4.
    (0x2002_0000_0000_0000_0000_0000_0000_0000, 16),
    (0x3fff_0000_0000_0000_0000_0000_0000_0000, 20),
];

/// Whether an address is of the internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_public_4(address),
            None => is_public_6(address),
        },
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !CLOSED_4
        .iter()
        .any(|(network, length)| (bits ^ u32::from(Ipv4Addr::from(*network))) >> (32 - length) == 0)
}

fn is_public_6(address: Ipv6Addr) -> bool {
    let bits = u128::from(address);
    // What is given to networks lies in 2000::/3; loopback, private, link-local, multicast and translated addresses outside.
    bits >> 125 == 1
        && !CLOSED_6
            .iter()
            .any(|(network, length)| (bits ^ network) >> (128 - length) == 0)
}

/// Reads where a webhook is; says what is wrong with it. `private`: HTTP and addresses of one's own network will do.
pub(crate) fn read(text: &str, private: bool) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|why| format!("{text:?} is no address of the web: {why}"))?;
    let scheme = url.scheme();
    if text.len() > URL_MAX {
        return Err(format!("an address has at most {URL_MAX} bytes"));
    }
    if scheme != "https" && !(private && scheme == "http") {
        return Err(format!("{scheme} is not secure; write https://…"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("leave user and password out; the signature proves who sends".to_owned());
    }
    let closed = match url.host() {
        Some(url::Host::Ipv4(address)) => !is_public_4(address),
        Some(url::Host::Ipv6(address)) => !is_public(IpAddr::V6(address)),
        Some(url::Host::Domain(_)) => false,
        None => return Err("it names no host".to_owned()),
    };
    if closed && !private {
        return Err("this address is not of the internet".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_internet_is_reached() {
        for closed in [
            "0.0.0.0",
            "10.1.2.3",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "168.63.129.16",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
        ] {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
        for open in [
            "1.1.1.1",
            "100.63.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
    }

    #[test]
    fn a_webhook_is_https_without_a_password() {
        let wrong = |text: &str| read(text, false).unwrap_err();
        assert!(read("https://hooks.example.com:8443/a?b=c", false).is_ok());
        assert!(wrong("http://hooks.example.com/").contains("https://"));
        assert!(wrong("ftp://hooks.example.com/").contains("https://"));
        assert!(wrong("https://u:p@hooks.example.com/").contains("password"));
        assert!(wrong("hooks").contains("no address"));
        // Each way to write loopback.
        for text in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
        ] {
            assert!(wrong(text).contains("not of the internet"), "{text}");
            assert!(read(text, true).is_ok(), "{text}");
        }
        assert!(read("http://10.0.0.1:8080/", true).is_ok());
        assert!(read("ftp://10.0.0.1/", true).is_err());
    }
}
