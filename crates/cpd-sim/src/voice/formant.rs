//! A formant synthesiser: voices that never were, saying whatever a test wants said.
//!
//! What it does: a string of phones becomes tracks of formants, voicing and friction, one value each 5 ms; a glottal
//! pulse train with jitter, shimmer and breath drives four resonators in cascade, noise about one frequency is added
//! for fricatives and bursts. The scheme is D. Klatt's (JASA 67, 1980) cascade branch, reduced to what 4 kHz can carry.
//!
//! How good it is: clearly speech in spectrum, rhythm and melody, clearly not a person. Two speakers saying the same
//! phones are as different to a fingerprint as two people are; one speaker saying them again with another seed differs
//! only in jitter and noise.

use std::f32::consts::{PI, TAU};

use crate::RATE_HZ;
use crate::filter::Biquad;
use crate::rng::Rng;

/// How somebody speaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Speaker {
    /// Middle of the voice's pitch, Hz: 80–140 for most men, 160–260 for most women, more for children.
    pub pitch_hz: f32,
    /// How far pitch moves about its middle, semitones: 1 is monotonous, 4 lively.
    pub melody_semitones: f32,
    /// Formants against those of the table (a man's): 1.15 for most women, 1.3 for children.
    pub formant_scale: f32,
    /// Speed against the table's durations: 0.7 slow, 1.4 hasty.
    pub rate: f32,
    /// Breath in the voice, 0 to 1.
    pub breath: f32,
    /// Mean change from one glottal period to the next, as a share: 0.01 is healthy, 0.04 hoarse.
    pub jitter: f32,
}

impl Speaker {
    /// Somebody.
    pub fn draw(rng: &mut Rng) -> Speaker {
        let woman = rng.chance(0.5);
        Speaker {
            pitch_hz: if woman {
                rng.within(165.0, 255.0)
            } else {
                rng.within(85.0, 145.0)
            },
            melody_semitones: rng.within(1.2, 4.0),
            formant_scale: if woman {
                rng.within(1.06, 1.22)
            } else {
                rng.within(0.92, 1.06)
            },
            rate: rng.within(0.8, 1.3),
            breath: rng.within(0.05, 0.5),
            jitter: rng.within(0.005, 0.025),
        }
    }

    /// Says phones; samples (full scale ±1) at about −20 dBm0. Chance moves only jitter and noise.
    pub fn say(&self, phones: &Phones, rng: &mut Rng) -> Vec<f32> {
        let tracks = self.tracks(phones);
        let mut voice = Glottis::new(self, rng.fork());
        let mut friction_rng = rng.fork();
        let mut resonators = [Resonator::default(); 4];
        let mut friction = Biquad::default();
        let mut friction_hz = 0.0;
        let mut out = Vec::with_capacity(tracks.len() * STEP);
        for pair in tracks.windows(2) {
            let (now, next) = (&pair[0], &pair[1]);
            for (index, resonator) in resonators.iter_mut().enumerate() {
                let hz = if index < 3 { now.formants[index] } else { 3_400.0 } * self.formant_scale;
                resonator.tune(hz.min(3_850.0), BANDWIDTHS_HZ[index]);
            }
            if now.friction_hz != friction_hz {
                friction_hz = now.friction_hz;
                friction = Biquad::band_pass(friction_hz.clamp(200.0, 3_700.0), 1.2);
            }
            for n in 0..STEP {
                let part = n as f32 / STEP as f32;
                let voicing = now.voicing + part * (next.voicing - now.voicing);
                let rub = now.friction + part * (next.friction - now.friction);
                let mut x = voicing * voice.step(now.pitch_hz);
                for resonator in &mut resonators {
                    x = resonator.step(x);
                }
                out.push(0.22 * x + 0.25 * rub * friction.step(friction_rng.normal()));
            }
        }
        crate::noise::scale_to(&mut out, -20.0);
        out
    }

