//! Thousands of calls over a network that loses, delays, reorders and repeats, with both users acting at random times.
//!
//! Whatever happens: each INVITE has one outcome, each dialog that was told of ends once, each request has one answer,
//! each 2xx that arrives gets an ACK, and in the end nothing is left over. A failing seed prints itself; run it alone with
//! `RACES_SEED=n cargo test -p cpd-sip --test races`;
//! `RACES_TIMES=n` plays n times as many seeds.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use cpd_sip::dialog::SessionWish;
use cpd_sip::endpoint::{
    CallId, DialogId, Forks, InviteOptions, Reliability, RequestId, ServerId, UserError,
};
use cpd_sip::message::Method;
use cpd_sip::transport::Protocol;
use cpd_sip::{Config, Fact};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// splitmix64: enough for a test, and its seed is one number.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

/// What a user does at some time.
enum Act {
    Call,
    Cancel(CallId),
    Progress(DialogId, u16, bool),
    Answer(DialogId, u16),
    Request(DialogId, Method),
    Respond(ServerId, u16),
    Ack(DialogId),
    Prack(DialogId),
    Bye(DialogId),
}

struct Weather {
    loss: u64,
    repeat: u64,
    delay_ms: u64,
    protocol: Protocol,
    fork: bool,
}

/// Who acknowledges what: Call-ID, CSeq number and To tag.
type Answered = (Vec<u8>, u32, Vec<u8>);

#[derive(Default)]
struct Seen {
    arrived: BTreeSet<Answered>,
    acknowledged: BTreeSet<Answered>,
}

struct Play {
    net: Net,
    dice: Dice,
    acts: BTreeMap<(Instant, u64), (usize, Act)>,
    order: u64,
    seen: Rc<RefCell<Seen>>,
    calls: HashMap<CallId, u32>,
    dialogs: [HashMap<DialogId, u32>; 3],
    requests: [HashSet<RequestId>; 3],
    outcomes: BTreeMap<String, u32>,
}

fn play(seed: u64, calls: u64, weather: &Weather) -> BTreeMap<String, u32> {
    let mut dice = Dice(seed);
    let mut config = Config {
        ring_limit: Duration::from_secs(20),
        answer_limit: Duration::from_secs(60),
        ..Config::default()
    };
    if dice.percent(30) {
        config.session = Some(SessionWish {
            expires_s: 90,
            min_se_s: 90,
            refresher: None,
        });
    }
    let mut b = config.clone();
    if dice.percent(50) {
        b.allow.retain(|method| method != "UPDATE");
    }
    let mut net = Net::with(config, b, weather.protocol, seed);
    if weather.fork {
        net.fork();
    }
    let seen = Rc::new(RefCell::new(Seen::default()));
    net.fate = fate(dice.clone(), weather, seen.clone());
    let mut play = Play {
        net,
        dice,
        acts: BTreeMap::new(),
        order: 0,
        seen,
        calls: HashMap::new(),
        dialogs: Default::default(),
        requests: Default::default(),
        outcomes: BTreeMap::new(),
    };
    for _ in 0..calls {
        let at = play.dice.below(10_000);
        play.plan(A, at, Act::Call);
    }
    play.run();
    play.check();
    play.outcomes
}

/// Rolls the dice for each packet, and notes 2xx that arrive and ACKs that are sent.
fn fate(mut dice: Dice, weather: &Weather, seen: Rc<RefCell<Seen>>) -> Fate {
    let (loss, repeat, delay_ms) = (weather.loss, weather.repeat, weather.delay_ms);
    Box::new(move |_, message| {
        let cseq = message.cseq().unwrap();
        let tag = message.to().unwrap().tag().unwrap_or_default().to_vec();
        let which = (message.call_id().unwrap().to_vec(), cseq.number, tag);
        let mut arrivals = Vec::new();
        if !dice.percent(loss) {
            arrivals.push(Duration::from_millis(5 + dice.below(delay_ms)));
            if dice.percent(repeat) {
                arrivals.push(Duration::from_millis(5 + dice.below(3 * delay_ms)));
            }
        }
        let answer = cseq.method == Method::Invite && (200..300).contains(&message.status());
        if answer && !arrivals.is_empty() {
            seen.borrow_mut().arrived.insert(which);
        } else if message.method() == Some(&Method::Ack) {
            seen.borrow_mut().acknowledged.insert(which);
        }
        arrivals
    })
}

