//! Hears an answer as the detector does, up to the moment at which the verdict stays.

use std::sync::Arc;

use cpd_detect::activity::ActivityEar;
use cpd_detect::answer::{AnswerEar, MEASURES};
use cpd_detect::front::{Bench, FrontEnd, FrontPlan};
use cpd_detect::peaks::Peaks;
use cpd_detect::{Events, SampleRate};
use cpd_sim::{level, tones};

use crate::answer::Answer;

/// Line before the answer, ms.
const BEFORE_MS: f32 = 500.0;

/// Measures when the first turn was over, or the call; none where nobody was heard.
pub(crate) fn measures(answer: &Answer) -> Option<[f32; MEASURES]> {
    let mut said = tones::silence(BEFORE_MS);
    let answered_at = said.len();
    said.extend_from_slice(&answer.said);
    let heard = answer.line.carry(&level::to_pcm(&said));

    let mut front = FrontEnd::new(Arc::new(FrontPlan::new(SampleRate::NARROWBAND)));
    let mut bench = Bench::default();
    let (mut activity, mut ear, mut events) = (ActivityEar::new(), AnswerEar::new(), Events::default());
    for (n, hop) in heard.chunks_exact(80).enumerate() {
        if n * 80 == answered_at {
            front.answered();
        }
        front.take(hop);
        let frame = front.frame(&mut bench);
        let peaks = Peaks::of(&frame);
        let hearing = activity.hear(&frame, &peaks, &mut events);
        ear.hear(&frame, hearing, &mut events);
        if ear.opinion().is_some_and(|opinion| opinion.yielded) {
            break;
        }
    }
    ear.opinion().map(|_| *ear.measures())
}

#[cfg(test)]
mod tests {
    use cpd_sim::Rng;

    use super::*;
    use crate::answer::Who;

    #[test]
    fn a_machine_is_heard_to_talk_longer_than_a_short_answer() {
        let rng = &mut Rng::new(1);
        let talk = |who, rng: &mut Rng| -> f32 {
            let last: Vec<_> = (0..8).filter_map(|_| measures(&Answer::draw(who, rng))).collect();
            last.iter().map(|m| m[..4].iter().sum::<f32>()).sum::<f32>() / last.len().max(1) as f32
        };
        let (short, machine) = (talk(Who::ShortPerson, rng), talk(Who::Machine, rng));
        assert!(machine > short + 1.0, "{short} {machine}");
    }
}
