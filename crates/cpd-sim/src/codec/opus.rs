//! Opus by libopus: RFC 6716 at 8 kHz, 20 ms a packet, tuned for speech.

use opus::{Application, Bandwidth, Bitrate, Channels, Decoder, Encoder};

use super::{Erasures, PACKET};

/// Passes samples (full scale ±1) through; the codec's delay is taken off. Where libopus refuses (it does not for these
/// settings) the samples come back as they were.
pub(super) fn through(bits_per_second: u32, samples: &[f32], erased: Erasures<'_>) -> Vec<f32> {
    coded(bits_per_second, samples, erased).unwrap_or_else(|_| samples.to_vec())
}

fn coded(bits_per_second: u32, samples: &[f32], erased: Erasures<'_>) -> Result<Vec<f32>, opus::Error> {
    let mut encoder = Encoder::new(8_000, Channels::Mono, Application::Voip)?;
    encoder.set_bitrate(Bitrate::Bits(bits_per_second as i32))?;
    encoder.set_max_bandwidth(Bandwidth::Narrowband)?;
    let delay = encoder.get_lookahead()?.max(0) as usize;
    let mut decoder = Decoder::new(8_000, Channels::Mono)?;
    let mut input = samples.to_vec();
    input.resize((samples.len() + delay).next_multiple_of(PACKET), 0.0);
    let mut out = Vec::with_capacity(input.len());
    let mut packet = [0; 1_500];
    for (index, frame) in input.chunks(PACKET).enumerate() {
        let length = encoder.encode_float(frame, &mut packet)?;
        // An empty packet asks the decoder to conceal.
        let packet = if erased.frame(index, PACKET) {
            &[][..]
        } else {
            &packet[..length]
        };
        let mut heard = [0.0; PACKET];
        decoder.decode_float(packet, &mut heard, false)?;
        out.extend(heard);
    }
    out.drain(..delay);
    out.truncate(samples.len());
    Ok(out)
}
