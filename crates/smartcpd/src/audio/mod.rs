//! Recordings: a file of any supported kind becomes 8 kHz mono samples.
//!
//! The kind is told by content, never by the name: a file that does not begin like audio is refused before a decoder
//! sees it. 8 kHz mono 16-bit audio passes through bit for bit.

mod capture;
mod container;
mod ogg;
mod opus;
mod raw;
mod resample;
mod wav;

use std::path::Path;

pub(crate) use raw::{Law, RawForm};
pub(crate) use wav::{wav, write_wav};

use crate::fault::{Fault, FaultClass};

/// Samples a second of everything that is analysed.
pub(crate) const RATE_HZ: u32 = 8_000;

/// Longest recording that is read: a day. Longer ones are taken for a damaged header.
const SECONDS_MAX: usize = 86_400;

/// One stream of audio.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recording {
    /// What it is called beside the file's name; empty where the file holds one stream.
    pub(crate) stream: String,
    /// 8 kHz mono samples; zeros where audio was lost.
    pub(crate) samples: Vec<i16>,
    /// Lost stretches: first sample and length, in order.
    pub(crate) lost: Vec<(usize, usize)>,
    /// What is wrong with the file that this was in, where it can be heard all the same.
    pub(crate) damage: Option<Fault>,
    /// Digits that came as named events (RFC 4733): start, ms, and digit.
    pub(crate) digits: Vec<(u64, char)>,
}

impl Recording {
    /// Length, ms.
    pub(crate) fn length_ms(&self) -> u64 {
        self.samples.len() as u64 * 1_000 / u64::from(RATE_HZ)
    }
}

/// Which of several channels is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Channel {
    /// All of them, mixed.
    #[default]
    Mixed,
    /// One, counted from 1.
    Only(usize),
}

/// How files are to be read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// Headerless audio of this form, instead of a known container.
    pub(crate) raw: Option<RawForm>,
    /// The channel.
    pub(crate) channel: Channel,
    /// Longer ones are refused, as soon as that is known: a small file may hold days of silence. `None`: a day.
    pub(crate) seconds_max: Option<usize>,
}

impl Reading {
    fn limit_s(&self) -> usize {
        self.seconds_max.unwrap_or(SECONDS_MAX).min(SECONDS_MAX)
    }

    /// Refuses what is longer than the limit.
    fn check(&self, samples: usize, rate_hz: usize) -> Result<(), Refusal> {
        match samples > self.limit_s() * rate_hz {
            true => Err(Refusal::damaged(match self.seconds_max {
                None => "longer than a day".to_owned(),
                Some(seconds) => format!("longer than {seconds} s"),
            })),
            false => Ok(()),
        }
    }
}

/// Why bytes did not become a recording.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) FaultClass, pub(crate) String);

impl Refusal {
    pub(crate) fn not_audio(why: impl Into<String>) -> Refusal {
        Refusal(FaultClass::NotAudio, why.into())
    }

    pub(crate) fn damaged(why: impl Into<String>) -> Refusal {
        Refusal(FaultClass::Damaged, why.into())
    }
}

/// Interleaved samples as a decoder gives them, full scale ±1.
pub(crate) struct Decoded {
    pub(crate) samples: Vec<f32>,
    pub(crate) channels: usize,
    pub(crate) rate_hz: u32,
}

/// Reads a file: one recording, or one per RTP stream of a capture.
pub(crate) fn read(path: &Path, reading: &Reading) -> Result<Vec<Recording>, Fault> {
    let bytes = std::fs::read(path).map_err(|why| Fault::unreadable(path, &why))?;
    let (mut recordings, damage) =
        from_bytes(bytes, reading).map_err(|Refusal(class, why)| Fault::reading(class, path, why))?;
    if let (Some(why), Some(last)) = (damage, recordings.last_mut()) {
        last.damage = Some(Fault::reading(FaultClass::Damaged, path, why));
    }
    Ok(recordings)
}

/// The recordings, and what is wrong with the file where they can be heard all the same.
pub(crate) fn from_bytes(
    bytes: Vec<u8>,
    reading: &Reading,
) -> Result<(Vec<Recording>, Option<String>), Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::damaged("empty"));
    }
    let decoded = match reading.raw {
        Some(form) => raw::decode(&bytes, form)?,
        None => match Kind::of(&bytes) {
            None => return Err(Refusal::not_audio("not audio")),
            Some(Kind::Capture) => {
                let read = capture::read(&bytes)?;
                for recording in &read.0 {
                    reading.check(recording.samples.len(), RATE_HZ as usize)?;
                }
                return Ok(read);
            }
            Some(Kind::Wav) => {
                wav::check_length(&bytes)?;
                container::decode(bytes, reading)?
            }
            Some(Kind::Ogg) => {
                ogg::check_length(&bytes)?;
                container::decode(bytes, reading)?
            }
            Some(Kind::Other) => container::decode(bytes, reading)?,
        },
    };
    if decoded.samples.is_empty() {
        return Err(Refusal::damaged("empty: no samples in it"));
    }
    let mono = one_channel(&decoded, reading.channel)?;
    let samples = resample::to_8_khz(&mono, decoded.rate_hz)?;
    reading.check(samples.len(), RATE_HZ as usize)?;
    let recording = Recording {
        samples,
        ..Recording::default()
    };
    Ok((vec![recording], None))
}

