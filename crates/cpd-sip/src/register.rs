//! Being reachable at a registrar: a REGISTER client as a state machine.
//!
//! It gives requests without a Via, for a transaction to send, and takes what becomes of them. It refreshes before the
//! binding lapses, answers challenges, asks for longer when told 423, and waits longer after each failure as RFC 5626,
//! 4.5 has it.
//!
//! ```
//! use cpd_sip::register::{Output, Registration, RegistrationConfig};
//! use cpd_sip::{Message, digest::{Client, Secret}};
//! # let now = now();
//! # fn now() -> std::time::Instant { std::time::Instant::now() }
//! let config = RegistrationConfig {
//!     registrar: "sip:carrier.example".into(),
//!     address: "sip:trunk@carrier.example".into(),
//!     contact: "<sip:trunk@192.0.2.1:5060>".into(),
//!     expires_s: 3600,
//! };
//! let client = Client::new("trunk", Secret::password("s3cret"));
//! let mut registration = Registration::new(now, config, client, [1; 32]);
//! let Some(Output::Send(request)) = registration.poll_output() else { panic!() };
//! let mut answer = Message::reply(&request, 200, "");
//! answer.push("Contact", b"<sip:trunk@192.0.2.1:5060>;expires=600");
//! registration.handle_response(now, &answer);
//! assert!(matches!(registration.poll_output(), Some(Output::Registered { expires_s: 600, .. })));
//! assert!(registration.deadline().unwrap() < now + std::time::Duration::from_secs(600));
//! ```

use crate::digest::{Client, Step};
use crate::headers::Address;
use crate::message::{Message, Method, Name};
use crate::random::Random;
use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

/// The longest registration that is asked for after 423: a day.
const EXPIRES_S_MAX: u32 = 86_400;

/// A refresh goes out after 75 to 90 % of the time granted: time for two repetitions, and not all trunks at once.
const REFRESH_PERCENT: [u32; 2] = [75, 90];

/// RFC 5626, 4.5: 30 s doubled with each failure, the first included, up to 1800 s, of which 50 to 100 % are waited:
/// 30 to 60 s, 1 to 2 min, … 15 to 30 min.
const BACK_OFF_S: u32 = 30;
const BACK_OFF_S_MAX: u32 = 1800;

/// How often one attempt may be answered with 401 or 423 before it counts as failed.
const ROUNDS_MAX: u32 = 6;

/// Who registers where.
#[derive(Clone)]
pub struct RegistrationConfig {
    /// The Request-URI: the registrar's domain.
    pub registrar: String,
    /// The address that is registered.
    pub address: String,
    /// The Contact's value, brackets and parameters included.
    pub contact: String,
    /// How long to ask for. 3600 s, 60 s to a day; registrars often grant less.
    pub expires_s: u32,
}

/// Hides the numbers.
impl fmt::Debug for RegistrationConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistrationConfig (for {} s)", self.expires_s)
    }
}

/// Why the registration is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No answer, or no way to send.
    Unreachable,
    /// A final response that grants nothing.
    Refused {
        /// Its status.
        status: u16,
    },
    /// The password was refused, or no challenge could be answered.
    Credentials,
    /// A 200 that does not list our Contact.
    NotKept,
}

/// What to do, and what happened.
pub enum Output {
    /// Send this in a new transaction; a Via is missing in it.
    Send(Message),
    /// The binding stands.
    Registered {
        /// For how long.
        expires_s: u32,
        /// The routes for our own requests (RFC 3608), as they stand.
        service_route: Vec<Vec<u8>>,
    },
    /// An attempt failed; the next follows by itself.
    Failed {
        /// Why.
        trouble: Trouble,
        /// When the next is made.
        retry_at: Instant,
        /// True while the last binding still stands.
        registered: bool,
    },
    /// The last binding ran out: calls do not reach us any more.
    Lapsed,
    /// The binding was removed, or nobody answered to that.
    Stopped,
}

/// Hides who it is about.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Output::Send(request) => write!(f, "Send {request:?}"),
            Output::Registered { expires_s, .. } => write!(f, "Registered for {expires_s} s"),
            Output::Failed { trouble, .. } => write!(f, "Failed: {trouble:?}"),
            Output::Lapsed => f.write_str("Lapsed"),
            Output::Stopped => f.write_str("Stopped"),
        }
    }
}

