//! Secrets at rest: passwords of trunks, secrets of webhooks and of one-time codes, sealed with the service's key.
//!
//! A sealed secret is a version byte, a nonce of 12 random bytes, and AES-256-GCM's output (NIST SP 800-38D). What it is
//! for is authenticated beside it, so that one secret cannot be put in another's place. Tokens (sessions, API keys) are
//! not sealed: only their SHA-256 is kept, which is enough for 256 random bits.

use std::fmt;
use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

use crate::error::Error;

/// Bytes of the service's key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a token: 256 random bits.
const TOKEN_BYTES: usize = 32;
const VERSION: u8 = 1;

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Sealer {
    key: Arc<LessSafeKey>,
    random: SystemRandom,
}

impl Sealer {
    /// With the service's key.
    ///
    /// # Panics
    ///
    /// Never: the key has the length that AES-256 wants.
    #[must_use]
    pub fn new(key: &[u8; KEY_BYTES]) -> Sealer {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are a key of AES-256");
        Sealer {
            key: Arc::new(LessSafeKey::new(key)),
            random: SystemRandom::new(),
        }
    }

    /// Seals a secret that is for `purpose`.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub fn seal(&self, purpose: &str, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_LEN];
        self.fill(&mut nonce)?;
        let mut sealed = secret.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| Error::Failed("seal a secret: it is too long".to_owned()))?;
        let mut out = vec![VERSION];
        out.extend_from_slice(&nonce);
        out.append(&mut sealed);
        Ok(out)
    }

    /// Opens what was sealed for `purpose`.
    ///
    /// # Errors
    ///
    /// It was sealed with another key or for something else, or was altered.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let fault = || {
            Error::Failed(format!(
                "open the secret of {purpose}: it was sealed with another key, or was altered"
            ))
        };
        let (&version, rest) = sealed.split_first().ok_or_else(fault)?;
        if version != VERSION || rest.len() < NONCE_LEN {
            return Err(fault());
        }
        let (nonce, body) = rest.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| fault())?;
        let mut body = body.to_vec();
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body)
            .map_err(|_| fault())?;
        Ok(plain.to_vec())
    }

    /// A new random token, in hex.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub fn token(&self) -> Result<String, Error> {
        let mut bytes = [0; TOKEN_BYTES];
        self.fill(&mut bytes)?;
        Ok(hex(&bytes))
    }

    /// Fills with random bytes.
    ///
    /// # Errors
    ///
    /// The system has none.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
        self.random
            .fill(bytes)
            .map_err(|_| Error::Failed("read random numbers".to_owned()))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

/// SHA-256 of a token, in hex: what is kept of it.
#[must_use]
pub fn hash(token: &str) -> String {
    hex(digest(&SHA256, token.as_bytes()).as_ref())
}

/// Bytes in lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_for_what_it_was_sealed_for() {
        let sealer = Sealer::new(&[7; KEY_BYTES]);
        let sealed = sealer.seal("webhook 1", b"secret").unwrap();
        assert_eq!(sealer.open("webhook 1", &sealed).unwrap(), b"secret");
        assert!(sealer.open("webhook 2", &sealed).is_err());
        assert!(Sealer::new(&[8; KEY_BYTES]).open("webhook 1", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(sealer.open("webhook 1", &altered).is_err(), "byte {at}");
        }
        assert!(sealer.open("webhook 1", &[]).is_err());
    }

    #[test]
    fn the_same_secret_is_sealed_differently_each_time() {
        let sealer = Sealer::new(&[7; KEY_BYTES]);
        assert_ne!(sealer.seal("a", b"x").unwrap(), sealer.seal("a", b"x").unwrap());
        assert_ne!(sealer.token().unwrap(), sealer.token().unwrap());
    }
}
