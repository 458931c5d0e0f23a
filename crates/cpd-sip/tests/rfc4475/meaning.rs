//! Sections 3.2 to 3.4: valid for the parser; what an element needs to tell them apart is there to read.

use super::{accept, notice, parse, request_uri, text, vias, wire};
use cpd_sip::headers::Auth;
use cpd_sip::message::Name;
use cpd_sip::uri::{Host, Scheme};
use cpd_sip::{FaultKind, Message, Method};

/// 3.2.1: a branch that is the cookie and nothing else identifies no transaction.
#[test]
fn rfc4475_badbranch() {
    let message = accept(wire(
        "OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: sip:caller@example.org;tag=33242
Max-Forwards: 3
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK
Accept: application/sdp
Call-ID: badbranch.sadonfo23i420jv0as0derf3j3n
CSeq: 8 OPTIONS
l: 0

",
    ));
    let via = message.top_via().unwrap();
    assert_eq!(via.branch(), Some(&b"z9hG4bK"[..]));
    assert!(!via.has_cookie());
}

/// 3.3.1: without Call-ID, From and To.
#[test]
fn rfc4475_insuf() {
    let fault = notice(
        "INVITE sip:user@example.com SIP/2.0
CSeq: 193942 INVITE
Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf
Content-Type: application/sdp
l: {length}

{sdp}",
    );
    assert_eq!(
        (fault.kind, fault.header, fault.status()),
        (FaultKind::Missing, "From", 400)
    );
}

fn options(uri: &str) -> Message {
    accept(wire(&format!(
        "OPTIONS {uri} SIP/2.0
To: sip:user@example.com
From: sip:caller@example.net;tag=384
Max-Forwards: 3
Call-ID: unkscm.nasdfasser0q239nwsdfasdkl34
CSeq: 3923423 OPTIONS
Via: SIP/2.0/TCP host9.example.com;branch=z9hG4bKkdjuw39234
Content-Length: 0

"
    )))
}

/// 3.3.2: a scheme that nobody knows (to be answered with 416).
#[test]
fn rfc4475_unkscm() {
    let message = options("nobodyKnowsThisScheme:totallyopaquecontent");
    let uri = request_uri(&message);
    assert_eq!(
        (uri.scheme, uri.raw),
        (Scheme::Other, &b"nobodyKnowsThisScheme:totallyopaquecontent"[..])
    );
    assert_eq!(uri.host, None);
}

/// 3.3.3: a scheme that is known elsewhere.
#[test]
fn rfc4475_novelsc() {
    assert_eq!(
        request_uri(&options("soap.beep://192.0.2.103:3002")).scheme,
        Scheme::Other
    );
}

/// 3.3.4: such schemes in From, To and Contact.
#[test]
fn rfc4475_unksm2() {
    let message = accept(wire(
        "REGISTER sip:example.com SIP/2.0
To: isbn:2983792873
From: <http://www.example.com>;tag=3234233
Max-Forwards: 70
Call-ID: unksm2.daksdj@hyphenated-host.example.com
CSeq: 234902 REGISTER
Via: SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bKkdjuw
Contact: <name:John_Smith>
l: 0

",
    ));
    assert_eq!(message.to().unwrap().uri, b"isbn:2983792873");
    assert_eq!(message.from().unwrap().tag(), Some(&b"3234233"[..]));
    assert_eq!(message.contact().unwrap().uri().unwrap().scheme, Scheme::Other);
}

/// 3.3.5: extensions that nobody supports (420 with Unsupported).
#[test]
fn rfc4475_bext01() {
    let message = accept(wire(
        "OPTIONS sip:user@example.com SIP/2.0
To: sip:j_user@example.com
From: sip:caller@example.net;tag=242etr
Max-Forwards: 6
Call-ID: bext01.0ha0isndaksdj
Require: nothingSupportsThis, nothingSupportsThisEither
Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis
CSeq: 8 OPTIONS
Via: SIP/2.0/TLS fold-and-staple.example.com;branch=z9hG4bKkdjuw
Content-Length: 0

",
    ));
    let required: Vec<_> = message.values(Name::REQUIRE).map(text).collect();
    assert_eq!(required, ["nothingSupportsThis", "nothingSupportsThisEither"]);
    assert!(message.lists(Name::PROXY_REQUIRE, "NORDOANYPROXIESSUPPORTTHIS"));
}

