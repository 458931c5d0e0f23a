//! Reports of the desk: how many requests came, how soon they were answered and solved, what was broken.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use cpd_desk::{Clock, Clocks, What, Why};
use cpd_store::desk::requests;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::caller::Caller;
use super::super::extract::{Asked, List};
use super::super::problem::Problem;
use super::seat;
use crate::desk::{terms, work};

/// Requests of a report at most.
const REQUESTS_MAX: u64 = 20_000;
/// The longest time of a report, ms: a year and a day.
const SPAN_MAX_MS: i64 = 367 * 86_400_000;

/// Which time, and by what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    from_ms: i64,
    until_ms: i64,
    #[serde(default)]
    #[param(inline)]
    by: By,
}

/// What a report has a row for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeskReportBy)]
pub(crate) enum By {
    /// Each kind.
    #[default]
    Kind,
    /// Each priority.
    Priority,
    /// Each customer.
    Customer,
    /// Each door.
    Door,
    /// Each part of the service.
    Component,
}

/// A row.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = DeskReportRow)]
pub(crate) struct Row {
    name: String,
    /// Requests that came in the time.
    came: u64,
    /// Of these, that are not over.
    open: u64,
    solved: u64,
    /// That were said to be solved and were not.
    reopened: u64,
    /// Half of the first answers took no longer, ms of work.
    first_p50_ms: Option<i64>,
    first_p95_ms: Option<i64>,
    /// Half of the solutions took no longer, ms of work.
    solution_p50_ms: Option<i64>,
    solution_p95_ms: Option<i64>,
    /// First answers that came too late, or are too late by now.
    first_breached: u64,
    solution_breached: u64,
}

#[derive(Default)]
struct Sum {
    row: Row,
    first: Vec<i64>,
    solution: Vec<i64>,
}

/// How requests of a time were answered and solved
#[utoipa::path(get, path = "/desk/report", operation_id = "desk_report", tag = "desk", params(Which), responses((status = 200, body = List<Row>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn report(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Row>>, Problem> {
    let span = which.until_ms.checked_sub(which.from_ms);
    if !span.is_some_and(|span| (1..=SPAN_MAX_MS).contains(&span)) {
        return Err(Problem::wrong(
            "/until_ms",
            "a report is of a year at most, and ends after it begins",
        ));
    }
    let (tx, _) = seat::staff(&app, &caller, false).await?;
    let now = app.now();
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    let mut contracts = BTreeMap::new();
    let customers: BTreeMap<_, _> = cpd_store::tenants::list(&tx)
        .await?
        .into_iter()
        .map(|tenant| (tenant.id, tenant.name))
        .collect();
    for request in requests::between(&tx, which.from_ms, which.until_ms - 1, REQUESTS_MAX).await? {
        let name = match which.by {
            By::Kind => request.kind.clone(),
            By::Priority => request.priority.clone(),
            By::Customer => customers.get(&request.tenant_id).cloned().unwrap_or_default(),
            By::Door => request.door.clone(),
            By::Component => request.component.clone(),
        };
        if let Entry::Vacant(room) = contracts.entry(request.tenant_id) {
            let contract = work::contract(&tx, request.tenant_id, now).await?;
            room.insert(contract.unwrap_or_else(terms::none));
        }
        let log = work::log(&tx, &request).await?;
        let clocks = Clocks::of(&log, &contracts[&request.tenant_id]);
        let sum = sums.entry(name).or_default();
        count(sum, &request, &log, &clocks, now);
    }
    let items = sums
        .into_iter()
        .map(|(name, mut sum)| {
            sum.first.sort_unstable();
            sum.solution.sort_unstable();
            Row {
                name,
                first_p50_ms: quantile(&sum.first, 50),
                first_p95_ms: quantile(&sum.first, 95),
                solution_p50_ms: quantile(&sum.solution, 50),
                solution_p95_ms: quantile(&sum.solution, 95),
                ..sum.row
            }
        })
        .collect();
    Ok(Json(List { items }))
}

fn count(sum: &mut Sum, request: &requests::Request, log: &[cpd_desk::Event], clocks: &Clocks, now_ms: i64) {
    sum.row.came += 1;
    let over = matches!(
        request.state.as_str(),
        "solution_provided" | "closed" | "rejected" | "merged"
    );
    sum.row.open += u64::from(!over);
    let why = |event: &cpd_desk::Event| match &event.what {
        What::Moved { why, .. } => Some(why.clone()),
        _ => None,
    };
    let reasons: Vec<Why> = log.iter().filter_map(why).collect();
    let solved = reasons.iter().any(|why| matches!(why, Why::Solved { .. }));
    sum.row.solved += u64::from(solved && over);
    sum.row.reopened += u64::from(reasons.iter().any(|why| matches!(why, Why::NotSolved)));
    let late = |clock: Clock| match clock {
        Clock::Met { in_time, .. } => !in_time,
        Clock::Running { due_ms, .. } => due_ms <= now_ms,
        Clock::Paused { left_ms } => left_ms < 0,
        Clock::Idle => false,
    };
    sum.row.first_breached += u64::from(late(clocks.first));
    sum.row.solution_breached += u64::from(late(clocks.solution));
    if let Clock::Met { after_ms, .. } = clocks.first {
        sum.first.push(after_ms);
    }
    if let (Clock::Met { after_ms, .. }, true) = (clocks.solution, solved) {
        sum.solution.push(after_ms);
    }
}

/// The value that so many of a hundred do not exceed.
fn quantile(sorted: &[i64], percent: usize) -> Option<i64> {
    let at = (sorted.len() * percent).div_ceil(100).checked_sub(1)?;
    sorted.get(at).copied()
}
