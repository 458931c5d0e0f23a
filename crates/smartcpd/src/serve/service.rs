//! One run of the service: start, notices, reload, drain.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cpd_b2bua::node::{Node, NodeConfig};
use cpd_b2bua::script::{Limits, Scripts};
use cpd_b2bua::switchboard::{METHODS, Notice};
use cpd_b2bua::transport::{Gone, Tapped, TransportConfig};
use cpd_call::Cause;
use cpd_sip::admission::{Admission, AdmissionConfig};
use cpd_sip::locate::{Means, Target};
use cpd_sip::transport::{Flow, Protocol};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::admin::{self, Admin};
use super::config::owned::Trunks;
use super::config::{self, Config, Homer};
use super::guest::{Lending, Lent, Order};
use super::hearing::{self, Base, Loaded};
use super::hep::{self, Captured};
use super::http::{self, Asked, Page, Reply};
use super::locate::Locator;
use super::log::{Level, Log};
use super::metrics::{Beside, Metrics};
use super::records::{self, CpaStats, Lines, Recorder};
use super::tls;
use crate::api::app::system_clock;
use crate::fault::{Fault, FaultClass};

/// Notices that wait for us: 16,384, some seconds of a busy node. More are counted and lost; calls do not wait.
const NOTICES_MAX: usize = 16_384;

/// How often files are looked at, and how calls fare while draining.
const TICK: Duration = Duration::from_secs(1);

/// How long the last messages have after the calls have ended: BYE over UDP is sent again after 0.5, 1 and 2 s.
const FAREWELL: Duration = Duration::from_secs(4);

/// How long records of the last calls are waited for: media tells what was carried when its ports are silent.
const RECORDS: Duration = Duration::from_secs(5);

/// The cause of calls that a shutdown ends: temporary failure (Q.850, 41).
const SHUTDOWN_Q850: u8 = 41;

struct Service {
    node: Node,
    config: Config,
    file: Option<PathBuf>,
    log: Log,
    metrics: Metrics,
    recorders: Vec<Box<dyn Recorder>>,
    admin: Option<Admin>,
    owned: Vec<Arc<Trunks>>,
    /// The trunks of a test call.
    lent: Option<Lent>,
    /// What is heard with; the API hears recordings with the same.
    base: watch::Sender<Base>,
    version: u64,
    prompts: usize,
    registered: BTreeMap<String, bool>,
    /// The longest turn of a media thread since monitoring looked, µs.
    turn_us_max: u64,
    watched: Watch,
    reload: Option<JoinHandle<Reloaded>>,
    /// Asked for while one was under way.
    reload_again: bool,
    drain: Option<Drain>,
    /// Calls that began and have no record yet.
    open: usize,
    locator: Option<Arc<Locator>>,
    located: mpsc::Sender<(String, Result<Vec<Target>, String>)>,
    /// Where gateways by name are.
    addresses: BTreeMap<String, Vec<SocketAddr>>,
}

/// What came of reading everything again.
type Reloaded = Result<(Config, Loaded), Vec<Fault>>;

/// A shutdown under way.
struct Drain {
    /// Not before, so that dispatchers see that nothing more is taken.
    earliest: Instant,
    deadline: Instant,
}

