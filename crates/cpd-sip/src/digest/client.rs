//! Answering challenges.

use super::{Algorithm, Exchange, Qop, Secret, quote};
use crate::endpoint::Credentials;
use crate::fault::Fault;
use crate::headers::{self, Auth};
use crate::message::{Message, Name};
use crate::scan;
use std::collections::VecDeque;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Challenges of one response that are looked at: three algorithms for each of a few realms.
const CHALLENGES_MAX: usize = 16;

/// Requests that are remembered as having carried a nonce: more than are ever on their way at once. One that is
/// forgotten is tried once more before its refusal is believed.
const CARRIED_MAX: usize = 256;

/// Stale nonces in a row that are answered before the server is taken for broken.
const STALE_MAX: u8 = 3;

/// One challenge that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Whose password is wanted.
    pub realm: Vec<u8>,
    /// The server's nonce.
    pub nonce: Vec<u8>,
    /// To be given back as it came.
    pub opaque: Option<Vec<u8>>,
    /// The algorithm.
    pub algorithm: Algorithm,
    /// What is to be protected: `auth` where it is offered.
    pub qop: Option<Qop>,
    /// True if the answer was right and only its nonce too old.
    pub stale: bool,
    /// True if it came as `Proxy-Authenticate`.
    pub proxy: bool,
}

impl Challenge {
    /// Reads the value of a `WWW-Authenticate` or, as `proxy`, a `Proxy-Authenticate`.
    pub fn parse(value: &[u8], proxy: bool) -> Result<Challenge, Fault> {
        let auth = Auth::parse(value)?;
        if !auth.is_digest() {
            return Err(Fault::value("scheme not spoken", 0));
        }
        let get = |name| auth.params.get(name);
        let algorithm = match get("algorithm") {
            None => Algorithm::MD5,
            Some(name) => {
                Algorithm::parse(scan::trim(&name)).ok_or(Fault::value("algorithm not spoken", 0))?
            }
        };
        let qop = match get("qop") {
            None => None,
            Some(offers) if scan::trim(&offers).is_empty() => None,
            Some(offers) => {
                let offers: Vec<_> = headers::split(&offers).filter_map(Qop::parse).collect();
                let best = if offers.contains(&Qop::Auth) {
                    Some(&Qop::Auth)
                } else {
                    offers.first()
                };
                Some(*best.ok_or(Fault::value("qop not spoken", 0))?)
            }
        };
        Ok(Challenge {
            realm: get("realm").ok_or(Fault::value("no realm", 0))?.into_owned(),
            nonce: get("nonce").ok_or(Fault::value("no nonce", 0))?.into_owned(),
            opaque: get("opaque").map(std::borrow::Cow::into_owned),
            algorithm,
            qop,
            stale: get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case(b"true")),
            proxy,
        })
    }

    /// The challenges of a 401 or 407 to answer, one for each realm: the strongest that is spoken here, of equals the
    /// topmost. RFC 8760, 2.4 has the topmost; strength is the policy here, so that the order buys an attacker nothing.
    pub fn of(response: &Message) -> Vec<Challenge> {
        let named = |name, proxy| {
            response
                .all(name)
                .filter_map(move |value| Challenge::parse(value, proxy).ok())
        };
        let all = named(Name::WWW_AUTHENTICATE, false).chain(named(Name::PROXY_AUTHENTICATE, true));
        let mut best: Vec<Challenge> = Vec::new();
        for challenge in all.take(CHALLENGES_MAX) {
            match best.iter_mut().find(|other| other.is_for(&challenge)) {
                Some(other) if challenge.algorithm > other.algorithm => *other = challenge,
                Some(_) => {}
                None => best.push(challenge),
            }
        }
        best
    }

    fn is_for(&self, other: &Challenge) -> bool {
        self.proxy == other.proxy && self.realm == other.realm
    }
}

/// What to do about a 401 or 407.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send the request again, as a new transaction, after [`Client::authorize`].
    Retry,
    /// The password was refused.
    Refused,
    /// No challenge that could be answered.
    Unanswerable,
}

/// One user's answers to the realms that ask for them.
pub struct Client {
    username: Vec<u8>,
    secret: Secret,
    sessions: Vec<Session>,
}

