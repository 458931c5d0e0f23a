//! Fax terminals beside their answer tone: the calling tone CNG and the V.21 flags that open a frame (ITU-T T.30).
//!
//! CNG is 1100 Hz for half a second every three and a half seconds. The flags are 01111110 at 300 bit/s between 1650 and
//! 1850 Hz: a sound that repeats every 26.7 ms and has all its power around 1.75 kHz.

use realfft::num_complex::Complex32;

use crate::event::{Event, EventKind, FaxKind};
use crate::events::Events;
use crate::front::{Frame, UNIT};
use crate::peaks::Peaks;
use crate::quick::sum;
use crate::tones::context::Context;
use crate::tones::line::{Line, Lines};

/// T.30: 1100 ± 38 Hz; machines in use keep to a tenth of that, codecs and resampling add little.
const CNG_HZ: f32 = 1_100.0;
const CNG_TOLERANCE_HZ: f32 = 25.0;
/// T.30: 0.5 s ± 15 %, and the window's smear.
const CNG_HOPS: std::ops::RangeInclusive<u64> = 41..=61;
/// From one burst's start to the next: 3.5 s ± 15 %; a network that drops the beginning of one makes it shorter.
const CNG_PERIOD_HOPS: std::ops::RangeInclusive<u64> = 240..=410;
/// Voice before a beep, ms.
const VOICE_MS: u32 = 300;

/// Bins around both V.21 frequencies (1550 to 1940 Hz).
const FLAG_BINS: std::ops::RangeInclusive<usize> = 50..=62;
/// Share of the band's power there; 0.7 at 5 dB SNR.
const FLAG_SHARE: f32 = 0.6;
/// Hops in a row after which the flags' period is looked for, and how often it is looked for again.
const FLAG_HOPS: u32 = 20;
const FLAG_AGAIN_HOPS: u32 = 10;
/// The period of a flag: 8 bits at 300 bit/s, seconds.
const FLAG_S: f32 = 8.0 / 300.0;
/// Likeness of the sound to itself one flag later, at least, and half a flag later, at most.
const FLAG_LIKE: f32 = 0.7;
const HALF_FLAG_LIKE: f32 = 0.6;

/// Hears CNG and flags.
#[derive(Clone, Debug, Default)]
pub struct FaxEar {
    last_cng: Option<u64>,
    flag_hops: u32,
    flag_from: u64,
    flags_seen: u32,
    flags_told: bool,
}

impl FaxEar {
    /// Hears one hop; `lines` and `context` have heard it already.
    pub fn hear(
        &mut self,
        frame: &Frame<'_>,
        peaks: &Peaks,
        lines: &Lines,
        context: &Context,
        events: &mut Events,
    ) {
        for line in lines.ended() {
            self.on_line(frame, line, context, events);
        }
        if frame.lost == 0.0 {
            self.hear_flags(frame, peaks.band_sum, events);
        }
    }

    fn on_line(&mut self, frame: &Frame<'_>, line: &Line, context: &Context, events: &mut Events) {
        let is_cng = (line.hz - CNG_HZ).abs() <= CNG_TOLERANCE_HZ
            && CNG_HOPS.contains(&line.length_hops())
            && line.is_tone()
            && line.share > 0.2;
        if !is_cng {
            return;
        }
        let in_time = self
            .last_cng
            .is_some_and(|last| CNG_PERIOD_HOPS.contains(&(line.from - last)));
        self.last_cng = Some(line.from);
        // One burst after a greeting is a beep; without a greeting, or in time, it is a fax that calls.
        if in_time || context.voice_ms() < VOICE_MS {
            events.push(Event {
                known: frame.end(),
                from: frame.rate.at_hop(line.from),
                confidence: if in_time { 0.97 } else { 0.8 },
                kind: EventKind::Fax(FaxKind::Cng),
            });
        }
    }

