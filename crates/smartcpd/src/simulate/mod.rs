//! Pretends to be who stands on either side of SmartCPD: `smartcpd simulate carrier` and `smartcpd simulate dialer`.
//!
//! Both are users of the same SIP transport as the service, in a thread of their own beside one that sends RTP. What is
//! played and when comes from `cpd_sim`; here are sockets and clocks. They speak to any peer, each other too, and are the
//! load generator.

pub(crate) mod args;
pub(crate) mod carrier;
mod dialect;
pub(crate) mod dialer;
pub(crate) mod player;
pub(crate) mod summary;

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_b2bua::transport::{self, Handle, Listener, TransportConfig};
use cpd_sim::Rng;
use cpd_sim::carrier::Repertoire;
use cpd_sim::stream::Sound;
use cpd_sip::admission::{AddressList, Admission, AdmissionConfig, Treatment};
use cpd_sip::transport::{Flow, Protocol};
use cpd_sip::{Config, Endpoint};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::cli::Format;
use crate::fault::{Fault, FaultClass, Faults};
use args::{Address, CarrierArgs, DialerArgs, Says, Simulate};
use carrier::{Carrier, Plan, Served};
use dialer::{Dialer, Dialing, Outcome};
use player::Player;
use summary::Summary;

pub(crate) use dialect::Dialect;

/// Runs `smartcpd simulate`.
pub(crate) fn run(command: &Simulate, faults: &mut Faults) {
    let done = runtime().and_then(|runtime| match command {
        Simulate::Carrier(args) => runtime.block_on(run_carrier(args)),
        Simulate::Dialer(args) => runtime.block_on(run_dialer(args)),
    });
    if let Err(fault) = done {
        faults.tell(&fault);
    }
}

/// A runtime on this thread: SIP is one task.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Fault> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| fault(format_args!("start: {why}")))
}

/// A fault in words that follow "failed to".
pub(crate) fn fault(words: impl std::fmt::Display) -> Fault {
    Fault::new(FaultClass::Network, words)
}

/// A carrier that takes calls.
pub(crate) struct RunningCarrier {
    /// A way to it.
    pub(crate) handle: Handle<Carrier>,
    /// Calls that are over.
    pub(crate) served: UnboundedReceiver<Served>,
}

/// Starts a carrier; `player` sends its sound.
pub(crate) async fn start_carrier(
    listen: Address,
    plan: Plan,
    network: cpd_sim::stream::Network,
    player: Player,
    seed: u64,
) -> Result<RunningCarrier, Fault> {
    let (sender, served) = unbounded_channel();
    let user = Carrier::new(plan, network, player, seed, sender);
    let endpoint = Endpoint::new(endpoint_config("simulated-carrier"), secret(seed));
    let (handle, _) = transport::start(transport_config(listen), endpoint, user)
        .await
        .map_err(fault)?;
    Ok(RunningCarrier { handle, served })
}

/// A dialer that calls.
pub(crate) struct RunningDialer {
    /// A way to it.
    pub(crate) handle: Handle<Dialer>,
    /// Calls that are over.
    pub(crate) outcomes: UnboundedReceiver<Outcome>,
}

/// Starts a dialer, which begins to call at once.
pub(crate) async fn start_dialer(
    from: SocketAddr,
    target: Address,
    dialing: Dialing,
    player: Player,
    seed: u64,
) -> Result<RunningDialer, Fault> {
    let (sender, outcomes) = unbounded_channel();
    let bind = Address {
        protocol: target.protocol,
        address: from,
    };
    // The transport knows its port when it is bound; until then nobody calls.
    let nowhere = Flow {
        protocol: target.protocol,
        local: from,
        remote: target.address,
    };
    let user = Dialer::new(dialing, nowhere, player, seed, sender);
    let mut config = endpoint_config("simulated-dialer");
    config.info_packages = vec!["smartcpd".to_owned()];
    let endpoint = Endpoint::new(config, secret(seed ^ 0x5a5a));
    let (handle, _) = transport::start(transport_config(bind), endpoint, user)
        .await
        .map_err(fault)?;
    let flow = handle
        .flow(target.protocol, target.address)
        .ok_or_else(|| fault(format_args!("call {target} from {from}: not of one IP version")))?;
    handle
        .ask(move |now, _, dialer| dialer.begin(now, flow))
        .await
        .map_err(fault)?;
    Ok(RunningDialer { handle, outcomes })
}

