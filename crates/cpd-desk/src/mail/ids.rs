//! Names of ours that nobody can make up: ids of our mails, and the addresses that answers go to.
//!
//! Each carries a MAC (HMAC-SHA-256) over what it names and what it is for. Letters are of base32 (RFC 4648) and small, for servers
//! change the case of addresses, and programs that of ids.

use ring::hmac;
use uuid::Uuid;

use super::address::Address;
use super::read::Mail;
use crate::ids::{MessageId, RequestId};
use crate::thread::tags;

/// Bytes of a MAC that are written: 80 bits. Who guesses sends a mail for each try; at a million mails a second he has to wait 38
/// billion years. More would not fit: an address has 64 bytes before its `@` (RFC 5321), and the longest of ours takes 49 of
/// them behind its `+`.
const MAC_BYTES: usize = 10;
/// Letters of 16 bytes, and of a MAC.
const UUID_LETTERS: usize = 26;
const MAC_LETTERS: usize = 16;
/// Bytes before the `+` of an address of ours.
const LOCAL_MAX: usize = 14;

/// A key that ids are made and known with.
#[derive(Clone, Debug)]
pub struct MailKey(hmac::Key);

/// What an address of ours is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    /// An answer to this request.
    To(RequestId),
    /// A report of the delivery of this message.
    Bounce(MessageId),
}

impl MailKey {
    /// A key of secret bytes, 32 of them; any number works.
    #[must_use]
    pub fn new(secret: &[u8]) -> MailKey {
        MailKey(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The Message-ID of a message of ours, without brackets.
    #[must_use]
    pub fn message_id(&self, request: RequestId, message: MessageId, domain: &str) -> String {
        let mac = self.mac("message", &[request.0, message.0]);
        format!("{}.{}.{mac}@{domain}", uuid_text(request.0), uuid_text(message.0))
    }

    /// What a Message-ID names, if it is ours. Its domain says nothing: desks move.
    #[must_use]
    pub fn known_id(&self, id: &str) -> Option<(RequestId, MessageId)> {
        let (local, _) = id.rsplit_once('@')?;
        let mut pieces = local.split('.');
        let (request, message, mac) = (uuid_of(pieces.next()?)?, uuid_of(pieces.next()?)?, pieces.next()?);
        let fits = pieces.next().is_none() && self.right("message", &[request, message], mac);
        fits.then_some((RequestId(request), MessageId(message)))
    }

    /// The address for something at the desk's own: `desk+r.….…@`; none where the desk's is too long for it.
    #[must_use]
    pub fn address(&self, desk: &Address, what: Reply) -> Option<Address> {
        if desk.local().len() > LOCAL_MAX || desk.local().contains('+') {
            return None;
        }
        let (letter, purpose, named) = parts(what);
        let mac = self.mac(purpose, &[named]);
        Address::new(&format!(
            "{}+{letter}.{}.{mac}@{}",
            desk.local(),
            uuid_text(named),
            desk.domain()
        ))
    }

    /// What an address is for, if it is one of ours.
    #[must_use]
    pub fn known_address(&self, address: &Address) -> Option<Reply> {
        let (_, detail) = address.local().split_once('+')?;
        let mut pieces = detail.split('.');
        let (letter, named, mac) = (pieces.next()?, uuid_of(pieces.next()?)?, pieces.next()?);
        let what = match letter {
            "r" => Reply::To(RequestId(named)),
            "b" => Reply::Bounce(MessageId(named)),
            _ => return None,
        };
        let (_, purpose, _) = parts(what);
        (pieces.next().is_none() && self.right(purpose, &[named], mac)).then_some(what)
    }

    fn tag(&self, purpose: &str, named: &[Uuid]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(b"cpd-desk mail 1\0");
        context.update(purpose.as_bytes());
        context.update(b"\0");
        for one in named {
            context.update(one.as_bytes());
        }
        context.sign()
    }

    fn mac(&self, purpose: &str, named: &[Uuid]) -> String {
        base32(&self.tag(purpose, named).as_ref()[..MAC_BYTES])
    }

    /// Compares in constant time: `ring` does so with whole tags, so the two cut ones are signed once more.
    fn right(&self, purpose: &str, named: &[Uuid], mac: &str) -> bool {
        let Some(given) = bytes_of(mac).filter(|_| mac.len() == MAC_LETTERS) else {
            return false;
        };
        let tag = self.tag(purpose, named);
        let right = &tag.as_ref()[..MAC_BYTES];
        hmac::verify(&self.0, &given, hmac::sign(&self.0, right).as_ref()).is_ok()
    }
}

fn parts(what: Reply) -> (&'static str, &'static str, Uuid) {
    match what {
        Reply::To(request) => ("r", "reply", request.0),
        Reply::Bounce(message) => ("b", "bounce", message.0),
    }
}

/// What a mail says about where it belongs, to be looked up for [`crate::Clues`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MailClues {
    /// By an id of ours that it answers, the nearest.
    pub ours: Option<RequestId>,
    /// By the address of ours that it went to.
    pub plus: Option<RequestId>,
    /// What in its subject may be a request's name.
    pub tags: Vec<String>,
    /// Ids that it answers and that are not ours, the nearest first: perhaps of messages that we know.
    pub known: Vec<String>,
}

/// The clues of a mail. `keys`: the one in use, and those before it.
#[must_use]
pub fn clues(mail: &Mail, keys: &[MailKey]) -> MailClues {
    let ours = |id: &String| {
        keys.iter()
            .find_map(|key| key.known_id(id))
            .map(|(request, _)| request)
    };
    let plus = |address: &Address| {
        keys.iter().find_map(|key| match key.known_address(address)? {
            Reply::To(request) => Some(request),
            Reply::Bounce(_) => None,
        })
    };
    let addresses = [&mail.delivered_to, &mail.to, &mail.cc].into_iter().flatten();
    MailClues {
        ours: mail.answers.iter().find_map(ours),
        plus: addresses.map(|one| &one.address).find_map(plus),
        tags: tags(&mail.subject),
        known: mail
            .answers
            .iter()
            .filter(|id| ours(id).is_none())
            .cloned()
            .collect(),
    }
}

const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Bytes in base32, small, without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(LETTERS[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        out.push(char::from(LETTERS[(held << (5 - bits) & 31) as usize]));
    }
    out
}

/// The bytes of a base32 text of any case; none where bits are left over, so that each value is written in one way.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter.to_ascii_lowercase() {
            letter @ b'a'..=b'z' => letter - b'a',
            letter @ b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        held = (held << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits & 0xff) as u8);
        }
    }
    (bits < 5 && held & ((1 << bits) - 1) == 0).then_some(out)
}

