//! RFC 3263, section 4, case by case.

use super::*;

fn means() -> Means {
    Means {
        protocols: vec![Protocol::Udp, Protocol::Tcp, Protocol::Tls],
        ipv4: true,
        ipv6: true,
    }
}

/// Answers from a table of `name type value…`; a search as a text: the queries of each round, then the targets.
fn locate_with(uri: &str, means: Means, zone: &str) -> Result<String, Unlocatable> {
    let mut search = Search::new(&Uri::parse(uri.as_bytes()).unwrap(), means)?;
    let mut told = String::new();
    while !search.queries().is_empty() {
        let queries = search.queries().to_vec();
        for (place, query) in queries.iter().enumerate() {
            let (kind, name) = match query {
                Query::Naptr(name) => ("NAPTR", name),
                Query::Srv(name) => ("SRV", name),
                Query::Addresses(name) => ("A", name),
            };
            told += &format!("{kind} {name}\n");
            let found = zone
                .lines()
                .map(|line| line.split_whitespace().collect::<Vec<_>>())
                .filter(|fields| fields.len() > 2 && fields[0] == name && fields[1] == kind);
            let answer = match query {
                Query::Naptr(_) => Answer::Naptr(
                    found
                        .map(|fields| Naptr {
                            order: fields[2].parse().unwrap(),
                            preference: fields[3].parse().unwrap(),
                            flags: fields[4].into(),
                            service: fields[5].into(),
                            replacement: fields[6].into(),
                        })
                        .collect(),
                ),
                Query::Srv(_) => Answer::Srv(
                    found
                        .map(|fields| Srv {
                            priority: fields[2].parse().unwrap(),
                            weight: fields[3].parse().unwrap(),
                            port: fields[4].parse().unwrap(),
                            target: fields[5].into(),
                        })
                        .collect(),
                ),
                Query::Addresses(_) => {
                    Answer::Addresses(found.map(|fields| fields[2].parse().unwrap()).collect())
                }
            };
            search.answer(place, answer, &mut |_| 0);
        }
    }
    for target in search.finish() {
        told += &format!("{} {} {}\n", target.protocol.via(), target.address, target.name);
    }
    Ok(told)
}

fn locate(uri: &str, zone: &str) -> String {
    locate_with(uri, means(), zone).unwrap()
}

#[test]
fn an_address_needs_no_look_up() {
    assert_eq!(locate("sip:a@192.0.2.1", ""), "UDP 192.0.2.1:5060 192.0.2.1\n");
    assert_eq!(
        locate("sip:a@192.0.2.1:5070;transport=tcp", ""),
        "TCP 192.0.2.1:5070 192.0.2.1\n"
    );
    assert_eq!(
        locate("sip:a@[2001:db8::1];transport=tls", ""),
        "TLS [2001:db8::1]:5061 2001:db8::1\n"
    );
    assert_eq!(locate("sips:a@192.0.2.1", ""), "TLS 192.0.2.1:5061 192.0.2.1\n");
    assert_eq!(
        locate("sips:a@192.0.2.1;transport=tcp", ""),
        "TLS 192.0.2.1:5061 192.0.2.1\n"
    );
    assert_eq!(
        locate("sip:a@example.com;maddr=192.0.2.9", ""),
        "UDP 192.0.2.9:5060 example.com\n"
    );
}

#[test]
fn a_port_asks_for_addresses_only() {
    let zone = "sbc.example A 192.0.2.1\nsbc.example A 2001:db8::1";
    assert_eq!(
        locate("sip:a@SBC.example.:5080", zone),
        "A sbc.example\nUDP 192.0.2.1:5080 sbc.example\nUDP [2001:db8::1]:5080 sbc.example\n"
    );
    let ipv4_only = Means {
        ipv6: false,
        ..means()
    };
    assert_eq!(
        locate_with("sip:a@sbc.example:5080", ipv4_only, zone).unwrap(),
        "A sbc.example\nUDP 192.0.2.1:5080 sbc.example\n"
    );
}

/// The example of RFC 3263, 4.1 and 4.2.
#[test]
fn rfc3263_4_1_naptr_chooses_the_transport() {
    let zone = "
        example.com NAPTR 50 50 s SIPS+D2T _sips._tcp.example.com.
        example.com NAPTR 90 50 s SIP+D2T _sip._tcp.example.com.
        example.com NAPTR 100 50 s SIP+D2U _sip._udp.example.com.
        _sip._tcp.example.com SRV 0 1 5060 server1.example.com.
        _sip._tcp.example.com SRV 0 2 5060 server2.example.com.
        server1.example.com A 192.0.2.1
        server2.example.com A 192.0.2.2";
    let no_tls = Means {
        protocols: vec![Protocol::Udp, Protocol::Tcp],
        ..means()
    };
    assert_eq!(
        locate_with("sip:user@example.com", no_tls, zone).unwrap(),
        "NAPTR example.com\nSRV _sip._tcp.example.com\nSRV _sip._udp.example.com\n\
         A server1.example.com\nA server2.example.com\n\
         TCP 192.0.2.1:5060 example.com\nTCP 192.0.2.2:5060 example.com\n"
    );
}

