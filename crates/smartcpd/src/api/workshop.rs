//! Where the API works on audio: few pieces at once, on threads that may block, so that calls keep the cores.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use cpd_store::Uuid;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::app::too_many;
use super::problem::{Kind, Problem};
use crate::stock::Unstocked;

/// Pieces that are heard at once: a minute of audio takes a core a third of a second, and calls want the cores.
const EARS_MAX: usize = 2;
/// Requests that carry or want sound at once, each with at most some tens of megabytes.
const SOUNDS_MAX: usize = 6;
/// Results that are kept, bytes: some hundred calls that people look at today.
const RESULTS_BYTES_MAX: usize = 48 << 20;
/// For so long one person's listening to one call is one entry of the log, ms: players ask for a recording in many parts.
const LISTENING_MS: i64 = 600_000;

/// The workshop.
pub(crate) struct Workshop {
    ears: Semaphore,
    sounds: Semaphore,
    results: Mutex<Results>,
    /// Who listened to what, and when that was noted.
    listeners: Mutex<HashMap<(String, Uuid), i64>>,
}

/// What was heard, by what was asked; the newest last.
#[derive(Default)]
struct Results {
    kept: VecDeque<(Arc<str>, Bytes)>,
    bytes: usize,
}

impl Default for Workshop {
    fn default() -> Workshop {
        Workshop {
            ears: Semaphore::new(EARS_MAX),
            sounds: Semaphore::new(SOUNDS_MAX),
            results: Mutex::default(),
            listeners: Mutex::default(),
        }
    }
}

impl Workshop {
    /// Room for a request with sound.
    pub(crate) fn sound(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.sounds.try_acquire().map_err(|_| too_many())
    }

    /// Does work that takes the processor for long, when its turn comes.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let fault = |why: String| Problem::new(Kind::Fault, why);
        let turn = self.ears.acquire().await;
        let _turn = turn.map_err(|why| fault(why.to_string()))?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|why| fault(format!("work on audio: {why}")))
    }

    /// What came of the same question before.
    pub(crate) fn result(&self, question: &str) -> Option<Bytes> {
        let results = self.results.lock().ok()?;
        let found = results.kept.iter().find(|(own, _)| **own == *question);
        found.map(|(_, result)| result.clone())
    }

    /// Keeps what came of a question.
    pub(crate) fn keep(&self, question: String, result: Bytes) {
        let Ok(mut results) = self.results.lock() else {
            return;
        };
        results.bytes += result.len();
        results.kept.push_back((question.into(), result));
        while results.bytes > RESULTS_BYTES_MAX {
            match results.kept.pop_front() {
                Some((_, oldest)) => results.bytes -= oldest.len(),
                None => break,
            }
        }
    }

    /// Whether this is the first that somebody hears of a call for a while: then it is noted in the log.
    pub(crate) fn begins_to_listen(&self, who: String, call: Uuid, now_ms: i64) -> bool {
        let Ok(mut listeners) = self.listeners.lock() else {
            return true;
        };
        listeners.retain(|_, since| now_ms - *since < LISTENING_MS);
        match listeners.contains_key(&(who.clone(), call)) {
            true => false,
            false => {
                listeners.insert((who, call), now_ms);
                true
            }
        }
    }
}

impl From<Unstocked> for Problem {
    fn from(why: Unstocked) -> Problem {
        match why {
            Unstocked::Store(why) => why.into(),
            Unstocked::Broken(why) => Problem::new(Kind::Fault, format!("make the prompts ready: {why}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_results_make_room() {
        let workshop = Workshop::default();
        let result = Bytes::from(vec![0; RESULTS_BYTES_MAX / 2]);
        for question in ["a", "b", "c"] {
            workshop.keep(question.to_owned(), result.clone());
        }
        assert!(workshop.result("a").is_none());
        assert!(workshop.result("b").is_some() && workshop.result("c").is_some());
    }

    #[test]
    fn listening_in_parts_is_noted_once() {
        let (workshop, call) = (Workshop::default(), Uuid::nil());
        let hears = |who: &str, now| workshop.begins_to_listen(who.to_owned(), call, now);
        assert!(hears("user:1", 0));
        assert!(!hears("user:1", LISTENING_MS - 1));
        assert!(hears("user:2", 5));
        assert!(hears("user:1", LISTENING_MS));
    }
}
