//! NetBorder's `cpa-stats.csv` of calls that are kept. A row knows no NetBorder id: its call's own name is in that field.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cpd_b2bua::cpa_stats;
use cpd_call::{NoVerdict, Told};
use cpd_detect::{Class, Evidence};
use cpd_store::calls::Call;

use super::Sheet;
use crate::jobs::create;

pub(super) struct Stats(BufWriter<File>);

impl Stats {
    pub(super) fn begin(path: &Path) -> Result<Stats, String> {
        let mut out = BufWriter::new(create(path)?);
        out.write_all(cpa_stats::HEAD.as_bytes())
            .map_err(|why| why.to_string())?;
        Ok(Stats(out))
    }
}

impl Sheet for Stats {
    fn write(&mut self, calls: &[Call]) -> Result<(), String> {
        let mut lines = Vec::new();
        for call in calls {
            row(call, &mut lines);
        }
        self.0.write_all(&lines).map_err(|why| why.to_string())
    }

    fn end(mut self: Box<Self>) -> Result<(), String> {
        self.0.flush().map_err(|why| why.to_string())
    }
}

/// Appends a call's line.
pub(crate) fn row(call: &Call, out: &mut Vec<u8>) {
    let at = |ms: i64| UNIX_EPOCH + Duration::from_millis(u64::try_from(ms).unwrap_or(0));
    let began = at(call.began_ms);
    let after = |ms: Option<i32>| -> Option<SystemTime> { Some(at(call.began_ms + i64::from(ms?))) };
    let told = told(call);
    let status = call.status.and_then(|status| u16::try_from(status).ok());
    cpa_stats::Row {
        call_id: &call.name,
        began,
        reference: call.reference.as_deref().unwrap_or_default().as_bytes(),
        campaign: call.campaign.as_deref().unwrap_or_default().as_bytes(),
        number: call.callee.as_bytes(),
        result: cpa_stats::result(told.as_ref(), status),
        dialing: Some(began),
        connected: after(call.answered_ms),
        completed: after(call.decided_ms),
        // Who queues a call is the dialer, and it does not say so.
        queued: None,
        agent: after(call.connected_ms),
        detailed: call.class.as_deref().unwrap_or_default(),
    }
    .write_to(out);
}

/// What was told in the end, as far as a result depends on it: by its class.
fn told(call: &Call) -> Option<Told> {
    let class = call.class.as_deref();
    match Class::ALL.iter().find(|known| Some(known.as_str()) == class) {
        Some(&class) => Some(Told::Verdict {
            class,
            confidence: call.confidence.unwrap_or(0.0),
            evidence: Evidence::Tone,
            prompt: None,
        }),
        None if call.deaf.is_some() => Some(Told::NoVerdict(NoVerdict::Deaf)),
        None => call
            .phase
            .is_some()
            .then_some(Told::NoVerdict(NoVerdict::Deadline)),
    }
}
