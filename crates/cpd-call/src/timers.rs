//! The deadlines of one call.

use std::time::Instant;

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// A verdict has stood for long enough to be acted on.
    Settle,
    /// The answer is not held any longer.
    Hold,
    /// Nobody listens for who answered any longer.
    Answer,
    /// Nobody waits for a beep any longer.
    Beep,
    /// It rings no longer.
    Ring,
    /// Nobody waits for advice any longer.
    Consult,
    /// It lasts no longer.
    Talk,
    /// A leg without media is asked again whether it lives.
    Ask,
}

const ALL: [Timer; 8] = [
    Timer::Settle,
    Timer::Hold,
    Timer::Answer,
    Timer::Beep,
    Timer::Ring,
    Timer::Consult,
    Timer::Talk,
    Timer::Ask,
];

/// One deadline of each kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timers([Option<Instant>; ALL.len()]);

impl Timers {
    pub(crate) fn set(&mut self, timer: Timer, at: Instant) {
        self.0[timer as usize] = Some(at);
    }

    pub(crate) fn stop(&mut self, timer: Timer) {
        self.0[timer as usize] = None;
    }

    pub(crate) fn stop_all(&mut self) {
        self.0 = Default::default();
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.into_iter().flatten().min()
    }

    /// Takes the earliest deadline that has passed.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Timer> {
        let due = |timer: &Timer| self.0[*timer as usize].is_some_and(|at| at <= now);
        let timer = ALL
            .into_iter()
            .filter(due)
            .min_by_key(|timer| self.0[*timer as usize])?;
        self.stop(timer);
        Some(timer)
    }
}
