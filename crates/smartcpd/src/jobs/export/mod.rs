//! Calls as a file: CSV, a workbook, Parquet, or NetBorder's statistics. They are read from the database in pages and written
//! as they come; however many there are, memory stays the same.

mod columns;
mod csv;
mod parquet;
mod stats;
mod xlsx;

use std::path::{Path, PathBuf};

use cpd_b2bua::trunk::number::Number;
use cpd_store::Whose;
use cpd_store::calls::{self, Call, Filter};
use cpd_store::jobs::{Ending, Job};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Runner, Stop, remove};
use crate::api::WhichCalls;

pub(crate) use stats::row as stats_row;

/// The kind of these jobs.
pub(crate) const KIND: &str = "export";
/// Calls of a page.
const PAGE: u64 = 1_000;

/// A form of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExportFormat)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// UTF-8, RFC 4180.
    Csv,
    /// A workbook.
    Xlsx,
    /// Columns, for analysis.
    Parquet,
    /// NetBorder's `cpa-stats.csv`.
    CpaStats,
}

impl Format {
    /// How its files' names end.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Format::Csv | Format::CpaStats => "csv",
            Format::Xlsx => "xlsx",
            Format::Parquet => "parquet",
        }
    }

    /// Their type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Format::Csv | Format::CpaStats => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// What is wanted.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = ExportWish)]
pub(crate) struct Wanted {
    pub(crate) format: Format,
    pub(crate) filter: WhichCalls,
    /// Telephone numbers in full.
    pub(crate) numbers: bool,
}

/// What came of an export.
#[derive(Serialize, ToSchema)]
pub(crate) struct Exported {
    /// How many are in the file.
    calls: u64,
}

impl Wanted {
    /// Of a job's parameters.
    pub(crate) fn of(parameters: &Value) -> Result<Wanted, String> {
        serde_json::from_value(parameters.clone()).map_err(|why| format!("read what is wanted: {why}"))
    }
}

/// Takes calls and writes them.
trait Sheet: Send {
    fn write(&mut self, calls: &[Call]) -> Result<(), String>;

    /// Writes what is left.
    fn end(self: Box<Self>) -> Result<(), String>;
}

fn sheet(format: Format, path: &Path) -> Result<Box<dyn Sheet>, String> {
    Ok(match format {
        Format::Csv => Box::new(csv::Csv::begin(path)?),
        Format::CpaStats => Box::new(stats::Stats::begin(path)?),
        Format::Xlsx => Box::new(xlsx::Xlsx::begin(path)?),
        Format::Parquet => Box::new(parquet::Parquet::begin(path)?),
    })
}

/// Does such a job.
pub(crate) async fn run(runner: &Runner, job: &Job) -> Result<Ending, Stop> {
    let wanted = Wanted::of(&job.parameters).map_err(Stop::Failed)?;
    let filter = wanted
        .filter
        .filter()
        .map_err(|problem| Stop::Failed(problem.detail().to_owned()))?;
    std::fs::create_dir_all(&runner.folder)
        .map_err(|why| Stop::Failed(format!("make the folder for exports: {why}")))?;
    let name = format!("{}.{}", job.id, wanted.format.ending());
    let part = Part(runner.folder.join(format!("{name}.part")));
    let calls = write(runner, job, &wanted, &filter, &part.0).await?;
    std::fs::rename(&part.0, runner.folder.join(&name))
        .map_err(|why| Stop::Failed(format!("keep the file: {why}")))?;
    Ok(Ending::Done(json!(Exported { calls }), Some(name)))
}

/// A file that is not whole yet; it goes if it never will be.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

async fn write(
    runner: &Runner,
    job: &Job,
    wanted: &Wanted,
    filter: &Filter,
    path: &Path,
) -> Result<u64, Stop> {
    let (format, place) = (wanted.format, path.to_owned());
    let mut sheet = blocking(move || sheet(format, &place)).await?;
    let (mut after, mut count, mut newest_ms) = (None, 0, None);
    loop {
        let tx = runner.store.read(Whose::Tenant(job.tenant_id)).await?;
        let mut page = calls::list(&tx, filter, after, PAGE).await?;
        drop(tx);
        count += page.rows.len() as u64;
        if !wanted.numbers {
            page.rows.iter_mut().for_each(mask);
        }
        let last_ms = page.rows.last().map(|call| call.began_ms);
        newest_ms = newest_ms.or(page.rows.first().map(|call| call.began_ms));
        let rows = page.rows;
        sheet = blocking(move || sheet.write(&rows).map(|()| sheet)).await?;
        runner
            .progress(job, share(filter.from_ms, newest_ms, last_ms))
            .await?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    blocking(move || sheet.end()).await?;
    Ok(count)
}

/// Writes beside what waits for the network.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, Stop> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|why| Stop::Failed(format!("write the file: {why}"))),
        Err(why) => Err(Stop::Failed(format!("write the file: {why}"))),
    }
}

/// The day of a time.
pub(crate) fn day(ms: i64) -> String {
    columns::iso(ms).chars().take(10).collect()
}

fn mask(call: &mut Call) {
    for number in [&mut call.caller, &mut call.callee] {
        *number = Number::new(std::mem::take(number)).to_string();
    }
}

/// How far it is, by the time that was gone through; without a beginning nobody knows.
fn share(from_ms: Option<i64>, newest_ms: Option<i64>, last_ms: Option<i64>) -> f32 {
    let (Some(from), Some(newest), Some(last)) = (from_ms, newest_ms, last_ms) else {
        return 0.0;
    };
    let whole = newest.saturating_sub(from).max(1) as f32;
    (newest.saturating_sub(last) as f32 / whole).clamp(0.0, 0.99)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_the_time_that_was_gone_through() {
        assert_eq!(share(Some(1_000), Some(2_000), Some(1_500)), 0.5);
        assert_eq!(share(Some(1_000), Some(2_000), Some(1_000)), 0.99);
        assert_eq!(share(None, Some(2_000), Some(1_500)), 0.0);
        // Whatever a filter says.
        assert!(share(Some(i64::MIN), Some(2_000), Some(1_500)) < 0.01);
        assert_eq!(share(Some(i64::MAX), Some(2_000), Some(1_500)), 0.99);
    }
}
