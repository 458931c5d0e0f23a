//! How others' servers are asked, be it with events or about who somebody is: the name is looked up first, each of its addresses is looked at, and the connection goes to those and
//! to no other, whatever the name leads to a moment later.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, Response, Url, redirect};
use rustls::{ClientConfig, RootCertStore};

use super::address::is_public;

/// How long a server may take in all: what it does with an event, it does after its answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a connection may take of it.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest answer that is read, bytes: a provider's keys have some kilobytes.
pub(crate) const PAGE_MAX: usize = 256 << 10;
/// Where the system has the certificates that it believes.
const ROOTS: &str = "/etc/ssl/certs/ca-certificates.crt";

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// Looks up a name, with a port.
pub(crate) type Resolve = Arc<dyn Fn(String, u16) -> Later<io::Result<Vec<SocketAddr>>> + Send + Sync>;
/// Sends a parcel; why it did not arrive otherwise.
pub(crate) type Post = Arc<dyn Fn(Parcel) -> Later<Result<Reply, String>> + Send + Sync>;
/// Asks for a page; why there is none otherwise.
pub(crate) type Fetch = Arc<dyn Fn(Parcel) -> Later<Result<Page, String>> + Send + Sync>;

/// What is sent. What has no body asks for something (GET), when it is fetched.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) url: Url,
    /// Where to: none other is connected to.
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// What a server answered, with its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) kind: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What the server answered. Its body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// It wants to be asked again after so many seconds.
    pub(crate) retry_after_s: Option<u64>,
}

/// The way out.
#[derive(Clone)]
pub(crate) struct Network {
    pub(crate) resolve: Resolve,
    pub(crate) post: Post,
    pub(crate) fetch: Fetch,
    /// HTTP and addresses of one's own network will do.
    pub(crate) private: bool,
}

impl Network {
    /// The real one.
    pub(crate) fn real(private: bool) -> Network {
        let tls = tls();
        let own = tls.clone();
        Network {
            resolve: Arc::new(|host, port| {
                Box::pin(async move {
                    let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((host, port)));
                    Ok(found.await.map_err(|_| io::ErrorKind::TimedOut)??.collect())
                })
            }),
            post: Arc::new(move |parcel| {
                let (tls, fault) = tls.clone();
                Box::pin(async move {
                    match fault.filter(|_| parcel.url.scheme() == "https") {
                        Some(why) => Err(why),
                        None => post(parcel, tls?).await,
                    }
                })
            }),
            fetch: Arc::new(move |parcel| {
                let (tls, fault) = own.clone();
                Box::pin(async move {
                    match fault.filter(|_| parcel.url.scheme() == "https") {
                        Some(why) => Err(why),
                        None => fetch(parcel, tls?).await,
                    }
                })
            }),
            private,
        }
    }

    /// Sends, if it leads where something may be sent.
    pub(crate) async fn send(
        &self,
        url: &Url,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<Reply, String> {
        let addresses = self.addresses(url).await?;
        let parcel = Parcel {
            url: url.clone(),
            addresses,
            headers,
            body,
        };
        (self.post)(parcel).await
    }

    /// Asks, if it leads where something may be asked.
    pub(crate) async fn ask(
        &self,
        url: &Url,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<Page, String> {
        let addresses = self.addresses(url).await?;
        let parcel = Parcel {
            url: url.clone(),
            addresses,
            headers,
            body,
        };
        (self.fetch)(parcel).await
    }

    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, String> {
        let port = url.port_or_known_default().unwrap_or(443);
        let found = match url.host() {
            Some(url::Host::Ipv4(address)) => vec![SocketAddr::new(IpAddr::V4(address), port)],
            Some(url::Host::Ipv6(address)) => vec![SocketAddr::new(IpAddr::V6(address), port)],
            Some(url::Host::Domain(name)) => (self.resolve)(name.to_owned(), port)
                .await
                .map_err(|why| format!("look up {name}: {why}"))?,
            None => Vec::new(),
        };
        if found.is_empty() {
            return Err("the name has no address".to_owned());
        }
        // Not told which: a customer must not look around in a network that is not its own.
        if !self.private && !found.iter().all(|at| is_public(at.ip())) {
            return Err("the name leads to an address that is not of the internet".to_owned());
        }
        Ok(found)
    }
}

/// TLS with the system's certificates, and why there are none.
fn tls() -> (Result<ClientConfig, String>, Option<String>) {
    let mut roots = RootCertStore::empty();
    let fault = match crate::serve::certificates(Path::new(ROOTS)) {
        Ok(found) => {
            roots.add_parsable_certificates(found);
            None
        }
        Err(why) => Some(why.to_string()),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_root_certificates(roots).with_no_client_auth());
    (config.map_err(|why| why.to_string()), fault)
}

async fn post(parcel: Parcel, tls: ClientConfig) -> Result<Reply, String> {
    let answer = send(Method::POST, parcel, tls).await?;
    let retry_after = answer.headers().get("retry-after");
    Ok(Reply {
        status: answer.status().as_u16(),
        retry_after_s: retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok()),
    })
}

async fn fetch(parcel: Parcel, tls: ClientConfig) -> Result<Page, String> {
    let method = match parcel.body.is_empty() {
        true => Method::GET,
        false => Method::POST,
    };
    let mut answer = send(method, parcel, tls).await?;
    let kind = answer.headers().get("content-type");
    let kind = kind.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (status, mut body) = (answer.status().as_u16(), Vec::new());
    while let Some(part) = answer.chunk().await.map_err(|why| words(&why))? {
        if body.len() + part.len() > PAGE_MAX {
            return Err(format!("the answer has more than {} KiB", PAGE_MAX >> 10));
        }
        body.extend_from_slice(&part);
    }
    Ok(Page { status, kind, body })
}

