//! Spectral peaks of one hop: what a tone looks like before anybody asks which tone it is.
//!
//! Local maxima of the 32 ms power spectrum, refined to about 1 Hz by the phase advance from the hop before.

use crate::front::{BIN_HZ, Frame, dbm0};
use crate::quick::{greatest, sum, turns};

/// At most this many peaks are kept, strongest first: two tones and their worst companions.
pub const PEAKS: usize = 4;

/// One peak.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Peak {
    /// Frequency, Hz.
    pub hz: f32,
    /// Level of the tone that would make it, dBm0.
    pub dbm0: f32,
    /// Its share of the power of the whole band (200 to 3700 Hz), 0 to 1.
    pub share: f32,
}

/// The peaks of a hop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Peaks {
    list: [Peak; PEAKS],
    len: usize,
    /// Power of the whole band (200 to 3700 Hz), dBm0.
    pub band_dbm0: f32,
    /// The same as a sum over the bins of [`Frame::power`].
    pub band_sum: f32,
}

impl Peaks {
    /// The peaks, strongest first.
    pub fn as_slice(&self) -> &[Peak] {
        &self.list[..self.len]
    }

    /// The peaks of a frame.
    pub fn of(frame: &Frame<'_>) -> Peaks {
        const LOW: usize = 6;
        const HIGH: usize = 118;
        let power = frame.power;
        let band_sum = sum(&power[LOW..=HIGH]);
        // 1.5: the noise bandwidth of a Hann window, in bins.
        let total = band_sum / 1.5;
        let mut peaks = Peaks {
            band_dbm0: dbm0(total),
            band_sum,
            ..Peaks::default()
        };
        if total < 1e-9 {
            return peaks;
        }
        let floor = total * 0.02;
        let mut strongest = Strongest::default();
        // Most of the band is below: a look at sixteen bins together passes over them.
        let mut begin = LOW;
        while begin <= HIGH {
            let end = (begin + 16).min(HIGH + 1);
            let near = &power[begin - 1..=end];
            let is_below = near
                .first_chunk::<16>()
                .is_some_and(|near| greatest(near, 0.0) <= floor);
            if !is_below || near[near.len() - 2] > floor {
                for (place, near) in near.windows(3).enumerate() {
                    if near[1] > floor && near[1] > near[0] && near[1] >= near[2] {
                        strongest.insert(begin + place, near[0] + near[1] + near[2]);
                    }
                }
            }
            begin = end;
        }
        // Only what is kept is refined: noise has twenty peaks a hop.
        peaks.len = strongest.len;
        for (peak, &(bin, sum)) in peaks.list.iter_mut().zip(strongest.as_slice()) {
            let main_lobe = sum / 1.5;
            *peak = Peak {
                hz: refine(frame, bin),
                dbm0: dbm0(main_lobe),
                share: (main_lobe / total).min(1.0),
            };
        }
        peaks
    }
}

/// Bins of the strongest peaks and the power of their main lobes, strongest first.
#[derive(Default)]
struct Strongest {
    list: [(usize, f32); PEAKS],
    len: usize,
}

impl Strongest {
    fn as_slice(&self) -> &[(usize, f32)] {
        &self.list[..self.len]
    }

    fn insert(&mut self, bin: usize, power: f32) {
        let at = self
            .as_slice()
            .iter()
            .position(|&(_, kept)| kept < power)
            .unwrap_or(self.len);
        if at == PEAKS {
            return;
        }
        self.len = (self.len + 1).min(PEAKS);
        self.list.copy_within(at..self.len - 1, at + 1);
        self.list[at] = (bin, power);
    }
}

/// Frequency of the peak at `bin`, from the phase advance over one hop.
fn refine(frame: &Frame<'_>, bin: usize) -> f32 {
    let hop_s = 0.01_f32;
    let advance = turns(frame.spectrum.at(bin) * frame.before.at(bin).conj());
    let guess = bin as f32 * BIN_HZ * hop_s;
    // The phase tells the frequency up to multiples of 100 Hz; the bin is known to ±16 Hz, so the nearest one is meant.
    // Never negative, for the lowest bin makes two turns a hop: adding a half and cutting off rounds.
    let turns = (guess - advance + 0.5) as i32 as f32;
    let hz = (advance + turns) / hop_s;
    if (hz - bin as f32 * BIN_HZ).abs() < BIN_HZ {
        hz
    } else {
        bin as f32 * BIN_HZ
    }
}
