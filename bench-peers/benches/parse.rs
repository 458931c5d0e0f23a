//! Parsing with typed access beside rsipstack, on the same messages in the same run; prints the ratio of the rates.
//!
//! Both read what a B2BUA needs of a message: top Via with its branch, From and To with URI and tag, Call-ID, CSeq, the
//! first Contact with its URI, Max-Forwards, the routes, Session-Expires and the body.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cpd_sip::message::Name;
use cpd_sip::{Message, Uri};
use rsipstack::sip::SipMessage;
use rsipstack::sip::prelude::*;

const MESSAGES: [(&str, &[u8]); 4] = [
    (
        "INVITE with SDP",
        include_bytes!("../../fuzz/corpus/sip_message/invite"),
    ),
    (
        "183 with SDP",
        include_bytes!("../../fuzz/corpus/sip_message/progress"),
    ),
    ("200 with SDP", include_bytes!("../../fuzz/corpus/sip_message/ok")),
    ("BYE", include_bytes!("../../fuzz/corpus/sip_message/bye")),
];

/// Bytes that were understood: both have to find the same.
fn ours(bytes: &[u8]) -> usize {
    let message = Message::parse_datagram(bytes.to_vec()).expect("a message");
    let via = message.top_via().expect("Via");
    let from = message.from().expect("From");
    let to = message.to().expect("To");
    let mut found = via.branch().unwrap_or_default().len();
    for address in [from, to] {
        let uri = address.uri().expect("a URI");
        found += uri.user.unwrap_or_default().len() + address.tag().unwrap_or_default().len();
    }
    if message.is_request() {
        found += Uri::parse(message.uri())
            .expect("a URI")
            .user
            .unwrap_or_default()
            .len();
    }
    found += message.call_id().expect("Call-ID").len();
    found += message.cseq().expect("CSeq").number as usize;
    if let Some(contact) = message.contact() {
        found += contact.uri().expect("a URI").user.unwrap_or_default().len();
    }
    found += usize::from(message.max_forwards().unwrap_or_default());
    for name in [Name::ROUTE, Name::RECORD_ROUTE] {
        for route in message.addresses(name) {
            let route = route.expect("a route");
            found += usize::from(route.uri().expect("a URI").is_loose_router());
        }
    }
    found += message.session_expires().map_or(0, |_| 1);
    found + message.body().len()
}

fn theirs(bytes: &[u8]) -> usize {
    let message = SipMessage::try_from(bytes).expect("a message");
    let via = message.via_header().expect("Via").typed().expect("Via");
    let from = message.from_header().expect("From").typed().expect("From");
    let to = message.to_header().expect("To").typed().expect("To");
    let user = |uri: &rsipstack::sip::Uri| uri.auth.as_ref().map_or(0, |auth| auth.user.len());
    let tag = |tag: Option<&rsipstack::sip::param::Tag>| tag.map_or(0, |tag| tag.value().len());
    let mut found = via.branch().map_or(0, |branch| branch.value().len());
    found += user(&from.uri) + tag(from.tag());
    found += user(&to.uri) + tag(to.tag());
    if let SipMessage::Request(request) = &message {
        found += user(request.uri());
    }
    found += message.call_id_header().expect("Call-ID").value().len();
    found += message.cseq_header().expect("CSeq").typed().expect("CSeq").seq as usize;
    if let Ok(contact) = message.contact_header() {
        found += user(&contact.typed().expect("Contact").uri);
    }
    if let Ok(max_forwards) = message.max_forwards_header() {
        found += max_forwards.value().trim().parse::<usize>().expect("a number");
    }
    found += message.typed_route_headers().expect("routes").len();
    found += message.typed_record_route_headers().expect("routes").len();
    found += message.session_expires_header().map_or(0, |_| 1);
    found
        + match &message {
            SipMessage::Request(request) => request.body().len(),
            SipMessage::Response(response) => response.body().len(),
        }
}

#[divan::bench(args = MESSAGES.map(|(name, _)| name))]
fn cpd_sip(bencher: divan::Bencher<'_, '_>, name: &str) {
    let bytes = message(name);
    bencher.bench(|| ours(black_box(&bytes)));
}

#[divan::bench(args = MESSAGES.map(|(name, _)| name))]
fn rsipstack(bencher: divan::Bencher<'_, '_>, name: &str) {
    let bytes = message(name);
    bencher.bench(|| theirs(black_box(&bytes)));
}

/// Without the number's parameters in the Request-URI, of which rsipstack loses the whole user.
fn message(name: &str) -> Vec<u8> {
    let (_, bytes) = MESSAGES
        .iter()
        .find(|(other, _)| *other == name)
        .expect("a message of ours");
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    text.replacen(";npdi;rn=+4915500;cpd=on", "", 1).into_bytes()
}

/// The best of many short turns about: short enough that a busy machine leaves some of either undisturbed.
fn compare(bytes: &[u8]) -> (f64, f64) {
    const TURNS: usize = 500;
    const CALLS: u32 = 50;
    let time = |parse: fn(&[u8]) -> usize| {
        let begin = Instant::now();
        for _ in 0..CALLS {
            black_box(parse(black_box(bytes)));
        }
        begin.elapsed()
    };
    let mut best = [Duration::MAX; 2];
    for _ in 0..TURNS {
        best[0] = best[0].min(time(ours));
        best[1] = best[1].min(time(theirs));
    }
    let rate = |best: Duration| f64::from(CALLS) / best.as_secs_f64();
    (rate(best[0]), rate(best[1]))
}

fn main() {
    divan::main();
    println!(
        "{:<16} {:>12} {:>14} {:>7}",
        "messages a second", "cpd-sip", "rsipstack", "ratio"
    );
    for (name, _) in MESSAGES {
        let bytes = message(name);
        assert_eq!(ours(&bytes), theirs(&bytes), "{name}: both must find the same");
        let (ours, theirs) = compare(&bytes);
        println!("{name:<17} {ours:>12.0} {theirs:>14.0} {:>6.1}x", ours / theirs);
    }
}
