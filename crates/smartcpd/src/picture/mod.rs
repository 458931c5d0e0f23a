//! A picture of a recording: what was heard above, the spectrogram in the middle, what was believed below.
//!
//! One SVG file that needs nothing else: the spectrogram is a PNG inside it. All parts share one time axis.

mod index;
mod spectrogram;
mod svg;

use cpd_detect::event::Activity;
use cpd_detect::{Class, Library};

use crate::analyze::Analysis;
use crate::hearing::{RATE, TracePoint};
use crate::story::{self, Moment, What};
use crate::timeline::ground;
use crate::words;

pub(crate) use index::Index;
use svg::{Anchor, Svg};

/// Width of the picture.
const WIDTH: f64 = 1_280.0;
/// Left end of the time axis: axis labels stand before it.
const LEFT: f64 = 72.0;
/// Right end of the time axis.
const RIGHT: f64 = WIDTH - 32.0;
/// Pixels of the time axis.
const SPAN: f64 = RIGHT - LEFT;

/// Top of the labels above the lane of moments.
const LABELS_TOP: f64 = 124.0;
/// Height of a row of labels.
const LABEL_ROW: f64 = 19.0;
/// Rows of labels.
const LABEL_ROWS: usize = 3;
/// The lane of moments.
const LANE_TOP: f64 = LABELS_TOP + LABEL_ROW * LABEL_ROWS as f64 + 4.0;
const LANE_HEIGHT: f64 = 28.0;
/// The spectrogram.
const SOUND_TOP: f64 = LANE_TOP + LANE_HEIGHT + 8.0;
const SOUND_HEIGHT: f64 = 256.0;
/// The curves of belief.
const BELIEF_TOP: f64 = SOUND_TOP + SOUND_HEIGHT + 40.0;
const BELIEF_HEIGHT: f64 = 120.0;
/// The time axis and the bottom.
const AXIS_TOP: f64 = BELIEF_TOP + BELIEF_HEIGHT;
const HEIGHT: f64 = AXIS_TOP + 44.0;

const PAGE: &str = "#10141b";
const PANEL: &str = "#171d27";
const GRID: &str = "#2b3443";
const INK: &str = "#e8edf5";
const PALE: &str = "#93a1b5";
const GREEN: &str = "#4ade80";
const ORANGE: &str = "#fb923c";
const AMBER: &str = "#fbbf24";

/// Draws a recording that was heard with a trace.
pub(crate) fn draw(analysis: &Analysis, library: &Library) -> String {
    let story = story::tell(&analysis.heard, &analysis.recording, library);
    let time = TimeAxis {
        length_ms: analysis.recording.length_ms().max(1) as f64,
    };
    let mut svg = Svg::new(WIDTH, HEIGHT, PAGE);
    header(&mut svg, analysis, library);
    moments(&mut svg, &story, &time);
    sound(&mut svg, analysis, &time);
    belief(&mut svg, &analysis.heard.trace, &time);
    axis(&mut svg, &time);
    marks(&mut svg, analysis, &story, &time);
    svg.finish()
}

/// Places times on the page.
struct TimeAxis {
    length_ms: f64,
}

impl TimeAxis {
    fn x(&self, ms: u64) -> f64 {
        LEFT + SPAN * (ms as f64 / self.length_ms).min(1.0)
    }
}

fn header(svg: &mut Svg, analysis: &Analysis, library: &Library) {
    let seconds = analysis.recording.length_ms() as f64 / 1_000.0;
    svg.text(LEFT, 34.0, 14.0, PALE, Anchor::Start, &analysis.name);
    svg.text(RIGHT, 34.0, 14.0, PALE, Anchor::End, &format!("{seconds:.1} s"));
    let Some(verdict) = &analysis.heard.verdict else {
        svg.circle(LEFT + 9.0, 67.0, 9.0, PALE);
        svg.bold(LEFT + 30.0, 76.0, 27.0, INK, Anchor::Start, "No verdict");
        return;
    };
    let colour = colour_of(verdict.class);
    svg.circle(LEFT + 9.0, 67.0, 9.0, colour);
    svg.bold(
        LEFT + 30.0,
        76.0,
        27.0,
        INK,
        Anchor::Start,
        words::headline(verdict),
    );
    let mut why = format!(
        "{} · decided at {:.2} s on {}",
        verdict.class.as_str(),
        RATE.ms(verdict.decided) as f64 / 1_000.0,
        ground(verdict.evidence, library)
    );
    if let Some((class, probability)) = verdict.runner_up {
        why.push_str(&format!(" · next: {} {probability:.2}", class.as_str()));
    }
    svg.text(LEFT + 30.0, 100.0, 14.0, PALE, Anchor::Start, &why);
    // How sure: a bar that fills.
    let (x, width) = (RIGHT - 190.0, 140.0);
    svg.rect(x, 63.0, width, 10.0, 5.0, GRID, "how sure");
    let sure = f64::from(verdict.confidence.clamp(0.0, 1.0));
    svg.rect(x, 63.0, (width * sure).max(10.0), 10.0, 5.0, colour, "how sure");
    svg.bold(
        RIGHT,
        74.0,
        17.0,
        INK,
        Anchor::End,
        &format!("{:.2}", verdict.confidence),
    );
}

