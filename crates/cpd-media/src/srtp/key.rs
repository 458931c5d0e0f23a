//! Suites and master keys. Keys never show themselves in logs.

use std::fmt;

/// How packets are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// AES_CM_128_HMAC_SHA1_80 (RFC 4568, 6.2.1): what everybody has.
    AesCm128Sha1_80,
    /// AES_CM_128_HMAC_SHA1_32: four bytes of proof on RTP, ten on RTCP.
    AesCm128Sha1_32,
    /// AES_256_CM_HMAC_SHA1_80 (RFC 6188).
    AesCm256Sha1_80,
    /// AES_256_CM_HMAC_SHA1_32 (RFC 6188).
    AesCm256Sha1_32,
}

impl Suite {
    /// All suites, the preferred first.
    pub const ALL: [Suite; 4] = [
        Suite::AesCm256Sha1_80,
        Suite::AesCm128Sha1_80,
        Suite::AesCm256Sha1_32,
        Suite::AesCm128Sha1_32,
    ];

    /// As it stands in `a=crypto`.
    pub fn name(self) -> &'static str {
        match self {
            Suite::AesCm128Sha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::AesCm128Sha1_32 => "AES_CM_128_HMAC_SHA1_32",
            Suite::AesCm256Sha1_80 => "AES_256_CM_HMAC_SHA1_80",
            Suite::AesCm256Sha1_32 => "AES_256_CM_HMAC_SHA1_32",
        }
    }

    /// By its name in `a=crypto`. The order of words that drafts of RFC 6188 had is still sent and known too.
    pub fn named(name: &[u8]) -> Option<Suite> {
        match name {
            b"AES_CM_256_HMAC_SHA1_80" => Some(Suite::AesCm256Sha1_80),
            b"AES_CM_256_HMAC_SHA1_32" => Some(Suite::AesCm256Sha1_32),
            _ => Suite::ALL
                .into_iter()
                .find(|suite| suite.name().as_bytes() == name),
        }
    }

    /// Bytes of the master key.
    pub fn key_len(self) -> usize {
        match self {
            Suite::AesCm128Sha1_80 | Suite::AesCm128Sha1_32 => 16,
            Suite::AesCm256Sha1_80 | Suite::AesCm256Sha1_32 => 32,
        }
    }

    /// Bytes of master key and master salt together.
    pub fn secret_len(self) -> usize {
        self.key_len() + SALT_LEN
    }

    /// Bytes of the proof at the end of an RTP packet; RTCP always has ten.
    pub fn rtp_tag_len(self) -> usize {
        match self {
            Suite::AesCm128Sha1_80 | Suite::AesCm256Sha1_80 => 10,
            Suite::AesCm128Sha1_32 | Suite::AesCm256Sha1_32 => 4,
        }
    }
}

/// Bytes of a master salt: 112 bits (RFC 3711, 8.2).
pub(crate) const SALT_LEN: usize = 14;

/// A master key with its salt.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    suite: Suite,
    secret: [u8; Key::SECRET_MAX],
    mki: Option<Mki>,
}

/// The mark that each packet carries to say which key it is protected with (RFC 3711, 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mki {
    /// Its value.
    pub value: u32,
    /// Its bytes on the wire, 1 to 4; longer ones are not used by anybody that we know of.
    pub len: u8,
}

impl Key {
    /// Bytes of the longest master key with its salt.
    pub const SECRET_MAX: usize = 32 + SALT_LEN;

    /// From master key and master salt, one after the other; `None` where the length is not the suite's.
    pub fn new(suite: Suite, secret: &[u8]) -> Option<Key> {
        if secret.len() != suite.secret_len() {
            return None;
        }
        let mut held = [0; Key::SECRET_MAX];
        held[..secret.len()].copy_from_slice(secret);
        Some(Key {
            suite,
            secret: held,
            mki: None,
        })
    }

    /// From as many random bytes as the longest key needs.
    pub fn from_random(suite: Suite, random: &[u8; Key::SECRET_MAX]) -> Key {
        let mut secret = *random;
        secret[suite.secret_len()..].fill(0);
        Key {
            suite,
            secret,
            mki: None,
        }
    }

    /// The same key, its packets marked.
    pub fn with_mki(self, mki: Mki) -> Key {
        Key {
            mki: Some(mki),
            ..self
        }
    }

    /// How packets are protected with it.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The mark of its packets.
    pub fn mki(&self) -> Option<Mki> {
        self.mki
    }

    /// Master key and master salt.
    pub(crate) fn secret(&self) -> &[u8] {
        &self.secret[..self.suite.secret_len()]
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("suite", &self.suite)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_found_by_their_names() {
        for suite in Suite::ALL {
            assert_eq!(Suite::named(suite.name().as_bytes()), Some(suite));
        }
        assert_eq!(
            Suite::named(b"AES_CM_256_HMAC_SHA1_80"),
            Some(Suite::AesCm256Sha1_80)
        );
        assert_eq!(Suite::named(b"F8_128_HMAC_SHA1_80"), None);
    }

    #[test]
    fn a_key_keeps_its_secret() {
        let key = Key::new(Suite::AesCm128Sha1_80, &[0xab; 30]).unwrap();
        assert!(!format!("{key:?}").contains("171"));
        assert_eq!(Key::new(Suite::AesCm128Sha1_80, &[0xab; 46]), None);
    }
}
