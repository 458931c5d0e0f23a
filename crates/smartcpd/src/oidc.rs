//! Who vouches for people: OpenID Connect, the authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 7636).
//!
//! [`discover`] reads what a provider says of itself. [`begin`] makes the address that a browser is sent to, without asking
//! anybody. [`finish`] takes the code that the browser comes back with, and believes what the provider then says of a person
//! only where it is signed by a key of the provider's own, for us, for this login and for now. Keys are read at each login: a
//! provider that changed them is believed at once, and one that took a key back is not.
//!
//! Everything is asked by [`Network`]: nothing of one's own network, HTTPS alone, and answers of a bounded size.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm as Algorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::http::{Request, Response};
use openidconnect::{
    AdditionalClaims, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    LoginHint, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::webhooks::address;
use crate::webhooks::network::Network;

/// How far a provider's clock may be off from ours, s: a minute, as most libraries allow.
const SKEW_S: i64 = 60;
/// The signatures that are believed. None with the client's secret: whoever may read that could vouch for anybody.
const ALGORITHMS: [(Algorithm, &str); 9] = [
    (Algorithm::RsaSsaPkcs1V15Sha256, "RS256"),
    (Algorithm::RsaSsaPkcs1V15Sha384, "RS384"),
    (Algorithm::RsaSsaPkcs1V15Sha512, "RS512"),
    (Algorithm::RsaSsaPssSha256, "PS256"),
    (Algorithm::RsaSsaPssSha384, "PS384"),
    (Algorithm::RsaSsaPssSha512, "PS512"),
    (Algorithm::EcdsaP256Sha256, "ES256"),
    (Algorithm::EcdsaP384Sha384, "ES384"),
    (Algorithm::EdDsa, "EdDSA"),
];

/// What a provider says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Discovered {
    metadata: CoreProviderMetadata,
}

/// A login that was begun.
#[derive(Clone, Debug)]
pub(crate) struct Begun {
    /// Where the browser goes.
    pub(crate) url: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    /// What proves that the code is asked for by who began (PKCE).
    pub(crate) verifier: String,
}

/// Who we are for a provider.
#[derive(Clone, Copy)]
pub(crate) struct Us<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) secret: &'a str,
}

/// What a browser came back with, and what was kept for it.
#[derive(Clone, Copy)]
pub(crate) struct Back<'a> {
    pub(crate) code: &'a str,
    pub(crate) redirect: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) verifier: &'a str,
}

/// What a provider says of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vouched {
    /// Who they are there, for ever.
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    /// It knows that the address is theirs.
    pub(crate) verified: bool,
    pub(crate) name: Option<String>,
    /// `ru-RU`.
    pub(crate) locale: Option<String>,
    /// It asked for a second factor (`mfa` of RFC 8176).
    pub(crate) second_factor: bool,
}

/// Why nobody is vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The provider did not answer, or not as one does.
    Away(String),
    /// It takes neither the code nor us.
    Refused(String),
    /// What it said is not believed.
    Untrusted(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Away(why) | Refusal::Refused(why) | Refusal::Untrusted(why) => f.write_str(why),
        }
    }
}

/// Claims that no standard has.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct More {
    /// Microsoft Entra's own word for a verified address: the domain is its customer's.
    xms_edov: Option<Value>,
}

impl AdditionalClaims for More {}

type Tokens = StandardTokenResponse<
    IdTokenFields<More, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Algorithm>,
    CoreTokenType,
>;
type Party = Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Reads a provider's discovery document and keys; why they will not do otherwise.
pub(crate) async fn discover(network: &Network, issuer: &str) -> Result<Discovered, String> {
    // Looked at before anything is asked: the words are for its field.
    address::read(issuer, network.private)?;
    let url = IssuerUrl::new(issuer.to_owned()).map_err(|why| why.to_string())?;
    let client = client(network);
    let metadata = CoreProviderMetadata::discover_async(url, &client)
        .await
        .map_err(discovery_words)?;
    let found = Discovered { metadata };
    found.check(network.private)?;
    Ok(found)
}

