//! A service with two customers and their people, and what they ask it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use cpd_detect::{Library, Shared};
use cpd_store::keys::NewKey;
use cpd_store::tenants::NewTenant;
use cpd_store::users::{NewUser, Role};
use cpd_store::{SERVICE, Store, Uuid, Whose, keys, tenants, users};
use serde_json::Value;
use tokio::sync::watch;
use tower::ServiceExt;

use super::super::app::{App, Wanted};
use super::super::{permission, router};
use super::databases;
use crate::live::{Hub, Node};
use crate::serve::config::owned::Beside;
use crate::serve::hearing::Base;
use crate::test_calls::TestCalls;
use crate::webhooks::network::Network;

/// What the clock says at first, ms.
const NOW: i64 = 1_795_000_000_000;

/// Calls and streams that are listened to at once.
pub(super) const LISTENERS_MAX: u64 = 4;

pub(super) const PASSWORD: &str = "correct horse battery";

/// The folder that recordings of this process's tests lie in.
pub(super) fn recordings() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("smartcpd-api-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A running API.
pub(super) struct House {
    pub(super) app: Arc<App>,
    router: Router,
    now: Arc<AtomicI64>,
    /// The last number of the address that is asked from.
    peer: AtomicU8,
}

/// Who asks.
#[derive(Clone, Debug)]
pub(super) enum As {
    Nobody,
    Cookie(String),
    Key(String),
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: axum::http::HeaderMap,
    pub(super) body: Value,
    /// As they came.
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    /// The word of the problem.
    pub(super) fn problem(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.trim_start_matches("/problems/")
    }

    /// Checks the status.
    #[track_caller]
    pub(super) fn is(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    pub(super) fn cookie(&self) -> As {
        let value = self.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(
            value.contains("HttpOnly") && value.contains("SameSite=Strict"),
            "{value}"
        );
        As::Cookie(value.split(';').next().unwrap().to_owned())
    }
}

/// Runs a test on both databases.
pub(super) fn on_both<F: Future<Output = ()>>(test: impl Fn(House) -> F) {
    databases::on_both(|store| test(House::of(store)));
}

/// A network in which nobody is.
fn nobody() -> Network {
    Network {
        resolve: Arc::new(|_, _| Box::pin(async { Ok(Vec::new()) })),
        post: Arc::new(|_| Box::pin(async { Err("nobody is there".to_owned()) })),
        fetch: Arc::new(|_| Box::pin(async { Err("nobody is there".to_owned()) })),
        private: false,
    }
}

impl House {
    pub(super) fn of(store: Store) -> House {
        House::beside(store, nobody())
    }

    /// With others' servers.
    pub(super) fn beside(store: Store, network: Network) -> House {
        House::made(store, network, TestCalls::new(None))
    }

    /// With this way to a node.
    pub(super) fn with(store: Store, test_calls: TestCalls) -> House {
        House::made(store, nobody(), test_calls)
    }

    fn made(store: Store, network: Network, test_calls: TestCalls) -> House {
        let now = Arc::new(AtomicI64::new(NOW));
        let plans = Arc::new(cpd_detect::Plans::built_in());
        let bare = Shared::new(crate::hearing::RATE, plans, Arc::new(Library::empty()));
        let clock = Arc::clone(&now);
        let app = App::new(Wanted {
            store,
            node: "n1".to_owned(),
            beside: Beside {
                recordings: Some(recordings()),
                ..Beside::default()
            },
            base: watch::Sender::new(Base {
                file: Some(bare.clone()),
                bare,
            })
            .subscribe(),
            stock: Arc::default(),
            file_dialers: Vec::new(),
            secure: false,
            proxies: Vec::new(),
            setup_code: Some("code-of-first-run".to_owned()),
            live: Hub::new(
                NOW,
                Node {
                    name: "n1".to_owned(),
                    listeners_max: LISTENERS_MAX,
                },
            ),
            network,
            traffic: Arc::default(),
            test_calls,
            exports: databases::folder("exports"),
            clock: Box::new(move || clock.load(Ordering::Relaxed)),
        });
        House {
            router: router(&app),
            app,
            now,
            peer: AtomicU8::new(1),
        }
    }

    /// A customer.
    pub(super) async fn tenant(&self, slug: &str) -> Uuid {
        let tx = self.app.store.write(Whose::Service).await.unwrap();
        let new = NewTenant {
            slug: slug.to_owned(),
            name: slug.to_owned(),
        };
        let id = Uuid::now_v7();
        tenants::add(&tx, id, new, self.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A person who is logged in. Hashing takes its time, so all have one password.
    pub(super) async fn person(&self, tenant: Uuid, email: &str, role: Role) -> As {
        static HASH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
        let hash = match HASH.get() {
            Some(hash) => hash.clone(),
            None => {
                let hash = super::super::password::hash(&self.app, PASSWORD).await.unwrap();
                HASH.get_or_init(|| hash).clone()
            }
        };
        let tx = self.app.store.write(Whose::Service).await.unwrap();
        let new = NewUser {
            email: email.to_owned(),
            name: email.split('@').next().unwrap().to_owned(),
            role,
            password_hash: Some(hash),
            language: "en".to_owned(),
        };
        users::add(&tx, tenant, new, self.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        self.log_in(email).await
    }

    pub(super) async fn log_in(&self, email: &str) -> As {
        let body = serde_json::json!({ "email": email, "password": PASSWORD });
        self.ask(&As::Nobody, "POST /session", Some(body))
            .await
            .is(200)
            .cookie()
    }

    /// A key of a program that may do all that its role may.
    pub(super) async fn key(&self, tenant: Uuid, role: Role) -> As {
        let tx = self.app.store.write(Whose::Tenant(tenant)).await.unwrap();
        let new = NewKey {
            name: "program".to_owned(),
            role,
            scopes: permission::of(role).map(|one| one.as_str().to_owned()).collect(),
            expires_ms: None,
            created_by: None,
        };
        let (_, key) = keys::add(&tx, new, self.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        As::Key(key)
    }

    /// Staff of the service.
    pub(super) async fn operator(&self) -> As {
        self.person(SERVICE, "operator@example.com", Role::Operator).await
    }

    /// Asks: `"GET /users"`, as the console's page does.
    pub(super) async fn ask(&self, who: &As, what: &str, body: Option<Value>) -> Answer {
        self.ask_with(who, what, body, &[]).await
    }

    /// The same with headers.
    pub(super) async fn ask_with(
        &self,
        who: &As,
        what: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let (method, path) = what.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header("sec-fetch-site", "same-origin");
        request = match who {
            As::Nobody => request,
            As::Cookie(cookie) => request.header(header::COOKIE, cookie),
            As::Key(key) => request.header(header::AUTHORIZATION, format!("Bearer {key}")),
        };
        for (name, value) in headers {
            if *name == "sec-fetch-site" {
                request.headers_mut().unwrap().remove(*name);
            }
            if !value.is_empty() {
                request = request.header(*name, *value);
            }
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.answer(request.body(body).unwrap()).await
    }

    /// Sends a file with fields beside it, as a form of the console does.
    pub(super) async fn send(&self, who: &As, what: &str, file: &[u8], fields: &[(&str, &str)]) -> Answer {
        const BORDER: &str = "----border-of-a-form";
        let mut form = Vec::new();
        for (name, value) in fields {
            let part =
                format!("--{BORDER}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            form.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{BORDER}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"call.wav\"\r\n\r\n"
        );
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(file);
        form.extend_from_slice(format!("\r\n--{BORDER}--\r\n").as_bytes());
        let (method, path) = what.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header("sec-fetch-site", "same-origin");
        request = match who {
            As::Nobody => request,
            As::Cookie(cookie) => request.header(header::COOKIE, cookie),
            As::Key(key) => request.header(header::AUTHORIZATION, format!("Bearer {key}")),
        };
        let kind = format!("multipart/form-data; boundary={BORDER}");
        request = request.header(header::CONTENT_TYPE, kind);
        self.answer(request.body(Body::from(form)).unwrap()).await
    }

    /// Sends bytes as they are.
    pub(super) async fn raw(&self, who: &As, what: &str, bytes: Vec<u8>) -> Answer {
        self.raw_with(who, what, bytes, &[]).await
    }

    /// The same with headers.
    pub(super) async fn raw_with(
        &self,
        who: &As,
        what: &str,
        bytes: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let (method, path) = what.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header("sec-fetch-site", "same-origin");
        request = match who {
            As::Nobody => request,
            As::Cookie(cookie) => request.header(header::COOKIE, cookie),
            As::Key(key) => request.header(header::AUTHORIZATION, format!("Bearer {key}")),
        };
        request = request.header(header::CONTENT_TYPE, "application/octet-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request.body(Body::from(bytes)).unwrap()).await
    }

    async fn answer(&self, mut request: Request<Body>) -> Answer {
        let method = request.method().to_string();
        let path = request.uri().path().trim_start_matches("/api/v1").to_owned();
        let peer = SocketAddr::from(([192, 0, 2, self.peer.load(Ordering::Relaxed)], 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        let answer = Answer {
            status,
            headers,
            body,
            bytes: bytes.to_vec(),
        };
        super::schema::check(&method, &path, &answer);
        answer
    }

    /// Asks from another address from now on, which has its own limits.
    pub(super) fn elsewhere(&self) {
        self.peer.fetch_add(1, Ordering::Relaxed);
    }

    /// Lets time pass.
    pub(super) fn later(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::Relaxed);
    }
}