impl Play {
    fn plan(&mut self, end: usize, after_ms: u64, act: Act) {
        self.order += 1;
        self.acts.insert(
            (self.net.now + Duration::from_millis(after_ms), self.order),
            (end, act),
        );
    }

    fn run(&mut self) {
        let end = self.net.now + Duration::from_secs(3600);
        loop {
            let next = self.acts.first_key_value().map_or(end, |((at, _), _)| *at);
            while self.net.step(next) {
                self.listen();
            }
            self.listen();
            if self.net.now >= end {
                return;
            }
            if let Some(first) = self
                .acts
                .first_entry()
                .filter(|first| first.key().0 <= self.net.now)
            {
                let (end, act) = first.remove();
                self.act(end, act);
                self.net.drain();
                self.listen();
            }
        }
    }

    fn act(&mut self, end: usize, act: Act) {
        let now = self.net.now;
        let done = match act {
            Act::Call => {
                self.call();
                Ok(())
            }
            Act::Cancel(call) => self.net.ends[end].cancel(now, call, b""),
            Act::Progress(dialog, status, sure) => {
                let sdp = (status == 183).then_some(ANSWER);
                let draft = if sure {
                    reliable(status, sdp)
                } else {
                    response(status, sdp)
                };
                self.net.ends[end].answer(now, dialog, &draft)
            }
            Act::Answer(dialog, status) => {
                self.net.ends[end].answer(now, dialog, &response(status, (status == 200).then_some(ANSWER)))
            }
            Act::Request(dialog, method) => {
                let sdp = matches!(method, Method::Invite | Method::Update).then_some(OFFER);
                let draft = request(method, sdp.filter(|_| self.dice.percent(80)));
                self.net.ends[end].request(now, dialog, &draft).map(|id| {
                    self.requests[end].insert(id);
                })
            }
            Act::Respond(server, status) => {
                self.net.ends[end].respond(now, server, &response(status, (status == 200).then_some(ANSWER)))
            }
            Act::Ack(dialog) => self.net.ends[end].ack(now, dialog, "application/sdp", ANSWER.as_bytes()),
            Act::Prack(dialog) => self.net.ends[end].prack(now, dialog, "application/sdp", ANSWER.as_bytes()),
            Act::Bye(dialog) => self.net.ends[end].bye(now, dialog, None),
        };
        if let Err(UserError::Draft(what)) = done {
            panic!("{what}");
        }
    }

    fn call(&mut self) {
        let reliability =
            [Reliability::Absent, Reliability::Supported, Reliability::Required][self.dice.below(3) as usize];
        let session = self.dice.percent(30).then_some(SessionWish {
            expires_s: 120,
            min_se_s: 90,
            refresher: None,
        });
        let forks = if self.dice.percent(50) {
            Forks::First
        } else {
            Forks::All
        };
        let draft = invite(self.dice.percent(85).then_some(OFFER));
        let flow = self.net.flow(A);
        let options = InviteOptions {
            reliability,
            session,
            forks,
            credentials: None,
        };
        let call = self.net.ends[A]
            .invite(self.net.now, flow, &draft, options)
            .unwrap();
        self.calls.insert(call, 0);
        if self.dice.percent(30) {
            let at = self.dice.below(4000);
            self.plan(A, at, Act::Cancel(call));
        }
    }

    /// Both users react to what they hear.
    fn listen(&mut self) {
        for end in [A, B, C] {
            while let Some(fact) = self.net.facts[end].pop_front() {
                self.hear(end, fact);
            }
        }
    }

