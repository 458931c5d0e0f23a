//! Call records: a line of JSON for each call that is over, where the configuration wants them.
//!
//! Telephone numbers stand in full here and nowhere else, so the file is its owner's alone (0600). [`Recorder`] is the
//! seam for the database: whoever keeps records takes a [`CallReport`].

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Instant, SystemTime};

use cpd_b2bua::cpa_stats;
use cpd_b2bua::switchboard::CallReport;
use cpd_detect::Library;
use cpd_store::Uuid;
use serde_json::{Value, json};

use crate::detail::{Media, Telling};
use crate::serve::log::{Writer, time};

/// Somebody who keeps records of calls.
pub(crate) trait Recorder: Send {
    /// A call is over. `library`: the prompts that it was heard with. Tells the id that the call is found by, where it is kept
    /// in a database.
    fn on_report(&mut self, report: &CallReport, library: Option<&Library>) -> Option<Uuid>;

    /// Records that found no room.
    fn lost(&self) -> u64;
}

/// Writes lines to a file, or to standard output.
pub(crate) struct Lines(Writer);

impl Lines {
    /// Opens the file, `-` for standard output.
    pub(crate) fn open(path: &Path) -> io::Result<Lines> {
        if path == Path::new("-") {
            return Ok(Lines(Writer::start(io::stdout())));
        }
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        Ok(Lines(Writer::start(file)))
    }
}

impl Recorder for Lines {
    fn on_report(&mut self, report: &CallReport, library: Option<&Library>) -> Option<Uuid> {
        let line = whole(report, library, Instant::now(), SystemTime::now());
        self.0.write(line.to_string());
        None
    }

    fn lost(&self) -> u64 {
        self.0.lost()
    }
}

/// Writes `cpa-stats.csv`, as NetBorder does.
pub(crate) struct CpaStats(Writer);

impl CpaStats {
    /// Opens the file; a new one gets its two first lines.
    pub(crate) fn open(path: &Path) -> io::Result<CpaStats> {
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        let fresh = file.metadata()?.len() == 0;
        let writer = Writer::start(file);
        if fresh {
            writer.write(cpa_stats::HEAD.trim_end_matches('\n').to_owned());
        }
        Ok(CpaStats(writer))
    }
}

impl Recorder for CpaStats {
    fn on_report(&mut self, report: &CallReport, _library: Option<&Library>) -> Option<Uuid> {
        self.0.write(row(report, Instant::now(), SystemTime::now()));
        None
    }

    fn lost(&self) -> u64 {
        self.0.lost()
    }
}

/// A call's line, without its last line feed.
fn row(report: &CallReport, now: Instant, wall: SystemTime) -> String {
    let record = &report.record;
    let at = |moment: Instant| {
        wall.checked_sub(now.saturating_duration_since(moment))
            .unwrap_or(wall)
    };
    let verdict = record.verdict().map(|verdict| &verdict.told);
    let class = verdict.and_then(cpd_call::Told::class);
    let mut line = Vec::new();
    cpa_stats::Row {
        call_id: &report.netborder_call_id,
        began: at(record.began),
        reference: report.reference.as_deref().unwrap_or_default().as_bytes(),
        campaign: report.campaign.as_deref().unwrap_or_default().as_bytes(),
        number: report.callee.as_bytes(),
        result: cpa_stats::result(verdict, record.termination.status),
        dialing: Some(at(record.began)),
        connected: record.answered.map(at),
        completed: record.decided.map(at),
        // Who queues a call is the dialer, and it does not say so.
        queued: None,
        agent: record.connected.map(at),
        detailed: class.map_or("", |class| class.as_str()),
    }
    .write_to(&mut line);
    line.pop();
    String::from_utf8_lossy(&line).into_owned()
}

/// Milliseconds from one moment to another.
fn ms(from: Instant, to: Instant) -> u64 {
    to.saturating_duration_since(from).as_millis() as u64
}

/// Everything of a call.
fn whole(report: &CallReport, library: Option<&Library>, now: Instant, wall: SystemTime) -> Value {
    let record = &report.record;
    let at = |moment: Instant| {
        let ago = now.saturating_duration_since(moment);
        time(wall.checked_sub(ago).unwrap_or(wall))
    };
    let since = |moment: Option<Instant>| moment.map(|moment| ms(record.began, moment));
    let cause = &record.termination.cause;
    json!({
        "call": &*report.call,
        "dialer": &*report.dialer,
        "carrier": report.carrier.as_deref(),
        "caller": report.caller.reveal(),
        "callee": report.callee.reveal(),
        "reference": report.reference,
        "campaign": report.campaign,
        "info": report.info,
        "settings": report.settings,
        "libraries": { "common": report.versions.0, "own": report.versions.1 },
        "target": record.target,
        "began": at(record.began),
        "ended": at(record.ended),
        "early_ms": since(record.early),
        "answered_ms": since(record.answered),
        "connected_ms": since(record.connected),
        "decided_ms": since(record.decided),
        "ended_ms": since(Some(record.ended)),
        "held_ms": record.held_ms,
        "hold_expired": record.hold_expired,
        "ended_by": record.termination.by.as_str(),
        "status": record.termination.status,
        "cause": { "q850": cause.q850, "text": cause.text },
        "deaf": record.deaf.map(|deaf| deaf.to_string()),
        "verdict": record.verdict().map(|verdict| Telling::of(verdict, library)),
        "tellings": record.tellings.iter().map(|one| Telling::of(one, library)).collect::<Vec<_>>(),
        "faults": report.faults,
        "media": Media::of(report),
        "recording": report.recording.as_ref().map(|kept| json!({ "path": kept.path, "ms": kept.ms, "answered_ms": kept.answered_ms, "cut": kept.cut })),
    })
}

