//! The simulated dialer: makes calls at a rate, hears what they come to, hangs up.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use cpd_b2bua::transport::User;
use cpd_sim::Rng;
use cpd_sim::stream::{Network, Sound, Stream};
use cpd_sip::endpoint::{CallId, DialogId, Ending, Failure, InviteOptions};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::Flow;
use cpd_sip::{Endpoint, Fact};
use tokio::sync::mpsc::UnboundedSender;

use super::carrier::respond;
use super::dialect::{self, Dialect, Meaning};
use super::player::{Leg, Player};

const SDP: &str = "application/sdp";
/// Calls that are begun at one turn: a dialer that was held up goes on with its rate and does not burst.
const AT_ONCE: usize = 64;

/// What calls the dialer makes.
pub(crate) struct Dialing {
    /// Numbers, called in turn.
    pub(crate) numbers: Vec<String>,
    /// Who calls.
    pub(crate) caller: String,
    /// Calls in all.
    pub(crate) calls: usize,
    /// Calls a second.
    pub(crate) rate: f64,
    /// Calls at once; beyond them the next ones wait.
    pub(crate) at_once: usize,
    /// How long a call may ring.
    pub(crate) ring: Duration,
    /// How long an answered call lasts at most.
    pub(crate) talk: Duration,
    /// How long it goes on after it was told who answered, or, of a machine, after its beep; `None`: however long it is.
    pub(crate) after_verdict: Option<Duration>,
    /// What it asks for.
    pub(crate) dialect: Option<Dialect>,
    /// What it plays.
    pub(crate) sound: Sound,
    /// What happens to what it plays.
    pub(crate) network: Network,
}

/// What the dialer was told, and when.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// Ms since the INVITE.
    pub(crate) at_ms: u64,
    /// In which message: `183`, `200`, `INFO`, `BYE`, …
    pub(crate) by: String,
    /// The words: a header's value or a body.
    pub(crate) words: String,
}

/// How a call went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// 1, 2, …
    pub(crate) number_in_row: usize,
    /// The number called.
    pub(crate) number: String,
    /// The final response's status; 0: none came.
    pub(crate) status: u16,
    /// Its phrase, or why there is none.
    pub(crate) phrase: String,
    /// First 18x, ms after the INVITE.
    pub(crate) rang_ms: Option<u64>,
    /// First description from the other side.
    pub(crate) media_ms: Option<u64>,
    /// 200.
    pub(crate) answered_ms: Option<u64>,
    /// The end.
    pub(crate) ended_ms: u64,
    /// Who ended an answered call.
    pub(crate) ended_by: &'static str,
    /// Everything that was told of verdicts.
    pub(crate) told: Vec<Told>,
    /// RTP packets.
    pub(crate) sent: u64,
    /// RTP packets.
    pub(crate) received: u64,
    /// The call was lost: it ended as no call should.
    pub(crate) lost: Option<&'static str>,
}

struct Call {
    outcome: Outcome,
    began: Instant,
    leg: Leg,
    invite: CallId,
    dialog: Option<DialogId>,
    given_up: bool,
    due: Option<Instant>,
}

/// The dialer, as a transport's user.
pub(crate) struct Dialer {
    dialing: Dialing,
    flow: Flow,
    player: Player,
    rng: Rng,
    calls: HashMap<u64, Call>,
    invites: HashMap<CallId, u64>,
    dialogs: HashMap<DialogId, u64>,
    /// Early dialogs: INFO and UPDATE may come in them.
    early: HashMap<DialogId, u64>,
    timers: BTreeSet<(Instant, u64)>,
    begun: usize,
    next_at: Option<Instant>,
    first_at: Option<Instant>,
    last_at: Option<Instant>,
    outcomes: UnboundedSender<Outcome>,
}

