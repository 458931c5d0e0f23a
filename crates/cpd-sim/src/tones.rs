//! Tones of networks and terminals, beeps, horns and melodies.
//!
//! All give samples of full scale ±1 whose level is that of the sounding parts, dBm0, unless they say otherwise.

use std::f32::consts::TAU;

use crate::RATE_HZ;
use crate::level::rms_of;
use crate::rng::Rng;

/// What sounds during one on-time of a tone.
#[derive(Clone, Debug, PartialEq)]
pub struct Chord {
    /// Frequencies, Hz; none is a pause.
    pub hz: Vec<f32>,
    /// Frequency of a full amplitude modulation, Hz; 0 is none. ("400×33" of the E.180 lists.)
    pub modulation_hz: f32,
    /// How long, ms.
    pub ms: f32,
}

impl Chord {
    /// Frequencies for some time.
    pub fn of(hz: &[f32], ms: f32) -> Chord {
        Chord {
            hz: hz.to_vec(),
            modulation_hz: 0.0,
            ms,
        }
    }

    /// Nothing for some time.
    pub fn pause(ms: f32) -> Chord {
        Chord::of(&[], ms)
    }
}

/// Rise and fall of a tone's edges, ms: as switches do, short of a click.
const EDGE_MS: f32 = 2.0;

/// A cadence from its start, repeated for `total_ms`.
pub fn cadence(steps: &[Chord], total_ms: f32, level_dbm0: f32) -> Vec<f32> {
    let count = samples_of(total_ms);
    let mut out = Vec::with_capacity(count);
    let cycle: f32 = steps.iter().map(|step| step.ms).sum();
    if cycle <= 0.0 {
        return vec![0.0; count];
    }
    let mut at_ms = 0.0;
    'all: loop {
        for step in steps {
            let until = samples_of(at_ms + step.ms).min(count);
            chord(step, until.saturating_sub(out.len()), level_dbm0, &mut out);
            at_ms += step.ms;
            if out.len() >= count {
                break 'all;
            }
        }
    }
    out
}

fn chord(step: &Chord, count: usize, level_dbm0: f32, out: &mut Vec<f32>) {
    let edge = EDGE_MS * 8.0;
    // Modulated fully by a sine, the power is ⅜ of the unmodulated peak's half.
    let modulated = step.modulation_hz > 0.0;
    let power = if modulated { 3.0 / 16.0 } else { 0.5 } * step.hz.len().max(1) as f32;
    let amplitude = rms_of(level_dbm0) / power.sqrt();
    let start = out.len();
    for n in 0..count {
        let t = (start + n) as f32;
        let mut sum = 0.0;
        for &hz in &step.hz {
            sum += sine(hz, t);
        }
        if modulated {
            sum *= 0.5 * (1.0 - (TAU * cycles(step.modulation_hz, t)).cos());
        }
        let rise = ((n as f32 + 0.5) / edge).min(1.0);
        let fall = ((count - n) as f32 / edge).min(1.0);
        out.push(amplitude * rise * fall * sum);
    }
}

/// A phase in f32 loses its grip after some seconds; its whole turns are taken off in f64.
fn cycles(hz: f32, t: f32) -> f32 {
    (f64::from(hz) * f64::from(t) / f64::from(RATE_HZ)).fract() as f32
}

fn sine(hz: f32, t: f32) -> f32 {
    (TAU * cycles(hz, t)).sin()
}

fn samples_of(ms: f32) -> usize {
    (ms.max(0.0) * (RATE_HZ as f32 / 1_000.0)).round() as usize
}

/// A pause.
pub fn silence(ms: f32) -> Vec<f32> {
    vec![0.0; samples_of(ms)]
}

/// Ringback of Russia, 425 Hz 1 s on, 4 s off (GOST 45.223), for so many ms.
pub fn ringback(total_ms: f32, level_dbm0: f32) -> Vec<f32> {
    cadence(
        &[Chord::of(&[425.0], 1_000.0), Chord::pause(4_000.0)],
        total_ms,
        level_dbm0,
    )
}

