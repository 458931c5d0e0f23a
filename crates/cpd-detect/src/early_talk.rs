//! Talk before the answer: an announcement, or people and noise behind the line?
//!
//! Announcements are played at the level of the tones, and no ringing follows them. What sounds while it rings, between
//! two rings or between two bursts of a busy tone, is behind the line; what is no louder than that stays behind it.

use crate::event::{Activity, ProgressTone, ToneHeard};
use crate::time::SampleTime;

/// Talk this far below the tones is behind the line and not on it, dB: hops of syllables range over 15 dB, the background
/// that people hear while it rings lies lower.
const BELOW_TONE_DB: f32 = 12.0;
/// An announcement is this much louder than what was known to be behind the line, dB: babble varies by about 4 dB from hop
/// to hop.
const OVER_BEHIND_DB: f32 = 5.0;
/// Talk below this level is behind the line, dBm0: networks play their announcements at -35 dBm0 at least, at the end of a
/// long line and through two codecs; 4 dB for pauses that count as talk.
const LEAST_DBM0: f32 = -39.0;
/// What a hop adds to the level of the tone, where it is louder: known within 50 ms; and where it is quieter: the pauses
/// of a busy tone hardly count.
const TONE_RISES: f32 = 0.2;
const TONE_FALLS: f32 = 0.002;
/// A tone this long after ringing is the next ring, hops: 0.7 s, longer than the horn of a car.
const RINGS_AGAIN_HOPS: u32 = 70;
/// Talk of this many hops says how loud it is behind the line: 0.2 s, a syllable.
const BEHIND_KNOWN_HOPS: u32 = 20;
/// The newest hops of talk may already be the tone that ends it: a tone is known after 80 ms.
const LATEST: usize = 10;

/// Counts talk before the answer that may be an announcement.
#[derive(Clone, Debug, Default)]
pub(crate) struct EarlyTalk {
    /// Hops of talk.
    hops: u32,
    /// When it began.
    from: Option<SampleTime>,
    /// Hops before the tone that came after it, and the sum of their powers.
    measured: u32,
    power: f32,
    /// Powers of the newest hops of the stretch, not yet among the measured; the oldest is at `latest_at`.
    latest: [f32; LATEST],
    latest_at: usize,
    latest_len: usize,
    /// Such a tone came.
    toned: bool,
    /// Level of the tones, dBm0: what the network plays at the call's own level.
    tone_dbm0: Option<f32>,
    /// Level of the talk that was found to be behind the line, dBm0.
    behind_dbm0: Option<f32>,
    /// Hops that the present tone lasts.
    tone_hops: u32,
}

impl EarlyTalk {
    /// How long somebody talked who may be the network's announcer, ms.
    pub(crate) fn ms(&self) -> u64 {
        if self.measured >= BEHIND_KNOWN_HOPS && self.level_dbm0() < LEAST_DBM0 {
            return 0;
        }
        u64::from(self.hops) * 10
    }

    /// Forgets the talk: it was no announcement.
    pub(crate) fn clear(&mut self) {
        self.hops = 0;
        self.from = None;
        self.measured = 0;
        self.power = 0.0;
        self.toned = false;
    }

    /// A stretch of some activity began, `hops` ago.
    pub(crate) fn begin(&mut self, activity: Activity, from: SampleTime, hops: u32) {
        self.tone_hops = 0;
        self.latest_len = 0;
        match activity {
            Activity::Speech => {
                self.from.get_or_insert(from);
                self.hops += hops;
            }
            Activity::Tone => self.toned = self.from.is_some(),
            Activity::Silence | Activity::ComfortNoise | Activity::Noise | Activity::Music => {}
        }
    }

    /// Hears one hop of the activity in force; `rings`: the tone heard last is ringing.
    pub(crate) fn hear(&mut self, activity: Activity, at: SampleTime, level_dbm0: f32, rings: bool) {
        match activity {
            Activity::Speech => {
                if self.is_played(level_dbm0) {
                    self.from.get_or_insert(at);
                    self.hops += 1;
                }
                if !self.toned {
                    self.measure(power_of(level_dbm0));
                }
            }
            Activity::Tone => {
                let tone = self.tone_dbm0.get_or_insert(level_dbm0);
                let share = if level_dbm0 > *tone {
                    TONE_RISES
                } else {
                    TONE_FALLS
                };
                *tone += share * (level_dbm0 - *tone);
                self.tone_hops += 1;
                if rings && self.tone_hops == RINGS_AGAIN_HOPS {
                    // It was behind the ringing, or the network announced a forwarding.
                    self.is_behind();
                }
            }
            Activity::Silence | Activity::ComfortNoise | Activity::Noise | Activity::Music => {}
        }
    }

    /// A tone that began at `train` was told.
    pub(crate) fn on_tone(&mut self, tone: &ToneHeard, train: SampleTime) {
        let Some(from) = self.from else {
            return;
        };
        let [burst, until] = tone.burst;
        if from >= burst && from < until {
            // The tone itself, in noise.
            self.clear();
        } else if from < burst {
            let between_bursts = from >= train;
            let rings = tone.kind == ProgressTone::Ringback;
            if between_bursts || rings || self.is_faint() {
                self.is_behind();
            }
        }
    }

