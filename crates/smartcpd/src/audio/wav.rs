//! What WAV needs beside a decoder: the check that all of it is there, and writing it.

use std::io;
use std::path::Path;

use super::container::truncated;
use super::{RATE_HZ, Refusal};

/// Refuses a WAV whose data chunk ends before its header says.
///
/// Writers that stream state 0 or the largest number instead of a length; those are taken as they are. RF64 keeps
/// its length elsewhere and is left to the decoder.
pub(super) fn check_length(bytes: &[u8]) -> Result<(), Refusal> {
    if !bytes.starts_with(b"RIFF") {
        return Ok(());
    }
    let number = |at: usize| -> Option<u32> {
        let field: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_le_bytes(field))
    };
    let mut at = 12;
    let (mut frame_bytes, mut rate_hz) = (1, 8_000);
    while let (Some(name), Some(length)) = (bytes.get(at..at + 4), number(at + 4)) {
        let body = at + 8;
        if name == b"fmt " {
            rate_hz = number(body + 4).unwrap_or(rate_hz);
            frame_bytes = number(body + 12).map_or(1, |align| align & 0xffff).max(1);
        }
        if name == b"data" {
            let there = (bytes.len() - body) as u64;
            let stated = u64::from(length);
            let streamed = length == 0 || length >= 0x7fff_f000;
            if !streamed && there < stated {
                let frame = u64::from(frame_bytes);
                return Err(truncated(there / frame, stated / frame, rate_hz));
            }
            return Ok(());
        }
        // Chunks are padded to an even length.
        let Some(next) = body.checked_add(length as usize + (length & 1) as usize) else {
            break;
        };
        at = next;
    }
    Err(Refusal::damaged("truncated: no data chunk in it"))
}

/// Writes 8 kHz mono 16-bit samples as WAV, to a neighbouring name first so that no reader sees half a file.
pub(crate) fn write_wav(path: &Path, samples: &[i16]) -> io::Result<()> {
    crate::files::write_whole(path, &wav(samples))
}

/// 8 kHz mono 16-bit samples as a WAV file.
pub(crate) fn wav(samples: &[i16]) -> Vec<u8> {
    let data_bytes = samples.len() as u32 * 2;
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data_bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&RATE_HZ.to_le_bytes());
    file.extend_from_slice(&(RATE_HZ * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data_bytes.to_le_bytes());
    for sample in samples {
        file.extend_from_slice(&sample.to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(samples: &[i16]) -> Vec<u8> {
        let path =
            std::env::temp_dir().join(format!("smartcpd-wav-{}-{}", std::process::id(), samples.len()));
        write_wav(&path, samples).expect("written");
        let bytes = std::fs::read(&path).expect("read back");
        std::fs::remove_file(&path).expect("removed");
        bytes
    }

    #[test]
    fn a_whole_file_passes_and_a_cut_one_does_not() {
        let bytes = written(&[1; 8_000]);
        assert!(check_length(&bytes).is_ok());
        let Refusal(_, why) = check_length(&bytes[..44 + 8_000]).expect_err("cut in the middle");
        assert_eq!(why, "truncated: 0.50 s of 1.00 s are there");
        let Refusal(_, why) = check_length(&bytes[..30]).expect_err("cut in its header");
        assert_eq!(why, "truncated: no data chunk in it");
    }

    #[test]
    fn a_streamed_header_states_no_length() {
        let mut bytes = written(&[1; 100]);
        bytes[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(check_length(&bytes).is_ok());
    }
}
