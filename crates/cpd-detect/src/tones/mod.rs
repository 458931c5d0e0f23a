//! Signalling tones: call progress of every country, SIT, DTMF, fax, modem, beeps.

use std::sync::Arc;

use crate::activity::Hearing;
use crate::events::Events;
use crate::front::Frame;
use crate::peaks::Peaks;
use crate::plan::Plans;

/// Hears all tones of one call.
pub struct ToneEar {
    _plans: Arc<Plans>,
}

impl ToneEar {
    /// An ear for the tones of `countries` (all, where empty).
    pub fn new(plans: Arc<Plans>, countries: &[String]) -> ToneEar {
        let _ = countries;
        ToneEar { _plans: plans }
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, hearing: &Hearing, events: &mut Events) {
        let _ = (frame, peaks, hearing, events);
    }
}