    fn tracks(&self, phones: &Phones) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let sounds = &phones.sounds;
        let total: f32 = sounds.iter().map(|&(sound, _)| sound.ms).sum::<f32>().max(1.0);
        let mut gone_ms = 0.0;
        for &(sound, stressed) in sounds {
            let ms = sound.ms * if stressed { 1.25 } else { 1.0 } / self.rate;
            let count = (ms / STEP_MS).round().max(2.0) as usize;
            for k in 0..count {
                let inside = k as f32 / count as f32;
                // Pitch falls over the phrase, rises on stressed vowels.
                let at = (gone_ms + inside * sound.ms) / total;
                let accent = if stressed { (PI * inside).sin() } else { 0.0 };
                let semitones = self.melody_semitones * (0.6 - 1.3 * at + 0.9 * accent);
                let (voicing, friction) = match sound.make {
                    Make::Held => (sound.voicing, sound.friction),
                    // A stop: closed, then a burst of about 10 ms, then breath.
                    Make::Stop if inside < 0.6 => (sound.voicing, 0.0),
                    Make::Stop => (0.3 * sound.voicing, sound.friction * (1.6 - inside)),
                };
                steps.push(Step {
                    formants: sound.formants_hz,
                    voicing,
                    friction,
                    friction_hz: sound.friction_hz,
                    pitch_hz: self.pitch_hz * 2.0_f32.powf(semitones / 12.0),
                });
            }
            gone_ms += sound.ms;
        }
        glide(&mut steps);
        steps
    }
}

/// What is to be said.
#[derive(Clone, Debug, PartialEq)]
pub struct Phones {
    sounds: Vec<(&'static Sound, bool)>,
}

impl Phones {
    /// Reads phones, one letter each: vowels `a e i o u y @`, consonants `m n l r j v z Z s S f h x p t k b d g`, a
    /// space between words, a comma for a pause. `'` before a vowel stresses it; other letters are passed over.
    pub fn read(text: &str) -> Phones {
        let mut sounds = Vec::new();
        let mut stressed = false;
        for letter in text.chars() {
            if letter == '\'' {
                stressed = true;
            } else if let Some(sound) = SOUNDS.iter().find(|sound| sound.letter == letter) {
                let vowel = VOWELS.contains(letter);
                sounds.push((sound, stressed && vowel));
                stressed &= !vowel;
            }
        }
        Phones { sounds }
    }

    /// So many words of one to four syllables, a pause after some of them.
    pub fn draw(words: usize, rng: &mut Rng) -> Phones {
        let consonants: Vec<char> = "mnlrjvzsSfhxptkbdgtknsmr".chars().collect();
        let vowels: Vec<char> = VOWELS.chars().chain("aeioa".chars()).collect();
        let mut text = String::new();
        for word in 0..words {
            let syllables = 1 + rng.below(4);
            let stressed = rng.below(syllables);
            for syllable in 0..syllables {
                if rng.chance(0.88) {
                    text.extend(rng.one_of(&consonants));
                }
                if syllable == stressed {
                    text.push('\'');
                }
                text.extend(rng.one_of(&vowels));
                if rng.chance(0.3) {
                    text.extend(rng.one_of(&consonants));
                }
            }
            let last = word + 1 == words;
            text.push(if !last && rng.chance(0.22) { ',' } else { ' ' });
        }
        Phones::read(&text)
    }

    /// These phones and then others.
    pub fn then(&self, other: &Phones) -> Phones {
        let mut sounds = self.sounds.clone();
        sounds.extend_from_slice(&other.sounds);
        Phones { sounds }
    }

