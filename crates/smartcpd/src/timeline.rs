//! The timeline that a person reads.

use std::fmt::Write;

use cpd_detect::{Evidence, Library, Verdict};

use crate::hearing::RATE;
use crate::story::{Moment, What};
use crate::words;

/// Whether the text may carry colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Coloured,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        match self {
            Paint::Plain => text.to_owned(),
            Paint::Coloured => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

const BOLD: &str = "1";
const DIM: &str = "2";

/// The text of one recording: its name, what happened, the verdict.
pub(crate) fn text(
    file: &str,
    length_ms: u64,
    story: &[Moment],
    verdict: Option<&Verdict>,
    library: &Library,
    paint: Paint,
) -> String {
    let mut text = format!(
        "{} {}\n  ",
        paint.with(BOLD, file),
        paint.with(DIM, &format!("{:.1} s", length_ms as f64 / 1_000.0))
    );
    if story.is_empty() {
        text.push_str("nothing heard");
    }
    for (n, moment) in story.iter().enumerate() {
        if n > 0 {
            text.push_str(&paint.with(DIM, " · "));
        }
        text.push_str(&paint.with(DIM, &format!("{:.2}", moment.at_ms as f64 / 1_000.0)));
        text.push(' ');
        text.push_str(&paint.with(colour(moment.what), &moment.words));
        if let Some(confidence) = moment.confidence {
            let _ = write!(text, " {confidence:.2}");
        }
    }
    text.push_str("\n  ");
    text.push_str(&paint.with(DIM, "→ "));
    text.push_str(&match verdict {
        Some(verdict) => verdict_words(verdict, library, paint),
        None => "no verdict".to_owned(),
    });
    text.push('\n');
    text
}

/// The verdict in a sentence.
pub(crate) fn verdict_words(verdict: &Verdict, library: &Library, paint: Paint) -> String {
    let mut text = format!(
        "{} {:.2}, decided at {:.2} s",
        paint.with(BOLD, verdict.class.as_str()),
        verdict.confidence,
        RATE.ms(verdict.decided) as f64 / 1_000.0
    );
    text.push_str(" on ");
    text.push_str(&ground(verdict.evidence, library));
    if let Some((class, probability)) = verdict.runner_up {
        let _ = write!(text, "; next {} {probability:.2}", class.as_str());
    }
    text
}

/// What a verdict rests on, in words.
pub(crate) fn ground(evidence: Evidence, library: &Library) -> String {
    match evidence {
        Evidence::Prompt(prompt) => library.info(prompt).map_or_else(
            || "a reference prompt".to_owned(),
            |info| format!("prompt {}", info.id),
        ),
        Evidence::Tone | Evidence::Sit(_) => "the tone".to_owned(),
        Evidence::Melody => "the melody".to_owned(),
        Evidence::Dtmf => "the digits".to_owned(),
        Evidence::UnknownAnnouncement => "speech before the answer".to_owned(),
        Evidence::Greeting => "the greeting".to_owned(),
        Evidence::Beep => "the beep".to_owned(),
        Evidence::Silence => words::evidence(evidence).to_owned(),
    }
}

fn colour(what: What) -> &'static str {
    match what {
        What::Sound(_) | What::Gap | What::Candidate => "0",
        What::Progress | What::Melody => "36",
        What::Sit | What::Digits | What::Data => "35",
        What::Beep | What::GreetingEnd => "33",
        What::Prompt => "34",
        What::Answered => "32",
    }
}

#[cfg(test)]
mod tests {
    use cpd_detect::event::Activity;
    use cpd_detect::{Class, SampleTime};

    use super::*;

    #[test]
    fn a_timeline_reads_as_one_line_and_a_verdict() {
        let moment = |at_ms, what, words: &str, confidence| Moment {
            at_ms,
            end_ms: at_ms,
            what,
            words: words.to_owned(),
            confidence,
            prompt: None,
        };
        let story = [
            moment(0, What::Sound(Activity::Silence), "silence", None),
            moment(1_240, What::Progress, "ringback ru", None),
            moment(
                7_900,
                What::Prompt,
                "announcement \"unreachable\" operator A",
                Some(0.97),
            ),
        ];
        let verdict = Verdict {
            class: Class::AnnouncedUnreachable,
            confidence: 0.97,
            decided: SampleTime(69_600),
            evidence: Evidence::Tone,
            runner_up: Some((Class::Machine, 0.02)),
            last: true,
        };
        let text = text(
            "a.wav",
            12_345,
            &story,
            Some(&verdict),
            &Library::empty(),
            Paint::Plain,
        );
        assert_eq!(
            text,
            "a.wav 12.3 s\n  \
             0.00 silence · 1.24 ringback ru · 7.90 announcement \"unreachable\" operator A 0.97\n  \
             → announcement.unreachable 0.97, decided at 8.70 s on the tone; next answer.machine 0.02\n"
        );
    }
}
