//! Asking for credentials and checking them.

use super::nonce::{Known, Nonces};
use super::{Algorithm, Exchange, Qop, Secret, quote, same};
use crate::headers::Auth;
use crate::message::{Message, Name};
use crate::scan;
use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, Instant};

/// How a server asks.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The realm.
    pub realm: String,
    /// The algorithms to offer, the most wanted first (RFC 8760, 2.3). SHA-256 and MD5.
    pub algorithms: Vec<Algorithm>,
    /// What to offer. `auth` alone: bodies pass through elements that rewrite them.
    pub qops: Vec<Qop>,
    /// How long a nonce serves. 5 minutes, 10 seconds to a day; the longer, the fewer round trips.
    pub nonce_lifetime: Duration,
    /// True to ask as a proxy: 407, `Proxy-Authenticate`, `Proxy-Authorization`.
    pub proxy: bool,
}

impl ServerConfig {
    /// The default for a realm.
    pub fn new(realm: impl Into<String>) -> Self {
        ServerConfig {
            realm: realm.into(),
            algorithms: vec![Algorithm::SHA_256, Algorithm::MD5],
            qops: vec![Qop::Auth],
            nonce_lifetime: Duration::from_secs(300),
            proxy: false,
        }
    }
}

/// Why credentials were not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There are none for this realm. Answer with a challenge.
    Missing,
    /// Not to be understood, or with an algorithm or qop that was not offered.
    Malformed,
    /// A nonce that this server did not make. Answer with a challenge.
    ForeignNonce,
    /// Right, but with a nonce that is too old. Answer with a challenge that says `stale`.
    Stale,
    /// Right, but its count was used already: a replay. Answer with a challenge that says `stale`.
    Replayed,
    /// Unknown user or wrong password; which of them is not told. Answer with 403 or a challenge.
    Wrong,
}

impl Refusal {
    /// True if the password was right, so that the client may answer the next challenge without asking its user.
    pub fn is_stale(self) -> bool {
        matches!(self, Refusal::Stale | Refusal::Replayed)
    }
}

/// Who sent the request.
#[derive(Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The user.
    pub username: Vec<u8>,
    /// The algorithm of the proof.
    pub algorithm: Algorithm,
}

/// Hides the user: it may be a telephone number.
impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Accepted(…)")
    }
}

/// Asks for credentials of one realm and checks them.
///
/// ACK and CANCEL cannot be asked again (RFC 3261, 22.1) and are not to be checked. The `uri` in the credentials is
/// what the response covers; it is not compared with the Request-URI, which elements between rewrite (RFC 3261, 22.4).
pub struct Server {
    config: ServerConfig,
    nonces: Nonces,
}

impl Server {
    /// A server with a random `key` of its own: nonces made with another key are foreign.
    pub fn new(config: ServerConfig, key: [u8; 32], now: Instant) -> Server {
        let nonces = Nonces::new(key, now, config.nonce_lifetime);
        Server { config, nonces }
    }

    /// The values of the challenge's header lines, one for each algorithm.
    pub fn challenge(&mut self, now: Instant, stale: bool) -> Vec<Vec<u8>> {
        let algorithms = self.config.algorithms.clone();
        self.challenge_by(now, stale, &algorithms)
    }

    /// The same with some of the algorithms, in an order of their own: for a client of which it is known what it can do.
    pub fn challenge_by(&mut self, now: Instant, stale: bool, algorithms: &[Algorithm]) -> Vec<Vec<u8>> {
        let nonce = self.nonces.issue(now);
        let qops: Vec<_> = self.config.qops.iter().map(|qop| qop.as_str()).collect();
        let line = |algorithm: &Algorithm| {
            let mut line = b"Digest ".to_vec();
            quote(&mut line, "realm", self.config.realm.as_bytes());
            line.extend_from_slice(b", ");
            quote(&mut line, "nonce", nonce.as_bytes());
            if !qops.is_empty() {
                line.extend_from_slice(b", ");
                quote(&mut line, "qop", qops.join(",").as_bytes());
            }
            line.extend_from_slice(b", algorithm=");
            line.extend_from_slice(algorithm.as_str().as_bytes());
            if stale {
                line.extend_from_slice(b", stale=true");
            }
            line
        };
        algorithms.iter().map(line).collect()
    }

    /// The answer to a request whose credentials were not accepted: 401 or 407 with the challenge.
    pub fn refuse(&mut self, now: Instant, request: &Message, refusal: Refusal) -> Message {
        let (status, name) = if self.config.proxy {
            (407, Name::PROXY_AUTHENTICATE)
        } else {
            (401, Name::WWW_AUTHENTICATE)
        };
        let mut answer = Message::reply(request, status, "");
        for line in self.challenge(now, refusal.is_stale()) {
            answer.push(name, &line);
        }
        answer
    }

