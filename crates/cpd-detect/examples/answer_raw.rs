//! Development harness: the answer ear's course over calls, one JSON line a call. Standard input has lines of
//! `WAV-PATH ANSWER-MS` (8 kHz mono 16-bit).
//!
//!     cargo run --release --example answer_raw < calls.txt

use std::io::BufRead;
use std::sync::Arc;

use cpd_detect::activity::ActivityEar;
use cpd_detect::answer::AnswerEar;
use cpd_detect::front::{FrontEnd, FrontPlan};
use cpd_detect::peaks::Peaks;
use cpd_detect::{Events, SampleRate};

fn main() {
    let plan = Arc::new(FrontPlan::new(SampleRate::NARROWBAND));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let (path, at) = line.split_once(' ').expect("a path and the answer's ms");
        let answer = at.parse::<usize>().expect("ms") * 8;
        let samples: Vec<i16> = hound::WavReader::open(path)
            .expect("wav")
            .samples::<i16>()
            .map(|s| s.expect("sample"))
            .collect();
        let mut front = FrontEnd::new(Arc::clone(&plan));
        let (mut activity, mut ear, mut events) = (ActivityEar::new(), AnswerEar::new(), Events::default());
        let (mut done, mut marked) = (0, false);
        let mut course = Vec::new();
        let mut ends = Vec::new();
        while done < samples.len() {
            if !marked && done + 80 > answer {
                marked = true;
                front.answered();
            }
            let (taken, full) = front.take(&samples[done..]);
            done += taken;
            if !full {
                break;
            }
            let frame = front.frame();
            let peaks = Peaks::of(&frame);
            let heard = activity.hear(&frame, &peaks, &mut events);
            let fresh = events.fresh().count();
            ear.hear(&frame, heard, &mut events);
            ends.extend(events.fresh().skip(fresh).map(|e| (e.from.0 / 8, e.known.0 / 8)));
            if let Some(opinion) = ear.opinion() {
                let ms = frame.end().0 / 8;
                course.push(serde_json::json!([
                    ms,
                    opinion.machine,
                    opinion.settled,
                    ear.measures()
                ]));
            }
        }
        println!(
            "{}",
            serde_json::json!({"file": path, "course": course, "ends": ends})
        );
    }
}
