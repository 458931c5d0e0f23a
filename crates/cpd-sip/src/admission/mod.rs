//! Who may speak, and how much, before any state is made for it.
//!
//! An [`AddressList`] tells whether a source is trusted, denied or limited; a token bucket for each limited source
//! bounds what it costs. The caller asks [`Admission::treatment`] before it parses and [`Admission::admit`] behind
//! that, when it knows what it holds.
//!
//! A bucket that is empty answers new calls with 503 and Retry-After; it may go into debt for that, down to one more
//! burst. Beyond it nothing is answered at all, for an answer to a flood is a second flood, maybe to a forged address.
//! What belongs to calls that stand costs a tenth and passes for as long as there is room for debt: a source that dials
//! too fast can still hang up.
//!
//! ```
//! use cpd_sip::admission::{Admission, AdmissionConfig, AddressList, Load, Treatment, Verdict};
//! # let now = now();
//! # fn now() -> std::time::Instant { std::time::Instant::now() }
//! let mut list = AddressList::new(Treatment::Limited);
//! list.set("192.0.2.0/24".parse().unwrap(), Treatment::Denied);
//! list.set("192.0.2.7".parse().unwrap(), Treatment::Trusted);
//! let mut admission = Admission::new(AdmissionConfig { calls_per_second: 1, burst: 2 }, list);
//!
//! let mut invite = |source: &str| admission.admit(now, source.parse().unwrap(), Load::Call);
//! assert_eq!(invite("192.0.2.7"), Verdict::Accept);
//! assert_eq!(invite("192.0.2.8"), Verdict::Drop);
//! assert_eq!(invite("198.51.100.1"), Verdict::Accept);
//! assert_eq!(invite("198.51.100.1"), Verdict::Accept);
//! assert_eq!(invite("198.51.100.1"), Verdict::Reject { retry_after_s: 1 });
//! ```

mod list;

pub use list::{AddressList, BadNetwork, Network, Treatment};

use crate::message::{Message, Name};
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Sources whose buckets are kept, in two generations of half as many; about 64 bytes each, 4 MB in all. Carriers and
/// dialers of one node are hundreds. A source is forgotten only when this many halves of others spoke since it did, and
/// forgetting fills its bucket again: that many sources at once are a forgery that no bucket per source can hold.
const SOURCES_MAX: usize = 65_536;

/// The longest wait that is asked for: a busy source should come back, and not give up.
const RETRY_AFTER_S_MAX: u32 = 60;

/// Token thousandths that a message costs.
const CALL_COST: i64 = 1000;
const OTHER_COST: i64 = 100;

/// What a limited source may do.
#[derive(Clone, Copy, Debug)]
pub struct AdmissionConfig {
    /// Requests outside dialogs, in the long run. 1 to 10,000.
    pub calls_per_second: u32,
    /// How many may come at once. 1 to 100,000; twice the rate lets a dialer's bursts through.
    pub burst: u32,
}

impl Default for AdmissionConfig {
    fn default() -> Self {
        AdmissionConfig {
            calls_per_second: 50,
            burst: 100,
        }
    }
}

/// What a message asks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// A request that would make state and can be answered: one without a To tag, but no ACK and no CANCEL.
    Call,
    /// Anything else: within a dialog, a response, an ACK, what could not be parsed.
    Other,
}

impl Load {
    /// Of a message that was parsed.
    pub fn of(message: &Message) -> Load {
        use crate::Method::{Ack, Cancel};
        match message.method() {
            None | Some(Ack | Cancel) => Load::Other,
            Some(_) if message.to().is_ok_and(|to| to.tag().is_some()) => Load::Other,
            Some(_) => Load::Call,
        }
    }
}

/// What to do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Process it.
    Accept,
    /// Forget it without an answer.
    Drop,
    /// Answer 503 without making a transaction: see [`reject`].
    Reject {
        /// For Retry-After.
        retry_after_s: u32,
    },
}

/// How often each verdict was given, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Accepted, from trusted sources too.
    pub accepted: u64,
    /// Answered with 503.
    pub rejected: u64,
    /// Dropped because the source is denied.
    pub denied: u64,
    /// Dropped because the source goes on beyond its debt.
    pub flooded: u64,
    /// Buckets that were forgotten to make room.
    pub evicted: u64,
}

/// Decides before any state is made.
pub struct Admission {
    config: AdmissionConfig,
    list: AddressList,
    /// Sources that spoke lately; when half of [`SOURCES_MAX`] are in it, it becomes `old`.
    young: HashMap<IpAddr, Bucket>,
    old: HashMap<IpAddr, Bucket>,
    counters: Counters,
}

#[derive(Clone, Copy)]
struct Bucket {
    /// Thousandths of a token; below zero it is in debt.
    tokens: i64,
    filled: Instant,
}

