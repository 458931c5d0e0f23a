//! `smartcpd demo` on the command line. The doc comments are the text of `--help`.

use std::path::PathBuf;

use clap::Args;

use crate::simulate::args::{RtpArgs, rate};

/// `smartcpd demo`.
///
/// In one process, on loopback, on free ports: the service with demonstration trunks and the sample prompts, a simulated
/// carrier, a simulated dialer. Nothing leaves the machine.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// Calls in all; without it, 20, or each recording once, or with --console as many as come
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) calls: Option<u16>,

    /// Starts the console too, with a database of its own that ends with it, and goes on until Ctrl-C
    #[arg(long, conflicts_with = "recordings")]
    pub(crate) console: bool,

    /// The console's database: postgres://…, a fresh one; without it, SQLite that ends with the demonstration
    #[arg(long, value_name = "URL", requires = "console")]
    pub(crate) database: Option<String>,

    /// Calls a second
    #[arg(long, value_name = "N", default_value_t = 2.0, value_parser = rate)]
    pub(crate) rate: f64,

    /// Seed of voices and of the mix of calls; without it, another each time
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Plays these recordings, and tells whether each call gets the verdict that `analyze` gives its file: a line of JSON
    /// per call, `file` and `answer_at_ms` (null: never answered)
    #[arg(long, value_name = "FILE")]
    pub(crate) recordings: Option<PathBuf>,

    /// Library of reference prompts for --recordings: a folder with audio and prompts.jsonl, or the jsonl file itself
    #[arg(long, value_name = "DIR|FILE", requires = "recordings")]
    pub(crate) prompts: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) rtp: RtpArgs,
}
