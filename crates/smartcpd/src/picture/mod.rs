//! A picture of a recording: what was heard above, the spectrogram in the middle, what was believed below.
//!
//! One SVG file that needs nothing else: the spectrogram is a PNG inside it. All parts share one time axis.

mod index;
pub(crate) mod spectrogram;
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
const LABELS_TOP: f64 = 116.0;
/// Height of a row of labels.
const LABEL_ROW: f64 = 19.0;
/// Most rows of labels; what finds no room is told when the pointer rests on its block.
const LABEL_ROWS_MAX: usize = 3;
const LANE_HEIGHT: f64 = 28.0;
const SOUND_HEIGHT: f64 = 256.0;
const BELIEF_HEIGHT: f64 = 120.0;

/// Where the parts stand below the labels.
struct Layout {
    lane: f64,
    sound: f64,
    belief: f64,
    axis: f64,
    height: f64,
}

impl Layout {
    fn below(label_rows: usize) -> Layout {
        let lane = LABELS_TOP + LABEL_ROW * label_rows as f64 + 4.0;
        let sound = lane + LANE_HEIGHT + 8.0;
        let belief = sound + SOUND_HEIGHT + 40.0;
        let axis = belief + BELIEF_HEIGHT;
        Layout {
            lane,
            sound,
            belief,
            axis,
            height: axis + 40.0,
        }
    }
}

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
    let blocks = blocks(&story, &time);
    let rows = blocks.iter().filter_map(|block| block.row()).max();
    let layout = Layout::below(rows.map_or(0, |row| row + 1));
    let mut svg = Svg::new(WIDTH, layout.height, PAGE);
    header(&mut svg, analysis, library);
    moments(&mut svg, &blocks, &layout);
    sound(&mut svg, analysis, &time, &layout);
    belief(&mut svg, &analysis.heard.trace, &time, &layout);
    axis(&mut svg, &time, &layout);
    marks(&mut svg, analysis, &story, &time, &layout);
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
    let colour = colour_of(verdict.label());
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

/// A moment in the lane.
struct Block {
    what: What,
    x: f64,
    width: f64,
    label: String,
    told: String,
    place: Place,
}

/// Where a block's label stands.
enum Place {
    Inside,
    /// Above the lane: the row, counted from the lane, and the left end.
    Above(usize, f64),
    Nowhere,
}

impl Block {
    fn row(&self) -> Option<usize> {
        match self.place {
            Place::Above(row, _) => Some(row),
            Place::Inside | Place::Nowhere => None,
        }
    }
}

/// A label stands inside its block where it fits, else above with a line to it.
fn blocks(story: &[Moment], time: &TimeAxis) -> Vec<Block> {
    let mut free_from = [LEFT; LABEL_ROWS_MAX];
    let lane = story
        .iter()
        .filter(|moment| !matches!(moment.what, What::Answered | What::GreetingEnd | What::Gap));
    lane.map(|moment| {
        let x = time.x(moment.at_ms);
        let width = (time.x(moment.end_ms) - x - 1.0).max(3.0);
        let mut label = moment.words.clone();
        if let Some(confidence) = moment.confidence {
            label.push_str(&format!(" {confidence:.2}"));
        }
        let label_width = text_width(&label, 13.0);
        // Long names near the right end lean to the left.
        let left = x.min(RIGHT - label_width);
        let row = free_from.iter().position(|&free| free <= left);
        let place = match row {
            _ if label_width + 14.0 <= width => Place::Inside,
            Some(row) if worth_a_label(moment.what) => {
                free_from[row] = left + label_width + 12.0;
                Place::Above(row, left)
            }
            _ => Place::Nowhere,
        };
        Block {
            what: moment.what,
            x,
            width,
            told: format!("{:.2} s {label}", moment.at_ms as f64 / 1_000.0),
            label,
            place,
        }
    })
    .collect()
}

fn moments(svg: &mut Svg, blocks: &[Block], layout: &Layout) {
    svg.rect(LEFT, layout.lane, SPAN, LANE_HEIGHT, 4.0, PANEL, "");
    for block in blocks {
        let colour = colour_of_moment(block.what);
        let (x, width) = (block.x, block.width);
        if block.what == What::Candidate {
            svg.outline(
                x,
                layout.lane + 1.0,
                width,
                LANE_HEIGHT - 2.0,
                4.0,
                colour,
                &block.told,
            );
        } else {
            svg.rect(x, layout.lane, width, LANE_HEIGHT, 4.0, colour, &block.told);
        }
        match block.place {
            Place::Inside => {
                let ink = ink_on(block.what);
                svg.text(
                    x + 7.0,
                    layout.lane + 19.0,
                    13.0,
                    ink,
                    Anchor::Start,
                    &block.label,
                );
            }
            Place::Above(row, left) => {
                let y = layout.lane - 8.0 - LABEL_ROW * row as f64;
                svg.line(x + 1.0, y + 4.0, x + 1.0, layout.lane, colour, 1.0, "");
                svg.text(left, y, 13.0, INK, Anchor::Start, &block.label);
            }
            Place::Nowhere => {}
        }
    }
}

