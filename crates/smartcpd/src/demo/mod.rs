//! The service at work: `smartcpd demo`, what a newcomer sees first.
//!
//! In one process and on loopback: a node with demonstration trunks, a simulated carrier that plays a different call to
//! each number, a simulated dialer that calls them. What the carrier played is known here, so each verdict is told beside
//! the truth. `screen` draws; this file starts, joins what both sides know of a call, and counts.

pub(crate) mod args;
mod console;
mod node;
mod programme;
mod score;
mod screen;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use cpd_b2bua::node::Node;
use cpd_b2bua::switchboard::{CallReport, Notice};
use cpd_sim::stream::Sound;
use cpd_sip::transport::Protocol;
use tokio::sync::mpsc;

use crate::fault::{Fault, FaultClass, Faults};
use crate::simulate::args::Address;
use crate::simulate::dialer::{Dialing, Outcome};
use crate::simulate::player::Player;
use crate::simulate::{self, Dialect, fault};
use args::DemoArgs;
use programme::{Expected, Programme};
use score::{Finished, Score};
use screen::Screen;

/// A call's report that has not come so long after the dialer's last word never will: the node tells it at once.
const REPORT_LIMIT: Duration = Duration::from_secs(5);
/// Calls without a wish: most of the repertoire.
const CALLS: u16 = 20;
/// Calls with the console: more than anybody looks at; an hour and a half at two a second.
const ENDLESS: u16 = 10_000;
/// How often the line at the foot is drawn.
const REDRAW: Duration = Duration::from_millis(100);

/// Runs `smartcpd demo`.
pub(crate) fn run(args: &DemoArgs, faults: &mut Faults) {
    let done = simulate::runtime().and_then(|runtime| runtime.block_on(show(args, &mut *faults)));
    if let Err(fault) = done {
        faults.tell(&fault);
    }
}

async fn show(args: &DemoArgs, faults: &mut Faults) -> Result<(), Fault> {
    simulate::raise_file_limit();
    let seed = simulate::seed_of(args.seed);
    let mut screen = Screen::new();
    let programme = match &args.recordings {
        None => {
            screen.say("making voices, tones and announcements …");
            let calls = args.calls.unwrap_or(if args.console { ENDLESS } else { CALLS });
            Programme::repertoire(usize::from(calls), seed)
        }
        Some(list) => {
            screen.say("hearing the recordings …");
            Programme::recordings(list, args, faults)?
        }
    };
    let calls = programme.calls.len();
    let player = Player::start().map_err(|why| fault(format_args!("start the RTP thread: {why}")))?;
    let loopback = Address {
        protocol: Protocol::Udp,
        address: ([127, 0, 0, 1], 0).into(),
    };
    let network = args.rtp.network();
    let carrier = simulate::start_carrier(loopback, programme.plan, network, player.clone(), seed).await?;
    let carrier_at = local(carrier.handle.locals())?;
    // Every call tells some dozen notices, and they are read at once.
    let (notices, news) = mpsc::channel(16_384);
    let console = match args.console {
        true => Some(console::start(carrier_at, &programme.shared, calls, args.database.clone()).await?),
        false => None,
    };
    let heard_with = std::sync::Arc::clone(programme.shared.library());
    let records = console.as_ref().map(console::Console::recordings);
    let node = node::start(
        carrier_at,
        programme.policy,
        programme.shared,
        notices,
        (calls, records),
    )
    .await?;
    let node_at = local(node.locals())?;
    let dialing = Dialing {
        numbers: programme.calls.iter().map(|call| call.number.clone()).collect(),
        caller: "74950000000".to_owned(),
        calls,
        rate: args.rate,
        at_once: usize::MAX,
        ring: programme.longest,
        talk: programme.longest,
        after_verdict: programme.after_verdict,
        dialect: Some(Dialect::Own),
        sound: Sound::of(&[]),
        network,
    };
    let target = Address {
        address: node_at,
        ..loopback
    };
    if let Some(console) = &console {
        screen.note(&console.invitation());
    }
    screen.title(seed, (calls, args.rate), [carrier_at, node_at]);
    let dialer = simulate::start_dialer(loopback.address, target, dialing, player, seed).await?;
    let mut watch = Watch {
        began: Instant::now(),
        expected: programme
            .calls
            .into_iter()
            .map(|call| (call.number.clone(), call))
            .collect(),
        outcomes: HashMap::new(),
        reports: HashMap::new(),
        score: Score::default(),
        calls,
        begun: 0,
        latest: None,
        console,
        library: heard_with,
    };
    let mut outcomes = dialer.outcomes;
    let over = tokio::select! {
        () = watch.follow(&mut screen, &mut outcomes, news, &node) => true,
        () = interrupted() => false,
    };
    screen.clear();
    dialer.handle.shutdown().await;
    let text = watch.score.text();
    screen.summary(&text);
    if let Some(console) = watch.console.take() {
        if over {
            screen.note("the calls are over; the console stays until Ctrl-C");
            interrupted().await;
        }
        console.stop()?;
    }
    // Nothing stands any more; the media threads end with it.
    let _ = node.stop(Duration::from_secs(2)).await;
    match watch.score.lost() {
        0 => Ok(()),
        lost => Err(Fault::new(
            FaultClass::CallsLost,
            format_args!("carry all calls: {lost} of {calls} were lost"),
        )),
    }
}

