//! The console of the demonstration: a database of its own that goes with it, with one customer whose calls these are, the
//! sample prompts published, and one operator with a password that is told once.

use std::net::SocketAddr;
use std::path::PathBuf;

use cpd_b2bua::node::Status;
use cpd_b2bua::switchboard::{CallReport, Notice};
use cpd_detect::prompts::class_of_category;
use cpd_detect::{Library, Shared};
use cpd_sim::samples;
use cpd_store::objects::{self, Kind, Written};
use cpd_store::prompts::{self, NewPrompt};
use cpd_store::secrets::Sealer;
use cpd_store::tenants::NewTenant;
use cpd_store::users::{NewUser, Role};
use cpd_store::{SERVICE, Store, Uuid, Whose, tenants, users};
use serde_json::json;
use tokio::sync::watch;

use crate::api::app::system_clock;
use crate::fault::{Fault, FaultClass};
use crate::serve::admin::{self, Admin, Plan};
use crate::serve::config::StorePlan;
use crate::serve::config::owned::Beside;
use crate::serve::hearing::Base;
use crate::serve::log::{Level, Log};
use crate::serve::records::Recorder;
use crate::serve::stored::Stored;
use crate::simulate::fault;

/// Where it is, if nobody else is there.
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8060);
/// What the operator logs in with.
const EMAIL: &str = "demo@example.com";
/// The customer's short name: the owner of the trunks.
pub(super) const CUSTOMER: &str = "demo";
/// Where recordings go in its folder.
const RECORDINGS: &str = "recordings";
/// Who publishes the sample prompts.
const SOURCE: &str = "sample prompts";

/// A console that stands.
pub(super) struct Console {
    admin: Admin,
    stored: Option<Stored>,
    folder: PathBuf,
    password: String,
}

/// Makes the database and starts the console.
pub(super) async fn start(
    carrier: SocketAddr,
    shared: &Shared,
    listeners_max: usize,
    database: Option<String>,
) -> Result<Console, Fault> {
    let folder = std::env::temp_dir().join(format!("smartcpd-demo-{}", std::process::id()));
    let key = admin::prepare(None, &folder)?;
    let sealer = Sealer::new(&key);
    let in_folder = || format!("sqlite:{}", folder.join("smartcpd.db").display());
    let url = database.clone().unwrap_or_else(in_folder);
    let store = Store::open(&url, sealer.clone()).await.map_err(fault)?;
    store.migrate().await.map_err(fault)?;
    let token = sealer.token().map_err(fault)?;
    let password = format!("{}-{}-{}", &token[..4], &token[4..8], &token[8..12]);
    let customer = fill(&store, &password, carrier).await?;
    let free = std::net::TcpListener::bind(ADDRESS).is_ok();
    let base = Base {
        bare: shared.with_library(std::sync::Arc::new(Library::empty())),
        file: None,
    };
    let plan = Plan {
        beside: Beside {
            recordings: Some(folder.join(RECORDINGS)),
            ..Beside::default()
        },
        base: watch::channel(base).1,
        dialers: Vec::new(),
        store: StorePlan {
            folder: folder.clone(),
            url: database,
            node: Some("demo".to_owned()),
            key_file: None,
        },
        listen: Some(if free {
            ADDRESS
        } else {
            SocketAddr::new(ADDRESS.ip(), 0)
        }),
        https: false,
        proxies: Vec::new(),
        doors: Default::default(),
        listeners_max: listeners_max as u64,
        webhooks_private: true,
        lending: None,
    };
    let admin = admin::start(plan, Log::start(Level::Error))?;
    let stored = admin.recorder();
    if let Some(stored) = &stored {
        stored.know(CUSTOMER, customer);
    }
    Ok(Console {
        admin,
        stored,
        folder,
        password,
    })
}

impl Console {
    /// Where recordings of its calls go.
    pub(super) fn recordings(&self) -> PathBuf {
        self.folder.join(RECORDINGS)
    }