/// Busy of Russia, 425 Hz 350 ms on, 350 ms off (GOST 45.223).
pub fn busy(total_ms: f32, level_dbm0: f32) -> Vec<f32> {
    cadence(
        &[Chord::of(&[425.0], 350.0), Chord::pause(350.0)],
        total_ms,
        level_dbm0,
    )
}

/// Forms of the special information tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sit {
    /// Intercept.
    Ic,
    /// Vacant code.
    Vc,
    /// Reorder, intra-LATA.
    Ro1,
    /// Reorder, inter-LATA.
    Ro2,
    /// No circuit, intra-LATA.
    Nc1,
    /// No circuit, inter-LATA.
    Nc2,
    /// Ineffective other.
    Io,
    /// ITU-T E.180: 950, 1400, 1800 Hz, 330 ms each.
    Itu,
}

impl Sit {
    /// All forms.
    pub const ALL: [Sit; 8] = [
        Sit::Ic,
        Sit::Vc,
        Sit::Ro1,
        Sit::Ro2,
        Sit::Nc1,
        Sit::Nc2,
        Sit::Io,
        Sit::Itu,
    ];
}

/// A special information tone (Telcordia GR-1162, section 6; ITU-T E.180).
pub fn sit(form: Sit, level_dbm0: f32) -> Vec<f32> {
    let (low1, high1, low2, high2, third) = (913.8, 985.2, 1_370.6, 1_428.5, 1_776.7);
    let (short, long) = (274.0, 380.0);
    let [(a, a_ms), (b, b_ms), (c, c_ms)] = match form {
        Sit::Ic => [(low1, short), (low2, short), (third, long)],
        Sit::Vc => [(high1, long), (low2, short), (third, long)],
        Sit::Ro1 => [(low1, short), (high2, long), (third, long)],
        Sit::Ro2 => [(high1, short), (low2, long), (third, long)],
        Sit::Nc1 => [(high1, long), (high2, long), (third, long)],
        Sit::Nc2 => [(low1, long), (low2, long), (third, long)],
        Sit::Io => [(low1, long), (high2, short), (third, long)],
        Sit::Itu => [(950.0, 330.0), (1_400.0, 330.0), (1_800.0, 330.0)],
    };
    let steps = [
        Chord::of(&[a], a_ms),
        Chord::of(&[b], b_ms),
        Chord::of(&[c], c_ms),
    ];
    cadence(&steps, a_ms + b_ms + c_ms, level_dbm0)
}

/// DTMF digits (ITU-T Q.23), each so long, with pauses; other characters are pauses of a digit's length.
pub fn dtmf(digits: &str, on_ms: f32, off_ms: f32, level_dbm0: f32) -> Vec<f32> {
    let mut out = Vec::new();
    for digit in digits.chars() {
        let keys = "123A456B789C*0#D";
        let tone = match keys.find(digit.to_ascii_uppercase()) {
            Some(at) => {
                let low = [697.0, 770.0, 852.0, 941.0][at / 4];
                let high = [1_209.0, 1_336.0, 1_477.0, 1_633.0][at % 4];
                Chord::of(&[low, high], on_ms)
            }
            None => Chord::pause(on_ms),
        };
        out.extend(cadence(&[tone], on_ms, level_dbm0));
        out.extend(silence(off_ms));
    }
    out
}

/// What a fax or a modem sends first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Terminal {
    /// Calling fax: 1100 Hz, 0.5 s on, 3 s off (ITU-T T.30).
    Cng,
    /// Called fax: 2100 Hz for 3 s, then V.21 flags (T.30).
    Ced,
    /// V.21 channel 2 flags at 300 bit/s: the preamble of T.30.
    Flags,
    /// Answer tone with a phase reversal each 450 ms (V.25).
    AnsPr,
    /// Answer tone with reversals and 15 Hz amplitude modulation (V.8).
    AnsAm,
    /// V.22: 2100 Hz, then unscrambled ones at 2250 Hz about a 2400 Hz carrier with 1800 Hz guard tone.
    V22,
    /// Bell 103 answer: 2225 Hz mark.
    Bell103,
    /// V.23: 2100 Hz mark or 1300 Hz mark with data at 600 and 1200 bit/s.
    V23,
}