/// One registration.
pub struct Registration {
    config: RegistrationConfig,
    client: Client,
    random: Random,
    call_id: [u8; 16],
    tag: [u8; 16],
    cseq: u32,
    expires_s: u32,
    state: State,
    /// Until when the last binding stands.
    bound_until: Option<Instant>,
    /// Failures in a row.
    failures: u32,
    output: VecDeque<Output>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Waits for the answer to the request with our latest CSeq.
    Asking {
        round: u32,
    },
    /// Waits to ask again.
    Waiting {
        until: Instant,
    },
    /// Waits for the answer to `Expires: 0`.
    Stopping {
        round: u32,
    },
    Stopped,
}

impl Registration {
    /// Begins to register at once. The seed makes Call-ID, tag and client nonces.
    pub fn new(now: Instant, config: RegistrationConfig, client: Client, seed: [u8; 32]) -> Registration {
        let mut random = Random::new(seed);
        let mut registration = Registration {
            call_id: random.token(),
            tag: random.token(),
            cseq: 0,
            expires_s: config.expires_s.clamp(1, EXPIRES_S_MAX),
            state: State::Waiting { until: now },
            bound_until: None,
            failures: 0,
            output: VecDeque::new(),
            config,
            client,
            random,
        };
        registration.ask(0);
        registration
    }

