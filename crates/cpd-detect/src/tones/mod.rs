//! Signalling tones: call progress of every country, SIT, DTMF, fax, modem, beeps.

mod burst;
mod cadence;
mod lines;
mod progress;

use std::sync::Arc;

use crate::activity::Hearing;
use crate::events::Events;
use crate::front::Frame;
use crate::peaks::Peaks;
use crate::plan::Plans;
use progress::ProgressEar;

/// Hears all tones of one call.
pub struct ToneEar {
    progress: ProgressEar,
}

impl ToneEar {
    /// An ear for the tones of `countries` (all, where empty).
    pub fn new(plans: Arc<Plans>, countries: &[String]) -> ToneEar {
        ToneEar {
            progress: ProgressEar::new(plans, countries),
        }
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, hearing: &Hearing, events: &mut Events) {
        let _ = peaks;
        self.progress.hear(frame, hearing, events);
    }
}
