//! Section 3.1.2: messages that are not valid. All 19 are noticed; those whose meaning is plain all the same are
//! noticed as an [oddity](cpd_sip::Message::oddity) only, and the call goes through.

use super::{notice, parse, wire};
use cpd_sip::{FaultKind, Message};

/// 3.1.2.1: separators without anything between them, in Via and Contact.
#[test]
fn rfc4475_badinv01() {
    let text = "INVITE sip:user@example.com SIP/2.0
To: sip:j.user@example.com
From: sip:caller@example.net;tag=134161461246
Max-Forwards: 7
Call-ID: badinv01.0ha0isndaksdjasdf3234nas
CSeq: 8 INVITE
Via: SIP/2.0/UDP 192.0.2.15;;,;,,
Contact: \"Joe\" <sip:joe@example.org>;;;;
Content-Length: {length}
Content-Type: application/sdp

{sdp}";
    let fault = notice(text);
    assert_eq!((fault.kind, fault.header), (FaultKind::Value, "Via"));
    let fault = notice(&text.replace(";;,;,,", ""));
    assert_eq!((fault.kind, fault.header), (FaultKind::Value, "Contact"));
}

/// 3.1.2.2: a Content-Length larger than the datagram is answered with 400.
#[test]
fn rfc4475_clerr() {
    let malformed = parse(
        "INVITE sip:user@example.com SIP/2.0
Max-Forwards: 80
To: sip:j.user@example.com
From: sip:caller@example.net;tag=93942939o2
Contact: <sip:caller@hungry.example.net>
Call-ID: clerr.0ha0isndaksdjweiafasdk3
CSeq: 8 INVITE
Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bK-39234-23523
Content-Type: application/sdp
Content-Length: 9999

{sdp}",
    )
    .unwrap_err();
    assert_eq!(
        (malformed.fault.kind, malformed.fault.status()),
        (FaultKind::Length, 400)
    );
    let answer = Message::reply(&malformed.salvage.unwrap(), 400, "Content-Length: more than came");
    assert_eq!(answer.check(), Ok(()));
}

/// 3.1.2.3: a negative Content-Length.
#[test]
fn rfc4475_ncl() {
    let fault = notice(
        "INVITE sip:user@example.com SIP/2.0
Max-Forwards: 254
To: sip:j.user@example.com
From: sip:caller@example.net;tag=32394234
Call-ID: ncl.0ha0isndaksdj2193423r542w35
CSeq: 0 INVITE
Via: SIP/2.0/UDP 192.0.2.53;branch=z9hG4bKkdjuw
Contact: <sip:caller@example53.example.net>
Content-Type: application/sdp
Content-Length: -999

{sdp}",
    );
    assert_eq!((fault.kind, fault.header), (FaultKind::Length, "Content-Length"));
}

/// 3.1.2.4: numbers that fit nowhere; CSeq and Max-Forwards each for itself.
#[test]
fn rfc4475_scalar02() {
    let text = "REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bK342sdfoi3
To: <sip:user@example.com>
From: <sip:user@example.com>;tag=239232jh3
CSeq: 36893488147419103232 REGISTER
Call-ID: scalar02.23o0pd9vanlq3wnrlnewofjas9ui32
Max-Forwards: 300
Expires: 10000000000000000000
Contact: <sip:user@host129.example.com>
  ;expires=280297596632815
Content-Length: 0

";
    let fault = notice(text);
    assert_eq!((fault.kind, fault.header), (FaultKind::Value, "CSeq"));
    let text = text.replace("36893488147419103232", "1");
    assert_eq!(notice(&text).header, "Max-Forwards");
    let text = text.replace("300", "70");
    assert_eq!(notice(&text).header, "Expires");
}

