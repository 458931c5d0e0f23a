//! WAV, FLAC, MP3, Ogg Vorbis and Ogg Opus, through symphonia's demultiplexers and, for Opus, libopus.

use std::io::Cursor;

use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::opus::OpusDecoder;
use super::{Decoded, RATE_HZ, Reading, Refusal};

/// Share of packets that may fail to decode before the whole file counts as damaged: an MP3 cut out of a longer one
/// begins with a frame whose bit reservoir is missing, which is no fault of the rest.
const BAD_PACKETS_MAX: f64 = 0.1;

/// Decodes the first audio track of a file.
pub(super) fn decode(bytes: Vec<u8>, reading: &Reading) -> Result<Decoded, Refusal> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let mut format = symphonia::default::get_probe()
        .probe(
            &Hint::new(),
            source,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(refusal)?;
    let track = format
        .default_track(TrackType::Audio)
        .ok_or_else(|| Refusal::not_audio("no audio track in it"))?;
    let parameters = track
        .codec_params
        .as_ref()
        .and_then(|parameters| parameters.audio())
        .ok_or_else(|| Refusal::not_audio("encoding not known"))?
        .clone();
    let (track, frames_stated) = (track.id, track.num_frames);
    let decoded = if parameters.codec == CODEC_ID_OPUS {
        decode_opus(format.as_mut(), track, &parameters, reading)?
    } else {
        let mut decoder = symphonia::default::get_codecs()
            .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
            .map_err(|_| Refusal::not_audio("encoding not known"))?;
        decode_packets(format.as_mut(), track, decoder.as_mut(), reading)?
    };
    // Opus states its length in 48 kHz samples whatever rate it is decoded at.
    let stated_hz = u64::from(parameters.sample_rate.unwrap_or(decoded.rate_hz).max(1));
    let rate_hz = u64::from(decoded.rate_hz);
    let frames = (decoded.samples.len() / decoded.channels.max(1)) as u64;
    match frames_stated.map(|stated| stated.saturating_mul(rate_hz) / stated_hz) {
        // A tenth of a second: encoders state lengths with or without their padding.
        Some(stated) if frames + rate_hz / 10 < stated => Err(truncated(frames, stated, decoded.rate_hz)),
        _ => Ok(decoded),
    }
}

/// The refusal of a file that ends before its header says.
pub(super) fn truncated(frames: u64, stated: u64, rate_hz: u32) -> Refusal {
    let seconds = |frames: u64| frames as f64 / f64::from(rate_hz.max(1));
    Refusal::damaged(format!(
        "truncated: {:.2} s of {:.2} s are there",
        seconds(frames),
        seconds(stated)
    ))
}

fn decode_packets(
    format: &mut dyn FormatReader,
    track: u32,
    decoder: &mut dyn AudioDecoder,
    reading: &Reading,
) -> Result<Decoded, Refusal> {
    let mut decoded = Decoded {
        samples: Vec::new(),
        channels: 1,
        rate_hz: 0,
    };
    let (mut good, mut bad) = (0_u64, 0_u64);
    let mut chunk = Vec::new();
    while let Some(packet) = next_packet(format)? {
        if packet.track_id != track {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(audio) => {
                decoded.channels = audio.spec().channels().count();
                decoded.rate_hz = audio.spec().rate();
                audio.copy_to_vec_interleaved::<f32>(&mut chunk);
                decoded.samples.extend_from_slice(&chunk);
                let frames = decoded.samples.len() / decoded.channels.max(1);
                reading.check(frames, decoded.rate_hz as usize)?;
                good += 1;
            }
            Err(Error::DecodeError(_) | Error::IoError(_)) => bad += 1,
            Err(why) => return Err(refusal(why)),
        }
    }
    if bad as f64 > BAD_PACKETS_MAX * (good + bad) as f64 {
        return Err(Refusal::damaged(format!(
            "damaged: {bad} of {} blocks cannot be decoded",
            good + bad
        )));
    }
    Ok(decoded)
}

fn decode_opus(
    format: &mut dyn FormatReader,
    track: u32,
    parameters: &AudioCodecParameters,
    reading: &Reading,
) -> Result<Decoded, Refusal> {
    let channels = parameters
        .channels
        .as_ref()
        .map_or(1, |channels| channels.count());
    let mut decoder = OpusDecoder::new(channels)?;
    while let Some(packet) = next_packet(format)? {
        if packet.track_id == track {
            decoder.decode(&packet.data, packet.trim_start.get(), packet.trim_end.get())?;
            reading.check(decoder.frames(), RATE_HZ as usize)?;
        }
    }
    Ok(decoder.finish())
}

fn next_packet(format: &mut dyn FormatReader) -> Result<Option<symphonia::core::packet::Packet>, Refusal> {
    match format.next_packet() {
        Ok(packet) => Ok(packet),
        // The end of the bytes within a packet; the stated length tells whether that matters.
        Err(Error::IoError(why)) if why.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        // A second logical stream follows in the same file: the first is the recording.
        Err(Error::ResetRequired) => Ok(None),
        Err(why) => Err(refusal(why)),
    }
}

fn refusal(why: Error) -> Refusal {
    match why {
        Error::IoError(why) if why.kind() == std::io::ErrorKind::UnexpectedEof => {
            Refusal::damaged("truncated: ends within its header")
        }
        Error::Unsupported(what) => Refusal::not_audio(format!("encoding not known: {what}")),
        other => Refusal::damaged(format!("damaged: {other}")),
    }
}