    fn hear_flags(&mut self, frame: &Frame<'_>, all: f32, events: &mut Events) {
        let inside = sum(&frame.power[FLAG_BINS]);
        if inside < FLAG_SHARE * all || inside < 1e-7 {
            self.flag_hops = 0;
            self.flags_seen = 0;
            self.flags_told = false;
            return;
        }
        if self.flag_hops == 0 {
            self.flag_from = frame.index;
        }
        self.flag_hops += 1;
        if self.flag_hops < FLAG_HOPS || !self.flag_hops.is_multiple_of(FLAG_AGAIN_HOPS) || self.flags_told {
            return;
        }
        if repeats_like_flags(frame) {
            self.flags_seen += 1;
        }
        if self.flags_seen >= 2 {
            self.flags_told = true;
            events.push(Event {
                known: frame.end(),
                from: frame.rate.at_hop(self.flag_from),
                confidence: 0.95,
                kind: EventKind::Fax(FaxKind::Flags),
            });
        }
    }
}

/// Whether the newest 128 ms repeat with the period of a flag and not with half of it.
fn repeats_like_flags(frame: &Frame<'_>) -> bool {
    let rate = frame.rate.hz() as f32;
    let lag = (FLAG_S * rate).round() as usize;
    let half = lag / 2;
    let sound = |n: usize| f32::from(frame.history[n]) * UNIT;
    // The magnitude of the complex likeness does not ask in which phase the carrier comes back; a quarter of a carrier's
    // period (1750 Hz) stands in for the imaginary part.
    let quarter = (rate / 1_750.0 / 4.0).round() as usize;
    let like = |lag: usize| {
        let mut sum = Complex32::default();
        let (mut a, mut b) = (1e-9_f32, 1e-9_f32);
        for n in lag + quarter..frame.history.len() {
            let (x, y, z) = (sound(n), sound(n - lag), sound(n - lag - quarter));
            sum += Complex32::new(x * y, x * z);
            a += x * x;
            b += y * y;
        }
        sum.norm() / (a * b).sqrt()
    };
    like(lag) > FLAG_LIKE && like(half) < HALF_FLAG_LIKE
}

#[cfg(test)]
mod tests {
    use crate::tones::test_audio::{Audio, heard};

    const FLAG: [bool; 8] = [false, true, true, true, true, true, true, false];

    #[test]
    fn a_fax_that_calls_is_known_after_its_first_burst_and_sure_after_its_second() {
        let audio = Audio::new()
            .silence(800)
            .tone(&[1_100.0], 500, -20.0)
            .silence(3_000)
            .tone(&[1_100.0], 500, -20.0)
            .silence(500);
        let heard = heard(&audio);
        assert_eq!(heard.names(), ["fax cng", "fax cng"]);
        assert!(
            heard[0].from_ms.abs_diff(800) <= 20 && heard[0].known_ms <= 1_400,
            "{heard:?}"
        );
        assert!(heard[1].confidence > 0.95);
    }

    #[test]
    fn one_burst_after_a_greeting_is_a_beep() {
        let audio = Audio::new()
            .answered()
            .voice(2_000)
            .silence(500)
            .tone(&[1_100.0], 500, -20.0)
            .silence(1_500);
        assert_eq!(heard(&audio).names(), ["beep 1100 x1"]);
    }

    #[test]
    fn bursts_of_another_length_are_no_fax() {
        for ms in [250, 900] {
            let audio = Audio::new()
                .silence(800)
                .tone(&[1_100.0], ms, -20.0)
                .silence(2_000);
            assert!(heard(&audio).names().is_empty(), "{ms} ms");
        }
    }

    #[test]
    fn flags_are_told_within_half_a_second_and_in_noise() {
        let flags = Audio::new()
            .silence(300)
            .keyed(&FLAG, 300.0, [1_650.0, 1_850.0], 1_200)
            .silence(300);
        let clean = heard(&flags);
        assert_eq!(clean.names(), ["fax flags"]);
        assert!(clean[0].known_ms <= 800, "{clean:?}");
        assert_eq!(heard(&flags.noise(-25.0)).names(), ["fax flags"]);
    }

    #[test]
    fn a_tone_there_and_other_data_are_no_flags() {
        let tone = Audio::new()
            .silence(300)
            .tone(&[1_750.0], 1_500, -18.0)
            .silence(300);
        assert!(heard(&tone).names().is_empty());
        let bits: Vec<bool> = (0..97_u32).map(|n| n * n % 97 % 3 == 0).collect();
        let data = Audio::new()
            .silence(300)
            .keyed(&bits, 300.0, [1_650.0, 1_850.0], 1_500)
            .silence(300);
        assert!(heard(&data).names().is_empty());
    }
}
