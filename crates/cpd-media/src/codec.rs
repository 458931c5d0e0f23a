//! What a payload is made of, and its samples at 8 kHz where it can be heard.
//!
//! A codec is named by the `a=rtpmap` of the description or, for the old ones, by its payload type alone (RFC 3551,
//! section 6). Those that can be heard have a [`Decoder`]; the others are carried unheard.

use std::fmt;

use opus::Channels;

use crate::g711::Law;
use crate::g722::LowerBand;

/// What is decoded, Hz: all that a telephone line carries.
const RATE_HZ: u32 = 8_000;
/// Samples of the longest Opus packet, 120 ms (RFC 6716, 3.2.5).
const OPUS_SAMPLES_MAX: usize = RATE_HZ as usize * 120 / 1_000;
/// Longest loss that Opus fades over, 60 ms; after a longer one it begins anew.
const FADE_SAMPLES_MAX: usize = RATE_HZ as usize * 60 / 1_000;
/// Opus counts in steps of 2.5 ms.
const OPUS_STEP: usize = RATE_HZ as usize / 400;

/// What a payload type stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722 at 64 kbit/s; its RTP clock is 8,000 by an old mistake that stays (RFC 3551, 4.5.2).
    G722,
    /// Opus (RFC 7587).
    Opus,
    /// Comfort noise (RFC 3389): a level, not speech.
    ComfortNoise,
    /// Telephone events, DTMF (RFC 4733).
    TelephoneEvent,
    /// Anything else: carried, not heard.
    Other,
}

impl Codec {
    /// By the name and the clock rate of `a=rtpmap`; names know no case (RFC 8866, 6.6).
    pub fn named(name: &[u8], rate: u32) -> Codec {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        match rate {
            8_000 if is("PCMU") => Codec::Pcmu,
            8_000 if is("PCMA") => Codec::Pcma,
            8_000 if is("G722") => Codec::G722,
            48_000 if is("opus") => Codec::Opus,
            _ if is("CN") => Codec::ComfortNoise,
            _ if is("telephone-event") => Codec::TelephoneEvent,
            _ => Codec::Other,
        }
    }

    /// By a payload type that needs no `a=rtpmap`.
    pub fn of_static_type(payload_type: u8) -> Codec {
        match payload_type {
            0 => Codec::Pcmu,
            8 => Codec::Pcma,
            9 => Codec::G722,
            13 => Codec::ComfortNoise,
            _ => Codec::Other,
        }
    }

    /// Whether there is a decoder for it.
    pub fn is_heard(self) -> bool {
        match self {
            Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::Opus => true,
            Codec::ComfortNoise | Codec::TelephoneEvent | Codec::Other => false,
        }
    }
}

/// Turns the payloads of one stream into samples at 8 kHz.
pub struct Decoder(Kind);

enum Kind {
    G711(Law),
    G722(LowerBand),
    Opus(opus::Decoder),
}

impl Decoder {
    /// A decoder; `None` where the codec cannot be heard.
    pub fn new(codec: Codec) -> Option<Decoder> {
        let kind = match codec {
            Codec::Pcmu => Kind::G711(Law::Mu),
            Codec::Pcma => Kind::G711(Law::A),
            Codec::G722 => Kind::G722(LowerBand::default()),
            // Two channels come out as one. Only want of memory is an error here.
            Codec::Opus => Kind::Opus(opus::Decoder::new(RATE_HZ, Channels::Mono).ok()?),
            Codec::ComfortNoise | Codec::TelephoneEvent | Codec::Other => return None,
        };
        Some(Decoder(kind))
    }

