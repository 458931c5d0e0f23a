//! What is weighed: a few measures of the answering side, each 0 to 1 and each with a known direction.

use super::place::Place;
use super::talk::{Talk, Turn};

/// Number of measures.
pub const MEASURES: usize = 9;

/// Names and directions of the measures, in order: +1 speaks for a machine, −1 for a person.
pub const DIRECTIONS: [(&str, f32); MEASURES] = [
    ("talk up to 2 s", 1.0),
    ("talk from 2 to 4 s", 1.0),
    ("talk from 4 to 6 s", 1.0),
    ("talk from 6 to 10 s", 1.0),
    ("short talk, then waiting", -1.0),
    ("turn yielded and taken again", -1.0),
    ("first word late", -1.0),
    ("dead quiet behind the voice", 1.0),
    ("lively behind the voice", -1.0),
];

/// Hops in a second.
const SECOND: f32 = 100.0;
/// Waiting that says all it can, s: the gap before the other side takes its turn has a median of 0.2 s, and few pauses
/// inside a greeting reach 0.6 s.
const WAIT_S: f32 = 0.6;
/// Talk from which waiting says nothing any more, s: people's long answers and machines' greetings both end.
const SHORT_S: f32 = 4.0;
/// A first word is prompt until here after the answer, s; a network plays at once, a person lifts the telephone first…
const PROMPT_S: f32 = 0.7;
/// … and speaks at the latest about here, s (five in six people by 1.4 s).
const LATE_S: f32 = 1.5;
/// Levels between which a background goes from dead quiet to noise, dBm0: idle G.711 gives −66 and less, a quiet room
/// with a telephone −55 to −45.
const QUIET_DBM0: (f32, f32) = (-62.0, -54.0);
/// Movements between which a background goes from steady to lively, dB in a tenth of a second.
const LIVELY_DB: (f32, f32) = (1.5, 3.0);

/// Measures as they stand; `onset_s` is the time from the answer to the first word.
pub(super) fn measures(talk: &Talk, place: &Place, onset_s: f32) -> [f32; MEASURES] {
    let talked_s = f32::from(talk.talked()) / SECOND;
    let waiting_s = f32::from(talk.silence) / SECOND;
    let short = ((SHORT_S - talked_s) / SHORT_S).clamp(0.0, 1.0);
    let taken_again = if talk.turns > 1 || talk.turn() == Turn::Yielded {
        f32::from(talk.turns.saturating_sub(1)).min(1.0)
    } else {
        0.0
    };
    [
        between(talked_s, 0.0, 2.0),
        between(talked_s, 2.0, 4.0),
        between(talked_s, 4.0, 6.0),
        between(talked_s, 6.0, 10.0),
        short * between(waiting_s, 0.1, WAIT_S),
        taken_again,
        between(onset_s, PROMPT_S, LATE_S),
        place
            .level_dbm0()
            .map_or(0.0, |level| 1.0 - between(level, QUIET_DBM0.0, QUIET_DBM0.1)),
        place
            .liveliness_db()
            .map_or(0.0, |moves| between(moves, LIVELY_DB.0, LIVELY_DB.1)),
    ]
}

/// 0 up to `low`, 1 from `high` on, straight between.
fn between(value: f32, low: f32, high: f32) -> f32 {
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}