/// A nonce in use.
struct Session {
    challenge: Challenge,
    /// One for the whole session: servers differ in whether a `-sess` key is made from the first or the latest.
    cnonce: Vec<u8>,
    count: u32,
    /// A request with it was accepted: a further challenge means that the nonce has aged, whether it says so or not.
    proved: bool,
    /// Stale nonces in a row before this one.
    stale: u8,
    /// Which requests carried it, the latest last.
    carried: VecDeque<u64>,
}

/// Hides the user.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client ({} realms)", self.sessions.len())
    }
}

impl Client {
    /// A client that has not been asked yet.
    pub fn new(username: impl Into<Vec<u8>>, secret: Secret) -> Client {
        Client {
            username: username.into(),
            secret,
            sessions: Vec::new(),
        }
    }

    /// Takes the challenges of a 401 or 407. `cnonce` is a fresh random token; it may serve several realms.
    ///
    /// Many requests may be on their way at once. Call-ID and CSeq tell whether the one that was challenged carried the
    /// nonce in use: only then is the password wrong or the nonce old.
    pub fn on_challenge(&mut self, response: &Message, cnonce: &str) -> Step {
        let challenges = Challenge::of(response);
        if challenges.is_empty() {
            return Step::Unanswerable;
        }
        for challenge in challenges {
            let place = self
                .sessions
                .iter()
                .position(|session| session.challenge.is_for(&challenge));
            let mut stale = 0;
            if let Some(place) = place {
                let session = &self.sessions[place];
                // Sent before this nonce was known, beside others: the nonce is still to be tried.
                if !session.carried.contains(&identity(response)) {
                    continue;
                }
                stale = if session.proved { 0 } else { session.stale + 1 };
                let aged = session.proved || (challenge.stale && stale <= STALE_MAX);
                self.sessions.remove(place);
                if !aged {
                    return Step::Refused;
                }
            }
            if self.sessions.len() == CHALLENGES_MAX {
                self.sessions.remove(0);
            }
            self.sessions.push(Session {
                challenge,
                cnonce: cnonce.into(),
                count: 0,
                proved: false,
                stale,
                carried: VecDeque::new(),
            });
        }
        Step::Retry
    }

    /// Notes that a request with credentials got any answer but a challenge: a 200, a 486, a 404.
    pub fn on_accepted(&mut self) {
        for session in self.sessions.iter_mut().filter(|session| session.count > 0) {
            session.proved = true;
        }
    }

    /// Writes credentials for every realm that has asked into a request that is otherwise finished, body and CSeq
    /// included.
    pub fn authorize(&mut self, request: &mut Message) {
        request.remove(Name::AUTHORIZATION);
        request.remove(Name::PROXY_AUTHORIZATION);
        let Some(method) = request.method().cloned() else {
            return;
        };
        for session in &mut self.sessions {
            let credentials = session.credentials(&self.username, &self.secret, method.as_str(), request);
            let name = if session.challenge.proxy {
                Name::PROXY_AUTHORIZATION
            } else {
                Name::AUTHORIZATION
            };
            if let Some(credentials) = credentials {
                if session.carried.len() == CARRIED_MAX {
                    session.carried.pop_front();
                }
                session.carried.push_back(identity(request));
                request.push(name, &credentials);
            }
        }
    }
}

impl Credentials for Client {
    fn challenged(&mut self, response: &Message, cnonce: &str) -> bool {
        self.on_challenge(response, cnonce) == Step::Retry
    }

    fn authorize(&mut self, request: &mut Message) {
        Client::authorize(self, request);
    }

    fn accepted(&mut self) {
        self.on_accepted();
    }
}

/// Which request it is, or which it answers.
fn identity(message: &Message) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    message.call_id().unwrap_or_default().hash(&mut hasher);
    message
        .cseq()
        .map(|cseq| cseq.number)
        .unwrap_or_default()
        .hash(&mut hasher);
    hasher.finish()
}