/// Runs until a signal ends it.
pub(super) async fn run(config: Config, file: Option<PathBuf>) -> Result<(), Fault> {
    let start = |what: String| Fault::new(FaultClass::Network, what);
    let handler = |kind| signal(kind).map_err(|why| start(format!("take signals: {why}")));
    let (mut term, mut int, mut hup) = (
        handler(SignalKind::terminate())?,
        handler(SignalKind::interrupt())?,
        handler(SignalKind::hangup())?,
    );
    let loaded = hearing::load(&config.hearing)?;
    let log = Log::start(config.log);
    let mut recorders: Vec<Box<dyn Recorder>> = Vec::new();
    if let Some(path) = &config.records.file {
        recorders.push(Box::new(
            Lines::open(path).map_err(|why| Fault::unwritable(path, &why))?,
        ));
    }
    if let Some(path) = &config.records.cpa_stats {
        recorders.push(Box::new(
            CpaStats::open(path).map_err(|why| Fault::unwritable(path, &why))?,
        ));
    }
    let (notices_sender, mut notices) = mpsc::channel(NOTICES_MAX);
    let (failures_sender, mut failures) = mpsc::channel(256);
    let (located, mut found) = mpsc::channel(64);
    let seed = random().map_err(|why| start(format!("read /dev/urandom: {why}")))?;
    let tap = match &config.homer {
        Some(homer) => Some(copy_to(homer.clone()).await?),
        None => None,
    };
    let node_config = node_config(&config, &loaded, tap, seed)?;
    let node = Node::start(Instant::now(), node_config, notices_sender, failures_sender)
        .await
        .map_err(|why| start(why.to_string()))?;
    let (asked_sender, mut asked) = mpsc::channel::<Asked>(64);
    let http = match config.http {
        Some(at) => {
            let bound = http::serve(at, asked_sender).await;
            Some(bound.map_err(|why| {
                start(format!(
                    "bind http socket {at}: {}",
                    crate::fault::system_words(&why)
                ))
            })?)
        }
        None => None,
    };
    let (base, base_receiver) = watch::channel(loaded.base.clone());
    // One test call at a time; a second wish waits for the answer that there is one.
    let (orders, mut wishes) = mpsc::channel::<Order>(1);
    let admin = match &config.store {
        Some(store) => {
            let plan = admin::Plan {
                beside: config.beside(),
                base: base_receiver,
                dialers: config.dialers.clone(),
                store: store.clone(),
                listen: config.console,
                https: config.https,
                proxies: config.proxies.clone(),
                doors: config.doors.clone(),
                listeners_max: config.hearing.listeners_max as u64,
                webhooks_private: config.webhooks_private,
                lending: Some(Lending {
                    orders,
                    locals: bound(&config, &node),
                    media: config.media.networks.clone(),
                }),
            };
            Some(admin::start(plan, log.clone())?)
        }
        None => None,
    };
    if let Some(stored) = admin.as_ref().and_then(Admin::recorder) {
        recorders.push(Box::new(stored));
    }
    let mut service = Service {
        watched: Watch::new(file.as_deref(), &config),
        locator: None,
        node,
        config,
        file,
        log,
        metrics: Metrics::default(),
        recorders,
        admin,
        owned: Vec::new(),
        lent: None,
        base,
        version: 1,
        prompts: 0,
        registered: BTreeMap::new(),
        turn_us_max: 0,
        reload: None,
        reload_again: false,
        drain: None,
        open: 0,
        located,
        addresses: BTreeMap::new(),
    };
    service.begin(&loaded, http, seed);
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut changes = service.admin.as_ref().map(|admin| admin.owned.clone());
    let ended = loop {
        let step = tokio::select! {
            Some(trunks) = changed(&mut changes) => service.on_owned(trunks).await,
            Some(order) = wishes.recv() => service.on_order(order).await,
            () = Lent::ends(&mut service.lent) => service.on_guest_left().await,
            Some(notice) = notices.recv() => { service.on_notice(notice); Ok(()) }
            Some(failure) = failures.recv() => {
                service.log.say(Level::Warn, &format!("failed to {failure}"), json!({}));
                Ok(())
            }
            Some((page, reply)) = asked.recv() => service.on_asked(page).await.map(|answer| {
                // Who asked may have left.
                let _ = reply.send(answer);
            }),
            Some((uri, targets)) = found.recv() => service.on_located(uri, targets).await,
            done = under_way(&mut service.reload) => service.on_reloaded(done).await,
            _ = hup.recv() => { service.reload("SIGHUP"); Ok(()) }
            _ = term.recv() => service.on_end_wanted("SIGTERM").await,
            _ = int.recv() => service.on_end_wanted("SIGINT").await,
            _ = tick.tick() => service.on_tick().await,
        };
        match step {
            Ok(()) => {}
            Err(Step::End) => break Ok(false),
            Err(Step::CutOff) => break Ok(true),
            Err(Step::Gone(gone)) => break Err(start(gone.to_string())),
        }
    };
    let cut_off = ended?;
    // What calls have to say at last.
    service.stop(cut_off, &mut notices).await;
    if cut_off {
        return Err(Fault::new(
            FaultClass::CutOff,
            "let all calls end by themselves: the shutdown cut them off",
        ));
    }
    Ok(())
}

/// Why the loop ends.
enum Step {
    /// Nothing stands any more.
    End,
    /// Calls still stand, and are cut off.
    CutOff,
    /// The node is gone.
    Gone(Gone),
}

impl From<Gone> for Step {
    fn from(gone: Gone) -> Step {
        Step::Gone(gone)
    }
}