#[test]
fn sips_discards_what_is_not_secure() {
    let zone = "
        example.com NAPTR 10 10 s SIP+D2U _sip._udp.example.com.
        example.com NAPTR 20 10 S sips+d2t _sips._tcp.example.com.
        example.com NAPTR 5 10 s SIPS+D2S _sips._sctp.example.com.
        example.com NAPTR 5 10 u E2U+sip .
        _sips._tcp.example.com SRV 0 0 5061 s.example.com.
        s.example.com A 192.0.2.1";
    assert_eq!(
        locate("sips:user@example.com", zone),
        "NAPTR example.com\nSRV _sips._tcp.example.com\nA s.example.com\nTLS 192.0.2.1:5061 example.com\n"
    );
}

#[test]
fn without_naptr_each_transport_is_asked_for() {
    let zone = "
        _sip._tcp.example.com SRV 2 0 5062 b.example.com
        _sip._tcp.example.com SRV 1 0 5061 a.example.com
        _sip._udp.example.com SRV 0 0 0 .
        a.example.com A 192.0.2.1
        b.example.com A 192.0.2.2";
    assert_eq!(
        locate("sip:example.com", zone),
        "NAPTR example.com\nSRV _sip._udp.example.com\nSRV _sip._tcp.example.com\nSRV _sips._tcp.example.com\n\
         A a.example.com\nA b.example.com\nTCP 192.0.2.1:5061 example.com\nTCP 192.0.2.2:5062 example.com\n"
    );
}

#[test]
fn without_srv_the_domain_is_the_server() {
    let zone = "example.com A 192.0.2.1";
    assert_eq!(
        locate("sip:example.com;transport=tcp", zone),
        "SRV _sip._tcp.example.com\nA example.com\nTCP 192.0.2.1:5060 example.com\n"
    );
    assert!(locate("sip:example.com", zone).ends_with("A example.com\nUDP 192.0.2.1:5060 example.com\n"));
    assert!(locate("sips:example.com", zone).ends_with("A example.com\nTLS 192.0.2.1:5061 example.com\n"));
    assert_eq!(
        locate("sip:other.example;maddr=example.com;transport=udp", zone),
        "SRV _sip._udp.example.com\nA example.com\nUDP 192.0.2.1:5060 other.example\n"
    );
    assert_eq!(locate("sip:nowhere.example:5060", zone), "A nowhere.example\n");
}

#[test]
fn without_srv_behind_naptr_its_transport_stays() {
    let zone = "example.com NAPTR 1 1 s SIP+D2T _sip._tcp.other.example.\nexample.com A 192.0.2.1";
    assert_eq!(
        locate("sip:example.com", zone),
        "NAPTR example.com\nSRV _sip._tcp.other.example\nA example.com\nTCP 192.0.2.1:5060 example.com\n"
    );
}

#[test]
fn what_cannot_be_reached_is_told() {
    let fault = |uri: &str, protocols: &[Protocol]| {
        let means = Means {
            protocols: protocols.to_vec(),
            ..means()
        };
        locate_with(uri, means, "").unwrap_err()
    };
    assert_eq!(fault("tel:+49151", &[Protocol::Udp]), Unlocatable::Scheme);
    assert_eq!(fault("urn:service:sos", &[Protocol::Udp]), Unlocatable::Scheme);
    assert_eq!(
        fault("sips:a@h", &[Protocol::Udp, Protocol::Tcp]),
        Unlocatable::Transport
    );
    assert_eq!(
        fault("sip:a@h;transport=tcp", &[Protocol::Udp]),
        Unlocatable::Transport
    );
    assert_eq!(
        fault("sip:a@h;transport=sctp", &means().protocols),
        Unlocatable::Transport
    );
    assert_eq!(
        fault("sips:a@h;transport=udp", &means().protocols),
        Unlocatable::Transport
    );
}

#[test]
fn hostile_answers_are_bounded() {
    let uri = Uri::parse(b"sip:example.com;transport=udp").unwrap();
    let mut search = Search::new(&uri, means()).unwrap();
    let srv = |number| Srv {
        priority: 0,
        weight: u16::MAX,
        port: number,
        target: format!("h{number}"),
    };
    search.answer(0, Answer::Srv((0..5000).map(srv).collect()), &mut |end| end - 1);
    assert_eq!(search.queries().len(), NAMES_MAX);
    for place in 0..NAMES_MAX {
        let addresses = (0..5000_u32).map(|number| IpAddr::V4(number.into())).collect();
        search.answer(place, Answer::Addresses(addresses), &mut |_| 0);
    }
    // Answers to other questions, twice or out of place, change nothing.
    search.answer(0, Answer::Naptr(Vec::new()), &mut |_| 0);
    search.answer(99, Answer::Srv(Vec::new()), &mut |_| 0);
    assert!(search.queries().is_empty());
    assert_eq!(search.finish().len(), TARGETS_MAX);
}