    /// Checks a request's credentials; `lookup` gives a user's secret.
    pub fn check(
        &mut self,
        now: Instant,
        request: &Message,
        lookup: impl FnOnce(&[u8]) -> Option<Secret>,
    ) -> Result<Accepted, Refusal> {
        let realm = self.config.realm.as_bytes();
        let name = if self.config.proxy {
            Name::PROXY_AUTHORIZATION
        } else {
            Name::AUTHORIZATION
        };
        // Requests carry credentials for other realms along: those of proxies behind us.
        let auth = request
            .all(name)
            .filter_map(|value| Auth::parse(value).ok())
            .find(|auth| auth.is_digest() && auth.params.get("realm").as_deref() == Some(realm))
            .ok_or(Refusal::Missing)?;
        let answer = Answer::read(auth, &self.config).ok_or(Refusal::Malformed)?;
        let known = self.nonces.recognise(now, &answer.nonce);
        if known == Known::Foreign {
            return Err(Refusal::ForeignNonce);
        }

        let method = request.method().ok_or(Refusal::Malformed)?;
        let exchange = Exchange {
            algorithm: answer.algorithm,
            username: &answer.username,
            realm,
            nonce: &answer.nonce,
            qop: answer.qop.map(|qop| (qop, &answer.count[..], &answer.cnonce[..])),
            cnonce: &answer.cnonce,
            method: method.as_str().as_bytes(),
            uri: &answer.uri,
            body: request.body(),
        };
        // An unknown user costs as much time as a known one.
        let secret = lookup(&answer.username);
        let nobody = Secret::password("");
        let right = exchange
            .response(secret.as_ref().unwrap_or(&nobody))
            .is_some_and(|right| same(right.as_bytes(), &answer.response.to_ascii_lowercase()));
        if !right || secret.is_none() {
            return Err(Refusal::Wrong);
        }
        match known {
            Known::Fresh(number) if self.nonces.count(number, answer.number) => Ok(Accepted {
                username: answer.username.into_owned(),
                algorithm: answer.algorithm,
            }),
            Known::Fresh(_) => Err(Refusal::Replayed),
            Known::Stale => Err(Refusal::Stale),
            Known::Foreign => Err(Refusal::ForeignNonce),
        }
    }
}

/// The parameters of an Authorization.
struct Answer<'a> {
    algorithm: Algorithm,
    username: Cow<'a, [u8]>,
    nonce: Cow<'a, [u8]>,
    uri: Cow<'a, [u8]>,
    response: Cow<'a, [u8]>,
    qop: Option<Qop>,
    cnonce: Cow<'a, [u8]>,
    count: Cow<'a, [u8]>,
    /// The count as a number. Without qop a nonce serves once, for nothing tells a replay from a second request.
    number: u32,
}

impl<'a> Answer<'a> {
    fn read(auth: Auth<'a>, config: &ServerConfig) -> Option<Answer<'a>> {
        let get = |name| auth.params.get(name);
        let algorithm = match get("algorithm") {
            None => Algorithm::MD5,
            Some(name) => Algorithm::parse(scan::trim(&name))?,
        };
        let qop = match get("qop") {
            None => None,
            Some(name) => Some(Qop::parse(scan::trim(&name))?),
        };
        if !config.algorithms.contains(&algorithm) || qop.is_some_and(|qop| !config.qops.contains(&qop)) {
            return None;
        }
        let cnonce = get("cnonce");
        let count = get("nc");
        if cnonce.is_none() && (qop.is_some() || algorithm.session) {
            return None;
        }
        let number = match (qop, &count) {
            (None, _) => 1,
            (Some(_), None) => return None,
            (Some(_), Some(count)) => {
                if count.len() != 8 || !count.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                u32::from_str_radix(std::str::from_utf8(count).ok()?, 16).ok()?
            }
        };
        Some(Answer {
            algorithm,
            username: get("username")?,
            nonce: get("nonce")?,
            uri: get("uri")?,
            response: get("response")?,
            qop,
            cnonce: cnonce.unwrap_or_default(),
            count: count.unwrap_or_default(),
            number,
        })
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "any start will do")]
mod tests {
    use super::super::{Client, Hash, Step};
    use super::*;
    use crate::message::Method;

    struct Talk {
        server: Server,
        client: Client,
        now: Instant,
    }

    fn talk(config: ServerConfig) -> Talk {
        let now = Instant::now();
        Talk {
            server: Server::new(config, [1; 32], now),
            client: Client::new("alice", Secret::password("s3cret")),
            now,
        }
    }

    fn lookup(user: &[u8]) -> Option<Secret> {
        (user == b"alice").then(|| Secret::password("s3cret"))
    }

    impl Talk {
        fn request(&mut self) -> Message {
            let mut request = Message::request(Method::Invite, b"sip:+49151@192.0.2.1");
            request.set_body("application/sdp", b"v=0\r\n");
            self.client.authorize(&mut request);
            request
        }

        fn check(&mut self, request: &Message) -> Result<Accepted, Refusal> {
            self.server.check(self.now, request, lookup)
        }

        fn challenged(&mut self, refusal: Refusal) -> Step {
            let request = Message::request(Method::Invite, b"sip:a");
            let answer = self.server.refuse(self.now, &request, refusal);
            self.client.on_challenge(&answer, "cn\"once")
        }
    }

