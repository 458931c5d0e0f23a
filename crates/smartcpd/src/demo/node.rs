//! The node of the demonstration: one trunk on each side, the sample prompts, and every verdict acted on.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cpd_b2bua::dialect::{Dialect, Dialects};
use cpd_b2bua::media::{MediaConfig, Network};
use cpd_b2bua::node::{Node, NodeConfig};
use cpd_b2bua::switchboard::{METHODS, Notice};
use cpd_b2bua::transport::{Listener, TransportConfig};
use cpd_b2bua::trunk::{Carrier, Dialer, Recording, Settings};
use cpd_call::{AnswerAction, EarlyAction, Policy};
use cpd_detect::front::FrontPlan;
use cpd_detect::prompts::{PromptInfo, class_of_category};
use cpd_detect::{Class, Library, Plans, Shared};
use cpd_sim::{Rng, samples};
use cpd_sip::admission::{AddressList, Admission, AdmissionConfig, Treatment};
use cpd_sip::endpoint::Reliability;
use cpd_sip::transport::Protocol;
use tokio::sync::mpsc;

use crate::fault::Fault;
use crate::hearing::RATE;
use crate::serve::config::owned::OWNER_END;
use crate::simulate::{clock_seed, fault};

/// The longest recording, where the console wants them: all of a call of the demonstration.
const RECORDED: Duration = Duration::from_secs(60);

/// Starts it; calls go to the carrier at this address.
pub(super) async fn start(
    carrier: SocketAddr,
    policy: Policy,
    shared: Shared,
    notices: mpsc::Sender<Notice>,
    (calls, recordings): (usize, Option<PathBuf>),
) -> Result<Node, Fault> {
    let mut rng = Rng::new(clock_seed());
    let mut seed = [0; 32];
    for chunk in seed.chunks_exact_mut(8) {
        chunk.copy_from_slice(&rng.bits().to_le_bytes());
    }
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let config = NodeConfig {
        scripts: None,
        transport: TransportConfig {
            listeners: vec![Listener {
                protocol: Protocol::Udp,
                bind: SocketAddr::new(loopback, 0),
                public: None,
            }],
            admission: Admission::new(AdmissionConfig::default(), AddressList::new(Treatment::Trusted)),
            drain_limit: Duration::from_secs(1),
            ..TransportConfig::default()
        },
        endpoint: cpd_sip::Config {
            product: Some("SmartCPD".to_owned()),
            allow: METHODS.map(String::from).to_vec(),
            info_packages: vec!["smartcpd".to_owned()],
            ..cpd_sip::Config::default()
        },
        media: MediaConfig {
            networks: vec![Network::at(loopback)],
            recordings: recordings.clone(),
            ..MediaConfig::default()
        },
        settings: Arc::new(settings(carrier, policy, shared, (calls, recordings))?),
        seed,
        epoch_s: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
        process: std::process::id(),
    };
    // UDP on loopback has no connections that could fail.
    let (failures, _) = mpsc::channel(1);
    let now = std::time::Instant::now();
    Node::start(now, config, notices, failures).await.map_err(fault)
}

fn settings(
    carrier: SocketAddr,
    policy: Policy,
    shared: Shared,
    (calls, recordings): (usize, Option<PathBuf>),
) -> Result<Settings, Fault> {
    let carrier = Carrier::at(trunk("carrier"), format!("sip:{carrier}"));
    let network = "127.0.0.0/8"
        .parse()
        .map_err(|_| fault("read the network of loopback"))?;
    let named = ["smartcpd", "reason"].into_iter().filter_map(Dialect::named);
    let dialects = Dialects::new(named).map_err(|_| fault("speak two dialects to one trunk"))?;
    let dialer = Dialer {
        reliability: Reliability::Supported,
        policy: Arc::new(policy),
        dialects,
        record: Recording {
            max: recordings.as_ref().map_or(Duration::ZERO, |_| RECORDED),
            folder: recordings.unwrap_or_default(),
            classes: Vec::new(),
        },
        ..Dialer::at(trunk(DIALER), vec![network], carrier)
    };
    Ok(Settings {
        version: 1,
        dialers: vec![Arc::new(dialer)],
        emergency: vec!["112".to_owned()],
        hearing: Some(shared),
        calls_max: calls,
        listeners_max: calls,
    })
}

/// The trunk that the calls come from.
pub(super) const DIALER: &str = "dialer";

/// A trunk's name, as customers' trunks are called.
pub(super) fn trunk(name: &str) -> String {
    format!("{}{OWNER_END}{name}", super::console::CUSTOMER)
}

/// Before the answer, what can be refused is refused; after it, the dialer is told, and faxes are cut.
pub(super) fn acting() -> Policy {
    let mut policy = Policy::default();
    for &class in Class::ALL {
        policy.set_early(class, EarlyAction::Reject);
    }
    for class in [Class::Fax, Class::Modem] {
        policy.set_answered(class, AnswerAction::Cut);
    }
    policy
}

/// The tone plans of all countries and the sample prompts.
pub(super) fn hearing() -> Shared {
    let plan = Arc::new(FrontPlan::new(RATE));
    let mut library = Library::empty();
    for prompt in samples::library() {
        let length_ms = prompt.ms();
        let info = PromptInfo {
            class: class_of_category(prompt.category).unwrap_or(Class::Unknown),
            id: prompt.id,
            operator: prompt.operator,
            category: prompt.category.to_owned(),
            lang: prompt.lang,
            text: prompt.text,
            length_ms,
        };
        // A prompt that says nothing new is left out, and what it says is heard all the same.
        let _ = library.add(info, &prompt.samples, &plan);
    }
    Shared::new(RATE, Arc::new(Plans::built_in()), Arc::new(library))
}
