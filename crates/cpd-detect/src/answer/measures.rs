//! What is weighed: a few measures of the answering side, each 0 to 1 and each with a known direction.
//!
//! Tried with them and left out, because calls that were pretended and calls that were kept apart agreed that they add
//! nothing to these: the time to the first word, a second turn, how lively the background is, pauses and pitch.

use super::place::Place;
use super::talk::Talk;

/// Number of measures.
pub const MEASURES: usize = 5;

/// Names and directions of the measures, in order: +1 speaks for a machine, −1 for a person.
pub const DIRECTIONS: [(&str, f32); MEASURES] = [
    ("talk up to 2 s", 1.0),
    ("talk from 2 to 4 s", 1.0),
    ("talk from 4 to 6 s", 1.0),
    ("talk from 6 to 10 s", 1.0),
    ("quiet behind the voice", 1.0),
];

/// Hops in a second.
const SECOND: f32 = 100.0;
/// Levels between which the line goes from dead quiet to noise, dBm0: idle G.711 gives −66 and less, a quiet room
/// with a telephone −55 to −45.
const QUIET_DBM0: (f32, f32) = (-62.0, -54.0);
/// How far pauses inside the talk lie below the voice from a noisy place to a studio, dB. Rooms with a telephone reach 15
/// to 25; what is recorded to be announced has 40 and more.
const STUDIO_DB: (f32, f32) = (12.0, 38.0);

/// Measures as they stand.
pub(super) fn measures(talk: &Talk, place: &Place) -> [f32; MEASURES] {
    let talked_s = f32::from(talk.talked()) / SECOND;
    // A line that is quiet but for the talk, and talk that is quiet in its pauses: each is half the evidence.
    let line = place
        .level_dbm0()
        .map_or(0.0, |level| 1.0 - between(level, QUIET_DBM0.0, QUIET_DBM0.1));
    let studio = place
        .pauses_below_voice_db()
        .map_or(0.0, |depth| between(depth, STUDIO_DB.0, STUDIO_DB.1));
    [
        between(talked_s, 0.0, 2.0),
        between(talked_s, 2.0, 4.0),
        between(talked_s, 4.0, 6.0),
        between(talked_s, 6.0, 10.0),
        0.5 * (line + studio),
    ]
}

/// 0 up to `low`, 1 from `high` on, straight between.
fn between(value: f32, low: f32, high: f32) -> f32 {
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}
