//! The general sound as a sequence of stretches, with hysteresis: one [`Activity`] is in force at any time.
//!
//! What a hop sounds like must last before it is believed: a word 60 ms, a pause 0.2 s (so that the gaps between words
//! do not end speech), a change from one quiet background to another 0.6 s. The event tells where it began.

use crate::event::Activity;
use crate::time::SampleTime;

/// Probability from which a hop is speech, and below which it no longer is.
const SPEECH_BEGINS: f32 = 0.6;
/// See [`SPEECH_BEGINS`].
const SPEECH_ENDS: f32 = 0.35;
/// Probability from which a hop is a steady tone.
const TONE: f32 = 0.7;
/// Level below which a line is idle, dBm0: ITU-T G.712 allows −65 dBm0p of idle noise, and a hop's level varies.
const IDLE_DBM0: f32 = -58.0;
/// Comfort noise is not louder, dBm0: codecs send a description of the background of a quiet room.
const COMFORT_DBM0: f32 = -42.0;

/// What the hop gives to decide by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sound {
    pub speech: f32,
    pub tone: f32,
    pub music: f32,
    pub music_settled: bool,
    pub level_dbm0: f32,
    /// Steady, unvoiced, level.
    pub steady_noise: bool,
}

/// Follows the general sound.
pub(super) struct Segments {
    in_force: Option<Activity>,
    candidate: Activity,
    since: SampleTime,
    /// Hops for which the candidate was heard.
    hops: u16,
    sum: f32,
    level: f32,
}

/// A change that is settled.
pub(super) struct Change {
    pub activity: Activity,
    pub from: SampleTime,
    pub confidence: f32,
}

impl Segments {
    pub(super) fn new() -> Segments {
        Segments {
            in_force: None,
            candidate: Activity::Silence,
            since: SampleTime(0),
            hops: 0,
            sum: 0.0,
            level: IDLE_DBM0 - 5.0,
        }
    }

    /// Hears one hop, which begins at `at`.
    pub(super) fn hear(&mut self, at: SampleTime, sound: &Sound) -> Option<Change> {
        self.level += 0.1 * (sound.level_dbm0 - self.level);
        let (activity, confidence) = self.sounds_like(sound);
        if activity == self.candidate {
            self.hops = self.hops.saturating_add(1);
            self.sum += confidence;
        } else {
            self.candidate = activity;
            self.since = at;
            self.hops = 1;
            self.sum = confidence;
        }
        if self.in_force == Some(activity) || self.hops < patience(self.in_force, activity) {
            return None;
        }
        self.in_force = Some(activity);
        Some(Change {
            activity,
            from: self.since,
            confidence: self.sum / f32::from(self.hops),
        })
    }

    fn sounds_like(&self, sound: &Sound) -> (Activity, f32) {
        let speech_bound = match self.candidate {
            Activity::Speech => SPEECH_ENDS,
            _ => SPEECH_BEGINS,
        };
        if sound.music_settled {
            (Activity::Music, sound.music.max(0.5))
        } else if sound.tone > TONE {
            (Activity::Tone, sound.tone)
        } else if sound.speech > speech_bound {
            (Activity::Speech, sound.speech)
        } else if self.level < IDLE_DBM0 {
            (Activity::Silence, 1.0 - sound.speech)
        } else if sound.steady_noise && self.level < COMFORT_DBM0 {
            (Activity::ComfortNoise, 0.6 * (1.0 - sound.speech))
        } else {
            (Activity::Noise, 1.0 - sound.speech)
        }
    }
}

/// Hops for which the next sound must last before it is in force.
fn patience(now: Option<Activity>, next: Activity) -> u16 {
    let is_background = |activity| {
        matches!(
            activity,
            Activity::Silence | Activity::ComfortNoise | Activity::Noise
        )
    };
    match (now, next) {
        (_, Activity::Music) => 1,
        (_, Activity::Speech) => 6,
        (_, Activity::Tone) => 8,
        (None, _) => 10,
        (Some(now), _) if is_background(now) => 60,
        (Some(_), _) => 20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds stretches of (hops, speech, level) and gives the changes as (activity, hop it began).
    fn changes(stretches: &[(u64, f32, f32)]) -> Vec<(Activity, u64)> {
        let mut segments = Segments::new();
        let mut told = Vec::new();
        let mut hop = 0;
        for &(hops, speech, level_dbm0) in stretches {
            for _ in 0..hops {
                let sound = Sound {
                    speech,
                    tone: 0.0,
                    music: 0.0,
                    music_settled: false,
                    level_dbm0,
                    steady_noise: false,
                };
                if let Some(change) = segments.hear(SampleTime(hop * 80), &sound) {
                    told.push((change.activity, change.from.0 / 80));
                }
                hop += 1;
            }
        }
        told
    }

    #[test]
    fn a_phrase_with_short_gaps_is_one_stretch_told_where_it_began() {
        let told = changes(&[
            (100, 0.0, -70.0),
            (40, 0.9, -20.0),
            (12, 0.1, -40.0),
            (40, 0.9, -20.0),
            (100, 0.0, -70.0),
        ]);
        let kinds: Vec<_> = told.iter().map(|&(activity, _)| activity).collect();
        assert_eq!(
            &kinds[..2],
            [Activity::Silence, Activity::Speech],
            "gaps of 120 ms do not end it: {told:?}"
        );
        assert_eq!(
            kinds.iter().filter(|a| **a == Activity::Speech).count(),
            1,
            "{told:?}"
        );
        assert_eq!(told[1].1, 100);
        assert!(matches!(kinds.last(), Some(Activity::Silence)), "{told:?}");
    }

    #[test]
    fn a_blip_is_not_speech() {
        let told = changes(&[(100, 0.0, -70.0), (4, 0.9, -30.0), (100, 0.0, -70.0)]);
        assert!(
            told.iter().all(|&(activity, _)| activity != Activity::Speech),
            "{told:?}"
        );
    }
}
