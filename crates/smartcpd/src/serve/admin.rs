//! The database, the API and the console beside the calls: on threads of their own, so that no call waits for a page and
//! none is lost when the database is away.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use cpd_b2bua::trunk::Dialer;
use cpd_store::secrets::{KEY_BYTES, Sealer, hex};
use cpd_store::{Store, Uuid, Whose, objects, prompts, tenants, users};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use super::config::StorePlan;
use super::config::owned::{self, Beside, Trunks};
use super::hearing::Base;
use super::log::{Level, Log};
use crate::api::app::{App, Wanted, system_clock};
use crate::fault::{Fault, FaultClass, system_words};
use crate::stock::{Stock, Stocked, Unstocked};

/// Threads of the API: pages are few, and calls want the cores.
const THREADS: usize = 2;
/// How often a database that is away is tried at the start.
const RETRY: Duration = Duration::from_secs(5);
/// How often changes of customers' trunks are looked for: one row is read for it.
const LOOK: Duration = Duration::from_secs(2);
/// How long requests have to end when the service does.
const FAREWELL: Duration = Duration::from_secs(3);

/// What runs.
pub(crate) struct Admin {
    /// Where console and API are.
    pub(crate) address: Option<SocketAddr>,
    /// This node's name.
    pub(crate) node: String,
    /// Trunks of customers, each time that somebody changed one.
    pub(crate) owned: watch::Receiver<Vec<Arc<Trunks>>>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What to start.
pub(crate) struct Plan {
    pub(crate) beside: Beside,
    /// What is heard with, each time that it was read anew.
    pub(crate) base: watch::Receiver<Base>,
    /// Trunks of the file.
    pub(crate) dialers: Vec<Arc<Dialer>>,
    pub(crate) store: StorePlan,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) https: bool,
}

