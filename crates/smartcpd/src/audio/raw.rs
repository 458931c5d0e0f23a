//! Headerless audio: what telephone switches write when nobody asked for a header.

use super::{Decoded, Refusal};

/// How a sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Law {
    /// G.711 A-law, a byte a sample.
    Alaw,
    /// G.711 µ-law, a byte a sample.
    Ulaw,
    /// 16-bit linear, low byte first (Asterisk's sln).
    S16le,
    /// 16-bit linear, high byte first (RTP's L16).
    S16be,
}

/// The form of headerless audio.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawForm {
    pub(crate) law: Law,
    /// Samples a second.
    pub(crate) rate_hz: u32,
    /// Interleaved channels.
    pub(crate) channels: usize,
}

/// Decodes headerless audio.
pub(super) fn decode(bytes: &[u8], form: RawForm) -> Result<Decoded, Refusal> {
    let width = match form.law {
        Law::Alaw | Law::Ulaw => 1,
        Law::S16le | Law::S16be => 2,
    };
    let frame = width * form.channels;
    if !bytes.len().is_multiple_of(frame) {
        return Err(Refusal::damaged(format!(
            "truncated: {} bytes are no whole number of {frame}-byte frames",
            bytes.len()
        )));
    }
    let samples = bytes
        .chunks_exact(width)
        .map(|sample| match (form.law, sample) {
            (Law::Alaw, &[byte]) => cpd_media::Law::A.decode(byte),
            (Law::Ulaw, &[byte]) => cpd_media::Law::Mu.decode(byte),
            (Law::S16le, &[low, high]) => i16::from_le_bytes([low, high]),
            (Law::S16be, &[high, low]) => i16::from_be_bytes([high, low]),
            _ => 0,
        })
        .map(|value| f32::from(value) / 32_768.0)
        .collect();
    Ok(Decoded {
        samples,
        channels: form.channels,
        rate_hz: form.rate_hz,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_laws_are_decoded() {
        for (law, silence, loudest) in [(Law::Alaw, 8, -32_256), (Law::Ulaw, 0, -32_124)] {
            let form = RawForm {
                law,
                rate_hz: 8_000,
                channels: 1,
            };
            let codes = if law == Law::Alaw {
                [0xd5, 0x2a]
            } else {
                [0xff, 0x00]
            };
            let decoded = decode(&codes, form).expect("whole");
            let values: Vec<i32> = decoded.samples.iter().map(|s| (s * 32_768.0) as i32).collect();
            assert_eq!(values, [silence, loudest], "{law:?}");
        }
    }

    #[test]
    fn a_cut_sample_is_a_fault() {
        let form = RawForm {
            law: Law::S16le,
            rate_hz: 8_000,
            channels: 1,
        };
        assert!(decode(&[0, 1, 2], form).is_err());
        let decoded = decode(&[0, 0x40, 0, 0xc0], form).expect("whole");
        assert_eq!(decoded.samples, [0.5, -0.5]);
    }
}