    fn hear(&mut self, end: usize, fact: Fact) {
        match fact {
            Fact::Invited { dialog, .. } => {
                self.begin(end, dialog);
                let mut at = 0;
                for _ in 0..self.dice.below(4) {
                    at += self.dice.below(800);
                    let status = [180, 183][self.dice.below(2) as usize];
                    let sure = self.dice.percent(60);
                    self.plan(end, at, Act::Progress(dialog, status, sure));
                }
                if self.dice.percent(90) {
                    let status = if self.dice.percent(75) { 200 } else { 486 };
                    let at = at + self.dice.below(3000);
                    self.plan(end, at, Act::Answer(dialog, status));
                }
                self.live(end, dialog);
            }
            Fact::Progress {
                dialog, prack_wanted, ..
            } => {
                if let Some(dialog) = dialog {
                    self.dialogs[end].entry(dialog).or_insert(0);
                    if prack_wanted && self.dice.percent(90) {
                        self.plan(end, 50, Act::Prack(dialog));
                    }
                }
            }
            Fact::Answered {
                call,
                dialog,
                ack_wanted,
                ..
            } => {
                *self.calls.get_mut(&call).unwrap() += 1;
                *self.outcomes.entry("answered".into()).or_default() += 1;
                self.dialogs[end].entry(dialog).or_insert(0);
                if ack_wanted && self.dice.percent(90) {
                    self.plan(end, 50, Act::Ack(dialog));
                }
                self.live(end, dialog);
            }
            Fact::Failed { call, failure, .. } => {
                *self.calls.get_mut(&call).unwrap() += 1;
                *self.outcomes.entry(format!("{failure:?}")).or_default() += 1;
            }
            Fact::Request { server, dialog, .. } => {
                assert!(
                    dialog.is_none_or(|dialog| self.dialogs[end][&dialog] == 0),
                    "a request in an ended dialog"
                );
                if self.dice.percent(95) {
                    let (at, status) = (
                        self.dice.below(1000),
                        if self.dice.percent(85) { 200 } else { 488 },
                    );
                    self.plan(end, at, Act::Respond(server, status));
                }
            }
            Fact::Response {
                request,
                dialog,
                ack_wanted,
                ..
            } => {
                assert!(self.requests[end].remove(&request), "a second response");
                if let Some(dialog) = dialog.filter(|_| ack_wanted) {
                    self.plan(end, 50, Act::Ack(dialog));
                }
            }
            Fact::Ended { dialog, ending, .. } => {
                let ends = self.dialogs[end]
                    .get_mut(&dialog)
                    .expect("a dialog that was told of");
                *ends += 1;
                assert_eq!(*ends, 1, "ended twice");
                *self.outcomes.entry(format!("{ending:?}")).or_default() += 1;
            }
            Fact::Acknowledged { .. } | Fact::Pracked { .. } | Fact::Refreshed { .. } => {}
        }
    }

    fn begin(&mut self, end: usize, dialog: DialogId) {
        assert!(self.dialogs[end].insert(dialog, 0).is_none());
    }

    /// What a user may do with a dialog: some of it too early, some too late. In the end somebody hangs up.
    fn live(&mut self, end: usize, dialog: DialogId) {
        for method in [Method::Invite, Method::Update, Method::Info, Method::Invite] {
            if self.dice.percent(25) {
                let at = self.dice.below(9000);
                self.plan(end, at, Act::Request(dialog, method));
            }
        }
        if self.dice.percent(70) {
            let at = self.dice.below(10_000);
            self.plan(end, at, Act::Bye(dialog));
        }
        let at = 200_000 + self.dice.below(100_000);
        self.plan(end, at, Act::Bye(dialog));
    }