    /// About how long a speaker of rate 1 takes, ms.
    pub fn ms(&self) -> u32 {
        self.sounds.iter().map(|(sound, _)| sound.ms as u32).sum()
    }
}

const VOWELS: &str = "aeiouy@";

#[derive(Debug, PartialEq)]
enum Make {
    Held,
    Stop,
}

#[derive(Debug, PartialEq)]
struct Sound {
    letter: char,
    make: Make,
    ms: f32,
    formants_hz: [f32; 3],
    voicing: f32,
    friction: f32,
    friction_hz: f32,
}

const fn sound(letter: char, make: Make, ms: f32, formants_hz: [f32; 3], source: (f32, f32, f32)) -> Sound {
    let (voicing, friction, friction_hz) = source;
    Sound {
        letter,
        make,
        ms,
        formants_hz,
        voicing,
        friction,
        friction_hz,
    }
}

/// Formants of a man's vowels after Peterson and Barney (JASA 24, 1952); loci of consonants after Klatt, table III.
static SOUNDS: &[Sound] = &[
    sound('a', Make::Held, 110.0, [730.0, 1_190.0, 2_440.0], (1.0, 0.0, 0.0)),
    sound(
        'e',
        Make::Held,
        100.0,
        [530.0, 1_840.0, 2_480.0],
        (0.95, 0.0, 0.0),
    ),
    sound('i', Make::Held, 90.0, [280.0, 2_250.0, 2_950.0], (0.85, 0.0, 0.0)),
    sound('o', Make::Held, 105.0, [550.0, 880.0, 2_410.0], (0.95, 0.0, 0.0)),
    sound('u', Make::Held, 95.0, [310.0, 870.0, 2_240.0], (0.85, 0.0, 0.0)),
    sound('y', Make::Held, 90.0, [340.0, 1_550.0, 2_300.0], (0.85, 0.0, 0.0)),
    sound('@', Make::Held, 60.0, [500.0, 1_400.0, 2_400.0], (0.75, 0.0, 0.0)),
    sound('m', Make::Held, 70.0, [250.0, 1_000.0, 2_100.0], (0.35, 0.0, 0.0)),
    sound('n', Make::Held, 65.0, [260.0, 1_500.0, 2_500.0], (0.35, 0.0, 0.0)),
    sound('l', Make::Held, 60.0, [320.0, 1_150.0, 2_700.0], (0.55, 0.0, 0.0)),
    sound(
        'r',
        Make::Held,
        45.0,
        [380.0, 1_250.0, 1_900.0],
        (0.5, 0.05, 1_800.0),
    ),
    sound('j', Make::Held, 55.0, [270.0, 2_150.0, 2_900.0], (0.6, 0.0, 0.0)),
    sound(
        'v',
        Make::Held,
        55.0,
        [250.0, 1_100.0, 2_100.0],
        (0.4, 0.12, 1_600.0),
    ),
    sound(
        'z',
        Make::Held,
        70.0,
        [260.0, 1_500.0, 2_600.0],
        (0.35, 0.35, 3_600.0),
    ),
    sound(
        'Z',
        Make::Held,
        70.0,
        [280.0, 1_700.0, 2_500.0],
        (0.35, 0.5, 2_500.0),
    ),
    sound(
        's',
        Make::Held,
        95.0,
        [320.0, 1_400.0, 2_550.0],
        (0.0, 0.7, 3_700.0),
    ),
    sound(
        'S',
        Make::Held,
        95.0,
        [300.0, 1_850.0, 2_600.0],
        (0.0, 0.9, 2_500.0),
    ),
    sound(
        'f',
        Make::Held,
        85.0,
        [340.0, 1_100.0, 2_100.0],
        (0.0, 0.25, 1_800.0),
    ),
    sound(
        'h',
        Make::Held,
        55.0,
        [500.0, 1_400.0, 2_400.0],
        (0.1, 0.35, 1_300.0),
    ),
    sound(
        'x',
        Make::Held,
        80.0,
        [400.0, 1_500.0, 2_300.0],
        (0.0, 0.5, 1_500.0),
    ),
    sound('p', Make::Stop, 85.0, [300.0, 900.0, 2_100.0], (0.0, 0.5, 900.0)),
    sound(
        't',
        Make::Stop,
        80.0,
        [300.0, 1_700.0, 2_600.0],
        (0.0, 0.9, 3_300.0),
    ),
    sound(
        'k',
        Make::Stop,
        90.0,
        [300.0, 1_900.0, 2_500.0],
        (0.0, 0.9, 1_800.0),
    ),
    sound('b', Make::Stop, 65.0, [220.0, 900.0, 2_100.0], (0.22, 0.3, 800.0)),
    sound(
        'd',
        Make::Stop,
        60.0,
        [220.0, 1_700.0, 2_600.0],
        (0.22, 0.5, 3_000.0),
    ),
    sound(
        'g',
        Make::Stop,
        65.0,
        [220.0, 1_900.0, 2_500.0],
        (0.22, 0.5, 1_700.0),
    ),
    sound(' ', Make::Held, 30.0, [450.0, 1_400.0, 2_400.0], (0.0, 0.0, 0.0)),
    sound(',', Make::Held, 260.0, [450.0, 1_400.0, 2_400.0], (0.0, 0.0, 0.0)),
];

/// Bandwidths of the four formants, Hz.
const BANDWIDTHS_HZ: [f32; 4] = [70.0, 100.0, 160.0, 280.0];
/// Samples of a step of the tracks: 5 ms.
const STEP: usize = 40;
const STEP_MS: f32 = 5.0;

struct Step {
    formants: [f32; 3],
    voicing: f32,
    friction: f32,
    friction_hz: f32,
    pitch_hz: f32,
}

/// Steps over which the tongue moves: 45 ms.
const GLIDE: usize = 9;

/// Smooths formants as articulators move, voicing and friction faster, and ends in silence.
fn glide(steps: &mut Vec<Step>) {
    let Some(last) = steps.last() else { return };
    let (formants, pitch_hz, friction_hz) = (last.formants, last.pitch_hz, last.friction_hz);
    for _ in 0..4 {
        steps.push(Step {
            formants,
            voicing: 0.0,
            friction: 0.0,
            friction_hz,
            pitch_hz,
        });
    }
    smooth(steps, GLIDE, |step| &mut step.formants[0]);
    smooth(steps, GLIDE, |step| &mut step.formants[1]);
    smooth(steps, GLIDE, |step| &mut step.formants[2]);
    smooth(steps, 5, |step| &mut step.pitch_hz);
    smooth(steps, 3, |step| &mut step.voicing);
    smooth(steps, 3, |step| &mut step.friction);
    let (first, end) = (0, steps.len() - 1);
    for index in [first, end] {
        steps[index].voicing = 0.0;
        steps[index].friction = 0.0;
    }
}

fn smooth(steps: &mut [Step], over: usize, of: impl Fn(&mut Step) -> &mut f32) {
    let raw: Vec<f32> = steps.iter_mut().map(|step| *of(step)).collect();
    for (index, step) in steps.iter_mut().enumerate() {
        let low = index.saturating_sub(over / 2);
        let high = (index + over / 2 + 1).min(raw.len());
        *of(step) = raw[low..high].iter().sum::<f32>() / (high - low) as f32;
    }
}

/// The voice's source: Rosenberg's glottal pulse, differentiated, with jitter, shimmer and breath while the folds are
/// open.
struct Glottis {
    phase: f32,
    period_scale: f32,
    gain: f32,
    jitter: f32,
    breath: f32,
    flow: f32,
    rng: Rng,
}

/// Share of a period in which the folds open, and in which they close.
const OPENING: f32 = 0.4;
const CLOSING: f32 = 0.16;

impl Glottis {
    fn new(speaker: &Speaker, rng: Rng) -> Glottis {
        Glottis {
            phase: 0.0,
            period_scale: 1.0,
            gain: 1.0,
            jitter: speaker.jitter,
            breath: speaker.breath,
            flow: 0.0,
            rng,
        }
    }

