//! Opus packets, decoded straight to the 8 kHz that is analysed.

use opus::{Channels, Decoder};

use super::{Decoded, RATE_HZ, Refusal};

/// Opus counts time in 48 kHz samples (RFC 7845, section 4).
const TICKS_PER_SAMPLE: u64 = 48_000 / RATE_HZ as u64;

/// Longest packet: 120 ms (RFC 6716, section 3.2.5).
const FRAMES_MAX: usize = RATE_HZ as usize * 120 / 1_000;

/// Decodes the packets of one stream.
pub(super) struct OpusDecoder {
    decoder: Decoder,
    channels: usize,
    samples: Vec<f32>,
    chunk: Vec<f32>,
}

impl OpusDecoder {
    /// A decoder for one or two channels.
    pub(super) fn new(channels: usize) -> Result<OpusDecoder, Refusal> {
        let layout = match channels {
            1 => Channels::Mono,
            2 => Channels::Stereo,
            more => {
                return Err(Refusal::not_audio(format!(
                    "encoding not known: Opus with {more} channels"
                )));
            }
        };
        let decoder = Decoder::new(RATE_HZ, layout).map_err(|why| Refusal::damaged(why.to_string()))?;
        Ok(OpusDecoder {
            decoder,
            channels,
            samples: Vec::new(),
            chunk: vec![0.0; FRAMES_MAX * channels],
        })
    }

    /// Decodes a packet, leaving out `trim_start` and `trim_end` ticks of 48 kHz at its ends.
    pub(super) fn decode(&mut self, packet: &[u8], trim_start: u64, trim_end: u64) -> Result<(), Refusal> {
        let frames = self
            .decoder
            .decode_float(packet, &mut self.chunk, false)
            .map_err(|why| Refusal::damaged(format!("damaged: {}", why.description())))?;
        let from = ((trim_start / TICKS_PER_SAMPLE) as usize).min(frames);
        let to = frames
            .saturating_sub((trim_end / TICKS_PER_SAMPLE) as usize)
            .max(from);
        self.samples
            .extend_from_slice(&self.chunk[from * self.channels..to * self.channels]);
        Ok(())
    }

    /// How much was decoded, 8 kHz frames.
    pub(super) fn frames(&self) -> usize {
        self.samples.len() / self.channels
    }

    /// What was decoded.
    pub(super) fn finish(self) -> Decoded {
        Decoded {
            samples: self.samples,
            channels: self.channels,
            rate_hz: RATE_HZ,
        }
    }
}
