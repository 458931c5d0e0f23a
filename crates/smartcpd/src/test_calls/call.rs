//! One test call, from the sockets of both ends to the node's last word.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use cpd_sim::carrier::Play;
use cpd_sim::stream::{Network, Sound};
use cpd_sip::transport::Protocol;
use cpd_store::Uuid;
use serde_json::Value;
use tokio::sync::{mpsc::UnboundedReceiver, oneshot};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{Ends, Fault, Means, Plays, State, TestCalls, Told};
use crate::live::What;
use crate::serve::config::owned::Trunks;
use crate::serve::guest::{Guest, Lending, Order};
use crate::simulate::args::Address;
use crate::simulate::carrier::{Plan, Served};
use crate::simulate::dialer::{Dialing, Outcome};
use crate::simulate::player::Player;
use crate::simulate::{self, Dialect, RunningCarrier, RunningDialer};

/// How long the node has to know a customer that was just made: it looks every 2 s.
const KNOWN: Duration = Duration::from_secs(10);
/// How long the node has to take the INVITE. On one machine that is a matter of ms; UDP sends it again after 0.5, 1 and 2 s.
const TAKEN: Duration = Duration::from_secs(5);
/// How long it may ring, and how long it is answered at most: the greeting of the voicemail and its beep take 20 s.
const RINGS: Duration = Duration::from_secs(20);
const TALKS: Duration = Duration::from_secs(40);
/// How long the whole may take from the INVITE on; the trunks go somewhat later.
const WHOLE: Duration = Duration::from_secs(70);
/// How long both ends have for their last word when the node has told its own, and the other way round: it waits some seconds for
/// its ports to be silent.
const REST: Duration = Duration::from_secs(8);
/// How long a node that has answered has to tell that it took the call.
const GRACE: Duration = Duration::from_secs(1);
/// When the dialer hangs up after it was told who answered, or of the beep.
const AFTER_VERDICT: Duration = Duration::from_millis(600);
/// A number that no country has, with the digits of the play behind it, and who calls.
const CALLEE: &str = "700000000";
const CALLER: &str = "70000000000";
/// Events that are looked at in one turn.
const BATCH: usize = 512;

/// Where the node is called, and where it hears.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    protocol: Protocol,
    node: SocketAddr,
    ear: Option<IpAddr>,
}

impl Place {
    /// Finds it, or says what is missing.
    pub(super) fn of(lending: &Lending) -> Result<Place, String> {
        let (protocol, node) = lending.door()?;
        let ear = lending.ear()?;
        Ok(Place { protocol, node, ear })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.protocol.via().to_ascii_lowercase(), self.node)
    }
}

/// Why it came to nothing.
type Failed = (Fault, String);

/// Makes it. What is known of it is told to `calls` as it goes.
pub(super) async fn make(
    calls: TestCalls,
    means: Means,
    place: Place,
    owner: &str,
    (id, plays): (Uuid, Plays),
) {
    let run = Run {
        calls,
        means,
        place,
        owner,
        id,
        plays,
    };
    if let Err((fault, why)) = run.go().await {
        run.calls.change(id, |call| {
            call.state = State::Failed;
            call.fault = Some(fault);
            call.why = Some(why);
        });
    }
}

struct Run<'a> {
    calls: TestCalls,
    means: Means,
    place: Place,
    owner: &'a str,
    id: Uuid,
    plays: Plays,
}