    fn step(&mut self, pitch_hz: f32) -> f32 {
        self.phase += pitch_hz / RATE_HZ as f32 * self.period_scale;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
            self.period_scale = 1.0 + self.jitter * self.rng.normal().clamp(-3.0, 3.0);
            self.gain = 1.0 + 2.0 * self.jitter * self.rng.normal().clamp(-3.0, 3.0);
        }
        let flow = if self.phase < OPENING {
            0.5 * (1.0 - (PI * self.phase / OPENING).cos())
        } else if self.phase < OPENING + CLOSING {
            (0.5 * PI * (self.phase - OPENING) / CLOSING).cos()
        } else {
            0.0
        };
        let slope = flow - self.flow;
        self.flow = flow;
        self.gain * slope + 0.12 * self.breath * (0.2 + flow) * self.rng.normal()
    }
}

/// One formant: a two-pole resonator with gain 1 at 0 Hz (Klatt, equation 2).
#[derive(Clone, Copy, Default)]
struct Resonator {
    a: f32,
    b: f32,
    c: f32,
    memory: [f32; 2],
}

impl Resonator {
    fn tune(&mut self, hz: f32, bandwidth_hz: f32) {
        let t = 1.0 / RATE_HZ as f32;
        self.c = -(-TAU * bandwidth_hz * t).exp();
        self.b = 2.0 * (-PI * bandwidth_hz * t).exp() * (TAU * hz * t).cos();
        self.a = 1.0 - self.b - self.c;
    }

