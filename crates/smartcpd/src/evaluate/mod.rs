//! `smartcpd evaluate`: how well labelled calls are heard.
//!
//! The calls are analysed (or lines of an earlier `analyze --format jsonl` are read), compared with their labels, and
//! told in the rows of docs/accuracy.md. The definitions are those of the evaluation corpus's own `score.py`.

mod curve;
mod guard;
mod rows;
mod score;
mod truth;

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use cpd_detect::{Library, Shared};

use crate::analyze::{Job, in_order};
use crate::audio::Reading;
use crate::cli::Evaluate;
use crate::fault::{Fault, FaultClass, Faults};
use crate::files;
use crate::hearing::{Ear, RATE};
use crate::library;
use crate::line::Line;
use crate::plans;
use crate::progress::Progress;
use score::Scores;
use truth::{Prediction, Truth};

/// Runs the command.
pub(crate) fn run(command: &Evaluate, faults: &mut Faults) {
    if let Err(fault) = evaluate(command, faults) {
        faults.tell(&fault);
    }
}

fn evaluate(command: &Evaluate, faults: &mut Faults) -> Result<(), Fault> {
    let truths = truth::part(truth::read(&command.calls)?, command.part);
    let guard = command.guard.as_deref().map(guard::Guard::read).transpose()?;
    let predictions = match &command.predictions {
        Some(path) => truth::predictions(path)?,
        None => {
            let library = library::load(command.hearing.prompts.as_deref(), faults);
            let ear = ear(command, &library)?;
            let predictions = hear(command, &truths, &ear, faults);
            if command.curve {
                say(&curve::text(&curve::sweep(command, &truths, &ear, faults)))?;
            }
            predictions
        }
    };
    let by_file: HashMap<&str, &Prediction> = predictions
        .iter()
        .map(|prediction| (prediction.file.as_str(), prediction))
        .collect();
    let scores = Scores::of(&truths, &by_file);
    say(&rows::text(&scores))?;
    if let Some(path) = &command.json {
        let json = serde_json::to_string_pretty(&scores).unwrap_or_default();
        files::write_whole(path, (json + "\n").as_bytes()).map_err(|why| Fault::unwritable(path, &why))?;
    }
    if let Some(guard) = guard {
        let missed = guard.missed(&scores);
        for row in &missed {
            faults.tell(&Fault::new(FaultClass::BelowGuard, format_args!("reach {row}")));
        }
        if missed.is_empty() {
            say("every guarded figure is reached\n")?;
        }
    }
    Ok(())
}

fn ear(command: &Evaluate, library: &Arc<Library>) -> Result<Ear, Fault> {
    Ok(Ear {
        shared: Shared::new(RATE, plans::load(&command.hearing)?, Arc::clone(library)),
        profile: command.hearing.profile(),
    })
}

/// Analyses the calls.
fn hear(command: &Evaluate, truths: &[Truth], ear: &Ear, faults: &mut Faults) -> Vec<Prediction> {
    let folder = command.calls.parent().unwrap_or(Path::new(""));
    let jobs: Vec<Job> = truths
        .iter()
        .map(|truth| Job {
            path: folder.join(&truth.file),
            name: truth.file.clone(),
            answered_at_ms: truth.answered_at_ms(),
        })
        .collect();
    let mut progress = Progress::new(jobs.len());
    let mut predictions = Vec::with_capacity(jobs.len());
    let work = |job: &Job| {
        job.done(&Reading::default(), ear, false).map(|analyses| {
            analyses
                .into_iter()
                .map(|analysis| {
                    let line = Line::new(analysis.name, &analysis.heard, &[], ear.shared.library());
                    Prediction::from(&line)
                })
                .collect::<Vec<_>>()
        })
    };
    in_order(&jobs, command.jobs, work, |done| {
        match done {
            Ok(told) => predictions.extend(told),
            Err(fault) => {
                progress.hide();
                faults.tell(&fault);
            }
        }
        progress.advance();
        true
    });
    progress.hide();
    predictions
}

fn say(text: &str) -> Result<(), Fault> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Fault::unwritable(Path::new("standard output"), &why))
        }
        _ => Ok(()),
    }
}
