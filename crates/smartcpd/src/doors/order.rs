//! Chunks of a media stream, in order and without holes: what comes too late is left out, what does not come is a gap.
//!
//! A chunk that is next goes out at once; later ones wait for what is missing, at most so many. Chunks are known by their
//! numbers; without numbers they are taken as they come. Times tell of a pause that the sender left out, once they have kept
//! step with the sound.

use std::collections::BTreeMap;

use super::frames::Media;

/// Chunks that wait for one that is missing: 200 ms at 20 ms; what is later than that no longer helps a verdict.
const WAITING_MAX: usize = 10;
/// The longest pause that times tell of, ms: beyond it a clock has jumped.
const PAUSE_MS_MAX: u64 = 60_000;
/// A difference of times that is no pause, ms: packets of a mobile network come in lumps of this.
const SLACK_MS: u64 = 100;
/// How far a step of times may be from the length of its sound, ms, to be kept in step with it.
const STEP_MS: u64 = 10;
/// Bytes of G.711 in a ms.
const BYTES_PER_MS: u64 = 8;

/// What is heard next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// G.711, a byte a sample.
    Heard(Vec<u8>),
    /// So many samples are missing.
    Lost(u64),
}

/// Puts chunks in order.
#[derive(Debug, Default)]
pub(crate) struct Order {
    waiting: BTreeMap<u64, Media>,
    /// The number that is next; none: nothing was heard yet.
    next: Option<u64>,
    /// Samples of the last chunk: as long as one that is missing.
    length: u64,
    /// When the last chunk began, and how long it was, ms.
    last_ms: Option<(u64, u64)>,
    /// Times have kept step.
    in_step: bool,
    /// Chunks that came too late, or twice.
    pub(crate) late: u64,
}

impl Order {
    /// A chunk came; what can be heard now is added to `pieces`.
    pub(crate) fn push(&mut self, media: Media, pieces: &mut Vec<Piece>) {
        let number = match (media.chunk, self.next) {
            (Some(chunk), _) => chunk,
            // Without a number it is next as it comes.
            (None, Some(next)) => next.saturating_add(self.waiting.len() as u64),
            (None, None) => 1,
        };
        let next = *self.next.get_or_insert_with(|| first(number));
        if number < next || self.waiting.contains_key(&number) {
            self.late += 1;
            return;
        }
        self.waiting.insert(number, media);
        self.release(pieces);
        while self.waiting.len() > WAITING_MAX {
            self.skip(pieces);
        }
    }

    /// Nothing comes any more: what waits is heard.
    pub(crate) fn finish(&mut self, pieces: &mut Vec<Piece>) {
        while !self.waiting.is_empty() {
            self.skip(pieces);
        }
    }

    /// Takes what is next.
    fn release(&mut self, pieces: &mut Vec<Piece>) {
        while let Some(next) = self.next
            && let Some(media) = self.waiting.remove(&next)
        {
            self.next = Some(next.saturating_add(1));
            self.take(media, pieces);
        }
    }

    /// Gives up what is missing before the first that waits.
    fn skip(&mut self, pieces: &mut Vec<Piece>) {
        let (Some(next), Some((&number, media))) = (self.next, self.waiting.first_key_value()) else {
            return;
        };
        // Nothing was heard yet: the stream begins here.
        if self.length > 0 {
            let missing = (number - next).saturating_mul(self.length);
            let lost = match (self.pause_ms(media), self.in_step) {
                (Some(pause_ms), true) => pause_ms * BYTES_PER_MS,
                _ => missing,
            };
            let lost = lost.min(PAUSE_MS_MAX * BYTES_PER_MS);
            if lost > 0 {
                pieces.push(Piece::Lost(lost));
            }
        }
        // The hole is told; its time is not told again as a pause.
        self.last_ms = None;
        self.next = Some(number);
        self.release(pieces);
    }

    /// Ms between the end of the last chunk and the beginning of this one, by their times.
    fn pause_ms(&self, media: &Media) -> Option<u64> {
        let (began_ms, length_ms) = self.last_ms?;
        let pause_ms = media.timestamp_ms?.checked_sub(began_ms + length_ms)?;
        (pause_ms <= PAUSE_MS_MAX).then_some(pause_ms)
    }

