//! Tags, branches and Call-IDs: unguessable if the seed is, and the same for the same seed.

use sha2::{Digest, Sha256};
use std::time::Duration;

/// SHA-256 of the seed and a counter. A handful of blocks a call; a faster generator would not be noticed.
pub(crate) struct Random {
    seed: [u8; 32],
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Random {
            seed,
            counter: 0,
            block: [0; 32],
            used: 32,
        }
    }

    pub(crate) fn next(&mut self) -> u64 {
        if self.used + 8 > self.block.len() {
            let mut hasher = Sha256::new();
            hasher.update(self.seed);
            hasher.update(self.counter.to_le_bytes());
            self.block = hasher.finalize().into();
            self.counter += 1;
            self.used = 0;
        }
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.block[self.used..self.used + 8]);
        self.used += 8;
        u64::from_le_bytes(bytes)
    }

    /// A number below `end`; its bias is below 2⁻³² for the small ranges used here.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        (self.next() % u64::from(end.max(1))) as u32
    }

    /// A time between both, in steps of 10 ms (RFC 3261, 14.1).
    pub(crate) fn wait(&mut self, from_ms: u32, to_ms: u32) -> Duration {
        let steps = (to_ms - from_ms) / 10 + 1;
        Duration::from_millis(u64::from(from_ms + 10 * self.below(steps)))
    }

    /// 16 hexadecimal digits: 64 bits, twice what RFC 3261, 19.3 asks of a tag.
    pub(crate) fn token(&mut self) -> [u8; 16] {
        hex(self.next())
    }
}

pub(crate) fn hex(number: u64) -> [u8; 16] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    std::array::from_fn(|place| DIGITS[((number >> (60 - 4 * place)) & 15) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_its_own_sequence() {
        let draw = |seed| {
            let mut random = Random::new([seed; 32]);
            (0..9).map(|_| random.token()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1)[8], draw(2)[8]);
        let mut all = draw(1);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 9);
        assert_eq!(&hex(0x0123_4567_89ab_cdef), b"0123456789abcdef");
    }

    #[test]
    fn waits_stay_within_their_bounds() {
        let mut random = Random::new([3; 32]);
        for _ in 0..500 {
            let wait = random.wait(2100, 4000).as_millis();
            assert!((2100..=4000).contains(&wait) && wait.is_multiple_of(10));
        }
    }
}
