//! The database, the API and the console beside the calls: on threads of their own, so that no call waits for a page and
//! none is lost when the database is away.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use cpd_b2bua::trunk::Dialer;
use cpd_sip::admission::Network as Addresses;
use cpd_store::objects::Kind;
use cpd_store::record::Record;
use cpd_store::secrets::{KEY_BYTES, Sealer, hex};
use cpd_store::writer::{IntoStore, Limits as WriterLimits, Sink, Writer};
use cpd_store::{Store, Uuid, Whose, objects, prompts, tenants, users};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use super::config::StorePlan;
use super::config::owned::{self, Beside, Trunks, Written};
use super::guest::Lending;
use super::hearing::Base;
use super::keeping::Keeping;
use super::log::{Level, Log};
use super::metrics::AdminFigures;
use super::service::random;
use super::snapshot::{Customer, Sealed, Snapshot};
use super::stored::{Customers, Stored};
use crate::api::app::{App, Wanted, system_clock};
use crate::api::traffic::Traffic;
use crate::desk;
use crate::doors::listener::{self, Doors};
use crate::fault::{Fault, FaultClass, system_words};
use crate::jobs::Runner;
use crate::live::{self, Hub};
use crate::stock::{Stock, Stocked, Unstocked};
use crate::test_calls::{Means, TestCalls};
use crate::webhooks::network::Network;
use crate::webhooks::sender::{Sender, Tries};

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
    /// What happens now, for who watches.
    pub(crate) live: Arc<Hub>,
    traffic: Arc<Traffic>,
    tries: Arc<Tries>,
    /// Gone when the end has begun.
    writer: Option<Arc<Writer>>,
    customers: Customers,
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
    /// Proxies that are believed about whom they had a request from.
    pub(crate) proxies: Vec<Addresses>,
    /// Where else sound comes in.
    pub(crate) doors: Doors,
    /// The most calls that are listened to.
    pub(crate) listeners_max: u64,
    /// Webhooks may lead into one's own network, and by HTTP.
    pub(crate) webhooks_private: bool,
    /// The node that test calls go through; `None`: there is none here.
    pub(crate) lending: Option<Lending>,
}

/// Starts all of it. A database that cannot be reached yet is tried again in the background.
///
/// # Errors
///
/// The folder cannot be made, the key cannot be read, the socket cannot be bound, or SQLite's file cannot be opened.
pub(crate) fn start(plan: Plan, log: Log) -> Result<Admin, Fault> {
    let folder = plan.store.folder.clone();
    let key = prepare(plan.store.key_file.as_deref(), &folder)?;
    let url = match &plan.store.url {
        Some(url) => url.clone(),
        None => format!("sqlite:{}", folder.join("smartcpd.db").display()),
    };
    let node = plan.store.node.clone().unwrap_or_else(machine);
    let listener = match plan.listen {
        Some(at) => Some(bind("console", at)?),
        None => None,
    };
    let audiosocket = match plan.doors.audiosocket {
        Some(at) => Some(bind("audiosocket", at)?),
        None => None,
    };
    let address = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    let (end, ended) = oneshot::channel();
    let (owned_sender, owned) = watch::channel(Vec::new());
    let about = live::Node {
        name: node.clone(),
        listeners_max: plan.listeners_max,
    };
    let live = Hub::new(system_clock(), about);
    let (traffic, tries) = (Arc::<Traffic>::default(), Arc::<Tries>::default());
    let run = Run {
        traffic: Arc::clone(&traffic),
        tries: Arc::clone(&tries),
        webhooks_private: plan.webhooks_private,
        live: Arc::clone(&live),
        beside: plan.beside,
        base: plan.base,
        dialers: plan.dialers,
        owned: owned_sender,
        url,
        sealer: Sealer::new(&key),
        node: node.clone(),
        folder,
        https: plan.https,
        proxies: plan.proxies,
        doors: plan.doors,
        listener,
        audiosocket,
        lending: plan.lending,
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
    let spool = run.folder.join("spool");
    let sink = OnceOpen {
        url: run.url.clone(),
        sealer: run.sealer.clone(),
        store: None,
    };
    let writer = {
        let _inside = runtime.enter();
        Writer::start_into(sink, &spool, &node, WriterLimits::default(), system_clock)
            .map_err(|why| Fault::unwritable(&spool, &why))?
    };
    let writer = Arc::new(writer);
    let (kept, customers) = (Arc::clone(&writer), Customers::default());
    let known = Arc::clone(&customers);
    let thread = std::thread::Builder::new()
        .name("cpd-admin".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                run.go(ended, known).await;
                // What waits goes to the database, or stays on disk for the next start.
                if let Some(writer) = Arc::into_inner(kept) {
                    writer.finish(tokio::time::Instant::now() + FAREWELL).await;
                }
            });
            runtime.shutdown_timeout(FAREWELL);
        })
        .map_err(|why| Fault::new(FaultClass::Network, format_args!("start the API's thread: {why}")))?;
    Ok(Admin {
        address,
        node,
        owned,
        live,
        traffic,
        tries,
        writer: Some(writer),
        customers,
        end: Some(end),
        thread: Some(thread),
    })
}