impl Dialer {
    /// A dialer that waits for [`Dialer::begin`].
    pub(crate) fn new(
        dialing: Dialing,
        flow: Flow,
        player: Player,
        seed: u64,
        outcomes: UnboundedSender<Outcome>,
    ) -> Dialer {
        Dialer {
            dialing,
            flow,
            player,
            rng: Rng::new(seed),
            calls: HashMap::new(),
            invites: HashMap::new(),
            dialogs: HashMap::new(),
            early: HashMap::new(),
            timers: BTreeSet::new(),
            begun: 0,
            next_at: None,
            first_at: None,
            last_at: None,
            outcomes,
        }
    }

    /// Begins to call, this way.
    pub(crate) fn begin(&mut self, now: Instant, flow: Flow) {
        self.flow = flow;
        self.next_at = Some(now);
        self.first_at = Some(now);
    }

    /// Makes no further calls.
    pub(crate) fn cease(&mut self) {
        self.next_at = None;
        self.dialing.calls = self.begun;
    }

    /// How many calls were begun.
    pub(crate) fn begun(&self) -> usize {
        self.begun
    }

    /// How long it took to begin them.
    pub(crate) fn dialling(&self) -> Duration {
        let span = self.first_at.zip(self.last_at);
        span.map_or(Duration::ZERO, |(first, last)| {
            last.saturating_duration_since(first)
        })
    }

    fn call(&mut self, now: Instant, endpoint: &mut Endpoint) {
        let place = self.begun;
        self.begun += 1;
        self.last_at = Some(now);
        let numbers = &self.dialing.numbers;
        let number = numbers
            .get(place % numbers.len().max(1))
            .cloned()
            .unwrap_or_default();
        let outcome = Outcome {
            number_in_row: self.begun,
            number: number.clone(),
            ..Outcome::default()
        };
        let fail = |outcomes: &UnboundedSender<Outcome>, outcome: Outcome, phrase: String| {
            let _ = outcomes.send(Outcome {
                phrase,
                lost: Some("could not be made"),
                ..outcome
            });
        };
        let id = self.begun as u64;
        let mut leg = match Leg::open(&self.player, id, self.flow.local.ip()) {
            Ok(leg) => leg,
            Err(why) => return fail(&self.outcomes, outcome, format!("no media port: {why}")),
        };
        let offer = leg.offer();
        let draft = self.draft(&number, &offer, id);
        match endpoint.invite(now, self.flow, &draft, InviteOptions::default()) {
            Ok(invite) => {
                let call = Call {
                    outcome,
                    began: now,
                    leg,
                    invite,
                    dialog: None,
                    given_up: false,
                    due: None,
                };
                self.invites.insert(invite, id);
                self.calls.insert(id, call);
                self.wake(id, now + self.dialing.ring);
            }
            Err(why) => fail(&self.outcomes, outcome, why.to_string()),
        }
    }

    fn draft(&self, number: &str, offer: &[u8], id: u64) -> Message {
        let remote = self.flow.remote;
        let params = self.dialing.dialect.map_or("", dialect::uri_params);
        let uri = format!("sip:{number}@{remote}{params}");
        let mut draft = Message::request(Method::Invite, uri.as_bytes());
        draft.push_fmt(
            Name::FROM,
            format_args!("<sip:{}@{}>", self.dialing.caller, self.flow.local),
        );
        draft.push_fmt(Name::TO, format_args!("<sip:{number}@{remote}>"));
        match self.dialing.dialect {
            Some(dialect) => dialect::ask(dialect, &mut draft, offer, id),
            None => draft.set_body(SDP, offer),
        }
        draft
    }

    fn wake(&mut self, id: u64, at: Instant) {
        if let Some(call) = self.calls.get_mut(&id) {
            if let Some(old) = call.due.replace(at) {
                self.timers.remove(&(old, id));
            }
            self.timers.insert((at, id));
        }
    }

