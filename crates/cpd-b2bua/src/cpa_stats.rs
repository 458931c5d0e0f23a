//! `cpa-stats.csv`: a line for each call in the form of NetBorder's statistics file, for the tools that read it.
//!
//! Those tools cut at every comma and know columns by their place: no field of ours holds a comma of its own, and one
//! that came from a dialer is quoted (RFC 4180) only where it has to be. Times are UTC.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use cpd_call::Told;

use crate::dialect::names::Names;

/// The first two lines of a file: a title and the names of the fields.
pub const HEAD: &str = "SmartCPD call statistics\r\n\
    Netborder Call-id,Call Date,Reference ID,Campaign Name,Phone Number,NCA Engine Result,Time Dialing,Time Connected,\
    Time NCA Engine Completed,Time Queued,Time Connected to Agent,Detailed Cpd Result\r\n";

/// One call. The file is the customer's, so the number is in it; `Debug` hides it.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// In NetBorder's form: see [`netborder_call_id`](crate::dialect::netborder_call_id).
    pub call_id: &'a str,
    /// The INVITE came.
    pub began: SystemTime,
    /// The dialer's own reference, any bytes.
    pub reference: &'a [u8],
    /// The dialer's campaign, any bytes.
    pub campaign: &'a [u8],
    /// The number that was dialled.
    pub number: &'a [u8],
    /// What the call came to: see [`result`].
    pub result: &'a str,
    /// The carrier was called.
    pub dialing: Option<SystemTime>,
    /// The carrier answered.
    pub connected: Option<SystemTime>,
    /// The verdict stood.
    pub completed: Option<SystemTime>,
    /// The dialer queued the call, where it says so.
    pub queued: Option<SystemTime>,
    /// The dialer got the answer.
    pub agent: Option<SystemTime>,
    /// The verdict itself.
    pub detailed: &'a str,
}

impl Row<'_> {
    /// Appends the line.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        let time = |at: Option<SystemTime>| at.map_or_else(String::new, |at| Moment::of(at).time());
        let fields: [&[u8]; 12] = [
            self.call_id.as_bytes(),
            &Moment::of(self.began).date_and_time().into_bytes(),
            self.reference,
            self.campaign,
            self.number,
            self.result.as_bytes(),
            &time(self.dialing).into_bytes(),
            &time(self.connected).into_bytes(),
            &time(self.completed).into_bytes(),
            &time(self.queued).into_bytes(),
            &time(self.agent).into_bytes(),
            self.detailed.as_bytes(),
        ];
        for (n, field) in fields.into_iter().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            push_field(out, field);
        }
        out.extend_from_slice(b"\r\n");
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("call_id", &self.call_id)
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}

/// What a call came to, in NetBorder's words: the verdict, else what the carrier's refusal means, else `Unknown`.
pub fn result(verdict: Option<&Told>, refused: Option<u16>) -> &'static str {
    if let Some(result) = verdict.and_then(Names::told).and_then(|names| names.cpd_result) {
        return result;
    }
    match refused {
        Some(486 | 600) => "Busy",
        Some(404 | 410 | 484 | 604) => "Invalid-Number",
        Some(408 | 480 | 487) => "No-Answer",
        Some(403 | 603 | 607 | 608) => "Reject",
        Some(500..=599) => "Service-Unavailable",
        Some(_) | None => "Unknown",
    }
}

/// A field, quoted where a reader would otherwise cut it; line ends and other control characters become spaces.
fn push_field(out: &mut Vec<u8>, field: &[u8]) {
    let quoted = field.iter().any(|&b| b == b',' || b == b'"');
    if quoted {
        out.push(b'"');
    }
    for &byte in field {
        match byte {
            b'"' => out.extend_from_slice(b"\"\""),
            _ if byte.is_ascii_control() => out.push(b' '),
            _ => out.push(byte),
        }
    }
    if quoted {
        out.push(b'"');
    }
}

/// A moment of the civil calendar, UTC.
struct Moment {
    days: u64,
    ms_of_day: u64,
}

const DAY_MS: u64 = 86_400_000;