impl Terminal {
    /// All of them.
    pub const ALL: [Terminal; 8] = [
        Terminal::Cng,
        Terminal::Ced,
        Terminal::Flags,
        Terminal::AnsPr,
        Terminal::AnsAm,
        Terminal::V22,
        Terminal::Bell103,
        Terminal::V23,
    ];
}

/// A fax or modem for so many ms.
pub fn terminal(kind: Terminal, total_ms: f32, level_dbm0: f32, rng: &mut Rng) -> Vec<f32> {
    let count = samples_of(total_ms);
    let amplitude = rms_of(level_dbm0) * 2.0_f32.sqrt();
    let mut out: Vec<f32> = match kind {
        Terminal::Cng => cadence(
            &[Chord::of(&[1_100.0], 500.0), Chord::pause(3_000.0)],
            total_ms,
            level_dbm0,
        ),
        Terminal::Ced => {
            let mut out = cadence(
                &[Chord::of(&[2_100.0], 3_000.0)],
                total_ms.min(3_000.0),
                level_dbm0,
            );
            out.extend(silence(75.0));
            let rest = total_ms - out.len() as f32 / 8.0;
            out.extend(terminal(Terminal::Flags, rest, level_dbm0, rng));
            out
        }
        Terminal::Flags => {
            let flags = [0, 1, 1, 1, 1, 1, 1, 0];
            // Channel 2: 1 is 1650 Hz, 0 is 1850 Hz.
            fsk(
                (1_850.0, 1_650.0),
                300.0,
                count,
                |bit| flags[bit % 8] == 1,
                amplitude,
            )
        }
        Terminal::AnsPr | Terminal::AnsAm => (0..count)
            .map(|n| {
                let turned = (n / 3_600) % 2 == 1;
                let depth = if kind == Terminal::AnsAm {
                    // 15 Hz, amplitude 0.8 to 1.2 (V.8, 3.2).
                    1.0 + 0.2 * sine(15.0, n as f32)
                } else {
                    1.0
                };
                let tone = sine(2_100.0, n as f32);
                amplitude * depth * if turned { -tone } else { tone }
            })
            .collect(),
        Terminal::V22 => {
            let answer = samples_of(1_300.0).min(count);
            let mut out = cadence(&[Chord::of(&[2_100.0], 3_300.0)], answer as f32 / 8.0, level_dbm0);
            out.extend(vec![0.0; samples_of(75.0)]);
            // 600 baud, each dibit 11 turns the phase by 270°: a line at 2400 − 150 Hz and its images.
            for n in 0..count.saturating_sub(out.len()) {
                let symbol = (n as f32 * 600.0 / 8_000.0) as usize;
                let turned = symbol as f32 * 0.75;
                let data = (TAU * (cycles(2_400.0, n as f32) + turned)).sin();
                out.push(amplitude * (0.85 * data + 0.4 * sine(1_800.0, n as f32)));
            }
            out
        }
        Terminal::Bell103 => (0..count).map(|n| amplitude * sine(2_225.0, n as f32)).collect(),
        Terminal::V23 => {
            let bits: Vec<bool> = (0..count / 6).map(|_| rng.chance(0.5)).collect();
            let quiet = 480;
            // A second of mark, then data.
            fsk(
                (2_100.0, 1_300.0),
                1_200.0,
                count,
                |bit| bit < 1_200 || bits.get(bit - quiet).copied().unwrap_or(true),
                amplitude,
            )
        }
    };
    out.truncate(count);
    out
}

/// Phase-continuous frequency shift keying; `hz` of a 0 and of a 1.
fn fsk(
    (zero_hz, one_hz): (f32, f32),
    baud: f32,
    count: usize,
    bit: impl Fn(usize) -> bool,
    amplitude: f32,
) -> Vec<f32> {
    let mut phase = 0.0_f32;
    (0..count)
        .map(|n| {
            let one = bit((n as f32 * baud / RATE_HZ as f32) as usize);
            phase = (phase + if one { one_hz } else { zero_hz } / RATE_HZ as f32).fract();
            amplitude * (TAU * phase).sin()
        })
        .collect()
}