impl Discovered {
    /// As it was kept; its keys are not.
    pub(crate) fn of(kept: &Value) -> Result<Discovered, String> {
        let metadata = serde_json::from_value(kept.clone());
        let metadata = metadata.map_err(|why| format!("read a kept discovery document: {why}"))?;
        Ok(Discovered { metadata })
    }

    /// To be kept.
    pub(crate) fn keep(&self) -> Value {
        serde_json::to_value(&self.metadata).unwrap_or_default()
    }

    /// Where browsers are sent.
    pub(crate) fn authorization(&self) -> String {
        self.metadata.authorization_endpoint().to_string()
    }

    /// How it signs, as far as we believe that.
    pub(crate) fn algorithms(&self) -> Vec<&'static str> {
        let own = self.metadata.id_token_signing_alg_values_supported();
        let both = ALGORITHMS.iter().filter(|(one, _)| own.contains(one));
        both.map(|(_, name)| *name).collect()
    }

    /// How many keys it has now.
    pub(crate) fn keys(&self) -> usize {
        self.metadata.jwks().keys().len()
    }

    fn check(&self, private: bool) -> Result<(), String> {
        let token = self.metadata.token_endpoint();
        let token = token.ok_or("its discovery document names no token_endpoint")?;
        for (name, url) in [
            (
                "authorization_endpoint",
                self.metadata.authorization_endpoint().url(),
            ),
            ("token_endpoint", token.url()),
        ] {
            address::read(url.as_str(), private).map_err(|why| format!("its {name}: {why}"))?;
        }
        if self.algorithms().is_empty() {
            let ours: Vec<_> = ALGORITHMS.iter().map(|(_, name)| *name).collect();
            return Err(format!("it signs by none of {}", ours.join(", ")));
        }
        match self.keys() {
            0 => Err("it has no keys".to_owned()),
            _ => Ok(()),
        }
    }
}

