//! When the desk works: weekly hours of a zone, and days that are otherwise.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Days that are looked at for the end of a time, about ten years: a calendar that never works has none.
const DAYS_MAX: usize = 3_660;

/// From and until, minutes from midnight.
pub type Hours = (u16, u16);

/// When a desk works. Times are that of its zone, whatever its clocks do in spring and autumn.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    /// From Monday.
    week: [Vec<Hours>; 7],
    /// Holidays, short days, Saturdays that are worked on.
    days: BTreeMap<Date, Vec<Hours>>,
}

/// Why a calendar is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCalendar {
    /// Nobody knows the zone.
    Zone(String),
    /// This is no day.
    Day(String),
    /// Hours that end before they begin, after midnight, or begin before others end.
    Hours(u16, u16),
}

impl fmt::Display for NoCalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCalendar::Zone(zone) => write!(f, "{zone:?} is no time zone; write one as Europe/Moscow"),
            NoCalendar::Day(day) => write!(f, "{day:?} is no day; write one as 2027-01-08"),
            NoCalendar::Hours(from, until) => write!(
                f,
                "{:02}:{:02} to {:02}:{:02} are no hours of a day, one after the other",
                from / 60,
                from % 60,
                until / 60,
                until % 60
            ),
        }
    }
}

impl std::error::Error for NoCalendar {}

impl Calendar {
    /// A calendar of a zone of the IANA database, weekly hours from Monday, and days (`2027-01-08`) that are otherwise.
    ///
    /// # Errors
    ///
    /// What of it is wrong.
    pub fn new<'a>(
        zone: &str,
        week: [Vec<Hours>; 7],
        days: impl IntoIterator<Item = (&'a str, Vec<Hours>)>,
    ) -> Result<Calendar, NoCalendar> {
        let zone = TimeZone::get(zone).map_err(|_| NoCalendar::Zone(zone.to_owned()))?;
        let days: BTreeMap<Date, Vec<Hours>> = days
            .into_iter()
            .map(|(day, hours)| match day.parse() {
                Ok(date) => Ok((date, hours)),
                Err(_) => Err(NoCalendar::Day(day.to_owned())),
            })
            .collect::<Result<_, _>>()?;
        for hours in week.iter().chain(days.values()) {
            let mut last = 0;
            for (from, until) in hours {
                if from >= until || *until > 24 * 60 || *from < last {
                    return Err(NoCalendar::Hours(*from, *until));
                }
                last = *until;
            }
        }
        Ok(Calendar { zone, week, days })
    }

    /// Day and night.
    #[must_use]
    pub fn always() -> Calendar {
        Calendar {
            zone: TimeZone::UTC,
            week: std::array::from_fn(|_| vec![(0, 24 * 60)]),
            days: BTreeMap::new(),
        }
    }

    /// How much of a time the desk works, ms; nothing of one that ends before it begins.
    #[must_use]
    pub fn worked_ms(&self, from_ms: i64, until_ms: i64) -> i64 {
        self.spans(from_ms)
            .take_while(|(from, _)| *from < until_ms)
            .map(|(from, until)| (until.min(until_ms) - from.max(from_ms)).max(0))
            .sum()
    }

    /// When so much has been worked from a time on. None: never in ten years.
    #[must_use]
    pub fn after_ms(&self, from_ms: i64, work_ms: i64) -> Option<i64> {
        let mut left = work_ms.max(0);
        for (from, until) in self.spans(from_ms) {
            let from = from.max(from_ms);
            if until - from >= left {
                return Some(from + left);
            }
            left -= (until - from).max(0);
        }
        None
    }

    /// The end of work on the `n`th working day after the day of a time. None: never in ten years.
    #[must_use]
    pub fn days_later_ms(&self, from_ms: i64, n: u16) -> Option<i64> {
        let first = self.date(from_ms);
        let later = self
            .dates(first)
            .skip(1)
            .filter(|date| !self.hours(*date).is_empty());
        let date = match n {
            0 => return Some(from_ms),
            n => later.take(usize::from(n)).last()?,
        };
        let (_, until) = self.hours(date).last()?;
        self.at(date, *until)
    }

    /// Working times from the day of a time on, those that are over by then too.
    fn spans(&self, from_ms: i64) -> impl Iterator<Item = (i64, i64)> {
        self.dates(self.date(from_ms)).flat_map(move |date| {
            self.hours(date)
                .iter()
                .filter_map(move |(from, until)| Some((self.at(date, *from)?, self.at(date, *until)?)))
                .filter(move |(_, until)| *until > from_ms)
        })
    }

    fn dates(&self, first: Date) -> impl Iterator<Item = Date> {
        first.series(1.day()).take(DAYS_MAX)
    }

    fn hours(&self, date: Date) -> &[Hours] {
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.days.get(&date).unwrap_or(&self.week[day])
    }

    fn date(&self, at_ms: i64) -> Date {
        let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        self.zone.to_datetime(at).date()
    }

    /// The moment that the zone's clock shows so many minutes of a day; what is left out in spring comes after the gap.
    fn at(&self, date: Date, minutes: u16) -> Option<i64> {
        let (date, minutes) = match minutes {
            1_440 => (date.tomorrow().ok()?, 0),
            minutes => (date, minutes),
        };
        let time = Time::new(
            i8::try_from(minutes / 60).ok()?,
            i8::try_from(minutes % 60).ok()?,
            0,
            0,
        )
        .ok()?;
        let zoned = self.zone.to_ambiguous_timestamp(date.to_datetime(time));
        Some(zoned.compatible().ok()?.as_millisecond())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) const HOUR: i64 = 3_600_000;

    /// The moment of a time in Moscow.
    pub(crate) fn msk(text: &str) -> i64 {
        at("Europe/Moscow", text)
    }

