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
            (Law::Alaw, &[byte]) => alaw(byte),
            (Law::Ulaw, &[byte]) => ulaw(byte),
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

/// A-law to 16-bit linear (ITU-T G.711, table 1: even bits inverted, sign bit set for positive).
fn alaw(byte: u8) -> i16 {
    let code = byte ^ 0x55;
    let (exponent, mantissa) = ((code & 0x70) >> 4, i16::from(code & 0x0f));
    let magnitude = match exponent {
        0 => (mantissa << 4) + 8,
        _ => ((mantissa << 4) + 0x108) << (exponent - 1),
    };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

/// µ-law to 16-bit linear (ITU-T G.711, table 2: all bits inverted, bias 33 at 14 bits).
fn ulaw(byte: u8) -> i16 {
    let code = !byte;
    let (exponent, mantissa) = ((code & 0x70) >> 4, i16::from(code & 0x0f));
    let magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84;
    if code & 0x80 == 0 { magnitude } else { -magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ends and the smallest steps of the two decoding tables of ITU-T G.711.
    #[test]
    fn g711_decodes_as_its_tables_say() {
        assert_eq!([0xd5, 0x55, 0xaa, 0x2a].map(alaw), [8, -8, 32_256, -32_256]);
        assert_eq!(
            [0xff, 0x7f, 0xfe, 0x80, 0x00].map(ulaw),
            [0, 0, 8, 32_124, -32_124]
        );
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
