//! Descriptions as they are met on trunks, and what we make of them.

use super::*;
use crate::codec::Codec;
use crate::srtp::{Key, Suite};

const LOCAL: Local<'static> = Local {
    rtp: SocketAddr::new(
        std::net::IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7)),
        30_000,
    ),
    rtcp_port: 30_001,
    rtcp_mux: false,
    origin: Origin {
        session: 7,
        version: 1,
    },
    protection: Protection::AsItCame,
    order: Order::AsItCame,
};

fn parse(text: &[u8]) -> Description {
    Description::parse(text).unwrap()
}

/// A description with CRLF, from lines set in with spaces.
fn lines(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        out.extend(line.as_bytes());
        out.extend(b"\r\n");
    }
    out
}

/// What goes out for what came in.
fn check(came: &str, local: Local<'_>, goes: &str) {
    let relayed = parse(&lines(came)).relayed(&local);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\r', "");
    assert_eq!(text(&relayed), text(&lines(goes)));
}

fn address(text: &str) -> Option<SocketAddr> {
    Some(text.parse().unwrap())
}

const CARRIER: &str = "
    v=0
    o=Sonus_UAC 905110 449301 IN IP4 203.0.113.9
    s=SIP Media Capabilities
    c=IN IP4 203.0.113.10
    t=0 0
    m=audio 49152 RTP/AVP 18 8 0 101
    a=rtpmap:18 G729/8000
    a=fmtp:18 annexb=no
    a=rtpmap:8 PCMA/8000
    a=rtpmap:0 PCMU/8000
    a=rtpmap:101 telephone-event/8000
    a=fmtp:101 0-15
    a=sendrecv
    a=ptime:20";

#[test]
fn a_carriers_offer_is_read() {
    let audio = parse(&lines(CARRIER)).audio().unwrap();
    assert_eq!(audio.rtp, address("203.0.113.10:49152"));
    assert_eq!(audio.rtcp, address("203.0.113.10:49153"));
    assert_eq!((audio.direction, audio.is_hold()), (Direction::SendRecv, false));
    assert_eq!((audio.profile.clone(), audio.ptime_ms), (Profile::Avp, Some(20)));
    let told: Vec<_> = audio
        .formats
        .iter()
        .map(|format| (format.payload_type, format.codec, format.name.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (18, Codec::Other, "G729"),
            (8, Codec::Pcma, "PCMA"),
            (0, Codec::Pcmu, "PCMU"),
            (101, Codec::TelephoneEvent, "telephone-event"),
        ]
    );
    assert_eq!(audio.format(18).unwrap().fmtp.as_deref(), Some("annexb=no"));
    assert_eq!(audio.format(9), None);
}

#[test]
fn it_goes_on_with_our_address_and_what_we_hear_first() {
    check(
        CARRIER,
        Local {
            order: Order::HeardFirst,
            ..LOCAL
        },
        "v=0
        o=- 7 1 IN IP4 198.51.100.7
        s=SIP Media Capabilities
        c=IN IP4 198.51.100.7
        t=0 0
        m=audio 30000 RTP/AVP 8 0 18 101
        a=rtpmap:18 G729/8000
        a=fmtp:18 annexb=no
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=sendrecv
        a=ptime:20",
    );
}

#[test]
fn a_name_in_another_charset_goes_through_untouched() {
    let came = b"v=0\no=\xc8\xe2\xe0\xed 1 1 IN IP4 192.0.2.1\ns=\xc7\xe2\xee\xed\xee\xea\nc=IN IP4 192.0.2.1\nt=0 0\n\
        m=audio 4000 RTP/AVP 8\na=x-\xff:\x80\n";
    let relayed = parse(came).relayed(&LOCAL);
    assert!(
        relayed
            .windows(11)
            .any(|part| part == b"s=\xc7\xe2\xee\xed\xee\xea\r\nc")
    );
    assert!(relayed.ends_with(b"a=x-\xff:\x80\r\n"));
}

#[test]
fn what_is_missing_or_misplaced_is_mended() {
    // No s=, no t=, an attribute before c=, spaces to spare, an empty line, junk, no line end at the end.
    let came = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\na=tool:x\r\nc=in ip4  192.0.2.1 \r\n\r\njunk\r\nm=audio  4000/2  rtp/avp  8   0 \n\
        a=rtcp:5000\ra=ptime:20.0";
    let description = parse(came);
    let audio = description.audio().unwrap();
    assert_eq!(audio.rtp, address("192.0.2.1:4000"));
    assert_eq!(audio.rtcp, address("192.0.2.1:5000"));
    assert_eq!(audio.ptime_ms, Some(20));
    assert_eq!(
        String::from_utf8(description.relayed(&LOCAL)).unwrap(),
        "v=0\r\no=- 7 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\na=tool:x\r\n\
         m=audio 30000 rtp/avp 8 0\r\na=ptime:20.0\r\n"
    );
}

