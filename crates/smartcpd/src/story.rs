//! What happened, as a person would tell it: events become a few moments, each with its span.
//!
//! Detectors tell more than a reader wants: the sound of the line changes with every ring and every breath, and a tone
//! is told again when it is known better. Here a ringing tone is one moment however often it rings, words of one
//! speaker are one moment, and what a stronger moment explains is left out.

use cpd_detect::event::{Activity, PromptHeard, SitKind, ToneHeard};
use cpd_detect::prompts::PromptId;
use cpd_detect::{Event, EventKind, Library};

use crate::audio::Recording;
use crate::hearing::{Heard, RATE};
use crate::words;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Moment {
    /// Start, ms.
    pub(crate) at_ms: u64,
    /// End, ms: where the next one begins, or the recording ends.
    pub(crate) end_ms: u64,
    /// What.
    pub(crate) what: What,
    /// In words.
    pub(crate) words: String,
    /// How sure, where that is of interest.
    pub(crate) confidence: Option<f32>,
    /// The prompt, where it is one.
    pub(crate) prompt: Option<PromptId>,
}

/// Kinds of moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The sound of the line.
    Sound(Activity),
    /// Ringback, busy, congestion.
    Progress,
    /// A melody instead of the ringback tone.
    Melody,
    /// Special information tone.
    Sit,
    /// Digits.
    Digits,
    /// Fax or modem.
    Data,
    /// A beep.
    Beep,
    /// A reference prompt.
    Prompt,
    /// Perhaps a reference prompt.
    Candidate,
    /// The answer.
    Answered,
    /// The end of the greeting.
    GreetingEnd,
    /// Lost audio.
    Gap,
}

impl What {
    /// A point in time that does not end what goes on around it.
    fn is_mark(self) -> bool {
        matches!(
            self,
            What::Answered | What::GreetingEnd | What::Gap | What::Candidate
        )
    }

    /// Whether a tone that goes on before it has ended with it: the answer ends ringing as well as any sound does.
    fn ends_tones(self) -> bool {
        self == What::Answered || !self.is_mark()
    }
}

/// A pause between words that does not end the speech, ms.
const PAUSE_MS_MAX: u64 = 700;
/// Longest pause of a ringing tone, ms: 5 s in several national plans (ITU-T E.180), stretched by a tenth.
const RING_PAUSE_MS_MAX: u64 = 5_500;
/// A tone is first noticed as a sound, and named a little later; this far apart they are the same, ms.
const SAME_MS: u64 = 300;
/// Digits closer together than this are one number, ms.
const DIGITS_MS_MAX: u64 = 3_000;

/// How long a digit is drawn: the usual length of an automatic dialler's, ms.
const DIGIT_MS: u64 = 100;
/// How long a special information tone is drawn: three tones of a third of a second, ms.
const SIT_MS: u64 = 1_000;

/// Tells the story of a recording.
pub(crate) fn tell(heard: &Heard, recording: &Recording, library: &Library) -> Vec<Moment> {
    let mut moments = Vec::new();
    for event in &heard.events {
        note(&mut moments, event, library);
    }
    for &(at_ms, digit) in &recording.digits {
        note_digit(&mut moments, at_ms, digit, "dtmf event");
    }
    let named = moments.iter().any(|moment: &Moment| moment.what == What::Prompt);
    moments.retain(|moment| moment.what != What::Candidate || !named);
    moments.sort_by_key(|moment| moment.at_ms);
    let end_ms = recording.length_ms();
    set_ends(&mut moments, end_ms);
    leave_out_what_is_explained(&mut moments);
    set_ends(&mut moments, end_ms);
    moments
}

fn note(moments: &mut Vec<Moment>, event: &Event, library: &Library) {
    let at_ms = RATE.ms(event.from);
    let mut add = |what, words: String, confidence| {
        moments.push(Moment {
            at_ms,
            end_ms: at_ms,
            what,
            words,
            confidence,
            prompt: None,
        });
    };
    match &event.kind {
        EventKind::Activity(activity) => add(
            What::Sound(*activity),
            words::activity(*activity).to_owned(),
            None,
        ),
        EventKind::Tone(tone) => note_tone(moments, at_ms, tone),
        EventKind::Melody => add(What::Melody, "melody".to_owned(), None),
        EventKind::Sit(kind) => {
            let words = match kind {
                SitKind::Unknown => "SIT".to_owned(),
                known => format!("SIT {}", known.as_str()),
            };
            add(What::Sit, words, None);
            if let Some(moment) = moments.last_mut() {
                moment.end_ms = at_ms + SIT_MS;
            }
        }
        EventKind::Dtmf(digit) => note_digit(moments, at_ms, *digit, "dtmf"),
        EventKind::Fax(kind) => note_data(moments, at_ms, format!("fax {}", words::fax(*kind))),
        EventKind::Modem(kind) => note_data(moments, at_ms, format!("modem {}", words::modem(*kind))),
        EventKind::Beep(beep) => {
            let double = if beep.count > 1 { "double beep" } else { "beep" };
            add(What::Beep, format!("{double} {:.0} Hz", beep.hz[0]), None);
            if let Some(moment) = moments.last_mut() {
                moment.end_ms = at_ms + u64::from(beep.ms);
            }
        }
        EventKind::PromptCandidate(heard) => {
            note_prompt(moments, event, heard, What::Candidate, library);
        }
        EventKind::Prompt(heard) => note_prompt(moments, event, heard, What::Prompt, library),
        EventKind::PromptRetracted(heard) => moments.retain(|moment| moment.prompt != Some(heard.prompt)),
        EventKind::Answered => add(What::Answered, "answered".to_owned(), None),
        EventKind::GreetingEnd => add(What::GreetingEnd, "greeting ends".to_owned(), None),
        EventKind::Gap(samples) => {
            let ms = samples * 1_000 / u64::from(RATE.hz());
            add(What::Gap, format!("{ms} ms lost"), None);
        }
        EventKind::Verdict(_) => {}
    }
}