/// What a file's first bytes say it is.
enum Kind {
    Wav,
    Ogg,
    /// FLAC and MPEG audio: the decoder notices by itself when something is missing.
    Other,
    Capture,
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Kind> {
        match bytes {
            [b'R', b'I', b'F', b'F' | b'X', ..] | [b'R', b'F', b'6', b'4', ..] => {
                (bytes.get(8..12)? == b"WAVE").then_some(Kind::Wav)
            }
            [b'O', b'g', b'g', b'S', ..] => Some(Kind::Ogg),
            [b'f', b'L', b'a', b'C', ..] | [b'I', b'D', b'3', ..] => Some(Kind::Other),
            // MPEG audio: eleven set bits, then a version, a layer, a bit rate and a sample rate that exist.
            [0xff, second, third, ..]
                if second & 0xe0 == 0xe0
                    && second & 0x18 != 0x08
                    && second & 0x06 != 0x00
                    && third & 0xf0 != 0xf0
                    && third & 0x0c != 0x0c =>
            {
                Some(Kind::Other)
            }
            // pcap in both byte orders, with microseconds or nanoseconds; pcapng.
            [0xd4, 0xc3, 0xb2, 0xa1, ..]
            | [0xa1, 0xb2, 0xc3, 0xd4, ..]
            | [0x4d, 0x3c, 0xb2, 0xa1, ..]
            | [0xa1, 0xb2, 0x3c, 0x4d, ..]
            | [0x0a, 0x0d, 0x0d, 0x0a, ..] => Some(Kind::Capture),
            _ => None,
        }
    }
}

fn one_channel(decoded: &Decoded, channel: Channel) -> Result<Vec<f32>, Refusal> {
    let channels = decoded.channels.max(1);
    let frames = decoded.samples.chunks_exact(channels);
    match channel {
        Channel::Only(n) if n > channels => Err(Refusal::not_audio(format!(
            "no channel {n}: the file has {channels}"
        ))),
        Channel::Only(n) => Ok(frames.map(|frame| frame[n - 1]).collect()),
        Channel::Mixed if channels == 1 => Ok(decoded.samples.clone()),
        Channel::Mixed => Ok(frames
            .map(|frame| frame.iter().sum::<f32>() / channels as f32)
            .collect()),
    }
}

/// 16-bit value of a sample; exact for what was 16-bit before.
fn to_i16(sample: f32) -> i16 {
    (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stereo() -> Decoded {
        Decoded {
            samples: vec![0.5, -0.5, 0.25, 0.25],
            channels: 2,
            rate_hz: 8_000,
        }
    }

    #[test]
    fn a_channel_is_chosen_or_all_are_mixed() {
        assert_eq!(
            one_channel(&stereo(), Channel::Mixed).expect("mixed"),
            [0.0, 0.25]
        );
        assert_eq!(
            one_channel(&stereo(), Channel::Only(2)).expect("second"),
            [-0.5, 0.25]
        );
        let Refusal(class, why) = one_channel(&stereo(), Channel::Only(3)).expect_err("no third");
        assert_eq!(class, FaultClass::NotAudio);
        assert_eq!(why, "no channel 3: the file has 2");
    }

    #[test]
    fn text_is_not_audio() {
        for bytes in [&b"hello, this is no audio"[..], b"RIFFxxxxAVI ", &[0xff; 64]] {
            let Refusal(class, why) = from_bytes(bytes.to_vec(), &Reading::default()).expect_err("not audio");
            assert_eq!((class, why.as_str()), (FaultClass::NotAudio, "not audio"));
        }
    }

    #[test]
    fn what_is_longer_than_wanted_is_refused() {
        let second = wav(&[100; 8_000]);
        let reading = |seconds| Reading {
            seconds_max: Some(seconds),
            ..Reading::default()
        };
        assert!(from_bytes(second.clone(), &reading(1)).is_ok());
        let Refusal(class, why) = from_bytes(second, &reading(0)).expect_err("too long");
        assert_eq!((class, why.as_str()), (FaultClass::Damaged, "longer than 0 s"));
    }

    #[test]
    fn sixteen_bits_survive() {
        for value in [i16::MIN, -12_345, -1, 0, 1, 777, i16::MAX] {
            assert_eq!(to_i16(f32::from(value) / 32_768.0), value);
        }
    }
}