impl Admission {
    /// With empty buckets.
    pub fn new(config: AdmissionConfig, list: AddressList) -> Self {
        Admission {
            config,
            list,
            young: HashMap::new(),
            old: HashMap::new(),
            counters: Counters::default(),
        }
    }

    /// Replaces the list; buckets stay.
    pub fn set_list(&mut self, list: AddressList) {
        self.list = list;
    }

    /// How a source is treated: what is denied need not even be parsed.
    pub fn treatment(&self, source: IpAddr) -> Treatment {
        self.list.treatment(source)
    }

    /// The counters since the start.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Decides about one message and charges its source.
    pub fn admit(&mut self, now: Instant, source: IpAddr, load: Load) -> Verdict {
        let verdict = match self.list.treatment(source) {
            Treatment::Trusted => Verdict::Accept,
            Treatment::Denied => {
                self.counters.denied += 1;
                return Verdict::Drop;
            }
            Treatment::Limited => self.charge(now, source, load),
        };
        match verdict {
            Verdict::Accept => self.counters.accepted += 1,
            Verdict::Reject { .. } => self.counters.rejected += 1,
            Verdict::Drop => self.counters.flooded += 1,
        }
        verdict
    }

    fn charge(&mut self, now: Instant, source: IpAddr, load: Load) -> Verdict {
        let full = i64::from(self.config.burst.max(1)) * CALL_COST;
        let rate = i64::from(self.config.calls_per_second.max(1));
        let bucket = self.bucket(now, source, full);
        bucket.fill(now, rate, full);
        let cost = match load {
            Load::Call => CALL_COST,
            Load::Other => OTHER_COST,
        };
        if bucket.tokens - cost < -full {
            return Verdict::Drop;
        }
        bucket.tokens -= cost;
        match load {
            Load::Call if bucket.tokens < 0 => {
                // Thousandths at `rate` a millisecond.
                let wait_ms = (-bucket.tokens + rate - 1) / rate;
                let retry_after_s = (wait_ms as u32).div_ceil(1000).clamp(1, RETRY_AFTER_S_MAX);
                Verdict::Reject { retry_after_s }
            }
            Load::Call | Load::Other => Verdict::Accept,
        }
    }

    fn bucket(&mut self, now: Instant, source: IpAddr, full: i64) -> &mut Bucket {
        let owner = owner(source);
        if !self.young.contains_key(&owner) && self.young.len() >= SOURCES_MAX / 2 {
            self.counters.evicted += self.old.len() as u64;
            self.old = std::mem::take(&mut self.young);
        }
        let old = &mut self.old;
        self.young.entry(owner).or_insert_with(|| {
            old.remove(&owner).unwrap_or(Bucket {
                tokens: full,
                filled: now,
            })
        })
    }
}

impl Bucket {
    fn fill(&mut self, now: Instant, rate: i64, full: i64) {
        let whole_ms = now.saturating_duration_since(self.filled).as_millis() as u64;
        // An hour fills any bucket that is of use; the bound keeps the product small.
        let gained = whole_ms.min(3_600_000) as i64 * rate;
        self.tokens = (self.tokens + gained).min(full);
        // Parts of a millisecond stay on the clock.
        self.filled += Duration::from_millis(whole_ms);
    }
}

/// Whose bucket it is: an IPv4 address, or the /64 that one IPv6 host owns.
fn owner(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

/// The answer to a request that was not admitted.
pub fn reject(request: &Message, retry_after_s: u32) -> Message {
    let mut answer = Message::reply(request, 503, "");
    answer.push_fmt(Name::RETRY_AFTER, format_args!("{retry_after_s}"));
    answer
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "any start will do")]
mod tests {
    use super::*;

    const CONFIG: AdmissionConfig = AdmissionConfig {
        calls_per_second: 10,
        burst: 3,
    };

    fn admission() -> (Admission, Instant) {
        (
            Admission::new(CONFIG, AddressList::new(Treatment::Limited)),
            Instant::now(),
        )
    }

