//! What came of calls: counted by hour, day, trunk, campaign, operator or class; and how right verdicts were, by labels.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use cpd_store::hours::{self, HOUR_MS, Hour};
use cpd_store::{calls, labels};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::caller::Caller;
use super::extract::{Asked, List};
use super::permission::Permission;
use super::problem::Problem;
use super::schema::ClassName;

/// The longest time that is counted at once, ms: a little over a year.
const SPAN_MAX_MS: i64 = 400 * 24 * HOUR_MS;
/// The time that is counted without a wish, ms: a week.
const SPAN_MS: i64 = 7 * 24 * HOUR_MS;
/// Labels that are looked at for the table of right and wrong.
const LABELS_MAX: u64 = 20_000;

/// What is counted by.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum By {
    Hour,
    #[default]
    Day,
    Dialer,
    Campaign,
    Operator,
    Class,
}

/// Which time, and what is counted by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    #[serde(default)]
    #[param(inline)]
    by: By,
    from_ms: Option<i64>,
    until_ms: Option<i64>,
    /// Only of this trunk.
    dialer: Option<String>,
    /// Only of this campaign.
    campaign: Option<String>,
    /// Minutes that one's clock is ahead of UTC, -840 to 840: where days begin.
    #[param(minimum = -840, maximum = 840)]
    zone: Option<i64>,
}

/// Which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Time {
    from_ms: Option<i64>,
    until_ms: Option<i64>,
}

/// How far clocks are from UTC at most, minutes.
const ZONES: std::ops::RangeInclusive<i64> = -840..=840;

impl Which {
    fn zone_ms(&self) -> Result<i64, Problem> {
        let zone = self.zone.unwrap_or(0);
        match ZONES.contains(&zone) {
            true => Ok(zone * 60_000),
            false => Err(Problem::wrong(
                "/zone",
                format!("{zone} is not -840 to 840 minutes"),
            )),
        }
    }
}

/// A row of the funnel.
#[derive(Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = FunnelRow)]
pub(crate) struct Counted {
    /// Begin of the hour or day in ms, or the name.
    key: String,
    calls: i64,
    /// The carrier answered.
    answered: i64,
    /// Refused by the service, by a verdict before the answer.
    refused: i64,
    people: i64,
    machines: i64,
    announcements: i64,
    tones: i64,
    /// Everything else that was told.
    others: i64,
    /// Without a verdict.
    unknown: i64,
    /// The mean time to the verdict, after the answer from the answer on, ms; none: there was none.
    decided_ms: Option<i64>,
    /// Time that dialers were connected, ms.
    talk_ms: i64,
}

/// What came of calls
#[utoipa::path(get, path = "/statistics", operation_id = "calls_count", tag = "statistics", params(Which), responses((status = 200, body = List<Counted>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn funnel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Counted>>, Problem> {
    caller.may(Permission::CallsRead)?;
    let (from, until) = span(which.from_ms, which.until_ms, app.now())?;
    let zone_ms = which.zone_ms()?;
    let tx = caller.read(&app).await?;
    let rows = hours::between(&tx, from, until).await?;
    let fits = |row: &Hour| {
        which.dialer.as_ref().is_none_or(|dialer| *dialer == row.dialer)
            && which
                .campaign
                .as_ref()
                .is_none_or(|campaign| *campaign == row.campaign)
    };
    let items = sums(rows.into_iter().filter(fits), which.by, zone_ms);
    Ok(Json(List { items }))
}

/// The times that there are: up to the end of the year 9999, ms. What is added to one of them stays far from what a number holds.
const TIMES: std::ops::Range<i64> = -SPAN_MAX_MS..253_402_300_800_000;

fn span(from: Option<i64>, until: Option<i64>, now_ms: i64) -> Result<(i64, i64), Problem> {
    let until = until.unwrap_or(now_ms);
    let from = from.unwrap_or(until.saturating_sub(SPAN_MS));
    match until.saturating_sub(from) {
        _ if !TIMES.contains(&from) || !TIMES.contains(&until) => Err(Problem::wrong(
            "/from_ms",
            "this is no time; write ms of Unix time",
        )),
        0..=SPAN_MAX_MS => Ok((from, until)),
        _ => Err(Problem::wrong(
            "/from_ms",
            "the time begins before it ends and lasts at most 400 days",
        )),
    }
}

fn sums(rows: impl Iterator<Item = Hour>, by: By, zone_ms: i64) -> Vec<Counted> {
    let mut all: BTreeMap<String, (Counted, i64, i64)> = BTreeMap::new();
    for row in rows {
        let day = |ms: i64| (ms + zone_ms).div_euclid(24 * HOUR_MS) * 24 * HOUR_MS - zone_ms;
        let key = match by {
            By::Hour => row.hour_ms.to_string(),
            By::Day => day(row.hour_ms).to_string(),
            By::Dialer => row.dialer,
            By::Campaign => row.campaign,
            By::Operator => row.operator,
            By::Class => row.class.clone(),
        };
        let (sum, decided, decided_ms) = all.entry(key).or_default();
        sum.calls += row.calls;
        sum.refused += row.refused;
        sum.talk_ms += row.talk_ms;
        if row.answered {
            sum.answered += row.calls;
        }
        *group(sum, &row.class) += row.calls;
        *decided += row.decided;
        *decided_ms += row.decided_ms;
    }
    all.into_iter()
        .map(|(key, (sum, decided, decided_ms))| Counted {
            key,
            decided_ms: (decided > 0).then(|| decided_ms / decided),
            ..sum
        })
        .collect()
}