#[test]
fn each_medium_may_have_an_address_and_only_one_is_carried() {
    let came = "
        v=0
        o=- 1 1 IN IP6 2001:db8::1
        s=-
        t=0 0
        a=group:BUNDLE 0 1 2
        m=video 4002 RTP/AVP 96
        c=IN IP6 2001:db8::3
        a=rtpmap:96 H264/90000
        m=audio 4000 RTP/AVPF 0
        c=IN IP6 2001:db8::2
        b=AS:80
        a=rtcp-mux
        a=rtcp-fb:* nack
        m=audio 4010 RTP/SAVP 0
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz
        m=message 5000 TCP/MSRP *";
    let audio = parse(&lines(came)).audio().unwrap();
    assert_eq!(audio.rtp, address("[2001:db8::2]:4000"));
    assert_eq!(audio.rtcp, audio.rtp);
    check(
        came,
        Local {
            rtp: "[2001:db8::7]:30000".parse().unwrap(),
            rtcp_port: 30_005,
            ..LOCAL
        },
        "v=0
        o=- 7 1 IN IP6 2001:db8::7
        s=-
        c=IN IP6 2001:db8::7
        t=0 0
        m=video 0 RTP/AVP 96
        m=audio 30000 RTP/AVPF 0
        b=AS:80
        a=rtcp-fb:* nack
        a=rtcp:30005
        m=audio 0 RTP/SAVP 0
        m=message 0 TCP/MSRP *",
    );
}

#[test]
fn hold_is_seen_in_all_its_forms_and_stays_what_it_was() {
    let hold = |connection: &str, session: &str, media: &str| {
        let text = format!(
            "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 {connection}\nt=0 0\n{session}\nm=audio 4000 RTP/AVP 8\n{media}\n"
        );
        let description = parse(text.as_bytes());
        let again = parse(&description.relayed(&LOCAL)).audio().unwrap();
        let audio = description.audio().unwrap();
        assert_eq!(again.is_hold(), audio.is_hold(), "{text}");
        (audio.is_hold(), audio.rtp.is_some())
    };
    assert_eq!(hold("192.0.2.1", "", ""), (false, true));
    assert_eq!(hold("192.0.2.1", "", "a=recvonly"), (false, true));
    assert_eq!(hold("192.0.2.1", "", "a=sendonly"), (true, true));
    assert_eq!(hold("192.0.2.1", "a=inactive", ""), (true, true));
    assert_eq!(hold("192.0.2.1", "a=inactive", "a=sendrecv"), (false, true));
    assert_eq!(hold("0.0.0.0", "", "a=sendrecv"), (true, false));
}

#[test]
fn what_cannot_be_sent_to_is_no_address() {
    for (connection, port) in [
        ("IN IP4 239.1.1.1/127", 4_000),
        ("IN IP4 255.255.255.255", 4_000),
        ("IN IP4 sip.example.com", 4_000),
        ("IN IP6 ff02::1", 4_000),
        ("ATM X 1", 4_000),
        ("IN IP4 192.0.2.1", 0),
        ("IN IP4 192.0.2.1", 70_000),
    ] {
        let text = format!("v=0\nc={connection}\nm=audio {port} RTP/AVP 8\n");
        let audio = parse(text.as_bytes()).audio().unwrap();
        assert_eq!((audio.rtp, audio.rtcp), (None, None), "{text}");
    }
    // An IPv4 address in IPv6's clothes is sent to as what it is.
    let mapped = parse(b"v=0\nc=IN IP6 ::ffff:192.0.2.1\nm=audio 65535 RTP/AVP 8\n");
    let audio = mapped.audio().unwrap();
    assert_eq!((audio.rtp, audio.rtcp), (address("192.0.2.1:65535"), None));
}

#[test]
fn a_refused_stream_stays_refused() {
    let description = parse(b"v=0\nc=IN IP4 192.0.2.1\nm=audio 0 RTP/AVP 8\na=sendrecv\n");
    let Ok(Carried::Audio(audio)) = description.carried() else {
        panic!("audio is described");
    };
    assert!(audio.refused);
    let again = parse(&description.relayed(&LOCAL));
    assert!(again.audio().unwrap().refused);
}

