//! Session keys and what is done with them: AES-CM and HMAC-SHA1 (RFC 3711, 4).

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit, typenum::U16};
use aes::{Aes128Enc, Aes256Enc};
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::key::{Key, SALT_LEN};

/// Bytes of a key for HMAC-SHA1 (RFC 3711, 5.2).
const AUTH_KEY_LEN: usize = 20;
/// Blocks of key stream that are made at once: processors work on eight at a time.
const BLOCKS: usize = 8;

type Block = Array<u8, U16>;

/// Which session keys (RFC 3711, 4.3.1).
#[derive(Clone, Copy)]
pub(super) struct Labels {
    encryption: u8,
    authentication: u8,
    salt: u8,
}

impl Labels {
    pub(super) const RTP: Labels = Labels {
        encryption: 0,
        authentication: 1,
        salt: 2,
    };
    pub(super) const RTCP: Labels = Labels {
        encryption: 3,
        authentication: 4,
        salt: 5,
    };
}

/// Session keys of RTP, or of RTCP.
pub(super) struct Transform {
    cipher: Cipher,
    salt: [u8; SALT_LEN],
    /// With the key in it; each packet continues a copy.
    mac: Hmac<Sha1>,
}

enum Cipher {
    Aes128(Aes128Enc),
    Aes256(Aes256Enc),
}

impl Transform {
    /// Keys are derived once (a derivation rate of 0).
    pub(super) fn derive(key: &Key, labels: Labels) -> Transform {
        let (master, salt) = key.secret().split_at(key.suite().key_len());
        let cipher = Cipher::new(master);
        let mut encryption = [0; 32];
        let encryption = &mut encryption[..master.len()];
        cipher.derive(salt, labels.encryption, encryption);
        let mut authentication = [0; AUTH_KEY_LEN];
        cipher.derive(salt, labels.authentication, &mut authentication);
        let mut session_salt = [0; SALT_LEN];
        cipher.derive(salt, labels.salt, &mut session_salt);
        Transform::from_session_keys(encryption, session_salt, &authentication)
    }

    pub(super) fn from_session_keys(
        encryption: &[u8],
        salt: [u8; SALT_LEN],
        authentication: &[u8; AUTH_KEY_LEN],
    ) -> Transform {
        Transform {
            cipher: Cipher::new(encryption),
            salt,
            // HMAC takes keys of any length.
            mac: Hmac::<Sha1>::new_from_slice(authentication)
                .unwrap_or_else(|_| Hmac::new(&Array::default())),
        }
    }

    /// Encrypts or decrypts, which is the same.
    pub(super) fn crypt(&self, ssrc: u32, index: u64, bytes: &mut [u8]) {
        let mut counter = [0; 16];
        counter[..SALT_LEN].copy_from_slice(&self.salt);
        for (place, byte) in ssrc.to_be_bytes().into_iter().enumerate() {
            counter[4 + place] ^= byte;
        }
        for (place, byte) in index.to_be_bytes()[2..].iter().enumerate() {
            counter[8 + place] ^= byte;
        }
        self.cipher.apply(&counter, bytes);
    }

    /// The proof of these parts, one after the other.
    pub(super) fn tag(&self, parts: &[&[u8]]) -> [u8; AUTH_KEY_LEN] {
        self.over(parts).finalize().into_bytes().into()
    }

    /// Compares in a time that does not depend on where the proofs differ.
    pub(super) fn is_authentic(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.over(parts).verify_truncated_left(tag).is_ok()
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha1> {
        let mut mac = self.mac.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac
    }
}

impl Cipher {
    /// 16 or 32 bytes.
    fn new(key: &[u8]) -> Cipher {
        match <[u8; 32]>::try_from(key) {
            Ok(key) => Cipher::Aes256(Aes256Enc::new(&key.into())),
            Err(_) => {
                let mut short = [0; 16];
                for (to, from) in short.iter_mut().zip(key) {
                    *to = *from;
                }
                Cipher::Aes128(Aes128Enc::new(&short.into()))
            }
        }
    }

    /// A session key: key stream from the master salt with the label in it.
    fn derive(&self, master_salt: &[u8], label: u8, out: &mut [u8]) {
        let mut counter = [0; 16];
        for (to, from) in counter.iter_mut().zip(master_salt) {
            *to = *from;
        }
        counter[7] ^= label;
        out.fill(0);
        self.apply(&counter, out);
    }

    /// Adds the key stream that begins at a counter whose last two bytes are 0.
    fn apply(&self, counter: &[u8; 16], bytes: &mut [u8]) {
        let mut number = 0_u16;
        for chunk in bytes.chunks_mut(16 * BLOCKS) {
            let mut blocks = [Block::from(*counter); BLOCKS];
            let blocks = &mut blocks[..chunk.len().div_ceil(16)];
            for block in blocks.iter_mut() {
                block[14..].copy_from_slice(&number.to_be_bytes());
                number = number.wrapping_add(1);
            }
            match self {
                Cipher::Aes128(aes) => aes.encrypt_blocks(blocks),
                Cipher::Aes256(aes) => aes.encrypt_blocks(blocks),
            }
            for (byte, key) in chunk.iter_mut().zip(blocks.iter().flatten()) {
                *byte ^= key;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    /// RFC 3711, B.2.
    #[test]
    fn key_stream_of_the_standard() {
        let cipher = Cipher::new(&hex("2B7E151628AED2A6ABF7158809CF4F3C"));
        let mut counter = [0; 16];
        counter[..14].copy_from_slice(&hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
        let mut stream = vec![0; 16 * 0xff02];
        cipher.apply(&counter, &mut stream);
        assert_eq!(
            stream[..48],
            hex(
                "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0"
            )
        );
        assert_eq!(
            stream[16 * 0xfeff..],
            hex(
                "EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE 6A2CC3787889374FBEB4C81B17BA6C44"
            )
        );
    }

    /// RFC 3711, B.3.
    #[test]
    fn session_keys_of_the_standard() {
        let cipher = Cipher::new(&hex("E1F97A0D3E018BE0D64FA32C06DE4139"));
        let salt = hex("0EC675AD498AFEEBB6960B3AABE6");
        let derived = |label: u8, len: usize| {
            let mut out = vec![0; len];
            cipher.derive(&salt, label, &mut out);
            out
        };
        assert_eq!(derived(0, 16), hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(derived(2, 14), hex("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(
            derived(1, 94),
            hex("CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE E049646C43D9327AD175578EF7227098
                 6371C10C9A369AC2F94A8C5FBCDDDC25 6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2")
        );
    }

    /// RFC 6188, 7.2 (key stream) of the longer key.
    #[test]
    fn key_stream_of_the_longer_key() {
        let cipher = Cipher::new(&hex(
            "57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98",
        ));
        let mut counter = [0; 16];
        counter[..14].copy_from_slice(&hex("f0f1f2f3f4f5f6f7f8f9fafbfcfd"));
        let mut stream = [0; 48];
        cipher.apply(&counter, &mut stream);
        assert_eq!(
            stream[..],
            hex(
                "92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac 63c4868b7096d88421b563b8c94c9a31"
            )
        );
    }
}