/// A tone that goes on, or is known better, is the same moment.
fn note_tone(moments: &mut Vec<Moment>, at_ms: u64, tone: &ToneHeard) {
    let mut words = words::tone(tone.kind).to_owned();
    if let [first, rest @ ..] = &tone.countries[..] {
        words.push(' ');
        words.push_str(first);
        for country in rest.iter().take(2) {
            words.push('/');
            words.push_str(country);
        }
        if rest.len() > 2 {
            words.push_str("/…");
        }
    }
    let before = moments
        .iter_mut()
        .rfind(|moment| moment.what.ends_tones() && !matches!(moment.what, What::Sound(_)));
    match before {
        Some(moment)
            if moment.what == What::Progress
                && (at_ms <= moment.at_ms + SAME_MS || moment.words.starts_with(words::tone(tone.kind))) =>
        {
            moment.words = words;
        }
        _ => moments.push(Moment {
            at_ms,
            end_ms: at_ms,
            what: What::Progress,
            words,
            confidence: None,
            prompt: None,
        }),
    }
}

fn note_digit(moments: &mut Vec<Moment>, at_ms: u64, digit: char, name: &str) {
    let before = moments.iter_mut().rfind(|moment| {
        moment.what == What::Digits
            && moment.words.starts_with(&format!("{name} "))
            && moment.end_ms + DIGITS_MS_MAX >= at_ms
    });
    match before {
        Some(moment) => {
            moment.words.push(digit);
            moment.end_ms = at_ms + DIGIT_MS;
        }
        None => moments.push(Moment {
            at_ms,
            end_ms: at_ms + DIGIT_MS,
            what: What::Digits,
            words: format!("{name} {digit}"),
            confidence: None,
            prompt: None,
        }),
    }
}

fn note_data(moments: &mut Vec<Moment>, at_ms: u64, words: String) {
    // A calling fax repeats its tone: once is enough.
    if !moments
        .iter()
        .any(|moment| moment.what == What::Data && moment.words == words)
    {
        moments.push(Moment {
            at_ms,
            end_ms: at_ms,
            what: What::Data,
            words,
            confidence: None,
            prompt: None,
        });
    }
}

fn note_prompt(moments: &mut Vec<Moment>, event: &Event, heard: &PromptHeard, what: What, library: &Library) {
    let Some(info) = library.info(heard.prompt) else {
        return;
    };
    let kind = if info.category.is_empty() {
        info.class.as_str()
    } else {
        &info.category
    };
    let mut words = format!("announcement \"{kind}\"");
    if !info.operator.is_empty() {
        words.push_str(" operator ");
        words.push_str(&info.operator);
    }
    if what == What::Candidate {
        words.insert_str(0, "perhaps ");
    }
    let from_ms = RATE.ms(event.from);
    let heard_ms = RATE.ms(event.known).saturating_sub(from_ms);
    // Where the recognised stretch began within the prompt; the rest of the prompt follows it.
    let began_ms = u64::from(heard.offset_ms).saturating_sub(heard_ms);
    let rest_ms = u64::from(info.length_ms).saturating_sub(began_ms);
    moments.push(Moment {
        at_ms: from_ms,
        end_ms: from_ms + rest_ms,
        what,
        words,
        confidence: Some(event.confidence),
        prompt: Some(heard.prompt),
    });
}

/// Lets each moment last until the next that ends it; what has a length of its own keeps it.
fn set_ends(moments: &mut [Moment], end_ms: u64) {
    for at in 0..moments.len() {
        let next_ms = moments[at + 1..]
            .iter()
            .find(|next| next.what.ends_tones())
            .map_or(end_ms, |next| next.at_ms);
        let moment = &mut moments[at];
        match moment.what {
            What::Prompt | What::Candidate | What::Beep | What::Sit | What::Digits => {
                moment.end_ms = moment.end_ms.min(end_ms).max(moment.at_ms);
            }
            what if what.is_mark() => moment.end_ms = moment.at_ms,
            _ => moment.end_ms = next_ms.max(moment.at_ms),
        }
    }
}

