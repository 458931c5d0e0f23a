//! Who may have an acknowledgement, so that two machines which answer each other fall silent.
//!
//! Marks on a mail (`Auto-Submitted`, `X-Loop`) stop such talks, unless a desk or a gateway takes them off. Then only time helps: a
//! machine answers at once, so an address that was just told that its mail came is not told so again for a while. A stranger's while is
//! longer than that of somebody whom the desk knows and whose mail is verified. What is not acknowledged is registered all the same.

use std::collections::BTreeMap;

use super::address::Address;

/// How long an address is not acknowledged again, ms: two desks that look for mail each half hour are still silent after three mails.
const STRANGER_QUIET_MS: i64 = 60 * MINUTE_MS;
/// For somebody known: a person who reports two faults in turn is told both numbers; a machine that answers within two minutes is not.
const KNOWN_QUIET_MS: i64 = 5 * MINUTE_MS;
/// Acknowledgements of an address in a day. Talks slower than the silences above cost no more than these.
const STRANGER_DAY_MAX: u32 = 4;
const KNOWN_DAY_MAX: u32 = 20;
/// Strangers of one domain in an hour: whoever makes up senders would have us write to people who never wrote.
const DOMAIN_HOUR_MAX: u32 = 30;
/// All strangers in an hour, for the same reason.
const STRANGERS_HOUR_MAX: u32 = 300;
/// Addresses that are remembered, a day each: 300 strangers in each of 24 hours, and forty thousand known people. With more, nobody is
/// acknowledged until some are forgotten; about 10 MB.
const ADDRESSES_MAX: usize = 50_000;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Who wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Writer {
    /// Somebody of a customer, and the mail is verified to be theirs.
    Known,
    /// Anybody else.
    Stranger,
}

/// Why there is no acknowledgement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Silence {
    /// The address had one just now.
    JustNow,
    /// It had enough for a day.
    Day,
    /// Strangers of its domain had enough for an hour.
    Domain,
    /// Strangers had, or the memory is full.
    Everybody,
}

/// What was acknowledged lately.
#[derive(Clone, Debug, Default)]
pub struct Storm {
    addresses: BTreeMap<Address, Given>,
    /// Strangers of the hour, by domain.
    domains: BTreeMap<String, u32>,
    strangers: u32,
    hour_from_ms: i64,
    swept_ms: i64,
}

#[derive(Clone, Copy, Debug)]
struct Given {
    last_ms: i64,
    day_from_ms: i64,
    day: u32,
}

impl Storm {
    /// Whether an address may have an acknowledgement now; if so it is counted as given. A desk that starts anew tells it what it
    /// gave in the last day, in the order of time.
    ///
    /// # Errors
    ///
    /// [`Silence`]: it may not.
    pub fn acknowledge(&mut self, now_ms: i64, to: &Address, writer: Writer) -> Result<(), Silence> {
        self.forget(now_ms);
        let (quiet_ms, day_max) = match writer {
            Writer::Known => (KNOWN_QUIET_MS, KNOWN_DAY_MAX),
            Writer::Stranger => (STRANGER_QUIET_MS, STRANGER_DAY_MAX),
        };
        let given = self.addresses.get(to).copied();
        if given.is_some_and(|given| now_ms < given.last_ms.saturating_add(quiet_ms)) {
            return Err(Silence::JustNow);
        }
        let in_day = given.filter(|given| now_ms < given.day_from_ms.saturating_add(DAY_MS));
        if in_day.is_some_and(|given| given.day >= day_max) {
            return Err(Silence::Day);
        }
        if given.is_none() && self.addresses.len() >= ADDRESSES_MAX {
            return Err(Silence::Everybody);
        }
        if writer == Writer::Stranger {
            self.stranger(to)?;
        }
        let (day_from_ms, day) = in_day.map_or((now_ms, 1), |given| (given.day_from_ms, given.day + 1));
        self.addresses.insert(
            to.clone(),
            Given {
                last_ms: now_ms,
                day_from_ms,
                day,
            },
        );
        Ok(())
    }

    fn stranger(&mut self, to: &Address) -> Result<(), Silence> {
        if self.strangers >= STRANGERS_HOUR_MAX {
            return Err(Silence::Everybody);
        }
        let domain = self.domains.entry(to.domain().to_owned()).or_default();
        if *domain >= DOMAIN_HOUR_MAX {
            return Err(Silence::Domain);
        }
        *domain += 1;
        self.strangers += 1;
        Ok(())
    }

    fn forget(&mut self, now_ms: i64) {
        if now_ms >= self.hour_from_ms.saturating_add(HOUR_MS) {
            self.hour_from_ms = now_ms;
            self.strangers = 0;
            self.domains.clear();
        }
        // Once a minute: all are looked at.
        if now_ms >= self.swept_ms.saturating_add(MINUTE_MS) {
            self.swept_ms = now_ms;
            self.addresses
                .retain(|_, given| now_ms < given.last_ms.saturating_add(DAY_MS));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: usize) -> Address {
        Address::new(&format!("a{n}@d{}.example.com", n / 100)).unwrap()
    }

    #[test]
    fn a_person_who_writes_twice_hears_twice() {
        let mut storm = Storm::default();
        let mut ask = |minute: i64, writer| storm.acknowledge(minute * MINUTE_MS, &address(0), writer);
        assert_eq!(ask(0, Writer::Known), Ok(()));
        assert_eq!(ask(2, Writer::Known), Err(Silence::JustNow));
        assert_eq!(ask(6, Writer::Known), Ok(()));
        assert_eq!(ask(30, Writer::Stranger), Err(Silence::JustNow));
    }

    #[test]
    fn a_slow_talk_is_a_few_mails_a_day() {
        let mut storm = Storm::default();
        let given = (0..24 * 3)
            .filter(|hour| {
                storm
                    .acknowledge(hour * HOUR_MS, &address(0), Writer::Stranger)
                    .is_ok()
            })
            .count();
        assert_eq!(given, 12);
    }

    #[test]
    fn made_up_senders_do_not_make_us_write() {
        let mut storm = Storm::default();
        let mut given = 0;
        let mut silences = Vec::new();
        for n in 0..100_000 {
            match storm.acknowledge(1_000 + n as i64, &address(n), Writer::Stranger) {
                Ok(()) => given += 1,
                Err(silence) if !silences.contains(&silence) => silences.push(silence),
                Err(_) => (),
            }
        }
        assert_eq!(given, STRANGERS_HOUR_MAX);
        assert_eq!(silences, [Silence::Domain, Silence::Everybody]);
        assert!(storm.addresses.len() + storm.domains.len() < 1_000);
        assert_eq!(
            storm.acknowledge(200_000, &address(0), Writer::Known),
            Err(Silence::JustNow)
        );
        assert_eq!(
            storm.acknowledge(HOUR_MS + 200_000, &address(0), Writer::Known),
            Ok(())
        );
    }

    #[test]
    fn memory_is_bounded() {
        let mut storm = Storm::default();
        let full = (0..ADDRESSES_MAX + 10)
            .filter(|n| storm.acknowledge(0, &address(*n), Writer::Known).is_ok())
            .count();
        assert_eq!(full, ADDRESSES_MAX);
        assert_eq!(
            storm.acknowledge(DAY_MS, &address(ADDRESSES_MAX + 1), Writer::Known),
            Ok(())
        );
        assert_eq!(storm.addresses.len(), 1);
    }
}