fn bind(what: &str, at: SocketAddr) -> Result<std::net::TcpListener, Fault> {
    std::net::TcpListener::bind(at).map_err(|why| {
        let words = system_words(&why);
        Fault::new(
            FaultClass::Network,
            format_args!("bind {what} socket {at}: {words}"),
        )
    })
}

impl Admin {
    /// What keeps records of the service's calls. It goes before [`stop`](Admin::stop), so that the last are written.
    pub(crate) fn recorder(&self) -> Option<Stored> {
        Some(Stored {
            writer: Arc::clone(self.writer.as_ref()?),
            customers: Arc::clone(&self.customers),
            node: self.node.clone(),
        })
    }

    /// What monitoring is told.
    pub(crate) fn figures(&self) -> AdminFigures {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        AdminFigures {
            records: self
                .writer
                .as_ref()
                .map(|writer| writer.figures())
                .unwrap_or_default(),
            answers: self.traffic.answers(),
            watching: count(&self.traffic.watching),
            webhooks_taken: count(&self.tries.taken),
            webhooks_failed: count(&self.tries.failed),
        }
    }

    /// Ends it: requests that are under way have a moment.
    pub(crate) fn stop(&mut self) {
        self.writer = None;
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
    traffic: Arc<Traffic>,
    tries: Arc<Tries>,
    webhooks_private: bool,
    live: Arc<Hub>,
    beside: Beside,
    base: watch::Receiver<Base>,
    dialers: Vec<Arc<Dialer>>,
    owned: watch::Sender<Vec<Arc<Trunks>>>,
    url: String,
    sealer: Sealer,
    node: String,
    folder: PathBuf,
    https: bool,
    proxies: Vec<Addresses>,
    doors: Doors,
    listener: Option<std::net::TcpListener>,
    audiosocket: Option<std::net::TcpListener>,
    lending: Option<Lending>,
    log: Log,
}

impl Run {
    async fn go(mut self, mut ended: oneshot::Receiver<()>, customers: Customers) {
        let maker = Maker {
            sealer: self.sealer.clone(),
            beside: self.beside.clone(),
            customers,
            owned: self.owned.clone(),
            log: self.log.clone(),
        };
        match Snapshot::read(&self.folder) {
            Ok(snapshot) if snapshot.customers.is_empty() => {}
            Ok(snapshot) => maker.take(&snapshot, &HashMap::new()),
            Err(why) => {
                let fields = json!({ "why": system_words(&why) });
                self.log.say(
                    Level::Warn,
                    "what was written down of customers' trunks cannot be read",
                    fields,
                );
            }
        }
        let store = tokio::select! {
            store = self.open() => store,
            _ = &mut ended => return,
        };
        if !store.is_walled().await.unwrap_or(true) {
            let what = "the database's role is bound by no row-level security: the second wall between customers is missing";
            let mend = "log in as a role that is no superuser and does not bypass it";
            self.log.say(Level::Warn, what, json!({ "mend": mend }));
        }
        let setup_code = self.first_run(&store).await;
        let stock = Arc::new(Stock::default());
        let look = Look {
            store: store.clone(),
            stock: Arc::clone(&stock),
            heard: HashMap::new(),
            maker,
            folder: self.folder.clone(),
        };
        // Dropped at the end, all of it ends.
        let mut beside = JoinSet::new();
        beside.spawn(look.go());
        let network = Network::real(self.webhooks_private);
        let sender = Sender {
            store: store.clone(),
            node: self.node.clone(),
            network: network.clone(),
            clock: Arc::new(system_clock),
            tries: Arc::clone(&self.tries),
        };
        beside.spawn(sender.run());
        beside.spawn(desk::timer::run(store.clone(), self.node.clone(), system_clock));
        let exports = self.folder.join("exports");
        let app = App::new(Wanted {
            store: store.clone(),
            node: self.node.clone(),
            beside: self.beside.clone(),
            base: self.base.clone(),
            stock,
            file_dialers: self.dialers.clone(),
            secure: self.https,
            proxies: self.proxies.clone(),
            setup_code: setup_code.clone(),
            live: Arc::clone(&self.live),
            network,
            exports: exports.clone(),
            traffic: Arc::clone(&self.traffic),
            test_calls: TestCalls::new(self.lending.take().map(|lending| Means {
                lending,
                customers: self.owned.subscribe(),
                live: Arc::clone(&self.live),
                recordings: self.beside.recordings.clone(),
            })),
            clock: Box::new(system_clock),
        });
        let runner = Runner {
            store: store.clone(),
            app: Arc::clone(&app),
            node: self.node.clone(),
            folder: exports,
            clock: Arc::new(system_clock),
        };
        beside.spawn(runner.run());
        let keeping = Keeping {
            store: store.clone(),
            node: self.node.clone(),
            recordings: self.beside.recordings.clone(),
            clock: system_clock,
            log: self.log.clone(),
        };
        beside.spawn(keeping.go());
        let address = self
            .listener
            .as_ref()
            .and_then(|listener| listener.local_addr().ok());
        if let (Some(code), Some(address)) = (&setup_code, address) {
            // Not into the log: whoever reads it becomes the operator.
            println!("Console: http://{address}/setup  one-time code: {code}");
        }
        let streams = self.audiosocket.take().map(|socket| {
            let (app, doors) = (Arc::clone(&app), self.doors.clone());
            tokio::spawn(async move {
                match from_std(socket) {
                    Ok(socket) => listener::serve(socket, app, doors).await,
                    Err(why) => eprintln!("failed to listen for AudioSocket: {}", system_words(&why)),
                }
            })
        });
        match self.listener.take() {
            Some(console) => self.console(console, app, ended).await,
            None => {
                let _ = ended.await;
            }
        }
        if let Some(streams) = streams {
            streams.abort();
        }
    }