/// Somebody wants the end: Ctrl-C, or SIGTERM. Where signals cannot be taken, the system's own way ends it.
async fn interrupted() {
    let term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    match term {
        Ok(mut term) => {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => std::future::pending().await,
    }
}

fn local(locals: &[(Protocol, std::net::SocketAddr)]) -> Result<std::net::SocketAddr, Fault> {
    let first = locals.first().map(|(_, local)| *local);
    first.ok_or_else(|| fault("find the address of a socket"))
}

/// Follows the calls from both sides.
struct Watch {
    began: Instant,
    expected: HashMap<String, Expected>,
    outcomes: HashMap<String, (Instant, Outcome)>,
    reports: HashMap<String, Box<CallReport>>,
    score: Score,
    calls: usize,
    begun: usize,
    latest: Option<String>,
    console: Option<console::Console>,
    /// The prompts that calls are heard with.
    library: std::sync::Arc<cpd_detect::Library>,
}

impl Watch {
    async fn follow(
        &mut self,
        screen: &mut Screen,
        outcomes: &mut mpsc::UnboundedReceiver<Outcome>,
        mut news: mpsc::Receiver<Notice>,
        node: &Node,
    ) {
        let mut redraw = tokio::time::interval(REDRAW);
        let mut second = tokio::time::interval(Duration::from_secs(1));
        while self.score.calls() < self.calls {
            tokio::select! {
                Some(outcome) = outcomes.recv() => {
                    self.outcomes.insert(outcome.number.clone(), (Instant::now(), outcome));
                }
                Some(notice) = news.recv() => self.on_notice(notice),
                _ = redraw.tick() => {}
                _ = second.tick() => {
                    if let (Some(console), Ok(status)) = (&self.console, node.status().await) {
                        console.tick(&status);
                    }
                }
            }
            for finished in self.finished(Instant::now()) {
                screen.call(&finished, self.began.elapsed());
                self.score.add(&finished);
            }
            screen.foot(self.calls, self.begun, self.score.calls(), self.latest.as_deref());
        }
    }

    fn on_notice(&mut self, notice: Notice) {
        if let Some(console) = &self.console {
            console.show(&notice);
        }
        match notice {
            Notice::Began { .. } => self.begun += 1,
            Notice::Told { telling, .. } => {
                if let Some(class) = telling.told.class() {
                    self.latest = Some(class.as_str().to_owned());
                }
            }
            Notice::Ended(report) => {
                if let Some(console) = &mut self.console {
                    console.keep(&report, &self.library);
                }
                self.reports.insert(report.callee.reveal(), report);
            }
            // The dialer tells it too, and nobody registers, is looked up or fails here.
            _ => {}
        }
    }

    /// Calls of which both sides have told, or of which the service never will.
    fn finished(&mut self, now: Instant) -> Vec<Finished> {
        let ready: Vec<String> = self
            .outcomes
            .iter()
            .filter(|(number, (at, outcome))| {
                self.reports.contains_key(*number) || outcome.lost.is_some() || now > *at + REPORT_LIMIT
            })
            .map(|(number, _)| number.clone())
            .collect();
        ready
            .into_iter()
            .filter_map(|number| {
                let (_, outcome) = self.outcomes.remove(&number)?;
                let report = self.reports.remove(&number);
                let expected = self.expected.remove(&number)?;
                Some(Finished::of(expected, outcome, report.as_deref()))
            })
            .collect()
    }
}
