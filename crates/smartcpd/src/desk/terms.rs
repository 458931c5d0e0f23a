//! What a contract promises, as people write it down, and as the rules take it.

use std::collections::BTreeMap;

use cpd_desk::{CLOSE_DAYS, Calendar, Contract, Hours, Kind, Priority, Promise, Sees};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a contract promises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Terms {
    /// When the desk works.
    pub(crate) calendar: Working,
    /// Times that are promised: the first that fits a request counts.
    #[serde(default)]
    pub(crate) promises: Vec<Promised>,
    /// Clocks stand while a request waits for an update or a supplier.
    #[serde(default)]
    pub(crate) waiting_pauses: bool,
    /// Working days after a solution until a request is over by itself, 1 to 90.
    #[serde(default = "close_days")]
    pub(crate) close_days: u16,
    /// Who else of the customer sees somebody's requests.
    #[serde(default)]
    pub(crate) sees: Who,
}

fn close_days() -> u16 {
    CLOSE_DAYS
}

/// When a desk works.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Working {
    /// A zone of the IANA database: `Europe/Moscow`.
    pub(crate) zone: String,
    /// Hours of each day of the week, from Monday: `[["09:00", "18:00"]]`; none: no work.
    pub(crate) week: Vec<Vec<[String; 2]>>,
    /// Days that are otherwise: holidays, short days, Saturdays that are worked on.
    #[serde(default)]
    pub(crate) days: BTreeMap<String, Vec<[String; 2]>>,
}

/// Times of working that are promised, minutes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Promised {
    /// For this kind alone: `incident`, `mass_incident`, `consultation`, `development`.
    #[serde(default)]
    pub(crate) kind: Option<String>,
    /// For this hurry alone: `critical`, `high`, `normal`, `low`.
    #[serde(default)]
    pub(crate) priority: Option<String>,
    /// Until the first answer of a person.
    #[serde(default)]
    pub(crate) first_min: Option<u32>,
    /// Until each further answer.
    #[serde(default)]
    pub(crate) next_min: Option<u32>,
    /// Until a solution.
    #[serde(default)]
    pub(crate) solution_min: Option<u32>,
}

/// Who of a customer sees a colleague's requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Who {
    /// Nobody.
    #[default]
    Nobody,
    /// The customer's administrators.
    Administrators,
    /// Those whom the request names.
    Chosen,
    /// Everybody of the customer.
    Everyone,
}

/// What is wrong, and where.
pub(crate) type Wrong = (String, String);

/// Promises of a contract at most: four kinds by four priorities, and as many exceptions.
const PROMISES_MAX: usize = 32;
/// Days that are otherwise at most: ten years of holidays.
const DAYS_MAX: usize = 400;
/// The longest promise, minutes: two years.
const PROMISE_MAX_MIN: u32 = 2 * 365 * 24 * 60;
const MINUTE_MS: i64 = 60_000;

impl Terms {
    /// As the rules take it.
    pub(crate) fn contract(&self, from_ms: i64, until_ms: Option<i64>) -> Result<Contract, Wrong> {
        let wrong = |place: &str, why: String| Err((place.to_owned(), why));
        if !(1..=90).contains(&self.close_days) {
            return wrong(
                "/terms/close_days",
                format!("{} is not 1 to 90 days", self.close_days),
            );
        }
        if self.promises.len() > PROMISES_MAX {
            return wrong(
                "/terms/promises",
                format!("a contract has at most {PROMISES_MAX} promises"),
            );
        }
        if self.calendar.days.len() > DAYS_MAX {
            return wrong(
                "/terms/calendar/days",
                format!("a calendar has at most {DAYS_MAX} days of its own"),
            );
        }
        if until_ms.is_some_and(|until| until <= from_ms) {
            return wrong("/until_ms", "a contract ends after it begins".to_owned());
        }
        let promises = self.promises.iter().enumerate();
        let promises = promises
            .map(|(at, promised)| {
                promise(promised).map_err(|(field, why)| (format!("/terms/promises/{at}/{field}"), why))
            })
            .collect::<Result<_, _>>()?;
        Ok(Contract {
            from_ms,
            until_ms,
            calendar: self.calendar.read()?,
            promises,
            waiting_pauses: self.waiting_pauses,
            close_days: self.close_days,
            sees: match self.sees {
                Who::Nobody => Sees::Nobody,
                Who::Administrators => Sees::Administrators,
                Who::Chosen => Sees::Chosen,
                Who::Everyone => Sees::Everyone,
            },
        })
    }
}

/// Where there is no contract: nothing is promised, and the strictest rules are kept.
pub(crate) fn none() -> Contract {
    Contract {
        from_ms: i64::MIN,
        until_ms: None,
        calendar: Calendar::always(),
        promises: Vec::new(),
        waiting_pauses: false,
        close_days: CLOSE_DAYS,
        sees: Sees::Nobody,
    }
}