fn endpoint_config(product: &str) -> Config {
    Config {
        product: Some(product.to_owned()),
        // Transactions linger for 32 s: this is 6,000 calls a second.
        transactions_max: 400_000,
        ..Config::default()
    }
}

fn transport_config(address: Address) -> TransportConfig {
    TransportConfig {
        listeners: vec![Listener {
            protocol: address.protocol,
            bind: address.address,
            public: None,
        }],
        admission: Admission::new(AdmissionConfig::default(), AddressList::new(Treatment::Trusted)),
        drain_limit: Duration::from_secs(5),
        ..TransportConfig::default()
    }
}

/// The endpoint's secret. Two runs with one seed shall not make the same Call-IDs: peers remember them.
fn secret(seed: u64) -> [u8; 32] {
    let mut rng = Rng::new(seed ^ clock_seed());
    let mut secret = [0; 32];
    for chunk in secret.chunks_exact_mut(8) {
        chunk.copy_from_slice(&rng.bits().to_le_bytes());
    }
    secret
}

/// A seed that differs from run to run.
pub(crate) fn clock_seed() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos() as u64) ^ u64::from(std::process::id()) << 40
}

/// A seed to print: short enough to be typed again.
pub(crate) fn seed_of(given: Option<u64>) -> u64 {
    given.unwrap_or_else(|| Rng::new(clock_seed()).bits() % 100_000)
}

