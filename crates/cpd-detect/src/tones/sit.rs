//! Special information tones: three rising tones before an announcement that the call cannot be completed.
//!
//! The strongest peak of each hop falls into the window of the first, second or third tone, or into none. Three stages
//! in this order, each long enough and steady enough, are a SIT; frequencies and lengths together say which coding
//! (Telcordia GR-1162, ITU-T E.180). It is told when the third tone has lasted [`TOLD_AFTER_MS`], for nothing that
//! follows tells codings apart.

use std::ops::RangeInclusive;

use crate::event::{Event, EventKind, SitKind};
use crate::events::Events;
use crate::front::Frame;
use crate::peaks::Peaks;
use crate::time::SampleTime;

/// Where the three tones may lie, Hz: the tolerances of receivers as deployed (873–1029, 1309–1493, 1620–1857), a little
/// wider for the forms of Austria, Israel and Venezuela and an offset of 1 %.
const WINDOWS_HZ: [RangeInclusive<f32>; 3] = [860.0..=1_040.0, 1_300.0..=1_500.0, 1_605.0..=1_885.0];
/// Share of the telephone band's power in the tone: it holds 0.76 in noise 5 dB below it.
const SHARE: f32 = 0.35;
/// Quietest tone, dBm0.
const QUIETEST_DBM0: f32 = -48.0;
/// Lengths of a tone, ms: nominally 274, 330 or 380, less or more by a lost packet at either end.
const TONE_MS: RangeInclusive<f32> = 170.0..=520.0;
/// A hole in or between tones, ms: three lost packets, and the pause of 30 ms that some exchanges leave.
const HOLE_MS: f32 = 95.0;
/// The third tone is told after this long, ms.
const TOLD_AFTER_MS: f32 = 240.0;
/// Share of a tone's length in which it must be heard steadily, the rest being holes.
const FILLED: f32 = 0.55;
/// Hops of a tone lie this near to its mean, Hz; speech glides.
const STEADY_HZ: f32 = 20.0;
/// Deviation of frequencies from the coding's, relative; of lengths, relative and ms.
const HZ_SIGMA: f32 = 0.012;
const LENGTH_SIGMA: f32 = 0.06;
const LENGTH_SIGMA_MS: f32 = 10.0;
/// A measure that is off by more counts for so much (nats): a lost packet spoils one length, not the coding.
const WORST: f32 = 6.0;
/// Cost above which three tones fit no coding.
const NO_CODING: f32 = 12.0;

const LOW: [f32; 2] = [913.8, 1_370.6];
const HIGH: [f32; 2] = [985.2, 1_428.5];
const SHORT_MS: f32 = 274.0;
const LONG_MS: f32 = 380.0;

/// Kind, frequencies (Hz) of the first two tones, their lengths (ms), frequency of the third.
type Coding = (SitKind, [f32; 2], [f32; 2], f32);
#[rustfmt::skip]
const CODINGS: [Coding; 8] = [
    (SitKind::Intercept,        [LOW[0],  LOW[1]],  [SHORT_MS, SHORT_MS], 1_776.7),
    (SitKind::Vacant,           [HIGH[0], LOW[1]],  [LONG_MS,  SHORT_MS], 1_776.7),
    (SitKind::Reorder1,         [HIGH[0], LOW[1]],  [SHORT_MS, LONG_MS],  1_776.7),
    (SitKind::Reorder2,         [LOW[0],  HIGH[1]], [SHORT_MS, LONG_MS],  1_776.7),
    (SitKind::NoCircuit1,       [HIGH[0], HIGH[1]], [LONG_MS,  LONG_MS],  1_776.7),
    (SitKind::NoCircuit2,       [LOW[0],  LOW[1]],  [LONG_MS,  LONG_MS],  1_776.7),
    (SitKind::IneffectiveOther, [LOW[0],  HIGH[1]], [LONG_MS,  SHORT_MS], 1_776.7),
    (SitKind::Itu,              [950.0,   1_400.0], [330.0,    330.0],    1_800.0),
];

/// Hears special information tones.
#[derive(Default)]
pub(crate) struct SitEar {
    tones: [Tone; 3],
    /// Tones begun: 0 to 3.
    stage: usize,
    /// The SIT whose third tone sounds was told.
    told: bool,
}