impl Session {
    /// `None` if the secret is kept for another hash only.
    fn credentials(
        &mut self,
        username: &[u8],
        secret: &Secret,
        method: &str,
        request: &Message,
    ) -> Option<Vec<u8>> {
        self.count += 1;
        let Challenge {
            realm,
            nonce,
            opaque,
            algorithm,
            qop,
            ..
        } = &self.challenge;
        let count = format!("{:08x}", self.count);
        let exchange = Exchange {
            algorithm: *algorithm,
            username,
            realm,
            nonce,
            qop: qop.map(|qop| (qop, count.as_bytes(), &self.cnonce[..])),
            cnonce: &self.cnonce,
            method: method.as_bytes(),
            uri: request.uri(),
            body: request.body(),
        };
        let response = exchange.response(secret)?;

        let mut out = b"Digest ".to_vec();
        quote(&mut out, "username", username);
        for (name, value) in [
            ("realm", &realm[..]),
            ("nonce", nonce),
            ("uri", request.uri()),
            ("response", response.as_bytes()),
        ] {
            out.extend_from_slice(b", ");
            quote(&mut out, name, value);
        }
        out.extend_from_slice(b", algorithm=");
        out.extend_from_slice(algorithm.as_str().as_bytes());
        if qop.is_some() || algorithm.session {
            out.extend_from_slice(b", ");
            quote(&mut out, "cnonce", &self.cnonce);
        }
        if let Some(qop) = qop {
            out.extend_from_slice(format!(", qop={}, nc={count}", qop.as_str()).as_bytes());
        }
        if let Some(opaque) = opaque {
            out.extend_from_slice(b", ");
            quote(&mut out, "opaque", opaque);
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Method;

    fn refusal(status: u16, challenges: &[&str]) -> Message {
        let mut response = Message::response(status, "");
        let name = if status == 407 {
            Name::PROXY_AUTHENTICATE
        } else {
            Name::WWW_AUTHENTICATE
        };
        for challenge in challenges {
            response.push(name, challenge.as_bytes());
        }
        response
    }

    fn client() -> Client {
        Client::new("Mufasa", Secret::password("Circle Of Life"))
    }

    fn answer(client: &mut Client) -> String {
        let mut request = Message::request(Method::Other("GET".into()), b"/dir/index.html");
        client.authorize(&mut request);
        let value = request.header(Name::AUTHORIZATION).unwrap_or_default();
        String::from_utf8(value.to_vec()).unwrap()
    }

    #[test]
    fn rfc2617_3_5_is_answered_to_the_letter() {
        let mut client = client();
        let challenge = "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
            nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
        assert_eq!(
            client.on_challenge(&refusal(401, &[challenge]), "0a4f113b"),
            Step::Retry
        );
        assert_eq!(
            answer(&mut client),
            "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
             nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", \
             response=\"6629fae49393a05397450978507c4ef1\", algorithm=MD5, cnonce=\"0a4f113b\", qop=auth, nc=00000001, \
             opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""
        );
        assert!(answer(&mut client).contains("nc=00000002"));
    }

    #[test]
    fn the_strongest_challenge_of_each_realm_is_answered() {
        let response = refusal(
            401,
            &[
                "Digest realm=\"a\", nonce=\"1\", algorithm=MD5",
                "Digest realm=\"a\", nonce=\"2\", algorithm=AKAv1-MD5",
                "Digest realm=\"a\", nonce=\"3\", algorithm=sha-256",
                "Digest realm=\"a\", nonce=\"4\", algorithm=SHA-256",
                "Digest realm=\"b\", nonce=\"5\"",
                "Digest realm=\"c\", nonce=\"6\", qop=\"auth-conf\"",
                "Basic realm=\"d\"",
            ],
        );
        let chosen = Challenge::of(&response);
        let chosen: Vec<_> = chosen.iter().map(|challenge| &challenge.nonce[..]).collect();
        assert_eq!(chosen, [&b"3"[..], b"5"]);
        assert_eq!(
            client().on_challenge(&refusal(401, &["Basic realm=\"d\""]), "c"),
            Step::Unanswerable
        );
    }

    #[test]
    fn a_refused_password_is_not_tried_again() {
        let mut client = client();
        let challenge = |nonce: &str| {
            refusal(
                401,
                &[&format!("Digest realm=\"a\", nonce=\"{nonce}\", qop=\"auth\"")],
            )
        };
        assert_eq!(client.on_challenge(&challenge("1"), "c"), Step::Retry);
        answer(&mut client);
        assert_eq!(client.on_challenge(&challenge("2"), "c"), Step::Refused);
    }

    #[test]
    fn requests_on_their_way_together_share_one_nonce() {
        let mut client = client();
        let identify = |mut message: Message, number: u32| {
            message.push_fmt(Name::CALL_ID, format_args!("call-{number}"));
            message.push(Name::CSEQ, b"1 INVITE");
            message
        };
        let challenge = |nonce: &str, number| {
            identify(
                refusal(
                    401,
                    &[&format!("Digest realm=\"a\", nonce=\"{nonce}\", qop=\"auth\"")],
                ),
                number,
            )
        };
        let send = |client: &mut Client, number| {
            let mut request = identify(Message::request(Method::Invite, b"sip:a"), number);
            client.authorize(&mut request);
            let value = request.header(Name::AUTHORIZATION).unwrap_or_default();
            String::from_utf8(value.to_vec()).unwrap()
        };
        // Three calls begin at once and are challenged one by one.
        for number in 0..3 {
            assert_eq!(send(&mut client, number), "");
        }
        for number in 0..3 {
            assert_eq!(
                client.on_challenge(&challenge(&format!("n{number}"), number), "c"),
                Step::Retry
            );
            let sent = send(&mut client, 10 + number);
            assert!(
                sent.contains("nonce=\"n0\"") && sent.contains(&format!("nc=0000000{}", number + 1)),
                "{sent}"
            );
        }
        // The nonce ages while two calls are on their way: the first replaces it, the second takes the new one.
        client.on_accepted();
        send(&mut client, 20);
        send(&mut client, 21);
        assert_eq!(client.on_challenge(&challenge("m0", 20), "c"), Step::Retry);
        assert!(send(&mut client, 30).contains("nonce=\"m0\""));
        assert_eq!(client.on_challenge(&challenge("m1", 21), "c"), Step::Retry);
        assert!(send(&mut client, 31).contains("nonce=\"m0\""));
        // What carried the new one and is challenged again has a wrong password.
        assert_eq!(client.on_challenge(&challenge("m2", 31), "c"), Step::Refused);
    }

    #[test]
    fn a_nonce_that_aged_is_replaced() {
        let mut client = client();
        let challenge = |more: &str| refusal(401, &[&format!("Digest realm=\"a\", nonce=\"1\"{more}")]);
        client.on_challenge(&challenge(""), "c");
        answer(&mut client);
        for _ in 0..STALE_MAX {
            assert_eq!(client.on_challenge(&challenge(", stale=TRUE"), "c"), Step::Retry);
            answer(&mut client);
        }
        assert_eq!(
            client.on_challenge(&challenge(", stale=true"), "c"),
            Step::Refused,
            "stale for ever"
        );
        client.on_challenge(&challenge(""), "c");
        answer(&mut client);
        client.on_accepted();
        assert_eq!(
            client.on_challenge(&challenge(""), "c"),
            Step::Retry,
            "once accepted, then aged"
        );
        answer(&mut client);
        assert_eq!(client.on_challenge(&challenge(""), "c"), Step::Refused);
    }

    #[test]
    fn proxies_and_servers_are_answered_side_by_side() {
        let mut client = client();
        client.on_challenge(&refusal(407, &["Digest realm=\"p\", nonce=\"1\""]), "c");
        client.on_challenge(
            &refusal(401, &["Digest realm=\"a \\\"b\\\"\", nonce=\"2\", qop=\"\""]),
            "c",
        );
        let mut request = Message::request(Method::Invite, b"sip:a@b");
        client.authorize(&mut request);
        client.authorize(&mut request);
        assert_eq!(request.all(Name::PROXY_AUTHORIZATION).count(), 1);
        let value = request.header(Name::AUTHORIZATION).unwrap();
        let auth = Auth::parse(value).unwrap();
        assert_eq!(auth.params.get("realm").unwrap().as_ref(), b"a \"b\"");
        assert!(auth.params.get("qop").is_none() && auth.params.get("cnonce").is_none());
    }
}
