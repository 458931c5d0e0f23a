//! What a pretended carrier does with a call: its answers in signalling, its sound, and the truth about both.
//!
//! A [`Play`] is named by two digits. Whoever carries it out takes it by the end of the number called, sends each
//! [`Step`] when it is due, and plays the sound from the first description on. Sounds are made once, ahead of time, and
//! shared by all calls.

use crate::call::Scene;
use crate::codec::Codec;
use crate::line::Line;
use crate::noise::NoiseKind;
use crate::prompts::Prompt;
use crate::rng::Rng;
use crate::samples;
use crate::stream::Sound;
use crate::tones::{self, Beep, Chord, Sit, Terminal, Timbre};
use crate::voice;

/// What the carrier says next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// 180 without a description: the caller's own ringing tone.
    Ringing,
    /// 183 without a description.
    Progress,
    /// 183 with a description: early media.
    Early,
    /// The same, acknowledged by PRACK where the caller can (RFC 3262).
    EarlyReliable,
    /// 200.
    Answer,
    /// A refusal.
    Refuse(u16),
    /// BYE.
    HangUp,
}

/// When it says so, ms after the INVITE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at_ms: u32,
    /// What.
    pub signal: Signal,
}

/// What a detector may make of a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Classes that are right; empty: none is to be told, for there is nothing to hear.
    pub classes: &'static [&'static str],
    /// The reference prompt that is played, where one is.
    pub prompt: Option<&'static str>,
}

/// One way in which a call may go.
#[derive(Clone, Debug)]
pub struct Play {
    /// The last digits of numbers that meet it.
    pub digits: String,
    /// What happens, in some words.
    pub title: String,
    /// How often it comes in a mix.
    pub weight: u32,
    /// Signalling, in order.
    pub steps: Vec<Step>,
    /// What is heard from the first description on; silence behind it.
    pub sound: Sound,
    /// What a detector may make of it.
    pub truth: Truth,
}

/// All plays with their sounds.
#[derive(Clone, Debug)]
pub struct Repertoire {
    /// In the order of their digits.
    pub plays: Vec<Play>,
}

impl Play {
    /// The play of these digits alone, as the [`Repertoire`] of this seed has it.
    pub fn of(digits: &str, seed: u64) -> Option<Play> {
        let place = ACTS.iter().position(|act| act.digits == digits)?;
        Some(ACTS[place].play(seed.wrapping_add(place as u64), &samples::library()))
    }
}

impl Repertoire {
    /// The plays of a seed; the sounds take about a second of one core.
    pub fn new(seed: u64) -> Repertoire {
        let library = samples::library();
        let play = |(place, act): (usize, &Act)| act.play(seed.wrapping_add(place as u64), &library);
        let plays = ACTS.iter().enumerate().map(play).collect();
        Repertoire { plays }
    }

    /// The play of a number: the one whose digits it ends with.
    pub fn by_number(&self, number: &str) -> Option<&Play> {
        self.plays.iter().find(|play| number.ends_with(&play.digits))
    }

    /// One by chance and weight.
    pub fn draw(&self, rng: &mut Rng) -> Option<&Play> {
        let sum: u32 = self.plays.iter().map(|play| play.weight).sum();
        let mut at = rng.below(sum as usize) as u32;
        self.plays.iter().find(|play| {
            let here = at < play.weight;
            at = at.saturating_sub(play.weight);
            here
        })
    }
}

/// The table of plays: digits, words, weight. What they sound like is in [`Act::scene`].
#[derive(Clone, Copy, Debug)]
struct Act {
    digits: &'static str,
    title: &'static str,
    weight: u32,
    classes: &'static [&'static str],
    prompt: Option<&'static str>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Person,
    PersonAbroad,
    PersonRung,
    PersonAtOnce,
    Business,
    Machine,
    NetworkVoicemail,
    Busy,
    Congestion,
    BusyUnheard,
    Sit,
    Announcement { prompt: &'static str, status: u16 },
    Stranger,
    Fax,
    Modem,
    Silence,
    RingsOn,
    Melody,
    RingsOut,
    Several,
    Reliable,
    Declined,
}

const PEOPLE: &[&str] = &["answer.human", "answer.human_business"];

const fn act(
    digits: &'static str,
    title: &'static str,
    weight: u32,
    classes: &'static [&'static str],
    kind: Kind,
) -> Act {
    let prompt = match kind {
        Kind::Announcement { prompt, .. } => Some(prompt),
        Kind::Sit => Some("R05"),
        Kind::NetworkVoicemail => Some("R03"),
        _ => None,
    };
    Act {
        digits,
        title,
        weight,
        classes,
        prompt,
        kind,
    }
}

