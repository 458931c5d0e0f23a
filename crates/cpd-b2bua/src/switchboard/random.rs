//! Randomness from one seed: names of calls, keys of SRTP, weights of gateways.

use sha2::{Digest, Sha256};

/// SHA-256 over the seed and a counter, block by block: nobody who sees some of it can tell the rest.
pub(super) struct Random {
    seed: [u8; 32],
    counter: u64,
    /// The rest of the newest block.
    block: [u8; 32],
    used: usize,
}

impl Random {
    pub(super) fn new(seed: [u8; 32]) -> Random {
        Random {
            seed,
            counter: 0,
            block: [0; 32],
            used: 32,
        }
    }

    pub(super) fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.used == self.block.len() {
                self.block = Sha256::new()
                    .chain_update(self.seed)
                    .chain_update(self.counter.to_le_bytes())
                    .finalize()
                    .into();
                self.counter += 1;
                self.used = 0;
            }
            *byte = std::mem::take(&mut self.block[self.used]);
            self.used += 1;
        }
    }

    pub(super) fn next(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// 0 to `bound` − 1.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.next() as u32) * u64::from(bound)) >> 32) as u32
    }

    pub(super) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }
}
