//! A telephone line: what is spoken at one end and what is heard at the other.
//!
//! The way of a sample: overdrive and clipping at the far end, its clock, the band of its line, the level, noise about
//! the speaker, echo, pauses replaced by comfort noise, one codec or two, packets lost, and G.711 last as nearly
//! everywhere. Nothing of it delays: what was said at sample n is heard at sample n (but for the far clock's drift,
//! see [`Line::heard_at`]).

use cpd_media::Law;

use crate::codec::{Codec, PACKET};
use crate::filter::{keep_band, resample};
use crate::level::{active_level_dbm0, mean_level_dbm0, ratio, rms_of, set_active_level, to_float, to_pcm};
use crate::loss::{self, Conceal, Loss};
use crate::noise::{NoiseKind, scale_to};
use crate::rng::Rng;

/// A line with all its faults. [`Line::clean`] has none; change fields from there.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Active level of what is heard, dBm0 (ITU-T P.56); `None` leaves it.
    pub level_dbm0: Option<f32>,
    /// Band that passes, Hz; (0, 4000) is all.
    pub band_hz: (f32, f32),
    /// Codecs in the order of the call's way; two of them are a tandem.
    pub codecs: Vec<Codec>,
    /// The last leg's G.711.
    pub law: Law,
    /// Noise about the speaker, and how far the active level lies above it, dB.
    pub noise: Option<(NoiseKind, f32)>,
    /// Lost packets.
    pub loss: Option<Loss>,
    /// How much the far clock is fast, parts in a million.
    pub drift_ppm: f32,
    /// The same audio once more, later.
    pub echo: Option<Echo>,
    /// Discontinuous transmission: level of the comfort noise in pauses, dBm0.
    pub dtx_dbm0: Option<f32>,
    /// How far the peaks would go above where they are cut, dB.
    pub clip_db: Option<f32>,
    /// Seed of noise and losses.
    pub seed: u64,
}

/// An echo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Echo {
    /// How late, ms.
    pub delay_ms: f32,
    /// How loud against the direct sound, dB.
    pub gain_db: f32,
}

/// A stretch of what arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// Heard.
    Heard(Vec<i16>),
    /// So many samples did not arrive.
    Lost(usize),
}

impl Line {
    /// A line that changes nothing but the A-law at its end.
    pub fn clean() -> Line {
        Line {
            level_dbm0: None,
            band_hz: (0.0, 4_000.0),
            codecs: Vec::new(),
            law: Law::A,
            noise: None,
            loss: None,
            drift_ppm: 0.0,
            echo: None,
            dtx_dbm0: None,
            clip_db: None,
            seed: 0,
        }
    }

    /// A line as calls have them: each fault by itself, within what carriers show (active level −35…−6 dBm0, 5–30 dB
    /// over the noise, up to 8 % of the packets lost, ±100 ppm).
    pub fn draw(seed: u64) -> Line {
        let rng = &mut Rng::new(seed);
        let amr = [Codec::Amr122, Codec::Amr795, Codec::Amr59, Codec::Amr475];
        let codecs = match rng.unit() {
            x if x < 0.42 => Vec::new(),
            x if x < 0.52 => vec![Codec::Gsm],
            x if x < 0.75 => vec![*rng.one_of(&amr).unwrap_or(&Codec::Amr122)],
            x if x < 0.85 => vec![Codec::G729],
            x if x < 0.93 => vec![Codec::Opus(
                *rng.one_of(&[8_000, 12_000, 16_000, 24_000]).unwrap_or(&12_000),
            )],
            _ => {
                let one = [Codec::Amr122, Codec::Gsm, Codec::G729, Codec::Amr795];
                (0..2).filter_map(|_| rng.one_of(&one).copied()).collect()
            }
        };
        let conceal = [Conceal::Zero, Conceal::Repeat, Conceal::Plc, Conceal::Native];
        Line {
            level_dbm0: Some((-18.5 + 6.0 * rng.normal()).clamp(-35.0, -6.0)),
            band_hz: (rng.within(150.0, 320.0), rng.within(3_100.0, 3_700.0)),
            codecs,
            law: if rng.chance(0.75) { Law::A } else { Law::Mu },
            noise: rng.chance(0.55).then(|| {
                let kind = *rng.one_of(&NoiseKind::ALL).unwrap_or(&NoiseKind::Pink);
                (kind, rng.within(5.0, 30.0))
            }),
            loss: rng.chance(0.25).then(|| Loss {
                share: rng.within(0.003, 0.08),
                burst: rng.within(1.0, 3.0),
                conceal: *rng.one_of(&conceal).unwrap_or(&Conceal::Plc),
            }),
            drift_ppm: if rng.chance(0.5) {
                rng.within(-100.0, 100.0)
            } else {
                0.0
            },
            echo: rng.chance(0.12).then(|| Echo {
                delay_ms: rng.within(20.0, 250.0),
                gain_db: rng.within(-35.0, -12.0),
            }),
            dtx_dbm0: rng.chance(0.11).then(|| rng.within(-68.0, -48.0)),
            clip_db: rng.chance(0.05).then(|| rng.within(6.0, 16.0)),
            seed: rng.bits(),
        }
    }

