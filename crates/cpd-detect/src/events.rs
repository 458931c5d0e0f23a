//! The queue between the detectors and whoever polls.

use std::collections::VecDeque;

use crate::event::{Event, EventKind};

/// Room from the start: a call gives fewer than ten events a second, and whoever listens live polls every packet.
const ROOM: usize = 32;
/// 4,096 events: a recording pushed in one piece before anybody polls; several minutes of the liveliest call.
const LIMIT: usize = 4_096;

/// Events that were not polled yet.
#[derive(Default)]
pub struct Events {
    queue: VecDeque<Event>,
    /// Events of the present hop, for detectors later in the same hop.
    fresh: usize,
}

impl Events {
    /// An empty queue with room for a live call.
    pub(crate) fn new() -> Events {
        Events {
            queue: VecDeque::with_capacity(ROOM),
            fresh: 0,
        }
    }

    /// Adds an event. When the queue is full the oldest event that is not a verdict makes room.
    pub fn push(&mut self, event: Event) {
        if self.queue.len() == LIMIT {
            let oldest = self
                .queue
                .iter()
                .position(|e| !matches!(e.kind, EventKind::Verdict(_)))
                .unwrap_or(0);
            self.queue.remove(oldest);
        }
        self.queue.push_back(event);
        self.fresh = (self.fresh + 1).min(LIMIT);
    }

    /// The events of the present hop.
    pub fn fresh(&self) -> impl Iterator<Item = &Event> {
        self.queue
            .iter()
            .skip(self.queue.len().saturating_sub(self.fresh))
    }

    pub(crate) fn begin_hop(&mut self) {
        self.fresh = 0;
    }

    pub(crate) fn pop(&mut self) -> Option<Event> {
        let event = self.queue.pop_front();
        self.fresh = self.fresh.min(self.queue.len());
        event
    }
}