/// The lane of moments; a label stands inside its block where it fits, else above with a line to it.
fn moments(svg: &mut Svg, story: &[Moment], time: &TimeAxis) {
    svg.rect(LEFT, LANE_TOP, SPAN, LANE_HEIGHT, 4.0, PANEL, "");
    let mut free_from = [LEFT; LABEL_ROWS];
    for moment in story {
        let colour = match moment.what {
            What::Answered | What::GreetingEnd | What::Gap => continue,
            what => colour_of_moment(what),
        };
        let (from, to) = (time.x(moment.at_ms), time.x(moment.end_ms));
        let width = (to - from - 1.0).max(3.0).min(RIGHT - from.min(RIGHT - 3.0));
        let mut label = moment.words.clone();
        if let Some(confidence) = moment.confidence {
            label.push_str(&format!(" {confidence:.2}"));
        }
        let told = format!("{:.2} s {label}", moment.at_ms as f64 / 1_000.0);
        if moment.what == What::Candidate {
            svg.outline(from, LANE_TOP + 1.0, width, LANE_HEIGHT - 2.0, 4.0, colour, &told);
        } else {
            svg.rect(from, LANE_TOP, width, LANE_HEIGHT, 4.0, colour, &told);
        }
        let label_width = text_width(&label, 13.0);
        if label_width + 14.0 <= width {
            let ink = if moment.what == What::Candidate {
                INK
            } else {
                ink_on(moment.what)
            };
            svg.text(from + 7.0, LANE_TOP + 19.0, 13.0, ink, Anchor::Start, &label);
        } else if worth_a_label(moment.what) {
            // Long names near the right end lean to the left.
            let x = from.min(RIGHT - label_width);
            if let Some(row) = free_from.iter().position(|&free| free <= x) {
                let y = LANE_TOP - 8.0 - LABEL_ROW * row as f64;
                svg.line(from + 1.0, y + 4.0, from + 1.0, LANE_TOP, colour, 1.0, "");
                svg.text(x, y, 13.0, INK, Anchor::Start, &label);
                free_from[row] = x + label_width + 12.0;
            }
        }
    }
}

fn sound(svg: &mut Svg, analysis: &Analysis, time: &TimeAxis) {
    let columns = SPAN as usize;
    let png = spectrogram::png(&analysis.recording.samples, columns);
    svg.image(LEFT, SOUND_TOP, SPAN, SOUND_HEIGHT, &png);
    for khz in 0..=4 {
        let y = SOUND_TOP + SOUND_HEIGHT * (1.0 - f64::from(khz) / 4.0);
        if (1..4).contains(&khz) {
            svg.line(LEFT, y, RIGHT, y, "#ffffff22", 1.0, "");
        }
        let label = if khz == 4 {
            "4 kHz".to_owned()
        } else {
            khz.to_string()
        };
        svg.text(LEFT - 10.0, y + 4.5, 12.0, PALE, Anchor::End, &label);
    }
    for &(from, length) in &analysis.recording.lost {
        let ms = |samples: usize| samples as u64 * 1_000 / u64::from(RATE.hz());
        let (from, to) = (time.x(ms(from)), time.x(ms(from + length)));
        svg.rect(
            from,
            SOUND_TOP,
            (to - from).max(1.0),
            SOUND_HEIGHT,
            0.0,
            "#ef444466",
            "lost",
        );
    }
}

fn belief(svg: &mut Svg, trace: &[TracePoint], time: &TimeAxis) {
    let y = |probability: f32| BELIEF_TOP + BELIEF_HEIGHT * (1.0 - f64::from(probability.clamp(0.0, 1.0)));
    svg.rect(LEFT, BELIEF_TOP, SPAN, BELIEF_HEIGHT, 4.0, PANEL, "");
    for level in [0.0, 0.5, 1.0] {
        svg.line(LEFT, y(level), RIGHT, y(level), GRID, 1.0, "");
        let label = format!("{level}");
        svg.text(LEFT - 10.0, y(level) + 4.5, 12.0, PALE, Anchor::End, &label);
    }
    let title_y = BELIEF_TOP - 11.0;
    svg.text(LEFT, title_y, 13.0, PALE, Anchor::Start, "probability");

    // Each stretch of one class is a line of its own colour.
    let mut legend = vec![];
    for stretch in trace.chunk_by(|a, b| class_at(a) == class_at(b)) {
        let Some(class) = stretch.first().and_then(class_at) else {
            continue;
        };
        let points: Vec<_> = stretch
            .iter()
            .filter_map(|point| Some((time.x(point.at_ms), y(point.verdict?.1))))
            .collect();
        let colour = colour_of(class);
        svg.polyline(&points, colour, 2.5, None);
        if legend.last() != Some(&(class.as_str(), colour)) {
            legend.push((class.as_str(), colour));
        }
    }
    let machine: Vec<_> = trace
        .iter()
        .filter_map(|point| Some((time.x(point.at_ms), y(point.machine?))))
        .collect();
    if machine.len() > 1 {
        svg.polyline(&machine, ORANGE, 1.5, Some("4 3"));
        legend.insert(0, ("that the answering side is a machine", ORANGE));
    }
    let mut x = LEFT + 92.0;
    for (n, &(label, colour)) in legend.iter().enumerate() {
        let label = if colour == ORANGE && n == 0 && machine.len() > 1 {
            format!("┄ {label}")
        } else {
            format!("━ verdict {label}")
        };
        if x + text_width(&label, 13.0) > RIGHT {
            break;
        }
        svg.text(x, title_y, 13.0, colour, Anchor::Start, &label);
        x += text_width(&label, 13.0) + 20.0;
    }
}