const fn said(prompt: &'static str, status: u16) -> Kind {
    Kind::Announcement { prompt, status }
}

/// Weights are near what a dialer of cold leads meets: a third people, a quarter machines, the rest never answered.
const ACTS: &[Act] = &[
    act("10", "rings, a person says hello", 14, PEOPLE, Kind::Person),
    act(
        "11",
        "American ringing, a person in the street",
        6,
        PEOPLE,
        Kind::PersonAbroad,
    ),
    act(
        "12",
        "rings without early media, a person",
        6,
        PEOPLE,
        Kind::PersonRung,
    ),
    act(
        "13",
        "a person at once: 200 without any 18x",
        3,
        PEOPLE,
        Kind::PersonAtOnce,
    ),
    act(
        "14",
        "a receptionist with a long greeting",
        4,
        PEOPLE,
        Kind::Business,
    ),
    act(
        "20",
        "answering machine, beep",
        14,
        &["answer.machine"],
        Kind::Machine,
    ),
    act(
        "21",
        "operator's voicemail, two beeps",
        8,
        &["answer.machine"],
        Kind::NetworkVoicemail,
    ),
    act("30", "busy tone, then 486", 8, &["tone.busy"], Kind::Busy),
    act(
        "31",
        "congestion tone, then 480",
        3,
        &["tone.congestion"],
        Kind::Congestion,
    ),
    act("32", "486 at once, nothing to hear", 3, &[], Kind::BusyUnheard),
    act(
        "40",
        "special information tone, \"no such number\", then 404",
        4,
        &["tone.sit.vacant", "announcement.invalid_number"],
        Kind::Sit,
    ),
    act(
        "41",
        "announcement: unreachable, then 480",
        10,
        &["announcement.unreachable"],
        said("R01", 480),
    ),
    act(
        "42",
        "announcement: does not answer, then 480",
        4,
        &["announcement.no_answer"],
        said("R06", 480),
    ),
    act(
        "43",
        "announcement: busy, then 486",
        4,
        &["announcement.busy"],
        said("R02", 486),
    ),
    act(
        "44",
        "announcement that no library has, then 480",
        2,
        &["unknown"],
        Kind::Stranger,
    ),
    act("50", "fax", 2, &["answer.fax"], Kind::Fax),
    act("51", "modem", 1, &["answer.modem"], Kind::Modem),
    act(
        "60",
        "answered, and nobody speaks",
        3,
        &["answer.silence"],
        Kind::Silence,
    ),
    act(
        "61",
        "false answer: it goes on ringing",
        2,
        &["answer.false"],
        Kind::RingsOn,
    ),
    act(
        "70",
        "melody in place of ringing, a person",
        3,
        PEOPLE,
        Kind::Melody,
    ),
    act(
        "71",
        "rings and rings, then 480",
        2,
        &["progress.ringback"],
        Kind::RingsOut,
    ),
    act(
        "80",
        "180, 183, 183 with media, 180, a person",
        2,
        PEOPLE,
        Kind::Several,
    ),
    act("81", "reliable 183 (PRACK), a person", 2, PEOPLE, Kind::Reliable),
    act(
        "82",
        "rings, is declined with 603",
        2,
        &["progress.ringback"],
        Kind::Declined,
    ),
];

/// Text for `--help`: what each number ending meets.
pub fn table() -> String {
    let mut text = String::new();
    for act in ACTS {
        text += &format!("  {}  {}\n", act.digits, act.title);
    }
    text
}

const TONE_DBM0: f32 = -15.0;
/// How long a person listens before the carrier hangs up, ms: dialers have spoken by then.
const LISTENS_MS: u32 = 20_000;

impl Act {
    fn play(&self, seed: u64, library: &[Prompt]) -> Play {
        let mut rng = Rng::new(seed);
        let scene = self.scene(library, &mut rng);
        let line = self.line(seed);
        let call = scene.silence(300.0).carried(&line);
        let steps = self.steps(call.answer_at_ms, (call.samples.len() / 8) as u32);
        Play {
            digits: self.digits.to_owned(),
            title: self.title.to_owned(),
            weight: self.weight,
            steps,
            sound: Sound::of(&call.samples),
            truth: Truth {
                classes: self.classes,
                prompt: self.prompt,
            },
        }
    }

