//! Nonces that are recognised without having been stored, and the counts seen on those that were answered rightly.

use super::{hex, same};
use sha2::Sha256;
use sha2::digest::Digest;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Nonces in use that are remembered, 50 bytes each. A device keeps one; a dialer that asks anew for each call uses
/// one a call, 100 calls a second for 2 min 40 s. Beyond that the oldest is forgotten and counts as stale, which costs
/// its user one more round trip.
const NONCES_MAX: usize = 16_384;

/// How far a count may come late: requests sent in parallel overtake each other by a few places only.
const WINDOW: u32 = 64;

/// Bytes of the keyed hash: 128 bits are beyond guessing.
const TAG_BYTES: usize = 16;

/// What a nonce is when it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Ours and young enough.
    Fresh(u64),
    /// Ours, but too old or forgotten.
    Stale,
    /// Not ours.
    Foreign,
}

pub(super) struct Nonces {
    key: [u8; 32],
    started: Instant,
    lifetime: Duration,
    issued: u64,
    used: BTreeMap<u64, Counts>,
    /// Nonces below this that are not in `used` may have been forgotten.
    floor: u64,
}

/// The highest count so far, and which of the [`WINDOW`] counts up to it were seen.
#[derive(Clone, Copy, Default)]
struct Counts {
    highest: u32,
    seen: u64,
}

impl Nonces {
    pub(super) fn new(key: [u8; 32], started: Instant, lifetime: Duration) -> Self {
        Nonces {
            key,
            started,
            lifetime,
            issued: 0,
            used: BTreeMap::new(),
            floor: 0,
        }
    }

    pub(super) fn issue(&mut self, now: Instant) -> String {
        self.issued += 1;
        let born = now.saturating_duration_since(self.started).as_millis() as u64;
        self.write(self.issued, born)
    }

    /// Number, birth in milliseconds since the start, and the keyed hash of both.
    fn write(&self, number: u64, born: u64) -> String {
        let mut text = [0; 16];
        text[..8].copy_from_slice(&number.to_be_bytes());
        text[8..].copy_from_slice(&born.to_be_bytes());
        let tag = hmac(&self.key, &text);
        hex(&text) + &hex(&tag[..TAG_BYTES])
    }

    pub(super) fn recognise(&self, now: Instant, nonce: &[u8]) -> Known {
        let half = |place: usize| {
            let digits = std::str::from_utf8(nonce.get(16 * place..16 * place + 16)?).ok()?;
            u64::from_str_radix(digits, 16).ok()
        };
        let (Some(number), Some(born)) = (half(0), half(1)) else {
            return Known::Foreign;
        };
        if !same(nonce, self.write(number, born).as_bytes()) {
            return Known::Foreign;
        }
        let age = now
            .saturating_duration_since(self.started)
            .saturating_sub(Duration::from_millis(born));
        let forgotten = number < self.floor && !self.used.contains_key(&number);
        if age > self.lifetime || forgotten {
            Known::Stale
        } else {
            Known::Fresh(number)
        }
    }

    /// Notes a count on a nonce; false if it was seen already or is too far back to tell.
    pub(super) fn count(&mut self, number: u64, count: u32) -> bool {
        let counts = self.used.entry(number).or_default();
        let fresh = counts.take(count);
        if self.used.len() > NONCES_MAX
            && let Some((oldest, _)) = self.used.pop_first()
        {
            self.floor = self.floor.max(oldest + 1);
        }
        fresh
    }
}

impl Counts {
    fn take(&mut self, count: u32) -> bool {
        if count == 0 {
            return false;
        }
        if count > self.highest {
            self.seen = self.seen.checked_shl(count - self.highest).unwrap_or(0) | 1;
            self.highest = count;
            return true;
        }
        let back = self.highest - count;
        let bit = 1_u64.checked_shl(back).unwrap_or(0);
        let fresh = back < WINDOW && self.seen & bit == 0;
        self.seen |= bit;
        fresh
    }
}

/// HMAC-SHA-256 (RFC 2104) with a key of 32 bytes.
fn hmac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    let pad = |byte: u8| {
        let mut block = [byte; 64];
        for (out, key) in block.iter_mut().zip(key) {
            *out ^= key;
        }
        block
    };
    let inner = Sha256::new_with_prefix(pad(0x36)).chain_update(text).finalize();
    Sha256::new_with_prefix(pad(0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "any start will do")]
mod tests {
    use super::*;

    fn nonces() -> (Nonces, Instant) {
        let start = Instant::now();
        (Nonces::new([9; 32], start, Duration::from_secs(300)), start)
    }

    #[test]
    fn hmac_is_rfc4231s() {
        // Test case 3 has a key of 20 bytes 0xaa; zeros behind a key change nothing.
        let mut key = [0; 32];
        key[..20].fill(0xaa);
        let tag = hmac(&key, &[0xdd; 50]);
        assert_eq!(
            hex(&tag),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        );
    }

    #[test]
    fn nonces_are_known_again_until_they_are_old() {
        let (mut nonces, start) = nonces();
        let nonce = nonces.issue(start + Duration::from_secs(10));
        let known =
            |after: u64, nonce: &str| nonces.recognise(start + Duration::from_secs(after), nonce.as_bytes());
        assert_eq!(known(310, &nonce), Known::Fresh(1));
        assert_eq!(known(311, &nonce), Known::Stale);
        for place in 0..nonce.len() {
            let mut forged = nonce.clone().into_bytes();
            forged[place] ^= 1;
            assert_eq!(nonces.recognise(start, &forged), Known::Foreign, "{place}");
        }
        assert_eq!(known(10, &nonce[1..]), Known::Foreign);
        assert_eq!(known(10, "+123"), Known::Foreign);
        assert_eq!(known(10, &nonce.to_uppercase()), Known::Foreign);
        let (mut other, _) = (Nonces::new([8; 32], start, Duration::from_secs(300)), 0);
        assert_eq!(known(10, &other.issue(start)), Known::Foreign);
    }

    #[test]
    fn a_count_is_good_once_and_may_come_a_little_late() {
        let (mut nonces, _) = nonces();
        let mut take = |count| nonces.count(1, count);
        assert!(!take(0));
        assert!(take(1) && !take(1));
        assert!(take(3) && take(2) && !take(2) && !take(3));
        assert!(take(100));
        assert!(take(37), "63 places late");
        assert!(!take(36), "64 places late");
        assert!(!take(37));
        assert!(take(u32::MAX) && !take(u32::MAX) && take(u32::MAX - 1));
    }

    #[test]
    fn forgotten_nonces_are_stale_and_never_fresh_again() {
        let (mut nonces, start) = nonces();
        let first = nonces.issue(start);
        for number in 1..=NONCES_MAX as u64 + 1 {
            assert!(nonces.count(number, 1));
        }
        assert_eq!(nonces.used.len(), NONCES_MAX);
        assert_eq!(nonces.recognise(start, first.as_bytes()), Known::Stale);
        let second = nonces.write(2, 0);
        assert_eq!(nonces.recognise(start, second.as_bytes()), Known::Fresh(2));
        assert!(!nonces.count(2, 1));
    }
}
