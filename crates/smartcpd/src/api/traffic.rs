//! How much the API is asked, for monitoring.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::app::App;

/// Counts of what was asked.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    /// Answers by the first digit of their status, from 2 to 5.
    answers: [AtomicU64; 4],
    /// Connections that watch what happens.
    pub(crate) watching: AtomicU64,
}

impl Traffic {
    /// Answers by status.
    pub(crate) fn answers(&self) -> [(&'static str, u64); 4] {
        let count = |at: usize| self.answers[at].load(Ordering::Relaxed);
        [
            ("2xx", count(0)),
            ("3xx", count(1)),
            ("4xx", count(2)),
            ("5xx", count(3)),
        ]
    }
}

/// Counts an answer.
pub(crate) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let class = usize::from(response.status().as_u16() / 100);
    // 101, the beginning of a WebSocket, is counted among connections.
    if let Some(answers) = class.checked_sub(2).and_then(|at| app.traffic.answers.get(at)) {
        answers.fetch_add(1, Ordering::Relaxed);
    }
    response
}
