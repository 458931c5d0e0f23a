//! Development harness: for each WAV file (8 kHz mono 16-bit) named on standard input, writes a record of f32 (little
//! endian) a hop to standard output, after a line of text with the path and the number of hops.
//!
//!     ls DIR/*.wav | cargo run --release --example activity_features > features.bin

use std::io::{BufRead, Write};
use std::sync::Arc;

use cpd_detect::activity::ActivityEar;
use cpd_detect::front::{Bench, FrontEnd, FrontPlan};
use cpd_detect::peaks::Peaks;
use cpd_detect::{Events, SampleRate};

fn main() {
    let plan = Arc::new(FrontPlan::new(SampleRate::NARROWBAND));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in std::io::stdin().lock().lines() {
        let path = path.expect("a path");
        let samples: Vec<i16> = hound::WavReader::open(&path)
            .expect("wav")
            .samples::<i16>()
            .map(|s| s.expect("sample"))
            .collect();
        let mut front = FrontEnd::new(Arc::clone(&plan));
        let mut bench = Bench::default();
        let mut ear = ActivityEar::new();
        let mut events = Events::default();
        let mut rows: Vec<u8> = Vec::new();
        let mut hops = 0;
        let mut rest = &samples[..];
        loop {
            let (taken, full) = front.take(rest);
            rest = &rest[taken..];
            if !full {
                break;
            }
            let frame = front.frame(&mut bench);
            let peaks = Peaks::of(&frame);
            let heard = ear.hear(&frame, &peaks, &mut events);
            let values = [
                heard.speech,
                heard.music,
                heard.tone,
                heard.above_floor_db,
                heard.pitch_hz,
                frame.level_dbm0,
            ];
            for value in values
                .into_iter()
                .chain(*ear.speech_features())
                .chain(ear.music_evidence())
            {
                rows.extend_from_slice(&value.to_le_bytes());
            }
            hops += 1;
        }
        writeln!(out, "{path} {hops}").expect("write");
        out.write_all(&rows).expect("write");
    }
}
