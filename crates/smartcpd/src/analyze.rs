//! `smartcpd analyze`: all files on all cores, results in the order of the command line.

use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use cpd_detect::{Library, Shared};

use crate::audio::{self, Reading, Recording};
use crate::calls::{Call, Calls};
use crate::cli::{Analyze, Format};
use crate::fault::{Fault, Faults};
use crate::hearing::{Ear, Heard, RATE};
use crate::inputs;
use crate::library;
use crate::line::Line;
use crate::picture::{self, Index};
use crate::plans;
use crate::progress::Progress;
use crate::story;
use crate::timeline::{self, Paint};

/// One recording, heard.
pub(crate) struct Analysis {
    /// As the list of calls names it, or the path; with the stream of a capture.
    pub(crate) name: String,
    pub(crate) recording: Recording,
    pub(crate) heard: Heard,
}

/// One file to be analysed.
pub(crate) struct Job {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) answered_at_ms: Option<u64>,
}

impl Job {
    /// The job of a file: named and answered as the list of calls says, where it says so.
    pub(crate) fn new(path: PathBuf, calls: Option<&Calls>, answered_at_ms: Option<u64>) -> Job {
        let call = calls.and_then(|calls| calls.find(&path));
        Job {
            name: call.map_or_else(|| path.display().to_string(), |call| call.file.clone()),
            answered_at_ms: call.map_or(answered_at_ms, Call::answered_at_ms),
            path,
        }
    }

    /// Reads and hears the file.
    pub(crate) fn done(&self, reading: &Reading, ear: &Ear, trace: bool) -> Result<Vec<Analysis>, Fault> {
        let recordings = audio::read(&self.path, reading)?;
        Ok(recordings
            .into_iter()
            .map(|recording| Analysis {
                name: if recording.stream.is_empty() {
                    self.name.clone()
                } else {
                    format!("{}#{}", self.name, recording.stream)
                },
                heard: ear.hear(&recording, self.answered_at_ms, trace),
                recording,
            })
            .collect())
    }
}

/// Runs the command.
pub(crate) fn run(command: &Analyze, faults: &mut Faults) {
    let calls = match command.calls.as_deref().map(Calls::read).transpose() {
        Ok(calls) => calls,
        // Without the answers the results would be of other calls: nothing is analysed.
        Err(fault) => return faults.tell(&fault),
    };
    let plans = match plans::load(&command.hearing) {
        Ok(plans) => plans,
        Err(fault) => return faults.tell(&fault),
    };
    let library = library::load(command.hearing.prompts.as_deref(), faults);
    let ear = Ear {
        shared: Shared::new(RATE, plans, Arc::clone(&library)),
        profile: command.hearing.profile(),
    };
    let jobs = jobs(command, calls.as_ref());
    let reading = command.audio.reading();
    let output = std::io::stdout();
    let paint = if output.is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        Paint::Coloured
    } else {
        Paint::Plain
    };
    let mut output = std::io::BufWriter::new(output.lock());
    let mut progress = Progress::new(jobs.len());
    let mut pictures = match command.picture.as_deref().map(Index::new).transpose() {
        Ok(pictures) => pictures,
        Err(fault) => return faults.tell(&fault),
    };
    let trace = pictures.is_some();

    let work = |job: &Result<Job, Fault>| match job {
        Ok(job) => job.done(&reading, &ear, trace).map(|analyses| {
            analyses
                .iter()
                .map(|analysis| Told {
                    text: text(analysis, command, &library, paint),
                    picture: trace.then(|| picture::draw(analysis, &library)),
                    name: analysis.name.clone(),
                    damage: analysis.recording.damage.clone(),
                })
                .collect::<Vec<_>>()
        }),
        Err(fault) => Err(fault.clone()),
    };
    in_order(&jobs, command.jobs, work, |done| {
        progress.hide();
        match done {
            Ok(all) => {
                for told in all {
                    if let Some(fault) = &told.damage {
                        faults.tell(fault);
                    }
                    if let (Some(pictures), Some(picture)) = (&mut pictures, &told.picture)
                        && let Err(fault) = pictures.add(&told.name, picture)
                    {
                        faults.tell(&fault);
                    }
                    match output
                        .write_all(told.text.as_bytes())
                        .and_then(|()| output.flush())
                    {
                        Ok(()) => {}
                        // Whoever reads has seen enough (head, a closed pager): that is no fault of the run.
                        Err(why) if why.kind() == ErrorKind::BrokenPipe => return false,
                        Err(why) => {
                            faults.tell(&Fault::unwritable(Path::new("standard output"), &why));
                            return false;
                        }
                    }
                }
            }
            Err(fault) => faults.tell(&fault),
        }
        progress.advance();
        true
    });
    progress.hide();
    if let Some(Err(fault)) = pictures.map(Index::finish) {
        faults.tell(&fault);
    }
}

/// What is to be shown of one recording.
struct Told {
    name: String,
    text: String,
    picture: Option<String>,
    damage: Option<Fault>,
}

fn text(analysis: &Analysis, command: &Analyze, library: &Library, paint: Paint) -> String {
    match command.format {
        Format::Jsonl => {
            let line = Line::new(
                analysis.name.clone(),
                &analysis.heard,
                &analysis.recording.digits,
                library,
            );
            serde_json::to_string(&line).unwrap_or_default() + "\n"
        }
        Format::Text => timeline::text(
            &analysis.name,
            analysis.recording.length_ms(),
            &story::tell(&analysis.heard, &analysis.recording, library),
            analysis.heard.verdict.as_ref(),
            library,
            paint,
        ),
    }
}

fn jobs(command: &Analyze, calls: Option<&Calls>) -> Vec<Result<Job, Fault>> {
    let named: Vec<PathBuf> = match calls {
        Some(calls) if command.paths.is_empty() => calls.files().collect(),
        _ => command.paths.clone(),
    };
    let mut jobs = Vec::new();
    for path in named {
        match inputs::expand(&path, command.audio.raw.is_some()) {
            Ok(files) => jobs.extend(
                files
                    .into_iter()
                    .map(|file| Ok(Job::new(file, calls, command.answered_at))),
            ),
            Err(fault) => jobs.push(Err(fault)),
        }
    }
    jobs
}

/// Does `work` on all jobs, as many at a time as there are cores, and hands the results to `take` in the order of the
/// jobs, each as soon as those before it are done. `take` says whether it wants more.
pub(crate) fn in_order<J: Sync, R: Send>(
    jobs: &[J],
    at_a_time: Option<u16>,
    work: impl Fn(&J) -> R + Sync,
    mut take: impl FnMut(R) -> bool,
) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = at_a_time.map_or(cores, usize::from).min(jobs.len());
    let next = AtomicUsize::new(0);
    // Room for each worker to hand over without waiting; results are put in order on this side.
    let (results, finished) = mpsc::sync_channel(4 * workers.max(1));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (results, next, work) = (results.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at) else { return };
                    if results.send((at, work(job))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(results);
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        // The channel is moved in here so that leaving early closes it and stops the workers.
        let finished = finished;
        for (at, result) in &finished {
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&due) {
                due += 1;
                if !take(result) {
                    next.store(jobs.len(), Ordering::Relaxed);
                    return;
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_however_long_each_takes() {
        let jobs: Vec<u64> = (0..40).collect();
        let mut seen = Vec::new();
        let work = |&n: &u64| {
            std::thread::sleep(std::time::Duration::from_millis((40 - n) % 7));
            n
        };
        in_order(&jobs, Some(8), work, |n| {
            seen.push(n);
            n < 30
        });
        assert_eq!(seen, (0..=30).collect::<Vec<_>>());
    }
}