    /// What is heard at the other end. Lost packets are concealed; where they are to be gaps
    /// ([`Conceal::Gap`]) they are zeros here and gaps in [`Line::carry_with_gaps`].
    pub fn carry(&self, said: &[i16]) -> Vec<i16> {
        self.carry_marked(said).0
    }

    /// The same with lost stretches told apart.
    pub fn carry_with_gaps(&self, said: &[i16]) -> Vec<Stretch> {
        let (heard, lost) = self.carry_marked(said);
        let reported = self.loss.is_some_and(|loss| loss.conceal == Conceal::Gap);
        let mut stretches: Vec<Stretch> = Vec::new();
        for (index, packet) in heard.chunks(PACKET).enumerate() {
            let lost = reported && lost.get(index).copied().unwrap_or(false);
            match (stretches.last_mut(), lost) {
                (Some(Stretch::Lost(count)), true) => *count += packet.len(),
                (Some(Stretch::Heard(samples)), false) => samples.extend_from_slice(packet),
                (_, true) => stretches.push(Stretch::Lost(packet.len())),
                (_, false) => stretches.push(Stretch::Heard(packet.to_vec())),
            }
        }
        stretches
    }

    /// Where a sample is heard that was said at `said`: a fast clock brings it earlier.
    pub fn heard_at(&self, said: usize) -> usize {
        (said as f64 / self.speed()).round() as usize
    }

    fn speed(&self) -> f64 {
        1.0 + f64::from(self.drift_ppm) * 1e-6
    }

    fn carry_marked(&self, said: &[i16]) -> (Vec<i16>, Vec<bool>) {
        let mut rng = Rng::new(self.seed);
        let (mut noise_rng, mut loss_rng, mut dtx_rng) = (rng.fork(), rng.fork(), rng.fork());
        let mut samples = to_float(said);
        if let Some(clip_db) = self.clip_db {
            clip(&mut samples, clip_db);
        }
        if self.drift_ppm != 0.0 {
            samples = resample(&samples, self.speed());
        }
        keep_band(&mut samples, self.band_hz);
        if let Some(level_dbm0) = self.level_dbm0 {
            set_active_level(&mut samples, level_dbm0);
        }
        if let Some((kind, snr_db)) = self.noise {
            let level_dbm0 = active_level_dbm0(&samples) - snr_db;
            if level_dbm0 > -100.0 {
                let mut noise = kind.samples(samples.len(), &mut noise_rng);
                // A hum's own band is below the line's: its level counts where it is made.
                if kind != NoiseKind::Hum {
                    keep_band(&mut noise, self.band_hz);
                }
                scale_to(&mut noise, level_dbm0);
                add(&mut samples, &noise);
            }
        }
        if let Some(echo) = self.echo {
            let delay = (echo.delay_ms * 8.0) as usize;
            let direct = samples.clone();
            for (sample, old) in samples.iter_mut().skip(delay).zip(&direct) {
                *sample += ratio(echo.gain_db) * old;
            }
        }
        let comfort = self.dtx_dbm0.map(|level_dbm0| {
            let active = spoken(&samples);
            (active, level_dbm0)
        });
        let packets = samples.len().div_ceil(PACKET);
        let lost = self
            .loss
            .map(|loss| loss.draw(packets, &mut loss_rng))
            .unwrap_or_default();
        let native = self.loss.is_some_and(|loss| loss.conceal == Conceal::Native)
            && self.codecs.last().is_some_and(|codec| codec.conceals());
        for (index, codec) in self.codecs.iter().enumerate() {
            let last = index + 1 == self.codecs.len();
            samples = codec.through_with_losses(&samples, if native && last { &lost } else { &[] });
        }
        if let Some((active, level_dbm0)) = comfort {
            comfort_noise(&mut samples, &active, level_dbm0, &mut dtx_rng);
        }
        let mut heard = to_pcm(&samples);
        for sample in &mut heard {
            *sample = self.law.decode(self.law.encode(*sample));
        }
        if let Some(loss) = self.loss
            && !native
        {
            loss::conceal(&mut heard, &lost, loss.conceal);
        }
        (heard, lost)
    }
}

