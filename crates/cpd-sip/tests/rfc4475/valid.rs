//! Section 3.1.1: valid messages that look as though they were not.

use super::{SDP, accept, request_uri, text, vias, wire};
use cpd_sip::Method;
use cpd_sip::headers::ContentType;
use cpd_sip::message::{Name, parts};
use cpd_sip::uri::{Host, Uri, unescape};

/// 3.1.1.1: white space, folds, escapes and letter case wherever the grammar has room for them.
#[test]
fn rfc4475_wsinv() {
    let message = accept(wire(
        r#"INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : {length}
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2;branch=390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \"\"" <sip:jdrosen@example.com> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

{sdp}"#,
    ));
    assert!(request_uri(&message).params.has("unknownparam"));
    let to = message.to().unwrap();
    assert_eq!(
        (to.uri, to.tag()),
        (
            &b"sip:vivekg@chair-dnrc.example.com"[..],
            Some(&b"1918181833n"[..])
        )
    );
    let from = message.from().unwrap();
    assert_eq!(from.display_text().as_ref(), br#"J Rosenberg \""#);
    assert_eq!(from.tag(), Some(&b"98asjd8"[..]));
    assert_eq!(message.max_forwards(), Some(68));
    let cseq = message.cseq().unwrap();
    assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
    let vias = vias(&message);
    let branches: Vec<_> = vias.iter().map(|via| text(via.branch().unwrap())).collect();
    assert_eq!(branches, ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"]);
    assert!(!vias[0].has_cookie() && vias[1].has_cookie());
    assert_eq!(vias[1].host, Host::Name("spindle.example.com"));
    assert_eq!(message.header(Name::SUBJECT), Some(&b""[..]));
    assert_eq!(
        message.header("unknownheaderwithunusualvalue"),
        Some(&b";;,,;;,;"[..])
    );
    let route = message.addresses(Name::ROUTE).next().unwrap().unwrap();
    assert!(route.uri().unwrap().is_loose_router());
    let contact = message.contact().unwrap();
    assert_eq!(contact.display_text().as_ref(), br#"Quoted string """#);
    assert_eq!(contact.params.get("newparam"), Some(&b"newvalue"[..]));
    assert_eq!(contact.params.get("q"), Some(&b"0.33"[..]));
    assert_eq!(
        message.part("application/sdp").unwrap().len(),
        SDP.replace('\n', "\r\n").len()
    );
}

/// 3.1.1.2: every letter that the grammar allows, in method, URIs, tags and names.
#[test]
fn rfc4475_intmeth() {
    let method = "!interesting-Method0123456789_*+`.%indeed'~";
    let message = accept(wire(&format!(
        "{method} sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0
Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~
To: \"BEL:\\\x07 NUL:\\\0 DEL:\\\x7F\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>
From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"работающий\";tag=_token~1'+`*%!-.
Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}}{{
CSeq: 139122385 {method}
Max-Forwards: 255
extensionHeader-!.%*+_`'~:\u{feff}大停電
Content-Length: 0

"
    )));
    assert_eq!(message.method().unwrap().as_str(), method);
    let uri = request_uri(&message);
    assert_eq!(
        uri.user,
        Some(&b"1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"[..])
    );
    assert_eq!(
        uri.password,
        Some(&b"&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"[..])
    );
    assert_eq!(uri.host, Some(Host::Name("example.com")));
    assert_eq!(
        message.to().unwrap().display_text().as_ref(),
        b"BEL:\x07 NUL:\0 DEL:\x7f"
    );
    let from = message.from().unwrap();
    assert_eq!(from.display, b"token1~` token2'+_ token3*%!.-");
    assert_eq!(from.tag(), Some(&b"_token~1'+`*%!-."[..]));
    assert_eq!(
        text(from.params.get("fromParam''~+*_!.-%").unwrap()),
        "\"работающий\""
    );
    assert_eq!(message.cseq().unwrap().number, 139_122_385);
    assert_eq!(message.max_forwards(), Some(255));
    assert_eq!(
        text(message.header("extensionHeader-!.%*+_`'~").unwrap()),
        "\u{feff}大停電"
    );
}

/// 3.1.1.3: escapes are part of the name until somebody compares or shows it.
#[test]
fn rfc4475_esc01() {
    let message = accept(wire(
        "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0
To: sip:%75se%72@example.com
From: <sip:I%20have%20spaces@example.net>;tag=938
Max-Forwards: 87
i: esc01.239409asdfakjkn23onasd0-3234
CSeq: 234234 INVITE
Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw
C: application/sdp
Contact:
  <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>
Content-Length: {length}

{sdp}",
    ));
    let uri = request_uri(&message);
    assert_eq!(uri.user_text().as_ref(), b"sips:user@example.com");
    assert_eq!(uri.host, Some(Host::Name("example.net")));
    let to = message.to().unwrap().uri().unwrap();
    assert!(to.equals(&Uri::parse(b"sip:user@example.com").unwrap()));
    assert_eq!(
        message.from().unwrap().uri().unwrap().user_text().as_ref(),
        b"I have spaces"
    );
    let contact = message.contact().unwrap().uri().unwrap();
    assert_eq!(contact.user_text().as_ref(), b"caller");
    // Unescaped once, not twice: the value is `value%41`.
    assert_eq!(
        unescape(contact.params.get("n%61me").unwrap()).as_ref(),
        b"value%41"
    );
}

/// 3.1.1.4: a null in a name does not end it.
#[test]
fn rfc4475_escnull() {
    let message = accept(wire(
        "REGISTER sip:example.com SIP/2.0
To: sip:null-%00-null@example.com
From: sip:null-%00-null@example.com;tag=839923423
Max-Forwards: 70
Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd
CSeq: 14398234 REGISTER
Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bKkdjuw
Contact: <sip:%00@host5.example.com>
Contact: <sip:%00%00@host5.example.com>
L:0

",
    ));
    assert_eq!(
        message.to().unwrap().uri().unwrap().user_text().as_ref(),
        b"null-\0-null"
    );
    let contacts: Vec<_> = message
        .addresses(Name::CONTACT)
        .map(|contact| contact.unwrap().uri().unwrap())
        .collect();
    assert_eq!(contacts[0].user_text().as_ref(), b"\0");
    assert_eq!(contacts[1].user_text().as_ref(), b"\0\0");
    assert!(!contacts[0].equals(&contacts[1]));
}

/// 3.1.1.5: `%` is a letter like any other in methods, header names and display names.
#[test]
fn rfc4475_esc02() {
    let message = accept(wire(
        "RE%47IST%45R sip:registrar.example.com SIP/2.0
To: \"%Z%45\" <sip:resource@example.com>
From: \"%Z%45\" <sip:resource@example.com>;tag=f232jadfj23
Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf
Via: SIP/2.0/TCP host.example.com;branch=z9hG4bK209%fzsnel234
CSeq: 29344 RE%47IST%45R
Max-Forwards: 70
Contact: <sip:alias1@host1.example.com>
C%6Fntact: <sip:alias2@host2.example.com>
Contact: <sip:alias3@host3.example.com>
l: 0

",
    ));
    assert_eq!(message.method(), Some(&Method::Other("RE%47IST%45R".into())));
    assert_eq!(message.to().unwrap().display_text().as_ref(), b"%Z%45");
    assert_eq!(message.values(Name::CONTACT).count(), 2);
    assert_eq!(
        message.top_via().unwrap().branch(),
        Some(&b"z9hG4bK209%fzsnel234"[..])
    );
}

/// 3.1.1.6: no white space between a display name and its address.
#[test]
fn rfc4475_lwsdisp() {
    let message = accept(wire(
        "OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: caller<sip:caller@example.com>;tag=323
Max-Forwards: 70
Call-ID: lwsdisp.1234abcd@funky.example.com
CSeq: 60 OPTIONS
Via: SIP/2.0/UDP funky.example.com;branch=z9hG4bKkdjuw
l: 0

",
    ));
    let from = message.from().unwrap();
    assert_eq!(
        (from.display, from.uri),
        (&b"caller"[..], &b"sip:caller@example.com"[..])
    );
}

/// 3.1.1.7: long values everywhere.
#[test]
fn rfc4475_longreq() {
    let r = |what: &str, times: usize| what.repeat(times);
    let vias: String = (1..34)
        .rev()
        .map(|n| format!("Via: SIP/2.0/TCP sip{n}.example.com\n"))
        .collect();
    let tag = format!("12{}424", r("982", 50));
    let name = format!("I have a user name of {} proportion", r("extreme", 10));
    let caller = r("amazinglylongcallername", 5);
    let call_id = format!("longreq.one{}longcallid", r("really", 20));
    let (long_name, long_value) = (
        format!("Unknown-{}-Name", r("Long", 20)),
        format!("unknown-{}-value", r("long", 20)),
    );
    let message = accept(wire(&format!(
        "INVITE sip:user@example.com SIP/2.0
To: \"{name}\"<sip:user@example.com:6000;unknownparam1=very{v}value;longparam{n}=shortvalue;very{w}ParameterNameWithNoValue>
F: sip:{caller}@example.net;tag={tag};unknownheaderparam{n}=unknowheaderparam{p};unknownValueless{w}paramname
Call-ID: {call_id}
CSeq: 3882340 INVITE
{long_name}: {long_value}; unknown-{w}-parameter-name = unknown-{w}-parameter-value
{vias}Max-Forwards: 70
Contact: <sip:{caller}@host5.example.net>
Content-Type: application/sdp
l: {{length}}

{{sdp}}",
        v = r("long", 20),
        n = r("name", 25),
        w = r("long", 10),
        p = r("value", 15),
    )));
    assert_eq!(message.values(Name::VIA).count(), 33);
    assert_eq!(text(&message.to().unwrap().display_text()), name);
    assert_eq!(message.from().unwrap().tag(), Some(tag.as_bytes()));
    assert_eq!(
        message.from().unwrap().uri().unwrap().user,
        Some(caller.as_bytes())
    );
    assert_eq!(message.call_id().unwrap(), call_id.as_bytes());
    assert!(
        message
            .header(long_name.as_str())
            .unwrap()
            .starts_with(long_value.as_bytes())
    );
    assert_eq!(message.to().unwrap().uri().unwrap().port, Some(6000));
}

/// 3.1.1.8: what a datagram holds behind the promised body is left out.
#[test]
fn rfc4475_dblreq() {
    let message = accept(wire(
        "REGISTER sip:example.com SIP/2.0
To: sip:j.user@example.com
From: sip:j.user@example.com;tag=43251j3j324
Max-Forwards: 8
I: dblreq.0ha0isndaksdj99sdfafnl3lk233412
Contact: sip:j.user@host.example.com
CSeq: 8 REGISTER
Via: SIP/2.0/UDP 192.0.2.125;branch=z9hG4bKkdjuw23492
Content-Length: 0


INVITE sip:joe@example.com SIP/2.0
t: sip:joe@example.com
From: sip:caller@example.net;tag=141334
Max-Forwards: 8
Call-ID: dblreq.0ha0isnda977644900765@192.0.2.15
CSeq: 8 INVITE
Via: SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKkdjuw380234
Content-Type: application/sdp
Content-Length: {length}

{sdp}",
    ));
    assert_eq!(message.method(), Some(&Method::Register));
    assert_eq!(message.body(), b"");
    assert!(message.to_bytes().ends_with(b"Content-Length: 0\r\n\r\n"));
}

/// 3.1.1.9: parameters of the user part are not the URI's.
#[test]
fn rfc4475_semiuri() {
    let message = accept(wire(
        "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0
To: sip:j_user@example.com
From: sip:caller@example.org;tag=33242
Max-Forwards: 3
Call-ID: semiuri.0ha0isndaksdj
CSeq: 8 OPTIONS
Accept: application/sdp, application/pkcs7-mime,
        multipart/mixed, multipart/signed,
        message/sip, message/sipfrag
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKkdjuw
l: 0

",
    ));
    let uri = request_uri(&message);
    assert_eq!(uri.user_text().as_ref(), b"user;par=u@example.net");
    assert_eq!(uri.user_params().get("par"), Some(&b"u%40example.net"[..]));
    assert!(!uri.params.has("par"));
    assert_eq!(message.values(Name::ACCEPT).count(), 6);
}

/// 3.1.1.10: transports nobody knows.
#[test]
fn rfc4475_transports() {
    let message = accept(wire(
        "OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: <sip:caller@example.com>;tag=323
Max-Forwards: 70
Call-ID:  transports.kijh4akdnaqjkwendsasfdj
Accept: application/sdp
CSeq: 60 OPTIONS
Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw
Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf
Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj
Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en
Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee
l: 0

",
    ));
    let transports: Vec<_> = vias(&message).iter().map(|via| text(via.transport)).collect();
    assert_eq!(transports, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
}

/// 3.1.1.11: several parts, one of them binary.
#[test]
fn rfc4475_mpart01() {
    let secret = b"0\x82\x01R\x06\t*\x86H\x86\xf7\r\n\x01\x07\x02\xa0\x82\0--\r\n-7a9c\r\n";
    let mut body =
        b"--7a9cbec02ceef655\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\n\
        Hello\r\n--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\
        Content-Transfer-Encoding: binary\r\n\r\n"
            .to_vec();
    body.extend_from_slice(secret);
    body.extend_from_slice(b"\r\n--7a9cbec02ceef655--\r\n");
    let mut bytes = wire(&format!(
        "MESSAGE sip:kumiko@example.org SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-d87543-4dade06d0bdb11ee-1--d87543-;rport
Max-Forwards: 70
Route: <sip:127.0.0.1:5080>
Identity: r5mwreLuyDRYBi/0TiPwEsY3rEVsk/G2WxhgTV1PF7hHuLIK0YWVKZhKv9Mj8UeXqkMVbnVq37CD+813gvYjcBUaZngQmXc9WNZSDNGCzA=
Contact: <sip:fluffy@127.0.0.1:5070>
To: <sip:kumiko@example.org>
From: <sip:fluffy@example.com>;tag=2fb0dcc9
Call-ID: 3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..
CSeq: 1 MESSAGE
Content-Transfer-Encoding: binary
Content-Type: multipart/mixed;boundary=7a9cbec02ceef655
Date: Sat, 15 Oct 2005 04:44:56 GMT
User-Agent: SIPimp.org/0.2.5 (curses)
Content-Length: {}

",
        body.len()
    ));
    bytes.extend_from_slice(&body);
    let message = accept(bytes);
    assert_eq!(message.part("text/plain"), Some(&b"Hello"[..]));
    assert_eq!(message.part("application/octet-stream"), Some(&secret[..]));
    let content_type = message.header(Name::CONTENT_TYPE).unwrap();
    assert!(ContentType::parse(content_type).unwrap().is("multipart/mixed"));
    assert_eq!(parts(content_type, message.body()).count(), 2);
}

/// 3.1.1.12: a reason phrase with more than ASCII in it.
#[test]
fn rfc4475_unreason() {
    let reason = "= 2**3 * 5**2 но сто девяносто девять - простое";
    let message = accept(wire(&format!(
        "SIP/2.0 200 {reason}
Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923
Call-ID: unreason.1234ksdfak3j2erwedfsASdf
CSeq: 35 INVITE
From: sip:user@example.com;tag=11141343
To: sip:user@example.edu;tag=2229
Content-Length: {{length}}
Content-Type: application/sdp
Contact: <sip:user@host198.example.com>

{{sdp}}"
    )));
    assert_eq!(message.status(), 200);
    assert_eq!(text(message.reason()), reason);
}

/// 3.1.1.13: no reason phrase; the space before it stands.
#[test]
fn rfc4475_noreason() {
    let message = accept(wire(
        "SIP/2.0 100 \nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe
Call-ID: noreason.asndj203insdf99223ndf
CSeq: 35 INVITE
From: <sip:user@example.com>;tag=39ansfi3
To: <sip:user@example.edu>;tag=902jndnke3
Content-Length: 0
Contact: <sip:user@host105.example.com>

",
    ));
    assert_eq!((message.status(), message.reason()), (100, &b""[..]));
}
