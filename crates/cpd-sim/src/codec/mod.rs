//! Speech codecs on the way of a call.
//!
//! G.711 is exact (`cpd-media`). GSM full rate follows the standard in floating point. AMR and G.729 are stand-ins by a
//! code-excited linear predictor of our own with their pulses, frames, filters and bit budgets, but not their trained
//! codebooks. Opus is the real one with the feature `opus`, and the stand-in for AMR 12.2 without it.

mod celp;
mod gsm;
#[cfg(feature = "opus")]
mod opus;

use cpd_media::Law;

/// A codec that a call passes before its last leg, which is G.711 always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 on another leg.
    G711(Law),
    /// GSM full rate, 13 kbit/s.
    Gsm,
    /// Like AMR at 12.2 kbit/s.
    Amr122,
    /// Like AMR at 7.95 kbit/s.
    Amr795,
    /// Like AMR at 5.9 kbit/s.
    Amr59,
    /// Like AMR at 4.75 kbit/s.
    Amr475,
    /// Like G.729 at 8 kbit/s.
    G729,
    /// Opus at a rate in bit/s; 8 kHz, speech.
    Opus(u32),
}

impl Codec {
    /// One of each kind.
    pub const ALL: [Codec; 9] = [
        Codec::G711(Law::A),
        Codec::G711(Law::Mu),
        Codec::Gsm,
        Codec::Amr122,
        Codec::Amr795,
        Codec::Amr59,
        Codec::Amr475,
        Codec::G729,
        Codec::Opus(16_000),
    ];

    /// Encodes and decodes samples (full scale ±1). The output is as long as the input and not delayed.
    pub fn through(self, samples: &[f32]) -> Vec<f32> {
        self.through_with_losses(samples, &[])
    }

    /// The same where packets of 20 ms are lost (`true`) and the decoder conceals them by its own means. G.711 has
    /// none: it goes through whole, see [`crate::loss::Conceal`].
    pub fn through_with_losses(self, samples: &[f32], lost_packets: &[bool]) -> Vec<f32> {
        let erased = Erasures { lost_packets };
        match self {
            Codec::G711(law) => through_g711(law, samples),
            Codec::Gsm => gsm::through(samples, erased),
            Codec::Amr122 => celp::through(&celp::AMR_12_2, samples, erased),
            Codec::Amr795 => celp::through(&celp::AMR_7_95, samples, erased),
            Codec::Amr59 => celp::through(&celp::AMR_5_9, samples, erased),
            Codec::Amr475 => celp::through(&celp::AMR_4_75, samples, erased),
            Codec::G729 => celp::through(&celp::G729, samples, erased),
            #[cfg(feature = "opus")]
            Codec::Opus(bits_per_second) => opus::through(bits_per_second, samples, erased),
            #[cfg(not(feature = "opus"))]
            Codec::Opus(_) => celp::through(&celp::AMR_12_2, samples, erased),
        }
    }

    /// Its name as the corpus writes it.
    pub fn name(self) -> &'static str {
        match self {
            Codec::G711(Law::A) => "alaw",
            Codec::G711(Law::Mu) => "ulaw",
            Codec::Gsm => "gsm",
            Codec::Amr122 => "amr-12.2",
            Codec::Amr795 => "amr-7.95",
            Codec::Amr59 => "amr-5.9",
            Codec::Amr475 => "amr-4.75",
            Codec::G729 => "g729",
            Codec::Opus(_) => "opus",
        }
    }

    /// Whether the decoder conceals lost frames itself.
    pub fn conceals(self) -> bool {
        !matches!(self, Codec::G711(_))
    }
}

/// Samples of a packet: 20 ms.
pub(crate) const PACKET: usize = 160;

/// Which packets do not arrive.
#[derive(Clone, Copy)]
struct Erasures<'a> {
    lost_packets: &'a [bool],
}

impl Erasures<'_> {
    /// Whether a codec frame of some length was in a lost packet.
    fn frame(self, index: usize, frame: usize) -> bool {
        self.lost_packets
            .get(index * frame / PACKET)
            .copied()
            .unwrap_or(false)
    }
}

