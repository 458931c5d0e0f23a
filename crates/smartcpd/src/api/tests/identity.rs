//! An identity provider as one is on the internet: a discovery document, keys, and codes that are given once, to the client that
//! they are for, against its secret and PKCE's verifier. What it says of people can be made wrong.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Url;
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, KeyPair, RsaKeyPair};
use rsa::pkcs1::EncodeRsaPrivateKey;
use serde_json::{Value, json};

use crate::webhooks::network::{Network, Page, Parcel};

pub(super) const ISSUER: &str = "https://id.acme.example";
pub(super) const CLIENT: &str = "smartcpd at acme";
pub(super) const SECRET: &str = "s3cret / with + signs";

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signed {
    Rs256,
    Es256,
    /// `alg: none`, without a signature.
    Not,
    /// By the client's secret.
    Hs256,
    /// By a key of somebody else, under the name of the provider's.
    Forged,
}

/// A person at the provider.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) subject: &'static str,
    pub(super) claims: Value,
}

/// Somebody whose address is verified.
pub(super) fn known(subject: &'static str, email: &str) -> Identity {
    let claims =
        json!({ "email": email, "email_verified": true, "name": "Ольга Петрова", "locale": "ru-RU" });
    Identity { subject, claims }
}

/// A code that was given, and for what.
struct Grant {
    redirect: String,
    challenge: String,
    nonce: String,
    who: Identity,
}

struct Keys {
    rsa: RsaKeyPair,
    elliptic: EcdsaKeyPair,
    forged: EcdsaKeyPair,
    /// Counts rotations: a part of the keys' names.
    turn: u32,
}

/// Claims put in the place of the right ones; null takes one away.
type Wrong = serde_json::Map<String, Value>;

struct Inner {
    keys: Keys,
    grants: HashMap<String, Grant>,
    given: u32,
    signed: Signed,
    wrong: Wrong,
    /// It takes a code as often as it comes.
    careless: bool,
    /// It takes the secret in the body alone.
    in_body: bool,
    away: bool,
    /// Tokens name a key that was taken back.
    old_key: bool,
    now_s: i64,
    asked: Vec<String>,
}

/// A provider.
#[derive(Clone)]
pub(super) struct Provider(Arc<Mutex<Inner>>);

/// RSA keys take their time: one is made for all tests.
fn rsa() -> RsaKeyPair {
    static DER: OnceLock<Vec<u8>> = OnceLock::new();
    let der = DER.get_or_init(|| {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2_048).unwrap();
        key.to_pkcs1_der().unwrap().as_bytes().to_vec()
    });
    RsaKeyPair::from_der(der).unwrap()
}

