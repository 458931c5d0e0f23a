//! `smartcpd serve`: stands in the path of calls.
//!
//! - [`config`]: `smartcpd.toml`. [`service`]: the run, from start to drain. [`doctor`]: looks before one starts.
//! - [`hearing`], [`tls`], [`locate`]: what the node is given from files and from the DNS.
//! - [`admin`]: the database, the API and the console, on threads of their own.
//! - [`guest`]: the trunks of a test call, which stand for a moment.
//! - [`snapshot`]: customers' trunks while the database is away.
//! - [`keeping`]: what is old goes.
//! - [`log`], [`records`], [`metrics`], [`http`], [`hep`]: what is told, and to whom.

pub(crate) mod admin;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod guest;
pub(crate) mod hearing;
mod hep;
mod http;
mod keeping;
mod locate;
pub(crate) mod log;
mod metrics;
pub(crate) mod records;
mod service;
mod snapshot;
pub(crate) mod stored;
mod tls;

pub(crate) use tls::certificates;

use std::io::Write;
use std::path::Path;

use crate::cli::Serve;
use crate::fault::{Fault, FaultClass, Faults};
use config::{Config, TEMPLATE};

/// Does what the command line wants.
pub(crate) fn run(command: &Serve, faults: &mut Faults) {
    if command.print_config {
        if let Err(why) = std::io::stdout().write_all(TEMPLATE.as_bytes()) {
            faults.tell(&Fault::unwritable(Path::new("standard output"), &why));
        }
        return;
    }
    let file = config::find(command.config.as_deref());
    let config = match config::load(file.as_deref()) {
        Ok(config) => config,
        Err(list) => return list.iter().for_each(|fault| faults.tell(fault)),
    };
    if command.check {
        match hearing::load(&config.hearing) {
            Ok(loaded) => loaded.faults.iter().for_each(|fault| faults.tell(fault)),
            Err(fault) => faults.tell(&fault),
        }
        if faults.exit_code() == 0 {
            println!("{}", summary(&config, file.as_deref()));
        }
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(service::run(config, file)),
        Err(why) => Err(Fault::new(
            FaultClass::Network,
            format_args!("start the runtime: {why}"),
        )),
    };
    if let Err(fault) = done {
        faults.tell(&fault);
    }
}

/// What a valid configuration holds, in a line.
fn summary(config: &Config, file: Option<&Path>) -> String {
    let name = file.map_or(config::TEMPLATE_NAME.into(), |file| file.to_string_lossy());
    format!(
        "{name} is valid: {} dialers, {} carriers, {} sip sockets, up to {} calls",
        config.dialers.len(),
        config.carriers.len(),
        config.sip.listeners.len(),
        config.limits.calls_max
    )
}