    fn source(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    #[test]
    fn a_bucket_empties_answers_and_falls_silent() {
        let (mut admission, now) = admission();
        let mut call = |at: Duration| admission.admit(now + at, source(1), Load::Call);
        for _ in 0..3 {
            assert_eq!(call(Duration::ZERO), Verdict::Accept);
        }
        for _ in 0..3 {
            assert_eq!(call(Duration::ZERO), Verdict::Reject { retry_after_s: 1 });
        }
        for _ in 0..99 {
            assert_eq!(call(Duration::ZERO), Verdict::Drop);
        }
        assert_eq!(call(Duration::from_millis(99)), Verdict::Drop);
        assert_eq!(
            call(Duration::from_millis(100)),
            Verdict::Reject { retry_after_s: 1 }
        );
        // The debt of three is paid after 300 ms, and 100 ms later there is a token.
        assert_eq!(call(Duration::from_millis(500)), Verdict::Accept);
        assert_eq!(
            call(Duration::from_millis(500)),
            Verdict::Reject { retry_after_s: 1 }
        );
        let counters = admission.counters();
        assert_eq!(
            (counters.accepted, counters.rejected, counters.flooded),
            (4, 5, 100)
        );
    }

    #[test]
    fn retry_after_tells_when_a_token_is_there() {
        let config = AdmissionConfig {
            calls_per_second: 1,
            burst: 100,
        };
        let mut admission = Admission::new(config, AddressList::new(Treatment::Limited));
        let now = Instant::now();
        let verdicts: Vec<_> = (0..200)
            .map(|_| admission.admit(now, source(1), Load::Call))
            .collect();
        assert_eq!(verdicts[99], Verdict::Accept);
        assert_eq!(verdicts[109], Verdict::Reject { retry_after_s: 10 });
        assert_eq!(verdicts[199], Verdict::Reject { retry_after_s: 60 });
    }

    #[test]
    fn who_dials_too_fast_can_still_hang_up() {
        let (mut admission, now) = admission();
        for _ in 0..4 {
            admission.admit(now, source(1), Load::Call);
        }
        for _ in 0..20 {
            assert_eq!(admission.admit(now, source(1), Load::Other), Verdict::Accept);
        }
        assert_eq!(admission.admit(now, source(1), Load::Other), Verdict::Drop);
        assert_eq!(admission.admit(now, source(2), Load::Call), Verdict::Accept);
    }

    #[test]
    fn parts_of_a_millisecond_are_not_lost() {
        let (mut admission, now) = admission();
        let mut accepted = 0;
        // 700 µs apart for 7 s at 10 a second: 70 calls and the burst, give or take the debt that refuses.
        for step in 0..10_000 {
            let at = now + Duration::from_micros(700) * step;
            accepted += i32::from(admission.admit(at, source(1), Load::Other) == Verdict::Accept);
        }
        assert_eq!(accepted, 700 + 30 + 30 - 1);
    }

    #[test]
    fn an_ipv6_host_owns_its_64_and_a_mapped_address_is_ipv4() {
        let (mut admission, now) = admission();
        let mut call = |source: &str| admission.admit(now, source.parse().unwrap(), Load::Call);
        for host in 1..=3 {
            assert_eq!(call(&format!("2001:db8::{host}")), Verdict::Accept);
        }
        assert_eq!(call("2001:db8::9:9"), Verdict::Reject { retry_after_s: 1 });
        assert_eq!(call("2001:db8:0:1::1"), Verdict::Accept);
        for source in ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"] {
            assert_eq!(call(source), Verdict::Accept);
        }
        assert_eq!(call("::ffff:192.0.2.1"), Verdict::Reject { retry_after_s: 1 });
    }

    #[test]
    fn the_table_is_bounded_and_keeps_who_speaks() {
        let (mut admission, now) = admission();
        for _ in 0..6 {
            admission.admit(now, source(0), Load::Call);
        }
        for number in 1..200_000 {
            admission.admit(now, source(number), Load::Call);
            if number % 1000 == 0 {
                assert_eq!(admission.admit(now, source(0), Load::Call), Verdict::Drop);
            }
            assert!(admission.young.len() + admission.old.len() <= SOURCES_MAX);
        }
        assert!(admission.counters().evicted > 100_000);
    }

    #[test]
    fn the_load_of_messages() {
        let load = |method: &str, to: &str| {
            let text = format!("{method} sip:a SIP/2.0\r\nTo: {to}\r\n\r\n");
            Load::of(&Message::parse_datagram(text.into_bytes()).unwrap())
        };
        assert_eq!(load("INVITE", "<sip:a>"), Load::Call);
        assert_eq!(load("OPTIONS", "nonsense <"), Load::Call);
        assert_eq!(load("INVITE", "<sip:a>;tag=1"), Load::Other);
        assert_eq!(load("ACK", "<sip:a>"), Load::Other);
        assert_eq!(load("CANCEL", "<sip:a>"), Load::Other);
        assert_eq!(Load::of(&Message::response(200, "")), Load::Other);
    }

    #[test]
    fn the_refusal_says_when_to_return() {
        let mut request = Message::request(crate::Method::Invite, b"sip:a");
        request.push(Name::CALL_ID, b"1");
        let answer = reject(&request, 7);
        assert_eq!(
            (answer.status(), answer.header(Name::RETRY_AFTER)),
            (503, Some(&b"7"[..]))
        );
        assert_eq!(answer.call_id().unwrap(), b"1");
    }
}
