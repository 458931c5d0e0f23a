//! One recording goes through one detector.

use cpd_detect::prompts::PromptId;
use cpd_detect::{Class, Detector, Event, Profile, SampleRate, Shared, Verdict};

use crate::audio::Recording;

/// The rate of everything that is analysed.
pub(crate) const RATE: SampleRate = SampleRate::NARROWBAND;

/// Samples given to a detector at a time: a packet of 20 ms, after which events are polled.
const PACKET: usize = 160;

/// Samples between two points of the trace: one hop.
const HOP: usize = 80;

/// What was heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// Everything, in the order in which it became known.
    pub(crate) events: Vec<Event>,
    /// The verdict at the end.
    pub(crate) verdict: Option<Verdict>,
    /// Probabilities over time, where they were asked for.
    pub(crate) trace: Vec<TracePoint>,
}

impl Heard {
    fn collect(&mut self, detector: &mut Detector) {
        while let Some(event) = detector.poll() {
            self.events.push(event);
        }
    }
}

/// What was believed at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TracePoint {
    /// Ms from the start.
    pub(crate) at_ms: u64,
    /// Probability that the answering side is a machine.
    pub(crate) machine: Option<f32>,
    /// The prompt with most evidence, and how much, bits.
    pub(crate) prompt: Option<(PromptId, f32)>,
    /// The verdict of that moment: its class, its label, its confidence.
    pub(crate) verdict: Option<(Class, &'static str, f32)>,
}

impl TracePoint {
    fn of(detector: &Detector) -> TracePoint {
        TracePoint {
            at_ms: RATE.ms(detector.now()),
            machine: detector.machine_probability(),
            prompt: detector.strongest_prompt(),
            verdict: detector
                .verdict()
                .map(|verdict| (verdict.class, verdict.label(), verdict.confidence)),
        }
    }
}

/// Detectors with the same prompts and profile.
#[derive(Clone)]
pub(crate) struct Ear {
    pub(crate) shared: Shared,
    pub(crate) profile: Profile,
}

impl Ear {
    /// Hears a recording that was answered at `answered_at_ms`, or never.
    pub(crate) fn hear(&self, recording: &Recording, answered_at_ms: Option<u64>, trace: bool) -> Heard {
        let mut detector = Detector::new(&self.shared, &self.profile);
        let mut heard = Heard::default();
        let answered_at = answered_at_ms
            .map(|ms| RATE.at_ms(ms).0 as usize)
            .filter(|at| *at < recording.samples.len());
        let step = if trace { HOP } else { PACKET };

        let mut at = 0;
        let mut lost = recording.lost.iter().copied().peekable();
        let mut answer = answered_at;
        while at < recording.samples.len() {
            if answer == Some(at) {
                detector.answered();
                answer = None;
            }
            let end = answer.unwrap_or(recording.samples.len());
            let to;
            while lost.peek().is_some_and(|(from, length)| from + length <= at) {
                lost.next();
            }
            match lost.peek() {
                Some(&(from, length)) if from <= at => {
                    to = (from + length).min(end);
                    detector.gap((to - at) as u64);
                }
                next => {
                    let packet = (at / step * step + step).min(end);
                    to = next.map_or(packet, |&(from, _)| from.min(packet));
                    detector.push(&recording.samples[at..to]);
                }
            }
            at = to;
            heard.collect(&mut detector);
            if trace {
                heard.trace.push(TracePoint::of(&detector));
            }
        }
        detector.ended();
        heard.collect(&mut detector);
        if trace {
            heard.trace.push(TracePoint::of(&detector));
        }
        heard.verdict = detector.verdict().cloned();
        heard
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cpd_detect::{EventKind, Library, Plans};

    use super::*;

    fn ear() -> Ear {
        Ear {
            shared: Shared::new(RATE, Arc::new(Plans::built_in()), Arc::new(Library::empty())),
            profile: Profile::default(),
        }
    }

    #[test]
    fn the_answer_and_lost_audio_are_told_in_their_places() {
        let recording = Recording {
            samples: vec![0; 8_000],
            lost: vec![(800, 320)],
            ..Recording::default()
        };
        for trace in [false, true] {
            let heard = ear().hear(&recording, Some(500), trace);
            let answered: Vec<_> = heard
                .events
                .iter()
                .filter(|event| event.kind == EventKind::Answered)
                .map(|event| RATE.ms(event.from))
                .collect();
            assert_eq!(answered, [500]);
            let lost: u64 = heard
                .events
                .iter()
                .map(|event| match event.kind {
                    EventKind::Gap(samples) => samples,
                    _ => 0,
                })
                .sum();
            assert_eq!(lost, 320);
            assert_eq!(heard.trace.len(), if trace { 98 } else { 0 });
        }
    }
}