/// 3.1.2.5: the same in a response, which is dropped.
#[test]
fn rfc4475_scalarlg() {
    let message = parse(
        "SIP/2.0 503 Service Unavailable
Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bKzzxdiwo34sw;received=192.0.2.129
To: <sip:user@example.com>
From: <sip:other@example.net>;tag=2easdjfejw
CSeq: 9292394834772304023312 OPTIONS
Call-ID: scalarlg.noase0of0234hn2qofoaf0232aewf2394r
Retry-After: 949302838503028349304023988
Warning: 1812 overture \"In Progress\"
Content-Length: 0

",
    )
    .unwrap();
    assert_eq!(message.check().unwrap_err().header, "CSeq");
    assert_eq!(message.retry_after(), None);
}

/// 3.1.2.6: quotes that are not closed.
#[test]
fn rfc4475_quotbal() {
    let fault = notice(
        "INVITE sip:user@example.com SIP/2.0
To: \"Mr. J. User <sip:j.user@example.com>
From: sip:caller@example.net;tag=93334
Max-Forwards: 10
Call-ID: quotbal.aksdj
Contact: <sip:caller@host59.example.net>
CSeq: 8 INVITE
Via: SIP/2.0/UDP 192.0.2.59:5050;branch=z9hG4bKkdjuw39234
Content-Type: application/sdp
Content-Length: {length}

{sdp}",
    );
    assert_eq!((fault.kind, fault.header), (FaultKind::Value, "To"));
}

/// What the next four do to their first line; the rest of the request is good.
fn first_line(line: &str) -> String {
    let method = line.split(' ').next().unwrap_or_default();
    format!(
        "{line}
To: sip:user@example.com
From: sip:caller@example.net;tag=39291
Max-Forwards: 23
Call-ID: ltgtruri.1@192.0.2.5
CSeq: 1 {method}
Via: SIP/2.0/UDP 192.0.2.5;branch=z9hG4bKkdjuw
Contact: <sip:caller@host5.example.net>
Content-Type: application/sdp
Content-Length: {{length}}

{{sdp}}"
    )
}

/// 3.1.2.7: brackets about the Request-URI.
#[test]
fn rfc4475_ltgtruri() {
    let text = first_line("INVITE <sip:user@example.com> SIP/2.0");
    assert_eq!(notice(&text).kind, FaultKind::StartLine);
    assert!(parse(&text).unwrap_err().salvage.is_some());
}

/// 3.1.2.8: white space within the Request-URI.
#[test]
fn rfc4475_lwsruri() {
    let fault = notice(&first_line("INVITE sip:user@example.com; lr SIP/2.0"));
    assert_eq!((fault.kind, fault.status()), (FaultKind::StartLine, 400));
}

/// 3.1.2.9: two spaces where one is due.
#[test]
fn rfc4475_lwsstart() {
    let fault = notice(&first_line("INVITE  sip:user@example.com  SIP/2.0"));
    assert_eq!(fault.kind, FaultKind::StartLine);
}

/// 3.1.2.10: white space behind the request line.
#[test]
fn rfc4475_trws() {
    let fault = notice(&first_line("OPTIONS sip:remote-target@example.com SIP/2.0  "));
    assert_eq!(fault.kind, FaultKind::StartLine);
}

/// 3.1.2.11: headers in the Request-URI.
#[test]
fn rfc4475_escruri() {
    let fault = notice(&first_line(
        "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0",
    ));
    assert_eq!(fault.kind, FaultKind::Uri);
}

/// 3.1.2.12: a time zone other than GMT is odd, and no reason to lose a call.
#[test]
fn rfc4475_baddate() {
    let text = first_line("INVITE sip:user@example.com SIP/2.0")
        .replace("Contact:", "Date: Fri, 01 Jan 2010 16:00:00 EST\nContact:");
    assert_eq!(parse(&text).unwrap().check(), Ok(()));
    assert_eq!(notice(&text).header, "Date");
}

/// 3.1.2.13: headers in a Contact without brackets.
#[test]
fn rfc4475_regbadct() {
    let fault = notice(
        "REGISTER sip:example.com SIP/2.0
To: sip:user@example.com
From: sip:user@example.com;tag=998332
Max-Forwards: 70
Call-ID: regbadct.k345asrl3fdbv@10.0.0.1
CSeq: 1 REGISTER
Via: SIP/2.0/UDP 135.180.130.133:5060;branch=z9hG4bKkdjuw
Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E
l: 0

",
    );
    assert_eq!((fault.kind, fault.header), (FaultKind::Value, "Contact"));
}