    fn step(&mut self, x: f32) -> f32 {
        let y = self.a * x + self.b * self.memory[0] + self.c * self.memory[1];
        self.memory = [y, self.memory[0]];
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::mean_level_dbm0;

    fn man() -> Speaker {
        Speaker {
            pitch_hz: 110.0,
            melody_semitones: 0.0,
            formant_scale: 1.0,
            rate: 0.5,
            breath: 0.1,
            jitter: 0.005,
        }
    }

    /// Strongest frequency of an autocorrelation between 60 and 400 Hz.
    fn pitch_of(samples: &[f32]) -> f32 {
        let score = |lag: usize| -> f32 { samples[lag..].iter().zip(samples).map(|(a, b)| a * b).sum() };
        let lag = (20..134).max_by(|&a, &b| score(a).total_cmp(&score(b))).unwrap();
        8_000.0 / lag as f32
    }

    fn level_at(samples: &[f32], hz: f32) -> f32 {
        let mut band = samples.to_vec();
        Biquad::band_pass(hz, 5.0).run(&mut band);
        mean_level_dbm0(&band)
    }

    #[test]
    fn a_vowel_has_its_pitch_and_its_formants() {
        for (letter, formant_hz, valley_hz) in [("'a", 1_190.0, 1_900.0), ("'i", 2_250.0, 1_100.0)] {
            let samples = man().say(&Phones::read(letter), &mut Rng::new(1));
            let middle = &samples[480..samples.len() - 400];
            assert!((pitch_of(middle) - 110.0).abs() < 4.0);
            assert!(
                level_at(middle, formant_hz) > level_at(middle, valley_hz) + 5.0,
                "{letter}"
            );
        }
    }

    #[test]
    fn a_hiss_is_high_and_a_hum_is_low() {
        let say = |text| man().say(&Phones::read(text), &mut Rng::new(1));
        let (hiss, hum) = (say("sss"), say("mmm"));
        assert!(level_at(&hiss, 3_300.0) > level_at(&hiss, 400.0) + 15.0);
        assert!(level_at(&hum, 250.0) > level_at(&hum, 3_300.0) + 20.0);
    }

    #[test]
    fn speed_is_the_speakers() {
        let phones = Phones::read("d'aman k'ela, t'ori");
        let slow = man().say(&phones, &mut Rng::new(1));
        let fast = Speaker { rate: 1.0, ..man() }.say(&phones, &mut Rng::new(1));
        let ratio = slow.len() as f32 / fast.len() as f32;
        assert!((ratio - 2.0).abs() < 0.15, "{ratio}");
        assert!((fast.len() as f32 / 8.0 - phones.ms() as f32).abs() < 200.0);
    }

    #[test]
    fn the_same_seed_says_the_same() {
        let mut rng = Rng::new(5);
        let (speaker, phones) = (Speaker::draw(&mut rng), Phones::draw(4, &mut rng));
        assert_eq!(
            speaker.say(&phones, &mut Rng::new(2)),
            speaker.say(&phones, &mut Rng::new(2))
        );
        assert_ne!(
            speaker.say(&phones, &mut Rng::new(2)),
            speaker.say(&phones, &mut Rng::new(3))
        );
        assert!(speaker.say(&Phones::read(""), &mut Rng::new(1)).is_empty());
    }
}