    fn scene(&self, library: &[Prompt], rng: &mut Rng) -> Scene {
        let none = Prompt::default();
        let prompt = |id: &str| library.iter().find(|prompt| prompt.id == id).unwrap_or(&none);
        let clip = |name: &str| voice::clip(name).map(voice::load).unwrap_or_default();
        let hello = |rng: &mut Rng| {
            let all = voice::clips_of(voice::ClipKind::Word);
            rng.one_of(&all).map(|clip| voice::load(clip)).unwrap_or_default()
        };
        let rings = || Scene::new().silence(200.0).ringback(4_400.0);
        match self.kind {
            Kind::Person | Kind::Several | Kind::Reliable => {
                let pause_ms = rng.within(450.0, 900.0);
                let (first, second) = (hello(rng), hello(rng));
                let scene = rings().answer().silence(pause_ms).speech(&first);
                scene.silence(1_800.0).speech(&second).silence(1_500.0)
            }
            Kind::PersonAbroad => {
                let us = [Chord::of(&[440.0, 480.0], 2_000.0), Chord::pause(4_000.0)];
                let tone = tones::cadence(&us, 6_500.0, TONE_DBM0);
                let scene = Scene::new()
                    .sound("ringback", None, &tone)
                    .answer()
                    .silence(600.0);
                scene.speech(&hello(rng)).silence(2_500.0)
            }
            Kind::PersonRung | Kind::PersonAtOnce => {
                let scene = Scene::new().answer().silence(rng.within(500.0, 900.0));
                scene.speech(&hello(rng)).silence(2_500.0)
            }
            Kind::Business => rings()
                .answer()
                .silence(500.0)
                .speech(&clip("azure-weather"))
                .silence(3_000.0),
            Kind::Machine => rings()
                .answer()
                .silence(800.0)
                .greeting(&clip("guestbook"))
                .silence(500.0)
                .beep(&Beep::plain())
                .silence(2_000.0),
            Kind::NetworkVoicemail => {
                let double = Beep {
                    hz: vec![740.0],
                    ms: 200.0,
                    count: 2,
                    ..Beep::plain()
                };
                let scene = rings().answer().silence(500.0).announcement(prompt("R03"));
                scene.silence(300.0).beep(&double).silence(2_000.0)
            }
            Kind::Busy => Scene::new().busy(5_000.0),
            Kind::Congestion => {
                let fast = [Chord::of(&[425.0], 175.0), Chord::pause(175.0)];
                let tone = tones::cadence(&fast, 5_000.0, TONE_DBM0);
                Scene::new().sound("congestion", None, &tone)
            }
            Kind::BusyUnheard => Scene::new(),
            Kind::Sit => {
                let scene = Scene::new().silence(300.0).sit(Sit::Vc).silence(300.0);
                scene.announcement(prompt("R05")).silence(400.0)
            }
            Kind::Announcement { prompt: id, .. } => Scene::new()
                .silence(700.0)
                .announcement(prompt(id))
                .silence(900.0)
                .announcement(prompt(id)),
            Kind::Stranger => {
                let strange = crate::prompts::prompt(991, 1);
                let scene = Scene::new().silence(600.0).announcement(&strange);
                scene.silence(900.0).announcement(&strange)
            }
            Kind::Fax => {
                let scene = rings().answer().silence(900.0);
                scene.terminal(Terminal::Ced, 5_000.0, rng)
            }
            Kind::Modem => {
                let scene = rings().answer().silence(1_000.0);
                scene.terminal(Terminal::AnsAm, 3_500.0, rng)
            }
            Kind::Silence => rings().answer().silence(7_000.0),
            Kind::RingsOn => rings().answer().ringback(10_000.0),
            Kind::Melody => {
                let scene = Scene::new().melody(7_000.0, Timbre::Plucked, rng);
                let scene = scene.answer().silence(700.0).speech(&hello(rng));
                scene.silence(2_500.0)
            }
            Kind::RingsOut => Scene::new().silence(200.0).ringback(11_500.0),
            Kind::Declined => Scene::new().silence(200.0).ringback(7_000.0),
        }
    }

    /// Clean enough to be heard for what it is, and never the same twice.
    fn line(&self, seed: u64) -> Line {
        let mobile = matches!(
            self.kind,
            Kind::Person | Kind::NetworkVoicemail | Kind::Announcement { .. } | Kind::Melody
        );
        Line {
            level_dbm0: Some(-19.0),
            band_hz: (280.0, 3_450.0),
            codecs: if mobile { vec![Codec::Amr122] } else { Vec::new() },
            noise: Some(match self.kind {
                Kind::PersonAbroad => (NoiseKind::Street, 18.0),
                _ => (NoiseKind::Pink, 35.0),
            }),
            seed,
            ..Line::clean()
        }
    }

