//! When the answering side talks and when it waits: talk, pauses, yielding the turn.
//!
//! Talk begins with 60 ms of speech and goes on over pauses shorter than a turn. Everything is counted in hops that
//! were heard: a lost stretch is neither talk nor silence, it only moves the marks in time.

use super::near::Ground;
use crate::front::Frame;
use crate::time::SampleTime;

/// Hops of speech that begin talk: 60 ms, longer than a click and shorter than the shortest word ("da", 150 ms).
const ONSET_HOPS: u16 = 6;
/// A silence from which the turn is yielded: 1 s. Pauses inside read sentences end at about 0.7 s (Campione and Véronis,
/// "A large-scale multilingual study of silent pause duration", 2002), the
/// median gap before the other side takes its turn is 0.2 s (Stivers et al., PNAS 2009) and one second is heard as trouble.
pub(super) const YIELD_HOPS: u16 = 100;
/// Talk that may be a word's own attack: 250 ms, a long syllable.
const ATTACK_HOPS: u16 = 25;
/// Talk of less than this was no word but a knock or a breath if nothing follows soon, hops: 120 ms.
const WORD_HOPS: u16 = 12;
/// Longest count kept: ten minutes of hops would not fit 16 bits, and nothing changes after two minutes.
const MOST_HOPS: u16 = 12_000;

/// What happened with this hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nobody has spoken yet.
    Waiting,
    /// Somebody talks, or pauses shortly.
    Talking,
    /// The turn was yielded: silence for longer than a pause inside talk.
    Yielded,
}

/// The timeline of the answering side, as sums.
#[derive(Clone, Debug, Default)]
pub(super) struct Talk {
    /// Hops of speech in a row, not yet long enough to count.
    rising: u16,
    rising_from: SampleTime,
    /// Whether talk has begun and was not yielded.
    in_turn: bool,
    /// Begin of the first turn.
    pub(super) onset: Option<SampleTime>,
    /// End of the last hop with speech.
    pub(super) last_word: SampleTime,
    /// Hops heard since the last hop with speech.
    pub(super) silence: u16,
    /// Hops talked in the present or last turn, pauses inside it included.
    turn_hops: u16,
    /// Hops talked in turns before it.
    earlier_hops: u16,
    /// Silent hops in a pause that may still be inside the turn.
    pending: u16,
}

impl Talk {
    /// Takes one hop.
    pub(super) fn hear(&mut self, frame: &Frame<'_>, ground: Ground) {
        match ground {
            Ground::Lost => {}
            Ground::Behind => self.on_silence(),
            Ground::Near => self.on_speech(frame.rate.at_hop(frame.index), frame.end()),
            Ground::CameUp => {
                if self.talked() > ATTACK_HOPS {
                    *self = Talk::default();
                }
                self.on_speech(frame.rate.at_hop(frame.index), frame.end());
            }
        }
    }

    /// What the answering side does now.
    pub(super) fn turn(&self) -> Turn {
        if self.onset.is_none() {
            Turn::Waiting
        } else if self.in_turn {
            Turn::Talking
        } else {
            Turn::Yielded
        }
    }

    /// Whether what was heard may have been no word.
    pub(super) fn is_doubtful(&self) -> bool {
        self.talked() < WORD_HOPS
    }

    /// Talk in all turns, pauses inside them included, hops.
    pub(super) fn talked(&self) -> u16 {
        self.earlier_hops.saturating_add(self.turn_hops)
    }

    fn on_speech(&mut self, from: SampleTime, end: SampleTime) {
        if self.rising == 0 {
            self.rising_from = from;
        }
        self.rising = (self.rising + 1).min(MOST_HOPS);
        if self.rising < ONSET_HOPS {
            // Not yet speech; the silence before it goes on until it is.
            self.pending = (self.pending + u16::from(self.in_turn)).min(MOST_HOPS);
            return;
        }
        let new = if self.rising == ONSET_HOPS { ONSET_HOPS } else { 1 };
        if self.in_turn {
            let pause = self
                .pending
                .saturating_sub(if new > 1 { ONSET_HOPS - 1 } else { 0 });
            self.turn_hops += pause;
        } else {
            if self.talked() < WORD_HOPS {
                *self = Talk {
                    rising: self.rising,
                    rising_from: self.rising_from,
                    ..Talk::default()
                };
            }
            self.begin_turn();
        }
        self.turn_hops = (self.turn_hops + new).min(MOST_HOPS);
        self.pending = 0;
        self.silence = 0;
        self.last_word = end;
    }

    fn begin_turn(&mut self) {
        if self.onset.is_none() {
            self.onset = Some(self.rising_from);
        } else {
            self.earlier_hops = self.talked().min(MOST_HOPS);
        }
        self.turn_hops = 0;
        self.in_turn = true;
        self.pending = 0;
    }

    fn on_silence(&mut self) {
        self.rising = 0;
        if self.onset.is_none() {
            return;
        }
        self.silence = (self.silence + 1).min(MOST_HOPS);
        if self.in_turn {
            self.pending = (self.pending + 1).min(MOST_HOPS);
            if self.silence >= YIELD_HOPS {
                self.in_turn = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::near::NearVoice;
    use super::super::testing::{Stretch, lost, pause, play, talk};
    use super::*;

    fn timeline(course: &[Vec<Stretch>]) -> Talk {
        let (mut near, mut timeline) = (NearVoice::new(), Talk::default());
        play(course, |frame, hearing| {
            timeline.hear(frame, near.hear(frame, hearing));
        });
        timeline
    }

    #[test]
    fn talk_goes_on_over_a_pause_and_ends_with_a_second_of_silence() {
        let phrases = [
            pause(500, -60.0),
            talk(1_000, -20.0),
            pause(500, -60.0),
            talk(1_000, -20.0),
        ];
        let talking = timeline(&phrases);
        assert_eq!(talking.turn(), Turn::Talking);
        assert!((240..=256).contains(&talking.talked()), "{talking:?}");
        let over = timeline(&[&phrases[..], &[pause(1_200, -60.0)]].concat());
        assert_eq!(over.turn(), Turn::Yielded);
        assert!((110..=122).contains(&over.silence), "{over:?}");
    }

    #[test]
    fn a_knock_before_the_word_is_forgotten() {
        let heard = timeline(&[
            pause(500, -60.0),
            talk(90, -20.0),
            pause(1_500, -60.0),
            talk(500, -20.0),
        ]);
        assert!(heard.onset.is_some_and(|onset| onset.0 >= 8 * 2_050), "{heard:?}");
        assert!(heard.talked() <= 52);
    }

    #[test]
    fn lost_audio_is_neither_talk_nor_silence() {
        let heard = timeline(&[
            pause(300, -60.0),
            talk(500, -20.0),
            lost(3_000),
            pause(400, -60.0),
        ]);
        assert!((38..=42).contains(&heard.silence), "{heard:?}");
        assert_eq!(heard.turn(), Turn::Talking);
    }
}