/// Begins a login. Nobody is asked for it.
pub(crate) fn begin(
    discovered: &Discovered,
    client_id: &str,
    redirect: &str,
    email: &str,
) -> Result<Begun, String> {
    let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|why| why.to_string())?;
    let client = CoreClient::from_provider_metadata(
        discovered.metadata.clone(),
        ClientId::new(client_id.to_owned()),
        None,
    )
    .set_redirect_uri(redirect);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scope(Scope::new("email".to_owned()))
        .add_scope(Scope::new("profile".to_owned()))
        .set_login_hint(LoginHint::new(email.to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    Ok(Begun {
        url: url.to_string(),
        state: state.into_secret(),
        nonce: nonce.secret().clone(),
        verifier: verifier.into_secret(),
    })
}

/// Takes the code to the provider, and tells whom it vouches for.
pub(crate) async fn finish(
    network: &Network,
    us: Us<'_>,
    back: Back<'_>,
    now_ms: i64,
) -> Result<Vouched, Refusal> {
    let discovered = discover(network, us.issuer).await.map_err(Refusal::Away)?;
    let redirect = RedirectUrl::new(back.redirect.to_owned());
    let redirect = redirect.map_err(|why| Refusal::Untrusted(why.to_string()))?;
    let methods = discovered.metadata.token_endpoint_auth_methods_supported();
    // Without a list, it takes the secret as HTTP has it (OpenID Connect Discovery 1.0, 3).
    let in_body = methods.is_some_and(|methods| !methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let party: Party = Client::from_provider_metadata(
        discovered.metadata,
        ClientId::new(us.client_id.to_owned()),
        Some(ClientSecret::new(us.secret.to_owned())),
    )
    .set_redirect_uri(redirect)
    .set_auth_type(match in_body {
        true => AuthType::RequestBody,
        false => AuthType::BasicAuth,
    });
    let tokens = party
        .exchange_code(AuthorizationCode::new(back.code.to_owned()))
        .map_err(|why| Refusal::Away(why.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(back.verifier.to_owned()))
        .request_async(&client(network))
        .await
        .map_err(|why| match why {
            RequestTokenError::ServerResponse(why) => {
                Refusal::Refused(format!("it answered the code with {:?}", why.error().as_ref()))
            }
            RequestTokenError::Request(why) => Refusal::Away(why.0),
            RequestTokenError::Parse(why, _) => Refusal::Away(format!("its answer to the code: {why}")),
            RequestTokenError::Other(why) => Refusal::Away(why),
        })?;
    vouched(&party, &tokens, us, back.nonce, now_ms)
}

fn vouched(party: &Party, tokens: &Tokens, us: Us<'_>, nonce: &str, now_ms: i64) -> Result<Vouched, Refusal> {
    let untrusted = |why: String| Refusal::Untrusted(why);
    let token = tokens
        .id_token()
        .ok_or_else(|| untrusted("it gave no id_token".to_owned()))?;
    let now = DateTime::<Utc>::from_timestamp_millis(now_ms).unwrap_or_default();
    let skew = chrono::TimeDelta::seconds(SKEW_S);
    let verifier = party
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS.map(|(algorithm, _)| algorithm))
        .set_time_fn(move || now - skew)
        .set_issue_time_verifier_fn(move |issued| match issued <= now + skew {
            true => Ok(()),
            false => Err(format!("it was issued at {issued}, which is still to come")),
        });
    let claims = token
        .claims(&verifier, &Nonce::new(nonce.to_owned()))
        .map_err(|why| untrusted(format!("its id_token: {why}{}", cause(&why))))?;
    // OpenID Connect Core 1.0, 3.1.3.7, 5.
    if let Some(party) = claims.authorized_party()
        && party.as_str() != us.client_id
    {
        return Err(untrusted(format!("its id_token: it is for {:?}", party.as_str())));
    }
    let known = claims.additional_claims().xms_edov.as_ref();
    let known = known.is_some_and(|value| {
        value.as_bool() == Some(true) || value.as_i64() == Some(1) || value.as_str() == Some("1")
    });
    let name = claims.name().and_then(|name| name.get(None));
    let methods = claims.auth_method_refs();
    Ok(Vouched {
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.to_string()),
        verified: claims.email_verified().unwrap_or(known),
        name: name.map(|name| name.to_string()),
        locale: claims.locale().map(|locale| locale.to_string()),
        second_factor: methods.is_some_and(|all| all.iter().any(|one| one.as_str() == "mfa")),
    })
}

/// Why a provider could not be asked.
#[derive(Debug)]
struct Unreached(String);

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreached {}

type Asking = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, Unreached>> + Send>>;

/// The way to a provider.
fn client(network: &Network) -> impl Fn(Request<Vec<u8>>) -> Asking + 'static {
    let network = network.clone();
    move |request| {
        let network = network.clone();
        Box::pin(async move { ask(&network, request).await.map_err(Unreached) })
    }
}

async fn ask(network: &Network, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, String> {
    let url: Url = address::read(&request.uri().to_string(), network.private)?;
    let mut headers = Vec::new();
    for name in ["accept", "authorization", "content-type"] {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        headers.extend(value.map(|value| (name, value.to_owned())));
    }
    let page = network.ask(&url, headers, request.into_body()).await?;
    let mut response = Response::builder().status(page.status);
    if let Some(kind) = page.kind {
        response = response.header("content-type", kind);
    }
    response.body(page.body).map_err(|why| why.to_string())
}

fn discovery_words(why: DiscoveryError<Unreached>) -> String {
    match why {
        DiscoveryError::Request(Unreached(why)) => why,
        DiscoveryError::Response(status, _, _) if status != 200 => {
            format!("it answered {status} where its discovery document or its keys should be")
        }
        DiscoveryError::Response(_, _, why) => why,
        DiscoveryError::Parse(why) => format!("its discovery document or its keys: {why}"),
        DiscoveryError::Validation(why) | DiscoveryError::Other(why) => why,
        DiscoveryError::UrlParse(why) => why.to_string(),
        other => other.to_string(),
    }
}

/// What lies behind an error, in words.
fn cause(why: &dyn std::error::Error) -> String {
    why.source()
        .map_or_else(String::new, |cause| format!(": {cause}"))
}