fn class_at(point: &TracePoint) -> Option<Class> {
    point.verdict.map(|(class, _)| class)
}

/// Seconds between two labels of the time axis: as few as fit, at least 70 pixels apart.
fn axis(svg: &mut Svg, time: &TimeAxis) {
    let seconds = time.length_ms / 1_000.0;
    let step = [0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 3_600.0]
        .into_iter()
        .find(|step| SPAN * step / seconds >= 70.0)
        .unwrap_or(7_200.0);
    for n in 0..=(seconds / step) as u64 {
        let at = n as f64 * step;
        let x = time.x((at * 1_000.0).round() as u64);
        svg.line(x, AXIS_TOP, x, AXIS_TOP + 6.0, PALE, 1.0, "");
        let label = if step < 1.0 {
            format!("{at:.1}")
        } else {
            format!("{at:.0}")
        };
        let label = if n == 0 { "0 s".to_owned() } else { label };
        svg.text(x, AXIS_TOP + 22.0, 12.0, PALE, Anchor::Middle, &label);
    }
}

/// Lines through all panels: answer, end of greeting, beep, decision.
fn marks(svg: &mut Svg, analysis: &Analysis, story: &[Moment], time: &TimeAxis) {
    let mut lines: Vec<(u64, &str, &str)> = Vec::new();
    for moment in story {
        match moment.what {
            What::Answered => lines.push((moment.at_ms, "answered", GREEN)),
            What::GreetingEnd => lines.push((moment.at_ms, "greeting ends", AMBER)),
            What::Beep => lines.push((moment.at_ms, "beep", AMBER)),
            _ => {}
        }
    }
    if let Some(verdict) = &analysis.heard.verdict {
        lines.push((RATE.ms(verdict.decided), "decided", INK));
    }
    lines.sort_by_key(|line| line.0);
    let mut free_from = [LEFT - 100.0; 3];
    for (at_ms, label, colour) in lines {
        let x = time.x(at_ms);
        let dash = if label == "decided" { "" } else { "5 4" };
        svg.line(x, LANE_TOP + LANE_HEIGHT, x, AXIS_TOP, colour, 1.5, dash);
        // A label that would leave the page stands on the other side of its line.
        let width = text_width(label, 12.0) + 10.0;
        let left = if x + width > RIGHT {
            x - width - 3.0
        } else {
            x + 3.0
        };
        let row = free_from.iter().position(|&free| free <= left).unwrap_or(0);
        let top = SOUND_TOP + 6.0 + 22.0 * row as f64;
        svg.rect(left, top, width, 18.0, 4.0, "#10141bd0", "");
        svg.text(left + 5.0, top + 13.5, 12.0, colour, Anchor::Start, label);
        free_from[row] = left + width + 4.0;
    }
}

fn worth_a_label(what: What) -> bool {
    !matches!(
        what,
        What::Sound(Activity::Silence | Activity::Noise | Activity::ComfortNoise)
    )
}

fn colour_of_moment(what: What) -> &'static str {
    match what {
        What::Sound(Activity::Silence) => "#1d2532",
        What::Sound(Activity::ComfortNoise) => "#273142",
        What::Sound(Activity::Noise) => "#3a4658",
        What::Sound(Activity::Speech) => "#e2c275",
        What::Sound(Activity::Tone) => "#5eb8c9",
        What::Sound(Activity::Music) | What::Melody => "#f0a6ca",
        What::Progress => "#22d3ee",
        What::Sit | What::Digits | What::Data => "#c084fc",
        What::Beep => AMBER,
        What::Prompt | What::Candidate => "#60a5fa",
        What::Answered => GREEN,
        What::GreetingEnd => AMBER,
        What::Gap => "#ef4444",
    }
}

fn ink_on(what: What) -> &'static str {
    match what {
        What::Sound(Activity::Silence | Activity::Noise | Activity::ComfortNoise) => PALE,
        _ => PAGE,
    }
}

/// The colour that a class has in every picture.
fn colour_of(class: Class) -> &'static str {
    match class.label() {
        "human" => GREEN,
        "machine" => ORANGE,
        "announcement" => "#60a5fa",
        "ringback" => "#22d3ee",
        "busy" | "congestion" | "sit" => "#c084fc",
        "fax" | "modem" => "#f472b6",
        _ => PALE,
    }
}

/// Estimated width of a text: sans-serif letters are a little more than half as wide as high.
fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.56
}