fn through_g711(law: Law, samples: &[f32]) -> Vec<f32> {
    let mut pcm = crate::level::to_pcm(samples);
    for sample in &mut pcm {
        *sample = law.decode(law.encode(*sample));
    }
    crate::level::to_float(&pcm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::{mean_level_dbm0, set_active_level};
    use crate::rng::Rng;
    use crate::voice;

    fn speech() -> Vec<f32> {
        let mut samples = Vec::new();
        for (index, clip) in voice::clips().iter().enumerate().take(6) {
            let mut word = voice::load(clip);
            set_active_level(&mut word, -16.0);
            samples.extend(word);
            samples.extend(vec![0.0; 400 * (index % 3)]);
        }
        crate::filter::keep_band(&mut samples, (250.0, 3_400.0));
        samples
    }

    /// Mean over 16 ms frames of speech of the signal to noise ratio, each held in −10…35 dB.
    fn segmental_snr_db(clean: &[f32], coded: &[f32]) -> f32 {
        let (mut sum, mut count) = (0.0, 0);
        for (clean, coded) in clean.chunks(128).zip(coded.chunks(128)) {
            let signal: f32 = clean.iter().map(|s| s * s).sum();
            let noise: f32 = clean.iter().zip(coded).map(|(a, b)| (a - b) * (a - b)).sum();
            if signal / 128.0 > 1e-5 {
                sum += (10.0 * (signal / noise.max(1e-9)).log10()).clamp(-10.0, 35.0);
                count += 1;
            }
        }
        sum / count as f32
    }

    #[test]
    fn each_codec_is_as_good_as_its_rate() {
        let clean = speech();
        // Bounds from segmental SNR of the real codecs on carried clips; G.711 and GSM are exact or nearly.
        for (codec, least, most) in [
            (Codec::G711(Law::A), 28.0, 36.0),
            (Codec::G711(Law::Mu), 28.0, 36.0),
            (Codec::Gsm, 8.0, 16.0),
            (Codec::Amr122, 8.0, 17.0),
            (Codec::Amr795, 5.5, 13.0),
            (Codec::G729, 4.0, 12.0),
            (Codec::Amr59, 3.0, 10.0),
            (Codec::Amr475, 2.0, 9.0),
        ] {
            let coded = codec.through(&clean);
            assert_eq!(coded.len(), clean.len());
            let snr = segmental_snr_db(&clean, &coded);
            assert!((least..most).contains(&snr), "{codec:?}: {snr} dB");
            let change = mean_level_dbm0(&coded) - mean_level_dbm0(&clean);
            assert!(change.abs() < 1.0, "{codec:?}: level moved by {change} dB");
        }
    }

    #[test]
    fn a_lost_packet_hurts_for_a_while() {
        let clean = speech();
        let mut lost = vec![false; clean.len() / PACKET];
        lost[40] = true;
        lost[41] = true;
        for codec in Codec::ALL.into_iter().filter(|codec| codec.conceals()) {
            let (whole, holed) = (codec.through(&clean), codec.through_with_losses(&clean, &lost));
            assert_eq!(whole[..40 * PACKET], holed[..40 * PACKET], "{codec:?}");
            assert_ne!(
                whole[40 * PACKET..42 * PACKET],
                holed[40 * PACKET..42 * PACKET],
                "{codec:?}"
            );
            let far = 60 * PACKET;
            let after = segmental_snr_db(&whole[far..], &holed[far..]);
            assert!(after > 15.0, "{codec:?}: {after} dB");
        }
    }

    #[test]
    fn nothing_goes_through_as_nothing_and_noise_stays_finite() {
        let mut rng = Rng::new(9);
        let noise: Vec<f32> = (0..4_000).map(|_| rng.normal()).collect();
        for codec in Codec::ALL {
            assert!(codec.through(&[]).is_empty());
            let silence = codec.through(&[0.0; 3_205]);
            assert_eq!(silence.len(), 3_205);
            assert!(mean_level_dbm0(&silence) < -58.0, "{codec:?}");
            let coded = codec.through_with_losses(&noise, &[false, true, true, true, false, true]);
            assert!(coded.iter().all(|s| s.is_finite() && s.abs() <= 1.0), "{codec:?}");
        }
    }
}