#[test]
fn a_fax_is_carried_where_audio_ended() {
    let came = "
        v=0
        o=- 1 2 IN IP4 192.0.2.1
        s=-
        c=IN IP4 192.0.2.1
        t=0 0
        m=audio 0 RTP/AVP 8
        m=image 4000 udptl t38
        a=T38FaxVersion:0
        a=T38FaxUdpEC:t38UDPRedundancy";
    assert_eq!(
        parse(&lines(came)).carried(),
        Ok(Carried::Fax(address("192.0.2.1:4000")))
    );
    assert_eq!(parse(&lines(came)).audio(), None);
    check(
        came,
        Local {
            protection: Protection::Plain,
            order: Order::HeardFirst,
            ..LOCAL
        },
        "v=0
        o=- 7 1 IN IP4 198.51.100.7
        s=-
        c=IN IP4 198.51.100.7
        t=0 0
        m=audio 0 RTP/AVP 8
        m=image 30000 udptl t38
        a=T38FaxVersion:0
        a=T38FaxUdpEC:t38UDPRedundancy",
    );
}

const BROWSER: &str = "
    v=0
    o=- 4611731400430051336 2 IN IP4 127.0.0.1
    s=-
    t=0 0
    a=group:BUNDLE 0
    a=ice-options:trickle
    m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 13 110
    c=IN IP4 0.0.0.0
    a=rtcp:9 IN IP4 0.0.0.0
    a=candidate:1 1 udp 2122260223 192.0.2.9 54321 typ host
    a=ice-ufrag:4ZcD
    a=ice-pwd:2/1muCWoOi3uLifh0NuRHlID
    a=fingerprint:sha-256 AB:CD
    a=setup:actpass
    a=mid:0
    a=rtpmap:111 opus/48000/2
    a=rtpmap:110 telephone-event/48000";

#[test]
fn keys_agreed_in_the_media_path_are_refused_in_words() {
    let description = parse(&lines(BROWSER));
    let why = description.carried().unwrap_err();
    assert_eq!(why, CannotCarry::Dtls);
    assert_eq!(
        why.to_string(),
        "DTLS-SRTP cannot be relayed; RTP and SRTP with a=crypto can"
    );
    let again = parse(&description.relayed(&LOCAL));
    assert!(again.audio().unwrap().refused);
    let refused = |media: &str| {
        let text = format!("v=0\nc=IN IP4 192.0.2.1\n{media}\n");
        parse(text.as_bytes()).carried().unwrap_err()
    };
    assert_eq!(refused("m=audio 4000 RTP/SAVP 0"), CannotCarry::NoKey);
    assert_eq!(
        refused("m=audio 4000 RTP/SAVP 0\na=fingerprint:sha-1 AA"),
        CannotCarry::Dtls
    );
    assert_eq!(
        refused("m=audio 4000 TCP/RTP/AVP 0").to_string(),
        "transport TCP/RTP/AVP cannot be relayed"
    );
    assert_eq!(refused("m=video 4000 RTP/AVP 31"), CannotCarry::NoAudio);
    assert_eq!(refused(""), CannotCarry::NoAudio);
}

#[test]
fn a_leg_is_secured_and_the_other_is_not() {
    let secured = "
        v=0
        o=- 1 1 IN IP4 192.0.2.1
        s=-
        c=IN IP4 192.0.2.1
        t=0 0
        m=audio 4000 RTP/SAVPF 8
        a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==
        a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4
        a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz UNENCRYPTED_SRTP
        a=crypto:4 F8_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz
        a=candidate:1 1 udp 2122260223 192.0.2.9 54321 typ host
        a=sendrecv";
    let audio = parse(&lines(secured)).audio().unwrap();
    let tags: Vec<u32> = audio.crypto.iter().map(|crypto| crypto.tag).collect();
    assert_eq!(tags, [1, 2]);
    let head = "v=0
        o=- 7 1 IN IP4 198.51.100.7
        s=-
        c=IN IP4 198.51.100.7
        t=0 0\n";
    let plain = Local {
        protection: Protection::Plain,
        ..LOCAL
    };
    check(
        secured,
        plain,
        &format!("{head}m=audio 30000 RTP/AVPF 8\na=sendrecv"),
    );
    let ours = [Crypto {
        tag: 2,
        key: Key::new(Suite::AesCm128Sha1_80, &[0; 30]).unwrap(),
    }];
    let sdes = Local {
        protection: Protection::Sdes(&ours),
        rtcp_mux: true,
        ..LOCAL
    };
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let goes = format!(
        "{head}m=audio 30000 RTP/SAVPF 8\na=sendrecv\na=rtcp-mux\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{key}"
    );
    check(secured, sdes, &goes);
    let came = format!("{head}m=audio 30000 RTP/AVPF 8\na=sendrecv");
    check(&came, sdes, &goes);
}