fn add(samples: &mut [f32], more: &[f32]) {
    for (sample, more) in samples.iter_mut().zip(more) {
        *sample += more;
    }
}

/// Cuts the peaks, with the corner a little rounded as in a saturated amplifier.
fn clip(samples: &mut [f32], clip_db: f32) {
    let peak = samples.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    let limit = (peak * ratio(-clip_db)).max(1e-6);
    for sample in samples {
        let x = *sample / limit;
        *sample = limit * x / (1.0 + x.abs().powi(8)).powf(0.125);
    }
}

/// Packets after the last spoken one that are sent as speech: 140 ms (AMR, TS 26.094: 7 frames).
const HANGOVER: usize = 7;
/// A packet is spoken when it lies this far above the background, dB.
const SPOKEN_DB: f32 = 7.0;
/// … and not further than this below the active level, dB.
const FAINT_DB: f32 = 32.0;

/// Which packets a sender would find to hold speech.
fn spoken(samples: &[f32]) -> Vec<bool> {
    let levels: Vec<f32> = samples.chunks(PACKET).map(mean_level_dbm0).collect();
    let mut sorted = levels.clone();
    sorted.sort_unstable_by(f32::total_cmp);
    let floor = sorted.get(sorted.len() / 10).copied().unwrap_or(-120.0);
    let threshold = (floor + SPOKEN_DB).max(active_level_dbm0(samples) - FAINT_DB);
    let mut since = HANGOVER;
    levels
        .iter()
        .map(|&level| {
            since = if level > threshold { 0 } else { since + 1 };
            since <= HANGOVER
        })
        .collect()
}