async fn run_carrier(args: &CarrierArgs) -> Result<(), Fault> {
    raise_file_limit();
    let seed = seed_of(args.seed);
    let plan = plan(args.script.as_deref(), args.calls.as_deref(), seed)?;
    let player = Player::start().map_err(|why| fault(format_args!("start the RTP thread: {why}")))?;
    let mut running = start_carrier(args.listen, plan, args.rtp.network(), player, seed).await?;
    let local = running.handle.locals().first().map(|(_, local)| *local);
    eprintln!(
        "simulated carrier takes calls at {}:{} (seed {seed})",
        protocol_word(args.listen.protocol),
        local.unwrap_or(args.listen.address)
    );
    let mut count = 0;
    let mut packets = (0, 0);
    let mut out = std::io::stdout().lock();
    while args.count.is_none_or(|wanted| count < wanted) {
        let served = tokio::select! {
            served = running.served.recv() => served,
            // Nothing can be said of a signal that cannot be had; it ends the wait as well.
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(served) = served else {
            break;
        };
        count += 1;
        packets.0 += served.packets.0;
        packets.1 += served.packets.1;
        if !args.quiet {
            let Served {
                number,
                title,
                end,
                length,
                packets,
            } = served;
            let written = writeln!(
                out,
                "{number:<14} {title} · {end} after {:.2} s · rtp {} out {} in",
                length.as_secs_f64(),
                packets.0,
                packets.1
            );
            if written.is_err() {
                break;
            }
        }
    }
    running.handle.shutdown().await;
    // Who reads may have left.
    let _ = writeln!(
        out,
        "{count} calls; rtp: {} packets sent, {} received",
        packets.0, packets.1
    );
    Ok(())
}

fn plan(script: Option<&str>, calls: Option<&Path>, seed: u64) -> Result<Plan, Fault> {
    if let Some(path) = calls {
        let plays = carrier::recordings(path)?;
        if plays.is_empty() {
            let why = "it lists no call";
            return Err(Fault::reading(FaultClass::Calls, path, why));
        }
        return Ok(Plan::Recordings(Arc::new(plays)));
    }
    let repertoire = Repertoire::new(seed);
    match script {
        None => Ok(Plan::Repertoire(Arc::new(repertoire))),
        Some(digits) => {
            let play = repertoire.plays.into_iter().find(|play| play.digits == digits);
            let play = play.ok_or_else(|| {
                fault(format_args!(
                    "play {digits}: there is no such play; smartcpd simulate carrier --help lists them"
                ))
            })?;
            Ok(Plan::Only(Arc::new(play)))
        }
    }
}

async fn run_dialer(args: &DialerArgs) -> Result<(), Fault> {
    raise_file_limit();
    let seed = seed_of(args.seed);
    let player = Player::start().map_err(|why| fault(format_args!("start the RTP thread: {why}")))?;
    let sound = match args.says {
        Says::Silence => Sound::of(&[]),
        Says::Tone => {
            let chord = [cpd_sim::tones::Chord::of(&[440.0], 1_000.0)];
            let tone = cpd_sim::tones::cadence(&chord, 60_000.0, -20.0);
            Sound::of(&cpd_sim::level::to_pcm(&tone))
        }
    };
    let dialing = Dialing {
        numbers: numbers(&args.numbers, args.calls, seed)?,
        caller: args.caller.clone(),
        calls: args.calls,
        rate: args.rate,
        at_once: args.at_once,
        ring: args.ring,
        talk: args.talk,
        after_verdict: args.after_verdict,
        dialect: args.dialect,
        sound,
        network: args.rtp.network(),
    };
    let began = Instant::now();
    let mut running = start_dialer(args.from, args.target, dialing, player, seed).await?;
    eprintln!("simulated dialer calls {} (seed {seed})", args.target);
    let mut summary = Summary::default();
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let mut done = 0;
    let mut wanted = args.calls;
    let mut interrupted = false;
    while done < wanted {
        let outcome = tokio::select! {
            outcome = running.outcomes.recv() => outcome,
            _ = tokio::signal::ctrl_c(), if !interrupted => {
                // The calls that stand are waited for; a second Ctrl-C ends the process as ever.
                interrupted = true;
                let begun = running.handle.ask(|_, _, dialer| { dialer.cease(); dialer.begun() }).await;
                wanted = begun.unwrap_or(done);
                continue;
            }
        };
        let Some(outcome) = outcome else {
            break;
        };
        done += 1;
        summary.add(&outcome);
        if !args.quiet {
            let written = match args.format {
                Format::Text => writeln!(out, "{}", summary::line(&outcome)),
                Format::Jsonl => writeln!(out, "{}", summary::json(&outcome)),
            };
            if written.and_then(|()| out.flush()).is_err() {
                break;
            }
        }
    }
    let dialling = running.handle.ask(|_, _, dialer| dialer.dialling()).await;
    running.handle.shutdown().await;
    let text = summary.text(dialling.unwrap_or_else(|_| began.elapsed()));
    match args.format {
        // Who reads may have left.
        Format::Text => drop(write!(out, "{text}").and_then(|()| out.flush())),
        Format::Jsonl => eprint!("{text}"),
    }
    match summary.lost() {
        0 => Ok(()),
        lost => Err(Fault::new(
            FaultClass::CallsLost,
            format_args!("carry all calls: {lost} of {done} were lost"),
        )),
    }
}

/// The numbers to call: patterns filled, files read.
fn numbers(given: &[String], calls: usize, seed: u64) -> Result<Vec<String>, Fault> {
    let mut patterns = Vec::new();
    for word in given {
        match word.strip_prefix('@') {
            None => patterns.push(word.trim().to_owned()),
            Some(file) => {
                let path = Path::new(file);
                let text = std::fs::read_to_string(path).map_err(|why| Fault::unreadable(path, &why))?;
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                patterns.extend(lines.map(str::to_owned));
            }
        }
    }
    let mut rng = Rng::new(seed ^ 0x6e75_6d62);
    if patterns.iter().all(|pattern| !pattern.contains('x')) {
        return Ok(patterns);
    }
    let digit = |letter: char, rng: &mut Rng| match letter {
        'x' => char::from(b'0' + rng.below(10) as u8),
        other => other,
    };
    let filled = (0..calls).map(|place| {
        let pattern = &patterns[place % patterns.len()];
        pattern.chars().map(|letter| digit(letter, &mut rng)).collect()
    });
    Ok(filled.collect())
}

fn protocol_word(protocol: Protocol) -> String {
    protocol.via().to_ascii_lowercase()
}

/// A socket a call: as many files as the system lets us have.
pub(crate) fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where it cannot be raised, calls beyond it say so.
    let _ = setrlimit(
        Resource::Nofile,
        rustix::process::Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_filled_by_the_seed() {
        let given = ["7900xxx10".to_owned(), "112".to_owned()];
        let once = numbers(&given, 4, 1).expect("numbers");
        assert_eq!(once, numbers(&given, 4, 1).expect("numbers"));
        assert_eq!(once[1], "112");
        assert!(once[2].starts_with("7900") && once[2].ends_with("10") && once[2].len() == 9);
        assert_ne!(once[0], once[2]);
        assert!(once[0].chars().all(|digit| digit.is_ascii_digit()));
    }
}