    /// What to do next; call it until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.output.pop_front()
    }

    /// When to call [`handle_timeout`](Registration::handle_timeout).
    pub fn deadline(&self) -> Option<Instant> {
        let ask = match self.state {
            State::Waiting { until } => Some(until),
            State::Asking { .. } | State::Stopping { .. } | State::Stopped => None,
        };
        [ask, self.bound_until].into_iter().flatten().min()
    }

    /// True while a binding stands.
    pub fn is_registered(&self) -> bool {
        self.bound_until.is_some()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.bound_until.is_some_and(|until| until <= now) {
            self.bound_until = None;
            match self.state {
                State::Asking { .. } | State::Waiting { .. } => self.output.push_back(Output::Lapsed),
                State::Stopping { .. } | State::Stopped => {}
            }
        }
        if let State::Waiting { until } = self.state
            && until <= now
        {
            self.ask(0);
        }
    }

    /// A response came. One that answers no open request is passed over.
    pub fn handle_response(&mut self, now: Instant, response: &Message) {
        let ours = response.cseq().is_ok_and(|cseq| cseq.number == self.cseq);
        let (stopping, round) = match self.state {
            State::Asking { round } => (false, round),
            State::Stopping { round } => (true, round),
            State::Waiting { .. } | State::Stopped => return,
        };
        let status = response.status();
        if !ours || status < 200 {
            return;
        }
        if !matches!(status, 401 | 407) {
            self.client.on_accepted();
        }
        match status {
            401 | 407 => self.on_challenge(now, response, stopping, round),
            _ if stopping => self.stopped(),
            200..300 => self.on_granted(now, response),
            423 => self.on_too_brief(now, response, round),
            _ => {
                let at_least = response.retry_after().map_or(0, |retry| retry.seconds);
                self.fail(now, Trouble::Refused { status }, at_least);
            }
        }
    }

    /// The request got no answer or could not be sent.
    pub fn handle_failure(&mut self, now: Instant) {
        match self.state {
            State::Asking { .. } => self.fail(now, Trouble::Unreachable, 0),
            State::Stopping { .. } => self.stopped(),
            State::Waiting { .. } | State::Stopped => {}
        }
    }

    /// Registers at once: the address of our socket has changed, or the operator wishes it.
    pub fn refresh(&mut self) {
        match self.state {
            State::Waiting { .. } => self.ask(0),
            State::Asking { .. } | State::Stopping { .. } | State::Stopped => {}
        }
    }

    /// Removes the binding. An answer that is still awaited is passed over.
    pub fn stop(&mut self) {
        match self.state {
            State::Stopping { .. } | State::Stopped => {}
            // What was asked for may have been granted without our knowing.
            State::Asking { .. } => self.send_stop(0),
            State::Waiting { .. } if self.is_registered() => self.send_stop(0),
            State::Waiting { .. } => self.stopped(),
        }
    }

    fn ask(&mut self, round: u32) {
        self.state = State::Asking { round };
        self.send(self.expires_s);
    }

    fn send_stop(&mut self, round: u32) {
        self.state = State::Stopping { round };
        self.send(0);
    }

    fn send(&mut self, expires_s: u32) {
        self.cseq += 1;
        let address = &self.config.address;
        let mut request = Message::request(Method::Register, self.config.registrar.as_bytes());
        request.push_fmt(Name::MAX_FORWARDS, format_args!("70"));
        let tag = String::from_utf8_lossy(&self.tag);
        request.push_fmt(Name::FROM, format_args!("<{address}>;tag={tag}"));
        request.push_fmt(Name::TO, format_args!("<{address}>"));
        request.push(Name::CALL_ID, &self.call_id);
        request.push_fmt(Name::CSEQ, format_args!("{} REGISTER", self.cseq));
        request.push(Name::CONTACT, self.config.contact.as_bytes());
        request.push_fmt(Name::EXPIRES, format_args!("{expires_s}"));
        request.push(Name::SUPPORTED, b"path");
        request.push(Name::CONTENT_LENGTH, b"0");
        self.client.authorize(&mut request);
        self.output.push_back(Output::Send(request));
    }

    fn on_challenge(&mut self, now: Instant, response: &Message, stopping: bool, round: u32) {
        let cnonce = self.random.token();
        let step = self
            .client
            .on_challenge(response, &String::from_utf8_lossy(&cnonce));
        match (step, stopping) {
            (Step::Retry, false) if round < ROUNDS_MAX => self.ask(round + 1),
            (Step::Retry, true) if round < ROUNDS_MAX => self.send_stop(round + 1),
            (Step::Retry | Step::Refused | Step::Unanswerable, true) => self.stopped(),
            // A wrong password stays wrong until somebody changes it, and too many tries lock an account.
            (Step::Retry | Step::Refused | Step::Unanswerable, false) => {
                self.fail(now, Trouble::Credentials, BACK_OFF_S_MAX / 2);
            }
        }
    }

    fn on_granted(&mut self, now: Instant, response: &Message) {
        let Some(expires_s) = self.granted(response).filter(|&seconds| seconds > 0) else {
            self.bound_until = None;
            return self.fail(now, Trouble::NotKept, 0);
        };
        self.failures = 0;
        // A binding of years is a mistake somewhere; a day is refreshed early enough.
        let expires_s = expires_s.min(EXPIRES_S_MAX);
        self.bound_until = Some(now + Duration::from_secs(expires_s.into()));
        let [from, to] = REFRESH_PERCENT.map(|percent| expires_s * percent * 10);
        let until = now + self.random.wait(from, to);
        self.state = State::Waiting { until };
        let service_route = response.values(Name::SERVICE_ROUTE).map(<[u8]>::to_vec).collect();
        self.output.push_back(Output::Registered {
            expires_s,
            service_route,
        });
    }

    /// Seconds granted to our own Contact: a registrar lists those of other devices too (RFC 3261, 10.2.4).
    fn granted(&self, response: &Message) -> Option<u32> {
        let ours = Address::parse(self.config.contact.as_bytes()).ok()?.uri().ok()?;
        let listed = response
            .addresses(Name::CONTACT)
            .filter_map(Result::ok)
            .find(|contact| contact.uri().is_ok_and(|uri| uri.equals(&ours)))?;
        let own = listed.params.get("expires").and_then(crate::scan::number);
        own.or_else(|| response.expires()).or(Some(self.expires_s))
    }

    fn on_too_brief(&mut self, now: Instant, response: &Message, round: u32) {
        let least = response
            .header(Name::MIN_EXPIRES)
            .and_then(crate::scan::number::<u32>);
        match least {
            Some(least) if least > self.expires_s && least <= EXPIRES_S_MAX && round < ROUNDS_MAX => {
                self.expires_s = least;
                self.ask(round + 1);
            }
            Some(_) | None => self.fail(now, Trouble::Refused { status: 423 }, 0),
        }
    }

    fn fail(&mut self, now: Instant, trouble: Trouble, at_least_s: u32) {
        self.failures = self.failures.saturating_add(1);
        let doubled = BACK_OFF_S.saturating_mul(1 << self.failures.min(16));
        let longest_ms = doubled.min(BACK_OFF_S_MAX) * 1000;
        // A day bounds what a server can ask for.
        let least = Duration::from_secs(at_least_s.min(EXPIRES_S_MAX).into());
        let until = now + self.random.wait(longest_ms / 2, longest_ms).max(least);
        self.state = State::Waiting { until };
        self.output.push_back(Output::Failed {
            trouble,
            retry_at: until,
            registered: self.is_registered(),
        });
    }

    fn stopped(&mut self) {
        self.state = State::Stopped;
        self.bound_until = None;
        self.output.push_back(Output::Stopped);
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "any start will do")]
mod tests;
