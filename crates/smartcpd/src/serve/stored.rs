//! Call records for the database: what a call's report is in its rows. The writer behind takes them without waiting and
//! keeps them on disk while the database is away.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use cpd_b2bua::switchboard::CallReport;
use cpd_call::Told;
use cpd_detect::Library;
use cpd_store::calls::{self, Call};
use cpd_store::record::Record;
use cpd_store::recordings::Recording;
use cpd_store::webhooks::Event;
use cpd_store::writer::Writer;
use cpd_store::{SERVICE, Uuid};
use serde_json::{Value, json};

use super::config::owned::OWNER_END;
use super::records::Recorder;
use crate::detail::Detail;

/// Customers by their short names.
pub(crate) type Customers = Arc<Mutex<BTreeMap<String, Uuid>>>;

/// Hands records to the writer.
pub(crate) struct Stored {
    pub(crate) writer: Arc<Writer>,
    pub(crate) customers: Customers,
    pub(crate) node: String,
}

impl Recorder for Stored {
    fn on_report(&mut self, report: &CallReport, library: Option<&Library>) -> Option<Uuid> {
        let tenant = self.tenant(&report.dialer);
        let mut random = [0; 10];
        random.copy_from_slice(&Uuid::new_v4().as_bytes()[..10]);
        let moment = Moment {
            now: Instant::now(),
            wall_ms: unix_ms(SystemTime::now()),
            random,
        };
        let record = record(report, library, (tenant, &self.node), &moment);
        let id = record.call.id;
        self.writer.push(record);
        Some(id)
    }

    fn lost(&self) -> u64 {
        self.writer.figures().lost
    }
}

impl Stored {
    /// Knows a customer before its trunks were looked at.
    pub(crate) fn know(&self, slug: &str, tenant: Uuid) {
        if let Ok(mut known) = self.customers.lock() {
            known.insert(slug.to_owned(), tenant);
        }
    }

    /// Whose a trunk is: the customer before the end of the owner's name; the service's own trunks stand in its file.
    fn tenant(&self, dialer: &str) -> Uuid {
        let Some((owner, _)) = dialer.split_once(OWNER_END) else {
            return SERVICE;
        };
        let known = self.customers.lock().ok();
        known
            .and_then(|known| known.get(owner).copied())
            .unwrap_or(SERVICE)
    }
}

/// When a record is made, and what tells it from others.
struct Moment {
    now: Instant,
    wall_ms: i64,
    random: [u8; 10],
}

fn unix_ms(at: SystemTime) -> i64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn ms(from: Instant, to: Instant) -> i32 {
    i32::try_from(to.saturating_duration_since(from).as_millis()).unwrap_or(i32::MAX)
}

fn record(
    report: &CallReport,
    library: Option<&Library>,
    (tenant, node): (Uuid, &str),
    moment: &Moment,
) -> Record {
    let call = call(report, library, (tenant, node), moment);
    let recording = report.recording.as_ref().map(|kept| Recording {
        call_id: call.id,
        tenant_id: tenant,
        began_ms: call.began_ms,
        node: node.to_owned(),
        path: kept.path.to_string_lossy().into_owned(),
        length_ms: i32::try_from(kept.ms).unwrap_or(i32::MAX),
        cut: kept.cut,
        // The sweep sets it, by the customer's rules.
        expires_ms: None,
    });
    // The service's own trunks have nobody to tell.
    let events = match tenant {
        SERVICE => Vec::new(),
        tenant => vec![Event {
            // Written again after a commit whose answer was lost, it is still the same event.
            id: call.id,
            tenant_id: tenant,
            kind: "call.ended".to_owned(),
            payload: ended(&call),
            created_ms: moment.wall_ms,
            fanned: false,
        }],
    };
    Record {
        call,
        recording,
        events,
    }
}

