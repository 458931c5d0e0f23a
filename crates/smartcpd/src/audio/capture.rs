//! Captures of a network: every RTP stream in a pcap or pcapng file is a recording.
//!
//! All recordings of a capture have one time axis, that of the file's first record, so that times agree with what a
//! packet analyser shows. Before a stream begins nothing was heard: that time counts as lost.

use cpd_media::capture;
use cpd_media::stream::Piece;

use super::{RATE_HZ, Recording, Refusal, SECONDS_MAX};

/// Reads the streams; what is said of damage belongs to all of them.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Recording>, Option<String>), Refusal> {
    let capture = capture::read(bytes).map_err(|why| Refusal::not_audio(why.to_string()))?;
    let damage = capture.damage.map(|why| format!("damaged: {why}"));
    if capture.streams.is_empty() {
        return Err(match damage {
            Some(why) => Refusal::damaged(why),
            None => Refusal::not_audio("no RTP stream with G.711 in this capture"),
        });
    }
    let recordings = capture
        .streams
        .into_iter()
        .map(|stream| {
            let mut recording = Recording {
                stream: format!("{}-{}-{:08x}", stream.from, stream.to, stream.ssrc),
                ..Recording::default()
            };
            let begins = stream.begins_us.saturating_mul(u64::from(RATE_HZ)) / 1_000_000;
            recording.lose(begins);
            for piece in stream.pieces {
                recording.take(piece);
            }
            recording
        })
        .collect();
    Ok((recordings, damage))
}

impl Recording {
    fn take(&mut self, piece: Piece) {
        match piece {
            Piece::Heard(samples) => self.samples.extend(samples),
            Piece::Lost(samples) => self.lose(samples),
            // The sender had nothing to say, or an event to send instead: the far end hears silence.
            Piece::Unsent { samples, .. } => self.lengthen(samples),
            Piece::Event(event) => {
                let at_ms = self.length_ms();
                self.digits.extend(event.digit().map(|digit| (at_ms, digit)));
            }
        }
    }

    fn lose(&mut self, samples: u64) {
        let from = self.samples.len();
        self.lengthen(samples);
        if self.samples.len() > from {
            self.lost.push((from, self.samples.len() - from));
        }
    }

    /// Up to a day in all: a capture's clock may have jumped.
    fn lengthen(&mut self, samples: u64) {
        let room = (SECONDS_MAX * RATE_HZ as usize).saturating_sub(self.samples.len());
        let length = self.samples.len() + room.min(samples as usize);
        self.samples.resize(length, 0);
    }
}

#[cfg(test)]
mod tests {
    use cpd_media::rtp::TelephoneEvent;

    use super::*;

    #[test]
    fn pieces_keep_their_places() {
        let mut recording = Recording::default();
        recording.take(Piece::Heard(vec![7; 160]));
        recording.take(Piece::Lost(80));
        recording.take(Piece::Lost(0));
        recording.take(Piece::Unsent {
            samples: 160,
            noise_below_dbov: None,
        });
        recording.take(Piece::Event(TelephoneEvent {
            event: 5,
            end: false,
            level_below_dbm0: 10,
            duration: 160,
        }));
        recording.take(Piece::Heard(vec![9; 160]));
        assert_eq!(recording.samples.len(), 560);
        assert_eq!(recording.lost, [(160, 80)]);
        assert_eq!(recording.digits, [(50, '5')]);
        assert_eq!(recording.samples[400], 9);
    }

    #[test]
    fn a_capture_without_audio_is_refused() {
        // Little-endian pcap of link type Ethernet, without a record.
        let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
        file.extend([0; 8]);
        file.extend([0, 0, 1, 0, 1, 0, 0, 0]);
        let Refusal(_, why) = read(&file).expect_err("nothing in it");
        assert_eq!(why, "no RTP stream with G.711 in this capture");
    }
}