/// The next change of customers' trunks; none ever where there is no database.
async fn changed(changes: &mut Option<watch::Receiver<Vec<Arc<Trunks>>>>) -> Option<Vec<Arc<Trunks>>> {
    let receiver = changes.as_mut()?;
    match receiver.changed().await {
        Ok(()) => Some(receiver.borrow_and_update().clone()),
        // The API's threads are gone; calls go on with what they have.
        Err(_) => std::future::pending().await,
    }
}

/// Where the node takes calls, as seen from this machine: its own addresses are those that it tells the world.
fn bound(config: &Config, node: &Node) -> Vec<(Protocol, SocketAddr)> {
    let listeners = config.sip.listeners.iter().zip(node.locals());
    listeners
        .map(|(listener, (protocol, told))| (*protocol, SocketAddr::new(listener.bind.ip(), told.port())))
        .collect()
}

async fn under_way<T>(task: &mut Option<JoinHandle<T>>) -> Result<T, tokio::task::JoinError> {
    match task {
        Some(running) => {
            let done = running.await;
            *task = None;
            done
        }
        None => std::future::pending().await,
    }
}

impl Service {
    fn begin(&mut self, loaded: &Loaded, http: Option<SocketAddr>, seed: [u8; 32]) {
        let seed = seed[..8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        match Locator::new(means(&self.config), &self.config.sip.dns, seed) {
            Ok(locator) => self.locator = Some(Arc::new(locator)),
            Err(why) => self.log.say(
                Level::Warn,
                "gateways by name cannot be looked up",
                json!({ "why": why }),
            ),
        }
        self.keep_hearing(loaded);
        let sip: Vec<_> = self
            .node
            .locals()
            .iter()
            .map(|(protocol, local)| format!("{}:{local}", word(*protocol)))
            .collect();
        let file = self
            .file
            .as_ref()
            .map_or(config::TEMPLATE_NAME.into(), |file| file.to_string_lossy());
        let fields = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "config": file,
            "sip": sip,
            "http": http.map(|at| at.to_string()),
            "console": self.admin.as_ref().and_then(|admin| admin.address).map(|at| at.to_string()),
            "node": self.admin.as_ref().map(|admin| admin.node.clone()),
            "dialers": self.config.dialers.len(),
            "carriers": self.config.carriers.len(),
            "prompts": self.prompts,
        });
        self.log.say(Level::Info, "started", fields);
    }

    /// Says what is wrong with what was loaded.
    fn keep_hearing(&mut self, loaded: &Loaded) {
        for fault in &loaded.faults {
            self.log.say(Level::Error, &fault.to_string(), json!({}));
        }
        if loaded.base.file.is_none() {
            self.log.say(
                Level::Error,
                "CALLS PASS UNHEARD: the announcements of hearing.prompts could not be read",
                json!({ "mend": "correct the folder or the key; a change of the configuration is taken at once" }),
            );
        }
        self.prompts = loaded.prompts;
    }

    fn on_notice(&mut self, notice: Notice) {
        if let Some(admin) = &self.admin {
            admin.live.on_notice(system_clock(), &notice);
        }
        match notice {
            Notice::Began { call, dialer } => {
                self.open += 1;
                self.metrics.on_began(&dialer);
                self.log.say(
                    Level::Debug,
                    "call began",
                    json!({ "call": &*call, "dialer": &*dialer }),
                );
            }
            Notice::Told { call, telling } => {
                let fields = json!({
                    "call": &*call,
                    "seq": telling.seq,
                    "phase": telling.phase.as_str(),
                    "t_ms": telling.t_ms,
                    "class": telling.told.class().map(|class| class.as_str()),
                });
                self.log.say(Level::Debug, "told", fields);
            }
            Notice::Ended(report) => {
                self.open = self.open.saturating_sub(1);
                self.metrics.on_ended(&report);
                let mut id = None;
                for recorder in &mut self.recorders {
                    id = recorder.on_report(&report, report.library.as_deref()).or(id);
                }
                if let Some(admin) = &self.admin {
                    admin.live.ended(system_clock(), &report, id);
                }
                self.log.say(Level::Info, "call ended", records::brief(&report));
            }
            Notice::Refused {
                dialer,
                status,
                why,
                detail,
            } => {
                self.metrics.on_refused(why, status);
                let fields =
                    json!({ "dialer": dialer.as_deref(), "status": status, "why": why, "detail": detail });
                self.log.say(Level::Info, "call refused", fields);
            }
            Notice::Gateway { carrier, uri, up } => {
                let (level, words) = if up {
                    (Level::Info, "gateway up")
                } else {
                    (Level::Warn, "gateway down")
                };
                self.log
                    .say(level, words, json!({ "carrier": &*carrier, "gateway": uri }));
            }
            Notice::Registration { carrier, registered } => {
                self.registered.insert(carrier.to_string(), registered);
                let (level, words) = match registered {
                    true => (Level::Info, "registered"),
                    false => (Level::Warn, "not registered"),
                };
                self.log.say(level, words, json!({ "carrier": &*carrier }));
            }
            Notice::ScriptFailed(fault) => {
                self.metrics.on_script_failed();
                self.log.say(
                    Level::Warn,
                    &format!("script failed, the tables decided: {fault}"),
                    json!({}),
                );
            }
            Notice::Locate { uri } => self.locate(uri),
        }
    }

    fn locate(&self, uri: String) {
        let (Some(locator), located) = (self.locator.clone(), self.located.clone()) else {
            return;
        };
        tokio::spawn(async move {
            let targets = locator.locate(&uri).await;
            // The service may be ending.
            let _ = located.send((uri, targets)).await;
        });
    }

    async fn on_located(&mut self, uri: String, targets: Result<Vec<Target>, String>) -> Result<(), Step> {
        match targets {
            Ok(targets) => {
                let addresses: Vec<_> = targets.iter().map(|target| target.address).collect();
                if self.addresses.get(&uri) != Some(&addresses) {
                    let shown: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
                    self.log.say(
                        Level::Info,
                        "located",
                        json!({ "gateway": uri, "addresses": shown }),
                    );
                    self.addresses.insert(uri.clone(), addresses);
                    self.trust().await?;
                }
                self.node.set_addresses(uri, targets).await?;
            }
            // The addresses that it had stay: a resolver that is away is no reason to lose calls.
            Err(why) => self.log.say(Level::Warn, &why, json!({ "gateway": uri })),
        }
        Ok(())
    }

    /// Tells the node which addresses are whose.
    async fn trust(&self) -> Result<(), Step> {
        let located = self.addresses.values().flatten().map(SocketAddr::ip);
        let located = located.chain(self.lent.iter().map(|lent| lent.from));
        Ok(self.node.set_address_list(self.config.addresses(located)).await?)
    }

    async fn on_asked(&mut self, page: Page) -> Result<Reply, Step> {
        let draining = self.drain.is_some();
        Ok(match page {
            Page::Health => (200, "ok\n".to_owned()),
            Page::Ready if draining => (503, "draining\n".to_owned()),
            Page::Ready => (200, "ready\n".to_owned()),
            Page::Metrics => {
                let mut status = self.node.status().await?;
                let turn = &mut status.media.turn_us_max;
                *turn = (*turn).max(std::mem::take(&mut self.turn_us_max));
                let beside = Beside {
                    status,
                    settings_version: self.version,
                    prompts: self.prompts,
                    draining,
                    log_lines_lost: self.log.lost(),
                    records_lost: self.recorders.iter().map(|recorder| recorder.lost()).sum(),
                    registered: self.registered.clone(),
                    admin: self.admin.as_ref().map(Admin::figures),
                };
                (200, self.metrics.text(&beside))
            }
        })
    }

    async fn on_tick(&mut self) -> Result<(), Step> {
        if self.watched.changed() {
            self.reload("a file changed");
        }
        if let Some(admin) = &self.admin {
            let status = self.node.status().await?;
            // Looking at it begins it anew; monitoring looks less often.
            self.turn_us_max = self.turn_us_max.max(status.media.turn_us_max);
            let dialers: Vec<&str> = self
                .config
                .dialers
                .iter()
                .map(|dialer| dialer.id.as_str())
                .collect();
            admin.live.tick(system_clock(), &status, &dialers);
        }
        let Some(drain) = &self.drain else {
            return Ok(());
        };
        let now = Instant::now();
        let figures = self.node.status().await?.calls;
        let calls = figures.calls;
        let late = now >= drain.deadline;
        if calls == 0 && now >= drain.earliest && (figures.closing == 0 || late) {
            return Err(Step::End);
        }
        if late && calls > 0 {
            self.log.say(
                Level::Warn,
                "the deadline of the shutdown passed",
                json!({ "calls": calls }),
            );
            return Err(Step::CutOff);
        }
        Ok(())
    }

    /// Reads the configuration again, beside the calls.
    fn reload(&mut self, why: &str) {
        if self.reload.is_some() {
            self.reload_again = true;
            return;
        }
        self.log.say(Level::Info, "reloading", json!({ "why": why }));
        self.watched = Watch::new(self.file.as_deref(), &self.config);
        let file = self.file.clone();
        self.reload = Some(tokio::task::spawn_blocking(move || {
            let config = config::load(file.as_deref())?;
            let loaded = hearing::load(&config.hearing).map_err(|fault| vec![fault])?;
            Ok((config, loaded))
        }));
    }

    async fn on_reloaded(&mut self, done: Result<Reloaded, tokio::task::JoinError>) -> Result<(), Step> {
        match done {
            // The announcements that calls are heard with are better than none.
            Ok(Ok((_, loaded))) if loaded.is_broken() && self.prompts > 0 => {
                self.keep_running(loaded.faults);
            }
            Ok(Ok((config, loaded))) => {
                self.version += 1;
                let wants_restart = self.config.wants_restart(&config);
                let config = config.with(&self.owned, &loaded.base);
                self.base.send_replace(loaded.base.clone());
                self.log.level = config.log;
                self.keep_hearing(&loaded);
                // What changed while it was read is a reason to read it again.
                let watched = Watch::new(self.file.as_deref(), &config);
                if watched.files != self.watched.files {
                    self.watched = watched;
                }
                self.config = config;
                self.apply().await?;
                self.metrics.on_reload(true);
                let fields = json!({ "settings": self.version, "prompts": self.prompts });
                self.log.say(Level::Info, "reloaded: new calls go by it", fields);
                if !wants_restart.is_empty() {
                    let fields = json!({ "sections": wants_restart });
                    self.log
                        .say(Level::Warn, "some sections changed that want a restart", fields);
                }
            }
            Ok(Err(faults)) => self.keep_running(faults),
            Err(panicked) => {
                self.metrics.on_reload(false);
                let fields = json!({ "settings": self.version, "why": panicked.to_string() });
                self.log.say(
                    Level::Error,
                    "not reloaded: the running configuration stays",
                    fields,
                );
            }
        }
        if std::mem::take(&mut self.reload_again) {
            self.reload("asked for meanwhile");
        }
        Ok(())
    }

    /// Customers changed their trunks: new calls go by what they are now.
    async fn on_owned(&mut self, trunks: Vec<Arc<Trunks>>) -> Result<(), Step> {
        self.owned = trunks;
        let base = self.base.borrow().clone();
        self.config = self.config.clone().with(&self.owned, &base);
        self.version += 1;
        self.apply().await?;
        let fields = json!({ "settings": self.version, "dialers": self.config.dialers.len() });
        self.log.say(
            Level::Info,
            "customers' trunks taken: new calls go by them",
            fields,
        );
        Ok(())
    }

    /// New calls go by what is configured now, beside the trunks of a test call.
    async fn apply(&self) -> Result<(), Step> {
        let file = self.base.borrow().file.clone();
        let mut settings = self.config.settings(self.version, file);
        settings
            .dialers
            .extend(self.lent.iter().map(|lent| Arc::clone(&lent.dialer)));
        self.node.set_settings(Arc::new(settings)).await?;
        self.trust().await
    }

    /// A test call wants its trunks.
    async fn on_order(&mut self, order: Order) -> Result<(), Step> {
        let refusal = match (&self.drain, &self.lent) {
            (Some(_), _) => Some("the node is shutting down and takes no new calls"),
            (None, Some(_)) => Some("another test call is under way"),
            (None, None) => None,
        };
        if let Some(why) = refusal {
            // Who asked may have left.
            let _ = order.lent.send(Err(why));
            return Ok(());
        }
        let base = self.base.borrow().clone();
        let recordings = self.config.media.recordings.clone();
        self.lent = Some(Lent::new(&order.guest, order.back, &base, recordings));
        self.version += 1;
        self.apply().await?;
        let fields = json!({ "customer": order.guest.trunks.owner, "from": order.guest.from, "settings": self.version });
        self.log.say(
            Level::Info,
            "a test call begins: its trunks stand until it is over",
            fields,
        );
        // One that has left takes its trunks along.
        let _ = order.lent.send(Ok(()));
        Ok(())
    }

    /// A test call is over, and its trunks go.
    async fn on_guest_left(&mut self) -> Result<(), Step> {
        self.lent = None;
        self.version += 1;
        self.apply().await?;
        let fields = json!({ "settings": self.version });
        self.log
            .say(Level::Info, "the trunks of a test call are gone", fields);
        Ok(())
    }

    /// What was read has faults: they are told and change nothing.
    fn keep_running(&mut self, faults: Vec<Fault>) {
        self.metrics.on_reload(false);
        for fault in faults {
            self.log.say(Level::Error, &fault.to_string(), json!({}));
        }
        let fields = json!({ "settings": self.version });
        self.log.say(
            Level::Error,
            "not reloaded: the running configuration stays",
            fields,
        );
    }

    /// The first signal drains, the second ends at once.
    async fn on_end_wanted(&mut self, signal: &str) -> Result<(), Step> {
        let calls = self.node.status().await?.calls.calls;
        if self.drain.is_some() {
            self.log.say(
                Level::Warn,
                "ending at once",
                json!({ "signal": signal, "calls": calls }),
            );
            return Err(if calls == 0 { Step::End } else { Step::CutOff });
        }
        self.node.set_draining(true).await?;
        let now = Instant::now();
        let Config { limits, .. } = &self.config;
        self.drain = Some(Drain {
            earliest: now + limits.notice,
            deadline: now + limits.drain.max(limits.notice),
        });
        let fields = json!({ "signal": signal, "calls": calls, "deadline_s": limits.drain.as_secs() });
        self.log
            .say(Level::Info, "draining: no new calls are taken", fields);
        Ok(())
    }

    /// Ends what still stands and takes the last records.
    async fn stop(mut self, cut_off: bool, notices: &mut mpsc::Receiver<Notice>) {
        if cut_off {
            let cause = Cause::new(SHUTDOWN_Q850, "the service shuts down");
            // A node that is gone has no calls.
            let _ = self.node.end_all(cause).await;
        }
        while let Ok(notice) = notices.try_recv() {
            self.on_notice(notice);
        }
        let until = tokio::time::Instant::now() + RECORDS;
        while self.open > 0 {
            match tokio::time::timeout_at(until, notices.recv()).await {
                Ok(Some(notice)) => self.on_notice(notice),
                Ok(None) | Err(_) => break,
            }
        }
        let open = self.open;
        let Service {
            node,
            log,
            recorders,
            mut admin,
            ..
        } = self;
        // A peer that answers no BYE is not waited for any longer.
        let stopped = node.stop(FAREWELL + TICK).await;
        drop(recorders);
        if let Some(admin) = &mut admin {
            admin.stop();
        }
        log.say(
            Level::Info,
            "ended",
            json!({ "all_answered": stopped.is_ok(), "records_missing": open }),
        );
        drop(log);
    }
}

