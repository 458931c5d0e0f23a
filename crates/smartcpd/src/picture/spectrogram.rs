//! The spectrogram as a small PNG with a palette.

use realfft::RealFftPlanner;

/// Samples of a window: 32 ms, as the detectors hear.
const WINDOW: usize = 256;
/// Rows: one a bin, without the last.
const ROWS: usize = WINDOW / 2;
/// From the loudest to black, dB: below lies the noise of G.711.
const RANGE_DB: f32 = 62.0;
/// Quietest level that may count as the loudest, dB of full scale: a silent line stays dark.
const LOUDEST_DB_MIN: f32 = -45.0;

/// A picture `columns` wide and 128 high, 0 to 4 kHz; empty where it cannot be made.
pub(crate) fn png(samples: &[i16], columns: usize) -> Vec<u8> {
    let levels = levels(samples, columns);
    // The loudest thousandth may be clipped: one click must not darken the rest.
    let mut sorted = levels.clone();
    let rank = sorted.len() - 1 - sorted.len() / 1_000;
    let (_, &mut loudest, _) = sorted.select_nth_unstable_by(rank, f32::total_cmp);
    let top = loudest.max(LOUDEST_DB_MIN);
    let pixels: Vec<u8> = levels
        .iter()
        .map(|level| (255.0 * (1.0 + (level - top) / RANGE_DB)).clamp(0.0, 255.0) as u8)
        .collect();
    encode(&pixels, columns).unwrap_or_default()
}

/// Levels in dB, row by row from 4 kHz down.
fn levels(samples: &[i16], columns: usize) -> Vec<f32> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
    let (mut window, mut spectrum) = (fft.make_input_vec(), fft.make_output_vec());
    let mut levels = vec![-150.0_f32; columns * ROWS];
    let mut powers = [0.0_f32; ROWS];
    for column in 0..columns {
        // A column of a long recording covers several windows: the loudest shows.
        let from = column * samples.len() / columns;
        let to = ((column + 1) * samples.len() / columns).max(from + 1);
        powers.fill(0.0);
        let mut centre = from;
        while centre < to {
            for (n, value) in window.iter_mut().enumerate() {
                let sample = (centre + n)
                    .checked_sub(WINDOW / 2)
                    .and_then(|at| samples.get(at))
                    .copied()
                    .unwrap_or(0);
                let phase = std::f32::consts::TAU * (n as f32 + 0.5) / WINDOW as f32;
                *value = f32::from(sample) / 32_768.0 * (0.5 - 0.5 * phase.cos());
            }
            // The buffers have the lengths that the transform asked for, so it does not fail.
            if fft.process(&mut window, &mut spectrum).is_ok() {
                for (power, x) in powers.iter_mut().zip(&spectrum) {
                    *power = power.max(x.norm_sqr());
                }
            }
            centre += WINDOW / 4;
        }
        for (row, power) in powers.iter().enumerate() {
            // A full-scale sine has the amplitude N/4 in a Hann window.
            let scaled = power * (4.0 / WINDOW as f32) * (4.0 / WINDOW as f32);
            levels[(ROWS - 1 - row) * columns + column] = 10.0 * scaled.max(1e-15).log10();
        }
    }
    levels
}

fn encode(pixels: &[u8], columns: usize) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, columns as u32, ROWS as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette());
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

/// Dark blue through violet and orange to light yellow: brightness rises steadily, so it reads without colours too.
const ANCHORS: [[f32; 3]; 8] = [
    [11.0, 14.0, 22.0],
    [27.0, 22.0, 61.0],
    [73.0, 22.0, 107.0],
    [128.0, 37.0, 115.0],
    [188.0, 55.0, 96.0],
    [238.0, 95.0, 65.0],
    [252.0, 165.0, 70.0],
    [252.0, 248.0, 200.0],
];

fn palette() -> Vec<u8> {
    (0..256)
        .flat_map(|n| {
            let at = n as f32 / 255.0 * (ANCHORS.len() - 1) as f32;
            let lower = (at as usize).min(ANCHORS.len() - 2);
            let part = at - lower as f32;
            std::array::from_fn::<u8, 3, _>(|c| {
                (ANCHORS[lower][c] * (1.0 - part) + ANCHORS[lower + 1][c] * part).round() as u8
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_a_line_at_its_height() {
        let samples: Vec<i16> = (0..16_000)
            .map(|n| (8_000.0 * (std::f32::consts::TAU * 1_000.0 * n as f32 / 8_000.0).sin()) as i16)
            .collect();
        let levels = levels(&samples, 100);
        let loudest = (0..ROWS)
            .max_by(|a, b| levels[a * 100 + 50].total_cmp(&levels[b * 100 + 50]))
            .expect("rows");
        assert_eq!(ROWS - 1 - loudest, 32, "1000 Hz is bin 32");
        let level = levels[loudest * 100 + 50];
        assert!((level + 12.2).abs() < 0.3, "{level} dB of full scale");
    }

    #[test]
    fn it_is_a_png_of_the_asked_size() {
        let bytes = png(&[100; 800], 321);
        let reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .expect("a png");
        assert_eq!((reader.info().width, reader.info().height), (321, 128));
    }
}