    fn take(&mut self, media: Media, pieces: &mut Vec<Piece>) {
        if self.in_step
            && let Some(pause_ms) = self.pause_ms(&media).filter(|ms| *ms > SLACK_MS)
        {
            pieces.push(Piece::Lost(pause_ms * BYTES_PER_MS));
        } else if let (Some((began_ms, length_ms)), Some(at_ms)) = (self.last_ms, media.timestamp_ms) {
            self.in_step = at_ms.abs_diff(began_ms.saturating_add(length_ms)) <= STEP_MS;
        }
        self.length = media.payload.len() as u64;
        let length_ms = self.length / BYTES_PER_MS;
        // A time near the end of what a number holds is no time.
        self.last_ms = media
            .timestamp_ms
            .filter(|at_ms| *at_ms < u64::MAX / 2)
            .map(|at_ms| (at_ms, length_ms));
        if !media.payload.is_empty() {
            pieces.push(Piece::Heard(media.payload));
        }
    }
}

/// Where a stream begins: at 1, unless its first number is too far from it to be one that came early.
fn first(number: u64) -> u64 {
    match number {
        0 => 0,
        number if number <= WAITING_MAX as u64 => 1,
        number => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chunk of 20 ms whose bytes are its number.
    fn chunk(number: u64) -> Media {
        Media {
            chunk: Some(number),
            timestamp_ms: Some((number - 1) * 20),
            payload: vec![number as u8; 160],
            ..Media::default()
        }
    }

    /// What is heard: numbers of chunks, and `-n` for n ms lost.
    fn heard(chunks: impl IntoIterator<Item = Media>) -> String {
        let (mut order, mut pieces) = (Order::default(), Vec::new());
        for media in chunks {
            order.push(media, &mut pieces);
            assert!(order.waiting.len() <= WAITING_MAX);
        }
        order.finish(&mut pieces);
        let told = pieces.iter().map(|piece| match piece {
            Piece::Heard(bytes) => bytes[0].to_string(),
            Piece::Lost(samples) => format!("-{}", samples / 8),
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn chunks_are_heard_in_order_and_holes_are_gaps() {
        let check = |numbers: &[u64], expected: &str| {
            assert_eq!(heard(numbers.iter().map(|n| chunk(*n))), expected, "{numbers:?}");
        };
        check(&[1, 2, 3], "1 2 3");
        check(&[2, 1, 4, 3, 3, 1, 5], "1 2 3 4 5");
        check(&[1, 2, 5, 6], "1 2 -40 5 6");
        check(&[3, 4], "3 4");
        check(&[70, 71, 73], "70 71 -20 73");
        // The eleventh that waits gives it up.
        let late: Vec<u64> = [1, 2].into_iter().chain(4..=14).chain([3, 15]).collect();
        check(&late, "1 2 -20 4 5 6 7 8 9 10 11 12 13 14 15");
    }

    #[test]
    fn a_pause_that_a_sender_leaves_out_is_a_gap_where_its_times_can_be_believed() {
        let late = |number: u64, ms: u64| Media {
            timestamp_ms: Some((number - 1) * 20 + ms),
            ..chunk(number)
        };
        let paused = [chunk(1), chunk(2), chunk(3), late(4, 700), late(5, 700)];
        assert_eq!(heard(paused), "1 2 3 -700 4 5");
        let senseless = (1..6).map(|number| Media {
            timestamp_ms: Some(number * 7_000),
            ..chunk(number)
        });
        assert_eq!(heard(senseless), "1 2 3 4 5");
        let bare = (1..4).map(|number| Media {
            chunk: None,
            timestamp_ms: None,
            ..chunk(number)
        });
        assert_eq!(heard(bare), "1 2 3");
    }

    #[test]
    fn no_number_is_too_large() {
        let far = |chunk, ms| Media {
            chunk: Some(chunk),
            timestamp_ms: Some(ms),
            payload: vec![1; 160],
            ..Media::default()
        };
        let told = heard([
            far(1, u64::MAX),
            far(u64::MAX, 0),
            far(u64::MAX, u64::MAX),
            far(2, u64::MAX),
        ]);
        assert!(told.starts_with("1 1"), "{told}");
    }
}