/// One line of the log for a finished call; numbers are masked by their types.
pub(crate) fn brief(report: &CallReport) -> Value {
    let record = &report.record;
    let verdict = record.verdict();
    json!({
        "call": &*report.call,
        "dialer": &*report.dialer,
        "carrier": report.carrier.as_deref(),
        "caller": report.caller.to_string(),
        "callee": report.callee.to_string(),
        "class": verdict.and_then(|verdict| verdict.told.class()).map(|class| class.as_str()),
        "phase": verdict.map(|verdict| verdict.phase.as_str()),
        "t_ms": verdict.map(|verdict| verdict.t_ms),
        "answered_ms": record.answered.map(|answered| ms(record.began, answered)),
        "length_ms": ms(record.began, record.ended),
        "ended_by": record.termination.by.as_str(),
        "status": record.termination.status,
        "cause": record.termination.cause.text,
        "deaf": record.deaf.map(|deaf| deaf.to_string()),
        "faults": (!report.faults.is_empty()).then_some(&report.faults),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use cpd_b2bua::media::SideStats;
    use cpd_b2bua::trunk::number::Number;
    use cpd_call::{Cause, Party, Phase, Record, Telling, Termination, Told};
    use cpd_detect::{Class, Evidence};

    use super::*;

    /// A call that was answered after 4 s by a machine, known 1.24 s later, and cut.
    pub(crate) fn report() -> CallReport {
        let began = Instant::now();
        let after = |ms| began + Duration::from_millis(ms);
        CallReport {
            netborder_call_id: "1766000000-7-1-1".into(),
            call: "1-2-3".into(),
            dialer: "vici".into(),
            carrier: Some("main".into()),
            caller: Number::new("+74950001122"),
            callee: Number::new("+79161234567"),
            reference: Some("lead 7".into()),
            campaign: None,
            info: None,
            settings: 3,
            library: None,
            versions: (0, 0),
            record: Record {
                began,
                target: 0,
                early: Some(after(900)),
                answered: Some(after(4_000)),
                connected: Some(after(4_000)),
                held_ms: 0,
                hold_expired: false,
                decided: Some(after(5_240)),
                ended: after(5_250),
                termination: Termination {
                    by: Party::Service,
                    status: None,
                    cause: Cause::new(31, "voicemail"),
                },
                tellings: vec![Telling {
                    seq: 1,
                    phase: Phase::Post,
                    t_ms: 1_240,
                    told: Told::Verdict {
                        class: Class::Machine,
                        confidence: 0.97,
                        evidence: Evidence::Greeting,
                        prompt: None,
                    },
                    last: true,
                }],
                deaf: None,
                steps: Vec::new(),
            },
            faults: Vec::new(),
            media: Some((SideStats::default(), SideStats::default())),
            recording: None,
        }
    }

    #[test]
    fn a_record_has_numbers_in_full_and_the_log_has_not() {
        let report = report();
        let record = whole(
            &report,
            None,
            report.record.ended,
            SystemTime::UNIX_EPOCH + Duration::from_secs(60),
        );
        assert_eq!(record["callee"], "+79161234567");
        assert_eq!(record["ended"], "1970-01-01T00:01:00.000Z");
        assert_eq!(record["began"], "1970-01-01T00:00:54.750Z");
        assert_eq!(record["verdict"]["class"], Class::Machine.as_str());
        assert_eq!(
            (&record["answered_ms"], &record["ended_ms"]),
            (&json!(4_000), &json!(5_250))
        );
        let brief = brief(&report).to_string();
        assert!(brief.contains("\"class\":\"answer.machine\""), "{brief}");
        assert!(
            !brief.contains("1234567") && !brief.contains("0001122"),
            "{brief}"
        );
    }

    #[test]
    fn records_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("smartcpd-records-{}", std::process::id()));
        let mut lines = Lines::open(&path).expect("opened");
        lines.on_report(&report(), None);
        drop(lines);
        let mode = std::fs::metadata(&path).expect("there").permissions().mode();
        let text = std::fs::read_to_string(&path).expect("readable");
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(mode & 0o777, 0o600);
        let line: Value = serde_json::from_str(text.trim_end()).expect("a line of JSON");
        assert_eq!(line["call"], "1-2-3");
    }

    #[test]
    fn statistics_have_their_head_once_and_a_line_a_call() {
        let path = std::env::temp_dir().join(format!("smartcpd-stats-{}", std::process::id()));
        for _ in 0..2 {
            let mut stats = CpaStats::open(&path).expect("opened");
            stats.on_report(&report(), None);
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        std::fs::remove_file(&path).expect("removed");
        assert!(text.starts_with(cpa_stats::HEAD), "{text}");
        let lines: Vec<_> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(
            lines[2].contains(",lead 7,,+79161234567,Answering-Machine,"),
            "{text}"
        );
    }
}
