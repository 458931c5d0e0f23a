//! Draws the demonstration: a line a finished call, and, on a terminal, a line at the foot that moves.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::time::Duration;

use cpd_call::Phase;

use super::score::Finished;

/// Columns where nobody says how many there are.
const COLUMNS: usize = 120;
/// What moves at the foot.
const WHEEL: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇", "⠏", "⠛"];

const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// Standard output.
pub(super) struct Screen {
    terminal: bool,
    columns: usize,
    turn: usize,
    footed: bool,
}

impl Screen {
    /// Colours and a foot on a terminal only.
    pub(super) fn new() -> Screen {
        let terminal = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
        let columns = size
            .map(|size| usize::from(size.ws_col))
            .filter(|columns| *columns > 0);
        Screen {
            terminal,
            columns: columns.filter(|_| terminal).unwrap_or(COLUMNS),
            turn: 0,
            footed: false,
        }
    }

    /// What is being done, until something else is drawn.
    pub(super) fn say(&mut self, words: &str) {
        if self.terminal {
            self.draw_foot(words);
        }
    }

    /// A line of its own, as important as the title.
    pub(super) fn note(&mut self, words: &str) {
        self.clear();
        let line = format!("{}{words}{}", self.paint(BOLD), self.paint(PLAIN));
        self.print(&[line]);
    }

    /// Who takes part, and the heads of the columns.
    pub(super) fn title(&mut self, seed: u64, (calls, rate): (usize, f64), [carrier, node]: [SocketAddr; 2]) {
        self.clear();
        self.print(&[
            format!(
                "{}SmartCPD{}  {calls} simulated calls, {rate} a second, on this machine only (seed {seed})",
                self.paint(BOLD),
                self.paint(PLAIN)
            ),
            format!(
                "dialer → SmartCPD {node} → carrier {carrier}; the dialer is told by INFO, header and phrase"
            ),
            String::new(),
            format!(
                "{}{}{}",
                self.paint(DIM),
                self.cut(&columns(
                    "time",
                    "the carrier plays",
                    " ",
                    "SmartCPD hears",
                    "decided",
                    "the dialer gets"
                )),
                self.paint(PLAIN)
            ),
        ]);
    }

    /// A finished call.
    pub(super) fn call(&mut self, finished: &Finished, since: Duration) {
        self.clear();
        let (mark, colour) = match (finished.outcome.lost, finished.right) {
            (Some(_), _) => ("!", RED),
            (None, true) => ("✔", GREEN),
            (None, false) => ("✘", RED),
        };
        let time = format!("{:.1}", since.as_secs_f64());
        let heard = heard(finished);
        let line = columns(
            &time,
            &finished.title,
            mark,
            &heard,
            &decided(finished),
            &gets(finished),
        );
        let line = self.cut(&line);
        let line = match self.terminal {
            true => line.replacen(mark, &format!("{colour}{mark}{PLAIN}"), 1),
            false => line,
        };
        self.print(&[line]);
    }

    /// How far it is.
    pub(super) fn foot(&mut self, calls: usize, begun: usize, done: usize, latest: Option<&str>) {
        if !self.terminal {
            return;
        }
        self.turn += 1;
        let wheel = WHEEL[self.turn % WHEEL.len()];
        let stand = begun.saturating_sub(done);
        let latest = latest
            .map(|class| format!(" · last heard: {class}"))
            .unwrap_or_default();
        self.draw_foot(&format!(
            "{wheel} {done} of {calls} calls are over, {stand} stand{latest}"
        ));
    }

    /// Takes the foot away.
    pub(super) fn clear(&mut self) {
        if self.footed {
            print!("\r\x1b[2K");
            self.footed = false;
        }
    }

    /// The end.
    pub(super) fn summary(&mut self, text: &str) {
        self.clear();
        let mut lines = vec![String::new()];
        lines.extend(text.lines().map(str::to_owned));
        lines.push(
            "More: smartcpd simulate carrier --help; your recordings: smartcpd analyze FILE".to_owned(),
        );
        self.print(&lines);
    }

    fn draw_foot(&mut self, words: &str) {
        let words = self.cut(words);
        // Who reads may have left.
        let mut out = std::io::stdout();
        let _ = write!(out, "\r\x1b[2K{DIM}{words}{PLAIN}").and_then(|()| out.flush());
        self.footed = true;
    }

    fn print(&self, lines: &[String]) {
        let mut out = std::io::stdout().lock();
        for line in lines {
            let _ = writeln!(out, "{}", line.trim_end());
        }
        let _ = out.flush();
    }

    fn paint(&self, colour: &'static str) -> &'static str {
        if self.terminal { colour } else { "" }
    }

    /// What fits into a line of the terminal; all of it elsewhere.
    fn cut(&self, line: &str) -> String {
        if !self.terminal || line.chars().count() <= self.columns {
            return line.to_owned();
        }
        let fits: String = line.chars().take(self.columns.saturating_sub(1)).collect();
        fits + "…"
    }
}

fn columns(time: &str, plays: &str, mark: &str, hears: &str, decided: &str, gets: &str) -> String {
    let plays: String = match plays.chars().count() {
        0..=42 => plays.to_owned(),
        _ => plays.chars().take(41).chain(['…']).collect(),
    };
    format!("{time:>5}  {plays:<42}  {mark} {hears:<33} {decided:<20} {gets}")
}

fn heard(finished: &Finished) -> String {
    match &finished.verdict {
        None => "–".to_owned(),
        Some(verdict) => match verdict.confidence {
            Some(confidence) => format!("{} {confidence:.2}", verdict.class),
            None => verdict.class.to_owned(),
        },
    }
}

fn decided(finished: &Finished) -> String {
    match &finished.verdict {
        None => String::new(),
        Some(verdict) => {
            let seconds = verdict.t_ms as f64 / 1_000.0;
            let phase = match verdict.phase {
                Phase::Pre => "ringing",
                Phase::Post => "answered",
            };
            match finished.later_ms {
                Some(later_ms) => format!("{seconds:.2} s ({later_ms:+} ms)"),
                None => format!("{seconds:.2} s, {phase}"),
            }
        }
    }
}

fn gets(finished: &Finished) -> String {
    let outcome = &finished.outcome;
    match (outcome.lost, outcome.status) {
        (Some(why), _) => format!("lost: {why}"),
        (None, 200) => {
            let reason = outcome.told.iter().find(|told| told.by == "BYE");
            let words = reason.and_then(|told| told.words.split('"').nth(1));
            match words.filter(|_| outcome.ended_by == "callee") {
                Some(words) => format!("200, then BYE {words}"),
                None if outcome.told.iter().any(|told| told.by == "INFO") => "200, then INFO".to_owned(),
                None => "200".to_owned(),
            }
        }
        (None, status) => format!("{status} {}", outcome.phrase),
    }
}
