//! What the line sounds like at this moment: silence, noise, speech, music, a tone.
//!
//! A noise floor is tracked in each mel band; what stands above it, for how long, how periodically and how still,
//! decides. Costly measurements (the period) are made only where something stands above the floor.

mod floor;
mod music;
mod pitch;
mod segments;
mod speech;
mod speech_weights;
mod steady;
#[cfg(test)]
mod testing;

use crate::event::{Event, EventKind};
use crate::events::Events;
use crate::front::{BANDS, FLOOR_DBM0, Frame, dbm0};
use crate::peaks::Peaks;
use crate::quick::{less, more};
use crate::tones::dtmf;

use floor::NoiseFloor;
use music::MusicEar;
use pitch::{Periodicity, PitchMeter};
use segments::{Segments, Sound};
use speech::{Measured, SpeechEar};
use steady::SteadyMeter;

pub use speech::SPEECH_FEATURES;

/// First mel band that a telephone passes (200 Hz).
const FIRST_BAND: usize = 3;
/// Mel band after the last that it passes (3.5 kHz).
const END_BAND: usize = 22;
/// Share of one band among those.
const ONE_BAND: f32 = 1.0 / (END_BAND - FIRST_BAND) as f32;
/// Levels below count as this, dBm0, so that differences near nothing do not look large.
const QUIETEST_DBM0: f32 = -70.0;
/// A hop this far above the floor is measured more closely, dB.
const ACTIVE_DB: f32 = 3.0;
/// Hops over which the bands' change is measured: 40 ms, more than a window, so that the two share no sample.
const CHANGE_HOPS: usize = 4;
/// Periodicity from which a hop is voiced.
const VOICED: f32 = 0.5;
/// Hops from one computation of the floor's power to the next.
const FLOOR_POWER_HOPS: u64 = 4;

/// What a hop adds to the running mean of speech: 2 s.
const SPOKEN_SHARE: f32 = 0.005;
/// Mean of speech from which music after the answer has somebody talking over it.
const SPOKEN_OVER: f32 = 0.35;

/// What is known of one hop, for the detectors that come after.
#[derive(Clone, Debug)]
pub struct Hearing {
    /// Probability that somebody speaks in this hop, 0 to 1.
    pub speech: f32,
    /// Probability that music plays, 0 to 1, over the last seconds.
    pub music: f32,
    /// Probability that a steady tone sounds in this hop, 0 to 1.
    pub tone: f32,
    /// Tracked noise floor by mel band, dBm0.
    pub floor: [f32; BANDS],
    /// Level of the hop's window above the noise floor, 200 Hz to 3.7 kHz, dB.
    pub above_floor_db: f32,
    /// How periodic the hop is, 0 to 1.
    pub voiced: f32,
    /// Pitch where `voiced` is above 0.5, Hz; 0 else.
    pub pitch_hz: f32,
}

/// Follows the noise floor and tells activities apart.
pub struct ActivityEar {
    hearing: Hearing,
    floor: NoiseFloor,
    floor_power: f32,
    pitch: Option<PitchMeter>,
    period: Periodicity,
    steady: SteadyMeter,
    bands_before: [[f32; BANDS]; CHANGE_HOPS],
    speech: SpeechEar,
    features: [f32; SPEECH_FEATURES],
    music: MusicEar,
    melody: bool,
    answered: bool,
    /// Speech over the last seconds, 0 to 1.
    spoken: f32,
    segments: Segments,
}

impl Default for ActivityEar {
    fn default() -> Self {
        Self::new()
    }
}

impl ActivityEar {
    /// An ear that has heard nothing.
    pub fn new() -> ActivityEar {
        ActivityEar {
            hearing: Hearing {
                speech: 0.0,
                music: 0.0,
                tone: 0.0,
                floor: [FLOOR_DBM0; BANDS],
                above_floor_db: 0.0,
                voiced: 0.0,
                pitch_hz: 0.0,
            },
            floor: NoiseFloor::new(),
            floor_power: 1e-9,
            pitch: None,
            period: Periodicity::default(),
            steady: SteadyMeter::default(),
            bands_before: [[FLOOR_DBM0; BANDS]; CHANGE_HOPS],
            speech: SpeechEar::default(),
            features: [0.0; SPEECH_FEATURES],
            music: MusicEar::new(),
            melody: false,
            answered: false,
            spoken: 0.0,
            segments: Segments::new(),
        }
    }

    /// What the network of speech was fed in the newest hop, for its training program.
    pub fn speech_features(&self) -> &[f32; SPEECH_FEATURES] {
        &self.features
    }

    /// What the evidence for music is at present: score, different lines, strokes.
    pub fn music_evidence(&self) -> [f32; 3] {
        self.music.evidence()
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, events: &mut Events) -> &Hearing {
        self.measure(frame, peaks);
        if frame.answered.is_some() {
            self.answered = true;
            self.spoken = 0.0;
        }
        self.spoken += SPOKEN_SHARE * (self.hearing.speech - self.spoken);
        if self.music.hear(frame, self.floor.bands()) {
            self.hearing.music = self.music.probability();
            self.tell_melody(frame, events);
        }
        if frame.lost == 0.0 {
            let voiced = self.hearing.voiced > 0.6;
            let held = self.hearing.tone > 0.6;
            self.floor.hear(frame.bands, frame.level_dbm0, voiced, held);
            self.hearing.floor = *self.floor.bands();
        }
        self.tell_activity(frame, events);
        &self.hearing
    }

