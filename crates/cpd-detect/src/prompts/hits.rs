//! Places that the index named lately: chance names a place once, a prompt that plays names its place again.
//!
//! Tracing a place costs a walk through memory that nothing keeps near, and in a large library chance resemblances are
//! many. There a place is traced when it was named twice within a tenth of a second. A prompt loses little by it: tracing
//! goes back over a second, and a verdict mostly needs longer than the second name.

/// Places remembered, as many as eight bits number. A place that another one pushes out is traced one name later.
const ROOM: usize = 256;
/// Hops within which the second name must come: four look-ups.
const HOPS: u32 = 12;

/// A place that was named, and when.
#[derive(Clone, Copy, Default)]
struct Hit {
    tag: u32,
    hop: u32,
}

/// The places named lately.
pub(crate) struct Hits([Hit; ROOM]);

impl Hits {
    pub(crate) fn new() -> Hits {
        Hits([Hit::default(); ROOM])
    }

    /// Notes that a place of the index was named at a hop, and says whether it was lately: the place that moves with
    /// the call, or one beside it, for clocks differ and concealment shifts.
    pub(crate) fn again(&mut self, segment: usize, place: u32, hop: u64) -> bool {
        // A running prompt's place less the hop stands still.
        let still = place.wrapping_sub(hop as u32);
        let now = hop as u32;
        let lately = [still.wrapping_sub(1), still, still.wrapping_add(1)]
            .into_iter()
            .any(|still| {
                let (slot, tag) = slot_of(segment, still);
                let hit = self.0[slot];
                hit.tag == tag && now.wrapping_sub(hit.hop).wrapping_sub(1) < HOPS
            });
        let (slot, tag) = slot_of(segment, still);
        self.0[slot] = Hit { tag, hop: now };
        lately
    }
}

/// Where a place is remembered, and by what it is known: the multiplication spreads neighbours (2³² divided by the golden
/// ratio), and its highest bits are the best spread.
fn slot_of(segment: usize, still: u32) -> (usize, u32) {
    let mixed = (still ^ (segment as u32).rotate_right(6)).wrapping_mul(0x9e37_79b1);
    // 0 is what an empty slot has.
    ((mixed >> (u32::BITS - ROOM.trailing_zeros())) as usize, mixed | 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_moves_with_the_call_is_known_again() {
        let mut hits = Hits::new();
        assert!(!hits.again(0, 500, 100));
        assert!(hits.again(0, 502, 102));
        assert!(hits.again(0, 505, 104), "a hop beside it");
    }

    #[test]
    fn other_places_and_old_ones_are_not() {
        let mut hits = Hits::new();
        assert!(!hits.again(0, 500, 100));
        assert!(!hits.again(0, 500, 100), "the same look-up");
        assert!(!hits.again(1, 502, 102), "another segment");
        assert!(!hits.again(0, 510, 102), "another place");
        assert!(!hits.again(0, 530, 130), "too late");
    }
}