impl Run<'_> {
    async fn go(&self) -> Result<(), Failed> {
        let trunks = self.known().await?;
        let (plays, seed) = (self.plays, simulate::clock_seed());
        let play = tokio::task::spawn_blocking(move || Play::of(plays.digits(), seed)).await;
        let play = play
            .ok()
            .flatten()
            .ok_or_else(|| peers("make the sound of the call"))?;
        let expected = play.truth.classes.iter().map(|&class| class.to_owned()).collect();
        self.calls.change(self.id, |call| call.expected = expected);
        if let Some(folder) = &self.means.recordings {
            let folder = folder.join(self.owner);
            std::fs::create_dir_all(&folder).map_err(|why| {
                let words = crate::fault::system_words(&why);
                peers(format_args!("make the folder {}: {words}", folder.display()))
            })?;
        }
        let player = Player::start().map_err(|why| peers(format_args!("start the RTP thread: {why}")))?;
        let player = player.near(self.place.ear);
        let from = loopback();
        let own = Address {
            protocol: self.place.protocol,
            address: (from, 0).into(),
        };
        let plan = Plan::Only(Arc::new(play));
        let mut carrier = simulate::start_carrier(own, plan, Network::default(), player.clone(), seed)
            .await
            .map_err(peers)?;
        let done = self.through(trunks, from, &mut carrier, player).await;
        carrier.handle.shutdown().await;
        done
    }

    /// The customer, as soon as the node knows it: its record is to be the customer's.
    async fn known(&self) -> Result<Arc<Trunks>, Failed> {
        let mut customers = self.means.customers.clone();
        let is_known = |all: &Vec<Arc<Trunks>>| all.iter().any(|one| one.owner == self.owner);
        let found = timeout_at(Instant::now() + KNOWN, customers.wait_for(is_known)).await;
        let found = found.ok().and_then(Result::ok);
        let found = found.and_then(|all| all.iter().find(|one| one.owner == self.owner).cloned());
        found.ok_or_else(|| {
            let why =
                "the node does not know this customer yet; is the customer paused, or the database away?";
            (Fault::NotLent, why.to_owned())
        })
    }

    /// Borrows the trunks, calls, and gives them back.
    async fn through(
        &self,
        trunks: Arc<Trunks>,
        from: Ipv4Addr,
        carrier: &mut RunningCarrier,
        player: Player,
    ) -> Result<(), Failed> {
        let number = format!("{CALLEE}{}", self.plays.digits());
        let at = carrier.handle.locals().first().map(|(_, at)| *at);
        let at = at.ok_or_else(|| peers("find the carrier's address"))?;
        let transport = match self.place.protocol {
            Protocol::Tcp => ";transport=tcp",
            Protocol::Udp | Protocol::Tls | Protocol::Ws | Protocol::Wss => "",
        };
        let guest = Guest {
            trunks,
            from,
            number: number.clone(),
            carrier: format!("sip:{at}{transport}"),
        };
        let gone = |_| (Fault::NotLent, "the node has ended".to_owned());
        // Gone with this function, it gives the trunks back.
        let (_back, back) = oneshot::channel();
        let (lent, answer) = oneshot::channel();
        let order = Order { guest, lent, back };
        self.means
            .lending
            .orders
            .send(order)
            .await
            .map_err(|_| gone(()))?;
        let lent = answer.await.map_err(|_| gone(()))?;
        lent.map_err(|why| (Fault::NotLent, why.to_owned()))?;

        let after = self.means.live.last();
        let dialing = Dialing {
            numbers: vec![number],
            caller: CALLER.to_owned(),
            calls: 1,
            rate: 1.0,
            at_once: 1,
            ring: RINGS,
            talk: TALKS,
            after_verdict: Some(AFTER_VERDICT),
            dialect: Some(Dialect::Own),
            sound: Sound::of(&[]),
            network: Network::default(),
        };
        let target = Address {
            protocol: self.place.protocol,
            address: self.place.node,
        };
        let bind = SocketAddr::from((from, 0));
        let dialer = simulate::start_dialer(bind, target, dialing, player, simulate::clock_seed());
        let mut dialer = dialer.await.map_err(peers)?;
        self.calls.change(self.id, |call| call.state = State::Calling);
        let done = self.follow(after, &mut dialer, &mut carrier.served).await;
        dialer.handle.shutdown().await;
        done
    }

    /// Reads what the node and both ends tell, until the node and the dialer have told the end.
    async fn follow(
        &self,
        mut after: u64,
        dialer: &mut RunningDialer,
        served: &mut UnboundedReceiver<Served>,
    ) -> Result<(), Failed> {
        let began = Instant::now();
        let mut limit = began + WHOLE;
        let mut news = self.means.live.news();
        let mut node = Heard::default();
        let (mut dialled, mut sent) = (None, None);
        news.mark_changed();
        while !(node.over && dialled.is_some() && sent.is_some()) {
            let taken = if node.name.is_none() { began + TAKEN } else { limit };
            tokio::select! {
                changed = news.changed() => match changed {
                    Ok(()) => after = self.listen(after, &mut node),
                    Err(_) => break,
                },
                Some(outcome) = dialer.outcomes.recv(), if dialled.is_none() => {
                    // Of what the node never took it will tell nothing.
                    limit = limit.min(Instant::now() + if node.name.is_some() { REST } else { GRACE });
                    dialled = Some(outcome);
                }
                Some(one) = served.recv(), if sent.is_none() => sent = Some(one.packets.0),
                () = sleep_until(taken.min(limit)) => break,
            }
            if node.over {
                limit = limit.min(Instant::now() + REST);
            }
        }
        // What came at the same time as the last word.
        self.listen(after, &mut node);
        let ends = dialled.as_ref().map(|outcome| ends(outcome, sent));
        self.calls.change(self.id, |call| call.ends = ends);
        match (node.over, node.name.is_some(), &dialled) {
            (true, ..) => {
                self.calls.change(self.id, |call| call.state = State::Over);
                Ok(())
            }
            (false, false, Some(outcome)) if outcome.status != 0 => {
                let why = format!("the node answered {} {}", outcome.status, outcome.phrase);
                Err((Fault::Refused, why))
            }
            (false, false, _) => {
                let why = format!(
                    "nothing answers the INVITE at {} within {} s; does [sip] deny name 127.0.0.0/8, or a firewall keep loopback?",
                    self.place,
                    TAKEN.as_secs()
                );
                Err((Fault::Unreachable, why))
            }
            (false, true, _) => {
                let why = format!("the call was taken and did not end within {} s", WHOLE.as_secs());
                Err((Fault::Late, why))
            }
        }
    }

    /// Takes the events of our call; gives back where to read on.
    fn listen(&self, mut after: u64, node: &mut Heard) -> u64 {
        let dialer = Guest::id(self.owner);
        loop {
            let batch = self.means.live.after(after, Some(self.owner), BATCH);
            for event in &batch.events {
                let data = event.what.data(false);
                match &event.what {
                    What::Began { dialer: own, .. } if **own == *dialer => {
                        node.name = data["name"].as_str().map(str::to_owned);
                        self.calls.change(self.id, |call| {
                            call.state = State::Arrived;
                            call.name.clone_from(&node.name);
                        });
                    }
                    What::Told { call, .. } if node.name.as_deref() == Some(&**call) => {
                        if let Ok(told) = serde_json::from_value::<Told>(data) {
                            self.calls.change(self.id, |call| call.told.push(told));
                        }
                    }
                    What::Ended(_)
                        if node.name.is_some() && data["name"].as_str() == node.name.as_deref() =>
                    {
                        node.over = true;
                        self.calls.change(self.id, |call| ended(call, &data));
                    }
                    What::Began { .. }
                    | What::Told { .. }
                    | What::Ended(_)
                    | What::Refused { .. }
                    | What::Gateway { .. }
                    | What::Registration { .. }
                    | What::Stream { .. } => {}
                }
            }
            let more = batch.next != after && batch.next < self.means.live.last();
            after = batch.next;
            if !more {
                return after;
            }
        }
    }
}

