//! One direction of one call to a detector and, where it is wanted, a recording.
//!
//! Every door brings its audio here as samples and gaps: RTP, and whatever else carries calls.

use cpd_detect::{Detector, Event};

use super::command::ListenPlan;
use super::record::Recorder;

/// Hears one direction of one call.
pub struct Listener {
    detector: Box<Detector>,
    recorder: Option<Recorder>,
    /// Polled, but there was no room for it.
    held: Option<Event>,
}

impl Listener {
    /// A listener that has heard nothing.
    pub fn new(plan: &ListenPlan, recorder: Option<Recorder>) -> Listener {
        Listener {
            detector: Box::new(Detector::new(&plan.shared, &plan.profile)),
            recorder,
            held: None,
        }
    }

    /// Samples that came.
    pub fn push(&mut self, samples: &[i16]) {
        self.detector.push(samples);
        if let Some(recorder) = &mut self.recorder {
            recorder.push(samples);
        }
    }

    /// So many samples were lost.
    pub fn gap(&mut self, samples: u64) {
        self.detector.gap(samples);
        if let Some(recorder) = &mut self.recorder {
            recorder.gap(samples);
        }
    }

    /// The call was answered at this sample.
    pub fn answered(&mut self) {
        self.detector.answered();
        if let Some(recorder) = &mut self.recorder {
            recorder.answered();
        }
    }

    /// The call is over: what is open is settled as it stands.
    pub fn ended(&mut self) {
        self.detector.ended();
    }

    /// The next event, oldest first.
    pub fn poll(&mut self) -> Option<Event> {
        self.held.take().or_else(|| self.detector.poll())
    }

    /// Puts the event back that was polled last: there is no room for it now.
    pub fn hold(&mut self, event: Event) {
        self.held = Some(event);
    }

    /// Nothing is heard any more; the recording is left.
    pub fn into_recorder(self) -> Option<Recorder> {
        self.recorder
    }
}