    fn at(zone: &str, text: &str) -> i64 {
        let civil: jiff::civil::DateTime = text.parse().unwrap();
        civil.in_tz(zone).unwrap().timestamp().as_millisecond()
    }

    /// Nine to six with an hour for lunch; New Year's holidays and a Saturday that is worked on.
    pub(crate) fn moscow() -> Calendar {
        nine_to_six(
            "Europe/Moscow",
            [
                ("2027-01-01", vec![]),
                ("2027-01-04", vec![]),
                ("2027-01-05", vec![]),
                ("2027-01-06", vec![]),
                ("2027-01-07", vec![]),
                ("2027-01-08", vec![]),
                ("2027-02-20", vec![(540, 960)]),
            ],
        )
    }

    fn nine_to_six<'a>(zone: &str, days: impl IntoIterator<Item = (&'a str, Vec<Hours>)>) -> Calendar {
        let day = || vec![(540, 780), (840, 1_080)];
        Calendar::new(zone, [day(), day(), day(), day(), day(), vec![], vec![]], days).unwrap()
    }

    #[test]
    fn lunch_nights_weekends_and_holidays_are_no_work() {
        let calendar = moscow();
        let worked = |from, until| calendar.worked_ms(msk(from), msk(until)) as f64 / HOUR as f64;
        assert_eq!(worked("2026-11-25T10:00", "2026-11-25T15:00"), 4.0);
        assert_eq!(worked("2026-11-27T17:00", "2026-11-30T10:00"), 2.0);
        assert_eq!(worked("2026-12-31T17:00", "2027-01-11T10:00"), 2.0);
        assert_eq!(worked("2027-02-20T00:00", "2027-02-22T00:00"), 7.0);
        assert_eq!(worked("2026-11-25T15:00", "2026-11-25T10:00"), 0.0);
    }

    #[test]
    fn work_ends_when_the_desk_has_worked_so_long() {
        let calendar = moscow();
        let after = |from, hours| calendar.after_ms(msk(from), hours * HOUR);
        assert_eq!(after("2026-11-25T12:00", 2), Some(msk("2026-11-25T15:00")));
        assert_eq!(after("2026-11-27T19:00", 1), Some(msk("2026-11-30T10:00")));
        assert_eq!(after("2026-12-31T10:00", 8), Some(msk("2027-01-11T10:00")));
        assert_eq!(after("2026-11-28T12:00", 0), Some(msk("2026-11-30T09:00")));
    }

    #[test]
    fn days_are_working_days() {
        let calendar = moscow();
        let later = |from, days| calendar.days_later_ms(msk(from), days);
        assert_eq!(later("2026-11-25T12:00", 3), Some(msk("2026-11-30T18:00")));
        assert_eq!(later("2026-12-30T23:00", 2), Some(msk("2027-01-11T18:00")));
        assert_eq!(later("2026-12-30T23:00", 0), Some(msk("2026-12-30T23:00")));
    }

    /// 29 March 2026, 02:00 in Berlin is 03:00: that Sunday has 23 hours.
    #[test]
    fn an_hour_that_the_clocks_leave_out_is_not_worked() {
        let night = || vec![(0, 1_440)];
        let week = std::array::from_fn(|_| night());
        let calendar = Calendar::new("Europe/Berlin", week, []).unwrap();
        let berlin = |text| at("Europe/Berlin", text);
        let day = calendar.worked_ms(berlin("2026-03-29T00:00"), berlin("2026-03-30T00:00"));
        assert_eq!(day, 23 * HOUR);
    }

    #[test]
    fn says_what_is_wrong_with_a_calendar() {
        let week = || std::array::from_fn(|_| vec![(540, 1_080)]);
        let none: [(&str, Vec<Hours>); 0] = [];
        let error = |calendar: Result<Calendar, NoCalendar>| calendar.unwrap_err().to_string();
        assert_eq!(
            error(Calendar::new("Europe/Moskva", week(), none)),
            "\"Europe/Moskva\" is no time zone; write one as Europe/Moscow"
        );
        assert_eq!(
            error(Calendar::new("UTC", week(), [("8 января", vec![])])),
            "\"8 января\" is no day; write one as 2027-01-08"
        );
        assert_eq!(
            error(Calendar::new("UTC", week(), [("2027-01-08", vec![(600, 540)])])),
            "10:00 to 09:00 are no hours of a day, one after the other"
        );
    }

    #[test]
    fn who_never_works_has_no_end() {
        let none: [(&str, Vec<Hours>); 0] = [];
        let calendar = Calendar::new("UTC", std::array::from_fn(|_| vec![]), none).unwrap();
        assert_eq!(calendar.after_ms(0, 1), None);
        assert_eq!(calendar.days_later_ms(0, 1), None);
    }

    proptest! {
        /// What `after_ms` says is when `worked_ms` has counted so much.
        #[test]
        fn both_ways_agree(from in 1_700_000_000_000_i64..1_900_000_000_000, work in 1..400 * HOUR, zone in 0_usize..4) {
            let zones = ["Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"];
            let calendar = nine_to_six(zones[zone], []);
            let end = calendar.after_ms(from, work).unwrap();
            prop_assert_eq!(calendar.worked_ms(from, end), work);
        }

        #[test]
        fn parts_add_up(from in 1_700_000_000_000_i64..1_900_000_000_000, a in 0..90 * 24 * HOUR, b in 0..90 * 24 * HOUR) {
            let calendar = nine_to_six("Europe/Berlin", []);
            let parts = calendar.worked_ms(from, from + a) + calendar.worked_ms(from + a, from + a + b);
            prop_assert_eq!(calendar.worked_ms(from, from + a + b), parts);
        }
    }
}