/// What the node told.
#[derive(Default)]
struct Heard {
    name: Option<String>,
    over: bool,
}

/// The end of a call, as the live event has it.
fn ended(call: &mut super::TestCall, data: &Value) {
    let text = |key: &str| data[key].as_str().map(str::to_owned);
    call.call = data["id"].as_str().and_then(|id| id.parse().ok());
    call.class = text("class");
    call.phase = text("phase");
    call.confidence = data["confidence"].as_f64();
    call.ended_by = text("ended_by");
}

fn ends(outcome: &Outcome, sent: Option<u64>) -> Ends {
    Ends {
        status: outcome.status,
        phrase: outcome.phrase.clone(),
        rang_ms: outcome.rang_ms,
        answered_ms: outcome.answered_ms,
        ended_ms: outcome.ended_ms,
        rtp_sent: sent.unwrap_or(0),
        rtp_received: outcome.received,
    }
}

fn peers(why: impl fmt::Display) -> Failed {
    let why = why.to_string();
    let why = why.strip_prefix("failed to ").unwrap_or(&why);
    (Fault::Peers, format!("failed to {why}"))
}

/// An address of loopback for one call: away from those that machines use themselves (127.0.0.1, 127.0.0.53, 127.0.1.1).
fn loopback() -> Ipv4Addr {
    let [one, two, ..] = *Uuid::new_v4().as_bytes();
    Ipv4Addr::new(127, 100, one, two.clamp(1, 254))
}
