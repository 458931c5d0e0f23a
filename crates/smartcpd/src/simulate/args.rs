//! `smartcpd simulate` on the command line. The doc comments are the text of `--help`.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use cpd_sim::stream::Network;
use cpd_sip::transport::Protocol;

use super::dialect::Dialect;
use crate::cli::Format;

/// `smartcpd simulate`.
#[derive(Debug, Subcommand)]
pub(crate) enum Simulate {
    /// Takes calls and plays what carriers play: ringing, busy, announcements, machines, people
    #[command(after_help = carrier_help())]
    Carrier(CarrierArgs),
    /// Makes calls at a rate and tells what each came to
    Dialer(DialerArgs),
}

fn carrier_help() -> String {
    format!(
        "What a call meets, by the last digits of the number called; other numbers meet a mix:\n{}\n\
         With --calls, the last six digits count the recording, from 000000.",
        cpd_sim::carrier::table()
    )
}

/// `smartcpd simulate carrier`.
#[derive(Args, Debug)]
pub(crate) struct CarrierArgs {
    /// Where to take calls
    #[arg(long, value_name = "udp|tcp:HOST:PORT", default_value = "udp:127.0.0.1:5090")]
    pub(crate) listen: Address,

    /// Plays this to every call, by its digits (see below), whatever its number
    #[arg(long, value_name = "DIGITS")]
    pub(crate) script: Option<String>,

    /// Plays recordings: a line of JSON per call, `file` and `answer_at_ms` (null: never answered)
    #[arg(long, value_name = "FILE", conflicts_with = "script")]
    pub(crate) calls: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) rtp: RtpArgs,

    /// Seed of voices, mix and network; without it, another each time
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Ends after so many calls; without it, at Ctrl-C
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,

    /// Tells only the summary
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// What happens to the RTP that is sent.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct RtpArgs {
    /// Share of RTP packets that are lost, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent)]
    pub(crate) loss: f32,

    /// RTP packets are late by up to so many ms
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=400))]
    pub(crate) jitter: u16,

    /// Share of RTP packets that the next one overtakes, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent)]
    pub(crate) reorder: f32,
}

impl RtpArgs {
    /// The same for the streams.
    pub(crate) fn network(self) -> Network {
        Network {
            loss: self.loss / 100.0,
            jitter_ms: self.jitter.into(),
            reorder: self.reorder / 100.0,
        }
    }
}

/// `smartcpd simulate dialer`.
#[derive(Args, Debug)]
pub(crate) struct DialerArgs {
    /// Whom to call
    #[arg(long, value_name = "udp|tcp:HOST:PORT", default_value = "udp:127.0.0.1:5060")]
    pub(crate) target: Address,

    /// Where to call from; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
    pub(crate) from: SocketAddr,

    /// Calls a second
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = rate)]
    pub(crate) rate: f64,

    /// Calls in all
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) calls: usize,

    /// Calls at once; beyond them the next ones wait
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    pub(crate) at_once: usize,

    /// Numbers, called in turn; each x is a digit by chance. A file with a number a line as @FILE
    #[arg(
        long,
        value_name = "NUMBERS",
        value_delimiter = ',',
        default_value = "7900xxxxxxx"
    )]
    pub(crate) numbers: Vec<String>,

    /// Who calls
    #[arg(long, value_name = "NUMBER", default_value = "74950000000")]
    pub(crate) caller: String,

    /// How long an answered call lasts at most
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) talk: Duration,

    /// How long an answered call goes on after it was told who answered, a machine after its beep; without it, --talk
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) after_verdict: Option<Duration>,

    /// How long a call may ring
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) ring: Duration,

    /// Asks for verdicts as these dialers do
    #[arg(long, value_enum)]
    pub(crate) dialect: Option<Dialect>,

    /// What the dialer plays
    #[arg(long, value_enum, default_value_t = Says::Silence)]
    pub(crate) says: Says,

    #[command(flatten)]
    pub(crate) rtp: RtpArgs,

    /// Seed of numbers and network; without it, another each time
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// How calls are told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// Tells only the summary
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// What a dialer plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Says {
    /// Nothing, in packets
    Silence,
    /// A tone of 440 Hz
    Tone,
}

/// A transport address: `udp:127.0.0.1:5060`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// UDP or TCP.
    pub(crate) protocol: Protocol,
    /// Where.
    pub(crate) address: SocketAddr,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.protocol.via().to_ascii_lowercase(), self.address)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Address, String> {
        let (protocol, host) = match text.split_once(':') {
            Some(("udp", host)) => (Protocol::Udp, host),
            Some(("tcp", host)) => (Protocol::Tcp, host),
            _ => (Protocol::Udp, text),
        };
        let mut found = host
            .to_socket_addrs()
            .map_err(|_| format!("{text} is no address; one is udp:127.0.0.1:5060"))?;
        let address = found
            .next()
            .ok_or_else(|| format!("the name in {text} has no address"))?;
        Ok(Address { protocol, address })
    }
}

fn percent(text: &str) -> Result<f32, String> {
    let number = text.trim_end_matches('%').parse::<f32>().ok();
    number
        .filter(|number| (0.0..=100.0).contains(number))
        .ok_or_else(|| "a percentage is 0 to 100".to_owned())
}

pub(crate) fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok();
    number
        .filter(|number| (0.01..=10_000.0).contains(number))
        .ok_or_else(|| "a rate is 0.01 to 10000 calls a second".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches('s').parse::<f64>().ok();
    number
        .filter(|number| (0.0..=86_400.0).contains(number))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "a time is 0 to 86400 seconds".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_transport() {
        let address: Address = "tcp:127.0.0.1:5070".parse().unwrap();
        assert_eq!(address.to_string(), "tcp:127.0.0.1:5070");
        let bare: Address = "127.0.0.1:5070".parse().unwrap();
        assert_eq!(bare.protocol, Protocol::Udp);
        assert!("udp:5070".parse::<Address>().is_err());
    }

    #[test]
    fn numbers_have_their_bounds() {
        assert_eq!(percent("2.5%"), Ok(2.5));
        assert!(percent("101").is_err());
        assert!(rate("0").is_err());
        assert_eq!(seconds("1.5s"), Ok(Duration::from_millis(1_500)));
        assert!(seconds("-1").is_err());
    }
}
