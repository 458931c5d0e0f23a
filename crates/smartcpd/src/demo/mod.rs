//! The service at work: `smartcpd demo`, what a newcomer sees first.
//!
//! In one process and on loopback: a node with demonstration trunks, a simulated carrier that plays a different call to
//! each number, a simulated dialer that calls them. What the carrier played is known here, so each verdict is told beside
//! the truth. `screen` draws; this file starts, joins what both sides know of a call, and counts.

pub(crate) mod args;
mod node;
mod score;
mod screen;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_b2bua::switchboard::{CallReport, Notice};
use cpd_sim::Rng;
use cpd_sim::carrier::{Play, Repertoire};
use cpd_sim::stream::{Network, Sound};
use cpd_sip::transport::Protocol;
use tokio::sync::mpsc;

use crate::fault::{Fault, FaultClass, Faults};
use crate::simulate::args::Address;
use crate::simulate::carrier::Plan;
use crate::simulate::dialer::{Dialing, Outcome};
use crate::simulate::player::Player;
use crate::simulate::{self, Dialect, fault};
use args::DemoArgs;
use score::{Finished, Score};
use screen::Screen;

/// A call's report that has not come so long after the dialer's last word never will: the node tells it at once.
const REPORT_LIMIT: Duration = Duration::from_secs(5);
/// How often the line at the foot is drawn.
const REDRAW: Duration = Duration::from_millis(100);

/// Runs `smartcpd demo`.
pub(crate) fn run(args: &DemoArgs, faults: &mut Faults) {
    let done = simulate::runtime().and_then(|runtime| runtime.block_on(show(args)));
    if let Err(fault) = done {
        faults.tell(&fault);
    }
}

async fn show(args: &DemoArgs) -> Result<(), Fault> {
    simulate::raise_file_limit();
    let seed = simulate::seed_of(args.seed);
    let calls = usize::from(args.calls);
    let mut screen = Screen::new();
    let loopback = Address {
        protocol: Protocol::Udp,
        address: ([127, 0, 0, 1], 0).into(),
    };
    screen.say("making voices, tones and announcements …");
    let repertoire = Arc::new(Repertoire::new(seed));
    let dialled = numbers(&repertoire, calls, seed);
    let player = Player::start().map_err(|why| fault(format_args!("start the RTP thread: {why}")))?;
    let carrier = simulate::start_carrier(
        loopback,
        Plan::Repertoire(Arc::clone(&repertoire)),
        Network::default(),
        player.clone(),
        seed,
    )
    .await?;
    let carrier_at = local(carrier.handle.locals())?;
    // Every call tells some dozen notices, and they are read at once.
    let (notices, news) = mpsc::channel(16_384);
    let node = node::start(carrier_at, notices, calls).await?;
    let node_at = local(node.locals())?;
    let dialing = Dialing {
        numbers: dialled.iter().map(|(number, _)| number.clone()).collect(),
        caller: "74950000000".to_owned(),
        calls,
        rate: args.rate,
        at_once: usize::MAX,
        ring: Duration::from_secs(30),
        talk: Duration::from_secs(12),
        after_verdict: Some(Duration::from_millis(600)),
        dialect: Some(Dialect::Own),
        sound: Sound::of(&[]),
        network: Network::default(),
    };
    let target = Address {
        address: node_at,
        ..loopback
    };
    screen.title(seed, args, [carrier_at, node_at]);
    let dialer = simulate::start_dialer(loopback.address, target, dialing, player, seed).await?;
    let plays = dialled
        .into_iter()
        .map(|(number, digits)| (number, repertoire.by_number(&digits).cloned()))
        .collect();
    let mut watch = Watch {
        began: Instant::now(),
        plays,
        outcomes: HashMap::new(),
        reports: HashMap::new(),
        score: Score::default(),
        calls,
        begun: 0,
        latest: None,
    };
    let mut outcomes = dialer.outcomes;
    watch.follow(&mut screen, &mut outcomes, news).await;
    screen.clear();
    dialer.handle.shutdown().await;
    let text = watch.score.text();
    screen.summary(&text);
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

/// Whom to call, and the digits of what each meets: each play once before any comes again, in an order by chance, so that
/// a short demonstration shows much.
fn numbers(repertoire: &Repertoire, calls: usize, seed: u64) -> Vec<(String, String)> {
    let mut rng = Rng::new(seed ^ 0xd1a1);
    let mut deck: Vec<&Play> = Vec::new();
    let mut numbers = Vec::with_capacity(calls);
    for place in 0..calls {
        if deck.is_empty() {
            deck = repertoire.plays.iter().collect();
        }
        let play = deck.swap_remove(rng.below(deck.len()));
        numbers.push((
            format!("7900{:05}{}", place + 1, play.digits),
            play.digits.clone(),
        ));
    }
    numbers
}

fn local(locals: &[(Protocol, std::net::SocketAddr)]) -> Result<std::net::SocketAddr, Fault> {
    let first = locals.first().map(|(_, local)| *local);
    first.ok_or_else(|| fault("find the address of a socket"))
}

/// Follows the calls from both sides.
struct Watch {
    began: Instant,
    plays: HashMap<String, Option<Play>>,
    outcomes: HashMap<String, (Instant, Outcome)>,
    reports: HashMap<String, Box<CallReport>>,
    score: Score,
    calls: usize,
    begun: usize,
    latest: Option<String>,
}

impl Watch {
    async fn follow(
        &mut self,
        screen: &mut Screen,
        outcomes: &mut mpsc::UnboundedReceiver<Outcome>,
        mut news: mpsc::Receiver<Notice>,
    ) {
        let mut redraw = tokio::time::interval(REDRAW);
        while self.score.calls() < self.calls {
            tokio::select! {
                Some(outcome) = outcomes.recv() => {
                    self.outcomes.insert(outcome.number.clone(), (Instant::now(), outcome));
                }
                Some(notice) = news.recv() => self.on_notice(notice),
                _ = redraw.tick() => {}
            }
            for finished in self.finished(Instant::now()) {
                screen.call(&finished, self.began.elapsed());
                self.score.add(&finished);
            }
            screen.foot(self.calls, self.begun, self.score.calls(), self.latest.as_deref());
        }
    }

    fn on_notice(&mut self, notice: Notice) {
        match notice {
            Notice::Began { .. } => self.begun += 1,
            Notice::Told { telling, .. } => {
                if let Some(class) = telling.told.class() {
                    self.latest = Some(class.as_str().to_owned());
                }
            }
            Notice::Ended(report) => {
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
                let play = self.plays.remove(&number).flatten()?;
                Some(Finished::of(play, outcome, report.as_deref()))
            })
            .collect()
    }
}