/// Copies that wait to be sent to Homer: a tenth of a second at 10,000 messages a second. More are not copied.
const COPIES_MAX: usize = 1_024;

/// Begins to copy SIP messages to Homer.
async fn copy_to(homer: Homer) -> Result<mpsc::Sender<Tapped>, Fault> {
    let any: SocketAddr = if homer.address.is_ipv4() {
        ([0; 4], 0).into()
    } else {
        ([0_u16; 8], 0).into()
    };
    let socket = tokio::net::UdpSocket::bind(any).await.map_err(|why| {
        let words = crate::fault::system_words(&why);
        Fault::new(
            FaultClass::Network,
            format_args!("bind a socket for copies to homer: {words}"),
        )
    })?;
    let (tap, mut tapped) = mpsc::channel::<Tapped>(COPIES_MAX);
    tokio::spawn(async move {
        while let Some(message) = tapped.recv().await {
            let Flow {
                protocol,
                local,
                remote,
            } = message.flow;
            let (from, to) = if message.inbound {
                (remote, local)
            } else {
                (local, remote)
            };
            let captured = Captured {
                at: SystemTime::now(),
                protocol,
                from,
                to,
                bytes: &message.bytes,
            };
            let packet = hep::packet(&captured, homer.capture_id, homer.password.as_deref());
            // A Homer that is away is no reason to lose calls.
            let _ = socket.send_to(&packet, homer.address).await;
        }
    });
    Ok(tap)
}