fn call(
    report: &CallReport,
    library: Option<&Library>,
    (tenant, node): (Uuid, &str),
    moment: &Moment,
) -> Call {
    let record = &report.record;
    let began_ms = moment.wall_ms - i64::from(ms(record.began, moment.now));
    let since = |at: Option<Instant>| at.map(|at| ms(record.began, at));
    let verdict = record.verdict();
    let (mut class, mut confidence, mut matched) = (None, None, None);
    if let Some(Told::Verdict {
        class: told,
        confidence: sure,
        prompt,
        ..
    }) = verdict.map(|verdict| &verdict.told)
    {
        class = Some(told.as_str().to_owned());
        confidence = Some((sure * 1_000.0).round() / 1_000.0);
        matched = prompt.and_then(|(prompt, _)| library?.info(prompt));
    }
    let cause = &record.termination.cause;
    Call {
        id: calls::id_at(began_ms, &moment.random),
        began_ms,
        tenant_id: tenant,
        node: node.to_owned(),
        name: report.call.to_string(),
        dialer: report.dialer.to_string(),
        carrier: report.carrier.as_deref().map(str::to_owned),
        caller: report.caller.reveal(),
        callee: report.callee.reveal(),
        reference: report.reference.clone(),
        campaign: report.campaign.clone(),
        class,
        phase: verdict.map(|verdict| phase(verdict.phase).to_owned()),
        confidence,
        prompt: matched.map(|info| info.id.clone()),
        operator: matched.map(|info| info.operator.clone()),
        status: record.termination.status.map(i32::from),
        ended_by: record.termination.by.as_str().to_owned(),
        q850: i32::from(cause.q850),
        decided_ms: told_ms(report),
        answered_ms: since(record.answered),
        connected_ms: since(record.connected),
        held_ms: i32::try_from(record.held_ms).unwrap_or(i32::MAX),
        length_ms: ms(record.began, record.ended),
        deaf: record.deaf.map(|deaf| deaf.to_string()),
        recorded: report.recording.is_some(),
        library: report.versions.0,
        own_library: report.versions.1,
        detail: json!(Detail::of(report, library)),
    }
}

/// When the verdict that stands was told, ms from the beginning of the call. A telling counts from the first early media before
/// the answer, and from the answer after it.
fn told_ms(report: &CallReport) -> Option<i32> {
    let record = &report.record;
    let verdict = record.verdict()?;
    let from = match verdict.phase {
        cpd_call::Phase::Pre => record.early.map_or(0, |at| ms(record.began, at)),
        cpd_call::Phase::Post => record.answered.map_or(0, |at| ms(record.began, at)),
    };
    Some(from.saturating_add(i32::try_from(verdict.t_ms).unwrap_or(i32::MAX)))
}

/// A phase as people filter by it.
fn phase(phase: cpd_call::Phase) -> &'static str {
    match phase {
        cpd_call::Phase::Pre => "early",
        cpd_call::Phase::Post => "answered",
    }
}

/// What a webhook is told: no telephone numbers, which the receiver knows by its own reference.
fn ended(call: &Call) -> Value {
    json!({
        "id": call.id,
        "name": call.name,
        "began_ms": call.began_ms,
        "dialer": call.dialer,
        "carrier": call.carrier,
        "reference": call.reference,
        "campaign": call.campaign,
        "class": call.class,
        "phase": call.phase,
        "confidence": call.confidence,
        "prompt": call.prompt,
        "operator": call.operator,
        "status": call.status,
        "ended_by": call.ended_by,
        "q850": call.q850,
        "decided_ms": call.decided_ms,
        "answered_ms": call.answered_ms,
        "length_ms": call.length_ms,
        "recorded": call.recorded,
    })
}

#[cfg(test)]
mod tests {
    use cpd_b2bua::media::Recorded;

    use super::*;
    use crate::serve::records::tests::report;

    #[test]
    fn a_report_is_a_row_with_its_times_from_the_beginning() {
        let mut report = report();
        report.versions = (3, 5);
        report.recording = Some(Recorded {
            path: "/recordings/call.wav".into(),
            ms: 2_000,
            answered_ms: Some(750),
            cut: false,
        });
        let moment = Moment {
            now: report.record.ended,
            wall_ms: 1_795_000_005_250,
            random: [7; 10],
        };
        let tenant = Uuid::from_u128(1);
        let record = record(&report, None, (tenant, "n1"), &moment);
        let call = &record.call;
        assert_eq!(call.began_ms, 1_795_000_000_000);
        assert_eq!(
            (call.class.as_deref(), call.phase.as_deref()),
            (Some("answer.machine"), Some("answered"))
        );
        assert_eq!(
            (call.answered_ms, call.decided_ms, call.length_ms),
            (Some(4_000), Some(5_240), 5_250)
        );
        assert_eq!(
            (call.ended_by.as_str(), call.q850, call.status),
            ("service", 31, None)
        );
        assert_eq!(record.events[0].payload["class"], "answer.machine");
        assert!(
            !record.events[0].payload.to_string().contains("9161234567"),
            "no numbers in webhooks"
        );
        assert_eq!(record.events[0].id, call.id);
        assert_eq!((call.library, call.own_library), (3, 5));
        assert_eq!(call.detail["recording"]["answered_ms"], 750);
        assert!(!call.detail.to_string().contains("/recordings"));
        let kept = record.recording.as_ref().expect("a recording");
        assert_eq!(
            (kept.length_ms, kept.expires_ms),
            (2_000, None),
            "its end is for rules to say"
        );
    }

    #[test]
    fn trunks_of_the_file_are_the_services() {
        let report = report();
        let moment = Moment {
            now: report.record.ended,
            wall_ms: 0,
            random: [0; 10],
        };
        assert!(record(&report, None, (SERVICE, "n1"), &moment).events.is_empty());
    }
}