/// The beep of an answering machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Beep {
    /// Frequencies, Hz: one, sometimes two.
    pub hz: Vec<f32>,
    /// Length of one beep, ms.
    pub ms: f32,
    /// How many.
    pub count: usize,
    /// Pause between them, ms.
    pub pause_ms: f32,
    /// Rise, ms.
    pub fade_in_ms: f32,
    /// Fall, ms: a struck bell when as long as the beep.
    pub fade_out_ms: f32,
}

impl Beep {
    /// 1 kHz, 0.4 s.
    pub fn plain() -> Beep {
        Beep {
            hz: vec![1_000.0],
            ms: 400.0,
            count: 1,
            pause_ms: 100.0,
            fade_in_ms: 3.0,
            fade_out_ms: 3.0,
        }
    }

    /// As machines have them: 350–2100 Hz, 120–1200 ms, some double, some of two frequencies, some with long fades.
    pub fn draw(rng: &mut Rng) -> Beep {
        let hz = rng.within(350.0, 2_100.0);
        let ms = 120.0 * 10.0_f32.powf(rng.unit());
        Beep {
            hz: if rng.chance(0.15) {
                vec![hz, hz * rng.within(1.1, 1.7)]
            } else {
                vec![hz]
            },
            ms,
            count: if rng.chance(0.12) { 2 } else { 1 },
            pause_ms: rng.within(60.0, 250.0),
            fade_in_ms: if rng.chance(0.2) {
                rng.within(20.0, 0.3 * ms)
            } else {
                3.0
            },
            fade_out_ms: if rng.chance(0.3) {
                rng.within(20.0, ms)
            } else {
                3.0
            },
        }
    }

    /// Its samples; the level is that of the full tone.
    pub fn samples(&self, level_dbm0: f32) -> Vec<f32> {
        let amplitude = rms_of(level_dbm0) * (2.0 / self.hz.len().max(1) as f32).sqrt();
        let count = samples_of(self.ms);
        let mut out = Vec::new();
        for turn in 0..self.count {
            if turn > 0 {
                out.extend(silence(self.pause_ms));
            }
            for n in 0..count {
                let rise = (n as f32 / (8.0 * self.fade_in_ms).max(1.0)).min(1.0);
                let fall = ((count - n) as f32 / (8.0 * self.fade_out_ms).max(1.0)).min(1.0);
                let sum: f32 = self.hz.iter().map(|&hz| sine(hz, n as f32)).sum();
                out.push(amplitude * rise * fall * sum);
            }
        }
        out
    }
}

/// A car horn: two reeds of 380–520 Hz a third apart, rich in overtones, 0.2–0.6 s, at about 0 dBm0.
pub fn car_horn(rng: &mut Rng) -> Vec<f32> {
    let low = rng.within(380.0, 420.0);
    let reeds = [low, low * rng.within(1.18, 1.26)];
    let ms = rng.within(200.0, 600.0);
    let count = samples_of(ms);
    let brightness = rng.within(0.5, 0.8);
    let mut out: Vec<f32> = (0..count)
        .map(|n| {
            let mut sum = 0.0;
            for reed in reeds {
                let mut gain = 1.0;
                for overtone in 1..=8 {
                    sum += gain * sine(reed * overtone as f32, n as f32);
                    gain *= brightness;
                }
            }
            let rise = (n as f32 / 240.0).min(1.0);
            let fall = ((count - n) as f32 / 240.0).min(1.0);
            rise * fall * sum
        })
        .collect();
    crate::noise::scale_to(&mut out, 0.0);
    out
}

/// How a note sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timbre {
    /// A string that is plucked: a bright start that fades.
    Plucked,
    /// An organ: steady overtones.
    Organ,
    /// A bell-like electric piano.
    Chime,
}

/// Music for so many samples: chords under a melody in one key, at about 0 dBm0.
pub fn music(count: usize, rng: &mut Rng) -> Vec<f32> {
    let timbres = [Timbre::Plucked, Timbre::Organ, Timbre::Chime];
    let timbre = *rng.one_of(&timbres).unwrap_or(&Timbre::Plucked);
    melody(count, timbre, rng)
}