fn elliptic() -> EcdsaKeyPair {
    let (kind, random) = (&signature::ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let key = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &random).unwrap()
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Provider {
    pub(super) fn new(now_ms: i64) -> Provider {
        Provider(Arc::new(Mutex::new(Inner {
            keys: Keys {
                rsa: rsa(),
                elliptic: elliptic(),
                forged: elliptic(),
                turn: 1,
            },
            grants: HashMap::new(),
            given: 0,
            signed: Signed::Rs256,
            wrong: Wrong::new(),
            careless: false,
            in_body: false,
            away: false,
            old_key: false,
            now_s: now_ms / 1_000,
            asked: Vec::new(),
        })))
    }

    /// The way to it.
    pub(super) fn network(&self) -> Network {
        let provider = self.clone();
        Network {
            resolve: Arc::new(|host, port| {
                let inside = host.ends_with(".inside");
                let at = if inside { [10, 0, 0, 1] } else { [1, 1, 1, 1] };
                Box::pin(async move { Ok(vec![(at, port).into()]) })
            }),
            post: Arc::new(|_| Box::pin(async { Err("it is told of nothing".to_owned()) })),
            fetch: Arc::new(move |parcel| {
                let answer = provider.answer(&parcel);
                Box::pin(async move { answer })
            }),
            private: false,
        }
    }

    pub(super) fn signs(&self, signed: Signed) {
        self.0.lock().unwrap().signed = signed;
    }

    /// Says this in the place of what is right.
    pub(super) fn says(&self, wrong: Value) {
        self.0.lock().unwrap().wrong = wrong.as_object().unwrap().clone();
    }

    pub(super) fn is_away(&self, away: bool) {
        self.0.lock().unwrap().away = away;
    }

    pub(super) fn is_careless(&self) {
        self.0.lock().unwrap().careless = true;
    }

    pub(super) fn wants_secret_in_body(&self) {
        self.0.lock().unwrap().in_body = true;
    }

    /// Takes new keys in the place of the old ones; `goes_on`: it still signs as with the old ones.
    pub(super) fn rotates(&self, goes_on: bool) {
        let mut inner = self.0.lock().unwrap();
        inner.keys.elliptic = elliptic();
        inner.keys.turn += 1;
        inner.old_key = goes_on;
    }

    /// What it was asked for since.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    /// A browser comes with the address that it was sent to, and somebody logs in there: what it is sent back with.
    pub(super) fn visited(&self, url: &str, who: &Identity) -> (String, String) {
        let url = Url::parse(url).unwrap();
        let pairs: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(
            url.as_str().split('?').next(),
            Some("https://id.acme.example/authorize")
        );
        for (name, value) in [
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("scope", "openid email profile"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(pairs[name], value, "{name}");
        }
        assert!(pairs["state"].len() >= 20 && pairs["nonce"].len() >= 20);
        let mut inner = self.0.lock().unwrap();
        inner.given += 1;
        let code = format!("code-{}", inner.given);
        let grant = Grant {
            redirect: pairs["redirect_uri"].clone(),
            challenge: pairs["code_challenge"].clone(),
            nonce: pairs["nonce"].clone(),
            who: who.clone(),
        };
        inner.grants.insert(code.clone(), grant);
        (code, pairs["state"].clone())
    }

    fn answer(&self, parcel: &Parcel) -> Result<Page, String> {
        let mut inner = self.0.lock().unwrap();
        let kind = if parcel.body.is_empty() { "GET" } else { "POST" };
        inner.asked.push(format!("{kind} {}", parcel.url.path()));
        if inner.away {
            return Err("no answer in 15 s".to_owned());
        }
        if parcel.url.host_str() != Some("id.acme.example") {
            return Err("the name has no address".to_owned());
        }
        let (status, body) = match (kind, parcel.url.path()) {
            ("GET", "/.well-known/openid-configuration") => (200, inner.document()),
            ("GET", "/keys") => (200, inner.published()),
            ("POST", "/token") => inner.token(parcel),
            _ => (404, json!({})),
        };
        Ok(Page {
            status,
            kind: Some("application/json;charset=utf-8".to_owned()),
            body: body.to_string().into_bytes(),
        })
    }
}

impl Inner {
    fn document(&self) -> Value {
        let methods = if self.in_body {
            "client_secret_post"
        } else {
            "client_secret_basic"
        };
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": format!("{ISSUER}/authorize"),
            "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/keys"),
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["public"],
            // `none` and shared secrets are what it should not say; nobody has to believe it.
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": [methods],
        })
    }

    fn published(&self) -> Value {
        let rsa = self.keys.rsa.public_key();
        let rsa: ring::rsa::PublicKeyComponents<Vec<u8>> = rsa.into();
        let point = self.keys.elliptic.public_key().as_ref();
        let turn = self.keys.turn;
        json!({ "keys": [
            { "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa", "n": base64(&rsa.n), "e": base64(&rsa.e) },
            { "kty": "EC", "use": "sig", "crv": "P-256", "kid": format!("ec-{turn}"),
              "x": base64(&point[1..33]), "y": base64(&point[33..65]) },
        ] })
    }

    /// RFC 6749, 4.1.3 and 5.2; RFC 7636, 4.6.
    fn token(&mut self, parcel: &Parcel) -> (u16, Value) {
        let form: HashMap<String, String> =
            Url::parse(&format!("x:?{}", String::from_utf8_lossy(&parcel.body)))
                .unwrap()
                .query_pairs()
                .into_owned()
                .collect();
        let basic = parcel.headers.iter().find(|(name, _)| *name == "authorization");
        let given = match (self.in_body, basic) {
            (true, None) => form
                .get("client_id")
                .cloned()
                .zip(form.get("client_secret").cloned()),
            (false, Some((_, value))) => {
                let plain = STANDARD.decode(value.strip_prefix("Basic ").unwrap()).unwrap();
                let plain = String::from_utf8(plain).unwrap();
                let (id, secret) = plain.split_once(':').unwrap();
                let read = |text: &str| {
                    let url = Url::parse(&format!("x:?{text}")).unwrap();
                    url.query_pairs().next().map(|(text, _)| text.into_owned())
                };
                read(id).zip(read(secret))
            }
            _ => None,
        };
        if given != Some((CLIENT.to_owned(), SECRET.to_owned())) {
            return (401, json!({ "error": "invalid_client" }));
        }
        let refused = (400, json!({ "error": "invalid_grant" }));
        let code = form.get("code").cloned().unwrap_or_default();
        let Some(grant) = self.grants.get(&code) else {
            return refused;
        };
        let verifier = form.get("code_verifier").cloned().unwrap_or_default();
        let challenge = base64(ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes()));
        let right = form
            .get("grant_type")
            .is_some_and(|kind| kind == "authorization_code")
            && form.get("redirect_uri") == Some(&grant.redirect)
            && challenge == grant.challenge;
        if !right {
            return refused;
        }
        let mut claims = json!({
            "iss": ISSUER, "sub": grant.who.subject, "aud": CLIENT, "nonce": grant.nonce,
            "iat": self.now_s, "exp": self.now_s + 300,
        });
        let all = claims.as_object_mut().unwrap();
        all.extend(grant.who.claims.as_object().unwrap().clone());
        for (name, value) in &self.wrong {
            match value {
                Value::Null => all.remove(name),
                value => all.insert(name.clone(), value.clone()),
            };
        }
        if !self.careless {
            self.grants.remove(&code);
        }
        let mut answer = json!({ "access_token": "a", "token_type": "Bearer", "expires_in": 300 });
        if !self.wrong.contains_key("id_token") {
            answer["id_token"] = json!(self.sign(&claims));
        }
        (200, answer)
    }

    fn sign(&self, claims: &Value) -> String {
        let turn = self.keys.turn - u32::from(self.old_key);
        let (algorithm, key) = match self.signed {
            Signed::Rs256 => ("RS256", "rsa".to_owned()),
            Signed::Es256 | Signed::Forged => ("ES256", format!("ec-{turn}")),
            Signed::Not => ("none", "rsa".to_owned()),
            Signed::Hs256 => ("HS256", "rsa".to_owned()),
        };
        let head = json!({ "alg": algorithm, "typ": "JWT", "kid": key });
        let text = format!("{}.{}", base64(head.to_string()), base64(claims.to_string()));
        let random = SystemRandom::new();
        let signed = match self.signed {
            Signed::Rs256 => {
                let mut out = vec![0; self.keys.rsa.public().modulus_len()];
                let padding = &signature::RSA_PKCS1_SHA256;
                self.keys
                    .rsa
                    .sign(padding, &random, text.as_bytes(), &mut out)
                    .unwrap();
                out
            }
            Signed::Es256 => self
                .keys
                .elliptic
                .sign(&random, text.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec(),
            Signed::Forged => self
                .keys
                .forged
                .sign(&random, text.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec(),
            Signed::Not => Vec::new(),
            Signed::Hs256 => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
                ring::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
            }
        };
        format!("{text}.{}", base64(signed))
    }
}
