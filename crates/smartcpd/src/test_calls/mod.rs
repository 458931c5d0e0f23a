//! Test calls: somebody who has no trunk yet hears how a call goes through the node.
//!
//! Nothing is painted: a pretended dialer calls the node's own socket from this machine, a pretended carrier answers, and SIP and
//! sound go the way of every call, through trunks that are [lent](crate::serve::guest) for it. What is told comes from the live events
//! of the node and from the dialer's side. [`call`] carries one out; here is what is known of the last ones.

mod call;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cpd_store::Uuid;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::live::Hub;
use crate::serve::config::owned::Trunks;
use crate::serve::guest::Lending;

/// Test calls that are remembered: of all customers of a node, the last 64.
const KEPT_MAX: usize = 64;

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Plays {
    /// It rings, and a person says hello.
    Person,
    /// It rings, a machine greets and beeps.
    Voicemail,
    /// A special information tone, "the number does not exist", then 404.
    NoSuchNumber,
    /// The busy tone, then 486.
    Busy,
}

impl Plays {
    /// The digits of the carrier's play.
    fn digits(self) -> &'static str {
        match self {
            Plays::Person => "10",
            Plays::Voicemail => "20",
            Plays::NoSuchNumber => "40",
            Plays::Busy => "30",
        }
    }

    /// In a word, for the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Plays::Person => "person",
            Plays::Voicemail => "voicemail",
            Plays::NoSuchNumber => "no_such_number",
            Plays::Busy => "busy",
        }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Sound is made, both ends open their sockets, trunks are lent.
    Preparing,
    /// The INVITE is on its way to the node.
    Calling,
    /// The node took it.
    Arrived,
    /// It is over, and the node told what it was.
    Over,
    /// It came to nothing; `why` says why.
    Failed,
}

impl State {
    fn is_under_way(self) -> bool {
        match self {
            State::Preparing | State::Calling | State::Arrived => true,
            State::Over | State::Failed => false,
        }
    }
}

/// What it came to nothing by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// The pretended dialer or carrier could not be begun.
    Peers,
    /// The node lends no trunks.
    NotLent,
    /// Nothing answers the INVITE.
    Unreachable,
    /// The node refused the call.
    Refused,
    /// It did not end in its time.
    Late,
}

/// Something that the node told of the call as it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Told {
    /// `early` or `answered`.
    phase: String,
    /// Ms from the first early media, or from the answer.
    t_ms: i64,
    /// What was judged.
    class: Option<String>,
    confidence: Option<f64>,
    /// `speech_start`, `greeting_end` or `beep`.
    event: Option<String>,
}

/// What the pretended dialer and carrier had of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Ends {
    /// The final response that the dialer got; 0: none.
    status: u16,
    phrase: String,
    /// First 18x, ms after the INVITE.
    rang_ms: Option<u64>,
    /// 200.
    answered_ms: Option<u64>,
    /// The end.
    ended_ms: u64,
    /// RTP packets that the carrier sent.
    rtp_sent: u64,
    /// RTP packets that the dialer got, through the node.
    rtp_received: u64,
}

/// A test call.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct TestCall {
    pub(crate) id: Uuid,
    #[serde(skip)]
    tenant: Uuid,
    plays: Plays,
    state: State,
    began_ms: i64,
    /// Where the node was called: `udp:127.0.0.1:5060`.
    at: String,
    /// What the call is called on the node.
    name: Option<String>,
    /// By which it is found among the calls; its row is written some seconds after the call.
    pub(crate) call: Option<Uuid>,
    /// What the node told, in order.
    told: Vec<Told>,
    /// The verdict that stands at the end.
    class: Option<String>,
    phase: Option<String>,
    confidence: Option<f64>,
    /// Verdicts that are right for what was played.
    expected: Vec<String>,
    /// Who ended it.
    ended_by: Option<String>,
    ends: Option<Ends>,
    fault: Option<Fault>,
    /// The fault in words.
    why: Option<String>,
}

