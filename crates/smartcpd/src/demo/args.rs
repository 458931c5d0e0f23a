//! `smartcpd demo` on the command line. The doc comments are the text of `--help`.

use clap::Args;

use crate::simulate::args::rate;

/// `smartcpd demo`.
///
/// In one process, on loopback, on free ports: the service with demonstration trunks and the sample prompts, a simulated
/// carrier, a simulated dialer. Nothing leaves the machine.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// Calls in all
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) calls: u16,

    /// Calls a second
    #[arg(long, value_name = "N", default_value_t = 2.0, value_parser = rate)]
    pub(crate) rate: f64,

    /// Seed of voices and of the mix of calls; without it, another each time
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}
