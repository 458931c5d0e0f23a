//! The smallest program around a [`Node`]: calls from anywhere on this machine go to one gateway, heard or not.
//!
//! For load tools that want a relay and nothing else:
//! `cargo run --release -p cpd-b2bua --example bridge -- 127.0.0.1:5060 127.0.0.1:5090 [--deaf]`. It prints its process
//! number and ends with its standard input.

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_b2bua::media::{MediaConfig, Network};
use cpd_b2bua::node::{Node, NodeConfig};
use cpd_b2bua::switchboard::METHODS;
use cpd_b2bua::transport::{Listener, TransportConfig};
use cpd_b2bua::trunk::{Carrier, Dialer, Settings};
use cpd_call::{Mode, Policy};
use cpd_detect::{Library, Plans, SampleRate, Shared};
use cpd_sip::admission::{AddressList, Admission, AdmissionConfig, Treatment};
use cpd_sip::endpoint::Reliability;
use cpd_sip::transport::Protocol;

fn settings(gateway: &str, deaf: bool) -> Settings {
    let carrier = Carrier {
        reliability: Reliability::Absent,
        ..Carrier::at("gateway", format!("sip:{gateway}"))
    };
    let mut policy = Policy::default();
    policy.mode = if deaf { Mode::Initial } else { Mode::Production };
    let networks = ["0.0.0.0/0", "::/0"]
        .iter()
        .filter_map(|network| network.parse().ok());
    let dialer = Dialer {
        policy: Arc::new(policy),
        ..Dialer::at("anybody", networks.collect(), carrier)
    };
    Settings {
        version: 1,
        dialers: vec![Arc::new(dialer)],
        emergency: Vec::new(),
        hearing: Some(Shared::new(
            SampleRate::NARROWBAND,
            Arc::new(Plans::built_in()),
            Arc::new(Library::empty()),
        )),
        calls_max: 50_000,
        listeners_max: 50_000,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listen, gateway, rest @ ..] = &arguments[..] else {
        return Err("usage: bridge LISTEN GATEWAY [--deaf] [--threads N]".into());
    };
    let deaf = rest.iter().any(|argument| argument == "--deaf");
    let bind: std::net::SocketAddr = listen.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (notices, mut told) = tokio::sync::mpsc::channel(10_000);
        let (failures, _failed) = tokio::sync::mpsc::channel(10);
        let config = NodeConfig {
            transport: TransportConfig {
                listeners: vec![Listener {
                    protocol: Protocol::Udp,
                    bind,
                    public: None,
                }],
                admission: Admission::new(AdmissionConfig::default(), AddressList::new(Treatment::Trusted)),
                ..TransportConfig::default()
            },
            endpoint: cpd_sip::Config {
                allow: METHODS.map(String::from).to_vec(),
                ..cpd_sip::Config::default()
            },
            media: MediaConfig {
                networks: vec![Network::at(bind.ip())],
                ports: 20_000..=59_999,
                threads: 1,
                ..MediaConfig::default()
            },
            settings: Arc::new(settings(gateway, deaf)),
            scripts: None,
            seed: [7; 32],
            epoch_s: 0,
            process: std::process::id(),
        };
        let node = Node::start(Instant::now(), config, notices, failures).await?;
        println!("{}", std::process::id());
        tokio::spawn(async move { while told.recv().await.is_some() {} });
        let (end, ended) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let mut rest = Vec::new();
            // Whatever comes, its end ends us.
            let _ = std::io::stdin().read_to_end(&mut rest);
            let _ = end.send(());
        });
        let _ = ended.await;
        println!("{:?}", node.status().await?);
        node.stop(Duration::from_secs(40)).await?;
        Ok(())
    })
}
