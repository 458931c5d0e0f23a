//! Any sample rate becomes 8 kHz, through rubato's FFT resampler: linear phase, so that times stay where they were.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use super::{RATE_HZ, Refusal, to_i16};

/// Rates that exist in audio files; a header with another number is damaged.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Input frames of one block: 20 to 130 ms of audio, far longer than the filter needs.
const BLOCK: usize = 1_024;

/// Converts mono samples to 16 bits at 8 kHz; bit for bit where they are that already.
pub(super) fn to_8_khz(samples: &[f32], rate_hz: u32) -> Result<Vec<i16>, Refusal> {
    if rate_hz == RATE_HZ {
        return Ok(samples.iter().map(|&sample| to_i16(sample)).collect());
    }
    if !RATES_HZ.contains(&rate_hz) {
        return Err(Refusal::damaged(format!(
            "damaged: {rate_hz} Hz is no sample rate of audio"
        )));
    }
    let failed =
        |why: &dyn std::fmt::Display| Refusal::damaged(format!("cannot resample {rate_hz} Hz: {why}"));
    let mut resampler = Fft::<f32>::new(rate_hz as usize, RATE_HZ as usize, BLOCK, 1, FixedSync::Both)
        .map_err(|why| failed(&why))?;
    let input = InterleavedSlice::new(samples, 1, samples.len()).map_err(|why| failed(&why))?;
    let output = resampler
        .process_all(&input, samples.len(), None)
        .map_err(|why| failed(&why))?;
    Ok(output.take_data().into_iter().map(to_i16).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, rate_hz: u32) -> Vec<f32> {
        (0..rate_hz)
            .map(|n| 0.5 * (std::f32::consts::TAU * hz * n as f32 / rate_hz as f32).sin())
            .collect()
    }

    #[test]
    fn a_tone_keeps_its_place_and_height() {
        for rate_hz in [11_025, 16_000, 22_050, 44_100, 48_000] {
            let heard = to_8_khz(&tone(440.0, rate_hz), rate_hz).expect("resampled");
            assert_eq!(heard.len(), 8_000, "{rate_hz} Hz");
            let wanted = tone(440.0, 8_000);
            let worst = heard[400..7_600]
                .iter()
                .zip(&wanted[400..7_600])
                .map(|(&heard, wanted)| (f32::from(heard) / 32_768.0 - wanted).abs())
                .fold(0.0, f32::max);
            // A filter of odd length leaves up to half an input sample (45 µs) of delay; 440 Hz rises 0.09 in that time.
            assert!(worst < 0.09, "{rate_hz} Hz: off by {worst}");
        }
    }

    #[test]
    fn what_lies_above_the_band_does_not_fold_into_it() {
        let heard = to_8_khz(&tone(6_000.0, 16_000), 16_000).expect("resampled");
        let loudest = heard[400..7_600].iter().map(|s| s.unsigned_abs()).max();
        assert!(loudest < Some(50), "{loudest:?}");
    }
}