/// Starts all of it. A database that cannot be reached yet is tried again in the background.
///
/// # Errors
///
/// The folder cannot be made, the key cannot be read, the socket cannot be bound, or SQLite's file cannot be opened.
pub(crate) fn start(plan: Plan, log: Log) -> Result<Admin, Fault> {
    let folder = plan.store.folder.clone();
    make_folder(&folder)?;
    let key = key(plan.store.key_file.as_deref(), &folder)?;
    let url = match &plan.store.url {
        Some(url) => url.clone(),
        None => format!("sqlite:{}", folder.join("smartcpd.db").display()),
    };
    let node = plan.store.node.clone().unwrap_or_else(machine);
    let listener = match plan.listen {
        Some(at) => Some(std::net::TcpListener::bind(at).map_err(|why| {
            let words = system_words(&why);
            Fault::new(
                FaultClass::Network,
                format_args!("bind console socket {at}: {words}"),
            )
        })?),
        None => None,
    };
    let address = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    let (end, ended) = oneshot::channel();
    let (owned_sender, owned) = watch::channel(Vec::new());
    let run = Run {
        beside: plan.beside,
        base: plan.base,
        dialers: plan.dialers,
        owned: owned_sender,
        url,
        sealer: Sealer::new(&key),
        node: node.clone(),
        https: plan.https,
        listener,
        log,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("cpd-admin")
        .enable_all()
        .build()
        .map_err(|why| {
            Fault::new(
                FaultClass::Network,
                format_args!("start the API's threads: {why}"),
            )
        })?;
    let thread = std::thread::Builder::new()
        .name("cpd-admin".to_owned())
        .spawn(move || {
            runtime.block_on(run.go(ended));
            runtime.shutdown_timeout(FAREWELL);
        })
        .map_err(|why| Fault::new(FaultClass::Network, format_args!("start the API's thread: {why}")))?;
    Ok(Admin {
        address,
        node,
        owned,
        end: Some(end),
        thread: Some(thread),
    })
}

impl Admin {
    /// Ends it: requests that are under way have a moment.
    pub(crate) fn stop(&mut self) {
        if let Some(end) = self.end.take() {
            // It may have ended by itself.
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Run {
    beside: Beside,
    base: watch::Receiver<Base>,
    dialers: Vec<Arc<Dialer>>,
    owned: watch::Sender<Vec<Arc<Trunks>>>,
    url: String,
    sealer: Sealer,
    node: String,
    https: bool,
    listener: Option<std::net::TcpListener>,
    log: Log,
}

impl Run {
    async fn go(mut self, mut ended: oneshot::Receiver<()>) {
        let store = tokio::select! {
            store = self.open() => store,
            _ = &mut ended => return,
        };
        let setup_code = self.first_run(&store).await;
        let stock = Arc::new(Stock::default());
        let look = Look {
            store: store.clone(),
            stock: Arc::clone(&stock),
            heard: HashMap::new(),
            beside: self.beside.clone(),
            owned: self.owned.clone(),
            log: self.log.clone(),
        };
        let looking = tokio::spawn(look.go());
        let Some(listener) = self.listener.take() else {
            let _ = ended.await;
            looking.abort();
            return;
        };
        let address = listener.local_addr().ok();
        if let (Some(code), Some(address)) = (&setup_code, address) {
            // Not into the log: whoever reads it becomes the operator.
            println!("Console: http://{address}/setup  one-time code: {code}");
        }
        let app = App::new(Wanted {
            store,
            node: self.node.clone(),
            beside: self.beside.clone(),
            base: self.base.clone(),
            stock,
            file_dialers: self.dialers.clone(),
            secure: self.https,
            setup_code,
            clock: Box::new(system_clock),
        });
        if let Err(why) = answer(listener, app, ended).await {
            let words = system_words(&why);
            self.log.say(
                Level::Error,
                &format!("failed to answer for the console: {words}"),
                json!({}),
            );
        }
    }

    /// Opens the database and brings its schema up to date; tries until that is done.
    async fn open(&self) -> Store {
        loop {
            match self.try_open().await {
                Ok((store, steps)) => {
                    if steps > 0 {
                        self.log.say(
                            Level::Info,
                            "the database's schema is up to date",
                            json!({ "steps": steps }),
                        );
                    }
                    return store;
                }
                Err(why) => {
                    let fields = json!({ "why": why.to_string(), "again_in_s": RETRY.as_secs() });
                    self.log.say(
                        Level::Error,
                        "failed to open the database; calls go on without it",
                        fields,
                    );
                }
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn try_open(&self) -> Result<(Store, usize), cpd_store::Error> {
        let store = Store::open(&self.url, self.sealer.clone()).await?;
        let steps = store.migrate().await?;
        Ok((store, steps))
    }

    /// The code of the first run, where nobody is there yet.
    async fn first_run(&self, store: &Store) -> Option<String> {
        let tx = store.read(Whose::Service).await.ok()?;
        if users::any(&tx).await.ok()? {
            return None;
        }
        let token = self.sealer.token().ok()?;
        Some(format!("{}-{}-{}", &token[..4], &token[4..8], &token[8..12]))
    }
}

/// Revisions of trunks and of prompts.
type Revisions = (i64, i64);

/// Looks for changes of customers' trunks and prompts.
struct Look {
    store: Store,
    stock: Arc<Stock>,
    /// What each customer's calls are heard with.
    heard: HashMap<Uuid, Stocked>,
    beside: Beside,
    owned: watch::Sender<Vec<Arc<Trunks>>>,
    log: Log,
}

impl Look {
    async fn go(mut self) {
        let mut tick = tokio::time::interval(LOOK);
        let mut seen = None;
        loop {
            tick.tick().await;
            match self.changed(seen).await {
                Ok(Some((revision, trunks))) => {
                    seen = Some(revision);
                    self.owned.send_replace(trunks);
                }
                Ok(None) => {}
                // What calls go by stays until the database is back.
                Err(why) => self.log.say(
                    Level::Debug,
                    "customers' trunks could not be read",
                    json!({ "why": why.to_string() }),
                ),
            }
        }
    }

    async fn changed(
        &mut self,
        seen: Option<Revisions>,
    ) -> Result<Option<(Revisions, Vec<Arc<Trunks>>)>, cpd_store::Error> {
        let tx = self.store.read(Whose::Service).await?;
        let revision = (
            objects::revision(&tx, objects::REVISION).await?,
            objects::revision(&tx, prompts::REVISION).await?,
        );
        if seen == Some(revision) {
            return Ok(None);
        }
        let tenants = tenants::list(&tx).await?;
        let all = objects::all(&tx).await?;
        let mut trunks = Vec::new();
        for tenant in tenants.iter().filter(|tenant| tenant.active) {
            let own = all.iter().filter(|object| object.tenant_id == tenant.id);
            let (mut written, mut sealed) = (Vec::new(), Vec::new());
            for object in own {
                match crate::api::written(&tx, object) {
                    Ok(object) => written.extend(object),
                    Err(why) => sealed.push(why),
                }
            }
            let mut made = owned::trunks(&tenant.slug, &written, &self.beside);
            made.prompts = match self.stock.published(&tx, tenant.id).await {
                Ok(stocked) => {
                    self.tell_refused(tenant.id, &tenant.slug, stocked.as_ref());
                    stocked
                }
                Err(Unstocked::Store(why)) => return Err(why),
                Err(Unstocked::Broken(why)) => {
                    let fields = json!({ "customer": tenant.slug, "why": why });
                    self.log.say(
                        Level::Error,
                        "a customer's prompts could not be made ready; the earlier ones stay",
                        fields,
                    );
                    self.heard.get(&tenant.id).cloned()
                }
            };
            for fault in &made.faults {
                let fields = json!({ "customer": tenant.slug, "kind": fault.kind.as_str(), "name": fault.name, "at": fault.pointer, "why": fault.detail });
                self.log.say(
                    Level::Warn,
                    "a customer's trunk has a fault and is not in use",
                    fields,
                );
            }
            for why in sealed {
                self.log.say(
                    Level::Error,
                    "a customer's trunk cannot be used",
                    json!({ "customer": tenant.slug, "why": why }),
                );
            }
            if let Err(why) = owned::make_folders(&made) {
                let fields = json!({ "customer": tenant.slug, "why": system_words(&why) });
                self.log.say(
                    Level::Error,
                    "a customer's folder for recordings could not be made",
                    fields,
                );
            }
            trunks.push(Arc::new(made));
        }
        Ok(Some((revision, trunks)))
    }

    /// Remembers what a customer is heard with, and says which prompts of a new version are left out.
    fn tell_refused(&mut self, tenant: Uuid, slug: &str, stocked: Option<&Stocked>) {
        let Some(stocked) = stocked else {
            self.heard.remove(&tenant);
            return;
        };
        let before = self.heard.insert(tenant, stocked.clone());
        if before.is_some_and(|before| before.versions() == stocked.versions()) {
            return;
        }
        let fields = json!({ "customer": slug, "common": stocked.common, "own": stocked.own, "prompts": stocked.library.len(), "left_out": stocked.refused });
        let level = match stocked.refused.is_empty() {
            true => Level::Info,
            false => Level::Warn,
        };
        self.log
            .say(level, "prompts taken: new calls are heard with them", fields);
    }
}

async fn answer(
    listener: std::net::TcpListener,
    app: Arc<App>,
    ended: oneshot::Receiver<()>,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let end = async {
        // A sender that is gone wants the end too.
        let _ = ended.await;
    };
    crate::api::serve(listener, app, end).await
}

fn make_folder(folder: &Path) -> Result<(), Fault> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
        .create(folder)
        .map_err(|why| Fault::unwritable(folder, &why))
}

/// The key that seals secrets: read from its file; without one, made in the folder.
fn key(file: Option<&Path>, folder: &Path) -> Result<[u8; KEY_BYTES], Fault> {
    let path = file.map_or_else(|| folder.join("secret.key"), Path::to_owned);
    match fs::read_to_string(&path) {
        Ok(text) => from_hex(text.trim()).ok_or_else(|| {
            let why = "is no key; write 64 hex digits, as `openssl rand -hex 32` gives them";
            Fault::reading(FaultClass::Configuration, &path, why)
        }),
        Err(why) if why.kind() == io::ErrorKind::NotFound && file.is_none() => {
            let key = random().map_err(|why| Fault::unreadable(Path::new("/dev/urandom"), &why))?;
            let made = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path);
            made.and_then(|mut out| out.write_all(hex(&key).as_bytes()))
                .map_err(|why| Fault::unwritable(&path, &why))?;
            Ok(key)
        }
        Err(why) => Err(Fault::unreadable(&path, &why)),
    }
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    if text.len() != 2 * KEY_BYTES || !text.is_ascii() {
        return None;
    }
    let mut key = [0; KEY_BYTES];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(key)
}

fn random() -> io::Result<[u8; KEY_BYTES]> {
    use io::Read;
    let mut key = [0; KEY_BYTES];
    fs::File::open("/dev/urandom")?.read_exact(&mut key)?;
    Ok(key)
}

/// The machine's name.
fn machine() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "node".to_owned() } else { name }
}
