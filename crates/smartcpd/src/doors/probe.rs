//! What holds of any bytes that come in at a door: the fuzz targets ask it, and a test asks it of their corpora.

use super::audiosocket::{self, Frames, Unreadable};
use super::frames::{self, Frame, PAYLOAD_BYTES_MAX};
use super::order::{Order, Piece};

/// Messages of a media stream, one a line: what is heard comes from what was sent, and holes are bounded. Tells how many
/// samples were heard.
pub(crate) fn media_stream(text: &str) -> usize {
    let (mut order, mut pieces, mut sent) = (Order::default(), Vec::new(), 0);
    for line in text.lines() {
        if let Ok(Frame::Media(media)) = frames::read(line) {
            assert!(media.payload.len() <= PAYLOAD_BYTES_MAX);
            sent += media.payload.len();
            order.push(media, &mut pieces);
        }
    }
    order.finish(&mut pieces);
    let heard = pieces.iter().map(|piece| match piece {
        Piece::Heard(bytes) => bytes.len(),
        Piece::Lost(samples) => {
            assert!((1..=480_000).contains(samples), "{samples} samples lost");
            0
        }
    });
    let heard = heard.sum();
    assert!(heard <= sent);
    heard
}

/// An AudioSocket: the same frames, however its bytes are cut. The first byte says how. Tells how many frames there were.
pub(crate) fn audiosocket(bytes: &[u8]) -> usize {
    let Some((size, bytes)) = bytes.split_first() else {
        return 0;
    };
    let whole = read(std::iter::once(bytes));
    assert_eq!(read(bytes.chunks(usize::from(*size).max(1))), whole);
    whole.0.len()
}

fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<audiosocket::Frame>, Option<Unreadable>) {
    let (mut frames, mut all) = (Frames::default(), Vec::new());
    for piece in pieces {
        frames.push(piece);
        loop {
            match frames.poll() {
                Ok(Some(frame)) => all.push(frame),
                Ok(None) => break,
                Err(why) => return (all, Some(why)),
            }
        }
    }
    (all, None)
}
