//! Streams that are heard now, and what became of the last ones, so that a dialplan can ask.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cpd_store::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

use super::session::Summary;

/// Results that are kept: 4,096, some 4 MB, a minute and more of seventy streams a second.
const KEPT_MAX: usize = 4_096;

/// By which door a stream came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Door {
    MediaStream,
    AudioSocket,
}

/// Why a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// The other side ended it.
    Stopped,
    /// The connection broke.
    Gone,
    /// Its verdict did, as was wished.
    Verdict,
    /// It was heard for as long as a stream may be.
    Length,
    /// Nothing came for a while.
    Silence,
    /// What came could not be read.
    Fault,
}

/// A stream.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Stream {
    /// The version of this form. A reader passes over keys that it does not know.
    pub(crate) v: u8,
    /// By which it is asked for; with AudioSocket the dialplan's own.
    pub(crate) id: Uuid,
    pub(crate) door: Door,
    pub(crate) began_ms: i64,
    /// The dialer's own names of stream and call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) stream_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) call_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) campaign: Option<String>,
    /// Digits that came as messages.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) digits: String,
    #[serde(flatten)]
    pub(crate) heard: Summary,
    /// Why it ended; none: it goes on.
    pub(crate) ended_by: Option<Ending>,
}

/// All streams of this node.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    open: u64,
    kept: HashMap<(Uuid, Uuid), Stream>,
    /// Keys, the oldest first.
    order: VecDeque<(Uuid, Uuid)>,
}

/// One stream's place; it is given back when it is dropped.
pub(crate) struct Place(Streams);

impl Streams {
    /// A place, where there is room beside `heard` calls.
    pub(crate) fn take(&self, heard: u64, most: u64) -> Option<Place> {
        let mut inner = self.inner();
        if inner.open.saturating_add(heard) >= most {
            return None;
        }
        inner.open += 1;
        Some(Place(self.clone()))
    }

    /// Keeps how a tenant's stream stands.
    pub(crate) fn keep(&self, tenant: Uuid, stream: Stream) {
        let mut inner = self.inner();
        let key = (tenant, stream.id);
        if inner.kept.insert(key, stream).is_none() {
            inner.order.push_back(key);
            if inner.order.len() > KEPT_MAX
                && let Some(oldest) = inner.order.pop_front()
            {
                inner.kept.remove(&oldest);
            }
        }
    }

    /// A tenant's stream, where it is still remembered.
    pub(crate) fn find(&self, tenant: Uuid, id: Uuid) -> Option<Stream> {
        self.inner().kept.get(&(tenant, id)).cloned()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Counts that a panic left are better than none.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.inner().open -= 1;
    }
}