    async fn console(&self, listener: std::net::TcpListener, app: Arc<App>, ended: oneshot::Receiver<()>) {
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
    maker: Maker,
    folder: PathBuf,
}

impl Look {
    async fn go(mut self) {
        let mut tick = tokio::time::interval(LOOK);
        let mut seen = None;
        loop {
            tick.tick().await;
            match self.changed(seen).await {
                Ok(Some((revision, snapshot))) => {
                    seen = Some(revision);
                    self.maker.take(&snapshot, &self.heard);
                    if let Err(why) = snapshot.write(&self.folder) {
                        let fields = json!({ "why": system_words(&why) });
                        let what =
                            "customers' trunks could not be written down for a start without the database";
                        self.maker.log.say(Level::Warn, what, fields);
                    }
                }
                Ok(None) => {}
                // What calls go by stays until the database is back.
                Err(why) => {
                    let fields = json!({ "why": why.to_string() });
                    self.maker
                        .log
                        .say(Level::Debug, "customers' trunks could not be read", fields);
                }
            }
        }
    }

    async fn changed(
        &mut self,
        seen: Option<Revisions>,
    ) -> Result<Option<(Revisions, Snapshot)>, cpd_store::Error> {
        let tx = self.store.read(Whose::Service).await?;
        let revision = (
            objects::revision(&tx, objects::REVISION).await?,
            objects::revision(&tx, prompts::REVISION).await?,
        );
        if seen == Some(revision) {
            return Ok(None);
        }
        let snapshot = Snapshot::of(tenants::list(&tx).await?, objects::all(&tx).await?);
        for customer in &snapshot.customers {
            match self.stock.published(&tx, customer.id).await {
                Ok(stocked) => self.take_prompts(customer, stocked),
                Err(Unstocked::Store(why)) => return Err(why),
                Err(Unstocked::Broken(why)) => {
                    let fields = json!({ "customer": customer.slug, "why": why });
                    let what = "a customer's prompts could not be made ready; the earlier ones stay";
                    self.maker.log.say(Level::Error, what, fields);
                }
            }
        }
        Ok(Some((revision, snapshot)))
    }

    /// Remembers what a customer is heard with, and says which prompts of a new version are left out.
    fn take_prompts(&mut self, customer: &Customer, stocked: Option<Stocked>) {
        let Some(stocked) = stocked else {
            self.heard.remove(&customer.id);
            return;
        };
        let before = self.heard.insert(customer.id, stocked.clone());
        if before.is_some_and(|before| before.versions() == stocked.versions()) {
            return;
        }
        let fields = json!({
            "customer": customer.slug,
            "common": stocked.common,
            "own": stocked.own,
            "prompts": stocked.library.len(),
            "left_out": stocked.refused,
        });
        let level = match stocked.refused.is_empty() {
            true => Level::Info,
            false => Level::Warn,
        };
        let what = "prompts taken: new calls are heard with them";
        self.maker.log.say(level, what, fields);
    }
}

/// Makes trunks of what the database has, or had.
#[derive(Clone)]
struct Maker {
    sealer: Sealer,
    beside: Beside,
    customers: Customers,
    owned: watch::Sender<Vec<Arc<Trunks>>>,
    log: Log,
}

impl Maker {
    fn take(&self, snapshot: &Snapshot, heard: &HashMap<Uuid, Stocked>) {
        if let Ok(mut known) = self.customers.lock() {
            let customers = snapshot.customers.iter();
            *known = customers
                .map(|customer| (customer.slug.clone(), customer.id))
                .collect();
        }
        let trunks = snapshot.customers.iter();
        let trunks = trunks.map(|customer| {
            let mut made = self.trunks(customer, &snapshot.objects);
            made.prompts = heard.get(&customer.id).cloned();
            Arc::new(made)
        });
        self.owned.send_replace(trunks.collect());
    }

