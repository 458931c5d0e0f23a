//! How far each sender's numbers have come, and which of the last have passed.

use super::SrtpError;

/// Senders under one key. A carrier changes its sender a few times in a call; forgetting one would let its packets in
/// again.
pub(super) const SENDERS_MAX: usize = 32;
/// Numbers that are remembered: 2.5 s at 20 ms (RFC 3711 wants 64 at least).
const WINDOW: u64 = 128;

/// The senders of one direction.
pub(super) struct Senders {
    senders: Vec<Sender>,
}

struct Sender {
    ssrc: u32,
    /// The highest number that has passed, with the rounds of sequence numbers above it.
    highest: u64,
    /// Which have passed: bit 0 is the highest.
    passed: u128,
}

/// Where a packet belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    ssrc: u32,
    pub(super) index: u64,
}

impl Senders {
    pub(super) fn new() -> Senders {
        Senders {
            senders: Vec::with_capacity(SENDERS_MAX),
        }
    }

    /// By a sequence number: the round that brings it nearest to the highest (RFC 3711, 3.3.1).
    pub(super) fn place(&self, ssrc: u32, sequence: u16) -> Result<Place, SrtpError> {
        let index = match self.find(ssrc) {
            None => u64::from(sequence),
            Some(sender) => {
                let step = sequence.wrapping_sub(sender.highest as u16) as i16;
                sender
                    .highest
                    .checked_add_signed(i64::from(step))
                    .ok_or(SrtpError::Replayed)?
            }
        };
        self.place_at(ssrc, index)
    }

    /// By a number that is told whole.
    pub(super) fn place_at(&self, ssrc: u32, index: u64) -> Result<Place, SrtpError> {
        match self.find(ssrc) {
            None if self.senders.len() == SENDERS_MAX => Err(SrtpError::TooManySenders),
            None => Ok(Place { ssrc, index }),
            Some(sender) if index > sender.highest => Ok(Place { ssrc, index }),
            Some(sender) => {
                let behind = sender.highest - index;
                if behind >= WINDOW || sender.passed >> behind & 1 != 0 {
                    return Err(SrtpError::Replayed);
                }
                Ok(Place { ssrc, index })
            }
        }
    }

    /// The packet has passed.
    pub(super) fn took(&mut self, place: Place) {
        let Some(sender) = self.senders.iter_mut().find(|sender| sender.ssrc == place.ssrc) else {
            if self.senders.len() < SENDERS_MAX {
                self.senders.push(Sender {
                    ssrc: place.ssrc,
                    highest: place.index,
                    passed: 1,
                });
            }
            return;
        };
        match place.index.checked_sub(sender.highest) {
            Some(ahead) => {
                let kept = u32::try_from(ahead)
                    .ok()
                    .and_then(|ahead| sender.passed.checked_shl(ahead));
                sender.passed = kept.unwrap_or(0) | 1;
                sender.highest = place.index;
            }
            None => {
                sender.passed |= 1_u128
                    .checked_shl((sender.highest - place.index) as u32)
                    .unwrap_or(0);
            }
        }
    }

    fn find(&self, ssrc: u32) -> Option<&Sender> {
        self.senders.iter().find(|sender| sender.ssrc == ssrc)
    }
}
