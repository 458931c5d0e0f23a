//! The judge: weighs what the detectors heard and gives the verdict.

use std::sync::Arc;

use crate::activity::Hearing;
use crate::answer::Opinion;
use crate::events::Events;
use crate::front::Frame;
use crate::profile::Profile;
use crate::prompts::Library;
use crate::verdict::Verdict;

/// Weighs evidence over one call.
pub(crate) struct Judge {
    _library: Arc<Library>,
}

impl Judge {
    /// A judge who has heard nothing.
    pub(crate) fn new(profile: &Profile, library: Arc<Library>) -> Judge {
        let _ = profile;
        Judge { _library: library }
    }

    /// Weighs one hop.
    pub(crate) fn weigh(
        &mut self,
        frame: &Frame<'_>,
        hearing: &Hearing,
        opinion: Option<Opinion>,
        events: &mut Events,
    ) {
        let _ = (frame, hearing, opinion, events);
    }

    /// The present verdict, if any.
    pub(crate) fn verdict(&self) -> Option<&Verdict> {
        None
    }
}