    fn measure(&mut self, frame: &Frame<'_>, peaks: &Peaks) {
        let pitch = self.pitch.get_or_insert_with(|| PitchMeter::new(frame.rate.hz()));
        pitch.pass();
        if frame.index.is_multiple_of(FLOOR_POWER_HOPS) {
            self.floor_power = self.floor.power(FIRST_BAND..END_BAND);
        }
        let above_db = peaks.band_dbm0 - dbm0(self.floor_power / 1.5);
        let active = above_db > ACTIVE_DB && frame.level_dbm0 > QUIETEST_DBM0;
        if active {
            // Every second hop: a period does not change within 20 ms.
            if frame.index.is_multiple_of(2) {
                self.period = pitch.measure(frame.history);
            }
            self.steady.hear(frame.power, self.floor_power);
        } else {
            self.period = Periodicity::default();
            self.steady.rest();
        }
        let hearing = &mut self.hearing;
        hearing.tone = self.steady.tone();
        hearing.above_floor_db = above_db;
        hearing.voiced = self.period.voiced;
        hearing.pitch_hz = if self.period.voiced > VOICED {
            self.period.hz
        } else {
            0.0
        };
        let slot = (frame.index % CHANGE_HOPS as u64) as usize;
        let bands = Bands::of(frame.bands, &self.bands_before[slot], self.floor.bands());
        self.bands_before[slot] = *frame.bands;
        let still = self.steady.now();
        self.features = self.speech.features(&Measured {
            above_db,
            bands_above_db: bands.above_db,
            bands_over: bands.over,
            voiced: self.period.voiced,
            change_db: bands.change_db,
            rise_db: bands.rise_db,
            range_db: self.floor.range_db(),
            share: still.share,
            moved_hz: still.moved_hz,
            still_hops: still.still_hops,
            tone: self.steady.tone(),
            peaky_db: bands.peaky_db,
        });
        // The two lines of a key begin, stop and change as syllables do.
        let is_key = active && dtmf::is_digit(peaks);
        self.hearing.speech = if frame.lost > 0.5 || is_key {
            self.speech.rest()
        } else {
            self.speech.judge(&self.features)
        };
    }

    fn tell_melody(&mut self, frame: &Frame<'_>, events: &mut Events) {
        let settled = self.music.is_settled();
        // After the answer a person may talk before a radio; music that nobody talks over is a false answer.
        let alone = !self.answered || self.spoken < SPOKEN_OVER;
        if settled && alone && !self.melody {
            events.push(Event {
                known: frame.end(),
                from: self.music.from(),
                confidence: self.hearing.music,
                kind: EventKind::Melody,
            });
        }
        self.melody = settled && (alone || self.melody);
    }

    fn tell_activity(&mut self, frame: &Frame<'_>, events: &mut Events) {
        let sound = Sound {
            speech: self.hearing.speech,
            tone: self.hearing.tone,
            music: self.hearing.music,
            music_settled: self.music.is_settled(),
            level_dbm0: frame.level_dbm0,
            steady_noise: self.floor.is_steady_noise(),
        };
        let at = frame.rate.at_hop(frame.index);
        if let Some(change) = self.segments.hear(at, &sound) {
            events.push(Event {
                known: frame.end(),
                from: change.from,
                confidence: change.confidence,
                kind: EventKind::Activity(change.activity),
            });
        }
    }
}

/// What the mel bands tell together.
struct Bands {
    above_db: f32,
    over: f32,
    change_db: f32,
    rise_db: f32,
    peaky_db: f32,
}

impl Bands {
    fn of(now: &[f32; BANDS], before: &[f32; BANDS], floor: &[f32; BANDS]) -> Bands {
        // Four bands side by side, for one after the other each sum would wait for the one before. The twentieth adds
        // nothing but its own level.
        let (now, before) = (passed(now, FLOOR_DBM0), passed(before, FLOOR_DBM0));
        let floor = passed(floor, QUIETEST_DBM0);
        let (mut above, mut over, mut change, mut rise) =
            ([0.0_f32; 4], [0.0_f32; 4], [0.0_f32; 4], [0.0_f32; 4]);
        let (mut sum, mut most) = ([0.0_f32; 4], [FLOOR_DBM0; 4]);
        for ((now, before), floor) in now.iter().zip(&before).zip(&floor) {
            for lane in 0..4 {
                let level = more(now[lane], QUIETEST_DBM0);
                let step = level - more(before[lane], QUIETEST_DBM0);
                let over_floor = less(more(level - floor[lane], -5.0), 40.0);
                above[lane] += over_floor;
                over[lane] += if over_floor > 6.0 { 1.0 } else { 0.0 };
                change[lane] += step.abs();
                rise[lane] += step;
                sum[lane] += now[lane];
                most[lane] = more(most[lane], now[lane]);
            }
        }
        let mean = |lanes: [f32; 4]| lanes.iter().sum::<f32>() * ONE_BAND;
        Bands {
            above_db: mean(above),
            over: mean(over),
            change_db: mean(change),
            rise_db: mean(rise),
            peaky_db: most.into_iter().fold(FLOOR_DBM0, more) - mean(sum) + FLOOR_DBM0 * ONE_BAND,
        }
    }
}

