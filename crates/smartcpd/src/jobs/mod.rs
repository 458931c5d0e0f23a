//! Work that takes longer than a request. A node takes one job at a time and tells while it works that it still does; a job
//! whose node is gone is begun anew by another.
//!
//! - [`export`]: calls as a file. Recordings are heard again by [`replays`].

pub(crate) mod export;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cpd_store::jobs::{self, Ending, Job};
use cpd_store::{Error, Store, Uuid, Whose, webhooks};
use serde_json::json;
use tokio::sync::watch;

use crate::api::app::App;
use crate::api::replays;

/// How often is looked for work.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a job is this node's without a word, ms: the last step of a large workbook takes half a minute.
const LEASE_MS: i64 = 3 * 60_000;
/// How often a job that hears recordings tells how far it is.
const HOLD: Duration = Duration::from_secs(5);
/// How long files are kept, ms: a day.
pub(crate) const FILES_MS: i64 = 86_400_000;
/// How often old files are looked for, in turns without work: ten minutes.
const SWEEP_TURNS: u32 = 600;

/// Does jobs.
pub(crate) struct Runner {
    pub(crate) store: Store,
    /// What recordings are heard with.
    pub(crate) app: Arc<App>,
    /// This node.
    pub(crate) node: String,
    /// Where files go.
    pub(crate) folder: PathBuf,
    /// Unix time, ms.
    pub(crate) clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

/// Why a job is not done.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Somebody took it back, or another node has it.
    Lost,
    /// It cannot be done: why.
    Failed(String),
    /// The database; it is begun anew when that is back.
    Store(Error),
}

impl From<Error> for Stop {
    fn from(why: Error) -> Stop {
        Stop::Store(why)
    }
}

impl Runner {
    /// Works for ever.
    pub(crate) async fn run(self) {
        let mut idle = 0;
        loop {
            // A database that is away is asked again.
            if self.step().await.unwrap_or(false) {
                continue;
            }
            if idle % SWEEP_TURNS == 0 {
                // Files that stay are found the next time.
                let _ = self.sweep().await;
            }
            idle += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Does one job; `false`: there is none.
    pub(crate) async fn step(&self) -> Result<bool, Error> {
        let now = (self.clock)();
        let tx = self.store.write(Whose::Service).await?;
        let taken = jobs::take(&tx, &self.node, (now, now + LEASE_MS)).await?;
        tx.commit().await?;
        let Some(job) = taken else {
            return Ok(false);
        };
        let done = match job.kind.as_str() {
            export::KIND => export::run(self, &job).await,
            "replay" | "trial" => self.replay(&job).await,
            kind => Err(Stop::Failed(format!("this release does no {kind}"))),
        };
        match done {
            Ok(ending) => self.end(&job, ending).await?,
            Err(Stop::Failed(why)) => self.end(&job, Ending::Failed(why)).await?,
            Err(Stop::Lost) => {}
            Err(Stop::Store(why)) => return Err(why),
        }
        Ok(true)
    }

    /// Hears recordings again. Meanwhile it is told that this is still done; when it is not this node's any more, it ends.
    async fn replay(&self, job: &Job) -> Result<Ending, Stop> {
        let (progress, shares) = watch::channel(0.0);
        tokio::select! {
            done = replays::run(&self.app, job, &progress) => match done {
                Ok(result) => Ok(Ending::Done(result, None)),
                Err(why) => Err(Stop::Failed(why)),
            },
            stop = self.hold(job, shares) => Err(stop),
        }
    }

    async fn hold(&self, job: &Job, shares: watch::Receiver<f32>) -> Stop {
        let mut tick = tokio::time::interval(HOLD);
        loop {
            tick.tick().await;
            let share = *shares.borrow();
            if let Err(stop) = self.progress(job, share).await {
                return stop;
            }
        }
    }

    /// Tells that the job is still done, and how far it is.
    pub(crate) async fn progress(&self, job: &Job, share: f32) -> Result<(), Stop> {
        let tx = self.store.write(Whose::Service).await?;
        let until = (self.clock)() + LEASE_MS;
        let own = jobs::progress(&tx, job.id, &self.node, share, until).await?;
        tx.commit().await?;
        if own { Ok(()) } else { Err(Stop::Lost) }
    }

    async fn end(&self, job: &Job, ending: Ending) -> Result<(), Error> {
        let now = (self.clock)();
        let tx = self.store.write(Whose::Service).await?;
        let ended = match jobs::end(&tx, job.id, ending, now).await {
            // It was taken away meanwhile.
            Err(Error::Missing) => return Ok(()),
            ended => ended?,
        };
        let payload = json!({
            "id": ended.id, "kind": ended.kind, "state": ended.state, "result": ended.result, "error": ended.error,
        });
        let event = webhooks::event(ended.tenant_id, "job.ended", payload, now);
        webhooks::emit(&tx, &[event]).await?;
        tx.commit().await
    }

    /// Takes away files of a day ago, and those that no job knows.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let tx = self.store.write(Whose::Service).await?;
        for job in jobs::with_old_files(&tx, &self.node, (self.clock)() - FILES_MS).await? {
            if let Some(file) = &job.file {
                remove(&self.folder.join(file));
            }
            jobs::forget_file(&tx, job.id).await?;
        }
        let names = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for name in names.filter_map(|entry| entry.file_name().into_string().ok()) {
            let id = name.split('.').next().and_then(|id| Uuid::try_parse(id).ok());
            let known = match id {
                Some(id) => match jobs::find(&tx, id).await {
                    Err(Error::Missing) => None,
                    job => Some(job?),
                },
                None => None,
            };
            let wanted = known.is_some_and(|job| job.ended_ms.is_none() || job.file.as_ref() == Some(&name));
            if !wanted {
                remove(&self.folder.join(name));
            }
        }
        tx.commit().await
    }
}

/// Takes a file away; one that is gone already is as good.
pub(crate) fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}

/// Makes a file that is its owner's alone: telephone numbers can be in it.
fn create(path: &Path) -> Result<std::fs::File, String> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let made = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    made.map_err(|why| crate::fault::system_words(&why))
}