/// Replaces what is not sent by steady, dull noise whose level moves only with each silence descriptor (160 ms).
fn comfort_noise(samples: &mut [f32], active: &[bool], level_dbm0: f32, rng: &mut Rng) {
    let mut dull = 0.0;
    let mut gain = rms_of(level_dbm0);
    for (index, (packet, &active)) in samples.chunks_mut(PACKET).zip(active).enumerate() {
        if index % 8 == 0 {
            gain = rms_of(level_dbm0 + 0.5 * rng.normal());
        }
        if active {
            continue;
        }
        for sample in packet {
            // One pole at 0.4 takes 0.75 dB of power off; the factor gives it back.
            dull = 0.4 * dull + rng.normal();
            *sample = gain * 0.916_5 * dull;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice;

    fn speech() -> Vec<i16> {
        let mut samples = vec![0.0; 8_000];
        for clip in voice::clips().iter().take(4) {
            samples.extend(voice::load(clip));
            samples.extend(vec![0.0; 4_000]);
        }
        to_pcm(&samples)
    }

    fn level(samples: &[i16]) -> f32 {
        active_level_dbm0(&to_float(samples))
    }

    #[test]
    fn a_clean_line_is_a_law() {
        let said = speech();
        let heard = Line::clean().carry(&said);
        for (&said, &heard) in said.iter().zip(&heard) {
            assert_eq!(heard, Law::A.decode(Law::A.encode(said)));
        }
    }

    #[test]
    fn the_active_level_is_the_one_asked_for() {
        let said = speech();
        for level_dbm0 in [-35.0, -20.0, -12.0] {
            for codecs in [vec![], vec![Codec::Gsm], vec![Codec::Amr475]] {
                let line = Line {
                    level_dbm0: Some(level_dbm0),
                    band_hz: (300.0, 3_400.0),
                    codecs,
                    ..Line::clean()
                };
                let off = level(&line.carry(&said)) - level_dbm0;
                let most = if line.codecs.is_empty() { 0.5 } else { 1.5 };
                assert!(off.abs() < most, "{line:?}: {off} dB");
            }
        }
    }

    #[test]
    fn noise_lies_below_speech_by_the_ratio_asked_for() {
        let mut said = vec![0; 16_000];
        said.extend(speech());
        for kind in [NoiseKind::White, NoiseKind::Pink, NoiseKind::Babble] {
            for snr_db in [5.0, 20.0] {
                let line = Line {
                    level_dbm0: Some(-15.0),
                    noise: Some((kind, snr_db)),
                    ..Line::clean()
                };
                let heard = to_float(&line.carry(&said));
                let floor = mean_level_dbm0(&heard[..16_000]);
                // Babble is loud and faint by turns; the mean is over the whole call.
                let most = if kind == NoiseKind::Babble { 3.0 } else { 0.8 };
                assert!(
                    (floor + 15.0 + snr_db).abs() < most,
                    "{kind:?} {snr_db} dB: {floor} dBm0"
                );
            }
        }
    }

    #[test]
    fn gaps_are_told_and_time_goes_on() {
        let said = speech();
        let line = Line {
            loss: Some(Loss {
                share: 0.05,
                burst: 2.0,
                conceal: Conceal::Gap,
            }),
            seed: 4,
            ..Line::clean()
        };
        let (mut total, mut lost) = (0, 0);
        for stretch in line.carry_with_gaps(&said) {
            match stretch {
                Stretch::Heard(samples) => total += samples.len(),
                Stretch::Lost(count) => {
                    total += count;
                    lost += count;
                }
            }
        }
        assert_eq!(total, said.len());
        assert!(lost > 0 && lost < said.len() / 8);
        // Every other way of concealing leaves no gap to tell.
        let told = Line {
            loss: Some(Loss {
                share: 0.05,
                burst: 2.0,
                conceal: Conceal::Plc,
            }),
            ..line
        };
        assert_eq!(told.carry_with_gaps(&said), [Stretch::Heard(told.carry(&said))]);
    }

    #[test]
    fn pauses_become_comfort_noise() {
        let line = Line {
            level_dbm0: Some(-15.0),
            dtx_dbm0: Some(-55.0),
            ..Line::clean()
        };
        let heard = to_float(&line.carry(&speech()));
        assert!((mean_level_dbm0(&heard[..7_000]) + 55.0).abs() < 1.5);
        assert!((active_level_dbm0(&heard) + 15.0).abs() < 0.5);
    }

    #[test]
    fn a_drawn_line_carries_and_repeats_itself() {
        let said = speech();
        for seed in 0..24 {
            let line = Line::draw(seed);
            let heard = line.carry(&said);
            assert_eq!(heard, line.carry(&said), "{line:?}");
            assert!(
                heard.len().abs_diff(said.len()) <= 1 + said.len() / 10_000,
                "{line:?}"
            );
            assert_ne!(line, Line::draw(seed + 1_000));
            let wanted = line.level_dbm0.unwrap();
            assert!(
                (level(&heard) - wanted).abs() < 4.5,
                "{line:?}: {}",
                level(&heard)
            );
        }
    }

    #[test]
    fn clipped_speech_is_flat_on_top() {
        let said = speech();
        let crest = |samples: &[i16]| {
            let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
            20.0 * (f32::from(peak) / 32_768.0).log10() - level(samples)
        };
        let line = Line {
            clip_db: Some(12.0),
            ..Line::clean()
        };
        assert!(crest(&said) - crest(&line.carry(&said)) > 6.0);
    }
}