    #[test]
    fn every_algorithm_and_qop_of_one_role_is_understood_by_the_other() {
        for hash in [Hash::Md5, Hash::Sha256, Hash::Sha512_256] {
            for session in [false, true] {
                for qops in [vec![], vec![Qop::Auth], vec![Qop::AuthInt]] {
                    for proxy in [false, true] {
                        let mut talk = talk(ServerConfig {
                            algorithms: vec![Algorithm { hash, session }],
                            qops: qops.clone(),
                            proxy,
                            ..ServerConfig::new("re\"alm")
                        });
                        let request = talk.request();
                        assert_eq!(talk.check(&request), Err(Refusal::Missing));
                        assert_eq!(talk.challenged(Refusal::Missing), Step::Retry);
                        let mut request = talk.request();
                        let accepted = talk.check(&request);
                        assert_eq!(
                            accepted.unwrap().username,
                            b"alice",
                            "{hash:?} {session} {qops:?}"
                        );
                        // Another body is noticed where it is protected.
                        let second = talk.request();
                        request = second;
                        request.set_body("application/sdp", b"v=1\r\n");
                        let expected = match qops.first() {
                            Some(Qop::AuthInt) => Err(Refusal::Wrong),
                            Some(Qop::Auth) => Ok(Accepted {
                                username: b"alice".to_vec(),
                                algorithm: Algorithm { hash, session },
                            }),
                            None => Err(Refusal::Replayed),
                        };
                        assert_eq!(talk.check(&request), expected);
                    }
                }
            }
        }
    }

    #[test]
    fn a_replay_is_refused_and_later_counts_pass_in_any_order() {
        let mut talk = talk(ServerConfig::new("r"));
        talk.challenged(Refusal::Missing);
        let [first, second, third] = [talk.request(), talk.request(), talk.request()];
        assert!(talk.check(&third).is_ok());
        assert!(talk.check(&first).is_ok());
        assert_eq!(talk.check(&third), Err(Refusal::Replayed));
        assert!(talk.check(&second).is_ok());
        assert_eq!(talk.check(&first), Err(Refusal::Replayed));
    }

    #[test]
    fn an_old_nonce_is_stale_and_answered_anew() {
        let mut talk = talk(ServerConfig::new("r"));
        talk.challenged(Refusal::Missing);
        let request = talk.request();
        assert!(talk.check(&request).is_ok());
        talk.now += Duration::from_secs(301);
        let request = talk.request();
        assert_eq!(talk.check(&request), Err(Refusal::Stale));
        assert_eq!(talk.challenged(Refusal::Stale), Step::Retry);
        let request = talk.request();
        assert!(talk.check(&request).is_ok());
    }

    #[test]
    fn wrong_passwords_and_unknown_users_look_alike_and_are_never_stale() {
        let mut talk = talk(ServerConfig::new("r"));
        talk.challenged(Refusal::Missing);
        let request = talk.request();
        let now = talk.now;
        assert_eq!(talk.server.check(now, &request, |_| None), Err(Refusal::Wrong));
        let empty = |_: &[u8]| Some(Secret::password(""));
        assert_eq!(talk.server.check(now, &request, empty), Err(Refusal::Wrong));
        let later = now + Duration::from_secs(999);
        assert_eq!(talk.server.check(later, &request, |_| None), Err(Refusal::Wrong));
        assert!(talk.check(&request).is_ok(), "a wrong guess uses no count up");
    }

    #[test]
    fn what_was_not_offered_or_cannot_be_read_is_refused() {
        let mut talk = talk(ServerConfig {
            algorithms: vec![Algorithm::SHA_256],
            ..ServerConfig::new("r")
        });
        talk.challenged(Refusal::Missing);
        let good = talk.request();
        let value = String::from_utf8(good.header(Name::AUTHORIZATION).unwrap().to_vec()).unwrap();
        let mut check = |from: &str, to: &str| {
            assert!(value.contains(from), "{value}");
            let mut request = good.clone();
            request.set(Name::AUTHORIZATION, value.replace(from, to).as_bytes());
            talk.check(&request).unwrap_err()
        };
        assert_eq!(check("SHA-256", "MD5"), Refusal::Malformed);
        assert_eq!(
            check(", algorithm=SHA-256", ""),
            Refusal::Malformed,
            "absent means MD5"
        );
        assert_eq!(check("qop=auth", "qop=auth-int"), Refusal::Malformed);
        assert_eq!(check("nc=00000001", "nc=1"), Refusal::Malformed);
        assert_eq!(check("nc=00000001", "nc=+0000001"), Refusal::Malformed);
        assert_eq!(check(", nc=00000001", ""), Refusal::Malformed);
        assert_eq!(check("nc=00000001", "nc=00000002"), Refusal::Wrong);
        assert_eq!(check("username=", "user="), Refusal::Malformed);
        assert_eq!(check("nonce=\"0", "nonce=\"1"), Refusal::ForeignNonce);
        assert_eq!(check("realm=\"r\"", "realm=\"s\""), Refusal::Missing);
        assert_eq!(check("sip:+49151", "sip:+49152"), Refusal::Wrong);
        assert_eq!(check("Digest", "Basic"), Refusal::Missing);
    }
}