/// Degrees of the scale on which chords stand: I–V–vi–IV and its relatives.
const PROGRESSIONS: [[usize; 4]; 3] = [[0, 4, 5, 3], [0, 5, 3, 4], [5, 3, 0, 4]];
const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];

/// The same in a timbre of one's choice.
pub fn melody(count: usize, timbre: Timbre, rng: &mut Rng) -> Vec<f32> {
    let mut out = vec![0.0; count];
    let key_hz = 220.0 * 2.0_f32.powf(rng.below(12) as f32 / 12.0);
    let beat = samples_of(rng.within(220.0, 480.0));
    let progression = PROGRESSIONS[rng.below(PROGRESSIONS.len())];
    let degree_hz = |degree: usize| {
        let semitones = MAJOR[degree % 7] + 12 * (degree / 7) as i32;
        key_hz * 2.0_f32.powf(semitones as f32 / 12.0)
    };
    let mut at = 0;
    let mut step = 7;
    for bar in 0.. {
        if at >= count {
            break;
        }
        let root = progression[bar % 4];
        for voice in [0, 2, 4] {
            note(&mut out, at, degree_hz(root + voice), 4 * beat, 0.35, timbre);
        }
        let mut inside = 0;
        while inside < 4 {
            let beats = 1 + rng.below(2).min(3 - inside);
            if !rng.chance(0.12) {
                step = (step + 12 + rng.below(5) - 2).clamp(16, 25) - 12;
                note(
                    &mut out,
                    at + inside * beat,
                    degree_hz(step),
                    beats * beat,
                    0.8,
                    timbre,
                );
            }
            inside += beats;
        }
        at += 4 * beat;
    }
    crate::noise::scale_to(&mut out, 0.0);
    out
}

