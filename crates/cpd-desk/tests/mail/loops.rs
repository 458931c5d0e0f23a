//! Two desks that acknowledge each other's mails.

use cpd_desk::mail::{self, Address, MailKey, Outgoing, Own, Purpose, Storm, Writer, read};
use cpd_desk::{Clues, MessageId, Number, RequestId, SERIAL_FIRST, Sender, Thread, thread};
use uuid::Uuid;

const MINUTE_MS: i64 = 60_000;

/// A desk that registers what belongs to no request and says so to its author.
struct Desk {
    address: Address,
    key: MailKey,
    storm: Storm,
    requests: u64,
}

impl Desk {
    fn new(address: &str) -> Desk {
        Desk {
            address: Address::new(address).unwrap(),
            key: MailKey::new(address.as_bytes()),
            storm: Storm::default(),
            requests: 0,
        }
    }

    fn hear(&mut self, now_ms: i64, bytes: &[u8], writer: Writer) -> Option<Vec<u8>> {
        let mail = read(bytes).unwrap();
        let own = Own {
            addresses: vec![self.address.clone()],
            keys: vec![self.key.clone()],
        };
        if mail::automated(&mail, &own).is_some() {
            return None;
        }
        let found = mail::clues(&mail, &own.keys);
        let clues = Clues {
            ours: found.ours,
            plus: found.plus,
            ..Clues::default()
        };
        if let Thread::Here(_) = thread(&clues, |_| Sender::Unverified) {
            return None;
        }
        self.requests += 1;
        let to = mail.from.clone()?;
        self.storm.acknowledge(now_ms, &to.address, writer).ok()?;
        let message_id = self.key.message_id(
            RequestId(Uuid::from_u128(1)),
            MessageId(Uuid::from_u128(1)),
            "example.com",
        );
        let bytes = mail::write(&Outgoing {
            name: "Desk",
            from: &self.address,
            reply_to: None,
            to: &to,
            subject: &mail.subject,
            number: Number::new(SERIAL_FIRST + self.requests).unwrap(),
            message_id: &message_id,
            in_reply_to: Some(&mail.id),
            references: &mail.references,
            purpose: Purpose::Acknowledgement,
            date_ms: now_ms,
            text: "Ваше обращение зарегистрировано.",
        });
        Some(bytes.unwrap())
    }
}

/// What a gateway leaves of a mail: who, and what about.
fn stripped(bytes: &[u8]) -> Vec<u8> {
    let mail = read(bytes).unwrap();
    let from = mail.from.unwrap().address;
    format!(
        "From: {from}\r\nSubject: new\r\nMessage-ID: <{}@gate.example>\r\n\r\n{}",
        mail.key, mail.body.said
    )
    .into_bytes()
}

/// How many mails two desks send in a week, the first one included, when each takes so long.
fn talk(delay_ms: i64, writer: Writer, pass: impl Fn(&[u8]) -> Vec<u8>) -> usize {
    let (mut one, mut other) = (Desk::new("desk@one.example"), Desk::new("help@other.example"));
    let mut mail =
        b"From: help@other.example\r\nSubject: hello\r\nMessage-ID: <first@other.example>\r\n\r\nHello"
            .to_vec();
    let (mut sent, mut now_ms) = (1, 0);
    while now_ms < 7 * 24 * 60 * MINUTE_MS {
        now_ms += delay_ms;
        let Some(answer) = one.hear(now_ms, &mail, writer) else {
            break;
        };
        sent += 1;
        mail = pass(&answer);
        std::mem::swap(&mut one, &mut other);
    }
    sent
}

#[test]
fn two_desks_stop_at_once() {
    assert_eq!(
        talk(1_000, Writer::Stranger, <[u8]>::to_vec),
        2,
        "the answer says that it is one"
    );
}

#[test]
fn two_desks_that_strip_each_others_marks_stop_within_three_mails() {
    for delay_ms in [1, 1_000, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 29 * MINUTE_MS] {
        assert!(talk(delay_ms, Writer::Stranger, stripped) <= 3, "{delay_ms} ms");
    }
    for delay_ms in [1, 1_000, MINUTE_MS, 2 * MINUTE_MS] {
        assert!(
            talk(delay_ms, Writer::Known, stripped) <= 3,
            "known, {delay_ms} ms"
        );
    }
}

#[test]
fn what_is_slower_costs_a_few_mails_a_day() {
    let longest = [31, 45, 90, 240].map(|minutes| talk(minutes * MINUTE_MS, Writer::Stranger, stripped));
    assert!(longest.iter().all(|sent| *sent <= 1 + 8 * 7), "{longest:?}");
}

#[test]
fn a_mailbox_without_an_address_is_nobodys() {
    let mut desk = Desk::new("desk@one.example");
    assert_eq!(desk.hear(0, b"From: Anna\r\n\r\nHello", Writer::Stranger), None);
    assert_eq!(desk.requests, 1, "and is registered");
}