    /// What every response and request of the other side may bring: a description, a verdict.
    fn learn(&mut self, now: Instant, id: u64, message: &Message, by: &str) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let at_ms = ms(now, call.began);
        let told = dialect::told(message);
        let mut enough = false;
        for words in told {
            enough |= match dialect::meaning(&words) {
                Meaning::Verdict { machine } => !machine,
                Meaning::Beep => true,
                Meaning::Nothing => false,
            };
            if call.outcome.told.iter().all(|told| told.words != words) {
                call.outcome.told.push(Told {
                    at_ms,
                    by: by.to_owned(),
                    words,
                });
            }
        }
        if !message.is_request()
            && let Some(answer) = message.part(SDP).filter(|body| !body.is_empty())
        {
            call.outcome.media_ms.get_or_insert(at_ms);
            call.leg.answered(answer);
        }
        if call.leg.can_play() && !call.leg.plays() {
            let seed = self.rng.bits();
            let (sound, network) = (self.dialing.sound.clone(), self.dialing.network);
            call.leg
                .play(|law, payload_type| Stream::new(now, sound, law, payload_type, seed, network));
        }
        if let Some(after) = self
            .dialing
            .after_verdict
            .filter(|_| enough && call.dialog.is_some())
        {
            let at = now + after;
            if call.due.is_none_or(|due| at < due) {
                self.wake(id, at);
            }
        }
    }

    fn end(&mut self, now: Instant, id: u64, change: impl FnOnce(&mut Outcome)) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        if let Some(due) = call.due {
            self.timers.remove(&(due, id));
        }
        self.invites.remove(&call.invite);
        if let Some(dialog) = call.dialog {
            self.dialogs.remove(&dialog);
        }
        call.outcome.ended_ms = ms(now, call.began);
        call.outcome.sent = call.leg.counts.sent();
        call.outcome.received = call.leg.counts.received();
        change(&mut call.outcome);
        // Who reads may have left.
        let _ = self.outcomes.send(call.outcome);
    }

    fn on_failed(&mut self, now: Instant, invite: CallId, failure: Failure, response: Option<&Message>) {
        let Some(&id) = self.invites.get(&invite) else {
            return;
        };
        let given_up = self.calls.get(&id).is_some_and(|call| call.given_up);
        if let Some(response) = response {
            self.learn(now, id, response, &response.status().to_string());
        }
        self.end(now, id, |outcome| {
            let response = response.map(|response| (response.status(), text(response.reason())));
            let (status, phrase) = response.unwrap_or((0, String::new()));
            outcome.status = status;
            outcome.phrase = phrase;
            outcome.ended_by = "callee";
            match failure {
                Failure::Cancelled => outcome.ended_by = "caller",
                Failure::Refused if given_up => outcome.ended_by = "caller",
                Failure::Refused if matches!(status, 408 | 500..=599) => {
                    outcome.lost = Some("refused by the service");
                }
                Failure::Refused => {}
                Failure::TimedOut => outcome.lost = Some("no answer to the INVITE"),
                Failure::Unreachable => outcome.lost = Some("unreachable"),
            }
            if outcome.phrase.is_empty() {
                outcome.phrase = outcome.lost.unwrap_or("given up").to_owned();
            }
        });
    }

    fn on_ended(&mut self, now: Instant, dialog: DialogId, ending: Ending, message: Option<&Message>) {
        self.early.remove(&dialog);
        let Some(&id) = self.dialogs.get(&dialog) else {
            return;
        };
        if let Some(message) = message {
            self.learn(now, id, message, "BYE");
        }
        self.end(now, id, |outcome| {
            (outcome.ended_by, outcome.lost) = match ending {
                Ending::Local => ("caller", None),
                Ending::Remote => ("callee", None),
                Ending::SessionExpired => ("nobody", Some("the session expired")),
                Ending::Lost => ("nobody", Some("the other side is gone")),
                Ending::NoAck
                | Ending::NoPrack
                | Ending::NotAnswered
                | Ending::Cancelled
                | Ending::OtherFork => ("nobody", Some("ended before its answer was settled")),
            };
        });
    }

    fn on_due(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.due = None;
        match call.dialog {
            // Either may have met its like half-way; then the other side's word ends the call.
            Some(dialog) => {
                let _ = endpoint.bye(now, dialog, None);
            }
            None => {
                call.given_up = true;
                let _ = endpoint.cancel(now, call.invite, b"");
            }
        }
    }
}