fn note(out: &mut [f32], at: usize, hz: f32, length: usize, gain: f32, timbre: Timbre) {
    let Some(rest) = out.get_mut(at..) else { return };
    // Partials and how fast they die, 1/s.
    let (partials, decay): (&[f32], f32) = match timbre {
        Timbre::Plucked => (&[1.0, 0.7, 0.45, 0.3, 0.2, 0.1], 4.0),
        Timbre::Organ => (&[1.0, 0.6, 0.0, 0.4, 0.0, 0.25], 0.0),
        Timbre::Chime => (&[1.0, 0.1, 0.0, 0.35], 2.5),
    };
    for (n, sample) in rest.iter_mut().take(length).enumerate() {
        let t = n as f32 / RATE_HZ as f32;
        let rise = (n as f32 / 40.0).min(1.0);
        let fall = ((length - n) as f32 / 160.0).min(1.0);
        let mut sum = 0.0;
        for (k, &partial) in partials.iter().enumerate() {
            let order = (k + 1) as f32;
            if partial > 0.0 && hz * order < 3_800.0 {
                // Higher partials of a string die sooner.
                sum += partial * (-decay * t * order.sqrt()).exp() * sine(hz * order, n as f32);
            }
        }
        *sample += gain * rise * fall * sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Biquad;
    use crate::level::mean_level_dbm0;

    fn level_at(samples: &[f32], hz: f32) -> f32 {
        let mut band = samples.to_vec();
        Biquad::band_pass(hz, 20.0).run(&mut band);
        mean_level_dbm0(&band)
    }

    #[test]
    fn a_cadence_is_on_and_off_in_time_and_at_its_level() {
        let uk = [
            Chord::of(&[400.0, 450.0], 400.0),
            Chord::pause(200.0),
            Chord::of(&[400.0, 450.0], 400.0),
            Chord::pause(2_000.0),
        ];
        let samples = cadence(&uk, 6_500.0, -15.0);
        assert_eq!(samples.len(), 52_000);
        for start_ms in [0, 600, 3_000, 3_600] {
            let on = &samples[start_ms * 8 + 32..(start_ms + 400) * 8 - 32];
            assert!((mean_level_dbm0(on) + 15.0).abs() < 0.5, "{start_ms}");
        }
        for (start_ms, end_ms) in [(401, 599), (1_001, 2_999), (4_001, 5_999)] {
            assert!(samples[start_ms * 8..end_ms * 8].iter().all(|&s| s == 0.0));
        }
        let modulated = Chord {
            modulation_hz: 25.0,
            ..Chord::of(&[400.0], 2_000.0)
        };
        let samples = cadence(&[modulated], 2_000.0, -20.0);
        assert!((mean_level_dbm0(&samples) + 20.0).abs() < 0.2);
        assert!(level_at(&samples, 375.0) > level_at(&samples, 340.0) + 6.0);
        assert_eq!(cadence(&[], 100.0, 0.0), vec![0.0; 800]);
    }

    #[test]
    fn sit_and_dtmf_sound_as_the_standards_say() {
        let samples = sit(Sit::Vc, -15.0);
        assert_eq!(samples.len(), samples_of(380.0 + 274.0 + 380.0));
        let first = &samples[400..3_000];
        assert!(level_at(first, 985.2) > level_at(first, 1_370.6) + 20.0);
        let five = dtmf("5", 80.0, 80.0, -10.0);
        assert!((mean_level_dbm0(&five[..640]) + 10.0).abs() < 0.5);
        assert!(level_at(&five[..640], 770.0) > level_at(&five[..640], 941.0) + 6.0);
    }

    #[test]
    fn terminals_keep_their_level_and_length() {
        for kind in Terminal::ALL {
            let samples = terminal(kind, 4_000.0, -16.0, &mut Rng::new(3));
            assert_eq!(samples.len(), 32_000, "{kind:?}");
            // The part after 2.1 s is in every terminal's sound but CNG's.
            let part = if kind == Terminal::Cng {
                160..3_800
            } else {
                17_000..23_000
            };
            let level = mean_level_dbm0(&samples[part]);
            assert!((level + 16.0).abs() < 1.0, "{kind:?}: {level}");
        }
    }

    #[test]
    fn an_answer_tone_turns_each_450_ms() {
        let samples = terminal(Terminal::AnsPr, 1_800.0, -10.0, &mut Rng::new(1));
        // 2100 Hz has 21 periods in 80 samples: before and after a turn they cancel.
        for n in 0..40 {
            assert!((samples[3_560 + n] - samples[3_480 + n]).abs() < 1e-3);
            assert!((samples[3_600 + n] + samples[3_520 + n]).abs() < 1e-3);
        }
    }

    #[test]
    fn v21_flags_alternate_between_their_frequencies() {
        let samples = terminal(Terminal::Flags, 1_000.0, -10.0, &mut Rng::new(1));
        let (mark, space, between) = (
            level_at(&samples, 1_650.0),
            level_at(&samples, 1_850.0),
            level_at(&samples, 2_300.0),
        );
        assert!(mark > between + 10.0 && space > between + 5.0);
    }

    #[test]
    fn beeps_have_their_length_and_count() {
        let beep = Beep {
            count: 2,
            ..Beep::plain()
        };
        let samples = beep.samples(-12.0);
        assert_eq!(samples.len(), samples_of(900.0));
        assert!((mean_level_dbm0(&samples[80..3_100]) + 12.0).abs() < 0.3);
        assert!(samples[3_210..3_990].iter().all(|&s| s == 0.0));
        for seed in 0..50 {
            let drawn = Beep::draw(&mut Rng::new(seed));
            assert!((119.0..1_201.0).contains(&drawn.ms), "{drawn:?}");
            assert!(!drawn.samples(-10.0).is_empty());
        }
    }

    #[test]
    fn melodies_differ_by_seed_and_never_stop() {
        for timbre in [Timbre::Plucked, Timbre::Organ, Timbre::Chime] {
            let one = melody(40_000, timbre, &mut Rng::new(1));
            assert_ne!(one, melody(40_000, timbre, &mut Rng::new(2)));
            assert!(mean_level_dbm0(&one).abs() < 0.1);
            for second in one.chunks(8_000) {
                assert!(mean_level_dbm0(second) > -12.0, "{timbre:?}");
            }
        }
        assert!(music(0, &mut Rng::new(1)).is_empty());
        assert!(!car_horn(&mut Rng::new(1)).is_empty());
    }
}
