//! What the line sounds like at this moment: silence, noise, speech, music, a tone.
//!
//! A noise floor is tracked in each mel band; what stands above it, for how long and how harmonically, decides.

use crate::events::Events;
use crate::front::{BANDS, FLOOR_DBM0, Frame};
use crate::peaks::Peaks;

/// What is known of one hop, for the detectors that come after.
#[derive(Clone, Debug)]
pub struct Hearing {
    /// Probability that somebody speaks in this hop, 0 to 1.
    pub speech: f32,
    /// Probability that music plays, 0 to 1, over the last second or so.
    pub music: f32,
    /// Probability that a steady tone sounds in this hop, 0 to 1.
    pub tone: f32,
    /// Tracked noise floor by mel band, dBm0.
    pub floor: [f32; BANDS],
    /// Level of the hop above the noise floor, dB.
    pub above_floor_db: f32,
    /// How periodic the hop is, 0 to 1.
    pub voiced: f32,
    /// Pitch where `voiced` is high, Hz; 0 else.
    pub pitch_hz: f32,
}

/// Follows the noise floor and tells activities apart.
pub struct ActivityEar {
    hearing: Hearing,
}

impl ActivityEar {
    /// An ear that has heard nothing.
    pub fn new() -> ActivityEar {
        ActivityEar {
            hearing: Hearing {
                speech: 0.0,
                music: 0.0,
                tone: 0.0,
                floor: [FLOOR_DBM0; BANDS],
                above_floor_db: 0.0,
                voiced: 0.0,
                pitch_hz: 0.0,
            },
        }
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, events: &mut Events) -> &Hearing {
        let _ = (frame, peaks, events);
        &self.hearing
    }
}