#[test]
fn old_numbers_need_no_map_and_new_ones_can_mean_anything() {
    let text = b"v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 9 8 18 96 200 8 x\na=rtpmap:96 opus/48000/2\n\
        a=rtpmap:8 L16/8000\na=rtpmap:97 PCMA/8000\n";
    let audio = parse(text).audio().unwrap();
    let told: Vec<_> = audio
        .formats
        .iter()
        .map(|format| (format.payload_type, format.codec, format.channels))
        .collect();
    assert_eq!(
        told,
        [
            (9, Codec::G722, 1),
            (8, Codec::Other, 1),
            (18, Codec::Other, 1),
            (96, Codec::Opus, 2)
        ]
    );
}

#[test]
fn offers_of_our_own_are_answered() {
    let formats = [Format::pcma(), Format::opus(96), Format::telephone_event(101)];
    let made = parse(&offer(&LOCAL, Direction::SendOnly, &formats));
    let audio = made.audio().unwrap();
    assert_eq!(audio.formats, formats);
    assert_eq!(audio.rtp, Some(LOCAL.rtp));
    let peer = Local {
        rtp: "192.0.2.1:4000".parse().unwrap(),
        rtcp_port: 4_001,
        ..LOCAL
    };
    let ours = [Format::telephone_event(97), Format::pcmu(), Format::pcma()];
    let answered = parse(&answer(&made, &peer, &ours).unwrap()).audio().unwrap();
    assert_eq!(answered.formats, [Format::pcma(), Format::telephone_event(101)]);
    assert_eq!(answered.direction, Direction::RecvOnly);
    assert_eq!(answered.rtp, Some(peer.rtp));
    let nothing = [Format::g722(), Format::telephone_event(97)];
    assert_eq!(answer(&made, &peer, &nothing), Err(CannotCarry::NoCodec));
    let secured = parse(
        b"v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/SAVP 8\n\
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\n",
    );
    assert_eq!(answer(&secured, &peer, &ours), Err(CannotCarry::NoKey));
}

#[test]
fn an_answer_has_the_media_of_its_offer() {
    let made = parse(
        b"v=0\nc=IN IP4 192.0.2.1\nm=video 4002 RTP/AVP 96\nm=audio 4000 rtp/avp 8\nm=image 4004 udptl t38\n",
    );
    let answer = answer(&made, &LOCAL, &[Format::pcma()]).unwrap();
    let media: Vec<_> = std::str::from_utf8(&answer)
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("m="))
        .collect();
    assert_eq!(
        media,
        [
            "m=video 0 RTP/AVP 96",
            "m=audio 30000 rtp/avp 8",
            "m=image 0 udptl t38"
        ]
    );
}

#[test]
fn too_much_is_said_by_name() {
    let check = |text: &[u8], why: BadSdp| assert_eq!(Description::parse(text), Err(why));
    check(
        &vec![b'a'; BYTES_MAX + 1],
        BadSdp::TooLong { bytes: BYTES_MAX + 1 },
    );
    check(
        &[b"v=0\n".as_slice(), &b"a=\n".repeat(LINES_MAX)].concat(),
        BadSdp::TooManyLines,
    );
    check(
        &[b"v=0\n".as_slice(), &b"m=x 1 y\n".repeat(MEDIA_MAX + 1)].concat(),
        BadSdp::TooManyMedia,
    );
    check(b"", BadSdp::NoVersion);
    check(b"o=- 1 1 IN IP4 192.0.2.1\nv=0\n", BadSdp::NoVersion);
    check(b"v=0\ns=-\nm=audio 4000\n", BadSdp::MediaLine { line: 3 });
}

#[test]
fn keys_stay_out_of_logs() {
    let text = b"v=0\nm=audio 4000 RTP/SAVP 8\n\
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\n";
    let description = parse(text);
    let told = format!("{description:?} {:?}", description.audio());
    assert!(!told.contains("WVNf") && !told.contains("89, 83"));
}
