//! Courses of a call for the tests of this folder: what each hop's level is and whether it sounds like speech.

use crate::activity::Hearing;
use crate::front::{BANDS, BINS, FLOOR_DBM0, Frame, Spectrum};
use crate::time::{SampleRate, SampleTime};

/// A stretch of equal hops.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    hops: u64,
    level_dbm0: f32,
    speech: f32,
    voiced: f32,
    lost: f32,
}

/// Syllables: 200 ms of a voice at this level, then 50 ms of a gap 12 dB below.
pub(super) fn talk(ms: u64, level_dbm0: f32) -> Vec<Stretch> {
    let hops = ms / 10;
    let voice = Stretch {
        hops: 20,
        level_dbm0,
        speech: 1.0,
        voiced: 0.9,
        lost: 0.0,
    };
    let gap = Stretch {
        hops: 5,
        level_dbm0: level_dbm0 - 12.0,
        voiced: 0.2,
        ..voice
    };
    let mut course: Vec<Stretch> = [voice, gap].repeat((hops / 25) as usize);
    course.push(Stretch {
        hops: hops % 25,
        ..voice
    });
    course
}

/// Background without a voice.
pub(super) fn pause(ms: u64, level_dbm0: f32) -> Vec<Stretch> {
    vec![Stretch {
        hops: ms / 10,
        level_dbm0,
        speech: 0.0,
        voiced: 0.0,
        lost: 0.0,
    }]
}

/// People in the room: what sounds like speech, but many talk at once and nobody pauses.
pub(super) fn chatter(ms: u64, level_dbm0: f32) -> Vec<Stretch> {
    let mut course = talk(ms, level_dbm0);
    for stretch in &mut course {
        stretch.level_dbm0 = stretch.level_dbm0.max(level_dbm0 - 4.0);
        stretch.voiced = 0.5;
    }
    course
}

/// A word that the ear for speech has missed.
pub(super) fn missed_word(ms: u64, level_dbm0: f32) -> Vec<Stretch> {
    let mut word = talk(ms, level_dbm0);
    for stretch in &mut word {
        stretch.speech = 0.1;
    }
    word
}

/// Nothing arrives.
pub(super) fn lost(ms: u64) -> Vec<Stretch> {
    vec![Stretch {
        lost: 1.0,
        ..pause(ms, FLOOR_DBM0)[0]
    }]
}

/// Plays a course that is answered at its start, hop by hop.
pub(super) fn play(course: &[Vec<Stretch>], mut hear: impl FnMut(&Frame<'_>, &Hearing)) {
    let (spectrum, power) = (Spectrum::ZERO, [0.0; BINS]);
    let hops = course
        .iter()
        .flatten()
        .flat_map(|stretch| (0..stretch.hops).map(move |_| stretch));
    for (index, hop) in hops.enumerate() {
        let frame = Frame {
            index: index as u64,
            rate: SampleRate::NARROWBAND,
            lost: hop.lost,
            level_dbm0: hop.level_dbm0,
            spectrum: &spectrum,
            before: &spectrum,
            power: &power,
            bands: &[hop.level_dbm0; BANDS],
            history: &[],
            answered: (index == 0).then_some(SampleTime(0)),
        };
        let hearing = Hearing {
            speech: hop.speech,
            music: 0.0,
            tone: 0.0,
            floor: [FLOOR_DBM0; BANDS],
            above_floor_db: 0.0,
            voiced: hop.voiced,
            pitch_hz: 0.0,
        };
        hear(&frame, &hearing);
    }
}
