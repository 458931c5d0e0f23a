//! What is called, what each call should come to, and how the node behaves meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cpd_call::Policy;
use cpd_detect::{Plans, Profile, Shared};
use cpd_sim::Rng;
use cpd_sim::carrier::{Play, Repertoire};

use super::args::DemoArgs;
use super::node;
use crate::calls::{Call, Calls};
use crate::fault::{Fault, FaultClass, Faults};
use crate::hearing::{Ear, RATE};
use crate::simulate::carrier::{Plan, recording_play};
use crate::{audio, library};

/// A whole demonstration.
pub(super) struct Programme {
    /// What the carrier plays.
    pub(super) plan: Plan,
    /// The calls, in order.
    pub(super) calls: Vec<Expected>,
    /// What the node does about them.
    pub(super) policy: Policy,
    /// What it hears by.
    pub(super) shared: Shared,
    /// How long a call may ring, and how long it may be answered.
    pub(super) longest: Duration,
    /// When the dialer hangs up by itself.
    pub(super) after_verdict: Option<Duration>,
}

/// One call and what it should come to.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    /// Whom to call.
    pub(super) number: String,
    /// What is played.
    pub(super) title: String,
    /// Verdicts that are right; empty: none.
    pub(super) classes: Vec<&'static str>,
    /// When the file alone gives that verdict, ms from its start or its answer.
    pub(super) file_ms: Option<u64>,
}

impl Programme {
    /// Each play once before any comes again, in an order by chance, so that a short demonstration shows much.
    pub(super) fn repertoire(calls: usize, seed: u64) -> Programme {
        let repertoire = Repertoire::new(seed);
        let mut rng = Rng::new(seed ^ 0xd1a1);
        let mut deck: Vec<&Play> = Vec::new();
        let mut expected = Vec::with_capacity(calls);
        for place in 0..calls {
            if deck.is_empty() {
                deck = repertoire.plays.iter().collect();
            }
            let play = deck.swap_remove(rng.below(deck.len()));
            expected.push(Expected {
                number: format!("7900{:05}{}", place + 1, play.digits),
                title: play.title.clone(),
                classes: play.truth.classes.to_vec(),
                file_ms: None,
            });
        }
        Programme {
            plan: Plan::Repertoire(Arc::new(repertoire)),
            calls: expected,
            policy: node::acting(),
            shared: node::hearing(),
            longest: Duration::from_secs(14),
            after_verdict: Some(Duration::from_millis(600)),
        }
    }

    /// Recordings, heard here first; the node only tells, so that every call is heard to its end.
    pub(super) fn recordings(list: &Path, args: &DemoArgs, faults: &mut Faults) -> Result<Programme, Fault> {
        let shared = Shared::new(
            RATE,
            Arc::new(Plans::built_in()),
            library::load(args.prompts.as_deref(), faults),
        );
        let ear = Ear {
            shared: shared.clone(),
            profile: Profile::default(),
        };
        let calls = Calls::read(list)?;
        let files: Vec<_> = calls
            .files()
            .take(args.calls.map_or(usize::MAX, usize::from))
            .collect();
        if files.is_empty() {
            return Err(Fault::reading(FaultClass::Calls, list, "it lists no call"));
        }
        let (mut plays, mut expected) = (Vec::new(), Vec::new());
        for (place, file) in files.iter().enumerate() {
            let streams = audio::read(file, &audio::Reading::default())?;
            let recording = streams.into_iter().next().unwrap_or_default();
            let answer_ms = calls.find(file).and_then(Call::answered_at_ms);
            let verdict = ear.hear(&recording, answer_ms, false).verdict;
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            plays.push(recording_play(&name, &recording.samples, answer_ms));
            expected.push(Expected {
                number: format!("7900{place:06}"),
                title: name.into_owned(),
                classes: verdict.iter().map(|verdict| verdict.class.as_str()).collect(),
                file_ms: verdict.map(|verdict| {
                    let at_ms = RATE.ms(verdict.decided);
                    at_ms - answer_ms.filter(|answer_ms| *answer_ms <= at_ms).unwrap_or(0)
                }),
            });
        }
        let longest = plays.iter().map(|play| play.sound.ms()).max().unwrap_or(0);
        let longest = Duration::from_millis(longest.into()) + Duration::from_secs(5);
        let mut policy = Policy::default();
        policy.answer_limit = longest;
        policy.beep_limit = longest;
        Ok(Programme {
            plan: Plan::Recordings(Arc::new(plays)),
            calls: expected,
            policy,
            shared,
            longest,
            after_verdict: None,
        })
    }
}
