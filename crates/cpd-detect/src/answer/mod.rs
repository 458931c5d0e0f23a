//! Who answered: a person or something recorded.

use crate::activity::Hearing;
use crate::events::Events;
use crate::front::Frame;

/// What the answer ear thinks at this moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opinion {
    /// Probability that the answering side is a machine, 0 to 1.
    pub machine: f32,
    /// Whether waiting longer is not expected to change it.
    pub settled: bool,
    /// Whether the greeting is a long one.
    pub long: bool,
}

/// Listens to the answering side.
#[derive(Default)]
pub struct AnswerEar {}

impl AnswerEar {
    /// An ear that has heard nothing.
    pub fn new() -> AnswerEar {
        AnswerEar::default()
    }

    /// Hears one hop (also before the answer: the line's noise is learned then).
    pub fn hear(&mut self, frame: &Frame<'_>, hearing: &Hearing, events: &mut Events) {
        let _ = (frame, hearing, events);
    }

    /// The present opinion; none before the answer or before anybody spoke.
    pub fn opinion(&self) -> Option<Opinion> {
        None
    }
}
