//! News on their way out. A thread that carries media never waits for whoever reads them.

use std::collections::VecDeque;
use std::time::Instant;

use cpd_detect::Event;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::command::{ForkId, SessionId};
use super::news::News;

/// News beside events that wait when the queue is full. A session has few; at this number the reader is gone or stuck,
/// and only the ends of sessions are still kept.
const OWED_MAX: usize = 16_384;

/// What one thread tells.
pub(super) struct Outbox {
    news: Sender<(SessionId, News)>,
    owed: VecDeque<(SessionId, News)>,
}

impl Outbox {
    pub(super) fn new(news: Sender<(SessionId, News)>) -> Outbox {
        Outbox {
            news,
            owed: VecDeque::new(),
        }
    }

    /// Tells it now or, where there is no room, as soon as there is.
    pub(super) fn tell(&mut self, session: SessionId, news: News) {
        if self.owed.is_empty() {
            match self.news.try_send((session, news)) {
                Ok(()) | Err(TrySendError::Closed(_)) => {}
                Err(TrySendError::Full(news)) => self.owed.push_back(news),
            }
        } else if self.owed.len() < OWED_MAX || matches!(news, News::Closed { .. }) {
            self.owed.push_back((session, news));
        }
    }

    /// Tells an event; where there is no room, it comes back and waits with its detector.
    pub(super) fn event(
        &mut self,
        session: SessionId,
        fork: ForkId,
        event: Event,
        at: Instant,
    ) -> Result<(), Event> {
        if !self.owed.is_empty() {
            return Err(event);
        }
        match self.news.try_send((session, News::Heard { fork, event, at })) {
            Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
            Err(TrySendError::Full((_, News::Heard { event, .. }))) => Err(event),
            // What comes back is what went in.
            Err(TrySendError::Full(_)) => Ok(()),
        }
    }

    /// Tells what is owed, as far as there is room.
    pub(super) fn settle(&mut self) {
        while let Some(news) = self.owed.pop_front() {
            match self.news.try_send(news) {
                Ok(()) | Err(TrySendError::Closed(_)) => {}
                Err(TrySendError::Full(news)) => {
                    self.owed.push_front(news);
                    return;
                }
            }
        }
    }

    /// Whether something waits.
    pub(super) fn owes(&self) -> bool {
        !self.owed.is_empty()
    }
}
