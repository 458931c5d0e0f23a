//! Signalling tones: call progress of every country, SIT, DTMF, fax, modem, beeps.

pub mod answer_tone;
pub mod beep;
mod context;
pub mod dtmf;
pub mod fax;
pub mod line;
pub mod modem;
mod modem_data;
pub mod signals;

use std::sync::Arc;

use crate::activity::Hearing;
use crate::events::Events;
use crate::front::Frame;
use crate::peaks::Peaks;
use crate::plan::Plans;
use crate::tones::signals::SignalEar;

/// Hears all tones of one call.
pub struct ToneEar {
    _plans: Arc<Plans>,
    signals: SignalEar,
}

impl ToneEar {
    /// An ear for the tones of `countries` (all, where empty).
    pub fn new(plans: Arc<Plans>, countries: &[String]) -> ToneEar {
        let _ = countries;
        ToneEar {
            _plans: plans,
            signals: SignalEar::default(),
        }
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, hearing: &Hearing, events: &mut Events) {
        let _ = hearing;
        self.signals.hear(frame, peaks, events);
    }
}