    fn trunks(&self, customer: &Customer, objects: &[Sealed]) -> Trunks {
        let mut written = Vec::new();
        for object in objects.iter().filter(|object| object.tenant == customer.id) {
            // One of a kind that a later release knows.
            let Some(kind) = Kind::named(&object.kind) else {
                continue;
            };
            let purpose = crate::api::secrets_of(customer.id, kind, &object.name);
            match crate::api::unsealed(&self.sealer, &purpose, object.secrets.as_deref()) {
                Ok(secrets) => written.push(Written {
                    kind,
                    name: object.name.clone(),
                    body: object.body.clone(),
                    secrets,
                }),
                Err(why) => {
                    let fields = json!({ "customer": customer.slug, "why": why });
                    self.log
                        .say(Level::Error, "a customer's trunk cannot be used", fields);
                }
            }
        }
        let made = owned::trunks(&customer.slug, &written, &self.beside);
        for fault in &made.faults {
            let fields = json!({
                "customer": customer.slug,
                "kind": fault.kind.as_str(),
                "name": fault.name,
                "at": fault.pointer,
                "why": fault.detail,
            });
            self.log.say(
                Level::Warn,
                "a customer's trunk has a fault and is not in use",
                fields,
            );
        }
        if let Err(why) = owned::make_folders(&made) {
            let fields = json!({ "customer": customer.slug, "why": system_words(&why) });
            self.log.say(
                Level::Error,
                "a customer's folder for recordings could not be made",
                fields,
            );
        }
        made
    }
}

/// Writes records into a database that may not be there yet: it is opened by the first that goes in.
struct OnceOpen {
    url: String,
    sealer: Sealer,
    store: Option<IntoStore>,
}

impl OnceOpen {
    async fn opened(&mut self) -> Result<&mut IntoStore, cpd_store::Error> {
        if self.store.is_none() {
            let store = Store::open(&self.url, self.sealer.clone()).await?;
            store.migrate().await?;
            self.store = Some(IntoStore::new(store));
        }
        self.store
            .as_mut()
            .ok_or_else(|| cpd_store::Error::Away("it is not open yet".to_owned()))
    }
}

impl Sink for OnceOpen {
    async fn write(&mut self, records: &[Record]) -> Result<(), cpd_store::Error> {
        self.opened().await?.write(records).await
    }

    async fn probe(&mut self, began_ms: i64) -> Result<(), cpd_store::Error> {
        self.opened().await?.probe(began_ms).await
    }
}

fn from_std(listener: std::net::TcpListener) -> io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

async fn answer(
    listener: std::net::TcpListener,
    app: Arc<App>,
    ended: oneshot::Receiver<()>,
) -> io::Result<()> {
    let listener = from_std(listener)?;
    let end = async {
        // A sender that is gone wants the end too.
        let _ = ended.await;
    };
    crate::api::serve(listener, app, end).await
}

/// Makes the folder where it is missing, and reads or makes the key that seals secrets.
pub(crate) fn prepare(key_file: Option<&Path>, folder: &Path) -> Result<[u8; KEY_BYTES], Fault> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
        .create(folder)
        .map_err(|why| Fault::unwritable(folder, &why))?;
    key(key_file, folder)
}

/// The key that seals secrets: read from its file; without one, made in the folder.
fn key(file: Option<&Path>, folder: &Path) -> Result<[u8; KEY_BYTES], Fault> {
    let path = file.map_or_else(|| folder.join("secret.key"), Path::to_owned);
    if file.is_some() || path.exists() {
        return read_key(&path);
    }
    let key = random().map_err(|why| Fault::unreadable(Path::new("/dev/urandom"), &why))?;
    let mut options = fs::OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(&path);
    made.and_then(|mut out| out.write_all(hex(&key).as_bytes()))
        .map_err(|why| Fault::unwritable(&path, &why))?;
    Ok(key)
}

/// Reads the key that seals secrets.
pub(crate) fn read_key(path: &Path) -> Result<[u8; KEY_BYTES], Fault> {
    let text = fs::read_to_string(path).map_err(|why| Fault::unreadable(path, &why))?;
    from_hex(text.trim()).ok_or_else(|| {
        let why = "is no key; write 64 hex digits, as `openssl rand -hex 32` gives them";
        Fault::reading(FaultClass::Configuration, path, why)
    })
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

/// The machine's name.
fn machine() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "node".to_owned() } else { name }
}