    fn measure(&mut self, power: f32) {
        let oldest = std::mem::replace(&mut self.latest[self.latest_at], power);
        self.latest_at = (self.latest_at + 1) % LATEST;
        if self.latest_len == LATEST {
            self.measured += 1;
            self.power += oldest;
        } else {
            self.latest_len += 1;
        }
    }

    fn is_behind(&mut self) {
        if self.measured >= BEHIND_KNOWN_HOPS {
            let level = self.level_dbm0();
            self.behind_dbm0 = Some(self.behind_dbm0.map_or(level, |behind| behind.max(level)));
        }
        self.clear();
    }

    /// Whether sound is loud enough to be played by the network, as far as it is known how loud that is.
    fn is_played(&self, level_dbm0: f32) -> bool {
        self.tone_dbm0
            .is_none_or(|tone| level_dbm0 > tone - BELOW_TONE_DB)
            && self
                .behind_dbm0
                .is_none_or(|behind| level_dbm0 > behind + OVER_BEHIND_DB)
    }

    fn is_faint(&self) -> bool {
        self.tone_dbm0
            .is_some_and(|tone| self.measured > 0 && self.level_dbm0() < tone - BELOW_TONE_DB)
    }

    fn level_dbm0(&self) -> f32 {
        10.0 * (self.power / self.measured.max(1) as f32).max(1e-9).log10()
    }
}

fn power_of(dbm0: f32) -> f32 {
    (dbm0 * (std::f32::consts::LN_10 / 10.0)).exp()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A line on which things sound one after the other.
    #[derive(Default)]
    struct Line {
        talk: EarlyTalk,
        ms: u64,
        rings: bool,
        train: SampleTime,
        burst: [SampleTime; 2],
    }

    impl Line {
        fn at(&self) -> SampleTime {
            SampleTime(self.ms * 8)
        }

        fn sound(mut self, activity: Activity, ms: u64, level_dbm0: f32) -> Line {
            self.talk.begin(activity, self.at(), 0);
            for _ in 0..ms / 10 {
                self.talk.hear(activity, self.at(), level_dbm0, self.rings);
                self.ms += 10;
            }
            self
        }

        fn talk(self, ms: u64, level_dbm0: f32) -> Line {
            self.sound(Activity::Speech, ms, level_dbm0)
        }

        /// A burst; chopped by noise, so that no stretch of it is long.
        fn burst(mut self, ms: u64) -> Line {
            let from = self.at();
            for _ in 0..ms / 100 {
                self = self.sound(Activity::Tone, 100, -15.0);
            }
            self.burst = [from, self.at()];
            self
        }

        fn told(mut self, kind: ProgressTone) -> Line {
            self.rings = kind == ProgressTone::Ringback;
            let tone = ToneHeard {
                kind,
                hz: [425.0, 0.0],
                cadence_ms: [0; 4],
                burst: self.burst,
                countries: Arc::default(),
                runner_up: None,
            };
            self.talk.on_tone(&tone, self.train);
            self
        }

        fn train(mut self) -> Line {
            self.train = self.at();
            self
        }
    }

    #[test]
    fn an_announcement_after_ringing_counts_also_when_the_ringing_is_told_again_in_it() {
        let line = Line::default().burst(1_000).told(ProgressTone::Ringback);
        let line = line
            .talk(600, -18.0)
            .told(ProgressTone::Ringback)
            .talk(600, -18.0);
        assert_eq!(line.talk.ms(), 1_200);
    }

    #[test]
    fn what_sounds_before_and_between_rings_is_behind_the_line_from_then_on() {
        let line = Line::default().talk(900, -22.0).train().burst(1_000);
        let line = line.told(ProgressTone::Ringback);
        assert_eq!(line.talk.ms(), 0);
        let line = line.talk(3_000, -20.0);
        assert_eq!(line.talk.ms(), 0, "no louder than before the ring");
        assert_eq!(
            line.talk(1_000, -12.0).talk.ms(),
            1_000,
            "an announcement over it"
        );
    }

    #[test]
    fn an_announcement_before_a_busy_tone_counts_and_talk_between_its_bursts_does_not() {
        let line = Line::default()
            .talk(2_000, -17.0)
            .train()
            .burst(300)
            .told(ProgressTone::Busy);
        assert_eq!(line.talk.ms(), 2_000);
        let mut line = Line::default().train().burst(300);
        for _ in 0..5 {
            line = line.talk(300, -20.0).burst(300).told(ProgressTone::Busy);
        }
        assert_eq!(line.talk.ms(), 0);
    }

    #[test]
    fn murmur_of_a_room_is_no_announcement() {
        assert_eq!(Line::default().talk(5_000, -42.0).talk.ms(), 0);
        assert_eq!(Line::default().talk(5_000, -36.0).talk.ms(), 5_000);
    }

    #[test]
    fn faint_talk_before_a_busy_tone_is_behind_the_line() {
        // The first 80 ms of the tone still count as talk.
        let line = Line::default()
            .talk(2_000, -30.0)
            .train()
            .talk(80, -15.0)
            .burst(300)
            .told(ProgressTone::Busy);
        assert_eq!(line.talk.ms(), 0);
    }
}
