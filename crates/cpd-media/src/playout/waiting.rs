//! Packets that wait for their turn, in order, without an allocation.

use std::time::Instant;

use crate::rtp::Packet;

/// Packets that wait at most: 320 ms at 20 ms, more than anybody is waited for.
pub(super) const PACKETS_MAX: usize = 16;
/// Bytes of all of them: 16 packets of 20 ms of G.711, or three as long as a datagram gets.
const BYTES_MAX: usize = 4_608;

/// A place among packets: which numbering, and which number in it.
pub(super) type Place = (u32, u64);

/// One packet that waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) place: Place,
    pub(super) arrived: Instant,
    pub(super) timestamp: u32,
    pub(super) payload_type: u8,
    from: u16,
    len: u16,
}

/// Packets in order; their payloads one after the other as they came.
pub(super) struct Waiting {
    slots: Vec<Slot>,
    bytes: Vec<u8>,
}

/// Why a packet was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// It waits already.
    Duplicate,
    /// There is no room.
    Full,
}

impl Waiting {
    pub(super) fn new() -> Waiting {
        Waiting {
            slots: Vec::with_capacity(PACKETS_MAX),
            bytes: Vec::with_capacity(BYTES_MAX),
        }
    }

    /// Whether the next packet may find no room.
    pub(super) fn is_full(&self) -> bool {
        self.slots.len() == PACKETS_MAX || self.bytes.len() > BYTES_MAX / 2
    }

    pub(super) fn first(&self) -> Option<Slot> {
        self.slots.first().copied()
    }

    /// When the one came that waits longest.
    pub(super) fn since(&self) -> Option<Instant> {
        self.slots.iter().map(|slot| slot.arrived).min()
    }

    pub(super) fn payload(&self, slot: Slot) -> &[u8] {
        let from = usize::from(slot.from);
        &self.bytes[from..from + usize::from(slot.len)]
    }

    pub(super) fn insert(
        &mut self,
        place: Place,
        arrived: Instant,
        packet: &Packet<'_>,
    ) -> Result<(), NotTaken> {
        let index = match self.slots.binary_search_by_key(&place, |slot| slot.place) {
            Ok(_) => return Err(NotTaken::Duplicate),
            Err(index) => index,
        };
        let room = BYTES_MAX - self.bytes.len();
        if self.slots.len() == PACKETS_MAX || packet.payload.len() > room {
            return Err(NotTaken::Full);
        }
        let slot = Slot {
            place,
            arrived,
            timestamp: packet.timestamp,
            payload_type: packet.payload_type,
            // Below `BYTES_MAX`.
            from: self.bytes.len() as u16,
            len: packet.payload.len() as u16,
        };
        self.bytes.extend_from_slice(packet.payload);
        self.slots.insert(index, slot);
        Ok(())
    }

    /// Takes the first out; its payload moves to the end of what still waits no more than it has to.
    pub(super) fn remove_first(&mut self) {
        if self.slots.is_empty() {
            return;
        }
        let gone = self.slots.remove(0);
        if self.slots.is_empty() {
            self.bytes.clear();
            return;
        }
        let (from, to) = (usize::from(gone.from), usize::from(gone.from + gone.len));
        self.bytes.copy_within(to.., from);
        self.bytes.truncate(self.bytes.len() - usize::from(gone.len));
        for slot in &mut self.slots {
            if slot.from > gone.from {
                slot.from -= gone.len;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever comes in whatever order leaves in order and whole.
        #[test]
        fn payloads_stay_theirs(steps in prop::collection::vec((0_u64..40, 0_usize..600, any::<bool>()), 1..200)) {
            let mut waiting = Waiting::new();
            let mut model = std::collections::BTreeMap::new();
            let now = crate::playout::tests::start();
            for (number, length, leaves) in steps {
                let payload = vec![number as u8; length];
                let packet = Packet {
                    marker: false,
                    payload_type: 8,
                    sequence: 0,
                    timestamp: 0,
                    ssrc: 0,
                    extension: None,
                    payload: &payload,
                };
                match waiting.insert((0, number), now, &packet) {
                    Ok(()) => prop_assert!(model.insert(number, payload).is_none()),
                    Err(NotTaken::Duplicate) => prop_assert!(model.contains_key(&number)),
                    Err(NotTaken::Full) => prop_assert!(waiting.is_full()),
                }
                if leaves {
                    let expected = model.pop_first();
                    let first = waiting.first().map(|slot| (slot.place.1, waiting.payload(slot).to_vec()));
                    prop_assert_eq!(first, expected);
                    waiting.remove_first();
                }
                prop_assert_eq!(waiting.first().is_none(), model.is_empty());
            }
        }
    }
}