/// Everything that a node is begun with.
fn node_config(
    config: &Config,
    loaded: &Loaded,
    tap: Option<mpsc::Sender<Tapped>>,
    seed: [u8; 32],
) -> Result<NodeConfig, Fault> {
    let sip = &config.sip;
    let tls = match &sip.tls {
        Some(files) => Some(tls::load(files)?),
        None => None,
    };
    let admission = AdmissionConfig {
        calls_per_second: sip.calls_per_second,
        burst: sip.burst,
    };
    let mut endpoint = cpd_sip::Config {
        product: Some(format!("SmartCPD/{}", env!("CARGO_PKG_VERSION"))),
        session: sip.session,
        allow: METHODS.map(String::from).to_vec(),
        info_packages: vec!["smartcpd".to_owned()],
        // Two legs a call, and as many again for forks.
        dialogs_max: (config.limits.calls_max * 4).max(1_000),
        ..cpd_sip::Config::default()
    };
    // Policies end calls that ring for too long; this is only a bound beyond them.
    endpoint.ring_limit = Duration::from_secs(660);
    endpoint.answer_limit = Duration::from_secs(660);
    endpoint.transactions_max = endpoint.transactions_max.max(config.limits.calls_max * 20);
    // Two: one that is slow does not keep the other calls waiting. A reload may bring the first script.
    let scripts = Scripts::start(Limits::default(), 2).map_err(|why| {
        Fault::new(
            FaultClass::Network,
            format_args!("start threads for scripts: {why}"),
        )
    })?;
    Ok(NodeConfig {
        transport: TransportConfig {
            listeners: sip.listeners.clone(),
            tls,
            admission: Admission::new(admission, config.addresses([])),
            connections_max: sip.connections_max,
            connections_per_source_max: sip.connections_per_source_max,
            idle_limit: sip.idle_limit,
            keep_alive: sip.keep_alive,
            tap,
            drain_limit: FAREWELL,
        },
        endpoint,
        media: config.media.clone(),
        scripts: Some(Arc::new(scripts)),
        settings: Arc::new(config.settings(1, loaded.base.file.clone())),
        seed,
        epoch_s: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
        process: std::process::id(),
    })
}

