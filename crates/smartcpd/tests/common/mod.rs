//! What the tests of the command share: folders that vanish, audio made here, runs of the binary.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::Command;

use cpd_media::Law;
use cpd_media::rtp::Packet;
use serde_json::Value;

/// A folder of a test's own, removed with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("smartcpd-test-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("folder");
        Folder(path)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.0
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a run of the command gave.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn run(args: &[&str]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_smartcpd"))
        .args(args)
        .output()
        .expect("the command runs");
    Done {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

/// A busy tone of 425 Hz, half a second on and half a second off, at 8 kHz.
pub(crate) fn busy_tone(seconds: f32) -> Vec<i16> {
    (0..(seconds * 8_000.0) as u32)
        .map(|n| {
            let on = n % 8_000 < 4_000;
            let wave = (std::f32::consts::TAU * 425.0 * n as f32 / 8_000.0).sin();
            if on { (6_000.0 * wave) as i16 } else { 0 }
        })
        .collect()
}

pub(crate) fn wav(path: &Path, rate: u32, channels: u16, samples: &[i16]) {
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).expect("created");
    for &sample in samples {
        writer.write_sample(sample).expect("written");
    }
    writer.finalize().expect("finished");
}

/// A pcap of one A-law stream in packets of 20 ms, without those whose numbers are in `lost`; a telephone event, the
/// digit 5, follows the audio.
pub(crate) fn g711_capture(samples: &[i16], lost: &[usize]) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
    file.extend([0; 8]);
    file.extend(65_535_u32.to_le_bytes());
    file.extend(101_u32.to_le_bytes()); // raw IP
    let count = samples.len() / 160;
    for (n, chunk) in samples.chunks_exact(160).enumerate() {
        if !lost.contains(&n) {
            let payload: Vec<u8> = chunk.iter().map(|&s| Law::A.encode(s)).collect();
            record(&mut file, n, 8, &payload);
        }
    }
    for n in 0..3 {
        record(
            &mut file,
            count + n,
            101,
            &[5, if n == 2 { 0x8a } else { 0x0a }, 0, 160],
        );
    }
    file
}

fn record(file: &mut Vec<u8>, n: usize, payload_type: u8, payload: &[u8]) {
    let mut rtp = Vec::new();
    Packet {
        marker: n == 0,
        payload_type,
        sequence: n as u16,
        timestamp: (n * 160) as u32,
        ssrc: 0x1234_5678,
        extension: None,
        payload,
    }
    .write(&mut rtp);
    let udp_length = (8 + rtp.len()) as u16;
    let mut datagram = vec![0x45, 0];
    datagram.extend((20 + udp_length).to_be_bytes());
    datagram.extend([0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    datagram.extend(20_000_u16.to_be_bytes());
    datagram.extend(30_000_u16.to_be_bytes());
    datagram.extend(udp_length.to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(rtp);
    let us = n as u32 * 20_000;
    for field in [
        us / 1_000_000,
        us % 1_000_000,
        datagram.len() as u32,
        datagram.len() as u32,
    ] {
        file.extend(field.to_le_bytes());
    }
    file.extend(datagram);
}
