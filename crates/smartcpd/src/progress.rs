//! A progress bar on a terminal; nothing where nobody watches.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Cells of the bar.
const WIDTH: usize = 32;
/// Redrawn at most this often: the terminal is slower than the analysis.
const INTERVAL: Duration = Duration::from_millis(50);

/// Counts what is done.
pub(crate) struct Progress {
    done: usize,
    all: usize,
    drawn: bool,
    last: Option<Instant>,
    watched: bool,
}

impl Progress {
    /// A bar for a number of files; it stays away from pipes, and for a single file.
    pub(crate) fn new(all: usize) -> Progress {
        Progress {
            done: 0,
            all,
            drawn: false,
            last: None,
            watched: all > 1 && std::io::stderr().is_terminal(),
        }
    }

    /// Takes the bar away so that results can be written.
    pub(crate) fn hide(&mut self) {
        if self.drawn {
            eprint!("\r\x1b[2K");
            self.drawn = false;
        }
    }

    /// One more is done.
    pub(crate) fn advance(&mut self) {
        self.done += 1;
        let due = self.last.is_none_or(|last| last.elapsed() >= INTERVAL);
        if self.watched && due {
            eprint!("\r\x1b[2K{}", bar(self.done, self.all));
            let _ = std::io::stderr().flush();
            self.drawn = true;
            self.last = Some(Instant::now());
        }
    }
}

fn bar(done: usize, all: usize) -> String {
    let full = WIDTH * done / all.max(1);
    format!("{}{} {done} of {all}", "█".repeat(full), "░".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills() {
        assert!(bar(0, 10).starts_with("░"));
        assert!(bar(10, 10).ends_with("█ 10 of 10"));
        assert_eq!(bar(5, 10).matches('█').count(), WIDTH / 2);
    }
}