/// 3.3.6: a body of a type that nobody knows (415).
#[test]
fn rfc4475_invut() {
    let message = accept(wire(
        "INVITE sip:user@example.com SIP/2.0
Contact: <sip:caller@host5.example.net>
To: sip:j.user@example.com
From: sip:caller@example.net;tag=8392034
Max-Forwards: 70
Call-ID: invut.0ha0isndaksdjadsfij34n23d
CSeq: 235448 INVITE
Via: SIP/2.0/UDP somehost.example.com;branch=z9hG4bKkdjuw
Content-Type: application/unknownformat
Content-Length: 40

<audio>
 <pcmu port=\"443\"/>
</audio>
",
    ));
    assert_eq!(message.part("application/sdp"), None);
    assert!(
        message
            .part("application/unknownformat")
            .unwrap()
            .starts_with(b"<audio>")
    );
}

/// 3.3.7: credentials of a scheme that nobody knows.
#[test]
fn rfc4475_regaut01() {
    let message = accept(wire(
        "REGISTER sip:example.com SIP/2.0
To: sip:j.user@example.com
From: sip:j.user@example.com;tag=87321hj23128
Max-Forwards: 8
Call-ID: regaut01.0ha0isndaksdj
CSeq: 9338 REGISTER
Via: SIP/2.0/TCP 192.0.2.253;branch=z9hG4bKkdjuw
Authorization: NoOneKnowsThisScheme opaque-data=here
Content-Length:0

",
    ));
    let auth = Auth::parse(message.header(Name::AUTHORIZATION).unwrap()).unwrap();
    assert!(!auth.is_digest());
    assert_eq!(auth.params.get("opaque-data").unwrap().as_ref(), b"here");
}

/// 3.3.8: headers that may stand once stand twice (400).
#[test]
fn rfc4475_multi01() {
    let fault = notice(
        "INVITE sip:user@company.com SIP/2.0
Contact: <sip:caller@host25.example.net>
Via: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKkdjuw
Max-Forwards: 70
CSeq: 5 INVITE
Call-ID: multi01.98asdh@192.0.2.1
CSeq: 59 INVITE
Call-ID: multi01.98asdh@192.0.2.2
From: sip:caller@example.com;tag=3413415
To: sip:user@example.com
To: sip:other@example.net
From: sip:caller@example.net;tag=2923420123
Content-Type: application/sdp
l: {length}
Contact: <sip:caller@host36.example.net>
Max-Forwards: 5

{sdp}",
    );
    assert_eq!((fault.kind, fault.header), (FaultKind::Repeated, "CSeq"));
}

/// 3.3.9: two Content-Lengths that differ (400; over a stream the connection is lost).
#[test]
fn rfc4475_mcl01() {
    let malformed = parse(
        "OPTIONS sip:user@example.com SIP/2.0
Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bK293423
To: sip:user@example.com
From: sip:other@example.net;tag=3923942
Call-ID: mcl01.fhn2323orihawfdoa3o4r52o3irsdf
CSeq: 15932 OPTIONS
Content-Length: 13
Max-Forwards: 60
Content-Length: 5
Content-Type: text/plain

There's no way to know how many octets are supposed to be here.
",
    )
    .unwrap_err();
    assert_eq!(malformed.fault.kind, FaultKind::Length);
}

/// 3.3.10: the second Via points at everybody; only its host tells.
#[test]
fn rfc4475_bcast() {
    let message = accept(wire(
        "SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923
Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23
Call-ID: bcast.0384840201234ksdfak3j2erwedfsASdf
CSeq: 35 INVITE
From: sip:user@example.com;tag=11141343
To: sip:user@example.edu;tag=2229
Content-Length: {length}
Content-Type: application/sdp
Contact: <sip:user@host28.example.com>

{sdp}",
    ));
    assert_eq!(
        vias(&message)[1].host,
        Host::Address("255.255.255.255".parse().unwrap())
    );
}