fn sound(svg: &mut Svg, analysis: &Analysis, time: &TimeAxis, layout: &Layout) {
    let columns = SPAN as usize;
    let png = spectrogram::png(&analysis.recording.samples, columns);
    svg.image(LEFT, layout.sound, SPAN, SOUND_HEIGHT, &png);
    for khz in 0..=4 {
        let y = layout.sound + SOUND_HEIGHT * (1.0 - f64::from(khz) / 4.0);
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
            layout.sound,
            (to - from).max(1.0),
            SOUND_HEIGHT,
            0.0,
            "#ef444466",
            "lost",
        );
    }
}

fn belief(svg: &mut Svg, trace: &[TracePoint], time: &TimeAxis, layout: &Layout) {
    let y = |probability: f32| layout.belief + BELIEF_HEIGHT * (1.0 - f64::from(probability.clamp(0.0, 1.0)));
    svg.rect(LEFT, layout.belief, SPAN, BELIEF_HEIGHT, 4.0, PANEL, "");
    for level in [0.0, 0.5, 1.0] {
        svg.line(LEFT, y(level), RIGHT, y(level), GRID, 1.0, "");
        let label = format!("{level}");
        svg.text(LEFT - 10.0, y(level) + 4.5, 12.0, PALE, Anchor::End, &label);
    }
    let title_y = layout.belief - 11.0;
    svg.text(LEFT, title_y, 13.0, PALE, Anchor::Start, "probability");

    // Each stretch of one class is a line of its own colour.
    let mut legend = vec![];
    for stretch in trace.chunk_by(|a, b| told_at(a) == told_at(b)) {
        let Some((class, label)) = stretch.first().and_then(told_at) else {
            continue;
        };
        let points: Vec<_> = stretch
            .iter()
            .filter_map(|point| Some((time.x(point.at_ms), y(point.verdict?.2))))
            .collect();
        let colour = colour_of(label);
        let name = if class == Class::Unknown && !label.is_empty() {
            label
        } else {
            class.as_str()
        };
        svg.polyline(&points, colour, 2.5, None);
        if !legend.contains(&(name, colour)) {
            legend.push((name, colour));
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

fn told_at(point: &TracePoint) -> Option<(Class, &'static str)> {
    point.verdict.map(|(class, label, _)| (class, label))
}

/// Seconds between two labels of the time axis: as few as fit, at least 70 pixels apart.
fn axis(svg: &mut Svg, time: &TimeAxis, layout: &Layout) {
    let seconds = time.length_ms / 1_000.0;
    let step = [0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 3_600.0]
        .into_iter()
        .find(|step| SPAN * step / seconds >= 70.0)
        .unwrap_or(7_200.0);
    for n in 0..=(seconds / step) as u64 {
        let at = n as f64 * step;
        let x = time.x((at * 1_000.0).round() as u64);
        svg.line(x, layout.axis, x, layout.axis + 6.0, PALE, 1.0, "");
        let label = if step < 1.0 {
            format!("{at:.1}")
        } else {
            format!("{at:.0}")
        };
        let label = if n == 0 { "0 s".to_owned() } else { label };
        svg.text(x, layout.axis + 22.0, 12.0, PALE, Anchor::Middle, &label);
    }
}

/// Lines through all panels: answer, end of greeting, beep, decision.
fn marks(svg: &mut Svg, analysis: &Analysis, story: &[Moment], time: &TimeAxis, layout: &Layout) {
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
        svg.line(x, layout.lane + LANE_HEIGHT, x, layout.axis, colour, 1.5, dash);
        // A label that would leave the page stands on the other side of its line.
        let width = text_width(label, 12.0) + 10.0;
        let left = if x + width > RIGHT {
            x - width - 3.0
        } else {
            x + 3.0
        };
        let row = free_from.iter().position(|&free| free <= left).unwrap_or(0);
        let top = layout.sound + 6.0 + 22.0 * row as f64;
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
        What::Candidate => INK,
        What::Sound(Activity::Silence | Activity::Noise | Activity::ComfortNoise) => PALE,
        _ => PAGE,
    }
}

/// The colour that a label has in every picture.
fn colour_of(label: &str) -> &'static str {
    match label {
        "human" => GREEN,
        "machine" => ORANGE,
        "announcement" => "#60a5fa",
        "ringback" => "#22d3ee",
        "busy" | "congestion" | "sit" | "dtmf" => "#c084fc",
        "fax" | "modem" | "music_ringback" => "#f472b6",
        _ => PALE,
    }
}

/// Estimated width of a text: sans-serif letters are a little more than half as wide as high.
fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.56
}
