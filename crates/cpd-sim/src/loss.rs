//! Packets that do not arrive, and what a receiver plays in their place.

use crate::codec::PACKET;
use crate::level::to_float;
use crate::rng::Rng;

/// How packets are lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Share of the packets that is lost, 0 to 0.9.
    pub share: f32,
    /// Mean length of a burst of lost packets, at least 1.
    pub burst: f32,
    /// What is played instead.
    pub conceal: Conceal,
}

/// What a receiver plays in place of lost audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Conceal {
    /// Silence.
    Zero,
    /// The packet before, once more each time.
    Repeat,
    /// The last pitch period, overlapped and fading (like ITU-T G.711 Appendix I).
    Plc,
    /// The codec's own concealment; like [`Conceal::Plc`] where it has none.
    Native,
    /// Nothing: the gap is reported as a gap.
    Gap,
}

impl Loss {
    /// Which of `packets` are lost: a two-state chain (Gilbert), so that bursts have the mean length wanted.
    pub fn draw(&self, packets: usize, rng: &mut Rng) -> Vec<bool> {
        let share = self.share.clamp(0.0, 0.9);
        let leave = 1.0 / self.burst.max(1.0);
        let enter = (share / (1.0 - share) * leave).min(1.0);
        let mut lost = rng.chance(share);
        (0..packets)
            .map(|_| {
                let now = lost;
                lost = if lost {
                    !rng.chance(leave)
                } else {
                    rng.chance(enter)
                };
                now
            })
            .collect()
    }
}

/// Replaces lost packets of 20 ms in place.
pub(crate) fn conceal(samples: &mut [i16], lost: &[bool], how: Conceal) {
    let mut run = 0;
    for index in 0..samples.len().div_ceil(PACKET) {
        let at = index * PACKET;
        let end = (at + PACKET).min(samples.len());
        if !lost.get(index).copied().unwrap_or(false) {
            if run > 0 && how == Conceal::Plc {
                blend_back(samples, at, end, run);
            }
            run = 0;
            continue;
        }
        match how {
            Conceal::Zero | Conceal::Gap => samples[at..end].fill(0),
            Conceal::Repeat if at >= PACKET => samples.copy_within(at - PACKET..end - PACKET, at),
            Conceal::Repeat => samples[at..end].fill(0),
            Conceal::Plc | Conceal::Native => fill_by_pitch(samples, at, end, run),
        }
        run += 1;
    }
}

/// Pitch periods that are looked for, samples: 66 to 200 Hz (G.711 Appendix I).
const PITCH: (usize, usize) = (40, 120);
/// History that is compared, samples: 20 ms (G.711 Appendix I).
const COMPARED: usize = 160;

/// Writes `at..end` from what stands before; `run` packets before were lost already.
fn fill_by_pitch(samples: &mut [i16], at: usize, end: usize, run: usize) {
    let first = at - run * PACKET;
    let Some(period) = pitch_before(samples, first) else {
        samples[at..end].fill(0);
        return;
    };
    // From the second 10 ms on one period is not enough: it would buzz.
    for n in at..end {
        let since = n - first;
        let periods = match since / 80 {
            0 => 1,
            1 => 2,
            _ => 3,
        };
        let span = (period * periods).min(first);
        let source = first - span + since % span.max(1);
        // 20 % fainter each 10 ms after the first; silent after 60 ms (G.711 Appendix I).
        let gain = (1.0 - (since as f32 - 80.0).max(0.0) / 400.0).max(0.0);
        let plain = f32::from(samples[source]);
        // A quarter period at each joint is cross-faded with the period before, so that no step is heard.
        let from_end = span - since % span.max(1);
        let fade = period / 4;
        let joined = if from_end <= fade && source >= span {
            let share = from_end as f32 / fade.max(1) as f32;
            share * plain + (1.0 - share) * f32::from(samples[source - span])
        } else {
            plain
        };
        samples[n] = (gain * joined) as i16;
    }
}

fn pitch_before(samples: &[i16], at: usize) -> Option<usize> {
    if at < COMPARED + PITCH.1 {
        return None;
    }
    let newest = to_float(&samples[at - COMPARED..at]);
    (PITCH.0..=PITCH.1).max_by(|&a, &b| {
        let score = |period: usize| {
            let old = to_float(&samples[at - COMPARED - period..at - period]);
            let product: f32 = newest.iter().zip(&old).map(|(a, b)| a * b).sum();
            let energy: f32 = old.iter().map(|s| s * s).sum();
            product / (energy + 1e-6).sqrt()
        };
        score(a).total_cmp(&score(b))
    })
}

/// Cross-fades the first 4 ms after a loss from the continued concealment.
fn blend_back(samples: &mut [i16], at: usize, end: usize, run: usize) {
    let fade = 32.min(end - at);
    let heard = samples[at..at + fade].to_vec();
    fill_by_pitch(samples, at, at + fade, run);
    for (n, &heard) in heard.iter().enumerate() {
        let share = (n + 1) as f32 / (fade + 1) as f32;
        let made = f32::from(samples[at + n]);
        samples[at + n] = (made + share * (f32::from(heard) - made)) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_and_bursts_are_as_asked() {
        for (share, burst) in [(0.01, 1.0), (0.05, 2.0), (0.08, 3.0)] {
            let loss = Loss {
                share,
                burst,
                conceal: Conceal::Zero,
            };
            let lost = loss.draw(200_000, &mut Rng::new(11));
            let count = lost.iter().filter(|&&l| l).count();
            let bursts = lost.windows(2).filter(|w| w[0] && !w[1]).count();
            assert!(
                (count as f32 / 200_000.0 - share).abs() < 0.1 * share,
                "{share}: {count}"
            );
            let mean = count as f32 / bursts as f32;
            assert!((mean - burst).abs() < 0.1 * burst + 0.06, "{burst}: {mean}");
        }
    }

    #[test]
    fn a_tone_is_carried_over_a_lost_packet() {
        let clean: Vec<i16> = (0..1_600)
            .map(|n| (8_000.0 * (n as f32 * 0.157_08).sin()) as i16)
            .collect();
        let mut lost = vec![false; 10];
        lost[5] = true;
        let error = |how| {
            let mut samples = clean.clone();
            conceal(&mut samples, &lost, how);
            assert_eq!(samples[..800], clean[..800]);
            samples
                .iter()
                .zip(&clean)
                .map(|(a, b)| (f32::from(*a) - f32::from(*b)).abs())
                .sum::<f32>()
        };
        // 200 Hz: 40 samples a period, so that repetition by pitch is almost exact.
        assert!(error(Conceal::Plc) < 0.2 * error(Conceal::Zero));
        assert!(error(Conceal::Repeat) < 0.2 * error(Conceal::Zero));
    }

    #[test]
    fn concealment_fades_out_and_starts_from_nothing() {
        let mut samples: Vec<i16> = (0..3_200)
            .map(|n| if n / 40 % 2 == 0 { 5_000 } else { -5_000 })
            .collect();
        let lost: Vec<bool> = (0..20).map(|n| n == 0 || n >= 10).collect();
        conceal(&mut samples, &lost, Conceal::Plc);
        assert!(samples[..160].iter().all(|&s| s == 0));
        assert!(samples[1_600..1_680].iter().any(|&s| s.abs() > 4_000));
        assert!(samples[1_600 + 480..].iter().all(|&s| s == 0));
    }
}
