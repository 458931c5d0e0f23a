//! SmartCPD: hears what happened in a call.
//!
//! `smartcpd analyze` tells the timeline and the verdict of recordings, `smartcpd prompts` keeps a library of operator
//! announcements, `smartcpd evaluate` measures accuracy on labelled calls, `smartcpd serve` stands in the path of calls and
//! `smartcpd doctor` looks before it does. `smartcpd demo` shows calls through the service, `smartcpd simulate` pretends to
//! be who stands on either side of it.

#![forbid(unsafe_code)]

mod analyze;
mod api;
mod audio;
mod calls;
mod cli;
mod demo;
mod desk;
mod detail;
mod doors;
mod evaluate;
mod fault;
mod files;
mod hearing;
mod inputs;
mod jobs;
mod library;
mod line;
mod live;
mod oidc;
mod picture;
mod plans;
mod progress;
mod replay;
mod serve;
mod simulate;
mod stock;
mod story;
mod test_calls;
mod timeline;
mod webhooks;
mod words;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use fault::Faults;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut faults = Faults::default();
    match cli.command {
        Command::Analyze(command) => analyze::run(&command, &mut faults),
        Command::Evaluate(command) => evaluate::run(&command, &mut faults),
        Command::Serve(command) => serve::run(&command, &mut faults),
        Command::Doctor(command) => serve::doctor::run(&command, &mut faults),
        Command::Demo(command) => demo::run(&command, &mut faults),
        Command::Simulate(command) => simulate::run(&command, &mut faults),
        Command::Openapi => print!("{}", api::openapi()),
        Command::Prompts(command) => library::manage::run(&command, &mut faults),
    }
    ExitCode::from(faults.exit_code())
}
