//! What happens, as a line of JSON each on standard error.
//!
//! A thread of its own writes: whoever reads the lines may be slow, and calls do not wait for it. Numbers of telephones
//! come masked ([`cpd_b2bua::trunk::number::Number`]'s `Display`), secrets never.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

impl Level {
    /// Their names in the configuration and in lines.
    pub(crate) const NAMES: [(&'static str, Level); 4] = [
        ("error", Level::Error),
        ("warn", Level::Warn),
        ("info", Level::Info),
        ("debug", Level::Debug),
    ];

    fn name(self) -> &'static str {
        Level::NAMES[self as usize].0
    }
}

/// Lines that wait for the writer: 16,384, some seconds of a busy node. More are lost and counted.
const LINES_MAX: usize = 16_384;

/// A thread that writes lines.
pub(crate) struct Writer {
    lines: Option<SyncSender<String>>,
    thread: Option<JoinHandle<()>>,
    lost: AtomicU64,
}

impl Writer {
    /// Begins to write to `out`.
    pub(crate) fn start(mut out: impl Write + Send + 'static) -> Writer {
        let (lines, waiting) = sync_channel::<String>(LINES_MAX);
        let thread = std::thread::spawn(move || {
            while let Ok(line) = waiting.recv() {
                let mut text = line;
                text.push('\n');
                while let Some(more) = (text.len() < 65_536).then(|| waiting.try_recv().ok()).flatten() {
                    text.push_str(&more);
                    text.push('\n');
                }
                // A full disk or a closed pipe ends no call; the next line tries again.
                let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            }
        });
        Writer {
            lines: Some(lines),
            thread: Some(thread),
            lost: AtomicU64::new(0),
        }
    }

    /// Gives a line, without its break; false if there is no room.
    pub(crate) fn write(&self, line: String) -> bool {
        let kept = self
            .lines
            .as_ref()
            .is_some_and(|lines| lines.try_send(line).is_ok());
        if !kept {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        kept
    }

    /// Lines that found no room.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

/// Waits until everything is written.
impl Drop for Writer {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(thread) = self.thread.take() {
            // It does not panic; if it did, nothing is left to be done.
            let _ = thread.join();
        }
    }
}

/// The log. Copies write to the same place, each from its own level on.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) level: Level,
    writer: Arc<Writer>,
}

impl Log {
    /// A log on standard error.
    pub(crate) fn start(level: Level) -> Log {
        Log {
            level,
            writer: Arc::new(Writer::start(std::io::stderr())),
        }
    }

    /// Says what happened; `fields` is an object.
    pub(crate) fn say(&self, level: Level, message: &str, fields: Value) {
        if level > self.level {
            return;
        }
        self.writer.write(line(SystemTime::now(), level, message, fields));
    }

    /// Lines that found no room.
    pub(crate) fn lost(&self) -> u64 {
        self.writer.lost()
    }
}

fn line(now: SystemTime, level: Level, message: &str, fields: Value) -> String {
    let mut line = Map::new();
    line.insert("time".to_owned(), json!(time(now)));
    line.insert("level".to_owned(), json!(level.name()));
    line.insert("message".to_owned(), json!(message));
    if let Value::Object(fields) = fields {
        line.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
    }
    Value::Object(line).to_string()
}

/// A time of day as RFC 3339 has it, UTC, to the millisecond.
pub(crate) fn time(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let (seconds, ms) = (since.as_secs(), since.subsec_millis());
    let (days, second) = ((seconds / 86_400) as i64, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// The date of a day since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms", 2013: civil_from_days).
fn date(days: i64) -> (i64, u64, u64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097) as u64;
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe as i64 + era * 400 + i64::from(month <= 2);
    (year, month, doy - (153 * mp + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_read_as_rfc_3339() {
        let check =
            |ms: u64, expected: &str| assert_eq!(time(UNIX_EPOCH + Duration::from_millis(ms)), expected);
        check(0, "1970-01-01T00:00:00.000Z");
        check(951_782_400_000, "2000-02-29T00:00:00.000Z");
        check(1_766_000_000_123, "2025-12-17T19:33:20.123Z");
    }

    #[test]
    fn a_line_is_an_object_without_what_is_not_known() {
        let line = line(
            UNIX_EPOCH,
            Level::Warn,
            "gateway down",
            json!({"carrier": "a", "status": null}),
        );
        let value: Value = serde_json::from_str(&line).expect("JSON");
        let expected = json!({"time": "1970-01-01T00:00:00.000Z", "level": "warn", "message": "gateway down", "carrier": "a"});
        assert_eq!(value, expected);
    }

    #[test]
    fn everything_given_is_written_before_the_end() {
        #[derive(Clone, Default)]
        struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);
        impl Write for Shared {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().expect("lock").extend(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let out = Shared::default();
        let writer = Writer::start(out.clone());
        for n in 0..100 {
            assert!(writer.write(n.to_string()));
        }
        drop(writer);
        let text = String::from_utf8(out.0.lock().expect("lock").clone()).expect("text");
        assert!(
            text.lines()
                .map(str::to_owned)
                .eq((0..100).map(|n| n.to_string()))
        );
    }
}