    fn check(&self) {
        for end in [A, B, C] {
            assert_eq!(
                self.net.ends[end].counts(),
                Default::default(),
                "end {end} keeps something"
            );
            assert!(self.requests[end].is_empty(), "requests without answer");
            for (dialog, ends) in &self.dialogs[end] {
                assert_eq!(*ends, 1, "{dialog:?} of end {end}");
            }
        }
        for (call, outcomes) in &self.calls {
            assert!(*outcomes >= 1, "{call:?} has no outcome");
        }
        let seen = self.seen.borrow();
        let missing: Vec<_> = seen.arrived.difference(&seen.acknowledged).collect();
        assert!(missing.is_empty(), "2xx without ACK: {missing:?}");
    }
}

/// Plays each seed, and says which one fails.
fn seeds(count: u64, calls: u64, weather: &Weather) -> BTreeMap<String, u32> {
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    let many = number("RACES_TIMES").unwrap_or(1);
    let mut outcomes = BTreeMap::new();
    for seed in number("RACES_SEED").map_or(0..count * many, |seed| seed..seed + 1) {
        let played = std::panic::catch_unwind(|| play(seed, calls, weather));
        let played = played.unwrap_or_else(|_| panic!("RACES_SEED={seed} fails"));
        for (outcome, times) in played {
            *outcomes.entry(outcome).or_default() += times;
        }
    }
    println!("{outcomes:?}");
    outcomes
}

/// The plays are worth something only if every kind of ending occurs in them.
fn covers(outcomes: &BTreeMap<String, u32>, endings: &[&str]) {
    if std::env::var("RACES_SEED").is_ok() {
        return;
    }
    for ending in endings {
        assert!(outcomes.contains_key(*ending), "no {ending} in {outcomes:?}");
    }
}

const DRY: Weather = Weather {
    loss: 0,
    repeat: 0,
    delay_ms: 30,
    protocol: Protocol::Udp,
    fork: false,
};

#[test]
fn races_on_a_good_network() {
    let outcomes = seeds(30, 50, &DRY);
    covers(
        &outcomes,
        &[
            "answered",
            "Refused",
            "Cancelled",
            "TimedOut",
            "Local",
            "Remote",
            "NotAnswered",
        ],
    );
}

#[test]
fn races_on_a_connection() {
    seeds(
        20,
        50,
        &Weather {
            protocol: Protocol::Tcp,
            ..DRY
        },
    );
}

#[test]
fn races_with_a_tenth_lost_both_ways() {
    let outcomes = seeds(
        60,
        50,
        &Weather {
            loss: 10,
            repeat: 5,
            delay_ms: 200,
            ..DRY
        },
    );
    covers(
        &outcomes,
        &[
            "answered",
            "Refused",
            "Cancelled",
            "TimedOut",
            "Local",
            "Remote",
            "NotAnswered",
        ],
    );
    // Only users who never answered an offer leave an ACK out for good.
    assert!(
        outcomes.get("NoAck").unwrap_or(&0) * 50 < outcomes["answered"],
        "{outcomes:?}"
    );
}

#[test]
fn races_with_forks_that_both_answer() {
    let outcomes = seeds(
        40,
        30,
        &Weather {
            loss: 10,
            repeat: 5,
            delay_ms: 100,
            fork: true,
            ..DRY
        },
    );
    covers(&outcomes, &["answered", "OtherFork"]);
}

#[test]
fn equal_seeds_play_equally() {
    let weather = Weather {
        loss: 10,
        repeat: 5,
        delay_ms: 200,
        ..DRY
    };
    assert_eq!(play(7, 20, &weather), play(7, 20, &weather));
}

#[test]
fn races_where_answers_take_longer_than_the_first_repeats() {
    let outcomes = seeds(
        30,
        30,
        &Weather {
            loss: 20,
            repeat: 20,
            delay_ms: 1500,
            ..DRY
        },
    );
    covers(
        &outcomes,
        &[
            "answered",
            "Refused",
            "Cancelled",
            "TimedOut",
            "Local",
            "Remote",
            "NotAnswered",
        ],
    );
}