impl User for Dialer {
    fn on_fact(&mut self, now: Instant, endpoint: &mut Endpoint, fact: Fact) {
        match fact {
            Fact::Progress {
                call,
                dialog,
                response,
                ..
            } => {
                if let Some(&id) = self.invites.get(&call) {
                    if let Some(dialog) = dialog {
                        self.early.insert(dialog, id);
                        // One that is over sends nothing.
                        let _ = endpoint.set_symmetric(dialog, self.player.is_near());
                    }
                    if let Some(call) = self.calls.get_mut(&id) {
                        call.outcome.rang_ms.get_or_insert(ms(now, call.began));
                    }
                    self.learn(now, id, &response, &response.status().to_string());
                }
            }
            Fact::Answered {
                call: invite,
                dialog,
                response,
                ..
            } => {
                let Some(&id) = self.invites.get(&invite) else {
                    return;
                };
                if let Some(call) = self.calls.get_mut(&id) {
                    call.dialog = Some(dialog);
                    let _ = endpoint.set_symmetric(dialog, self.player.is_near());
                    call.outcome.answered_ms = Some(ms(now, call.began));
                    call.outcome.status = response.status();
                    call.outcome.phrase = text(response.reason());
                    self.dialogs.insert(dialog, id);
                }
                self.wake(id, now + self.dialing.talk);
                self.learn(now, id, &response, "200");
            }
            Fact::Failed {
                call,
                failure,
                response,
            } => self.on_failed(now, call, failure, response.as_ref()),
            Fact::Request {
                server,
                dialog,
                request,
                ..
            } => {
                let id =
                    dialog.and_then(|dialog| self.dialogs.get(&dialog).or(self.early.get(&dialog)).copied());
                let leg = id
                    .and_then(|id| self.calls.get_mut(&id))
                    .map(|call| &mut call.leg);
                respond(now, endpoint, server, leg, &request);
                if let Some(id) = id {
                    let method = request.method().map(ToString::to_string).unwrap_or_default();
                    self.learn(now, id, &request, &method);
                }
            }
            Fact::Ended {
                dialog,
                ending,
                message,
            } => self.on_ended(now, dialog, ending, message.as_ref()),
            // We offer in every INVITE, so none of these brings an offer; sessions refresh themselves.
            Fact::Invited { .. }
            | Fact::Acknowledged { .. }
            | Fact::Pracked { .. }
            | Fact::Refreshed { .. }
            | Fact::Response { .. } => {}
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let calls = self.timers.first().map(|(at, _)| *at);
        [calls, self.next_at].into_iter().flatten().min()
    }

    fn on_timeout(&mut self, now: Instant, endpoint: &mut Endpoint) {
        while let Some(&(at, id)) = self.timers.first().filter(|(at, _)| *at <= now) {
            self.timers.remove(&(at, id));
            self.on_due(now, endpoint, id);
        }
        for _ in 0..AT_ONCE {
            if self.next_at.is_none_or(|at| at > now) {
                return;
            }
            if self.begun >= self.dialing.calls {
                self.next_at = None;
                return;
            }
            if self.calls.len() >= self.dialing.at_once {
                // As good as any time to look again: a hundredth of a second.
                self.next_at = Some(now + Duration::from_millis(10));
                return;
            }
            self.call(now, endpoint);
            let since = Duration::from_secs_f64(self.begun as f64 / self.dialing.rate);
            self.next_at = self.first_at.map(|first| first + since);
        }
    }
}

fn ms(now: Instant, from: Instant) -> u64 {
    now.saturating_duration_since(from).as_millis() as u64
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