fn uuid_text(uuid: Uuid) -> String {
    base32(uuid.as_bytes())
}

fn uuid_of(text: &str) -> Option<Uuid> {
    let bytes = bytes_of(text).filter(|_| text.len() == UUID_LETTERS)?;
    Uuid::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn desk() -> Address {
        Address::new("desk@example.com").unwrap()
    }

    /// RFC 4648, 10.
    #[test]
    fn the_published_examples() {
        for (bytes, text) in [
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
            ("foobar", "mzxw6ytboi"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(bytes_of(text).as_deref(), Some(bytes.as_bytes()));
        }
    }

    #[test]
    fn an_address_fits_and_one_that_would_not_is_not_made() {
        let key = MailKey::new(b"k");
        let what = Reply::Bounce(MessageId(Uuid::from_u128(7)));
        let longest = Address::new("support-deskxx@example.com").unwrap();
        assert!(key.address(&longest, what).unwrap().local().len() <= 64);
        assert_eq!(
            key.address(&Address::new("support-deskxxx@example.com").unwrap(), what),
            None
        );
        assert_eq!(
            key.address(&Address::new("desk+x@example.com").unwrap(), what),
            None
        );
    }

    #[test]
    fn what_is_for_one_thing_is_for_no_other() {
        let key = MailKey::new(b"k");
        let named = Uuid::from_u128(7);
        let reply = key.address(&desk(), Reply::To(RequestId(named))).unwrap();
        let forged = Address::new(&reply.as_str().replace("+r.", "+b.")).unwrap();
        assert_eq!(key.known_address(&forged), None);
    }

    proptest! {
        #[test]
        fn ours_are_known_in_any_case_and_by_no_other_key(request in any::<u128>(), message in any::<u128>(), secret in any::<[u8; 32]>(), at in 0_usize..69, letter in "[a-z2-7]") {
            let (request, message) = (RequestId(Uuid::from_u128(request)), MessageId(Uuid::from_u128(message)));
            let (key, other) = (MailKey::new(&secret), MailKey::new(b"another"));
            let id = key.message_id(request, message, "example.com");
            prop_assert_eq!(key.known_id(&id), Some((request, message)));
            prop_assert_eq!(key.known_id(&id.to_uppercase()), Some((request, message)));
            prop_assert_eq!(key.known_id(&id.replace("example.com", "example.org")), Some((request, message)));
            prop_assert_eq!(other.known_id(&id), None);
            let mut wrong = id.clone();
            wrong.replace_range(at..=at, &letter);
            prop_assert_eq!(key.known_id(&wrong).is_some(), wrong == id, "{}", wrong);
            for what in [Reply::To(request), Reply::Bounce(message)] {
                let address = key.address(&desk(), what).unwrap();
                prop_assert_eq!(key.known_address(&address), Some(what));
                prop_assert_eq!(other.known_address(&address), None);
            }
        }

        #[test]
        fn any_text_is_no_panic(text in ".{0,120}") {
            let key = MailKey::new(b"k");
            prop_assert_eq!(key.known_id(&text), None);
            prop_assert!(Address::new(&text).is_none_or(|address| key.known_address(&address).is_none()));
            prop_assert!(bytes_of(&text).is_none_or(|bytes| base32(&bytes) == text.to_ascii_lowercase()));
        }
    }
}