fn promise(promised: &Promised) -> Result<Promise, (&'static str, String)> {
    let kind = match &promised.kind {
        None => None,
        Some(word) => Some(Kind::named(word).ok_or_else(|| {
            let words = Kind::ALL.map(Kind::as_str).join(", ");
            ("kind", format!("{word:?} is no kind; write one of {words}"))
        })?),
    };
    let priority = match &promised.priority {
        None => None,
        Some(word) => Some(Priority::named(word).ok_or_else(|| {
            let words = Priority::ALL.map(Priority::as_str).join(", ");
            (
                "priority",
                format!("{word:?} is no priority; write one of {words}"),
            )
        })?),
    };
    let time = |field, minutes: Option<u32>| match minutes {
        None => Ok(None),
        Some(minutes @ 1..=PROMISE_MAX_MIN) => Ok(Some(i64::from(minutes) * MINUTE_MS)),
        Some(minutes) => Err((field, format!("{minutes} is not 1 to {PROMISE_MAX_MIN} minutes"))),
    };
    Ok(Promise {
        kind,
        priority,
        first_ms: time("first_min", promised.first_min)?,
        next_ms: time("next_min", promised.next_min)?,
        solution_ms: time("solution_min", promised.solution_min)?,
    })
}

impl Working {
    fn read(&self) -> Result<Calendar, Wrong> {
        let place = "/terms/calendar";
        let days = self.week.len();
        let week: Vec<Vec<Hours>> = self
            .week
            .iter()
            .enumerate()
            .map(|(at, day)| hours(&format!("{place}/week/{at}"), day))
            .collect::<Result<_, _>>()?;
        let week: [Vec<Hours>; 7] = week.try_into().map_err(|_| {
            (
                format!("{place}/week"),
                format!("{days} days are no week; write seven, from Monday"),
            )
        })?;
        let days = self
            .days
            .iter()
            .map(|(day, times)| Ok((day.as_str(), hours(&format!("{place}/days/{day}"), times)?)))
            .collect::<Result<Vec<_>, Wrong>>()?;
        Calendar::new(&self.zone, week, days).map_err(|why| (place.to_owned(), why.to_string()))
    }
}

fn hours(place: &str, day: &[[String; 2]]) -> Result<Vec<Hours>, Wrong> {
    /// Spans of a day at most.
    const SPANS_MAX: usize = 8;
    if day.len() > SPANS_MAX {
        return Err((
            place.to_owned(),
            format!("a day has at most {SPANS_MAX} times of working"),
        ));
    }
    let minutes = |text: &str| {
        let read = || {
            let (hours, minutes) = text.split_once(':')?;
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            (hours < 24 && minutes < 60 || (hours, minutes) == (24, 0)).then_some(hours * 60 + minutes)
        };
        read().ok_or_else(|| {
            (
                place.to_owned(),
                format!("{text:?} is no time of a day; write one as 09:00, 24:00 at most"),
            )
        })
    };
    day.iter()
        .map(|[from, until]| Ok((minutes(from)?, minutes(until)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn terms(change: impl FnOnce(&mut serde_json::Value)) -> Result<Contract, Wrong> {
        let day = json!([["09:00", "18:00"]]);
        let mut value = json!({
            "calendar": { "zone": "Europe/Moscow", "week": [day, day, day, day, day, [], []], "days": { "2027-01-01": [] } },
            "promises": [{ "kind": "incident", "priority": "critical", "first_min": 30, "solution_min": 240 }],
            "sees": "administrators",
        });
        change(&mut value);
        let terms: Terms = serde_json::from_value(value).unwrap();
        terms.contract(0, None)
    }

    #[test]
    fn are_read_as_they_are_written() {
        let contract = terms(|_| ()).unwrap();
        let promise = contract.promise(Kind::Incident, Priority::Critical);
        assert_eq!((promise.first_ms, promise.next_ms), (Some(1_800_000), None));
        assert_eq!((contract.close_days, contract.sees), (3, Sees::Administrators));
    }

    #[test]
    fn say_what_is_wrong_where() {
        let wrong = |change: fn(&mut serde_json::Value)| terms(change).unwrap_err();
        let places = [
            (
                wrong(|terms| terms["calendar"]["week"] = json!([])),
                "/terms/calendar/week",
                "0 days are no week",
            ),
            (
                wrong(|terms| terms["calendar"]["week"][2] = json!([["9", "18:00"]])),
                "/terms/calendar/week/2",
                "\"9\" is no time",
            ),
            (
                wrong(|terms| terms["calendar"]["zone"] = json!("Moscow")),
                "/terms/calendar",
                "\"Moscow\" is no time zone",
            ),
            (
                wrong(|terms| terms["promises"][0]["kind"] = json!("bug")),
                "/terms/promises/0/kind",
                "\"bug\" is no kind",
            ),
            (
                wrong(|terms| terms["promises"][0]["first_min"] = json!(0)),
                "/terms/promises/0/first_min",
                "0 is not 1 to",
            ),
            (
                wrong(|terms| terms["close_days"] = json!(0)),
                "/terms/close_days",
                "0 is not 1 to 90",
            ),
        ];
        for ((place, why), expected, words) in places {
            assert_eq!(place, expected);
            assert!(why.contains(words), "{why}");
        }
    }
}
