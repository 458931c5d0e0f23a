//! The simulated carrier: takes every INVITE and does with it what its plan says.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_b2bua::transport::User;
use cpd_sim::Rng;
use cpd_sim::carrier::{Play, Repertoire, Signal};
use cpd_sim::stream::{Network, Stream};
use cpd_sip::endpoint::{DialogId, Ending, ServerId};
use cpd_sip::message::{Message, Method, Name};
use cpd_sip::transport::Flow;
use cpd_sip::{Endpoint, Fact};
use tokio::sync::mpsc::UnboundedSender;

use super::player::{Leg, Player};

const SDP: &str = "application/sdp";

/// Which play a call gets.
pub(crate) enum Plan {
    /// By the number's last digits, else by chance.
    Repertoire(Arc<Repertoire>),
    /// Always this one.
    Only(Arc<Play>),
    /// Recordings in the order of their list: the number is counted from its last digits (…000 is the first).
    Recordings(Arc<Vec<Play>>),
}

impl Plan {
    fn of(&self, number: &str, rng: &mut Rng) -> Option<Play> {
        match self {
            Plan::Repertoire(repertoire) => repertoire
                .by_number(number)
                .or_else(|| repertoire.draw(rng))
                .cloned(),
            Plan::Only(play) => Some(Play::clone(play)),
            Plan::Recordings(plays) => {
                let digits: String = number.chars().filter(char::is_ascii_digit).collect();
                let tail = &digits[digits.len().saturating_sub(6)..];
                let place = tail.parse::<usize>().unwrap_or(0) % plays.len().max(1);
                plays.get(place).cloned()
            }
        }
    }
}

/// A call that the carrier had.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    /// The number called.
    pub(crate) number: String,
    /// What was played.
    pub(crate) title: String,
    /// How it ended, in words.
    pub(crate) end: String,
    /// How long it was.
    pub(crate) length: Duration,
    /// RTP packets sent and received.
    pub(crate) packets: (u64, u64),
}

struct Call {
    number: String,
    play: Play,
    began: Instant,
    next: usize,
    leg: Leg,
    /// The offer came in the INVITE; otherwise we offer, and the ACK or PRACK answers.
    answer: Option<Vec<u8>>,
    /// We described ourselves in a response.
    described: bool,
    queued: Option<Instant>,
}

/// The carrier, as a transport's user.
pub(crate) struct Carrier {
    plan: Plan,
    network: Network,
    player: Player,
    rng: Rng,
    calls: HashMap<DialogId, Call>,
    timers: BTreeSet<(Instant, DialogId)>,
    served: UnboundedSender<Served>,
    next: u64,
}

impl Carrier {
    /// A carrier without calls. Those that are over are told to `served`.
    pub(crate) fn new(
        plan: Plan,
        network: Network,
        player: Player,
        seed: u64,
        served: UnboundedSender<Served>,
    ) -> Carrier {
        Carrier {
            plan,
            network,
            player,
            rng: Rng::new(seed),
            calls: HashMap::new(),
            timers: BTreeSet::new(),
            served,
            next: 1 << 32,
        }
    }

    fn on_invited(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        dialog: DialogId,
        request: &Message,
        flow: Flow,
    ) {
        let number = number(request);
        let refuse = |endpoint: &mut Endpoint, status, why: &str| {
            let mut draft = Message::response(status, "");
            draft.push_fmt(Name::WARNING, format_args!("399 simulated \"{why}\""));
            // A caller that is gone needs no refusal.
            let _ = endpoint.answer(now, dialog, &draft);
        };
        let Some(play) = self.plan.of(&number, &mut self.rng) else {
            return refuse(endpoint, 404, "nothing to play");
        };
        // A caller that is gone is sent nothing.
        let _ = endpoint.set_symmetric(dialog, self.player.is_near());
        self.next += 1;
        let mut leg = match Leg::open(&self.player, self.next, flow.local.ip()) {
            Ok(leg) => leg,
            Err(why) => return refuse(endpoint, 500, &why.to_string()),
        };
        let answer = match request.part(SDP).filter(|body| !body.is_empty()) {
            None => None,
            Some(offer) => match leg.answer(offer) {
                Ok(answer) => Some(answer),
                Err(why) => return refuse(endpoint, 488, &why),
            },
        };
        let call = Call {
            number,
            play,
            began: now,
            next: 0,
            leg,
            answer,
            described: false,
            queued: None,
        };
        self.calls.insert(dialog, call);
        self.queue(dialog);
    }

