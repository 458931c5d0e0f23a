//! The place behind the voice: what is heard when nobody speaks.
//!
//! A person holds a telephone in a room, a car, a street; what is announced by a network comes from a file, without any
//! place behind it. Three cases are told apart: a dead quiet line speaks for an announcement, steady noise (the line's
//! own hiss and hum) for neither, a lively background (level that moves between one tenth of a second and the next) for
//! somebody being there.

use super::near::Ground;
use crate::activity::Hearing;
use crate::front::Frame;

/// Hops after speech that still hold its decay: 100 ms.
const DECAY_HOPS: u8 = 10;
/// Hops of a block: 100 ms average out a hop's own scatter (1 to 2 dB for steady noise) to below 1 dB.
const BLOCK_HOPS: u8 = 10;
/// Below this the line is dead quiet, dBm0: G.711's idle code without noise gives −66 or less.
const QUIET_DBM0: f32 = -66.0;
/// Groups of mel bands whose levels are followed: up to 0.5, 1.1, 1.9 and 3.4 kHz.
const GROUPS: usize = 4;

/// What is known of the background.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    since_speech: u8,
    block: [f32; GROUPS],
    block_level: f32,
    block_hops: u8,
    before: Option<[f32; GROUPS]>,
    level_sum: f32,
    blocks: u16,
    moves_sum: f32,
    moves: u16,
    voice_sum: f32,
    voice_hops: u16,
}

impl Place {
    /// Takes one hop.
    pub(super) fn hear(&mut self, frame: &Frame<'_>, hearing: &Hearing, ground: Ground) {
        if frame.lost > 0.0 {
            self.drop_block();
            return;
        }
        if ground != Ground::Behind || hearing.tone > 0.5 {
            if hearing.speech > 0.8 && hearing.voiced > 0.5 && self.voice_hops < u16::MAX {
                self.voice_sum += frame.level_dbm0;
                self.voice_hops += 1;
            }
            self.since_speech = 0;
            self.drop_block();
            return;
        }
        self.since_speech = self.since_speech.saturating_add(1);
        if self.since_speech > DECAY_HOPS && self.blocks < u16::MAX {
            self.take(frame);
        }
    }

    /// Level of the background, dBm0; none before 100 ms of it were heard.
    pub(super) fn level_dbm0(&self) -> Option<f32> {
        (self.blocks > 0).then(|| self.level_sum / f32::from(self.blocks))
    }

    /// Level of the voice (voiced hops), dBm0; none before it was heard.
    pub(super) fn voice_dbm0(&self) -> Option<f32> {
        (self.voice_hops > 0).then(|| self.voice_sum / f32::from(self.voice_hops))
    }

    /// How much the background moves from one tenth of a second to the next, dB; none before two were heard in a row.
    pub(super) fn liveliness_db(&self) -> Option<f32> {
        (self.moves > 0).then(|| self.moves_sum / f32::from(self.moves))
    }

    /// Whether the background is dead quiet.
    pub(super) fn is_quiet(&self) -> bool {
        self.level_dbm0().is_some_and(|level| level < QUIET_DBM0)
    }

    fn drop_block(&mut self) {
        self.block_hops = 0;
        self.before = None;
    }

    fn take(&mut self, frame: &Frame<'_>) {
        if self.block_hops == 0 {
            self.block = [0.0; GROUPS];
            self.block_level = 0.0;
        }
        for (sum, bands) in self.block.iter_mut().zip(frame.bands.chunks_exact(6)) {
            *sum += bands[1] + bands[3] + bands[5];
        }
        self.block_level += frame.level_dbm0;
        self.block_hops += 1;
        if self.block_hops < BLOCK_HOPS {
            return;
        }
        self.block_hops = 0;
        self.level_sum += self.block_level / f32::from(BLOCK_HOPS);
        self.blocks += 1;
        let now = self.block.map(|sum| sum / (3.0 * f32::from(BLOCK_HOPS)));
        if let Some(before) = self.before.replace(now) {
            let moved: f32 = now.iter().zip(&before).map(|(a, b)| (a - b).abs()).sum();
            self.moves_sum += moved / GROUPS as f32;
            self.moves += 1;
        }
    }
}