fn group<'a>(sum: &'a mut Counted, class: &str) -> &'a mut i64 {
    match class {
        "" | "unknown" => &mut sum.unknown,
        "answer.human" | "answer.human_business" => &mut sum.people,
        "answer.machine" | "answer.assistant" | "answer.screening" | "answer.ivr" | "answer.fax"
        | "answer.modem" => &mut sum.machines,
        class if class.starts_with("announcement.") => &mut sum.announcements,
        class if class.starts_with("tone.") => &mut sum.tones,
        _ => &mut sum.others,
    }
}

/// A cell of the table of right and wrong.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Cell {
    /// What was told.
    #[schema(value_type = ClassName)]
    verdict: String,
    /// What it was; equal to the verdict where somebody said that it was right.
    #[schema(value_type = ClassName)]
    truth: String,
    calls: i64,
}

/// How right verdicts were, by what people and dialers said.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Rightness {
    /// Labelled calls that were looked at: the newest.
    labelled: usize,
    cells: Vec<Cell>,
    /// Of the people, the share that was told as one.
    people_kept: Option<f64>,
    /// Of the machines, the share that was told as one.
    machines_caught: Option<f64>,
}

/// How right verdicts were
#[utoipa::path(get, path = "/statistics/labels", operation_id = "labels_count", tag = "statistics", params(Time), responses((status = 200, body = Rightness), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rightness(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(time): Asked<Time>,
) -> Result<Json<Rightness>, Problem> {
    caller.may(Permission::CallsRead)?;
    let (from, until) = span(time.from_ms, time.until_ms, app.now())?;
    let tx = caller.read_own(&app).await?;
    let said = labels::between(&tx, from, until, LABELS_MAX).await?;
    let ids: Vec<_> = said.iter().map(|label| label.call_id).collect();
    let verdicts = calls::classes_of(&tx, &ids, (from, until)).await?;
    Ok(Json(table(&said, &verdicts)))
}

/// A person's word goes before the dialer's.
fn table(said: &[labels::Label], verdicts: &HashMap<cpd_store::Uuid, Option<String>>) -> Rightness {
    let mut truths: HashMap<cpd_store::Uuid, (bool, String)> = HashMap::new();
    for label in said {
        let Some(verdict) = verdicts.get(&label.call_id) else {
            continue;
        };
        let told = verdict.clone().unwrap_or_else(|| "unknown".to_owned());
        let truth = match (&label.truth, label.right) {
            (Some(truth), _) => truth.clone(),
            (None, Some(true)) => told,
            (None, _) => continue,
        };
        let person = label.source == "person";
        if person || truths.get(&label.call_id).is_none_or(|(by_person, _)| !by_person) {
            truths.insert(label.call_id, (person, truth));
        }
    }
    let mut cells: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (call, (_, truth)) in &truths {
        let verdict = verdicts
            .get(call)
            .cloned()
            .flatten()
            .unwrap_or_else(|| "unknown".to_owned());
        *cells.entry((verdict, truth.clone())).or_default() += 1;
    }
    let share = |of: fn(&str) -> bool| {
        let (mut all, mut right) = (0, 0);
        for ((verdict, truth), calls) in &cells {
            if of(truth) {
                all += calls;
                right += if of(verdict) { *calls } else { 0 };
            }
        }
        (all > 0).then(|| right as f64 / all as f64)
    };
    Rightness {
        labelled: truths.len(),
        people_kept: share(|class| class.starts_with("answer.human")),
        machines_caught: share(|class| {
            matches!(
                class,
                "answer.machine" | "answer.assistant" | "answer.ivr" | "answer.screening"
            )
        }),
        cells: cells
            .into_iter()
            .map(|((verdict, truth), calls)| Cell {
                verdict,
                truth,
                calls,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpd_store::SERVICE;

    fn hour(hour_ms: i64, class: &str, calls: i64) -> Hour {
        Hour {
            tenant_id: SERVICE,
            hour_ms,
            dialer: "d".to_owned(),
            campaign: String::new(),
            operator: String::new(),
            class: class.to_owned(),
            phase: "answered".to_owned(),
            answered: true,
            calls,
            refused: 0,
            decided: calls,
            decided_ms: calls * 1_200,
            talk_ms: 0,
        }
    }

    #[test]
    fn a_span_is_of_times_that_there_are() {
        let now = 1_795_000_000_000;
        assert_eq!(span(None, None, now).ok(), Some((now - SPAN_MS, now)));
        for (from, until) in [
            (i64::MIN, i64::MIN),
            (i64::MAX, i64::MAX),
            (i64::MIN, i64::MAX),
            (now, now - 1),
        ] {
            assert!(span(Some(from), Some(until), now).is_err(), "{from} to {until}");
        }
    }

    #[test]
    fn days_begin_at_ones_own_midnight() {
        let rows = || {
            [
                hour(20 * HOUR_MS, "answer.human", 1),
                hour(22 * HOUR_MS, "answer.machine", 2),
            ]
            .into_iter()
        };
        let utc = sums(rows(), By::Day, 0);
        assert_eq!(utc.len(), 1);
        assert_eq!(
            (utc[0].people, utc[0].machines, utc[0].decided_ms),
            (1, 2, Some(1_200))
        );
        // Moscow: 22:00 UTC is one o'clock of the next day.
        let keys: Vec<_> = sums(rows(), By::Day, 180 * 60_000)
            .into_iter()
            .map(|row| row.key)
            .collect();
        assert_eq!(keys, [(-3 * HOUR_MS).to_string(), (21 * HOUR_MS).to_string()]);
    }
}
