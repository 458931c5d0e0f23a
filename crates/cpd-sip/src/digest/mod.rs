//! Digest access authentication in both roles (RFC 7616, RFC 8760; RFC 3261, 22).
//!
//! [`Client`] answers challenges and keeps counting on a nonce until the server wants another. [`Server`] makes nonces
//! that it can recognise without having stored them, and remembers only those that were answered rightly: a stranger
//! makes no state. MD5, SHA-256 and SHA-512-256 with their `-sess` forms, `qop` none, `auth` and `auth-int`.
//!
//! ```
//! use cpd_sip::digest::{Algorithm, Client, Server, ServerConfig, Secret, Step};
//! use cpd_sip::{Message, Method, Name};
//! # let now = cpd_sip_doc_now();
//! # fn cpd_sip_doc_now() -> std::time::Instant { std::time::Instant::now() }
//! let mut server = Server::new(ServerConfig::new("trunks"), [7; 32], now);
//! let mut client = Client::new("alice", Secret::password("s3cret"));
//!
//! let mut request = Message::request(Method::Invite, b"sip:+49151@192.0.2.1");
//! let mut refusal = Message::response(401, "");
//! for challenge in server.challenge(now, false) {
//!     refusal.push(Name::WWW_AUTHENTICATE, &challenge);
//! }
//! assert_eq!(client.on_challenge(&refusal, "cnonce"), Step::Retry);
//! client.authorize(&mut request);
//! let accepted = server.check(now, &request, |user| (user == b"alice").then(|| Secret::password("s3cret")));
//! assert_eq!(accepted.unwrap().username, b"alice");
//! ```

mod client;
mod nonce;
mod server;

pub use client::{Challenge, Client, Step};
pub use server::{Accepted, Refusal, Server, ServerConfig};

use md5::Md5;
use sha2::digest::Digest;
use sha2::{Sha256, Sha512_256};
use std::fmt;

/// A hash, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Hash {
    Md5,
    Sha256,
    Sha512_256,
}

impl Hash {
    /// Of the parts with a colon between them, in hexadecimal.
    fn hex(self, parts: &[&[u8]]) -> String {
        fn join<D: Digest>(parts: &[&[u8]]) -> String {
            let mut hasher = D::new();
            for (place, part) in parts.iter().enumerate() {
                if place > 0 {
                    hasher.update(b":");
                }
                hasher.update(part);
            }
            hex(&hasher.finalize())
        }
        match self {
            Hash::Md5 => join::<Md5>(parts),
            Hash::Sha256 => join::<Sha256>(parts),
            Hash::Sha512_256 => join::<Sha512_256>(parts),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

/// The `algorithm` of a challenge, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Algorithm {
    /// The hash.
    pub hash: Hash,
    /// True for the `-sess` forms, whose key depends on the nonces too.
    pub session: bool,
}

impl Algorithm {
    /// MD5, that every device speaks.
    pub const MD5: Algorithm = Algorithm::plain(Hash::Md5);
    /// SHA-256, that RFC 8760 asks for.
    pub const SHA_256: Algorithm = Algorithm::plain(Hash::Sha256);
    /// SHA-512-256.
    pub const SHA_512_256: Algorithm = Algorithm::plain(Hash::Sha512_256);

    const fn plain(hash: Hash) -> Self {
        Algorithm { hash, session: false }
    }

    /// Reads the parameter's value; `None` for an algorithm that is not spoken here.
    pub fn parse(text: &[u8]) -> Option<Algorithm> {
        let hashes = [Hash::Md5, Hash::Sha256, Hash::Sha512_256];
        hashes
            .into_iter()
            .flat_map(|hash| [false, true].map(|session| Algorithm { hash, session }))
            .find(|algorithm| text.eq_ignore_ascii_case(algorithm.as_str().as_bytes()))
    }

    /// As it stands in a header.
    pub fn as_str(self) -> &'static str {
        match (self.hash, self.session) {
            (Hash::Md5, false) => "MD5",
            (Hash::Md5, true) => "MD5-sess",
            (Hash::Sha256, false) => "SHA-256",
            (Hash::Sha256, true) => "SHA-256-sess",
            (Hash::Sha512_256, false) => "SHA-512-256",
            (Hash::Sha512_256, true) => "SHA-512-256-sess",
        }
    }
}

/// What the response protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qop {
    /// Method and URI.
    Auth,
    /// The body too.
    AuthInt,
}