async fn send(method: Method, parcel: Parcel, tls: ClientConfig) -> Result<Response, String> {
    // A client for each: its addresses are those that were looked at. Connections are not kept, as events are minutes apart.
    let host = parcel.url.host_str().unwrap_or_default().to_owned();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .resolve_to_addrs(&host, &parcel.addresses)
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .user_agent(concat!("SmartCPD/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|why| words(&why))?;
    let mut request = client.request(method, parcel.url).body(parcel.body);
    for (name, value) in parcel.headers {
        request = request.header(name, value);
    }
    request.send().await.map_err(|why| words(&why))
}

/// What went wrong, without the address, which may hold a token.
fn words(why: &reqwest::Error) -> String {
    if why.is_timeout() {
        return format!("no answer in {} s", PATIENCE.as_secs());
    }
    let mut cause: &dyn std::error::Error = why;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn ready<T: Send + 'static>(value: T) -> Later<T> {
        Box::pin(async move { value })
    }

    /// A name that leads to one address after the other, and what was sent where.
    fn network(leads: &'static [&'static str]) -> (Network, Arc<Mutex<Vec<Vec<SocketAddr>>>>) {
        let (asked, sent) = (Mutex::new(leads.iter()), Arc::new(Mutex::new(Vec::new())));
        let seen = Arc::clone(&sent);
        let network = Network {
            resolve: Arc::new(move |_, port| {
                let next = asked.lock().unwrap().next().expect("looked up once a parcel");
                ready(Ok(next
                    .split(' ')
                    .map(|at| SocketAddr::new(at.parse().unwrap(), port))
                    .collect()))
            }),
            post: Arc::new(move |parcel| {
                seen.lock().unwrap().push(parcel.addresses);
                ready(Ok(Reply {
                    status: 204,
                    retry_after_s: None,
                }))
            }),
            fetch: Arc::new(|_| ready(Err("nothing is asked here".to_owned()))),
            private: false,
        };
        (network, sent)
    }

    fn block<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(future)
    }

    #[test]
    fn a_name_that_leads_elsewhere_the_next_time_gains_nothing() {
        block(async {
            let (network, sent) = network(&["1.1.1.1", "127.0.0.1", "1.1.1.1 169.254.169.254"]);
            let url = Url::parse("https://rebound.example/").unwrap();
            assert!(network.send(&url, Vec::new(), Vec::new()).await.is_ok());
            for _ in 0..2 {
                let why = network.send(&url, Vec::new(), Vec::new()).await.unwrap_err();
                assert!(
                    why.contains("not of the internet") && !why.contains("127"),
                    "{why}"
                );
            }
            // What was connected to is what was looked at, and nothing was looked up again for it.
            assert_eq!(*sent.lock().unwrap(), [[SocketAddr::from(([1, 1, 1, 1], 443))]]);
        });
    }

    #[test]
    fn a_parcel_goes_to_the_address_that_was_looked_at_and_no_redirect_is_followed() {
        block(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let at = listener.local_addr().unwrap();
            let server = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"hello") {
                    stream.read_buf(&mut request).await.unwrap();
                }
                let answer = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
                stream.write_all(answer.as_bytes()).await.unwrap();
                String::from_utf8(request).unwrap().to_lowercase()
            });
            let real = Network::real(true);
            // The name does not exist: only the address that was found for it leads anywhere.
            let parcel = Parcel {
                url: Url::parse(&format!("http://hooks.invalid:{}/in", at.port())).unwrap(),
                addresses: vec![at],
                headers: vec![("webhook-id", "e1".to_owned())],
                body: b"hello".to_vec(),
            };
            let reply = (real.post)(parcel).await.unwrap();
            assert_eq!(
                reply,
                Reply {
                    status: 302,
                    retry_after_s: Some(7)
                }
            );
            let request = server.await.unwrap();
            assert!(request.starts_with("post /in http/1.1\r\n"), "{request}");
            assert!(
                request.contains("host: hooks.invalid:") && request.contains("webhook-id: e1"),
                "{request}"
            );
        });
    }

    #[test]
    fn a_page_is_read_up_to_a_bound_and_not_asked_for_elsewhere() {
        block(async {
            for (length, fits) in [(PAGE_MAX, true), (PAGE_MAX + 1, false)] {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                let url = format!("http://{}/keys", listener.local_addr().unwrap());
                let server = tokio::spawn(async move {
                    let (mut stream, _) = listener.accept().await.unwrap();
                    let mut request = Vec::new();
                    while !request.ends_with(b"\r\n\r\n") {
                        stream.read_buf(&mut request).await.unwrap();
                    }
                    // Without a length: it could go on for ever.
                    let head =
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
                    stream.write_all(head.as_bytes()).await.unwrap();
                    // Who was refused may be gone by now.
                    let _ = stream.write_all(&vec![b' '; length]).await;
                    String::from_utf8(request).unwrap()
                });
                let url = Url::parse(&url).unwrap();
                let page = Network::real(true).ask(&url, Vec::new(), Vec::new()).await;
                match fits {
                    true => {
                        let page = page.unwrap();
                        assert_eq!((page.status, page.body.len()), (200, length));
                        assert_eq!(page.kind.as_deref(), Some("application/json"));
                    }
                    false => assert_eq!(page.unwrap_err(), "the answer has more than 256 KiB"),
                }
                assert!(server.await.unwrap().starts_with("GET /keys HTTP/1.1\r\n"));
                let closed = Network::real(false).ask(&url, Vec::new(), Vec::new()).await;
                assert!(closed.unwrap_err().contains("not of the internet"));
            }
        });
    }
}