    fn steps(&self, answer_at_ms: Option<u32>, sound_ms: u32) -> Vec<Step> {
        let step = |at_ms, signal| Step { at_ms, signal };
        // Early media comes 80 ms after the INVITE; the sound begins with it.
        const EARLY_MS: u32 = 80;
        let answered = |from_ms: u32| EARLY_MS + from_ms;
        let answer_ms = answer_at_ms.unwrap_or(0);
        let over_ms = EARLY_MS + sound_ms;
        let early = step(EARLY_MS, Signal::Early);
        let talk = |from_ms: u32| {
            let over_ms = from_ms + sound_ms.saturating_sub(answer_ms) + LISTENS_MS;
            [step(from_ms, Signal::Answer), step(over_ms, Signal::HangUp)]
        };
        let mut steps = Vec::new();
        match self.kind {
            Kind::PersonAtOnce => steps.extend(talk(EARLY_MS)),
            Kind::PersonRung => {
                steps.push(step(EARLY_MS, Signal::Ringing));
                steps.extend(talk(3_000));
            }
            Kind::BusyUnheard => steps.push(step(EARLY_MS, Signal::Refuse(486))),
            Kind::Busy => steps.extend([early, step(over_ms, Signal::Refuse(486))]),
            Kind::Congestion | Kind::Stranger | Kind::RingsOut => {
                steps.extend([early, step(over_ms, Signal::Refuse(480))]);
            }
            Kind::Sit => steps.extend([early, step(over_ms, Signal::Refuse(404))]),
            Kind::Announcement { status, .. } => {
                steps.extend([early, step(over_ms, Signal::Refuse(status))]);
            }
            Kind::Declined => steps.extend([early, step(over_ms, Signal::Refuse(603))]),
            Kind::Several => {
                steps.extend([
                    step(20, Signal::Ringing),
                    step(50, Signal::Progress),
                    early,
                    step(1_500, Signal::Ringing),
                ]);
                steps.extend(talk(answered(answer_ms)));
            }
            Kind::Reliable => {
                steps.push(step(EARLY_MS, Signal::EarlyReliable));
                steps.extend(talk(answered(answer_ms)));
            }
            Kind::Person
            | Kind::PersonAbroad
            | Kind::Business
            | Kind::Machine
            | Kind::NetworkVoicemail
            | Kind::Fax
            | Kind::Modem
            | Kind::Silence
            | Kind::RingsOn
            | Kind::Melody => {
                steps.push(early);
                steps.extend(talk(answered(answer_ms)));
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_ending_meets_its_play() {
        let repertoire = Repertoire::new(1);
        assert_eq!(repertoire.plays.len(), ACTS.len());
        for (act, play) in ACTS.iter().zip(&repertoire.plays) {
            let found = repertoire.by_number(&format!("790000000{}", act.digits));
            assert_eq!(found.map(|play| &play.title), Some(&play.title));
            assert!(play.steps.is_sorted_by_key(|step| step.at_ms), "{}", play.title);
            let finals = play
                .steps
                .iter()
                .filter(|step| matches!(step.signal, Signal::Answer | Signal::Refuse(_)));
            assert_eq!(finals.count(), 1, "{}", play.title);
        }
        assert!(repertoire.by_number("7900000000").is_none());
        let alone = Play::of("40", 1).expect("a play");
        let same = repertoire.by_number("40").expect("a play");
        assert_eq!((alone.sound.ms(), &alone.steps), (same.sound.ms(), &same.steps));
        assert!(Play::of("99", 1).is_none());
    }

    #[test]
    fn prompts_that_are_played_are_in_the_library() {
        let library = samples::library();
        for act in ACTS {
            if let Some(id) = act.prompt {
                assert!(library.iter().any(|prompt| prompt.id == id), "{id}");
            }
        }
    }

    #[test]
    fn a_mix_has_all_plays_in_their_weights() {
        let repertoire = Repertoire::new(1);
        let mut rng = Rng::new(5);
        let mut people = 0;
        for _ in 0..10_000 {
            let play = repertoire.draw(&mut rng).unwrap();
            people += u32::from(play.truth.classes == PEOPLE);
        }
        assert!((3_200..4_400).contains(&people), "{people}");
    }
}