/// The bands that a telephone passes, and one of `fill` to make it five times four.
fn passed(levels: &[f32; BANDS], fill: f32) -> [[f32; 4]; 5] {
    let mut passed = [[fill; 4]; 5];
    passed.as_flattened_mut()[..END_BAND - FIRST_BAND].copy_from_slice(&levels[FIRST_BAND..END_BAND]);
    passed
}

#[cfg(test)]
mod tests {
    use super::testing::Scene;
    use crate::event::Activity;

    #[test]
    fn keys_are_no_speech() {
        let mut scene = Scene::new().silence(800);
        for (row, column) in [
            (697.0, 1_209.0),
            (770.0, 1_477.0),
            (852.0, 1_336.0),
            (941.0, 1_209.0),
        ] {
            scene = scene.tones(110, &[row, column], 0.1).silence(150);
        }
        let heard = scene.noise_from(0, 0.002).heard();
        let share = heard.share(0, 1_800, |h| h.speech > 0.5);
        assert!(share < 0.02, "{share}");
    }

    #[test]
    fn speech_is_heard_in_quiet_and_in_noise_and_the_pause_before_it_is_not() {
        for noise in [0.0004, 0.004, 0.02] {
            let heard = Scene::new()
                .silence(1_500)
                .speech(3_000, 0.12)
                .silence(1_000)
                .noise_from(0, noise)
                .heard();
            let before = heard.share(300, 1_480, |h| h.speech > 0.5);
            let during = heard.share(1_600, 4_400, |h| h.speech > 0.5);
            let after = heard.share(4_900, 5_500, |h| h.speech > 0.5);
            assert!(before < 0.02, "noise {noise}: {before} before");
            assert!(during > 0.85, "noise {noise}: {during} during");
            assert!(after < 0.1, "noise {noise}: {after} after");
        }
    }

    #[test]
    fn a_word_is_heard_within_a_tenth_of_a_second() {
        let heard = Scene::new()
            .silence(1_000)
            .speech(400, 0.12)
            .silence(800)
            .noise_from(0, 0.002)
            .heard();
        let first = heard
            .hops
            .iter()
            .position(|h| h.speech > 0.5)
            .map(|hop| hop * 10 + 10);
        assert!(first.is_some_and(|ms| (1_010..=1_110).contains(&ms)), "{first:?}");
        let activities = heard.activities();
        let speech = activities.iter().find(|(a, ..)| *a == Activity::Speech);
        assert!(
            speech.is_some_and(|&(_, from, _)| (980..=1_100).contains(&from)),
            "{activities:?}"
        );
    }

    #[test]
    fn clicks_noise_steps_and_tones_are_no_speech() {
        let scenes = [
            ("clicks", Scene::new().clicks(5_000, 0.3).noise_from(0, 0.001)),
            (
                "a step of noise",
                Scene::new().silence(4_000).noise_from(1_500, 0.03),
            ),
            (
                "ringback",
                Scene::new()
                    .tones(1_000, &[425.0], 0.2)
                    .silence(3_000)
                    .noise_from(0, 0.002),
            ),
            (
                "a pair of tones",
                Scene::new()
                    .tones(2_000, &[440.0, 480.0], 0.1)
                    .silence(2_000)
                    .noise_from(0, 0.002),
            ),
        ];
        for (name, scene) in scenes {
            let end = scene.ms();
            let share = scene.heard().share(0, end, |h| h.speech > 0.5);
            assert!(share < 0.04, "{name}: {share}");
        }
    }

    #[test]
    fn a_tone_is_a_tone_after_a_tenth_of_a_second_and_its_floor_stays() {
        let heard = Scene::new()
            .silence(1_000)
            .tones(3_000, &[425.0], 0.2)
            .silence(500)
            .noise_from(0, 0.005)
            .heard();
        assert!(heard.share(1_120, 3_990, |h| h.tone > 0.7) > 0.98);
        assert!(heard.share(200, 990, |h| h.tone > 0.5) < 0.02);
        assert!(heard.share(1_100, 3_990, |h| h.above_floor_db > 15.0) > 0.98);
        let kinds: Vec<_> = heard.activities().iter().map(|(a, ..)| *a).collect();
        assert!(kinds.contains(&Activity::Tone), "{kinds:?}");
    }

    #[test]
    fn an_idle_line_is_silence_and_stays_so() {
        let heard = Scene::new().silence(3_000).heard();
        let activities = heard.activities();
        assert_eq!(activities.len(), 1, "{activities:?}");
        assert_eq!(activities[0].0, Activity::Silence);
        assert!(
            heard
                .hops
                .iter()
                .all(|h| h.speech < 0.3 && h.tone < 0.1 && h.music < 0.1)
        );
    }
}