/// One of the three tones, so far.
#[derive(Clone, Copy, Debug, Default)]
struct Tone {
    from: SampleTime,
    last: SampleTime,
    /// Hops at its frequency.
    hops: f32,
    /// Mean frequency of those, Hz.
    hz: f32,
    /// Hops elsewhere in its window.
    strange: f32,
    /// Of its loudest hop, dBm0.
    power: f32,
}

impl SitEar {
    /// Hears one hop.
    pub(crate) fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, events: &mut Events) {
        let heard = peaks
            .as_slice()
            .first()
            .filter(|p| p.share > SHARE && p.dbm0 > QUIETEST_DBM0 && frame.lost == 0.0)
            .and_then(|p| {
                let window = WINDOWS_HZ.iter().position(|w| w.contains(&p.hz))?;
                Some((window, p.hz, p.dbm0))
            });
        if self.stage == 0 && heard.is_none_or(|(window, ..)| window != 0) {
            return;
        }
        // What a window of 32 ms shows lies at its centre.
        let at = SampleTime(frame.end() - SampleTime(frame.rate.at_ms(16).0));
        let ms = |from: SampleTime, to: SampleTime| (to - from) as f32 * 1_000.0 / frame.rate.hz() as f32;
        let Some((window, hz, dbm0)) = heard else {
            if ms(self.tones[self.stage - 1].last, at) > HOLE_MS {
                self.stage = 0;
            }
            return;
        };
        if self.stage > 0 && window + 1 == self.stage {
            self.tones[window].add(at, hz, dbm0);
        } else if self.stage > 0 && window == self.stage && {
            let before = &self.tones[window - 1];
            TONE_MS.contains(&ms(before.from, at)) && before.is_steady(ms(before.from, at))
        } {
            self.tones[window] = Tone::begin(at);
            self.tones[window].add(at, hz, dbm0);
            self.stage += 1;
        } else if window == 0 {
            self.tones[0] = Tone::begin(at);
            self.tones[0].add(at, hz, dbm0);
            self.stage = 1;
            self.told = false;
        } else if ms(self.tones[self.stage - 1].last, at) > HOLE_MS {
            self.stage = 0;
        }
        if self.stage == 3 && !self.told {
            let third = &self.tones[2];
            let lasts_ms = ms(third.from, at);
            if lasts_ms >= TOLD_AFTER_MS && third.is_steady(lasts_ms) {
                self.told = true;
                let lengths = [
                    ms(self.tones[0].from, self.tones[0].end(self.tones[1].from)),
                    ms(self.tones[1].from, self.tones[1].end(self.tones[2].from)),
                ];
                let hz = self.tones.map(|t| t.hz);
                let (kind, confidence) = coding(hz, lengths);
                events.push(Event {
                    known: frame.end(),
                    from: self.tones[0].from,
                    confidence,
                    kind: EventKind::Sit(kind),
                });
            }
        }
    }
}

impl Tone {
    fn begin(at: SampleTime) -> Tone {
        Tone {
            from: at,
            power: -99.0,
            ..Tone::default()
        }
    }

    fn add(&mut self, at: SampleTime, hz: f32, dbm0: f32) {
        // The first windows hold the tone only in part: it begins where they hold half of it.
        if self.hops < 4.0 && self.power < dbm0 - 3.0 {
            self.from = at;
        }
        self.power = self.power.max(dbm0);
        if (hz - self.hz).abs() < STEADY_HZ {
            self.hops += 1.0;
            self.hz += (hz - self.hz) / self.hops;
        } else if self.strange < self.hops {
            self.strange += 1.0;
        } else {
            // More hops disagreed than agreed: the tone is there, and what was before it was not.
            (self.hops, self.hz, self.strange) = (1.0, hz, 0.0);
        }
        self.last = at;
    }

    fn is_steady(&self, ms: f32) -> bool {
        self.hops * 10.0 > FILLED * ms
    }

    /// Where it ended, when the next began at `next`.
    fn end(&self, next: SampleTime) -> SampleTime {
        // Half a hop: the change lies between the last hop of this and the first of the next.
        let between = (next - self.last) / 2;
        self.last + between.min(80)
    }
}