    /// Notes when the call's next step is due.
    fn queue(&mut self, dialog: DialogId) {
        let Some(call) = self.calls.get_mut(&dialog) else {
            return;
        };
        if let Some(at) = call.queued.take() {
            self.timers.remove(&(at, dialog));
        }
        let step = call.play.steps.get(call.next);
        if let Some(step) = step {
            let at = call.began + Duration::from_millis(step.at_ms.into());
            self.timers.insert((at, dialog));
            call.queued = Some(at);
        }
    }

    fn step(&mut self, now: Instant, endpoint: &mut Endpoint, dialog: DialogId) {
        let Some(call) = self.calls.get_mut(&dialog) else {
            return;
        };
        call.queued = None;
        let Some(step) = call.play.steps.get(call.next) else {
            return;
        };
        call.next += 1;
        let (status, describes) = match step.signal {
            Signal::Ringing => (180, false),
            Signal::Progress => (183, false),
            Signal::Early | Signal::EarlyReliable => (183, true),
            Signal::Answer => (200, true),
            Signal::Refuse(status) => (status, false),
            Signal::HangUp => {
                // Not yet acknowledged, or over: the endpoint waits for the ACK by itself.
                let _ = endpoint.bye(now, dialog, None);
                return;
            }
        };
        let mut draft = Message::response(status, "");
        if step.signal == Signal::EarlyReliable {
            draft.push(Name::REQUIRE, b"100rel");
        }
        let reliable = step.signal == Signal::EarlyReliable || status == 200;
        if describes {
            match &call.answer {
                Some(answer) => draft.set_body(SDP, answer),
                // An offer of ours may stand in the first reliable response only (RFC 3261, 13.2.1).
                None if reliable && !call.described => {
                    let offer = call.leg.offer();
                    draft.set_body(SDP, &offer);
                }
                None => {}
            }
            call.described = true;
        }
        // A call that was given up meanwhile ends by itself.
        let _ = endpoint.answer(now, dialog, &draft);
        self.begin_sound(now, dialog);
        self.queue(dialog);
    }

    /// The sound begins as soon as both have described themselves.
    fn begin_sound(&mut self, now: Instant, dialog: DialogId) {
        let network = self.network;
        if let Some(call) = self.calls.get_mut(&dialog)
            && call.described
            && call.leg.can_play()
            && !call.leg.plays()
        {
            let seed = self.rng.bits();
            let sound = call.play.sound.clone();
            call.leg
                .play(|law, payload_type| Stream::new(now, sound, law, payload_type, seed, network));
        }
    }

    fn on_request(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        server: ServerId,
        dialog: Option<DialogId>,
        request: &Message,
    ) {
        let leg = dialog
            .and_then(|dialog| self.calls.get_mut(&dialog))
            .map(|call| &mut call.leg);
        respond(now, endpoint, server, leg, request);
    }

    fn on_ended(&mut self, now: Instant, dialog: DialogId, ending: Ending) {
        let Some(call) = self.calls.remove(&dialog) else {
            return;
        };
        if let Some(at) = call.queued {
            self.timers.remove(&(at, dialog));
        }
        let end = match ending {
            Ending::NotAnswered => match call.play.steps.last().map(|step| step.signal) {
                Some(Signal::Refuse(status)) => format!("refused with {status}"),
                _ => "never answered".to_owned(),
            },
            Ending::Local => "hung up".to_owned(),
            Ending::Remote => "hung up by the caller".to_owned(),
            Ending::Cancelled => "cancelled by the caller".to_owned(),
            Ending::OtherFork => "answered elsewhere".to_owned(),
            Ending::NoAck => "no ACK came".to_owned(),
            Ending::NoPrack => "no PRACK came".to_owned(),
            Ending::SessionExpired => "the session expired".to_owned(),
            Ending::Lost => "the caller is gone".to_owned(),
        };
        // Who reads may have left.
        let _ = self.served.send(Served {
            end,
            length: now.saturating_duration_since(call.began),
            packets: (call.leg.counts.sent(), call.leg.counts.received()),
            number: call.number,
            title: call.play.title,
        });
    }
}