/// Leaves out sounds that a stronger moment explains, breaths, and repetitions.
fn leave_out_what_is_explained(moments: &mut Vec<Moment>) {
    let mut kept: Vec<Moment> = Vec::with_capacity(moments.len());
    for at in 0..moments.len() {
        let moment = &moments[at];
        let What::Sound(activity) = moment.what else {
            kept.push(moment.clone());
            continue;
        };
        let length_ms = moment.end_ms - moment.at_ms;
        let quiet = matches!(
            activity,
            Activity::Silence | Activity::ComfortNoise | Activity::Noise
        );
        let named = |other: &Moment| !other.what.is_mark() && !matches!(other.what, What::Sound(_));
        // The sound of a prompt is the prompt's; a sound that begins with a named thing is that thing's.
        let within_prompt = moments.iter().any(|other| {
            other.what == What::Prompt && (other.at_ms..other.end_ms + SAME_MS).contains(&moment.at_ms)
        });
        let beginning = moments
            .iter()
            .any(|other| named(other) && !quiet && other.at_ms.abs_diff(moment.at_ms) <= SAME_MS);
        let last = kept.iter().rfind(|before| before.what.ends_tones());
        let within_tone = last.is_some_and(|last| match last.what {
            What::Progress => activity == Activity::Tone || (quiet && length_ms < RING_PAUSE_MS_MAX),
            What::Sit | What::Digits | What::Data | What::Beep => {
                activity == Activity::Tone || length_ms < PAUSE_MS_MAX
            }
            What::Melody => activity == Activity::Music || activity == Activity::Tone,
            _ => false,
        });
        let pause = quiet
            && length_ms < PAUSE_MS_MAX
            && last.is_some_and(|last| last.what == What::Sound(Activity::Speech));
        let repeated = last.is_some_and(|last| last.what == moment.what);
        if !(within_prompt || beginning || within_tone || pause || repeated) {
            kept.push(moment.clone());
        }
    }
    *moments = kept;
}

#[cfg(test)]
mod tests {
    use cpd_detect::event::ProgressTone;

    use super::*;

    fn heard(events: &[(u64, EventKind)]) -> Vec<(u64, String)> {
        let heard = Heard {
            events: events
                .iter()
                .map(|(at_ms, kind)| Event {
                    known: RATE.at_ms(at_ms + 50),
                    from: RATE.at_ms(*at_ms),
                    confidence: 1.0,
                    kind: kind.clone(),
                })
                .collect(),
            ..Heard::default()
        };
        let recording = Recording {
            samples: vec![0; 160_000],
            ..Recording::default()
        };
        tell(&heard, &recording, &Library::empty())
            .into_iter()
            .map(|moment| (moment.at_ms, moment.words))
            .collect()
    }

    fn ringback(countries: &[&str]) -> EventKind {
        EventKind::Tone(ToneHeard {
            kind: ProgressTone::Ringback,
            hz: [425.0, 0.0],
            cadence_ms: [0; 4],
            burst: Default::default(),
            countries: countries.iter().map(|&code| code.to_owned()).collect(),
            runner_up: None,
        })
    }

    fn sound(activity: Activity) -> EventKind {
        EventKind::Activity(activity)
    }

    #[test]
    fn ringing_is_told_once_and_as_well_as_it_is_known() {
        let story = heard(&[
            (0, sound(Activity::Silence)),
            (1_200, sound(Activity::Tone)),
            (1_240, ringback(&[])),
            (2_200, sound(Activity::Silence)),
            (6_200, sound(Activity::Tone)),
            (1_240, ringback(&["ru"])),
            (7_200, sound(Activity::Silence)),
            (8_000, EventKind::Answered),
            (8_400, sound(Activity::Speech)),
            (8_900, sound(Activity::Silence)),
            (9_300, sound(Activity::Speech)),
            (9_900, sound(Activity::Silence)),
        ]);
        let wanted = [
            (0, "silence"),
            (1_240, "ringback ru"),
            (8_000, "answered"),
            (8_400, "speech"),
            (9_900, "silence"),
        ];
        assert_eq!(story, wanted.map(|(at, words)| (at, words.to_owned())));
    }

    #[test]
    fn digits_are_one_number() {
        let digits = ['1', '2', '#'];
        let events: Vec<_> = digits
            .iter()
            .enumerate()
            .map(|(n, digit)| (1_000 + 200 * n as u64, EventKind::Dtmf(*digit)))
            .collect();
        assert_eq!(heard(&events), [(1_000, "dtmf 12#".to_owned())]);
    }
}