/// The coding that fits best, and its probability among all.
fn coding(hz: [f32; 3], lengths_ms: [f32; 2]) -> (SitKind, f32) {
    let mut best = (SitKind::Unknown, f32::MAX);
    let mut sum = 0.0;
    for (kind, tones, lengths, third) in CODINGS {
        let off = |is: f32, nominal: f32, sigma: f32| {
            let z = (is - nominal) / sigma;
            (0.5 * z * z).min(WORST)
        };
        let mut cost = off(hz[2], third, HZ_SIGMA * third);
        for (is, nominal) in hz.iter().zip(tones) {
            cost += off(*is, nominal, HZ_SIGMA * nominal);
        }
        for (is, nominal) in lengths_ms.iter().zip(lengths) {
            cost += off(*is, nominal, LENGTH_SIGMA * nominal + LENGTH_SIGMA_MS);
        }
        sum += (-cost).exp();
        if cost < best.1 {
            best = (kind, cost);
        }
    }
    if best.1 > NO_CODING {
        (SitKind::Unknown, 0.7)
    } else {
        (best.0, (-best.1).exp() / sum)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::play::{Line, hear};
    use super::*;
    use crate::plan::Plans;
    use crate::time::SampleRate;

    fn sits(events: &[Event]) -> Vec<(SitKind, u64, u64)> {
        events
            .iter()
            .filter_map(|event| match event.kind {
                EventKind::Sit(kind) => Some((
                    kind,
                    SampleRate::NARROWBAND.ms(event.from),
                    SampleRate::NARROWBAND.ms(event.known),
                )),
                _ => None,
            })
            .collect()
    }

    fn play(line: &mut Line, coding: &Coding, detuned: f32, gap_ms: f32) {
        let (kind, hz, lengths, third) = coding;
        let last = if *kind == SitKind::Itu { 330.0 } else { LONG_MS };
        for (hz, ms) in [(hz[0], lengths[0]), (hz[1], lengths[1]), (*third, last)] {
            line.sines(&[(hz * detuned, 4_000.0)], ms).pause(gap_ms);
        }
    }

    #[test]
    fn every_coding_is_told_with_its_kind_at_its_third_tone() {
        let plans = Arc::new(Plans::default());
        for coding in &CODINGS {
            for (detuned, gap_ms, hiss) in [(1.0, 0.0, 6.0), (1.006, 25.0, 6.0), (0.994, 0.0, 900.0)] {
                let mut line = Line::new(7);
                line.hiss = hiss;
                line.pause(500.0);
                play(&mut line, coding, detuned, gap_ms);
                let end = line.samples.len() as u64 / 8;
                line.pause(800.0);
                let told = sits(&hear(&plans, &[], &line.samples));
                let [(kind, from, known)] = told[..] else {
                    panic!("{coding:?} {detuned} {gap_ms} {hiss}: {told:?}");
                };
                assert_eq!(kind, coding.0, "{detuned} {gap_ms} {hiss}");
                assert!(from.abs_diff(500) <= 15, "{from}");
                assert!(known <= end + 20, "{known} {end}");
            }
        }
    }

    #[test]
    fn a_sit_that_is_repeated_is_told_again() {
        let mut line = Line::new(7);
        for _ in 0..3 {
            play(&mut line, &CODINGS[1], 1.0, 0.0);
            line.pause(900.0);
        }
        let told = sits(&hear(&Arc::new(Plans::default()), &[], &line.samples));
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.iter().all(|t| t.0 == SitKind::Vacant), "{told:?}");
    }

    #[test]
    fn tones_in_another_order_or_too_short_are_no_sit() {
        let plans = Arc::new(Plans::default());
        let check = |tones: &[(f32, f32)]| {
            let mut line = Line::new(7);
            line.pause(300.0);
            for &(hz, ms) in tones {
                line.sines(&[(hz, 4_000.0)], ms);
            }
            line.pause(500.0);
            let told = sits(&hear(&plans, &[], &line.samples));
            assert!(told.is_empty(), "{tones:?}: {told:?}");
        };
        check(&[(1_776.7, 380.0), (1_370.6, 274.0), (913.8, 274.0)]);
        check(&[(950.0, 90.0), (1_400.0, 90.0), (1_800.0, 330.0)]);
        check(&[(950.0, 330.0), (1_400.0, 330.0), (1_800.0, 120.0)]);
        check(&[(950.0, 330.0), (1_800.0, 330.0)]);
        check(&[(950.0, 2_000.0), (1_400.0, 330.0), (1_800.0, 330.0)]);
        check(&[(1_100.0, 500.0), (1_400.0, 330.0), (1_800.0, 330.0)]);
    }
}
