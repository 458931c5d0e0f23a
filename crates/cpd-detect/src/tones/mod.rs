//! Signalling tones: call progress of every country, SIT, DTMF, fax, modem, beeps.

pub mod answer_tone;
pub mod beep;
mod burst;
mod cadence;
mod context;
pub mod dtmf;
pub mod fax;
pub mod line;
mod lines;
pub mod modem;
mod modem_data;
#[cfg(test)]
mod play;
mod progress;
pub mod signals;
mod sit;
#[cfg(test)]
mod test_audio;

use std::sync::Arc;

use crate::activity::Hearing;
use crate::events::Events;
use crate::front::Frame;
use crate::peaks::Peaks;
use crate::plan::Plans;
pub(crate) use cadence::Length;
use progress::ProgressEar;
use signals::SignalEar;
use sit::SitEar;

/// Hears all tones of one call.
pub struct ToneEar {
    progress: ProgressEar,
    sit: SitEar,
    signals: SignalEar,
}

impl ToneEar {
    /// An ear for the tones of `countries` (all, where empty).
    pub fn new(plans: Arc<Plans>, countries: &[String]) -> ToneEar {
        ToneEar {
            progress: ProgressEar::new(plans, countries),
            sit: SitEar::default(),
            signals: SignalEar::default(),
        }
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, hearing: &Hearing, events: &mut Events) {
        self.progress.hear(frame, peaks, hearing, events);
        self.sit.hear(frame, peaks, events);
        self.signals.hear(frame, peaks, hearing.music, events);
    }
}