/// What a node's test calls need.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) lending: Lending,
    /// Customers that the node knows, each time that one changed.
    pub(crate) customers: watch::Receiver<Vec<Arc<Trunks>>>,
    pub(crate) live: Arc<Hub>,
    /// The folder for recordings.
    pub(crate) recordings: Option<PathBuf>,
}

/// Why none is begun.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// One is under way: there is one at a time on a node.
    Busy,
    /// None can be made here, in words.
    Impossible(String),
}

/// Test calls of this node.
#[derive(Clone)]
pub(crate) struct TestCalls {
    means: Option<Means>,
    /// The newest last.
    kept: Arc<Mutex<VecDeque<TestCall>>>,
}

impl TestCalls {
    /// `None`: the node is not in this process, and none can be made.
    pub(crate) fn new(means: Option<Means>) -> TestCalls {
        TestCalls {
            means,
            kept: Arc::default(),
        }
    }

    /// Begins one of a customer (its short name, its id).
    pub(crate) fn begin(
        &self,
        owner: &str,
        tenant: Uuid,
        plays: Plays,
        now_ms: i64,
    ) -> Result<TestCall, Refusal> {
        let Some(means) = &self.means else {
            let why = "this process carries no calls: a test call is made by the console of `smartcpd serve`";
            return Err(Refusal::Impossible(why.to_owned()));
        };
        let place = call::Place::of(&means.lending).map_err(Refusal::Impossible)?;
        let call = self.note(tenant, plays, now_ms, place.to_string())?;
        let (own, means, owner, id) = (self.clone(), means.clone(), owner.to_owned(), call.id);
        tokio::spawn(async move { call::make(own, means, place, &owner, (id, plays)).await });
        Ok(call)
    }

    /// Remembers one that begins.
    pub(crate) fn note(
        &self,
        tenant: Uuid,
        plays: Plays,
        now_ms: i64,
        at: String,
    ) -> Result<TestCall, Refusal> {
        let mut kept = self.kept();
        if kept.iter().any(|call| call.state.is_under_way()) {
            return Err(Refusal::Busy);
        }
        let call = TestCall {
            id: Uuid::now_v7(),
            tenant,
            plays,
            state: State::Preparing,
            began_ms: now_ms,
            at,
            name: None,
            call: None,
            told: Vec::new(),
            class: None,
            phase: None,
            confidence: None,
            expected: Vec::new(),
            ended_by: None,
            ends: None,
            fault: None,
            why: None,
        };
        if kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(call.clone());
        Ok(call)
    }

    /// One of a customer's.
    pub(crate) fn find(&self, tenant: Uuid, id: Uuid) -> Option<TestCall> {
        let kept = self.kept();
        let mut found = kept.iter();
        found.find(|call| (call.tenant, call.id) == (tenant, id)).cloned()
    }

    /// Something more is known of one.
    fn change(&self, id: Uuid, change: impl FnOnce(&mut TestCall)) {
        if let Some(call) = self.kept().iter_mut().find(|call| call.id == id) {
            change(call);
        }
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<TestCall>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_at_a_time_and_each_is_its_customers() {
        let calls = TestCalls::new(None);
        let (acme, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let note = |tenant| calls.note(tenant, Plays::Person, 1, "udp:127.0.0.1:5060".to_owned());
        let first = note(acme).expect("begun");
        assert_eq!(note(other), Err(Refusal::Busy));
        calls.change(first.id, |call| call.state = State::Over);
        note(other).expect("begun");
        assert_eq!(
            calls.find(acme, first.id).map(|call| call.state),
            Some(State::Over)
        );
        assert_eq!(calls.find(other, first.id), None);
    }

    #[test]
    fn each_choice_is_a_play_of_the_carrier() {
        for plays in [Plays::Person, Plays::Voicemail, Plays::NoSuchNumber, Plays::Busy] {
            let play = cpd_sim::carrier::Play::of(plays.digits(), 1).expect("a play");
            assert!(!play.truth.classes.is_empty(), "{}", plays.as_str());
            assert_eq!(serde_json::to_value(plays).unwrap(), plays.as_str());
        }
    }
}