    /// Appends the samples of a payload. One that is damaged appends nothing.
    pub fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        let begin = samples.len();
        match &mut self.0 {
            Kind::G711(law) => {
                samples.resize(begin + payload.len(), 0);
                law.decode_slice(payload, &mut samples[begin..]);
            }
            Kind::G722(band) => samples.extend(payload.iter().map(|&octet| band.decode(octet))),
            // Without bytes it would make up what is missing.
            Kind::Opus(_) if payload.is_empty() => {}
            Kind::Opus(decoder) => {
                samples.resize(begin + OPUS_SAMPLES_MAX, 0);
                let length = decoder.decode(payload, &mut samples[begin..], false).unwrap_or(0);
                samples.truncate(begin + length);
            }
        }
    }

    /// So many samples did not come: a codec that predicts from what it heard lets that fade.
    pub fn lose(&mut self, samples: u64) {
        match &mut self.0 {
            // The encoder of G.722 goes on from what was lost; its decoder finds back to it by itself, for both leak.
            Kind::G711(_) | Kind::G722(_) => {}
            Kind::Opus(decoder) => {
                let mut made_up = [0; FADE_SAMPLES_MAX];
                match usize::try_from(samples) {
                    Ok(samples) if samples <= FADE_SAMPLES_MAX => {
                        let whole = samples / OPUS_STEP * OPUS_STEP;
                        if whole > 0 {
                            // What it makes up is nobody's speech and not heard; nothing else can fail.
                            let _ = decoder.decode(&[], &mut made_up[..whole], false);
                        }
                    }
                    _ => self.forget(),
                }
            }
        }
    }

    /// Another sender begins: what was remembered is not his.
    pub fn forget(&mut self) {
        match &mut self.0 {
            Kind::G711(_) => {}
            Kind::G722(band) => *band = LowerBand::default(),
            // Resetting cannot fail.
            Kind::Opus(decoder) => drop(decoder.reset_state()),
        }
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Kind::G711(_) => "Decoder(G.711)",
            Kind::G722(_) => "Decoder(G.722)",
            Kind::Opus(_) => "Decoder(Opus)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_old_numbers() {
        assert_eq!(Codec::named(b"pcmu", 8_000), Codec::Pcmu);
        assert_eq!(Codec::named(b"PCMU", 16_000), Codec::Other);
        assert_eq!(Codec::named(b"OPUS", 48_000), Codec::Opus);
        assert_eq!(Codec::named(b"Telephone-Event", 48_000), Codec::TelephoneEvent);
        assert_eq!(Codec::named(b"G729", 8_000), Codec::Other);
        assert_eq!(Codec::of_static_type(9), Codec::G722);
        assert_eq!(Codec::of_static_type(18), Codec::Other);
    }

    #[test]
    fn what_is_heard_has_a_decoder() {
        for codec in [
            Codec::Pcmu,
            Codec::Pcma,
            Codec::G722,
            Codec::Opus,
            Codec::ComfortNoise,
            Codec::TelephoneEvent,
            Codec::Other,
        ] {
            assert_eq!(Decoder::new(codec).is_some(), codec.is_heard(), "{codec:?}");
        }
    }

    #[test]
    fn samples_are_appended() {
        let mut samples = vec![7];
        Decoder::new(Codec::Pcma)
            .unwrap()
            .decode(&[Law::A.encode(1_000); 3], &mut samples);
        assert_eq!(samples.len(), 4);
        assert_eq!(samples[0], 7);
        assert!((samples[3] - 1_000).abs() < 40);
    }

    /// A second of 700 Hz, amplitude 8,000, in packets of 20 ms at 48 kHz.
    fn opus_packets(channels: Channels) -> Vec<Vec<u8>> {
        let each = if channels == Channels::Stereo { 2 } else { 1 };
        let mut encoder = opus::Encoder::new(48_000, channels, opus::Application::Voip).unwrap();
        (0..50)
            .map(|packet| {
                let samples: Vec<i16> = (0..960 * each)
                    .map(|n| {
                        let time = (packet * 960 + n / each) as f32 / 48_000.0;
                        (8_000.0 * (700.0 * std::f32::consts::TAU * time).sin()) as i16
                    })
                    .collect();
                let mut bytes = vec![0; 1_000];
                let length = encoder.encode(&samples, &mut bytes).unwrap();
                bytes.truncate(length);
                bytes
            })
            .collect()
    }

    #[test]
    fn opus_comes_out_at_8_khz_and_its_level() {
        for channels in [Channels::Mono, Channels::Stereo] {
            let mut decoder = Decoder::new(Codec::Opus).unwrap();
            let mut samples = Vec::new();
            for packet in opus_packets(channels) {
                decoder.decode(&packet, &mut samples);
            }
            assert_eq!(samples.len(), 8_000);
            let crossings = samples[4_000..]
                .windows(2)
                .filter(|pair| pair[0] < 0 && pair[1] >= 0);
            assert!((349..=351).contains(&crossings.count()));
            let peak = samples[4_000..].iter().copied().max().unwrap();
            assert!((7_000..9_500).contains(&peak), "{peak}");
        }
    }

    #[test]
    fn after_a_loss_opus_goes_on() {
        let packets = opus_packets(Channels::Mono);
        for lost in [1_usize, 3, 10] {
            let mut decoder = Decoder::new(Codec::Opus).unwrap();
            let mut samples = Vec::new();
            for packet in &packets[..20] {
                decoder.decode(packet, &mut samples);
            }
            decoder.lose(lost as u64 * 160);
            assert_eq!(samples.len(), 20 * 160, "nothing is made up");
            for packet in &packets[20 + lost..] {
                decoder.decode(packet, &mut samples);
            }
            assert_eq!(samples.len(), (50 - lost) * 160);
            let peak = samples[(49 - lost) * 160..].iter().copied().max().unwrap();
            assert!((7_000..9_500).contains(&peak), "{lost} {peak}");
        }
    }

    #[test]
    fn damage_appends_nothing_and_panics_nowhere() {
        let mut decoder = Decoder::new(Codec::Opus).unwrap();
        let mut samples = vec![7];
        decoder.decode(&[], &mut samples);
        // Code 3 of no frames (RFC 6716, 3.2.5).
        decoder.decode(&[0xff, 0x00], &mut samples);
        assert_eq!(samples, [7]);
        let mut random = 1_u32;
        for length in 0..500 {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (random >> 24) as u8
                })
                .collect();
            samples.clear();
            decoder.decode(&bytes, &mut samples);
            assert!(samples.len() <= OPUS_SAMPLES_MAX);
        }
    }

    #[test]
    fn g722_gives_a_sample_an_octet() {
        let mut decoder = Decoder::new(Codec::G722).unwrap();
        let mut first = Vec::new();
        decoder.decode(&[0x5a; 160], &mut first);
        assert_eq!(first.len(), 160);
        decoder.forget();
        let mut again = Vec::new();
        decoder.decode(&[0x5a; 160], &mut again);
        assert_eq!(again, first);
    }
}