impl Moment {
    fn of(at: SystemTime) -> Moment {
        let ms = at
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0));
        Moment {
            days: ms / DAY_MS,
            ms_of_day: ms % DAY_MS,
        }
    }

    fn time(&self) -> String {
        let ms = self.ms_of_day;
        format!(
            "{:02}:{:02}:{:02}.{:03}",
            ms / 3_600_000,
            ms / 60_000 % 60,
            ms / 1_000 % 60,
            ms % 1_000
        )
    }

    fn date_and_time(&self) -> String {
        let (year, month, day) = self.date();
        format!("{year:04}-{month:02}-{day:02} {}", self.time())
    }

    /// Years begin in March here, so that the leap day ends one (Hinnant, "chrono-compatible low-level date algorithms").
    fn date(&self) -> (u64, u64, u64) {
        let days = self.days + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        (year + era * 400 + u64::from(month <= 2), month, day)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cpd_call::NoVerdict;
    use cpd_detect::{Class, Evidence};

    use super::*;

    fn at(ms: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(ms)
    }

    fn row() -> Row<'static> {
        Row {
            call_id: "1766000000-412-7-1",
            began: at(1_766_000_000_007),
            reference: b"lead-8841",
            campaign: b"spring, \"warm\"",
            number: b"79161234567",
            result: "Answering-Machine",
            dialing: Some(at(1_766_000_000_012)),
            connected: Some(at(1_766_000_009_500)),
            completed: Some(at(1_766_000_011_250)),
            queued: None,
            agent: None,
            detailed: "Answering-Machine",
        }
    }

    fn line(row: &Row<'_>) -> String {
        let mut out = Vec::new();
        row.write_to(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn a_line_has_the_fields_of_the_head() {
        assert_eq!(
            line(&row()),
            "1766000000-412-7-1,2025-12-17 19:33:20.007,lead-8841,\"spring, \"\"warm\"\"\",79161234567,\
             Answering-Machine,19:33:20.012,19:33:29.500,19:33:31.250,,,Answering-Machine\r\n"
        );
        let plain = Row {
            campaign: b"spring",
            ..row()
        };
        let names = HEAD.lines().nth(1).unwrap();
        assert_eq!(names.split(',').count(), line(&plain).split(',').count());
        assert_eq!(HEAD.lines().count(), 2);
    }

    #[test]
    fn a_value_cannot_begin_a_line_of_its_own() {
        let row = Row {
            campaign: b"\xcf\r\n1,2",
            ..row()
        };
        let mut out = Vec::new();
        row.write_to(&mut out);
        assert_eq!(out.iter().filter(|&&b| b == b'\n').count(), 1);
        assert!(out.windows(8).any(|window| window == b"\"\xcf  1,2\""));
    }

    #[test]
    fn dates_know_leap_years() {
        for (ms, date) in [
            (0, "1970-01-01 00:00:00.000"),
            (951_782_400_000, "2000-02-29 00:00:00.000"),
            (4_107_542_399_999, "2100-02-28 23:59:59.999"),
            (4_107_542_400_000, "2100-03-01 00:00:00.000"),
        ] {
            assert_eq!(Moment::of(at(ms)).date_and_time(), date);
        }
    }

    #[test]
    fn the_result_is_the_verdict_or_the_carriers_word() {
        let told = |class| Told::Verdict {
            class,
            confidence: 1.0,
            evidence: Evidence::Tone,
            prompt: None,
        };
        assert_eq!(result(Some(&told(Class::Human)), Some(486)), "Human");
        assert_eq!(result(Some(&told(Class::Ringback)), Some(486)), "Busy");
        assert_eq!(result(Some(&Told::NoVerdict(NoVerdict::Deaf)), None), "???");
        for (status, wanted) in [
            (404, "Invalid-Number"),
            (480, "No-Answer"),
            (503, "Service-Unavailable"),
        ] {
            assert_eq!(result(None, Some(status)), wanted);
        }
        assert_eq!(result(None, None), "Unknown");
    }

    #[test]
    fn debug_hides_the_number() {
        assert!(!format!("{:?}", row()).contains("7916"));
    }
}