/// 3.3.11: Max-Forwards of zero (a proxy answers 483, an endpoint processes it).
#[test]
fn rfc4475_zeromf() {
    let message = accept(wire(
        "OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: sip:caller@example.net;tag=3ghsd41
Call-ID: zeromf.jfasdlfnm2o2l43r5u0asdfas
CSeq: 39234321 OPTIONS
Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bKkdjuw2349i
Max-Forwards: 0
Content-Length: 0

",
    ));
    assert_eq!(message.max_forwards(), Some(0));
}

fn register(contact: &str) -> Message {
    accept(wire(&format!(
        "REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/UDP saturn.example.com:5060;branch=z9hG4bKkdjuw
Max-Forwards: 70
From: sip:watson@example.com;tag=DkfVgjkrtMwaerKKpe
To: sip:watson@example.com
Call-ID: cparam01.70710@saturn.example.com
CSeq: 2 REGISTER
Contact: {contact}
l: 0

"
    )))
}

/// 3.3.12: without brackets a parameter is the header's.
#[test]
fn rfc4475_cparam01() {
    let message = register("sip:+19725552222@gw1.example.net;unknownparam");
    let contact = message.contact().unwrap();
    assert!(contact.params.has("unknownparam"));
    assert!(!contact.uri().unwrap().params.has("unknownparam"));
}

/// 3.3.13: within brackets it is the URI's.
#[test]
fn rfc4475_cparam02() {
    let message = register("<sip:+19725552222@gw1.example.net;unknownparam>");
    let contact = message.contact().unwrap();
    assert!(!contact.params.has("unknownparam"));
    assert!(contact.uri().unwrap().params.has("unknownparam"));
}

/// 3.3.14: headers within brackets are the URI's.
#[test]
fn rfc4475_regescrt() {
    let message = register("<sip:user@example.com?Route=%3Csip:sip.example.com%3E>");
    let contact = message.contact().unwrap().uri().unwrap();
    assert_eq!(contact.headers, b"Route=%3Csip:sip.example.com%3E");
}

/// 3.3.15: an INVITE whose sender takes no SDP (406).
#[test]
fn rfc4475_sdp01() {
    let message = accept(wire(
        "INVITE sip:user@example.com SIP/2.0
To: sip:j_user@example.com
Contact: <sip:caller@host15.example.net>
From: sip:caller@example.net;tag=234
Max-Forwards: 5
Call-ID: sdp01.ndaksdj9342dasdd
Accept: text/nobodyKnowsThis
CSeq: 8 INVITE
Via: SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKkdjuw
Content-Length: {length}
Content-Type: application/sdp

{sdp}",
    ));
    assert!(!message.lists(Name::ACCEPT, "application/sdp"));
    assert!(message.part("application/sdp").is_some());
}

/// 3.4.1: an INVITE as RFC 2543 has it: no Max-Forwards, no branch, no tag, no Content-Length.
#[test]
fn rfc4475_inv2543() {
    let message = accept(wire(
        "INVITE sip:UserB@example.com SIP/2.0
Via: SIP/2.0/UDP iftgw.example.com
From: <sip:+13035551111@ift.client.example.net;user=phone>
Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>
To: sip:+16505552222@ss1.example.net;user=phone
Call-ID: inv2543.1717@ift.client.example.com
CSeq: 56 INVITE
Content-Type: application/sdp

{sdp}",
    ));
    assert_eq!(message.method(), Some(&Method::Invite));
    assert_eq!(message.max_forwards(), None);
    assert_eq!(message.top_via().unwrap().branch(), None);
    assert_eq!(message.from().unwrap().tag(), None);
    assert!(
        message
            .part("application/sdp")
            .unwrap()
            .ends_with(b"a=rtpmap:31 LPC\r\n")
    );
    let route = message
        .addresses(Name::RECORD_ROUTE)
        .next()
        .unwrap()
        .unwrap()
        .uri()
        .unwrap();
    assert!(!route.is_loose_router());
    assert_eq!(route.params.get("maddr"), Some(&b"ss1.example.com"[..]));
}