impl Qop {
    fn parse(text: &[u8]) -> Option<Qop> {
        if text.eq_ignore_ascii_case(b"auth") {
            Some(Qop::Auth)
        } else if text.eq_ignore_ascii_case(b"auth-int") {
            Some(Qop::AuthInt)
        } else {
            None
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Qop::Auth => "auth",
            Qop::AuthInt => "auth-int",
        }
    }
}

/// What both sides know. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Kept);

#[derive(Clone, PartialEq, Eq)]
enum Kept {
    Password(Vec<u8>),
    Hashed { hash: Hash, key: String },
}

impl Secret {
    /// A password.
    pub fn password(text: impl Into<Vec<u8>>) -> Secret {
        Secret(Kept::Password(text.into()))
    }

    /// `H(username:realm:password)` in hexadecimal, so that a server need not keep the password. Serves one hash.
    pub fn hashed(hash: Hash, key: &str) -> Secret {
        Secret(Kept::Hashed {
            hash,
            key: key.to_ascii_lowercase(),
        })
    }

    /// `H(username:realm:password)`, or `None` if it is kept for another hash.
    fn key(&self, hash: Hash, username: &[u8], realm: &[u8]) -> Option<String> {
        match &self.0 {
            Kept::Password(password) => Some(hash.hex(&[username, realm, password])),
            Kept::Hashed { hash: kept, key } => (*kept == hash).then(|| key.clone()),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a response is computed from (RFC 7616, 3.4.1), as it stands in the header, without quotes.
struct Exchange<'a> {
    algorithm: Algorithm,
    username: &'a [u8],
    realm: &'a [u8],
    nonce: &'a [u8],
    /// With the count's eight digits and the client's nonce.
    qop: Option<(Qop, &'a [u8], &'a [u8])>,
    /// The client's nonce where there is no `qop` but a `-sess` algorithm.
    cnonce: &'a [u8],
    method: &'a [u8],
    uri: &'a [u8],
    body: &'a [u8],
}

impl Exchange<'_> {
    fn response(&self, secret: &Secret) -> Option<String> {
        let hash = self.algorithm.hash;
        let mut key = secret.key(hash, self.username, self.realm)?;
        if self.algorithm.session {
            key = hash.hex(&[key.as_bytes(), self.nonce, self.cnonce]);
        }
        let key = key.as_bytes();
        let request = match self.qop {
            Some((Qop::AuthInt, ..)) => hash.hex(&[self.method, self.uri, hash.hex(&[self.body]).as_bytes()]),
            Some((Qop::Auth, ..)) | None => hash.hex(&[self.method, self.uri]),
        };
        let request = request.as_bytes();
        Some(match self.qop {
            Some((qop, count, cnonce)) => {
                hash.hex(&[key, self.nonce, count, cnonce, qop.as_str().as_bytes(), request])
            }
            None => hash.hex(&[key, self.nonce, request]),
        })
    }
}

/// Equality that takes as long for the first differing byte as for the last.
fn same(a: &[u8], b: &[u8]) -> bool {
    let differing = a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b));
    std::hint::black_box(differing) == 0 && a.len() == b.len()
}