    /// Where it is and who gets in.
    pub(super) fn invitation(&self) -> String {
        let address = self.admin.address.map_or_else(String::new, |at| at.to_string());
        format!(
            "console http://{address}   login {EMAIL}   one-time password {}",
            self.password
        )
    }

    /// Keeps a call's record.
    pub(super) fn keep(&mut self, report: &CallReport, library: &Library) {
        if let Some(stored) = &mut self.stored {
            let id = stored.on_report(report, Some(library));
            self.admin.live.ended(system_clock(), report, id);
        }
    }

    /// Lets who watches see what happened.
    pub(super) fn show(&self, notice: &Notice) {
        self.admin.live.on_notice(system_clock(), notice);
    }

    /// The same for how the node fares, each second.
    pub(super) fn tick(&self, status: &Status) {
        let dialer = super::node::trunk(super::node::DIALER);
        self.admin.live.tick(system_clock(), status, &[&dialer]);
    }

    /// Ends it; the database goes with it.
    pub(super) fn stop(mut self) -> Result<(), Fault> {
        self.stored = None;
        self.admin.stop();
        std::fs::remove_dir_all(&self.folder).map_err(|why| {
            let words = crate::fault::system_words(&why);
            Fault::new(
                FaultClass::Output,
                format_args!("remove {}: {words}", self.folder.display()),
            )
        })
    }
}

async fn fill(store: &Store, password: &str, carrier: SocketAddr) -> Result<Uuid, Fault> {
    let now = system_clock();
    let hash = crate::api::hash_password(password).map_err(fault)?;
    let tx = store.write(Whose::Service).await.map_err(fault)?;
    let customer = Uuid::now_v7();
    let new = NewTenant {
        slug: CUSTOMER.to_owned(),
        name: "Demo".to_owned(),
    };
    tenants::add(&tx, customer, new, now).await.map_err(fault)?;
    let new = NewUser {
        email: EMAIL.to_owned(),
        name: "Demo".to_owned(),
        role: Role::Operator,
        password_hash: Some(hash),
        language: language(),
    };
    users::add(&tx, SERVICE, new, now).await.map_err(fault)?;
    for prompt in samples::library() {
        let class = class_of_category(prompt.category).unwrap_or(cpd_detect::Class::Unknown);
        let new = NewPrompt {
            name: prompt.id,
            operator: prompt.operator,
            category: prompt.category.to_owned(),
            class: class.as_str().to_owned(),
            language: prompt.lang,
            words: prompt.text,
            source: SOURCE.to_owned(),
            samples: prompt.samples,
        };
        prompts::add(&tx, new, SOURCE, now).await.map_err(fault)?;
    }
    prompts::publish(&tx, SOURCE, SOURCE, now).await.map_err(fault)?;
    tx.commit().await.map_err(fault)?;
    let tx = store.write(Whose::Tenant(customer)).await.map_err(fault)?;
    let dialer = json!({ "addresses": ["127.0.0.0/8"], "carriers": ["carrier"], "policy": "acting",
        "dialects": ["smartcpd", "reason"], "record": { "max": "60s" } });
    let policy = json!({ "early": { "announcement.*": "reject", "tone.*": "reject" },
        "answered": { "answer.fax": "cut", "answer.modem": "cut" } });
    for (kind, name, body) in [
        (
            Kind::Carrier,
            "carrier",
            json!({ "gateways": [format!("sip:{carrier}")], "health": "off" }),
        ),
        (Kind::Policy, "acting", policy),
        (Kind::Dialer, "dialer", dialer),
    ] {
        let written = Written {
            body,
            secrets: None,
            by: "demo".to_owned(),
            now_ms: now,
        };
        objects::add(&tx, kind, name, written).await.map_err(fault)?;
    }
    tx.commit().await.map_err(fault)?;
    Ok(customer)
}

/// The language of who started it, as the environment has it.
fn language() -> String {
    let wish = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    match wish.is_some_and(|wish| wish.starts_with("ru")) {
        true => "ru".to_owned(),
        false => "en".to_owned(),
    }
}