/// 3.1.2.14: white space within the brackets.
#[test]
fn rfc4475_badaspec() {
    let text = "OPTIONS sip:user@example.org SIP/2.0
Via: SIP/2.0/UDP host4.example.com:5060;branch=z9hG4bKkdju43234
Max-Forwards: 70
From: \"Bell, Alexander\" <sip:a.g.bell@example.com>;tag=433423
To: \"Watson, Thomas\" < sip:t.watson@example.org >
Call-ID: badaspec.sdf0234n2nds0a099u23h3hnnw009cdkne3
Accept: application/sdp
CSeq: 3923239 OPTIONS
l: 0

";
    assert_eq!(notice(text).header, "To");
    assert_eq!(
        parse(text).unwrap().to().unwrap().uri,
        b"sip:t.watson@example.org"
    );
}

/// 3.1.2.15: a comma in a display name without quotes.
#[test]
fn rfc4475_baddn() {
    let text = "OPTIONS sip:t.watson@example.org SIP/2.0
Via:     SIP/2.0/UDP c.example.com:5060;branch=z9hG4bKkdjuw
Max-Forwards:      70
From:    Bell, Alexander <sip:a.g.bell@example.com>;tag=43
To:      Watson, Thomas <sip:t.watson@example.org>
Call-ID: baddn.31415@c.example.com
Accept: application/sdp
CSeq:    3923239 OPTIONS
l: 0

";
    assert_eq!(notice(text).header, "From");
    assert_eq!(
        parse(text).unwrap().from().unwrap().uri,
        b"sip:a.g.bell@example.com"
    );
}

/// 3.1.2.16: a version that nobody speaks is answered with 505.
#[test]
fn rfc4475_badvers() {
    let malformed = parse(
        "OPTIONS sip:t.watson@example.org SIP/7.0
Via:     SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw
Max-Forwards:     70
From:    A. Bell <sip:a.g.bell@example.com>;tag=qweoiqpe
To:      T. Watson <sip:t.watson@example.org>
Call-ID: badvers.31417@c.example.com
CSeq:    1 OPTIONS
l: 0

",
    )
    .unwrap_err();
    assert_eq!(malformed.fault.status(), 505);
    assert_eq!(
        malformed.salvage.unwrap().top_via().unwrap().branch(),
        Some(&b"z9hG4bKkdjuw"[..])
    );
}

/// 3.1.2.17: CSeq names another method than the request line.
#[test]
fn rfc4475_mismatch01() {
    let text = first_line("OPTIONS sip:user@example.com SIP/2.0").replace("1 OPTIONS", "8 INVITE");
    assert_eq!(
        (notice(&text).kind, notice(&text).header),
        (FaultKind::Mismatch, "CSeq")
    );
}

/// 3.1.2.18: the same with a method that nobody knows.
#[test]
fn rfc4475_mismatch02() {
    let text = first_line("NEWMETHOD sip:user@example.com SIP/2.0").replace("1 NEWMETHOD", "8 INVITE");
    assert_eq!(notice(&text).kind, FaultKind::Mismatch);
}

/// 3.1.2.19: a status code of ten digits.
#[test]
fn rfc4475_bigcode() {
    let bytes = wire(
        "SIP/2.0 4294967301 better not break the receiver
Via: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe
Call-ID: bigcode.asdof3uj203asdnf3429uasdhfas3ehjasdfas9i
CSeq: 353494 INVITE
From: <sip:user@example.com>;tag=39ansfi3
To: <sip:user@example.edu>;tag=902jndnke3
Content-Length: 0
Contact: <sip:user@host105.example.com>

",
    );
    assert_eq!(
        Message::parse_datagram(bytes).unwrap_err().fault.kind,
        FaultKind::StartLine
    );
}