/// A quoted string.
fn quote(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"");
    for &byte in value {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(algorithm: Algorithm, qop: Qop, body: &[u8]) -> Exchange<'_> {
        let count = b"00000001";
        let cnonce = b"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        Exchange {
            algorithm,
            username: b"Mufasa",
            realm: b"http-auth@example.org",
            nonce: b"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            qop: Some((qop, count, cnonce)),
            cnonce,
            method: b"GET",
            uri: b"/dir/index.html",
            body,
        }
    }

    #[test]
    fn rfc7616_3_9_1_md5_and_sha_256() {
        let secret = Secret::password("Circle of Life");
        let response = |algorithm| vector(algorithm, Qop::Auth, b"").response(&secret).unwrap();
        assert_eq!(response(Algorithm::MD5), "8ca523f5e9506fed4657c9700eebdbec");
        assert_eq!(
            response(Algorithm::SHA_256),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }

    /// As corrected by erratum 4897: the RFC itself cut a SHA-512, which is another hash than SHA-512/256.
    #[test]
    fn rfc7616_3_9_2_sha_512_256() {
        let cnonce = b"NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
        let exchange = Exchange {
            algorithm: Algorithm::SHA_512_256,
            username: "J\u{e4}s\u{f8}n Doe".as_bytes(),
            realm: b"api@example.org",
            nonce: b"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
            qop: Some((Qop::Auth, b"00000001", cnonce)),
            cnonce,
            method: b"GET",
            uri: b"/doe.json",
            body: b"",
        };
        assert_eq!(
            exchange.response(&Secret::password("Secret, or not?")).unwrap(),
            "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"
        );
    }

    #[test]
    fn rfc2617_3_5() {
        let exchange = Exchange {
            realm: b"testrealm@host.com",
            nonce: b"dcd98b7102dd2f0e8b11d0f600bfb0c093",
            qop: Some((Qop::Auth, b"00000001", b"0a4f113b")),
            ..vector(Algorithm::MD5, Qop::Auth, b"")
        };
        let response = exchange.response(&Secret::password("Circle Of Life")).unwrap();
        assert_eq!(response, "6629fae49393a05397450978507c4ef1");
        // RFC 2069: the same without qop.
        let exchange = Exchange {
            qop: None,
            ..exchange
        };
        let response = exchange.response(&Secret::password("Circle Of Life")).unwrap();
        assert_eq!(response, "670fd8c2df070c60b045671b8b24ff02");
    }

    #[test]
    fn sessions_and_bodies_change_the_response() {
        let secret = Secret::password("Circle of Life");
        let session = Algorithm {
            session: true,
            ..Algorithm::MD5
        };
        let all = [
            vector(Algorithm::MD5, Qop::Auth, b"").response(&secret),
            vector(session, Qop::Auth, b"").response(&secret),
            vector(Algorithm::MD5, Qop::AuthInt, b"").response(&secret),
            vector(Algorithm::MD5, Qop::AuthInt, b"v=0").response(&secret),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(!all[..place].contains(one));
        }
    }

    #[test]
    fn a_kept_key_serves_its_own_hash() {
        // RFC 2617, 3.5: H(Mufasa:testrealm@host.com:Circle Of Life).
        let kept = Secret::hashed(Hash::Md5, "939E7578ED9E3C518A452ACEE763BCE9");
        let password = Secret::password("Circle Of Life");
        let (user, realm) = (&b"Mufasa"[..], &b"testrealm@host.com"[..]);
        assert_eq!(
            kept.key(Hash::Md5, user, realm),
            password.key(Hash::Md5, user, realm)
        );
        assert_eq!(kept.key(Hash::Sha256, user, realm), None);
        assert_eq!(format!("{kept:?} {password:?}"), "Secret(…) Secret(…)");
    }

    #[test]
    fn algorithms_are_read_in_any_case_and_ordered_by_strength() {
        for text in [
            "MD5",
            "md5-SESS",
            "sha-256",
            "SHA-256-sess",
            "SHA-512-256",
            "sha-512-256-sess",
        ] {
            let algorithm = Algorithm::parse(text.as_bytes()).unwrap();
            assert!(algorithm.as_str().eq_ignore_ascii_case(text));
        }
        assert_eq!(Algorithm::parse(b"AKAv1-MD5"), None);
        assert!(Algorithm::SHA_512_256 > Algorithm::SHA_256 && Algorithm::SHA_256 > Algorithm::MD5);
    }

    #[test]
    fn equality_looks_at_all_of_it() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd") && !same(b"abc", b"ab") && !same(b"", b"a"));
    }
}