/// What gateways can be reached by.
pub(super) fn means(config: &Config) -> Means {
    let mut protocols = Vec::new();
    for listener in &config.sip.listeners {
        if !protocols.contains(&listener.protocol) {
            protocols.push(listener.protocol);
        }
    }
    Means {
        protocols,
        ipv4: config
            .sip
            .listeners
            .iter()
            .any(|listener| listener.bind.is_ipv4()),
        ipv6: config
            .sip
            .listeners
            .iter()
            .any(|listener| listener.bind.is_ipv6()),
    }
}

pub(super) fn word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Udp => "udp",
        Protocol::Tcp => "tcp",
        Protocol::Tls => "tls",
        Protocol::Ws => "ws",
        Protocol::Wss => "wss",
    }
}

/// Random bytes of the system.
pub(super) fn random() -> std::io::Result<[u8; 32]> {
    use std::io::Read;
    let mut seed = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut seed)?;
    Ok(seed)
}

/// Files whose change is a reason to read them again.
struct Watch {
    files: Vec<PathBuf>,
    seen: Vec<Mark>,
    /// How they looked a moment ago, where that is new: half-written files are waited for.
    fresh: Option<Vec<Mark>>,
}

/// How a file looks from outside; `None`: it is missing.
type Mark = Option<(SystemTime, u64)>;

impl Watch {
    fn new(file: Option<&Path>, config: &Config) -> Watch {
        let mut files = hearing::watched(&config.hearing);
        files.extend(file.map(Path::to_owned));
        let seen = marks(&files);
        Watch {
            files,
            seen,
            fresh: None,
        }
    }

    /// Whether something changed and has stood still since the last look.
    fn changed(&mut self) -> bool {
        let now = marks(&self.files);
        if now == self.seen {
            self.fresh = None;
            return false;
        }
        if self.fresh.as_ref() == Some(&now) {
            self.seen = now;
            self.fresh = None;
            return true;
        }
        self.fresh = Some(now);
        false
    }
}

fn marks(files: &[PathBuf]) -> Vec<Mark> {
    files
        .iter()
        .map(|file| {
            let data = std::fs::metadata(file).ok()?;
            Some((data.modified().ok()?, data.len()))
        })
        .collect()
}