/// Answers a request in a dialog, or outside: descriptions by our own, all else by 200.
pub(super) fn respond(
    now: Instant,
    endpoint: &mut Endpoint,
    server: ServerId,
    leg: Option<&mut Leg>,
    request: &Message,
) {
    let mut draft = Message::response(200, "");
    let invite = request.method() == Some(&Method::Invite);
    match (request.part(SDP).filter(|body| !body.is_empty()), leg) {
        (Some(offer), Some(leg)) => match leg.answer(offer) {
            Ok(answer) => draft.set_body(SDP, &answer),
            Err(_) => draft = Message::response(488, ""),
        },
        (None, Some(leg)) if invite => {
            let offer = leg.offer();
            draft.set_body(SDP, &offer);
        }
        _ => {}
    }
    // The dialog may be over.
    let _ = endpoint.respond(now, server, &draft);
}

/// The user part of the number called.
fn number(request: &Message) -> String {
    let uri = cpd_sip::Uri::parse(request.uri()).ok();
    uri.map(|uri| String::from_utf8_lossy(uri.number()).into_owned())
        .unwrap_or_default()
}

impl User for Carrier {
    fn on_fact(&mut self, now: Instant, endpoint: &mut Endpoint, fact: Fact) {
        match fact {
            Fact::Invited {
                dialog,
                request,
                flow,
            } => self.on_invited(now, endpoint, dialog, &request, flow),
            Fact::Request {
                server,
                dialog,
                request,
                ..
            } => self.on_request(now, endpoint, server, dialog, &request),
            Fact::Acknowledged { dialog, request } | Fact::Pracked { dialog, request } => {
                if let Some(call) = self.calls.get_mut(&dialog)
                    && let Some(answer) = request.part(SDP)
                {
                    call.leg.answered(answer);
                }
                self.begin_sound(now, dialog);
            }
            Fact::Ended { dialog, ending, .. } => self.on_ended(now, dialog, ending),
            // We make no calls, and refresh nothing.
            Fact::Progress { .. }
            | Fact::Answered { .. }
            | Fact::Failed { .. }
            | Fact::Refreshed { .. }
            | Fact::Response { .. } => {}
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.timers.first().map(|(at, _)| *at)
    }

    fn on_timeout(&mut self, now: Instant, endpoint: &mut Endpoint) {
        while let Some(&(at, dialog)) = self.timers.first().filter(|(at, _)| *at <= now) {
            self.timers.remove(&(at, dialog));
            self.step(now, endpoint, dialog);
        }
    }
}

/// Plays of recordings: as each is listed, with its answer where it was.
pub(crate) fn recordings(path: &std::path::Path) -> Result<Vec<Play>, crate::fault::Fault> {
    let calls = crate::calls::Calls::read(path)?;
    let files: Vec<PathBuf> = calls.files().collect();
    let mut plays = Vec::new();
    for file in files {
        let recording = crate::audio::read(&file, &crate::audio::Reading::default())?;
        let samples = recording.into_iter().next().unwrap_or_default().samples;
        let answer_ms = calls.find(&file).and_then(crate::calls::Call::answered_at_ms);
        plays.push(recording_play(&file.to_string_lossy(), &samples, answer_ms));
    }
    Ok(plays)
}

/// A recording that is over and was never answered is refused, an answered one is hung up on.
pub(crate) fn recording_play(title: &str, samples: &[i16], answer_ms: Option<u64>) -> Play {
    use cpd_sim::carrier::{Step, Truth};
    let length_ms = (samples.len() / 8) as u32;
    let step = |at_ms, signal| Step { at_ms, signal };
    let mut steps = Vec::new();
    let answer_ms = answer_ms.map(|ms| ms.min(length_ms.into()) as u32);
    if answer_ms != Some(0) {
        steps.push(step(0, Signal::Early));
    }
    match answer_ms {
        Some(at) => steps.extend([step(at, Signal::Answer), step(length_ms + 2_000, Signal::HangUp)]),
        None => steps.push(step(length_ms + 500, Signal::Refuse(480))),
    }
    Play {
        digits: String::new(),
        title: title.to_owned(),
        weight: 1,
        steps,
        sound: cpd_sim::stream::Sound::of(samples),
        truth: Truth {
            classes: &[],
            prompt: None,
        },
    }
}
